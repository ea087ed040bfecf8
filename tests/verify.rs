//! `planproof verify`: what runs, what does not, and what comes of it.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

mod support;

use std::fs;

use support::{Said, Workspace, of_type, only, outcomes};

/// One check that comes to each outcome.
const EVERY_OUTCOME: &str = "\
- [ ] Greets
  - Verification: `echo hello`
  - Expected Output: `hello`
- [ ] Ends well
  - Verification: `true`
- [ ] Prints something else
  - Verification: `printf 'one\\ntwo\\n'`
  - Expected Output (exact): `one`
- [ ] Never ends
  - Verification: `sleep 1000`
  - Timeout: 200ms
- [ ] Runs nowhere
  - Verification: `true`
  - Working Directory: `missing`
- [ ] Forbidden
  - Verification: `touch elsewhere`
- [ ] Needs a yes
  - Verification: `$(ls -d /bin/echo) hi`
- [ ] Needs eyes
  - Verification: the page looks right
";

#[test]
fn every_outcome_is_told_apart() {
    let Some(workspace) = Workspace::confined() else { return };
    insta::assert_snapshot!(workspace.verify(EVERY_OUTCOME).whole(), @r#"
    status 1
    --- stdout
    PLANS.md · Demo (sandbox: [LEVEL])
        PASS AC-1  Greets [TIME]
     EXIT OK AC-2  Ends well [TIME]
        FAIL AC-3  Prints something else [TIME]
             the output goes on after line 1, the last that was expected: `two`
             at PLANS.md:13:20
             $ printf 'one\ntwo\n'
             │  one
             │ +two <- first difference
             help: run it again with `planproof verify PLANS.md --filter AC-3`
     TIMEOUT AC-4  Never ends [TIME]
             did not end within 200 ms
             at PLANS.md:16:20
             $ sleep 1000
             help: run it again with `planproof verify PLANS.md --filter AC-4`
       ERROR AC-5  Runs nowhere
             working directory `missing`: No such file or directory (os error 2)
             at PLANS.md:19:20
             $ true
             help: run it again with `planproof verify PLANS.md --filter AC-5`
      DENIED AC-6  Forbidden
             `touch` writes to `elsewhere`, outside the allowed directories
             at PLANS.md:22:20
             help: write below an allowed directory or to `$TMPDIR`
      REVIEW AC-7  Needs a yes
             not understood: the program is computed at run time
             at PLANS.md:24:20
             help: read it, and say yes with `--yes` if it is harmless
      MANUAL AC-8  Needs eyes
             no command in a code span or block
    summary 8 checks: 1 passed, 1 passed by exit status, 1 failed, 1 timed out, 1 error, 1 denied, 1 needs review, 1 manual in [TIME]
    "#);
    assert_eq!(
        outcomes(&workspace.events(EVERY_OUTCOME)),
        [
            "AC-1 passed",
            "AC-2 passed_by_exit_status",
            "AC-3 failed",
            "AC-4 timed_out",
            "AC-5 error",
            "AC-6 denied",
            "AC-7 needs_review",
            "AC-8 manual",
        ]
    );
}

#[test]
fn the_exit_status_is_that_of_the_worst_outcome() {
    let Some(workspace) = Workspace::confined() else { return };
    let status = |filters: &[&str]| {
        workspace.criteria(EVERY_OUTCOME);
        let mut arguments = vec!["verify", "--no-record"];
        for filter in filters {
            arguments.extend(["--filter", filter]);
        }
        (filters.join(" "), workspace.run(arguments).status)
    };
    let cases: &[(&[&str], i32)] = &[
        (&["AC-1"], 0),
        (&["AC-2"], 0),
        (&["AC-1", "AC-8"], 0),
        (&["AC-3"], 1),
        (&["AC-4"], 1),
        (&["AC-5"], 1),
        (&["AC-1", "AC-3", "AC-6", "AC-7"], 1),
        (&["AC-6"], 3),
        (&["AC-7"], 3),
        (&["AC-1", "AC-6", "AC-8"], 3),
        (&["AC-8"], 4),
    ];
    for (filters, expected) in cases {
        assert_eq!(status(filters), (filters.join(" "), *expected));
    }
}

#[test]
fn a_yes_runs_what_needs_one_but_never_what_is_denied() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria(EVERY_OUTCOME);
    let said =
        workspace.run(["verify", "--no-record", "--yes", "--filter", "AC-[67]", "--output-format", "json"]);
    assert_eq!(outcomes(&said.json()), ["AC-6 denied", "AC-7 passed_by_exit_status"]);
    assert_eq!(said.status, 3);
    assert!(!workspace.exists("elsewhere"));
}

