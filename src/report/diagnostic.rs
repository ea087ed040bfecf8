//! Findings as text with the source lines they speak about, in the manner of rustc.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

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

/// One finding as text, ending with a line ending.
pub fn render(finding: &Diagnostic, source: &Source, rendering: Rendering) -> String {
    let level = match finding.severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let path = safe(&source.path().display().to_string());
    // Only the lines around the places are given, so that a finding in a 5 MB plan costs no more than one in a small
    // one.
    let window = window(finding, source);
    let line = source.line_index(window.start) + 1;
    let place = |span: Span| {
        (span.start - window.start).min(window.len())..(span.end - window.start).min(window.len())
    };
    // Masked at the same size, so that what is underlined stays underlined.
    let mask = Mask::default();
    let lines = mask.blank(source.slice(window));
    let mut snippet = Snippet::source(&*lines).path(path.as_str()).line_start(line);
    let mut primary = AnnotationKind::Primary.span(place(finding.span));
    if !finding.label.is_empty() {
        primary = primary.label(safe(&finding.label));
    }
    snippet = snippet.annotation(primary);
    for (span, words) in &finding.related {
        snippet = snippet.annotation(AnnotationKind::Context.span(place(*span)).label(safe(words)));
    }
    let title = level.primary_title(safe(&finding.message)).id(finding.code);
    let mut group: Group<'_> = title.element(snippet);
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(safe(help)));
    }
    let renderer = match rendering {
        Rendering::Styled => Renderer::styled(),
        Rendering::Plain => Renderer::plain(),
    };
    format!("{}\n", renderer.render(&[group]))
}

/// Words with nothing in them that a terminal would act on, and no credential; they may quote a plan. The renderer sees
/// to the source lines itself.
pub fn safe(words: &str) -> String {
    Mask::default()
        .mask(words)
        .replace(|character: char| character.is_control() && character != '\n', "\u{fffd}")
}

/// The lines from the first to the last place that the finding names.
fn window(finding: &Diagnostic, source: &Source) -> Span {
    let whole = finding.related.iter().map(|(span, _)| *span).fold(finding.span, Span::to);
    let first = source.line_with_ending(source.line_index(whole.start));
    let last = source.line_with_ending(source.line_index(whole.end.saturating_sub(1).max(whole.start)));
    let start = if first.start == 0 && source.text().starts_with('\u{feff}') { 3 } else { first.start };
    Span::new(start.min(whole.start), last.end.max(whole.end))
}
