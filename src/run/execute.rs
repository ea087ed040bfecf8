//! One permitted check through the sandbox: its script, its output as it streams, and what came of it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use planproof_sandbox::{
    Command, Ending, Excerpt, Execution, Observed, RunError, Sandbox, Sink, Stage, Stderr, Stream,
};

use super::outcome::{CheckResult, Ended, Outcome, StepResult};
use super::script::{Script, script};
use super::service::{self, Heard, Readiness, Service};
use super::shell::Shell;
use crate::expectation::{Absence, Comparison, Matcher, Mismatch};
use crate::plan::{Check, Kind, Stated};
use crate::policy::Permit;

/// How much of a check's output reports keep, at its head and at its tail, in bytes.
const KEPT: usize = 16 * 1024;

/// What every check of a plan has in common.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    /// The workspace, absolute, links resolved.
    pub workspace: PathBuf,
    /// What runs the scripts.
    pub shell: Shell,
    /// How long a check may take that does not say so itself.
    pub timeout: Duration,
}

/// Runs a check that may run. `step_done` hears of each step as it ends.
pub(super) async fn execute(
    permit: &Permit<'_>,
    around: &Surroundings,
    sandbox: &mut Sandbox,
    interrupt: impl Future<Output = ()>,
    step_done: &mut dyn FnMut(usize, &StepResult),
) -> CheckResult {
    let check = permit.check();
    let error = |reason: String| CheckResult::not_started(Outcome::Error, reason);
    let working_directory = match working_directory(check, &around.workspace) {
        Ok(path) => path,
        Err(reason) => return error(reason),
    };
    let hides_status = permit.steps_hiding_status();
    if !around.shell.is_bash
        && let Some(reason) = needs_bash(check, hides_status)
    {
        return error(format!("this needs bash, and there is none: {reason}"));
    }
    let service = Readiness::of(check);
    let Script { text, checkpoints } = match &service {
        Some(readiness) => {
            let text = service::script(check, readiness, hides_status, check.stderr.is_some());
            Script { text, checkpoints: true }
        }
        None => script(&check.steps, hides_status),
    };
    let mut command = Command {
        program: around.shell.program.clone(),
        arguments: around.shell.arguments(&text),
        working_directory,
        timeout: check.timeout.unwrap_or(around.timeout),
        stderr: if check.stderr.is_some() || service.is_some() { Stderr::Separate } else { Stderr::Merged },
        checkpoints,
    };
    let mut comparing = match Comparing::new(check, service, step_done) {
        Ok(comparing) => comparing,
        Err(reason) => return error(reason),
    };
    let mut interrupt = std::pin::pin!(interrupt);
    if let Some((program, arguments)) = Shell::program_of(&text).as_deref().and_then(<[_]>::split_first) {
        let shell = command.clone();
        command.program = program.into();
        command.arguments = arguments.iter().map(OsString::from).collect();
        let run = sandbox.run(&command, &mut comparing, interrupt.as_mut()).await;
        // Nothing has run then, and the shell says best why it cannot: or it can, a script without a first line.
        if !matches!(run, Err(RunError::Start { stage: Stage::Execute, .. })) {
            return comparing.finish(run, command.timeout);
        }
        command = shell;
    }
    let run = sandbox.run(&command, &mut comparing, interrupt).await;
    comparing.finish(run, command.timeout)
}

/// Why a check must not be given to a shell that is not bash: the policy read it as bash does, and only bash lets a
/// pipeline fail with any of its commands.
fn needs_bash(check: &Check, hides_status: &[bool]) -> Option<&'static str> {
    // To another shell `[[ a && b ]]` is a list whose second command is `b`.
    if check.steps.iter().any(|step| step.command.contains("[[")) {
        return Some("another shell reads `[[` as a command");
    }
    if matches!(check.kind, Kind::Background { .. }) {
        return Some("only bash can wait for a service");
    }
    hides_status.contains(&true).then_some("only bash lets a pipeline fail with any of its commands")
}

