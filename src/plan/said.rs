//! What was said of a command: the sentences around it are laid on it one by one.

use crate::document::{CodeSpan, Span};
use crate::expectation::{Expectation, Mode};

use super::check::{ExitStatus, Stated};
use super::predicate::{
    allows_either, asks_to_see, begins_with_bound, begins_with_verb, count, exit_status, finds_nothing,
    has_both_ends, is_able, is_blank, is_purpose, is_remedy, lists, lists_nothing, must_be, passes_later,
    searches, shows_before_it_exits, shows_result, success_at, without_label, without_nouns, works,
};
use super::words::{
    AND_MORE, BY, CLAIM, EXCEPTS, EXPECT, EXPECTATION, EXPECTATION_END, FAILURE, NOTHING, PROVES, PROVES_NOT,
    RED, RUN, STATES, SUBJECTS, SUCCESS, TURNED, begins, first_clause, has_word, negates, plain, says,
    sentences,
};
use super::{beside, printed, service, success};

/// Words before a colon by which success is not that of each command behind it, here and now.
const NOT_OF_EACH: &[&str] = phrases! {
    "if", "when", "once", "after", "before", "until", "unless", "one", "any", "either", "some", "in", "on",
};
/// How a clause says that an end is not asked for.
const NEED_NOT: &[&str] = phrases! { "need not fail", "needn't fail", "not need to fail", "n't need to fail", "not have to fail", "n't have to fail" };
/// Verbs that claim something of a command with no word more: "`shop serve` starts".
const LONE: &[&str] = phrases! { "starts", "boots", "launches", "opens", "loads", "works", "responds", "renders", "appears", "starts up" };
/// Words by which a command fails only under a condition, so that whether it must fail here is not said.
const CONDITIONS: &[&str] = phrases! {
    "not fail", "never fail", "no longer fail", "n't fail", "cannot fail", "may fail", "might fail", "can fail",
    "could fail", "if ", "when ", "until", "unless", "fails on ", "fail on ", "fails under ", "fail under ",
    "fails without ", "fail without ", "0 fail", "zero fail",
};
/// Verbs that tell to bring something to its end where they begin a sentence.
const FINISH: &[&str] = &["complete", "finish"];

/// What was said of a command, or of the commands of a block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// What it must print.
    pub output: Option<Stated<Expectation>>,
    /// What it must not print.
    pub must_not_output: Vec<Stated<String>>,
    /// How it must end.
    pub exit_status: Option<Stated<ExitStatus>>,
    /// Anything else.
    pub prose: Option<Stated<String>>,
    /// It fails only as long as the change is not made.
    pub red: bool,
}

impl Said {
    /// Whether nothing at all was said.
    pub(super) fn is_silent(&self) -> bool {
        self.output.is_none()
            && self.must_not_output.is_empty()
            && self.exit_status.is_none()
            && self.prose.is_none()
    }

    /// Adds what another sentence says.
    pub(super) fn join(&mut self, other: Self) {
        match (&mut self.output, other.output) {
            (Some(own), Some(other)) if own.value.mode == Mode::Lines && other.value.mode == Mode::Lines => {
                own.value.text.push('\n');
                own.value.text.push_str(&other.value.text);
                own.span = own.span.to(other.span);
            }
            (own, other) => *own = own.take().or(other),
        }
        match (&mut self.prose, other.prose) {
            (Some(own), Some(other)) => {
                own.value.extend(["; ", &other.value]);
                own.span = own.span.to(other.span);
            }
            (own, other) => *own = own.take().or(other),
        }
        self.must_not_output.extend(other.must_not_output);
        self.exit_status = self.exit_status.take().or(other.exit_status);
        self.red |= other.red;
    }

    /// A text that must be printed, too, and behind those that are there already.
    pub(super) fn prints(&mut self, code: &CodeSpan<'_>) {
        if let Some(output) = &mut self.output {
            output.value.text.push('\n');
            output.value.text.push_str(&code.text);
            output.span = output.span.to(code.inner);
        } else {
            let expectation = Expectation { mode: Mode::Lines, text: code.text.to_string() };
            self.output = Some(Stated::new(expectation, code.inner));
        }
    }

