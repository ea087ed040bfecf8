//! What is said to have changed, against what was done: in a real overlay, and in place.

mod hostile;
mod keeping;
mod mount;
mod property;
mod table;

use std::{os::fd::OwnedFd, path::Path, process::Command};

use rustix::fs::{Mode, OFlags};

use super::*;

fn directory(path: &Path) -> OwnedFd {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty()).unwrap()
}

/// Runs a script in a directory. It must succeed.
fn sh(at: &Path, script: &str) {
    let output = Command::new("sh").args(["-euc", script]).current_dir(at).output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}

/// One line for each change, names quoted as far as they need it.
fn lines(changes: &[Change]) -> String {
    let line = |change: &Change| {
        let quoted = format!("{:?}", change.path);
        format!("{} {}", change.kind, quoted.trim_matches('"'))
    };
    changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
