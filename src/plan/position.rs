//! Where a code span stands in its sentence, and the rule by which that makes it a command.

use crate::document::Span;

use super::found_by::FoundBy;
use super::refusal::{self, Refusal};
use super::said::Said;
use super::service;
use super::shape::{self, Shape};
use super::words::{
    BY, CLAIM, CLAUSE_ENDS, CONDITIONAL, EDITS, ELSEWHERE, ENDS_WITH, EXPECT, EXPECTATION, FAILS, FORBIDDEN,
    FORBIDS, FORBIDS_BEHIND, GIVEN, INSTEAD, MACHINES, NEGATION, NOTHING, NOUNS, OF_A_FILE, OPTIONAL,
    OWN_VERBS, RUN, RUN_BEHIND, RUN_NEXT, SUBJECT_ARTICLES, SUCCESS, TELLS, VERDICTS, beginning, begins,
    ends_as_verb, has_word, is_optional, plain, says, word_places,
};

/// Where a code span stands in its sentence.
pub(super) struct Position<'t> {
    /// The text between the span before and this one.
    pub(super) before: &'t str,
    /// The end of `before` from the start of the sentence on, plain.
    pub(super) sentence: String,
    /// The text between this one and the next, plain, up to the end of the sentence.
    pub(super) after: String,
    /// The text that holds the predicate of this span and of those that it is joined to.
    pub(super) predicate: String,
    pub(super) is_first: bool,
    /// Whether the sentence began as an order to run things, so that what it lists is run.
    pub(super) orders: bool,
    /// Whether it began as an order to edit, so that what it edits with proves nothing.
    pub(super) edits: bool,
}

/// Words between one that tells to run and what is run, which say nothing else: "run the full `make test`".
const ARTICLES: &[&str] = phrases! {
    "the", "a", "an", "full", "whole", "all", "both", "following", "complete", "standard", "local", "entire",
};

impl<'t> Position<'t> {
    pub(super) fn new(before: &'t str, after: &str, predicate: &str, is_first: bool) -> Self {
        /// The most of a predicate that is looked at, in bytes, since a long list shares one.
        const LONGEST: usize = 400;
        let start = before.rfind(". ").map_or(0, |at| at + 2);
        let start = before.rfind('。').map_or(start, |at| start.max(at + '。'.len_utf8()));
        let end = |text: &str| {
            let near = &text[..text.floor_char_boundary(LONGEST)];
            let end = near.find(". ").map_or(near.len(), |at| at + 1);
            near.find('。').map_or(end, |at| end.min(at + '。'.len_utf8()))
        };
        let (after, predicate) = (plain(&after[..end(after)]), plain(&predicate[..end(predicate)]));
        let sentence = plain(&before[start..]);
        let first = sentence.split_whitespace().next().unwrap_or_default();
        let (orders, edits) = (RUN.contains(&first), EDITS.contains(&first));
        Self { before, sentence, after, predicate, is_first, orders, edits }
    }

    fn last_of(&self, words: &[&str]) -> Option<usize> {
        word_places(&self.sentence, words).max()
    }

    /// Whether the span is a command that begins a clause of its own, so that the words before the clause do not speak
    /// of it: "`a` must not print secrets, and `make b` must pass" forbids and expects nothing of `make b`.
    ///
    /// A text that is printed has no verb of its own, or one that says so: "`ok` is printed".
    pub(super) fn begins_clause(&self, shape: Shape, text: &str) -> bool {
        let before = self.sentence.trim_end();
        // Nearly all spans are no commands, or stand elsewhere.
        let is_command = match shape {
            Shape::Words => shape::is_familiar(text) || shape::has_flag(text) || self.ends_for_itself(),
            Shape::Program => true,
            Shape::Word | Shape::Path | Shape::None => false,
        };
        is_command && CLAUSE_ENDS.iter().any(|end| before.ends_with(end)) && self.has_own_verb()
    }

