//! The shape of a command: whether a code span or a bare line can be one at all, and what its words give away.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Programs that verify, build or look, for the two places where the shape alone does not tell: a span of one word, and
/// a line without backticks. Everywhere else the position decides, since 12 % of all commands are a project's own.
const KNOWN: &[&str] = phrases! {
    "act", "adb", "ansible", "ansible-lint", "ant", "ava", "awk", "bandit", "bash", "bats", "bazel",
    "bazelisk", "biome", "black", "buf", "buck2", "bun", "bundle", "bunx", "cabal", "cargo", "cat",
    "clang-format", "clang-tidy", "clippy-driver", "clj", "cmake", "cmp", "commitlint", "composer", "conan",
    "conda", "coverage", "cspell", "ctest", "curl", "cypress", "dart", "deno", "diff", "docker",
    "docker-compose", "dotnet", "du", "elixir", "erl", "eslint", "find", "flake8", "flutter", "forge", "gcc",
    "gh", "git", "go", "gofmt", "golangci-lint", "govulncheck", "gradle", "grep", "hadolint", "head", "helm",
    "httpie", "hugo", "hyperfine", "jest", "jq", "julia", "just", "justfile", "knip", "kubeconform",
    "kubectl", "lake", "lefthook", "ls", "lua", "luacheck", "lychee", "make", "markdownlint",
    "markdownlint-cli2", "maturin", "meson", "mise", "mix", "mkdocs", "mocha", "mvn", "mypy", "mdformat",
    "mbake", "nbqa", "nc", "ng", "nimble", "ninja", "nix", "node", "nox", "npm", "npx", "nx", "ocaml", "opa",
    "openssl", "opam", "pdm", "perl", "phpstan", "phpunit", "php", "pint", "pip", "pip3", "pipenv", "pixi",
    "playwright", "pnpm", "pod", "poe", "poetry", "pre-commit", "prettier", "prisma", "protoc", "psql",
    "pwsh", "pylint", "pyright", "basedpyright", "pytest", "python", "python3", "rails", "rake", "rebar3",
    "rg", "rspec", "rubocop", "ruby", "ruff", "rustc", "rustfmt", "rush", "sbt", "scala", "sed", "semgrep",
    "sh", "sha256sum", "shellcheck", "shfmt", "sqlfluff", "sqlite3", "stack", "stat", "stylelint", "swift",
    "swiftlint", "tail", "task", "taplo", "terraform", "test", "tofu", "tox", "trivy", "trunk", "tsc", "tsx",
    "turbo", "ty", "typos", "uv", "uvx", "vale", "vitest", "vue-tsc", "wasm-pack", "wc", "wget", "which",
    "xcodebuild", "xcrun", "yamllint", "yarn", "zig", "zsh", "cd", "echo", "export", "source", "env",
    "mkdir", "cp", "mv", "rm", "touch", "tree", "sort", "timeout", "time", "tsd", "tflint", "sam", "cdk",
    "pulumi", "gradlew", "mvnw", "lein", "dune", "gleam", "crystal", "solhint", "anchor", "ginkgo",
    "gotestsum", "staticcheck", "revive", "gcloud", "aws", "az", "wrangler", "vercel", "netlify", "supabase",
    "expo", "eas", "detox", "redis-cli", "mysql", "mongosh", "pg_isready", "nmap", "dig", "ping", "ffprobe",
    "ffmpeg", "systemctl", "journalctl", "ssh", "scp", "rsync", "tar", "unzip", "zip", "chmod", "kill",
    "pkill", "pgrep", "ps", "lsof", "ss", "netstat", "xxd", "md5sum", "shasum", "cut", "tr", "xargs", "tee",
    "printf", "true", "false", "set", "pwd", "date", "uname", "id", "command", "type",
};

/// English words that no command has and nearly every sentence does.
const PROSE: &[&str] = &[
    "the", "a", "an", "and", "or", "is", "are", "was", "were", "be", "to", "of", "that", "this", "these",
    "those", "must", "should", "when", "it", "its", "not", "than", "will", "can", "then", "which", "their",
    "each", "every", "after", "before", "with", "from",
];

