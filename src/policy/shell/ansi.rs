//! Decodes the inside of `$'…'` (bash manual, "ANSI-C Quoting").

use std::ops::Range;

/// What was decoded, or nothing if it is no text (an invalid sequence or a NUL), and the bytes consumed.
pub(super) struct Decoded {
    pub(super) pieces: Option<Vec<Piece>>,
    pub(super) length: usize,
    /// Where the first `\'` ends, at which shells that do not know `$'…'` end the quote.
    pub(super) quote: Option<usize>,
}

/// A piece of the decoded text, with where it stood.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) source: Range<usize>,
    /// It stood there as an escape.
    pub(super) escaped: bool,
}

/// Takes the text after `$'` and decodes it up to its closing quote; nothing if there is none.
pub(super) fn decode(text: &str) -> Option<Decoded> {
    // Bytes with where each stood; escapes may give parts of a character.
    let mut bytes: Vec<(u8, Range<usize>, bool)> = Vec::new();
    let mut valid = true;
    let mut quote = None;
    let mut rest = text.chars();
    loop {
        let start = text.len() - rest.as_str().len();
        match rest.next()? {
            '\'' => break,
            '\\' => match escape(&mut rest) {
                Some(decoded) if !decoded.contains(&0) => {
                    let source = start..text.len() - rest.as_str().len();
                    if decoded == [b'\''] && text.as_bytes().get(start + 1) == Some(&b'\'') {
                        quote = quote.or(Some(source.end));
                    }
                    bytes.extend(decoded.into_iter().map(|byte| (byte, source.clone(), true)));
                }
                _ => valid = false,
            },
            _ => {
                let source = start..text.len() - rest.as_str().len();
                let copied = text[source.clone()].bytes().zip(source);
                bytes.extend(copied.map(|(byte, at)| (byte, at..at + 1, false)));
            }
        }
    }
    let pieces = if valid { pieces(&bytes) } else { None };
    Some(Decoded { pieces, length: text.len() - rest.as_str().len(), quote })
}

/// Whole characters, neighbours of one kind together.
fn pieces(bytes: &[(u8, Range<usize>, bool)]) -> Option<Vec<Piece>> {
    let text: Vec<u8> = bytes.iter().map(|(byte, ..)| *byte).collect();
    let text = String::from_utf8(text).ok()?;
    let mut pieces: Vec<Piece> = Vec::new();
    for (at, c) in text.char_indices() {
        let of = &bytes[at..at + c.len_utf8()];
        let escaped = of.iter().any(|(_, _, escaped)| *escaped);
        let source = of[0].1.start..of[of.len() - 1].1.end;
        match pieces.last_mut().filter(|last| !escaped && !last.escaped && last.source.end == source.start) {
            Some(last) => {
                last.text.push(c);
                last.source.end = source.end;
            }
            None => pieces.push(Piece { text: c.to_string(), source, escaped }),
        }
    }
    Some(pieces)
}

/// Decodes what follows a backslash; nothing if this reader does not know it for certain.
fn escape(rest: &mut std::str::Chars<'_>) -> Option<Vec<u8>> {
    let c = rest.next()?;
    let byte = match c {
        'a' => 7,
        'b' => 8,
        'e' | 'E' => 27,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' | '"' | '?' => c as u8,
        '0'..='7' => return number(rest, c.to_digit(8)?, 8, 2).map(|n| vec![(n & 0xff) as u8]),
        'x' => {
            let first = digit(rest, 16)?;
            return number(rest, first, 16, 1).map(|n| vec![(n & 0xff) as u8]);
        }
        'u' | 'U' => {
            let first = digit(rest, 16)?;
            let value = number(rest, first, 16, if c == 'u' { 3 } else { 7 })?;
            return char::from_u32(value).map(|c| c.to_string().into_bytes());
        }
        '\'' => b'\'',
        // `\c` and unknown escapes differ between shells.
        _ => return None,
    };
    Some(vec![byte])
}

fn digit(rest: &mut std::str::Chars<'_>, radix: u32) -> Option<u32> {
    let value = rest.clone().next()?.to_digit(radix)?;
    rest.next();
    Some(value)
}

/// Continues a number by at most `more` digits.
fn number(rest: &mut std::str::Chars<'_>, first: u32, radix: u32, more: usize) -> Option<u32> {
    let mut value = first;
    for _ in 0..more {
        let Some(next) = digit(rest, radix) else { break };
        value = value.checked_mul(radix)?.checked_add(next)?;
    }
    Some(value)
}
