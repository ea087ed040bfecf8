//! The exact mode: the output is the expected text, line by line, and nothing else.

use memchr::memchr_iter;

use super::normalise::{Line, expected_lines, plain_text};
use super::shown;
use super::window::Window;

/// Walks through the expected lines and the output side by side.
#[derive(Debug)]
pub(super) struct ExactLines {
    expected: Vec<String>,
    /// How many lines were equal so far.
    equal: usize,
    differs: Option<Difference>,
}

/// Where the output left the expected text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Difference {
    /// The output has another line here.
    Other {
        /// The output's line, for display.
        actual: String,
        /// How many characters are equal.
        equal_characters: usize,
        /// The output's line was too long to keep, so that it could not be equal.
        cut: bool,
    },
    /// The output has this line, and nothing more was expected.
    Longer(String),
    /// The output has ended.
    Shorter,
}

impl ExactLines {
    pub(super) fn new(text: &str) -> Self {
        Self { expected: expected_lines(text), equal: 0, differs: None }
    }

    pub(super) fn expected(&self) -> &[String] {
        &self.expected
    }

    pub(super) fn equal(&self) -> usize {
        self.equal
    }

    /// Nothing at all is expected.
    pub(super) fn is_empty(&self) -> bool {
        matches!(&*self.expected, [only] if only.is_empty())
    }

    pub(super) fn block(&mut self, block: &[u8], window: &mut Window) {
        let mut start = 0;
        for end in memchr_iter(b'\n', block) {
            if self.differs.is_some() {
                break;
            }
            let line = Line { text: plain_text(&block[start..end]), terminated: true, cut: false };
            self.line(&line, window);
            start = end + 1;
        }
        window.block(&block[start..]);
    }

    pub(super) fn line(&mut self, line: &Line<'_>, window: &mut Window) {
        if self.differs.is_none() {
            match self.expected.get(self.equal) {
                Some(expected) if *expected == line.text && !line.cut => self.equal += 1,
                expected => {
                    self.differs = Some(difference(expected, line));
                    window.follow();
                }
            }
        }
        window.line(line);
    }

    /// The difference, once the output has ended.
    pub(super) fn finish(&self, window: &Window) -> Option<Difference> {
        let nothing_printed = window.seen() == 0;
        if self.differs.is_some() || self.equal == self.expected.len() {
            self.differs.clone()
        } else if nothing_printed && self.is_empty() {
            None
        } else {
            Some(Difference::Shorter)
        }
    }
}

fn difference(expected: Option<&String>, line: &Line<'_>) -> Difference {
    let Some(expected) = expected else { return Difference::Longer(shown(line.text)) };
    let equal_characters = expected.chars().zip(line.text.chars()).take_while(|(a, b)| a == b).count();
    Difference::Other { actual: shown(line.text), equal_characters, cut: line.cut }
}
