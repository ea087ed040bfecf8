//! The steps of a check as one script, with the way from its bytes back to the plan.

use std::ops::Range;

use crate::document::Span;
use crate::plan::Check;

use super::judge::Link;
use super::shell::Reading;

/// Steps of a check as one script, with the way back to the plan.
pub(super) struct Script<'c> {
    pub(super) check: &'c Check,
    pub(super) text: String,
    /// The first step in `text`.
    first: usize,
    /// Where each step starts in `text`.
    pub(super) starts: Vec<usize>,
    /// It stands in no plan and is only tried, so that nobody reads what is found in it.
    pub(super) tried: bool,
}

impl<'c> Script<'c> {
    pub(super) fn of(check: &'c Check) -> Self {
        let mut text = String::new();
        let mut starts = Vec::with_capacity(check.steps.len());
        for step in &check.steps {
            if !text.is_empty() {
                text.push('\n');
            }
            starts.push(text.len());
            text.push_str(&step.command);
        }
        Self { check, text, first: 0, starts, tried: false }
    }

    /// One step alone.
    pub(super) fn of_step(check: &'c Check, index: usize) -> Self {
        let text = check.steps.get(index).map(|step| step.command.clone()).unwrap_or_default();
        Self { check, text, first: index, starts: vec![0], tried: false }
    }

    /// A text that stands in no plan, tried in the place of the check's.
    pub(super) fn tried(check: &'c Check, text: &str) -> Self {
        Self { check, text: text.to_owned(), first: 0, starts: vec![0], tried: true }
    }

    /// The index in `starts` of the step that holds a byte.
    fn step(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// The place in the plan of a range of the script.
    pub(super) fn place(&self, range: &Range<usize>) -> Span {
        let offset = |offset: usize| {
            let step = self.step(offset);
            self.check.steps.get(self.first + step).map(|found| {
                let inside = offset - self.starts[step];
                found.span_of(inside..inside).start
            })
        };
        match (offset(range.start), offset(range.end.max(range.start))) {
            (Some(start), Some(end)) => Span::new(start, end.max(start)),
            _ => self.check.span,
        }
    }

    /// A range as a link of a chain.
    pub(super) fn link(&self, range: &Range<usize>) -> Link {
        Link { text: self.excerpt(range), span: self.place(range) }
    }

    /// The text of a range on one line, cut where it is long.
    pub(super) fn excerpt(&self, range: &Range<usize>) -> String {
        const LONGEST: usize = 80;
        let text = self.text.get(range.clone()).unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match text.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", &text[..at]),
            None => text,
        }
    }

    pub(super) fn hides_status(&self, reading: &Reading) -> Vec<bool> {
        let mut hides: Vec<bool> = self.check.steps.iter().map(|step| step.pipefail).collect();
        let invocations = || reading.commands.iter().flat_map(|command| &command.invocations);
        let sets_pipefail = invocations().any(|invocation| {
            invocation.program == "set"
                && invocation.words().iter().any(|word| word.text.as_deref() == Some("pipefail"))
        });
        if sets_pipefail {
            return hides;
        }
        for command in reading.commands.iter().filter(|command| command.pipeline.last) {
            let passes_on =
                command.invocations.iter().any(|invocation| PASS_ON.contains(&invocation.program.as_str()));
            if passes_on && let Some(hides) = hides.get_mut(self.step(command.span.start)) {
                *hides = true;
            }
        }
        hides
    }
}

/// Programs that read all of their input and succeed whatever it is, so that a pipeline into them hides a failure.
/// (`head` and `grep -q` stop early, and then the command before them is ended by a signal without having failed.)
const PASS_ON: &[&str] = &["tee", "tail", "cat", "sort", "uniq", "wc", "nl", "tr", "column", "tac"];
