//! Ten thousand checks in one plan: nothing grows with them, and nothing stays behind.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say why they skip")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use support::Workspace;

const CHECKS: usize = 10_000;
const MEMORY: u64 = 64 * 1024;

/// planproof, and the processes of its sandbox.
fn tree(root: u32) -> Vec<u32> {
    let mut all = vec![root];
    let mut next = 0;
    while let Some(pid) = all.get(next) {
        let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        all.extend(list.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        next += 1;
    }
    // The command that runs at the moment is not its own.
    all.retain(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() != "true"));
    all
}

/// The open descriptors of all, and the largest that any of them ever was, in KiB.
fn look(root: u32) -> (usize, u64) {
    let all = tree(root);
    let descriptors =
        all.iter().map(|pid| fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count));
    let most = |pid: &u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default()
    };
    (descriptors.sum(), all.iter().map(most).max().unwrap_or_default())
}

#[test]
fn ten_thousand_checks_take_no_more_memory_and_descriptors_than_a_hundred() {
    let Some(workspace) = Workspace::confined() else { return };
    let mut items = String::new();
    for number in 1..=CHECKS {
        let _ = writeln!(items, "- [ ] check {number}\n  - Verification: `true`");
    }
    workspace.criteria(&items);
    let mut verify = workspace.command(["verify", "--no-record", "--output-format", "json"]);
    let mut child = verify.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut looks = Vec::new();
    let mut finished = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if line.unwrap().contains(r#""type":"check_finished""#) {
            finished += 1;
            if finished % 100 == 0 && finished < CHECKS {
                looks.push(look(child.id()));
            }
        }
    }
    assert!(child.wait().unwrap().success());
    assert_eq!(finished, CHECKS);
    workspace.is_clean();
    let memory = looks.iter().map(|(_, memory)| *memory).max().unwrap();
    assert!(memory > 0 && memory < MEMORY, "{memory} KiB");
    // A look may meet a check at its start, when there is one more process with all descriptors of its parent; what is
    // never given back is there in each of them.
    let least = |looks: &[(usize, u64)]| looks.iter().map(|(descriptors, _)| *descriptors).min().unwrap();
    let (early, late) = (least(&looks[..20]), least(&looks[looks.len() - 20..]));
    assert!(early > 0 && late <= early + 8, "{early} descriptors at first, {late} at last");
}
