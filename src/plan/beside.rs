//! Whether words that stand beside a success or a status ask for more than an exit status can show.
//!
//! What is harmless is known, and anything else is kept: a place, a purpose, or a list of what is run asks for nothing more;
//! a number, a comparison, a clause with a verb of its own, or how something must end does.

use super::words::{
    CLAIM, NOUNS, PLACES, STATES, SUBJECTS, SUCCESS, begins, ends_as_verb, has_word, rfind_word, says,
};

/// Whether what stands behind the word of success or the status asks for more than that.
pub(super) fn asks_for_more(tail: &str) -> bool {
    // Behind most words of success nothing stands.
    let tail = tail.trim_start_matches(['*', '_', '`', '"', '”', ')']);
    if !tail.contains(char::is_alphanumeric) {
        return false;
    }
    if counts(tail) || is_foreign_clause(tail) {
        return true;
    }
    // What it is run for is told to the end of the sentence.
    let purpose = tail.trim_start().starts_with("to ");
    let clauses = if purpose { Vec::new() } else { clauses(tail) };
    // "Exits 2 and a usage message", "exits 0 and stdout holds the id": what is joined to success itself.
    let joined = tail.starts_with(" and ") && clauses.get(1).is_some_and(|clause| is_joined(clause));
    joined || clauses.into_iter().enumerate().any(|(index, clause)| clause_asks(clause, index == 0))
}

/// Whether a text tells a number of something, or compares one. Names end in numbers, too ("Node 20", "milestone 2"), and
/// how many tests there are is how people tell what a suite came to.
pub(super) fn counts(text: &str) -> bool {
    const WORDS: &[&str] =
        phrases! { "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "half" };
    /// Words behind a number by which it counts nothing.
    const JOINS: &[&str] = phrases! { "and", "or", "on", "in", "with", "for", "from", "to", "as", "is", "are", "when", "by", "via", "using", "after", "before" };
    const TESTED: &[&str] = phrases! {
        "test", "tests", "doctests", "passed", "failed", "skipped", "ignored", "failures", "unit", "of the", "suites", "error", "errors",
    };
    const COMPARED: &[&str] = phrases! {
        "above", "below", "than", "least", "most", "exactly", "under", "over", "within", "exceeds", "to", "reaches", "every", "all", "only",
    };
    if has_word(
        text,
        &["twice", "thrice", "in a row", "every time", "each time", "consecutive", "consecutively"],
    ) {
        return true;
    }
    let mut in_code = false;
    let mut before = "";
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let was_code = in_code;
        in_code ^= word.bytes().filter(|byte| *byte == b'`').count() % 2 == 1;
        let bare = word.trim_matches([',', '.', ';', ':', ')', '(', '*', '~']);
        let next = words.peek().map_or("", |next| next.trim_matches([',', '.', ';', ':', ')', '*']));
        let signed = bare.trim_start_matches(['<', '>', '≥', '≤', '=', '≈']);
        let sign = signed.len() < bare.len() || before.ends_with(['<', '>', '≥', '≤', '≈']);
        let number = signed.starts_with(|digit: char| digit.is_ascii_digit());
        if !was_code && !word.contains('`') && (number || WORDS.contains(&bare)) {
            let unit = number && signed.ends_with(|end: char| end == '%' || end.is_alphabetic());
            let ends = word.ends_with([',', '.', ';', ':', ')']);
            let counted = !ends
                && (next == "%" || next.starts_with(char::is_alphabetic))
                && !JOINS.contains(&next)
                && !TESTED.contains(&next);
            let none = matches!(signed, "0" | "1.0");
            if sign || (unit && !none) || (counted && !none) || (number && COMPARED.contains(&before)) {
                return true;
            }
        }
        before = bare;
    }
    false
}

/// The clauses of a text, each without the joint before it.
fn clauses(tail: &str) -> Vec<&str> {
    const JOINTS: &[&str] = &[", ", "; ", ": ", " — ", " – ", " - ", " (", ". ", " and ", " but ", " while "];
    let mut found = Vec::new();
    let mut start = 0;
    // From place to place, since to look for each joint anew behind every clause takes time with the square of a list.
    for (at, _) in tail.match_indices([',', ';', ':', '.', ' ']) {
        if at < start {
            continue;
        }
        if let Some(joint) = JOINTS.iter().find(|joint| tail[at..].starts_with(**joint)) {
            found.push(&tail[start..at]);
            start = at + joint.len();
        }
    }
    found.push(&tail[start..]);
    found
}

