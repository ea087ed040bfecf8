//! The matcher: feeds the output to its mode, and turns what came of it into a comparison.

use memchr::memchr_iter;

use super::compare_json;
use super::exact::{Difference, ExactLines};
use super::explain::{Sides, json_diff, json_summary};
use super::normalise::{KEPT_PER_LINE, Line, Sink, Splitter, expected_lines, plain_text};
use super::ordered::OrderedLines;
use super::search::Search;
use super::whole::{HELD, Held, Output, Wanted};
use super::window::{Kept, Window};
use super::{Comparison, DiffLine, Expectation, ExpectationError, Mismatch, Mode, SHOWN, shown};

/// How much of the output is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) line: usize,
    pub(super) held: usize,
}

/// Compares output with an expectation while it streams by, in bounded memory.
///
/// What [`Matcher::finish`] says does not depend on how the output was split over calls of
/// [`Matcher::feed`].
pub struct Matcher {
    text: String,
    splitter: Splitter,
    watch: Watch,
    /// Only for the modes that need the whole output.
    held: Held,
}

struct Watch {
    state: State,
    window: Window,
}

/// What each mode has to remember.
enum State {
    Lines(OrderedLines),
    Contains { search: Search, found: bool },
    Exact(ExactLines),
    Empty { unexpected: Option<Unexpected> },
    Whole(Wanted),
}

/// A line where there should be none.
#[derive(Clone)]
struct Unexpected {
    number: usize,
    text: String,
}

impl Matcher {
    /// Cheap: nothing but the expectation is looked at.
    ///
    /// # Errors
    /// If the expectation is not a pattern, glob or JSON though its mode says so, or asks for nothing.
    pub fn new(expectation: &Expectation) -> Result<Self, ExpectationError> {
        Self::with_limits(expectation, Limits { line: KEPT_PER_LINE, held: HELD })
    }

    pub(super) fn with_limits(expectation: &Expectation, limits: Limits) -> Result<Self, ExpectationError> {
        let text = &expectation.text;
        let state = match (Wanted::read(expectation)?, expectation.mode) {
            (Some(wanted), _) => State::Whole(wanted),
            (None, Mode::Lines) => State::Lines(OrderedLines::new(text)?),
            (None, Mode::Contains) => State::Contains { search: Search::new(text)?, found: false },
            (None, Mode::Exact) => State::Exact(ExactLines::new(text)),
            (None, Mode::Empty | Mode::Regex | Mode::Glob | Mode::Json) => State::Empty { unexpected: None },
        };
        Ok(Self {
            text: text.clone(),
            splitter: Splitter::new(limits.line),
            watch: Watch { state, window: Window::default() },
            held: Held::new(limits.held),
        })
    }

    /// Takes the next bytes of the output, split anywhere.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.watch.is_settled() {
            return;
        }
        self.splitter.feed(bytes, &mut self.watch);
        if matches!(self.watch.state, State::Whole(_)) {
            self.held.feed(bytes);
        }
    }

    /// Says what came of it, once the output has ended.
    pub fn finish(mut self) -> Comparison {
        if !self.watch.is_settled() {
            self.splitter.finish(&mut self.watch);
        }
        let Watch { state, window } = self.watch;
        let first_bad = self.splitter.first_bad();
        let mismatch = match state {
            State::Lines(lines) => lines_mismatch(&lines, &window),
            State::Contains { found, .. } => (!found).then(|| contains_mismatch(&self.text, &window)),
            State::Exact(exact) => exact.finish(&window).map(|found| exact_mismatch(&exact, &found, &window)),
            State::Empty { unexpected } => unexpected.map(|line| empty_mismatch(&line, &window)),
            State::Whole(wanted) => {
                let Some(output) = self.held.into_output() else {
                    let summary = format!(
                        "the output is larger than 4 MiB, too large to compare with {}",
                        wanted.noun()
                    );
                    return conclude(Some(unmet(summary, &self.text, &window)), first_bad, &window);
                };
                let first_bad = first_bad.into_iter().chain(output.first_bad).min();
                return conclude(whole_mismatch(&wanted, &output, &self.text, &window), first_bad, &window);
            }
        };
        if let Some(mut mismatch) = mismatch {
            mismatch.notes.extend(window.first_cut().map(|line| {
                format!("line {line} of the output is longer than 1 MiB; only its beginning was compared")
            }));
            return conclude(Some(mismatch), first_bad, &window);
        }
        Comparison::Matched
    }
}

