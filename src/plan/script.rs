//! The lines of a block to the steps of a script: prompts, comments, continuations, here-documents, loops.

use std::collections::VecDeque;

use smallvec::smallvec;

use crate::document::{Lines, Source, Span};
use crate::expectation::{Expectation, Mode};

use super::check::{ExitStatus, Stated, Step};
use super::directory::{self, Place};
use super::said::Said;
use super::{predicate, refusal, service, shape};

/// The steps in the lines of a code block or of a flattened paragraph.
///
/// Where any line has a `$ ` prompt the block is a transcript: only prompted lines are commands, and the lines
/// below each are what it must print. Otherwise each complete command is a step. Comments and blank lines are
/// dropped.
pub(super) fn steps(source: &Source, lines: &[Span]) -> Vec<Step> {
    if lines.iter().any(|line| prompt(source.slice(*line)).is_some()) {
        transcript(source, lines)
    } else {
        commands(source, lines)
    }
}

/// Whether a block shows a session: a prompt stands before its commands.
pub(super) fn is_transcript(source: &Source, lines: &[Span]) -> bool {
    lines.iter().any(|line| prompt(source.slice(*line)).is_some())
}

/// One command in a code span or on a line of its own.
pub(super) fn one_step(command: &str, span: Span) -> Step {
    let (command, lines) = (command.to_owned(), smallvec![span]);
    Step { command, span, lines, pipefail: false, output: None, parts: Vec::new() }
}

/// How a shell is told that a pipeline fails with any of its commands.
const PIPEFAIL: &str = "set -o pipefail";

/// The commands that make these steps, each with what it must print: as they stand in the plan, with `set -o pipefail`
/// before the first that it holds for.
pub(super) fn written(steps: &[Step]) -> impl Iterator<Item = (&str, Option<&Stated<Expectation>>)> {
    let mut pipefail = false;
    steps.iter().flat_map(move |step| {
        let sets = step.pipefail && !std::mem::replace(&mut pipefail, step.pipefail);
        let setting = sets.then_some((PIPEFAIL, None));
        setting.into_iter().chain([(step.command.as_str(), step.output.as_ref())])
    })
}

/// Takes that out where it stands on a line of its own, for the commands below it: it proves nothing by itself. Where
/// anything else changes that setting, all stays as it is.
pub(super) fn settle_pipefail(steps: &mut Vec<Step>) {
    let sets = |step: &Step| {
        let words = || step.command.trim_end_matches(';').split_whitespace();
        step.command.starts_with("set") && words().eq(PIPEFAIL.split(' ')) && step.output.is_none()
    };
    let else_changes = |step: &Step| step.command.contains("pipefail") && !sets(step);
    if steps.last().is_none_or(sets) || !steps.iter().any(sets) || steps.iter().any(else_changes) {
        return;
    }
    let mut pipefail = false;
    steps.retain_mut(|step| {
        let is_setting = sets(step);
        pipefail |= is_setting;
        step.pipefail |= pipefail;
        !is_setting
    });
}

/// The length of a prompt at the start of a line: `$ `, `% `, `❯ `, `path$ `, `user@host:path$ `.
fn prompt(line: &str) -> Option<usize> {
    /// The longest prompt that is looked for, in bytes.
    const LONGEST: usize = 60;
    let blanks = line.len() - line.trim_start().len();
    let said = &line[blanks..];
    if let Some(mark) = ["$ ", "% ", "❯ ", "➜ "].into_iter().find(|mark| said.starts_with(mark)) {
        return Some(blanks + mark.len());
    }
    // A path before the mark; nothing that a command could begin with stands in it but a word without blanks.
    let limit = said.floor_char_boundary(LONGEST.min(said.len()));
    let at = said[..limit].find("$ ")?;
    let before = &said[..at];
    let is_path = !before.is_empty()
        && before.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/~_-.:@".contains(&byte))
        && before.contains(['/', '~', '@']);
    is_path.then_some(blanks + at + 2)
}

