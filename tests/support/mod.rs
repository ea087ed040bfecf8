//! A throw-away workspace with a plan in it, and the real binary to run there.
#![allow(dead_code, reason = "every test file uses its own part of it")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say why they skip")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{LazyLock, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use regex::Regex;
use serde_json::Value;

/// How long anything may take before a test gives up waiting for it; never a measure of success.
const PATIENCE: Duration = Duration::from_mins(1);

/// What every plan of [`Workspace::criteria`] starts with; its criteria start in line 7.
const HEAD: &str = "\
# ExecPlan: Demo

## Constraints & Safety
- **Allowed Directories**: `out/**`

## Acceptance Criteria
";

/// A workspace, a home and a directory for temporary files, all gone with it.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
    root: PathBuf,
}

/// What a run said, with everything that differs from run to run replaced by a name in brackets.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workspace {
    /// A folder that is no git repository.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        for name in ["workspace", "home", "temporary"] {
            fs::create_dir(root.join(name)).unwrap();
        }
        Self { folder, root }
    }

    /// The same, for tests that run commands in the sandbox; says so and gives nothing where there is none.
    pub(crate) fn confined() -> Option<Self> {
        static MISSING: OnceLock<Option<String>> = OnceLock::new();
        let missing = MISSING.get_or_init(|| {
            let workspace = Self::new();
            workspace.criteria("- [ ] a\n  - Verification: `true`\n");
            let said = workspace.run(["verify"]);
            let no_landlock = said.status == 2 && said.stderr.to_lowercase().contains("landlock");
            assert!(said.status == 0 || no_landlock, "{said:?}");
            no_landlock.then_some(said.stderr)
        });
        match missing {
            None => Some(Self::new()),
            Some(reason) => {
                println!("skipped, because nothing can be confined here: {reason}");
                None
            }
        }
    }

    /// A workspace on a host that has the level full, with a view and a loopback for each check; says so where it has
    /// not.
    pub(crate) fn at_full() -> Option<Self> {
        let workspace = Self::confined()?;
        let said = workspace.criteria("- [ ] a\n  - Verification: `true`\n").run([
            "verify",
            "--no-record",
            "--sandbox",
            "full",
        ]);
        if said.status == 2 && said.stderr.contains("cannot be had") {
            println!("skipped, because there is no level full here: {}", said.stderr);
            return None;
        }
        assert_eq!(said.status, 0, "{said:?}");
        Some(workspace)
    }

    /// A path in the workspace.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join("workspace").join(path)
    }

    /// A path next to the workspace.
    pub(crate) fn outside(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn exists(&self, path: &str) -> bool {
        self.path(path).symlink_metadata().is_ok()
    }

    /// Writes `PLANS.md`.
    pub(crate) fn plan(&self, text: &str) -> &Self {
        self.write("PLANS.md", text)
    }

    /// Writes a `PLANS.md` whose acceptance criteria are `items`; they start in line 7, and may write to `out/`.
    pub(crate) fn criteria(&self, items: &str) -> &Self {
        self.plan(&format!("{HEAD}{items}"))
    }

    /// The binary in the workspace, with nothing of the outer environment but the path.
    pub(crate) fn command<I: AsRef<std::ffi::OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = I>,
    ) -> Command {
        let mut command = Command::new(binary());
        self.furnish(&mut command);
        command.args(arguments);
        command
    }

    /// Puts any program into the workspace.
    pub(crate) fn furnish(&self, command: &mut Command) {
        command
            .current_dir(self.path(""))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LC_ALL", "C")
            .env("HOME", self.outside("home"))
            .env("TMPDIR", self.outside("temporary"))
            .stdin(Stdio::null());
    }

    /// Runs the binary in the workspace. Nothing temporary may stay behind.
    pub(crate) fn run<I: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Said {
        let said = self.said(&self.command(arguments).output().unwrap());
        self.is_clean();
        said
    }

    /// Fails the test if something temporary stayed behind.
    pub(crate) fn is_clean(&self) {
        let left: Vec<_> =
            fs::read_dir(self.outside("temporary")).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(left.is_empty(), "left behind: {left:?}");
    }

    /// `verify --no-record` on the criteria.
    pub(crate) fn verify(&self, items: &str) -> Said {
        self.criteria(items).run(["verify", "--no-record"])
    }

    /// The events of `verify --no-record` on the criteria.
    pub(crate) fn events(&self, items: &str) -> Vec<Value> {
        let said = self.criteria(items).run(["verify", "--no-record", "--output-format", "json"]);
        said.json()
    }

    /// The same at the level landlock, where checks write to the real workspace.
    pub(crate) fn events_in_place(&self, items: &str) -> Vec<Value> {
        let arguments = ["verify", "--no-record", "--output-format", "json", "--sandbox", "landlock"];
        self.criteria(items).run(arguments).json()
    }

    /// Starts the binary with its streams in pipes.
    pub(crate) fn start<I: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// What a program said, normalised.
    pub(crate) fn said(&self, output: &Output) -> Said {
        let text = |bytes: &[u8]| self.normalised(&String::from_utf8_lossy(bytes));
        Said {
            status: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    fn normalised(&self, text: &str) -> String {
        static WORDS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
            let pattern = |pattern: &str| Regex::new(pattern).unwrap();
            vec![
                // At the end of the line of a check that ran, and of the summary.
                (
                    pattern(r"(?m)( (?:PASS|EXIT OK|FAIL|TIMEOUT|NOT RUN|ERROR)\b.*) \d+(?:\.\d+)? m?s$"),
                    "$1 [TIME]",
                ),
                (pattern(r"(?m)(^summary .* in) \d+(?:\.\d+)? m?s$"), "$1 [TIME]"),
                (pattern(r#""duration_ms":[0-9.]+"#), r#""duration_ms":"[TIME]""#),
                (pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"), "[NOW]"),
                (pattern(r"planproof \d+\.\d+\.\d+"), "planproof [VERSION]"),
                // The highest level that this host has, and why not a higher one.
                (pattern(r"\(sandbox: (?:full|landlock)\)"), "(sandbox: [LEVEL])"),
                (pattern(r"(?m)^ +note: the sandbox layer .*\n +help: `planproof sandbox` tells.*\n"), ""),
            ]
        });
        let text = text.replace(&*self.path("").to_string_lossy(), "[WORKSPACE]/");
        let text = text.replace(self.path("").to_string_lossy().trim_end_matches('/'), "[WORKSPACE]");
        let text = text.replace(&*self.root.to_string_lossy(), "[AROUND]");
        WORDS.iter().fold(text, |text, (pattern, name)| pattern.replace_all(&text, *name).into_owned())
    }
}

impl Said {
    /// All of it, for a snapshot.
    pub(crate) fn whole(&self) -> String {
        let Self { status, stdout, stderr } = self;
        let stdout = if stdout.is_empty() { String::new() } else { format!("--- stdout\n{stdout}") };
        let stderr = if stderr.is_empty() { String::new() } else { format!("--- stderr\n{stderr}") };
        let all = format!("status {status}\n{stdout}{stderr}");
        // Editors take blanks off the ends of lines, so no snapshot has any.
        all.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
    }

    /// Standard output as JSON Lines.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }
}

/// The outcome of each check in a stream of events, as `AC-1 passed`.
pub(crate) fn outcomes(events: &[Value]) -> Vec<String> {
    let of =
        |event: &Value| format!("{} {}", event["id"].as_str().unwrap(), event["outcome"].as_str().unwrap());
    of_type(events, "check_finished").map(of).collect()
}

/// The events of one type.
pub(crate) fn of_type<'e>(events: &'e [Value], kind: &'e str) -> impl Iterator<Item = &'e Value> {
    events.iter().filter(move |event| event["type"] == kind)
}

/// The one check of a run.
pub(crate) fn only(events: &[Value]) -> &Value {
    let mut finished = of_type(events, "check_finished");
    let first = finished.next().expect("a check");
    assert!(finished.next().is_none(), "more than one check: {events:?}");
    first
}

/// The binary under test.
pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_planproof"))
}

/// Whether a process with this number lives (a zombie does not).
pub(crate) fn lives(pid: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    !stat.rsplit(')').next().unwrap().trim_start().starts_with(['Z', 'X'])
}

/// Waits until something is so; fails the test if it never is.
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The number in a file, once it is there.
pub(crate) fn pid_in(file: &Path) -> u32 {
    let read = || fs::read_to_string(file).ok().filter(|text| text.ends_with('\n'));
    until(&format!("{} holds a number", file.display()), || read().is_some());
    read().unwrap().trim().parse().unwrap()
}

/// Sends a signal to a process that the test started.
pub(crate) fn signal(name: &str, pid: u32) {
    let status = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
    assert!(status.success(), "kill -{name} {pid}");
}

/// Interrupts a child again and again until it ends, as an impatient person does, and gives what it said. Two signals
/// in a row may arrive as one.
pub(crate) fn interrupted(mut child: Child) -> Output {
    until("it ends when interrupted again and again", || {
        let ended = child.try_wait().unwrap().is_some();
        if !ended {
            signal("INT", child.id());
        }
        ended
    });
    child.wait_with_output().unwrap()
}

/// Waits for the end of a child and gives what it said; kills it when patience is at an end.
pub(crate) fn finished(mut child: Child) -> Output {
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("it never ended: {:?}", child.wait_with_output());
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}