    /// Whether something was said that a program can compare.
    pub(super) fn is_compared(&self) -> bool {
        self.output.is_some() || !self.must_not_output.is_empty() || self.exit_status.is_some()
    }

    /// Reads the words behind a command: its own sentence, and the next where that one says what to expect.
    pub(super) fn of(words: &str, span: Span, command: &str) -> Self {
        let mut said = Self::default();
        let all = sentences(words);
        let Some(own) = all.first() else { return said };
        said.sentence(&words[own.clone()], span, command);
        if said.is_silent()
            && let Some(next) = all.get(1)
            && (begins(plain(&words[next.clone()]).trim(), EXPECTATION)
                || says(&words[next.clone()], EXPECTATION_END))
        {
            said.sentence(&words[next.clone()], span, command);
        }
        // "`make test` passes. Expect 12 passed." says more than its first sentence, and all of it must hold.
        if said.states_success()
            && let Some(next) = all.get(1).map(|next| &words[next.clone()])
            && begins(plain(next).trim(), EXPECTATION)
        {
            let mut more = Self::default();
            more.sentence(next, span, command);
            said.output = more.output;
            said.prose = said.prose.take().or(more.prose);
        }
        if said.exit_status.is_some() && said.output.is_none() {
            said.goes_on(words, span);
        }
        said
    }

    /// Keeps what stands in further clauses and sentences behind a status, and asks for more: "passes; coverage above 80 %".
    fn goes_on(&mut self, words: &str, span: Span) {
        let parts = sentences(words).into_iter().flat_map(|range| words[range].split([';', '；'])).skip(1);
        for part in parts.map(|part| part.trim_matches([' ', '.'])) {
            let lower = plain(part);
            if is_remedy(&lower) || !beside::goes_on(&lower) {
                continue;
            }
            let mut more = Self::default();
            more.part(part, span, "");
            if !more.states_success() {
                self.keep(part, span);
            }
        }
    }

    /// Keeps words beside those that are kept already.
    pub(super) fn keep(&mut self, words: &str, span: Span) {
        match &mut self.prose {
            Some(prose) if prose.value.contains(words) => {}
            Some(prose) => prose.value.extend(["; ", words]),
            prose @ None => *prose = Some(Stated::new(words.to_owned(), span)),
        }
    }

    /// Whether it must end well.
    pub(super) fn succeeds(&self) -> bool {
        self.exit_status.as_ref().is_some_and(|status| status.value == ExitStatus::Code(0))
    }

    /// Whether it must end with another status.
    pub(super) fn fails(&self) -> bool {
        self.exit_status.is_some() && !self.succeeds()
    }

    /// Whether nothing was said but that it ends well.
    fn states_success(&self) -> bool {
        self.succeeds() && self.output.is_none() && self.prose.is_none()
    }

    /// Reads the words before a command, where those behind it say nothing: "All tests pass with `make test`".
    pub(super) fn of_subject(words: &str, span: Span, command: &str) -> Self {
        let mut said = Self::default();
        // "Run the tests that should pass with" tells to do something, and says nothing of its end; nor does "complete the
        // edits, then run", whose first verb is an order, too.
        let order = |word: &str| RUN.contains(&word) || BY.contains(&word) || FINISH.contains(&word);
        let last = words.rsplit([',', ';']).next().unwrap_or(words).trim_start();
        let last =
            ["and ", "then ", "and then "].iter().find_map(|joint| last.strip_prefix(joint)).unwrap_or(last);
        let orders = [words, last].iter().any(|words| words.split_whitespace().next().is_some_and(order));
        let expects = has_word(words, EXPECT);
        // "Build succeeds: `make`" is short, and says how it ends.
        let label = words.trim_end().ends_with(':') && has_word(words, SUCCESS);
        // "If tests pass: `make a`", "one of these must pass: `a`, `b`", "all pass on staging: `a`" say nothing of how it ends.
        if label && has_word(words, NOT_OF_EACH) && !passes_later(words) {
            return said;
        }
        if !orders && !expects && (label || words.split_whitespace().count() > 2) {
            said.sentence(words, span, command);
        }
        said
    }

