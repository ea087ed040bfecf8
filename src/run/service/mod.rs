//! A check whose first step serves: started, waited for, kept for the steps that follow, and stopped at their end.
//!
//! All of it happens in the shell of the check, inside the sandbox: at the level full nobody outside can reach the
//! loopback that the service listens on. Whether it listens is read from the kernel's list of sockets, so that no
//! connection is used up that was meant for a step.

mod script;

use std::time::Duration;

use planproof_sandbox::{Level, Network};

pub(super) use script::script;

use super::execute::seconds;
use super::outcome::{CheckResult, Outcome};
use crate::plan::{Check, Kind, Ready};

/// How long a service of which nothing says when it is ready is waited for to listen, and one that has put itself into
/// the background to become ready, in seconds.
const GRACE: u32 = 2;

/// Why a service cannot be run at a level, if so.
///
/// At landlock a check has no network at all, so that a server would fail whatever it is worth. One that says that it
/// is ready, and is asked at no port, may well do without.
pub(super) fn refused(check: &Check, level: Level, network: Network) -> Option<&'static str> {
    let needs_a_loopback = match Readiness::of(check)? {
        Readiness::Port { .. } | Readiness::Url { .. } | Readiness::Anything => true,
        Readiness::Output(_) => check.steps.iter().any(|step| named_port(&step.command).is_some()),
    };
    (needs_a_loopback && has_no_network(level, network)).then_some(NO_LOOPBACK)
}

/// Takes back the failure of a service that was refused a network, which it needed after all: it says nothing of its
/// worth.
pub(super) fn take_back(check: &Check, result: &mut CheckResult, level: Level, network: Network) {
    let failed = matches!(result.outcome, Outcome::Failed | Outcome::TimedOut);
    let refused = result.refused.seen().is_some_and(|calls| calls.iter().any(|call| call.network));
    if matches!(check.kind, Kind::Background { .. }) && has_no_network(level, network) && failed && refused {
        result.outcome = Outcome::Manual;
        result.mismatch = None;
        NO_LOOPBACK.clone_into(&mut result.reason);
    }
}

fn has_no_network(level: Level, network: Network) -> bool {
    level == Level::Landlock && network == Network::Loopback
}

const NO_LOOPBACK: &str = "a service needs a loopback, which checks have not at the level landlock; run it with \
                           `--sandbox full`, or with `--network on`";

/// What tells that a service is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Readiness {
    /// Something listens on this port.
    Port { port: u16, stated: bool },
    /// Something listens on the port, and answers a request in HTTP where the URL is one without encryption.
    Url { url: String, port: u16, request: Option<String> },
    /// It has printed a line with this text.
    Output(String),
    /// Nothing was stated: it listens on a port that nothing listened on before, or lives on for a while.
    Anything,
}

impl Readiness {
    /// What the plan states, else the port of this machine that the served steps name, else nothing.
    pub(super) fn of(check: &Check) -> Option<Self> {
        let Kind::Background { ready_when } = &check.kind else { return None };
        Some(match ready_when.as_ref().map(|stated| &stated.value) {
            Some(Ready::Port(port)) => Self::Port { port: *port, stated: true },
            Some(Ready::Url(url)) => Self::of_url(url),
            Some(Ready::Output(text)) => Self::Output(text.clone()),
            None => {
                let port = check.steps.iter().skip(1).find_map(|step| named_port(&step.command));
                port.map_or(Self::Anything, |port| Self::Port { port, stated: false })
            }
        })
    }

    fn of_url(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(at);
        let path = path.split('#').next().filter(|path| path.starts_with('/')).unwrap_or("/");
        let number = host.rsplit_once(':').and_then(|(_, number)| number.parse().ok());
        let plain = scheme == "http";
        let port = number.unwrap_or(if plain { 80 } else { 443 });
        let request =
            plain.then(|| format!("GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        Self::Url { url: url.to_owned(), port, request }
    }

    /// What did not happen while it was waited for.
    fn missed(&self) -> String {
        match self {
            Self::Port { port, .. } => format!("nothing listened on port {port}"),
            Self::Url { url, .. } => format!("nothing answered at {url}"),
            Self::Output(text) => format!("it did not print `{text}`"),
            Self::Anything => "it did not live".to_owned(),
        }
    }
}

/// The first port of this machine that a command names.
fn named_port(command: &str) -> Option<u16> {
    ["localhost:", "127.0.0.1:", "0.0.0.0:", "[::1]:"]
        .iter()
        .flat_map(|host| command.match_indices(host).map(|(at, host)| at + host.len()))
        .filter_map(|at| {
            let digits = command[at..].split(|character: char| !character.is_ascii_digit()).next()?;
            Some((at, digits.parse().ok().filter(|&port: &u16| port > 0)?))
        })
        .min()
        .map(|(_, port)| port)
}

/// What is known of a running service.
#[derive(Debug)]
pub(super) struct Service {
    readiness: Readiness,
    state: State,
    /// The status that it ended with by itself.
    ended: Option<i32>,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Starting,
    /// With what was taken for readiness, where nothing was stated.
    Ready(String),
    /// Somebody else listens where it should.
    Taken,
}

/// What a checkpoint means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The service is ready: its step is done, and those that it serves begin.
    Ready,
    /// A served step ended.
    Step(Option<i32>),
    /// Something that is kept here.
    Noted,
}

impl Service {
    pub(super) fn new(readiness: Readiness) -> Self {
        Self { readiness, state: State::Starting, ended: None }
    }

