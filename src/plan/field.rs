//! Fields: `Label: value` in items and paragraphs, with the blocks that follow a label without a value.

use smallvec::smallvec;

use crate::document::{Block, BlockKind, CodeSpan, CodeSpans, Document, Lines, Span, span_holding, spans_in};

use super::block::reads_as_commands;
pub(super) use super::label::{FieldName, named_by};
use super::label::{Meaning, label};
use super::shape::is_command_line;
use super::words::{RUN, has_word, leads_on, plain, verifies};

/// One field with everything that was given as its value.
#[derive(Debug, Clone)]
pub(super) struct Field<'d> {
    /// Which one.
    pub name: FieldName,
    /// What stands in parentheses after the name, such as `regex`.
    pub qualifier: Option<String>,
    /// The paragraph or heading that holds its label.
    pub block: usize,
    /// The label, for messages.
    pub label: Span,
    /// The lines of text: the rest of the label's line, if any, and those that follow it.
    pub lines: Lines,
    /// Whether the value starts on the label's own line.
    pub inline: bool,
    /// The code spans in those lines.
    pub code: CodeSpans<'d>,
    /// The code blocks that follow, as indexes into the document.
    pub blocks: Vec<usize>,
}

impl Field<'_> {
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

/// What a text is for by the label that it stands behind, or by its own look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing is said of it.
    Plain,
    /// It must hold; `sure` where the label itself speaks of verification. Without lines, what follows must hold.
    Check { sure: bool },
    /// It was seen or done once. Without lines, so was what follows.
    Record,
    /// Lines that are commands without backticks or a fence.
    Commands,
}

/// A piece of a section or item, in order.
#[derive(Debug)]
pub(super) enum Piece<'d> {
    /// A field.
    Field(Field<'d>),
    /// Text that belongs to no field: these lines of that paragraph.
    Text {
        /// The paragraph.
        block: usize,
        /// Its lines that belong to no field.
        lines: Lines,
        /// The code spans in those lines.
        code: CodeSpans<'d>,
        /// What it is for.
        role: Role,
    },
    /// A code block that belongs to no field.
    Code(usize),
    /// A table, whole.
    Table(usize),
}

impl Piece<'_> {
    /// The block that it stands in; for a field, the one that holds its label.
    pub(super) fn block(&self) -> usize {
        match self {
            Self::Text { block, .. } | Self::Code(block) | Self::Table(block) => *block,
            Self::Field(field) => field.block,
        }
    }
}

/// Reads the blocks `range` (a section's body, or the inside of an item) into fields of the standard schema and what is
/// left. Quoted blocks and headings are passed over.
pub(super) fn pieces(document: &Document, range: std::ops::Range<usize>) -> Vec<Piece<'_>> {
    read(document, range, false)
}

/// The same with the labels of every dialect told apart, and with commands that stand on lines of their own.
pub(super) fn pieces_of_checks(document: &Document, range: std::ops::Range<usize>) -> Vec<Piece<'_>> {
    read(document, range, true)
}

fn read(document: &Document, range: std::ops::Range<usize>, dialects: bool) -> Vec<Piece<'_>> {
    let mut reader = Reader { document, pieces: Vec::new(), open: None, dialects, led: None };
    let mut index = range.start;
    while index < range.end {
        let block = &document.blocks()[index];
        if block.quoted {
            index += 1;
            continue;
        }
        match &block.kind {
            BlockKind::Paragraph => reader.paragraph(index),
            BlockKind::Fence(_) | BlockKind::Indented(_) => reader.code(index),
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

/// The paragraph that is read now.
struct Paragraph<'c, 'd> {
    index: usize,
    code: &'c [CodeSpan<'d>],
    /// What its next lines are for.
    role: Role,
    /// Whether its next line starts a text of its own.
    fresh: bool,
    /// The line before.
    before: Option<Span>,
}

struct Reader<'d> {
    document: &'d Document,
    pieces: Vec<Piece<'d>>,
    /// The index in `pieces` of the field that may still take values, and the block that its label stands in.
    open: Option<(usize, usize)>,
    /// Whether labels beyond the standard schema count.
    dialects: bool,
    /// The list of the last item that was asked about, and whether a text leads to it: all of its items ask.
    led: Option<(usize, bool)>,
}

