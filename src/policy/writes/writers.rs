//! Which of their operands programs write to.

use std::ops::Range;

use super::super::shell::{Arguments, Invocation, Word};
use super::Target;
use super::directory::Directories;

type Targets = Vec<(Target, Range<usize>)>;

/// A call whose targets are collected.
struct Writer<'a, 'r> {
    invocation: &'a Invocation,
    arguments: Arguments<'a>,
    directories: &'a mut Directories<'r>,
    scope: usize,
    targets: Targets,
}

/// What a call writes to, as its operands name it; nothing for programs that are not known to write.
pub(super) fn targets(invocation: &Invocation, directories: &mut Directories<'_>, scope: usize) -> Targets {
    let arguments = invocation.arguments();
    let mut writer = Writer { invocation, arguments, directories, scope, targets: Vec::new() };
    match invocation.program.as_str() {
        "touch" | "mkdir" | "rmdir" | "rm" | "tee" | "truncate" => writer.operands_from(0),
        "chmod" | "chown" | "chgrp" => writer.modes(),
        "mv" => writer.copies(true),
        "install" if writer.has(&["-d", "--directory"]) => writer.operands_from(0),
        "cp" | "ln" | "install" => writer.copies(false),
        "sed" => writer.sed(),
        "dd" => writer.dd(),
        "sort" => writer.values(&["-o", "--output"]),
        "tar" => writer.tar(),
        "curl" => writer.curl(),
        "wget" => writer.wget(),
        "git" => writer.git(),
        _ => return Vec::new(),
    }
    writer.targets
}

