//! A person's yes to one check: bound to the plan, the command and the rules that ask, good for one run, never for
//! what is denied.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{Said, Workspace, of_type, outcomes};

const FILE: &str = "planproof-approvals.toml";

/// AC-1 asks, since nobody knows what `name` will hold, AC-2 asks, AC-3 is denied, AC-4 is allowed, AC-5 is for a person.
const CRITERIA: &str = "\
- [ ] Asks
  - Verification: `$(cat name) 'one\\n'`
  - Expected Output: `one`
- [ ] Asks, too
  - Verification: `$(cat name) 'two\\n'`
- [ ] Denied
  - Verification: `touch ../trace`
- [ ] Allowed
  - Verification: `true`
- [ ] Eyes

## Progress

## Outcomes & Retrospective
";

fn criteria(workspace: &Workspace) {
    workspace.criteria(CRITERIA).write("name", "printf");
}

fn approve(workspace: &Workspace, more: &[&str]) -> Said {
    let arguments = ["check", "PLANS.md", "--by", "Ada", "--reason", "read it", "--approve"];
    workspace.run(arguments.iter().chain(more))
}

/// A workspace in which AC-1 is approved of.
fn approved(workspace: &Workspace, more: &[&str]) {
    criteria(workspace);
    let said = approve(workspace, &[&["AC-1"], more].concat());
    assert_eq!(said.status, 0, "{said:?}");
}

fn verify(workspace: &Workspace, more: &[&str]) -> Vec<String> {
    outcomes(&events(workspace, more))
}

fn events(workspace: &Workspace, more: &[&str]) -> Vec<Value> {
    let arguments = ["verify", "PLANS.md", "--output-format", "json"];
    workspace.run(arguments.iter().chain(more)).json()
}

const FIRST: [&str; 5] =
    ["AC-1 passed", "AC-2 needs_review", "AC-3 denied", "AC-4 passed_by_exit_status", "AC-5 manual"];
const NONE: [&str; 5] =
    ["AC-1 needs_review", "AC-2 needs_review", "AC-3 denied", "AC-4 passed_by_exit_status", "AC-5 manual"];

#[test]
fn an_approval_lets_exactly_that_check_run_and_only_once() {
    let Some(workspace) = Workspace::confined() else { return };
    approved(&workspace, &[]);
    let run = events(&workspace, &[]);
    assert_eq!(outcomes(&run), FIRST);
    let finished = of_type(&run, "check_finished").next().unwrap();
    let note = finished["notes"][0].as_str().unwrap();
    assert!(note.starts_with("approved by Ada until ") && note.ends_with(", for one run: read it"), "{note}");
    assert!(workspace.read(FILE).contains("\nused = \"20"), "{}", workspace.read(FILE));
    assert_eq!(verify(&workspace, &[]), NONE);
}

#[test]
fn an_approval_counts_for_either_way_to_run_and_for_each_level() {
    let Some(workspace) = Workspace::confined() else { return };
    for more in [&["--sandbox", "landlock"][..], &["--sandbox", "off"], &["--jobs", "2", "--sandbox", "full"]]
    {
        approved(&workspace, &[]);
        let run = events(&workspace, more);
        // Where the host has no namespaces there is no level full.
        if of_type(&run, "error").next().is_none() {
            assert_eq!(outcomes(&run), FIRST, "{more:?}");
            assert_eq!(verify(&workspace, more), NONE, "{more:?}");
        }
        std::fs::remove_file(workspace.path(FILE)).unwrap();
    }
}

#[test]
fn what_is_recorded_in_the_plan_does_not_take_a_reusable_approval_back_and_an_edit_does() {
    let Some(workspace) = Workspace::confined() else { return };
    approved(&workspace, &["--reusable"]);
    let before = workspace.read(FILE);
    for _ in 0..2 {
        assert_eq!(verify(&workspace, &[]), FIRST);
    }
    assert!(workspace.read("PLANS.md").contains("erified: "), "the run was recorded");
    assert_eq!(workspace.read(FILE), before);
    let plan = workspace.read("PLANS.md");
    for (from, to) in [
        ("'one\\n'", "'one\\n' ''"),
        ("`out/**`", "`out/**`, `src/**`"),
        ("# ExecPlan: Demo", "# ExecPlan: Demo 2"),
        ("- [ ] Asks\n", "- [ ] First\n  - Verification: `true`\n- [ ] Asks\n"),
    ] {
        workspace.plan(&plan.replacen(from, to, 1));
        let said = verify(&workspace, &["--no-record"]);
        assert!(said.contains(&"AC-2 needs_review".to_owned()) && !said.contains(&"AC-2 passed".to_owned()));
        assert!(!said.contains(&"AC-1 passed".to_owned()), "{from}: {said:?}");
    }
}

