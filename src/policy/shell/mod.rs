//! Reads a shell script to its simple commands, and says what in it was not understood.
//!
//! The script is read as bash reads it, strictly: nothing is repaired, and whatever this reader does not
//! know for certain becomes an [`Unclear`], which the policy turns into `ask`. Commands are collected from
//! every branch, function and substitution, whether or not they would ever be reached.

mod ansi;
mod carrier;
mod compound;
mod document;
mod invocation;
mod parser;
mod program;
mod sed;
mod unread;
mod word;
mod wrapper;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_meaning;

use std::collections::HashSet;
use std::ops::Range;

pub(crate) use invocation::arguments;
pub use invocation::{Arguments, Flag, Invocation, Outer};
pub(crate) use program::normalised as program_name;

/// How deep constructs may be nested in one another before the reader gives up (and asks).
const DEPTH: usize = 64;
/// How long a script may be, in bytes, before the reader gives up (and asks).
const SIZE: usize = 1 << 20;
/// How many simple commands one script may have before the reader gives up (and asks).
const COMMANDS: usize = 20_000;

/// What a script says: its simple commands, in the order of the text, and what was not understood.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The simple commands, also those inside substitutions, `sh -c '…'` and `eval '…'`.
    pub commands: Vec<SimpleCommand>,
    /// What was not understood; never empty when a command may have escaped the reader.
    pub unclear: Vec<Unclear>,
    scopes: Vec<Scope>,
    /// How many bytes were read, those of nested scripts again.
    size: usize,
}

/// A part of the script that was not understood, and is therefore to be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    /// Byte range in the script.
    pub span: Range<usize>,
    /// Why, in lower case and without a full stop.
    pub reason: String,
}

/// A simple command: assignments, words and redirections between two control operators.
///
/// The redirections of a compound command (`{ …; } > file`) and the variable of a loop stand in a simple
/// command without words.
#[derive(Debug, Clone)]
pub struct SimpleCommand {
    /// `NAME=value` before the first word.
    pub assignments: Vec<Assignment>,
    /// The program and its arguments.
    pub words: Vec<Word>,
    /// Redirections, in the order written.
    pub redirections: Vec<Redirection>,
    /// Byte range in the script; for commands inside `sh -c '…'`, that of the outer word.
    pub span: Range<usize>,
    /// Where it stands in a pipeline.
    pub pipeline: PipelinePlace,
    /// What it means: the program called by the words, then the one called by that (`sudo rm` is two).
    pub invocations: Vec<Invocation>,
    scope: usize,
}

/// Where a simple command stands in a pipeline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PipelinePlace {
    /// Its standard input is a pipe, or is that of a compound command with redirected input.
    pub fed: bool,
    /// It is (in) the last element of a pipeline of at least two.
    pub last: bool,
}

/// `NAME=value`; a loop over words gives one for each word.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// What it is set to.
    pub value: Word,
}

/// One shell word, its quotes removed.
#[derive(Debug, Clone, Default)]
pub struct Word {
    /// The decoded text, or nothing if it is computed at run time.
    pub text: Option<String>,
    /// Byte range in the script, quotes included.
    pub span: Range<usize>,
    /// It holds an unquoted `*`, `?` or `[`, so that file names may take its place.
    pub globbed: bool,
    /// It begins with an unquoted `~`.
    pub tilde: bool,
    /// It may become no word at all or several (an unquoted `$x`, `"$@"`, `{a,b}`).
    pub splits: bool,
    /// The text before the first part that is computed at run time; empty for a constant word.
    pub prefix: String,
    /// For `$NAME` followed by constant text only: the name and that text.
    pub variable: Option<(String, String)>,
}

/// One redirection.
#[derive(Debug, Clone)]
pub struct Redirection {
    /// What kind of redirection it is.
    pub kind: RedirectionKind,
    /// It may create or change the file that `target` names.
    pub writes: bool,
    /// The file descriptor written before the operator.
    pub fd: Option<u32>,
    /// The file, descriptor, here-string, or body of the here-document.
    pub target: Word,
    /// Byte range of operator and operand.
    pub span: Range<usize>,
}

