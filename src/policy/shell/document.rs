//! Redirections and here-documents.

use std::ops::Range;

use super::parser::{Parsed, Parser};
use super::word::Building;
use super::{Redirection, RedirectionKind, Word};

/// A here-document whose body has not been reached yet.
pub(super) struct Pending {
    /// The command it belongs to, once that is known, and which of its redirections.
    pub(super) command: Option<usize>,
    redirection: usize,
    delimiter: String,
    /// The delimiter was quoted: nothing in the body is expanded.
    quoted: bool,
    /// `<<-`: leading tabs do not count.
    tabs: bool,
    pub(super) span: Range<usize>,
}

/// Operators, the longer before those they begin with.
const OPERATORS: [(&str, RedirectionKind); 12] = [
    ("&>>", RedirectionKind::Output),
    ("&>", RedirectionKind::Output),
    ("<<<", RedirectionKind::HereString),
    ("<<-", RedirectionKind::HereDocument),
    ("<<", RedirectionKind::HereDocument),
    ("<&", RedirectionKind::Duplicate),
    ("<>", RedirectionKind::InputOutput),
    ("<", RedirectionKind::Input),
    (">>", RedirectionKind::Output),
    (">|", RedirectionKind::Output),
    (">&", RedirectionKind::Duplicate),
    (">", RedirectionKind::Output),
];

impl Parser<'_, '_> {
    /// A redirection begins here, perhaps with its file descriptor.
    pub(super) fn at_redirection(&self) -> bool {
        let rest = self.rest();
        if !rest.starts_with(|c: char| matches!(c, '<' | '>' | '&' | '0'..='9')) {
            return false;
        }
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let process = after.len() == rest.len() && (after.starts_with("<(") || after.starts_with(">("));
        !process && (after.starts_with(['<', '>']) || rest.starts_with("&>"))
    }

    /// Parses one redirection, which will be number `index` of its command.
    pub(super) fn redirection(&mut self, index: usize) -> Parsed<Redirection> {
        let start = self.position;
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let fd = rest[..digits].parse::<u32>().ok();
        self.position += digits;
        let Some((operator, kind)) = OPERATORS.into_iter().find(|(operator, _)| self.starts(operator)) else {
            return self.stop(start, "a redirection was expected");
        };
        self.position += operator.len();
        self.blanks();
        let from = self.position;
        let target = self.word()?;
        if kind == RedirectionKind::HereDocument {
            self.announce(&target, from, operator, index)?;
        }
        // `>(…)` as a target: what is written goes to commands that are read themselves.
        let to_process = self.text[from..].starts_with(">(") || self.text[from..].starts_with("<(");
        let writes = match kind {
            RedirectionKind::Output => !to_process,
            RedirectionKind::InputOutput => true,
            RedirectionKind::Duplicate => operator == ">&" && !is_descriptor(&target),
            RedirectionKind::Input | RedirectionKind::HereDocument | RedirectionKind::HereString => false,
        };
        let span = self.span(start);
        Ok(Redirection { kind, writes, fd, target, span })
    }

    /// Remembers a here-document until its line ends.
    fn announce(&mut self, delimiter: &Word, from: usize, operator: &str, index: usize) -> Parsed<()> {
        let raw = self.text[from..self.position].replace("\\\n", "");
        let quoted = raw.contains(['\'', '"', '\\']);
        match &delimiter.text {
            Some(text) if !text.contains('\n') => {
                let (delimiter, tabs) = (text.clone(), operator == "<<-");
                let span = self.span(from);
                self.pending.push(Pending {
                    command: None,
                    redirection: index,
                    delimiter,
                    quoted,
                    tabs,
                    span,
                });
                Ok(())
            }
            _ => self.stop(from, "a here-document whose end is computed"),
        }
    }

    /// Reads the bodies announced on the line that has just ended.
    pub(super) fn documents(&mut self) -> Parsed<()> {
        for document in std::mem::take(&mut self.pending) {
            self.document(&document)?;
        }
        Ok(())
    }

    fn document(&mut self, document: &Pending) -> Parsed<()> {
        let (start, end) = self.find_end(document)?;
        let (whole, after) = (self.text, self.position);
        let mut building = Building::default();
        if document.quoted {
            let mut at = start;
            for line in whole[start..end].split_inclusive('\n') {
                let kept = if document.tabs { line.trim_start_matches('\t') } else { line };
                building.text.push(kept, &self.origin, at + line.len() - kept.len());
                at += line.len();
            }
        } else {
            (self.text, self.position) = (&whole[..end], start);
            while self.position < end {
                self.quoted_part(&mut building, false)?;
            }
        }
        (self.text, self.position) = (whole, after);
        let body = building.finish(self.origin.span(start..end), false);
        let Some(command) = document.command.and_then(|index| self.reading.commands.get_mut(index)) else {
            return self.stop(start, "a here-document that belongs to no command");
        };
        if let Some(redirection) = command.redirections.get_mut(document.redirection) {
            redirection.target = body;
        }
        Ok(())
    }

    /// The range of the body; afterwards the position is behind the line with the delimiter.
    fn find_end(&mut self, document: &Pending) -> Parsed<(usize, usize)> {
        let start = self.position;
        // What the lines before this one contribute to it by ending in a backslash.
        let mut joined: Option<String> = None;
        while self.position < self.text.len() {
            let rest = self.rest();
            let line = rest.split('\n').next().unwrap_or(rest);
            let shown = if document.tabs { line.trim_start_matches('\t') } else { line };
            if let Some(rest_of_line) = shown.strip_prefix(&document.delimiter) {
                if rest_of_line.is_empty() && joined.is_none() {
                    let end = self.position;
                    self.position = (end + line.len() + 1).min(self.text.len());
                    return Ok((start, end));
                }
                if rest_of_line.starts_with(')') {
                    return self.stop(self.position, "a here-document whose end is not certain");
                }
            }
            let slashes = line.len() - line.trim_end_matches('\\').len();
            let continues = !document.quoted && slashes % 2 == 1;
            let was_joined = joined.is_some();
            let mut logical = joined.take().unwrap_or_default();
            logical.push_str(if continues { &line[..line.len() - 1] } else { line });
            if was_joined && logical.trim_start_matches('\t') == document.delimiter {
                return self.stop(self.position, "a here-document whose end is not certain");
            }
            joined = continues.then_some(logical);
            self.position = (self.position + line.len() + 1).min(self.text.len());
        }
        self.position = start;
        self.stop(start, format!("the here-document's end `{}` is missing", document.delimiter))
    }
}

/// A file descriptor to copy, or `-` to close one.
fn is_descriptor(target: &Word) -> bool {
    target.text.as_deref().is_some_and(|text| {
        text.strip_suffix('-').unwrap_or(text).chars().all(|c| c.is_ascii_digit()) && !text.is_empty()
    })
}
