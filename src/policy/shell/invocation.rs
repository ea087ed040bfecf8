//! What a simple command calls: program, flags and operands, behind any prefix such as `sudo` or `env`.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use super::carrier::{self, Code};
use super::expand::Level;
use super::part::Part;
use super::text::Text;
use super::wrapper::{self, Runs, Wrapped};
use super::{ScopeKind, SimpleCommand, Unclear, Word, packed, program};
use crate::policy::names::Rows;

/// How many programs one command may call through one another before the reader gives up (and asks).
const CHAIN: usize = 16;

/// Options that take the next word, for programs whose subcommand may come after them; separated by blanks.
const VALUED: &[(&str, &str)] = &[
    ("ansible", "-m --module-name -a --args -i --inventory -l --limit -u --user -e --extra-vars"),
    ("ansible-playbook", "-i --inventory -l --limit -u --user -e --extra-vars -t --tags"),
    ("argocd", "--server --auth-token --context"),
    ("aws", "--profile --region --output --endpoint-url --cluster --stack-name --bucket --key"),
    ("az", "--subscription --output -o -g --resource-group -n --name"),
    (
        "cargo",
        "--config -C --color --manifest-path -p --package --target-dir --features -F --bin --example --test",
    ),
    ("chmod", "--reference"),
    ("cp", "-t --target-directory -S --suffix"),
    (
        "curl",
        "-o --output --output-dir -X --request -H --header -d --data -u --user -w --write-out -D --dump-header -c \
         --cookie-jar -F --form -A -b -m --max-time --retry -T --upload-file --data-binary --data-raw -x --proxy -K \
         --config --connect-timeout -e --resolve",
    ),
    (
        "docker",
        "-H --host --context -c --config -l --log-level -f --file -p --project-name --profile --env-file",
    ),
    ("docker-compose", "-f --file -p --project-name --profile --env-file"),
    ("fd", "-t --type -e --extension -E --exclude -d --max-depth -g"),
    ("firebase", "-P --project --only --config --token"),
    ("fly", "-a --app -c --config -r --region"),
    ("gcloud", "--project --account --configuration --region --zone"),
    ("gh", "-R --repo"),
    (
        "git",
        "-C -c --git-dir --work-tree --namespace --super-prefix --config-env -m --message -F -G --grep -L",
    ),
    ("helm", "-n --namespace --kube-context --kubeconfig -f --values --set --version"),
    (
        "helmfile",
        "-e --environment -f --file -l --selector -n --namespace --kube-context -c --chart --state-values-set",
    ),
    ("heroku", "-a --app -r --remote"),
    ("install", "-t --target-directory -S --suffix -m --mode -o --owner -g --group"),
    (
        "kubectl",
        "-n --namespace --context --kubeconfig --cluster --user -s --server --token --as -f --filename -l --selector \
         -o --output -p --patch -c --container",
    ),
    ("ln", "-t --target-directory -S --suffix"),
    ("make", "-C --directory -f --file -I -W -o"),
    ("mkdir", "-m --mode"),
    ("mv", "-t --target-directory -S --suffix"),
    ("mysql", "-u --user -h --host -P --port -e --execute -D --database -S --socket"),
    ("npm", "--prefix -C -w --workspace --registry --tag --otp --userconfig --cache --loglevel"),
    ("pnpm", "--dir -C --filter -F"),
    ("psql", "-c --command -f --file -d --dbname -h --host -p --port -U --username -v --set -o --output"),
    ("pulumi", "-s --stack -C --cwd -m --message"),
    ("python", "-m -W -X"),
    ("rsync", "-e --rsh --rsync-path --exclude --include --filter --log-file --out-format"),
    ("scp", "-P -i -o -F -J -c -l -S"),
    ("serverless", "-s --stage -r --region -c --config"),
    ("sort", "-o --output -k --key -t -S -T"),
    ("systemctl", "-H --host -M --machine"),
    ("tar", "-f --file -C --directory -T --files-from -X --exclude-from"),
    ("terraform", "-chdir"),
    ("touch", "-d --date -t -r --reference"),
    ("truncate", "-s --size -r --reference"),
    ("unzip", "-d -P -x"),
    ("vercel", "-t --token -S --scope --cwd -A --local-config"),
    (
        "wget",
        "-O --output-document -P --directory-prefix -o --output-file -a -i -U --user-agent --header -t -T",
    ),
    ("wrangler", "-c --config -e --env --cwd --name"),
    ("yarn", "--cwd"),
];

