//! What a heading means.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::dated;
use super::lexicon::{
    AND, ASIDE, CHECK, EVIDENCE, EXACT, EXPECTED, FILLER, GATHERED, Headings, LIST_NOUNS, PARTS, RECORD,
    RULES, STEPS,
};

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionKind {
    /// `Constraints & Safety`
    Constraints,
    /// `Acceptance Criteria`: one check for each criterion.
    Criteria,
    /// `Validation and Acceptance` and its many spellings.
    Validation,
    /// `Concrete Steps`: only what verifies is read.
    Steps,
    /// `Milestones`, which holds milestones.
    Milestones,
    /// `Milestone 3: …`, `Phase 2`, `T4: …`
    Milestone(u32),
    /// `Progress`, which planproof writes to.
    Progress,
    /// `Outcomes & Retrospective`, which planproof writes to.
    Outcomes,
    /// A living section or recorded evidence: never yields a check, nor does anything below it.
    Never,
    /// Anything else; takes its meaning from the heading above it.
    Other,
}

impl SectionKind {
    /// Whether nothing in such a section is ever a check.
    pub fn is_living(self) -> bool {
        match self {
            Self::Progress | Self::Outcomes | Self::Never => true,
            Self::Constraints
            | Self::Criteria
            | Self::Validation
            | Self::Steps
            | Self::Milestones
            | Self::Milestone(_)
            | Self::Other => false,
        }
    }
}

/// What a heading means. `level` is 1 to 6: a title (level 1) names the plan, so only a name that is wholly made of
/// the words of a check counts there.
pub(super) fn kind_of(heading: &str, level: u8, own: &Headings) -> SectionKind {
    let name = normalise(heading);
    // What a project says of its headings comes first.
    let named = |words: &[String]| words.iter().any(|word| holds_word(&name, &normalise(word)));
    if named(&own.never) {
        return SectionKind::Never;
    }
    if named(&own.verification) {
        return SectionKind::Validation;
    }
    if named(&own.steps) {
        return SectionKind::Steps;
    }
    if let Some(kind) = exact(heading, &name) {
        return kind;
    }
    if asks_for_evidence(&name) && !dated::has_date(heading) && !dated::is_heading_of_once(heading) {
        return SectionKind::Validation;
    }
    if let Some((number, rest)) = numbered_part(&name) {
        return if is_only_check(rest) { SectionKind::Validation } else { SectionKind::Milestone(number) };
    }
    if level == 1 && !is_only_check(&name) {
        return SectionKind::Other;
    }
    by_words(&name, heading)
}

/// Whether a heading names a check and, beside it, the evidence of it: `Tests & Evidence`, `Validation und Nachweise`.
///
/// The last noun of `Validation evidence` says that it is evidence: what was seen. Two names joined by "and" are two
/// things, and plans that name the check first give the commands and ask that what they print is kept. Results, notes and
/// logs beside a check stay records: of those only evidence is something that a plan asks for. And a section with such a
/// heading that tells how its checks went is a record all the same ([`super::section`]).
pub(super) fn asks_for_evidence(name: &str) -> bool {
    AND.iter().filter_map(|and| name.split_once(and)).any(|(check, evidence)| {
        let ends = EVIDENCE.iter().filter_map(|word| evidence.strip_prefix(word)).any(|rest| {
            rest.is_empty() || rest.strip_prefix(' ').is_some_and(|rest| begins_with_word(rest, GATHERED))
        });
        ends && (exact(check, check) == Some(SectionKind::Validation) || is_only_check(check))
    })
}

/// Whether a name begins with one of some words.
fn begins_with_word(name: &str, words: &[&str]) -> bool {
    words.contains(&name.split(' ').next().unwrap_or_default())
}

/// "Of" behind the first noun of a name.
const OF: &[&str] =
    phrases! { "de", "del", "du", "des", "dei", "delle", "della", "di", "da", "do", "dos", "das" };

