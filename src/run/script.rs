//! The steps of a check as one shell script that tells when each of them ends.

use std::fmt::Write as _;

use planproof_sandbox::CHECKPOINT;

use crate::plan::Step;

/// A script for the shell.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Script {
    /// What `sh -c` gets.
    pub text: String,
    /// Whether it writes to the sandbox's checkpoint channel between steps.
    pub checkpoints: bool,
}

/// Puts steps together. `hides_status` says of each step whether it needs `pipefail` for its failure to be seen.
///
/// All steps share one shell, so `cd`, `export` and functions carry over. After each that succeeds, and after the last
/// however it ends, the shell writes the exit status to the channel, which the step itself cannot see, and waits until
/// everything printed so far is read. The first that fails ends the script with its status.
pub(super) fn script(steps: &[Step], hides_status: &[bool]) -> Script {
    if let [step] = steps {
        let (prelude, _) = pipefail(hides_status, 0);
        return Script { text: format!("{prelude}{}", ending_at_failure(step)), checkpoints: false };
    }
    let mut text = String::new();
    for (index, step) in steps.iter().enumerate() {
        let quoted = quote(&ending_at_failure(step));
        let (on, off) = pipefail(hides_status, index);
        let last = index + 1 == steps.len();
        // The last one's status is told whatever it is, so that a trap cannot put another in its place.
        let unless_last =
            if last { "" } else { "[ \"$__planproof_status\" -eq 0 ] || exit \"$__planproof_status\"\n" };
        let at_last = if last { "exit \"$__planproof_status\"\n" } else { "" };
        let _ = write!(
            text,
            "{on}eval {quoted} {CHECKPOINT}>&-\n__planproof_status=$?\n{off}{unless_last}\
             printf '%s\\n' \"$__planproof_status\" >&{CHECKPOINT}\nread -r __planproof_go <&{CHECKPOINT}\n{at_last}"
        );
    }
    Script { text, checkpoints: true }
}

/// A command; of one that was put together, each part ends the script if it fails. (`set -e` would not do: it passes over
/// `! a` and `a && b`.)
fn ending_at_failure(step: &Step) -> std::borrow::Cow<'_, str> {
    if step.parts.len() < 2 {
        return step.command.as_str().into();
    }
    let mut text = String::with_capacity(step.command.len() + 32 * step.parts.len());
    for (index, start) in step.parts.iter().enumerate() {
        let end = step.parts.get(index + 1).copied().unwrap_or(step.command.len());
        text.push_str(step.command.get(*start..end).unwrap_or_default().trim_end_matches('\n'));
        text.push_str(if index + 1 == step.parts.len() { "" } else { "\n[ $? -eq 0 ] || exit 1\n" });
    }
    text.into()
}

/// What stands before and after a step whose failure would be hidden otherwise.
pub(super) fn pipefail(hides_status: &[bool], step: usize) -> (&'static str, &'static str) {
    match hides_status.get(step) {
        Some(true) => ("set -o pipefail\n", "set +o pipefail\n"),
        Some(false) | None => ("", ""),
    }
}

/// A word for the shell. Single quotes hold every byte but the single quote itself; a NUL cannot get here, since no
/// plan with one is read.
pub(super) fn quote(text: &str) -> String {
    shlex::try_quote(text).map_or_else(|_| "false".to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Lines, Span};

    fn step(command: &str) -> Step {
        Step {
            command: command.to_owned(),
            span: Span::default(),
            lines: Lines::new(),
            output: None,
            pipefail: false,
            parts: Vec::new(),
        }
    }

    #[test]
    fn one_step_is_its_own_script() {
        let script = script(&[step("make test")], &[false]);
        assert_eq!(script, Script { text: "make test".to_owned(), checkpoints: false });
    }

    #[test]
    fn a_pipeline_into_tee_fails_when_its_command_fails() {
        let joined = Step { parts: vec![0, 8], ..step("cd \"$x\"\nmake") };
        assert_eq!(script(&[joined], &[false]).text, "cd \"$x\"\n[ $? -eq 0 ] || exit 1\nmake");
        assert_eq!(script(&[step("make | tee log")], &[true]).text, "set -o pipefail\nmake | tee log");
    }
}
