//! What the words around a success say beyond it, so that an exit status alone would prove less than they ask for.

use super::words::{
    AND_MORE, BESIDE, BOUND, CLAIM, EXPECT, MORE, OTHER_END, PLACES, SPEAKS, find, has_word, negates, says,
};

/// Whether more is stated in a lower-case clause, whose word of success stands at `at`, than that a command ends well.
pub(super) fn says_more(lower: &str, at: usize) -> bool {
    let (before, from) = lower.split_at(at);
    // "Must report success" states no more than success itself.
    let reports = ["report ", "reports "].iter().any(|verb| before.ends_with(verb));
    let speaks = !reports && has_word(before, SPEAKS);
    // An arrow or a dash makes no other language.
    let foreign =
        !lower.is_ascii() && lower.chars().any(|letter| !letter.is_ascii() && letter.is_alphabetic());
    let more = foreign
        && (says(before, MORE) || says(from, AND_MORE) || before.bytes().any(|byte| byte.is_ascii_digit()));
    // Of two ends that are both good, the exit status of one says nothing.
    let bound =
        has_word(from, BOUND) || from.split_once(" or ").is_some_and(|(_, other)| has_word(other, OTHER_END));
    // How it must succeed is more than that it does: "passes without warnings", "passes with at most 3 of them".
    let limited = is_limited(lower) || says(before, HOW_MANY) || has_word(from, SHOWING);
    // "Expect old hits until the milestone is complete", "the gate, once all milestones are complete, is `make gate`": what is
    // complete then is not the command.
    let clause = before.rsplit(',').next().unwrap_or_default();
    let later = has_word(before, &["until"]) || has_word(clause, &["once"]);
    // What is turned into its opposite before the word of success is more than an exit status says.
    let turned = negates(before) && !before.contains("no ");
    speaks
        || more
        || bound
        || limited
        || later
        || turned
        || is_timed(lower)
        || is_counted(before)
        || is_of_a_thing(from)
        || is_without_a_thing(from)
}

/// Whether a clause limits how something may end well: "exit code 0, no warnings".
pub(super) fn is_limited(lower: &str) -> bool {
    says(lower, LIMITS)
}

/// Words behind success that limit how it may come about.
const LIMITS: &[&str] = phrases! {
    "no new ", "at most ", "no more than ", "fewer than ", "less than ", "without warning", "no warnings",
    "without new ", "zero warning", "0 warning", "warnings only", "warning-free", "without any warning", "fewer ",
    "with at least ", "with exactly ", "with more than ",
};
/// Words before success that say how many succeed.
const HOW_MANY: &[&str] = phrases! { "at least ", "exactly ", "more than ", "no less than ", "≥" };
/// Verbs behind success by which something must be seen beside it.
const SHOWING: &[&str] =
    phrases! { "showing", "printing", "displaying", "reporting", "listing", "producing" };

/// "Completes within 5 minutes": how long it may take is more than that it ends.
fn is_timed(lower: &str) -> bool {
    ["within ", "in under ", "in less than ", "under ", "in at most "].iter().any(|word| {
        lower.split(word).skip(1).any(|rest| {
            rest.trim_start_matches(['~', '`', '<', ' ']).starts_with(|next: char| next.is_ascii_digit())
        })
    })
}

/// "24 focused unit tests pass" says how many there are of a kind, and no runner prints it so that it could be compared.
/// "12 tests pass" is how people tell what a suite came to, and "all 24 tests pass" asks for no more than all of them.
fn is_counted(before: &str) -> bool {
    /// The fewest words between a number and its success that make a kind of what is counted.
    const FEWEST: usize = 3;
    let own = before.trim_start_matches(|mark: char| !mark.is_alphanumeric());
    let words = own.trim_start_matches(|digit: char| digit.is_ascii_digit());
    words.len() < own.len() && words.starts_with(' ') && words.split_whitespace().count() >= FEWEST
}

