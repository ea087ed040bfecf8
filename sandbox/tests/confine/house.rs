//! A throw-away home and workspace, and the `confine` example to run in them.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long anything may take before a test gives up waiting for it; never a measure of success.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct House {
    root: tempfile::TempDir,
    pub(crate) options: Vec<String>,
}

pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().parent().unwrap().join("examples").join(name);
    assert!(path.exists(), "`{}` is missing: build the examples", path.display());
    path
}

/// A house at the level landlock, unless this kernel has none: then says so.
pub(crate) fn landlocked() -> Option<House> {
    let house = House::new();
    let said = house.run("true");
    if said.code == Some(125) && said.stderr.contains("landlock is not available") {
        println!("skipped: {}", said.stderr);
        return None;
    }
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    Some(house)
}

/// A house at the level full, unless this host has none: then says so.
pub(crate) fn with_namespaces() -> Option<House> {
    let house = House::new().with(&["--level", "full"]);
    let said = house.run("true");
    if said.code == Some(125) && said.stderr.contains("cannot be had") {
        println!("skipped: {}", said.stderr);
        return None;
    }
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    Some(house)
}

impl House {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for directory in ["home", "work/src", "temporary", "outside"] {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        fs::write(root.path().join("outside/file"), "original").unwrap();
        fs::write(root.path().join("work/README"), "original").unwrap();
        Self { root, options: vec!["--allow".into(), "src/**".into()] }
    }

    pub(crate) fn with(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().map(ToString::to_string));
        self
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// `confine … --` in this house, without the command.
    pub(crate) fn confine(&self) -> Command {
        let mut command = Command::new(example("confine"));
        self.furnish(&mut command);
        command.args(self.arguments());
        command
    }

    pub(crate) fn arguments(&self) -> Vec<String> {
        let path = |path| self.path(path).to_str().unwrap().to_owned();
        let mut all = vec!["--workspace".into(), path("work"), "--temporary-root".into(), path("temporary")];
        all.extend(self.options.iter().cloned());
        all.push("--".into());
        all
    }

    pub(crate) fn furnish(&self, command: &mut Command) {
        let outside = self.path("outside");
        command.env("HOME", self.path("home")).env("OUTSIDE", outside).stdin(Stdio::null());
    }

    pub(crate) fn run(&self, script: &str) -> Said {
        said(self.confine().args(["sh", "-c", script]).output().unwrap())
    }

    pub(crate) fn run_program(&self, program: impl AsRef<OsStr>) -> Said {
        said(self.confine().arg(program).output().unwrap())
    }

    /// Whether a sandbox's temporary directory is still there.
    pub(crate) fn has_temporaries(&self) -> bool {
        fs::read_dir(self.path("temporary")).unwrap().next().is_some()
    }
}

pub(crate) fn said(output: Output) -> Said {
    let Output { status, stdout, stderr } = output;
    Said {
        code: status.code(),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

/// Whether a process with this number lives (a zombie does not).
pub(crate) fn lives(pid: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    !stat.rsplit(')').next().unwrap().trim_start().starts_with(['Z', 'X'])
}

/// Waits until something is so; fails the test if it never is.
pub(crate) fn until(what: &str, so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The numbers in a text, one a line.
pub(crate) fn numbers(text: &str) -> Vec<u32> {
    text.lines().filter_map(|line| line.trim().parse().ok()).collect()
}

/// Reads lines of a pipe until there are as many numbers as wanted.
pub(crate) fn first_numbers(pipe: &mut impl std::io::Read, count: usize) -> Vec<u32> {
    let (mut text, mut byte) = (String::new(), [0]);
    // By single bytes, so that what follows stays in the pipe.
    while numbers(&text).len() < count || !text.ends_with('\n') {
        pipe.read_exact(&mut byte).unwrap();
        text.push(char::from(byte[0]));
    }
    numbers(&text)
}

/// The parent of a process.
pub(crate) fn parent(pid: u32) -> u32 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit(')').next().unwrap().split_whitespace().nth(1).unwrap().parse().unwrap()
}

pub(crate) fn kill(pid: u32, signal: i32) {
    // SAFETY: a number of a process that this test started.
    assert_eq!(unsafe { libc::kill(pid.cast_signed(), signal) }, 0);
}

pub(crate) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
