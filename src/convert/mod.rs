//! Checks that were inferred to a section of the standard schema that states them, so that the next run infers nothing.

use crate::document::{Edit, EditError, LineColumn, SourceError, Span, apply};
use crate::plan::{Check, Confidence, Kind, Plan, Section, SectionKind, schema};

/// An `Acceptance Criteria` section for the checks of a plan that are not explicit yet.
#[derive(Debug, Clone)]
pub struct Conversion<'p> {
    plan: &'p Plan,
    /// Each check with its item.
    items: Vec<(&'p Check, String)>,
    /// Checks that would run, for which the schema has no words.
    pub left: Vec<&'p Check>,
}

/// Why no section was inserted. The plan is untouched in every case.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The plan has such a section already.
    #[error("there is an `Acceptance Criteria` section already")]
    Exists(LineColumn),
    /// Every check that can run is explicit already, or there is none.
    #[error("the plan has no check that could be made explicit")]
    Nothing,
    /// The edit would have changed more than it should.
    #[error("the edit would change {0}")]
    Unproved(&'static str),
    /// The place lies outside the text.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The edited text is not one that planproof reads.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl<'p> Conversion<'p> {
    /// What can be made explicit of `checks`, which are those of `plan` or some of them: what runs, was inferred, and is
    /// no second place of something else.
    pub fn of(plan: &'p Plan, checks: &[&'p Check]) -> Self {
        let mut conversion = Self { plan, items: Vec::new(), left: Vec::new() };
        for &check in checks {
            let runs = match check.kind {
                Kind::Run | Kind::Background { .. } => !check.steps.is_empty(),
                Kind::Manual { .. } => false,
            };
            if !runs || check.confidence == Confidence::Explicit || check.duplicate_of.is_some() {
                continue;
            }
            match schema::item(check) {
                Some(item) => conversion.items.push((check, item)),
                None => conversion.left.push(check),
            }
        }
        conversion
    }

    /// How many checks it states.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether it states none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The section, with the line ending and the heading level of the plan; one for each plan that the file holds.
    pub fn section(&self) -> String {
        let sections: Vec<String> = self.by_plan().into_iter().map(|items| self.section_of(items)).collect();
        sections.join("\n")
    }

    /// The items of each plan that the file holds.
    fn by_plan(&self) -> Vec<&[(&'p Check, String)]> {
        let parts = self.plan.parts();
        let part = |check: &Check| parts.partition_point(|part| part.start <= check.span.start);
        self.items.chunk_by(|(one, _), (next, _)| part(one) == part(next)).collect()
    }

    fn section_of(&self, items: &[(&Check, String)]) -> String {
        let place = self.place(items);
        let newline = self.plan.document().source().newline_near(place.map_or(0, |place| place.start));
        let level = place.map_or(2, |place| place.level);
        let items: String = items.iter().map(|(_, item)| item.as_str()).collect();
        let text = format!("{} {}\n\n{items}", "#".repeat(level.into()), schema::HEADING);
        text.replace('\n', newline)
    }

    /// The text of the plan with the section in it, above the first section that any of the checks stands in. Each of
    /// several plans in one file has a section of its own.
    ///
    /// It goes above, so that what was inferred is the second place of what is stated, and runs once. Every other byte
    /// stays; that, and that the section reads as the checks that it was made of, is verified here.
    ///
    /// # Errors
    /// [`ConvertError`]; see its variants.
    pub fn inserted(&self) -> Result<String, ConvertError> {
        let source = self.plan.document().source();
        if let Some(section) =
            self.plan.sections.iter().find(|section| section.own_kind == SectionKind::Criteria)
        {
            return Err(ConvertError::Exists(source.line_column(section.heading_span.start)));
        }
        if self.is_empty() {
            return Err(ConvertError::Nothing);
        }
        let edits: Option<Vec<Edit>> = self.by_plan().into_iter().map(|items| self.edit(items)).collect();
        let edited = apply(source.text(), &edits.ok_or(ConvertError::Nothing)?)?;
        self.prove(&self.plan.reread(edited.clone())?)?;
        Ok(edited)
    }

    /// The edit that puts the section of some items into the plan; none where there is no place.
    fn edit(&self, items: &[(&Check, String)]) -> Option<Edit> {
        let source = self.plan.document().source();
        let place = self.place(items)?;
        let newline = source.newline_near(place.start);
        let before = source.slice(Span::new(0, place.start));
        let gap = if before.is_empty() || is_blank_at_end(before) { "" } else { newline };
        let text = format!("{gap}{}{newline}", self.section_of(items));
        Some(Edit { span: Span::new(place.start, place.start), text })
    }

    /// Whether a plan is the old one with the section of each plan in it.
    fn prove(&self, now: &Plan) -> Result<(), ConvertError> {
        let same = |old: &&Section, new: &&Section| {
            (&old.heading, old.level, old.kind, old.milestone)
                == (&new.heading, new.level, new.kind, new.milestone)
        };
        let mut kept = now.sections.iter().filter(|section| section.own_kind != SectionKind::Criteria);
        let sections = self.plan.sections.iter().all(|old| kept.next().is_some_and(|new| same(&old, &new)));
        if !sections
            || kept.next().is_some()
            || now.sections.len() != self.plan.sections.len() + self.by_plan().len()
        {
            return Err(ConvertError::Unproved("the sections of the plan"));
        }
        if self.plan.has_errors() != now.has_errors() {
            return Err(ConvertError::Unproved("how the plan reads"));
        }
        let stated = |check: &&Check| check.section.as_ref() == schema::HEADING;
        let (new, old): (Vec<&Check>, Vec<&Check>) = now.checks.iter().partition(stated);
        let reads = new.len() == self.len()
            && new.iter().zip(&self.items).all(|(new, (check, _))| {
                new.confidence == Confidence::Explicit && schema::says_the_same(new, check)
            });
        if !reads {
            return Err(ConvertError::Unproved("what the checks say"));
        }
        let kept = old.len() == self.plan.checks.len()
            && old
                .iter()
                .zip(&self.plan.checks)
                .all(|(new, old)| (&new.id, &new.title) == (&old.id, &old.title) && new.same_work(old));
        if !kept {
            return Err(ConvertError::Unproved("the checks of the plan"));
        }
        // Each of them must be told to be the second place of its item, or it would run twice.
        let once = old.iter().zip(&self.plan.checks).all(|(new, old)| {
            !self.items.iter().any(|(check, _)| check.id == old.id) || new.duplicate_of.is_some()
        });
        if once { Ok(()) } else { Err(ConvertError::Unproved("how often a check runs")) }
    }

    /// Where the section of some items goes: above the section of the plan that holds the first of the checks.
    fn place(&self, items: &[(&Check, String)]) -> Option<Place> {
        let (first, _) = items.first()?;
        let sections = &self.plan.sections;
        let holds = |section: &&Section| {
            section.heading_span.start <= first.span.start && first.span.start < section.whole.end
        };
        let title = sections.first().filter(|section| section.level == 1);
        // All that hold it, outermost first; the title of the plan is no section of it.
        let holding = sections.iter().filter(holds).find(|section| {
            let is_title = title.is_some_and(|title| title.heading_span == section.heading_span)
                || (section.level == 1 && section.own_kind == SectionKind::Other);
            !is_title
        });
        let section = holding.or_else(|| sections.iter().rfind(holds))?;
        let source = self.plan.document().source();
        let start = source.line(source.line_index(section.heading_span.start)).start;
        Some(Place { start: start.max(self.plan.document().part().start), level: section.level })
    }
}

/// A place for a section.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The start of the line that it goes above.
    start: usize,
    /// The level of its heading.
    level: u8,
}

fn is_blank_at_end(text: &str) -> bool {
    text.ends_with("\n\n")
        || text.ends_with("\r\n\r\n")
        || text.trim_end_matches(['\r', '\n', '\u{feff}']).is_empty()
}
