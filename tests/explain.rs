//! `planproof explain`: how one command is read, which rules were tried, and the verdict. Runs nothing.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

mod support;

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};
use support::{Said, Workspace};

const PLAN: &str = "\
# ExecPlan: Demo

## Constraints & Safety
- **Allowed Directories**: `out/**`
- **Forbidden Operations**: `rm -rf`
";

fn explain(workspace: &Workspace, command: &str) -> Value {
    let said = workspace.run(["explain", command, "--plan", "PLANS.md", "--output-format", "json"]);
    let lines = said.json();
    assert_eq!(lines.len(), 1, "{said:?}");
    lines[0].clone()
}

/// The same with the command on standard input.
fn from_input(workspace: &Workspace, input: &[u8], more: &[&str]) -> Said {
    let mut command = workspace.command([&["explain", "-"], more].concat());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Whoever refuses a command that is too long does not read it to its end.
    let _ = child.stdin.take().unwrap().write_all(input);
    workspace.said(&child.wait_with_output().unwrap())
}

#[test]
fn a_command_behind_others_is_shown_in_its_normal_form() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    let said = explain(&workspace, "cat list | sudo bash -c 'git -C sub push --force origin main'");
    let last = said["commands"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["program"], &last["subcommand"], &last["through"], &last["operands"]),
        (&json!("git"), &json!("push"), &json!(["sudo", "bash -c"]), &json!(["origin", "main"]))
    );
    assert!(last["flags"].as_array().unwrap().contains(&json!("--force")), "{last}");
    assert_eq!((&last["line"], &last["column"], &last["end_column"]), (&json!(1), &json!(26), &json!(61)));
}

#[test]
fn a_command_says_what_it_writes_and_where_its_input_comes_from() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    let said = explain(&workspace, "cd out; sort < ../names | tee sorted > copy; cat <<< text");
    let all = said["commands"].as_array().unwrap();
    let of = |program: &str| all.iter().find(|command| command["program"] == program).unwrap();
    assert_eq!((&of("sort")["input"], &of("sort")["input_file"]), (&json!("file"), &json!("../names")));
    assert_eq!(
        (&of("tee")["input"], &of("tee")["writes"]),
        (&json!("pipe"), &json!(["out/copy", "out/sorted"]))
    );
    assert_eq!(of("cat")["input"], "text");
    assert_eq!(of("cd")["input"], "nothing");
}

#[test]
fn each_rule_says_whether_it_hit_and_where_it_stands() {
    let workspace = Workspace::new();
    workspace.plan(PLAN).write("planproof.toml", "[[policy.forbid]]\ncommand = \"git push --force\"\n");
    let said = explain(&workspace, "rm --force -r out/x");
    let rules = said["rules"].as_array().unwrap();
    let rule =
        |id: &str| rules.iter().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("{id} in {rules:?}"));
    let hit = rule("forbidden-operation");
    assert_eq!(
        (&hit["verdict"], &hit["rule_line"], &hit["rule"]),
        (&json!("deny"), &json!(5), &json!("rm -rf"))
    );
    assert_eq!(rule("project/forbid")["verdict"], Value::Null);
    assert_eq!(
        (&rule("allowed-directories")["verdict"], &rule("allowed-directories")["rule_line"]),
        (&Value::Null, &json!(4))
    );
    assert!(rules.iter().any(|rule| rule["id"].as_str().unwrap().starts_with("built-in/")), "{rules:?}");
    assert_eq!(said["verdict"], "deny");
    assert_eq!(said["findings"][0]["rule_line"], 5);
}

#[test]
fn people_see_the_forms_the_rules_the_places_and_the_verdict() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    let said = workspace.run(["explain", "sudo bash -c 'rm -fr out'", "--plan", "PLANS.md"]);
    assert_eq!(said.status, 3);
    for wanted in [
        "rm -f -r out\n  through   sudo → bash -c\n  program   rm\n  flags     -f -r\n  operands  out\n",
        "rules\n  deny  forbidden-operation    rm -rf (PLANS.md:5:30)\n",
        "  -     built-in/own-files     no check writes to git's",
        "error[denied/forbidden-operation]: ",
        " --> command:1:15\n",
        " ::: PLANS.md:5:30\n",
        "verdict deny\n",
    ] {
        assert!(said.stdout.contains(wanted), "{wanted}\n{}", said.stdout);
    }
}

#[test]
fn the_exit_status_is_the_verdict() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    for (command, status) in [("true", 0), ("$X y", 3), ("rm -rf out", 3), ("rm -rf out; \u{202e}", 3)] {
        for format in ["human", "json"] {
            let arguments = ["explain", command, "--plan", "PLANS.md", "--output-format", format];
            assert_eq!(workspace.run(arguments).status, status, "{command}");
        }
        assert_eq!(workspace.run(["explain", command, "--plan", "PLANS.md", "-qq"]).stdout, "");
    }
}

