//! Which commands a rule's code span names.

use super::super::shell::read;
use super::{Match, Pattern, PatternError};

/// The strongest match of any call in a script.
fn matched(rule: &str, script: &str) -> Match {
    let pattern = Pattern::parse(rule).unwrap();
    let reading = read(script);
    let calls = reading.commands.iter().flat_map(|command| &command.invocations);
    calls.map(|call| pattern.matches(call)).max().unwrap_or(Match::No)
}

fn all(rule: &str, expected: Match, scripts: &[&str]) {
    for script in scripts {
        assert_eq!(matched(rule, script), expected, "`{rule}` and {script:?}");
    }
}

#[test]
fn rm_with_both_flags_is_named_in_every_spelling() {
    all(
        "rm -rf",
        Match::Yes,
        &[
            "rm -rf build",
            "rm -fr build",
            "rm -r -f build",
            "rm -Rf build",
            "rm build -rf",
            "/bin/rm -fr build",
            "rm --recursive --force build",
            "rm --recurs --f build",
            "rm -rfv --one-file-system build",
            "rm -rf -- x",
            "rm -rf \"$DIR\"",
            "rm -rf $DIR",
            "rm -rf",
            "sudo rm -rf x",
            "bash -c 'rm -rf x'",
            "echo $(rm -rf x)",
            "ls | xargs rm -rf",
            "false && rm -rf x",
            "f() { rm -rf x; }",
            "r''m -\"r\"\\f x",
            "eval rm -rf x",
        ],
    );
    all("rm -fr", Match::Yes, &["rm -rf x"]);
    all("rm --recursive --force", Match::Yes, &["rm -rf x"]);
    all("`rm -rf`", Match::Yes, &["rm -rf x"]);
    all("/bin/rm -rf", Match::Yes, &["rm -rf x"]);
}

#[test]
fn a_weaker_or_another_command_is_not_named() {
    all(
        "rm -rf",
        Match::No,
        &[
            "rm -r build",
            "rm -f build",
            "rm build",
            "rm -- -rf",
            "rmdir -rf x",
            "echo rm -rf build",
            "true rm -rf",
            "rm -r ./*",
            "grep 'rm -rf' x",
            "git rm -rf x",
            "docker rm -f x",
            "echo $X",
            "ls -rf",
            "command -v rm -rf",
            "rm -r \"build/$X\"",
        ],
    );
}

#[test]
fn a_computed_word_that_could_complete_the_rule_is_unknown() {
    all(
        "rm -rf",
        Match::Unknown,
        &[
            "rm $OPTS x",
            "rm -r $X",
            "rm -r \"$X\" y",
            "rm -r $X",
            "rm -r$F x",
            "rm \" -rf\" x",
            "ls | xargs rm -r",
            "rm *",
            "mytool rm -rf x",
            "rm -r \"$@\"",
        ],
    );
    all(
        "git push --force",
        Match::Unknown,
        &["git $X --force", "git push $X", "git \"$X\" -f", "git push --force-with-lease"],
    );
}

#[test]
fn a_subcommand_is_found_after_global_options() {
    all(
        "git push --force",
        Match::Yes,
        &[
            "git push --force",
            "git push -f origin main",
            "git push origin main -uf",
            "git -C dir -c k=v push -f",
            "git --git-dir=x push -f",
            "git --no-pager push --force",
            "git -c k=v --work-tree x push -f",
            "git push origin +main",
            "git push --mirror",
        ],
    );
    all(
        "git push --force",
        Match::No,
        &[
            "git push",
            "git push --force --dry-run",
            "git push --force-if-includes",
            "git fetch --force",
            "git stash push",
            "git log -- push -f",
            "git commit -m 'push --force'",
        ],
    );
    all("npm publish", Match::Yes, &["npm publish --tag x", "npm --prefix a publish"]);
    all("npm publish", Match::Unknown, &["npm --some-option 1 publish"]);
    all("npm publish", Match::No, &["npm run publish"]);
    all("kubectl delete", Match::Yes, &["kubectl -n prod delete pod x", "kubectl --context=a delete x"]);
    all("git reset --hard", Match::Yes, &["git reset --hard HEAD~1"]);
    all("terraform destroy", Match::Yes, &["terraform destroy -auto-approve"]);
    all("terraform apply -auto-approve", Match::No, &["terraform apply -parallelism=2 -out=av"]);
}

