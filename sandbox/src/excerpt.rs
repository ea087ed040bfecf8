//! The beginning and the end of a stream in bounded memory.

use std::collections::VecDeque;

/// Keeps the first and the last bytes of a stream, counts all, and finds the first byte that is not UTF-8.
///
/// Its memory is bounded by `head + tail` bytes whatever is pushed.
#[derive(Clone, Debug)]
pub struct Excerpt {
    head_limit: usize,
    tail_limit: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
    /// Bytes of a character that is not complete yet; at most three.
    open: Vec<u8>,
    bad: Option<u64>,
}

/// An [`Excerpt`] as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExcerptText {
    /// The beginning; everything if `left_out` is 0. Bytes that are not UTF-8 are U+FFFD.
    pub head: String,
    /// Bytes between `head` and `tail` that are not shown.
    pub left_out: u64,
    /// The end; empty if `left_out` is 0.
    pub tail: String,
    /// Whether `tail` begins in the middle of a line.
    pub tail_in_line: bool,
    /// Bytes of the whole stream.
    pub total: u64,
    /// Offset in the stream of the first byte that is not UTF-8.
    pub first_bad_byte: Option<u64>,
}

impl Excerpt {
    /// An empty excerpt that will keep the first `head` and the last `tail` bytes.
    pub fn new(head: usize, tail: usize) -> Self {
        Self {
            head_limit: head,
            tail_limit: tail,
            head: Vec::new(),
            tail: VecDeque::new(),
            total: 0,
            open: Vec::new(),
            bad: None,
        }
    }

    /// Adds the next bytes of the stream, cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        self.watch_encoding(bytes);
        self.total += bytes.len() as u64;
        let (first, rest) = bytes.split_at(bytes.len().min(self.head_limit - self.head.len()));
        self.head.extend_from_slice(first);
        let rest = &rest[rest.len().saturating_sub(self.tail_limit)..];
        let surplus = (self.tail.len() + rest.len()).saturating_sub(self.tail_limit);
        self.tail.drain(..surplus);
        self.tail.extend(rest);
    }

    /// Bytes of the stream so far.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Bytes that were not kept.
    pub fn left_out(&self) -> u64 {
        self.total - self.head.len() as u64 - self.tail.len() as u64
    }

    /// The kept beginning and end, byte for byte; they meet if nothing was left out.
    pub fn bytes(&self) -> (Vec<u8>, Vec<u8>) {
        (self.head.clone(), self.tail.iter().copied().collect())
    }

    /// Offset of the first byte that is not UTF-8, a character cut off by the end of the stream included.
    pub fn first_bad_byte(&self) -> Option<u64> {
        self.bad.or_else(|| (!self.open.is_empty()).then(|| self.total - self.open.len() as u64))
    }

    /// The excerpt as text: where bytes were left out, the cut is moved to a line's end if one is near (within half
    /// of the kept part), and otherwise to a character's.
    pub fn text(&self) -> ExcerptText {
        let (mut head, mut tail) = self.bytes();
        let mut left_out = self.left_out();
        let mut tail_in_line = false;
        if left_out == 0 {
            head.append(&mut tail);
        } else {
            let keep = match head.iter().rposition(|byte| *byte == b'\n') {
                Some(newline) if newline + 1 >= head.len() / 2 => newline + 1,
                _ => whole_characters(&head),
            };
            left_out += (head.len() - keep) as u64;
            head.truncate(keep);
            let skip = match tail.iter().position(|byte| *byte == b'\n') {
                Some(newline) if newline < tail.len() / 2 => newline + 1,
                _ => {
                    tail_in_line = true;
                    tail.iter().take(3).take_while(|byte| **byte & 0xC0 == 0x80).count()
                }
            };
            left_out += skip as u64;
            tail.drain(..skip);
        }
        ExcerptText {
            head: String::from_utf8_lossy(&head).into_owned(),
            left_out,
            tail: String::from_utf8_lossy(&tail).into_owned(),
            tail_in_line,
            total: self.total,
            first_bad_byte: self.first_bad_byte(),
        }
    }

    fn watch_encoding(&mut self, bytes: &[u8]) {
        if self.bad.is_some() {
            return;
        }
        let start = self.total - self.open.len() as u64;
        let mut rest = bytes;
        while !self.open.is_empty() {
            let Some((first, more)) = rest.split_first() else { return };
            self.open.push(*first);
            rest = more;
            match std::str::from_utf8(&self.open) {
                Ok(_) => self.open.clear(),
                Err(error) if error.error_len().is_some() => {
                    self.open.clear();
                    self.bad = Some(start);
                    return;
                }
                Err(_) => {}
            }
        }
        if let Err(error) = std::str::from_utf8(rest) {
            match error.error_len() {
                Some(_) => {
                    let before = bytes.len() - rest.len() + error.valid_up_to();
                    self.bad = Some(self.total + before as u64);
                }
                None => self.open.extend_from_slice(&rest[error.valid_up_to()..]),
            }
        }
    }
}

/// How many bytes at the beginning are whole characters, if only the last one is cut.
fn whole_characters(bytes: &[u8]) -> usize {
    let Some(back) = bytes.iter().rev().take(4).position(|byte| byte & 0xC0 != 0x80) else {
        return bytes.len();
    };
    let lead = bytes.len() - 1 - back;
    let cut = matches!(std::str::from_utf8(&bytes[lead..]), Err(error) if error.error_len().is_none());
    if cut { lead } else { bytes.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_stream_is_kept_whole() {
        let mut excerpt = Excerpt::new(4, 4);
        excerpt.push(b"12345");
        excerpt.push(b"678");
        let text = excerpt.text();
        assert_eq!((text.head.as_str(), text.left_out, text.tail.as_str()), ("12345678", 0, ""));
    }

    #[test]
    fn a_long_stream_keeps_both_ends_at_lines() {
        let mut excerpt = Excerpt::new(12, 12);
        for number in 0..1000 {
            excerpt.push(format!("line {number}\n").as_bytes());
        }
        let text = excerpt.text();
        assert_eq!((text.head.as_str(), text.tail.as_str()), ("line 0\n", "line 999\n"));
        assert_eq!(text.left_out + 7 + 9, excerpt.total());
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        for head in 1..6 {
            let mut excerpt = Excerpt::new(head, head);
            excerpt.push("ääääää€€€😀".as_bytes());
            excerpt.push("😀€€€ää".as_bytes());
            let text = excerpt.text();
            assert!(!text.head.contains('\u{FFFD}') && !text.tail.contains('\u{FFFD}'), "{head}: {text:?}");
            assert_eq!(text.head.len() as u64 + text.left_out + text.tail.len() as u64, excerpt.total());
            assert_eq!(text.first_bad_byte, None);
        }
    }

    #[test]
    fn the_first_bad_byte_is_found_across_any_cut() {
        let stream = b"a\xC3\xA4\xE2\x82\xACz\xE2\x82x";
        for cut in 0..stream.len() {
            let mut excerpt = Excerpt::new(3, 3);
            excerpt.push(&stream[..cut]);
            excerpt.push(&stream[cut..]);
            assert_eq!(excerpt.first_bad_byte(), Some(7), "cut at {cut}");
        }
        let mut cut_off = Excerpt::new(9, 9);
        cut_off.push(b"ab\xE2\x82");
        assert_eq!(cut_off.first_bad_byte(), Some(2));
    }
}
