//! What checks changed in the workspace, and which of it no rule allows.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use ignore::gitignore::Gitignore;
use planproof_sandbox::{Change, Observed};

use super::workspace;
use crate::plan::Constraints;
use crate::policy::{AllowedDirectories, PROTECTED};

/// Which changes a plan's checks may make.
#[derive(Debug)]
pub(super) struct Rights {
    /// `None` where the plan names no Allowed Directories: changes are then told, and break no rule.
    directories: Option<AllowedDirectories>,
    root: PathBuf,
    /// The plan, relative to the workspace.
    plan: Option<PathBuf>,
    ignored: Vec<Gitignore>,
}

/// How sure it is that a change is the check's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    /// Nobody else can reach the view.
    Check,
    /// Checks write in place, and others may write there at the same time.
    CheckOrOthers,
}

impl Rights {
    /// Reads them for the workspace at `root`, an absolute path with links resolved.
    pub fn read(root: &Path, plan: &Path, constraints: Option<&Constraints>) -> Self {
        let globs = constraints.and_then(|constraints| constraints.allowed_directories.as_ref());
        // Globs that cannot be read are findings of the policy already; here they allow nothing.
        let directories = globs.map(|globs| {
            let readable = globs.iter().filter(|glob| AllowedDirectories::new([glob.value.as_str()]).is_ok());
            AllowedDirectories::new(readable.map(|glob| glob.value.as_str())).unwrap_or_default()
        });
        let plan = plan.canonicalize().ok();
        let plan = plan.and_then(|plan| plan.strip_prefix(root).ok().map(Path::to_owned));
        let ignored = if root.join(".git").exists() { workspace::ignores(root) } else { Vec::new() };
        Self { directories, root: root.to_owned(), plan, ignored }
    }

    /// Those of the changes that no rule allows.
    pub fn violations(&self, changes: &Observed<Vec<Change>>, author: Author) -> Observed<Vec<Change>> {
        // In place, the kernel lets no check write to what is protected: whoever did was somebody else.
        let somebody_else = |path: &Path| author == Author::CheckOrOthers && self.is_protected(path);
        let bad = |change: &&Change| self.is_violation(change) && !somebody_else(&change.path);
        match changes {
            Observed::Seen(changes) => Observed::Seen(changes.iter().filter(bad).cloned().collect()),
            Observed::Unavailable(reason) => Observed::Unavailable(reason.clone()),
        }
    }

    /// Whether a path may be copied back to the real workspace.
    pub fn may_keep(&self, path: &Path) -> bool {
        !self.is_protected(path) && !path.starts_with(".git") && self.is_allowed(path)
    }

    fn is_violation(&self, change: &Change) -> bool {
        let path = &change.path;
        if path.starts_with(".git") {
            // What git itself keeps there changes with every commit in the view, and is never kept; what makes git
            // run commands is no check's to change.
            return self.directories.is_some() && COMMANDS_OF_GIT.iter().any(|own| path.starts_with(own));
        }
        self.is_protected(path) || (self.directories.is_some() && !self.is_allowed(path))
    }

    fn is_protected(&self, path: &Path) -> bool {
        let named = PROTECTED.iter().filter(|name| **name != ".git").any(|name| path == Path::new(name));
        named || self.plan.as_deref() == Some(path)
    }

    fn is_allowed(&self, path: &Path) -> bool {
        let allowed = match (&self.directories, path.to_str()) {
            (Some(directories), Some(path)) => directories.contains(path),
            _ => false,
        };
        allowed || self.is_ignored(path)
    }

    /// The nearest ignore file that says anything about a path, or about a folder it is in, decides.
    fn is_ignored(&self, path: &Path) -> bool {
        // A name that is not UTF-8 is matched by its bytes all the same.
        if path.as_os_str().as_bytes().is_empty() {
            return false;
        }
        let folder = self.root.join(path).is_dir();
        let mut above: Vec<&Path> = path.ancestors().filter(|part| !part.as_os_str().is_empty()).collect();
        above.reverse();
        above.iter().any(|part| {
            let decided = self.ignored.iter().rev().find_map(|rules| {
                let inner = self.root.join(part);
                inner
                    .starts_with(rules.path())
                    .then(|| rules.matched(&inner, *part != path || folder))
                    .filter(|found| !found.is_none())
            });
            decided.is_some_and(|found| found.is_ignore())
        })
    }
}

/// What in `.git` makes git run commands, or read other places.
const COMMANDS_OF_GIT: &[&str] =
    &[".git/hooks", ".git/config", ".git/config.worktree", ".git/info", ".git/modules", ".git/objects/info"];

/// `3 changes not allowed: created notes.txt, …`: at most five paths, the rest as a number.
pub(super) fn words(changes: &[Change]) -> String {
    const MOST: usize = 5;
    let named = changes.iter().take(MOST).map(|change| {
        let path = change.path.to_string_lossy();
        format!("{} {}", change.kind, path.escape_debug())
    });
    let mut text = named.collect::<Vec<_>>().join(", ");
    if changes.len() > MOST {
        let _ = write!(text, " and {} more", changes.len() - MOST);
    }
    text
}
