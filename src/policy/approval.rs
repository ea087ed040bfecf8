//! A person's approval of one check, and what it is about: hashes of the plan, of the command, and of the rules that ask.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::judge::Finding;
use crate::document::Span;
use crate::plan::{Check, Plan, SectionKind};

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash of several parts; where one ends and the next begins is part of it.
    pub fn of<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The hash of a plan without what planproof itself writes to: the sections Progress and Outcomes & Retrospective,
/// which change with each run and from which nothing is ever run. Were a check or a rule to stand in one of them all
/// the same, that section would count.
pub(super) fn plan_hash(plan: &Plan) -> Hash {
    let source = plan.document().source();
    let holds = |whole: Span| {
        let within = |span: Span| whole.start <= span.start && span.start < whole.end;
        plan.checks.iter().any(|check| within(check.span))
            || plan.constraints.as_ref().is_some_and(|constraints| within(constraints.heading))
    };
    let written = [SectionKind::Progress, SectionKind::Outcomes];
    let mut own: Vec<Span> = written
        .into_iter()
        .flat_map(|kind| plan.sections_of(kind))
        .map(|section| section.whole)
        .filter(|whole| !holds(*whole))
        .collect();
    own.sort_unstable();
    let mut parts = Vec::new();
    let mut start = 0;
    for span in own {
        parts.push(source.slice(Span::new(start, span.start.max(start))).as_bytes());
        start = start.max(span.end);
    }
    parts.push(source.slice(Span::new(start, source.text().len().max(start))).as_bytes());
    Hash::of(parts)
}

/// What an approval is about. Two are equal when a yes to the one is a yes to the other: nothing of the plan, of what
/// runs and where, and of the rules that ask about it is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The plan, but for what planproof itself writes into it.
    pub plan: Hash,
    /// The steps of the check and where they run.
    pub command: Hash,
    /// Every rule that asks, with what it says.
    pub rules: Hash,
}

impl Subject {
    /// Its hashes as they are written down: plan, command, rules.
    pub fn hashes(&self) -> [String; 3] {
        [self.plan, self.command, self.rules].map(|hash| hash.to_string())
    }

    pub(super) fn new(plan: Hash, check: &Check, findings: &[Finding]) -> Self {
        let directory = check.working_directory.as_ref().map_or("", |stated| stated.value.as_str());
        let steps = check.steps.iter().map(|step| step.command.as_str());
        let command = [check.id.as_str(), directory].into_iter().chain(steps);
        let rules = findings.iter().flat_map(|finding| [finding.id.name(), &finding.rule, &finding.message]);
        Self {
            plan,
            command: Hash::of(command.map(str::as_bytes)),
            rules: Hash::of(rules.map(str::as_bytes)),
        }
    }
}

/// A person's yes to one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Whose yes.
    pub by: String,
    /// Why, in their words.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// From when on it does not count any more.
    pub expires: Timestamp,
    /// Whether it counts more than once.
    pub reusable: bool,
    /// When a check ran on it.
    pub used: Option<Timestamp>,
    /// The hashes of [`Subject`], as they are written down: plan, command, rules.
    pub hashes: [String; 3],
}

impl Approval {
    /// Whether it is about this, and still counts at this time.
    pub fn consents_to(&self, subject: &Subject, now: Timestamp) -> bool {
        let open = self.reusable || self.used.is_none();
        open && now < self.expires && self.hashes == subject.hashes()
    }
}

/// In words: `approved by ada until 2026-12-02T15:00:00Z, for one run: it only reads`.
impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, reason, expires, reusable, .. } = self;
        let runs = if *reusable { "" } else { ", for one run" };
        write!(f, "approved by {by} until {expires:.0}{runs}: {reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Source};
    use crate::policy::{Consent, Policy, ProjectRules};

    const PLAN: &str = "# ExecPlan: x\n\n## Acceptance Criteria\n- [ ] Works\n  - Verification: `$X -rf`\n\n\
                        ## Progress\n- [ ] nothing yet\n\n## Outcomes\nNone.\n";

    /// The subject of the first check of a plan.
    fn subject(text: &str) -> Subject {
        let source = Source::from_bytes("PLANS.md", text.as_bytes().to_vec()).unwrap();
        let plan = Plan::read(Document::parse(source));
        let policy = Policy::new(&plan, &ProjectRules::default());
        policy.judge(&plan.checks[0]).subject()
    }

    #[test]
    fn a_hash_knows_its_parts() {
        // As `printf '\x03\0\0\0\0\0\0\0abc' | sha256sum` says.
        assert_eq!(
            Hash::of([&b"abc"[..]]).to_string(),
            "ce91dc5eec0139adf091900d225971d6ad246a845bad791b5693a9d0d55dd391"
        );
        assert_ne!(Hash::of([&b"ab"[..], b"c"]), Hash::of([&b"a"[..], b"bc"]));
    }

    #[test]
    fn what_planproof_writes_does_not_count_and_everything_else_does() {
        let whole = subject(PLAN);
        assert_eq!(whole, subject(&PLAN.replace("- [ ] nothing yet", "- [x] 2026 - Verified\n- [ ] more")));
        assert_eq!(whole, subject(&PLAN.replace("None.", "A block.\n\n### With a heading\nand more")));
        for (from, to) in [
            ("x\n", "y\n"),
            ("- [ ] Works", "- [x] Works"),
            ("## Progress", "## Progress (MUST)"),
            ("## Outcomes", "\n## Outcomes"),
        ] {
            let changed = subject(&PLAN.replacen(from, to, 1));
            // A blank line before Outcomes is still Progress.
            assert_eq!(whole.plan == changed.plan, from == "## Outcomes", "{from:?}");
            assert_eq!((whole.command, whole.rules), (changed.command, changed.rules), "{from:?}");
        }
        let other = subject(&PLAN.replace("$X -rf", "$X -r"));
        assert_ne!(whole.command, other.command);
    }

    #[test]
    fn approval_of_one_check_is_no_permit_for_another() {
        let text = PLAN.replace("`$X -rf`", "`$X -rf`\n- [ ] Too\n  - Verification: `$X -rf`");
        let source = Source::from_bytes("PLANS.md", text.into_bytes()).unwrap();
        let plan = Plan::read(Document::parse(source));
        let policy = Policy::new(&plan, &ProjectRules::default());
        let judged: Vec<_> = plan.checks.iter().map(|check| policy.judge(check)).collect();
        let consent = Consent::Approved(judged[0].subject());
        assert!(judged[0].permit(&consent).is_some());
        assert!(judged[1].permit(&consent).is_none());
        assert!(judged[0].permit(&Consent::None).is_none());
    }
}
