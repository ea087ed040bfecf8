//! Commands that carry further code in their words or read it: shell text is read again, the rest is looked through.

mod editor;
mod interpreters;
mod possible;
mod shells;
mod table;
mod tools;

use std::ops::Range;
use std::sync::Arc;

use super::expand::Level;
use super::part::Part;
use super::text::Text;
use super::{Invocation, Outer, Remote, ScopeKind, SimpleCommand, Unclear, Word, program, unread};
use interpreters::interpreter_name;
use shells::keeps;
use table::{
    CODE_VARIABLES, EVALUATING, LOADING_VARIABLES, OTHER_SHELLS, SHELLS, code_options, shell_options,
};

/// Whether a text is run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Certainty {
    /// It is.
    #[default]
    Run,
    /// It is wherever it is code: the name of its option or variable says so.
    Likely,
    /// The program may do anything with it.
    Possible,
}

/// Shell text that a command runs.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) text: Text,
    /// The scope it opens, if any.
    pub(super) scope: Option<ScopeKind>,
    /// It is run by `sh`, which may be another shell than bash.
    pub(super) posix: bool,
    pub(super) elsewhere: bool,
    /// Its positional parameters, where they are known.
    pub(super) positional: Option<Arc<[Word]>>,
    pub(super) certainty: Certainty,
    /// The programs through which it is run.
    pub(super) via: Vec<Outer>,
}

/// What one command carries.
#[derive(Default)]
pub(super) struct Carried {
    pub(super) code: Vec<Code>,
    pub(super) unclear: Vec<Unclear>,
    pub(super) remote: Vec<Remote>,
    pub(super) deletes: Vec<Remote>,
    pub(super) writes: Vec<(Option<Text>, Range<usize>, String)>,
}

/// Collects the code that a command with its calls carries.
pub(super) fn carried(level: &Level<'_>, command: &SimpleCommand, posix: bool) -> Carried {
    let mut reader = Reader { carried: Carried::default(), read: None, level, command, posix };
    for assignment in &command.assignments {
        let value = level.constant(&assignment.value);
        reader.variable(&assignment.name, value.as_ref(), &assignment.value.span, &[]);
        reader.possible_variable(&assignment.name, &assignment.value, command);
    }
    for invocation in &command.invocations {
        reader.words_as_variables(invocation);
        reader.invocation(invocation);
        reader.possible(invocation);
    }
    reader.carried
}

/// A variable of which nothing is known, in the place of what is computed.
const COMPUTED: &str = "${__computed}";

/// The text of a word as code: what is computed stands in it as a variable of which nothing is known.
pub(super) fn code_of(word: &Word) -> (Text, bool) {
    if let Some(text) = &word.text {
        return (Text::copied(text, &word.places), word.globbed && text.starts_with(['*', '?', '[']));
    }
    let mut code = Text::default();
    for part in word.parts.iter().flat_map(|parts| parts.iter()) {
        match part {
            Part::Literal(text) => code.append(text),
            Part::Parameter(parameter) => code.push_decoded(COMPUTED, &parameter.span),
            Part::Output { span, .. } | Part::Unknown { span, .. } => code.push_decoded(COMPUTED, span),
            Part::Process { .. } | Part::Brace(_) => code.push_decoded(COMPUTED, &word.span),
        }
    }
    if word.parts.is_none() {
        code.push_decoded(COMPUTED, &word.span);
    }
    (code, true)
}

struct Reader<'a> {
    carried: Carried,
    /// Where a word is that was read as code in another language.
    read: Option<Range<usize>>,
    level: &'a Level<'a>,
    command: &'a SimpleCommand,
    posix: bool,
}

