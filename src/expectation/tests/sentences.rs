//! One sentence, one test.

use super::{ALL, compare_pieces, differs, drawn, expectation, matches};
use crate::expectation::matcher::Limits;
use crate::expectation::{Absence, Comparison, DiffKind, Matcher, Mode, NotAbsent, shown};

use Mode::{Contains, Empty, Exact, Glob, Json, Lines, Regex};

#[track_caller]
fn refused(mode: Mode, text: &str) -> (String, Option<std::ops::Range<usize>>) {
    let error = expectation(mode, text).check().unwrap_err();
    (error.message, error.range)
}

#[test]
fn expected_lines_are_parts_of_lines_in_order() {
    matches(Lines, "12 passed\ndone", "running\ntest result: ok. 12 passed; 0 failed\n\nall done.\n");
    differs(Lines, "done\n12 passed", "12 passed\ndone\n");
    differs(Lines, "a\na", "aa\n");
    matches(Lines, "a\na", "a\na");
}

#[test]
fn the_first_expected_line_that_is_missing_is_named() {
    let mismatch = differs(Lines, "compiled\n\n12 passed\nbye", "compiled in 3s\n11 passed\nbye\n");
    assert_eq!(mismatch.summary, "line 3 of the expected output was not found: `12 passed`");
    assert_eq!(mismatch.first, Some(2));
    assert_eq!(drawn(&mismatch), "  compiled\n-!12 passed\n+ 11 passed\n  bye\n");
    assert_eq!(mismatch.notes, ["the expected lines before it were found, the last in line 1 of the output"]);
}

#[test]
fn a_line_that_stands_too_early_is_pointed_out() {
    let mismatch = differs(Lines, "b\na", "x\na\nb\n");
    assert!(
        mismatch.notes.contains(&String::from(
            "it stands in line 2 of the output, which is too early: the order counts"
        ))
    );
}

#[test]
fn three_dots_alone_are_any_number_of_lines_and_blank_lines_ask_for_nothing() {
    matches(Lines, "start\n...\n\n  …  \nend\n", "start\nend");
    matches(Lines, "start\n...\nend", "start\n1\n2\n3\nend");
    differs(Lines, "a...", "a\n");
}

#[test]
fn brackets_with_two_dots_are_anything_within_a_line() {
    matches(Lines, "took [..]ms, [..] files", "it took 12 ms, all 7 files.\n");
    matches(Lines, "took [..]ms", "took ms");
    differs(Lines, "took [..]ms", "took\n12ms\n");
    differs(Lines, "ab[..]bc", "abc");
    matches(Lines, "time: [..]", "time:   \n");
    matches(Lines, "[..]", "\n");
    differs(Lines, "[..]\n[..]", "one\n");
}

#[test]
fn indentation_escapes_cr_trailing_blanks_and_unicode_form_do_not_count() {
    matches(Lines, "    indented  \t", "indented\r\n");
    matches(Exact, "ok caf\u{e9}\nnext", "\x1b[1;32mok\x1b[0m cafe\u{301}  \x1b[K\r\nnext\r\n");
    matches(Exact, "ok cafe\u{301}  \r\nnext\r\n", "ok caf\u{e9}\nnext");
    matches(Exact, "docs here", "\x1b]8;;https://example.org\x1b\\docs\x1b]8;;\x07 here\n");
    matches(Exact, "box", "\x1b(B\x1b7bo\x1b[?25lx\x1b[0m");
    matches(Exact, "\u{3c}", "\u{3c}\x1b[0m");
    matches(Exact, "\u{e9}", "e\x1b[0m\u{301}");
}

#[test]
fn a_colour_reset_after_the_last_newline_is_no_line() {
    matches(Exact, "done", "done\n\x1b[0m");
    matches(Exact, "done", "done\n  ");
}

