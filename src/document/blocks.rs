//! The block structure of a Markdown text, as a flat list in document order. The only place that names comrak.

use comrak::nodes::{AstNode, NodeCodeBlock, NodeValue, Sourcepos};
use comrak::{Arena, Options, parse_document};

use super::mask::masked;
use super::{Source, Span};

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// `# Title` or a setext heading; level 1 to 6.
    Heading {
        /// 1 to 6.
        level: u8,
    },
    /// Running text.
    Paragraph,
    /// A fenced code block; `code` are its lines without the container's indentation.
    Fence {
        /// The info string, such as `sh`.
        info: String,
        /// Whether a closing fence stands there.
        closed: bool,
        /// The lines between the fences.
        code: Vec<Span>,
    },
    /// An indented code block; `code` are its lines without the indentation.
    Indented {
        /// The lines.
        code: Vec<Span>,
    },
    /// Raw HTML, comments included.
    Html,
    /// `---`
    ThematicBreak,
    /// A bullet or numbered list.
    List,
    /// One item of a list.
    Item {
        /// `- [x]` is `Some(true)`, `- [ ]` is `Some(false)`, no checkbox is `None`.
        ticked: Option<bool>,
    },
    /// A block quote.
    Quote,
    /// A table.
    Table,
    /// A row of a table.
    TableRow,
    /// A cell of a row.
    TableCell,
    /// Anything else that CommonMark extensions know (front matter, footnotes).
    Other,
}

/// One block.
#[derive(Debug, Clone)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// From its first to its last byte. Exact for leaf blocks; a list or item ends where its last leaf ends.
    pub span: Span,
    /// The 0-based line of its first byte.
    pub line: usize,
    /// The index of the block that holds it; `None` at the top level.
    pub parent: Option<usize>,
    /// One past the index of its last descendant: `index + 1..end` are the blocks inside it.
    pub end: usize,
    /// Whether it stands inside a block quote or a `<details>`: quoted or preserved text, which says nothing of
    /// what the plan asks for now.
    pub quoted: bool,
}

/// Parses the bytes `part` of the source, which must start and end at line boundaries (or after the byte-order
/// mark). Time is linear in the text; the stack does not grow with nesting.
pub(super) fn parse(source: &Source, part: Span) -> Vec<Block> {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.front_matter_delimiter = Some("---".to_owned());
    let text = masked(source.slice(part));
    let root = parse_document(&arena, &text, &options);
    let lines = LineMap { source, first_line: source.line_index(part.start), part, text: &text };
    let mut walk = Walk { lines, blocks: Vec::new(), details: 0 };
    walk.run(root);
    walk.blocks
}

/// Turns comrak's positions (lines of the parsed part, columns in bytes) into spans of the source.
struct LineMap<'s> {
    source: &'s Source,
    first_line: usize,
    part: Span,
    /// The part as it was parsed.
    text: &'s str,
}

impl LineMap<'_> {
    /// The 0-based line of the source for a line of the parsed part.
    fn index(&self, line: usize) -> usize {
        self.first_line + line.saturating_sub(1)
    }

    fn line(&self, line: usize) -> Span {
        let span = self.source.line(self.index(line));
        Span::new(span.start.max(self.part.start), span.end.max(self.part.start))
    }

    fn span(&self, position: Sourcepos) -> Span {
        let text = self.source.text();
        let offset = |line: Span, column: usize| (line.start + column).min(line.end);
        let first = self.line(position.start.line);
        let last =
            if position.end.line == position.start.line { first } else { self.line(position.end.line) };
        let start = text.floor_char_boundary(offset(first, position.start.column.saturating_sub(1)));
        // comrak's last column names the first byte of a multi-byte last character in some blocks.
        let end = text.ceil_char_boundary(offset(last, position.end.column));
        Span::new(start, end.max(start))
    }

    /// The source bytes of each line of a code block's content.
    ///
    /// comrak gives the content without its indentation; each of its lines is the end of a source line, unless a
    /// tab was split by a container, in which case the line starts after its blanks.
    fn code(&self, block: &NodeCodeBlock, position: Sourcepos) -> Vec<Span> {
        let first = position.start.line + usize::from(block.fenced);
        let literal = block.literal.strip_suffix('\n').unwrap_or(&block.literal);
        if literal.is_empty() && block.literal.is_empty() {
            return Vec::new();
        }
        let align = |(index, content): (usize, &str)| {
            let line = self.line(first + index);
            let content = content.trim_end_matches('\r');
            let text = &self.text[line.start - self.part.start..line.end - self.part.start];
            let start = match text.strip_suffix(content) {
                Some(prefix) => line.start + prefix.len(),
                None => line.end - text.trim_start().len(),
            };
            Span::new(start, line.end)
        };
        literal.split('\n').enumerate().map(align).collect()
    }
}

