//! Commands in sentences: which code spans of a paragraph are commands, by position and shape, and what the words
//! around them say.

use std::borrow::Cow;

use crate::document::{CodeSpan, Document, Span};

use super::check::{ExitStatus, Stated};
use super::found_by::FoundBy;
use super::position::{Position, joins};
use super::refusal::{self, Refusal};
use super::said::Said;
use super::service::{self, Service, ready};
use super::shape::{self, Shape, shape};
use super::standing::Standing;
use super::words::{
    APPROVAL, EXPECT_BEHIND, RECORDED, RUN, VERDICTS, begins, has_word, plain, says, sentences, verifies,
};

/// A command found in a sentence.
#[derive(Debug)]
pub(super) struct InlineCommand<'d> {
    /// The code span.
    pub code: CodeSpan<'d>,
    /// The rule that found it.
    pub found_by: FoundBy,
    /// What is said of it.
    pub said: Said,
    /// Why it needs a person.
    pub refusal: Option<Refusal>,
    /// Whether it serves until it is stopped, and what tells that it is ready.
    pub service: Option<Service>,
    /// Whether its own words or its sentence say that it verifies.
    pub verifies: bool,
    /// The words of the sentence before it.
    subject: String,
    /// All of the sentence before it, with its code, where that may say that the work is not done.
    sentence: String,
    /// Whether what is kept in words of it stands in a sentence behind its own.
    pub(super) said_beyond: bool,
    /// The criterion that it stands behind in parentheses.
    criterion: Option<Stated<String>>,
}

/// How sure the place of a text already makes that its code is commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// The value of a field: a span at the start is a command whatever it looks like.
    Ordered,
    /// A section that says what must hold.
    Inferred,
}

/// The commands in the text of `lines`, whose code spans are `code`.
pub(super) fn commands<'d>(
    document: &Document,
    lines: &[Span],
    code: &[CodeSpan<'d>],
    trust: Trust,
) -> Vec<InlineCommand<'d>> {
    let (Some(first), Some(last), false) = (lines.first(), lines.last(), code.is_empty()) else {
        return Vec::new();
    };
    // A field whose value is one code span, as nearly all are: no word stands beside it that could say more.
    if let ([code], Trust::Ordered) = (code, trust)
        && code.outer == first.to(*last)
        && !code.text.trim().is_empty()
    {
        return vec![InlineCommand {
            found_by: FoundBy::LeadingSpan,
            said: Said::default(),
            refusal: refusal::of_command(&code.text, true),
            // Whether it serves is asked of the whole check.
            service: None,
            verifies: false,
            subject: String::new(),
            sentence: String::new(),
            said_beyond: false,
            criterion: None,
            code: code.clone(),
        }];
    }
    let code = &*with_continuations(document, code);
    let whole = plain(&text_between(document, lines, first.start, last.end));
    // What begins with "Result:" or "Observed" was seen once, all of it.
    if trust == Trust::Inferred && begins(&whole, RECORDED) {
        return Vec::new();
    }
    let mut reader = Reader {
        found: Vec::new(),
        previous: Previous::Text,
        described: false,
        passed_over: None,
        standing: None,
        elsewhere: false,
        setting: None,
        trust,
    };
    let between = texts_around(document, lines, code, first.start, last.end);
    let predicates = predicates(&between);
    let (mut orders, mut edits) = (false, false);
    for (index, span) in code.iter().enumerate() {
        let before = &between[index];
        let is_first =
            index == 0 && before.trim_start_matches(['-', '*', '[', ']', 'x', 'X', ' ', '_']).is_empty();
        let mut place = Position::new(before, &between[index + 1], &between[predicates[index]], is_first);
        // An order goes on to the end of its sentence.
        let goes_on = !before.contains(". ") && !before.contains('。');
        orders = place.orders || (orders && goes_on);
        edits = place.edits || (edits && goes_on);
        (place.orders, place.edits) = (orders, edits);
        reader.span(span, &place);
    }
    let mut found = reader.found;
    let tells_when = has_word(&whole, &["before", "main", "master", "without", "today"]);
    for index in 0..found.len() {
        let end = found.get(index + 1).map_or(last.end, |next| next.code.outer.start);
        let said = Span::new(found[index].code.outer.end, end.max(found[index].code.outer.end));
        let words = text_between(document, lines, said.start, said.end);
        if tells_when {
            found[index].sentence = sentence_before(document, lines, found[index].code.outer.start);
        }
        found[index].criterion = criterion(document, lines, &found[index], &words);
        finish(&mut found[index], &words, said, trust);
    }
    if trust == Trust::Inferred && says(&whole, APPROVAL) {
        for command in &mut found {
            command.refusal = Some(Refusal::Approval);
        }
    }
    // The sentence may have other code before the command: "Ensure the backend is running (from `backend/`, run `app`)".
    if !found.is_empty()
        && whole.contains(['(', ':', '（', '：'])
        && has_word(&whole, &["start", "launch", "boot", "spin", "bring", "running", "up", "started"])
    {
        for command in &mut found {
            let told =
                || service::is_told_to_run(&sentence_before(document, lines, command.code.outer.start));
            if command.service.is_none() && service::may_serve(&command.code.text) && told() {
                command.service = Some(Service::default());
            }
        }
    }
    // Of several services each has its own port, and the sentence does not say whose its URL is.
    let alone = found.iter().filter(|command| command.service.is_some()).count() == 1;
    for command in found.iter_mut().filter(|command| command.service.is_some()) {
        let words = if alone { &*whole } else { &*command.code.text };
        let ready_when = ready(words, &command.code.text, command.code.inner);
        command.service = Some(Service { ready_when });
    }
    share_predicate(&mut found);
    share_label(&mut found);
    if found.len() > 1 && says(&whole, TESTS_PASS) {
        share_success(&mut found);
    }
    if trust == Trust::Ordered {
        return found;
    }
    // Not by the commands in it: `npm install` verifies nothing because `npm test` stands beside it.
    let told = between.iter().any(|text| verifies(&plain(text)));
    for command in &mut found {
        command.verifies |= told || shape::verifies(&command.code.text);
    }
    found
}

