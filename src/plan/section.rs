//! Headings to sections: what each is for, and which blocks and bytes belong to it.

use std::sync::Arc;

use crate::document::{BlockKind, Document, Span};

use super::heading::{self, SectionKind};
use super::inline;
use super::label::{self, FieldName, Meaning};
use super::lexicon::Headings;
use super::script;
use super::words::{SUCCESS, has_word, plain, says};

/// A heading and what stands below it up to the next heading of any level.
#[derive(Debug, Clone)]
pub struct Section {
    /// The heading's text as written, on one line.
    pub heading: Arc<str>,
    /// 1 to 6.
    pub level: u8,
    /// What its own name says.
    pub own_kind: SectionKind,
    /// What it is for, the headings above it taken into account.
    pub kind: SectionKind,
    /// The milestone that it belongs to.
    pub milestone: Option<u32>,
    /// The heading's bytes.
    pub heading_span: Span,
    /// The bytes from the line after the heading to the next heading of any level.
    pub body: Span,
    /// The bytes from the line after the heading to the next heading of the same or a higher level.
    pub whole: Span,
    /// The blocks of `body`, as indexes into the document.
    pub blocks: std::ops::Range<usize>,
}

/// All sections of a document in order. What stands before the first heading belongs to none.
pub(super) fn sections(document: &Document, own: &Headings) -> Vec<Section> {
    let source = document.source();
    let blocks = document.blocks();
    let headings: Vec<usize> = (0..blocks.len())
        .filter(|&index| {
            let block = &blocks[index];
            matches!(block.kind, BlockKind::Heading { .. })
                && block.parent().is_none_or(|parent| parent == 0)
                && !block.quoted
                && !is_comment(document, index, own)
        })
        .collect();
    let mut sections: Vec<Section> = Vec::with_capacity(headings.len());
    // The sections that the current heading may stand below, outermost first.
    let mut above_all: Vec<usize> = Vec::new();
    let mut milestones = 0;
    for (position, &index) in headings.iter().enumerate() {
        let BlockKind::Heading { level } = blocks[index].kind else { continue };
        let next = headings.get(position + 1).copied();
        let line_start =
            |index: usize| source.line_with_ending(source.line_index(blocks[index].span.start)).start;
        let body_start =
            source.line_with_ending(source.line_index(blocks[index].span.end.saturating_sub(1))).end;
        let end = document.part().end;
        let body = Span::new(body_start, next.map_or(end, line_start).max(body_start));
        let after = headings[position + 1..].iter().copied().find(
            |&other| matches!(blocks[other].kind, BlockKind::Heading { level: deeper } if deeper <= level),
        );
        let whole = Span::new(body_start, after.map_or(end, line_start).max(body_start));
        let heading = heading_text(document, index);
        let own_kind = match heading::kind_of(&heading, level, own) {
            // "# Step 2.1: names" above Progress is the title of a plan that is a step of a larger one.
            SectionKind::Milestone(_)
                if level == 1 && holds_progress(document, &headings[position + 1..], own) =>
            {
                SectionKind::Other
            }
            SectionKind::Validation
                if heading::asks_for_evidence(&heading::normalise(&heading))
                    && tells_how_it_went(document, index + 1..after.unwrap_or(blocks.len())) =>
            {
                SectionKind::Never
            }
            own_kind => own_kind,
        };
        while above_all.last().is_some_and(|&above| sections[above].level >= level) {
            above_all.pop();
        }
        let end_of_part = after.unwrap_or(blocks.len());
        if let Some(&above) = above_all.last()
            && matches!(own_kind, SectionKind::Milestone(_))
            && is_work_below_rules(document, &sections[above], index + 1..end_of_part)
        {
            above_all.pop();
        }
        let above = above_all.last().map(|&above| &sections[above]);
        let (kind, milestone) = inherit(own_kind, above, milestones);
        milestones = milestones.max(milestone.unwrap_or(0));
        let heading_span = blocks[index].span;
        let blocks = index + 1..next.unwrap_or(blocks.len());
        above_all.push(sections.len());
        sections.push(Section {
            heading: heading.into(),
            level,
            own_kind,
            kind,
            milestone,
            heading_span,
            body,
            whole,
            blocks,
        });
    }
    sections
}

/// Whether a text or a cell among some blocks is the verdict of a check that has run: "`make test`: PASS", "287 passed, 2
/// skipped". Code is left out, since what a command must print is such a verdict, too.
///
/// A section of checks and their evidence holds either what must be shown or what was shown, and once one check has its
/// verdict there, the others are of the same past: recorded evidence must never be run as what must hold.
fn tells_how_it_went(document: &Document, blocks: std::ops::Range<usize>) -> bool {
    /// Marks and words of a verdict or of what was done, in any text of such a section.
    const TOLD: &[&str] = phrases! {
        "✅", "✔", "✓", "❌", "executed", "output", "actual", "observed", "ran ", "exit", " ok", "green", "clean", "failures", "failed",
        "passed", "通过", "成功", "合格", "完了", "bestanden", "erfolgreich", "réussi", "passé", "pasó", "passou", "пройден",
    };
    let source = document.source();
    let texts = |kind: BlockKind| {
        document.blocks()[blocks.clone()].iter().filter(move |block| block.kind == kind).map(|block| {
            let lines = document.lines_of(block);
            plain(lines.iter().map(|line| source.slice(*line)).collect::<Vec<_>>().join(" ").trim())
        })
    };
    let tells = |text: &str| {
        let words = inline::without_code(text);
        // A count behind a command is what it came to: "`make test`: 12 tests".
        let counts = words.bytes().any(|byte| byte.is_ascii_digit());
        inline::is_record(text) || counts || says(&words, TOLD) || has_word(&words, SUCCESS)
    };
    let ticked = document.blocks()[blocks.clone()]
        .iter()
        .any(|block| block.kind == BlockKind::Item { ticked: Some(true) });
    // A session shows what was printed.
    let sessions = document.blocks()[blocks.clone()].iter().any(|block| {
        let lines = matches!(block.kind, BlockKind::Fence(_) | BlockKind::Indented(_))
            .then(|| document.lines_of(block));
        lines.is_some_and(|lines| script::is_transcript(source, &lines))
    });
    // A table of what is expected holds no verdicts, unless it has what came of it, too.
    let cells = || texts(BlockKind::TableCell);
    let expects = cells().any(|cell| cell.contains("expect"))
        && !cells().any(|cell| has_word(&cell, &["actual", "observed", "result", "status"]));
    ticked
        || sessions
        || texts(BlockKind::Paragraph).any(|text| tells(&text))
        || (!expects && cells().any(|cell| tells(&cell)))
}

