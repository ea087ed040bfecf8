//! The fields of the standard schema laid on a check in the making.

use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::document::{CodeSpan, Document, Span, spans_in};
use crate::expectation::{Absence, Expectation, Mode};

use super::check::{ExitStatus, Kind, Ready, Stated, Step};
use super::draft::Draft;
use super::field::{Field, FieldName};
use super::found_by::FoundBy;
use super::inline::{self, Trust};
use super::keyed;
use super::literal;
use super::printed;
use super::refusal::Refusal;
use super::said::Said;
use super::standing::Standing;
use super::words::{has_word, negates, plain, says, sentences};
use super::{script, shape};

impl Draft {
    /// Starts a check from a `Verification` field.
    pub(super) fn verification(document: &Document, field: &Field, findings: &mut Vec<Diagnostic>) -> Self {
        let mut draft = Self::new(field.value_span(document), FoundBy::Field);
        if field.is_empty() {
            findings.push(super::empty_field(document, field));
            draft.refusal = Some(Refusal::NoValue);
            return draft;
        }
        if let Some(qualifier) = &field.qualifier {
            draft.refusal = Some(Refusal::Marked(qualifier.clone()));
        }
        for command in inline::commands(document, &field.lines, &field.code, Trust::Ordered) {
            draft.add_inline(command);
        }
        for &block in &field.blocks {
            let lines = document.lines_of(&document.blocks()[block]);
            let mut steps = script::steps(document.source(), &lines);
            let said = super::text::commented(document.source(), &mut steps);
            draft.check.steps.extend(steps);
            draft.say(said);
        }
        if draft.check.steps.is_empty() {
            draft.check.steps = flattened_commands(document, field);
        }
        script::settle_pipefail(&mut draft.check.steps);
        if let Some(first) = draft.check.steps.first() {
            draft.check.span = first.span;
        } else {
            draft.refusal.get_or_insert(Refusal::NoCode);
            draft.check.prose = Some(Stated::new(field.text(document), field.value_span(document)));
        }
        draft
    }

    /// Lays a field other than `Verification` on the check.
    pub(super) fn field(&mut self, document: &Document, field: &Field, findings: &mut Vec<Diagnostic>) {
        if field.is_empty() {
            findings.push(super::empty_field(document, field));
            self.refusal.get_or_insert(Refusal::EmptyField);
            return;
        }
        if self.states(field.name) {
            let label = document.source().slice(field.label).trim_matches(['*', '_', ' ']);
            let message = format!("this check states `{label}` twice");
            findings.push(
                Diagnostic::error("stated-twice", field.label, message).help("put all of it into one field"),
            );
            return;
        }
        match field.name {
            FieldName::ExpectedOutput => self.expected_output(document, field, findings),
            FieldName::ExpectedStderr => self.expected_stderr(document, field, findings),
            FieldName::MustNotOutput => self.must_not_output(document, field, findings),
            FieldName::ExpectedExitCode
            | FieldName::WorkingDirectory
            | FieldName::Timeout
            | FieldName::Background
            | FieldName::ReadyWhen => self.word(document, field, findings),
            FieldName::Verification
            | FieldName::Deliverables
            | FieldName::AllowedDirectories
            | FieldName::ForbiddenOperations
            | FieldName::AllowedOperations
            | FieldName::Deployment
            | FieldName::Secrets
            | FieldName::Network => {}
        }
    }

