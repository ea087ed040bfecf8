//! Commands that carry further code in their words or read it: shell text is read again, the rest is looked through.

use std::ops::Range;
use std::sync::Arc;

use super::environment::Content;
use super::expand::Level;
use super::interpret::base_name;
use super::part::Part;
use super::text::Text;
use super::{
    Invocation, Outer, RedirectionKind, Remote, ScopeKind, SimpleCommand, Unclear, Word, foreign, program,
    sed, unread,
};

/// Shell text that a command runs.
pub(super) struct Code {
    pub(super) text: Text,
    /// The scope it opens, if any.
    pub(super) scope: Option<ScopeKind>,
    /// It is run by `sh`, which may be another shell than bash.
    pub(super) posix: bool,
    pub(super) elsewhere: bool,
    /// Its positional parameters, where they are known.
    pub(super) positional: Option<Arc<[Word]>>,
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

/// Interpreters, and their options that are followed by code.
const INTERPRETERS: [(&str, &[&str]); 17] = [
    ("bun", &["-e", "-p", "--eval", "--print"]),
    ("emacs", &["--eval", "-eval", "--execute"]),
    ("expect", &["-c"]),
    ("gdb", &["-ex", "--ex", "-eval-command", "--eval-command"]),
    ("groovy", &["-e"]),
    ("lldb", &["-o", "--one-line"]),
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
    ("vim", &["-c", "--cmd"]),
];

/// Shells whose `-c` takes a script.
const SHELLS: [&str; 8] = ["ash", "bash", "dash", "ksh", "mksh", "rbash", "sh", "zsh"];

/// Shells with a language of their own, near enough to be read for what is forbidden but not for what is allowed.
const OTHER_SHELLS: [&str; 8] = ["csh", "elvish", "fish", "nu", "powershell", "pwsh", "tcsh", "xonsh"];

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
const HARMLESS_GIT_CONFIG: [&str; 12] = [
    "advice.",
    "color.",
    "commit.gpgsign=",
    "core.autocrlf=",
    "core.pager=cat",
    "core.pager=less",
    "core.quotepath=",
    "init.defaultbranch=",
    "log.",
    "protocol.",
    "safe.directory=",
    "user.",
];

/// Options whose value is shell text, of programs that otherwise run nothing.
const CODE_OPTIONS: [(&str, &[&str]); 8] = [
    ("fly", &["-C", "--command"]),
    ("git", &["--exec", "--upload-pack", "--receive-pack", "--open-files-in-pager"]),
    ("man", &["-P", "--pager"]),
    ("rg", &["--pre", "--hostname-bin"]),
    ("rsync", &["-e", "--rsh", "--rsync-path"]),
    ("sort", &["--compress-program"]),
    ("tar", &["--to-command", "-I", "--use-compress-program", "--rsh-command", "-F", "--info-script"]),
    ("zip", &["-TT", "--unzip-command"]),
];

/// Collects the code that a command with its calls carries.
pub(super) fn carried(level: &Level<'_>, command: &SimpleCommand, posix: bool) -> Carried {
    let mut reader = Reader { carried: Carried::default(), level, command, posix };
    for assignment in &command.assignments {
        let value = level.constant(&assignment.value);
        reader.variable(&assignment.name, value.as_ref(), &assignment.value.span, &[]);
    }
    for invocation in &command.invocations {
        reader.words_as_variables(invocation);
        reader.invocation(invocation);
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
        self.carried.code.push(Code { text, scope, posix, elsewhere, positional: None, via });
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
                    self.carried.code.push(Code {
                        text,
                        scope,
                        posix: true,
                        elsewhere: false,
                        positional: None,
                        via,
                    });
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
        if unread::PROGRAMS.contains(&program)
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
            "make" => self.make(invocation),
            _ if invocation.is_path() && self.level.environment.files.contains_key(program) => {
                let word = invocation.word().clone();
                self.file(&word, invocation, false, false);
            }
            _ if SHELLS.contains(&program) => self.shell(invocation, false),
            _ if OTHER_SHELLS.contains(&program) => self.shell(invocation, true),
            _ => self.interpreter(invocation),
        }
    }

