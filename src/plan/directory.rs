//! Where a check runs, as sentences say it: `` in `apps/web` ``, "from the repository root", "Working directory: …".

use std::collections::HashMap;

use crate::document::{CodeSpan, Span};

use super::check::Stated;
use super::words::{RUN, find, has_word, plain, rfind_word, says};

/// A place that a sentence names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// The root of the repository.
    Root,
    /// A directory below it.
    Below(Stated<String>),
    /// An absolute path that the author's own words call the root of the repository.
    RootAt(Stated<String>),
    /// An absolute path above a list of commands that nothing tells from the root: it is where the author has the
    /// checkout, far more often than a place beside it.
    Checkout(Stated<String>),
    /// A path on the author's machine.
    Absolute(Stated<String>),
}

/// Names of the root of the repository.
const ROOT: &[&str] = &[
    "repository root",
    "repo root",
    "repository's root",
    "project root",
    "workspace root",
    "root of the repo",
    "root of the repository",
    "root of this repo",
    "repo-root",
    "root directory",
    "checkout root",
    "リポジトリルート",
    "リポジトリのルート",
    "ルートで",
    "仓库根",
    "项目根",
    "根目录",
    "저장소 루트",
    "프로젝트 루트",
    "raíz del repositorio",
    "raíz del proyecto",
    "корня репозитория",
    "корне репозитория",
    "racine du dépôt",
];

/// Words before a place.
const IN: &[&str] = &[
    "in",
    "inside",
    "from",
    "under",
    "within",
    "cd",
    "cwd",
    "directory",
    "dir",
    "at",
    "desde",
    "en",
    "из",
    "в",
    "に",
    "在",
    "에서",
];

/// Words by which a place is that of what a command leaves behind.
const WRITES: &[&str] = phrases! {
    "writes", "write", "written", "creates", "created", "produces", "generates", "generated", "saves", "saved",
    "stores", "stored", "exists", "exist", "emits", "lands", "appear", "appears", "found", "leaves", "left", "defined",
    "lives", "located", "puts", "present", "copies", "moves", "installs", "is", "are", "see", "covers", "covered",
    "removes", "removed", "lists", "listed", "contains", "scans", "searches", "reads", "shows", "checks",
};

/// Words of a sentence that says where commands run, though none stands before the place.
const WORKS: &[&str] = phrases! {
    "command", "commands", "work", "working", "works", "cd", "cwd", "directory", "dir", "folder", "shell", "terminal",
    "everything", "steps", "checks", "tests", "validation", "start", "launch", "once", "then", "stay", "use",
};

/// Words that may stand between a command and the place where it runs: "`make` passes in `web/`". What says more speaks of
/// another place: "`make` succeeds; the bundle is in `build/`".
const BETWEEN: &[&str] = phrases! {
    "a", "again", "and", "both", "cd", "cwd", "desde", "dir", "directory", "en", "executed", "folder", "from", "green",
    "here", "in", "inside", "is", "it", "must", "of", "once", "our", "pass", "passes", "root", "run", "runs", "should",
    "succeed", "succeeds", "the", "then", "this", "to", "under", "when", "where", "with", "within", "working", "your",
    "at", "executes", "cleanly", "successfully", "green,", "locally", "invoked", "из", "в",
};

/// Folders in the root of a file system that hold a checkout themselves.
const CHECKOUTS: &[&str] =
    &["app", "build", "code", "project", "repo", "root", "src", "tmp", "work", "workspace"];

/// Words behind a place, where commands follow.
const IN_BEHIND: &[&str] = &[
    "で `",
    "で、`",
    "ディレクトリで",
    "配下で",
    "下で `",
    "에서 `",
    "에서, `",
    "디렉터리에서",
    "目录下",
    "目录中",
];

