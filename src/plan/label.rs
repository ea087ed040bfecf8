//! Labels at the start of a line: the fields of the standard schema, and the words by which plans lead to what must
//! hold or to what was seen.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::lexicon::{EXPECTED, EXPECTED_OUTPUT};

/// The fields that the standard schema knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldName {
    /// The commands that verify.
    Verification,
    /// What they must print.
    ExpectedOutput,
    /// What they must print to stderr.
    ExpectedStderr,
    /// The exit status they must end with.
    ExpectedExitCode,
    /// What they must not print.
    MustNotOutput,
    /// Where they run.
    WorkingDirectory,
    /// How long they may take.
    Timeout,
    /// Whether the command serves until it is stopped.
    Background,
    /// What tells that a background command is ready.
    ReadyWhen,
    /// What a milestone leaves behind.
    Deliverables,
    /// Where a plan may write.
    AllowedDirectories,
    /// What a plan must not do.
    ForbiddenOperations,
    /// What a plan may do.
    AllowedOperations,
    /// How a plan may deploy.
    Deployment,
    /// How a plan handles secrets.
    Secrets,
    /// What a plan may reach.
    Network,
}

/// What a label says of what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A field of the standard schema.
    Field(FieldName),
    /// What must hold: commands or criteria. `sure` where the word itself speaks of verification, so that it is met in
    /// any section; `Run:` stands before any command.
    Check { sure: bool },
    /// What was seen or done once.
    Record,
}

const CHECK: Meaning = Meaning::Check { sure: true };
const RUN: Meaning = Meaning::Check { sure: false };

/// Labels in their spellings, lower case.
const LABELS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Field(FieldName::Verification),
        phrases! {
            "verification", "verifications", "verify", "verify by", "verify with", "verified by",
            "how to verify", "command", "commands", "commands to verify", "command to verify",
            "verification command", "verification commands", "検証", "验证", "검증",
        },
    ),
    (
        CHECK,
        phrases! {
            "validation", "validations", "validate", "validation command", "validation commands",
            "validation steps", "verification steps", "proof", "proof command", "proof commands",
            "test command", "test commands", "tests to run", "acceptance", "acceptance criteria",
            "acceptance criterion", "acceptance check", "acceptance checks", "acceptance command",
            "done when", "definition of done", "success criteria", "success indicators",
            "expected success indicators", "exit criteria", "exit gate", "quality gate", "quality gates",
            "gate", "gates", "smoke test", "smoke tests", "検証コマンド", "検証方法", "確認", "確認コマンド", "受け入れ条件",
            "受け入れ基準", "完了条件", "验证命令", "验证方式", "验收", "验收标准", "完成标准", "검증 명령", "완료 기준", "완료 조건", "validación",
            "aceptación", "criterios de aceptación", "проверка", "критерии приёмки", "критерии приемки",
        },
    ),
    (
        RUN,
        phrases! {
            "run", "then run", "commands to run", "run command", "run commands", "test", "tests", "check",
            "checks", "automated checks", "automated", "必跑命令", "命令", "コマンド", "実行", "运行", "명령", "실행",
            "comando", "comandos", "команда", "команды",
        },
    ),
    (
        Meaning::Record,
        phrases! {
            "result", "results", "observed", "observed result", "observed results", "observed output",
            "actual", "actual output", "actual result", "evidence", "validation performed",
            "validation results", "verification results", "recorded output", "recorded results", "status",
            "observed outputs", "actual outputs", "recorded outputs", "known failures", "known issues",
            "known limitations", "known/pre-existing", "known pre-existing failures", "pre-existing failures",
            "pre-existing issues", "pre-existing", "preexisting failures", "log", "notes", "note", "结果", "結果", "实行结果", "実行結果", "已验证", "证据", "証拠", "결과", "증거", "resultado",
            "resultados", "результат", "результаты",
        },
    ),
    (Meaning::Field(FieldName::ExpectedOutput), EXPECTED),
    (Meaning::Field(FieldName::ExpectedOutput), EXPECTED_OUTPUT),
    (
        Meaning::Field(FieldName::ExpectedOutput),
        // Headings of those names keep a record, or hold criteria of their own.
        phrases! {
            "expected transcript", "expected log", "expected logs", "期待ログ", "pass condition", "pass criteria",
            "pass criterion", "passes when", "success condition",
        },
    ),
    (Meaning::Field(FieldName::ExpectedStderr), &["expected stderr", "expected error output"]),
    (
        Meaning::Field(FieldName::ExpectedExitCode),
        &["expected exit code", "expected exit status", "exit code", "exit status"],
    ),
    (Meaning::Field(FieldName::MustNotOutput), &["must not output", "must not print", "must not contain"]),
    (
        Meaning::Field(FieldName::WorkingDirectory),
        phrases! {
            "working directory", "working dir", "workdir", "cwd", "run from", "directory", "作業ディレクトリ",
            "工作目录", "작업 디렉터리",
        },
    ),
    (Meaning::Field(FieldName::Timeout), &["timeout", "time limit"]),
    (Meaning::Field(FieldName::Background), &["background"]),
    (Meaning::Field(FieldName::ReadyWhen), &["ready when"]),
    (Meaning::Field(FieldName::Deliverables), &["deliverables", "deliverable"]),
    (
        Meaning::Field(FieldName::AllowedDirectories),
        &["allowed directories", "allowed directory", "allowed paths"],
    ),
    (
        Meaning::Field(FieldName::ForbiddenOperations),
        &["forbidden operations", "forbidden operation", "forbidden"],
    ),
    (Meaning::Field(FieldName::AllowedOperations), &["allowed operations"]),
    (Meaning::Field(FieldName::Deployment), &["deployment", "deployments"]),
    (Meaning::Field(FieldName::Secrets), &["secrets", "secret"]),
    (Meaning::Field(FieldName::Network), &["network", "network access"]),
];

