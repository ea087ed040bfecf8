//! How words say what is expected of a command: an exit status, a count, nothing at all, success or failure, or more than
//! can be compared.

use crate::expectation::{Expectation, Mode};

use super::check::ExitStatus;
use super::words::{
    EXPECTATION, FAILS, FAILURE, FOUND, NOT_FOUND, RED, RUN_BEHIND, SUCCESS, begins, ends_as_verb, has_word,
    plain, says, word_places,
};
use super::{beside, service, shape};

/// Words of what holds once the work is done.
const LATER: &[&str] = phrases! {
    "after", "afterwards", "now", "once", "then", "on this branch", "on the branch", "on this", "with the change",
    "with the fix", "with the patch", "with this", "afterward", "post-change", "改后", "変更後", "之后",
};

/// "Still pass or only fail where the mock is old": both ends are good, so that neither is asked for.
pub(super) fn allows_either(lower: &str) -> bool {
    let mut others = lower.split(" or ").skip(1).map(|other| other.split(' ').take(2));
    others.any(|mut words| words.any(|word| FAILS.contains(&word) || SUCCESS.contains(&word)))
}

/// Whether a clause says that a command works, and no more: "`ffmpeg -version` works in the shell". With what, how fast or
/// for whom it works must be seen, and of what serves that it works is seen from outside.
pub(super) fn works(lower: &str) -> bool {
    const WHERE: &[&str] = &[
        "",
        "locally",
        "here",
        "in the shell",
        "in a shell",
        "in the terminal",
        "from the shell",
        "from the terminal",
    ];
    let own = lower.trim_matches([' ', '.', ',', ')', '(', '*', '_', ':']);
    let own = ["must ", "should "].iter().find_map(|modal| own.strip_prefix(modal)).unwrap_or(own);
    let place = ["works", "work"].iter().find_map(|verb| own.strip_prefix(verb));
    place.is_some_and(|place| WHERE.contains(&place.trim_start()))
}

/// Whether success is stated beside failure, for another time or place: "`new` to pass and `old` to fail" wants both now.
pub(super) fn passes_later(lower: &str) -> bool {
    has_word(lower, SUCCESS) && (has_word(lower, RED) || has_word(lower, LATER))
}

/// Whether both how it fails now and how it passes later are said, in two clauses.
pub(super) fn has_both_ends(lower: &str) -> bool {
    let Some((now, later)) = lower.split_once([';', '；']) else { return false };
    says(now, FAILURE) && has_word(later, SUCCESS) && (has_word(later, LATER) || has_word(now, RED))
}

/// Where the first word of success of a clause stands, that is no code and no part of another word.
pub(super) fn success_at(lower: &str) -> Option<usize> {
    word_places(lower, SUCCESS)
        .filter(|at| !is_in_code(lower, *at) && !beside::is_part_of_noun(lower, *at))
        .min()
}

/// Whether a place of a text stands between backticks, so that it is no word of its sentence.
fn is_in_code(text: &str, at: usize) -> bool {
    text[..at].bytes().filter(|byte| *byte == b'`').count() % 2 == 1
}

/// "`shop serve` can start from the same database": what it is able to do must be seen. That it can be skipped, or can take
/// long, explains it.
pub(super) fn is_able(lower: &str) -> bool {
    let able = lower.trim_start().strip_prefix("can ");
    able.is_some_and(|rest| !begins(rest, &["be ", "take ", "also be ", "only be ", "help"]))
}

/// "To ensure no regressions": what a test is run for, and nothing that could be seen beside its success.
pub(super) fn is_purpose(lower: &str) -> bool {
    const NONE: &[&str] = phrases! { "no regressions", "no regression", "there are no regressions", "nothing broke", "nothing regressed", "nothing breaks" };
    let own = lower.trim_matches([' ', '.', ',', ')', '(']);
    let own = own.strip_prefix("and ").map_or(own, |rest| if rest.starts_with("to ") { own } else { rest });
    let verbs = [
        "to ensure ",
        "to confirm ",
        "to verify ",
        "to check ",
        "to make sure ",
        "to ensure that ",
        "ensure ",
        "confirm ",
        "verify ",
        "check for ",
        "make sure ",
    ];
    let own = verbs.iter().filter_map(|verb| own.strip_prefix(verb)).min_by_key(|rest| rest.len());
    own.is_some_and(|own| NONE.contains(&own))
}