    /// Lays a field on it whose value is its first code span, or else its words.
    fn word(&mut self, document: &Document, field: &Field<'_>, findings: &mut Vec<Diagnostic>) {
        let span = field.value_span(document);
        let first = field.code.first().map(|code| code.text.to_string());
        let value = first.unwrap_or_else(|| field.text(document).trim().to_owned());
        let check = &mut self.check;
        match field.name {
            FieldName::ExpectedExitCode => match exit_status(&value) {
                Some(status) => check.exit_status = Some(Stated::new(status, span)),
                None => findings.push(
                    Diagnostic::error("bad-exit-code", span, format!("`{value}` is no exit status"))
                        .help("write a number from 0 to 255, or `non-zero`"),
                ),
            },
            FieldName::WorkingDirectory => check.working_directory = Some(Stated::new(value, span)),
            FieldName::Timeout => match duration(&value) {
                Some(timeout) => check.timeout = Some(timeout),
                None => findings.push(
                    Diagnostic::error("bad-timeout", span, format!("`{value}` is no duration"))
                        .help("write a number and a unit, such as `90s`, `5m` or `1h`"),
                ),
            },
            FieldName::Background if matches!(value.to_lowercase().as_str(), "no" | "false") => {
                self.ends = true;
            }
            // The other of the two may have been read already.
            FieldName::Background if matches!(check.kind, Kind::Background { .. }) => {}
            FieldName::Background => check.kind = Kind::Background { ready_when: None },
            FieldName::ReadyWhen => {
                check.kind = Kind::Background { ready_when: Some(Stated::new(Ready::read(&value), span)) };
            }
            FieldName::Verification
            | FieldName::ExpectedOutput
            | FieldName::ExpectedStderr
            | FieldName::MustNotOutput
            | FieldName::Deliverables
            | FieldName::AllowedDirectories
            | FieldName::ForbiddenOperations
            | FieldName::AllowedOperations
            | FieldName::Deployment
            | FieldName::Secrets
            | FieldName::Network => {}
        }
    }

    /// Whether the check has a value for the field already that a second one would replace.
    fn states(&self, name: FieldName) -> bool {
        let check = &self.check;
        match name {
            FieldName::ExpectedOutput => check.output.is_some(),
            FieldName::ExpectedStderr => check.stderr.is_some(),
            FieldName::WorkingDirectory => check.working_directory.is_some(),
            FieldName::Timeout => check.timeout.is_some(),
            // A sentence may have stated a status in other words; the field is explicit and wins.
            _ => false,
        }
    }

    fn expected_output(&mut self, document: &Document, field: &Field, findings: &mut Vec<Diagnostic>) {
        let span = field.value_span(document);
        if let Some(remark) = self.remark(field) {
            self.remarked(document, field, remark, findings);
            return;
        }
        let Some(mode) = mode(field, findings) else { return };
        if field.blocks.is_empty() && keyed::lay_items(&mut self.check, document, &field.lines, &field.code) {
            return;
        }
        // "Expected: FAIL, since `a.rs` is not there" is the verdict of a test that is written first, and prints no `a.rs`.
        if !self.is_as_written(document, field) && field.qualifier.is_none() {
            let text = field.text(document);
            if is_red(&text) {
                let exit_status = Some(Stated::new(ExitStatus::NonZero, span));
                let prose = Some(Stated::new(text, span));
                self.say(Said { exit_status, prose, red: true, ..Said::default() });
                return;
            }
        }
        if let Some(words) = self.in_prose(document, field) {
            self.in_words(words, span);
            return;
        }
        if self.in_items(document, field) {
            return;
        }
        let said = beside_code(document, field);
        // "`make check` exits 0" speaks of a command, and says nothing of what one prints.
        let names_command = field.blocks.is_empty() && field.code.iter().any(|code| self.names(&code.text));
        let describes = !self.is_as_written(document, field)
            && field.qualifier.is_none()
            && field.blocks.is_empty()
            && !printed::all_printed(document, &field.lines, &field.code);
        let literal = literal(document, field).filter(|_| !negates(&said) && !names_command && !describes);
        let Some(text) = literal else {
            let text = field.text(document);
            let nothing = matches!(
                text.trim_matches(['(', ')', ' ', '.']).to_lowercase().as_str(),
                "nothing" | "no output" | "empty" | "none"
            );
            if nothing {
                let expectation = Expectation { mode: Mode::Empty, text: String::new() };
                self.check.output = Some(Stated::new(expectation, span));
            } else {
                self.in_words(text, span);
            }
            return;
        };
        if !said.is_empty() {
            self.beside_text(said, span);
        }
        let text =
            if field.blocks.is_empty() || self.is_as_written(document, field) || field.qualifier.is_some() {
                text
            } else {
                let Some(text) = self.without_sentences(text, span) else { return };
                text
            };
        let expectation = Expectation { mode, text };
        if let Err(error) = expectation.check() {
            findings.push(bad_expectation(field, &error, span));
            self.refusal.get_or_insert(Refusal::BadExpectation);
            return;
        }
        let told_apart = expectation.mode == Mode::Lines && field.blocks.is_empty() && {
            keyed::lay(&mut self.check, || keyed::parts_of(document, &field.lines, &field.code))
        };
        if told_apart {
            return;
        }
        let output = Stated::new(expectation, span);
        if has_word(&plain(document.source().slice(field.label)), &["after"]) {
            self.output_block(output);
        } else {
            self.check.output = Some(output);
        }
    }

