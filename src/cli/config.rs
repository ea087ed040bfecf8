//! `planproof.toml`: the project's own settings, which no plan can loosen.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use serde::Deserialize;
use toml::Spanned;

use super::environment::{self, Passed};
use super::problem::Problem;
use crate::diagnostic::Diagnostic;
use crate::document::{Source, Span};
use crate::plan::Headings;
use crate::policy::{ProjectRule, ProjectRules, check_examples, check_pattern};
use crate::report::{Rendering, render};
use crate::run::{Level, Network};

/// What the project says; see README.md for each key.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// How long a check may take that does not say so itself.
    pub timeout: Option<Duration>,
    /// How checks are confined.
    pub sandbox: Option<Level>,
    /// What checks reach over the network.
    pub network: Option<Network>,
    /// Variables that checks see besides those that they see anyway.
    pub env: Vec<Passed>,
    /// Files and folders that checks may not read besides those that planproof knows; relative to the workspace, below
    /// `~`, or absolute.
    pub hide: Vec<String>,
    /// Those that they may read although planproof would hide them.
    pub show: Vec<String>,
    /// Headings that the project names itself.
    pub headings: Headings,
    /// The project's rules.
    pub rules: ProjectRules,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    timeout: Option<Spanned<String>>,
    sandbox: Option<Spanned<String>>,
    network: Option<Spanned<String>>,
    env: Vec<Spanned<String>>,
    hide: Vec<Spanned<String>>,
    show: Vec<Spanned<String>>,
    headings: HeadingsTable,
    policy: PolicyTable,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HeadingsTable {
    verification: Vec<Spanned<String>>,
    steps: Vec<Spanned<String>>,
    never: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PolicyTable {
    require_constraints: bool,
    forbid: Vec<RuleTable>,
    ask: Vec<RuleTable>,
    allow: Vec<RuleTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    command: Spanned<String>,
    reason: Option<String>,
    #[serde(default, rename = "match")]
    matches: Vec<Spanned<String>>,
    #[serde(default, rename = "not_match")]
    matches_not: Vec<Spanned<String>>,
}

/// The configuration for a workspace: the file that was named, or the nearest `planproof.toml` in the workspace or
/// above it; the defaults where there is none.
///
/// # Errors
/// When it cannot be read or says something that planproof does not know, with the place in the file.
pub fn load(named: Option<&Path>, workspace: &Path) -> Result<Config> {
    let found = named.map(Path::to_owned).or_else(|| nearest(workspace));
    let Some(path) = found else { return Ok(Config::default()) };
    let bytes = fs::read(&path).map_err(|error| {
        Problem::new(format!("cannot read {}: {error}", path.display()))
            .help("name a file that exists with `--config`, or leave it out")
    })?;
    let source = Source::from_bytes(&path, bytes).map_err(|error| Problem::new(error.to_string()))?;
    read(&source).map_err(|finding| {
        Problem::new(render(&finding, &source, Rendering::Plain).trim_end().to_owned()).rendered().into()
    })
}

fn nearest(workspace: &Path) -> Option<PathBuf> {
    workspace.ancestors().map(|folder| folder.join("planproof.toml")).find(|path| path.is_file())
}

fn read(source: &Source) -> Result<Config, Box<Diagnostic>> {
    let file: File = toml::from_str(source.text()).map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        let finding =
            Diagnostic::error("bad-config", Span::new(range.start, range.end), error.message().to_owned());
        Box::new(finding.help("README.md lists the keys of `planproof.toml`"))
    })?;
    let mut config = Config::default();
    if let Some(timeout) = &file.timeout {
        let parsed = crate::plan::duration(timeout.get_ref());
        config.timeout = Some(parsed.ok_or_else(|| {
            bad(
                timeout,
                format!("`{}` is no duration", timeout.get_ref()),
                "write a number and a unit, such as `5m`",
            )
        })?);
    }
    if let Some(level) = &file.sandbox {
        let parsed = level.get_ref().parse::<Level>();
        config.sandbox =
            Some(parsed.map_err(|error| bad(level, error.to_string(), "write `full`, `landlock` or `off`"))?);
    }
    if let Some(network) = &file.network {
        config.network = Some(match network.get_ref().as_str() {
            "on" => Network::Host,
            "off" => Network::Loopback,
            other => {
                return Err(bad(
                    network,
                    format!("`{other}` is no setting of the network"),
                    "write `on` or `off`",
                ));
            }
        });
    }
    let passed = |written: &Spanned<String>| {
        Passed::read(OsStr::new(written.get_ref())).map_err(|error| bad(written, error, environment::HELP))
    };
    config.env = file.env.iter().map(passed).collect::<Result<_, _>>()?;
    config.hide = paths(file.hide)?;
    config.show = paths(file.show)?;
    config.rules.forbid = rules(file.policy.forbid)?;
    config.rules.ask = rules(file.policy.ask)?;
    config.rules.allow = rules(file.policy.allow)?;
    config.headings = Headings {
        verification: headings(file.headings.verification)?,
        steps: headings(file.headings.steps)?,
        never: headings(file.headings.never)?,
    };
    config.rules.require_constraints = file.policy.require_constraints;
    Ok(config)
}