/// Whether a text has a word that no command has.
pub(super) fn has_word_of_prose(text: &str) -> bool {
    text.split_whitespace().any(|word| PROSE.contains(&word))
}

/// First words of code that is no shell.
const KEYWORDS: &[&str] = phrases! {
    "let", "const", "var", "fn", "def", "class", "pub", "import", "from", "return", "if", "else", "select",
    "insert", "update", "create", "error", "warning", "info", "passed", "failed", "interface", "async",
    "await", "function", "struct", "enum", "impl", "use", "mod", "static", "public", "private", "new",
    "throw", "raise", "end", "ok", "running", "fix", "feat", "chore", "refactor", "docs",
};

/// Words that a shell never runs by themselves.
const RESERVED: &[&str] = &["done", "fi", "then", "do", "esac", "elif", "else"];

/// Programs that run all tests when nothing more is said.
pub(super) const RUNNERS: &[&str] =
    &["pytest", "tox", "nox", "jest", "vitest", "mocha", "rspec", "ctest", "phpunit", "bats"];

/// Folders that hold programs.
const PROGRAM_FOLDERS: &[&str] = &[
    "bin", "sbin", ".bin", "scripts", "script", "tools", "build", "_build", ".build", "target", "release",
    "debug", "Release", "Debug", "out", "hack",
];

/// What a text can be by its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A program with arguments.
    Words,
    /// A program that everybody knows, or a script by its path, alone.
    Program,
    /// One word that can be a program.
    Word,
    /// A path without a file ending, which can be a program that was built or a folder.
    Path,
    /// No command.
    None,
}

/// The shape of a code span.
pub(super) fn shape(text: &str) -> Shape {
    let Some((program, arguments)) = program(text) else { return Shape::None };
    let path = without_dots(program);
    let path = path.strip_prefix("$HOME/").unwrap_or(path);
    let path = path.strip_prefix('/').unwrap_or(path);
    // Tools keep programs in folders that nobody looks into: `.venv/bin/pytest`, `.build/debug/tool`.
    let path = path.strip_prefix('.').filter(|_| is_in_hidden_folder(path)).unwrap_or(path);
    let well_formed = !path.is_empty()
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./+@:".contains(&byte))
        && !path.starts_with(['-', '.', '@', ':'])
        && !path.ends_with(['.', '/', '-', ':']);
    let shouted = !path.bytes().any(|byte| byte.is_ascii_lowercase());
    let starts_like_a_program =
        path.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase()) || program.contains('/');
    // `a::b` and `a:b` are names in code; only npm's scripts have a colon, and never as the program.
    if !well_formed || shouted || !starts_like_a_program || path.contains(':') {
        return Shape::None;
    }
    if RESERVED.contains(&program) || is_bare_source(program) {
        return Shape::None;
    }
    // `askAssistant` is a function and `macOS Smoke` a job: without a flag no program has a capital within its name.
    if !program.contains('/') && path.bytes().any(|byte| byte.is_ascii_uppercase()) && !has_flags(arguments) {
        return Shape::None;
    }
    if arguments.trim().is_empty() {
        return alone(program, path);
    }
    // `/home/me/My Notes/plan.md` is one path with a blank in it: hardly a program begins with a capital.
    if program.starts_with(['/', '~']) && base(program).starts_with(|first: char| first.is_ascii_uppercase())
    {
        return Shape::None;
    }
    let path_alone = is_script(program)
        || is_called_so(program)
        || !path.contains('.')
        || path.rsplit('/').next().is_some_and(is_program_name);
    if KEYWORDS.contains(&program) || is_code(arguments) || !(path_alone || has_flags(arguments)) {
        return Shape::None;
    }
    // `how it is satisfied` is a phrase, whatever it stands in.
    if !is_known(base(program))
        && arguments.split_whitespace().any(|word| PROSE.contains(&word))
        && !arguments.contains(['"', '\''])
    {
        return Shape::None;
    }
    // `test` is a program only with an operator: `test result` is not a command.
    if program == "test" && !arguments.trim_start().starts_with(['-', '!', '"', '$', '\'']) {
        return Shape::None;
    }
    Shape::Words
}

