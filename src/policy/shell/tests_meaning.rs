//! Which programs a command calls in the end, and what it carries that is not read.

use super::read;

/// The calls of a script, outermost first: `sudo > rm -rf x`.
fn calls(script: &str) -> String {
    let reading = read(script);
    assert!(reading.unclear.is_empty(), "{script:?} is unclear: {:?}", reading.unclear);
    let calls = reading.commands.iter().filter_map(|command| command.invocations.last());
    let shown = calls.map(|call| {
        let arguments = call.arguments();
        let flags = arguments.flags.iter().map(|flag| flag.name.to_string());
        let operands = arguments.operands.iter().map(|word| word.text.clone().unwrap_or("?".to_owned()));
        let words =
            [call.program.clone()].into_iter().chain(flags).chain(operands).collect::<Vec<_>>().join(" ");
        call.via.iter().map(|outer| outer.text.clone()).chain([words]).collect::<Vec<_>>().join(" > ")
    });
    shown.collect::<Vec<_>>().join("; ")
}

#[test]
fn a_program_is_known_by_any_path_quoting_or_name() {
    for script in ["rm -r x", "/bin/rm -r x", r"\rm -r x", "'rm' -r x", "r''m x -r", "grm -r x", "../rm -r x"]
    {
        assert_eq!(calls(script), "rm -r x", "{script:?}");
    }
}

#[test]
fn arguments_are_sorted_into_flags_and_operands() {
    let table = [
        ("rm -rf x", "rm -r -f x"),
        ("rm x --force -- -y", "rm --force x -y"),
        ("cargo test --color=never -- -q", "cargo --color test -q"),
        ("git -C dir -c user.name=x push -f", "git -C -c -f push"),
        ("kubectl -nprod delete pod x", "kubectl -n delete pod x"),
        ("terraform destroy -auto-approve", "terraform -auto-approve destroy"),
        ("tail -", "tail -"),
    ];
    for (script, expected) in table {
        assert_eq!(calls(script), expected, "{script:?}");
    }
}

#[test]
fn prefixes_are_followed_to_the_program_that_is_run() {
    let table = [
        ("command rm x", "command > rm x"),
        ("command -p rm x", "command > rm x"),
        ("command -v rm", "command -v rm"),
        ("exec -a y rm x", "exec > rm x"),
        ("nohup nice -n 5 rm x", "nohup > nice > rm x"),
        ("nice -19 rm x", "nice > rm x"),
        ("/usr/bin/time -v rm x", "time > rm x"),
        ("env -i -u A B=c rm x", "env > rm x"),
        ("env", "env"),
        ("timeout -k 5 --signal=9 10 rm x", "timeout > rm x"),
        ("sudo -nu root A=b rm x", "sudo > rm x"),
        ("ls | xargs -0 -n1 rm x", "ls; xargs > rm x"),
        ("ls | xargs -I{} rm a{}", "ls; xargs > rm ?"),
        ("busybox rm x", "busybox > rm x"),
        ("npx --yes eslint src", "npx > eslint src"),
        ("uv run --frozen pytest -q", "uv > pytest -q"),
        ("npm exec -- tsc", "npm > tsc"),
        ("npm run exec", "npm run exec"),
        ("poetry -C src run rm x", "poetry > rm x"),
        ("uv --project x run rm y", "uv > rm y"),
    ];
    for (script, expected) in table {
        assert_eq!(calls(script), expected, "{script:?}");
    }
}

#[test]
fn constant_code_is_read_again() {
    let table = [
        ("bash -c 'rm x'", "bash -c rm x; bash -c > rm x"),
        ("sudo sh -euc \"rm 'a b'\"", "sudo > sh -e -u -c rm 'a b'; sudo > sh -c > rm a b"),
        ("bash -o pipefail -c 'a | b'", "bash -o -c pipefail a | b; bash -c > a; bash -c > b"),
        ("eval rm 'x; y'", "eval rm x; y; eval > rm x; eval > y"),
        ("eval \"eval 'rm x'\"", "eval eval 'rm x'; eval > eval rm x; eval > eval > rm x"),
        ("sh <<'E'\nrm x\nE\n", "sh; sh > rm x"),
        ("bash <<< 'rm x'", "bash; bash > rm x"),
        ("trap 'rm x' EXIT", "trap rm x EXIT; trap > rm x"),
        ("trap - EXIT", "trap - EXIT"),
        ("EDITOR='rm x' git commit", "git commit; EDITOR > rm x"),
        ("bash run.sh -c x", "bash -c run.sh x"),
    ];
    for (script, expected) in table {
        assert_eq!(calls(script), expected, "{script:?}");
    }
}

