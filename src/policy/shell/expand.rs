//! Expands words as far as constants tell it: braces, variables, parameters and the output of simple commands.

use std::ops::Range;

use super::environment::{Environment, Value, Variable};
use super::part::{Parameter, Part, Sign};
use super::text::Text;
use super::{Outer, SimpleCommand, Word};

/// The most alternatives of one word, and the most words that braces make of one.
const ALTERNATIVES: usize = 16;
const BRACED: usize = 64;
/// The longest text that constants are put together to.
const LONGEST: usize = 1 << 16;

/// The commands of the fragment that is read, to which the parts of its words refer.
#[derive(Clone, Copy)]
pub(super) struct Level<'a> {
    pub(super) parsed: &'a [SimpleCommand],
    pub(super) base: usize,
    pub(super) environment: &'a Environment,
}

/// A word in the making.
#[derive(Clone, Default)]
struct Field {
    text: Text,
    exists: bool,
    /// A part is not known: the text before the first.
    prefix: Option<String>,
    variable: Option<(String, usize)>,
    splits: bool,
    globbed: bool,
    resolved: Vec<Outer>,
}

impl Level<'_> {
    /// The command with this number in the parts of words.
    pub(super) fn command(&self, index: usize) -> Option<&SimpleCommand> {
        self.parsed.get(index.checked_sub(self.base)?)
    }

    /// What a word may become: alternatives, each of any number of words. A word of which nothing is known stays.
    pub(super) fn expand(&self, word: &Word) -> Vec<Vec<Word>> {
        let Some(parts) = &word.parts else { return vec![vec![word.clone()]] };
        let Some(variants) = braces(parts) else { return vec![vec![word.clone()]] };
        let mut alternatives: Vec<Vec<Word>> = vec![Vec::new()];
        let single = variants.len() == 1;
        for variant in variants {
            let Some(found) = self.fields(&variant, word, single) else { return vec![vec![self.kept(word)]] };
            let mut next = Vec::new();
            for before in &alternatives {
                for fields in &found {
                    next.push(before.iter().chain(fields).cloned().collect::<Vec<_>>());
                }
            }
            if next.len() > ALTERNATIVES {
                return vec![vec![word.clone()]];
            }
            alternatives = next;
        }
        alternatives
    }

    /// A word of which nothing is known, but for the directory that it lies in.
    fn kept(&self, word: &Word) -> Word {
        let mut kept = word.clone();
        let parts = word.parts.as_deref().unwrap_or_default();
        match parts {
            [Part::Output { commands, capture, .. }] if self.says(commands, *capture, is_pwd) => {
                kept.variable = Some(("PWD".to_owned(), String::new()));
            }
            [Part::Output { commands, capture, .. }, Part::Literal(rest)]
                if self.says(commands, *capture, is_pwd) =>
            {
                kept.variable = Some(("PWD".to_owned(), rest.as_str().to_owned()));
            }
            _ => {
                kept.directory = self.directory(parts);
                if let Some((name, rest)) = &mut kept.variable
                    && let Some(start) = self.environment.variables.get(name).and_then(|it| it.start.as_ref())
                    && (rest.is_empty() || rest.starts_with('/'))
                {
                    (*name, *rest) = (super::START.to_owned(), format!("{start}{rest}"));
                }
            }
        }
        kept
    }

    /// What stands behind the directory in which the script began, where that is what a word begins with: `$PWD/a`.
    pub(super) fn start(&self, parts: &[Part]) -> Option<String> {
        let (first, rest) = match parts {
            [first] => (first, ""),
            [first, Part::Literal(rest)] if rest.as_str().starts_with('/') => (first, rest.as_str()),
            _ => return None,
        };
        let here = !self.environment.moved && !self.environment.is_set("PWD");
        let start = match first {
            Part::Output { commands, capture, .. } if self.says(commands, *capture, is_pwd) => {
                here.then_some("")
            }
            Part::Parameter(parameter) if parameter.plain() && parameter.name == "PWD" => here.then_some(""),
            Part::Parameter(parameter) if parameter.plain() => {
                self.environment.variables.get(&parameter.name).and_then(|variable| variable.start.as_deref())
            }
            Part::Literal(_)
            | Part::Parameter(_)
            | Part::Output { .. }
            | Part::Process { .. }
            | Part::Brace(_)
            | Part::Unknown { .. } => None,
        };
        start.map(|start| format!("{start}{rest}"))
    }

    /// The directory in which a computed word lies, if that is known.
    pub(super) fn lies_in(&self, word: &Word) -> Option<String> {
        self.directory(word.parts.as_deref()?)
    }

    /// The directory in which a word lies whose computed parts have no slash and are not empty: numbers and dates.
    fn directory(&self, parts: &[Part]) -> Option<String> {
        const NUMBERS: [&str; 6] = ["RANDOM", "SECONDS", "EPOCHSECONDS", "UID", "PPID", "BASHPID"];
        let mut path = String::new();
        for part in parts {
            match part {
                Part::Literal(text) => path.push_str(text.as_str()),
                Part::Parameter(parameter)
                    if parameter.plain()
                        && NUMBERS.contains(&parameter.name.as_str())
                        && !self.environment.is_set(&parameter.name) =>
                {
                    path.push('\0');
                }
                Part::Parameter(parameter) if self.entry(parameter).is_some() => {
                    let directory = self.entry(parameter).unwrap_or_default();
                    if !(directory.is_empty() || path.is_empty()) {
                        return None;
                    }
                    path.push_str(&directory);
                    path.push('\0');
                }
                Part::Output { commands, capture, .. } if self.says(commands, *capture, is_date) => {
                    path.push('\0');
                }
                Part::Parameter(_)
                | Part::Output { .. }
                | Part::Process { .. }
                | Part::Brace(_)
                | Part::Unknown { .. } => return None,
            }
        }
        let (before, _) = path.split_once('\0')?;
        let directory = match before.rsplit_once('/') {
            Some(("", _)) => "/",
            Some((directory, _)) => directory,
            None => ".",
        };
        // `$d..` is one where the loop is over `src/*/`.
        let up = path.split('/').any(|component| component.trim_start_matches('\0') == "..");
        (!up && !before.starts_with('~')).then(|| directory.to_owned())
    }

    /// The directory, with a slash, in which the entry lies that a parameter of a loop over a pattern stands for:
    /// `$f`, `${f%.in}`; none for its name alone, `${f##*/}`.
    fn entry(&self, parameter: &Parameter) -> Option<String> {
        let within = self.environment.variables.get(&parameter.name)?.within.as_ref()?;
        let argument = parameter.argument.text.as_deref().unwrap_or_default();
        let ending = !argument.contains(['/', '*', '?', '[']) && !argument.is_empty();
        let plain = !parameter.indirect && !parameter.all && parameter.subscript.is_none();
        match parameter.operator.as_str() {
            "" if plain => Some(format!("{within}/")),
            "%" if plain && ending => Some(format!("{within}/")),
            "%%" if plain && (ending || argument == ".*" && !within.contains('.')) => {
                Some(format!("{within}/"))
            }
            "##" if plain && argument == "*/" => Some(String::new()),
            _ => None,
        }
    }

    /// Whether a substitution is one command of these words.
    fn says(&self, commands: &Range<usize>, capture: usize, is: fn(&[&str]) -> bool) -> bool {
        let mut own = commands.clone().filter_map(|index| self.command(index));
        let (Some(command), None) = (own.next(), own.next()) else { return false };
        let words: Option<Vec<&str>> = command.words.iter().map(|word| word.text.as_deref()).collect();
        command.capture == capture
            && command.redirections.is_empty()
            && command.assignments.is_empty()
            && words.is_some_and(|words| is(&words))
    }

    /// The one constant text of a word, if there is no other.
    pub(super) fn constant(&self, word: &Word) -> Option<Text> {
        if word.parts.is_none() {
            return word.text.as_ref().map(|text| Text::copied(text, &word.places));
        }
        let alternatives = self.expand(word);
        let [fields] = alternatives.as_slice() else { return None };
        let [only] = fields.as_slice() else { return fields.is_empty().then(Text::default) };
        only.text.as_ref().map(|text| Text::copied(text, &only.places))
    }

    /// Every text that a word may become as one, and whether there may be others.
    pub(super) fn values(&self, word: &Word, name: &str) -> (Vec<Value>, bool) {
        let quoted = |part: &Part| match part {
            Part::Parameter(parameter) => Part::Parameter(Parameter { quoted: true, ..parameter.clone() }),
            Part::Output { commands, capture, span, .. } => Part::Output {
                commands: commands.clone(),
                capture: *capture,
                quoted: true,
                span: span.clone(),
            },
            other => other.clone(),
        };
        // The value of an assignment is not split.
        let whole = Word {
            parts: word.parts.as_ref().map(|parts| parts.iter().map(quoted).collect()),
            ..word.clone()
        };
        let mut open = false;
        let mut values = Vec::new();
        for fields in self.expand(&whole) {
            match fields.as_slice() {
                [] => values.push(Value::text("", None)),
                [only] if only.text.is_some() => {
                    let text = only.text.clone().unwrap_or_default();
                    let origin = super::environment::link(name, &text, &word.span);
                    values.push(Value::text(text, Some(origin)));
                }
                _ => open = true,
            }
        }
        (values, open)
    }

    /// The alternatives of one word after its braces; nothing if nothing of it is known, or there are too many.
    fn fields(&self, parts: &[Part], word: &Word, single: bool) -> Option<Vec<Vec<Word>>> {
        let mut alternatives = vec![vec![Field::default()]];
        let mut known = !single;
        for part in parts {
            match part {
                Part::Brace(_) => return None,
                Part::Literal(text) => {
                    for fields in &mut alternatives {
                        let last = last(fields);
                        last.text.append(text);
                        last.exists = true;
                    }
                }
                Part::Process { .. } => each_unknown(&mut alternatives, false, None),
                Part::Unknown { splits, .. } => each_unknown(&mut alternatives, *splits, None),
                Part::Output { commands, capture, quoted, span } => match self.output(commands, *capture) {
                    Some(text) => {
                        known = true;
                        let trimmed = text.as_str().trim_end_matches('\n').to_owned();
                        let value =
                            Variable { values: vec![Value::text(trimmed, None)], ..Variable::default() };
                        alternatives = self.with(&alternatives, &value, *quoted, false, span, None)?;
                    }
                    None => each_unknown(&mut alternatives, !quoted, None),
                },
                Part::Parameter(parameter) => {
                    let value = self.parameter(parameter);
                    known |= !value.values.is_empty();
                    let plain = parameter.plain().then_some(parameter.name.as_str());
                    alternatives = self.with(
                        &alternatives,
                        &value,
                        parameter.quoted,
                        parameter.all,
                        &parameter.span,
                        plain,
                    )?;
                }
            }
        }
        if !known {
            return None;
        }
        let finished = alternatives.into_iter().map(|fields| {
            let alone = fields.len() == 1 && single;
            fields.into_iter().filter_map(|field| field.finish(word, alone)).collect()
        });
        Some(finished.collect())
    }

    /// Each alternative with each value put behind it.
    fn with(
        &self,
        alternatives: &[Vec<Field>],
        variable: &Variable,
        quoted: bool,
        all: bool,
        span: &Range<usize>,
        name: Option<&str>,
    ) -> Option<Vec<Vec<Field>>> {
        let mut result = Vec::new();
        for fields in alternatives {
            for value in &variable.values {
                let mut fields = fields.clone();
                if self.put(&mut fields, value, quoted, all, span).is_none() {
                    unknown(last(&mut fields), true, name);
                }
                result.push(fields);
            }
            if variable.open || variable.values.is_empty() {
                let mut fields = fields.clone();
                unknown(last(&mut fields), !quoted || all, name);
                result.push(fields);
            }
        }
        let short = result.iter().flatten().all(|field| field.text.as_str().len() <= LONGEST);
        (result.len() <= ALTERNATIVES && short).then_some(result)
    }

    /// Puts a value behind the last field; nothing if it is split in a way that is not known.
    fn put(
        &self,
        fields: &mut Vec<Field>,
        value: &Value,
        quoted: bool,
        all: bool,
        span: &Range<usize>,
    ) -> Option<()> {
        let texts: Vec<&str> =
            if all { value.words.iter().map(String::as_str).collect() } else { vec![value.first()] };
        let separators = if quoted { String::new() } else { self.environment.separators()? };
        for (index, text) in texts.iter().enumerate() {
            if index > 0 {
                fields.push(Field::default());
            }
            let mut pieces: Vec<&str> =
                if quoted { vec![text] } else { text.split(|c| separators.contains(c)).collect() };
            if !quoted {
                // Blanks at the ends and between make no empty words.
                let blank = |piece: &&str| piece.is_empty();
                let (first, last) = (pieces.first().is_some_and(blank), pieces.last().is_some_and(blank));
                let many = pieces.len() > 1;
                pieces.retain(|piece| !piece.is_empty());
                if many && first {
                    pieces.insert(0, "");
                }
                if many && last {
                    pieces.push("");
                }
            }
            for (index, piece) in pieces.iter().enumerate() {
                if index > 0 {
                    fields.push(Field::default());
                }
                let field = last(fields);
                field.text.push_decoded(piece, span);
                field.exists |= quoted || !piece.is_empty();
                field.globbed |= !quoted && piece.contains(['*', '?', '[']);
                if let Some(origin) = value.origin.as_ref().filter(|_| !piece.is_empty()) {
                    field.resolved.push(origin.clone());
                }
            }
        }
        if texts.is_empty() && quoted {
            // `"$@"` without parameters is no word at all.
            last(fields).exists |= false;
        }
        Some(())
    }

    /// What a parameter's expansion may be.
    fn parameter(&self, parameter: &Parameter) -> Variable {
        let nothing = Variable { open: true, ..Variable::default() };
        let mut variable = self.base(parameter);
        if parameter.indirect {
            let [only] = variable.values.as_slice() else { return nothing };
            variable = self.environment.variable(only.first());
        }
        let argument = &*parameter.argument;
        let values = |level: &Self| {
            let (values, open) = level.values(argument, &parameter.name);
            Variable { values, open, ..Variable::default() }
        };
        match parameter.operator.as_str() {
            "" | ":?" | "?" => variable,
            ":-" | "-" | ":=" | "=" => {
                let empty = parameter.operator.starts_with(':')
                    && variable.values.iter().any(|value| value.words.iter().all(String::is_empty));
                if variable.open || empty {
                    let other = values(self);
                    variable.open |= other.open;
                    variable.values.retain(|value| !empty || !value.first().is_empty());
                    variable.values.extend(other.values);
                }
                variable
            }
            ":+" | "+" => {
                let mut other = values(self);
                if variable.open {
                    other.values.push(Value::text("", None));
                }
                other
            }
            operator => {
                let Some(argument) = self.constant(argument) else { return nothing };
                let change = |value: &Value| {
                    let changed = changed(value.first(), operator, argument.as_str())?;
                    Some(Value { words: vec![changed], ..value.clone() })
                };
                let changed: Option<Vec<Value>> = variable.values.iter().map(change).collect();
                changed.map_or(nothing, |values| Variable {
                    values,
                    open: variable.open,
                    ..Variable::default()
                })
            }
        }
    }

    /// The value before an operator changes it.
    fn base(&self, parameter: &Parameter) -> Variable {
        let unknown = Variable { open: true, ..Variable::default() };
        let name = parameter.name.as_str();
        if matches!(name, "@" | "*") || name.starts_with(|c: char| c.is_ascii_digit()) {
            let Some(positional) = &self.environment.positional else { return unknown };
            let words: Option<Vec<String>> = positional.iter().map(|word| word.text.clone()).collect();
            let span = positional.first().map_or(parameter.span.clone(), |word| word.span.clone());
            let Ok(number) = name.parse::<usize>() else {
                // `$0` is not one of them.
                let words = words.map(|words| words.into_iter().skip(1).collect::<Vec<_>>());
                let array = |words: Vec<String>| {
                    let origin = super::environment::link(name, &words.join(" "), &span);
                    Value { words, array: true, origin: Some(origin) }
                };
                return words
                    .map_or(unknown, |words| Variable { values: vec![array(words)], ..Variable::default() });
            };
            return match positional.get(number) {
                Some(Word { text: Some(text), span, .. }) => {
                    let origin = super::environment::link(name, text, span);
                    Variable { values: vec![Value::text(text.clone(), Some(origin))], ..Variable::default() }
                }
                Some(_) => unknown,
                None => Variable { values: vec![Value::text("", None)], ..Variable::default() },
            };
        }
        let variable = self.environment.variable(name);
        let Some(subscript) = &parameter.subscript else { return variable };
        if parameter.all {
            return variable;
        }
        let index = subscript.text.as_deref().and_then(|text| text.parse::<usize>().ok());
        let Some(index) = index else { return unknown };
        let element = |value: &Value| Value {
            words: value.words.get(index).cloned().into_iter().collect(),
            array: false,
            origin: value.origin.clone(),
        };
        Variable {
            values: variable.values.iter().map(element).collect(),
            open: variable.open,
            ..Variable::default()
        }
    }
}

