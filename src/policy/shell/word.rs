//! Words: quotes, expansions, and the substitutions inside them.

use std::mem;

use super::parser::{Parsed, Parser, is_name};
use super::{Assignment, Origin, ScopeKind, Word, ansi};

/// A word in the making.
#[derive(Default)]
pub(super) struct Building {
    text: String,
    dynamic: bool,
    prefix: String,
    globbed: bool,
    splits: bool,
    variable: Option<String>,
    brace: Brace,
}

/// How much of a brace expansion was seen: `{`, then `,` or `..`, then `}`.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Brace {
    #[default]
    None,
    Open,
    Listed,
}

impl Building {
    /// A part that is computed at run time; `splits` if it may become several words.
    pub(super) fn dynamic(&mut self, splits: bool, variable: Option<&str>) {
        if self.dynamic {
            self.variable = None;
        } else {
            self.prefix.clone_from(&self.text);
            self.variable = variable.filter(|_| self.text.is_empty()).map(str::to_owned);
        }
        self.dynamic = true;
        self.splits |= splits;
    }

    pub(super) fn literal(&mut self, c: char) {
        self.text.push(c);
    }

    /// An unquoted character, which may be part of a pattern or of a brace expansion.
    fn unquoted(&mut self, c: char) {
        let ends_range = c == '.' && self.text.ends_with('.');
        match c {
            '*' | '?' | '[' => self.globbed = true,
            '{' => self.brace = Brace::Open,
            ',' if self.brace == Brace::Open => self.brace = Brace::Listed,
            '.' if self.brace == Brace::Open && ends_range => self.brace = Brace::Listed,
            '}' if self.brace == Brace::Listed => {
                // Every resulting word begins with what stands before the brace.
                self.text.truncate(self.text.rfind('{').unwrap_or(0));
                self.dynamic(true, None);
            }
            _ => {}
        }
        self.text.push(c);
    }

    pub(super) fn finish(self, span: std::ops::Range<usize>, tilde: bool) -> Word {
        if !self.dynamic {
            let text = Some(self.text);
            return Word { text, span, globbed: self.globbed, tilde, ..Word::default() };
        }
        let variable = self.variable.map(|name| (name, self.text));
        let (globbed, splits, prefix) = (self.globbed, self.splits, self.prefix);
        Word { text: None, span, globbed, tilde, splits, prefix, variable }
    }
}

impl Parser<'_, '_> {
    /// Parses one word; there must be one.
    pub(super) fn word(&mut self) -> Parsed<Word> {
        let start = self.position;
        let tilde = self.starts("~");
        let mut building = Building::default();
        while let Some(c) = self.peek() {
            match c {
                '\\' => self.backslash(&mut building),
                '\'' => self.single_quoted(&mut building)?,
                '"' => self.double_quoted(&mut building)?,
                '$' => self.dollar(&mut building, false)?,
                '`' => self.backticks(&mut building, false)?,
                '<' | '>' if self.rest()[1..].starts_with('(') => {
                    self.process_substitution(&mut building, c)?;
                }
                ' ' | '\t' | '\n' | ';' => break,
                '&' | '|' | '<' | '>' | '(' | ')' if !self.conditional => break,
                _ => {
                    building.unquoted(c);
                    self.position += c.len_utf8();
                }
            }
        }
        if self.position == start {
            let found = self.peek().map_or("the end".to_owned(), |c| format!("`{}`", c.escape_debug()));
            return self.stop(start, format!("a word was expected before {found}"));
        }
        let raw = &self.text[start..self.position];
        if !self.pending.is_empty() && raw.replace("\\\n", "").contains('\n') {
            return self.stop(start, "a word over several lines before the body of a here-document");
        }
        Ok(building.finish(self.span(start), tilde))
    }

    /// The length of `NAME=` or `NAME+=` if an assignment stands here.
    pub(super) fn assignment_name(&self) -> Option<usize> {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        let operator = ["=", "+="].into_iter().find(|operator| rest[length..].starts_with(operator))?;
        is_name(&rest[..length]).then_some(length + operator.len())
    }

    pub(super) fn assignment(&mut self, length: usize) -> Parsed<Assignment> {
        let name = self.rest()[..length].trim_end_matches(['=', '+']).to_owned();
        let appends = self.rest()[..length].ends_with("+=");
        self.position += length;
        let start = self.position;
        let ended = |c: char| " \t\n;&|)".contains(c);
        let mut value = if self.starts("(") {
            self.array()?
        } else if self.peek().is_none_or(ended)
            || self.at_redirection() && !self.starts("<(") && !self.starts(">(")
        {
            Word { text: Some(String::new()), span: self.span(start), ..Word::default() }
        } else {
            self.word()?
        };
        if appends {
            value = Word { text: None, variable: None, ..value };
        }
        Ok(Assignment { name, value })
    }

