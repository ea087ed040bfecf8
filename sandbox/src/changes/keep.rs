//! From the view back to the real workspace: chosen paths, one by one, each whole or not at all.

use std::{
    fmt,
    fs::File,
    io,
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    path::{Component, Path, PathBuf},
    sync::{
        PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use rustix::{
    fs::{AtFlags, FileType, Gid, Mode, OFlags, Uid},
    io::Errno,
};

use super::{
    View,
    beneath::{absent, in_proc, look, named, open, parent},
    unlock::Unlocked,
    walk::Stamp,
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
    /// the way is followed. Set-id bits are not kept; neither are pipes, sockets and devices, nor what somebody
    /// changed in the real workspace since.
    pub(crate) fn keep(&self, real: BorrowedFd<'_>, paths: &[PathBuf]) -> Vec<(PathBuf, io::Result<Kept>)> {
        let unlocked = Unlocked::new(self.upper.as_fd());
        let mut keeping = Keeping { view: self, unlocked: &unlocked, real, modes: Vec::new() };
        let (mut removed, mut written): (Vec<&PathBuf>, Vec<_>) =
            paths.iter().partition(|path| self.is_gone(path));
        // What is in a directory goes before it, and comes after it.
        removed.sort_by(|one, other| other.cmp(one));
        written.sort();
        let mut done: Vec<(PathBuf, io::Result<Kept>)> = Vec::new();
        for path in removed.into_iter().chain(written) {
            done.push((path.clone(), keeping.keep(path)));
        }
        done.sort_by(|(one, _), (other, _)| one.cmp(other));
        // Only now, since a directory may be closed to what comes into it.
        for (path, mode) in std::mem::take(&mut keeping.modes).into_iter().rev() {
            let result = set_mode(real, &path, mode);
            if let (Err(error), Ok(at)) = (result, done.binary_search_by(|(other, _)| other.cmp(&path))) {
                done[at].1 = Err(error);
            }
        }
        // What could not be closed again is a file of the view, which nobody needs any more.
        let (touched, _) = unlocked.lock();
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).touched.extend(touched);
        done
    }

    fn is_gone(&self, path: &Path) -> bool {
        let covers = |above: &Path| self.before.get(above).is_some_and(|stamp| stamp.hides);
        match self.before.get(path) {
            Some(stamp) => stamp.whiteout,
            None => path.ancestors().skip(1).any(covers),
        }
    }
}

struct Keeping<'k> {
    view: &'k View,
    unlocked: &'k Unlocked<'k>,
    real: BorrowedFd<'k>,
    /// Of directories, still to be set.
    modes: Vec<(PathBuf, u32)>,
}

