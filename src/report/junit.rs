//! JUnit XML through junit-report: a suite for each section of each plan, a case for each check.

use std::io::{self, Write};

use junit_report::{
    Duration, OffsetDateTime, Report, TestCase, TestCaseBuilder, TestSuite, TestSuiteBuilder,
};

use super::terminal::{diff_text, output_text};
use super::{Reporter, one_line};
use crate::plan::{Check, Plan};
use crate::run::{CheckResult, Event, Outcome};
use crate::secret::Mask;

/// Collects the checks of a run, to be written when it is over.
pub struct Junit {
    started: OffsetDateTime,
    suites: Vec<(String, Vec<TestCase>)>,
    mask: Mask,
}

impl Default for Junit {
    fn default() -> Self {
        Self { started: OffsetDateTime::now_utc(), suites: Vec::new(), mask: Mask::default() }
    }
}

impl Junit {
    /// An empty report, in which what the plan itself says is masked with this.
    pub fn masked(mask: Mask) -> Self {
        Self { mask, ..Self::default() }
    }

    fn add(&mut self, plan: &Plan, check: &Check, result: &CheckResult) {
        let path = plan.document().source().path().display().to_string();
        let suite = clean(&format!("{path}: {}", check.section), &self.mask);
        let case = case(plan, check, result, &self.mask);
        match self.suites.last_mut() {
            Some((name, cases)) if *name == suite => cases.push(case),
            _ => self.suites.push((suite, vec![case])),
        }
    }

    /// Writes the whole report.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(self, mut out: impl Write) -> io::Result<()> {
        let suites = self.suites.into_iter().map(|(name, cases)| -> TestSuite {
            TestSuiteBuilder::new(&name).set_timestamp(self.started).add_testcases(cases).build()
        });
        let mut report = Report::new();
        report.add_testsuites(suites);
        report.write_xml(&mut out).map_err(|error| io::Error::other(error.to_string()))?;
        writeln!(out)
    }
}

impl Reporter for Junit {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::CheckFinished { plan, judgement, result, .. } => self.add(plan, judgement.check(), result),
            Event::RunStarted { .. }
            | Event::PlanStarted { .. }
            | Event::CheckStarted { .. }
            | Event::StepFinished { .. }
            | Event::Kept { .. }
            | Event::PlanFinished { .. }
            | Event::RunFinished { .. } => {}
        }
        Ok(())
    }
}

/// JUnit knows success, failure, error and skipped; what planproof tells apart beyond that goes into the type.
fn case(plan: &Plan, check: &Check, result: &CheckResult, mask: &Mask) -> TestCase {
    let path = plan.document().source().path().display().to_string();
    let name = clean(&format!("{} {}", check.id, check.title), mask);
    let time = Duration::try_from(result.duration).unwrap_or(Duration::ZERO);
    let kind = result.outcome.words();
    let reason = clean(&result.reason, mask);
    let mut case = match (&result.duplicate_of, result.outcome) {
        (Some(first), _) => {
            TestCaseBuilder::skipped_with_cause(&name, "duplicate", &format!("same as {first}"))
        }
        (None, Outcome::Passed | Outcome::PassedByExitStatus) => TestCaseBuilder::success(&name, time),
        (None, Outcome::Failed | Outcome::Violated | Outcome::TimedOut) => {
            TestCaseBuilder::failure(&name, time, kind, &reason)
        }
        (None, Outcome::Error | Outcome::Denied | Outcome::NeedsReview) => {
            TestCaseBuilder::error(&name, time, kind, &reason)
        }
        (None, Outcome::Manual | Outcome::NotRun) => {
            TestCaseBuilder::skipped_with_cause(&name, kind, &reason)
        }
    };
    let line = plan.document().source().line_column(check.span.start).line;
    // junit-report has no attribute for the line, so it goes where editors look for it: behind the file.
    case.set_classname(&clean(&path, mask)).set_filepath(&clean(&format!("{path}:{line}"), mask));
    if let Some(mismatch) = &result.mismatch {
        case.set_trace(&cdata(&diff_text(mismatch), mask));
    }
    let mut output = output_text(&result.output, usize::MAX);
    if result.outcome == Outcome::PassedByExitStatus {
        output.insert_str(0, "[planproof: passed by exit status only, no expected output was stated]\n");
    }
    for note in &result.notes {
        output.extend(["[planproof: ", note, "]\n"]);
    }
    if !output.is_empty() {
        case.set_system_out(&cdata(&output, mask));
    }
    case.build()
}

/// Text for an attribute: on one line, without secrets and what XML cannot hold.
fn clean(text: &str, mask: &Mask) -> String {
    one_line(&mask.mask(&xml_characters(text)))
}

/// Text for a CDATA section. junit-report 0.9.1 writes it as it is, so an end mark in it is split over two sections
/// here, and characters that XML cannot hold are taken out.
fn cdata(text: &str, mask: &Mask) -> String {
    mask.mask(&xml_characters(text)).replace("]]>", "]]]]><![CDATA[>")
}

/// `text` without ANSI escapes and without characters that are not in XML 1.0
/// (<https://www.w3.org/TR/xml/#charsets>).
fn xml_characters(text: &str) -> String {
    let plain = anstream::adapter::strip_str(text).to_string();
    plain
        .chars()
        .filter(|&character| {
            matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_break_the_xml() {
        let mask = Mask::default();
        assert_eq!(clean("a\u{0}b\u{1b}[31mred\u{1b}[0m\u{fffe}\nc", &mask), "abred c");
        assert_eq!(cdata("x ]]> y", &mask), "x ]]]]><![CDATA[> y");
    }
}