    /// Lays on it all that a text says that only tells what is expected: beside success and beside words nothing of it may be
    /// lost.
    pub(super) fn sentences(&mut self, text: &str, span: Span, command: &str) {
        self.sentence(text, span, command);
        if self.fails() || self.output.is_some() || (self.exit_status.is_none() && self.prose.is_none()) {
            return;
        }
        self.rest(text, span, command);
    }

    /// Keeps what a text states behind its first clause.
    pub(super) fn rest(&mut self, text: &str, span: Span, command: &str) {
        let parts = sentences(text).into_iter().flat_map(|range| text[range].split([';', '；'])).skip(1);
        let told = parts.filter(|part| {
            let mut more = Self::default();
            more.part(part, span, command);
            let own = plain(part);
            !more.states_success()
                && !is_remedy(&own)
                && (!more.is_silent() || has_word(&own, STATES) || begins(own.trim(), SUBJECTS))
        });
        for part in told.map(|part| part.trim_matches([' ', '.'])) {
            self.keep(part, span);
        }
    }

    /// Lays one sentence on it.
    pub(super) fn sentence(&mut self, sentence: &str, span: Span, command: &str) {
        // "Fails on main; on this branch it passes" is one statement, of which the second half must hold.
        if sentence.contains([';', '；']) && has_both_ends(&plain(sentence)) {
            self.part(sentence, span, command);
            return;
        }
        let mut parts = sentence.split([';', '；']);
        let own = parts.next().unwrap_or(sentence);
        self.part(own, span, command);
        // "Run it; expected result: exit code 1" says it behind the semicolon.
        if self.is_silent()
            && let Some(next) = parts.next()
            && (is_blank(own) || begins(&plain(next), EXPECTATION))
        {
            self.part(next, span, command);
        }
        if self.exit_status.is_some() && self.output.is_none() {
            self.goes_on(sentence, span);
        }
    }

    /// Lays on it what the first clause says, or, where that says nothing, all of them.
    fn part(&mut self, own: &str, span: Span, command: &str) {
        let lower = plain(own);
        let first = first_clause(&lower);
        // "Fails before the change, and the same test passes after it" is one statement.
        let cut = first.len() < lower.len() && !says(first, FAILURE) && own.is_char_boundary(first.len());
        let mut said = Self::default();
        if cut {
            said.clause(&own[..first.len()], first, span, command);
        }
        if said.is_compared() {
            // "Exit code 0, no warnings": of the second nothing is seen in the first.
            if beside::asks_for_more(&lower[first.len()..]) {
                said.words(own, span);
            }
            *self = said;
            return;
        }
        self.clause(own, &lower, span, command);
        // That something else passes says nothing of what the command itself shows.
        if said.prose.is_some() && self.output.is_none() && self.exit_status.is_some() {
            *self = said;
        }
    }