/// Whether one clause asks for more; `first` where it stands right behind the word of success, and is what it governs.
fn clause_asks(clause: &str, first: bool) -> bool {
    /// Words of where, when, by what and for what it holds, and of what is told once more or explained.
    const CIRCUMSTANCES: &[&str] = phrases! {
        "in", "on", "from", "at", "before", "after", "for", "using", "against", "again", "now", "to", "as", "both", "via", "by",
        "under", "across", "since", "because", "so", "even", "when", "if", "once", "until", "which", "locally", "including",
        "incl", "include", "e.g", "i.e", "running", "covering", "demonstrating", "confirming", "proving", "validating",
        "verifying", "exercising", "indicating", "meaning", "validates", "verifies", "covers", "tests", "checks", "runs",
        "proves", "confirms", "uses",
    };
    /// What a command is told to do next is no more of this one.
    const ORDERS: &[&str] = phrases! { "run", "rerun", "re-run", "confirm", "check", "verify", "open", "record", "commit", "see", "use", "then run" };
    const LEADS: &[&str] = &["and ", "then ", "also ", "still ", "but ", "that "];
    let mut own = clause.trim_matches([' ', '.', ',', ')', '(', '*', '_', ':']);
    while let Some(rest) = LEADS.iter().find_map(|lead| own.strip_prefix(lead)) {
        own = rest;
    }
    let word = own.split([' ', ',', '.', ';']).next().unwrap_or_default();
    if own.starts_with("at least ") || own.starts_with("at most ") {
        return true;
    }
    let wrong = own.starts_with("no failing") || own.starts_with("no regression");
    if wrong || CIRCUMSTANCES.contains(&word) || ORDERS.contains(&word) || has_word(own, SUCCESS) {
        return false;
    }
    if matches!(word, "with" | "without") {
        return how_asks(own);
    }
    // "Passes all tests": what success governs is what is run.
    if first {
        return has_word(own, &["must", "should"]);
    }
    let participle = word.ends_with("ing") && own.len() > word.len();
    let verb = own.len() > word.len() && begins_as_verb(word);
    participle
        || verb
        || has_word(own, CLAIM)
        || has_word(own, STATES)
        || has_word(own, &["no", "not", "never"])
        || has_own_verb(own)
}

/// Whether a clause right behind "and" is a thing of its own, or a subject with its verb.
fn is_joined(clause: &str) -> bool {
    let words: Vec<&str> = clause.split_whitespace().collect();
    let thing = matches!(words.first(), Some(&("a" | "an")));
    let verb = words.len() > 2 && words[1..words.len() - 1].iter().any(|word| begins_as_verb(word));
    (thing || verb) && !has_word(clause, SUCCESS)
}

/// "With a table", "with no warnings": how something ends is asked for, but that nothing goes wrong is what success means.
fn how_asks(own: &str) -> bool {
    const WRONG: &[&str] = phrases! {
        "no error", "no errors", "no failure", "no failures", "zero errors", "zero failures", "0 errors", "0 failures", "without error",
        "without errors", "without any error", "without any errors", "without failures", "without issues", "without failing",
        "no issues", "no problems", "no regressions", "without regressions", "without problems",
    };
    /// What a suite is run with, and what a status is named by.
    const RUN_WITH: &[&str] = phrases! {
        "with new", "with the new", "with code", "with exit", "with status", "with the change", "with the changes", "with the fix",
        "with the patch", "with this", "with these", "with the updated", "with the existing", "with the same", "with `",
    };
    !WRONG.iter().chain(RUN_WITH).any(|known| {
        own.strip_prefix(known)
            .or_else(|| own.strip_prefix("with ").and_then(|own| own.strip_prefix(known)))
            .is_some_and(|rest| {
                known.ends_with('`') || !rest.starts_with(|next: char| next.is_alphanumeric())
            })
    })
}

/// Whether a word that a clause begins with is a verb: "creates", "turns".
fn begins_as_verb(word: &str) -> bool {
    let known = matches!(
        word,
        "print" | "produce" | "create" | "write" | "generate" | "list" | "show" | "emit" | "leave" | "update"
    );
    known || (word.len() > 3 && ends_as_verb(word) && !NOUNS.contains(&word))
}

