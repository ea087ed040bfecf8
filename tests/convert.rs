//! `planproof convert`: the section reads as the checks that it was made of, and nothing else in the plan changes.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say what they counted")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use planproof::convert::{Conversion, ConvertError};
use planproof::document::{Document, Source};
use planproof::plan::{Check, Confidence, Kind, Plan, schema};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;
use support::{Workspace, of_type};

const PLAN: &str = "\
# Greet people

## Purpose

Somebody is greeted.

## Progress

- [x] (2026-11-20 09:00Z) Begun.

## Validation and Acceptance

Run `echo welcome` and expect `welcome`.

From the repository root:

```sh
cd src
# comments are dropped
cat <<EOF | wc -l
one

two
EOF
```

Look at the page in a browser.
";

#[test]
fn the_section_is_printed_and_the_plan_stays() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    let said = workspace.run(["convert", "PLANS.md"]);
    insta::assert_snapshot!(said.whole(), @"
    status 0
    --- stdout
    ## Acceptance Criteria

    - [ ] Run `echo welcome` and expect `welcome`.
      - Verification: `echo welcome`
      - Expected Output: `welcome`
    - [ ] From the repository root:
      - Verification:

        ```sh
        cat <<EOF | wc -l
        one

        two
        EOF
        ```
      - Working Directory: `src`
    ");
    assert_eq!(workspace.read("PLANS.md"), PLAN);
}

#[test]
fn a_written_section_makes_every_check_explicit_and_none_runs_twice() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    let section = workspace.run(["convert", "PLANS.md"]).stdout;
    let said = workspace.run(["convert", "PLANS.md", "--write"]);
    assert_eq!(
        (said.status, said.stderr.as_str()),
        (0, "2 checks stated in `Acceptance Criteria` of PLANS.md\n")
    );
    let (before, after) = PLAN.split_once("## Validation").unwrap();
    assert_eq!(workspace.read("PLANS.md"), format!("{before}{section}\n## Validation{after}"));

    let checks = workspace.run(["list", "--output-format=json"]).json();
    let of = |check: &Value| {
        let twin =
            check["duplicate_of"].as_str().map_or_else(String::new, |first| format!(" same as {first}"));
        let said = |name: &str| check[name].as_str().unwrap().to_owned();
        format!("{} {} {}{twin}", said("id"), said("kind"), said("confidence"))
    };
    let checks: Vec<String> = of_type(&checks, "check").map(of).collect();
    assert_eq!(
        checks,
        [
            "AC-1 run explicit",
            "AC-2 run explicit",
            "VA-1 run inferred same as AC-1",
            "VA-2 run inferred same as AC-2",
            "VA-3 manual inferred",
        ]
    );

    let text = workspace.read("PLANS.md");
    let again = workspace.run(["convert", "PLANS.md", "--write"]);
    assert_eq!(again.status, 4, "{again:?}");
    assert!(again.stderr.contains("PLANS.md: nothing to convert"), "{again:?}");
    assert_eq!(workspace.read("PLANS.md"), text);
}

#[test]
fn a_plan_that_states_criteria_is_not_written_to() {
    let workspace = Workspace::new();
    let plan = format!("{PLAN}\n## Acceptance Criteria\n- [ ] It greets\n  - Verification: `echo hi`\n");
    workspace.plan(&plan);
    let said = workspace.run(["convert", "PLANS.md", "--write"]);
    assert_eq!(said.status, 2, "{said:?}");
    let expected = "there is an `Acceptance Criteria` section already, and nothing that stands in a plan is changed\n\
                    help: leave `--write` out, and paste what you want of the printed section\n";
    assert!(
        said.stderr.contains("error: PLANS.md:29:1: ") && said.stderr.ends_with(expected),
        "{}",
        said.stderr
    );
    assert_eq!(workspace.read("PLANS.md"), plan);
    let printed = workspace.run(["convert", "PLANS.md"]);
    assert_eq!(
        printed.stdout.matches("- [ ] ").count(),
        2,
        "what is explicit is not said again: {printed:?}"
    );
}

