//! What of an expectation is printed, and what only describes: code that is the subject of a sentence, lines that are
//! sentences themselves.
//!
//! "Expected: `dist/` contains `index.html`" prints neither, and a plan that means well fails if both are looked for in what
//! the command prints. Code is a text that must be printed where it is the object of a verb that prints, or stands alone
//! behind its label.

use crate::document::{CodeSpan, Document, Source, Span};

use super::inline::{looks_like_command, text_between};
use super::shape;
use super::standing::{Standing, standing};
use super::words::{EXPECT, EXPECTATION, HAPPENS, RELATIVE, begins, has_word, negates, plain};

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

/// What stands in quotation marks behind a verb that prints.
pub(super) struct Quoted {
    /// The texts, a line for each.
    pub(super) text: String,
    /// Whether the clause says more behind them, which a text cannot hold.
    pub(super) says_more: bool,
}

/// The texts in quotation marks right behind a verb that prints, where that part of the clause ends with them: `and see "Schema
/// applied."`. All of a clause or none, since half of them would pass for the whole. The full stop within the marks is that
/// of the sentence.
pub(super) fn quoted(own: &str) -> Option<Quoted> {
    const VERBS: &[&str] = &[
        "see", "sees", "print", "prints", "output", "outputs", "say", "says", "log", "logs", "display",
        "displays",
    ];
    const MARKS: [(char, char); 4] = [('“', '”'), ('"', '"'), ('「', '」'), ('«', '»')];
    const JOINTS: [&str; 5] = ["and then", "followed by", "and", "then", "、"];
    let opens = |letter: char| MARKS.iter().any(|(open, _)| *open == letter);
    let start = own.find(opens)?;
    let before = own[..start].trim_end_matches([' ', ':']);
    if !VERBS.contains(&before.rsplit(' ').next()?) || own.contains('`') || negates(before) {
        return None;
    }
    let mut texts: Vec<&str> = Vec::new();
    let mut rest = &own[start..];
    while let Some((open, close)) = MARKS.iter().find(|(open, _)| rest.starts_with(*open)) {
        let (text, behind) = rest[open.len_utf8()..].split_once(*close)?;
        texts.push(text.trim().trim_end_matches(['.', ',']));
        rest = behind.trim_start();
        let next = rest.trim_start_matches([',', ' ']);
        let next = JOINTS.iter().find_map(|joint| next.strip_prefix(joint)).unwrap_or(next).trim_start();
        if next.starts_with(opens) {
            rest = next;
        }
    }
    let ends = rest.is_empty() || rest.starts_with(['.', ',', ';', ')', '(']);
    let says_more = rest.contains(char::is_alphanumeric);
    let whole = ends && !rest.contains(opens) && texts.iter().all(|text| !text.is_empty());
    whole.then(|| Quoted { text: texts.join("\n"), says_more })
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

/// The one text in code that a lead-in says the commands below it print: "Look at the process and expect its owner to be
/// `shelf`, not `root`:". What it denies is no such text, and of two it does not say which command prints which.
pub(super) fn before_commands(lead: &str) -> Option<String> {
    let lead = lead.trim_end().trim_end_matches(['*', '_', ' ']).strip_suffix(':')?;
    let last = lead.rsplit_once(". ").map_or(lead, |(_, last)| last);
    let at = ["expect ", "expecting "].iter().find_map(|word| last.find(word))?;
    // "Don't expect `fast` yet:", "without the flag, expect `old`; with it:" are of another run.
    let (before, told) = (plain(&last[..at]), plain(&last[at..]));
    let elsewhere = ["when", "without", "before", "if", "unless", "until", "yet", "on main"];
    if negates(&before) || has_word(&before, &elsewhere) || last.contains(';') || has_word(&told, &elsewhere)
    {
        return None;
    }
    let parts: Vec<&str> = last[at..].split('`').collect();
    // Every second part stands between backticks, and behind the last of those stands another, if only an empty one.
    if parts.len().is_multiple_of(2) || has_word(&told, RELATIVE) {
        return None;
    }
    let mut previous = None;
    let mut found = None;
    for code in (1..parts.len()).step_by(2) {
        let is = standing(previous, &plain(parts[code - 1]), &plain(parts[code + 1]), parts[code]);
        previous = Some(is);
        match is {
            // A number alone is a status or a count, of which the words around it say what it counts.
            Standing::Printed
                if found.is_none()
                    && parts[code].contains(char::is_alphabetic)
                    && !looks_like_command(parts[code], false) =>
            {
                found = Some(parts[code].to_owned());
            }
            Standing::Absent => {}
            Standing::Printed | Standing::Status | Standing::Named | Standing::Subject => return None,
        }
    }
    found
}

/// Whether a block is a list of sentences, which only people write: "1. a second reader sees the same page". What programs
/// list are names and numbers, without an article or a conjunction in every line;
/// where a program does print sentences, the text above says so.
pub(super) fn are_sentences(source: &Source, lines: &[Span], lead: &str) -> bool {
    /// The fewest words of a sentence.
    const FEWEST: usize = 4;
    let said = lines.iter().map(|line| source.slice(*line).trim()).filter(|line| !line.is_empty());
    let mut said = said.peekable();
    !has_word(lead, OUTPUT)
        && said.peek().is_some()
        && said.all(|line| {
            let own = line.trim_start_matches(|digit: char| digit.is_ascii_digit());
            let marks: &[&str] = if own.len() < line.len() { &[". ", ") "] } else { &["- ", "* ", "• "] };
            marks.iter().find_map(|mark| own.strip_prefix(mark)).is_some_and(|item| {
                item.split_whitespace().count() >= FEWEST && shape::has_word_of_prose(item)
            })
        })
}

/// Words of a lead-in by which even a list of sentences is printed.
const OUTPUT: &[&str] = phrases! {
    "print", "prints", "printed", "output", "outputs", "stdout", "stderr", "log", "logs", "console", "terminal", "transcript",
    "report", "reports", "response", "looks", "look like", "file", "出力", "输出", "출력",
};

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
    fn all_quoted_texts_of_a_clause_are_printed_or_none() {
        let quoted = |own| quoted(own).map(|quoted| (quoted.text, quoted.says_more));
        assert_eq!(quoted("and see \"Schema applied.\""), Some(("Schema applied".to_owned(), false)));
        assert_eq!(quoted("prints \"a\", \"b\", and \"c\"."), Some(("a\nb\nc".to_owned(), false)));
        assert_eq!(quoted("says “ok” (exit code 3)"), Some(("ok".to_owned(), true)));
        for prose in [
            "prints \"a\" or \"b\"",
            "prints \"a\", which is no \"b\"",
            "does not print \"a\"",
            "the \"a\" page",
            "prints \"a\" twice",
            "prints \"a",
        ] {
            assert_eq!(quoted(prose), None, "{prose}");
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
