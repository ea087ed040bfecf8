//! Code in other languages (`python -c`, `node -e`, `awk '…'`), as far as its names and strings tell what it does.
//!
//! No language is parsed. Names that can only be harmless make code harmless; names that run programs make every
//! string of it a possible command; everything else that could do more is not understood.

use std::ops::Range;

use super::text::Text;

/// What code may do.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    /// Texts that it may give to a shell.
    pub(super) shell: Vec<Text>,
    /// It deletes files, and this name says so.
    pub(super) deletes: Option<Range<usize>>,
    /// It writes to files: their names, or nothing where they are computed.
    pub(super) writes: Vec<Option<Text>>,
    /// Why it is not understood.
    pub(super) unclear: Option<String>,
    /// It runs what it fetches from another machine.
    pub(super) remote: bool,
}

/// Names that run programs, in any language.
const RUNS: &[&str] = &[
    "Open3",
    "Popen",
    "ProcessBuilder",
    "call",
    "check_call",
    "check_output",
    "child_process",
    "cmd",
    "execFile",
    "execFileSync",
    "execSync",
    "execl",
    "execle",
    "execlp",
    "execv",
    "execve",
    "execvp",
    "execvpe",
    "getoutput",
    "getstatusoutput",
    "os.execute",
    "passthru",
    "pcntl_exec",
    "popen",
    "popen2",
    "posix_spawn",
    "proc_open",
    "pty",
    "qx",
    "shell_exec",
    "shell-command",
    "shelljs",
    "spawn",
    "spawnSync",
    "spawnl",
    "spawnv",
    "startfile",
    "subprocess",
    "system",
    "start-process",
    "call-process",
    "execa",
    "zx",
    "IO.popen",
    "Runtime",
    "do_shell_script",
];

/// Names that run text as code, or reach names by text, so that no other name has to stand there.
const EVALUATES: &[&str] = &[
    "__builtins__",
    "__class__",
    "__globals__",
    "__import__",
    "__subclasses__",
    "assert_eval",
    "atob",
    "b64decode",
    "binding",
    "compile",
    "constantize",
    "ctypes",
    "create_function",
    "dlopen",
    "eval",
    "exec",
    "execfile",
    "fromCharCode",
    "fromhex",
    "Function",
    "getattr",
    "globals",
    "import_module",
    "importlib",
    "instance_eval",
    "load",
    "loadstring",
    "marshal",
    "pickle",
    "public_send",
    "runInContext",
    "runInNewContext",
    "runInThisContext",
    "runpy",
    "send",
    "syscall",
    "unpack",
    "vars",
    "vm",
    "dofile",
    "loadfile",
    "decode64",
    "base64_decode",
    "unhexlify",
];

/// Names that delete files.
const DELETES: &[&str] = &[
    "FileUtils",
    "RemoveAll",
    "deleteSync",
    "delete_tree",
    "emptyDirSync",
    "remove",
    "removeSync",
    "remove_dir_all",
    "remove_entry",
    "remove_tree",
    "removedirs",
    "rimraf",
    "rm",
    "rmSync",
    "rm_f",
    "rm_r",
    "rm_rf",
    "rmdir",
    "rmdirSync",
    "rmtree",
    "truncate",
    "unlink",
    "unlinkSync",
    "delete-directory",
    "delete-file",
    "trash",
    "send2trash",
];

/// Names that write or move files.
const WRITES: &[&str] = &[
    "appendFile",
    "appendFileSync",
    "copy",
    "copy2",
    "copyFile",
    "copyFileSync",
    "copyfile",
    "copytree",
    "cpSync",
    "createWriteStream",
    "file_put_contents",
    "fputs",
    "fwrite",
    "makedirs",
    "mkdir",
    "mkdirSync",
    "move",
    "outputFileSync",
    "rename",
    "renameSync",
    "replace_file",
    "save",
    "symlink",
    "symlinkSync",
    "touch",
    "write_bytes",
    "write_text",
    "writeFile",
    "writeFileSync",
    "chmod",
    "chmodSync",
    "chown",
    "mkpath",
    "make_path",
    "write-region",
    "dump_file",
];

/// Those of them that name first what they read, or what they move.
const COPIES: &[&str] = &[
    "copy",
    "copy2",
    "copyFile",
    "copyFileSync",
    "copyfile",
    "copytree",
    "cpSync",
    "move",
    "rename",
    "renameSync",
    "symlink",
    "symlinkSync",
];

/// Names that fetch from other machines.
const FETCHES: &[&str] = &[
    "urlopen",
    "urlretrieve",
    "urllib",
    "requests",
    "fetch",
    "http",
    "https",
    "Net",
    "open_uri",
    "LWP",
    "curl_exec",
    "file_get_contents",
    "httpx",
    "aiohttp",
];

