//! Findings as text with the source lines they speak about, in the manner of rustc.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::visible::{safe, same_size};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Source, Span};
use crate::secret::Mask;

/// How findings look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rendering {
    /// With ANSI styles.
    Styled,
    /// Plain text.
    Plain,
}

/// Places that stand further apart than this many lines are shown in pieces of their own.
const APART: usize = 200;

/// One finding as text, ending with a line ending.
pub fn render(finding: &Diagnostic, source: &Source, rendering: Rendering) -> String {
    let related: Vec<(&Source, Span, &str)> =
        finding.related.iter().map(|(span, words)| (source, *span, words.as_str())).collect();
    render_as(finding.code, finding, source, &related, rendering)
}

/// The same under another name, and with related places that may stand in other texts; those of the finding itself do
/// not count.
pub(super) fn render_as(
    code: &str,
    finding: &Diagnostic,
    source: &Source,
    related: &[(&Source, Span, &str)],
    rendering: Rendering,
) -> String {
    let level = match finding.severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let line = |span: Span| source.line_index(span.start);
    let near = |(of, span, _): &&(&Source, Span, &str)| {
        std::ptr::eq(*of, source) && line(*span).abs_diff(line(finding.span)) <= APART
    };
    let marks = related.iter().filter(near).map(|(_, span, words)| (*span, *words));
    let primary = Piece::new(source, Some((finding.span, &finding.label)), marks.collect());
    let apart = related.iter().filter(|place| !near(place));
    let others: Vec<Piece<'_>> =
        apart.map(|(of, span, words)| Piece::new(of, None, vec![(*span, *words)])).collect();
    let title = level.primary_title(safe(&finding.message)).id(code);
    let mut group: Group<'_> = title.element(primary.snippet());
    for piece in &others {
        group = group.element(piece.snippet());
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(safe(help)));
    }
    let renderer = match rendering {
        Rendering::Styled => Renderer::styled(),
        Rendering::Plain => Renderer::plain(),
    };
    format!("{}\n", renderer.render(&[group]))
}

/// A few lines of a source with marks in them. Only the lines around the places are kept, so that a finding in a 5 MB
/// plan costs no more than one in a small one.
struct Piece<'s> {
    path: String,
    line: usize,
    lines: String,
    start: usize,
    primary: Option<(Span, &'s str)>,
    marks: Vec<(Span, &'s str)>,
}

impl<'s> Piece<'s> {
    fn new(source: &Source, primary: Option<(Span, &'s str)>, marks: Vec<(Span, &'s str)>) -> Self {
        let spans = primary.iter().chain(&marks).map(|(span, _)| *span);
        let window = window(spans.reduce(Span::to).unwrap_or_default(), source);
        // Masked at the same size, so that what is underlined stays underlined.
        let mask = Mask::default();
        let lines = mask.blank(source.slice(window));
        Self {
            path: safe(&source.path().display().to_string()),
            line: source.line_index(window.start) + 1,
            lines: same_size(&lines).into_owned(),
            start: window.start,
            primary,
            marks,
        }
    }

    fn snippet(&self) -> Snippet<'_, Annotation<'_>> {
        let size = self.lines.len();
        let place = |span: Span| (span.start - self.start).min(size)..(span.end - self.start).min(size);
        let mut snippet = Snippet::source(self.lines.as_str()).path(self.path.as_str()).line_start(self.line);
        if let Some((span, label)) = self.primary {
            let mut mark = AnnotationKind::Primary.span(place(span));
            if !label.is_empty() {
                mark = mark.label(safe(label));
            }
            snippet = snippet.annotation(mark);
        }
        for (span, words) in &self.marks {
            snippet = snippet.annotation(AnnotationKind::Context.span(place(*span)).label(safe(words)));
        }
        snippet
    }
}

/// The lines from the first to the last byte of a span.
fn window(whole: Span, source: &Source) -> Span {
    let first = source.line_with_ending(source.line_index(whole.start));
    let last = source.line_with_ending(source.line_index(whole.end.saturating_sub(1).max(whole.start)));
    let start = if first.start == 0 && source.text().starts_with('\u{feff}') { 3 } else { first.start };
    Span::new(start.min(whole.start), last.end.max(whole.end))
}
