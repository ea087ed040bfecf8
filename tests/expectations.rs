//! What the words around a command expect of it, as `planproof list` tells it: a status, a text, or words that no program
//! can compare.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

mod support;

use serde_json::Value;
use support::{Workspace, of_type};

/// What a plan expects of each of its commands, and the criteria beside them: `make x → exit 0`, `manual “…”`.
fn expected(plan: &str) -> Vec<String> {
    let workspace = Workspace::new();
    let events = workspace.plan(plan).run(["list", "--output-format", "json"]).json();
    of_type(&events, "check").flat_map(of_check).collect()
}

fn of_check(check: &Value) -> Vec<String> {
    let steps = check["steps"].as_array().unwrap();
    if check["kind"] == "manual" {
        return vec![format!("manual “{}”", check["title"].as_str().unwrap())];
    }
    let denied = check["must_not_output"].as_array().unwrap();
    let denied: Vec<&str> = denied.iter().map(|text| text.as_str().unwrap()).collect();
    let denied = if denied.is_empty() { String::new() } else { format!(", not {}", denied.join(", ")) };
    let told = |step: &Value| {
        let own = if step["expectation"].is_null() { &check["expectation"] } else { &step["expectation"] };
        let text = || own["text"].as_str().unwrap().replace('\n', "⏎");
        match own["kind"].as_str() {
            None => "nothing".to_owned(),
            Some("exit_status") => format!("exit {}", text()),
            Some("prose") => format!("“{}”", text()),
            Some("empty") => "no output".to_owned(),
            Some(kind) => format!("{kind} {}", text()),
        }
    };
    steps
        .iter()
        .map(|step| format!("{} → {}{denied}", step["command"].as_str().unwrap(), told(step)))
        .collect()
}

/// Each item of a list below "Validation" beside what is expected of its commands.
fn holds(items: &[(&str, &[&str])]) {
    for (item, told) in items {
        assert_eq!(expected(&format!("# P\n\n## Validation\n\n- {item}\n")), *told, "{item}");
    }
}

#[test]
fn a_word_of_success_is_whole_beside_a_script_without_blanks() {
    holds(&[
        ("`make test` が全てPASS", &["make test → exit 0"]),
        ("`make test` がpassする。", &["make test → exit 0"]),
        ("`make test` 全部PASS后合并", &["make test → exit 0"]),
        ("`make test` 모두PASS한다", &["make test → exit 0"]),
        ("`make test` がbypassする", &["make test → nothing"]),
    ]);
}

#[test]
fn success_is_told_in_many_languages() {
    holds(&[
        ("`make a` y `make b` deben terminar sin errores.", &["make a → exit 0", "make b → exit 0"]),
        ("`make a` se termine sans erreur.", &["make a → exit 0"]),
        ("`make a` läuft ohne Fehler.", &["make a → exit 0"]),
        ("`make a` termina sem erros.", &["make a → exit 0"]),
        ("`make a` завершается без ошибок.", &["make a → exit 0"]),
        ("`make a` 오류 없이 끝난다.", &["make a → exit 0"]),
        ("`make a` 没有错误。", &["make a → exit 0"]),
        ("`make a` がエラーなく完了", &["make a → exit 0"]),
        ("`make a` を実行し、エラーがないこと。", &["make a → exit 0"]),
        ("`make a` 不报错。", &["make a → exit 0"]),
        ("运行 `make a`，应返回非零退出码。", &["make a → exit non-zero"]),
        ("`make a` 실행 시 오류가 없어야 한다.", &["make a → exit 0"]),
        ("`make a` debe pasar.", &["make a → exit 0"]),
        ("`make a` termina con código 0.", &["make a → exit 0"]),
        ("`make a` doit réussir.", &["make a → exit 0"]),
        ("`make a` ist grün.", &["make a → exit 0"]),
        ("`make a` deve passar.", &["make a → exit 0"]),
        ("`make a` завершается с кодом 3.", &["make a → exit 3"]),
    ]);
}

