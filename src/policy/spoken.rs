//! Commands and paths that stand in rules in words: "never run rm -rf", "editing files in migrations/".

use super::category;
use super::shell::program_name;

/// Where a rule in words forbids writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paths {
    /// Globs as Allowed Directories have them.
    pub(super) globs: Vec<String>,
    /// Everywhere but there.
    pub(super) outside: bool,
}

/// Stems of words for changing files.
const CHANGES: [&str; 11] =
    ["alter", "chang", "creat", "delet", "edit", "modif", "overwrit", "remov", "touch", "updat", "writ"];
/// Words that lead from "outside" to the path.
const LEADS: [&str; 14] = [
    "any", "anything", "below", "files", "for", "in", "of", "our", "the", "these", "this", "those", "under",
    "your",
];
/// Words for the whole workspace.
const WORKSPACE: [&str; 7] = ["checkout", "project", "repo", "repository", "root", "workspace", "worktree"];
/// Words with a slash that are no paths.
const NO_PATHS: [&str; 10] = [
    "and/or",
    "ci/cd",
    "client/server",
    "create/delete",
    "directories/files",
    "files/directories",
    "files/folders",
    "i/o",
    "read/write",
    "tcp/ip",
];

/// Words without backticks that are a command all the same: `docker push`, `chmod 777`, `git clean -fd`. A program, and
/// then an option, a number or one of the verbs that tools have; whatever reads like a sentence (`git push to main`) or
/// names things (`git history`) is none.
pub(super) fn spells_command(text: &str) -> bool {
    const OTHERS: [&str; 26] = [
        "apt-get",
        "bun",
        "chmod",
        "chown",
        "crontab",
        "dd",
        "docker-compose",
        "gem",
        "gradle",
        "halt",
        "iptables",
        "kill",
        "killall",
        "mkfs",
        "mvn",
        "nc",
        "pkill",
        "podman",
        "poweroff",
        "reboot",
        "rsync",
        "scp",
        "shutdown",
        "twine",
        "uv",
        "useradd",
    ];
    const PROSE: [&str; 22] = [
        "a",
        "all",
        "an",
        "and",
        "any",
        "by",
        "command",
        "commands",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "operations",
        "or",
        "outside",
        "the",
        "to",
        "with",
        "without",
        "unless",
    ];
    // `git commit rewriting`, `git tag deletions`
    let names_act =
        |word: &str| ["ing", "ion", "ions", "ment", "ments", "pushes"].iter().any(|end| word.ends_with(end));
    let text = text.trim().trim_end_matches('.');
    let words: Vec<&str> = text.split_whitespace().collect();
    let (Some(program), rest) = (words.first(), words.get(1..).unwrap_or_default()) else { return false };
    if !known_program(text) && !OTHERS.contains(program)
        || words.len() > 5
        || rest.iter().any(|it| PROSE.contains(it) || names_act(it))
    {
        return false;
    }
    match rest.first() {
        // A lone program that is also a word for what it does (`sudo`) stays with its kind.
        None => OTHERS.contains(program),
        // Whether this one only tries is told by its kind.
        Some(verb) if *program == "git" && *verb == "push" && rest.len() == 1 => false,
        Some(verb) => {
            verb.starts_with(['-', '+'])
                || verb.starts_with(|c: char| c.is_ascii_digit())
                || category::is_verb(verb)
        }
    }
}

/// The first word of a rule in code is a program that planproof knows, and not the first word of a sentence.
pub(super) fn known_program(text: &str) -> bool {
    const PROGRAMS: [&str; 32] = [
        "ansible",
        "apt",
        "aws",
        "az",
        "brew",
        "cargo",
        "curl",
        "docker",
        "gcloud",
        "gh",
        "git",
        "go",
        "helm",
        "heroku",
        "kubectl",
        "make",
        "npm",
        "npx",
        "pip",
        "pnpm",
        "poetry",
        "psql",
        "pulumi",
        "python",
        "rm",
        "ssh",
        "sudo",
        "systemctl",
        "terraform",
        "vercel",
        "wget",
        "yarn",
    ];
    text.split_whitespace().next().is_some_and(|word| PROGRAMS.contains(&word))
}

