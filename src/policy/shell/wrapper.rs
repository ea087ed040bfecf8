//! Programs that run the rest of their words as a command, as far as their options are known for certain.

use std::ops::Range;

use super::Word;
use super::parser::is_name;

/// What a program does with the words after it.
pub(super) enum Wrapped {
    /// It does not run them, as far as this table knows.
    Nothing,
    /// It runs a command that begins `at` this word.
    Calls {
        at: usize,
        /// A text that `xargs` replaces in the words of that command.
        replaces: Option<String>,
        /// Further words are appended at run time.
        appends: bool,
    },
    /// It may run a command, but which one is not certain.
    Unclear { span: Option<Range<usize>>, reason: String },
}

/// The option grammar of one prefix.
struct Wrapper {
    program: &'static str,
    /// The words that make it a prefix: `uv run`.
    subcommand: &'static [&'static str],
    /// Short and long options without a value.
    plain: &'static [&'static str],
    /// Short and long options with a value.
    valued: &'static [&'static str],
    /// Options with which it runs nothing.
    queries: &'static [&'static str],
    /// How many operands stand before the command.
    operands: usize,
    /// `NAME=value` may stand before the command.
    assignments: bool,
}

const PLAIN: Wrapper = Wrapper {
    program: "",
    subcommand: &[],
    plain: &[],
    valued: &[],
    queries: &[],
    operands: 0,
    assignments: false,
};

const WRAPPERS: [Wrapper; 24] = [
    Wrapper { program: "builtin", ..PLAIN },
    Wrapper { program: "bundle", subcommand: &["exec"], ..PLAIN },
    Wrapper { program: "busybox", ..PLAIN },
    Wrapper { program: "command", plain: &["-p"], queries: &["-v", "-V"], ..PLAIN },
    Wrapper { program: "doas", plain: &["-n"], valued: &["-u"], ..PLAIN },
    Wrapper {
        program: "env",
        plain: &["-i", "-", "-0", "--ignore-environment", "--null"],
        valued: &["-u", "--unset"],
        assignments: true,
        ..PLAIN
    },
    Wrapper { program: "exec", plain: &["-c", "-l"], valued: &["-a"], ..PLAIN },
    Wrapper { program: "ionice", plain: &["-t"], valued: &["-c", "-n"], ..PLAIN },
    Wrapper {
        program: "nice",
        plain: &["-0", "-1", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9"],
        valued: &["-n", "--adjustment"],
        ..PLAIN
    },
    Wrapper { program: "nohup", ..PLAIN },
    Wrapper { program: "npm", subcommand: &["exec"], plain: &["-y", "--yes", "--no"], ..PLAIN },
    Wrapper { program: "npx", plain: &["-y", "--yes", "--no", "--no-install", "-q", "--quiet"], ..PLAIN },
    Wrapper { program: "pipenv", subcommand: &["run"], ..PLAIN },
    Wrapper { program: "pnpm", subcommand: &["exec"], ..PLAIN },
    Wrapper { program: "poetry", subcommand: &["run"], ..PLAIN },
    Wrapper { program: "setsid", plain: &["-c", "-f", "-w", "--ctty", "--fork", "--wait"], ..PLAIN },
    Wrapper { program: "stdbuf", valued: &["-i", "-o", "-e", "--input", "--output", "--error"], ..PLAIN },
    Wrapper {
        program: "sudo",
        plain: &[
            "-A",
            "-b",
            "-E",
            "-H",
            "-k",
            "-n",
            "-P",
            "-S",
            "--non-interactive",
            "--preserve-env",
            "--set-home",
        ],
        valued: &["-C", "-g", "-h", "-p", "-u", "--group", "--host", "--prompt", "--user"],
        queries: &["-l", "-v", "-V", "-K", "--list", "--validate", "--version"],
        assignments: true,
        ..PLAIN
    },
    Wrapper { program: "time", plain: &["-p", "-v", "-a", "-q"], valued: &["-f", "--format"], ..PLAIN },
    Wrapper {
        program: "timeout",
        plain: &["-v", "--foreground", "--preserve-status", "--verbose"],
        valued: &["-k", "-s", "--kill-after", "--signal"],
        operands: 1,
        ..PLAIN
    },
    Wrapper { program: "toybox", ..PLAIN },
    Wrapper {
        program: "uv",
        subcommand: &["run"],
        plain: &[
            "--all-extras",
            "--all-groups",
            "--frozen",
            "--locked",
            "--no-sync",
            "--offline",
            "-q",
            "--quiet",
        ],
        valued: &["--extra", "--group", "--package", "--project", "-p", "--python", "--with"],
        ..PLAIN
    },
    Wrapper {
        program: "xargs",
        plain: &["-0", "-p", "-r", "-t", "-x", "--no-run-if-empty", "--null", "--verbose"],
        valued: &[
            "-a",
            "-d",
            "-E",
            "-I",
            "-L",
            "-n",
            "-P",
            "-s",
            "--arg-file",
            "--delimiter",
            "--max-args",
            "--max-lines",
            "--max-procs",
        ],
        ..PLAIN
    },
    Wrapper { program: "yarn", subcommand: &["exec"], ..PLAIN },
];

/// The options with a value of a program that runs the rest of its words.
pub(super) fn valued(program: &str) -> &'static [&'static str] {
    WRAPPERS.iter().find(|wrapper| wrapper.program == program).map_or(&[], |wrapper| wrapper.valued)
}

