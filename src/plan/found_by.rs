//! The rules of the grammar by which a check is found, each with a name and a sentence for people.

use super::check::Confidence;

/// The rule that found a check. What a rule asks for is argued where it is written; this is what a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FoundBy {
    /// A field of the standard schema, such as `Verification`.
    Field,
    /// A label such as `Run:` or `Validation commands:`.
    Label,
    /// A fenced code block.
    Fence,
    /// An indented block, whether or not CommonMark takes it for code.
    IndentedBlock,
    /// A session with prompts.
    Transcript,
    /// An item that is a command and nothing else, without backticks.
    BareItem,
    /// A code span behind a word such as `run`.
    RunWordSpan,
    /// A code span at the start of an item or sentence.
    LeadingSpan,
    /// A code span behind a colon or an arrow.
    IntroducedSpan,
    /// A code span that is joined to a command by a comma or `and`.
    JoinedSpan,
    /// A code span anywhere else, which has nothing but the shape of a command.
    ShapedSpan,
    /// A row of a table.
    TableRow,
    /// A path in `Deliverables`.
    Deliverable,
    /// A sentence that states what must hold.
    Criterion,
}

impl FoundBy {
    /// All of them, in the order of the grammar.
    pub const ALL: [Self; 14] = [
        Self::Field,
        Self::Label,
        Self::Fence,
        Self::IndentedBlock,
        Self::Transcript,
        Self::BareItem,
        Self::RunWordSpan,
        Self::LeadingSpan,
        Self::IntroducedSpan,
        Self::JoinedSpan,
        Self::ShapedSpan,
        Self::TableRow,
        Self::Deliverable,
        Self::Criterion,
    ];

    /// How sure the reader is of a check that it found.
    pub fn confidence(self) -> Confidence {
        match self {
            Self::Field | Self::Label | Self::Deliverable => Confidence::Explicit,
            Self::Fence
            | Self::IndentedBlock
            | Self::Transcript
            | Self::BareItem
            | Self::RunWordSpan
            | Self::LeadingSpan
            | Self::IntroducedSpan
            | Self::JoinedSpan
            | Self::ShapedSpan
            | Self::TableRow
            | Self::Criterion => Confidence::Inferred,
        }
    }

    /// Its stable name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Label => "label",
            Self::Fence => "fence",
            Self::IndentedBlock => "indented block",
            Self::Transcript => "transcript",
            Self::BareItem => "bare item",
            Self::RunWordSpan => "run-word span",
            Self::LeadingSpan => "leading span",
            Self::IntroducedSpan => "introduced span",
            Self::JoinedSpan => "joined span",
            Self::ShapedSpan => "shaped span",
            Self::TableRow => "table row",
            Self::Deliverable => "deliverable",
            Self::Criterion => "criterion",
        }
    }

    /// What the rule says, as one sentence without a full stop.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Field => "a field of the standard schema, such as `Verification`, gives its command",
            Self::Label => "a label such as `Run:` or `Validation commands:` stands before its command",
            Self::Fence => "it stands in a fenced code block of a section that says what must hold",
            Self::IndentedBlock => "it stands in an indented block of a section that says what must hold",
            Self::Transcript => "a prompt such as `$` stands before its command",
            Self::BareItem => "its item is a command and nothing else",
            Self::RunWordSpan => "its command stands in backticks behind a word such as `run`",
            Self::LeadingSpan => "its command stands in backticks at the start of an item or sentence",
            Self::IntroducedSpan => "its command stands in backticks behind a colon or an arrow",
            Self::JoinedSpan => {
                "its command stands in backticks beside another one, joined by a comma or `and`"
            }
            Self::ShapedSpan => "its command stands in backticks and has the shape of one",
            Self::TableRow => "it is a row of a table with a column of commands",
            Self::Deliverable => "a milestone promises the file",
            Self::Criterion => "the sentence states what must hold, and gives no command",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_and_a_sentence_of_its_own() {
        let mut names: Vec<&str> = FoundBy::ALL.iter().map(|rule| rule.name()).collect();
        names.sort_unstable();
        names.dedup();
        let mut sentences: Vec<&str> = FoundBy::ALL.iter().map(|rule| rule.explanation()).collect();
        sentences.sort_unstable();
        sentences.dedup();
        assert_eq!((names.len(), sentences.len()), (FoundBy::ALL.len(), FoundBy::ALL.len()));
    }
}
