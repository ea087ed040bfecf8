//! The plans that one file holds: people keep old plans in the file of the new one, each below a title of its own.

use crate::document::Span;

use super::{Plan, Section, SectionKind};

impl Plan {
    /// The sections of a kind that stand highest. A Progress deeper than the others is that of a milestone.
    pub fn highest(&self, kind: SectionKind) -> Vec<&Section> {
        let level = self.sections_of(kind).map(|section| section.level).min();
        self.sections_of(kind).filter(|section| Some(section.level) == level).collect()
    }

    /// Where the heading starts that a section stands under; the start of the file where there is none.
    pub fn start_above(&self, section: &Section) -> usize {
        let at = section.heading_span.start;
        let above = self.sections.iter().rev().find(|above| {
            above.heading_span.start < at && above.level < section.level && at < above.whole.end
        });
        above.map_or(0, |above| above.heading_span.start)
    }

    /// The bytes of each of the plans, at least one: from where its heading starts to the next. What stands above the
    /// first of them, and the end of the file, belong to the nearest.
    ///
    /// A file with one Progress and one Outcomes is one plan. With several of them, each belongs to the plan whose
    /// heading it stands under.
    pub fn parts(&self) -> Vec<Span> {
        let end = self.document().source().text().len() + 1;
        let (progress, outcomes) = (self.highest(SectionKind::Progress), self.highest(SectionKind::Outcomes));
        if progress.len() <= 1 && outcomes.len() <= 1 {
            return vec![Span::new(0, end)];
        }
        let living = progress.into_iter().chain(outcomes);
        let mut starts: Vec<usize> = living.map(|section| self.start_above(section)).collect();
        starts.sort_unstable();
        starts.dedup();
        let ends = starts.iter().copied().skip(1).chain(std::iter::once(end));
        let part = |(index, (&start, end))| Span::new(if index == 0 { 0 } else { start }, end);
        starts.iter().zip(ends).enumerate().map(part).collect()
    }
}