    fn clause(&mut self, own: &str, lower: &str, span: Span, command: &str) {
        let nothing = says(lower, NOTHING)
            || (searches(command) && finds_nothing(lower))
            || (lists(command) && lists_nothing(lower));
        if is_purpose(lower) {
            // What any test is run for is no more than that it passes.
        } else if begins(lower, PROVES) && !says(lower, PROVES_NOT) {
            self.exit_status = Some(Stated::new(ExitStatus::Code(0), span));
        } else if nothing && has_word(lower, EXCEPTS) {
            // "No hits outside of the docs" allows some, and which a program cannot tell.
            self.words(own, span);
        } else if nothing && !says(lower, &["not empty", "non-empty"]) {
            let expectation = Expectation { mode: Mode::Empty, text: String::new() };
            self.output = Some(Stated::new(expectation, span));
            // A search that finds nothing says so by its exit status.
            if searches(command) {
                self.exit_status = Some(Stated::new(ExitStatus::Code(1), span));
            }
        } else if (lower.contains("exit")
            || lower.contains(" passed")
            || !lower.is_ascii()
            || has_word(lower, SUCCESS))
            && says(lower, TURNED)
        {
            self.words(own, span);
        } else if let Some((status, end)) = exit_status(lower) {
            self.exit_status = Some(Stated::new(status, span));
            if let Some(quoted) = printed::quoted(own) {
                self.quotes(quoted, span);
            }
            if beside::asks_for_more(&lower[end..])
                || success::is_limited(lower)
                || shows_before_it_exits(lower)
            {
                self.words(own, span);
            }
        } else if let Some(count) = count(lower) {
            self.output = Some(Stated::new(count, span));
            let behind = lower.split_once(" passed").map_or("", |(_, behind)| behind);
            if beside::asks_for_more(behind) {
                self.words(own, span);
            }
        } else if let Some(quoted) = printed::quoted(own) {
            if quoted.says_more {
                self.words(own, span);
            }
            self.quotes(quoted, span);
        } else if success::never_fails(lower)
            || success::compiles(lower)
            || (works(lower) && !service::serves(command))
        {
            self.exit_status = Some(Stated::new(ExitStatus::Code(0), span));
        } else if says(lower, FAILURE) || has_word(lower, &["fail"]) {
            self.failure(own, lower, span);
        } else if let Some(at) = success_at(lower) {
            self.success(own, lower, at, span);
        } else if has_word(&without_nouns(lower), CLAIM)
            || asks_to_see(lower, command)
            || must_be(lower)
            || lower.split("without `").nth(1).is_some_and(|code| !code.starts_with('-'))
            || shows_result(lower)
            || begins_with_verb(lower)
            || is_able(lower)
            || (searches(command) && has_word(lower, &["only", "hits"]))
            // A rate of success is none, and not left out.
            || (!lower.is_ascii() && has_word(lower, SUCCESS))
        {
            self.words(own, span);
        }
    }

    fn quotes(&mut self, quoted: printed::Quoted, span: Span) {
        let expectation = Expectation { mode: Mode::Lines, text: quoted.text };
        self.output = Some(Stated::new(expectation, span));
    }

    /// Lays success on it, whose word stands at `at`.
    fn success(&mut self, own: &str, lower: &str, at: usize, span: Span) {
        let more = success::says_more(lower, at) || beside::is_turned(lower, at);
        if !more {
            self.exit_status = Some(Stated::new(ExitStatus::Code(0), span));
        }
        if more || beside::asks_for_more(beside::behind_success(lower, at)) {
            self.words(own, span);
        }
    }

    fn failure(&mut self, own: &str, lower: &str, span: Span) {
        // What need not be is not stated, and neither is its opposite.
        if says(lower, NEED_NOT) {
            return;
        }
        // "Must not print FAIL"
        if has_word(lower, &["print", "show", "contain", "output", "report", "log"]) && negates(lower) {
            self.words(own, span);
            return;
        }
        // Why it fails makes it no less a failure, and a runner's verdict in capitals is that of a test which is written
        // before what it tests: no plan ends with it.
        let marks = ['*', '_', ' ', ':', '：', '(', '—', '–', '-', '→', '>', '='];
        let told = own.trim_start_matches(marks);
        let verdict = without_label(told);
        let labelled = verdict.len() < told.len();
        let verdict = verdict.trim_start_matches(marks);
        let capitals = verdict.starts_with("FAIL");
        let fails = capitals || (labelled && begins(&plain(verdict), &["fail"]));
        if fails && !says(lower, AND_MORE) && !has_word(lower, SUCCESS) {
            self.red = capitals || says(lower, RED);
            self.exit_status = Some(Stated::new(ExitStatus::NonZero, span));
            return;
        }
        if says(lower, AND_MORE) || allows_either(lower) {
            self.words(own, span);
        } else if passes_later(lower) {
            // "Fails before the change and passes after": what must hold is the second half.
            self.exit_status = Some(Stated::new(ExitStatus::Code(0), span));
            if success_at(lower).is_some_and(|at| beside::counts(beside::behind_success(lower, at))) {
                self.words(own, span);
            }
        } else if says(lower, CONDITIONS)
            || has_word(lower, SUCCESS)
            || !(says(lower, FAILURE) || lower.trim_end_matches(['.', ' ', ')', ',']).ends_with(" fail"))
        {
            self.words(own, span);
        } else {
            self.red = says(lower, RED);
            self.exit_status = Some(Stated::new(ExitStatus::NonZero, span));
        }
    }