/// `pwd`
fn is_pwd(words: &[&str]) -> bool {
    matches!(words, ["pwd"] | ["pwd", "-L" | "-P"])
}

/// A `date` in a form without slashes.
fn is_date(words: &[&str]) -> bool {
    // The directives of dates and times that are made of letters and digits in every locale.
    let plain = |form: &str| {
        let mut parts = form.split('%');
        let literal = parts.next().unwrap_or_default();
        let directive = |part: &str| part.starts_with(|c| "FTYmdHMSNsjyUuVGzCeI".contains(c));
        !form.is_empty() && !literal.contains('/') && parts.all(|part| directive(part) && !part.contains('/'))
    };
    matches!(words, ["id", "-u" | "-g" | "-un" | "-gn"] | ["nproc" | "hostname" | "whoami"])
        || matches!(words, ["date", rest @ ..] if rest.iter().any(|word| word.strip_prefix('+').is_some_and(plain)))
}

fn last(fields: &mut Vec<Field>) -> &mut Field {
    if fields.is_empty() {
        fields.push(Field::default());
    }
    let index = fields.len() - 1;
    &mut fields[index]
}

fn each_unknown(alternatives: &mut [Vec<Field>], splits: bool, name: Option<&str>) {
    for fields in alternatives {
        unknown(last(fields), splits, name);
    }
}