/// A path without the `./`, `../` and `~/` that it begins with.
fn without_dots(path: &str) -> &str {
    let mut path = path;
    for start in ["./", "../", "~/"] {
        while let Some(rest) = path.strip_prefix(start) {
            path = rest;
        }
    }
    path
}

/// Whether a program is a file of source text that no shell finds: `main.py --sample` says neither where it is nor what
/// runs it.
fn is_bare_source(program: &str) -> bool {
    let ending = program.rsplit_once('.').map_or("", |(_, ending)| ending);
    !program.contains('/')
        && !is_called_so(program)
        && matches!(ending, "py" | "js" | "mjs" | "cjs" | "ts" | "rb" | "go" | "rs" | "pl" | "php" | "lua")
}

/// Whether a tool has an ending wherever it is installed.
fn is_called_so(program: &str) -> bool {
    matches!(program, "idf.py" | "esptool.py" | "npm.cmd" | "npx.cmd" | "gradlew.bat" | "mvnw.cmd")
}

/// Whether a path leads through a folder such as `.venv` to something that is not hidden itself.
fn is_in_hidden_folder(path: &str) -> bool {
    path.contains('/')
        && path.as_bytes().get(1).is_some_and(u8::is_ascii_alphanumeric)
        && !path.contains("/.")
}

/// Whether the last part of a path is named as programs are: one that everybody knows, or no file ending.
/// `python3.12` has a number, and no ending.
fn is_program_name(last: &str) -> bool {
    is_known(last)
        || last
            .rsplit_once('.')
            .is_none_or(|(name, ending)| !name.is_empty() && ending.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a path names a program by the folder that it lies in: builds and projects put programs into folders of these
/// names, and `apps/web` is a place.
pub(super) fn is_among_programs(program: &str) -> bool {
    program
        .rsplit_once('/')
        .is_some_and(|(folders, _)| folders.split('/').any(|folder| PROGRAM_FOLDERS.contains(&folder)))
}

/// The shape of a program without arguments.
fn alone(program: &str, path: &str) -> Shape {
    if is_script(program) || is_known(path) {
        return if matches!(
            path,
            "test"
                | "command"
                | "type"
                | "source"
                | "set"
                | "export"
                | "task"
                | "date"
                | "time"
                | "id"
                | "stack"
                | "true"
                | "false"
                | "env"
                | "anchor"
                | "find"
                | "act"
                | "sort"
                | "cut"
        ) {
            Shape::Word
        } else {
            Shape::Program
        };
    }
    let (folders, last) = path.rsplit_once('/').unwrap_or(("", path));
    if !folders.is_empty() && !last.is_empty() && is_program_name(last) && !path.contains(['@', '+']) {
        // `.venv/bin/pytest` can be nothing else; `src/test` can.
        let surely = is_known(last) && is_among_programs(program);
        return if surely { Shape::Program } else { Shape::Path };
    }
    if path.contains(['.', '/', '_', '@', '+']) { Shape::None } else { Shape::Word }
}

/// Whether a path names a script that runs by itself.
fn is_script(program: &str) -> bool {
    let ending = std::path::Path::new(program).extension().and_then(|ending| ending.to_str());
    match ending {
        Some("sh" | "bash") => true,
        Some("md" | "json" | "toml" | "yaml" | "yml" | "txt") => false,
        Some(_) | None => program.starts_with("./") || program.starts_with("~/bin/"),
    }
}

/// Whether a text is the path of a script and nothing else, so that it may be a file as well as a command.
pub(super) fn is_bare_script(text: &str) -> bool {
    program(text).is_some_and(|(program, arguments)| arguments.trim().is_empty() && is_script(program))
}

fn is_known(program: &str) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| KNOWN.iter().copied().collect());
    SET.contains(program)
}

