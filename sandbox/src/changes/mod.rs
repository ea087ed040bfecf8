//! What a command changed in its workspace.

mod beneath;
mod content;
mod keep;
mod scan;
mod tree;
mod unlock;
mod view;
mod walk;

use std::{fmt, path::PathBuf};

pub use keep::Kept;
pub(crate) use scan::Scan;
pub(crate) use view::View;

/// One path of the workspace that a command changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// Relative to the workspace, its bytes as they are.
    pub path: PathBuf,
    /// In what way.
    pub kind: ChangeKind,
}

/// In what way a path was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// It was not there before.
    Created,
    /// Its content, type or link target is another.
    Changed,
    /// It is not there any more.
    Deleted,
    /// Its mode, owner or extended attributes are others, and nothing else.
    Remoded,
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::Remoded => "re-moded",
        })
    }
}

/// What is known of something that happened: what was seen, or why it cannot be seen. Never an empty list for "nobody
/// could know".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed<T> {
    /// It was watched, and this is all there was.
    Seen(T),
    /// It cannot be watched here, for this reason.
    Unavailable(String),
}

impl<T> Observed<T> {
    /// What was seen, if anybody could.
    pub fn seen(&self) -> Option<&T> {
        match self {
            Self::Seen(what) => Some(what),
            Self::Unavailable(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
