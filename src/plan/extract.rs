//! Sections to checks: fields first, then labels, sentences and blocks.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};

use crate::diagnostic::Diagnostic;
use crate::document::{BlockKind, Document, Span};

use super::Reading;
use super::block;
use super::check::{Check, Confidence};
use super::directory::{self, Place, Roots};
use super::draft::Draft;
use super::field::{Field, FieldName, Piece, Role, pieces_of_checks};
use super::found_by::FoundBy;
use super::heading::SectionKind;
use super::keyed;
use super::refusal::Refusal;
use super::said::Said;
use super::scenario::{self, Clause};
use super::section::Section;
use super::step::{self, Lead};
use super::text::Text;
use super::unit::{self, Unit, top_items};
use super::words::{leads_on, plain, verifies};
use super::zone::Zone;

/// All checks of a document in order, and what is wrong with them.
pub(super) fn checks(
    document: &Document,
    sections: &[Section],
    reading: &'_ Reading,
) -> (Vec<Check>, Vec<Diagnostic>) {
    let mut extractor = Extractor {
        document,
        roots: Roots::new(reading.repository.as_deref(), document.source().text()),
        checks: Vec::new(),
        findings: Vec::new(),
        numbers: HashMap::new(),
        keys: Vec::new(),
        hasher: RandomState::new(),
    };
    let top_items = top_items(document);
    let mut places: Vec<(u8, Option<Place>)> = Vec::new();
    let mut sections = sections.iter().peekable();
    let mut below_expected = false;
    while let Some(section) = sections.next() {
        places.retain(|(level, _)| *level < section.level);
        let zone = match section.kind {
            SectionKind::Criteria | SectionKind::Validation => Zone::Holds,
            SectionKind::Steps | SectionKind::Milestone(_) | SectionKind::Milestones => Zone::Verifies,
            SectionKind::Other => Zone::Fields,
            SectionKind::Constraints | SectionKind::Progress | SectionKind::Outcomes | SectionKind::Never => {
                continue;
            }
        };
        let above = places.iter().rev().find_map(|(_, place)| place.clone());
        let next = sections.peek().copied().filter(|next| unit::is_expected_of(next, section));
        let mut reader = Reader::new(&mut extractor, section, zone, above);
        reader.below_expected = below_expected;
        reader.units(section, &top_items);
        below_expected = next.is_some() && !reader.has_one_check() && reader.has_checks();
        if let Some(next) = next.filter(|_| reader.has_one_check()) {
            reader.expects(next, &top_items);
            sections.next();
        }
        let place = reader.close();
        places.push((section.level, place));
    }
    extractor.mark_duplicates();
    (extractor.checks, extractor.findings)
}

pub(super) struct Extractor<'d> {
    document: &'d Document,
    /// What tells the root of the repository in the author's paths.
    pub(super) roots: Roots<'d>,
    checks: Vec<Check>,
    pub(super) findings: Vec<Diagnostic>,
    /// The last number given for each prefix, but for that of the section that is read.
    numbers: HashMap<String, u32>,
    /// What [`Extractor::key`] gives for each check that has one, with its index.
    keys: Vec<(u64, usize)>,
    /// For the keys.
    hasher: RandomState,
}

/// A check in the making with its title.
pub(super) struct Open {
    pub(super) draft: Draft,
    pub(super) title: String,
    /// It is a criterion's own sentence, whose command may still come.
    pub(super) bare: bool,
    /// It counts only as far as it verifies, or when something is expected of it.
    pub(super) tentative: Option<Lead>,
    /// The clause of a scenario that it is, and where that stands.
    pub(super) clause: Option<Clause>,
    /// The circumstances above it, with their titles, as long as no outcome has come.
    pub(super) waiting: Vec<(Draft, String)>,
    pub(super) lines: Vec<Span>,
}

