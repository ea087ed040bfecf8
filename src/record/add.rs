//! The two sections for a plan that lacks them: headings at its end, and nothing else.

use crate::plan::{Plan, SectionKind};

use super::place::places;
use super::{RecordError, proof};

/// The text of `plan` with empty sections at its end, for those of Progress and Outcomes & Retrospective that it lacks.
///
/// What is there stays byte for byte, and reads as before: both are verified here.
///
/// # Errors
/// [`RecordError::Unproved`] when the new headings would not be read as sections of the plan, or would change how
/// something else reads.
pub fn with_sections(plan: &Plan) -> Result<String, RecordError> {
    let (progress, outcomes) = match places(plan) {
        Ok(places) => (
            places.iter().any(|place| place.progress.is_some()),
            places.iter().any(|place| place.outcomes.is_some()),
        ),
        Err(RecordError::NoSection) => (false, false),
        Err(other) => return Err(other),
    };
    let source = plan.document().source();
    let missing = [("Progress", progress), ("Outcomes & Retrospective", outcomes)];
    let missing: Vec<&str> = missing.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect();
    if missing.is_empty() {
        return Ok(source.text().to_owned());
    }
    let part = plan.document().part();
    let newline = source.newline_near(part.end);
    let (before, after) = source.text().split_at(part.end);
    let marks = "#".repeat(level(plan).into());
    let headings: Vec<String> = missing.iter().map(|name| format!("{marks} {name}{newline}")).collect();
    let headings = headings.join(newline);
    // Above a heading stands a blank line; what follows (the fence around a whole plan) starts on a line of its own.
    let ended = before.is_empty() || before.ends_with(['\n', '\r']);
    let blank = before.is_empty() || before.ends_with("\n\n") || before.ends_with("\r\n\r\n");
    let gap = match (ended, blank) {
        (_, true) => String::new(),
        (true, false) => newline.to_owned(),
        (false, false) => newline.repeat(2),
    };
    let headings = if ended { headings.as_str() } else { headings.trim_end() };
    let text = [before, &gap, headings, after].concat();
    let now = plan.reread(text.clone())?;
    reads_as_before(plan, &now, missing.len())?;
    Ok(text)
}

/// The level of the plan's sections: that of most plans, unless all of this one's stand at the first.
fn level(plan: &Plan) -> u8 {
    let first = plan.sections.iter().filter(|section| section.level == 1).count();
    let meant =
        plan.sections.iter().any(|section| section.level == 1 && section.own_kind != SectionKind::Other);
    if first > 1 && meant { 1 } else { 2 }
}

fn reads_as_before(before: &Plan, now: &Plan, added: usize) -> Result<(), RecordError> {
    let unproved = |what: &str| Err(RecordError::Unproved(what.to_owned()));
    let kept = before
        .sections
        .iter()
        .zip(&now.sections)
        .all(|(old, new)| (&old.heading, old.level, old.kind) == (&new.heading, new.level, new.kind));
    if !kept || now.sections.len() != before.sections.len() + added {
        return unproved("the sections of the plan");
    }
    if !proof::same_checks(&before.checks, &now.checks) {
        return unproved("the checks of the plan");
    }
    let is_whole = |kind| now.sections_of(kind).next().is_some();
    if is_whole(SectionKind::Progress) && is_whole(SectionKind::Outcomes) {
        Ok(())
    } else {
        unproved("what the new sections stand below")
    }
}