    /// `make SHELL=…` runs every recipe with it, and `make -f -` those that it reads.
    fn make(&mut self, invocation: &Invocation) {
        let arguments = invocation.arguments();
        let reads = |flag: &super::invocation::Flag<'_>| {
            matches!(&*flag.name, "-f" | "--file" | "--makefile")
                && matches!(flag.value, Some("-" | "/dev/stdin"))
        };
        if arguments.flags.iter().any(reads) {
            self.recipes(invocation);
        }
        for word in invocation.words() {
            let Some(value) = word.text.as_deref().and_then(|text| text.strip_prefix("SHELL=")) else {
                continue;
            };
            if !is_shell(value) {
                self.ask(&word.span, "a shell for `make` that is none");
                self.code(code_of(&piece(word, 6)).0, Some(ScopeKind::Subshell), true, invocation, " SHELL");
            }
        }
    }

    /// The recipes of a Makefile on standard input: lines behind a tab, each for a shell of its own.
    fn recipes(&mut self, invocation: &Invocation) {
        let Some(text) = self.level.input(self.command) else {
            return self.ask(&invocation.span, "`make` runs what it reads from standard input");
        };
        let mut start = 0;
        for line in text.as_str().split_inclusive('\n') {
            let recipe = line.trim_start_matches(['\t', '@', '-', '+', ' ']);
            if line.starts_with('\t') && !recipe.trim().is_empty() {
                let from = start + line.len() - recipe.len();
                let code = text.slice(from..start + line.trim_end().len());
                self.code(code, Some(ScopeKind::Subshell), true, invocation, "");
            }
            start += line.len();
        }
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
        let Some((_, options)) = CODE_OPTIONS.iter().find(|(name, _)| *name == program) else { return };
        let words = invocation.words();
        for (index, word) in words.iter().enumerate() {
            let Some(text) = word.text.as_deref() else { continue };
            if text == "--" {
                break;
            }
            for option in *options {
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
            if self.level.fetches(word) {
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
        self.carried.code.push(Code { text, scope, posix, elsewhere, positional, via });
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

    /// A script whose file is named: read where this script has written it, or where it is a substitution.
    #[expect(clippy::match_same_arms, reason = "each row is a case of its own")]
    fn file(&mut self, word: &Word, invocation: &Invocation, sourced: bool, other: bool) {
        if let Some([Part::Process { commands, capture, reads: true, .. }]) = word.parts.as_deref() {
            if self.level.remote(commands) {
                self.remote(invocation);
            }
            match self.level.output(commands, *capture) {
                Some(text) => self.code(text, Some(ScopeKind::Subshell), false, invocation, ""),
                None => {
                    self.ask(&word.span, format!("`{}` runs what a substitution prints", invocation.program));
                }
            }
            return;
        }
        match word.text.as_deref() {
            Some("/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0" | "-") => self.standard_input(invocation),
            Some(text) => match self.level.environment.files.get(base_name(text)).cloned() {
                Some(Content::Known(text)) => {
                    let scope = if sourced { None } else { Some(ScopeKind::Subshell) };
                    self.code(text, scope, false, invocation, "");
                }
                Some(Content::Remote) => self.remote(invocation),
                Some(Content::Unknown) => {}
                None if sourced => self.ask(&invocation.span, "the commands of a file that is sourced"),
                None => {}
            },
            None if sourced => self.ask(&invocation.span, "the commands of a file that is sourced"),
            None => {}
        }
        let _ = other;
    }

    /// `sh -c 'script'`, a here-document for a shell, or a shell that reads its standard input.
    fn shell(&mut self, invocation: &Invocation, other: bool) {
        let program = &invocation.program;
        let words = invocation.words();
        let (mut at, mut takes_code, mut dry) = (0, false, false);
        let script = loop {
            let Some(word) = words.get(at) else { break None };
            at += 1;
            let Some(text) = word.constant() else {
                if takes_code || !word.may_be_option() {
                    break Some(at - 1);
                }
                if self.level.fetches(word) {
                    self.remote(invocation);
                }
                return self
                    .ask(&word.span, format!("an option of `{program}` that is computed at run time"));
            };
            match text {
                "--" | "-" => break words.get(at).map(|_| at),
                "--version" | "--help" => return,
                "--login" | "--norc" | "--noprofile" | "--posix" | "--verbose" | "--restricted" => {}
                "--command" if other => takes_code = true,
                "--rcfile" | "--init-file" => {
                    at += 1;
                    self.ask(&word.span, format!("`{program}` runs the file that `{text}` names"));
                }
                _ if other && text.starts_with('-') => {
                    let letters = text.to_ascii_lowercase();
                    takes_code |=
                        letters.starts_with("-c") || letters == "-enc" || letters.starts_with("-encoded");
                }
                _ if text.starts_with("--") => {
                    return self.ask(
                        &word.span,
                        format!("an option of `{program}` that this version does not know"),
                    );
                }
                _ if text.len() > 1 && text.starts_with(['-', '+']) => {
                    takes_code |= text.contains('c') && text.starts_with('-');
                    dry |= text.contains('n') && text.starts_with('-') && !text.contains('o');
                    if text.ends_with(['o', 'O']) {
                        let value = words.get(at).and_then(Word::constant);
                        dry |= value == Some("noexec") && text.starts_with('-');
                        at += 1;
                        if value.is_none() {
                            return self.ask(
                                &word.span,
                                format!("an option of `{program}` without a constant value"),
                            );
                        }
                    }
                    // What remains is read from standard input even if there are operands.
                    if text.contains('s') && !takes_code {
                        break None;
                    }
                }
                _ => break Some(at - 1),
            }
        };
        if other && (script.is_none() || takes_code) {
            self.ask(&invocation.span, format!("`{program}` has a language that this version does not read"));
        }
        let posix = !matches!(program.as_str(), "bash" | "rbash" | "ksh" | "mksh" | "zsh");
        match script {
            // Only the syntax is checked. (With `-c` nothing is run either.)
            _ if dry && !other => {}
            Some(index) if takes_code => {
                let positional = words[index + 1..].iter().cloned();
                let positional: Vec<Word> = if index + 1 < words.len() {
                    positional.collect()
                } else {
                    vec![invocation.word().clone()]
                };
                // What `find` and `xargs` append is not known.
                let positional = (!invocation.open_ended).then(|| positional.into());
                self.run(&words[index], invocation, " -c", posix, positional);
            }
            Some(index) => self.file(&words[index], invocation, false, other),
            None => self.standard_input(invocation),
        }
    }

    fn standard_input(&mut self, invocation: &Invocation) {
        let posix = !matches!(invocation.program.as_str(), "bash" | "rbash" | "ksh" | "mksh" | "zsh");
        if invocation.open_ended {
            return self
                .ask(&invocation.span, format!("`{}` with arguments that are computed", invocation.program));
        }
        let document = self.command.redirections.iter().rev().find(|redirection| redirection.feeds());
        if let Some(redirection) = document
            && matches!(redirection.kind, RedirectionKind::HereDocument | RedirectionKind::HereString)
        {
            let target = redirection.target.clone();
            let alternatives = self.level.constant(&target);
            match alternatives {
                Some(text) => self.code(text, Some(ScopeKind::Subshell), posix, invocation, ""),
                None => self.run(&target, invocation, "", posix, None),
            }
            return;
        }
        if let Some(text) = self.level.input(self.command) {
            return self.code(text, Some(ScopeKind::Subshell), posix, invocation, "");
        }
        let substituted = document.is_some_and(|redirection| self.level.fetches(&redirection.target));
        if substituted || self.command.input.as_ref().is_some_and(|input| self.level.remote(input)) {
            self.remote(invocation);
        }
        self.ask(
            &invocation.span,
            format!("`{}` runs what it reads from standard input", invocation.program),
        );
    }

    /// `echo 'rm -rf x' | at now`
    fn at(&mut self, invocation: &Invocation) {
        let flag =
            |names: &[&str]| invocation.arguments().flags.iter().any(|flag| names.contains(&&*flag.name));
        if flag(&["-l", "-r", "-d", "-c", "-V"]) {
            return;
        }
        self.ask(
            &invocation.span,
            format!("`{}` runs something later, when nobody looks", invocation.program),
        );
        self.standard_input(invocation);
    }

    /// The interpreter's name, its code options, its script or standard input.
    #[expect(clippy::too_many_lines, reason = "one pass over the options")]
    fn interpreter(&mut self, invocation: &Invocation) {
        let name = interpreter_name(&invocation.program);
        let Some((_, options)) = INTERPRETERS.iter().find(|(program, _)| *program == name) else { return };
        let words = invocation.words();
        let mut codes: Vec<Word> = Vec::new();
        let (mut at, mut script, mut module) = (0, None, false);
        while let Some(word) = words.get(at) {
            at += 1;
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            if text == "--" {
                script = words.get(at);
                break;
            }
            if word.text.is_none() && word.may_be_option() && text.is_empty() {
                self.ask(&word.span, format!("an option of `{name}` that is computed at run time"));
                script = Some(word);
                break;
            }
            if options.contains(&text) {
                codes.extend(words.get(at).cloned());
                at += 1;
            } else if let Some(value) = options.iter().find_map(|option| {
                text.strip_prefix(option)
                    .filter(|_| option.starts_with("--"))
                    .and_then(|rest| rest.strip_prefix('='))
            }) {
                codes.push(piece(word, text.len() - value.len()));
            } else if name == "vim" && (text.starts_with('+') || matches!(text, "-S" | "-s")) {
                if text.starts_with('+') { codes.push(piece(word, 1)) } else { module = true }
            } else if text.starts_with("--") || name == "gdb" && text.starts_with('-') {
                module |=
                    matches!(text, "--version" | "--help" | "--check" | "--test" | "--batch" | "--args");
            } else if text.len() > 1 && text.starts_with('-') {
                // `perl -pe 'code'`, `python -Ic 'code'`: the last of a cluster.
                let letters = &text[1..];
                let code =
                    options.iter().filter_map(|option| option.strip_prefix('-')).filter(|o| o.len() == 1);
                let takes = code.clone().find_map(|letter| letters.find(letter));
                let stops = letters.find(['i', 'm', 'W', 'X', 'I', 'M', 'r', 'l', '0', 'F', 'x', 'C', 'S']);
                match takes {
                    Some(index)
                        if stops.is_none_or(|stop| {
                            stop > index || !matches!(name, "python") || letters.as_bytes()[stop] != b'm'
                        }) =>
                    {
                        if index + 1 == letters.len() {
                            codes.extend(words.get(at).cloned());
                            at += 1;
                        } else if matches!(
                            name,
                            "perl" | "ruby" | "python" | "lua" | "luajit" | "php" | "vim"
                        ) {
                            codes.push(piece(word, index + 2));
                        }
                    }
                    _ if letters.starts_with('m') && name == "python" => {
                        module = true;
                        break;
                    }
                    _ => {
                        module |= matches!(text, "-v" | "-V" | "-h" | "-S");
                        at += usize::from(matches!(text, "-W" | "-X" | "-r" | "-I") && letters.len() == 1);
                    }
                }
            } else {
                script = Some(word);
                break;
            }
        }
        let has_code = !codes.is_empty();
        for word in &codes {
            if name == "vim" {
                self.ex(word, invocation);
                continue;
            }
            let (text, computed) = code_of(word);
            if computed {
                if self.level.fetches(word) {
                    self.remote(invocation);
                }
                self.ask(&word.span, format!("code for `{name}` that is computed at run time"));
            }
            self.foreign(name, &text, invocation);
        }
        if has_code || module || invocation.open_ended && script.is_none() && name != "python" {
            return;
        }
        match script {
            Some(word)
                if matches!(
                    word.text.as_deref(),
                    Some("-" | "/dev/stdin" | "run" | "test" | "x" | "install")
                ) =>
            {
                if matches!(word.text.as_deref(), Some("-" | "/dev/stdin")) {
                    self.foreign_input(name, invocation);
                }
            }
            Some(word) => {
                if let Some([Part::Process { commands, .. }]) = word.parts.as_deref()
                    && self.level.remote(commands)
                {
                    self.remote(invocation);
                }
                let content =
                    word.text.as_deref().and_then(|text| self.level.environment.files.get(base_name(text)));
                match content.cloned() {
                    Some(Content::Known(text)) => self.foreign(name, &text, invocation),
                    Some(Content::Remote) => self.remote(invocation),
                    Some(Content::Unknown) | None => {}
                }
            }
            None if self.feeds() => self.foreign_input(name, invocation),
            None if matches!(name, "vim" | "emacs") => {
                self.ask(&invocation.span, format!("`{name}` waits for a person"));
            }
            None => {}
        }
    }

    fn foreign_input(&mut self, name: &str, invocation: &Invocation) {
        if let Some(text) = self.level.input(self.command) {
            return self.foreign(name, &text, invocation);
        }
        if self.command.input.as_ref().is_some_and(|input| self.level.remote(input)) {
            self.remote(invocation);
        }
        self.ask(&invocation.span, format!("`{name}` runs what it reads from standard input"));
    }

    /// Code in another language.
    fn foreign(&mut self, name: &str, text: &Text, invocation: &Invocation) {
        let foreign = foreign::read(name, text);
        for shell in foreign.shell {
            // Strings that are no shell text are no trouble: the whole is asked about anyway.
            self.code(shell, Some(ScopeKind::Later), false, invocation, "");
        }
        if let Some(reason) = foreign.unclear {
            self.ask(&invocation.span, reason);
        }
        if foreign.remote {
            self.remote(invocation);
        }
        if let Some(span) = foreign.deletes {
            self.carried.deletes.push(Remote { span, via: invocation.chain("") });
        }
        for write in foreign.writes {
            let span = write.as_ref().map_or(invocation.span.clone(), Text::span);
            self.carried.writes.push((write, span, name.to_owned()));
        }
    }

    /// A command of `vim` and its like.
    fn ex(&mut self, word: &Word, invocation: &Invocation) {
        const HARMLESS: [&str; 12] = [
            "q",
            "q!",
            "qa",
            "qa!",
            "quit",
            "qall",
            "cq",
            "set nomore",
            "syntax off",
            "version",
            "cquit",
            "redraw",
        ];
        let (text, computed) = code_of(word);
        let trimmed = text.as_str().trim_start_matches([':', ' ']);
        let trimmed =
            trimmed.strip_prefix("silent").map_or(trimmed, |rest| rest.trim_start_matches(['!', ' ']));
        let bang = if text.as_str().contains("silent") {
            text.as_str().find('!')
        } else {
            trimmed.starts_with('!').then(|| text.as_str().len() - trimmed.len())
        };
        if let Some(bang) = bang {
            let code = text.slice(bang + 1..text.as_str().len());
            self.code(code, Some(ScopeKind::Subshell), true, invocation, " !");
            if computed {
                self.ask(&word.span, "a command of an editor that is computed at run time");
            }
        } else if computed || !HARMLESS.contains(&trimmed.trim()) {
            self.ask(&word.span, "a command of an editor, which may write files or run programs");
        }
    }

    /// `\! rm`, `.shell rm`, `system rm`: how interactive programs run others.
    fn escapes(&mut self, invocation: &Invocation) {
        let mut texts: Vec<Text> = invocation
            .words()
            .iter()
            .filter_map(|word| word.text.as_ref().map(|text| Text::copied(text, &word.places)))
            .collect();
        texts.extend(self.level.input(self.command));
        for text in texts {
            let mut start = 0;
            for line in text.as_str().split_inclusive(['\n', ';']) {
                let trimmed = line.trim_start();
                let found = ["\\!", ".shell ", ".system ", "system ", "!"]
                    .iter()
                    .find_map(|mark| trimmed.strip_prefix(mark));
                if let Some(rest) = found {
                    let from = start + line.len() - rest.len();
                    let end = from + rest.trim_end_matches(['\n', ';']).len();
                    self.code(text.slice(from..end), Some(ScopeKind::Subshell), true, invocation, "");
                }
                start += line.len();
            }
        }
    }

    /// A program for `awk` can run commands and write files.
    fn awk(&mut self, invocation: &Invocation) {
        let words = invocation.words();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            at += 1;
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            match text {
                "-F" | "-v" | "--assign" | "--field-separator" => at += 1,
                "-f" | "--file" | "-i" | "--include" | "-l" | "--load" => return,
                "-e" | "--source" => {
                    let Some(word) = words.get(at) else { return };
                    let (code, computed) = code_of(word);
                    if computed {
                        self.ask(&word.span, "a program for `awk` that is computed at run time");
                    }
                    self.foreign("awk", &code, invocation);
                    return;
                }
                _ if text.starts_with('-') && text.len() > 1 => {
                    if text == "--version" || text == "-W" {
                        return;
                    }
                }
                _ => {
                    let (code, computed) = code_of(word);
                    if computed {
                        self.ask(&word.span, "a program for `awk` that is computed at run time");
                    }
                    self.foreign("awk", &code, invocation);
                    return;
                }
            }
        }
        if invocation.open_ended {
            self.ask(&invocation.span, "a program for `awk` that is computed at run time");
        }
    }

    /// GNU sed's `e` runs commands.
    fn sed(&mut self, invocation: &Invocation) {
        let Some(span) = sed::unread_script(invocation) else { return };
        self.ask(&span, "a script for `sed` that may run commands");
        let found = invocation.words().iter().find(|word| word.span == span);
        if let Some((word, text)) = found.and_then(|word| Some((word, word.text.as_deref()?)))
            && let Some(at) = text.find("e ")
        {
            let code = Text::copied(text, &word.places).slice(at + 2..text.len());
            self.code(code, Some(ScopeKind::Subshell), true, invocation, " e");
        }
    }

    fn git(&mut self, invocation: &Invocation) {
        let arguments = invocation.arguments();
        let harmless = |setting: &str| {
            HARMLESS_GIT_CONFIG.iter().any(|harmless| setting.to_ascii_lowercase().starts_with(harmless))
        };
        let mut settings: Vec<(String, Range<usize>, Option<Word>)> = Vec::new();
        // Behind the subcommand it is the subcommand's own: `git switch -c x`.
        let verb = arguments.operands.first().map_or(usize::MAX, |word| word.span.start);
        for flag in arguments.flags.iter().filter(|flag| flag.name == "-c" && flag.span.start < verb) {
            let words = invocation.words();
            let index = words.iter().position(|word| word.span == flag.span).map(|index| index + 1);
            let word = index.and_then(|index| words.get(index)).cloned();
            settings.push((flag.value.unwrap_or_default().to_owned(), flag.span.clone(), word));
        }
        let operands: Vec<&str> =
            arguments.operands.iter().map(|word| word.text.as_deref().unwrap_or_default()).collect();
        if let ["config", key, value, ..] = operands.as_slice() {
            settings.push((format!("{key}={value}"), invocation.span.clone(), None));
        }
        for (setting, span, word) in settings {
            if harmless(&setting) {
                continue;
            }
            self.ask(&span, "a setting of `git` that may name a program to run");
            let Some((_, value)) = setting.split_once('=') else { continue };
            let text = match word {
                Some(word) if word.text.as_deref() == Some(&setting) => {
                    Text::copied(&setting, &word.places).slice(setting.len() - value.len()..setting.len())
                }
                _ => Text::decoded(value, &span),
            };
            let skip = usize::from(value.starts_with('!'));
            let prefix = setting.starts_with("alias.") && skip == 0;
            let text = if prefix {
                let mut whole = Text::decoded("git ", &span);
                whole.append(&text);
                whole
            } else {
                text.slice(skip..value.len())
            };
            self.code(text, Some(ScopeKind::Later), true, invocation, " -c");
        }
    }
}

/// The rest of a word from one of its bytes on.
fn piece(word: &Word, from: usize) -> Word {
    let Some(text) = &word.text else { return Word { text: None, ..word.clone() } };
    let (text, places) = Text::copied(text, &word.places).slice(from..text.len()).into_parts();
    Word { text: Some(text), places, ..word.clone() }
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

pub(super) fn has_substitution(text: &str) -> bool {
    text.contains("$(") || text.contains('`')
}

/// Whether a program's name is that of a shell.
pub(super) fn is_shell(name: &str) -> bool {
    SHELLS.contains(&program::normalised(name))
}

/// `ssh host "cat > file"`: what the command there reads is data to it, and no shell stands among its words.
fn keeps(invocation: &Invocation) -> bool {
    const KEEPING: [&str; 9] = ["cat", "dd", "gunzip", "gzip", "pv", "tar", "tee", "wc", "zstd"];
    let operands = invocation.arguments().operands;
    let texts: Option<Vec<&str>> = operands.iter().skip(1).map(|word| word.text.as_deref()).collect();
    let Some(texts) = texts else { return false };
    let mut words = texts
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-')));
    let first = texts.first().and_then(|text| text.split_ascii_whitespace().next());
    let runs = |word: &str| {
        SHELLS.contains(&word) || OTHER_SHELLS.contains(&word) || word == "eval" || word == "source"
    };
    first.is_some_and(|first| KEEPING.contains(&first)) && !words.any(runs)
}
