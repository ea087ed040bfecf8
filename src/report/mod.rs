//! Events to reports, one file for each format. Writes to what it is given; prints nothing by itself.

mod diagnostic;
mod explanation;
mod json;
mod junit;
mod listing;
mod masked_json;
mod sarif;
mod table;
mod terminal;
mod verdicts;
mod visible;

use std::io;

pub use diagnostic::{Rendering, render};
pub use explanation::explanation;
pub use json::{
    Json, check_line, error_line, explanation_line, finding_line, judged_line, recorded_line, summary_line,
};
pub use junit::Junit;
pub use listing::{Listing, list};
pub use sarif::{SarifPlan, sarif};
pub use terminal::{Detail, Terminal};
pub use verdicts::{Judged, Standing, verdicts};
pub use visible::safe;

use crate::run::Event;
use visible::one_line;

/// Hears what happens and tells somebody.
pub trait Reporter {
    /// Takes one event.
    ///
    /// # Errors
    /// What the writer says.
    fn event(&mut self, event: &Event<'_>) -> io::Result<()>;
}
