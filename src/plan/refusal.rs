//! Why a check needs a person: every reason with its one wording, and how a command shows it.

use std::collections::HashSet;
use std::fmt;

use super::shape;
use super::words::find;

/// Why planproof cannot carry a check out. The wordings are stable: reports and people search for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A criterion in words.
    NoCommand,
    /// A `Verification` field in words.
    NoCode,
    /// A field without a value.
    NoValue,
    /// Another field of the check without a value.
    EmptyField,
    /// `Verification (manual)`.
    Marked(String),
    /// Something that has to be filled in first.
    Placeholder(String),
    /// A variable that neither the command nor its surroundings set.
    Variable(String),
    /// A program to write with.
    Editor,
    /// A window to look at.
    Window,
    /// Another machine, a device, or a cluster.
    Elsewhere(String),
    /// A decision that is a person's.
    Approval,
    /// Wanted only where it can be had.
    Optional,
    /// Wanted only under a condition.
    Conditional,
    /// To be run in another place than this one.
    InPlace(String),
    /// What it is to be given is said in words.
    Given(String),
    /// A setting that it is to be run with.
    Setting(String),
    /// Takes something away or gives it to the world, and is only spoken of.
    Destructive(String),
    /// Writes files anew, and is only spoken of.
    Rewrites(String),
    /// Changes the repository, and is only spoken of.
    Changes(String),
    /// Installs something, and is only spoken of.
    Installs(String),
    /// A language that is no POSIX shell.
    Language(String),
    /// A directory that is on the author's machine.
    Directory(String),
    /// A step that must fail as long as the change is not made.
    Red,
    /// A sequence whose first command must fail.
    FailsFirst,
    /// An expectation without a command.
    NoCommandForField,
    /// A second expected output.
    SecondOutput,
    /// An expectation that cannot be read.
    BadExpectation,
    /// A block of something else.
    UnclearBlock,
    /// A deliverable in words.
    NoPath,
    /// A deliverable that is a pattern or lies outside.
    NotPlainPath,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCommand => f.write_str("no command"),
            Self::NoCode => f.write_str("no command in a code span or block"),
            Self::NoValue => f.write_str("the field has no value"),
            Self::EmptyField => f.write_str("one of its fields has no value"),
            Self::Marked(word) => write!(f, "marked `{word}`"),
            Self::Placeholder(text) => write!(f, "placeholder `{text}`"),
            Self::Variable(name) => write!(f, "nothing says what `${name}` is"),
            Self::Editor => f.write_str("it opens an editor"),
            Self::Window => f.write_str("it opens a window to look at"),
            Self::Elsewhere(program) => write!(f, "`{program}` reaches another machine or a device"),
            Self::Approval => f.write_str("only after a person's approval"),
            Self::Optional => f.write_str("asked for only where it is possible"),
            Self::Conditional => f.write_str("asked for only under a condition"),
            Self::InPlace(place) => write!(f, "to be run elsewhere: {place}"),
            Self::Given(words) => write!(f, "what it is to be given is said in words: {words}"),
            Self::Setting(setting) => {
                write!(f, "to be run with `{setting}`, which does not stand in the command")
            }
            Self::Destructive(what) => write!(f, "`{what}` removes or publishes something"),
            Self::Rewrites(what) => write!(f, "`{what}` rewrites files in place"),
            Self::Changes(what) => write!(f, "`{what}` changes the repository"),
            Self::Installs(what) => write!(f, "`{what}` installs something"),
            Self::Language(name) => write!(f, "`{name}` is no shell that planproof runs"),
            Self::Directory(path) => {
                write!(f, "its working directory `{path}` is on another machine than this workspace")
            }
            Self::Red => f.write_str("it fails only before the change is made"),
            Self::FailsFirst => f.write_str("a command that must fail stands before others"),
            Self::NoCommandForField => f.write_str("it belongs to no command"),
            Self::SecondOutput => f.write_str("an expected output beyond those of its command"),
            Self::BadExpectation => f.write_str("its expectation cannot be read"),
            Self::UnclearBlock => f.write_str("a block that is neither shell nor expected output"),
            Self::NoPath => f.write_str("it names no path in the workspace"),
            Self::NotPlainPath => f.write_str("it is no plain path in the workspace"),
        }
    }
}

