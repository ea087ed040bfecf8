//! Recording: what a run writes into a plan, and that nothing else in it ever changes.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say what they counted")]

#[path = "record/killed.rs"]
mod killed;
#[path = "support/plans.rs"]
mod plans;
#[path = "record/properties.rs"]
mod properties;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use regex::Regex;
use tempfile::TempDir;

/// A folder with one of the plans of `tests/plans/record` in it.
struct Folder(TempDir);

impl Folder {
    fn with(plan: &str) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("PLANS.md", fixture(plan));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// `planproof verify`, ready to run here; without a sandbox, since none of the commands needs one.
    fn verify(&self, arguments: &[&str]) -> Command {
        planproof(self.0.path(), arguments)
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        said(&self.verify(arguments).output().unwrap())
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Waits for a file, for as long as a slow machine needs.
    fn wait_for(&self, name: &str) {
        let patience = Instant::now() + Duration::from_secs(60);
        while !self.path(name).exists() {
            assert!(Instant::now() < patience, "{name} never came");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

fn planproof(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_planproof"));
    command.current_dir(folder).args(["verify", "--sandbox", "off", "--color", "never"]).args(arguments);
    command.env("HOME", folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The exit status and what was said on standard error.
fn said(output: &Output) -> (i32, String) {
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn fixture(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans/record").join(name)).unwrap()
}

/// The text with what differs from run to run and from version to version replaced: the time of the run by the same
/// form in zeros, or by a name in brackets where it is in the form of the standard schema.
fn named(text: &str) -> String {
    const DATE: &str = r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z| UTC)?)?";
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(&format!(r"(?<date>{DATE})(?<after>\W*(?:Not v|V)erified| by planproof)")).unwrap()
    });
    let text = TIME.replace_all(text, |found: &regex::Captures<'_>| {
        let date = &found["date"];
        let form: String = date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        let form = if form == "0000-00-00T00:00:00Z" { "[TIME]" } else { &form };
        format!("{form}{}", &found["after"])
    });
    text.replace(concat!("planproof ", env!("CARGO_PKG_VERSION")), "planproof [VERSION]")
}

/// Compares with the plan of that name in `tests/plans/record`; writes it where `PLANPROOF_WRITE_FIXTURES` is set, for
/// somebody to review.
fn is_recorded_as(name: &str, text: &str) {
    if std::env::var_os("PLANPROOF_WRITE_FIXTURES").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans/record").join(name), named(text))
            .unwrap();
    }
    assert_eq!(named(text), fixture(name), "{name}");
}

#[test]
fn an_entry_looks_like_those_that_the_plan_has() {
    for style in ["cookbook", "days", "stars", "bare", "numbered", "signed", "prose", "table", "headings"] {
        let folder = Folder::with(&format!("style-{style}.md"));
        for _ in 0..2 {
            let (status, message) = folder.run(&["PLANS.md"]);
            assert_eq!(status, 1, "{style}: {message}");
        }
        is_recorded_as(&format!("style-{style}.recorded.md"), &folder.read("PLANS.md"));
    }
}

#[test]
fn each_plan_of_a_file_gets_what_came_of_its_own_checks() {
    let folder = Folder::with("several-plans.md");
    let (status, message) = folder.run(&["PLANS.md"]);
    assert_eq!(status, 1, "{message}");
    is_recorded_as("several-plans.recorded.md", &folder.read("PLANS.md"));

    let before = folder.read("PLANS.md");
    let (status, message) = folder.run(&["PLANS.md", "--filter", "VA-2"]);
    assert_eq!(status, 1, "{message}");
    let after = folder.read("PLANS.md");
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        lines(&after).len(),
        lines(&before).len() + 2,
        "only the plan of that check says more: {after}"
    );
    let second = "# ExecPlan: The page";
    let third = "# ExecPlan: The footer";
    assert_eq!(after.split(second).next(), before.split(second).next());
    assert_eq!(after.split(third).nth(1), before.split(third).nth(1));
}

