//! What of an expectation is printed, and what only describes: code that is the subject of a sentence, lines that are
//! sentences themselves.
//!
//! "Expected: `dist/` contains `index.html`" prints neither, and a plan that means well fails if both are looked for in what
//! the command prints. Code is a text that must be printed where it is the object of a verb that prints, or stands alone
//! behind its label.

use crate::document::{CodeSpan, Document, Span};

use super::inline::text_between;
use super::standing::{Standing, standing};
use super::words::{EXPECT, EXPECTATION, HAPPENS, begins, has_word, negates, plain};

/// Whether every code span of a text is printed by what stands around it.
pub(super) fn all_printed(document: &Document, lines: &[Span], code: &[CodeSpan<'_>]) -> bool {
    standings(document, lines, code).iter().all(|stood| stood.is == Standing::Printed)
}

/// What a code span is in its text.
pub(super) struct Stood {
    pub(super) is: Standing,
    /// Whether a verb that prints stands right before it, so that nothing else in the sentence makes it anything else.
    pub(super) by_verb: bool,
}

/// Whether more than a joint stands between two texts, and nothing of it prints.
fn leads_elsewhere(between: &str) -> bool {
    const JOINTS: &[&str] = phrases! {
        "and", "then", "also", "plus", "a", "an", "the", "followed", "by", "both", "line", "with", "y", "и", "und", "et",
    };
    let words = between.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    between.is_ascii() && !has_word(between, EXPECT) && words.into_iter().any(|word| !JOINTS.contains(&word))
}

/// The text in quotation marks right behind a verb that prints, where the clause ends with it: `and see "Schema applied."`.
/// The full stop within the marks is that of the sentence.
pub(super) fn quoted(own: &str) -> Option<&str> {
    const VERBS: &[&str] = &[
        "see", "sees", "print", "prints", "output", "outputs", "say", "says", "log", "logs", "display",
        "displays",
    ];
    const MARKS: [(char, char); 4] = [('“', '”'), ('"', '"'), ('「', '」'), ('«', '»')];
    let (at, open, close) = MARKS.iter().find_map(|&(open, close)| Some((own.find(open)?, open, close)))?;
    let before = own[..at].trim_end_matches([' ', ':']);
    let verb = before.rsplit(' ').next()?;
    let (text, rest) = own[at + open.len_utf8()..].split_once(close)?;
    let ends = rest.trim_start().is_empty() || rest.starts_with(['.', ',', ';', ')']);
    let text = text.trim().trim_end_matches(['.', ',']);
    (VERBS.contains(&verb) && ends && !text.is_empty() && !own.contains('`') && !negates(before))
        .then_some(text)
}

/// What each code span of a text is, by what stands around it.
pub(super) fn standings(document: &Document, lines: &[Span], code: &[CodeSpan<'_>]) -> Vec<Stood> {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Vec::new() };
    let mut start = first.start;
    let mut previous = None;
    let mut found = Vec::with_capacity(code.len());
    for (index, span) in code.iter().enumerate() {
        // Each line of a list is a sentence of its own.
        let at = lines.partition_point(|line| line.end <= span.outer.start);
        let line = lines.get(at).filter(|line| line.start <= span.outer.start);
        let (line_start, line_end) = line.map_or((start, last.end), |line| (line.start, line.end));
        let next = code.get(index + 1).map_or(line_end, |next| next.outer.start.min(line_end));
        let before = text_between(document, lines, start.max(line_start), span.outer.start);
        let after = text_between(document, lines, span.outer.end, next.max(span.outer.end));
        start = span.outer.end;
        let before = plain(&before);
        let mut is = standing(previous, &before, &plain(&after), &span.text);
        // "Prints `ok` and writes `out.json`": no verb that prints leads to the second.
        if is == Standing::Printed && previous.is_some() && leads_elsewhere(&before) {
            is = Standing::Named;
        }
        let verb = before.trim_end_matches([' ', ':']).rsplit(' ').next().unwrap_or_default();
        let by_verb = EXPECT.contains(&verb) && !verb.starts_with("expect") && !verb.starts_with("see");
        previous = Some(is);
        found.push(Stood { is, by_verb });
    }
    found
}

/// The lines of an expected output that are printed, and the sentences among them, which describe what happens.
///
/// A program says what it has done; only people write that a command "exits 0" or that something "should" be. A runner
/// that lists `returns null for a missing key` does so in lower case behind a mark.
pub(super) fn without_sentences(text: &str, commands: &[&str]) -> (String, Vec<String>) {
    let mut printed = Vec::new();
    let mut sentences = Vec::new();
    for line in text.lines() {
        if describes(line.trim(), commands) {
            sentences.push(line.trim().trim_start_matches(['-', '*', ' ']).to_owned());
        } else {
            printed.push(line);
        }
    }
    (printed.join("\n"), sentences)
}

fn describes(line: &str, commands: &[&str]) -> bool {
    /// The fewest words of a sentence.
    const FEWEST: usize = 4;
    let own = line.trim_start_matches(['-', '*', ' ']);
    let lower = plain(own);
    let of_command = commands.iter().any(|command| {
        own.trim_start_matches('`')
            .strip_prefix(command)
            .is_some_and(|rest| begins(rest.trim_start_matches(['`', ' ', ':']), HAPPENS))
    });
    let is_sentence = own.starts_with(|first: char| first.is_uppercase())
        && own.split_whitespace().count() >= FEWEST
        && !own.contains(['{', '=', '|', '\t'])
        && (has_word(&lower, HAPPENS) || begins(&lower, EXPECTATION));
    // Nor does a program say why.
    let reasons = own.split_whitespace().count() >= FEWEST && has_word(&lower, &["because"]);
    of_command || is_sentence || reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_among_the_lines_of_an_output_is_not_printed() {
        let text = "5 passed\nmake lint exits 0\nThe build exits without a warning.\n✓ should parse\nAll checks passed!";
        let (printed, sentences) = without_sentences(text, &["make lint", "make test"]);
        assert_eq!(printed, "5 passed\n✓ should parse\nAll checks passed!");
        assert_eq!(sentences, ["make lint exits 0", "The build exits without a warning."]);
    }
}