/// The code spans of a text, with a command whose line goes on in the next span as one: `` `make test 2>&1 \` `` above
/// `` `| tee log` ``, as authors write whose lines are short.
fn with_continuations<'c, 'd>(document: &Document, code: &'c [CodeSpan<'d>]) -> Cow<'c, [CodeSpan<'d>]> {
    let goes_on = |span: &CodeSpan<'_>| span.text.trim_end().ends_with('\\');
    if !code.iter().any(goes_on) {
        return code.into();
    }
    let mut joined: Vec<CodeSpan<'d>> = Vec::with_capacity(code.len());
    for span in code {
        match joined.last_mut() {
            Some(last)
                if goes_on(last)
                    && document
                        .source()
                        .slice(Span::new(last.outer.end, span.outer.start))
                        .trim()
                        .is_empty() =>
            {
                let text = last.text.to_mut();
                text.truncate(text.trim_end().len());
                text.extend(["\n", &span.text]);
                (last.outer, last.inner) = (last.outer.to(span.outer), last.inner.to(span.inner));
            }
            _ => joined.push(span.clone()),
        }
    }
    joined.into()
}

/// The texts before, between and behind the code spans of a text.
fn texts_around(
    document: &Document,
    lines: &[Span],
    code: &[CodeSpan<'_>],
    start: usize,
    end: usize,
) -> Vec<String> {
    let starts = std::iter::once(start).chain(code.iter().map(|span| span.outer.end));
    let ends = code.iter().map(|span| span.outer.start).chain(std::iter::once(end));
    starts.zip(ends).map(|(start, end)| text_between(document, lines, start, end.max(start))).collect()
}

/// For each code span the text that holds its predicate: the one behind it, or, in "`a`, `b` and `c` pass", the one
/// behind the last that is joined to it.
fn predicates(between: &[String]) -> Vec<usize> {
    let mut found: Vec<usize> = (1..between.len()).collect();
    for index in (0..found.len().saturating_sub(1)).rev() {
        if joins(plain(&between[index + 1]).trim()) || is_listed(between[index + 1].trim()) {
            found[index] = found[index + 1];
        }
    }
    found
}

/// Whether a text between two code spans is one more thing of a list, without code: in "`a`、the suite、`b` を実行する" the
/// verb is that of all three.
fn is_listed(between: &str) -> bool {
    /// The most bytes of such a thing.
    const MOST: usize = 60;
    !between.is_ascii()
        && between.len() <= MOST
        && between.starts_with('、')
        && between.ends_with(['、', '和', 'と'])
}

/// Whether a code span has the shape of a command. One word is a command only where the place says so (`alone`).
pub(super) fn looks_like_command(text: &str, alone: bool) -> bool {
    match shape(text) {
        Shape::Words | Shape::Program => true,
        Shape::Word | Shape::Path => alone,
        Shape::None => false,
    }
}

/// Whether a text, in lower case, closes with what was seen once: `make test — PASS`.
pub(super) fn is_record(text: &str) -> bool {
    let told = has_word(text, &["expect", "expected", "should", "must"]);
    begins(text, RECORDED) || (!told && says(text, VERDICTS))
}

/// Words between what is expected and the command that it is expected of.
const WHEN: &[&str] = &["after", "before", "by", "via", "when", "than", "once", "until", "during"];

/// Verbs of a command that runs another.
const DOES: &[&str] = phrases! { "runs", "calls", "invokes", "executes", "wraps", "spawns" };

/// Whether a code span is a command that everybody knows, with arguments.
fn told_by_command(shape: Shape, text: &str) -> bool {
    shape == Shape::Words && shape::is_familiar(text)
}

/// What the span before was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Previous {
    Text,
    Command,
    Literal,
}