#[test]
fn a_rule_of_the_project_that_asks_as_well_takes_an_approval_back() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.write("name", "printf");
    workspace.plan("## Acceptance Criteria\n- [ ] a\n  - Verification: `$(cat name) 'one\\n'`\n");
    assert_eq!(approve(&workspace, &["AC-1", "--reusable"]).status, 0);
    assert_eq!(verify(&workspace, &["--no-record"]), ["AC-1 passed_by_exit_status"]);
    workspace.write("planproof.toml", "[policy]\nrequire_constraints = true\n");
    assert_eq!(verify(&workspace, &["--no-record"]), ["AC-1 needs_review"]);
}

#[test]
fn an_approval_ends() {
    let Some(workspace) = Workspace::confined() else { return };
    approved(&workspace, &["--expires", "12h", "--reusable"]);
    let text = workspace.read(FILE);
    let expires = text.lines().find(|line| line.starts_with("expires = ")).unwrap();
    workspace.write(FILE, text.replace(expires, "expires = \"2026-01-01T00:00:00Z\""));
    assert_eq!(verify(&workspace, &[]), NONE);
}

#[test]
fn what_is_denied_is_never_given_to_the_sandbox_whoever_says_yes() {
    let Some(workspace) = Workspace::confined() else { return };
    criteria(&workspace);
    let said = approve(&workspace, &["AC-3"]);
    assert_eq!(said.status, 3);
    assert!(said.stdout.contains("error[denied/"), "{}", said.stdout);
    assert!(
        said.stderr.contains("error: AC-3 is denied, and nobody can approve of that\nhelp: "),
        "{}",
        said.stderr
    );
    assert!(!workspace.exists(FILE));
    // Not even with an approval that somebody wrote by hand, with all the right hashes but for another verdict.
    assert_eq!(approve(&workspace, &["AC-1", "--reusable"]).status, 0);
    let hashes = workspace.run(["check", "--filter", "AC-3", "--output-format", "json"]);
    assert!(hashes.stdout.contains("\"verdict\":\"deny\""));
    for level in ["full", "landlock", "off"] {
        let run = events(&workspace, &["--yes", "--sandbox", level]);
        if of_type(&run, "error").next().is_some() {
            continue;
        }
        assert!(outcomes(&run).contains(&"AC-3 denied".to_owned()), "{run:?}");
        let started = of_type(&run, "check_started").any(|event| event["id"] == "AC-3");
        assert!(!started && !workspace.exists("../trace"), "{level}");
    }
    assert!(events(&workspace, &["--yes", "--sandbox", "off"]).iter().any(|event| event["id"] == "AC-1"));
}

#[test]
fn several_are_approved_of_or_none() {
    let workspace = Workspace::new();
    criteria(&workspace);
    assert_eq!(approve(&workspace, &["AC-1", "--approve", "AC-3"]).status, 3);
    assert_eq!(approve(&workspace, &["AC-1", "--approve", "AC-9"]).status, 2);
    assert!(!workspace.exists(FILE));
    assert_eq!(approve(&workspace, &["AC-1", "--approve", "AC-2", "--approve", "AC-1"]).status, 0);
    assert_eq!(workspace.read(FILE).matches("[[approval]]").count(), 2);
}

