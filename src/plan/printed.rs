//! What of an expectation is printed, and what only describes: code that is the subject of a sentence, lines that are
//! sentences themselves.
//!
//! "Expected: `dist/` contains `index.html`" prints neither, and a plan that means well fails if both are looked for in what
//! the command prints. Code is a text that must be printed where it is the object of a verb that prints, or stands alone
//! behind its label.

use crate::document::{CodeSpan, Document, Span};

use super::inline::text_between;
use super::words::{
    BESIDE, EXPECT, EXPECTATION, HAPPENS, OF_OUTPUT, PASSIVE, SUBJECT_VERBS, begins, has_word, plain, says,
};

/// What a code span is in a sentence of what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is printed.
    Printed,
    /// It names something: the `foyer` state.
    Named,
    /// The sentence is about it, and so is the rest of its code.
    Subject,
}

/// What a code span is, by the words of its sentence before and behind it, in lower case.
pub(super) fn standing(before: &str, after: &str) -> Standing {
    let after = after.trim_start_matches(['*', '_']);
    // Punctuation right behind it ends what is said of it.
    if !after.starts_with(' ') {
        return Standing::Printed;
    }
    let after = after.trim_start();
    let after = after.strip_prefix("should ").or_else(|| after.strip_prefix("must ")).unwrap_or(after);
    let word = after.split([' ', ',', '.', ';', ':', ')', '\u{2019}']).next().unwrap_or_default();
    if is_said_to_be_printed(after) {
        return Standing::Printed;
    }
    if SUBJECT_VERBS.contains(&word) {
        return Standing::Subject;
    }
    // "The initial `foyer` state" names a state; "prints `ok` lines" prints.
    let mut last = before.trim_end().rsplit(' ').filter(|word| !matches!(*word, "a" | "an" | "the" | "one"));
    let last = last.next().unwrap_or_default();
    let noun = word.len() > 2
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        && !BESIDE.contains(&word);
    if !noun || EXPECT.contains(&last) || before.trim_end().ends_with(" of") {
        return Standing::Printed;
    }
    let mut next = after.split([' ', ',', '.', ';']).skip(1).take(2);
    if next.any(|word| SUBJECT_VERBS.contains(&word)) { Standing::Subject } else { Standing::Named }
}

/// "Is printed", "appears in the output".
fn is_said_to_be_printed(after: &str) -> bool {
    PASSIVE.iter().find_map(|phrase| after.strip_prefix(phrase)).is_some_and(|rest| {
        let end = rest.find(['.', ',', ';']).unwrap_or(rest.len());
        let rest = rest[..end].trim();
        rest.is_empty() || says(rest, OF_OUTPUT)
    })
}

/// Whether every code span of a text is printed by what stands around it.
pub(super) fn all_printed(document: &Document, lines: &[Span], code: &[CodeSpan<'_>]) -> bool {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return true };
    let mut start = first.start;
    code.iter().enumerate().all(|(index, span)| {
        // Each line of a list is a sentence of its own.
        let at = lines.partition_point(|line| line.end <= span.outer.start);
        let line = lines.get(at).filter(|line| line.start <= span.outer.start);
        let (line_start, line_end) = line.map_or((start, last.end), |line| (line.start, line.end));
        let next = code.get(index + 1).map_or(line_end, |next| next.outer.start.min(line_end));
        let before = text_between(document, lines, start.max(line_start), span.outer.start);
        let after = text_between(document, lines, span.outer.end, next.max(span.outer.end));
        start = span.outer.end;
        standing(&plain(&before), &plain(&after)) == Standing::Printed
    })
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
    fn code_is_printed_as_an_object_and_not_as_a_subject() {
        for (before, after, is) in [
            ("and expect ", ".", Standing::Printed),
            ("expected: ", "", Standing::Printed),
            ("it prints ", " lines and more", Standing::Printed),
            ("so that ", " is printed", Standing::Printed),
            ("then ", " appears in the output", Standing::Printed),
            ("and shows ", " and", Standing::Printed),
            ("and shows a ", " line", Standing::Printed),
            ("expected: ", " contains ", Standing::Subject),
            ("expected: ", " exists.", Standing::Subject),
            ("the initial ", " state is displayed as ", Standing::Subject),
            ("expected: ", " is displayed as ", Standing::Subject),
            ("the new ", " dependency", Standing::Named),
        ] {
            assert_eq!(standing(before, after), is, "{before}{after}");
        }
    }

    #[test]
    fn a_sentence_among_the_lines_of_an_output_is_not_printed() {
        let text = "5 passed\nmake lint exits 0\nThe build exits without a warning.\n✓ should parse\nAll checks passed!";
        let (printed, sentences) = without_sentences(text, &["make lint", "make test"]);
        assert_eq!(printed, "5 passed\n✓ should parse\nAll checks passed!");
        assert_eq!(sentences, ["make lint exits 0", "The build exits without a warning."]);
    }
}
