//! planproof never claims more than was proved: what an author expects is never dropped, turned round, or met by
//! something that planproof or the check itself put in its place.
#![allow(clippy::unwrap_used, reason = "tests end by panic")]

mod support;

use support::{Workspace, outcomes};

/// The outcome of each check of a plan that has no constraints.
fn verify(workspace: &Workspace, plan: &str) -> Vec<String> {
    workspace.plan(plan);
    outcomes(&workspace.run(["verify", "--no-record", "--output-format", "json"]).json())
}

#[test]
fn an_expectation_is_not_turned_into_its_opposite() {
    let Some(workspace) = Workspace::confined() else { return };
    for (plan, outcome) in [
        ("## Validation\n\nRun `echo panic now`; it must not print `panic`.\n", "VA-1 failed"),
        ("## Validation\n\nRun `echo fine now`; it must not print `panic`.\n", "VA-1 passed"),
        (
            "## Acceptance Criteria\n- [ ] a\n  - Verification: `echo error`\n  \
             - Expected Output: must not contain `error`\n",
            "AC-1 passed_by_exit_status",
        ),
        (
            "## Acceptance Criteria\n- [ ] a\n  - Verification: `echo b`\n  - Must Not Output: `a`, `b`\n",
            "AC-1 failed",
        ),
    ] {
        assert_eq!(verify(&workspace, plan), [outcome], "{plan}");
    }
}

#[test]
fn an_expectation_in_the_next_item_belongs_to_the_command_before_it() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan = "## Milestone 1: x\n- Verify by: `echo a`\n- Expected output: `b`\n";
    assert_eq!(verify(&workspace, plan), ["M1-1 failed"]);
}

#[test]
fn no_command_of_a_section_is_dropped_for_another() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan =
        "## Validation\n\nRun `false` and expect `12 passed`.\n\nThe page looks calm.\n\nRun:\n\n    true\n";
    let expected = ["VA-1 failed", "VA-2 manual", "VA-3 passed_by_exit_status"];
    assert_eq!(verify(&workspace, plan), expected);
    let plan = "## Acceptance Criteria\n- [ ] a\n  - Verification: `true`, then\n\n    ```sh\n    false\n    ```\n  \
                - [ ] it works elsewhere, too\n";
    assert_eq!(verify(&workspace, plan), ["AC-1 passed_by_exit_status", "AC-2 failed", "AC-3 manual"]);
}

#[test]
fn a_field_that_is_stated_twice_is_an_error_not_a_choice() {
    let workspace = Workspace::new();
    workspace.criteria(
        "- [ ] a\n  - Verification: `echo b`\n  - Expected Output: `a`\n  - Expected Output: `b`\n",
    );
    let said = workspace.run(["verify", "--no-record"]);
    assert_eq!(said.status, 2);
    assert!(said.stderr.contains("this check states `Expected Output` twice"), "{}", said.stderr);
    assert!(said.stderr.contains("PLANS.md:10:5"), "{}", said.stderr);
}

#[test]
fn what_nobody_sees_is_never_a_command() {
    let workspace = Workspace::new();
    workspace.plan(
        "## Validation\n\nIt works. <!-- Run `touch hidden now` --> And `Don’t run `touch evil now`.\n",
    );
    let said = workspace.run(["list", "--output-format", "json"]);
    assert!(said.json().iter().all(|check| check["kind"] != "run"), "{}", said.stdout);
}

#[test]
fn a_folder_that_planproof_made_proves_no_deliverable() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan = "## Constraints\n- **Allowed Directories**: `made/**`\n\n\
                ## Milestone 1: x\n- Deliverables: `made/`\n- Verify by: `true`\n";
    assert_eq!(verify(&workspace, plan), ["M1-1 failed", "M1-2 passed_by_exit_status"]);
    assert!(!workspace.exists("made"));
}