/// Reads one section.
///
/// A check stays open until the next one begins, since what is expected of it may stand in the next item or block.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that the text before has said")]
pub(super) struct Reader<'e, 'd, 's> {
    pub(super) extractor: &'e mut Extractor<'d>,
    pub(super) document: &'d Document,
    pub(super) section: &'s Section,
    prefix: String,
    /// The last number given for that prefix.
    number: u32,
    pub(super) open: Option<Open>,
    /// The last text that was read, which says what a block below it is.
    pub(super) lead_in: String,
    /// Where the last text says that something runs.
    pub(super) lead_place: Option<Place>,
    /// Where the text above a list says that all of the list runs.
    pub(super) list_place: Option<Place>,
    /// Whether the text above a list says that it holds what is expected.
    pub(super) list_expects: bool,
    /// Whether the text above a list says that what stands in it must pass.
    pub(super) list_passes: bool,
    /// Where the title of the item says so.
    pub(super) item_place: Option<Place>,
    /// Where the section says that all of it runs.
    pub(super) section_place: Option<Place>,
    /// How many checks there were before the section.
    first: usize,
    /// Whether a heading says that what stands below it is expected of the check above.
    pub(super) is_expected: bool,
    /// Whether one says so of blocks, where several checks stand above it.
    pub(super) below_expected: bool,
    /// Whether a label says so of the list below it.
    pub(super) label_expects: bool,
    /// What the section is for.
    pub(super) base: Zone,
    /// What this stretch of it is for.
    pub(super) zone: Zone,
    /// The first check of the list above the text that is read, and whether an item of it is read now.
    pub(super) list_from: usize,
    in_list: bool,
    /// The first check of the item that is read.
    item_from: usize,
    /// The first check of the items above that are one labelled command each, if there are any.
    commands_from: Option<usize>,
    /// Whether something was read since a label changed the zone.
    pub(super) used: bool,
    /// Whether the piece before was commands on lines of their own.
    pub(super) below_commands: bool,
    /// Whether the piece before was `Run:` alone.
    pub(super) below_run: bool,
    /// Whether the title of the last item or step says that what stands in it or below it fails as yet.
    pub(super) step_fails: bool,
    /// The title of the step that is read, as `**Step 2: Run the tests**` gives it.
    pub(super) step: String,
    /// Whether the text above a list says that it holds the files that the work touches.
    pub(super) list_of_files: bool,
    /// Whether the text above a list, or the title of the item that is read, makes what stands below it optional.
    pub(super) list_is_optional: bool,
    /// Whether the text above a list or block says that what stands there is not to be run.
    pub(super) forbids_below: bool,
    pub(super) item_is_optional: bool,
    /// Whether the title of the item says that what stands in it must pass.
    pub(super) item_passes: bool,
    /// Whether the title of the item that is read speaks of verification.
    pub(super) item_verifies: bool,
    /// Whether the heading does.
    pub(super) heading_verifies: bool,
    /// Whether it says that what stands below it fails as yet.
    pub(super) heading_fails: bool,
    /// Whether it is that of a task.
    pub(super) is_task: bool,
}

impl<'e, 'd, 's> Reader<'e, 'd, 's> {
    fn new(extractor: &'e mut Extractor<'d>, section: &'s Section, base: Zone, place: Option<Place>) -> Self {
        let prefix = match (section.milestone, section.kind) {
            (Some(number), _) => format!("M{number}"),
            (None, SectionKind::Criteria) => "AC".to_owned(),
            (None, SectionKind::Steps) => "ST".to_owned(),
            (None, _) => "VA".to_owned(),
        };
        let number = extractor.numbers.get(&prefix).copied().unwrap_or_default();
        let document = extractor.document;
        let first = extractor.checks.len();
        let heading = plain(&section.heading);
        Self {
            extractor,
            document,
            section,
            prefix,
            number,
            open: None,
            lead_in: String::new(),
            lead_place: None,
            list_place: None,
            list_expects: false,
            list_passes: false,
            list_is_optional: false,
            forbids_below: false,
            item_is_optional: false,
            item_passes: false,
            list_from: usize::MAX,
            in_list: false,
            item_from: usize::MAX,
            commands_from: None,
            below_commands: false,
            below_run: false,
            step_fails: false,
            list_of_files: false,
            step: String::new(),
            item_place: None,
            section_place: place,
            first,
            is_expected: false,
            below_expected: false,
            label_expects: false,
            base,
            zone: base,
            used: false,
            item_verifies: false,
            heading_verifies: verifies(&heading),
            heading_fails: step::fails_yet(&heading),
            is_task: step::is_task(&heading),
        }
    }

