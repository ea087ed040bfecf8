//! Where a code span stands in its sentence, and the rule by which that makes it a command.

use crate::document::Span;

use super::found_by::FoundBy;
use super::predicate::Said;
use super::refusal;
use super::shape::{self, Shape};
use super::words::{
    BY, CLAIM, EXPECT, FORBIDDEN, NEGATION, OPTIONAL, RUN, RUN_BEHIND, RUN_NEXT, SUCCESS, VERDICTS, begins,
    has_word, is_optional, plain, rfind_word, says,
};

/// Where a code span stands in its sentence.
pub(super) struct Position<'t> {
    /// The text between the span before and this one.
    pub(super) before: &'t str,
    /// The end of `before` from the start of the sentence on, plain.
    pub(super) sentence: String,
    /// The text between this one and the next, plain, up to the end of the sentence.
    pub(super) after: String,
    /// The text that holds the predicate of this span and of those that it is joined to.
    pub(super) predicate: String,
    pub(super) is_first: bool,
}

impl<'t> Position<'t> {
    pub(super) fn new(before: &'t str, after: &str, predicate: &str, is_first: bool) -> Self {
        /// The most of a predicate that is looked at, in bytes, since a long list shares one.
        const LONGEST: usize = 400;
        let start = before.rfind(". ").map_or(0, |at| at + 2);
        let end = |text: &str| {
            let end = text.find(". ").map_or(text.len(), |at| at + 1);
            text.floor_char_boundary(end.min(LONGEST))
        };
        let (after, predicate) = (plain(&after[..end(after)]), plain(&predicate[..end(predicate)]));
        Self { before, sentence: plain(&before[start..]), after, predicate, is_first }
    }

    fn last_of(&self, words: &[&str]) -> Option<usize> {
        words.iter().filter_map(|word| rfind_word(&self.sentence, word)).max()
    }

    pub(super) fn is_expectation(&self) -> bool {
        match (self.last_of(EXPECT), self.last_of(RUN)) {
            (Some(expect), Some(run)) => expect > run,
            // "The output of `x`" names a command.
            (Some(_), None) => !self.sentence.trim_end().ends_with(" of"),
            (None, _) => false,
        }
    }

    pub(super) fn is_negated(&self) -> bool {
        says(&self.sentence, NEGATION) || says(&self.after, FORBIDDEN)
    }

    pub(super) fn is_recorded(&self) -> bool {
        let after = self.after.trim_start_matches(['*', '_', ' ', '`']);
        let told = || {
            [&self.sentence, &self.after]
                .into_iter()
                .any(|text| has_word(text, &["expect", "should", "must"]))
        };
        let past = VERDICTS
            .iter()
            .any(|verdict| self.after.trim_start().starts_with(verdict) || self.after.starts_with(verdict))
            || [
                "passed",
                "succeeded",
                "completed with",
                "completed without",
                "was green",
                "were green",
                "reported ",
                "returned ",
                "exited ",
            ]
            .iter()
            .any(|verb| after.starts_with(verb));
        let began = begins(
            &self.sentence,
            phrases! {
                "ran ", "re-ran ", "executed ", "already ran ", "confirmed ", "validated with ",
                "verified with ", "verified by ",
            },
        );
        (past && !told()) || began
    }

    /// "If available", "ideally", "or": wanted only where it can be had, or in the place of another.
    pub(super) fn is_optional(&self) -> bool {
        let near = self.after.get(..self.after.floor_char_boundary(40)).unwrap_or_default();
        let last = self.sentence.trim_end_matches([' ', '(', ',']);
        is_optional(near)
            || ["ideally", "optionally", "optional:", "optional", "preferably", " or", "(or"]
                .iter()
                .any(|word| last.ends_with(word))
            || last == "or"
            || ["if available", "optionally", "optional"]
                .iter()
                .any(|word| self.sentence.trim_start().starts_with(word))
            || (self.sentence.trim_start().starts_with("if ") && is_optional(&self.sentence))
    }

    /// Whether a word follows that neither joins, nor says what the command does or when.
    fn goes_on_otherwise(&self) -> bool {
        let next = self.after.trim_start().split([' ', ',', '.']).next().unwrap_or_default();
        // "`dark mode` is on" names a thing, as "`personal notes` は" does; "`cove doctor` is green" and "`cove doctor` が
        // 通る" say how a command ends.
        let ends = has_word(&self.after, SUCCESS) || says(&self.after, RUN_BEHIND);
        let named = matches!(next, "is" | "has" | "are" | "was")
            || next.chars().next().is_some_and(|letter| letter.is_alphabetic() && !letter.is_ascii());
        if named {
            return !ends;
        }
        let verb =
            next.ends_with('s') || has_word(next, SUCCESS) || has_word(next, CLAIM) || has_word(next, EXPECT);
        next.chars().next().is_some_and(|letter| letter.is_ascii_alphabetic())
            && !verb
            && !matches!(
                next,
                "and"
                    | "or"
                    | "in"
                    | "from"
                    | "to"
                    | "with"
                    | "on"
                    | "at"
                    | "then"
                    | "after"
                    | "before"
                    | "for"
                    | "when"
                    | "exit"
                    | "all"
            )
    }

