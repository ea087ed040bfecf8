//! A check in the making: fields and sentences are laid on it one by one.

use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::document::{Document, Span, spans_in};
use crate::expectation::{Absence, Expectation, Mode};

use super::check::{Check, Confidence, ExitStatus, Kind, Ready, Stated, Step};
use super::directory::{self, Place, Roots};
use super::field::{Field, FieldName};
use super::found_by::FoundBy;
use super::inline::{self, InlineCommand, Trust};
use super::predicate::Said;
use super::refusal::{self, Refusal};
use super::script;
use super::shape;
use super::words::negates;

/// A check whose id and title are still open.
pub(super) struct Draft {
    check: Check,
    /// Why it is manual, if it is.
    refusal: Option<Refusal>,
    /// Where it runs, if something says so.
    place: Option<Place>,
}

impl Draft {
    /// An empty check at `span`.
    pub(super) fn new(span: Span, found_by: FoundBy) -> Self {
        let check = Check {
            id: String::new(),
            title: String::new(),
            section: String::new(),
            span,
            kind: Kind::Run,
            confidence: found_by.confidence(),
            found_by,
            notes: Vec::new(),
            steps: Vec::new(),
            output: None,
            stderr: None,
            must_not_output: Vec::new(),
            exit_status: None,
            prose: None,
            working_directory: None,
            timeout: None,
            deliverable: None,
            duplicate_of: None,
        };
        Self { check, refusal: None, place: None }
    }

    /// A check that needs a person.
    pub(super) fn manual(span: Span, found_by: FoundBy, refusal: Refusal) -> Self {
        let mut draft = Self::new(span, found_by);
        draft.refusal = Some(refusal);
        draft
    }

    /// A check of one command in a sentence.
    pub(super) fn inline(command: InlineCommand) -> Self {
        let mut draft = Self::new(command.code.inner, command.found_by);
        if let Some(ready_when) = &command.service {
            draft.check.kind = Kind::Background { ready_when: ready_when.clone() };
        }
        draft.add_inline(command);
        draft
    }

    /// A check of the commands in a block.
    pub(super) fn steps(steps: Vec<Step>, found_by: FoundBy) -> Self {
        let span = steps.first().map_or(Span::default(), |step| step.span);
        let mut draft = Self::new(span, found_by);
        draft.check.steps = steps;
        draft
    }

    /// A check whose first step serves the others.
    pub(super) fn service(steps: Vec<Step>, found_by: FoundBy) -> Self {
        let mut draft = Self::steps(steps, found_by);
        let first = draft.check.steps.first();
        let port = first.and_then(|step| Some((inline::port(&step.command)?, step.span)));
        let ready_when = port.map(|(port, span)| Stated::new(Ready::Port(port), span));
        draft.check.kind = Kind::Background { ready_when };
        draft
    }

    /// The built-in check of a deliverable.
    pub(super) fn deliverable(step: Step, path: String) -> Self {
        let mut draft = Self::steps(vec![step], FoundBy::Deliverable);
        draft.check.deliverable = Some(path);
        draft
    }

    /// Adds a command with what is said of it. An output is that of its own step; an exit status can only be that of
    /// the last, since the first step that fails ends the check.
    pub(super) fn add_inline(&mut self, command: InlineCommand) {
        let check = &mut self.check;
        if check.exit_status.take().is_some_and(|stated| stated.value != ExitStatus::Code(0)) {
            self.refusal.get_or_insert(Refusal::FailsFirst);
        }
        if let Some(refusal) = command.refusal {
            self.refusal.get_or_insert(refusal);
        }
        let said = command.said;
        if said.red {
            self.refusal.get_or_insert(Refusal::Red);
        }
        let mut step = script::one_step(&command.code.text, command.code.inner);
        if check.steps.is_empty() {
            check.output = said.output;
        } else {
            // With a second command, the output that was stated for the first is that of its step.
            if let [first] = check.steps.as_mut_slice() {
                first.output = check.output.take();
            }
            step.output = said.output;
        }
        check.steps.push(step);
        check.must_not_output.extend(said.must_not_output);
        check.exit_status = said.exit_status;
        check.prose = said.prose.or(check.prose.take());
    }

    /// Lays on it what a sentence after it says.
    pub(super) fn say(&mut self, said: Said) {
        let check = &mut self.check;
        if said.red {
            self.refusal.get_or_insert(Refusal::Red);
        }
        check.output = check.output.take().or(said.output);
        check.must_not_output.extend(said.must_not_output);
        check.exit_status = check.exit_status.take().or(said.exit_status);
        check.prose = check.prose.take().or(said.prose);
    }

