//! Which commands serve until they are stopped by what they are: a server, or a tool or script that is told to serve.
//!
//! A command that ends and is taken for a service proves less than it could, so that in doubt a command ends.

use super::shape;

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
    ("cargo", &["tauri"]),
];
/// Tools with a development server of their own, which scripts are named after: `npm run tauri dev`, `cargo tauri dev`.
const DEVELOPED_WITH: &[&str] = phrases! {
    "tauri", "vite", "next", "nuxt", "astro", "expo", "wrangler", "storybook", "electron-vite", "remix", "gatsby",
};
/// Programs that start what goes on behind them, and end: `supabase start` serves nothing itself.
const DETACHES: &[&str] = phrases! {
    "systemctl", "brew", "service", "pg_ctl", "supabase", "minikube", "colima", "pm2", "forever", "vagrant", "docker",
    "podman", "k3d", "kind", "launchctl", "multipass", "limactl", "nomad",
};
/// Programs that bring up what they then watch over. Of others `up` is a step, as of migrations, or ends once all is up.
const BRINGS_UP: &[&str] = phrases! { "docker-compose", "podman-compose", "tilt", "devenv", "process-compose", "overmind", "garden" };
/// Interpreters, and what builds a program and runs it at once.
const RUNS_FILES: &[&str] =
    phrases! { "python", "node", "bun", "deno", "tsx", "ts-node", "ruby", "php", "go", "cargo" };
/// What a part of a project is called that goes on while it is developed: `web:dev`. Behind another word `dev` is where that
/// is done: `scrape:dev`, `migrate:dev`.
const DEVELOPED: &[&str] = phrases! {
    "web", "api", "app", "apps", "ui", "site", "www", "client", "frontend", "backend", "front", "back", "docs", "admin",
    "dashboard", "worker", "workers", "electron", "desktop", "mobile", "native", "gateway", "proxy", "mcp", "vite", "next",
    "tauri", "expo", "storybook", "functions", "all",
};
/// Programs that are servers unless a flag or subcommand only asks them for something. What needs a verb to serve, or starts
/// windows and scripts as well as servers, is none of them.
const SERVERS: &[&str] = phrases! {
    "uvicorn", "gunicorn", "hypercorn", "nodemon", "http-server", "live-server", "json-server", "redis-server", "daphne",
    "puma", "watchexec", "entr", "webpack-dev-server", "air", "granian", "waitress-serve", "rackup", "tensorboard",
    "hivemind", "websocketd", "anvil",
};
/// Programs that ask, look or change, whatever they are told.
const CLIENTS: &[&str] = phrases! {
    "curl", "wget", "psql", "mysql", "redis-cli", "nc", "http", "httpie", "grpcurl", "rg", "grep", "git",
    "ls", "cat", "test", "pytest", "pg_isready", "echo", "find", "sed", "ssh", "timeout", "cd", "mkdir", "cp",
    "mv", "rm", "touch", "chmod", "diff", "wc", "head", "tail", "tree", "ln", "which", "gh", "kubectl", "ss", "lsof",
    "netstat", "sleep",
};
/// The most words of a command that are looked at. What it is stands at its beginning.
const MOST: usize = 48;
/// Verbs of commands that serve.
const SERVES: &[&str] = phrases! {
    "dev", "serve", "server", "start", "runserver", "preview", "watch", "daemon", "listen", "serve-http",
};
/// Verbs behind which one of those is only what the command is told to work on: `cargo test server`, `build:dev`.
const ENDS: &[&str] = phrases! {
    "test", "tests", "check", "build", "lint", "format", "fmt", "typecheck", "clippy", "nextest", "bench", "doc",
    "docs", "clean", "install", "add", "generate", "gen", "migrate", "seed", "e2e", "coverage", "exec", "logs", "ps",
    "stop", "down", "status", "restart", "config", "vet", "publish", "package", "deploy", "compile", "validate", "verify",
    "smoke", "export", "import", "benchmark", "inspect", "version", "list", "dump", "print", "show", "probe", "ping",
    "init", "update", "upgrade", "help", "info", "doctor",
};
/// Flags with which a command says something, or starts something behind it, and ends; or ends with what it starts.
const FLAGS_THAT_END: &[&str] = phrases! {
    "-d", "-h", "-V", "-D", "--detach", "--daemonize", "--daemon", "--dry-run", "--once", "--cli", "--wait", "--no-start",
    "--exit-code-from", "--abort-on-container-exit", "--abort-on-container-failure",
};
/// Parts of the names of flags for which a command says something and ends. What it also does before it serves is none of
/// them: `--build`, `--config`, `--import`.
const ASKS: &[&str] = phrases! {
    "list", "version", "check", "test", "validate", "dump", "print", "show", "inspect", "help", "export", "verify", "smoke",
    "benchmark", "probe", "ping",
};
/// Flags, without their dashes, that say where and how a server listens, with a value behind them.
const LISTENER: &[&str] = phrases! {
    "port", "p", "host", "hostname", "addr", "address", "bind", "b", "listen", "config", "workers", "w", "log-level",
};
/// The same without a value.
const LISTENER_ALONE: &[&str] = phrases! { "u", "reload", "watch", "verbose", "debug" };