/// Whether a program's option takes the next word, as far as is known.
pub(super) fn takes_value(program: &str, option: &str) -> bool {
    let listed = listed(program).unwrap_or_default();
    !option.contains('=') && listed.split_ascii_whitespace().any(|known| known == option)
}

/// The options of a program that take the next word, if its subcommand may come after them.
fn listed(program: &str) -> Option<&'static str> {
    static BY_PROGRAM: LazyLock<Rows<(&str, &str)>> = LazyLock::new(|| Rows::of(VALUED, |(name, _)| name));
    BY_PROGRAM.about(program).first().map(|(_, options)| *options)
}

/// Programs whose long options begin with one dash.
const SINGLE_DASH: [&str; 15] = [
    "clang",
    "consul",
    "find",
    "gcc",
    "go",
    "java",
    "javac",
    "nomad",
    "openssl",
    "packer",
    "sqlite3",
    "terraform",
    "tofu",
    "vault",
    "xcodebuild",
];

/// A program through which another is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outer {
    /// Its name, with the option that makes it run something: `sudo`, `bash -c`.
    pub text: String,
    /// Byte range of that in the script.
    pub span: Range<usize>,
}

/// One call of one program.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Its name without directories, `grm` read as `rm`.
    pub program: String,
    /// The programs through which it is called, outermost first: `sudo`, `bash -c`.
    pub via: Vec<Outer>,
    /// Byte range in the script, from the program to its last argument.
    pub span: Range<usize>,
    /// Further arguments are added at run time (by `xargs`).
    pub open_ended: bool,
    words: Arc<[Word]>,
    first: usize,
    end: usize,
    /// It runs on another machine or in a container.
    pub elsewhere: bool,
    /// What it runs, if anything, is known.
    pub(super) follows: bool,
    /// Where the words of the called program begin; options after that are not this program's.
    own: usize,
}

/// The arguments of a call, sorted.
#[derive(Debug, Clone, Default)]
pub struct Arguments<'a> {
    /// The options, in order.
    pub flags: Vec<Flag<'a>>,
    /// Everything else, in order.
    pub operands: Vec<&'a Word>,
    /// For each operand: an option stood before it that might have taken it as its value.
    pub after_flag: Vec<bool>,
    /// An argument that is computed at run time may be an option.
    pub hidden: bool,
    /// An argument looks like an option, but has signs in it that no option has.
    pub odd: bool,
}

/// One option; `-rf` is two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag<'a> {
    /// With its dashes, without its value: `-r`, `--force`.
    pub name: Cow<'a, str>,
    /// The value after `=`, or the next word for options known to take one.
    pub value: Option<&'a str>,
    /// Byte range of the word it stands in.
    pub span: Range<usize>,
}

impl Invocation {
    /// The words after the program.
    pub fn words(&self) -> &[Word] {
        &self.words[self.first + 1..self.end]
    }

    /// The words after the program that are its own, and not those of what it runs.
    pub(crate) fn own_words(&self) -> &[Word] {
        &self.words[self.first + 1..self.own.clamp(self.first + 1, self.end)]
    }

    /// The files that a `sed` script writes, where it names them.
    pub(crate) fn sed_files(&self) -> Vec<(String, Range<usize>)> {
        super::sed::files(self)
    }

