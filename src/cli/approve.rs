//! `planproof check --approve`: a person's yes to checks that need one, written down for `verify`.

use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::approvals::{About, Approvals};
use super::args::Check;
use super::exit::Exit;
use super::load::Loaded;
use super::problem::Problem;
use super::streams::Streams;
use crate::policy::{APPROVALS, Approval, Verdict};
use crate::report::{self, Detail, Judged, Standing};

/// How long an approval holds where nothing is said.
const DEFAULT: Duration = Duration::from_secs(7 * 86_400);

/// Longest command that is written down whole, in characters.
const LONGEST: usize = 200;

/// Approves of the checks that were named: of all of them, or of none.
///
/// # Errors
/// When one of them is not there, is denied or needs no approval, or when it cannot be written down.
pub fn approve(args: &Check, plans: &[Loaded], sound: bool, streams: &Streams) -> Result<Exit> {
    let [loaded] = plans else {
        let message = format!("`--approve` takes one plan, and there are {}", plans.len());
        return Err(Problem::new(message).help("name the plan, such as `planproof check PLANS.md`").into());
    };
    if !sound {
        let message =
            format!("{}: nothing was approved, because the plan has errors", loaded.path().display());
        return Err(Problem::new(message).help("correct the plan first").into());
    }
    let (reason, by) = (words(args.reason.as_deref(), "--reason")?, by(args)?);
    let judged = loaded.judged()?;
    let mut chosen: Vec<&Judged<'_>> = Vec::new();
    for id in &args.approve {
        let one = choose(id, &judged, loaded)?;
        if chosen.iter().all(|other| other.check().id != *id) {
            chosen.push(one);
        }
    }
    if let Some(denied) = chosen.iter().find(|judged| judged.judgement.verdict() == Verdict::Deny) {
        tell(args, loaded, &denied.check().id, streams)?;
        let problem =
            Problem::new(format!("{} is denied, and nobody can approve of that", denied.check().id));
        streams.note(&problem.help("change the command or the plan; nothing was approved").to_string());
        return Ok(Exit::Blocked);
    }
    let approvals = Approvals::of(&loaded.workspace);
    let now = Timestamp::now();
    let lasts = SignedDuration::try_from(args.expires.unwrap_or(DEFAULT))?;
    for judged in chosen {
        let approval = Approval {
            by: by.clone(),
            reason: reason.clone(),
            at: now,
            expires: now.checked_add(lasts)?,
            reusable: args.reusable,
            used: None,
            hashes: judged.judgement.subject().hashes(),
        };
        approvals.add(&approval, &about(judged, loaded))?;
        tell(args, loaded, &judged.check().id, streams)?;
    }
    if streams.detail >= Detail::Normal {
        streams.note(&format!("written to {}", report::safe(&approvals.path().display().to_string())));
    }
    Ok(Exit::Passed)
}

/// The check with this id, if it can be approved of or is denied.
fn choose<'j, 'p>(id: &str, judged: &'j [Judged<'p>], loaded: &Loaded) -> Result<&'j Judged<'p>> {
    let path = loaded.path().display();
    let Some(found) = judged.iter().find(|judged| judged.check().id == id) else {
        let asking = judged.iter().filter(|judged| judged.standing() == Standing::Asks);
        let ids: Vec<&str> = asking.map(|judged| judged.check().id.as_str()).take(12).collect();
        let help = match ids.as_slice() {
            [] => "no check of the plan needs an approval".to_owned(),
            ids => format!("name a check that needs a yes: {}", ids.join(", ")),
        };
        return Err(Problem::new(format!("{path}: no check has the id `{id}`")).help(help).into());
    };
    if let Some(first) = &found.check().duplicate_of {
        let message = format!("{path}: {id} is the same as {first} and runs with it");
        return Err(Problem::new(message).help(format!("approve of {first}")).into());
    }
    if let Some(approval) = &found.approval {
        let message = format!("{path}: {id} is {approval} already");
        let help = format!("delete that entry from {APPROVALS} to approve in another way");
        return Err(Problem::new(message).help(help).into());
    }
    match found.judgement.verdict() {
        Verdict::Ask | Verdict::Deny => Ok(found),
        Verdict::Allow => {
            let message = format!("{path}: {id} needs no approval");
            Err(Problem::new(message)
                .help("nothing was approved; `planproof verify` runs it as it is")
                .into())
        }
    }
}

/// Tells the verdict on one check, as it is now.
fn tell(args: &Check, loaded: &Loaded, id: &str, streams: &Streams) -> Result<()> {
    let mut judged = loaded.judged()?;
    judged.retain(|judged| judged.check().id == id);
    super::check::print(&args.select, loaded, &judged, streams)
}

/// What people are told about an approval in the file.
fn about<'j>(judged: &'j Judged<'_>, loaded: &Loaded) -> About<'j> {
    let check = judged.check();
    let steps: Vec<&str> = check.steps.iter().map(|step| step.command.as_str()).collect();
    let command = report::safe(&steps.join("; ")).split_whitespace().collect::<Vec<_>>().join(" ");
    let command = match command.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &command[..at]),
        None => command,
    };
    let mut rules: Vec<&str> = judged.judgement.findings().iter().map(|finding| finding.id.name()).collect();
    rules.dedup();
    About { plan: loaded.address().display().to_string(), check: &check.id, command, rules }
}

/// Words that a person typed: on one line, with something in them, and without a credential.
fn words(typed: Option<&str>, option: &str) -> Result<String> {
    let line = report::safe(typed.unwrap_or_default()).split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return Err(Problem::new(format!("`{option}` is empty"))
            .help("whoever reviews it wants to know")
            .into());
    }
    Ok(line)
}

/// Who approves: the name that was given, else that of the user.
fn by(args: &Check) -> Result<String> {
    let user = || ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    match args.by.clone().or_else(user) {
        Some(name) => words(Some(&name), "--by"),
        None => Err(Problem::new("nobody knows who approves, since neither `USER` nor `LOGNAME` is set")
            .help("say it with `--by NAME`")
            .into()),
    }
}
