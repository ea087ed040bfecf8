//! Any text is read as a plan, without a panic, and every place that it names lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use planproof::document::{Document, Source};
use planproof::plan::Plan;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = Source::from_bytes("PLANS.md", bytes.to_vec()) else { return };
    let plan = Plan::read(Document::parse(source));
    let source = plan.document().source();
    for check in &plan.checks {
        assert!(!check.id.is_empty());
        assert!(source.text().get(check.span.range()).is_some(), "{:?}", check.span);
        for step in &check.steps {
            assert!(!step.command.trim().is_empty(), "{:?}", step.span);
            assert!(source.text().get(step.span.range()).is_some(), "{:?}", step.span);
            // What runs is what stands in the plan, line by line.
            for line in &step.lines {
                assert!(source.text().get(line.range()).is_some(), "{line:?}");
            }
        }
    }
    for finding in &plan.diagnostics {
        assert!(source.text().get(finding.span.range()).is_some(), "{:?}", finding.span);
    }
});
