//! Decoded text whose every byte keeps its place in the script, so that code inside code is read with exact positions.

use std::ops::Range;
use std::sync::Arc;

/// Where the bytes of a text stand in the script.
#[derive(Debug, Clone)]
pub enum Places {
    /// Copied unchanged from this offset; nearly every word is.
    From(usize),
    /// Put together from several runs, in the order of the text.
    Runs(Arc<[Run]>),
}

/// Neighbouring bytes of a text with one origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Where it begins in the text.
    at: usize,
    /// Where it comes from.
    start: usize,
    end: usize,
    /// Byte for byte; otherwise all of it stands for all of its origin (an escape, a variable, Base64).
    copied: bool,
}

impl Default for Places {
    fn default() -> Self {
        Places::From(0)
    }
}

impl Places {
    /// The place in the script of a range of the text.
    pub fn span(&self, range: Range<usize>) -> Range<usize> {
        match self {
            Places::From(offset) => offset + range.start..offset + range.end,
            Places::Runs(runs) => {
                let start = place(runs, range.start).0;
                let end = if range.end > range.start { place(runs, range.end - 1).1 } else { start };
                start.min(end)..end.max(start)
            }
        }
    }

    /// The places of a range of the text, as a text of its own.
    fn slice(&self, range: Range<usize>) -> Places {
        match self {
            Places::From(offset) => Places::From(offset + range.start),
            Places::Runs(runs) => {
                let first = runs.partition_point(|run| run.at <= range.start).saturating_sub(1);
                let inside = runs[first.min(runs.len())..].iter().take_while(|run| run.at < range.end.max(1));
                let moved = inside.map(|run| {
                    let skipped = range.start.saturating_sub(run.at);
                    let start = if run.copied { (run.start + skipped).min(run.end) } else { run.start };
                    Run { at: run.at.saturating_sub(range.start), start, ..*run }
                });
                Places::Runs(moved.collect())
            }
        }
    }
}

/// Where one byte begins and ends in the script.
fn place(runs: &[Run], at: usize) -> (usize, usize) {
    let index = runs.partition_point(|run| run.at <= at).saturating_sub(1);
    let Some(run) = runs.get(index) else { return (0, 0) };
    if run.copied {
        let start = (run.start + (at - run.at.min(at))).min(run.end);
        (start, (start + 1).min(run.end))
    } else {
        (run.start, run.end)
    }
}

/// A text in the making, or made.
#[derive(Debug, Clone, Default)]
pub struct Text {
    decoded: String,
    first: Option<Run>,
    more: Vec<Run>,
}

impl Text {
    /// A text that stands in the script as it is.
    pub fn copied(text: &str, places: &Places) -> Text {
        let mut whole = Text::default();
        whole.push(text, places, 0);
        whole
    }

    /// A text that all stands for one range.
    pub fn decoded(text: &str, span: &Range<usize>) -> Text {
        let mut whole = Text::default();
        whole.push_decoded(text, span);
        whole
    }

    pub fn as_str(&self) -> &str {
        &self.decoded
    }

    pub fn is_empty(&self) -> bool {
        self.decoded.is_empty()
    }

    /// Appends a piece of another text, which begins there at `from`.
    pub fn push(&mut self, piece: &str, places: &Places, from: usize) {
        match places {
            Places::From(offset) => {
                self.run(offset + from, offset + from + piece.len(), true);
                self.decoded.push_str(piece);
            }
            Places::Runs(runs) => {
                let end = from + piece.len();
                let mut index = runs.partition_point(|run| run.at <= from).saturating_sub(1);
                let mut at = from;
                while at < end {
                    let Some(run) = runs.get(index) else { break };
                    let next = runs.get(index + 1).map_or(end, |next| next.at).min(end);
                    if next > at {
                        let skipped = at - run.at.min(at);
                        if run.copied {
                            self.run(run.start + skipped, run.start + skipped + (next - at), true);
                        } else {
                            self.run(run.start, run.end, false);
                        }
                        self.decoded.push_str(piece.get(at - from..next - from).unwrap_or_default());
                    }
                    at = next.max(at);
                    index += 1;
                }
            }
        }
    }

    /// Appends what stands for a range of the script.
    pub fn push_decoded(&mut self, piece: &str, span: &Range<usize>) {
        self.run(span.start, span.end, false);
        self.decoded.push_str(piece);
    }

    pub fn append(&mut self, other: &Text) {
        let places = other.places();
        self.push(&other.decoded, &places, 0);
    }

    fn run(&mut self, start: usize, end: usize, copied: bool) {
        let at = self.decoded.len();
        if let Some(last) = self.more.last_mut().or(self.first.as_mut())
            && last.copied
            && copied
            && last.end == start
            && last.at + (last.end - last.start) == at
        {
            last.end = end;
            return;
        }
        let run = Run { at, start, end, copied };
        if self.first.is_none() {
            self.first = Some(run);
        } else {
            self.more.push(run);
        }
    }

    pub fn places(&self) -> Places {
        match self.first {
            None => Places::From(0),
            Some(run) if self.more.is_empty() && run.copied => Places::From(run.start),
            Some(run) => Places::Runs(std::iter::once(run).chain(self.more.iter().copied()).collect()),
        }
    }

    /// The text and the places of its bytes.
    pub fn into_parts(self) -> (String, Places) {
        let places = self.places();
        (self.decoded, places)
    }

    /// A piece of it, as a text of its own.
    pub fn slice(&self, range: Range<usize>) -> Text {
        let mut piece = Text::default();
        let places = self.places().slice(range.clone());
        piece.push(self.decoded.get(range).unwrap_or_default(), &places, 0);
        piece
    }

    /// The range of the script that all of it comes from.
    pub fn span(&self) -> Range<usize> {
        self.places().span(0..self.decoded.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_keeps_its_place_through_joining_and_slicing() {
        let mut text = Text::copied("ab", &Places::From(10));
        text.push_decoded("XYZ", &(20..24));
        text.push("cd", &Places::From(24), 0);
        let (joined, places) = text.clone().into_parts();
        assert_eq!(joined, "abXYZcd");
        assert_eq!(places.span(0..2), 10..12);
        assert_eq!(places.span(1..3), 11..24, "a part of an escape is all of it");
        assert_eq!(places.span(5..6), 24..25);
        assert_eq!(places.span(6..7), 25..26);
        let piece = text.slice(3..7);
        assert_eq!((piece.as_str(), piece.span()), ("YZcd", 20..26));
        let again = Text::copied("Zc", &Places::From(0));
        assert_eq!(again.span(), 0..2);
    }

    #[test]
    fn what_is_copied_in_pieces_is_one_run() {
        let mut text = Text::default();
        for (at, piece) in ["a", "bc", "d"].iter().enumerate() {
            text.push(piece, &Places::From(5), [0, 1, 3][at]);
        }
        assert!(matches!(text.into_parts(), (_, Places::From(5))));
    }
}