/// The commands of a block by the directory that they run in.
///
/// `cd web` on a line of its own is where the lines after it run, and no command that proves anything. `cd web && make`
/// begins anew from where the block began, as its author does who writes one such line below another. Where the block
/// goes to a place that cannot be named (`cd "$tmp"`, `mkdir x && cd x`), all of it is one command, since none of its
/// lines means anything without the others.
pub(super) fn by_directory(
    source: &Source,
    mut steps: Vec<Step>,
    place: Option<&Place>,
) -> Vec<(Vec<Step>, Option<Place>)> {
    let moves = |step: &Step| {
        directory_of(step).is_some()
            || step
                .command
                .split([' ', '\t', '\n', ';', '('])
                .any(|word| matches!(word, "cd" | "pushd" | "popd"))
    };
    let goes_elsewhere = steps.iter().any(moves);
    let written = if goes_elsewhere { steps.clone() } else { Vec::new() };
    settle_pipefail(&mut steps);
    if steps.len() < 2 || !goes_elsewhere {
        return vec![(steps, place.cloned())];
    }
    let mut groups: Vec<(Vec<Step>, Option<Place>)> = vec![(Vec::new(), place.cloned())];
    for step in &steps {
        let begins_anew = enters_and_runs(&step.command);
        if begins_anew || directory_of(step).is_none() {
            if begins_anew {
                groups.push((Vec::new(), place.cloned()));
            }
            let goes_astray = moves(step) && !begins_anew && !step.command.starts_with('(');
            if goes_astray && Some(step) != steps.last() {
                return vec![(vec![whole(source, &written)], place.cloned())];
            }
            if let Some((group, _)) = groups.last_mut() {
                group.push(step.clone());
            }
            continue;
        }
        let here = groups.last().and_then(|(_, place)| place.clone());
        let Some(there) = entered(step, here.as_ref()) else {
            return vec![(vec![whole(source, &written)], place.cloned())];
        };
        groups.push((Vec::new(), Some(there)));
    }
    groups.retain(|(group, _)| !group.is_empty());
    groups
}

/// `cd web && make`, with a directory below or a whole path, and nothing more that leads elsewhere.
fn enters_and_runs(command: &str) -> bool {
    let Some((path, rest)) = command.strip_prefix("cd ").and_then(|rest| rest.split_once("&&")) else {
        return false;
    };
    let plain = path.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-.@".contains(&byte));
    let elsewhere = path.trim().is_empty() || path.starts_with('-') || path.starts_with("..");
    let moves_on = rest.split([' ', '\t', ';', '(']).any(|word| matches!(word, "cd" | "pushd" | "popd"));
    plain && !elsewhere && !moves_on
}

/// All steps as one.
fn whole(source: &Source, steps: &[Step]) -> Step {
    let lines: Lines = steps.iter().flat_map(|step| step.lines.iter().copied()).collect();
    let span = Span::over(&lines);
    let mut parts = Vec::with_capacity(steps.len());
    let mut start = 0;
    for step in steps {
        parts.push(start);
        // A line of a step is followed by the line feed that joins it to the next.
        start += step.lines.iter().map(|line| line.len() + 1).sum::<usize>();
    }
    let pipefail = steps.iter().any(|step| step.pipefail);
    Step { command: text(source, &lines), span, lines, pipefail, output: None, parts }
}

/// The directory that a step enters or states, `cd web` or `workdir=web`, if it does no more. A shell would set a variable
/// that nothing reads.
fn directory_of(step: &Step) -> Option<&str> {
    let path = ["cd ", "workdir=", "cwd=", "working_directory="]
        .iter()
        .find_map(|start| step.command.strip_prefix(start));
    path.filter(|path| step.command.starts_with("cd ") || !path.contains([' ', ';', '&', '|']))
}

