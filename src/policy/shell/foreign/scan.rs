//! The strings and names of code in another language, with what stands around them; no language is parsed.

use std::ops::Range;

use crate::policy::names::Names;

/// How far the end of a call or statement is looked for, so that the time stays linear.
pub(super) const LONGEST_CALL: usize = 1024;

/// What stands in quotes.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    pub(super) inside: Range<usize>,
    /// With the quotes and what belongs to them (`rb'…'`).
    pub(super) whole: Range<usize>,
    pub(super) quote: char,
    /// Values are put into it at run time: `f"{x}"`, `` `${x}` ``, `"#{x}"`.
    pub(super) filled: bool,
    /// It has escapes, which are not resolved: `"\x72m"`.
    pub(super) escaped: bool,
}

impl Literal {
    /// It is not what stands there.
    pub(super) fn computed(&self) -> bool {
        self.filled || self.escaped
    }
}

/// Strings and names of a code, in its order.
pub(super) struct Scanned<'t> {
    pub(super) text: &'t str,
    pub(super) strings: Vec<Literal>,
    pub(super) names: Vec<(&'t str, Range<usize>)>,
}

/// What stands before a name: the module or value that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner<'t> {
    None,
    Name(&'t str),
    /// The result of a call, an element, a string.
    Value,
}

/// One argument of a call.
#[derive(Debug, Clone)]
pub(super) enum Argument {
    /// One string.
    Text(Literal),
    /// A list; what is computed is nothing.
    List {
        elements: Vec<Element>,
        open: bool,
    },
    /// It is given by name, and is no list of words: `check=True`.
    Named,
    Other,
}

/// One element of a list of words.
#[derive(Debug, Clone)]
pub(super) enum Element {
    Text(Literal),
    /// The interpreter itself: `sys.executable`.
    Itself,
    Computed,
}

impl<'t> Scanned<'t> {
    /// The string that begins here, with its quotes.
    pub(super) fn string_from(&self, at: usize) -> Option<&Literal> {
        let index = self.strings.partition_point(|literal| literal.whole.start < at);
        self.strings.get(index).filter(|literal| literal.whole.start == at)
    }

    /// One of these names is mentioned.
    pub(super) fn mentions(&self, names: &[&str]) -> bool {
        self.names.iter().any(|(name, _)| names.contains(name))
    }

    /// One of these names is mentioned.
    pub(super) fn mentions_any(&self, names: &Names) -> bool {
        self.names.iter().any(|(name, _)| names.has(name))
    }

