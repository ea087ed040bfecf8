//! JSON Lines: one object for each check and each event, from which every other report can be made again.

use std::io::{self, Write};

use serde::Serialize;

use super::{Judged, Reporter, masked_json};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Source, Span};
use crate::expectation::{DiffKind, Expectation, Mismatch, Mode};
use crate::plan::{Check, Confidence, Kind, Plan, Stated};
use crate::policy::{Explanation, Finding, Input, Judgement, Normal, Verdict};
use crate::run::{Change, CheckResult, Counts, Ended, Event, Level, Observed, Outcome, RefusedCall};
use crate::secret::Mask;

/// Counts up when a field changes its meaning or goes away; a new field or a new value leaves it as it is.
const SCHEMA_VERSION: u32 = 1;

/// An object with its type, as it stands on a line.
#[derive(Serialize)]
struct Line<'a, T> {
    r#type: &'a str,
    schema_version: u32,
    #[serde(flatten)]
    body: T,
}

/// A line with what is shaped like a credential masked.
fn line<T: Serialize>(r#type: &str, body: T) -> String {
    masked_line(&Mask::default(), r#type, body)
}

fn masked_line<T: Serialize>(mask: &Mask, r#type: &str, body: T) -> String {
    let line = Line { r#type, schema_version: SCHEMA_VERSION, body };
    // Strings, numbers and lists only: serde_json cannot fail on these.
    masked_json::to_string(&line, mask).unwrap_or_default()
}

#[derive(Serialize)]
struct CheckObject<'a> {
    plan: String,
    id: &'a str,
    title: &'a str,
    section: &'a str,
    line: usize,
    column: usize,
    kind: &'static str,
    confidence: &'static str,
    /// The rule of the grammar that found it.
    found_by: &'static str,
    reason: Option<&'a str>,
    ready_when: Option<String>,
    working_directory: Option<&'a str>,
    timeout_ms: u128,
    steps: Vec<StepObject<'a>>,
    expectation: Option<ExpectationObject<'a>>,
    expected_exit_status: Option<String>,
    expected_stderr: Option<ExpectationObject<'a>>,
    must_not_output: Vec<&'a str>,
    /// What is expected in words, which nothing compares.
    prose: Option<&'a str>,
    /// What the reader took for granted.
    reading_notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_of: Option<&'a str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    judgement: Option<JudgementObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<ApprovalObject<'a>>,
}

/// The approval on which `verify` would run a check that asks.
#[derive(Serialize)]
struct ApprovalObject<'a> {
    by: &'a str,
    reason: &'a str,
    at: String,
    expires: String,
    reusable: bool,
}

#[derive(Serialize)]
struct StepObject<'a> {
    line: usize,
    column: usize,
    command: &'a str,
    /// Whether the plan sets `pipefail` for it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pipefail: bool,
    expectation: Option<ExpectationObject<'a>>,
}

#[derive(Serialize)]
struct ExpectationObject<'a> {
    kind: &'static str,
    text: std::borrow::Cow<'a, str>,
    line: usize,
    /// Whether the text is taken as it is, without the wildcards of the default comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    literal: Option<bool>,
}

#[derive(Serialize)]
struct JudgementObject<'a> {
    verdict: &'static str,
    findings: Vec<FindingObject<'a>>,
}

#[derive(Serialize)]
struct FindingObject<'a> {
    id: &'static str,
    verdict: &'static str,
    rule: &'a str,
    rule_line: Option<usize>,
    rule_column: Option<usize>,
    rule_end_line: Option<usize>,
    rule_end_column: Option<usize>,
    message: &'a str,
    help: Option<&'a str>,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    evidence: Vec<&'a str>,
}

/// A check as one line of JSON. `timeout` is the default, in milliseconds.
pub fn check_line(plan: &Plan, check: &Check, timeout: u128) -> String {
    line("check", check_object(plan, check, None, timeout))
}

/// A check with its verdict, and the approval that speaks for it, as one line of JSON.
pub fn judged_line(plan: &Plan, judged: &Judged<'_>, timeout: u128) -> String {
    let mut object = check_object(plan, judged.check(), Some(&judged.judgement), timeout);
    object.approval = judged.approval.as_ref().map(|approval| ApprovalObject {
        by: &approval.by,
        reason: &approval.reason,
        at: format!("{:.0}", approval.at),
        expires: format!("{:.0}", approval.expires),
        reusable: approval.reusable,
    });
    line("check", object)
}

