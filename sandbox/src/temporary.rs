//! The private temporary directory: a root for the sandbox, in it a fresh directory for each command.

use std::{
    ffi::OsStr,
    fs,
    io::{self, ErrorKind},
    os::{
        fd::OwnedFd,
        unix::{ffi::OsStrExt as _, fs::DirBuilderExt as _},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Dir, FileType, Mode, OFlags},
    io::Errno,
};

/// The root belongs to the sandbox and is open to its commands as a whole, so that one rule holds for all of
/// them; it is emptied after each.
pub(crate) struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// Makes the root, mode 0700, in `parent`.
    pub(crate) fn create(parent: &Path) -> io::Result<Self> {
        for attempt in 0..10_000 {
            let path = parent.join(format!("sandbox-{}-{attempt}", std::process::id()));
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the directory for the command with this number.
    pub(crate) fn fresh(&self, number: u64) -> io::Result<PathBuf> {
        let path = self.path.join(number.to_string());
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(path)
    }

    pub(crate) fn empty(&self) -> io::Result<()> {
        empty(&self.path, &[])
    }

    pub(crate) fn remove(&self) -> io::Result<()> {
        remove(&self.path)
    }
}

/// Removes a temporary root with all in it; one that is gone is no error.
pub(crate) fn remove(root: &Path) -> io::Result<()> {
    match empty(root, &[]).and_then(|()| fs::remove_dir(root)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes all in `root` but the entries with the names `kept`, whatever modes the directories have and however deep they nest: a directory that is
/// not empty moves up into the root first, so that neither the stack nor the descriptors grow with the depth.
/// No process may be at work in it any more.
pub(crate) fn empty(root: &Path, kept: &[&OsStr]) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let open = |at: &OwnedFd, name: &std::ffi::CStr| rustix::fs::openat(at, name, flags, Mode::empty());
    rustix::fs::chmod(root, Mode::RWXU)?;
    let root = rustix::fs::open(root, flags, Mode::empty())?;
    let mut moved = 0_u64;
    loop {
        let mut done = true;
        for entry in Dir::read_from(&root)? {
            let entry = entry?;
            let name = entry.file_name();
            if is_dot(name) || kept.contains(&OsStr::from_bytes(name.to_bytes())) {
                continue;
            }
            done = false;
            if !is_directory(&root, &entry)? {
                rustix::fs::unlinkat(&root, name, AtFlags::empty())?;
                continue;
            }
            rustix::fs::chmodat(&root, name, Mode::RWXU, AtFlags::empty())?;
            let directory = open(&root, name)?;
            for inner in Dir::read_from(&directory)? {
                let inner = inner?;
                let inner_name = inner.file_name();
                if is_dot(inner_name) {
                    continue;
                }
                if !is_directory(&directory, &inner)? {
                    rustix::fs::unlinkat(&directory, inner_name, AtFlags::empty())?;
                } else if rustix::fs::unlinkat(&directory, inner_name, AtFlags::REMOVEDIR).is_err() {
                    rustix::fs::chmodat(&directory, inner_name, Mode::RWXU, AtFlags::empty())?;
                    move_up(&directory, inner_name, &root, &mut moved)?;
                }
            }
            rustix::fs::unlinkat(&root, name, AtFlags::REMOVEDIR)?;
        }
        if done {
            return Ok(());
        }
    }
}

fn is_dot(name: &std::ffi::CStr) -> bool {
    matches!(name.to_bytes(), b"." | b"..")
}

fn is_directory(at: &OwnedFd, entry: &rustix::fs::DirEntry) -> io::Result<bool> {
    Ok(match entry.file_type() {
        FileType::Unknown => {
            let stat = rustix::fs::statat(at, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)?;
            FileType::from_raw_mode(stat.st_mode) == FileType::Directory
        }
        kind => kind == FileType::Directory,
    })
}

fn move_up(from: &OwnedFd, name: &std::ffi::CStr, root: &OwnedFd, moved: &mut u64) -> io::Result<()> {
    loop {
        *moved += 1;
        match rustix::fs::renameat(from, name, root, format!("moved-{moved}")) {
            Ok(()) => return Ok(()),
            Err(Errno::EXIST | Errno::NOTEMPTY | Errno::NOTDIR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_hostile_tree_is_removed_whole() {
        let outer = tempfile::tempdir().unwrap();
        let kept = outer.path().join("kept");
        fs::write(&kept, "x").unwrap();
        let temporary = Temporary::create(outer.path()).unwrap();
        let fresh = temporary.fresh(1).unwrap();
        assert_eq!(fs::metadata(&fresh).unwrap().permissions().mode() & 0o777, 0o700);
        std::os::unix::fs::symlink(&kept, fresh.join("link")).unwrap();
        std::os::unix::fs::symlink(outer.path(), fresh.join("directory")).unwrap();
        fs::create_dir_all(fresh.join("a/b/c")).unwrap();
        fs::write(fresh.join("a/b/c/file"), "x").unwrap();
        fs::create_dir(fresh.join("moved-1")).unwrap();
        fs::set_permissions(fresh.join("a/b"), fs::Permissions::from_mode(0o000)).unwrap();
        let mut at = rustix::fs::open(&fresh, OFlags::PATH, Mode::empty()).unwrap();
        for _ in 0..1200 {
            rustix::fs::mkdirat(&at, "deeper", Mode::RWXU).unwrap();
            at = rustix::fs::openat(&at, "deeper", OFlags::PATH, Mode::empty()).unwrap();
        }
        drop(at);
        temporary.empty().unwrap();
        assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
        temporary.remove().unwrap();
        temporary.remove().unwrap();
        assert!(kept.exists() && !temporary.path().exists());
    }
}