/// The meaning of a name by the words in it.
fn by_words(name: &str, heading: &str) -> SectionKind {
    let check = first_of(name, &CHECK_WORDS);
    let last_word = name.rsplit(' ').next().unwrap_or_default();
    let is_list = check.is_some() && LIST_NOUNS.contains(&last_word);
    let expects = first_of(name, &EXPECTED_NAMES) == Some(0);
    // In Romance languages the first noun says what a thing is, `Validación del resultado`; and how to do something, 確認方法,
    // is no record whatever is looked at.
    let of = name.split(' ').nth(1).is_some_and(|word| OF.contains(&word));
    let is_of_check = check.is_some() && (check == Some(0) && of || name.ends_with("方法"));
    if first_of(name, &RECORD_WORDS).is_some() && !is_list && !expects && !is_of_check {
        return SectionKind::Never;
    }
    if check.is_some_and(|check| is_name_of_check(name, heading, check)) && dated::is_heading_of_once(heading)
    {
        return SectionKind::Never;
    }
    // What stands in parentheses adds to the name: a `Task graph (dependencies)` is a graph of tasks.
    let outside = heading.split_once(['(', '（']).map(|(outside, _)| normalise(outside));
    let outside = outside.filter(|outside| !outside.is_empty());
    let aside = first_of(outside.as_deref().unwrap_or(name), &ASIDE_WORDS);
    match (aside, check) {
        (Some(aside), Some(check)) if aside < check => return SectionKind::Never,
        (_, Some(_)) => return SectionKind::Validation,
        (Some(_), None) => return SectionKind::Never,
        (None, None) => {}
    }
    if holds_word(name, "milestones") {
        return SectionKind::Milestones;
    }
    // After the checks, so that `Validation constraints` says what must hold, and wide, because rules that are taken
    // for absent are worse than prose that is taken for rules.
    if first_of(name, &RULE_WORDS).is_some() {
        return SectionKind::Constraints;
    }
    if first_of(name, &STEP_WORDS).is_some() {
        return SectionKind::Steps;
    }
    SectionKind::Other
}

/// Whether a name is that of a check and of no list: `Final validation`, but neither `Rework the validation` nor a
/// `Validation plan`, which have their days and marks for other reasons. `Deployment (trial verification 2026-06-03)` tells in
/// its parentheses when that was.
fn is_name_of_check(name: &str, heading: &str, check: usize) -> bool {
    let aside = heading.split_once(['(', '（']).map_or("", |(_, aside)| aside);
    let dated = dated::has_date(aside) && first_of(&normalise(aside), &CHECK_WORDS).is_some();
    let first = name[..check].split_whitespace().all(|word| FILLER.contains(&word));
    (first || dated) && !LIST_NOUNS.iter().any(|noun| holds_word(name, noun))
}

/// A name that is met whole; in a heading in two languages, such as `Progress / 進捗`, one of its parts.
fn exact(heading: &str, name: &str) -> Option<SectionKind> {
    let whole = |name: &str| EXACT.iter().find(|(exact, _)| *exact == name).map(|(_, kind)| *kind);
    whole(name).or_else(|| {
        // Only a heading with another script in it can be in two languages.
        if heading.is_ascii() {
            return None;
        }
        let parts = heading.split(['/', '(', ')', '（', '）', '|', '／', '·']).map(normalise);
        let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [one, two] if one.is_ascii() != two.is_ascii() => whole(one).or_else(|| whole(two)),
            _ => None,
        }
    })
}

/// Whether a label such as `Expected result` or `Validation` leads to what must hold, by its words alone.
pub(super) fn label_kind(label: &str) -> SectionKind {
    by_words(&normalise(label), label)
}

/// Whether a label is made of nothing but the words of a check.
pub(super) fn is_check_label(label: &str) -> bool {
    is_only_check(&normalise(label))
}

/// Whether a name is made of the words of a check and of words that say no more.
fn is_only_check(name: &str) -> bool {
    let names = CHECK.iter().chain(EXPECTED);
    // Every label passes here, and nearly all words of the lexicon are longer than it is.
    let names = names.filter(|word| word.len() <= name.len());
    let Some(phrase) = names.filter(|word| holds_word(name, word)).max_by_key(|word| word.len()) else {
        return false;
    };
    let rest = name.replace(phrase, "");
    rest.split_whitespace().all(|word| CHECK.contains(&word) || FILLER.contains(&word))
}

