//! What commands print, where constants tell it: `echo`, `printf`, `cat` of a here-document, `base64 -d`, `which`.

use std::ops::Range;

use super::expand::Level;
use super::text::Text;
use super::{RedirectionKind, SimpleCommand, program};

/// Programs that fetch what another machine has.
const DOWNLOADERS: [&str; 16] = [
    "aria2c", "curl", "curlie", "elinks", "fetch", "ftp", "http", "https", "links", "lynx", "nc", "ncat",
    "netcat", "w3m", "wget", "xh",
];

/// Programs after whose name the output is that of their input.
const FILTERS: [&str; 3] = ["cat", "tee", "pv"];

/// Whether a program fetches what another machine has.
pub(super) fn downloads(program: &str) -> bool {
    DOWNLOADERS.contains(&program)
}

impl Level<'_> {
    /// What these commands print together: those on the level of the capture whose output goes to no other of them.
    pub(super) fn output(&self, commands: &Range<usize>, capture: usize) -> Option<Text> {
        let mut whole = Text::default();
        let printing = self.printing(commands, capture);
        // `$(< file)` is the file.
        if let [only] = printing.as_slice()
            && let Some(command) = self.command(*only)
            && command.words.is_empty()
            && command.assignments.is_empty()
            && command.redirections.iter().any(super::Redirection::feeds)
        {
            return self.input(command);
        }
        for index in printing {
            whole.append(&self.printed(index)?);
        }
        Some(whole)
    }

    fn printing(&self, commands: &Range<usize>, capture: usize) -> Vec<usize> {
        let own = |index: &usize| self.command(*index).is_some_and(|command| command.capture == capture);
        let feeds = |index: &usize| {
            commands.clone().any(|other| {
                let input = self.command(other).and_then(|command| command.input.as_ref());
                input.is_some_and(|input| input.contains(index) && commands.start <= input.start)
            })
        };
        // A long pipeline would be looked at again for each of its commands.
        if commands.len() > 64 {
            return vec![usize::MAX];
        }
        commands.clone().filter(own).filter(|index| !feeds(index)).collect()
    }

    /// The standard input of a command.
    pub(super) fn input(&self, command: &SimpleCommand) -> Option<Text> {
        if let Some(redirection) = command.redirections.iter().rev().find(|redirection| redirection.feeds()) {
            return match redirection.kind {
                RedirectionKind::HereDocument => self.constant(&redirection.target),
                RedirectionKind::HereString => {
                    let mut text = self.constant(&redirection.target)?;
                    text.push_decoded("\n", &redirection.target.span);
                    Some(text)
                }
                RedirectionKind::Input => {
                    if let Some([super::part::Part::Process { commands, capture, reads: true, .. }]) =
                        redirection.target.parts.as_deref()
                    {
                        return self.output(commands, *capture);
                    }
                    match self
                        .environment
                        .files
                        .get(&*super::interpret::file(&self.constant(&redirection.target)?))
                    {
                        Some(super::environment::Content::Known(text)) => Some(text.clone()),
                        _ => None,
                    }
                }
                RedirectionKind::Output | RedirectionKind::InputOutput | RedirectionKind::Duplicate => None,
            };
        }
        self.output(command.input.as_ref()?, command.capture)
    }

    /// Whether a word is put together from what another machine says.
    pub(super) fn fetches(&self, word: &super::Word) -> bool {
        use super::part::Part;
        word.parts.iter().flat_map(|parts| parts.iter()).any(|part| match part {
            Part::Output { commands, .. } | Part::Process { commands, .. } => self.remote(commands),
            Part::Parameter(parameter) => self.environment.remote.contains(&parameter.name),
            Part::Literal(_) | Part::Brace(_) | Part::Unknown { .. } => false,
        })
    }

    /// Whether what a command reads comes from another machine.
    pub(super) fn remote(&self, commands: &Range<usize>) -> bool {
        commands.clone().any(|index| {
            let Some(command) = self.command(index) else { return false };
            let named = command
                .words
                .iter()
                .any(|word| word.text.as_deref().is_some_and(|text| downloads(program::normalised(text))));
            let texts = || command.words.iter().filter_map(|word| word.text.as_deref());
            // `gh api repos/…/contents/x.sh`
            let asks = texts().next() == Some("gh") && texts().nth(1) == Some("api");
            named
                || asks
                || command
                    .input
                    .as_ref()
                    .is_some_and(|input| input.start < commands.start && self.remote(input))
        })
    }

    fn printed(&self, index: usize) -> Option<Text> {
        self.printed_by(self.command(index)?)
    }

    /// What `printf` makes of its format and values.
    pub(super) fn formatted(&self, words: &[super::Word]) -> Option<Text> {
        let texts: Option<Vec<Text>> = words.iter().map(|word| self.constant(word)).collect();
        printf(&texts?)
    }

    /// What one command prints.
    #[expect(clippy::match_same_arms, reason = "each row is a case of its own")]
    pub(super) fn printed_by(&self, command: &SimpleCommand) -> Option<Text> {
        if command.redirections.iter().any(|it| it.writes && it.fd.unwrap_or(1) == 1) {
            return if command.redirections.iter().any(|it| it.kind == RedirectionKind::Output) {
                Some(Text::default())
            } else {
                None
            };
        }
        let mut words = Vec::new();
        for word in command.words.iter() {
            let alternatives = self.expand(word);
            let [fields] = alternatives.as_slice() else { return None };
            for field in fields {
                let text = field.text.as_ref().filter(|_| !field.globbed)?;
                words.push(Text::copied(text, &field.places));
            }
        }
        let Some((name, arguments)) = words.split_first() else { return Some(Text::default()) };
        let named = program::normalised(name.as_str());
        let operands: Vec<&Text> =
            arguments.iter().filter(|word| !word.as_str().starts_with('-') || word.as_str() == "-").collect();
        let flag = |names: &[&str]| arguments.iter().any(|word| names.contains(&word.as_str()));
        match named {
            ":" | "true" | "cd" | "set" | "export" | "local" | "declare" | "shopt" | "umask" => {
                Some(Text::default())
            }
            "echo" => echo(arguments),
            "printf" => printf(arguments),
            "tee" => self.input(command),
            "pv" => self.input(command),
            _ if FILTERS.contains(&named) && operands.iter().all(|word| word.as_str() == "-") => {
                self.input(command)
            }
            "cat" => match (
                operands.as_slice(),
                self.environment.files.get(&*super::interpret::file(operands.first()?)),
            ) {
                ([_], Some(super::environment::Content::Known(text))) => Some(text.clone()),
                ([word], _) if word.as_str() == "/dev/stdin" => self.input(command),
                _ => None,
            },
            "base64" if flag(&["-d", "-D", "--decode", "-di", "-id"]) && operands.is_empty() => {
                let input = self.input(command)?;
                let text = String::from_utf8(base64(input.as_str())?).ok()?;
                Some(Text::decoded(&text, &input.span()))
            }
            "xxd" if flag(&["-r"]) && flag(&["-p", "-ps"]) || flag(&["-rp", "-pr"]) => {
                let input = self.input(command)?;
                let text = String::from_utf8(hex(input.as_str())?).ok()?;
                Some(Text::decoded(&text, &input.span()))
            }
            "rev" if operands.is_empty() => {
                let input = self.input(command)?;
                let lines = input.as_str().lines().map(|line| line.chars().rev().collect::<String>() + "\n");
                Some(Text::decoded(&lines.collect::<String>(), &input.span()))
            }
            "which" if operands.len() == 1 => Some(line(operands[0])),
            "type" if flag(&["-p", "-P"]) && operands.len() == 1 => Some(line(operands[0])),
            "command" if flag(&["-v"]) && operands.len() == 1 => Some(line(operands[0])),
            _ => None,
        }
    }
}

