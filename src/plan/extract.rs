//! Sections to checks: fields first, then labels, sentences and blocks.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::document::{CodeSpan, Document, Span};

use super::Reading;
use super::check::{Check, Confidence};
use super::directory::{self, Place, Roots};
use super::draft::{Draft, shortened};
use super::field::{Field, FieldName, Piece, Role};
use super::found_by::FoundBy;
use super::heading::{self, SectionKind};
use super::inline::{self, InlineCommand, Trust};
use super::refusal::Refusal;
use super::section::Section;
use super::unit::{Unit, top_items};
use super::words::{RECORDED, begins, has_word, plain, says, verifies};
use super::{block, script, shape};

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
        top_items: top_items(document),
        numbers: HashMap::new(),
    };
    let mut places: Vec<(u8, Option<Place>)> = Vec::new();
    for section in sections {
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
        let place = Reader::new(&mut extractor, section, zone, above).read();
        places.push((section.level, place));
    }
    extractor.mark_duplicates();
    (extractor.checks, extractor.findings)
}

pub(super) struct Extractor<'d> {
    document: &'d Document,
    /// What tells the root of the repository in the author's paths.
    roots: Roots<'d>,
    checks: Vec<Check>,
    pub(super) findings: Vec<Diagnostic>,
    /// The top-level item of each block.
    pub(super) top_items: Vec<Option<usize>>,
    /// The last number given for each prefix.
    numbers: HashMap<String, u32>,
}

/// What a stretch of a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// It says what must hold: commands are checks, sentences are criteria.
    Holds,
    /// It says what to do: only what verifies is a check.
    Verifies,
    /// It says anything: only fields and sure labels count.
    Fields,
    /// It says what was seen: nothing counts.
    Recorded,
}

/// Whether the words before a block in a section of steps speak of verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    Verifying,
    Silent,
}

/// A check in the making with its title.
pub(super) struct Open {
    pub(super) draft: Draft,
    title: String,
    /// It is a criterion's own sentence, whose command may still come.
    pub(super) bare: bool,
    /// It counts only as far as it verifies, or when something is expected of it.
    tentative: Option<Lead>,
}

/// Reads one section.
///
/// A check stays open until the next one begins, since what is expected of it may stand in the next item or block.
pub(super) struct Reader<'e, 'd, 's> {
    pub(super) extractor: &'e mut Extractor<'d>,
    pub(super) document: &'d Document,
    pub(super) section: &'s Section,
    prefix: String,
    pub(super) open: Option<Open>,
    /// The last text that was read, which says what a block below it is.
    pub(super) lead_in: String,
    /// Where the last text says that something runs.
    lead_place: Option<Place>,
    /// Where the title of the item says so.
    pub(super) item_place: Option<Place>,
    /// Where the section says that all of it runs.
    pub(super) section_place: Option<Place>,
    /// What the section is for.
    base: Zone,
    /// What this stretch of it is for.
    pub(super) zone: Zone,
    /// Whether something was read since a label changed the zone.
    used: bool,
    /// Whether the title of the item that is read speaks of verification.
    item_verifies: bool,
}

impl<'e, 'd, 's> Reader<'e, 'd, 's> {
    fn new(extractor: &'e mut Extractor<'d>, section: &'s Section, base: Zone, place: Option<Place>) -> Self {
        let prefix = match (section.milestone, section.kind) {
            (Some(number), _) => format!("M{number}"),
            (None, SectionKind::Criteria) => "AC".to_owned(),
            (None, SectionKind::Steps) => "ST".to_owned(),
            (None, _) => "VA".to_owned(),
        };
        let document = extractor.document;
        Self {
            extractor,
            document,
            section,
            prefix,
            open: None,
            lead_in: String::new(),
            lead_place: None,
            item_place: None,
            section_place: place,
            base,
            zone: base,
            used: false,
            item_verifies: false,
        }
    }

    /// Reads it all; where it says that everything in it runs.
    fn read(mut self) -> Option<Place> {
        for unit in self.units() {
            self.unit(&unit);
            if unit.item.is_some() && self.zone != self.base && !self.used {
                self.zone = self.base;
            }
            self.item_place = None;
            self.item_verifies = false;
        }
        self.keep();
        self.section_place
    }

