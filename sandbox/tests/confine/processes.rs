//! Nothing outlives its command, whoever dies first.

use std::process::Stdio;

use crate::house::{House, first_numbers, kill, landlocked, lives, numbers, parent, said, until};

const LEVELS: [&str; 2] = ["off", "landlock"];

fn at(level: &str) -> Option<House> {
    landlocked().map(|house| house.with(&["--level", level]))
}

#[test]
fn a_background_process_does_not_hold_up_its_command_and_is_killed() {
    for level in LEVELS {
        let Some(house) = at(level) else { return };
        let said = house.run("sleep 1000 & echo $!");
        assert_eq!(said.code, Some(0));
        assert!(said.stderr.contains(r#""left_behind":1"#), "{}", said.stderr);
        assert!(numbers(&said.stdout).iter().all(|pid| !lives(*pid)));
    }
}

#[test]
fn a_daemon_that_forks_twice_and_ignores_every_signal_is_killed() {
    for level in LEVELS {
        let Some(house) = at(level) else { return };
        // The daemon reports in a file, because its parent must not wait for its output.
        let said = house.run(
            "(setsid sh -c 'trap \"\" TERM HUP INT; (setsid sh -c \"trap : TERM HUP INT; echo \\$\\$ > src/pid; while :; do sleep 1000; done\" &) ' &) ; while ! test -s src/pid; do :; done",
        );
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        let pids = numbers(&house.read("work/src/pid"));
        assert!(pids.len() == 1 && !lives(pids[0]), "{pids:?}");
    }
}

#[test]
fn a_timeout_kills_a_grandchild_in_a_session_of_its_own() {
    for level in LEVELS {
        let Some(house) = at(level) else { return };
        let house = house.with(&["--timeout", "1s"]);
        let said = house
            .run("setsid sh -c 'echo $$; exec sleep 1000' & echo $$; trap '' TERM; sleep 1000; sleep 1000");
        assert_eq!(said.code, Some(124));
        let pids = numbers(&said.stdout);
        assert!(pids.len() == 2 && pids.iter().all(|pid| !lives(*pid)), "{pids:?}");
    }
}

#[test]
fn a_stopped_command_is_killed_when_its_time_is_up() {
    let house = House::new().with(&["--level", "off", "--timeout", "1s"]);
    assert_eq!(house.run("kill -STOP $$").code, Some(124));
}

#[test]
fn a_fork_bomb_in_many_sessions_ends_with_its_command() {
    let Some(house) = at("landlock") else { return };
    let house = house.with(&["--timeout", "1s"]);
    // A chain that forks, leaves its session and ends, over and over.
    let script =
        "echo $$ >> src/pids; for i in 1 2 3 4; do sleep 1000 & done; setsid sh src/next & sleep 1000";
    house.write("work/src/next", "echo $$ >> src/pids\nsetsid sh src/next &\nsleep 0.01\n");
    let said = house.run(script);
    assert_eq!(said.code, Some(124), "{}", said.stderr);
    let pids = numbers(&house.read("work/src/pids"));
    assert!(pids.len() > 2 && pids.iter().all(|pid| !lives(*pid)));
}

#[test]
fn a_killed_host_takes_its_commands_and_its_temporary_directory_along() {
    for level in LEVELS {
        let Some(house) = at(level) else { return };
        let mut confine = house.confine();
        confine.args(["sh", "-c", "sleep 1000 & echo $!; setsid sleep 1000 & echo $!; echo $$; sleep 1000"]);
        let mut host = confine.stdout(Stdio::piped()).spawn().unwrap();
        let pids = first_numbers(host.stdout.as_mut().unwrap(), 3);
        let init = parent(pids[2]);
        assert!(pids.iter().all(|pid| lives(*pid)) && house.has_temporaries());
        host.kill().unwrap();
        host.wait().unwrap();
        until("all processes are gone", || !lives(init) && pids.iter().all(|pid| !lives(*pid)));
        assert!(!house.has_temporaries());
    }
}

#[test]
fn a_killed_init_is_an_error_and_never_a_success() {
    for level in LEVELS {
        let Some(house) = at(level) else { return };
        let mut confine = house.confine();
        confine.args(["sh", "-c", "echo $$; exec sleep 1000"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut host = confine.spawn().unwrap();
        let pids = first_numbers(host.stdout.as_mut().unwrap(), 1);
        kill(parent(pids[0]), libc::SIGKILL);
        let said = said(host.wait_with_output().unwrap());
        assert_eq!(said.code, Some(125));
        assert!(said.stderr.contains("init process ended unexpectedly"), "{}", said.stderr);
        // The run itself failed, not only the closing.
        assert!(!said.stderr.contains("ending"), "{}", said.stderr);
        until("the command is gone", || !lives(pids[0]));
        assert!(!house.has_temporaries());
    }
}

#[test]
fn a_command_can_neither_signal_nor_trace_what_is_outside() {
    let Some(house) = at("landlock") else { return };
    let mut victim = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
    let said = house.run(&format!("kill -9 {}; kill -9 $PPID; cat /proc/{0}/environ; echo $?", victim.id()));
    let alive = lives(victim.id());
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert!(said.code == Some(0) && said.stdout.ends_with("1\n"), "{}", said.stdout);
    let full = said.stderr.contains(r#""signals":"in force""#);
    assert!(alive || !full);
}

#[test]
fn an_interrupt_ends_the_command_politely_and_is_no_success() {
    for level in LEVELS {
        let Some(house) = at(level) else { return };
        let mut confine = house.confine();
        confine.args(["sh", "-c", "trap 'echo bye; exit 0' TERM; echo $$; sleep 1000 & wait"]);
        let mut host = confine.stdout(Stdio::piped()).spawn().unwrap();
        let pids = first_numbers(host.stdout.as_mut().unwrap(), 1);
        kill(host.id(), libc::SIGINT);
        let output = host.wait_with_output().unwrap();
        let said = said(output);
        assert_eq!((said.code, said.stdout.as_str()), (Some(130), "bye\n"));
        assert!(!lives(pids[0]));
    }
}

#[test]
fn an_interrupt_kills_what_does_not_listen() {
    let Some(house) = at("landlock") else { return };
    let mut confine = house.confine();
    confine.args([
        "sh",
        "-c",
        "trap '' TERM; setsid sleep 1000 & echo $!; echo $$; while :; do sleep 1000; done",
    ]);
    let mut host = confine.stdout(Stdio::piped()).spawn().unwrap();
    let pids = first_numbers(host.stdout.as_mut().unwrap(), 2);
    kill(host.id(), libc::SIGINT);
    assert_eq!(host.wait().unwrap().code(), Some(130));
    assert!(pids.iter().all(|pid| !lives(*pid)));
}

#[test]
fn a_run_that_is_given_up_kills_its_command_and_leaves_the_sandbox_usable() {
    for level in LEVELS {
        let Some(house) = at(level) else { return };
        let house = house.with(&["--abandon", "1s"]);
        let said = house.run("echo $$; setsid sleep 1000 & echo $!; sleep 1000");
        let pids = numbers(&said.stdout);
        assert!(said.code == Some(0) && said.stdout.ends_with("after\n"), "{}", said.stderr);
        assert!(pids.len() == 2 && pids.iter().all(|pid| !lives(*pid)));
    }
}
