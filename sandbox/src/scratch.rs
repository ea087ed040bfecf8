//! The private directories at `full`: fresh for each command.

use std::{
    collections::BTreeSet,
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use crate::temporary;

pub(crate) struct Scratch {
    /// With the modes that they start with.
    directories: Vec<(PathBuf, u32)>,
    /// What was made in them for other mounts.
    kept: BTreeSet<PathBuf>,
    /// Files in use when nothing has run yet; all directories are on one file system.
    files: u64,
}

impl Scratch {
    /// `kept` are the places of other mounts in the directories, and the directories that lead there.
    pub(crate) fn new(private: &[PathBuf], kept: BTreeSet<PathBuf>) -> io::Result<Self> {
        let leads_on = |path: &&PathBuf| {
            kept.range::<PathBuf, _>((*path).clone()..).nth(1).is_some_and(|next| next.starts_with(path))
        };
        let places = private.iter().chain(kept.iter().filter(leads_on));
        let mut directories = Vec::new();
        for path in places {
            directories.push((path.clone(), fs::metadata(path)?.permissions().mode()));
        }
        let mut scratch = Self { directories, kept, files: 0 };
        scratch.files = scratch.files_in_use()?;
        Ok(scratch)
    }

    /// Makes them as they were at the beginning.
    pub(crate) fn renew(&self) -> io::Result<()> {
        for (path, mode) in &self.directories {
            fs::set_permissions(path, fs::Permissions::from_mode(*mode))?;
        }
        if self.files_in_use()? == self.files {
            return Ok(());
        }
        for (path, mode) in &self.directories {
            let kept: Vec<_> = self.kept.iter().filter(|kept| kept.parent() == Some(path)).collect();
            let names: Vec<_> = kept.iter().filter_map(|path| path.file_name()).collect();
            temporary::empty(path, &names)?;
            fs::set_permissions(path, fs::Permissions::from_mode(*mode))?;
        }
        // The kernel may still count what it frees a little later, as directories that rules of Landlock were about:
        // then all is emptied again next time.
        Ok(())
    }

    fn files_in_use(&self) -> io::Result<u64> {
        let first = self.directories.first().map_or(Path::new("/tmp"), |(path, _)| path);
        let now = rustix::fs::statfs(first)?;
        Ok(now.f_files - now.f_ffree)
    }
}
