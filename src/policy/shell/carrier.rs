//! Commands that carry further code in their words: constant shell text is read, the rest is unclear.

use std::ops::Range;

use super::{Invocation, Outer, RedirectionKind, ScopeKind, SimpleCommand, Unclear, Word, sed, unread};

/// Shell text that a command runs.
pub(super) struct Code {
    pub(super) text: String,
    pub(super) span: Range<usize>,
    /// The scope it opens, if any.
    pub(super) scope: Option<ScopeKind>,
    /// It is run by `sh`, which may be another shell than bash.
    pub(super) posix: bool,
    /// The programs through which it is run.
    pub(super) via: Vec<Outer>,
}

/// What one command carries.
#[derive(Default)]
pub(super) struct Carried {
    pub(super) code: Vec<Code>,
    pub(super) unclear: Vec<Unclear>,
}

/// Interpreters, and their options that are followed by code.
const INTERPRETERS: [(&str, &[&str]); 12] = [
    ("bun", &["-e", "-p", "--eval", "--print"]),
    ("groovy", &["-e"]),
    ("lua", &["-e"]),
    ("luajit", &["-e"]),
    ("node", &["-e", "-p", "--eval", "--print"]),
    ("osascript", &["-e"]),
    ("perl", &["-e", "-E"]),
    ("php", &["-r", "--run"]),
    ("python", &["-c"]),
    ("Rscript", &["-e"]),
    ("ruby", &["-e"]),
    ("tclsh", &[]),
];

/// Shells whose `-c` takes a script.
const SHELLS: [&str; 8] = ["ash", "bash", "dash", "ksh", "mksh", "rbash", "sh", "zsh"];

/// Variables whose values programs run as shell text.
const CODE_VARIABLES: [&str; 14] = [
    "EDITOR",
    "GIT_ASKPASS",
    "GIT_EDITOR",
    "GIT_EXTERNAL_DIFF",
    "GIT_PAGER",
    "GIT_SEQUENCE_EDITOR",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "MANPAGER",
    "PAGER",
    "PROMPT_COMMAND",
    "RSYNC_RSH",
    "SUDO_EDITOR",
    "VISUAL",
];

/// Variables that make programs load code before they start.
const LOADING_VARIABLES: [&str; 8] = [
    "BASH_ENV",
    "GIT_CONFIG_COUNT",
    "LD_AUDIT",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "PERL5OPT",
    "PYTHONSTARTUP",
    "ZDOTDIR",
];

/// Builtins that evaluate subscripts, and so `$(…)`, in the text of their arguments.
const EVALUATING: [&str; 11] =
    ["[", "declare", "export", "let", "local", "mapfile", "read", "readonly", "test", "typeset", "unset"];

/// Options of `git -c` that cannot name a program.
const HARMLESS_GIT_CONFIG: [&str; 9] = [
    "advice.",
    "color.",
    "commit.gpgsign=",
    "core.autocrlf=",
    "core.quotepath=",
    "init.defaultbranch=",
    "protocol.",
    "safe.directory=",
    "user.",
];

/// Collects the code that a command with its calls carries.
pub(super) fn carried(command: &SimpleCommand) -> Carried {
    let mut carried = Carried::default();
    for assignment in &command.assignments {
        let via = Vec::new();
        carried.variable(&assignment.name, assignment.value.text.as_deref(), &assignment.value.span, via);
    }
    for invocation in &command.invocations {
        carried.words_as_variables(invocation);
        carried.invocation(invocation, command);
    }
    carried
}

impl Carried {
    fn ask(&mut self, span: &Range<usize>, reason: impl Into<String>) {
        self.unclear.push(Unclear { span: span.clone(), reason: reason.into() });
    }