pub(super) struct Reader<'d> {
    pub(super) found: Vec<InlineCommand<'d>>,
    pub(super) previous: Previous,
    /// Whether the sentence that is read is about code that nobody prints.
    pub(super) described: bool,
    /// The code before in the sentence that is no text of the output: the first of "`a` to pass and `b` to fail".
    pub(super) passed_over: Option<String>,
    /// What the literal before was.
    pub(super) standing: Option<Standing>,
    /// Whether the sentence has a subject of its own behind that of the command.
    pub(super) elsewhere: bool,
    /// `NAME=value` that the sentence gave before the command: "with `DEBUG=1`, run …".
    setting: Option<String>,
    trust: Trust,
}

impl<'d> Reader<'d> {
    fn span(&mut self, span: &CodeSpan<'d>, place: &Position<'_>) {
        // Nothing between backticks is no command: it would pass whatever the plan means.
        if span.text.trim().is_empty() {
            self.previous = Previous::Text;
            return;
        }
        let shape = shape(&span.text);
        let ordered = self.trust == Trust::Ordered;
        let begins_clause = place.begins_clause(shape, &span.text);
        // "Expect `cargo test` to pass" and "Expected: `git status --short` shows docs only" speak of a command, not of
        // what one prints.
        let told_to_pass = match shape {
            Shape::None => false,
            Shape::Words | Shape::Program => {
                begins_clause
                    || (shape::is_familiar(&span.text) && place.has_own_verb())
                    || place.ends_for_itself()
            }
            Shape::Word | Shape::Path => place.ends_for_itself(),
        };
        // "`make count` → `3`": what stands behind the arrow is what comes of the command, unless it is one more.
        let result = self.previous == Previous::Command
            && matches!(place.sentence.trim(), "→" | "->" | "=>" | "⇒" | ":" | "：")
            && !(matches!(shape, Shape::Words | Shape::Program) && shape::is_familiar(&span.text))
            && !shape::has_flag(&span.text);
        // "`make build` — `BUILD SUCCESSFUL`": a dash mostly leads to what explains the command, but no text of words does.
        let result = result
            || (self.previous == Previous::Command
                && matches!(place.sentence.trim(), "—" | "–")
                && span.text.contains(' ')
                && !span.text.contains('/')
                && !told_by_command(shape, &span.text));
        // In a language whose verb stands at the end, so does the one by which a text is printed.
        let clause = place.after.split(['、', '。', '，', ',', '.']).next().unwrap_or_default();
        let result = result
            || (self.previous == Previous::Command
                && !clause.is_ascii()
                && says(clause, EXPECT_BEHIND)
                && !told_by_command(shape, &span.text));
        if place.before.contains(". ") || place.before.contains('。') {
            self.setting = None;
        }
        if shape::is_setting(&span.text) && !place.is_expectation() {
            self.setting = Some(span.text.to_string());
        }
        let goes_on = !place.before.contains(". ") && !place.before.contains('。');
        let literal = result
            || (place.is_expectation() && !told_to_pass && !(place.is_first && ordered))
            || (self.previous == Previous::Literal
                && goes_on
                && (joins(place.sentence.trim()) || place.sentence.ends_with(" and "))
                && !(shape == Shape::Words && shape::is_familiar(&span.text))
                && !begins_clause);
        // "Prints nothing after `make clean`" says when, and no output has a command behind such a word.
        let last = place.sentence.trim_end().rsplit(' ').next().unwrap_or_default();
        // "`app list` runs `ssh-add -l` and prints keys" tells what the first does by itself.
        let by_itself = self.previous == Previous::Command && DOES.contains(&last);
        if by_itself || (literal && told_by_command(shape, &span.text) && WHEN.contains(&last)) {
            self.previous = Previous::Text;
            return;
        }
        if literal {
            self.literal(span, place, false);
            self.previous = Previous::Literal;
            return;
        }
        let rule = place.rule(shape, &span.text, self.previous == Previous::Command, ordered);
        // A record is no check, and what it names is not run again for it.
        let recorded = !ordered && place.is_recorded();
        let is_command = rule.is_some();
        match rule
            .filter(|_| !recorded && !place.is_negated(begins_clause) && (ordered || !place.is_mentioned()))
        {
            Some(found_by) => {
                self.found.push(InlineCommand {
                    code: span.clone(),
                    found_by,
                    said: Said::default(),
                    refusal: place
                        .refusal()
                        .or_else(|| self.setting.clone().map(Refusal::Setting))
                        .filter(|_| !ordered),
                    service: place.starts_service(&span.text).then(Service::default),
                    verifies: false,
                    subject: place.sentence.trim().to_owned(),
                    sentence: String::new(),
                    said_beyond: false,
                    criterion: None,
                });
                self.previous = Previous::Command;
                self.described = false;
                self.elsewhere = false;
                self.passed_over = None;
                self.standing = None;
            }
            None if !is_command && goes_on && self.described => self.in_words(span, place),
            // "Prints `ok` but not `warn`", "writes `a`, and `b` beside it": what goes on from a text says something, too.
            None if !is_command && goes_on && self.previous == Previous::Literal => {
                self.literal(span, place, true);
            }
            None => {
                self.elsewhere |= !goes_on && place.begins_another_matter();
                if !is_command && goes_on {
                    self.subject(span, place);
                }
                self.passed_over = (!is_command).then(|| span.text.to_string());
                self.previous = Previous::Text;
            }
        }
    }
}

