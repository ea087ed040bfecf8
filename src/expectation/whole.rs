//! The modes that need the whole output in memory, and so have a limit: a pattern, a glob, JSON.

use regex::{Regex, RegexBuilder};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::normalise::{expected_text, normalise};
use super::{Expectation, ExpectationError, Mode, glob};

/// Bytes of output that are held; a larger output is never a match.
pub(super) const HELD: usize = 4 << 20;

/// Limits of a compiled pattern and of the cache it is run with, in bytes. The time of a search grows
/// with the output times the compiled pattern: usual patterns take milliseconds for all that is held,
/// the worst that fits takes minutes, as much as a check's own time limit allows its commands.
const COMPILED: usize = 1 << 20;
const CACHE: usize = 1 << 20;

/// What the whole output is compared with.
pub(super) enum Wanted {
    Pattern(Regex),
    Glob(Regex),
    Json(Value),
}

/// The output so far, as it was printed.
pub(super) struct Held {
    limit: usize,
    raw: Vec<u8>,
    too_large: bool,
}

/// The whole output, normalised and without its final newline.
pub(super) struct Output {
    pub(super) text: String,
    pub(super) first_bad: Option<u64>,
}

impl Held {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, raw: Vec::new(), too_large: false }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        let length = self.raw.len().saturating_add(bytes.len());
        if self.too_large || length > self.limit {
            self.too_large = true;
            self.raw = Vec::new();
            return;
        }
        if length > self.raw.capacity() {
            // Grown by doubling, but never past the limit.
            let capacity = (self.raw.capacity() * 2).clamp(length, self.limit);
            self.raw.reserve_exact(capacity - self.raw.len());
        }
        self.raw.extend_from_slice(bytes);
    }

    /// The output, or none if it was too large.
    pub(super) fn into_output(self) -> Option<Output> {
        if self.too_large {
            return None;
        }
        let mut output = Output { text: String::with_capacity(self.raw.len()), first_bad: None };
        let mut offset = 0;
        for raw in self.raw.split_inclusive(|&byte| byte == b'\n') {
            let line = raw.strip_suffix(b"\n").unwrap_or(raw);
            let (text, bad) = normalise(line, false);
            if let Some(bad) = bad {
                output.first_bad.get_or_insert((offset + bad) as u64);
            }
            output.text.push_str(&text);
            if line.len() < raw.len() {
                output.text.push('\n');
            }
            offset += raw.len();
            // U+FFFD is three bytes for each byte that is not UTF-8.
            if output.text.len() > self.limit {
                return None;
            }
        }
        if output.text.ends_with('\n') {
            output.text.pop();
        }
        Some(output)
    }
}

impl Wanted {
    /// What the expectation asks for, if its mode needs the whole output.
    ///
    /// # Errors
    /// If the pattern, glob or JSON is not one.
    pub(super) fn read(expectation: &Expectation) -> Result<Option<Self>, ExpectationError> {
        let text = &expectation.text;
        match expectation.mode {
            Mode::Regex => pattern(text).map(|regex| Some(Self::Pattern(regex))),
            Mode::Glob => glob_pattern(text).map(|regex| Some(Self::Glob(regex))),
            Mode::Json => json(text).map(|value| Some(Self::Json(value))),
            Mode::Lines | Mode::Contains | Mode::Exact | Mode::Empty => Ok(None),
        }
    }

    pub(super) fn noun(&self) -> &'static str {
        match self {
            Self::Pattern(_) => "a regular expression",
            Self::Glob(_) => "a glob",
            Self::Json(_) => "a JSON value",
        }
    }
}

/// A pattern keeps its blanks, even trailing ones; only its line ends and its Unicode form are the output's.
fn pattern(text: &str) -> Result<Regex, ExpectationError> {
    let unix = text.replace("\r\n", "\n");
    let pattern: String = unix.strip_suffix('\n').unwrap_or(&unix).nfc().collect();
    if pattern.is_empty() {
        return Err(ExpectationError::new("the regular expression is empty and would match any output"));
    }
    compile(&pattern).map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            ExpectationError::new("the regular expression is too large once compiled")
        }
        other => syntax_error(&pattern, &other, text.starts_with(&pattern)),
    })
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).multi_line(true).size_limit(COMPILED).dfa_size_limit(CACHE).build()
}

/// The regex crate only draws where the error is; its parser says it.
fn syntax_error(pattern: &str, error: &regex::Error, in_place: bool) -> ExpectationError {
    let parsed = regex_syntax::ParserBuilder::new().multi_line(true).build().parse(pattern);
    let (problem, span) = match parsed {
        Err(regex_syntax::Error::Parse(error)) => (error.kind().to_string(), Some(*error.span())),
        Err(regex_syntax::Error::Translate(error)) => (error.kind().to_string(), Some(*error.span())),
        Err(_) | Ok(_) => (error.to_string().replace('\n', " "), None),
    };
    let range = span.filter(|_| in_place).map(|span| span.start.offset..span.end.offset);
    ExpectationError { message: format!("not a regular expression: {problem}"), range }
}

fn glob_pattern(text: &str) -> Result<Regex, ExpectationError> {
    let glob = expected_text(text);
    if glob.is_empty() {
        return Err(ExpectationError::new("the glob is empty; for no output, expect an exact empty text"));
    }
    let regex = glob::to_regex(&glob).map_err(|mut error| {
        error.range = error.range.filter(|_| text.starts_with(&glob));
        error
    })?;
    compile(&regex).map_err(|_| ExpectationError::new("the glob is too large once compiled"))
}

fn json(text: &str) -> Result<Value, ExpectationError> {
    serde_json::from_str(&expected_text(text)).map_err(|_| match serde_json::from_str::<Value>(text) {
        Err(error) => json_error(text, &error),
        Ok(_) => ExpectationError::new("not JSON once escape sequences are left out"),
    })
}

fn json_error(text: &str, error: &serde_json::Error) -> ExpectationError {
    let line_start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    // An error of a character has that character's column, from 1.
    let start = if error.is_eof() { text.len() } else { line_start + error.column().saturating_sub(1) };
    let mut start = start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let end = start + text[start..].chars().next().map_or(0, char::len_utf8);
    ExpectationError { message: format!("not JSON: {error}"), range: Some(start..end) }
}