    fn words(&mut self, text: &str, span: Span) {
        // "> 500" is a bound, and its sign no mark of an arrow.
        if begins_with_bound(text) {
            self.prose = Some(Stated::new(text.trim().to_owned(), span));
            return;
        }
        let text = text.trim_matches([' ', ',', ':', '(', ')', '.', '—', '–', '-', '→', '⇒', '>', '=']);
        let text = [", and", ", but", ", while", ", then", " and"]
            .iter()
            .find_map(|end| text.strip_suffix(end))
            .unwrap_or(text);
        if text.split_whitespace().count() > 1 || !text.is_ascii() || LONE.contains(&plain(text).as_str()) {
            self.prose = Some(Stated::new(text.to_owned(), span));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &str) -> Said {
        Said::of(words, Span::new(0, 0), "cargo test")
    }

    #[test]
    fn success_failure_and_status_are_told_apart() {
        let status = |words: &str| said(words).exit_status.map(|stated| stated.value);
        for (words, expected) in [
            (" passes, including the new ones", ExitStatus::Code(0)),
            (" must succeed.", ExitStatus::Code(0)),
            (" exits with code 3", ExitStatus::Code(3)),
            (" should exit non-zero with a message", ExitStatus::NonZero),
            (" returns a non-zero exit status", ExitStatus::NonZero),
            (" fails before the change and passes after", ExitStatus::Code(0)),
            (" must fail", ExitStatus::NonZero),
            (". All tests should pass.", ExitStatus::Code(0)),
            (" 通过", ExitStatus::Code(0)),
        ] {
            assert_eq!(status(words), Some(expected), "{words}");
        }
    }

    #[test]
    fn what_nothing_can_compare_stays_words() {
        for words in [
            " should produce a tree file",
            " => best within 5 %",
            " reports no race",
            " does not pass silently",
        ] {
            let said = said(words);
            assert!(
                said.prose.is_some() && said.exit_status.is_none() && said.output.is_none(),
                "{words}: {said:?}"
            );
        }
        for words in [" after changes.", " from the repository root", "", ". Then open the page."] {
            assert!(said(words).is_silent(), "{words}");
        }
    }

    #[test]
    fn counts_are_met_with_their_word() {
        let output = |words: &str| said(words).output.map(|stated| stated.value);
        assert_eq!(output(" and expect 12 passed").map(|found| found.text).as_deref(), Some("12 passed"));
        let pattern =
            output(" should report at least 467 passed").map(|found| found.text).unwrap_or_default();
        let pattern = regex::Regex::new(&pattern).unwrap();
        for (text, matches) in [
            ("467 passed", true),
            ("470 passed", true),
            ("1000 passed", true),
            ("466 passed", false),
            ("99 passed", false),
        ] {
            assert_eq!(pattern.is_match(text), matches, "{text}");
        }
        assert_eq!(output(" 12 passed"), None);
        // Whatever stands before the number.
        assert_eq!(output(" must say —3 passed").map(|found| found.text).as_deref(), Some("3 passed"));
    }
}