#[test]
fn contains_wants_one_contiguous_piece_without_wildcards() {
    matches(Contains, "12 passed", "ok. 12 passed; 0 failed\n");
    matches(Contains, "one\ntwo\nth", "x one\ntwo\nthree\n");
    matches(Contains, "one\none\ntwo", "one\none\none\ntwo");
    differs(Contains, "one\ntwo", "one\n\ntwo");
    let mismatch = differs(Contains, "one\ntwo", "one more\ntwo");
    assert_eq!(drawn(&mismatch), "-!one\n+ one more\n  two\n");
    differs(Contains, "a\n\n", "a");
    matches(Contains, "a\n\n", "a\n");
    differs(Contains, "a [..]", "a b");
    differs(Contains, "...", "a\nb");
    matches(Contains, "a\n\nb", "a\n\x1b[0m  \r\nb");
    let mismatch = differs(Contains, "a\nb", "a\nx\nb\n");
    assert_eq!(mismatch.summary, "the expected text was not found: `a`");
    assert_eq!(drawn(&mismatch), "  a\n+!x\n  b\n");
    assert_eq!(differs(Contains, "a", "b").first, Some(0));
}

#[test]
fn exact_is_the_whole_output_but_for_one_final_newline() {
    matches(Exact, "a\nb\n", "a\nb");
    matches(Exact, "a\nb", "a\nb\n");
    matches(Exact, "", "");
    matches(Exact, "", "\n");
    differs(Exact, "a", "a\n\n");
    differs(Exact, "a", " a");
    differs(Exact, "...", "a");
    assert_eq!(differs(Exact, "", "oops\n").summary, "expected no output, got `oops`");
    assert_eq!(differs(Exact, "a\nb", "a\nc\n").summary, "line 2 differs: expected `b`, got `c`");
    let longer = differs(Exact, "a", "a\nb\n");
    assert_eq!(longer.summary, "the output goes on after line 1, the last that was expected: `b`");
    assert_eq!((longer.first, drawn(&longer).as_str()), (None, "  a\n+!b\n"));
    let shorter = differs(Exact, "a\nb", "a\n");
    assert_eq!(shorter.summary, "the output ends before line 2 of the expected output: `b`");
    assert_eq!((shorter.first, drawn(&shorter).as_str()), (Some(1), "  a\n-!b\n"));
    let inserted = differs(Exact, "a\nb\nc", "a\nx\nb\nc");
    assert_eq!(drawn(&inserted), "  a\n+!x\n  b\n  c\n");
}

#[test]
fn a_pattern_is_searched_in_the_whole_output_line_by_line() {
    matches(Regex, r"^\d+ passed$", "running\n12 passed\r\n");
    matches(Regex, r"one\ntwo\z", "one\ntwo\n");
    matches(Regex, "cafe\u{301}", "caf\u{e9}");
    matches(Regex, r"\w{20}", "abcdefghijklmnopqrstuvwxyz");
    let mismatch = differs(Regex, r"^\d+ passed$", "no tests\n");
    assert_eq!(mismatch.summary, r"no match for the regular expression `^\d+ passed$`");
    assert_eq!(drawn(&mismatch), "-!^\\d+ passed$\n+ no tests\n");
}

#[test]
fn a_glob_is_matched_with_the_whole_output() {
    matches(Glob, "start*end", "start\n/usr/bin\nend\n");
    matches(Glob, "? {ok,fine} [0-9][!a-z]", "\u{2713} fine 1X");
    matches(Glob, r"a\*b [.] [a\-]", "a*b . a");
    matches(Glob, "[]x-]", "-");
    differs(Glob, "?", "ab");
    differs(Glob, "a.c", "abc");
    differs(Glob, "middle", "start middle end");
}

