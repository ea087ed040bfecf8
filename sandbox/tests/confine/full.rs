//! The level full: what a command sees, what it cannot reach, and what is told of it.

use std::process::Stdio;

use serde_json::Value;

use crate::house::{Said, exists, first_numbers, lives, until, with_namespaces};

fn report(said: &Said) -> Value {
    let line = said.stderr.lines().rev().find(|line| line.starts_with('{')).expect(&said.stderr);
    serde_json::from_str(line).unwrap()
}

fn changes(report: &Value, of: &str) -> Vec<String> {
    let told =
        |change: &Value| format!("{} {}", change["kind"].as_str().unwrap(), change["path"].as_str().unwrap());
    report[of].as_array().expect("seen").iter().map(told).collect()
}

#[test]
fn nothing_reaches_the_real_workspace_and_everything_is_told() {
    let Some(house) = with_namespaces() else { return };
    house.write("work/old/deep/file", "x");
    let said =
        house.run("echo new > README; rm -r old; mkdir old; echo x > src/made; ln -s /etc link; touch src");
    let report = report(&said);
    let told =
        ["changed README", "created link", "deleted old/deep", "deleted old/deep/file", "created src/made"];
    assert_eq!(changes(&report, "changes"), told);
    assert_eq!(changes(&report, "violations"), told[..4]);
    assert_eq!(
        (house.read("work/README"), house.read("work/old/deep/file")),
        ("original".into(), "x".into())
    );
    assert!(!exists(&house.path("work/src/made")) && !exists(&house.path("work/link")));
}

#[test]
fn the_home_and_temporary_directories_are_empty_writable_and_fresh() {
    let Some(house) = with_namespaces() else { return };
    house.write("home/notes", "secret");
    house.write("home/.ssh/id", "secret");
    let house = house.with(&["--repeat", "3"]);
    let script = "for d in ~ /tmp /var/tmp /dev/shm /run; do test ! -e $d/left || exit 3; mkdir -p $d/left/a/b && chmod 0 $d/left/a && chmod 700 $d || exit 4; done; cat ~/notes ~/.ssh/id 2>/dev/null; true";
    let said = house.run(script);
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), ""), "{}", said.stderr);
    assert!(!exists(&house.path("home/left")) && !exists(std::path::Path::new("/tmp/left")));
}

#[test]
fn toolchains_in_the_home_are_readable_and_cannot_be_changed() {
    let Some(house) = with_namespaces() else { return };
    house.write("home/.cargo/bin/tool", "open");
    house.write("home/.cargo/credentials.toml", "secret");
    let said = house.run("cat ~/.cargo/bin/tool ~/.cargo/credentials.toml; echo x > ~/.cargo/bin/tool");
    assert!(said.stdout.starts_with("open") && !said.stdout.contains("secret"), "{}", said.stdout);
    assert!(said.stdout.contains("Read-only") && said.code != Some(0), "{}", said.stdout);
}

#[test]
fn secrets_of_the_workspace_are_empty_and_stay_as_they_are() {
    let Some(house) = with_namespaces() else { return };
    house.write("work/.env", "secret");
    house.write("work/app/.env.local", "secret");
    let said = house.run("cat .env app/.env.local; echo x > .env; rm -f .env; mv app other; true");
    assert!(!said.stdout.contains("secret"), "{}", said.stdout);
    assert_eq!(house.read("work/.env"), "secret");
}

#[test]
fn only_its_own_processes_users_and_interfaces_are_there() {
    let Some(house) = with_namespaces() else { return };
    let said = house.run("ls /proc | grep -c '^[0-9]*$'; ls /sys/class/net; grep -c : /proc/net/dev; id -u; grep -E 'CapEff|CapBnd' /proc/self/status");
    let lines: Vec<&str> = said.stdout.lines().collect();
    let user = rustix::process::getuid().as_raw().to_string();
    assert!(lines[0].parse::<u32>().unwrap() < 8, "{lines:?}");
    assert_eq!(lines[1..4], ["lo", "1", &user]);
    assert!(lines[4..].iter().all(|line| line.ends_with("0000000000000000")), "{lines:?}");
}

#[test]
fn a_server_on_the_loopback_serves_and_nothing_beyond_is_reached() {
    let Some(house) = with_namespaces() else { return };
    let script = "import socket, threading\ns = socket.create_server((\"127.0.0.1\", 0))\n\
        threading.Thread(target=lambda: s.accept()[0].sendall(b\"served\")).start()\n\
        print(socket.create_connection(s.getsockname()).recv(6).decode())\n\
        try: socket.create_connection((\"192.0.2.1\", 80), 1)\nexcept OSError as e: print(e.errno)\n";
    house.write("work/serve.py", script);
    let said = house.run("python3 serve.py");
    assert_eq!(said.stdout, format!("served\n{}\n", libc::ENETUNREACH), "{}", said.stderr);
    assert_eq!(report(&said)["unreachable"], 1);
}

