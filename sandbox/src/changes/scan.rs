//! The workspace in place: everything in it, before and after each command.

use std::{
    io,
    os::fd::{AsFd as _, OwnedFd},
    path::Path,
};

use super::{
    Change, ChangeKind,
    tree::{Tree, paths},
    walk::{Stamp, Whose, walk},
};

pub(crate) struct Scan {
    root: OwnedFd,
    before: Tree,
}

impl Scan {
    /// Looks for the first time.
    pub(crate) fn new(root: OwnedFd) -> io::Result<Self> {
        let before = Self::look(&root)?;
        Ok(Self { root, before })
    }

    fn look(root: &OwnedFd) -> io::Result<Tree> {
        walk(root.as_fd(), Path::new(""), Whose::Real).map(Tree::of)
    }

    /// What has changed since the last look, in path order, by whomever.
    pub(crate) fn changes(&mut self) -> io::Result<Vec<Change>> {
        let after = Self::look(&self.root)?;
        let mut changes = Vec::new();
        for path in paths(&[&self.before, &after]) {
            let kind = match (self.before.get(path), after.get(path)) {
                (None, None) => None,
                (None, Some(_)) => Some(ChangeKind::Created),
                (Some(_), None) => Some(ChangeKind::Deleted),
                (Some(before), Some(after)) => difference(before, after),
            };
            changes.extend(kind.map(|kind| Change { path: path.to_owned(), kind }));
        }
        self.before = after;
        Ok(changes)
    }
}

/// How an entry differs from itself before. The times of a directory say only that its entries changed, which is told
/// of them.
pub(super) fn difference(before: &Stamp, after: &Stamp) -> Option<ChangeKind> {
    let same = before.kind == after.kind && before.inode == after.inode && before.device == after.device;
    let content = before.size == after.size && before.modified == after.modified;
    let rights = before.mode == after.mode && before.owner == after.owner;
    if !same {
        // A directory that was removed and made again is the same place; what was in it is told of.
        let again = before.is_directory() && after.is_directory();
        return (!again || !rights).then_some(if again { ChangeKind::Remoded } else { ChangeKind::Changed });
    }
    if before.is_directory() {
        return (!rights).then_some(ChangeKind::Remoded);
    }
    match (content, rights) {
        (false, _) => Some(ChangeKind::Changed),
        (true, false) => Some(ChangeKind::Remoded),
        // The content may have been changed and its time set back.
        (true, true) => (before.status_changed != after.status_changed).then_some(ChangeKind::Changed),
    }
}
