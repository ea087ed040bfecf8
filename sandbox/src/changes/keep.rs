//! From the view back to the real workspace: chosen paths, one by one, each whole or not at all.

use std::{
    fmt,
    fs::File,
    io,
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags},
    io::Errno,
};

use super::{
    View,
    walk::{Stamp, look, named, open, parent},
};

/// What became of a path that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A file was written, its content, its mode, and its place at once.
    Written,
    /// A directory was made, or given its mode.
    Made,
    /// A symbolic link was made.
    Linked,
    /// It was removed.
    Removed,
    /// It is the same already.
    Unchanged,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Written => "written",
            Self::Made => "made",
            Self::Linked => "linked",
            Self::Removed => "removed",
            Self::Unchanged => "unchanged",
        })
    }
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

impl View {
    /// Makes these paths of the workspace at `real` what they are in the view, as it was at the last look. No link on
    /// the way is followed. Set-id bits are not kept; neither are pipes, sockets and devices.
    pub(crate) fn keep(&self, real: BorrowedFd<'_>, paths: &[PathBuf]) -> Vec<(PathBuf, io::Result<Kept>)> {
        let covered = |path: &Path| {
            path.ancestors().skip(1).any(|above| self.before.get(above).is_some_and(|stamp| stamp.hides))
        };
        let gone = |path: &&PathBuf| match self.before.get(*path) {
            Some(stamp) => stamp.whiteout,
            None => covered(path),
        };
        let (mut removed, written): (Vec<_>, Vec<_>) = paths.iter().partition(gone);
        // What is in a directory goes before it, and comes after it.
        removed.sort_by(|one, other| other.cmp(one));
        let removed = removed.into_iter().map(|path| (path.clone(), remove(real, path)));
        let mut done: Vec<_> = removed.collect();
        for path in written {
            let kept = match self.before.get(path) {
                Some(stamp) => self.put(real, path, stamp),
                None => Ok(Kept::Unchanged),
            };
            done.push((path.clone(), kept));
        }
        done.sort_by(|(one, _), (other, _)| one.cmp(other));
        done
    }

    fn put(&self, real: BorrowedFd<'_>, path: &Path, stamp: &Stamp) -> io::Result<Kept> {
        let directory = self.way(real, path)?;
        let name = path.file_name().ok_or(Errno::INVAL)?;
        let mode = Mode::from_raw_mode(stamp.mode & 0o777);
        let there = look(real, path)?;
        if let Some(there) = there.filter(|there| there.is_directory() != stamp.is_directory()) {
            let flags = if there.is_directory() { AtFlags::REMOVEDIR } else { AtFlags::empty() };
            rustix::fs::unlinkat(&directory, name, flags)?;
        }
        let temporary = format!(".sandbox-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let placed = match stamp.kind {
            FileType::Directory => {
                match rustix::fs::mkdirat(&directory, name, mode) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                }
                rustix::fs::chmodat(&directory, name, mode, AtFlags::empty())?;
                return Ok(Kept::Made);
            }
            FileType::RegularFile => self.copy(path, &directory, &temporary, mode).map(|()| Kept::Written),
            FileType::Symlink => {
                let (from, name) = parent(self.upper.as_fd(), path)?;
                let target = rustix::fs::readlinkat(from, name, Vec::new())?;
                Ok(rustix::fs::symlinkat(target, &directory, &temporary).map(|()| Kept::Linked)?)
            }
            _ => {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "only files, directories and links are kept",
                ));
            }
        };
        let renamed = placed.and_then(|kept| {
            rustix::fs::renameat(&directory, &temporary, &directory, name)?;
            Ok(kept)
        });
        renamed.inspect_err(|_| _ = rustix::fs::unlinkat(&directory, &temporary, AtFlags::empty()))
    }

    fn copy(&self, path: &Path, to: &OwnedFd, name: &str, mode: Mode) -> io::Result<()> {
        let from = open(self.upper.as_fd(), path, OFlags::RDONLY | OFlags::NONBLOCK)
            .map_err(|error| named(path, &error))?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::openat(to, name, flags, Mode::RUSR | Mode::WUSR)?);
        io::copy(&mut File::from(from), &mut file)?;
        rustix::fs::fchmod(&file, mode)?;
        file.sync_all()
    }

    /// The real directory that a path is in, made where it is missing.
    fn way(&self, real: BorrowedFd<'_>, path: &Path) -> io::Result<OwnedFd> {
        let above = path.parent().unwrap_or(Path::new(""));
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        match open(real, above, flags) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => return opened,
        }
        let mut missing: Vec<&Path> = above.ancestors().collect();
        missing.retain(|part| !part.as_os_str().is_empty());
        for part in missing.into_iter().rev() {
            let (directory, name) = parent(real, part)?;
            let mode = self.before.get(part).map_or(0o755, |stamp| stamp.mode & 0o777);
            match rustix::fs::mkdirat(directory, name, Mode::from_raw_mode(mode)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        open(real, above, flags)
    }
}

fn remove(real: BorrowedFd<'_>, path: &Path) -> io::Result<Kept> {
    let Some(there) = look(real, path)? else { return Ok(Kept::Unchanged) };
    let (directory, name) = parent(real, path)?;
    let flags = if there.is_directory() { AtFlags::REMOVEDIR } else { AtFlags::empty() };
    rustix::fs::unlinkat(directory, name, flags)?;
    Ok(Kept::Removed)
}
