//! How plans are really written: each rule of the grammar by a plan of its own, and the sections that yield nothing.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use planproof::document::{Document, Source};
use planproof::plan::Plan;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use support::{Workspace, of_type};

/// Each fixture shows one part of the grammar; its name says which.
const FIXTURES: &[&str] = &[
    "advice",
    "blocks",
    "checkouts",
    "clauses",
    "conditions",
    "denied",
    "described",
    "doubts",
    "entered",
    "expectations",
    "failures",
    "gates",
    "headings",
    "kept",
    "keyed",
    "labels",
    "languages",
    "leads",
    "literals",
    "manual",
    "mentioned",
    "orders",
    "outcomes",
    "parts",
    "places",
    "programs",
    "records",
    "scenarios",
    "sentences",
    "services",
    "shells",
    "spans",
    "standing",
    "steps",
    "tables",
    "title",
    "tasks",
    "words",
    "wrapped",
];

/// The checks that `planproof list` finds, a line for each of their steps.
fn listing(events: &[Value]) -> String {
    let mut text = String::new();
    for check in of_type(events, "check") {
        let word = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
        let told = told(check);
        let place =
            check["working_directory"].as_str().map(|path| format!(" [in {path}]")).unwrap_or_default();
        let reason = if check["kind"] == "manual" { format!(": {}", word("reason")) } else { String::new() };
        let ready = check["ready_when"].as_str().map(|ready| format!(" until {ready}")).unwrap_or_default();
        let (id, line, kind) = (word("id"), &check["line"], word("kind"));
        let _ = writeln!(text, "{id} {line} {kind}{reason}{ready}{place}{told}");
        let steps = check["steps"].as_array().unwrap();
        if steps.is_empty() {
            let _ = writeln!(text, "    “{}”", word("title"));
        }
        for step in steps {
            let command = step["command"].as_str().unwrap().replace('\n', "⏎");
            let printed = step["expectation"]["text"]
                .as_str()
                .map(|text| format!(" → {}", text.trim().replace('\n', "⏎")));
            let _ = writeln!(text, "    {} {command}{}", step["line"], printed.unwrap_or_default());
        }
    }
    text
}

fn told(check: &Value) -> String {
    let mut told = String::new();
    if let Some(kind) = check["expectation"]["kind"].as_str() {
        let text = check["expectation"]["text"].as_str().unwrap().trim().replace('\n', "⏎");
        let _ = write!(told, " → {kind} {text}");
    }
    for text in check["must_not_output"].as_array().unwrap() {
        let _ = write!(told, " → not {}", text.as_str().unwrap());
    }
    if let Some(first) = check["duplicate_of"].as_str() {
        let _ = write!(told, " = {first}");
    }
    told
}

fn read(plan: &str) -> String {
    let workspace = Workspace::new();
    listing(&workspace.plan(plan).run(["list", "--output-format", "json"]).json())
}

#[test]
fn every_rule_of_the_grammar_finds_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans/reading");
    for name in FIXTURES {
        let plan = fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
        insta::assert_snapshot!(format!("reading_{name}"), read(&plan));
        // How lines end says nothing of what they mean.
        assert_eq!(read(&plan.replace('\n', "\r\n")), read(&plan), "{name} with CR LF");
    }
    let files = fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, FIXTURES.len(), "a fixture is not read");
}

#[test]
fn a_project_names_its_own_headings() {
    let workspace = Workspace::new();
    workspace.plan("# P\n\n## Abnahmetest\n\n- `make a` passes.\n\n## Acceptance\n\n- `make b` passes.\n");
    workspace
        .write("planproof.toml", "[headings]\nverification = [\"Abnahmetest\"]\nnever = [\"Acceptance\"]\n");
    let events = workspace.run(["list", "--output-format", "json"]).json();
    let commands: Vec<&Value> =
        of_type(&events, "check").map(|check| &check["steps"][0]["command"]).collect();
    assert_eq!(commands, ["make a"]);
}

#[test]
fn a_heading_of_no_letters_is_refused_with_its_place() {
    let workspace = Workspace::new();
    workspace.plan("# P\n").write("planproof.toml", "[headings]\nverification = [\"--\"]\n");
    let said = workspace.run(["list"]);
    assert_eq!(said.status, 2);
    assert!(said.stderr.contains("planproof.toml:2:17"), "{}", said.stderr);
    assert!(said.stderr.contains("`--` is no heading"), "{}", said.stderr);
}

/// Blocks that are checks in a section that says what must hold.
const BLOCKS: &[&str] = &[
    "- `make unit` passes.\n",
    "Run `cargo test` and expect `12 passed`.\n",
    "- [ ] It runs\n  - Verification: `true`\n  - Expected Output: `ok`\n",
    "Verification: `make explicit`\n",
    "validation: make label\n",
    "Verify by:\n\n```sh\nmake by\n```\n",
    "```sh\nmake fence\n```\n",
    "Run the tests:\n\n    make indented\n",
    "1. Run the tests:\n   pytest -q\n",
    "```text\n$ make session\nok\n```\n",
    "| Command | Expected |\n|---|---|\n| `make table` | ok |\n",
    "**Acceptance:**\n\n- `make led` passes.\n",
    "Start the server with `npm run dev`, then `curl localhost:3000` prints `ok`.\n",
    "Acceptance: `make accepted` passes.\n",
    "Run: `make ordered`\n\nExpected: PASS\n",
    "This work is done when `make complete` passes.\n",
];

