//! What serves until it is stopped, by its words, and what tells that it is ready.

use crate::document::Span;

use super::check::{Ready, Stated};
use super::shape;

/// A command that serves until it is stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Service {
    /// What tells that it is ready, where something was stated.
    pub ready_when: Option<Stated<Ready>>,
}

/// Programs whose subcommand is a script that the project names, or the word behind `run`.
const SCRIPT_RUNNERS: &[&str] =
    &["npm", "pnpm", "yarn", "bun", "deno", "make", "just", "task", "nx", "turbo", "rake"];
/// Words that run another program, by the program: `uv run`, `pnpm exec`, `bundle exec`.
const WRAPPERS: &[(&str, &[&str])] = &[
    ("npx", &[]),
    ("bunx", &[]),
    ("pnpx", &[]),
    ("uvx", &[]),
    ("uv", &["run"]),
    ("poetry", &["run"]),
    ("pipenv", &["run"]),
    ("pdm", &["run"]),
    ("bundle", &["exec"]),
    ("npm", &["exec"]),
    ("pnpm", &["exec", "dlx"]),
    ("yarn", &["exec", "dlx"]),
    ("docker", &["compose"]),
    ("podman", &["compose"]),
];
/// Verbs of commands that serve.
const SERVES: &[&str] = phrases! {
    "dev", "serve", "server", "start", "runserver", "preview", "watch", "daemon", "listen", "up", "serve-http",
};
/// Verbs behind which one of those is only what the command is told to work on: `cargo test server`, `build:dev`.
const ENDS: &[&str] = phrases! {
    "test", "tests", "check", "build", "lint", "format", "fmt", "typecheck", "clippy", "nextest", "bench", "doc",
    "docs", "clean", "install", "add", "generate", "gen", "migrate", "seed", "e2e", "coverage", "exec", "logs", "ps",
    "stop", "down", "status", "restart", "config", "clippy", "vet", "publish", "package", "deploy", "compile",
};

/// Whether a command serves until it is stopped, by what it calls itself or by the port that it takes.
pub(super) fn serves(command: &str) -> bool {
    const SERVERS: &[&str] = phrases! {
        "uvicorn", "gunicorn", "hypercorn", "nodemon", "http-server", "live-server", "json-server", "caddy",
        "nginx", "redis-server", "ngrok", "daphne", "puma", "watchexec", "watchman", "entr", "storybook",
        "webpack-dev-server", "air",
    };
    const CLIENTS: &[&str] = phrases! {
        "curl", "wget", "psql", "mysql", "redis-cli", "nc", "http", "httpie", "grpcurl", "rg", "grep", "git",
        "ls", "cat", "test", "pytest", "pg_isready", "echo", "find", "sed", "ssh", "timeout", "cd", "mkdir", "cp",
        "mv", "rm", "touch", "chmod", "diff", "wc", "head", "tail", "tree", "ln", "which",
    };
    let Some((program, arguments)) = shape::program(command) else { return false };
    let program = shape::base(program);
    if CLIENTS.contains(&program) {
        return false;
    }
    let words: Vec<&str> =
        arguments.split_whitespace().take_while(|word| !matches!(*word, "|" | "&&" | ";" | "||")).collect();
    let has = |flags: &[&str]| words.iter().any(|word| flags.contains(word));
    // `docker compose up -d` starts something and ends; `--help` and `--check` say something and end.
    if has(&["-d", "--detach", "--help", "-h", "--version", "--check", "--dry-run", "--once", "--list"]) {
        return false;
    }
    if SERVERS.contains(&program) || program.ends_with("-daemon") || program.ends_with("-server") {
        return true;
    }
    let module = |pair: &[&str]| matches!(pair, ["-m", "http.server" | "uvicorn" | "flask"]);
    if words.windows(2).any(module) {
        return true;
    }
    if let Some((_, verbs)) = WRAPPERS.iter().find(|(name, _)| *name == program)
        && let Some(at) = words.iter().position(|word| !word.starts_with('-'))
    {
        let wrapped = if verbs.is_empty() { at } else { at + usize::from(verbs.contains(&words[at])) };
        if wrapped > at || verbs.is_empty() {
            return serves_by_words(words.get(wrapped..).unwrap_or_default(), program);
        }
    }
    serves_by_verb(program, &words)
}

/// Whether the program that another one runs serves.
fn serves_by_words(words: &[&str], wrapper: &str) -> bool {
    let Some((program, rest)) = words.split_first() else { return false };
    // `docker compose` is one program.
    if matches!(wrapper, "docker" | "podman") {
        return is_serving(program);
    }
    *program != wrapper
        && serves(&std::iter::once(program).chain(rest).copied().collect::<Vec<_>>().join(" "))
}

