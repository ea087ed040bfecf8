//! A document to a plan: sections, constraints, and the checks that the plan asks for.

/// A list of words. Braces keep rustfmt from giving each word a line of its own.
macro_rules! phrases {
    ($($word:literal),* $(,)?) => { &[$($word),*] };
}

mod beside;
mod block;
mod check;
mod claim;
mod constraints;
mod dated;
mod deliverable;
mod directory;
mod draft;
mod extract;
mod field;
mod found_by;
mod heading;
mod inline;
mod keyed;
mod label;
mod lexicon;
mod literal;
mod parts;
mod position;
mod predicate;
mod printed;
mod refusal;
mod said;
mod scenario;
pub mod schema;
mod script;
mod section;
mod service;
mod serving;
mod shape;
mod standing;
mod step;
mod success;
mod table;
mod text;
mod unit;
mod value;
mod words;
mod zone;

pub use check::{Check, Confidence, ExitStatus, Kind, Ready, Stated, Step};
pub use constraints::{Constraints, Worded};
pub use found_by::FoundBy;
pub use heading::SectionKind;
pub use lexicon::Headings;
pub use section::Section;
pub use value::duration;

use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{BlockKind, Document, Source, SourceError};
use field::Field;

/// What the reader knows besides the text.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Headings that the project names itself.
    pub headings: Headings,
    /// The name of the repository, which tells an author's absolute path to its root from one to elsewhere.
    pub repository: Option<String>,
}

/// A plan: what one document says, and everything found wrong with it.
#[derive(Debug, Clone)]
pub struct Plan {
    document: Document,
    reading: Reading,
    /// The title: the text of the first heading of level 1, without `ExecPlan:`.
    pub name: Option<String>,
    /// The sections in order.
    pub sections: Vec<Section>,
    /// The rules, if the plan has a section of constraints.
    pub constraints: Option<Constraints>,
    /// The checks in order.
    pub checks: Vec<Check>,
    /// What is wrong. With an error among them nothing may be run, since checks may be missing.
    pub diagnostics: Vec<Diagnostic>,
}

impl Plan {
    /// Reads a document. Never fails: what is wrong is in [`Plan::diagnostics`].
    pub fn read(document: Document) -> Self {
        Self::read_with(document, &Reading::default())
    }

    /// Reads a document by what is known besides it.
    pub fn read_with(document: Document, reading: &Reading) -> Self {
        let sections = section::sections(&document, &reading.headings);
        let constraints = constraints::read(&document, &sections);
        let mut diagnostics = document.diagnostics();
        let (checks, findings) = extract::checks(&document, &sections, reading);
        diagnostics.extend(findings);
        diagnostics.sort_by_key(|finding| finding.span);
        let name = document
            .blocks()
            .iter()
            .position(|block| block.kind == BlockKind::Heading { level: 1 } && !block.quoted);
        let name = name.and_then(|index| {
            let span = document.blocks()[index].span;
            sections.iter().find(|section| section.heading_span == span)
        });
        let name = name.map(|section| {
            let heading = section.heading.as_ref();
            let title = heading.split_once(':').filter(|(word, _)| word.eq_ignore_ascii_case("execplan"));
            title.map_or(heading, |(_, rest)| rest.trim()).to_owned()
        });
        Self { document, reading: reading.clone(), name, sections, constraints, checks, diagnostics }
    }

    /// Reads another document as this one was read: the same plan after an edit.
    #[must_use]
    pub fn read_again(&self, document: Document) -> Self {
        Self::read_with(document, &self.reading)
    }

    /// Reads another text of the same file as this one was read.
    ///
    /// # Errors
    /// What keeps it from being a text.
    pub fn reread(&self, text: String) -> Result<Self, SourceError> {
        let source = Source::from_bytes(self.document.source().path(), text.into_bytes())?;
        Ok(self.read_again(Document::parse(source)))
    }

    /// The document that it was read from.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Whether something is wrong that forbids running anything.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The sections of a kind by their own headings, not counting what only stands below one.
    pub fn sections_of(&self, kind: SectionKind) -> impl Iterator<Item = &Section> {
        of_kind(&self.sections, kind)
    }
}

fn of_kind(sections: &[Section], kind: SectionKind) -> impl Iterator<Item = &Section> {
    sections.iter().filter(move |section| section.own_kind == kind && section.kind == kind)
}

/// A finding for a field without a value.
fn empty_field(document: &Document, field: &Field) -> Diagnostic {
    let label = document.source().slice(field.label).trim_matches(['*', '_', ' ']);
    Diagnostic::error("empty-field", field.label, format!("`{label}` has no value"))
        .help("give it a value in backticks on the same line, or in a code block below")
}
