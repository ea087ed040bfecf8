//! Where in a file a record goes: one place for each of the plans that the file holds.

use crate::document::Span;
use crate::plan::{Check, Plan, Section, SectionKind};

use super::RecordError;

/// The sections of one plan that are written to, and the part of the file whose checks it records.
#[derive(Debug)]
pub(super) struct Place<'p> {
    /// Its Progress.
    pub progress: Option<&'p Section>,
    /// Its Outcomes & Retrospective.
    pub outcomes: Option<&'p Section>,
    /// From its first heading to that of the next plan.
    part: Span,
}

impl Place<'_> {
    /// Whether a check belongs to it.
    pub fn holds(&self, check: &Check) -> bool {
        self.part.start <= check.span.start && check.span.start < self.part.end
    }
}

/// The places of a file, at least one.
///
/// A file with one Progress and one Outcomes is one plan. With several of them, each belongs to the plan whose heading
/// it stands under: people keep old plans in the file of the new one, each below a title of its own. A Progress deeper
/// than the others is that of a milestone and not looked at.
///
/// # Errors
/// [`RecordError::NoSection`] where there is none, [`RecordError::TwoSections`] where two stand under one heading.
pub(super) fn places<'p>(plan: &'p Plan) -> Result<Vec<Place<'p>>, RecordError> {
    let progress = highest(plan, SectionKind::Progress);
    let outcomes = highest(plan, SectionKind::Outcomes);
    if progress.is_empty() && outcomes.is_empty() {
        return Err(RecordError::NoSection);
    }
    let end = plan.document().source().text().len();
    if progress.len() <= 1 && outcomes.len() <= 1 {
        let part = Span::new(0, end + 1);
        return Ok(vec![Place {
            progress: progress.first().copied(),
            outcomes: outcomes.first().copied(),
            part,
        }]);
    }
    let mut starts: Vec<usize> =
        progress.iter().chain(&outcomes).map(|section| start_of_its_plan(plan, section)).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut places = Vec::new();
    for (index, &start) in starts.iter().enumerate() {
        // What stands above the first of them, and the end of the file, belong to the nearest.
        let from = if index == 0 { 0 } else { start };
        let to = starts.get(index + 1).copied().unwrap_or(end + 1);
        let its = |sections: &[&'p Section], name| {
            let mut mine = sections.iter().filter(|section| start_of_its_plan(plan, section) == start);
            match (mine.next(), mine.next()) {
                (Some(first), Some(second)) => Err(two_sections(plan, name, first, second)),
                (first, _) => Ok(first.copied()),
            }
        };
        places.push(Place {
            progress: its(&progress, "Progress")?,
            outcomes: its(&outcomes, "Outcomes & Retrospective")?,
            part: Span::new(from, to.max(from)),
        });
    }
    Ok(places)
}

fn two_sections(plan: &Plan, name: &'static str, first: &Section, second: &Section) -> RecordError {
    let line = |section: &Section| plan.document().source().line_column(section.heading_span.start).line;
    RecordError::TwoSections { name, first: line(first), second: line(second) }
}

/// The sections of a kind that stand highest.
fn highest(plan: &Plan, kind: SectionKind) -> Vec<&Section> {
    let level = plan.sections_of(kind).map(|section| section.level).min();
    plan.sections_of(kind).filter(|section| Some(section.level) == level).collect()
}

/// Where the heading starts that a section stands under; the start of the file where there is none.
fn start_of_its_plan(plan: &Plan, section: &Section) -> usize {
    let at = section.heading_span.start;
    let above =
        plan.sections.iter().rev().find(|above| {
            above.heading_span.start < at && above.level < section.level && at < above.whole.end
        });
    above.map_or(0, |above| above.heading_span.start)
}
