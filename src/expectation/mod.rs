//! Normalises output, matches it with what a plan expects while it streams by, and explains the difference.
//!
//! All modes compare *normalised* text, on both sides: decoded as UTF-8, without ANSI escape sequences,
//! without CR before LF, without trailing blanks on a line, in Unicode form NFC. What was printed may be
//! endless and hostile: a [`Matcher`] holds no more than about 8 MiB besides the expectation itself, and
//! whatever it could not keep is never called a match.
//!
//! ```text
//! bytes ─ normalise ─┬─ ordered (Lines)            ─┐
//!                    ├─ search (Contains, absence)  ├─ matcher ─ explain ─ Mismatch
//!                    ├─ exact                       │
//!                    └─ whole (Regex, Glob, Json)  ─┘
//! ```

mod compare_json;
mod exact;
mod explain;
mod glob;
mod matcher;
mod normalise;
mod ordered;
mod search;
mod whole;
mod window;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use matcher::Matcher;
pub use search::{Absence, NotAbsent};

use ordered::OrderedLines;

/// What a check's output is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// How the output is compared.
    pub mode: Mode,
    /// What it is compared with, as it stands in the plan.
    pub text: String,
}

/// How output is compared with an expected text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The default: each expected line appears in this order in the output, each as part of a line of
    /// its own. Both ends of an expected line are trimmed; `[..]` in it is anything within the line;
    /// blank lines and lines that are only `...` or `…` ask for nothing.
    Lines,
    /// The text stands in the output as one contiguous piece, without wildcards. A text of several
    /// lines may start within a line and end within one. Leading blanks count, a final newline does not.
    Contains,
    /// The whole output is the text, but for one final newline on either side. No wildcards. An empty
    /// text asks for no output.
    Exact,
    /// The pattern is found in the output; `^` and `$` also match at line ends.
    Regex,
    /// The whole output, without its final newline, matches the glob; `*` is anything, line ends and
    /// `/` included, and `?` any one character.
    Glob,
    /// The output is JSON and equals the value; neither the order of keys nor the spelling of numbers counts.
    Json,
    /// Nothing is printed but blank lines. The text is not looked at.
    Empty,
}

impl Mode {
    /// The mode that an author chose by name, as in `Expected Output (regex)`; without case.
    ///
    /// ```text
    /// exact | contains | regex | glob | json
    /// ```
    /// The others have no name that can be chosen: `Lines` is what stands without a name, `Empty` is
    /// read from prose ("prints nothing").
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Exact, Self::Contains, Self::Regex, Self::Glob, Self::Json]
            .into_iter()
            .find(|mode| mode.name().eq_ignore_ascii_case(name.trim()))
    }

    /// The mode's name in messages and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Contains => "contains",
            Self::Exact => "exact",
            Self::Regex => "regex",
            Self::Glob => "glob",
            Self::Json => "json",
            Self::Empty => "empty",
        }
    }
}

impl Expectation {
    /// Says whether the expectation can be compared with anything; for when the plan is read.
    ///
    /// # Errors
    /// As [`Matcher::new`].
    pub fn check(&self) -> Result<(), ExpectationError> {
        match self.mode {
            // Most are of this mode, and for nothing but this they need no search made ready.
            Mode::Lines => OrderedLines::check(&self.text),
            Mode::Contains | Mode::Exact | Mode::Regex | Mode::Glob | Mode::Json | Mode::Empty => {
                Matcher::new(self).map(drop)
            }
        }
    }
}

/// An expectation that cannot be compared with anything: a pattern or JSON with an error in it, or a
/// text that asks for nothing and so would prove nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExpectationError {
    /// What is wrong, on one line.
    pub message: String,
    /// Bytes of [`Expectation::text`] at which it is wrong, if that is known; may be empty at its end.
    pub range: Option<Range<usize>>,
}

impl ExpectationError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), range: None }
    }
}

/// What came of comparing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// The output is as expected.
    Matched,
    /// It is not, or it could not be told that it is.
    Mismatched(Mismatch),
}

/// How the output differs from what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// One line: ``line 2 of the expected output was not found: `12 passed` ``.
    pub summary: String,
    /// Index, from 0, of the first line of the expected text that differs, if one can be named.
    pub first: Option<usize>,
    /// At most about 200 lines: expected and actual output, normalised, long lines cut, control
    /// characters replaced by their pictures, so that they are safe to print.
    pub diff: Vec<DiffLine>,
    /// Circumstances that bear on the comparison, one line each.
    pub notes: Vec<String>,
}

/// One line of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// Which side it stands on.
    pub kind: DiffKind,
    /// The line, without a `-` or `+` before it.
    pub text: String,
    /// This is the first line that differs; true of one line at most.
    pub first: bool,
}

/// Which side a line of a diff stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiffKind {
    /// Expected and found.
    Context,
    /// Expected, and not found here: `-`.
    Expected,
    /// In the output, and not expected here: `+`.
    Actual,
    /// Not a line: says what was left out here.
    Omitted,
}

/// Characters of a line that are shown.
const SHOWN: usize = 400;

/// The part of a line that is shown, with nothing in it that a terminal would act on.
fn shown(line: &str) -> String {
    let start = beginning(line);
    let mut shown: String = start.chars().map(picture).collect();
    if start.len() < line.len() {
        shown.push('…');
    }
    shown
}

fn beginning(line: &str) -> &str {
    &line[..line.char_indices().nth(SHOWN).map_or(line.len(), |(end, _)| end)]
}

/// Control characters as the pictures that Unicode has for them (block 2400–243F).
fn picture(c: char) -> char {
    match c {
        '\t' => c,
        '\0'..='\x1F' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7F' => '␡',
        other if other.is_control() => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}