#[test]
fn check_tells_of_an_approval_and_takes_it_for_a_yes() {
    let workspace = Workspace::new();
    workspace.plan("## Acceptance Criteria\n- [ ] a\n  - Verification: `$X`\n");
    assert_eq!(workspace.run(["check"]).status, 3);
    assert_eq!(approve(&workspace, &["AC-1"]).status, 0);
    let said = workspace.run(["check"]);
    assert_eq!(said.status, 0);
    assert!(said.stdout.starts_with("approved AC-1  a\n"), "{}", said.stdout);
    assert!(said.stdout.ends_with("1 check in 1 plan: 1 approved\n"), "{}", said.stdout);
    let check = workspace.run(["check", "--output-format", "json"]).json();
    let check = of_type(&check, "check").next().unwrap();
    assert_eq!((&check["verdict"], &check["approval"]["by"]), (&"ask".into(), &"Ada".into()));
    let sarif: Value = serde_json::from_str(&workspace.run(["check", "--sarif", "-"]).stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let result = results.iter().find(|result| result["kind"] == "review").unwrap();
    assert_eq!(result["suppressions"][0]["status"], "accepted");
}

#[test]
fn the_file_says_what_was_approved_of_and_keeps_what_stands_there() {
    let workspace = Workspace::new();
    let token = format!("ghp_{}", "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC2eF4hJ6");
    let items = format!("- [ ] a\n  - Verification: `$X {token}`\n- [ ] b\n  - Verification: `$Y`\n");
    workspace.criteria(&items).write(FILE, "# ours");
    assert_eq!(approve(&workspace, &["AC-1"]).status, 0);
    let once = workspace.read(FILE);
    assert!(
        once.starts_with("# ours\n\n[[approval]]\nplan = \"PLANS.md\"\ncheck = \"AC-1\"\ncommand = \"$X "),
        "{once}"
    );
    for line in ["by = \"Ada\"", "reason = \"read it\"", "reusable = false", "rules = [\"not-understood\"]"] {
        assert!(once.lines().any(|other| other == line), "{line}\n{once}");
    }
    assert!(!once.contains(&token), "{once}");
    assert_eq!(approve(&workspace, &["AC-2"]).status, 0);
    assert!(workspace.read(FILE).starts_with(&once));
}

#[test]
fn no_check_writes_its_own_approval() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.write(FILE, "# nothing yet\n").plan(&format!(
        "## Acceptance Criteria\n- [ ] a\n  - Verification: `echo x > {FILE}`\n\
         - [ ] b\n  - Verification: `N=planproof; echo x >> $N-approvals.toml`\n"
    ));
    assert!(workspace.run(["check", "--filter", "AC-1"]).stdout.contains("built-in/own-files"));
    let _ = events(&workspace, &["--yes", "--no-record", "--sandbox", "landlock"]);
    assert_eq!(workspace.read(FILE), "# nothing yet\n");
}

#[test]
fn two_runs_at_once_do_not_share_an_approval() {
    let Some(workspace) = Workspace::confined() else { return };
    approved(&workspace, &[]);
    let arguments = ["verify", "PLANS.md", "--no-record", "--output-format", "json", "--filter", "AC-1"];
    let runs: Vec<_> = (0..6).map(|_| workspace.start(arguments)).collect();
    let said: Vec<Said> = runs.into_iter().map(|run| workspace.said(&support::finished(run))).collect();
    let passed = said.iter().filter(|said| said.stdout.contains("\"outcome\":\"passed\"")).count();
    assert_eq!(passed, 1, "{said:?}");
    assert_eq!(workspace.read(FILE).matches("used = ").count(), 1);
}

#[test]
fn an_approval_is_not_used_up_by_a_run_that_did_not_need_it() {
    let Some(workspace) = Workspace::confined() else { return };
    let items = "- [ ] a\n  - Verification: `false`\n- [ ] b\n  - Verification: `$(cat name) b`\n";
    workspace.criteria(items).write("name", "echo");
    assert_eq!(approve(&workspace, &["AC-2"]).status, 0);
    for (more, second) in [
        (&["--fail-fast"][..], "AC-2 not_run"),
        (&["--yes"], "AC-2 passed_by_exit_status"),
        (&["--dry-run"], ""),
    ] {
        let said = verify(&workspace, more);
        assert!(second.is_empty() || said == ["AC-1 failed", second], "{said:?}");
        assert!(!workspace.read(FILE).contains("used = "), "{more:?}");
    }
    assert_eq!(verify(&workspace, &[]), ["AC-1 failed", "AC-2 passed_by_exit_status"]);
    assert!(workspace.read(FILE).contains("used = "));
}

#[test]
fn a_run_that_is_killed_has_used_its_approval() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria("- [ ] a\n  - Verification: `$(cat name) 600`\n").write("name", "sleep");
    assert_eq!(approve(&workspace, &["AC-1"]).status, 0);
    let arguments = ["verify", "--no-record", "--output-format", "json"];
    let mut killed = workspace.start(arguments);
    support::until("the approval is used", || workspace.read(FILE).contains("\nused = "));
    killed.kill().unwrap();
    killed.wait().unwrap();
    let after = workspace.said(&workspace.command(arguments).output().unwrap());
    assert_eq!(outcomes(&after.json()), ["AC-1 needs_review"]);
}

