//! The default mode: each expected line must appear, in this order, as part of a line of the output.

use memchr::memmem::{self, Finder};
use memchr::{memchr, memrchr};

use super::ExpectationError;
use super::normalise::{Line, expected_lines, normalise, plain_text};
use super::window::Window;

/// Stands for anything within a line; the convention of snapbox and trycmd.
const WILDCARD: &str = "[..]";

/// One expected line: its parts must stand in one line of the output, in this order.
#[derive(Debug)]
pub(super) struct Pattern {
    /// Index of the line in the expected text.
    pub(super) index: usize,
    /// The expected line as it is shown.
    pub(super) text: String,
    /// What stands between the wildcards; no part is empty. No parts: any line will do.
    parts: Vec<String>,
    /// Whether the line begins and ends with a number, and not with a wildcard, so that no digit may stand beside it.
    number_first: bool,
    number_last: bool,
}

/// Whether a word of digits only is at an end of a text, whose bytes are given from that end on. `v1` and `1a2b` are no
/// numbers, and may go on.
fn is_number(mut bytes: impl Iterator<Item = u8>) -> bool {
    let mut digits = 0;
    let next = bytes.find(|byte| {
        digits += usize::from(byte.is_ascii_digit());
        !byte.is_ascii_digit()
    });
    digits > 0
        && next.is_none_or(|byte| byte.is_ascii_whitespace() || (byte.is_ascii_punctuation() && byte != b'_'))
}

/// How many digits a text begins with.
fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Whether a number that begins between two texts is only the end of a longer one: of `13`, `1.3` or `1,003`.
fn begins_within(before: &[u8], behind: &[u8]) -> bool {
    match before {
        [.., b'0'..=b'9'] | [.., b'0'..=b'9', b'.'] => true,
        [.., b'0'..=b'9', b','] => digits(behind) == 3,
        _ => false,
    }
}

/// Whether a number goes on in the text behind it: with a digit, or with a group of three. `Python 3` may go on with `.12`.
fn goes_on(behind: &[u8]) -> bool {
    match behind {
        [b'0'..=b'9', ..] => true,
        [b',', group @ ..] => digits(group) == 3,
        _ => false,
    }
}

impl Pattern {
    /// Wildcards at the ends say nothing, since a pattern is a *part* of a line anyhow; blanks beside
    /// them are left out like those at the ends of the line.
    fn new(index: usize, line: &str) -> Self {
        let mut inner = line;
        let (wild_first, wild_last) = (line.trim().starts_with(WILDCARD), line.trim().ends_with(WILDCARD));
        loop {
            let shorter = inner.trim();
            let shorter = shorter.strip_prefix(WILDCARD).unwrap_or(shorter);
            let shorter = shorter.strip_suffix(WILDCARD).unwrap_or(shorter);
            if shorter.len() == inner.len() {
                break;
            }
            inner = shorter;
        }
        let parts = inner.split(WILDCARD).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let number_first = !wild_first && is_number(inner.bytes());
        let number_last = !wild_last && is_number(inner.bytes().rev());
        Self { index, text: line.to_owned(), parts, number_first, number_last }
    }

    /// Leftmost first: the earliest place for a part leaves the most room for the next ones. A number is met whole, since
    /// `3 passed` says nothing good of `13 passed`.
    pub(super) fn stands_in(&self, line: &str) -> bool {
        let line = line.as_bytes();
        let last = self.parts.len().saturating_sub(1);
        let mut start = 0;
        self.parts.iter().enumerate().all(|(index, part)| {
            let found = memmem::find_iter(&line[start..], part.as_bytes()).map(|at| start + at).find(|&at| {
                let (before, behind) = line.split_at(at);
                let cut_before = index == 0 && self.number_first && begins_within(before, behind);
                let cut_behind = index == last && self.number_last && goes_on(&behind[part.len()..]);
                !cut_before && !cut_behind
            });
            start = found.map_or(start, |at| at + part.len());
            found.is_some()
        })
    }

    /// Finds lines in which the pattern may stand: those with its longest part.
    fn finder(&self) -> Finder<'static> {
        let longest = self.parts.iter().max_by_key(|part| part.len()).map_or("", String::as_str);
        Finder::new(longest).into_owned()
    }
}

/// Whether a line without blanks around it asks for anything.
fn asks(line: &str) -> bool {
    !matches!(line, "" | "..." | "…")
}

