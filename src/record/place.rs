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

/// The places of a file, at least one: of each of the plans in it.
///
/// # Errors
/// [`RecordError::NoSection`] where there is none, [`RecordError::TwoSections`] where two stand under one heading.
pub(super) fn places<'p>(plan: &'p Plan) -> Result<Vec<Place<'p>>, RecordError> {
    let progress = plan.highest(SectionKind::Progress);
    let outcomes = plan.highest(SectionKind::Outcomes);
    if progress.is_empty() && outcomes.is_empty() {
        return Err(RecordError::NoSection);
    }
    let parts = plan.parts();
    let mut places = Vec::with_capacity(parts.len());
    for part in parts {
        let its = |sections: &[&'p Section], name| {
            let holds = |section: &&&Section| part.range().contains(&plan.start_above(section));
            let mut mine = sections.iter().filter(holds);
            match (mine.next(), mine.next()) {
                (Some(first), Some(second)) => Err(two_sections(plan, name, first, second)),
                (first, _) => Ok(first.copied()),
            }
        };
        places.push(Place {
            progress: its(&progress, "Progress")?,
            outcomes: its(&outcomes, "Outcomes & Retrospective")?,
            part,
        });
    }
    Ok(places)
}

fn two_sections(plan: &Plan, name: &'static str, first: &Section, second: &Section) -> RecordError {
    let line = |section: &Section| plan.document().source().line_column(section.heading_span.start).line;
    RecordError::TwoSections { name, first: line(first), second: line(second) }
}
