//! The exit status of the program.

use std::process::ExitCode;

use crate::run::{Counts, Outcome};

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything that could be checked passed.
    Passed,
    /// Something failed.
    Failed,
    /// Usage, configuration or plan error.
    Error,
    /// Blocked by policy.
    Blocked,
    /// Nothing to verify.
    Nothing,
    /// Interrupted.
    Interrupted,
}

impl Exit {
    /// The status for the counts of a run that was not interrupted.
    pub fn of(counts: &Counts) -> Self {
        if counts.failures() > 0 {
            Self::Failed
        } else if counts.of(Outcome::Denied) + counts.of(Outcome::NeedsReview) > 0 {
            Self::Blocked
        } else if counts.of(Outcome::Passed) + counts.of(Outcome::PassedByExitStatus) == 0 {
            // Only manual checks: nothing failed, but nothing was proved either.
            Self::Nothing
        } else {
            Self::Passed
        }
    }

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Error => 2,
            Self::Blocked => 3,
            Self::Nothing => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
