//! Checks in a view of the workspace: what they change is told, judged, and kept only when that is asked for.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say why they skip")]

mod support;

use serde_json::Value;
use support::{Workspace, of_type, only, outcomes};

const FULL: [&str; 6] = ["verify", "--no-record", "--sandbox", "full", "--output-format", "json"];

fn verify(workspace: &Workspace, more: &[&str]) -> (i32, Vec<Value>) {
    let said = workspace.run(FULL.iter().chain(more));
    (said.status, said.json())
}

fn paths(list: &Value) -> Vec<String> {
    let one =
        |change: &Value| format!("{} {}", change["kind"].as_str().unwrap(), change["path"].as_str().unwrap());
    list.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn what_a_check_changes_outside_the_allowed_directories_is_a_violation_whatever_its_status() {
    let Some(workspace) = Workspace::at_full() else { return };
    workspace
        .write("src/kept", "kept\n")
        .write("out/there", "")
        .write("make.sh", "echo x > out/made; echo x > src/kept\n");
    workspace.criteria("- [ ] a\n  - Verification: `sh make.sh`\n");
    let (status, events) = verify(&workspace, &["--yes"]);
    let check = only(&events);
    assert_eq!((status, check["outcome"].as_str()), (1, Some("violated")), "{check}");
    assert_eq!(paths(&check["violations"]), ["changed src/kept"]);
    assert_eq!(paths(&check["changes"]), ["created out/made", "changed src/kept"]);
    assert!(check["reason"].as_str().unwrap().contains("changed src/kept"), "{check}");
    assert_eq!(workspace.read("src/kept"), "kept\n");
    assert!(!workspace.exists("out/made"));
}

#[test]
fn without_allowed_directories_changes_are_told_and_break_no_rule() {
    let Some(workspace) = Workspace::at_full() else { return };
    workspace.plan("# x\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `touch made`\n");
    let (status, events) = verify(&workspace, &[]);
    let check = only(&events);
    assert_eq!((status, check["outcome"].as_str()), (0, Some("passed_by_exit_status")), "{check}");
    assert_eq!(
        (paths(&check["changes"]), paths(&check["violations"])),
        (vec!["created made".to_owned()], vec![])
    );
}

#[test]
fn a_check_that_changes_its_plan_in_the_view_is_a_violation_without_any_rule() {
    let Some(workspace) = Workspace::at_full() else { return };
    workspace.write("edit.sh", "echo '- noted' >> PLANS.md\n");
    workspace.plan("# x\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `sh edit.sh`\n");
    let before = workspace.read("PLANS.md");
    let (_, events) = verify(&workspace, &["--yes"]);
    assert_eq!(only(&events)["outcome"], "violated");
    assert_eq!(workspace.read("PLANS.md"), before);
}

#[test]
fn later_checks_see_what_earlier_ones_left_and_private_directories_are_fresh() {
    let Some(workspace) = Workspace::at_full() else { return };
    workspace.write("out/there", "").write("leave.sh", "touch out/left ~/left /tmp/left\n");
    workspace.criteria(
        "- [ ] a\n  - Verification: `sh leave.sh`\n- [ ] b\n  - Verification: `test -e out/left`\n\
         - [ ] c\n  - Verification: `ls -A ~ /tmp`\n  - Must Not Output: `left`\n",
    );
    let (_, events) = verify(&workspace, &["--yes"]);
    let expected = ["AC-1 passed_by_exit_status", "AC-2 passed_by_exit_status", "AC-3 passed"];
    assert_eq!(outcomes(&events), expected, "{events:?}");
    assert!(!workspace.exists("out/left"));
}

#[test]
fn keep_copies_allowed_changes_and_no_others() {
    let Some(workspace) = Workspace::at_full() else { return };
    workspace
        .write("out/old", "old\n")
        .write("out/gone", "")
        .write("make.sh", "echo new > out/old; rm out/gone; echo x > other\n");
    workspace.criteria("- [ ] a\n  - Verification: `sh make.sh`\n");
    let (_, events) = verify(&workspace, &["--yes", "--keep"]);
    assert_eq!(only(&events)["outcome"], "violated");
    let told =
        |event: &Value| format!("{} {}", event["done"].as_str().unwrap(), event["path"].as_str().unwrap());
    assert_eq!(
        of_type(&events, "kept").map(told).collect::<Vec<_>>(),
        ["removed out/gone", "written out/old"]
    );
    assert_eq!(workspace.read("out/old"), "new\n");
    assert!(!workspace.exists("out/gone") && !workspace.exists("other"));
}

#[test]
fn checks_side_by_side_each_see_the_workspace_as_it_was_and_are_told_in_plan_order() {
    let Some(workspace) = Workspace::at_full() else { return };
    workspace.write("out/there", "");
    let criterion = |number: u32| {
        format!(
            "- [ ] c{number}\n  - Verification: `test ! -e out/made && touch out/made && echo {number}`\n  \
             - Expected Output: `{number}`\n"
        )
    };
    let items = (1..=6).map(criterion).collect::<Vec<_>>().concat();
    workspace.criteria(&items);
    let (status, events) = verify(&workspace, &["--yes", "--jobs", "3"]);
    let expected: Vec<String> = (1..=6).map(|number| format!("AC-{number} passed")).collect();
    assert_eq!((status, outcomes(&events)), (0, expected));
    // One after the other they share a view.
    let (_, events) = verify(&workspace, &["--yes"]);
    assert_eq!(outcomes(&events)[..2], ["AC-1 passed", "AC-2 failed"]);
}

#[test]
fn jobs_and_keep_need_views() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria("- [ ] a\n  - Verification: `true`\n");
    for more in [["--jobs", "2"].as_slice(), &["--keep"]] {
        let said = workspace.run(["verify", "--no-record", "--sandbox", "landlock"].iter().chain(more));
        assert_eq!(said.status, 2, "{said:?}");
        assert!(said.stderr.contains("at the level `full`"), "{said:?}");
    }
}

