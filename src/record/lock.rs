//! `.agent-locks.yaml`: who else is working on the plan.
//!
//! Two shapes are in use, and both are read: `locks:` with `agent`, `files`, `expires`, and with `owner`,
//! `scope.paths`, `expires_at` (both from the `ExecPlan` standard's pattern "Multi-Agent Coordination").

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use jiff::Timestamp;
use serde::Deserialize;

/// Somebody who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Their name.
    pub name: String,
    /// Until when, if the lock ends by itself.
    pub until: Option<Timestamp>,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.until {
            Some(until) => write!(f, "{} until {until}", self.name),
            None => write!(f, "{} without an end", self.name),
        }
    }
}

#[derive(Debug, Deserialize)]
struct LockFile {
    #[serde(default)]
    locks: Vec<Lock>,
}

#[derive(Debug, Deserialize)]
struct Lock {
    #[serde(alias = "owner")]
    agent: Option<String>,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    scope: Scope,
    #[serde(alias = "expires_at")]
    expires: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Scope {
    #[serde(default)]
    paths: Vec<String>,
}

/// A lock file that cannot be read, which must not be taken for one without locks.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `.agent-locks.yaml`: {0}")]
pub struct LockError(String);

/// Who holds a lock on `plan`, a path relative to the folder of the lock file, at the time `now`.
///
/// # Errors
/// [`LockError`] when the text, one of its globs or one of its times cannot be read.
pub fn holder(text: &str, plan: &str, now: Timestamp) -> Result<Option<Holder>, LockError> {
    let file: LockFile = serde_saphyr::from_str(text).map_err(|error| LockError(error.to_string()))?;
    for lock in file.locks {
        let until: Option<Timestamp> = lock
            .expires
            .map(|time| time.parse().map_err(|_| LockError(format!("`{time}` is no time"))))
            .transpose()?;
        if until.is_some_and(|until| until <= now) {
            continue;
        }
        for glob in lock.files.iter().chain(&lock.scope.paths) {
            let matcher = GlobBuilder::new(glob.trim_start_matches("./"))
                .literal_separator(true)
                .build()
                .map_err(|error| LockError(error.to_string()))?
                .compile_matcher();
            if matcher.is_match(plan) {
                let name = lock.agent.unwrap_or_else(|| "somebody".to_owned());
                return Ok(Some(Holder { name, until }));
            }
        }
    }
    Ok(None)
}

/// Why a plan must not be written to.
#[derive(Debug, thiserror::Error)]
pub enum Locked {
    /// Somebody works on it.
    #[error("{} is locked by {holder}", .plan.display())]
    By {
        /// The plan as it was named.
        plan: PathBuf,
        /// Who, and until when.
        holder: Holder,
    },
    /// The lock file is there and cannot be read.
    #[error("cannot read {}: {source}", .file.display())]
    Unreadable {
        /// The lock file.
        file: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The lock file is there and says nothing that can be understood.
    #[error(transparent)]
    Unclear(#[from] LockError),
}

/// Fails while somebody else holds a lock on a plan, by the name that was given or by that of the file itself, in the
/// workspace or in a folder of either.
///
/// # Errors
/// [`Locked`].
pub fn not_locked(named: &Path, file: &Path, workspace: &Path, now: Timestamp) -> Result<(), Locked> {
    let folder = named.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = folder.canonicalize().unwrap_or_default().join(named.file_name().unwrap_or_default());
    let mut names = vec![file.to_owned(), real];
    names.dedup();
    let mut folders = vec![workspace];
    folders.extend(names.iter().filter_map(|name| name.parent()));
    folders.sort_unstable();
    folders.dedup();
    for folder in folders {
        let lock_file = folder.join(".agent-locks.yaml");
        let text = match fs::read_to_string(&lock_file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(source) => return Err(Locked::Unreadable { file: lock_file, source }),
        };
        for relative in names.iter().filter_map(|name| name.strip_prefix(folder).ok()) {
            if let Some(holder) = holder(&text, &relative.to_string_lossy(), now)? {
                return Err(Locked::By { plan: named.to_owned(), holder });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &str = "\
locks:
  - agent: frontend-01
    files:
      - src/**
      - PLANS.md
    acquired: 2026-11-22T10:30:00Z
    expires: 2026-11-22T11:30:00Z
  - owner: backend-02
    scope:
      paths: [\"plans/**\"]
    expires_at: 2026-11-22T12:00:00Z
";

    fn at(time: &str, plan: &str) -> Option<String> {
        holder(BOTH, plan, time.parse().unwrap()).unwrap().map(|holder| holder.to_string())
    }

    #[test]
    fn a_lock_holds_until_it_ends_in_both_shapes() {
        assert_eq!(at("2026-11-22T11:00:00Z", "PLANS.md").unwrap(), "frontend-01 until 2026-11-22T11:30:00Z");
        assert_eq!(at("2026-11-22T11:45:00Z", "PLANS.md"), None);
        assert_eq!(
            at("2026-11-22T11:45:00Z", "plans/a.md").unwrap(),
            "backend-02 until 2026-11-22T12:00:00Z"
        );
        assert_eq!(at("2026-11-22T11:00:00Z", "README.md"), None);
    }

    #[test]
    fn what_cannot_be_read_is_no_free_lock() {
        assert!(holder("locks: [", "PLANS.md", Timestamp::UNIX_EPOCH).is_err());
        assert!(
            holder("locks:\n - agent: a\n   files: ['x']\n   expires: soon\n", "x", Timestamp::UNIX_EPOCH)
                .is_err()
        );
    }
}
