//! Programs that run the rest of their words as a command, as far as their options are known for certain.

mod special;
mod table;

use std::ops::Range;

use super::Word;
use super::parser::is_name;
use table::{Row, Tail, rows};

/// What a program does with the words after it.
#[derive(Default)]
pub(super) struct Wrapped {
    /// What it runs.
    pub(super) runs: Vec<Runs>,
    /// A text that is replaced in the words of that command (`xargs -I`).
    pub(super) marker: Option<String>,
    /// Further words are appended at run time.
    pub(super) appends: bool,
    /// It runs on another machine or in a container.
    pub(super) elsewhere: bool,
    /// It is only asked something, and runs nothing: `command -v rm`.
    pub(super) asked: bool,
    /// It may run a command, but which one is not certain.
    pub(super) unclear: Option<(Option<Range<usize>>, String)>,
}

/// One thing that it runs; numbers of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Runs {
    /// These words are a command.
    Words { at: usize, end: usize },
    /// These words, with blanks between them, are shell text.
    Text { at: usize, end: usize },
    /// A word is shell text but for its first bytes.
    Value { at: usize, skip: usize },
}

/// The options with a value of a program that runs the rest of its words.
pub(super) fn valued(program: &str) -> &'static str {
    find(program).map_or("", |row| row.valued)
}

impl Wrapped {
    /// The words that it runs are shell text.
    pub(super) fn into_text(mut self) -> Wrapped {
        for run in &mut self.runs {
            if let Runs::Words { at, end } = *run {
                *run = Runs::Text { at, end };
            }
        }
        self
    }
}

/// The first row of a program.
fn find(program: &str) -> Option<&'static Row> {
    rows(program).first().copied()
}

/// What `setarch` takes for an architecture.
fn is_architecture(text: &str) -> bool {
    let starts = [
        "aarch64", "arm", "i386", "i486", "i586", "i686", "linux", "mips", "ppc", "riscv", "s390", "sparc",
        "x86",
    ];
    starts.iter().any(|start| text.starts_with(start))
        || matches!(text, "alpha" | "athlon" | "ia64" | "uname26")
}

/// Whether one of the names in a list is this.
fn lists(names: &str, name: &str) -> bool {
    names.split_ascii_whitespace().any(|listed| listed == name)
}

/// Finds what a program runs from the words after it.
pub(super) fn unwrap(program: &str, words: &[Word]) -> Wrapped {
    if let Some(wrapped) = special::unwrap(program, words) {
        return wrapped;
    }
    let name = if program == "flyctl" {
        "fly"
    } else if program == "oc" {
        "kubectl"
    } else {
        program
    };
    for row in rows(name) {
        // Global options may stand before the subcommand.
        let Some(skip) = row.behind_subcommand(words) else { continue };
        let mut wrapped = Wrapped { elsewhere: row.elsewhere, ..Wrapped::default() };
        row.find(words, skip, &mut wrapped);
        if program == "xargs" && wrapped.marker.is_none() {
            wrapped.appends = true;
        }
        return wrapped;
    }
    Wrapped::default()
}

