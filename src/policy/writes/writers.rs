//! Which of their operands programs write to.

use std::ops::Range;

use super::super::shell::{Arguments, Invocation, SimpleCommand, Word};
use super::Target;
use super::directory::Directories;
use super::options::{Options, Output};
use super::table::{self, Operands, Row, Sort};

pub(super) type Targets = Vec<(Target, Range<usize>)>;

/// A call whose targets are collected.
pub(super) struct Writer<'a, 'r> {
    pub(super) invocation: &'a Invocation,
    pub(super) arguments: Arguments<'a>,
    pub(super) directories: &'a mut Directories<'r>,
    pub(super) scope: usize,
    pub(super) targets: Targets,
}

/// What a call writes to, as its operands name it; nothing for programs that are not known to write.
pub(super) fn targets(invocation: &Invocation, directories: &mut Directories<'_>, scope: usize) -> Targets {
    let program = invocation.program.as_str();
    let (rows, special) = (table::rows(program), special(invocation));
    // Most programs are known to write nothing that their words name.
    if rows.is_empty() && special.is_none() {
        return Vec::new();
    }
    let arguments = if special.is_some() { invocation.arguments() } else { Arguments::default() };
    let mut writer = Writer { invocation, arguments, directories, scope, targets: Vec::new() };
    for row in rows {
        writer.row(row);
    }
    if let Some(special) = special {
        special(&mut writer);
    }
    writer.targets
}

/// What a row of the table does not say about a program.
fn special<'a, 'r>(invocation: &Invocation) -> Option<fn(&mut Writer<'a, 'r>)> {
    Some(match invocation.program.as_str() {
        "chmod" | "chown" | "chgrp" => Writer::modes,
        "mv" | "cp" | "ln" | "install" => Writer::copies,
        "sed" => Writer::sed,
        "dd" => Writer::dd,
        "tar" | "bsdtar" => Writer::tar,
        "curl" => Writer::curl,
        "wget" => Writer::wget,
        "git" => Writer::git,
        "patch" => Writer::patch,
        "find" => Writer::find,
        "perl" | "ruby" => Writer::edits_in_place,
        "awk" | "gawk" => Writer::awk,
        "crontab" => Writer::crontab,
        "unzip" => Writer::unzip,
        "rsync" | "scp" => Writer::copies_between_machines,
        "psql" | "sqlite3" => Writer::meta_commands,
        "pip" | "npm" | "pnpm" | "yarn" | "cargo" | "go" | "gem" | "pipx" | "brew" | "uv" | "make"
        | "cmake" | "ninja" | "meson" | "just" | "python"
            if invocation.words().iter().any(may_install) =>
        {
            Writer::installs
        }
        _ => return None,
    })
}

/// A word of an installer that says that it installs, or a computed one.
fn may_install(word: &Word) -> bool {
    let says = |text: &str| {
        text.contains("install")
            || matches!(text, "global" | "link" | "tool")
            || text.starts_with('-') && text.contains('g')
    };
    word.text.as_deref().is_none_or(says)
}