/// What in a command nobody but a person can carry out. `ordered` is a command in a field, which the author has told to
/// run: the policy judges what it does, and only what is missing in it is told here.
pub(super) fn of_command(command: &str, ordered: bool) -> Option<Refusal> {
    if let Some(placeholder) = placeholder(command) {
        return Some(Refusal::Placeholder(placeholder.to_owned()));
    }
    if is_sql(command) {
        return Some(Refusal::Language("SQL".to_owned()));
    }
    if ordered {
        return None;
    }
    let (program, arguments) = shape::program(command)?;
    let program = shape::base(program);
    let first = arguments.split_whitespace().next().unwrap_or_default();
    match program {
        "$EDITOR" | "${EDITOR}" | "vi" | "vim" | "nvim" | "nano" | "emacs" | "sudoedit" | "visudo"
        | "code" | "cursor" => Some(Refusal::Editor),
        "open" | "xdg-open" | "start" | "explorer" => Some(Refusal::Window),
        "ssh" | "scp" | "sftp" | "adb" | "kubectl" | "systemctl" | "launchctl" | "fastboot"
        | "idevicesyslog" | "gh" | "glab" | "aws" | "gcloud" | "az" | "heroku" | "flyctl"
            if !matches!(first, "--version" | "--help" | "help" | "version") =>
        {
            Some(Refusal::Elsewhere(program.to_owned()))
        }
        "pkill" | "killall" | "shutdown" | "reboot" => Some(Refusal::Destructive(program.to_owned())),
        "powershell" | "pwsh" | "cmd" | "powershell.exe" | "cmd.exe" => {
            Some(Refusal::Language(program.to_owned()))
        }
        "git" if matches!(first, "push" | "reset" | "clean") => {
            Some(Refusal::Destructive(format!("git {first}")))
        }
        "npm" | "pnpm" | "yarn" | "cargo" | "twine" | "gem" | "dotnet" | "vsce"
            if matches!(first, "publish" | "upload" | "unpublish") =>
        {
            Some(Refusal::Destructive(format!("{program} {first}")))
        }
        "terraform" | "tofu" | "pulumi" | "cdk" if matches!(first, "apply" | "destroy" | "up" | "deploy") => {
            Some(Refusal::Destructive(format!("{program} {first}")))
        }
        _ if changes_repository(program, arguments) && shape::is_simple(command) => {
            Some(Refusal::Changes(format!("{program} {first}")))
        }
        _ if installs(program, arguments) && shape::is_simple(command) => {
            Some(Refusal::Installs(format!("{program} {first}").trim_end().to_owned()))
        }
        _ if rewrites(program, arguments) => Some(Refusal::Rewrites(
            std::iter::once(program)
                .chain(Some(first).filter(|first| !first.is_empty()))
                .collect::<Vec<_>>()
                .join(" "),
        )),
        _ if arguments.split_whitespace().any(|word| word == "uninstall") && !shape::is_familiar(command) => {
            Some(Refusal::Destructive("uninstall".to_owned()))
        }
        _ => None,
    }
}

/// Whether a command is a statement for a database, which no program of these names would run.
fn is_sql(command: &str) -> bool {
    let first = command.split([' ', '\n']).next().unwrap_or_default();
    command.len() > first.len()
        && matches!(
            first,
            "SELECT"
                | "INSERT"
                | "UPDATE"
                | "DELETE"
                | "CREATE"
                | "ALTER"
                | "DROP"
                | "WITH"
                | "EXPLAIN"
                | "PRAGMA"
        )
}

/// Whether a command writes to the repository: what a plan tells to commit is a step of the work and proves nothing.
fn changes_repository(program: &str, arguments: &str) -> bool {
    let mut words = arguments.split_whitespace();
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    let looks = |word| {
        matches!(word, "--check" | "--dry-run" | "-n" | "--help" | "-h" | "--list" | "-l" | "--show-current")
    };
    program == "git"
        && !arguments.split_whitespace().any(looks)
        && match first {
            "add" | "commit" | "checkout" | "switch" | "restore" | "rebase" | "merge" | "cherry-pick"
            | "revert" | "am" | "pull" | "mv" | "rm" | "init" => true,
            "stash" => !matches!(second, "list" | "show"),
            "worktree" | "remote" | "submodule" => matches!(second, "add" | "remove" | "update" | "prune"),
            "branch" => matches!(second, "-d" | "-D" | "-m" | "-M"),
            "config" => arguments.split_whitespace().filter(|word| !word.starts_with('-')).count() > 2,
            "tag" => !second.is_empty() && !second.starts_with('-') || matches!(second, "-a" | "-d" | "-s"),
            _ => false,
        }
}

