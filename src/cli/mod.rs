//! Arguments to settings to wiring. The only place that prints, reads the environment, and exits.
#![allow(clippy::exit, reason = "the command line is where the program ends")]

mod args;
mod config;
mod convert;
mod discover;
mod environment;
mod exit;
mod list;
mod load;
mod problem;
mod record;
mod sandbox;
mod streams;
mod verify;

use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser};

use crate::diagnostic::Severity;
use crate::policy::{Judgement, Verdict};
use crate::report;
use args::{Cli, Command, OutputFormat, Select};
use exit::Exit;
use load::Loaded;
use problem::Problem;
use streams::Streams;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output and are no error; a closed pipe has nowhere to be told.
            let _ = error.print();
            return if error.use_stderr() { Exit::Error.into() } else { Exit::Passed.into() };
        }
    };
    let streams = Streams::new(&cli.shared);
    match dispatch(&cli, &streams) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let problem =
                error.downcast::<Problem>().unwrap_or_else(|other| Problem::new(format!("{other:#}")));
            if format_of(&cli.command) == OutputFormat::Json {
                let line = report::error_line(problem.message(), problem.next_step());
                // A reader that has gone away has seen enough.
                let _ = streams.print(&format!("{line}\n"));
            }
            streams.note(&problem.to_string());
            Exit::Error.into()
        }
    }
}

/// Ends the program at once.
fn exit_now(exit: Exit) -> ! {
    std::process::exit(i32::from(exit.code()))
}

fn format_of(command: &Command) -> OutputFormat {
    match command {
        Command::Verify(verify) => verify.select.output_format,
        Command::Check(select) => select.output_format,
        Command::List(list) => list.select.output_format,
        Command::Sandbox { output_format } => *output_format,
        Command::Convert(_) | Command::Completions { .. } | Command::Man => OutputFormat::Human,
    }
}

fn dispatch(cli: &Cli, streams: &Streams) -> Result<Exit> {
    let config = cli.shared.config.as_deref();
    match &cli.command {
        Command::Verify(args) => {
            let plans = load::load(&args.select, config)?;
            let sound = tell_findings(&plans, &args.select, streams, true)?;
            if nothing_to_do(&plans, &args.select, streams)? {
                return Ok(if sound { Exit::Nothing } else { Exit::Error });
            }
            match (sound, args.dry_run) {
                (false, _) => Ok(Exit::Error),
                (true, true) => check(&plans, &args.select, streams),
                (true, false) => verify::verify(args, &plans, streams),
            }
        }
        Command::Check(select) => {
            let plans = load::load(select, config)?;
            let sound = tell_findings(&plans, select, streams, true)?;
            if nothing_to_do(&plans, select, streams)? {
                return Ok(if sound { Exit::Nothing } else { Exit::Error });
            }
            let exit = check(&plans, select, streams)?;
            Ok(if sound { exit } else { Exit::Error })
        }
        Command::List(args) => {
            let plans = load::load(&args.select, config)?;
            tell_findings(&plans, &args.select, streams, false)?;
            if nothing_to_do(&plans, &args.select, streams)? {
                return Ok(Exit::Nothing);
            }
            list::list(args, &plans, streams)
        }
        Command::Convert(args) => {
            let plans = load::load(&args.select(), config)?;
            let sound = tell_findings(&plans, &args.select(), streams, false)?;
            match plans.as_slice() {
                [loaded] if sound => convert::convert(args, loaded, streams),
                _ => Ok(Exit::Error),
            }
        }
        Command::Sandbox { output_format } => sandbox::sandbox(*output_format, streams),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "planproof", &mut text);
            streams.print(&String::from_utf8_lossy(&text))?;
            Ok(Exit::Passed)
        }
        Command::Man => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut text)?;
            streams.print(&String::from_utf8_lossy(&text))?;
            Ok(Exit::Passed)
        }
    }
}

/// Tells what is wrong with the plans and their rules. Whether nothing forbids to run them.
fn tell_findings(plans: &[Loaded], select: &Select, streams: &Streams, rules: bool) -> Result<bool> {
    let mut sound = true;
    for loaded in plans {
        let source = loaded.plan.document().source();
        let of_rules = loaded.policy.diagnostics.iter().filter(|_| rules);
        for finding in loaded.plan.diagnostics.iter().chain(of_rules) {
            sound &= finding.severity < Severity::Error;
            match select.output_format {
                OutputFormat::Json => {
                    streams.print(&format!("{}\n", report::finding_line(finding, source)))?;
                }
                OutputFormat::Human => {
                    let told = match finding.severity {
                        Severity::Error => true,
                        Severity::Warning | Severity::Note => streams.detail >= report::Detail::Normal,
                    };
                    if told {
                        streams.finding(finding, source);
                    }
                }
            }
        }
    }
    Ok(sound)
}

/// Says which plans have no checks, and whether that is all of them.
fn nothing_to_do(plans: &[Loaded], select: &Select, streams: &Streams) -> Result<bool> {
    for loaded in plans.iter().filter(|loaded| loaded.plan.checks.is_empty()) {
        let problem = Problem::new(format!("{}: no checks found", loaded.path().display())).help(
            "planproof reads `Acceptance Criteria` with `- Verification:` fields, milestones with `Verify by:`, and \
             commands in validation and acceptance sections",
        );
        if select.output_format == OutputFormat::Json {
            let line = report::error_line(problem.message(), problem.next_step());
            streams.print(&(line + "\n"))?;
        }
        streams.note(&problem.to_string());
    }
    let none = plans.iter().all(|loaded| loaded.checks().is_empty());
    if none && select.output_format == OutputFormat::Json {
        streams.print(&(report::summary_line(plans.len(), 0) + "\n"))?;
    }
    Ok(none)
}

fn check(plans: &[Loaded], select: &Select, streams: &Streams) -> Result<Exit> {
    let mut text = String::new();
    let mut count = 0;
    let mut worst = Verdict::Allow;
    for loaded in plans {
        let judgements: Vec<Judgement<'_>> =
            loaded.checks().into_iter().map(|check| loaded.policy.judge(check)).collect();
        count += judgements.len();
        worst = judgements.iter().map(Judgement::verdict).max().unwrap_or(worst).max(worst);
        match select.output_format {
            OutputFormat::Human => {
                text.push_str(&report::verdicts(&loaded.plan, &judgements, streams.rendering()));
            }
            OutputFormat::Json => {
                let timeout = loaded.timeout(select.timeout).as_millis();
                for judgement in &judgements {
                    let check = judgement.check();
                    text.push_str(&report::check_line(&loaded.plan, check, Some(judgement), timeout));
                    text.push('\n');
                }
            }
        }
    }
    match select.output_format {
        OutputFormat::Human => text.push_str(&summary(plans.len(), count)),
        OutputFormat::Json => text.push_str(&(report::summary_line(plans.len(), count) + "\n")),
    }
    streams.print(&text)?;
    Ok(match worst {
        Verdict::Allow => Exit::Passed,
        Verdict::Ask | Verdict::Deny => Exit::Blocked,
    })
}

fn summary(plans: usize, checks: usize) -> String {
    let noun =
        |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    format!("{} in {}\n", noun(checks, "check"), noun(plans, "plan"))
}
