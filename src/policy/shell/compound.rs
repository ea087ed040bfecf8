//! Compound commands: conditionals, loops, `case`, functions and groups.

use super::parser::{Mark, Parsed, Parser, ends_word, is_name};
use super::text::Text;
use super::{Assignment, Redirection, ScopeKind, SimpleCommand, Word};

impl Parser<'_, '_> {
    pub(super) fn compound(&mut self, keyword: &'static str, start: usize) -> Parsed<()> {
        match keyword {
            "{" => {
                self.commands(&["}"])?;
                self.expect("}", start)
            }
            "if" => self.if_command(start),
            "while" | "until" => self.scoped(ScopeKind::Loop, |parser| {
                parser.commands(&["do"])?;
                parser.do_group(start)
            }),
            "for" | "select" => self.for_command(start),
            "case" => self.case_command(start),
            "function" => {
                self.blanks();
                let name = self.word()?;
                self.blanks();
                if self.starts("(") {
                    self.position += 1;
                    self.blanks();
                    self.expect(")", start)?;
                }
                self.function(&name, start)
            }
            "coproc" => {
                self.blanks();
                // The next word is a name if a compound command follows it, and a program otherwise.
                let rest = self.rest();
                let length =
                    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                let after = rest[length..].trim_start_matches([' ', '\t']);
                if is_name(&rest[..length]) && self.keyword().is_none() && after.starts_with(['{', '(']) {
                    self.position += length;
                }
                self.scoped(ScopeKind::Subshell, Self::command)
            }
            _ => self.stop(start, format!("unexpected `{keyword}`")),
        }
    }

    fn if_command(&mut self, start: usize) -> Parsed<()> {
        self.commands(&["then"])?;
        self.expect("then", start)?;
        self.scoped(ScopeKind::Branch, |parser| {
            loop {
                parser.commands(&["elif", "else", "fi"])?;
                match parser.keyword() {
                    Some("elif") => {
                        parser.position += 4;
                        parser.commands(&["then"])?;
                        parser.expect("then", start)?;
                    }
                    Some("else") => parser.position += 4,
                    _ => return parser.expect("fi", start),
                }
            }
        })
    }

    fn do_group(&mut self, start: usize) -> Parsed<()> {
        self.expect("do", start)?;
        self.commands(&["done"])?;
        self.expect("done", start)
    }

    /// `for NAME [in WORDS]; do …; done`: the loop's variable is assigned each of the words.
    fn for_command(&mut self, start: usize) -> Parsed<()> {
        self.blanks();
        if self.starts("((") {
            self.position += 2;
            self.arithmetic_for(start)?;
            self.blanks();
            if self.peek() == Some(';') {
                self.position += 1;
            }
            self.newlines()?;
            return self.scoped(ScopeKind::Loop, |parser| {
                if parser.keyword() == Some("{") {
                    parser.position += 1;
                    parser.commands(&["}"])?;
                    parser.expect("}", start)
                } else {
                    parser.do_group(start)
                }
            });
        }
        let name = self.word()?;
        let Some(name_text) = name.text.clone().filter(|text| is_name(text)) else {
            return self.stop(start, "a loop that is not over words");
        };
        self.newlines()?;
        let mut values = Vec::new();
        if self.rest().strip_prefix("in").is_some_and(ends_word) {
            self.position += 2;
            self.blanks();
            while !matches!(self.peek(), None | Some(';' | '\n')) {
                values.push(self.word()?);
                self.blanks();
            }
        } else {
            values.push(Word { text: None, ..name });
        }
        let assignments =
            values.into_iter().map(|value| Assignment::scalar(name_text.clone(), value)).collect();
        let command = SimpleCommand { assignments, each: true, ..self.empty_command(start) };
        self.push(command);
        if self.peek() == Some(';') {
            self.position += 1;
        }
        self.newlines()?;
        self.scoped(ScopeKind::Loop, |parser| parser.do_group(start))
    }

    fn case_command(&mut self, start: usize) -> Parsed<()> {
        self.blanks();
        self.word()?;
        self.newlines()?;
        self.expect("in", start)?;
        self.scoped(ScopeKind::Branch, |parser| {
            loop {
                parser.newlines()?;
                if parser.keyword() == Some("esac") {
                    return parser.expect("esac", start);
                }
                parser.case_patterns(start)?;
                parser.list(&[";;", ";&", "esac"])?;
                if parser.starts(";") {
                    parser.position += if parser.starts(";;&") { 3 } else { 2 };
                }
            }
        })
    }

    fn case_patterns(&mut self, start: usize) -> Parsed<()> {
        if self.starts("(") {
            self.position += 1;
        }
        loop {
            self.blanks();
            self.word()?;
            self.blanks();
            if !self.starts("|") {
                return self.expect(")", start);
            }
            self.position += 1;
        }
    }

    /// Parses the body of a function, after its name and parentheses.
    pub(super) fn function(&mut self, name: &Word, start: usize) -> Parsed<()> {
        if name.constant().is_none_or(|name| matches!(name, "cd" | "pushd" | "popd")) {
            self.reading.unclear(name.span.clone(), "a function that changes what `cd` means");
        }
        self.newlines()?;
        let from = self.position;
        let outer = self.function;
        // A function in a function is one of those in whose body its commands stand.
        let index = self.reading.announce(name.constant().unwrap_or_default());
        self.function = Some(outer.unwrap_or(index));
        let result = self.nested(|parser| {
            parser.scoped(ScopeKind::Later, |parser| {
                if parser.starts("(") || parser.keyword().is_some() {
                    parser.command()
                } else {
                    parser.stop(start, "a function without a body")
                }
            })
        });
        self.function = outer;
        let mut body = Text::default();
        body.push(&self.text[from..self.position], &self.origin, from);
        self.reading.define(index, body);
        result
    }

    /// `((a; b; c))` after `for`.
    fn arithmetic_for(&mut self, start: usize) -> Parsed<()> {
        let Some(length) = self.rest().find("))") else {
            return self.stop(start, "arithmetic is not closed");
        };
        let inside = &self.rest()[..length];
        if inside.contains(['$', '`', '\n', '\'', '"', '\\']) && inside.contains(['(', '`']) {
            self.arithmetic(";", start)?;
            self.arithmetic(";", start)?;
            return self.arithmetic("))", start);
        }
        self.position += length + 2;
        Ok(())
    }

    pub(super) fn compound_redirections(&mut self, mark: Mark, start: usize) -> Parsed<()> {
        self.blanks();
        let mut command = self.empty_command(self.position);
        while self.at_redirection() {
            let redirection = self.redirection(command.redirections.len())?;
            command.redirections.push(redirection);
            command.span = self.span(start);
            self.blanks();
        }
        if command.redirections.is_empty() {
            return Ok(());
        }
        if command.redirections.iter().any(Redirection::feeds) {
            for inner in &mut self.reading.commands[mark.0..] {
                inner.pipeline.fed = true;
                inner.input = None;
            }
        }
        self.push(command);
        Ok(())
    }
}