#[test]
fn what_compiles_or_must_not_fail_ends_well() {
    holds(&[
        ("`make x` compiles.", &["make x → exit 0"]),
        ("Run `make x` and ensure the solution builds.", &["make x → exit 0"]),
        ("Run `make x` to confirm the e2e crate compiles.", &["make x → exit 0"]),
        ("`make x` compiles two crates", &["make x → “compiles two crates”"]),
        ("`make x` must not error", &["make x → exit 0"]),
        ("`make x` no longer fails.", &["make x → exit 0"]),
        ("`make x` must not fail silently", &["make x → “must not fail silently”"]),
        ("`make x` should not fail when offline", &["make x → “should not fail when offline”"]),
    ]);
}

#[test]
fn what_is_said_beyond_success_is_kept() {
    holds(&[
        ("`make x` completes without errors.", &["make x → exit 0"]),
        ("`make x` completes without any errors on Node 20.", &["make x → exit 0"]),
        ("`make x` completes without error code 14.", &["make x → “completes without error code 14”"]),
        ("`make x` completes without a prompt.", &["make x → “completes without a prompt”"]),
        ("`make x`: 12 tests pass.", &["make x → exit 0"]),
        ("`make x`: all 24 unit tests pass.", &["make x → exit 0"]),
        ("`make x`: 24 focused unit tests pass.", &["make x → “24 focused unit tests pass”"]),
        (
            "`make x`. Expect the suite to include new tests and pass.",
            &["make x → “Expect the suite to include new tests and pass”"],
        ),
        (
            "`make x`. Expect explicit passing cases for timeouts.",
            &["make x → “Expect explicit passing cases for timeouts”"],
        ),
        ("`make x`; expect a clean run.", &["make x → exit 0"]),
        ("`make x` can start from the same database", &["make x → “can start from the same database”"]),
        ("`make x` can be run at any time", &["make x → nothing"]),
        ("`make x` starts", &["make x → “starts”"]),
    ]);
}

#[test]
fn a_service_and_verify_leads_to_what_is_seen() {
    let plan = "# P\n\n## Validation\n\nStart the app with `npm run dev` and verify:\n\n- The page shows three rows.\n";
    assert_eq!(expected(plan), ["manual “The page shows three rows.”", "npm run dev → nothing"]);
}

/// A plan whose section "Validation" is `text`.
fn of(text: &str) -> Vec<String> {
    expected(&format!("# P\n\n## Validation\n\n{text}\n"))
}

#[test]
fn success_of_all_commands_is_that_of_each_above() {
    let list = "- `make a`\n- `make b` prints nothing.\n- `make c`\n\n";
    let each = ["make a → exit 0", "make b → no output", "make c → exit 0"];
    for all in [
        "All of the above must pass.",
        "All commands exit 0.",
        "Success means all commands pass.",
        "Every command must succeed.",
    ] {
        assert_eq!(of(&format!("{list}{all}")), each, "{all}");
    }
    assert_eq!(
        of(&format!("{list}Success means all commands pass, and no row is lost.")),
        [&each[..], &["manual “no row is lost.”"]].concat()
    );
    assert_eq!(
        of("    make lint\n    make test\n\nAll commands must pass."),
        ["make lint → exit 0", "make test → exit 0"]
    );
    // Of other things than commands it says nothing here.
    assert_eq!(of("- `make a`\n- `make c`\n\nAll pages must load.")[0], "make a → nothing");
}

#[test]
fn what_is_said_of_all_commands_beyond_success_is_not_lost() {
    let list = "- `make a`\n- `make b`\n\n";
    let each = ["make a → exit 0", "make b → exit 0"];
    for all in [
        "All commands must pass twice in a row.",
        "All of these must pass (and coverage is above 80 %).",
        "All of the above must pass on Windows.",
    ] {
        let told = [&each.map(str::to_owned)[..], &[format!("manual “{all}”")]].concat();
        assert_eq!(of(&format!("{list}{all}")), told, "{all}");
    }
    assert_eq!(of(&format!("{list}All of the above must pass, too.")), each);
    let prose_of = |text: &str| {
        let workspace = Workspace::new();
        let plan = format!("# P\n\n## Validation\n\n{text}\n");
        let events = workspace.plan(&plan).run(["list", "--output-format", "json"]).json();
        of_type(&events, "check").last().unwrap()["prose"].as_str().unwrap_or_default().to_owned()
    };
    let block = "    make x\n\n";
    for (text, kept) in [
        (
            format!(
                "Run it:\n\n{block}This compiles the crate and the page must show three rows. It should pass."
            ),
            "This compiles the crate and the page must show three rows",
        ),
        (format!("Run it:\n\n{block}→ 3 passed, page is red"), "3 passed, page is red"),
        (
            format!("{list}Both must fail before and pass after with 3 rows."),
            "Both must fail before and pass after with 3 rows",
        ),
        (
            format!("以下のコマンドが全て3秒以内に成功する。\n\n{block}"),
            "以下のコマンドが全て3秒以内に成功する。",
        ),
        (format!("以下のコマンドが全て成功する。\n\n{block}"), ""),
        (format!("Run it:\n\n{block}→ 3 passed, 0 failed"), ""),
    ] {
        assert_eq!(prose_of(&text), kept, "{text}");
    }
}

