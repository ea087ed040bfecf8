//! A check under the rules: its verdict with the findings that led to it, and the permit without which nothing runs.

use std::ops::Range;

use crate::document::Span;
use crate::plan::Check;

use super::Verdict;
use super::approval::{Hash, Subject};
use super::rule_id::RuleId;
use super::rules::Policy;
use super::script::Script;
use super::shell::{self, Reading};

/// What no check may write to, in the root of the workspace: it decides about this run and later ones.
pub const PROTECTED: &[&str] = &[".git", "planproof.toml", APPROVALS, ".agent-locks.yaml"];

/// The file in the root of the workspace that keeps what people approved of.
pub const APPROVALS: &str = "planproof-approvals.toml";

/// The words of the script that planproof puts between steps.
const OWN_WORDS: &[&str] = &["eval", "exit", "printf", "read", "[", "set", "builtin", "command"];

/// One link of the chain that leads to what a finding speaks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What stands there, on one line: `sudo`, `bash -c`, `rm -rf x`.
    pub text: String,
    /// Where, as bytes of the plan.
    pub span: Span,
}

/// One reason for a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The kind of rule that speaks.
    pub id: RuleId,
    /// What it leads to.
    pub verdict: Verdict,
    /// The rule as written, or the name of a built-in one.
    pub rule: String,
    /// Where the rule stands in the plan.
    pub rule_span: Option<Span>,
    /// One sentence.
    pub message: String,
    /// The next step.
    pub help: Option<String>,
    /// The offending piece of the plan.
    pub span: Span,
    /// The chain that leads to it, outermost first: `sudo`, `bash -c`, `rm -rf x`.
    pub evidence: Vec<Link>,
}

impl Finding {
    /// The chain in words: `sudo → bash -c → rm -rf x`.
    pub fn chain(&self) -> String {
        let links: Vec<&str> = self.evidence.iter().map(|link| link.text.as_str()).collect();
        links.join(" → ")
    }

    /// Stable name of its kind.
    pub fn code(&self) -> &'static str {
        match self.verdict {
            Verdict::Deny => "denied",
            Verdict::Ask => "needs-review",
            Verdict::Allow => "allowed",
        }
    }
}

/// Whether a person has said yes to a check that needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Nobody has.
    None,
    /// Somebody has, for this run.
    Given,
    /// Somebody has approved of exactly this.
    Approved(Subject),
}

/// The verdict on one check.
#[derive(Debug)]
pub struct Judgement<'p> {
    check: &'p Check,
    plan: Hash,
    findings: Vec<Finding>,
    hides_status: Vec<bool>,
}

impl<'p> Judgement<'p> {
    /// The check.
    pub fn check(&self) -> &'p Check {
        self.check
    }

    /// The strictest of its findings; allow where there is none.
    pub fn verdict(&self) -> Verdict {
        self.findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Allow)
    }

    /// Why, strictest first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The first reason in one sentence; empty where there is none.
    pub fn reason(&self) -> String {
        self.findings.first().map_or_else(String::new, |finding| finding.message.clone())
    }

    /// What an approval of this check is about: the plan, the command, and the rules that ask.
    pub fn subject(&self) -> Subject {
        Subject::new(self.plan, self.check, &self.findings)
    }

    /// Leave to run the check: given on allow, and on ask if somebody consented to this very check; never on deny.
    pub fn permit(&self, consent: &Consent) -> Option<Permit<'p>> {
        let leave = match (self.verdict(), consent) {
            (Verdict::Allow, _) | (Verdict::Ask, Consent::Given) => true,
            (Verdict::Ask, Consent::Approved(subject)) => *subject == self.subject(),
            (Verdict::Ask, Consent::None) | (Verdict::Deny, _) => false,
        };
        leave.then(|| Permit { check: self.check, hides_status: self.hides_status.clone() })
    }
}

/// Leave to run one check. There is no other way to one than through [`Judgement::permit`], and the sandbox is given
/// nothing else.
#[derive(Debug)]
pub struct Permit<'p> {
    check: &'p Check,
    hides_status: Vec<bool>,
}

impl<'p> Permit<'p> {
    /// The check that may run.
    pub fn check(&self) -> &'p Check {
        self.check
    }

    /// For each step, whether the plan sets `pipefail` for it, or one of its pipelines ends in a program such as `tee` that
    /// reads everything and succeeds whatever came before it, while no command of the check sets `pipefail` itself.
    pub fn steps_hiding_status(&self) -> &[bool] {
        &self.hides_status
    }
}