    /// Its arguments, sorted into flags and operands.
    pub fn arguments(&self) -> Arguments<'_> {
        let split = self.own.clamp(self.first + 1, self.end);
        let mut arguments = arguments(&self.program, &self.words[self.first + 1..split]);
        for word in &self.words[split..self.end] {
            arguments.operands.push(word);
            arguments.after_flag.push(false);
        }
        arguments.hidden |= self.open_ended;
        arguments
    }

    /// The directory that it, as a prefix, starts its command in.
    pub(crate) fn directory(&self) -> Option<Word> {
        let names: &[&str] = match self.program.as_str() {
            "env" => &["-C", "--chdir"],
            "sudo" => &["-D", "--chdir"],
            "systemd-run" => &["--working-directory"],
            "uv" => &["--directory"],
            "poetry" => &["-C", "--directory"],
            "pnpm" => &["-C", "--dir"],
            _ => return None,
        };
        let mut words = self.own_words().iter();
        while let Some(word) = words.next() {
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            if names.contains(&text) {
                return words.next().cloned();
            }
            let value = names.iter().find_map(|name| {
                let value = text.strip_prefix(name)?;
                value.strip_prefix('=').or((!name.starts_with("--")).then_some(value))
            });
            if let Some(value) = value {
                let known = word.text.is_some();
                return Some(if known { Word::of(value) } else { Word::default() });
            }
        }
        None
    }

    /// The word that names the program.
    pub(crate) fn word(&self) -> &Word {
        &self.words[self.first]
    }

    /// The program is named by its path.
    pub(crate) fn is_path(&self) -> bool {
        self.words[self.first].text.as_deref().is_some_and(|text| text.contains('/'))
    }

    /// It and its own chain, as the chain of what it runs.
    pub(super) fn chain(&self, suffix: &str) -> Vec<Outer> {
        let text = format!("{}{suffix}", self.program);
        let own = Outer { text, span: self.words[self.first].span.clone() };
        self.via.iter().cloned().chain([own]).collect()
    }

    /// It is a shell with the text that it runs in its words, which is read; the words behind are that text's own.
    pub(crate) fn runs_text(&self) -> bool {
        let mut options = self.words().iter().map_while(|word| word.text.as_deref());
        carrier::is_shell(&self.program)
            && !self.open_ended
            && options
                .by_ref()
                .take_while(|text| text.starts_with(['-', '+']))
                .any(|text| !text.starts_with("--") && text.starts_with('-') && text.contains('c'))
    }

    /// What it runs is known, and has a call or code of its own.
    pub(crate) fn follows(&self) -> bool {
        self.follows
    }

    /// It is known to run the command in its words, which has an invocation of its own.
    pub(crate) fn calls(&self) -> bool {
        self.own < self.end
    }

    /// The call of this program that begins at one of the words, as if the words were run.
    pub(crate) fn inner(&self, index: usize, program: &str) -> Option<Invocation> {
        let first = self.first + 1 + index;
        let same = program::normalised(self.words.get(first)?.constant()?) == program;
        let own = self.end;
        same.then(|| Invocation { program: program.to_owned(), first, own, ..self.clone() })
    }
}

/// Sorts the words after a program into flags and operands.
pub(crate) fn arguments<'a>(program: &str, words: &'a [Word]) -> Arguments<'a> {
    let listed = listed(program).unwrap_or_else(|| wrapper::valued(program));
    let valued = |name: &str| listed.split_ascii_whitespace().any(|option| option == name);
    let clusters = !SINGLE_DASH.contains(&program);
    let mut sorted = Arguments::default();
    let (mut rest, mut after_flag) = (words.iter(), false);
    while let Some(word) = rest.next() {
        sorted.hidden |= word.may_be_option();
        // ` -rf` and `--re{}c` are options of no program, but too near to one to be told apart for certain.
        sorted.odd |= word.text.as_deref().is_some_and(is_odd);
        let text = word.text.as_deref().unwrap_or(&word.prefix);
        let mut add =
            |name: Cow<'a, str>, value| sorted.flags.push(Flag { name, value, span: word.span.clone() });
        if text == "--" && word.text.is_some() {
            for word in rest {
                sorted.operands.push(word);
                sorted.after_flag.push(false);
            }
            break;
        } else if text.starts_with("--") || (!clusters && text.len() > 1 && text.starts_with('-')) {
            let (name, value) =
                text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
            let takes = value.is_none() && valued(name);
            let value = if takes { rest.next().and_then(|word| word.text.as_deref()) } else { value };
            add(name.into(), value);
            after_flag = !takes;
        } else if text.len() > 1 && text.starts_with('-') {
            after_flag = true;
            for (index, letter) in text.char_indices().skip(1) {
                let attached = &text[index + letter.len_utf8()..];
                let alone = index == 1 && attached.is_empty();
                let name = if alone { text.into() } else { Cow::Owned(String::from_iter(['-', letter])) };
                if valued(&name) {
                    let value = if attached.is_empty() {
                        rest.next().and_then(|w| w.text.as_deref())
                    } else {
                        Some(attached)
                    };
                    add(name, value);
                    after_flag = false;
                    break;
                }
                add(name, None);
            }
        } else {
            sorted.operands.push(word);
            sorted.after_flag.push(after_flag);
            after_flag = false;
        }
    }
    sorted
}

fn is_odd(text: &str) -> bool {
    let trimmed = text.trim_start();
    if !trimmed.starts_with('-') || trimmed.len() == 1 {
        return false;
    }
    let name = trimmed.split('=').next().unwrap_or(trimmed);
    let signs = |byte: u8| b"{}\\ \t\n'\"`$".contains(&byte);
    trimmed.len() < text.len() || name.bytes().any(signs)
}

