//! What serves until it is stopped by what is said of it, and what tells that it is ready.

use crate::document::Span;

use super::check::{Ready, Stated};
pub(super) use super::serving::serves;

/// A command that serves until it is stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Service {
    /// What tells that it is ready, where something was stated.
    pub ready_when: Option<Stated<Ready>>,
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
