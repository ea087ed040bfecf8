//! Reads a glob as a regular expression over the whole output.
//!
//! Not with globset: that one matches bytes, so that its `?` is a third of a `✓`, and it allows
//! 10 MiB of cache for each glob. The syntax is the same: `*` and `**` are anything, line ends and
//! `/` included; `?` is one character; `[a-z]` and `[!a-z]` are classes; `{a,b}` is either; `\` quotes.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use super::ExpectationError;

/// The regular expression, anchored at both ends.
///
/// # Errors
/// If a class, a group or a quoted character is not complete; with its place in the glob.
pub(super) fn to_regex(glob: &str) -> Result<String, ExpectationError> {
    let mut regex = String::from(r"(?s)\A");
    let mut groups: Vec<usize> = Vec::new();
    let mut chars = glob.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            '[' => class(&mut chars, at, &mut regex)?,
            '{' => {
                groups.push(at);
                regex.push_str("(?:");
            }
            ',' if !groups.is_empty() => regex.push('|'),
            '}' if groups.pop().is_some() => regex.push(')'),
            '}' => return Err(error("this `}` closes no group", at..at + 1)),
            '\\' => {
                let (_, quoted) =
                    chars.next().ok_or_else(|| error("nothing follows this `\\`", at..at + 1))?;
                literal(quoted, &mut regex);
            }
            other => literal(other, &mut regex),
        }
    }
    if let Some(at) = groups.pop() {
        return Err(error("this group is not closed", at..at + 1));
    }
    regex.push_str(r"\z");
    Ok(regex)
}

/// The rest of a class whose `[` stands at `start`. A `]` that stands first is a member.
fn class(
    chars: &mut Peekable<CharIndices<'_>>,
    start: usize,
    regex: &mut String,
) -> Result<(), ExpectationError> {
    let unclosed = || error("this class is not closed", start..start + 1);
    regex.push('[');
    if chars.next_if(|&(_, c)| matches!(c, '!' | '^')).is_some() {
        regex.push('^');
    }
    let mut first = true;
    loop {
        let (at, low) = chars.next().ok_or_else(unclosed)?;
        if low == ']' && !first {
            break;
        }
        first = false;
        literal(low, regex);
        if chars.next_if(|&(_, c)| c == '-').is_none() {
            continue;
        }
        match chars.peek().copied() {
            None => return Err(unclosed()),
            // A `-` that stands last is a member.
            Some((_, ']')) => literal('-', regex),
            Some((end, high)) if high < low => {
                return Err(error("this range is the wrong way round", at..end + high.len_utf8()));
            }
            Some((_, high)) => {
                chars.next();
                regex.push('-');
                literal(high, regex);
            }
        }
    }
    regex.push(']');
    Ok(())
}

fn literal(c: char, regex: &mut String) {
    regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
}

fn error(message: &str, range: Range<usize>) -> ExpectationError {
    ExpectationError { message: format!("not a glob: {message}"), range: Some(range) }
}