/// The calls that a command makes, the shell text that they run, and what could not be told about them.
#[derive(Default)]
pub(super) struct Unwrapped {
    pub(super) invocations: Vec<Invocation>,
    pub(super) code: Vec<Code>,
    pub(super) unclear: Vec<Unclear>,
}

/// A piece of a command that is a command itself.
struct Inner {
    words: Arc<[Word]>,
    first: usize,
    end: usize,
    via: Vec<Outer>,
    open_ended: bool,
    elsewhere: bool,
}

/// Follows prefixes such as `sudo`, `env` and `timeout` to the program that is run in the end.
pub(super) fn unwrap(level: &Level<'_>, command: &SimpleCommand, outer: &[Outer]) -> Unwrapped {
    let mut unwrapped = Unwrapped::default();
    if command.words.is_empty() {
        return unwrapped;
    }
    let words = Arc::clone(&command.words);
    let (end, via, elsewhere) = (words.len(), outer.to_vec(), command.elsewhere);
    let mut todo = vec![Inner { words, first: 0, end, via, open_ended: false, elsewhere }];
    while let Some(inner) = todo.pop() {
        if unwrapped.invocations.len() >= CHAIN {
            let span = inner.words[inner.first].span.clone();
            unwrapped.unclear.push(Unclear::new(span, "too many programs that call one another"));
            break;
        }
        unwrapped.follow(level, command, &inner, &mut todo);
    }
    unwrapped
}