impl Watch {
    /// Nothing that is still to come can change the answer.
    fn is_settled(&self) -> bool {
        match &self.state {
            State::Lines(lines) => lines.all_found(),
            State::Contains { found, .. } => *found,
            // A mismatch is certain early, but it still has to be shown with the end of the output.
            State::Exact(_) | State::Empty { .. } | State::Whole(_) => false,
        }
    }
}

impl Sink for Watch {
    fn block(&mut self, lines: &[u8]) {
        let window = &mut self.window;
        match &mut self.state {
            State::Lines(ordered) => ordered.block(lines, window),
            State::Contains { search, found } => {
                *found = *found || search.block(lines).is_some();
                window.block(lines);
            }
            State::Exact(exact) => exact.block(lines, window),
            State::Empty { unexpected } => {
                if unexpected.is_none() {
                    *unexpected = first_not_blank(lines, window.seen());
                }
                window.block(lines);
            }
            State::Whole(_) => window.block(lines),
        }
    }

    fn line(&mut self, line: &Line<'_>) {
        let window = &mut self.window;
        match &mut self.state {
            State::Lines(ordered) => ordered.line(line, window),
            State::Contains { search, found } => {
                *found = *found || search.line(line);
                window.line(line);
            }
            State::Exact(exact) => exact.line(line, window),
            State::Empty { unexpected } => {
                window.line(line);
                // Of a cut line it is not known that the rest is blank.
                if unexpected.is_none() && (line.cut || !line.text.is_empty()) {
                    *unexpected = Some(Unexpected { number: window.seen(), text: shown(line.text) });
                }
            }
            State::Whole(_) => window.line(line),
        }
    }
}

fn first_not_blank(block: &[u8], seen: usize) -> Option<Unexpected> {
    let at = block.iter().position(|byte| !matches!(byte, b'\t'..=b'\r' | b' '))?;
    let before = &block[..at];
    let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let end = memchr::memchr(b'\n', &block[at..]).map_or(block.len(), |length| at + length);
    let number = seen + memchr_iter(b'\n', before).count() + 1;
    Some(Unexpected { number, text: shown(plain_text(&block[start..end])) })
}

fn conclude(mismatch: Option<Mismatch>, first_bad: Option<u64>, window: &Window) -> Comparison {
    let Some(mut mismatch) = mismatch else { return Comparison::Matched };
    mismatch.notes.extend(first_bad.map(|offset| {
        format!("the output is not valid UTF-8 from byte {offset} on; compared with U+FFFD in its place")
    }));
    if window.seen() == 0 {
        mismatch.notes.push(String::from("there was no output"));
    }
    Comparison::Mismatched(mismatch)
}

fn lines_mismatch(lines: &OrderedLines, window: &Window) -> Option<Mismatch> {
    let patterns = lines.patterns();
    let missing = patterns.get(lines.found())?;
    let number = missing.index + 1;
    let summary = format!("line {number} of the expected output was not found: `{}`", shown(&missing.text));
    let mut notes = Vec::new();
    if lines.found() > 0 {
        let last = lines.last_line();
        notes.push(format!("the expected lines before it were found, the last in line {last} of the output"));
        let earlier = window.lines_before(last + 1).filter(|kept| missing.stands_in(&kept.text));
        if let Some(line) = earlier.map(|kept| kept.number).min() {
            notes.push(format!(
                "it stands in line {line} of the output, which is too early: the order counts"
            ));
        }
    }
    let expected: Vec<&str> = patterns.iter().map(|pattern| pattern.text.as_str()).collect();
    let meets = |index: usize, kept: &Kept| patterns[index].stands_in(&kept.text);
    let from = lines.last_line() + 1;
    let diff = Sides { expected: &expected, met: lines.found(), meets, window, from }.diff();
    Some(Mismatch { summary, first: Some(missing.index), diff, notes })
}