/// "If it reports a defect, record it": what to do where something is wrong is no more that must hold.
pub(super) fn is_remedy(lower: &str) -> bool {
    const WRONG: &[&str] = phrases! { "defect", "defects", "error", "errors", "bug", "bugs", "warning", "warnings", "differs", "not", "missing", "unavailable" };
    let own = lower.trim_start();
    let condition = own.split([',', '—', ':']).next().unwrap_or(own);
    // "If the report does not list all 3 users, the criterion fails" is what must hold, said the other way round.
    let bound = own[condition.len()..].contains("fails")
        || (begins(own, &["otherwise"]) && has_word(own, &["must", "should"]));
    begins(own, &["if ", "otherwise", "should it ", "when it fails"])
        && !bound
        && (has_word(condition, FAILS) || has_word(condition, WRONG) || begins(own, &["otherwise"]))
}

/// A text without the verbs that are nouns by what stands before them: "capturing outputs", "all reports".
pub(super) fn without_nouns(lower: &str) -> std::borrow::Cow<'_, str> {
    /// Those that look the same.
    const ALIKE: &[&str] = phrases! { "outputs", "reports", "lists", "matches", "logs", "starts", "builds", "returns", "prints" };
    if !has_word(lower, ALIKE) {
        return lower.into();
    }
    let mut before = "";
    let mut kept = String::with_capacity(lower.len());
    for word in lower.split(' ') {
        let bare = word.trim_matches([',', '.', ';', ':', ')', '(']);
        let noun = ALIKE.contains(&bare)
            && (before.ends_with("ing")
                || matches!(before, "the" | "all" | "their" | "these" | "any" | "of"));
        if !noun {
            kept.push_str(word);
            kept.push(' ');
        }
        before = bare;
    }
    kept.into()
}

/// "And verify the title is shown": an order to look at what the command did. Where it leads to one more command, that
/// one is what verifies.
pub(super) fn asks_to_see(lower: &str, command: &str) -> bool {
    const ORDERS: &[&str] = phrases! {
        "and verify", "and confirm", "and check that", "and ensure", "and make sure", "then verify", "then confirm",
        "then check that", "and observe", "and look for", "and see that", "and check the",
    };
    const LEADS: &[&str] = &[" with", " by", " using", " via", " through", " running", " run", " executing"];
    let own = lower.trim_start_matches([' ', ',', ';']);
    let end = own.trim_end_matches([' ', ':', ',']);
    // "Start it with `shop serve` and verify:" leads to what is seen while it runs, and says nothing of its end.
    if service::serves(command) && own.trim_end().ends_with(':') && ORDERS.contains(&end) {
        return false;
    }
    // "Then verify the behavior as described below" only leads on.
    let leads = has_word(end, &["below", "following", "as described", "above"]);
    let code = ["and check `", "and inspect `", "then check `"].iter().any(|order| own.starts_with(order));
    !leads
        && (code
            || ORDERS.iter().any(|order| {
                own.strip_prefix(order).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            }))
        && !LEADS.iter().any(|lead| end.ends_with(lead))
}

/// A sentence without a label such as "Expected result before the change:".
pub(super) fn without_label(sentence: &str) -> &str {
    let Some((label, rest)) = sentence.split_once([':', '：']) else { return sentence };
    if begins(&plain(label), EXPECTATION) { rest } else { sentence }
}

