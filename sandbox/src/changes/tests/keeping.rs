//! From the view to the real workspace, and nowhere else.

use std::{
    fs,
    os::{
        fd::AsFd as _,
        unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
    },
    path::{Path, PathBuf},
};

use super::{super::*, directory, is_root, mount::Overlay, sh};

/// Keeps all that a script changes; before that, `meanwhile` is run in the real workspace.
fn keep(overlay: &Overlay, script: &str, meanwhile: &str) -> Vec<String> {
    let mut view = overlay.view();
    sh(&overlay.merged(), script);
    let changes = view.changes().unwrap();
    sh(&overlay.lower(), meanwhile);
    let paths: Vec<PathBuf> = changes.into_iter().map(|change| change.path).collect();
    let kept = words(view.keep(directory(&overlay.lower()).as_fd(), &paths));
    // Looking at what is kept must not be taken for a change.
    assert_eq!(view.changes().unwrap(), []);
    kept
}

fn words(kept: Vec<(PathBuf, std::io::Result<Kept>)>) -> Vec<String> {
    let word = |(path, kept): (PathBuf, std::io::Result<Kept>)| match kept {
        Ok(kept) => format!("{} {kept}", path.display()),
        Err(error) => format!("{} not kept: {error}", path.display()),
    };
    kept.into_iter().map(word).collect()
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn everything_that_can_be_kept_is() {
    let Some(overlay) = Overlay::over("mkdir -p d/e; echo one > f; echo two > d/g; echo 3 > d/e/h") else {
        return;
    };
    let before = fs::metadata(overlay.lower().join("f")).unwrap().ino();
    let open = fs::File::open(overlay.lower().join("f")).unwrap();
    let script = "echo more >> f; chmod 751 f; rm -rf d/e; ln -s /etc/passwd l; mkdir -p n/m; echo x > n/m/o
                  chmod 555 n/m; chmod 4755 n/m/o; chmod 1777 n; rm d/g; mkdir d/g; echo y > d/g/i";
    let kept = keep(&overlay, script, "true");
    assert_eq!(
        kept,
        [
            "d/e removed",
            "d/e/h removed",
            "d/g made",
            "d/g/i written",
            "f written",
            "l linked",
            "n made",
            "n/m made",
            "n/m/o written",
        ]
    );
    let real = overlay.lower();
    assert_eq!(fs::read_to_string(real.join("f")).unwrap(), "one\nmore\n");
    assert_eq!(fs::read_to_string(real.join("d/g/i")).unwrap(), "y\n");
    assert_eq!(fs::read_link(real.join("l")).unwrap(), Path::new("/etc/passwd"));
    let modes = ["f", "n", "n/m", "n/m/o"].map(|path| mode(&real.join(path)));
    assert_eq!(modes, [0o751, 0o1777, 0o555, 0o755], "{modes:?}");
    // Put in its place as a whole: whoever reads the old one goes on reading it.
    assert_ne!(fs::metadata(real.join("f")).unwrap().ino(), before);
    assert_eq!(std::io::read_to_string(open).unwrap(), "one\n");
    let names: Vec<_> = fs::read_dir(&real).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
}

#[test]
fn closed_files_in_closed_directories_are_kept_closed() {
    let Some(overlay) = Overlay::over("true") else { return };
    let script = "mkdir -p d/e; echo x > d/e/f; ln -s t d/e/l; chmod 000 d/e/f; chmod 000 d/e; chmod 000 d";
    let kept = keep(&overlay, script, "true");
    assert_eq!(kept, ["d made", "d/e made", "d/e/f written", "d/e/l linked"]);
    assert_eq!(mode(&overlay.lower().join("d")), 0);
    sh(&overlay.lower(), "chmod 700 d; chmod 700 d/e; test \"$(stat -c %a d/e/f)\" = 0; chmod 600 d/e/f");
    assert_eq!(fs::read_to_string(overlay.lower().join("d/e/f")).unwrap(), "x\n");
}

#[test]
fn no_link_leads_elsewhere() {
    let Some(overlay) = Overlay::over("mkdir d e; echo x > d/f; echo y > e/f") else { return };
    let elsewhere = tempfile::tempdir().unwrap();
    let place = elsewhere.path().display();
    let meanwhile = format!("echo z > {place}/f; mv d real; ln -s {place} d; rm e/f; ln -s {place}/f e/f");
    let kept = keep(&overlay, "echo more >> d/f; echo n > d/n; echo more >> e/f", &meanwhile);
    assert!(kept.iter().all(|line| line.contains("not kept")) && kept.len() == 3, "{kept:?}");
    assert_eq!(fs::read_to_string(elsewhere.path().join("f")).unwrap(), "z\n");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
}

#[test]
fn a_link_of_the_command_is_not_followed_either() {
    let elsewhere = tempfile::tempdir().unwrap();
    let Some(overlay) = Overlay::over("mkdir d; echo x > d/f") else { return };
    let place = elsewhere.path().display();
    let kept = keep(&overlay, &format!("rm -r d; ln -s {place} d; echo n > d/n"), "true");
    assert_eq!(kept, ["d linked", "d/f removed"]);
    let view = overlay.view();
    let odd = ["d/n", "../x", "/etc/x", "d/../y", ".", ""].map(PathBuf::from);
    let kept = words(view.keep(directory(&overlay.lower()).as_fd(), &odd));
    assert_eq!(kept.iter().filter(|line| line.contains("not kept")).count(), 5, "{kept:?}");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
}

#[test]
fn what_somebody_changed_meanwhile_is_left_alone() {
    let Some(overlay) = Overlay::over("echo a > f; echo b > g; echo c > h; mkdir d; echo d > d/i; ln h k")
    else {
        return;
    };
    let meanwhile = "echo mine > f; echo mine > g; echo mine > n; echo mine > d/mine";
    let script = "echo x >> f; rm g h k; echo y > n; rm -r d";
    let kept = keep(&overlay, script, meanwhile).join("\n");
    let changed = "not kept: somebody changed it in the real workspace meanwhile";
    for path in ["f", "g", "n"] {
        assert!(kept.contains(&format!("{path} {changed}")), "{kept}");
        assert_eq!(fs::read_to_string(overlay.lower().join(path)).unwrap(), "mine\n");
    }
    // Two names of one file: to remove one of them is no change of the other.
    assert!(kept.contains("h removed") && kept.contains("k removed"), "{kept}");
    assert!(kept.contains("d/i removed") && kept.contains("d not kept"), "{kept}");
    assert!(overlay.lower().join("d/mine").exists());
}

#[test]
fn pipes_are_not_kept_and_what_was_there_stays() {
    let Some(overlay) = Overlay::over("mkdir d; echo x > f") else { return };
    let kept = keep(&overlay, "rmdir d; mkfifo d; rm f; mkfifo f; mkfifo n", "true");
    assert!(kept.iter().all(|line| line.contains("only files, directories and links are kept")), "{kept:?}");
    let real = overlay.lower();
    assert!(real.join("d").is_dir() && real.join("f").is_file() && !real.join("n").exists());
    assert!(fs::symlink_metadata(overlay.upper().join("f")).unwrap().file_type().is_fifo());
}

#[test]
fn what_is_kept_twice_is_not_taken_for_a_change_of_somebody_else() {
    let Some(overlay) = Overlay::over("echo a > f") else { return };
    let mut view = overlay.view();
    for round in ["b", "c"] {
        sh(&overlay.merged(), &format!("echo {round} > f; rm -f g; ln -s {round} g"));
        view.changes().unwrap();
        let paths = ["f", "g"].map(PathBuf::from);
        let kept = words(view.keep(directory(&overlay.lower()).as_fd(), &paths));
        assert_eq!(kept, ["f written", "g linked"]);
        assert_eq!(fs::read_to_string(overlay.lower().join("f")).unwrap(), format!("{round}\n"));
    }
}

#[test]
fn a_file_stays_its_owners_though_the_superuser_keeps_it() {
    if !is_root() {
        println!("skipped: nobody else has files of others");
        return;
    }
    let Some(overlay) = Overlay::over("echo a > f; chmod 640 f") else { return };
    // The namespace of the tests knows only one user, so the view's own directory is written.
    sh(&overlay.upper(), "echo b > f; chown 1001:1001 f; chmod 640 f");
    let mut view = overlay.view();
    view.changes().unwrap();
    view.keep(directory(&overlay.lower()).as_fd(), &["f".into()]);
    let data = fs::metadata(overlay.lower().join("f")).unwrap();
    assert_eq!((data.uid(), data.gid(), data.mode() & 0o777), (1001, 1001, 0o640));
}