/// The program of a command and what follows it; assignments before it are passed over.
pub(super) fn program(text: &str) -> Option<(&str, &str)> {
    let mut rest = text.trim_start();
    loop {
        let end = word_end(rest);
        let (word, after) = rest.split_at(end);
        if word.is_empty() {
            return None;
        }
        let Some((name, _)) = word.split_once('=') else { return Some((word, after)) };
        let is_name =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let next = after.trim_start_matches([' ', '\t', '\n', ';']);
        if !is_name || next.is_empty() {
            return None;
        }
        rest = next;
    }
}

/// The end of the first word, quotes and `$( )` counted in.
fn word_end(text: &str) -> usize {
    let mut quote = None;
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') => depth = depth.saturating_sub(1),
            (None, b' ' | b'\t' | b'\n' | b';') if depth == 0 => return at,
            (Some(_) | None, _) => {}
        }
    }
    text.len()
}

/// Whether what follows the first word is an expression rather than arguments.
fn is_code(arguments: &str) -> bool {
    let bare = arguments.trim();
    let has_operator = || bare.split(' ').any(|word| matches!(word, "=" | "==" | ":=" | "=>" | "->" | "!="));
    (has_operator() && !bare.contains(['"', '\'', '[']))
        || bare.starts_with(['=', '(', ','])
        // `:app:test` is a task of Gradle's, and `: value` code.
        || bare.strip_prefix(':').is_some_and(|rest| !rest.starts_with(|first: char| first.is_ascii_lowercase()))
        || bare.ends_with(['{', ';', ':', ','])
        || (bare.starts_with("->") || bare.starts_with("=>"))
}

/// Whether any word is a flag, a path, an assignment or a redirection.
fn has_flags(arguments: &str) -> bool {
    arguments.split_whitespace().any(is_flag)
}

fn is_flag(word: &str) -> bool {
    word.starts_with('-') || word.contains(['/', '=', '|', '>', '$', '*', '.'])
}

