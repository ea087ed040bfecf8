//! Words: quotes, expansions, and the substitutions inside them.

use std::mem;
use std::ops::Range;
use std::sync::Arc;

use super::parser::{Parsed, Parser, is_name};
use super::part::{Parameter, Part, Sign, signed};
use super::text::Text;
use super::{Assignment, ScopeKind, Word, ansi};

/// A word in the making.
#[derive(Default)]
pub(super) struct Building {
    /// The constant text since the last part that is computed.
    pub(super) text: Text,
    parts: Vec<Part>,
    globbed: bool,
    /// It has quotes, so that it is a word even if nothing stands in them.
    quoted: bool,
    /// The signs of a possible brace expansion: how many parts were before, and where in `text`.
    signs: Vec<(usize, usize, Sign)>,
}

impl Building {
    /// A part that is computed at run time.
    pub(super) fn part(&mut self, part: Part) {
        // What stands in quotes is a word by itself.
        let quoted = match &part {
            Part::Parameter(parameter) => parameter.quoted,
            Part::Output { quoted, .. } => *quoted,
            Part::Literal(_) | Part::Process { .. } | Part::Brace(_) | Part::Unknown { .. } => false,
        };
        self.quoted &= !quoted;
        self.end_literal();
        self.parts.push(part);
    }

    fn end_literal(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Literal(mem::take(&mut self.text)));
        } else if self.quoted {
            // `""$x` is a word even if `$x` is nothing.
            self.parts.push(Part::Literal(Text::default()));
        }
        self.quoted = false;
    }

    pub(super) fn finish(mut self, span: Range<usize>, tilde: bool) -> Word {
        let globbed = self.globbed;
        // Only `{…,…}` and `{…..…}` are expanded.
        let braced = !self.signs.is_empty();
        if self.parts.is_empty() && !braced {
            let (text, places) = self.text.into_parts();
            return Word { text: Some(text), places, span, globbed, tilde, ..Word::default() };
        }
        // `<(…)''` names the same file as `<(…)`.
        if self.parts.iter().any(|part| matches!(part, Part::Process { .. })) {
            self.quoted = false;
            self.parts.retain(|part| !matches!(part, Part::Literal(text) if text.is_empty()));
        }
        let signs = mem::take(&mut self.signs);
        let whole = self.parts.is_empty().then(|| self.text.clone());
        self.end_literal();
        match signed(&self.parts, &signs, &span) {
            Some(parts) => self.parts = parts,
            None => {
                if let Some(whole) = whole {
                    let (text, places) = whole.into_parts();
                    return Word { text: Some(text), places, span, globbed, tilde, ..Word::default() };
                }
            }
        }
        let prefix = match self.parts.first() {
            Some(Part::Literal(text)) => text.as_str().to_owned(),
            _ => String::new(),
        };
        let variable = match self.parts.as_slice() {
            [Part::Parameter(parameter)] if parameter.plain() => {
                Some((parameter.name.clone(), String::new()))
            }
            [Part::Parameter(parameter), Part::Literal(rest)] if parameter.plain() => {
                Some((parameter.name.clone(), rest.as_str().to_owned()))
            }
            _ => None,
        };
        let splits = self.parts.iter().any(Part::splits);
        let parts = Some(self.parts.into());
        Word { text: None, span, globbed, tilde, splits, prefix, variable, parts, ..Word::default() }
    }
}

