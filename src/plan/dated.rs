//! Days: whether a heading or a text tells when something was done, so that it is a record, or only speaks of a day.
//!
//! A version, a schema and a row have a day in them, too. So where the day stands decides: behind what was done, with no
//! more than "on" between, or apart from the name of what was done.

use std::ops::Range;

use super::lexicon::{CHECK, DONE, EXPECTED};
use super::words::{RUN, SUCCESS, has_word, leads_on, plain, verifies, word_places};

/// Words between what was done and the day.
const ON: &[&str] = phrases! { "on", "at", "am", "em", "le", "el", "il", "del", "в", "от" };

/// Whether a heading such as `Validation ✅` or `Verification (2026-04-21)` says that it was done, or on which day: what must
/// hold has no date. A mark before the name adorns it, and the day of a revision is not that of the validation.
pub(super) fn is_heading_of_once(heading: &str) -> bool {
    /// Words that say what else the day is of.
    const REVISED: &[&str] = &[
        "updated", "revised", "rev", "amended", "added", "target", "due", "by", "until", "as of", "from",
        "after",
    ];
    let done = heading.trim_end_matches(['*', '_', ' ', '\u{fe0f}']).ends_with(['✅', '✓', '✔', '☑']);
    done || (has_date(heading)
        && !has_word(&plain(heading), REVISED)
        && days(heading).any(|day| is_apart(heading, &day)))
}

/// Whether a day in a heading is that of what its name says: in front, at the end or in parentheses, and there part of no
/// other name, as in `Verification of API version 2024-11-05`.
fn is_apart(heading: &str, day: &Range<usize>) -> bool {
    /// What a check is called that was done once.
    const ONCE: &[&str] = &["run", "rerun", "pass", "report", "log", "results", "day"];
    let blanks = ['*', '_', ' ', '#'];
    let before = plain(heading[..day.start].trim_end_matches(blanks));
    let is_time = |word: &str| {
        word.chars().all(|letter| letter.is_ascii_digit() || "月日월일".contains(letter))
            || matches!(word, "utc" | "gmt" | "am" | "pm" | "z")
    };
    let behind = plain(&heading[day.end..]);
    let ends = behind.split(|letter: char| !letter.is_alphanumeric()).all(is_time);
    let in_parentheses = before.rfind(['(', '（']) > before.rfind([')', '）']);
    if before.is_empty() {
        return true;
    }
    let mark = before.chars().next_back().is_some_and(|last| !last.is_alphanumeric());
    let told = || {
        let (own, is_on) = without_on(&before);
        is_on || [ONCE, CHECK, EXPECTED, DONE].iter().any(|words| ends_with_any(own, words))
    };
    (in_parentheses || ends) && (mark || told())
}

/// Whether a text such as "Executed on 2026-08-07: `make test` passed" begins by saying when something was done. A day in
/// code is an argument, and one in the rest of the text may be anything.
pub(super) fn is_text_of_once(words: &str) -> bool {
    /// Words of what is still to be done.
    const DUE: &[&str] = phrases! { "must", "should", "will", "expect", "deve", "debe", "doit", "muss" };
    /// In bytes: what stands further on does not begin the text.
    const LONGEST: usize = 120;
    let start = &words[..words.floor_char_boundary(LONGEST.min(words.len()))];
    let Some(at) = start.find([':', '：', '`']).filter(|at| !start[*at..].starts_with('`')) else {
        return false;
    };
    let lead = &words[..at];
    if was_seen_already(words, lead) {
        return true;
    }
    // Nearly all texts have no number there.
    if !lead.bytes().any(|byte| byte.is_ascii_digit()) || !has_date(lead) {
        return false;
    }
    let lower = plain(lead);
    has_word(&lower, DONE) && !has_word(&lower, DUE) && days(&lower).any(|day| is_when_done(&lower, &day))
}

/// Whether a text leads to what was found out before the plan: "Keep to what was already observed:". To look at it once more
/// is asked for by a verb of its own.
fn was_seen_already(words: &str, lead: &str) -> bool {
    /// What asks for something, so that what was seen once is only told beside it: "already seen in CI, must be gone".
    const ASKS: &[&str] = phrases! { "must", "should", "shall", "expect", "expected", "may", "now", "again", "gone", "longer", "needs" };
    const SEEN: &[&str] = phrases! {
        "already observed", "already seen", "already measured", "already confirmed", "already verified", "previously observed",
    };
    // Most leads have none of these words.
    if !leads_on(words) || lead.len() + 2 < words.trim_end().len() {
        return false;
    }
    let lower = plain(lead);
    !has_word(&lower, ASKS)
        && !has_word(&lower, SUCCESS)
        && word_places(&lower, SEEN)
            .min()
            .is_some_and(|at| !verifies(&lower[..at]) && !has_word(&lower[..at], RUN))
}

