//! Interpreters of other languages: the code in their options, their script or their standard input.

use super::super::environment::Content;
use super::super::foreign;
use super::super::interpret::base_name;
use super::super::text::Text;
use super::super::{Invocation, Remote, ScopeKind, Word};
use super::table::{code_options, evaluators};
use super::{Reader, code_of, piece};

impl Reader<'_> {
    /// The interpreter's name, its code options, its script or standard input.
    #[expect(clippy::too_many_lines, reason = "one pass over the options")]
    pub(super) fn interpreter(&mut self, invocation: &Invocation) {
        let name = interpreter_name(&invocation.program);
        let Some(options) = code_options(name) else { return };
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
                if let Some(text) = word.text.as_deref() {
                    // `python manage.py shell -c '…'`, `php artisan tinker --execute='…'`
                    let rest = words.iter().position(|it| it.span == word.span).map_or(0, |at| at + 1);
                    self.evaluator(base_name(text), &words[rest..], invocation);
                }
                // What an editor or debugger is given to look at is no code.
                let data = word.is_process() && matches!(name, "vim" | "emacs" | "gdb" | "lldb");
                match self.content(word).filter(|_| !data) {
                    Some(Content::Known(text)) => self.foreign(name, &text, invocation),
                    Some(Content::Remote) => self.remote(invocation),
                    Some(Content::Unknown) if word.is_process() => {
                        self.ask(&word.span, format!("`{name}` runs what a substitution prints"));
                    }
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

    pub(super) fn foreign_input(&mut self, name: &str, invocation: &Invocation) {
        if let Some(text) = self.level.input(self.command) {
            return self.foreign(name, &text, invocation);
        }
        if self.command.input.as_ref().is_some_and(|input| self.level.remote(input)) {
            self.remote(invocation);
        }
        self.ask(&invocation.span, format!("`{name}` runs what it reads from standard input"));
    }

    /// `rails runner '…'`: code behind a subcommand, or in an option of it.
    pub(super) fn evaluator(&mut self, program: &str, words: &[Word], invocation: &Invocation) {
        for (_, verb, options, language) in evaluators(program) {
            let Some(at) = words.iter().position(|word| word.text.as_deref() == Some(verb)) else { continue };
            let mut behind = words[at + 1..].iter();
            while let Some(word) = behind.next() {
                let text = word.text.as_deref().unwrap_or(&word.prefix);
                let code = match text.split_once('=') {
                    _ if options.is_empty() && !text.starts_with('-') => Some(word.clone()),
                    _ if options.split(' ').any(|option| option == text) => behind.next().cloned(),
                    Some((name, value)) if options.split(' ').any(|option| option == name) => {
                        Some(piece(word, text.len() - value.len()))
                    }
                    _ => None,
                };
                let Some(code) = code else { continue };
                let (text, computed) = code_of(&code);
                self.read = Some(code.span.clone());
                if computed {
                    self.ask(&code.span, format!("code for `{program} {verb}` that is computed at run time"));
                }
                self.foreign(language, &text, invocation);
                break;
            }
        }
    }

    /// Code in another language.
    pub(super) fn foreign(&mut self, name: &str, text: &Text, invocation: &Invocation) {
        let language = match name {
            "ts-node" | "tsx" => "node",
            "R" => "Rscript",
            other => other,
        };
        let foreign = foreign::read(language, text);
        let scope = if foreign.stays { ScopeKind::Subshell } else { ScopeKind::Later };
        for shell in foreign.shell {
            // Strings that are no shell text are no trouble: the whole is asked about anyway.
            self.code(shell, Some(scope), false, invocation, "");
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

    /// A program for `awk` can run commands and write files.
    pub(super) fn awk(&mut self, invocation: &Invocation) {
        let words = invocation.words();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            at += 1;
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            match text {
                "-F" | "-v" | "--assign" | "--field-separator" => at += 1,
                _ if text.starts_with("-f") || text.starts_with("--file") => {
                    if let Some(file) = Self::named_file(invocation, &["--file", "-f"])
                        && let Some(code) = self.code_file(&file, invocation)
                    {
                        self.foreign("awk", &code, invocation);
                    }
                    return;
                }
                "-i" | "--include" | "-l" | "--load" => return,
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
}

/// Whether code for this program is read by itself.
pub(super) fn is_interpreter(program: &str) -> bool {
    code_options(interpreter_name(program)).is_some()
}

/// `python3.12` is `python`.
pub(super) fn interpreter_name(program: &str) -> &str {
    if program == "m4" {
        return program;
    }
    let name = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if name == "pypy" { "python" } else { name }
}