/// The command that stands in a sentence, if it gives an option, so that nobody can take it for a word of the sentence.
pub(super) fn command(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().map(plain).collect();
    let first = words.iter().position(|word| known_program(program_name(word)))?;
    // Up to the last option, with the subcommands before it: `git push --force`.
    let behind = words.get(first + 1..)?;
    let option = behind.iter().take(3).position(|word| is_option(word))?;
    let verbs = behind[..option]
        .iter()
        .all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
    let end = option + behind[option..].iter().take_while(|word| is_option(word)).count();
    verbs.then(|| words[first..=first + end].join(" "))
}

fn is_option(word: &str) -> bool {
    word.starts_with('-') && !word.trim_start_matches('-').is_empty()
}

/// The paths that must not be changed, or outside of which nothing may.
pub(super) fn paths(text: &str) -> Option<Paths> {
    let words: Vec<&str> = text.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect();
    let lower = |word: &str| word.to_lowercase();
    let changes = |word: &&&str| CHANGES.iter().any(|stem| lower(word).starts_with(stem));
    words.iter().find(changes)?;
    // "do not change anything except src/" allows what it names, and "only" may be said either way.
    let excepts = |word: &&str| {
        matches!(&*lower(word), "outside" | "beyond" | "besides" | "except" | "excluding" | "than")
    };
    if words.iter().any(|word| lower(word) == "only") {
        return None;
    }
    if let Some(at) = words.iter().position(excepts) {
        let mut rest = words[at + 1..].iter().skip_while(|word| LEADS.contains(&&*lower(word)));
        let first = rest.next()?;
        if WORKSPACE.contains(&&*lower(first)) {
            return Some(Paths { globs: vec!["**".to_owned()], outside: true });
        }
        let more = rest.filter(|word| is_path(word)).copied();
        let globs = std::iter::once(*first).chain(more).map(str::to_owned);
        return Some(Paths { globs: globs.collect(), outside: true });
    }
    let globs: Vec<String> = words.iter().filter(|word| is_path(word)).map(|word| anywhere(word)).collect();
    (!globs.is_empty()).then_some(Paths { globs, outside: false })
}

/// A word without the punctuation of the sentence around it.
fn plain(word: &str) -> &str {
    let word = word.trim_start_matches(['(', '`', '"', '\'', '*', '_']);
    word.trim_end_matches([')', '`', '"', '\'', ',', ';', ':', '!', '.'])
}

/// It can only be a path: it has a slash, is hidden, or has a file's ending.
fn is_path(word: &str) -> bool {
    let signs = word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/*@".contains(c));
    let hidden =
        word.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    let ending = word.rsplit_once('.').is_some_and(|(stem, ending)| {
        stem.len() > 1
            && (1..=5).contains(&ending.len())
            && ending.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    let slash = word.contains('/') && !NO_PATHS.contains(&&*word.to_lowercase());
    signs && word.len() > 1 && (hidden || ending || slash)
}

/// A name without a directory means each file of that name.
fn anywhere(word: &str) -> String {
    if word.contains('/') { word.to_owned() } else { format!("**/{word}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_with_an_option_is_found_in_a_sentence() {
        for (text, found) in [
            ("never run rm -rf", Some("rm -rf")),
            ("using rm -rf anywhere", Some("rm -rf")),
            ("no git push --force to shared branches", Some("git push --force")),
            ("no `docker compose down -v`!", Some("docker compose down -v")),
            ("do not rewrite git history", None),
            ("git is slow - do not use it", None),
        ] {
            assert_eq!(command(text).as_deref(), found, "{text}");
        }
    }

    #[test]
    fn paths_are_found_where_something_must_not_be_changed() {
        let outside = |globs: &[&str]| {
            Some(Paths { globs: globs.iter().map(|&glob| glob.to_owned()).collect(), outside: true })
        };
        let inside = |globs: &[&str]| {
            Some(Paths { globs: globs.iter().map(|&glob| glob.to_owned()).collect(), outside: false })
        };
        for (text, found) in [
            ("modifying files outside src", outside(&["src"])),
            ("writes outside of src/ and tests/", outside(&["src/", "tests/"])),
            ("no changes outside the repository", outside(&["**"])),
            ("changing anything except files under src/", outside(&["src/"])),
            ("touching files other than those in docs/", outside(&["docs/"])),
            ("editing files in migrations/", inside(&["migrations/"])),
            ("not only changing src/", None),
            ("modifying .env files", inside(&["**/.env"])),
            ("touching Cargo.lock", inside(&["**/Cargo.lock"])),
            ("changing read/write permissions", None),
            ("modifying production data", None),
            ("reading .env", None),
        ] {
            assert_eq!(paths(text), found, "{text}");
        }
    }
}