/// The rules of one kind, each with its examples borne out.
fn rules(written: Vec<RuleTable>) -> Result<Vec<ProjectRule>, Box<Diagnostic>> {
    let check = |table: RuleTable| {
        if let Err(error) = check_pattern(table.command.get_ref()) {
            return Err(bad(
                &table.command,
                error.to_string(),
                "write a command, such as `git push --force`",
            ));
        }
        let pattern = table.command.into_inner();
        let rule = |matches: &[&Spanned<String>], matches_not: &[&Spanned<String>]| ProjectRule {
            pattern: pattern.clone(),
            reason: table.reason.clone(),
            matches: matches.iter().map(|example| example.get_ref().clone()).collect(),
            matches_not: matches_not.iter().map(|example| example.get_ref().clone()).collect(),
        };
        let help = "change the rule or the example until they agree";
        for example in &table.matches {
            check_examples(&rule(&[example], &[])).map_err(|error| bad(example, error.to_string(), help))?;
        }
        for example in &table.matches_not {
            check_examples(&rule(&[], &[example])).map_err(|error| bad(example, error.to_string(), help))?;
        }
        let (matches, not) =
            (table.matches.iter().collect::<Vec<_>>(), table.matches_not.iter().collect::<Vec<_>>());
        Ok(rule(&matches, &not))
    };
    written.into_iter().map(check).collect()
}

/// Names of headings; one without a letter or digit would be met by every heading or by none.
fn headings(written: Vec<Spanned<String>>) -> Result<Vec<String>, Box<Diagnostic>> {
    let check = |name: Spanned<String>| {
        if name.get_ref().chars().any(char::is_alphanumeric) {
            Ok(name.into_inner())
        } else {
            let message = format!("`{}` is no heading", name.get_ref());
            Err(bad(&name, message, "write the heading's words, such as `Go / no-go`"))
        }
    };
    written.into_iter().map(check).collect()
}

fn paths(written: Vec<Spanned<String>>) -> Result<Vec<String>, Box<Diagnostic>> {
    let check = |path: Spanned<String>| {
        if path.get_ref().trim().is_empty() {
            Err(bad(&path, "a path is empty".to_owned(), "write a path, such as `config/secrets.yml`"))
        } else {
            Ok(path.into_inner())
        }
    };
    written.into_iter().map(check).collect()
}

impl Config {
    /// The files and folders that checks of a plan about `workspace` may not read, for a user at home in `home`.
    pub fn hidden(&self, workspace: &Path, home: &Path) -> Vec<PathBuf> {
        let place = |path: &String| match path.strip_prefix("~/") {
            Some(rest) => home.join(rest),
            None => workspace.join(path),
        };
        let shown: Vec<PathBuf> = self.show.iter().map(place).collect();
        let mut hidden = planproof_sandbox::default_hidden(home);
        hidden.extend(planproof_sandbox::secrets_in(workspace));
        hidden.extend(self.hide.iter().map(place));
        hidden.retain(|path| !shown.contains(path));
        hidden
    }
}

fn bad(value: &Spanned<String>, message: String, help: &str) -> Box<Diagnostic> {
    let range = value.span();
    Box::new(Diagnostic::error("bad-config", Span::new(range.start, range.end), message).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Config, Box<Diagnostic>> {
        read(&Source::from_bytes("planproof.toml", text.as_bytes().to_vec()).unwrap())
    }

    #[test]
    fn every_key_is_read() {
        let config = config(
            "timeout = \"90s\"\nsandbox = \"off\"\nnetwork = \"on\"\nhide = [\"keys\"]\nshow = [\".env\"]\n[policy]\nrequire_constraints = true\n\
             [[policy.forbid]]\ncommand = \"git push --force\"\nreason = \"history is shared\"\n",
        )
        .unwrap();
        assert_eq!(config.timeout, Some(Duration::from_secs(90)));
        assert_eq!(config.sandbox, Some(Level::Off));
        assert_eq!(
            (config.network, config.hide, config.show),
            (Some(Network::Host), vec!["keys".to_owned()], vec![".env".to_owned()])
        );
        assert!(config.rules.require_constraints);
        assert_eq!(config.rules.forbid[0].pattern, "git push --force");
    }

    #[test]
    fn a_variable_is_passed_by_name_or_with_a_value() {
        let passed = config("env = [\"API_TOKEN\", \"MODE=test\"]\n").unwrap().env;
        let words: Vec<_> = passed.iter().map(|one| (one.name.as_str(), one.value.as_deref())).collect();
        assert_eq!(words, [("API_TOKEN", None), ("MODE", Some(OsStr::new("test")))]);
        for (wrong, message) in [
            ("", "a variable has no name"),
            ("A B", "`A B` is no name of a variable"),
            ("TMPDIR=/x", "`TMPDIR` cannot be passed: the sandbox gives each check a private one"),
        ] {
            let finding = config(&format!("env = [\"A\", \"{wrong}\"]\n")).unwrap_err();
            assert_eq!((finding.message.as_str(), finding.span.start), (message, 12));
        }
    }

    #[test]
    fn the_examples_of_a_rule_are_borne_out() {
        let table =
            |examples: &str| format!("[[policy.ask]]\ncommand = \"git push\"\nreason = \"x\"\n{examples}\n");
        let good =
            table("match = [\"git push origin main\", \"sudo git push\"]\nnot_match = [\"git stash push\"]");
        assert_eq!(config(&good).unwrap().rules.ask[0].matches.len(), 2);
        for (examples, message) in [
            ("match = [\"git pull\"]", "the rule `git push` does not match its own example `git pull`"),
            (
                "not_match = [\"bash -c 'git push'\"]",
                "the rule `git push` matches `bash -c 'git push'`, which its example says it must not",
            ),
        ] {
            let finding = config(&table(examples)).unwrap_err();
            assert_eq!(finding.message, message);
        }
    }

    #[test]
    fn an_unknown_key_is_told_with_its_place() {
        let finding = config("timeout = \"5m\"\ntimeuot = \"5m\"\n").unwrap_err();
        assert!(finding.message.contains("timeuot"), "{}", finding.message);
        assert_eq!(finding.span.start, 15);
    }
}
