//! `planproof check --sarif`: a log that code scanning services read, bound to the plan by exact places and by
//! fingerprints that outlive edits.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

mod support;

use std::collections::BTreeSet;

use serde_json::Value;
use support::Workspace;

const PLAN: &str = "\
# ExecPlan: Demo

## Constraints & Safety
- **Allowed Directories**: `out/**`
- **Forbidden Operations**: `rm -rf`

## Acceptance Criteria
- [ ] Fine
  - Verification: `true`
- [ ] Cleans up
  - Verification: `echo 'äöü 👩‍💻'; sudo bash -c 'rm --recursive -f /'`
- [ ] Writes
  - Verification:
    ```sh
    echo a > src/a
    echo a > src/a
    ```
- [ ] Who knows
  - Verification: `$UNKNOWN x`
";

/// The log that `check` writes, once to a file and once to standard output, which are the same.
fn log(workspace: &Workspace, plans: &[&str]) -> Value {
    let file = workspace.run([&["check", "--sarif", "report.sarif"], plans].concat());
    let printed = workspace.run([&["check", "--sarif", "-"], plans].concat());
    assert_eq!(printed.stdout, workspace.read("report.sarif"));
    assert_eq!(printed.status, file.status);
    let log: Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!(log["runs"][0]["invocations"][0]["exitCode"], file.status);
    is_sound(workspace, &log);
    log
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

/// Everything that the standard asks of what planproof writes, beyond the schema.
fn is_sound(workspace: &Workspace, log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    for run in list(&log["runs"]) {
        assert_eq!(
            (&run["columnKind"], &run["tool"]["driver"]["name"]),
            (&"unicodeCodePoints".into(), &"planproof".into())
        );
        let rules = list(&run["tool"]["driver"]["rules"]);
        let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), rules.len(), "a rule stands there twice");
        for result in list(&run["results"]) {
            assert_eq!(result["ruleId"], rules[number(&result["ruleIndex"])]["id"]);
            // 3.27.10: what is no failure has no level.
            let level = result["level"].as_str().unwrap();
            assert_eq!(result["kind"] != "fail", level == "none", "{result}");
            let prints = result["partialFingerprints"].as_object().unwrap();
            assert!(prints.values().all(|print| print.as_str().unwrap().len() == 64), "{prints:?}");
            let flows =
                list(&result["codeFlows"]).iter().flat_map(|flow| list(&flow["threadFlows"][0]["locations"]));
            let flow = flows.map(|step| &step["location"]);
            for place in
                list(&result["locations"]).iter().chain(list(&result["relatedLocations"])).chain(flow)
            {
                stands_there(workspace, run, place);
            }
        }
    }
}

/// The region of a location, counted as it says, holds what its snippet says.
fn stands_there(workspace: &Workspace, run: &Value, place: &Value) {
    let (artifact, region) =
        (&place["physicalLocation"]["artifactLocation"], &place["physicalLocation"]["region"]);
    let uri = artifact["uri"].as_str().unwrap();
    assert_eq!(run["artifacts"][number(&artifact["index"])]["location"]["uri"], uri);
    assert!(run["originalUriBaseIds"].get(artifact["uriBaseId"].as_str().unwrap()).is_some());
    let text = workspace.read(&uri.replace("%20", " ").replace("%25", "%"));
    let offset = |line: &Value, column: &Value| {
        let before: usize =
            text.split_inclusive('\n').take(number(line) - 1).map(|line| line.chars().count()).sum();
        before + number(column) - 1
    };
    let start = offset(&region["startLine"], &region["startColumn"]);
    let end = offset(&region["endLine"], &region["endColumn"]);
    let there: String = text.chars().skip(start).take(end - start).collect();
    assert_eq!(there, region["snippet"]["text"].as_str().unwrap(), "{place}");
}

fn results<'l>(log: &'l Value, rule: &str) -> Vec<&'l Value> {
    list(&log["runs"][0]["results"]).iter().filter(|result| result["ruleId"] == rule).collect()
}

fn fingerprints(log: &Value) -> Vec<&Value> {
    list(&log["runs"][0]["results"]).iter().map(|result| &result["partialFingerprints"]).collect()
}

#[test]
fn what_is_denied_is_an_error_with_its_rule_and_every_step_that_leads_to_it() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    let log = log(&workspace, &[]);
    let found = results(&log, "forbidden-operation");
    let [result] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&result["kind"], &result["level"]), (&"fail".into(), &"error".into()));
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 11);
    assert_eq!(
        result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
        "Acceptance Criteria/AC-2"
    );
    let related: Vec<String> = list(&result["relatedLocations"])
        .iter()
        .map(|place| {
            let line = &place["physicalLocation"]["region"]["startLine"];
            format!("{} in line {line}", place["message"]["text"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        related,
        ["the rule: rm -rf in line 5", "through: sudo in line 11", "through: bash -c in line 11"]
    );
    assert_eq!(list(&result["codeFlows"][0]["threadFlows"][0]["locations"]).len(), 3);
}

#[test]
fn what_needs_a_yes_is_for_review() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    let log = log(&workspace, &[]);
    let found = results(&log, "not-understood");
    assert!(!found.is_empty());
    assert!(found.iter().all(|result| result["kind"] == "review" && result["level"] == "none"), "{found:?}");
}

#[test]
fn fingerprints_outlive_edits_elsewhere_and_tell_twins_apart() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    let before = log(&workspace, &[]);
    let all = fingerprints(&before);
    let distinct: BTreeSet<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), all.len(), "{all:?}");
    let edits = [
        PLAN.replace("## Constraints", "## Context\n\nFive\n\nmore\n\nlines\n\n## Constraints"),
        PLAN.replace("- [ ] Fine\n", "- [ ] Before it\n  - Verification: `true`\n- [ ] Fine indeed\n"),
    ];
    for edited in edits {
        workspace.plan(&edited);
        assert_eq!(fingerprints(&log(&workspace, &[])), all, "{edited}");
    }
    workspace.plan(&PLAN.replace("--recursive", "-r"));
    assert_ne!(fingerprints(&log(&workspace, &[])), all, "another command is another finding");
}

