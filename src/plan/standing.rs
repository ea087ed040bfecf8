//! What a code span is in a sentence of what is expected: printed, not printed, a status, or only spoken of.
//!
//! A text is looked for in what a command prints, and a plan that means well fails where it is not there. So code is taken
//! for such a text only where nothing before or behind it says otherwise; in doubt it is a part of words, which are kept
//! and reported as not compared.

use super::words::{
    ABSENT, ALTERNATIVE, BESIDE, DENIED, DENIED_BEHIND, EXPECT, NAMES, NEGATION_WORDS, OF_OUTPUT, OTHERS,
    PASSIVE, PLACES, RELATIVE, SUBJECT_VERBS, THINGS, ends_with_word, has_word, negates, rfind_word, says,
    word_places,
};

/// What a code span is in a sentence of what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is printed.
    Printed,
    /// It must not be printed.
    Absent,
    /// It is how the command ends: "exits `0`".
    Status,
    /// It names something: the `foyer` state. Or it is one of two, or a bound.
    Named,
    /// The sentence is about it, and so is the rest of its code.
    Subject,
}

/// What a code span is, by the words of its sentence before and behind it, in lower case, and by what the span before it
/// is where nothing but a joint stands between.
pub(super) fn standing(previous: Option<Standing>, before: &str, after: &str, text: &str) -> Standing {
    let aside = before.trim_end().ends_with('(');
    let before = before.trim_end().trim_end_matches(['*', '_', '(', '"', ':', ' ']);
    if is_status(before, text) {
        return Standing::Status;
    }
    // "If `a.rs` is missing" and "because `a.rs` exists" say when or why.
    if has_word(before, &["if", "when", "where", "because", "since", "unless", "until", "while"])
        && !prints(before)
    {
        return Standing::Named;
    }
    if let Some(standing) = by_what_follows(after.trim_start_matches(['*', '_'])) {
        return standing;
    }
    // "Prints neither `a` nor `b`", "must not print `a` or `b`".
    if let Some(previous) = previous.filter(|_| joins_texts(before)) {
        match previous {
            Standing::Absent | Standing::Named => return previous,
            Standing::Printed | Standing::Status | Standing::Subject => {}
        }
    }
    // "Reports one passing test (`tests/api.py`)" names the test, which the output may call otherwise.
    if aside && THINGS.contains(&before.rsplit(' ').next().unwrap_or_default()) {
        return Standing::Named;
    }
    if is_named(before)
        || is_likened(before)
        || has_word(before, RELATIVE)
        || is_made(before)
        || is_of_another(before)
    {
        return Standing::Named;
    }
    match by_noun(before, after) {
        // "Returns no drift directories (`Protocol`, `Common`)": what is not there may be named otherwise, too.
        Standing::Printed if aside && negates(last_clause(before)) => Standing::Named,
        Standing::Printed => denied(before),
        standing => standing,
    }
}

/// Whether only a joint stands between two texts.
fn joins_texts(bare: &str) -> bool {
    matches!(
        bare.trim(),
        "," | "and"
            | ", and"
            | "or"
            | ", or"
            | "nor"
            | ", nor"
            | "/"
            | "、"
            | "和"
            | "或"
            | "と"
            | "и"
            | "ni"
            | "ou"
            | "und"
            | "oder"
    )
}

/// "Exits `0`", "exit status `2`".
fn is_status(before: &str, text: &str) -> bool {
    const STATUS: &[&str] = phrases! { "exit", "exits", "exit code", "exit status", "exit codes", "exits with", "exit with", "exit code is", "exit status is", "exit code of", "exited", "退出码", "终了", "終了コード", "종료 코드" };
    text.parse::<u8>().is_ok() && STATUS.iter().any(|word| before.ends_with(word))
}

