//! What a plan asks to be verified: checks, their steps, and what is expected of them.

use std::sync::Arc;
use std::time::Duration;

use crate::document::{Lines, Span};
use crate::expectation::Expectation;

use super::found_by::FoundBy;
use super::words::{has_word, negates, plain};
use super::{predicate, script};

/// Words by which few or no finds are as good as some.
const LIMITS: &[&str] =
    &["only", "except", "outside", "most", "fewer", "zero", "remaining", "empty", "0", "none"];

/// Something the author wrote, with the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Stated<T> {
    /// `value` as it stands at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// How a check can be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Its steps run and end.
    Run,
    /// Its first step serves until it is stopped; the later ones are run once it is ready, and it is stopped when the
    /// last of them has ended. Without later steps, to become ready and to live on is all that it must do.
    Background {
        /// What tells that it is ready, where something was stated; else nothing but that it lives.
        ready_when: Option<Stated<Ready>>,
    },
    /// A person has to look.
    Manual {
        /// Why planproof cannot.
        reason: String,
    },
}

impl Kind {
    /// Whether two kinds are the same, wherever what they state stands.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Background { ready_when: one }, Self::Background { ready_when: two }) => {
                one.as_ref().map(|stated| &stated.value) == two.as_ref().map(|stated| &stated.value)
            }
            (one, two) => one == two,
        }
    }
}

/// What tells that a service is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ready {
    /// A port of the loopback accepts connections.
    Port(u16),
    /// The URL answers, whatever the answer.
    Url(String),
    /// The service has printed a line that holds this text.
    Output(String),
}

impl Ready {
    /// Reads `port 8080`, `8080`, `:8080`, `localhost:8080`, a URL, or any other text, which the service must print.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        if text.starts_with("http://") || text.starts_with("https://") {
            return Self::Url(text.to_owned());
        }
        let words = text.strip_prefix("port ").unwrap_or(text);
        let number = words.rsplit_once(':').map_or(words, |(host, number)| match host {
            "" | "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]" => number,
            _ => words,
        });
        match number.trim().parse() {
            Ok(port) if port > 0 => Self::Port(port),
            _ => Self::Output(text.to_owned()),
        }
    }
}

impl std::fmt::Display for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Port(port) => write!(f, "port {port}"),
            Self::Url(text) | Self::Output(text) => f.write_str(text),
        }
    }
}

/// How sure the reader is that the author meant this check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// A field or a block under a verify label.
    Explicit,
    /// Prose.
    Inferred,
}

/// The exit status that a check must end with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Exactly this one.
    Code(i32),
    /// Any but 0.
    NonZero,
    /// 0 or 1, the two by which a search says whether it has found something.
    Searched,
}

impl ExitStatus {
    /// Whether a command that ended with `code` did what was expected.
    pub fn accepts(self, code: i32) -> bool {
        match self {
            Self::Code(expected) => code == expected,
            // 126 and 127 are the shell's own: the command could not be run at all.
            Self::NonZero => !matches!(code, 0 | 126 | 127),
            Self::Searched => matches!(code, 0 | 1),
        }
    }
}

impl std::fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::NonZero => f.write_str("non-zero"),
            Self::Searched => f.write_str("0 or 1"),
        }
    }
}

/// One command of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The command as the shell gets it; several lines where the author wrote several.
    pub command: String,
    /// Where it stands.
    pub span: Span,
    /// The source bytes of each line of `command`, in order.
    pub lines: Lines,
    /// Whether the plan says `set -o pipefail` above it, so that it fails if any command of a pipeline does.
    pub pipefail: bool,
    /// What this very step must print (in a transcript, the lines below its prompt).
    pub output: Option<Stated<Expectation>>,
    /// Where each of the commands begins that it was put together from, since none means anything without the others; the
    /// first that fails ends it. Empty where it is one command.
    pub parts: Vec<usize>,
}

