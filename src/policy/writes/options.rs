//! Reads the words of a program by its row of the table: which options and operands name what it writes.

use std::ops::Range;

use super::super::shell::Word;
use super::table::{Row, Style};

/// The words of one call, sorted as a row says.
#[derive(Default)]
pub(super) struct Options<'w> {
    /// The options that were given, without their values.
    names: Vec<String>,
    /// What the options of the row name as written.
    pub(super) outputs: Vec<(Output<'w>, Range<usize>)>,
    /// Everything that is no option and no value of one.
    pub(super) operands: Vec<&'w Word>,
}

/// The value of an option.
pub(super) enum Output<'w> {
    /// In the next word.
    Word(&'w Word),
    /// In the word of the option, constant.
    Text(&'w str),
    /// In the word of the option, and computed at run time.
    Computed,
}

impl<'w> Options<'w> {
    pub(super) fn read(row: &Row, words: &'w [Word]) -> Options<'w> {
        let mut options = Options::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            if text == "--" && word.text.is_some() {
                options.operands.extend(rest);
                break;
            }
            if text.len() < 2 || !text.starts_with('-') {
                options.operands.push(word);
                continue;
            }
            options.option(row, word, text, &mut rest);
        }
        options
    }

    /// Whether one of these options was given.
    pub(super) fn has(&self, names: &str) -> bool {
        names.split_ascii_whitespace().any(|name| self.names.iter().any(|given| given == name))
    }

    fn option(&mut self, row: &Row, word: &'w Word, text: &'w str, rest: &mut std::slice::Iter<'w, Word>) {
        let next = |options: &mut Self, rest: &mut std::slice::Iter<'w, Word>| {
            options.outputs.extend(rest.next().map(|value| (Output::Word(value), value.span.clone())));
        };
        let inside = |options: &mut Self, value: &'w str| {
            let value = if word.text.is_some() { Output::Text(value) } else { Output::Computed };
            options.outputs.push((value, word.span.clone()));
        };
        if word.text.is_some() && (names(row.outputs, text) || names(row.valued, text)) {
            self.names.push(text.to_owned());
            if names(row.outputs, text) {
                next(self, rest);
            } else {
                rest.next();
            }
            return;
        }
        if let Some((name, value)) = text.split_once('=')
            && (text.starts_with("--") || row.style != Style::Clusters)
        {
            self.names.push(name.to_owned());
            if names(row.outputs, name) || names(row.outputs, &format!("{name}=")) {
                inside(self, value);
            }
            return;
        }
        match row.style {
            Style::Clusters if !text.starts_with("--") => {}
            Style::Joined => {
                let joined = row.outputs.split_ascii_whitespace().find(|name| text.starts_with(name));
                self.names.push(joined.unwrap_or(text).to_owned());
                if let Some(name) = joined {
                    inside(self, &text[name.len()..]);
                }
                return;
            }
            Style::Clusters | Style::Whole => return self.names.push(text.to_owned()),
        }
        // `-sSLo../x`: the letters up to the first that takes a value.
        for (index, letter) in text.char_indices().skip(1) {
            let name = format!("-{letter}");
            let value = &text[index + letter.len_utf8()..];
            let (writes, takes) = (names(row.outputs, &name), names(row.valued, &name));
            self.names.push(name);
            match (writes, value.is_empty() && word.text.is_some()) {
                (true, true) => next(self, rest),
                (true, false) => inside(self, value.strip_prefix('=').unwrap_or(value)),
                (false, true) if takes => drop(rest.next()),
                (false, _) => {}
            }
            if writes || takes {
                break;
            }
        }
    }
}

/// Whether a list names an option; `--*_out` stands for all that end so.
fn names(list: &str, option: &str) -> bool {
    list.split_ascii_whitespace().any(|name| {
        name == option
            || name.strip_prefix("--*").is_some_and(|end| option.starts_with("--") && option.ends_with(end))
    })
}