/// Whether nothing is said: no letter and no number.
pub(super) fn is_blank(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

/// Words of a sentence that allow some hits: "no active usage", "only historical references (or zero runtime ones)".
const RESTRICTED: &[&str] =
    phrases! { "only", "active", "runtime", "historical", "intentional", "intentionally" };

/// "No references", "no live production references", "zero remaining hits".
pub(super) fn finds_nothing(lower: &str) -> bool {
    /// The most words between the number and what is counted.
    const MOST: usize = 3;
    if says(lower, &["more than zero", "more than 0", "> 0"]) || has_word(lower, RESTRICTED) {
        return false;
    }
    if says(lower, NOT_FOUND) {
        return true;
    }
    let mut reach = 0;
    lower.split_whitespace().any(|word| {
        if matches!(word, "no" | "zero" | "0") {
            reach = MOST + 1;
            return false;
        }
        let ends = word.ends_with([',', '.', ';', ':', ')']);
        let found = reach > 0 && FOUND.contains(&word.trim_end_matches([',', '.', ';', ':', ')']));
        reach = if ends { 0 } else { usize::saturating_sub(reach, 1) };
        found
    })
}

/// Whether a clause begins with it that nothing is listed: "returns no files".
pub(super) fn lists_nothing(lower: &str) -> bool {
    const VERBS: &[&str] = phrases! {
        "returns no ", "return no ", "prints no ", "print no ", "lists no ", "list no ", "finds no ", "find no ", "shows no ",
        "show no ", "outputs no ", "output no ", "yields no ", "expect no ", "expects no ",
    };
    let words = [VERBS.iter(), ["must ", "should "].iter()];
    let own = lower.trim_start_matches([' ', '*', '_', ':', '—', '–', '-', '(', '→']);
    let own = words[1].clone().find_map(|modal| own.strip_prefix(modal)).unwrap_or(own);
    let listed = words[0].clone().find_map(|verb| own.strip_prefix(verb));
    let Some((noun, behind)) =
        listed.map(|rest| rest.split_at(rest.find([' ', ',', '.', ';', ':', ')']).unwrap_or(rest.len())))
    else {
        return false;
    };
    // "No files older than a day" are not none.
    let is_whole = behind.trim_start().is_empty() || behind.starts_with([',', '.', ';', ')']);
    is_whole
        && (FOUND.contains(&noun)
            || matches!(noun, "files" | "file" | "paths" | "path" | "rows" | "directories" | "names"))
}

/// Whether a command lists what there is, and prints nothing where there is nothing. Others print beside what they list, as
/// `cargo test` does in "prints no files".
pub(super) fn lists(command: &str) -> bool {
    if !shape::is_simple(command) {
        return false;
    }
    let Some((program, arguments)) = shape::program(command) else { return false };
    match program {
        "find" | "fd" | "locate" | "ls" | "pgrep" => true,
        "git" => matches!(arguments.split_whitespace().next(), Some("ls-files" | "diff" | "tag" | "stash")),
        _ => searches(command),
    }
}

/// Whether a sentence in a language whose verb stands at the end says what must be, and not to run something.
pub(super) fn must_be(lower: &str) -> bool {
    const MUST: &[&str] = &[
        "こと。",
        "こと.",
        "べき",
        "必须",
        "应当",
        "应该",
        "해야 한",
        "되어야",
        "야 한다",
        "должен",
        "должна",
        "должны",
        "должно",
    ];
    let last = lower.rsplit(['、', '，']).next().unwrap_or(lower);
    !lower.is_ascii() && (says(last, MUST) || last.trim_end().ends_with("こと")) && !says(last, RUN_BEHIND)
}

/// Whether the first word behind a command is a verb whose subject it is: "`make page` fetches the page".
pub(super) fn begins_with_verb(lower: &str) -> bool {
    /// Verbs that explain a command rather than say what must come of it, and words that only look like verbs.
    const EXPLAIN: &[&str] = phrases! {
        "runs", "takes", "uses", "needs", "requires", "exercises", "lives", "this", "is", "was", "has", "does", "its",
        "as", "plus", "tests", "less", "across", "versus", "besides", "towards", "always", "means", "comes", "has",
        "belongs", "executes", "tests", "checks", "suites", "targets", "gates", "commands", "results", "runs",
    };
    let Some(rest) = lower.strip_prefix(' ') else { return false };
    let word = rest.split(' ').next().unwrap_or_default();
    let more = rest.split_whitespace().count() > 1;
    more && word.len() > 3 && ends_as_verb(word) && !EXPLAIN.contains(&word)
}

/// Whether words behind a command are what comes of it: they stand behind an arrow, or behind a colon with a number.
/// After a colon alone a command is mostly explained.
pub(super) fn shows_result(words: &str) -> bool {
    let words = words.trim_start();
    let counts = words.strip_prefix([':', '：', '—', '–']).is_some_and(|rest| {
        let rest = rest.trim_start();
        rest.starts_with(|first: char| first.is_ascii_digit())
            || begins(rest, &["no ", "zero ", "only "])
            || BOUNDS.iter().any(|bound| rest.starts_with(bound))
    });
    counts || begins_with_arrow(words) || begins_with_bound(words)
}

/// How many or how much of something there must be.
const BOUNDS: &[&str] = &[
    "exactly ",
    "at least ",
    "at most ",
    "more than ",
    "fewer than ",
    "less than ",
    "up to ",
    "under ",
    "≤",
    "≥",
    "<",
    ">",
    "≈",
    "about ",
];

/// "`wc -l notes.md` ≤ 500".
pub(super) fn begins_with_bound(words: &str) -> bool {
    let words = words.trim_start();
    let rest = words.trim_start_matches(['≤', '≥', '<', '>', '=', '≈', '!']);
    rest.len() < words.len()
        && !words.starts_with("=>")
        && !words.starts_with("==>")
        && rest.trim_start().starts_with(|first: char| first.is_ascii_digit())
}

pub(super) fn begins_with_arrow(words: &str) -> bool {
    ["→", "⇒", "->", "=>"].iter().any(|arrow| words.trim_start().starts_with(arrow))
}

/// Whether a command only looks for text.
pub(super) fn searches(command: &str) -> bool {
    let Some((program, arguments)) = shape::program(command) else { return false };
    match program {
        "grep" | "rg" | "egrep" | "fgrep" | "ag" | "ack" => true,
        "git" => arguments.split_whitespace().next() == Some("grep"),
        _ => false,
    }
}

/// `exits 2`, `exit code 1`, `exits non-zero`, `returns a non-zero exit code`; and where that ends.
pub(super) fn exit_status(words: &str) -> Option<(ExitStatus, usize)> {
    let named = NON_ZERO.iter().find_map(|name| Some(words.find(name)? + name.len()));
    if let Some(end) = named {
        let rest = words[end..].trim_start_matches("码").trim_start_matches("コード");
        let rest =
            [" codes", " code", " status"].iter().find_map(|noun| rest.strip_prefix(noun)).unwrap_or(rest);
        return Some((ExitStatus::NonZero, words.len() - rest.len()));
    }
    let at = words.find("exit");
    if at.is_none()
        && !words.is_ascii()
        && let Some(code) = EXIT_CODE.iter().find_map(|name| words.split_once(name).map(|(_, rest)| rest))
    {
        let digits = code.trim_start_matches(|letter: char| !letter.is_ascii_digit() && letter != '非');
        let end = digits.bytes().take_while(u8::is_ascii_digit).count();
        let behind = words.len() - digits.len() + end;
        return match digits[..end].parse::<u8>() {
            Ok(code) => Some((ExitStatus::Code(i32::from(code)), behind)),
            Err(_) => digits
                .strip_prefix('非')
                .map(|rest| rest.trim_start_matches([' ', '0', '零']))
                .map(|rest| (ExitStatus::NonZero, words.len() - rest.len())),
        };
    }
    let at = at?;
    let mut rest = words[at..].split(|character: char| !(character.is_alphanumeric() || character == '-'));
    rest.next();
    for word in rest.filter(|word| !word.is_empty()).take(5) {
        let status = match word {
            "non-zero" | "nonzero" | "non" | "error" | "failure" => Some(ExitStatus::NonZero),
            "zero" | "cleanly" | "successfully" => Some(ExitStatus::Code(0)),
            "with" | "code" | "status" | "of" | "a" | "an" | "codes" | "is" | "must" | "be" | "clear"
            | "helpful" | "useful" | "descriptive" | "readable" | "friendly" | "validation" | "usage" => {
                continue;
            }
            _ => word.parse::<u8>().ok().map(|code| ExitStatus::Code(i32::from(code))),
        };
        let end = at + words[at..].find(word).unwrap_or(0) + word.len();
        return status.map(|status| (status, end));
    }
    None
}

/// Names of a status that is not zero.
const NON_ZERO: &[&str] = phrases! {
    "non-zero exit", "nonzero exit", "non-zero status", "nonzero status", "非零退出", "非 0 退出", "非0退出",
};

/// "Prints the version and exits 0": what is shown before the status is no less asked for.
pub(super) fn shows_before_it_exits(lower: &str) -> bool {
    const SHOWS: &[&str] = phrases! {
        "print", "prints", "show", "shows", "list", "lists", "display", "displays", "write", "writes", "create", "creates",
        "produce", "produces", "generate", "generates", "emit", "emits", "output", "outputs",
    };
    lower.split_once("exit").is_some_and(|(before, _)| has_word(before, SHOWS))
}

/// Names of the exit status in languages that do not say "exit".
const EXIT_CODE: &[&str] = &[
    "退出码",
    "退出代码",
    "退出碼",
    "終了コード",
    "終了ステータス",
    "종료 코드",
    "код возврата",
    "код выхода",
    "código de salida",
    "con código",
    "code de sortie",
    "código de saída",
    "com código",
    "с кодом",
];

/// `12 passed`, `at least 467 passed`: a number with the word that test runners print after it.
///
/// Only "passed", since that is what runners print; "12 tests pass" is how people say it, and stays an exit status.
pub(super) fn count(words: &str) -> Option<Expectation> {
    let at = words.find(" passed")?;
    let start = words[..at].trim_end_matches(|character: char| character.is_ascii_digit()).len();
    let number = &words[start..at];
    // A reader of the plan who sees `12 passed` without an expecting word reads what was seen, not what must be.
    let expects = begins_with_arrow(words)
        || has_word(
            words,
            &[
                "expect", "expected", "must", "should", "report", "reports", "show", "shows", "see", "print",
                "prints", "with",
            ],
        );
    if number.is_empty() || number.len() > 9 || !expects {
        return None;
    }
    let before = words[..start].trim_end();
    if ["at least", ">=", "≥", "no fewer than"].iter().any(|least| before.ends_with(least)) {
        return Some(Expectation {
            mode: Mode::Regex,
            text: format!(r"\b(?:{})\s+passed", at_least(number)),
        });
    }
    let inexact = ["about", "around", "~", "roughly", "over", "more than", "≈"]
        .iter()
        .any(|word| before.ends_with(word));
    (!inexact).then(|| Expectation { mode: Mode::Lines, text: format!("{number} passed") })
}

/// A pattern for the whole numbers that are no less than `number`.
fn at_least(number: &str) -> String {
    let digits: Vec<char> = number.trim_start_matches('0').chars().collect();
    let mut choices = vec![format!(r"\d{{{},}}", digits.len() + 1), digits.iter().collect()];
    for (index, digit) in digits.iter().enumerate().filter(|(_, digit)| **digit != '9') {
        let kept: String = digits[..index].iter().collect();
        let above = char::from_digit(digit.to_digit(10).unwrap_or(0) + 1, 10).unwrap_or('9');
        choices.push(format!(r"{kept}[{above}-9]\d{{{}}}", digits.len() - index - 1));
    }
    choices.join("|")
}
