//! Shows how the output differs: a unified diff of what was expected and what was kept of the output.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use super::compare_json::{Difference, Differences};
use super::window::{Kept, Window};
use super::{DiffKind, DiffLine, shown};

/// Expected lines shown before and after the first that differs.
const BEFORE: usize = 10;
const AFTER: usize = 60;

/// A diff of under 200 lines takes microseconds; this is for when that is wrong.
const DEADLINE: Duration = Duration::from_millis(200);

/// What a diff is made of.
pub(super) struct Sides<'a, F: Fn(usize, &Kept) -> bool> {
    /// All the expected lines.
    pub(super) expected: &'a [&'a str],
    /// How many of them were met before the first that differs.
    pub(super) met: usize,
    /// Whether a line of the output meets the expected line with this index.
    pub(super) meets: F,
    pub(super) window: &'a Window,
    /// Number of the first line of the output that met none of them.
    pub(super) from: usize,
}

/// A line of the output, or the number of lines that were not kept between two.
enum Actual<'a> {
    Line(&'a Kept),
    Gap(usize),
}

/// Equal tokens are lines that belong together; every other line is alone.
#[derive(PartialEq, Eq, Hash)]
enum Token {
    Expected(usize),
    Alone(usize),
}

impl<F: Fn(usize, &Kept) -> bool> Sides<'_, F> {
    pub(super) fn diff(&self) -> Vec<DiffLine> {
        let mut lines = Vec::new();
        let left_out = self.met.saturating_sub(BEFORE);
        omit(left_out, "expected lines that were found", &mut lines);
        for text in &self.expected[left_out..self.met] {
            push(DiffKind::Context, text, &mut lines);
        }
        let end = self.expected.len().min(self.met + AFTER);
        let first = self.differing(end, &mut lines);
        omit(self.expected.len() - end, "more expected lines", &mut lines);
        if let Some(line) = first.and_then(|first| lines.get_mut(first)) {
            line.first = true;
        }
        lines
    }

    /// Adds the lines from the first that differs on, and gives its index among all lines: the expected
    /// line itself if it is shown as missing, else the first line on either side that is not common.
    fn differing(&self, end: usize, lines: &mut Vec<DiffLine>) -> Option<usize> {
        let actual = with_gaps(&self.window.lines_from(self.from), self.from);
        let old: Vec<Token> = (self.met..end).map(|index| self.expected_token(index)).collect();
        let new: Vec<Token> =
            actual.iter().enumerate().map(|(index, line)| self.actual_token(index, line, end)).collect();
        let start = lines.len();
        let mut missing = None;
        let deadline = Some(Instant::now() + DEADLINE);
        for op in capture_diff_slices_deadline(Algorithm::Myers, &old, &new, deadline) {
            let is_equal = matches!(op, DiffOp::Equal { .. });
            for index in op.old_range().filter(|_| !is_equal) {
                if index == 0 {
                    missing = Some(lines.len());
                }
                push(DiffKind::Expected, self.expected[self.met + index], lines);
            }
            let kind = if is_equal { DiffKind::Context } else { DiffKind::Actual };
            for index in op.new_range() {
                match &actual[index] {
                    Actual::Line(kept) => push(kind, &kept.text, lines),
                    Actual::Gap(count) => omit(*count, "lines of output", lines),
                }
            }
        }
        let differs = |line: &DiffLine| matches!(line.kind, DiffKind::Expected | DiffKind::Actual);
        missing.or_else(|| lines[start..].iter().position(differs).map(|index| start + index))
    }

    /// Expected lines that read the same are the same token.
    fn expected_token(&self, index: usize) -> Token {
        let same = (self.met..index).find(|&earlier| self.expected[earlier] == self.expected[index]);
        Token::Expected(same.unwrap_or(index))
    }

    fn actual_token(&self, index: usize, actual: &Actual<'_>, end: usize) -> Token {
        let met = match actual {
            Actual::Line(kept) => (self.met..end).find(|&expected| (self.meets)(expected, kept)),
            Actual::Gap(_) => None,
        };
        met.map_or(Token::Alone(index), Token::Expected)
    }
}

/// The differences between two JSON values, each with its path.
pub(super) fn json_diff(differences: &Differences) -> Vec<DiffLine> {
    let mut lines = Vec::new();
    for Difference { path, expected, actual } in &differences.described {
        if let Some(expected) = expected {
            push(DiffKind::Expected, &format!("{path}: {expected}"), &mut lines);
        }
        if let Some(actual) = actual {
            push(DiffKind::Actual, &format!("{path}: {actual}"), &mut lines);
        }
    }
    omit(differences.more, "more differences", &mut lines);
    if let Some(line) = lines.first_mut() {
        line.first = true;
    }
    lines
}

/// `$.a[2].b: expected 3, got 4`.
pub(super) fn json_summary(difference: &Difference) -> String {
    let path = &difference.path;
    let summary = match (&difference.expected, &difference.actual) {
        (Some(expected), Some(actual)) => format!("{path}: expected {expected}, got {actual}"),
        (Some(expected), None) => format!("{path}: expected {expected}, got nothing"),
        (None, Some(_) | None) => format!("{path}: not expected"),
    };
    shown(&summary)
}

fn with_gaps<'a>(kept: &[&'a Kept], from: usize) -> Vec<Actual<'a>> {
    let mut lines = Vec::with_capacity(kept.len() + 2);
    let mut next = from;
    for line in kept {
        if line.number > next {
            lines.push(Actual::Gap(line.number - next));
        }
        lines.push(Actual::Line(line));
        next = line.number + 1;
    }
    lines
}

fn push(kind: DiffKind, text: &str, lines: &mut Vec<DiffLine>) {
    lines.push(DiffLine { kind, text: shown(text), first: false });
}

fn omit(count: usize, what: &str, lines: &mut Vec<DiffLine>) {
    if count > 0 {
        let text = format!("{count} {what} left out");
        lines.push(DiffLine { kind: DiffKind::Omitted, text, first: false });
    }
}