/// Modules whose names stand for what could be done with them, but say nothing by themselves.
const OPAQUE_MODULES: &[&str] = &["os", "shutil", "fs", "pathlib", "posix", "sys", "Path"];

/// Strings and names of a code.
struct Scanned<'t> {
    /// What stands in quotes, and what stands between it and the string before.
    strings: Vec<(Range<usize>, Range<usize>, char)>,
    names: Vec<(&'t str, Range<usize>)>,
}

/// How far the end of a call or statement is looked for, so that the time stays linear.
const LONGEST_CALL: usize = 1024;

impl Scanned<'_> {
    /// The string that begins here, with its quotes.
    fn string_from(&self, at: usize) -> Option<&(Range<usize>, Range<usize>, char)> {
        let index = self.strings.partition_point(|(_, whole, _)| whole.start < at);
        self.strings.get(index).filter(|(_, whole, _)| whole.start == at)
    }
}

/// What `code` for the interpreter `language` may do.
pub(super) fn read(language: &str, code: &Text) -> Foreign {
    let text = code.as_str();
    let scanned = scan(language, text);
    let mut foreign = Foreign::default();
    let has = |list: &[&str]| scanned.names.iter().find(|(name, _)| list.contains(name));
    // Backticks run commands in Ruby, Perl, PHP and awk's relatives; in JavaScript they are strings.
    let backticks = matches!(language, "ruby" | "perl" | "php")
        && scanned.strings.iter().any(|(.., quote)| *quote == '`');
    let awk = language == "awk";
    let runs = has(RUNS).is_some()
        || backticks
        || (has(&["exec", "run", "sh"]).is_some()
            && matches!(language, "ruby" | "perl" | "php" | "node" | "bun"))
        || (awk && text.replace("||", "").contains('|'))
        || matches!(language, "osascript" | "expect" | "gdb" | "lldb" | "tclsh")
        || (language == "emacs" && text.contains("shell"))
        || (language == "lua" && text.contains("os.execute"));
    if runs {
        foreign.shell = commands(code, &scanned);
        foreign.shell.extend(statements(code));
        foreign.unclear = Some(format!("code for `{language}` that runs programs"));
    }
    if let Some((name, _)) = has(EVALUATES) {
        if *name != "load" || language != "python" {
            foreign.unclear.get_or_insert(format!("`{name}` in code for `{language}` runs text as code"));
        }
        foreign.remote =
            has(FETCHES).is_some() && has(&["exec", "eval", "Function", "loadstring", "load"]).is_some();
        foreign.shell.extend(commands(code, &scanned));
    }
    let _ = OPAQUE_MODULES;
    if let Some((_, at)) = has(DELETES) {
        foreign.deletes = Some(code.places().span(at.clone()));
    }
    foreign.writes = writes(language, code, &scanned);
    if awk && text.contains('@') && text.contains("load") {
        foreign.unclear.get_or_insert("a library that `awk` loads".to_owned());
    }
    if awk && text.contains("getline") && foreign.unclear.is_none() && text.contains('|') {
        foreign.unclear = Some("a program for `awk` that runs commands".to_owned());
    }
    foreign
}

/// The files that code opens for writing.
fn writes(language: &str, code: &Text, scanned: &Scanned<'_>) -> Vec<Option<Text>> {
    let text = code.as_str();
    if language == "awk" {
        return printed(code, scanned);
    }
    let mut found = Vec::new();
    let mode = |string: &Range<usize>| {
        let mode = &text[string.clone()];
        !mode.is_empty() && mode.len() <= 3 && mode.starts_with(['w', 'a', 'x', '>'])
            || matches!(mode, "r+" | "rb+" | "r+b")
    };
    let opens = scanned.names.iter().any(|(name, _)| {
        matches!(*name, "open" | "fopen" | "openSync" | "File" | "io" | "createWriteStream")
    });
    if opens {
        for (index, (inside, ..)) in scanned.strings.iter().enumerate() {
            let before = text[..inside.start.saturating_sub(1)].trim_end();
            if mode(inside) && before.ends_with([',', '=']) {
                let file = index.checked_sub(1).and_then(|before| scanned.strings.get(before));
                let directly = file.filter(|(file, ..)| {
                    text[file.end..inside.start].chars().all(|c| "\"', mode=".contains(c))
                });
                found.push(directly.map(|(file, ..)| code.slice(file.clone())));
            }
        }
    }
    if language == "perl" && opens {
        // `open F, ">../x"`: the mode and the file in one string.
        for (inside, ..) in &scanned.strings {
            let string = &text[inside.clone()];
            let file = string.trim_start_matches(['+', '>']).trim_start();
            if (string.starts_with('>') || string.starts_with("+>"))
                && !file.is_empty()
                && !file.starts_with('&')
            {
                let constant = !file.contains(['$', '@']);
                let name = code.slice(inside.end - file.len()..inside.end);
                found.push(constant.then_some(name));
            }
        }
    }
    for (name, at) in scanned.names.iter().filter(|(name, _)| WRITES.contains(name)) {
        if *name == "copy" && !text.contains("shutil") {
            continue;
        }
        if *name == "save" || *name == "move" && !text.contains("shutil") {
            continue;
        }
        if COPIES.contains(name)
            && let Some(called) = arguments(text, scanned, at.end)
        {
            // What is moved away is changed as well.
            let moves = name.starts_with("rename") || *name == "move";
            let changed = called.iter().take(2).skip(usize::from(!moves));
            found.extend(changed.map(|file| file.clone().map(|file| code.slice(file))));
            continue;
        }
        let behind = scanned.strings.iter().find(|(inside, ..)| inside.start >= at.end);
        let directly =
            behind.filter(|(file, ..)| text[at.end..file.start].chars().all(|c| "(\"'` ".contains(c)));
        let before = scanned.strings.iter().rev().find(|(inside, ..)| inside.end <= at.start);
        // `Path('x').write_text(…)`: the file stands before.
        let object = before.filter(|_| name.starts_with("write_") || matches!(*name, "touch" | "mkdir"));
        found.push(object.or(directly).map(|(file, ..)| code.slice(file.clone())));
    }
    found
}