/// Where a step leads that does nothing but enter a directory.
fn entered(step: &Step, here: Option<&Place>) -> Option<Place> {
    let path = directory_of(step)?.trim().trim_matches(['"', '\'']);
    // A path on Windows leads nowhere here, but may be the author's checkout.
    let signs: &[u8] = if directory::is_absolute(path) { b"/~_-.@:\\" } else { b"/~_-.@" };
    let plain =
        path.bytes().all(|byte| byte.is_ascii_alphanumeric() || signs.contains(&byte) || byte >= 0x80);
    if !plain || path.is_empty() || path == "-" {
        return None;
    }
    let stated = |path: &str| Stated::new(path.trim_end_matches(['/', '\\']).to_owned(), step.span);
    if directory::is_absolute(path) {
        // What a block only states is the author's checkout, as all of the plan's commands run in it.
        let states = !step.command.starts_with("cd ");
        return Some(if states { Place::Checkout(stated(path)) } else { Place::Absolute(stated(path)) });
    }
    // "From `web`:" and then `cd web` names one place twice.
    if matches!(here, Some(Place::Below(below)) if below.value.trim_end_matches('/') == path.trim_end_matches('/'))
    {
        return here.cloned();
    }
    let base = match here {
        Some(Place::Below(below)) => below.value.as_str(),
        Some(Place::Absolute(path)) => path.value.as_str(),
        None | Some(Place::Root | Place::RootAt(_) | Place::Checkout(_)) => "",
    };
    let mut parts: Vec<&str> = base.split('/').collect();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if part == ".." {
            // A way out of the repository leads nowhere that can be named.
            parts.pop().filter(|part| !part.is_empty())?;
        } else {
            parts.push(part);
        }
    }
    let there = parts.join("/");
    Some(match here {
        Some(Place::Absolute(_)) => Place::Absolute(stated(&there)),
        Some(Place::Below(_) | Place::Root | Place::RootAt(_) | Place::Checkout(_)) | None => {
            match there.trim_start_matches('/') {
                "" => Place::Root,
                below => Place::Below(stated(below)),
            }
        }
    })
}

/// The steps of a block that are one check.
pub(super) struct Part {
    pub(super) steps: Vec<Step>,
    /// Whether the first serves the others.
    pub(super) serves: bool,
    /// What the block set up before a service, which begins its check, so that it runs without.
    pub(super) without: Vec<Step>,
}

/// The steps of a block as those of its checks.
///
/// A command that serves never ends, so that nothing would run after it: it begins a check of its own, and what
/// follows is served by it. What needs a person is told apart, so that the rest can run without one. So is what must
/// fail by its own comment, since the first step that fails ends a check.
pub(super) fn parts(source: &Source, steps: Vec<Step>) -> Vec<Part> {
    /// The most of what is set up that is carried on, since each part gets a copy.
    const MOST: usize = 16;
    let mut parts: Vec<Part> = Vec::new();
    let mut alone = false;
    // What the steps so far have set up for the shell, which those behind a cut need, too.
    let mut carried: Vec<Step> = Vec::new();
    for step in steps {
        let serves = service::serves(&step.command) && !step.command.trim_end().ends_with('&');
        let refused = refusal::of_command(&step.command, false).is_some();
        let status = expected_in_comment(source, &step).and_then(|said| said.exit_status);
        let fails = status.is_some_and(|status| status.value != ExitStatus::Code(0));
        let without = if serves { carried.clone() } else { Vec::new() };
        match parts.last_mut() {
            Some(part) if !serves && !refused && !alone => part.steps.push(step.clone()),
            // By itself, to set something up proves nothing.
            Some(part) if part.steps.iter().all(sets_up) => {
                part.steps.retain(|_| !refused && !serves);
                part.steps.push(step.clone());
                (part.serves, part.without) = (serves, without);
            }
            _ if serves || refused => parts.push(Part { steps: vec![step.clone()], serves, without }),
            _ => {
                let steps = carried.iter().cloned().chain([step.clone()]).collect();
                parts.push(Part { steps, serves, without });
            }
        }
        if sets_up(&step) && carried.len() < MOST {
            carried.push(step);
        }
        alone = refused || fails;
    }
    parts
}

