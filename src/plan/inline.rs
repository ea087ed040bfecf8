//! Commands in sentences: which code spans of a paragraph are commands, by position and shape, and what the words
//! around them expect.

use crate::document::{CodeSpan, Document, Span};
use crate::expectation::{Expectation, Mode};

use super::check::{ExitStatus, Stated};
use super::found_by::FoundBy;

/// A command found in a sentence.
#[derive(Debug)]
pub(super) struct InlineCommand {
    /// The code span.
    pub code: CodeSpan,
    /// The rule that found it.
    pub found_by: FoundBy,
    /// What it must print: ``and expect `12 passed` ``.
    pub output: Option<Stated<Expectation>>,
    /// What it must not print: ``must not print `panic` ``.
    pub must_not_output: Vec<Stated<String>>,
    /// How it must end: `passes`, `exits with 2`.
    pub exit_status: Option<Stated<ExitStatus>>,
    /// Anything else that is said of it.
    pub prose: Option<Stated<String>>,
}

/// Words after which a code span is a command.
const RUN: &[&str] = &[
    "run",
    "runs",
    "rerun",
    "re-run",
    "running",
    "execute",
    "executing",
    "via",
    "invoke",
    "using",
    "with",
    "try",
    "実行",
    "运行",
    "执行",
    "실행",
    "ejecuta",
    "ejecutar",
    "запустите",
];
/// Words after which a code span is what a command must print.
const EXPECT: &[&str] = &[
    "expect", "expects", "expected", "print", "prints", "report", "reports", "show", "shows", "return",
    "returns", "output", "outputs", "contain", "contains", "display", "displays", "see", "say", "says",
];
/// Words that turn a command into one that must not be run.
const NEGATION: &[&str] = &[
    "must not",
    "mustn't",
    "should not",
    "shouldn't",
    "cannot",
    "can't",
    "not to ",
    "do not",
    "don't",
    "never",
    "not run",
    "avoid",
    "instead of",
    "without running",
    "rather than",
    "no longer",
];
/// Words behind a command that forbid it.
const FORBIDDEN: &[&str] = &[
    "must not be run",
    "must never be run",
    "should not be run",
    "should never be run",
    "must not be executed",
    "should not be executed",
    "is not run",
    "is never run",
];
/// Phrases that expect no output.
const NOTHING: &[&str] = &["prints nothing", "no output", "no matches", "returns nothing", "shows nothing"];
/// Words that state nothing but success.
const SUCCESS: &[&str] = &[
    "pass",
    "passes",
    "passing",
    "succeed",
    "succeeds",
    "succeeded",
    "complete",
    "completes",
    "green",
    "clean",
    "successfully",
    "通过",
    "成功",
    "통과",
];

/// The commands in the text of `lines`, whose code spans are `code`. In an `explicit` field value a span at the
/// start is a command whatever it looks like.
pub(super) fn commands(
    document: &Document,
    lines: &[Span],
    code: &[CodeSpan],
    explicit: bool,
) -> Vec<InlineCommand> {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Vec::new() };
    let mut found: Vec<InlineCommand> = Vec::new();
    let mut start = first.start;
    let mut after_command = false;
    for (index, span) in code.iter().enumerate() {
        let before = text_between(document, lines, start, span.outer.start);
        let is_first = start == first.start
            && before.trim_start_matches(['-', '*', '[', ']', 'x', 'X', ' ', '_']).is_empty();
        let next = code.get(index + 1);
        let after =
            text_between(document, lines, span.outer.end, next.map_or(last.end, |next| next.outer.start));
        let place = Place { before: &before, after: &after, is_first, after_command };
        start = span.outer.end;
        if place.is_expectation() && !(is_first && explicit) {
            if let Some(command) = found.last_mut() {
                if negates(&place.sentence()) {
                    command.must_not_output.push(Stated::new(span.text.clone(), span.inner));
                } else if let Some(output) = &mut command.output {
                    // A second literal must be printed, too, and after the first.
                    output.value.text.push('\n');
                    output.value.text.push_str(&span.text);
                    output.span = output.span.to(span.inner);
                } else {
                    let expectation = Expectation { mode: Mode::Lines, text: span.text.clone() };
                    command.output = Some(Stated::new(expectation, span.inner));
                }
            }
            after_command = false;
        } else if place.is_command(&span.text, explicit) {
            found.push(InlineCommand {
                code: span.clone(),
                found_by: place.rule(),
                output: None,
                must_not_output: Vec::new(),
                exit_status: None,
                prose: None,
            });
            after_command = true;
        } else {
            after_command = false;
        }
    }
    for index in 0..found.len() {
        let end = found.get(index + 1).map_or(last.end, |next| next.code.outer.start);
        let said = Span::new(found[index].code.outer.end, end.max(found[index].code.outer.end));
        let words = text_between(document, lines, said.start, said.end);
        judge_words(&mut found[index], words.trim(), said);
    }
    share_predicate(&mut found);
    found
}