/// Whether a command serves until it is stopped, by what it calls itself or by the port that it takes.
pub(super) fn serves(command: &str) -> bool {
    let Some((program, arguments)) = shape::program(command) else { return false };
    // `cd web && npm run dev` does not end, because its last part does not. What stands before another part has ended where
    // that one is to run, so that only the last can serve.
    let last = last_part(command);
    if last.len() < command.len() {
        return serves(last);
    }
    let program = without_version(shape::base(program));
    if CLIENTS.contains(&program) {
        return false;
    }
    let words: Vec<&str> = arguments
        .split_whitespace()
        .take_while(|word| !matches!(*word, "|" | "&&" | ";" | "||"))
        .take(MOST)
        .collect();
    // `docker compose up -d` starts something and ends; `--help` and `--check` say something and end.
    if words.iter().any(|word| is_flag_that_ends(word)) {
        return false;
    }
    // `python -m streamlit run app.py` runs that program.
    if let (Some(at), true) = (words.iter().position(|word| *word == "-m"), program.starts_with("python")) {
        let module = words.get(at + 1..).unwrap_or_default();
        return module.first() == Some(&"http.server") || serves(&module.join(" "));
    }
    let wrapper = WRAPPERS.iter().find(|(name, _)| *name == program);
    // `storybook build` ends.
    if wrapper.is_none() && words.first().is_some_and(|word| ENDS.contains(word)) {
        return false;
    }
    // What shows a server's tools in the browser is named after its package alone.
    let is_inspector = program == "inspector" && command.contains("modelcontextprotocol/");
    if SERVERS.contains(&program) || is_inspector {
        return true;
    }
    // Of a program that is only called a server nobody knows what its subcommands and other flags do.
    if (program.ends_with("-daemon") || program.ends_with("-server")) && only_listens(&words) {
        return true;
    }
    match wrapper.and_then(|(_, verbs)| wrapped(&words, verbs)) {
        Some(words) => serves_by_words(words, program),
        None => runs_a_server(program, &words) || serves_by_verb(program, &words),
    }
}

/// The last part of `cd web && app`; all of what has quotes, whose parts may stand in a text.
fn last_part(command: &str) -> &str {
    if command.contains(['"', '\'']) { command } else { command.rsplit("&&").next().unwrap_or(command) }
}

