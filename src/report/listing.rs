//! What would be run, for people: the checks of a plan by section.

use std::fmt::Write as _;

use anstyle::Style;

use super::one_line;
use crate::expectation::Mode;
use crate::plan::{Check, Confidence, Kind, Plan};

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
            "    {BOLD}{:<6}{BOLD:#} {} {DIM}line {line}{}{DIM:#}",
            check.id,
            one_line(&check.title),
            about(check)
        );
        for step in &check.steps {
            for (index, line) in step.command.lines().enumerate() {
                let _ =
                    writeln!(text, "           {} {}", if index == 0 { "$" } else { " " }, one_line(line));
            }
        }
        if let Some(expected) = expected(check) {
            let _ = writeln!(text, "           {DIM}→ {expected}{DIM:#}");
        }
    }
    text
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

/// What is expected, in a few words; `None` where there is nothing to run.
fn expected(check: &Check) -> Option<String> {
    if check.steps.is_empty() {
        return None;
    }
    if let Some(stated) = &check.output {
        let how = match stated.value.mode {
            Mode::Lines | Mode::Contains => "prints",
            Mode::Exact => "prints exactly",
            Mode::Regex => "prints something that matches",
            Mode::Glob => "prints something like",
            Mode::Json => "prints this JSON:",
            Mode::Empty => return Some("prints nothing".to_owned()),
        };
        let mut lines = stated.value.text.lines().filter(|line| !line.trim().is_empty());
        let first = one_line(lines.next().unwrap_or_default());
        let more = lines.count();
        let rest = if more > 0 { format!(" and {more} more lines") } else { String::new() };
        return Some(format!("{how} `{first}`{rest}"));
    }
    let status = check.expected_exit_status();
    Some(match &check.prose {
        Some(prose) => format!("exits {status}; not compared: {}", one_line(&prose.value)),
        None => format!("exits {status}"),
    })
}