#[test]
fn what_leads_to_commands_says_that_they_pass() {
    for lead in ["Run gates and observe a clean run:", "Run the gates; expect a clean run:", "All must pass:"]
    {
        assert_eq!(of(&format!("{lead}\n\n- `make a`\n- `make b`")), ["make a → exit 0", "make b → exit 0"]);
        let item = of(&format!("1. {lead}\n   - `make a`\n   - `make b`\n2. Run `make c`."));
        assert_eq!(item, ["make a → exit 0", "make b → exit 0", "make c → nothing"]);
    }
    for lead in ["次のコマンドが全て成功する。", "以下命令必须全部通过。", "다음 명령이 모두 통과한다."]
    {
        let told = of(&format!("{lead}\n\n    make a\n    make b"));
        assert_eq!(told, ["make a → exit 0", "make b → exit 0"], "{lead}");
    }
}

#[test]
fn code_that_describes_or_is_kept_elsewhere_is_not_printed() {
    assert_eq!(
        of("    make compile\n\nExpected output includes `compileall` success with no syntax errors."),
        ["make compile → “Expected output includes `compileall` success with no syntax errors”"]
    );
    holds(&[
        (
            "`find src -type d -empty` returns no drift directories (`Protocol`, `Common`, etc.).",
            &["find src -type d -empty → “returns no drift directories (`Protocol`, `Common`, etc.)”"],
        ),
        (
            "`rg -n oldName` returns no active symbol usage.",
            &["rg -n oldName → “returns no active symbol usage”"],
        ),
        ("`rg -n oldName` returns no usage.", &["rg -n oldName → no output"]),
        (
            "`rg -n oldName` returns only historical references (or zero runtime references).",
            &["rg -n oldName → “returns only historical references (or zero runtime references”"],
        ),
        (
            "Run `app schema > a.graphql` and inspect the diff; it should contain `Book` and `Shelf`.",
            &["app schema > a.graphql → “and inspect the diff; it should contain `Book` and `Shelf`”"],
        ),
        ("Run `make x`; it should contain `Book`.", &["make x → contains Book"]),
        (
            "Running `make test` passes. A good target is to extend `a.rs` with a test that expects `404`.",
            &["make test → exit 0"],
        ),
    ]);
}

#[test]
fn what_is_recorded_somewhere_is_not_printed_in_languages_whose_verb_stands_at_the_end() {
    for expected in [
        "기대 결과: `89/90` 근방에 대한 작은 세트가 기록된다.",
        "기대 결과: `trialwise`와 `concatenated` 요약이 보이며, 결과가 `out/run` 아래에 기록된다.",
        "期待結果: 結果が `out/run` に保存される。",
    ] {
        let told = of(&format!("1. 실행:\n\n       make run\n\n   {expected}"));
        assert!(told[0].starts_with("make run → “"), "{told:?}");
    }
    let told = of("1. 실행:\n\n       make run\n\n   기대 결과: `Dry run complete.`로 종료한다.");
    assert_eq!(told, ["make run → contains Dry run complete."]);
}

