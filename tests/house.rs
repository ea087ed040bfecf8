//! The rules of the house that no compiler checks: who may import whom, who may print, how a file begins.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The rooms in the order in which data goes through them; each may import from those to its left, and what stands in
/// one group does not know each other.
const ROOMS: [&[&str]; 7] = [
    &["diagnostic", "document"],
    &["expectation", "secret"],
    &["plan"],
    &["policy"],
    &["run"],
    &["record", "convert", "report"],
    &["cli"],
];

/// Exceptions to the order, each with its reason.
const ALSO: [(&str, &str); 1] = [
    // A finding has a span, and reading a document has findings.
    ("diagnostic", "document"),
];

/// A Rust file with its text, comments taken out.
struct File {
    path: PathBuf,
    room: String,
    text: String,
    code: String,
}

fn files(folder: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_owned();
                let room = path.iter().nth(1).unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
                found.push(File { code: code(&text), path, room, text });
            }
        }
    }
    found.sort_by(|one, two| one.path.cmp(&two.path));
    assert!(found.len() > 5, "the files are somewhere else");
    found
}

/// The text without the lines that are comments.
fn code(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The code before the unit tests, which may do more.
fn without_tests(file: &File) -> &str {
    let is_test = file.path.iter().any(|part| part.to_str().is_some_and(|part| part.starts_with("tests")));
    if is_test { "" } else { file.code.split("#[cfg(test)]").next().unwrap() }
}

/// The places where a pattern stands in the files, but for those that may.
fn found(files: &[File], pattern: &str, may: impl Fn(&Path) -> bool) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let mut places = Vec::new();
    for file in files.iter().filter(|file| !may(&file.path)) {
        for found in pattern.find_iter(without_tests(file)) {
            places.push(format!("{}: {}", file.path.display(), found.as_str()));
        }
    }
    places
}

/// The rooms that a text imports from: `crate::a`, `crate::{a, b}`, `planproof::a`.
fn imports(code: &str) -> Vec<String> {
    let direct = Regex::new(r"\bcrate::(\w+)").unwrap();
    let group = Regex::new(r"\bcrate::\{([^;]*?)\};").unwrap();
    let name = Regex::new(r"(?:^|,)\s*(\w+)").unwrap();
    let mut rooms: Vec<String> = direct.captures_iter(code).map(|found| found[1].to_owned()).collect();
    for found in group.captures_iter(code) {
        // Only the outermost names of the group.
        let mut depth = 0;
        let outer: String = found[1]
            .chars()
            .filter(|&c| {
                depth += i32::from(c == '{');
                let kept = depth == 0;
                depth -= i32::from(c == '}');
                kept
            })
            .collect();
        rooms.extend(name.captures_iter(&outer).map(|found| found[1].to_owned()));
    }
    rooms.sort();
    rooms.dedup();
    rooms
}

#[test]
fn imports_are_found_in_every_spelling() {
    assert_eq!(imports("use crate::plan::Check;\nlet x = crate::run::Level::Off;"), ["plan", "run"]);
    assert_eq!(imports("use crate::{plan::{Check, Plan}, run, policy::Verdict};"), ["plan", "policy", "run"]);
}

