//! Where a check runs, as sentences say it: `` in `apps/web` ``, "from the repository root", "Working directory: …".

use crate::document::{CodeSpan, Span};

use super::check::Stated;
use super::words::plain;

/// A place that a sentence names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// The root of the repository.
    Root,
    /// A directory below it.
    Below(Stated<String>),
    /// An absolute path that the author's own words call the root of the repository.
    RootAt(Stated<String>),
    /// A path on the author's machine.
    Absolute(Stated<String>),
}

/// Names of the root of the repository.
const ROOT: &[&str] = &[
    "repository root", "repo root", "repository's root", "project root", "workspace root", "root of the repo", "root of the repository",
    "root of this repo", "repo-root", "root directory", "checkout root", "リポジトリルート", "リポジトリのルート", "ルートで", "仓库根", "项目根", "根目录",
    "저장소 루트", "프로젝트 루트", "raíz del repositorio", "raíz del proyecto", "корня репозитория", "корне репозитория", "racine du dépôt",
];

/// Words before a place.
const IN: &[&str] = &["in", "inside", "from", "under", "within", "cd", "cwd", "directory", "dir", "at", "desde", "en", "из", "в", "に", "在", "에서"];

/// The place that a text names. A directory in code wins over "the root", since it is the more exact; an absolute path
/// beside "the root" is what the author calls it.
pub(super) fn named(text: &str, start: usize, code: &[CodeSpan]) -> Option<Place> {
    let lower = plain(text);
    let calls_root = ROOT.iter().any(|name| lower.contains(name));
    for span in code {
        let Some(before) = span.outer.start.checked_sub(start).and_then(|at| text.get(..at)) else { continue };
        if let Some(place) = by_span(before, text, start, span, calls_root) {
            return Some(place);
        }
    }
    if let Some(at) = lower.find("cwd=").filter(|_| code.is_empty()) {
        let path = lower[at + 4..].split([' ', ',', ';']).next().unwrap_or_default();
        if path.starts_with('/') {
            return Some(Place::Absolute(Stated::new(path.to_owned(), Span::new(start, start))));
        }
    }
    calls_root.then_some(Place::Root)
}

/// The place that a value such as that of `Working directory` is.
pub(super) fn stated(value: &str, span: Span) -> Option<Place> {
    let value = value.trim().trim_end_matches(['.', ',']);
    let stated = || Stated::new(value.trim_end_matches('/').to_owned(), span);
    if is_absolute(value) {
        return Some(Place::Absolute(stated()));
    }
    is_directory(value).then(|| Place::Below(stated()))
}

fn by_span(before: &str, text: &str, start: usize, span: &CodeSpan, calls_root: bool) -> Option<Place> {
    let path = span.text.trim().trim_start_matches("cwd=");
    let stated = |path: &str| Stated::new(path.to_owned(), span.inner);
    let words = plain(before);
    let last = words.trim_end_matches([' ', '(', ':', '*', '_', '=']);
    let after_in = IN.iter().any(|word| super::words::rfind_word(last, word).is_some_and(|at| at + word.len() == last.len()))
        || span.text.starts_with("cwd=");
    if is_absolute(path) {
        // Only a path that stands for a place: an argument of a command never stands alone in a span.
        let is_place = !path.contains(' ') && (after_in || calls_root);
        return is_place.then(|| if calls_root { Place::RootAt(stated(path)) } else { Place::Absolute(stated(path)) });
    }
    if !after_in || !is_directory(path) {
        return None;
    }
    let first_in = last.split_whitespace().count() <= 1 || last.ends_with("from") || last.ends_with("inside") || last.ends_with("cd") || last.ends_with("directory");
    let end = span.outer.end.saturating_sub(start);
    let after = plain(text.get(end..).unwrap_or_default());
    let after = after.trim_start();
    // `` in `config` `` may be a module; a slash, or the sentence that is about the place, tells it from one.
    (path.contains('/') && (after.is_empty() || first_in || after.starts_with([',', '.', ':', ';', ')']) || after.starts_with("with") || after.starts_with("and") || after.starts_with("after") || after.starts_with("directory"))
        || (first_in && after.starts_with([',', ':', '.']))
        || after.starts_with("directory")
        || after.starts_with("folder"))
    .then(|| Place::Below(stated(path.trim_end_matches('/'))))
}

/// `/…`, `~/…`, `C:\…`
pub(super) fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.starts_with("~/") || path == "~" || path.get(1..3).is_some_and(|drive| drive == ":\\" || drive == ":/")
}

/// Whether a word can be a directory below the root: no file ending, no way out, nothing that only commands have.
fn is_directory(path: &str) -> bool {
    let plain_bytes = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./@".contains(&byte) || byte >= 0x80);
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    plain_bytes && !path.is_empty() && !last.contains('.') && !path.split('/').any(|part| part == "..") && !path.starts_with('-')
}

/// What an absolute path names below the part of it that is called `repository`; empty for that part itself.
pub(super) fn below<'p>(path: &'p str, repository: &str) -> Option<&'p str> {
    let mut end = 0;
    let mut found = None;
    for part in path.split_inclusive(['/', '\\']) {
        end += part.len();
        if part.trim_end_matches(['/', '\\']) == repository {
            found = Some(end);
        }
    }
    found.map(|end| path[end..].trim_matches(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Source, code_spans};

    fn place(text: &str) -> Option<String> {
        let source = Source::from_bytes("p.md", text.as_bytes().to_vec()).unwrap();
        let line = source.line(0);
        named(text, 0, &code_spans(&source, &[line])).map(|place| match place {
            Place::Root => "root".to_owned(),
            Place::Below(path) => path.value,
            Place::RootAt(path) => format!("root at {}", path.value),
            Place::Absolute(path) => format!("absolute {}", path.value),
        })
    }

    #[test]
    fn a_place_is_read_from_the_words_before_it() {
        for (text, found) in [
            ("Run `mix test` in `apps/web`.", Some("apps/web")),
            ("In `crates/foo`:", Some("crates/foo")),
            ("From `web`, run `npm test`.", Some("web")),
            ("From the repository root, run:", Some("root")),
            ("Run all commands from `/home/me/shop`.", Some("absolute /home/me/shop")),
            ("Run from the repository root (`/home/me/shop`).", Some("root at /home/me/shop")),
            ("All commands assume `cwd=/home/me/shop`", Some("absolute /home/me/shop")),
            ("The parser in `config` reads `src/lib.rs`.", None),
            ("Defined in `src/config.rs`.", None),
        ] {
            assert_eq!(place(text).as_deref(), found, "{text}");
        }
    }

    #[test]
    fn a_path_of_the_author_is_met_by_the_name_of_the_repository() {
        assert_eq!(below("/home/me/shop", "shop"), Some(""));
        assert_eq!(below("/home/me/shop/apps/web/", "shop"), Some("apps/web"));
        assert_eq!(below("/home/me/shop", "web"), None);
    }
}