/// The directory that a check runs in; it must exist and lie inside the workspace.
fn working_directory(check: &Check, workspace: &Path) -> Result<PathBuf, String> {
    let Some(stated) = &check.working_directory else { return Ok(workspace.to_owned()) };
    let asked = stated.value.trim();
    let path = workspace.join(asked);
    let real = path.canonicalize().map_err(|error| format!("working directory `{asked}`: {error}"))?;
    if !real.starts_with(workspace) {
        return Err(format!("working directory `{asked}` lies outside the workspace"));
    }
    if !real.is_dir() {
        return Err(format!("working directory `{asked}` is not a directory"));
    }
    Ok(real)
}

/// Takes the output of a running check and compares it as it comes.
struct Comparing<'c> {
    check: &'c Check,
    output: Option<Matcher>,
    stderr: Option<Matcher>,
    absences: Vec<(&'c Stated<String>, Absence)>,
    /// The matcher of the step that runs now.
    step_output: Option<Matcher>,
    /// The service that the first step is.
    service: Option<Service>,
    /// The matcher of what the service prints.
    service_output: Option<Matcher>,
    /// Which step runs now.
    step: usize,
    step_started: Instant,
    steps: Vec<StepResult>,
    /// The first thing printed that is not as expected by a step.
    step_mismatch: Option<(usize, Mismatch)>,
    excerpt: Excerpt,
    step_done: &'c mut dyn FnMut(usize, &StepResult),
}

impl Sink for Comparing<'_> {
    fn output(&mut self, stream: Stream, bytes: &[u8]) {
        self.excerpt.push(bytes);
        // What the service says proves nothing of the steps that it serves; where there are none, it is all there is.
        let of_service = self.service.is_some() && stream == Stream::Stderr;
        let alone = self.check.steps.len() == 1;
        if of_service {
            self.service_output.iter_mut().for_each(|matcher| matcher.feed(bytes));
        } else {
            self.step_output.iter_mut().for_each(|matcher| matcher.feed(bytes));
        }
        if !of_service || alone {
            self.output.iter_mut().for_each(|matcher| matcher.feed(bytes));
        }
        if let (Stream::Stderr, Some(matcher)) = (stream, &mut self.stderr) {
            matcher.feed(bytes);
        }
        for (_, absence) in &mut self.absences {
            absence.feed(bytes);
        }
    }

    fn checkpoint(&mut self, message: &[u8]) {
        let message = String::from_utf8_lossy(message);
        match &mut self.service {
            None => self.end_step(message.trim().parse().ok()),
            Some(service) => match service.hear(&message) {
                Heard::Ready => self.end_step(None),
                Heard::Step(status) => self.end_step(status),
                Heard::Noted => {}
            },
        }
    }
}

impl<'c> Comparing<'c> {
    fn new(
        check: &'c Check,
        service: Option<Readiness>,
        step_done: &'c mut dyn FnMut(usize, &StepResult),
    ) -> Result<Self, String> {
        let matcher = |expected: Option<&Stated<crate::expectation::Expectation>>| {
            expected.map(|stated| Matcher::new(&stated.value)).transpose().map_err(|error| error.message)
        };
        let first = matcher(check.steps.first().and_then(|step| step.output.as_ref()))?;
        let (step_output, service_output) = if service.is_some() { (None, first) } else { (first, None) };
        let mut absences = Vec::new();
        for text in &check.must_not_output {
            absences.push((text, Absence::new(&text.value).map_err(|error| error.message)?));
        }
        Ok(Self {
            check,
            output: matcher(check.output.as_ref())?,
            stderr: matcher(check.stderr.as_ref())?,
            absences,
            step_output,
            service: service.map(Service::new),
            service_output,
            step: 0,
            step_started: Instant::now(),
            steps: Vec::new(),
            step_mismatch: None,
            excerpt: Excerpt::new(KEPT, KEPT),
            step_done,
        })
    }

