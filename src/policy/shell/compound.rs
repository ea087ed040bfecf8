//! Compound commands: conditionals, loops, `case`, functions and groups.

use super::parser::{Mark, Parsed, Parser, ends_word, is_name};
use super::{Assignment, Redirection, ScopeKind, SimpleCommand, Word};

impl Parser<'_, '_> {
    pub(super) fn compound(&mut self, keyword: &'static str, start: usize) -> Parsed<()> {
        match keyword {
            "{" => {
                self.list(&["}"])?;
                self.expect("}", start)
            }
            "if" => self.if_command(start),
            "while" | "until" => self.scoped(ScopeKind::Loop, |parser| {
                parser.list(&["do"])?;
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
                // Whether the next word is a name or a program depends on what follows it.
                self.reading.unclear(self.span(start), "a coprocess");
                self.command()
            }
            _ => self.stop(start, format!("unexpected `{keyword}`")),
        }
    }

    fn if_command(&mut self, start: usize) -> Parsed<()> {
        self.list(&["then"])?;
        self.expect("then", start)?;
        self.scoped(ScopeKind::Branch, |parser| {
            loop {
                parser.list(&["elif", "else", "fi"])?;
                match parser.keyword() {
                    Some("elif") => {
                        parser.position += 4;
                        parser.list(&["then"])?;
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
        self.list(&["done"])?;
        self.expect("done", start)
    }

    /// `for NAME [in WORDS]; do …; done`: the loop's variable is assigned each of the words.
    fn for_command(&mut self, start: usize) -> Parsed<()> {
        self.blanks();
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
            values.into_iter().map(|value| Assignment { name: name_text.clone(), value }).collect();
        let command = SimpleCommand { assignments, ..self.empty_command(start) };
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
        self.nested(|parser| {
            parser.scoped(ScopeKind::Later, |parser| {
                if parser.starts("(") || parser.keyword().is_some() {
                    parser.command()
                } else {
                    parser.stop(start, "a function without a body")
                }
            })
        })
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
            }
        }
        self.push(command);
        Ok(())
    }
}
