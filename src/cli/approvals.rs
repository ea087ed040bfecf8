//! `planproof-approvals.toml`: what people approved of, kept where the project can review it.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
use jiff::Timestamp;
use serde::Deserialize;
use toml::Spanned;

use super::problem::Problem;
use crate::diagnostic::Diagnostic;
use crate::document::{SaveError, Snapshot, Source, Span, read, save};
use crate::policy::{APPROVALS, Approval, Subject};
use crate::report::{Rendering, render};
use crate::run::Ledger;

/// What a new file begins with.
const HEAD: &str = "# What people approved of, written by `planproof check --approve`. Review it like code: each entry lets one check
# run that the policy asks about. Its hashes bind it to the plan (all but Progress and Outcomes & Retrospective), to the
# command, and to the rules that ask; when one of them changes, it does not count any more.
";

/// How often a file that changes under our hands is read again before giving up.
const ATTEMPTS: usize = 32;

/// The approvals of a workspace.
#[derive(Debug, Clone)]
pub struct Approvals {
    path: PathBuf,
}

/// An approval with its place in the file.
#[derive(Debug)]
struct Entry {
    approval: Approval,
    /// The end of its last line that is always there, where `used` goes.
    end: usize,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    approval: Vec<Table>,
}

/// What stands in the file. The plan, the check, the command and the names of the rules are for people; what counts are
/// the hashes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "what is for people must be there all the same")]
struct Table {
    plan: String,
    check: String,
    command: String,
    rules: Vec<String>,
    by: String,
    reason: String,
    at: Spanned<String>,
    expires: Spanned<String>,
    reusable: bool,
    plan_sha256: Spanned<String>,
    command_sha256: Spanned<String>,
    rules_sha256: Spanned<String>,
    used: Option<Spanned<String>>,
}

/// What is told about a new approval, besides itself.
#[derive(Debug)]
pub struct About<'a> {
    /// The plan, as the workspace names it.
    pub plan: String,
    /// The check.
    pub check: &'a str,
    /// What it runs, on one line.
    pub command: String,
    /// The rules that ask.
    pub rules: Vec<&'static str>,
}

impl Approvals {
    /// Those of a workspace; there need not be any.
    pub fn of(workspace: &Path) -> Self {
        Self { path: workspace.join(APPROVALS) }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All of them, in the order of the file.
    ///
    /// # Errors
    /// When the file cannot be read, or says something else than approvals.
    pub fn all(&self) -> Result<Vec<Approval>> {
        Ok(self.read()?.1.into_iter().map(|entry| entry.approval).collect())
    }

    /// Adds one at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn add(&self, approval: &Approval, about: &About<'_>) -> Result<()> {
        match OpenOptions::new().write(true).create_new(true).open(&self.path) {
            Ok(mut file) => file.write_all(HEAD.as_bytes()).map_err(|error| self.cannot("write", &error))?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(self.cannot("write", &error).into()),
        }
        self.change(|text, _| {
            let line = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            Ok(Some(format!("{text}{line}\n{}", written(approval, about))))
        })
    }

