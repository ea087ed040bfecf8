//! The bytes of one file as text, with spans, lines and columns.

use std::ops::Range;
use std::path::{Path, PathBuf};

/// A range of bytes in a [`Source`], half open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// The same span as a range.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The number of bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether no byte stands in it.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The smallest span that covers all of some; an empty one at the start of the text where there are none.
    #[must_use]
    pub fn over(spans: &[Span]) -> Span {
        spans.iter().copied().reduce(Span::to).unwrap_or_default()
    }
}

/// A place for people: both numbers start at 1, the column counts Unicode characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// 1-based line.
    pub line: usize,
    /// 1-based column, in characters from the start of the line.
    pub column: usize,
}

/// Why bytes are not a text that planproof reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The bytes are not UTF-8.
    #[error("{name}:{line}:{column}: invalid UTF-8 at byte {offset}")]
    NotUtf8 {
        /// The file, as it was named.
        name: String,
        /// 1-based line of the first bad byte.
        line: usize,
        /// 1-based column of the first bad byte, in characters.
        column: usize,
        /// Offset of the first bad byte in the file.
        offset: usize,
    },
}

/// The text of one file exactly as it is on disk, byte-order mark and line endings included.
#[derive(Debug, Clone)]
pub struct Source {
    path: PathBuf,
    text: String,
    line_starts: Vec<usize>,
}

impl Source {
    /// Takes the bytes of a file. `path` is the name to use in messages.
    ///
    /// # Errors
    /// [`SourceError`] when the bytes are not UTF-8.
    pub fn from_bytes(path: impl Into<PathBuf>, bytes: Vec<u8>) -> Result<Self, SourceError> {
        let path = path.into();
        let name = path.display().to_string();
        let text = String::from_utf8(bytes).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            let valid = String::from_utf8_lossy(&error.as_bytes()[..offset]).into_owned();
            let line = valid.matches('\n').count() + 1;
            let column = valid.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            SourceError::NotUtf8 { name, line, column, offset }
        })?;
        Ok(Self { path, line_starts: line_starts(&text), text })
    }

    /// The name to use in messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// The number of lines; a text that ends with a line ending has no empty line after it.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The span of a 0-based line without its line ending.
    pub fn line(&self, index: usize) -> Span {
        let whole = self.line_with_ending(index);
        let bytes = &self.text.as_bytes()[whole.range()];
        let ending = bytes.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        Span::new(whole.start, whole.end - ending)
    }

    /// The span of a 0-based line with its line ending. A line past the last is empty at the end.
    pub fn line_with_ending(&self, index: usize) -> Span {
        let at = |index: usize| self.line_starts.get(index).copied().unwrap_or(self.text.len());
        Span::new(at(index), at(index + 1))
    }

    /// The 0-based line that holds the byte at `offset`.
    pub fn line_index(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Line and column of a byte. A byte-order mark takes no column.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let line = self.line_index(offset);
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        let before = &self.text[start..self.text.floor_char_boundary(offset)];
        LineColumn { line: line + 1, column: before.trim_start_matches('\u{feff}').chars().count() + 1 }
    }

    /// The line ending that the text uses where `offset` is, or `\n` where it has none yet.
    pub fn newline_near(&self, offset: usize) -> &'static str {
        let line = self.line_index(offset);
        let ending = |index: usize| {
            let text = self.slice(self.line_with_ending(index));
            if text.ends_with("\r\n") {
                Some("\r\n")
            } else if text.ends_with('\n') {
                Some("\n")
            } else if text.ends_with('\r') {
                Some("\r")
            } else {
                None
            }
        };
        ending(line).or_else(|| line.checked_sub(1).and_then(ending)).unwrap_or("\n")
    }
}

/// Line starts as CommonMark counts lines: after `\n`, `\r\n`, or a lone `\r`
/// (<https://spec.commonmark.org/0.31.2/#line-ending>).
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts = Vec::with_capacity(bytes.len() / 40 + 1);
    if !bytes.is_empty() {
        starts.push(0);
    }
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        let carriage_return_of_a_pair = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
        if !carriage_return_of_a_pair && at + 1 < bytes.len() {
            starts.push(at + 1);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::from_bytes("PLANS.md", text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn lines_end_at_every_commonmark_line_ending() {
        let source = source("a\r\nb\rc\nd");
        let lines: Vec<&str> = (0..source.line_count()).map(|line| source.slice(source.line(line))).collect();
        assert_eq!(lines, ["a", "b", "c", "d"]);
    }

    #[test]
    fn columns_count_characters_and_skip_the_byte_order_mark() {
        let source = source("\u{feff}äb\nc");
        assert_eq!(source.line_column("\u{feff}ä".len()), LineColumn { line: 1, column: 2 });
        assert_eq!(source.line_column("\u{feff}äb\n".len()), LineColumn { line: 2, column: 1 });
    }

    #[test]
    fn invalid_utf8_is_told_with_its_place() {
        let error = Source::from_bytes("p.md", b"ok\nx\xff".to_vec()).unwrap_err();
        assert_eq!(error.to_string(), "p.md:2:2: invalid UTF-8 at byte 4");
    }
}
