//! Code in other languages (`python -c`, `node -e`, `awk '…'`), as far as its names and strings tell what it does.
//!
//! No language is parsed. Where every name that runs programs is called with constants, those are the commands; else
//! every string of the code is a possible command. Names that can only be harmless make code harmless, and everything
//! else that could do more is not understood.

mod names;
mod runs;
mod scan;
mod written;

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::text::Text;
use names::{DELETES, DELETES_THERE, EVALUATES, EVALUATES_ALONE, FETCHES, FILE_MODULES};
use scan::{Owner, Scanned, is_lisp, scan};

/// What code may do.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    /// Texts that it may give to a shell.
    pub(super) shell: Vec<Text>,
    /// It stays in the directory where it is started.
    pub(super) stays: bool,
    /// It deletes files, and this name says so.
    pub(super) deletes: Option<Range<usize>>,
    /// It writes to files: their names, or nothing where they are computed.
    pub(super) writes: Vec<Option<Text>>,
    /// Why it is not understood.
    pub(super) unclear: Option<String>,
    /// It runs what it fetches from another machine.
    pub(super) remote: bool,
}

/// How deep code in strings of code is read.
const DEPTH: usize = 3;

/// What `code` for the interpreter `language` may do.
pub(super) fn read(language: &str, code: &Text) -> Foreign {
    let mut foreign = Foreign { stays: true, ..Foreign::default() };
    foreign.read(language, code, DEPTH);
    foreign
}

/// Texts in code of a language that is not known: its strings, alone and beside one another.
pub(super) fn strings(code: &Text) -> Vec<Text> {
    commands(code, &scan("", code.as_str()), true)
}

impl Foreign {
    fn read(&mut self, language: &str, code: &Text, depth: usize) {
        let text = code.as_str();
        let scanned = scan(language, text);
        self.runs(language, code, &scanned);
        if let Some(name) = evaluates(language, &scanned) {
            self.unclear.get_or_insert(format!("`{name}` in code for `{language}` runs text as code"));
            let from_text = ["exec", "eval", "Function", "loadstring", "load"];
            self.remote |= scanned.mentions(FETCHES) && scanned.mentions(&from_text);
            self.shell.extend(commands(code, &scanned, is_lisp(language)));
        }
        if let Some(at) = deletes(language, &scanned) {
            self.deletes = Some(code.places().span(at));
        }
        self.stays &= !scanned.mentions(&["chdir", "cwd", "cd", "setcwd", "fchdir", "current_dir", "pushd"]);
        self.writes.extend(written::writes(language, code, &scanned));
        if language == "awk" && text.contains('@') && text.contains("load") {
            self.unclear.get_or_insert("a library that `awk` loads".to_owned());
        }
        // What is put into a string is code again: `${…}`, `f'{…}'`, `"#{…}"`.
        for literal in scanned.strings.iter().filter(|literal| literal.filled && depth > 0).take(16) {
            self.read(language, &code.slice(literal.inside.clone()), depth - 1);
        }
    }

    /// What it runs.
    fn runs(&mut self, language: &str, code: &Text, scanned: &Scanned<'_>) {
        let text = code.as_str();
        if language == "awk" && self.awk_pipes(code, scanned) {
            return;
        }
        let runs = runs::find(language, code, scanned);
        let unread = match language {
            "osascript" => !scanned.names.iter().all(|(name, _)| is_plain_script(name)),
            "gdb" | "lldb" => runs.any || !is_inspection(text),
            "tclsh" | "expect" => {
                let changes = ["file copy", "file rename", "file mkdir", "file link"];
                runs.any || scanned.mentions(TCL_RUNS) || changes.iter().any(|it| text.contains(it))
            }
            "emacs" => text.contains("shell"),
            "ipython" => text.contains(['!', '%']),
            "gnuplot" => text.contains('!'),
            "lua" | "luajit" => scanned.names.iter().any(|(name, _)| *name == "execute") && !runs.any,
            _ => false,
        };
        if runs.unknown || unread {
            self.shell.extend(commands(code, scanned, is_lisp(language)));
            self.shell.extend(statements(code));
            self.shell.extend(runs.commands);
            self.unclear.get_or_insert(format!("code for `{language}` that runs programs"));
            self.stays = false;
        } else {
            self.shell.extend(runs.commands);
        }
    }