/// A part that is not known.
fn unknown(field: &mut Field, splits: bool, name: Option<&str>) {
    if field.prefix.is_none() {
        field.prefix = Some(field.text.as_str().to_owned());
        field.variable =
            name.filter(|_| field.text.is_empty()).map(|name| (name.to_owned(), field.text.as_str().len()));
    } else {
        field.variable = None;
    }
    field.exists = true;
    field.splits |= splits;
}

impl Field {
    fn finish(self, word: &Word, alone: bool) -> Option<Word> {
        if !self.exists {
            return None;
        }
        let (text, places) = self.text.into_parts();
        let span = if alone || text.is_empty() { word.span.clone() } else { places.span(0..text.len()) };
        let globbed = self.globbed || word.globbed && text.contains(['*', '?', '[']);
        let base = Word { span, globbed, tilde: word.tilde, resolved: self.resolved, ..Word::default() };
        Some(match self.prefix {
            None => Word { text: Some(text), places, ..base },
            Some(prefix) => {
                let variable = self.variable.map(|(name, at)| (name, text[at..].to_owned()));
                Word { text: None, prefix, variable, splits: self.splits, ..base }
            }
        })
    }
}

/// `${x#a}`, `${x/a/b}`, `${x^^}`, `${x:1:2}` for constant texts; nothing for patterns.
fn changed(value: &str, operator: &str, argument: &str) -> Option<String> {
    let plain = |pattern: &str| !pattern.contains(['*', '?', '[', '\\']);
    match operator {
        "#" | "##" if plain(argument) => Some(value.strip_prefix(argument).unwrap_or(value).to_owned()),
        "%" | "%%" if plain(argument) => Some(value.strip_suffix(argument).unwrap_or(value).to_owned()),
        "/" | "//" => {
            let (from, to) = argument.split_once('/').unwrap_or((argument, ""));
            (plain(from) && !from.is_empty())
                .then(|| if operator == "/" { value.replacen(from, to, 1) } else { value.replace(from, to) })
        }
        "^^" if argument.is_empty() => Some(value.to_uppercase()),
        ",," if argument.is_empty() => Some(value.to_lowercase()),
        "^" | "," if argument.is_empty() => {
            let mut rest = value.chars();
            let first = rest
                .next()
                .map(|c| if operator == "^" { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() });
            Some(first.into_iter().chain(rest).collect())
        }
        ":" => {
            let (from, length) = match argument.split_once(':') {
                Some((from, length)) => (from, Some(length.trim().parse::<usize>().ok()?)),
                None => (argument, None),
            };
            let rest = value.chars().skip(from.trim().parse::<usize>().ok()?);
            Some(rest.take(length.unwrap_or(usize::MAX)).collect())
        }
        _ => None,
    }
}