    /// Takes what the script tells at a checkpoint.
    pub(super) fn hear(&mut self, message: &str) -> Heard {
        let Some(said) = message.trim().strip_prefix("service ") else {
            return Heard::Step(message.trim().parse().ok());
        };
        if let Some(how) = said.strip_prefix("ready") {
            self.state = State::Ready(how.trim().to_owned());
            return Heard::Ready;
        }
        if let Some(status) = said.strip_prefix("ended ") {
            self.ended = status.parse().ok();
        } else if said.starts_with("taken ") {
            self.state = State::Taken;
        }
        Heard::Noted
    }

    /// Why nothing can be said of the service: another one is in its place.
    pub(super) fn displaced(&self) -> Option<String> {
        let (Readiness::Port { port, .. } | Readiness::Url { port, .. }) = &self.readiness else {
            return None;
        };
        (self.state == State::Taken).then(|| {
            format!(
                "something listened on port {port} before the service was started, so it proves nothing of it"
            )
        })
    }

    /// What went wrong with the service itself.
    pub(super) fn failure(&self) -> Option<String> {
        match (&self.state, self.ended) {
            (State::Starting, Some(status)) => {
                let missed = self.readiness.missed();
                Some(format!("the service ended with exit status {status} before it was ready: {missed}"))
            }
            (State::Ready(_), Some(status)) if status != 0 => {
                Some(format!("the service ended by itself with exit status {status}"))
            }
            (State::Starting | State::Ready(_) | State::Taken, _) => None,
        }
    }

    /// Why its check took too long, if that is its doing.
    pub(super) fn late(&self, timeout: Duration) -> Option<String> {
        (self.state == State::Starting).then(|| {
            format!("the service was not ready within {}: {}", seconds(timeout), self.readiness.missed())
        })
    }

    /// What a person should know of how it went.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        match (&self.readiness, &self.state) {
            (Readiness::Port { port, stated: false }, _) => notes.push(format!(
                "nothing says when the service is ready; it was waited for on port {port}, which its steps name"
            )),
            (Readiness::Anything, State::Ready(how)) if how.is_empty() => notes.push(format!(
                "nothing says when the service is ready; it was taken for ready because it lived for {GRACE} s"
            )),
            (Readiness::Anything, State::Ready(how)) => notes.push(format!(
                "nothing says when the service is ready; it was taken for ready when something listened on {how}"
            )),
            (Readiness::Output(_), State::Starting) if self.ended.is_none() => {
                notes.push("programs often keep what they print in a buffer where no terminal reads it".to_owned());
            }
            (Readiness::Port { .. } | Readiness::Url { .. } | Readiness::Output(_) | Readiness::Anything, _) => {}
        }
        if let (State::Ready(_), Some(0)) = (&self.state, self.ended) {
            notes.push("the service ended by itself before it was stopped".to_owned());
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_of_this_machine_is_found_in_a_command() {
        assert_eq!(named_port("curl -s http://127.0.0.1:8000/ http://localhost:9000"), Some(8000));
        assert_eq!(named_port("curl http://localhost:9000/x; curl [::1]:80"), Some(9000));
        for none in ["curl http://example.com:80/", "curl localhost", "curl localhost:99999", "localhost:0"] {
            assert_eq!(named_port(none), None, "{none}");
        }
    }

    #[test]
    fn a_url_has_a_port_and_a_request() {
        let of = |url| match Readiness::of_url(url) {
            Readiness::Url { port, request, .. } => {
                (port, request.map(|text| text.lines().next().unwrap().to_owned()))
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(of("http://localhost:8080/a?b#c"), (8080, Some("GET /a?b HTTP/1.0".to_owned())));
        assert_eq!(of("http://localhost"), (80, Some("GET / HTTP/1.0".to_owned())));
        assert_eq!(of("https://localhost:8443/"), (8443, None));
    }

    #[test]
    fn what_the_script_tells_is_heard() {
        let mut service = Service::new(Readiness::Anything);
        assert_eq!(service.hear("service ready port 8000"), Heard::Ready);
        assert!(service.notes()[0].ends_with("listened on port 8000"), "{:?}", service.notes());
        assert_eq!(service.hear("7"), Heard::Step(Some(7)));
        assert_eq!(service.hear("service ended 3"), Heard::Noted);
        assert_eq!(service.failure().unwrap(), "the service ended by itself with exit status 3");
    }
}
