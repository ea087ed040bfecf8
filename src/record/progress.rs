//! The entry that a run adds to Progress.

use crate::document::{BlockKind, Edit, Span};
use crate::plan::{Plan, Section};

use super::style::{Style, top_items};
use super::{Part, holds, remarks, summary};

/// One item after the last item of the section's last list, with one nested line for each check that did not pass.
///
/// The box is ticked only if the plan holds.
pub(super) fn entry(plan: &Plan, section: &Section, record: &Part<'_>) -> Edit {
    let bullet = Bullet::of(plan, section);
    let style = Style::of(plan, section);
    let newline = plan.document().source().newline_near(section.heading_span.start);
    let mut lines = Vec::new();
    if bullet.apart {
        lines.push(String::new());
    }
    let Bullet { indent, mark, .. } = &bullet;
    lines.push(format!("{indent}{mark}{}", style.entry(holds(record), record.time, &summary(record))));
    // A nested item starts below the text of the one that holds it.
    let nested = " ".repeat(mark.len());
    lines.extend(remarks(record).map(|remark| format!("{indent}{nested}{mark}{remark}")));
    insert_lines(plan, bullet.after, &lines, newline)
}

/// The bullet of an entry, and where the entry goes.
struct Bullet {
    /// What stands before the bullet.
    indent: String,
    /// The bullet with the blanks behind it.
    mark: String,
    /// The end of the line that it goes below.
    after: usize,
    /// Whether a blank line comes first.
    apart: bool,
}

impl Bullet {
    /// As the last of the section's own bullets has it. Lists below deeper headings are somebody's order of things,
    /// and their end may be that of what remains.
    fn of(plan: &Plan, section: &Section) -> Self {
        let source = plan.document().source();
        let blocks = plan.document().blocks();
        let mut items = top_items(plan.document(), section.blocks.clone());
        // The mark itself is asked for: numbered items can have checkboxes too, and another number is not ours to give.
        items.retain(|&index| source.slice(blocks[index].span).starts_with(['-', '*', '+']));
        let Some(&last) = items.last() else {
            // After a heading or a paragraph a list needs a blank line to look like one.
            let after = last_text_line_end(plan, section.body);
            return Self { indent: String::new(), mark: "- ".to_owned(), after, apart: true };
        };
        let start = blocks[last].span.start;
        let line = source.line(source.line_index(start));
        let text = source.slice(blocks[last].span);
        let blanks = text[1..].len() - text[1..].trim_start_matches(' ').len();
        // Five blanks and more are code in the item, and a tab is as wide as its place makes it.
        let blanks = if (1..=4).contains(&blanks) && !text[1 + blanks..].starts_with(['\t', '\r', '\n']) {
            blanks
        } else {
            1
        };
        let before = items.len().checked_sub(2).map(|index| items[index]);
        let apart = before.is_some_and(|before| {
            blocks[before].parent() == blocks[last].parent()
                && source.line_index(start) > 0
                && source.slice(source.line(source.line_index(start) - 1)).trim().is_empty()
        });
        Self {
            indent: source.slice(Span::new(line.start, start.max(line.start))).to_owned(),
            mark: format!("{}{}", &text[..1], " ".repeat(blanks)),
            after: last_text_line_end(plan, Span::new(start, item_end(plan, last))),
            apart,
        }
    }
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
