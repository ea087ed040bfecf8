//! What holds for every input: how it is split does not matter, nothing panics, and a plain reading of
//! the rules, which holds everything in memory, gives the same answers.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::{ALL, compare, compare_pieces, expectation};
use crate::expectation::matcher::Limits;
use crate::expectation::{Absence, Comparison, Matcher, Mode, NotAbsent};

const MODES: [Mode; 7] =
    [Mode::Lines, Mode::Contains, Mode::Exact, Mode::Regex, Mode::Glob, Mode::Json, Mode::Empty];

/// Pieces of output that meet each other in every way that matters.
fn output() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"a",
        b"b",
        b"a",
        b"ab",
        b"1",
        b" ",
        b"\t",
        b"\n",
        b"\n",
        b"\n",
        b"\r\n",
        b"\r",
        "é".as_bytes(),
        "e\u{301}".as_bytes(),
        "\u{301}".as_bytes(),
        "✓".as_bytes(),
        "한".as_bytes(),
        b"\xff",
        b"\xe2",
        b"\x9c",
        b"\xe2\x9c",
        b"\x1b[31m",
        b"\x1b[0m",
        b"\x1b]8;;u\x1b\\",
        b"\x1b]0;t\x07",
        b"\x1b(B",
        b"\x1b",
        b"[",
        b"{}",
    ];
    vec(select(pieces), 0..40).prop_map(|pieces| pieces.concat())
}

/// As [`output`], with only the escape sequences and bytes that a simple reference can read.
fn well_formed() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"a",
        b"b",
        b"a",
        b"ab",
        b" ",
        b"\n",
        b"\n",
        b"\n",
        b"\r\n",
        b"\t",
        "é".as_bytes(),
        "e\u{301}".as_bytes(),
        b"\xff",
        b"\x1b[31m",
        b"\x1b]8;;u\x1b\\",
    ];
    vec(select(pieces), 0..30).prop_map(|pieces| pieces.concat())
}

fn text() -> impl Strategy<Value = String> {
    let pieces = vec!["a", "b", "ab", " ", "\n", "\n", "é", "e\u{301}", "[..]", "\n...\n", "1", "✓", "{}"];
    vec(select(pieces), 0..8).prop_map(|pieces| pieces.concat())
}

fn split<'a>(bytes: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

fn reference_normal(bytes: &[u8]) -> String {
    let escapes = Regex::new("\x1b\\[[ -?]*[@-~]|\x1b\\].*?(?:\x07|\x1b\\\\)").unwrap();
    let text = String::from_utf8_lossy(bytes).into_owned();
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| escapes.replace_all(line, "").nfc().collect::<String>().trim_end().to_owned())
        .collect();
    lines.join("\n")
}

fn without_final_newline(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

/// Tries every choice of lines, where the matcher takes the earliest.
fn reference_ordered(expected: &[Regex], output: &[&str]) -> bool {
    let Some((first, others)) = expected.split_first() else { return true };
    (0..output.len()).any(|at| first.is_match(output[at]) && reference_ordered(others, &output[at + 1..]))
}

fn reference_lines(text: &str, output: &[u8]) -> Option<bool> {
    let normal = reference_normal(text.as_bytes());
    let patterns: Vec<Regex> = normal
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && *line != "...")
        .map(|line| {
            let parts: Vec<String> = line.split("[..]").map(regex::escape).collect();
            let blanks_beside_the_ends = Regex::new(r"^(?:\.\*|\\? )+|(?:\.\*|\\? )+$").unwrap();
            Regex::new(&blanks_beside_the_ends.replace_all(&parts.join(".*"), "")).unwrap()
        })
        .collect();
    let output = reference_normal(output);
    let lines: Vec<&str> = output.lines().collect();
    (!patterns.is_empty()).then(|| reference_ordered(&patterns, &lines))
}

