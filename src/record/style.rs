//! How a plan writes the entries of its Progress: dates, boxes, bullets, and who signs.
//!
//! Nearly all public plans write `- [x] (2026-11-22 14:00Z) …`, the form of the cookbook; the standard schema asks for
//! `- [x] 2026-11-22T14:00:00Z - … (Author: …)`. An entry that looks like its neighbours is one that people go on
//! reading, so the last dated entry is the pattern for the next one, and the dialect decides only where none is dated.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::Timestamp;
use regex::{Captures, Regex};

use crate::document::{Block, BlockKind, Document};
use crate::plan::{FoundBy, Plan, Section};

use super::AUTHOR;

/// The style of one Progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Style {
    /// Whether entries have a box to tick.
    boxes: bool,
    place: Place,
    /// What stands around the date: `(` and `) `.
    around: [String; 2],
    /// The date, in the format of `strftime`.
    date: String,
    /// Whether entries name their author.
    authors: bool,
}

/// Where in an entry its date stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Front,
    Back,
}

/// A date with, perhaps, a time and a zone.
const DATE: &str = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:(?<gap>[ T])[0-9]{2}:[0-9]{2}(?<seconds>:[0-9]{2}(?:\.[0-9]+)?)?(?<zone> ?(?:Z|UTC|\+00:00|[+-][0-9]{2}:?[0-9]{2}|[A-Z]{2,5})\b)?)?";

/// A date at the start of an entry, with the marks around it and what parts it from the text.
static FRONT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"^(?<open>[*_`(\[（【]{{0,3}}){DATE}(?<close>[*_`)\]）】:]{{0,4}})(?<part>[\s:：,|–—-]*)"
    ))
    .ok()
});

/// A date in parentheses at the end of an entry.
static BACK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"\s(?<open>[(（\[]){DATE}(?<close>[)）\]]\.?)$")).ok());

impl Style {
    /// The style of `section`, which is the plan's Progress: that of its last dated entry.
    pub(super) fn of(plan: &Plan, section: &Section) -> Self {
        let document = plan.document();
        let below = document.blocks().iter().skip(section.blocks.start);
        let inside = below.take_while(|block| block.span.start < section.whole.end).count();
        let items = top_items(document, section.blocks.start..section.blocks.start + inside);
        let boxes = items.last().is_none_or(|&item| has_box(document, item));
        let dated = items.iter().rev().find_map(|&item| Self::of_item(document, item));
        dated.unwrap_or_else(|| Self::of_dialect(plan, boxes))
    }

    /// What the plan's dialect asks for.
    fn of_dialect(plan: &Plan, boxes: bool) -> Self {
        let (around, date, authors) = if follows_the_schema(plan) {
            (["", " - "], "%Y-%m-%dT%H:%M:%SZ", true)
        } else {
            (["(", ") "], "%Y-%m-%d %H:%MZ", false)
        };
        let around = around.map(str::to_owned);
        Self { boxes, place: Place::Front, around, date: date.to_owned(), authors }
    }

    fn of_item(document: &Document, item: usize) -> Option<Self> {
        let text = text_of(document, item);
        let (place, found) = match FRONT.as_ref().and_then(|front| front.captures(&text)) {
            Some(found) => (Place::Front, found),
            None => (Place::Back, BACK.as_ref().and_then(|back| back.captures(&text))?),
        };
        let (open, close) = (&found["open"], &found["close"]);
        // `**2026-11-22 Schema**: done` opens what it closes only after its text.
        if !are_a_pair(open, close) {
            return None;
        }
        let part = match found.name("part").map_or("", |part| part.as_str()) {
            "" => " ",
            part => part,
        };
        Some(Self {
            boxes: has_box(document, item),
            place,
            around: match place {
                Place::Front => [open.to_owned(), format!("{close}{part}")],
                Place::Back => [format!(" {open}"), close.to_owned()],
            },
            date: date_format(&found),
            authors: text.contains("(Author:"),
        })
    }

    /// An entry without its bullet: `[x] (2026-11-22 14:00Z) Verified: … (planproof 0.1.0)`.
    pub(super) fn entry(&self, holds: bool, time: Timestamp, summary: &str) -> String {
        let tick = match (self.boxes, holds) {
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
            (false, _) => "",
        };
        let [before, after] = &self.around;
        let dated = format!("{before}{}{after}", time.strftime(&self.date));
        let signed = if self.authors { format!(" (Author: {AUTHOR})") } else { format!(" ({AUTHOR})") };
        match self.place {
            Place::Front => format!("{tick}{dated}{summary}{signed}"),
            Place::Back => format!("{tick}{summary}{signed}{dated}"),
        }
    }
}

/// The format of a date as it was found, for a time in UTC.
///
/// A zone that is another place's, or that is left out, becomes `Z`: the hour that stands before it is that of UTC, and
/// nobody may take it for another.
fn date_format(found: &Captures<'_>) -> String {
    let Some(gap) = found.name("gap") else { return "%Y-%m-%d".to_owned() };
    let seconds = if found.name("seconds").is_some() { ":%S" } else { "" };
    let zone = match found.name("zone").map_or("", |zone| zone.as_str()) {
        same @ ("Z" | " Z" | "UTC" | " UTC" | "+00:00" | " +00:00") => same,
        _ => "Z",
    };
    format!("%Y-%m-%d{}%H:%M{seconds}{zone}", gap.as_str())
}

/// Whether what opens before a date closes right behind it.
fn are_a_pair(open: &str, close: &str) -> bool {
    let mirrored = open.chars().rev().map(|mark| match mark {
        '(' => ')',
        '[' => ']',
        '（' => '）',
        '【' => '】',
        other => other,
    });
    mirrored.eq(close.chars().filter(|mark| !matches!(mark, ':' | '.')))
}