/// What a redirection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectionKind {
    /// `<`
    Input,
    /// `>`, `>>`, `>|`, `&>`, `&>>`
    Output,
    /// `<>`
    InputOutput,
    /// `>&` and `<&`
    Duplicate,
    /// `<<` and `<<-`
    HereDocument,
    /// `<<<`
    HereString,
}

/// A part of the script with a working directory of its own, or with an uncertain one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) parent: usize,
    pub(crate) kind: ScopeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    /// `cd` inside has no effect outside.
    Subshell,
    /// May not be run at all: after a `cd` inside, the directory outside is not known.
    Branch,
    /// May be run several times: after a `cd` inside, the directory is known nowhere.
    Loop,
    /// Run later, wherever the shell is then: functions and traps.
    Later,
}

/// Where a piece of text stands in the script.
#[derive(Debug, Clone)]
enum Origin {
    /// Copied unchanged from this offset.
    At(usize),
    /// Decoded from this range.
    Within(Range<usize>),
}

impl Origin {
    fn span(&self, start: usize, end: usize) -> Range<usize> {
        match self {
            Origin::At(offset) => offset + start..offset + end,
            Origin::Within(span) => span.clone(),
        }
    }
}

impl Word {
    /// It may turn out to be an option when the script runs.
    pub(crate) fn may_be_option(&self) -> bool {
        match &self.text {
            // Only a pattern without a fixed beginning, dot or slash can be completed to `-rf`.
            Some(text) => {
                self.globbed && text.starts_with(['*', '?', '[', '-']) && !text.contains(['.', '/'])
            }
            None => self.splits || self.prefix.is_empty() || self.prefix.starts_with('-'),
        }
    }

    /// The text, if it is constant and no file name takes its place.
    pub(crate) fn constant(&self) -> Option<&str> {
        self.text.as_deref().filter(|_| !self.globbed)
    }
}

impl Redirection {
    /// It gives the command its standard input.
    pub(crate) fn feeds(&self) -> bool {
        match self.kind {
            RedirectionKind::Output => false,
            RedirectionKind::Input
            | RedirectionKind::InputOutput
            | RedirectionKind::Duplicate
            | RedirectionKind::HereDocument
            | RedirectionKind::HereString => self.fd.unwrap_or(0) == 0,
        }
    }
}

impl SimpleCommand {
    /// The scope that decides its working directory; an index for [`Reading::scope`].
    pub(crate) fn scope(&self) -> usize {
        self.scope
    }
}

impl Reading {
    /// The scope with this index; 0 is the script itself, its own parent.
    pub(crate) fn scope(&self, index: usize) -> Scope {
        self.scopes.get(index).copied().unwrap_or(Scope { parent: 0, kind: ScopeKind::Subshell })
    }

    fn open_scope(&mut self, parent: usize, kind: ScopeKind) -> usize {
        self.scopes.push(Scope { parent, kind });
        self.scopes.len() - 1
    }

    fn unclear(&mut self, span: Range<usize>, reason: impl Into<String>) {
        self.unclear.push(Unclear { span, reason: reason.into() });
    }

    /// Reads one piece of shell text and gives every command its meaning.
    fn fragment(&mut self, text: &str, origin: &Origin, place: &Fragment) {
        self.size += text.len();
        if place.depth > DEPTH || self.size > 4 * SIZE {
            self.unclear(origin.span(0, text.len()), "commands are nested too deeply");
            return;
        }
        let first = self.commands.len();
        parser::Parser::new(text, origin.clone(), place, self).script();
        let parsed = self.commands.split_off(first);
        for command in parsed {
            if self.commands.len() >= COMMANDS {
                self.unclear(command.span, format!("more than {COMMANDS} commands"));
                return;
            }
            self.interpret(command, place);
        }
    }