#[test]
fn each_mistake_has_a_clear_error() {
    let workspace = Workspace::new();
    workspace.criteria(CRITERIA).write("other.md", "# nothing\n");
    let approve = ["check", "PLANS.md", "--approve", "AC-1"];
    let reason = ["--reason", "r", "--by", "b"];
    let long = ["--expires", "366d"];
    for (arguments, wanted) in [
        (&[&approve[..]].concat(), "required arguments were not provided"),
        (&[&approve[..], &["--reason", " \u{1b}"], &["--by", "b"]].concat(), ""),
        (&[&approve[..], &["--reason", " "], &["--by", "b"]].concat(), "error: `--reason` is empty\nhelp: "),
        (&[&approve[..], &["--reason", "r"]].concat(), "error: nobody knows who approves"),
        (&[&approve[..], &reason, &["--by", ""]].concat(), "cannot be used multiple times"),
        (
            &[&approve[..], &reason, &["--expires", "soon"]].concat(),
            "write a number and a unit, such as 12h or 7d",
        ),
        (&[&approve[..], &reason, &["--expires", "0d"]].concat(), "write a number and a unit"),
        (&[&approve[..], &reason, &long].concat(), "at most 365d"),
        (&[&approve[..], &reason, &["--sarif", "x"]].concat(), "cannot be used with"),
        (
            &[&approve[..], &reason, &["other.md"]].concat(),
            "error: `--approve` takes one plan, and there are 2\nhelp: ",
        ),
        (&[&["check", "--reason", "r"][..]].concat(), "required arguments were not provided"),
        (
            &[&["check", "PLANS.md", "--approve", "AC-9"][..], &reason].concat(),
            "error: PLANS.md: no check has the id `AC-9`\nhelp: name a check that needs a yes: AC-1, AC-2\n",
        ),
        (
            &[&["check", "PLANS.md", "--approve", "AC-4"][..], &reason].concat(),
            "error: PLANS.md: AC-4 needs no approval\nhelp: nothing was approved; ",
        ),
        (
            &[&["check", "PLANS.md", "--approve", "AC-5"][..], &reason].concat(),
            "error: PLANS.md: AC-5 needs no approval\n",
        ),
    ] {
        let said = workspace.run(arguments);
        if !wanted.is_empty() {
            assert!(said.status == 2 && said.stderr.contains(wanted), "{arguments:?}: {said:?}");
            assert!(!workspace.exists(FILE), "{arguments:?}");
        }
        let _ = std::fs::remove_file(workspace.path(FILE));
    }
}

#[test]
fn an_approval_is_not_given_twice_and_not_to_a_twin() {
    let workspace = Workspace::new();
    let block = "```sh\n$(cat x) a\n```\n";
    workspace.plan(&format!("## Validation\n\n{block}\n## Acceptance\n\n{block}"));
    assert_eq!(approve(&workspace, &["VA-1"]).status, 0);
    let again = approve(&workspace, &["VA-1"]);
    assert_eq!(again.status, 2);
    assert!(
        again.stderr.contains("VA-1 is approved by Ada until ")
            && again.stderr.contains(" already\nhelp: delete")
    );
    let twin = approve(&workspace, &["VA-2"]);
    assert!(
        twin.stderr.contains("VA-2 is the same as VA-1 and runs with it\nhelp: approve of VA-1"),
        "{twin:?}"
    );
}

#[test]
fn approvals_that_cannot_be_read_stop_everything() {
    let workspace = Workspace::new();
    workspace.criteria("- [ ] a\n  - Verification: `true`\n");
    let bad: [(&[u8], &str); 5] = [
        (b"approval = 1\n", "planproof-approvals.toml:1:12"),
        (b"[[approval]]\nplan = \"x\"\n", "planproof-approvals.toml:1:1"),
        (b"[[approvals]]\n", "unknown field `approvals`"),
        (b"\xff", "invalid UTF-8"),
        (b"[[approval]]\nused", "planproof-approvals.toml:2:"),
    ];
    for (text, wanted) in bad {
        workspace.write(FILE, text);
        for arguments in [&["check"][..], &["verify", "--no-record"], &["check", "--sarif", "-"]] {
            let said = workspace.run(arguments);
            assert!(said.status == 2 && said.stderr.contains(wanted), "{arguments:?}: {said:?}");
            assert!(said.stderr.contains("help: "), "{said:?}");
        }
    }
    std::fs::remove_file(workspace.path(FILE)).unwrap();
    std::os::unix::fs::symlink(Path::new("../home/.profile"), workspace.path(FILE)).unwrap();
    let said = workspace.run(["check"]);
    assert!(said.status == 2 && said.stderr.contains("is no file of its own\nhelp: "), "{said:?}");
}

#[test]
fn an_entry_that_cannot_be_marked_lets_nothing_run() {
    let Some(workspace) = Workspace::confined() else { return };
    approved(&workspace, &[]);
    let text = workspace.read(FILE);
    let keys: Vec<&str> = text.lines().filter(|line| line.contains(" = ")).collect();
    workspace.write(FILE, format!("approval = [{{ {} }}]\n", keys.join(", ")));
    assert_eq!(workspace.run(["check", "--filter", "AC-1"]).status, 0, "it is read");
    assert_eq!(verify(&workspace, &["--filter", "AC-1"]), ["AC-1 needs_review"]);
}
