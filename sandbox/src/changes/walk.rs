//! A tree that a command may have made: every entry with its stamp, whatever it is named and however deep it lies.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    io,
    os::{
        fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt as _,
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags, Stat},
    io::Errno,
};

/// What tells whether an entry is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) kind: FileType,
    /// Permission bits.
    pub(super) mode: u32,
    pub(super) owner: (u32, u32),
    pub(super) size: i64,
    pub(super) device: u64,
    pub(super) inode: u64,
    /// Nanoseconds, as all of them are.
    pub(super) modified: i128,
    pub(super) status_changed: i128,
    /// Hides what lies under it in an overlay: by not being a directory, or by being opaque.
    pub(super) hides: bool,
    /// Stands for nothing at all.
    pub(super) whiteout: bool,
}

impl Stamp {
    pub(super) fn of(data: &Stat) -> Self {
        let kind = FileType::from_raw_mode(data.st_mode);
        let time =
            |seconds: i64, nanoseconds: u64| i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
        Self {
            kind,
            mode: data.st_mode & 0o7777,
            owner: (data.st_uid, data.st_gid),
            size: data.st_size,
            device: data.st_dev,
            inode: data.st_ino,
            modified: time(data.st_mtime, data.st_mtime_nsec),
            status_changed: time(data.st_ctime, data.st_ctime_nsec),
            hides: kind != FileType::Directory,
            whiteout: kind == FileType::CharacterDevice && data.st_rdev == 0,
        }
    }

    pub(super) fn is_directory(&self) -> bool {
        self.kind == FileType::Directory
    }
}

pub(super) type Tree = BTreeMap<PathBuf, Stamp>;

/// Whose tree is walked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The upper of a view, which is ours: closed directories are opened for the look, and closed again.
    Upper,
    /// The user's own, in which nothing may be touched.
    Real,
}

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
        at =
            Some(rustix::fs::openat2(from, OsStr::from_bytes(&rest[..cut]), middle, Mode::empty(), resolve)?);
        rest = &rest[cut + 1..];
    }
    let last = if rest.is_empty() { OsStr::new(".") } else { OsStr::from_bytes(rest) };
    let from = at.as_ref().map_or(root, AsFd::as_fd);
    Ok(rustix::fs::openat2(from, last, flags, Mode::empty(), resolve)?)
}

/// The directory that a path is in, and its name.
pub(super) fn parent<'p>(root: BorrowedFd<'_>, path: &'p Path) -> io::Result<(OwnedFd, &'p OsStr)> {
    let name = path.file_name().ok_or(Errno::INVAL)?;
    let above = path.parent().unwrap_or(Path::new(""));
    Ok((open(root, above, OFlags::PATH | OFlags::DIRECTORY)?, name))
}

/// The stamp of one path; `None` if there is nothing, or only by way of a link.
pub(super) fn look(root: BorrowedFd<'_>, path: &Path) -> io::Result<Option<Stamp>> {
    let found = parent(root, path)
        .and_then(|(directory, name)| Ok(rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?));
    match found {
        Ok(data) => Ok(Some(Stamp::of(&data))),
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR | libc::ELOOP)) => {
            Ok(None)
        }
        Err(error) => Err(named(path, &error)),
    }
}

/// All below `start`, a directory beneath `root`; paths relative to `root`.
pub(super) fn walk(root: BorrowedFd<'_>, start: &Path, whose: Whose, found: &mut Tree) -> io::Result<()> {
    let device = rustix::fs::fstat(open(root, start, OFlags::PATH)?)?.st_dev;
    let mut directories = vec![start.to_owned()];
    while let Some(path) = directories.pop() {
        let opened = open_to_read(root, &path, whose).map_err(|error| named(&path, &error))?;
        let Some((directory, closed)) = opened else { continue };
        let result = read(&directory, &path, device, &mut directories, whose, found);
        if let Some(mode) = closed {
            rustix::fs::fchmod(&directory, mode)?;
            // The look itself must not be seen as a change at the next one.
            if let Some(stamp) = found.get_mut(&path) {
                stamp.status_changed = Stamp::of(&rustix::fs::fstat(&directory)?).status_changed;
            }
        }
        result.map_err(|error| named(&path, &error))?;
    }
    Ok(())
}

fn read(
    directory: &OwnedFd,
    path: &Path,
    device: u64,
    directories: &mut Vec<PathBuf>,
    whose: Whose,
    found: &mut Tree,
) -> io::Result<()> {
    let marked = if whose == Whose::Upper { attribute(directory, c"user.overlay.opaque") } else { None };
    if marked == Some(b'y')
        && let Some(stamp) = found.get_mut(path)
    {
        stamp.hides = true;
    }
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let mut stamp = Stamp::of(&rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?);
        let path = path.join(OsStr::from_bytes(name.to_bytes()));
        if marked == Some(b'x') && stamp.size == 0 && stamp.kind == FileType::RegularFile {
            let file = rustix::fs::openat(
                directory,
                name,
                OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC,
                Mode::empty(),
            )?;
            let place = format!("/proc/self/fd/{}", file.as_raw_fd());
            stamp.whiteout = rustix::fs::getxattr(place, c"user.overlay.whiteout", &mut [0_u8; 1]).is_ok();
        }
        // Another file system is not the workspace.
        if stamp.is_directory() && stamp.device == device {
            directories.push(path.clone());
        }
        found.insert(path, stamp);
    }
    Ok(())
}

fn attribute(directory: &OwnedFd, name: &std::ffi::CStr) -> Option<u8> {
    let mut value = [0_u8; 1];
    (rustix::fs::fgetxattr(directory, name, &mut value) == Ok(1)).then_some(value[0])
}

/// A directory, and the mode to give back to it; `None` if it is another's, which no command could read either.
fn open_to_read(
    root: BorrowedFd<'_>,
    path: &Path,
    whose: Whose,
) -> io::Result<Option<(OwnedFd, Option<Mode>)>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let refused = match open(root, path, flags) {
        Ok(directory) => return Ok(Some((directory, None))),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => error,
        Err(error) => return Err(error),
    };
    let place = open(root, path, OFlags::PATH | OFlags::DIRECTORY)?;
    let data = rustix::fs::fstat(&place)?;
    if data.st_uid != rustix::process::geteuid().as_raw() {
        return Ok(None);
    }
    if whose == Whose::Real {
        return Err(refused);
    }
    let proc = format!("/proc/self/fd/{}", place.as_raw_fd());
    rustix::fs::chmod(&proc, Mode::RWXU)?;
    Ok(Some((open(root, path, flags)?, Some(Mode::from_raw_mode(data.st_mode & 0o7777)))))
}

/// The error with the path that it is about.
pub(super) fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {error}", path.display()))
}