#[test]
fn a_locked_plan_is_not_written_to() {
    let workspace = Workspace::new();
    workspace
        .plan(PLAN)
        .write(".agent-locks.yaml", "locks:\n  - agent: frontend-01\n    files: [PLANS.md]\n");
    let said = workspace.run(["convert", "PLANS.md", "--write"]);
    assert_eq!(said.status, 2, "{said:?}");
    assert!(said.stderr.contains("PLANS.md is locked by frontend-01"), "{said:?}");
    assert_eq!(workspace.read("PLANS.md"), PLAN);
}

#[test]
fn each_plan_of_a_file_gets_its_own_checks() {
    let plan = |name: &str| {
        format!(
            "# {name}\n\n## Progress\n\n- [x] Begun.\n\n## Validation\n\nRun `echo {name}` and expect `{name}`.\n\n"
        )
    };
    let (one, two) = (plan("one"), plan("two"));
    let workspace = Workspace::new();
    workspace.plan(&format!("{one}{two}"));
    let said = workspace.run(["convert", "PLANS.md", "--write"]);
    assert_eq!(said.status, 0, "{said:?}");
    let with_section = |plan: &str, name: &str| {
        let item = format!(
            "- [ ] Run `echo {name}` and expect `{name}`.\n  - Verification: `echo {name}`\n  - Expected Output: `{name}`\n"
        );
        plan.replace("## Validation\n", &format!("## Acceptance Criteria\n\n{item}\n## Validation\n"))
    };
    assert_eq!(workspace.read("PLANS.md"), with_section(&one, "one") + &with_section(&two, "two"));
}

#[test]
fn some_of_the_checks_can_be_chosen() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    let said = workspace.run(["convert", "PLANS.md", "--filter", "VA-1"]);
    assert_eq!(said.stdout.matches("- [ ] ").count(), 1, "{said:?}");
    let said = workspace.run(["convert", "PLANS.md", "--filter", "VA-3"]);
    assert_eq!(said.status, 4, "what needs a person cannot be made explicit: {said:?}");
}

/// Commands with all that is hard to put into Markdown.
const COMMANDS: &[&str] = &[
    "cargo test",
    "echo `date`",
    "echo ``` fences ```",
    "printf '%s\\n' \"a | b\" | wc -l",
    "grep -c '^- \\[ \\]' PLANS.md",
    "echo '<b>' && echo '&amp;' > out.html",
    "echo $((1 + 2)); [ -e a ] || exit 3",
    "awk '{ print $1 }' *.txt",
    "make -C src test # all",
    "echo '<!-- no comment -->'",
    "python3 -c 'print(\"日本語 ✓\")'",
    "curl -s http://localhost:8080/a?b=c#d",
    "echo \\* _x_ ~y~",
    "for f in a b; do echo $f; done",
];

/// Blocks of commands that go on over lines.
const BLOCKS: &[&str] = &[
    "cat <<'END'\n# kept\n\n  indented\n```\nEND",
    "cargo test \\\n  --workspace",
    "for f in a b; do\n\techo $f\ndone",
    "cd src\nexport A=1\nmake test",
    "set -o pipefail\nmake test | tee log\nmake lint",
    "echo 'one\ntwo'",
    "if true; then\n  ls\nfi\nls",
];

/// What is stated of a command in a sentence or below a block.
const OUTPUTS: &[&str] = &["12 passed", "`x`", "a  b", "ok: [..] in 2 s", "<b>", "日本語", "100%", "$ x"];

fn sentence() -> impl Strategy<Value = String> {
    let stated = prop::option::of(select(OUTPUTS));
    (select(COMMANDS), stated, 0..4_u8).prop_map(|(command, stated, form)| {
        let span = |text: &str| {
            let is_free = |length: &usize| !text.split(|c| c != '`').any(|run| run.len() == *length);
            let fence = "`".repeat((1..9).find(is_free).unwrap());
            let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
            format!("{fence}{pad}{text}{pad}{fence}")
        };
        let expected = stated.map_or_else(String::new, |text| format!(" and expect {}", span(text)));
        let command = span(command);
        match form {
            0 => format!("Run {command}{expected}.\n"),
            1 => format!("- Run {command}{expected}.\n"),
            2 => format!("1. {command} passes.\n"),
            _ => format!("In `src`, run {command}{expected}.\n"),
        }
    })
}