/// Headings below which nothing is ever a check.
const NEVER: &[&str] = &[
    "Progress",
    "进度",
    "進捗 (Progress)",
    "Surprises & Discoveries",
    "Decision Log",
    "Outcomes & Retrospective (MUST)",
    "Artifacts and Notes",
    "Context and Orientation",
    "Interfaces and Dependencies",
    "Idempotence and Recovery",
    "Revision notes",
    "Validation results",
    "Verification log",
    "Evidence",
    "Release ledger",
    "已验证",
    "検証結果",
    "Журнал решений",
    "Registro de decisiones",
    "Validation ✅",
    "Verification Report (2026-04-21 13:14 UTC)",
    "Acceptance (2026年4月)",
    "Completion summary",
    "検証報告",
    "Validation and results",
    "Tests & notes",
    "Evidence and validation",
    "Validation and evidence (2026-04-21)",
    "Nachweise",
    "Entscheidungsprotokoll",
    "Testergebnisse",
    "Journal des décisions",
    "Preuves",
    "Decisões",
    "Risultati",
    "決策紀錄",
    "驗證結果",
    "Résultats de la validation",
    "Evidencias de validación",
];

/// Names of sections that say what must hold, as authors write them in their language.
const HOLDS: &[&str] = &[
    "Validierung und Abnahme",
    "Abnahmekriterien",
    "Akzeptanzkriterien",
    "Prüfung",
    "Verifikation",
    "Tests und Abnahme",
    "Teststrategie",
    "Validation et acceptation",
    "Critères d’acceptation",
    "Vérifications",
    "Validação e aceitação",
    "Critérios de aceite",
    "Validación y aceptación",
    "Convalida e accettazione",
    "Criteri di accettazione",
    "驗證與驗收",
    "驗收標準",
    "完成標準",
    "測試計畫",
    "Validación del resultado",
    "Verifica dei risultati",
    "実行ログの確認方法",
];

/// Names of a check and of its evidence: two things, of which the first says what must hold.
const HOLDS_WITH_EVIDENCE: &[&str] = &[
    "Tests & Evidence",
    "Validation and Evidence",
    "4. Verification and evidence capture",
    "Tests und Evidence",
    "Validierung und Nachweise",
    "Validation et preuves",
    "驗證與證據",
    "検証と証拠",
];

fn checks_of(text: &str) -> usize {
    Plan::read(Document::parse(Source::from_bytes("p.md", text.as_bytes().to_vec()).unwrap())).checks.len()
}

#[test]
fn each_block_is_a_check_where_it_says_what_must_hold() {
    for block in BLOCKS {
        assert!(checks_of(&format!("# P\n\n## Validation\n\n{block}\n")) > 0, "{block}");
    }
}

#[test]
fn what_must_hold_is_found_in_the_language_of_its_author() {
    for heading in HOLDS.iter().chain(HOLDS_WITH_EVIDENCE) {
        assert_eq!(checks_of(&format!("# P\n\n## {heading}\n\n```text\nmake test\n```\n")), 1, "{heading}");
    }
}

#[test]
fn evidence_beside_a_check_that_tells_how_it_went_is_a_record() {
    let kept = "Run `make test`.\n\n";
    for went in [
        "- `make lint`: PASS\n",
        "- make all: 287 passed, 2 skipped\n",
        "| Command | Result |\n| --- | --- |\n| `make lint` | PASS |\n",
    ] {
        for heading in HOLDS_WITH_EVIDENCE {
            assert_eq!(checks_of(&format!("# P\n\n## {heading}\n\n{kept}{went}")), 0, "{heading}: {went}");
        }
    }
    let asked = "| Command | Expected |\n| --- | --- |\n| `make lint` | PASS |\n\n```sh\nmake test\n```\n\n\
                 Expected:\n\n```text\n12 passed, 0 failed\n```\n";
    for heading in HOLDS_WITH_EVIDENCE {
        assert_eq!(checks_of(&format!("# P\n\n## {heading}\n\n{asked}")), 2, "{heading}");
    }
}

proptest! {
    #[test]
    fn nothing_that_is_kept_or_recorded_is_ever_a_check(
        blocks in prop::collection::vec(select(BLOCKS), 1..5),
        heading in select(NEVER),
        level in 2_usize..4,
        below in select(&["", "### Verification\n\n", "#### Acceptance Criteria\n\n", "#### Milestone 1: x\n\n"][..]),
        place in 0..4,
    ) {
        let body = blocks.join("\n");
        let marks = "#".repeat(level);
        let quoted: String = body.lines().flat_map(|line| ["> ", line, "\n"]).collect();
        let text = match place {
            0 => format!("# P\n\n{marks} {heading}\n\n{}{body}", if level == 2 { below } else { "" }),
            1 => format!("# P\n\n## Validation\n\n<details>\n<summary>Before</summary>\n\n{body}\n</details>\n"),
            2 => format!("# P\n\n## Validation\n\n{quoted}"),
            _ => format!("# P\n\n## Validation\n\n<!--\n{body}\n-->\n"),
        };
        prop_assert_eq!(checks_of(&text), 0, "{}", text);
    }
}

proptest! {
    #[test]
    fn any_splice_of_real_text_is_read(
        pieces in prop::collection::vec((select(BLOCKS), 0_usize..80, select(&["：", "—", "\u{301}", "`", "$", "3 passed", "<", "{", "cd ", "\n", "\t", "é", "\u{1f600}"][..])), 1..12),
    ) {
        let mut text = String::from("## Validation\n\n");
        for (block, at, mark) in pieces {
            let at = block.floor_char_boundary(at.min(block.len()));
            text.push_str(&block[..at]);
            text.push_str(mark);
            text.push_str(&block[at..]);
        }
        let plan = Plan::read(Document::parse(Source::from_bytes("p.md", text.into_bytes()).unwrap()));
        for check in &plan.checks {
            prop_assert!(plan.document().source().text().get(check.span.range()).is_some());
            prop_assert!(check.steps.iter().all(|step| !step.command.trim().is_empty()));
        }
    }
}