#[test]
fn a_denied_command_leaves_no_trace() {
    let workspace = Workspace::new();
    let plan = |forbidden: &str| {
        format!(
            "# ExecPlan: Demo\n\n## Constraints & Safety\n- **Forbidden Operations**: `{forbidden}`\n\n\
             ## Acceptance Criteria\n- [ ] a\n  - Verification: `touch trace`\n"
        )
    };
    let arguments = ["verify", "--no-record", "--yes", "--sandbox", "off"];
    assert_eq!(workspace.plan(&plan("touch")).run(arguments).status, 3);
    assert!(!workspace.exists("trace"));
    // The same command under another rule does leave one, so the test can fail.
    assert_eq!(workspace.plan(&plan("rm -rf")).run(arguments).status, 0);
    assert!(workspace.exists("trace"));
}

#[test]
fn a_step_that_is_denied_keeps_the_whole_check_from_running() {
    let workspace = Workspace::new();
    workspace.plan(
        "\
# ExecPlan: Demo

## Constraints & Safety
- **Forbidden Operations**: `rm -rf`

## Acceptance Criteria
- [ ] a
  - Verification:
    ```sh
    touch first
    rm -rf second
    ```
",
    );
    let said = workspace.run(["verify", "--no-record", "--yes", "--sandbox", "off"]);
    assert_eq!(said.status, 3, "{said:?}");
    assert!(!workspace.exists("first"));
}

#[test]
fn a_filter_is_an_id_or_a_glob_and_several_add_up() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(
        "\
# ExecPlan: Demo

## Acceptance Criteria
- [ ] a
  - Verification: `true`
- [ ] b
  - Verification: `true`

## Milestones
### Milestone 1: First
- Verify by: `true`
### Milestone 2: Second
- Verify by: `true`
",
    );
    let chosen = |filters: &[&str]| {
        let mut arguments = vec!["verify", "--no-record", "--output-format", "json"];
        for filter in filters {
            arguments.extend(["--filter", filter]);
        }
        let events = workspace.run(arguments).json();
        of_type(&events, "check_finished")
            .map(|event| event["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(chosen(&[]), ["AC-1", "AC-2", "M1-1", "M2-1"]);
    assert_eq!(chosen(&["AC-2"]), ["AC-2"]);
    assert_eq!(chosen(&["M*"]), ["M1-1", "M2-1"]);
    assert_eq!(chosen(&["{AC,M2}-1"]), ["AC-1", "M2-1"]);
    assert_eq!(chosen(&["M2-1", "AC-1"]), ["AC-1", "M2-1"]);
}

#[test]
fn with_fail_fast_nothing_runs_after_the_first_failure() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria(
        "\
- [ ] a
  - Verification: `true`
- [ ] b
  - Verification: `false`
- [ ] c
  - Verification: `touch out/trace`
- [ ] d
  - Verification: look at it
",
    );
    let said = workspace.run([
        "verify",
        "--no-record",
        "--fail-fast",
        "--sandbox",
        "landlock",
        "--output-format",
        "json",
    ]);
    assert_eq!(
        outcomes(&said.json()),
        ["AC-1 passed_by_exit_status", "AC-2 failed", "AC-3 not_run", "AC-4 manual"]
    );
    assert_eq!(said.status, 1);
    assert!(!workspace.exists("out/trace"));
    // Without it the third check runs.
    workspace.run(["verify", "--no-record", "--sandbox", "landlock"]);
    assert!(workspace.exists("out/trace"));
}

#[test]
fn fail_fast_holds_for_the_plans_that_follow() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan =
        |command: &str| format!("# x\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `{command}`\n");
    workspace.write("one.md", plan("false")).write("two.md", plan("true"));
    let said = workspace.run([
        "verify",
        "--no-record",
        "--fail-fast",
        "--output-format",
        "json",
        "one.md",
        "two.md",
    ]);
    assert_eq!(outcomes(&said.json()), ["AC-1 failed", "AC-1 not_run"]);
}

#[test]
fn the_timeout_option_is_for_checks_that_state_none() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria(
        "\
- [ ] a
  - Verification: `sleep 1000`
- [ ] b
  - Verification: `sleep 0.3`
  - Timeout: 10m
",
    );
    let said = workspace.run(["verify", "--no-record", "--timeout", "100ms", "--output-format", "json"]);
    assert_eq!(outcomes(&said.json()), ["AC-1 timed_out", "AC-2 passed_by_exit_status"]);
}

#[test]
fn the_project_states_the_timeout_and_the_sandbox_of_its_checks() {
    let workspace = Workspace::new();
    workspace.write("planproof.toml", "timeout = \"100ms\"\nsandbox = \"off\"\n");
    let events = workspace.events("- [ ] a\n  - Verification: `sleep 1000`\n");
    assert_eq!((&only(&events)["outcome"], &only(&events)["sandbox"]), (&"timed_out".into(), &"off".into()));
}

