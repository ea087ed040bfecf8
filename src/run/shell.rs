//! The shell that runs the steps: bash where there is one, otherwise the system's `sh`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// Its path.
    pub program: PathBuf,
    /// Whether it is bash, as which the policy reads every script.
    pub is_bash: bool,
}

impl Shell {
    /// Looks for bash in the folders of `path` (as in `$PATH`), then takes `/bin/sh`.
    pub fn find(path: Option<&OsString>) -> Self {
        let usual = ["/bin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from);
        let folders = path.into_iter().flat_map(std::env::split_paths).chain(usual);
        let bash = folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join("bash"));
        match bash.into_iter().find(|program| program.is_file()) {
            Some(program) => Self { program, is_bash: true },
            None => Self { program: Path::new("/bin/sh").to_owned(), is_bash: false },
        }
    }

    /// The words of a script with which a shell would do nothing but execute a program; a shell's own start takes
    /// longer than many a check.
    ///
    /// There is no character in it that any shell gives a meaning to, and its first word is no word of the shell's own,
    /// or one that means what the program of that name does.
    pub(super) fn program_of(script: &str) -> Option<Vec<&str>> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" _-./:,@%+=".contains(&byte);
        if !script.bytes().all(plain) {
            return None;
        }
        let words: Vec<&str> = script.split_ascii_whitespace().collect();
        let (program, arguments) = words.split_first()?;
        let named = program.starts_with(|first: char| first.is_ascii_alphanumeric() || "./".contains(first));
        let same = match *program {
            "true" | "false" => arguments.is_empty(),
            // Without options and backslashes all of them print their words.
            "echo" => arguments.iter().all(|word| !word.starts_with('-')),
            own => !SHELL_WORDS.contains(&own),
        };
        (named && same && !program.contains('=')).then_some(words)
    }

    /// The arguments with which it runs a script and nothing else: no start-up files.
    pub(super) fn arguments(&self, script: &str) -> Vec<OsString> {
        let quiet: &[&str] = if self.is_bash { &["--noprofile", "--norc", "-c"] } else { &["-c"] };
        quiet.iter().copied().map(OsString::from).chain([OsString::from(script)]).collect()
    }
}

/// What bash 5.2 takes for itself at the beginning of a command: `compgen -b; compgen -k`, those of plain characters.
const SHELL_WORDS: &[&str] = &[
    ".",
    ":",
    "alias",
    "bg",
    "bind",
    "break",
    "builtin",
    "caller",
    "case",
    "cd",
    "command",
    "compgen",
    "complete",
    "compopt",
    "continue",
    "coproc",
    "declare",
    "dirs",
    "disown",
    "do",
    "done",
    "echo",
    "elif",
    "else",
    "enable",
    "esac",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fc",
    "fg",
    "fi",
    "for",
    "function",
    "getopts",
    "hash",
    "help",
    "history",
    "if",
    "in",
    "jobs",
    "kill",
    "let",
    "local",
    "logout",
    "mapfile",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "select",
    "set",
    "shift",
    "shopt",
    "source",
    "suspend",
    "test",
    "then",
    "time",
    "times",
    "trap",
    "true",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "until",
    "wait",
    "while",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_command_needs_no_shell() {
        for script in
            ["true", "cargo test -p crate --lib a::b", "./run.sh x=1", "echo a=b 10%", "/bin/ls a,b +1"]
        {
            let words: Vec<&str> = script.split(' ').collect();
            assert_eq!(Shell::program_of(script), Some(words), "{script}");
        }
    }

    #[test]
    fn whatever_a_shell_would_do_more_is_left_to_it() {
        let scripts = [
            "",
            " ",
            "cd src",
            "a=1 b",
            "a=1",
            "%1",
            "echo -n x",
            "true x",
            "ls *",
            "ls ~",
            "a | b",
            "a; b",
            "a\nb",
            "a\tb",
            "a 'b'",
            "a \"b\"",
            "a \\b",
            "a $b",
            "a `b`",
            "a > b",
            "a < b",
            "a & b",
            "(a)",
            "a {b,c}",
            "! a",
            "a # b",
            "a [b]",
            "a ?",
            "time a",
            ". a",
            "if a",
            "é",
            "pwd",
            "test a",
            "-a",
        ];
        for script in scripts {
            assert_eq!(Shell::program_of(script), None, "{script}");
        }
    }
}
