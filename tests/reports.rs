//! What a run tells people and programs.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say why they skip")]

mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;
use support::{Workspace, finished, of_type, only, outcomes};

/// Every outcome that can be had without waiting, in two sections.
const MIXED: &str = "\
# ExecPlan: Mixed

## Constraints & Safety
- **Allowed Directories**: `out/**`
- **Forbidden Operations**: `rm -rf`

## Acceptance Criteria
- [ ] Greets
  - Verification: `echo hello`
  - Expected Output: `hello`
- [ ] Ends well
  - Verification: `true`
- [ ] Counts to 3
  - Verification: `seq 3`
  - Expected Output (exact):
    ```
    1
    2
    4
    ```
- [ ] Cleans up
  - Verification: `rm -rf out`
- [ ] Runs whatever
  - Verification: `$(ls -d /bin/true)`
- [ ] Looks good
  - Verification: a person looks at it
- [ ] Runs nowhere
  - Verification: `true`
  - Working Directory: `nowhere`

## Milestones
### Milestone 1: Files
- Verify by: `true`
### Milestone 2: More files
- Verify by:
  ```sh
  echo start
  sh -c 'echo trouble >&2; exit 4'
  ```
";

/// Runs python on a file and gives what it prints; says so where there is no python.
fn python(program: &str, file: &std::path::Path) -> Option<String> {
    let output = match Command::new("python3").arg("-c").arg(program).arg(file).output() {
        Ok(output) => output,
        Err(error) => {
            println!("skipped: no python3 to read the report with: {error}");
            return None;
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Prints a JUnit report as its readers see it.
const OUTLINE: &str = r#"
import sys, xml.etree.ElementTree as tree
for suite in tree.parse(sys.argv[1]).getroot().iter("testsuite"):
    of = suite.attrib
    print(f"{of['name']}: {of['tests']} tests, {of['failures']} failures, {of['errors']} errors")
    for case in suite.iter("testcase"):
        of = case.attrib
        print(f"  {of['name']} | {of['classname']} | {of['file']} | {'timed' if float(of['time']) > 0 else '0 s'}")
        for child in case:
            words = " ".join(f"{name}={value!r}" for name, value in sorted(child.attrib.items()))
            print(f"    {child.tag} {words}".rstrip())
            for line in (child.text or "").splitlines():
                print(f"      | {line}")
"#;

/// Checks a report with a second reader, where it is installed, and gives its counts.
const SECOND_READER: &str = r#"
import sys
try:
    from junitparser import JUnitXml
except ImportError:
    print("not installed")
else:
    xml = JUnitXml.fromfile(sys.argv[1])
    xml.update_statistics()
    print(xml.tests, xml.failures, xml.errors, xml.skipped)
"#;

#[test]
fn a_junit_report_has_a_suite_for_each_section_and_a_case_for_each_check() {
    let Some(workspace) = Workspace::confined() else { return };
    let said = workspace.plan(MIXED).run(["verify", "--no-record", "--junit", "report.xml"]);
    assert_eq!(said.status, 1);
    let report = workspace.path("report.xml");
    let Some(outline) = python(OUTLINE, &report) else { return };
    insta::assert_snapshot!(outline, @"
    PLANS.md: Acceptance Criteria: 7 tests, 1 failures, 3 errors
      AC-1 Greets | PLANS.md | PLANS.md:9 | timed
        system-out
          | hello
      AC-2 Ends well | PLANS.md | PLANS.md:12 | timed
        system-out
          | [planproof: passed by exit status only, no expected output was stated]
      AC-3 Counts to 3 | PLANS.md | PLANS.md:14 | timed
        failure message='line 3 differs: expected `4`, got `3`' type='failed'
          |  1
          |  2
          | -4 <- first difference
          | +3
        system-out
          | 1
          | 2
          | 3
      AC-4 Cleans up | PLANS.md | PLANS.md:22 | 0 s
        error message='`rm -rf` is forbidden' type='denied'
      AC-5 Runs whatever | PLANS.md | PLANS.md:24 | 0 s
        error message='not understood: the program is computed at run time' type='needs review'
      AC-6 Looks good | PLANS.md | PLANS.md:26 | 0 s
        skipped message='no command in a code span or block' type='manual'
      AC-7 Runs nowhere | PLANS.md | PLANS.md:28 | 0 s
        error message='working directory `nowhere`: No such file or directory (os error 2)' type='error'
    PLANS.md: Milestone 1: Files: 1 tests, 0 failures, 0 errors
      M1-1 Milestone 1: Files | PLANS.md | PLANS.md:33 | timed
        system-out
          | [planproof: passed by exit status only, no expected output was stated]
    PLANS.md: Milestone 2: More files: 1 tests, 1 failures, 0 errors
      M2-1 Milestone 2: More files | PLANS.md | PLANS.md:37 | timed
        failure message='step 2: exit status 4, expected 0' type='failed'
        system-out
          | start
          | trouble
    ");
    let second = python(SECOND_READER, &report).unwrap();
    if second.trim() == "not installed" {
        println!("skipped: junitparser is not installed, so only python's own reader looked at it");
    } else {
        assert_eq!(second.trim(), "9 2 3 1");
    }
}

#[test]
fn a_junit_report_of_several_plans_keeps_them_apart() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan = "# x\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `true`\n";
    workspace.write("one.md", plan).write("two.md", plan);
    workspace.run(["verify", "--no-record", "--junit", "report.xml", "one.md", "two.md"]);
    let Some(outline) = python(OUTLINE, &workspace.path("report.xml")) else { return };
    insta::assert_snapshot!(outline, @"
    one.md: Acceptance Criteria: 1 tests, 0 failures, 0 errors
      AC-1 a | one.md | one.md:5 | timed
        system-out
          | [planproof: passed by exit status only, no expected output was stated]
    two.md: Acceptance Criteria: 1 tests, 0 failures, 0 errors
      AC-1 a | two.md | two.md:5 | timed
        system-out
          | [planproof: passed by exit status only, no expected output was stated]
    ");
}

#[test]
fn hostile_output_stays_valid_xml_and_is_found_again() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(
        "\
# x

## Acceptance Criteria: <&\"'> ]]>
- [ ] passes & <b>bold</b> \"quoted\" ]]> \u{fffe}
  - Verification: `printf 'a\\033[31mred\\033[0m \\000nul ]]> < & > \\357\\277\\276 \\377 end\\n'`
  - Expected Output: `end`
- [ ] fails
  - Verification: `printf 'one ]]> \\001\\033]0;title\\007 \\355\\240\\200 two\\n'`
  - Expected Output (exact): `]]> three`
",
    );
    let said = workspace.run(["verify", "--no-record", "--junit", "report.xml"]);
    assert_eq!(said.status, 1, "{said:?}");
    let Some(outline) = python(OUTLINE, &workspace.path("report.xml")) else { return };
    insta::assert_snapshot!(outline, @r#"
    PLANS.md: Acceptance Criteria: <&"'> ]]>: 2 tests, 1 failures, 0 errors
      VA-1 passes & <b>bold</b> "quoted" ]]> | PLANS.md | PLANS.md:5 | timed
        system-out
          | ared nul ]]> < & >  � end
          | [planproof: the output is not UTF-8 from byte 33 on; `�` stands for what cannot be read]
      VA-2 fails | PLANS.md | PLANS.md:8 | timed
        failure message='line 1 differs: expected `]]> three`, got `one ]]> ␁ ��� two`' type='failed'
          | -]]> three <- first difference
          | +one ]]> ␁ ��� two
          | note: the output is not valid UTF-8 from byte 20 on; compared with U+FFFD in its place
        system-out
          | one ]]>  ��� two
          | [planproof: the output is not UTF-8 from byte 20 on; `�` stands for what cannot be read]
    "#);
    // python's reader lets some characters pass that XML 1.0 forbids.
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert!(workspace.read("report.xml").chars().all(allowed));
}

