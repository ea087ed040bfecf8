//! Arguments to settings to wiring. The only place that prints, reads the environment, and exits.
#![allow(clippy::exit, reason = "the command line is where the program ends")]

mod approvals;
mod approve;
mod args;
mod check;
mod config;
mod convert;
mod discover;
mod environment;
mod exit;
mod explain;
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
        Command::Check(check) => check.select.output_format,
        Command::List(list) => list.select.output_format,
        Command::Explain(explain) => explain.output_format,
        Command::Sandbox { output_format } => *output_format,
        Command::Convert(_) | Command::Completions { .. } | Command::Man => OutputFormat::Human,
    }
}

fn dispatch(cli: &Cli, streams: &Streams) -> Result<Exit> {
    let config = cli.shared.config.as_deref();
    match &cli.command {
        Command::Verify(args) => {
            let plans = load::load(&args.select, config)?;
            let sound = tell_findings(&plans, args.select.output_format, streams, true)?;
            if nothing_to_do(&plans, &args.select, streams)? {
                return Ok(if sound { Exit::Nothing } else { Exit::Error });
            }
            match (sound, args.dry_run) {
                (false, _) => Ok(Exit::Error),
                (true, true) => check::dry_run(&args.select, &plans, streams),
                (true, false) => verify::verify(args, &plans, streams),
            }
        }
        Command::Check(args) => {
            let plans = load::load(&args.select, config)?;
            check::prepare(args, &plans)?;
            let sound = tell_findings(&plans, args.select.output_format, streams, true)?;
            nothing_to_do(&plans, &args.select, streams)?;
            if args.approve.is_empty() {
                check::check(args, &plans, sound, streams)
            } else {
                approve::approve(args, &plans, sound, streams)
            }
        }
        Command::Explain(args) => explain::explain(args, config, streams),
        Command::List(args) => {
            let plans = load::load(&args.select, config)?;
            tell_findings(&plans, args.select.output_format, streams, false)?;
            if nothing_to_do(&plans, &args.select, streams)? {
                return Ok(Exit::Nothing);
            }
            list::list(args, &plans, streams)
        }
        Command::Convert(args) => {
            let plans = load::load(&args.select(), config)?;
            let sound = tell_findings(&plans, OutputFormat::Human, streams, false)?;
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
fn tell_findings(plans: &[Loaded], format: OutputFormat, streams: &Streams, rules: bool) -> Result<bool> {
    let mut sound = true;
    for loaded in plans {
        let source = loaded.plan.document().source();
        let of_rules = loaded.policy.diagnostics.iter().filter(|_| rules);
        for finding in loaded.plan.diagnostics.iter().chain(of_rules) {
            sound &= finding.severity < Severity::Error;
            match format {
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

/// `3 checks in 1 plan`.
fn counted(plans: usize, checks: usize) -> String {
    let noun =
        |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    format!("{} in {}", noun(checks, "check"), noun(plans, "plan"))
}
