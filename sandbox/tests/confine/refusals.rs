//! What cannot be had is refused, and nothing runs.

use std::process::Command;

use crate::house::{House, example, exists, landlocked, said};

#[test]
fn without_landlock_nothing_runs_and_the_message_says_what_to_do() {
    for call in ["landlock_create_ruleset", "landlock_restrict_self", "landlock_add_rule"] {
        let Some(house) = landlocked() else { return };
        let mut refuse = Command::new(example("refuse"));
        house.furnish(&mut refuse);
        refuse.args([call, "--"]).arg(example("confine")).args(house.arguments());
        let said = said(refuse.args(["touch", "src/ran"]).output().unwrap());
        assert_eq!(said.code, Some(125), "{call}: {}", said.stderr);
        assert!(
            said.stderr.contains("layer `writes`") && said.stderr.contains("cannot be had"),
            "{}",
            said.stderr
        );
        assert!(!exists(&house.path("work/src/ran")), "{call}");
        assert!(!house.has_temporaries());
    }
}

#[test]
fn the_level_off_needs_no_landlock() {
    let house = House::new().with(&["--level", "off"]);
    let mut refuse = Command::new(example("refuse"));
    house.furnish(&mut refuse);
    refuse.args(["landlock_create_ruleset", "--"]).arg(example("confine")).args(house.arguments());
    let said = said(refuse.args(["touch", "src/ran"]).output().unwrap());
    assert!(said.code == Some(0) && exists(&house.path("work/src/ran")));
    assert!(said.stderr.contains(r#""level":"off""#) && said.stderr.contains(r#""writes":"open""#));
}

#[test]
fn descriptors_that_cannot_be_closed_stop_the_sandbox() {
    let house = House::new().with(&["--level", "off"]);
    let mut refuse = Command::new(example("refuse"));
    house.furnish(&mut refuse);
    refuse.args(["close_range", "--"]).arg(example("confine")).args(house.arguments());
    let said = said(refuse.args(["touch", "src/ran"]).output().unwrap());
    assert!(said.code == Some(125) && !exists(&house.path("work/src/ran")), "{}", said.stderr);
}

#[test]
fn a_program_that_cannot_be_started_is_told_from_a_command_that_failed() {
    let house = House::new().with(&["--level", "off"]);
    house.write("work/src/plain", "not executable");
    for program in ["no-such-program", "./src/none", "./src/plain", "/"] {
        let said = house.run_program(program);
        assert_eq!(said.code, Some(126), "{program}");
        assert!(said.stderr.contains("could not be started: executing the program"), "{}", said.stderr);
    }
    // A shell that cannot find its command has run.
    assert_eq!(house.run("no-such-program").code, Some(127));
}

#[test]
fn a_child_that_dies_before_its_program_starts_is_not_taken_for_the_program() {
    let Some(house) = landlocked() else { return };
    let mut refuse = Command::new(example("refuse"));
    house.furnish(&mut refuse);
    refuse.args(["kill:capset", "--"]).arg(example("confine")).args(house.arguments());
    let said = said(refuse.args(["touch", "src/ran"]).output().unwrap());
    assert!(
        said.code == Some(126) && !exists(&house.path("work/src/ran")),
        "{:?} {}",
        said.code,
        said.stderr
    );
}

#[test]
fn a_program_that_is_hidden_cannot_be_started() {
    let Some(house) = landlocked() else { return };
    house.write("home/.ssh/tool", "#!/bin/sh\n");
    let path = house.path("home/.ssh/tool");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    assert_eq!(house.run_program(&path).code, Some(126));
}

#[test]
fn a_writable_folder_that_is_a_link_or_missing_is_refused() {
    let house = House::new();
    std::os::unix::fs::symlink(house.path("outside"), house.path("work/link")).unwrap();
    let house = house.with(&["--allow", "link/**"]);
    let said = house.run("touch src/ran");
    assert!(said.code == Some(125) && said.stderr.contains("name the real directory"), "{}", said.stderr);
    let house = House::new().with(&["--allow", "none/**"]);
    assert!(house.run("true").stderr.contains("create it or leave it out"));
}

#[test]
fn a_hidden_path_in_a_writable_folder_is_refused_at_landlock() {
    let house = House::new();
    house.write("work/src/key", "secret");
    let key = house.path("work/src/key");
    let house = house.with(&["--hide", key.to_str().unwrap()]);
    assert!(house.run("cat src/key").stderr.contains("must stay hidden"));
}
