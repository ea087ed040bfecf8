//! The shell that runs the steps: bash where there is one, otherwise the system's `sh`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// Its path.
    pub program: PathBuf,
    /// Whether it is bash, as which the policy reads every script.
    pub is_bash: bool,
}

impl Shell {
    /// Looks for bash in the folders of `path` (as in `$PATH`), then takes `/bin/sh`.
    pub fn find(path: Option<&OsString>) -> Self {
        let usual = ["/bin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from);
        let folders = path.into_iter().flat_map(std::env::split_paths).chain(usual);
        let bash = folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join("bash"));
        match bash.into_iter().find(|program| program.is_file()) {
            Some(program) => Self { program, is_bash: true },
            None => Self { program: Path::new("/bin/sh").to_owned(), is_bash: false },
        }
    }

    /// The arguments with which it runs a script and nothing else: no start-up files.
    pub(super) fn arguments(&self, script: &str) -> Vec<OsString> {
        let quiet: &[&str] = if self.is_bash { &["--noprofile", "--norc", "-c"] } else { &["-c"] };
        quiet.iter().copied().map(OsString::from).chain([OsString::from(script)]).collect()
    }
}
