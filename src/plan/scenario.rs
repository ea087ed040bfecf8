//! Scenarios: items that begin with GIVEN, WHEN and THEN, of which only the last says what must hold.

use crate::document::{Document, Span, code_spans};

use super::check::Stated;
use super::draft::{Draft, shortened};
use super::extract::Reader;
use super::found_by::FoundBy;
use super::literal;
use super::refusal::Refusal;
use super::said::Said;
use super::words::{has_word, plain, says};

/// What a clause of a scenario is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    /// GIVEN, WHEN: what is there or done before.
    Circumstance,
    /// THEN: what must hold.
    Outcome,
}

/// Words that begin a circumstance.
const CIRCUMSTANCES: &[&str] = phrases! {
    "given", "when", "dado", "cuando", "quando", "étant donné", "quand", "angenommen", "wenn", "дано", "когда", "前提", "もし",
    "假如", "当", "조건", "만일",
};
/// Words that begin an outcome.
const OUTCOMES: &[&str] =
    phrases! { "then", "entonces", "então", "alors", "dann", "тогда", "ならば", "那么", "그러면" };

/// The clause that an item is, told by its first word in bold or in capitals: "When you are done, …" is a sentence.
pub(super) fn clause(words: &str) -> Option<Clause> {
    match first_word(words)? {
        Clause::Circumstance if has_own_outcome(words) => Some(Clause::Outcome),
        clause @ (Clause::Circumstance | Clause::Outcome) => Some(clause),
    }
}

/// What the first word of an item begins.
fn first_word(words: &str) -> Option<Clause> {
    let first = match words.strip_prefix("**") {
        Some(rest) => rest.split_once("**")?.0,
        None => words
            .split(' ')
            .next()
            .filter(|word| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_uppercase()))?,
    };
    let first = first.trim_end_matches([':', '：', ' ', ',']).to_lowercase();
    let is = |words: &[&str]| words.contains(&first.as_str());
    match (is(CIRCUMSTANCES), is(OUTCOMES)) {
        (true, _) => Some(Clause::Circumstance),
        (_, true) => Some(Clause::Outcome),
        (false, false) => None,
    }
}

/// Whether an item that begins with a circumstance goes on to what must hold then, as requirements of one sentence do:
/// "WHEN the file is missing, THE SYSTEM SHALL refuse to start". In a circumstance something can be due as well, so that only
/// behind a comma "must" begins the other half.
fn has_own_outcome(words: &str) -> bool {
    let lower = plain(words);
    let behind = lower.split_once([',', '，', '、']).map_or("", |(_, behind)| behind);
    has_word(&lower, &["shall", "then"])
        || has_word(behind, &["must", "should", "will"])
        || OUTCOMES.iter().any(|word| !word.is_ascii() && says(&lower, &[*word]))
        || has_word(behind, OUTCOMES)
}

impl Reader<'_, '_, '_> {
    /// Begins the criterion of a clause, so that of each scenario the outcome alone is kept; circumstances wait for one, and
    /// are kept if none comes. What a clause names in code is what it speaks of: the commands of a scenario stand under
    /// their own label.
    pub(super) fn clause(&mut self, clause: Clause, lines: &[Span], words: String) {
        let span = Span::over(lines);
        let before = self.open.take_if(|open| open.clause == Some(Clause::Circumstance));
        let waiting = before.filter(|_| clause == Clause::Circumstance).map(|open| {
            let mut waiting = open.waiting;
            waiting.push((open.draft, open.title));
            waiting
        });
        self.begin(Draft::manual(span, FoundBy::Criterion, Refusal::NoCommand), words);
        if let Some(open) = &mut self.open {
            open.bare = true;
            open.clause = Some(clause);
            open.waiting = waiting.unwrap_or_default();
            open.lines = lines.to_vec();
        }
    }
}

/// Lays what an outcome says on the command that verifies it, where its own line says nothing. It speaks of the work, and
/// only where it speaks of what is printed a text can be looked for.
pub(super) fn lay(draft: &mut Draft, document: &Document, lines: &[Span]) {
    if draft.is_told() && !draft.expects() {
        return;
    }
    let words: Vec<&str> = lines.iter().map(|line| document.source().slice(*line)).collect();
    let words = words.join(" ");
    let bare = words.trim_start_matches("**").split_once([' ', '*']).map_or("", |(_, rest)| rest);
    let words = match first_word(&words) {
        // "WHEN it is opened, …" is whole only with its first word.
        Some(Clause::Circumstance) => words.as_str(),
        Some(Clause::Outcome) | None => bare.trim_start_matches(['*', ' ', ':']),
    };
    let span = Span::over(lines);
    let mut said = Said::default();
    if draft.expects() {
        said.prose = Some(Stated::new(shortened(words), span));
    } else if has_word(&plain(words), &["print", "prints", "printed", "output", "outputs", "stdout"]) {
        said = literal::expectation(
            document,
            lines,
            &code_spans(document.source(), lines),
            draft.last_command(),
        );
    } else {
        said.sentence(words, span, draft.last_command());
        said = Said { exit_status: said.exit_status, ..Said::default() };
    }
    if said.is_silent() {
        said.prose = Some(Stated::new(shortened(words), span));
    }
    draft.say(said);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_begins_in_bold_or_capitals() {
        assert_eq!(clause("**GIVEN** a page"), Some(Clause::Circumstance));
        assert_eq!(clause("**Then:** it opens"), Some(Clause::Outcome));
        assert_eq!(clause("THEN it opens"), Some(Clause::Outcome));
        assert_eq!(clause("**ならば** 開く"), Some(Clause::Outcome));
        for whole in [
            "WHEN it opens, THE SYSTEM SHALL start",
            "GIVEN a page WHEN it opens THEN it shows",
            "**When** it opens, it must show",
        ] {
            assert_eq!(clause(whole), Some(Clause::Outcome), "{whole}");
        }
        assert_eq!(clause("GIVEN a user that must sign in"), Some(Clause::Circumstance));
        for prose in [
            "When it is done, look",
            "**When** it",
            "Then it opens",
            "**Given that** it works",
            "OPEN it",
            "",
        ] {
            assert_eq!(clause(prose).is_some(), prose.starts_with("**When**"), "{prose}");
        }
    }
}