/// Whether a command installs what the project needs. It sets up for what verifies, needs a network, and ends well
/// whatever the work is like; only what says to hold to a lock file checks that.
fn installs(program: &str, arguments: &str) -> bool {
    const HOLDS: [&str; 7] =
        ["--locked", "--check", "--frozen", "--dry-run", "--frozen-lockfile", "--immutable", "--help"];
    let mut words = arguments.split_whitespace();
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    let installs = match program {
        "npm" => matches!(first, "ci" | "install" | "i" | "add" | "uninstall" | "update"),
        "pnpm" | "bun" => matches!(first, "install" | "i" | "add" | "remove" | "update"),
        "yarn" => first.is_empty() || matches!(first, "install" | "add" | "remove" | "upgrade"),
        "cargo" => matches!(first, "add" | "install" | "remove" | "update"),
        "pip" | "pip3" | "pipx" | "brew" | "apt" | "apt-get" | "gem" | "dnf" | "conda" | "pod"
        | "luarocks" => first == "install",
        "python" | "python3" => match (first, second) {
            ("-m", "pip") => words.next().is_some_and(|word| word == "install"),
            ("-m", "venv" | "virtualenv") => true,
            _ => false,
        },
        "virtualenv" => true,
        "uv" => {
            matches!(first, "sync" | "add" | "remove" | "venv")
                || matches!((first, second), ("pip" | "tool", "install"))
        }
        "poetry" | "pdm" | "bundle" | "pipenv" => matches!(first, "install" | "add" | "remove" | "update"),
        "composer" => matches!(first, "install" | "require" | "update"),
        "go" => matches!(first, "get" | "install"),
        "npx" => matches!((first, second), ("playwright", "install")),
        "dotnet" => matches!(first, "add" | "restore"),
        "rustup" => matches!(first, "target" | "component" | "toolchain" | "update") && second != "list",
        _ => false,
    };
    installs && !arguments.split_whitespace().any(|word| HOLDS.contains(&word))
}

/// Whether a command formats files in place. It ends well whatever it has changed, so that it proves nothing, and what it
/// leaves is no longer what was to be verified.
fn rewrites(program: &str, arguments: &str) -> bool {
    let words = arguments.split_whitespace().take_while(|word| !matches!(*word, "|" | "&&" | ";" | "||"));
    let has = |flags: &[&str]| words.clone().any(|word| flags.contains(&word));
    let first = words.clone().next().unwrap_or_default();
    match program {
        "gofmt" | "goimports" | "shfmt" | "clang-format" => has(&["-w", "-i"]),
        "prettier" => has(&["--write", "-w"]),
        "cargo" => first == "fmt" && !has(&["--check", "--help"]),
        "rustfmt" => !has(&["--check", "--help", "--version"]) && !first.is_empty(),
        "npx" | "pnpx" | "bunx" => first == "prettier" && has(&["--write", "-w"]),
        _ => false,
    }
}

/// A variable that is used and never set, in commands that only prose speaks of. Names in lower case are those of loops
/// and functions, and single quotes keep `$` for another program.
pub(super) fn unset_variable(commands: &[&str]) -> Option<Refusal> {
    /// Variables that every shell or every check has.
    const SET: &[&str] = phrases! {
        "HOME", "PWD", "OLDPWD", "PATH", "USER", "TMPDIR", "SHELL", "LANG", "RANDOM", "SECONDS", "PPID",
        "UID", "EUID", "HOSTNAME", "LINENO", "PIPESTATUS", "BASH_SOURCE", "BASHPID", "IFS", "REPLY", "CI",
    };
    if !commands.iter().any(|command| command.contains('$')) {
        return None;
    }
    let assigned = assigned(commands);
    let is_set = |name: &str| SET.contains(&name) || assigned.contains(name);
    for command in commands {
        let mut in_quotes = false;
        let bytes = command.as_bytes();
        for (at, character) in command.char_indices() {
            match character {
                '\'' => in_quotes = !in_quotes,
                '$' if !in_quotes && (at == 0 || bytes[at - 1] != b'\\') => {
                    let rest = command[at + 1..].trim_start_matches('{');
                    let end = rest
                        .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
                        .unwrap_or(rest.len());
                    let name = &rest[..end];
                    let shouted = name.len() > 1
                        && name.bytes().all(|byte| !byte.is_ascii_lowercase())
                        && !name.as_bytes()[0].is_ascii_digit();
                    // `${X:-default}` says what it is where it is not set.
                    let has_default =
                        rest[end..].starts_with([':', '-', '+']) && command[at + 1..].starts_with('{');
                    if shouted && !has_default && !is_set(name) {
                        return Some(Refusal::Variable(name.to_owned()));
                    }
                }
                _ => {}
            }
        }
    }
    None
}

/// The variables that commands set: `NAME=…`, `read NAME`, `for NAME in`.
fn assigned<'c>(commands: &[&'c str]) -> HashSet<&'c str> {
    let mut names = HashSet::new();
    for command in commands {
        let mut before = "";
        for word in
            command.split([' ', '\t', '\n', ';', '&', '|', '(', '"', '\'']).filter(|word| !word.is_empty())
        {
            match word.split_once('=') {
                Some((name, _)) => drop(names.insert(name)),
                None if matches!(before, "read" | "for" | "export" | "-r") => drop(names.insert(word)),
                None => {}
            }
            before = word;
        }
    }
    names
}

