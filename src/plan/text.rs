//! Texts: labels that lead, sentences that hold commands or criteria, and the commands of a block.

use crate::document::{CodeSpan, Source, Span};
use crate::expectation::{Expectation, Mode};

use super::check::{ExitStatus, Stated};
use super::directory::Place;
use super::draft::{Draft, shortened};
use super::extract::Reader;
use super::field::Role;
use super::found_by::FoundBy;
use super::heading;
use super::inline::{self, InlineCommand, Trust};
use super::keyed;
use super::refusal::Refusal;
use super::said::Said;
use super::step::{Lead, counts_among_steps};
use super::unit::{self, Unit};
use super::words::{FORBIDS_BELOW, RECORDED, begins, has_word, leads_on, plain, says};
use super::zone::{self, Zone};
use super::{Step, block, claim, dated, printed, scenario, script, service, shape, words};

/// What leads to a list of what a task touches or joins, as plans for agents have it before the steps of each task.
const FILES: &[&str] = phrases! {
    "files", "files touched", "files to touch", "files to change", "files to modify", "affected files", "interfaces",
    "ファイル", "対象ファイル", "文件", "涉及文件", "파일", "archivos", "arquivos", "dateien", "fichiers", "файлы",
};

impl Reader<'_, '_, '_> {
    /// A text by what it is for.
    pub(super) fn piece(&mut self, text: &Text<'_>, unit: &Unit<'_, '_>, commentary: bool) {
        // "From `web/`, run:" speaks of the whole list below it, until the next text that stands outside of a list.
        if unit.item.is_none() && text.role != Role::Commands {
            let words = self.words(text.lines);
            let leads = leads_on(&words);
            let place = leads.then(|| self.place_in(text.lines, text.code, false)).flatten();
            self.list_place = place.map(|place| match place {
                Place::Absolute(path) if self.extractor.roots.below(&path.value, false).is_none() => {
                    Place::Checkout(path)
                }
                Place::Absolute(_)
                | Place::Root
                | Place::Below(_)
                | Place::RootAt(_)
                | Place::Checkout(_) => place,
            });
            let lead = if leads { plain(&words) } else { String::new() };
            self.list_is_optional =
                leads && says(&lead, &["(optional", "optional:", "optionally", "任意", "可选"]);
            self.list_passes = leads && block::passes(&lead);
            self.forbids_below = leads && says(&lead, FORBIDS_BELOW);
            self.list_of_files = leads && FILES.contains(&lead.trim_matches(['*', '_', ' ', ':', '：']));
            self.list_expects = leads && has_word(&lead, &["expect", "expected"]);
        }
        match text.role {
            Role::Check { sure: true } if text.lines.is_empty() => self.enter(Zone::Holds, "verification:"),
            Role::Check { sure: true } => self.led(text),
            // `Run:` says no more than the section does.
            Role::Check { sure: false } if text.lines.is_empty() => "run:".clone_into(&mut self.lead_in),
            Role::Check { sure: false } if self.zone == Zone::Holds => self.led(text),
            Role::Check { sure: false } if self.ordered(text) => {}
            Role::Record => {
                "result:".clone_into(&mut self.lead_in);
                if text.lines.is_empty() {
                    self.enter(Zone::Recorded, "result:");
                }
            }
            Role::Commands => {
                let source = self.document.source();
                let remark = |line: &Span| shape::remark(source.slice(*line));
                if text.lines.iter().filter_map(remark).any(|(_, condition)| words::is_optional(condition)) {
                    let span = Span::over(text.lines);
                    let draft = Draft::manual(span, FoundBy::IndentedBlock, Refusal::Optional);
                    self.begin(draft, self.words(text.lines));
                    return;
                }
                let bare = |line: &Span| {
                    Span::new(line.start, line.start + shape::without_remark(source.slice(*line)).len())
                };
                let lines: Vec<Span> = text.lines.iter().map(bare).collect();
                self.steps(script::steps(source, &lines), FoundBy::IndentedBlock);
            }
            Role::Check { sure: false } | Role::Plain => self.plain(text, unit, commentary),
        }
    }

    /// Text of nobody: a title of what follows, or sentences.
    fn plain(&mut self, text: &Text<'_>, unit: &Unit<'_, '_>, commentary: bool) {
        let words = self.words(text.lines);
        if dated::is_text_of_once(&words) {
            if leads_on(&words) {
                self.enter(Zone::Recorded, &words);
            } else {
                self.lead_in = lead(words);
            }
            return;
        }
        let opened = self.opens(&words, text.code.is_empty());
        // A step that is titled in a record is one that was taken.
        let recorded = self.zone == Zone::Recorded && self.step.is_empty() && opened.is_none();
        if unit.item.is_none() && !recorded && self.is_step(&words) {
            self.zone = opened.filter(|_| !self.step_fails).unwrap_or(self.base);
            self.used = false;
            self.lead_in = lead(words);
            return;
        }
        if let Some(zone) = opened {
            self.enter(zone, &words);
            return;
        }
        // A paragraph after what a label led to is about something else.
        if unit.item.is_none() && self.used && self.zone != self.base {
            self.zone = self.base;
        }
        self.used = true;
        if self.zone == Zone::Verifies
            && let Some((lines, code)) = zone::completion(text, &words)
        {
            self.led(&Text { lines: &lines, code, ..*text });
            return;
        }
        match self.zone {
            Zone::Holds | Zone::Verifies => self.text(text, words, commentary),
            Zone::Fields | Zone::Recorded => self.lead_in = lead(words),
        }
    }

    /// The value of a label such as `validation:`: a command without backticks, commands in them, or a criterion.
    fn led(&mut self, text: &Text<'_>) {
        if self.zone == Zone::Recorded {
            return;
        }
        let words = self.words(text.lines);
        // "**Verification.** Run:" says no more than the label does.
        if text.code.is_empty() && leads_on(&words) {
            self.enter(Zone::Holds, &words);
            return;
        }
        self.used = true;
        self.lead_in = lead(words.clone());
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
            let span = Span::over(text.lines);
            self.begin(Draft::manual(span, FoundBy::Criterion, Refusal::NoCommand), words);
            return;
        }
        self.beside(text, &commands);
        self.inline(commands, &words, place.as_ref(), |_| None);
    }

    /// Sentences: their commands are checks; one without a command that states a criterion needs a person. Beside a
    /// `Verification` field other text is commentary, unless it has a box to tick.
    fn text(&mut self, text: &Text<'_>, words: String, commentary: bool) {
        let holds = self.zone == Zone::Holds;
        let lower = plain(&words);
        let led = !holds && self.is_led();
        // What is listed below "Expected:" with the commands of the block above it is said of its steps.
        if self.list_expects
            && let Some(open) = self.open.as_mut().filter(|open| !open.bare)
            && keyed::lay_items(&mut open.draft.check, self.document, text.lines, text.code)
        {
            return;
        }
        self.lead_in = lead(words.clone());
        if let Some(clause) = scenario::clause(&words).filter(|_| holds && self.is_item(text.block)) {
            self.clause(clause, text.lines, words);
            return;
        }
        let commands = inline::commands(self.document, text.lines, text.code, Trust::Inferred);
        let place = self.place_in(text.lines, text.code, false);
        self.lead_place.clone_from(&place);
        if commands.is_empty() {
            if place.is_some() && unit::is_about_place(&lower) {
                self.section_place = place;
                return;
            }
            if self.is_expected_here(text) {
                return;
            }
            if self.is_success_of_all(&lower, &words, text) || self.is_expectation_of_open(&lower, text) {
                return;
            }
            if let ([line], true, true) = (text.lines, text.code.is_empty(), self.is_item(text.block))
                && shape::is_bare_item(&words)
            {
                let step = script::one_step(words.trim(), *line);
                let mut draft = Draft::steps(vec![step], FoundBy::BareItem);
                draft.runs_in(place.or_else(|| self.place_around()).as_ref());
                self.begin(draft, words);
                if let Some(open) = &mut self.open {
                    open.tentative = (!holds).then_some(if led { Lead::Verifying } else { Lead::Silent });
                }
                return;
            }
            // "**Step 2: Run the tests**" is the title of what stands below it.
            if heading::title_of_part(&words).is_some() {
                return;
            }
            if holds && self.states_a_criterion(text.block, &words, commentary) && !inline::is_record(&lower)
            {
                let span = Span::over(text.lines);
                let draft = Draft::manual(span, FoundBy::Criterion, Refusal::NoCommand);
                // What a person does between a service's start and what asks it does not stop it.
                if self.open.as_ref().is_some_and(|open| open.draft.is_service() && !open.draft.is_explicit())
                {
                    self.beside_open(draft, &words);
                    return;
                }
                self.begin(draft, words);
                if let Some(open) = &mut self.open {
                    open.bare = true;
                }
            }
            return;
        }
        let commands: Vec<InlineCommand<'_>> = commands
            .into_iter()
            .filter(|command| holds || counts_among_steps(command, led))
            .filter(|command| holds || command.found_by != FoundBy::ShapedSpan)
            .collect();
        let place = place.or_else(|| self.place_around());
        if holds {
            self.beside(text, &commands);
        }
        self.inline(commands, &words, place.as_ref(), |_| None);
    }

    /// Begins a check for what a text states beside its commands. It stands before those, since what follows the text
    /// speaks of the last of them.
    fn beside(&mut self, text: &Text<'_>, commands: &[InlineCommand<'_>]) {
        if commands.is_empty() {
            return;
        }
        if let Some(claim) = claim::beside(self.document, text.lines, commands) {
            self.begin(Draft::manual(claim.span, FoundBy::Criterion, Refusal::NoCommand), claim.value);
        }
    }

    /// Begins the checks of commands in sentences; what reaches a service that was started belongs to its check.
    pub(super) fn inline(
        &mut self,
        commands: Vec<InlineCommand<'_>>,
        words: &str,
        place: Option<&Place>,
        tentative: impl Fn(&InlineCommand<'_>) -> Option<Lead>,
    ) {
        if self.forbids_below {
            return;
        }
        // Cut here already: a paragraph can be long, and each of its commands has its title.
        let title = shortened(words);
        for mut command in commands {
            if self.list_is_optional || self.item_is_optional {
                command.refusal.get_or_insert(Refusal::Optional);
            }
            if (self.list_passes || self.item_passes) && command.said.is_silent() {
                let exit_status = Some(Stated::new(ExitStatus::Code(0), command.code.outer));
                command.said.exit_status = exit_status;
            }
            let probes = command.service.is_none() && reaches_a_service(&command.code.text);
            if let Some(open) = self
                .open
                .as_mut()
                .filter(|open| probes && open.draft.is_service() && !open.draft.is_explicit())
            {
                open.draft.add_inline(command);
                continue;
            }
            let lead = tentative(&command);
            let mut draft = Draft::inline(command);
            draft.runs_in(place);
            self.begin_step(draft, title.clone(), lead);
        }
    }

    /// Begins the checks of a block of commands. In a section that says what to do, only what verifies counts.
    pub(super) fn steps(&mut self, steps: Vec<Step>, found_by: FoundBy) {
        if self.forbids_below || steps.is_empty() || !self.reads_blocks() {
            return;
        }
        // What leads to commands and says all that is expected of them is no criterion beside them.
        if self.open.as_ref().is_some_and(|open| open.bare && open.title == self.lead_in)
            && block::tells_all(&plain(&self.lead_in))
        {
            self.open = None;
        }
        let tentative = self.lead();
        let title = shortened(&self.lead_in);
        let place = self.lead_place.clone().or_else(|| self.place_around());
        let groups = script::by_directory(self.document.source(), steps, place.as_ref());
        let alone = groups.len() == 1;
        for (steps, place) in groups {
            self.parts(steps, place.as_ref(), found_by, &title, tentative, alone);
        }
    }

    /// Begins the checks of commands that run in one place, which is that of all of their block where it is `alone`.
    fn parts(
        &mut self,
        steps: Vec<Step>,
        place: Option<&Place>,
        found_by: FoundBy,
        title: &str,
        tentative: Option<Lead>,
        alone: bool,
    ) {
        let source = self.document.source();
        // "Start the backend:" above a command alone says what it is.
        let told = matches!(steps.as_slice(), [step] if service::may_serve(&step.command))
            && service::is_told_to_run(&plain(title));
        let parts = script::parts(source, steps);
        let alone = alone && parts.len() == 1;
        for script::Part { mut steps, serves, without } in parts {
            let service = serves || told;
            let said = commented(source, &mut steps);
            let mut draft =
                if service { Draft::service(steps, found_by) } else { Draft::steps(steps, found_by) };
            draft.runs_in(place);
            draft.say(said);
            // What a variable is set to may be a secret.
            draft.check.notes.extend(without.iter().map(|step| {
                let set_up = step.command.split('=').next().unwrap_or_default().trim_end();
                format!("the service runs without `{set_up}` before it: write both as one command")
            }));
            if self.item_is_optional || block::is_led_by_condition(&plain(title)) {
                draft.refusal.get_or_insert(Refusal::Optional);
            }
            if let Some(said) = block::said_before(&plain(title), draft.span(), draft.last_command()) {
                // The first that fails ends the check, so that nobody would know of the others.
                if said.exit_status.as_ref().is_some_and(|status| status.value == ExitStatus::NonZero)
                    && draft.check.steps.len() > 1
                {
                    draft.refusal.get_or_insert(Refusal::FailsFirst);
                }
                draft.say(said);
            }
            // Where the block is one check, and with all that its lead says kept in words, since one text is compared.
            if alone
                && !draft.expects()
                && let Some(text) = printed::before_commands(&self.lead_in)
            {
                let output = Stated::new(Expectation { mode: Mode::Lines, text }, draft.span());
                draft.say(Said { output: Some(output), ..Said::default() });
            }
            self.begin_step(draft, title.to_owned(), tentative);
        }
    }
}