    /// Whether what stands behind the span is a verb whose subject it is.
    pub(super) fn has_own_verb(&self) -> bool {
        let after = self.after.trim_start();
        let word = after.split([' ', ',', '.', ';']).next().unwrap_or_default();
        let ends = matches!(word, "is" | "are") && {
            let near = &after[..after.floor_char_boundary(40)];
            has_word(near, SUCCESS) || says(near, NOTHING)
        };
        // What tests and lints are called ends so, too.
        let verb = word.len() > 4 && ends_as_verb(word) && !NOUNS.contains(&word);
        ends || verb || OWN_VERBS.contains(&word) || self.ends_for_itself()
    }

    /// Whether how the command ends is said right behind it, as of no text that is printed.
    pub(super) fn ends_for_itself(&self) -> bool {
        let after = self.after.trim_start();
        let verb =
            ["must ", "should ", "to "].iter().find_map(|word| after.strip_prefix(word)).unwrap_or(after);
        begins(verb, &["pass", "succeed", "exit", "complete", "fail", "finish"])
    }

    pub(super) fn is_expectation(&self) -> bool {
        match (self.last_of(EXPECT), self.last_of(RUN)) {
            (Some(expect), Some(run)) => expect > run,
            // "The output of `x`" names a command.
            (Some(_), None) => !self.sentence.trim_end().ends_with(" of"),
            (None, _) => false,
        }
    }

    /// Whether its sentence has a subject of its own, and does not say what is expected of what stands before it.
    pub(super) fn begins_another_matter(&self) -> bool {
        let sentence = self.sentence.trim();
        !begins(sentence, EXPECTATION) && !begins(sentence, &["you ", "and ", "then "])
    }

    pub(super) fn is_negated(&self, begins_clause: bool) -> bool {
        let behind = self.after.trim_start_matches([' ', '(', '—', '–', '-', ':', ',']);
        (!begins_clause && says(&self.sentence, NEGATION))
            || says(&self.after, FORBIDDEN)
            || begins(behind, FORBIDS)
            || (!behind.is_ascii()
                && says(behind.split(['。', '.']).next().unwrap_or(behind), FORBIDS_BEHIND))
    }

    pub(super) fn is_recorded(&self) -> bool {
        let after = self.after.trim_start_matches(['*', '_', ' ', '`']);
        let told = || {
            [&self.sentence, &self.after]
                .into_iter()
                .any(|text| has_word(text, &["expect", "expected", "should", "must"]))
        };
        let past = VERDICTS
            .iter()
            .any(|verdict| self.after.trim_start().starts_with(verdict) || self.after.starts_with(verdict))
            || [
                "passed",
                "succeeded",
                "completed with",
                "completed without",
                "was green",
                "were green",
                "reported ",
                "returned ",
                "exited ",
            ]
            .iter()
            .any(|verb| after.starts_with(verb));
        let began = begins(
            &self.sentence,
            phrases! {
                "ran ", "re-ran ", "executed ", "already ran ", "confirmed ", "validated with ",
                "verified with ", "verified by ",
            },
        );
        (past && !told()) || began
    }

    /// Whether the command is only spoken of: "the error tells the user to run it", "CI must run the same `x` gate as we".
    pub(super) fn is_mentioned(&self) -> bool {
        let before = self.sentence.trim_end_matches([' ', ':', '"', '\'', '(']);
        // "If anything fails, run `make clean`" helps, and asks for nothing.
        if before.trim_start_matches(['-', '*', '_', ' ']).starts_with("if ") && has_word(before, FAILS) {
            return true;
        }
        if ["how to run", "how to use", "how to execute", "how to invoke"]
            .iter()
            .any(|end| before.ends_with(end))
        {
            return true;
        }
        // "The `PATH` used to launch `x`" tells what it is for.
        if [
            "used to run",
            "used to launch",
            "used to start",
            "used to invoke",
            "used to execute",
            "used to call",
        ]
        .iter()
        .any(|end| before.ends_with(end))
        {
            return true;
        }
        // "Asks before running `x`" and "the script runs `x`" tell what another does.
        let after_another =
            ["before running", "without running", "instead of running", "rather than running"];
        // "`a` runs `b`": the one is what is verified.
        if matches!(before.trim(), "runs" | "invokes" | "calls" | "executes") {
            return true;
        }
        let does = before.strip_suffix(" runs").or_else(|| before.strip_suffix(" invokes"));
        let subject = does.map(|subject| subject.rsplit([',', ';', ':', '.']).next().unwrap_or(subject));
        if after_another.iter().any(|end| before.ends_with(end))
            || subject.is_some_and(|subject| has_word(subject, SUBJECT_ARTICLES))
        {
            return true;
        }
        if before.ends_with("the same") {
            // "Run the same `x` again" tells to run it.
            return self.after.contains(" as ") || self.after.contains(" that ");
        }
        let Some(at) =
            ["run", "running", "execute", "invoke", "use"].iter().find_map(|word| before.strip_suffix(word))
        else {
            return false;
        };
        let subject = at.trim_end();
        let Some(told) = ["must", "should", "to", "will"].iter().find_map(|word| subject.strip_suffix(word))
        else {
            // "It suggests running `x`."
            return before.ends_with("running")
                && has_word(subject.rsplit([',', ';']).next().unwrap_or(subject), TELLS);
        };
        let clause = told.rsplit([',', ';', ':']).next().unwrap_or(told);
        has_word(clause, TELLS) || (has_word(clause, MACHINES) && !clause.starts_with("in "))
    }

