//! What a heading means: the lexicon of section names, as data in one place.
//!
//! Names come from the standard schema and from how 462 public `ExecPlan`s are written: 93 % have a validation or
//! acceptance section, under one of 164 spellings.

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionKind {
    /// `Constraints & Safety`
    Constraints,
    /// `Acceptance Criteria`: one check for each criterion.
    Criteria,
    /// `Validation and Acceptance` and its many spellings.
    Validation,
    /// `Milestones`, which holds milestones.
    Milestones,
    /// `Milestone 3: …`
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
            | Self::Milestones
            | Self::Milestone(_)
            | Self::Other => false,
        }
    }
}

/// Names that must be met whole (after [`normalise`]).
const EXACT: &[(&str, SectionKind)] = &[
    ("constraints and safety", SectionKind::Constraints),
    ("constraints", SectionKind::Constraints),
    ("safety and constraints", SectionKind::Constraints),
    ("safety constraints", SectionKind::Constraints),
    ("acceptance criteria", SectionKind::Criteria),
    ("milestones", SectionKind::Milestones),
    ("progress", SectionKind::Progress),
    ("outcomes and retrospective", SectionKind::Outcomes),
    ("outcomes and retrospectives", SectionKind::Outcomes),
    ("outcome and retrospective", SectionKind::Outcomes),
    ("outcomes", SectionKind::Outcomes),
    ("retrospective", SectionKind::Outcomes),
];

/// Words that make a section living or a record, wherever they stand in its name. They win over the check words:
/// `Validation results` holds what was seen once, not what must hold.
const NEVER: &[&str] = &[
    "progress",
    "surprises",
    "surprise",
    "discoveries",
    "decision",
    "decisions",
    "outcomes",
    "outcome",
    "retrospective",
    "artifacts",
    "artefacts",
    "evidence",
    "context",
    "orientation",
    "interfaces",
    "dependencies",
    "idempotence",
    "recovery",
    "rollback",
    "revision",
    "revisions",
    "history",
    "ledger",
    "log",
    "notes",
    "note",
    "results",
    "result",
    "risks",
    "已验证",
    "进度",
    "进展",
    "进捗",
    "決定",
    "发现",
    "発見",
];

/// Words that make a section one that says what must hold. Text of other scripts has no blanks between words and is
/// looked for as a part of the name.
const CHECK: &[&str] = &[
    "validation",
    "validate",
    "verification",
    "verify",
    "acceptance",
    "quality gate",
    "quality gates",
    "review gate",
    "definition of done",
    "done when",
    "success criteria",
    "success bar",
    "exit criteria",
    "test plan",
    "検証",
    "受け入れ条件",
    "完了条件",
    "验证",
    "验收",
    "必跑命令",
    "검증",
    "완료 기준",
    "validación",
    "criterios",
    "валидация",
    "критерии",
];

/// What a heading means. `level` is 1 to 6: a title (level 1) names the plan, so only a whole name counts there.
pub(super) fn kind_of(heading: &str, level: u8) -> SectionKind {
    let name = normalise(heading);
    if let Some((_, kind)) = EXACT.iter().find(|(exact, _)| *exact == name) {
        return *kind;
    }
    if let Some(number) = milestone_number(&name) {
        return SectionKind::Milestone(number);
    }
    if level == 1 && !CHECK.contains(&name.as_str()) {
        return SectionKind::Other;
    }
    if NEVER.iter().any(|word| holds_word(&name, word)) {
        return SectionKind::Never;
    }
    if CHECK.iter().any(|word| holds_word(&name, word)) {
        return SectionKind::Validation;
    }
    // After the checks, so that `Validation constraints` says what must hold, and wide, because rules that are taken
    // for absent are worse than prose that is taken for rules.
    if ["constraint", "constraints", "safety", "guardrails"].iter().any(|word| holds_word(&name, word)) {
        return SectionKind::Constraints;
    }
    SectionKind::Other
}

/// A heading without its case, numbering, emphasis, punctuation, `(MUST)` suffix, and with `&` as `and`.
pub(super) fn normalise(heading: &str) -> String {
    let mut words: Vec<String> = heading
        .replace('&', " and ")
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    while words.last().is_some_and(|word| matches!(word.as_str(), "must" | "should" | "may" | "optional")) {
        words.pop();
    }
    let numbering = |word: &str| {
        word.bytes().all(|byte| byte.is_ascii_digit())
            || (heading.trim_start_matches(['#', ' ']).contains('.')
                && word.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x')))
    };
    let skip = words.iter().take_while(|word| numbering(word)).count();
    if skip < words.len() {
        words.drain(..skip);
    }
    words.join(" ")
}

/// The number in `milestone 3 schema`, `milestone m3`.
fn milestone_number(name: &str) -> Option<u32> {
    let mut words = name.split(' ');
    if words.next() != Some("milestone") {
        return None;
    }
    words.next()?.trim_start_matches('m').parse().ok()
}

fn holds_word(name: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return name.contains(word);
    }
    name.match_indices(word).any(|(at, _)| {
        let before = name[..at].chars().next_back();
        let after = name[at + word.len()..].chars().next();
        before.is_none_or(|character| character == ' ') && after.is_none_or(|character| character == ' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_met_without_case_punctuation_numbering_and_suffix() {
        for spelling in [
            "Constraints & Safety (MUST)",
            "3. Constraints and Safety",
            "**Constraints&Safety**",
            "CONSTRAINTS / SAFETY",
            "Safety Rules and Constraints",
        ] {
            assert_eq!(kind_of(spelling, 2), SectionKind::Constraints, "{spelling}");
        }
        assert_eq!(kind_of("Outcomes & Retrospective (MUST)", 2), SectionKind::Outcomes);
        assert_eq!(kind_of("Acceptance Criteria (MUST)", 2), SectionKind::Criteria);
        assert_eq!(kind_of("VII. Validation and Acceptance", 2), SectionKind::Validation);
        assert_eq!(kind_of("検証と受け入れ", 2), SectionKind::Validation);
    }

    #[test]
    fn a_record_of_a_validation_is_not_a_validation() {
        for record in ["Validation results", "Verification Log", "Validation evidence checklist"] {
            assert_eq!(kind_of(record, 2), SectionKind::Never, "{record}");
        }
    }

    #[test]
    fn milestones_carry_their_number() {
        assert_eq!(kind_of("Milestone 12: Schema", 3), SectionKind::Milestone(12));
        assert_eq!(kind_of("Milestones (SHOULD)", 2), SectionKind::Milestones);
    }

    #[test]
    fn a_title_that_speaks_of_validation_is_a_title() {
        assert_eq!(kind_of("ExecPlan: rework the validation of input", 1), SectionKind::Other);
    }
}