#[test]
fn operands_match_by_path_and_by_wildcard() {
    all(
        "rm -rf /",
        Match::Yes,
        &["rm -rf /", "rm -rf //", "rm -rf /usr/..", "rm -rf x /", "sudo rm -rf / --no-preserve-root"],
    );
    all("rm -rf /", Match::No, &["rm -rf build", "rm -rf ./build/*", "rm -r /"]);
    all("rm -rf /", Match::Unknown, &["rm -rf $X", "ls | xargs rm -rf"]);
    all("rm -rf build", Match::Yes, &["rm -rf ./build/", "rm -rf dist build"]);
    all("rm -rf build", Match::Unknown, &["rm -rf buil?"]);
    all("rm -rf build", Match::No, &["rm -rf dist/*", "rm -rf builds"]);
    all("npm run deploy*", Match::Yes, &["npm run deploy:prod"]);
    all("npm run deploy*", Match::No, &["npm run build"]);
    all("git push *", Match::Yes, &["git push", "git push origin main"]);
    all("git push --force*", Match::Yes, &["git push --force-with-lease"]);
    all("sudo", Match::Yes, &["sudo ls"]);
    all("sudo rm", Match::Yes, &["sudo -u x rm y"]);
    all("sudo -i", Match::No, &["sudo rm -i x"]);
    all("kubectl --namespace=prod delete", Match::Yes, &["kubectl --namespace prod delete x"]);
    all("rm", Match::Yes, &["rm x", "unlink x"]);
}

#[test]
fn what_is_no_command_is_no_pattern() {
    let table = [
        ("", PatternError::Empty),
        ("``", PatternError::Empty),
        ("rm 'x", PatternError::Unbalanced),
        ("curl x | sh", PatternError::Syntax('|')),
        ("a && b", PatternError::Syntax('&')),
        ("rm $X", PatternError::Syntax('$')),
        ("-rf", PatternError::Program("-rf".to_owned())),
        ("rm*", PatternError::Program("rm*".to_owned())),
        ("git push [*", PatternError::Wildcard("[*".to_owned())),
    ];
    for (rule, error) in table {
        assert_eq!(Pattern::parse(rule).unwrap_err(), error, "{rule:?}");
    }
}

#[test]
fn words_behind_a_tool_that_may_run_them_are_not_certain() {
    let of = |script: &str| matched("rm -rf", script);
    for script in
        ["mix cmd rm -rf x", "composer exec rm -rf x", "stack exec -- rm -rf x", "tool -x rm -rf y", "rm $X"]
    {
        assert_eq!(of(script), Match::Unknown, "{script}");
    }
    for script in [
        ": rm -rf x",
        "logger rm -rf x",
        "cmake -E echo rm -rf x",
        "bash -c 'echo \"$@\"' _ rm -rf x",
        "run() { echo \"$@\"; }; run rm -rf x",
        "rm \"$F\"",
        "parallel --dry-run rm -rf ::: x",
        "cargo test rm -rf",
    ] {
        assert_eq!(of(script), Match::No, "{script}");
    }
    assert_eq!(of("cmake -E rm -rf x"), Match::Yes);
}

#[test]
fn programs_of_one_family_are_meant_together() {
    for (rule, script) in [
        ("terraform apply", "tofu apply"),
        ("tofu destroy", "terraform destroy"),
        ("fly deploy", "flyctl deploy"),
    ] {
        assert_eq!(matched(rule, script), Match::Yes, "{rule}: {script}");
    }
}