#[test]
fn a_check_that_timed_out_shows_what_it_printed() {
    let Some(workspace) = Workspace::confined() else { return };
    let events =
        workspace.events("- [ ] a\n  - Verification: `echo so far; sleep 1000`\n  - Timeout: 500ms\n");
    assert_eq!(only(&events)["output"]["head"], "so far\n");
}

#[test]
fn commands_run_in_the_workspace_that_was_named() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.write("elsewhere/marker", "");
    workspace.criteria("- [ ] a\n  - Verification: `ls`\n  - Expected Output: `marker`\n");
    assert_eq!(workspace.run(["verify", "--no-record", "--workspace", "elsewhere"]).status, 0);
    assert_eq!(workspace.run(["verify", "--no-record", "--sandbox", "landlock"]).status, 1);
}

#[test]
fn commands_run_at_the_git_root_above_the_plan_else_next_to_it() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan = "# x\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `pwd`\n";
    workspace.write("app/docs/PLANS.md", plan);
    let directory = || {
        let events =
            workspace.run(["verify", "--no-record", "--output-format", "json", "app/docs/PLANS.md"]).json();
        only(&events)["output"]["head"].as_str().unwrap().trim().to_owned()
    };
    assert_eq!(directory(), "[WORKSPACE]/app/docs");
    fs::create_dir(workspace.path("app/.git")).unwrap();
    assert_eq!(directory(), "[WORKSPACE]/app");
}

#[test]
fn several_plans_are_verified_at_once_and_recorded_each() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan = |name: &str, command: &str| {
        format!(
            "# ExecPlan: {name}\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `{command}`\n\n## Progress\n"
        )
    };
    workspace.write("one.md", plan("One", "true")).write("two.md", plan("Two", "false"));
    insta::assert_snapshot!(workspace.run(["verify", "one.md", "two.md"]).whole(), @"
    status 1
    --- stdout
    one.md · One (sandbox: [LEVEL])
     EXIT OK AC-1  a [TIME]
    two.md · Two (sandbox: [LEVEL])
        FAIL AC-1  a [TIME]
             exit status 1, expected 0
             at two.md:5:20
             $ false
             help: run it again with `planproof verify two.md --filter AC-1`
    summary 2 checks: 1 passed by exit status, 1 failed in [TIME]
    --- stderr
    warning[no-constraints]: this plan has no `Constraints & Safety`, so only built-in and project rules hold
     --> one.md:1:1
      |
    1 | # ExecPlan: One
      | ^^^^^^^^^^^^^^^
      |
      = help: state `Allowed Directories` and `Forbidden Operations` in such a section
    warning[no-constraints]: this plan has no `Constraints & Safety`, so only built-in and project rules hold
     --> two.md:1:1
      |
    1 | # ExecPlan: Two
      | ^^^^^^^^^^^^^^^
      |
      = help: state `Allowed Directories` and `Forbidden Operations` in such a section
    recorded in one.md
    recorded in two.md
    ");
    assert!(workspace.read("one.md").contains("- [x] "));
    assert!(workspace.read("two.md").contains("- [ ] 2"));
}

#[test]
fn a_plan_named_twice_is_verified_once() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria("- [ ] a\n  - Verification: `true`\n");
    let said = workspace.run(["verify", "--no-record", "PLANS.md", "./PLANS.md", "."]);
    assert!(said.stdout.contains("\nsummary 1 check: "), "{said:?}");
}

#[test]
fn a_directory_is_searched_for_plans() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan = "# x\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `true`\n";
    for path in ["plans/one.md", ".agent/two.md", "docs/exec-plans/active/three.md", "PLANS.md", "README.md"]
    {
        workspace.write(path, plan);
    }
    let events = workspace.run(["verify", "--no-record", "--output-format", "json"]).json();
    let found: Vec<&str> =
        of_type(&events, "plan_started").map(|event| event["plan"].as_str().unwrap()).collect();
    assert_eq!(found, [".agent/two.md", "PLANS.md", "docs/exec-plans/active/three.md", "plans/one.md"]);
    let events = workspace.run(["verify", "--no-record", "--output-format", "json", "plans"]).json();
    let found: Vec<&str> =
        of_type(&events, "plan_started").map(|event| event["plan"].as_str().unwrap()).collect();
    assert_eq!(found, ["plans/one.md"]);
}

