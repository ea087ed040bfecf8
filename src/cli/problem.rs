//! An error that ends the program, with the next step.

use std::fmt;

use crate::report::safe;

/// What went wrong and what to do about it.
#[derive(Debug)]
pub struct Problem {
    message: String,
    help: Option<String>,
    rendered: bool,
}

impl Problem {
    /// A problem in one sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, rendered: false }
    }

    /// The same with a next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What went wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn next_step(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The message is a whole annotated finding already.
    #[must_use]
    pub fn rendered(mut self) -> Self {
        self.rendered = true;
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rendered {
            return f.write_str(&self.message);
        }
        write!(f, "error: {}", safe(&self.message))?;
        match &self.help {
            Some(help) => write!(f, "\nhelp: {}", safe(help)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}