    /// Where it runs, where nothing nearer has said so.
    pub(super) fn runs_in(&mut self, place: Option<&Place>) {
        if self.place.is_none() {
            self.place = place.cloned();
        }
    }

    /// Where it stands.
    pub(super) fn span(&self) -> Span {
        self.check.span
    }

    /// Whether its first step serves the others.
    pub(super) fn is_service(&self) -> bool {
        matches!(self.check.kind, Kind::Background { .. })
    }

    /// Whether anything was said of what it must do.
    pub(super) fn is_told(&self) -> bool {
        self.check.compares_output() || self.check.exit_status.is_some() || self.check.prose.is_some()
    }

    /// Whether a field of the schema or a label gave its command.
    pub(super) fn is_explicit(&self) -> bool {
        self.check.confidence == Confidence::Explicit
    }

    /// The last command.
    pub(super) fn last_command(&self) -> &str {
        self.check.steps.last().map_or("", |step| step.command.as_str())
    }

    /// Keeps what verifies by its own words, and what the shell needs before it; whether anything is left. Where the
    /// lead-in is `led` by verification, all is kept but what looks around, sets up, or edits.
    pub(super) fn keep_verifying(&mut self, led: bool) -> bool {
        let needed = |command: &str| {
            let program = shape::program(command).map_or("", |(program, _)| program);
            matches!(program, "cd" | "export" | "source" | "." | "set" | "")
        };
        let counts = |command: &str| {
            if led { !shape::prepares(command) && !needed(command) } else { shape::verifies(command) }
        };
        if self.is_service() {
            return true;
        }
        let steps = &mut self.check.steps;
        let Some(last) = steps.iter().rposition(|step| counts(&step.command)) else { return false };
        steps.truncate(last + 1);
        steps.retain(|step| counts(&step.command) || needed(&step.command));
        self.check.span = steps.first().map_or(self.check.span, |step| step.span);
        true
    }

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
            draft.check.steps.extend(script::steps(document.source(), &lines));
        }
        if draft.check.steps.is_empty() {
            draft.check.steps = flattened_commands(document, field);
        }
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
        let span = field.value_span(document);
        let text = field.text(document);
        let value = field.code.first().map_or_else(|| text.trim().to_owned(), |code| code.text.clone());
        if self.states(field.name) {
            let label = document.source().slice(field.label).trim_matches(['*', '_', ' ']);
            let message = format!("this check states `{label}` twice");
            findings.push(
                Diagnostic::error("stated-twice", field.label, message).help("put all of it into one field"),
            );
            return;
        }
        let check = &mut self.check;
        match field.name {
            FieldName::ExpectedOutput => self.expected_output(document, field, findings),
            FieldName::ExpectedStderr => self.expected_stderr(document, field, findings),
            FieldName::MustNotOutput => self.must_not_output(document, field, findings),
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
            FieldName::Background if matches!(value.to_lowercase().as_str(), "no" | "false") => {}
            // The other of the two may have been read already.
            FieldName::Background if matches!(check.kind, Kind::Background { .. }) => {}
            FieldName::Background => check.kind = Kind::Background { ready_when: None },
            FieldName::ReadyWhen => {
                check.kind = Kind::Background { ready_when: Some(Stated::new(Ready::read(&value), span)) };
            }
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
        let Some(mode) = mode(field, findings) else { return };
        let said = beside_code(document, field);
        // "`make check` exits 0" speaks of a command, and says nothing of what one prints.
        let names_command = field.blocks.is_empty() && field.code.iter().any(|code| self.names(&code.text));
        let Some(text) = literal(document, field).filter(|_| !negates(&said) && !names_command) else {
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
            self.check.prose = Some(Stated::new(said, span));
        }
        let expectation = Expectation { mode, text };
        if let Err(error) = expectation.check() {
            findings.push(bad_expectation(field, &error, span));
            self.refusal.get_or_insert(Refusal::BadExpectation);
            return;
        }
        self.check.output = Some(Stated::new(expectation, span));
    }

    /// Whether a text names one of its commands.
    fn names(&self, text: &str) -> bool {
        self.check.steps.iter().any(|step| {
            step.command == text
                || (text.contains(' ') && step.command.starts_with(text))
                || step.command.split_whitespace().next() == Some(text)
        })
    }

    /// What is expected in words: an exit status where they say no more, else what nothing can compare.
    fn in_words(&mut self, text: String, span: Span) {
        let mut said = Said::default();
        said.sentence(&text, span, self.last_command());
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
        let spans = field.code.iter().map(|code| Stated::new(code.text.clone(), code.inner));
        let blocks = field.blocks.iter().map(|&block| {
            let lines = document.lines_of(&document.blocks()[block]);
            let text: Vec<&str> = lines.iter().map(|line| source.slice(*line)).collect();
            Stated::new(text.join("\n"), document.blocks()[block].span)
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

    /// Lays an expectation that stands in a block below the commands on the check.
    pub(super) fn output_block(&mut self, expectation: Stated<Expectation>) {
        self.check.output = Some(expectation);
    }

    /// Whether an expectation was laid on it.
    pub(super) fn expects(&self) -> bool {
        self.check.compares_output()
    }

    /// The check under its name. `roots` tell an author's absolute path into the repository from one to elsewhere.
    pub(super) fn finish(mut self, id: String, title: &str, section: &str, roots: &mut Roots<'_>) -> Check {
        let first_command = self.check.steps.first().map(|step| step.command.clone());
        let title = if title.is_empty() { first_command.as_deref().unwrap_or_default() } else { title };
        self.check.title = shortened(title);
        self.check.id = id;
        section.clone_into(&mut self.check.section);
        self.settle(roots);
        let ordered = self.check.confidence == Confidence::Explicit;
        let commands: Vec<&str> = self.check.steps.iter().map(|step| step.command.as_str()).collect();
        let refusal = self.refusal.or_else(|| {
            let refused = commands.iter().find_map(|command| refusal::of_command(command, ordered));
            refused.or_else(|| if ordered { None } else { refusal::unset_variable(&commands) })
        });
        if let Some(refusal) = refusal {
            self.check.kind = Kind::Manual { reason: refusal.to_string() };
        }
        self.check
    }

    /// Turns the place that was named into a directory of the workspace.
    fn settle(&mut self, roots: &mut Roots<'_>) {
        let absolute = |stated: &Stated<String>| match &stated.value {
            path if directory::is_absolute(path) => Some(Place::Absolute(stated.clone())),
            _ => None,
        };
        let explicit = self.check.working_directory.as_ref().and_then(absolute);
        let is_explicit = self.check.working_directory.is_some();
        let place = explicit.or_else(|| self.place.take().filter(|_| !is_explicit));
        match place {
            None | Some(Place::Root) => {}
            Some(Place::Below(path)) => self.check.working_directory = Some(path),
            Some(Place::RootAt(path)) => {
                self.check.notes.push(format!(
                    "`{}` is taken for the root of the repository, as the plan says",
                    path.value
                ));
            }
            Some(Place::Absolute(path)) => {
                let Some(below) = roots.below(&path.value) else {
                    self.check.working_directory = Some(path.clone());
                    if !is_explicit && !self.check.steps.is_empty() {
                        self.refusal.get_or_insert(Refusal::Directory(path.value));
                    }
                    return;
                };
                let what = if below.is_empty() {
                    "the root of the repository"
                } else {
                    "a directory of the repository"
                };
                self.check.notes.push(format!("`{}` is taken for {what}, whose name it has", path.value));
                self.check.working_directory =
                    (!below.is_empty()).then(|| Stated::new(below.to_owned(), path.span));
            }
        }
    }
}

/// A title on one line, cut at a length that still fits a line of a report.
pub(super) fn shortened(title: &str) -> String {
    const LONGEST: usize = 160;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    match title.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", title[..at].trim_end()),
        None => title,
    }
}

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
        Some(_) if field.lines.iter().all(|line| shape::shape(source.slice(*line)) != shape::Shape::None) => {
            script::steps(source, &field.lines)
        }
        _ => Vec::new(),
    }
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
    if field.code.is_empty() {
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
        return Some(lines.map(|line| source.slice(line)).collect::<Vec<_>>().join("\n"));
    }
    if !field.code.is_empty() {
        return Some(field.code.iter().map(|code| code.text.as_str()).collect::<Vec<_>>().join("\n"));
    }
    let below = !field.inline && !field.lines.is_empty();
    below.then(|| field.lines.iter().map(|line| source.slice(*line)).collect::<Vec<_>>().join("\n"))
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