/// What the words after a command say of it.
fn judge_words(command: &mut InlineCommand, words: &str, span: Span) {
    let sentence = words.split(['.', ';']).next().unwrap_or(words);
    let lower = sentence.to_lowercase();
    if command.output.is_some() || !command.must_not_output.is_empty() {
        return;
    }
    if NOTHING.iter().any(|phrase| lower.contains(phrase)) {
        let expectation = Expectation { mode: Mode::Empty, text: String::new() };
        command.output = Some(Stated::new(expectation, span));
        // A search that finds nothing says so by its exit status.
        if searches(&command.code.text) {
            command.exit_status = Some(Stated::new(ExitStatus::Code(1), span));
        }
    } else if let Some(status) = exit_status(&lower) {
        command.exit_status = Some(Stated::new(status, span));
    } else if has_word(&lower, SUCCESS) {
        command.exit_status = Some(Stated::new(ExitStatus::Code(0), span));
    } else if sentence.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).count() > 1 {
        command.prose = Some(Stated::new(sentence.trim_matches([' ', ',', ':', '(', ')']).to_owned(), span));
    }
}

/// In "`a`, `b` and `c` pass" the predicate is said of all three.
fn share_predicate(found: &mut [InlineCommand]) {
    for index in (1..found.len()).rev() {
        let silent = found[index - 1].exit_status.is_none()
            && found[index - 1].prose.is_none()
            && found[index - 1].output.is_none();
        if silent {
            let shared = found[index].exit_status.clone();
            found[index - 1].exit_status = shared;
        }
    }
}

/// Lower case, with `’` as `'`, so that words are found however they are typed.
fn plain_apostrophes(text: &str) -> String {
    text.to_lowercase().replace('\u{2019}', "'")
}

/// Whether words turn what they expect into its opposite.
pub(super) fn negates(words: &str) -> bool {
    let words = plain_apostrophes(words);
    words.contains("n't ")
        || has_word(&words, &["not", "no", "never", "without", "cannot", "nothing", "neither"])
}

/// Whether a command only looks for text.
fn searches(command: &str) -> bool {
    let mut words = command.split_whitespace();
    match words.next() {
        Some("grep" | "rg" | "egrep" | "fgrep") => true,
        Some("git") => words.next() == Some("grep"),
        _ => false,
    }
}

/// `exits 2`, `exit code 1`, `exits non-zero`.
fn exit_status(words: &str) -> Option<ExitStatus> {
    let at = words.find("exit")?;
    let mut rest = words[at..].split(|character: char| !(character.is_alphanumeric() || character == '-'));
    rest.next();
    for word in rest.filter(|word| !word.is_empty()).take(4) {
        match word {
            "non-zero" | "nonzero" => return Some(ExitStatus::NonZero),
            "with" | "code" | "status" | "of" | "a" => {}
            _ => return word.parse().ok().map(ExitStatus::Code),
        }
    }
    None
}

/// Where a code span stands in its sentence.
struct Place<'t> {
    /// The text between the span before and this one.
    before: &'t str,
    /// The text between this one and the next.
    after: &'t str,
    is_first: bool,
    after_command: bool,
}