/// What each spelling means. Every line of every section that could begin with a label is looked up here.
static MEANINGS: LazyLock<FxHashMap<&str, Meaning>> = LazyLock::new(|| {
    let spelled = |(meaning, spellings): &(Meaning, &'static [&'static str])| {
        let meaning = *meaning;
        spellings.iter().map(move |spelling| (*spelling, meaning))
    };
    LABELS.iter().flat_map(spelled).collect()
});

impl FieldName {
    /// Whether it speaks of the command of a check.
    pub(super) fn is_of_a_check(self) -> bool {
        match self {
            Self::Verification
            | Self::ExpectedOutput
            | Self::ExpectedStderr
            | Self::ExpectedExitCode
            | Self::MustNotOutput
            | Self::WorkingDirectory
            | Self::Timeout
            | Self::Background
            | Self::ReadyWhen => true,
            Self::Deliverables
            | Self::AllowedDirectories
            | Self::ForbiddenOperations
            | Self::AllowedOperations
            | Self::Deployment
            | Self::Secrets
            | Self::Network => false,
        }
    }

    /// Whether it is a rule of the constraints.
    pub(super) fn is_of_rules(self) -> bool {
        !self.is_of_a_check() && self != Self::Deliverables
    }

    /// Whether the value is one word or number, so that text below it is not part of it.
    pub(super) fn is_one_line(self) -> bool {
        match self {
            Self::ExpectedExitCode | Self::WorkingDirectory | Self::Timeout | Self::Background => true,
            Self::Verification
            | Self::ExpectedOutput
            | Self::ExpectedStderr
            | Self::MustNotOutput
            | Self::ReadyWhen
            | Self::Deliverables
            | Self::AllowedDirectories
            | Self::ForbiddenOperations
            | Self::AllowedOperations
            | Self::Deployment
            | Self::Secrets
            | Self::Network => false,
        }
    }
}

/// A label at the start of a line, with offsets into the line.
pub(super) struct Label {
    pub meaning: Meaning,
    /// What stands in parentheses after the name, such as `regex`.
    pub qualifier: Option<String>,
    pub name_start: usize,
    pub name_end: usize,
    pub value_start: usize,
}