#[test]
fn a_pipeline_does_not_hide_that_its_command_failed() {
    let Some(workspace) = Workspace::confined() else { return };
    for command in ["false | tee /dev/null", "false 2>&1 | tail -5", "false | cat | sort"] {
        let plan = format!("## Acceptance Criteria\n- [ ] a\n  - Verification: `{command}`\n");
        assert_eq!(verify(&workspace, &plan), ["AC-1 failed"], "{command}");
    }
    // What the plan itself sets counts for all programs, and is no step that could pass.
    let plan = "## Acceptance Criteria\n- [ ] a\n  - Verification:\n\n    ```sh\n    set -o pipefail\n    \
                true | cat\n    false | grep -v x || true\n    false | sed p\n    ```\n";
    assert_eq!(verify(&workspace, plan), ["AC-1 failed"]);
    assert_eq!(
        verify(&workspace, &plan.replace("set -o pipefail\n    ", "")),
        ["AC-1 passed_by_exit_status"]
    );
    // It also holds behind a change of directory, and no longer once it is taken back.
    let block = |lines: &str| format!("## Validation\n\nRun:\n\n```sh\n{lines}\n```\n");
    std::fs::create_dir_all(workspace.path("web")).unwrap();
    for (lines, outcome) in [
        ("set -o pipefail\ncd web\nfalse | sed p", "VA-1 failed"),
        ("set -o pipefail;\nfalse | sed p", "VA-1 failed"),
        ("cd web\nfalse | sed p", "VA-1 passed_by_exit_status"),
        ("set -o pipefail\ntrue | sed p\nset +o pipefail\nyes | head -1", "VA-1 passed_by_exit_status"),
    ] {
        assert_eq!(verify(&workspace, &block(lines)), [outcome], "{lines}");
    }
    let plan = "## Acceptance Criteria\n- [ ] a\n  - Verification: `yes | head -1`\n";
    assert_eq!(verify(&workspace, plan), ["AC-1 passed_by_exit_status"]);
}

#[test]
fn what_all_commands_must_print_is_not_taken_for_success_of_all() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan = "## Validation\n\n1. Gates\n   - Verification: `echo a`\n   - Verification: `echo b`\n   \
                - Expected Output: all commands pass and print `42 rows`\n";
    assert_eq!(verify(&workspace, plan), ["VA-1 passed_by_exit_status", "VA-2 failed"]);
    let plan = plan.replace(" and print `42 rows`", "");
    assert_eq!(verify(&workspace, &plan), ["VA-1 passed_by_exit_status", "VA-2 passed_by_exit_status"]);
}

#[test]
fn a_program_that_is_not_there_does_not_fail_as_it_should() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan = "## Acceptance Criteria\n- [ ] a\n  - Verification: `no-such-program --bad`\n  \
                - Expected Exit Code: non-zero\n";
    assert_eq!(verify(&workspace, plan), ["AC-1 failed"]);
}

#[test]
fn a_check_cannot_change_what_decides_about_later_runs() {
    let Some(workspace) = Workspace::confined() else { return };
    std::fs::create_dir_all(workspace.path(".git/hooks")).unwrap();
    let plan = "## Constraints\n- **Allowed Directories**: `**`\n\n## Acceptance Criteria\n\
                - [ ] a\n  - Verification: `echo x > .git/hooks/post-commit`\n\
                - [ ] b\n  - Verification: `echo 'sandbox = \"off\"' > planproof.toml`\n\
                - [ ] c\n  - Verification: `for f in .git/hooks/x planproof.toml; do cp PLANS.md \"$f\"; done`\n\
                - [ ] d\n  - Verification: `sed -i s/a/b/ PLANS.md`\n";
    workspace.plan(plan);
    let said = workspace.run(["verify", "--no-record", "--yes", "--output-format", "json"]);
    assert_eq!(outcomes(&said.json())[..2], ["AC-1 denied", "AC-2 denied"]);
    assert!(outcomes(&said.json()).iter().all(|outcome| !outcome.contains("passed")), "{}", said.stdout);
    assert!(!workspace.exists(".git/hooks/post-commit") && !workspace.exists(".git/hooks/x"));
    assert!(!workspace.exists("planproof.toml"));
    assert_eq!(workspace.read("PLANS.md"), plan);
}