#[test]
fn a_dry_run_prints_what_check_prints_and_runs_nothing() {
    let workspace = Workspace::new();
    workspace
        .criteria(&format!("{EVERY_OUTCOME}- [ ] Leaves a trace\n  - Verification: `touch out/trace`\n"));
    let before = workspace.read("PLANS.md");
    let all = |said: Said| (said.status, said.stdout, said.stderr);
    for format in ["human", "json"] {
        let check = all(workspace.run(["check", "--output-format", format]));
        let dry = all(workspace.run(["verify", "--dry-run", "--output-format", format]));
        assert_eq!(check, dry);
        assert_eq!(dry.0, 3);
    }
    assert!(!workspace.exists("out"));
    assert_eq!(workspace.read("PLANS.md"), before);
}

#[test]
fn steps_share_one_shell() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.write("folder/file", "");
    let events = workspace.events(
        "\
- [ ] a
  - Verification:
    ```sh
    cd folder
    export GREETING=hello
    name=reader
    greet() { echo \"$GREETING, $name\"; }
    greet
    ls
    ```
  - Expected Output:
    ```
    hello, reader
    file
    ```
",
    );
    let check = only(&events);
    assert_eq!(check["outcome"], "passed", "{check}");
    let steps = check["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 6);
    assert!(steps.iter().all(|step| step["exit_status"] == 0));
}

#[test]
fn the_first_step_that_fails_ends_the_check() {
    let Some(workspace) = Workspace::confined() else { return };
    let items = "\
- [ ] a
  - Verification:
    ```sh
    true
    sh -c 'exit 7'
    touch out/trace
    ```
";
    let events = workspace.events(items);
    let check = only(&events);
    assert_eq!((&check["outcome"], &check["exit_status"]), (&"failed".into(), &7.into()));
    assert_eq!(check["reason"], "step 2: exit status 7, expected 0");
    assert_eq!(check["steps"].as_array().unwrap().len(), 2);
    let ended: Vec<_> =
        of_type(&events, "step_finished").map(|step| (&step["line"], &step["exit_status"])).collect();
    assert_eq!(ended, [(&10.into(), &0.into()), (&11.into(), &7.into())]);
    assert!(!workspace.exists("out/trace"));
}

#[test]
fn a_stated_exit_status_is_that_of_the_last_step_only() {
    let Some(workspace) = Workspace::confined() else { return };
    for stated in ["7", "non-zero"] {
        let events = workspace.events(&format!(
            "- [ ] a\n  - Verification:\n    ```sh\n    sh -c 'exit 7'\n    touch out/trace\n    ```\n  \
             - Expected Exit Code: {stated}\n"
        ));
        assert!(!workspace.exists("out/trace"));
        assert_eq!(only(&events)["outcome"], "failed", "{stated}: {}", only(&events));
    }
}

#[test]
fn a_trap_cannot_hide_that_a_step_failed() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria(
        "- [ ] a\n  - Verification:\n    ```sh\n    trap 'exit 0' EXIT\n    false\n    touch out/trace\n    ```\n",
    );
    let said = workspace.run(["verify", "--no-record", "--yes", "--output-format", "json"]);
    assert!(!workspace.exists("out/trace"));
    assert_eq!(outcomes(&said.json()), ["AC-1 failed"]);
}

#[test]
fn a_step_that_ends_the_shell_before_the_last_one_is_no_pass() {
    let Some(workspace) = Workspace::confined() else { return };
    for first in ["exit 0", "exec true", "trap 'exit 0' EXIT; exit 0"] {
        let events = workspace
            .events(&format!("- [ ] a\n  - Verification:\n    ```sh\n    {first}\n    false\n    ```\n"));
        let check = only(&events);
        assert_eq!(check["outcome"], "failed", "{first}: {check}");
    }
}

#[test]
fn a_pipeline_into_tee_has_the_status_of_its_command() {
    let Some(workspace) = Workspace::confined() else { return };
    let events = workspace.events_in_place("- [ ] a\n  - Verification: `false | tee out/log`\n");
    assert_eq!(only(&events)["outcome"], "failed");
    let events = workspace.events_in_place(
        "- [ ] a\n  - Verification:\n    ```sh\n    echo kept | tee out/log\n    false | true\n    ```\n",
    );
    assert_eq!(only(&events)["outcome"], "passed_by_exit_status", "the second pipeline is left as it is");
    assert_eq!(workspace.read("out/log"), "kept\n");
}

#[test]
fn in_a_transcript_each_prompt_is_compared_with_its_own_output() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan = |second: &str| {
        format!(
            "- [ ] a\n  - Verification:\n    ```console\n    $ echo one\n    one\n    $ echo two\n    {second}\n    ```\n"
        )
    };
    let events = workspace.events(&plan("two"));
    assert_eq!(only(&events)["outcome"], "passed", "{events:?}");
    // What an earlier step printed does not stand in for what a later one should.
    let events = workspace.events(&plan("one"));
    assert_eq!(only(&events)["outcome"], "failed");
    assert!(only(&events)["reason"].as_str().unwrap().starts_with("step 2: "), "{}", only(&events)["reason"]);
}