impl<'d> Reader<'d> {
    fn paragraph(&mut self, index: usize) {
        let document = self.document;
        let block = &document.blocks()[index];
        let lines = document.lines_of(block);
        let code = document.code_spans_of(block, &lines);
        // Lines before the first label go on with an open field, or are text of their own.
        let mut target = self.open_field_for(index);
        let takes_lines = target.is_some();
        let mut own = Paragraph { index, code: &code, role: Role::Plain, fresh: false, before: None };
        for line in lines.iter().copied().filter(|line| !line.is_empty()) {
            let in_code = span_holding(&code, line.start).is_some();
            let found = (!in_code).then(|| label(document.source().slice(line))).flatten();
            let found = found.filter(|label| self.dialects || matches!(label.meaning, Meaning::Field(_)));
            if let Some(label) = found {
                let value = Span::new(line.start + label.value_start, line.end);
                let name = Span::new(line.start + label.name_start, line.start + label.name_end);
                match label.meaning {
                    Meaning::Field(field) => {
                        self.pieces.push(Piece::Field(Field {
                            name: field,
                            qualifier: label.qualifier,
                            block: index,
                            label: name,
                            inline: !value.is_empty(),
                            lines: if value.is_empty() { Lines::new() } else { smallvec![value] },
                            code: spans_in(&code, value).into(),
                            blocks: Vec::new(),
                        }));
                        target = Some(self.pieces.len() - 1);
                        self.open = Some((self.pieces.len() - 1, index));
                    }
                    Meaning::Check { sure } => {
                        target = None;
                        self.lead(&mut own, Role::Check { sure }, value);
                    }
                    Meaning::Record => {
                        target = None;
                        self.lead(&mut own, Role::Record, value);
                    }
                }
            } else if let Some(at) = target {
                if let Piece::Field(field) = &mut self.pieces[at] {
                    field.lines.push(line);
                    field.code.extend(spans_in(&code, line).iter().cloned());
                }
            } else {
                self.text_line(&mut own, line, &lines);
            }
            own.before = Some(line);
        }
        if target.is_none() && !takes_lines {
            self.open = None;
        }
    }

    /// The value of a label that is no field, as text of its own; without one, what follows is led.
    fn lead(&mut self, paragraph: &mut Paragraph<'_, 'd>, role: Role, value: Span) {
        self.open = None;
        paragraph.role = role;
        paragraph.fresh = value.is_empty();
        let lines = if value.is_empty() { Lines::new() } else { smallvec![value] };
        let code = spans_in(paragraph.code, value).into();
        self.pieces.push(Piece::Text { block: paragraph.index, lines, code, role });
    }

    /// A line that belongs to no field: it goes on with the text before it, unless it looks otherwise.
    fn text_line(&mut self, paragraph: &mut Paragraph<'_, 'd>, line: Span, lines: &[Span]) {
        let source = self.document.source();
        let said = source.slice(line);
        let code = spans_in(paragraph.code, line);
        // In `validation: x` above `files_changed: y` the second is a field of somebody else.
        if matches!(paragraph.role, Role::Check { .. } | Role::Record) && is_key(said) {
            paragraph.role = Role::Plain;
            paragraph.fresh = true;
        }
        let commands = self.dialects && code.is_empty() && self.is_bare_command(paragraph, line, lines);
        let role = if commands { Role::Commands } else { paragraph.role };
        if let Some(Piece::Text { block, lines, code: kept, role: last }) = self.pieces.last_mut()
            && *block == paragraph.index
            && *last == role
            && !paragraph.fresh
        {
            lines.push(line);
            kept.extend(code.iter().cloned());
        } else {
            self.pieces.push(Piece::Text {
                block: paragraph.index,
                lines: smallvec![line],
                code: code.into(),
                role,
            });
            paragraph.fresh = false;
        }
    }

    /// Whether a line is a command by itself: it looks like one and nothing like prose, and stands where one is due,
    /// below a line that ends with a colon, below another command, or in a paragraph of commands only.
    fn is_bare_command(&mut self, paragraph: &Paragraph<'_, 'd>, line: Span, lines: &[Span]) -> bool {
        let source = self.document.source();
        let above = paragraph.before.map(|before| source.slice(before).trim_end());
        let goes_on = above.is_some_and(|above| above.ends_with('\\'))
            && matches!(self.pieces.last(), Some(Piece::Text { block, role: Role::Commands, .. }) if *block == paragraph.index);
        if goes_on {
            return true;
        }
        if !is_command_line(strip_prompt(source.slice(line))) {
            return false;
        }
        let below_command = matches!(self.pieces.last(), Some(Piece::Text { block, role: Role::Commands, .. }) if *block == paragraph.index);
        let below_colon = above.is_some_and(|above| above.ends_with([':', '：']));
        below_command
            || below_colon
            || (above.is_none() && self.is_all_commands(paragraph, lines))
            || (above.is_none() && self.is_led_item(paragraph.index))
    }

    /// Whether a paragraph is an item of a list that a text such as "Run the targeted checks:" leads to. What has the
    /// shape of a command there is one: a criterion is a sentence.
    fn is_led_item(&mut self, index: usize) -> bool {
        let blocks = self.document.blocks();
        let item = blocks[index]
            .parent()
            .filter(|&item| item + 1 == index && matches!(blocks[item].kind, BlockKind::Item { .. }));
        let Some(list) = item.and_then(|item| blocks[item].parent()) else { return false };
        if let Some((_, is_led)) = self.led.filter(|(last, _)| *last == list) {
            return is_led;
        }
        let is_led = self.is_led_list(list);
        self.led = Some((list, is_led));
        is_led
    }