fn line(word: &Text) -> Text {
    let mut text = word.clone();
    text.push_decoded("\n", &word.span());
    text
}

fn echo(arguments: &[Text]) -> Option<Text> {
    let (mut newline, mut escapes, mut from) = (true, false, 0);
    for word in arguments {
        let letters = word
            .as_str()
            .strip_prefix('-')
            .filter(|letters| !letters.is_empty() && letters.chars().all(|c| "neE".contains(c)));
        let Some(letters) = letters else { break };
        newline &= !letters.contains('n');
        escapes |= letters.contains('e');
        from += 1;
    }
    let mut text = Text::default();
    for (index, word) in arguments[from..].iter().enumerate() {
        if index > 0 {
            text.push_decoded(" ", &(word.span().start..word.span().start));
        }
        if escapes && word.as_str().contains('\\') {
            text.push_decoded(&unescaped(word.as_str())?, &word.span());
        } else {
            text.append(word);
        }
    }
    if newline {
        let end = text.span().end;
        text.push_decoded("\n", &(end..end));
    }
    Some(text)
}

/// The format with its escapes and `%s`; nothing for other directives.
fn printf(arguments: &[Text]) -> Option<Text> {
    let from = usize::from(arguments.first().is_some_and(|word| word.as_str() == "--"));
    let (format, values) = arguments.get(from..)?.split_first()?;
    if format.as_str().starts_with('-') {
        return None;
    }
    let mut text = Text::default();
    let mut values = values.iter();
    loop {
        let before = values.len();
        let (mut at, places, whole) = (0, format.places(), format.as_str());
        while at < whole.len() {
            let rest = &whole[at..];
            if let Some(directive) = rest.strip_prefix('%') {
                let kind = directive.chars().next()?;
                match kind {
                    '%' => text.push("%", &places, at),
                    's' | 'b' | 'q' | 'd' => {
                        if let Some(value) = values.next() {
                            if kind == 'b' && value.as_str().contains('\\') {
                                text.push_decoded(&unescaped(value.as_str())?, &value.span());
                            } else {
                                text.append(value);
                            }
                        }
                    }
                    _ => return None,
                }
                at += 1 + kind.len_utf8();
            } else if rest.as_bytes().first() == Some(&b'\\') {
                // Up to the next escape or directive.
                let next = rest.char_indices().skip(2).find(|(_, c)| matches!(c, '\\' | '%'));
                let until = next.map_or(rest.len(), |(at, _)| at);
                let piece = rest.get(..until)?;
                text.push_decoded(&unescaped(piece)?, &places.span(at..at + piece.len()));
                at += piece.len();
            } else {
                let length = rest.find(['%', '\\']).unwrap_or(rest.len());
                text.push(&rest[..length], &places, at);
                at += length;
            }
        }
        // The format is used again for what is left.
        if values.len() == 0 || values.len() == before {
            return Some(text);
        }
    }
}

/// The escapes of `echo -e` and of formats.
fn unescaped(text: &str) -> Option<String> {
    let quoted = format!("{}'", text.replace('\'', "\\x27").replace("\\0", "\\"));
    let decoded = super::ansi::decode(&quoted)?;
    Some(decoded.pieces?.into_iter().map(|piece| piece.text).collect())
}

/// RFC 4648, 4; blanks do not count.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for c in text.bytes().filter(|c| !c.is_ascii_whitespace()) {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Some(bytes)
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    Some(
        digits
            .chunks(2)
            .map(|pair| (pair.iter().fold(0, |value, digit| value * 16 + digit) & 0xff) as u8)
            .collect(),
    )
}
