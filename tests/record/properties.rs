//! Whatever the plan looks like, a record adds to two sections and changes nothing else.
//!
//! The comparison here knows nothing of how the record is made: it knows where the parts of a generated plan are,
//! and asks another Markdown parser how the text reads.

use std::ops::Range;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use planproof::document::{Document, Source, Span};
use planproof::plan::{Check, Plan};
use planproof::record::{Record, RecordError, record};
use planproof::run::{CheckResult, Level, Outcome};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

use crate::plans::{Ending, OLD_BLOCK, Part, Pieces, nasty, nearly_arbitrary, real_looking};

const BEGIN: &str = "<!-- planproof: begin -->";
const END: &str = "<!-- planproof: end -->";

/// One entry of Progress with the time that the tests use, in whatever form the plan dates its entries.
static ENTRY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^ {0,3}[-*+] {1,4}(?:\[[ x]\] )?\(?2026-11-22[T ]1[45]:00(?::00)?Z(?:\) | - )(Verified|Not verified).* \((?:Author: )?planproof [0-9.]+\)$",
    )
    .unwrap()
});
/// A line below it, for one check that did not pass.
static REMARK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^ {2,8}[-*+] {1,4}[A-Z]+[0-9]*-[0-9.]+ [a-z ]+: ").unwrap());

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    })
}

fn plan_of(text: &str) -> Plan {
    Plan::read(Document::parse(Source::from_bytes("PLANS.md", text.as_bytes().to_vec()).unwrap()))
}

/// What came of each check: its title and reason as text that would act if it could.
#[derive(Debug, Clone)]
struct Came {
    outcome: Outcome,
    title: String,
    reason: String,
    duplicate: bool,
}

fn came() -> impl Strategy<Value = Vec<Came>> {
    let one = (prop::sample::select(&Outcome::ALL[..]), nasty(), nasty(), prop::bool::weighted(0.1));
    let one = one.prop_map(|(outcome, title, reason, duplicate)| Came { outcome, title, reason, duplicate });
    prop::collection::vec(one, 1..8)
}

/// A record of `plan` as a run would make it.
struct Made {
    checks: Vec<Check>,
    results: Vec<CheckResult>,
}

impl Made {
    fn of(plan: &Plan, came: &[Came]) -> Self {
        let mut made = Self { checks: plan.checks.clone(), results: Vec::new() };
        for (check, came) in made.checks.iter_mut().zip(came.iter().cycle()) {
            check.title.clone_from(&came.title);
            let mut result = CheckResult::not_started(came.outcome, came.reason.clone());
            result.duplicate_of = came.duplicate.then(|| "AC-1".to_owned());
            made.results.push(result);
        }
        made
    }

    fn record(&self, time: &str) -> Record<'_> {
        Record {
            results: self.checks.iter().zip(&self.results).collect(),
            time: time.parse().unwrap(),
            level: Level::Off,
        }
    }

    /// How many lines below the entry of Progress there must be.
    fn remarks(&self) -> usize {
        let worth = |result: &&CheckResult| {
            let passed = matches!(result.outcome, Outcome::Passed | Outcome::PassedByExitStatus);
            !passed && result.duplicate_of.is_none()
        };
        self.results.iter().filter(worth).count()
    }
}

/// Everything that a check is, with the bytes it was read from in place of their offsets.
fn words(plan: &Plan) -> Vec<String> {
    let at = |span: Span| plan.document().source().slice(span).to_owned();
    let words = |check: &Check| {
        let steps: Vec<_> = check
            .steps
            .iter()
            .map(|step| {
                (
                    &step.command,
                    at(step.span),
                    step.output.as_ref().map(|output| (&output.value, at(output.span))),
                )
            })
            .collect();
        let output = check.output.as_ref().map(|output| (&output.value, at(output.span)));
        let rest = (&check.stderr, &check.exit_status, &check.prose);
        format!(
            "{} {:?} {} {:?} {:?} {:?} {steps:?} {output:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            check.id,
            check.title,
            check.section,
            at(check.span),
            check.kind,
            check.confidence,
            rest.0.as_ref().map(|stated| &stated.value),
            rest.1.as_ref().map(|stated| &stated.value),
            rest.2.as_ref().map(|stated| &stated.value),
            check.working_directory.as_ref().map(|stated| &stated.value),
            check.timeout,
            check.duplicate_of,
        )
    };
    plan.checks.iter().map(words).collect()
}

/// The lines of a text without their endings.
fn lines(text: &str) -> Vec<&str> {
    static LINE_ENDING: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\r\n|\n|\r").unwrap());
    LINE_ENDING.split(text).collect()
}