#[test]
fn refused_system_calls_are_named() {
    let Some(house) = with_namespaces() else { return };
    let said = house.run("chmod 4755 src; unshare -U true; mount -t tmpfs x src; mknod src/n c 1 3; true");
    let report = report(&said);
    let calls: Vec<&str> =
        report["refused"].as_array().unwrap().iter().map(|call| call.as_str().unwrap()).collect();
    assert!(
        calls.contains(&"unshare(new namespaces)") && calls.iter().any(|call| call.contains("4755")),
        "{calls:?}"
    );
}

#[test]
fn daemons_die_with_their_command_and_with_their_host() {
    let Some(house) = with_namespaces() else { return };
    let said = house.run("(setsid sh -c 'trap \"\" TERM HUP; while :; do sleep 1000; done' &) ; sleep 0.1");
    assert!(report(&said)["left_behind"].as_u64().unwrap() >= 1, "{}", said.stderr);
    let mut confine = house.confine();
    confine.args(["sh", "-c", "echo 1; setsid sleep 1000 & sleep 1000"]);
    let mut host = confine.stdout(Stdio::piped()).spawn().unwrap();
    first_numbers(host.stdout.as_mut().unwrap(), 1);
    // The guardian is the host's child, the init the guardian's.
    let children = |pid: u32| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        text.split_whitespace().map(|pid| pid.parse().unwrap()).collect::<Vec<u32>>()
    };
    let guardian = children(host.id())[0];
    let init = children(guardian)[0];
    let commands = children(init);
    assert!(!commands.is_empty() && lives(init));
    host.kill().unwrap();
    host.wait().unwrap();
    until("all is gone", || !lives(guardian) && !lives(init) && commands.iter().all(|pid| !lives(*pid)));
    assert!(!house.has_temporaries());
}

#[test]
fn a_killed_guardian_takes_everything_along_and_is_an_error() {
    let Some(house) = with_namespaces() else { return };
    let mut confine = house.confine();
    confine.args(["sh", "-c", "echo 1; sleep 1000"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut host = confine.spawn().unwrap();
    first_numbers(host.stdout.as_mut().unwrap(), 1);
    let text = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", host.id())).unwrap();
    crate::house::kill(text.trim().parse().unwrap(), libc::SIGKILL);
    let said = crate::house::said(host.wait_with_output().unwrap());
    assert!(said.code == Some(125) && said.stderr.contains("ended unexpectedly"), "{}", said.stderr);
}

#[test]
fn the_view_is_limited_in_memory_and_can_be_kept_on_disk() {
    let Some(house) = with_namespaces() else { return };
    let house = house.with(&["--max-workspace", "8M"]);
    assert_ne!(house.run("head -c 20000000 /dev/zero > src/big").code, Some(0));
    assert_ne!(house.run("head -c 20000000 /dev/zero > /tmp/big").code, Some(0));
    let disk = house.path("temporary");
    let house = house.with(&["--view", disk.to_str().unwrap()]);
    let said = house.run("head -c 20000000 /dev/zero > src/big");
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(changes(&report(&said), "changes"), ["created src/big"]);
    assert!(!house.has_temporaries());
}

#[test]
fn git_commits_into_the_view() {
    let Some(house) = with_namespaces() else { return };
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        house.furnish(&mut git);
        assert!(git.current_dir(house.path("work")).args(arguments).output().unwrap().status.success());
    };
    house.write("home/.gitconfig", "[user]\n\tname = Somebody\n\temail = somebody@example.org\n");
    git(&["init", "-q"]);
    let said =
        house.run("git add -A && git commit -qm first && git log --oneline | wc -l && git status --short");
    assert_eq!((said.code, said.stdout.trim()), (Some(0), "1"), "{} {}", said.stdout, said.stderr);
    assert!(
        !exists(&house.path("work/.git/refs/heads/master"))
            && !exists(&house.path("work/.git/refs/heads/main"))
    );
}

#[test]
fn a_workspace_with_an_awkward_name_has_a_view_too() {
    let Some(house) = with_namespaces() else { return };
    house.write("odd:,\\ name/src/x", "");
    let path = house.path("odd:,\\ name");
    let house = house.with(&["--workspace", path.to_str().unwrap()]);
    let said = house.run("echo x > made && pwd");
    assert_eq!((said.code, said.stdout.trim()), (Some(0), path.to_str().unwrap()), "{}", said.stderr);
}
