//! The workspace as a copy-on-write view: what its upper directory says against the real one beneath.
//!
//! Format: <https://docs.kernel.org/filesystems/overlayfs.html>, sections "whiteouts and opaque directories".

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read as _},
    os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
};

use rustix::fs::{FileType, OFlags};

use super::{
    Change, ChangeKind,
    scan::difference,
    walk::{Stamp, Tree, Whose, look, open, parent, walk},
};

pub(crate) struct View {
    pub(super) upper: OwnedFd,
    pub(super) lower: OwnedFd,
    /// The upper directory after the last command.
    pub(super) before: Tree,
    /// The mode of the workspace itself.
    mode: u32,
}

/// What a path is in the view.
enum State<'t> {
    Absent,
    /// As the upper directory has it.
    Upper(&'t Stamp),
    /// As in the real workspace.
    Lower(Stamp),
}

impl View {
    pub(crate) fn new(upper: OwnedFd, lower: OwnedFd) -> io::Result<Self> {
        let mode = Stamp::of(&rustix::fs::fstat(&upper)?).mode;
        Ok(Self { upper, lower, before: Tree::new(), mode })
    }

    /// What has changed since the last look, in path order.
    pub(crate) fn changes(&mut self) -> io::Result<Vec<Change>> {
        let mut after = Tree::new();
        walk(self.upper.as_fd(), Path::new(""), Whose::Upper, &mut after)?;
        let mut changes = Vec::new();
        let mode = Stamp::of(&rustix::fs::fstat(&self.upper)?).mode;
        if std::mem::replace(&mut self.mode, mode) != mode {
            changes.push(Change { path: ".".into(), kind: ChangeKind::Remoded });
        }
        if after.is_empty() && self.before.is_empty() {
            return Ok(changes);
        }
        let mut candidates: BTreeSet<&Path> =
            self.before.keys().chain(after.keys()).map(PathBuf::as_path).collect();
        let covered = self.newly_covered(&after)?;
        candidates.extend(covered.keys().map(PathBuf::as_path));
        for path in candidates {
            if let Some(kind) = self.compare(path, &after)? {
                changes.push(Change { path: path.to_owned(), kind });
            }
        }
        self.before = after;
        Ok(changes)
    }

    /// What of the real workspace can no longer be seen, since something in the view covers a directory above it.
    fn newly_covered(&self, after: &Tree) -> io::Result<Tree> {
        let mut covered = Tree::new();
        for (path, _) in after.iter().filter(|(_, stamp)| stamp.hides) {
            let was =
                self.before.get(path).is_some_and(|stamp| stamp.hides) || is_covered(path, &self.before);
            if was || is_covered(path, after) || covered.contains_key(path) {
                continue;
            }
            if look(self.lower.as_fd(), path)?.is_some_and(|stamp| stamp.is_directory()) {
                walk(self.lower.as_fd(), path, Whose::Real, &mut covered)?;
            }
        }
        Ok(covered)
    }

    fn state<'t>(&self, path: &Path, tree: &'t Tree) -> io::Result<State<'t>> {
        Ok(match tree.get(path) {
            Some(stamp) if stamp.whiteout => State::Absent,
            Some(stamp) => State::Upper(stamp),
            None if is_covered(path, tree) => State::Absent,
            None => look(self.lower.as_fd(), path)?.map_or(State::Absent, State::Lower),
        })
    }

    fn compare(&self, path: &Path, after: &Tree) -> io::Result<Option<ChangeKind>> {
        Ok(match (self.state(path, &self.before)?, self.state(path, after)?) {
            (State::Absent, State::Absent) | (State::Lower(_), State::Lower(_)) => None,
            (State::Absent, _) => Some(ChangeKind::Created),
            (_, State::Absent) => Some(ChangeKind::Deleted),
            (State::Upper(before), State::Upper(after)) => difference(before, after),
            (State::Lower(before), State::Upper(after)) => self.copied(path, &before, after)?,
            // Not by any command: the storage of the view was touched.
            (State::Upper(_), State::Lower(_)) => Some(ChangeKind::Changed),
        })
    }

    /// How an entry of the upper directory differs from the real one that it was copied from.
    fn copied(&self, path: &Path, real: &Stamp, copy: &Stamp) -> io::Result<Option<ChangeKind>> {
        if real.kind != copy.kind {
            return Ok(Some(ChangeKind::Changed));
        }
        let content = match copy.kind {
            FileType::RegularFile => real.size == copy.size && self.same_content(path)?,
            FileType::Symlink => {
                self.target(self.upper.as_fd(), path)? == self.target(self.lower.as_fd(), path)?
            }
            _ => true,
        };
        if !content {
            return Ok(Some(ChangeKind::Changed));
        }
        let rights = real.mode == copy.mode && real.owner == copy.owner && self.same_attributes(path)?;
        Ok((!rights).then_some(ChangeKind::Remoded))
    }

    /// Compares byte by byte; times can be set, and prove nothing.
    fn same_content(&self, path: &Path) -> io::Result<bool> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        let files = (open(self.upper.as_fd(), path, flags), open(self.lower.as_fd(), path, flags));
        // What cannot be read cannot be called the same.
        let (Ok(one), Ok(other)) = files else { return Ok(false) };
        let (mut one, mut other) = (File::from(one), File::from(other));
        let (mut here, mut there) = (vec![0; 64 << 10], vec![0; 64 << 10]);
        loop {
            let length = one.read(&mut here)?;
            if length == 0 {
                return Ok(other.read(&mut there)? == 0);
            }
            if other.read_exact(&mut there[..length]).is_err() || here[..length] != there[..length] {
                return Ok(false);
            }
        }
    }

    fn target(&self, root: BorrowedFd<'_>, path: &Path) -> io::Result<std::ffi::CString> {
        let (directory, name) = parent(root, path)?;
        Ok(rustix::fs::readlinkat(directory, name, Vec::new())?)
    }

    /// Extended attributes, and access lists, which are such; but for the overlay's own.
    fn same_attributes(&self, path: &Path) -> io::Result<bool> {
        Ok(attributes(self.upper.as_fd(), path)? == attributes(self.lower.as_fd(), path)?)
    }
}

/// Whether something above a path hides what the real workspace has there.
fn is_covered(path: &Path, tree: &Tree) -> bool {
    path.ancestors().skip(1).any(|above| tree.get(above).is_some_and(|stamp| stamp.hides))
}

fn attributes(root: BorrowedFd<'_>, path: &Path) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>> {
    const LONGEST: usize = 64 << 10;
    let file = open(root, path, OFlags::PATH)?;
    // A link has none that a user could set, and its place in `/proc` would lead on.
    if FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode) == FileType::Symlink {
        return Ok(Vec::new());
    }
    let place = format!("/proc/self/fd/{}", file.as_raw_fd());
    let mut names = vec![0; LONGEST];
    let length = match rustix::fs::listxattr(&place, &mut names) {
        Ok(length) => length,
        // A file system without them, or a file that may not be read.
        Err(_) => return Ok(Vec::new()),
    };
    let mut all = Vec::new();
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        if name.starts_with(b"user.overlay.")
            || name.starts_with(b"trusted.")
            || name.starts_with(b"security.")
        {
            continue;
        }
        let mut value = vec![0; LONGEST];
        let length = rustix::fs::getxattr(&place, name, &mut value).unwrap_or_default();
        all.push((name.to_vec(), value[..length].to_vec()));
    }
    all.sort();
    Ok(all)
}