impl Row {
    /// The number of the word after the subcommand.
    fn behind_subcommand(&self, words: &[Word]) -> Option<usize> {
        let mut wanted = self.subcommand.split_ascii_whitespace().peekable();
        let (mut at, mut behind_option) = (0, false);
        while let Some(next) = wanted.peek() {
            let text = words.get(at)?.text.as_deref()?;
            if text == *next {
                wanted.next();
            } else if at == 0 && text.starts_with('+') && self.program == "cargo" {
                // The toolchain: `cargo +nightly watch`.
            } else if text.starts_with('-') && text.len() > 1 {
                // A global option; of those with a value most are known.
                let valued = super::arguments::takes_value(self.program, text);
                at += usize::from(valued);
                behind_option = !valued && !text.contains('=') && !lists(self.plain, text);
            } else if behind_option {
                // It is the value of an option that is not known: `poetry -C src run`.
                behind_option = false;
            } else {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// Skips options, assignments and operands.
    fn find(&self, words: &[Word], from: usize, wrapped: &mut Wrapped) {
        let (mut at, mut operands, mut options) = (from, self.operands, self.tail != Tail::Dashes);
        if self.tail == Tail::Dashes {
            let dashes = words.iter().position(|word| word.text.as_deref() == Some("--"));
            let end = dashes.unwrap_or(words.len());
            self.codes(&words[..end], from, wrapped);
            if let Some(dashes) = dashes.filter(|dashes| dashes + 1 < words.len()) {
                wrapped.runs.push(Runs::Words { at: dashes + 1, end: words.len() });
            }
            return;
        }
        let unclear = |word: &Word, what: &str| {
            let reason = format!("{what} of `{}`, which runs another program", self.program);
            Some((Some(word.span.clone()), reason))
        };
        while let Some(word) = words.get(at) {
            at += 1;
            let Some(text) = word.constant() else {
                if self.tail == Tail::Nothing {
                    continue;
                }
                let assigns =
                    self.assignments && word.prefix.split_once('=').is_some_and(|(n, _)| is_name(n));
                if assigns {
                    continue;
                }
                if operands == 0 && !(word.splits && word.prefix.is_empty()) {
                    return self.tail(at - 1, words, wrapped);
                }
                if word.splits || operands == 0 || word.prefix.starts_with('-') {
                    wrapped.unclear = unclear(word, "a computed argument");
                    return;
                }
                operands -= 1;
                continue;
            };
            if options && text == "--" {
                options = false;
            } else if options && lists(self.queries, text) {
                wrapped.asked = true;
                return;
            } else if options && text.starts_with('-') && (text.len() > 1 || lists(self.plain, "-")) {
                match self.option(text) {
                    Found::Plain => {}
                    Found::Value { attached, code } => {
                        let value = if attached.is_some() { at - 1 } else { at };
                        if words.get(value).is_some_and(|value| value.splits && !value.is_plain()) {
                            wrapped.unclear = unclear(word, "a computed option");
                            return;
                        }
                        if code && value < words.len() {
                            wrapped.runs.push(Runs::Value { at: value, skip: attached.unwrap_or(0) });
                        }
                        if self.program == "xargs"
                            && (text.starts_with("-I") || text.starts_with("--replace"))
                        {
                            let text = words.get(value).and_then(Word::constant);
                            wrapped.marker = text.map(|text| text[attached.unwrap_or(0)..].to_owned());
                            if wrapped.marker.is_none() {
                                wrapped.unclear = unclear(word, "a computed option");
                                return;
                            }
                        }
                        at += usize::from(attached.is_none());
                        // `--bind FROM TO`
                        let pair =
                            ["bind", "symlink", "--setenv", "--file"].iter().any(|it| text.contains(it));
                        at += usize::from(self.program == "bwrap" && attached.is_none() && pair);
                    }
                    Found::Unknown if self.lenient => {}
                    Found::Unknown => {
                        wrapped.unclear = unclear(word, "an option this version does not know");
                        return;
                    }
                }
            } else if self.assignments && text.split_once('=').is_some_and(|(name, _)| !name.is_empty()) {
                options = false;
            } else if self.program == "setarch" && operands > 0 && !is_architecture(text) {
                // `setarch -R rm …`: which architecture need not be said.
                return self.tail(at - 1, words, wrapped);
            } else if operands > 0 {
                operands -= 1;
                // `flock FILE -c '…'`, but what stands behind `chroot DIR` is the command's.
                options =
                    !self.code.is_empty() || matches!(self.program, "kubectl" | "ssh" | "mosh" | "setarch");
            } else if self.tail != Tail::Nothing {
                return self.tail(at - 1, words, wrapped);
            }
        }
    }

    /// What stands behind the options and operands.
    fn tail(&self, at: usize, words: &[Word], wrapped: &mut Wrapped) {
        // `flock FILE -c '…'` runs nothing else; `env -S 'a b' c` does.
        if !wrapped.runs.is_empty() && !matches!(self.program, "env" | "hyperfine") {
            return;
        }
        let end = words.len();
        let at = at + usize::from(words[at].text.as_deref() == Some("--"));
        match self.tail {
            _ if at == end => {}
            Tail::Command => wrapped.runs.push(Runs::Words { at, end }),
            Tail::Text => wrapped.runs.push(Runs::Text { at, end }),
            Tail::Texts => wrapped.runs.extend((at..end).map(|at| Runs::Value { at, skip: 0 })),
            Tail::Dashes | Tail::Nothing => {}
        }
    }

    /// Options with shell text among words that are otherwise of no interest.
    fn codes(&self, words: &[Word], from: usize, wrapped: &mut Wrapped) {
        for at in from..words.len() {
            let Some(text) = words[at].constant() else { continue };
            if lists(self.code, text) && at + 1 < words.len() {
                wrapped.runs.push(Runs::Value { at: at + 1, skip: 0 });
            } else if let Some((name, _)) = text.split_once('=')
                && lists(self.code, name)
            {
                wrapped.runs.push(Runs::Value { at, skip: name.len() + 1 });
            }
        }
    }

    /// What an option is.
    fn option(&self, text: &str) -> Found {
        if text.starts_with("--") {
            let (name, value) =
                text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
            let attached = value.map(|value| text.len() - value.len());
            if lists(self.code, name) {
                return Found::Value { attached, code: true };
            }
            if lists(self.valued, name) {
                return Found::Value { attached, code: false };
            }
            return if lists(self.plain, name) { Found::Plain } else { Found::Unknown };
        }
        if text == "-" || lists(self.plain, text) {
            return Found::Plain;
        }
        for (index, letter) in text.char_indices().skip(1) {
            let mut buffer = [0; 5];
            buffer[0] = b'-';
            let length = letter.encode_utf8(&mut buffer[1..]).len();
            let name = std::str::from_utf8(&buffer[..=length]).unwrap_or_default();
            let end = index + letter.len_utf8();
            let attached = (end < text.len()).then_some(end);
            if lists(self.code, name) {
                return Found::Value { attached, code: true };
            }
            if lists(self.valued, name) {
                return Found::Value { attached, code: false };
            }
            if !lists(self.plain, name) {
                return Found::Unknown;
            }
        }
        Found::Plain
    }
}

/// What an option is.
enum Found {
    Plain,
    /// It has a value: in the same word from this byte on, or in the next word.
    Value {
        attached: Option<usize>,
        code: bool,
    },
    Unknown,
}
