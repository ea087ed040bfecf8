//! Plan files to plans: read, parsed, with their workspace, their rules, and what is wrong with them told.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use globset::{Glob, GlobSet, GlobSetBuilder};
use jiff::Timestamp;

use super::approvals::Approvals;
use super::args::Select;
use super::config::{self, Config};
use super::problem::Problem;
use crate::diagnostic::Diagnostic;
use crate::document::{Document, Snapshot, Source, read};
use crate::plan::{Check, Plan, Reading};
use crate::policy::{Approval, Policy, Verdict};
use crate::report::Judged;

/// How long a check may take where nothing says otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(5);

/// A plan with everything that the commands need of it.
#[derive(Debug)]
pub struct Loaded {
    /// The plan.
    pub plan: Plan,
    /// The file as it was read.
    pub snapshot: Snapshot,
    /// The workspace, absolute, links resolved.
    pub workspace: PathBuf,
    /// The project's settings.
    pub config: Config,
    /// The rules that hold.
    pub policy: Policy,
    /// The filter of this run.
    filter: Option<GlobSet>,
}

impl Loaded {
    /// The checks that were asked for.
    pub fn checks(&self) -> Vec<&Check> {
        let wanted = |check: &&Check| self.filter.as_ref().is_none_or(|filter| filter.is_match(&check.id));
        self.plan.checks.iter().filter(wanted).collect()
    }

    /// The verdicts on the checks that were asked for, with the approvals that speak for them.
    ///
    /// # Errors
    /// When the approvals cannot be read.
    pub fn judged(&self) -> Result<Vec<Judged<'_>>> {
        let now = Timestamp::now();
        let approvals = Approvals::of(&self.workspace).all()?;
        let judged = |check| {
            let judgement = self.policy.judge(check);
            let asks = judgement.verdict() == Verdict::Ask;
            let subject = asks.then(|| judgement.subject());
            let consents = |approval: &&Approval| {
                subject.as_ref().is_some_and(|subject| approval.consents_to(subject, now))
            };
            let approval = approvals.iter().find(consents).cloned();
            Judged { judgement, approval }
        };
        Ok(self.checks().into_iter().map(judged).collect())
    }

    /// What is wrong with the plan and with its rules.
    pub fn findings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.plan.diagnostics.iter().chain(&self.policy.diagnostics)
    }

    /// The plan as its workspace names it; its whole path where it stands elsewhere.
    pub fn address(&self) -> PathBuf {
        let folder = self.path().parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize();
        let named = folder.ok().zip(self.path().file_name()).map(|(folder, name)| folder.join(name));
        let named = named.unwrap_or_else(|| self.snapshot.path.clone());
        let within = [&named, &self.snapshot.path]
            .into_iter()
            .find_map(|path| path.strip_prefix(&self.workspace).ok());
        within.map(Path::to_owned).unwrap_or(named)
    }

    /// How long a check may take that does not say so itself.
    pub fn timeout(&self, asked: Option<Duration>) -> Duration {
        asked.or(self.config.timeout).unwrap_or(DEFAULT_TIMEOUT)
    }

    /// The path as it was given.
    pub fn path(&self) -> &Path {
        self.plan.document().source().path()
    }
}

/// Loads every plan that was asked for.
///
/// # Errors
/// When a file cannot be read or is no text, a workspace is no directory, a configuration or filter is wrong, or no
/// plan has a check that matches the filter.
pub fn load(select: &Select, config: Option<&Path>) -> Result<Vec<Loaded>> {
    let filter = filter(&select.filter)?;
    let mut all = Vec::new();
    for path in super::discover::plans(&select.plans)? {
        all.push(load_one(&path, select.workspace.as_deref(), config, filter.clone())?);
    }
    let none_matches = all.iter().all(|loaded| loaded.checks().is_empty());
    if filter.is_some() && none_matches {
        let known: Vec<&str> =
            all.iter().flat_map(|loaded| &loaded.plan.checks).map(|check| check.id.as_str()).collect();
        let help = match known.as_slice() {
            [] => "no check was found in the plan; `planproof list` says what is read".to_owned(),
            ids if ids.len() <= 12 => format!("the checks are {}", ids.join(", ")),
            _ => "`planproof list` shows the ids of the checks".to_owned(),
        };
        let message = format!("no check matches `--filter {}`", select.filter.join(" --filter "));
        return Err(Problem::new(message).help(help).into());
    }
    Ok(all)
}

/// Loads one plan.
///
/// # Errors
/// When a file cannot be read or is no text, the workspace is no directory, or the configuration is wrong.
pub fn load_one(
    path: &Path,
    workspace: Option<&Path>,
    config: Option<&Path>,
    filter: Option<GlobSet>,
) -> Result<Loaded> {
    let snapshot = read(path).map_err(|error| {
        Problem::new(error.to_string()).help("name a plan file, or a directory to search for plans")
    })?;
    let source = Source::from_bytes(path, snapshot.bytes.clone()).map_err(|error| {
        Problem::new(error.to_string())
            .help("save the plan as UTF-8 text, without control bytes at that place")
    })?;
    let workspace = find_workspace(path, &snapshot.path, workspace)?;
    let config = config::load(config, &workspace)?;
    let repository = workspace.file_name().map(|name| name.to_string_lossy().into_owned());
    let reading = Reading { headings: config.headings.clone(), repository };
    let plan = Plan::read_with(Document::parse(source), &reading);
    let policy = Policy::new(&plan, &config.rules);
    Ok(Loaded { plan, snapshot, workspace, config, policy, filter })
}

/// The directory that was named; else the git root above the plan; else the plan's folder.
///
/// # Errors
/// When the directory that was named is none.
pub fn find_workspace(path: &Path, file: &Path, named: Option<&Path>) -> Result<PathBuf> {
    if let Some(named) = named {
        let real = named.canonicalize().map_err(|error| {
            Problem::new(format!("workspace {}: {error}", named.display()))
                .help("name a directory that exists")
        })?;
        if !real.is_dir() {
            let message = format!("workspace {} is not a directory", named.display());
            return Err(Problem::new(message).help("name the directory that the plan speaks of").into());
        }
        return Ok(real);
    }
    // Where the plan is a link, the project is where the link stands, not where the file is kept.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().unwrap_or_else(|_| file.parent().unwrap_or(file).to_owned());
    let root = folder.ancestors().find(|folder| folder.join(".git").exists());
    Ok(root.unwrap_or(&folder).to_owned())
}

fn filter(globs: &[String]) -> Result<Option<GlobSet>> {
    if globs.is_empty() {
        return Ok(None);
    }
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        let parsed = Glob::new(glob).map_err(|error| {
            Problem::new(format!("`--filter {glob}`: {}", error.kind()))
                .help("write an id such as `AC-2`, or a glob such as `M1-*`")
        })?;
        builder.add(parsed);
    }
    Ok(Some(builder.build()?))
}