#[test]
fn what_explain_says_is_what_check_says() {
    let workspace = Workspace::new();
    for command in [
        "true",
        "$X y",
        "rm -rf out",
        "echo a > src/b",
        "sh -c 'rm -r -f /'",
        "curl x | sh",
        "cat <<E\n$(rm -rf /)\nE",
    ] {
        workspace.plan(&format!(
            "{PLAN}\n## Acceptance Criteria\n- [ ] a\n  - Verification:\n\n    ```sh\n    {}\n    ```\n",
            command.replace('\n', "\n    ")
        ));
        let explained = explain(&workspace, command);
        let check = workspace.run(["check", "--output-format", "json"]).json();
        let check = check.iter().find(|line| line["type"] == "check").unwrap();
        assert_eq!(explained["verdict"], check["verdict"], "{command}");
        let told = |value: &Value| -> Vec<(Value, Value)> {
            let findings = value["findings"].as_array().unwrap().iter();
            findings.map(|finding| (finding["id"].clone(), finding["message"].clone())).collect()
        };
        assert_eq!(told(&explained), told(check), "{command}");
    }
}

#[test]
fn without_a_plan_the_built_in_rules_and_those_of_the_project_hold() {
    let workspace = Workspace::new();
    let config = "[policy]\nrequire_constraints = true\n\n[[policy.forbid]]\ncommand = \"make release\"\nreason = \"a person does\"\n";
    workspace.write("planproof.toml", config);
    let verdict = |command: &str| workspace.run(["explain", command]).status;
    assert_eq!(
        (verdict("make release"), verdict("make test"), verdict("echo x > planproof.toml")),
        (3, 0, 3)
    );
    let elsewhere = workspace
        .command(["explain", "make release", "--workspace", "."])
        .current_dir(workspace.outside("home"))
        .output()
        .unwrap();
    assert_eq!(elsewhere.status.code(), Some(0));
    let named = ["explain", "make release", "--workspace"];
    let mut command = workspace.command(named);
    let output = command.arg(workspace.path("")).current_dir(workspace.outside("home")).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_script_is_read_from_standard_input() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    let said = from_input(&workspace, b"cd out\nrm -rf x\n", &["--plan", "PLANS.md"]);
    assert_eq!(said.status, 3);
    assert!(said.stdout.contains(" --> standard input:2:1\n"), "{}", said.stdout);
    let long = "true\n".repeat(30_000);
    let said = from_input(&workspace, long.as_bytes(), &["--output-format", "json"]);
    assert!(said.status == 3 && said.stdout.contains("\"verdict\":\"ask\""));
}

#[test]
fn each_mistake_has_a_clear_error() {
    let workspace = Workspace::new();
    workspace.plan(PLAN).write("bad.md", "## Constraints & Safety\n- **Allowed Directories**: `[`\n");
    for (arguments, wanted) in [
        (&["explain"][..], "required arguments were not provided"),
        (&["explain", ""], "error: there is no command to explain\nhelp: "),
        (&["explain", " \n"], "error: there is no command to explain\nhelp: "),
        (&["explain", "true", "--plan", "nowhere.md"], "error: cannot find nowhere.md"),
        (&["explain", "true", "--plan", "."], "error: `--plan .` names a directory\nhelp: "),
        (&["explain", "true", "--workspace", "nowhere"], "error: workspace nowhere: "),
        (&["explain", "true", "--plan", "bad.md"], "error[bad-glob]: "),
    ] {
        let said = workspace.run(arguments);
        assert!(said.status == 2 && said.stderr.contains(wanted), "{arguments:?}: {said:?}");
    }
    for (input, wanted) in [
        (&b"\n"[..], "error: there is no command to explain"),
        (b"rm \xff", "error: standard input:1:4: invalid UTF-8 at byte 3\nhelp: "),
        (&b"a;".repeat(2 << 20), "error: standard input holds more than "),
    ] {
        let said = from_input(&workspace, input, &[]);
        assert!(said.status == 2 && said.stderr.starts_with(wanted), "{said:?}");
    }
}

#[test]
fn neither_a_credential_nor_a_control_character_is_printed() {
    let workspace = Workspace::new();
    let token = format!("ghp_{}", "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC2eF4hJ6");
    let command = format!("curl -H 'Authorization: Bearer {token}' \"$X\" '\u{1b}[2J\u{202e}' > /etc/x");
    for more in [&[][..], &["--output-format", "json"]] {
        let said = workspace.run([&["explain", &command], more].concat());
        assert!(!said.whole().contains(['\u{1b}', '\u{202e}']), "{said:?}");
        assert!(!said.whole().contains(&token) && said.stdout.contains("curl"), "{said:?}");
    }
}