#[test]
fn a_long_output_keeps_its_head_and_its_tail() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria("- [ ] a\n  - Verification: `seq 100000`\n  - Expected Output: `100001`\n");
    let said = workspace.run(["verify", "--no-record", "--output-format", "json", "--junit", "report.xml"]);
    let events = said.json();
    let output = &only(&events)["output"];
    let (head, tail) = (output["head"].as_str().unwrap(), output["tail"].as_str().unwrap());
    assert!(head.starts_with("1\n2\n3\n") && tail.ends_with("\n99999\n100000\n"));
    let left_out = output["left_out_bytes"].as_u64().unwrap();
    assert_eq!(head.len() as u64 + left_out + tail.len() as u64, output["total_bytes"].as_u64().unwrap());
    assert!(head.len() + tail.len() < 64 * 1024);
    let report = workspace.read("report.xml");
    assert!(report.len() < 128 * 1024, "{}", report.len());
    assert!(report.contains("bytes left out"));
}

/// The tag of each outcome in the report for people.
fn tag(outcome: &str) -> &'static str {
    match outcome {
        "passed" => "PASS",
        "passed_by_exit_status" => "EXIT OK",
        "failed" => "FAIL",
        "timed_out" => "TIMEOUT",
        "error" => "ERROR",
        "denied" => "DENIED",
        "needs_review" => "REVIEW",
        "manual" => "MANUAL",
        "not_run" => "NOT RUN",
        other => panic!("an outcome that no report knows: {other}"),
    }
}

