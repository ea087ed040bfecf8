//! What a text states beside its commands: "`npm test` passes, and the page must show three rows" is proved by half only.
//!
//! A sentence or clause without a command that says what must hold needs a person, wherever it stands. What tells of the
//! command itself, how long it takes or what to do without it, does not.

use crate::document::{Document, Span};

use super::check::Stated;
use super::inline::InlineCommand;
use super::words::{
    ALL_OF_IT, CLAIM, EXPECTATION, FRAMES, NEGATION, OF_A_PERSON, OF_A_PERSON_END, RECORDED, RUN, STATES,
    SUBJECTS, SUCCESS, TESTS, begins, has_word, is_optional, plain, says, sentences,
};

/// Clauses and sentences of a text that no command of it speaks for, from the first to the last.
pub(super) fn beside(
    document: &Document,
    lines: &[Span],
    commands: &[InlineCommand<'_>],
) -> Option<Stated<String>> {
    /// The fewest bytes of a clause that states anything.
    const FEWEST: usize = 12;
    let whole = lines.first()?.to(*lines.last()?);
    let of_commands: usize = commands.iter().map(|command| command.code.outer.len()).sum();
    // Nearly all items are a command and a word or two.
    if whole.len() < of_commands + FEWEST {
        return None;
    }
    let masked = masked(document.source().slice(whole));
    let read = read(commands, whole);
    let is_read = |range: &std::ops::Range<usize>| {
        let next = read.partition_point(|span| span.end <= range.start);
        read.get(next).is_some_and(|span| span.start < range.end)
    };
    let mut claims: Vec<std::ops::Range<usize>> = Vec::new();
    for sentence in sentences(&masked) {
        let lower = plain(&masked[sentence.clone()]);
        if !is_read(&sentence) {
            claims.extend(states(&lower).then_some(sentence));
            continue;
        }
        // Only a text that says more than one thing has what parts them.
        if !lower.contains([';', '；']) && !lower.contains(", ") && !lower.contains(" and that ") {
            continue;
        }
        let framed = has_word(&lower, FRAMES);
        let start = sentence.start;
        // The frame itself is no clause, where a comma cuts it: "It is accepted when the host, with …, runs `x`".
        let is_frame = |clause: &std::ops::Range<usize>| {
            framed && clause.start == start && masked[clause.end..].starts_with(',')
        };
        let clauses = clauses(&masked, sentence).into_iter();
        let clauses = clauses.filter(|clause| !is_read(clause) && !is_frame(clause));
        claims.extend(clauses.filter(|clause| holds(&plain(&masked[clause.clone()]), framed)));
    }
    let (first, last) = (claims.first()?, claims.last()?);
    let span = Span::new(whole.start + first.start, whole.start + last.end);
    let text = document.source().text();
    let words =
        claims.iter().filter_map(|claim| text.get(whole.start + claim.start..whole.start + claim.end));
    let marks = [' ', ',', ';', '；', '.', '\n', '\r', '\t'];
    let words: Vec<&str> = words.map(|claim| without_joint(claim.trim_matches(marks))).collect();
    Some(Stated::new(words.join("; "), span))
}

/// The places that are read already, in order: commands, and what they must print. A text can have very many.
fn read(commands: &[InlineCommand<'_>], whole: Span) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for command in commands {
        spans.push(command.code.outer);
        spans.extend(
            command
                .said
                .output
                .as_ref()
                .filter(|output| !output.value.text.is_empty())
                .map(|output| output.span),
        );
        spans.extend(command.said.must_not_output.iter().map(|text| text.span));
    }
    let within = |span: &Span| span.start >= whole.start && span.end <= whole.end;
    let moved = |span: Span| Span::new(span.start - whole.start, span.end - whole.start);
    let mut spans: Vec<Span> = spans.into_iter().filter(within).map(moved).collect();
    spans.sort_unstable_by_key(|span| span.start);
    // Only disjoint spans are in order of their ends, too.
    spans.dedup_by(|next, span| {
        let meets = next.start < span.end;
        if meets {
            *span = span.to(*next);
        }
        meets
    });
    spans
}

/// A text with blanks for ends of lines, and letters for what stands in code, byte for byte.
fn masked(text: &str) -> String {
    let mut in_code = false;
    let mut masked = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '`' => {
                in_code = !in_code;
                masked.push('`');
            }
            '\n' | '\r' | '\t' => masked.push(' '),
            _ if in_code => (0..character.len_utf8()).for_each(|_| masked.push('x')),
            _ => masked.push(character),
        }
    }
    masked
}