    /// What the sentence says of the command that only a person can see to.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        let sentence = self.sentence.trim_start_matches([' ', '*', '_', '-', '(']);
        if self.is_optional() {
            return Some(Refusal::Optional);
        }
        // "If the schema has changed, run it": whether it has, nobody says. "If it has, `a` and `b` pass" is a criterion.
        let orders = sentence.trim_end().rsplit([' ', ',']).next().is_some_and(|word| RUN.contains(&word));
        if begins(sentence, CONDITIONAL) && sentence.contains([',', ':']) && orders {
            return Some(Refusal::Conditional);
        }
        if let Some(place) = beginning(sentence, ELSEWHERE) {
            return Some(Refusal::InPlace(place.to_owned()));
        }
        beginning(&self.after, GIVEN).map(|words| Refusal::Given(words.to_owned()))
    }

    /// "If available", "ideally", "or": wanted only where it can be had, or in the place of another.
    pub(super) fn is_optional(&self) -> bool {
        let near = self.after.get(..self.after.floor_char_boundary(40)).unwrap_or_default();
        let last = self.sentence.trim_end_matches([' ', '(', ',']);
        // "Exits non-zero when the file is missing" says when it ends so, and not when to run it.
        let of_its_end = begins(
            near,
            &["exits", "must exit", "fails", "must fail", "errors", "warns", "prints", "reports", "returns"],
        ) && has_word(near, &["missing", "absent", "unavailable"]);
        (is_optional(near) && !of_its_end)
            || INSTEAD.iter().any(|word| last.ends_with(word))
            || last == "or"
            || ["if available", "optionally", "optional"]
                .iter()
                .any(|word| self.sentence.trim_start().starts_with(word))
            || (self.sentence.trim_start().starts_with("if ") && is_optional(&self.sentence))
    }

    /// Whether an order to edit stands behind the span and a colon or a dash.
    fn edits_behind(&self) -> bool {
        let order = self.after.trim_start().strip_prefix([':', '—', '–']).unwrap_or_default();
        let first = order.split_whitespace().next().unwrap_or_default();
        EDITS.contains(&first) || matches!(first, "add" | "update" | "remove" | "delete" | "extend")
    }

    /// Whether what stands behind the path of a script says what is written in it: "`update.sh` defines one path". How it
    /// ends, what it prints and what it checks are said of its run.
    fn describes_a_file(&self) -> bool {
        /// Words that only a run can be meant by.
        const OF_A_RUN: &[&str] = phrases! {
            "exits", "exit", "prints", "print", "run", "runs", "reports", "report", "returns", "return", "shows", "show", "outputs",
            "finishes", "slower", "faster",
        };
        /// Words before the verb that leave it what it is.
        const BESIDE_VERB: &[&str] = phrases! {
            "still", "now", "also", "only", "must", "should", "does", "do", "not", "never", "no", "longer", "already",
        };
        let mut words = self.after.split_whitespace().map(|word| word.trim_end_matches([',', ';', ':']));
        words.find(|word| !BESIDE_VERB.contains(word)).is_some_and(|verb| OF_A_FILE.contains(&verb))
            && !has_word(&self.after, SUCCESS)
            && !says(&self.after, NOTHING)
            && !has_word(&self.after, OF_A_RUN)
    }

    /// Whether a word follows that neither joins, nor says what the command does or when.
    fn goes_on_otherwise(&self) -> bool {
        let next = self.after.trim_start().split([' ', ',', '.']).next().unwrap_or_default();
        // "`dark mode` is on" names a thing, as "`personal notes` は" does; "`cove doctor` is green" and "`cove doctor` が
        // 通る" say how a command ends.
        let ends = has_word(&self.after, SUCCESS) || says(&self.after, RUN_BEHIND);
        let named = matches!(next, "is" | "has" | "are" | "was")
            || next.chars().next().is_some_and(|letter| letter.is_alphabetic() && !letter.is_ascii());
        if named {
            return !ends;
        }
        let verb =
            next.ends_with('s') || has_word(next, SUCCESS) || has_word(next, CLAIM) || has_word(next, EXPECT);
        next.chars().next().is_some_and(|letter| letter.is_ascii_alphabetic())
            && !verb
            && !matches!(
                next,
                "and"
                    | "or"
                    | "in"
                    | "from"
                    | "to"
                    | "with"
                    | "on"
                    | "at"
                    | "then"
                    | "after"
                    | "before"
                    | "for"
                    | "when"
                    | "exit"
                    | "all"
            )
    }

    /// Whether behind the span the sentence ends, goes on about something else, or says how a command ends.
    fn ends_or_says_how_it_ends(&self) -> bool {
        let next = self.after.trim_start();
        let word = next.split([' ', ',', '.', ';']).next().unwrap_or_default();
        !word.chars().next().is_some_and(char::is_alphabetic)
            || has_word(word, SUCCESS)
            || matches!(word, "and" | "from" | "in" | "with" | "to" | "then" | "exits" | "must" | "should")
    }

    /// Whether the sentence starts something that goes on.
    pub(super) fn starts_service(&self, command: &str) -> bool {
        let starts = ["start", "launch", "boot", "spin up", "bring up", "serve"];
        service::serves(command)
            || ((self.is_said_to_start()
                || (has_word(&self.sentence, &starts) && has_word(&self.sentence, service::THINGS)))
                && service::may_serve(command))
    }

    /// "`uv run api` starts": what ends by itself is said to end. "Starts the migration" has an object, and may.
    fn is_said_to_start(&self) -> bool {
        let after = self.after.trim_start();
        let verb =
            ["should ", "must ", "can "].iter().find_map(|word| after.strip_prefix(word)).unwrap_or(after);
        let rest = [
            "starts", "start", "boots", "boot", "comes up", "come up", "launches", "launch", "listens",
            "listen",
        ]
        .iter()
        .find_map(|verb_form| verb.strip_prefix(verb_form))
        .map(|rest| rest.trim_end_matches(['.', ' ']));
        let ends = [
            ",",
            ";",
            " on ",
            " without ",
            " and ",
            " with ",
            " successfully",
            " cleanly",
            " locally",
            " normally",
        ];
        rest.is_some_and(|rest| rest.is_empty() || ends.iter().any(|end| rest.starts_with(end)))
    }

    /// Whether only a comma and a thing without code stand between this span and the one before: "`a`, the unit suite and
    /// `b`" lists three things to run.
    fn goes_on_a_list(&self) -> bool {
        /// The most bytes of such a thing.
        const MOST: usize = 80;
        // What is said of the one before in parentheses ends before the comma.
        let between = without_aside(self.sentence.trim());
        if between.len() < self.sentence.trim().len() && joins(between) {
            return true;
        }
        // "Run the suite, the checks, and `b`": the order itself is no part of what it lists.
        let first = between.split_whitespace().next().unwrap_or_default();
        let between = if RUN.contains(&first) { &between[first.len()..] } else { between };
        between.len() <= MOST
            && (between.starts_with([',', '、', '，']) || self.orders)
            && [",", ", and", "、", "，", " and", "和", "及", "以及", "と", "및"]
                .iter()
                .any(|end| between.ends_with(end))
            && !between.contains(['.', '(', ')', ':', ';', '：'])
            && !has_word(between, &["then", "which", "that", "so", "is", "are", "not", "run", "expect"])
    }

    /// The rule by which the span is a command, if it is one.
    pub(super) fn rule(
        &self,
        shape: Shape,
        text: &str,
        after_command: bool,
        ordered: bool,
    ) -> Option<FoundBy> {
        let familiar = shape == Shape::Program || (shape == Shape::Words && shape::is_familiar(text));
        // "Is rejected with `invalid password`" gives a message.
        if !familiar && ENDS_WITH.iter().any(|words| self.sentence.trim_end().ends_with(words)) {
            return None;
        }
        let words = shape == Shape::Words;
        let any = shape != Shape::None;
        // "Run `build/unit-tests`." runs it; "Run the tests of `apps/web`" and "run `crates/a` first" name a place.
        let path = shape == Shape::Path;
        if path && !(shape::is_among_programs(text) && self.ends_or_says_how_it_ends()) {
            return (ordered && self.is_first).then_some(FoundBy::LeadingSpan);
        }
        let bare = self.sentence.trim();
        let bare = bare.trim_end_matches(['*', '_', ' ']);
        if self.is_first {
            // One word at the start is a program only where it is one that everybody knows.
            // Nor are several words of which nobody knows the first, unless they stand alone, or something is said of
            // them at once: "`feature flag` off keeps the page" names a thing.
            let plain_words = words && !familiar && !shape::has_flag(text) && !text.contains(['/', '.', '=']);
            // "`auth.sh`: replace `a` with `b`" names the file that is edited.
            if shape == Shape::Program && self.edits_behind() && !ordered {
                return None;
            }
            if !ordered && shape::is_bare_script(text) && self.describes_a_file() {
                return None;
            }
            let passes = path && has_word(&self.predicate, SUCCESS);
            return (ordered || familiar || passes || (words && !(plain_words && self.goes_on_otherwise())))
                .then_some(FoundBy::LeadingSpan);
        }
        if after_command && joins(self.sentence.trim()) && (ordered || words || familiar) {
            return Some(FoundBy::JoinedSpan);
        }
        let known = familiar || (words && shape::has_flag(text));
        if (after_command || self.orders) && known && self.goes_on_a_list() {
            return Some(FoundBy::JoinedSpan);
        }
        // In a language whose verb stands at the end, it stands behind the last of a list.
        if (words || familiar) && says(&self.predicate, RUN_BEHIND) {
            return Some(FoundBy::RunWordSpan);
        }
        // At the start of a sentence or clause as at that of an item: "…; `shop list` prints `NAME`".
        let runs_tests = shape::RUNNERS.contains(&text)
            && ["should ", "must "].iter().any(|modal| self.after.trim_start().starts_with(modal));
        if (words || runs_tests) && (bare.is_empty() || bare.ends_with(';')) && self.has_own_verb() {
            return Some(FoundBy::LeadingSpan);
        }
        // "Acceptance requires that `x` finishes without warnings": the clause is about how a command ends.
        let framed = [" that", " when", " until", " once"].iter().any(|word| bare.ends_with(word));
        if words && framed && (known || self.ends_for_itself()) {
            return Some(FoundBy::ShapedSpan);
        }
        let last_words =
            bare.trim_end_matches([':', ' ', '(']).rsplit([' ', '(']).filter(|word| !ARTICLES.contains(word));
        let near = |list: &[&str], reach: usize| {
            last_words.clone().take(reach).any(|word| list.contains(&word))
                || (!bare.is_ascii() && list.iter().any(|word| !word.is_ascii() && bare.contains(word)))
        };
        // One word is a program only right behind the word; with arguments, a few words may stand between.
        let run = near(RUN, if words { 4 } else { 1 }) || (near(RUN_NEXT, 1) && !path);
        if any && run {
            return Some(FoundBy::RunWordSpan);
        }
        let arrow =
            (bare.ends_with("->") && !bare.ends_with("-->")) || bare.ends_with("=>") || bare.ends_with('→');
        if (arrow || bare.ends_with([':', '：', '—', '–'])) && (words || familiar) {
            return Some(FoundBy::IntroducedSpan);
        }
        let flagged = words && shape::has_flag(text);
        // "After `make build`, …" asks for what it names, and "no regressions in `make test`" for its success.
        let after = bare.trim_end_matches(',') == "after";
        let within = bare.ends_with(" in") && shape::verifies(text);
        if known && (after || within) {
            return Some(FoundBy::ShapedSpan);
        }
        // "Replace `a` with `b`" edits a text, "check it with `b`" runs it.
        let edits = self.edits && !super::words::verifies(bare) && refusal::of_command(text, false).is_none();
        if near(BY, 4) && !edits && words && (familiar || flagged || shape::verifies(text)) {
            return Some(FoundBy::RunWordSpan);
        }
        // "Tests continue to pass via `pytest`": one word that is nothing but a run of tests.
        let run_of_tests = shape::RUNNERS.contains(&text)
            && (near(BY, 1) || begins(self.after.trim_start(), &["run "]))
            && has_word(&self.predicate, &["pass", "passes", "passing", "green", "succeed", "succeeds"])
            || shape::RUNNERS.contains(&text) && near(BY, 1) && has_word(&self.sentence, SUCCESS);
        if run_of_tests && !edits {
            return Some(FoundBy::RunWordSpan);
        }
        // A known program with arguments, or any with a flag, of which something is said: "All tests (`mix test`) pass".
        let said = has_word(&self.predicate, SUCCESS)
            || self.has_own_verb()
            || !Said::of(&self.predicate, Span::default(), text).is_silent();
        // "Against a live `make dev` stack" names what runs already: a service is started only where the words say so.
        // That it can be started must hold; "start it, and look at" is what a person does.
        let clause = || self.after.split(['、', '。', '，']).next().unwrap_or_default();
        let boots = !self.after.is_ascii() && says(clause(), CAN_START) && !says(clause(), STARTS_NOT);
        let starts = boots || has_word(&self.sentence, &["start", "launch", "boot", "serve", "run"]);
        // A program alone is one where a clause of its own says how it ends: "`mypy` and `ruff` pass" may name tools.
        let own_clause = text.contains('/') || bare.ends_with(", and") || bare.ends_with([',', ';']);
        let ends = shape == Shape::Program && own_clause && self.ends_for_itself();
        ((familiar && words || flagged || ends)
            && (said || boots || bare.ends_with('('))
            && (starts || !service::serves(text)))
        .then_some(FoundBy::ShapedSpan)
    }
}

