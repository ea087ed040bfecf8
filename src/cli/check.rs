//! `planproof check`: the verdict on each check, for people, as JSON, as SARIF. Runs nothing.

use std::path::Path;

use anyhow::Result;

use super::args::{Check, OutputFormat, Select};
use super::exit::Exit;
use super::load::Loaded;
use super::problem::Problem;
use super::record;
use super::streams::Streams;
use crate::report::{self, Detail, Judged, SarifPlan, Standing};

/// Runs the command on plans that were read; `sound` if nothing is wrong with them that forbids to run them.
///
/// # Errors
/// When approvals cannot be read, or a report cannot be written.
pub fn check(args: &Check, plans: &[Loaded], sound: bool, streams: &Streams) -> Result<Exit> {
    let judged = judge(plans)?;
    let exit = exit(&judged, sound);
    if let Some(path) = &args.sarif {
        let sarif = sarif(plans, &judged, exit);
        if path == Path::new("-") {
            streams.print(&sarif)?;
            return Ok(exit);
        }
        record::write_elsewhere(path, sarif.as_bytes())?;
    }
    if judged.iter().any(|of_plan| !of_plan.is_empty()) {
        print_all(&args.select, plans, &judged, streams)?;
    }
    Ok(exit)
}

/// What `verify --dry-run` does: the same without its other reports.
///
/// # Errors
/// As [`check`].
pub fn dry_run(select: &Select, plans: &[Loaded], streams: &Streams) -> Result<Exit> {
    let judged = judge(plans)?;
    print_all(select, plans, &judged, streams)?;
    Ok(exit(&judged, true))
}

/// Whether the SARIF file can be written, asked before anything is judged.
///
/// # Errors
/// When it cannot, or is one of the plans.
pub fn prepare(args: &Check, plans: &[Loaded]) -> Result<()> {
    let Some(path) = args.sarif.as_deref() else { return Ok(()) };
    if path == Path::new("-") {
        if args.select.output_format == OutputFormat::Json {
            return Err(Problem::new("`--sarif -` and `--output-format json` both print to standard output")
                .help("name a file with `--sarif FILE`, or leave one of them out")
                .into());
        }
        return Ok(());
    }
    if plans.iter().any(|loaded| record::is_the_plan(path, loaded)) {
        let message = format!("`--sarif {}` names a plan", path.display());
        return Err(Problem::new(message).help("name the file for the report, then the plans").into());
    }
    record::can_write_elsewhere(path)
}

/// The verdicts on the checks of each plan that were asked for, with the approvals that speak for them.
///
/// # Errors
/// When approvals cannot be read.
pub fn judge(plans: &[Loaded]) -> Result<Vec<Vec<Judged<'_>>>> {
    plans.iter().map(Loaded::judged).collect()
}

fn exit(judged: &[Vec<Judged<'_>>], sound: bool) -> Exit {
    let mut all = judged.iter().flatten().peekable();
    match (all.peek().is_some(), sound) {
        (_, false) => Exit::Error,
        (false, true) => Exit::Nothing,
        (true, true) if all.all(Judged::may_run) => Exit::Passed,
        (true, true) => Exit::Blocked,
    }
}

/// Prints the verdicts on the checks of one plan.
///
/// # Errors
/// What standard output says.
pub fn print(select: &Select, loaded: &Loaded, judged: &[Judged<'_>], streams: &Streams) -> Result<()> {
    let text = match select.output_format {
        OutputFormat::Human => report::verdicts(&loaded.plan, judged, streams.rendering(), streams.detail),
        OutputFormat::Json => {
            let timeout = loaded.timeout(select.timeout).as_millis();
            let line = |judged| report::judged_line(&loaded.plan, judged, timeout) + "\n";
            judged.iter().map(line).collect()
        }
    };
    Ok(streams.print(&text)?)
}

fn print_all(select: &Select, plans: &[Loaded], judged: &[Vec<Judged<'_>>], streams: &Streams) -> Result<()> {
    for (loaded, judged) in plans.iter().zip(judged) {
        print(select, loaded, judged, streams)?;
    }
    let all: Vec<&Judged<'_>> = judged.iter().flatten().collect();
    let text = match select.output_format {
        OutputFormat::Json => report::summary_line(plans.len(), all.len()) + "\n",
        OutputFormat::Human if streams.detail == Detail::Silent => return Ok(()),
        OutputFormat::Human => summary(plans.len(), &all) + &next_step(plans, judged).unwrap_or_default(),
    };
    Ok(streams.print(&text)?)
}

/// `6 checks in 1 plan: 3 allowed, 1 denied, 1 needs a yes, 1 manual`.
fn summary(plans: usize, judged: &[&Judged<'_>]) -> String {
    let count = |standing| judged.iter().filter(|judged| judged.standing() == standing).count();
    let asked = count(Standing::Asks);
    let parts = [
        (count(Standing::Allowed), "allowed"),
        (count(Standing::Approved), "approved"),
        (asked, if asked == 1 { "needs a yes" } else { "need a yes" }),
        (count(Standing::Denied), "denied"),
        (count(Standing::Manual), "manual"),
    ];
    let told: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    let counted = super::counted(plans, judged.len());
    if told.is_empty() { format!("{counted}\n") } else { format!("{counted}: {}\n", told.join(", ")) }
}

/// How to say yes to the first check that needs it.
fn next_step(plans: &[Loaded], judged: &[Vec<Judged<'_>>]) -> Option<String> {
    let asks = |judged: &&Judged<'_>| judged.standing() == Standing::Asks;
    let mut all = plans.iter().zip(judged);
    let (loaded, first) = all.find_map(|(loaded, judged)| Some((loaded, judged.iter().find(asks)?)))?;
    let id = &first.check().duplicate_of.as_ref().unwrap_or(&first.check().id);
    let path = loaded.path().display().to_string();
    let path = shlex::try_quote(&path).ok()?;
    let command = format!("planproof check {path} --approve {id} --reason '…'");
    Some(report::safe(&format!("help: `{command}` lets {id} run once, without a yes to everything\n")))
}

/// One run for each workspace, since addresses are relative to it.
fn sarif(plans: &[Loaded], judged: &[Vec<Judged<'_>>], exit: Exit) -> String {
    let mut workspaces: Vec<&Path> = Vec::new();
    for loaded in plans {
        if !workspaces.contains(&loaded.workspace.as_path()) {
            workspaces.push(&loaded.workspace);
        }
    }
    let of = |workspace: &Path| {
        let within = plans.iter().zip(judged).filter(|(loaded, _)| loaded.workspace == workspace);
        let plans = within.map(|(loaded, judged)| SarifPlan {
            plan: &loaded.plan,
            address: loaded.address(),
            findings: loaded.findings().collect(),
            judged,
        });
        plans.collect()
    };
    let runs: Vec<Vec<SarifPlan<'_>>> = workspaces.into_iter().map(of).collect();
    report::sarif(&runs, exit.code())
}
