//! All rules together: those of the project and those of the plan, each with its place and its words.

use crate::diagnostic::Diagnostic;
use crate::document::Span;
use crate::plan::{Constraints, Plan};

use super::approval::{Hash, plan_hash};
use super::pattern::{Pattern, PatternError};
use super::writes::AllowedDirectories;

/// A command that the project forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectRule {
    /// The command as written, such as `git push --force`.
    pub pattern: String,
    /// Why, in the project's words.
    pub reason: Option<String>,
}

/// The rules of the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectRules {
    /// Commands that no plan may run.
    pub forbid: Vec<ProjectRule>,
    /// Whether a plan without constraints needs a yes for every check.
    pub require_constraints: bool,
}

/// A forbidden command.
#[derive(Debug)]
pub(super) struct Forbidden {
    pub pattern: Pattern,
    /// The rule as written.
    pub rule: String,
    /// Where it stands in the plan; `None` for a rule of the project.
    pub span: Option<Span>,
    /// Why, where the project says so.
    pub reason: Option<String>,
}

/// A reason that makes every check of the plan need a yes.
#[derive(Debug)]
pub(super) struct AskForAll {
    pub message: String,
    pub span: Option<Span>,
    pub help: Option<String>,
}

/// All rules that hold for one plan.
#[derive(Debug)]
pub struct Policy {
    pub(super) plan: Hash,
    pub(super) forbidden: Vec<Forbidden>,
    pub(super) allowed_directories: Option<(AllowedDirectories, Span)>,
    pub(super) ask_for_all: Vec<AskForAll>,
    /// What is to be said about the rules themselves; with an error among them nothing may be run.
    pub diagnostics: Vec<Diagnostic>,
}

impl Policy {
    /// The rules for `plan` under those of the project. Rules that cannot be read are told in
    /// [`Policy::diagnostics`] and are never taken for absent.
    pub fn new(plan: &Plan, project: &ProjectRules) -> Self {
        let mut policy = Self {
            plan: plan_hash(plan),
            forbidden: Vec::new(),
            allowed_directories: None,
            ask_for_all: Vec::new(),
            diagnostics: Vec::new(),
        };
        for rule in &project.forbid {
            // The configuration refuses patterns that cannot be read, with their place in its own file.
            if let Ok(pattern) = Pattern::parse(&rule.pattern) {
                policy.forbidden.push(Forbidden {
                    pattern,
                    rule: rule.pattern.clone(),
                    span: None,
                    reason: rule.reason.clone(),
                });
            }
        }
        match &plan.constraints {
            Some(constraints) => policy.read_constraints(constraints),
            None => policy.without_constraints(plan, project),
        }
        policy
    }

    fn read_constraints(&mut self, constraints: &Constraints) {
        for stated in &constraints.forbidden {
            match Pattern::parse(&stated.value) {
                Ok(pattern) => self.forbidden.push(Forbidden {
                    pattern,
                    rule: stated.value.clone(),
                    span: Some(stated.span),
                    reason: None,
                }),
                Err(error) => self.diagnostics.push(
                    Diagnostic::error("bad-rule", stated.span, format!("this rule is no command: {error}"))
                        .help("write a command as it would be typed, such as `rm -rf` or `git push --force`"),
                ),
            }
        }
        if let Some(stated) = &constraints.allowed_directories {
            let span = stated.iter().map(|glob| glob.span).reduce(Span::to).unwrap_or(constraints.heading);
            for glob in stated {
                if let Err(error) = AllowedDirectories::new([glob.value.as_str()]) {
                    self.diagnostics.push(
                        Diagnostic::error("bad-glob", glob.span, error.to_string())
                            .help("write a path or a glob relative to the workspace, such as `src/**`"),
                    );
                }
            }
            if let Ok(directories) = AllowedDirectories::new(stated.iter().map(|glob| glob.value.as_str())) {
                self.allowed_directories = Some((directories, span));
            }
        }
        for prose in &constraints.prose {
            let message = format!("`{}` is not machine-checkable", prose.value);
            self.diagnostics.push(
                Diagnostic::warning("not-machine-checkable", prose.span, message)
                    .help("a person has to see to it, or write the commands that it forbids in backticks"),
            );
        }
        for finding in &constraints.unreadable {
            self.ask_for_all.push(AskForAll {
                message: finding.message.clone(),
                span: Some(finding.span),
                help: finding.help.clone(),
            });
            self.diagnostics.push(finding.clone());
        }
    }

    fn without_constraints(&mut self, plan: &Plan, project: &ProjectRules) {
        let place = plan.sections.first().map_or(Span::default(), |section| section.heading_span);
        let message = "this plan has no `Constraints & Safety`, so only built-in and project rules hold";
        self.diagnostics.push(
            Diagnostic::warning("no-constraints", place, message)
                .help("state `Allowed Directories` and `Forbidden Operations` in such a section"),
        );
        if project.require_constraints {
            self.ask_for_all.push(AskForAll {
                message: "this plan has no `Constraints & Safety`, and the project requires them".to_owned(),
                span: None,
                help: Some("add the section, or say yes with `--yes`".to_owned()),
            });
        }
    }
}

/// Whether a text is a command that can be forbidden.
///
/// # Errors
/// [`PatternError`] saying what is wrong with it.
pub fn check_pattern(text: &str) -> Result<(), PatternError> {
    Pattern::parse(text).map(drop)
}