    fn is_led_list(&self, list: usize) -> bool {
        let blocks = self.document.blocks();
        let Some(above) = previous_leaf(blocks, list)
            .filter(|&above| blocks[above].kind == BlockKind::Paragraph && !blocks[above].quoted)
        else {
            return false;
        };
        let lines = self.document.lines_of(&blocks[above]);
        let said = lines.last().map(|line| plain(self.document.source().slice(*line))).unwrap_or_default();
        leads_on(&said)
            && (has_word(&said, RUN) || has_word(&said, &["commands", "command"]) || verifies(&said))
    }

    /// Whether a paragraph has nothing but commands, and another block before it in its item or section says what
    /// they are for.
    fn is_all_commands(&self, paragraph: &Paragraph<'_, 'd>, lines: &[Span]) -> bool {
        let source = self.document.source();
        let blocks = self.document.blocks();
        let starts_item = blocks[paragraph.index].parent().is_some_and(|parent| {
            parent + 1 == paragraph.index && matches!(blocks[parent].kind, BlockKind::Item { .. })
        });
        let mut goes_on = false;
        !starts_item
            && lines.iter().filter(|line| !line.is_empty()).all(|line| {
                let said = source.slice(*line);
                let is = goes_on || is_command_line(strip_prompt(said));
                goes_on = said.trim_end().ends_with('\\');
                is
            })
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
        let label_parent = blocks[label_block].parent();
        let label_item = label_parent.filter(|&parent| matches!(blocks[parent].kind, BlockKind::Item { .. }));
        // In an item that starts with the label, everything belongs to the label.
        let starts_item = label_item.is_some_and(|item| label_block == item + 1)
            && field.label.start <= first_text(self.document, &blocks[label_block]);
        let is_code = matches!(blocks[index].kind, BlockKind::Fence(_) | BlockKind::Indented(_));
        let takes_code = field.code.is_empty() && !field.name.is_one_line();
        // "Expected: all tests pass." is whole: the commands below it are those of the next step, which would be lost,
        // and no program prints them.
        if is_code && self.is_whole(field) && reads_as_commands(self.document, index) {
            return None;
        }
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

    /// Whether what is expected is said in words that lead to nothing more.
    ///
    /// Every code block below an open field asks, and the field may have thousands of lines: only its last ones, which
    /// lead to the block or do not, are looked at.
    fn is_whole(&self, field: &Field<'_>) -> bool {
        /// The most lines of a sentence.
        const MOST: usize = 4;
        if field.name != FieldName::ExpectedOutput || !field.inline {
            return false;
        }
        let source = self.document.source();
        let last = &field.lines[field.lines.len().saturating_sub(MOST)..];
        let leads = last.last().is_some_and(|line| leads_on(source.slice(*line)));
        !leads || last.iter().any(|line| has_word(&plain(source.slice(*line)), &["run", "execute"]))
    }

    /// Whether the block stands in the list whose earlier items are already values of the field.
    fn same_list(&self, field: &Field<'_>, index: usize) -> bool {
        let blocks = self.document.blocks();
        let outermost_list = |index: usize| {
            let mut at = blocks[index].parent();
            let mut outermost = None;
            while let Some(parent) = at {
                if blocks[parent].kind == BlockKind::List && blocks[parent].span.start >= field.label.start {
                    outermost = Some(parent);
                }
                at = blocks[parent].parent();
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

fn takes_code_or_text(field: &Field<'_>, block: &Block, takes_code: bool) -> bool {
    match block.kind {
        BlockKind::Fence(_) | BlockKind::Indented(_) => takes_code,
        _ => field.blocks.is_empty() && (!field.name.is_one_line() || field.is_empty()),
    }
}

/// Where the first line's text starts, emphasis marks and a checkbox skipped.
fn first_text(document: &Document, block: &Block) -> usize {
    let text = document.source().slice(block.span);
    let first = text.trim_start_matches(|mark: char| mark.is_whitespace() || matches!(mark, '*' | '_'));
    block.span.end - first.len()
}

fn previous_leaf(blocks: &[Block], index: usize) -> Option<usize> {
    (0..index).rev().find(|&before| {
        !matches!(blocks[before].kind, BlockKind::List | BlockKind::Item { .. } | BlockKind::Quote)
    })
}

/// Whether a line begins with a key of one word, such as `files_changed:`.
fn is_key(line: &str) -> bool {
    let word = line.trim_start_matches(['*', '_']);
    word.split_once(':').is_some_and(|(key, rest)| {
        !key.is_empty()
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'-' || byte == b'*')
            && (rest.is_empty() || rest.starts_with([' ', '*']))
    })
}

/// A line without the prompt before its command.
fn strip_prompt(line: &str) -> &str {
    line.strip_prefix("$ ").unwrap_or(line)
}
