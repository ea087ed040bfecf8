//! `password=…`, `"token": "…"`, `Authorization: Bearer …`: values that stand behind a name which promises a secret.

use std::ops::Range;

use memchr::memchr2_iter;

use super::value::{is_stand_in, looks_random};
use super::{Found, Kind, looks_secret};

/// Most bytes of a name, and of a value before it is known to be secret, that are looked at.
const LONGEST_NAME: usize = 64;
const LONGEST_LOOK: usize = 512;

/// The schemes of RFC 9110, 11.4 that carry a secret, and GitHub's own.
const SCHEMES: [&str; 3] = ["bearer", "basic", "token"];

pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut done = 0;
    for at in memchr2_iter(b'=', b':', text.as_bytes()) {
        // A value that was found is not looked into: it may have any sign in it.
        if at < done {
            continue;
        }
        if let Some(one) = assigned(text, at) {
            done = one.range.end;
            found.push(one);
        }
    }
    found
}

/// The secret that is assigned by the sign at `at`, if there is one.
fn assigned(text: &str, at: usize) -> Option<Found> {
    let name = name_before(text, at)?;
    if !looks_secret(name) {
        return None;
    }
    let after = text[at..].trim_start_matches([':', '=', '>']);
    if text[at..].starts_with("::") {
        return None;
    }
    let begins = skip_blanks(text, text.len() - after.len());
    let value = value_at(text, begins, LONGEST_LOOK)?;
    let said = &text[value.clone()];
    if let Some(rest) = credentials_of_scheme(said) {
        let start = value.end - rest.len();
        let word =
            |text: &str| text.len() - text.trim_start_matches(|sign: char| !sign.is_whitespace()).len();
        let looked_at = &rest[..word(rest)];
        if looked_at.len() < 6 || is_stand_in(looked_at) || says_words(looked_at) {
            return None;
        }
        let whole = value_at(text, begins, usize::MAX)?;
        return Some(Found {
            range: start..start + word(&text[start..whole.end]),
            kind: Kind::Authorization,
        });
    }
    let lenient = name.to_ascii_lowercase().contains("pass") || name.to_ascii_lowercase().contains("pwd");
    if !looks_random(said, lenient) {
        return None;
    }
    Some(Found { range: value_at(text, begins, usize::MAX)?, kind: Kind::Assignment })
}

/// `test-token`: two or three short words say what stands there, and no service gives out such a secret.
fn says_words(text: &str) -> bool {
    let words = text.split(['-', '_']);
    let word = |word: &str| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    text.len() <= 16 && (2..=3).contains(&words.clone().count()) && words.clone().all(word)
}

/// The name that ends before the sign at `at`, quotes and a bracket between them left out.
fn name_before(text: &str, at: usize) -> Option<&str> {
    let before = text[..at].trim_end_matches(':');
    let before = trim_most(before, 3, &[' ', '\t']);
    let before = trim_most(before, 3, &['"', '\'', '`', '\\', ']']);
    let bytes = before.as_bytes();
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = bytes.iter().rev().take(LONGEST_NAME).take_while(is_name).count();
    (length > 0).then(|| &before[before.len() - length..])
}

fn trim_most<'t>(text: &'t str, most: usize, signs: &[char]) -> &'t str {
    let mut text = text;
    for _ in 0..most {
        text = text.strip_suffix(signs).unwrap_or(text);
    }
    text
}

fn skip_blanks(text: &str, at: usize) -> usize {
    at + text.as_bytes()[at..].iter().take(8).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// The value that begins at `start`: what stands in quotes, or up to a sign that ends a word; on one line.
fn value_at(text: &str, start: usize, most: usize) -> Option<Range<usize>> {
    let rest = &text.as_bytes()[start..];
    let rest = &rest[..rest.len().min(most)];
    let escaped = rest.first() == Some(&b'\\');
    let quote = rest.get(usize::from(escaped)).filter(|byte| b"\"'`".contains(byte));
    let (from, length) = match quote {
        Some(quote) => {
            let from = usize::from(escaped) + 1;
            let ends = |byte: &u8| byte == quote || (escaped && *byte == b'\\') || byte.is_ascii_control();
            (from, rest[from..].iter().position(ends).unwrap_or(rest.len() - from))
        }
        None => (0, unquoted(rest)),
    };
    let range = start + from..text.floor_char_boundary(start + from + length);
    (!range.is_empty()).then_some(range)
}

/// How long a value without quotes is: one word, or a scheme and a word.
fn unquoted(rest: &[u8]) -> usize {
    let ends =
        |byte: &u8| byte.is_ascii_whitespace() || byte.is_ascii_control() || b"\"'`,;)}>&<|\\".contains(byte);
    let word = |from: usize| rest[from..].iter().position(ends).unwrap_or(rest.len() - from);
    let first = word(0);
    let is_scheme = SCHEMES.iter().any(|scheme| rest[..first].eq_ignore_ascii_case(scheme.as_bytes()));
    if is_scheme && rest.get(first) == Some(&b' ') { first + 1 + word(first + 1) } else { first }
}

fn credentials_of_scheme(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_once(' ')?;
    SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)).then(|| rest.trim_start())
}