/// The clauses of a sentence that have a subject of their own.
fn clauses(text: &str, sentence: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let own = &text[sentence.clone()];
    let mut found = Vec::new();
    let mut start = 0;
    for (at, character) in own.char_indices() {
        let parts = match character {
            ';' | '；' => true,
            ',' => begins_clause(&own[at + 1..]),
            ' ' => own[at..].starts_with(" and that "),
            _ => false,
        };
        if parts && at > start {
            found.push(sentence.start + start..sentence.start + at);
            start = at + character.len_utf8();
        }
    }
    found.push(sentence.start + start..sentence.end);
    found
}

/// Whether a subject stands behind a comma.
fn begins_clause(rest: &str) -> bool {
    let rest = rest.trim_start();
    let own = without_joint(rest);
    SUBJECTS.iter().any(|word| own.starts_with(word)) || (own.len() < rest.len() && own.starts_with('`'))
}

fn without_joint(clause: &str) -> &str {
    ["and ", "but ", "while ", "then ", "that "]
        .iter()
        .fold(clause, |clause, word| clause.strip_prefix(word).unwrap_or(clause))
}

/// Whether a clause beside that of a command says what must hold. In a sentence such as "The work is accepted when …" all
/// clauses do.
fn holds(clause: &str, framed: bool) -> bool {
    /// The fewest words of one.
    const FEWEST: usize = 3;
    let own = without_joint(clause.trim_start_matches([' ', ',', ';', '；']));
    let states = has_word(own, STATES) || has_word(own, CLAIM) || has_word(own, SUCCESS);
    own.split_whitespace().count() >= FEWEST
        && !is_aside(own)
        && !(is_of_tests(own) && begins(own, ALL_OF_IT))
        && ((begins(own, SUBJECTS) && (states || framed)) || (framed && states))
}

/// Whether a sentence without a command says what must hold, or asks a person to look.
fn states(sentence: &str) -> bool {
    /// The fewest words of one.
    const FEWEST: usize = 3;
    let own = sentence.trim();
    // "第二，…" is one of several things that must hold.
    if !own.is_ascii() && (says(own, OF_A_PERSON_END) || own.starts_with('第')) {
        return true;
    }
    let own = without_joint(own);
    own.split_whitespace().count() >= FEWEST
        && !is_aside(own)
        && !begins(own, EXPECTATION)
        && !is_of_tests(own)
        && (begins(own, OF_A_PERSON) || has_word(own, &["must", "should"]))
}

/// Whether a text tells when or how to run something, what was seen, or what not to do.
fn is_aside(own: &str) -> bool {
    let orders = own.split_whitespace().next().is_some_and(|first| RUN.contains(&first));
    let conditional = begins(
        own,
        &["if ", "this ", "these ", "note", "otherwise", "it ", "they ", "for example", "see ", "when "],
    );
    orders
        || conditional
        || begins(own, RECORDED)
        || is_optional(own)
        || says(own, NEGATION) && says(own, &["run", "execut"])
}

/// Whether only the success of tests is stated, which is what the command beside it says, too.
fn is_of_tests(own: &str) -> bool {
    has_word(own, SUCCESS) && has_word(own, TESTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_with_a_subject_of_its_own_states_something() {
        for clause in
            [", and the page must show three rows", "; no fixture was added", " the build stays offline"]
        {
            assert!(holds(clause, false), "{clause}");
        }
        for clause in [
            ", including the new ones",
            " from the root",
            ", all tests pass",
            " and the date",
            "; run it twice",
        ] {
            assert!(!holds(clause, false), "{clause}");
        }
        assert!(holds("; the launcher keeps its codes", true));
    }

    #[test]
    fn a_sentence_asks_a_person_or_states_what_must_hold() {
        for sentence in ["open the page and look.", "confirm that it is so.", "the page must not flicker."] {
            assert!(states(sentence), "{sentence}");
        }
        for sentence in [
            "it takes a minute.",
            "if it fails, look at the log.",
            "expect it to pass.",
            "the tests should pass.",
        ] {
            assert!(!states(sentence), "{sentence}");
        }
    }
}
