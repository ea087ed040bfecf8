//! A section of what is expected, such as `### Expected result`, right below one that gives a single block of commands.

use crate::document::{Document, Span};
use crate::expectation::{Expectation, Mode};

use super::block::reads_as_commands;
use super::check::{Check, Stated};
use super::field::{FieldName, Piece, Role, pieces_of_checks};
use super::found_by::FoundBy;
use super::inline::{self, Trust};
use super::label::named_by;
use super::predicate::Said;
use super::section::Section;
use super::{keyed, literal};

/// Whether a section stands to the one before it as an answer to a question: on the same level, right below it, and named
/// after what is expected.
pub(super) fn answers(section: &Section, before: &Section) -> bool {
    let number = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ')' | ' ');
    let name = section.heading.trim_start_matches(number);
    section.level == before.level && named_by(name) == Some(FieldName::ExpectedOutput)
}

/// Lays what the section says on the check. False where the check is told already, or the section has more in it than words
/// and an output: then it is read like any other.
pub(super) fn lay(check: &mut Check, document: &Document, section: &Section) -> bool {
    let is_block = match check.found_by {
        FoundBy::Fence | FoundBy::IndentedBlock | FoundBy::Transcript => true,
        FoundBy::Field
        | FoundBy::Label
        | FoundBy::BareItem
        | FoundBy::RunWordSpan
        | FoundBy::LeadingSpan
        | FoundBy::IntroducedSpan
        | FoundBy::JoinedSpan
        | FoundBy::ShapedSpan
        | FoundBy::TableRow
        | FoundBy::Deliverable
        | FoundBy::Criterion => false,
    };
    if !is_block || !keyed::is_untold(check) {
        return false;
    }
    let command = check.steps.last().map_or("", |step| step.command.as_str());
    let mut all = Said::default();
    for piece in pieces_of_checks(document, section.blocks.clone()) {
        let said = match &piece {
            Piece::Text { lines, code, role: Role::Plain, .. } => {
                if !inline::commands(document, lines, code, Trust::Inferred).is_empty() {
                    return false;
                }
                literal::expectation(document, lines, code, command).or_words(document, lines)
            }
            Piece::Code(block) if !reads_as_commands(document, *block) => printed(document, *block),
            // `Exit code: 0` says how it ends, as the field of that name does.
            Piece::Field(field) if field.name == FieldName::ExpectedExitCode => {
                let mut said = Said::default();
                let text = format!("exit status {}", field.text(document));
                said.sentence(&text, field.value_span(document), command);
                said
            }
            Piece::Text { .. } | Piece::Code(_) | Piece::Field(_) | Piece::Table(_) => return false,
        };
        all.join(said);
    }
    if all.is_silent() || all.red {
        return false;
    }
    check.output = all.output;
    check.must_not_output = all.must_not_output;
    check.exit_status = all.exit_status;
    check.prose = all.prose;
    true
}

/// The lines of a block, as what is printed.
fn printed(document: &Document, block: usize) -> Said {
    let lines = document.lines_of(&document.blocks()[block]);
    let Some(span) = lines.iter().copied().reduce(Span::to) else { return Said::default() };
    let text: Vec<&str> = lines.iter().map(|line| document.source().slice(*line)).collect();
    let expectation = Expectation { mode: Mode::Lines, text: text.join("\n") };
    Said { output: Some(Stated::new(expectation, span)), ..Said::default() }
}

impl Said {
    /// The same, with the words themselves where nothing was understood of them.
    fn or_words(mut self, document: &Document, lines: &[Span]) -> Self {
        if self.is_silent() {
            let words: Vec<&str> = lines.iter().map(|line| document.source().slice(*line)).collect();
            let span = lines.iter().copied().reduce(Span::to).unwrap_or_default();
            self.prose = Some(Stated::new(words.join(" "), span));
        }
        self
    }
}