/// Whether a clause that begins with its subject goes on with a verb: "the page turns red".
fn has_own_verb(own: &str) -> bool {
    let mut words = own.split_whitespace();
    let subject = words
        .next()
        .is_some_and(|word| matches!(word, "the" | "a" | "an" | "its" | "each" | "every" | "all" | "there"));
    let words: Vec<&str> = words.collect();
    subject
        && words.len() > 2
        && words[1..words.len() - 1].iter().any(|word| begins_as_verb(word) && !PLACES.contains(word))
}

/// Whether a second statement is joined to success in a language that is not looked at word by word.
fn is_foreign_clause(tail: &str) -> bool {
    const JOINTS: &[&str] = &[
        "但",
        "而",
        "超过",
        "不少于",
        "、",
        "，",
        "；",
        ", ",
        "; ",
        " y ",
        " e ",
        " und ",
        " et ",
        " и ",
        " а ",
        " но ",
        " dan ",
        " oraz ",
        " ve ",
        "并",
        "且",
        "하고 ",
        "하며 ",
        "되고 ",
        "되며 ",
        "고 ",
        "며 ",
    ];
    let letter = |letter: char| !letter.is_ascii() && letter.is_alphabetic();
    let romance = || says(tail, &[" y ", " und ", " et ", " dan ", " oraz "]);
    if !tail.contains(letter) && !romance() {
        return false;
    }
    let joined = JOINTS.iter().filter_map(|joint| Some(tail.find(joint)? + joint.len())).min();
    let told = joined.map(|at| &tail[at..]).is_some_and(|rest| {
        rest.chars().filter(|letter| letter.is_alphanumeric()).count() > 1 && !has_word(rest, SUCCESS)
    });
    let number = tail.contains(|digit: char| digit.is_ascii_digit());
    told || number
}

/// What stands behind the word of success at a place: the longest of those that begin there.
pub(super) fn behind_success(lower: &str, at: usize) -> &str {
    let from = &lower[at..];
    let length = SUCCESS.iter().filter(|word| from.starts_with(**word)).map(|word| word.len()).max();
    &from[length.unwrap_or(0)..]
}

/// Whether the word of success at a place is turned into its opposite: "no pasa", "ne réussit pas", "통과하지 않는다". What is
/// no error is success, and its word begins with the negation.
pub(super) fn is_turned(lower: &str, at: usize) -> bool {
    /// Negations right before a verb in languages where "no" is one.
    const BEFORE: &[&str] =
        &["no", "não", "nicht", "не", "nie", "tidak", "non", "ne", "n't", "never", "nunca", "jamais"];
    const BEHIND: &[&str] =
        &["지 않", "지 못", "지않", "지못", "ない", "ません", "なかった", "できず", "しなく", "失败", "失敗"];
    let before = lower[..at].trim_end_matches([' ', '*', '_', '`']);
    let blank = before.len() < at;
    let last = before.rsplit(' ').next().unwrap_or_default();
    if blank && BEFORE.contains(&last) {
        return true;
    }
    let tail = behind_success(lower, at);
    let own = &tail[..tail.find([',', '、', '，', '.', '。', ';', '；']).unwrap_or(tail.len())];
    let french = has_word(own, &["pas", "nicht", "jamais"]) && own.split_whitespace().count() < 3;
    (!lower.is_ascii() && says(own, BEHIND)) || french
}

/// Whether what looks like a word of success is a part of another: パス of 出力パス is a path, and 成功率 a rate.
pub(super) fn is_part_of_noun(lower: &str, at: usize) -> bool {
    const RATES: &[&str] = &["率", "率", "률", "율"];
    if lower.is_ascii() {
        return false;
    }
    let tail = behind_success(lower, at);
    let path = lower[at..].starts_with("パス")
        && ["が", "を", "に", "の", "は", "へ", "で", "名", "ワード", "と"]
            .iter()
            .any(|next| tail.starts_with(next));
    path || RATES.iter().any(|rate| tail.starts_with(rate))
}

/// Whether a sentence behind one that states success asks for more of the same command: it counts, says what must be, or
/// what is seen.
pub(super) fn goes_on(lower: &str) -> bool {
    const SEEN: &[&str] = phrases! {
        "lists", "shows", "contains", "creates", "prints", "writes", "returns", "displays", "stays", "remains", "holds",
    };
    let own = lower.trim_matches([' ', '.', ',', ')', '(']);
    let must = || rfind_word(own, "must").is_some_and(|at| !own[..at].ends_with("that "));
    let seen = || (begins(own, SUBJECTS) || own.starts_with("it ")) && has_word(own, SEEN);
    counts(own) || must() || seen()
}
