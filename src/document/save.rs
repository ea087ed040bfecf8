//! Reading a file and replacing it whole: the old bytes or the new ones, never a mixture, and never over a change
//! that somebody else made in between.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What was on disk when a file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The file itself, symbolic links followed.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a file was not saved. The file on disk is untouched in every case.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Somebody changed the file since it was read.
    #[error("{} changed since it was read", .0.display())]
    Changed(PathBuf),
    /// The file is marked read-only.
    #[error("{} is read-only", .0.display())]
    ReadOnly(PathBuf),
    /// The system refused.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl SaveError {
    fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

/// Reads a file, following symbolic links.
///
/// # Errors
/// [`SaveError::Io`] when it cannot be found or read.
pub fn read(path: &Path) -> Result<Snapshot, SaveError> {
    let target = fs::canonicalize(path).map_err(SaveError::io("find", path))?;
    let bytes = fs::read(&target).map_err(SaveError::io("read", path))?;
    Ok(Snapshot { path: target, bytes })
}

/// Fails if [`save`] to `path` would fail for lack of permission; changes nothing that stays.
///
/// # Errors
/// [`SaveError::ReadOnly`] or [`SaveError::Io`].
pub(super) fn writable(path: &Path) -> Result<(), SaveError> {
    let metadata = fs::metadata(path).map_err(SaveError::io("find", path))?;
    if metadata.permissions().readonly() {
        return Err(SaveError::ReadOnly(path.to_owned()));
    }
    OpenOptions::new().write(true).open(path).map_err(SaveError::io("write", path))?;
    let folder = folder_of(path);
    tempfile::Builder::new()
        .prefix(".planproof-")
        .tempfile_in(folder)
        .map_err(SaveError::io("write next to", path))?;
    Ok(())
}

impl Snapshot {
    /// Whether this file could be saved, before hours of work depend on it.
    ///
    /// # Errors
    /// As [`save`], except that a change is not looked for.
    pub fn check_writable(&self) -> Result<(), SaveError> {
        writable(&self.path)
    }
}

/// Replaces the bytes of a file that was read before, keeping its mode and owner.
///
/// The new bytes go to a temporary file in the same folder, are synced, and take the name of the old file by
/// rename; then the folder is synced. Two planproofs that save the same plan wait for each other.
///
/// # Errors
/// [`SaveError::Changed`] when the file on disk no longer holds the bytes of `snapshot`: read and edit again.
/// [`SaveError::ReadOnly`] when its permissions forbid writing, [`SaveError::Io`] when the system refuses.
pub fn save(snapshot: &Snapshot, bytes: &[u8]) -> Result<(), SaveError> {
    let path = snapshot.path.as_path();
    let folder = folder_of(path);
    let mut current = locked(path)?;
    let metadata = current.metadata().map_err(SaveError::io("read", path))?;
    if metadata.permissions().readonly() {
        return Err(SaveError::ReadOnly(path.to_owned()));
    }
    let mut on_disk = Vec::with_capacity(snapshot.bytes.len());
    current.read_to_end(&mut on_disk).map_err(SaveError::io("read", path))?;
    if on_disk != snapshot.bytes {
        return Err(SaveError::Changed(path.to_owned()));
    }
    let mut temporary = tempfile::Builder::new()
        .prefix(".planproof-")
        .tempfile_in(folder)
        .map_err(SaveError::io("write next to", path))?;
    let write = SaveError::io("write next to", path);
    let written = temporary.write_all(bytes).and_then(|()| keep_mode_and_owner(&temporary, &metadata));
    written.and_then(|()| temporary.as_file().sync_all()).map_err(write)?;
    temporary.persist(path).map_err(|error| SaveError::io("replace", path)(error.error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(SaveError::io("sync the folder of", path))
}

/// Writes a file that need not exist, whole or not at all. One that exists keeps its mode and is followed if it is a
/// link.
///
/// # Errors
/// [`SaveError::Io`] when the system refuses.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    let Ok(real) = fs::canonicalize(path) else {
        if path.is_symlink() {
            // A link to nothing yet: the rename below would replace the link.
            return fs::write(path, bytes).map_err(SaveError::io("write", path));
        }
        return create_new(path, bytes).map_err(SaveError::io("write", path));
    };
    if fs::metadata(&real).is_ok_and(|metadata| !metadata.is_file()) {
        // A pipe or a device, such as `/dev/stdout`, has no old content to keep.
        return fs::write(path, bytes).map_err(SaveError::io("write", path));
    }
    let snapshot = read(&real)?;
    save(&snapshot, bytes)
}

