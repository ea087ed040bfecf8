//! Reads a shell script to its simple commands, and says what in it was not understood.
//!
//! The script is read as bash reads it, strictly: nothing is repaired, and whatever this reader does not
//! know for certain becomes an [`Unclear`], which the policy turns into `ask`. Commands are collected from
//! every branch, function and substitution, whether or not they would ever be reached.

mod ansi;
mod arguments;
mod carrier;
mod compound;
mod data;
mod document;
mod environment;
mod expand;
mod foreign;
mod interpret;
mod invocation;
mod output;
mod packed;
mod parser;
mod part;
mod program;
mod sed;
mod text;
mod unread;
mod word;
mod wrapper;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_bash;
#[cfg(test)]
mod tests_foreign;
#[cfg(test)]
mod tests_meaning;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

pub(crate) use arguments::arguments;
pub use arguments::{Arguments, Flag};
pub(crate) use data::takes_words;
pub use invocation::{Invocation, Outer};
pub(crate) use program::normalised as program_name;
pub use text::Places;

/// How deep constructs may be nested in one another before the reader gives up (and asks).
const DEPTH: usize = 64;
/// How long a script may be, in bytes, before the reader gives up (and asks).
const SIZE: usize = 1 << 20;
/// How many simple commands one script may have before the reader gives up (and asks).
const COMMANDS: usize = 20_000;

/// In the place of a variable's name: the directory in which the script began, put into another by `T=$PWD/tests`.
pub(crate) const START: &str = "$PWD";

/// What a script says: its simple commands, in the order of the text, and what was not understood.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The simple commands, also those inside substitutions, `sh -c '…'` and `eval '…'`.
    pub commands: Vec<SimpleCommand>,
    /// The simple commands in texts that are only possibly run: what `tool 'rm x'` means is for the tool to say.
    pub possible: Vec<SimpleCommand>,
    /// What was not understood; never empty when a command may have escaped the reader.
    pub unclear: Vec<Unclear>,
    /// Code that comes from another machine and is run.
    pub remote: Vec<Remote>,
    /// Code in other languages that deletes files.
    pub deletes: Vec<Remote>,
    /// Files that code in other languages writes.
    pub foreign_writes: Vec<ForeignWrite>,
    /// Functions that start themselves again and again.
    pub bombs: Vec<Range<usize>>,
    /// Credentials, and other texts that only come to be by putting constants together.
    pub values: Vec<Assigned>,
    scopes: Vec<Scope>,
    /// The scopes of code that is started in another directory (`env -C DIR sh -c '…'`), with its name.
    moved: BTreeMap<usize, Word>,
    functions: Vec<Function>,
    captures: usize,
    /// How many bytes were read, those of nested scripts again.
    size: usize,
}

/// Code from another machine that is run.
#[derive(Debug, Clone)]
pub struct Remote {
    /// Byte range of the command that runs it.
    pub span: Range<usize>,
    /// The program that runs it, in the chain that leads to it.
    pub via: Vec<Outer>,
}

/// A file that code in another language writes.
#[derive(Debug, Clone)]
pub struct ForeignWrite {
    /// Its name, where that is constant.
    pub path: Option<String>,
    /// Byte range of the name, or of the whole command.
    pub span: Range<usize>,
    /// The interpreter.
    pub by: String,
    /// The scope of its command.
    pub(crate) scope: usize,
}

/// A variable with the constant value that it is given.
#[derive(Debug, Clone)]
pub struct Assigned {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Byte range of the value.
    pub span: Range<usize>,
}

/// A function that the script defines.
#[derive(Debug, Clone, Default)]
struct Function {
    name: String,
    body: text::Text,
    /// It is called with arguments that are known, so that its body is read again for each call.
    called: bool,
}

/// A part of the script that was not understood, and is therefore to be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    /// Byte range in the script.
    pub span: Range<usize>,
    /// Why, in lower case and without a full stop.
    pub reason: String,
    /// The function in whose body it stands.
    function: Option<usize>,
}

/// A simple command: assignments, words and redirections between two control operators.
///
/// The redirections of a compound command (`{ …; } > file`) and the variable of a loop stand in a simple
/// command without words.
#[derive(Debug, Clone)]
pub struct SimpleCommand {
    /// `NAME=value` before the first word.
    pub assignments: Vec<Assignment>,
    /// Arrays among the arguments of `declare` and its like.
    declared: Vec<Assignment>,
    /// The assignments are the turns of one loop.
    each: bool,
    /// The program and its arguments.
    pub words: Arc<[Word]>,
    /// The words while they are being read.
    read: Vec<Word>,
    /// Redirections, in the order written.
    pub redirections: Vec<Redirection>,
    /// Byte range in the script; for commands inside `sh -c '…'`, that of the outer word.
    pub span: Range<usize>,
    /// Where it stands in a pipeline.
    pub pipeline: PipelinePlace,
    /// What it means: the program called by the words, then the one called by that (`sudo rm` is two).
    pub invocations: Vec<Invocation>,
    scope: usize,
    /// Which commands give it its standard input.
    input: Option<Range<usize>>,
    /// The mark of the substitution in which it stands.
    capture: usize,
    function: Option<usize>,
    /// It is the command before it in another of its forms, of which one is run at a time.
    further: bool,
    /// It runs on another machine or in a container.
    pub elsewhere: bool,
    /// What a client of a database reads from its standard input.
    pub input_text: Option<String>,
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
    /// The elements of an array.
    elements: Option<Vec<Word>>,
    /// `+=`
    appends: bool,
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
    /// For a word whose computed parts are names without a slash (`src/$(date +%F).log`): the directory it lies in.
    pub(crate) directory: Option<String>,
    /// Where the bytes of the text stand.
    pub places: Places,
    /// What a word that is computed is put together from.
    parts: Option<Arc<[part::Part]>>,
    /// The constants that stood for a variable in it: `$X=rm`.
    pub resolved: Vec<Outer>,
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

impl Word {
    /// A constant word that stands nowhere.
    pub(crate) fn of(text: &str) -> Word {
        Word { text: Some(text.to_owned()), ..Word::default() }
    }