    /// Whether the sentence starts something that goes on.
    pub(super) fn starts_service(&self, command: &str) -> bool {
        let starts = ["start", "launch", "boot", "spin up", "bring up", "serve"];
        let things = [
            "server",
            "service",
            "daemon",
            "backend",
            "frontend",
            "app",
            "api",
            "ui",
            "dashboard",
            "proxy",
            "worker",
            "site",
        ];
        refusal::serves(command)
            || (has_word(&self.sentence, &starts)
                && has_word(&self.sentence, &things)
                && !shape::verifies(command)
                && !command.contains(" build"))
    }

    /// The rule by which the span is a command, if it is one.
    pub(super) fn rule(
        &self,
        shape: Shape,
        text: &str,
        after_command: bool,
        ordered: bool,
    ) -> Option<FoundBy> {
        let familiar = shape == Shape::Program || (shape == Shape::Words && shape::is_familiar(text));
        let words = shape == Shape::Words;
        let any = shape != Shape::None;
        let bare = self.sentence.trim();
        let bare = bare.trim_end_matches(['*', '_', ' ']);
        if self.is_first {
            // One word at the start is a program only where it is one that everybody knows.
            // Nor are several words of which nobody knows the first, unless they stand alone, or something is said of
            // them at once: "`feature flag` off keeps the page" names a thing.
            let plain_words = words && !familiar && !shape::has_flag(text) && !text.contains(['/', '.', '=']);
            return (ordered || familiar || (words && !(plain_words && self.goes_on_otherwise())))
                .then_some(FoundBy::LeadingSpan);
        }
        if after_command && joins(self.sentence.trim()) && (ordered || words || familiar) {
            return Some(FoundBy::JoinedSpan);
        }
        let articles = [
            "the",
            "a",
            "an",
            "full",
            "whole",
            "all",
            "both",
            "following",
            "complete",
            "standard",
            "local",
            "entire",
        ];
        let last_words =
            bare.trim_end_matches([':', ' ', '(']).rsplit([' ', '(']).filter(|word| !articles.contains(word));
        let near = |list: &[&str], reach: usize| {
            last_words.clone().take(reach).any(|word| list.contains(&word))
                || list.iter().any(|word| !word.is_ascii() && bare.contains(word))
        };
        // One word is a program only right behind the word; with arguments, a few words may stand between.
        let run = near(RUN, if words { 4 } else { 1 }) || near(RUN_NEXT, 1);
        if any && run {
            return Some(FoundBy::RunWordSpan);
        }
        let arrow =
            (bare.ends_with("->") && !bare.ends_with("-->")) || bare.ends_with("=>") || bare.ends_with('→');
        if (arrow || bare.ends_with([':', '：', '—', '–'])) && (words || familiar) {
            return Some(FoundBy::IntroducedSpan);
        }
        let flagged = words && shape::has_flag(text);
        if near(BY, 4) && words && (familiar || flagged || shape::verifies(text)) {
            return Some(FoundBy::RunWordSpan);
        }
        // A known program with arguments, or any with a flag, of which something is said: "All tests (`mix test`) pass".
        let said = has_word(&self.predicate, SUCCESS)
            || !Said::of(&self.predicate, Span::default(), text).is_silent();
        ((familiar && words || flagged) && (said || bare.ends_with('('))).then_some(FoundBy::ShapedSpan)
    }
}

/// Whether a text is only a comma or a conjunction.
pub(super) fn joins(bare: &str) -> bool {
    matches!(
        bare,
        "," | "and"
            | ", and"
            | "then"
            | ", then"
            | "and then"
            | ", and then"
            | ";"
            | "&"
            | "+"
            | ""
            | "、"
            | "と"
            | "和"
            | "，"
            | "y"
            | "и"
            | "/"
            | "or"
            | ", or"
            | "and/or"
            | "plus"
            | ", plus"
            | "(or"
            | "(and"
            | "and ideally"
            | "(and ideally"
            | "and optionally"
            | ", or ideally"
    ) || OPTIONAL.iter().any(|word| {
        bare.trim_matches(['(', ' ', ','])
            .strip_prefix(word)
            .is_some_and(|rest| rest.trim_start_matches(')').trim() == "and")
    })
}
