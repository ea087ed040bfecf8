//! Verdicts to outcomes: the permitted checks of each plan, one after the other, through the sandbox.
//!
//! The only room that knows the sandbox.

mod changes;
mod event;
mod execute;
mod ground;
mod hints;
mod masking;
mod outcome;
mod script;
mod service;
mod shell;
mod workspace;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::OsString;
use std::future::Future;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use planproof_sandbox::{OpenError, Sandbox};

pub use event::Event;
pub use execute::seconds;
pub use ground::probe;
pub use outcome::{CheckResult, Counts, Ended, Outcome, StepResult};
pub use planproof_sandbox::{
    Change, ChangeKind, ExcerptText, Kept, Layer, LayerState, Level, Network, Observed, RefusedCall, Storage,
};
pub use shell::Shell;
pub use workspace::Workspace;

use crate::plan::{Check, Kind, Plan};
use crate::policy::{Consent, Judgement, Permit, Subject, Verdict};
use crate::secret::Mask;
use changes::Author;
use execute::Surroundings;
use ground::Ground;

/// Keeps the approvals that people gave, each of which may be good for one run only.
pub trait Ledger: std::fmt::Debug + Sync {
    /// Takes an approval out before the check that needs it starts, so that whatever happens then it is not good for
    /// another run. Whose approval it was, in words.
    ///
    /// # Errors
    /// Why there is none any more, in one sentence; the check must not run.
    fn spend(&self, subject: &Subject) -> Result<String, String>;
}

/// A plan with the verdicts on its checks, ready to run.
#[derive(Debug)]
pub struct PlanRun<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Its checks with their verdicts, in plan order; only those that were asked for.
    pub judgements: Vec<Judgement<'p>>,
    /// For each of them, whether a person has said yes to it; nobody has where there is none.
    pub consents: Vec<Consent>,
    /// Where approvals are kept; without it no check runs on one.
    pub ledger: Option<&'p dyn Ledger>,
    /// The workspace, absolute, links resolved.
    pub workspace: PathBuf,
    /// Files and folders that its checks may not read.
    pub hidden: Vec<PathBuf>,
    /// What its checks reach over the network.
    pub network: Network,
}

impl<'p> PlanRun<'p> {
    /// Leave to run a check, if it is one that runs and nothing forbids it.
    fn permit(&self, index: usize, level: Level) -> Option<Permit<'p>> {
        let judgement = self.judgements.get(index).filter(|judgement| runnable(judgement, level, self))?;
        judgement.permit(self.consent(index))
    }

    /// Takes out the approval that a check runs on, if it runs on one.
    fn spend(&self, index: usize) -> Result<Option<String>, String> {
        let asks = self.judgements.get(index).is_some_and(|judgement| judgement.verdict() == Verdict::Ask);
        let Consent::Approved(subject) = self.consent(index) else { return Ok(None) };
        if !asks {
            return Ok(None);
        }
        let ledger = self.ledger.ok_or_else(|| "nothing keeps approvals here".to_owned())?;
        ledger.spend(subject).map(Some)
    }

    fn consent(&self, index: usize) -> &Consent {
        self.consents.get(index).unwrap_or(&Consent::None)
    }
}

/// How checks are confined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confinement {
    /// At the highest level that this host has, and not below this one.
    AtLeast(Level),
    /// At this level.
    Exactly(Level),
}

/// How to run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How checks are confined.
    pub confinement: Confinement,
    /// How long a check may take that does not say so itself.
    pub timeout: Duration,
    /// Whether the first failure ends the run.
    pub fail_fast: bool,
    /// How many checks run side by side; with more than one, each in a view of the workspace as it was at the start.
    pub jobs: NonZeroUsize,
    /// Whether allowed changes are copied from the view to the real workspace at the end.
    pub keep: bool,
    /// The environment of every check.
    pub environment: Vec<(OsString, OsString)>,
    /// The home directory, which is private at the level full.
    pub home: PathBuf,
    /// Where the view of the workspace is kept.
    pub view: Storage,
    /// Where private temporary directories are made.
    pub temporary_root: PathBuf,
}

/// The results of one plan: those of its checks, in the order of [`PlanRun::judgements`].
#[derive(Debug)]
pub struct PlanResults {
    /// One for each judgement.
    pub results: Vec<CheckResult>,
    /// How many came to what.
    pub counts: Counts,
    /// How its checks were confined.
    pub level: Level,
}