#[test]
fn a_room_imports_only_from_those_to_its_left() {
    let place = |room: &str| ROOMS.iter().position(|group| group.contains(&room));
    let mut wrong = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for file in files("src").iter().filter(|file| !matches!(file.room.as_str(), "lib" | "main")) {
        let own =
            place(&file.room).unwrap_or_else(|| panic!("{} is in no room of DESIGN.md", file.path.display()));
        for other in imports(&file.code) {
            let Some(there) = place(&other) else { continue };
            *seen.entry(other.clone()).or_default() += 1;
            let also = ALSO.contains(&(&*file.room, &*other)) || ALSO.contains(&(&*other, &*file.room));
            if other != file.room && there >= own && !also {
                wrong.push(format!("{} imports `{other}`", file.path.display()));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(seen.len() >= 6, "too few imports were found to prove anything: {seen:?}");
}

#[test]
fn expectation_and_secret_are_leaves() {
    for leaf in ["expectation", "secret"] {
        for file in files(&format!("src/{leaf}")) {
            let others: Vec<String> = imports(&file.code)
                .into_iter()
                .filter(|room| ROOMS.concat().contains(&room.as_str()))
                .collect();
            assert!(others.iter().all(|room| room == leaf), "{}: {others:?}", file.path.display());
        }
    }
}

#[test]
fn the_markdown_parser_is_named_in_the_document_room_only() {
    let files = files("src");
    assert_eq!(found(&files, r"\bcomrak\b", |path| path.starts_with("src/document")), [""; 0]);
    assert_ne!(found(&files, r"\bcomrak\b", |_| false), [""; 0]);
}

#[test]
fn the_sandbox_is_named_where_checks_run_and_where_the_program_is_put_together() {
    let may = |path: &Path| {
        path.starts_with("src/run") || path.starts_with("src/cli") || path == Path::new("src/main.rs")
    };
    assert_eq!(found(&files("src"), r"\bplanproof_sandbox\b", may), [""; 0]);
    assert_eq!(found(&files("sandbox/src"), r"\bplanproof::|\bcomrak\b|\bregex::", |_| false), [""; 0]);
}

#[test]
fn only_the_command_line_touches_the_streams_the_environment_and_the_exit() {
    let files = files("src");
    let outward = r"\b(?:println|eprintln|print|eprint|dbg)!|\bstd(?:out|err)\(\)|\benv::(?:vars?|vars?_os|home_dir)\b|\bprocess::exit\b";
    let in_cli = |path: &Path| path.starts_with("src/cli");
    assert_eq!(found(&files, outward, in_cli), [""; 0]);
    assert_eq!(found(&files, r"\b(?:println|eprintln|print|eprint|dbg)!", |_| false), [""; 0]);
    assert_ne!(found(&files, outward, |_| false), [""; 0], "the pattern finds what the command line does");
}

#[test]
fn a_permit_is_made_in_one_place_and_nothing_else_reaches_the_sandbox() {
    let files = files("src");
    let made = found(&files, r"\| Permit \{ \w", |_| false);
    assert_eq!(made.len(), 1, "{made:?}");
    assert!(made[0].starts_with("src/policy/judge.rs"), "{made:?}");
    // Who runs something takes the permit for it.
    let runs = found(&files, r"\bsandbox\s*\.(?:run|spawn|execute|start)\b", |_| false);
    assert!(!runs.is_empty() && runs.iter().all(|place| place.starts_with("src/run/execute.rs")), "{runs:?}");
    let execute = files.iter().find(|file| file.path == Path::new("src/run/execute.rs")).unwrap();
    assert!(
        Regex::new(r"pub\(super\) async fn execute\(\s*permit: &Permit<").unwrap().is_match(&execute.code)
    );
}

#[test]
fn errors_are_typed_in_the_library() {
    assert_eq!(found(&files("src"), r"\banyhow\b", |path| path.starts_with("src/cli")), [""; 0]);
}

#[test]
fn nothing_is_unwrapped_and_nothing_is_left_to_do() {
    let all = [files("src"), files("sandbox/src")].concat_files();
    assert_eq!(found(&all, r"\.unwrap\(\)|\bunimplemented!|\btodo!", |_| false), [""; 0]);
    let words = Regex::new(r"\b(?:TODO|FIXME|XXX|HACK)\b").unwrap();
    for file in &all {
        assert!(!words.is_match(&file.text), "{} has something left to do", file.path.display());
    }
}

#[test]
fn only_the_sandbox_is_unsafe() {
    // Names of options (`--unsafe-fixes`) are no keyword.
    assert_eq!(found(&files("src"), r"(?:^|[^-\w])unsafe\b", |_| false), [""; 0]);
}

#[test]
fn every_file_opens_with_a_sentence_on_its_job() {
    for file in [files("src"), files("sandbox/src"), files("tests"), files("sandbox/tests")].concat_files() {
        let first = file.text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 15, "{}: {first}", file.path.display());
    }
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    for file in files("src") {
        let name = file.path.file_stem().unwrap().to_str().unwrap();
        let empty = ["util", "utils", "helper", "helpers", "misc", "common", "manager"].contains(&name);
        assert!(!empty, "{}", file.path.display());
    }
}

trait ConcatFiles {
    fn concat_files(self) -> Vec<File>;
}

impl<const N: usize> ConcatFiles for [Vec<File>; N] {
    fn concat_files(self) -> Vec<File> {
        self.into_iter().flatten().collect()
    }
}
