//! Outcomes to edits: one entry in Progress, one machine-owned block in Outcomes & Retrospective, nothing else.

mod add;
mod block;
mod lock;
mod place;
mod progress;
mod proof;
mod style;
mod write;

pub use add::with_sections;
pub use lock::{Holder, LockError, Locked, holder, not_locked};
pub use write::{Target, WriteError, has_places, ready, write};

use jiff::Timestamp;

use crate::document::{Edit, EditError, SourceError, apply};
use crate::plan::{Check, Plan};
use crate::run::{CheckResult, Counts, Level, Outcome};
use crate::secret::Mask;
use place::{Place, places};

/// What one run proved of one file of plans, to be written into it.
#[derive(Debug)]
pub struct Record<'r> {
    /// The checks with what came of them, in plan order.
    pub results: Vec<(&'r Check, &'r CheckResult)>,
    /// When the run ended.
    pub time: Timestamp,
    /// How the checks were confined.
    pub level: Level,
}

/// Why nothing was recorded. The plan is untouched in every case.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The plan has neither of the two sections.
    #[error("the plan has neither a `Progress` nor an `Outcomes & Retrospective` section")]
    NoSection,
    /// The plan has one of the sections twice.
    #[error("two `{name}` sections stand under one heading, in the lines {first} and {second}")]
    TwoSections {
        /// Its name.
        name: &'static str,
        /// The line of the first heading.
        first: usize,
        /// The line of the second.
        second: usize,
    },
    /// There is nothing to say of any of the plans in the file.
    #[error("none of the plans in the file has a check that was asked for")]
    NoResult,
    /// The machine-owned block has lost one of its two marks.
    #[error("line {0}: planproof's block in `Outcomes & Retrospective` has lost its end mark")]
    BrokenBlock(usize),
    /// The plan's checks are not those that ran.
    #[error("the plan's checks changed while they ran")]
    ChecksChanged,
    /// The edit would have changed more than it should.
    #[error("the edit would change {0}")]
    Unproved(String),
    /// Two edits wanted the same place.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The edited text is not one that planproof reads.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// The text of `plan` with the record in it.
///
/// Where the file holds several plans, each gets what came of its own checks. Everything outside the sections that are
/// written to is the same byte for byte, and the same checks are found in the new text; both are verified here, and
/// the edit is refused otherwise.
///
/// # Errors
/// [`RecordError`]; see its variants.
pub fn record(plan: &Plan, record: &Record<'_>) -> Result<String, RecordError> {
    let places = places(plan)?;
    let mut edits = Vec::new();
    let mut written = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let part = Part::of(plan, place, record);
        if part.results.is_empty() && places.len() > 1 {
            continue;
        }
        edits.extend(self::edits(plan, place, &part)?);
        written.push((index, part));
    }
    if written.is_empty() {
        return Err(RecordError::NoResult);
    }
    let source = plan.document().source();
    let edited = apply(source.text(), &edits)?;
    let reread = plan.reread(edited.clone())?;
    proof::only_the_record_changed(plan, &places, &reread)?;
    reads_as_written(&places, plan, &reread, &written)?;
    Ok(edited)
}