impl Policy {
    /// The verdict on a check.
    pub fn judge<'p>(&self, check: &'p Check) -> Judgement<'p> {
        let script = Script::of(check);
        let reading = shell::read(&script.text);
        let mut findings = Vec::new();
        if !check.steps.is_empty() {
            self.commands(&script, &reading, &mut findings);
            self.directories(&script, &reading, &mut findings);
            self.steps_alone(&script, &mut findings);
            Self::own_machinery(&script, &reading, &mut findings);
            self.for_all(check, &mut findings);
        }
        findings.sort_by_key(|finding: &Finding| std::cmp::Reverse(finding.verdict));
        without_repetitions(&mut findings);
        let hides_status = script.hides_status(&reading);
        Judgement { check, plan: self.plan, findings, hides_status }
    }

    /// What would change how planproof itself runs the steps: functions in place of the words between them, and their
    /// descriptor. With a single step there is nothing in between.
    fn own_machinery(script: &Script<'_>, reading: &Reading, findings: &mut Vec<Finding>) {
        if script.check.steps.len() < 2 {
            return;
        }
        let mut ask = |range: Range<usize>, message: String| {
            findings.push(Finding {
                id: RuleId::OwnSteps,
                verdict: Verdict::Ask,
                rule: "the steps of a check are told apart by its shell".to_owned(),
                rule_span: None,
                message,
                help: Some("leave it out, or put all commands into one step with `&&`".to_owned()),
                span: script.place(&range),
                evidence: vec![script.link(&range)],
            });
        };
        for word in OWN_WORDS {
            for (at, _) in script.text.match_indices(word) {
                let before = script.text[..at].trim_end();
                let after = script.text[at + word.len()..].trim_start();
                let is_word = !script.text[..at]
                    .ends_with(|character: char| character.is_alphanumeric() || "_-./".contains(character));
                if is_word
                    && (after.strip_prefix('(').is_some_and(|rest| rest.trim_start().starts_with(')'))
                        || before.ends_with("function")
                        || before.ends_with("alias"))
                {
                    ask(
                        at..at + word.len(),
                        format!("this redefines `{word}`, with which planproof runs the steps"),
                    );
                }
            }
        }
        for redirection in reading.commands.iter().flat_map(|command| &command.redirections) {
            let number =
                redirection.target.text.as_deref().and_then(|text| text.trim_end_matches('-').parse().ok());
            let of_ours = |number: u32| number == 8 || number >= 10;
            if redirection.fd.is_some_and(of_ours) || number.is_some_and(of_ours) {
                ask(
                    redirection.span.clone(),
                    "descriptors 8 and 10 and above are planproof's own between steps".to_owned(),
                );
            }
        }
    }

    /// Each step is given to the shell by itself, so a quote, a here-document or a `\\` that is left open in one does
    /// not swallow the next, as it would in the joined text. What a step says alone counts, too.
    fn steps_alone(&self, joined: &Script<'_>, findings: &mut Vec<Finding>) {
        if joined.starts.len() < 2 {
            return;
        }
        let mut alone = Vec::new();
        for index in 0..joined.starts.len() {
            let script = Script::of_step(joined.check, index);
            let mut reading = shell::read(&script.text);
            let backslashes = script.text.bytes().rev().take_while(|&byte| byte == b'\\').count();
            if backslashes % 2 == 1 {
                let span = script.text.len() - 1..script.text.len();
                let reason = "a line continuation with nothing after it".to_owned();
                reading.unclear.push(shell::Unclear::new(span, reason));
            }
            self.commands(&script, &reading, &mut alone);
        }
        alone.retain(|finding| !findings.contains(finding));
        findings.extend(alone);
    }

    fn for_all(&self, check: &Check, findings: &mut Vec<Finding>) {
        for ask in &self.ask_for_all {
            findings.push(Finding {
                id: RuleId::Constraints,
                verdict: Verdict::Ask,
                rule: "Constraints & Safety".to_owned(),
                rule_span: ask.span,
                message: ask.message.clone(),
                help: ask.help.clone(),
                span: check.span,
                evidence: Vec::new(),
            });
        }
    }
}

/// Several readings of one command may say the same of it.
fn without_repetitions(findings: &mut Vec<Finding>) {
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings.drain(..) {
        let same = |other: &Finding| {
            (other.id, other.verdict, &other.rule, &other.message, other.span)
                == (finding.id, finding.verdict, &finding.rule, &finding.message, finding.span)
        };
        // A bound on the work: whoever repeats itself this often is denied or asked anyway.
        if kept.len() > 256 || !kept.iter().any(same) {
            kept.push(finding);
        }
    }
    *findings = kept;
}
