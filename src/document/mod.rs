//! Bytes and spans: a text, its Markdown blocks, its code spans, byte edits and the save that loses nothing.

mod blocks;
mod code_span;
mod edit;
mod mask;
mod save;
mod source;

pub use blocks::{Block, BlockKind, Fence, Lines};
pub use code_span::{CodeSpan, CodeSpans, code_spans, span_holding, spans_in};
pub use edit::{Edit, EditError, apply};
pub use save::{SaveError, Snapshot, check_creatable, create, read, save};
pub use source::{LineColumn, Source, SourceError, Span};

use smallvec::smallvec;

use crate::diagnostic::Diagnostic;

/// A text with its block structure.
#[derive(Debug, Clone)]
pub struct Document {
    source: Source,
    part: Span,
    blocks: Vec<Block>,
}

impl Document {
    /// Parses a source. Never fails: every text is Markdown.
    ///
    /// A plan that stands whole inside one ```` ```md ```` fence is read as what stands between the fences; its
    /// spans still name bytes of the file.
    pub fn parse(source: Source) -> Self {
        let whole = Span::new(if source.text().starts_with('\u{feff}') { 3 } else { 0 }, source.text().len());
        let part = wrapped_plan(&source, whole).unwrap_or(whole);
        let blocks = blocks::parse(&source, part);
        Self { source, part, blocks }
    }

    /// The text.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The bytes that were parsed: the whole file without its byte-order mark, or the inside of the one fence that
    /// wraps it.
    pub fn part(&self) -> Span {
        self.part
    }

    /// All blocks in document order; a block's descendants follow it.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The lines of a leaf block without line endings, indentation and quote marks.
    pub fn lines_of(&self, block: &Block) -> Lines {
        match &block.kind {
            BlockKind::Fence(fence) => Lines::from_slice(&fence.code),
            BlockKind::Indented(code) => Lines::from_slice(code),
            _ => self.text_lines(block),
        }
    }

    fn text_lines(&self, block: &Block) -> Lines {
        let first = block.line;
        // Most blocks have one line, for which no line needs to be looked up.
        let text = self.source.slice(block.span);
        if memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
            let start = block.span.end - text.trim_start().len();
            return smallvec![Span::new(start, start + text.trim().len())];
        }
        let last_byte = block.span.end.saturating_sub(1).max(block.span.start);
        // Most blocks have a line or two, which are sooner counted than looked up.
        let goes_on = |index: &usize| self.source.line_with_ending(*index).start <= last_byte;
        (first..self.source.line_count().max(first + 1))
            .take_while(|index| *index == first || goes_on(index))
            .map(|index| {
                let line = self.source.line(index);
                let line = Span::new(
                    line.start.max(block.span.start),
                    line.end.min(block.span.end).max(block.span.start),
                );
                let text = self.source.slice(line);
                let stripped = if block.quoted && index > first {
                    text.trim_start_matches([' ', '\t', '>'])
                } else {
                    text.trim_start()
                };
                Span::new(line.end - stripped.len(), line.end - (stripped.len() - stripped.trim_end().len()))
            })
            .collect()
    }

    /// The code spans of a paragraph, heading or table cell, whose [lines](Self::lines_of) are `lines`; none for other
    /// blocks.
    pub fn code_spans_of(&self, block: &Block, lines: &[Span]) -> CodeSpans<'_> {
        match block.kind {
            BlockKind::Paragraph | BlockKind::Heading { .. } => code_spans(&self.source, lines),
            BlockKind::TableCell => {
                let mut spans = code_spans(&self.source, lines);
                // In a cell a pipe is written `\|`, also inside code (<https://github.github.com/gfm/#example-200>).
                for span in spans.iter_mut().filter(|span| span.text.contains('\\')) {
                    span.text = span.text.replace("\\|", "|").into();
                }
                spans
            }
            _ => CodeSpans::new(),
        }
    }

    /// What is wrong with the text as Markdown: fences that are never closed, and bytes that no text holds.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let unclosed = self
            .blocks
            .iter()
            .filter(|block| matches!(&block.kind, BlockKind::Fence(fence) if !fence.closed) && !block.quoted);
        let mut found: Vec<Diagnostic> = unclosed
            .map(|block| {
                let opening = self.source.line(self.source.line_index(block.span.start));
                let span = Span::new(block.span.start, opening.end);
                Diagnostic::error("unclosed-fence", span, "this code fence is never closed")
                    .label("everything below is read as code")
                    .help("close it with a line of as many of the same characters")
            })
            .collect();
        // One is enough: a file with a NUL is seldom a text at all.
        found.extend(memchr::memchr(0, self.source.text().as_bytes()).map(|offset| {
            let message = format!("NUL byte at byte {offset}");
            Diagnostic::error("nul-byte", Span::new(offset, offset + 1), message)
                .help("remove it: no command can hold one")
        }));
        found
    }
}

/// The bytes between a first line ```` ```md ```` and a last line that closes it.
///
/// By CommonMark the fence would end at the first inner fence; what the author means is the last line of the file.
fn wrapped_plan(source: &Source, whole: Span) -> Option<Span> {
    let line_text = |index: usize| source.slice(source.line(index)).trim_start_matches('\u{feff}').trim_end();
    let first = (0..source.line_count()).find(|&index| !line_text(index).is_empty())?;
    let opening = line_text(first);
    let fence = opening.bytes().take_while(|&byte| byte == b'`').count();
    let info = opening[fence..].trim();
    if fence < 3 || !(info.eq_ignore_ascii_case("md") || info.eq_ignore_ascii_case("markdown")) {
        return None;
    }
    let last = (first + 1..source.line_count()).rev().find(|&index| !line_text(index).is_empty())?;
    let closing = line_text(last);
    let closes = closing.len() >= fence && closing.bytes().all(|byte| byte == b'`');
    let start = source.line_with_ending(first + 1).start;
    let end = source.line(last).start;
    let inside = Span::new(start.min(end), end);
    let has_heading =
        source.slice(inside).lines().any(|line| line.starts_with("# ") || line.starts_with("## "));
    (closes && has_heading && inside.start >= whole.start).then_some(inside)
}