/// A heading without its case, numbering, emphasis, punctuation, `(MUST)` suffix, and with `&` as `and`.
pub(super) fn normalise(heading: &str) -> String {
    let lower = heading.replace('&', " and ").to_lowercase();
    let mut words: Vec<&str> =
        lower.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    while words.last().is_some_and(|word| matches!(*word, "must" | "should" | "may" | "optional")) {
        words.pop();
    }
    let numbering = |word: &str| {
        word.bytes().all(|byte| byte.is_ascii_digit())
            || (heading.trim_start_matches(['#', ' ']).contains('.')
                && word.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x')))
    };
    let skip = words.iter().take_while(|word| numbering(word)).count();
    if skip < words.len() { &words[skip..] } else { &words }.join(" ")
}

/// The title of a text that is wholly bold and begins like a part of the work: `**Step 2: Run the tests**`.
pub(super) fn title_of_part(text: &str) -> Option<&str> {
    let title = text.trim().strip_prefix("**")?.strip_suffix("**")?;
    (!title.contains("**") && numbered_part(&normalise(title)).is_some()).then_some(title)
}

/// The number and the rest of `milestone 3 schema`, `phase 2`, `m3 schema`, `t0 start`, `第` aside.
fn numbered_part(name: &str) -> Option<(u32, &str)> {
    let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
    if PARTS.contains(&first) {
        let (number, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        return Some((part_number(number)?, rest));
    }
    // `M3`, `T0`, `フェーズ3` or `阶段2`, written together.
    let stem = first.trim_end_matches(|character: char| character.is_ascii_digit());
    let known = matches!(stem, "m" | "t" | "p" | "ms" | "ws") || (!stem.is_ascii() && PARTS.contains(&stem));
    known.then(|| part_number(&first[stem.len()..])).flatten().map(|number| (number, rest))
}

/// `3`, `m3`, `3a`, `a`, `iv`: the number of a part.
fn part_number(word: &str) -> Option<u32> {
    let digits = word.trim_start_matches(|character: char| character.is_ascii_alphabetic());
    let end = digits.len() - digits.trim_start_matches(|character: char| character.is_ascii_digit()).len();
    if end > 0 {
        return digits[..end].parse().ok();
    }
    let roman = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];
    if let Some(index) = roman.iter().position(|numeral| *numeral == word) {
        return u32::try_from(index + 1).ok();
    }
    match word.as_bytes() {
        [letter @ b'a'..=b'z'] => Some(u32::from(letter - b'a') + 1),
        _ => None,
    }
}

/// Where the first of some words stands in a name.
///
/// Every heading passes here, so that words are looked up rather than looked for.
fn first_of(name: &str, words: &Words) -> Option<usize> {
    /// The most words that a phrase of the lexicon has.
    const LONGEST: usize = 5;
    let starts: Vec<usize> =
        name.split(' ').map(|word| word.as_ptr() as usize - name.as_ptr() as usize).collect();
    let phrases = starts.iter().enumerate().find(|(index, start)| {
        let ends = starts[index + 1..].iter().map(|next| next - 1).chain(std::iter::once(name.len()));
        ends.take(LONGEST).any(|end| words.spaced.contains(&name[**start..end]))
    });
    let spaced = phrases.map(|(_, start)| *start);
    if name.is_ascii() {
        return spaced;
    }
    let joined = words.joined.iter().filter_map(|word| name.find(word)).min();
    spaced.into_iter().chain(joined).min()
}

/// A list of the lexicon, by how its words are met.
struct Words {
    /// Words of scripts with blanks between them, met as whole words.
    spaced: HashSet<&'static str>,
    /// Words of other scripts, met as a part of the name.
    joined: Vec<&'static str>,
}

impl Words {
    fn new(lists: &[&[&'static str]]) -> Self {
        let all = lists.iter().copied().flatten().copied();
        let (spaced, joined): (Vec<_>, Vec<_>) = all.partition(|word| is_spaced(word));
        Self { spaced: spaced.into_iter().collect(), joined }
    }
}

static CHECK_WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(&[CHECK, EXPECTED]));
static EXPECTED_NAMES: LazyLock<Words> = LazyLock::new(|| Words::new(&[EXPECTED]));
static RECORD_WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(&[RECORD]));
static ASIDE_WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(&[ASIDE]));
static RULE_WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(&[RULES]));
static STEP_WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(&[STEPS]));

/// Whether a word is of a script that separates words.
fn is_spaced(word: &str) -> bool {
    word.chars().all(|character| character.is_ascii() || ('\u{80}'..'\u{530}').contains(&character))
}

