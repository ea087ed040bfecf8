//! Rules about commands that feed one another, such as `curl | sh`.

use std::ops::Range;

use super::pattern::{Match, Pattern, PatternError};
use super::shell::{Invocation, Reading};

/// Programs that fetch what another machine has, and programs that run what they read.
const FETCH: [&str; 5] = ["aria2c", "curl", "fetch", "http", "wget"];
const RUN: [&str; 12] =
    ["ash", "bash", "dash", "fish", "ksh", "node", "perl", "php", "python", "ruby", "sh", "zsh"];

/// The elements of a pipeline, in order; others may stand between them.
#[derive(Debug, Clone)]
pub struct Pipeline {
    elements: Vec<Pattern>,
    remote: bool,
}

impl Pipeline {
    /// Reads `a | b | c`.
    pub fn parse(text: &str) -> Result<Pipeline, PatternError> {
        let text = text.trim().trim_matches('`');
        let elements: Vec<Pattern> = text.split('|').map(Pattern::parse).collect::<Result<_, _>>()?;
        let program = |pattern: Option<&Pattern>, list: &[&str]| {
            pattern.is_some_and(|pattern| list.contains(&pattern.program()))
        };
        // Whoever forbids `curl | sh` forbids running what comes from elsewhere.
        let remote = program(elements.first(), &FETCH) && program(elements.last(), &RUN);
        Ok(Pipeline { elements, remote })
    }

    /// It is about code from elsewhere that is run.
    pub fn is_remote(&self) -> bool {
        self.remote
    }

    /// The pipelines of a reading that have these elements: the range of each.
    pub fn find(&self, reading: &Reading) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut start = 0;
        let mut next = 0;
        for command in &reading.commands {
            if !command.pipeline.fed {
                next = 0;
            }
            let matches = |pattern: &Pattern| {
                let yes = |invocation: &&Invocation| pattern.matches(invocation) == Match::Yes;
                // `sh -n` only looks whether it could be read.
                let tries = |invocation: &Invocation| {
                    self.remote && RUN.contains(&invocation.program.as_str()) && noexec(invocation)
                };
                command.invocations.iter().filter(yes).any(|invocation| !tries(invocation))
            };
            if self.elements.get(next).is_some_and(matches) {
                if next == 0 {
                    start = command.span.start;
                }
                next += 1;
                if next == self.elements.len() {
                    found.push(start.min(command.span.start)..command.span.end);
                    next = 0;
                }
            }
        }
        if self.remote {
            found.extend(reading.remote.iter().map(|remote| remote.span.clone()));
        }
        found
    }
}

/// A shell does not run what it is fed: it has another script, or is told to check the syntax only, by its first option
/// and nothing that takes it back.
fn noexec(invocation: &Invocation) -> bool {
    // What a shell with `-c` is fed is not its script: `curl URL | sh -c 'cat > FILE'`.
    let script = invocation.words().iter().any(|word| word.text.as_deref() == Some("-c"));
    let shell = matches!(invocation.program.as_str(), "ash" | "bash" | "dash" | "ksh" | "sh" | "zsh");
    let words: Option<Vec<&str>> = invocation.words().iter().map(|word| word.text.as_deref()).collect();
    shell && (script || words.is_some_and(|words| matches!(words.as_slice(), ["-n" | "-nv" | "-vn"])))
}
