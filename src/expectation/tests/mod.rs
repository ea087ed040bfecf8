//! What the modes promise: sentences about single cases, and properties of all inputs.

mod properties;
mod sentences;

use super::matcher::Limits;
use super::{Comparison, Expectation, Matcher, Mismatch, Mode};

const ALL: Limits = Limits { line: 1 << 20, held: 4 << 20 };

fn expectation(mode: Mode, text: &str) -> Expectation {
    Expectation { mode, text: text.to_owned() }
}

fn compare_pieces(mode: Mode, text: &str, limits: Limits, pieces: &[&[u8]]) -> Comparison {
    let mut matcher = Matcher::with_limits(&expectation(mode, text), limits).unwrap();
    for piece in pieces {
        matcher.feed(piece);
    }
    matcher.finish()
}

fn compare(mode: Mode, text: &str, output: impl AsRef<[u8]>) -> Comparison {
    compare_pieces(mode, text, ALL, &[output.as_ref()])
}

#[track_caller]
fn matches(mode: Mode, text: &str, output: impl AsRef<[u8]>) {
    let comparison = compare(mode, text, output);
    assert_eq!(comparison, Comparison::Matched, "{mode:?} {text:?}");
}

#[track_caller]
fn differs(mode: Mode, text: &str, output: impl AsRef<[u8]>) -> Mismatch {
    match compare(mode, text, output) {
        Comparison::Mismatched(mismatch) => mismatch,
        Comparison::Matched => panic!("{mode:?} {text:?} matched"),
    }
}

/// A diff as a person would see it; `!` marks the first line that differs.
fn drawn(mismatch: &Mismatch) -> String {
    use super::DiffKind::{Actual, Context, Expected, Omitted};
    let mut drawn = String::new();
    for line in &mismatch.diff {
        drawn.push(match line.kind {
            Context => ' ',
            Expected => '-',
            Actual => '+',
            Omitted => '~',
        });
        drawn.push(if line.first { '!' } else { ' ' });
        drawn.push_str(&line.text);
        drawn.push('\n');
    }
    drawn
}
