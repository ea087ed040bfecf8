//! A check in the making: fields and sentences are laid on it one by one.

use std::sync::Arc;

use crate::document::Span;
use crate::expectation::Expectation;

use super::check::{Check, Confidence, ExitStatus, Kind, Ready, Stated, Step};
use super::directory::{self, Place, Roots};
use super::found_by::FoundBy;
use super::inline::InlineCommand;
use super::keyed;
use super::refusal::{self, Refusal};
use super::said::Said;
use super::script;
use super::service;
use super::shape;
use super::words::plain;

/// A check whose id and title are still open.
pub(super) struct Draft {
    pub(super) check: Check,
    /// Why it is manual, if it is.
    pub(super) refusal: Option<Refusal>,
    /// How many of its first commands were looked at already for what needs a person.
    judged: usize,
    /// Where it runs, if something says so.
    place: Option<Place>,
    /// Whether its author says that it does not serve, whatever its command looks like.
    pub(super) ends: bool,
    /// Whether the words around its command have already said whether that serves.
    judged_by_words: bool,
}

impl Draft {
    /// An empty check at `span`.
    pub(super) fn new(span: Span, found_by: FoundBy) -> Self {
        let check = Check {
            id: String::new(),
            title: String::new(),
            section: Arc::default(),
            span,
            kind: Kind::Run,
            confidence: found_by.confidence(),
            found_by,
            notes: Vec::new(),
            steps: Vec::new(),
            output: None,
            stderr: None,
            must_not_output: Vec::new(),
            exit_status: None,
            prose: None,
            working_directory: None,
            timeout: None,
            deliverable: None,
            duplicate_of: None,
        };
        Self { check, refusal: None, judged: 0, place: None, ends: false, judged_by_words: false }
    }

    /// A check that needs a person.
    pub(super) fn manual(span: Span, found_by: FoundBy, refusal: Refusal) -> Self {
        let mut draft = Self::new(span, found_by);
        draft.refusal = Some(refusal);
        draft
    }

    /// A check of one command in a sentence.
    pub(super) fn inline(command: InlineCommand<'_>) -> Self {
        let mut draft = Self::new(command.code.inner, command.found_by);
        draft.judged_by_words = true;
        if let Some(service) = &command.service {
            draft.check.kind = Kind::Background { ready_when: service.ready_when.clone() };
        }
        draft.add_inline(command);
        draft
    }

    /// A check of the commands in a block.
    pub(super) fn steps(steps: Vec<Step>, found_by: FoundBy) -> Self {
        let span = steps.first().map_or(Span::default(), |step| step.span);
        let mut draft = Self::new(span, found_by);
        draft.check.steps = steps;
        draft
    }

    /// A check whose first step serves the others.
    pub(super) fn service(steps: Vec<Step>, found_by: FoundBy) -> Self {
        let mut draft = Self::steps(steps, found_by);
        let first = draft.check.steps.first();
        let port = first.and_then(|step| Some((service::port(&step.command)?, step.span)));
        let ready_when = port.map(|(port, span)| Stated::new(Ready::Port(port), span));
        draft.check.kind = Kind::Background { ready_when };
        draft
    }

    /// The built-in check of a deliverable.
    pub(super) fn deliverable(step: Step, path: String) -> Self {
        let mut draft = Self::steps(vec![step], FoundBy::Deliverable);
        draft.check.deliverable = Some(path);
        draft
    }

    /// Adds a command with what is said of it. An output is that of its own step; an exit status can only be that of
    /// the last, since the first step that fails ends the check.
    pub(super) fn add_inline(&mut self, command: InlineCommand<'_>) {
        let check = &mut self.check;
        if check.exit_status.take().is_some_and(|stated| stated.value != ExitStatus::Code(0)) {
            self.refusal.get_or_insert(Refusal::FailsFirst);
        }
        if let Some(refusal) = command.refusal {
            self.refusal.get_or_insert(refusal);
        }
        let said = command.said;
        if said.red {
            self.refusal.get_or_insert(Refusal::Red);
        }
        let mut step = script::one_step(&command.code.text, command.code.inner);
        if check.steps.is_empty() {
            check.output = said.output;
        } else {
            // With a second command, the output that was stated for the first is that of its step.
            if let [first] = check.steps.as_mut_slice() {
                first.output = check.output.take();
            }
            step.output = said.output;
        }
        if self.judged == check.steps.len() {
            self.judged += 1;
        }
        // Nearly all have only one, which needs no room for more.
        check.steps.reserve_exact(1);
        check.steps.push(step);
        check.must_not_output.extend(said.must_not_output);
        check.exit_status = said.exit_status;
        check.prose = said.prose.or(check.prose.take());
    }

    /// Lays on it what a sentence after it says.
    pub(super) fn say(&mut self, said: Said) {
        let check = &mut self.check;
        if said.red {
            self.refusal.get_or_insert(Refusal::Red);
        }
        check.output = check.output.take().or(said.output);
        check.must_not_output.extend(said.must_not_output);
        check.exit_status = check.exit_status.take().or(said.exit_status);
        check.prose = check.prose.take().or(said.prose);
    }