/// What braces make of the parts; nothing if that is too much.
fn braces(parts: &[Part]) -> Option<Vec<Vec<Part>>> {
    let Some(open) = parts.iter().position(|part| matches!(part, Part::Brace(Sign::Open))) else {
        return Some(vec![parts.to_vec()]);
    };
    let (mut depth, mut cuts, mut close) = (0_usize, vec![open], None);
    for (index, part) in parts.iter().enumerate().skip(open) {
        match part {
            Part::Brace(Sign::Open) => depth += 1,
            Part::Brace(Sign::Comma) if depth == 1 => cuts.push(index),
            Part::Brace(Sign::Close) => {
                depth -= 1;
                if depth == 0 {
                    close = Some(index);
                    break;
                }
            }
            _ => {}
        }
    }
    let close = close?;
    let mut inner: Vec<Vec<Part>> = Vec::new();
    if let ([_], [Part::Literal(text)]) = (cuts.as_slice(), &parts[open + 1..close]) {
        let range = sequence(text.as_str())?;
        inner.extend(range.into_iter().map(|one| vec![Part::Literal(Text::decoded(&one, &text.span()))]));
    } else {
        cuts.push(close);
        for pair in cuts.windows(2) {
            inner.extend(braces(&parts[pair[0] + 1..pair[1]])?);
        }
    }
    let rest = braces(&parts[close + 1..])?;
    if inner.len() * rest.len() > BRACED {
        return None;
    }
    let before = &parts[..open];
    let joined = inner.iter().flat_map(|middle| {
        rest.iter().map(move |after| before.iter().chain(middle).chain(after).cloned().collect())
    });
    Some(joined.collect())
}

/// `1..5`, `a..e`.
fn sequence(text: &str) -> Option<Vec<String>> {
    let (from, to) = text.split_once("..")?;
    if let (Ok(from), Ok(to)) = (from.parse::<i32>(), to.parse::<i32>()) {
        let (low, high) = (from.min(to), from.max(to));
        return (i64::from(high) - i64::from(low) < 64).then(|| {
            let numbers = (low..=high).map(|number| number.to_string());
            if from <= to { numbers.collect() } else { numbers.rev().collect() }
        });
    }
    let mut one = from.chars();
    let mut other = to.chars();
    match (one.next(), one.next(), other.next(), other.next()) {
        (Some(from), None, Some(to), None) if from.is_ascii_alphabetic() && to.is_ascii_alphabetic() => {
            let (low, high) = (from.min(to), from.max(to));
            Some((low..=high).map(String::from).collect())
        }
        _ => None,
    }
}
