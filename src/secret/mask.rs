//! Takes secrets out of text: known values in any spelling, and whatever is shaped like a credential.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;

use super::literal::{SHORTEST, spellings};
use super::shape::{begins_like_one, url_password};
use super::value::looks_random;
use super::{find, looks_secret};

/// What stands in the place of a secret.
pub const MASKED: &str = "[masked]";

/// Most bytes of a cut-off word that are looked at.
const LONGEST_CUT: usize = 1024;

/// What is masked: the values that it was made with, and all shapes of [`find`]. The default knows the shapes only.
///
/// Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Mask {
    literals: Arc<[String]>,
}

impl Mask {
    /// Masks the values of those variables whose names look secret, and the passwords in addresses of all the others.
    pub fn new<'v>(variables: impl IntoIterator<Item = &'v (OsString, OsString)>) -> Self {
        let mut literals = BTreeSet::new();
        for (name, value) in variables {
            let value = value.to_string_lossy();
            if looks_secret(&name.to_string_lossy()) {
                literals.extend(spellings(&value));
            }
            for (at, mark) in value.match_indices("://") {
                if let Some(password) = url_password(&value, at + mark.len()) {
                    literals.extend(spellings(&value[password]));
                }
            }
        }
        // A part of the mask itself would be found in what was masked already.
        literals.retain(|literal| !MASKED.contains(literal.as_str()));
        Self { literals: literals.into_iter().collect() }
    }

    /// The text with `[masked]` in place of each secret, its lines where they were; borrowed if there is none.
    ///
    /// What was masked once stays as it is.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.mask_cut(text, false, false)
    }

    /// The same for a text that was cut out of a longer one: a known value of which only the rest stands at the
    /// `start`, or only the beginning at the `end`, is masked too, and so is a cut-off word that looks like a secret.
    pub fn mask_cut<'t>(&self, text: &'t str, start: bool, end: bool) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        // What is found may depend on what stands beside it, so that is asked again until nothing is found. Each time
        // less is left that is not masked, so this ends.
        loop {
            let ranges = self.ranges(&masked, start, end);
            if ranges.is_empty() {
                return masked;
            }
            masked = Cow::Owned(replaced(&masked, &ranges));
        }
    }

    /// The text with signs of the same size in place of each credential, so that every place in it stays where it was.
    pub fn blank<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let ranges = self.ranges(text, false, false);
        if ranges.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut blanked = String::with_capacity(text.len());
        let mut done = 0;
        for range in ranges {
            blanked.push_str(&text[done..range.start]);
            blanked.extend(text[range.clone()].chars().map(|character| {
                match (character, character.len_utf8()) {
                    ('\n' | '\r', _) => character,
                    (_, 1) => '*',
                    (_, 2) => '·',
                    (_, 3) => '•',
                    (_, _) => '🞶',
                }
            }));
            done = range.end;
        }
        blanked.push_str(&text[done..]);
        Cow::Owned(blanked)
    }

    /// What is to be masked, in order, apart from each other, each with something in it that is not masked yet.
    fn ranges(&self, text: &str, start: bool, end: bool) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = find(text).into_iter().map(|found| found.range).collect();
        for literal in self.literals.iter() {
            let finder = memmem::Finder::new(literal);
            let mut from = 0;
            while let Some(at) = finder.find(&text.as_bytes()[from..]) {
                ranges.push(from + at..from + at + literal.len());
                // The next may begin inside of this one.
                from += at + 1;
            }
        }
        // Reports cut long lines and say so with this sign.
        let ends = text.match_indices('…').map(|(at, _)| at).chain(end.then_some(text.len()));
        ranges.extend(ends.filter_map(|at| self.cut_end(&text[..at])));
        ranges.extend(start.then(|| self.cut_start(text)).flatten());
        if ranges.is_empty() {
            return ranges;
        }
        let marks: Vec<Range<usize>> =
            text.match_indices(MASKED).map(|(at, mark)| at..at + mark.len()).collect();
        let mut ranges = joined(ranges);
        for range in &mut ranges {
            for mark in &marks {
                if mark.start < range.end && range.start < mark.end {
                    *range = range.start.min(mark.start)..range.end.max(mark.end);
                }
            }
        }
        let news = |range: &Range<usize>| {
            text[range.clone()].split(MASKED).any(|part| !part.trim_matches(['\n', '\r']).is_empty())
        };
        joined(ranges).into_iter().filter(news).collect()
    }

    /// The beginning of a secret that the end of `text` cut off.
    fn cut_end(&self, text: &str) -> Option<Range<usize>> {
        let last = text.len().checked_sub(SHORTEST).map(|from| &text.as_bytes()[from..])?;
        let known = self.literals.iter().filter(|literal| contains(literal, last)).filter_map(|literal| {
            let sizes = (SHORTEST..literal.len()).rev();
            sizes
                .filter(|&size| literal.is_char_boundary(size))
                .find(|&size| text.ends_with(&literal[..size]))
        });
        let word =
            text.len() - text.bytes().rev().take(LONGEST_CUT).take_while(|byte| is_of_a_word(*byte)).count();
        let shaped = (word..text.len()).find(|&at| begins_like_one(&text[at..])).map(|at| text.len() - at);
        let size = known.chain(shaped).max()?;
        Some(text.len() - size..text.len())
    }

    /// The rest of a secret whose beginning was cut off.
    fn cut_start(&self, text: &str) -> Option<Range<usize>> {
        let first = text.as_bytes().get(..SHORTEST)?;
        let known = self.literals.iter().filter(|literal| contains(literal, first)).filter_map(|literal| {
            let sizes = (SHORTEST..literal.len()).rev();
            let rest = |size: &usize| literal.len() - size;
            sizes
                .filter(|size| literal.is_char_boundary(rest(size)))
                .find(|size| text.starts_with(&literal[rest(size)..]))
        });
        let word = text.bytes().take(LONGEST_CUT).take_while(|byte| is_of_a_word(*byte)).count();
        // Its beginning would have told what it is; that it looks random must do.
        let random = (word >= 16 && looks_random(&text[..word], false)).then_some(word);
        known.chain(random).max().map(|size| 0..size)
    }
}

fn contains(literal: &str, bytes: &[u8]) -> bool {
    memmem::find(literal.as_bytes(), bytes).is_some()
}

fn is_of_a_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-+/=.".contains(&byte)
}

/// The same places as ranges in order that neither overlap nor touch.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

fn replaced(text: &str, ranges: &[Range<usize>]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for range in ranges {
        masked.push_str(&text[done..range.start]);
        for line in text[range.clone()].split_inclusive('\n') {
            let said = line.trim_end_matches(['\n', '\r']);
            masked.push_str(if said.is_empty() { "" } else { MASKED });
            masked.push_str(&line[said.len()..]);
        }
        done = range.end;
    }
    masked.push_str(&text[done..]);
    masked
}