/// A new file, with the mode that new files have here, by temporary file and rename.
fn create_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    // The system takes the umask off.
    let mode = fs::Permissions::from_mode(0o666);
    let mut temporary =
        tempfile::Builder::new().prefix(".planproof-").permissions(mode).tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    File::open(folder)?.sync_all()
}

/// Whether [`create`] would find a place to write to; changes nothing that stays.
///
/// # Errors
/// As [`create`].
pub fn check_creatable(path: &Path) -> Result<(), SaveError> {
    match fs::canonicalize(path) {
        Ok(real) if real.is_dir() => {
            Err(SaveError::io("write", path)(io::Error::from(io::ErrorKind::IsADirectory)))
        }
        Ok(real) if real.is_file() => writable(&real),
        Ok(_) => Ok(()),
        Err(_) => {
            let folder = folder_of(path);
            // Asked by itself, since the error of a temporary file names that file, which nobody knows.
            fs::metadata(folder).map_err(SaveError::io("write", path))?;
            let temporary = tempfile::Builder::new().prefix(".planproof-").tempfile_in(folder);
            temporary.map(drop).map_err(SaveError::io("write", path))
        }
    }
}

/// The folder that a path names a file in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file under an exclusive lock, and still the one that its name leads to: another planproof that held the
/// lock may have replaced it by rename.
fn locked(path: &Path) -> Result<File, SaveError> {
    loop {
        let file = File::open(path).map_err(SaveError::io("read", path))?;
        file.lock().map_err(SaveError::io("lock", path))?;
        let held = file.metadata().map_err(SaveError::io("read", path))?;
        let named = fs::metadata(path).map_err(SaveError::io("find", path))?;
        if (held.dev(), held.ino()) == (named.dev(), named.ino()) {
            return Ok(file);
        }
    }
}

fn keep_mode_and_owner(temporary: &tempfile::NamedTempFile, old: &fs::Metadata) -> io::Result<()> {
    let new = temporary.as_file().metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        std::os::unix::fs::fchown(temporary.as_file(), Some(old.uid()), Some(old.gid()))?;
    }
    // After the owner: changing the owner clears set-id bits.
    temporary.as_file().set_permissions(fs::Permissions::from_mode(old.mode() & 0o7777))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saving_keeps_mode_and_follows_a_symbolic_link() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("real.md");
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("PLANS.md");
        std::os::unix::fs::symlink(&file, &link).unwrap();

        let snapshot = read(&link).unwrap();
        save(&snapshot, b"new").unwrap();

        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file stays");
    }

    #[test]
    fn saving_refuses_when_the_file_changed_since_it_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("PLANS.md");
        fs::write(&file, "old").unwrap();
        let snapshot = read(&file).unwrap();
        fs::write(&file, "theirs").unwrap();
        assert!(matches!(save(&snapshot, b"ours"), Err(SaveError::Changed(_))));
        assert_eq!(fs::read(&file).unwrap(), b"theirs");
    }

    #[test]
    fn saving_refuses_a_read_only_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("PLANS.md");
        fs::write(&file, "old").unwrap();
        let snapshot = read(&file).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
        assert!(matches!(save(&snapshot, b"new"), Err(SaveError::ReadOnly(_))));
        assert!(matches!(snapshot.check_writable(), Err(SaveError::ReadOnly(_) | SaveError::Io { .. })));
    }
}
