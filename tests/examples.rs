//! The example plans do what README.md and they themselves say.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say why they skip")]

use std::path::Path;
use std::process::Command;

/// Runs `planproof verify` on an example in a copy of the examples, as on a fresh checkout.
fn verify(example: &str) -> (String, Option<i32>) {
    let copy = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["quickstart", "standard-schema", "cookbook", "service"] {
        let to = copy.path().join("examples").join(folder);
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(root.join("examples").join(folder)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    }
    std::fs::create_dir(copy.path().join(".git")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_planproof"))
        .args(["verify", "--no-record", &format!("examples/{example}/PLANS.md")])
        .current_dir(copy.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // The highest level that this host has, and why not a higher one.
    let level =
        regex::Regex::new(r"\(sandbox: (?:full|landlock)\)(\n +note: the sandbox layer .*\n +help: .*)?")
            .unwrap();
    let text = level.replace_all(&text, "(sandbox: [LEVEL])");
    let durations = regex::Regex::new(r"\d+(\.\d+)? m?s\b").unwrap();
    // The plans print `0.2 s` themselves, but not into the report.
    (durations.replace_all(&text, "[time]").into_owned(), output.status.code())
}

#[test]
fn the_quickstart_plan_holds() {
    let (shown, status) = verify("quickstart");
    insta::assert_snapshot!(shown);
    assert_eq!(status, Some(0));
}

#[test]
fn the_standard_schema_plan_shows_every_outcome_it_promises() {
    let (shown, status) = verify("standard-schema");
    insta::assert_snapshot!(shown);
    assert_eq!(status, Some(1));
}

#[test]
fn the_cookbook_plan_holds_but_for_what_needs_a_person() {
    let (shown, status) = verify("cookbook");
    insta::assert_snapshot!(shown);
    assert_eq!(status, Some(0));
}

#[test]
fn the_service_plan_holds() {
    for program in ["python3", "curl"] {
        if !Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success()) {
            println!("skipped, because there is no {program} here");
            return;
        }
    }
    let (shown, status) = verify("service");
    if shown.contains("at the level landlock") {
        println!("skipped, because a service has no loopback here");
        return;
    }
    insta::assert_snapshot!(shown);
    assert_eq!(status, Some(0));
}