#[test]
fn without_the_network_a_failed_look_up_says_how_to_get_it() {
    let Some(workspace) = Workspace::at_full() else { return };
    let script = "import socket\nsocket.create_connection((\"192.0.2.1\", 80), 1)\n";
    workspace.write("reach.py", script).criteria("- [ ] a\n  - Verification: `python3 reach.py`\n");
    let (_, events) = verify(&workspace, &["--yes"]);
    let check = only(&events);
    assert_eq!(check["outcome"], "failed");
    assert_eq!(check["unreachable"], 1, "{check}");
    assert!(check["notes"].to_string().contains("--network on"), "{check}");
}

#[test]
fn a_refused_system_call_is_told() {
    let Some(workspace) = Workspace::at_full() else { return };
    workspace.write("tool", "#!/bin/sh\n").write("set.sh", "chmod 4755 tool\n");
    workspace.criteria("- [ ] a\n  - Verification: `sh set.sh`\n");
    let (_, events) = verify(&workspace, &["--yes"]);
    let check = only(&events);
    assert_eq!(check["outcome"], "failed", "{check}");
    assert!(check["refused"][0]["call"].as_str().unwrap().contains("4755"), "{check}");
}

#[test]
fn the_doctor_names_every_layer() {
    let said = Workspace::new().run(["sandbox", "--output-format", "json"]);
    let levels = said.json();
    assert_eq!(
        levels.iter().map(|level| level["level"].as_str().unwrap()).collect::<Vec<_>>(),
        ["full", "landlock"]
    );
    for level in &levels {
        let available = level["available"].as_bool().unwrap();
        assert_eq!(available, !level["layers"].as_array().unwrap().is_empty(), "{level}");
        assert_eq!(available, level["reason"].is_null(), "{level}");
    }
    let expected = match (levels[0]["available"].as_bool(), levels[1]["available"].as_bool()) {
        (Some(true), _) => 0,
        (_, Some(true)) => 1,
        _ => 2,
    };
    assert_eq!(said.status, expected);
}

#[test]
fn planproof_verifies_inside_its_own_sandbox_and_leaves_nothing_to_later_checks() {
    let Some(workspace) = Workspace::at_full() else { return };
    // By another process: the kernel executes no file that anybody has open to write, such as a program that a test beside
    // this one has started meanwhile.
    let copy =
        std::process::Command::new("cp").arg(support::binary()).arg(workspace.path("planproof")).status();
    assert!(copy.unwrap().success());
    workspace.write(
        "inner.md",
        "# x\n\n## Acceptance Criteria\n- [ ] a\n  - Verification: `echo inner`\n  - Expected Output: `inner`\n",
    );
    workspace.criteria(
        "- [ ] a\n  - Verification: `./planproof verify inner.md --no-record`\n  - Expected Output: `1 passed`\n\
         - [ ] b\n  - Verification: `find /tmp -name sandbox-*`\n  - Expected Output: no output\n",
    );
    let (status, events) = verify(&workspace, &["--yes"]);
    assert_eq!(
        (status, outcomes(&events)),
        (0, vec!["AC-1 passed".into(), "AC-2 passed".into()]),
        "{events:?}"
    );
}
