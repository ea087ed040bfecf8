//! `planproof verify`: run, report, record.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::approvals::Approvals;
use super::args::{NetworkSwitch, OutputFormat, Verify, ViewStorage};
use super::environment::environment;
use super::exit::Exit;
use super::load::Loaded;
use super::problem::Problem;
use super::record::{self, Recording};
use super::streams::Streams;
use crate::policy::Consent;
use crate::report::{Detail, Json, Judged, Junit, Reporter, Terminal, recorded_line};
use crate::run::{self, Confinement, Event, Level, Network, PlanResults, PlanRun, Settings, Storage};
use crate::secret::Mask;

/// Runs the command.
///
/// # Errors
/// When nothing could be run, or when what ran could not be reported or recorded.
pub fn verify(args: &Verify, plans: &[Loaded], streams: &Streams) -> Result<Exit> {
    let recording = Recording { to: args.record_to.as_deref(), add_sections: args.add_sections };
    if !args.no_record {
        recording.prepare(plans)?;
    }
    if let Some(path) = &args.junit {
        if plans.iter().any(|loaded| record::is_the_plan(path, loaded)) {
            let message = format!("`--junit {}` names a plan", path.display());
            return Err(Problem::new(message).help("name the file for the report, then the plans").into());
        }
        record::can_write_elsewhere(path)?;
    }
    let approvals: Vec<Approvals> = plans.iter().map(|loaded| Approvals::of(&loaded.workspace)).collect();
    let runs = plans.iter().zip(&approvals).map(|(loaded, approvals)| plan_run(args, loaded, approvals));
    let runs: Vec<PlanRun<'_>> = runs.collect::<Result<_>>()?;
    let settings = settings(args, plans)?;
    let mask = Mask::new(&settings.environment);
    let mut told = Told {
        reporters: reporters(args, settings.timeout.as_millis(), streams, &mask),
        junit: args.junit.is_some().then(|| Junit::masked(mask)),
        ..Told::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (interrupt, interrupted) = watch::channel(false);
    listen_apart(interrupt)?;
    let results = runtime.block_on(async {
        let wait = || {
            let mut interrupted = interrupted.clone();
            async move {
                // The listener lives as long as the program, so the channel cannot close before.
                let _ = interrupted.wait_for(|&interrupted| interrupted).await;
            }
        };
        run::run(&runs, &settings, wait, &mut |event| told.hear(&event)).await
    });
    let results = results.map_err(|error| {
        Problem::new(error.to_string()).help(
            "nothing was run; `planproof sandbox` tells what this host can do; `--sandbox off` runs without confinement, \
             which is only for plans that you trust",
        )
    })?;
    let recorded =
        if args.no_record { Ok(()) } else { record_all(args, &recording, plans, &runs, &results, streams) };
    if let (Some(path), Some(junit)) = (&args.junit, told.junit.take()) {
        let mut report = Vec::new();
        junit.write(&mut report)?;
        record::write_elsewhere(path, &report)?;
    }
    if let Some(error) = told.error {
        return Err(error).context("cannot write a report");
    }
    recorded?;
    let mut counts = run::Counts::default();
    for results in &results {
        counts.merge(&results.counts);
    }
    let exit = if told.interrupted { Exit::Interrupted } else { Exit::of(&counts) };
    // A plan that was named and asks for nothing was not verified, whatever the others did.
    let empty = plans.iter().any(|loaded| {
        loaded.plan.checks.is_empty() && args.select.plans.iter().any(|path| path == loaded.path())
    });
    Ok(if exit == Exit::Passed && empty { Exit::Nothing } else { exit })
}

fn plan_run<'l>(args: &Verify, loaded: &'l Loaded, approvals: &'l Approvals) -> Result<PlanRun<'l>> {
    let consent = |judged: &Judged<'_>| match &judged.approval {
        _ if args.yes => Consent::Given,
        Some(_) => Consent::Approved(judged.judgement.subject()),
        None => Consent::None,
    };
    let judged = loaded.judged()?;
    let consents = judged.iter().map(consent).collect();
    let judgements = judged.into_iter().map(|judged| judged.judgement).collect();
    let asked = args.network.map(|network| match network {
        NetworkSwitch::On => Network::Host,
        NetworkSwitch::Off => Network::Loopback,
    });
    Ok(PlanRun {
        plan: &loaded.plan,
        judgements,
        consents,
        ledger: Some(approvals),
        workspace: loaded.workspace.clone(),
        hidden: loaded.config.hidden(&loaded.workspace, &home()),
        network: asked.or(loaded.config.network).unwrap_or_default(),
    })
}

fn home() -> PathBuf {
    std::env::home_dir().unwrap_or_default()
}