fn check_object<'a>(
    plan: &'a Plan,
    check: &'a Check,
    judgement: Option<&'a Judgement<'_>>,
    timeout: u128,
) -> CheckObject<'a> {
    let source = plan.document().source();
    let place = source.line_column(check.span.start);
    let (kind, reason, ready_when) = match &check.kind {
        Kind::Run => ("run", None, None),
        Kind::Background { ready_when } => {
            ("background", None, ready_when.as_ref().map(|ready| ready.value.to_string()))
        }
        Kind::Manual { reason } => ("manual", Some(reason.as_str()), None),
    };
    let steps = check.steps.iter().map(|step| {
        let place = source.line_column(step.span.start);
        StepObject {
            line: place.line,
            column: place.column,
            command: &step.command,
            pipefail: step.pipefail,
            expectation: step.output.as_ref().map(|stated| compared(source, stated)),
        }
    });
    CheckObject {
        plan: source.path().display().to_string(),
        id: &check.id,
        title: &check.title,
        section: &check.section,
        line: place.line,
        column: place.column,
        kind,
        confidence: match check.confidence {
            Confidence::Explicit => "explicit",
            Confidence::Inferred => "inferred",
        },
        found_by: check.found_by.name(),
        reason,
        ready_when,
        working_directory: check.working_directory.as_ref().map(|stated| stated.value.as_str()),
        timeout_ms: check.timeout.map_or(timeout, |timeout| timeout.as_millis()),
        steps: steps.collect(),
        expectation: expectation(source, check),
        expected_exit_status: check.exit_status.as_ref().map(|stated| stated.value.to_string()),
        expected_stderr: check.stderr.as_ref().map(|stated| compared(source, stated)),
        must_not_output: check.must_not_output.iter().map(|stated| stated.value.as_str()).collect(),
        prose: check.prose.as_ref().map(|stated| stated.value.as_str()),
        reading_notes: &check.notes,
        duplicate_of: check.duplicate_of.as_deref(),
        judgement: judgement.map(|judgement| judgement_object(source, judgement)),
        approval: None,
    }
}

/// The strongest thing that was stated: an output, else an exit status, else words.
fn expectation<'a>(source: &Source, check: &'a Check) -> Option<ExpectationObject<'a>> {
    let line = |span: Span| source.line_column(span.start).line;
    if let Some(stated) = &check.output {
        return Some(compared(source, stated));
    }
    if let Some(stated) = &check.exit_status {
        return Some(ExpectationObject {
            kind: "exit_status",
            text: stated.value.to_string().into(),
            line: line(stated.span),
            literal: None,
        });
    }
    check.prose.as_ref().map(|stated| ExpectationObject {
        kind: "prose",
        text: stated.value.as_str().into(),
        line: line(stated.span),
        literal: None,
    })
}

fn compared<'a>(source: &Source, stated: &'a Stated<Expectation>) -> ExpectationObject<'a> {
    let (kind, literal) = match stated.value.mode {
        Mode::Lines => ("contains", Some(false)),
        Mode::Contains => ("contains", Some(true)),
        Mode::Exact => ("exact", None),
        Mode::Regex => ("regex", None),
        Mode::Glob => ("glob", None),
        Mode::Json => ("json", None),
        Mode::Empty => ("empty", None),
    };
    let line = source.line_column(stated.span.start).line;
    ExpectationObject { kind, text: stated.value.text.as_str().into(), line, literal }
}

/// The verdict with its findings; the chain of each as words only, its places are in SARIF.
fn judgement_object<'a>(source: &Source, judgement: &'a Judgement<'_>) -> JudgementObject<'a> {
    let findings = judgement.findings().iter().map(|finding| finding_object(finding, source, source));
    JudgementObject { verdict: verdict(judgement.verdict()), findings: findings.collect() }
}

/// A finding in the text `source`, under a rule of the text `rules`.
fn finding_object<'a>(finding: &'a Finding, source: &Source, rules: &Source) -> FindingObject<'a> {
    let (start, end) = (source.line_column(finding.span.start), source.line_column(finding.span.end));
    let rule = finding.rule_span.map(|span| (rules.line_column(span.start), rules.line_column(span.end)));
    FindingObject {
        id: finding.id.name(),
        verdict: verdict(finding.verdict),
        rule: &finding.rule,
        rule_line: rule.map(|(start, _)| start.line),
        rule_column: rule.map(|(start, _)| start.column),
        rule_end_line: rule.map(|(_, end)| end.line),
        rule_end_column: rule.map(|(_, end)| end.column),
        message: &finding.message,
        help: finding.help.as_deref(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        evidence: finding.evidence.iter().map(|link| link.text.as_str()).collect(),
    }
}

pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "allow",
        Verdict::Ask => "ask",
        Verdict::Deny => "deny",
    }
}