impl Unwrapped {
    /// One call, and what it runs.
    #[expect(clippy::too_many_lines, reason = "one step of the walk, with each way to run something")]
    fn follow(&mut self, level: &Level<'_>, command: &SimpleCommand, inner: &Inner, todo: &mut Vec<Inner>) {
        let word = &inner.words[inner.first];
        let Some(name) = word.constant().filter(|name| !name.starts_with('=')) else {
            if matches!(word.text.as_deref(), Some("[" | "[[")) {
                self.invocations.push(call("[", inner));
            } else if word.text.as_deref().is_none_or(|text| !text.is_empty()) {
                // `"$HOME/bin/rm"` is called like its last part, wherever that is.
                if let Some(name) = word.last_part() {
                    self.invocations.push(call(program::normalised(name), inner));
                }
                self.unclear.push(Unclear::new(word.span.clone(), "the program is computed at run time"));
            }
            return;
        };
        let mut program = match name.contains('@') && !inner.via.is_empty() {
            true => packed::package(name).to_owned(),
            false => program::normalised(name).to_owned(),
        };
        if program.starts_with("python") && program[6..].chars().all(|c| c.is_ascii_digit() || c == '.') {
            program.truncate(6);
        }
        if !program.is_ascii() || program.contains([' ', '\t', '\n']) {
            // `ｒｍ`, or `rm` with a blank that is none.
            let reason = "a program whose name may imitate another";
            self.unclear.push(Unclear::new(word.span.clone(), reason));
        }
        // Behind a word such as `time`, `-o` is an option to some shells and a program to others.
        let dashed = inner.via.is_empty() && program.len() > 1 && program.starts_with('-');
        if program.is_empty() || program.contains('=') || dashed {
            // `''rm` is no program's name, and `''A=b` no assignment: a quote stands where none was meant.
            let reason = "a word in the place of a program that names none";
            self.unclear.push(Unclear::new(word.span.clone(), reason));
        }
        let mut invocation = call(&program, inner);
        let rest = &inner.words[inner.first + 1..inner.end];
        let mut wrapped = match program.as_str() {
            "find" | "fd" | "fdfind" => executed(&program, rest),
            "parallel" => parallel(rest),
            "tmux" => tmux(rest),
            "python" => module(rest),
            "ansible" => ansible(rest),
            "capsh" => after_option(rest, &["-c"]),
            "cmake" => cmake(rest),
            "gnome-terminal" | "konsole" | "xterm" | "alacritty" | "kitty" | "foot" | "urxvt" => {
                after_option(rest, &["-e", "-x", "--command", "--"])
            }
            "just" => after_option(rest, &["--command", "-c"]),
            "salt" => after_option(rest, &["cmd.run", "cmd.shell", "cmd.run_all"]).as_text(),
            "cmd" | "cmd.exe" => after_option(rest, &["/c", "/C", "/k"]).as_text(),
            "corepack" if rest.first().is_some_and(is_package_manager) => {
                Wrapped { runs: vec![Runs::Words { at: 0, end: rest.len() }], ..Wrapped::default() }
            }
            "ctest" => after_option(rest, &["--test-command"]),
            "nix" => after_option(rest, &["-c", "--command"]),
            "gdb" if rest.iter().any(|word| word.text.as_deref() == Some("--args")) => {
                after_option(rest, &["--args"])
            }
            _ => wrapper::unwrap(&program, rest),
        };
        if let Some(Runs::Words { at, .. }) = wrapped.runs.first() {
            invocation.own = inner.first + 1 + at;
        }
        // Where something runs is part of the chain: `ssh prod`.
        let place = match wrapped.runs.first() {
            Some(Runs::Words { at, .. } | Runs::Text { at, .. } | Runs::Value { at, .. })
                if wrapped.elsewhere =>
            {
                let before = rest[..*at].iter().rev().filter_map(|word| word.text.as_deref());
                before.into_iter().find(|text| !text.starts_with('-')).map(|text| format!(" {text}"))
            }
            _ => None,
        };
        // `docker run --entrypoint rm image -rf x`: what stands behind the image are its arguments.
        let entry = if wrapped.elsewhere { packed::entry_point(&program, rest, &wrapped) } else { None };
        if entry.is_some() {
            wrapped.runs.clear();
        }
        let packed = entry.or_else(|| packed::tool(&program, rest, &wrapped, &inner.words[inner.first]));
        let runs = !wrapped.runs.is_empty() || packed.is_some();
        invocation.follows = runs || wrapped.asked || wrapped.unclear.is_some();
        let chain = if runs { invocation.chain(&place.unwrap_or_default()) } else { Vec::new() };
        if let Some(tool) = packed {
            let via = chain.clone();
            let (end, open_ended) = (tool.len(), inner.open_ended);
            let elsewhere = inner.elsewhere || wrapped.elsewhere;
            todo.push(Inner { words: tool, first: 0, end, via, open_ended, elsewhere });
        }
        self.invocations.push(invocation);
        if let Some((span, reason)) = wrapped.unclear.take() {
            self.unclear.push(Unclear::new(span.unwrap_or(word.span.clone()), reason));
        }
        let items = items(level, command, &program, &wrapped, rest);
        let elsewhere = inner.elsewhere || wrapped.elsewhere;
        for run in &wrapped.runs {
            match run {
                Runs::Words { at, end } => {
                    let (first, end) = (inner.first + 1 + at, inner.first + 1 + end);
                    let mut add = |words: Arc<[Word]>, first, end, open_ended| {
                        let via = chain.clone();
                        todo.push(Inner { words, first, end, via, open_ended, elsewhere });
                    };
                    let open_ended = inner.open_ended || wrapped.appends;
                    match (&wrapped.marker, items.as_slice()) {
                        (None, []) => add(Arc::clone(&inner.words), first, end, open_ended),
                        (None, items) => {
                            // All of them are appended.
                            let given = inner.words[first..end].iter().cloned().chain(items.iter().cloned());
                            let words: Arc<[Word]> = given.collect();
                            let end = words.len();
                            add(words, 0, end, inner.open_ended);
                        }
                        (Some(marker), []) => {
                            // What `find` finds begins with where it looks, which is no option.
                            let start = if program == "find" { "./" } else { "" };
                            let computed = |word: &Word| with_computed(word, marker, start);
                            let words = inner.words.iter().map(computed).collect();
                            add(words, first, end, inner.open_ended);
                        }
                        (Some(marker), items) => {
                            for item in items {
                                let words =
                                    inner.words.iter().map(|word| replaced(word, marker, item)).collect();
                                add(words, first, end, inner.open_ended);
                            }
                        }
                    }
                }
                Runs::Text { at, end } => {
                    let words = &rest[*at..*end];
                    self.text(words, &chain, elsewhere);
                    if words.iter().any(|word| word.constant().is_none()) {
                        let (first, end) = (inner.first + 1 + at, inner.first + 1 + end);
                        let (words, via) = (Arc::clone(&inner.words), chain.clone());
                        todo.push(Inner { words, first, end, via, open_ended: inner.open_ended, elsewhere });
                    }
                }
                Runs::Value { at, skip } => {
                    let mut word = rest[*at].clone();
                    if *skip > 0 {
                        let text = Text::copied(word.text.as_deref().unwrap_or_default(), &word.places);
                        let (text, places) = text.slice(*skip..text.as_str().len()).into_parts();
                        word = Word { text: Some(text), places, ..word };
                    }
                    if program == "env" {
                        word = unescaped(word);
                    }
                    self.text(&[word], &chain, elsewhere);
                }
            }
        }
    }