    /// Keeps the words beside a text that must be printed: "error `bad input`, exit code 2" states a status, too.
    fn beside_text(&mut self, words: String, span: Span) {
        if !self.is_explicit() && plain(&words).contains("exit") {
            let mut beside = Said::default();
            beside.sentence(&words, span, self.last_command());
            self.check.exit_status = beside.exit_status.or(self.check.exit_status.take());
        }
        self.check.prose = Some(Stated::new(words, span));
    }

    /// The word in parentheses where it is no comparison, but a remark: "Expected output (abridged):". Where the check stands
    /// in the standard schema, a word that nobody knows is a mistake.
    fn remark<'f>(&self, field: &'f Field<'_>) -> Option<&'f str> {
        let name = field.qualifier.as_deref().filter(|name| Mode::from_name(name).is_none())?;
        (!self.is_explicit() || says(name, PARTS) || says(name, LIKENESS)).then_some(name)
    }

    /// Lays an expectation with a remark on the check: a part of what is printed is looked for as all of it would be, what
    /// only looks like it stays words, and what comes of it before the work is no proof of it.
    fn remarked(
        &mut self,
        document: &Document,
        field: &Field<'_>,
        remark: &str,
        findings: &mut Vec<Diagnostic>,
    ) {
        if says(remark, PARTS) {
            self.expected_output(document, &Field { qualifier: None, ..field.clone() }, findings);
        } else if has_word(remark, &["before", "red", "old", "pre-change", "pre-fix"]) {
            self.fails_before();
        } else {
            let words = format!("{} ({remark})", field.text(document).trim()).trim().to_owned();
            self.check.prose.get_or_insert(Stated::new(words, field.value_span(document)));
        }
    }

    /// Lays what a list below "Expected:" says on the check, each item for itself; whether they are sentences. "All commands
    /// exit `0`" prints no `0`, and "`out.txt` exists" no `out.txt`, though another item may name what is printed.
    fn in_items(&mut self, document: &Document, field: &Field) -> bool {
        let in_prose =
            !self.is_as_written(document, field) && field.qualifier.is_none() && field.blocks.is_empty();
        if !in_prose || field.code.is_empty() {
            return false;
        }
        let standings = printed::standings(document, &field.lines, &field.code);
        // "- exit code 0" above "- output contains `ok`" is no text beside the other.
        let all_in_code = field.lines.iter().all(|line| !spans_in(&field.code, *line).is_empty());
        if (all_in_code && standings.iter().all(|stood| stood.is == Standing::Printed))
            || (field.inline && field.lines.len() > 1)
        {
            return false;
        }
        let mut all = Said::default();
        for line in &field.lines {
            let code = spans_in(&field.code, *line);
            let mut said = Said::default();
            if code.is_empty() {
                said.sentence(document.source().slice(*line), *line, self.last_command());
            } else {
                said = literal::expectation(document, &[*line], code, self.last_command());
            }
            if said.is_silent() {
                let words = document.source().slice(*line).trim_matches([' ', '-', '*', '.']);
                said.prose = Some(Stated::new(words.to_owned(), *line));
            }
            all.join(said);
        }
        self.say(all);
        true
    }