/// The files that a program for `awk` prints to: `print > "file"`, `print $1 > ("x" n)`.
///
/// A `>` is a redirection where it stands in the statement of a `print`, but not in brackets.
fn printed(code: &Text, scanned: &Scanned<'_>) -> Vec<Option<Text>> {
    let text = code.as_str();
    let mut found = Vec::new();
    let prints = scanned.names.iter().filter(|(name, _)| matches!(*name, "print" | "printf"));
    for (_, name) in prints {
        let (mut depth, mut at) = (0_i32, name.end);
        let redirection = loop {
            if let Some(string) = scanned.string_from(at) {
                at = string.1.end.max(at + 1);
                continue;
            }
            match text.as_bytes().get(at).filter(|_| at < name.end + LONGEST_CALL) {
                None => break None,
                Some(b'(' | b'[') => depth += 1,
                Some(b')' | b']') => depth -= 1,
                Some(b';' | b'}' | b'\n' | b'|') if depth <= 0 => break None,
                Some(b'>') if depth <= 0 => break Some(at + 1),
                Some(_) => {}
            }
            at += 1;
        };
        let Some(at) = redirection else { continue };
        let behind = text[at..].trim_start_matches(['>', ' ', '\t', '(']);
        let start = text.len() - behind.len();
        let string = scanned.string_from(start);
        // Texts that stand beside one another are put together.
        let alone = string.filter(|(_, whole, _)| {
            let after = text[whole.end..].trim_start_matches([' ', '\t', ')']);
            after.is_empty() || after.starts_with([';', '}', '\n'])
        });
        found.push(alone.map(|(inside, ..)| code.slice(inside.clone())));
    }
    found
}