impl Keeping<'_> {
    fn keep(&mut self, path: &Path) -> io::Result<Kept> {
        let is_plain = |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_)));
        if path.as_os_str().is_empty() || !is_plain(path) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "only what is in the workspace is kept"));
        }
        let stamp = self.view.before.get(path);
        let is_gone = self.view.is_gone(path);
        if stamp.is_none() && !is_gone {
            return Ok(Kept::Unchanged);
        }
        let there = look(self.real, path)?;
        self.refuse_if_changed(path, there.as_ref())?;
        let kept = match stamp.filter(|_| !is_gone) {
            None => remove(self.real, path, there.as_ref()),
            Some(stamp) => self.put(path, stamp, there.as_ref()),
        }?;
        // From now on this is what the real workspace is known to have.
        let now = look(self.real, path)?;
        let mut memory = self.view.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.real.insert(path.to_owned(), now);
        Ok(kept)
    }

    /// Time of status change aside: it moves if another name of the same file is removed.
    fn refuse_if_changed(&self, path: &Path, there: Option<&Stamp>) -> io::Result<()> {
        let memory = self.view.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let known = memory.real.get(path).and_then(Option::as_ref);
        let same = match (known, there) {
            (None, None) => true,
            (Some(one), Some(other)) if one.is_directory() && other.is_directory() => true,
            (Some(one), Some(other)) => {
                let all = |stamp: &Stamp| {
                    (stamp.kind, stamp.inode, stamp.size, stamp.modified, stamp.mode, stamp.owner)
                };
                all(one) == all(other)
            }
            // Removed by somebody, as the view has it or not.
            (Some(_), None) => self.view.is_gone(path),
            (None, Some(_)) => false,
        };
        let reason = "somebody changed it in the real workspace meanwhile";
        if same { Ok(()) } else { Err(io::Error::other(reason)) }
    }

    fn put(&mut self, path: &Path, stamp: &Stamp, there: Option<&Stamp>) -> io::Result<Kept> {
        if !matches!(stamp.kind, FileType::RegularFile | FileType::Directory | FileType::Symlink) {
            let reason = "only files, directories and links are kept";
            return Err(io::Error::new(io::ErrorKind::Unsupported, reason));
        }
        let directory = self.way(path)?;
        let name = path.file_name().ok_or(Errno::INVAL)?;
        if stamp.is_directory() {
            // The set-group-id bit that it has already says whose its files are, and stays.
            let sticking = there.map_or(0, |there| there.mode & stamp.mode & 0o6000);
            self.modes.push((path.to_owned(), stamp.mode & 0o1777 | sticking));
            if there.is_some_and(Stamp::is_directory) {
                return Ok(Kept::Made);
            }
        }
        let temporary = self.make(path, stamp, &directory)?;
        let renamed = match there {
            Some(there) if there.is_directory() => rustix::fs::unlinkat(&directory, name, AtFlags::REMOVEDIR),
            Some(_) if stamp.is_directory() => rustix::fs::unlinkat(&directory, name, AtFlags::empty()),
            _ => Ok(()),
        }
        .and_then(|()| rustix::fs::renameat(&directory, &temporary, &directory, name));
        if let Err(error) = renamed {
            let flags = if stamp.is_directory() { AtFlags::REMOVEDIR } else { AtFlags::empty() };
            let _ = rustix::fs::unlinkat(&directory, &temporary, flags);
            return Err(error.into());
        }
        Ok(match stamp.kind {
            FileType::Directory => Kept::Made,
            FileType::Symlink => Kept::Linked,
            _ => Kept::Written,
        })
    }

    /// Makes what the view has at a path, under a name of its own, in the directory where it will be.
    fn make(&self, path: &Path, stamp: &Stamp, directory: &OwnedFd) -> io::Result<String> {
        let target = match stamp.kind {
            FileType::Symlink => {
                self.unlocked.unlock_way(path, &self.view.before)?;
                let (from, name) = parent(self.view.upper.as_fd(), path)?;
                Some(rustix::fs::readlinkat(from, name, Vec::new())?)
            }
            _ => None,
        };
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let temporary = format!(".sandbox-{}-{number}", std::process::id());
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let made = match (&target, stamp.kind) {
                (Some(target), _) => rustix::fs::symlinkat(target, directory, &temporary).map(|()| None),
                (None, FileType::Directory) => {
                    rustix::fs::mkdirat(directory, &temporary, Mode::RWXU).map(|()| None)
                }
                (None, _) => {
                    rustix::fs::openat(directory, &temporary, flags, Mode::RUSR | Mode::WUSR).map(Some)
                }
            };
            let filled = match made {
                Err(Errno::EXIST) => continue,
                Err(error) => return Err(error.into()),
                Ok(None) => own(directory, &temporary, stamp),
                Ok(Some(file)) => {
                    own(directory, &temporary, stamp).and_then(|()| self.fill(path, stamp, file))
                }
            };
            return match filled {
                Ok(()) => Ok(temporary),
                Err(error) => {
                    let flags = if stamp.is_directory() { AtFlags::REMOVEDIR } else { AtFlags::empty() };
                    let _ = rustix::fs::unlinkat(directory, &temporary, flags);
                    Err(error)
                }
            };
        }
    }

    fn fill(&self, path: &Path, stamp: &Stamp, file: OwnedFd) -> io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        self.unlocked.unlock_way(path, &self.view.before)?;
        let from = self.unlocked.open(path, flags).map_err(|error| named(path, &error))?;
        let (mut from, mut file) = (File::from(from), File::from(file));
        io::copy(&mut from, &mut file)?;
        rustix::fs::fchmod(&file, Mode::from_raw_mode(stamp.mode & 0o777))?;
        file.sync_all()
    }

    /// The real directory that a path is in, made where it is missing.
    fn way(&self, path: &Path) -> io::Result<OwnedFd> {
        let above = path.parent().unwrap_or(Path::new(""));
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        match open(self.real, above, flags) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => return opened,
        }
        let mut missing: Vec<&Path> = above.ancestors().collect();
        missing.retain(|part| !part.as_os_str().is_empty());
        for part in missing.into_iter().rev() {
            let (directory, name) = parent(self.real, part)?;
            let mode = self.view.before.get(part).map_or(0o755, |stamp| stamp.mode & 0o777);
            match rustix::fs::mkdirat(directory, name, Mode::from_raw_mode(mode | 0o700)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        open(self.real, above, flags)
    }
}

fn remove(real: BorrowedFd<'_>, path: &Path, there: Option<&Stamp>) -> io::Result<Kept> {
    let Some(there) = there else { return Ok(Kept::Unchanged) };
    let (directory, name) = parent(real, path)?;
    let flags = if there.is_directory() { AtFlags::REMOVEDIR } else { AtFlags::empty() };
    rustix::fs::unlinkat(directory, name, flags)?;
    Ok(Kept::Removed)
}

/// Gives what was just made the owner that it has in the view: a superuser's copy of a user's file stays the user's.
fn own(directory: &OwnedFd, name: &str, stamp: &Stamp) -> io::Result<()> {
    let made = Stamp::of(&rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?);
    if made.owner == stamp.owner {
        return Ok(());
    }
    let (user, group) = (Uid::from_raw(stamp.owner.0), Gid::from_raw(stamp.owner.1));
    Ok(rustix::fs::chownat(directory, name, Some(user), Some(group), AtFlags::SYMLINK_NOFOLLOW)?)
}

fn set_mode(real: BorrowedFd<'_>, path: &Path, mode: u32) -> io::Result<()> {
    let Some(place) = absent(open(real, path, OFlags::PATH | OFlags::DIRECTORY))? else { return Ok(()) };
    Ok(rustix::fs::chmod(in_proc(&place), Mode::from_raw_mode(mode))?)
}