    /// What is expected where prose says it in sentences, though there is code or a list: "Expected: a clean build. If not,
    /// look at `a.rs`" expects no `a.rs`, and a list of sentences is not what a program prints.
    fn in_prose(&self, document: &Document, field: &Field) -> Option<String> {
        if self.is_as_written(document, field) || field.qualifier.is_some() || !field.blocks.is_empty() {
            return None;
        }
        let text = field.text(document);
        if field.inline && !field.code.is_empty() {
            let first = sentences(&text).into_iter().next()?;
            let own = &text[first.clone()];
            return (first.end < text.len() && !own.contains('`')).then(|| own.trim().to_owned());
        }
        let is_sentence = |line: &Span| {
            let said = plain(document.source().slice(*line));
            let words = said.split_whitespace().count();
            (words > 2 && said.trim_end().ends_with('.'))
                || (words > 3 && has_word(&said, &["the", "a", "every", "all", "is", "are", "must"]))
        };
        let list = !field.inline && field.code.is_empty() && field.lines.iter().any(is_sentence);
        list.then_some(text)
    }

    /// Whether a field is that of the standard schema for what is printed, whose code is looked for as it is written. Below
    /// "Expected result:" people write sentences, whoever gave the command: "the server starts on `http://…`".
    fn is_as_written(&self, document: &Document, field: &Field<'_>) -> bool {
        let label = document.source().slice(field.label).trim_matches(['*', '_', ' ']);
        self.is_explicit()
            && (label.eq_ignore_ascii_case("expected output")
                || says(&plain(label), &["output", "stdout", "出力", "输出", "출력"]))
    }

    /// Whether a text names one of its commands.
    fn names(&self, text: &str) -> bool {
        self.check.steps.iter().any(|step| {
            step.command == text
                || (text.contains(' ') && step.command.starts_with(text))
                || step.command.split_whitespace().next() == Some(text)
        })
    }

    /// Lays the printed lines of a block below the commands on the check, and the sentences among them as words.
    pub(super) fn printed_block(&mut self, text: String, span: Span) {
        if let Some(text) = self.without_sentences(text, span) {
            self.output_block(Stated::new(Expectation { mode: Mode::Lines, text }, span));
        }
    }

    /// The printed lines of an expected output, if there are any; the sentences among them are laid on the check.
    fn without_sentences(&mut self, text: String, span: Span) -> Option<String> {
        let commands: Vec<&str> = self.check.steps.iter().map(|step| step.command.as_str()).collect();
        let last = commands.last().copied().unwrap_or_default();
        let (printed, sentences) = printed::without_sentences(&text, &commands);
        if sentences.is_empty() {
            return Some(text);
        }
        // "`make lint` exits 0" says no more of a step before the last than that the check goes on.
        let of_earlier =
            |line: &&String| commands.iter().any(|command| *command != last && line.starts_with(command));
        let words: Vec<String> = sentences.iter().filter(|line| !of_earlier(line)).cloned().collect();
        if !words.is_empty() {
            self.in_words(words.join(" "), span);
        }
        (!printed.trim().is_empty()).then_some(printed)
    }

    /// What is expected in words: an exit status where they say no more, else what nothing can compare.
    fn in_words(&mut self, text: String, span: Span) {
        let mut said = Said::default();
        said.sentences(&text, span, self.last_command());
        if said.is_silent() {
            said.prose = Some(Stated::new(text, span));
        }
        self.say(said);
    }

    fn expected_stderr(&mut self, document: &Document, field: &Field, findings: &mut Vec<Diagnostic>) {
        let span = field.value_span(document);
        let Some(mode) = mode(field, findings) else { return };
        let said = beside_code(document, field);
        match literal(document, field).filter(|_| !negates(&said)) {
            Some(text) => {
                let expectation = Expectation { mode, text };
                if let Err(error) = expectation.check() {
                    findings.push(bad_expectation(field, &error, span));
                }
                self.check.stderr = Some(Stated::new(expectation, span));
            }
            None => self.check.prose = Some(Stated::new(field.text(document), span)),
        }
    }