/// A text with what it is for.
pub(super) struct Text<'p> {
    pub(super) block: usize,
    pub(super) lines: &'p [Span],
    pub(super) code: &'p [CodeSpan<'p>],
    pub(super) role: Role,
}

/// What the comments behind the commands of a check say: an output is that of its own step, the rest is said of all.
pub(super) fn commented(source: &Source, steps: &mut [Step]) -> Said {
    let mut all = Said::default();
    for step in steps {
        let Some(said) = script::expected_in_comment(source, step) else { continue };
        step.output = step.output.take().or(said.output);
        all.must_not_output.extend(said.must_not_output);
        all.exit_status = said.exit_status.or(all.exit_status);
        match (&mut all.prose, said.prose) {
            (Some(all), Some(said)) => {
                all.value.push_str("; ");
                all.value.push_str(&said.value);
                all.span = all.span.to(said.span);
            }
            (all, said) => *all = all.take().or(said),
        }
    }
    all
}

/// Whether a command asks a service something.
fn reaches_a_service(command: &str) -> bool {
    let client = shape::program(command).is_some_and(|(program, _)| {
        matches!(program, "curl" | "wget" | "http" | "nc" | "grpcurl" | "websocat" | "redis-cli")
    });
    client || says(command, &["localhost", "127.0.0.1"])
}

/// A text as what leads to the blocks below it, each of which looks at it again: of a long one its beginning, which is a
/// title, and its end, which says what stands below.
fn lead(mut words: String) -> String {
    /// The most of each that is kept, in bytes.
    const MOST: usize = 1_000;
    if words.len() > 2 * MOST {
        let (from, to) = (words.ceil_char_boundary(MOST), words.floor_char_boundary(words.len() - MOST));
        words.replace_range(from..to, " … ");
    }
    words
}
