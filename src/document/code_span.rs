//! Code spans, found by the CommonMark rule in the lines of one leaf block.
//!
//! comrak's inline positions are not reliable after reference definitions, half-used tabs and `\|` in table cells,
//! and it loses spans after an unmatched longer backtick run; so the spans that planproof acts on are scanned here
//! (<https://spec.commonmark.org/0.31.2/#code-spans>).

use std::borrow::Cow;
use std::collections::HashMap;

use smallvec::{SmallVec, smallvec};

use super::{Source, Span};

/// Code spans of one text. Most have one or none.
pub type CodeSpans<'s> = SmallVec<[CodeSpan<'s>; 1]>;

/// One code span of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSpan<'s> {
    /// The span with its backticks.
    pub outer: Span,
    /// The bytes between the backticks.
    pub inner: Span,
    /// What it says: line endings are blanks, one blank at each end is dropped where both are there.
    pub text: Cow<'s, str>,
}

/// The code spans in `lines`, which are the lines of one leaf block without their container prefixes.
/// Takes time linear in the number of bytes.
pub fn code_spans<'s>(source: &'s Source, lines: &[Span]) -> CodeSpans<'s> {
    // Most lines have no code at all.
    if lines.iter().all(|line| memchr::memchr(b'`', source.slice(*line).as_bytes()).is_none()) {
        return CodeSpans::new();
    }
    let Marks { runs, opened, closed } = marks(source, lines);
    let closers = closers(&runs);
    let mut spans = CodeSpans::new();
    let (mut opened, mut closed) = (opened.into_iter().peekable(), closed.into_iter().peekable());
    let mut index = 0;
    let mut end = 0;
    while index < runs.len() {
        let run = &runs[index];
        // Code and comments bind equally tightly: the one that starts first wins, and what starts inside is text.
        while opened.next_if(|&start| start < end).is_some() {}
        if let Some(start) = opened.next_if(|&start| start < run.span.start) {
            while closed.next_if(|&close| close <= start).is_some() {}
            // Without an end it is no comment.
            if let Some(&close) = closed.peek() {
                end = close;
                while runs.get(index).is_some_and(|run| run.span.start < end) {
                    index += 1;
                }
            }
            continue;
        }
        match (run.opens, closers[index]) {
            (true, Some(last)) => {
                let inner = Span::new(run.span.end, runs[last].span.start);
                spans.push(CodeSpan {
                    outer: run.span.to(runs[last].span),
                    inner,
                    text: text_of(source, lines, inner),
                });
                end = runs[last].span.end;
                index = last + 1;
            }
            _ => index += 1,
        }
    }
    spans
}

/// For each run the next one of its length.
fn closers(runs: &[Run]) -> SmallVec<[Option<usize>; 2]> {
    /// Runs up to this length, which are nearly all, are not looked up in a map.
    const SHORT: usize = 8;
    // A line of one code span, as most lines with code are.
    if let [open, close] = runs {
        return smallvec![(open.len() == close.len()).then_some(1), None];
    }
    let mut short = [None; SHORT];
    let mut long: HashMap<usize, usize> = HashMap::new();
    let mut found: SmallVec<[Option<usize>; 2]> = smallvec![None; runs.len()];
    for (index, run) in runs.iter().enumerate().rev() {
        found[index] = match short.get_mut(run.len()) {
            Some(next) => next.replace(index),
            None => long.insert(run.len(), index),
        };
    }
    found
}

/// The code spans that start in `line`, of those in one block.
pub fn spans_in<'c, 's>(code: &'c [CodeSpan<'s>], line: Span) -> &'c [CodeSpan<'s>] {
    let from = code.partition_point(|span| span.outer.start < line.start);
    let to = code.partition_point(|span| span.outer.start < line.end);
    &code[from..to.max(from)]
}

/// The code span that holds a byte, of those in one block.
pub fn span_holding<'c, 's>(code: &'c [CodeSpan<'s>], offset: usize) -> Option<&'c CodeSpan<'s>> {
    let before = code.partition_point(|span| span.outer.start <= offset);
    before.checked_sub(1).map(|index| &code[index]).filter(|span| offset < span.outer.end)
}

/// A run of backticks. One that follows a backslash cannot open a span with its first backtick, but can close one.
struct Run {
    span: Span,
    opens: bool,
}

impl Run {
    fn len(&self) -> usize {
        self.span.len()
    }
}

