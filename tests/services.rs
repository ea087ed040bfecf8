//! Checks with a service: it is waited for, serves the steps that follow, and does not outlive them.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say why they skip")]

mod support;

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::{Workspace, of_type, only, outcomes, until};

/// The same with a program that serves files.
fn with_server() -> Option<Workspace> {
    let found = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        println!("skipped, because there is no python3 here");
        return None;
    }
    Workspace::at_full()
}

const FULL: [&str; 6] = ["verify", "--no-record", "--yes", "--sandbox", "full", "--output-format=json"];

/// The one check of the criteria, run at the level full.
fn check(workspace: &Workspace, criterion: &str) -> Value {
    only(&workspace.criteria(criterion).run(FULL).json()).clone()
}

fn reason(check: &Value) -> &str {
    check["reason"].as_str().unwrap_or_default()
}

fn notes(check: &Value) -> String {
    check["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| note.as_str().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether a process with this text among its arguments lives.
fn runs(marker: &str) -> bool {
    fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        fs::read(entry.path().join("cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).contains(marker))
    })
}

#[test]
fn a_server_is_waited_for_by_its_port_and_serves_the_steps_that_follow() {
    let Some(workspace) = with_server() else { return };
    workspace.write("hello.txt", "hello from the service\n");
    let get = "python3 -c 'import urllib.request as u; print(u.urlopen(\"http://localhost:8000/hello.txt\").read().decode())'";
    for ready in [
        "  - Background: yes\n  - Ready When: `port 8000`\n",
        "  - Ready When: `http://localhost:8000/`\n",
        "  - Ready When: `http://127.0.0.1:8000/no/such/page`\n",
        "  - Background: yes\n",
    ] {
        let criterion = format!(
            "- [ ] The page greets\n  - Verification: `python3 -m http.server 8000`, `{get}`\n  \
             - Expected Output: `hello from the service`\n{ready}"
        );
        let check = check(&workspace, &criterion);
        assert_eq!(check["outcome"], "passed", "{ready}: {check}");
        let named = notes(&check).contains("port 8000, which its steps name");
        assert_eq!(named, !ready.contains("Ready"), "{ready}: {check}");
    }
}

#[test]
fn a_service_alone_proves_that_it_became_ready_and_no_more() {
    let Some(workspace) = with_server() else { return };
    let listening = check(
        &workspace,
        "- [ ] It serves\n  - Verification: `python3 -m http.server 8000`\n  - Background: yes\n",
    );
    assert_eq!(listening["outcome"], "passed_by_exit_status", "{listening}");
    assert!(
        notes(&listening).contains("taken for ready when something listened on port 8000"),
        "{listening}"
    );
    let stated = check(
        &workspace,
        "- [ ] It serves\n  - Verification: `python3 -um http.server 8000`\n  - Ready When: `Serving HTTP`\n  \
         - Expected Output: `port 8000`\n",
    );
    assert_eq!((&stated["outcome"], notes(&stated)), (&"passed".into(), String::new()), "{stated}");
}

#[test]
fn steps_begin_when_the_service_has_printed_the_text() {
    let Some(workspace) = Workspace::at_full() else { return };
    // What stands before the text is printed, what comes after it need not be waited for; nothing of it is the step's.
    let criterion = "- [ ] a\n  - Verification: `echo begun; printf 'now ready\\n'; sleep 1000`, `echo served`\n  \
                     - Ready When: `ready`\n  - Expected Output (exact): `served`\n";
    let check = check(&workspace, criterion);
    assert_eq!(check["outcome"], "passed", "{check}");
    assert_eq!(check["output"]["head"], "begun\nnow ready\nserved\n", "{check}");
}

#[test]
fn what_the_service_prints_is_never_taken_for_the_output_of_a_step() {
    let Some(workspace) = Workspace::at_full() else { return };
    let criterion = "- [ ] a\n  - Verification: `echo ok; sleep 1000`, `echo no`\n  - Ready When: `ok`\n  \
                     - Expected Output: `ok`\n";
    assert_eq!(check(&workspace, criterion)["outcome"], "failed");
    let criterion = "- [ ] a\n  - Verification: `echo ok; echo panicked; sleep 1000`, `echo no`\n  \
                     - Ready When: `panicked`\n  - Must Not Output: `panicked`\n";
    let forbidden = check(&workspace, criterion);
    assert_eq!(
        forbidden["outcome"], "failed",
        "what must not be printed counts, whoever prints it: {forbidden}"
    );
}

#[test]
fn a_service_that_ends_before_it_is_ready_fails_with_what_it_said() {
    let Some(workspace) = Workspace::at_full() else { return };
    for (ready, missed) in [
        ("port 8000", "nothing listened on port 8000"),
        ("http://localhost:8000/", "nothing answered at http://localhost:8000/"),
        ("up and running", "it did not print `up and running`"),
    ] {
        let criterion = format!(
            "- [ ] a\n  - Verification: `echo cannot bind; exit 3`, `echo served`\n  - Ready When: `{ready}`\n  \
             - Expected Output: `served`\n"
        );
        let check = check(&workspace, &criterion);
        assert_eq!(check["outcome"], "failed", "{check}");
        let expected = format!("the service ended with exit status 3 before it was ready: {missed}");
        assert!(reason(&check).starts_with(&expected), "{check}");
        assert_eq!(check["output"]["head"], "cannot bind\n", "{check}");
    }
}

#[test]
fn a_service_that_never_gets_ready_times_out_with_what_it_said() {
    let Some(workspace) = Workspace::at_full() else { return };
    let marker = format!("1000.{}", std::process::id());
    let criterion = format!(
        "- [ ] a\n  - Verification: `echo waiting for the database; exec sleep {marker}`, `true`\n  \
         - Ready When: `port 8000`\n  - Timeout: 1s\n"
    );
    let check = check(&workspace, &criterion);
    assert_eq!(check["outcome"], "timed_out", "{check}");
    assert_eq!(reason(&check), "the service was not ready within 1 s: nothing listened on port 8000");
    assert_eq!(check["output"]["head"], "waiting for the database\n", "{check}");
    until("nothing of it lives", || !runs(&marker));
}

#[test]
fn nothing_of_a_service_outlives_its_check_whatever_it_ignores_and_however_often_it_forks() {
    let Some(workspace) = Workspace::at_full() else { return };
    let marker = format!("2000.{}", std::process::id());
    workspace.write(
        "serve.sh",
        format!(
            "trap '' TERM HUP INT\n(setsid sh -c \"trap '' TERM HUP INT; sleep {marker}; true\" &) &\nwait\necho up\n\
             while :; do sleep {marker}; done\n"
        ),
    );
    let criterion = "- [ ] a\n  - Verification: `sh serve.sh`, `echo served`\n  - Ready When: `up`\n  \
                     - Expected Output: `served`\n";
    for level in ["full", "off"] {
        let arguments = ["verify", "--no-record", "--yes", "--sandbox", level, "--output-format=json"];
        let events = workspace.criteria(criterion).run(arguments).json();
        assert_eq!(outcomes(&events), ["AC-1 passed"], "{level}: {events:?}");
        assert!(notes(only(&events)).contains("processes behind, which were killed"), "{level}: {events:?}");
        assert!(!runs(&marker), "{level}");
    }
}

#[test]
fn a_service_is_asked_to_stop_before_it_is_killed() {
    let Some(workspace) = Workspace::at_full() else { return };
    workspace.write("serve.sh", "trap 'echo stopped politely; exit 0' TERM\necho up\nsleep 1000 & wait\n");
    let criterion = "- [ ] a\n  - Verification: `sh serve.sh`, `echo served`\n  - Background: yes\n  - Ready When: `up`\n";
    let check = check(&workspace, criterion);
    assert_eq!(check["outcome"], "passed_by_exit_status", "{check}");
    // The shell of the service may have a word of its own for the `sleep` that went with it.
    let said = check["output"]["head"].as_str().unwrap();
    assert!(said.starts_with("up\nserved\n") && said.contains("stopped politely\n"), "{check}");
    assert!(!notes(&check).contains("killed"), "{check}");
}

#[test]
fn a_service_that_breaks_down_under_its_steps_fails_their_check() {
    let Some(workspace) = Workspace::at_full() else { return };
    workspace.write("out/.keep", "");
    // The shell of the service itself, so that it is gone for certain when the step ends.
    let serve = "echo $BASHPID > out/pid; echo up; until test -e out/asked; do :; done; exit 4";
    let ask = "touch out/asked; while kill -0 $(cat out/pid) 2>/dev/null; do :; done; echo fine";
    let criterion = format!(
        "- [ ] a\n  - Verification: `{serve}`, `{ask}`\n  - Ready When: `up`\n  - Expected Output: `fine`\n"
    );
    let check = check(&workspace, &criterion);
    assert_eq!(check["outcome"], "failed", "{check}");
    assert_eq!(reason(&check), "the service ended by itself with exit status 4");
}

#[test]
fn the_first_served_step_that_fails_ends_the_check() {
    let Some(workspace) = Workspace::at_full() else { return };
    let criterion =
        "- [ ] a\n  - Verification: `echo up; sleep 1000`, `false`, `echo never`\n  - Ready When: `up`\n";
    let events = workspace.criteria(criterion).run(FULL).json();
    assert_eq!(reason(only(&events)), "step 2: exit status 1, expected 0");
    let steps: Vec<&Value> = of_type(&events, "step_finished").map(|step| &step["exit_status"]).collect();
    assert_eq!(steps, [&Value::Null, &Value::from(1)], "a service has no exit status while it runs");
}

#[test]
fn where_somebody_else_listens_nothing_is_proved_of_the_service() {
    let workspace = Workspace::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let criterion = format!(
        "- [ ] a\n  - Verification: `echo never; sleep 1000`, `true`\n  - Background: yes\n  - Ready When: `port {port}`\n"
    );
    let arguments = ["verify", "--no-record", "--yes", "--sandbox", "off", "--output-format=json"];
    let events = workspace.criteria(&criterion).run(arguments).json();
    let check = only(&events);
    assert_eq!(check["outcome"], "error", "{check}");
    let expected = format!("something listened on port {port} before the service was started");
    assert!(reason(check).starts_with(&expected), "{check}");
    assert_eq!(check["output"]["head"], "", "it was not started");
}

#[test]
fn without_a_loopback_a_service_is_left_to_a_person() {
    let Some(workspace) = Workspace::confined() else { return };
    let criteria = "\
- [ ] a
  - Verification: `echo up; sleep 1000`, `true`
  - Ready When: `port 8000`
- [ ] b
  - Verification: `echo up; sleep 1000`, `curl -s http://localhost:8000/`
  - Ready When: `up`
- [ ] one that listens nowhere needs none
  - Verification: `echo up; sleep 1000`, `true`
  - Ready When: `up`
";
    let events = workspace.events_in_place(criteria);
    assert_eq!(outcomes(&events), ["AC-1 manual", "AC-2 manual", "AC-3 passed_by_exit_status"]);
    let reasons: Vec<&str> = of_type(&events, "check_finished").map(reason).collect();
    assert!(
        reasons[..2]
            .iter()
            .all(|reason| reason.contains("at the level landlock; run it with `--sandbox full`"))
    );
}

#[test]
fn a_service_that_wanted_a_loopback_after_all_has_not_failed() {
    let Some(workspace) = with_server() else { return };
    let criterion =
        "- [ ] a\n  - Verification: `python3 -um http.server 8000`\n  - Ready When: `Serving HTTP`\n";
    let events = workspace.events_in_place(criterion);
    assert_eq!(outcomes(&events), ["AC-1 manual"], "{events:?}");
}

#[test]
fn a_forbidden_service_is_denied_like_any_command() {
    let Some(workspace) = Workspace::at_full() else { return };
    let criterion = "- [ ] a\n  - Verification: `rm -rf src; sleep 1000`, `true`\n  - Background: yes\n";
    workspace.plan(&format!(
        "# x\n\n## Constraints & Safety\n- **Forbidden Operations**: `rm -rf`\n\n## Acceptance Criteria\n{criterion}"
    ));
    assert_eq!(outcomes(&workspace.run(FULL).json()), ["AC-1 denied"]);
}

/// What a section of checks comes to: the command of each check, and what it waits for or `ends`, or that it is `manual`.
fn read(section: &str) -> Vec<(String, String)> {
    listed(Workspace::new().plan(&format!("# P\n\n## Validation\n\n{section}")))
}

/// The same of the items of a plan that are criteria.
fn read_criteria(items: &str) -> Vec<(String, String)> {
    listed(Workspace::new().criteria(items))
}

fn listed(workspace: &Workspace) -> Vec<(String, String)> {
    let said = workspace.run(["list", "--output-format=json"]).json();
    of_type(&said, "check")
        .map(|check| {
            let command = check["steps"][0]["command"].as_str().unwrap_or_default().to_owned();
            let ready = match check["kind"].as_str().unwrap() {
                "background" => check["ready_when"].as_str().unwrap_or("goes on"),
                "run" => "ends",
                kind => kind,
            };
            (command, ready.to_owned())
        })
        .collect()
}

/// That a command is found and no service. What else stands there may be left to a person.
fn assert_ends(section: &str, found: &[(String, String)]) {
    assert!(found.iter().any(|(_, ready)| ready == "ends"), "{section}: {found:?}");
    assert!(found.iter().all(|(_, ready)| ready == "ends" || ready == "manual"), "{section}: {found:?}");
}

#[test]
fn what_serves_by_its_nature_is_a_service_wherever_it_stands() {
    for (section, command, ready) in [
        (
            "- Command: `python3 -m http.server 8000`\n- Open the page and verify:\n  - It is calm.\n",
            "python3 -m http.server 8000",
            "port 8000",
        ),
        (
            "1. Start the API:\n   - Command: `npm start`\n   - Expect: the server listens on `http://localhost:3000`.\n",
            "npm start",
            "http://localhost:3000",
        ),
        (
            "```sh\nexport DEBUG=1\nuvicorn app:app --port 8001\n```\n",
            "uvicorn app:app --port 8001",
            "port 8001",
        ),
        ("```sh\n$env:DEBUG = \"1\"\nstreamlit run app.py\n```\n", "streamlit run app.py", "goes on"),
        ("Then start the frontend with `cd web && npm run dev`.\n", "cd web && npm run dev", "goes on"),
        (
            "| Command | Expected |\n| --- | --- |\n| `npm run dev` | the page is shown |\n",
            "npm run dev",
            "goes on",
        ),
        ("`npm run dev` でローカル起動でき、`npm run lint` が通る。\n", "npm run dev", "goes on"),
    ] {
        assert_eq!(read(section)[0], (command.to_owned(), ready.to_owned()), "{section}");
    }
}

#[test]
fn what_is_said_to_serve_is_a_service_whatever_its_name_is() {
    for (section, command, ready) in [
        (
            "- Run `python app.py`; expect output that the server is serving on `http://127.0.0.1:5000`.\n",
            "python app.py",
            "http://127.0.0.1:5000",
        ),
        (
            "- Ensure the backend is running first (from `backend/`, run `cargo run`).\n",
            "cargo run",
            "goes on",
        ),
        (
            "- Start the agent in dev mode: from `agent/`, run `shop up`. Watch its logs.\n",
            "shop up",
            "goes on",
        ),
        ("Start the backend:\n\n    cargo run\n", "cargo run", "goes on"),
        (
            "Command: `dotnet run --project api`\n\nExpected result: the server starts on `http://localhost:62024`.\n",
            "dotnet run --project api",
            "http://localhost:62024",
        ),
    ] {
        assert_eq!(read(section), [(command.to_owned(), ready.to_owned())], "{section}");
    }
}

#[test]
fn what_ends_is_no_service_though_a_sentence_speaks_of_one() {
    for section in [
        "- Run `cargo run`; expect `12 rows`.\n",
        "- Ensure the server is running, then run `cargo run --bin probe`.\n",
        "- With the server running: `python check.py`.\n",
        "- Start the server, then verify (run `app check`).\n",
        "- Start the backend: install with `npm ci`, then `npm run build`.\n",
        "- Run `npm run build`; the bundle is the one that runs on `http://localhost:3000`.\n",
        "- Run `npm test`; the suite finds a server listening on `http://localhost:3000`.\n",
        "- Run `docker compose up -d`; the API listens on `http://localhost:8080`.\n",
        "Start the backend:\n\n    npm run build\n",
        "The `PATH` used to launch `update.sh` holds no compiler: `sh update.sh` passes.\n",
        "- Run `npm run scrape:dev -- --limit=3` and see `3 rows`.\n",
    ] {
        assert_ends(section, &read(section));
    }
}

#[test]
fn what_only_works_on_a_server_ends() {
    for command in [
        "python3 scripts/slow_verify_server.py",
        "python scripts/validate_server.py",
        "python scripts/smoke_server.py --port 8000",
        "python scripts/export_server.py",
        "tools/benchmark_server.py",
        "node scripts/verify-server.mjs",
        "node dist/server.js --self-test",
        "python mcp_server.py --list-tools",
        "go run ./cmd/server -version",
        "cargo run --bin server -- --dump-schema",
        "npx electron scripts/smoke.js",
        "tensorboard --inspect --logdir runs",
        "anvil --hardfork-list",
        "rackup -V",
        "nginx -t",
        "caddy validate",
        "npm run dev && npm run build && npm test",
        "docker compose up --exit-code-from tests",
        "docker compose up --abort-on-container-exit",
        "docker compose up --no-start",
        "docker compose up --wait",
        "gunicorn app:app --daemonize",
    ] {
        let section = format!("```sh\n{command}\n```\n");
        assert_ends(&section, &read(&section));
    }
}

#[test]
fn what_is_said_to_pass_ends_unless_it_must_go_on_by_its_nature() {
    for section in [
        "- `npm run watch` passes.\n",
        "- `npm start` exits with status 0.\n",
        "- `npm run server` starts the import, and exits with status 0.\n",
        "- Run `npm run server`; it succeeds.\n",
        "- `uvicorn broken:app` exits with status 1.\n",
    ] {
        assert_ends(section, &read(section));
    }
    for (section, command) in [
        ("- `uvicorn app:app` succeeds.\n", "uvicorn app:app"),
        ("- `npm run dev` starts without errors.\n", "npm run dev"),
        ("- Run `npm run dev` and confirm that the app loads without errors.\n", "npm run dev"),
    ] {
        assert_eq!(read(section), [(command.to_owned(), "goes on".to_owned())], "{section}");
    }
}

#[test]
fn a_text_that_is_printed_makes_no_service() {
    for items in [
        "- [ ] a\n  - Verification: `cargo run`\n  - Expected Output: `server listening on 127.0.0.1:39123`\n",
        "- [ ] a\n  - Verification: `cargo run`\n  - Expected Output: it says that it is listening on 127.0.0.1:39123\n",
        "- [ ] a\n  - Verification: `cargo run`\n  - Expected Output: a server is running on 127.0.0.1:39123\n",
    ] {
        assert_ends(items, &read_criteria(items));
    }
    for section in [
        "- Run `cargo run`; it must print `server listening on 127.0.0.1:39123`.\n",
        "- Run `cargo run`; it prints that the server is listening on 127.0.0.1:39123.\n",
        "- Run `shop ports`; it lists what is listening on `localhost:3000`.\n",
        "- Run `shop ports`; it finds the app running on `localhost:3000`.\n",
        "- Run `shop probe`; expect that nothing is listening on `localhost:3000`.\n",
        "- Run `shop halt`; expect that the server running on `localhost:3000` has stopped.\n",
    ] {
        assert_ends(section, &read(section));
    }
}

#[test]
fn an_order_to_start_something_else_of_a_service_starts_none() {
    for order in [
        "Start the app's database migration using:",
        "Start the API, with the schema generated by:",
        "Start the services: first generate keys:",
        "Start the import for the API:",
        "Start testing the API:",
    ] {
        let section = format!("{order}\n\n    cargo run\n");
        assert_ends(&section, &read(&section));
    }
    for order in ["Start the backend in one terminal:", "**Launch the dev server**:", "Start the API with:"] {
        let section = format!("{order}\n\n    cargo run\n");
        assert_eq!(read(&section), [("cargo run".to_owned(), "goes on".to_owned())], "{section}");
    }
}

#[test]
fn what_need_not_or_cannot_be_started_is_not() {
    for section in [
        "この変更では `npm run dev` で起動する必要はない。\n",
        "この環境では `npm run dev` で起動できない。\n",
        "本次修改 `npm run dev` 不能启动。\n",
    ] {
        let found = read(section);
        assert!(found.iter().all(|(command, _)| command.is_empty()), "{section}: {found:?}");
    }
    let section = "この環境では `npm run dev` で起動できる。\n";
    assert_eq!(read(section), [("npm run dev".to_owned(), "goes on".to_owned())]);
}

#[test]
fn what_a_person_starts_to_look_at_it_is_left_to_a_person() {
    let section = "手動確認は `just run` で app を起動し、表示が従来と同じであることを確認する。\n";
    assert_eq!(read(section), [(String::new(), "manual".to_owned())]);
}

#[test]
fn each_of_several_services_is_waited_for_by_its_own_port() {
    let section = "Start `go run ./cmd/server`, `python manage.py runserver 127.0.0.1:8000`, and `npm run dev -- --port 5173`.\n";
    let ready: Vec<String> = read(section).into_iter().map(|(_, ready)| ready).collect();
    assert_eq!(ready, ["goes on", "port 8000", "port 5173"]);
}

#[test]
fn a_service_says_what_it_runs_without_and_no_secret() {
    let workspace = Workspace::new();
    let plan = "# P\n\n## Validation\n\n```sh\nexport TOKEN=hunter2hunter2\nnpm run dev\n```\n";
    let said = workspace.plan(plan).run(["list", "--why"]).stdout;
    assert!(said.contains("the service runs without `export TOKEN` before it"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn what_is_said_not_to_serve_ends() {
    let workspace = Workspace::new();
    let criterion = "- [ ] It starts, says so, and ends\n  - Verification: `npm start`\n  - Background: no\n";
    let said = workspace.criteria(criterion).run(["list", "--output-format=json"]).json();
    assert_eq!(of_type(&said, "check").next().unwrap()["kind"], "run", "{said:?}");
}
