//! Trees that commands make to get in the way of whoever looks at them.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rustix::fs::{AtFlags, Mode, OFlags, fsetxattr, mkdirat, openat};

use super::{
    super::{
        unlock::Unlocked,
        walk::{Whose, walk_at_most},
        *,
    },
    directory, is_root, lines,
    mount::Overlay,
    sh,
};
use std::os::fd::{AsFd as _, OwnedFd};

/// Directories in each other, far deeper than a path can be long.
fn nest(at: &Path, depth: usize) {
    let mut at = directory(at);
    for _ in 0..depth {
        mkdirat(&at, "n", Mode::RWXU).unwrap();
        at = openat(&at, "n", OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).unwrap();
    }
}

/// Takes a nest apart from above, which no path reaches into.
fn level(at: &Path) {
    let root = directory(at);
    loop {
        let Ok(nest) = openat(&root, "n", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) else { return };
        if rustix::fs::renameat(&nest, "n", &root, "m").is_err() {
            rustix::fs::unlinkat(&root, "n", AtFlags::REMOVEDIR).unwrap();
            return;
        }
        rustix::fs::unlinkat(&root, "n", AtFlags::REMOVEDIR).unwrap();
        rustix::fs::renameat(&root, "m", &root, "n").unwrap();
    }
}

#[test]
fn deep_nesting_is_seen_to_the_bottom() {
    const DEPTH: usize = 5000;
    let Some(overlay) = Overlay::over("echo one > f") else { return };
    let mut view = overlay.view();
    let mut looking = Duration::ZERO;
    let mut look = |what: usize| {
        let begun = Instant::now();
        assert_eq!(view.changes().unwrap().len(), what);
        looking += begun.elapsed();
    };
    nest(&overlay.upper(), DEPTH);
    look(DEPTH);
    look(0);
    level(&overlay.upper());
    look(DEPTH);
    println!("{DEPTH} deep: {looking:?}");
}

#[test]
fn what_is_covered_in_the_real_workspace_is_told_however_deep_it_is() {
    const DEPTH: usize = 3000;
    let Some(overlay) = Overlay::over("mkdir d") else { return };
    nest(&overlay.lower().join("d"), DEPTH);
    let mut view = overlay.view();
    // As `rm -rf d` leaves it, which takes too long on a view.
    rustix::fs::mknodat(
        directory(&overlay.upper()),
        "d",
        rustix::fs::FileType::CharacterDevice,
        Mode::empty(),
        0,
    )
    .unwrap();
    let changes = view.changes().unwrap();
    assert_eq!(changes.len(), DEPTH + 1);
    assert!(changes.iter().all(|change| change.kind == ChangeKind::Deleted));
    level(&overlay.lower().join("d"));
}

#[test]
fn many_files_are_seen_one_by_one() {
    const FILES: usize = 20_000;
    let Some(overlay) = Overlay::over("true") else { return };
    let mut view = overlay.view();
    sh(&overlay.merged(), "mkdir d; seq 20000 | sed s,^,d/, | xargs touch");
    let begun = Instant::now();
    assert_eq!(view.changes().unwrap().len(), FILES + 1);
    println!("{FILES} new files: {:?}", begun.elapsed());
    let begun = Instant::now();
    assert_eq!(view.changes().unwrap(), []);
    println!("{FILES} old files: {:?}", begun.elapsed());
}

/// A measurement, for `--release --nocapture`, with a bound that holds on any machine.
#[test]
fn an_empty_view_costs_next_to_nothing() {
    let Some(overlay) = Overlay::over("echo one > f") else { return };
    let (mut view, begun) = (overlay.view(), Instant::now());
    for _ in 0..1000 {
        assert_eq!(view.changes().unwrap(), []);
    }
    println!("empty: {:?}", begun.elapsed() / 1000);
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_look_leaves_modes_as_they_were() {
    let Some(overlay) = Overlay::over("mkdir d; echo x > d/f") else { return };
    sh(&overlay.merged(), "mkdir -p n/m; echo x > n/m/f; chmod 000 d/f d n/m/f n/m; chmod 111 n");
    let modes = |path: &Path| {
        let list =
            "stat -c '%n %a' n d; chmod 700 n d; stat -c '%n %a' n/m d/f; chmod 700 n/m; stat -c %a n/m/f";
        let output = std::process::Command::new("sh").args(["-c", list]).current_dir(path).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let mut view = overlay.view();
    view.changes().unwrap();
    assert_eq!(view.changes().unwrap(), []);
    assert_eq!(modes(&overlay.upper()), "n 111\nd 0\nn/m 0\nd/f 0\n0\n");
}

#[test]
fn paths_without_end_are_an_error_and_not_the_end_of_memory() {
    let files = tempfile::tempdir().unwrap();
    nest(files.path(), 100);
    let root = directory(files.path());
    let unlocked = Unlocked::new(root.as_fd());
    let walk = |most| walk_at_most(root.as_fd(), Path::new(""), Whose::Upper(&unlocked), most);
    assert!(walk(10_000).is_ok());
    assert!(walk(9_000).unwrap_err().to_string().contains("nested too deep"));
}

fn mark(file: &OwnedFd, name: &str, value: &[u8]) {
    fsetxattr(file, name, value, rustix::fs::XattrFlags::empty()).unwrap();
}

#[test]
fn the_newer_whiteouts_count_and_what_covers_nothing_does_not() {
    let Some(overlay) = Overlay::over("mkdir d; echo x > d/f; echo y > d/g") else { return };
    let mut view = overlay.view();
    sh(&overlay.upper(), "mkdir -p d; : > d/f; : > d/new; : > d/plain");
    mark(&directory(&overlay.upper().join("d")), "user.overlay.opaque", b"x");
    for name in ["f", "new"] {
        let path = overlay.upper().join("d").join(name);
        mark(&std::fs::File::open(path).unwrap().into(), "user.overlay.whiteout", b"");
    }
    let upper = directory(&overlay.upper());
    rustix::fs::mknodat(&upper, "nothing", rustix::fs::FileType::CharacterDevice, Mode::empty(), 0).unwrap();
    assert_eq!(lines(&view.changes().unwrap()), "deleted d/f\ncreated d/plain");
}

#[test]
fn attributes_count_as_rights() {
    let Some(overlay) = Overlay::over("echo x > f; mkdir d") else { return };
    let mut view = overlay.view();
    for name in ["f", "d"] {
        let file = std::fs::File::open(overlay.merged().join(name)).unwrap();
        mark(&file.into(), "user.planproof", b"x");
    }
    assert_eq!(lines(&view.changes().unwrap()), "re-moded d\nre-moded f");
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_path_quoted() {
    if is_root() {
        println!("skipped: the superuser reads everything");
        return;
    }
    let files = tempfile::tempdir().unwrap();
    sh(files.path(), r#"mkdir "$(printf 'a\nb')"; chmod 000 "$(printf 'a\nb')""#);
    let error = Scan::new(directory(files.path())).err().unwrap().to_string();
    assert!(error.contains(r#""a\nb""#), "{error}");
}
