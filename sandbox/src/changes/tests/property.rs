//! Any sequence of operations in a real overlay: the report is the difference of two whole snapshots of the view.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use proptest::prelude::*;

use super::{super::*, mount::Overlay};

#[derive(Clone, Debug)]
enum Operation {
    Write(PathBuf, u8),
    Append(PathBuf, u8),
    Delete(PathBuf),
    DeleteAll(PathBuf),
    Make(PathBuf),
    Rename(PathBuf, PathBuf),
    Mode(PathBuf, bool),
    Link(PathBuf, u8),
    HardLink(PathBuf, PathBuf),
}

/// Few names, that they meet.
fn path() -> impl Strategy<Value = PathBuf> {
    let name = prop::sample::select(vec!["a", "b", "c", "a!"]);
    prop::collection::vec(name, 1..4).prop_map(|names| names.into_iter().collect())
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        3 => (path(), 0..3_u8).prop_map(|(path, byte)| Operation::Write(path, byte)),
        1 => (path(), 0..3_u8).prop_map(|(path, byte)| Operation::Append(path, byte)),
        2 => path().prop_map(Operation::Delete),
        2 => path().prop_map(Operation::DeleteAll),
        3 => path().prop_map(Operation::Make),
        3 => (path(), path()).prop_map(|(from, to)| Operation::Rename(from, to)),
        1 => (path(), any::<bool>()).prop_map(|(path, more)| Operation::Mode(path, more)),
        1 => (path(), 0..3_u8).prop_map(|(path, byte)| Operation::Link(path, byte)),
        1 => (path(), path()).prop_map(|(from, to)| Operation::HardLink(from, to)),
    ]
}

/// Many fail, as they do when commands try them.
fn apply(root: &Path, operation: &Operation) {
    let at = |path: &Path| root.join(path);
    let _ = match operation {
        // No link is written through, or it would be by its target in another place.
        Operation::Write(path, byte) if !at(path).is_symlink() => fs::write(at(path), [*byte; 3]),
        Operation::Append(path, byte) if !at(path).is_symlink() => {
            let mut content = fs::read(at(path)).unwrap_or_default();
            content.push(*byte);
            fs::write(at(path), content)
        }
        Operation::Delete(path) => fs::remove_file(at(path)).or_else(|_| fs::remove_dir(at(path))),
        Operation::DeleteAll(path) => fs::remove_dir_all(at(path)),
        Operation::Make(path) => fs::create_dir_all(at(path)),
        Operation::Rename(from, to) => {
            let status = std::process::Command::new("mv").arg("-T").arg(at(from)).arg(at(to)).output();
            status.map(|_| ())
        }
        Operation::Mode(path, more) if !at(path).is_symlink() => {
            fs::set_permissions(at(path), fs::Permissions::from_mode(if *more { 0o755 } else { 0o700 }))
        }
        Operation::Write(..) | Operation::Append(..) | Operation::Mode(..) => Ok(()),
        Operation::Link(path, byte) => symlink(format!("nowhere-{byte}"), at(path)),
        Operation::HardLink(from, to) => fs::hard_link(at(from), at(to)),
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    kind: u32,
    mode: u32,
    content: Vec<u8>,
}

/// All there is, read by other means than those that are tried.
fn snapshot(root: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut all = BTreeMap::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let data = fs::symlink_metadata(&path).unwrap();
            let content = if data.is_dir() {
                directories.push(path.clone());
                Vec::new()
            } else if data.is_symlink() {
                fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else {
                fs::read(&path).unwrap()
            };
            let entry = Entry { kind: data.mode() & 0o170_000, mode: data.mode() & 0o7777, content };
            all.insert(path.strip_prefix(root).unwrap().to_owned(), entry);
        }
    }
    all
}

type Shot = BTreeMap<PathBuf, Entry>;

/// `may_be_rewritten` are those of which a change cannot be told from being written again with the same.
fn check(before: &Shot, after: &Shot, changes: &[Change], may_be_rewritten: &BTreeSet<PathBuf>) {
    let of = |kind| -> BTreeSet<&PathBuf> {
        changes.iter().filter(|change| change.kind == kind).map(|change| &change.path).collect()
    };
    let created: BTreeSet<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    let deleted: BTreeSet<_> = before.keys().filter(|path| !after.contains_key(*path)).collect();
    assert_eq!((of(ChangeKind::Created), of(ChangeKind::Deleted)), (created, deleted));
    for (path, one) in before {
        let Some(two) = after.get(path) else { continue };
        let content = (one.kind, &one.content) == (two.kind, &two.content);
        let is_changed = of(ChangeKind::Changed).contains(path);
        let is_remoded = of(ChangeKind::Remoded).contains(path);
        match (content, one.mode == two.mode) {
            (false, _) => assert!(is_changed, "{path:?} was changed"),
            (true, _) if is_changed => assert!(may_be_rewritten.contains(path), "{path:?} was not changed"),
            (true, same_mode) => assert_eq!(is_remoded, !same_mode, "the mode of {path:?}"),
        }
    }
    let paths: BTreeSet<_> = changes.iter().map(|change| &change.path).collect();
    assert_eq!(paths.len(), changes.len(), "each path once");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_report_is_the_difference_of_two_snapshots(
        setup in prop::collection::vec(operation(), 0..12),
        commands in prop::collection::vec(prop::collection::vec(operation(), 0..8), 1..5),
    ) {
        let Some(overlay) = Overlay::over("true") else { return Ok(()) };
        // Beneath an overlay nothing may be changed any more, so this one is only for the tree to start from.
        for operation in &setup {
            apply(&overlay.lower(), operation);
        }
        let Some(overlay) = Overlay::over(&format!("cp -a {}/. .", overlay.lower().display())) else { return Ok(()) };
        let (mut view, root) = (overlay.view(), overlay.merged());
        let mut in_upper = BTreeSet::new();
        let mut before = snapshot(&root);
        for command in &commands {
            for operation in command {
                apply(&root, operation);
            }
            let after = snapshot(&root);
            check(&before, &after, &view.changes().unwrap(), &in_upper);
            in_upper = snapshot_of_names(&overlay.upper());
            before = after;
        }
        assert_eq!(view.changes().unwrap(), []);
    }

    #[test]
    fn a_scan_is_the_difference_of_two_snapshots(
        commands in prop::collection::vec(prop::collection::vec(operation(), 0..8), 1..6),
    ) {
        let files = tempfile::tempdir().unwrap();
        let mut scan = Scan::new(super::directory(files.path())).unwrap();
        let mut before = snapshot(files.path());
        for command in &commands {
            for operation in command {
                apply(files.path(), operation);
            }
            let after = snapshot(files.path());
            check(&before, &after, &scan.changes().unwrap(), &before.keys().cloned().collect());
            before = after;
        }
    }
}

fn snapshot_of_names(upper: &Path) -> BTreeSet<PathBuf> {
    let output = std::process::Command::new("find").arg(".").current_dir(upper).output().unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    names.lines().filter_map(|line| line.strip_prefix("./")).map(PathBuf::from).collect()
}