/// The field that a heading names, such as `### Forbidden Operations`.
pub(super) fn named_by(heading: &str) -> Option<FieldName> {
    match label(&format!("{heading}:"))?.meaning {
        Meaning::Field(name) => Some(name),
        Meaning::Check { .. } | Meaning::Record => None,
    }
}

/// Reads `Label:`, `**Label**:`, `**Label:**`, `**Label** —` or `Label (word):` at the start of a line.
///
/// Every line of every section passes here: nothing is allocated for one without a colon.
pub(super) fn label(line: &str) -> Option<Label> {
    /// Longest label with its qualifier that is looked for, in bytes.
    const LONGEST: usize = 80;
    if line.starts_with("**")
        && let Some(label) = run_in(line)
    {
        return Some(label);
    }
    let limit = line.floor_char_boundary(LONGEST.min(line.len()));
    // The lead bytes of `：`, and of `—` and `–`.
    let bytes = &line.as_bytes()[..limit];
    let (colon, mark) = memchr::memchr3_iter(b':', 0xEF, 0xE2, bytes).find_map(|at| {
        let mark = line[at..].chars().next()?;
        matches!(mark, ':' | '：' | '—' | '–').then_some((at, mark))
    })?;
    let name_start = line.len() - line.trim_start_matches(['*', '_', ' ']).len();
    let raw = line.get(name_start..colon)?;
    if raw.contains('`') {
        return None;
    }
    let (raw_name, qualifier) = raw.split_once('(').map_or((raw, None), |(name, rest)| (name, Some(rest)));
    let clean = raw_name.trim_matches(['*', '_', ' ']);
    let name = plain_name(clean);
    let meaning = MEANINGS.get(name.as_str()).copied().or_else(|| by_first_words(&name))?;
    let qualifier = qualifier.map(|rest| rest.trim_end_matches(['*', '_', ' ', ')']).trim().to_lowercase());
    let qualifier = qualifier.filter(|qualifier| !is_part_of_a_project(&name, qualifier));
    // "Validate (optional):" says more than its name, and is read as the title that it is.
    let optional = qualifier.as_deref().is_some_and(|qualifier| qualifier.starts_with("optional"));
    if optional && matches!(meaning, Meaning::Check { .. }) {
        return None;
    }
    let rest = &line[colon + mark.len_utf8()..];
    // The marks that close `**Label:**` belong to the label; emphasis of the value itself opens after a blank.
    let value = rest.trim_start_matches(['*', '_']).trim_start();
    Some(Label {
        meaning,
        qualifier,
        name_start,
        name_end: name_start + raw_name.trim_end_matches(['*', '_', ' ']).len(),
        value_start: line.len() - value.len(),
    })
}

/// The meaning of a label that says more than one of the list: `Command backend:`, `Expected output after the change:`.
fn by_first_words(name: &str) -> Option<Meaning> {
    /// What may follow the noun of an expectation and only say when or where it is due.
    const MORE: [&str; 9] = ["after", "before", "on", "in", "for", "when", "from", "once", "with"];
    let starts = ["command ", "expected ", "go/no-go"];
    // Every line with a colon passes here.
    if !(starts.iter().any(|start| name.starts_with(start)) || name.ends_with(" command")) {
        return None;
    }
    let words: Vec<&str> = name.split(' ').take(8).collect();
    match words.as_slice() {
        ["go/no-go", ..] => Some(CHECK),
        [COMMAND, part] | [COMMAND, part, _] if is_part(part) => {
            Some(Meaning::Field(FieldName::Verification))
        }
        [part, COMMAND] | [_, part, COMMAND] if is_part(part) => {
            Some(Meaning::Field(FieldName::Verification))
        }
        ["expected", rest @ ..] if rest.len() < 7 => {
            let nouns = ["output", "result", "results", "outcome", "observation", "response"];
            let noun = rest.iter().take(2).position(|word| nouns.contains(word))?;
            let before_the_work = rest.contains(&"before");
            let more = rest.get(noun + 1)?;
            (MORE.contains(more) && !before_the_work).then_some(Meaning::Field(FieldName::ExpectedOutput))
        }
        _ => None,
    }
}