/// Whether a step does nothing but set up the shell for those below it.
fn sets_up(step: &Step) -> bool {
    match shape::program(&step.command) {
        // `$env:DEBUG = "1"` is that of PowerShell.
        Some((program, _)) => matches!(program, "export" | "source" | ".") || program.starts_with("$env:"),
        None => step.command.contains('='),
    }
}

fn transcript(source: &Source, lines: &[Span]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut output: Vec<Span> = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        if let Some(length) = prompt(source.slice(lines[index])) {
            give_output(source, steps.last_mut(), &mut output);
            let first = Span::new(lines[index].start + length, lines[index].end);
            let mut command: Lines = smallvec![first];
            let mut state = Completeness::default();
            state.line(source.slice(first));
            while index + 1 < lines.len() && !state.is_complete() {
                index += 1;
                let line = lines[index];
                let continued = source.slice(line);
                let continued = continued.strip_prefix("> ").unwrap_or(continued);
                state.line(continued);
                command.push(Span::new(line.end - continued.len(), line.end));
            }
            push_step(source, &mut steps, command);
        } else {
            output.push(lines[index]);
        }
        index += 1;
    }
    give_output(source, steps.last_mut(), &mut output);
    steps
}

/// What stands below a prompt becomes what that step must print.
fn give_output(source: &Source, step: Option<&mut Step>, output: &mut Vec<Span>) {
    let lines = std::mem::take(output);
    let said = text(source, &lines);
    if let (Some(step), false, Some(first), Some(last)) =
        (step, said.trim().is_empty(), lines.first(), lines.last())
    {
        step.output = Some(Stated::new(Expectation { mode: Mode::Lines, text: said }, first.to(*last)));
    }
}

fn commands(source: &Source, lines: &[Span]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut open = Lines::new();
    let mut state = Completeness::default();
    for &line in lines {
        let said = source.slice(line);
        if open.is_empty() && (said.trim().is_empty() || said.trim_start().starts_with('#')) {
            continue;
        }
        state.line(said);
        open.push(line);
        if state.is_complete() {
            push_step(source, &mut steps, std::mem::take(&mut open));
            state = Completeness::default();
        }
    }
    if !open.is_empty() {
        push_step(source, &mut steps, open);
    }
    steps
}

fn push_step(source: &Source, steps: &mut Vec<Step>, mut lines: Lines) {
    // Blanks before and after a command mean nothing, except inside a here-document or quotes.
    if let [line] = lines.as_mut_slice() {
        let said = source.slice(*line);
        let start = line.start + (said.len() - said.trim_start().len());
        *line = Span::new(start, start + shape::without_comment(said.trim()).len());
    }
    let command = text(source, &lines);
    if !command.trim().is_empty() {
        let span = Span::over(&lines);
        steps.push(Step { command, span, lines, pipefail: false, output: None, parts: Vec::new() });
    }
}

/// What a comment behind a command says that it must do: `make test  # expect 12 passed`.
///
/// A comment is no part of a command; only one that begins as an expectation is more than a remark.
pub(super) fn expected_in_comment(source: &Source, step: &Step) -> Option<Said> {
    let [line] = step.lines.as_slice() else { return None };
    let index = source.line_index(line.start);
    let whole = source.line(index);
    let span = Span::new(line.end, whole.end.max(line.end));
    // A line of its own below a command that begins as an expectation speaks of that one.
    let below = || (index + 1 < source.line_count()).then(|| source.line(index + 1));
    let is_expectation = |line: &Span| {
        source.slice(*line).trim_start().strip_prefix('#').is_some_and(|comment| {
            let comment = comment.trim_start_matches(['#', ' ']).to_ascii_lowercase();
            ["expect", "期待", "预期", "=>", "→"].iter().any(|word| comment.starts_with(word))
        })
    };
    let span = if source.slice(span).trim().is_empty() {
        below().filter(is_expectation).unwrap_or(span)
    } else {
        span
    };
    let Some(comment) = source.slice(span).trim_start().strip_prefix('#') else {
        return looked_for(source, step, index);
    };
    let comment = comment.trim_start_matches(['#', ' ']);
    // "curl -w '%{http_code}' …  # 400": what prints one number is told which.
    let number = comment.trim_end();
    if number.parse::<u32>().is_ok() && prints_a_number(&step.command) {
        let expectation = Expectation { mode: Mode::Lines, text: number.to_owned() };
        return Some(Said { output: Some(Stated::new(expectation, span)), ..Said::default() });
    }
    let expects = ["expect", "should", "must", "=>", "->", "→", "期待", "预期"]
        .iter()
        .any(|word| comment.starts_with(word));
    if !expects && !comment.to_ascii_lowercase().starts_with("expect") {
        return None;
    }
    let mut said = Said::default();
    said.sentence(comment, span, &step.command);
    if said.is_silent() {
        said.prose = Some(Stated::new(comment.trim_end().to_owned(), span));
    }
    Some(said)
}