/// The place that a text names. A directory in code wins over "the root", since it is the more exact; an absolute path
/// beside "the root" is what the author calls it.
pub(super) fn named(text: &str, start: usize, code: &[CodeSpan<'_>]) -> Option<Place> {
    // Every text of a plan passes here, and few speak of a place.
    let may_name_root = !text.is_ascii() || find(text, "oot").is_some() || find(text, "cwd=").is_some();
    let lower = if may_name_root { plain(text) } else { String::new() };
    let calls_root = may_name_root && ROOT.iter().any(|name| lower.contains(name));
    // Once for all code of a text, which can be much.
    let is_foreign = !text.is_ascii();
    for (index, span) in code.iter().enumerate() {
        let Some(before) = span.outer.start.checked_sub(start).and_then(|at| text.get(..at)) else {
            continue;
        };
        // A place stands before its command where the word for "in" stands behind it.
        let leads = is_foreign
            && code.get(index + 1).is_some_and(|next| super::inline::looks_like_command(&next.text, false));
        if let Some(place) = by_span(before, text, start, span, (calls_root, leads)) {
            return Some(place);
        }
    }
    if let Some(at) = find(&lower, "cwd=").filter(|_| code.is_empty()) {
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

fn by_span(
    before: &str,
    text: &str,
    start: usize,
    span: &CodeSpan<'_>,
    (calls_root, leads): (bool, bool),
) -> Option<Place> {
    /// How much of the text around a span is looked at, in bytes: a word or two.
    const NEAR: usize = 60;
    let path = span.text.trim();
    let path = path.strip_prefix("cwd=").unwrap_or(path);
    let stated = |path: &str| Stated::new(path.to_owned(), span.inner);
    if !is_absolute(path) && !is_directory(path) {
        return None;
    }
    let words = plain(&before[before.ceil_char_boundary(before.len().saturating_sub(NEAR))..]);
    let last = words.trim_end_matches([' ', '(', ':', '*', '_', '=']);
    let ends_with = |word: &&str| {
        last.ends_with(*word) && rfind_word(last, word).is_some_and(|at| at + word.len() == last.len())
    };
    let after_in = IN.iter().any(ends_with) || span.text.starts_with("cwd=");
    // What stands between a command and this, if a command stands before it in the sentence.
    let own = last.rsplit('`').next().unwrap_or(last);
    let own = own.rsplit(". ").next().unwrap_or(own);
    let behind_span =
        own.len() < last.len() && last.ends_with(own) && last[..last.len() - own.len()].ends_with('`');
    let is_between = |word: &str| {
        let word = word.trim_matches(|sign: char| sign.is_ascii_punctuation());
        word.is_empty() || !word.is_ascii() || BETWEEN.contains(&word)
    };
    // What parentheses add to the command stands between, too: "`a` (or `b` if need be) inside `web`".
    let between = own.rsplit_once(')').map_or(own, |(_, rest)| rest);
    if behind_span && (own.contains([';', ':']) || !between.split_whitespace().all(is_between)) {
        return None;
    }
    if is_absolute(path) {
        // `/health` is what a server answers at, and no folder.
        let alone = path.strip_prefix('/').is_some_and(|rest| !rest.trim_end_matches('/').contains('/'));
        if alone && !CHECKOUTS.contains(&path.trim_matches('/')) {
            return None;
        }
        // Only a path that stands for a place: an argument of a command never stands alone in a span.
        let is_place = !path.contains(' ') && (after_in || calls_root);
        return is_place
            .then(|| if calls_root { Place::RootAt(stated(path)) } else { Place::Absolute(stated(path)) });
    }
    // In Japanese and Korean the word stands behind: `` `apps/web` で `make` を実行する ``.
    let behind = leads.then(|| text.get(span.outer.end.saturating_sub(start)..)).flatten();
    if behind.is_some_and(|rest| IN_BEHIND.iter().any(|word| rest.trim_start().starts_with(word)))
        && !super::shape::is_familiar(path)
    {
        return Some(Place::Below(stated(path.trim_end_matches('/'))));
    }
    if !after_in {
        return None;
    }
    // "Writes files under `out/`" says where they go, and not where the command runs.
    if has_word(own, WRITES) {
        return None;
    }
    // Nor does "The log names a path under `out/`", a sentence without a command and without a word for running one.
    if !behind_span && last.split_whitespace().count() > 1 && !has_word(own, RUN) && !has_word(own, WORKS) {
        return None;
    }
    let first_in = last.split_whitespace().count() <= 1
        || last.ends_with("from")
        || last.ends_with("inside")
        || last.ends_with("cd")
        || last.ends_with("directory");
    let end = span.outer.end.saturating_sub(start);
    let after = text.get(end..).unwrap_or_default();
    let after = plain(&after[..after.floor_char_boundary(NEAR)]);
    let after = after.trim_start();
    // `` in `config` `` may be a module; a slash, or the sentence that is about the place, tells it from one.
    (path.contains('/')
        && (after.is_empty()
            || first_in
            || after.starts_with([',', '.', ':', ';', ')'])
            || after.starts_with("with")
            || after.starts_with("and")
            || after.starts_with("after")
            || after.starts_with("directory"))
        || (first_in && after.starts_with([',', ':', '.']))
        || after.starts_with("directory")
        || after.starts_with("folder"))
    .then(|| Place::Below(stated(path.trim_end_matches('/'))))
}

/// `/…`, `~/…`, `C:\…`
pub(super) fn is_absolute(path: &str) -> bool {
    path.starts_with('/')
        || path.starts_with("~/")
        || path == "~"
        || path.get(1..3).is_some_and(|drive| drive == ":\\" || drive == ":/")
}

/// Whether a word can be a directory below the root: no file ending, no way out, nothing that only commands have.
fn is_directory(path: &str) -> bool {
    let plain_bytes =
        path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./@".contains(&byte) || byte >= 0x80);
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    plain_bytes
        && !path.is_empty()
        && !last.contains('.')
        // `Makefile`, `Dockerfile`
        && !last.ends_with("file")
        && !path.split('/').any(|part| part == "..")
        && !path.starts_with('-')
}

/// What tells the root of the repository in a path of the author's machine.
pub(super) struct Roots<'d> {
    /// Names that the repository is known by.
    names: Vec<&'d str>,
    text: &'d str,
    /// The one absolute path that the plan itself says all commands run from, once it was looked for.
    stated: std::cell::OnceCell<(Option<&'d str>, Option<&'d str>)>,
    /// Whether each part that was asked for is a word of the plan.
    words: HashMap<String, bool>,
}

impl<'d> Roots<'d> {
    /// The roots that a plan speaks of, of a repository that may be known by a name.
    pub(super) fn new(name: Option<&'d str>, text: &'d str) -> Self {
        Self {
            names: name.into_iter().collect(),
            text,
            stated: std::cell::OnceCell::new(),
            words: HashMap::new(),
        }
    }

    /// What an absolute path names below the root of the repository; empty for the root itself.
    ///
    /// A part of the path is the root if it has the repository's name. That is what the workspace is called, or what the
    /// plan calls the project in its own words: a plan with `./shop serve` in it that runs from `/home/me/shop` is about
    /// the repository `shop`, whatever its reader has called the checkout.
    pub(super) fn below<'p>(&mut self, path: &'p str, own: bool) -> Option<&'p str> {
        let mut end = 0;
        let parts: Vec<(&str, usize)> = path
            .split_inclusive(['/', '\\'])
            .map(|part| {
                end += part.len();
                (part.trim_end_matches(['/', '\\']), end)
            })
            .filter(|(part, _)| !part.is_empty())
            .collect();
        let named = parts.iter().rev().find(|(part, _)| self.names.contains(part)).map(|(_, end)| *end);
        // What the plan calls the place of all its commands is the checkout, whatever a folder above it is called.
        if named.is_none()
            && let Some(root) = self.stated_root(own)
            && let Some(rest) = path.strip_prefix(root)
            && (rest.is_empty() || rest.starts_with(['/', '\\']))
        {
            return Some(rest.trim_matches(['/', '\\']));
        }
        let last = parts.len().saturating_sub(1);
        let found = named.or_else(|| {
            // The outermost, since `shop/shop-web` lies in `shop`.
            let mut all = parts.iter().enumerate().skip(1);
            all.find(|(index, (part, _))| (*index == last || !is_common(part)) && self.is_word(part))
                .map(|(_, (_, end))| *end)
        })?;
        Some(path[found..].trim_matches(['/', '\\']))
    }

    /// Where the plan itself has its checkout: what it says that all commands run from, else what holds every place that its
    /// commands run in, else what it calls the repository. A field of the schema that names its own place (`own`) is no
    /// witness for where all others run.
    fn stated_root(&self, own: bool) -> Option<&'d str> {
        let (said, held) = self.stated.get_or_init(|| {
            let all = places_of_commands(self.text);
            let of = |kinds: &[For]| -> Vec<&str> {
                all.iter().filter(|(named, _)| kinds.contains(named)).map(|(_, path)| *path).collect()
            };
            let is_lasting = |root: &&str| {
                !PASSING.iter().any(|place| root.starts_with(place)) && root.matches(['/', '\\']).count() > 1
            };
            let said = outermost(&of(&[For::All])).or_else(|| {
                let called = of(&[For::Repository]);
                let first = *called.first()?;
                called.iter().all(|path| *path == first).then_some(first)
            });
            (said, outermost(&of(&[For::All, For::One])).filter(is_lasting))
        });
        if own { *said } else { held.or(*said) }
    }

    /// Whether the plan uses a part of a path as a word, outside of paths.
    fn is_word(&mut self, part: &str) -> bool {
        /// How many different parts are looked for: each takes a pass over the plan.
        const MOST: usize = 32;
        if let Some(known) = self.words.get(part) {
            return *known;
        }
        if self.words.len() >= MOST || part.len() < 2 {
            return false;
        }
        let joined = |character: char| {
            character.is_alphanumeric() || matches!(character, '/' | '_' | '-' | '\\' | '~')
        };
        let found = self.text.match_indices(part).any(|(at, _)| {
            let before = &self.text[..at];
            let after = self.text[at + part.len()..].chars().next();
            // `./shop` runs the project's own program.
            let starts = before.ends_with("./") && !before.ends_with("../")
                || before.chars().next_back().is_none_or(|before| !joined(before));
            starts && after.is_none_or(|after| !joined(after))
        });
        self.words.insert(part.to_owned(), found);
        found
    }
}

