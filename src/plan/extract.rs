//! Sections to checks: fields first, then sentences and blocks.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::document::{BlockKind, Document, Span};
use crate::expectation::{Expectation, Mode};

use super::check::{Check, Confidence, Stated};
use super::draft::Draft;
use super::field::{Field, FieldName, Piece, pieces};
use super::heading::SectionKind;
use super::section::Section;
use super::{inline, script};

/// All checks of a document in order, and what is wrong with them.
pub(super) fn checks(document: &Document, sections: &[Section]) -> (Vec<Check>, Vec<Diagnostic>) {
    let mut extractor =
        Extractor { document, checks: Vec::new(), findings: Vec::new(), numbers: HashMap::new() };
    for section in sections {
        match section.kind {
            SectionKind::Criteria | SectionKind::Validation => extractor.check_section(section),
            SectionKind::Milestone(_) => extractor.milestone(section),
            SectionKind::Milestones
            | SectionKind::Constraints
            | SectionKind::Progress
            | SectionKind::Outcomes
            | SectionKind::Never
            | SectionKind::Other => {}
        }
    }
    extractor.mark_duplicates();
    (extractor.checks, extractor.findings)
}

struct Extractor<'d> {
    document: &'d Document,
    checks: Vec<Check>,
    findings: Vec<Diagnostic>,
    /// The last number given for each prefix.
    numbers: HashMap<String, u32>,
}

/// The pieces of one top-level item, or of the text between lists.
struct Unit {
    /// The top-level item.
    item: Option<usize>,
    pieces: Vec<Piece>,
}

