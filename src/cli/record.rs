//! The record's way out: into the plan, or to another file, with what to do where it cannot be written.

use std::path::Path;

use anyhow::Result;

use super::load::Loaded;
use super::problem::Problem;
use crate::document::{SaveError, check_creatable, create};
use crate::record::{self, Locked, Record, RecordError, Target, WriteError};

/// Where and how results are recorded.
#[derive(Debug, Clone, Copy)]
pub struct Recording<'a> {
    /// Another file than the plan.
    pub to: Option<&'a Path>,
    /// Whether sections that a plan lacks are added.
    pub add_sections: bool,
}

impl Recording<'_> {
    fn target<'l>(&self, loaded: &'l Loaded) -> Target<'l> {
        Target {
            plan: &loaded.plan,
            snapshot: &loaded.snapshot,
            workspace: &loaded.workspace,
            add_sections: self.add_sections,
        }
    }

    /// Whether the record can be written, asked before hours of work depend on it.
    ///
    /// # Errors
    /// When a plan cannot be written, is locked, or has one of the two sections twice; when `--record-to` makes no
    /// sense.
    pub fn prepare(&self, plans: &[Loaded]) -> Result<()> {
        if self.to.is_some() && plans.len() > 1 {
            let message = format!("`--record-to` takes one plan, and there are {}", plans.len());
            return Err(Problem::new(message).help("name one plan, or use `--no-record`").into());
        }
        if self.to.is_some_and(|to| plans.iter().any(|loaded| is_the_plan(to, loaded))) {
            return Err(Problem::new("`--record-to` names the plan itself")
                .help("leave the option out")
                .into());
        }
        for loaded in plans.iter().filter(|loaded| !loaded.checks().is_empty()) {
            let target = self.target(loaded);
            match self.to {
                Some(_) => record::has_places(&target).map_err(|error| not_recorded(loaded, &error))?,
                None => record::ready(&target).map_err(|error| not_written(loaded, error))?,
            }
        }
        self.to.map_or(Ok(()), can_write_elsewhere)
    }

    /// Writes the record and says what was done, in one line.
    ///
    /// # Errors
    /// When it cannot be written; the plan is then as it was.
    pub fn write(&self, loaded: &Loaded, outcome: &Record<'_>) -> Result<String> {
        let path = loaded.path().display();
        let target = self.target(loaded);
        let written = match self.to {
            Some(to) => match target.text(outcome) {
                Ok(text) => {
                    write_elsewhere(to, text.as_bytes())?;
                    Ok(format!("recorded in {}", to.display()))
                }
                Err(error) => Err(error.into()),
            },
            None => record::write(&target, outcome).map(|()| format!("recorded in {path}")),
        };
        match written {
            Err(WriteError::Record(RecordError::NoSection)) => Ok(format!(
                "nothing recorded: {path} has neither a `Progress` nor an `Outcomes & Retrospective` section; \
                 `--add-sections` adds them"
            )),
            Err(error) => Err(not_written(loaded, error).into()),
            Ok(said) => Ok(said),
        }
    }
}

/// Whether a path leads to the file of a plan.
pub fn is_the_plan(path: &Path, loaded: &Loaded) -> bool {
    path.canonicalize().is_ok_and(|real| real == loaded.snapshot.path)
}

fn not_written(loaded: &Loaded, error: WriteError) -> Problem {
    let path = loaded.path().display();
    let (message, help) = match error {
        WriteError::Record(error) => return not_recorded(loaded, &error),
        WriteError::Save(error) => return cannot_write(&error),
        WriteError::Source(error) => (error.to_string(), "nothing was recorded; restore the plan"),
        WriteError::KeepsChanging => (
            format!("{path} keeps changing, so nothing was recorded"),
            "stop what writes to it, or use `--record-to FILE`",
        ),
        WriteError::Locked(locked @ Locked::By { .. }) => {
            (locked.to_string(), "wait, or use `--no-record` or `--record-to FILE`")
        }
        WriteError::Locked(locked @ (Locked::Unreadable { .. } | Locked::Unclear(_))) => {
            (locked.to_string(), "correct the lock file, or use `--no-record`")
        }
    };
    Problem::new(message).help(help)
}

fn not_recorded(loaded: &Loaded, error: &RecordError) -> Problem {
    let path = loaded.path().display();
    match error {
        RecordError::TwoSections { name, first, second } => {
            let message =
                format!("{path}:{second}:1: `{name}` stands twice under one heading, first in line {first}");
            Problem::new(message)
                .help("give each plan in the file a title of its own, or verify with `--no-record`")
        }
        other => Problem::new(format!("{path}: nothing was recorded: {other}"))
            .help("correct the plan and verify again, or use `--no-record`"),
    }
}

/// What to do where a plan cannot be saved.
pub fn cannot_write(error: &SaveError) -> Problem {
    Problem::new(error.to_string()).help("make the plan writable, or use `--no-record` or `--record-to FILE`")
}

/// Whether a file can be written, asked before there is anything to write.
///
/// # Errors
/// When it cannot.
pub fn can_write_elsewhere(to: &Path) -> Result<()> {
    Ok(check_creatable(to).map_err(|error| cannot_create(&error))?)
}

/// Writes a file other than a plan.
///
/// # Errors
/// When it cannot be written.
pub fn write_elsewhere(to: &Path, bytes: &[u8]) -> Result<()> {
    Ok(create(to, bytes).map_err(|error| cannot_create(&error))?)
}

fn cannot_create(error: &SaveError) -> Problem {
    Problem::new(error.to_string()).help("name a file in a folder that exists")
}