    /// Words, with blanks between them, as shell text.
    fn text(&mut self, words: &[Word], chain: &[Outer], elsewhere: bool) {
        let mut text = Text::default();
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                text.push_decoded(" ", &(word.span.start..word.span.start));
            }
            let (code, computed) = carrier::code_of(word);
            text.append(&code);
            if computed {
                self.unclear.push(Unclear::new(word.span.clone(), "shell text that is computed at run time"));
            }
        }
        let scope = Some(ScopeKind::Subshell);
        let via = chain.to_vec();
        self.code.push(Code { text, scope, posix: true, elsewhere, via, ..Code::default() });
    }
}

/// What `env -S` makes of a text: `\_` and its like are blanks.
fn unescaped(word: Word) -> Word {
    let Some(text) = word.text.as_deref().filter(|text| text.contains('\\')) else { return word };
    let mut whole = Text::default();
    let mut from = 0;
    for (at, _) in text.match_indices('\\') {
        let blank = matches!(text.as_bytes().get(at + 1), Some(b'_' | b't' | b'n' | b'f' | b'v' | b'r'));
        if blank && at >= from {
            whole.push(&text[from..at], &word.places, from);
            whole.push_decoded(" ", &word.places.span(at..at + 2));
            from = at + 2;
        }
    }
    whole.push(&text[from..], &word.places, from);
    let (text, places) = whole.into_parts();
    Word { text: Some(text), places, ..word }
}

/// The words that `xargs` reads, as far as its input is known.
fn items(
    level: &Level<'_>,
    command: &SimpleCommand,
    program: &str,
    wrapped: &Wrapped,
    words: &[Word],
) -> Vec<Word> {
    const MOST: usize = 8;
    if program != "xargs" || wrapped.runs.is_empty() {
        return Vec::new();
    }
    let Some(input) = level.input(command) else { return Vec::new() };
    let text = input.as_str();
    let own = match wrapped.runs.first() {
        Some(Runs::Words { at, .. }) => words.get(..*at).unwrap_or_default(),
        Some(Runs::Text { .. } | Runs::Value { .. }) | None => &[],
    };
    let given = |letter: char, long: &str| {
        own.iter().filter_map(|word| word.text.as_deref()).any(|text| {
            text.starts_with(long)
                || text.starts_with('-') && !text.starts_with("--") && text.contains(letter)
        })
    };
    if given('d', "--delimiter") {
        return Vec::new();
    }
    let null = given('0', "--null");
    let ends =
        |c: char| c == '\0' || !null && if wrapped.marker.is_some() { c == '\n' } else { c.is_whitespace() };
    let mut items = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        if !ends(c) {
            continue;
        }
        if at > start {
            let piece = input.slice(start..at);
            let span = piece.span();
            let (text, places) = piece.into_parts();
            items.push(Word { text: Some(text), places, span, ..Word::default() });
        }
        start = at + c.len_utf8();
    }
    if items.len() > MOST || !null && text.contains(['\'', '"', '\\']) { Vec::new() } else { items }
}

/// `find -exec … ;`, `fd -x …`.
fn executed(program: &str, words: &[Word]) -> Wrapped {
    let mut wrapped = Wrapped { marker: Some("{}".to_owned()), ..Wrapped::default() };
    let starts: &[&str] = match program {
        "find" => &["-exec", "-execdir", "-ok", "-okdir"],
        _ => &["-x", "-X", "--exec", "--exec-batch"],
    };
    let mut at = 0;
    while at < words.len() {
        let text = words[at].text.as_deref();
        at += 1;
        let word = &words[at - 1];
        let value = at > 1 && words[at - 2].text.as_deref().is_some_and(|text| text.starts_with('-'));
        if word.text.is_none() && word.may_be_option() && (word.splits || at > 1 && !value) {
            let reason = format!("an argument of `{program}` that is computed and may run or delete");
            wrapped.unclear = Some((Some(word.span.clone()), reason));
        }
        if !text.is_some_and(|text| starts.contains(&text)) {
            continue;
        }
        let ends = |word: &Word| matches!(word.text.as_deref(), Some(";" | "+"));
        let length = words[at..].iter().position(ends).unwrap_or(words.len() - at);
        if length > 0 {
            wrapped.runs.push(Runs::Words { at, end: at + length });
        }
        at += length;
    }
    // Without a marker the paths come last.
    wrapped.appends = program != "find";
    wrapped
}