/// The arguments of a call whose brackets open at `from`: for each that is one string, where that is; nothing if no
/// brackets do, or they do not close.
fn arguments(text: &str, scanned: &Scanned<'_>, from: usize) -> Option<Vec<Option<Range<usize>>>> {
    let opening = text[from..].trim_start().strip_prefix('(')?;
    let mut start = text.len() - opening.len();
    let (mut depth, mut at, mut found) = (0_usize, start, Vec::new());
    let one = |range: Range<usize>| {
        let trimmed = text[range.clone()].trim_start();
        let begins = range.end - trimmed.len();
        let ends = begins + trimmed.trim_end().len();
        let only = scanned.string_from(begins).filter(|(_, whole, _)| whole.end == ends);
        only.map(|(inside, ..)| inside.clone())
    };
    while let Some(c) = text.as_bytes().get(at).filter(|_| at < from + LONGEST_CALL) {
        if let Some((_, whole, _)) = scanned.string_from(at) {
            at = whole.end.max(at + 1);
            continue;
        }
        match c {
            b'(' | b'[' | b'{' => depth += 1,
            b')' if depth == 0 => {
                found.push(one(start..at));
                return Some(found);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                found.push(one(start..at));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Strings one by one, and neighbours that are the words of one command: `["rm", "-rf", "x"]`.
fn commands(code: &Text, scanned: &Scanned<'_>) -> Vec<Text> {
    const MOST: usize = 64;
    let text = code.as_str();
    let mut found = Vec::new();
    let mut list = Text::default();
    let mut length = 0;
    for (index, (inside, ..)) in scanned.strings.iter().take(MOST).enumerate() {
        let string = code.slice(inside.clone());
        let joined = index.checked_sub(1).is_some_and(|before| {
            let end = scanned.strings[before].1.end;
            let between = &text[end.min(scanned.strings[index].1.start)..scanned.strings[index].1.start];
            between.contains(',') && between.chars().all(|c| c == ',' || c == '[' || c.is_whitespace())
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
    for line in text.split_inclusive(['\n', ';', '{', '}']) {
        let trimmed = line.trim_start_matches(|c: char| c.is_whitespace() || c == ':' || c == '\\');
        let at = start + line.len() - trimmed.len();
        let rest = ["spawn ", "exec ", "system ", "shell ", "!", "silent !"]
            .iter()
            .find_map(|word| trimmed.strip_prefix(word));
        if let Some(rest) = rest {
            let from = at + trimmed.len() - rest.len();
            let end = from + rest.trim_end_matches(['\n', ';', '{', '}']).len();
            found.push(code.slice(from..end));
        }
        start += line.len();
    }
    found
}

fn scan<'t>(language: &str, text: &'t str) -> Scanned<'t> {
    let mut scanned = Scanned { strings: Vec::new(), names: Vec::new() };
    let bytes = text.as_bytes();
    let comment: &[&str] = match language {
        "python" | "ruby" | "perl" | "awk" | "Rscript" => &["#"],
        "lua" | "luajit" => &["--"],
        "node" | "bun" | "deno" | "groovy" | "php" => &["//"],
        _ => &[],
    };
    let dashes = matches!(language, "emacs" | "osascript");
    let mut at = 0;
    while at < bytes.len() {
        let c = bytes[at];
        match c {
            b'"' | b'\'' | b'`' if !(c == b'\'' && language == "awk") => {
                let quote = char::from(c);
                let triple = language == "python" && text[at..].starts_with(&quote.to_string().repeat(3));
                let width = if triple { 3 } else { 1 };
                let closing = &text[at..at + width];
                let mut end = at + width;
                while end < bytes.len() && !text[end..].starts_with(closing) {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                    while end < bytes.len() && !text.is_char_boundary(end) {
                        end += 1;
                    }
                }
                let end = end.min(bytes.len());
                let close = (end + width).min(bytes.len());
                scanned.strings.push((at + width..end, at..close, quote));
                at = close;
            }
            b'/' if matches!(language, "perl" | "ruby" | "awk" | "node" | "bun")
                && pattern(text, at).is_some() =>
            {
                at = pattern(text, at).unwrap_or(at + 1);
            }
            _ if comment.iter().any(|mark| text[at..].starts_with(mark)) => {
                at += text[at..].find('\n').unwrap_or(bytes.len() - at);
            }
            // `%x(…)`, `qx{…}`, `%w[…]`
            b'%' | b'q' if matches!(language, "ruby" | "perl") && delimited(text, at).is_some() => {
                let Some((inside, close)) = delimited(text, at) else { break };
                let runs = text[at..].starts_with("%x") || text[at..].starts_with("qx");
                scanned.strings.push((inside, at..close, if runs { '`' } else { '"' }));
                at = close;
            }
            _ if c.is_ascii_alphabetic() || c == b'_' => {
                let rest = &text[at..];
                let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || dashes && c == '-');
                let length = rest.find(ends).unwrap_or(rest.len());
                scanned.names.push((&rest[..length], at..at + length));
                at += length;
            }
            _ => {
                at += 1;
                while at < bytes.len() && !text.is_char_boundary(at) {
                    at += 1;
                }
            }
        }
    }
    scanned
}

/// Where a regular expression that begins here ends; nothing where the sign divides.
fn pattern(text: &str, at: usize) -> Option<usize> {
    let before = text[..at].trim_end();
    let word = before.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let opens = before.is_empty()
        || before.ends_with(['(', ',', '=', '~', '!', ';', '{', '}', '&', '|', '?', ':'])
        || matches!(
            word,
            "if" | "unless" | "split" | "and" | "or" | "not" | "grep" | "return" | "print" | "while" | "when"
        );
    let line = text[at + 1..].split('\n').next().unwrap_or_default();
    let mut escaped = false;
    let end = line.char_indices().find(|(_, c)| {
        let ends = *c == '/' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.filter(|_| opens).map(|(length, _)| at + 1 + length + 1)
}

/// `%x(…)` and its like: the inside, and where it ends.
fn delimited(text: &str, at: usize) -> Option<(Range<usize>, usize)> {
    let rest = &text[at..];
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let sign = ["%x", "%q", "%Q", "qx", "qq", "q"].into_iter().find(|sign| rest.starts_with(sign))?;
    let open = rest[sign.len()..].chars().next()?;
    let close = match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        '/' | '|' | '!' => open,
        _ => return None,
    };
    let start = at + sign.len() + open.len_utf8();
    let length = text[start..].find(close)?;
    Some((start..start + length, start + length + close.len_utf8()))
}
