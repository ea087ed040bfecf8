//! `planproof convert`: what was inferred from a plan, stated in the standard schema; printed, or put into the plan.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueHint};
use jiff::Timestamp;

use super::args::{OutputFormat, Select};
use super::exit::Exit;
use super::load::Loaded;
use super::problem::Problem;
use super::streams::Streams;
use crate::convert::{Conversion, ConvertError};
use crate::document::{SaveError, save};
use crate::record::not_locked;

/// How to convert.
#[derive(Debug, Args)]
pub struct Convert {
    /// The plan.
    #[arg(value_name = "PLAN", value_hint = ValueHint::FilePath)]
    pub plan: PathBuf,
    /// Only checks whose id is this or matches this glob; may be given several times.
    #[arg(long, value_name = "ID")]
    pub filter: Vec<String>,
    /// Put the section into the plan, above the first section that one of the checks stands in.
    #[arg(long)]
    pub write: bool,
}

impl Convert {
    /// The same as a selection of plans and checks.
    pub fn select(&self) -> Select {
        Select {
            plans: vec![self.plan.clone()],
            filter: self.filter.clone(),
            workspace: None,
            output_format: OutputFormat::Human,
            timeout: None,
        }
    }
}

/// Runs the command on one plan that has no errors.
///
/// # Errors
/// When the section cannot be inserted or saved; the plan is then as it was.
pub fn convert(args: &Convert, loaded: &Loaded, streams: &Streams) -> Result<Exit> {
    let checks = loaded.checks();
    let conversion = Conversion::of(&loaded.plan, &checks);
    let path = loaded.path().display();
    for check in &conversion.left {
        let line = loaded.plan.document().source().line_column(check.span.start);
        let (line, column) = (line.line, line.column);
        let problem =
            Problem::new(format!("{path}:{line}:{column}: {} has no form in the standard schema", check.id));
        streams.note(&problem.help("it stays where it is, and is found there as before").to_string());
    }
    if conversion.is_empty() {
        let problem = Problem::new(format!("{path}: nothing to convert"));
        let help = "every check that can run is explicit already; `planproof list --why` says what would make others so";
        streams.note(&problem.help(help).to_string());
        return Ok(Exit::Nothing);
    }
    if !args.write {
        streams.print(&conversion.section())?;
        return Ok(Exit::Passed);
    }
    let text = conversion.inserted().map_err(|error| not_inserted(loaded, &error))?;
    not_locked(loaded.path(), &loaded.snapshot.path, &loaded.workspace, Timestamp::now()).map_err(
        |locked| Problem::new(locked.to_string()).help("wait, or leave `--write` out and paste the section"),
    )?;
    save(&loaded.snapshot, text.as_bytes()).map_err(|error| not_saved(&error))?;
    let noun = if conversion.len() == 1 { "check" } else { "checks" };
    streams.note(&format!("{} {noun} stated in `Acceptance Criteria` of {path}", conversion.len()));
    Ok(Exit::Passed)
}

fn not_inserted(loaded: &Loaded, error: &ConvertError) -> Problem {
    let path = loaded.path().display();
    let help = "leave `--write` out, and paste what you want of the printed section";
    match error {
        ConvertError::Exists(place) => {
            let place = format!("{path}:{}:{}", place.line, place.column);
            Problem::new(format!("{place}: {error}, and nothing that stands in a plan is changed")).help(help)
        }
        ConvertError::Nothing
        | ConvertError::Unproved(_)
        | ConvertError::Edit(_)
        | ConvertError::Source(_) => Problem::new(format!("{path}: nothing was written: {error}")).help(help),
    }
}

fn not_saved(error: &SaveError) -> Problem {
    let help = match error {
        SaveError::Changed(_) => "convert it again",
        SaveError::ReadOnly(_) | SaveError::Io { .. } => "make the plan writable, or leave `--write` out",
    };
    Problem::new(error.to_string()).help(help)
}
