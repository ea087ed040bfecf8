//! Secrets: what checks see of the environment, and that no report or record ever shows a credential.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

mod support;

use support::{Said, Workspace, only, outcomes};

/// Known only because its variable is passed: it has no shape.
const SECRET: &str = "plain-words-only";

/// A token by its shape. Put together here, so that nothing in this file is a credential to anybody.
fn token() -> String {
    format!("ghp_{}", "q7Zk2Xw9Jc4Tn8Lb3Rv6Gd1Hs5Mf0PyEaUiO")
}

fn run(workspace: &Workspace, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
    let mut command = workspace.command(arguments);
    command.envs(variables.iter().copied());
    workspace.said(&command.output().unwrap())
}

fn check(command: &str, more: &str) -> String {
    format!("- [ ] Greets\n  - Verification: `{command}`\n{more}")
}

/// Runs criteria with `API_TOKEN` passed, in every form of report, and gives all that was written anywhere.
fn everything(workspace: &Workspace, items: &str) -> Vec<(&'static str, String)> {
    let plan = format!("## Acceptance Criteria\n{items}\n## Progress\n\n## Outcomes & Retrospective\n");
    workspace.plan(&plan);
    let passed = ["verify", "PLANS.md", "--env", "API_TOKEN", "-v"];
    let variables = [("API_TOKEN", SECRET)];
    let with = |more: &[&str]| run(workspace, &variables, &[&passed[..], more].concat());
    let terminal = with(&["--no-record", "--junit", "report.xml"]);
    let coloured = with(&["--no-record", "--color", "always"]);
    let json = run(workspace, &variables, &["verify", "--env", "API_TOKEN", "--output-format", "json"]);
    // The plan itself may say what it likes; only what was added to it is ours.
    let recorded = workspace.read("PLANS.md");
    let recorded = recorded.split_once("## Progress").unwrap().1.to_owned();
    assert!(recorded.contains("planproof"), "{recorded}");
    vec![
        ("terminal", terminal.whole()),
        ("colour", coloured.whole()),
        ("junit", workspace.read("report.xml")),
        ("json", json.whole()),
        ("record", recorded),
    ]
}

#[test]
fn a_passed_secret_that_a_check_prints_is_masked_everywhere() {
    let Some(workspace) = Workspace::confined() else { return };
    let items = check("echo \"it is $API_TOKEN.\" && printf %s \"u:$API_TOKEN\" | base64", "");
    for (place, text) in everything(&workspace, &items) {
        assert!(!text.contains(SECRET) && !text.contains("YWluLXdvcmRz"), "{place}: {text}");
        assert!(place == "record" || text.contains("it is [masked]."), "{place}: {text}");
    }
}

#[test]
fn a_passed_secret_in_the_plan_is_not_repeated_by_reports() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria(&format!(
        "- [ ] Says {SECRET}\n  - Verification: `echo {SECRET}`\n  - Expected Output: `no`\n"
    ));
    for more in [&["-v", "--junit", "report.xml"][..], &["--output-format", "json"]] {
        let arguments = [&["verify", "--no-record", "--env", "API_TOKEN"], more].concat();
        let said = run(&workspace, &[("API_TOKEN", SECRET)], &arguments).whole();
        assert!(!said.contains(SECRET) && said.contains("Says [masked]"), "{said}");
    }
    assert!(!workspace.read("report.xml").contains(SECRET));
}

#[test]
fn a_difference_hides_the_secret_but_stays_a_difference() {
    let Some(workspace) = Workspace::confined() else { return };
    let items = check("echo \"got $API_TOKEN\"", "  - Expected Output (exact): `got nothing`\n");
    for (place, text) in everything(&workspace, &items) {
        assert!(!text.contains(SECRET), "{place}: {text}");
        // Markdown would take the brackets for a link.
        assert!(text.contains("[masked]") || text.contains("\\[masked\\]"), "{place}: {text}");
        assert!(text.contains("got nothing"), "{place}: {text}");
    }
}

#[test]
fn the_true_output_is_compared() {
    let Some(workspace) = Workspace::confined() else { return };
    let with = |expected: &str| {
        workspace
            .criteria(&check("echo \"$API_TOKEN\"", &format!("  - Expected Output (exact): `{expected}`\n")));
        let arguments = ["verify", "--no-record", "--output-format", "json", "--env", "API_TOKEN"];
        outcomes(&run(&workspace, &[("API_TOKEN", SECRET)], &arguments).json())
    };
    assert_eq!(with(SECRET), ["AC-1 passed"]);
    assert_eq!(with("[masked]"), ["AC-1 failed"]);
}

#[test]
fn a_shape_is_masked_though_nothing_was_passed() {
    let Some(workspace) = Workspace::confined() else { return };
    let (first, rest) = (&token()[..20], &token()[20..]);
    let event = workspace.events(&check(&format!("echo \"{first}\"'{rest}'"), ""));
    assert_eq!(only(&event)["output"]["head"], "[masked]\n");
}

#[test]
fn half_a_secret_at_the_cut_of_a_long_output_is_masked() {
    let Some(workspace) = Workspace::confined() else { return };
    // 16 KiB are kept at each end; the secret lies across both cuts, with no line's end near.
    let command = "printf '%*s' 16374 x; printf %s \"$API_TOKEN\"; printf '%*s' 99999 x; printf %s \"$API_TOKEN\"; \
                   printf '%*s' 16374 x";
    workspace.criteria(&check(command, ""));
    let arguments = ["verify", "--no-record", "--output-format", "json", "--env", "API_TOKEN"];
    let said = run(&workspace, &[("API_TOKEN", SECRET)], &arguments);
    let event = said.json();
    let output = &only(&event)["output"];
    let (head, tail) = (output["head"].as_str().unwrap(), output["tail"].as_str().unwrap());
    assert!(output["left_out_bytes"].as_u64().unwrap() > 0);
    assert!(head.ends_with("x[masked]"), "{:?}", &head[head.len() - 30..]);
    assert!(tail.starts_with("[masked] "), "{:?}", &tail[..30]);
}

