//! The report for people: a line for each check as it ends, what went wrong below it, a summary at the end.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use indicatif::ProgressBar;

use super::Reporter;
use super::visible::{one_line, visible};
use crate::expectation::{DiffKind, Mismatch};
use crate::plan::{Check, Plan};
use crate::policy::Judgement;
use crate::run::{CheckResult, Event, ExcerptText, Outcome, seconds};
use crate::secret::Mask;

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Nothing.
    Silent,
    /// What went wrong, and the summary.
    Quiet,
    /// A line for each check.
    Normal,
    /// Commands and output of every check.
    Verbose,
}

/// Most lines of output that are shown below a check.
const MOST_LINES: usize = 30;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const RED: Style = AnsiColor::Red.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default().bold();

/// Writes to a terminal or a file; the writer strips the styles where they are not wanted.
pub struct Terminal<W> {
    out: W,
    detail: Detail,
    bar: Option<ProgressBar>,
    mask: Mask,
}

impl<W: Write> Terminal<W> {
    /// Writes to `out`; `bar` shows how far the run is, on a terminal only.
    pub fn new(out: W, detail: Detail, bar: Option<ProgressBar>) -> Self {
        Self { out, detail, bar, mask: Mask::default() }
    }

    /// The same, but what the plan itself says is masked with this.
    #[must_use]
    pub fn masked(mut self, mask: Mask) -> Self {
        self.mask = mask;
        self
    }

    /// Writes lines above the bar.
    fn put(&mut self, text: &str) -> io::Result<()> {
        let text = self.mask.mask(text);
        let out = &mut self.out;
        let mut write = || out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn check(&mut self, plan: &Plan, judgement: &Judgement<'_>, result: &CheckResult) -> io::Result<()> {
        let told = match self.detail {
            Detail::Silent => false,
            Detail::Quiet => {
                result.outcome.is_failure()
                    || matches!(result.outcome, Outcome::Denied | Outcome::NeedsReview)
            }
            Detail::Normal | Detail::Verbose => true,
        };
        if !told {
            return Ok(());
        }
        let mut text = headline(judgement.check(), result);
        details(&mut text, plan, judgement, result, self.detail == Detail::Verbose);
        self.put(&text)
    }
}

impl<W: Write> Reporter for Terminal<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match *event {
            Event::RunStarted { checks, .. } => {
                if let Some(bar) = &self.bar {
                    bar.set_length(checks as u64);
                }
                Ok(())
            }
            Event::PlanStarted { plan, level, fallback, .. } => {
                if self.detail < Detail::Normal {
                    return Ok(());
                }
                let path = plan.document().source().path().display().to_string();
                let name =
                    plan.name.as_ref().map(|name| format!(" · {}", one_line(name))).unwrap_or_default();
                self.put(&format!(
                    "{BOLD}{}{BOLD:#}{name} {DIM}(sandbox: {level}){DIM:#}\n",
                    one_line(&path)
                ))?;
                match fallback {
                    Some(reason) => self.put(&format!(
                        "         note: {}\n         help: `planproof sandbox` tells what this host can do\n",
                        one_line(reason)
                    )),
                    None => Ok(()),
                }
            }
            Event::Kept { kept, .. } => {
                if self.detail < Detail::Normal {
                    return Ok(());
                }
                let mut text = String::new();
                for (path, kept) in kept {
                    let path = one_line(&path.to_string_lossy());
                    let _ = match kept {
                        Ok(kept) => writeln!(text, "{:>8} {path}", kept.to_string()),
                        Err(error) => writeln!(text, "{RED}{:>8}{RED:#} {path}: {error}", "not kept"),
                    };
                }
                self.put(&text)
            }
            Event::CheckStarted { check, .. } => {
                if let Some(bar) = &self.bar {
                    let message = format!("{} {}", check.id, one_line(&check.title));
                    bar.set_message(self.mask.mask(&message).into_owned());
                }
                Ok(())
            }
            Event::StepFinished { .. } | Event::PlanFinished { .. } => Ok(()),
            Event::CheckFinished { plan, judgement, result, .. } => {
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                }
                self.check(plan, judgement, result)
            }
            Event::RunFinished { counts, duration, interrupted } => {
                if let Some(bar) = &self.bar {
                    bar.finish_and_clear();
                }
                if self.detail == Detail::Silent {
                    return Ok(());
                }
                let cut = if interrupted { ", interrupted" } else { "" };
                let noun = if counts.total() == 1 { "check" } else { "checks" };
                self.put(&format!(
                    "{BOLD}summary{BOLD:#} {} {noun}: {}{cut} {DIM}in {}{DIM:#}\n",
                    counts.total(),
                    counts.words(),
                    seconds(duration)
                ))
            }
        }
    }
}