/// Whether a command prints one number.
fn prints_a_number(command: &str) -> bool {
    ["%{http_code}", "%{response_code}", "wc -l", "grep -c"].iter().any(|part| command.contains(part))
}

/// "# Check for errors" above a search: it ends well exactly where something is found, and whether that is good news only
/// a person can tell.
fn looked_for(source: &Source, step: &Step, index: usize) -> Option<Said> {
    const LOOKS: &[&str] =
        phrases! { "check ", "look ", "verify ", "confirm ", "ensure ", "make sure ", "search ", "watch " };
    let searches = step.command.split('|').any(|part| predicate::searches(part.trim()));
    let above = source.line(index.checked_sub(1).filter(|_| searches)?);
    let comment = source.slice(above).trim_start().strip_prefix('#')?.trim_matches(['#', ' ']);
    let lower = comment.to_ascii_lowercase();
    LOOKS.iter().any(|look| lower.starts_with(look)).then(|| {
        let prose = Some(Stated::new(comment.to_owned(), above));
        Said { prose, ..Said::default() }
    })
}

/// Some lines of a source as one text.
pub(super) fn text(source: &Source, lines: &[Span]) -> String {
    lines.iter().map(|line| source.slice(*line)).collect::<Vec<_>>().join("\n")
}

/// Whether the lines read so far are whole commands: no open quote, here-document, continuation, group or compound
/// command. Errs on the side of going on; the policy then reads what was put together.
#[derive(Default)]
struct Completeness {
    quote: Option<char>,
    /// Delimiters of here-documents whose bodies are still to come, with whether tabs are stripped.
    here_documents: VecDeque<(String, bool)>,
    depth: usize,
    continued: bool,
}

impl Completeness {
    fn is_complete(&self) -> bool {
        self.quote.is_none() && self.here_documents.is_empty() && self.depth == 0 && !self.continued
    }

    fn line(&mut self, line: &str) {
        if let Some((delimiter, tabs)) = self.here_documents.front() {
            let end = if *tabs { line.trim_start_matches('\t') } else { line };
            if end == delimiter {
                self.here_documents.pop_front();
            }
            return;
        }
        self.continued = false;
        let mut word = String::new();
        let mut characters = line.char_indices().peekable();
        let mut command_position = true;
        while let Some((at, character)) = characters.next() {
            if let Some(quote) = self.quote {
                match character {
                    '\\' if quote == '"' => drop(characters.next()),
                    _ if character == quote => self.quote = None,
                    _ => {}
                }
                continue;
            }
            match character {
                '\\' => {
                    self.continued = characters.next().is_none();
                    word.push('\\');
                }
                '\'' | '"' => {
                    self.quote = Some(character);
                    word.push(character);
                }
                '#' if word.is_empty() => break,
                '<' if line[at..].starts_with("<<") && !line[at..].starts_with("<<<") => {
                    characters.next();
                    self.here_document(&line[at + 2..]);
                }
                '<' if line[at..].starts_with("<<<") => {
                    characters.next();
                    characters.next();
                }
                '(' | ')' | ';' | '|' | '&' | ' ' | '\t' => {
                    command_position = self.word(&word, command_position);
                    word.clear();
                    match character {
                        '(' => self.depth += 1,
                        ')' => self.depth = self.depth.saturating_sub(1),
                        _ => {}
                    }
                    command_position |= !matches!(character, ' ' | '\t');
                }
                _ => word.push(character),
            }
        }
        self.word(&word, command_position);
        let said = line.trim_end();
        self.continued |=
            self.quote.is_none() && (said.ends_with("&&") || (said.ends_with('|') && !said.ends_with("\\|")));
    }

