//! What may be written and what may be read.

use crate::house::{exists, landlocked};
use std::os::unix::fs::symlink;

#[test]
fn an_allowed_directory_can_be_written_in_every_way() {
    let Some(house) = landlocked() else { return };
    let said = house.run("cd src && echo 1 > a && mkdir -p d/e && mv a d/e/b && ln -s b d/e/l && mkfifo f && echo 2 >> d/e/b && rm f");
    assert_eq!((said.code, house.read("work/src/d/e/b").as_str()), (Some(0), "1\n2\n"), "{}", said.stderr);
}

#[test]
fn the_workspace_can_be_read_and_run_as_a_whole() {
    let Some(house) = landlocked() else { return };
    assert_eq!(house.run("cat README && ls >/dev/null && cp /bin/true src/t && src/t").stdout, "original");
}

#[test]
fn writing_outside_the_workspace_is_refused() {
    let Some(house) = landlocked() else { return };
    let target = house.path("outside");
    let target = target.display();
    let said = house.run(&format!(
        "echo x > {target}/file; echo x > {target}/new; rm -f {target}/file; mkdir {target}/d; ln -s x {target}/l; truncate -s 0 {target}/file; true"
    ));
    assert_eq!(said.code, Some(0));
    assert_eq!(house.read("outside/file"), "original");
    assert_eq!(std::fs::read_dir(house.path("outside")).unwrap().count(), 1, "{}", said.stdout);
}

#[test]
fn writing_a_folder_of_the_workspace_that_is_not_allowed_is_refused() {
    let Some(house) = landlocked() else { return };
    assert_ne!(house.run("echo x > README").code, Some(0));
    assert_ne!(house.run("echo x > new").code, Some(0));
    assert_eq!(house.read("work/README"), "original");
    assert!(!exists(&house.path("work/new")));
}

#[test]
fn dots_do_not_lead_out_of_an_allowed_folder() {
    let Some(house) = landlocked() else { return };
    assert_ne!(house.run("echo x > src/../README").code, Some(0));
    assert_ne!(house.run("echo x > src/../../outside/file").code, Some(0));
    assert_eq!(
        (house.read("work/README"), house.read("outside/file")),
        ("original".into(), "original".into())
    );
}

#[test]
fn a_link_in_an_allowed_folder_does_not_lead_out_of_it() {
    let Some(house) = landlocked() else { return };
    symlink(house.path("outside"), house.path("work/src/link")).unwrap();
    assert_ne!(house.run("echo x > src/link/file").code, Some(0));
    assert_ne!(house.run("ln -s ../README src/own && echo x > src/own").code, Some(0));
    assert_eq!(
        (house.read("outside/file"), house.read("work/README")),
        ("original".into(), "original".into())
    );
}

#[test]
fn nothing_is_moved_or_linked_out_of_or_into_an_allowed_folder() {
    let Some(house) = landlocked() else { return };
    house.write("work/src/mine", "mine");
    let outside = house.path("outside");
    let outside = outside.display();
    for script in [
        format!("mv src/mine {outside}/mine"),
        format!("ln src/mine {outside}/mine"),
        format!("ln {outside}/file src/file"),
        format!("mv {outside}/file src/file"),
        "ln README src/README".to_owned(),
        "mv README src/README".to_owned(),
    ] {
        assert_ne!(house.run(&script).code, Some(0), "{script}");
    }
    assert!(!exists(&house.path("outside/mine")) && !exists(&house.path("work/src/README")));
    assert!(exists(&house.path("outside/file")) && exists(&house.path("work/README")));
}

#[test]
fn a_single_file_can_be_allowed_without_its_folder() {
    let Some(house) = landlocked() else { return };
    let house = house.with(&["--allow", "README"]);
    assert_eq!(house.run("echo new > README").code, Some(0));
    assert_ne!(house.run("echo x > README2").code, Some(0));
    assert_eq!(house.read("work/README"), "new\n");
}

#[test]
fn in_the_home_directory_only_toolchains_can_be_read() {
    let Some(house) = landlocked() else { return };
    for path in [".ssh/id", ".aws/credentials", ".netrc", ".config/gh/hosts.yml", ".cargo/credentials.toml"] {
        house.write(&format!("home/{path}"), "secret");
        assert_ne!(house.run(&format!("cat ~/{path}")).code, Some(0), "{path}");
        assert_ne!(
            house.run(&format!("cd ~/{} && cat /proc/self/cwd/*", path.split('/').next().unwrap())).stdout,
            "secret"
        );
    }
    for path in [".profile", ".config/other/file", "project/file"] {
        house.write(&format!("home/{path}"), "secret");
        assert_ne!(house.run(&format!("cat ~/{path}")).stdout, "secret", "{path}");
    }
    for path in [".cargo/bin/tool", "go/pkg/file", ".gitconfig"] {
        house.write(&format!("home/{path}"), "open");
        assert_eq!(house.run(&format!("cat ~/{path}")).stdout, "open", "{path}");
    }
}