/// What the words right behind it say, where they say it.
fn by_what_follows(after: &str) -> Option<Standing> {
    let clause = &after[..after.find(['，', '、', '。', '；', ',', ';', '.']).unwrap_or(after.len())];
    // So does the verb by which it is recorded in a file, and is only a place or a likeness of what is there.
    if !clause.is_ascii() && says(clause, KEPT_BEHIND) {
        return Some(Standing::Named);
    }
    // In languages whose verb stands at the end, so does its negation.
    if !clause.is_ascii() && (says(clause, DENIED_BEHIND) || has_foreign_negation(clause)) {
        return Some(Standing::Absent);
    }
    let own = after.trim_start();
    if ALTERNATIVE.iter().any(|word| own.trim_start_matches([',', ' ']).starts_with(word)) {
        return Some(Standing::Named);
    }
    // Punctuation right behind it ends what is said of it.
    if !after.starts_with(' ') {
        return None;
    }
    if is_said_to_be(own, ABSENT) || is_denied(own) {
        return Some(Standing::Absent);
    }
    let modal = ["should ", "must ", "will ", "to "].iter().find_map(|modal| own.strip_prefix(modal));
    let verb = modal.unwrap_or(own);
    if is_said_to_be(verb, PASSIVE) {
        return Some(Standing::Printed);
    }
    // "Prints `ok` to stderr" says where.
    if own.starts_with("to ") && says(own.get(..own.floor_char_boundary(24)).unwrap_or(own), OF_OUTPUT) {
        return None;
    }
    let word = verb.split([' ', ',', '.', ';', ':', ')', '\u{2019}', '\'']).next().unwrap_or_default();
    (modal.is_some() || SUBJECT_VERBS.contains(&word)).then_some(Standing::Subject)
}

/// Verbs and nouns behind code, in languages whose verb stands at the end, that keep it somewhere, liken it, or sum it up.
const KEPT_BEHIND: &[&str] = phrases! {
    "기록된", "기록한", "저장된", "저장한", "생성된", "근방", "부근", "요약이", "요약을", "に記録", "に保存", "に書き込", "が生成", "付近",
    "前後", "の要約", "记录到", "写入", "保存到", "附近", "左右", "的摘要",
};

fn has_foreign_negation(clause: &str) -> bool {
    clause
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|word| matches!(word, "не" | "нет" | "отсутствует" | "fehlt"))
}

/// "Is printed", "appears in the output".
fn is_said_to_be(after: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| after.strip_prefix(phrase).is_some_and(is_of_output))
}

/// Whether nothing follows but where a printed text stands.
fn is_of_output(rest: &str) -> bool {
    if rest.starts_with(|next: char| next.is_alphanumeric()) {
        return false;
    }
    let end = rest.find(['.', ',', ';', ')', '|']).unwrap_or(rest.len());
    let rest = rest[..end].trim_end_matches("and ").trim();
    rest.is_empty() || says(rest, OF_OUTPUT)
}

/// "Is not printed", "must never be shown in the output".
fn is_denied(after: &str) -> bool {
    const SEEN: &[&str] = phrases! {
        "printed", "shown", "displayed", "reported", "listed", "logged", "returned", "output", "emitted", "visible",
        "present", "in the", "appear", "appears", "there", "found",
    };
    let rest = DENIED.iter().find_map(|phrase| after.strip_prefix(phrase));
    rest.is_some_and(|rest| {
        let rest = rest.strip_prefix("be ").unwrap_or(rest);
        SEEN.iter().any(|seen| rest.strip_prefix(seen).is_some_and(is_of_output))
    })
}

/// Whether a preposition right before it makes it a place or a name: "the tests in `src/a.rs`", "equal to `X`".
fn is_named(before: &str) -> bool {
    /// Where the preposition leads to what is printed.
    const LEADS: &[&str] =
        phrases! { "results in", "ends in", "end in", "resulting in", "followed by", "preceded by" };
    let last = before.rsplit(' ').next().unwrap_or_default();
    if last == "of" {
        let noun = before.trim_end_matches(" of").rsplit(' ').next().unwrap_or_default();
        return NAMES.contains(&noun);
    }
    (PLACES.contains(&last) && !LEADS.iter().any(|lead| before.ends_with(lead)))
        || (has_word(before, &["expect", "expected", "expects"]) && THINGS.contains(&last) && !prints(before))
}

/// Whether it is what something is like: "returns the same schema shape as `app api`" prints no `app api`.
fn is_likened(before: &str) -> bool {
    before.ends_with(" as") && has_word(before, &["same", "identical", "identically"])
}

