//! Which of their operands programs write to.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::super::shell::{Arguments, Invocation, Word};
use super::Target;
use super::directory::Directories;

/// Programs with the options that name what they write.
const OUTPUTS: &[(&str, &[&str])] = &[
    ("asciidoctor", &["-o", "--out-file", "-D"]),
    ("bison", &["-o", "--output"]),
    ("c++", &["-o"]),
    ("cc", &["-o"]),
    ("clang", &["-o"]),
    ("clang++", &["-o"]),
    ("dot", &["-o"]),
    ("dotnet", &["-o", "--output"]),
    ("esbuild", &["--outfile", "--outdir"]),
    ("g++", &["-o"]),
    ("gcc", &["-o"]),
    ("gpg", &["-o", "--output"]),
    ("javac", &["-d"]),
    ("mysqldump", &["-r", "--result-file"]),
    ("openssl", &["-out"]),
    ("pandoc", &["-o", "--output"]),
    ("pg_dump", &["-f", "--file"]),
    ("protoc", &["-o", "--descriptor_set_out"]),
    ("rustc", &["-o", "--out-dir"]),
    ("script", &["-O", "--log-out"]),
    ("strace", &["-o", "--output"]),
    ("tsc", &["--outDir", "--outFile"]),
    ("xxd", &[]),
];

/// Programs that are looked at.
static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    const OTHERS: &str = "touch mkdir rmdir rm tee truncate chmod chown chgrp mv install cp ln sed dd sort tar curl wget git \
        find perl ruby crontab unzip rsync scp pip npm pnpm yarn cargo go gem pipx brew uv make cmake ninja meson just \
        python shred rename mkfifo mknod sponge gzip gunzip bzip2 xz unlink trash rimraf del-cli setfacl chattr split \
        csplit zip 7z 7za rar patch mktemp yq";
    OUTPUTS.iter().map(|(program, _)| *program).chain(OTHERS.split_ascii_whitespace()).collect()
});

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
#[expect(clippy::match_same_arms, reason = "each row is a case of its own")]
pub(super) fn targets(invocation: &Invocation, directories: &mut Directories<'_>, scope: usize) -> Targets {
    // Most programs are known to write nothing that their words name.
    if !KNOWN.contains(invocation.program.as_str()) {
        return Vec::new();
    }
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
        "find" => writer.find(),
        "perl" | "ruby" => writer.edits_in_place(),
        "crontab" => writer.crontab(),
        "unzip" => writer.unzip(),
        "rsync" | "scp" => writer.copies_between_machines(),
        "pip" | "npm" | "pnpm" | "yarn" | "cargo" | "go" | "gem" | "pipx" | "brew" | "uv" | "make"
        | "cmake" | "ninja" | "meson" | "just" | "python" => writer.installs(),
        "shred" | "rename" | "mkfifo" | "mknod" | "sponge" | "gzip" | "gunzip" | "bzip2" | "xz"
        | "unlink" | "trash" | "rimraf" | "del-cli" | "setfacl" | "chattr" => writer.operands_from(0),
        "split" | "csplit" => writer.operands_from(1),
        "zip" | "7z" | "7za" | "rar" => writer.archives(),
        "patch" if !writer.has(&["--dry-run"]) => writer.values(&["-o", "--output", "-d", "--directory"]),
        "mktemp" => writer.mktemp(),
        "yq" if writer.has(&["-i", "--inplace"]) => writer.operands_from(1),
        program => {
            if let Some((_, options)) = OUTPUTS.iter().find(|(known, _)| *known == program) {
                writer.given(options);
            }
        }
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

    /// The values of options, in the next word or behind `=`.
    fn given(&mut self, names: &[&str]) {
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

    /// `find -fprint FILE`, `find DIR -delete`.
    fn find(&mut self) {
        self.given(&["-fprint", "-fprint0", "-fprintf", "-fls"]);
        if !self.has(&["-delete"]) {
            return;
        }
        let words = self.invocation.words();
        let starts = words
            .iter()
            .take_while(|word| !word.text.as_deref().is_some_and(|text| text.starts_with(['-', '(', '!'])));
        let starts: Vec<&Word> = starts.collect();
        for word in &starts {
            match self.directories.resolve(word, self.scope) {
                Target::Path(path) => self.add(Target::Beneath(path), word.span.clone()),
                other => self.add(other, word.span.clone()),
            }
        }
        if starts.is_empty() {
            let here = self.directories.beneath(".", self.scope);
            self.add(here, self.invocation.span.clone());
        }
    }

    /// `perl -pi -e '…' FILE`, `ruby -i.bak -ne '…' FILE`.
    fn edits_in_place(&mut self) {
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
    fn crontab(&mut self) {
        if self.has(&["-l", "--list"]) {
            return;
        }
        let span = self.invocation.span.clone();
        self.add(Target::Path("/var/spool/cron".to_owned()), span);
    }

    fn unzip(&mut self) {
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

    fn archives(&mut self) {
        let lists = ["l", "t", "x", "e"];
        let mut operands = std::mem::take(&mut self.arguments.operands).into_iter();
        let first = operands.next();
        let archive = if self.invocation.program == "zip" {
            first
        } else if first.is_some_and(|word| word.text.as_deref().is_some_and(|text| lists.contains(&text))) {
            None
        } else {
            operands.next()
        };
        if let Some(word) = archive.filter(|word| word.text.as_deref() != Some("-")) {
            self.add_word(word);
        }
    }

    /// The last operand, unless it is on another machine.
    fn copies_between_machines(&mut self) {
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
    fn installs(&mut self) {
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
        if self.invocation.program == "cargo" && installs && self.has(&["--root"]) {
            return self.given(&["--root"]);
        }
        if installs && !self.has(&["-n", "--dry-run", "--help"]) {
            self.unknown("an installer decides where it writes");
        }
        if matches!(self.invocation.program.as_str(), "go") && first == "build" {
            self.given(&["-o"]);
        }
        if self.invocation.program == "cargo" {
            self.given(&["--target-dir", "--out-dir", "--artifact-dir"]);
        }
    }

    fn mktemp(&mut self) {
        // Without a template it writes to the check's own temporary directory.
        if !self.has(&["-u", "--dry-run", "-t", "-p", "--tmpdir"]) {
            self.operands_from(0);
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
        if subcommand == Some("config")
            && self.has(&["--global", "--system"])
            && self.arguments.operands.len() > 2
        {
            let file = if self.has(&["--global"]) { "~/.gitconfig" } else { "/etc/gitconfig" };
            self.add(Target::Path(file.to_owned()), self.invocation.span.clone());
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
