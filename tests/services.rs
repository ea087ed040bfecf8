//! Checks with a service: it is waited for, serves the steps that follow, and does not outlive them.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say why they skip")]

mod support;

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::{Workspace, of_type, only, outcomes, until};

/// The same with a program that serves files.
fn with_server() -> Option<Workspace> {
    let found = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        println!("skipped, because there is no python3 here");
        return None;
    }
    Workspace::at_full()
}

const FULL: [&str; 6] = ["verify", "--no-record", "--yes", "--sandbox", "full", "--output-format=json"];

/// The one check of the criteria, run at the level full.
fn check(workspace: &Workspace, criterion: &str) -> Value {
    only(&workspace.criteria(criterion).run(FULL).json()).clone()
}

fn reason(check: &Value) -> &str {
    check["reason"].as_str().unwrap_or_default()
}

fn notes(check: &Value) -> String {
    check["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| note.as_str().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether a process with this text among its arguments lives.
fn runs(marker: &str) -> bool {
    fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        fs::read(entry.path().join("cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).contains(marker))
    })
}

#[test]
fn a_server_is_waited_for_by_its_port_and_serves_the_steps_that_follow() {
    let Some(workspace) = with_server() else { return };
    workspace.write("hello.txt", "hello from the service\n");
    let get = "python3 -c 'import urllib.request as u; print(u.urlopen(\"http://localhost:8000/hello.txt\").read().decode())'";
    for ready in [
        "  - Background: yes\n  - Ready When: `port 8000`\n",
        "  - Ready When: `http://localhost:8000/`\n",
        "  - Ready When: `http://127.0.0.1:8000/no/such/page`\n",
        "  - Background: yes\n",
    ] {
        let criterion = format!(
            "- [ ] The page greets\n  - Verification: `python3 -m http.server 8000`, `{get}`\n  \
             - Expected Output: `hello from the service`\n{ready}"
        );
        let check = check(&workspace, &criterion);
        assert_eq!(check["outcome"], "passed", "{ready}: {check}");
        let named = notes(&check).contains("port 8000, which its steps name");
        assert_eq!(named, !ready.contains("Ready"), "{ready}: {check}");
    }
}

#[test]
fn a_service_alone_proves_that_it_became_ready_and_no_more() {
    let Some(workspace) = with_server() else { return };
    let listening = check(
        &workspace,
        "- [ ] It serves\n  - Verification: `python3 -m http.server 8000`\n  - Background: yes\n",
    );
    assert_eq!(listening["outcome"], "passed_by_exit_status", "{listening}");
    assert!(
        notes(&listening).contains("taken for ready when something listened on port 8000"),
        "{listening}"
    );
    let stated = check(
        &workspace,
        "- [ ] It serves\n  - Verification: `python3 -um http.server 8000`\n  - Ready When: `Serving HTTP`\n  \
         - Expected Output: `port 8000`\n",
    );
    assert_eq!((&stated["outcome"], notes(&stated)), (&"passed".into(), String::new()), "{stated}");
}

#[test]
fn steps_begin_when_the_service_has_printed_the_text() {
    let Some(workspace) = Workspace::at_full() else { return };
    // What stands before the text is printed, what comes after it need not be waited for; nothing of it is the step's.
    let criterion = "- [ ] a\n  - Verification: `echo begun; printf 'now ready\\n'; sleep 1000`, `echo served`\n  \
                     - Ready When: `ready`\n  - Expected Output (exact): `served`\n";
    let check = check(&workspace, criterion);
    assert_eq!(check["outcome"], "passed", "{check}");
    assert_eq!(check["output"]["head"], "begun\nnow ready\nserved\n", "{check}");
}

#[test]
fn what_the_service_prints_is_never_taken_for_the_output_of_a_step() {
    let Some(workspace) = Workspace::at_full() else { return };
    let criterion = "- [ ] a\n  - Verification: `echo ok; sleep 1000`, `echo no`\n  - Ready When: `ok`\n  \
                     - Expected Output: `ok`\n";
    assert_eq!(check(&workspace, criterion)["outcome"], "failed");
    let criterion = "- [ ] a\n  - Verification: `echo ok; echo panicked; sleep 1000`, `echo no`\n  \
                     - Ready When: `panicked`\n  - Must Not Output: `panicked`\n";
    let forbidden = check(&workspace, criterion);
    assert_eq!(
        forbidden["outcome"], "failed",
        "what must not be printed counts, whoever prints it: {forbidden}"
    );
}

#[test]
fn a_service_that_ends_before_it_is_ready_fails_with_what_it_said() {
    let Some(workspace) = Workspace::at_full() else { return };
    for (ready, missed) in [
        ("port 8000", "nothing listened on port 8000"),
        ("http://localhost:8000/", "nothing answered at http://localhost:8000/"),
        ("up and running", "it did not print `up and running`"),
    ] {
        let criterion = format!(
            "- [ ] a\n  - Verification: `echo cannot bind; exit 3`, `echo served`\n  - Ready When: `{ready}`\n  \
             - Expected Output: `served`\n"
        );
        let check = check(&workspace, &criterion);
        assert_eq!(check["outcome"], "failed", "{check}");
        let expected = format!("the service ended with exit status 3 before it was ready: {missed}");
        assert!(reason(&check).starts_with(&expected), "{check}");
        assert_eq!(check["output"]["head"], "cannot bind\n", "{check}");
    }
}

#[test]
fn a_service_that_never_gets_ready_times_out_with_what_it_said() {
    let Some(workspace) = Workspace::at_full() else { return };
    let marker = format!("1000.{}", std::process::id());
    let criterion = format!(
        "- [ ] a\n  - Verification: `echo waiting for the database; exec sleep {marker}`, `true`\n  \
         - Ready When: `port 8000`\n  - Timeout: 1s\n"
    );
    let check = check(&workspace, &criterion);
    assert_eq!(check["outcome"], "timed_out", "{check}");
    assert_eq!(reason(&check), "the service was not ready within 1 s: nothing listened on port 8000");
    assert_eq!(check["output"]["head"], "waiting for the database\n", "{check}");
    until("nothing of it lives", || !runs(&marker));
}

#[test]
fn nothing_of_a_service_outlives_its_check_whatever_it_ignores_and_however_often_it_forks() {
    let Some(workspace) = Workspace::at_full() else { return };
    let marker = format!("2000.{}", std::process::id());
    workspace.write(
        "serve.sh",
        format!(
            "trap '' TERM HUP INT\n(setsid sh -c \"trap '' TERM HUP INT; sleep {marker}; true\" &) &\nwait\necho up\n\
             while :; do sleep {marker}; done\n"
        ),
    );
    let criterion = "- [ ] a\n  - Verification: `sh serve.sh`, `echo served`\n  - Ready When: `up`\n  \
                     - Expected Output: `served`\n";
    for level in ["full", "off"] {
        let arguments = ["verify", "--no-record", "--yes", "--sandbox", level, "--output-format=json"];
        let events = workspace.criteria(criterion).run(arguments).json();
        assert_eq!(outcomes(&events), ["AC-1 passed"], "{level}: {events:?}");
        assert!(notes(only(&events)).contains("processes behind, which were killed"), "{level}: {events:?}");
        assert!(!runs(&marker), "{level}");
    }
}

#[test]
fn a_service_is_asked_to_stop_before_it_is_killed() {
    let Some(workspace) = Workspace::at_full() else { return };
    workspace.write("serve.sh", "trap 'echo stopped politely; exit 0' TERM\necho up\nsleep 1000 & wait\n");
    let criterion = "- [ ] a\n  - Verification: `sh serve.sh`, `echo served`\n  - Background: yes\n  - Ready When: `up`\n";
    let check = check(&workspace, criterion);
    assert_eq!(check["outcome"], "passed_by_exit_status", "{check}");
    // The shell of the service may have a word of its own for the `sleep` that went with it.
    let said = check["output"]["head"].as_str().unwrap();
    assert!(said.starts_with("up\nserved\n") && said.contains("stopped politely\n"), "{check}");
    assert!(!notes(&check).contains("killed"), "{check}");
}

#[test]
fn a_service_that_breaks_down_under_its_steps_fails_their_check() {
    let Some(workspace) = Workspace::at_full() else { return };
    workspace.write("out/.keep", "");
    // The shell of the service itself, so that it is gone for certain when the step ends.
    let serve = "echo $BASHPID > out/pid; echo up; until test -e out/asked; do :; done; exit 4";
    let ask = "touch out/asked; while kill -0 $(cat out/pid) 2>/dev/null; do :; done; echo fine";
    let criterion = format!(
        "- [ ] a\n  - Verification: `{serve}`, `{ask}`\n  - Ready When: `up`\n  - Expected Output: `fine`\n"
    );
    let check = check(&workspace, &criterion);
    assert_eq!(check["outcome"], "failed", "{check}");
    assert_eq!(reason(&check), "the service ended by itself with exit status 4");
}

#[test]
fn the_first_served_step_that_fails_ends_the_check() {
    let Some(workspace) = Workspace::at_full() else { return };
    let criterion =
        "- [ ] a\n  - Verification: `echo up; sleep 1000`, `false`, `echo never`\n  - Ready When: `up`\n";
    let events = workspace.criteria(criterion).run(FULL).json();
    assert_eq!(reason(only(&events)), "step 2: exit status 1, expected 0");
    let steps: Vec<&Value> = of_type(&events, "step_finished").map(|step| &step["exit_status"]).collect();
    assert_eq!(steps, [&Value::Null, &Value::from(1)], "a service has no exit status while it runs");
}

#[test]
fn where_somebody_else_listens_nothing_is_proved_of_the_service() {
    let workspace = Workspace::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let criterion = format!(
        "- [ ] a\n  - Verification: `echo never; sleep 1000`, `true`\n  - Background: yes\n  - Ready When: `port {port}`\n"
    );
    let arguments = ["verify", "--no-record", "--yes", "--sandbox", "off", "--output-format=json"];
    let events = workspace.criteria(&criterion).run(arguments).json();
    let check = only(&events);
    assert_eq!(check["outcome"], "error", "{check}");
    let expected = format!("something listened on port {port} before the service was started");
    assert!(reason(check).starts_with(&expected), "{check}");
    assert_eq!(check["output"]["head"], "", "it was not started");
}

#[test]
fn without_a_loopback_a_service_is_left_to_a_person() {
    let Some(workspace) = Workspace::confined() else { return };
    let criteria = "\
- [ ] a
  - Verification: `echo up; sleep 1000`, `true`
  - Ready When: `port 8000`
- [ ] b
  - Verification: `echo up; sleep 1000`, `curl -s http://localhost:8000/`
  - Ready When: `up`
- [ ] one that listens nowhere needs none
  - Verification: `echo up; sleep 1000`, `true`
  - Ready When: `up`
";
    let events = workspace.events_in_place(criteria);
    assert_eq!(outcomes(&events), ["AC-1 manual", "AC-2 manual", "AC-3 passed_by_exit_status"]);
    let reasons: Vec<&str> = of_type(&events, "check_finished").map(reason).collect();
    assert!(
        reasons[..2]
            .iter()
            .all(|reason| reason.contains("at the level landlock; run it with `--sandbox full`"))
    );
}

#[test]
fn a_service_that_wanted_a_loopback_after_all_has_not_failed() {
    let Some(workspace) = with_server() else { return };
    let criterion =
        "- [ ] a\n  - Verification: `python3 -um http.server 8000`\n  - Ready When: `Serving HTTP`\n";
    let events = workspace.events_in_place(criterion);
    assert_eq!(outcomes(&events), ["AC-1 manual"], "{events:?}");
}

#[test]
fn a_forbidden_service_is_denied_like_any_command() {
    let Some(workspace) = Workspace::at_full() else { return };
    let criterion = "- [ ] a\n  - Verification: `rm -rf src; sleep 1000`, `true`\n  - Background: yes\n";
    workspace.plan(&format!(
        "# x\n\n## Constraints & Safety\n- **Forbidden Operations**: `rm -rf`\n\n## Acceptance Criteria\n{criterion}"
    ));
    assert_eq!(outcomes(&workspace.run(FULL).json()), ["AC-1 denied"]);
}
