//! Whether a file of the view is the same as the real one that it was copied from.

use std::{
    ffi::CString,
    fs::File,
    io::{self, Read as _},
    os::fd::{BorrowedFd, OwnedFd},
    path::Path,
};

use rustix::{
    fs::{FileType, OFlags},
    io::Errno,
};

use super::{
    ChangeKind,
    beneath::{in_proc, open, parent, place},
    unlock::Unlocked,
    walk::Stamp,
};

/// The upper directory of a view and the real workspace beneath it.
#[derive(Clone, Copy)]
pub(super) struct Sides<'s> {
    pub(super) upper: BorrowedFd<'s>,
    pub(super) unlocked: &'s Unlocked<'s>,
    pub(super) lower: BorrowedFd<'s>,
}

impl Sides<'_> {
    /// How an entry of the upper directory differs from the real one that it was copied from.
    pub(super) fn difference(
        self,
        path: &Path,
        real: &Stamp,
        copy: &Stamp,
    ) -> io::Result<Option<ChangeKind>> {
        if real.kind != copy.kind {
            return Ok(Some(ChangeKind::Changed));
        }
        let content = match copy.kind {
            FileType::RegularFile => real.size == copy.size && self.same_content(path, copy.size)?,
            FileType::Symlink => target(self.upper, path)? == target(self.lower, path)?,
            _ => true,
        };
        if !content {
            return Ok(Some(ChangeKind::Changed));
        }
        let rights = real.mode == copy.mode && real.owner == copy.owner && self.same_attributes(path);
        Ok((!rights).then_some(ChangeKind::Remoded))
    }

    /// Compares byte by byte; times can be set, and prove nothing.
    fn same_content(self, path: &Path, size: i64) -> io::Result<bool> {
        const MOST: usize = 64 << 10;
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        let mut copy = File::from(self.unlocked.open(path, flags)?);
        // What cannot be read cannot be called the same.
        let Ok(real) = open(self.lower, path, flags) else { return Ok(false) };
        let mut real = File::from(real);
        if !copy.metadata()?.is_file() || !real.metadata()?.is_file() {
            return Ok(false);
        }
        // One more than the size, so that its end is seen at once.
        let length = usize::try_from(size).unwrap_or(MOST).saturating_add(1).min(MOST);
        let (mut here, mut there) = (vec![0; length], vec![0; length]);
        loop {
            let length = copy.read(&mut here)?;
            if length == 0 {
                return Ok(real.read(&mut there)? == 0);
            }
            if real.read_exact(&mut there[..length]).is_err() || here[..length] != there[..length] {
                return Ok(false);
            }
        }
    }

    /// Extended attributes, and access lists, which are such; but for the overlay's own.
    fn same_attributes(self, path: &Path) -> bool {
        let copy = place(self.upper, path).and_then(|file| attributes(&file));
        let real = place(self.lower, path).and_then(|file| attributes(&file));
        // What cannot be read cannot be called the same.
        matches!((copy, real), (Ok(copy), Ok(real)) if copy == real)
    }
}

fn target(root: BorrowedFd<'_>, path: &Path) -> io::Result<CString> {
    let (directory, name) = parent(root, path)?;
    Ok(rustix::fs::readlinkat(directory, name, Vec::new())?)
}

/// Those that a user can set.
fn attributes(file: &OwnedFd) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>> {
    // A link has none, and its place in `/proc` would lead on.
    if FileType::from_raw_mode(rustix::fs::fstat(file)?.st_mode) == FileType::Symlink {
        return Ok(Vec::new());
    }
    let place = in_proc(file);
    let mut names = match rustix::fs::listxattr_query(&place) {
        Ok(length) => vec![0; length],
        // A file system without them.
        Err(Errno::NOTSUP) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    if !names.is_empty() {
        let length = rustix::fs::listxattr(&place, &mut names)?;
        names.truncate(length);
    }
    let others: [&[u8]; 3] = [b"user.overlay.", b"trusted.", b"security."];
    let mut all = Vec::new();
    for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        if others.iter().any(|other| name.starts_with(other)) {
            continue;
        }
        let mut value = vec![0; rustix::fs::getxattr_query(&place, name)?];
        if !value.is_empty() {
            let length = rustix::fs::getxattr(&place, name, &mut value)?;
            value.truncate(length);
        }
        all.push((name.to_vec(), value));
    }
    all.sort();
    Ok(all)
}