    /// It may turn out to be an option when the script runs.
    pub(crate) fn may_be_option(&self) -> bool {
        match &self.text {
            // Only a pattern without a fixed beginning, dot or slash can be completed to `-rf`.
            Some(text) => {
                self.globbed && text.starts_with(['*', '?', '[', '-']) && !text.contains(['.', '/'])
            }
            // A process substitution is a path.
            None if self.is_process() => false,
            None => self.splits || self.prefix.is_empty() || self.prefix.starts_with('-'),
        }
    }

    /// What is computed in it is the directory, a number or the user, which nobody writes with blanks: `$PWD:/work`.
    pub(crate) fn is_plain(&self) -> bool {
        const NAMES: [&str; 8] = ["PWD", "HOME", "UID", "EUID", "GID", "USER", "LOGNAME", "HOSTNAME"];
        let parts = || self.parts.iter().flat_map(|parts| parts.iter());
        self.directory.is_some()
            || self.variable.as_ref().is_some_and(|(name, _)| NAMES.contains(&name.as_str()))
            || parts().all(|part| match part {
                part::Part::Literal(_) => true,
                part::Part::Parameter(parameter) => {
                    parameter.plain() && NAMES.contains(&parameter.name.as_str())
                }
                part::Part::Output { .. }
                | part::Part::Process { .. }
                | part::Part::Brace(_)
                | part::Part::Unknown { .. } => false,
            }) && self.parts.is_some()
    }

    /// The name behind the last slash of a computed path, where that is constant.
    pub(crate) fn last_part(&self) -> Option<&str> {
        match self.parts.as_deref()? {
            [.., part::Part::Literal(text)] => text.as_str().rsplit_once('/').map(|(_, name)| name),
            _ => None,
        }
        .filter(|name| !name.is_empty() && !self.splits)
    }

    /// The constant texts in a word that is computed.
    pub(crate) fn literals(&self) -> Vec<&str> {
        let parts = self.parts.iter().flat_map(|parts| parts.iter());
        let texts = parts
            .filter_map(|part| if let part::Part::Literal(text) = part { Some(text.as_str()) } else { None });
        texts.chain(self.text.as_deref().filter(|_| self.parts.is_none())).collect()
    }

    /// It is a process substitution.
    pub(crate) fn is_process(&self) -> bool {
        matches!(self.parts.as_deref(), Some([part::Part::Process { .. }, ..]))
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

    /// It is the command before it in another of its forms.
    pub(crate) fn is_further(&self) -> bool {
        self.further
    }
}

impl Reading {
    /// The scope with this index; 0 is the script itself, its own parent.
    pub(crate) fn scope(&self, index: usize) -> Scope {
        self.scopes.get(index).copied().unwrap_or(Scope { parent: 0, kind: ScopeKind::Subshell })
    }

    /// The directory in which the code of a scope is started, if it is another.
    pub(crate) fn moved(&self, scope: usize) -> Option<&Word> {
        self.moved.get(&scope)
    }

    fn open_scope(&mut self, parent: usize, kind: ScopeKind) -> usize {
        self.scopes.push(Scope { parent, kind });
        self.scopes.len() - 1
    }

    fn unclear(&mut self, span: Range<usize>, reason: impl Into<String>) {
        self.unclear.push(Unclear { span, reason: reason.into(), function: None });
    }

    fn next_capture(&mut self) -> usize {
        self.captures += 1;
        self.captures
    }

    fn announce(&mut self, name: &str) -> usize {
        self.functions.push(Function { name: name.to_owned(), ..Function::default() });
        self.functions.len() - 1
    }

    fn define(&mut self, index: usize, body: text::Text) {
        if let Some(function) = self.functions.get_mut(index) {
            function.body = body;
        }
    }
}

impl Assignment {
    fn scalar(name: String, value: Word) -> Assignment {
        Assignment { name, value, elements: None, appends: false }
    }
}

impl Unclear {
    /// A part that was not understood.
    pub fn new(span: Range<usize>, reason: impl Into<String>) -> Unclear {
        Unclear { span, reason: reason.into(), function: None }
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
    /// Run on another machine or in a container.
    elsewhere: bool,
    /// The function in whose body it stands.
    function: Option<usize>,
    /// The positional parameters, where they are known.
    positional: Option<Arc<[Word]>>,
    /// Whether it is run.
    certainty: carrier::Certainty,
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
    interpret::Interpreter::new(reading).run(script)
}

/// Every place that the reading of a script names, as ranges of its bytes.
pub fn places(script: &str) -> Vec<Range<usize>> {
    let reading = read(script);
    let mut places: Vec<Range<usize>> = reading.unclear.iter().map(|unclear| unclear.span.clone()).collect();
    places.extend(reading.remote.iter().chain(&reading.deletes).map(|remote| remote.span.clone()));
    places.extend(reading.foreign_writes.iter().map(|write| write.span.clone()));
    places.extend(reading.values.iter().map(|value| value.span.clone()));
    for command in reading.commands.iter().chain(&reading.possible) {
        places.push(command.span.clone());
        places.extend(command.words.iter().map(|word| word.span.clone()));
        places.extend(command.redirections.iter().flat_map(|it| [it.span.clone(), it.target.span.clone()]));
        for invocation in &command.invocations {
            places.push(invocation.span.clone());
            places.extend(invocation.via.iter().map(|outer| outer.span.clone()));
        }
    }
    places
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
pub(crate) fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
