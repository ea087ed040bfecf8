//! What came of each check, and of all of them together.

use std::time::Duration;

use planproof_sandbox::{Change, ExcerptText, Observed, RefusedCall};

use crate::expectation::Mismatch;

/// Why nothing is known of what a check did.
const NOT_RUN: &str = "it did not run";

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The output was compared and is as expected.
    Passed,
    /// It ended as expected; nothing was stated that output could be compared with.
    PassedByExitStatus,
    /// It ended otherwise, or printed something else.
    Failed,
    /// It changed what no rule allows, whatever else came of it.
    Violated,
    /// It did not end in time.
    TimedOut,
    /// A rule forbids it; it did not run.
    Denied,
    /// It was not understood, or a rule asks for a yes, and nobody gave one; it did not run.
    NeedsReview,
    /// A person has to look.
    Manual,
    /// An earlier failure or an interrupt came first.
    NotRun,
    /// It could not be started, or the sandbox failed.
    Error,
}

impl Outcome {
    /// All of them, in the order in which they are reported.
    pub const ALL: [Outcome; 10] = [
        Self::Passed,
        Self::PassedByExitStatus,
        Self::Failed,
        Self::Violated,
        Self::TimedOut,
        Self::Error,
        Self::Denied,
        Self::NeedsReview,
        Self::Manual,
        Self::NotRun,
    ];

    /// Its name for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::PassedByExitStatus => "passed by exit status",
            Self::Failed => "failed",
            Self::Violated => "violated",
            Self::TimedOut => "timed out",
            Self::Denied => "denied",
            Self::NeedsReview => "needs review",
            Self::Manual => "manual",
            Self::NotRun => "not run",
            Self::Error => "error",
        }
    }

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::PassedByExitStatus => "passed_by_exit_status",
            Self::Failed => "failed",
            Self::Violated => "violated",
            Self::TimedOut => "timed_out",
            Self::Denied => "denied",
            Self::NeedsReview => "needs_review",
            Self::Manual => "manual",
            Self::NotRun => "not_run",
            Self::Error => "error",
        }
    }

    /// Whether it ran and was not as expected.
    pub fn is_failure(self) -> bool {
        match self {
            Self::Failed | Self::Violated | Self::TimedOut | Self::Error => true,
            Self::Passed
            | Self::PassedByExitStatus
            | Self::Denied
            | Self::NeedsReview
            | Self::Manual
            | Self::NotRun => false,
        }
    }

    /// Whether it ran and was as expected.
    pub fn is_pass(self) -> bool {
        matches!(self, Self::Passed | Self::PassedByExitStatus)
    }
}

/// How the shell of a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With this exit status.
    Exited(i32),
    /// By this signal.
    Signaled(i32),
}

/// What came of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepResult {
    /// Its exit status; `None` where a signal, the timeout or an interrupt ended it, and for a service, which still runs.
    pub exit_status: Option<i32>,
    /// How long it took.
    pub duration: Duration,
}

/// What came of one check, with everything that a report needs.
#[derive(Debug, Clone)]
pub struct CheckResult {
    /// What came of it.
    pub outcome: Outcome,
    /// Why, in one sentence; empty for a plain pass.
    pub reason: String,
    /// How long it took, from start to the end of its last process.
    pub duration: Duration,
    /// How its shell ended, if it ran to its end.
    pub ended: Option<Ended>,
    /// The steps that ran, in order.
    pub steps: Vec<StepResult>,
    /// Head and tail of what it printed, stdout and stderr as a terminal would show them.
    pub output: ExcerptText,
    /// How its output differs from what was expected.
    pub mismatch: Option<Mismatch>,
    /// Circumstances worth knowing, one line each.
    pub notes: Vec<String>,
    /// The check whose result this is, where the same work stands in the plan twice.
    pub duplicate_of: Option<String>,
    /// The paths of the workspace that it changed.
    pub changes: Observed<Vec<Change>>,
    /// Those of them that no rule allows.
    pub violations: Observed<Vec<Change>>,
    /// System calls that the sandbox refused.
    pub refused: Observed<Vec<RefusedCall>>,
    /// How often it tried to get beyond the loopback.
    pub unreachable: Observed<u64>,
}

impl CheckResult {
    /// A result of a check that did not run.
    pub fn not_started(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self {
            outcome,
            reason: reason.into(),
            duration: Duration::ZERO,
            ended: None,
            steps: Vec::new(),
            output: ExcerptText::default(),
            mismatch: None,
            notes: Vec::new(),
            duplicate_of: None,
            changes: Observed::Unavailable(NOT_RUN.to_owned()),
            violations: Observed::Unavailable(NOT_RUN.to_owned()),
            refused: Observed::Unavailable(NOT_RUN.to_owned()),
            unreachable: Observed::Unavailable(NOT_RUN.to_owned()),
        }
    }
}

/// How many checks came to each outcome. Checks that stand in a plan twice count once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts([usize; Outcome::ALL.len()]);

impl Counts {
    /// Counts one more, unless it is a duplicate.
    pub fn add(&mut self, result: &CheckResult) {
        if result.duplicate_of.is_none() {
            self.0[result.outcome as usize] += 1;
        }
    }

    /// Counts a duplicate all the same, where the check that it is the duplicate of is not counted.
    pub fn add_twin(&mut self, result: &CheckResult) {
        self.0[result.outcome as usize] += 1;
    }

    /// Adds the counts of another plan.
    pub fn merge(&mut self, other: &Counts) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }

    /// How many came to `outcome`.
    pub fn of(&self, outcome: Outcome) -> usize {
        self.0[outcome as usize]
    }

    /// How many checks there are.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }

    /// How many ran and were not as expected.
    pub fn failures(&self) -> usize {
        Outcome::ALL.into_iter().filter(|outcome| outcome.is_failure()).map(|outcome| self.of(outcome)).sum()
    }

    /// `3 passed, 1 failed, 2 manual`: every outcome that occurred, in order.
    pub fn words(&self) -> String {
        let parts: Vec<String> = Outcome::ALL
            .into_iter()
            .filter(|&outcome| self.of(outcome) > 0)
            .map(|outcome| format!("{} {}", self.of(outcome), outcome.words()))
            .collect();
        if parts.is_empty() { "no checks".to_owned() } else { parts.join(", ") }
    }
}
