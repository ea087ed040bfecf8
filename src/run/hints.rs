//! What to tell about a check that may have failed because of its sandbox.

use planproof_sandbox::{ExcerptText, Level, Network, Observed};

use super::outcome::{CheckResult, Outcome};
use crate::plan::Check;

/// Adds what a person should know; nothing to a check that passed, but for what was refused.
pub(super) fn add(result: &mut CheckResult, level: Level, network: Network) {
    let attempts = result.unreachable.seen().copied().unwrap_or_default();
    if level == Level::Off {
        return;
    }
    let failed = result.outcome.is_failure();
    if failed && network == Network::Loopback && (attempts > 0 || speaks_of(&result.output, NETWORK)) {
        result.notes.push(OFFLINE.to_owned());
    }
    if let Observed::Seen(refused) = &result.refused
        && !refused.is_empty()
    {
        let calls: Vec<String> =
            refused
                .iter()
                .map(|one| {
                    if one.count > 1 {
                        format!("{} ({} times)", one.call, one.count)
                    } else {
                        one.call.clone()
                    }
                })
                .collect();
        result.notes.push(format!("the sandbox refused: {}", calls.join(", ")));
    }
    if failed && speaks_of(&result.output, REFUSAL) {
        result.notes.push(if level == Level::Full { CONFINED_IN_VIEW } else { CONFINED }.to_owned());
    }
}

/// Adds that the exit status of a check proves nothing, where its own last words make it 0.
pub(super) fn say_what_cannot_fail(result: &mut CheckResult, check: &Check) {
    const ENDS: [&str; 5] = ["|| true", "|| :", "|| exit 0", "; true", "; exit 0"];
    let last = check.steps.last().map_or("", |step| step.command.trim_end_matches([' ', ';', ')', '\n']));
    if result.outcome == Outcome::PassedByExitStatus
        && let Some(end) = ENDS.iter().find(|end| last.ends_with(**end))
    {
        result.notes.push(format!("`{end}` makes it succeed whatever comes before, so this proves nothing"));
    }
}

const OFFLINE: &str = "the network is off for checks, but for a loopback; `--network on` or `network = \"on\"` in planproof.toml opens it";

const CONFINED: &str = "the sandbox lets a check write only to the allowed directories, to folders that git ignores, and to `$TMPDIR`";

const CONFINED_IN_VIEW: &str = "the sandbox lets a check write only to the workspace and to private directories such as `/tmp` and the home directory; toolchains and the system are read-only";

/// How the C library and the usual tools word a refused access.
const REFUSAL: &[&str] = &["Permission denied", "Read-only file system", "EACCES", "EROFS"];

/// How the C library, curl, Node, Go, Rust and Python word a network that is not there.
const NETWORK: &[&str] = &[
    "Could not resolve host",
    "Temporary failure in name resolution",
    "Name or service not known",
    "nodename nor servname",
    "No address associated with hostname",
    "failed to lookup address",
    "no such host",
    "ENOTFOUND",
    "EAI_AGAIN",
    "Network is unreachable",
    "ENETUNREACH",
    "network is unreachable",
    "Failed to connect to",
    "Couldn't connect to server",
];

fn speaks_of(output: &ExcerptText, words: &[&str]) -> bool {
    [&output.head, &output.tail].iter().any(|part| words.iter().any(|word| part.contains(word)))
}
