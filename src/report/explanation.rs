//! How one command is read, for people: its normal forms, the rules that were tried, what was found, the verdict.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::Rendering;
use super::verdicts::found;
use super::visible::one_line;
use crate::document::Source;
use crate::plan::Plan;
use crate::policy::{Explanation, Input, Normal, Tried, Verdict};
use crate::secret::Mask;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// An explanation as text; `plan` is where its rules stand.
pub fn explanation(explanation: &Explanation, plan: Option<&Plan>, rendering: Rendering) -> String {
    let mut text = String::new();
    let source = &explanation.source;
    for normal in &explanation.commands {
        command(&mut text, normal, source);
    }
    if explanation.commands.is_empty() {
        text.push_str("no command was read\n");
    }
    let rules = plan.map_or(source, |plan| plan.document().source());
    let _ = writeln!(text, "{BOLD}rules{BOLD:#}");
    for tried in &explanation.rules {
        let place = tried.span.map(|span| {
            let at = rules.line_column(span.start);
            format!("{}:{}:{}", rules.path().display(), at.line, at.column)
        });
        rule(&mut text, tried, place.as_deref());
    }
    let mut text = Mask::default().mask(&text).into_owned();
    for finding in &explanation.findings {
        text.push_str(&found(finding, source, rules, rendering));
    }
    let (style, word) = styled(Some(explanation.verdict));
    let _ = writeln!(text, "{BOLD}verdict{BOLD:#} {style}{word}{style:#}");
    text
}

/// The normal form of one simple command, a line for each thing there is to say.
fn command(text: &mut String, normal: &Normal, source: &Source) {
    let named = normal.program.iter().chain(&normal.subcommand).chain(&normal.flags).cloned();
    let words: Vec<String> = named.chain(normal.operands.iter().map(|word| quoted(word))).collect();
    // An assignment or a redirection alone is shown as it stands there.
    let head = if words.is_empty() { source.slice(normal.span).to_owned() } else { words.join(" ") };
    let _ = writeln!(text, "{BOLD}{}{BOLD:#}", one_line(&head));
    let through: Vec<&str> = normal.chain.iter().map(|link| link.text.as_str()).collect();
    let input = match &normal.input {
        Input::Nothing => String::new(),
        Input::Pipe => "a pipe".to_owned(),
        Input::Text => "a text in the command".to_owned(),
        Input::File(name) => format!("the file {name}"),
    };
    for (name, value) in [
        ("through", through.join(" → ")),
        ("program", normal.program.clone().unwrap_or_default()),
        ("command", normal.subcommand.clone().unwrap_or_default()),
        ("flags", normal.flags.join(" ")),
        ("operands", normal.operands.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")),
        ("writes", normal.writes.join(", ")),
        ("input", input),
    ] {
        if !value.is_empty() {
            let _ = writeln!(text, "  {DIM}{name:<9}{DIM:#} {}", one_line(&value));
        }
    }
}

/// An operand, told apart from the next one.
fn quoted(word: &str) -> String {
    if word.is_empty() || word.contains(char::is_whitespace) { format!("'{word}'") } else { word.to_owned() }
}

fn rule(text: &mut String, tried: &Tried, place: Option<&str>) {
    let (style, word) = styled(tried.verdict);
    let place = place.map(|place| format!(" {DIM}({}){DIM:#}", one_line(place))).unwrap_or_default();
    let _ = writeln!(
        text,
        "  {style}{word:<5}{style:#} {:<22} {}{place}",
        tried.id.name(),
        one_line(&tried.rule)
    );
}

/// What a rule said, and how it looks.
fn styled(verdict: Option<Verdict>) -> (Style, &'static str) {
    match verdict {
        None => (DIM, "-"),
        Some(Verdict::Allow) => (AnsiColor::Green.on_default().bold(), "allow"),
        Some(Verdict::Ask) => (AnsiColor::Yellow.on_default().bold(), "ask"),
        Some(Verdict::Deny) => (AnsiColor::Red.on_default().bold(), "deny"),
    }
}
