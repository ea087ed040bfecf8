//! What a simple command calls: program, flags and operands, behind any prefix such as `sudo` or `env`.

use std::ops::Range;
use std::sync::Arc;

use super::wrapper::{self, Wrapped};
use super::{SimpleCommand, Unclear, Word, program};

/// How many programs one command may call through one another before the reader gives up (and asks).
const CHAIN: usize = 16;

/// Options that take the next word, for programs whose subcommand may come after them.
const VALUED: [(&str, &[&str]); 26] = [
    ("aws", &["--profile", "--region", "--output", "--endpoint-url"]),
    ("az", &["--subscription", "--output", "-o"]),
    ("cargo", &["--config", "-C", "--color", "--manifest-path"]),
    ("chmod", &["--reference"]),
    ("cp", &["-t", "--target-directory", "-S", "--suffix"]),
    (
        "curl",
        &[
            "-o",
            "--output",
            "--output-dir",
            "-X",
            "--request",
            "-H",
            "--header",
            "-d",
            "--data",
            "-u",
            "--user",
            "-w",
            "--write-out",
            "-D",
            "--dump-header",
            "-c",
            "--cookie-jar",
            "-F",
            "-A",
            "-b",
            "-m",
            "--max-time",
            "--retry",
        ],
    ),
    ("docker", &["-H", "--host", "--context", "-c", "--config", "-l", "--log-level"]),
    ("gcloud", &["--project", "--account", "--configuration"]),
    ("git", &["-C", "-c", "--git-dir", "--work-tree", "--namespace", "--super-prefix", "--config-env"]),
    ("helm", &["-n", "--namespace", "--kube-context", "--kubeconfig"]),
    (
        "install",
        &["-t", "--target-directory", "-S", "--suffix", "-m", "--mode", "-o", "--owner", "-g", "--group"],
    ),
    (
        "kubectl",
        &[
            "-n",
            "--namespace",
            "--context",
            "--kubeconfig",
            "--cluster",
            "--user",
            "-s",
            "--server",
            "--token",
            "--as",
        ],
    ),
    ("ln", &["-t", "--target-directory", "-S", "--suffix"]),
    ("make", &["-C", "--directory", "-f", "--file", "-I", "-W", "-o"]),
    ("mkdir", &["-m", "--mode"]),
    ("mv", &["-t", "--target-directory", "-S", "--suffix"]),
    ("npm", &["--prefix", "-C", "-w", "--workspace"]),
    ("pnpm", &["--dir", "-C", "--filter", "-F"]),
    ("python", &["-m", "-W", "-X"]),
    ("sort", &["-o", "--output", "-k", "--key", "-t", "-S", "-T"]),
    ("systemctl", &["-H", "--host", "-M", "--machine"]),
    ("tar", &["-f", "--file", "-C", "--directory", "-T", "--files-from", "-X", "--exclude-from"]),
    ("touch", &["-d", "--date", "-t", "-r", "--reference"]),
    ("truncate", &["-s", "--size", "-r", "--reference"]),
    ("wget", &["-O", "--output-document", "-P", "--directory-prefix", "-o", "--output-file", "-a", "-i"]),
    ("yarn", &["--cwd"]),
];

/// Programs whose long options begin with one dash.
const SINGLE_DASH: [&str; 14] = [
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
}

/// One option; `-rf` is two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag<'a> {
    /// With its dashes, without its value: `-r`, `--force`.
    pub name: String,
    /// The value after `=`, or the next word for options known to take one.
    pub value: Option<&'a str>,
    /// Byte range of the word it stands in.
    pub span: Range<usize>,
}

impl Invocation {
    /// The words after the program.
    pub fn words(&self) -> &[Word] {
        &self.words[self.first + 1..]
    }

    /// Its arguments, sorted into flags and operands.
    pub fn arguments(&self) -> Arguments<'_> {
        let split = self.own.clamp(self.first + 1, self.words.len());
        let mut arguments = arguments(&self.program, &self.words[self.first + 1..split]);
        for word in &self.words[split..] {
            arguments.operands.push(word);
            arguments.after_flag.push(false);
        }
        arguments.hidden |= self.open_ended;
        arguments
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

    /// It is known to run the command in its words, which has an invocation of its own.
    pub(crate) fn calls(&self) -> bool {
        self.own < self.words.len()
    }

    /// The call of this program that begins at one of the words, as if the words were run.
    pub(crate) fn inner(&self, index: usize, program: &str) -> Option<Invocation> {
        let first = self.first + 1 + index;
        let same = program::normalised(self.words.get(first)?.constant()?) == program;
        let own = self.words.len();
        same.then(|| Invocation { program: program.to_owned(), first, own, ..self.clone() })
    }
}