#[test]
fn an_expected_result_is_said_in_sentences_whoever_gave_the_command() {
    let told = |label: &str, words: &str| of(&format!("Command: `make x`\n\n{label}: {words}"));
    for words in [
        "the server starts on `https://localhost:1` and `http://localhost:2` according to `launch.json`",
        "the new file `a.json` names the `foyer` state",
    ] {
        assert_eq!(told("Expected result", words), [format!("make x → “{words}”")]);
    }
    assert_eq!(
        told("Expected result", "all tests pass, including the cross-tenant `404` scenarios"),
        ["make x → exit 0"]
    );
    assert_eq!(told("Expected result", "`ok`"), ["make x → contains ok"]);
    assert_eq!(told("Expected output", "a line `ok`"), ["make x → contains ok"]);
}

/// The status that is expected of the first command of an item, and the words beside it.
fn not_compared(item: &str) -> (String, String) {
    let workspace = Workspace::new();
    let plan = format!("# P\n\n## Validation\n\n- {item}\n");
    let events = workspace.plan(&plan).run(["list", "--output-format", "json"]).json();
    let check = of_type(&events, "check").next().unwrap().clone();
    let words = check["prose"].as_str().unwrap_or_default().to_owned();
    (check["expected_exit_status"].as_str().unwrap_or_default().to_owned(), words)
}

#[test]
fn what_stands_behind_success_is_kept_unless_it_asks_for_nothing() {
    for words in [
        "passes - coverage must be above 80 %",
        "passes with 3 rows",
        "passes with coverage above 80 %",
        "succeeds and the page turns red",
        "passes, the page turns red",
        "passes, creating out.txt",
        "passes and p99 < 20 ms",
        "passes on 3 consecutive runs",
        "must pass twice",
        "passes in 3 of 4 runs",
        "passes, and at least one new test shows it",
        "exits 0 within 5 seconds",
        "exits 0 without a prompt",
        "exits 0 and stdout holds the id",
        "passes every time",
        "exits 0 with a table of three rows",
        "exits 0, taking under 5 seconds",
    ] {
        assert_eq!(
            not_compared(&format!("`make x` {words}.")),
            ("0".to_owned(), words.to_owned()),
            "{words}"
        );
    }
    for (words, kept) in [
        ("passes; coverage above 80 %", "coverage above 80 %"),
        ("passes. Coverage above 80 %.", "Coverage above 80 %"),
        ("passes. The table lists all users.", "The table lists all users"),
        ("passes; otherwise all 3 rows must be listed", "otherwise all 3 rows must be listed"),
        (
            "passes. If the report does not list all 3 users, the criterion fails.",
            "If the report does not list all 3 users, the criterion fails",
        ),
    ] {
        assert_eq!(not_compared(&format!("`make x` {words}")), ("0".to_owned(), kept.to_owned()), "{words}");
    }
    for words in [
        "passes locally",
        "passes on Node 20",
        "passes in the root",
        "passes with new tests",
        "passes with no errors",
        "passes, including the new tests",
        "passes (12 tests, 0 failures)",
        "passes. If it reports a defect, record it",
        "exits with status code 0",
    ] {
        assert_eq!(not_compared(&format!("`make x` {words}.")), ("0".to_owned(), String::new()), "{words}");
    }
    holds(&[
        ("`make x` need not fail", &["make x → nothing"]),
        (
            "`make x`, and with zero warnings the crate compiles",
            &["make x → “and with zero warnings the crate compiles”"],
        ),
    ]);
}

#[test]
fn what_stands_behind_success_in_a_table_is_kept() {
    let workspace = Workspace::new();
    let table = "| Command | Expected |\n|---|---|\n| `make x` | passes; coverage above 80 % |\n";
    let plan = format!("# P\n\n## Validation\n\n{table}");
    let events = workspace.plan(&plan).run(["list", "--output-format", "json"]).json();
    let check = of_type(&events, "check").next().unwrap();
    assert_eq!(check["expected_exit_status"], "0");
    assert_eq!(check["prose"], "coverage above 80 %");
}