impl Extractor<'_> {
    fn check_section(&mut self, section: &Section) {
        let prefix = match (section.milestone, section.kind) {
            (Some(number), _) => format!("M{number}"),
            (None, SectionKind::Criteria) => "AC".to_owned(),
            (None, _) => "VA".to_owned(),
        };
        let mut lead_in = String::new();
        for unit in self.units(section) {
            let standard = unit
                .pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Field(field) if field.name == FieldName::Verification));
            if standard {
                self.criterion(section, &prefix, &unit);
            } else {
                self.sentences(section, &prefix, &unit, &mut lead_in);
            }
        }
    }

    fn milestone(&mut self, section: &Section) {
        let prefix = format!("M{}", section.milestone.unwrap_or(0));
        for unit in self.units(section) {
            for piece in &unit.pieces {
                if let Piece::Field(field) = piece
                    && field.name == FieldName::Deliverables
                {
                    self.deliverables(section, &prefix, field);
                }
            }
            let verified = unit
                .pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Field(field) if field.name == FieldName::Verification));
            if verified {
                self.criterion(section, &prefix, &unit);
            }
        }
    }

    fn units(&self, section: &Section) -> Vec<Unit> {
        let mut units: Vec<Unit> = Vec::new();
        for piece in pieces(self.document, section.blocks.clone()) {
            let item = self.top_item(self.block_of(&piece));
            match units.last_mut() {
                Some(unit) if unit.item == item => unit.pieces.push(piece),
                _ => units.push(Unit { item, pieces: vec![piece] }),
            }
        }
        units
    }

    /// The block that a piece stands in; for a field, the one that holds its label.
    fn block_of(&self, piece: &Piece) -> usize {
        match piece {
            Piece::Text { block, .. } | Piece::Code(block) | Piece::Table(block) => *block,
            Piece::Field(field) => {
                let blocks = self.document.blocks();
                let after = blocks.partition_point(|block| block.span.start <= field.label.start);
                (0..after).rev().find(|&index| blocks[index].kind == BlockKind::Paragraph).unwrap_or_default()
            }
        }
    }

    fn top_item(&self, block: usize) -> Option<usize> {
        let blocks = self.document.blocks();
        let mut item = None;
        let mut at = Some(block);
        while let Some(index) = at {
            if matches!(blocks[index].kind, BlockKind::Item { .. }) {
                item = Some(index);
            }
            at = blocks[index].parent;
        }
        item
    }

    /// An item or paragraph with `Verification` fields: one check for each of them.
    fn criterion(&mut self, section: &Section, prefix: &str, unit: &Unit) {
        let title = self.title(section, unit);
        let mut drafts: Vec<Draft> = Vec::new();
        let mut early: Vec<&Field> = Vec::new();
        for piece in &unit.pieces {
            let Piece::Field(field) = piece else { continue };
            if field.name == FieldName::Verification {
                drafts.push(Draft::verification(self.document, field, &mut self.findings));
            } else if let Some(draft) = drafts.last_mut() {
                draft.field(self.document, field, &mut self.findings);
            } else {
                early.push(field);
            }
        }
        // A field above the first command speaks of that command.
        if let Some(first) = drafts.first_mut() {
            for field in early {
                first.field(self.document, field, &mut self.findings);
            }
        }
        let base = self.next_id(prefix);
        for (index, draft) in drafts.into_iter().enumerate() {
            let id = if index == 0 { base.clone() } else { format!("{base}.{}", index + 1) };
            self.checks.push(draft.finish(id, &title, &section.heading));
        }
    }

    /// The text of an item before its first field; for a milestone's own fields, the milestone.
    fn title(&self, section: &Section, unit: &Unit) -> String {
        match (unit.item, unit.pieces.first()) {
            (Some(_), Some(Piece::Text { lines, .. })) => {
                lines.iter().map(|line| self.document.source().slice(*line)).collect::<Vec<_>>().join(" ")
            }
            _ if section.milestone.is_some() => section.heading.clone(),
            _ => String::new(),
        }
    }

    /// Text and blocks without a `Verification` field, as most plans in the wild are written.
    fn sentences(&mut self, section: &Section, prefix: &str, unit: &Unit, lead_in: &mut String) {
        let source = self.document.source();
        let before = self.checks.len();
        let mut last: Option<(Draft, String)> = None;
        for piece in &unit.pieces {
            match piece {
                Piece::Text { block, lines, code } => {
                    let text = lines.iter().map(|line| source.slice(*line)).collect::<Vec<_>>().join(" ");
                    lead_in.clone_from(&text);
                    let commands = inline::commands(self.document, lines, code, false);
                    if commands.is_empty() {
                        if self.states_a_criterion(*block, &text) {
                            let span = lines.iter().copied().reduce(Span::to).unwrap_or_default();
                            self.keep(section, prefix, &mut last);
                            last =
                                Some((Draft::manual(span, Confidence::Inferred, "no command"), text.clone()));
                        }
                        continue;
                    }
                    for command in commands {
                        self.keep(section, prefix, &mut last);
                        last = Some((Draft::inline(command), text.clone()));
                    }
                }
                Piece::Code(block) => self.block(section, prefix, *block, lead_in, &mut last),
                Piece::Field(field) => {
                    if let Some((draft, _)) = &mut last {
                        draft.field(self.document, field, &mut self.findings);
                    }
                }
                Piece::Table(block) => {
                    let span = source.line(source.line_index(self.document.blocks()[*block].span.start));
                    let message = "commands in tables are not read yet";
                    self.findings.push(
                        Diagnostic::warning("table-not-read", span, message)
                            .help("write each command as `- Verification:` below its criterion"),
                    );
                }
            }
        }
        self.keep(section, prefix, &mut last);
        if self.checks.len() == before && unit.item.is_some() {
            lead_in.clear();
        }
    }

    /// Whether a text without a command is something that must hold, so that it needs a person: an innermost item,
    /// or a paragraph that does not just lead to what follows.
    fn states_a_criterion(&self, block: usize, text: &str) -> bool {
        let blocks = self.document.blocks();
        let leads = text.trim_end_matches(['*', '_', ' ']).ends_with([':', '：']);
        let parent = blocks[block].parent;
        let first_of_item = parent.is_none_or(|parent| {
            !matches!(blocks[parent].kind, BlockKind::Item { .. }) || block == parent + 1
        });
        !leads && first_of_item
    }

    /// A code block in a section that says what must hold.
    fn block(
        &mut self,
        section: &Section,
        prefix: &str,
        block: usize,
        lead_in: &str,
        last: &mut Option<(Draft, String)>,
    ) {
        let source = self.document.source();
        let lines = self.document.lines_of(&self.document.blocks()[block]);
        let (Some(first), Some(end)) = (lines.first(), lines.last()) else { return };
        match self.block_role(block, &lines, lead_in) {
            BlockRole::Commands => {
                let steps = script::steps(source, &lines);
                if steps.is_empty() {
                    return;
                }
                self.keep(section, prefix, last);
                *last = Some((Draft::steps(steps, Confidence::Inferred), lead_in.to_owned()));
            }
            BlockRole::Output => {
                let text = lines.iter().map(|line| source.slice(*line)).collect::<Vec<_>>().join("\n");
                let stated = Stated::new(Expectation { mode: Mode::Lines, text }, first.to(*end));
                match last {
                    Some((draft, _)) if !draft.expects() => draft.output_block(stated),
                    _ => {}
                }
            }
            BlockRole::Record => {}
            BlockRole::Unclear => {
                self.keep(section, prefix, last);
                let reason = "a block that is neither shell nor expected output";
                let draft = Draft::manual(first.to(*end), Confidence::Inferred, reason);
                *last = Some((draft, lead_in.to_owned()));
            }
        }
    }

    fn block_role(&self, block: usize, lines: &[Span], lead_in: &str) -> BlockRole {
        let lead = lead_in.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| lead.contains(word));
        let shell = match &self.document.blocks()[block].kind {
            BlockKind::Fence { info, .. } => {
                let language = info.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase();
                match language.as_str() {
                    "sh" | "bash" | "shell" | "zsh" | "console" | "shell-session" | "shellsession" => {
                        Some(true)
                    }
                    "" | "text" | "plaintext" | "txt" => None,
                    _ => Some(false),
                }
            }
            _ => None,
        };
        let source = self.document.source();
        let expects =
            says(&["expect", "should print", "should show", "output", "prints", "see something like"]);
        if says(&["observed", "recorded", "completed on", "result was", "results:"]) {
            return BlockRole::Record;
        }
        if shell == Some(true) || (shell.is_none() && script::is_transcript(source, lines)) {
            return BlockRole::Commands;
        }
        if expects {
            return BlockRole::Output;
        }
        let all_look = lines
            .iter()
            .map(|line| source.slice(*line).trim())
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .all(|line| inline::looks_like_command(line, true));
        if shell.is_none() && all_look { BlockRole::Commands } else { BlockRole::Unclear }
    }

    fn keep(&mut self, section: &Section, prefix: &str, last: &mut Option<(Draft, String)>) {
        if let Some((draft, title)) = last.take() {
            let id = self.next_id(prefix);
            self.checks.push(draft.finish(id, &title, &section.heading));
        }
    }

    /// Every path that a milestone promises is a built-in check: it must exist in the workspace.
    fn deliverables(&mut self, section: &Section, prefix: &str, field: &Field) {
        if field.is_empty() {
            self.findings.push(super::empty_field(self.document, field));
        }
        for path in paths(self.document, field) {
            let Ok(quoted) = shlex::try_quote(&path.value) else { continue };
            let step = script::one_step(&format!("test -e {quoted}"), path.span);
            let draft = Draft::steps(vec![step], Confidence::Explicit);
            let id = self.next_id(prefix);
            let title = format!("deliverable `{}` exists", path.value);
            self.checks.push(draft.finish(id, &title, &section.heading));
        }
    }

    fn next_id(&mut self, prefix: &str) -> String {
        let number = self.numbers.entry(prefix.to_owned()).or_default();
        *number += 1;
        format!("{prefix}-{number}")
    }

    /// An inferred check that was met before is listed, but not run again.
    fn mark_duplicates(&mut self) {
        let mut first_with: HashMap<String, Vec<usize>> = HashMap::new();
        for index in 0..self.checks.len() {
            let check = &self.checks[index];
            let Some(command) = check.steps.first().map(|step| step.command.clone()) else { continue };
            let earlier = first_with.entry(command).or_default();
            let twin = earlier.iter().copied().find(|&other| self.checks[other].same_work(check));
            match twin {
                Some(twin) if check.confidence == Confidence::Inferred => {
                    self.checks[index].duplicate_of = Some(self.checks[twin].id.clone());
                }
                _ => earlier.push(index),
            }
        }
    }
}