/// A placeholder that somebody has to fill in first: `<id>`, `{name}`, `[repo-root]`, `YYYY-MM-DD`, `...` for arguments.
pub(super) fn placeholder(command: &str) -> Option<&str> {
    // Most commands have nothing of all this.
    if !command.bytes().any(|byte| b"<{[./Y".contains(&byte) || byte >= 0x80) {
        return None;
    }
    angled(command).or_else(|| optional_argument(command)).or_else(|| braced(command)).or_else(|| {
        // `./...` is Go's; three dots alone stand for arguments that the author left out.
        let left_out = |word: &&str| {
            matches!(*word, "..." | "…" | "[...]")
                || word.strip_suffix("=...").is_some_and(|name| name.bytes().all(|byte| byte != b'/'))
        };
        let dots = command.split_whitespace().find(left_out);
        dots.or_else(|| {
            ["YYYY", "path/to/"]
                .into_iter()
                .find_map(|mark| find(command, mark).map(|at| &command[at..at + mark.len()]))
        })
    })
}

fn angled(command: &str) -> Option<&str> {
    /// Longest placeholder that is looked for, in bytes.
    const LONGEST: usize = 80;
    command.match_indices('<').find_map(|(start, _)| {
        let end = command.floor_char_boundary(start + LONGEST);
        let length = command[start..end].find('>')?;
        let inside = &command[start + 1..start + length];
        let named = inside.chars().next().is_some_and(char::is_alphabetic)
            && inside.chars().all(|character| character.is_alphanumeric() || " _-|./:*".contains(character));
        // `<file>` names something; `sort <in >out` redirects.
        (named && !inside.ends_with(' ')).then(|| &command[start..=start + length])
    })
}

/// `[--profile fast|lto]`: what a synopsis may be given, and no command is.
fn optional_argument(command: &str) -> Option<&str> {
    let start = command.find(" [-")? + 1;
    let end = command[start..].find(']')?;
    let named =
        command[start..].trim_start_matches(['[', '-']).starts_with(|first: char| first.is_ascii_lowercase());
    (named && !command[..start].contains(['\'', '"'])).then(|| &command[start..=start + end])
}

/// `{name}` or `[repo-root]` outside of quotes, where no brace expansion, variable or test stands.
fn braced(command: &str) -> Option<&str> {
    let mut in_quotes = false;
    let mut open: Option<(usize, char)> = None;
    for (at, character) in command.char_indices() {
        match character {
            '\'' | '"' => {
                in_quotes = !in_quotes;
                open = None;
            }
            '{' | '[' if !in_quotes => {
                let before = command[..at].chars().next_back();
                let free = before
                    .is_none_or(|before| before == ' ' || before == '/' || before == '-' || before == '=');
                open = free.then_some((at, if character == '{' { '}' } else { ']' }));
            }
            _ => match open {
                Some((start, close)) if character == close => {
                    let named = at > start + 2;
                    if named {
                        return Some(&command[start..=at]);
                    }
                    open = None;
                }
                // A bracketed range such as `[a-z]*` has no word in it that is longer than a letter between dashes.
                Some(_) if character.is_ascii_lowercase() || character == '-' || character == '_' => {}
                _ => open = None,
            },
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_told_from_what_a_shell_means() {
        for (command, found) in [
            ("a <id> b", "<id>"),
            ("x {name}", "{name}"),
            ("ls [repo-root]", "[repo-root]"),
            ("x --date YYYY-MM-DD", "YYYY"),
            ("cargo test ...", "..."),
            ("tool seeds --all [--profile fast|lto] [-v]", "[--profile fast|lto]"),
            ("API_KEY=... cargo test", "API_KEY=..."),
        ] {
            assert_eq!(placeholder(command), Some(found), "{command}");
        }
        for command in [
            "go test ./...",
            "sort <in >out",
            "cat <<EOF",
            "echo {a,b}",
            "find . -exec ls {} +",
            "awk '{print}' x",
            "git stash show stash@{0}",
            "[ -f x ]",
            "ls [a]*",
            "echo ${NAME}",
            "[[ -n x ]]",
            "if [ -f a ]; then b; fi",
        ] {
            assert_eq!(placeholder(command), None, "{command}");
        }
    }

    #[test]
    fn a_variable_that_nothing_sets_is_told() {
        let name = |commands: &[&str]| unset_variable(commands).map(|refusal| refusal.to_string());
        assert_eq!(name(&["curl $API_URL"]).as_deref(), Some("nothing says what `$API_URL` is"));
        for commands in [
            &["A1=1; echo $A1"][..],
            &["export XY=1", "echo ${XY}"],
            &["awk '$NF'"],
            &["echo ${AB:-c} $HOME $1"],
        ] {
            assert_eq!(name(commands), None, "{commands:?}");
        }
    }
}
