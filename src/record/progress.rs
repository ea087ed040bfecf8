//! The entry that a run adds to Progress.

use crate::document::{BlockKind, Edit, Span};
use crate::plan::{Plan, Section};

use super::{AUTHOR, Record, holds, remarks, summary};

/// One item after the last item of the section's last list, with one nested line for each check that did not pass.
///
/// The box is ticked only if the plan holds.
pub(super) fn entry(plan: &Plan, section: &Section, record: &Record<'_>) -> Edit {
    let document = plan.document();
    let source = document.source();
    let last_item = section.blocks.clone().rev().find(|&index| {
        let block = &document.blocks()[index];
        let top = block.parent.is_some_and(|list| {
            document.blocks()[list].kind == BlockKind::List
                && document.blocks()[list].parent.is_none_or(|above| above == 0)
        });
        // The mark itself is asked for: numbered items can have checkboxes too, and another number is not ours to give.
        let bullet = source.slice(block.span).starts_with(['-', '*', '+']);
        top && !block.quoted && bullet && matches!(block.kind, BlockKind::Item { .. })
    });
    let (after, marker, indent) = match last_item {
        Some(index) => {
            let block = &document.blocks()[index];
            let line = source.line(source.line_index(block.span.start));
            let indent = source.slice(Span::new(line.start, block.span.start.max(line.start)));
            let marker = source.slice(block.span).chars().next().unwrap_or('-');
            (
                last_text_line_end(plan, Span::new(block.span.start, item_end(plan, index))),
                marker,
                indent.to_owned(),
            )
        }
        None => (last_text_line_end(plan, section.body), '-', String::new()),
    };
    let newline = source.newline_near(section.heading_span.start);
    let tick = if holds(record) { 'x' } else { ' ' };
    let mut lines = Vec::new();
    if last_item.is_none() {
        // After a heading or a paragraph a list needs a blank line to look like one.
        lines.push(String::new());
    }
    lines.push(format!("{indent}{marker} [{tick}] {} - {} (Author: {AUTHOR})", record.time, summary(record)));
    lines.extend(remarks(record).map(|remark| format!("{indent}  {marker} {remark}")));
    insert_lines(plan, after, &lines, newline)
}

/// How many list items a section has, at any depth.
pub(super) fn items(plan: &Plan, section: &Section) -> usize {
    let blocks = &plan.document().blocks()[section.blocks.clone()];
    blocks.iter().filter(|block| matches!(block.kind, BlockKind::Item { .. })).count()
}

/// One past the last byte of an item with everything in it.
fn item_end(plan: &Plan, index: usize) -> usize {
    let blocks = plan.document().blocks();
    blocks[index..blocks[index].end]
        .iter()
        .map(|block| block.span.end)
        .max()
        .unwrap_or(blocks[index].span.end)
}

/// Where the last line with text in `within` ends, its line ending not included; where none has any, the start.
fn last_text_line_end(plan: &Plan, within: Span) -> usize {
    let source = plan.document().source();
    let text = source.slice(within).trim_end();
    if text.is_empty() {
        return within.start;
    }
    source.line(source.line_index(within.start + text.len() - 1)).end.min(plan.document().part().end)
}

/// An edit that puts whole lines after the line that ends at `after`, or at the start of a line.
pub(super) fn insert_lines(plan: &Plan, after: usize, lines: &[String], newline: &str) -> Edit {
    let source = plan.document().source();
    let body = lines.join(newline);
    // At the start of a line (an empty section) the text goes before what stands there, also at the very end of a
    // file that ends with a line ending; at the end of a line, after it.
    let before = source.slice(Span::new(0, after));
    let text = if before.ends_with(['\n', '\r']) {
        // A setext heading right below would be read as more text of the last item.
        let rest = source.slice(Span::new(after, plan.document().part().end.max(after)));
        let below = rest.split(['\n', '\r']).next().unwrap_or_default();
        let gap = if below.trim().is_empty() { "" } else { newline };
        format!("{body}{newline}{gap}")
    } else {
        format!("{newline}{body}")
    };
    Edit { span: Span::new(after, after), text }
}
