//! The whole way from a plan's text to its verdicts: rules and commands from the same bytes, split at a NUL.
#![no_main]

use libfuzzer_sys::fuzz_target;
use planproof::document::{Document, Source};
use planproof::plan::Plan;
use planproof::policy::{Policy, ProjectRules, Verdict};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (rules, command) = text.split_once('\0').unwrap_or(("`rm -rf`", text));
    let indented: String = command.lines().map(|line| format!("    {line}\n")).collect();
    let plan = format!(
        "# ExecPlan: x\n\n## Constraints & Safety\n- **Forbidden Operations**: {rules}\n\n## Acceptance Criteria\n\
         - [ ] x\n  - Verification:\n\n    ``````sh\n{indented}    ``````\n"
    );
    let Ok(source) = Source::from_bytes("PLANS.md", plan.into_bytes()) else { return };
    let plan = Plan::read(Document::parse(source));
    let policy = Policy::new(&plan, &ProjectRules::default());
    let length = plan.document().source().text().len();
    for check in &plan.checks {
        let judgement = policy.judge(check);
        for finding in judgement.findings() {
            assert!(finding.span.start <= finding.span.end && finding.span.end <= length);
            assert!(finding.verdict != Verdict::Allow);
        }
    }
});