#[test]
fn addresses_are_relative_to_the_workspace_whatever_the_name_and_the_directory() {
    let workspace = Workspace::new();
    let name = "docs/plans/my 100% plan.md";
    workspace.write(name, PLAN).write(".git/HEAD", "");
    let log = log(&workspace, &[name]);
    assert_eq!(log["runs"][0]["artifacts"][0]["location"]["uri"], "docs/plans/my%20100%25%20plan.md");
    let mut command = workspace.command(["check", "--sarif", "-", "my 100% plan.md"]);
    let there = command.current_dir(workspace.path("docs/plans")).output().unwrap();
    let there: Value = serde_json::from_slice(&there.stdout).unwrap();
    assert_eq!(log, there);
}

#[test]
fn several_plans_of_one_workspace_are_one_run_and_those_of_two_are_two() {
    let workspace = Workspace::new();
    for name in ["one/.git/HEAD", "two/.git/HEAD"] {
        workspace.write(name, "");
    }
    for name in ["one/a.md", "one/b.md", "two/c.md"] {
        workspace.write(name, PLAN);
    }
    let said = workspace.run(["check", "--sarif", "-", "one/a.md", "two/c.md", "one/b.md"]);
    let log: Value = serde_json::from_str(&said.stdout).unwrap();
    let artifacts = |run: &Value| -> Vec<String> {
        list(&run["artifacts"])
            .iter()
            .map(|artifact| artifact["location"]["uri"].as_str().unwrap().to_owned())
            .collect()
    };
    let runs: Vec<_> = list(&log["runs"]).iter().map(artifacts).collect();
    assert_eq!(runs, [vec!["a.md", "b.md"], vec!["c.md"]]);
}

#[test]
fn what_is_wrong_with_the_plan_is_in_it_and_an_error_is_no_success() {
    let workspace = Workspace::new();
    workspace.plan("## Acceptance Criteria\n- [ ] a\n  - Verification: `true`\n");
    let bare = log(&workspace, &[]);
    assert_eq!(results(&bare, "plan/no-constraints").len(), 1);
    assert_eq!(bare["runs"][0]["invocations"][0]["executionSuccessful"], true);
    workspace
        .criteria("- [ ] a\n  - Verification: ``\n- [ ] b\n  - Timeout: never\n  - Verification: `true`\n");
    let said = workspace.run(["check", "--sarif", "-"]);
    let broken: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(said.status, 2);
    assert_eq!(broken["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert!(!list(&broken["runs"][0]["results"]).is_empty());
    workspace.plan("# Nothing\n");
    assert_eq!(log(&workspace, &[])["runs"][0]["invocations"][0]["exitCode"], 4);
}

#[test]
fn a_report_is_written_whole_or_not_at_all_and_never_over_a_plan() {
    let workspace = Workspace::new();
    workspace.plan(PLAN);
    for (arguments, message) in [
        (&["--sarif", "PLANS.md"][..], "error: `--sarif PLANS.md` names a plan"),
        (&["--sarif", "nowhere/report.sarif"], "error: cannot write nowhere/report.sarif"),
        (&["--sarif", "."], "error: cannot write ."),
        (
            &["--sarif", "-", "--output-format", "json"],
            "error: `--sarif -` and `--output-format json` both print",
        ),
    ] {
        let said = workspace.run([&["check"], arguments].concat());
        assert_eq!(said.status, 2, "{said:?}");
        assert!(said.stderr.starts_with(message) && said.stderr.contains("help: "), "{}", said.stderr);
        assert!(!said.stdout.contains("AC-1"), "{}", said.stdout);
    }
    assert_eq!(workspace.read("PLANS.md"), PLAN);
    workspace.write("report.sarif", "old");
    workspace.run(["check", "--sarif", "report.sarif"]);
    assert!(serde_json::from_str::<Value>(&workspace.read("report.sarif")).is_ok());
}

#[test]
fn a_credential_in_a_command_is_masked() {
    let workspace = Workspace::new();
    let token = format!("ghp_{}", "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC2eF4hJ6");
    workspace.plan(&PLAN.replace("$UNKNOWN x", &format!("$UNKNOWN {token}")));
    let said = workspace.run(["check", "--sarif", "-"]);
    assert!(said.stdout.contains("not-understood") && !said.stdout.contains(&token), "{}", said.stdout);
}