    /// `(a b c)` after `NAME=`.
    fn array(&mut self) -> Parsed<Word> {
        let start = self.position;
        self.position += 1;
        loop {
            self.newlines()?;
            if self.starts(")") {
                self.position += 1;
                return Ok(Word { text: None, span: self.span(start), splits: true, ..Word::default() });
            }
            self.word()?;
        }
    }

    fn backslash(&mut self, building: &mut Building) {
        self.position += 1;
        if let Some(c) = self.peek() {
            self.position += c.len_utf8();
            if c != '\n' {
                building.literal(c);
            }
        } else {
            building.literal('\\');
        }
    }

    fn single_quoted(&mut self, building: &mut Building) -> Parsed<()> {
        let start = self.position;
        self.position += 1;
        let Some(length) = self.rest().find('\'') else {
            return self.stop(start, "a single quote is not closed");
        };
        building.text.push_str(&self.rest()[..length]);
        self.position += length + 1;
        Ok(())
    }

    fn double_quoted(&mut self, building: &mut Building) -> Parsed<()> {
        let start = self.position;
        self.position += 1;
        loop {
            match self.peek() {
                None => return self.stop(start, "a double quote is not closed"),
                Some('"') => break,
                Some(_) => self.quoted_part(building, true)?,
            }
        }
        self.position += 1;
        Ok(())
    }

    /// One character or expansion inside double quotes or a here-document (where `\"` is two characters).
    pub(super) fn quoted_part(&mut self, building: &mut Building, in_quotes: bool) -> Parsed<()> {
        let Some(c) = self.peek() else { return Ok(()) };
        match c {
            '$' => self.dollar(building, true),
            '`' => self.backticks(building, in_quotes),
            '\\' => {
                let next = self.rest()[1..].chars().next();
                match next {
                    Some('$' | '`' | '\\' | '\n') => self.backslash(building),
                    Some('"') if in_quotes => self.backslash(building),
                    _ => {
                        building.literal('\\');
                        self.position += 1;
                    }
                }
                Ok(())
            }
            _ => {
                building.literal(c);
                self.position += c.len_utf8();
                Ok(())
            }
        }
    }

