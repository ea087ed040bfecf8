//! What would be run, for people: the checks of a plan by section.

use std::fmt::Write as _;

use anstyle::Style;

use super::visible::{one_line, visible};
use crate::expectation::{Expectation, Mode};
use crate::plan::{Check, Confidence, Kind, Plan};
use crate::secret::Mask;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The checks of a plan as text, with styles; a section's heading, then each check with its place, its commands and
/// what is expected.
pub fn list(plan: &Plan, checks: &[&Check]) -> String {
    let source = plan.document().source();
    let path = source.path().display().to_string();
    let name = plan.name.as_ref().map(|name| format!(" · {}", one_line(name))).unwrap_or_default();
    let mut text = format!("{BOLD}{}{BOLD:#}{name}\n", one_line(&path));
    let mut section = "";
    for check in checks {
        if check.section != section {
            section = &check.section;
            let _ = writeln!(text, "  {BOLD}{}{BOLD:#}", one_line(section));
        }
        let line = source.line_column(check.span.start).line;
        let _ = writeln!(
            text,
            "    {BOLD}{:<6}{BOLD:#} {} {DIM}(line {line}{}){DIM:#}",
            check.id,
            one_line(&check.title),
            about(check)
        );
        commands(&mut text, check);
        for expected in expected(check) {
            let _ = writeln!(text, "           {DIM}→ {expected}{DIM:#}");
        }
    }
    Mask::default().mask(&text).into_owned()
}

/// How sure the reader is, and whether the check runs at all.
fn about(check: &Check) -> String {
    let mut words = String::new();
    if check.confidence == Confidence::Inferred {
        words.push_str(", inferred");
    }
    match &check.kind {
        Kind::Run => {}
        Kind::Background { .. } => words.push_str(", background"),
        Kind::Manual { reason } => {
            let _ = write!(words, ", manual: {}", one_line(reason));
        }
    }
    if let Some(first) = &check.duplicate_of {
        let _ = write!(words, ", same as {first}");
    }
    words
}

/// The commands of a check as they are written, each on lines of its own.
pub(super) fn commands(text: &mut String, check: &Check) {
    for step in &check.steps {
        for (index, line) in step.command.lines().enumerate() {
            let _ = writeln!(text, "           {} {}", if index == 0 { "$" } else { " " }, visible(line));
        }
    }
    if let Some(directory) = &check.working_directory {
        let _ = writeln!(text, "           {DIM}in {}{DIM:#}", one_line(&directory.value));
    }
}

/// All that is expected of the commands, a line for each; nothing where there is nothing to run.
fn expected(check: &Check) -> Vec<String> {
    if check.steps.is_empty() {
        return Vec::new();
    }
    let steps = check.steps.iter().enumerate().filter_map(|(index, step)| {
        step.output.as_ref().map(|stated| format!("step {} {}", index + 1, prints(&stated.value)))
    });
    let mut all: Vec<String> = steps.collect();
    all.extend(check.output.as_ref().map(|stated| prints(&stated.value)));
    all.extend(check.stderr.as_ref().map(|stated| format!("on stderr {}", prints(&stated.value))));
    all.extend(
        check.must_not_output.iter().map(|text| format!("does not print `{}`", one_line(&text.value))),
    );
    if check.exit_status.is_some() || all.is_empty() {
        all.push(format!("exits {}", check.expected_exit_status()));
    }
    all.extend(check.prose.as_ref().map(|prose| format!("not compared: {}", one_line(&prose.value))));
    all
}

fn prints(expectation: &Expectation) -> String {
    let how = match expectation.mode {
        Mode::Lines | Mode::Contains => "prints",
        Mode::Exact => "prints exactly",
        Mode::Regex => "prints something that matches",
        Mode::Glob => "prints something like",
        Mode::Json => "prints this JSON:",
        Mode::Empty => return "prints nothing".to_owned(),
    };
    let mut lines = expectation.text.lines().filter(|line| !line.trim().is_empty());
    let first = one_line(lines.next().unwrap_or_default());
    match lines.count() {
        0 => format!("{how} `{first}`"),
        1 => format!("{how} `{first}` and 1 more line"),
        more => format!("{how} `{first}` and {more} more lines"),
    }
}