    /// `print | "sort"`, `"date" | getline`: what stands in the string is run; true where that is not all that runs.
    fn awk_pipes(&mut self, code: &Text, scanned: &Scanned<'_>) -> bool {
        let text = code.as_str();
        let mut at = 0;
        let mut known = true;
        let mut found = Vec::new();
        while at < text.len() {
            if let Some(literal) = scanned.string_from(at) {
                at = literal.whole.end.max(at + 1);
                continue;
            }
            let rest = &text[at..];
            at += rest.chars().next().map_or(1, char::len_utf8);
            if rest.starts_with("||") {
                at += 1;
                continue;
            }
            if !rest.starts_with('|') {
                continue;
            }
            let behind = text[at..].trim_start_matches('&').trim_start();
            let before = text[..at - 1].trim_end();
            let source = scanned.strings.iter().find(|literal| literal.whole.end == before.len());
            let sink = scanned.string_from(text.len() - behind.len());
            let ends = |end: usize| {
                let rest = text[end..].trim_start_matches([' ', '\t', ')']);
                rest.is_empty() || rest.starts_with([';', '}', '\n'])
            };
            match (source.filter(|_| behind.starts_with("getline")), sink) {
                (Some(literal), _) if !literal.escaped => found.push(code.slice(literal.inside.clone())),
                (None, Some(literal)) if ends(literal.whole.end) && !literal.escaped => {
                    found.push(code.slice(literal.inside.clone()));
                }
                (Some(_) | None, _) => known = false,
            }
        }
        self.shell.extend(found);
        if !known {
            self.shell.extend(commands(code, scanned, false));
            self.unclear.get_or_insert("a program for `awk` that runs commands".to_owned());
        }
        !known
    }
}

/// Commands of Tcl that run, load or delete.
const TCL_RUNS: &[&str] = &[
    "exec",
    "open",
    "eval",
    "uplevel",
    "subst",
    "source",
    "interp",
    "load",
    "socket",
    "spawn",
    "system",
    "send",
    "send_user",
    "interact",
];

/// Words of `AppleScript` that reach nothing but the script itself.
fn is_plain_script(word: &str) -> bool {
    matches!(
        word,
        "return"
            | "set"
            | "to"
            | "get"
            | "version"
            | "count"
            | "of"
            | "if"
            | "then"
            | "else"
            | "end"
            | "and"
            | "or"
            | "not"
            | "true"
            | "false"
            | "display"
            | "dialog"
            | "notification"
            | "with"
            | "title"
            | "say"
            | "beep"
            | "log"
            | "current"
            | "date"
    )
}

/// Commands of debuggers that look and walk, but run no other program and write no file.
fn is_inspection(text: &str) -> bool {
    const LOOKS: &[&str] = &[
        "",
        "advance",
        "b",
        "backtrace",
        "break",
        "bt",
        "c",
        "continue",
        "disassemble",
        "disas",
        "display",
        "down",
        "f",
        "finish",
        "frame",
        "help",
        "i",
        "image",
        "info",
        "l",
        "list",
        "n",
        "next",
        "p",
        "print",
        "ptype",
        "q",
        "quit",
        "r",
        "register",
        "run",
        "s",
        "show",
        "start",
        "step",
        "stepi",
        "tbreak",
        "thread",
        "up",
        "watch",
        "whatis",
        "where",
        "x",
        "nexti",
        "ni",
        "si",
        "echo",
        "maint",
        "po",
        "v",
        "breakpoint",
        "type",
        "version",
    ];
    const SETS: &[&str] = &[
        "args",
        "breakpoint",
        "confirm",
        "disassembly-flavor",
        "height",
        "listsize",
        "pagination",
        "print",
        "verbose",
        "width",
        "environment",
        "style",
    ];
    text.split(['\n', ';']).all(|line| {
        let mut words = line.split(|c: char| c.is_whitespace() || c == '/').filter(|word| !word.is_empty());
        match words.next().unwrap_or_default() {
            "set" | "settings" => words.next().is_some_and(|what| SETS.contains(&what)),
            // `print system("…")` was looked at before; another function of the program is the program's.
            word => LOOKS.contains(&word),
        }
    })
}

/// A name that runs text as code.
fn evaluates<'t>(language: &str, scanned: &Scanned<'t>) -> Option<&'t str> {
    let found = scanned.names.iter().find(|(name, at)| {
        if EVALUATES.has(name) {
            return true;
        }
        let speaks = match *name {
            "load" => matches!(language, "ruby" | "lua" | "luajit" | "emacs"),
            "send" | "binding" => language == "ruby",
            "vars" | "globals" => matches!(language, "python" | "ipython"),
            "compile" => matches!(language, "python" | "ipython" | "groovy"),
            "vm" => matches!(language, "node" | "bun"),
            // In these languages it runs a program, and is followed as such.
            "exec" => matches!(language, "python" | "ipython" | "lua"),
            _ => EVALUATES_ALONE.has(name),
        };
        speaks
            && (*name == "send"
                || matches!(
                    scanned.owner(at.start),
                    Owner::None
                        | Owner::Name(
                            "window" | "globalThis" | "global" | "self" | "builtins" | "Code" | "Kernel"
                        )
                ))
    });
    // `require('vm')`, `import pickle`
    let module = || {
        scanned
            .strings
            .iter()
            .map(|literal| &scanned.text[literal.inside.clone()])
            .find(|it| matches!(*it, "vm" | "node:vm"))
    };
    let pickled = || scanned.names.iter().map(|(name, _)| *name).find(|name| *name == "pickle");
    found.map(|(name, _)| *name).or_else(pickled).or_else(module)
}