impl<'a> Writer<'a, '_> {
    fn has(&self, names: &[&str]) -> bool {
        self.arguments.flags.iter().any(|flag| names.contains(&flag.name.as_str()))
    }

    fn add(&mut self, target: Target, span: Range<usize>) {
        self.targets.push((target, span));
    }

    fn add_word(&mut self, word: &Word) {
        let target = self.directories.resolve(word, self.scope);
        self.add(target, word.span.clone());
    }

    fn unknown(&mut self, reason: &str) {
        self.add(Target::Unknown(reason.to_owned()), self.invocation.span.clone());
    }

    /// Every operand from this one on.
    fn operands_from(&mut self, first: usize) {
        for word in self.arguments.operands.split_off(first.min(self.arguments.operands.len())) {
            self.add_word(word);
        }
        if self.invocation.open_ended {
            self.unknown("its operands are computed at run time");
        }
    }

    /// The values of options; an option without a constant value is not known.
    fn values(&mut self, names: &[&str]) {
        let flags: Vec<_> =
            self.arguments.flags.iter().filter(|flag| names.contains(&flag.name.as_str())).collect();
        let values: Vec<_> =
            flags.iter().map(|flag| (flag.value.map(str::to_owned), flag.span.clone())).collect();
        for (value, span) in values {
            let target = match value.as_deref() {
                Some("-") => continue,
                Some(value) => self.directories.join(value, self.scope),
                None => Target::Unknown("its name is computed at run time".to_owned()),
            };
            self.add(target, span);
        }
    }

    fn modes(&mut self) {
        // `chmod -x file`: the mode looks like an option.
        let removes = self.arguments.flags.iter().any(|flag| {
            flag.name == "--reference"
                || flag.name.strip_prefix('-').is_some_and(|name| "rwxXst".contains(name))
        });
        self.operands_from(usize::from(!removes));
    }

    /// Sources, and the file or directory they go to.
    fn copies(&mut self, removes: bool) {
        let mut sources = std::mem::take(&mut self.arguments.operands);
        let named = self
            .arguments
            .flags
            .iter()
            .find(|flag| matches!(flag.name.as_str(), "-t" | "--target-directory"));
        let directory = named.map(|flag| (flag.value, flag.span.clone()));
        if let Some((value, span)) = directory {
            match value {
                Some(value) => self.place_in(value, &span, &sources),
                None => self.unknown("the directory is computed at run time"),
            }
        } else if sources.len() < 2 && self.invocation.program == "ln" {
            // `ln file` makes a link of the same name here.
            self.place_in(".", &self.invocation.span.clone(), &sources);
        } else if let Some(last) = sources.pop() {
            let certain = sources.len() > 1 || last.text.as_deref().is_some_and(is_directory);
            match &last.text {
                Some(text) if certain && !last.globbed && !text.starts_with('~') => {
                    self.place_in(text, &last.span, &sources);
                }
                _ => self.add_word(last),
            }
        }
        if removes {
            for source in &sources {
                self.add_word(source);
            }
        }
        if self.invocation.open_ended {
            self.unknown("its operands are computed at run time");
        }
    }

    /// Each source under its own name in a directory.
    fn place_in(&mut self, directory: &str, span: &Range<usize>, sources: &[&'a Word]) {
        for source in sources {
            let name = source.constant().and_then(|text| text.trim_end_matches('/').rsplit('/').next());
            let target = match name.filter(|name| !matches!(*name, "" | "." | "..")) {
                Some(name) => self.directories.join(&format!("{directory}/{name}"), self.scope),
                None => self.directories.beneath(directory, self.scope),
            };
            self.add(target, span.clone());
        }
    }

    fn sed(&mut self) {
        let in_place = |text: &str| {
            let letters = text.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
            let before_value = letters.and_then(|letters| letters.split(['e', 'f', 'l']).next());
            before_value.is_some_and(|letters| letters.contains('i')) || text.starts_with("--i")
        };
        let words = self.invocation.words();
        if !words.iter().any(|word| word.text.as_deref().is_some_and(in_place)) {
            return;
        }
        let (mut files, mut script, mut rest) = (Vec::new(), false, words.iter());
        while let Some(word) = rest.next() {
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            if text.starts_with("--expression") || text.starts_with("--file") {
                script = true;
                if !text.contains('=') {
                    rest.next();
                }
            } else if text.len() > 1 && text.starts_with('-') {
                let letters = text.split('i').next().unwrap_or(text);
                script |= letters.contains(['e', 'f']);
                if letters == text && text.ends_with(['e', 'f']) {
                    rest.next();
                }
            } else if !(word.text.is_some() && text.is_empty()) {
                // The empty word is the suffix in `sed -i '' …`.
                files.push(word);
            }
        }
        for word in files.into_iter().skip(usize::from(!script)) {
            self.add_word(word);
        }
        if self.invocation.open_ended {
            self.unknown("its operands are computed at run time");
        }
    }

    fn dd(&mut self) {
        for word in std::mem::take(&mut self.arguments.operands) {
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            match (text.strip_prefix("of="), &word.text) {
                (Some(path), Some(_)) => {
                    let target = self.directories.join(path, self.scope);
                    self.add(target, word.span.clone());
                }
                (None, Some(_)) => {}
                (_, None) => self.unknown("its operands are computed at run time"),
            }
        }
    }

    fn tar(&mut self) {
        // `tar xzf file`: the options stand in the first operand, without a dash.
        let bundled = !self
            .invocation
            .words()
            .first()
            .is_some_and(|word| word.text.as_deref().unwrap_or("").starts_with('-'));
        let letters =
            self.arguments.operands.first().and_then(|word| word.text.as_deref()).filter(|_| bundled);
        let letters = letters.unwrap_or_default().to_owned();
        if self.has(&["-x", "--extract", "--get"]) || letters.contains('x') {
            if self.has(&["-C", "--directory"]) {
                self.values(&["-C", "--directory"]);
            } else {
                let here = self.directories.beneath(".", self.scope);
                self.add(here, self.invocation.span.clone());
            }
        }
        let creates = ["-c", "--create", "-r", "--append", "-u", "--update", "-A", "--delete"];
        if self.has(&creates) || letters.contains(['c', 'r', 'u', 'A']) {
            self.values(&["-f", "--file"]);
            if letters.contains('f')
                && let Some(file) = self.arguments.operands.get(1).copied()
            {
                self.add_word(file);
            }
        }
    }

    fn curl(&mut self) {
        self.values(&["-o", "--output", "--output-dir", "-D", "--dump-header", "-c", "--cookie-jar"]);
        if self.has(&["-O", "--remote-name", "--remote-name-all"]) && !self.has(&["--output-dir"]) {
            let here = self.directories.beneath(".", self.scope);
            self.add(here, self.invocation.span.clone());
        }
    }

    fn wget(&mut self) {
        let named = ["-O", "--output-document", "-P", "--directory-prefix"];
        self.values(&named);
        self.values(&["-o", "--output-file", "-a"]);
        if !self.has(&named) && !self.has(&["--spider", "--version", "--help"]) {
            let here = self.directories.beneath(".", self.scope);
            self.add(here, self.invocation.span.clone());
        }
    }

    /// `git -C dir`: what git changes in the workspace itself is left to the sandbox.
    fn git(&mut self) {
        const READS: [&str; 14] = [
            "blame",
            "cat-file",
            "describe",
            "diff",
            "for-each-ref",
            "grep",
            "log",
            "ls-files",
            "ls-remote",
            "ls-tree",
            "rev-list",
            "rev-parse",
            "show",
            "status",
        ];
        let subcommand = self.arguments.operands.first().and_then(|word| word.text.as_deref());
        if subcommand.is_some_and(|subcommand| READS.contains(&subcommand)) {
            return;
        }
        self.values(&["-C", "--git-dir", "--work-tree"]);
        self.targets.retain(|(target, _)| match target {
            Target::Path(path) | Target::Beneath(path) => path.starts_with(['/', '~']) || leaves(path),
            Target::Temporary(_) => false,
            Target::Unknown(_) => true,
        });
    }
}

/// A path that can only be a directory.
fn is_directory(path: &str) -> bool {
    path.ends_with('/') || matches!(path.rsplit('/').next(), Some("." | ".."))
}

/// A normalised path leads out of the workspace.
pub(super) fn leaves(path: &str) -> bool {
    path == ".." || path.starts_with("../")
}
