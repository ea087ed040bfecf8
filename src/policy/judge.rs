//! A check under the rules: its verdict with the findings that led to it, and the permit without which nothing runs.

use std::ops::Range;

use crate::document::Span;
use crate::plan::Check;

use super::Verdict;
use super::approval::{Hash, Subject};
use super::pattern::Match;
use super::rule_id::RuleId;
use super::rules::Policy;
use super::shell::{self, Reading};
use super::writes::{self, Target};

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

    /// For each step, whether one of its pipelines ends in a program such as `tee` that reads everything and succeeds
    /// whatever came before it, while nothing in the check sets `pipefail` itself.
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
            self.forbidden_commands(&script, &reading, &mut findings);
            Self::unclear(&script, &reading, &mut findings);
            self.directories(&script, &reading, &mut findings);
            self.steps_alone(&script, &mut findings);
            Self::own_machinery(&script, &reading, &mut findings);
            self.for_all(check, &mut findings);
        }
        findings.sort_by_key(|finding: &Finding| std::cmp::Reverse(finding.verdict));
        let hides_status = script.hides_status(&reading);
        Judgement { check, plan: self.plan, findings, hides_status }
    }

    fn forbidden_commands(&self, script: &Script<'_>, reading: &Reading, findings: &mut Vec<Finding>) {
        for command in &reading.commands {
            for invocation in &command.invocations {
                for forbidden in &self.forbidden {
                    let (verdict, message) = match forbidden.pattern.matches(invocation) {
                        Match::No => continue,
                        Match::Yes => (Verdict::Deny, format!("`{}` is forbidden", forbidden.rule)),
                        Match::Unknown => (
                            Verdict::Ask,
                            format!("this may become `{}`, which is forbidden", forbidden.rule),
                        ),
                    };
                    let origin = match (&forbidden.reason, forbidden.span) {
                        (Some(reason), _) => format!("the project forbids it: {reason}"),
                        (None, None) => "the project forbids it".to_owned(),
                        (None, Some(_)) => "leave the command out, or change the rule in the plan".to_owned(),
                    };
                    let via = invocation
                        .via
                        .iter()
                        .map(|outer| Link { text: outer.text.clone(), span: script.place(&outer.span) });
                    findings.push(Finding {
                        id: if forbidden.span.is_some() {
                            RuleId::ForbiddenOperation
                        } else {
                            RuleId::ProjectForbid
                        },
                        verdict,
                        rule: forbidden.rule.clone(),
                        rule_span: forbidden.span,
                        message,
                        help: Some(origin),
                        span: script.place(&invocation.span),
                        evidence: via.chain([script.link(&invocation.span)]).collect(),
                    });
                }
            }
        }
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

    fn unclear(script: &Script<'_>, reading: &Reading, findings: &mut Vec<Finding>) {
        for unclear in &reading.unclear {
            findings.push(Finding {
                id: RuleId::NotUnderstood,
                verdict: Verdict::Ask,
                rule: "what is not understood needs a yes".to_owned(),
                rule_span: None,
                message: format!("not understood: {}", unclear.reason),
                help: Some("read it, and say yes with `--yes` if it is harmless".to_owned()),
                span: script.place(&unclear.span),
                evidence: vec![script.link(&unclear.span)],
            });
        }
    }

    fn directories(&self, script: &Script<'_>, reading: &Reading, findings: &mut Vec<Finding>) {
        let directory = script.check.working_directory.as_ref().map_or("", |stated| stated.value.as_str());
        for write in writes::writes(reading, directory) {
            if let Target::Path(path) | Target::Beneath(path) = &write.target
                && PROTECTED.contains(&path.split('/').next().unwrap_or_default())
            {
                findings.push(Finding {
                    id: RuleId::OwnFiles,
                    verdict: Verdict::Deny,
                    rule: "what decides about later runs stays as it is".to_owned(),
                    rule_span: None,
                    message: format!("`{}` writes to `{path}`, which decides about what runs", write.by),
                    help: Some("leave it out: no check may change git's or planproof's own files".to_owned()),
                    span: script.place(&write.span),
                    evidence: vec![script.link(&write.span)],
                });
                continue;
            }
            let Some((allowed, rule_span)) = &self.allowed_directories else { continue };
            let (verdict, message) = match &write.target {
                Target::Path(path) if allowed.contains(path) => continue,
                Target::Beneath(folder) if allowed.contains_all_beneath(folder) => continue,
                Target::Temporary(_) => continue,
                Target::Path(path) | Target::Beneath(path) => (
                    Verdict::Deny,
                    format!("`{}` writes to `{path}`, outside the allowed directories", write.by),
                ),
                Target::Unknown(reason) => (
                    Verdict::Ask,
                    format!("`{}` writes to a place that is not known before: {reason}", write.by),
                ),
            };
            findings.push(Finding {
                id: RuleId::AllowedDirectories,
                verdict,
                rule: "Allowed Directories".to_owned(),
                rule_span: Some(*rule_span),
                message,
                help: Some("write below an allowed directory or to `$TMPDIR`".to_owned()),
                span: script.place(&write.span),
                evidence: vec![script.link(&write.span)],
            });
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
            self.forbidden_commands(&script, &reading, &mut alone);
            Self::unclear(&script, &reading, &mut alone);
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

/// Steps of a check as one script, with the way back to the plan.
struct Script<'c> {
    check: &'c Check,
    text: String,
    /// The first step in `text`.
    first: usize,
    /// Where each step starts in `text`.
    starts: Vec<usize>,
}

impl<'c> Script<'c> {
    fn of(check: &'c Check) -> Self {
        let mut text = String::new();
        let mut starts = Vec::with_capacity(check.steps.len());
        for step in &check.steps {
            if !text.is_empty() {
                text.push('\n');
            }
            starts.push(text.len());
            text.push_str(&step.command);
        }
        Self { check, text, first: 0, starts }
    }

    /// One step alone.
    fn of_step(check: &'c Check, index: usize) -> Self {
        let text = check.steps.get(index).map(|step| step.command.clone()).unwrap_or_default();
        Self { check, text, first: index, starts: vec![0] }
    }

    /// The index in `starts` of the step that holds a byte.
    fn step(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// The place in the plan of a range of the script.
    fn place(&self, range: &Range<usize>) -> Span {
        let offset = |offset: usize| {
            let step = self.step(offset);
            self.check.steps.get(self.first + step).map(|found| {
                let inside = offset - self.starts[step];
                found.span_of(inside..inside).start
            })
        };
        match (offset(range.start), offset(range.end.max(range.start))) {
            (Some(start), Some(end)) => Span::new(start, end.max(start)),
            _ => self.check.span,
        }
    }

    /// A range as a link of a chain.
    fn link(&self, range: &Range<usize>) -> Link {
        Link { text: self.excerpt(range), span: self.place(range) }
    }

    /// The text of a range on one line, cut where it is long.
    fn excerpt(&self, range: &Range<usize>) -> String {
        const LONGEST: usize = 80;
        let text = self.text.get(range.clone()).unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match text.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", &text[..at]),
            None => text,
        }
    }

    fn hides_status(&self, reading: &Reading) -> Vec<bool> {
        let mut hides = vec![false; self.check.steps.len()];
        let invocations = || reading.commands.iter().flat_map(|command| &command.invocations);
        let sets_pipefail = invocations().any(|invocation| {
            invocation.program == "set"
                && invocation.words().iter().any(|word| word.text.as_deref() == Some("pipefail"))
        });
        if sets_pipefail {
            return hides;
        }
        for command in reading.commands.iter().filter(|command| command.pipeline.last) {
            let passes_on =
                command.invocations.iter().any(|invocation| PASS_ON.contains(&invocation.program.as_str()));
            if passes_on && let Some(hides) = hides.get_mut(self.step(command.span.start)) {
                *hides = true;
            }
        }
        hides
    }
}

/// Programs that read all of their input and succeed whatever it is, so that a pipeline into them hides a failure.
/// (`head` and `grep -q` stop early, and then the command before them is ended by a signal without having failed.)
const PASS_ON: &[&str] = &["tee", "tail", "cat", "sort", "uniq", "wc", "nl", "tr", "column", "tac"];