impl Writer<'_, '_> {
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.arguments.flags.iter().any(|flag| names.contains(&&*flag.name))
    }

    pub(super) fn add(&mut self, target: Target, span: Range<usize>) {
        self.targets.push((target, span));
    }

    pub(super) fn add_word(&mut self, word: &Word) {
        self.add_all(word, &word.span);
    }

    pub(super) fn unknown(&mut self, reason: &str) {
        self.add(Target::Unknown(reason.to_owned()), self.invocation.span.clone());
    }

    /// What a row says about the call.
    fn row(&mut self, row: &Row) {
        let words = self.invocation.own_words();
        if !row.may_be_about(words) {
            return;
        }
        let options = Options::read(row, words);
        let text = |index: usize| options.operands.get(index).and_then(|word| word.text.as_deref());
        let Some(behind) = row.behind_verb(text) else { return };
        let named_never = text(0).is_some_and(|first| row.never.split(' ').any(|name| name == first));
        if !row.only.is_empty() && !options.has(row.only) || options.has(row.never) || named_never {
            return;
        }
        let operands = &options.operands[behind..];
        if row.sort == Sort::System {
            if row.operands == Operands::None || !operands.is_empty() {
                self.unknown("an installer or the system decides where it writes");
            }
            return;
        }
        for (output, span) in &options.outputs {
            match output {
                Output::Word(word) => {
                    let mut word = (*word).clone();
                    word.text = word.text.map(|text| named(&text).to_owned());
                    self.place(row.sort, &word, span);
                }
                Output::Text(text) => self.place(row.sort, &Word::of(named(text)), span),
                Output::Computed => self.unknown("its name is computed at run time"),
            }
        }
        let count = operands.len();
        let written = match row.operands {
            Operands::None => 0..0,
            Operands::AllUnlessNamed if !options.outputs.is_empty() => 0..0,
            Operands::All | Operands::AllUnlessNamed => 0..count,
            Operands::From(first) => first.min(count)..count,
            Operands::NamedByFirst => {
                if let [address] = operands
                    && let Some(text) = address.text.as_deref()
                {
                    let name = text.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or(text);
                    let name = Word::of(name.strip_suffix(".git").unwrap_or(name));
                    self.place(row.sort, &name, &address.span);
                }
                1.min(count)..2.min(count)
            }
            Operands::Nth(index) => index.min(count)..(index + 1).min(count),
            Operands::Last(least) if count < least => 0..0,
            Operands::Last(_) => count - 1..count,
        };
        let copies = matches!(row.operands, Operands::Last(_));
        let remote = |word: &&&Word| copies && is_remote(word.text.as_deref().unwrap_or(&word.prefix));
        for word in operands[written].iter().filter(|word| !remote(word)) {
            self.place(row.sort, word, &word.span);
        }
        let more = !matches!(row.operands, Operands::None | Operands::Nth(_) | Operands::NamedByFirst)
            && row.sort != Sort::MayBe;
        if more && self.invocation.open_ended {
            self.unknown("its operands are computed at run time");
        }
    }

    /// A place that a word names, unless that is no file of this machine.
    pub(super) fn place(&mut self, sort: Sort, word: &Word, span: &Range<usize>) {
        let text = word.text.as_deref().unwrap_or(&word.prefix);
        if text == "-" && word.text.is_some() {
            return;
        }
        match sort {
            Sort::Written | Sort::System => self.add_all(word, span),
            Sort::Edited => self.edited(word, span),
            Sort::Own | Sort::MayBe => {
                let target = self.directories.resolve(word, self.scope);
                let Target::Path(path) = &target else { return };
                if !path.starts_with(['/', '~']) && !leaves(path) {
                    return;
                }
                match sort {
                    Sort::MayBe => {
                        let reason = format!("it may write to `{path}`");
                        self.add(Target::Unknown(reason), span.clone());
                    }
                    Sort::Own | Sort::Written | Sort::Edited | Sort::System => self.add(target, span.clone()),
                }
            }
        }
    }

    /// A file that is edited in place, or a directory in which the program looks for them.
    fn edited(&mut self, word: &Word, span: &Range<usize>) {
        let text = word.text.as_deref().unwrap_or(&word.prefix);
        if text.starts_with('!') {
            // What is left out.
            return;
        }
        // A pattern in quotes is one for the program.
        let target = match text.split_once('*') {
            Some((before, _)) if word.text.is_some() => {
                let directory = before.rsplit_once('/').map_or(".", |(directory, _)| directory);
                self.directories.beneath(directory, self.scope)
            }
            _ => self.directories.resolve(word, self.scope),
        };
        match target {
            // Which files it finds in the whole workspace is its own settings' matter.
            Target::Path(path) | Target::Beneath(path) if path == "." => {
                let reason = "which files of the workspace it edits is for its settings".to_owned();
                self.add(Target::Unknown(reason), span.clone());
            }
            target => self.add(target, span.clone()),
        }
    }

    /// Every place that a word may name.
    fn add_all(&mut self, word: &Word, span: &Range<usize>) {
        for target in self.directories.resolve_all(word, self.scope) {
            self.add(target, span.clone());
        }
    }

    /// Every operand from this one on.
    pub(super) fn operands_from(&mut self, first: usize) {
        for word in self.arguments.operands.split_off(first.min(self.arguments.operands.len())) {
            self.add_word(word);
        }
        if self.invocation.open_ended {
            self.unknown("its operands are computed at run time");
        }
    }

    /// The values of options; an option without a constant value is not known.
    pub(super) fn values(&mut self, names: &[&str]) {
        let flags: Vec<_> = self.arguments.flags.iter().filter(|flag| names.contains(&&*flag.name)).collect();
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

    /// The values of options, in the next word or behind `=`.
    pub(super) fn given(&mut self, names: &[&str]) {
        let words = self.invocation.words();
        for (index, word) in words.iter().enumerate() {
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            if names.contains(&text) {
                if let Some(value) = words.get(index + 1).filter(|value| value.text.as_deref() != Some("-")) {
                    self.add_word(value);
                }
                continue;
            }
            let Some((name, value)) = text.split_once('=') else { continue };
            if names.contains(&name) {
                let target = match word.text {
                    Some(_) => self.directories.join(value, self.scope),
                    None => Target::Unknown("its name is computed at run time".to_owned()),
                };
                self.add(target, word.span.clone());
            }
        }
    }
}