/// How the run goes. Plans of several projects share one run: the strictest of their settings holds.
fn settings(args: &Verify, plans: &[Loaded]) -> Result<Settings> {
    let timeout = plans.iter().map(|loaded| loaded.timeout(args.select.timeout)).min().unwrap_or_default();
    let temporary_root = std::env::temp_dir();
    Ok(Settings {
        confinement: confinement(args, plans),
        timeout,
        fail_fast: args.fail_fast,
        jobs: args.jobs,
        keep: args.keep,
        environment: environment(args, plans)?,
        home: home(),
        view: match args.view.unwrap_or_default() {
            ViewStorage::Memory => Storage::Memory,
            ViewStorage::Disk => Storage::Disk(temporary_root.clone()),
        },
        temporary_root,
    })
}

/// What was typed, else what all projects say, else the highest there is.
fn confinement(args: &Verify, plans: &[Loaded]) -> Confinement {
    if let Some(level) = args.sandbox {
        return Confinement::Exactly(level);
    }
    let configured: Vec<_> = plans.iter().map(|loaded| loaded.config.sandbox).collect();
    let strictest = configured.iter().map(|level| level.unwrap_or(Level::Landlock)).max();
    let strictest = strictest.unwrap_or(Level::Landlock);
    if configured.contains(&None) && strictest < Level::Full {
        Confinement::AtLeast(strictest)
    } else {
        Confinement::Exactly(strictest)
    }
}

fn reporters(args: &Verify, timeout: u128, streams: &Streams, mask: &Mask) -> Vec<Box<dyn Reporter>> {
    let mut reporters: Vec<Box<dyn Reporter>> = Vec::new();
    match args.select.output_format {
        OutputFormat::Json => {
            reporters.push(Box::new(Json::new(io::stdout().lock(), timeout).masked(mask.clone())));
        }
        OutputFormat::Human => {
            let bar = (streams.detail == Detail::Normal).then(progress_bar).flatten();
            reporters.push(Box::new(Terminal::new(streams.out(), streams.detail, bar).masked(mask.clone())));
        }
    }
    reporters
}

/// A bar on standard error, where that is a terminal and nobody collects what it shows.
fn progress_bar() -> Option<ProgressBar> {
    let wanted = io::stderr().is_terminal() && std::env::var_os("CI").is_none();
    wanted.then(|| {
        let style = ProgressStyle::with_template("{pos}/{len} {wide_msg} {elapsed}");
        ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    })
}

/// Hands events to the reporters and keeps what they could not write.
#[derive(Default)]
struct Told {
    reporters: Vec<Box<dyn Reporter>>,
    junit: Option<Junit>,
    error: Option<io::Error>,
    interrupted: bool,
}

impl Told {
    fn hear(&mut self, event: &Event<'_>) {
        if let Event::RunFinished { interrupted, .. } = event {
            self.interrupted = *interrupted;
        }
        let error = &mut self.error;
        if let Some(Err(collecting)) = self.junit.as_mut().map(|junit| junit.event(event)) {
            error.get_or_insert(collecting);
        }
        self.reporters.retain_mut(|reporter| match reporter.event(event) {
            Ok(()) => true,
            // Whoever reads has seen enough, as in `planproof verify | head`; the run goes on.
            Err(broken) if broken.kind() == io::ErrorKind::BrokenPipe => false,
            Err(other) => {
                error.get_or_insert(other);
                false
            }
        });
    }
}

/// Listens for interrupts in a thread of its own: the run's own thread may be stuck in a write to a reader that sleeps,
/// or wait for somebody else's lock on the plan.
fn listen_apart(interrupt: watch::Sender<bool>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    std::thread::Builder::new()
        .name("interrupts".to_owned())
        .spawn(move || runtime.block_on(listen(interrupt)))
        .map(drop)
}

/// The first interrupt stops nicely, the second at once: the sandbox's init sees this process end and kills what
/// still runs.
async fn listen(interrupt: watch::Sender<bool>) {
    let (Ok(mut int), Ok(mut term)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    loop {
        tokio::select! {
            _ = int.recv() => {}
            _ = term.recv() => {}
        }
        if *interrupt.borrow() {
            super::exit_now(Exit::Interrupted);
        }
        // Kept even if nobody hears it any more, once everything ran, so that the next one is the second.
        interrupt.send_replace(true);
    }
}

fn record_all(
    args: &Verify,
    recording: &Recording<'_>,
    plans: &[Loaded],
    runs: &[PlanRun<'_>],
    results: &[PlanResults],
    streams: &Streams,
) -> Result<()> {
    for ((loaded, run), results) in plans.iter().zip(runs).zip(results) {
        let checks = run.judgements.iter().map(crate::policy::Judgement::check);
        let record = crate::record::Record {
            results: checks.zip(&results.results).collect(),
            time: jiff::Timestamp::now(),
            level: results.level,
        };
        if record.results.is_empty() {
            continue;
        }
        let said = recording.write(loaded, &record)?;
        match args.select.output_format {
            OutputFormat::Json => streams.print(&(recorded_line(&loaded.plan, &said) + "\n"))?,
            OutputFormat::Human if streams.detail >= Detail::Normal => streams.note(&said),
            OutputFormat::Human => {}
        }
    }
    Ok(())
}