#[test]
fn success_in_other_languages_is_not_turned_round_and_nothing_behind_it_is_lost() {
    for words in [
        "no pasa",
        "통과하지 않는다",
        "ne réussit pas",
        "не проходит",
        "不通过",
        "成功率 80%",
        "の出力パスが三行表示される",
    ] {
        assert_eq!(not_compared(&format!("`make x` {words}")), (String::new(), words.to_owned()), "{words}");
    }
    for words in [
        "termina con éxito y crea `out.txt`",
        "wird ohne Fehler beendet und zeigt drei Zeilen",
        "проходит, и страница показывает три строки",
        "成功，并生成三行",
        "が成功し、三行が表示される",
        "passes, 不得超过 3 秒",
    ] {
        assert_eq!(not_compared(&format!("`make x` {words}")), ("0".to_owned(), words.to_owned()), "{words}");
    }
}

#[test]
fn what_comes_of_a_command_beside_its_status_is_not_lost() {
    for (item, status, words) in [
        ("`make x` passes and prints the version.", "0", "passes and prints the version"),
        ("`make x` succeeds and creates `out.txt`.", "0", "succeeds and creates `out.txt`"),
        ("`make x` passes and coverage stays above 80 %.", "0", "passes and coverage stays above 80 %"),
        ("`make x` exits 1 and prints the reason.", "1", "exits 1 and prints the reason"),
        ("`make x` prints the version and exits 0.", "0", "prints the version and exits 0"),
        ("`make x`: exit code 0, no warnings.", "0", "exit code 0, no warnings"),
        ("`make x`\n\nThe output must contain `a`; the page must be calm.", "", "the page must be calm"),
        ("`make x`\n\nExpected: error `bad input`, exit code 2.", "2", "error exit code 2."),
        ("`make x` passes and is green.", "0", ""),
        ("`make x` passes for the server and the client.", "0", ""),
        ("`make x` passes and run it again.", "0", ""),
    ] {
        assert_eq!(not_compared(item), (status.to_owned(), words.to_owned()), "{item}");
    }
}

#[test]
fn how_a_command_ends_is_told_in_short() {
    holds(&[
        ("Tests pass: `make x`", &["make x → exit 0"]),
        ("Lint clean: `make x`", &["make x → exit 0"]),
        ("`make x` is successful.", &["make x → exit 0"]),
        ("`make x` terminates normally.", &["make x → exit 0"]),
        ("Run `make x`. There should be no failures.", &["make x → exit 0"]),
        ("Run `make x`. No output expected.", &["make x → no output"]),
        ("Run `make x` and ensure no regressions.", &["make x → nothing"]),
        ("`make x` -> PASS expected", &["make x → exit 0"]),
        ("`make x` exits non-zero when the file is missing.", &["make x → exit non-zero"]),
        ("`make x` if the file is missing.", &["manual “`make x` if the file is missing.”"]),
        ("`make x`: `12 of 12 pass`", &["make x → contains 12 of 12 pass"]),
    ]);
}

#[test]
fn an_arrow_below_a_block_leads_to_what_comes_of_it() {
    let block = "**Verify**:\n```sh\nmake lint\nmake test\n```\n";
    let told = of(&format!("{block}→ all pass. If one reports a defect, record it."));
    assert_eq!(told, ["make lint → exit 0", "make test → exit 0"]);
    let told = of("    make lint\n    make test\n\n→ all pass");
    assert_eq!(told, ["make lint → exit 0", "make test → exit 0"]);
}

/// What is expected of `make x` by the text below it.
fn below(text: &str) -> Vec<String> {
    of(&format!("Run it:\n\n    make x\n\n{text}"))
}

#[test]
fn a_text_below_commands_says_what_they_come_to() {
    for (text, told) in [
        ("This is the baseline. It should pass before code is moved.", "exit 0"),
        ("The new tests fail before this change and pass after it.", "exit 0"),
        ("The exit code must be 0.", "exit 0"),
        ("Confirm that the output shows `ok`.", "contains ok"),
        ("There should be no failures.", "exit 0"),
        ("Expected output (abridged):\n\n    built\n    0 errors", "contains built⏎0 errors"),
        ("The tests must stay; the page must be calm.", "“The tests must stay; the page must be calm”"),
        ("Expected:\n\n- exit code 0\n- output contains `ok`", "contains ok"),
        ("→ 5 tests pass", "exit 0"),
        ("Expected output (example): `built`", "“`built` (example)”"),
    ] {
        assert_eq!(below(text), [format!("make x → {told}")], "{text}");
    }
    assert_eq!(below("Confirm the page loads."), ["make x → nothing", "manual “Confirm the page loads.”"]);
    let several =
        of("    make lint\n    make test\n\nThe new tests fail before this change and pass after it.");
    assert!(several[1].starts_with("make test → “The new tests fail"), "{several:?}");
}