/// Whether a word for printing itself stands in a text.
fn prints(before: &str) -> bool {
    EXPECT.iter().filter(|word| !word.starts_with("expect")).any(|word| rfind_word(before, word).is_some())
}

/// Whether it is what something is expected to do that is no printing: "expect it to create `out/a.json`".
fn is_made(before: &str) -> bool {
    /// Ways to end, behind which "with" leads to what is printed.
    const ENDS: &[&str] = phrases! {
        "be", "fail", "exit", "end", "start", "begin", "finish", "succeed", "pass", "complete", "stop", "abort", "match",
        "respond", "answer", "stdout", "stderr", "the", "standard",
    };
    let Some(at) =
        before.rfind(" to ").filter(|at| has_word(&before[..*at], &["expect", "expected", "expects"]))
    else {
        return false;
    };
    let verbs = &before[at + 4..];
    let first = verbs.split(' ').next().unwrap_or_default();
    !has_word(verbs, EXPECT) && !ENDS.contains(&first)
}

/// Whether another thing than the command shows it: "the log shows `ok`", "the tests should include `Record`".
fn is_of_another(before: &str) -> bool {
    let Some(at) = word_places(before, EXPECT).max() else { return false };
    let subject = before[..at].trim_end();
    let subject = ["should", "must", "will", "now", "still", "also"]
        .iter()
        .fold(subject, |subject, word| subject.strip_suffix(word).unwrap_or(subject).trim_end());
    let last = subject.rsplit([' ', ',']).next().unwrap_or_default();
    let verb = before[at..].split(' ').next().unwrap_or_default();
    // "Running it in an empty directory prints" says of the command what it prints.
    let clause = subject.rsplit([',', ';', '.']).next().unwrap_or(subject).trim_start();
    let clause = ["and ", "but ", "then ", "that "]
        .iter()
        .fold(clause, |own, joint| own.strip_prefix(joint).unwrap_or(own));
    let clause = clause.rsplit_once(" and ").map_or(clause, |(_, own)| own);
    let is_subject = clause == last
        || ["the ", "a ", "an ", "its ", "each ", "this ", "that "]
            .iter()
            .any(|start| clause.starts_with(start));
    (is_subject && OTHERS.contains(&last))
        || (matches!(last, "test" | "tests" | "suite" | "suites")
            && matches!(verb, "include" | "includes" | "contain" | "contains"))
}

/// Whether a noun behind it makes it a name: "the initial `foyer` state" names a state, "prints `ok` lines" prints.
fn by_noun(before: &str, after: &str) -> Standing {
    if !after.starts_with(' ') {
        return Standing::Printed;
    }
    let after = after.trim_start();
    let word = after.split([' ', ',', '.', ';', ':', ')', '\u{2019}']).next().unwrap_or_default();
    let mut last = before.rsplit(' ').filter(|word| !matches!(*word, "a" | "an" | "the" | "one"));
    let last = last.next().unwrap_or_default();
    let noun = word.len() > 2
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        && !BESIDE.contains(&word);
    // "Expect the `users` table to have 3 rows" is about a table.
    let told = last.starts_with("expect")
        && (THINGS.contains(&word) || after.get(word.len()..).is_some_and(|rest| rest.starts_with(" to ")));
    if noun && told {
        return Standing::Subject;
    }
    // "Includes `compileall` success", "the cross-tenant `404` scenarios": the code says what succeeds, or what is tested.
    if DESCRIBED.contains(&word) {
        return Standing::Named;
    }
    if !noun || EXPECT.contains(&last) || before.ends_with(" of") {
        return Standing::Printed;
    }
    let mut next = after.split([' ', ',', '.', ';']).skip(1).take(2);
    if next.any(|word| SUBJECT_VERBS.contains(&word)) { Standing::Subject } else { Standing::Named }
}

/// Nouns of what happens, which code before them names.
const DESCRIBED: &[&str] = phrases! {
    "success", "failure", "completion", "coverage", "support", "behavior", "behaviour", "handling", "scenario",
    "scenarios", "usage", "semantics", "compatibility",
};