/// What a code block in a check section is.
enum BlockRole {
    /// Commands to run.
    Commands,
    /// What the commands above it must print.
    Output,
    /// What was printed once.
    Record,
    /// Something else.
    Unclear,
}

/// The paths that a `Deliverables` field names, in code or in plain words.
fn paths(document: &Document, field: &Field) -> Vec<Stated<String>> {
    let source = document.source();
    let spans = field.code.iter().map(|code| Stated::new(code.text.clone(), code.inner));
    let words = field.lines.iter().flat_map(|line| {
        let text = source.slice(*line);
        text.split_whitespace().map(move |word| {
            let clean = word.trim_matches(['(', ')', ',', ';', '"', '\'', '*']).trim_end_matches(['.', ':']);
            let start = line.start + (clean.as_ptr() as usize - text.as_ptr() as usize);
            Stated::new(clean.to_owned(), Span::new(start, start + clean.len()))
        })
    });
    let in_code = |span: Span| {
        field.code.iter().any(|code| code.outer.start <= span.start && span.start < code.outer.end)
    };
    let mut paths: Vec<Stated<String>> = spans
        .chain(words.filter(|word| !in_code(word.span)))
        .filter(|path| names_a_file(&path.value))
        .collect();
    paths.sort_by_key(|path| path.span);
    paths
}

/// Whether a word is a path inside the workspace: it has a folder or a file ending, and nothing of a URL, a glob, a
/// version number or an abbreviation.
fn names_a_file(word: &str) -> bool {
    let plain =
        word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./@+".contains(&byte) || byte >= 0x80);
    let inside = !word.starts_with(['/', '~', '-']) && !word.split('/').any(|part| part == "..");
    let ending =
        word.rsplit('/').next().and_then(|name| name.rsplit_once('.')).is_some_and(|(stem, ending)| {
            !stem.is_empty()
                && (1..=8).contains(&ending.len())
                && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && ending.bytes().any(|byte| byte.is_ascii_lowercase())
        });
    let folder = word.contains('/') && word.len() > 2;
    let named = word.bytes().any(|byte| byte.is_ascii_alphabetic());
    plain
        && inside
        && named
        && (ending || folder)
        && !matches!(word, "e.g" | "i.e" | "and/or" | "n/a" | "N/A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliverables_are_paths_not_words() {
        for path in ["src/schema.rs", "migrations/001_create.sql", "README.md", "docs/", "Makefile.am"] {
            assert!(names_a_file(path), "{path}");
        }
        for word in
            ["schema", "e.g", "and/or", "v1.2", "/etc/passwd", "../x.rs", "~/x.md", "https://a.b/c", "src/**"]
        {
            assert!(!names_a_file(word), "{word}");
        }
    }
}