fn absence(text: &str, limit: usize, pieces: &[&[u8]]) -> Option<Result<(), NotAbsent>> {
    let mut absence = Absence::with_limit(text, limit).ok()?;
    for piece in pieces {
        absence.feed(piece);
    }
    Some(absence.finish())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn how_the_output_is_split_does_not_matter(
        output in output(), text in text(), cuts in vec(any::<Index>(), 0..6), mode in select(MODES.to_vec()),
        line in select(vec![3_usize, 8, 1 << 20]), held in select(vec![16_usize, 4 << 20]),
    ) {
        let limits = Limits { line, held };
        prop_assume!(expectation(mode, &text).check().is_ok());
        let whole = compare_pieces(mode, &text, limits, &[&output]);
        prop_assert_eq!(&compare_pieces(mode, &text, limits, &split(&output, &cuts)), &whole);
        let bytes: Vec<&[u8]> = output.chunks(1).collect();
        prop_assert_eq!(&compare_pieces(mode, &text, limits, &bytes), &whole);
        let whole = absence(&text, line, &[&output]);
        prop_assert_eq!(&absence(&text, line, &split(&output, &cuts)), &whole);
        prop_assert_eq!(&absence(&text, line, &bytes), &whole);
    }

    #[test]
    fn the_window_does_not_depend_on_the_split_either(
        lines in vec(select(vec!["a", "b", "", "c é", "d \x1b[0m"]), 0..400),
        cuts in vec(any::<Index>(), 0..6), mode in select(MODES.to_vec()),
    ) {
        let output = lines.join("\n").into_bytes();
        let text = "b\nc\nq";
        prop_assume!(expectation(mode, text).check().is_ok());
        let whole = compare(mode, text, &output);
        prop_assert_eq!(compare_pieces(mode, text, ALL, &split(&output, &cuts)), whole);
    }

    #[test]
    fn the_matcher_agrees_with_a_plain_reading_of_the_rules(output in well_formed(), text in text()) {
        let normal = reference_normal(&output);
        let wanted = reference_normal(text.as_bytes());
        let wanted = without_final_newline(&wanted);
        let matched = |mode| compare(mode, &text, &output) == Comparison::Matched;
        if let Some(expected) = reference_lines(&text, &output) {
            prop_assert_eq!(matched(Mode::Lines), expected);
        }
        if !wanted.trim().is_empty() {
            prop_assert_eq!(matched(Mode::Contains), normal.contains(wanted));
            let absent = absence(&text, 1 << 20, &[&output]).unwrap();
            prop_assert_eq!(absent.is_ok(), !normal.contains(wanted));
            if let Err(NotAbsent::Found { line, .. }) = absent {
                let end = normal.find(wanted).unwrap() + wanted.len() - 1;
                prop_assert_eq!(line, memchr::memchr_iter(b'\n', &normal.as_bytes()[..end]).count() + 1);
            }
        }
        prop_assert_eq!(matched(Mode::Exact), without_final_newline(&normal) == wanted);
        prop_assert_eq!(matched(Mode::Empty), normal.trim().is_empty());
        let pattern = regex::escape(&normal);
        if !without_final_newline(&pattern).is_empty() {
            let same = format!(r"\A{}\z", without_final_newline(&pattern));
            prop_assert_eq!(compare(Mode::Regex, &same, &output), Comparison::Matched);
        }
    }

    #[test]
    fn a_cut_never_makes_a_match(output in well_formed(), text in text(), line in 1_usize..12) {
        let limits = Limits { line, held: 4 << 20 };
        for mode in [Mode::Lines, Mode::Contains, Mode::Exact, Mode::Empty] {
            if expectation(mode, &text).check().is_ok()
                && compare_pieces(mode, &text, limits, &[&output]) == Comparison::Matched
            {
                prop_assert_eq!(compare(mode, &text, &output), Comparison::Matched, "{:?}", mode);
            }
        }
        if absence(&text, line, &[&output]) == Some(Ok(())) {
            prop_assert_eq!(absence(&text, 1 << 20, &[&output]), Some(Ok(())));
        }
    }

    #[test]
    fn line_ends_colours_and_unicode_form_change_nothing(
        lines in vec("[a-cé가 ]{0,6}", 0..8), text in text(), mode in select(MODES.to_vec()),
    ) {
        prop_assume!(expectation(mode, &text).check().is_ok());
        let plain = lines.join("\n");
        let coloured: String = plain.chars().map(|c| match c {
            '\n' => String::from("  \x1b[0m\r\n"),
            other => format!("\x1b[1m{}", other.nfd()),
        }).collect();
        prop_assert_eq!(compare(mode, &text, &plain), compare(mode, &text, coloured));
    }

    #[test]
    fn the_order_and_spelling_of_json_change_nothing(values in vec(any::<i32>(), 1..6)) {
        let member = |(index, value): (usize, &i32)| format!("\"k{index}\": {value}");
        let forward: Vec<String> = values.iter().enumerate().map(member).collect();
        let mut backward: Vec<String> =
            values.iter().enumerate().map(|(index, value)| format!("\"k{index}\":{value}.0")).collect();
        backward.reverse();
        let expected = format!("{{{}}}", forward.join(","));
        let output = format!("{{{}}}", backward.join(" ,\n"));
        prop_assert_eq!(compare(Mode::Json, &expected, output), Comparison::Matched);
    }

    #[test]
    fn nothing_panics_and_a_mismatch_is_always_short_and_marked_once(
        output in vec(any::<u8>(), 0..300), text in ".{0,40}", mode in select(MODES.to_vec()),
        line in 1_usize..40,
    ) {
        if let Ok(mut matcher) = Matcher::with_limits(&expectation(mode, &text), Limits { line, held: 200 }) {
            matcher.feed(&output);
            if let Comparison::Mismatched(mismatch) = matcher.finish() {
                prop_assert!(mismatch.diff.len() <= 200);
                prop_assert!(mismatch.diff.iter().filter(|line| line.first).count() <= 1);
                prop_assert!(!mismatch.summary.contains('\n'));
                prop_assert!(!mismatch.summary.contains('\x1b'));
            }
        }
    }

    #[test]
    fn an_error_stands_inside_the_text(text in r"[\[\](){}a?*\\é,\-\n]{0,12}", mode in select(MODES.to_vec())) {
        if let Err(error) = expectation(mode, &text).check() {
            prop_assert!(!error.message.contains('\n'));
            if let Some(range) = error.range {
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