/// Places that nobody has a checkout in for good.
const PASSING: &[&str] = &["/tmp", "/var", "/etc", "/usr", "/opt", "/dev", "/proc", "/private"];

/// What an absolute path in a plan is named for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// For all commands: "run all commands from".
    All,
    /// For the next ones: `cd /home/me/shop`, "From `/home/me/shop`, run".
    One,
    /// As the repository: "the repository is at".
    Repository,
}

/// The absolute paths that a plan has for its commands or its repository, in code or behind `cd`.
fn places_of_commands(text: &str) -> Vec<(For, &str)> {
    /// How much of the text before and behind a path is looked at, in bytes.
    const NEAR: usize = 80;
    /// The longest path that is looked for, in bytes.
    const LONGEST: usize = 200;
    const ALL: &[&str] = &[
        "commands run from",
        "commands from",
        "commands are run from",
        "commands in",
        "repository root",
        "repo root",
        "work from",
        "working from",
        "выполняются из",
    ];
    /// Labels of a place, which may be that of the next commands only.
    const LABELS: &[&str] = &[
        "working directory",
        "作業ディレクトリ",
        "工作目录",
        "工作目錄",
        "작업 디렉터리",
        "작업 디렉토리",
        "рабочий каталог",
        "рабочая директория",
        "directorio de trabajo",
        "répertoire de travail",
        "arbeitsverzeichnis",
        "diretório de trabalho",
    ];
    const REPOSITORY: &[&str] = &["repository is", "repository at"];
    const FROM: &[&str] = &["from", "desde", "depuis", "из", "a partir de", "aus"];
    let code = text.match_indices('`').filter_map(|(at, _)| {
        let end = text.floor_char_boundary(at + 1 + LONGEST);
        let path = text.get(at + 1..end)?.split('`').next()?;
        if !is_absolute(path) || path.contains(char::is_whitespace) {
            return None;
        }
        let before = &text[text.ceil_char_boundary(at.saturating_sub(NEAR))..at];
        let before = before.rsplit('\n').next().unwrap_or(before);
        let before = plain(before.rsplit(". ").next().unwrap_or(before));
        let before = before.trim_start_matches(|mark: char| {
            mark.is_ascii_punctuation() || mark == ' ' || mark.is_ascii_digit()
        });
        let stated = if says(before, ALL) {
            For::All
        } else if FROM.contains(&before.trim_end()) || says(before, LABELS) {
            For::One
        } else if says(before, REPOSITORY) {
            For::Repository
        } else {
            return None;
        };
        Some((stated, path.trim_end_matches(['/', '\\'])))
    });
    let starts = |at: usize| {
        // No further back than the blanks and prompts: a line may be as long as the plan.
        let line = text[..at].trim_end_matches([' ', '\t', '>', '$', '%']);
        line.is_empty() || line.ends_with('\n') || text[..at].ends_with('`') || text[..at].ends_with("&& ")
    };
    let entered = text.match_indices("cd ").filter(|(at, _)| starts(*at)).filter_map(|(at, _)| {
        let path = &text[at + 3..];
        let end = path.find([' ', '\n', '`', ';', '&', '"', '\'', '\r']).unwrap_or(path.len());
        is_absolute(&path[..end]).then(|| (For::One, path[..end].trim_end_matches(['/', '\\'])))
    });
    code.chain(entered).collect()
}