/// How a command is read, as one line of JSON; the places of rules are those of the plan.
pub fn explanation_line(explanation: &Explanation, plan: Option<&Plan>) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        command: &'a str,
        plan: Option<String>,
        verdict: &'static str,
        commands: Vec<NormalObject<'a>>,
        rules: Vec<TriedObject<'a>>,
        findings: Vec<FindingObject<'a>>,
    }
    let source = &explanation.source;
    let rules = plan.map_or(source, |plan| plan.document().source());
    let tried = explanation.rules.iter().map(|tried| TriedObject {
        id: tried.id.name(),
        rule: &tried.rule,
        rule_line: tried.span.map(|span| rules.line_column(span.start).line),
        verdict: tried.verdict.map(verdict),
    });
    line(
        "explanation",
        Body {
            command: source.text(),
            plan: plan.map(path),
            verdict: verdict(explanation.verdict),
            commands: explanation.commands.iter().map(|normal| normal_object(normal, source)).collect(),
            rules: tried.collect(),
            findings: explanation
                .findings
                .iter()
                .map(|finding| finding_object(finding, source, rules))
                .collect(),
        },
    )
}

#[derive(Serialize)]
struct TriedObject<'a> {
    id: &'static str,
    rule: &'a str,
    rule_line: Option<usize>,
    /// `null` where it does not speak against the command.
    verdict: Option<&'static str>,
}

#[derive(Serialize)]
struct NormalObject<'a> {
    program: Option<&'a str>,
    subcommand: Option<&'a str>,
    through: Vec<&'a str>,
    flags: &'a [String],
    operands: &'a [String],
    writes: &'a [String],
    input: &'static str,
    input_file: Option<&'a str>,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

fn normal_object<'a>(normal: &'a Normal, source: &Source) -> NormalObject<'a> {
    let (start, end) = (source.line_column(normal.span.start), source.line_column(normal.span.end));
    let (input, input_file) = match &normal.input {
        Input::Nothing => ("nothing", None),
        Input::Pipe => ("pipe", None),
        Input::Text => ("text", None),
        Input::File(name) => ("file", Some(name.as_str())),
    };
    NormalObject {
        program: normal.program.as_deref(),
        subcommand: normal.subcommand.as_deref(),
        through: normal.chain.iter().map(|link| link.text.as_str()).collect(),
        flags: &normal.flags,
        operands: &normal.operands,
        writes: &normal.writes,
        input,
        input_file,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

/// A finding on a plan as one line of JSON.
pub fn finding_line(finding: &Diagnostic, source: &Source) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        plan: String,
        severity: &'static str,
        code: &'a str,
        message: &'a str,
        label: &'a str,
        help: Option<&'a str>,
        line: usize,
        column: usize,
        end_line: usize,
        end_column: usize,
        related: Vec<Related<'a>>,
    }
    #[derive(Serialize)]
    struct Related<'a> {
        message: &'a str,
        line: usize,
        column: usize,
        end_line: usize,
        end_column: usize,
    }
    let related = finding.related.iter().map(|(span, message)| {
        let (start, end) = (source.line_column(span.start), source.line_column(span.end));
        let (line, column, end_line, end_column) = (start.line, start.column, end.line, end.column);
        Related { message, line, column, end_line, end_column }
    });
    let (start, end) = (source.line_column(finding.span.start), source.line_column(finding.span.end));
    line(
        "diagnostic",
        Body {
            plan: source.path().display().to_string(),
            severity: match finding.severity {
                Severity::Note => "note",
                Severity::Warning => "warning",
                Severity::Error => "error",
            },
            code: finding.code,
            message: &finding.message,
            label: &finding.label,
            help: finding.help.as_deref(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            related: related.collect(),
        },
    )
}

/// An error that ends the program, as one line of JSON.
pub fn error_line(message: &str, help: Option<&str>) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        message: &'a str,
        help: Option<&'a str>,
    }
    line("error", Body { message, help })
}

/// What became of the record of a plan, as one line of JSON.
pub fn recorded_line(plan: &Plan, message: &str) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        plan: String,
        message: &'a str,
    }
    line("recorded", Body { plan: path(plan), message })
}

/// The last line of `list` and `check`: how many plans and checks there are.
pub fn summary_line(plans: usize, checks: usize) -> String {
    #[derive(Serialize)]
    struct Body {
        plans: usize,
        checks: usize,
    }
    line("summary", Body { plans, checks })
}

/// Writes every event of a run as it happens.
pub struct Json<W> {
    out: W,
    timeout: u128,
    mask: Mask,
}

