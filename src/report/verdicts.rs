//! Would each command be allowed, and why: the verdicts on a plan, for people.

use anstyle::{AnsiColor, Style};

use super::listing::commands;
use super::{Rendering, one_line, render};
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::{Kind, Plan};
use crate::policy::{Judgement, Verdict};
use crate::secret::Mask;

/// The verdict on each check as text; what is not allowed with the place in the plan and the rule.
pub fn verdicts(plan: &Plan, judgements: &[Judgement<'_>], rendering: Rendering) -> String {
    let mut text = String::new();
    let source = plan.document().source();
    for judgement in judgements {
        let check = judgement.check();
        let (style, word): (Style, &str) = match (&check.kind, judgement.verdict()) {
            (_, Verdict::Deny) => (AnsiColor::Red.on_default().bold(), "deny"),
            (_, Verdict::Ask) => (AnsiColor::Yellow.on_default().bold(), "ask"),
            (Kind::Manual { .. }, Verdict::Allow) => (AnsiColor::Cyan.on_default().bold(), "manual"),
            (Kind::Run | Kind::Background { .. }, Verdict::Allow) => {
                (AnsiColor::Green.on_default().bold(), "allow")
            }
        };
        let mut head = format!("{style}{word:>8}{style:#} {:<5} {}\n", check.id, one_line(&check.title));
        commands(&mut head, check);
        text.push_str(&Mask::default().mask(&head));
        for finding in judgement.findings() {
            let severity = match finding.verdict {
                Verdict::Deny => Severity::Error,
                Verdict::Ask => Severity::Warning,
                Verdict::Allow => Severity::Note,
            };
            let mut diagnostic =
                Diagnostic::new(severity, finding.code(), finding.span, finding.message.clone());
            diagnostic.label = finding.chain();
            diagnostic.help.clone_from(&finding.help);
            if let Some(rule) = finding.rule_span {
                diagnostic = diagnostic.related(rule, "the rule");
            }
            text.push_str(&render(&diagnostic, source, rendering));
        }
    }
    text
}