    /// Lays on it what one more sentence says, all of which must hold.
    pub(super) fn say_more(&mut self, said: Said) {
        let check = &mut self.check;
        let mut all = Said {
            output: check.output.take(),
            must_not_output: std::mem::take(&mut check.must_not_output),
            exit_status: check.exit_status.take(),
            prose: check.prose.take(),
            red: false,
        };
        all.join(said);
        self.say(all);
    }

    /// What was said is what comes of it before the work is done.
    pub(super) fn fails_before(&mut self) {
        self.refusal.get_or_insert(Refusal::Red);
    }

    /// A text right below it says that it must fail: what fails to start serves nothing.
    pub(super) fn must_fail(&mut self, lines: &[Span], words: String) {
        let span = Span::over(lines);
        self.check.kind = Kind::Run;
        let exit_status = Some(Stated::new(ExitStatus::NonZero, span));
        self.say(Said { exit_status, prose: Some(Stated::new(words, span)), ..Said::default() });
    }

    /// Where it runs, where nothing nearer has said so.
    pub(super) fn runs_in(&mut self, place: Option<&Place>) {
        if self.place.is_none() {
            self.place = place.cloned();
        }
    }

    /// Where it stands.
    pub(super) fn span(&self) -> Span {
        self.check.span
    }

    /// Whether its first step serves the others.
    pub(super) fn is_service(&self) -> bool {
        matches!(self.check.kind, Kind::Background { .. })
    }

    /// Whether anything was said of what it must do.
    pub(super) fn is_told(&self) -> bool {
        self.check.compares_output() || self.check.exit_status.is_some() || self.check.prose.is_some()
    }

    /// Whether nothing was said yet of what it prints. How it must end says nothing of that.
    pub(super) fn takes_output(&self) -> bool {
        !self.check.compares_output() && self.check.prose.is_none()
    }

    /// Whether a field of the schema or a label gave its command.
    pub(super) fn is_explicit(&self) -> bool {
        self.check.confidence == Confidence::Explicit
    }

    /// Whether all that it runs is `set -o pipefail` and its like, in words of which nothing is expected. They end well
    /// whatever the plan means, and set nothing but the shell of their own check.
    pub(super) fn only_sets_the_shell(&self) -> bool {
        let sets = |step: &Step| {
            shape::program(&step.command).is_some_and(|(program, arguments)| {
                matches!(program, "set" | "shopt") && !arguments.contains(['\n', ';', '&', '|'])
            })
        };
        let steps = &self.check.steps;
        !steps.is_empty() && steps.iter().all(sets) && !self.is_explicit() && !self.is_told()
    }

    /// The last command.
    pub(super) fn last_command(&self) -> &str {
        self.check.steps.last().map_or("", |step| step.command.as_str())
    }

    /// Keeps what verifies by its own words, and what the shell needs before it; whether anything is left. Where the
    /// lead-in is `led` by verification, all is kept but what looks around, sets up, or edits.
    pub(super) fn keep_verifying(&mut self, led: bool) -> bool {
        let needed = |command: &str| {
            let program = shape::program(command).map_or("", |(program, _)| program);
            matches!(program, "cd" | "export" | "source" | "." | "set" | "")
        };
        let counts = |command: &str| {
            if led { !shape::prepares(command) && !needed(command) } else { shape::verifies(command) }
        };
        if self.is_service() {
            return true;
        }
        let steps = &mut self.check.steps;
        let Some(last) = steps.iter().rposition(|step| counts(&step.command)) else { return false };
        steps.truncate(last + 1);
        steps.retain(|step| counts(&step.command) || needed(&step.command));
        self.check.span = steps.first().map_or(self.check.span, |step| step.span);
        true
    }

    /// Lays an expectation that stands in a block below the commands on the check.
    pub(super) fn output_block(&mut self, expectation: Stated<Expectation>) {
        // What it prints after the work stands below what it prints before.
        self.refusal = self.refusal.take().filter(|refusal| *refusal != Refusal::Red);
        self.check.output = Some(expectation);
    }

    /// Whether an expectation was laid on it.
    pub(super) fn expects(&self) -> bool {
        self.check.compares_output()
    }

    /// The check under its name. `roots` tell an author's absolute path into the repository from one to elsewhere.
    pub(super) fn finish(
        mut self,
        id: String,
        title: String,
        section: &Arc<str>,
        roots: &mut Roots<'_>,
    ) -> Check {
        let first_command = self.check.steps.first().map_or("", |step| step.command.as_str());
        self.check.title = match title.as_str() {
            "" => shortened(first_command),
            // Nearly all are, and go on as they came.
            line if is_one_line(line) => title,
            long => shortened(long),
        };
        self.check.id = id;
        self.check.section = Arc::clone(section);
        self.settle(roots);
        self.serve();
        keyed::lay_lines(&mut self.check);
        let ordered = self.check.confidence == Confidence::Explicit;
        let steps = self.check.steps.iter().skip(self.judged);
        let commands: Vec<&str> = steps.map(|step| step.command.as_str()).collect();
        let refusal = self.refusal.or_else(|| {
            let refused = commands.iter().find_map(|command| refusal::of_command(command, ordered));
            refused.or_else(|| if ordered { None } else { refusal::unset_variable(&commands) })
        });
        if let Some(refusal) = refusal {
            self.check.kind = Kind::Manual { reason: refusal.to_string() };
        }
        self.check
    }

