//! Outcomes to edits: one entry in Progress, one machine-owned block in Outcomes & Retrospective, nothing else.

mod block;
mod lock;
mod progress;
mod proof;

pub use lock::{Holder, LockError, holder};

use crate::document::{Document, Edit, EditError, Source, SourceError, apply};
use crate::plan::{Check, Plan, SectionKind};
use crate::run::{CheckResult, Counts, Level, Outcome};
use crate::secret::Mask;

/// What one run proved of one plan, to be written into it.
#[derive(Debug)]
pub struct Record<'r> {
    /// The checks with what came of them, in plan order.
    pub results: Vec<(&'r Check, &'r CheckResult)>,
    /// How many came to what.
    pub counts: Counts,
    /// When the run ended, as `2026-11-22T14:00:00Z`.
    pub time: String,
    /// How the checks were confined.
    pub level: Level,
    /// Whether only some of the plan's checks were asked for.
    pub partial: bool,
}

/// Why nothing was recorded. The plan is untouched in every case.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The plan has neither of the two sections.
    #[error("the plan has neither a `Progress` nor an `Outcomes & Retrospective` section")]
    NoSection,
    /// The plan has one of the sections twice.
    #[error("the plan has two `{0}` sections")]
    TwoSections(&'static str),
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
/// Everything outside the two sections is the same byte for byte, and the same checks are found in the new text;
/// both are verified here, and the edit is refused otherwise.
///
/// # Errors
/// [`RecordError`]; see its variants.
pub fn record(plan: &Plan, record: &Record<'_>) -> Result<String, RecordError> {
    let edits = edits(plan, record)?;
    let source = plan.document().source();
    let edited = apply(source.text(), &edits)?;
    let reread = Source::from_bytes(source.path(), edited.clone().into_bytes())?;
    let reread = plan.read_again(Document::parse(reread));
    proof::only_the_record_changed(plan, &reread)?;
    reads_as_written(plan, &reread, record)?;
    Ok(edited)
}

/// Whether entry and block are there for a reader too, and not in a comment or a fence that stays open above them.
fn reads_as_written(before: &Plan, now: &Plan, record: &Record<'_>) -> Result<(), RecordError> {
    let items = |plan: &Plan| {
        plan.sections_of(SectionKind::Progress).next().map(|section| progress::items(plan, section))
    };
    let entry = 1 + remarks(record).count();
    let outcomes = now.sections_of(SectionKind::Outcomes).next().filter(|_| writes_block(before, record));
    if items(now) != items(before).map(|items| items + entry) {
        return Err(RecordError::Unproved("how the rest of `Progress` reads".to_owned()));
    }
    if outcomes.is_some_and(|section| !block::is_whole(now, section)) {
        return Err(RecordError::Unproved("how the rest of `Outcomes & Retrospective` reads".to_owned()));
    }
    Ok(())
}

/// Whether the block in Outcomes is written. A run of some checks only says nothing of the others, so what is known
/// of them stays, provided that the run has its place in Progress.
fn writes_block(plan: &Plan, record: &Record<'_>) -> bool {
    !record.partial || plan.sections_of(SectionKind::Progress).next().is_none()
}

/// Whether `plan` still asks for the very checks that were run.
///
/// # Errors
/// [`RecordError::ChecksChanged`].
pub fn same_checks(ran: &Plan, now: &Plan) -> Result<(), RecordError> {
    if proof::same_checks(&ran.checks, &now.checks) { Ok(()) } else { Err(RecordError::ChecksChanged) }
}

fn edits(plan: &Plan, record: &Record<'_>) -> Result<Vec<Edit>, RecordError> {
    let one = |kind, name| {
        let mut found = plan.sections_of(kind);
        let first = found.next();
        if found.next().is_some() { Err(RecordError::TwoSections(name)) } else { Ok(first) }
    };
    let progress = one(SectionKind::Progress, "Progress")?;
    let outcomes = one(SectionKind::Outcomes, "Outcomes & Retrospective")?;
    let mut edits = Vec::new();
    if let Some(section) = progress {
        edits.push(progress::entry(plan, section, record));
    }
    if let Some(section) = outcomes
        && writes_block(plan, record)
    {
        edits.push(block::block(plan, section, record)?);
    }
    if edits.is_empty() { Err(RecordError::NoSection) } else { Ok(edits) }
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
fn remarks<'r>(record: &'r Record<'_>) -> impl Iterator<Item = String> + 'r {
    let worth =
        |(_, result): &&(&Check, &CheckResult)| !result.outcome.is_pass() && result.duplicate_of.is_none();
    record.results.iter().filter(worth).map(|(check, result)| {
        let reason =
            if result.reason.is_empty() { String::new() } else { format!(" ({})", plain(&result.reason)) };
        format!("{} {}: {}{reason}", check.id, result.outcome.words(), plain(&check.title))
    })
}

/// Whether the run proved the plan as far as it can be proved: something ran, and all of it as expected.
fn holds(record: &Record<'_>) -> bool {
    let of = |outcome| record.counts.of(outcome);
    let blocked = of(Outcome::Denied) + of(Outcome::NeedsReview) + of(Outcome::NotRun);
    record.counts.failures() + blocked == 0 && of(Outcome::Passed) + of(Outcome::PassedByExitStatus) > 0
}

/// `Verified: 5 of 6 checks passed, 1 manual`; only what was compared counts as passed.
fn summary(record: &Record<'_>) -> String {
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
