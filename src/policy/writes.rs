//! The paths that a script writes to, as far as they are named statically.

mod allowed;
mod directory;
mod named;
mod options;
mod programs;
mod table;
mod writers;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use allowed::AllowedDirectories;
use directory::{Choices, Directories};

use super::shell::Reading;

/// The longest path that Linux takes, in bytes (`PATH_MAX`).
const LONGEST: usize = 4096;

/// The most choices of directories that a script is followed with.
const CHOICES: usize = 16;

/// One place that a script writes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// What is written.
    pub target: Target,
    /// Byte range, in the script, of the word or redirection that names it.
    pub span: Range<usize>,
    /// The program or redirection operator that writes: `tee`, `>`.
    pub by: String,
    /// It is known to write there; otherwise only the name of an option says so.
    pub certain: bool,
}

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A path, normalised lexically: relative to the workspace root, absolute, or below `~`. One that
    /// begins with `..` leaves the workspace.
    Path(String),
    /// Entries of this directory, or below it, whose names are not all known (`src/*.rs`).
    Beneath(String),
    /// A path relative to `$TMPDIR`, which the sandbox makes private to each check; empty for itself.
    Temporary(String),
    /// A place that is not known before the script runs, and why.
    Unknown(String),
}

/// The paths that a reading writes to, as far as they are named statically.
///
/// `working_directory` is relative to the workspace root; empty for the root itself. Symbolic links are not
/// followed, and a `cd` is taken to succeed: what really happens is for the sandbox to see.
///
/// A `cd` to one of several directories (`for d in src lib; do (cd $d && touch a); done`) goes to each of them from
/// where the script is then, not from one to the next: the script is followed once for every choice.
pub fn writes(reading: &Reading, working_directory: &str) -> Vec<Write> {
    let choices = Choices::of(reading);
    let Some(choices) = choices.filter(|choices| choices.count() <= CHOICES) else {
        // Of too many choices none is followed, so that what stands behind them is asked about.
        return followed(reading, working_directory, None);
    };
    let mut found = followed(reading, working_directory, Some((&choices, 0)));
    for number in 1..choices.count() {
        for write in followed(reading, working_directory, Some((&choices, number))) {
            if !found.contains(&write) {
                found.push(write);
            }
        }
    }
    found
}

/// The places that are written with one choice of directories.
fn followed(reading: &Reading, working_directory: &str, choice: Option<(&Choices, usize)>) -> Vec<Write> {
    let mut directories = Directories::new(reading, working_directory);
    let mut found = Vec::new();
    for (index, command) in reading.commands.iter().enumerate() {
        let scope = command.scope();
        for redirection in
            command.redirections.iter().filter(|redirection| redirection.writes && !command.elsewhere)
        {
            let target = directories.resolve(&redirection.target, scope);
            add(&mut found, target, redirection.span.clone(), ">");
        }
        for (target, span) in writers::settings(command, &mut directories) {
            add(&mut found, target, span, "=");
        }
        let before = directories.of(scope);
        for invocation in command.invocations.iter().filter(|invocation| !invocation.elsewhere) {
            let before = found.len();
            for (target, span) in writers::targets(invocation, &mut directories, scope) {
                add(&mut found, target, span, &invocation.program);
            }
            for (target, span, certain) in named::targets(invocation, &mut directories, scope) {
                // What the table says of the same option goes before.
                if found[before..].iter().all(|write| write.target != target && write.span != span) {
                    let by = invocation.program.clone();
                    found.extend(
                        Some(Write { target, span, by, certain }).filter(|it| !is_stream(&it.target)),
                    );
                }
            }
            directories.enter(invocation, scope);
        }
        directories.leave(scope, before);
        match choice {
            None => directories.follow(command, false),
            Some((choices, number)) if choices.follows(number, index) => directories.follow(command, true),
            Some(_) => {}
        }
    }
    // Where code in other languages is when it writes is not followed: nearly always where the script began.
    for write in &reading.foreign_writes {
        let target = match &write.path {
            Some(path) => directories.join(path, write.scope),
            None => Target::Unknown("its name is computed at run time".to_owned()),
        };
        add(&mut found, target, write.span.clone(), &write.by);
    }
    found
}

fn add(found: &mut Vec<Write>, target: Target, span: Range<usize>, by: &str) {
    if !is_stream(&target) {
        found.push(Write { target, span, by: by.to_owned(), certain: true });
    }
}

/// Devices that lead back to the check's own output, or nowhere.
fn is_stream(target: &Target) -> bool {
    let Target::Path(path) = target else { return false };
    let descriptor = |number: &str| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    matches!(path.as_str(), "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty" | "/dev/full")
        || path.strip_prefix("/dev/fd/").is_some_and(descriptor)
}

/// A path without `.`, empty components and, where they can be resolved, `..`.
pub(crate) fn normalised(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", None) if absolute => {}
            ("..", Some(last)) if *last != ".." && !last.starts_with('~') => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