/// `git` reads alone.
pub(super) fn reads(git: &Invocation) -> bool {
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
    let arguments = git.arguments();
    let subcommand = arguments.operands.first().and_then(|word| word.text.as_deref());
    git.program == "git" && subcommand.is_some_and(|subcommand| READS.contains(&subcommand))
}

/// The file in the value of an option: `type=local,dest=../x` of `docker build -o`.
fn named(value: &str) -> &str {
    match value.split_once("dest=") {
        Some((_, file)) => file.split(',').next().unwrap_or(file),
        None if value.starts_with("type=") => "-",
        None => value,
    }
}

/// `s3://bucket/x`, `web:/x`, and the standard streams as `ffmpeg` and `convert` write them: `pipe:1`, `info:`.
fn is_remote(text: &str) -> bool {
    text.split_once(':').is_some_and(|(host, _)| !host.is_empty() && !host.contains(['/', '.', '$']))
        || text.contains("://")
        || text.split_once(":/").is_some_and(|(host, _)| !host.contains('/'))
}

/// Variables that say where a program writes, with the programs; a place inside the workspace is their own matter.
const SETTINGS: &[(&str, &[&str])] = &[
    ("CARGO_TARGET_DIR", &["cargo"]),
    ("CARGO_INSTALL_ROOT", &["cargo"]),
    ("GIT_DIR", &["git"]),
    ("GIT_WORK_TREE", &["git"]),
    ("GOBIN", &["go"]),
    ("LLVM_PROFILE_FILE", &["cargo"]),
    ("NPM_CONFIG_PREFIX", &["npm"]),
    ("PIP_TARGET", &["pip"]),
];

/// The places outside the workspace that assignments before a program make it write to: `GIT_DIR=../x git commit`.
pub(super) fn settings(command: &SimpleCommand, directories: &mut Directories<'_>) -> Targets {
    let mut targets = Vec::new();
    for assignment in &command.assignments {
        let programs = SETTINGS.iter().find(|(name, _)| *name == assignment.name);
        let called = |called: &Invocation| {
            programs.is_some_and(|(_, programs)| programs.contains(&called.program.as_str()))
                && !reads(called)
        };
        if !command.invocations.iter().any(called) {
            continue;
        }
        let target = directories.resolve(&assignment.value, command.scope());
        if matches!(&target, Target::Path(path) if path.starts_with(['/', '~']) || leaves(path)) {
            targets.push((target, assignment.value.span.clone()));
        }
    }
    targets
}

/// A normalised path leads out of the workspace.
pub(super) fn leaves(path: &str) -> bool {
    path == ".." || path.starts_with("../")
}
