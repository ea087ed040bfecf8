//! Turns bytes, however they arrive, into normalised lines, in bounded memory.
//!
//! Normalised means: decoded as UTF-8 (U+FFFD for what is not), without ANSI escape sequences,
//! without trailing white space (which includes the CR of CRLF), in Unicode form NFC.

use std::borrow::Cow;

use memchr::{memchr, memrchr};
use unicode_normalization::{IsNormalized, UnicodeNormalization, char, is_nfc_quick};

/// How many bytes of one line are kept for comparing; what follows them is dropped and the line is `cut`.
pub(super) const KEPT_PER_LINE: usize = 1 << 20;

/// Input is looked at in pieces of this size: they stay in the CPU's cache while they are searched
/// several times, and no line inside a block can be longer than `KEPT_PER_LINE`.
const PIECE: usize = 64 << 10;

const ESC: u8 = 0x1B;

/// One normalised line of output.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    /// A newline stood after it; only the last line may lack one.
    pub(super) terminated: bool,
    /// The line was longer than what is kept: `text` is its beginning.
    pub(super) cut: bool,
}

/// Takes lines in the order in which they were printed.
pub(super) trait Sink {
    /// Whole lines, each with its newline, all ASCII and without ESC: nothing but their trailing
    /// white space differs from the normalised form, so they can be searched as one block.
    fn block(&mut self, lines: &[u8]);
    /// One line that needed normalising, or that stood alone.
    fn line(&mut self, line: &Line<'_>);
}

/// Cuts a stream of bytes into lines. What the sink is given differs with how the input is split
/// (a block or its lines one by one), but never in what the lines say.
pub(super) struct Splitter {
    kept_per_line: usize,
    /// The beginning of a line whose end has not arrived.
    carry: Vec<u8>,
    /// Bytes of the carried line, dropped ones included.
    carried: u64,
    /// Where the next line starts in the whole input.
    offset: u64,
    first_bad: Option<u64>,
}

impl Splitter {
    pub(super) fn new(kept_per_line: usize) -> Self {
        Self { kept_per_line, carry: Vec::new(), carried: 0, offset: 0, first_bad: None }
    }

    pub(super) fn feed(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        for piece in bytes.chunks(PIECE.min(self.kept_per_line.max(1))) {
            self.feed_piece(piece, sink);
        }
    }

    /// Hands over the last line, unless nothing stands in it: output that ends with a newline, or
    /// with one and a colour reset, has no further line.
    pub(super) fn finish(&mut self, sink: &mut impl Sink) {
        if self.carried > 0 {
            self.end_carried_line(false, sink);
        }
    }

    /// Offset of the first byte that is not UTF-8, counted from the first byte ever fed.
    pub(super) fn first_bad(&self) -> Option<u64> {
        self.first_bad
    }

    fn feed_piece(&mut self, mut piece: &[u8], sink: &mut impl Sink) {
        if self.carried > 0 {
            let Some(end) = memchr(b'\n', piece) else { return self.carry(piece) };
            self.carry(&piece[..end]);
            self.end_carried_line(true, sink);
            piece = &piece[end + 1..];
        }
        let whole = memrchr(b'\n', piece).map_or(0, |last| last + 1);
        let (block, rest) = piece.split_at(whole);
        if is_plain(block) {
            self.offset += block.len() as u64;
            if !block.is_empty() {
                sink.block(block);
            }
        } else {
            self.lines_of(block, sink);
        }
        self.carry(rest);
    }

    fn lines_of(&mut self, block: &[u8], sink: &mut impl Sink) {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', block) {
            self.hand_over(&block[start..end], true, false, sink);
            self.offset += (end + 1 - start) as u64;
            start = end + 1;
        }
    }

    fn carry(&mut self, bytes: &[u8]) {
        let room = self.kept_per_line - self.carry.len();
        self.carry.extend_from_slice(&bytes[..room.min(bytes.len())]);
        self.carried += bytes.len() as u64;
    }

    fn end_carried_line(&mut self, terminated: bool, sink: &mut impl Sink) {
        let carry = std::mem::take(&mut self.carry);
        let cut = self.carried > carry.len() as u64;
        self.hand_over(&carry, terminated, cut, sink);
        self.offset += self.carried + u64::from(terminated);
        self.carried = 0;
        self.carry = carry;
        self.carry.clear();
    }

    fn hand_over(&mut self, raw: &[u8], terminated: bool, cut: bool, sink: &mut impl Sink) {
        let (text, bad) = normalise(raw, cut);
        if let Some(bad) = bad {
            self.first_bad.get_or_insert(self.offset + bad as u64);
        }
        if terminated || cut || !text.is_empty() {
            sink.line(&Line { text: &text, terminated, cut });
        }
    }
}

