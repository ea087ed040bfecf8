//! Findings as SARIF 2.1.0, for code scanning: what is denied, what needs a yes, and what is wrong with a plan's rules.

mod log;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Judged, masked_json};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Source, Span};
use crate::plan::{Check, Plan};
use crate::policy::{Finding, Hash, RuleId, Verdict};
use crate::secret::Mask;
use log::{
    Artifact, ArtifactLocation, CodeFlow, Driver, FlowLocation, Invocation, Location, Log, LogicalLocation,
    Message, PhysicalLocation, Region, Rule, Run, SarifResult, Suppression, ThreadFlow, Tool,
};

/// The name of the workspace in addresses, as code scanning services know it.
const BASE: &str = "%SRCROOT%";

/// The name of the fingerprint; the number counts up if it is ever made in another way.
const FINGERPRINT: &str = "commandHash/v1";

/// Longest piece of a plan that is quoted, in bytes.
const LONGEST: usize = 2_000;

/// A plan with everything that is reported about it.
#[derive(Debug)]
pub struct SarifPlan<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its path, relative to the workspace if it stands there.
    pub address: PathBuf,
    /// What is wrong with it and with its rules.
    pub findings: Vec<&'a Diagnostic>,
    /// Its checks with their verdicts.
    pub judged: &'a [Judged<'a>],
}

/// A log with one run for each workspace, on one line. `exit` is the exit status of the program, 2 where a plan has
/// errors.
pub fn sarif(workspaces: &[Vec<SarifPlan<'_>>], exit: u8) -> String {
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: workspaces.iter().map(|plans| run(plans, exit)).collect(),
    };
    // Strings, numbers and lists only: serde_json cannot fail on these.
    masked_json::to_string(&log, &Mask::default()).unwrap_or_default() + "\n"
}

fn run<'a>(plans: &[SarifPlan<'a>], exit: u8) -> Run<'a> {
    let mut rules: Vec<Rule> = RuleId::ALL.iter().map(|id| rule(id.name(), id.description())).collect();
    let mut results = Vec::new();
    for (index, of) in plans.iter().enumerate() {
        let place =
            Place { source: of.plan.document().source(), artifact: address(&of.address, Some(index)) };
        let mut seen = Seen::default();
        for finding in &of.findings {
            let id = format!("plan/{}", finding.code);
            let known = rules.iter().position(|rule| rule.id == id);
            let rule_index = known.unwrap_or_else(|| {
                rules.push(rule(&id, "a plan and its rules can be read, and are all that a reviewer needs"));
                rules.len() - 1
            });
            results.push(place.about_the_plan(finding, id, rule_index, &mut seen));
        }
        for judged in of.judged {
            for finding in judged.judgement.findings() {
                results.push(place.about_a_check(finding, judged, &mut seen));
            }
        }
    }
    let workspace =
        Message { text: "the workspace: the git root above the plans, or their folder".to_owned() };
    let base = ArtifactLocation { uri: None, uri_base_id: None, index: None, description: Some(workspace) };
    Run {
        tool: Tool {
            driver: Driver { name: "planproof", semantic_version: env!("CARGO_PKG_VERSION"), rules },
        },
        invocations: [Invocation { execution_successful: exit != 2, exit_code: exit }],
        column_kind: "unicodeCodePoints",
        original_uri_base_ids: BTreeMap::from([(BASE, base)]),
        artifacts: plans
            .iter()
            .map(|of| Artifact { location: address(&of.address, None), roles: ["analysisTarget"] })
            .collect(),
        results,
    }
}

fn rule(id: &str, description: &str) -> Rule {
    let text = |text: String| Message { text };
    Rule {
        id: id.to_owned(),
        short_description: text(description.to_owned()),
        full_description: text(format!("{description}.")),
        help: text(
            "`planproof explain 'COMMAND' --plan PLAN` shows how a command is read and which rules speak."
                .to_owned(),
        ),
    }
}

/// Counts how often the same thing was found, so that the second has a fingerprint of its own.
#[derive(Default)]
struct Seen(HashMap<String, usize>);

impl Seen {
    /// A fingerprint of what was found, whatever lines stand above it.
    fn fingerprint(&mut self, parts: &[&str]) -> BTreeMap<&'static str, String> {
        let hash = |parts: &[&str]| Hash::of(parts.iter().map(|part| part.as_bytes())).to_string();
        let count = self.0.entry(hash(parts)).or_default();
        *count += 1;
        let all: Vec<&str> = parts.to_vec();
        let nth = count.to_string();
        BTreeMap::from([(FINGERPRINT, hash(&[all.as_slice(), &[nth.as_str()]].concat()))])
    }
}

/// A plan as results speak of it.
struct Place<'a> {
    source: &'a Source,
    artifact: ArtifactLocation,
}