#[test]
fn a_heading_says_that_what_stands_below_it_is_expected() {
    let under = |heading: &str, text: &str| {
        of(&format!(
            "### Build\n\n```sh\nmake x\n```\n\n### {heading}\n\n{text}\n\n### Next\n\nRun `make y`."
        ))
    };
    for (heading, text, told) in [
        ("Expected result", "- exit code 0", "exit 0"),
        ("期待結果", "- 終了コード: 0\n- エラーメッセージなし", "exit 0"),
        ("Expected output", "```\n12 passed\n```", "contains 12 passed"),
        ("2. Expected output", "The app prints `hello`.", "contains hello"),
        ("Expected outcome", "The page shows three rows.", "“The page shows three rows”"),
    ] {
        assert_eq!(
            under(heading, text),
            [format!("make x → {told}"), "make y → nothing".to_owned()],
            "{heading}"
        );
    }
    // Of several checks nobody says which is meant.
    let several = of("### Build\n\n- `make x`\n- `make y`\n\n### Expected result\n\n- The page is calm.");
    assert_eq!(several, ["make x → nothing", "make y → nothing", "manual “The page is calm.”"]);
}

#[test]
fn a_heading_that_the_project_calls_a_record_expects_nothing() {
    let workspace = Workspace::new();
    workspace.plan("# P\n\n## Validation\n\n    make lint\n\n## Expected output\n\n    clean\n");
    workspace.write("planproof.toml", "[headings]\nnever = [\"Expected output\"]\n");
    let events = workspace.run(["list", "--output-format", "json"]).json();
    let told: Vec<String> = of_type(&events, "check").flat_map(of_check).collect();
    assert_eq!(told, ["make lint → nothing"]);
}

#[test]
fn a_command_that_lists_nothing_prints_nothing() {
    holds(&[
        ("`find pages -name '*.orig'` returns no files.", &["find pages -name '*.orig' → no output"]),
        ("`find pages -name '*.orig'` should list no paths.", &["find pages -name '*.orig' → no output"]),
        ("`git diff --name-only` shows no files", &["git diff --name-only → no output"]),
        // It prints beside what it lists.
        ("`make files` lists no files.", &["make files → “lists no files”"]),
        (
            "`find a -name b` returns no files outside `c`.",
            &["find a -name b → “returns no files outside `c`”"],
        ),
        ("`find a -name b` returns no files but `c`.", &["find a -name b → “returns no files but `c`”"]),
        ("`find a -name b` returns no new files.", &["find a -name b → “returns no new files”"]),
        ("`ls a | wc -l` shows no lines.", &["ls a | wc -l → “shows no lines”"]),
    ]);
}

#[test]
fn what_a_text_is_like_is_not_printed() {
    holds(&[
        (
            "`shelf list --new` returns the same columns as `shelf list --old`.",
            &["shelf list --new → “returns the same columns as `shelf list --old`”"],
        ),
        (
            "Run `make x` and expect the same totals as `a.txt`.",
            &["make x → “and expect the same totals as `a.txt`”"],
        ),
        ("Run `make x` and expect the state to be `open`.", &["make x → contains open"]),
    ]);
}

#[test]
fn an_address_that_the_output_tells_is_printed() {
    holds(&[
        (
            "Run `make x`; expect console output indicating that the page is on `http://127.0.0.1:5000`.",
            &["make x → contains http://127.0.0.1:5000"],
        ),
        (
            "Run `make x`; expect console output saying that `a` is on `http://127.0.0.1:5000`.",
            &["make x → “expect console output saying that `a` is on `http://127.0.0.1:5000`”"],
        ),
        (
            "Run `make x`; expect no output indicating a page on `http://127.0.0.1:5000`.",
            &["make x → “expect no output indicating a page on `http://127.0.0.1:5000`”"],
        ),
        (
            "Run `make x`; expect console output indicating the rule in `a.toml`.",
            &["make x → “expect console output indicating the rule in `a.toml`”"],
        ),
    ]);
}

