//! Shells and what is like them: the text behind `-c`, the file that they are given, or their standard input.

use super::super::environment::Content;
use super::super::foreign;
use super::super::interpret::base_name;
use super::super::part::Part;
use super::super::text::Text;
use super::super::{Invocation, RedirectionKind, ScopeKind, Word};
use super::table::{OTHER_SHELLS, SHELLS};
use super::{Certainty, Code, Reader};

impl Reader<'_> {
    /// `sh -c 'script'`, a here-document for a shell, or a shell that reads its standard input.
    pub(super) fn shell(&mut self, invocation: &Invocation, other: bool) {
        let program = &invocation.program;
        let words = invocation.words();
        let (mut at, mut takes_code, mut dry) = (0, false, false);
        let script = loop {
            let Some(word) = words.get(at) else { break None };
            at += 1;
            let Some(text) = word.constant() else {
                // Behind `-n` it may be the file or a further option: nothing is run either way.
                if takes_code || dry || !word.may_be_option() {
                    // What `find` finds is no option, and no script that anybody has named.
                    if !takes_code && !dry && word.variable.as_ref().is_some_and(|(name, _)| name == "{}") {
                        self.ask(&word.span, format!("the script of `{program}` is computed at run time"));
                    }
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
                    // `tcsh -fc`, `fish -Nc`: one letter each, but whole names in PowerShell.
                    let names = matches!(program.as_str(), "powershell" | "pwsh");
                    takes_code |= letters.starts_with("-c")
                        || letters == "-enc"
                        || letters.starts_with("-encoded")
                        || !names && !letters.starts_with("--") && letters.contains('c');
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

    pub(super) fn standard_input(&mut self, invocation: &Invocation) {
        let posix = !matches!(invocation.program.as_str(), "bash" | "rbash" | "ksh" | "mksh" | "zsh");
        if invocation.open_ended {
            // `curl … | xargs -0 sh -c`
            if self.command.input.as_ref().is_some_and(|input| self.level.remote(input)) {
                self.remote(invocation);
            }
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
        self.producers(invocation);
        self.ask(
            &invocation.span,
            format!("`{}` runs what it reads from standard input", invocation.program),
        );
    }

    /// Texts from which the programs before a shell make what it reads: `awk 'BEGIN { print "rm x" }' | sh`.
    fn producers(&mut self, invocation: &Invocation) {
        let mut texts: Vec<Text> = Vec::new();
        for command in self.command.input.iter().cloned().flatten().filter_map(|at| self.level.command(at)) {
            let given = command.redirections.iter().filter(|it| it.feeds()).map(|it| &it.target);
            for word in command.words.iter().skip(1).chain(given) {
                if let Some(text) = word.text.as_deref().filter(|text| text.contains(' ')) {
                    let text = Text::copied(text, &word.places);
                    texts.extend(foreign::strings(&text));
                    texts.push(text);
                }
            }
        }
        for text in texts.into_iter().take(16) {
            let via = invocation.chain("");
            let scope = Some(ScopeKind::Subshell);
            let certainty = Certainty::Likely;
            self.carried.code.push(Code { text, scope, certainty, via, ..Code::default() });
        }
    }

    /// What a file holds, if this script has written it or it is a substitution.
    pub(super) fn content(&self, word: &Word) -> Option<Content> {
        if let Some([Part::Process { commands, capture, reads: true, .. }]) = word.parts.as_deref() {
            return Some(match self.level.output(commands, *capture) {
                _ if self.level.remote(commands) => Content::Remote,
                Some(text) => Content::Known(text),
                None => Content::Unknown,
            });
        }
        let files = &self.level.environment.files;
        if files.is_empty() { None } else { files.get(base_name(word.text.as_deref()?)).cloned() }
    }

    /// The code that a program takes from the file that one of its options names: `awk -f FILE`, `make -f FILE`.
    /// Code of a substitution that is not known is asked about; files of the project are its own.
    pub(super) fn code_file(&mut self, word: &Word, invocation: &Invocation) -> Option<Text> {
        match self.content(word)? {
            Content::Known(text) => Some(text),
            Content::Remote => {
                self.remote(invocation);
                None
            }
            Content::Unknown => {
                let program = &invocation.program;
                if word.is_process() {
                    self.ask(&word.span, format!("`{program}` runs what a substitution prints"));
                } else {
                    self.ask(&word.span, format!("`{program}` runs a file that the script itself writes"));
                }
                None
            }
        }
    }

    /// The file that an option names: in the next word, behind `=`, or behind the letter.
    pub(super) fn named_file(invocation: &Invocation, options: &[&str]) -> Option<Word> {
        let mut words = invocation.words().iter();
        while let Some(word) = words.next() {
            let Some(text) = word.text.as_deref() else { continue };
            if text == "--" {
                return None;
            }
            for option in options {
                let Some(rest) = text.strip_prefix(option) else { continue };
                if rest.is_empty() {
                    return words.next().cloned();
                }
                if !option.starts_with("--") {
                    return Some(super::piece(word, option.len()));
                }
                if rest.starts_with('=') {
                    return Some(super::piece(word, option.len() + 1));
                }
            }
        }
        None
    }

    /// A script whose file is named: read where this script has written it, or where it is a substitution.
    #[expect(clippy::match_same_arms, reason = "each row is a case of its own")]
    pub(super) fn file(&mut self, word: &Word, invocation: &Invocation, sourced: bool, other: bool) {
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
            Some(_) if self.unpacked(word) => self.remote(invocation),
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

    /// `echo 'rm -rf x' | at now`
    pub(super) fn at(&mut self, invocation: &Invocation) {
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
}

/// `ssh host "cat > file"`: what the command there reads is data to it, and no shell stands among its words.
pub(super) fn keeps(invocation: &Invocation) -> bool {
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