impl<W: Write> Json<W> {
    /// Writes to `out`; `timeout` is the default for checks, in milliseconds.
    pub fn new(out: W, timeout: u128) -> Self {
        Self { out, timeout, mask: Mask::default() }
    }

    /// The same, but what the plan itself says is masked with this.
    #[must_use]
    pub fn masked(mut self, mask: Mask) -> Self {
        self.mask = mask;
        self
    }

    fn put(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")?;
        self.out.flush()
    }
}

#[derive(Serialize)]
struct CheckFinished<'a> {
    plan: String,
    id: &'a str,
    outcome: &'static str,
    reason: &'a str,
    duration_ms: f64,
    exit_status: Option<i32>,
    signal: Option<i32>,
    sandbox: String,
    /// Unavailable at a level that cannot see them: `null`, never an empty list.
    violations: Option<Vec<ChangeObject>>,
    /// Every path of the workspace that it changed.
    changes: Option<Vec<ChangeObject>>,
    /// Why there are none of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes_unavailable: Option<&'a str>,
    /// System calls that the sandbox refused; `null` where nobody sees them.
    refused: Option<Vec<RefusedObject<'a>>>,
    /// Attempts to get beyond the loopback; `null` where nobody counts them.
    unreachable: Option<u64>,
    verdict: &'static str,
    findings: Vec<FindingObject<'a>>,
    steps: Vec<StepFinished<'a>>,
    output: OutputObject<'a>,
    mismatch: Option<MismatchObject<'a>>,
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_of: Option<&'a str>,
}

#[derive(Serialize)]
struct StepFinished<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    step: usize,
    line: usize,
    command: &'a str,
    exit_status: Option<i32>,
    duration_ms: f64,
}

#[derive(Serialize)]
struct ChangeObject {
    kind: String,
    /// Relative to the workspace; what is not UTF-8 in it is replaced.
    path: String,
}

#[derive(Serialize)]
struct RefusedObject<'a> {
    call: &'a str,
    network: bool,
    count: u64,
}

#[derive(Serialize)]
struct OutputObject<'a> {
    head: &'a str,
    left_out_bytes: u64,
    tail: &'a str,
    total_bytes: u64,
}

#[derive(Serialize)]
struct MismatchObject<'a> {
    summary: &'a str,
    diff: Vec<DiffObject<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct DiffObject<'a> {
    kind: &'static str,
    text: &'a str,
    first: bool,
}

#[derive(Serialize)]
struct RunStarted {
    plans: usize,
    checks: usize,
    version: &'static str,
    /// When it began, as RFC 3339 in UTC.
    time: String,
}

#[derive(Serialize)]
struct PlanStarted<'a> {
    plan: String,
    name: Option<&'a str>,
    sandbox: String,
    /// Why not a higher level, where one was tried.
    sandbox_fallback: Option<&'a str>,
}

#[derive(Serialize)]
struct KeptPath {
    plan: String,
    path: String,
    /// What was done to it; `null` if it could not be.
    done: Option<String>,
    error: Option<String>,
}

#[derive(Serialize)]
struct CheckStarted<'a> {
    plan: String,
    id: &'a str,
}

#[derive(Serialize)]
struct Finished {
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    checks: usize,
    counts: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interrupted: Option<bool>,
}

impl<W: Write> Reporter for Json<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        let text = match *event {
            Event::RunStarted { plans, checks } => masked_line(
                &self.mask,
                "run_started",
                RunStarted {
                    plans,
                    checks,
                    version: env!("CARGO_PKG_VERSION"),
                    time: jiff::Timestamp::now().to_string(),
                },
            ),
            Event::PlanStarted { plan, judgements, level, fallback } => {
                self.put(&masked_line(
                    &self.mask,
                    "plan_started",
                    PlanStarted {
                        plan: path(plan),
                        name: plan.name.as_deref(),
                        sandbox: level.to_string(),
                        sandbox_fallback: fallback,
                    },
                ))?;
                for judgement in judgements {
                    let check = check_object(plan, judgement.check(), Some(judgement), self.timeout);
                    self.put(&masked_line(&self.mask, "check", check))?;
                }
                return Ok(());
            }
            Event::CheckStarted { plan, check } => {
                masked_line(&self.mask, "check_started", CheckStarted { plan: path(plan), id: &check.id })
            }
            Event::StepFinished { plan, check, index, result } => {
                let mut step = step_finished(plan, check, index, result);
                step.plan = Some(path(plan));
                step.id = Some(&check.id);
                masked_line(&self.mask, "step_finished", step)
            }
            Event::CheckFinished { plan, judgement, result, level } => {
                masked_line(&self.mask, "check_finished", check_finished(plan, judgement, result, level))
            }
            Event::Kept { plan, kept } => {
                for (changed, kept) in kept {
                    self.put(&masked_line(
                        &self.mask,
                        "kept",
                        KeptPath {
                            plan: path(plan),
                            path: changed.to_string_lossy().into_owned(),
                            done: kept.as_ref().ok().map(ToString::to_string),
                            error: kept.as_ref().err().map(ToString::to_string),
                        },
                    ))?;
                }
                return Ok(());
            }
            Event::PlanFinished { plan, counts } => masked_line(
                &self.mask,
                "plan_finished",
                Finished {
                    plan: Some(path(plan)),
                    checks: counts.total(),
                    counts: counted(counts),
                    duration_ms: None,
                    interrupted: None,
                },
            ),
            Event::RunFinished { counts, duration, interrupted } => masked_line(
                &self.mask,
                "run_finished",
                Finished {
                    plan: None,
                    checks: counts.total(),
                    counts: counted(counts),
                    duration_ms: Some(millis(duration)),
                    interrupted: Some(interrupted),
                },
            ),
        };
        self.put(&text)
    }
}