/// `const {rm} = require('fs')`
fn in_strings(scanned: &Scanned<'_>) -> bool {
    let modules = ["fs", "fs/promises", "node:fs", "node:fs/promises", "fs-extra"];
    scanned.strings.iter().any(|literal| modules.contains(&&scanned.text[literal.inside.clone()]))
}

/// Where code deletes files.
fn deletes(language: &str, scanned: &Scanned<'_>) -> Option<Range<usize>> {
    // `import shutil as s`, `const f = require('fs')`
    let is_alias = |at: &Range<usize>| {
        let behind = scanned.text[at.end..].trim_start();
        scanned.text[..at.start].trim_end().ends_with(" as")
            || behind.strip_prefix('=').is_some_and(|rest| {
                let rest = rest.trim_start();
                ["require", "Path", "await import", "pathlib"].iter().any(|start| rest.starts_with(start))
            })
            || behind.starts_with("from ")
    };
    let aliases: FxHashSet<&str> =
        scanned.names.iter().filter(|(_, at)| is_alias(at)).map(|(name, _)| *name).collect();
    let found = scanned.names.iter().find(|(name, at)| {
        let owner = scanned.owner(at.start);
        let called = scanned.called(at.end).is_some();
        if DELETES.has(name) {
            return true;
        }
        if matches!(language, "tclsh" | "expect") && *name == "file" {
            return scanned.text[at.end..].trim_start().starts_with("delete");
        }
        DELETES_THERE.has(name)
            && match owner {
                Owner::Name(owner) => FILE_MODULES.has(owner) || aliases.contains(owner),
                Owner::Value => {
                    called && ["fs", "Path", "promises", "shelljs"].iter().any(|it| scanned.text.contains(it))
                }
                // `from os import remove`
                Owner::None => {
                    let imported = scanned.mentions_any(&FILE_MODULES)
                        || scanned.mentions(&["sh", "plumbum"])
                        || scanned.text.contains("shelljs")
                        || in_strings(scanned);
                    called && (imported || language == "julia") && !is_defined(scanned, at)
                }
            }
    });
    found.map(|(_, at)| at.clone())
}

/// `remove() { … }` in an object or class, `def remove(self)`.
fn is_defined(scanned: &Scanned<'_>, at: &Range<usize>) -> bool {
    let before = scanned.text[..at.start].trim_end();
    let closing = scanned.called(at.end).and_then(|from| scanned.pieces(from)).map(|(_, end)| end);
    before.ends_with("def")
        || before.ends_with("function")
        || closing.is_some_and(|end| scanned.text[end + 1..].trim_start().starts_with('{'))
}

/// Strings one by one, and neighbours that are the words of one command: `["rm", "-rf", "x"]`.
fn commands(code: &Text, scanned: &Scanned<'_>, lisp: bool) -> Vec<Text> {
    const MOST: usize = 64;
    let text = code.as_str();
    let mut found = Vec::new();
    let mut list = Text::default();
    let mut length = 0;
    for (index, literal) in scanned.strings.iter().take(MOST).enumerate() {
        let string = code.slice(literal.inside.clone());
        let joined = index.checked_sub(1).is_some_and(|before| {
            let end = scanned.strings[before].whole.end;
            let between = &text[end.min(literal.whole.start)..literal.whole.start];
            (between.contains(',') || lisp)
                && between.chars().all(|c| c == ',' || c == '[' || c.is_whitespace())
        });
        if !joined {
            if length > 1 {
                found.push(std::mem::take(&mut list));
            }
            list = Text::default();
            length = 0;
        }
        if length > 0 {
            list.push_decoded(" ", &(string.span().start..string.span().start));
        }
        list.append(&string);
        length += 1;
        found.push(string);
    }
    if length > 1 {
        found.push(list);
    }
    found
}

/// `spawn rm -rf x`, `shell rm -rf x`, `!rm -rf x`: statements that begin with a word which runs the rest.
fn statements(code: &Text) -> Vec<Text> {
    let text = code.as_str();
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(['\n', ';', '{', '}', '[', ']']) {
        let trimmed = line.trim_start_matches(|c: char| c.is_whitespace() || c == ':' || c == '\\');
        let at = start + line.len() - trimmed.len();
        let rest = ["spawn ", "exec ", "system ", "shell ", "!", "silent !"]
            .iter()
            .find_map(|word| trimmed.strip_prefix(word));
        if let Some(rest) = rest {
            let from = at + trimmed.len() - rest.len();
            let end = from + rest.trim_end_matches(['\n', ';', '{', '}', '[', ']']).len();
            found.push(code.slice(from..end));
        }
        start += line.len();
    }
    found
}