impl Reader<'_> {
    fn ask(&mut self, span: &Range<usize>, reason: impl Into<String>) {
        self.carried.unclear.push(Unclear::new(span.clone(), reason));
    }

    fn remote(&mut self, invocation: &Invocation) {
        self.carried.remote.push(Remote { span: invocation.span.clone(), via: invocation.via.clone() });
    }

    fn code(
        &mut self,
        text: Text,
        scope: Option<ScopeKind>,
        posix: bool,
        invocation: &Invocation,
        suffix: &str,
    ) {
        let via = invocation.chain(suffix);
        let posix = posix || self.posix;
        let elsewhere = invocation.elsewhere;
        self.carried.code.push(Code { text, scope, posix, elsewhere, via, ..Code::default() });
    }

    fn variable(&mut self, name: &str, value: Option<&Text>, span: &Range<usize>, via: &[Outer]) {
        if LOADING_VARIABLES.contains(&name) {
            self.ask(span, format!("`{name}` makes programs load other code"));
        } else if CODE_VARIABLES.contains(&name) {
            match value {
                Some(text) => {
                    let mut via = via.to_vec();
                    via.push(Outer { text: name.to_owned(), span: span.clone() });
                    let (text, scope) = (text.clone(), Some(ScopeKind::Later));
                    self.carried.code.push(Code { text, scope, posix: true, via, ..Code::default() });
                }
                None => self.ask(span, format!("the program that `{name}` names is computed at run time")),
            }
        } else if value.is_some_and(|value| has_substitution(value.as_str())) {
            self.ask(
                span,
                format!("the value of `{name}` is text with a substitution, which may be run later"),
            );
        }
    }

    /// `env NAME=value`, `export NAME=value`.
    fn words_as_variables(&mut self, invocation: &Invocation) {
        if !matches!(
            invocation.program.as_str(),
            "env" | "sudo" | "export" | "declare" | "typeset" | "readonly" | "local"
        ) {
            return;
        }
        for word in invocation.words() {
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            let Some((name, value)) = text.split_once('=') else {
                if text.starts_with('-') {
                    continue;
                }
                if matches!(invocation.program.as_str(), "env" | "sudo") {
                    return;
                }
                continue;
            };
            let from = text.len() - value.len();
            let value =
                word.text.as_ref().map(|text| Text::copied(text, &word.places).slice(from..text.len()));
            self.variable(name, value.as_ref(), &word.span, &invocation.via);
        }
    }

    fn invocation(&mut self, invocation: &Invocation) {
        let (program, words) = (invocation.program.as_str(), invocation.words());
        let printing =
            program == "printf" && words.first().is_some_and(|word| word.text.as_deref() == Some("-v"));
        if (printing || EVALUATING.contains(&program))
            && let Some(word) = words.iter().find(|word| word.text.as_deref().is_some_and(has_substitution))
        {
            self.ask(&word.span, format!("`{program}` may run the substitution in this text"));
        }
        if unread::program(invocation)
            && (!words.is_empty() || invocation.open_ended || self.command.pipeline.fed)
        {
            self.ask(&invocation.span, format!("what `{program}` runs is not read by this version"));
        }
        if let Some(argument) = unread::argument(invocation) {
            self.ask(&argument, format!("what `{program}` runs here is not read by this version"));
        }
        self.options(invocation);
        match program {
            "eval" => self.eval(invocation),
            "source" => self.source(invocation),
            "trap" => self.trap(invocation),
            "awk" => self.awk(invocation),
            "sed" => self.sed(invocation),
            "git" => self.git(invocation),
            "at" | "batch" => self.at(invocation),
            "sudo" | "doas" | "su" | "chroot" | "unshare" | "nsenter" if !invocation.calls() => {
                // A shell that reads its standard input, if it has one.
                let asks =
                    words.iter().any(|word| matches!(word.text.as_deref(), Some("-s" | "-i" | "-" | "-l")));
                if (asks || program != "sudo" && program != "doas") && self.feeds() {
                    self.standard_input(invocation);
                }
            }
            "ssh" if !invocation.calls() && self.feeds() && !keeps(invocation) => {
                self.standard_input(invocation);
            }
            "docker" | "kubectl" if invocation.calls() => {}
            "psql" | "mysql" | "mariadb" | "sqlite3" | "duckdb" | "ftp" | "sftp" | "less" | "ed" => {
                self.escapes(invocation);
            }
            "fzf" => self.bindings(invocation),
            "make" => self.make(invocation),
            "just" => {
                if let Some(text) = self.rules(invocation, &["--justfile", "-f"], "justfile") {
                    self.recipes(&text, invocation);
                }
            }
            "cmake"
                if matches!(words, [first, second, ..] if first.text.as_deref() == Some("-E")
                && matches!(second.text.as_deref(), Some("remove" | "remove_directory"))) =>
            {
                let (span, via) = (invocation.span.clone(), invocation.via.clone());
                self.carried.deletes.push(Remote { span, via });
            }
            "iex" | "Invoke-Expression" if words.iter().any(|word| self.level.fetches(word)) => {
                self.remote(invocation);
            }
            _ if invocation.is_path() && self.unpacked(invocation.word()) => self.remote(invocation),
            _ if invocation.is_path() && self.level.environment.files.contains_key(program) => {
                let word = invocation.word().clone();
                self.file(&word, invocation, false, false);
            }
            _ if SHELLS.contains(&program) => self.shell(invocation, false),
            _ if OTHER_SHELLS.contains(&program) => self.shell(invocation, true),
            "crontab" => self.timetable(invocation),
            _ => {
                self.evaluator(program, words, invocation);
                self.interpreter(invocation);
            }
        }
    }

    /// A path lies in what was unpacked from an archive from another machine.
    fn unpacked(&self, word: &Word) -> bool {
        let files = &self.level.environment.files;
        let path = word.text.as_deref().unwrap_or_default().trim_start_matches("./");
        !files.is_empty()
            && path.find('/').is_some_and(|at| {
                matches!(files.get(&path[..=at]), Some(super::environment::Content::Remote))
            })
    }

    fn feeds(&self) -> bool {
        self.command.pipeline.fed || self.command.redirections.iter().any(super::Redirection::feeds)
    }

    /// Options whose value is shell text.
    fn options(&mut self, invocation: &Invocation) {
        let program = invocation.program.as_str();
        if program == "ssh" || program == "scp" || program == "sftp" {
            for word in invocation.words() {
                let text = word.text.as_deref().unwrap_or_default();
                let found = text
                    .find("ProxyCommand=")
                    .map(|at| at + 13)
                    .or(text.find("LocalCommand=").map(|at| at + 13));
                if let Some(from) = found {
                    let text = Text::copied(text, &word.places).slice(from..text.len());
                    self.code(text, Some(ScopeKind::Subshell), true, invocation, " -o");
                }
            }
        }
        if program == "tar" {
            for (index, word) in invocation.words().iter().enumerate() {
                let text = word.text.as_deref().unwrap_or_default();
                let Some(action) = text.strip_prefix("--checkpoint-action") else { continue };
                let next = invocation.words().get(index + 1);
                let value = if action.is_empty() { next } else { Some(word) };
                if let Some((word, text)) = value.and_then(|word| Some((word, word.text.as_deref()?)))
                    && let Some(at) = text.find("exec=")
                {
                    let text = Text::copied(text, &word.places).slice(at + 5..text.len());
                    self.code(text, Some(ScopeKind::Subshell), true, invocation, " --checkpoint-action");
                }
            }
        }
        let Some(options) = shell_options(program) else { return };
        let words = invocation.words();
        for (index, word) in words.iter().enumerate() {
            let Some(text) = word.text.as_deref() else { continue };
            if text == "--" {
                break;
            }
            for option in options {
                let value = if text == *option {
                    words.get(index + 1).map(code_of)
                } else if option.starts_with("--") {
                    let attached = text.strip_prefix(option).and_then(|rest| rest.strip_prefix('='));
                    attached.map(|value| {
                        (Text::copied(text, &word.places).slice(text.len() - value.len()..text.len()), false)
                    })
                } else {
                    None
                };
                let Some((code, computed)) = value else { continue };
                if computed {
                    self.ask(
                        &word.span,
                        format!("the program that `{option}` names is computed at run time"),
                    );
                }
                self.code(code, Some(ScopeKind::Subshell), true, invocation, &format!(" {option}"));
            }
        }
    }

    /// Text of a word that is run: constants are read, what is computed is asked about and read around.
    fn run(
        &mut self,
        word: &Word,
        invocation: &Invocation,
        suffix: &str,
        posix: bool,
        positional: Option<Arc<[Word]>>,
    ) {
        let (text, computed) = code_of(word);
        if computed || word.globbed {
            // `curl … | xargs -I{} sh -c {}`
            let filled = word.variable.as_ref().is_some_and(|(name, _)| name == "{}")
                && self.command.input.as_ref().is_some_and(|input| self.level.remote(input));
            if self.level.fetches(word) || filled {
                self.remote(invocation);
            }
            self.ask(
                &word.span,
                format!("the script of `{}{suffix}` is computed at run time", invocation.program),
            );
        }
        let via = invocation.chain(suffix);
        let (scope, posix) = (Some(ScopeKind::Subshell), posix || self.posix);
        let elsewhere = invocation.elsewhere;
        self.carried.code.push(Code { text, scope, posix, elsewhere, positional, via, ..Code::default() });
    }

    fn eval(&mut self, invocation: &Invocation) {
        let words = invocation.words();
        let skip = words.first().is_some_and(|word| word.text.as_deref() == Some("--"));
        let mut whole = Text::default();
        let mut computed = invocation.open_ended;
        for (index, word) in words[usize::from(skip)..].iter().enumerate() {
            if index > 0 {
                whole.push_decoded(" ", &(word.span.start..word.span.start));
            }
            let (text, unknown) = code_of(word);
            computed |= unknown;
            if self.level.fetches(word) {
                self.remote(invocation);
            }
            whole.append(&text);
        }
        if computed {
            self.ask(&invocation.span, "`eval` of text that is computed at run time");
        }
        self.code(whole, None, false, invocation, "");
    }

    fn trap(&mut self, invocation: &Invocation) {
        let arguments = invocation.arguments();
        match arguments.operands.first() {
            None if !arguments.hidden => {}
            Some(word) if word.text.as_deref() == Some("-") => {}
            Some(word) => {
                let (text, computed) = code_of(word);
                if computed {
                    self.ask(&invocation.span, "a trap that is computed at run time");
                }
                self.code(text, Some(ScopeKind::Later), false, invocation, "");
            }
            None => self.ask(&invocation.span, "a trap that is computed at run time"),
        }
    }

    fn source(&mut self, invocation: &Invocation) {
        match invocation.words().first() {
            Some(word) => self.file(word, invocation, true, false),
            None => self.ask(&invocation.span, "the commands of a file that is sourced"),
        }
    }
}

/// A variable that programs run is known.
fn is_code_variable(name: &str) -> bool {
    LOADING_VARIABLES.contains(&name) || CODE_VARIABLES.contains(&name)
}

/// The rest of a word from one of its bytes on.
fn piece(word: &Word, from: usize) -> Word {
    let Some(text) = &word.text else { return Word { text: None, ..word.clone() } };
    let (text, places) = Text::copied(text, &word.places).slice(from..text.len()).into_parts();
    Word { text: Some(text), places, ..word.clone() }
}

/// The program runs a file that its first operand names.
pub(super) fn runs_files(program: &str) -> bool {
    program == "source" || SHELLS.contains(&program) || code_options(interpreter_name(program)).is_some()
}

pub(super) fn has_substitution(text: &str) -> bool {
    text.contains("$(") || text.contains('`')
}

/// Whether a program's name is that of a shell.
pub(super) fn is_shell(name: &str) -> bool {
    SHELLS.contains(&program::normalised(name))
}
