//! Sections to checks: fields first, then sentences and blocks.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::document::{BlockKind, CodeSpan, Document, Span, span_holding};
use crate::expectation::{Expectation, Mode};

use super::check::{Check, Confidence, Stated};
use super::draft::{Draft, shortened};
use super::field::{Field, FieldName, Piece, pieces};
use super::found_by::FoundBy;
use super::heading::SectionKind;
use super::section::Section;
use super::{inline, script};

/// All checks of a document in order, and what is wrong with them.
pub(super) fn checks(document: &Document, sections: &[Section]) -> (Vec<Check>, Vec<Diagnostic>) {
    let mut extractor =
        Extractor { document, checks: Vec::new(), findings: Vec::new(), numbers: HashMap::new() };
    for section in sections {
        match section.kind {
            SectionKind::Criteria | SectionKind::Validation | SectionKind::Milestone(_) => {
                Reader::new(&mut extractor, section).read();
            }
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

/// A check in the making with its title.
struct Open {
    draft: Draft,
    title: String,
    /// It is a criterion's own sentence, whose command may still come.
    bare: bool,
}

/// Reads one section that says what must hold.
///
/// A check stays open until the next one begins, since what is expected of it may stand in the next item or block.
struct Reader<'e, 'd, 's> {
    extractor: &'e mut Extractor<'d>,
    document: &'d Document,
    section: &'s Section,
    prefix: String,
    open: Option<Open>,
    /// The last text that was read, which says what a block below it is.
    lead_in: String,
}

impl<'e, 'd, 's> Reader<'e, 'd, 's> {
    fn new(extractor: &'e mut Extractor<'d>, section: &'s Section) -> Self {
        let prefix = match (section.milestone, section.kind) {
            (Some(number), _) => format!("M{number}"),
            (None, SectionKind::Criteria) => "AC".to_owned(),
            (None, _) => "VA".to_owned(),
        };
        let document = extractor.document;
        Self { extractor, document, section, prefix, open: None, lead_in: String::new() }
    }

    /// The text of a milestone describes it; only its fields are checks.
    fn only_fields(&self) -> bool {
        matches!(self.section.kind, SectionKind::Milestone(_))
    }

    fn read(mut self) {
        for unit in self.units() {
            self.unit(&unit);
        }
        self.keep();
    }

    fn unit(&mut self, unit: &Unit) {
        let is_command =
            |piece: &Piece| matches!(piece, Piece::Field(field) if field.name == FieldName::Verification);
        let first_command = unit.pieces.iter().position(is_command);
        let mut early: Vec<&Field> = Vec::new();
        for (index, piece) in unit.pieces.iter().enumerate() {
            match piece {
                Piece::Field(field) if field.name == FieldName::Verification => {
                    self.verification(unit, index, field, &std::mem::take(&mut early));
                }
                Piece::Field(field) if field.name == FieldName::Deliverables => self.deliverables(field),
                // A field above the first command of an item speaks of that command.
                Piece::Field(field) if first_command.is_some_and(|first| index < first) => early.push(field),
                Piece::Field(field) => self.field(field),
                Piece::Text { .. } | Piece::Code(_) | Piece::Table(_) if self.only_fields() => {}
                Piece::Text { block, lines, code } => {
                    let is_title = index == 0 && unit.item.is_some() && first_command.is_some();
                    if !is_title {
                        let commentary = first_command.is_some() && unit.item.is_some();
                        self.text(*block, lines, code, commentary);
                    }
                }
                Piece::Code(block) => self.block(*block),
                Piece::Table(block) => {
                    let span = self.document.blocks()[*block].span;
                    let reason = "commands in tables are not read yet";
                    self.begin(Draft::manual(span, Confidence::Inferred, reason), "a table".to_owned());
                }
            }
        }
    }

    /// Begins the check of a `Verification` field.
    fn verification(&mut self, unit: &Unit, index: usize, field: &Field, early: &[&Field]) {
        let mut title = self.title(unit);
        if title.is_empty() && index == 0 && self.open.as_ref().is_some_and(|open| open.bare) {
            // The criterion is an item, and its command the next one.
            title = self.open.take().map(|open| open.title).unwrap_or_default();
        }
        if title.is_empty() && self.only_fields() {
            title.clone_from(&self.section.heading);
        }
        let mut draft = Draft::verification(self.document, field, &mut self.extractor.findings);
        for field in early {
            draft.field(self.document, field, &mut self.extractor.findings);
        }
        self.begin(draft, title);
    }

    /// Lays a field on the open check; without one it needs a person.
    fn field(&mut self, field: &Field) {
        if let Some(open) = self.open.as_mut().filter(|open| !open.bare && field.name.is_of_a_check()) {
            open.draft.field(self.document, field, &mut self.extractor.findings);
            return;
        }
        if self.only_fields() && !field.name.is_of_a_check() {
            return;
        }
        let label = self.document.source().slice(field.label).trim_matches(['*', '_', ' ']);
        let title = format!("{label}: {}", field.text(self.document));
        let span = field.label.to(field.value_span(self.document));
        self.begin(Draft::manual(span, Confidence::Explicit, "it belongs to no command"), title);
    }

    /// The text of an item before its first field.
    fn title(&self, unit: &Unit) -> String {
        match (unit.item, unit.pieces.first()) {
            (Some(_), Some(Piece::Text { lines, .. })) => self.words(lines),
            _ => String::new(),
        }
    }

    fn words(&self, lines: &[Span]) -> String {
        lines.iter().map(|line| self.document.source().slice(*line)).collect::<Vec<_>>().join(" ")
    }

    /// Sentences: their commands are checks; one without a command that states a criterion needs a person. Beside a
    /// `Verification` field other text is commentary, unless it has a box to tick.
    fn text(&mut self, block: usize, lines: &[Span], code: &[CodeSpan], commentary: bool) {
        let text = self.words(lines);
        self.lead_in.clone_from(&text);
        let commands = inline::commands(self.document, lines, code, false);
        if commands.is_empty() && self.states_a_criterion(block, &text, commentary) {
            let span = lines.iter().copied().reduce(Span::to).unwrap_or_default();
            self.begin(Draft::manual(span, Confidence::Inferred, "no command"), text);
            if let Some(open) = &mut self.open {
                open.bare = true;
            }
            return;
        }
        // Cut here already: a paragraph can be long, and each of its commands has its title.
        let title = shortened(&text);
        for command in commands {
            self.begin(Draft::inline(command), title.clone());
        }
    }

    fn begin(&mut self, draft: Draft, title: String) {
        self.keep();
        self.open = Some(Open { draft, title, bare: false });
    }

    fn keep(&mut self) {
        if let Some(Open { draft, title, .. }) = self.open.take() {
            let id = self.extractor.next_id(&self.prefix);
            self.extractor.checks.push(draft.finish(id, &title, &self.section.heading));
        }
    }

    fn units(&self) -> Vec<Unit> {
        let mut units: Vec<Unit> = Vec::new();
        for piece in pieces(self.document, self.section.blocks.clone()) {
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

    /// Whether a text without a command is something that must hold, so that it needs a person: an innermost item,
    /// or a paragraph that does not just lead to what follows.
    fn states_a_criterion(&self, block: usize, text: &str, commentary: bool) -> bool {
        let blocks = self.document.blocks();
        let leads = text.trim_end_matches(['*', '_', ' ']).ends_with([':', '：']);
        let parent = blocks[block].parent;
        match parent.map(|parent| &blocks[parent].kind) {
            Some(BlockKind::Item { ticked }) => {
                parent == block.checked_sub(1) && !leads && (!commentary || ticked.is_some())
            }
            _ => !leads && !commentary,
        }
    }

    /// A code block in a section that says what must hold.
    fn block(&mut self, block: usize) {
        let source = self.document.source();
        let lines = self.document.lines_of(&self.document.blocks()[block]);
        let (Some(first), Some(end)) = (lines.first(), lines.last()) else { return };
        let whole = first.to(*end);
        let title = self.lead_in.clone();
        match self.block_role(block, &lines) {
            BlockRole::Commands => {
                let steps = script::steps(source, &lines);
                if !steps.is_empty() {
                    let transcript = script::is_transcript(source, &lines);
                    let found_by = match self.document.blocks()[block].kind {
                        _ if transcript => FoundBy::Transcript,
                        BlockKind::Indented { .. } => FoundBy::IndentedBlock,
                        _ => FoundBy::Fence,
                    };
                    self.begin(Draft::steps(steps, Confidence::Inferred, found_by), title);
                }
            }
            BlockRole::Output => {
                let text = lines.iter().map(|line| source.slice(*line)).collect::<Vec<_>>().join("\n");
                match &mut self.open {
                    Some(open) if !open.bare && !open.draft.expects() => {
                        let expectation = Expectation { mode: Mode::Lines, text };
                        open.draft.output_block(Stated::new(expectation, whole));
                    }
                    _ => {
                        let reason = "an expected output beyond those of its command";
                        self.begin(Draft::manual(whole, Confidence::Inferred, reason), title);
                    }
                }
            }
            BlockRole::Record => {}
            BlockRole::Unclear => {
                let reason = "a block that is neither shell nor expected output";
                self.begin(Draft::manual(whole, Confidence::Inferred, reason), title);
            }
        }
    }

    fn block_role(&self, block: usize, lines: &[Span]) -> BlockRole {
        let lead = self.lead_in.to_lowercase();
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
        if says(&[
            "observed:",
            "observed output",
            "recorded output",
            "recorded result",
            "completed on",
            "result was",
        ]) {
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

    /// Every path that a milestone promises is a built-in check: it must exist in the workspace.
    fn deliverables(&mut self, field: &Field) {
        if field.is_empty() {
            self.extractor.findings.push(super::empty_field(self.document, field));
            return;
        }
        let paths = paths(self.document, field);
        if paths.is_empty() && field.code.is_empty() {
            let span = field.value_span(self.document);
            let draft = Draft::manual(span, Confidence::Explicit, "it names no path in the workspace");
            self.begin(draft, format!("deliverables: {}", field.text(self.document)));
        }
        for code in field.code.iter().filter(|code| !is_inside(&code.text)) {
            let reason = "it is no plain path in the workspace";
            let draft = Draft::manual(code.inner, Confidence::Explicit, reason);
            self.begin(draft, format!("deliverable `{}` exists", code.text));
        }
        for path in paths {
            let Ok(quoted) = shlex::try_quote(&path.value) else { continue };
            let step = script::one_step(&format!("test -e {quoted}"), path.span);
            let title = format!("deliverable `{}` exists", path.value);
            self.begin(Draft::deliverable(step, path.value), title);
        }
    }
}

impl Extractor<'_> {
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
    // In code one word is a file, such as `Makefile`; in plain words it has to look like one.
    let spans = field.code.iter().filter(|code| is_inside(&code.text));
    let spans = spans.map(|code| Stated::new(code.text.clone(), code.inner));
    let words = field.lines.iter().flat_map(|line| {
        let text = source.slice(*line);
        text.split_whitespace().map(move |word| {
            let clean = word.trim_matches(['(', ')', ',', ';', '"', '\'', '*']).trim_end_matches(['.', ':']);
            let start = line.start + (clean.as_ptr() as usize - text.as_ptr() as usize);
            Stated::new(clean.to_owned(), Span::new(start, start + clean.len()))
        })
    });
    let in_code = |span: Span| span_holding(&field.code, span.start).is_some();
    let mut paths: Vec<Stated<String>> =
        spans.chain(words.filter(|word| !in_code(word.span) && names_a_file(&word.value))).collect();
    paths.sort_by_key(|path| path.span);
    paths
}

/// Whether a word can be a path inside the workspace: nothing of a URL, a glob, or a way out.
fn is_inside(word: &str) -> bool {
    let plain =
        word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./@+".contains(&byte) || byte >= 0x80);
    plain
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !word.starts_with(['/', '~', '-'])
        && !word.split('/').any(|part| part == "..")
}

/// Whether a word in plain text is such a path: it has a folder or a file ending, and is no abbreviation and no
/// version number.
fn names_a_file(word: &str) -> bool {
    let ending =
        word.rsplit('/').next().and_then(|name| name.rsplit_once('.')).is_some_and(|(stem, ending)| {
            !stem.is_empty()
                && (1..=8).contains(&ending.len())
                && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && ending.bytes().any(|byte| byte.is_ascii_lowercase())
        });
    let folder = word.contains('/') && word.len() > 2;
    is_inside(word) && (ending || folder) && !matches!(word, "e.g" | "i.e" | "and/or" | "n/a" | "N/A")
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
