//! `planproof explain`: how one command is read, and what the rules say to it. Runs nothing.

use std::io::Read as _;
use std::path::Path;

use anyhow::Result;

use super::args::{Explain, OutputFormat};
use super::config;
use super::exit::Exit;
use super::load::{find_workspace, load_one};
use super::problem::Problem;
use super::streams::Streams;
use crate::document::{Document, Source};
use crate::plan::Plan;
use crate::policy::{Policy, Verdict};
use crate::report::{self, Detail};

/// Most bytes of a command that are read from standard input; the policy reads no longer ones either.
const LONGEST: u64 = 2 << 20;

/// Runs the command.
///
/// # Errors
/// When there is no command, or the plan or the configuration cannot be read.
pub fn explain(args: &Explain, config: Option<&Path>, streams: &Streams) -> Result<Exit> {
    let command = command(&args.command)?;
    let loaded = match &args.plan {
        Some(path) if path.is_dir() => {
            return Err(Problem::new(format!("`--plan {}` names a directory", path.display()))
                .help("name the plan whose rules hold")
                .into());
        }
        Some(path) => Some(load_one(path, args.workspace.as_deref(), config, None)?),
        None => None,
    };
    let sound = match &loaded {
        Some(loaded) => {
            super::tell_findings(std::slice::from_ref(loaded), args.output_format, streams, true)?
        }
        None => true,
    };
    let alone;
    let policy = if let Some(loaded) = &loaded {
        &loaded.policy
    } else {
        alone = without_plan(args, config)?;
        &alone
    };
    let explanation = policy.explain(command);
    let plan = loaded.as_ref().map(|loaded| &loaded.plan);
    let text = match args.output_format {
        OutputFormat::Json => report::explanation_line(&explanation, plan) + "\n",
        OutputFormat::Human if streams.detail == Detail::Silent => String::new(),
        OutputFormat::Human => report::explanation(&explanation, plan, streams.rendering()),
    };
    streams.print(&text)?;
    Ok(match (sound, explanation.verdict) {
        (false, _) => Exit::Error,
        (true, Verdict::Allow) => Exit::Passed,
        (true, Verdict::Ask | Verdict::Deny) => Exit::Blocked,
    })
}

/// The command that was typed, or what standard input holds.
fn command(typed: &str) -> Result<Source> {
    let (name, bytes) = if typed == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LONGEST {
            return Err(Problem::new(format!("standard input holds more than {LONGEST} bytes"))
                .help("explain one command, or a part of the script")
                .into());
        }
        while bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        ("standard input", bytes)
    } else {
        ("command", typed.as_bytes().to_vec())
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::new("there is no command to explain")
            .help("type one in quotes, such as `planproof explain 'rm -rf build'`")
            .into());
    }
    let source = Source::from_bytes(name, bytes)
        .map_err(|error| Problem::new(error.to_string()).help("a command is UTF-8 text"))?;
    Ok(source)
}

/// The rules that hold for every plan of the project.
fn without_plan(args: &Explain, config: Option<&Path>) -> Result<Policy> {
    let here = Path::new("PLANS.md");
    let workspace = find_workspace(here, here, args.workspace.as_deref())?;
    let mut rules = config::load(config, &workspace)?.rules;
    // There is no plan that could state any.
    rules.require_constraints = false;
    let nothing = Source::from_bytes("", Vec::new()).map_err(|error| Problem::new(error.to_string()))?;
    Ok(Policy::new(&Plan::read(Document::parse(nothing)), &rules))
}
