//! `planproof list`: what would be run, for people or for programs.

use anyhow::Result;
use clap::Args;

use super::args::{OutputFormat, Select};
use super::counted;
use super::exit::Exit;
use super::load::Loaded;
use super::streams::Streams;
use crate::report::{self, Listing};

/// How to list.
#[derive(Debug, Args)]
pub struct List {
    /// Which plans, which checks.
    #[command(flatten)]
    pub select: Select,
    /// Also say which rule found each check, and what its author could write where a person is needed.
    #[arg(long)]
    pub why: bool,
}

/// Runs the command.
///
/// # Errors
/// When nothing can be printed.
pub fn list(args: &List, plans: &[Loaded], streams: &Streams) -> Result<Exit> {
    let mut text = String::new();
    let mut count = 0;
    let listing = Listing { width: Streams::width(), why: args.why };
    for loaded in plans {
        let checks = loaded.checks();
        count += checks.len();
        match args.select.output_format {
            OutputFormat::Human => text.push_str(&report::list(&loaded.plan, &checks, listing)),
            OutputFormat::Json => {
                let timeout = loaded.timeout(args.select.timeout).as_millis();
                for check in checks {
                    text.push_str(&report::check_line(&loaded.plan, check, timeout));
                    text.push('\n');
                }
            }
        }
    }
    match args.select.output_format {
        OutputFormat::Human => text.push_str(&(counted(plans.len(), count) + "\n")),
        OutputFormat::Json => text.push_str(&(report::summary_line(plans.len(), count) + "\n")),
    }
    streams.print(&text)?;
    Ok(Exit::Passed)
}