#[test]
fn the_report_for_people_can_be_made_again_from_the_events() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(MIXED);
    let shown = workspace.run(["verify", "--no-record"]).stdout;
    let events = workspace.run(["verify", "--no-record", "--output-format", "json"]).json();

    let titles: BTreeMap<&str, &str> = of_type(&events, "check")
        .map(|check| (check["id"].as_str().unwrap(), check["title"].as_str().unwrap()))
        .collect();
    for event in of_type(&events, "check_finished") {
        let id = event["id"].as_str().unwrap();
        let line = format!("{:>8} {id:<5} {}", tag(event["outcome"].as_str().unwrap()), titles[id]);
        assert!(shown.lines().any(|shown| shown.starts_with(&line)), "{line}");
        let reason = event["reason"].as_str().unwrap();
        assert!(shown.contains(reason), "{reason}");
        for difference in event["mismatch"]["diff"].as_array().into_iter().flatten() {
            assert!(shown.contains(difference["text"].as_str().unwrap()));
        }
    }

    // In the order in which outcomes are reported.
    let order = [
        "passed",
        "passed_by_exit_status",
        "failed",
        "timed_out",
        "error",
        "denied",
        "needs_review",
        "manual",
    ];
    let of = |outcome: &str| {
        of_type(&events, "check_finished").filter(|event| event["outcome"] == outcome).count()
    };
    let words: Vec<String> = order
        .iter()
        .filter(|outcome| of(outcome) > 0)
        .map(|outcome| format!("{} {}", of(outcome), outcome.replace('_', " ")))
        .collect();
    let summary = format!("summary {} checks: {} in [TIME]", titles.len(), words.join(", "));
    assert_eq!(shown.lines().last().unwrap(), summary);

    let last = events.last().unwrap();
    assert_eq!(last["type"], "run_finished");
    assert_eq!(last["checks"], titles.len());
    for outcome in order {
        assert_eq!(last["counts"][outcome], of(outcome), "{outcome}");
    }
}

#[test]
fn every_line_of_json_has_its_type_and_the_version_of_the_schema() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(MIXED);
    for arguments in [&["list"][..], &["check"], &["verify", "--no-record"], &["verify", "nowhere.md"]] {
        let said = workspace.run(arguments.iter().chain(&["--output-format", "json"]));
        assert!(!said.stdout.is_empty());
        for line in said.json() {
            assert!(line["type"].is_string() && line["schema_version"] == 1, "{line}");
        }
    }
}

#[test]
fn the_events_of_a_run_come_in_order() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria(
        "- [ ] a\n  - Verification:\n    ```sh\n    echo one\n    echo two\n    ```\n  - Expected Output: `one`\n",
    );
    let said = workspace.run(["verify", "--no-record", "--sandbox", "off", "--output-format", "json"]);
    insta::assert_snapshot!(said.stdout, @r#"
    {"type":"run_started","schema_version":1,"plans":1,"checks":1,"version":"0.1.0","time":"[NOW]"}
    {"type":"plan_started","schema_version":1,"plan":"PLANS.md","name":"Demo","sandbox":"off","sandbox_fallback":null}
    {"type":"check","schema_version":1,"plan":"PLANS.md","id":"AC-1","title":"a","section":"Acceptance Criteria","line":10,"column":5,"kind":"run","confidence":"explicit","found_by":"field","reason":null,"ready_when":null,"working_directory":null,"timeout_ms":300000,"steps":[{"line":10,"column":5,"command":"echo one","expectation":null},{"line":11,"column":5,"command":"echo two","expectation":null}],"expectation":{"kind":"contains","text":"one","line":13,"literal":false},"expected_exit_status":null,"expected_stderr":null,"must_not_output":[],"prose":null,"reading_notes":[],"verdict":"allow","findings":[]}
    {"type":"check_started","schema_version":1,"plan":"PLANS.md","id":"AC-1"}
    {"type":"step_finished","schema_version":1,"plan":"PLANS.md","id":"AC-1","step":0,"line":10,"command":"echo one","exit_status":0,"duration_ms":"[TIME]"}
    {"type":"step_finished","schema_version":1,"plan":"PLANS.md","id":"AC-1","step":1,"line":11,"command":"echo two","exit_status":0,"duration_ms":"[TIME]"}
    {"type":"check_finished","schema_version":1,"plan":"PLANS.md","id":"AC-1","outcome":"passed","reason":"","duration_ms":"[TIME]","exit_status":0,"signal":null,"sandbox":"off","violations":null,"changes":null,"changes_unavailable":"nothing is watched at the level off","refused":null,"unreachable":null,"verdict":"allow","findings":[],"steps":[{"step":0,"line":10,"command":"echo one","exit_status":0,"duration_ms":"[TIME]"},{"step":1,"line":11,"command":"echo two","exit_status":0,"duration_ms":"[TIME]"}],"output":{"head":"one\ntwo\n","left_out_bytes":0,"tail":"","total_bytes":8},"mismatch":null,"notes":[]}
    {"type":"plan_finished","schema_version":1,"plan":"PLANS.md","checks":1,"counts":{"denied":0,"error":0,"failed":0,"manual":0,"needs_review":0,"not_run":0,"passed":1,"passed_by_exit_status":0,"timed_out":0,"violated":0}}
    {"type":"run_finished","schema_version":1,"checks":1,"counts":{"denied":0,"error":0,"failed":0,"manual":0,"needs_review":0,"not_run":0,"passed":1,"passed_by_exit_status":0,"timed_out":0,"violated":0},"duration_ms":"[TIME]","interrupted":false}
    "#);
    assert_eq!(said.stderr, "");
}