/// Finds the command that a program runs from the words after it.
pub(super) fn unwrap(program: &str, words: &[Word]) -> Wrapped {
    let Some(wrapper) = WRAPPERS.iter().find(|wrapper| wrapper.program == program) else {
        return Wrapped::Nothing;
    };
    let skip = wrapper.subcommand.len();
    let given = words.iter().map(|word| word.text.as_deref());
    if !given.take(skip).eq(wrapper.subcommand.iter().map(|word| Some(*word))) {
        return elsewhere(wrapper, words);
    }
    match wrapper.find(&words[skip..]) {
        Ok(None) => Wrapped::Nothing,
        Ok(Some(Found { at, marker })) => Wrapped::Calls {
            at: skip + at,
            appends: program == "xargs" && marker.is_none(),
            replaces: marker,
        },
        Err(Unknown { span, reason }) => Wrapped::Unclear { span, reason },
    }
}

/// The subcommand that runs its words does not stand first: if it stands anywhere, that is not certain.
fn elsewhere(wrapper: &Wrapper, words: &[Word]) -> Wrapped {
    // After a subcommand of its own (`npm run exec`) it is just a word.
    let options =
        words.iter().take_while(|word| word.text.as_deref().is_none_or(|text| text.starts_with('-')));
    let behind = words.get(options.clone().count()..).unwrap_or_default();
    let subcommand =
        |word: &Word| word.text.as_deref().is_some_and(|text| wrapper.subcommand.contains(&text));
    let computed = options.clone().any(|word| word.text.is_none());
    if computed || behind.len() < words.len() && behind.iter().any(subcommand) {
        let reason = format!("options of `{}` before the command that it runs", wrapper.program);
        return Wrapped::Unclear { span: None, reason };
    }
    Wrapped::Nothing
}

struct Found {
    at: usize,
    marker: Option<String>,
}

struct Unknown {
    span: Option<Range<usize>>,
    reason: String,
}

impl Wrapper {
    /// Skips options, assignments and operands.
    fn find(&self, words: &[Word]) -> Result<Option<Found>, Unknown> {
        let unknown = |word: &Word, what: &str| {
            let reason = format!("{what} of `{}`, which runs another program", self.program);
            Err(Unknown { span: Some(word.span.clone()), reason })
        };
        let (mut at, mut operands, mut marker, mut options) = (0, self.operands, None, true);
        while let Some(word) = words.get(at) {
            at += 1;
            let Some(text) = word.constant() else {
                let assigns =
                    self.assignments && word.prefix.split_once('=').is_some_and(|(n, _)| is_name(n));
                if word.splits || !(assigns || operands > 0 && !word.prefix.starts_with('-')) {
                    return unknown(word, "a computed argument");
                }
                operands -= usize::from(!assigns);
                continue;
            };
            if options && text == "--" {
                options = false;
            } else if options && self.queries.contains(&text) {
                return Ok(None);
            } else if options && text.starts_with('-') && (text.len() > 1 || self.plain.contains(&"-")) {
                match self.option(text) {
                    Some(takes) => {
                        let attached = text.trim_start_matches('-').get(1..).filter(|rest| !rest.is_empty());
                        let value = if takes { words.get(at).and_then(Word::constant) } else { attached };
                        if text.starts_with("-I") {
                            marker = value.map(str::to_owned);
                            if marker.is_none() {
                                return unknown(word, "a computed option");
                            }
                        }
                        if takes && words.get(at).is_some_and(|value| value.splits) {
                            return unknown(word, "a computed option");
                        }
                        at += usize::from(takes);
                    }
                    None => return unknown(word, "an option this version does not know"),
                }
            } else if self.assignments && text.split_once('=').is_some_and(|(name, _)| !name.is_empty()) {
                options = false;
            } else if operands > 0 {
                operands -= 1;
                options = false;
            } else {
                return Ok(Some(Found { at: at - 1, marker }));
            }
        }
        Ok(None)
    }

    /// Whether the option takes the next word; nothing if it is not known.
    fn option(&self, text: &str) -> Option<bool> {
        if text.starts_with("--") {
            let (name, value) =
                text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
            if self.valued.contains(&name) {
                return Some(value.is_none());
            }
            return self.plain.contains(&name).then_some(false);
        }
        if text == "-" {
            return Some(false);
        }
        for (index, letter) in text.char_indices().skip(1) {
            let name = format!("-{letter}");
            if self.valued.contains(&name.as_str()) {
                return Some(index + letter.len_utf8() == text.len());
            }
            if !self.plain.contains(&name.as_str()) {
                return None;
            }
        }
        Some(false)
    }
}