impl<'a> Place<'a> {
    fn about_the_plan(
        &self,
        finding: &'a Diagnostic,
        rule_id: String,
        rule_index: usize,
        seen: &mut Seen,
    ) -> SarifResult<'a> {
        let related = finding.related.iter().enumerate();
        SarifResult {
            kind: "fail",
            level: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            },
            message: message(&finding.message, finding.help.as_deref()),
            locations: [self.location(finding.span, None)],
            related_locations: related
                .map(|(index, (span, words))| self.related(index + 1, *span, words.clone()))
                .collect(),
            code_flows: Vec::new(),
            partial_fingerprints: seen.fingerprint(&[
                &rule_id,
                &finding.message,
                self.source.slice(finding.span),
            ]),
            suppressions: Vec::new(),
            rule_id,
            rule_index,
        }
    }

    fn about_a_check(
        &self,
        finding: &'a Finding,
        judged: &'a Judged<'a>,
        seen: &mut Seen,
    ) -> SarifResult<'a> {
        let check = judged.check();
        let mut related: Vec<(Span, String)> = Vec::new();
        related.extend(finding.rule_span.map(|span| (span, format!("the rule: {}", finding.rule))));
        let outer = finding.evidence.split_last().map_or(&[][..], |(_, outer)| outer);
        related.extend(outer.iter().map(|link| (link.span, format!("through: {}", link.text))));
        let related = related.into_iter().enumerate();
        let commands: Vec<&str> = check.steps.iter().map(|step| step.command.as_str()).collect();
        let id = finding.id.name();
        // A result that asks for a review has no level (SARIF 2.1.0, 3.27.10).
        let (kind, level) = match finding.verdict {
            Verdict::Deny => ("fail", "error"),
            Verdict::Ask => ("review", "none"),
            Verdict::Allow => ("pass", "none"),
        };
        let suppression = judged.approval.iter().map(|approval| Suppression {
            kind: "external",
            status: "accepted",
            justification: approval.to_string(),
        });
        SarifResult {
            rule_id: id.to_owned(),
            rule_index: RuleId::ALL.iter().position(|known| *known == finding.id).unwrap_or_default(),
            kind,
            level,
            message: message(&finding.message, finding.help.as_deref()),
            locations: [self.location(finding.span, Some(check))],
            related_locations: related
                .map(|(index, (span, words))| self.related(index + 1, span, words))
                .collect(),
            code_flows: self.flow(finding).into_iter().collect(),
            partial_fingerprints: seen.fingerprint(&[id, &finding.rule, &commands.join("\n")]),
            suppressions: suppression.collect(),
        }
    }

    /// The chain that leads to a finding, if there is more than its end.
    fn flow(&self, finding: &'a Finding) -> Option<CodeFlow<'a>> {
        if finding.evidence.len() < 2 {
            return None;
        }
        let step = |link: &crate::policy::Link| {
            let mut location = self.location(link.span, None);
            location.message = Some(Message { text: link.text.clone() });
            FlowLocation { location }
        };
        let locations = finding.evidence.iter().map(step).collect();
        Some(CodeFlow { thread_flows: [ThreadFlow { locations }] })
    }

    fn related(&self, id: usize, span: Span, words: String) -> Location<'a> {
        let mut location = self.location(span, None);
        location.id = Some(id);
        location.message = Some(Message { text: words });
        location
    }

    fn location(&self, span: Span, check: Option<&'a Check>) -> Location<'a> {
        let (start, end) = (self.source.line_column(span.start), self.source.line_column(span.end));
        let quoted = Some(self.source.slice(span)).filter(|text| !text.is_empty() && text.len() <= LONGEST);
        let logical = check.map(|check| LogicalLocation {
            name: &check.id,
            fully_qualified_name: format!("{}/{}", check.section, check.id),
        });
        Location {
            id: None,
            physical: PhysicalLocation {
                artifact_location: self.artifact.clone(),
                region: Region {
                    start_line: start.line,
                    start_column: start.column,
                    end_line: end.line,
                    end_column: end.column,
                    snippet: quoted.map(|text| Message { text: text.to_owned() }),
                },
            },
            logical_locations: logical.into_iter().collect(),
            message: None,
        }
    }
}

fn message(message: &str, help: Option<&str>) -> Message {
    let help = help.map(|help| format!("\n\nhelp: {help}")).unwrap_or_default();
    Message { text: format!("{message}{help}") }
}

/// The address of a file: relative to the workspace, or a whole one if it stands elsewhere.
fn address(path: &Path, index: Option<usize>) -> ArtifactLocation {
    let whole = path.is_absolute();
    let scheme = if whole { "file://" } else { "" };
    ArtifactLocation {
        uri: Some(format!("{scheme}{}", encoded(path))),
        uri_base_id: (!whole).then_some(BASE),
        index,
        description: None,
    }
}

/// A path with `%` and two digits for every byte that has a meaning of its own in addresses (RFC 3986, 2.3).
fn encoded(path: &Path) -> String {
    path.as_os_str().as_bytes().iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn an_address_has_no_byte_that_means_something_else() {
        assert_eq!(encoded(Path::new("docs/my plan #1?.md")), "docs/my%20plan%20%231%3F.md");
        assert_eq!(encoded(Path::new(OsStr::from_bytes(b"\xff%ab"))), "%FF%25ab");
        assert_eq!(encoded(Path::new("ü:x")), "%C3%BC%3Ax");
    }

    #[test]
    fn the_second_of_two_equal_findings_has_a_fingerprint_of_its_own() {
        let mut seen = Seen::default();
        let first = seen.fingerprint(&["a", "b"]);
        assert_ne!(first, seen.fingerprint(&["a", "b"]));
        assert_ne!(first, seen.fingerprint(&["ab", ""]));
        assert_eq!(first, Seen::default().fingerprint(&["a", "b"]));
    }
}
