//! What a command closed to its own user, opened for the time of a look and closed again.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io,
    os::fd::{BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
};

use rustix::fs::{FileType, Mode, OFlags, RawMode};

use super::{
    beneath::{in_proc, open, place},
    tree::Tree,
    walk::Stamp,
};

/// The times of status change that a look itself has caused, by inode.
pub(super) type Touched = BTreeMap<u64, i128>;

/// A tree that is ours, with what of it had to be opened. [`lock`](Self::lock) must follow.
pub(super) struct Unlocked<'r> {
    root: BorrowedFd<'r>,
    /// In the order in which it was done: what is above comes first.
    opened: RefCell<Vec<(PathBuf, RawMode)>>,
}

impl<'r> Unlocked<'r> {
    pub(super) fn new(root: BorrowedFd<'r>) -> Self {
        Self { root, opened: RefCell::new(Vec::new()) }
    }

    /// Opens a file or directory to be read, even if its mode says no. All above must be open.
    pub(super) fn open(&self, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        match open(self.root, path, flags) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                if self.unlock(path)? {
                    open(self.root, path, flags)
                } else {
                    Err(error)
                }
            }
            opened => opened,
        }
    }

    /// Opens the directories above a path; `tree` knows their modes.
    pub(super) fn unlock_way(&self, path: &Path, tree: &Tree) -> io::Result<()> {
        let mut above: Vec<&Path> = path.ancestors().skip(1).collect();
        above.retain(|path| tree.get(path).is_none_or(|stamp| stamp.mode & 0o700 != 0o700));
        // Those that are not in the tree are the root, and directories that never were ours to close.
        for path in above.into_iter().rev().filter(|path| path.as_os_str().is_empty() || tree.contains(path))
        {
            self.unlock(path)?;
        }
        Ok(())
    }

    /// Whether there was anything to open.
    fn unlock(&self, path: &Path) -> io::Result<bool> {
        let place = place(self.root, path)?;
        let data = rustix::fs::fstat(&place)?;
        let needed = match FileType::from_raw_mode(data.st_mode) {
            FileType::Directory => 0o700,
            FileType::RegularFile => 0o400,
            _ => return Ok(false),
        };
        let mode = data.st_mode & 0o7777;
        if mode & needed == needed || data.st_uid != rustix::process::geteuid().as_raw() {
            return Ok(false);
        }
        self.opened.borrow_mut().push((path.to_owned(), mode));
        rustix::fs::chmod(in_proc(&place), Mode::from_raw_mode(mode | needed))?;
        Ok(true)
    }

    /// Closes again what was opened, from the bottom up, all of it even if some cannot be.
    pub(super) fn lock(self) -> (Touched, io::Result<()>) {
        let mut touched = Touched::new();
        let mut result = Ok(());
        for (path, mode) in self.opened.into_inner().into_iter().rev() {
            let locked = place(self.root, &path).and_then(|place| {
                rustix::fs::chmod(in_proc(&place), Mode::from_raw_mode(mode))?;
                Ok(Stamp::of(&rustix::fs::fstat(&place)?))
            });
            match locked {
                Ok(stamp) => _ = touched.insert(stamp.inode, stamp.status_changed),
                Err(error) => result = Err(super::beneath::named(&path, &error)),
            }
        }
        (touched, result)
    }
}

/// The look itself must not be seen as a change at the next one, by none of a file's names.
pub(super) fn adopt(tree: &mut Tree, touched: &Touched) {
    if touched.is_empty() {
        return;
    }
    for stamp in tree.stamps_mut() {
        if let Some(time) = touched.get(&stamp.inode) {
            stamp.status_changed = *time;
        }
    }
}
