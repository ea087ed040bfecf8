//! Writing the record: into the plan, or to another file; never over a change that somebody else made.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use super::load::Loaded;
use super::problem::Problem;
use crate::document::{Document, SaveError, Snapshot, Source, check_creatable, create, read, save};
use crate::plan::SectionKind;
use crate::record::{Record, RecordError, holder, record, same_checks};

/// How often a plan that changes under our hands is read again before giving up.
const ATTEMPTS: usize = 8;

/// The time as the standard schema writes it: UTC, whole seconds.
pub fn now() -> String {
    format!("{:.0}", Timestamp::now())
}

/// Whether the record can be written, asked before hours of work depend on it.
///
/// # Errors
/// When a plan cannot be written, is locked, or has one of the two sections twice; when `--record-to` makes no sense.
pub fn prepare(plans: &[Loaded], to: Option<&Path>) -> Result<()> {
    if to.is_some() && plans.len() > 1 {
        let message = format!("`--record-to` takes one plan, and there are {}", plans.len());
        return Err(Problem::new(message).help("name one plan, or use `--no-record`").into());
    }
    if to.is_some_and(|to| plans.iter().any(|loaded| is_the_plan(to, loaded))) {
        return Err(Problem::new("`--record-to` names the plan itself").help("leave the option out").into());
    }
    for loaded in plans.iter().filter(|loaded| !loaded.checks().is_empty()) {
        for kind in [SectionKind::Progress, SectionKind::Outcomes] {
            let source = loaded.plan.document().source();
            let lines = loaded
                .plan
                .sections_of(kind)
                .map(|section| source.line_column(section.heading_span.start).line);
            let twice: Vec<usize> = lines.collect();
            if let [first, second, ..] = twice.as_slice() {
                let path = loaded.path().display();
                let message = format!(
                    "{path}:{second}:1: this section stands in the plan twice, first in line {first}"
                );
                return Err(Problem::new(message)
                    .help("keep one plan in a file, or verify with `--no-record`")
                    .into());
            }
        }
        if to.is_none() {
            not_locked(loaded)?;
            loaded.snapshot.check_writable().map_err(|error| cannot_write(&error))?;
        }
    }
    to.map_or(Ok(()), can_write_elsewhere)
}

/// Whether a path leads to the file of a plan.
pub fn is_the_plan(path: &Path, loaded: &Loaded) -> bool {
    path.canonicalize().is_ok_and(|real| real == loaded.snapshot.path)
}

fn cannot_write(error: &SaveError) -> Problem {
    Problem::new(error.to_string()).help("make the plan writable, or use `--no-record` or `--record-to FILE`")
}

/// Fails while somebody else holds a lock on the plan, by the name that was given or by that of the file itself.
fn not_locked(loaded: &Loaded) -> Result<()> {
    let named = loaded.path().parent().filter(|folder| !folder.as_os_str().is_empty());
    let named = named.unwrap_or(Path::new(".")).canonicalize().unwrap_or_default();
    let named = named.join(loaded.path().file_name().unwrap_or_default());
    let mut names = vec![loaded.snapshot.path.clone(), named];
    names.dedup();
    let mut folders = vec![loaded.workspace.as_path()];
    folders.extend(names.iter().filter_map(|name| name.parent()));
    folders.sort_unstable();
    folders.dedup();
    for folder in folders {
        let file = folder.join(".agent-locks.yaml");
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => {
                return Err(Problem::new(format!("cannot read {}: {error}", file.display()))
                    .help("correct the lock file, or use `--no-record`")
                    .into());
            }
        };
        for relative in names.iter().filter_map(|name| name.strip_prefix(folder).ok()) {
            let held = holder(&text, &relative.to_string_lossy(), Timestamp::now()).map_err(|error| {
                Problem::new(error.to_string()).help("correct the lock file, or use `--no-record`")
            })?;
            if let Some(holder) = held {
                let message = format!("{} is locked by {holder}", loaded.path().display());
                let help = "wait, or use `--no-record` or `--record-to FILE`";
                return Err(Problem::new(message).help(help).into());
            }
        }
    }
    Ok(())
}

/// Writes the record and says what was done, in one line.
///
/// # Errors
/// When it cannot be written; the plan is then as it was.
pub fn write(loaded: &Loaded, outcome: &Record<'_>, to: Option<&Path>) -> Result<String> {
    let path = loaded.path().display();
    let edited = match record(&loaded.plan, outcome) {
        Ok(edited) => edited,
        Err(RecordError::NoSection) => {
            return Ok(format!(
                "nothing recorded: {path} has neither a `Progress` nor an `Outcomes & Retrospective` section"
            ));
        }
        Err(error) => return Err(not_recorded(loaded, &error).into()),
    };
    if let Some(to) = to {
        write_elsewhere(to, edited.as_bytes())?;
        return Ok(format!("recorded in {}", to.display()));
    }
    not_locked(loaded)?;
    let mut edited = edited;
    let mut snapshot: Snapshot = loaded.snapshot.clone();
    for _ in 0..ATTEMPTS {
        match save(&snapshot, edited.as_bytes()) {
            Ok(()) => return Ok(format!("recorded in {path}")),
            Err(SaveError::Changed(_)) => {}
            Err(error) => return Err(cannot_write(&error).into()),
        }
        // Somebody wrote to the plan while its checks ran: read it again and edit the new text, provided that it
        // still asks for what was verified.
        snapshot = read(loaded.path()).map_err(|error| cannot_write(&error))?;
        let source = Source::from_bytes(loaded.path(), snapshot.bytes.clone()).map_err(|error| {
            Problem::new(error.to_string()).help("nothing was recorded; restore the plan")
        })?;
        let now = loaded.plan.read_again(Document::parse(source));
        same_checks(&loaded.plan, &now).map_err(|error| not_recorded(loaded, &error))?;
        edited = record(&now, outcome).map_err(|error| not_recorded(loaded, &error))?;
    }
    Err(Problem::new(format!("{path} keeps changing, so nothing was recorded"))
        .help("stop what writes to it, or use `--record-to FILE`")
        .into())
}

fn not_recorded(loaded: &Loaded, error: &RecordError) -> Problem {
    Problem::new(format!("{}: nothing was recorded: {error}", loaded.path().display()))
        .help("correct the plan and verify again, or use `--no-record`")
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