#[test]
fn output_is_compared_in_the_way_that_was_named() {
    let Some(workspace) = Workspace::confined() else { return };
    // how, expected, printed by printf, whether it is as expected
    let cases = [
        ("", "two", r"one\ntwo three\n", true),
        ("", "twofold", r"two\n", false),
        ("", "test [..] ok", r"test a::b ok\n", true),
        ("", "test [..] ok", r"test a::b FAILED\n", false),
        ("", "red", r"\033[31mred\033[0m\r\n", true),
        (" (contains)", "a [..] c", r"x a [..] c y\n", true),
        (" (contains)", "a [..] c", r"a b c\n", false),
        (" (exact)", "one", r"one\n", true),
        (" (exact)", "one", r"one\ntwo\n", false),
        (" (regex)", "^[0-9]+ passed$", r"x\n12 passed\n", true),
        (" (regex)", "^[0-9]+ passed$", r"12 passed, 1 failed\n", false),
        (" (glob)", "12 *d", r"12 passed\n", true),
        (" (glob)", "12 *d", r"12 passed, 1 left\n", false),
        (" (json)", "{\"a\": 1, \"b\": [2]}", r#"{"b":[2.0],"a":1}\n"#, true),
        (" (json)", "{\"a\": 1}", r#"{"a":2}\n"#, false),
        (" (json)", "{\"a\": 1}", r"a\n", false),
    ];
    let items = cases.map(|(how, expected, printed, _)| {
        format!(
            "- [ ] a\n  - Verification: `printf '%b' '{printed}'`\n  - Expected Output{how}: `{expected}`\n"
        )
    });
    let events = workspace.events(&items.concat());
    let outcomes: Vec<&str> =
        of_type(&events, "check_finished").map(|event| event["outcome"].as_str().unwrap()).collect();
    for (case, outcome) in cases.iter().zip(&outcomes) {
        assert_eq!(*outcome, if case.3 { "passed" } else { "failed" }, "{case:?}");
    }
    assert_eq!(outcomes.len(), cases.len());
}

#[test]
fn expected_lines_must_come_in_their_order() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan = |lines: &str| {
        format!(
            "- [ ] a\n  - Verification: `printf 'one\\ntwo\\nthree\\n'`\n  - Expected Output:\n    ```\n{lines}    ```\n"
        )
    };
    assert_eq!(only(&workspace.events(&plan("    one\n    three\n")))["outcome"], "passed");
    assert_eq!(only(&workspace.events(&plan("    one\n    ...\n    three\n")))["outcome"], "passed");
    insta::assert_snapshot!(workspace.verify(&plan("    three\n    one\n")).stdout, @r#"
    PLANS.md · Demo (sandbox: [LEVEL])
        FAIL AC-1  a [TIME]
             line 2 of the expected output was not found: `one`
             at PLANS.md:8:20
             $ printf 'one\ntwo\nthree\n'
             │  three
             │ -one <- first difference
             │ note: the expected lines before it were found, the last in line 3 of the output
             │ note: it stands in line 1 of the output, which is too early: the order counts
             help: run it again with `planproof verify PLANS.md --filter AC-1`
    summary 1 check: 1 failed in [TIME]
    "#);
}

#[test]
fn an_output_that_must_be_empty_is() {
    let Some(workspace) = Workspace::confined() else { return };
    for (command, outcome) in [("true", "passed"), ("echo x", "failed"), ("echo x >&2", "failed")] {
        let events = workspace
            .events(&format!("- [ ] a\n  - Verification: `{command}`\n  - Expected Output: no output\n"));
        assert_eq!(only(&events)["outcome"], outcome, "{command}");
    }
}

#[test]
fn an_expected_output_in_words_is_never_counted_as_compared() {
    let Some(workspace) = Workspace::confined() else { return };
    let events =
        workspace.events("- [ ] a\n  - Verification: `echo x`\n  - Expected Output: all tests are green\n");
    assert_eq!(only(&events)["outcome"], "passed_by_exit_status");
}

#[test]
fn output_as_expected_with_the_wrong_exit_status_is_no_pass() {
    let Some(workspace) = Workspace::confined() else { return };
    let events =
        workspace.events("- [ ] a\n  - Verification: `echo ok; exit 3`\n  - Expected Output: `ok`\n");
    assert_eq!(only(&events)["outcome"], "failed");
    assert_eq!(only(&events)["reason"], "exit status 3, expected 0");
}

#[test]
fn the_exit_status_may_be_another_than_0_if_the_plan_says_so() {
    let Some(workspace) = Workspace::confined() else { return };
    for (command, stated, outcome) in [
        ("exit 3", "3", "passed_by_exit_status"),
        ("exit 3", "`3`", "passed_by_exit_status"),
        ("exit 2", "3", "failed"),
        ("true", "3", "failed"),
        ("exit 2", "non-zero", "passed_by_exit_status"),
        ("true", "non-zero", "failed"),
        ("kill -KILL $$", "non-zero", "failed"),
    ] {
        let events = workspace
            .events(&format!("- [ ] a\n  - Verification: `{command}`\n  - Expected Exit Code: {stated}\n"));
        assert_eq!(only(&events)["outcome"], outcome, "{command}, {stated}: {}", only(&events));
    }
}

#[test]
fn a_command_that_dies_of_a_signal_says_of_which() {
    let Some(workspace) = Workspace::confined() else { return };
    let events = workspace.events("- [ ] a\n  - Verification: `kill -SEGV $$`\n");
    let check = only(&events);
    assert_eq!((&check["outcome"], &check["signal"]), (&"failed".into(), &11.into()));
    assert_eq!(check["reason"], "killed by signal 11");
}

#[test]
fn standard_error_is_compared_by_itself() {
    let Some(workspace) = Workspace::confined() else { return };
    for (command, outcome) in [
        ("echo result; echo careful >&2", "passed"),
        ("echo result; echo careful", "failed"),
        ("echo careful >&2", "failed"),
    ] {
        let events = workspace.events(&format!(
            "- [ ] a\n  - Verification: `{command}`\n  - Expected Output: `result`\n  - Expected Stderr: `careful`\n"
        ));
        assert_eq!(only(&events)["outcome"], outcome, "{command}: {}", only(&events));
    }
}

#[test]
fn what_must_not_be_printed_fails_the_check_on_either_stream() {
    let Some(workspace) = Workspace::confined() else { return };
    for (command, outcome) in
        [("echo fine", "passed"), ("echo a warning: x", "failed"), ("echo warning: y >&2", "failed")]
    {
        let events = workspace
            .events(&format!("- [ ] a\n  - Verification: `{command}`\n  - Must Not Output: `warning:`\n"));
        assert_eq!(only(&events)["outcome"], outcome, "{command}: {}", only(&events));
    }
}

#[test]
fn a_plain_command_goes_as_it_would_in_a_shell() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.write("app/plain", "echo read by the shell\n").write("app/data", "");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(workspace.path("app/plain"), executable).unwrap();
    let at_app = |command: &str| {
        let items = format!("- [ ] a\n  - Verification: `{command}`\n  - Working Directory: `app`\n");
        let check = only(&workspace.events(&items)).clone();
        let output = check["output"]["head"].as_str().unwrap().to_owned();
        (check["outcome"].as_str().unwrap().to_owned(), check["exit_status"].as_i64(), output)
    };
    let passed = |output: String| ("passed_by_exit_status".to_owned(), Some(0), output);
    assert_eq!(at_app("printenv PWD"), passed("[WORKSPACE]/app\n".to_owned()));
    assert_eq!(at_app("./plain"), passed("read by the shell\n".to_owned()));
    let (outcome, status, output) = at_app("no-such-program x");
    assert_eq!((outcome.as_str(), status), ("failed", Some(127)));
    assert!(output.contains("no-such-program: command not found"), "{output}");
    assert_eq!(at_app("./data").1, Some(126));
    assert_eq!(at_app("pwd"), at_app("printenv PWD"));
}

#[test]
fn a_working_directory_lies_inside_the_workspace() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.write("app/file", "");
    std::os::unix::fs::symlink("/usr", workspace.path("link")).unwrap();
    let at = |directory: &str| {
        let events = workspace
            .events(&format!("- [ ] a\n  - Verification: `ls`\n  - Working Directory: `{directory}`\n"));
        let check = only(&events);
        format!("{}: {}", check["outcome"].as_str().unwrap(), check["reason"].as_str().unwrap())
    };
    assert_eq!(at("app"), "passed_by_exit_status: ");
    assert_eq!(at("./app/"), "passed_by_exit_status: ");
    assert_eq!(at("/usr"), "error: working directory `/usr` lies outside the workspace");
    assert_eq!(at(".."), "error: working directory `..` lies outside the workspace");
    assert_eq!(at("link"), "error: working directory `link` lies outside the workspace");
    assert_eq!(at("app/file"), "error: working directory `app/file` is not a directory");
    assert_eq!(at("nowhere"), "error: working directory `nowhere`: No such file or directory (os error 2)");
}