    /// The step that ran has ended; the next one begins.
    fn end_step(&mut self, exit_status: Option<i32>) {
        let result = StepResult { exit_status, duration: self.step_started.elapsed() };
        (self.step_done)(self.step, &result);
        self.steps.push(result);
        if let Some(matcher) = self.step_output.take()
            && let Comparison::Mismatched(mismatch) = matcher.finish()
        {
            self.step_mismatch.get_or_insert((self.step, mismatch));
        }
        self.step += 1;
        self.step_started = Instant::now();
        // The text was checked when the plan was read, so a matcher for it can be made.
        let next = self.check.steps.get(self.step).and_then(|step| step.output.as_ref());
        self.step_output = next.and_then(|stated| Matcher::new(&stated.value).ok());
    }

    fn finish(mut self, run: Result<Execution, RunError>, timeout: Duration) -> CheckResult {
        let execution = match run {
            Ok(execution) => execution,
            Err(error) => {
                let mut result = CheckResult::not_started(Outcome::Error, error.to_string());
                result.output = self.excerpt.text();
                result.steps = self.steps;
                return result;
            }
        };
        let ended = match execution.ending {
            Ending::Exited(code) => Some(Ended::Exited(code)),
            Ending::Signaled(signal) => Some(Ended::Signaled(signal)),
            Ending::TimedOut | Ending::Interrupted => None,
        };
        let ended = self.end_of_last_step(ended);
        let all_ran = self.step == self.check.steps.len();
        let mut notes = Vec::new();
        if execution.left_behind > 0 {
            notes.push(match execution.left_behind {
                1 => "left a process behind, which was killed".to_owned(),
                count => format!("left {count} processes behind, which were killed"),
            });
        }
        notes.extend(not_compared(self.check));
        if let Some(offset) = self.excerpt.first_bad_byte() {
            notes.push(format!(
                "the output is not UTF-8 from byte {offset} on; `\u{fffd}` stands for what cannot be read"
            ));
        }
        notes.extend(self.service.iter().flat_map(Service::notes));
        let verdict = match execution.ending {
            Ending::TimedOut => {
                let late = self.service.as_ref().and_then(|service| service.late(timeout));
                let reason = late.unwrap_or_else(|| format!("did not end within {}", seconds(timeout)));
                Verdict::of(Outcome::TimedOut, reason)
            }
            Ending::Interrupted => Verdict::of(Outcome::NotRun, super::INTERRUPTED),
            Ending::Exited(_) | Ending::Signaled(_) => self.judge(ended, all_ran),
        };
        CheckResult {
            outcome: verdict.outcome,
            reason: verdict.reason,
            duration: execution.duration,
            ended,
            steps: self.steps,
            output: self.excerpt.text(),
            mismatch: verdict.mismatch,
            notes,
            duplicate_of: None,
            changes: execution.changes,
            violations: Observed::Unavailable("not looked at yet".to_owned()),
            refused: execution.refused,
            unreachable: execution.unreachable,
        }
    }

    /// Ends the step that was running when the shell ended. How the check ended: as its last step did, if that was told
    /// before a trap or the shell's own end could say otherwise.
    fn end_of_last_step(&mut self, ended: Option<Ended>) -> Option<Ended> {
        if self.step < self.check.steps.len() {
            self.end_step(match ended {
                Some(Ended::Exited(code)) => Some(code),
                Some(Ended::Signaled(_)) | None => None,
            });
            return ended;
        }
        match (ended, self.steps.last().and_then(|step| step.exit_status)) {
            (Some(Ended::Exited(_)), Some(code)) => Some(Ended::Exited(code)),
            (other, _) => other,
        }
    }

