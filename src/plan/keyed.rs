//! Which of the commands of a block an expectation speaks of, where it says so.
//!
//! What is expected below several commands is expected of all that they print. But "the branch is `main`" below `pwd` and
//! `git branch` says whose output it is, and so does a line `12 passed` below a build and the one command that tests. Only
//! where every part of an expectation is told in this way is it laid on single steps; a guess would fail good work.

use crate::document::{CodeSpan, Document, Span, spans_in};
use crate::expectation::{Expectation, Mode};

use super::check::{Check, Confidence, ExitStatus, Kind, Stated, Step};
use super::inline::text_between;
use super::printed;
use super::said::Said;
use super::shape;
use super::words::{has_word, negates, plain, sentences};

/// The most commands, and the most texts, that are laid on each other: every pair of them is looked at.
const MOST: usize = 100;

/// A text that must be printed, with the words that say by whom.
pub(super) struct Part {
    words: String,
    text: Stated<String>,
}

/// The literals of a sentence, each with the words before it.
pub(super) fn parts_of<'c, 's: 'c>(
    document: &Document,
    lines: &[Span],
    literals: impl IntoIterator<Item = &'c CodeSpan<'s>>,
) -> Vec<Part> {
    let mut start = lines.first().map_or(0, |line| line.start);
    let part = |code: &CodeSpan<'_>| {
        let words = text_between(document, lines, start, code.outer.start.max(start));
        start = code.outer.end;
        Part { words, text: Stated::new(code.text.to_string(), code.inner) }
    };
    literals.into_iter().map(part).collect()
}

/// Lays each part on the step that its words name, if they do so for all of them.
pub(super) fn lay(check: &mut Check, parts: impl FnOnce() -> Vec<Part>) -> bool {
    let several = check.steps.len() > 1 && check.kind == Kind::Run;
    if !several || check.confidence == Confidence::Explicit || check.compares_output() {
        return false;
    }
    let parts = parts();
    let named: Option<Vec<usize>> = parts.iter().map(|part| step_named(&part.words, &check.steps)).collect();
    let Some(named) = named.filter(|named| !named.is_empty()) else { return false };
    for (index, part) in named.into_iter().zip(parts) {
        match &mut check.steps[index].output {
            Some(output) => {
                output.value.text.push('\n');
                output.value.text.push_str(&part.text.value);
                output.span = output.span.to(part.text.span);
            }
            output @ None => {
                let expectation = Expectation { mode: Mode::Lines, text: part.text.value };
                *output = Some(Stated::new(expectation, part.text.span));
            }
        }
    }
    true
}

