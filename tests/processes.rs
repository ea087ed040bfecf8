//! Nothing that a check starts outlives it, whoever dies first, and nothing it prints fills the memory.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

mod support;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use support::{Workspace, finished, interrupted, lives, of_type, only, outcomes, pid_in, signal, until};

const LEVELS: [&str; 2] = ["off", "landlock"];

/// Forks twice into a session of its own, closes its streams, ignores every signal that can be ignored, writes its
/// number to `out/daemon`, and stays.
const DAEMON: &str = r#"#!/bin/sh
if [ "$1" = stay ]; then
    trap '' TERM HUP INT QUIT PIPE USR1 USR2
    echo $$ > out/daemon
    while :; do sleep 1000; done
fi
(setsid "$0" stay < /dev/null > /dev/null 2>&1 &) &
wait
while ! [ -s out/daemon ]; do sleep 0.01; done
"#;

/// A workspace with `./daemon` in it.
fn workspace() -> Option<Workspace> {
    let workspace = Workspace::confined()?;
    workspace.write("daemon", DAEMON);
    fs::set_permissions(workspace.path("daemon"), fs::Permissions::from_mode(0o755)).unwrap();
    Some(workspace)
}

/// `verify` for people or for programs, at a level, without a record.
fn arguments<'a>(level: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["verify", "--no-record", "--yes", "--sandbox", level], more].concat()
}

#[test]
fn a_command_that_closes_its_output_and_sleeps_is_ended_in_time() {
    let Some(workspace) = workspace() else { return };
    for level in LEVELS {
        workspace.criteria(
            "- [ ] a\n  - Verification: `mkdir -p out; echo $$ > out/pid; exec > /dev/null 2>&1 >&- 2>&-; sleep 1000`\n  \
             - Timeout: 500ms\n",
        );
        let events = workspace.run(arguments(level, &["--output-format", "json"])).json();
        assert_eq!(outcomes(&events), ["AC-1 timed_out"], "{level}");
        assert!(!lives(pid_in(&workspace.path("out/pid"))), "{level}");
    }
}

#[test]
fn a_daemon_is_dead_when_its_check_is_over() {
    let Some(workspace) = workspace() else { return };
    for level in LEVELS {
        workspace.criteria("- [ ] a\n  - Verification: `mkdir -p out; ./daemon; echo started`\n  - Expected Output: `started`\n");
        let events = workspace.run(arguments(level, &["--output-format", "json"])).json();
        assert_eq!(outcomes(&events), ["AC-1 passed"], "{level}: {events:?}");
        assert!(only(&events)["notes"][0].as_str().unwrap().contains("killed"), "{}", only(&events)["notes"]);
        assert!(!lives(pid_in(&workspace.path("out/daemon"))), "{level}");
        fs::remove_file(workspace.path("out/daemon")).unwrap();
    }
}

#[test]
fn a_process_left_in_the_background_does_not_hold_up_its_check() {
    let Some(workspace) = workspace() else { return };
    for level in LEVELS {
        workspace.criteria(
            "- [ ] a\n  - Verification: `sleep 1000 & echo $!`\n- [ ] b\n  - Verification: `true`\n",
        );
        let said = workspace.run(arguments(level, &["--output-format", "json"]));
        let events = said.json();
        assert_eq!(
            outcomes(&events),
            ["AC-1 passed_by_exit_status", "AC-2 passed_by_exit_status"],
            "{level}"
        );
        let first = of_type(&events, "check_finished").next().unwrap();
        assert!(!lives(first["output"]["head"].as_str().unwrap().trim().parse().unwrap()), "{level}");
        assert_eq!(first["notes"][0], "left a process behind, which was killed");
    }
}

/// A first check that passes, a second one that stays and leaves a daemon, a third that never gets its turn.
const STAYS: &str = "\
# ExecPlan: Demo

## Constraints & Safety
- **Allowed Directories**: `out/**`

## Acceptance Criteria
- [ ] Goes
  - Verification: `echo gone`
  - Expected Output: `gone`
- [ ] Stays
  - Verification: `mkdir -p out; ./daemon; echo $$ > out/pid; sleep 1000; sleep 1000`
- [ ] Waits
  - Verification: `touch out/trace`

## Progress

## Outcomes & Retrospective
";

/// The numbers of the processes of the check that stays, which wait in files.
fn staying(workspace: &Workspace) -> [u32; 2] {
    let pids = [pid_in(&workspace.path("out/pid")), pid_in(&workspace.path("out/daemon"))];
    assert!(pids.into_iter().all(lives));
    pids
}