/// Whether the word of success is only said of a thing that is no run: "passing cases for `x`", "clean shutdown". A clean
/// build and a passing suite are what a command comes to.
fn is_of_a_thing(from: &str) -> bool {
    const ADJECTIVES: &[&str] = &["passing", "clean", "green", "successful"];
    const RUNS: &[&str] = phrases! {
        "build", "builds", "run", "runs", "test", "tests", "suite", "suites", "check", "checks", "exit", "result", "results",
        "output", "compile", "compilation", "lint", "status", "typecheck", "gate", "gates", "pipeline", "unit", "state",
        "working", "tree", "worktree", "completion", "validation", "deployment", "execution", "verification", "install", "diff", "pass", "compiles", "builds", "report", "exits", "ci", "bill",
    };
    const ELSE: &[&str] = phrases! {
        "again", "now", "or", "as", "if", "both", "all", "this", "too", "also", "still", "by", "so", "including", "even",
        "either", "already", "over", "throughout", "during", "regardless", "apart", "except", "under", "unless", "is", "are",
        "on", "everywhere", "otherwise", "immediately", "every", "each", "its", "his", "your", "our",
    };
    let Some(rest) = ADJECTIVES.iter().find_map(|word| from.strip_prefix(word)) else { return false };
    let Some(rest) = rest.strip_prefix(' ') else { return false };
    let word = rest.split(' ').next().unwrap_or_default();
    let ends = word.trim_end_matches([',', '.', ';', ':', ')', '*']);
    let is_word = ends.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') && ends.len() > 1;
    let other = BESIDE.contains(&ends) || PLACES.contains(&ends) || ELSE.contains(&ends);
    is_word && !ends.ends_with("ly") && !other && !RUNS.contains(&ends)
}

/// Whether what it must do without is something particular: "completes without error code 14", "succeeds without TypeScript
/// errors". That nothing at all goes wrong is what success means.
fn is_without_a_thing(from: &str) -> bool {
    const WRONG: &[&str] = phrases! {
        "error", "errors", "failure", "failures", "failing", "issue", "issues", "problem", "problems", "regression",
        "regressions", "crash", "crashes", "crashing", "erroring", "exception", "exceptions", "warning", "warnings",
    };
    const NONE: &[&str] = &["a", "an", "any", "further", "single"];
    let Some(at) = find(from, "without ") else { return false };
    // Right behind the word of success, or an adverb; elsewhere it tells of what is done, and how.
    if from[..at].split_whitespace().count() > 2 || from[..at].contains([',', ';', '(', '`']) {
        return false;
    }
    let mut words = from[at + "without ".len()..].split(' ').filter(|word| !NONE.contains(word));
    let first = words.next().unwrap_or_default();
    let wrong = first.trim_end_matches([',', '.', ';', ':', ')', '*', ' ']);
    if !WRONG.contains(&wrong) {
        return true;
    }
    // Of "error code 14" the first word only says what the second is.
    let next = words.next().unwrap_or_default();
    let goes_on = wrong.len() == first.len() && next.starts_with(|letter: char| letter.is_alphanumeric());
    goes_on && !BESIDE.contains(&next) && !PLACES.contains(&next) && !matches!(next, "or" | "as" | "if")
}

/// Phrases by which a command must not fail, which is that it ends well.
const NEVER_FAILS: &[&str] = phrases! {
    "not error", "not error out", "not fail", "n't error", "n't error out", "n't fail", "never fail", "never fails",
    "never errors", "no longer fail", "no longer fails", "no longer errors", "no longer errors out", "without failing",
    "without erroring", "not crash", "n't crash", "no longer crashes", "not be failing",
};

/// Whether a lower-case clause says that a command must not fail, and nothing else: neither how, as in "must not fail
/// silently", nor when.
pub(super) fn never_fails(lower: &str) -> bool {
    let own = lower.trim_end_matches(['.', ' ', ',', ')', '*', '_', ':']);
    NEVER_FAILS.iter().filter_map(|phrase| own.strip_suffix(phrase)).any(|before| {
        !has_word(before, EXPECT)
            && !has_word(before, SPEAKS)
            && !has_word(
                before,
                &["if", "when", "where", "unless", "may", "might", "or", "and", "need", "needs", "have"],
            )
    })
}