/// Lays what a list says of the commands that its items begin with: "`make test`: all pass". False where an item begins
/// with anything else.
pub(super) fn lay_items(
    check: &mut Check,
    document: &Document,
    lines: &[Span],
    code: &[CodeSpan<'_>],
) -> bool {
    if check.steps.len() < 2
        || check.kind != Kind::Run
        || check.confidence == Confidence::Explicit
        || check.steps.len().max(lines.len()) > MOST
    {
        return false;
    }
    let source = document.source();
    let item = |line: &Span| {
        let code = spans_in(code, *line);
        let (key, literals) = code.split_first()?;
        let before = source.slice(Span::new(line.start, key.outer.start.max(line.start)));
        let leads = before.trim_start_matches(['-', '*', '_', ' ']).is_empty();
        let step = check.steps.iter().position(|step| step.command == key.text);
        let said = Span::new(key.outer.end, line.end.max(key.outer.end));
        step.filter(|_| leads).map(|step| (step, said, literals))
    };
    let Some(items) = lines.iter().map(item).collect::<Option<Vec<_>>>().filter(|items| !items.is_empty())
    else {
        return false;
    };
    for (index, span, literals) in items {
        let mut said = Said::default();
        let words = source.slice(span);
        let printed =
            !literals.is_empty() && printed::all_printed(document, &[span], literals) && !negates(words);
        if printed {
            let text = literals.iter().map(|code| code.text.as_ref()).collect::<Vec<_>>().join("\n");
            said.output = Some(Stated::new(Expectation { mode: Mode::Lines, text }, span));
        } else {
            said.sentence(words, span, &check.steps[index].command);
        }
        if said.is_silent() && words.split_whitespace().count() > 1 || said.is_silent() && !words.is_ascii() {
            let words = words.trim_matches([' ', '.', '。', ';', '；', ',', ':', '：']);
            said.prose = Some(Stated::new(words.to_owned(), span));
        }
        let step = &mut check.steps[index];
        step.output = step.output.take().or(said.output);
        let last = index + 1 == check.steps.len();
        // A step before the last has to end with 0, or the check ends with it.
        let status = said.exit_status.filter(|status| last || status.value == ExitStatus::Code(0));
        check.exit_status = check.exit_status.take().or(status);
        if let Some(prose) = said.prose {
            match &mut check.prose {
                Some(told) => told.value.extend(["; ", &prose.value]),
                told @ None => *told = Some(prose),
            }
        }
    }
    true
}

/// Lays what a sentence says of the commands that it names in turn, each up to the next. False where it names none.
pub(super) fn lay_clauses(
    check: &mut Check,
    document: &Document,
    lines: &[Span],
    code: &[CodeSpan<'_>],
) -> bool {
    if check.steps.len() < 2 || check.steps.len().max(code.len()) > MOST {
        return false;
    }
    let Some(end) = lines.last().map(|line| line.end) else { return false };
    let is_step = |code: &&CodeSpan<'_>| check.steps.iter().any(|step| step.command == code.text);
    let starts: Vec<usize> = code.iter().filter(is_step).map(|code| code.outer.start).collect();
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(end));
    let clauses: Vec<Span> = starts.iter().zip(ends).map(|(start, end)| Span::new(*start, end)).collect();
    !clauses.is_empty() && lay_items(check, document, &clauses, code)
}

/// Lays the clauses of what is expected below a list on its checks. False where no clause is told apart.
pub(super) fn lay_on_list(list: &mut [&mut Check], text: &str, span: Span) -> bool {
    /// Words of a clause that speaks of all commands, or of those that test and format.
    const ALL: &[&str] = phrases! { "all", "every", "each", "both", "tests", "commands", "checks", "everything", "formatting", "suites", "gates" };
    if list.len() > MOST || text.matches([';', '；', '.', '`']).count() > MOST {
        return false;
    }
    let mut rest: Vec<&str> = Vec::new();
    let mut told = Vec::new();
    let clauses = sentences(text).into_iter().flat_map(|range| text[range].split([';', '；']));
    for clause in clauses.map(|clause| clause.trim_matches([' ', '.'])).filter(|clause| !clause.is_empty()) {
        let lower = plain(clause);
        let codes: Vec<&str> = clause.split('`').skip(1).step_by(2).collect();
        let named = list.iter().position(|check| {
            is_silent(check)
                && check.steps.first().is_some_and(|step| {
                    let program = shape::program(&step.command).map_or("", |(program, _)| program);
                    codes.iter().any(|code| *code == step.command || shape::base(program) == *code)
                })
        });
        let mut said = Said::default();
        said.sentence(
            clause,
            span,
            named.and_then(|at| list[at].steps.first()).map_or("", |step| &step.command),
        );
        match named {
            Some(at) => {
                if said.is_silent() {
                    said.prose = Some(Stated::new(clause.to_owned(), span));
                }
                told.push((Some(at), said));
            }
            None if said.succeeds() && has_word(&lower, ALL) => told.push((None, said)),
            None => rest.push(clause),
        }
    }
    if told.is_empty() {
        return false;
    }
    // What names its command comes first, since the others are those of which nothing is said.
    told.sort_by_key(|(at, _)| at.is_none());
    for (at, said) in told {
        let status = said.exit_status.clone();
        match at.and_then(|at| list.get_mut(at)) {
            Some(check) => {
                check.output = said.output;
                check.must_not_output.extend(said.must_not_output);
                check.exit_status = said.exit_status;
                check.prose = said.prose;
            }
            None => list
                .iter_mut()
                .filter(|check| is_silent(check))
                .for_each(|check| check.exit_status.clone_from(&status)),
        }
    }
    if let Some(last) = list.last_mut().filter(|last| !rest.is_empty() && last.prose.is_none()) {
        last.prose = Some(Stated::new(rest.join("; "), span));
    }
    true
}

/// Lays success on those of some checks of which nothing was said; whether there are any.
pub(super) fn lay_success<'c>(checks: impl Iterator<Item = &'c mut Check>, span: Span) -> bool {
    let mut any = false;
    for check in checks.filter(|check| is_silent(check)) {
        check.exit_status = Some(Stated::new(ExitStatus::Code(0), span));
        any = true;
    }
    any
}

