//! Tools that run code in ways of their own: `git -c`, the recipes of `make`, the escapes of databases' clients.

use std::ops::Range;

use super::super::environment::Content;
use super::super::interpret::base_name;
use super::super::text::Text;
use super::super::{Invocation, ScopeKind, Word, sed};
use super::table::HARMLESS_GIT_CONFIG;
use super::{Reader, code_of, is_shell, piece};

impl Reader<'_> {
    pub(super) fn git(&mut self, invocation: &Invocation) {
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
        for word in invocation.words() {
            // The transport `ext` runs its address; `-u` of `git clone` is what the other side runs.
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            if text.starts_with("ext::") {
                self.run(&piece(word, 5), invocation, " ext::", true, None);
            }
        }
        let given = invocation.words();
        let letter = match operands.first() {
            Some(&("clone" | "ls-remote" | "fetch-pack")) => Some("-u"),
            Some(&"difftool") => Some("-x"),
            _ => None,
        };
        if letter.is_some()
            && let Some(at) = given.iter().position(|word| word.text.as_deref() == letter)
            && let Some(word) = given.get(at + 1)
        {
            self.run(
                word,
                invocation,
                letter.map_or("", |letter| if letter == "-u" { " -u" } else { " -x" }),
                true,
                None,
            );
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

    /// `echo '* * * * * rm x' | crontab -`: the lines of a timetable are commands behind five fields or `@daily`.
    pub(super) fn timetable(&mut self, invocation: &Invocation) {
        let words = invocation.words();
        let text = |word: &Word| word.text.as_deref().unwrap_or_default().to_owned();
        if words.iter().any(|word| matches!(text(word).as_str(), "-l" | "-e" | "-V")) {
            return;
        }
        self.ask(&invocation.span, "`crontab` has commands run later, when nobody looks");
        let file = words.iter().map(text).find(|text| !text.starts_with('-'));
        let content = match file {
            Some(file) => match self.level.environment.files.get(base_name(&file)) {
                Some(Content::Known(text)) => Some(text.clone()),
                Some(Content::Remote | Content::Unknown) | None => None,
            },
            None => self.level.input(self.command),
        };
        let Some(content) = content else { return };
        let mut start = 0;
        for line in content.as_str().split_inclusive('\n') {
            let fields = if line.trim_start().starts_with('@') { 1 } else { 5 };
            let mut rest = line;
            for _ in 0..fields {
                rest = rest.trim_start().trim_start_matches(|c: char| !c.is_whitespace());
            }
            let command = rest.trim();
            if !line.trim_start().starts_with('#') && !command.is_empty() {
                let from = start + line.len() - rest.trim_start().len();
                let code = content.slice(from..from + command.len());
                self.code(code, Some(ScopeKind::Later), true, invocation, "");
            }
            start += line.len();
        }
    }

    /// `make SHELL=…` runs every recipe with it, and `make -f -` those that it reads.
    pub(super) fn make(&mut self, invocation: &Invocation) {
        let arguments = invocation.arguments();
        let reads = |flag: &super::super::Flag<'_>| {
            matches!(&*flag.name, "-f" | "--file" | "--makefile")
                && matches!(flag.value, Some("-" | "/dev/stdin"))
        };
        if arguments.flags.iter().any(reads) {
            match self.level.input(self.command) {
                Some(text) => self.recipes(&text, invocation),
                None => self.ask(&invocation.span, "`make` runs what it reads from standard input"),
            }
        } else if let Some(text) = self.rules(invocation, &["--makefile", "--file", "-f"], "Makefile") {
            self.recipes(&text, invocation);
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

    /// The rules of a program, in the file that an option names or in the one that it takes by itself, where the
    /// script has written it.
    pub(super) fn rules(&mut self, invocation: &Invocation, options: &[&str], own: &str) -> Option<Text> {
        if self.level.environment.files.is_empty() && !invocation.words().iter().any(Word::is_process) {
            return None;
        }
        match Self::named_file(invocation, options) {
            Some(file) => self.code_file(&file, invocation),
            // One that the script copies or edits is still the project's.
            None => match self.content(&Word::of(own))? {
                Content::Known(text) => Some(text),
                Content::Remote => {
                    self.remote(invocation);
                    None
                }
                Content::Unknown => None,
            },
        }
    }

    /// The recipes of a Makefile or justfile: lines behind a tab or blanks, each for a shell of its own.
    pub(super) fn recipes(&mut self, text: &Text, invocation: &Invocation) {
        let mut start = 0;
        for line in text.as_str().split_inclusive('\n') {
            let recipe = line.trim_start_matches(['\t', '@', '-', '+', ' ']);
            if line.starts_with(['\t', ' ']) && !recipe.trim().is_empty() {
                let from = start + line.len() - recipe.len();
                let code = text.slice(from..start + line.trim_end().len());
                self.code(code, Some(ScopeKind::Subshell), true, invocation, "");
            }
            start += line.len();
        }
    }

    /// GNU sed's `e` runs commands.
    pub(super) fn sed(&mut self, invocation: &Invocation) {
        if let Some(file) = Self::named_file(invocation, &["--file", "-f"])
            && let Some(script) = self.code_file(&file, invocation)
        {
            self.sed_commands(&script, invocation);
        }
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

    /// The commands that the lines of a `sed` script run: `e rm x` behind its address.
    fn sed_commands(&mut self, script: &Text, invocation: &Invocation) {
        let mut start = 0;
        for line in script.as_str().split_inclusive('\n') {
            let address = |c: char| c.is_ascii_digit() || matches!(c, '$' | ',' | ' ' | '!' | '{');
            let command = line.trim_start_matches(address);
            if let Some(rest) = command.strip_prefix("e ") {
                let from = start + line.len() - rest.len();
                let code = script.slice(from..start + line.trim_end().len());
                self.code(code, Some(ScopeKind::Subshell), true, invocation, " e");
            }
            start += line.len();
        }
    }

    /// `fzf --bind 'enter:execute(rm x)'`: an action with a command in brackets.
    pub(super) fn bindings(&mut self, invocation: &Invocation) {
        const ACTIONS: [&str; 6] =
            ["execute(", "execute-silent(", "become(", "reload(", "preview(", "transform("];
        for word in invocation.words() {
            let Some(text) = word.text.as_deref().filter(|text| text.contains('(')) else { continue };
            let begins = |action: &&str| text.find(*action).map(|at| at + action.len());
            let Some(from) = ACTIONS.iter().find_map(begins) else { continue };
            let end = text[from..].rfind(')').map_or(text.len(), |length| from + length);
            let code = Text::copied(text, &word.places).slice(from..end);
            self.code(code, Some(ScopeKind::Subshell), true, invocation, " --bind");
        }
    }

    /// `\! rm`, `.shell rm`, `system rm`: how interactive programs run others.
    pub(super) fn escapes(&mut self, invocation: &Invocation) {
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
}
