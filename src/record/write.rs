//! The record into the plan's file: never over a change that somebody else made, never against somebody's lock.

use std::path::Path;

use jiff::Timestamp;

use super::lock::{Locked, not_locked};
use super::place::places;
use super::{Record, RecordError, record, same_checks, with_sections};
use crate::document::{SaveError, Snapshot, Source, SourceError, read, save};
use crate::plan::Plan;

/// How often a plan that changes under our hands is read again before giving up.
const ATTEMPTS: usize = 8;

/// A plan and the file that it was read from.
#[derive(Debug, Clone, Copy)]
pub struct Target<'t> {
    /// The plan as it was read.
    pub plan: &'t Plan,
    /// Its file as it was read.
    pub snapshot: &'t Snapshot,
    /// The workspace, whose locks count too.
    pub workspace: &'t Path,
    /// Whether sections that it lacks are added at its end.
    pub add_sections: bool,
}

/// Why a record was not written. The file is as it was in every case.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is no text to write.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// It cannot be saved.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// Somebody holds a lock, or nobody can tell.
    #[error(transparent)]
    Locked(#[from] Locked),
    /// What stands in the file now is no text.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It was read again and again, and was another each time.
    #[error("it keeps changing")]
    KeepsChanging,
}

impl Target<'_> {
    fn locked(&self) -> Result<(), Locked> {
        let name = self.plan.document().source().path();
        not_locked(name, &self.snapshot.path, self.workspace, Timestamp::now())
    }

    /// The text of the plan with the record in it.
    ///
    /// # Errors
    /// As [`record`].
    pub fn text(&self, outcome: &Record<'_>) -> Result<String, RecordError> {
        text(self.plan, outcome, self.add_sections)
    }
}

fn text(plan: &Plan, outcome: &Record<'_>, add_sections: bool) -> Result<String, RecordError> {
    if !add_sections {
        return record(plan, outcome);
    }
    record(&plan.reread(with_sections(plan)?)?, outcome)
}

/// Whether a record could be written, asked before hours of work depend on it.
///
/// # Errors
/// As [`write`], as far as it can be known before.
pub fn ready(target: &Target<'_>) -> Result<(), WriteError> {
    has_places(target)?;
    target.locked()?;
    Ok(target.snapshot.check_writable()?)
}

/// Whether the plan has places to record in, or may do without.
///
/// # Errors
/// [`RecordError::TwoSections`], or why sections cannot be added.
pub fn has_places(target: &Target<'_>) -> Result<(), RecordError> {
    if target.add_sections {
        return with_sections(target.plan).map(drop);
    }
    match places(target.plan) {
        Ok(_) | Err(RecordError::NoSection) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Writes a record into the plan's file.
///
/// A file that changed since it was read is read again and its new text edited, provided that it still asks for what
/// was verified.
///
/// # Errors
/// [`WriteError`]; see its variants.
pub fn write(target: &Target<'_>, outcome: &Record<'_>) -> Result<(), WriteError> {
    let path = target.plan.document().source().path();
    let mut edited = target.text(outcome)?;
    target.locked()?;
    let mut snapshot = target.snapshot.clone();
    for _ in 0..ATTEMPTS {
        match save(&snapshot, edited.as_bytes()) {
            Err(SaveError::Changed(_)) => {}
            other => return Ok(other?),
        }
        snapshot = read(path)?;
        let now = Source::from_bytes(path, snapshot.bytes.clone())?;
        let now = target.plan.reread(now.text().to_owned())?;
        same_checks(target.plan, &now)?;
        edited = text(&now, outcome, target.add_sections)?;
    }
    Err(WriteError::KeepsChanging)
}