    /// What the name that begins here belongs to.
    pub(super) fn owner(&self, start: usize) -> Owner<'t> {
        let before = self.text[..start].trim_end();
        let stripped = ["?.", ".", "::", "->"].iter().find_map(|sign| before.strip_suffix(sign));
        // `os:cmd` is a call in Erlang, `a ? b : c` and `{a: b}` are none: those have blanks.
        let joined = self.text[..start].strip_suffix(':');
        let Some(owner) = stripped.or(joined.filter(|it| it.ends_with(|c: char| c.is_ascii_alphanumeric())))
        else {
            return Owner::None;
        };
        let owner = owner.trim_end();
        let begins = owner
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .map_or(0, |at| at + owner[at..].chars().next().map_or(1, char::len_utf8));
        if begins < owner.len() { Owner::Name(&owner[begins..]) } else { Owner::Value }
    }

    /// Where the arguments of a call begin, if the name that ends here is called.
    pub(super) fn called(&self, end: usize) -> Option<usize> {
        let rest = self.text[end..].trim_start_matches([' ', '\t', '!']);
        rest.starts_with('(').then(|| self.text.len() - rest.len() + 1)
    }

    /// The statement that this place is in.
    pub(super) fn statement(&self, at: usize) -> &'t str {
        let from = self.text.ceil_char_boundary(at.saturating_sub(LONGEST_CALL));
        let to = self.text.floor_char_boundary(at + LONGEST_CALL);
        let start = self.text[from..at].rfind([';', '\n']).map_or(from, |found| from + found + 1);
        let end = self.text[at..to].find([';', '\n']).map_or(to, |found| at + found);
        &self.text[start..end]
    }

    /// The pieces between commas from behind a bracket to the one that closes it, and where that stands.
    pub(super) fn pieces(&self, from: usize) -> Option<(Vec<Range<usize>>, usize)> {
        let (mut start, mut at, mut depth, mut found) = (from, from, 0_usize, Vec::new());
        while let Some(c) = self.text.as_bytes().get(at).filter(|_| at < from + LONGEST_CALL) {
            if let Some(literal) = self.string_from(at) {
                at = literal.whole.end.max(at + 1);
                continue;
            }
            match c {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth == 0 => {
                    if !found.is_empty() || !self.text[start..at].trim().is_empty() {
                        found.push(start..at);
                    }
                    return Some((found, at));
                }
                b')' | b']' | b'}' => depth -= 1,
                b',' if depth == 0 => {
                    found.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// The arguments of the call whose bracket opens before `from`; nothing if it does not close.
    pub(super) fn arguments(&self, from: usize) -> Option<Vec<Argument>> {
        let (pieces, _) = self.pieces(from)?;
        Some(pieces.into_iter().map(|piece| self.argument(piece)).collect())
    }

    /// The strings behind a name that is called without brackets: `system "rm", "-rf"`.
    pub(super) fn behind(&self, end: usize, lisp: bool) -> Vec<Argument> {
        let mut found = Vec::new();
        let skip = |at: usize| self.text.len() - self.text[at..].trim_start_matches([' ', '\t', '\n']).len();
        let mut at = skip(end);
        while let Some(literal) = self.string_from(at) {
            found.push(Argument::Text(literal.clone()));
            at = skip(literal.whole.end);
            match self.text[at..].chars().next() {
                Some(',') => at = skip(at + 1),
                Some('"') if lisp => {}
                None | Some(';' | '}' | ')' | ']') => return found,
                Some(_) if self.text[literal.whole.end..at].contains('\n') => return found,
                Some(_) => {
                    let word = self.text[at..].split(|c: char| !c.is_ascii_alphabetic()).next();
                    if !matches!(word, Some("or" | "and" | "if" | "unless" | "end" | "do")) {
                        found.push(Argument::Other);
                    }
                    return found;
                }
            }
        }
        found.push(Argument::Other);
        found
    }

    fn trimmed(&self, piece: &Range<usize>) -> Range<usize> {
        let text = &self.text[piece.clone()];
        let start = piece.end - text.trim_start().len();
        start..start + text.trim().len()
    }

    fn argument(&self, piece: Range<usize>) -> Argument {
        let mut piece = self.trimmed(&piece);
        let text = &self.text[piece.clone()];
        let word =
            text.len() - text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
        let behind = text[word..].trim_start();
        if word > 0
            && (behind.starts_with('=') && !behind.starts_with("==")
                || behind.starts_with(':') && !behind.starts_with("::"))
        {
            // Another program than the first of the list.
            if matches!(&text[..word], "executable") {
                return Argument::Other;
            }
            if !matches!(&text[..word], "args" | "cmd" | "command") {
                return Argument::Named;
            }
            piece.start = piece.end - behind[1..].trim_start().len();
        }
        // `shlex.split('…')`, `*['a', 'b']`
        let text = &self.text[piece.clone()];
        if let Some(rest) = text.strip_prefix("shlex.split(").and_then(|rest| rest.strip_suffix(')')) {
            piece = piece.end - 1 - rest.len()..piece.end - 1;
        }
        piece.start += usize::from(text.starts_with('*'));
        let rest = |at: usize| self.text[at..piece.end].trim();
        if let Some(literal) = self.string_from(piece.start).filter(|it| it.whole.end <= piece.end) {
            return match rest(literal.whole.end) {
                "" | ".split()" | ".split(' ')" | ".split(\" \")" => Argument::Text(literal.clone()),
                _ => Argument::Other,
            };
        }
        if !self.text[piece.clone()].starts_with(['[', '(']) {
            return if self.text[piece.clone()].starts_with('{') {
                self.options(&piece)
            } else {
                Argument::Other
            };
        }
        let Some((elements, end)) = self.pieces(piece.start + 1).filter(|(_, end)| *end < piece.end) else {
            return Argument::Other;
        };
        let open = match rest(end + 1) {
            "" => false,
            more if more.starts_with('+') || more.starts_with(".concat") => true,
            _ => return Argument::Other,
        };
        let elements = elements.into_iter().filter(|piece| !self.trimmed(piece).is_empty());
        Argument::List { elements: elements.map(|piece| self.element(&piece)).collect(), open }
    }

    /// `{args: ['a', 'b'], cwd: x}`
    fn options(&self, piece: &Range<usize>) -> Argument {
        let pieces = self.pieces(piece.start + 1).map(|(pieces, _)| pieces).unwrap_or_default();
        let words = pieces.into_iter().map(|piece| self.argument(piece));
        words
            .into_iter()
            .find(|argument| matches!(argument, Argument::List { .. }))
            .unwrap_or(Argument::Named)
    }

    fn element(&self, piece: &Range<usize>) -> Element {
        let piece = self.trimmed(piece);
        if matches!(&self.text[piece.clone()], "sys.executable" | "process.execPath" | "process.argv[0]") {
            return Element::Itself;
        }
        let literal = self.string_from(piece.start).filter(|literal| literal.whole.end == piece.end);
        literal.map_or(Element::Computed, |literal| Element::Text(literal.clone()))
    }
}

/// Reads a code to its strings and names.
pub(super) fn scan<'t>(language: &str, text: &'t str) -> Scanned<'t> {
    let mut scanned = Scanned { text, strings: Vec::new(), names: Vec::new() };
    let bytes = text.as_bytes();
    let comment: &[&str] = match language {
        "python" | "ruby" | "perl" | "awk" | "Rscript" | "julia" | "elixir" => &["#"],
        "lua" | "luajit" => &["--"],
        "node" | "bun" | "deno" | "groovy" => &["//"],
        "php" => &["//", "#"],
        _ => &[],
    };
    let lisp = is_lisp(language);
    let dashes = lisp || language == "osascript";
    let mut at = 0;
    while at < bytes.len() {
        let c = bytes[at];
        match c {
            b'"' | b'\'' | b'`'
                if !(c == b'\'' && (lisp || matches!(language, "awk" | "m4"))
                    || c == b'`' && (lisp || language == "m4")) =>
            {
                at = quoted(language, &mut scanned, at);
            }
            // Before the patterns, since `//` begins none; but `\//` ends one that was not taken for one.
            _ if comment.iter().any(|mark| text[at..].starts_with(mark))
                && !text[..at].ends_with('\\')
                && !is_attribute(language, &text[at..]) =>
            {
                let rest = &text[at..];
                let line = rest.find('\n').unwrap_or(rest.len());
                // A tag ends the code, and so the comment, or begins it, so that there was none.
                let tag = |mark: &str| rest[..line].find(mark).filter(|_| language == "php");
                at += tag("<?").or(tag("?>")).unwrap_or(line).max(1);
            }
            b'/' if matches!(language, "perl" | "ruby" | "awk" | "node" | "bun")
                && pattern(text, at).is_some() =>
            {
                at = pattern(text, at).unwrap_or(at + 1);
            }
            // `s/rm -rf/x/` is text, but with `e` its second part is code.
            b's' | b't' | b'y' | b'm' | b'q' if language == "perl" && replacement(text, at).is_some() => {
                at = replacement(text, at).unwrap_or(at + 1);
            }
            // `%x(…)`, `qx{…}`, `%w[…]`
            b'%' | b'q' if matches!(language, "ruby" | "perl") && delimited(text, at).is_some() => {
                let Some((inside, close)) = delimited(text, at) else { break };
                let runs = text[at..].starts_with("%x") || text[at..].starts_with("qx");
                let quote = if runs { '`' } else { '"' };
                let filled = fills(language, quote, &text[inside.clone()]);
                let escaped = text[inside.clone()].contains('\\');
                scanned.strings.push(Literal { inside, whole: at..close, quote, filled, escaped });
                at = close;
            }
            _ if c.is_ascii_alphabetic() || c == b'_' => {
                let rest = &text[at..];
                let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || dashes && c == '-');
                let length = rest.find(ends).unwrap_or(rest.len());
                scanned.names.push((&rest[..length], at..at + length));
                at += length;
            }
            _ => {
                at += 1;
                while at < bytes.len() && !text.is_char_boundary(at) {
                    at += 1;
                }
            }
        }
    }
    scanned
}