/// The command that a program is told to run by one of its verbs, or at once where it has none.
fn wrapped<'a>(words: &'a [&'a str], verbs: &[&str]) -> Option<&'a [&'a str]> {
    let at = words.iter().position(|word| !word.starts_with('-'))?;
    match verbs {
        [] => words.get(at..),
        verbs => words.get(at + 1..).filter(|_| verbs.contains(&words[at])),
    }
}

/// Whether a command can serve where the plan says that it does: it neither tests, sets up, builds nor asks, nor leaves what
/// it starts behind it and ends.
pub(super) fn may_serve(command: &str) -> bool {
    let Some((program, arguments)) = shape::program(last_part(command)) else { return false };
    let words: Vec<&str> = arguments.split_whitespace().take(MOST).collect();
    let ends = |word: &&str| says_it_ends(word);
    let detaches = words.iter().any(|word| *word == "&" || is_flag_that_ends(word));
    !CLIENTS.contains(&shape::base(program))
        && !detaches
        && !subcommands(&words).iter().take(2).any(ends)
        && !shape::verifies(command)
        && !shape::prepares(command)
}

/// Whether a command is that of a server by its nature, which ends by itself whatever is said of it only where it fails.
pub(super) fn is_server(command: &str) -> bool {
    let command = last_part(command);
    let names_one = |word: &str| SERVERS.contains(&without_version(shape::base(word)));
    serves(command) && command.split_whitespace().take(MOST).any(names_one)
}

/// Whether a flag makes a command end, by itself or by a part of its name: `--list-tools`, `--self-test`, `-version`. That
/// some flag of that kind goes on nevertheless only costs a proof.
fn is_flag_that_ends(word: &str) -> bool {
    let name = word.split('=').next().unwrap_or(word);
    let long = name.trim_start_matches('-');
    // `-t`, and the like, is another flag for each program.
    name.starts_with('-')
        && (FLAGS_THAT_END.contains(&name)
            || (long.len() > 1 && long.split('-').any(|part| ASKS.contains(&part))))
}

/// Whether a part of the name of a script, file or subcommand says that it ends: `smoke_server.py`, `build:dev`.
fn says_it_ends(word: &str) -> bool {
    shape::base(word).split([':', '-', '_', '.']).any(|part| ENDS.contains(&part))
}

/// Whether all words behind a server's name say where and how it listens. Any other flag may make it do something and end:
/// `--dump-schema`; any other word is a subcommand.
fn only_listens(words: &[&str]) -> bool {
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix('-') else {
            // The port, or the address with it: `chat_server.py 8000`.
            let port = word.rsplit(':').next().unwrap_or(word);
            if is_serving(word) || (!port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())) {
                continue;
            }
            return false;
        };
        let flag = flag.trim_start_matches('-');
        let (name, value) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
        if LISTENER.contains(&name) {
            if value.is_none() {
                words.next();
            }
        } else if !LISTENER_ALONE.contains(&name) && word != "--" {
            return false;
        }
    }
    true
}

/// A program without the version that a package runner is told: `http-server@14`.
fn without_version(program: &str) -> &str {
    program.split('@').find(|part| !part.is_empty()).unwrap_or(program)
}