#[test]
fn a_credential_stays_hidden_by_any_link_to_it() {
    let Some(house) = landlocked() else { return };
    house.write("home/real/id", "secret");
    symlink(house.path("home/real"), house.path("home/.ssh")).unwrap();
    symlink(house.path("home/real/id"), house.path("work/src/link")).unwrap();
    symlink(house.path("home"), house.path("work/home")).unwrap();
    for script in [
        "cat ~/.ssh/id",
        "cat ~/real/id",
        "cat src/link",
        "cat home/real/id",
        "cat /proc/self/root$HOME/real/id",
    ] {
        let said = house.run(script);
        assert!(said.code != Some(0) && !said.stdout.contains("secret"), "{script}");
    }
}

#[test]
fn a_credential_that_comes_to_exist_while_the_sandbox_is_open_is_hidden_too() {
    let Some(house) = landlocked() else { return };
    // The command waits in a pipe that the test fills once the credential is there.
    house.write("home/.profile", "x");
    let fifo = house.path("work/src/go");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let mut confine = house.confine();
    confine.args(["sh", "-c", "cat src/go; cat ~/.ssh/id"]).stdout(std::process::Stdio::piped());
    let running = confine.spawn().unwrap();
    let mut go = std::fs::File::options().write(true).open(&fifo).unwrap();
    house.write("home/.ssh/id", "secret");
    std::io::Write::write_all(&mut go, b"go\n").unwrap();
    drop(go);
    let output = running.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "go\ncat: ".to_owned() + &house.path("home/.ssh/id").to_string_lossy() + ": Permission denied\n"
    );
}

#[test]
fn a_workspace_inside_the_home_directory_stays_readable() {
    let Some(house) = landlocked() else { return };
    house.write("home/.ssh/id", "secret");
    house.write("home/project/file", "open");
    house.write("home/project/src/x", "");
    let workspace = house.path("home/project");
    let house = house.with(&["--workspace", workspace.to_str().unwrap()]);
    assert_eq!(house.run("cat file && echo x > src/x").stdout, "open");
}

#[test]
fn the_shared_temporary_directories_cannot_be_written() {
    let Some(house) = landlocked() else { return };
    let name = format!("confine-{}", std::process::id());
    for directory in ["/tmp", "/var/tmp", "/dev/shm"] {
        let said = house.run(&format!("echo x > {directory}/{name}"));
        assert!(
            said.code != Some(0) && !exists(std::path::Path::new(&format!("{directory}/{name}"))),
            "{directory}"
        );
    }
}

#[test]
fn the_temporary_directory_is_private_fresh_and_gone_afterwards() {
    for level in ["off", "landlock"] {
        let Some(house) = landlocked() else { return };
        let house = house.with(&["--level", level, "--repeat", "2"]);
        let said = house.run(
            "test -z \"$(ls $TMPDIR)\" && test $(ls $TMPDIR/.. | wc -l) = 1 && stat -c %a $TMPDIR && echo x > $TMPDIR/x && mkdir -p $TMPDIR/a/b $TMPDIR/../c && chmod 0 $TMPDIR/a && test -e $TMPDIR/x && echo $TMPDIR",
        );
        let lines: Vec<_> = said.stdout.lines().collect();
        assert!(said.code == Some(0) && lines.len() == 4, "{} {}", said.stdout, said.stderr);
        assert_eq!((lines[0], lines[2]), ("700", "700"));
        assert!(!std::path::Path::new(lines[1]).exists() && !house.has_temporaries());
    }
}

#[test]
fn harmless_devices_and_the_standard_streams_can_be_opened() {
    let Some(house) = landlocked() else { return };
    let said = house.run("echo x > /dev/null && head -c 4 /dev/urandom > src/r && echo out > /dev/stdout && echo err > /dev/stderr && cat /dev/zero | head -c 1 > /dev/null");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "out\nerr\n"), "{}", said.stderr);
}

#[test]
fn a_device_node_cannot_be_made_even_where_writing_is_allowed() {
    let Some(house) = landlocked() else { return };
    assert_ne!(house.run("mknod src/disk b 8 0").code, Some(0));
    assert_ne!(house.run("mknod src/memory c 1 1").code, Some(0));
}