/// The lines of an expected text, normalised. A single final newline ends the last line and starts none.
pub(super) fn expected_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        text.split('\n').map(|line| normalise(line.as_bytes(), false).0.into_owned()).collect();
    if lines.len() > 1 && lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// An expected text as one normalised piece.
pub(super) fn expected_text(text: &str) -> String {
    expected_lines(text).join("\n")
}

/// A line's normalised form, and the offset in it of the first byte that is not UTF-8.
/// Borrows whenever nothing has to change, which is nearly always.
pub(super) fn normalise(raw: &[u8], cut: bool) -> (Cow<'_, str>, Option<usize>) {
    let raw = if cut { without_half_a_character(raw) } else { raw };
    let (mut text, bad) = decode(raw);
    if memchr(ESC, text.as_bytes()).is_some() {
        text = Cow::Owned(without_escapes(&text));
    }
    if cut {
        text = up_to_boundary(text);
    }
    if !is_nfc(&text) {
        text = Cow::Owned(text.nfc().collect());
    }
    let end = text.trim_end().len();
    match &mut text {
        Cow::Borrowed(borrowed) => *borrowed = &borrowed[..end],
        Cow::Owned(owned) => owned.truncate(end),
    }
    (text, bad)
}

/// The end of a line in a plain block, where `str::trim_end` comes down to these bytes.
pub(super) fn trim_end(mut line: &[u8]) -> &[u8] {
    while let [rest @ .., b'\t'..=b'\r' | b' '] = line {
        line = rest;
    }
    line
}

/// A line of a plain block as text.
pub(super) fn plain_text(line: &[u8]) -> &str {
    // A plain block is ASCII, so this cannot fail; an empty line is the harmless answer if it did.
    std::str::from_utf8(trim_end(line)).unwrap_or_default()
}

fn is_plain(block: &[u8]) -> bool {
    block.is_ascii() && memchr(ESC, block).is_none()
}

fn decode(raw: &[u8]) -> (Cow<'_, str>, Option<usize>) {
    match std::str::from_utf8(raw) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => (String::from_utf8_lossy(raw), Some(error.valid_up_to())),
    }
}

/// Every character below U+0300 is NFC wherever it stands, and U+0300 starts with byte 0xCC.
fn is_nfc(text: &str) -> bool {
    text.is_ascii() || text.bytes().all(|byte| byte < 0xCC) || is_nfc_quick(text.chars()) == IsNormalized::Yes
}

/// The kept part may end inside a character: that one is dropped instead of being called invalid.
fn without_half_a_character(raw: &[u8]) -> &[u8] {
    let tail = raw.len().saturating_sub(4);
    let start = raw[tail..].iter().rposition(|byte| byte & 0xC0 != 0x80).map_or(raw.len(), |at| tail + at);
    match std::str::from_utf8(&raw[start..]) {
        Err(error) if error.error_len().is_none() => &raw[..start],
        Err(_) | Ok(_) => raw,
    }
}

/// What was cut off may have composed with the last characters kept; a match on them would claim
/// what nobody saw, so the kept part ends before the last character that composes with nothing.
fn up_to_boundary(mut text: Cow<'_, str>) -> Cow<'_, str> {
    let end = text
        .char_indices()
        .rev()
        .find(|&(_, c)| {
            char::canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes
        })
        .map_or(0, |(at, _)| at);
    match &mut text {
        Cow::Borrowed(borrowed) => *borrowed = &borrowed[..end],
        Cow::Owned(owned) => owned.truncate(end),
    }
    text
}

/// Where a reader of escape sequences (ECMA-48, section 5) stands.
enum Escape {
    /// In plain text.
    Outside,
    /// After ESC, or after ESC and intermediate bytes: `ESC ( B`.
    Started,
    /// In a control sequence, up to its final byte: `ESC [ 3 1 m`.
    Control,
    /// In a control string (OSC, DCS, SOS, PM, APC), up to BEL or ST: `ESC ] 8 ; ; url ESC \`.
    Text,
}

/// An escape sequence that does not end on its line takes the rest of the line, as a terminal would.
fn without_escapes(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut state = Escape::Outside;
    for c in text.chars() {
        state = match (state, c) {
            (_, '\x1B') | (Escape::Started, ' '..='/') => Escape::Started,
            (Escape::Started, '[') | (Escape::Control, ' '..='?') => Escape::Control,
            (Escape::Started, ']' | 'P' | 'X' | '^' | '_') => Escape::Text,
            (Escape::Text, '\x07' | '\u{9C}' | '\x18' | '\x1A')
            | (Escape::Started, '0'..='~')
            | (Escape::Control, '@'..='~') => Escape::Outside,
            (Escape::Text, _) => Escape::Text,
            // Not a sequence after all: the character is text.
            (Escape::Outside | Escape::Started | Escape::Control, _) => {
                kept.push(c);
                Escape::Outside
            }
        };
    }
    kept
}
