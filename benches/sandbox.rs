//! What the sandbox costs: planproof side by side with a bare loop and with bubblewrap, in one run; prints the table
//! of the README.
//!
//! `cargo bench --bench sandbox`; with words after `--`, only the tables whose names hold one of them.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program to look at, which ends by panic")]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use planproof_sandbox::{
    Level, Limits, Network, Sandbox, Settings, Storage, default_environment, default_hidden, default_private,
    default_readable, enter_init_if_asked,
};

/// How often each contender runs; they take turns, so that a busy moment of the machine meets all of them.
const ROUNDS: usize = 7;
const CHECKS: u32 = 1000;
const MIB: f64 = 1024.0 * 1024.0;

fn main() {
    enter_init_if_asked();
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let tables: [(&str, fn()); 5] = [
        ("checks", checks),
        ("start", start),
        ("build", build),
        ("memory", memory),
        ("endurance", endurance),
    ];
    for (name, table) in tables {
        if words.is_empty() || words.iter().any(|word| name.contains(word.as_str())) {
            table();
        }
    }
}

/// Something to be timed, with a name; makes a fresh command for each round.
struct Contender {
    name: &'static str,
    command: Box<dyn Fn() -> Command>,
}

/// A folder with a workspace in it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("work/.git")).unwrap();
        Self { folder }
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.work().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn plan(&self, criteria: &str) -> PathBuf {
        let head = "# ExecPlan: bench\n\n## Constraints & Safety\n- **Allowed Directories**: `src/**`, `target/**`\n\n";
        self.write("PLANS.md", &format!("{head}## Acceptance Criteria\n{criteria}"))
    }
}

fn verify(plan: &Path, level: &str) -> Command {
    let mut verify = Command::new(env!("CARGO_BIN_EXE_planproof"));
    verify
        .arg("verify")
        .arg(plan)
        .args(["--no-record", "--sandbox", level])
        .current_dir(plan.parent().unwrap());
    verify.stdin(Stdio::null()).stdout(Stdio::null());
    verify
}

fn in_shell(script: &Path) -> Command {
    let mut sh = Command::new("sh");
    sh.arg(script);
    sh
}

/// Runs all contenders in turns and prints the median of each, with its ratio to the first one's.
fn side_by_side(title: &str, contenders: &[Contender], each: u32) {
    let mut times = vec![Vec::new(); contenders.len()];
    for round in 0..=ROUNDS {
        for (contender, times) in contenders.iter().zip(&mut times) {
            let mut command = (contender.command)();
            let started = Instant::now();
            let status = command.status().unwrap();
            let time = started.elapsed();
            assert!(status.success(), "{}: {status}", contender.name);
            // The first round only warms up.
            if round > 0 {
                times.push(time);
            }
        }
    }
    println!("\n| {title} | median | ratio |\n|---|---:|---:|");
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    for (contender, time) in contenders.iter().zip(&medians) {
        let ratio = time.as_secs_f64() / medians[0].as_secs_f64();
        println!("| {} | {} | {ratio:.2} |", contender.name, milliseconds(*time / each));
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// A thousand checks that do nothing, violations looked for after each.
fn checks() {
    let place = Place::new();
    let plan = place.plan(&format!("{}\n", criteria(CHECKS)));
    let looped = |command: &str| {
        format!("i=0\nwhile [ $i -lt {CHECKS} ]; do out=$({command} 2>&1) || exit 1; i=$((i+1)); done\n")
    };
    let bare = place.write("bare.sh", &looped("sh -c true"));
    let bwrap = "bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp --unshare-all --die-with-parent \
                 --new-session sh -c true";
    let bwrap = place.write("bwrap.sh", &looped(bwrap));
    let mut contenders = vec![Contender { name: "bare loop of `sh -c true`", command: of(bare, in_shell) }];
    for (name, level) in
        [("planproof, `full`", "full"), ("planproof, `landlock`", "landlock"), ("planproof, `off`", "off")]
    {
        let plan = plan.clone();
        contenders.push(Contender { name, command: Box::new(move || verify(&plan, level)) });
    }
    if Command::new("bwrap").arg("--version").output().is_ok_and(|output| output.status.success()) {
        contenders.push(Contender { name: "loop of bwrap, all namespaces", command: of(bwrap, in_shell) });
    } else {
        println!("bubblewrap is not installed, so it is left out");
    }
    side_by_side(&format!("{CHECKS} × `true`, a check"), &contenders, CHECKS);
}

fn of(path: PathBuf, command: fn(&Path) -> Command) -> Box<dyn Fn() -> Command> {
    Box::new(move || command(&path))
}

fn criteria(count: u32) -> String {
    let mut text = String::new();
    for number in 1..=count {
        let _ = writeln!(text, "- [ ] check {number}\n  - Verification: `true`");
    }
    text
}

/// From asking for a sandbox to its readiness.
fn start() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("\n| start of the sandbox | median |\n|---|---:|");
    for level in [Level::Full, Level::Landlock] {
        let place = Place::new();
        let mut times = Vec::new();
        for _ in 0..21 {
            let settings = settings(level, place.work());
            let started = Instant::now();
            let sandbox = runtime.block_on(Sandbox::open(settings)).unwrap();
            times.push(started.elapsed());
            runtime.block_on(sandbox.close()).unwrap();
        }
        println!("| `{level}` | {} |", milliseconds(median(times)));
    }
}

fn settings(level: Level, workspace: PathBuf) -> Settings {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_else(|| "/".into()));
    let environment = default_environment(std::env::vars_os());
    Settings {
        level,
        workspace,
        writable: vec![],
        hidden: default_hidden(&home),
        private: default_private(&home),
        readable: default_readable(&home, &environment),
        network: Network::Loopback,
        view: Storage::Memory,
        temporary_root: std::env::temp_dir(),
        environment,
        limits: Limits::default(),
    }
}

