//! Steps of a plan: what their titles say of them, `Run:` with what is expected below it, and what of all they run counts.

use super::check::Confidence;
use super::draft::{Draft, shortened};
use super::extract::{Open, Reader};
use super::field::{Field, FieldName};
use super::found_by::FoundBy;
use super::heading;
use super::inline::{self, InlineCommand, Trust};
use super::text::Text;
use super::words::{begins, plain, says, verifies};
use super::zone::Zone;
use super::{script, shape};

/// Whether the words before a block in a section of steps speak of verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    Verifying,
    Silent,
    /// `Run:` in a section about something else: only with what is expected right below it, it is a check.
    Ordered,
}

/// Words that the title of a step begins with which makes something.
const MAKES: &[&str] = phrases! {
    "implement", "add", "write", "create", "update", "replace", "document", "extend", "refactor", "fix", "wire", "define",
    "introduce", "move", "rename", "remove", "delete", "install", "configure", "commit",
    "make", "push", "tag", "merge", "publish",
};
/// Words behind "and" of a step that makes something and then tries it.
const TRIES: &[&str] = phrases! { "run", "verify", "validate", "check", "confirm", "test", "rerun", "re-run", "make sure", "ensure" };

/// What the title of a step says whose test was only just written: it fails until a later step does the work.
const FAILS_YET: &[&str] = phrases! {
    "verify it fails", "verify they fail", "verify that it fails", "verify that they fail", "confirm it fails",
    "confirm they fail", "confirm that it fails", "confirm that they fail", "see it fail", "see them fail", "watch it fail",
    "watch them fail", "make sure it fails", "make sure they fail", "ensure it fails", "ensure they fail", "失敗することを確認",
    "失敗を確認", "确认失败", "验证失败", "실패 확인", "실패를 확인",
};
/// What such a title ends with; "confirm failure messages" is of something else.
const FAILURE_ENDS: &[&str] = phrases! {
    "verify failure", "verify the failure", "confirm failure", "confirm the failure", "expect failure", "expect a failure",
    "expect fail", "expected to fail", "verify red", "confirm red", "expect red", "expected red", "expected red result",
};