/// Each script, and in it the place of the `rm` that is found, between `<` and `>`.
#[test]
fn nested_code_keeps_its_exact_place() {
    for marked in [
        "true; bash -c '<rm x>'",
        "bash -c \"bash -c '<rm x>'\"",
        "eval \"a; <rm \\\"x\\\">\"",
        "eval a \\; '<rm x>'",
        "sudo sh -c 'é; <rm x> | b'",
        "echo `a; <rm x>`",
        "echo `a \\`<rm x>\\``",
        "sh <<-'E'\n\ta\n\t<rm x>\n\tE\n",
        "cat <<E | bash\na; <rm x>\nE\n",
        "echo 'a; <rm x>' | sh",
        "bash -c $'a\\n<rm x>'",
        "bash -c $'a; <r\\x6d x>'",
        "ssh host 'cd y && <rm x>'",
        "ls | xargs -I% sh -c '<rm %>'",
        "find . -exec sh -c '<rm x>' \\;",
        "env -S'<rm x>'",
        "python3 -c \"import os; os.system('<rm x>')\"",
        "source <(printf '<rm x>')",
        "X='rm x'; <$X>",
        "trap 'a; <rm x>' EXIT",
        "git submodule foreach 'a || <rm x>'",
        "cat > y <<'E'\n<rm x>\nE\nsh y",
    ] {
        // Redirections have signs of their own: only these two are marks.
        let (from, to) = (
            marked.find("<r").or(marked.find("<$X")).unwrap(),
            marked.find("x>").or(marked.find("%>")).or(marked.find("X>")).unwrap_or(0),
        );
        let to = if marked.contains("x\\\">") { marked.find("x\\\">").unwrap() + 2 } else { to };
        let script = format!("{}{}{}", &marked[..from], &marked[from + 1..=to], &marked[to + 2..]);
        let reading = read(&script);
        let calls = reading.commands.iter().flat_map(|command| &command.invocations);
        let found: Vec<&str> =
            calls.filter(|call| call.program == "rm").map(|call| &script[call.span.clone()]).collect();
        assert!(found.contains(&&marked[from + 1..=to]), "{script:?}: {found:?}");
    }
}

#[test]
fn text_that_only_mentions_a_command_is_data() {
    for script in [
        "echo 'rm -rf build'",
        "git commit -m \"don't rm -rf build\"",
        "grep -rn 'rm -rf $(x)' src",
        "cat <<'EOF'\nrm -rf build `x`\nEOF",
        "awk '$1 == 5 || $2 { print $1 }' x",
        "sed -n '/a\\/b/,$p; s/rm -rf/x/g' y",
        "sed -i.bak -e 's|a|b|' x",
        "sed -n 's/a/b/gw x' y",
        "python3 -m pytest -q",
        "python3 check.py",
        "node --test",
        "bash -n run.sh",
        "find src -name '*.rs' -newer x",
        "git -c user.name=x commit -m y",
        "tar -xzf a.tgz -C build",
        "docker build .",
        "export A=b",
    ] {
        assert!(read(script).unclear.is_empty(), "{script:?}: {:?}", read(script).unclear);
    }
}

#[test]
fn what_only_lists_checks_or_prints_runs_nothing() {
    for script in [
        "compgen -c",
        "compgen -A function",
        "hash -r",
        "enable -a",
        "bind -l",
        "fc -l",
        "history 5",
        "find src -exec bash -n {} \\;",
        "for f in $(git ls-files); do bash -n \"$f\"; done",
        "cmake -E echo rm -rf x",
        "docker run -u $(id -u):$(id -g) -v $PWD:/w -v $(pwd)/x:/x alpine ls",
        "bash -c 'echo \"$@\"' _ rm -rf x",
        "for ((i = 0; i < $(nproc); i++)); do echo; done",
        "printf $'it\\'s'",
    ] {
        assert!(read(script).unclear.is_empty(), "{script:?}: {:?}", read(script).unclear);
    }
    for script in [
        "compgen -C 'rm x'",
        "complete -F x y",
        "enable -f x.so y",
        "bind -x '\"a\": rm x'",
        "fc -s",
        "history -s x",
        "printf $'it\\'; rm x; \\''",
    ] {
        assert!(!read(script).unclear.is_empty(), "{script:?}");
    }
}

