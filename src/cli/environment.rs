//! The variables that checks see: an allow-list of the host's, what the project passes, what `--env` passes.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use anyhow::Result;

use super::args::Verify;
use super::load::Loaded;
use super::problem::Problem;

/// A variable to pass: `NAME` with the host's value, `NAME=VALUE` with this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Its name.
    pub name: String,
    /// Its value; the host's where there is none.
    pub value: Option<OsString>,
}

impl Passed {
    /// Reads `NAME` or `NAME=VALUE`.
    ///
    /// # Errors
    /// Why no variable can be passed by this name; the value, which may be secret, is never in it.
    pub fn read(written: &OsStr) -> std::result::Result<Self, String> {
        let bytes = written.as_bytes();
        let (name, value) = match bytes.iter().position(|byte| *byte == b'=') {
            Some(at) => (&bytes[..at], Some(OsStr::from_bytes(&bytes[at + 1..]).to_owned())),
            None => (bytes, None),
        };
        let name = String::from_utf8_lossy(name).into_owned();
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() {
            Err("a variable has no name".to_owned())
        } else if name == "TMPDIR" {
            Err("`TMPDIR` cannot be passed: the sandbox gives each check a private one".to_owned())
        } else if name.starts_with(|first: char| first.is_ascii_digit()) || !name.bytes().all(is_name) {
            Err(format!("`{name}` is no name of a variable"))
        } else if value.as_ref().is_some_and(|value| value.as_bytes().contains(&0)) {
            Err(format!("the value of `{name}` has a NUL byte in it"))
        } else {
            Ok(Self { name, value })
        }
    }
}

/// What to write instead of something that [`Passed::read`] does not take.
pub const HELP: &str = "write `NAME` to pass the host's variable, or `NAME=VALUE`";

/// The environment of every check of a run. Where plans of several projects share it, it has what all of them pass.
///
/// # Errors
/// When a name is none, or a variable that is to be passed is not set.
pub fn environment(args: &Verify, plans: &[Loaded]) -> Result<Vec<(OsString, OsString)>> {
    let mut environment = planproof_sandbox::default_environment(std::env::vars_os());
    let mut configured = plans.iter().map(|loaded| &loaded.config.env);
    let first = configured.next().map(Vec::as_slice).unwrap_or_default();
    let mut passed: Vec<(Passed, &str)> = Vec::new();
    for one in first.iter().filter(|one| configured.clone().all(|env| env.contains(one))) {
        passed.push((one.clone(), "`env` of planproof.toml"));
    }
    for written in &args.env {
        let read = Passed::read(written);
        passed.push((read.map_err(|error| Problem::new(format!("`--env`: {error}")).help(HELP))?, "`--env`"));
    }
    // Of those with the same name the last holds; whether the others are set does not matter.
    let last = |index: usize| passed[index + 1..].iter().all(|(later, _)| later.name != passed[index].0.name);
    for (_, (one, from)) in passed.iter().enumerate().filter(|(index, _)| last(*index)) {
        let value = one.value.clone().or_else(|| std::env::var_os(&one.name)).ok_or_else(|| {
            Problem::new(format!("{from} passes `{}`, which is not set", one.name))
                .help(format!("set it, or pass a value with `--env {}=VALUE`", one.name))
        })?;
        environment.retain(|(name, _)| *name != *one.name);
        environment.push((one.name.clone().into(), value));
    }
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_or_with_a_value() {
        let read = |written: &str| Passed::read(OsStr::new(written)).map(|one| (one.name, one.value));
        assert_eq!(read("A_1"), Ok(("A_1".to_owned(), None)));
        assert_eq!(read("A="), Ok(("A".to_owned(), Some("".into()))));
        assert_eq!(read("A=b=c"), Ok(("A".to_owned(), Some("b=c".into()))));
        for wrong in
            ["", "=hidden-value", "1A=hidden-value", "A B=hidden-value", "A-B", "TMPDIR=/hidden-value"]
        {
            assert!(!read(wrong).unwrap_err().contains("hidden-value"), "{wrong}");
        }
    }
}