/// Sorts the words after a program into flags and operands.
pub(crate) fn arguments<'a>(program: &str, words: &'a [Word]) -> Arguments<'a> {
    let valued = VALUED
        .iter()
        .find(|(name, _)| *name == program)
        .map_or_else(|| wrapper::valued(program), |(_, options)| options);
    let clusters = !SINGLE_DASH.contains(&program);
    let mut sorted = Arguments::default();
    let (mut rest, mut after_flag) = (words.iter(), false);
    while let Some(word) = rest.next() {
        sorted.hidden |= word.may_be_option();
        let text = word.text.as_deref().unwrap_or(&word.prefix);
        let mut add = |name: String, value| sorted.flags.push(Flag { name, value, span: word.span.clone() });
        if text == "--" && word.text.is_some() {
            for word in rest {
                sorted.operands.push(word);
                sorted.after_flag.push(false);
            }
            break;
        } else if text.starts_with("--") || (!clusters && text.len() > 1 && text.starts_with('-')) {
            let (name, value) =
                text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
            let takes = value.is_none() && valued.contains(&name);
            let value = if takes { rest.next().and_then(|word| word.text.as_deref()) } else { value };
            add(name.to_owned(), value);
            after_flag = !takes;
        } else if text.len() > 1 && text.starts_with('-') {
            after_flag = true;
            for (index, letter) in text.char_indices().skip(1) {
                let name = format!("-{letter}");
                if valued.contains(&name.as_str()) {
                    let attached = &text[index + letter.len_utf8()..];
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

/// The calls that a command makes, and what could not be told about them.
#[derive(Default)]
pub(super) struct Unwrapped {
    pub(super) invocations: Vec<Invocation>,
    pub(super) unclear: Vec<Unclear>,
}

/// Follows prefixes such as `sudo`, `env` and `timeout` to the program that is run in the end.
pub(super) fn unwrap(command: &SimpleCommand, outer: &[Outer]) -> Unwrapped {
    let mut unwrapped = Unwrapped::default();
    let mut words: Arc<[Word]> = command.words.clone().into();
    let (mut first, mut via, mut open_ended) = (0, outer.to_vec(), false);
    while let Some(word) = words.get(first) {
        let mut unclear = |span, reason: String| unwrapped.unclear.push(Unclear { span, reason });
        let Some(name) = word.constant().filter(|name| !name.starts_with('=')) else {
            let square = matches!(word.text.as_deref(), Some("[" | "[["));
            if !square {
                unclear(word.span.clone(), "the program is computed at run time".to_owned());
                break;
            }
            unwrapped.invocations.push(call("[", &via, &words, first, open_ended));
            break;
        };
        if unwrapped.invocations.len() >= CHAIN {
            unclear(word.span.clone(), "too many programs that call one another".to_owned());
            break;
        }
        let program = program::normalised(name).to_owned();
        let name_span = word.span.clone();
        let mut invocation = call(&program, &via, &words, first, open_ended);
        let wrapped = wrapper::unwrap(&program, &words[first + 1..]);
        if let Wrapped::Calls { at, .. } = &wrapped {
            invocation.own = first + 1 + at;
        }
        unwrapped.invocations.push(invocation);
        match wrapped {
            Wrapped::Nothing => break,
            Wrapped::Unclear { span, reason } => {
                unwrapped.unclear.push(Unclear { span: span.unwrap_or(word.span.clone()), reason });
                break;
            }
            Wrapped::Calls { at, replaces, appends } => {
                first += 1 + at;
                via.push(Outer { text: program, span: name_span });
                open_ended |= appends;
                if let Some(marker) = replaces {
                    words = words.iter().map(|word| with_computed(word, &marker)).collect();
                }
            }
        }
    }
    unwrapped
}

fn call(program: &str, via: &[Outer], words: &Arc<[Word]>, first: usize, open_ended: bool) -> Invocation {
    let start = words[first].span.start;
    let end = words[words.len() - 1].span.end.max(start);
    let (program, via, words, own) = (program.to_owned(), via.to_vec(), Arc::clone(words), words.len());
    Invocation { program, via, span: start..end, open_ended, words, first, own }
}

/// The word with a marker that is replaced at run time (`xargs -I {}`).
fn with_computed(word: &Word, marker: &str) -> Word {
    match word.text.as_deref().and_then(|text| text.split_once(marker)) {
        Some((before, _)) => Word { text: None, prefix: before.to_owned(), ..word.clone() },
        None => word.clone(),
    }
}