/// How other languages say behind a command that it can be started.
const CAN_START: &[&str] = phrases! {
    "起動でき", "起動する", "起動される", "能启动", "可以启动", "可启动", "启动成功", "正常启动", "能啟動", "可以啟動", "正常啟動",
};

/// How they negate that, in the same clause: "起動する必要はない", "不能启动".
const STARTS_NOT: &[&str] = phrases! {
    "ない", "ません", "必要なし", "不要", "不能", "不", "无法", "無法", "无需", "無需", "没", "沒", "未",
};

/// A text without the parentheses that it begins with.
fn without_aside(text: &str) -> &str {
    text.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(text, |(_, rest)| rest.trim_start())
}

/// Whether a text is only a comma or a conjunction.
pub(super) fn joins(bare: &str) -> bool {
    matches!(
        bare,
        "," | "and"
            | ", and"
            | "then"
            | ", then"
            | "and then"
            | ", and then"
            | ";"
            | "&"
            | "+"
            | ""
            | "、"
            | "と"
            | "和"
            | "，"
            | "y"
            | "и"
            | "/"
            | "or"
            | ", or"
            | "and/or"
            | "plus"
            | ", plus"
            | "(or"
            | "(and"
            | "and ideally"
            | "(and ideally"
            | "and optionally"
            | ", or ideally"
    ) || OPTIONAL.iter().any(|word| {
        bare.trim_matches(['(', ' ', ','])
            .strip_prefix(word)
            .is_some_and(|rest| rest.trim_start_matches(')').trim() == "and")
    })
}