    /// Reads the units of a section. `top_items` has the top-level item of each block.
    pub(super) fn units(&mut self, section: &Section, top_items: &[Option<usize>]) {
        let pieces = pieces_of_checks(self.document, section.blocks.clone());
        let item_of = |piece: &Piece<'_>| top_items[piece.block()];
        for pieces in pieces.chunk_by(|one, next| item_of(one) == item_of(next)) {
            let unit = Unit { item: pieces.first().and_then(item_of), pieces };
            self.unit(&unit);
            if unit.item.is_some() && self.zone != self.base && !self.used {
                self.zone = self.base;
            }
            self.item_place = None;
            self.item_verifies = false;
            self.item_is_optional = false;
            self.item_passes = false;
        }
    }

    /// Whether all that was read so far is one check, which is open.
    fn has_one_check(&self) -> bool {
        self.open.as_ref().is_some_and(|open| !open.bare) && self.extractor.checks.len() == self.first
    }

    /// Whether any check was read so far.
    fn has_checks(&self) -> bool {
        self.open.is_some() || self.extractor.checks.len() > self.first
    }

    /// Keeps the last check; where the section says that everything in it runs.
    fn close(mut self) -> Option<Place> {
        self.keep();
        self.extractor.numbers.insert(self.prefix, self.number);
        self.section_place
    }

    fn unit(&mut self, unit: &Unit<'_, '_>) {
        // "Verify: `src/a.rs`" below "**Files:**" names a file; a box to tick is a step, though it stands in the same list.
        if let Some(item) =
            unit.item.filter(|_| self.list_of_files && (self.is_task || self.base != Zone::Holds))
            && self.document.blocks()[item].kind == (BlockKind::Item { ticked: None })
        {
            return;
        }
        let is_command =
            |piece: &Piece<'_>| matches!(piece, Piece::Field(field) if field.name == FieldName::Verification);
        let first_command = unit.pieces.iter().position(is_command);
        let zone = self.zone;
        if unit.item.is_some() && !self.in_list {
            self.list_from = self.extractor.checks.len() + usize::from(self.open.is_some());
        }
        self.in_list = unit.item.is_some();
        let next = self.extractor.checks.len() + usize::from(self.open.is_some());
        self.item_from = next;
        self.commands_from = match unit.pieces {
            _ if unit.item.is_none() => None,
            [Piece::Field(field)] if field.name == FieldName::Verification => {
                self.commands_from.or(Some(next))
            }
            [Piece::Field(_)] => self.commands_from,
            _ => None,
        };
        let mut early: Vec<&Field<'_>> = Vec::new();
        let mut has_commands = false;
        for (index, piece) in unit.pieces.iter().enumerate() {
            if !matches!(piece, Piece::Field(_)) && self.awaits_expectation() {
                self.open = None;
            }
            let before = self.open_step();
            match piece {
                Piece::Field(field) if field.name == FieldName::Verification => {
                    self.verification(unit, index, field, &std::mem::take(&mut early));
                }
                Piece::Field(field) if field.name == FieldName::Deliverables => {
                    if self.promises() && self.zone != Zone::Recorded {
                        self.deliverables(field);
                    }
                }
                // A field above the first command of an item speaks of that command, unless others stand above it.
                Piece::Field(field)
                    if first_command.is_some_and(|first| index < first)
                        && !has_commands
                        && !self.is_of_order(field) =>
                {
                    early.push(field);
                }
                Piece::Field(field) => self.field(field),
                Piece::Text { block, lines, code, role } => {
                    let is_title = index == 0 && unit.item.is_some() && first_command.is_some();
                    let text = Text { block: *block, lines, code, role: *role };
                    if index == 0 && unit.item.is_some() {
                        self.item(&text);
                    }
                    if !is_title {
                        let commentary = first_command.is_some() && unit.item.is_some();
                        self.piece(&text, unit, commentary);
                    }
                }
                Piece::Code(block) => {
                    if !self.is_expected_block(*block) {
                        self.block(*block);
                    }
                    self.used = true;
                }
                Piece::Table(block) => {
                    self.table(*block);
                    self.used = true;
                }
            }
            let step = self.open_step();
            has_commands |= step.is_some() && step != before;
            self.below_run = matches!(piece, Piece::Text { lines, role: Role::Check { sure: false }, .. } if lines.is_empty());
            self.below_commands = match piece {
                Piece::Code(_) | Piece::Text { role: Role::Commands, .. } => true,
                Piece::Field(field) => field.name == FieldName::Verification && !field.blocks.is_empty(),
                Piece::Text { .. } | Piece::Table(_) => false,
            };
        }
        self.label_expects &= unit.item.is_none();
        // A label in an item speaks of that item.
        if unit.item.is_some() && zone == self.base {
            self.zone = zone;
        }
    }