/// Whether a lower-case clause says of something that it compiles or builds, and no more: a command that ends well is how
/// that is seen. "`make x` and ensure the solution builds".
pub(super) fn compiles(lower: &str) -> bool {
    /// The most words of such a clause.
    const MOST: usize = 9;
    /// Words behind which the verb is a noun.
    const OF_NOUNS: &[&str] =
        &["the", "all", "their", "these", "any", "of", "both", "nightly", "release", "debug"];
    /// Verbs that lead to it, and say nothing themselves.
    const LEADS: &[&str] = phrases! { "to confirm", "to ensure", "ensure", "confirm that", "verify that", "check that", "see that", "make sure", "to verify that" };
    let own = lower.trim_matches([' ', '.', ',', ')', '(', '*', '_', ':']);
    let Some(before) = ["compiles", "builds", "type-checks", "typechecks", "type checks", "links"]
        .iter()
        .find_map(|verb| own.strip_suffix(verb))
    else {
        return false;
    };
    let is_word = before.is_empty() || before.ends_with(' ');
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let claims = CLAIM.iter().filter(|word| !LEADS.contains(word)).copied();
    is_word
        && !OF_NOUNS.contains(&last)
        && before.split_whitespace().count() < MOST
        && !negates(before)
        && !claims.into_iter().any(|word| super::words::rfind_word(before, word).is_some())
        && !has_word(before, &["if", "when", "where", "unless", "only", "or", "with", "without", "zero"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_beside_success_is_more() {
        let more = |lower: &str, word: &str| says_more(lower, lower.find(word).unwrap());
        for (lower, word) in [
            (" completes without prisma error code 14.", "completes"),
            (" completes without error code 14.", "completes"),
            ("24 focused unit and integration-style tests pass.", "pass"),
            (": 3 new parser tests pass", "pass"),
            ("expect explicit passing cases for `x`", "passing"),
            ("expect clean subprocess shutdown.", "clean"),
            ("expect the suite to include new tests and pass", "pass"),
            (" succeeds without a prompt", "succeeds"),
            ("the gate, once all milestones are complete, is this:", "complete"),
        ] {
            assert!(more(lower, word), "{lower}");
        }
        for (lower, word) in [
            (" completes without errors on node 20.", "completes"),
            (" completes without any failures, and quickly", "completes"),
            (" succeeds against a server without a password", "succeeds"),
            ("12 tests pass.", "pass"),
            ("once it is built, all tests pass.", "pass"),
            ("all 24 focused unit tests pass.", "pass"),
            ("expect a clean run", "clean"),
            ("expect all tests passing again", "passing"),
            (" is clean for both targets", "clean"),
        ] {
            assert!(!more(lower, word), "{lower}");
        }
    }

    #[test]
    fn no_failure_is_success_where_nothing_says_how_or_when() {
        for lower in [" must not error", "it should not fail.", " no longer fails", " doesn't error out."] {
            assert!(never_fails(lower), "{lower}");
        }
        for lower in [
            " must not fail silently",
            " should not fail when offline",
            " prints a warning and must not fail",
            " may not fail",
            " must not fail or hang",
            " need not fail",
            "if it is offline, it must not fail",
        ] {
            assert!(!never_fails(lower), "{lower}");
        }
    }

    #[test]
    fn what_compiles_ends_well() {
        for lower in [
            "compiles",
            " compiles.",
            "to confirm the e2e crate compiles",
            ", and ensure the solution builds",
        ] {
            assert!(compiles(lower), "{lower}");
        }
        for lower in [
            " shows that the crate compiles",
            " compiles two crates",
            "for all builds",
            " recompiles",
            " lists what compiles",
        ] {
            assert!(!compiles(lower), "{lower}");
        }
    }
}