/// Whether what is before it turns it into its opposite. A negation of something else in the sentence does not: in "ends
/// without errors, and prints `ok`" it is printed, and where that cannot be told, words are kept.
fn denied(before: &str) -> Standing {
    /// The most words between a negation and what it denies.
    const MOST: usize = 6;
    let clause = last_clause(before);
    if !negates(clause) {
        return Standing::Printed;
    }
    let at = NEGATION_WORDS.iter().filter_map(|word| ends_with_word(clause, word)).max();
    // Other scripts and "n't" have no word of their own for it.
    let Some(at) = at else { return Standing::Absent };
    let tail = clause[at..].trim();
    let words: Vec<&str> = tail.split_whitespace().collect();
    let bare = words
        .iter()
        .all(|word| matches!(*word, "a" | "an" | "any" | "the" | "more" | "line" | "with" | "text" | "such"));
    let told = has_word(tail, EXPECT) || !clause[..at].trim_end().ends_with("without");
    if bare || (told && words.len() <= MOST && !tail.contains(',') && !has_word(tail, &["but", "and"])) {
        Standing::Absent
    } else {
        Standing::Named
    }
}

/// The last clause, where that has a verb of its own for what is printed.
fn last_clause(before: &str) -> &str {
    [" and ", ", ", "; ", " but ", " then ", "，", "；"]
        .iter()
        .filter_map(|joint| before.rfind(joint).map(|at| &before[at + joint.len()..]))
        .filter(|rest| has_word(rest, EXPECT) || negates(rest))
        .min_by_key(|rest| rest.len())
        .unwrap_or(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_printed_as_an_object_and_not_as_a_subject() {
        for (before, after, is) in [
            ("and expect ", ".", Standing::Printed),
            ("expected: ", "", Standing::Printed),
            ("it prints ", " lines and more", Standing::Printed),
            ("so that ", " is printed", Standing::Printed),
            ("then ", " appears in the output", Standing::Printed),
            ("and shows ", " and", Standing::Printed),
            ("and shows a ", " line", Standing::Printed),
            ("prints ", " to stderr", Standing::Printed),
            ("expect the command to print ", ".", Standing::Printed),
            ("expect it to fail with ", ".", Standing::Printed),
            ("ends without errors, and prints ", "", Standing::Printed),
            ("expected: ", " contains ", Standing::Subject),
            ("expected: ", " exists.", Standing::Subject),
            ("expect ", " to equal ", Standing::Subject),
            ("the initial ", " state is displayed as ", Standing::Subject),
            ("expected: ", " is displayed as ", Standing::Subject),
            ("the new ", " dependency", Standing::Named),
            ("expect the tests in ", " to pass", Standing::Subject),
            ("expect the tests in ", "", Standing::Named),
            ("expect it to create ", "", Standing::Named),
            ("the log shows ", "", Standing::Named),
            ("prints ", " or ", Standing::Named),
            ("prints at most ", "", Standing::Named),
        ] {
            assert_eq!(standing(None, before, after, "x"), is, "{before}{after}");
        }
        assert_eq!(standing(None, "all commands exit ", ".", "0"), Standing::Status);
    }

    #[test]
    fn a_text_is_denied_before_it_or_behind_it_in_many_languages() {
        for (before, after) in [
            ("must not print ", "."),
            ("never prints ", "."),
            ("but not ", "."),
            ("the output lacks ", "."),
            ("expect ", " to disappear."),
            ("expect ", " is not printed."),
            (" 输出不包含 ", "。"),
            (" 不应输出 ", "。"),
            (" не выводит ", "."),
            (" gibt kein ", " aus"),
            (" n'affiche pas ", "."),
            (" não imprime ", "."),
            (" 출력에 ", "가 없어야 한다."),
            (" の出力に ", " が含まれないこと。"),
        ] {
            assert_eq!(standing(None, before, after, "x"), Standing::Absent, "{before}{after}");
        }
        assert_eq!(standing(Some(Standing::Absent), " nor ", ".", "x"), Standing::Absent);
        assert_eq!(standing(None, "prints, without a warning about it, ", ".", "x"), Standing::Named);
    }
}