#[test]
fn a_credential_in_the_plan_itself_is_never_repeated() {
    let Some(workspace) = Workspace::confined() else { return };
    let token = token();
    let items = format!(
        "- [ ] Uses {token}\n  - Verification: `echo {token}; touch elsewhere`\n  - Expected Output: `{token}`\n  \
         - Must Not Output: `password={token}`\n"
    );
    let plan = workspace.criteria(&items).read("PLANS.md");
    for arguments in [
        &["list"][..],
        &["check"],
        &["list", "--output-format", "json"],
        &["check", "--output-format", "json"],
        &["check", "--color", "always"],
        &["verify", "-v", "--no-record"],
        &["verify", "--no-record", "--output-format", "json"],
    ] {
        let said = workspace.run(arguments).whole();
        assert!(!said.contains(&token[..12]) && said.contains("[masked]"), "{arguments:?}: {said}");
        assert_eq!(workspace.read("PLANS.md"), plan);
    }
    // What is underlined stays in its place.
    let said = workspace.run(["check"]);
    let lines: Vec<&str> = said.stdout.lines().collect();
    let at = lines.iter().position(|line| line.contains("`echo ****")).unwrap();
    let column = lines[at].find("elsewhere").unwrap();
    assert!(
        lines[at + 1..]
            .iter()
            .any(|line| line.find('^').is_some_and(|mark| mark <= column && column <= line.len()))
    );
    assert!(said.stdout.contains("PLANS.md:8:"), "{}", said.stdout);
}

#[test]
fn only_what_is_listed_or_passed_is_seen() {
    let Some(workspace) = Workspace::confined() else { return };
    let seen = |arguments: &[&str], config: &str| {
        workspace.write("planproof.toml", config);
        workspace.criteria(&check("echo \"a=$MODE_A b=$MODE_B lang=$LC_ALL\"", ""));
        let all = ["verify", "--no-record", "--output-format", "json"];
        let said =
            run(&workspace, &[("MODE_A", "host-a"), ("MODE_B", "host-b")], &[&all[..], arguments].concat());
        only(&said.json())["output"]["head"].as_str().unwrap().trim().to_owned()
    };
    assert_eq!(seen(&[], ""), "a= b= lang=C");
    assert_eq!(seen(&["--env", "MODE_A"], ""), "a=host-a b= lang=C");
    assert_eq!(seen(&["--env", "MODE_A", "--env=MODE_B=x=y"], ""), "a=host-a b=x=y lang=C");
    assert_eq!(seen(&["--env", "MODE_A=1", "--env", "MODE_A=2"], ""), "a=2 b= lang=C");
    assert_eq!(seen(&["--env", "LC_ALL=POSIX", "--env", "MODE_A="], ""), "a= b= lang=POSIX");
    assert_eq!(seen(&[], "env = [\"MODE_A\", \"MODE_B=file\"]\n"), "a=host-a b=file lang=C");
    assert_eq!(
        seen(&["--env", "MODE_B"], "env = [\"MODE_A\", \"MODE_B=file\"]\n"),
        "a=host-a b=host-b lang=C"
    );
}

#[test]
fn what_cannot_be_passed_is_an_error_that_shows_no_value() {
    let workspace = Workspace::new();
    workspace.criteria(&check("touch out/ran", ""));
    for (given, message) in [
        (
            "NOT_SET",
            "error: `--env` passes `NOT_SET`, which is not set\nhelp: set it, or pass a value with `--env NOT_SET=VALUE`",
        ),
        (
            "TMPDIR=/hidden",
            "error: `--env`: `TMPDIR` cannot be passed: the sandbox gives each check a private one",
        ),
        (
            "=hidden",
            "error: `--env`: a variable has no name\nhelp: write `NAME` to pass the host's variable, or `NAME=VALUE`",
        ),
        ("", "error: `--env`: a variable has no name"),
        ("A B=hidden", "error: `--env`: `A B` is no name of a variable"),
    ] {
        let said = workspace.run(["verify", "--no-record", "--env", given]);
        assert_eq!(said.status, 2, "{given}");
        assert!(said.stderr.contains(message), "{}", said.stderr);
        assert!(!said.stderr.contains("hidden") && !workspace.exists("out/ran"), "{}", said.stderr);
    }
    workspace.write("planproof.toml", "env = [\"NOT_SET\"]\n");
    let said = workspace.run(["verify", "--no-record"]);
    assert_eq!(said.status, 2);
    assert!(
        said.stderr.contains("`env` of planproof.toml passes `NOT_SET`, which is not set"),
        "{}",
        said.stderr
    );
    // Reading a plan needs no variable.
    assert_eq!(workspace.run(["list"]).status, 0);
    workspace.write("planproof.toml", "env = [\"A B\"]\n");
    let said = workspace.run(["list"]);
    assert_eq!(said.status, 2);
    assert!(said.stderr.contains("`A B` is no name of a variable"), "{}", said.stderr);
    assert!(said.stderr.contains("planproof.toml:1:8"), "{}", said.stderr);
}