/// In "`compose.yml` is unchanged (`git status`)" what must hold is the sentence, and that the command ends well does not
/// say so. A name such as "Unit tests (`make test`)" states nothing but its command.
fn criterion(
    document: &Document,
    lines: &[Span],
    command: &InlineCommand<'_>,
    words: &str,
) -> Option<Stated<String>> {
    /// How far a sentence is looked for, in bytes: a paragraph may be long, and have many commands.
    const FAR: usize = 400;
    const STATES: &[&str] = phrases! {
        "is", "are", "no", "not", "only", "has", "have", "does", "do", "can", "cannot", "stays", "stay",
        "remains", "remain", "still", "unchanged", "changed", "zero", "none", "never", "without",
    };
    if !command.subject.ends_with('(') || !words.starts_with(')') {
        return None;
    }
    let end = command.code.outer.start;
    let first =
        lines.first()?.start.max(document.source().text().ceil_char_boundary(end.saturating_sub(FAR)));
    let text = text_between(document, lines, first, end);
    let sentence = sentences(&text).into_iter().next_back().map(|range| &text[range])?;
    let sentence = sentence.trim_end_matches(['(', ' ']).trim_start_matches(['*', '_', ' ', '-', '[', ']']);
    let lower = plain(sentence);
    let orders = lower.split_whitespace().next().is_some_and(|first| RUN.contains(&first));
    (!orders && has_word(&lower, STATES))
        .then(|| Stated::new(sentence.to_owned(), Span::new(first.min(end), end)))
}

