//! What serves until it is stopped by what is said of it, and what tells that it is ready.

use crate::document::Span;

use super::check::{Ready, Stated};
pub(super) use super::serving::{may_serve, serves};
use super::words::{begins, has_word, says};

/// A command that serves until it is stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Service {
    /// What tells that it is ready, where something was stated.
    pub ready_when: Option<Stated<Ready>>,
}

/// Words for something that goes on once it is started.
pub(super) const THINGS: &[&str] = phrases! {
    "server", "servers", "service", "services", "daemon", "backend", "frontend", "app", "api", "ui", "dashboard", "proxy",
    "worker", "site", "agent", "gateway", "website", "web app",
};

/// Whether what is said of a command is that it listens at an address, and so does not end: "expect the server to listen on
/// `http://localhost:3000`". Without an address these words speak of anything.
pub(super) fn is_said_to_listen(words: &str) -> bool {
    const LISTENS: &[&str] = phrases! {
        "listening", "listens", "to listen", "serving on", "serving at", "serves on", "serves at", "running on",
        "running at", "runs on", "starts on", "starts at", "started on", "server starts", "server started",
        "server is running", "server running", "起動", "启动", "啟動", "监听", "監聽",
    };
    let hosts = ["localhost:", "127.0.0.1", "0.0.0.0", "[::1]"];
    says(words, LISTENS) && (hosts.iter().any(|host| words.contains(host)) || port(words).is_some())
}

/// Whether the words before a command, in lower case, say that it is what must run for the rest: "Ensure the backend is
/// running first (from `backend/`, run `…`)", "Start the agent in dev mode: from `agent/`, run `…`".
///
/// The command must be how that is done, so that it stands in the parentheses or behind the colon: in "ensure the server is
/// running, then run `…`" it is another.
pub(super) fn is_told_to_run(sentence: &str) -> bool {
    const ENSURES: &[&str] = phrases! { "ensure", "make sure", "be sure" };
    const STARTS: &[&str] = phrases! { "start", "launch", "boot", "spin up", "bring up" };
    const RUNS: &[&str] = phrases! { "is running", "is up", "is started" };
    const HOW: &[&str] = phrases! { "run", "start", "launch", "with", "via", "using", "by" };
    const ANOTHER: &[&str] = phrases! { ", then", " then ", "; ", " and then ", ") " };
    let sentence =
        sentence.trim_start_matches(|letter: char| !letter.is_alphabetic()).trim_end_matches(['`', ' ']);
    let Some(at) = sentence.find([':', '(', '（', '：']) else { return false };
    let (told, how) = sentence.split_at(at);
    let goes_on = has_word(told, THINGS) || says(told, &["dev mode", "development mode", "watch mode"]);
    let another = says(sentence, ANOTHER) || how.ends_with(')') || says(told, &[" and "]);
    let ensures = begins(told, ENSURES) && has_word(told, RUNS) && has_word(how, HOW);
    goes_on && !another && (begins(told, STARTS) || ensures)
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
