//! The grammar of lists, pipelines and compound commands: collects the simple commands of a piece of text.

use std::mem;
use std::ops::Range;
use std::sync::Arc;

use super::document::Pending;
use super::text::Places;
use super::{Assignment, DEPTH, Fragment, Reading, ScopeKind, SimpleCommand};

/// Parsing was given up; the reason stands in the reading.
#[derive(Debug)]
pub(super) struct Stop;

pub(super) type Parsed<T> = Result<T, Stop>;

/// Reserved words, recognised only as the first word of a command.
const RESERVED: [&str; 21] = [
    "!", "{", "}", "[[", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function",
    "if", "in", "select", "then", "time", "until", "while",
];

/// A recursive-descent parser; every recursion passes [`Parser::nested`], which bounds its depth.
pub(super) struct Parser<'t, 'o> {
    pub(super) text: &'t str,
    pub(super) position: usize,
    pub(super) origin: Places,
    pub(super) depth: usize,
    pub(super) scope: usize,
    pub(super) fed: bool,
    /// The commands whose output is the standard input.
    pub(super) input: Option<Range<usize>>,
    /// The mark of the innermost substitution.
    pub(super) capture: usize,
    /// The function whose body this is.
    pub(super) function: Option<usize>,
    /// Here-documents whose bodies follow the current line.
    pub(super) pending: Vec<Pending>,
    /// Inside `[[ … ]]`, where parentheses and comparison signs are data.
    pub(super) conditional: bool,
    /// The text is for `sh`, which may not know `[[`.
    pub(super) posix: bool,
    pub(super) reading: &'o mut Reading,
}

/// The number of commands and of scopes at some point of the reading.
pub(super) type Mark = (usize, usize);

impl<'t, 'o> Parser<'t, 'o> {
    pub(super) fn new(text: &'t str, origin: Places, place: &Fragment, reading: &'o mut Reading) -> Self {
        Parser {
            text,
            position: 0,
            origin,
            depth: place.depth,
            scope: place.scope,
            fed: place.fed,
            input: None,
            capture: 0,
            function: place.function,
            pending: Vec::new(),
            conditional: false,
            posix: place.posix,
            reading,
        }
    }

    /// Parses the whole text, as far as it is understood.
    pub(super) fn script(&mut self) {
        // The reason is in the reading, and the commands read until then stay.
        let _ = self.whole();
    }

