//! Verdicts to outcomes: the permitted checks of each plan, one after the other, through the sandbox.
//!
//! The only room that knows the sandbox.

mod event;
mod execute;
mod outcome;
mod script;
mod shell;
mod workspace;

use std::ffi::OsString;
use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use planproof_sandbox::{Limits, OpenError, Sandbox};

pub use event::Event;
pub use execute::seconds;
pub use outcome::{CheckResult, Counts, Ended, Outcome, StepResult};
pub use planproof_sandbox::{Excerpt, Level};
pub use shell::Shell;
pub use workspace::Workspace;

use crate::plan::{Check, Kind, Plan};
use crate::policy::{Consent, Judgement, Permit, Verdict};
use execute::Surroundings;

/// A plan with the verdicts on its checks, ready to run.
#[derive(Debug)]
pub struct PlanRun<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Its checks with their verdicts, in plan order; only those that were asked for.
    pub judgements: Vec<Judgement<'p>>,
    /// The workspace, absolute, links resolved.
    pub workspace: PathBuf,
}

/// How to run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How checks are confined.
    pub level: Level,
    /// Whether a person has said yes to what needs one.
    pub consent: Consent,
    /// How long a check may take that does not say so itself.
    pub timeout: Duration,
    /// Whether the first failure ends the run.
    pub fail_fast: bool,
    /// The environment of every check.
    pub environment: Vec<(OsString, OsString)>,
    /// Files and folders that no check may read.
    pub hidden: Vec<PathBuf>,
    /// Where private temporary directories are made.
    pub temporary_root: PathBuf,
}

/// The results of one plan: those of its checks, in the order of [`PlanRun::judgements`].
#[derive(Debug, Default)]
pub struct PlanResults {
    /// One for each judgement.
    pub results: Vec<CheckResult>,
    /// How many came to what.
    pub counts: Counts,
}

/// Runs plans one after the other. `hear` gets every event as it happens.
///
/// `interrupted` is awaited anew for each check and must stay ready once it is: the running check is then ended, the
/// rest does not run.
///
/// # Errors
/// [`OpenError`] when the sandbox cannot be had at the level asked for; nothing of that plan ran.
pub async fn run<F: Future<Output = ()>>(
    plans: &[PlanRun<'_>],
    settings: &Settings,
    interrupted: impl Fn() -> F,
    hear: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<PlanResults>, OpenError> {
    let started = Instant::now();
    let checks = plans.iter().map(|plan| plan.judgements.len()).sum();
    hear(Event::RunStarted { plans: plans.len(), checks });
    let mut all = Vec::new();
    let mut counts = Counts::default();
    let mut turn = Turn { settings, stop: None };
    for plan in plans {
        hear(Event::PlanStarted { plan: plan.plan, judgements: &plan.judgements, level: settings.level });
        let results = turn.plan(plan, &interrupted, hear).await?;
        hear(Event::PlanFinished { plan: plan.plan, counts: &results.counts });
        counts.merge(&results.counts);
        all.push(results);
    }
    let interrupted = turn.stop == Some(Stop::Interrupt);
    hear(Event::RunFinished { counts: &counts, duration: started.elapsed(), interrupted });
    Ok(all)
}

/// Why nothing more is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Failure,
    Interrupt,
}

/// What goes on from plan to plan.
struct Turn<'s> {
    settings: &'s Settings,
    stop: Option<Stop>,
}