/// `python -m twine upload`: the module is a program.
fn module(words: &[Word]) -> Wrapped {
    let mut wrapped = Wrapped::default();
    for (index, word) in words.iter().enumerate() {
        match word.text.as_deref() {
            Some(text)
                if text.starts_with('-')
                    && !text.starts_with("--")
                    && text.ends_with('m')
                    && !text.contains('c') =>
            {
                if index + 1 < words.len() {
                    wrapped.runs.push(Runs::Words { at: index + 1, end: words.len() });
                }
                break;
            }
            Some(text) if text.starts_with('-') && !text.contains('c') => {}
            _ => break,
        }
    }
    wrapped
}

/// `ansible HOSTS -m shell -a 'rm x'`; other modules have arguments of their own.
fn ansible(words: &[Word]) -> Wrapped {
    let mut wrapped = Wrapped { elsewhere: true, ..Wrapped::default() };
    let text = |word: &Word| word.text.clone().unwrap_or_default();
    let value = |names: [&str; 2]| {
        words.iter().enumerate().find_map(|(at, word)| {
            let given = text(word);
            let attached = names.iter().find_map(|name| {
                let rest = given.strip_prefix(name)?;
                if name.starts_with("--") { rest.strip_prefix('=') } else { Some(rest) }.map(str::len)
            });
            match attached {
                Some(length) if length > 0 => Some((at, given.len() - length)),
                _ if names.contains(&given.as_str()) && at + 1 < words.len() => Some((at + 1, 0)),
                _ => None,
            }
        })
    };
    let module = value(["-m", "--module-name"]).map(|(at, skip)| text(&words[at])[skip..].to_owned());
    let runs = module.as_deref().is_none_or(|module| {
        matches!(module.rsplit('.').next(), Some("command" | "expect" | "raw" | "shell" | "script"))
    });
    if let Some((at, skip)) = value(["-a", "--args"]).filter(|_| runs) {
        wrapped.runs.push(Runs::Value { at, skip });
    }
    wrapped
}

/// `cmake -E env A=1 rm x`, `cmake -E time rm x`, and its own `cmake -E rm x`.
fn cmake(words: &[Word]) -> Wrapped {
    let mut wrapped = Wrapped::default();
    let text = |at: usize| words.get(at).and_then(|word| word.text.as_deref());
    if text(0) != Some("-E") {
        return wrapped;
    }
    let at = match text(1) {
        Some("rm") => 1,
        Some("time") => 2,
        Some("chdir") => 3,
        Some("env") => {
            let setting = |word: &Word| {
                let text = word.text.as_deref().unwrap_or(&word.prefix);
                text.contains('=') || text.starts_with("--")
            };
            2 + words.iter().skip(2).take_while(|word| setting(word)).count()
        }
        _ => return wrapped,
    };
    if at < words.len() {
        wrapped.runs.push(Runs::Words { at, end: words.len() });
    }
    wrapped
}

/// What `corepack` runs; its other words are its own.
fn is_package_manager(word: &Word) -> bool {
    let name = word.text.as_deref().and_then(|text| text.split('@').next());
    matches!(name, Some("npm" | "npx" | "pnpm" | "pnpx" | "yarn" | "yarnpkg"))
}

/// `nix develop -c rm -rf x`: the words behind an option are a command.
fn after_option(words: &[Word], options: &[&str]) -> Wrapped {
    let at = words.iter().position(|word| word.text.as_deref().is_some_and(|text| options.contains(&text)));
    let runs = at.filter(|at| at + 1 < words.len()).map(|at| Runs::Words { at: at + 1, end: words.len() });
    Wrapped { runs: runs.into_iter().collect(), ..Wrapped::default() }
}

/// `parallel rm -rf ::: a b`: its words are joined to shell text.
fn parallel(words: &[Word]) -> Wrapped {
    let mut wrapped = Wrapped::default();
    let text = |word: &Word| word.text.clone().unwrap_or_default();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let option = text(word);
        match option.as_str() {
            "--dry-run" | "--dryrun" | "--help" | "--version" | "--citation" => {
                return Wrapped { asked: true, ..Wrapped::default() };
            }
            "-j" | "--jobs" | "-a" | "--arg-file" | "-d" | "--delimiter" | "-n" | "-N" | "-L" | "-I"
            | "--joblog" | "--results" | "-S" | "--sshlogin" | "--colsep" | "-C" | "--timeout"
            | "--retries" | "--delay" | "--tmpdir" | "--workdir" | "--wd" | "--halt" => at += 2,
            _ if option.starts_with('-') => at += 1,
            _ => break,
        }
    }
    let sources = [":::", "::::", ":::+", "::::+"];
    let separator = words.iter().position(|word| sources.contains(&text(word).as_str()));
    let end = separator.unwrap_or(words.len());
    if at < end {
        wrapped.runs.push(Runs::Text { at, end });
    } else if let Some(separator) = separator {
        // Without a command each argument is one.
        wrapped.runs.extend((separator + 1..words.len()).map(|at| Runs::Value { at, skip: 0 }));
    } else {
        wrapped.unclear = Some((None, "`parallel` runs what it reads".to_owned()));
    }
    wrapped
}