/// Whether a day in the lower-case lead of a text is the one on which that was done: right behind the word for it, or first.
fn is_when_done(lower: &str, day: &Range<usize>) -> bool {
    /// The most words that stand between what was done and "on", and between the day and what was done: "ran in CI on".
    const BETWEEN: usize = 3;
    let (before, behind) = (&lower[..day.start], &lower[day.end..]);
    let (own, is_on) = without_on(before);
    if ends_with_any(own, DONE) {
        return true;
    }
    // Scripts without blanks put the day first, and the verb last.
    let joined = |word: &&&str| word.chars().any(|letter| letter > '\u{2e80}');
    let foreign: Vec<&str> = DONE.iter().filter(joined).copied().collect();
    if has_word(lower, &foreign) {
        return true;
    }
    if own.is_empty() {
        return has_word(first_words(behind, BETWEEN), DONE);
    }
    is_on && has_word(last_words(own, BETWEEN + 1), DONE)
}

/// A text without the word for "on" and the marks that it ends with, and whether it had that word.
fn without_on(text: &str) -> (&str, bool) {
    let bare = |text| str::trim_end_matches(text, |letter: char| !letter.is_alphanumeric());
    let own = bare(text);
    let shorter = ON
        .iter()
        .find_map(|word| own.strip_suffix(word).filter(|rest| rest.is_empty() || rest.ends_with(' ')));
    shorter.map_or((own, false), |rest| (bare(rest), true))
}

/// Whether a lower-case text ends with one of some phrases, as a whole word where its script has blanks.
fn ends_with_any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| {
        text.strip_suffix(phrase).is_some_and(|rest| {
            !phrase.is_ascii() || !rest.chars().next_back().is_some_and(char::is_alphanumeric)
        })
    })
}

fn first_words(text: &str, count: usize) -> &str {
    text.trim_start()
        .match_indices(' ')
        .nth(count.saturating_sub(1))
        .map_or(text, |(at, _)| &text[..text.len() - text.trim_start().len() + at])
}

fn last_words(text: &str, count: usize) -> &str {
    text.rmatch_indices(' ').nth(count.saturating_sub(1)).map_or(text, |(at, _)| &text[at..])
}

/// Whether a day stands in a text.
pub(super) fn has_date(text: &str) -> bool {
    days(text).next().is_some()
}

/// Where `2026-04-21`, `2026/4/21`, `21.04.2026` or `2026年` stands in a text.
fn days(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let digits = |part: &str, least: usize, most: usize| {
        (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_day = move |word: &str| {
        let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
        let day = |parts: &[&str]| matches!(parts, [month, day] if digits(month, 1, 2) && digits(day, 1, 2));
        let year = word.split_once(['年', '년']).is_some_and(|(year, _)| digits(year, 4, 4));
        match parts.as_slice() {
            [year, rest @ ..] if digits(year, 4, 4) => day(rest),
            [rest @ .., year] if digits(year, 4, 4) => day(rest),
            _ => year,
        }
    };
    let words = text.split(|character: char| !character.is_alphanumeric() && !"-/.".contains(character));
    words.filter(move |word| is_day(word)).map(|word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        // Where no blank follows the day, its year stands for it.
        start..start + word.find(['年', '년']).map_or(word.len(), |at| at + '年'.len_utf8())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_with_its_own_day_is_a_record() {
        for record in [
            "Validation ✅",
            "Validation (2026-04-21)",
            "Verification Report 2026-04-21",
            "Verification 2026-04-21 13:14 UTC",
            "Validation run on 21.04.2026",
            "Final validation — 2026-04-21",
            "Acceptance (2026年4月)",
            "検証 2026年4月21日",
            "2026-04-21 validation",
            "Deployment (trial verification 2026-06-03)",
        ] {
            assert!(is_heading_of_once(record), "{record}");
        }
        for holds in [
            "✅ Validation",
            "Verification of API version 2024-11-05",
            "Validation (schema 2026-04-21)",
            "Acceptance for 2026-04-21",
            "Acceptance: rows for 2026-04-21 are listed",
            "Validation (updated 2026-04-21)",
        ] {
            assert!(!is_heading_of_once(holds), "{holds}");
        }
    }

    #[test]
    fn a_text_that_begins_with_the_day_of_its_work_is_a_record() {
        for record in [
            "Executed on 2026-08-07: `make a` passed",
            "Ran on 2026-01-02, before the change:",
            "Tests were run 2026-08-07:",
            "Checked (2026-08-07): `make a`",
            "Ran in CI on 2026-08-07: ok",
            "2026-08-07, executed by hand: ok",
            "Am 2026-08-07 ausgeführt: ok",
            "2026-08-07 に実行済: ok",
            "2026年8月7日に実行済み:",
            "2026년 8월 7일 실행 완료:",
            "Executado em 2026-08-07: ok",
        ] {
            assert!(is_text_of_once(record), "{record}");
        }
        for holds in [
            "Fixtures checked against schema 2026-04-21: `make a` prints `ok`",
            "Fixtures checked against a schema (2026-04-21): `make a` prints `ok`",
            "Validated input dates look like 2026-04-21: they must be refused otherwise.",
            "Rows of 2026-04-21 and later are checked: `make a`",
            "The release is verified by 2026-10-01: `make a`",
            "It must be executed on 2026-08-07: `make a`",
            "`make a --on 2026-08-07` was run: ok",
        ] {
            assert!(!is_text_of_once(holds), "{holds}");
        }
    }
}