/// Where `new` has more than `old`, provided that it is `old` with one piece put in.
fn put_in(old: &str, new: &str) -> Option<Range<usize>> {
    let (old, new) = (old.as_bytes(), new.as_bytes());
    let start = old.iter().zip(new).take_while(|(one, two)| one == two).count();
    let end =
        old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(one, two)| one == two).count();
    (start + end == old.len()).then(|| start..new.len() - end)
}

/// The lines of `new` that are not lines of `old`, provided that they stand together.
fn lines_put_in<'n>(old: &str, new: &'n str) -> Option<Vec<&'n str>> {
    let (old, new) = (lines(old), lines(new));
    let start = old.iter().zip(&new).take_while(|(one, two)| one == two).count();
    let end =
        old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(one, two)| one == two).count();
    (start + end == old.len()).then(|| new[start..new.len() - end].to_vec())
}

/// What now stands in the parts that are not `Outside`, provided that everything outside is as it was.
fn written<'n>(pieces: &[(Part, String)], new: &'n str) -> Option<Vec<&'n str>> {
    match pieces {
        [] => new.is_empty().then(Vec::new),
        [(Part::Outside, text), rest @ ..] => written(rest, new.strip_prefix(text.as_str())?),
        [_] => Some(vec![new]),
        [_, rest @ ..] => {
            let [(Part::Outside, next), ..] = rest else {
                unreachable!("two sections have a heading between them")
            };
            new.match_indices(next.as_str()).find_map(|(at, _)| {
                let mut all = vec![&new[..at]];
                all.extend(written(rest, &new[at..])?);
                Some(all)
            })
        }
    }
}

/// Cut off by hand: pulldown-cmark takes metadata anywhere in a text, planproof at its start only.
static FRONT_MATTER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\A---\r?\n(?s:.*?)\n---\r?\n").unwrap());

/// How another parser reads a text: its headings at the top level, and how many list items it has.
fn reading(text: &str) -> (Vec<String>, usize) {
    let text = text.trim_start_matches('\u{feff}');
    let text = &text[FRONT_MATTER.find(text).map_or(0, |front| front.end())..];
    let mut headings = Vec::new();
    let (mut depth, mut items, mut heading) = (0, 0, None::<String>);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 => heading = Some(format!("{level} ")),
            Event::End(TagEnd::Heading(_)) => headings.extend(heading.take()),
            Event::Start(Tag::Item) => (depth, items) = (depth + 1, items + 1),
            Event::Start(Tag::List(_) | Tag::BlockQuote(_)) => depth += 1,
            Event::End(TagEnd::Item | TagEnd::List(_) | TagEnd::BlockQuote(_)) => depth -= 1,
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            _ => {}
        }
    }
    (headings, items)
}

/// The range of planproof's block, marks included.
fn block_in(text: &str) -> Option<Range<usize>> {
    let start = text.find(BEGIN)?;
    Some(start..start + text[start..].find(END)? + END.len())
}

macro_rules! hold {
    ($condition:expr, $($say:tt)+) => {
        if !$condition {
            return Err(TestCaseError::fail(format!($($say)+)));
        }
    };
}

/// One record on a plan with known parts; gives the new text, in pieces.
fn recorded_once(pieces: &Pieces, came: &[Came], time: &str) -> Result<Option<Pieces>, TestCaseError> {
    let old = pieces.text();
    let plan = plan_of(&old);
    let made = Made::of(&plan, came);
    let new = match record(&plan, &made.record(time)) {
        Ok(new) => new,
        Err(error) => {
            show_refusal(&error, &old);
            return Ok(None);
        }
    };
    let Some(bodies) = written(&pieces.pieces, &new) else {
        return Err(TestCaseError::fail(format!(
            "text outside the two sections changed\nold {old:?}\nnew {new:?}"
        )));
    };
    let mut bodies = bodies.into_iter();
    let mut now = pieces.clone();
    let mut old_items = 0;
    for (part, body) in &mut now.pieces {
        let new_body = match part {
            Part::Outside => continue,
            Part::Progress => {
                let new_body = bodies.next().unwrap();
                progress_holds(body, new_body, &made)?;
                endings_match(pieces.ending, &new_body[put_in(body, new_body).unwrap_or_default()])?;
                new_body
            }
            Part::Outcomes => {
                let new_body = bodies.next().unwrap();
                old_items += outcomes_holds(body, new_body, &made)?;
                endings_match(pieces.ending, &new_body[block_in(new_body).unwrap_or_default()])?;
                new_body
            }
        };
        new_body.clone_into(body);
    }
    hold!(words(&plan) == words(&plan_of(&new)), "other checks are found\nold {old:?}\nnew {new:?}");
    let newline = |text: &str| text.ends_with(['\r', '\n']);
    hold!(newline(&old) == newline(&new), "the last newline came or went\nold {old:?}\nnew {new:?}");
    hold!(old.starts_with('\u{feff}') == new.starts_with('\u{feff}'), "the byte-order mark came or went");
    if !pieces.wrapped {
        let ((old_headings, before), (new_headings, after)) = (reading(&old), reading(&new));
        hold!(old_headings == new_headings, "other headings are read\nold {old:?}\nnew {new:?}");
        let has = |wanted| usize::from(pieces.pieces.iter().any(|(part, _)| *part == wanted));
        let added = has(Part::Progress) * (1 + made.remarks()) + has(Part::Outcomes) * made.results.len();
        hold!(
            after + old_items == before + added,
            "{before} list items became {after}, {old_items} were replaced, {added} added\nold {old:?}\nnew {new:?}"
        );
    }
    Ok(Some(now))
}

