//! `planproof check`: what a reviewer sees of a stranger's plan before anything runs.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

mod support;

use support::Workspace;

const STRANGE: &str = "\
# ExecPlan: Demo

## Constraints & Safety
- **Allowed Directories**: `out/**`
- **Forbidden Operations**: `rm -rf`

## Acceptance Criteria
- [ ] Fine
  - Verification: `true`
- [ ] Cleans up
  - Verification: `sudo bash -c 'rm --recursive -f /'`
- [ ] Writes
  - Verification: `echo a > src/a`
- [ ] Who knows
  - Verification: `$UNKNOWN example.org`
- [ ] Eyes
  - Verification: look
";

#[test]
fn each_command_with_whether_it_would_run_and_why_not() {
    let workspace = Workspace::new();
    workspace.plan(STRANGE);
    insta::assert_snapshot!(workspace.run(["check"]).whole(), @"
    status 3
    --- stdout
       allow AC-1  Fine
               $ true
        deny AC-2  Cleans up
               $ sudo bash -c 'rm --recursive -f /'
    error[denied/forbidden-operation]: `rm -rf` is forbidden
      --> PLANS.md:11:34
       |
     5 | - **Forbidden Operations**: `rm -rf`
       |                              ------ the rule
    ...
    11 |   - Verification: `sudo bash -c 'rm --recursive -f /'`
       |                                  ^^^^^^^^^^^^^^^^^^^ sudo → bash -c → rm --recursive -f /
       |
       = help: `ls /` is allowed instead
    error[denied/built-in/wipe]: this removes a root or a home directory
      --> PLANS.md:11:34
       |
    11 |   - Verification: `sudo bash -c 'rm --recursive -f /'`
       |                                  ^^^^^^^^^^^^^^^^^^^ sudo → bash -c → rm --recursive -f /
       |
       = help: leave it out: no plan may do this
    error[denied/allowed-directories]: `rm` writes to `/`, outside the allowed directories
      --> PLANS.md:11:52
       |
     4 | - **Allowed Directories**: `out/**`
       |                             ------ the rule
    ...
    11 |   - Verification: `sudo bash -c 'rm --recursive -f /'`
       |                                                    ^ /
       |
       = help: write below an allowed directory or to `$TMPDIR`
        deny AC-3  Writes
               $ echo a > src/a
    error[denied/allowed-directories]: `>` writes to `src/a`, outside the allowed directories
      --> PLANS.md:13:27
       |
     4 | - **Allowed Directories**: `out/**`
       |                             ------ the rule
    ...
    13 |   - Verification: `echo a > src/a`
       |                           ^^^^^^^ > src/a
       |
       = help: write below an allowed directory or to `$TMPDIR`
         ask AC-4  Who knows
               $ $UNKNOWN example.org
    warning[needs-review/not-understood]: not understood: the program is computed at run time
      --> PLANS.md:15:20
       |
    15 |   - Verification: `$UNKNOWN example.org`
       |                    ^^^^^^^^ $UNKNOWN
       |
       = help: read it, and say yes with `--yes` if it is harmless
      manual AC-5  Eyes
    5 checks in 1 plan: 1 allowed, 1 needs a yes, 2 denied, 1 manual
    help: `planproof check PLANS.md --approve AC-4 --reason '…'` lets AC-4 run once, without a yes to everything
    ");
}

#[test]
fn every_finding_is_named_by_its_rule_and_stands_beside_the_rules_own_line() {
    let workspace = Workspace::new();
    workspace.plan(STRANGE);
    let said = workspace.run(["check", "--filter", "AC-2"]).stdout;
    for wanted in [
        "error[denied/forbidden-operation]: ",
        "PLANS.md:11:",
        "5 | - **Forbidden Operations**: `rm -rf`",
        "------ the rule",
        "sudo → bash -c → ",
        "= help: ",
        "1 check in 1 plan: 1 denied",
    ] {
        assert!(said.contains(wanted), "{wanted}\n{said}");
    }
}

#[test]
fn the_end_says_how_many_would_run_and_how_to_say_yes() {
    let workspace = Workspace::new();
    for (items, last) in [
        ("- [ ] a\n  - Verification: `true`\n", "1 check in 1 plan: 1 allowed\n"),
        (
            "- [ ] a\n  - Verification: `$A`\n- [ ] b\n  - Verification: `$B`\n- [ ] c\n",
            "3 checks in 1 plan: 2 need a yes, 1 manual\n\
             help: `planproof check PLANS.md --approve AC-1 --reason '…'` lets AC-1 run once, without a yes to everything\n",
        ),
    ] {
        let said = workspace.criteria(items).run(["check"]);
        assert!(said.stdout.ends_with(last), "{}", said.stdout);
        assert_eq!(said.status, if last.contains("yes") { 3 } else { 0 });
    }
}

#[test]
fn quiet_tells_what_would_not_run_and_twice_quiet_nothing() {
    let workspace = Workspace::new();
    workspace.plan(STRANGE);
    let quiet = workspace.run(["check", "-q"]);
    assert!(!quiet.stdout.contains("AC-1") && quiet.stdout.contains("AC-2"), "{}", quiet.stdout);
    let silent = workspace.run(["check", "-qq"]);
    assert_eq!((silent.status, silent.stdout.as_str(), silent.stderr.as_str()), (3, "", ""));
}

#[test]
fn what_is_not_seen_is_never_printed_as_it_is() {
    let workspace = Workspace::new();
    let hostile = "\u{1b}[2J\u{9b}2J\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\u{ad}";
    workspace.plan(&format!(
        "# ExecPlan: {hostile}\n\n## Constraints & Safety\n- **Allowed Directories**: `out/**`\n\
         - **Forbidden Operations**: `rm`, words {hostile}\n\n## Acceptance Criteria\n\
         - [ ] title{hostile}\n  - Verification: `rm {hostile}`\n- [ ] b\n  - Verification: `$X '{hostile}'`\n"
    ));
    let style = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    for arguments in [
        &["check"][..],
        &["check", "--color", "always"],
        &["check", "--output-format", "json"],
        &["check", "--sarif", "-"],
        &["list"],
    ] {
        let said = workspace.run(arguments);
        let shown = style.replace_all(&said.stdout, "").into_owned() + &style.replace_all(&said.stderr, "");
        let raw: Vec<char> = hostile.chars().filter(|c| !c.is_ascii() || *c == '\u{1b}').collect();
        assert_eq!(shown.matches(raw.as_slice()).collect::<Vec<_>>(), [""; 0], "{arguments:?}\n{shown}");
        assert!(shown.contains("AC-1"), "{shown}");
    }
}

#[test]
fn a_rule_far_away_is_shown_in_a_piece_of_its_own() {
    let workspace = Workspace::new();
    let filler = "A line of context.\n\n".repeat(500);
    workspace.plan(&format!(
        "## Constraints & Safety\n- **Forbidden Operations**: `rm`\n\n## Context\n\n{filler}\n\
         ## Acceptance Criteria\n- [ ] a\n  - Verification: `rm x`\n"
    ));
    let said = workspace.run(["check"]).stdout;
    let first = said.find("PLANS.md:1009:20").expect(&said);
    let rule = said.find("PLANS.md:2:").expect(&said);
    assert!(first < rule && !said.contains("A line of context"), "{said}");
}

#[test]
fn ten_thousand_findings_are_told_in_no_time() {
    let workspace = Workspace::new();
    let items = "- [ ] a\n  - Verification: `rm -rf x`\n".repeat(10_000);
    workspace.plan(&STRANGE.replace("- [ ] Fine\n", &format!("{items}- [ ] Fine\n")));
    for arguments in [&["check"][..], &["check", "--sarif", "-"]] {
        let said = workspace.run(arguments);
        assert_eq!(said.status, 3);
        assert!(said.stdout.matches("forbidden-operation").count() >= 10_000);
    }
}