#[test]
fn what_a_milestone_delivers_must_exist() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.write("src/schema.rs", "").plan(
        "# x\n\n## Milestones\n### Milestone 1: Schema\n- Deliverables: `src/schema.rs`, `src/missing.rs`\n",
    );
    let said = workspace.run(["verify", "--no-record", "--sandbox", "landlock"]);
    insta::assert_snapshot!(said.stdout, @"
    PLANS.md · x (sandbox: [LEVEL])
     EXIT OK M1-1  deliverable `src/schema.rs` exists [TIME]
        FAIL M1-2  deliverable `src/missing.rs` exists [TIME]
             exit status 1, expected 0
             at PLANS.md:5:35
             $ test -e src/missing.rs
             help: run it again with `planproof verify PLANS.md --filter M1-2`
    summary 2 checks: 1 passed by exit status, 1 failed in [TIME]
    ");
    assert_eq!(said.status, 1);
}

#[test]
fn a_deliverable_that_nobody_made_does_not_exist() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(
        "# x\n\n## Constraints & Safety\n- **Allowed Directories**: `out/**`\n\n\
         ## Milestones\n### Milestone 1: First\n- Deliverables: `out/`\n",
    );
    // The sandbox makes the directory so that it can be written to, which must not count.
    let events = workspace.run(["verify", "--no-record", "--output-format", "json"]).json();
    assert_eq!(outcomes(&events), ["M1-1 failed"]);
}

