//! What a stretch of a section is for, as labels, titles and days in its text say it.

use crate::document::{CodeSpan, Span, spans_in};

use super::extract::Reader;
use super::heading::{self, SectionKind};
use super::lexicon::COMPLETES;
use super::text::Text;
use super::words::{has_word, leads_on, plain, says, sentences};

/// What a stretch of a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// It says what must hold: commands are checks, sentences are criteria.
    Holds,
    /// It says what to do: only what verifies is a check.
    Verifies,
    /// It says anything: only fields and sure labels count.
    Fields,
    /// It says what was seen: nothing counts.
    Recorded,
}

impl Reader<'_, '_, '_> {
    /// Goes on with what a label or a title opens.
    pub(super) fn enter(&mut self, zone: Zone, lead_in: &str) {
        self.zone = zone;
        self.used = false;
        lead_in.clone_into(&mut self.lead_in);
    }

    /// The zone that a short line such as **Acceptance criteria** opens.
    pub(super) fn opens(&self, words: &str, no_code: bool) -> Option<Zone> {
        /// The most words that a title of a stretch has.
        const MOST: usize = 6;
        let bold = words.starts_with("**") && words.trim_end_matches([':', ' ']).ends_with("**");
        let colon = leads_on(words);
        if !no_code || !(bold || colon) || words.split_whitespace().count() > MOST {
            return None;
        }
        let lower = plain(words);
        match heading::label_kind(words) {
            // In a section that is about something else, `Coverage of the acceptance criteria` is, too.
            SectionKind::Validation | SectionKind::Criteria => {
                (self.zone != Zone::Fields || heading::is_check_label(words)).then_some(Zone::Holds)
            }
            // "Record the results with:" tells to do something.
            SectionKind::Never
                if bold
                    || !has_word(
                        &lower,
                        &["run", "with", "record", "capture", "execute", "expect", "expected"],
                    ) =>
            {
                Some(Zone::Recorded)
            }
            SectionKind::Never
            | SectionKind::Progress
            | SectionKind::Outcomes
            | SectionKind::Constraints
            | SectionKind::Steps
            | SectionKind::Milestones
            | SectionKind::Milestone(_)
            | SectionKind::Other => None,
        }
    }
}

/// What "This milestone is done when `make test` passes" asks for, from that sentence on: among what to do it says what
/// must hold. What leads on is left to the list below it.
pub(super) fn completion<'t>(text: &Text<'t>, words: &str) -> Option<(Vec<Span>, &'t [CodeSpan<'t>])> {
    if !says(&plain(words), COMPLETES) || leads_on(words) {
        return None;
    }
    let sentence =
        sentences(words).into_iter().find(|range| says(&plain(&words[range.clone()]), COMPLETES))?;
    // The words are those of the lines with a blank between them.
    let blanks = words[sentence.clone()].len() - words[sentence.clone()].trim_start().len();
    let mut skipped = sentence.start + blanks;
    let mut lines: Vec<Span> = Vec::new();
    for &line in text.lines {
        if skipped < line.len() {
            lines.push(Span::new(line.start + skipped, line.end));
        }
        skipped = skipped.saturating_sub(line.len() + 1);
    }
    let whole = lines.iter().copied().reduce(Span::to)?;
    Some((lines, spans_in(text.code, whole)))
}