fn block() -> impl Strategy<Value = String> {
    let block = prop_oneof![select(BLOCKS), select(COMMANDS)];
    (block, prop::option::of(select(OUTPUTS)), 0..3_u8).prop_map(|(text, stated, form)| {
        let expected = stated
            .map_or_else(String::new, |text| format!("\nExpected output:\n\n````text\n{text}\nmore\n````\n"));
        match form {
            0 => format!("From the repository root:\n\n````sh\n{text}\n````\n{expected}"),
            1 => format!("Check it:\n\n````console\n$ {}\nprinted\n````\n", text.replace('\n', "\n> ")),
            _ => format!("- Check it:\n\n  ````bash\n  {}\n  ````\n", text.replace('\n', "\n  ")),
        }
    })
}

/// A plan that states nothing, with the ends of its lines.
fn inferred() -> impl Strategy<Value = String> {
    let said = prop::collection::vec(prop_oneof![sentence(), block()], 1..6);
    let heading =
        select(&["## Validation and Acceptance", "## Validation", "## Verification", "### Validation"][..]);
    let before = select(&["", "## Progress\n\n- [x] Begun\n\n", "## Plan of Work\n\nText.\n"][..]);
    (said, heading, before, any::<bool>(), any::<bool>()).prop_map(
        |(said, heading, before, crlf, wrapped)| {
            let text =
                format!("# A plan\n\n{before}{heading}\n\n{}\n## Decision Log\n\n- None.\n", said.join("\n"));
            let text = if wrapped { format!("`````md\n{text}`````\n") } else { text };
            if crlf { text.replace('\n', "\r\n") } else { text }
        },
    )
}

fn plan_of(text: &str) -> Plan {
    Plan::read(Document::parse(Source::from_bytes("PLANS.md", text.as_bytes().to_vec()).unwrap()))
}

fn runs(check: &Check) -> bool {
    !matches!(check.kind, Kind::Manual { .. }) && check.duplicate_of.is_none()
}

fn fail(what: &str, old: &str, new: &str) -> TestCaseError {
    TestCaseError::fail(format!("{what}\nold {old:?}\nnew {new:?}"))
}

/// What stands in `new` beside all of `old`, provided that it is one piece.
fn added<'n>(old: &str, new: &'n str) -> Option<&'n str> {
    let start = old.bytes().zip(new.bytes()).take_while(|(one, two)| one == two).count();
    let kept = (0..=start).rev().find(|&at| old.is_char_boundary(at) && new.ends_with(&old[at..]))?;
    Some(&new[kept..new.len() - (old.len() - kept)])
}

#[test]
fn what_is_written_reads_as_what_was_inferred() {
    let (converted, left) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let cases = Config::default().cases.max(800);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&inferred(), |old| {
            let plan = plan_of(&old);
            let all: Vec<&Check> = plan.checks.iter().collect();
            let conversion = Conversion::of(&plan, &all);
            left.fetch_add(conversion.left.len(), Ordering::Relaxed);
            let new = match conversion.inserted() {
                Ok(new) => new,
                Err(ConvertError::Nothing) => return Ok(()),
                Err(error) => return Err(fail(&error.to_string(), &old, &conversion.section())),
            };
            converted.fetch_add(conversion.len(), Ordering::Relaxed);
            let Some(added) = added(&old, &new) else {
                return Err(fail("something else changed", &old, &new));
            };
            if added.replace("\r\n", "").contains(['\r', '\n']) == old.contains("\r\n") {
                return Err(fail("other line endings", &old, &new));
            }
            let now = plan_of(&new);
            let is_explicit = |check: &&Check| runs(check) && check.confidence == Confidence::Explicit;
            let explicit: Vec<&Check> = now.checks.iter().filter(is_explicit).collect();
            let stays = |check: &Check| conversion.left.iter().any(|left| left.id == check.id);
            let wanted: Vec<&Check> =
                plan.checks.iter().filter(|check| runs(check) && !stays(check)).collect();
            let same = explicit.len() == wanted.len()
                && explicit.iter().zip(&wanted).all(|(one, two)| schema::says_the_same(one, two));
            if same { Ok(()) } else { Err(fail("other checks are stated", &old, &new)) }
        })
        .unwrap_or_else(|failed| panic!("{failed}"));
    let (converted, left) = (converted.into_inner(), left.into_inner());
    println!("{converted} checks stated, {left} left");
    assert!(left * 100 <= converted, "{left} have no form, {converted} have one");
}