#[test]
fn a_plan_is_confined_whatever_another_project_in_the_same_run_says() {
    let Some(workspace) = Workspace::confined() else { return };
    let plan = "## Acceptance Criteria\n- [ ] a\n  - Verification: `touch trace`\n";
    for project in ["a", "b"] {
        std::fs::create_dir_all(workspace.path(project).join(".git")).unwrap();
        workspace.write(&format!("{project}/PLANS.md"), plan);
    }
    workspace.write("b/planproof.toml", "sandbox = \"off\"\n");
    let said = workspace.run(["verify", "--no-record", "a/PLANS.md", "b/PLANS.md"]);
    // In a view the check may well pass; nothing of it reaches the workspace.
    assert!(said.status <= 1, "{}", said.stdout);
    assert!(!workspace.exists("a/trace") && !workspace.exists("b/trace"));
}

#[test]
fn rules_in_an_unusual_form_are_not_taken_for_absent() {
    let Some(workspace) = Workspace::confined() else { return };
    for (rules, outcome) in [
        ("## Constraints / Safety\n- **Forbidden Operations**: `echo`\n", "AC-1 denied"),
        ("## Constraints\n### Forbidden Operations\n- `echo`\n", "AC-1 denied"),
        ("## Constraints\n- **Forbidden Operations** — `echo`\n", "AC-1 denied"),
        ("## Constraints\n### Data recovery\n- **Forbidden Operations**: `echo`\n", "AC-1 denied"),
        ("## Constraints\n> - **Forbidden Operations**: `echo`\n", "AC-1 needs_review"),
        ("## Constraints\n\nNever run `echo evil here`.\n", "AC-1 needs_review"),
    ] {
        let plan = format!("{rules}\n## Acceptance Criteria\n- [ ] a\n  - Verification: `echo evil here`\n");
        assert_eq!(verify(&workspace, &plan), [outcome], "{rules}");
    }
}

#[test]
fn a_report_is_never_written_over_a_plan() {
    let workspace = Workspace::new();
    workspace.criteria("- [ ] a\n  - Verification: `true`\n");
    let before = workspace.read("PLANS.md");
    let said = workspace.run(["verify", "--junit", "PLANS.md"]);
    assert_eq!(said.status, 2);
    assert!(said.stderr.contains("`--junit PLANS.md` names a plan"), "{}", said.stderr);
    assert_eq!(workspace.read("PLANS.md"), before);
}

#[test]
fn a_run_of_some_checks_leaves_what_is_known_of_the_others() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.plan(
        "## Acceptance Criteria\n- [ ] a\n  - Verification: `true`\n- [ ] b\n  - Verification: `false`\n\n\
         ## Progress\n\n## Outcomes & Retrospective\n",
    );
    workspace.run(["verify"]);
    workspace.run(["verify", "--filter", "AC-1"]);
    let plan = workspace.read("PLANS.md");
    assert!(plan.contains("- AC-2 failed: b"), "{plan}");
    assert!(
        plan.contains("- [x] ") && plan.contains("Verified (some of the checks only): 0 of 1 check passed"),
        "{plan}"
    );
}

#[test]
fn lines_that_enter_a_directory_hide_no_failure_before_them() {
    let Some(workspace) = Workspace::confined() else { return };
    let block = |lines: &str| format!("## Validation\n\nRun:\n\n```sh\n{lines}\n```\n");
    std::fs::create_dir(workspace.path("app")).unwrap();
    let plan = block("true\nfalse\ncd app && true\ntest -d ../app");
    assert_eq!(verify(&workspace, &plan), ["VA-1 failed", "VA-2 passed_by_exit_status"], "{plan}");
    let plan = block("t=$(mktemp -d)\ncd \"$t\"\nfalse\ntrue");
    assert_eq!(verify(&workspace, &plan), ["VA-1 failed"], "one script ends at the first line that fails");
}

#[test]
fn what_cannot_fail_is_told_to_prove_nothing() {
    let Some(workspace) = Workspace::confined() else { return };
    workspace.criteria("- [ ] a\n  - Verification: `false || true`\n- [ ] b\n  - Verification: `true`\n");
    let said = workspace.run(["verify", "--no-record"]);
    let told = "`|| true` makes it succeed whatever comes before, so this proves nothing";
    assert_eq!(said.stdout.matches(told).count(), 1, "{said:?}");
}