/// A release build of a crate, inside and outside.
fn build() {
    let place = Place::new();
    place.write(
        "Cargo.toml",
        "[package]\nname = \"built\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n",
    );
    let mut library = String::new();
    for number in 0..40 {
        let _ = write!(
            library,
            "pub mod m{number} {{\n    use std::collections::BTreeMap;\n    #[derive(Debug, Clone, Default, PartialEq)]\n    \
             pub struct Entry {{ pub name: String, pub values: Vec<u64>, pub more: BTreeMap<String, Vec<String>> }}\n    \
             pub fn read(text: &str) -> Vec<Entry> {{\n        text.lines().map(|line| {{\n            \
             let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();\n            words.sort();\n            \
             let more = words.iter().map(|word| (word.clone(), words.clone())).collect();\n            \
             Entry {{ name: format!(\"{{words:?}}-{number}\"), values: words.iter().map(|w| w.len() as u64).collect(), more }}\n        \
             }}).collect()\n    }}\n}}\n"
        );
    }
    place.write("src/lib.rs", &library);
    let plan = place.plan("- [ ] builds\n  - Verification: `cargo build --release --offline --quiet`\n");
    let work = place.work();
    let outside = move || {
        let mut cargo = Command::new("cargo");
        // A target directory of its own each time, as the view has.
        let target = work.parent().unwrap().join("target");
        _ = fs::remove_dir_all(&target);
        cargo
            .args(["build", "--release", "--offline", "--quiet", "--target-dir"])
            .arg(target)
            .current_dir(&work);
        cargo
    };
    let contenders = [
        Contender { name: "outside", command: Box::new(outside) },
        Contender { name: "inside, `full`", command: Box::new(move || verify(&plan, "full")) },
    ];
    side_by_side("release build of a crate", &contenders, 1);
}

/// All processes of planproof while a check runs.
fn memory() {
    let place = Place::new();
    let plan = place.plan("- [ ] waits\n  - Verification: `sh -c 'echo up; exec sleep 1000'`\n");
    println!("\n| resident while a check runs | planproof, guardian and init |\n|---|---:|");
    for level in ["full", "landlock"] {
        let mut running = Running::start(&plan, level);
        let shell = running.until_command("sleep");
        let all: u64 =
            running.tree().into_iter().filter(|pid| *pid != shell).map(|pid| kib(pid, "VmRSS")).sum();
        println!("| `{level}` | {:.1} MiB |", mib(all));
        running.stop();
    }
}

/// 10 GB from one check, and 10,000 checks in one plan: what is used at the end, and what was left behind.
fn endurance() {
    let place = Place::new();
    let temporary = place.folder.path().join("temporary");
    fs::create_dir(&temporary).unwrap();
    println!(
        "\n| at `full` | time | most memory of planproof | descriptors | directories left |\n|---|---:|---:|---:|---:|"
    );
    let plan =
        place.plan("- [ ] much\n  - Verification: `yes | head -c 10000000000`\n  - Expected Output: `y`\n");
    report("10 GB of output", &plan, &temporary, 1);
    let plan = place.plan(&criteria(10_000));
    report("10,000 checks", &plan, &temporary, 10_000);
}

fn report(name: &str, plan: &Path, temporary: &Path, checks: u64) {
    let started = Instant::now();
    let mut running = Running::start_with(plan, "full", temporary);
    let mut early = None;
    let (mut most, mut last) = (0, 0);
    let mut finished = 0;
    for line in BufReader::new(running.child.stdout.take().unwrap()).lines() {
        if !line.unwrap().contains("\"type\":\"check_finished\"") {
            continue;
        }
        finished += 1;
        if finished % (checks / 100).max(1) == 0 {
            most = most.max(kib(running.child.id(), "VmHWM"));
            let open = running.tree().into_iter().map(descriptors).sum::<usize>();
            early.get_or_insert(open);
            last = open;
        }
    }
    assert!(running.child.wait().unwrap().success() && finished == checks, "{finished}");
    let left = fs::read_dir(temporary).unwrap().count();
    let time = started.elapsed().as_secs_f64();
    let early = early.unwrap_or(last);
    println!("| {name} | {time:.1} s | {:.1} MiB | {early} at first, {last} at last | {left} |", mib(most));
}

/// A run of planproof that is looked at while it runs.
struct Running {
    child: Child,
}

impl Running {
    fn start(plan: &Path, level: &str) -> Self {
        Self { child: verify(plan, level).spawn().unwrap() }
    }

    fn start_with(plan: &Path, level: &str, temporary: &Path) -> Self {
        let mut verify = verify(plan, level);
        verify.args(["--output-format", "json"]).env("TMPDIR", temporary).stdout(Stdio::piped());
        Self { child: verify.spawn().unwrap() }
    }

    /// planproof and all below it.
    fn tree(&self) -> Vec<u32> {
        let mut all = vec![self.child.id()];
        let mut next = 0;
        while let Some(pid) = all.get(next) {
            let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
            all.extend(list.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
            next += 1;
        }
        all
    }

    /// The process in the tree with this name, once it is there.
    fn until_command(&self, name: &str) -> u32 {
        let is_it =
            |pid: &u32| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() == name);
        loop {
            if let Some(pid) = self.tree().into_iter().find(is_it) {
                return pid;
            }
            std::thread::yield_now();
        }
    }

    fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A size in `/proc/PID/status`, in KiB.
fn kib(pid: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "sizes of memory are far below 2^52 KiB")]
fn mib(kib: u64) -> f64 {
    kib as f64 * 1024.0 / MIB
}

fn descriptors(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}