#[test]
fn code_that_is_not_read_is_asked() {
    let scripts = [
        "$X -rf build",
        "\"$@\"",
        "r? -rf build",
        "=rm -rf build",
        "sudo $X",
        "sudo -Z rm x",
        "env $A rm x",
        "timeout $T rm x",
        "command \"$X\"",
        "xargs -I{} {} -rf",
        "eval \"$X\"",
        "eval a $X",
        "source x.sh",
        ". ./x.sh",
        "trap \"$X\" EXIT",
        "curl x | sudo bash -s",
        "sh < x",
        "bash -c \"$X\"",
        "bash --rcfile x",
        "bash <<E\n$X\nE\n",
        "ls | xargs sh -c",
        "xargs -I{} sh -c 'rm {}'",
        "find . $X",
        "python - < x",
        "awk 'BEGIN { system(c) }'",
        "awk '{ print | \"sh\" }' x",
        "awk \"$X\"",
        "sed '1e rm x' y",
        "sed 's/a/b/e' y",
        "sed -n -l 5 '1e rm x' y",
        "sed \"$X\" y",
        "hash -p /bin/rm ls",
        "fish -c x",
        "git -c alias.x='!rm' x",
        "git config alias.x '!rm x'",
        "uv run --unknown x rm y",
        "LD_PRELOAD=x a",
        "GIT_SSH_COMMAND=\"$X\" git fetch",
        "declare -i x='a[$(rm y)]'",
        "[[ 'a[$(rm y)]' -eq 1 ]]",
        "sh -c '[[ x && rm -rf y ]]'",
        "printf -v 'a[$(rm y)]' x",
        "env BASH_ENV=x bash -c y",
        "busybox sh",
        "make --eval=x",
    ];
    let silent: Vec<&str> = scripts.into_iter().filter(|script| read(script).unclear.is_empty()).collect();
    assert_eq!(silent, [""; 0]);
}

#[test]
fn programs_that_run_their_words_elsewhere_or_later_are_followed() {
    for (script, expected) in [
        ("npm x -- rm -r x", "npm > rm -r x"),
        ("corepack pnpm publish", "corepack > pnpm publish"),
        ("docker create --name y alpine rm x", "docker alpine > rm x"),
        ("kubectl create job y --image=alpine -- rm x", "kubectl y > rm x"),
        ("pdsh -w h 'rm x'", "pdsh -w rm x; pdsh h > rm x"),
        ("minikube ssh 'rm x'", "minikube ssh rm x; minikube ssh > rm x"),
        ("pee 'rm x' cat", "pee rm x cat; pee > rm x; pee > cat"),
        ("ctest --test-command rm x", "ctest > rm x"),
        ("terramate -C a run --tags x -- rm x", "terramate > rm x"),
        ("split --filter='rm x' y", "split --filter y; split --filter > rm x"),
        ("git fetch 'ext::rm x'", "git fetch ext::rm x; git ext:: > rm x"),
        ("env -S 'rm\\_x'", "env -S rm\\_x; env > rm x"),
        ("julia -e 'run(`rm x`)'", "julia -e run(`rm x`); julia > rm x"),
        ("m4 <<< 'syscmd(`rm x'\\'')'", "m4; m4 > rm x"),
        ("bin/rails runner 'system(\"rm x\")'", "rails runner system(\"rm x\"); rails > rm x"),
        (
            "npx tsx -e 'require(\"child_process\").execSync(\"rm x\")'",
            "npx > tsx -e require(\"child_process\").execSync(\"rm x\"); npx > tsx > rm x",
        ),
    ] {
        assert_eq!(calls(script), expected, "{script}");
    }
}

/// The commands in the texts of a script that may be run.
fn possible(script: &str) -> String {
    let reading = read(script);
    assert!(reading.unclear.is_empty(), "{script:?} is unclear: {:?}", reading.unclear);
    let calls = reading.possible.iter().filter_map(|command| command.invocations.last());
    let calls = calls.map(|call| {
        [&call.program[..]]
            .into_iter()
            .chain(call.words().iter().filter_map(|word| word.text.as_deref()))
            .collect::<Vec<_>>()
            .join(" ")
    });
    calls.collect::<Vec<_>>().join("; ")
}

