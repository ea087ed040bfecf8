//! A check in the form of the standard schema: what its author could write so that nothing of it has to be guessed.
//!
//! Reading is the judge of writing. A form is given only if it reads back as the very same check, so that whatever
//! Markdown makes of backticks, blanks, here-documents or labels, nobody is told to write something else.

use std::fmt::Write as _;
use std::time::Duration;

use super::Plan;
use super::check::{Check, ExitStatus, Kind, Stated, Step};
use super::{refusal, script};
use crate::document::{Document, Source};
use crate::expectation::{Expectation, Mode};

/// The heading of the section that holds such forms.
pub const HEADING: &str = "Acceptance Criteria";

/// One item of `Acceptance Criteria` that says what `check` says; `None` where the schema has no words for it.
///
/// Lines end with `\n`, the last one too.
pub fn item(check: &Check) -> Option<String> {
    let plain = escaped(&check.title);
    for title in [check.title.as_str(), &plain, &check.id] {
        for commands in [Commands::Spans, Commands::Block, Commands::Transcript] {
            for prose in [Prose::Expected, Prose::Beside] {
                for texts in [Texts::Spans, Texts::Blocks] {
                    let form = Form { commands, prose, texts };
                    let written = form.write(check, title);
                    if written.as_ref().is_some_and(|written| reads_back(written, check)) {
                        return written;
                    }
                }
            }
        }
    }
    None
}

/// What the author of a check that needs a person could write so that none is needed.
///
/// Its own commands where stating them is enough, or where they only lack a value; otherwise what nobody but the author
/// knows stands in angle brackets, which planproof never runs.
pub fn suggestion(check: &Check) -> String {
    if let Some(item) = item(&Check { kind: Kind::Run, ..check.clone() }) {
        return item;
    }
    let lacks_a_value = check.steps.iter().any(|step| refusal::placeholder(&step.command).is_some());
    let one_line_each = check.steps.iter().all(|step| is_one_line(&step.command));
    let commands = if lacks_a_value && one_line_each {
        check.steps.iter().map(|step| code_span(&step.command)).collect::<Vec<_>>().join(", ")
    } else {
        "`<command>`".to_owned()
    };
    let title = if check.title.is_empty() { "<what must hold>".to_owned() } else { one_line(&check.title) };
    let output = match &check.output {
        Some(stated) if is_one_line(&stated.value.text) => code_span(&stated.value.text),
        Some(_) | None => "`<what it prints>`".to_owned(),
    };
    format!("- [ ] {title}\n  - Verification: {commands}\n  - Expected Output: {output}\n")
}

/// How the commands are given.
#[derive(Debug, Clone, Copy)]
enum Commands {
    /// `` `a`, `b` ``
    Spans,
    /// A code block, a command on each line.
    Block,
    /// A code block with prompts, what each command prints below it.
    Transcript,
}

/// Where words that nothing can compare stand.
#[derive(Debug, Clone, Copy)]
enum Prose {
    /// In the field of the expected output.
    Expected,
    /// In an item of its own, which says nothing to planproof.
    Beside,
}

/// How expected texts are given.
#[derive(Debug, Clone, Copy)]
enum Texts {
    /// In backticks where they are one line.
    Spans,
    /// In code blocks.
    Blocks,
}

/// One way to write a check down.
#[derive(Debug, Clone, Copy)]
struct Form {
    commands: Commands,
    prose: Prose,
    texts: Texts,
}