/// The word of a label before its command.
const COMMAND: &str = "command";

/// Whether a word names a part of a project that has commands of its own.
fn is_part(word: &str) -> bool {
    const PARTS: &[&str] = phrases! {
        "backend", "frontend", "web", "api", "server", "client", "app", "mobile", "ios", "android", "build", "lint", "test",
        "tests", "unit", "e2e", "integration", "format", "typecheck", "docs", "cli",
    };
    PARTS.contains(&word)
}

/// Whether the words in parentheses behind `Command` name such a part, and say nothing of how it is done.
fn is_part_of_a_project(name: &str, qualifier: &str) -> bool {
    matches!(name, "command" | "commands") && qualifier.split([' ', '/', '-']).all(is_part)
}

/// Reads `**Label.**`, a heading on the first line of its text, as books have them.
///
/// Sentences follow it, of which none is a value as it stands. So only what leads to something counts, and what speaks
/// of verification leads to what must hold, by the rules for sentences.
fn run_in(line: &str) -> Option<Label> {
    const MARK: &str = "**";
    let rest = line.strip_prefix(MARK)?;
    let end = memchr::memmem::find(rest.as_bytes(), MARK.as_bytes())?;
    let name = rest[..end].strip_suffix(['.', '。'])?;
    let meaning = match *MEANINGS.get(plain_name(name).as_str())? {
        Meaning::Field(FieldName::Verification) => CHECK,
        Meaning::Field(_) => return None,
        meaning @ (Meaning::Check { .. } | Meaning::Record) => meaning,
    };
    let value = rest[end + MARK.len()..].trim_start();
    Some(Label {
        meaning,
        qualifier: None,
        name_start: MARK.len(),
        name_end: MARK.len() + name.len(),
        value_start: line.len() - value.len(),
    })
}

/// A name without its case, and with one blank between its words.
fn plain_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.push_str(word);
    }
    if plain.is_ascii() {
        plain.make_ascii_lowercase();
        return plain;
    }
    plain.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_met_in_every_emphasis() {
        for line in [
            "Expected Output: `x`",
            "**Expected Output**: `x`",
            "**Expected output:** `x`",
            "_expected  output_: `x`",
        ] {
            let label = label(line).unwrap();
            assert_eq!(label.meaning, Meaning::Field(FieldName::ExpectedOutput), "{line}");
            assert_eq!(&line[label.value_start..], "`x`", "{line}");
        }
        assert_eq!(label("Expected Output (Regex): `x`").unwrap().qualifier.as_deref(), Some("regex"));
        assert!(label("Expected that nothing: it works").is_none());
        assert!(label("`Verify: x`").is_none());
    }

    #[test]
    fn a_heading_on_the_line_of_its_text_is_a_label() {
        let label = |line| label(line).map(|label| (label.meaning, label.value_start));
        assert_eq!(label("**Verification.** Run:"), Some((CHECK, 18)));
        assert_eq!(label("**Result.** Passed."), Some((Meaning::Record, 12)));
        for prose in
            ["**Directory.** It is `src`.", "**Verification** is hard.", "**Verify.", "Verification. Run:"]
        {
            assert_eq!(label(prose), None, "{prose}");
        }
    }

    #[test]
    fn labels_of_other_words_and_languages_lead_to_checks_and_records() {
        for line in [
            "validation: make test",
            "**Acceptance**：",
            "受け入れ条件：動く",
            "Критерии приёмки: x",
            "ВАЛИДАЦИЯ",
        ] {
            let meaning = label(line).map(|label| label.meaning);
            assert!(meaning == Some(CHECK) || line == "ВАЛИДАЦИЯ", "{line}");
        }
        assert_eq!(label("Results:").map(|label| label.meaning), Some(Meaning::Record));
        assert_eq!(label("Run:").map(|label| label.meaning), Some(RUN));
    }
}
