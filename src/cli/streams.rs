//! Where things are printed: results to standard output, findings and notes to standard error.

use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};

use super::args::{Color, Shared};
use crate::diagnostic::Diagnostic;
use crate::document::Source;
use crate::report::{Detail, Rendering, render};

/// The two streams, with the colour and the detail that were asked for.
#[derive(Debug)]
pub struct Streams {
    color: ColorChoice,
    /// How much is told.
    pub detail: Detail,
}

impl Streams {
    /// As asked for.
    pub fn new(shared: &Shared) -> Self {
        let color = match shared.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let detail = match (shared.quiet, shared.verbose) {
            (0, false) => Detail::Normal,
            (0, true) => Detail::Verbose,
            (1, _) => Detail::Quiet,
            (_, _) => Detail::Silent,
        };
        Self { color, detail }
    }

    /// Standard output, styles stripped where they are not wanted.
    pub fn out(&self) -> AutoStream<io::Stdout> {
        AutoStream::new(io::stdout(), self.color)
    }

    fn err(&self) -> AutoStream<io::Stderr> {
        AutoStream::new(io::stderr(), self.color)
    }

    /// How many columns standard output has: those of its terminal, or 100 where it is none.
    pub fn width() -> usize {
        /// Narrower than this a table is no table any more.
        const LEAST: u16 = 60;
        let terminal = terminal_size::terminal_size_of(io::stdout());
        terminal.map_or(100, |(terminal_size::Width(columns), _)| usize::from(columns.max(LEAST)))
    }

    /// How findings on standard output are to look.
    pub fn rendering(&self) -> Rendering {
        match self.out().current_choice() {
            ColorChoice::Never => Rendering::Plain,
            ColorChoice::Auto | ColorChoice::Always | ColorChoice::AlwaysAnsi => Rendering::Styled,
        }
    }

    /// Prints text to standard output. A reader that has gone away is no error.
    ///
    /// # Errors
    /// What the system says otherwise.
    pub fn print(&self, text: &str) -> io::Result<()> {
        let mut out = self.out();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }

    /// Prints a finding to standard error.
    pub fn finding(&self, finding: &Diagnostic, source: &Source) {
        self.note(render(finding, source, Rendering::Styled).trim_end());
    }

    /// Prints lines to standard error, where a failure to do so has nowhere to be told.
    pub fn note(&self, text: &str) {
        let _ = writeln!(self.err(), "{text}");
    }
}