fn show_refusal(error: &RecordError, old: &str) {
    if std::env::var_os("PLANPROOF_SHOW_REFUSALS").is_some() {
        println!("{error}: {old:?}");
    }
}

/// Progress has one entry more, with its remarks, and at most a blank line.
fn progress_holds(old: &str, new: &str, made: &Made) -> Result<(), TestCaseError> {
    hold!(put_in(old, new).is_some(), "Progress lost something\nold {old:?}\nnew {new:?}");
    let Some(added) = lines_put_in(old, new) else {
        return Err(TestCaseError::fail(format!("lines of Progress changed\nold {old:?}\nnew {new:?}")));
    };
    let count = |pattern: &Regex| added.iter().filter(|line| pattern.is_match(line)).count();
    let blank = added.iter().filter(|line| line.is_empty()).count();
    hold!(count(&ENTRY) == 1, "not one entry but {}: {added:#?}", count(&ENTRY));
    hold!(count(&REMARK) == made.remarks(), "{} remarks: {added:#?}", made.remarks());
    hold!(blank <= 2, "{blank} blank lines: {added:#?}");
    hold!(added.len() == 1 + made.remarks() + blank, "something else was added: {added:#?}");
    Ok(())
}

/// Outcomes has one block, and what stood around it. How many list items the old block had.
fn outcomes_holds(old: &str, new: &str, made: &Made) -> Result<usize, TestCaseError> {
    let marks = |mark: &str| new.matches(mark).count();
    hold!((marks(BEGIN), marks(END)) == (1, 1), "not one block in {new:?}");
    let now = block_in(new).unwrap_or_default();
    // A line of its own for each check, the marks, the summary and a blank line.
    let count = lines(&new[now.clone()]).len();
    hold!(
        count == made.results.len() + 4,
        "{count} lines in the block of {} checks: {new:?}",
        made.results.len()
    );
    let Some(before) = block_in(old) else {
        hold!(put_in(old, new).is_some(), "Outcomes lost something\nold {old:?}\nnew {new:?}");
        return Ok(0);
    };
    hold!(old[..before.start] == new[..now.start], "text above the block changed\nold {old:?}\nnew {new:?}");
    hold!(old[before.end..] == new[now.end..], "text below the block changed\nold {old:?}\nnew {new:?}");
    Ok(lines(&old[before]).iter().filter(|line| line.starts_with("- ")).count())
}

fn endings_match(ending: Ending, added: &str) -> Result<(), TestCaseError> {
    let crlf = added.matches("\r\n").count();
    let (cr, lf) = (added.matches('\r').count(), added.matches('\n').count());
    let right = match ending {
        Ending::Lf => cr == 0,
        Ending::CrLf => crlf == lf || added.starts_with('\n') || added.ends_with('\r'),
        Ending::Mixed(_) => true,
    };
    hold!(right, "line endings {ending:?} but {added:?}");
    Ok(())
}

