//! Would each command be allowed, and why: the verdicts on a plan, for people.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::diagnostic::render_as;
use super::listing::commands;
use super::visible::one_line;
use super::{Detail, Rendering};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Source, Span};
use crate::plan::{Check, Kind, Plan};
use crate::policy::{Approval, Finding, Judgement, Verdict};
use crate::secret::Mask;

const GREEN: Style = AnsiColor::Green.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const RED: Style = AnsiColor::Red.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default().bold();

/// The verdict on a check, and the approval that speaks for it where it asks.
#[derive(Debug)]
pub struct Judged<'p> {
    /// The verdict with its findings.
    pub judgement: Judgement<'p>,
    /// An approval of exactly this that still counts.
    pub approval: Option<Approval>,
}

impl<'p> Judged<'p> {
    /// The check.
    pub fn check(&self) -> &'p Check {
        self.judgement.check()
    }

    /// What becomes of it.
    pub fn standing(&self) -> Standing {
        match (self.judgement.verdict(), &self.approval, &self.check().kind) {
            (Verdict::Deny, _, _) => Standing::Denied,
            (Verdict::Ask, Some(_), _) => Standing::Approved,
            (Verdict::Ask, None, _) => Standing::Asks,
            (Verdict::Allow, _, Kind::Manual { .. }) => Standing::Manual,
            (Verdict::Allow, _, Kind::Run | Kind::Background { .. }) => Standing::Allowed,
        }
    }

    /// Whether `verify` would run it, or say that a person has to look.
    pub fn may_run(&self) -> bool {
        match self.standing() {
            Standing::Allowed | Standing::Approved | Standing::Manual => true,
            Standing::Asks | Standing::Denied => false,
        }
    }
}

/// What becomes of a check before anything runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No rule speaks against it.
    Allowed,
    /// It asks, and somebody said yes.
    Approved,
    /// It asks.
    Asks,
    /// A rule forbids it.
    Denied,
    /// There is nothing to run.
    Manual,
}

/// The verdict on each check as text; what is not allowed with the place in the plan and the rule.
pub fn verdicts(plan: &Plan, judged: &[Judged<'_>], rendering: Rendering, detail: Detail) -> String {
    let mut text = String::new();
    let source = plan.document().source();
    for judged in judged {
        let told = match detail {
            Detail::Silent => false,
            Detail::Quiet => !judged.may_run(),
            Detail::Normal | Detail::Verbose => true,
        };
        if !told {
            continue;
        }
        let check = judged.check();
        let (style, word) = match judged.standing() {
            Standing::Allowed => (GREEN, "allow"),
            Standing::Approved => (GREEN, "approved"),
            Standing::Asks => (YELLOW, "ask"),
            Standing::Denied => (RED, "deny"),
            Standing::Manual => (CYAN, "manual"),
        };
        let mut head = format!("{style}{word:>8}{style:#} {:<5} {}\n", check.id, one_line(&check.title));
        commands(&mut head, check);
        if let Some(approval) = &judged.approval {
            let _ = writeln!(head, "           {}", one_line(&approval.to_string()));
        }
        text.push_str(&Mask::default().mask(&head));
        for finding in judged.judgement.findings() {
            text.push_str(&found(finding, source, source, rendering));
        }
    }
    text
}

/// A finding in the text `source`, under a rule that may stand in the text `rules`: `error[denied/secrets]: …`.
pub(super) fn found(finding: &Finding, source: &Source, rules: &Source, rendering: Rendering) -> String {
    let severity = match finding.verdict {
        Verdict::Deny => Severity::Error,
        Verdict::Ask => Severity::Warning,
        Verdict::Allow => Severity::Note,
    };
    let code = format!("{}/{}", finding.code(), finding.id);
    let mut diagnostic = Diagnostic::new(severity, finding.code(), finding.span, finding.message.clone());
    diagnostic.label = finding.chain();
    diagnostic.help.clone_from(&finding.help);
    let rule: Vec<(&Source, Span, &str)> =
        finding.rule_span.map(|span| (rules, span, "the rule")).into_iter().collect();
    render_as(&code, &diagnostic, source, &rule, rendering)
}