/// The sentence before an offset, plain.
fn sentence_before(document: &Document, lines: &[Span], end: usize) -> String {
    /// How far it is looked for, in bytes.
    const FAR: usize = 200;
    let Some(first) = lines.first() else { return String::new() };
    let start = first.start.max(document.source().text().ceil_char_boundary(end.saturating_sub(FAR)));
    let text = text_between(document, lines, start.min(end), end);
    let last = sentences(&text).into_iter().next_back().map_or("", |range| &text[range]);
    plain(last)
}

/// Reads the words behind a command, and what in the command itself needs a person.
fn finish(command: &mut InlineCommand<'_>, words: &str, span: Span, trust: Trust) {
    if command.said.is_silent() {
        command.said = Said::of(words, span, &command.code.text);
    } else if command.said.exit_status.is_none() {
        // "Must exit with 2 and print `unknown`" says both; what stands in code is printed, and no status.
        let beside = Said::of(&without_code(words), span, &command.code.text);
        let fails = |status: &Stated<ExitStatus>| status.value != ExitStatus::Code(0);
        command.said.exit_status = beside.exit_status.filter(|status| fails(status) || command.said_beyond);
        command.said.red = beside.red;
    }
    // "Before: `x` fails", "without the patch `x` exits 1": how it ends as long as the work is not done.
    command.said.red |= command.said.fails() && is_before_the_work(&command.sentence);
    let alone =
        matches!(command.found_by, FoundBy::RunWordSpan | FoundBy::ShapedSpan | FoundBy::IntroducedSpan);
    if command.said.is_silent() && alone {
        command.said = Said::of_subject(&command.subject, command.code.outer, &command.code.text);
    }
    if command.said.is_silent() {
        command.said.prose = command.criterion.take();
    }
    if command.refusal.is_none() {
        command.refusal = refusal::of_command(&command.code.text, trust == Trust::Ordered);
    }
    if command.refusal.is_none() && trust == Trust::Inferred {
        command.refusal = refusal::unset_variable(&[&command.code.text]);
    }
}

/// Whether the words before a command place it in the time before the work. "Fails before doing anything" has no such
/// words there, and "before merging" is another time.
fn is_before_the_work(sentence: &str) -> bool {
    let last =
        sentence.rsplit([';', '；']).next().unwrap_or(sentence).trim_start_matches(['-', '*', '_', ' ']);
    let begins_before =
        ["before:", "before the ", "before this", "before any ", "before —", "before,", "before**", "today"]
            .iter()
            .any(|start| last.starts_with(start));
    begins_before || has_word(last, &RED_PLACES)
}

/// Where the work is not done.
const RED_PLACES: [&str; 10] = [
    "on main",
    "on `main`",
    "on master",
    "on `master`",
    "without the patch",
    "without the change",
    "without the fix",
    "without this change",
    "without this fix",
    "without this patch",
];

/// A text without what stands in code, but for a number: "exits `2`".
pub(super) fn without_code(text: &str) -> String {
    let mut parts = text.split('`');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    while let (Some(code), rest) = (parts.next(), parts.next()) {
        let status = code.parse::<u8>().is_ok() && kept.ends_with(' ');
        kept.push_str(if status { code } else { "\u{2026}" });
        kept.push_str(rest.unwrap_or_default());
    }
    kept
}