/// A script with its working directory, what is expected of it, and where it stands in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Stable name: `AC-2`, `M1-1`, `VA-3`.
    pub id: String,
    /// The criterion in the author's words.
    pub title: String,
    /// The heading it stands under.
    pub section: Arc<str>,
    /// The first command, or the criterion where there is none.
    pub span: Span,
    /// How it can be carried out.
    pub kind: Kind,
    /// How sure the reader is.
    pub confidence: Confidence,
    /// The rule of the grammar that found it.
    pub found_by: FoundBy,
    /// What the reader took for granted, a sentence each: an absolute path that was taken for the repository's root.
    pub notes: Vec<String>,
    /// The commands, in order, for one shell.
    pub steps: Vec<Step>,
    /// What stdout and stderr together must show.
    pub output: Option<Stated<Expectation>>,
    /// What stderr alone must show.
    pub stderr: Option<Stated<Expectation>>,
    /// Texts that must not stand in the output.
    pub must_not_output: Vec<Stated<String>>,
    /// The exit status of the last step; 0 where none is stated.
    pub exit_status: Option<Stated<ExitStatus>>,
    /// An expectation in words, which nothing can compare.
    pub prose: Option<Stated<String>>,
    /// Where it runs, relative to the workspace; the workspace itself where none is stated.
    pub working_directory: Option<Stated<String>>,
    /// How long it may take; the run's default where none is stated.
    pub timeout: Option<Duration>,
    /// The path whose existence it proves, for the built-in check of a deliverable.
    pub deliverable: Option<String>,
    /// The earlier check with the same commands and expectations; this one is not run again.
    pub duplicate_of: Option<String>,
}

impl Check {
    /// Whether anything was stated that output can be compared with.
    pub fn compares_output(&self) -> bool {
        self.output.is_some()
            || self.stderr.is_some()
            || !self.must_not_output.is_empty()
            || self.steps.iter().any(|step| step.output.is_some())
    }

    /// The commands as they stand in the plan, with `set -o pipefail` before the first that it holds for.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        script::written(&self.steps).map(|(command, _)| command)
    }

    /// The exit status it must end with.
    pub fn expected_exit_status(&self) -> ExitStatus {
        if let Some(stated) = &self.exit_status {
            return stated.value;
        }
        // "No hits outside of the docs" is nothing that can be compared, and is true of a search that finds some as of one
        // that finds none. "Lists every caller" is not.
        let limits = |text: &str| negates(text) || has_word(&plain(text), LIMITS);
        let in_words =
            !self.compares_output() && self.prose.as_ref().is_some_and(|prose| limits(&prose.value));
        // `grep -c` prints 0 and ends with 1.
        let counts_none = self.output.as_ref().is_some_and(|output| output.value.text.trim() == "0");
        match self.steps.last() {
            Some(step) if (in_words || counts_none) && predicate::searches(&step.command) => {
                ExitStatus::Searched
            }
            _ => ExitStatus::Code(0),
        }
    }

    /// Whether two checks run the same commands in the same place and expect the same, wherever they stand. What only a
    /// person can compare makes no difference: it is not looked at twice by running twice.
    pub fn same_work(&self, other: &Check) -> bool {
        fn value<T>(stated: Option<&Stated<T>>) -> Option<&T> {
            stated.map(|stated| &stated.value)
        }
        self.kind.is_same(&other.kind)
            && self.steps.len() == other.steps.len()
            && self.steps.iter().zip(&other.steps).all(|(one, two)| {
                (&one.command, one.pipefail) == (&two.command, two.pipefail)
                    && value(one.output.as_ref()) == value(two.output.as_ref())
            })
            && value(self.output.as_ref()) == value(other.output.as_ref())
            && value(self.stderr.as_ref()) == value(other.stderr.as_ref())
            && self
                .must_not_output
                .iter()
                .map(|text| &text.value)
                .eq(other.must_not_output.iter().map(|text| &text.value))
            && self.expected_exit_status() == other.expected_exit_status()
            && value(self.working_directory.as_ref()) == value(other.working_directory.as_ref())
            && self.timeout == other.timeout
    }
}

impl Step {
    /// The place in the plan of a byte range of [`Step::command`].
    ///
    /// Exact where the command stands in the plan as it is; a code span over two lines differs from its bytes only
    /// in the line ending.
    pub fn span_of(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.offset_of(range.start), self.offset_of(range.end).max(self.offset_of(range.start)))
    }

    fn offset_of(&self, offset: usize) -> usize {
        let mut before = 0;
        for line in &self.lines {
            if offset <= before + line.len() {
                return line.start + (offset - before);
            }
            before += line.len() + 1;
        }
        self.span.end
    }
}
