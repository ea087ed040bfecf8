//! What serves until it is stopped by what is said of it, and what tells that it is ready.

use crate::document::Span;

use super::check::{Ready, Stated};
pub(super) use super::serving::{is_server, may_serve, serves};
use super::words::{NEGATION, begins, has_word, says};

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
///
/// What it prints is no word about it: what ends can print `server listening on 127.0.0.1:3000`, and so can what only looks
/// for a server. Where the words negate or speak of an end, or of something that is found, nobody knows what of it holds.
pub(super) fn is_said_to_listen(words: &str) -> bool {
    const LISTENS: &[&str] = phrases! {
        "listening", "listens", "to listen", "serving on", "serving at", "serves on", "serves at", "running on",
        "running at", "runs on", "starts on", "starts at", "started on", "server starts", "server started",
        "server is running", "server running", "起動", "启动", "啟動", "监听", "監聽",
    };
    const OTHERWISE: &[&str] = phrases! {
        "not", "nothing", "none", "stop", "stops", "stopped", "end", "ends", "ended", "exit", "exits", "exited", "find",
        "finds", "found", "list", "lists", "listed", "print", "prints", "printed", "detect", "detects", "report", "reports",
        "closed", "refused", "fail", "fails", "kill", "kills", "killed",
    };
    let hosts = ["localhost:", "127.0.0.1", "0.0.0.0", "[::1]"];
    let prose = prose(words);
    let otherwise = says(&prose, NEGATION) || says(&prose, &["ない", "不", "没", "停止", "終了"]);
    says(&prose, LISTENS)
        && !otherwise
        && !has_word(&prose, OTHERWISE)
        && (hosts.iter().any(|host| words.contains(host)) || port(words).is_some())
}

/// Whether words beside a command say that something starts, and not that it ends: "`npm run dev` starts without errors".
pub(super) fn starts(words: &str) -> bool {
    const STARTS: &[&str] = phrases! {
        "start", "starts", "started", "boot", "boots", "launch", "launches", "comes up", "serves", "loads", "起動", "启动",
        "啟動",
    };
    const ENDS: &[&str] =
        phrases! { "exit", "exits", "end", "ends", "stops", "finishes", "returns", "status" };
    let prose = prose(words);
    has_word(&prose, STARTS) && !has_word(&prose, ENDS)
}

/// Words without their code and what they quote, which is every other piece between backticks or quotes.
fn prose(words: &str) -> String {
    words.split(['`', '"']).step_by(2).collect::<Vec<_>>().join("`")
}

/// Whether what is said is that a server starts at an address: "the server starts on `http://localhost:3000`". What only looks
/// at one does not see it start.
pub(super) fn is_said_to_start(words: &str) -> bool {
    let starts = ["starts on ", "starts at "].iter().find_map(|verb| words.split_once(verb));
    starts.is_some_and(|(subject, _)| {
        let subject = subject.trim();
        subject.split(' ').count() <= 4
            && subject.rsplit(' ').next().is_some_and(|last| THINGS.contains(&last))
    })
}

/// Whether the words before a command, in lower case, say that it is what must run for the rest: "Ensure the backend is
/// running first (from `backend/`, run `…`)", "Start the agent in dev mode: from `agent/`, run `…`".
///
/// The command must be how that is done, so that it stands in the parentheses or behind the colon: in "ensure the server is
/// running, then run `…`" it is another.
pub(super) fn is_told_to_run(sentence: &str) -> bool {
    const ENSURES: &[&str] = phrases! { "ensure ", "make sure ", "be sure " };
    const STARTS: &[&str] = phrases! { "start ", "launch ", "boot ", "spin up ", "bring up " };
    const RUNS: &[&str] = phrases! { " is running", " is up", " is started" };
    const HOW: &[&str] = phrases! { "run", "start", "launch", "with", "via", "using", "by" };
    const ANOTHER: &[&str] = phrases! { ", then", " then ", "; ", " and then ", ") " };
    let sentence =
        sentence.trim_start_matches(|letter: char| !letter.is_alphabetic()).trim_end_matches(['`', ' ']);
    let Some(at) = sentence.find([':', '(', '（', '：']) else { return false };
    let (told, how) = sentence.split_at(at);
    // In "start the services: first generate keys:" what stands below is how the keys are generated.
    let how = how.trim_matches([':', '(', '（', '：', ' ', '*', '_', ',']);
    let tells_how = how.is_empty()
        || ((begins(how, &["from ", "in "]) || begins(how, HOW))
            && !how.contains([':', '：', ')', '）'])
            && how.rsplit(' ').next().is_some_and(|last| HOW.contains(&last)));
    let told = told.trim_end_matches(['*', '_', ' ']);
    let told = told.strip_suffix(" first").unwrap_or(told);
    let ensured = RUNS.iter().find_map(|end| told.strip_suffix(end));
    let ordered = if begins(told, STARTS) {
        Some(told)
    } else {
        ensured.filter(|_| begins(told, ENSURES) && !how.is_empty())
    };
    tells_how && !says(sentence, ANOTHER) && ordered.is_some_and(ends_with_a_thing)
}

/// Whether the last noun of an order is something that goes on: "start the backend in one terminal", but not "start the app's
/// database migration", "start the import for the API" or "start the API, with the schema generated by".
fn ends_with_a_thing(order: &str) -> bool {
    const MODES: &[&str] = phrases! { " in dev mode", " in development mode", " in watch mode" };
    const WHERE: &[&str] =
        phrases! { " in ", " on ", " from ", " locally", " with", " using", " via", " by" };
    const OF_ANOTHER: &[&str] = phrases! {
        ",", ";", "'s ", "s' ", "generated", " and ", " of ", " for ", " to ", " against ", " that ", " which ", "ing ",
    };
    let in_mode = MODES.iter().any(|mode| order.contains(mode));
    let end = WHERE.iter().filter_map(|place| order.find(place)).min().unwrap_or(order.len());
    let noun = order[..end].trim_end_matches(['`', '*', '_', ' ']);
    let last = noun.rsplit([' ', '-']).next().unwrap_or(noun);
    !OF_ANOTHER.iter().any(|words| order.contains(words)) && (in_mode || THINGS.contains(&last))
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
    fn only_words_about_a_command_that_goes_on_say_that_it_listens() {
        for words in
            ["the server is running on `http://localhost:3000`", "listens on port 80, see `it lists`"]
        {
            assert!(is_said_to_listen(words), "{words}");
        }
        for words in [
            "`server listening on 127.0.0.1:3000`",
            "the server running on `localhost:3000` is stopped",
            "the server is not running on `localhost:3000`",
            "the server starts on `localhost:3000` and exits",
            "it finds the server running on `localhost:3000`",
            "the server is running",
        ] {
            assert!(!is_said_to_listen(words), "{words}");
        }
    }

    #[test]
    fn what_is_told_to_run_is_the_last_noun_of_its_order() {
        for order in ["start the backend:", "ensure the api is running first (from `backend/`, run `"] {
            assert!(is_told_to_run(order), "{order}");
        }
        for order in [
            "start the app's server using:",
            "start the app, the migration of the api:",
            "start the api tests:",
            "start the api: first seed with:",
            "ensure the api migration is running (run `",
            "startup of the api:",
        ] {
            assert!(!is_told_to_run(order), "{order}");
        }
    }
}