#[test]
fn sections_that_a_plan_lacks_are_added_only_where_they_are_asked_for() {
    for (plan, recorded) in [
        ("neither-section.md", "neither-section.recorded.md"),
        ("add-outcomes.md", "add-outcomes.recorded.md"),
    ] {
        let folder = Folder::with(plan);
        let (status, message) = folder.run(&["PLANS.md", "--add-sections"]);
        assert_eq!(status, 0, "{message}");
        let once = folder.read("PLANS.md");
        is_recorded_as(recorded, &once);
        let (status, message) = folder.run(&["PLANS.md", "--add-sections"]);
        assert_eq!(status, 0, "{message}");
        assert_eq!(folder.read("PLANS.md").matches("# Outcomes").count(), 1, "added once");
    }
    let folder = Folder::with("neither-section.md");
    let (status, message) = folder.run(&["PLANS.md", "--add-sections", "--no-record"]);
    assert_eq!(status, 2, "{message}");
}

#[test]
fn added_sections_keep_line_endings_and_the_missing_newline() {
    let folder = Folder::with("neither-section.md");
    let text = fixture("neither-section.md").trim_end().replace('\n', "\r\n");
    folder.write("PLANS.md", &text);
    let (status, message) = folder.run(&["PLANS.md", "--add-sections"]);
    assert_eq!(status, 0, "{message}");
    let expected = fixture("neither-section.recorded.md").trim_end().replace('\n', "\r\n");
    assert_eq!(named(&folder.read("PLANS.md")), expected);
}

#[test]
fn a_plan_that_ends_in_a_comment_gets_no_sections() {
    let folder = Folder::with("neither-section.md");
    let text = fixture("neither-section.md") + "\n<!-- the rest is hidden\n";
    folder.write("PLANS.md", &text);
    let (status, message) = folder.run(&["PLANS.md", "--add-sections"]);
    assert_eq!(status, 2, "{message}");
    assert!(message.contains("PLANS.md: nothing was recorded: the edit would change"), "{message}");
    assert_eq!(folder.read("PLANS.md"), text);
}

