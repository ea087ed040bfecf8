//! Fields: `Label: value` in items and paragraphs, with the blocks that follow a label without a value.

use crate::document::{Block, BlockKind, CodeSpan, Document, Span, span_holding, spans_in};

/// The fields that the standard schema knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldName {
    /// The commands that verify.
    Verification,
    /// What they must print.
    ExpectedOutput,
    /// What they must print to stderr.
    ExpectedStderr,
    /// The exit status they must end with.
    ExpectedExitCode,
    /// What they must not print.
    MustNotOutput,
    /// Where they run.
    WorkingDirectory,
    /// How long they may take.
    Timeout,
    /// Whether the command serves until it is stopped.
    Background,
    /// What tells that a background command is ready.
    ReadyWhen,
    /// What a milestone leaves behind.
    Deliverables,
    /// Where a plan may write.
    AllowedDirectories,
    /// What a plan must not do.
    ForbiddenOperations,
    /// What a plan may do.
    AllowedOperations,
    /// How a plan may deploy.
    Deployment,
    /// How a plan handles secrets.
    Secrets,
    /// What a plan may reach.
    Network,
}

/// Labels in their spellings, lower case.
const LABELS: &[(FieldName, &[&str])] = &[
    (
        FieldName::Verification,
        &[
            "verification",
            "verifications",
            "verify",
            "verify by",
            "verify with",
            "verified by",
            "how to verify",
            "command",
            "commands",
            "commands to verify",
            "command to verify",
            "verification command",
            "verification commands",
            "validation command",
            "validation commands",
            "proof command",
            "test command",
            "run",
            "validation",
            "検証",
            "验证",
            "검증",
        ],
    ),
    (
        FieldName::ExpectedOutput,
        &[
            "expected output",
            "expected outputs",
            "expected",
            "expect",
            "expected result",
            "expected results",
            "expected stdout",
            "期待",
            "期待される出力",
            "预期",
            "预期输出",
            "기대",
        ],
    ),
    (FieldName::ExpectedStderr, &["expected stderr", "expected error output"]),
    (
        FieldName::ExpectedExitCode,
        &["expected exit code", "expected exit status", "exit code", "exit status"],
    ),
    (FieldName::MustNotOutput, &["must not output", "must not print", "must not contain"]),
    (FieldName::WorkingDirectory, &["working directory", "workdir", "cwd", "run from", "directory"]),
    (FieldName::Timeout, &["timeout", "time limit"]),
    (FieldName::Background, &["background"]),
    (FieldName::ReadyWhen, &["ready when"]),
    (FieldName::Deliverables, &["deliverables", "deliverable"]),
    (FieldName::AllowedDirectories, &["allowed directories", "allowed directory", "allowed paths"]),
    (FieldName::ForbiddenOperations, &["forbidden operations", "forbidden operation", "forbidden"]),
    (FieldName::AllowedOperations, &["allowed operations"]),
    (FieldName::Deployment, &["deployment", "deployments"]),
    (FieldName::Secrets, &["secrets", "secret"]),
    (FieldName::Network, &["network", "network access"]),
];

/// One field with everything that was given as its value.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// Which one.
    pub name: FieldName,
    /// What stands in parentheses after the name, such as `regex`.
    pub qualifier: Option<String>,
    /// The label, for messages.
    pub label: Span,
    /// The lines of text: the rest of the label's line, if any, and those that follow it.
    pub lines: Vec<Span>,
    /// Whether the value starts on the label's own line.
    pub inline: bool,
    /// The code spans in those lines.
    pub code: Vec<CodeSpan>,
    /// The code blocks that follow, as indexes into the document.
    pub blocks: Vec<usize>,
}

impl Field {
    /// Whether nothing at all was given.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.blocks.is_empty()
    }

    /// The bytes of the value, or of the label where there is none.
    pub(super) fn value_span(&self, document: &Document) -> Span {
        let blocks = self.blocks.iter().map(|&index| document.blocks()[index].span);
        self.lines.iter().copied().chain(blocks).reduce(Span::to).unwrap_or(self.label)
    }

    /// The text of the lines, joined by blanks.
    pub(super) fn text(&self, document: &Document) -> String {
        let lines = self.lines.iter().map(|line| document.source().slice(*line));
        lines.collect::<Vec<_>>().join(" ")
    }
}

/// A piece of a section or item, in order.
#[derive(Debug)]
pub(super) enum Piece {
    /// A field.
    Field(Field),
    /// Text that belongs to no field: these lines of that paragraph.
    Text {
        /// The paragraph.
        block: usize,
        /// Its lines that belong to no field.
        lines: Vec<Span>,
        /// The code spans in those lines.
        code: Vec<CodeSpan>,
    },
    /// A code block that belongs to no field.
    Code(usize),
    /// A table, whole.
    Table(usize),
}