/// The one of some paths that holds all others, if there is one.
fn outermost<'p>(paths: &[&'p str]) -> Option<&'p str> {
    let root = paths.iter().copied().min_by_key(|path| path.len())?;
    let inside = |path: &&str| {
        path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '\\']))
    };
    paths.iter().all(inside).then_some(root)
}

/// Names of folders that hold other people's folders, and say nothing of a project unless they are the last.
fn is_common(part: &str) -> bool {
    matches!(
        part.to_ascii_lowercase().as_str(),
        "users"
            | "home"
            | "root"
            | "data"
            | "files"
            | "desktop"
            | "documents"
            | "workspace"
            | "workspaces"
            | "work"
            | "src"
            | "code"
            | "projects"
            | "project"
            | "repos"
            | "repo"
            | "dev"
            | "git"
            | "github.com"
            | "tmp"
            | "var"
            | "opt"
            | "mnt"
            | "go"
            | "app"
            | "user"
            | "development"
    )
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
            Place::RootAt(path) | Place::Checkout(path) => format!("root at {}", path.value),
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
            ("Running `make seed` writes files under `data/`.", None),
            ("`web` で `npm test` を実行する。", Some("web")),
            ("`npm` で `web` を見る。", None),
            ("The parser in `config` reads `src/lib.rs`.", None),
            ("Defined in `src/config.rs`.", None),
        ] {
            assert_eq!(place(text).as_deref(), found, "{text}");
        }
    }

    #[test]
    fn a_path_of_the_author_is_met_by_the_name_of_the_repository() {
        let mut stated =
            Roots::new(None, "The repository is the crate at `/home/me/bazaar/bazaar-core`, of bazaar.");
        assert_eq!(stated.below("/home/me/bazaar/bazaar-core/src", true), Some("src"));
        let mut roots = Roots::new(Some("shop"), "It runs ./bazaar and reads /home/me/mall.");
        for (path, below) in [
            ("/home/me/shop", Some("")),
            ("/home/me/shop/apps/web/", Some("apps/web")),
            ("/Users/you/code/bazaar/bazaar-web", Some("bazaar-web")),
            ("/home/me/mall", None),
            ("/tmp/x", None),
        ] {
            assert_eq!(roots.below(path, false), below, "{path}");
        }
    }
}