#[test]
fn recording_twice_keeps_crlf_byte_order_mark_mode_link_and_the_missing_newline() {
    let as_written = |text: &str| format!("\u{feff}{}", text.trim_end().replace('\n', "\r\n"));
    let folder = Folder(tempfile::tempdir().unwrap());
    fs::create_dir(folder.path("kept")).unwrap();
    folder.write("kept/the-plan.md", as_written(&fixture("sign-in.md")));
    fs::set_permissions(folder.path("kept/the-plan.md"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("kept/the-plan.md", folder.path("PLANS.md")).unwrap();

    for _ in 0..2 {
        let (status, message) = folder.run(&["PLANS.md"]);
        assert_eq!(status, 3, "{message}");
        assert!(message.contains("recorded in PLANS.md"), "{message}");
    }

    let text = folder.read("kept/the-plan.md");
    assert_eq!(named(&text), as_written(&fixture("sign-in.recorded.md")));
    assert_eq!(fs::metadata(folder.path("kept/the-plan.md")).unwrap().mode() & 0o7777, 0o640);
    assert_eq!(fs::read_link(folder.path("PLANS.md")).unwrap(), Path::new("kept/the-plan.md"));
    assert_eq!(fs::read_dir(folder.path("kept")).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn a_plan_inside_one_fence_is_recorded_inside_it() {
    let folder = Folder::with("wrapped.md");
    let (status, message) = folder.run(&["PLANS.md"]);
    assert_eq!(status, 0, "{message}");
    assert_eq!(named(&folder.read("PLANS.md")), fixture("wrapped.recorded.md"));
}

#[test]
fn an_empty_last_section_keeps_the_last_newline() {
    let folder = Folder::with("waits.md");
    folder.write("go", "");
    let (status, message) = folder.run(&["PLANS.md"]);
    assert_eq!(status, 0, "{message}");
    let text = named(&folder.read("PLANS.md"));
    let expected = "## Outcomes & Retrospective\n\n<!-- planproof: begin -->\n\
        **Verified: 1 of 1 check passed** — [TIME] by planproof [VERSION], sandbox: off\n\n\
        - AC-1 passed: Somebody gives the word\n<!-- planproof: end -->\n";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn without_recording_bytes_and_times_of_the_plan_stay() {
    let folder = Folder::with("sign-in.md");
    let before = fs::metadata(folder.path("PLANS.md")).unwrap();
    let (status, message) = folder.run(&["PLANS.md", "--no-record"]);
    assert_eq!(status, 3, "{message}");
    assert!(!message.contains("recorded"), "{message}");
    let after = fs::metadata(folder.path("PLANS.md")).unwrap();
    assert_eq!(folder.read("PLANS.md"), fixture("sign-in.md"));
    assert_eq!(
        (after.ino(), after.mtime(), after.mtime_nsec()),
        (before.ino(), before.mtime(), before.mtime_nsec())
    );
    assert_eq!((after.ctime(), after.ctime_nsec()), (before.ctime(), before.ctime_nsec()));
    assert_eq!(folder.names(), ["PLANS.md"]);
}

#[test]
fn recording_to_another_file_leaves_the_plan() {
    let folder = Folder::with("wrapped.md");
    let before = fs::metadata(folder.path("PLANS.md")).unwrap();
    let (status, message) = folder.run(&["PLANS.md", "--record-to", "recorded.md"]);
    assert_eq!(status, 0, "{message}");
    assert!(message.contains("recorded in recorded.md"), "{message}");
    let after = fs::metadata(folder.path("PLANS.md")).unwrap();
    assert_eq!(folder.read("PLANS.md"), fixture("wrapped.md"));
    assert_eq!(
        (after.ino(), after.ctime(), after.ctime_nsec()),
        (before.ino(), before.ctime(), before.ctime_nsec())
    );
    assert_eq!(named(&folder.read("recorded.md")), fixture("wrapped.recorded.md"));
    assert_eq!(folder.names(), ["PLANS.md", "recorded.md"]);
    let (mode, usual) = (fs::metadata(folder.path("recorded.md")).unwrap().mode(), before.mode());
    assert_eq!(mode, usual, "a new file has the mode of new files");

    // What stands there already is replaced whole, and keeps its mode.
    folder.write("recorded.md", "old text that is longer than nothing\n".repeat(100));
    fs::set_permissions(folder.path("recorded.md"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(folder.run(&["PLANS.md", "--record-to", "recorded.md"]).0, 0);
    assert_eq!(named(&folder.read("recorded.md")), fixture("wrapped.recorded.md"));
    assert_eq!(fs::metadata(folder.path("recorded.md")).unwrap().mode() & 0o7777, 0o600);
}

#[test]
fn a_run_of_some_checks_leaves_what_outcomes_says_of_the_others() {
    let folder = Folder::with("sign-in.md");
    folder.run(&["PLANS.md"]);
    let before = folder.read("PLANS.md");
    let (status, message) = folder.run(&["PLANS.md", "--filter", "AC-1"]);
    assert_eq!(status, 0, "{message}");
    let after = folder.read("PLANS.md");
    let outcomes = |text: &str| text[text.find("## Outcomes").unwrap()..].to_owned();
    assert_eq!(outcomes(&after), outcomes(&before));
    let entry = "* [x] [TIME] - Verified (some of the checks only): 1 of 1 check passed (Author: planproof [VERSION])\n";
    let last = "(no command in a code span or block)\n\n\n## Surprises";
    assert_eq!(named(&after), named(&before).replace(last, &last.replacen('\n', &format!("\n{entry}"), 1)));
}

#[test]
fn a_comment_that_stays_open_is_no_place_to_record_in() {
    let folder = Folder::with("wrapped.md");
    let plan = "# P\n\n## Acceptance Criteria\n- [ ] It runs\n  - Verification: `true`\n\n";
    for (tail, name) in [
        ("## Progress\n<!--\n- [ ] hidden\n", "Progress"),
        ("## Outcomes\n<!-- later\n", "Outcomes & Retrospective"),
    ] {
        let text = format!("{plan}{tail}");
        folder.write("PLANS.md", &text);
        let (status, message) = folder.run(&["PLANS.md"]);
        assert_eq!(status, 2, "{message}");
        let expected =
            format!("PLANS.md: nothing was recorded: the edit would change how the rest of `{name}` reads");
        assert!(message.contains(&expected), "{message}");
        assert_eq!(folder.read("PLANS.md"), text);
    }
}

#[test]
fn a_read_only_plan_is_refused_before_anything_runs() {
    let folder = Folder::with("waits.md");
    folder.write("go", "");
    fs::set_permissions(folder.path("PLANS.md"), fs::Permissions::from_mode(0o444)).unwrap();
    let (status, message) = folder.run(&["PLANS.md"]);
    assert_eq!(status, 2, "{message}");
    assert!(message.contains("PLANS.md is read-only"), "{message}");
    assert!(message.contains("`--no-record` or `--record-to FILE`"), "{message}");
    assert_eq!(folder.read("PLANS.md"), fixture("waits.md"));
    assert_eq!(folder.names(), ["PLANS.md", "go"], "nothing ran");

    assert_eq!(folder.run(&["PLANS.md", "--no-record"]).0, 0, "what is not written need not be writable");
}

#[test]
fn a_plan_locked_by_another_is_refused_with_who_and_until_when() {
    let folder = Folder::with("waits.md");
    folder.write("go", "");
    let lock = |until: &str| {
        format!("locks:\n  - agent: frontend-01\n    files: [PLANS.md]\n    expires: {until}\n")
    };
    folder.write(".agent-locks.yaml", lock("2999-01-01T00:00:00Z"));
    let (status, message) = folder.run(&["PLANS.md"]);
    assert_eq!(status, 2, "{message}");
    assert!(message.contains("PLANS.md is locked by frontend-01 until 2999-01-01T00:00:00Z"), "{message}");
    assert_eq!(folder.read("PLANS.md"), fixture("waits.md"));
    assert_eq!(folder.names(), [".agent-locks.yaml", "PLANS.md", "go"], "nothing ran");

    folder.write(".agent-locks.yaml", lock("2020-01-01T00:00:00Z"));
    let (status, message) = folder.run(&["PLANS.md"]);
    assert_eq!(status, 0, "a lock that has ended holds nothing: {message}");
}

#[test]
fn a_lock_taken_while_the_checks_run_is_respected() {
    let folder = Folder::with("waits.md");
    let running = folder.verify(&["PLANS.md"]).spawn().unwrap();
    folder.wait_for("started");
    folder.write(".agent-locks.yaml", "locks:\n  - owner: backend-02\n    scope: {paths: ['*.md']}\n");
    folder.write("go", "");
    let (status, message) = said(&running.wait_with_output().unwrap());
    assert_eq!(status, 2, "{message}");
    assert!(message.contains("PLANS.md is locked by backend-02"), "{message}");
    assert_eq!(folder.read("PLANS.md"), fixture("waits.md"));
}

#[test]
fn a_lock_on_the_name_of_a_link_holds_the_plan() {
    let folder = Folder(tempfile::tempdir().unwrap());
    fs::create_dir(folder.path("kept")).unwrap();
    folder.write("kept/the-plan.md", fixture("waits.md"));
    folder.write("go", "");
    symlink("kept/the-plan.md", folder.path("PLANS.md")).unwrap();
    folder.write(".agent-locks.yaml", "locks:\n  - agent: frontend-01\n    files: [PLANS.md]\n");
    let (status, message) = folder.run(&["PLANS.md"]);
    assert_eq!(status, 2, "{message}");
    assert!(message.contains("locked by frontend-01"), "{message}");
    assert_eq!(folder.read("kept/the-plan.md"), fixture("waits.md"));
}

#[test]
fn a_plan_with_neither_section_says_that_nothing_is_recorded() {
    let folder = Folder::with("neither-section.md");
    let (status, message) = folder.run(&["PLANS.md"]);
    assert_eq!(status, 0, "{message}");
    let expected = "nothing recorded: PLANS.md has neither a `Progress` nor an `Outcomes & Retrospective` section; `--add-sections` adds them";
    assert!(message.contains(expected), "{message}");
    assert_eq!(folder.read("PLANS.md"), fixture("neither-section.md"));
}

#[test]
fn two_progress_sections_are_refused_with_both_lines_before_anything_runs() {
    let folder = Folder::with("two-progress.md");
    let (status, message) = folder.run(&["PLANS.md"]);
    assert_eq!(status, 2, "{message}");
    assert!(
        message.contains("PLANS.md:13:1: `Progress` stands twice under one heading, first in line 3"),
        "{message}"
    );
    assert_eq!(folder.read("PLANS.md"), fixture("two-progress.md"));
    assert_eq!(folder.names(), ["PLANS.md"], "nothing ran");
}

#[test]
fn text_written_while_the_checks_run_is_kept() {
    let folder = Folder::with("waits.md");
    let running = folder.verify(&["PLANS.md"]).spawn().unwrap();
    folder.wait_for("started");
    let theirs = fixture("waits.md")
        .replace("- [x] Begun\n", "- [x] Begun\n- [x] Written meanwhile\n")
        .replace("- None.\n", "- Decision: keep it.\n  Rationale: `why`.\n")
        .replace("# ExecPlan: Written", "A line above.\n\n# ExecPlan: Written");
    folder.write("PLANS.md", &theirs);
    folder.write("go", "");
    let (status, message) = said(&running.wait_with_output().unwrap());
    assert_eq!(status, 0, "{message}");
    let verified = "**Verified: 1 of 1 check passed** — [TIME] by planproof [VERSION], sandbox: off";
    let block = format!(
        "\n<!-- planproof: begin -->\n{verified}\n\n- AC-1 passed: Somebody gives the word\n<!-- planproof: end -->\n"
    );
    let entry = "- [x] [TIME] - Verified: 1 of 1 check passed (Author: planproof [VERSION])\n";
    let expected = theirs.replace("meanwhile\n", &format!("meanwhile\n{entry}")) + &block;
    assert_eq!(named(&folder.read("PLANS.md")), expected);
}

#[test]
fn checks_that_change_while_they_run_are_not_recorded() {
    let changes = [
        ("- Expected Output: `gone`", "- Expected Output: `come`"),
        ("echo gone`", "echo gone; true`"),
        ("## Progress\n", "- [ ] Another\n  - Verification: `true`\n\n## Progress\n"),
        ("## Acceptance Criteria", "## Old criteria, in the log"),
        ("- [ ] Somebody gives the word", "- [ ] Nobody has to give a word"),
    ];
    for (old, new) in changes {
        let folder = Folder::with("waits.md");
        let running = folder.verify(&["PLANS.md"]).spawn().unwrap();
        folder.wait_for("started");
        let theirs = fixture("waits.md").replace(old, new);
        assert_ne!(theirs, fixture("waits.md"));
        folder.write("PLANS.md", &theirs);
        folder.write("go", "");
        let (status, message) = said(&running.wait_with_output().unwrap());
        assert_eq!(status, 2, "{new}: {message}");
        assert!(
            message.contains("PLANS.md: nothing was recorded: the plan's checks changed while they ran"),
            "{message}"
        );
        assert_eq!(folder.read("PLANS.md"), theirs);
    }
}

#[test]
fn a_plan_that_is_gone_when_its_checks_end_stays_gone() {
    let folder = Folder::with("waits.md");
    let running = folder.verify(&["PLANS.md"]).spawn().unwrap();
    folder.wait_for("started");
    fs::remove_file(folder.path("PLANS.md")).unwrap();
    folder.write("go", "");
    let (status, message) = said(&running.wait_with_output().unwrap());
    assert_eq!(status, 2, "{message}");
    assert!(message.contains("PLANS.md"), "{message}");
    assert_eq!(folder.names(), ["go", "started"]);
}

#[test]
fn a_check_that_writes_to_its_own_plan_loses_nothing() {
    let folder = Folder::with("waits.md");
    let plan = "# P\n\n## Acceptance Criteria\n- [ ] It writes\n  - Verification: `echo '- noted' >> PLANS.md`\n\n\
        ## Progress\n- [ ] Begun\n\n## Surprises & Discoveries\n";
    folder.write("PLANS.md", plan);
    let (status, message) = folder.run(&["PLANS.md", "--yes"]);
    assert_eq!(status, 0, "{message}");
    let entry = "- [x] [TIME] - Verified: 0 of 1 check passed, 1 passed by exit status (Author: planproof [VERSION])\n";
    let expected = plan.replace("Begun\n", &format!("Begun\n{entry}")) + "- noted\n";
    assert_eq!(named(&folder.read("PLANS.md")), expected);
}

#[test]
fn two_runs_at_once_are_both_recorded() {
    let folder = Folder::with("waits.md");
    let running: Vec<_> = (0..6).map(|_| folder.verify(&["PLANS.md"]).spawn().unwrap()).collect();
    folder.wait_for("started");
    folder.write("go", "");
    for run in running {
        let (status, message) = said(&run.wait_with_output().unwrap());
        assert_eq!(status, 0, "{message}");
    }
    let text = folder.read("PLANS.md");
    assert_eq!(text.matches("- [x] ").count(), 1 + 6, "{text}");
    assert_eq!(text.matches("<!-- planproof: begin -->").count(), 1, "{text}");
    assert_eq!(folder.names(), ["PLANS.md", "go", "started"]);
}