struct Walk<'s> {
    lines: LineMap<'s>,
    blocks: Vec<Block>,
    /// How many `<details>` are open.
    details: usize,
}

impl Walk<'_> {
    /// Visits every block depth first without recursion: plans can nest 50,000 deep.
    fn run<'a>(&mut self, root: &'a AstNode<'a>) {
        let mut open: Vec<usize> = Vec::new();
        let mut next = root.first_child();
        while let Some(node) = next {
            let index = self.enter(node, open.last().copied());
            let holds_blocks = node.first_child().filter(|child| child.data.borrow().value.block());
            if let Some(child) = holds_blocks {
                open.push(index);
                next = Some(child);
                continue;
            }
            self.blocks[index].end = index + 1;
            next = node.next_sibling();
            let mut at = node;
            while next.is_none() {
                let (Some(parent), Some(index)) = (at.parent(), open.pop()) else { break };
                self.blocks[index].end = self.blocks.len();
                at = parent;
                next = at.next_sibling();
            }
        }
    }

    fn enter<'a>(&mut self, node: &'a AstNode<'a>, parent: Option<usize>) -> usize {
        let data = node.data.borrow();
        let position = data.sourcepos;
        let kind = self.kind(&data.value, position);
        let inherited = parent
            .is_some_and(|parent| self.blocks[parent].quoted || self.blocks[parent].kind == BlockKind::Quote);
        let mut quoted = inherited || self.details > 0;
        if let NodeValue::HtmlBlock(html) = &data.value {
            let (opened, closed) = details_tags(&html.literal);
            self.details = (self.details + opened).saturating_sub(closed);
            quoted |= self.details > 0;
        }
        let span = self.lines.span(position);
        let line = self.lines.index(position.start.line);
        self.blocks.push(Block { kind, span, line, parent, end: 0, quoted });
        self.blocks.len() - 1
    }

    fn kind(&self, value: &NodeValue, position: Sourcepos) -> BlockKind {
        match value {
            NodeValue::Heading(heading) => BlockKind::Heading { level: heading.level },
            NodeValue::Paragraph => BlockKind::Paragraph,
            NodeValue::CodeBlock(block) => {
                let code = self.lines.code(block, position);
                if block.fenced {
                    BlockKind::Fence { info: block.info.clone(), closed: block.closed, code }
                } else {
                    BlockKind::Indented { code }
                }
            }
            NodeValue::HtmlBlock(_) => BlockKind::Html,
            NodeValue::ThematicBreak => BlockKind::ThematicBreak,
            NodeValue::List(_) => BlockKind::List,
            NodeValue::Item(_) => BlockKind::Item { ticked: None },
            NodeValue::TaskItem(task) => BlockKind::Item { ticked: Some(task.symbol.is_some()) },
            NodeValue::BlockQuote => BlockKind::Quote,
            NodeValue::Table(_) => BlockKind::Table,
            NodeValue::TableRow(_) => BlockKind::TableRow,
            NodeValue::TableCell => BlockKind::TableCell,
            _ => BlockKind::Other,
        }
    }
}

/// How many `<details>` tags an HTML block opens and closes.
fn details_tags(html: &str) -> (usize, usize) {
    let lower = html.to_ascii_lowercase();
    let opens = lower
        .match_indices("<details")
        .filter(|(at, tag)| {
            lower[at + tag.len()..].bytes().next().is_none_or(|byte| !byte.is_ascii_alphanumeric())
        })
        .count();
    (opens, lower.matches("</details").count())
}
