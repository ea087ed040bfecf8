//! Each script here attempts to get out, or to do harm, in one way; this runs all of them at each level, and then looks
//! at what stands outside, so that a script's own word is not enough.
//!
//! What must become of a script is said in its first lines. Every script also runs at `off`, where it must get through:
//! one that cannot escape there shows nothing about the others. `ESCAPE_ONLY=proc` runs those with `proc` in their name.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say why they skip")]

mod canaries;
mod handed;
mod memory;
mod script;

use std::{
    fs,
    os::{
        fd::AsRawFd,
        unix::{fs::PermissionsExt as _, process::CommandExt as _},
    },
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use canaries::{Canaries, Reached, SECRET, said};
use handed::{Terminal, hand_over};
use script::{Expected, Level, Script};

/// Whom scripts run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum User {
    This,
    /// Without any privilege, and each time with a number that nobody else has, because processes are counted by it.
    Ordinary,
}

impl User {
    fn number(self) -> u32 {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        match self {
            Self::This => rustix::process::getuid().as_raw(),
            Self::Ordinary => 60_000 + NEXT.fetch_add(1, Ordering::Relaxed) % 5000,
        }
    }
}

/// The programs, where every user can execute them.
struct Programs(tempfile::TempDir);

impl Programs {
    fn copied() -> Self {
        let to = tempfile::tempdir().unwrap();
        fs::set_permissions(to.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let test = std::env::current_exe().unwrap();
        let examples = test.parent().unwrap().parent().unwrap().join("examples");
        // By another process: while this one had the copy open to write, a test beside it that starts a program would hand that
        // on, and the kernel executes no file that anybody has open so (ETXTBSY).
        let files = ["confine", "refuse"].map(|name| examples.join(name));
        let copy = Command::new("cp").args(files).arg(to.path()).status().unwrap();
        assert!(copy.success(), "build the examples");
        Self(to)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `confine`, at a level, without its options.
    fn confine(&self, level: Level) -> Command {
        let name = match level {
            Level::Full => "full",
            Level::Landlock | Level::Container => "landlock",
            Level::Off => "off",
        };
        let mut command = if level == Level::Container {
            let mut command = Command::new(self.path("refuse"));
            command.args(["namespaces", "--"]).arg(self.path("confine"));
            command
        } else {
            Command::new(self.path("confine"))
        };
        command.args(["--level", name]);
        command
    }
}

/// What became of one script.
struct Outcome {
    reached: Vec<Reached>,
    /// It came to its end.
    done: bool,
    skipped: Option<String>,
    /// What `confine` told, for people and for the paths of violations.
    report: String,
    code: Option<i32>,
    stdout: String,
}

const LIMITS: &[&str] = &[
    "--max-file-size",
    "8M",
    "--max-processes",
    "200",
    "--max-memory",
    "96M",
    "--max-open-files",
    "256",
    "--max-workspace",
    "32M",
    "--timeout",
    "60s",
];

fn run(programs: &Programs, script: &Script, level: Level, user: User) -> Outcome {
    let user = user.number();
    let work = |canaries: &Canaries| canaries.path("work");
    let mut canaries = Canaries::set_out(user, &script.name);
    let mut terminal = script.needs_terminal().then(|| Terminal::open(user));
    let mut command = programs.confine(level);
    command.arg("--workspace").arg(work(&canaries)).arg("--temporary-root").arg(canaries.path("temporary"));
    command.args(["--allow", "src/**", "--allow", "tests/**", "--pass-env", "ESCAPE_*"]).args(LIMITS);
    command.args(script.options()).args(["--", script.interpreter()]).arg(format!(".escape/{}", script.name));
    furnish(&mut command, &canaries, terminal.as_ref());
    command.uid(user).gid(user).current_dir(work(&canaries)).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut all: Vec<Reached> = stdout.lines().filter_map(said).collect();
    let writable: &[&str] = if level == Level::Full { &[] } else { &["src", "tests"] };
    all.extend(canaries.reached(writable));
    all.extend(terminal.iter_mut().flat_map(Terminal::reached));
    Outcome {
        reached: all,
        done: stdout.lines().any(|line| line == "done"),
        skipped: stdout.lines().find_map(|line| line.strip_prefix("skip: ")).map(str::to_owned),
        report: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code(),
        stdout,
    }
}

/// What a host that is not careful hands to its commands.
fn furnish(command: &mut Command, canaries: &Canaries, terminal: Option<&Terminal>) {
    let path = |name| canaries.path(name);
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin").env("HOME", path("home"));
    command.env("AWS_SECRET_ACCESS_KEY", SECRET).env("SSH_AUTH_SOCK", path("outside/socket"));
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONPATH", path("work/.escape/lib"));
    command.env("ESCAPE_OUTSIDE", path("outside")).env("ESCAPE_WORK", path("work"));
    command.env("ESCAPE_HOME", path("home")).env("ESCAPE_TOKEN", &canaries.token);
    command.env("ESCAPE_VICTIM", canaries.victim.id().to_string());
    command.env("ESCAPE_TCP", canaries.tcp.local_addr().unwrap().port().to_string());
    command.env("ESCAPE_UDP", canaries.udp.local_addr().unwrap().port().to_string());
    command.env("ESCAPE_MEMORY", canaries.memory.key.to_string());
    command.stdin(Stdio::null());
    if let Some(terminal) = terminal {
        command.env("ESCAPE_TERMINAL", &terminal.name);
    }
    let leaked = canaries.leaked.each_ref().map(AsRawFd::as_raw_fd);
    let terminal = terminal.map(|terminal| terminal.slave.as_raw_fd());
    // SAFETY: between fork and exec only system calls on numbers are made.
    unsafe { command.pre_exec(move || hand_over(leaked, terminal)) };
}

/// Whether this host has the level; says so if not.
fn has(programs: &Programs, level: Level, user: User) -> bool {
    if user == User::Ordinary && !rustix::process::getuid().is_root() {
        println!("skipped: only root can run scripts as somebody else");
        return false;
    }
    let user = user.number();
    let directory = tempfile::tempdir().unwrap();
    std::os::unix::fs::chown(directory.path(), Some(user), Some(user)).unwrap();
    let mut confine = programs.confine(level);
    confine.arg("--workspace").arg(directory.path()).args(["--", "true"]).env("HOME", directory.path());
    let output = confine.uid(user).gid(user).current_dir(directory.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() == Some(125) && stderr.contains("not available")
        || stderr.contains("cannot be had")
    {
        println!("skipped: {stderr}");
        return false;
    }
    assert!(output.status.success(), "{stderr}");
    true
}

/// What is wrong with an outcome.
fn judge(script: &Script, level: Level, root: bool, outcome: &Outcome) -> Result<(), String> {
    let expected = script.expected(level, root);
    let kinds = |except: &[String]| -> Vec<&Reached> {
        outcome.reached.iter().filter(|one| !except.contains(&one.kind)).collect()
    };
    let gaps = gaps(&outcome.report);
    if !outcome.done && !gaps.contains(&"signals") {
        return Err(format!("did not come to its end: {:?}", outcome.code));
    }
    match expected {
        Expected::Contained { but } => {
            // What only the view has is no escape, but must be told.
            let mut allowed = but.clone();
            allowed.extend((level == Level::Full).then(|| "view".to_owned()));
            allowed.extend(gaps.into_iter().map(str::to_owned));
            if !kinds(&allowed).is_empty() {
                return Err("not contained".into());
            }
            let unused = but.iter().find(|kind| outcome.reached.iter().all(|one| one.kind != **kind));
            // Landlock mediates sockets with a path from ABI 9 on.
            if let Some(kind) = unused.filter(|kind| *kind != "sockets") {
                return Err(format!("contained, although `{kind}` is said not to be"));
            }
            if level == Level::Full { tells(script, &outcome.report) } else { Ok(()) }
        }
        Expected::Escapes if outcome.reached.is_empty() => Err("nothing got through".into()),
        Expected::Escapes | Expected::NotRun => Ok(()),
    }
}

/// What this kernel's Landlock is too old for, as the sandbox says itself.
fn gaps(report: &str) -> Vec<&'static str> {
    let report = report.lines().rev().find_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let state = |layer| report.as_ref().map(|report| report["layers"][layer].clone()).unwrap_or_default();
    let mut gaps = Vec::new();
    if state("signals") == "partial" {
        gaps.push("signals");
    }
    if state("unix-sockets") == "open" {
        gaps.push("abstract sockets");
    }
    gaps
}

/// Whether the violations are what the script has changed outside the allowed directories, and nothing else.
fn tells(script: &Script, report: &str) -> Result<(), String> {
    let report = report.lines().rev().find(|line| line.starts_with('{')).ok_or("no report")?;
    let report: serde_json::Value = serde_json::from_str(report).map_err(|error| error.to_string())?;
    let told = report["violations"].as_array().ok_or("the violations are not known")?;
    let told: Vec<&str> = told.iter().filter_map(|one| one["path"].as_str()).collect();
    let mut wanted = script.told();
    wanted.sort_unstable();
    if told == wanted { Ok(()) } else { Err(format!("told {told:?} instead of {wanted:?}")) }
}

fn all(level: Level, user: User) {
    let programs = Programs::copied();
    if !has(&programs, level, user) {
        return;
    }
    let root = user == User::This && rustix::process::getuid().is_root();
    let only = std::env::var("ESCAPE_ONLY").ok();
    let mut wrong = Vec::new();
    for script in Script::all() {
        let wanted = only.as_ref().is_none_or(|only| script.name.contains(only.as_str()));
        if !wanted || script.expected(level, root) == Expected::NotRun {
            continue;
        }
        let outcome = run(&programs, &script, level, user);
        if let Some(reason) = &outcome.skipped {
            println!("skipped: {}: {reason}", script.name);
            continue;
        }
        for one in &outcome.reached {
            println!("{}: [{}] {}", script.name, one.kind, one.what);
        }
        if let Err(what) = judge(&script, level, root, &outcome) {
            let Outcome { reached, report, stdout, .. } = &outcome;
            wrong.push(format!("{}: {what}\n  {reached:#?}\n{stdout}\n{report}", script.name));
        }
    }
    assert!(wrong.is_empty(), "{level:?}, {user:?}:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_gets_out_of_full() {
    all(Level::Full, User::This);
}

#[test]
fn nothing_gets_out_of_full_as_an_ordinary_user() {
    all(Level::Full, User::Ordinary);
}

#[test]
fn only_what_is_documented_gets_out_of_landlock() {
    all(Level::Landlock, User::This);
}

#[test]
fn only_what_is_documented_gets_out_of_landlock_as_an_ordinary_user() {
    all(Level::Landlock, User::Ordinary);
}

#[test]
fn only_what_is_documented_gets_out_of_landlock_in_a_container() {
    all(Level::Container, User::This);
}

#[test]
fn only_what_is_documented_gets_out_of_landlock_in_a_container_as_an_ordinary_user() {
    all(Level::Container, User::Ordinary);
}

#[test]
fn scripts_do_escape_where_nothing_is_confined() {
    all(Level::Off, User::This);
}

#[test]
fn scripts_do_escape_where_nothing_is_confined_as_an_ordinary_user() {
    all(Level::Off, User::Ordinary);
}

#[test]
fn nearly_every_script_is_shown_to_escape_where_nothing_is_confined() {
    for root in [true, false] {
        let all = Script::all();
        let count =
            all.iter().filter(|script| script.expected(Level::Off, root) == Expected::Escapes).count();
        assert!(count * 10 > all.len() * 7, "{count} of {}", all.len());
    }
}

#[test]
fn in_a_container_full_is_refused_and_nothing_runs() {
    for user in [User::This, User::Ordinary] {
        let programs = Programs::copied();
        if !has(&programs, Level::Container, user) {
            continue;
        }
        let user = user.number();
        let mut canaries = Canaries::set_out(user, "files-outside.sh");
        let mut command = Command::new(programs.path("refuse"));
        command.args(["namespaces", "--"]).arg(programs.path("confine"));
        command.args(["--level", "full", "--workspace"]).arg(canaries.path("work"));
        command.args(["--allow", "src/**", "--temporary-root"]).arg(canaries.path("temporary"));
        command.args(["--", "sh", "-c", "echo ran; touch src/ran"]);
        furnish(&mut command, &canaries, None);
        let output = command.uid(user).gid(user).current_dir(canaries.path("work")).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(125) && stderr.contains("cannot be had"), "{stderr}");
        assert!(output.stdout.is_empty() && canaries.reached(&[]).is_empty());
    }
}
