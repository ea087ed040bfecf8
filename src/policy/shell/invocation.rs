//! What a simple command calls: program, flags and operands, behind any prefix such as `sudo` or `env`.

use std::ops::Range;
use std::sync::Arc;

use super::arguments::{Arguments, arguments};
use super::carrier::{self, Code};
use super::expand::Level;
use super::part::Part;
use super::text::Text;
use super::wrapper::{self, Runs, Wrapped};
use super::{ScopeKind, SimpleCommand, Unclear, Word, packed, program};

/// How many programs one command may call through one another before the reader gives up (and asks).
const CHAIN: usize = 16;

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
        // What a runner of packages is given is a package, whose program may have another name.
        let package = |outer: &Outer| name.contains('@') || packed::runs_packages(&outer.text);
        let mut program = if inner.via.last().is_some_and(package) {
            packed::package(name).to_owned()
        } else {
            program::normalised(name).to_owned()
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
        let mut wrapped = wrapper::unwrap(&program, rest);
        // `parallel` without a command runs the lines that it reads.
        let named = |word: &Word| {
            word.text.as_deref().is_some_and(|text| text.starts_with("-a") || text.starts_with("--arg-file"))
        };
        let lines = wrapped
            .unclear
            .as_ref()
            .filter(|_| program == "parallel" && !inner.open_ended && !rest.iter().any(named));
        if let Some(text) = lines.and_then(|_| level.input(command)) {
            let (scope, via) = (Some(ScopeKind::Subshell), invocation.chain(""));
            self.code.push(Code { text, scope, elsewhere: inner.elsewhere, via, ..Code::default() });
            wrapped.unclear = None;
            wrapped.asked = true;
        }
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
        let entry = packed::entry_point(&program, rest, &wrapped);
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