impl Form {
    /// The item, if this way can hold the check at all.
    fn write(self, check: &Check, title: &str) -> Option<String> {
        let title = one_line(title);
        if title.is_empty() || check.steps.is_empty() {
            return None;
        }
        let mut text = format!("- [ ] {title}\n");
        match self.commands {
            Commands::Spans => {
                let one_line =
                    check.steps.iter().all(|step| is_one_line(&step.command) && step.output.is_none());
                let spans: Vec<String> = check.steps.iter().map(|step| code_span(&step.command)).collect();
                one_line.then(|| field(&mut text, "Verification", &spans.join(", ")))?;
            }
            Commands::Block => {
                let lines: Vec<&str> = check.written().collect();
                block(&mut text, "Verification", "sh", &lines.join("\n"));
            }
            Commands::Transcript => block(&mut text, "Verification", "console", &transcript(&check.steps)),
        }
        self.expected(&mut text, "Expected Output", check.output.as_ref(), check.prose.as_ref());
        self.expected(&mut text, "Expected Stderr", check.stderr.as_ref(), None);
        let forbidden: Vec<String> =
            check.must_not_output.iter().map(|stated| code_span(&stated.value)).collect();
        if !forbidden.is_empty() {
            field(&mut text, "Must Not Output", &forbidden.join(", "));
        }
        match check.expected_exit_status() {
            ExitStatus::Code(0) => {}
            other => field(&mut text, "Expected Exit Code", &other.to_string()),
        }
        if let Some(directory) = &check.working_directory {
            field(&mut text, "Working Directory", &code_span(&directory.value));
        }
        if let Some(timeout) = check.timeout {
            field(&mut text, "Timeout", &duration(timeout));
        }
        if let Kind::Background { ready_when } = &check.kind {
            field(&mut text, "Background", "yes");
            if let Some(ready) = ready_when {
                field(&mut text, "Ready When", &code_span(&ready.value.to_string()));
            }
        }
        Some(text)
    }

    fn expected(
        self,
        text: &mut String,
        name: &str,
        output: Option<&Stated<Expectation>>,
        prose: Option<&Stated<String>>,
    ) {
        let prose = prose.map(|stated| one_line(&stated.value)).filter(|prose| !prose.is_empty());
        match (output, &prose, self.prose) {
            (Some(stated), _, _) => self.text(text, name, &stated.value),
            (None, Some(prose), Prose::Expected) => field(text, name, prose),
            (None, _, _) => {}
        }
        if let (Some(prose), Some(_), _) | (Some(prose), None, Prose::Beside) = (&prose, output, self.prose) {
            field(text, "Not compared", &escaped(prose));
        }
    }

    fn text(self, text: &mut String, name: &str, expectation: &Expectation) {
        let qualified = match expectation.mode {
            Mode::Lines => name.to_owned(),
            Mode::Exact => format!("{name} (exact)"),
            Mode::Contains => format!("{name} (contains)"),
            Mode::Regex => format!("{name} (regex)"),
            Mode::Glob => format!("{name} (glob)"),
            Mode::Json => format!("{name} (json)"),
            Mode::Empty => return field(text, name, "nothing"),
        };
        match self.texts {
            Texts::Spans if is_one_line(&expectation.text) => {
                field(text, &qualified, &code_span(&expectation.text));
            }
            Texts::Spans | Texts::Blocks => block(text, &qualified, "text", &expectation.text),
        }
    }
}

/// Whether an item reads as the check that it was made of, but for words that nothing can compare.
fn reads_back(item: &str, check: &Check) -> bool {
    let text = format!("# P\n\n## {HEADING}\n\n{item}");
    let Ok(source) = Source::from_bytes("item.md", text.into_bytes()) else { return false };
    let plan = Plan::read(Document::parse(source));
    match plan.checks.as_slice() {
        [read] if !plan.has_errors() => says_the_same(read, check),
        _ => false,
    }
}

/// Whether two checks run the same and expect the same. It does not matter whether what a single command prints was
/// stated of it or of its check.
pub fn says_the_same(one: &Check, two: &Check) -> bool {
    let bare = |check: &Check| {
        let mut bare = check.clone();
        if let ([step], None) = (bare.steps.as_mut_slice(), &bare.output) {
            bare.output = step.output.take();
        }
        bare
    };
    bare(one).same_work(&bare(two))
}

fn field(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "  - {name}: {value}");
}

/// A field whose value is a code block, with a fence that is longer than any in it.
fn block(text: &mut String, name: &str, language: &str, value: &str) {
    let fence = "`".repeat((longest_run(value) + 1).max(3));
    let _ = write!(text, "  - {name}:\n\n    {fence}{language}\n");
    for line in value.split('\n') {
        let indent = if line.is_empty() { "" } else { "    " };
        let _ = writeln!(text, "{indent}{line}");
    }
    let _ = writeln!(text, "    {fence}");
}