fn path(plan: &Plan) -> String {
    plan.document().source().path().display().to_string()
}

fn millis(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

fn counted(counts: &Counts) -> serde_json::Map<String, serde_json::Value> {
    Outcome::ALL.into_iter().map(|outcome| (outcome.name().to_owned(), counts.of(outcome).into())).collect()
}

fn step_finished<'a>(
    plan: &Plan,
    check: &'a Check,
    index: usize,
    result: &crate::run::StepResult,
) -> StepFinished<'a> {
    let step = check.steps.get(index);
    StepFinished {
        plan: None,
        id: None,
        step: index,
        line: step.map_or(0, |step| plan.document().source().line_column(step.span.start).line),
        command: step.map_or("", |step| step.command.as_str()),
        exit_status: result.exit_status,
        duration_ms: millis(result.duration),
    }
}

fn changes_objects(changes: &[Change]) -> Vec<ChangeObject> {
    let object = |change: &Change| ChangeObject {
        kind: change.kind.to_string(),
        path: change.path.to_string_lossy().into_owned(),
    };
    changes.iter().map(object).collect()
}

fn refused_object(refused: &RefusedCall) -> RefusedObject<'_> {
    RefusedObject { call: &refused.call, network: refused.network, count: refused.count }
}

fn check_finished<'a>(
    plan: &'a Plan,
    judgement: &'a Judgement<'_>,
    result: &'a CheckResult,
    level: Level,
) -> CheckFinished<'a> {
    let check = judgement.check();
    let output = &result.output;
    let judged = judgement_object(plan.document().source(), judgement);
    CheckFinished {
        plan: path(plan),
        id: &check.id,
        outcome: result.outcome.name(),
        reason: &result.reason,
        duration_ms: millis(result.duration),
        exit_status: match result.ended {
            Some(Ended::Exited(code)) => Some(code),
            Some(Ended::Signaled(_)) | None => None,
        },
        signal: match result.ended {
            Some(Ended::Signaled(signal)) => Some(signal),
            Some(Ended::Exited(_)) | None => None,
        },
        sandbox: level.to_string(),
        violations: result.violations.seen().map(|changes| changes_objects(changes)),
        changes: result.changes.seen().map(|changes| changes_objects(changes)),
        changes_unavailable: match &result.changes {
            Observed::Seen(_) => None,
            Observed::Unavailable(reason) => Some(reason),
        },
        refused: result.refused.seen().map(|refused| refused.iter().map(refused_object).collect()),
        unreachable: result.unreachable.seen().copied(),
        verdict: judged.verdict,
        findings: judged.findings,
        steps: result
            .steps
            .iter()
            .enumerate()
            .map(|(index, step)| step_finished(plan, check, index, step))
            .collect(),
        output: OutputObject {
            head: &output.head,
            left_out_bytes: output.left_out,
            tail: &output.tail,
            total_bytes: output.total,
        },
        mismatch: result.mismatch.as_ref().map(mismatch_object),
        notes: &result.notes,
        duplicate_of: result.duplicate_of.as_deref(),
    }
}

fn mismatch_object(mismatch: &Mismatch) -> MismatchObject<'_> {
    let diff = mismatch.diff.iter().map(|line| DiffObject {
        kind: match line.kind {
            DiffKind::Context => "context",
            DiffKind::Expected => "expected",
            DiffKind::Actual => "actual",
            DiffKind::Omitted => "omitted",
        },
        text: &line.text,
        first: line.first,
    });
    MismatchObject { summary: &mismatch.summary, diff: diff.collect(), notes: &mismatch.notes }
}