    fn unit(&mut self, unit: &Unit) {
        let is_command =
            |piece: &Piece| matches!(piece, Piece::Field(field) if field.name == FieldName::Verification);
        let first_command = unit.pieces.iter().position(is_command);
        let zone = self.zone;
        let mut early: Vec<&Field> = Vec::new();
        for (index, piece) in unit.pieces.iter().enumerate() {
            match piece {
                Piece::Field(field) if field.name == FieldName::Verification => {
                    self.verification(unit, index, field, &std::mem::take(&mut early));
                }
                Piece::Field(field) if field.name == FieldName::Deliverables => {
                    if self.base != Zone::Fields && self.zone != Zone::Recorded {
                        self.deliverables(field);
                    }
                }
                // A field above the first command of an item speaks of that command.
                Piece::Field(field) if first_command.is_some_and(|first| index < first) => early.push(field),
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
                    self.block(*block);
                    self.used = true;
                }
                Piece::Table(block) => {
                    self.table(*block);
                    self.used = true;
                }
            }
        }
        // A label in an item speaks of that item.
        if unit.item.is_some() && zone == self.base {
            self.zone = zone;
        }
    }

    /// What the title of an item says of all that stands in it.
    fn item(&mut self, text: &Text<'_>) {
        let title = plain(&self.words(text.lines));
        self.item_verifies = verifies(&title);
        self.item_place = text
            .lines
            .first()
            .and_then(|line| directory::named(self.document.source().slice(*line), line.start, text.code));
    }

    /// Begins the check of a `Verification` field.
    fn verification(&mut self, unit: &Unit, index: usize, field: &Field, early: &[&Field]) {
        let label = plain(self.document.source().slice(field.label));
        // In a section that is about something else, `Command:` explains; only verification is met everywhere.
        if self.zone == Zone::Recorded || (self.zone == Zone::Fields && !verifies(&label)) {
            return;
        }
        let mut title = self.title(unit);
        if title.is_empty() && index == 0 && self.open.as_ref().is_some_and(|open| open.bare) {
            // The criterion is an item, and its command the next one.
            title = self.open.take().map(|open| open.title).unwrap_or_default();
        }
        if title.is_empty() && self.base != Zone::Holds {
            title.clone_from(&self.section.heading);
        }
        let mut draft = Draft::verification(self.document, field, &mut self.extractor.findings);
        for field in early {
            draft.field(self.document, field, &mut self.extractor.findings);
        }
        let place = self.place_of(&field.lines, &field.code);
        draft.runs_in(place.as_ref());
        self.begin(draft, title);
    }

    /// Lays a field on the open check; without one it needs a person.
    fn field(&mut self, field: &Field) {
        if self.zone == Zone::Recorded {
            return;
        }
        if let Some(open) = self.open.as_mut().filter(|open| !open.bare && field.name.is_of_a_check()) {
            // In prose a second "Expected:" is one more sentence; only a field of the schema is stated twice.
            if open.draft.is_explicit() || field.name != FieldName::ExpectedOutput || !open.draft.is_told() {
                open.draft.field(self.document, field, &mut self.extractor.findings);
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

    /// The text of an item before its first field.
    fn title(&self, unit: &Unit) -> String {
        match (unit.item, unit.pieces.first()) {
            (Some(_), Some(Piece::Text { lines, .. })) => self.words(lines),
            _ => String::new(),
        }
    }

    pub(super) fn words(&self, lines: &[Span]) -> String {
        lines.iter().map(|line| self.document.source().slice(*line)).collect::<Vec<_>>().join(" ")
    }

    /// A text by what it is for.
    fn piece(&mut self, text: &Text<'_>, unit: &Unit, commentary: bool) {
        match text.role {
            Role::Check { sure: true } if text.lines.is_empty() => self.enter(Zone::Holds, "verification:"),
            Role::Check { sure: true } => self.led(text),
            // `Run:` says no more than the section does.
            Role::Check { sure: false } if text.lines.is_empty() => "run:".clone_into(&mut self.lead_in),
            Role::Check { sure: false } if self.zone == Zone::Holds => self.led(text),
            Role::Check { sure: false } => self.plain(text, unit, commentary),
            Role::Record => {
                self.lead_in = "result:".to_owned();
                if text.lines.is_empty() {
                    self.enter(Zone::Recorded, "result:");
                }
            }
            Role::Commands => {
                let steps = script::steps(self.document.source(), text.lines);
                self.steps(steps, FoundBy::IndentedBlock);
            }
            Role::Plain => self.plain(text, unit, commentary),
        }
    }

    fn enter(&mut self, zone: Zone, lead_in: &str) {
        self.zone = zone;
        self.used = false;
        lead_in.clone_into(&mut self.lead_in);
    }

    /// Text of nobody: a title of what follows, or sentences.
    fn plain(&mut self, text: &Text<'_>, unit: &Unit, commentary: bool) {
        let words = self.words(text.lines);
        if let Some(zone) = self.opens(&words, text.code.is_empty()) {
            self.enter(zone, &words);
            return;
        }
        // A paragraph after what a label led to is about something else.
        if unit.item.is_none() && self.used && self.zone != self.base {
            self.zone = self.base;
        }
        self.used = true;
        match self.zone {
            Zone::Holds | Zone::Verifies => self.text(text, words, commentary),
            Zone::Fields | Zone::Recorded => self.lead_in = words,
        }
    }

    /// The zone that a short line such as **Acceptance criteria** opens.
    fn opens(&self, words: &str, no_code: bool) -> Option<Zone> {
        /// The most words that a title of a stretch has.
        const MOST: usize = 6;
        let bold = words.starts_with("**") && words.trim_end_matches([':', ' ']).ends_with("**");
        let colon = words.trim_end_matches(['*', '_', ' ']).ends_with([':', '：']);
        if !no_code || !(bold || colon) || words.split_whitespace().count() > MOST {
            return None;
        }
        let lower = plain(words);
        match heading::label_kind(words) {
            // In a section that is about something else, `Coverage of the acceptance criteria` is, too.
            SectionKind::Validation | SectionKind::Criteria => {
                (self.zone != Zone::Fields || heading::is_check_label(words)).then_some(Zone::Holds)
            }
            // "Record the results with:" tells to do something.
            SectionKind::Never
                if bold
                    || !has_word(
                        &lower,
                        &["run", "with", "record", "capture", "execute", "expect", "expected"],
                    ) =>
            {
                Some(Zone::Recorded)
            }
            SectionKind::Never
            | SectionKind::Progress
            | SectionKind::Outcomes
            | SectionKind::Constraints
            | SectionKind::Steps
            | SectionKind::Milestones
            | SectionKind::Milestone(_)
            | SectionKind::Other => None,
        }
    }

    /// The value of a label such as `validation:`: a command without backticks, commands in them, or a criterion.
    fn led(&mut self, text: &Text<'_>) {
        if self.zone == Zone::Recorded {
            return;
        }
        self.used = true;
        let words = self.words(text.lines);
        self.lead_in.clone_from(&words);
        if let [line] = text.lines
            && text.code.is_empty()
            && shape::is_command_line(&words)
        {
            let mut draft = Draft::steps(vec![script::one_step(&words, *line)], FoundBy::Label);
            draft.runs_in(self.place_of(text.lines, text.code).as_ref());
            self.begin(draft, String::new());
            return;
        }
        let commands = inline::commands(self.document, text.lines, text.code, Trust::Inferred);
        let place = self.place_of(text.lines, text.code);
        if commands.is_empty() && !begins(&plain(&words), RECORDED) {
            let span = text.lines.iter().copied().reduce(Span::to).unwrap_or_default();
            self.begin(Draft::manual(span, FoundBy::Criterion, Refusal::NoCommand), words);
            return;
        }
        self.inline(commands, &words, place.as_ref());
    }

    /// Sentences: their commands are checks; one without a command that states a criterion needs a person. Beside a
    /// `Verification` field other text is commentary, unless it has a box to tick.
    fn text(&mut self, text: &Text<'_>, words: String, commentary: bool) {
        let holds = self.zone == Zone::Holds;
        let lower = plain(&words);
        let led =
            verifies(&plain(&self.lead_in)) || self.item_verifies || verifies(&plain(&self.section.heading));
        self.lead_in.clone_from(&words);
        let commands = inline::commands(self.document, text.lines, text.code, Trust::Inferred);
        let place = self.place_in(text.lines, text.code, false);
        self.lead_place.clone_from(&place);
        if commands.is_empty() {
            if place.is_some() && self.is_about_place(&lower) {
                self.section_place = place;
                return;
            }
            if self.is_expectation_of_open(&lower, text) {
                return;
            }
            if holds && self.states_a_criterion(text.block, &words, commentary) && !inline::is_record(&lower)
            {
                let span = text.lines.iter().copied().reduce(Span::to).unwrap_or_default();
                self.begin(Draft::manual(span, FoundBy::Criterion, Refusal::NoCommand), words);
                if let Some(open) = &mut self.open {
                    open.bare = true;
                }
            }
            return;
        }
        let commands = commands
            .into_iter()
            .filter(|command| {
                holds || command.verifies || led || command.said.is_compared() || command.service.is_some()
            })
            .filter(|command| holds || command.found_by != FoundBy::ShapedSpan)
            .collect();
        let place = place.or_else(|| self.item_place.clone()).or_else(|| self.section_place.clone());
        self.inline(commands, &words, place.as_ref());
    }

    /// Begins the checks of commands in sentences; what reaches a service that was started belongs to its check.
    fn inline(&mut self, commands: Vec<InlineCommand>, words: &str, place: Option<&Place>) {
        // Cut here already: a paragraph can be long, and each of its commands has its title.
        let title = shortened(words);
        for command in commands {
            let probes = command.service.is_none() && reaches_a_service(&command.code.text);
            if let Some(open) = self
                .open
                .as_mut()
                .filter(|open| probes && open.draft.is_service() && !open.draft.is_explicit())
            {
                open.draft.add_inline(command);
                continue;
            }
            let mut draft = Draft::inline(command);
            draft.runs_in(place);
            self.begin(draft, title.clone());
        }
    }

    /// Begins the checks of a block of commands. In a section that says what to do, only what verifies counts.
    pub(super) fn steps(&mut self, steps: Vec<super::Step>, found_by: FoundBy) {
        if steps.is_empty() || matches!(self.zone, Zone::Fields | Zone::Recorded) {
            return;
        }
        let led =
            verifies(&plain(&self.lead_in)) || self.item_verifies || verifies(&plain(&self.section.heading));
        let lead = if led { Lead::Verifying } else { Lead::Silent };
        let tentative = (self.zone == Zone::Verifies).then_some(lead);
        let title = shortened(&self.lead_in);
        let place = self
            .lead_place
            .clone()
            .or_else(|| self.item_place.clone())
            .or_else(|| self.section_place.clone());
        for (steps, place) in script::by_directory(self.document.source(), steps, place.as_ref()) {
            self.parts(steps, place.as_ref(), found_by, &title, tentative);
        }
    }

    /// Begins the checks of commands that run in one place.
    fn parts(
        &mut self,
        steps: Vec<super::Step>,
        place: Option<&Place>,
        found_by: FoundBy,
        title: &str,
        tentative: Option<Lead>,
    ) {
        for (steps, service) in script::parts(steps) {
            let mut draft =
                if service { Draft::service(steps, found_by) } else { Draft::steps(steps, found_by) };
            draft.runs_in(place);
            if let Some(said) = block::said_before(&plain(title), draft.span()) {
                draft.say(said);
            }
            self.begin(draft, title.to_owned());
            if let Some(open) = &mut self.open {
                open.tentative = tentative;
            }
        }
    }

    pub(super) fn begin(&mut self, draft: Draft, title: String) {
        self.keep();
        self.open = Some(Open { draft, title, bare: false, tentative: None });
    }

    fn keep(&mut self) {
        let Some(Open { mut draft, title, tentative, .. }) = self.open.take() else { return };
        if let Some(lead) = tentative
            && !draft.is_told()
            && !draft.keep_verifying(lead == Lead::Verifying)
        {
            return;
        }
        let id = self.extractor.next_id(&self.prefix);
        let check = draft.finish(id, &title, &self.section.heading, &mut self.extractor.roots);
        self.extractor.checks.push(check);
    }
}

/// A text with what it is for.
pub(super) struct Text<'p> {
    pub(super) block: usize,
    pub(super) lines: &'p [Span],
    pub(super) code: &'p [CodeSpan],
    role: Role,
}

/// Whether a command asks a service something.
fn reaches_a_service(command: &str) -> bool {
    let client = shape::program(command).is_some_and(|(program, _)| {
        matches!(program, "curl" | "wget" | "http" | "nc" | "grpcurl" | "websocat" | "redis-cli")
    });
    client || says(command, &["localhost", "127.0.0.1"])
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
            // What differs most is part of the key, so that one command with many expectations stays quick.
            let told = check.output.as_ref().map_or("", |stated| stated.value.text.as_str());
            let earlier = first_with.entry(format!("{command}\0{told}")).or_default();
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