/// Whether a program is told to serve by its subcommand, the script that it runs, or a flag.
fn serves_by_verb(program: &str, words: &[&str]) -> bool {
    let has = |flags: &[&str]| words.iter().any(|word| flags.contains(word));
    let plain: Vec<&str> = subcommands(words);
    let first = plain.first().copied().unwrap_or_default();
    let second = plain.get(1).copied().unwrap_or_default();
    let is_script = SCRIPT_RUNNERS.contains(&program);
    if first.split(':').any(|part| ENDS.contains(&part)) && !first.ends_with("watch") {
        return false;
    }
    match program {
        "vite" => plain.first().is_none_or(|word| *word != "build"),
        "next" | "nuxt" | "astro" | "hugo" | "mkdocs" | "jekyll" | "rails" | "expo" | "wrangler" => {
            is_serving(first)
        }
        "flask" => is_serving(first) || words.first() == Some(&"run"),
        "make" | "just" | "task" if words.first() == Some(&"run") => true,
        "systemctl" | "brew" | "service" | "pg_ctl" => false,
        _ if is_script => is_serving(first) || has(&["--watch", "--port", "--listen", "--bind", "--serve"]),
        _ => {
            // A project's own program has groups of subcommands, and a script is told what to do behind its name; what
            // everybody knows has one verb: `chmod +x dev`, `ruff format dev`.
            let runs_file = first.contains(['.', '/']) || words.first() == Some(&"run");
            let own = !shape::is_familiar(program) || runs_file;
            is_serving(first)
                || (own
                    && is_serving(second)
                    && !matches!(second, "dev" | "up" | "preview")
                    && !ENDS.contains(&first))
                || has(&["--watch", "--port", "--listen", "--bind", "--serve"])
        }
    }
}

/// Whether a subcommand or script serves: `dev`, `dev:web`, `web:dev`. One part that ends makes it end: `build:dev`.
fn is_serving(verb: &str) -> bool {
    let mut parts = verb.split(':');
    parts.clone().next_back() == Some("watch")
        || (parts.clone().any(|part| SERVES.contains(&part)) && !parts.any(|part| ENDS.contains(&part)))
}

/// The first words that are no flags, `run` and the values of flags that only choose a package left out.
fn subcommands<'w>(words: &[&'w str]) -> Vec<&'w str> {
    const CHOOSE: &[&str] =
        &["--filter", "-F", "--prefix", "-C", "--cwd", "--dir", "-w", "--workspace", "-p", "--bin"];
    let mut found = Vec::new();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            "run" | "--" | "compose" => {}
            "workspace" => drop(words.next()),
            "-m" => found.extend(words.next()),
            flag if CHOOSE.contains(&flag) => drop(words.next()),
            flag if flag.starts_with(['-', '+']) => {}
            word => found.push(word),
        }
        if found.len() > 2 {
            break;
        }
    }
    found
}

/// What tells that a service is ready: a URL that the sentence names, or the port of the command.
pub(super) fn ready(sentence: &str, command: &str, span: Span) -> Option<Stated<Ready>> {
    let url = sentence.find("http://localhost").or_else(|| sentence.find("http://127.0.0.1"));
    if let Some(at) = url {
        let end = sentence[at..]
            .find([' ', '`', ')', '>', ',', '"', '\'', ';'])
            .map_or(sentence.len(), |length| at + length);
        let url = sentence[at..end].trim_end_matches(['.', ':']);
        return Some(Stated::new(Ready::Url(url.to_owned()), span));
    }
    port(command).or_else(|| port(sentence)).map(|port| Stated::new(Ready::Port(port), span))
}

/// `--port 8080`, `--port=8080`, `-p 8080`, `:8080`, `port 8080`, `http.server 8000`.
pub(super) fn port(text: &str) -> Option<u16> {
    let mut words = text.split([' ', '=', '`', ',', '(', ')']).peekable();
    while let Some(word) = words.next() {
        let named = matches!(word, "--port" | "-p" | "port" | "http.server" | "--listen" | "PORT");
        let number = match (named, word.rsplit_once(':')) {
            (true, _) => words.peek().copied(),
            (false, Some((host, number)))
                if host.is_empty()
                    || host.ends_with("localhost")
                    || host.ends_with(".0.0.0")
                    || host.ends_with(".0.0.1") =>
            {
                Some(number)
            }
            (false, _) => None,
        };
        if let Some(port) = number
            .and_then(|number| number.trim_end_matches(['.', '/']).parse().ok())
            .filter(|port| *port > 0)
        {
            return Some(port);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_told_by_its_words() {
        for command in [
            "npm run dev",
            "npm start",
            "python -m http.server 8000",
            "./app web --port 80",
            "docker compose up",
            "rails server",
            "uv run uvicorn app:app",
            "make run",
            "pnpm --filter web dev",
            "cargo run -- serve",
            "bun run dev:web",
            "npm --prefix web run dev",
            "npx vite",
            "npm run test:watch",
            "cargo run -p shop -- serve",
            "python manage.py runserver",
            "shop mcp serve",
        ] {
            assert!(serves(command), "{command}");
        }
        for command in [
            "docker compose up -d",
            "cargo test",
            "curl http://localhost --port 1",
            "npm run build",
            "app serve --help",
            "cargo test server",
            "cargo nextest run daemon",
            "npm test -- server",
            "ruff check dev",
            "npm run build:dev",
            "npm run test:server",
            "chmod +x dev",
            "docker compose logs server",
            "npx vite build",
            "shop config dev",
        ] {
            assert!(!serves(command), "{command}");
        }
    }
}