#[test]
fn a_command_that_works_ends_well() {
    holds(&[
        ("`shelf --version` works in the shell.", &["shelf --version → exit 0"]),
        ("`shelf --version` works.", &["shelf --version → exit 0"]),
        ("`shelf --version` works without a shelf.", &["shelf --version → “works without a shelf”"]),
        ("`shelf --version` works in 2 s.", &["shelf --version → “works in 2 s”"]),
        ("`shelf serve` works.", &["shelf serve → “works”"]),
    ]);
}

#[test]
fn a_list_of_sentences_below_a_command_is_not_printed() {
    let list = "    1. a reader sees the new page\n    2. the old page is gone\n";
    assert_eq!(
        of(&format!("Run:\n\n    make x\n\nThe suite should show these behaviors:\n\n{list}")),
        ["make x → “1. a reader sees the new page⏎2. the old page is gone”"]
    );
    // The text above it says that it is.
    assert_eq!(
        of(&format!("Run:\n\n    make x\n\nIt prints:\n\n{list}")),
        ["make x → contains 1. a reader sees the new page⏎2. the old page is gone"]
    );
    // So do programs.
    assert_eq!(
        of(
            "Run:\n\n    make x\n\nThe suite should show these tests:\n\n    1. pages::new ok\n    2. pages::old ok\n"
        ),
        ["make x → contains 1. pages::new ok⏎2. pages::old ok"]
    );
    // Which of several commands is meant, nobody can tell.
    assert_eq!(
        of(&format!("Run:\n\n    make x\n    make y\n\nThe suite should show these behaviors:\n\n{list}")),
        ["make x → nothing", "make y → nothing", "manual “The suite should show these behaviors:”"]
    );
}

#[test]
fn a_lead_says_the_one_text_that_the_commands_below_it_print() {
    let told = |lead: &str, commands: &str| of(&format!("{lead}:\n\n{commands}"));
    for lead in
        ["Run the report and expect `3 Books`", "Look at it and expect the state to be `3 Books`, not `none`"]
    {
        assert_eq!(
            told(lead, "    shelf report --all\n"),
            ["shelf report --all → contains 3 Books"],
            "{lead}"
        );
    }
    for lead in [
        "Run the report and expect `one` and `two`",
        "Run the report and expect `one` or `two`",
        "Run the report and expect the file `out.txt`",
        "Run the report and expect it to create `out.txt`",
        "Run the report and expect the `name` column to hold `one`",
        "Run the report and expect status `2`",
        "Run the report and expect no `one`",
    ] {
        let words = lead.trim_start_matches("Run the report and ");
        assert_eq!(
            told(lead, "    shelf report --all\n"),
            [format!("shelf report --all → “{words}”")],
            "{lead}"
        );
    }
    // Which of them prints it, it does not say.
    assert_eq!(
        told("Run both and expect `one`", "    shelf report --all\n    cd web && shelf report --all\n"),
        ["shelf report --all → “expect `one`”", "cd web && shelf report --all → “expect `one`”"]
    );
}

#[test]
fn a_label_before_several_commands_is_said_of_each() {
    holds(&[
        (
            "Required gates pass: `make a`, `make b` and `make c`.",
            &["make a → exit 0", "make b → exit 0", "make c → exit 0"],
        ),
        (
            "Gates fail without a server: `make a`, `make b`.",
            &["make a → “gates fail without a server”", "make b → “gates fail without a server”"],
        ),
        ("Gates pass: `make a`, `make b` prints `x`.", &["make a → exit 0", "make b → contains x"]),
        ("Run: `make a`, `make b`.", &["make a → nothing", "make b → nothing"]),
    ]);
}

#[test]
fn code_in_parentheses_behind_a_thing_names_it() {
    holds(&[
        (
            "Run `pytest` and it should report one passing test (`tests/api.py`).",
            &["pytest → “and it should report one passing test (`tests/api.py`)”"],
        ),
        ("Run `pytest` and it should report one line (`api ok`).", &["pytest → contains api ok"]),
    ]);
}
