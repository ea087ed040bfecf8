//! The spellings in which a known secret may be printed: as it is, line by line, in Base64, in an address, in JSON.

use std::fmt::Write as _;

/// Shorter values stand in ordinary text too often to be masked.
pub(super) const SHORTEST: usize = 6;

/// Values that tell nobody anything, and stand everywhere.
const TRIVIAL: &[&str] = &[
    "0.0.0.0",
    "127.0.0.1",
    "default",
    "development",
    "disabled",
    "enabled",
    "example",
    "localhost",
    "password",
    "production",
    "secret",
    "staging",
    "undefined",
];

/// Widths at which Base64 is broken into lines: RFC 2045 (also `base64` of coreutils), and RFC 7468.
const WIDTHS: [usize; 2] = [76, 64];

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// All that must not be printed because of `value`; nothing if the value is short or trivial.
pub(super) fn spellings(value: &str) -> Vec<String> {
    let mut all = Vec::new();
    let whole = value.trim();
    for part in [value, whole].into_iter().chain(whole.lines().map(str::trim)) {
        if part.len() >= SHORTEST && !TRIVIAL.contains(&part.to_lowercase().as_str()) {
            all.push(part.to_owned());
        }
    }
    if all.is_empty() {
        return all;
    }
    for alphabet in [STANDARD, URL_SAFE] {
        for text in [value, whole] {
            let encoded = base64(text.as_bytes(), alphabet);
            let padding = (4 - encoded.len() % 4) % 4;
            for width in WIDTHS {
                let lines = encoded.as_bytes().chunks(width).filter(|line| line.len() >= 12);
                all.extend(lines.map(|line| String::from_utf8_lossy(line).into_owned()));
            }
            all.push(format!("{encoded}{}", "=".repeat(padding)));
            all.push(encoded);
        }
        all.extend((0..3).map(|offset| base64_inside(whole.as_bytes(), offset, alphabet)));
    }
    all.extend([percent(whole, false), percent(whole, true), percent(whole, false).replace("%20", "+")]);
    all.push(escaped(whole));
    all.retain(|spelling| spelling.len() >= SHORTEST);
    all
}

/// Base64 without padding (RFC 4648, 4 and 5).
fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().enumerate().fold(0, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        for place in 0..=chunk.len() {
            text.push(char::from(alphabet[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

/// What of the Base64 of `… value …` depends on the value alone, where it begins `offset` bytes into a group of three:
/// `user:token` in a header.
fn base64_inside(value: &[u8], offset: usize, alphabet: &[u8; 64]) -> String {
    let padded: Vec<u8> = std::iter::repeat_n(0, offset).chain(value.iter().copied()).collect();
    let encoded = base64(&padded, alphabet);
    let first = [0, 2, 3][offset];
    let last = encoded.len() - usize::from(!padded.len().is_multiple_of(3));
    encoded.get(first..last).unwrap_or_default().to_owned()
}

/// The value as it stands in an address (RFC 3986, 2.1).
fn percent(value: &str, small: bool) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = if small { write!(text, "%{byte:02x}") } else { write!(text, "%{byte:02X}") };
        }
        text
    })
}

/// The value as it stands in JSON, and in what most languages print for debugging.
fn escaped(value: &str) -> String {
    value.chars().fold(String::new(), |mut text, character| {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            other => text.push(other),
        }
        text
    })
}
