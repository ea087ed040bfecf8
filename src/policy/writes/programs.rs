//! Programs whose words take more than a row of the table.

use std::ops::Range;

use super::super::shell::Word;
use super::Target;
use super::table::Sort;
use super::writers::{Writer, leaves, reads};

impl<'a> Writer<'a, '_> {
    /// `find -fprint FILE`, `find DIR -delete`.
    pub(super) fn find(&mut self) {
        self.given(&["-fprint", "-fprint0", "-fprintf", "-fls"]);
        if self.has(&["-delete"]) {
            for target in self.directories.starts(self.invocation, self.scope) {
                self.add(target, self.invocation.span.clone());
            }
        }
    }

    /// `perl -pi -e '…' FILE`, `ruby -i.bak -ne '…' FILE`.
    pub(super) fn edits_in_place(&mut self) {
        let words = self.invocation.words();
        let (mut at, mut edits, mut code) = (0, false, false);
        while let Some(text) = words.get(at).map(|word| word.text.as_deref().unwrap_or(&word.prefix)) {
            let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) else { break };
            at += 1;
            if letters == "-" {
                break;
            }
            let before_code = letters.split(['e', 'E', 'M', 'I', 'm']).next().unwrap_or_default();
            edits |= before_code.contains('i');
            // What stands behind `-i` is the ending of the old file.
            let takes = !before_code.contains('i') || letters.ends_with(['e', 'E']);
            if takes && letters.ends_with(['e', 'E']) {
                code = true;
                at += 1;
            } else if !before_code.contains('i') && before_code.len() < letters.len() {
                // `-es/a/b/` has its code with it.
                code |= letters[before_code.len()..].starts_with(['e', 'E']);
            }
        }
        if !edits {
            return;
        }
        at += usize::from(!code);
        let files: Vec<&Word> = words[at.min(words.len())..].iter().collect();
        for file in files {
            self.add_word(file);
        }
        if self.invocation.open_ended {
            self.unknown("its operands are computed at run time");
        }
    }

    /// `crontab FILE` puts it where the system keeps such tables.
    pub(super) fn crontab(&mut self) {
        if self.has(&["-l", "--list"]) {
            return;
        }
        let span = self.invocation.span.clone();
        self.add(Target::Path("/var/spool/cron".to_owned()), span);
    }

    pub(super) fn unzip(&mut self) {
        if self.has(&["-l", "-t", "-v", "-Z", "-p", "-z"]) {
            return;
        }
        if self.has(&["-d"]) {
            self.values(&["-d"]);
        } else {
            let here = self.directories.beneath(".", self.scope);
            self.add(here, self.invocation.span.clone());
        }
    }

    /// The last operand, unless it is on another machine.
    pub(super) fn copies_between_machines(&mut self) {
        if self.has(&["-n", "--dry-run", "--list-only"]) {
            return;
        }
        let operands = std::mem::take(&mut self.arguments.operands);
        let Some(last) = operands.last().filter(|_| operands.len() > 1) else { return };
        let text = last.text.as_deref().unwrap_or(&last.prefix);
        let host = text.split_once(':').is_some_and(|(host, _)| !host.contains('/'));
        if host || text.contains("://") {
            return;
        }
        match self.directories.resolve(last, self.scope) {
            Target::Path(path) => self.add(Target::Beneath(path), last.span.clone()),
            other => self.add(other, last.span.clone()),
        }
    }

    /// Installers write where their own settings say.
    pub(super) fn installs(&mut self) {
        let first = self.arguments.operands.first().and_then(|word| word.text.as_deref()).unwrap_or_default();
        let installs = match self.invocation.program.as_str() {
            "pip" => {
                first == "install"
                    && self.has(&["--user", "--break-system-packages", "-t", "--target", "--prefix"])
            }
            "python" => {
                self.arguments.operands.iter().any(|word| word.text.as_deref() == Some("install"))
                    && self.has(&["--user"])
            }
            "npm" | "pnpm" | "yarn" => self.has(&["-g", "--global"]) || first == "global" || first == "link",
            "cargo" | "go" | "gem" | "pipx" | "brew" => first == "install",
            "uv" => first == "tool" && !self.has(&["run"]),
            _ => {
                self.arguments.operands.iter().any(|word| {
                    word.text.as_deref().is_some_and(|text| {
                        text == "install" || text == "uninstall" || text.starts_with("install-")
                    })
                }) || self.has(&["--install"])
            }
        };
        let named = ["-t", "--target", "--prefix", "--root"];
        if self.invocation.program == "pip" && installs && self.has(&named) {
            return self.given(&named);
        }
        if self.invocation.program == "cargo" && installs && self.has(&["--root"]) {
            return self.given(&["--root"]);
        }
        if installs && !self.has(&["-n", "--dry-run", "--help"]) {
            self.unknown("an installer decides where it writes");
        }
    }

    pub(super) fn modes(&mut self) {
        // `chmod -x file`: the mode looks like an option.
        let removes = self.arguments.flags.iter().any(|flag| {
            flag.name == "--reference"
                || flag.name.strip_prefix('-').is_some_and(|name| "rwxXst".contains(name))
        });
        self.operands_from(usize::from(!removes));
    }

    /// Sources, and the file or directory they go to.
    pub(super) fn copies(&mut self) {
        if self.invocation.program == "install" && self.has(&["-d", "--directory"]) {
            return self.operands_from(0);
        }
        let removes = self.invocation.program == "mv";
        let mut sources = std::mem::take(&mut self.arguments.operands);
        let named =
            self.arguments.flags.iter().find(|flag| matches!(&*flag.name, "-t" | "--target-directory"));
        let directory = named.map(|flag| (flag.value, flag.span.clone()));
        if let Some((value, span)) = directory {
            match value {
                Some(value) => {
                    self.place_in(value, &span, &sources);
                    // What `xargs` appends goes to the same place.
                    if self.invocation.open_ended {
                        let target = self.directories.beneath(value, self.scope);
                        self.add(target, span);
                    }
                }
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
    pub(super) fn place_in(&mut self, directory: &str, span: &Range<usize>, sources: &[&'a Word]) {
        for source in sources {
            let name = source.constant().and_then(|text| text.trim_end_matches('/').rsplit('/').next());
            let target = match name.filter(|name| !matches!(*name, "" | "." | "..")) {
                Some(name) => self.directories.join(&format!("{directory}/{name}"), self.scope),
                None => self.directories.beneath(directory, self.scope),
            };
            self.add(target, span.clone());
        }
    }

    pub(super) fn sed(&mut self) {
        for (file, span) in self.invocation.sed_files() {
            let target = self.directories.join(&file, self.scope);
            self.add(target, span);
        }
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

    /// `gawk -i inplace '…' FILE`; where a program prints to is found in its code.
    pub(super) fn awk(&mut self) {
        let words = self.invocation.own_words();
        let text = |word: &Word| word.text.clone().unwrap_or_default();
        let edits = words.windows(2).any(|pair| text(&pair[0]) == "-i" && text(&pair[1]) == "inplace")
            || words.iter().any(|word| matches!(text(word).as_str(), "-iinplace" | "--include=inplace"));
        if !edits {
            return;
        }
        let (mut files, mut code, mut rest) = (Vec::new(), false, words.iter());
        while let Some(word) = rest.next() {
            match text(word).as_str() {
                "-i" | "-v" | "-F" => drop(rest.next()),
                "-f" | "-e" => {
                    code = true;
                    rest.next();
                }
                option if option.starts_with('-') => {}
                _ => files.push(word),
            }
        }
        for file in files.into_iter().skip(usize::from(!code)) {
            self.add_word(file);
        }
    }

    /// `psql -c '\\copy t to FILE'`, `sqlite3 DB '.output FILE'`.
    pub(super) fn meta_commands(&mut self) {
        /// A database is written by its statements, which the first file of `sqlite3` may be far away from.
        const CHANGES: [&str; 8] =
            ["alter", "create", "delete", "drop", "insert", "replace", "update", "vacuum"];
        let lines: Vec<(String, Range<usize>)> = self
            .invocation
            .own_words()
            .iter()
            .filter_map(|word| Some((word.text.clone()?, word.span.clone())))
            .flat_map(|(text, span)| {
                let lines = text.lines().map(|line| (line.trim().to_owned(), span.clone()));
                lines.collect::<Vec<_>>()
            })
            .collect();
        let changes = |line: &str| {
            let first = line.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
            CHANGES.contains(&first.to_ascii_lowercase().as_str())
        };
        if self.invocation.program == "sqlite3"
            && !self.has(&["-readonly"])
            && lines.iter().any(|(line, _)| changes(line))
            && let Some(database) = self.arguments.operands.first()
        {
            let (database, span) = ((*database).clone(), database.span.clone());
            self.place(Sort::Own, &database, &span);
        }
        for (line, span) in lines {
            let mut words = line.split_whitespace();
            let file = match words.next().unwrap_or_default() {
                ".output" | ".once" | ".backup" | ".save" | ".clone" | ".log" | "\\o" | "\\w" | "\\g" => {
                    words.next_back()
                }
                "\\copy" => words.skip_while(|word| !word.eq_ignore_ascii_case("to")).nth(1),
                _ => None,
            };
            let file = file.map(|file| file.trim_matches(['\'', '"']));
            if let Some(file) = file.filter(|file| !matches!(*file, "stdout" | "off" | "-" | "pstdout")) {
                let target = self.directories.join(file, self.scope);
                self.add(target, span);
            }
        }
    }

    pub(super) fn dd(&mut self) {
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

    pub(super) fn tar(&mut self) {
        // `tar xzf file`: the options stand in the first operand, without a dash.
        let bundled = !self
            .invocation
            .words()
            .first()
            .is_some_and(|word| word.text.as_deref().unwrap_or("").starts_with('-'));
        let letters =
            self.arguments.operands.first().and_then(|word| word.text.as_deref()).filter(|_| bundled);
        let letters = letters.unwrap_or_default().to_owned();
        let prints = self.has(&["-O", "--to-stdout"]) || letters.contains('O');
        if !prints && (self.has(&["-x", "--extract", "--get"]) || letters.contains('x')) {
            if self.has(&["-C", "--directory"]) {
                self.values(&["-C", "--directory"]);
            } else {
                let here = self.directories.beneath(".", self.scope);
                self.add(here, self.invocation.span.clone());
            }
        }
        if self.arguments.operands.iter().any(|word| word.may_be_option() && word.splits) {
            self.unknown("an option may be computed at run time");
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

    /// `curl -O URL`: the name stands in the address.
    pub(super) fn curl(&mut self) {
        if self.has(&["-O", "--remote-name", "--remote-name-all"]) && !self.has(&["--output-dir"]) {
            self.named_by_addresses();
        }
    }

    pub(super) fn wget(&mut self) {
        let named = ["-O", "--output-document", "-P", "--directory-prefix"];
        self.values(&named);
        self.values(&["-o", "--output-file", "-a"]);
        if !self.has(&named) && !self.has(&["--spider", "--version", "--help"]) {
            self.named_by_addresses();
        }
    }

    /// Files here, named like the ends of addresses; where an address has none, or is not known, some file here.
    fn named_by_addresses(&mut self) {
        let addresses = std::mem::take(&mut self.arguments.operands);
        let name = |text: &str| {
            let path = text.split(['?', '#']).next()?.split_once("://")?.1;
            let name = path.split_once('/')?.1.rsplit('/').next()?;
            (!name.is_empty() && !name.contains(['{', '[', '$', '%'])).then(|| name.to_owned())
        };
        let names: Option<Vec<(String, Range<usize>)>> =
            addresses.iter().map(|word| Some((word.constant().and_then(name)?, word.span.clone()))).collect();
        let Some(names) = names.filter(|names| !names.is_empty()) else {
            let here = self.directories.beneath(".", self.scope);
            return self.add(here, self.invocation.span.clone());
        };
        for (name, span) in names {
            let target = self.directories.join(&name, self.scope);
            self.add(target, span);
        }
    }

    /// `patch -p1 < FILE`, unless the file to be changed is named.
    pub(super) fn patch(&mut self) {
        let only = ["--dry-run", "-v", "--version", "--help", "-o", "--output"];
        if self.arguments.operands.is_empty() && !self.has(&only) {
            self.names_in_patch();
        }
    }

    /// Which files a patch changes stands in it; where a directory is named, below that.
    fn names_in_patch(&mut self) {
        let words = self.invocation.own_words();
        let text = |word: &Word| word.text.clone().unwrap_or_default();
        let at = words.iter().position(|word| matches!(text(word).as_str(), "-d" | "--directory"));
        let attached =
            words.iter().find_map(|word| text(word).strip_prefix("--directory=").map(str::to_owned));
        let directory = attached.or(at.and_then(|at| words.get(at + 1)?.text.clone()));
        match directory {
            Some(directory) => {
                let target = self.directories.beneath(&directory, self.scope);
                self.add(target, self.invocation.span.clone());
            }
            None => self.unknown("which files it changes stands in the patch"),
        }
    }

    /// `git -C dir`: what git changes in the workspace itself is left to the sandbox.
    pub(super) fn git(&mut self) {
        if reads(self.invocation) {
            return;
        }
        let subcommand = self.arguments.operands.first().and_then(|word| word.text.as_deref());
        if subcommand == Some("config")
            && self.has(&["--global", "--system"])
            && self.arguments.operands.len() > 2
        {
            let file = if self.has(&["--global"]) { "~/.gitconfig" } else { "/etc/gitconfig" };
            self.add(Target::Path(file.to_owned()), self.invocation.span.clone());
        }
        if subcommand == Some("config") && self.arguments.operands.len() > 2 {
            self.given(&["-f", "--file"]);
        }
        let looks =
            ["--check", "--stat", "--numstat", "--summary", "--abort", "--quit", "--show-current-patch"];
        if matches!(subcommand, Some("am" | "apply")) && !self.has(&looks) {
            self.names_in_patch();
        }
        let found = std::mem::take(&mut self.targets);
        self.values(&["-C", "--git-dir", "--work-tree"]);
        self.targets.retain(|(target, _)| match target {
            Target::Path(path) | Target::Beneath(path) => path.starts_with(['/', '~']) || leaves(path),
            Target::Temporary(_) => false,
            Target::Unknown(_) => true,
        });
        self.targets.extend(found);
    }
}

/// A path that can only be a directory.
fn is_directory(path: &str) -> bool {
    path.ends_with('/') || matches!(path.rsplit('/').next(), Some("." | ".."))
}