/// Reads the blocks `range` (a section's body, or the inside of an item) into fields and what is left.
/// Quoted blocks and headings are passed over.
pub(super) fn pieces(document: &Document, range: std::ops::Range<usize>) -> Vec<Piece> {
    let mut reader = Reader { document, pieces: Vec::new(), open: None };
    let mut index = range.start;
    while index < range.end {
        let block = &document.blocks()[index];
        if block.quoted {
            index += 1;
            continue;
        }
        match &block.kind {
            BlockKind::Paragraph => reader.paragraph(index),
            BlockKind::Fence { .. } | BlockKind::Indented { .. } => reader.code(index),
            BlockKind::Table => {
                reader.pieces.push(Piece::Table(index));
                index = block.end.max(index + 1);
                continue;
            }
            _ => {}
        }
        index += 1;
    }
    reader.pieces
}

struct Reader<'d> {
    document: &'d Document,
    pieces: Vec<Piece>,
    /// The index in `pieces` of the field that may still take values, and the block that its label stands in.
    open: Option<(usize, usize)>,
}

impl Reader<'_> {
    fn paragraph(&mut self, index: usize) {
        let document = self.document;
        let block = &document.blocks()[index];
        let lines = document.lines_of(block);
        let code = document.code_spans_of(block);
        let in_code = |offset: usize| span_holding(&code, offset).is_some();
        // Lines before the first label go on with an open field, or are text of their own.
        let mut target = self.open_field_for(index);
        let takes_lines = target.is_some();
        for line in lines.iter().copied().filter(|line| !line.is_empty()) {
            let label = (!in_code(line.start)).then(|| label(document.source().slice(line))).flatten();
            if let Some(label) = label {
                let value = Span::new(line.start + label.value_start, line.end);
                self.pieces.push(Piece::Field(Field {
                    name: label.name,
                    qualifier: label.qualifier,
                    label: Span::new(line.start + label.name_start, line.start + label.name_end),
                    inline: !value.is_empty(),
                    lines: if value.is_empty() { Vec::new() } else { vec![value] },
                    code: spans_in(&code, value).to_vec(),
                    blocks: Vec::new(),
                }));
                target = Some(self.pieces.len() - 1);
                self.open = Some((self.pieces.len() - 1, index));
            } else if let Some(at) = target {
                if let Piece::Field(field) = &mut self.pieces[at] {
                    field.lines.push(line);
                    field.code.extend_from_slice(spans_in(&code, line));
                }
            } else if let Some(Piece::Text { block, lines, code: kept }) = self.pieces.last_mut()
                && *block == index
            {
                lines.push(line);
                kept.extend_from_slice(spans_in(&code, line));
            } else {
                let code = spans_in(&code, line).to_vec();
                self.pieces.push(Piece::Text { block: index, lines: vec![line], code });
            }
        }
        if target.is_none() && !takes_lines {
            self.open = None;
        }
    }

    fn code(&mut self, index: usize) {
        match self.open_field_for(index) {
            Some(at) => {
                if let Piece::Field(field) = &mut self.pieces[at] {
                    field.blocks.push(index);
                }
            }
            None => self.pieces.push(Piece::Code(index)),
        }
    }

    /// The open field that the block at `index` is a value of: the block is inside the item of the label, or the
    /// field has no value yet and the block comes right after it.
    fn open_field_for(&self, index: usize) -> Option<usize> {
        let (at, label_block) = self.open?;
        let Piece::Field(field) = self.pieces.get(at)? else { return None };
        let blocks = self.document.blocks();
        let label_parent = blocks[label_block].parent;
        let label_item = label_parent.filter(|&parent| matches!(blocks[parent].kind, BlockKind::Item { .. }));
        // In an item that starts with the label, everything belongs to the label.
        let starts_item = label_item.is_some_and(|item| label_block == item + 1)
            && field.label.start <= first_text(self.document, &blocks[label_block]);
        let is_code = matches!(blocks[index].kind, BlockKind::Fence { .. } | BlockKind::Indented { .. });
        let takes_code = field.code.is_empty() && !field.name.is_one_line();
        if starts_item && label_item.is_some_and(|item| index < blocks[item].end) {
            return takes_code_or_text(field, &blocks[index], takes_code).then_some(at);
        }
        let adjacent = previous_leaf(blocks, index) == Some(label_block);
        let belongs = if is_code {
            adjacent && takes_code && field.blocks.is_empty()
        } else if label_item.is_some() {
            // The text of another item is never the value of a field in this one.
            false
        } else {
            // A list of values after a bare label goes on for as long as it is the same list.
            (field.is_empty() && adjacent) || (!field.inline && self.same_list(field, index))
        };
        belongs.then_some(at)
    }

    /// Whether the block stands in the list whose earlier items are already values of the field.
    fn same_list(&self, field: &Field, index: usize) -> bool {
        let blocks = self.document.blocks();
        let outermost_list = |index: usize| {
            let mut at = blocks[index].parent;
            let mut outermost = None;
            while let Some(parent) = at {
                if blocks[parent].kind == BlockKind::List && blocks[parent].span.start >= field.label.start {
                    outermost = Some(parent);
                }
                at = blocks[parent].parent;
            }
            outermost
        };
        let last_line = field.lines.last().map(|line| line.start);
        let list = outermost_list(index);
        list.is_some_and(|list| {
            last_line.is_some_and(|last| blocks[list].span.start <= last && last < blocks[list].span.end)
        })
    }
}

