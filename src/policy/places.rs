//! Where a check writes, against Allowed Directories and the files that decide about what runs.

use super::Verdict;
use super::judge::{Finding, PROTECTED};
use super::rule_id::RuleId;
use super::rules::Policy;
use super::script::Script;
use super::shell::Reading;
use super::writes::{self, Target, Write};

impl Policy {
    pub(super) fn directories(&self, script: &Script<'_>, reading: &Reading, findings: &mut Vec<Finding>) {
        let directory = script.check.working_directory.as_ref().map_or("", |stated| stated.value.as_str());
        for write in writes::writes(reading, directory) {
            if let Target::Path(path) | Target::Beneath(path) = &write.target
                && PROTECTED.contains(&path.split('/').next().unwrap_or_default())
            {
                findings.push(Finding {
                    id: RuleId::OwnFiles,
                    verdict: if write.certain { Verdict::Deny } else { Verdict::Ask },
                    rule: "what decides about later runs stays as it is".to_owned(),
                    rule_span: None,
                    message: format!("`{}` writes to `{path}`, which decides about what runs", write.by),
                    help: Some("leave it out: no check may change git's or planproof's own files".to_owned()),
                    span: script.place(&write.span),
                    evidence: vec![script.link(&write.span)],
                });
                continue;
            }
            self.forbidden_writes(script, &write, findings);
            let Some((allowed, rule_span)) = &self.allowed_directories else { continue };
            let (verdict, message) = match &write.target {
                Target::Path(path) if allowed.contains(path) => continue,
                Target::Beneath(folder) if allowed.contains_all_beneath(folder) => continue,
                Target::Temporary(_) => continue,
                // Only the archive or the server knows the names.
                Target::Beneath(folder)
                    if matches!(&*write.by, "tar" | "unzip" | "wget" | "curl")
                        && !folder.starts_with(['/', '~', '.'])
                        || folder == "." && matches!(&*write.by, "tar" | "unzip" | "wget" | "curl") =>
                {
                    (Verdict::Ask, format!("what `{}` writes to `{folder}` is not known before", write.by))
                }
                Target::Path(path) | Target::Beneath(path) if !write.certain => (
                    Verdict::Ask,
                    format!("`{}` may write to `{path}`, outside the allowed directories", write.by),
                ),
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

    /// What the rules in words say about where nothing may be written.
    fn forbidden_writes(&self, script: &Script<'_>, write: &Write, findings: &mut Vec<Finding>) {
        for rule in &self.forbidden_writes {
            let (verdict, place) = match (&write.target, rule.outside) {
                (Target::Path(path), outside) if rule.places.contains(path) != outside => {
                    (Verdict::Deny, path)
                }
                (Target::Beneath(folder), true) if !rule.places.contains_all_beneath(folder) => {
                    (Verdict::Deny, folder)
                }
                (Target::Beneath(folder), false) if rule.places.contains_all_beneath(folder) => {
                    (Verdict::Deny, folder)
                }
                (Target::Beneath(folder), false) if rule.places.reach_into(folder) => (Verdict::Ask, folder),
                (Target::Unknown(reason), _) => (Verdict::Ask, reason),
                (Target::Path(_) | Target::Beneath(_) | Target::Temporary(_), _) => continue,
            };
            let verdict = if write.certain { verdict } else { verdict.min(Verdict::Ask) };
            let message = match verdict {
                Verdict::Deny => format!("`{}` writes to `{place}`: `{}` is forbidden", write.by, rule.text),
                Verdict::Ask | Verdict::Allow => {
                    format!("`{}` may write where `{}` forbids it: {place}", write.by, rule.text)
                }
            };
            findings.push(Finding {
                id: RuleId::ForbiddenOperation,
                verdict,
                rule: rule.text.clone(),
                rule_span: Some(rule.span),
                message,
                help: Some("write to `$TMPDIR` instead".to_owned()),
                span: script.place(&write.span),
                evidence: vec![script.link(&write.span)],
            });
        }
    }
}