/// Whether a plan follows the standard schema rather than the cookbook: it marks sections with `(MUST)`, states the
/// schema's own constraints, or gives a command in one of its fields.
fn follows_the_schema(plan: &Plan) -> bool {
    let suffixed =
        |section: &Section| ["(MUST)", "(SHOULD)"].iter().any(|mark| section.heading.ends_with(mark));
    let constrained =
        plan.constraints.as_ref().is_some_and(|constraints| constraints.allowed_directories.is_some());
    let stated = plan.checks.iter().any(|check| check.found_by == FoundBy::Field);
    plan.sections.iter().any(suffixed) || constrained || stated
}

/// The items of the lists at the top level among some blocks, in order.
pub(super) fn top_items(document: &Document, among: Range<usize>) -> Vec<usize> {
    let blocks = document.blocks();
    let is_top = |&index: &usize| {
        let list = blocks[index].parent().map(|list| &blocks[list]);
        let at_top =
            |list: &Block| list.kind == BlockKind::List && list.parent().is_none_or(|above| above == 0);
        matches!(blocks[index].kind, BlockKind::Item { .. })
            && !blocks[index].quoted
            && list.is_some_and(at_top)
    };
    among.filter(is_top).collect()
}

fn has_box(document: &Document, item: usize) -> bool {
    matches!(document.blocks()[item].kind, BlockKind::Item { ticked: Some(_) })
}

/// The text of an item's first paragraph on one line, without its box.
fn text_of(document: &Document, item: usize) -> String {
    let first = document
        .blocks()
        .get(item + 1)
        .filter(|block| block.parent() == Some(item) && block.kind == BlockKind::Paragraph);
    let lines = first.map(|block| document.lines_of(block)).unwrap_or_default();
    let text = lines.iter().map(|line| document.source().slice(*line)).collect::<Vec<_>>().join(" ");
    let unboxed = ["[ ] ", "[x] ", "[X] "].iter().find_map(|tick| text.strip_prefix(tick));
    unboxed.map(|rest| rest.trim_start().to_owned()).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;
    use crate::plan::SectionKind;

    /// The entry that a plan with this Progress gets.
    fn entry(progress: &str) -> String {
        let text = format!("# P\n\n## Progress\n\n{progress}\n\n## Decision Log\n- 2020-01-01: no entry\n");
        let plan = Plan::read(Document::parse(Source::from_bytes("p.md", text.into_bytes()).unwrap()));
        let section = plan.sections_of(SectionKind::Progress).next().unwrap();
        let time = "2026-11-22T14:05:09Z".parse().unwrap();
        Style::of(&plan, section).entry(true, time, "Verified").replace(env!("CARGO_PKG_VERSION"), "1.0.0")
    }

    #[test]
    fn an_entry_looks_like_the_last_dated_one() {
        for (written, expected) in [
            ("- [x] (2026-01-07 02:05Z) a", "[x] (2026-11-22 14:05Z) Verified (planproof 1.0.0)"),
            ("- [ ] (2026-01-07) a\n- [ ] b", "[x] (2026-11-22) Verified (planproof 1.0.0)"),
            ("- [x] (2026-01-07 02:05:59Z) a", "[x] (2026-11-22 14:05:09Z) Verified (planproof 1.0.0)"),
            (
                "- [x] (2026-01-07T02:05:59+00:00) a",
                "[x] (2026-11-22T14:05:09+00:00) Verified (planproof 1.0.0)",
            ),
            ("- [x] (2026-01-07 02:05 UTC) a", "[x] (2026-11-22 14:05 UTC) Verified (planproof 1.0.0)"),
            ("- **2026-01-07**: a", "**2026-11-22**: Verified (planproof 1.0.0)"),
            ("- 2026-01-07 02:05Z — a", "2026-11-22 14:05Z — Verified (planproof 1.0.0)"),
            ("1. [x] [2026-01-07] a", "[x] [2026-11-22] Verified (planproof 1.0.0)"),
            ("- [x] a `b`\n  c (2026-01-07).", "[x] Verified (planproof 1.0.0) (2026-11-22)."),
            (
                "- [x] 2026-01-07T02:05:59Z - a (Author: b)",
                "[x] 2026-11-22T14:05:09Z - Verified (Author: planproof 1.0.0)",
            ),
        ] {
            assert_eq!(entry(written), expected, "{written}");
        }
    }

    #[test]
    fn the_hour_of_another_place_is_not_ours_to_write() {
        for zone in ["", " AEST", " BJT", "+09:00", " -0500"] {
            let written = format!("- [x] (2026-01-07 02:05{zone}) a");
            assert_eq!(entry(&written), "[x] (2026-11-22 14:05Z) Verified (planproof 1.0.0)", "{written}");
        }
    }

    #[test]
    fn where_no_entry_is_dated_the_cookbook_says_how() {
        for written in ["", "Nothing yet.", "- [x] a", "- [x] **2026-01-07 a**: b", "- [x] see 2026-01-07"] {
            assert_eq!(entry(written), "[x] (2026-11-22 14:05Z) Verified (planproof 1.0.0)", "{written}");
        }
        assert_eq!(entry("- begun\n- done"), "(2026-11-22 14:05Z) Verified (planproof 1.0.0)");
    }

    #[test]
    fn what_is_dated_elsewhere_is_no_pattern() {
        let nested = "- [x] a\n  - 2026-01-07: b\n\n> - 2026-01-07: c";
        assert_eq!(entry(nested), "[x] (2026-11-22 14:05Z) Verified (planproof 1.0.0)");
    }
}