    pub(super) fn whole(&mut self) -> Parsed<()> {
        self.list(&[])?;
        self.no_pending()
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.position..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn starts(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    pub(super) fn span(&self, start: usize) -> Range<usize> {
        self.origin.span(start..self.position)
    }

    /// Records why parsing is given up, from `start` to just after the current character.
    pub(super) fn stop<T>(&mut self, start: usize, reason: impl Into<String>) -> Parsed<T> {
        let end = self.position + self.peek().map_or(0, char::len_utf8);
        let span = self.origin.span(start.min(end)..end);
        self.reading.unclear(span, reason);
        Err(Stop)
    }

    /// Runs one nested construct, unless that would be too deep.
    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH {
            return self.stop(self.position, "commands are nested too deeply");
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// Skips blanks, line continuations and a comment.
    pub(super) fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            if rest.starts_with([' ', '\t']) {
                self.position += 1;
            } else if rest.starts_with("\\\n") {
                self.position += 2;
            } else {
                break;
            }
        }
        if self.peek() == Some('#') {
            self.position += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    /// Skips blanks and newlines, and the bodies of here-documents after a newline.
    pub(super) fn newlines(&mut self) -> Parsed<()> {
        loop {
            self.blanks();
            if self.peek() != Some('\n') {
                return Ok(());
            }
            self.position += 1;
            self.documents()?;
        }
    }

    /// The reserved word that stands here.
    pub(super) fn keyword(&self) -> Option<&'static str> {
        // The longest has eight bytes, and what ends one is a single byte.
        let rest = &self.text.as_bytes()[self.position..];
        let length = rest.iter().take(9).take_while(|&&byte| !ends_word_with(byte)).count();
        RESERVED.into_iter().find(|word| word.as_bytes() == &rest[..length])
    }

    pub(super) fn expect(&mut self, closer: &str, start: usize) -> Parsed<()> {
        let keyword = closer.starts_with(|c: char| c.is_ascii_alphabetic());
        if self.rest().strip_prefix(closer).is_some_and(|rest| !keyword || ends_word(rest)) {
            self.position += closer.len();
            return Ok(());
        }
        self.stop(start, format!("`{closer}` is missing"))
    }

    pub(super) fn mark(&self) -> Mark {
        (self.reading.commands.len(), self.reading.scopes.len())
    }

    /// Moves what was read since the mark into a scope of its own.
    fn enclose(&mut self, mark: Mark, kind: ScopeKind) {
        let scope = self.reading.open_scope(self.scope, kind);
        for command in &mut self.reading.commands[mark.0..] {
            if command.scope == self.scope {
                command.scope = scope;
            }
        }
        for inner in &mut self.reading.scopes[mark.1..scope] {
            if inner.parent == self.scope {
                inner.parent = scope;
            }
        }
    }

    /// Parses with a new scope.
    pub(super) fn scoped<T>(
        &mut self,
        kind: ScopeKind,
        parse: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        let outer = self.scope;
        self.scope = self.reading.open_scope(outer, kind);
        let result = parse(self);
        self.scope = outer;
        result
    }

    fn at_closer(&self, closers: &[&str]) -> bool {
        closers.iter().any(|&closer| match closer {
            ")" | ";;" | ";&" => self.starts(closer),
            _ => self.keyword() == Some(closer),
        })
    }

    /// Parses commands up to one of the closers, which stays; up to the end of the text without any.
    pub(super) fn list(&mut self, closers: &[&str]) -> Parsed<()> {
        let start = self.position;
        loop {
            self.newlines()?;
            if self.at_closer(closers) {
                return Ok(());
            }
            match self.peek() {
                None if closers.is_empty() => return Ok(()),
                None => return self.stop(start, format!("`{}` is missing", closers.join("` or `"))),
                Some(';') if self.starts(";;") => return self.stop(self.position, "unexpected `;;`"),
                Some(';') => return self.stop(self.position, "unexpected `;`"),
                Some(_) => self.and_or(closers)?,
            }
        }
    }

    /// Parses a list where the grammar wants at least one command, as in `{ …; }` and `then …`.
    pub(super) fn commands(&mut self, closers: &[&str]) -> Parsed<()> {
        self.newlines()?;
        if self.at_closer(closers) {
            return self.stop(self.position, "a command is missing");
        }
        self.list(closers)
    }

    /// Parses pipelines joined by `&&` and `||`, and what ends them.
    fn and_or(&mut self, closers: &[&str]) -> Parsed<()> {
        let mark = self.mark();
        self.pipeline()?;
        if self.starts("&&") || self.starts("||") {
            self.scoped(ScopeKind::Branch, |parser| {
                while parser.starts("&&") || parser.starts("||") {
                    parser.position += 2;
                    parser.newlines()?;
                    parser.pipeline()?;
                }
                Ok(())
            })?;
        }
        match self.peek() {
            Some('&') => {
                self.position += 1;
                self.enclose(mark, ScopeKind::Subshell);
                Ok(())
            }
            Some(';') if !self.starts(";;") && !self.starts(";&") => {
                self.position += 1;
                Ok(())
            }
            None | Some(';' | '\n') => Ok(()),
            Some(_) if self.at_closer(closers) => Ok(()),
            Some(c) => self.stop(self.position, format!("unexpected `{c}`")),
        }
    }

    fn pipeline(&mut self) -> Parsed<()> {
        loop {
            match self.keyword() {
                Some("!") => self.position += 1,
                Some("time") => {
                    self.position += 4;
                    self.blanks();
                    for option in ["-p", "--"] {
                        if self.rest().strip_prefix(option).is_some_and(ends_word) {
                            self.position += 2;
                            self.blanks();
                        }
                    }
                }
                _ => break,
            }
            self.blanks();
        }
        let mark = self.mark();
        self.command()?;
        if !self.at_pipe() {
            return Ok(());
        }
        self.enclose(mark, ScopeKind::Subshell);
        let (fed, input, mut last) = (self.fed, self.input.clone(), mark.0);
        while self.at_pipe() {
            self.position += if self.starts("|&") { 2 } else { 1 };
            self.newlines()?;
            let before = last;
            last = self.reading.commands.len();
            self.fed = true;
            self.input = Some(before..last);
            let element = self.scoped(ScopeKind::Subshell, Self::command);
            (self.fed, self.input) = (fed, input.clone());
            element?;
        }
        for command in &mut self.reading.commands[last..] {
            command.pipeline.last = true;
        }
        Ok(())
    }

    fn at_pipe(&self) -> bool {
        self.starts("|") && !self.starts("||")
    }

    /// Parses one command with its redirections, and the blanks after it.
    pub(super) fn command(&mut self) -> Parsed<()> {
        self.blanks();
        let (start, mark) = (self.position, self.mark());
        match self.keyword() {
            None | Some("[[") if !self.starts("(") => return self.simple_command(),
            None if self.starts("((") => {
                self.position += 2;
                self.nested(|parser| parser.arithmetic("))", start))?;
                if self.posix {
                    // Shells without `((` run what stands inside.
                    self.reading.unclear(self.span(start), "an arithmetic command `(( … ))`");
                }
            }
            None => {
                self.position += 1;
                self.nested(|p| p.scoped(ScopeKind::Subshell, |p| p.commands(&[")"])))?;
                self.expect(")", start)?;
            }
            Some(keyword) => {
                self.position += keyword.len();
                self.nested(|parser| parser.compound(keyword, start))?;
            }
        }
        self.compound_redirections(mark, start)
    }

    pub(super) fn empty_command(&self, start: usize) -> SimpleCommand {
        SimpleCommand {
            assignments: Vec::new(),
            declared: Vec::new(),
            each: false,
            words: Arc::default(),
            read: Vec::new(),
            redirections: Vec::new(),
            span: self.span(start.min(self.position)),
            pipeline: super::PipelinePlace { fed: self.fed, last: false },
            invocations: Vec::new(),
            scope: self.scope,
            input: self.input.clone(),
            capture: self.capture,
            function: self.function,
            elsewhere: false,
            input_text: None,
            further: false,
        }
    }

    pub(super) fn push(&mut self, mut command: SimpleCommand) {
        command.words = mem::take(&mut command.read).into();
        let index = self.reading.commands.len();
        for document in self.pending.iter_mut().rev().take_while(|document| document.command.is_none()) {
            document.command = Some(index);
        }
        self.reading.commands.push(command);
    }

    /// Parses a simple command, or a function definition if `(` follows its first word.
    fn simple_command(&mut self) -> Parsed<()> {
        let start = self.position;
        if self.reading.commands.len() >= super::COMMANDS {
            return self.stop(start, format!("more than {} commands", super::COMMANDS));
        }
        let mut command = self.empty_command(start);
        let mut end = start;
        let result = self.command_parts(&mut command, &mut end);
        if let ([name], [], [], true, Ok(())) =
            (&*command.read, &*command.assignments, &*command.redirections, self.starts("("), &result)
        {
            self.position += 1;
            self.blanks();
            self.expect(")", start)?;
            return self.function(name, start);
        }
        if end == start {
            result?;
            return self.stop(start, "a command is missing");
        }
        command.span = self.origin.span(start..end);
        // A command that was read in part is still worth a verdict of its own.
        self.push(command);
        result
    }

    fn command_parts(&mut self, command: &mut SimpleCommand, end: &mut usize) -> Parsed<()> {
        let conditional = self.keyword() == Some("[[");
        while !self.at_command_end() {
            let start = self.position;
            if conditional && !command.read.is_empty() && !self.at_redirection() {
                return self.stop(start, "a word behind `]]`");
            }
            if self.at_redirection() {
                let redirection = self.redirection(command.redirections.len())?;
                command.redirections.push(redirection);
            } else if let Some(name) = self.assignment_name().filter(|_| command.read.is_empty()) {
                let assignment = self.assignment(name)?;
                command.assignments.push(assignment);
            } else {
                let word = self.word()?;
                let raw = &self.text[start..self.position];
                let declares = command.read.first().is_some_and(|first| {
                    matches!(
                        first.text.as_deref(),
                        Some("declare" | "typeset" | "local" | "readonly" | "export")
                    )
                });
                if declares
                    && self.starts("(")
                    && raw.ends_with('=')
                    && is_name(raw.trim_end_matches(['=', '+']))
                {
                    let name = raw.trim_end_matches(['=', '+']).to_owned();
                    let (value, elements) = self.array()?;
                    let appends = raw.ends_with("+=");
                    command.declared.push(Assignment { name, value, elements: Some(elements), appends });
                    *end = self.position;
                    self.blanks();
                    continue;
                }
                if command.read.is_empty() && raw.contains("\\\n") {
                    let joined = raw.replace("\\\n", "");
                    if is_reserved(&joined) {
                        return self.stop(start, "a keyword split over two lines");
                    }
                    let before = joined.split(['=', '[']).next().unwrap_or_default();
                    if before.len() < joined.len() && is_name(before.trim_end_matches('+')) {
                        return self.stop(start, "an assignment whose name is split over two lines");
                    }
                }
                command.read.push(word);
                if conditional && command.read.len() == 1 {
                    *end = self.position;
                    self.condition(command, start)?;
                }
            }
            *end = self.position;
            self.blanks();
        }
        Ok(())
    }

    fn at_command_end(&self) -> bool {
        match self.peek() {
            None | Some('\n' | ';' | '|' | '(' | ')') => true,
            Some('&') => !self.starts("&>"),
            Some(_) => false,
        }
    }

    /// The words of `[[ … ]]`. Where shells differ on what ends it, reading stops.
    fn condition(&mut self, command: &mut SimpleCommand, start: usize) -> Parsed<()> {
        self.conditional = true;
        if self.posix {
            // There, `[[ x && rm -rf y ]]` is a list of two commands.
            self.reading.unclear(self.span(start), "`[[` in a script for `sh`");
        }
        loop {
            self.blanks();
            if matches!(self.peek(), None | Some('\n' | ';')) {
                return self.stop(start, "`]]` is missing on the line of `[[`");
            }
            let from = self.position;
            let word = self.word()?;
            let raw = &self.text[from..self.position];
            let operators = raw.contains(['(', ')', '&', '|', '<', '>']);
            let unbalanced = raw.len() > 1 && raw.matches('(').count() != raw.matches(')').count();
            if operators && (raw.contains("]]") || unbalanced) {
                return self.stop(from, "a condition whose end is not certain");
            }
            let ends = raw == "]]";
            command.read.push(word);
            if ends {
                self.conditional = false;
                return Ok(());
            }
        }
    }

    pub(super) fn no_pending(&mut self) -> Parsed<()> {
        match mem::take(&mut self.pending).first() {
            Some(document) => {
                self.reading.unclear(document.span.clone(), "a here-document without a body");
                Err(Stop)
            }
            None => Ok(()),
        }
    }
}

fn is_reserved(text: &str) -> bool {
    RESERVED.contains(&text)
}

/// A shell word cannot go on here.
pub(super) fn ends_word(rest: &str) -> bool {
    rest.bytes().next().is_none_or(ends_word_with)
}

fn ends_word_with(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

/// A variable's name.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
