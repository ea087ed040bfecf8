//! What a command says reaches its host: all of it, in order, in little memory.

use std::{io::Read as _, process::Stdio};

use crate::house::{House, said};

fn house() -> House {
    House::new().with(&["--level", "off"])
}

#[test]
fn merged_output_keeps_its_order() {
    let script = "i=0; while test $i -lt 200; do echo $i; echo $((i+1)) >&2; i=$((i+2)); done";
    let said = house().run(script);
    assert!(said.stdout.lines().eq((0..200).map(|number| number.to_string())), "{}", said.stdout);
}

#[test]
fn separate_output_goes_to_its_own_stream() {
    let said = house().with(&["--separate"]).run("echo out; echo err >&2");
    assert_eq!(said.stdout, "out\n");
    assert!(said.stderr.starts_with("err\n"));
}

#[test]
fn a_command_that_closes_its_output_ends_by_its_own_exit() {
    let said = house().run("exec >&- 2>&-; sleep 0.1; exit 7");
    assert_eq!((said.code, said.stdout.as_str()), (Some(7), ""));
}

#[test]
fn a_command_that_closes_its_output_still_times_out() {
    assert_eq!(house().with(&["--timeout", "1s"]).run("exec >&- 2>&-; sleep 1000").code, Some(124));
}

#[test]
fn output_written_just_before_the_end_is_never_lost() {
    let said = house().with(&["--repeat", "50"]).run("head -c 60000 /dev/zero | tr '\\0' x; kill -9 $$");
    assert_eq!(said.stdout.len(), 50 * 60_000);
}

#[test]
fn output_at_a_checkpoint_belongs_to_the_step_before() {
    let step = "printf '%s\\n' $? >&8; read -r _ <&8";
    let script = format!(
        "head -c 100000 /dev/zero | tr '\\0' a; {step}; (echo err >&2; exit 3); {step}; echo c; {step}; echo rest"
    );
    let said = house().with(&["--checkpoints"]).run(&script);
    let expected = "a".repeat(100_000) + "[checkpoint 0]\nerr\n[checkpoint 3]\nc\n[checkpoint 0]\nrest\n";
    assert!(said.stdout == expected, "{}", said.stdout.trim_start_matches('a'));
}

#[test]
fn a_step_that_goes_on_writing_in_the_background_does_not_hold_up_a_checkpoint() {
    let said = house().with(&["--checkpoints"]).run("yes & echo 1 >&8; read -r _ <&8; kill $!; echo end");
    assert!(said.code == Some(0) && said.stdout.contains("[checkpoint 1]\n"));
}

#[test]
fn a_gigabyte_of_output_takes_no_memory() {
    let house = house();
    let mut confine = house.confine();
    confine.args(["sh", "-c", "head -c 1000000000 /dev/zero; echo end"]).stdout(Stdio::piped());
    let mut host = confine.stdout(Stdio::piped()).spawn().unwrap();
    let mut pipe = host.stdout.take().unwrap();
    let mut buffer = vec![0; 1 << 20];
    let (mut total, mut peak) = (0, 0);
    loop {
        match pipe.read(&mut buffer).unwrap() {
            0 => break,
            read => total += read,
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", host.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak);
    }
    assert!(host.wait().unwrap().success());
    assert_eq!(total, 1_000_000_004);
    assert!(0 < peak && peak < 32 << 10, "{peak} KiB");
}

#[test]
fn the_status_is_the_commands() {
    let house = house();
    assert_eq!(house.run("exit 3").code, Some(3));
    assert_eq!(house.run("exit 127").code, Some(127));
    assert_eq!(house.run("kill -9 $$").code, Some(137));
    assert_eq!(said(house.confine().arg("false").output().unwrap()).code, Some(1));
}