/// `#[Pure] fn() => …` of PHP, behind which code goes on.
fn is_attribute(language: &str, rest: &str) -> bool {
    language == "php" && rest.starts_with("#[")
}

/// Languages in which a call begins with its bracket, and a single quote quotes one thing only.
pub(super) fn is_lisp(language: &str) -> bool {
    matches!(language, "emacs" | "guile" | "racket" | "sbcl" | "clojure" | "clj" | "bb" | "janet")
}

/// The string that begins here; gives where it ends.
fn quoted(language: &str, scanned: &mut Scanned<'_>, at: usize) -> usize {
    let (text, bytes) = (scanned.text, scanned.text.as_bytes());
    let quote = char::from(bytes[at]);
    let triple = matches!(language, "python" | "ipython" | "julia" | "elixir")
        && text[at..].starts_with(&quote.to_string().repeat(3));
    let width = if triple { 3 } else { 1 };
    let closing = &text[at..at + width];
    let mut end = at + width;
    while end < bytes.len() && !text[end..].starts_with(closing) {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
        while end < bytes.len() && !text.is_char_boundary(end) {
            end += 1;
        }
    }
    let end = end.min(bytes.len());
    let close = (end + width).min(bytes.len());
    let inside = at + width..end;
    // `f'…'`, `rb"…"`: the letters were taken for a name.
    let mut start = at;
    let (mut kind, mut raw) = (quote, false);
    if matches!(language, "python" | "ipython")
        && let Some((name, range)) = scanned.names.last().cloned()
        && range.end == at
        && name.len() <= 2
        && name.chars().all(|c| "rRbBfFuU".contains(c))
    {
        start = range.start;
        kind = if name.contains(['f', 'F']) { 'f' } else { quote };
        raw = name.contains(['r', 'R']);
        scanned.names.pop();
    }
    let content = text.get(inside.clone()).unwrap_or_default();
    let (filled, escaped) = (fills(language, kind, content), !raw && content.contains('\\'));
    scanned.strings.push(Literal { inside, whole: start..close, quote, filled, escaped });
    close
}