/// How a sentence behind several commands speaks of the one that tests.
const TESTS_PASS: &[&str] =
    phrases! { "test to pass", "tests to pass", "tests should pass", "tests must pass", "suite to pass" };

/// In "Run `cargo test` and then `app`. Expect the test to pass and the command to print `ok`" the first is told to pass.
fn share_success(found: &mut [InlineCommand<'_>]) {
    let Some((_, earlier)) = found.split_last_mut() else { return };
    for command in earlier.iter_mut().filter(|command| command.said.is_silent()) {
        if shape::verifies(&command.code.text) {
            command.said.exit_status = Some(Stated::new(ExitStatus::Code(0), command.code.outer));
        }
    }
}

/// In "`a`, `b` and `c` pass" the predicate is said of all three. Each gets a copy of its words, and a list may be long: of
/// more than a sentence the last keeps all, and the others its beginning.
fn share_predicate(found: &mut [InlineCommand<'_>]) {
    /// The most bytes of a sentence.
    const MOST: usize = 1_000;
    for index in (1..found.len()).rev() {
        if found[index].found_by == FoundBy::JoinedSpan && found[index - 1].said.is_silent() {
            let mut prose = None;
            if let Some(all) = &found[index].said.prose {
                let end = all.value.floor_char_boundary(MOST);
                let more = if end < all.value.len() { " …" } else { "" };
                prose = Some(Stated::new([&all.value[..end], more].concat(), all.span));
            }
            let exit_status = found[index].said.exit_status.clone();
            let said = &mut found[index - 1].said;
            (said.exit_status, said.prose) = (exit_status, prose);
        }
    }
}

/// In "Required gates pass: `a`, `b`, `c`" the label is said of all three, where nothing is said behind them.
fn share_label(found: &mut [InlineCommand<'_>]) {
    /// The most bytes of a label; in a long sentence the word of success may be said of something else.
    const MOST: usize = 60;
    let mut shared = Said::default();
    for command in found {
        if command.found_by != FoundBy::JoinedSpan {
            let label =
                Some(&command.subject).filter(|label| label.ends_with([':', '：']) && label.len() <= MOST);
            let said = label.map(|label| Said::of_subject(label, command.code.outer, &command.code.text));
            // What stands behind the first is said of that one alone.
            shared = said.filter(|said| *said == command.said).unwrap_or_default();
        } else if command.said.is_silent() && command.refusal.is_none() {
            command.said.exit_status.clone_from(&shared.exit_status);
            command.said.prose.clone_from(&shared.prose);
        }
    }
}

/// The text between two offsets, line by line, joined by blanks.
pub(super) fn text_between(document: &Document, lines: &[Span], start: usize, end: usize) -> String {
    let from = lines.partition_point(|line| line.end <= start);
    let mut text = String::with_capacity(end.saturating_sub(start));
    for (index, line) in lines[from..].iter().take_while(|line| line.start < end).enumerate() {
        if index > 0 {
            text.push(' ');
        }
        let from = line.start.max(start);
        text.push_str(document.source().slice(Span::new(from, line.end.min(end).max(from))));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{BlockKind, Source};

    fn found(text: &str) -> Vec<(String, Option<String>, Option<ExitStatus>)> {
        let document = Document::parse(Source::from_bytes("p.md", text.as_bytes().to_vec()).unwrap());
        let block = document.blocks().iter().find(|block| block.kind == BlockKind::Paragraph).unwrap();
        let lines = document.lines_of(block);
        commands(&document, &lines, &document.code_spans_of(block, &lines), Trust::Inferred)
            .into_iter()
            .map(|command| {
                (
                    command.code.text.into_owned(),
                    command.said.output.map(|output| output.value.text),
                    command.said.exit_status.map(|s| s.value),
                )
            })
            .collect()
    }

    #[test]
    fn a_run_word_makes_a_command_and_an_expect_word_its_output() {
        assert_eq!(
            found("Run `cargo test` and expect `12 passed`."),
            [("cargo test".to_owned(), Some("12 passed".to_owned()), None)]
        );
    }

    #[test]
    fn several_spans_share_a_predicate() {
        let zero = Some(ExitStatus::Code(0));
        assert_eq!(
            found("`make lint`, `make test` and `make build` pass."),
            [
                ("make lint".to_owned(), None, zero),
                ("make test".to_owned(), None, zero),
                ("make build".to_owned(), None, zero)
            ]
        );
    }

    #[test]
    fn a_search_that_must_find_nothing_ends_with_1() {
        assert_eq!(
            found("`git grep -n oldName -- src` prints nothing."),
            [("git grep -n oldName -- src".to_owned(), Some(String::new()), Some(ExitStatus::Code(1)))]
        );
    }

    #[test]
    fn names_paths_and_forbidden_commands_are_no_commands() {
        assert!(found("The type `Foo` in `src/foo.rs` handles `GET /foo`.").is_empty());
        assert!(found("Do not run `make deploy now`.").is_empty());
    }

    #[test]
    fn a_stated_exit_status_is_read() {
        assert_eq!(found("Run `app --bad flag`; it is wrong")[0].2, None);
        assert_eq!(found("Run `app bad` which exits with code 2")[0].2, Some(ExitStatus::Code(2)));
        assert_eq!(found("`app bad` exits non-zero")[0].2, Some(ExitStatus::NonZero));
    }

    fn texts(text: &str) -> Vec<String> {
        found(text).into_iter().map(|(command, _, _)| command).collect()
    }

    #[test]
    fn the_position_decides_and_not_the_name_of_the_tool() {
        for (text, commands) in [
            ("`cove doctor` reports every tool.", &["cove doctor"][..]),
            ("Run `frob`.", &["frob"]),
            ("All existing tests (`mix test`, postgres excluded) pass.", &["mix test"]),
            ("The `shop --help` output shows the new flag.", &["shop --help"]),
            (
                "If docs change, `make fmt`, `make nixie`, and `make lint` pass.",
                &["make fmt", "make nixie", "make lint"],
            ),
            ("Gates: `make lint` and `make test`.", &["make lint", "make test"]),
            ("TPE: `python3 a.py` => within 5 %.", &["python3 a.py"]),
            ("Expect `cargo test` to pass.", &["cargo test"]),
            ("実行: `cargo test` が通る。", &["cargo test"]),
        ] {
            assert_eq!(texts(text), commands, "{text}");
        }
    }

    #[test]
    fn what_was_seen_is_no_command() {
        for text in [
            "`make test` — PASS",
            "`make test` passed with 12 tests.",
            "Result: `make test` is green.",
            "Ran `make test` on 3 May.",
            "CI runs `make` by itself.",
            "See `docs/a.md` and `Foo::bar`.",
            "`test_main` passes for all profiles",
            "It returns `text done`.",
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_a_person_must_decide_says_so() {
        let refusal = |text: &str| {
            let document = Document::parse(Source::from_bytes("p.md", text.as_bytes().to_vec()).unwrap());
            let block = document.blocks().iter().find(|block| block.kind == BlockKind::Paragraph).unwrap();
            let lines = document.lines_of(block);
            let found = commands(&document, &lines, &document.code_spans_of(block, &lines), Trust::Inferred);
            found.into_iter().map(|command| command.refusal).collect::<Vec<_>>()
        };
        assert_eq!(refusal("Run `make a` (if available) and `make b`."), [Some(Refusal::Optional), None]);
        assert_eq!(refusal("`mix test` (and ideally `mix check`) pass."), [None, Some(Refusal::Optional)]);
        assert_eq!(refusal("After explicit approval, run `make drill`."), [Some(Refusal::Approval)]);
        assert_eq!(refusal("Run `cat <file>`."), [Some(Refusal::Placeholder("<file>".to_owned()))]);
    }
}