#[test]
fn an_interrupt_ends_the_check_and_records_what_did_not_run() {
    for level in LEVELS {
        let Some(workspace) = workspace() else { return };
        for interrupt in ["INT", "TERM"] {
            let _ = fs::remove_dir_all(workspace.path("out"));
            let child = workspace.plan(STAYS).start(["verify", "--yes", "--sandbox", level]);
            let pids = staying(&workspace);
            signal(interrupt, child.id());
            let said = workspace.said(&finished(child));
            assert_eq!(said.status, 130, "{said:?}");
            assert!(!pids.into_iter().any(lives), "{level}");
            assert!(!workspace.exists("out/trace"));
            workspace.is_clean();
            // How many processes there were depends on the moment.
            let told = said.stdout.replace(level, "[LEVEL]").replace("left 3 processes", "left 2 processes");
            let told =
                told.replace("left a process behind, which was", "left 2 processes behind, which were");
            insta::allow_duplicates! { insta::assert_snapshot!(told, @"
            PLANS.md · Demo (sandbox: [LEVEL])
                PASS AC-1  Goes [TIME]
             NOT RUN AC-2  Stays [TIME]
                     interrupted
                     note: left 2 processes behind, which were killed
             NOT RUN AC-3  Waits
                     interrupted
            summary 3 checks: 1 passed, 2 not run, interrupted in [TIME]
            ") }
            let recorded = workspace.read("PLANS.md");
            assert!(recorded.contains("Not verified: 1 of 3 checks passed, 2 not run"), "{recorded}");
            assert!(recorded.contains("AC-2 not run: Stays (interrupted)"), "{recorded}");
            assert!(recorded.contains("AC-3 not run: Waits (interrupted)"), "{recorded}");
        }
    }
}

#[test]
fn two_interrupts_end_the_run_and_its_processes() {
    for level in LEVELS {
        let Some(workspace) = workspace() else { return };
        let child = workspace.plan(STAYS).start(["verify", "--yes", "--sandbox", level]);
        let pids = staying(&workspace);
        let said = workspace.said(&interrupted(child));
        assert_eq!(said.status, 130, "{said:?}");
        until("its processes are gone", || !pids.into_iter().any(lives));
    }
}

#[test]
fn two_interrupts_end_a_run_that_waits_for_the_plan() {
    let Some(workspace) = workspace() else { return };
    workspace.plan("# x\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `true`\n\n## Progress\n");
    // Whoever saves the plan holds this lock.
    let plan = File::open(workspace.path("PLANS.md")).unwrap();
    plan.lock().unwrap();
    let mut child = workspace.start(["verify", "--output-format", "json"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains(r#""type":"run_finished""#)));
    assert_eq!(workspace.said(&interrupted(child)).status, 130);
}

#[test]
fn two_interrupts_end_a_run_whose_reader_sleeps() {
    let Some(workspace) = workspace() else { return };
    // More than a pipe holds, so that the report of the first check is never read to its end.
    let noisy = "- [ ] a\n  - Verification: `seq 100000`\n  - Expected Output (exact): `1`\n".repeat(100);
    workspace.criteria(&noisy);
    let mut child = workspace.start(["verify", "--no-record", "-v", "--output-format", "json"]);
    let mut out = child.stdout.take().unwrap();
    // The pipe is full when writing takes more than reading one byte allows.
    let mut byte = [0];
    out.read_exact(&mut byte).unwrap();
    let stuck = format!("/proc/{}/syscall", child.id());
    until("it waits for its reader", || {
        let call = fs::read_to_string(&stuck).unwrap_or_default();
        // Where the kernel does not tell, the test still shows that the run ends.
        call.is_empty() || call.starts_with("1 0x1 ") || call.starts_with("64 0x1 ")
    });
    assert_eq!(workspace.said(&interrupted(child)).status, 130);
}

#[test]
fn no_process_survives_a_planproof_that_is_killed() {
    for level in LEVELS {
        let Some(workspace) = workspace() else { return };
        let mut child = workspace.plan(STAYS).start(["verify", "--yes", "--sandbox", level]);
        let pids = staying(&workspace);
        child.kill().unwrap();
        child.wait().unwrap();
        until("its processes are gone", || !pids.into_iter().any(lives));
        until("its temporary directory is gone", || {
            fs::read_dir(workspace.outside("temporary")).unwrap().next().is_none()
        });
        assert_eq!(workspace.read("PLANS.md"), STAYS);
    }
}

/// The most memory that planproof itself had, in KiB, and its events.
fn peak(workspace: &Workspace) -> (u64, Vec<serde_json::Value>) {
    let mut child = workspace
        .command(["verify", "--no-record", "--output-format", "json", "--junit", "report.xml"])
        .stdout(Stdio::from(File::create(workspace.path("events")).unwrap()))
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now =
            line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|number| number.parse().ok());
        peak = peak.max(now.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let events = workspace.read("events");
    (peak, events.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn a_check_that_prints_a_gigabyte_costs_little_memory() {
    let Some(workspace) = workspace() else { return };
    workspace.criteria(
        "\
- [ ] a
  - Verification: `yes 'all is well' | head -c 1000000000; echo the end`
  - Expected Output:
    ```
    all is well
    the end
    ```
  - Must Not Output: `panic`
",
    );
    let (peak, events) = peak(&workspace);
    assert_eq!(outcomes(&events), ["AC-1 passed"]);
    assert_eq!(only(&events)["output"]["total_bytes"], 1_000_000_008_u64);
    assert!(peak > 0 && peak < 32 * 1024, "{peak} KiB");
}

#[test]
fn a_line_without_an_end_costs_little_memory_in_every_comparison() {
    let Some(workspace) = workspace() else { return };
    let check = |how: &str, expected: &str| {
        format!(
            "- [ ] a\n  - Verification: `yes x | tr -d '\\n' | head -c 50000000`\n  - Expected Output{how}: `{expected}`\n"
        )
    };
    let hows = ["", " (contains)", " (exact)", " (regex)", " (glob)", " (json)"];
    workspace.criteria(&hows.map(|how| check(how, "7")).concat());
    let (peak, events) = peak(&workspace);
    assert!(of_type(&events, "check_finished").all(|event| event["outcome"] == "failed"));
    assert_eq!(of_type(&events, "check_finished").count(), hows.len());
    assert!(peak > 0 && peak < 32 * 1024, "{peak} KiB");
}