    /// Each code span and each block is a text of its own that must not be printed.
    fn must_not_output(&mut self, document: &Document, field: &Field, findings: &mut Vec<Diagnostic>) {
        let source = document.source();
        if field.qualifier.is_some() {
            findings.push(
                Diagnostic::error("unknown-comparison", field.label, "this field takes texts as they are")
                    .help("leave the word in parentheses out"),
            );
        }
        let spans = field.code.iter().map(|code| Stated::new(code.text.to_string(), code.inner));
        let blocks = field.blocks.iter().map(|&block| {
            let lines = document.lines_of(&document.blocks()[block]);
            Stated::new(script::text(source, &lines), document.blocks()[block].span)
        });
        let texts: Vec<Stated<String>> = spans.chain(blocks).collect();
        if texts.is_empty() {
            findings.push(not_literal(field, field.value_span(document)));
        }
        for text in &texts {
            if let Err(error) = Absence::new(&text.value) {
                findings.push(
                    Diagnostic::error("bad-expectation", text.span, error.message)
                        .help("name the text that must not be printed"),
                );
            }
        }
        self.check.must_not_output.extend(texts);
    }
}

/// Remarks by which an expected output is a part of what is printed.
const PARTS: &[&str] = phrases! {
    "abridged", "abbreviated", "excerpt", "trimmed", "truncated", "shortened", "partial", "relevant", "key line", "tail",
    "last line", "first line", "end of", "in part", "省略", "抜粋", "节选", "摘录", "발췌",
};
/// Remarks by which it only looks like that.
const LIKENESS: &[&str] = phrases! {
    "example", "sample", "approximat", "shape", "illustrat", "similar", "e.g", "roughly", "may vary", "varies", "format",
    "例", "示例", "예시",
};

/// The commands of a paragraph that lost its fence: the label, a bare language word, then one command a line.
fn flattened_commands(document: &Document, field: &Field) -> Vec<Step> {
    let source = document.source();
    let language = |line: &Span| {
        matches!(
            source.slice(*line).trim().to_ascii_lowercase().as_str(),
            "bash" | "sh" | "shell" | "zsh" | "console" | "terminal"
        )
    };
    if field.inline {
        return Vec::new();
    }
    match field.lines.split_first() {
        Some((first, rest)) if language(first) => script::steps(source, rest),
        // "Download pages" and "run tests" below "commands:" are words: with neither backticks nor a fence a line must have
        // what only commands have; beside such lines the others are a project's own.
        Some(_) => {
            let known =
                field.lines.iter().filter(|line| shape::is_command_line(source.slice(**line))).count();
            if 2 * known >= field.lines.len() { script::steps(source, &field.lines) } else { Vec::new() }
        }
        None => Vec::new(),
    }
}

/// Whether an expectation is that of a test which fails as long as the work is not done.
fn is_red(text: &str) -> bool {
    let text = text.trim_start_matches(['*', '_', ' ', '`', '\n']);
    text.strip_prefix("FAIL")
        .is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_'))
}

/// The comparison that a field asks for by the word in parentheses.
fn mode(field: &Field, findings: &mut Vec<Diagnostic>) -> Option<Mode> {
    let Some(name) = field.qualifier.as_deref() else { return Some(Mode::Lines) };
    let mode = Mode::from_name(name);
    if mode.is_none() {
        findings.push(
            Diagnostic::error("unknown-comparison", field.label, format!("`{name}` is no way to compare"))
                .help("write `exact`, `contains`, `regex`, `glob` or `json`, or nothing"),
        );
    }
    mode
}

