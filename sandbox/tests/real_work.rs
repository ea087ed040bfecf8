//! What projects do to check themselves runs inside as it does outside: the same status, the same words.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say why they skip")]

use std::{
    fs,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// One project and how it is checked.
struct Work {
    /// Without these on this machine there is nothing to compare.
    tools: &'static [&'static str],
    /// Path and text.
    files: &'static [(&'static str, &'static str)],
    /// For a shell; what it prints must not hold times.
    script: &'static str,
    /// Whether `landlock` lets it run, which refuses networks, `/dev/shm`, `/tmp` by name and terminals.
    in_place: bool,
}

const ORDINARY: u32 = 65_533;

/// A home and a workspace of a user.
struct House {
    root: tempfile::TempDir,
    user: u32,
}

impl House {
    fn new(work: &Work, user: u32) -> Self {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("work/notes", "a line\n");
        write("home/.gitconfig", "[user]\n\tname = Somebody\n\temail = somebody@example.org\n");
        for (path, text) in work.files {
            write(&format!("work/{path}"), text);
        }
        fs::create_dir(root.path().join("bin")).unwrap();
        let test = std::env::current_exe().unwrap();
        let confine = test.parent().unwrap().parent().unwrap().join("examples/confine");
        // By another process: while this one had the copy open to write, a test beside it that starts a program would hand that
        // on, and the kernel executes no file that anybody has open so (ETXTBSY).
        let copy = Command::new("cp").arg(confine).arg(root.path().join("bin")).status().unwrap();
        assert!(copy.success(), "build the examples");
        own(root.path(), user);
        Self { root, user }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// Runs a command in the workspace; what it says, with the root's name replaced.
    fn run(&self, mut command: Command) -> Said {
        let toolchain =
            option_env!("CARGO").and_then(|cargo| Path::new(cargo).parent()).unwrap_or(Path::new("/"));
        let search = format!("/usr/local/bin:/usr/bin:/bin:{}", toolchain.display());
        command.env_clear().env("PATH", search).env("HOME", self.path("home")).env("LC_ALL", "C.UTF-8");
        command.uid(self.user).gid(self.user).current_dir(self.path("work")).stdin(Stdio::null());
        let output = command.output().unwrap();
        let text =
            |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(self.root.path().to_str().unwrap(), "ROOT");
        Said { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    fn outside(&self, script: &str) -> Said {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        self.run(shell)
    }

    fn inside(&self, level: &str, script: &str) -> Said {
        let mut confine = Command::new(self.path("bin/confine"));
        confine.args(["--level", level, "--separate", "--allow", "**", "--workspace"]).arg(self.path("work"));
        self.run({
            confine.args(["--", "sh", "-c", script]);
            confine
        })
    }
}

fn own(path: &Path, user: u32) {
    std::os::unix::fs::lchown(path, Some(user), Some(user)).unwrap();
    if path.is_dir() {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        for entry in fs::read_dir(path).unwrap() {
            own(&entry.unwrap().path(), user);
        }
    }
}

#[derive(Debug)]
struct Said {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn as_outside(work: &Work) {
    let this = rustix::process::getuid();
    let users = if this.is_root() {
        vec![this.as_raw(), ORDINARY]
    } else {
        println!("skipped: only root can work as somebody else");
        vec![this.as_raw()]
    };
    for user in users {
        let house = House::new(work, user);
        let missing =
            work.tools.iter().find(|tool| house.outside(&format!("{tool} --version")).code != Some(0));
        if let Some(tool) = missing {
            println!("skipped: user {user} has no `{tool}`");
            continue;
        }
        let outside = house.outside(work.script);
        assert_eq!(outside.code, Some(0), "{outside:?}");
        for level in ["full", "landlock"] {
            if level == "landlock" && !work.in_place {
                continue;
            }
            let house = House::new(work, user);
            let inside = house.inside(level, work.script);
            if inside.code == Some(125) {
                println!("skipped: {}", inside.stderr);
                continue;
            }
            let Said { code, stdout, stderr } = &inside;
            assert_eq!((*code, stdout), (outside.code, &outside.stdout), "{level}, user {user}: {stderr}");
        }
    }
}

#[test]
fn a_crate_is_built_and_tested() {
    as_outside(&Work {
        tools: &["cargo", "cc"],
        files: &[
            ("Cargo.toml", "[package]\nname = \"small\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[workspace]\n"),
            ("build.rs", "fn main() { println!(\"cargo:rustc-env=BUILT=yes\"); }\n"),
            (
                "src/lib.rs",
                "/// ```\n/// assert_eq!(small::one(), 1);\n/// ```\npub fn one() -> u32 { 1 }\n\n#[test]\n\
                 fn is_one() { assert_eq!((one(), env!(\"BUILT\")), (1, \"yes\")); }\n\n#[test]\n\
                 fn threads() { std::thread::spawn(one).join().unwrap(); }\n",
            ),
            ("tests/all.rs", "#[test]\nfn all() { std::fs::write(concat!(env!(\"CARGO_TARGET_TMPDIR\"), \"/x\"), \"x\").unwrap(); }\n"),
        ],
        script: "for i in 1 2; do cargo test --offline 2>&1 | grep -E '^(test|error)' | sed 's/; finished.*//' | sort; done
                 test -d target/debug && cargo build --offline --release 2>&1 | grep -c Compiling",
        in_place: true,
    });
}

#[test]
fn git_commits_and_says_what_is_there() {
    as_outside(&Work {
        tools: &["git"],
        files: &[("dir/file", "one\n"), (".gitignore", "ignored\n")],
        script: "git init -q -b main . && git add -A && git commit -qm first && git status --short
                 echo two >> dir/file; touch ignored new; git mv notes moved; git status --short; git diff --stat
                 git stash -q; git checkout -qb other; git stash pop -q; git commit -qam second
                 git merge -q main; git log --format=%s; git gc -q; git fsck --no-dangling --no-progress; git worktree add -q ../work/tree
                 git -C tree log -1 --format=%s; git clean -fdq; ls",
        in_place: true,
    });
}

#[test]
fn python_makes_an_environment_and_tests_in_it() {
    as_outside(&Work {
        tools: &["python3"],
        files: &[(
            "test_all.py",
            "import pathlib, subprocess, sys, tempfile, unittest\n\nclass All(unittest.TestCase):\n\
             \x20   def test_environment(self):\n        self.assertNotEqual(sys.prefix, sys.base_prefix)\n\
             \x20   def test_child(self):\n        self.assertEqual(subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True).stdout, b'1\\n')\n\
             \x20   def test_temporary(self):\n        with tempfile.TemporaryDirectory() as name:\n            (pathlib.Path(name) / 'x').write_text('x')\n",
        )],
        script: "python3 -m venv --without-pip .venv && .venv/bin/python -m unittest -v 2>&1 | grep -v ^Ran
                 ls __pycache__ | wc -l",
        in_place: true,
    });
}

#[test]
fn node_runs_its_tests() {
    as_outside(&Work {
        tools: &["node"],
        files: &[
            ("package.json", "{\"name\": \"small\", \"scripts\": {\"test\": \"node --test\"}}\n"),
            (
                "small.test.js",
                "const test = require('node:test'); const assert = require('node:assert');\n\
                 const { Worker } = require('node:worker_threads'); const { execFileSync } = require('node:child_process');\n\
                 test('one', () => assert.equal(1, 1));\n\
                 test('worker', done => { new Worker('process.exit(0)', { eval: true }).on('exit', () => done()); });\n\
                 test('child', () => assert.equal(String(execFileSync('echo', ['x'])), 'x\\n'));\n\
                 test('file', () => require('node:fs').writeFileSync('made', 'x'));\n",
            ),
        ],
        script: "node --test 2>&1 | grep -E '^(#|ℹ) (tests|pass|fail)'; cat made",
        in_place: true,
    });
}

#[test]
fn make_builds_with_a_compiler() {
    as_outside(&Work {
        tools: &["make", "cc"],
        files: &[
            (
                "Makefile",
                "CFLAGS = -O1 -Wall\n\ntest: program\n\t./program\n\nprogram: main.o other.o\n\t$(CC) -o $@ $^\n",
            ),
            (
                "main.c",
                "#include <stdio.h>\nint other(void);\nint main(void) { printf(\"%d\\n\", other()); return 0; }\n",
            ),
            ("other.c", "int other(void) { return 42; }\n"),
        ],
        script: "make -j2 2>&1 | sort; make -q program; echo $?; touch other.c; make test | tail -1",
        in_place: true,
    });
}

#[test]
fn a_server_has_clients_beside_it() {
    as_outside(&Work {
        tools: &["python3"],
        files: &[(
            "server.py",
            "import http.server, socket, sys\n\
             class Six(http.server.ThreadingHTTPServer):\n    address_family = socket.AF_INET6\n\
             kind = Six if sys.argv[1] == '::1' else http.server.ThreadingHTTPServer\n\
             server = kind((sys.argv[1], 0), http.server.SimpleHTTPRequestHandler)\n\
             open('port', 'w').write(f'{server.server_port}\\n')\nserver.serve_forever()\n",
        )],
        script: "for address in 127.0.0.1 localhost ::1; do
                     mkfifo port; python3 server.py $address 2>/dev/null & read port < port; rm port
                     case $address in ::1) host='[::1]';; *) host=$address;; esac
                     python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read())' \"http://$host:$port/notes\"
                     kill $!; wait $!; echo $?
                 done",
        in_place: false,
    });
}

#[test]
fn processes_share_memory_and_semaphores() {
    as_outside(&Work {
        tools: &["python3"],
        files: &[(
            "shared.py",
            "import multiprocessing as mp\nfrom multiprocessing import shared_memory\n\n\
             def add(name, lock):\n    memory = shared_memory.SharedMemory(name)\n    for _ in range(100):\n        with lock:\n            memory.buf[0] = (memory.buf[0] + 1) % 256\n    memory.close()\n\n\
             def square(n):\n    return n * n\n\n\
             if __name__ == '__main__':\n    for method in ['fork', 'spawn', 'forkserver']:\n        mp.set_start_method(method, force=True)\n\
             \x20       memory = shared_memory.SharedMemory(create=True, size=4096)\n        lock = mp.Lock()\n\
             \x20       all = [mp.Process(target=add, args=(memory.name, lock)) for _ in range(2)]\n        [one.start() for one in all]\n        [one.join() for one in all]\n\
             \x20       print(method, memory.buf[0])\n        memory.close()\n        memory.unlink()\n        with mp.Pool(2) as pool:\n            print(pool.map(square, range(5)))\n",
        )],
        script: "python3 shared.py; ls /dev/shm | grep -c psm_; true",
        in_place: false,
    });
}

#[test]
fn a_shell_forks_hundreds_of_times() {
    as_outside(&Work {
        tools: &[],
        files: &[],
        script: "i=0; while [ $i -lt 500 ]; do (echo $i); i=$((i + 1)); done | sort -n | tail -1
                 i=0; while [ $i -lt 100 ]; do echo $i | tr 0-9 a-j | rev | cat & i=$((i + 1)); done | wc -l; wait
                 seq 100 | xargs -P 8 -I{} sh -c 'echo {}' | sort -n | md5sum
                 timeout 0.1 sleep 100; echo $?; sh -c 'kill -9 $$'; echo $?; sh -c 'trap \"echo term\" TERM; kill -TERM $$'; echo $?
                 yes | head -100000 | wc -l; ulimit -c; umask; test -t 0 || echo none",
        in_place: true,
    });
}

#[test]
fn programs_get_a_terminal() {
    as_outside(&Work {
        tools: &["python3", "script"],
        files: &[],
        script: "script -qec 'test -t 1 && tty | cut -c1-9 && stty size' /dev/null | tr -d '\\r' | head -1
                 python3 -c 'import pty, os; status = pty.spawn([\"sh\", \"-c\", \"test -t 0 && echo terminal; exit 3\"]); print(os.waitstatus_to_exitcode(status))' | tr -d '\\r'",
        in_place: false,
    });
}

#[test]
fn files_are_moved_linked_locked_and_removed() {
    as_outside(&Work {
        tools: &["python3", "flock"],
        files: &[("tree/a/one", "1\n"), ("tree/b/two", "2\n"), ("tree/script", "#!/bin/sh\necho ran\n")],
        script: "chmod +x tree/script && tree/script; mv tree moved && ls -R moved; cp -a moved copy; ln moved/a/one hard
                 echo more >> hard; cat moved/a/one; ln -s moved/a link; cat link/one; stat -c '%a %h %F' hard link moved
                 touch -d 2020-01-01 hard; stat -c %y hard; chmod 600 notes; stat -c %a notes; rm -r moved/b; mkdir moved/b; ls moved/b
                 tar cf - copy | tar tf - | sort; flock lock echo locked; mkfifo pipe; echo through > pipe & cat pipe
                 python3 -c 'import sqlite3; c = sqlite3.connect(\"data\"); c.execute(\"pragma journal_mode=wal\"); c.execute(\"create table t (x)\"); c.execute(\"insert into t values (1)\"); c.commit(); print(c.execute(\"select * from t\").fetchall())'
                 f=$(mktemp) && echo x > $f && cat $f; rm -rf copy moved; find . | sort",
        in_place: true,
    });
}

#[test]
fn the_home_and_the_usual_temporary_directories_can_be_used() {
    as_outside(&Work {
        tools: &[],
        files: &[],
        script: "for d in ~/.cache/tool /tmp/work-$$ /var/tmp/work-$$; do mkdir -p $d && echo x > $d/f && mv $d/f $d/g && cat $d/g && rm -r $d; done
                 whoami >/dev/null 2>&1; id -u; hostname >/dev/null && pwd; test -r /etc/passwd && test -w /dev/null && echo fine",
        in_place: false,
    });
}