fn asks_nothing() -> ExpectationError {
    ExpectationError::new("no expected line has anything to compare")
}

/// Walks through the output with the expected lines.
///
/// Each expected line takes the earliest line that it can after the one before it. This greedy choice
/// is right: if any choice of lines in order satisfies all the expected lines, then moving the first
/// one to its earliest possible line keeps the order, and so on for the next.
#[derive(Debug)]
pub(super) struct OrderedLines {
    patterns: Vec<Pattern>,
    /// How many of the patterns were found.
    found: usize,
    /// For the first pattern that was not found yet.
    finder: Finder<'static>,
    /// Number of the line in which the last found pattern stands, from 1; 0 before that.
    last_line: usize,
}

impl OrderedLines {
    /// Blank lines and lines that are only `...` or `…` ask for nothing, since any number of lines
    /// may stand between two expected ones.
    ///
    /// # Errors
    /// If no line asks for anything: any output would match, and nothing would have been proved.
    pub(super) fn new(text: &str) -> Result<Self, ExpectationError> {
        let patterns: Vec<Pattern> = expected_lines(text)
            .iter()
            .map(|line| line.trim())
            .enumerate()
            .filter(|(_, line)| asks(line))
            .map(|(index, line)| Pattern::new(index, line))
            .collect();
        let first = patterns.first().ok_or_else(asks_nothing)?;
        let finder = first.finder();
        Ok(Self { patterns, found: 0, finder, last_line: 0 })
    }

    /// Whether [`OrderedLines::new`] would take a text.
    ///
    /// # Errors
    /// As that.
    pub(super) fn check(text: &str) -> Result<(), ExpectationError> {
        let asks = text.split('\n').any(|line| asks(normalise(line.as_bytes(), false).0.trim()));
        if asks { Ok(()) } else { Err(asks_nothing()) }
    }

    pub(super) fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    pub(super) fn found(&self) -> usize {
        self.found
    }

    pub(super) fn last_line(&self) -> usize {
        self.last_line
    }

    pub(super) fn all_found(&self) -> bool {
        self.found == self.patterns.len()
    }

    pub(super) fn block(&mut self, mut block: &[u8], window: &mut Window) {
        while !block.is_empty() && !self.all_found() {
            let Some(at) = self.finder.find(block) else { return window.block(block) };
            let start = memrchr(b'\n', &block[..at]).map_or(0, |newline| newline + 1);
            let end = memchr(b'\n', &block[at..]).map_or(block.len() - 1, |length| at + length);
            window.block(&block[..start]);
            let line = Line { text: plain_text(&block[start..end]), terminated: true, cut: false };
            self.line(&line, window);
            block = &block[end + 1..];
        }
    }

    /// Each line of the output can satisfy only one expected line.
    pub(super) fn line(&mut self, line: &Line<'_>, window: &mut Window) {
        window.line(line);
        let Some(pattern) = self.patterns.get(self.found) else { return };
        // What was cut off may have been no more than an escape sequence, and then this is no line at all.
        let perhaps_no_line = line.cut && !line.terminated && line.text.is_empty();
        if perhaps_no_line || !pattern.stands_in(line.text) {
            return;
        }
        self.found += 1;
        self.last_line = window.seen();
        window.follow();
        if let Some(next) = self.patterns.get(self.found) {
            self.finder = next.finder();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_met_whole_and_a_name_with_digits_may_go_on() {
        for (expected, line, stands) in [
            ("3", "3", true),
            ("3", "rows: 3.", true),
            ("3", "13", false),
            ("3", "31, then 3", true),
            ("3 passed", "13 passed", false),
            ("3 passed", "33 passed; 3 passed", true),
            ("port 80", "port 8080", false),
            ("v1", "v10", true),
            ("1a2b", "c1a2b3", true),
            ("3 passed", "1.3 passed", false),
            ("500 passed", "1,500 passed", false),
            ("3 passed", "1,2,3 passed", true),
            ("total: 1", "total: 1,500", false),
            ("total: 1", "total: 1, 2", true),
            ("Python 3", "Python 3.12", true),
            ("[..]3 passed", "13 passed", true),
            ("took 5[..]", "took 52 s", true),
            ("0 errors, [..] 4", "0 errors, 2 of 44", false),
        ] {
            assert_eq!(Pattern::new(0, expected).stands_in(line), stands, "{expected} in {line}");
        }
    }
}
