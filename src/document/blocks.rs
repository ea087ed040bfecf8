//! The block structure of a Markdown text, as a flat list in document order. The only place that names comrak.

use std::num::NonZeroUsize;

use comrak::nodes::{AstNode, NodeCodeBlock, NodeValue, Sourcepos};
use comrak::{Arena, Options, parse_document};
use smallvec::SmallVec;

use super::mask::{self, BOX, masked};
use super::{Source, Span};

/// Lines of text. Most texts have one.
pub type Lines = SmallVec<[Span; 1]>;

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
    /// A fenced code block.
    Fence(Box<Fence>),
    /// An indented code block: its lines without the indentation.
    Indented(Box<[Span]>),
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

/// A fenced code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The info string, such as `sh`.
    pub info: String,
    /// Whether a closing fence stands there.
    pub closed: bool,
    /// The lines between the fences, without the container's indentation.
    pub code: Box<[Span]>,
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
    /// The index of the block that holds it plus one, which takes half of the room of an optional index.
    parent: Option<NonZeroUsize>,
    /// One past the index of its last descendant: `index + 1..end` are the blocks inside it.
    pub end: usize,
    /// Whether it stands inside a block quote or a `<details>`: quoted or preserved text, which says nothing of
    /// what the plan asks for now.
    pub quoted: bool,
}

impl Block {
    /// The index of the block that holds it; `None` at the top level.
    pub fn parent(&self) -> Option<usize> {
        self.parent.map(|parent| parent.get() - 1)
    }
}

/// Parses the bytes `part` of the source, which must start and end at line boundaries (or after the byte-order
/// mark). Time is linear in the text; the stack does not grow with nesting.
///
/// A long text goes to comrak in pieces of some sections each, since one tree of all of it leaves the caches of the
/// processor, which takes half of the time.
pub(super) fn parse(source: &Source, part: Span) -> Vec<Block> {
    /// How long a piece is at least, in bytes: its tree fits the second-level cache of today's processors. Of 5 MB of plan,
    /// pieces of 16 to 256 kB take the same time, those of 4 kB and of 1 MB a little more.
    const LEAST: usize = 64 << 10;
    parse_in_pieces(source, part, LEAST)
}

fn parse_in_pieces(source: &Source, part: Span, least: usize) -> Vec<Block> {
    let mut options = Options::default();
    options.extension.table = true;
    let front_matter = front_matter(source.slice(part));
    if front_matter > 0 {
        options.extension.front_matter_delimiter = Some("---".to_owned());
    }
    let mut walk = Walk { blocks: Vec::new(), details: 0 };
    let mut rest = part;
    while !rest.is_empty() {
        let least = if rest == part { least.max(front_matter) } else { least };
        let piece = Span::new(rest.start, rest.start + first_piece(source.slice(rest), least));
        if piece == rest || !walk.piece(source, piece, true, &options) {
            // What is open where a piece ends is open to the end of the text, or so seldom that no better end is looked for.
            walk.piece(source, rest, false, &options);
            break;
        }
        rest.start = piece.end;
    }
    walk.blocks
}

/// The length of the piece that a text begins with. It ends before a heading below a blank line, where all blocks end but
/// a fence and some HTML that are not closed.
fn first_piece(text: &str, least: usize) -> usize {
    let bytes = text.as_bytes();
    let from = least.min(bytes.len());
    let is_heading = |at: &usize| {
        let above = &bytes[..at - 1];
        let marks = bytes[*at..].iter().take_while(|byte| **byte == b'#').count();
        above.strip_suffix(b"\r").unwrap_or(above).ends_with(b"\n")
            && marks <= 6
            && bytes.get(at + marks).is_none_or(|byte| b" \t\r\n".contains(byte))
    };
    let mut lines = memchr::memmem::find_iter(&bytes[from..], b"\n#").map(|at| from + at + 1);
    lines.find(is_heading).unwrap_or(bytes.len())
}

