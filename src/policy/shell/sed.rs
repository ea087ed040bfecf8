//! Tells whether a `sed` script only edits text, and which files it writes (`w`): GNU sed can also run commands (`e`).

use std::iter::Peekable;
use std::ops::Range;
use std::str::Chars;

use super::{Invocation, Word};

/// Options without a value, in clusters.
const LETTERS: &str = "nErsuz";
const LONG: [&str; 10] = [
    "--debug",
    "--in-place",
    "--null-data",
    "--posix",
    "--quiet",
    "--regexp-extended",
    "--sandbox",
    "--separate",
    "--silent",
    "--unbuffered",
];

/// The span of a script that may run commands, that is computed, or that an unknown option hides.
pub(super) fn unread_script(invocation: &Invocation) -> Option<Range<usize>> {
    let scripts = match scripts(invocation) {
        Ok(scripts) => scripts,
        Err(span) => return Some(span),
    };
    let understood = |script: Option<&str>| script.is_some_and(|script| only_edits(script, &mut Vec::new()));
    scripts.into_iter().find(|(_, script)| !understood(*script)).map(|(word, _)| word.span.clone())
}

/// The files that the scripts write with `w`.
pub(super) fn files(invocation: &Invocation) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    for (word, script) in scripts(invocation).unwrap_or_default() {
        let mut files = Vec::new();
        if script.is_some_and(|script| only_edits(script, &mut files)) {
            found.extend(files.into_iter().map(|file| (file, word.span.clone())));
        }
    }
    found
}

/// A script, in its word; nothing if it is computed.
type Script<'w> = (&'w Word, Option<&'w str>);

/// The scripts among the words; the span of an unknown option or of a word that may hide one.
fn scripts(invocation: &Invocation) -> Result<Vec<Script<'_>>, Range<usize>> {
    let (mut words, mut scripts, mut first, mut named) = (invocation.words().iter(), Vec::new(), None, false);
    while let Some(word) = words.next() {
        let text = word.text.as_deref().unwrap_or(&word.prefix);
        let letters = text.trim_start_matches('-').trim_start_matches(|c| LETTERS.contains(c));
        if text == "--expression" || is_cluster(text) && letters == "e" {
            named = true;
            scripts.extend(words.next().map(|script| (script, script.text.as_deref())));
        } else if let Some(script) = text.strip_prefix("--expression=").or_else(|| text.strip_prefix("-e")) {
            named = true;
            scripts.push((word, word.text.is_some().then_some(script)));
        } else if text == "--file" || is_cluster(text) && letters == "f" {
            // A script in a file is a program like any other.
            named = true;
            words.next();
        } else if text.starts_with('-') && text.len() > 1 {
            let known = is_cluster(text) && (letters.is_empty() || letters.starts_with('i'));
            if !known && !LONG.contains(&text.split('=').next().unwrap_or(text)) {
                return Err(word.span.clone());
            }
        } else if first.is_none() {
            first = Some(word);
        } else if word.splits {
            // It may turn out to be `-e` and a script.
            return Err(word.span.clone());
        }
    }
    if !named {
        scripts.extend(first.map(|word| (word, word.text.as_deref())));
    }
    Ok(scripts)
}

fn is_cluster(text: &str) -> bool {
    text.starts_with('-') && !text.starts_with("--")
}

/// Every command of the script is known, and none runs a program; the files that it writes are added.
fn only_edits(script: &str, files: &mut Vec<String>) -> bool {
    let mut rest = script.chars().peekable();
    loop {
        while rest.next_if(|c| c.is_whitespace() || matches!(c, ';' | '{' | '}')).is_some() {}
        if rest.peek().is_none() {
            return true;
        }
        if !command(&mut rest, files) {
            return false;
        }
    }
}

/// Consumes one command with its addresses; `false` if it is not known to be harmless.
fn command(rest: &mut Peekable<Chars<'_>>, files: &mut Vec<String>) -> bool {
    while let Some(c) =
        rest.next_if(|c| c.is_ascii_digit() || matches!(c, '$' | ',' | '~' | '+' | '!' | ' ' | '/' | 'I'))
    {
        if c == '/' && !delimited(rest, '/') {
            return false;
        }
    }
    match rest.next() {
        None
        | Some(
            '=' | 'd' | 'D' | 'g' | 'G' | 'h' | 'H' | 'l' | 'n' | 'N' | 'p' | 'P' | 'x' | 'z' | '{' | '}',
        ) => true,
        Some('q' | 'Q') => {
            while rest.next_if(|c| c.is_ascii_digit() || *c == ' ').is_some() {}
            true
        }
        Some(kind @ ('s' | 'y')) => {
            let Some(delimiter) = rest.next().filter(|c| *c != '\n' && *c != '\\') else { return false };
            if !delimited(rest, delimiter) || !delimited(rest, delimiter) {
                return false;
            }
            while rest.next_if(|c| kind == 's' && (c.is_ascii_digit() || "gpiImM".contains(*c))).is_some() {}
            if kind == 's' && rest.next_if_eq(&'w').is_some() {
                return file(rest, files);
            }
            rest.peek().is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '}'))
        }
        Some('w' | 'W') => file(rest, files),
        Some('a' | 'i' | 'c') => {
            // The text goes to the end of its line, where a backslash continues it.
            while let Some(c) = rest.next() {
                match c {
                    '\\' => drop(rest.next()),
                    '\n' => break,
                    _ => {}
                }
            }
            true
        }
        Some(_) => false,
    }
}

/// The name of a file, which goes to the end of its line.
fn file(rest: &mut Peekable<Chars<'_>>, files: &mut Vec<String>) -> bool {
    let name: String = rest.take_while(|c| *c != '\n').collect();
    let name = name.trim();
    files.push(name.to_owned());
    !name.is_empty()
}

/// Skips to the delimiter that is not escaped. Brackets, in which it might be plain text, are not followed.
fn delimited(rest: &mut Peekable<Chars<'_>>, delimiter: char) -> bool {
    while let Some(c) = rest.next() {
        match c {
            '\\' => drop(rest.next()),
            '[' => {
                // `[/]`: whether the delimiter inside ends the text differs; give up if it is there.
                let inside: String = rest.clone().take(64).take_while(|c| *c != ']').collect();
                if inside.contains(delimiter) || inside.len() >= 64 {
                    return false;
                }
            }
            _ if c == delimiter => return true,
            _ => {}
        }
    }
    false
}