/// What bounds code spans and HTML comments in some lines.
struct Marks {
    runs: SmallVec<[Run; 2]>,
    /// Where `<!--` starts.
    opened: Vec<usize>,
    /// One past each `-->`.
    closed: Vec<usize>,
}

/// All runs of backticks and all ends of HTML comments, whose text no reader sees and no command may come from.
///
/// A run after an unescaped backslash is literal as an opener: `` \`a` `` has no span. (CommonMark escapes only its
/// first backtick; the rest of a longer run may still open, which is not worth its own case: the run then opens
/// nothing here, and a command in it is missed rather than invented.)
fn marks(source: &Source, lines: &[Span]) -> Marks {
    let mut marks = Marks { runs: SmallVec::new(), opened: Vec::new(), closed: Vec::new() };
    for line in lines {
        let bytes = source.slice(*line).as_bytes();
        let is_escaped =
            |at: usize| bytes[..at].iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1;
        // One past the last run.
        let mut end = 0;
        for at in memchr::memchr3_iter(b'`', b'<', b'-', bytes) {
            match bytes[at] {
                b'`' if at < end => {}
                b'`' => {
                    end = at + bytes[at..].iter().take_while(|&&byte| byte == b'`').count();
                    let span = Span::new(line.start + at, line.start + end);
                    marks.runs.push(Run { span, opens: !is_escaped(at) });
                }
                b'<' if bytes[at..].starts_with(b"<!--") && !is_escaped(at) => {
                    marks.opened.push(line.start + at);
                }
                b'-' if bytes[at..].starts_with(b"-->") => marks.closed.push(line.start + at + 3),
                _ => {}
            }
        }
    }
    marks
}

/// The decoded text of the bytes in `inner`, which may reach over several lines.
fn text_of<'s>(source: &'s Source, lines: &[Span], inner: Span) -> Cow<'s, str> {
    let first = lines.partition_point(|line| line.end < inner.start);
    if lines.get(first).is_some_and(|line| line.start <= inner.start && inner.end <= line.end) {
        return Cow::Borrowed(without_one_blank(source.slice(inner)));
    }
    let pieces: Vec<&str> = lines[first..]
        .iter()
        .take_while(|line| line.start <= inner.end)
        .map(|line| {
            source.slice(Span::new(line.start.max(inner.start), line.end.min(inner.end).max(inner.start)))
        })
        .collect();
    Cow::Owned(without_one_blank(&pieces.join(" ")).to_owned())
}

/// A text without one blank at each end, where both are there and it is not all blanks.
fn without_one_blank(text: &str) -> &str {
    let stripped = text.strip_prefix(' ').and_then(|rest| rest.strip_suffix(' '));
    stripped.filter(|_| text.bytes().any(|byte| byte != b' ')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let source = Source::from_bytes("p.md", text.as_bytes().to_vec()).unwrap();
        let lines: Vec<Span> = (0..source.line_count()).map(|line| source.line(line)).collect();
        code_spans(&source, &lines).into_iter().map(|span| span.text.into_owned()).collect()
    }

    #[test]
    fn a_span_ends_at_a_run_of_the_same_length() {
        assert_eq!(texts("run ``a ` b`` and `c`"), ["a ` b", "c"]);
    }

    #[test]
    fn an_unmatched_longer_run_does_not_swallow_later_spans() {
        assert_eq!(texts("Use ``` fences. Run `make test` and expect `ok`."), ["make test", "ok"]);
    }

    #[test]
    fn one_blank_at_each_end_is_dropped_and_a_line_ending_is_a_blank() {
        assert_eq!(texts("` a `, `  `, `b\nc`"), ["a", "  ", "b c"]);
    }

    #[test]
    fn an_escaped_backtick_opens_nothing() {
        assert_eq!(texts("\\`a` `b`"), [" "]);
    }

    #[test]
    fn nothing_in_a_comment_is_code() {
        assert_eq!(texts("a <!-- `hidden` --> `shown` <!-- `x\n` --> `too`"), ["shown", "too"]);
        assert_eq!(texts("`<!--` is text, `a`, `-->`"), ["<!--", "a", "-->"]);
        assert_eq!(texts("an open <!-- `a`"), ["a"]);
        assert_eq!(texts("`<!--` <!-- `x` --> `y`"), ["<!--", "y"]);
    }

    #[test]
    fn ten_thousand_different_lengths_take_linear_time() {
        let text: String = (1..2000).map(|length| "`".repeat(length) + " ").collect();
        assert!(texts(&text).is_empty());
    }
}