/// The length of the front matter that a text begins with; 0 where it has none. A rule above a heading is none: all up to
/// the next rule would be lost.
fn front_matter(text: &str) -> usize {
    const MARK: &str = "---";
    let mut lines = text.split_inclusive('\n');
    let is_mark = |line: &str| line.trim_end() == MARK;
    let Some(first) = lines.next().filter(|line| is_mark(line)) else { return 0 };
    let mut length = first.len();
    let mut has_key = false;
    for line in lines {
        length += line.len();
        let said = line.trim();
        if is_mark(line) {
            return if has_key { length } else { 0 };
        }
        // A comment of YAML looks like a heading, so that the first line that is neither it nor blank decides.
        if !has_key && !said.is_empty() && !said.starts_with('#') {
            let key = line.split_once(':').map_or("", |(key, _)| key);
            let quoted = key.starts_with(['"', '\'']);
            has_key = !key.is_empty()
                && !key.starts_with([' ', '-', '>', '*', '`'])
                && (quoted || !key.contains(' '));
            if !has_key {
                return 0;
            }
        }
    }
    0
}

/// Turns comrak's nodes and positions (lines of the parsed part, columns in bytes) into kinds and spans of the source.
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
    fn code(&self, block: &NodeCodeBlock, position: Sourcepos) -> Box<[Span]> {
        let first = position.start.line + usize::from(block.fenced);
        let literal = block.literal.strip_suffix('\n').unwrap_or(&block.literal);
        if literal.is_empty() && block.literal.is_empty() {
            return Box::default();
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

    /// What a node is, with the places of its lines.
    fn kind(&self, value: &NodeValue, position: Sourcepos) -> BlockKind {
        match value {
            NodeValue::Heading(heading) => BlockKind::Heading { level: heading.level },
            NodeValue::Paragraph => BlockKind::Paragraph,
            NodeValue::CodeBlock(block) => {
                let code = self.code(block, position);
                if block.fenced {
                    BlockKind::Fence(Box::new(Fence { info: block.info.clone(), closed: block.closed, code }))
                } else {
                    BlockKind::Indented(code)
                }
            }
            NodeValue::HtmlBlock(_) => BlockKind::Html,
            NodeValue::ThematicBreak => BlockKind::ThematicBreak,
            NodeValue::List(_) => BlockKind::List,
            NodeValue::Item(_) => BlockKind::Item { ticked: None },
            NodeValue::BlockQuote => BlockKind::Quote,
            NodeValue::Table(_) => BlockKind::Table,
            NodeValue::TableRow(_) => BlockKind::TableRow,
            NodeValue::TableCell => BlockKind::TableCell,
            _ => BlockKind::Other,
        }
    }
}

struct Walk {
    blocks: Vec<Block>,
    /// How many `<details>` are open.
    details: usize,
}

impl Walk {
    /// Adds the blocks of a piece of the source. Where it `ends_early`, a heading follows it, and nothing is added unless all
    /// blocks end there: whether they do.
    fn piece(&mut self, source: &Source, piece: Span, ends_early: bool, options: &Options<'_>) -> bool {
        let arena = Arena::new();
        let mut text = masked(source.slice(piece));
        if ends_early {
            text.push('#');
        }
        let root = parse_document(&arena, &text, options);
        let first_line = source.line_index(piece.start);
        let lines = LineMap { source, first_line, part: piece, text: &text };
        if ends_early {
            let end = source.line_index(piece.end);
            let is_heading = |last: &&AstNode<'_>| {
                let data = last.data.borrow();
                matches!(data.value, NodeValue::Heading(_)) && lines.index(data.sourcepos.start.line) == end
            };
            let Some(heading) = root.last_child().filter(is_heading) else { return false };
            heading.detach();
        }
        self.run(root, &lines);
        true
    }

    /// Visits every block depth first without recursion: plans can nest 50,000 deep.
    fn run<'a>(&mut self, root: &'a AstNode<'a>, lines: &LineMap<'_>) {
        let mut open: Vec<usize> = Vec::new();
        let mut next = root.first_child();
        while let Some(node) = next {
            if let Some(index) = self.enter(node, open.last().copied(), lines) {
                let kind = &self.blocks[index].kind;
                let is_text =
                    matches!(kind, BlockKind::Paragraph | BlockKind::Heading { .. } | BlockKind::TableCell);
                if let Some(child) = node.first_child().filter(|_| !is_text) {
                    open.push(index);
                    next = Some(child);
                    continue;
                }
                self.blocks[index].end = index + 1;
            }
            next = node.next_sibling();
            let mut at = node;
            while next.is_none() {
                let (Some(parent), Some(index)) = (at.parent(), open.pop()) else { break };
                let (inside, last_leaf) =
                    (self.blocks.len(), self.blocks.last().map_or(0, |leaf| leaf.span.end));
                let block = &mut self.blocks[index];
                block.end = inside;
                // comrak counts blank lines to some items as well.
                block.span.end = last_leaf.max(block.span.start);
                at = parent;
                next = at.next_sibling();
            }
        }
    }

    /// Adds a block. A paragraph that is nothing but the box of a task is none.
    fn enter<'a>(
        &mut self,
        node: &'a AstNode<'a>,
        parent: Option<usize>,
        lines: &LineMap<'_>,
    ) -> Option<usize> {
        let data = node.data.borrow();
        let position = data.sourcepos;
        let kind = lines.kind(&data.value, position);
        let inherited = parent
            .is_some_and(|parent| self.blocks[parent].quoted || self.blocks[parent].kind == BlockKind::Quote);
        let mut quoted = inherited || self.details > 0;
        if let NodeValue::HtmlBlock(html) = &data.value {
            let (opened, closed) = details_tags(&html.literal);
            self.details = (self.details + opened).saturating_sub(closed);
            quoted |= self.details > 0;
        }
        let mut span = lines.span(position);
        if kind == BlockKind::Paragraph
            && let Some(item) = parent.filter(|_| node.previous_sibling().is_none())
            && let BlockKind::Item { ticked } = &mut self.blocks[item].kind
        {
            let text = &lines.source.text().as_bytes()[span.range()];
            *ticked = mask::ticked(text);
            if ticked.is_some() {
                let behind = &text[BOX..];
                span.start += BOX + behind.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                if span.is_empty() {
                    return None;
                }
            }
        }
        let line = lines.index(position.start.line);
        let parent = parent.and_then(|parent| NonZeroUsize::new(parent + 1));
        self.blocks.push(Block { kind, span, line, parent, end: 0, quoted });
        Some(self.blocks.len() - 1)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    /// Every block with all that is known of it.
    fn blocks(text: &str, least: usize) -> Vec<String> {
        let source = Source::from_bytes("PLANS.md", text.as_bytes().to_vec()).unwrap();
        let found = parse_in_pieces(&source, Span::new(0, text.len()), least);
        found.iter().map(|block| format!("{block:?}")).collect()
    }

    fn markdown() -> impl Strategy<Value = String> {
        let line = select(
            &[
                "",
                "",
                "",
                "",
                "# a",
                "## b",
                "#",
                "#c",
                " # d",
                "word",
                "- item",
                "  more",
                "- [ ] task",
                "> quote",
                "> # e",
                "```sh",
                "```",
                "- ```",
                "~~~",
                "    code",
                "\tcode",
                "a | b",
                "---|---",
                "1 | 2",
                "---",
                "===",
                "<div>",
                "</div>",
                "<!-- a",
                "b -->",
                "<!-- c -->",
                "<details>",
                "</details>",
                "<pre>",
                "[a]: b",
                "  ",
                "日本",
                "1. one",
                "   - deep",
                "`",
                "<a",
                "\\",
            ][..],
        );
        let ending = select(&["\n", "\n", "\n", "\r\n", "\r"][..]);
        let lines = prop::collection::vec((line, ending), 0..40);
        let text =
            lines.prop_map(|lines| lines.into_iter().flat_map(|(line, ending)| [line, ending]).collect());
        text.prop_filter("front matter", |text: &String| !text.starts_with("---"))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pieces_of_a_text_have_the_blocks_of_the_whole(text in markdown(), least in 0_usize..60) {
            prop_assert_eq!(blocks(&text, least), blocks(&text, text.len()), "in {:?}", text);
        }
    }
}
