//! The files that code in another language writes.

use std::ops::Range;

use super::names::{COPIES, FILE_MODULES, WRITES};
use super::scan::{Argument, LONGEST_CALL, Owner, Scanned};
use crate::policy::shell::text::Text;

/// The files that code opens for writing.
pub(super) fn writes(language: &str, code: &Text, scanned: &Scanned<'_>) -> Vec<Option<Text>> {
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
        for (index, literal) in scanned.strings.iter().enumerate() {
            let before = text[..literal.whole.start].trim_end();
            if mode(&literal.inside) && before.ends_with([',', '=']) {
                let file = index.checked_sub(1).and_then(|before| scanned.strings.get(before));
                let directly = file.filter(|file| {
                    !file.computed()
                        && text[file.whole.end..literal.whole.start].chars().all(|c| ", mode=".contains(c))
                });
                found.push(directly.map(|file| code.slice(file.inside.clone())));
            }
        }
    }
    if language == "perl" && opens {
        // `open(F, ">", "../x")`
        for pair in scanned.strings.windows(2) {
            let mode = text[pair[0].inside.clone()].trim();
            let between = text[pair[0].whole.end..pair[1].whole.start].trim();
            if matches!(mode, ">" | ">>" | "+>" | "+<" | "+>>") && between == "," {
                found.push((!pair[1].computed()).then(|| code.slice(pair[1].inside.clone())));
            }
        }
        // `open F, ">../x"`: the mode and the file in one string.
        for inside in scanned.strings.iter().map(|literal| &literal.inside) {
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
        if matches!(*name, "copy" | "move") && !text.contains("shutil") || *name == "save" {
            continue;
        }
        // `frame.rename(…)` is no file's: those words belong to many things.
        let others = match scanned.owner(at.start) {
            Owner::Name(owner) => !FILE_MODULES.has(owner) && !text.contains("Path"),
            Owner::None | Owner::Value => false,
        };
        if others && matches!(*name, "rename" | "touch" | "copy" | "move" | "symlink") {
            continue;
        }
        if COPIES.contains(name)
            && let Some(called) = scanned.called(at.end).and_then(|from| scanned.arguments(from))
        {
            // What is moved away is changed as well.
            let moves = name.starts_with("rename") || *name == "move";
            let changed = called.iter().take(2).skip(usize::from(!moves));
            found.extend(changed.map(|argument| match argument {
                Argument::Text(file) if !file.computed() => Some(code.slice(file.inside.clone())),
                Argument::Text(_) | Argument::List { .. } | Argument::Named | Argument::Other => None,
            }));
            continue;
        }
        let behind = scanned.strings.iter().find(|literal| literal.whole.start >= at.end);
        let directly = behind.filter(|file| text[at.end..file.whole.start].chars().all(|c| "( ".contains(c)));
        let before = scanned.strings.iter().rev().find(|literal| literal.whole.end <= at.start);
        // `Path('x').write_text(…)`: the file stands before.
        let object = before.filter(|_| name.starts_with("write_") || matches!(*name, "touch" | "mkdir"));
        let file = object.or(directly).filter(|file| !file.computed());
        found.push(file.map(|file| code.slice(file.inside.clone())));
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
                at = string.whole.end.max(at + 1);
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
        let alone = string.filter(|string| {
            let after = text[string.whole.end..].trim_start_matches([' ', '\t', ')']);
            after.is_empty() || after.starts_with([';', '}', '\n'])
        });
        found.push(alone.map(|string| code.slice(string.inside.clone())));
    }
    found
}