    fn variable(&mut self, name: &str, value: Option<&str>, span: &Range<usize>, via: Vec<Outer>) {
        if LOADING_VARIABLES.contains(&name) {
            self.ask(span, format!("`{name}` makes programs load other code"));
        } else if CODE_VARIABLES.contains(&name) {
            match value {
                Some(value) => {
                    let (text, span) = (value.to_owned(), span.clone());
                    self.code.push(Code { text, span, scope: Some(ScopeKind::Later), posix: true, via });
                }
                None => self.ask(span, format!("the program that `{name}` names is computed at run time")),
            }
        } else if value.is_some_and(has_substitution) {
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
        for word in invocation.arguments().operands {
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            if let Some((name, value)) = text.split_once('=') {
                self.variable(name, word.text.is_some().then_some(value), &word.span, invocation.via.clone());
            }
        }
    }

    fn invocation(&mut self, invocation: &Invocation, command: &SimpleCommand) {
        let (program, words) = (invocation.program.as_str(), invocation.words());
        let printing =
            program == "printf" && words.first().is_some_and(|word| word.text.as_deref() == Some("-v"));
        if (printing || EVALUATING.contains(&program))
            && let Some(word) = words.iter().find(|word| word.text.as_deref().is_some_and(has_substitution))
        {
            self.ask(&word.span, format!("`{program}` may run the substitution in this text"));
        }
        if unread::PROGRAMS.contains(&program)
            && (!words.is_empty() || invocation.open_ended || command.pipeline.fed)
        {
            self.ask(&invocation.span, format!("what `{program}` runs is not read by this version"));
        }
        if let Some(argument) = unread::argument(invocation) {
            self.ask(&argument, format!("what `{program}` runs here is not read by this version"));
        }
        match program {
            "eval" => self.eval(invocation),
            "source" => self.ask(&invocation.span, "the commands of a file that is sourced"),
            "trap" => self.trap(invocation),
            "awk" => self.awk(invocation),
            "sed" => self.sed(invocation),
            "git" => self.git(invocation),
            _ if SHELLS.contains(&program) => self.shell(invocation, command),
            _ => self.interpreter(invocation),
        }
    }

    fn eval(&mut self, invocation: &Invocation) {
        let words = invocation.words();
        let words = if words.first().is_some_and(|word| word.text.as_deref() == Some("--")) {
            &words[1..]
        } else {
            words
        };
        let text: Option<Vec<&str>> = words.iter().map(Word::constant).collect();
        match text {
            Some(text) if !invocation.open_ended => {
                let (text, span, via) = (text.join(" "), invocation.span.clone(), invocation.chain(""));
                self.code.push(Code { text, span, scope: None, posix: false, via });
            }
            _ => self.ask(&invocation.span, "`eval` of text that is computed at run time"),
        }
    }

    fn trap(&mut self, invocation: &Invocation) {
        let arguments = invocation.arguments();
        match arguments.operands.first().map(|word| (word.constant(), &word.span)) {
            None if !arguments.hidden => {}
            Some((Some("-"), _)) => {}
            Some((Some(text), span)) => {
                let (text, span) = (text.to_owned(), span.clone());
                let (scope, via) = (Some(ScopeKind::Later), invocation.chain(""));
                self.code.push(Code { text, span, scope, posix: false, via });
            }
            _ => self.ask(&invocation.span, "a trap that is computed at run time"),
        }
    }

    /// `sh -c 'script'`, a here-document for a shell, or a shell that reads its standard input.
    fn shell(&mut self, invocation: &Invocation, command: &SimpleCommand) {
        let program = &invocation.program;
        let (mut words, mut takes_code) = (invocation.words().iter(), false);
        let script = loop {
            let Some(word) = words.next() else { break None };
            let Some(text) = word.constant() else {
                if takes_code || !word.may_be_option() {
                    break Some(word);
                }
                return self
                    .ask(&word.span, format!("an option of `{program}` that is computed at run time"));
            };
            match text {
                "--" | "-" => break words.next(),
                "--version" | "--help" => return,
                "--login" | "--norc" | "--noprofile" | "--posix" | "--verbose" => {}
                _ if text.starts_with("--") => {
                    return self.ask(
                        &word.span,
                        format!("an option of `{program}` that this version does not know"),
                    );
                }
                _ if text.len() > 1 && text.starts_with(['-', '+']) => {
                    takes_code |= text.contains('c') && text.starts_with('-');
                    if text.ends_with(['o', 'O'])
                        && words.next().is_none_or(|value| value.constant().is_none())
                    {
                        return self
                            .ask(&word.span, format!("an option of `{program}` without a constant value"));
                    }
                    // What remains is read from standard input even if there are operands.
                    if text.contains('s') && !takes_code {
                        break None;
                    }
                }
                _ => break Some(word),
            }
        };
        match script {
            Some(word) if takes_code => self.script(word, invocation),
            Some(_) => {}
            None => self.standard_input(invocation, command),
        }
    }

    fn script(&mut self, word: &Word, invocation: &Invocation) {
        match &word.text {
            Some(text) if !word.globbed => {
                let (text, span, via) = (text.clone(), word.span.clone(), invocation.chain(" -c"));
                let posix = !matches!(invocation.program.as_str(), "bash" | "rbash" | "ksh" | "mksh" | "zsh");
                self.code.push(Code { text, span, scope: Some(ScopeKind::Subshell), posix, via });
            }
            _ => self.ask(
                &word.span,
                format!("the script of `{} -c` is computed at run time", invocation.program),
            ),
        }
    }

    fn standard_input(&mut self, invocation: &Invocation, command: &SimpleCommand) {
        let document = command.redirections.iter().rev().find(|redirection| redirection.feeds());
        match document {
            Some(redirection)
                if matches!(
                    redirection.kind,
                    RedirectionKind::HereDocument | RedirectionKind::HereString
                ) && !invocation.open_ended =>
            {
                self.script(&redirection.target, invocation);
            }
            _ => {
                let reason = format!("`{}` runs what it reads from standard input", invocation.program);
                self.ask(&invocation.span, reason);
            }
        }
    }

    fn interpreter(&mut self, invocation: &Invocation) {
        let name = interpreter_name(&invocation.program);
        let Some((_, code)) = INTERPRETERS.iter().find(|(program, _)| *program == name) else { return };
        let arguments = invocation.arguments();
        let carries = arguments.flags.iter().any(|flag| code.contains(&flag.name.as_str()));
        let module = arguments
            .flags
            .iter()
            .any(|flag| flag.name.starts_with("--") || "-v-V-h-m-S".contains(&flag.name));
        let from_input = match arguments.operands.first() {
            None => !module,
            Some(word) => word.text.as_deref() == Some("-"),
        };
        if carries || from_input || arguments.hidden && arguments.operands.is_empty() {
            self.ask(&invocation.span, format!("code for `{name}`, which this version does not read"));
        }
    }

    /// A program for `awk` can run commands and write files.
    fn awk(&mut self, invocation: &Invocation) {
        let pipes = |text: &str| text.replace("||", "").contains('|');
        let dangerous = |text: &str| {
            text.contains("system")
                || text.contains("getline")
                || text.contains('@')
                || pipes(text)
                || text.contains("print") && text.contains('>')
        };
        for word in invocation.words() {
            if word.text.as_deref().is_none_or(dangerous) && (word.text.is_some() || word.may_be_option()) {
                self.ask(&word.span, "a program for `awk` that may run commands or write files");
                return;
            }
        }
    }

    /// GNU sed's `e` runs commands, and `w` writes files.
    fn sed(&mut self, invocation: &Invocation) {
        if let Some(span) = sed::unread_script(invocation) {
            self.ask(&span, "a script for `sed` that may run commands or write files");
        }
    }

    fn git(&mut self, invocation: &Invocation) {
        let arguments = invocation.arguments();
        let harmless = |setting: &str| {
            HARMLESS_GIT_CONFIG.iter().any(|harmless| setting.to_ascii_lowercase().starts_with(harmless))
        };
        for flag in arguments.flags.iter().filter(|flag| flag.name == "-c") {
            if !harmless(flag.value.unwrap_or_default()) {
                self.ask(&flag.span, "a setting of `git` that may name a program to run");
            }
        }
        let operands: Vec<&str> =
            arguments.operands.iter().map(|word| word.text.as_deref().unwrap_or_default()).collect();
        let runs = match operands.as_slice() {
            ["config", key, value, ..] => !harmless(&format!("{key}={value}")),
            ["submodule", "foreach", ..] | ["bisect", "run", ..] => true,
            ["rebase", ..] => arguments.flags.iter().any(|flag| flag.name == "-x"),
            _ => false,
        };
        if runs {
            self.ask(&invocation.span, "a command of `git` that runs, or names, another program");
        }
    }
}

/// The program runs a file that its first operand names.
pub(super) fn runs_files(program: &str) -> bool {
    program == "source"
        || SHELLS.contains(&program)
        || INTERPRETERS.iter().any(|(name, _)| *name == interpreter_name(program))
}

/// `python3.12` is `python`.
fn interpreter_name(program: &str) -> &str {
    let name = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if name == "pypy" { "python" } else { name }
}

fn has_substitution(text: &str) -> bool {
    text.contains("$(") || text.contains('`')
}