/// Whether a numbered part of the work stands a level below rules only because nothing between them ends those: `### Task 1`
/// with its boxes to tick, below `## Global Constraints` with rules of its own. What names a field of the constraints stays
/// one of them: rules that are taken for absent are worse than work that is taken for rules.
fn is_work_below_rules(document: &Document, above: &Section, part: std::ops::Range<usize>) -> bool {
    if above.own_kind != SectionKind::Constraints || above.blocks.is_empty() {
        return false;
    }
    let blocks = &document.blocks()[part.clone()];
    let has_boxes = blocks.iter().any(|block| matches!(block.kind, BlockKind::Item { ticked: Some(_) }));
    let names_rule = |index: usize| match document.blocks()[index].kind {
        BlockKind::Heading { .. } => {
            label::named_by(&heading_text(document, index)).is_some_and(FieldName::is_of_rules)
        }
        BlockKind::Paragraph => {
            let lines = document.lines_of(&document.blocks()[index]);
            let labels = lines.iter().filter_map(|line| label::label(document.source().slice(*line)));
            labels
                .into_iter()
                .any(|label| matches!(label.meaning, Meaning::Field(name) if name.is_of_rules()))
        }
        _ => false,
    };
    has_boxes && !part.into_iter().any(names_rule)
}

/// Whether a plan's Progress stands below a heading of level 1, of whose followers `headings` are.
fn holds_progress(document: &Document, headings: &[usize], own: &Headings) -> bool {
    let below = headings.iter().copied().map_while(|index| match document.blocks()[index].kind {
        BlockKind::Heading { level } if level > 1 => Some((index, level)),
        _ => None,
    });
    below
        .map(|(index, level)| heading::kind_of(&heading_text(document, index), level, own))
        .any(|kind| kind == SectionKind::Progress)
}

/// Whether what Markdown takes for a heading is a comment of a script: indented, between indented lines or below a line that
/// leads to them. Markdown allows a heading three blanks before it, but nobody writes one there. What names a section is
/// one all the same, so that no comment can make commands of what is recorded below it; nor has a comment two `#`.
fn is_comment(document: &Document, index: usize, own: &Headings) -> bool {
    let source = document.source();
    if document.blocks()[index].kind != (BlockKind::Heading { level: 1 })
        || heading::kind_of(&heading_text(document, index), 1, own) != SectionKind::Other
    {
        return false;
    }
    let indented = |line: &str| line.starts_with(' ');
    let at = source.line_index(document.blocks()[index].span.start);
    let own = source.slice(source.line(at));
    if !indented(own) || !own.trim_start().starts_with('#') {
        return false;
    }
    let says = |line: usize| Some(source.slice(source.line(line))).filter(|said| !said.trim().is_empty());
    let above = (0..at).rev().find_map(says);
    let below = (at + 1..source.line_count()).find_map(says);
    above.is_some_and(|above| indented(above) || above.trim_end().ends_with(':'))
        && below.is_some_and(indented)
}

/// A section's kind in the light of the heading above it: below a living section all is living; a heading without a
/// meaning of its own goes on with what is above.
fn inherit(own: SectionKind, above: Option<&Section>, milestones: u32) -> (SectionKind, Option<u32>) {
    let above_kind = above.map_or(SectionKind::Other, |above| above.kind);
    if (own, above_kind) == (SectionKind::Other, SectionKind::Milestones) {
        // A heading right under `Milestones` is one, whatever it is called: it gets the next free number.
        let number = milestones.saturating_add(1);
        return (SectionKind::Milestone(number), Some(number));
    }
    let milestone = match own {
        SectionKind::Milestone(number) => Some(number),
        _ => above.and_then(|above| above.milestone),
    };
    let kind = match (own, above_kind) {
        (_, living) if living.is_living() => SectionKind::Never,
        // Whatever a heading below constraints is called, what stands there is a rule.
        (_, SectionKind::Constraints) => SectionKind::Constraints,
        // `Phase 2` below `Acceptance` says what must hold of that phase, and `Step 2` below the steps is one of them.
        (
            SectionKind::Milestone(_) | SectionKind::Milestones,
            SectionKind::Criteria | SectionKind::Validation | SectionKind::Steps,
        ) => above_kind,
        (SectionKind::Other, above) => above,
        (own, _) => own,
    };
    (kind, milestone)
}

/// The text of a heading on one line, without its marks.
fn heading_text(document: &Document, index: usize) -> String {
    let source = document.source();
    let block = &document.blocks()[index];
    let lines = document.lines_of(block);
    let setext = lines.len() > 1;
    let kept = if setext { &lines[..lines.len() - 1] } else { &lines[..] };
    let text = kept.iter().map(|line| source.slice(*line)).collect::<Vec<_>>().join(" ");
    let text = if setext { text.as_str() } else { text.trim_start_matches('#').trim_end_matches('#') };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