    /// What `$` introduces.
    pub(super) fn dollar(&mut self, building: &mut Building, quoted: bool) -> Parsed<()> {
        let start = self.position;
        self.position += 1;
        match self.peek() {
            Some('(') if self.starts("((") => {
                self.position += 2;
                self.nested(|parser| parser.arithmetic("))", start))?;
                building.dynamic(!quoted, None);
            }
            Some('(') => {
                self.position += 1;
                self.substitution(start)?;
                building.dynamic(!quoted, None);
            }
            Some('{') => {
                self.position += 1;
                self.nested(|parser| parser.braces(start, quoted))?;
                let name = &self.text[start + 2..self.position - 1];
                let several = name.contains('@');
                building.dynamic(!quoted || several, Some(name).filter(|name| is_name(name)));
            }
            Some('\'') if !quoted => return self.ansi_quoted(building, start),
            Some('"') if !quoted => return self.double_quoted(building),
            Some('[') => return self.stop(start, "the old arithmetic `$[ … ]`"),
            Some('\\') if self.starts("\\\n") => return self.stop(start, "`$` at the end of a line"),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let rest = self.rest();
                let length =
                    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                self.position += length;
                building.dynamic(!quoted, Some(&rest[..length]));
            }
            Some(c) if c.is_ascii_digit() || "@*#?$!-".contains(c) => {
                self.position += 1;
                building.dynamic(!quoted || c == '@', None);
            }
            _ => building.literal('$'),
        }
        Ok(())
    }

    fn ansi_quoted(&mut self, building: &mut Building, start: usize) -> Parsed<()> {
        self.position += 1;
        let Some(decoded) = ansi::decode(self.rest()) else {
            return self.stop(start, "a quote `$'` is not closed");
        };
        let Some(text) = decoded.text else {
            return self.stop(start, "an escape in `$'…'` that shells read differently");
        };
        building.text.push_str(&text);
        self.position += decoded.length;
        Ok(())
    }

    /// Parses the commands of a substitution, after its opening parenthesis, to the closing one.
    fn substitution(&mut self, start: usize) -> Parsed<()> {
        let pending = mem::take(&mut self.pending);
        let conditional = mem::take(&mut self.conditional);
        self.nested(|p| p.scoped(ScopeKind::Subshell, |p| p.list(&[")"])))?;
        if !self.starts(")") {
            return self.stop(start, "a substitution is not closed");
        }
        self.position += 1;
        self.no_pending()?;
        self.pending = pending;
        self.conditional = conditional;
        Ok(())
    }

    fn process_substitution(&mut self, building: &mut Building, direction: char) -> Parsed<()> {
        let (start, fed) = (self.position, self.fed);
        self.position += 2;
        self.fed = fed || direction == '>';
        self.substitution(start)?;
        self.fed = fed;
        building.dynamic(false, None);
        Ok(())
    }

    /// Parses the inside of `${…}`, after the brace, to the closing brace.
    fn braces(&mut self, start: usize, quoted: bool) -> Parsed<()> {
        if self.peek().is_some_and(|c| " \t\n|".contains(c)) {
            return self.stop(start, "the command substitution `${ …; }`");
        }
        let mut inside = Building::default();
        loop {
            match self.peek() {
                None => return self.stop(start, "`${` is not closed"),
                Some('}') => break,
                // Whether these quote depends on the operator and on the shell.
                Some('\'') if quoted => return self.stop(self.position, "a single quote in a quoted `${…}`"),
                Some('\'') => self.single_quoted(&mut inside)?,
                Some('"') => self.double_quoted(&mut inside)?,
                Some('\\') => self.backslash(&mut inside),
                Some('$') => self.dollar(&mut inside, quoted)?,
                Some('`') => self.backticks(&mut inside, quoted)?,
                Some('<' | '>') if self.rest()[1..].starts_with('(') => {
                    return self.stop(self.position, "a process substitution in `${…}`");
                }
                Some(c) => self.position += c.len_utf8(),
            }
        }
        self.position += 1;
        if self.text[start..self.position].contains("@P") {
            self.reading.unclear(self.span(start), "`${…@P}` runs the substitutions in a variable's value");
        }
        Ok(())
    }

    /// Parses arithmetic to its closer; the commands substituted in it are read.
    pub(super) fn arithmetic(&mut self, closer: &str, start: usize) -> Parsed<()> {
        let mut open = 0_usize;
        let mut inside = Building::default();
        loop {
            match self.peek() {
                None => return self.stop(start, "arithmetic is not closed"),
                Some(')') if open == 0 && self.starts(closer) => break,
                Some(')') if open == 0 => {
                    return self.stop(start, "arithmetic, or a subshell in a substitution");
                }
                Some(')') => open -= 1,
                Some('(') => open += 1,
                Some('\'' | '"' | '\\' | ';') => {
                    return self.stop(self.position, "a quote or `;` in arithmetic");
                }
                Some('$') => {
                    self.dollar(&mut inside, true)?;
                    continue;
                }
                Some('`') => {
                    self.backticks(&mut inside, false)?;
                    continue;
                }
                Some(_) => {}
            }
            self.position += self.peek().map_or(0, char::len_utf8);
        }
        self.position += closer.len();
        Ok(())
    }

    /// Parses the commands between backticks, after removing the backslashes that backticks need.
    fn backticks(&mut self, building: &mut Building, quoted: bool) -> Parsed<()> {
        let start = self.position;
        self.position += 1;
        let (mut inner, mut exact) = (String::new(), true);
        loop {
            let Some(c) = self.peek() else { return self.stop(start, "a backtick is not closed") };
            self.position += c.len_utf8();
            let next = self.peek();
            match (c, next) {
                ('`', _) => break,
                ('\\', Some(next)) => {
                    let escapes = "$`\\".contains(next) || (quoted && next == '"');
                    if escapes {
                        exact = false;
                    } else {
                        inner.push(c);
                    }
                    inner.push(next);
                    self.position += next.len_utf8();
                }
                _ => inner.push(c),
            }
        }
        let origin = match &self.origin {
            Origin::At(offset) if exact => Origin::At(offset + start + 1),
            _ => Origin::Within(self.span(start)),
        };
        let (depth, fed) = (self.depth + 1, self.fed);
        let scope = self.reading.open_scope(self.scope, ScopeKind::Subshell);
        let place = super::Fragment { depth, scope, fed, posix: self.posix, via: Vec::new() };
        self.nested(|parser| Parser::new(&inner, origin, &place, parser.reading).whole())?;
        building.dynamic(!quoted, None);
        Ok(())
    }
}
