//! Events to reports, one file for each format. Writes to what it is given; prints nothing by itself.

mod diagnostic;
mod json;
mod junit;
mod listing;
mod masked_json;
mod table;
mod terminal;
mod verdicts;

use std::io;

pub use diagnostic::{Rendering, render, safe};
pub use json::{Json, check_line, error_line, finding_line, recorded_line, summary_line};
pub use junit::Junit;
pub use listing::{Listing, list};
pub use terminal::{Detail, Terminal};
pub use verdicts::verdicts;

use crate::run::Event;

/// Hears what happens and tells somebody.
pub trait Reporter {
    /// Takes one event.
    ///
    /// # Errors
    /// What the writer says.
    fn event(&mut self, event: &Event<'_>) -> io::Result<()>;
}

/// Text for one line of a terminal or an attribute: line endings and other control characters become blanks.
fn one_line(text: &str) -> String {
    text.split(|character: char| character.is_control() || character.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