#[test]
fn on_plans_as_people_write_them_only_the_two_sections_change() {
    let (all, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let cases = Config::default().cases.max(1500);
    runner(cases)
        .run(&(real_looking(), came(), came()), |(pieces, came, again)| {
            all.fetch_add(1, Ordering::Relaxed);
            let Some(once) = recorded_once(&pieces, &came, "2026-11-22T14:00:00Z")? else {
                refused.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            };
            let twice = recorded_once(&once, &again, "2026-11-22T15:00:00Z")?;
            hold!(twice.is_some(), "a second record was refused: {:?}", once.text());
            Ok(())
        })
        .unwrap_or_else(|failed| panic!("{failed}"));
    let (all, refused) = (all.into_inner(), refused.into_inner());
    println!("{refused} of {all} plans refused");
    assert!(refused * 100 < all, "{refused} of {all} plans refused");
}

#[test]
fn an_old_block_counts_as_one_with_one_item() {
    // The generator and the comparison must mean the same by it.
    assert_eq!(block_in(OLD_BLOCK), Some(0..OLD_BLOCK.len() - 1));
}

#[test]
fn on_text_that_is_hardly_markdown_the_record_is_refused_or_harmless() {
    let (all, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let cases = Config::default().cases.max(3000);
    runner(cases)
        .run(&(nearly_arbitrary(), came()), |(old, came)| {
            let plan = plan_of(&old);
            let made = Made::of(&plan, &came);
            let new = match record(&plan, &made.record("2026-11-22T14:00:00Z")) {
                Ok(new) => new,
                Err(RecordError::NoSection) => return Ok(()),
                Err(error) => {
                    show_refusal(&error, &old);
                    refused.fetch_add(1, Ordering::Relaxed);
                    return Ok(());
                }
            };
            all.fetch_add(1, Ordering::Relaxed);
            hold!(words(&plan) == words(&plan_of(&new)), "other checks are found\nold {old:?}\nnew {new:?}");
            let newline = |text: &str| text.ends_with(['\r', '\n']);
            hold!(newline(&old) == newline(&new), "the last newline came or went\nold {old:?}\nnew {new:?}");
            survives(&old, &new, "2026-11-22T14:00:00Z")?;
            let again = plan_of(&new);
            let made = Made::of(&again, &came);
            let twice = record(&again, &made.record("2026-11-22T15:00:00Z"));
            hold!(twice.is_ok(), "a second record: {twice:?}\nold {old:?}\nnew {new:?}");
            survives(&new, &twice.unwrap(), "2026-11-22T15:00:00Z")
        })
        .unwrap_or_else(|failed| panic!("{failed}"));
    println!("{} recorded, {} refused", all.into_inner(), refused.into_inner());
}

/// Taking the entry, its remarks and the block away from the new text gives the old one, but for blank lines.
fn survives(old: &str, new: &str, time: &str) -> Result<(), TestCaseError> {
    const BLOCK: &str = "the block";
    let blocks = |text: &str| -> Vec<Range<usize>> {
        let found = text.match_indices(BEGIN).filter_map(|(at, _)| Some(at..at + block_in(&text[at..])?.end));
        found.collect()
    };
    let with_block = |text: &str, at: Range<usize>| [&text[..at.start], BLOCK, &text[at.end..]].concat();
    let minute = &time[11..16];
    let entries = lines(new).into_iter().filter(|line| ENTRY.is_match(line) && line.contains(minute)).count();
    let summaries =
        lines(new).into_iter().filter(|line| line.starts_with("**") && line.contains(time)).count();
    if summaries > 1 || entries > 1 {
        // Several plans in one text: what stood there still does, in its order, but for blocks that were replaced.
        let mut now = lines(new).into_iter();
        let missing = lines(old)
            .into_iter()
            .filter(|line| !now.clone().any(|new| new == *line) || !now.any(|new| new == *line));
        let missing: Vec<&str> = missing.collect();
        hold!(missing.is_empty() || !blocks(old).is_empty(), "lost {missing:?}\nold {old:?}\nnew {new:?}");
        return Ok(());
    }
    let ours = blocks(new).into_iter().find(|at| {
        let second = lines(&new[at.clone()]).get(1).copied().unwrap_or_default();
        second.contains(time) && second.contains("sandbox: off")
    });
    let bare = ours.clone().map_or(new.to_owned(), |at| with_block(new, at));
    let mut rest: Vec<&str> = lines(&bare);
    let entry = rest.iter().position(|line| ENTRY.is_match(line) && line.contains(minute));
    if let Some(entry) = entry {
        let remarks = rest[entry + 1..].iter().take_while(|line| REMARK.is_match(line)).count();
        rest.drain(entry..=entry + remarks);
    }
    hold!(entry.is_some() || ours.is_some(), "nothing was recorded\nold {old:?}\nnew {new:?}");
    let said = |lines: Vec<&str>| -> Vec<String> {
        lines.into_iter().filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let blank = |lines: &[&str]| lines.iter().filter(|line| line.is_empty()).count();
    let (before, after) = (blank(&lines(old)), blank(&rest));
    let rest = said(rest);
    let unblocked: Vec<String> = rest.iter().filter(|line| *line != BLOCK).cloned().collect();
    let added = said(lines(old)) == unblocked && (before..=before + 4).contains(&after);
    let replaced = blocks(old).into_iter().any(|at| said(lines(&with_block(old, at))) == rest);
    hold!(added || replaced, "text was lost or added\nold {old:?}\nnew {new:?}");
    Ok(())
}
