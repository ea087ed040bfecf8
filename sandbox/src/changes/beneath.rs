//! Paths beneath a directory, opened and looked at without following a link, however long they are.

use std::{
    cell::RefCell,
    ffi::OsStr,
    io,
    os::{
        fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt as _,
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags, ResolveFlags},
    io::Errno,
};

use super::walk::Stamp;

/// Opens a path beneath `root`, following no link, however long it is.
pub(super) fn open(root: BorrowedFd<'_>, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    // Well below what one call takes (`PATH_MAX`, 4096 with the end).
    const MOST: usize = 3000;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut rest = path.as_os_str().as_bytes();
    let mut at: Option<OwnedFd> = None;
    while rest.len() > MOST {
        let cut = rest[..MOST].iter().rposition(|byte| *byte == b'/').ok_or(Errno::NAMETOOLONG)?;
        let from = at.as_ref().map_or(root, AsFd::as_fd);
        let middle = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let next = OsStr::from_bytes(&rest[..cut]);
        at = Some(rustix::fs::openat2(from, next, middle, Mode::empty(), resolve)?);
        rest = &rest[cut + 1..];
    }
    let last = if rest.is_empty() { OsStr::new(".") } else { OsStr::from_bytes(rest) };
    let from = at.as_ref().map_or(root, AsFd::as_fd);
    Ok(rustix::fs::openat2(from, last, flags, Mode::empty(), resolve)?)
}

/// The place of a path, whatever is there and whatever it allows.
pub(super) fn place(root: BorrowedFd<'_>, path: &Path) -> io::Result<OwnedFd> {
    if path.as_os_str().is_empty() {
        // `.` could not be opened if the root itself were closed.
        return root.try_clone_to_owned();
    }
    open(root, path, OFlags::PATH)
}

/// The directory that a path is in, and its name.
pub(super) fn parent<'p>(root: BorrowedFd<'_>, path: &'p Path) -> io::Result<(OwnedFd, &'p OsStr)> {
    let name = path.file_name().ok_or(Errno::INVAL)?;
    let above = path.parent().unwrap_or(Path::new(""));
    Ok((open(root, above, OFlags::PATH | OFlags::DIRECTORY)?, name))
}

/// A name that leads to an open file for calls that take only names.
pub(super) fn in_proc(file: &OwnedFd) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

/// Looks at many paths, most of them beside the one before.
pub(super) struct Looks<'r> {
    root: BorrowedFd<'r>,
    /// The directory of the last path; `None` if there is no such directory, or only by way of a link.
    last: RefCell<Option<(PathBuf, Option<OwnedFd>)>>,
}

impl<'r> Looks<'r> {
    pub(super) fn new(root: BorrowedFd<'r>) -> Self {
        Self { root, last: RefCell::new(None) }
    }

    /// The stamp of one path; `None` if there is nothing, or only by way of a link.
    pub(super) fn look(&self, path: &Path) -> io::Result<Option<Stamp>> {
        let name = path.file_name().ok_or(Errno::INVAL)?;
        let above = path.parent().unwrap_or(Path::new(""));
        let mut last = self.last.borrow_mut();
        let known = last.as_ref().is_some_and(|(known, directory)| {
            known.as_os_str() == above.as_os_str() || (directory.is_none() && is_beneath(above, known))
        });
        if !known {
            let opened = absent(open(self.root, above, OFlags::PATH | OFlags::DIRECTORY))?;
            *last = Some((above.to_owned(), opened));
        }
        let Some((_, Some(directory))) = last.as_ref() else { return Ok(None) };
        let found = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW);
        Ok(absent(found.map_err(io::Error::from))?.map(|data| Stamp::of(&data)))
    }
}

/// The stamp of one path, as [`Looks::look`].
pub(super) fn look(root: BorrowedFd<'_>, path: &Path) -> io::Result<Option<Stamp>> {
    Looks::new(root).look(path)
}

/// `None` for what is not there.
pub(super) fn absent<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR | libc::ELOOP)) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether a path lies somewhere beneath another, both plain.
pub(super) fn is_beneath(path: &Path, above: &Path) -> bool {
    let rest = path.as_os_str().as_bytes().strip_prefix(above.as_os_str().as_bytes());
    rest.is_some_and(|rest| rest.first() == Some(&b'/'))
}

/// The error with the path that it is about, quoted: commands choose names.
#[expect(clippy::unnecessary_debug_formatting, reason = "the quotes are what it is for")]
pub(super) fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{path:?}: {error}"))
}