    /// Adds a command with its meaning, and then the commands that it carries as text.
    fn interpret(&mut self, mut command: SimpleCommand, place: &Fragment) {
        let unwrapped = invocation::unwrap(&command, &place.via);
        command.invocations = unwrapped.invocations;
        self.unclear.extend(unwrapped.unclear);
        let carried = carrier::carried(&command);
        let (scope, fed) = (command.scope, command.pipeline.fed);
        self.commands.push(command);
        self.unclear.extend(carried.unclear);
        for code in carried.code {
            let scope = code.scope.map_or(scope, |kind| self.open_scope(scope, kind));
            let inner = Fragment {
                depth: place.depth + 1,
                scope,
                fed,
                posix: code.posix || place.posix,
                via: code.via,
            };
            self.fragment(&code.text, &Origin::Within(code.span), &inner);
        }
    }
}

/// Where a piece of shell text is run.
#[derive(Debug, Clone, Default)]
struct Fragment {
    depth: usize,
    scope: usize,
    fed: bool,
    /// Run by `sh`, which may be another shell than bash.
    posix: bool,
    via: Vec<Outer>,
}

/// Reads a shell script to its simple commands. Offsets are byte ranges in `script`.
pub fn read(script: &str) -> Reading {
    let mut reading = Reading::default();
    reading.open_scope(0, ScopeKind::Subshell);
    if script.len() > SIZE {
        reading.unclear(0..script.len(), "the script is longer than 1 MiB");
        return reading;
    }
    unseen_characters(script, &mut reading);
    reading.fragment(script, &Origin::At(0), &Fragment::default());
    own_files(&mut reading);
    reading
}

/// Reports programs and scripts that the script itself writes: their contents are not read.
fn own_files(reading: &mut Reading) {
    let name = |word: &Word| Some(word.text.as_deref()?.rsplit('/').next()?.to_owned());
    let written: HashSet<String> = reading
        .commands
        .iter()
        .flat_map(written_by)
        .filter_map(name)
        .filter(|name| !name.is_empty())
        .collect();
    let runs = |invocation: &&Invocation| {
        let script = invocation.words().iter().find(|word| !word.may_be_option() && !is_option(word));
        let script = script.filter(|_| carrier::runs_files(&invocation.program));
        invocation.is_path() && written.contains(&invocation.program)
            || script.and_then(name).is_some_and(|name| written.contains(&name))
    };
    let found = reading.commands.iter().flat_map(|command| command.invocations.iter().filter(runs));
    let spans: Vec<_> = found.map(|invocation| invocation.span.clone()).collect();
    for span in spans {
        reading.unclear(span, "a program that the script itself writes");
    }
}

/// Words that may name files which the command writes.
fn written_by(command: &SimpleCommand) -> impl Iterator<Item = &Word> {
    let writers =
        |invocation: &&Invocation| matches!(&*invocation.program, "tee" | "cp" | "mv" | "ln" | "install");
    let operands = command.invocations.iter().filter(writers).flat_map(Invocation::words);
    command.redirections.iter().filter(|it| it.writes).map(|it| &it.target).chain(operands)
}

fn is_option(word: &Word) -> bool {
    word.text.as_deref().is_some_and(|text| text.starts_with('-'))
}

/// Reports characters that a reviewer does not see, or sees elsewhere than the shell does.
fn unseen_characters(script: &str, reading: &mut Reading) {
    let mut end_of_last = usize::MAX;
    for (start, c) in script.char_indices().filter(|&(_, c)| is_unseen(c)) {
        let end = start + c.len_utf8();
        match reading.unclear.last_mut() {
            Some(last) if end_of_last == start => last.span.end = end,
            _ => {
                let reason = format!("the invisible or control character U+{:04X}", u32::from(c));
                reading.unclear(start..end, reason);
            }
        }
        end_of_last = end;
    }
}

/// Control, bidirectional, zero-width and tag characters; see Unicode TR 36 and CVE-2021-42574.
fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
