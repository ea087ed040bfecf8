//! Sockets of the host that a read-only file system does not protect: connecting to one is no writing to its file.

use std::{
    fs,
    os::unix::fs::FileTypeExt as _,
    path::{Path, PathBuf},
};

/// The sockets with a path that exist now and would be seen at `full`: not in a private directory, or in what stays
/// readable of it. Those of the workspace are left out, since a view does not lead to them.
///
/// From the kernel's list, <https://man7.org/linux/man-pages/man5/proc.5.html>; without it, none.
pub(crate) fn in_sight(workspace: &Path, private: &[PathBuf], readable: &[PathBuf]) -> Vec<PathBuf> {
    let within = |path: &Path, all: &[PathBuf]| all.iter().any(|one| path.starts_with(one));
    let list = fs::read("/proc/net/unix").unwrap_or_default();
    let mut found: Vec<PathBuf> = paths(&String::from_utf8_lossy(&list))
        .filter(|path| !within(path, private) || within(path, readable))
        .filter_map(|path| path.canonicalize().ok())
        .filter(|path| !path.starts_with(workspace))
        .filter(|path| path.symlink_metadata().is_ok_and(|data| data.file_type().is_socket()))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Absolute paths in the list. A relative one says nothing, as nobody knows from where; nor does one without a path.
fn paths(list: &str) -> impl Iterator<Item = PathBuf> {
    const FIELDS_BEFORE: usize = 7;
    list.lines().filter_map(|line| {
        let mut rest = line;
        for _ in 0..FIELDS_BEFORE {
            rest = rest.trim_start().split_once(' ')?.1;
        }
        Some(PathBuf::from(rest.trim_start())).filter(|path| path.is_absolute())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_are_read_whatever_is_in_them() {
        let list = "Num       RefCount Protocol Flags    Type St Inode Path\n\
            ffff0: 00000002 00000000 00010000 0001 01 33021 /var/lib/a b/socket\n\
            ffff0: 00000002 00000000 00010000 0001 01    21 @abstract\n\
            ffff0: 00000002 00000000 00010000 0001 01 33021\n\
            ffff0: 00000002 00000000 00010000 0001 01 33021 relative\n";
        assert_eq!(paths(list).collect::<Vec<_>>(), [PathBuf::from("/var/lib/a b/socket")]);
    }

    #[test]
    fn only_sockets_that_would_be_seen_count() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let make = |path: &str| {
            fs::create_dir_all(root.join(path)).unwrap();
            std::os::unix::net::UnixListener::bind(root.join(path).join("socket")).unwrap()
        };
        let _bound = ["open", "private", "private/readable", "work"].map(make);
        let found = in_sight(&root.join("work"), &[root.join("private")], &[root.join("private/readable")]);
        let own: Vec<_> = found.iter().filter_map(|path| path.strip_prefix(&root).ok()).collect();
        assert_eq!(own, ["open/socket", "private/readable/socket"].map(Path::new));
    }
}