/// The tag of an outcome, in eight columns.
fn tag(outcome: Outcome) -> (Style, &'static str) {
    match outcome {
        Outcome::Passed => (GREEN, "PASS"),
        Outcome::PassedByExitStatus => (GREEN, "EXIT OK"),
        Outcome::Failed => (RED, "FAIL"),
        Outcome::Violated => (RED, "VIOLATED"),
        Outcome::TimedOut => (RED, "TIMEOUT"),
        Outcome::Error => (RED, "ERROR"),
        Outcome::Denied => (RED, "DENIED"),
        Outcome::NeedsReview => (YELLOW, "REVIEW"),
        Outcome::Manual => (CYAN, "MANUAL"),
        Outcome::NotRun => (YELLOW, "NOT RUN"),
    }
}

fn headline(check: &Check, result: &CheckResult) -> String {
    let (style, tag) = tag(result.outcome);
    let mut text =
        format!("{style}{tag:>8}{style:#} {BOLD}{:<5}{BOLD:#} {}", check.id, one_line(&check.title));
    if let Some(first) = &result.duplicate_of {
        let _ = write!(text, " {DIM}(same as {first}){DIM:#}");
    } else if !result.steps.is_empty() {
        let _ = write!(text, " {DIM}{}{DIM:#}", seconds(result.duration));
    }
    text.push('\n');
    text
}

/// What stands below the line of a check.
fn details(text: &mut String, plan: &Plan, judgement: &Judgement<'_>, result: &CheckResult, verbose: bool) {
    let check = judgement.check();
    let source = plan.document().source();
    let bad = result.outcome.is_failure();
    let stopped = matches!(result.outcome, Outcome::Denied | Outcome::NeedsReview);
    // What is said of the first is not said again; why a twin was not run is.
    if result.duplicate_of.is_some() && result.outcome != Outcome::NotRun {
        return;
    }
    if !result.reason.is_empty() {
        let _ = writeln!(text, "         {}", one_line(&result.reason));
    }
    if bad || stopped {
        let place = source.line_column(check.span.start);
        let path = source.path().display();
        let _ = writeln!(text, "         {DIM}at {path}:{}:{}{DIM:#}", place.line, place.column);
    }
    if bad || verbose {
        for command in check.written() {
            for line in command.lines() {
                let _ = writeln!(text, "         {DIM}$ {}{DIM:#}", visible(line));
            }
        }
    }
    for note in &result.notes {
        let _ = writeln!(text, "         note: {}", one_line(note));
    }
    if verbose {
        for change in result.changes.seen().into_iter().flatten() {
            let path = change.path.to_string_lossy();
            let _ = writeln!(text, "         {DIM}{} {}{DIM:#}", change.kind, one_line(&path));
        }
    }
    let shown = match &result.mismatch {
        Some(mismatch) => styled_diff(mismatch),
        None if bad || verbose => output_text(&result.output, MOST_LINES),
        None => String::new(),
    };
    for line in shown.lines() {
        let _ = writeln!(text, "         {DIM}│{DIM:#} {line}");
    }
    if stopped && let Some(help) = judgement.findings().iter().find_map(|finding| finding.help.as_ref()) {
        let _ = writeln!(text, "         help: {}", one_line(help));
    }
    if bad {
        let path = source.path().display().to_string();
        let path = shlex::try_quote(&path).unwrap_or_default();
        let _ = writeln!(
            text,
            "         help: run it again with `planproof verify {path} --filter {}`",
            check.id
        );
    }
}

fn styled_diff(mismatch: &Mismatch) -> String {
    let mut text = String::new();
    for line in &mismatch.diff {
        let (style, mark) = match line.kind {
            DiffKind::Context => (Style::new(), ' '),
            DiffKind::Expected => (RED, '-'),
            DiffKind::Actual => (GREEN, '+'),
            DiffKind::Omitted => (DIM, '~'),
        };
        let first =
            if line.first { format!(" {YELLOW}<- first difference{YELLOW:#}") } else { String::new() };
        let _ = writeln!(text, "{style}{mark}{}{style:#}{first}", line.text);
    }
    for note in &mismatch.notes {
        let _ = writeln!(text, "{DIM}note: {note}{DIM:#}");
    }
    text
}

/// A diff without styles: `-` expected, `+` actual.
pub(super) fn diff_text(mismatch: &Mismatch) -> String {
    anstream::adapter::strip_str(&styled_diff(mismatch)).to_string()
}

/// Head and tail of an output, at most `most` lines, with what is left out in between told.
pub(super) fn output_text(kept: &ExcerptText, most: usize) -> String {
    let mut lines: Vec<String> = kept.head.lines().map(visible).collect();
    if kept.left_out > 0 {
        lines.push(format!("… {} bytes left out …", kept.left_out));
        lines.extend(kept.tail.lines().map(visible));
    }
    if lines.len() > most {
        let cut = lines.len() - most;
        lines.splice(most / 2..most / 2 + cut, [format!("… {cut} lines left out …")]);
    }
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    })
}