impl Place<'_> {
    fn sentence(&self) -> String {
        let start = self.before.rfind(". ").map_or(0, |at| at + 2);
        plain_apostrophes(&self.before[start..])
    }

    fn is_expectation(&self) -> bool {
        let sentence = self.sentence();
        let last_of = |words: &[&str]| words.iter().filter_map(|word| rfind_word(&sentence, word)).max();
        match (last_of(EXPECT), last_of(RUN)) {
            (Some(expect), Some(run)) => expect > run,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// The rule by which a span that is a command is one.
    fn rule(&self) -> FoundBy {
        if self.is_first {
            FoundBy::LeadingSpan
        } else if self.after_command {
            FoundBy::JoinedSpan
        } else if self.sentence().trim().ends_with([':', '→', '：', '>']) {
            FoundBy::IntroducedSpan
        } else {
            FoundBy::RunWordSpan
        }
    }

    fn is_command(&self, text: &str, explicit: bool) -> bool {
        let sentence = self.sentence();
        let after = plain_apostrophes(self.after.split(". ").next().unwrap_or_default());
        if NEGATION.iter().any(|negation| sentence.contains(negation))
            || FORBIDDEN.iter().any(|words| after.contains(words))
        {
            return false;
        }
        let bare = sentence.trim();
        let joined = self.after_command
            && matches!(
                bare,
                "," | "and" | ", and" | "then" | ", then" | "and then" | ", and then" | ";" | "&" | "+" | ""
            );
        let arrow = bare.ends_with("->") && !bare.ends_with("-->");
        let introduced = bare.ends_with([':', '→', '：']) || arrow;
        let last_words = bare.trim_end_matches([':', ' ']).rsplit(' ').take(4);
        let after_run = last_words.clone().any(|word| RUN.contains(&word))
            || RUN.iter().any(|word| !word.is_ascii() && bare.contains(word));
        if self.is_first {
            return explicit || looks_like_command(text, false);
        }
        (joined && (explicit || looks_like_command(text, true)))
            || (after_run && looks_like_command(text, true))
            || (introduced && looks_like_command(text, false))
    }
}

/// Whether a code span has the shape of a command. One word is a command only where the place says so (`alone`).
pub(super) fn looks_like_command(text: &str, alone: bool) -> bool {
    let mut words = text.split_whitespace();
    let Some(mut program) = words.next() else { return false };
    while let Some((name, _)) = program.split_once('=') {
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match (is_name, words.next()) {
            (true, Some(next)) => program = next,
            _ => return false,
        }
    }
    let path = program.strip_prefix("./").or_else(|| program.strip_prefix('/')).unwrap_or(program);
    let path = path.strip_prefix("~/").unwrap_or(path);
    let well_formed = !path.is_empty()
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./+@".contains(&byte))
        && !path.starts_with(['-', '.'])
        && !path.ends_with(['.', '/', '-']);
    let shouted = path.bytes().any(|byte| byte.is_ascii_uppercase())
        && !path.bytes().any(|byte| byte.is_ascii_lowercase());
    let starts_like_a_program =
        path.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase()) || program.contains('/');
    if !well_formed || shouted || !starts_like_a_program {
        return false;
    }
    if words.next().is_some() {
        return true;
    }
    let script = program.starts_with("./")
        || std::path::Path::new(program).extension().is_some_and(|extension| extension == "sh");
    script || (alone && !path.contains(['.', '/', '_', '@']))
}

/// A placeholder such as `<id>` that somebody has to fill in first.
pub(super) fn placeholder(command: &str) -> Option<&str> {
    /// Longest placeholder that is looked for, in bytes.
    const LONGEST: usize = 80;
    command.match_indices('<').find_map(|(start, _)| {
        let end = command.floor_char_boundary(start + LONGEST);
        let length = command[start..end].find('>')?;
        let inside = &command[start + 1..start + length];
        let named = inside.chars().next().is_some_and(char::is_alphabetic)
            && inside.chars().all(|character| character.is_alphanumeric() || " _-|.".contains(character));
        named.then(|| &command[start..=start + length])
    })
}

/// The text between two offsets, line by line, joined by blanks.
fn text_between(document: &Document, lines: &[Span], start: usize, end: usize) -> String {
    let from = lines.partition_point(|line| line.end <= start);
    let pieces: Vec<&str> = lines[from..]
        .iter()
        .take_while(|line| line.start < end)
        .map(|line| {
            let from = line.start.max(start);
            document.source().slice(Span::new(from, line.end.min(end).max(from)))
        })
        .collect();
    pieces.join(" ")
}

fn rfind_word(text: &str, word: &str) -> Option<usize> {
    text.rmatch_indices(word).map(|(at, _)| at).find(|&at| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        before.is_none_or(|character| !character.is_alphanumeric())
            && after.is_none_or(|character| !character.is_alphanumeric())
    })
}

fn has_word(text: &str, words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| if word.is_ascii() { rfind_word(text, word).is_some() } else { text.contains(word) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{BlockKind, Source};

    fn found(text: &str) -> Vec<(String, Option<String>, Option<ExitStatus>)> {
        let document = Document::parse(Source::from_bytes("p.md", text.as_bytes().to_vec()).unwrap());
        let block = document.blocks().iter().find(|block| block.kind == BlockKind::Paragraph).unwrap();
        commands(&document, &document.lines_of(block), &document.code_spans_of(block), false)
            .into_iter()
            .map(|command| {
                (
                    command.code.text,
                    command.output.map(|output| output.value.text),
                    command.exit_status.map(|s| s.value),
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
}
