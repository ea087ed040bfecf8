//! What cannot be verified gets a message that says where and what to do next, and nothing of it runs.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say why they skip")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use support::{Said, Workspace, binary, only};

/// A check that leaves a trace if it runs.
const TRACE: &str = "- [ ] Leaves a trace\n  - Verification: `touch out/trace`\n";

impl Workspace {
    /// `verify` of what must not be verified: nothing ran, nothing was recorded.
    fn refuses<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Said {
        let before = fs::read(self.path("PLANS.md")).ok();
        let said = self.run(["verify", "--sandbox", "off"].into_iter().chain(arguments));
        assert!(!self.exists("out/trace"), "{said:?}");
        assert_eq!(fs::read(self.path("PLANS.md")).ok(), before);
        assert!(said.stdout.is_empty(), "{said:?}");
        assert!(said.stderr.contains("help: "), "{said:?}");
        said
    }

    /// The same for a plan with these criteria after one that would leave a trace.
    fn refuses_criteria(&self, items: &str) -> String {
        let said = self.criteria(&format!("{TRACE}{items}")).refuses([]);
        assert_eq!(said.status, 2, "{said:?}");
        said.stderr
    }
}

#[test]
fn the_trace_that_the_other_tests_look_for_is_left_by_a_good_plan() {
    let workspace = Workspace::new();
    assert_eq!(workspace.criteria(TRACE).run(["verify", "--no-record", "--sandbox", "off"]).status, 0);
    assert!(workspace.exists("out/trace"));
}