#[test]
fn a_text_that_may_be_run_is_read_and_says_nothing_by_itself() {
    for (script, expected) in [
        ("tool -k 'rm x && y'", "rm x; y"),
        ("tool -k 'commands=[\"rm x\"]'", "rm x"),
        ("tool -k X='rm x'", "rm x"),
        ("TEST_CMD='rm x' cargo test", "rm x"),
    ] {
        let found = possible(script);
        assert!(found.contains(expected), "{script}: {found}");
    }
    assert!(read("tool 'it is (not code'").unclear.is_empty());
    // Where the name says that it is run, what is forbidden is no question.
    for script in [
        "strace -o '|rm x' ls",
        "RUSTC_WRAPPER='rm x' cargo build",
        "npm pkg set scripts.y='rm x'",
        "docker run --health-cmd 'rm x' y",
        "make CC='rm x'",
        "tool --wrapper 'rm x'",
        "apt-get -o DPkg::Pre-Invoke::='rm x' update",
    ] {
        let reading = read(script);
        let called = reading.commands.iter().flat_map(|command| &command.invocations);
        assert!(called.into_iter().any(|call| call.program == "rm"), "{script}");
        assert!(reading.unclear.is_empty(), "{script}: {:?}", reading.unclear);
    }
    for script in [
        "echo 'rm x'",
        "NOTE='rm x' cargo build",
        "./tool 'rm x'",
        "uv run tool 'rm x'",
        "python -m tool 'rm x'",
        "git commit -m 'rm x'",
        "pytest -k 'rm or x'",
        "check() { [ \"$1\" ]; }; check 'rm x'",
        "mix test --only 'rm x'",
        "ginkgo --focus 'rm x' ./...",
        "nats pub x 'rm x'",
        "npx ava --match 'rm x'",
        "bash run.sh 'rm x'",
    ] {
        assert_eq!(possible(script), "", "{script}");
    }
}