#[test]
fn json_is_compared_by_value() {
    matches(Json, r#"{"a": [1, 2.0], "b": null}"#, "{\"b\":null,\n\"a\":[1.0,2]}\n");
    matches(Json, "1e2", "100");
    matches(Json, "-0", "0");
    matches(Json, "{}", "\u{FEFF}{}");
    matches(Json, r#""\u00e9""#, "\"e\u{301}\"");
    differs(Json, "9007199254740993", "9007199254740992.0");
    differs(Json, "1", "\"1\"");
    let mismatch = differs(Json, r#"{"a": [0, 1, {"b": 3}]}"#, r#"{"a": [0, 1, {"b": 4}]}"#);
    assert_eq!(mismatch.summary, "$.a[2].b: expected 3, got 4");
    assert_eq!(drawn(&mismatch), "-!$.a[2].b: 3\n+ $.a[2].b: 4\n");
}

#[test]
fn json_names_what_is_missing_what_is_too_much_and_what_is_of_another_kind() {
    let summary = |text, output| differs(Json, text, output).summary;
    assert_eq!(summary(r#"{"a b": 1}"#, "{}"), r#"$["a b"]: expected 1, got nothing"#);
    assert_eq!(summary("{}", r#"{"a": 1}"#), "$.a: not expected");
    assert_eq!(summary("[1]", "[]"), "$[0]: expected 1, got nothing");
    assert_eq!(summary("[1]", "[1,2,3]"), "$: expected an array of length 1, got an array of length 3");
    assert_eq!(summary("[true]", "[{}]"), "$[0]: expected true, got an object");
    assert_eq!(summary("{}", "[]"), "$: expected an object, got an array");
    assert_eq!(summary("\"x\"", "null"), "$: expected \"x\", got null");
    assert_eq!(summary(r#"{"a":1}"#, r#"{"a":1,"a":1}"#), "$.a: expected the key once, got it twice");
    assert_eq!(summary("{}", "warning\n{}"), "the output is not JSON: expected value at line 1 column 1");
    assert!(summary("1", "1 2").starts_with("the output is not JSON: trailing characters"));
    let deep = "[".repeat(100_000);
    assert!(summary("1", deep.as_str()).starts_with("the output is not JSON"));
}

#[test]
fn many_json_differences_and_long_keys_are_cut_short() {
    let zeros = format!("[{}0]", "0,".repeat(99));
    let mismatch = differs(Json, &zeros, zeros.replace('0', "1"));
    assert_eq!(mismatch.diff.len(), 41);
    assert_eq!(mismatch.diff[40].text, "80 more differences left out");
    let long_key = format!("{{\"{}\": {{\"b\": 1}}}}", "a".repeat(1000));
    let mismatch = differs(Json, &long_key, long_key.replace('1', "2"));
    assert_eq!(mismatch.diff.len(), 2);
    assert_eq!(mismatch.diff[0].text, format!("$.{}.b: 1", "a".repeat(80)));
}

#[test]
fn empty_is_nothing_but_blank_lines() {
    matches(Empty, "", "");
    matches(Empty, "anything", "\n  \r\n\x1b[0m\n");
    let mismatch = differs(Empty, "", "\n\nwarning: x\nmore\n");
    assert_eq!(mismatch.summary, "expected no output, got line 3: `warning: x`");
    assert_eq!(mismatch.diff[0].kind, DiffKind::Actual);
}

#[test]
fn an_expectation_that_cannot_be_compared_is_refused_with_its_place() {
    assert_eq!(refused(Regex, "ab(c"), ("not a regular expression: unclosed group".into(), Some(2..3)));
    assert_eq!(refused(Glob, "ab[c"), ("not a glob: this class is not closed".into(), Some(2..3)));
    assert_eq!(refused(Glob, "{a").1, Some(0..1));
    assert_eq!(refused(Glob, "a}").1, Some(1..2));
    assert_eq!(refused(Glob, "[z-a]").1, Some(1..4));
    assert_eq!(refused(Json, "{\"a\": 1,\n\"b\" 2}").1, Some(13..14));
    assert_eq!(refused(Json, "[1").1, Some(2..2));
    assert_eq!(refused(Regex, r"(\pL{1000}){1000}").0, "the regular expression is too large once compiled");
}

#[test]
fn an_expectation_that_asks_for_nothing_is_refused() {
    assert_eq!(refused(Lines, "\n...\n  \n").0, "no expected line has anything to compare");
    assert_eq!(refused(Contains, " \n").0, "the text to look for is blank");
    refused(Regex, "\n");
    refused(Glob, "");
    refused(Json, "");
    assert!(Absence::new("").is_err());
}

#[test]
fn modes_are_chosen_by_name() {
    for mode in [Exact, Contains, Regex, Glob, Json] {
        assert_eq!(Mode::from_name(mode.name()), Some(mode));
    }
    assert_eq!(Mode::from_name(" RegEx "), Some(Regex));
    assert_eq!(Mode::from_name("lines"), None);
    assert_eq!(Mode::from_name(""), None);
}

#[test]
fn a_must_not_output_that_was_found_is_named_with_its_line() {
    let absent = |text: &str, output: &[u8]| {
        let mut absence = Absence::new(text).unwrap();
        absence.feed(output);
        absence.finish()
    };
    assert_eq!(absent("panic", b"fine\nfine\n"), Ok(()));
    assert_eq!(
        absent("panic", b"fine\n\x1b[31mpa\x1b[0mnic here\n"),
        Err(NotAbsent::Found { line: 2, text: "panic here".into() })
    );
    assert_eq!(
        absent("panic", b"fine\nfine\nno panic here"),
        Err(NotAbsent::Found { line: 3, text: "no panic here".into() })
    );
    assert_eq!(absent("a\nb", b"x\na\nb\n"), Err(NotAbsent::Found { line: 3, text: "b".into() }));
    assert_eq!(absent("a\nb", b"a\nc\nb\n"), Ok(()));
}

#[test]
fn the_absence_of_a_text_cannot_be_told_from_a_line_that_was_cut() {
    let long = [b"x\n".as_slice(), &vec![b'a'; (1 << 20) + 1], b"\nend\n"].concat();
    let absent = |text: &str| {
        let mut absence = Absence::new(text).unwrap();
        absence.feed(&long);
        absence.finish()
    };
    assert_eq!(absent("secret"), Err(NotAbsent::CannotTell { line: 2 }));
    assert!(matches!(absent("end"), Err(NotAbsent::Found { line: 3, .. })));
}

#[test]
fn what_stands_in_the_kept_part_of_a_cut_line_is_a_match_and_the_rest_is_not() {
    let mut output = b"early ".to_vec();
    output.resize(2 << 20, b'.');
    output.extend_from_slice(b" late\nnext\n");
    matches(Lines, "early\nnext", &output);
    matches(Contains, "early", &output);
    let note = "line 1 of the output is longer than 1 MiB; only its beginning was compared";
    for (mode, text) in [(Lines, "late"), (Contains, "late"), (Contains, "late\nnext"), (Contains, ".\nnext")]
    {
        assert_eq!(differs(mode, text, &output).notes, [note], "{mode:?} {text}");
    }
    let same = String::from_utf8(output.clone()).unwrap();
    assert!(differs(Exact, &same, &output).notes.contains(&note.into()));
    assert_eq!(differs(Empty, "", vec![b' '; 2 << 20]).notes, [note]);
}

#[test]
fn a_character_that_the_cut_may_have_changed_is_not_matched() {
    let limits = Limits { line: 4, held: 1 << 20 };
    let compare = |text, output: &str| compare_pieces(Lines, text, limits, &[output.as_bytes()]);
    assert_eq!(compare("abc", "abcd\u{301}"), Comparison::Matched);
    assert_ne!(compare("abcd", "abcd\u{301}"), Comparison::Matched);
    assert_eq!(compare("abcd", "abcd"), Comparison::Matched);
    let Comparison::Mismatched(mismatch) = compare("x", "abc\u{2713}") else { panic!() };
    assert_eq!(mismatch.notes.len(), 1, "half a character at the cut is not invalid: {:?}", mismatch.notes);
}

#[test]
fn a_text_does_not_go_on_after_what_was_cut() {
    let limits = Limits { line: 3, held: 1 << 20 };
    let output = b"aazzz\nb\nx";
    assert_ne!(compare_pieces(Contains, "aab\nx", limits, &[output]), Comparison::Matched);
    assert_eq!(compare_pieces(Contains, "b\nx", limits, &[output]), Comparison::Matched);
}

#[test]
fn an_output_too_large_to_hold_is_never_a_match() {
    let mut output = vec![b'a'; 4 << 20];
    matches(Regex, "a", &output);
    matches(Glob, "*", &output);
    output.push(b'a');
    let mismatch = differs(Regex, "a", &output);
    assert_eq!(
        mismatch.summary,
        "the output is larger than 4 MiB, too large to compare with a regular expression"
    );
    differs(Glob, "*", &output);
    differs(Json, "1", vec![b' '; 5 << 20]);
    differs(Glob, "*", vec![0xFF; 2 << 20]);
}

#[test]
fn what_is_not_utf8_is_noted_with_its_offset() {
    let note = |offset| {
        format!("the output is not valid UTF-8 from byte {offset} on; compared with U+FFFD in its place")
    };
    assert_eq!(differs(Lines, "x", b"caf\xc3\xa9\n\nab\xe2\x82\ncd\xff").notes, [note(9)]);
    assert_eq!(differs(Regex, "x", b"ab\n\xff").notes, [note(3)]);
    let limits = Limits { line: 4, held: 1 << 20 };
    let Comparison::Mismatched(late) = compare_pieces(Regex, "x", limits, &[b"aaaaaa\xff\n\xff"]) else {
        panic!()
    };
    assert_eq!(late.notes, [note(6)]);
    matches(Lines, "ab\u{FFFD}", b"ab\xff\n");
    let pieces: [&[u8]; 3] = [b"\xe2", b"\x9c", b"\x93 ok"];
    assert_eq!(compare_pieces(Exact, "\u{2713} ok", ALL, &pieces), Comparison::Matched);
}

#[test]
fn no_output_at_all_is_noted() {
    assert_eq!(differs(Lines, "a", "").notes, ["there was no output"]);
}

/// Numbered lines, each starting with the word.
fn numbered(word: &str, numbers: std::ops::RangeInclusive<usize>) -> String {
    numbers.map(|number| [word, " ", &number.to_string(), "\n"].concat()).collect()
}

#[test]
fn a_long_output_is_shown_by_its_head_its_tail_and_the_place_of_the_mismatch() {
    let mut output = numbered("line", 1..=500);
    output.push_str("[ok]\n");
    output.push_str(&numbered("line", 502..=100_000));
    let mismatch = differs(Lines, "[ok]\nmissing\nline 99999", &output);
    let lines: Vec<&str> = mismatch.diff.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines[..4], ["[ok]", "missing", "line 502", "line 503"]);
    assert!(lines.contains(&"99419 lines of output left out"), "{lines:#?}");
    assert_eq!(lines.last(), Some(&"line 100000"));
    assert_eq!(mismatch.diff.iter().filter(|line| line.first).count(), 1);
    let other = differs(Contains, "missing", &output);
    assert_eq!(other.diff[1].text, "line 1");
    assert!(other.diff.len() <= 200);
}

#[test]
fn only_the_last_of_the_lines_that_were_found_are_shown() {
    let mismatch = differs(Exact, &(numbered("line", 1..=50) + "end"), numbered("line", 1..=50));
    assert_eq!(mismatch.diff[0].text, "40 expected lines that were found left out");
    assert_eq!(mismatch.diff[0].kind, DiffKind::Omitted);
    assert_eq!((mismatch.diff[1].text.as_str(), mismatch.diff.len()), ("line 41", 12));
}

#[test]
fn a_diff_stays_short_however_much_was_expected() {
    let many = numbered("expected", 1..=100_000);
    let actual = numbered("actual", 1..=100_000);
    for mode in [Lines, Contains, Exact, Glob] {
        let many = if mode == Glob { &many[..1000] } else { &many };
        let mismatch = differs(mode, many, &actual);
        assert!(mismatch.diff.len() <= 200, "{mode:?} {}", mismatch.diff.len());
    }
}

#[test]
fn what_is_shown_is_short_and_safe_to_print() {
    let mismatch = differs(Exact, &"a".repeat(1000), format!("{}\x08\u{9b}b\tc", "b".repeat(10)));
    assert_eq!(mismatch.diff[0].text, format!("{}…", "a".repeat(400)));
    assert_eq!(mismatch.diff[1].text, "bbbbbbbbbb\u{2408}\u{FFFD}b\tc");
    assert!(!mismatch.summary.contains('\x08'));
    assert_eq!(shown(&"é".repeat(400)), "é".repeat(400));
}

#[test]
fn lines_that_differ_after_what_is_shown_still_differ() {
    let long = "a".repeat(600);
    let mismatch = differs(Exact, &format!("{long}b\n"), format!("{long}c\n"));
    assert_eq!(mismatch.notes, ["line 1 differs from character 601 on"]);
    assert_eq!(mismatch.diff.len(), 2);
    assert!(mismatch.diff[0].first);
    let longer = differs(Exact, &"a".repeat(4096), "a".repeat(5000));
    assert_eq!(longer.diff.len(), 2, "what the window keeps of the longer line is not the shorter one");
}

#[test]
fn an_expected_line_needs_no_more_than_the_earliest_line_it_can_have() {
    matches(Lines, "a\nb\nc", "a\nc\nb\na\nb\nc\n");
}

#[test]
fn a_gigabyte_costs_no_more_memory_than_a_line() {
    let mut matcher = Matcher::new(&expectation(Lines, "never")).unwrap();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..1024 {
        matcher.feed(&piece);
    }
    let Comparison::Mismatched(mismatch) = matcher.finish() else { panic!() };
    assert!(mismatch.diff.iter().all(|line| line.text.len() < 2000));
}