/// Whether values are put into a string at run time.
fn fills(language: &str, quote: char, inside: &str) -> bool {
    match (language, quote) {
        (_, 'f') => inside.contains('{'),
        ("node" | "bun", '`') | ("groovy", '"') | ("julia", '"' | '`') => inside.contains('$'),
        ("ruby" | "elixir" | "crystal", '"' | '`') => inside.contains("#{"),
        ("perl" | "php", '"' | '`') => inside.contains(['$', '@']),
        ("tclsh" | "expect", '"') => inside.contains(['$', '[']),
        _ => false,
    }
}

/// Where a regular expression that begins here ends; nothing where the sign divides.
fn pattern(text: &str, at: usize) -> Option<usize> {
    let before = text[..at].trim_end();
    let word = before.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let opens = before.is_empty()
        || before.ends_with(['(', ',', '=', '~', '!', ';', '{', '}', '&', '|', '?', ':'])
        || matches!(
            word,
            "if" | "unless" | "split" | "and" | "or" | "not" | "grep" | "return" | "print" | "while" | "when"
        );
    if !opens {
        return None;
    }
    let longest = &text[at + 1..text.floor_char_boundary(at + 1 + LONGEST_CALL)];
    let line = longest.split('\n').next().unwrap_or_default();
    let mut escaped = false;
    let end = line.char_indices().find(|(_, c)| {
        let ends = *c == '/' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map(|(length, _)| at + 1 + length + 1)
}

/// Where Perl's `s/…/…/`, `tr/…/…/`, `m/…/` or `qr/…/` ends; nothing if it is none, or if its flags make it code.
fn replacement(text: &str, at: usize) -> Option<usize> {
    let before = text[..at].trim_end();
    if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || "_$@%&>-".contains(c))
        || before.ends_with("->")
        || before.ends_with("sub")
    {
        return None;
    }
    let (sign, parts) = [("s", 2), ("tr", 2), ("y", 2), ("m", 1), ("qr", 1)]
        .into_iter()
        .find(|(sign, _)| text[at..].starts_with(sign))?;
    let open = text[at + sign.len()..].chars().next()?;
    if open.is_alphanumeric() || open.is_whitespace() || "_=,;)>.-".contains(open) {
        return None;
    }
    let close = match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        other => other,
    };
    let mut end = at + sign.len() + open.len_utf8();
    for part in 0..parts {
        if part > 0 && open != close {
            end += text[end..].find(open)? + open.len_utf8();
        }
        let mut escaped = false;
        let (length, _) = text[end..].char_indices().take(LONGEST_CALL).find(|(_, c)| {
            let ends = *c == close && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        })?;
        end += length + close.len_utf8();
    }
    let flags = text[end..].split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    // `(?{ code })` and `@{[ code ]}` run inside as well.
    let runs = ["?{", "@{", "${"].iter().any(|mark| text[at..end].contains(mark));
    (!runs && !flags.contains('e')).then_some(end + flags.len())
}

/// `%x(…)` and its like: the inside, and where it ends.
fn delimited(text: &str, at: usize) -> Option<(Range<usize>, usize)> {
    let rest = &text[at..];
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let signs = ["%x", "%q", "%Q", "%w", "%W", "qx", "qq", "qw", "q"];
    let sign = signs.into_iter().find(|sign| rest.starts_with(sign))?;
    let open = rest[sign.len()..].chars().next()?;
    let close = match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        '/' | '|' | '!' => open,
        _ => return None,
    };
    let start = at + sign.len() + open.len_utf8();
    let length = text[start..].find(close)?;
    Some((start..start + length, start + length + close.len_utf8()))
}
