//! A kill at any moment of the save leaves the old plan or the new one, whole.

use std::fs;
use std::hint;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use planproof::document::{read, save};

use super::{named, planproof};

/// Tells the test binary that it is the process to be killed, and in which folder it is to save.
const VICTIM: &str = "PLANPROOF_TEST_SAVES_IN";

/// A plan of five megabytes, most of it in a code block, which is quick to read.
fn large_plan() -> String {
    let line = "recorded output, line after line, so that the save takes its time ........................\n";
    let log = line.repeat(5_000_000 / line.len());
    format!(
        "# ExecPlan: Large\n\n## Acceptance Criteria\n- [ ] It runs\n  - Verification: `true`\n\n\
         ## Progress\n- [x] Begun\n\n## Artifacts and Notes\n\n```text\n{log}```\n\n## Outcomes & Retrospective\n\nThe end.\n"
    )
}

/// What the plan must be after one run, with the time replaced.
fn recorded(plan: &str) -> String {
    let outcome = "0 of 1 check passed, 1 passed by exit status";
    let entry = format!("- [x] Begun\n- [x] [TIME] - Verified: {outcome} (Author: planproof [VERSION])\n");
    plan.replace("- [x] Begun\n", &entry)
        + &format!(
            "\n<!-- planproof: begin -->\n**Verified: {outcome}** — [TIME] by planproof [VERSION], sandbox: off\n\n\
             - AC-1 passed by exit status: It runs\n<!-- planproof: end -->\n"
        )
}

/// How far a save has come, as seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// The temporary file has its first bytes.
    Writing,
    /// The plan is another file than before.
    Replaced,
}

fn see(folder: &Path, plan: &Path, inode: u64) -> Option<Seen> {
    use std::os::unix::fs::MetadataExt;
    if fs::metadata(plan).unwrap().ino() != inode {
        return Some(Seen::Replaced);
    }
    let writing = fs::read_dir(folder).unwrap().flatten().any(|entry| {
        entry.file_name().as_encoded_bytes().starts_with(b".planproof-")
            && entry.metadata().is_ok_and(|metadata| metadata.len() > 0)
    });
    writing.then_some(Seen::Writing)
}

/// Waits until the save has begun, watching without a pause; fails if the process ends without saving.
fn until(wanted: Seen, child: &mut Child, folder: &Path, plan: &Path, inode: u64) -> Seen {
    loop {
        let seen = see(folder, plan, inode);
        if let Some(seen) = seen.filter(|&seen| seen == wanted || seen == Seen::Replaced) {
            return seen;
        }
        let ended = child.try_wait().unwrap();
        assert!(
            ended.is_none() || see(folder, plan, inode) == Some(Seen::Replaced),
            "ended without saving: {ended:?}"
        );
    }
}

fn inode(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).unwrap().ino()
}

fn clear(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(b".planproof-") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
}

fn spin(time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        hint::spin_loop();
    }
}

#[test]
fn planproof_killed_while_it_saves_leaves_the_old_plan_or_the_new_one() {
    const KILLS: u32 = 24;
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("PLANS.md");
    let old = large_plan();
    let new = recorded(&old);
    let verify = || {
        planproof(folder.path(), &["-qq", "PLANS.md"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };

    // A run that nobody kills says how long a save takes here.
    fs::write(&plan, &old).unwrap();
    let before = inode(&plan);
    let mut child = verify();
    until(Seen::Writing, &mut child, folder.path(), &plan, before);
    let begun = Instant::now();
    until(Seen::Replaced, &mut child, folder.path(), &plan, before);
    let takes = begun.elapsed();
    assert!(child.wait().unwrap().success());
    assert!(
        named(&fs::read_to_string(&plan).unwrap()) == new,
        "the plan that nobody killed is not as expected"
    );

    let (mut olds, mut news) = (0, 0);
    for kill in 0..KILLS {
        fs::write(&plan, &old).unwrap();
        let before = inode(&plan);
        let mut child = verify();
        until(Seen::Writing, &mut child, folder.path(), &plan, before);
        // From the first byte to somewhat after the end, in even steps.
        spin(takes * kill * 5 / (KILLS * 4));
        child.kill().unwrap();
        child.wait().unwrap();
        let text = fs::read_to_string(&plan).unwrap();
        if text == old {
            olds += 1;
        } else {
            assert!(
                named(&text) == new,
                "kill {kill}: {} bytes that are neither the old plan nor the new",
                text.len()
            );
            news += 1;
        }
        clear(folder.path());
    }
    println!("a save takes {takes:?}: of {KILLS} kills {olds} left the old plan and {news} the new one");
    assert!(olds > 0, "no kill came before the end of the save");
}

#[test]
fn a_save_killed_at_many_moments_is_whole_each_time() {
    const KILLS: u64 = 250;
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("PLANS.md");
    let (one, two) = ("a".repeat(5_000_000), "b".repeat(4_000_000));
    fs::write(&plan, &one).unwrap();
    let (mut ones, mut during) = (0, 0);
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::saves_until_it_is_killed", "--ignored"])
            .env(VICTIM, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Once it saves, kill it a little later each time; it saves on and on, so that hardly any kill misses.
        until(Seen::Writing, &mut child, folder.path(), &plan, inode(&plan));
        spin(Duration::from_micros(kill * 67 % 10_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let text = fs::read(&plan).unwrap();
        ones += u32::from(text == one.as_bytes());
        let whole = text == one.as_bytes() || text == two.as_bytes();
        assert!(whole, "kill {kill}: {} bytes that are neither one text nor the other", text.len());
        during += u32::from(fs::read_dir(folder.path()).unwrap().count() > 1);
        clear(folder.path());
    }
    println!(
        "of {KILLS} kills {during} came in the middle of a save; {ones} left one text, the rest the other"
    );
    // How many there are is up to the disk and to what else runs; without any the test would say nothing.
    assert!(during > 0, "none of {KILLS} kills came in the middle of a save");
}

/// No test: the process that the test above kills.
#[test]
#[ignore = "runs until it is killed"]
fn saves_until_it_is_killed() {
    let Some(folder) = std::env::var_os(VICTIM) else { return };
    let plan = Path::new(&folder).join("PLANS.md");
    let (one, two) = ("a".repeat(5_000_000), "b".repeat(4_000_000));
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        let snapshot = read(&plan).unwrap();
        let next = if snapshot.bytes == one.as_bytes() { &two } else { &one };
        save(&snapshot, next.as_bytes()).unwrap();
    }
}