    /// Changes the file; `edit` gets its text and its approvals anew whenever somebody else changed it meanwhile,
    /// and gives nothing where it may stay as it is.
    fn change(&self, edit: impl Fn(&str, &[Entry]) -> Result<Option<String>>) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let (snapshot, entries) = self.read()?;
            let Some(snapshot) = snapshot else {
                return Err(Problem::new(format!("{} is gone", self.path.display()))
                    .help("approve again")
                    .into());
            };
            let edited = edit(&String::from_utf8_lossy(&snapshot.bytes), &entries)?;
            let Some(edited) = edited else { return Ok(()) };
            match save(&snapshot, edited.as_bytes()) {
                Ok(()) => return Ok(()),
                Err(SaveError::Changed(_)) => {}
                Err(error) => {
                    return Err(Problem::new(error.to_string())
                        .help("make the file writable; nothing was approved or used up")
                        .into());
                }
            }
        }
        Err(Problem::new(format!("{} keeps changing", self.path.display()))
            .help("stop what writes to it, and try again")
            .into())
    }

    fn read(&self) -> Result<(Option<Snapshot>, Vec<Entry>)> {
        match self.path.symlink_metadata() {
            // What it leads to may be anybody's, and would be written to.
            Ok(found) if !found.is_file() => {
                return Err(Problem::new(format!("{} is no file of its own", self.path.display()))
                    .help("replace what stands there by a file, or delete it")
                    .into());
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((None, Vec::new())),
            Err(error) => return Err(self.cannot("read", &error).into()),
        }
        let snapshot = read(&self.path).map_err(|error| {
            Problem::new(error.to_string()).help("make the approvals readable, or delete the file")
        })?;
        let source = Source::from_bytes(&self.path, snapshot.bytes.clone())
            .map_err(|error| Problem::new(error.to_string()).help("save it as UTF-8 text"))?;
        let entries = entries(source.text()).map_err(|finding| {
            Problem::new(render(&finding, &source, Rendering::Plain).trim_end().to_owned()).rendered()
        })?;
        Ok((Some(snapshot), entries))
    }

    fn cannot(&self, what: &str, error: &std::io::Error) -> Problem {
        Problem::new(format!("cannot {what} {}: {error}", self.path.display()))
            .help("approvals are kept in that file of the workspace")
    }
}

impl Ledger for Approvals {
    fn spend(&self, subject: &Subject) -> Result<String, String> {
        let now = Timestamp::now();
        let words = std::cell::RefCell::new(String::new());
        let spent = self.change(|text, entries| {
            let open = |entry: &&Entry| entry.approval.consents_to(subject, now);
            let mut found = entries.iter().filter(open);
            // One that stays is not used up while there is one that is for a single run.
            let entry = found.clone().find(|entry| !entry.approval.reusable).or_else(|| found.next());
            let entry = entry.ok_or_else(|| Problem::new("its approval was used or taken back meanwhile"))?;
            words.replace(entry.approval.to_string());
            if entry.approval.reusable {
                return Ok(None);
            }
            let edited = format!("{}\nused = \"{now:.0}\"{}", &text[..entry.end], &text[entry.end..]);
            marks_one(entries, &edited, entry)?;
            Ok(Some(edited))
        });
        spent.map(|()| words.into_inner()).map_err(|error| error.to_string())
    }
}

/// Proves an edit by reading the new text: one entry is used, everything else is as it was.
fn marks_one(before: &[Entry], edited: &str, marked: &Entry) -> Result<()> {
    let after = entries(edited).unwrap_or_default();
    let same = |(old, new): (&Entry, &Entry)| {
        let mut expected = old.approval.clone();
        if std::ptr::eq(old, marked) {
            expected.used = new.approval.used;
            return new.approval.used.is_some() && expected == new.approval;
        }
        expected == new.approval
    };
    if before.len() == after.len() && before.iter().zip(&after).all(same) {
        return Ok(());
    }
    Err(Problem::new(format!("{APPROVALS} cannot be marked as used"))
        .help("write each approval as a table of its own, `[[approval]]`, a line for each key")
        .into())
}

/// The approvals in a text, each with its place.
fn entries(text: &str) -> Result<Vec<Entry>, Box<Diagnostic>> {
    let file: File = toml::from_str(text).map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        let finding =
            Diagnostic::error("bad-approvals", Span::new(range.start, range.end), error.message().to_owned());
        Box::new(finding.help("delete the entry, and approve again with `planproof check --approve`"))
    })?;
    file.approval.into_iter().map(entry).collect()
}