/// Why a run could not begin, or could not go on to its next plan. Nothing of that plan ran.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The sandbox cannot be had as it was asked for.
    #[error(transparent)]
    Sandbox(#[from] OpenError),
    /// Side by side needs views.
    #[error(
        "checks can only run side by side, or be kept, at the level `full`, which gives each its own view"
    )]
    NeedsViews,
}

/// Runs plans one after the other. `hear` gets every event as it happens.
///
/// `interrupted` is awaited anew for each check and must stay ready once it is: the running check is then ended, the
/// rest does not run.
///
/// # Errors
/// [`RunError`] when the sandbox cannot be had as asked for; nothing of that plan ran.
pub async fn run<F: Future<Output = ()>>(
    plans: &[PlanRun<'_>],
    settings: &Settings,
    interrupted: impl Fn() -> F + Sync,
    hear: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<PlanResults>, RunError> {
    let started = Instant::now();
    let checks = plans.iter().map(|plan| plan.judgements.len()).sum();
    hear(Event::RunStarted { plans: plans.len(), checks });
    let mut all = Vec::new();
    let mut counts = Counts::default();
    let mut stop = None;
    let mask = Mask::new(&settings.environment);
    for plan in plans {
        let ground = Ground::open(plan, settings).await?;
        let (level, fallback) = (ground.level, ground.fallback.as_deref());
        hear(Event::PlanStarted { plan: plan.plan, judgements: &plan.judgements, level, fallback });
        let mut turn = Turn {
            run: plan,
            settings,
            mask: &mask,
            ground,
            done: Vec::new(),
            counts: Counts::default(),
            stop,
        };
        if settings.jobs.get() > 1 {
            turn.side_by_side(&interrupted, hear);
        } else {
            turn.one_by_one(&interrupted, hear).await;
        }
        stop = turn.stop;
        let results = PlanResults { results: turn.done, counts: turn.counts, level };
        hear(Event::PlanFinished { plan: plan.plan, counts: &results.counts });
        counts.merge(&results.counts);
        all.push(results);
    }
    let interrupted = stop == Some(Stop::Interrupt);
    hear(Event::RunFinished { counts: &counts, duration: started.elapsed(), interrupted });
    Ok(all)
}

/// Why nothing more is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Failure,
    Interrupt,
}

/// One plan's turn.
struct Turn<'r, 'p> {
    run: &'r PlanRun<'p>,
    settings: &'r Settings,
    mask: &'r Mask,
    ground: Ground,
    done: Vec<CheckResult>,
    counts: Counts,
    stop: Option<Stop>,
}

impl<'r> Turn<'r, '_> {
    fn permits(&self) -> Vec<Option<Permit<'r>>> {
        (0..self.run.judgements.len()).map(|index| self.run.permit(index, self.ground.level)).collect()
    }

    /// All in one sandbox: later checks see what earlier ones left.
    async fn one_by_one<F: Future<Output = ()>>(
        &mut self,
        interrupted: impl Fn() -> F,
        hear: &mut dyn FnMut(Event<'_>),
    ) {
        let mut sandbox = self.ground.sandbox.take();
        let mut touched = BTreeSet::new();
        for (index, (judgement, permit)) in self.run.judgements.iter().zip(self.permits()).enumerate() {
            let result = match (permit, sandbox.as_mut(), self.stop) {
                (Some(permit), Some(sandbox), None) => match self.run.spend(index) {
                    Err(reason) => CheckResult::not_started(Outcome::NeedsReview, reason),
                    Ok(approval) => {
                        hear(Event::CheckStarted { plan: self.run.plan, check: permit.check() });
                        let plan = self.run.plan;
                        let mut step_done = |index: usize, result: &StepResult| {
                            hear(Event::StepFinished { plan, check: permit.check(), index, result });
                        };
                        let around = &self.ground.around;
                        let mut result =
                            execute::execute(&permit, around, sandbox, interrupted(), &mut step_done).await;
                        result.notes.extend(approval);
                        touched.extend(
                            result.changes.seen().into_iter().flatten().map(|change| change.path.clone()),
                        );
                        self.conclude(permit.check(), result)
                    }
                },
                _ => self.without_running(index, judgement),
            };
            self.finish(judgement, result, hear);
        }
        if let Some(sandbox) = sandbox {
            if self.settings.keep {
                let paths: Vec<_> =
                    touched.into_iter().filter(|path| self.ground.rights.may_keep(path)).collect();
                let kept = sandbox.keep(&paths);
                hear(Event::Kept { plan: self.run.plan, kept: &kept });
            }
            // Everything has its outcome; an init that cannot say goodbye changes none of them.
            let _ = sandbox.close().await;
        }
    }

    /// Each in a sandbox of its own, as many at a time as there are jobs; heard of in plan order.
    fn side_by_side<F: Future<Output = ()>>(
        &mut self,
        interrupted: &(impl Fn() -> F + Sync),
        hear: &mut dyn FnMut(Event<'_>),
    ) {
        drop(self.ground.sandbox.take());
        let permits = self.permits();
        let waiting: VecDeque<(usize, Permit<'r>)> =
            permits.into_iter().enumerate().filter_map(|(index, permit)| Some((index, permit?))).collect();
        let queue = Mutex::new(waiting);
        let stopped = AtomicBool::new(self.stop.is_some());
        let (around, settings) = (self.ground.around.clone(), self.ground.settings.clone());
        let run = self.run;
        thread::scope(|scope| {
            let (tell, told) = mpsc::channel();
            for _ in 0..self.settings.jobs.get() {
                let (tell, queue, stopped, around, settings) =
                    (tell.clone(), &queue, &stopped, &around, &settings);
                scope.spawn(move || {
                    while let Some((index, permit)) = next(queue).filter(|_| !stopped.load(Ordering::Relaxed))
                    {
                        let finished = match run.spend(index) {
                            Err(reason) => {
                                (Vec::new(), CheckResult::not_started(Outcome::NeedsReview, reason))
                            }
                            Ok(approval) => {
                                let mut finished = alone(&permit, around, settings, interrupted);
                                finished.1.notes.extend(approval);
                                finished
                            }
                        };
                        if tell.send((index, finished)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(tell);
            let mut early = BTreeMap::new();
            for (index, judgement) in self.run.judgements.iter().enumerate() {
                let runs = self.run.permit(index, self.ground.level).is_some();
                while runs && !early.contains_key(&index) {
                    let Ok((of, finished)) = told.recv() else { break };
                    early.insert(of, finished);
                }
                let result = match early.remove(&index) {
                    Some((_, refused)) if refused.outcome == Outcome::NeedsReview => refused,
                    Some((steps, result)) if self.stop.is_none() => {
                        let (plan, check) = (self.run.plan, judgement.check());
                        hear(Event::CheckStarted { plan, check });
                        for (index, result) in steps.iter().enumerate() {
                            hear(Event::StepFinished { plan, check, index, result });
                        }
                        self.conclude(check, result)
                    }
                    _ => self.without_running(index, judgement),
                };
                self.finish(judgement, result, hear);
                stopped.fetch_or(self.stop.is_some(), Ordering::Relaxed);
            }
        });
    }

    /// What the workspace says about a check that ran.
    fn conclude(&self, check: &Check, mut result: CheckResult) -> CheckResult {
        if let Some(workspace) = &self.ground.workspace {
            not_proved_by_ourselves(check, workspace, &mut result);
        }
        service::take_back(check, &mut result, self.ground.level, self.run.network);
        let author = if self.ground.level == Level::Full { Author::Check } else { Author::CheckOrOthers };
        result.violations = self.ground.rights.violations(&result.changes, author);
        if let Some(violations) = result.violations.seen().filter(|violations| !violations.is_empty()) {
            let paths = changes::words(violations);
            // What went wrong besides is still said.
            let besides = std::mem::take(&mut result.reason);
            result.reason = format!("changed what it may not: {paths}");
            if !besides.is_empty() {
                result.reason.push_str("; ");
                result.reason.push_str(&besides);
            }
            result.outcome =
                if result.outcome == Outcome::NotRun { Outcome::NotRun } else { Outcome::Violated };
        }
        result.notes.extend(check.notes.iter().cloned());
        hints::add(&mut result, self.ground.level, self.run.network);
        hints::say_what_cannot_fail(&mut result, check);
        if result.outcome.is_failure()
            && let Some(workspace) = &self.ground.workspace
            && self.ground.level != Level::Off
        {
            result.notes.extend(workspace.notes.iter().cloned());
        }
        result
    }

    fn finish(&mut self, judgement: &Judgement<'_>, result: CheckResult, hear: &mut dyn FnMut(Event<'_>)) {
        // Whoever hears of the result or records it sees it without secrets.
        let result = masking::masked(result, self.mask);
        if result.outcome == Outcome::NotRun && result.reason == INTERRUPTED {
            self.stop = Some(Stop::Interrupt);
        } else if result.outcome.is_failure() && self.settings.fail_fast {
            self.stop.get_or_insert(Stop::Failure);
        }
        self.counts.add(&result);
        let level = self.ground.level;
        hear(Event::CheckFinished { plan: self.run.plan, judgement, result: &result, level });
        self.done.push(result);
    }

    /// The result of a check that does not run, and why it does not.
    fn without_running(&self, index: usize, judgement: &Judgement<'_>) -> CheckResult {
        let check = judgement.check();
        if let Some(first) = first_place(check, self.run)
            && let Some(twin) = self.done.get(first)
        {
            let mut result = twin.clone();
            result.duplicate_of.clone_from(&check.duplicate_of);
            // Each place says in its own words what was not compared.
            let theirs = execute::not_compared(self.run.judgements[first].check());
            result.notes.retain(|note| Some(note) != theirs.as_ref());
            result.notes.extend(execute::not_compared(check));
            return result;
        }
        match &check.kind {
            Kind::Manual { reason } => return CheckResult::not_started(Outcome::Manual, reason.as_str()),
            Kind::Run | Kind::Background { .. } => {}
        }
        let permitted = judgement.permit(self.run.consent(index)).is_some();
        match (judgement.verdict(), self.stop) {
            (Verdict::Deny, _) => CheckResult::not_started(Outcome::Denied, judgement.reason()),
            (Verdict::Ask, _) if !permitted => {
                CheckResult::not_started(Outcome::NeedsReview, judgement.reason())
            }
            (_, Some(Stop::Interrupt)) => CheckResult::not_started(Outcome::NotRun, INTERRUPTED),
            (_, Some(Stop::Failure)) => CheckResult::not_started(Outcome::NotRun, "an earlier check failed"),
            (Verdict::Allow | Verdict::Ask, None) => {
                match service::refused(check, self.ground.level, self.run.network) {
                    Some(reason) => CheckResult::not_started(Outcome::Manual, reason),
                    None => CheckResult::not_started(Outcome::Error, "it was permitted but not run"),
                }
            }
        }
    }
}

fn next<'p>(queue: &Mutex<VecDeque<(usize, Permit<'p>)>>) -> Option<(usize, Permit<'p>)> {
    queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front()
}

/// Runs a check in a sandbox that nothing else uses; its steps and its result.
fn alone<F: Future<Output = ()>>(
    permit: &Permit<'_>,
    around: &Surroundings,
    settings: &planproof_sandbox::Settings,
    interrupted: impl Fn() -> F,
) -> (Vec<StepResult>, CheckResult) {
    let error = |reason: String| (Vec::new(), CheckResult::not_started(Outcome::Error, reason));
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(reason) => return error(reason.to_string()),
    };
    runtime.block_on(async {
        let mut sandbox = match Sandbox::open(settings.clone()).await {
            Ok(sandbox) => sandbox,
            Err(reason) => return error(reason.to_string()),
        };
        let mut steps = Vec::new();
        let mut step_done = |_: usize, result: &StepResult| steps.push(result.clone());
        let result = execute::execute(permit, around, &mut sandbox, interrupted(), &mut step_done).await;
        let _ = sandbox.close().await;
        (steps, result)
    })
}

/// The reason of a check that an interrupt ended or kept from starting.
const INTERRUPTED: &str = "interrupted";

/// A folder that planproof made, so that a check may write to it, must not be what the check proves.
fn not_proved_by_ourselves(check: &Check, workspace: &Workspace, result: &mut CheckResult) {
    if !result.outcome.is_pass() {
        return;
    }
    if check.deliverable.as_ref().is_some_and(|path| workspace.only_made(path)) {
        result.outcome = Outcome::Failed;
        "it is there only because it was made so that checks may write to it".clone_into(&mut result.reason);
    }
    let named = |folder: &String| check.steps.iter().any(|step| step.command.contains(folder.as_str()));
    for folder in workspace.made_and_empty().filter(named) {
        result.notes.push(format!(
            "`{folder}` is an empty folder that planproof made so that checks may write to it"
        ));
    }
}

/// Whether a check is one that runs if it is permitted: a duplicate runs only where its first place was not asked for.
fn runnable(judgement: &Judgement<'_>, level: Level, run: &PlanRun<'_>) -> bool {
    let check: &Check = judgement.check();
    let by_machine = match check.kind {
        Kind::Run => true,
        Kind::Background { .. } => service::refused(check, level, run.network).is_none(),
        Kind::Manual { .. } => false,
    };
    by_machine && !check.steps.is_empty() && first_place(check, run).is_none()
}

/// Where among the checks of a run the same work stands first.
fn first_place(check: &Check, run: &PlanRun<'_>) -> Option<usize> {
    let first = check.duplicate_of.as_ref()?;
    run.judgements.iter().position(|judgement| judgement.check().id == *first)
}
