//! Finds one contiguous text in a stream of normalised lines: `Contains`, and `Must Not Output`.

use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter, memrchr};

use super::normalise::{KEPT_PER_LINE, Line, Sink, Splitter, expected_text, plain_text};
use super::{ExpectationError, shown};

/// The search, with what it must remember between lines.
pub(super) struct Search {
    text: Vec<u8>,
    /// Finds the text's first line: while nothing of the text has matched, whatever does not hold
    /// that line is skipped at full speed.
    first_line: Finder<'static>,
    /// For each prefix of the text, the length of the longest shorter one that ends it
    /// (Knuth, Morris, Pratt 1977). Empty when the text is one line, which cannot span lines.
    failure: Vec<u32>,
    /// How much of the text has matched at the end of the last line.
    matched: usize,
}

impl Search {
    /// # Errors
    /// If the text is blank: it would stand in any output.
    pub(super) fn new(text: &str) -> Result<Self, ExpectationError> {
        let text = expected_text(text).into_bytes();
        if text.trim_ascii().is_empty() {
            return Err(ExpectationError::new("the text to look for is blank"));
        }
        let first = memchr(b'\n', &text);
        let first_line = Finder::new(&text[..first.unwrap_or(text.len())]).into_owned();
        let failure = if first.is_some() { failure_table(&text) } else { Vec::new() };
        Ok(Self { text, first_line, failure, matched: 0 })
    }

    /// An offset in the line of the block on which the text was found to end.
    pub(super) fn block(&mut self, block: &[u8]) -> Option<usize> {
        if self.failure.is_empty() {
            return self.first_line.find(block);
        }
        let mut at = 0;
        while at < block.len() {
            if self.matched == 0 {
                let found = at + self.first_line.find(&block[at..])?;
                at = memrchr(b'\n', &block[..found]).map_or(0, |newline| newline + 1);
            }
            let end = memchr(b'\n', &block[at..]).map_or(block.len(), |length| at + length);
            let line = Line { text: plain_text(&block[at..end]), terminated: true, cut: false };
            if self.line(&line) {
                return Some(at);
            }
            at = end + 1;
        }
        None
    }

    /// Whether the text was found to end on this line.
    pub(super) fn line(&mut self, line: &Line<'_>) -> bool {
        if self.failure.is_empty() {
            return self.first_line.find(line.text.as_bytes()).is_some();
        }
        if line.text.bytes().any(|byte| self.step(byte)) {
            return true;
        }
        if line.cut {
            // What follows the kept part is unknown, so nothing can go on from it.
            self.matched = 0;
            return false;
        }
        line.terminated && self.step(b'\n')
    }

    fn step(&mut self, byte: u8) -> bool {
        while self.matched > 0 && self.text[self.matched] != byte {
            self.matched = self.failure[self.matched - 1] as usize;
        }
        self.matched += usize::from(self.text[self.matched] == byte);
        self.matched == self.text.len()
    }
}

fn failure_table(text: &[u8]) -> Vec<u32> {
    let mut table = vec![0; text.len()];
    let mut length = 0;
    for at in 1..text.len() {
        while length > 0 && text[at] != text[length] {
            length = table[length - 1] as usize;
        }
        length += usize::from(text[at] == text[length]);
        // A plan is nowhere near 4 GiB; a shorter border than the true one could only miss a match.
        table[at] = u32::try_from(length).unwrap_or(0);
    }
    table
}

/// `Must Not Output`: the given text must not stand in the output. Compared like [`super::Mode::Contains`].
pub struct Absence {
    splitter: Splitter,
    watch: Watch,
}

/// Why the absence of a text was not proved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAbsent {
    /// The text stands in the output.
    #[error("line {line} of the output holds what must not be there: `{text}`")]
    Found {
        /// Line of the output, from 1, on which the text was found to end.
        line: usize,
        /// That line, normalised and cut for display.
        text: String,
    },
    /// The text may stand in a part of the output that was too long to keep.
    #[error("cannot tell: line {line} of the output is longer than 1 MiB, and only its beginning was read")]
    CannotTell {
        /// The first such line, from 1.
        line: usize,
    },
}

impl Absence {
    /// # Errors
    /// If the text is blank.
    pub fn new(text: &str) -> Result<Self, ExpectationError> {
        Self::with_limit(text, KEPT_PER_LINE)
    }

    pub(super) fn with_limit(text: &str, kept_per_line: usize) -> Result<Self, ExpectationError> {
        let watch = Watch { search: Search::new(text)?, seen: 0, found: None, cut: None };
        Ok(Self { splitter: Splitter::new(kept_per_line), watch })
    }

    /// Takes the next bytes of the output, split anywhere.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.watch.found.is_none() {
            self.splitter.feed(bytes, &mut self.watch);
        }
    }

    /// Says whether the whole output was seen not to hold the text.
    ///
    /// # Errors
    /// If the text was found, or could stand where the output was not kept.
    pub fn finish(mut self) -> Result<(), NotAbsent> {
        if self.watch.found.is_none() {
            self.splitter.finish(&mut self.watch);
        }
        match (self.watch.found, self.watch.cut) {
            (Some((line, text)), _) => Err(NotAbsent::Found { line, text }),
            (None, Some(line)) => Err(NotAbsent::CannotTell { line }),
            (None, None) => Ok(()),
        }
    }
}

struct Watch {
    search: Search,
    seen: usize,
    found: Option<(usize, String)>,
    cut: Option<usize>,
}

impl Sink for Watch {
    fn block(&mut self, lines: &[u8]) {
        if self.found.is_some() {
            return;
        }
        if let Some(at) = self.search.block(lines) {
            let start = memrchr(b'\n', &lines[..at]).map_or(0, |newline| newline + 1);
            let end = memchr(b'\n', &lines[at..]).map_or(lines.len(), |length| at + length);
            let line = self.seen + memchr_iter(b'\n', &lines[..at]).count() + 1;
            self.found = Some((line, shown(plain_text(&lines[start..end]))));
        }
        self.seen += memchr_iter(b'\n', lines).count();
    }

    fn line(&mut self, line: &Line<'_>) {
        if self.found.is_some() {
            return;
        }
        self.seen += 1;
        if line.cut {
            self.cut.get_or_insert(self.seen);
        }
        if self.search.line(line) {
            self.found = Some((self.seen, shown(line.text)));
        }
    }
}