/// The words of a field beside its code, which nothing can compare; empty where there are only code and separators.
fn beside_code(document: &Document, field: &Field) -> String {
    // Nothing is said beside a single code span that is all of its line, as it is in nearly all fields.
    let is_all = |code: &CodeSpan<'_>| matches!(field.lines.as_slice(), [line] if *line == code.outer);
    if field.code.first().is_none_or(is_all) {
        return String::new();
    }
    let source = document.source();
    let mut said = String::new();
    for line in &field.lines {
        let mut start = line.start;
        for code in spans_in(&field.code, *line) {
            said.push_str(source.slice(Span::new(start, code.outer.start.max(start))));
            said.push(' ');
            start = code.outer.end.clamp(start, line.end);
        }
        said.push_str(source.slice(Span::new(start, line.end)));
        said.push(' ');
    }
    let filler = |word: &&str| !matches!(word.to_lowercase().as_str(), "and" | "then" | "or" | "a" | "line");
    let words: Vec<&str> = said
        .split_whitespace()
        .filter(filler)
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .collect();
    words.join(" ")
}

/// What a field gives literally: its code blocks, its code spans, or the lines below a bare label.
fn literal(document: &Document, field: &Field) -> Option<String> {
    let source = document.source();
    if !field.blocks.is_empty() {
        let lines = field.blocks.iter().flat_map(|&block| document.lines_of(&document.blocks()[block]));
        return Some(script::text(source, &lines.collect::<Vec<_>>()));
    }
    if !field.code.is_empty() {
        return Some(field.code.iter().map(|code| code.text.as_ref()).collect::<Vec<_>>().join("\n"));
    }
    let below = !field.inline && !field.lines.is_empty();
    below.then(|| script::text(source, &field.lines))
}

fn bad_expectation(field: &Field, error: &crate::expectation::ExpectationError, value: Span) -> Diagnostic {
    // A single code span holds the expectation byte for byte, so a place in it is a place in the plan.
    let span = match (field.code.as_slice(), &error.range) {
        ([code], Some(range)) if field.blocks.is_empty() && code.inner.len() == code.text.len() => {
            let end = (code.inner.start + range.end).min(code.inner.end);
            Span::new((code.inner.start + range.start).min(end), end)
        }
        _ => value,
    };
    Diagnostic::error("bad-expectation", span, error.message.clone())
        .help("correct it, or drop the word in parentheses to compare the text as it is")
}

fn not_literal(field: &Field, span: Span) -> Diagnostic {
    Diagnostic::error("not-literal", span, "this text is not in code, so it cannot be looked for")
        .related(field.label, "the field")
        .help("put it in backticks or in a code block")
}

/// `3`, `non-zero`.
fn exit_status(text: &str) -> Option<ExitStatus> {
    match text.trim().to_lowercase().as_str() {
        "non-zero" | "nonzero" | "not zero" | "!= 0" => Some(ExitStatus::NonZero),
        number => number.parse::<u8>().ok().map(|code| ExitStatus::Code(i32::from(code))),
    }
}

/// `90`, `90s`, `5m`, `1h`, `500ms`, `2 minutes`; a bare number is seconds. `None` for anything else, and for 0.
pub fn duration(text: &str) -> Option<Duration> {
    let text = text.trim().to_lowercase();
    let digits = text.len() - text.trim_start_matches(|character: char| character.is_ascii_digit()).len();
    let number: u64 = text[..digits].parse().ok()?;
    let millis = match text[digits..].trim() {
        "ms" | "millisecond" | "milliseconds" => 1,
        "" | "s" | "sec" | "secs" | "second" | "seconds" => 1_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
        "h" | "hour" | "hours" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(millis).filter(|&millis| millis > 0).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit_or_are_seconds() {
        assert_eq!(duration("5m"), Some(Duration::from_mins(5)));
        assert_eq!(duration("90"), Some(Duration::from_secs(90)));
        assert_eq!(duration("2 minutes"), Some(Duration::from_mins(2)));
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        for bad in ["", "m", "0", "5 parsecs", "99999999999999999999h", "18446744073709551615h"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }
}