/// Whether entry and block are there for a reader too, and not in a comment or a fence that stays open above them.
fn reads_as_written(
    before: &[Place<'_>],
    plan: &Plan,
    now: &Plan,
    written: &[(usize, Part<'_>)],
) -> Result<(), RecordError> {
    let unproved = |name: &str| Err(RecordError::Unproved(format!("how the rest of `{name}` reads")));
    let places = places(now)?;
    for (index, part) in written {
        let (Some(before), Some(now_there)) = (before.get(*index), places.get(*index)) else {
            return unproved("Progress");
        };
        let items =
            |plan: &Plan, place: &Place<'_>| place.progress.map(|section| progress::items(plan, section));
        let entry = 1 + remarks(part).count();
        if items(now, now_there) != items(plan, before).map(|items| items + entry) {
            return unproved("Progress");
        }
        let outcomes = now_there.outcomes.filter(|_| writes_block(before, part));
        if outcomes.is_some_and(|section| !block::is_whole(now, section)) {
            return unproved("Outcomes & Retrospective");
        }
    }
    Ok(())
}

/// Whether the block in Outcomes is written. A run of some checks only says nothing of the others, so what is known
/// of them stays, provided that the run has its place in Progress.
fn writes_block(place: &Place<'_>, part: &Part<'_>) -> bool {
    !part.partial || place.progress.is_none()
}

/// Whether `plan` still asks for the very checks that were run.
///
/// # Errors
/// [`RecordError::ChecksChanged`].
pub fn same_checks(ran: &Plan, now: &Plan) -> Result<(), RecordError> {
    if proof::same_checks(&ran.checks, &now.checks) { Ok(()) } else { Err(RecordError::ChecksChanged) }
}

fn edits(plan: &Plan, place: &Place<'_>, part: &Part<'_>) -> Result<Vec<Edit>, RecordError> {
    let mut edits = Vec::new();
    if let Some(section) = place.progress {
        edits.push(progress::entry(plan, section, part));
    }
    if let Some(section) = place.outcomes
        && writes_block(place, part)
    {
        edits.push(block::block(plan, section, part)?);
    }
    Ok(edits)
}

/// What the run proved of one of the plans in a file.
struct Part<'r> {
    results: Vec<(&'r Check, &'r CheckResult)>,
    counts: Counts,
    time: Timestamp,
    level: Level,
    /// Whether only some of the plan's checks were asked for.
    partial: bool,
}

impl<'r> Part<'r> {
    fn of(plan: &Plan, place: &Place<'_>, record: &Record<'r>) -> Self {
        let results: Vec<_> =
            record.results.iter().filter(|(check, _)| place.holds(check)).copied().collect();
        let mut counts = Counts::default();
        for (_, result) in &results {
            // A twin counts where it is the only one: its first place may stand in another plan of the file.
            let first = result.duplicate_of.as_ref();
            if first.is_some_and(|first| !results.iter().any(|(check, _)| check.id == *first)) {
                counts.add_twin(result);
            } else {
                counts.add(result);
            }
        }
        let asked_for = plan.checks.iter().filter(|check| place.holds(check)).count();
        let partial = results.len() < asked_for;
        Self { results, counts, time: record.time, level: record.level, partial }
    }
}

/// The version that signs what is recorded.
const AUTHOR: &str = concat!("planproof ", env!("CARGO_PKG_VERSION"));

/// Text from a plan or a command on one line, with no credential in it, and nothing that Markdown or HTML would act on.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in Mask::default().mask(text).split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        for character in word.chars() {
            if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~') {
                plain.push('\\');
            }
            if !character.is_control() {
                plain.push(character);
            }
        }
    }
    plain
}

/// Everything that is worth a line in the record: what did not pass, and why.
fn remarks<'r>(record: &'r Part<'_>) -> impl Iterator<Item = String> + 'r {
    let worth =
        |(_, result): &&(&Check, &CheckResult)| !result.outcome.is_pass() && result.duplicate_of.is_none();
    record.results.iter().filter(worth).map(|(check, result)| {
        let reason =
            if result.reason.is_empty() { String::new() } else { format!(" ({})", plain(&result.reason)) };
        format!("{} {}: {}{reason}", check.id, result.outcome.words(), plain(&check.title))
    })
}

/// Whether the run proved the plan as far as it can be proved: something ran, and all of it as expected.
fn holds(record: &Part<'_>) -> bool {
    let of = |outcome| record.counts.of(outcome);
    let blocked = of(Outcome::Denied) + of(Outcome::NeedsReview) + of(Outcome::NotRun);
    record.counts.failures() + blocked == 0 && of(Outcome::Passed) + of(Outcome::PassedByExitStatus) > 0
}

/// `Verified: 5 of 6 checks passed, 1 manual`; only what was compared counts as passed.
fn summary(record: &Part<'_>) -> String {
    let counts = &record.counts;
    let word = if holds(record) { "Verified" } else { "Not verified" };
    let some = if record.partial { " (some of the checks only)" } else { "" };
    let rest: Vec<String> = Outcome::ALL
        .into_iter()
        .filter(|&outcome| outcome != Outcome::Passed && counts.of(outcome) > 0)
        .map(|outcome| format!(", {} {}", counts.of(outcome), outcome.words()))
        .collect();
    let noun = if counts.total() == 1 { "check" } else { "checks" };
    format!(
        "{word}{some}: {} of {} {noun} passed{}",
        counts.of(Outcome::Passed),
        counts.total(),
        rest.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_act_in_the_plan() {
        assert_eq!(plain("a\n## `b` <!-- c"), "a \\#\\# \\`b\\` \\<!-- c");
    }
}