/// `tmux new-session -d 'rm -rf x'`, `tmux send-keys 'rm -rf x' Enter`.
fn tmux(words: &[Word]) -> Wrapped {
    const RUNS: [&str; 20] = [
        "new",
        "new-session",
        "neww",
        "new-window",
        "split-window",
        "splitw",
        "respawn-pane",
        "respawnp",
        "respawn-window",
        "respawnw",
        "run",
        "run-shell",
        "if",
        "if-shell",
        "send",
        "send-keys",
        "popup",
        "display-popup",
        "pipe-pane",
        "pipep",
    ];
    let mut wrapped = Wrapped::default();
    let Some(first) =
        words.iter().position(|word| word.text.as_deref().is_some_and(|text| RUNS.contains(&text)))
    else {
        return wrapped;
    };
    let mut at = first + 1;
    while let Some(text) =
        words.get(at).and_then(|word| word.text.as_deref()).filter(|text| text.starts_with('-'))
    {
        at += 1 + usize::from(["-s", "-n", "-t", "-c", "-x", "-y", "-F", "-e", "-l", "-p"].contains(&text));
    }
    if at < words.len() {
        wrapped.runs.push(Runs::Text { at, end: words.len() });
        wrapped
            .runs
            .extend((at..words.len()).filter(|_| words.len() - at > 1).map(|at| Runs::Value { at, skip: 0 }));
    }
    wrapped
}

fn call(program: &str, inner: &Inner) -> Invocation {
    let words = &inner.words[inner.first..inner.end];
    let start = words.iter().map(|word| word.span.start).min().unwrap_or_default();
    let end = words.iter().map(|word| word.span.end).max().unwrap_or(start);
    let mut via = inner.via.clone();
    for link in words.iter().flat_map(|word| &word.resolved) {
        if !via.contains(link) && via.len() < CHAIN {
            via.push(link.clone());
        }
    }
    Invocation {
        program: program.to_owned(),
        via,
        span: start..end,
        open_ended: inner.open_ended,
        words: Arc::clone(&inner.words),
        first: inner.first,
        end: inner.end,
        own: inner.end,
        elsewhere: inner.elsewhere,
        follows: false,
    }
}

/// The word with a marker that is replaced at run time (`xargs -I {}`).
fn with_computed(word: &Word, marker: &str, start: &str) -> Word {
    let Some(text) = word.text.as_deref().filter(|text| !marker.is_empty() && text.contains(marker)) else {
        return word.clone();
    };
    let whole = Text::copied(text, &word.places);
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices(marker) {
        if at > from {
            parts.push(Part::Literal(whole.slice(from..at)));
        }
        from = at + marker.len();
        parts.push(Part::Unknown { splits: false, span: word.places.span(at..from) });
    }
    if from < text.len() {
        parts.push(Part::Literal(whole.slice(from..text.len())));
    }
    let mut prefix = text.split(marker).next().unwrap_or_default().to_owned();
    if prefix.is_empty() {
        start.clone_into(&mut prefix);
    }
    // Like `$NAME` and constant text: `{}.bak`.
    let rest = text.strip_prefix(marker).filter(|rest| !rest.contains(marker));
    let variable = rest.map(|rest| ("{}".to_owned(), rest.to_owned()));
    Word { text: None, prefix, variable, parts: Some(parts.into()), ..word.clone() }
}

/// The word with the marker replaced by a constant.
fn replaced(word: &Word, marker: &str, item: &Word) -> Word {
    let (Some(text), Some(value)) = (word.text.as_deref(), &item.text) else { return word.clone() };
    if marker.is_empty() || !text.contains(marker) {
        return word.clone();
    }
    let mut whole = Text::default();
    let mut from = 0;
    for (at, _) in text.match_indices(marker) {
        whole.push(&text[from..at], &word.places, from);
        from = at + marker.len();
        whole.push_decoded(value, &word.places.span(at..from));
    }
    whole.push(&text[from..], &word.places, from);
    let (text, places) = whole.into_parts();
    Word { text: Some(text), places, ..word.clone() }
}