impl Reader<'_, '_, '_> {
    /// Whether the words before the text or block that is read speak of verification.
    pub(super) fn is_led(&self) -> bool {
        let words = |words: &str| verifies(&plain(words));
        let led = self.item_verifies || self.heading_verifies || words(&self.lead_in) || words(&self.step);
        led && !self.makes()
    }

    /// Whether a text is the title of a step, `**Step 2: Run the tests**`, which speaks of all that stands up to the next.
    pub(super) fn is_step(&mut self, text: &str) -> bool {
        let Some(title) = heading::title_of_part(text) else { return false };
        self.step = shortened(title);
        self.step_fails = fails_yet(&plain(title));
        true
    }

    /// Whether the step that is read makes something, such as "Step 3: Implement the validation", whatever else it names.
    pub(super) fn makes(&self) -> bool {
        let title = self.step.split_once([':', '：', '-', '—']).map_or("", |(_, title)| title.trim());
        let first = title.split(' ').next().unwrap_or_default();
        let tries = || {
            begins(&plain(title), &["make sure"])
                || title.split_once(" and ").is_some_and(|(_, then)| begins(&plain(then), TRIES))
        };
        MAKES.iter().any(|word| first.eq_ignore_ascii_case(word)) && !tries()
    }

    /// Whether what is ordered here is to be done: in a section about something else only where it is a task by its heading
    /// or has titles of steps. What is forbidden, set aside, or told of the past has orders in it, too.
    pub(super) fn takes_orders(&self) -> bool {
        self.zone != Zone::Fields || self.is_task || !self.step.is_empty()
    }

    /// The value of `Run:` where a section says what to do or anything else: what is expected below it makes a check of it
    /// whatever it runs. False where it holds no command.
    pub(super) fn ordered(&mut self, text: &Text<'_>) -> bool {
        if self.zone == Zone::Recorded || !self.takes_orders() {
            return true;
        }
        let words = self.words(text.lines);
        let led = self.zone == Zone::Verifies && self.is_led();
        let place = self.place_of(text.lines, text.code);
        if let [line] = text.lines
            && text.code.is_empty()
            && shape::is_command_line(&words)
        {
            let mut draft = Draft::steps(vec![script::one_step(&words, *line)], FoundBy::BareItem);
            draft.runs_in(place.as_ref());
            self.begin_step(draft, String::new(), self.lead());
            return true;
        }
        let commands = inline::commands(self.document, text.lines, text.code, Trust::Inferred);
        let found = !commands.is_empty();
        let (lead, elsewhere) = (self.lead(), self.zone == Zone::Fields);
        self.inline(commands, &words, place.as_ref(), |command| {
            lead.filter(|_| elsewhere || !counts_among_steps(command, led))
        });
        found
    }

    /// How much the words around a command make of it, where the section itself makes no check of it.
    pub(super) fn lead(&self) -> Option<Lead> {
        match self.zone {
            // What a step writes may look like commands: only what is expected of them tells.
            Zone::Verifies if self.makes() => Some(Lead::Ordered),
            Zone::Verifies if self.is_led() => Some(Lead::Verifying),
            Zone::Verifies => Some(Lead::Silent),
            Zone::Fields => Some(Lead::Ordered),
            Zone::Holds | Zone::Recorded => None,
        }
    }

    /// Begins a check that counts only as far as `lead` lets it. A step that is said to fail as yet proves nothing later.
    pub(super) fn begin_step(&mut self, mut draft: Draft, title: String, lead: Option<Lead>) {
        let among_steps = self.zone != Zone::Holds;
        if among_steps && (self.step_fails || self.heading_fails) {
            draft.fails_before();
        }
        // It is no check by where it stands, but by the label before it.
        if self.zone == Zone::Fields {
            draft.check.found_by = FoundBy::Label;
            draft.check.confidence = Confidence::Inferred;
        }
        // "Run:" tells less than the title of its step.
        let title = if self.step.is_empty() || !among_steps { title } else { self.step.clone() };
        self.begin(draft, title);
        if let Some(open) = &mut self.open {
            open.tentative = lead;
        }
    }

    /// Whether the open check is one only with what is expected right below it, and nothing was said yet.
    pub(super) fn awaits_expectation(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.tentative == Some(Lead::Ordered) && !open.draft.is_told())
    }

    /// Whether a field says what is expected of the order right above it, and not of a command below.
    pub(super) fn is_of_order(&self, field: &Field<'_>) -> bool {
        let waits = |open: &Open| open.tentative.is_some() && !open.draft.is_told();
        field.name == FieldName::ExpectedOutput && self.open.as_ref().is_some_and(waits)
    }

    /// Whether a block that is read now may hold commands: not among records, and elsewhere only right below `Run:`.
    pub(super) fn reads_blocks(&self) -> bool {
        match self.zone {
            Zone::Holds | Zone::Verifies => true,
            Zone::Fields => self.below_run && self.takes_orders(),
            Zone::Recorded => false,
        }
    }
}

/// Whether a heading, in lower case, is that of a task.
pub(super) fn is_task(heading: &str) -> bool {
    const TASKS: &[&str] = phrases! {
        "task", "step", "phase", "stage", "increment", "slice", "iteration", "implementation", "work item", "タスク", "ステップ",
        "任务", "步骤", "阶段", "작업", "단계", "tarea", "paso", "fase", "tâche", "étape", "aufgabe", "schritt", "задача", "шаг",
        "этап",
    };
    let name = heading
        .trim_start_matches(|sign: char| sign.is_ascii_digit() || sign.is_ascii_punctuation() || sign == ' ');
    begins(name, TASKS)
}

/// Whether a command among steps counts: it verifies, or something is expected of it.
pub(super) fn counts_among_steps(command: &InlineCommand<'_>, led: bool) -> bool {
    // What sets up below "Create the test stubs" verifies nothing.
    let led = led && !shape::edits(&command.code.text);
    command.verifies || led || command.said.is_compared() || command.service.is_some()
}

/// Whether a title, in lower case, says that what its step runs fails as yet.
pub(super) fn fails_yet(title: &str) -> bool {
    let end = title.trim_end_matches(|mark: char| !mark.is_alphanumeric());
    says(title, FAILS_YET) || FAILURE_ENDS.iter().any(|words| end.ends_with(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_tells_of_a_test_that_fails_as_yet() {
        for title in [
            "run the test to verify it fails",
            "run the core tests and verify red",
            "run it (expect failure)",
        ] {
            assert!(fails_yet(title), "{title}");
        }
        for title in
            ["confirm failure messages are short", "verify red borders", "run the test to verify it passes"]
        {
            assert!(!fails_yet(title), "{title}");
        }
    }
}