fn entry(table: Table) -> Result<Entry, Box<Diagnostic>> {
    let time = |written: &Spanned<String>| {
        written.get_ref().parse::<Timestamp>().map_err(|_| {
            bad(written, format!("`{}` is no time", written.get_ref()), "write it as `2026-12-01T12:00:00Z`")
        })
    };
    let hash = |written: &Spanned<String>| {
        let text = written.get_ref();
        let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let help = "delete the entry, and approve again with `planproof check --approve`";
        if is_hash {
            Ok(text.to_lowercase())
        } else {
            Err(bad(written, "this is no SHA-256".to_owned(), help))
        }
    };
    let hashes = [&table.plan_sha256, &table.command_sha256, &table.rules_sha256];
    Ok(Entry {
        end: hashes.iter().map(|written| written.span().end).max().unwrap_or_default(),
        approval: Approval {
            at: time(&table.at)?,
            expires: time(&table.expires)?,
            used: table.used.as_ref().map(time).transpose()?,
            hashes: [hash(hashes[0])?, hash(hashes[1])?, hash(hashes[2])?],
            by: table.by,
            reason: table.reason,
            reusable: table.reusable,
        },
    })
}

fn bad(value: &Spanned<String>, message: String, help: &str) -> Box<Diagnostic> {
    let range = value.span();
    Box::new(Diagnostic::error("bad-approvals", Span::new(range.start, range.end), message).help(help))
}

/// An approval as it stands in the file.
fn written(approval: &Approval, about: &About<'_>) -> String {
    let [plan, command, rules] = &approval.hashes;
    let rows: [(&str, toml::Value); 12] = [
        ("plan", about.plan.as_str().into()),
        ("check", about.check.into()),
        ("command", about.command.as_str().into()),
        ("rules", about.rules.clone().into()),
        ("by", approval.by.as_str().into()),
        ("reason", approval.reason.as_str().into()),
        ("at", format!("{:.0}", approval.at).into()),
        ("expires", format!("{:.0}", approval.expires).into()),
        ("reusable", approval.reusable.into()),
        ("plan_sha256", plan.as_str().into()),
        ("command_sha256", command.as_str().into()),
        ("rules_sha256", rules.as_str().into()),
    ];
    rows.iter().fold("[[approval]]\n".to_owned(), |mut text, (key, value)| {
        let _ = writeln!(text, "{key} = {value}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approval(reason: &str) -> Approval {
        let hash = |digit: &str| digit.repeat(64);
        Approval {
            by: "Ada".to_owned(),
            reason: reason.to_owned(),
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
            expires: "2026-01-08T00:00:00Z".parse().unwrap(),
            reusable: false,
            used: None,
            hashes: [hash("a"), hash("b"), hash("c")],
        }
    }

    #[test]
    fn what_is_written_is_read_back_whatever_the_words() {
        let folder = tempfile::tempdir().unwrap();
        let approvals = Approvals::of(folder.path());
        assert_eq!(approvals.all().unwrap(), []);
        let mut expected = Vec::new();
        for reason in ["plain", "\"quoted\"\n[[approval]]\nused = 1", "'''", "\\u{1b} \u{202e} ü", ""] {
            let about = About {
                plan: format!("{reason}.md"),
                check: "AC-1",
                command: reason.to_owned(),
                rules: vec!["not-understood"],
            };
            approvals.add(&approval(reason), &about).unwrap();
            expected.push(approval(reason));
            assert_eq!(approvals.all().unwrap(), expected);
        }
    }

    #[test]
    fn a_mark_that_would_change_anything_else_is_refused() {
        let about = About { plan: "p".into(), check: "AC-1", command: "c".into(), rules: vec![] };
        let text = written(&approval("one"), &about) + &written(&approval("two"), &about);
        let before = entries(&text).unwrap();
        let marked = |entry: &Entry| {
            format!("{}\nused = \"2026-01-02T00:00:00Z\"{}", &text[..entry.end], &text[entry.end..])
        };
        assert!(marks_one(&before, &marked(&before[1]), &before[1]).is_ok());
        assert!(marks_one(&before, &marked(&before[1]), &before[0]).is_err());
        assert!(marks_one(&before, &text, &before[0]).is_err());
        assert!(marks_one(&before, &marked(&before[0]).replace("two", "three"), &before[0]).is_err());
        assert!(marks_one(&before, "nonsense", &before[0]).is_err());
    }
}
