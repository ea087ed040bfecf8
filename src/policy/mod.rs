//! Rules to verdicts: whether a check may run, decided before anything does. Pure: no file is read, nothing runs.
//!
//! Rules come from the program itself, from the project (trusted) and from the plan, which may come from a stranger
//! and so can only narrow. Verdicts join upwards, deny over ask over allow; what is not understood is never allowed.

mod alternative;
mod approval;
mod category;
mod commands;
mod explain;
mod judge;
mod names;
mod passwords;
mod pattern;
mod pipeline;
mod places;
mod rule_id;
mod rules;
mod script;
mod shell;
mod spoken;
mod writes;

pub use approval::{Approval, Hash, Subject};
pub use explain::{Explanation, Input, Normal, Tried};
pub use judge::{APPROVALS, Consent, Finding, Judgement, Link, PROTECTED, Permit};
pub use pattern::PatternError;
pub use rule_id::RuleId;
pub use rules::{ExampleError, Policy, ProjectRule, ProjectRules, check_examples, check_pattern};
pub use writes::AllowedDirectories;

/// Every place that the reader of commands names in a script, as ranges of its bytes: for the fuzz target.
#[doc(hidden)]
pub fn places_in(script: &str) -> Vec<std::ops::Range<usize>> {
    shell::places(script)
}

/// Whether a check may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// No rule speaks against it.
    Allow,
    /// A person has to say yes.
    Ask,
    /// A rule forbids it.
    Deny,
}
