//! planproof proves that an `ExecPlan` holds.
//!
//! The rooms, in the order in which data goes through them; a room imports only from those to its left:
//!
//! ```text
//! Source ─ Document ─ Plan ─ Checks ─ Verdicts ─ Events ─ Outcomes ─ Reports
//!                                                                 └─ Edits ─ Source′
//!
//! diagnostic · document ← plan ← policy ← run ← record · convert · report ← cli   expectation, secret: leaves
//! ```

#![forbid(unsafe_code)]

pub mod diagnostic;
pub mod document;
pub mod expectation;
pub mod secret;
pub mod plan;
pub mod policy;
pub mod run;
pub mod record;
pub mod convert;
pub mod report;
pub mod cli;