#[test]
fn a_file_that_is_not_there() {
    insta::assert_snapshot!(Workspace::new().refuses(["nowhere.md"]).whole(), @"
    status 2
    --- stderr
    error: cannot find nowhere.md: No such file or directory (os error 2)
    help: name a plan file, or a directory to search for plans
    ");
}

#[test]
fn a_plan_that_may_not_be_read() {
    let workspace = Workspace::new();
    workspace.criteria(TRACE);
    fs::set_permissions(workspace.path("PLANS.md"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(workspace.path("PLANS.md")).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    insta::assert_snapshot!(workspace.run(["verify"]).whole(), @"
    status 2
    --- stderr
    error: cannot read PLANS.md: Permission denied (os error 13)
    help: name a plan file, or a directory to search for plans
    ");
}

#[test]
fn one_missing_file_keeps_the_other_plans_from_running() {
    let workspace = Workspace::new();
    assert_eq!(workspace.criteria(TRACE).refuses(["PLANS.md", "nowhere.md"]).status, 2);
}

#[test]
fn a_directory_without_plans() {
    let workspace = Workspace::new();
    workspace.write("docs/README.md", "# Not a plan\n");
    insta::assert_snapshot!(workspace.refuses([]).whole(), @"
    status 2
    --- stderr
    error: .: no plan in this directory
    help: name a plan file, or keep plans as `PLANS.md`, `*ExecPlan*.md`, in `.agent/`, `.agents/`, `plans/` or `docs/exec-plans/`
    ");
    insta::assert_snapshot!(workspace.refuses(["docs"]).whole(), @"
    status 2
    --- stderr
    error: docs: no plan in this directory
    help: name a plan file, or keep plans as `PLANS.md`, `*ExecPlan*.md`, in `.agent/`, `.agents/`, `plans/` or `docs/exec-plans/`
    ");
}

#[test]
fn bytes_that_are_not_utf_8() {
    let workspace = Workspace::new();
    workspace.write("PLANS.md", b"# ExecPlan: caf\xc3\xa9\n\nab \xff\n");
    insta::assert_snapshot!(workspace.refuses([]).whole(), @"
    status 2
    --- stderr
    error: PLANS.md:3:4: invalid UTF-8 at byte 22
    help: save the plan as UTF-8 text, without control bytes at that place
    ");
}

#[test]
fn a_plan_in_utf_16() {
    let workspace = Workspace::new();
    workspace.write("PLANS.md", b"\xff\xfe#\0 \0x\0\n\0");
    insta::assert_snapshot!(workspace.refuses([]).whole(), @"
    status 2
    --- stderr
    error: PLANS.md:1:1: invalid UTF-8 at byte 0
    help: save the plan as UTF-8 text, without control bytes at that place
    ");
}

#[test]
fn a_nul_byte() {
    let workspace = Workspace::new();
    insta::assert_snapshot!(workspace.refuses_criteria("- [ ] a\n  - Verification: `echo \0`\n"), @"
    error[nul-byte]: NUL byte at byte 191
      --> PLANS.md:10:25
       |
    10 |   - Verification: `echo ␀`
       |                         ^
       |
       = help: remove it: no command can hold one
    ");
}

#[test]
fn a_plan_in_which_there_is_nothing_to_verify() {
    let workspace = Workspace::new();
    workspace.plan("# ExecPlan: Idea\n\n## Purpose\n\nMake it better.\n");
    insta::assert_snapshot!(workspace.refuses([]).whole(), @"
    status 4
    --- stderr
    warning[no-constraints]: this plan has no `Constraints & Safety`, so only built-in and project rules hold
     --> PLANS.md:1:1
      |
    1 | # ExecPlan: Idea
      | ^^^^^^^^^^^^^^^^
      |
      = help: state `Allowed Directories` and `Forbidden Operations` in such a section
    error: PLANS.md: no checks found
    help: planproof reads `Acceptance Criteria` with `- Verification:` fields, milestones with `Verify by:`, and commands in validation and acceptance sections
    ");
    insta::assert_snapshot!(workspace.run(["verify", "--output-format", "json"]).whole(), @r#"
    status 4
    --- stdout
    {"type":"diagnostic","schema_version":1,"plan":"PLANS.md","severity":"warning","code":"no-constraints","message":"this plan has no `Constraints & Safety`, so only built-in and project rules hold","label":"","help":"state `Allowed Directories` and `Forbidden Operations` in such a section","line":1,"column":1,"end_line":1,"end_column":17,"related":[]}
    {"type":"error","schema_version":1,"message":"PLANS.md: no checks found","help":"planproof reads `Acceptance Criteria` with `- Verification:` fields, milestones with `Verify by:`, and commands in validation and acceptance sections"}
    {"type":"summary","schema_version":1,"plans":1,"checks":0}
    --- stderr
    error: PLANS.md: no checks found
    help: planproof reads `Acceptance Criteria` with `- Verification:` fields, milestones with `Verify by:`, and commands in validation and acceptance sections
    "#);
    for command in ["check", "list"] {
        assert_eq!(workspace.run([command]).status, 4, "{command}");
    }
}

#[test]
fn an_empty_plan() {
    let workspace = Workspace::new();
    insta::assert_snapshot!(workspace.plan("").refuses([]).whole(), @"
    status 4
    --- stderr
    warning[no-constraints]: this plan has no `Constraints & Safety`, so only built-in and project rules hold
     --> PLANS.md:1:1
      |
    1 |
      | ^
      |
      = help: state `Allowed Directories` and `Forbidden Operations` in such a section
    error: PLANS.md: no checks found
    help: planproof reads `Acceptance Criteria` with `- Verification:` fields, milestones with `Verify by:`, and commands in validation and acceptance sections
    ");
}

#[test]
fn a_fence_that_is_never_closed() {
    let workspace = Workspace::new();
    insta::assert_snapshot!(workspace.refuses_criteria("\n```sh\necho\n\n## Progress\n"), @"
    error[unclosed-fence]: this code fence is never closed
      --> PLANS.md:10:1
       |
    10 | ```sh
       | ^^^^^ everything below is read as code
       |
       = help: close it with a line of as many of the same characters
    ");
}

#[test]
fn a_second_progress_section() {
    let workspace = Workspace::new();
    let plan = format!("{TRACE}\n## Progress\n\n## Surprises & Discoveries\n\n## Progress (MUST)\n");
    insta::assert_snapshot!(workspace.criteria(&plan).refuses([]).whole(), @"
    status 2
    --- stderr
    error: PLANS.md:14:1: `Progress` stands twice under one heading, first in line 10
    help: give each plan in the file a title of its own, or verify with `--no-record`
    ");
    // Without a record it does no harm.
    assert_eq!(workspace.run(["verify", "--sandbox", "off", "--no-record"]).status, 0);
}

#[test]
fn a_field_without_a_value() {
    let workspace = Workspace::new();
    insta::assert_snapshot!(workspace.refuses_criteria("- [ ] a\n  - Verification:\n"), @"
    error[empty-field]: `Verification` has no value
      --> PLANS.md:10:5
       |
    10 |   - Verification:
       |     ^^^^^^^^^^^^
       |
       = help: give it a value in backticks on the same line, or in a code block below
    ");
    for field in ["Timeout", "Expected Output", "Expected Exit Code", "Working Directory", "Must Not Output"]
    {
        let said =
            workspace.refuses_criteria(&format!("- [ ] a\n  - Verification: `true`\n  - **{field}**:\n"));
        assert!(said.starts_with(&format!("error[empty-field]: `{field}` has no value\n")), "{said}");
        assert!(said.contains("--> PLANS.md:11:"), "{said}");
    }
}

#[test]
fn a_rule_without_a_value() {
    let workspace = Workspace::new();
    workspace.plan(&format!(
        "# x\n\n## Constraints & Safety\n- **Forbidden Operations**:\n\n## Acceptance Criteria\n{TRACE}"
    ));
    let said = workspace.run(["verify", "--no-record", "--sandbox", "off"]);
    insta::assert_snapshot!(said.whole(), @"
    status 2
    --- stderr
    error[empty-field]: `Forbidden Operations` has no value
     --> PLANS.md:4:5
      |
    4 | - **Forbidden Operations**:
      |     ^^^^^^^^^^^^^^^^^^^^
      |
      = help: give it a value in backticks on the same line, or in a code block below
    ");
    assert!(!workspace.exists("out/trace"));
}

#[test]
fn a_bad_regular_expression_is_shown_where_it_is_bad() {
    let workspace = Workspace::new();
    let items = "- [ ] a\n  - Verification: `true`\n  - Expected Output (regex): `ok (\\d+`\n";
    insta::assert_snapshot!(workspace.refuses_criteria(items), @r#"
    error[bad-expectation]: not a regular expression: unclosed group
      --> PLANS.md:11:34
       |
    11 |   - Expected Output (regex): `ok (\d+`
       |                                  ^
       |
       = help: correct it, or drop the word in parentheses to compare the text as it is
    "#);
    let items = "- [ ] a\n  - Verification: `true`\n  - Expected Output (regex):\n    ```\n    ok\n    a**b[\n    ```\n";
    insta::assert_snapshot!(workspace.refuses_criteria(items), @"
    error[bad-expectation]: not a regular expression: unclosed character class
      --> PLANS.md:12:5
       |
    12 | /     ```
    13 | |     ok
    14 | |     a**b[
    15 | |     ```
       | |_______^
       |
       = help: correct it, or drop the word in parentheses to compare the text as it is
    ");
}

#[test]
fn a_json_expectation_that_is_no_json() {
    let workspace = Workspace::new();
    let items = "- [ ] a\n  - Verification: `true`\n  - Expected Output (json): `{\"a\": 1,}`\n";
    insta::assert_snapshot!(workspace.refuses_criteria(items), @r#"
    error[bad-expectation]: not JSON: trailing comma at line 1 column 9
      --> PLANS.md:11:38
       |
    11 |   - Expected Output (json): `{"a": 1,}`
       |                                      ^
       |
       = help: correct it, or drop the word in parentheses to compare the text as it is
    "#);
}

#[test]
fn a_comparison_that_nobody_knows() {
    let workspace = Workspace::new();
    let items = "- [ ] a\n  - Verification: `true`\n  - Expected Output (fuzzy): `ok`\n";
    insta::assert_snapshot!(workspace.refuses_criteria(items), @"
    error[unknown-comparison]: `fuzzy` is no way to compare
      --> PLANS.md:11:5
       |
    11 |   - Expected Output (fuzzy): `ok`
       |     ^^^^^^^^^^^^^^^
       |
       = help: write `exact`, `contains`, `regex`, `glob` or `json`, or nothing
    ");
}

#[test]
fn a_time_that_is_none() {
    let workspace = Workspace::new();
    let items = "- [ ] a\n  - Verification: `true`\n  - Timeout: soon\n";
    insta::assert_snapshot!(workspace.refuses_criteria(items), @"
    error[bad-timeout]: `soon` is no duration
      --> PLANS.md:11:14
       |
    11 |   - Timeout: soon
       |              ^^^^
       |
       = help: write a number and a unit, such as `90s`, `5m` or `1h`
    ");
}

#[test]
fn an_exit_status_that_is_none() {
    let workspace = Workspace::new();
    let items = "- [ ] a\n  - Verification: `true`\n  - Expected Exit Code: `256`\n";
    insta::assert_snapshot!(workspace.refuses_criteria(items), @"
    error[bad-exit-code]: `256` is no exit status
      --> PLANS.md:11:25
       |
    11 |   - Expected Exit Code: `256`
       |                         ^^^^^
       |
       = help: write a number from 0 to 255, or `non-zero`
    ");
}

#[test]
fn a_text_that_must_not_be_printed_but_is_not_in_code() {
    let workspace = Workspace::new();
    let items = "- [ ] a\n  - Verification: `true`\n  - Must Not Output: any errors\n";
    insta::assert_snapshot!(workspace.refuses_criteria(items), @"
    error[not-literal]: this text is not in code, so it cannot be looked for
      --> PLANS.md:11:22
       |
    11 |   - Must Not Output: any errors
       |     ---------------  ^^^^^^^^^^
       |     |
       |     the field
       |
       = help: put it in backticks or in a code block
    ");
}

#[test]
fn a_bad_glob_among_the_allowed_directories() {
    let workspace = Workspace::new();
    let plan = |glob: &str| {
        format!(
            "# x\n\n## Constraints & Safety\n- **Allowed Directories**: `src/**`, `{glob}`\n\n## Acceptance Criteria\n{TRACE}"
        )
    };
    insta::assert_snapshot!(workspace.plan(&plan("src/[a**")).refuses([]).whole(), @"
    status 2
    --- stderr
    error[bad-glob]: the allowed directory `src/[a**` is no valid glob: unclosed character class; missing ']'
     --> PLANS.md:4:39
      |
    4 | - **Allowed Directories**: `src/**`, `src/[a**`
      |                                       ^^^^^^^^
      |
      = help: write a path or a glob relative to the workspace, such as `src/**`
    ");
}

#[test]
fn a_rule_that_is_no_command() {
    let workspace = Workspace::new();
    let plan = format!(
        "# x\n\n## Constraints & Safety\n- **Forbidden Operations**: `rm -rf && ls`\n\n## Acceptance Criteria\n{TRACE}"
    );
    insta::assert_snapshot!(workspace.plan(&plan).refuses([]).whole(), @"
    status 2
    --- stderr
    error[bad-rule]: this rule is no command: `&` in the rule is shell syntax, and only one simple command can be matched
     --> PLANS.md:4:30
      |
    4 | - **Forbidden Operations**: `rm -rf && ls`
      |                              ^^^^^^^^^^^^
      |
      = help: write a command as it would be typed, such as `rm -rf` or `git push --force`
    ");
}

#[test]
fn an_unknown_key_in_the_configuration() {
    let workspace = Workspace::new();
    workspace.criteria(TRACE).write("planproof.toml", "sandbox = \"off\"\ntimeuot = \"5m\"\n");
    insta::assert_snapshot!(workspace.refuses([]).whole(), @r#"
    status 2
    --- stderr
    error[bad-config]: unknown field `timeuot`, expected one of `timeout`, `sandbox`, `network`, `env`, `hide`, `show`, `headings`, `policy`
     --> [WORKSPACE]/planproof.toml:2:1
      |
    2 | timeuot = "5m"
      | ^^^^^^^
      |
      = help: README.md lists the keys of `planproof.toml`
    "#);
    workspace.write("planproof.toml", "[policy]\nforbid-all = true\n");
    insta::assert_snapshot!(workspace.refuses([]).whole(), @"
    status 2
    --- stderr
    error[bad-config]: unknown field `forbid-all`, expected one of `require_constraints`, `forbid`, `ask`, `allow`
     --> [WORKSPACE]/planproof.toml:2:1
      |
    2 | forbid-all = true
      | ^^^^^^^^^^
      |
      = help: README.md lists the keys of `planproof.toml`
    ");
}

#[test]
fn a_bad_value_in_the_configuration() {
    let workspace = Workspace::new();
    workspace.criteria(TRACE);
    let mut said = String::new();
    for text in ["timeout = \"soon\"\n", "sandbox = \"iron\"\n", "timeout = 5\n", "timeout = \"5m\n", "\u{0}"]
    {
        said.push_str(&workspace.write("planproof.toml", text).refuses([]).whole());
    }
    insta::assert_snapshot!(said, @r#"
    status 2
    --- stderr
    error[bad-config]: `soon` is no duration
     --> [WORKSPACE]/planproof.toml:1:11
      |
    1 | timeout = "soon"
      |           ^^^^^^
      |
      = help: write a number and a unit, such as `5m`
    status 2
    --- stderr
    error[bad-config]: there is no sandbox level `iron`; use `full`, `landlock` or `off`
     --> [WORKSPACE]/planproof.toml:1:11
      |
    1 | sandbox = "iron"
      |           ^^^^^^
      |
      = help: write `full`, `landlock` or `off`
    status 2
    --- stderr
    error[bad-config]: invalid type: integer `5`, expected a string
     --> [WORKSPACE]/planproof.toml:1:11
      |
    1 | timeout = 5
      |           ^
      |
      = help: README.md lists the keys of `planproof.toml`
    status 2
    --- stderr
    error[bad-config]: invalid basic string, expected `"`
     --> [WORKSPACE]/planproof.toml:1:14
      |
    1 | timeout = "5m
      |              ^
      |
      = help: README.md lists the keys of `planproof.toml`
    status 2
    --- stderr
    error[bad-config]: key with no value, expected `=`
     --> [WORKSPACE]/planproof.toml:1:2
      |
    1 | ␀
      |  ^
      |
      = help: README.md lists the keys of `planproof.toml`
    "#);
}

#[test]
fn a_bad_rule_in_the_configuration() {
    let workspace = Workspace::new();
    workspace
        .criteria(TRACE)
        .write("planproof.toml", "[[policy.forbid]]\nreason = \"no\"\ncommand = \"rm > ls\"\n");
    insta::assert_snapshot!(workspace.refuses([]).whole(), @r#"
    status 2
    --- stderr
    error[bad-config]: `>` in the rule is shell syntax, and only one simple command can be matched
     --> [WORKSPACE]/planproof.toml:3:11
      |
    3 | command = "rm > ls"
      |           ^^^^^^^^^
      |
      = help: write a command, such as `git push --force`
    "#);
    workspace.write("planproof.toml", "[[policy.forbid]]\nreason = \"no\"\n");
    insta::assert_snapshot!(workspace.refuses([]).whole(), @"
    status 2
    --- stderr
    error[bad-config]: missing field `command`
     --> [WORKSPACE]/planproof.toml:1:1
      |
    1 | [[policy.forbid]]
      | ^^^^^^^^^^^^^^^^^
      |
      = help: README.md lists the keys of `planproof.toml`
    ");
}

#[test]
fn a_configuration_that_is_not_there() {
    let workspace = Workspace::new();
    workspace.criteria(TRACE);
    insta::assert_snapshot!(workspace.refuses(["--config", "nowhere.toml"]).whole(), @"
    status 2
    --- stderr
    error: cannot read nowhere.toml: No such file or directory (os error 2)
    help: name a file that exists with `--config`, or leave it out
    ");
}

#[test]
fn a_bad_filter() {
    let workspace = Workspace::new();
    workspace.criteria(TRACE);
    insta::assert_snapshot!(workspace.refuses(["--filter", "AC-[1"]).whole(), @"
    status 2
    --- stderr
    error: `--filter AC-[1`: unclosed character class; missing ']'
    help: write an id such as `AC-2`, or a glob such as `M1-*`
    ");
}

#[test]
fn a_filter_that_matches_nothing() {
    let workspace = Workspace::new();
    workspace.criteria(&format!("{TRACE}{TRACE}"));
    insta::assert_snapshot!(workspace.refuses(["--filter", "AC-3", "--filter", "M*"]).whole(), @"
    status 2
    --- stderr
    error: no check matches `--filter AC-3 --filter M*`
    help: the checks are AC-1, AC-2
    ");
    assert_eq!(workspace.run(["list", "--filter", "AC-3"]).status, 2);
}

#[test]
fn a_workspace_that_is_no_directory() {
    let workspace = Workspace::new();
    workspace.criteria(TRACE);
    insta::assert_snapshot!(workspace.refuses(["--workspace", "PLANS.md"]).whole(), @"
    status 2
    --- stderr
    error: workspace PLANS.md is not a directory
    help: name the directory that the plan speaks of
    ");
    insta::assert_snapshot!(workspace.refuses(["--workspace", "nowhere"]).whole(), @"
    status 2
    --- stderr
    error: workspace nowhere: No such file or directory (os error 2)
    help: name a directory that exists
    ");
}

#[test]
fn a_plan_that_cannot_be_written_is_not_verified_for_nothing() {
    let workspace = Workspace::new();
    workspace.criteria(&format!("{TRACE}\n## Progress\n"));
    fs::set_permissions(workspace.path("PLANS.md"), fs::Permissions::from_mode(0o444)).unwrap();
    insta::assert_snapshot!(workspace.refuses([]).whole(), @"
    status 2
    --- stderr
    error: [WORKSPACE]/PLANS.md is read-only
    help: make the plan writable, or use `--no-record` or `--record-to FILE`
    ");
    for instead in [&["--no-record"][..], &["--record-to", "recorded.md"]] {
        let said = workspace.run(["verify", "--sandbox", "off"].iter().chain(instead));
        assert_eq!(said.status, 0, "{said:?}");
    }
    assert!(workspace.read("recorded.md").contains("Verified: "));
}

#[test]
fn a_report_that_cannot_be_written() {
    let workspace = Workspace::new();
    workspace.criteria(TRACE);
    insta::assert_snapshot!(workspace.refuses(["--junit", "nowhere/report.xml"]).whole(), @"
    status 2
    --- stderr
    error: cannot write nowhere/report.xml: No such file or directory (os error 2)
    help: name a file in a folder that exists
    ");
    insta::assert_snapshot!(workspace.refuses(["--junit", "."]).whole(), @"
    status 2
    --- stderr
    error: cannot write .: is a directory
    help: name a file in a folder that exists
    ");
}

#[test]
fn a_record_that_cannot_be_written() {
    let workspace = Workspace::new();
    workspace.criteria(&format!("{TRACE}\n## Progress\n"));
    insta::assert_snapshot!(workspace.refuses(["--record-to", "nowhere/recorded.md"]).whole(), @"
    status 2
    --- stderr
    error: cannot write nowhere/recorded.md: No such file or directory (os error 2)
    help: name a file in a folder that exists
    ");
    insta::assert_snapshot!(workspace.refuses(["--record-to", "."]).whole(), @"
    status 2
    --- stderr
    error: cannot write .: is a directory
    help: name a file in a folder that exists
    ");
    workspace.write("other.md", "# x\n");
    insta::assert_snapshot!(workspace.refuses(["--record-to", "x.md", "PLANS.md", "other.md"]).whole(), @"
    status 2
    --- stderr
    warning[no-constraints]: this plan has no `Constraints & Safety`, so only built-in and project rules hold
     --> other.md:1:1
      |
    1 | # x
      | ^^^
      |
      = help: state `Allowed Directories` and `Forbidden Operations` in such a section
    error: other.md: no checks found
    help: planproof reads `Acceptance Criteria` with `- Verification:` fields, milestones with `Verify by:`, and commands in validation and acceptance sections
    error: `--record-to` takes one plan, and there are 2
    help: name one plan, or use `--no-record`
    ");
}

#[test]
fn words_on_the_command_line_that_nobody_knows() {
    let workspace = Workspace::new();
    let mut said = String::new();
    for arguments in [
        &["verfy"][..],
        &["verify", "--fail-fst"],
        &["verify", "--timeout", "soon"],
        &["verify", "--sandbox", "iron"],
        &["verify", "--output-format", "xml"],
        &["verify", "--no-record", "--record-to", "x.md"],
        &["list", "--junit", "x.xml"],
    ] {
        said.push_str(&workspace.run(arguments).whole());
    }
    insta::assert_snapshot!(said, @"
    status 2
    --- stderr
    error: unrecognized subcommand 'verfy'

      tip: a similar subcommand exists: 'verify'

    Usage: planproof [OPTIONS] <COMMAND>

    For more information, try '--help'.
    status 2
    --- stderr
    error: unexpected argument '--fail-fst' found

      tip: a similar argument exists: '--fail-fast'

    Usage: planproof verify --fail-fast [PLAN]...

    For more information, try '--help'.
    status 2
    --- stderr
    error: invalid value 'soon' for '--timeout <TIME>': write a number and a unit, such as 90s, 5m or 1h

    For more information, try '--help'.
    status 2
    --- stderr
    error: invalid value 'iron' for '--sandbox <LEVEL>': there is no sandbox level `iron`; use `full`, `landlock` or `off`

    For more information, try '--help'.
    status 2
    --- stderr
    error: invalid value 'xml' for '--output-format <FORMAT>'
      [possible values: human, json]

    For more information, try '--help'.
    status 2
    --- stderr
    error: the argument '--no-record' cannot be used with '--record-to <FILE>'

    Usage: planproof verify --no-record [PLAN]...

    For more information, try '--help'.
    status 2
    --- stderr
    error: unexpected argument '--junit' found

      tip: a similar argument exists: '--quiet'

    Usage: planproof list --quiet... [PLAN]...

    For more information, try '--help'.
    ");
}

#[test]
fn output_that_is_not_utf_8_is_told_and_compared_as_far_as_it_goes() {
    let Some(workspace) = Workspace::confined() else { return };
    let items = "\
- [ ] a
  - Verification: `printf 'caf\\303\\251 \\377 ok\\n'`
  - Expected Output: `ok`
- [ ] b
  - Verification: `printf 'caf\\303\\251 \\377 ok\\n'`
  - Expected Output: `no`
";
    insta::assert_snapshot!(workspace.verify(items).stdout, @r#"
    PLANS.md · Demo (sandbox: [LEVEL])
        PASS AC-1  a [TIME]
             note: the output is not UTF-8 from byte 6 on; `�` stands for what cannot be read
        FAIL AC-2  b [TIME]
             line 1 of the expected output was not found: `no`
             at PLANS.md:11:20
             $ printf 'caf\303\251 \377 ok\n'
             note: the output is not UTF-8 from byte 6 on; `�` stands for what cannot be read
             │ -no <- first difference
             │ +café � ok
             │ note: the output is not valid UTF-8 from byte 6 on; compared with U+FFFD in its place
             help: run it again with `planproof verify PLANS.md --filter AC-2`
    summary 2 checks: 1 passed, 1 failed in [TIME]
    "#);
    let events = workspace.events("- [ ] a\n  - Verification: `printf '\\377'`\n");
    assert_eq!(only(&events)["output"]["head"], "\u{fffd}");
}

/// The program that stands in for a kernel without some system calls.
fn refuse() -> Option<std::path::PathBuf> {
    let program = binary().parent().unwrap().join("examples/refuse");
    if program.is_file() {
        return Some(program);
    }
    println!("skipped: {} is not built (`cargo build --workspace --examples`)", program.display());
    None
}

#[test]
fn without_landlock_nothing_runs_unless_that_was_asked_for() {
    let Some(refuse) = refuse() else { return };
    let workspace = Workspace::new();
    workspace.criteria(TRACE);
    let without_landlock = |level: &[&str]| {
        let mut command = Command::new(&refuse);
        workspace.furnish(&mut command);
        let calls = "landlock_create_ruleset,landlock_add_rule,landlock_restrict_self";
        command.args([calls, "--"]).arg(binary()).args(["verify", "--no-record"]).args(level);
        workspace.said(&command.output().unwrap())
    };
    let said = without_landlock(&["--sandbox", "landlock"]);
    assert!(!workspace.exists("out"), "{said:?}");
    workspace.is_clean();
    insta::assert_snapshot!(said.whole(), @"
    status 2
    --- stderr
    error: the sandbox layer `writes` cannot be had: landlock is not available (Function not implemented (os error 38)); use Linux 5.13 or later with `landlock` in the kernel's `lsm=` list and no filter on its system calls, or choose the level `off` by name
    help: nothing was run; `planproof sandbox` tells what this host can do; `--sandbox off` runs without confinement, which is only for plans that you trust
    ");
    let said = without_landlock(&["--sandbox", "off"]);
    assert_eq!(said.status, 0, "{said:?}");
    assert!(workspace.exists("out/trace"));
}
