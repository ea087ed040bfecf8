//! `planproof list` for people: a table that fits, says why, and hides no command.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

mod support;

use support::Workspace;

const PLAN: &str = "\
# Greet people

## Validation and Acceptance

Run `echo welcome` and expect `welcome`.

- The page looks calm.
- Run `curl http://<host>/` and expect `ok`.

## Acceptance Criteria
- [ ] It serves
  - Verification: `python3 -m http.server 8000`, `curl -s http://localhost:8000/`
  - Expected Output: `Directory`
  - Ready When: `port 8000`
";

#[test]
fn it_says_why_and_what_to_write_where_a_person_is_needed() {
    let workspace = Workspace::new();
    insta::assert_snapshot!(workspace.plan(PLAN).run(["list", "--why"]).whole(), @"
    status 0
    --- stdout
    PLANS.md · Greet people
      id    line  command                           expected               kind        reading
    Validation and Acceptance
      VA-1  5     echo welcome                      prints `welcome`       run         inferred
          title: Run `echo welcome` and expect `welcome`.
          found by: its command stands in backticks behind a word such as `run` (run-word span)
      VA-2  7     The page looks calm.              no command             manual      inferred
          found by: the sentence states what must hold, and gives no command (criterion)
          manual: no command
          write instead:
            - [ ] The page looks calm.
              - Verification: `<command>`
              - Expected Output: `<what it prints>`
      VA-3  8     curl http://<host>/               placeholder `<host>`   manual      inferred
          title: Run `curl http://<host>/` and expect `ok`.
          found by: its command stands in backticks behind a word such as `run` (run-word span)
          manual: placeholder `<host>`
          write instead:
            - [ ] Run `curl http://<host>/` and expect `ok`.
              - Verification: `curl http://<host>/`
              - Expected Output: `ok`
    Acceptance Criteria
      AC-1  12    $ python3 -m http.server 8000 &   ready when: port 8000  background  explicit
                  $ curl -s http://localhost:8000/  prints `Directory`
          title: It serves
          found by: a field of the standard schema, such as `Verification`, gives its command (field)
    4 checks in 1 plan
    ");
}

#[test]
fn what_it_says_to_write_makes_the_check_explicit() {
    let workspace = Workspace::new();
    let said = workspace.plan(PLAN).run(["list", "--why", "--filter", "VA-2"]).stdout;
    let (_, written) = said.split_once("write instead:\n").unwrap();
    let item: Vec<&str> =
        written.lines().take(3).map(|line| line.strip_prefix("        ").unwrap()).collect();
    let item = item.join("\n");
    let filled = item.replace("<command>", "echo calm").replace("<what it prints>", "calm");
    let said = workspace.plan(&format!("# P\n\n## Acceptance Criteria\n{filled}")).run(["list"]).stdout;
    assert!(said.contains("echo calm  prints `calm`  run   explicit"), "{said}");
}

#[test]
fn no_line_of_the_table_is_wider_than_it_may_be_and_no_command_is_cut() {
    let workspace = Workspace::new();
    let words = "word-".repeat(50);
    let long = format!("echo {words} && echo 日本語{}", "の".repeat(80));
    let said = workspace
        .plan(&format!("# P\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `{long}`\n"))
        .run(["list"]);
    let table: Vec<&str> = said.stdout.lines().filter(|line| line.starts_with("  ")).collect();
    assert!(table.iter().all(|line| line.chars().count() <= 100), "{said:?}");
    let commands: String =
        table.iter().skip(1).flat_map(|line| line.chars()).filter(|c| !c.is_whitespace()).collect();
    let commands = commands.replace("exits0", "").replace("runexplicit", "").replace("AC-15", "");
    assert_eq!(commands, long.replace(' ', ""));
}

#[test]
fn a_secret_is_masked_before_it_is_wrapped() {
    let workspace = Workspace::new();
    let token = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
    let command =
        format!("{} curl -H 'Authorization: Bearer {token}' http://localhost/", "FILLER=xxxxxxxx ".repeat(2));
    let said = workspace
        .plan(&format!("# P\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `{command}`\n"))
        .run(["list", "--why"]);
    let together: String = said.stdout.split_whitespace().collect();
    assert!(together.contains("[masked]"), "{said:?}");
    assert!(!together.contains(&token[..20]) && !together.contains("c3D4e5F6"), "{said:?}");
}

#[test]
fn nothing_in_it_acts_on_a_terminal() {
    let workspace = Workspace::new();
    let plan = "# P \u{1b}[2J\n\n## Acceptance Criteria \u{7}\n- [ ] a \u{1b}]0;x\u{7}\n  - Verification: `echo \u{1b}[31m\u{8}x`\n  \
                - Expected Output: `\u{1b}[2Jx`\n- [ ] b \u{9b}31m\n";
    for arguments in [&["list"][..], &["list", "--why"]] {
        let said = workspace.plan(plan).run(arguments);
        let raw = said.stdout.chars().filter(|c| c.is_control() && *c != '\n').count();
        assert_eq!(raw, 0, "{said:?}");
    }
}

#[test]
fn an_order_in_a_section_about_something_else_is_told_by_its_label_and_by_what_is_expected() {
    let workspace = Workspace::new();
    let plan = "# P\n\n## Task: the store\n\nRun: `echo stored`\n\nExpected: `stored`\n\nRun: `echo lost`\n\nThe end.\n";
    insta::assert_snapshot!(workspace.plan(plan).run(["list", "--why"]).whole(), @"
    status 0
    --- stdout
    PLANS.md · P
      id    line  command      expected         kind  reading
    Task: the store
      VA-1  5     echo stored  prints `stored`  run   inferred
          title: `echo stored`
          found by: a label such as `Run:` or `Validation commands:` stands before its command (label)
    1 check in 1 plan
    ");
}