/// A sign that may mean something in a word, or end it; all of them are ASCII.
fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t'
            | b'\n'
            | b'\\'
            | b'\''
            | b'"'
            | b'$'
            | b'`'
            | b'<'
            | b'>'
            | b';'
            | b'&'
            | b'|'
            | b'('
            | b')'
            | b'*'
            | b'?'
            | b'['
            | b'{'
            | b','
            | b'}'
    )
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
                '*' | '?' | '[' => {
                    building.globbed = true;
                    self.copy(&mut building, 1);
                }
                '{' | ',' | '}' => {
                    let sign = match c {
                        '{' => Sign::Open,
                        ',' => Sign::Comma,
                        _ => Sign::Close,
                    };
                    if sign == Sign::Open || !building.signs.is_empty() {
                        building.signs.push((building.parts.len(), building.text.as_str().len(), sign));
                    }
                    self.copy(&mut building, 1);
                }
                _ => {
                    let rest = self.rest();
                    let plain = rest.bytes().take_while(|&byte| !is_special(byte)).count();
                    let length = plain.max(c.len_utf8());
                    self.copy(&mut building, length);
                }
            }
        }
        if self.position == start {
            let found = self.peek().map_or("the end".to_owned(), |c| format!("`{}`", c.escape_debug()));
            return self.stop(start, format!("a word was expected before {found}"));
        }
        if !self.pending.is_empty() {
            let raw = &self.text[start..self.position];
            if raw.replace("\\\n", "").contains('\n') {
                return self.stop(start, "a word over several lines before the body of a here-document");
            }
        }
        Ok(building.finish(self.span(start), tilde))
    }

    /// Takes the next bytes as they are.
    fn copy(&mut self, building: &mut Building, length: usize) {
        building.text.push(&self.text[self.position..self.position + length], &self.origin, self.position);
        self.position += length;
    }

    /// The length of `NAME=`, `NAME+=` or `NAME[…]=` if an assignment stands here.
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
        let mut elements = None;
        let value = if self.starts("(") {
            let (word, found) = self.array()?;
            elements = Some(found);
            word
        } else if self.peek().is_none_or(ended)
            || self.at_redirection() && !self.starts("<(") && !self.starts(">(")
        {
            Word { text: Some(String::new()), span: self.span(start), ..Word::default() }
        } else {
            self.word()?
        };
        Ok(Assignment { name, value, elements, appends })
    }

    /// `(a b c)` after `NAME=`.
    pub(super) fn array(&mut self) -> Parsed<(Word, Vec<Word>)> {
        let start = self.position;
        self.position += 1;
        let mut elements = Vec::new();
        loop {
            self.newlines()?;
            if self.starts(")") {
                self.position += 1;
                let span = self.span(start);
                return Ok((Word { text: None, span, splits: true, ..Word::default() }, elements));
            }
            let (from, subscript) = (self.position, self.starts("["));
            elements.push(self.word()?);
            if subscript && !self.text[from..self.position].contains(']') {
                // bash looks for the `]` behind blanks, too.
                return self.stop(from, "a subscript in an array over several words");
            }
        }
    }

    fn backslash(&mut self, building: &mut Building) {
        let start = self.position;
        self.position += 1;
        match self.peek() {
            Some('\n') => self.position += 1,
            Some(c) => {
                let length = c.len_utf8();
                self.copy(building, length);
            }
            None => building.text.push("\\", &self.origin, start),
        }
    }

    fn single_quoted(&mut self, building: &mut Building) -> Parsed<()> {
        let start = self.position;
        self.position += 1;
        let Some(length) = self.rest().find('\'') else {
            return self.stop(start, "a single quote is not closed");
        };
        building.quoted = true;
        self.copy(building, length);
        self.position += 1;
        Ok(())
    }

    fn double_quoted(&mut self, building: &mut Building) -> Parsed<()> {
        let start = self.position;
        self.position += 1;
        building.quoted = true;
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

    /// One run of characters or expansion inside double quotes or a here-document (where `\"` is two characters).
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
                    _ => self.copy(building, 1),
                }
                Ok(())
            }
            _ => {
                let rest = self.rest();
                let length = rest.find(['$', '`', '\\', '"']).unwrap_or(rest.len()).max(c.len_utf8());
                self.copy(building, length);
                Ok(())
            }
        }
    }

    fn unknown(&self, building: &mut Building, start: usize, splits: bool) {
        building.part(Part::Unknown { splits, span: self.span(start) });
    }

    /// What `$` introduces.
    pub(super) fn dollar(&mut self, building: &mut Building, quoted: bool) -> Parsed<()> {
        let start = self.position;
        self.position += 1;
        match self.peek() {
            Some('(') if self.starts("((") => {
                self.position += 2;
                self.nested(|parser| parser.arithmetic("))", start))?;
                self.unknown(building, start, !quoted);
            }
            Some('[') => {
                // Arithmetic in bash, text in other shells: both are read.
                self.position += 1;
                self.nested(|parser| parser.arithmetic("]", start))?;
                self.unknown(building, start, !quoted);
                if self.posix {
                    self.reading.unclear(self.span(start), "the old arithmetic `$[ … ]`");
                }
            }
            Some('(') => {
                self.position += 1;
                let (commands, capture) = self.substitution(start)?;
                building.part(Part::Output { commands, capture, quoted, span: self.span(start) });
            }
            Some('{') => {
                self.position += 1;
                self.nested(|parser| parser.braces(building, start, quoted))?;
            }
            Some('\'') if !quoted => return self.ansi_quoted(building, start),
            Some('"') if !quoted => return self.double_quoted(building),
            Some('\\') if self.starts("\\\n") => return self.stop(start, "`$` at the end of a line"),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let rest = self.rest();
                let length =
                    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                self.position += length;
                let name = rest[..length].to_owned();
                building.part(Part::Parameter(Parameter::new(name, quoted, self.span(start))));
            }
            Some(c) if c.is_ascii_digit() || "@*".contains(c) => {
                self.position += 1;
                building.part(Part::Parameter(Parameter::new(c.to_string(), quoted, self.span(start))));
            }
            Some(c) if "#?$!-".contains(c) => {
                self.position += 1;
                self.unknown(building, start, !quoted);
            }
            _ => building.text.push("$", &self.origin, start),
        }
        Ok(())
    }

    fn ansi_quoted(&mut self, building: &mut Building, start: usize) -> Parsed<()> {
        self.position += 1;
        let Some(decoded) = ansi::decode(self.rest()) else {
            return self.stop(start, "a quote `$'` is not closed");
        };
        let Some(pieces) = decoded.pieces else {
            return self.stop(start, "an escape in `$'…'` that shells read differently");
        };
        if decoded.quote.is_some_and(|at| self.posix || !is_refused(&self.rest()[at..])) {
            return self.stop(start, "an escape in `$'…'` that shells read differently");
        }
        building.quoted = true;
        let inside = self.position;
        for piece in pieces {
            let source = inside + piece.source.start..inside + piece.source.end;
            if piece.escaped {
                building.text.push_decoded(&piece.text, &self.origin.span(source));
            } else {
                building.text.push(&piece.text, &self.origin, source.start);
            }
        }
        self.position += decoded.length;
        Ok(())
    }

    /// Parses the commands of a substitution, after its opening parenthesis, to the closing one. Gives which commands
    /// they are, and the mark by which those of this level are told from those further in.
    fn substitution(&mut self, start: usize) -> Parsed<(Range<usize>, usize)> {
        self.captured(start, ")")
    }

    fn captured(&mut self, start: usize, closer: &'static str) -> Parsed<(Range<usize>, usize)> {
        let pending = mem::take(&mut self.pending);
        let conditional = mem::take(&mut self.conditional);
        let first = self.reading.commands.len();
        let (capture, outer) = (self.reading.next_capture(), self.capture);
        self.capture = capture;
        let result = self.nested(|p| p.scoped(ScopeKind::Subshell, |p| p.list(&[closer])));
        self.capture = outer;
        result?;
        if !self.starts(closer) {
            return self.stop(start, "a substitution is not closed");
        }
        self.position += 1;
        self.no_pending()?;
        self.pending = pending;
        self.conditional = conditional;
        Ok((first..self.reading.commands.len(), capture))
    }

    fn process_substitution(&mut self, building: &mut Building, direction: char) -> Parsed<()> {
        let (start, fed, input) = (self.position, self.fed, self.input.clone());
        self.position += 2;
        if direction == '>' {
            self.fed = true;
            self.input = None;
        }
        let result = self.substitution(start);
        (self.fed, self.input) = (fed, input);
        let (commands, capture) = result?;
        let reads = direction == '<';
        building.part(Part::Process { commands, capture, reads });
        Ok(())
    }

    /// Parses the inside of `${…}`, after the brace, to the closing brace.
    fn braces(&mut self, building: &mut Building, start: usize, quoted: bool) -> Parsed<()> {
        if self.peek().is_some_and(|c| " \t\n|".contains(c)) {
            // `${ cmd; }`: its commands are read, other shells reject it.
            let (commands, capture) = self.captured(start, "}")?;
            self.reading.unclear(self.span(start), "the command substitution `${ …; }`");
            building.part(Part::Output { commands, capture, quoted, span: self.span(start) });
            return Ok(());
        }
        let (name, indirect) = self.parameter_name();
        let subscript = if self.starts("[") && !name.is_empty() {
            self.position += 1;
            let mut inside = Building::default();
            self.until(']', start, quoted, &mut inside)?;
            let index = inside.finish(self.span(start), false);
            if index.text.as_deref().is_some_and(super::carrier::has_substitution) {
                self.reading.unclear(self.span(start), "a subscript with a substitution in its text");
            }
            Some(index)
        } else {
            None
        };
        let operator = self.parameter_operator();
        let mut inside = Building::default();
        let from = self.position;
        self.until('}', start, quoted, &mut inside)?;
        let raw = &self.text[from..self.position - 1];
        if self.text[start..self.position].contains("@P") {
            self.reading.unclear(self.span(start), "`${…@P}` runs the substitutions in a variable's value");
        }
        if name.is_empty() || (operator.is_empty() && !raw.is_empty()) {
            self.unknown(building, start, !quoted || raw.contains('@'));
            return Ok(());
        }
        let argument = inside.finish(self.span(from), false);
        let all = subscript.as_ref().is_some_and(|word| matches!(word.text.as_deref(), Some("@" | "*")));
        building.part(Part::Parameter(Parameter {
            indirect,
            subscript: subscript.map(Arc::new),
            operator: operator.to_owned(),
            argument: Arc::new(argument),
            all,
            ..Parameter::new(name, quoted, self.span(start))
        }));
        Ok(())
    }

    /// The name in `${…}`, and whether `!` stands before it.
    fn parameter_name(&mut self) -> (String, bool) {
        let indirect = self.starts("!");
        let rest = &self.rest()[usize::from(indirect)..];
        let special = rest.starts_with(['@', '*']) || rest.starts_with(|c: char| c.is_ascii_digit());
        let length = if special {
            rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()).max(1)
        } else {
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
        };
        let name = rest[..length].to_owned();
        if name.is_empty() {
            return (name, false);
        }
        self.position += usize::from(indirect) + length;
        (name, indirect)
    }

    fn parameter_operator(&mut self) -> &'static str {
        const OPERATORS: [&str; 20] = [
            ":-", ":=", ":+", ":?", "##", "%%", "//", "/#", "/%", "^^", ",,", "-", "=", "+", "?", "#", "%",
            "/", "^", ",",
        ];
        let found = OPERATORS.into_iter().find(|operator| self.starts(operator));
        let operator = found.unwrap_or(if self.starts(":") { ":" } else { "" });
        self.position += operator.len();
        operator
    }

    /// Parses up to a closing sign, and past it.
    fn until(&mut self, closer: char, start: usize, quoted: bool, inside: &mut Building) -> Parsed<()> {
        loop {
            match self.peek() {
                None => return self.stop(start, "`${` is not closed"),
                Some(c) if c == closer => break,
                // Whether these quote depends on the operator and on the shell.
                Some('\'') if quoted => return self.stop(self.position, "a single quote in a quoted `${…}`"),
                Some('\'') => self.single_quoted(inside)?,
                Some('"') => self.double_quoted(inside)?,
                Some('\\') => self.backslash(inside),
                Some('$') => self.dollar(inside, quoted)?,
                Some('`') => self.backticks(inside, quoted)?,
                Some('<' | '>') if self.rest()[1..].starts_with('(') => {
                    return self.stop(self.position, "a process substitution in `${…}`");
                }
                Some(c) => self.copy(inside, c.len_utf8()),
            }
        }
        self.position += 1;
        Ok(())
    }

    /// Parses arithmetic to its closer; the commands substituted in it are read.
    pub(super) fn arithmetic(&mut self, closer: &str, start: usize) -> Parsed<()> {
        let mut open = 0_usize;
        let mut inside = Building::default();
        loop {
            match self.peek() {
                None => return self.stop(start, "arithmetic is not closed"),
                Some(_) if open == 0 && self.starts(closer) => break,
                Some(')') if open == 0 => {
                    return self.stop(start, "arithmetic, or a subshell in a substitution");
                }
                Some(')' | ']') => open = open.saturating_sub(1),
                Some('(' | '[') => open += 1,
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
        let mut inner = Building::default();
        loop {
            let Some(c) = self.peek() else { return self.stop(start, "a backtick is not closed") };
            let next = self.rest()[c.len_utf8()..].chars().next();
            match (c, next) {
                ('`', _) => break,
                ('\\', Some(next)) => {
                    if "$`\\".contains(next) || (quoted && next == '"') {
                        self.position += 1;
                    } else {
                        self.copy(&mut inner, 1);
                    }
                    self.copy(&mut inner, next.len_utf8());
                }
                _ => {
                    let rest = self.rest();
                    let length = rest.find(['`', '\\']).unwrap_or(rest.len()).max(c.len_utf8());
                    self.copy(&mut inner, length);
                }
            }
        }
        self.position += 1;
        let (text, places) = inner.text.into_parts();
        let first = self.reading.commands.len();
        let capture = self.reading.next_capture();
        let scope = self.reading.open_scope(self.scope, ScopeKind::Subshell);
        self.nested(|parser| {
            let mut nested = Parser::new(&text, places, &super::Fragment::default(), parser.reading);
            nested.depth = parser.depth;
            nested.scope = scope;
            nested.fed = parser.fed;
            nested.input.clone_from(&parser.input);
            nested.posix = parser.posix;
            nested.capture = capture;
            nested.function = parser.function;
            nested.whole()
        })?;
        let commands = first..self.reading.commands.len();
        building.part(Part::Output { commands, capture, quoted, span: self.span(start) });
        Ok(())
    }
}

/// Whether a shell for which a quote has ended before this text can make nothing of it: it meets no further command,
/// and then the end of the script in another quote. (It does so for `$'it\'s'`, which only has one.)
fn is_refused(text: &str) -> bool {
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('"') | None, '\\') => drop(chars.next()),
            (Some('"') | None, '`' | '$') | (None, ';' | '&' | '|' | '\n' | '(' | ')' | '<' | '>') => {
                return false;
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(_) | None, _) => {}
        }
    }
    quote.is_some()
}
