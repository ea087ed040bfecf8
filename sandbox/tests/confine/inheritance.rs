//! What a command gets from its host, which is little.

use std::{fs::File, os::fd::AsRawFd as _};

use crate::house::{House, landlocked, said};

#[test]
fn the_environment_holds_the_listed_variables_only() {
    let house = House::new().with(&["--level", "off", "--pass-env", "GIVEN_*"]);
    let mut confine = house.confine();
    confine.args(["env"]).env_clear().env("PATH", "/usr/bin:/bin").env("AWS_SECRET_ACCESS_KEY", "secret");
    confine.env("LC_ALL", "C").env("GIVEN_NAME", "given").env("SSH_AUTH_SOCK", "/secret");
    let said = said(confine.output().unwrap());
    let mut names: Vec<_> = said.stdout.lines().filter_map(|line| line.split('=').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["GIVEN_NAME", "LC_ALL", "PATH", "PWD", "TMPDIR"]);
}

#[test]
fn the_init_holds_no_secret_of_the_host_either() {
    let house = House::new().with(&["--level", "off"]);
    let mut confine = house.confine();
    confine.args(["sh", "-c", "cat /proc/$PPID/environ 2>/dev/null | wc -c"]).env("TOKEN", "secret");
    assert_eq!(said(confine.output().unwrap()).stdout, "0\n");
}

#[test]
fn descriptors_of_the_host_are_closed() {
    for level in ["off", "landlock"] {
        let Some(house) = landlocked() else { return };
        house.write("outside/secret", "secret");
        let house = house.with(&["--level", level]);
        let file = File::open(house.path("outside/secret")).unwrap();
        // Two numbers without close-on-exec: one that a checkpoint would have, one far up.
        let mut confine = house.confine();
        confine.args(["sh", "-c", "cat <&8; cat <&9; ls /proc/self/fd"]);
        let descriptor = file.as_raw_fd();
        // SAFETY: only system calls between fork and exec.
        unsafe {
            std::os::unix::process::CommandExt::pre_exec(&mut confine, move || {
                for to in [8, 9, 200] {
                    if libc::dup2(descriptor, to) < 0 {
                        return Err(std::io::Error::last_os_error());
                    }
                }
                Ok(())
            });
        }
        let said = said(confine.output().unwrap());
        let descriptors: Vec<_> = said.stdout.lines().filter(|line| line.parse::<u32>().is_ok()).collect();
        assert_eq!(descriptors, ["0", "1", "2", "3"], "{}", said.stdout);
        assert!(!said.stdout.contains("secret"));
    }
}

#[test]
fn standard_input_is_empty() {
    assert_eq!(House::new().with(&["--level", "off"]).run("cat; echo end").stdout, "end\n");
}

#[test]
fn signals_are_as_a_program_expects_them() {
    let house = House::new().with(&["--level", "off"]);
    let said = house.run("grep -E 'Sig(Blk|Ign)' /proc/self/status");
    assert_eq!(said.stdout, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    let said = said_by_bash(&house, "yes | head -1; echo ${PIPESTATUS[0]}");
    assert_eq!(said, "y\n141\n");
}

fn said_by_bash(house: &House, script: &str) -> String {
    said(house.confine().args(["bash", "-c", script]).output().unwrap()).stdout
}

#[test]
fn limits_hold() {
    let house = House::new().with(&["--level", "off", "--max-file-size", "1M", "--max-open-files", "20"]);
    let said = house.run("ulimit -n; ulimit -c; head -c 2000000 /dev/zero > src/big; stat -c %s src/big");
    assert_eq!(numbers_of(&said.stdout), ["20", "0", "1048576"]);
    let house = House::new().with(&["--level", "off", "--max-memory", "64M"]);
    assert_ne!(house.run("head -c 200000000 /dev/zero | tail -n 1 > /dev/null").code, Some(0));
}

fn numbers_of(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.parse::<u64>().is_ok()).collect()
}

#[test]
fn privileges_cannot_be_gained() {
    let Some(house) = landlocked() else { return };
    assert_eq!(house.run("grep NoNewPrivs /proc/self/status").stdout, "NoNewPrivs:\t1\n");
    let said = house.run("grep CapBnd /proc/self/status; grep CapEff /proc/self/status");
    for line in said.stdout.lines() {
        let set = u64::from_str_radix(line.split('\t').nth(1).unwrap(), 16).unwrap();
        // An ordinary user has none but a bounding set that nothing can draw on; neither has SYS_ADMIN as root.
        assert!(
            set & (1 << 21) == 0 || line.starts_with("CapBnd") && rustix::process::getuid().as_raw() != 0
        );
    }
}