#[test]
fn list_and_check_give_each_check_as_one_object() {
    let workspace = Workspace::new();
    workspace.criteria(
        "\
- [ ] Greets
  - Verification: `greet > here`
  - Expected Output (regex): `^hel+o$`
  - Expected Exit Code: 3
  - Expected Stderr: `careful`
  - Must Not Output: `panic`
  - Working Directory: `app`
  - Timeout: 90s
",
    );
    insta::assert_snapshot!(workspace.run(["list", "--output-format", "json"]).whole(), @r#"
    status 0
    --- stdout
    {"type":"check","schema_version":1,"plan":"PLANS.md","id":"AC-1","title":"Greets","section":"Acceptance Criteria","line":8,"column":20,"kind":"run","confidence":"explicit","found_by":"field","reason":null,"ready_when":null,"working_directory":"app","timeout_ms":90000,"steps":[{"line":8,"column":20,"command":"greet > here","expectation":null}],"expectation":{"kind":"regex","text":"^hel+o$","line":9},"expected_exit_status":"3","expected_stderr":{"kind":"contains","text":"careful","line":11,"literal":false},"must_not_output":["panic"],"prose":null,"reading_notes":[]}
    {"type":"summary","schema_version":1,"plans":1,"checks":1}
    "#);
    insta::assert_snapshot!(workspace.run(["check", "--output-format", "json"]).whole(), @r#"
    status 3
    --- stdout
    {"type":"check","schema_version":1,"plan":"PLANS.md","id":"AC-1","title":"Greets","section":"Acceptance Criteria","line":8,"column":20,"kind":"run","confidence":"explicit","found_by":"field","reason":null,"ready_when":null,"working_directory":"app","timeout_ms":90000,"steps":[{"line":8,"column":20,"command":"greet > here","expectation":null}],"expectation":{"kind":"regex","text":"^hel+o$","line":9},"expected_exit_status":"3","expected_stderr":{"kind":"contains","text":"careful","line":11,"literal":false},"must_not_output":["panic"],"prose":null,"reading_notes":[],"verdict":"deny","findings":[{"id":"allowed-directories","verdict":"deny","rule":"Allowed Directories","rule_line":4,"rule_column":29,"rule_end_line":4,"rule_end_column":35,"message":"`>` writes to `app/here`, outside the allowed directories","help":"write below an allowed directory or to `$TMPDIR`","line":8,"column":26,"end_line":8,"end_column":32,"evidence":["> here"]}]}
    {"type":"summary","schema_version":1,"plans":1,"checks":1}
    "#);
}

#[test]
fn list_shows_what_would_run_and_what_is_expected() {
    let workspace = Workspace::new();
    insta::assert_snapshot!(workspace.plan(MIXED).run(["list"]).whole(), @"
    status 0
    --- stdout
    PLANS.md · Mixed
      id    line  command                             expected                          kind    reading
    Acceptance Criteria
      AC-1  9     echo hello                          prints `hello`                    run     explicit
      AC-2  12    true                                exits 0                           run     explicit
      AC-3  14    seq 3                               prints exactly `1` and 2 more     run     explicit
                                                      lines
      AC-4  22    rm -rf out                          exits 0                           run     explicit
      AC-5  24    $(ls -d /bin/true)                  exits 0                           run     explicit
      AC-6  26    Looks good                          no command in a code span or      manual  explicit
                                                      block
      AC-7  28    true                                exits 0                           run     explicit
                  in nowhere
    Milestone 1: Files
      M1-1  33    true                                exits 0                           run     explicit
    Milestone 2: More files
      M2-1  37    $ echo start                        exits 0                           run     explicit
                  $ sh -c 'echo trouble >&2; exit 4'
    9 checks in 1 plan
    ");
}

#[test]
fn an_error_that_ends_the_program_is_an_event_too() {
    let workspace = Workspace::new();
    let said = workspace.run(["verify", "--output-format", "json", "nowhere.md"]);
    insta::assert_snapshot!(said.whole(), @r#"
    status 2
    --- stdout
    {"type":"error","schema_version":1,"message":"cannot find nowhere.md: No such file or directory (os error 2)","help":"name a plan file, or a directory to search for plans"}
    --- stderr
    error: cannot find nowhere.md: No such file or directory (os error 2)
    help: name a plan file, or a directory to search for plans
    "#);
}

const RECORDED: &str = "# x\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `echo a`\n  - Expected Output: `a`\n\
                        - [ ] b\n  - Verification: `echo b`\n  - Expected Output: `b`\n\n## Progress\n";

#[test]
fn a_reader_that_goes_away_changes_neither_the_result_nor_the_record() {
    let Some(workspace) = Workspace::confined() else { return };
    for arguments in [&["verify"][..], &["verify", "-v"], &["verify", "--output-format", "json"]] {
        let mut child = workspace.plan(RECORDED).start(arguments);
        // As `| head -1` does.
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        let said = workspace.said(&finished(child));
        assert_eq!(said.status, 0, "{arguments:?}: {said:?}");
        assert!(!said.stderr.contains("panic"), "{said:?}");
        let recorded = workspace.read("PLANS.md");
        assert!(recorded.contains("- Verified: 2 of 2 checks passed"), "{arguments:?}: {recorded}");
    }
}

#[test]
fn without_a_reader_nothing_panics() {
    let workspace = Workspace::new();
    workspace.plan(MIXED);
    for (arguments, status) in
        [(&["list"][..], 0), (&["check"], 3), (&["--help"], 0), (&["man"], 0), (&["completions", "bash"], 0)]
    {
        // A pipe whose reader is gone before anything is written.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = workspace.command(arguments).stdout(writer).output().unwrap();
        let said = workspace.said(&output);
        assert_eq!((said.status, said.stderr.contains("panic")), (status, false), "{arguments:?}: {said:?}");
    }
}

#[test]
fn a_full_disk_is_told_and_is_no_pass() {
    let Some(workspace) = Workspace::confined() else { return };
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        println!("skipped: no /dev/full");
        return;
    };
    let output = workspace.plan(RECORDED).command(["verify"]).stdout(Stdio::from(full)).output().unwrap();
    let said = workspace.said(&output);
    assert_eq!(said.status, 2, "{said:?}");
    assert!(said.stderr.contains("error: cannot write a report: No space left on device"), "{said:?}");
}

#[test]
fn quiet_tells_what_went_wrong_and_twice_nothing() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(MIXED);
    insta::assert_snapshot!(workspace.run(["verify", "--no-record", "-q"]).whole(), @"
    status 1
    --- stdout
        FAIL AC-3  Counts to 3 [TIME]
             line 3 differs: expected `4`, got `3`
             at PLANS.md:14:20
             $ seq 3
             │  1
             │  2
             │ -4 <- first difference
             │ +3
             help: run it again with `planproof verify PLANS.md --filter AC-3`
      DENIED AC-4  Cleans up
             `rm -rf` is forbidden
             at PLANS.md:22:20
             help: `ls out` is allowed instead
      REVIEW AC-5  Runs whatever
             not understood: the program is computed at run time
             at PLANS.md:24:20
             help: read it, and say yes with `--yes` if it is harmless
       ERROR AC-7  Runs nowhere
             working directory `nowhere`: No such file or directory (os error 2)
             at PLANS.md:28:20
             $ true
             help: run it again with `planproof verify PLANS.md --filter AC-7`
        FAIL M2-1  Milestone 2: More files [TIME]
             step 2: exit status 4, expected 0
             at PLANS.md:37:3
             $ echo start
             $ sh -c 'echo trouble >&2; exit 4'
             │ start
             │ trouble
             help: run it again with `planproof verify PLANS.md --filter M2-1`
    summary 9 checks: 1 passed, 2 passed by exit status, 2 failed, 1 error, 1 denied, 1 needs review, 1 manual in [TIME]
    ");
    insta::assert_snapshot!(workspace.run(["verify", "--no-record", "-qq"]).whole(), @"status 1");
}

#[test]
fn verbose_shows_the_commands_and_output_of_every_check() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(MIXED);
    let said = workspace.run(["verify", "--no-record", "-v", "--filter", "AC-[12]", "--filter", "M2-1"]);
    insta::assert_snapshot!(said.stdout, @"
    PLANS.md · Mixed (sandbox: [LEVEL])
        PASS AC-1  Greets [TIME]
             $ echo hello
             │ hello
     EXIT OK AC-2  Ends well [TIME]
             $ true
        FAIL M2-1  Milestone 2: More files [TIME]
             step 2: exit status 4, expected 0
             at PLANS.md:37:3
             $ echo start
             $ sh -c 'echo trouble >&2; exit 4'
             │ start
             │ trouble
             help: run it again with `planproof verify PLANS.md --filter M2-1`
    summary 3 checks: 1 passed, 1 passed by exit status, 1 failed in [TIME]
    ");
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(MIXED);
    let colourful = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = workspace.command(arguments);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let said = workspace.said(&output);
        (said.stdout.contains('\u{1b}'), said.stderr.contains('\u{1b}'))
    };
    // `Mixed` has nothing to say on standard error, so a plan without constraints stands in for it.
    workspace.write("bare.md", RECORDED);
    for command in [&["verify", "--no-record"][..], &["check"], &["list"]] {
        let with = |more: &[&'static str]| [command, more, &["PLANS.md", "bare.md"]].concat();
        let told = command != ["list"];
        assert_eq!(colourful(&with(&[]), &[]), (false, false), "{command:?}");
        assert_eq!(
            colourful(&with(&["--color", "never"]), &[("CLICOLOR_FORCE", "1")]),
            (false, false),
            "{command:?}"
        );
        assert_eq!(colourful(&with(&["--color", "always"]), &[]), (true, told), "{command:?}");
        assert_eq!(
            colourful(&with(&["--color", "always"]), &[("NO_COLOR", "1")]),
            (true, told),
            "{command:?}"
        );
        assert_eq!(colourful(&with(&[]), &[("CLICOLOR_FORCE", "1")]), (true, told), "{command:?}");
        assert_eq!(
            colourful(&with(&[]), &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]),
            (false, false),
            "{command:?}"
        );
    }
}

#[test]
fn json_has_no_colour_even_if_it_is_asked_for() {
    let workspace = Workspace::new();
    workspace.plan(MIXED);
    for command in ["list", "check"] {
        let said = workspace.run([command, "--output-format", "json", "--color", "always"]);
        assert!(!said.stdout.contains('\u{1b}'), "{said:?}");
    }
}

#[test]
fn neither_plans_nor_commands_can_act_on_the_terminal() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(
        "\
# ExecPlan: name\u{1b}[2J\u{9b}2J

## Constraints & Safety
- **Allowed Directories**: `out/**`
- **Forbidden Operations**: `rm`, words\u{1b}[2J\u{7}

## Acceptance Criteria \u{1b}[2J
- [ ] title\u{1b}[2J\u{8}\u{202e}
  - Verification: `printf 'out\\033[2J\\233\\302\\2332J\\302\\200\\177\\010\\007put\\n'; false`
- [ ] asks
  - Verification: `false # \u{1b}[2J`
- [ ] differs
  - Verification: `printf 'out\\033[2J\\033]0;x\\007put\\n'`
  - Expected Output (exact): `other\u{1b}[2J`
- [ ] denied
  - Verification: `rm \u{1b}[2J`
- [ ] looks
  - Verification: with \u{1b}[2J eyes
- [ ] lost
  - Verification: `true`
  - Working Directory: `a\u{1b}[2Jb`
",
    );
    // Everything but the styles that planproof itself puts there.
    let style = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    let bad = |text: &str| {
        style.replace_all(text, "").chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'))
    };
    for arguments in [&["verify", "--no-record", "-v"][..], &["check"], &["list"], &["verify", "a\u{1b}[2J"]]
    {
        for color in ["never", "always"] {
            let said = workspace.run(arguments.iter().chain(&["--color", color]));
            assert_eq!((bad(&said.stdout), bad(&said.stderr)), (None, None), "{arguments:?}\n{said:?}");
        }
    }
}

#[test]
fn completions_are_scripts_that_their_shells_read() {
    let workspace = Workspace::new();
    for shell in ["bash", "zsh", "fish"] {
        let said = workspace.run(["completions", shell]);
        assert_eq!(said.status, 0);
        assert!(said.stdout.contains("planproof") && said.stdout.contains("fail-fast"), "{shell}");
        workspace.write(shell, &said.stdout);
        match Command::new(shell).arg("-n").arg(workspace.path(shell)).output() {
            Ok(output) => assert!(output.status.success(), "{shell}: {output:?}"),
            Err(error) => println!("not read by {shell}: {error}"),
        }
    }
}

#[test]
fn the_manual_page_says_what_the_help_says() {
    let workspace = Workspace::new();
    let man = workspace.run(["man"]).stdout;
    for wanted in [".TH planproof 1", ".SH SYNOPSIS", "Exit status", "interrupted", "verify"] {
        assert!(man.contains(wanted), "{wanted}");
    }
}

#[test]
fn the_help_says_how_to_begin() {
    let workspace = Workspace::new();
    let nothing = workspace.run([""; 0]);
    assert_eq!((nothing.status, nothing.stdout.as_str()), (2, ""));
    insta::assert_snapshot!(workspace.run(["--help"]).whole(), @"
    status 0
    --- stdout
    Proves that an `ExecPlan` holds.

    Takes the verification commands and expected outputs out of a Markdown plan, checks them against the
    plan's own Constraints & Safety, runs them in a sandbox, compares what they print, and writes the
    result back into Progress and Outcomes & Retrospective.

    Usage: planproof [OPTIONS] <COMMAND>

    Commands:
      verify   Run the checks of plans in a sandbox and record the result in them
      check    Say whether each command would be allowed, and why; run nothing
      explain  Show how one command is read: what it runs, which rules were tried, the verdict
      list     List what would be run: the checks, where they stand, what they expect
      convert  State in the standard schema what was inferred from a plan, so that the next run infers
               nothing
      sandbox  Say what sandbox this host can give, layer by layer, and how to get what is missing

    Options:
      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Options of every command:
      -q, --quiet...
              Tell less: only what went wrong; twice: nothing

      -v, --verbose
              Tell more: commands and output of every check

          --color <WHEN>
              When to use colour

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` or `TERM=dumb` says otherwise
              - always: Always
              - never:  Never

              [default: auto]

          --config <FILE>
              Read this configuration instead of the nearest `planproof.toml`

    Exit status:
      0    everything that could be checked passed
      1    a check failed
      2    usage, configuration or plan error; nothing was run
      3    a check was blocked by policy
      4    nothing to verify
      130  interrupted

    Examples:
      planproof verify PLANS.md            run the checks and record the result
      planproof check PLANS.md             would each command be allowed, and why
      planproof explain 'rm -rf build'     how is this command read, and what do the rules say
      planproof list PLANS.md              what would be run, and what is expected
      planproof convert PLANS.md           the same checks in the standard schema
      planproof verify --junit report.xml --no-record
    ");
    insta::assert_snapshot!(workspace.run(["-h"]).whole(), @"
    status 0
    --- stdout
    Proves that an `ExecPlan` holds

    Usage: planproof [OPTIONS] <COMMAND>

    Commands:
      verify   Run the checks of plans in a sandbox and record the result in them
      check    Say whether each command would be allowed, and why; run nothing
      explain  Show how one command is read: what it runs, which rules were tried, the verdict
      list     List what would be run: the checks, where they stand, what they expect
      convert  State in the standard schema what was inferred from a plan, so that the next run infers
               nothing
      sandbox  Say what sandbox this host can give, layer by layer, and how to get what is missing

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Options of every command:
      -q, --quiet...       Tell less: only what went wrong; twice: nothing
      -v, --verbose        Tell more: commands and output of every check
          --color <WHEN>   When to use colour [default: auto] [possible values: auto, always, never]
          --config <FILE>  Read this configuration instead of the nearest `planproof.toml`

    Exit status:
      0    everything that could be checked passed
      1    a check failed
      2    usage, configuration or plan error; nothing was run
      3    a check was blocked by policy
      4    nothing to verify
      130  interrupted

    Examples:
      planproof verify PLANS.md            run the checks and record the result
      planproof check PLANS.md             would each command be allowed, and why
      planproof explain 'rm -rf build'     how is this command read, and what do the rules say
      planproof list PLANS.md              what would be run, and what is expected
      planproof convert PLANS.md           the same checks in the standard schema
      planproof verify --junit report.xml --no-record
    ");
}

#[test]
fn the_help_of_verify_tells_of_every_option() {
    let workspace = Workspace::new();
    insta::assert_snapshot!(workspace.run(["verify", "--help"]).whole(), @"
    status 0
    --- stdout
    Run the checks of plans in a sandbox and record the result in them

    Usage: planproof verify [OPTIONS] [PLAN]...

    Arguments:
      [PLAN]...
              Plans, or directories to search for plans

              [default: .]

    Options:
          --filter <ID>
              Only checks whose id is this or matches this glob; may be given several times

          --workspace <DIR>
              The directory that the plan speaks of [default: the git root above the plan, else the
              plan's folder]

          --output-format <FORMAT>
              How to print the results

              Possible values:
              - human: For people
              - json:  JSON Lines, one object for each thing that happens

              [default: human]

          --timeout <TIME>
              The longest that a check may take which does not say so itself, such as `90s` or `5m`
              [default: 5m, or the configuration's]

      -y, --yes
              Say yes to checks that need one; denied checks stay denied

          --fail-fast
              Stop at the first failure

          --sandbox <LEVEL>
              How checks are confined: full, landlock or off [default: the configuration's, or the
              highest that this host has, at least landlock; see `planproof sandbox`]

          --network <WHETHER>
              What checks reach over the network: nothing but a loopback (off), or whatever this host
              reaches (on) [default: off, or the configuration's]

              Possible values:
              - on:  Whatever this host reaches
              - off: Nothing but a loopback of their own

          --env <NAME[=VALUE]>
              Pass this variable of the host to checks, or this one with this value, besides the few
              that they see anyway; may be given several times. Values of variables whose names look
              secret are masked in all that is told

      -j, --jobs <N>
              Run so many checks side by side, each in its own view of the workspace as it is at the
              start; needs `full`

              [default: 1]

          --keep
              Copy what checks changed in allowed directories, and in what git ignores, from the view to
              the real workspace

          --view <WHERE>
              Where the view of the workspace keeps what checks write

              Possible values:
              - memory: In memory, at most half of it
              - disk:   In the directory for temporary files

          --no-record
              Leave the plans as they are

          --record-to <FILE>
              Write the plan with the record to this file and leave the plan as it is

          --add-sections
              Add the sections Progress and Outcomes & Retrospective at the end of a plan that lacks
              them, and record there

          --dry-run
              Run nothing; print what `planproof check` prints

          --junit <FILE>
              Also write a JUnit report to this file

      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
      -q, --quiet...
              Tell less: only what went wrong; twice: nothing

      -v, --verbose
              Tell more: commands and output of every check

          --color <WHEN>
              When to use colour

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` or `TERM=dumb` says otherwise
              - always: Always
              - never:  Never

              [default: auto]

          --config <FILE>
              Read this configuration instead of the nearest `planproof.toml`

    Examples:
      planproof verify                         every plan below the current directory
      planproof verify PLANS.md --filter AC-2  one check
      planproof verify PLANS.md --filter 'M1-*' --fail-fast
      planproof verify PLANS.md --no-record --junit report.xml
      planproof verify PLANS.md --add-sections  record in a plan without Progress and Outcomes
      planproof verify PLANS.md --sandbox full --jobs 4
      planproof verify PLANS.md --network on   checks that download something
      planproof verify PLANS.md --env API_TOKEN --env MODE=test
      planproof verify PLANS.md --keep         what checks wrote in allowed directories stays
      planproof verify PLANS.md --yes          also what needs a yes; what is denied stays denied
    ");
}

#[test]
fn the_version_is_told() {
    let said = Workspace::new().run(["--version"]);
    assert_eq!((said.status, said.stdout.as_str()), (0, "planproof [VERSION]\n"));
}

#[test]
fn violations_that_a_level_cannot_see_are_not_claimed_to_be_none() {
    let Some(workspace) = Workspace::confined() else { return };
    let arguments = ["verify", "--no-record", "--output-format", "json", "--sandbox", "off"];
    let events = workspace.criteria("- [ ] a\n  - Verification: `true`\n").run(arguments).json();
    let check = only(&events);
    assert_eq!((&check["violations"], &check["changes"]), (&Value::Null, &Value::Null));
    assert_eq!(check["changes_unavailable"], "nothing is watched at the level off");
    assert_eq!(outcomes(&events), ["AC-1 passed_by_exit_status"]);
}
