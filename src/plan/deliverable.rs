//! Deliverables: every path that a milestone promises must exist.

use crate::document::{Document, Span, span_holding};

use super::check::Stated;
use super::draft::Draft;
use super::extract::Reader;
use super::field::Field;
use super::found_by::FoundBy;
use super::refusal::Refusal;
use super::script;

impl Reader<'_, '_, '_> {
    /// Every path that a milestone promises is a built-in check: it must exist in the workspace.
    pub(super) fn deliverables(&mut self, field: &Field) {
        if field.is_empty() {
            self.extractor.findings.push(crate::plan::empty_field(self.document, field));
            return;
        }
        let paths = paths(self.document, field);
        if paths.is_empty() && field.code.is_empty() {
            let span = field.value_span(self.document);
            let draft = Draft::manual(span, FoundBy::Deliverable, Refusal::NoPath);
            self.begin(draft, format!("deliverables: {}", field.text(self.document)));
        }
        for code in field.code.iter().filter(|code| !is_inside(&code.text)) {
            let draft = Draft::manual(code.inner, FoundBy::Deliverable, Refusal::NotPlainPath);
            self.begin(draft, format!("deliverable `{}` exists", code.text));
        }
        for path in paths {
            let Ok(quoted) = shlex::try_quote(&path.value) else { continue };
            let step = script::one_step(&format!("test -e {quoted}"), path.span);
            let title = format!("deliverable `{}` exists", path.value);
            self.begin(Draft::deliverable(step, path.value), title);
        }
    }
}

/// The paths that a `Deliverables` field names, in code or in plain words.
fn paths(document: &Document, field: &Field) -> Vec<Stated<String>> {
    let source = document.source();
    // In code one word is a file, such as `Makefile`; in plain words it has to look like one.
    let spans = field.code.iter().filter(|code| is_inside(&code.text));
    let spans = spans.map(|code| Stated::new(code.text.to_string(), code.inner));
    let words = field.lines.iter().flat_map(|line| {
        let text = source.slice(*line);
        text.split_whitespace().map(move |word| {
            let clean = word.trim_matches(['(', ')', ',', ';', '"', '\'', '*']).trim_end_matches(['.', ':']);
            let start = line.start + (clean.as_ptr() as usize - text.as_ptr() as usize);
            Stated::new(clean.to_owned(), Span::new(start, start + clean.len()))
        })
    });
    let in_code = |span: Span| span_holding(&field.code, span.start).is_some();
    let mut paths: Vec<Stated<String>> =
        spans.chain(words.filter(|word| !in_code(word.span) && names_a_file(&word.value))).collect();
    paths.sort_by_key(|path| path.span);
    paths
}

/// Whether a word can be a path inside the workspace: nothing of a URL, a glob, or a way out.
fn is_inside(word: &str) -> bool {
    let plain =
        word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./@+".contains(&byte) || byte >= 0x80);
    plain
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !word.starts_with(['/', '~', '-'])
        && !word.split('/').any(|part| part == "..")
}

/// Whether a word in plain text is such a path: it has a folder or a file ending, and is no abbreviation and no
/// version number.
fn names_a_file(word: &str) -> bool {
    let ending =
        word.rsplit('/').next().and_then(|name| name.rsplit_once('.')).is_some_and(|(stem, ending)| {
            !stem.is_empty()
                && (1..=8).contains(&ending.len())
                && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && ending.bytes().any(|byte| byte.is_ascii_lowercase())
        });
    let folder = word.contains('/') && word.len() > 2;
    is_inside(word) && (ending || folder) && !matches!(word, "e.g" | "i.e" | "and/or" | "n/a" | "N/A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliverables_are_paths_not_words() {
        for path in ["src/schema.rs", "migrations/001_create.sql", "README.md", "docs/", "Makefile.am"] {
            assert!(names_a_file(path), "{path}");
        }
        for word in
            ["schema", "e.g", "and/or", "v1.2", "/etc/passwd", "../x.rs", "~/x.md", "https://a.b/c", "src/**"]
        {
            assert!(!names_a_file(word), "{word}");
        }
    }
}