    /// Where the first command of the open check stands.
    fn open_step(&self) -> Option<Span> {
        Some(self.open.as_ref()?.draft.check.steps.first()?.span)
    }

    /// Whether an item of a list is read now.
    pub(super) fn is_in_list(&self) -> bool {
        self.in_list
    }

    /// Whether `Deliverables` are those of the standard schema here: of a milestone, or of what must hold. The phases and
    /// tasks of other plans list what they touch, some of which they remove.
    fn promises(&self) -> bool {
        let milestone = matches!(self.section.kind, SectionKind::Milestone(_))
            && (self.section.own_kind == SectionKind::Other
                || plain(&self.section.heading).contains("milestone"));
        self.base == Zone::Holds || milestone
    }

    /// What the title of an item says of all that stands in it.
    fn item(&mut self, text: &Text<'_>) {
        let words = self.words(text.lines);
        let leads = leads_on(&words);
        // Nearly all items stand where all must hold and lead to nothing, so that their words are not looked at twice.
        let lower = if leads || self.base != Zone::Holds { plain(&words) } else { String::new() };
        self.item_verifies = self.base == Zone::Verifies && verifies(&lower);
        if !self.is_step(&words) {
            self.step.clear();
            // Where all that stands there must hold, no title says that it fails as yet.
            self.step_fails = self.base != Zone::Holds && step::fails_yet(&lower);
        }
        self.item_is_optional = leads && block::is_led_by_condition(&lower);
        self.item_passes = leads && block::passes(&lower);
        self.item_place = text
            .lines
            .first()
            .and_then(|line| directory::named(self.document.source().slice(*line), line.start, text.code));
    }