/// Whether the program that another one runs serves.
fn serves_by_words(words: &[&str], wrapper: &str) -> bool {
    let Some((program, rest)) = words.split_first() else { return false };
    // `docker compose` is one program, and `start` of it ends.
    if matches!(wrapper, "docker" | "podman") {
        return matches!(*program, "up" | "watch");
    }
    if wrapper == "cargo" {
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
    // `shop server list` asks a group of subcommands for something.
    let is_group =
        matches!(first, "server" | "daemon") && second.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_group && !second.is_empty() && !is_serving(second) && !is_script {
        return false;
    }
    if is_script && DEVELOPED_WITH.contains(&first) {
        return is_serving(second);
    }
    match program {
        "vite" => plain.first().is_none_or(|word| *word != "build"),
        "next" | "nuxt" | "astro" | "hugo" | "mkdocs" | "jekyll" | "rails" | "expo" | "wrangler"
        | "storybook" => is_serving(first),
        // Without a verb, or with another, they end, or go into the background: `caddy start`, `nginx -t`.
        "caddy" => {
            matches!(first, "file-server" | "reverse-proxy" | "respond") || words.first() == Some(&"run")
        }
        "ngrok" => matches!(first, "http" | "tcp" | "tls" | "start"),
        "nginx" => {
            words.iter().any(|word| word.trim_end_matches(['"', '\'', ';']) == "off")
                && !has(&["-t", "-T", "-s", "-v"])
        }
        "electron" => false,
        "flask" | "streamlit" | "chainlit" | "fastapi" | "litestar" | "quart" => {
            is_serving(first) || has(&["run"])
        }
        "jupyter" => matches!(first, "lab" | "notebook" | "server"),
        "mlflow" => matches!(first, "ui" | "server"),
        "celery" => has(&["worker", "beat"]),
        "airflow" => matches!(first, "webserver" | "scheduler" | "standalone" | "api-server"),
        "php" => has(&["-S"]),
        "mix" => first == "phx.server",
        "sam" => has(&["start-api", "start-lambda"]),
        "gradle" | "gradlew" | "mvn" | "mvnw" => words.iter().any(|word| {
            matches!(*word, "spring-boot:run" | "quarkus:dev" | "jetty:run")
                || matches!(word.rsplit(':').next(), Some("bootRun" | "quarkusDev"))
        }),
        _ if BRINGS_UP.contains(&program) => {
            matches!(first, "up" | "watch" | "dev") || (program == "overmind" && first == "start")
        }
        "make" | "just" | "task" if words.first() == Some(&"run") => true,
        _ if DETACHES.contains(&program) => false,
        // Whatever such a script is told, its name comes first: `python smoke.py --port 80` asks what listens there.
        _ if says_it_ends(first) && !first.ends_with("watch") => false,
        _ if is_script => is_serving(first) || has(&["--watch", "--port", "--listen", "--bind", "--serve"]),
        _ => {
            // A project's own program has groups of subcommands, and a script is told what to do behind its name; what
            // everybody knows has one verb: `chmod +x dev`, `ruff format dev`.
            let runs_file = first.contains(['.', '/']) || words.first() == Some(&"run");
            let own = !shape::is_familiar(program) || runs_file;
            is_serving(first)
                || (own
                    && is_serving(second)
                    && !matches!(second, "dev" | "preview")
                    && !ENDS.contains(&first))
                || has(&["--watch", "--port", "--listen", "--bind", "--serve"])
        }
    }
}

/// Whether what an interpreter runs is called a server: `go run ./cmd/server`, `node dist/server.js`, `cargo run --bin
/// chat-server`. With a subcommand behind its name it may do anything.
fn runs_a_server(program: &str, words: &[&str]) -> bool {
    let stem = program.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.');
    if !RUNS_FILES.contains(&stem) {
        return false;
    }
    let is_flag = |word: &str| word.starts_with('-');
    let told_to_run = words.first() == Some(&"run");
    let at = match stem {
        "cargo" if told_to_run => {
            let told = words.split(|word| *word == "--").next().unwrap_or_default();
            told.iter().rposition(|word| matches!(*word, "--bin" | "-p" | "--package")).map(|at| at + 1)
        }
        "go" | "deno" | "bun" if told_to_run => {
            words.iter().skip(1).position(|word| !is_flag(word)).map(|at| at + 1)
        }
        "cargo" | "go" | "deno" => None,
        _ if words.iter().any(|word| matches!(*word, "-c" | "-e" | "--test" | "-l" | "-r")) => None,
        _ => words.iter().position(|word| !is_flag(word)),
    };
    let Some((file, rest)) = at.and_then(|at| words.get(at..)).and_then(<[&str]>::split_first) else {
        return false;
    };
    // What stands before `--` is told to cargo.
    let from = if stem == "cargo" { rest.iter().position(|word| *word == "--") } else { Some(0) };
    is_called_a_server(file) && only_listens(from.and_then(|from| rest.get(from..)).unwrap_or_default())
}

/// Whether the last part of a path is called a server: `cmd/server`, `dist/server.js`, `chat_server.py`, but neither
/// `server.test.js` nor `stop_server.py`. All of its words must be nouns of servers, since there is no end to the verbs for
/// what is done to one.
fn is_called_a_server(path: &str) -> bool {
    const OF_SERVERS: &[&str] = phrases! {
        "server", "daemon", "app", "api", "chat", "web", "mcp", "http", "https", "dev", "main", "backend", "frontend",
        "grpc", "rest", "rpc", "ws", "websocket", "socket", "graphql", "mock", "static", "file", "proxy", "auth", "admin",
        "game", "local", "express", "flask", "fastapi", "sse", "shop",
    };
    let name = shape::base(path.trim_end_matches('/'));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut parts = stem.split(['-', '_', '.']);
    parts.clone().next_back().is_some_and(|last| matches!(last, "server" | "daemon"))
        && parts.all(|part| OF_SERVERS.contains(&part))
}

/// Whether a subcommand or script serves: `dev`, `dev:web`, `web:dev`. One part that ends makes it end: `build:dev`.
fn is_serving(verb: &str) -> bool {
    let mut parts = verb.split(':');
    let first = parts.clone().next().unwrap_or_default();
    let is_developed = first == "dev" || DEVELOPED.contains(&first) || SERVES.contains(&first);
    let serves = |part: &str| SERVES.contains(&part) && (part != "dev" || is_developed);
    parts.clone().next_back() == Some("watch")
        || (parts.clone().any(serves) && !parts.any(|part| ENDS.contains(&part)))
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

#[cfg(test)]
mod tests {
    use super::*;

    const SERVING: &[&str] = &[
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
        "streamlit run app.py",
        "python3 -m streamlit run app.py",
        "uv run streamlit run app.py",
        "python3 -m http.server 8000",
        ".venv/bin/python manage.py runserver 127.0.0.1:8000",
        "python -m flask run",
        "flask --app shop run",
        "fastapi dev app/main.py",
        "go run ./cmd/server",
        "go run ./cmd/server -addr :8080",
        "node dist/server.js",
        "python3.12 -u chat_server.py 8000",
        "bun run src/server.ts",
        "deno run --allow-net server.ts",
        "cargo run --bin chat-server",
        "cargo run -p shop-server -- --port 80",
        "RUST_LOG=info npm run tauri dev",
        "cargo tauri dev",
        "pnpm tauri dev",
        "./gradlew :app:bootRun",
        "php -S localhost:8000 -t public",
        "npx @modelcontextprotocol/inspector@latest --server-url http://localhost:1/mcp",
        "npx http-server@14 .",
        "docker-compose up",
        "tilt up",
        "npm run server:dev",
        "cd web && npm install && npm run dev",
        "npm run start:dev",
        "docker compose up --build",
        "nodemon --exec ts-node src/main.ts",
        "gunicorn --config conf.py app:app",
        "npm run client:dev",
        "npx storybook dev -p 6006",
        "nginx -g 'daemon off;'",
        "caddy run --config Caddyfile",
        "cargo run --bin server -- -p 80",
        "python api_server.py --host 0.0.0.0 --port=8000 --reload",
        "my-server --listen :8080",
    ];
    const ENDING: &[&str] = &[
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
        "cargo run",
        "go run ./cmd/migrate",
        "go run ./cmd/server migrate",
        "go vet ./cmd/server",
        "go test ./cmd/server",
        "node server.test.js",
        "node --test server.js",
        "node --check server.js",
        "python stop_server.py",
        "python -m py_compile server.py",
        "python -m flask db upgrade",
        "python -m pytest tests/test_server.py",
        "deno check server.ts",
        "cargo build --bin server",
        "cargo run --bin server -- migrate",
        "streamlit --version",
        "storybook build",
        "npx storybook build",
        "npm run scrape:dev -- --limit=3",
        "npm run migrate:dev",
        "npm run tauri build",
        "cargo tauri build",
        "supabase start",
        "docker start db",
        "docker compose start",
        "make up",
        "dbmate up",
        "migrate -path db up",
        "gh run watch",
        "gh pr checks --watch",
        "npx @modelcontextprotocol/inspector --cli node build/index.js",
        "jupyter nbconvert a.ipynb",
        "shop server list",
        "cd web && npm run build",
        "my-server migrate",
        "redis-server --version",
        "caddy start",
        "nginx -s reload",
        "nginx -t -g 'daemon off;'",
        "npm run dev && npm run build",
        "python tools/smoke.py --port 8000",
        "node server.js --port 80 --print-routes",
        "rg \"npm install && npm run dev\" docs",
    ];

    #[test]
    fn a_service_is_told_by_its_words() {
        for command in SERVING {
            assert!(serves(command), "{command}");
        }
        for command in ENDING {
            assert!(!serves(command), "{command}");
        }
    }
}