    /// What came of a check that ran to its end: first how it ended, then what it printed.
    fn judge(&mut self, ended: Option<Ended>, all_ran: bool) -> Verdict {
        if let Some(displaced) = self.service.as_ref().and_then(Service::displaced) {
            return Verdict::of(Outcome::Error, displaced);
        }
        let failure = self.service.as_ref().and_then(Service::failure);
        let expected = self.check.expected_exit_status();
        let many = self.check.steps.len() > 1;
        let last = self.steps.len();
        // The status of a service that had to be stopped is that of its stop.
        let alone = self.service.is_some() && !many && failure.is_none();
        let how = match ended {
            Some(Ended::Exited(_)) if failure.is_some() && !all_ran => None,
            Some(Ended::Exited(0)) if alone => None,
            Some(Ended::Exited(code)) if all_ran && expected.accepts(code) => None,
            Some(Ended::Exited(0)) if !all_ran => Some(format!(
                "step {last} ended the shell, so the {} after it never ran",
                if self.check.steps.len() - last == 1 { "step" } else { "steps" }
            )),
            Some(Ended::Exited(code)) => {
                let which = if many { format!("step {last}: ") } else { String::new() };
                let expected = if all_ran { expected.to_string() } else { "0".to_owned() };
                Some(format!("{which}exit status {code}, expected {expected}"))
            }
            Some(Ended::Signaled(signal)) => Some(format!("killed by signal {signal}")),
            None => Some("its end is unknown".to_owned()),
        };
        let how = match (failure, how) {
            (Some(failure), Some(how)) => Some(format!("{failure}; {how}")),
            (failure, how) => failure.or(how),
        };
        let (what, mismatch) = self.differences();
        match (how, what) {
            (None, None) if self.check.compares_output() => Verdict::of(Outcome::Passed, ""),
            (None, None) => Verdict::of(Outcome::PassedByExitStatus, ""),
            (how, what) => {
                let reason = how.into_iter().chain(what).collect::<Vec<_>>().join("; ");
                Verdict { outcome: Outcome::Failed, reason, mismatch }
            }
        }
    }

    /// How the output differs from everything that was expected of it.
    fn differences(&mut self) -> (Option<String>, Option<Mismatch>) {
        if let Some((step, mismatch)) = self.step_mismatch.take() {
            return (Some(format!("step {}: {}", step + 1, mismatch.summary)), Some(mismatch));
        }
        if let Some(Comparison::Mismatched(mismatch)) = self.service_output.take().map(Matcher::finish) {
            return (Some(format!("the service: {}", mismatch.summary)), Some(mismatch));
        }
        if self.check.steps.iter().skip(self.steps.len()).any(|step| step.output.is_some()) {
            return (Some("a step whose output was expected never ran".to_owned()), None);
        }
        for (matcher, name) in [(self.output.take(), ""), (self.stderr.take(), "stderr: ")] {
            if let Some(Comparison::Mismatched(mismatch)) = matcher.map(Matcher::finish) {
                return (Some(format!("{name}{}", mismatch.summary)), Some(mismatch));
            }
        }
        for (text, absence) in self.absences.drain(..) {
            if let Err(found) = absence.finish() {
                return (Some(format!("`{}` must not be printed: {found}", text.value)), None);
            }
        }
        (None, None)
    }
}

/// What a check expects in words, which nothing compared.
pub(super) fn not_compared(check: &Check) -> Option<String> {
    check.prose.as_ref().map(|prose| format!("not compared: {}", prose.value))
}

/// An outcome with its reason.
struct Verdict {
    outcome: Outcome,
    reason: String,
    mismatch: Option<Mismatch>,
}

impl Verdict {
    fn of(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self { outcome, reason: reason.into(), mismatch: None }
    }
}

/// `5 s`, `1.5 s`, `300 ms`: a duration for people.
pub fn seconds(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        return format!("{} ms", duration.as_millis());
    }
    let text = format!("{:.1}", duration.as_secs_f64());
    format!("{} s", text.strip_suffix(".0").unwrap_or(&text))
}