/// Whether nothing was said of a check that runs.
fn is_silent(check: &Check) -> bool {
    check.confidence == Confidence::Inferred && is_untold(check)
}

/// The same of one that a field gave, too.
pub(super) fn is_untold(check: &Check) -> bool {
    check.kind == Kind::Run
        && !check.compares_output()
        && check.exit_status.is_none()
        && check.prose.is_none()
}

/// Lays the lines of a block that the check must print on single steps, if all of them say whose they are.
pub(super) fn lay_lines(check: &mut Check) {
    if check.steps.len() < 2 || check.output.as_ref().is_none_or(|output| output.value.mode != Mode::Lines) {
        return;
    }
    let Some(output) = check.output.take() else { return };
    let lines = output.value.text.lines().filter(|line| !line.trim().is_empty());
    let parts =
        lines.map(|line| Part { words: line.to_owned(), text: Stated::new(line.to_owned(), output.span) });
    if !lay(check, || parts.collect()) {
        check.output = Some(output);
    }
}

/// The one of several steps that words name: the nearest word that stands in one command alone, or the verdict of a test
/// runner where one command alone is one.
fn step_named(words: &str, steps: &[Step]) -> Option<usize> {
    let lower = words.to_lowercase();
    let only = |is: &dyn Fn(&str) -> bool| {
        let mut found = steps.iter().enumerate().filter(|(_, step)| {
            // Assignments before a command are of its surroundings.
            let (program, arguments) = shape::program(&step.command).unwrap_or_default();
            parts(program).chain(parts(arguments)).any(|part| is(&part.to_ascii_lowercase()))
        });
        let first = found.next();
        first.filter(|_| found.next().is_none()).map(|(index, _)| index)
    };
    let by_word = parts(&lower).collect::<Vec<_>>().into_iter().rev().find_map(|word| {
        let singular = word.strip_suffix('s').unwrap_or(word);
        // Shorter words are of every language and no command.
        (singular.len() >= 4).then(|| only(&|part| part == word || part == singular)).flatten()
    });
    let verdict = lower.trim_start().starts_with("ok") || lower.contains(" passed");
    // A plural names a folder.
    by_word.or_else(|| verdict.then(|| only(&|part| part.ends_with("test"))).flatten())
}

/// The words of a text or command.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::script::one_step;

    #[test]
    fn words_name_the_only_command_that_has_them() {
        let steps =
            ["pwd", "A_TESTS=0 git branch --show-current", "cargo test --all", "cargo fmt --all tests"]
                .map(|command| one_step(command, Span::default()));
        for (words, named) in [
            ("you are in the tree, the branch is ", Some(1)),
            ("the unit tests say ", None),
            ("the cargo output is ", None),
            ("OK (skipped=2)", Some(2)),
            ("12 passed", Some(2)),
            ("it says ", None),
        ] {
            assert_eq!(step_named(words, &steps), named, "{words}");
        }
    }
}