#[test]
fn the_fields_of_a_milestone_stand_side_by_side() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(
        "# x\n\n## Milestones\n### Milestone 1: First\n- Verify by: `echo one`\n- Expected Output: `two`\n\
         ### Milestone 2: Second\n- Verify by: `true`\n- Working Directory: `nowhere`\n",
    );
    let events = workspace.run(["verify", "--no-record", "--output-format", "json"]).json();
    assert_eq!(outcomes(&events), ["M1-1 failed", "M2-1 error"]);
}

#[test]
fn the_temporary_directory_is_private_and_gone_afterwards() {
    let Some(workspace) = Workspace::confined() else { return };
    let events = workspace.events_in_place(
        "- [ ] a\n  - Verification: `echo x > \"$TMPDIR/x\" && cat \"$TMPDIR/x\" && echo \"$TMPDIR\"`\n  \
           - Expected Output: `x`\n",
    );
    let check = only(&events);
    assert_eq!(check["outcome"], "passed", "{check}");
    let said = check["output"]["head"].as_str().unwrap();
    assert!(said.starts_with("x\n[AROUND]/temporary/"), "{said}");
}

/// A program of the project that writes where it is told, which no rule can see.
const WRITER: &str = "#!/bin/sh\necho written > \"$1\"\n";

fn with_writer(workspace: &Workspace) {
    use std::os::unix::fs::PermissionsExt;
    workspace.write("write", WRITER);
    fs::set_permissions(workspace.path("write"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_program_can_write_to_the_allowed_directories_and_nowhere_else() {
    let Some(workspace) = Workspace::confined() else { return };
    with_writer(&workspace);
    workspace.write("src/kept", "kept\n");
    let outside = workspace.outside("home/trace");
    let items = format!(
        "\
- [ ] inside
  - Verification: `./write out/made`
- [ ] in the workspace
  - Verification: `./write trace`
- [ ] over a file
  - Verification: `./write src/kept`
- [ ] in the home
  - Verification: `./write {}`
- [ ] through a link
  - Verification: `ln -s ../src out/link && ./write out/link/kept`
",
        outside.display()
    );
    let events = workspace.events_in_place(&items);
    assert_eq!(
        outcomes(&events),
        ["AC-1 passed_by_exit_status", "AC-2 failed", "AC-3 failed", "AC-4 failed", "AC-5 failed"]
    );
    assert_eq!(workspace.read("out/made"), "written\n");
    assert_eq!(workspace.read("src/kept"), "kept\n");
    assert!(!workspace.exists("trace") && !outside.exists());
}

#[test]
fn a_plan_cannot_be_edited_by_its_own_checks() {
    let Some(workspace) = Workspace::confined() else { return };
    with_writer(&workspace);
    workspace.criteria("- [ ] a\n  - Verification: `./write PLANS.md`\n");
    let before = workspace.read("PLANS.md");
    assert_eq!(workspace.run(["verify", "--no-record"]).status, 1);
    assert_eq!(workspace.read("PLANS.md"), before);
}

#[test]
fn folders_that_git_ignores_can_be_written_to() {
    let Some(workspace) = Workspace::confined() else { return };
    with_writer(&workspace);
    fs::create_dir(workspace.path(".git")).unwrap();
    workspace.write(".gitignore", "/target/\n*.log\n");
    let plan = "# x\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `./write target/made`\n\
                - [ ] b\n  - Verification: `./write made`\n- [ ] c\n  - Verification: `./write .git/made`\n";
    let said = workspace.plan(plan).run([
        "verify",
        "--no-record",
        "--output-format",
        "json",
        "--sandbox",
        "landlock",
    ]);
    assert_eq!(outcomes(&said.json()), ["AC-1 passed_by_exit_status", "AC-2 failed", "AC-3 failed"]);
    assert!(workspace.exists("target/made") && !workspace.exists("made") && !workspace.exists(".git/made"));
}

#[test]
fn directories_that_a_run_did_not_need_are_not_left_behind() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.verify("- [ ] a\n  - Verification: `true`\n");
    assert!(!workspace.exists("out"));
}

#[test]
fn a_secret_of_the_outer_environment_is_not_seen() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria("- [ ] a\n  - Verification: `env`\n  - Expected Output: `LC_ALL=C`\n");
    for level in ["landlock", "off"] {
        let output = workspace
            .command(["verify", "--no-record", "--output-format", "json", "--sandbox", level])
            .envs([
                ("API_TOKEN", "hunter2"),
                ("AWS_SECRET_ACCESS_KEY", "hunter2"),
                ("SSH_AUTH_SOCK", "/hunter2"),
            ])
            .env("BASH_ENV", "/hunter2")
            .output()
            .unwrap();
        let said = workspace.said(&output);
        assert_eq!(said.status, 0, "{said:?}");
        assert!(!said.stdout.contains("hunter2") && !said.stderr.contains("hunter2"), "{said:?}");
    }
}

#[test]
fn credentials_in_the_home_cannot_be_read() {
    let Some(workspace) = Workspace::confined() else { return };
    for (file, text) in
        [(".ssh/id_ed25519", "secret of"), (".netrc", "secret of"), (".aws/credentials", "secret of")]
    {
        let path = workspace.outside("home").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::write(workspace.outside("home/.profile"), "secret of a person").unwrap();
    // A program that nobody knows before, since the policy denies these by name.
    let items = "\
- [ ] a
  - Verification: `$(ls -d /bin/cat) \"$HOME/.ssh/id_ed25519\"`
- [ ] b
  - Verification: `$(ls -d /bin/cat) \"$HOME/.netrc\"`
- [ ] c
  - Verification: `$(ls -d /bin/cat) \"$HOME/.aws/credentials\"`
- [ ] d
  - Verification: `$(ls -d /bin/cat) \"$HOME/.profile\"`
";
    let said = workspace.criteria(items).run(["verify", "--no-record", "--output-format", "json", "--yes"]);
    assert_eq!(outcomes(&said.json()), ["AC-1 failed", "AC-2 failed", "AC-3 failed", "AC-4 failed"]);
    assert!(!said.stdout.contains("secret of"));
}

#[test]
fn commands_have_no_standard_input() {
    let Some(workspace) = Workspace::confined() else { return };
    let events = workspace
        .events("- [ ] a\n  - Verification: `cat; echo done`\n  - Expected Output (exact): `done`\n");
    assert_eq!(only(&events)["outcome"], "passed");
}

#[test]
fn a_command_that_stands_in_the_plan_twice_runs_once() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(
        "# x\n\n## Validation and Acceptance\n\nRun `make test`.\n\nRun `make lint`.\n\nRun `make test`.\n",
    );
    workspace.write("Makefile", "test:\n\t@echo tested\nlint:\n\t@echo linted\n");
    let said = workspace.run(["verify", "--no-record"]);
    insta::assert_snapshot!(said.stdout, @"
    PLANS.md · x (sandbox: [LEVEL])
     EXIT OK VA-1  Run `make test`. [TIME]
     EXIT OK VA-2  Run `make lint`. [TIME]
     EXIT OK VA-3  Run `make test`. (same as VA-1)
    summary 2 checks: 2 passed by exit status in [TIME]
    ");
    let said = workspace.run(["verify", "--no-record", "--filter", "VA-3"]);
    assert!(said.stdout.contains(" EXIT OK VA-3  Run `make test`. [TIME]\n"), "{said:?}");
}

#[test]
fn each_clause_of_prose_is_proved_by_its_own_command() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(
        "# P\n\n## Validation\n\n\
         - `echo hi` must not print keys, and `test -f nowhere` must pass.\n\
         - Run `false`; expected result: exit code 1.\n\
         - `grep -n key nothing.txt` finds nothing outside of the tests.\n\
         - `test -d .` passes, and the page must show it.\n\n\
         Check that an unknown option is rejected:\n\n    ls --no-such-option\n",
    );
    workspace.write("nothing.txt", "");
    let events = workspace.run(["verify", "--no-record", "--output-format", "json"]).json();
    assert_eq!(
        outcomes(&events),
        [
            "VA-1 passed_by_exit_status",
            "VA-2 failed",
            "VA-3 passed_by_exit_status",
            "VA-4 passed_by_exit_status",
            "VA-5 manual",
            "VA-6 passed_by_exit_status",
            "VA-7 passed_by_exit_status",
        ]
    );
}
