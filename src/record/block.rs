//! The machine-owned block in Outcomes & Retrospective, replaced at each run.

use crate::document::{BlockKind, Edit, Span};
use crate::plan::{Plan, Section};

use super::{AUTHOR, Part, RecordError, plain, progress, summary};

/// The marks are HTML comments: invisible when rendered, and found again whatever stands between them.
const BEGIN: &str = "<!-- planproof: begin -->";
const END: &str = "<!-- planproof: end -->";

/// Replaces the block, or adds it at the end of the section.
pub(super) fn block(plan: &Plan, section: &Section, record: &Part<'_>) -> Result<Edit, RecordError> {
    let source = plan.document().source();
    let newline = source.newline_near(section.heading_span.start);
    let text = lines(record);
    let marks = marks(plan, section);
    match marks.as_slice() {
        [] => {}
        [(Mark::Begin, begin), (Mark::End, end)] => {
            return Ok(Edit { span: begin.to(*end), text: text.join(newline) });
        }
        [(_, first), ..] => return Err(RecordError::BrokenBlock(source.line_column(first.start).line)),
    }
    let body = source.slice(section.whole);
    let said = body.trim_end();
    if said.is_empty() {
        let mut lines = text;
        lines.insert(0, String::new());
        return Ok(progress::insert_lines(plan, section.whole.start, &lines, newline));
    }
    let after = section.whole.start + said.len();
    let after = source.line(source.line_index(after - 1)).end.min(section.whole.end);
    let text = format!("{newline}{newline}{}", text.join(newline));
    Ok(Edit { span: Span::new(after, after), text })
}

/// Whether the section has one block, which the next run will find again.
pub(super) fn is_whole(plan: &Plan, section: &Section) -> bool {
    matches!(marks(plan, section).as_slice(), [(Mark::Begin, _), (Mark::End, _)])
}

/// The start or the end of the block.
enum Mark {
    Begin,
    End,
}

/// The marks in a section, in order: whole HTML comments of their own. Text that only speaks of them is no mark.
fn marks(plan: &Plan, section: &Section) -> Vec<(Mark, Span)> {
    let document = plan.document();
    let inside = document.blocks().iter().filter(|block| {
        block.kind == BlockKind::Html
            && !block.quoted
            && section.whole.start <= block.span.start
            && block.span.end <= section.whole.end
    });
    inside
        .filter_map(|block| match document.source().slice(block.span).trim() {
            BEGIN => Some((Mark::Begin, block.span)),
            END => Some((Mark::End, block.span)),
            _ => None,
        })
        .collect()
}

/// A time as the standard schema writes it, whatever the dates of Progress look like: a program reads it here.
fn whole_seconds(time: jiff::Timestamp) -> String {
    format!("{time:.0}")
}

fn lines(record: &Part<'_>) -> Vec<String> {
    let mut lines = vec![
        BEGIN.to_owned(),
        format!(
            "**{}** — {} by {AUTHOR}, sandbox: {}",
            summary(record),
            whole_seconds(record.time),
            record.level
        ),
        String::new(),
    ];
    let checks = record.results.iter().map(|(check, result)| {
        let same =
            result.duplicate_of.as_ref().map_or_else(String::new, |first| format!(" (same as {first})"));
        let reason =
            if result.reason.is_empty() { String::new() } else { format!(" — {}", plain(&result.reason)) };
        format!("- {} {}{same}: {}{reason}", check.id, result.outcome.words(), plain(&check.title))
    });
    lines.extend(checks);
    lines.push(END.to_owned());
    lines
}