/// A session: each command behind a prompt, its further lines behind `>`, and what it prints below it.
fn transcript(steps: &[Step]) -> String {
    let mut lines = Vec::new();
    for (command, output) in script::written(steps) {
        for (index, line) in command.split('\n').enumerate() {
            lines.push(format!("{} {line}", if index == 0 { '$' } else { '>' }));
        }
        lines.extend(output.iter().flat_map(|stated| stated.value.text.split('\n')).map(str::to_owned));
    }
    lines.join("\n")
}

/// Text as a code span that reads as that very text (<https://spec.commonmark.org/0.31.2/#code-spans>).
fn code_span(text: &str) -> String {
    let run = "`".repeat(shortest_free_run(text));
    let blanks = text.starts_with(' ') && text.ends_with(' ') && !text.trim().is_empty();
    let pad = if text.starts_with('`') || text.ends_with('`') || blanks { " " } else { "" };
    format!("{run}{pad}{text}{pad}{run}")
}

/// How many backticks no run in the text has.
fn shortest_free_run(text: &str) -> usize {
    let runs: Vec<usize> = runs(text).collect();
    (1..=runs.len()).find(|length| !runs.contains(length)).unwrap_or(runs.len() + 1)
}

fn longest_run(text: &str) -> usize {
    runs(text).max().unwrap_or(0)
}

/// The lengths of the runs of backticks in a text.
fn runs(text: &str) -> impl Iterator<Item = usize> {
    text.split(|character| character != '`').map(str::len).filter(|&length| length > 0)
}

fn is_one_line(text: &str) -> bool {
    !text.is_empty() && !text.contains(['\n', '\r'])
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text without anything that Markdown or HTML would act on, and no label.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in one_line(text).chars() {
        match character {
            '`' => plain.push('\''),
            '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~' => {
                plain.push('\\');
                plain.push(character);
            }
            other => plain.push(other),
        }
    }
    plain
}

fn duration(time: Duration) -> String {
    let millis = time.as_millis();
    if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(text: &str) -> Vec<Check> {
        let text = format!("# P\n\n{text}");
        Plan::read(Document::parse(Source::from_bytes("p.md", text.into_bytes()).unwrap())).checks
    }

    fn items(text: &str) -> String {
        checks(text).iter().map(|check| item(check).unwrap_or_else(|| panic!("no form: {check:?}"))).collect()
    }

    #[test]
    fn a_sentence_becomes_a_criterion() {
        assert_eq!(
            items("## Validation\n\nRun `cargo test` and expect `12 passed`.\n"),
            "- [ ] Run `cargo test` and expect `12 passed`.\n  - Verification: `cargo test`\n  - Expected Output: `12 passed`\n"
        );
    }

    #[test]
    fn a_session_keeps_what_each_command_prints() {
        assert_eq!(
            items("## Validation\n\nA session:\n\n```console\n$ echo a\na\n$ cat <<E\n> b\n> E\nb\n```\n"),
            "- [ ] A session:\n  - Verification:\n\n    ```console\n    $ echo a\n    a\n    $ cat <<E\n    > b\n    > E\n    b\n    ```\n"
        );
    }

    #[test]
    fn backticks_and_blanks_stay() {
        for command in ["echo `date`", "`date`", "a ``b` c", " padded ", "printf '%s' '` '"] {
            let span = code_span(command);
            let found = checks(&format!("## Acceptance Criteria\n- [ ] a\n  - Verification: {span}\n"));
            assert_eq!(found[0].steps[0].command, command, "{span}");
        }
    }

    #[test]
    fn a_person_is_told_what_to_write_and_nothing_of_it_runs_as_it_is() {
        let manual = checks(
            "## Acceptance Criteria\n- [ ] The page looks calm\n- [ ] b\n  - Verification: `curl http://<host>/`\n",
        );
        let written = manual.iter().map(suggestion).collect::<Vec<_>>();
        assert_eq!(
            written,
            [
                "- [ ] The page looks calm\n  - Verification: `<command>`\n  - Expected Output: `<what it prints>`\n",
                "- [ ] b\n  - Verification: `curl http://<host>/`\n  - Expected Output: `<what it prints>`\n",
            ]
        );
        let pasted = checks(&format!("## Acceptance Criteria\n{}", written.concat()));
        assert!(pasted.iter().all(|check| matches!(check.kind, Kind::Manual { .. })), "{pasted:?}");
    }
}