    /// A check of one command that serves is that of a service, however the command was found: behind a label, in a table,
    /// as an item. It would never end, and so could only fail.
    ///
    /// What the author says to pass, or to exit with a status, ends, whatever its name is; but a server that is said to succeed
    /// does so while it runs, and so does what is said to start without errors.
    fn serve(&mut self) {
        let check = &mut self.check;
        let ([step], false) = (check.steps.as_slice(), self.ends) else { return };
        match (&check.kind, &check.exit_status) {
            (Kind::Background { .. }, Some(status)) if self.judged_by_words => {
                let goes_on = || service::is_server(&step.command) || service::starts(&plain(&check.title));
                if status.value != ExitStatus::Code(0) || !goes_on() {
                    check.kind = Kind::Run;
                }
            }
            (Kind::Run, None) => {
                let output = check.output.as_ref().map(|output| (output.value.text.as_str(), output.span));
                let prose = check.prose.as_ref().map(|prose| (prose.value.as_str(), prose.span));
                let (words, span) = prose.or(output).unwrap_or((step.command.as_str(), step.span));
                // An address has a colon, or is that of a port.
                let listens = prose.is_some() && (words.contains(':') || words.contains("port")) && {
                    let words = plain(words);
                    // What a field expects is first of all what its command finds or prints, and `Background` beside it
                    // says that it serves.
                    service::is_said_to_listen(&words)
                        && (check.found_by != FoundBy::Field || service::is_said_to_start(&words))
                };
                let serves = || !self.judged_by_words && service::serves(&step.command);
                if serves() || (listens && service::may_serve(&step.command)) {
                    check.kind = Kind::Background { ready_when: service::ready(words, &step.command, span) };
                }
            }
            (Kind::Background { .. } | Kind::Manual { .. } | Kind::Run, _) => {}
        }
    }

    /// Turns the place that was named into a directory of the workspace.
    fn settle(&mut self, roots: &mut Roots<'_>) {
        let absolute = |stated: &Stated<String>| match &stated.value {
            path if directory::is_absolute(path) => Some(Place::Absolute(stated.clone())),
            _ => None,
        };
        let explicit = self.check.working_directory.as_ref().and_then(absolute);
        let is_explicit = self.check.working_directory.is_some();
        let place = explicit.or_else(|| self.place.take().filter(|_| !is_explicit));
        match place {
            None | Some(Place::Root) => {}
            Some(Place::Below(path)) => self.check.working_directory = Some(path),
            Some(Place::RootAt(path)) => {
                self.check.notes.push(format!(
                    "`{}` is taken for the root of the repository, as the plan says",
                    path.value
                ));
            }
            Some(Place::Checkout(path)) => {
                self.check.notes.push(format!(
                    "`{}` is taken for the root of the repository, as a path on the author's machine",
                    path.value
                ));
            }
            Some(Place::Absolute(path)) => {
                let Some(below) = roots.below(&path.value, is_explicit) else {
                    self.check.working_directory = Some(path.clone());
                    if !is_explicit && !self.check.steps.is_empty() {
                        self.refusal.get_or_insert(Refusal::Directory(path.value));
                    }
                    return;
                };
                let what = if below.is_empty() {
                    "the root of the repository"
                } else {
                    "a directory of the repository"
                };
                self.check.notes.push(format!("`{}` is taken for {what}, whose name it has", path.value));
                self.check.working_directory =
                    (!below.is_empty()).then(|| Stated::new(below.replace('\\', "/"), path.span));
            }
        }
    }
}

/// The longest title that still fits a line of a report, in characters.
const LONGEST: usize = 160;

/// Whether a title is as it should be: a short line of ASCII with single blanks between its words.
fn is_one_line(title: &str) -> bool {
    let bytes = title.as_bytes();
    bytes.len() <= LONGEST
        && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
        && !bytes.windows(2).any(|pair| pair == b"  ")
        && !title.starts_with(' ')
        && !title.ends_with(' ')
}

/// A title on one line, cut at that length.
pub(super) fn shortened(title: &str) -> String {
    if is_one_line(title) {
        return title.to_owned();
    }
    let mut line = String::with_capacity(title.len().min(LONGEST));
    for word in title.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > LONGEST
            && let Some((end, _)) = line.char_indices().nth(LONGEST)
        {
            line.truncate(line[..end].trim_end().len());
            line.push('…');
            break;
        }
    }
    line
}
