//! The directories that a plan allows to be changed, as globs.

use globset::{GlobBuilder, GlobMatcher};

use super::writers::leaves;
use super::{LONGEST, normalised};

/// The globs of Allowed Directories: `src/**`, `tests/`, `docs`, `./src/*`, `**/generated/*.rs`.
///
/// A name without wildcards, or with a slash at its end, means the directory and everything beneath.
#[derive(Debug, Clone, Default)]
pub struct AllowedDirectories {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    glob: GlobMatcher,
    /// The glob names a directory, and everything beneath it is allowed, too.
    tree: bool,
    /// It names places outside the workspace.
    absolute: bool,
}

/// Why a text is no glob of allowed directories.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// Nothing but blanks.
    #[error("an allowed directory is empty")]
    Empty,
    /// `..` in a glob.
    #[error("the allowed directory `{0}` leads out of the workspace with `..`")]
    Leaves(String),
    /// A malformed wildcard.
    #[error("the allowed directory `{glob}` is no valid glob: {reason}")]
    Invalid {
        /// The glob as written.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl AllowedDirectories {
    /// Takes the globs as the plan writes them, without their backticks.
    pub fn new<T: AsRef<str>>(globs: impl IntoIterator<Item = T>) -> Result<Self, DirectoryError> {
        let rules = globs.into_iter().map(|glob| Rule::new(glob.as_ref())).collect::<Result<_, _>>()?;
        Ok(AllowedDirectories { rules })
    }

    /// Whether a path may be written; relative to the workspace root, absolute, or below `~`.
    pub fn contains(&self, path: &str) -> bool {
        if path.len() > LONGEST {
            return false;
        }
        let absolute = path.starts_with(['/', '~']);
        let path = normalised(path);
        if leaves(&path) {
            return false;
        }
        self.rules.iter().filter(|rule| rule.absolute == absolute).any(|rule| rule.contains(&path))
    }

    /// Whether one of the places lies, or may lie, beneath a directory.
    pub fn reach_into(&self, directory: &str) -> bool {
        let directory = normalised(directory);
        let absolute = directory.starts_with(['/', '~']);
        self.rules.iter().filter(|rule| rule.absolute == absolute).any(|rule| {
            let base = rule.glob.glob().glob();
            directory == "."
                || base.starts_with("**")
                || base.strip_prefix(&directory).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Whether everything beneath a directory may be written.
    pub fn contains_all_beneath(&self, directory: &str) -> bool {
        if directory.len() > LONGEST {
            return false;
        }
        let absolute = directory.starts_with(['/', '~']);
        let directory = normalised(directory);
        if leaves(&directory) {
            return false;
        }
        self.rules.iter().any(|rule| rule.tree && rule.absolute == absolute && rule.contains(&directory))
    }
}

impl Rule {
    fn new(text: &str) -> Result<Rule, DirectoryError> {
        let written = text.trim();
        if written.is_empty() {
            return Err(DirectoryError::Empty);
        }
        if written.split('/').any(|part| part == "..") {
            return Err(DirectoryError::Leaves(written.to_owned()));
        }
        let absolute = written.starts_with(['/', '~']);
        let wild = written.contains(['*', '?', '[', '{']);
        let (mut base, mut tree) = (normalised(written), !wild || written.ends_with('/'));
        while let Some(shorter) = base.strip_suffix("/**") {
            base = if shorter.is_empty() { "/".to_owned() } else { shorter.to_owned() };
            tree = true;
        }
        if base == "**" {
            ".".clone_into(&mut base);
            tree = true;
        }
        let glob = GlobBuilder::new(&base).literal_separator(true).build().map_err(|error| {
            DirectoryError::Invalid { glob: written.to_owned(), reason: error.kind().to_string() }
        })?;
        Ok(Rule { glob: glob.compile_matcher(), tree, absolute })
    }

    /// `path` is normalised, and absolute if the rule is.
    fn contains(&self, path: &str) -> bool {
        if self.glob.is_match(path) {
            return true;
        }
        let parents = path.char_indices().filter(|(_, c)| *c == '/').map(|(index, _)| &path[..index.max(1)]);
        let root = (!self.absolute).then_some(".");
        self.tree && parents.chain(root).any(|parent| self.glob.is_match(parent))
    }
}
