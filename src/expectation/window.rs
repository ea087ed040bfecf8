//! Keeps the few lines of the output that an explanation may show: the first, the last, and those
//! after the place where matching got to.

use std::collections::VecDeque;

use memchr::{memchr_iter, memrchr};

use super::normalise::{Line, plain_text};

/// Lines kept at each of the three places; with the expected ones a diff stays under 200 lines.
const HEAD: usize = 40;
const AROUND: usize = 40;
const TAIL: usize = 40;

/// Bytes kept of each line: more than is shown, so that lines which differ late still compare as different.
const KEPT: usize = 4 << 10;

/// A line of the output that was kept.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// Counted from 1.
    pub(super) number: usize,
    pub(super) text: String,
    /// `text` is all of the line.
    pub(super) whole: bool,
}

/// The window itself. It depends only on the lines seen, never on how they were handed over.
#[derive(Debug, Default)]
pub(super) struct Window {
    head: Vec<Kept>,
    around: Vec<Kept>,
    tail: VecDeque<Kept>,
    seen: usize,
    first_cut: Option<usize>,
}

impl Window {
    /// Number of lines seen so far.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    /// Number of the first line of which only the beginning was kept for comparing.
    pub(super) fn first_cut(&self) -> Option<usize> {
        self.first_cut
    }

    pub(super) fn line(&mut self, line: &Line<'_>) {
        let number = self.seen + 1;
        if line.cut {
            self.first_cut.get_or_insert(number);
        }
        self.keep_in_front(number, line.text, line.cut);
        self.keep_in_tail(number, line.text, line.cut);
        self.seen = number;
    }

    /// Looks only at the lines that may be kept, and counts the rest.
    pub(super) fn block(&mut self, block: &[u8]) {
        let count = memchr_iter(b'\n', block).count();
        let wanted = (HEAD - self.head.len()).max(AROUND - self.around.len()).min(count);
        let mut start = 0;
        for (index, end) in memchr_iter(b'\n', block).take(wanted).enumerate() {
            self.keep_in_front(self.seen + 1 + index, plain_text(&block[start..end]), false);
            start = end + 1;
        }
        let last = count.min(TAIL);
        let lines = &block[start_of_last_lines(block, last)..];
        let mut start = 0;
        for (index, end) in memchr_iter(b'\n', lines).enumerate() {
            self.keep_in_tail(self.seen + 1 + count - last + index, plain_text(&lines[start..end]), false);
            start = end + 1;
        }
        self.seen += count;
    }

    /// Matching got this far: from now on the lines that follow are the interesting ones.
    pub(super) fn follow(&mut self) {
        self.around.clear();
    }

    /// The lines kept with this number or a later one, in order.
    pub(super) fn lines_from(&self, number: usize) -> Vec<&Kept> {
        let mut lines: Vec<&Kept> = self.all().filter(|kept| kept.number >= number).collect();
        lines.sort_by_key(|kept| kept.number);
        lines.dedup_by_key(|kept| kept.number);
        lines
    }

    /// The lines kept with a number before this one, in no order.
    pub(super) fn lines_before(&self, number: usize) -> impl Iterator<Item = &Kept> {
        self.all().filter(move |kept| kept.number < number)
    }

    fn all(&self) -> impl Iterator<Item = &Kept> {
        self.head.iter().chain(&self.around).chain(&self.tail)
    }

    fn keep_in_front(&mut self, number: usize, text: &str, cut: bool) {
        for (lines, limit) in [(&mut self.head, HEAD), (&mut self.around, AROUND)] {
            if lines.len() < limit {
                let (shown, whole) = beginning(text);
                lines.push(Kept { number, text: shown.to_owned(), whole: whole && !cut });
            }
        }
    }

    /// The oldest line's memory is used again: a line costs no allocation once the tail is full.
    fn keep_in_tail(&mut self, number: usize, text: &str, cut: bool) {
        let mut kept = if self.tail.len() == TAIL { self.tail.pop_front() } else { None }.unwrap_or(Kept {
            number,
            text: String::new(),
            whole: true,
        });
        let (shown, whole) = beginning(text);
        kept.number = number;
        kept.text.clear();
        kept.text.push_str(shown);
        kept.whole = whole && !cut;
        self.tail.push_back(kept);
    }
}

fn beginning(text: &str) -> (&str, bool) {
    let mut end = text.len().min(KEPT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (&text[..end], end == text.len())
}

/// Where the last `count` lines of a block of whole lines start.
fn start_of_last_lines(block: &[u8], count: usize) -> usize {
    let mut start = block.len();
    for _ in 0..count {
        // The newline before `start` ends the line looked for; the one before that starts it.
        start = memrchr(b'\n', &block[..start - 1]).map_or(0, |newline| newline + 1);
    }
    start
}