    /// Counts the keywords that open and close compound commands; whether the next word starts a command.
    fn word(&mut self, word: &str, command_position: bool) -> bool {
        if word.is_empty() {
            return command_position;
        }
        if !command_position {
            // `in` of `for x in …; do` is no command, what follows `do` is.
            return false;
        }
        match word {
            "if" | "while" | "until" | "{" => {
                self.depth += 1;
                true
            }
            "for" | "case" | "select" => {
                self.depth += 1;
                false
            }
            "fi" | "done" | "esac" | "}" => {
                self.depth = self.depth.saturating_sub(1);
                false
            }
            "then" | "else" | "elif" | "do" | "!" | "time" => true,
            _ => word.contains('='),
        }
    }

    fn here_document(&mut self, rest: &str) {
        let (rest, tabs) = match rest.strip_prefix('-') {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let delimiter: String = rest
            .trim_start()
            .chars()
            .take_while(|character| {
                !character.is_whitespace() && !matches!(character, ';' | '|' | '&' | ')' | '>')
            })
            .filter(|character| !matches!(character, '\'' | '"' | '\\'))
            .collect();
        if !delimiter.is_empty() {
            self.here_documents.push_back((delimiter, tabs));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Step> {
        let source = Source::from_bytes("p.md", text.as_bytes().to_vec()).unwrap();
        let lines: Vec<Span> = (0..source.line_count()).map(|line| source.line(line)).collect();
        steps(&source, &lines)
    }

    fn words(text: &str) -> Vec<String> {
        read(text).into_iter().map(|step| step.command).collect()
    }

    #[test]
    fn each_line_is_a_step_and_comments_are_dropped() {
        assert_eq!(words("# build\ncd app\n\n  make test # all\n"), ["cd app", "make test"]);
    }

    #[test]
    fn what_goes_on_over_lines_is_one_step() {
        for text in [
            "cargo test \\\n  --all",
            "make &&\nmake test",
            "ls |\nwc -l",
            "for f in a b; do\n  echo $f\ndone",
            "if true; then\n  ls\nfi",
            "cat <<'EOF'\n# kept\n\nEOF",
            "cat <<-EOF | tee x\n\tbody\n\tEOF",
            "echo 'one\ntwo'",
            "(\ncd a\nls\n)",
            "f() {\n  ls\n}",
            "x=$(\nls\n)",
        ] {
            assert_eq!(words(text), [text], "{text}");
        }
    }

    #[test]
    fn text_that_only_looks_open_does_not_go_on() {
        assert_eq!(words("echo for\necho done"), ["echo for", "echo done"]);
        assert_eq!(words("echo \"it's\"\nls"), ["echo \"it's\"", "ls"]);
        assert_eq!(words("wc -l <<< x\nls"), ["wc -l <<< x", "ls"]);
    }

    #[test]
    fn a_transcript_gives_each_prompted_command_its_output() {
        let steps = read("$ echo hi\nhi\n\n$ cat <<E\n> x\n> E\nx\n$ true\n");
        assert_eq!(steps[0].command, "echo hi");
        assert_eq!(steps[0].output.as_ref().unwrap().value.text.trim(), "hi");
        assert_eq!(steps[1].command, "cat <<E\nx\nE");
        assert!(steps[2].output.is_none());
    }
}