    /// Begins the check of a `Verification` field.
    fn verification(&mut self, unit: &Unit<'_, '_>, index: usize, field: &Field<'_>, early: &[&Field<'_>]) {
        let label = plain(self.document.source().slice(field.label));
        // In a section that is about something else, `Command:` explains, unless what is expected stands right below it; only
        // verification is met everywhere.
        let elsewhere = self.zone == Zone::Fields && !verifies(&label);
        if self.zone == Zone::Recorded || (elsewhere && (field.is_empty() || !self.takes_orders())) {
            return;
        }
        let mut title = self.title(unit);
        let outcome = self.open.as_ref().filter(|open| index == 0 && open.clause == Some(Clause::Outcome));
        let outcome = outcome.map(|open| open.lines.clone());
        if title.is_empty() && index == 0 && self.open.as_ref().is_some_and(|open| open.bare) {
            // The criterion is an item, and its command the next one.
            title = self.open.take().map(|open| open.title).unwrap_or_default();
        }
        if title.is_empty() && self.base != Zone::Holds {
            title = self.section.heading.to_string();
        }
        let mut draft = Draft::verification(self.document, field, &mut self.extractor.findings);
        for field in early {
            draft.field(self.document, field, &mut self.extractor.findings);
        }
        if let Some(lines) = outcome {
            scenario::lay(&mut draft, self.document, &lines);
        }
        let place = self.place_of(&field.lines, &field.code);
        draft.runs_in(place.as_ref());
        if elsewhere {
            draft.check.confidence = Confidence::Inferred;
        }
        self.begin(draft, title);
        if let Some(open) = self.open.as_mut().filter(|_| elsewhere) {
            open.tentative = Some(Lead::Ordered);
        }
    }

    /// Lays a field on the open check; without one it needs a person.
    fn field(&mut self, field: &Field<'_>) {
        if self.zone == Zone::Recorded {
            return;
        }
        let laid = |reader: &mut Self| {
            if reader.in_list { reader.is_expected_of_item(field) } else { reader.is_expected_of_list(field) }
        };
        if field.name == FieldName::ExpectedOutput && laid(self) {
            return;
        }
        // "Expected result:" alone leads to a list, whose items are not the values of a field in prose.
        let inferred = self.open.as_ref().is_some_and(|open| !open.bare && !open.draft.is_explicit());
        if field.name == FieldName::ExpectedOutput && field.is_empty() && inferred {
            self.label_expects = true;
            return;
        }
        // Between the blocks of prose "Working directory:" leads to the next; only in the schema it ends a check.
        let leads = field.name == FieldName::WorkingDirectory;
        let takes = |open: &&mut Open| {
            !open.bare && field.name.is_of_a_check() && (!leads || open.draft.is_explicit())
        };
        if let Some(open) = self.open.as_mut().filter(takes) {
            // In prose a second "Expected:" is one more sentence; only a field of the schema is stated twice.
            if open.draft.is_explicit()
                || field.name != FieldName::ExpectedOutput
                || open.draft.takes_output()
            {
                open.draft.field(self.document, field, &mut self.extractor.findings);
                self.share_prose();
                return;
            }
        } else if field.name == FieldName::WorkingDirectory {
            self.section_place = self.place_in(&field.lines, &field.code, true);
            return;
        }
        if self.base != Zone::Holds {
            return;
        }
        let label = self.document.source().slice(field.label).trim_matches(['*', '_', ' ']);
        let title = format!("{label}: {}", field.text(self.document));
        let span = field.label.to(field.value_span(self.document));
        self.begin(Draft::manual(span, FoundBy::Field, Refusal::NoCommandForField), title);
    }

    /// Lays what an item says in words on all labelled commands that are items of their own above it: `Command: …`, `Command
    /// build: …`, `Expected observation: …`. Words claim nothing; what is compared is that of the last.
    fn share_prose(&mut self) {
        /// Each has the words for itself, so that more would cost more than they say.
        const MOST: usize = 100;
        let Some(open) = self.open.as_ref().filter(|open| !open.draft.expects()) else { return };
        let Some(prose) = open.draft.check.prose.clone() else { return };
        let Some(earlier) = self.commands_from.and_then(|from| self.extractor.checks.get_mut(from..)) else {
            return;
        };
        for check in earlier.iter_mut().rev().take(MOST).take_while(|check| keyed::is_untold(check)) {
            check.prose = Some(prose.clone());
        }
    }

    /// Lays "Expected: all tests exit `0`; `awk` prints no row" below a list of commands on those of the list, each clause on
    /// the command that it names, success on all of which nothing was said, and the rest on the last. False where it tells
    /// none apart, so that it speaks of the last as it does elsewhere.
    fn is_expected_of_list(&mut self, field: &Field<'_>) -> bool {
        let earlier = self.extractor.checks_from(self.list_from);
        if earlier.is_empty() {
            return false;
        }
        if field.qualifier.is_some() || !field.blocks.is_empty() || !field.inline {
            return false;
        }
        let mut list: Vec<&mut Check> = earlier.iter_mut().collect();
        list.extend(self.open.as_mut().filter(|open| !open.bare).map(|open| &mut open.draft.check));
        keyed::lay_on_list(&mut list, &field.text(self.document), field.value_span(self.document))
    }

    /// Lays "Expected: all commands exit 0" in an item on each of the commands above it there. False where it says more than
    /// how all of them end, since a field speaks of the command before it, which alone can show that.
    fn is_expected_of_item(&mut self, field: &Field<'_>) -> bool {
        let earlier = self.extractor.checks_from(self.item_from);
        // Nearly all items have one command.
        if earlier.is_empty() || field.qualifier.is_some() || !field.blocks.is_empty() {
            return false;
        }
        let text = field.text(self.document);
        if text.contains('`') || !unit::speaks_of_all(&plain(&text)) {
            return false;
        }
        let mut said = Said::default();
        said.sentences(&text, field.value_span(self.document), "");
        let open = self.open.as_mut().filter(|open| !open.bare).map(|open| &mut open.draft.check);
        let checks = earlier.iter_mut().chain(open);
        if !said.succeeds() || said.output.is_some() {
            return false;
        }
        for check in checks.filter(|check| keyed::is_untold(check)) {
            check.exit_status.clone_from(&said.exit_status);
            check.prose.clone_from(&said.prose);
        }
        // Once for each, however many such fields stand in the item.
        self.item_from = self.extractor.checks.len();
        true
    }

    /// The text of an item before its first field.
    fn title(&self, unit: &Unit<'_, '_>) -> String {
        match (unit.item, unit.pieces.first()) {
            (Some(_), Some(Piece::Text { lines, .. })) => self.words(lines),
            _ => String::new(),
        }
    }

    pub(super) fn words(&self, lines: &[Span]) -> String {
        match lines {
            [line] => self.document.source().slice(*line).to_owned(),
            _ => lines.iter().map(|line| self.document.source().slice(*line)).collect::<Vec<_>>().join(" "),
        }
    }

    pub(super) fn begin(&mut self, draft: Draft, title: String) {
        self.label_expects = false;
        self.keep();
        self.open = Some(Open {
            draft,
            title,
            bare: false,
            tentative: None,
            clause: None,
            waiting: Vec::new(),
            lines: Vec::new(),
        });
    }

    /// Makes a check of its own of a draft, and leaves the open one open.
    pub(super) fn beside_open(&mut self, draft: Draft, title: &str) {
        let id = self.next_id();
        let check = draft.finish(id, title.to_owned(), &self.section.heading, &mut self.extractor.roots);
        self.extractor.push(check);
    }

    fn next_id(&mut self) -> String {
        self.number += 1;
        // Once for each check, for which formatting takes long.
        [self.prefix.as_str(), "-", &self.number.to_string()].concat()
    }

    fn keep(&mut self) {
        let Some(Open { mut draft, title, tentative, waiting, .. }) = self.open.take() else { return };
        for (draft, title) in waiting {
            self.beside_open(draft, &title);
        }
        if draft.only_sets_the_shell() {
            return;
        }
        let kept = match tentative {
            None => true,
            Some(Lead::Ordered) => draft.is_told(),
            Some(lead) => draft.is_told() || draft.keep_verifying(lead == Lead::Verifying),
        };
        if !kept {
            return;
        }
        let id = self.next_id();
        let check = draft.finish(id, title, &self.section.heading, &mut self.extractor.roots);
        self.extractor.push(check);
    }
}

