//! Each step of the set-up made to fail in turn: then nothing runs, at no level.

use std::process::Command;

use crate::house::{House, example, exists, landlocked, said, with_namespaces};

/// Runs with a system call refused; nothing may run or stay behind.
fn refused(house: &House, call: &str) {
    let mut refuse = Command::new(example("refuse"));
    house.furnish(&mut refuse);
    refuse.args([call, "--"]).arg(example("confine")).args(house.arguments());
    let said = said(refuse.args(["touch", "src/ran"]).output().unwrap());
    assert!(matches!(said.code, Some(125 | 126)), "{call}: {:?} {}", said.code, said.stderr);
    assert!(!exists(&house.path("work/src/ran")), "{call}");
    assert!(!said.stderr.contains("ending"), "{call}: {}", said.stderr);
    assert!(!house.has_temporaries(), "{call}");
}

#[test]
fn at_full_nothing_runs_if_any_step_fails() {
    let calls = [
        "clone",
        "mount",
        "open_tree",
        "move_mount",
        "mount_setattr",
        "pivot_root",
        "umount2",
        "capset",
        "landlock_create_ruleset",
        "landlock_add_rule",
        "landlock_restrict_self",
        "seccomp",
        "close_range",
    ];
    for call in calls {
        let Some(house) = with_namespaces() else { return };
        refused(&house, call);
    }
}

#[test]
fn at_landlock_nothing_runs_if_any_step_fails() {
    for call in
        ["clone", "landlock_create_ruleset", "landlock_restrict_self", "seccomp", "capset", "close_range"]
    {
        let Some(house) = landlocked() else { return };
        refused(&house, call);
    }
}

#[test]
fn at_full_nothing_runs_if_users_cannot_be_mapped() {
    let Some(house) = with_namespaces() else { return };
    // The maps are files in `/proc`.
    let script = "mount -o remount,bind,ro /proc && exec \"$0\" \"$@\"";
    let mut closed = Command::new("unshare");
    house.furnish(&mut closed);
    closed.args(["--mount", "sh", "-c", script]).arg(example("confine")).args(house.arguments());
    let said = said(closed.args(["touch", "src/ran"]).output().unwrap());
    if said.stderr.contains("unshare") {
        println!("skipped: {}", said.stderr);
        return;
    }
    assert!(said.code == Some(125) && said.stderr.contains("users cannot be mapped"), "{}", said.stderr);
    assert!(!exists(&house.path("work/src/ran")));
}
