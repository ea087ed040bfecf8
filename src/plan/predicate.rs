//! What the words around a command expect of it: an exit status, an output, nothing at all, or more than can be compared.

use crate::document::{CodeSpan, Span};
use crate::expectation::{Expectation, Mode};

use super::check::{ExitStatus, Stated};
use super::words::{
    AND_MORE, BY, CLAIM, EXCEPTS, EXPECT, EXPECTATION, EXPECTATION_END, FAILS, FAILURE, FOUND, NOT_FOUND,
    NOTHING, PROVES, PROVES_NOT, RED, RUN, RUN_BEHIND, STATES, SUBJECTS, SUCCESS, TURNED, begins,
    ends_as_verb, first_clause, has_word, negates, plain, says, sentences, word_places,
};
use super::{beside, printed, service, shape, success};

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

    /// Whether nothing was said but that it ends well.
    fn states_success(&self) -> bool {
        self.exit_status.as_ref().is_some_and(|status| status.value == ExitStatus::Code(0))
            && self.output.is_none()
            && self.prose.is_none()
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
        let fails = self.exit_status.as_ref().is_some_and(|status| status.value != ExitStatus::Code(0));
        if fails || self.output.is_some() || (self.exit_status.is_none() && self.prose.is_none()) {
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
/// Words of what holds once the work is done.
const LATER: &[&str] = phrases! {
    "after", "afterwards", "now", "once", "then", "on this branch", "on the branch", "on this", "with the change",
    "with the fix", "with the patch", "with this", "afterward", "post-change", "改后", "変更後", "之后",
};
/// Verbs that tell to bring something to its end where they begin a sentence.
const FINISH: &[&str] = &["complete", "finish"];

/// "Still pass or only fail where the mock is old": both ends are good, so that neither is asked for.
fn allows_either(lower: &str) -> bool {
    let mut others = lower.split(" or ").skip(1).map(|other| other.split(' ').take(2));
    others.any(|mut words| words.any(|word| FAILS.contains(&word) || SUCCESS.contains(&word)))
}

/// Whether a clause says that a command works, and no more: "`ffmpeg -version` works in the shell". With what, how fast or
/// for whom it works must be seen, and of what serves that it works is seen from outside.
fn works(lower: &str) -> bool {
    const WHERE: &[&str] = &[
        "",
        "locally",
        "here",
        "in the shell",
        "in a shell",
        "in the terminal",
        "from the shell",
        "from the terminal",
    ];
    let own = lower.trim_matches([' ', '.', ',', ')', '(', '*', '_', ':']);
    let own = ["must ", "should "].iter().find_map(|modal| own.strip_prefix(modal)).unwrap_or(own);
    let place = ["works", "work"].iter().find_map(|verb| own.strip_prefix(verb));
    place.is_some_and(|place| WHERE.contains(&place.trim_start()))
}

/// Whether success is stated beside failure, for another time or place: "`new` to pass and `old` to fail" wants both now.
pub(super) fn passes_later(lower: &str) -> bool {
    has_word(lower, SUCCESS) && (has_word(lower, RED) || has_word(lower, LATER))
}

/// Whether both how it fails now and how it passes later are said, in two clauses.
fn has_both_ends(lower: &str) -> bool {
    let Some((now, later)) = lower.split_once([';', '；']) else { return false };
    says(now, FAILURE) && has_word(later, SUCCESS) && (has_word(later, LATER) || has_word(now, RED))
}

/// Where the first word of success of a clause stands, that is no code and no part of another word.
fn success_at(lower: &str) -> Option<usize> {
    word_places(lower, SUCCESS)
        .filter(|at| !is_in_code(lower, *at) && !beside::is_part_of_noun(lower, *at))
        .min()
}

/// Whether a place of a text stands between backticks, so that it is no word of its sentence.
fn is_in_code(text: &str, at: usize) -> bool {
    text[..at].bytes().filter(|byte| *byte == b'`').count() % 2 == 1
}

/// "`shop serve` can start from the same database": what it is able to do must be seen. That it can be skipped, or can take
/// long, explains it.
fn is_able(lower: &str) -> bool {
    let able = lower.trim_start().strip_prefix("can ");
    able.is_some_and(|rest| !begins(rest, &["be ", "take ", "also be ", "only be ", "help"]))
}

/// "To ensure no regressions": what a test is run for, and nothing that could be seen beside its success.
fn is_purpose(lower: &str) -> bool {
    const NONE: &[&str] = phrases! { "no regressions", "no regression", "there are no regressions", "nothing broke", "nothing regressed", "nothing breaks" };
    let own = lower.trim_matches([' ', '.', ',', ')', '(']);
    let own = own.strip_prefix("and ").map_or(own, |rest| if rest.starts_with("to ") { own } else { rest });
    let verbs = [
        "to ensure ",
        "to confirm ",
        "to verify ",
        "to check ",
        "to make sure ",
        "to ensure that ",
        "ensure ",
        "confirm ",
        "verify ",
        "check for ",
        "make sure ",
    ];
    let own = verbs.iter().filter_map(|verb| own.strip_prefix(verb)).min_by_key(|rest| rest.len());
    own.is_some_and(|own| NONE.contains(&own))
}

/// "If it reports a defect, record it": what to do where something is wrong is no more that must hold.
fn is_remedy(lower: &str) -> bool {
    const WRONG: &[&str] = phrases! { "defect", "defects", "error", "errors", "bug", "bugs", "warning", "warnings", "differs", "not", "missing", "unavailable" };
    let own = lower.trim_start();
    let condition = own.split([',', '—', ':']).next().unwrap_or(own);
    // "If the report does not list all 3 users, the criterion fails" is what must hold, said the other way round.
    let bound = own[condition.len()..].contains("fails")
        || (begins(own, &["otherwise"]) && has_word(own, &["must", "should"]));
    begins(own, &["if ", "otherwise", "should it ", "when it fails"])
        && !bound
        && (has_word(condition, FAILS) || has_word(condition, WRONG) || begins(own, &["otherwise"]))
}

/// A text without the verbs that are nouns by what stands before them: "capturing outputs", "all reports".
fn without_nouns(lower: &str) -> std::borrow::Cow<'_, str> {
    /// Those that look the same.
    const ALIKE: &[&str] = phrases! { "outputs", "reports", "lists", "matches", "logs", "starts", "builds", "returns", "prints" };
    if !has_word(lower, ALIKE) {
        return lower.into();
    }
    let mut before = "";
    let mut kept = String::with_capacity(lower.len());
    for word in lower.split(' ') {
        let bare = word.trim_matches([',', '.', ';', ':', ')', '(']);
        let noun = ALIKE.contains(&bare)
            && (before.ends_with("ing")
                || matches!(before, "the" | "all" | "their" | "these" | "any" | "of"));
        if !noun {
            kept.push_str(word);
            kept.push(' ');
        }
        before = bare;
    }
    kept.into()
}

/// "And verify the title is shown": an order to look at what the command did. Where it leads to one more command, that
/// one is what verifies.
fn asks_to_see(lower: &str, command: &str) -> bool {
    const ORDERS: &[&str] = phrases! {
        "and verify", "and confirm", "and check that", "and ensure", "and make sure", "then verify", "then confirm",
        "then check that", "and observe", "and look for", "and see that", "and check the",
    };
    const LEADS: &[&str] = &[" with", " by", " using", " via", " through", " running", " run", " executing"];
    let own = lower.trim_start_matches([' ', ',', ';']);
    let end = own.trim_end_matches([' ', ':', ',']);
    // "Start it with `shop serve` and verify:" leads to what is seen while it runs, and says nothing of its end.
    if service::serves(command) && own.trim_end().ends_with(':') && ORDERS.contains(&end) {
        return false;
    }
    // "Then verify the behavior as described below" only leads on.
    let leads = has_word(end, &["below", "following", "as described", "above"]);
    let code = ["and check `", "and inspect `", "then check `"].iter().any(|order| own.starts_with(order));
    !leads
        && (code
            || ORDERS.iter().any(|order| {
                own.strip_prefix(order).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            }))
        && !LEADS.iter().any(|lead| end.ends_with(lead))
}

/// A sentence without a label such as "Expected result before the change:".
fn without_label(sentence: &str) -> &str {
    let Some((label, rest)) = sentence.split_once([':', '：']) else { return sentence };
    if begins(&plain(label), EXPECTATION) { rest } else { sentence }
}

/// Whether nothing is said: no letter and no number.
fn is_blank(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

/// Words of a sentence that allow some hits: "no active usage", "only historical references (or zero runtime ones)".
const RESTRICTED: &[&str] =
    phrases! { "only", "active", "runtime", "historical", "intentional", "intentionally" };

/// "No references", "no live production references", "zero remaining hits".
fn finds_nothing(lower: &str) -> bool {
    /// The most words between the number and what is counted.
    const MOST: usize = 3;
    if says(lower, &["more than zero", "more than 0", "> 0"]) || has_word(lower, RESTRICTED) {
        return false;
    }
    if says(lower, NOT_FOUND) {
        return true;
    }
    let mut reach = 0;
    lower.split_whitespace().any(|word| {
        if matches!(word, "no" | "zero" | "0") {
            reach = MOST + 1;
            return false;
        }
        let ends = word.ends_with([',', '.', ';', ':', ')']);
        let found = reach > 0 && FOUND.contains(&word.trim_end_matches([',', '.', ';', ':', ')']));
        reach = if ends { 0 } else { usize::saturating_sub(reach, 1) };
        found
    })
}

/// Whether a clause begins with it that nothing is listed: "returns no files".
fn lists_nothing(lower: &str) -> bool {
    const VERBS: &[&str] = phrases! {
        "returns no ", "return no ", "prints no ", "print no ", "lists no ", "list no ", "finds no ", "find no ", "shows no ",
        "show no ", "outputs no ", "output no ", "yields no ", "expect no ", "expects no ",
    };
    let words = [VERBS.iter(), ["must ", "should "].iter()];
    let own = lower.trim_start_matches([' ', '*', '_', ':', '—', '–', '-', '(', '→']);
    let own = words[1].clone().find_map(|modal| own.strip_prefix(modal)).unwrap_or(own);
    let listed = words[0].clone().find_map(|verb| own.strip_prefix(verb));
    let noun = listed.map(|rest| rest.split([' ', ',', '.', ';', ':', ')']).next().unwrap_or_default());
    noun.is_some_and(|noun| {
        FOUND.contains(&noun)
            || matches!(noun, "files" | "file" | "paths" | "path" | "rows" | "directories" | "names")
    })
}

/// Whether a command lists what there is, and prints nothing where there is nothing. Others print beside what they list, as
/// `cargo test` does in "prints no files".
fn lists(command: &str) -> bool {
    if !shape::is_simple(command) {
        return false;
    }
    let Some((program, arguments)) = shape::program(command) else { return false };
    match program {
        "find" | "fd" | "locate" | "ls" | "pgrep" => true,
        "git" => matches!(arguments.split_whitespace().next(), Some("ls-files" | "diff" | "tag" | "stash")),
        _ => searches(command),
    }
}

/// Whether a sentence in a language whose verb stands at the end says what must be, and not to run something.
fn must_be(lower: &str) -> bool {
    const MUST: &[&str] = &[
        "こと。",
        "こと.",
        "べき",
        "必须",
        "应当",
        "应该",
        "해야 한",
        "되어야",
        "야 한다",
        "должен",
        "должна",
        "должны",
        "должно",
    ];
    let last = lower.rsplit(['、', '，']).next().unwrap_or(lower);
    !lower.is_ascii() && (says(last, MUST) || last.trim_end().ends_with("こと")) && !says(last, RUN_BEHIND)
}

/// Whether the first word behind a command is a verb whose subject it is: "`make page` fetches the page".
fn begins_with_verb(lower: &str) -> bool {
    /// Verbs that explain a command rather than say what must come of it, and words that only look like verbs.
    const EXPLAIN: &[&str] = phrases! {
        "runs", "takes", "uses", "needs", "requires", "exercises", "lives", "this", "is", "was", "has", "does", "its",
        "as", "plus", "tests", "less", "across", "versus", "besides", "towards", "always", "means", "comes", "has",
        "belongs", "executes", "tests", "checks", "suites", "targets", "gates", "commands", "results", "runs",
    };
    let Some(rest) = lower.strip_prefix(' ') else { return false };
    let word = rest.split(' ').next().unwrap_or_default();
    let more = rest.split_whitespace().count() > 1;
    more && word.len() > 3 && ends_as_verb(word) && !EXPLAIN.contains(&word)
}

/// Whether words behind a command are what comes of it: they stand behind an arrow, or behind a colon with a number.
/// After a colon alone a command is mostly explained.
fn shows_result(words: &str) -> bool {
    let words = words.trim_start();
    let counts = words.strip_prefix([':', '：', '—', '–']).is_some_and(|rest| {
        let rest = rest.trim_start();
        rest.starts_with(|first: char| first.is_ascii_digit())
            || begins(rest, &["no ", "zero ", "only "])
            || BOUNDS.iter().any(|bound| rest.starts_with(bound))
    });
    counts || begins_with_arrow(words) || begins_with_bound(words)
}

/// How many or how much of something there must be.
const BOUNDS: &[&str] = &[
    "exactly ",
    "at least ",
    "at most ",
    "more than ",
    "fewer than ",
    "less than ",
    "up to ",
    "under ",
    "≤",
    "≥",
    "<",
    ">",
    "≈",
    "about ",
];

/// "`wc -l notes.md` ≤ 500".
fn begins_with_bound(words: &str) -> bool {
    let words = words.trim_start();
    let rest = words.trim_start_matches(['≤', '≥', '<', '>', '=', '≈', '!']);
    rest.len() < words.len()
        && !words.starts_with("=>")
        && !words.starts_with("==>")
        && rest.trim_start().starts_with(|first: char| first.is_ascii_digit())
}

pub(super) fn begins_with_arrow(words: &str) -> bool {
    ["→", "⇒", "->", "=>"].iter().any(|arrow| words.trim_start().starts_with(arrow))
}

/// Whether a command only looks for text.
pub(super) fn searches(command: &str) -> bool {
    let Some((program, arguments)) = shape::program(command) else { return false };
    match program {
        "grep" | "rg" | "egrep" | "fgrep" | "ag" | "ack" => true,
        "git" => arguments.split_whitespace().next() == Some("grep"),
        _ => false,
    }
}

/// `exits 2`, `exit code 1`, `exits non-zero`, `returns a non-zero exit code`; and where that ends.
fn exit_status(words: &str) -> Option<(ExitStatus, usize)> {
    let named = NON_ZERO.iter().find_map(|name| Some(words.find(name)? + name.len()));
    if let Some(end) = named {
        let rest = words[end..].trim_start_matches("码").trim_start_matches("コード");
        let rest =
            [" codes", " code", " status"].iter().find_map(|noun| rest.strip_prefix(noun)).unwrap_or(rest);
        return Some((ExitStatus::NonZero, words.len() - rest.len()));
    }
    let at = words.find("exit");
    if at.is_none()
        && !words.is_ascii()
        && let Some(code) = EXIT_CODE.iter().find_map(|name| words.split_once(name).map(|(_, rest)| rest))
    {
        let digits = code.trim_start_matches(|letter: char| !letter.is_ascii_digit() && letter != '非');
        let end = digits.bytes().take_while(u8::is_ascii_digit).count();
        let behind = words.len() - digits.len() + end;
        return match digits[..end].parse::<u8>() {
            Ok(code) => Some((ExitStatus::Code(i32::from(code)), behind)),
            Err(_) => digits
                .strip_prefix('非')
                .map(|rest| rest.trim_start_matches([' ', '0', '零']))
                .map(|rest| (ExitStatus::NonZero, words.len() - rest.len())),
        };
    }
    let at = at?;
    let mut rest = words[at..].split(|character: char| !(character.is_alphanumeric() || character == '-'));
    rest.next();
    for word in rest.filter(|word| !word.is_empty()).take(5) {
        let status = match word {
            "non-zero" | "nonzero" | "non" | "error" | "failure" => Some(ExitStatus::NonZero),
            "zero" | "cleanly" | "successfully" => Some(ExitStatus::Code(0)),
            "with" | "code" | "status" | "of" | "a" | "an" | "codes" | "is" | "must" | "be" | "clear"
            | "helpful" | "useful" | "descriptive" | "readable" | "friendly" | "validation" | "usage" => {
                continue;
            }
            _ => word.parse::<u8>().ok().map(|code| ExitStatus::Code(i32::from(code))),
        };
        let end = at + words[at..].find(word).unwrap_or(0) + word.len();
        return status.map(|status| (status, end));
    }
    None
}

/// Names of a status that is not zero.
const NON_ZERO: &[&str] = phrases! {
    "non-zero exit", "nonzero exit", "non-zero status", "nonzero status", "非零退出", "非 0 退出", "非0退出",
};

/// "Prints the version and exits 0": what is shown before the status is no less asked for.
fn shows_before_it_exits(lower: &str) -> bool {
    const SHOWS: &[&str] = phrases! {
        "print", "prints", "show", "shows", "list", "lists", "display", "displays", "write", "writes", "create", "creates",
        "produce", "produces", "generate", "generates", "emit", "emits", "output", "outputs",
    };
    lower.split_once("exit").is_some_and(|(before, _)| has_word(before, SHOWS))
}

/// Names of the exit status in languages that do not say "exit".
const EXIT_CODE: &[&str] = &[
    "退出码",
    "退出代码",
    "退出碼",
    "終了コード",
    "終了ステータス",
    "종료 코드",
    "код возврата",
    "код выхода",
    "código de salida",
    "con código",
    "code de sortie",
    "código de saída",
    "com código",
    "с кодом",
];

/// `12 passed`, `at least 467 passed`: a number with the word that test runners print after it.
///
/// Only "passed", since that is what runners print; "12 tests pass" is how people say it, and stays an exit status.
fn count(words: &str) -> Option<Expectation> {
    let at = words.find(" passed")?;
    let start = words[..at].trim_end_matches(|character: char| character.is_ascii_digit()).len();
    let number = &words[start..at];
    // A reader of the plan who sees `12 passed` without an expecting word reads what was seen, not what must be.
    let expects = begins_with_arrow(words)
        || has_word(
            words,
            &[
                "expect", "expected", "must", "should", "report", "reports", "show", "shows", "see", "print",
                "prints", "with",
            ],
        );
    if number.is_empty() || number.len() > 9 || !expects {
        return None;
    }
    let before = words[..start].trim_end();
    if ["at least", ">=", "≥", "no fewer than"].iter().any(|least| before.ends_with(least)) {
        return Some(Expectation {
            mode: Mode::Regex,
            text: format!(r"\b(?:{})\s+passed", at_least(number)),
        });
    }
    let inexact = ["about", "around", "~", "roughly", "over", "more than", "≈"]
        .iter()
        .any(|word| before.ends_with(word));
    (!inexact).then(|| Expectation { mode: Mode::Lines, text: format!("{number} passed") })
}

/// A pattern for the whole numbers that are no less than `number`.
fn at_least(number: &str) -> String {
    let digits: Vec<char> = number.trim_start_matches('0').chars().collect();
    let mut choices = vec![format!(r"\d{{{},}}", digits.len() + 1), digits.iter().collect()];
    for (index, digit) in digits.iter().enumerate().filter(|(_, digit)| **digit != '9') {
        let kept: String = digits[..index].iter().collect();
        let above = char::from_digit(digit.to_digit(10).unwrap_or(0) + 1, 10).unwrap_or('9');
        choices.push(format!(r"{kept}[{above}-9]\d{{{}}}", digits.len() - index - 1));
    }
    choices.join("|")
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
