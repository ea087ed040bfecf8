//! What would be run, for people: a table of the checks of each section.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::table::{Cell, Column, rows, wrap};
use super::visible::{one_line, visible};
use crate::expectation::{Expectation, Mode};
use crate::plan::{Check, Confidence, Kind, Plan, schema};
use crate::secret::Mask;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// How a listing looks.
#[derive(Debug, Clone, Copy)]
pub struct Listing {
    /// How many columns it may take.
    pub width: usize,
    /// Whether it says why each check is there, and what its author could write instead.
    pub why: bool,
}

/// The columns: name, line, commands, what is expected, kind, and how sure the reader is.
const COLUMNS: [Column; 6] =
    [Column::Tight, Column::Tight, Column::Share(3), Column::Share(2), Column::Tight, Column::Tight];

/// The checks of a plan as text, with styles.
pub fn list(plan: &Plan, checks: &[&Check], listing: Listing) -> String {
    let source = plan.document().source();
    let path = source.path().display().to_string();
    let name = plan.name.as_ref().map(|name| format!(" · {}", one_line(name))).unwrap_or_default();
    let mut text = masked(&format!("{BOLD}{}{BOLD:#}{name}\n", one_line(&path)));
    let header =
        ["id", "line", "command", "expected", "kind", "reading"].map(|word| Cell::of(word).styled(DIM));
    // One table, so that the columns of all sections stand below each other.
    let mut table = vec![header];
    table.extend(checks.iter().map(|check| row(plan, check)));
    let mut lines = rows(COLUMNS, &table, listing.width.saturating_sub(INDENT.len())).into_iter();
    put(&mut text, lines.next().unwrap_or_default());
    let mut section: Option<&str> = None;
    for (check, lines) in checks.iter().zip(lines) {
        if section.replace(check.section.as_ref()) != Some(check.section.as_ref()) {
            let _ = writeln!(text, "{BOLD}{}{BOLD:#}", masked(&one_line(&check.section)));
        }
        put(&mut text, lines);
        if listing.why {
            why(&mut text, check, listing.width);
        }
    }
    text
}

/// What stands before each line of the table.
const INDENT: &str = "  ";

fn put(text: &mut String, lines: Vec<String>) {
    for line in lines {
        let _ = writeln!(text, "{INDENT}{line}");
    }
}

/// Text without secrets. A cell is masked before it is wrapped: in two pieces nothing looks like a secret any more.
fn masked(text: &str) -> String {
    Mask::default().mask(text).into_owned()
}

fn row(plan: &Plan, check: &Check) -> [Cell; 6] {
    let line = plan.document().source().line_column(check.span.start).line;
    let (kind, style) = match &check.kind {
        Kind::Run => ("run", Style::new()),
        Kind::Background { .. } => ("background", Style::new()),
        Kind::Manual { .. } => ("manual", CYAN),
    };
    let reading = match check.confidence {
        Confidence::Explicit => Cell::of("explicit"),
        Confidence::Inferred => Cell::of("inferred").styled(DIM),
    };
    let cell = |lines: Vec<String>| Cell { lines, style: Style::new() };
    let expected: Vec<String> = expected(check).iter().map(|line| masked(line)).collect();
    [
        Cell::of(&check.id).styled(BOLD),
        Cell::of(line.to_string()),
        cell(what(check)),
        cell(expected).styled(DIM),
        Cell::of(kind).styled(style),
        reading,
    ]
}

/// The commands of a check with where they run; where there are none, the criterion itself.
fn what(check: &Check) -> Vec<String> {
    let mut lines = Vec::new();
    for command in check.written() {
        // A session is told apart from a script that goes on over lines.
        let mark = |line: usize| match (check.steps.len(), line) {
            (1, _) => "",
            (_, 0) => "$ ",
            (_, _) => "  ",
        };
        let is_first = check.steps.first().is_some_and(|first| std::ptr::eq(command, first.command.as_str()));
        let serves = if is_first && matches!(check.kind, Kind::Background { .. }) { " &" } else { "" };
        let masked = masked(command);
        let count = masked.lines().count();
        lines.extend(masked.lines().enumerate().map(|(at, line)| {
            let serves = if at + 1 == count { serves } else { "" };
            format!("{}{}{serves}", mark(at), visible(line).replace('\t', "    "))
        }));
    }
    if lines.is_empty() {
        lines.push(masked(&one_line(&check.title)));
    }
    if let Some(directory) = &check.working_directory {
        lines.push(format!("in {}", masked(&one_line(&directory.value))));
    }
    lines
}

/// Why a check is there, and what its author could write so that nothing of it is guessed or left to a person.
fn why(text: &mut String, check: &Check, width: usize) {
    const DEEPER: &str = "      ";
    let mut say = |words: &str, style: Style| {
        for line in wrap(&masked(words), width.saturating_sub(DEEPER.len())) {
            let _ = writeln!(text, "{DEEPER}{style}{line}{style:#}");
        }
    };
    if !check.steps.is_empty() && !check.title.is_empty() {
        say(&format!("title: {}", one_line(&check.title)), DIM);
    }
    say(&format!("found by: {} ({})", check.found_by.explanation(), check.found_by.name()), DIM);
    for note in &check.notes {
        say(&format!("note: {}", one_line(note)), DIM);
    }
    if let Kind::Manual { reason } = &check.kind {
        say(&format!("manual: {}", one_line(reason)), DIM);
        say("write instead:", CYAN);
        for line in schema::suggestion(check).lines() {
            // Not wrapped: it is there to be copied.
            let _ = writeln!(text, "{DEEPER}  {}", visible(&masked(line)));
        }
    }
}

/// The commands of a check as they are written, each on lines of its own.
pub(super) fn commands(text: &mut String, check: &Check) {
    for command in check.written() {
        for (index, line) in command.lines().enumerate() {
            let _ = writeln!(text, "           {} {}", if index == 0 { "$" } else { " " }, visible(line));
        }
    }
    if let Some(directory) = &check.working_directory {
        let _ = writeln!(text, "           {DIM}in {}{DIM:#}", one_line(&directory.value));
    }
}

/// All that is expected of the commands, a line for each; for what does not run, why not.
fn expected(check: &Check) -> Vec<String> {
    if let Some(first) = &check.duplicate_of {
        return vec![format!("same as {first}")];
    }
    let mut all = Vec::new();
    match &check.kind {
        Kind::Manual { reason } => return vec![one_line(reason)],
        Kind::Background { ready_when: Some(ready) } => {
            all.push(format!("ready when: {}", one_line(&ready.value.to_string())));
        }
        Kind::Background { ready_when: None } | Kind::Run => {}
    }
    let stated = all.len();
    all.extend(check.steps.iter().enumerate().filter_map(|(index, step)| {
        step.output.as_ref().map(|stated| match check.steps.len() {
            1 => prints(&stated.value),
            _ => format!("step {} {}", index + 1, prints(&stated.value)),
        })
    }));
    all.extend(check.output.as_ref().map(|stated| prints(&stated.value)));
    all.extend(check.stderr.as_ref().map(|stated| format!("on stderr {}", prints(&stated.value))));
    all.extend(
        check.must_not_output.iter().map(|text| format!("does not print `{}`", one_line(&text.value))),
    );
    let service_alone = check.steps.len() == 1 && matches!(check.kind, Kind::Background { .. });
    if check.exit_status.is_some() || (all.len() == stated && !service_alone) {
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