impl FieldName {
    /// Whether it speaks of the command of a check.
    pub(super) fn is_of_a_check(self) -> bool {
        match self {
            Self::Verification
            | Self::ExpectedOutput
            | Self::ExpectedStderr
            | Self::ExpectedExitCode
            | Self::MustNotOutput
            | Self::WorkingDirectory
            | Self::Timeout
            | Self::Background
            | Self::ReadyWhen => true,
            Self::Deliverables
            | Self::AllowedDirectories
            | Self::ForbiddenOperations
            | Self::AllowedOperations
            | Self::Deployment
            | Self::Secrets
            | Self::Network => false,
        }
    }

    /// Whether the value is one word or number, so that text below it is not part of it.
    fn is_one_line(self) -> bool {
        match self {
            Self::ExpectedExitCode | Self::WorkingDirectory | Self::Timeout | Self::Background => true,
            Self::Verification
            | Self::ExpectedOutput
            | Self::ExpectedStderr
            | Self::MustNotOutput
            | Self::ReadyWhen
            | Self::Deliverables
            | Self::AllowedDirectories
            | Self::ForbiddenOperations
            | Self::AllowedOperations
            | Self::Deployment
            | Self::Secrets
            | Self::Network => false,
        }
    }
}

fn takes_code_or_text(field: &Field, block: &Block, takes_code: bool) -> bool {
    match block.kind {
        BlockKind::Fence { .. } | BlockKind::Indented { .. } => takes_code,
        _ => field.blocks.is_empty() && (!field.name.is_one_line() || field.is_empty()),
    }
}

/// Where the first line's text starts, emphasis marks and a checkbox skipped.
fn first_text(document: &Document, block: &Block) -> usize {
    let line = document.lines_of(block).first().copied().unwrap_or(block.span);
    let text = document.source().slice(line);
    line.start + (text.len() - text.trim_start_matches(['*', '_', ' ']).len())
}

fn previous_leaf(blocks: &[Block], index: usize) -> Option<usize> {
    (0..index).rev().find(|&before| {
        !matches!(blocks[before].kind, BlockKind::List | BlockKind::Item { .. } | BlockKind::Quote)
    })
}

/// A label at the start of a line, with offsets into the line.
struct Label {
    name: FieldName,
    qualifier: Option<String>,
    name_start: usize,
    name_end: usize,
    value_start: usize,
}

/// The field that a heading names, such as `### Forbidden Operations`.
pub(super) fn named_by(heading: &str) -> Option<FieldName> {
    label(&format!("{heading}:")).map(|label| label.name)
}

/// Reads `Label:`, `**Label**:`, `**Label:**`, `**Label** —` or `Label (word):` at the start of a line.
fn label(line: &str) -> Option<Label> {
    /// Longest label with its qualifier that is looked for, in bytes.
    const LONGEST: usize = 80;
    let name_start = line.len() - line.trim_start_matches(['*', '_', ' ']).len();
    let limit = line.floor_char_boundary(LONGEST.min(line.len()));
    let (colon, mark) =
        line[..limit].char_indices().find(|(_, character)| matches!(character, ':' | '：' | '—' | '–'))?;
    let raw = line.get(name_start..colon)?;
    if raw.contains('`') {
        return None;
    }
    let (raw_name, qualifier) = match raw.split_once('(') {
        Some((name, rest)) => (name, Some(rest.trim_end_matches(['*', '_', ' ', ')']).trim().to_lowercase())),
        None => (raw, None),
    };
    let clean = raw_name.trim_matches(['*', '_', ' ']);
    let wanted = clean.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let (name, _) = LABELS.iter().find(|(_, spellings)| spellings.contains(&wanted.as_str()))?;
    let rest = &line[colon + mark.len_utf8()..];
    // The marks that close `**Label:**` belong to the label; emphasis of the value itself opens after a blank.
    let value = rest.trim_start_matches(['*', '_']).trim_start();
    Some(Label {
        name: *name,
        qualifier,
        name_start,
        name_end: name_start + raw_name.trim_end_matches(['*', '_', ' ']).len(),
        value_start: line.len() - value.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_met_in_every_emphasis() {
        for line in [
            "Expected Output: `x`",
            "**Expected Output**: `x`",
            "**Expected output:** `x`",
            "_expected  output_: `x`",
        ] {
            let label = label(line).unwrap();
            assert_eq!(label.name, FieldName::ExpectedOutput, "{line}");
            assert_eq!(&line[label.value_start..], "`x`", "{line}");
        }
        assert_eq!(label("Expected Output (Regex): `x`").unwrap().qualifier.as_deref(), Some("regex"));
        assert!(label("Expected behaviour: it works").is_none());
        assert!(label("`Verify: x`").is_none());
    }
}