/// Whether a word may be two words of prose to choose from: `install/help`, `score1/score2`.
fn is_choice(word: &str) -> bool {
    word.split_once('/').is_some_and(|(one, other)| {
        [one, other].iter().all(|half| {
            let letters = half.trim_end_matches(|last: char| last.is_ascii_digit());
            !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
    })
}

/// Whether a command has a flag such as `-x` or `--all`, which nothing but a command has.
pub(super) fn has_flag(text: &str) -> bool {
    text.split_whitespace().skip(1).any(|word| {
        let name = word.trim_start_matches('-');
        let dashes = word.len() - name.len();
        (1..=2).contains(&dashes) && name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
    })
}

/// Whether a command only makes, moves or edits files.
pub(super) fn edits(command: &str) -> bool {
    const EDITING: &[&str] =
        &["mkdir", "touch", "cp", "mv", "rm", "chmod", "ln", "$EDITOR", "gofmt", "apt", "apt-get", "brew"];
    program(command).is_some_and(|(program, _)| EDITING.contains(&program))
}

/// Whether a command only looks around, sets up, or edits, so that it verifies nothing unless something is expected.
pub(super) fn prepares(command: &str) -> bool {
    const LOOKING: &[&str] = &[
        "ls", "cat", "sed", "head", "tail", "pwd", "tree", "wc", "less", "which", "echo", "rg", "grep",
        "find", "du", "stat",
    ];
    let Some((program, arguments)) = program(command) else { return false };
    let first = arguments.split_whitespace().next().unwrap_or_default();
    LOOKING.contains(&program)
        || edits(command)
        || (program == "git" && !arguments.contains("--check") && !arguments.contains("--exit-code"))
        || matches!(first, "install" | "ci" | "sync" | "add" | "init" | "new" | "fetch" | "restore")
}

/// Whether a line without backticks is a command: it has the shape, no word of prose, and either a program that
/// everybody knows or something that only commands have.
pub(super) fn is_command_line(line: &str) -> bool {
    let line = without_remark(without_comment(line.trim()));
    let line = line.strip_suffix('\\').unwrap_or(line).trim_end();
    let ends_like_prose = line.ends_with([':', ',', ';', '?', '!', '。', '：'])
        || (line.ends_with('.') && !line.ends_with("/.") && !line.ends_with(" .") && !line.ends_with("..."));
    if line.contains('`') || ends_like_prose {
        return false;
    }
    let Some((program, arguments)) = program(line) else { return is_assignment(line) };
    let by_shape = match shape(line) {
        // "User-facing install/help messages" has no path in it, though it has a slash.
        Shape::Words => {
            is_known(base(program))
                || is_called_so(program)
                || is_script(program)
                || arguments.split_whitespace().any(|word| is_flag(word) && !is_choice(word))
        }
        Shape::Program => true,
        Shape::Word | Shape::Path | Shape::None => false,
    };
    by_shape && !unquoted(arguments).split_whitespace().any(|word| PROSE.contains(&word))
}

/// Whether an item without backticks is a command and nothing else: `dotnet test`, `go test ./... -count=1`.
///
/// Many programs are words of prose, too, so that the shape alone is not enough: it must have a flag, be a script that a
/// runner runs, or be two words of which the second verifies.
pub(super) fn is_bare_item(item: &str) -> bool {
    let Some((program, arguments)) = program(item) else { return false };
    let mut words = arguments.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    let certain = has_flag(item)
        || first.starts_with("./")
        || second.is_some_and(|second| second.starts_with("./"))
        || (first == "run" && second.is_some() && words.next().is_none())
        || (second.is_none()
            && matches!(
                first,
                "test"
                    | "tests"
                    | "build"
                    | "check"
                    | "lint"
                    | "vet"
                    | "clippy"
                    | "audit"
                    | "typecheck"
                    | "verify"
            ));
    certain
        && is_known(base(program))
        && !matches!(program, "make" | "just" | "task")
        && is_command_line(item)
}

/// A line without the condition in parentheses behind its command: `npm run lint (if modified)`.
pub(super) fn without_remark(line: &str) -> &str {
    remark(line).map_or(line, |(command, _)| command)
}

/// A command, and the condition in parentheses behind it. What is no condition stays, since it may be a subshell.
pub(super) fn remark(line: &str) -> Option<(&str, &str)> {
    let (command, condition) = line.strip_suffix(')')?.rsplit_once(" (")?;
    let conditional = ["if ", "when ", "where ", "optional"].iter().any(|word| condition.starts_with(word));
    let follows_a_word = command.ends_with(|last: char| last.is_alphanumeric() || "/_-.\"'*".contains(last));
    (conditional && follows_a_word && !condition.contains([';', '('])).then_some((command, condition))
}

/// A line without the comment behind its command, and without the blanks before that.
pub(super) fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    let mut escaped = false;
    for (at, character) in line.char_indices() {
        match (quote, character) {
            _ if escaped => escaped = false,
            (None | Some('"'), '\\') => escaped = true,
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            // A `#` inside of a word is a part of it: `flake.nix#default`, `$#`. At the start it is all of the line.
            (None, '#') if at > 0 && matches!(before, ' ' | '\t') => return line[..at].trim_end(),
            (Some(_) | None, _) => {}
        }
        before = character;
    }
    line
}

fn is_assignment(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// Whether a text sets one variable and does nothing else: `DEBUG=1`, `export DEBUG=1`.
pub(super) fn is_setting(text: &str) -> bool {
    let text = text.strip_prefix("export ").unwrap_or(text);
    let shouted = text.split_once('=').is_some_and(|(name, value)| {
        name.len() > 1
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            && !value.is_empty()
    });
    shouted && !text.contains(char::is_whitespace)
}

/// Whether a command is one program with its arguments, and not a list or pipe of several.
pub(super) fn is_simple(command: &str) -> bool {
    !unquoted_characters(command).any(|character| matches!(character, '|' | ';' | '&' | '\n'))
}

/// The last part of a program's path.
pub(super) fn base(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// Whether the program of a command is one that everybody knows.
pub(super) fn is_familiar(text: &str) -> bool {
    program(text).is_some_and(|(program, _)| is_known(base(program)) || is_script(program))
}

/// A text without what stands in quotes.
fn unquoted(text: &str) -> String {
    unquoted_characters(text).collect()
}

fn unquoted_characters(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut quote = None;
    text.chars().filter(move |character| match (quote, character) {
        (Some(open), close) if open == *close => {
            quote = None;
            false
        }
        (Some(_), _) => false,
        (None, '\'' | '"') => {
            quote = Some(*character);
            false
        }
        (None, _) => true,
    })
}

/// Whether the words of a command itself say that it verifies: nobody needs a sentence to know what `make test` does.
/// The files that it is given say nothing, and what only looks at them verifies nothing by itself.
pub(super) fn verifies(command: &str) -> bool {
    const STEMS: &[&str] = phrases! {
        "test", "check", "lint", "verif", "valid", "typecheck", "tsc", "clippy", "spec", "audit", "doctor",
        "smoke", "e2e", "mypy", "ruff", "vet", "pyright", "pytest", "tox", "nox", "compileall", "rspec",
        "phpunit", "phpstan", "ctest", "vitest", "jest", "eslint", "shellcheck", "markdownlint", "nextest",
        "playwright", "cypress", "conformance", "regression", "dialyzer", "credo", "gate",
    };
    const LOOKING: &[&str] = &[
        "rg", "grep", "ls", "cat", "sed", "find", "head", "tail", "echo", "cd", "export", "mkdir", "touch",
        "cp", "mv", "rm", "tree", "wc", "less", "open", "$EDITOR",
    ];
    let Some((program, arguments)) = program(command) else { return false };
    if LOOKING.contains(&program) || (program == "git" && !arguments.contains("--check")) {
        return false;
    }
    let said = unquoted(arguments);
    let arguments = said.split_whitespace().enumerate();
    let telling =
        arguments.filter(|(index, word)| *index == 0 || !word.contains(['/', '.'])).map(|(_, word)| word);
    std::iter::once(program).chain(telling).any(|word| {
        word.to_ascii_lowercase().split(|character: char| !character.is_ascii_alphanumeric()).any(|part| {
            STEMS.iter().any(|stem| part.starts_with(stem) || (stem.len() > 4 && part.ends_with(stem)))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_tells_commands_from_paths_code_and_output() {
        for command in [
            "cargo test -p x",
            "./run.sh",
            "scripts/check.sh --all",
            "A=1 B=2 make all",
            "cove doctor",
            "~/bin/cove doctor",
            "test ! -f a",
            "python -m unittest -q",
            "tmp=$(mktemp -d); ls \"$tmp\"",
            "rg -n \"a = b\" src",
            "go test ./...",
        ] {
            assert_eq!(shape(command), Shape::Words.min_of(command), "{command}");
        }
        for other in [
            "src/main.rs",
            "GET /api/x",
            "let x = 1",
            "test result: ok",
            "Foo bar",
            "x = 1",
            "std::fs",
            "foo()",
            "a -> b",
            "name: value",
            "docs/a.md",
            "NODE_ENV",
            "12 passed",
            "README.md",
            "@scope/pkg",
        ] {
            assert_eq!(shape(other), Shape::None, "{other}");
        }
        assert_eq!(shape("pytest"), Shape::Program);
        assert_eq!(shape("thing"), Shape::Word);
    }

    impl Shape {
        /// A script alone is a program; everything else in the table has arguments.
        fn min_of(self, command: &str) -> Self {
            if command.contains(' ') { self } else { Self::Program }
        }
    }

    #[test]
    fn a_bare_line_is_a_command_only_with_what_prose_has_not() {
        for line in
            ["git status --short", "markdownlint docs/PLANS.md", "cove sync --all", "go test ./...", "pytest"]
        {
            assert!(is_command_line(line), "{line}");
        }
        for line in [
            "run the tests",
            "make sure that it works",
            "cargo is needed",
            "the end",
            "find all users.",
            "nothing",
        ] {
            assert!(!is_command_line(line), "{line}");
        }
    }
}
