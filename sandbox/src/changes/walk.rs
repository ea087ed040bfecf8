//! A tree that a command may have made: every entry with its stamp, whatever it is named and however deep it lies.

use std::{
    ffi::{CStr, OsStr},
    io,
    os::{
        fd::{BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt as _,
    },
    path::{Path, PathBuf},
};

use rustix::fs::{Access, AtFlags, Dir, FileType, Mode, OFlags, Stat};

use super::{
    beneath::{absent, in_proc, named, open, place},
    unlock::Unlocked,
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

/// Whose tree is walked.
#[derive(Clone, Copy)]
pub(super) enum Whose<'u> {
    /// The upper of a view, which is ours and still: what is closed is opened for the look.
    Upper(&'u Unlocked<'u>),
    /// The user's own, in which nothing may be touched, and others may be at work.
    Real,
}

/// All paths of a tree together may be this long, in bytes. Nested directories take the square of their depth, so that
/// few of them could use up the memory of the host.
const MOST_PATHS: usize = 256 << 20;

/// All below `start`, a directory beneath `root`, in no order; paths relative to `root`.
pub(super) fn walk(
    root: BorrowedFd<'_>,
    start: &Path,
    whose: Whose<'_>,
) -> io::Result<Vec<(PathBuf, Stamp)>> {
    walk_at_most(root, start, whose, MOST_PATHS)
}

pub(super) fn walk_at_most(
    root: BorrowedFd<'_>,
    start: &Path,
    whose: Whose<'_>,
    most_paths: usize,
) -> io::Result<Vec<(PathBuf, Stamp)>> {
    let at_start = |error: io::Error| named(start, &error);
    let device =
        place(root, start).and_then(|place| Ok(rustix::fs::fstat(place)?.st_dev)).map_err(at_start)?;
    let directories = vec![(start.to_owned(), None)];
    let mut walk = Walk { root, whose, device, left: most_paths, directories, found: Vec::new() };
    let mut last: Option<(PathBuf, OwnedFd)> = None;
    while let Some((path, index)) = walk.directories.pop() {
        let named = |error: io::Error| named(&path, &error);
        let Some(directory) = walk.open(&path, last.as_ref()).map_err(named)? else { continue };
        walk.read(&directory, &path, index).map_err(named)?;
        last = Some((path, directory));
    }
    Ok(walk.found)
}

struct Walk<'a> {
    root: BorrowedFd<'a>,
    whose: Whose<'a>,
    device: u64,
    /// How long the paths to come may be.
    left: usize,
    /// Still to be read, and where in `found` they are.
    directories: Vec<(PathBuf, Option<usize>)>,
    found: Vec<(PathBuf, Stamp)>,
}

impl Walk<'_> {
    /// A directory; `None` for one that is closed to commands as well, or has gone.
    fn open(&self, path: &Path, last: Option<&(PathBuf, OwnedFd)>) -> io::Result<Option<OwnedFd>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        // From the directory above, if that was the last one: else the way to the deepest is walked again and again.
        if let (Some((above, directory)), Some(name)) = (last, path.file_name())
            && path.parent().is_some_and(|parent| parent.as_os_str() == above.as_os_str())
        {
            let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            if let Ok(directory) = rustix::fs::openat(directory, name, flags, Mode::empty()) {
                return Ok(Some(directory));
            }
        }
        match self.whose {
            Whose::Upper(unlocked) => unlocked.open(path, flags).map(Some),
            Whose::Real => match absent(open(self.root, path, flags)) {
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    if is_closed_to_us(self.root, path)? { Ok(None) } else { Err(error) }
                }
                opened => opened,
            },
        }
    }

    fn read(&mut self, directory: &OwnedFd, path: &Path, index: Option<usize>) -> io::Result<()> {
        let is_upper = matches!(self.whose, Whose::Upper(_));
        let marked = if is_upper { opaque(directory) } else { None };
        if marked == Some(b'y')
            && let Some((_, stamp)) = index.and_then(|index| self.found.get_mut(index))
        {
            stamp.hides = true;
        }
        for entry in Dir::read_from(directory)? {
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let stat = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW);
            let data = match absent(stat.map_err(io::Error::from))? {
                Some(data) => data,
                // Somebody else removed it just now.
                None if !is_upper => continue,
                None => return Err(io::ErrorKind::NotFound.into()),
            };
            let mut stamp = Stamp::of(&data);
            if marked == Some(b'x') && stamp.size == 0 && stamp.kind == FileType::RegularFile {
                stamp.whiteout = is_marked_whiteout(directory, name)?;
            }
            let path = path.join(OsStr::from_bytes(name.to_bytes()));
            self.left = self.left.checked_sub(path.as_os_str().len()).ok_or_else(too_long)?;
            // Another file system is not the workspace.
            if stamp.is_directory() && stamp.device == self.device {
                self.directories.push((path.clone(), Some(self.found.len())));
            }
            self.found.push((path, stamp));
        }
        Ok(())
    }
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::QuotaExceeded, "too many directories, nested too deep, to list their paths")
}

fn opaque(directory: &OwnedFd) -> Option<u8> {
    let mut value = [0_u8; 1];
    (rustix::fs::fgetxattr(directory, c"user.overlay.opaque", &mut value) == Ok(1)).then_some(value[0])
}

/// The newer kind of whiteout: an attribute, whatever its value, on an empty file.
fn is_marked_whiteout(directory: &OwnedFd, name: &CStr) -> io::Result<bool> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::openat(directory, name, flags, Mode::empty())?;
    Ok(rustix::fs::getxattr_query(in_proc(&file), c"user.overlay.whiteout").is_ok())
}

/// Whether a directory that cannot be read is another's and cannot be passed through either: then no command did
/// anything in it. One's own could have been opened, used and closed.
fn is_closed_to_us(root: BorrowedFd<'_>, path: &Path) -> io::Result<bool> {
    let place = place(root, path)?;
    let is_ours = rustix::fs::fstat(&place)?.st_uid == rustix::process::geteuid().as_raw();
    Ok(!is_ours && rustix::fs::access(in_proc(&place), Access::EXEC_OK).is_err())
}