fn contains_mismatch(text: &str, window: &Window) -> Mismatch {
    let lines = expected_lines(text);
    let expected: Vec<&str> = lines.iter().map(String::as_str).collect();
    let last = expected.len() - 1;
    // A contiguous text of several lines starts at the end of a line and ends at the start of one.
    let meets = |index: usize, kept: &Kept| match index {
        0 if last == 0 => false,
        0 => kept.whole && kept.text.ends_with(expected[0]),
        _ if index == last => kept.text.starts_with(expected[last]),
        _ => kept.whole && kept.text == expected[index],
    };
    let summary = format!("the expected text was not found: `{}`", shown(expected[0]));
    let diff = Sides { expected: &expected, met: 0, meets, window, from: 1 }.diff();
    Mismatch { summary, first: (last == 0).then_some(0), diff, notes: Vec::new() }
}

fn exact_mismatch(exact: &ExactLines, found: &Difference, window: &Window) -> Mismatch {
    let expected: Vec<&str> = exact.expected().iter().map(String::as_str).collect();
    let met = exact.equal();
    let number = met + 1;
    let wanted = expected.get(met).map_or_else(String::new, |line| shown(line));
    let mut notes = Vec::new();
    let summary = match found {
        Difference::Other { actual, .. } | Difference::Longer(actual) if exact.is_empty() => {
            format!("expected no output, got `{actual}`")
        }
        Difference::Other { actual, equal_characters, cut } => {
            if *equal_characters >= SHOWN && !cut {
                notes.push(format!("line {number} differs from character {} on", equal_characters + 1));
            }
            format!("line {number} differs: expected `{wanted}`, got `{actual}`")
        }
        Difference::Longer(line) => {
            format!("the output goes on after line {met}, the last that was expected: `{line}`")
        }
        Difference::Shorter => {
            format!("the output ends before line {number} of the expected output: `{wanted}`")
        }
    };
    let meets = |index: usize, kept: &Kept| kept.whole && kept.text == expected[index];
    let first = (met < expected.len()).then_some(met);
    let shown_lines: &[&str] = if exact.is_empty() { &[] } else { &expected };
    let diff =
        Sides { expected: shown_lines, met: met.min(shown_lines.len()), meets, window, from: number }.diff();
    Mismatch { summary, first, diff, notes }
}

fn empty_mismatch(line: &Unexpected, window: &Window) -> Mismatch {
    let summary = format!("expected no output, got line {}: `{}`", line.number, line.text);
    Mismatch { summary, first: None, diff: side_by_side(&[], window), notes: Vec::new() }
}

fn whole_mismatch(wanted: &Wanted, output: &Output, text: &str, window: &Window) -> Option<Mismatch> {
    let one_line = shown(expected_lines(text).first().map_or("", String::as_str));
    match wanted {
        Wanted::Pattern(regex) => (!regex.is_match(&output.text))
            .then(|| unmet(format!("no match for the regular expression `{one_line}`"), text, window)),
        Wanted::Glob(regex) => (!regex.is_match(&output.text))
            .then(|| unmet(format!("the output does not match the glob `{one_line}`"), text, window)),
        Wanted::Json(value) => match compare_json::compare(value, &output.text) {
            Err(error) => Some(unmet(format!("the output is not JSON: {error}"), text, window)),
            Ok(differences) => differences.described.first().map(|first| Mismatch {
                summary: json_summary(first),
                first: None,
                diff: json_diff(&differences),
                notes: Vec::new(),
            }),
        },
    }
}

/// A mismatch with something that cannot be aligned with the output line by line.
fn unmet(summary: String, text: &str, window: &Window) -> Mismatch {
    let lines = expected_lines(text);
    let expected: Vec<&str> = lines.iter().map(String::as_str).collect();
    Mismatch { summary, first: None, diff: side_by_side(&expected, window), notes: Vec::new() }
}

fn side_by_side(expected: &[&str], window: &Window) -> Vec<DiffLine> {
    Sides { expected, met: 0, meets: |_, _| false, window, from: 1 }.diff()
}