#[test]
fn a_package_is_the_program_that_it_brings() {
    for (script, expected) in [
        ("npx -y vercel@latest --prod", "vercel --prod"),
        ("npx @railway/cli up", "railway up"),
        ("pnpm dlx @scope/tool@2 x", "tool x"),
        ("npx aws-cdk@2 deploy", "cdk deploy"),
        ("bunx @changesets/cli publish", "changeset publish"),
        ("yarn workspace a npm publish", "yarn npm publish"),
        ("yarn workspaces foreach -A --include x npm publish", "yarn npm publish"),
        ("docker run --rm flyio/flyctl:v1 deploy", "flyctl deploy"),
        ("nix run nixpkgs#flyctl -- deploy", "flyctl deploy"),
        ("nix run .#tool -- x", "tool x"),
        ("npx eas-cli submit -p ios", "eas submit -p ios"),
        ("npx --yes netlify-cli deploy --prod", "netlify deploy --prod"),
        ("yarn cdk deploy prod", "cdk deploy prod"),
        ("pnpm --dir web vercel --prod", "vercel --prod"),
        ("npm run cdk -- destroy", "cdk destroy"),
        ("yarn run wrangler deploy", "wrangler deploy"),
        // A verb of its own, or a script of the project.
        ("npm cdk", "npm cdk"),
        ("yarn add vercel", "yarn add vercel"),
    ] {
        let reading = read(script);
        assert!(reading.unclear.is_empty(), "{script}: {:?}", reading.unclear);
        let every = reading.commands[0].invocations.iter().map(|call| {
            let words = call.words().iter().filter_map(|word| word.text.as_deref());
            [call.program.as_str()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
        });
        let every: Vec<String> = every.collect();
        assert!(every.iter().any(|call| call == expected), "{script}: {every:?}");
    }
}

#[test]
fn what_is_computed_keeps_what_is_known_of_it() {
    let programs = |script: &str| {
        let reading = read(script);
        let called = reading.commands.iter().flat_map(|command| &command.invocations);
        let names: Vec<String> = called.map(|call| call.program.clone()).collect();
        assert!(!reading.unclear.is_empty(), "{script}");
        names
    };
    for script in [
        "\"$HOME/bin/rm\" x",
        "hash -p /bin/rm y; y x",
        "awk 'BEGIN { print \"rm x\" }' | sh",
        "grep . <<< 'rm x' | bash",
        "git filter-branch --tree-filter 'rm x' HEAD",
        "go test -exec 'rm x' ./...",
    ] {
        assert!(programs(script).contains(&"rm".to_owned()), "{script}: {:?}", programs(script));
    }
    for script in [
        "docker run --rm --entrypoint rm alpine -r /w",
        "docker run --entrypoint=sh alpine -c 'rm -r x'",
        "ansible all -m shell -a 'rm x'",
        "salt '*' cmd.run 'rm x'",
        "cmake -E env A=1 rm x",
        "cmake -E rm x",
        "lxc-attach -n c -- rm x",
        "doppler run --command='rm x'",
        "nvm exec 18 rm x",
    ] {
        let reading = read(script);
        assert!(reading.unclear.is_empty(), "{script}: {:?}", reading.unclear);
        let called = reading.commands.iter().flat_map(|command| &command.invocations);
        assert!(called.into_iter().any(|call| call.program == "rm"), "{script}");
    }
    for script in ["ansible all -m copy -a 'src=rm dest=x'", "docker run --entrypoint '' alpine ls"] {
        assert!(read(script).unclear.is_empty(), "{script}");
    }
}

/// Whether the reading of a script has a call of `rm`, and nothing that is asked about.
fn removes(script: &str) -> bool {
    let reading = read(script);
    assert!(reading.unclear.is_empty(), "{script:?} is unclear: {:?}", reading.unclear);
    reading.commands.iter().flat_map(|command| &command.invocations).any(|call| call.program == "rm")
}

#[test]
fn a_program_that_an_option_names_is_run_with_the_words_behind_it() {
    for script in [
        "start-stop-daemon --start --exec /bin/rm -- -r x",
        "start-stop-daemon -S --startas=/bin/rm -- x",
        "flatpak run --command=rm org.x.App -r x",
        "docker compose run --entrypoint rm app -r x",
        "vagrant ssh web -- rm -r x",
        "cargo +nightly watch -s 'rm x'",
        "fzf --preview 'rm {}'",
        "fzf --bind 'enter:execute(rm {})+abort'",
        "nc -l 80 -e 'rm x'",
        "parallel <<'E'\nrm x\nE",
        "printf 'rm x\\n' | parallel -j 2",
    ] {
        assert!(removes(script), "{script}");
    }
    for script in ["start-stop-daemon --stop --name rm", "flatpak list", "cargo +nightly test rm"] {
        assert!(!removes(script), "{script}");
    }
    // Which of their letters takes the script, other shells say in a cluster too.
    for script in ["tcsh -fc 'rm x'", "csh -fc 'rm x'", "fish -Nc 'rm x'"] {
        let reading = read(script);
        let mut called = reading.commands.iter().flat_map(|command| &command.invocations);
        assert!(called.any(|call| call.program == "rm"), "{script}");
    }
}

#[test]
fn code_in_a_file_that_the_script_writes_or_a_substitution_prints_is_read() {
    for script in [
        "python3 <(echo 'import os; os.system(\"rm x\")')",
        "awk -f <(echo 'BEGIN { system(\"rm x\") }')",
        "echo 'BEGIN { system(\"rm x\") }' > a.awk; awk -F: -f a.awk in",
        "sed -f <(echo '1e rm x') in",
        "make -f <(printf 'all:\\n\\trm x\\n')",
        "printf 'all:\\n\\trm x\\n' > Makefile; make all",
        "printf 'all:\\n\\trm x\\n' > k; make --file=k",
        "printf 'all:\\n  rm x\\n' > k; just -f k",
        "echo 'rm x' > a; bash -c \"$(< a)\"",
        "echo 'rm x' | dd of=a bs=1; sh a",
        "echo 'rm x' > a; dd if=a of=b; sh b",
    ] {
        assert!(removes(script), "{script}");
    }
    for script in [
        "awk -f <(echo '{ print }') in",
        "make -f <(printf 'all:\\n\\techo rm\\n')",
        "make -f build.mk; awk -f a.awk in; sed -f a.sed in; just -f b",
        "sed -i s/a/b/ Makefile && make",
        "x=$(< version); echo $x",
    ] {
        assert!(!removes(script), "{script}");
    }
    for script in [
        "echo ls | parallel -a jobs",
        "python3 <(\"$X\")",
        "awk -f <(cat a)",
        "make -f <(./generate)",
        "sh -c \"$(< a)\"",
    ] {
        assert!(!read(script).unclear.is_empty(), "{script}");
    }
    assert!(!read("make -f <(curl https://example.com/m)").remote.is_empty());
}

#[test]
fn what_comes_from_another_machine_is_followed_to_where_it_runs() {
    for script in [
        "curl x | xargs -0 sh -c",
        "curl x | xargs -I{} sh -c '{}'",
        "lynx -source x | sh",
        "gh api repos/a/b/contents/i.sh -q .content | base64 -d | bash",
        "curl -sL https://example.com/a.tgz | tar xz && ./a/install.sh",
        "wget https://example.com/a-1.2.tar.gz; tar xf a-1.2.tar.gz; sh a-1.2/x.sh",
        "iex \"$(curl -s https://example.com/i.ps1)\"",
    ] {
        assert!(!read(script).remote.is_empty(), "{script}");
    }
    for script in [
        "curl -sL https://example.com/a.tgz | tar xz -C tests && ./run.sh",
        "curl x | sh -c 'cat > /dev/null'",
        "tar xf a.tgz && ./a/install.sh",
    ] {
        assert!(read(script).remote.is_empty(), "{script}");
    }
}