impl Turn<'_> {
    async fn plan<F: Future<Output = ()>>(
        &mut self,
        run: &PlanRun<'_>,
        interrupted: impl Fn() -> F,
        hear: &mut dyn FnMut(Event<'_>),
    ) -> Result<PlanResults, OpenError> {
        let permits: Vec<Option<Permit<'_>>> = run
            .judgements
            .iter()
            .map(|judgement| {
                runnable(judgement, run).then(|| judgement.permit(self.settings.consent)).flatten()
            })
            .collect();
        let workspace = Workspace::prepare(
            &run.workspace,
            run.plan.document().source().path(),
            run.plan.constraints.as_ref(),
        );
        let mut sandbox = None;
        if permits.iter().any(Option::is_some) {
            sandbox = Some(Sandbox::open(self.sandbox_settings(&workspace, &run.workspace)).await?);
        }
        let path = self.settings.environment.iter().find(|(name, _)| name == "PATH").map(|(_, path)| path);
        let around = Surroundings {
            workspace: run.workspace.clone(),
            shell: Shell::find(path),
            timeout: self.settings.timeout,
        };
        let mut done = PlanResults::default();
        for (judgement, permit) in run.judgements.iter().zip(&permits) {
            let mut result = match (permit, sandbox.as_mut(), self.stop) {
                (Some(permit), Some(sandbox), None) => {
                    hear(Event::CheckStarted { plan: run.plan, check: permit.check() });
                    let mut step_done = |index: usize, result: &StepResult| {
                        hear(Event::StepFinished { plan: run.plan, check: permit.check(), index, result });
                    };
                    execute::execute(permit, &around, sandbox, interrupted(), &mut step_done).await
                }
                _ => self.without_running(judgement, run, &done),
            };
            if permit.is_some() {
                not_proved_by_ourselves(judgement.check(), &workspace, &mut result);
            }
            if result.outcome.is_failure() && self.settings.level != Level::Off {
                if execute::speaks_of_refusal(&result.output) {
                    result.notes.push(CONFINED.to_owned());
                }
                result.notes.extend(workspace.notes.iter().cloned());
            }
            self.learn(&result);
            done.counts.add(&result);
            let level = self.settings.level;
            hear(Event::CheckFinished { plan: run.plan, judgement, result: &result, level });
            done.results.push(result);
        }
        if let Some(sandbox) = sandbox {
            // Everything has its outcome; an init that cannot say goodbye changes none of them.
            let _ = sandbox.close().await;
        }
        Ok(done)
    }

    fn learn(&mut self, result: &CheckResult) {
        if result.outcome == Outcome::NotRun && result.reason == INTERRUPTED {
            self.stop = Some(Stop::Interrupt);
        } else if result.outcome.is_failure() && self.settings.fail_fast {
            self.stop.get_or_insert(Stop::Failure);
        }
    }

    /// The result of a check that does not run, and why it does not.
    fn without_running(
        &self,
        judgement: &Judgement<'_>,
        run: &PlanRun<'_>,
        done: &PlanResults,
    ) -> CheckResult {
        let check = judgement.check();
        if let Some(twin) = first_place(check, run).and_then(|index| done.results.get(index)) {
            let mut result = twin.clone();
            result.duplicate_of.clone_from(&check.duplicate_of);
            return result;
        }
        match &check.kind {
            Kind::Manual { reason } => return CheckResult::not_started(Outcome::Manual, reason.as_str()),
            Kind::Background { .. } => {
                let reason = "background services cannot be run yet";
                return CheckResult::not_started(Outcome::Manual, reason);
            }
            Kind::Run => {}
        }
        match (judgement.verdict(), self.stop) {
            (Verdict::Deny, _) => CheckResult::not_started(Outcome::Denied, judgement.reason()),
            (Verdict::Ask, _) if self.settings.consent == Consent::None => {
                CheckResult::not_started(Outcome::NeedsReview, judgement.reason())
            }
            (_, Some(Stop::Interrupt)) => CheckResult::not_started(Outcome::NotRun, INTERRUPTED),
            (_, Some(Stop::Failure)) => CheckResult::not_started(Outcome::NotRun, "an earlier check failed"),
            (Verdict::Allow | Verdict::Ask, None) => {
                CheckResult::not_started(Outcome::Error, "it was permitted but not run")
            }
        }
    }

    fn sandbox_settings(&self, workspace: &Workspace, root: &std::path::Path) -> planproof_sandbox::Settings {
        planproof_sandbox::Settings {
            level: self.settings.level,
            workspace: root.to_owned(),
            writable: workspace.writable().to_vec(),
            hidden: self.settings.hidden.clone(),
            temporary_root: self.settings.temporary_root.clone(),
            environment: self.settings.environment.clone(),
            limits: Limits::default(),
        }
    }
}

/// What to know when a confined check speaks of a refused access.
const CONFINED: &str = "the sandbox lets a check write only to the allowed directories, to folders that git ignores, and to `$TMPDIR`";

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
fn runnable(judgement: &Judgement<'_>, run: &PlanRun<'_>) -> bool {
    let check: &Check = judgement.check();
    check.kind == Kind::Run && !check.steps.is_empty() && first_place(check, run).is_none()
}

/// Where among the checks of a run the same work stands first.
fn first_place(check: &Check, run: &PlanRun<'_>) -> Option<usize> {
    let first = check.duplicate_of.as_ref()?;
    run.judgements.iter().position(|judgement| judgement.check().id == *first)
}
