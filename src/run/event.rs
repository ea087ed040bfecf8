//! What happens during a run, as it happens. Every report is made of these and of nothing else.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use planproof_sandbox::{Kept, Level};

use super::outcome::{CheckResult, Counts, StepResult};
use crate::plan::{Check, Plan};
use crate::policy::Judgement;

/// One thing that happened.
#[derive(Debug, Clone, Copy)]
pub enum Event<'r> {
    /// A run over one or more plans begins.
    RunStarted {
        /// How many plans.
        plans: usize,
        /// How many checks in all of them are going to be looked at.
        checks: usize,
    },
    /// A plan's turn begins.
    PlanStarted {
        /// The plan.
        plan: &'r Plan,
        /// Its checks with their verdicts.
        judgements: &'r [Judgement<'r>],
        /// How its checks are confined.
        level: Level,
        /// Why not at a higher level, where one was tried.
        fallback: Option<&'r str>,
    },
    /// A check is about to run.
    CheckStarted {
        /// Its plan.
        plan: &'r Plan,
        /// The check.
        check: &'r Check,
    },
    /// A step of the running check ended.
    StepFinished {
        /// Its plan.
        plan: &'r Plan,
        /// Its check.
        check: &'r Check,
        /// Which step, from 0.
        index: usize,
        /// What came of it.
        result: &'r StepResult,
    },
    /// A check has its outcome; also for checks that never started.
    CheckFinished {
        /// Its plan.
        plan: &'r Plan,
        /// The verdict on it, with its check.
        judgement: &'r Judgement<'r>,
        /// What came of it.
        result: &'r CheckResult,
        /// How it was confined.
        level: Level,
    },
    /// Allowed changes were copied to the real workspace.
    Kept {
        /// The plan whose checks made them.
        plan: &'r Plan,
        /// Each path with what became of it.
        kept: &'r [(PathBuf, io::Result<Kept>)],
    },
    /// A plan has all its outcomes.
    PlanFinished {
        /// The plan.
        plan: &'r Plan,
        /// How many checks came to what.
        counts: &'r Counts,
    },
    /// Everything is over.
    RunFinished {
        /// How many checks of all plans came to what.
        counts: &'r Counts,
        /// How long it took.
        duration: Duration,
        /// Whether an interrupt cut it short.
        interrupted: bool,
    },
}