impl Extractor<'_> {
    /// The checks from one on, if there are that many.
    pub(super) fn checks_from(&mut self, first: usize) -> &mut [Check] {
        self.checks.get_mut(first..).unwrap_or_default()
    }

    fn push(&mut self, check: Check) {
        let key = self.key(&check);
        self.keys.extend(key.map(|key| (key, self.checks.len())));
        self.checks.push(check);
    }

    /// A number that is the same for checks of the same work, which [`Check::same_work`] tells. It is taken when the check is
    /// made, since to go through all of them and their commands once more takes longer than all the rest of looking for
    /// twins. Whatever a plan can have many of is in it, so that no two of many checks are compared in vain.
    fn key(&self, check: &Check) -> Option<u64> {
        check.steps.first()?;
        let mut hasher = self.hasher.build_hasher();
        for step in &check.steps {
            step.command.hash(&mut hasher);
            step.output.as_ref().map(|stated| &stated.value.text).hash(&mut hasher);
        }
        for output in [&check.output, &check.stderr] {
            output.as_ref().map(|stated| &stated.value.text).hash(&mut hasher);
        }
        check.must_not_output.iter().for_each(|stated| stated.value.hash(&mut hasher));
        check.working_directory.as_ref().map(|stated| &stated.value).hash(&mut hasher);
        check.timeout.hash(&mut hasher);
        Some(hasher.finish())
    }

    /// An inferred check that was met before is listed, but not run again.
    fn mark_duplicates(&mut self) {
        self.keys.sort_unstable();
        for alike in self.keys.chunk_by(|one, next| one.0 == next.0).filter(|alike| alike.len() > 1) {
            let mut earlier: Vec<usize> = Vec::new();
            for &(_, index) in alike {
                let check = &self.checks[index];
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
}