/// Whether a name holds a word: as a whole word, or anywhere in a script without blanks between words.
fn holds_word(name: &str, word: &str) -> bool {
    !word.is_empty()
        && name.match_indices(word).any(|(at, _)| {
            let before = name[..at].chars().next_back();
            let after = name[at + word.len()..].chars().next();
            !is_spaced(word)
                || (before.is_none_or(|character| character == ' ')
                    && after.is_none_or(|character| character == ' '))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(heading: &str, level: u8) -> SectionKind {
        kind_of(heading, level, &Headings::default())
    }

    #[test]
    fn a_name_is_met_without_case_punctuation_numbering_and_suffix() {
        for spelling in [
            "Constraints & Safety (MUST)",
            "3. Constraints and Safety",
            "**Constraints&Safety**",
            "CONSTRAINTS / SAFETY",
            "Safety Rules and Constraints",
        ] {
            assert_eq!(kind(spelling, 2), SectionKind::Constraints, "{spelling}");
        }
        assert_eq!(kind("Outcomes & Retrospective (MUST)", 2), SectionKind::Outcomes);
        assert_eq!(kind("Acceptance Criteria (MUST)", 2), SectionKind::Criteria);
        assert_eq!(kind("VII. Validation and Acceptance", 2), SectionKind::Validation);
        assert_eq!(kind("検証と受け入れ", 2), SectionKind::Validation);
    }

    #[test]
    fn a_record_of_a_validation_is_not_a_validation() {
        for record in [
            "Validation results",
            "Verification Log",
            "Validation evidence",
            "验证结果",
            "已验证",
            "Validation ✅",
            "Final validation (2026-04-21)",
            "Verification 21.04.2026",
            "検証 2026年4月21日",
            "SE-002 Verification Report",
            "Deployment (trial verification 2026-06-03)",
        ] {
            assert_eq!(kind(record, 2), SectionKind::Never, "{record}");
        }
        for holds in [
            "✅ Validation",
            "Validation plan (2026-04-21)",
            "Validation (updated 2026-04-21)",
            "Rework of validation 2026-04-21",
            "Validation of release 2026.4",
            "EVIDENCE GATES",
            "期待結果",
        ] {
            assert_eq!(kind(holds, 2), SectionKind::Validation, "{holds}");
        }
    }

    #[test]
    fn milestones_carry_their_number() {
        assert_eq!(kind("Milestone 12: Schema", 3), SectionKind::Milestone(12));
        assert_eq!(kind("Milestones (SHOULD)", 2), SectionKind::Milestones);
    }

    #[test]
    fn a_title_that_speaks_of_validation_is_a_title() {
        assert_eq!(kind("ExecPlan: rework the validation of input", 1), SectionKind::Other);
    }

    #[test]
    fn what_the_last_noun_lists_must_hold() {
        for list in ["Validation evidence checklist", "Acceptance evidence criteria", "Expected results"] {
            assert_eq!(kind(list, 2), SectionKind::Validation, "{list}");
        }
        assert_eq!(kind("Evidence checklist", 2), SectionKind::Never);
    }

    #[test]
    fn no_name_of_what_is_expected_is_a_record() {
        for name in EXPECTED {
            assert_eq!(kind(name, 2), SectionKind::Validation, "{name}");
        }
        for name in super::super::lexicon::EXPECTED_OUTPUT {
            assert_ne!(kind(name, 2), SectionKind::Never, "{name}");
        }
    }

    #[test]
    fn what_explains_wins_only_where_it_stands_first() {
        assert_eq!(kind("Validation, rollback and recovery", 2), SectionKind::Validation);
        assert_eq!(kind("Context of the validation", 2), SectionKind::Never);
    }

    #[test]
    fn parts_of_the_work_are_milestones_unless_they_are_the_validation() {
        assert_eq!(kind("Phase 2: storage", 2), SectionKind::Milestone(2));
        assert_eq!(kind("T0: start", 3), SectionKind::Milestone(0));
        assert_eq!(kind("Stage B – roll out", 3), SectionKind::Milestone(2));
        assert_eq!(kind("Phase 4: Final validation", 2), SectionKind::Validation);
        assert_eq!(kind("Milestone 4: validate user input", 2), SectionKind::Milestone(4));
    }

    #[test]
    fn a_heading_in_two_languages_is_met_by_either() {
        assert_eq!(kind("進捗 (Progress)", 2), SectionKind::Progress);
        assert_eq!(kind("Validation / 検証", 2), SectionKind::Validation);
        assert_eq!(kind("Критерии приёмки", 2), SectionKind::Validation);
        assert_eq!(kind("Criterios de aceptación", 2), SectionKind::Validation);
    }

    #[test]
    fn a_project_names_its_own_headings() {
        let own = Headings {
            verification: vec!["Go / no-go".to_owned()],
            never: vec!["Acceptance".to_owned()],
            ..Headings::default()
        };
        assert_eq!(kind_of("2. Go/No-Go", 2, &own), SectionKind::Validation);
        assert_eq!(kind_of("Acceptance", 2, &own), SectionKind::Never);
    }
}
