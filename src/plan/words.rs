//! The words of sentences that say what a code span is: run it, expect it, never run it, it was seen once.

/// Words after which a code span is a command.
pub(super) const RUN: &[&str] = phrases! {
    "run", "rerun", "re-run", "running", "execute", "executing", "invoke", "invoking", "実行", "运行", "运行：",
    "执行", "執行", "실행", "ejecuta", "ejecutar", "ejecute", "запустите", "запустить", "выполните", "executar",
    "execute", "ausführen", "führe", "exécuter", "lancer",
};
/// Verbs behind a command in languages whose verb stands at the end.
pub(super) const RUN_BEHIND: &[&str] =
    &["実行", "を走らせ", "を流す", "を叩", "运行", "执行", "執行", "실행", "돌린다", "돌려"];
/// Words right after which a code span is a command: as verbs they tell to run it, elsewhere in a sentence they are nouns.
pub(super) const RUN_NEXT: &[&str] =
    &["start", "launch", "try", "call", "issue", "command", "commands", "boot", "type", "enter"];
/// Words after which a code span is a command where it has more of one than two words.
pub(super) const BY: &[&str] = &[
    "via", "using", "with", "use", "by", "verify", "check", "confirm", "validate", "test", "through", "from",
];
/// Words after which a code span is what a command must print.
pub(super) const EXPECT: &[&str] = phrases! {
    "expect", "expects", "expected", "print", "prints", "printed", "report", "reports", "show", "shows",
    "return", "returns", "output", "outputs", "contain", "contains", "display", "displays", "see", "say",
    "says", "include", "includes", "emit", "emits", "yield", "yields", "list", "lists", "期待", "预期", "應",
    "表示", "输出", "輸出", "기대", "출력", "muestra", "devuelve", "выводит", "ожидается",
};
/// Words that turn a command into one that must not be run.
pub(super) const NEGATION: &[&str] = phrases! {
    "must not", "mustn't", "should not", "shouldn't", "cannot", "can't", "not to ", "do not", "don't",
    "never", "not run", "avoid", "instead of", "without running", "rather than", "no longer", "no need to",
    "equivalent of", "equivalent to", "similar to", "unlike", "しない", "禁止", "不要", "不得", "하지 마", "no ejecut",
    "не запуск",
};
/// Words behind a command that forbid it.
pub(super) const FORBIDDEN: &[&str] = phrases! {
    "must not be run", "must never be run", "should not be run", "should never be run",
    "must not be executed", "should not be executed", "is not run", "is never run", "is forbidden",
    "is not allowed", "was not run", "could not be run", "cannot be run", "were not run",
};
/// Phrases that expect no output.
pub(super) const NOTHING: &[&str] = phrases! {
    "prints nothing", "print nothing", "no output", "no matches", "returns nothing", "return nothing",
    "shows nothing", "show nothing", "is empty", "be empty", "empty output", "returns no results",
    "return no results", "returns no hits", "zero matches", "zero hits", "0 matches", "0 hits",
    "nothing is printed", "nothing printed", "produces no diff", "shows no diff", "no diff", "出力なし", "何も表示", "无输出", "無輸出", "无匹配", "输出为空", "비어 있",
    "출력 없음", "sin salida", "ничего не выводит",
};
/// Phrases that expect a search to find nothing.
pub(super) const NOT_FOUND: &[&str] = phrases! {
    "no hits", "no references", "no occurrences", "no results", "finds nothing", "find nothing",
    "found nothing", "matches nothing", "match nothing", "nothing found", "nothing is found", "zero results",
    "zero references", "zero occurrences", "0 results", "0 references", "0 occurrences", "no remaining",
};
/// Words that except something from nothing.
pub(super) const EXCEPTS: &[&str] = phrases! {
    "outside", "except", "other than", "beyond", "besides", "apart from", "aside from", "unless", "but", "new",
    "unexpected", "unrelated",
};
/// Words that state nothing but success.
pub(super) const SUCCESS: &[&str] = phrases! {
    "pass", "passes", "passing", "succeed", "succeeds", "success", "complete", "completes", "green", "clean",
    "cleanly", "successfully", "without errors", "without error", "no errors", "without failures",
    "no failures", "zero errors", "0 errors", "zero failures", "0 failures", "exits normally", "通过", "通過",
    "成功", "通る", "パス", "通ること", "통과", "성공", "pasa", "pasan", "проходит", "проходят", "успешно",
};
/// Phrases that state failure. A command that must fail is no less exact than one that must not.
pub(super) const FAILURE: &[&str] = phrases! {
    "fails", "must fail", "should fail", "to fail", "expected to fail", "will fail", "fail before",
    "expect failure", "expect a failure", "expect failures", "falla", "失败", "失敗",
};
/// Words that state something else of what a command does, which nothing can compare.
pub(super) const CLAIM: &[&str] = phrases! {
    "should", "must", "shows", "show", "reports", "report", "prints", "print", "returns", "return",
    "contains", "contain", "produces", "produce", "proves", "confirms", "demonstrates", "lists", "includes",
    "include", "outputs", "displays", "emits", "expect", "expected", "expects", "writes", "creates",
    "generates", "installs", "starts", "opens", "matches", "match", "refuses", "rejects", "remains", "stays",
    "keeps", "yields", "logs", "renders", "responds", "no longer", "still", "works", "covers", "verifies",
    "finds", "appear", "appears", "to confirm", "to ensure", "to verify that", "ensure", "confirm that",
    "make sure", "resolves", "validates", "detects", "=>", "==>", "期待", "预期", "應", "기대", "表示", "muestra",
    "debe", "должен",
};
/// Verbs of what a command says. Success that stands behind one of them is a part of what must be seen, and more than an
/// exit status can show.
pub(super) const SPEAKS: &[&str] = phrases! {
    "show", "shows", "log", "logs", "contain", "contains", "list", "lists", "display", "displays", "render",
    "renders", "observe", "observing", "reports", "report",
};
/// Words of an expectation in languages whose verb stands at the end.
pub(super) const EXPECTATION_END: &[&str] = &["期待", "预期", "預期", "기대", "예상"];
/// Words before success that make more of it than an exit status, in languages without blanks between words.
pub(super) const MORE: &[&str] = &["なし", "以上", "のみ", "だけ", "没有", "没", "至少", "없이", "이상"];
/// Words behind success that join a second statement to it.
pub(super) const AND_MORE: &[&str] = &["ことと", "ことおよび", "こと、"];
/// Verbs that make a command the judge of what stands behind them: in "`make smoke` proves that the page loads" its own
/// success is the proof, and not a text that it prints.
pub(super) const PROVES: &[&str] = phrases! { "proves ", "confirms ", "verifies ", "demonstrates " };
/// The same verbs where they deny that.
pub(super) const PROVES_NOT: &[&str] = phrases! {
    "proves nothing", "proves no ", "confirms nothing", "confirms no ", "verifies nothing", "verifies no ",
    "demonstrates nothing", "demonstrates no ",
};
/// Beginnings of a sentence that says what is expected of the commands before it.
pub(super) const EXPECTATION: &[&str] = phrases! {
    "expect", "expected", "it should", "it must", "this should", "this must", "they should", "they must",
    "you should", "should", "the output", "the command should", "the command must", "the test should",
    "the tests should", "tests should", "all tests", "both should", "both must", "all should", "all must",
    "each should", "each must", "output should", "success", "passing", "期待", "预期", "預期", "기대", "se espera",
    "ожидается",
};
/// Words behind a command that make it optional: nobody can tell here whether it has to run.
pub(super) const OPTIONAL: &[&str] = phrases! {
    "if available", "if practical", "if feasible", "if possible", "if installed", "if present",
    "if supported", "if configured", "where available", "where possible", "when available", "(optional",
    "as applicable", "可选", "任意", "選択",
};
/// Whether a text says that something is wanted only where it can be had: "if available", "if Docker is available".
pub(super) fn is_optional(text: &str) -> bool {
    /// The most words that stand between the two.
    const MOST: usize = 5;
    let had = |word: &str| {
        matches!(
            word.trim_matches([',', '.', ':', ')', '*']),
            "available" | "installed" | "present" | "configured" | "supported" | "possible" | "accessible"
        )
    };
    let mut reach = 0;
    says(text, OPTIONAL)
        || text.split_whitespace().any(|word| {
            if matches!(word.trim_start_matches('('), "if" | "when" | "where") {
                reach = MOST;
                return false;
            }
            reach =
                if word.ends_with(['.', ';']) && !had(word) { 0 } else { usize::saturating_sub(reach, 1) };
            reach > 0 && had(word)
        })
}

/// Words that leave the decision to a person.
pub(super) const APPROVAL: &[&str] = phrases! {
    "only after approval", "after explicit approval", "explicit approval", "with approval",
    "only with permission", "requires approval", "needs approval", "user approval", "explicit authorization",
    "only after", "operator-approved", "manual approval", "once approved", "经批准", "承認後",
};
/// Words of a lead-in that what follows verifies, as beginnings of words.
pub(super) const VERIFY: &[&str] = phrases! {
    "validat", "verif", "test", "check", "expect", "gate", "confirm", "prove", "proof", "accept", "smoke",
    "lint", "ensure", "assert", "regression", "検証", "確認", "テスト", "验证", "验收", "测试", "检查", "검증", "확인", "테스트",
    "провер", "тест", "comprob", "prueba",
};
/// Beginnings of a lead-in to what was seen once. What was seen is no proof that it still holds.
pub(super) const RECORDED: &[&str] = phrases! {
    "result:", "results:", "observed", "recorded", "completed on", "passed:", "validation performed",
    "validated on", "verified on", "actual output", "actual result", "evidence:", "evidence captured",
    "captured output", "last run", "status:", "already ran", "ran ", "executed ", "result was", "実行結果",
    "结果：", "结果:", "已执行", "已通过", "결과:", "known failure", "known failing", "known issue", "known:",
    "known pre-existing", "known preexisting", "known/pre-existing", "known unrelated", "known flake",
    "known limitation", "pre-existing failure", "pre-existing issue", "pre-existing:", "preexisting failure",
    "preexisting:", "existing failure", "existing failures",
};
/// Verdicts that close a record.
pub(super) const VERDICTS: &[&str] = phrases! {
    "— pass", "– pass", "- pass", "-> pass", "→ pass", "=> pass", ": pass", ": passed", "— passed",
    "– passed", "- passed", "-> passed", "→ passed", "=> passed", "(pass)", "(passed", "passed on ",
    "passed with ", "passed at ", "passed in ", "passed.", "passed,", "passed;", "passed (", "was green",
    "was run", "were run", "was executed", "succeeded.", "succeeded on", "has passed", "have passed",
    "all passed", "结果：通过", "结果: 通过", "已通过", "✅ pass", "ok ✅",
};

/// Lower case, with `’` as `'`, so that words are found however they are typed.
pub(super) fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    // Nearly all text is ASCII, and needs no second copy.
    if lower.is_ascii() { lower } else { lower.replace('\u{2019}', "'") }
}

/// Where a word stands last in a text: as a whole word, or anywhere in a script without blanks between words.
pub(super) fn rfind_word(text: &str, word: &str) -> Option<usize> {
    let last = text.len().checked_sub(word.len())?;
    if !word.is_ascii() {
        return text.rfind(word);
    }
    // Most words do not stand in a text at all, so the bytes are looked through for the first of each.
    let (bytes, wanted) = (text.as_bytes(), word.as_bytes());
    let joined = |character: char| character.is_alphanumeric() || character == '_';
    memchr::memrchr_iter(*wanted.first()?, &bytes[..=last]).find(|&at| {
        bytes[at..].starts_with(wanted)
            && !text[..at].chars().next_back().is_some_and(joined)
            && !text[at + wanted.len()..].chars().next().is_some_and(joined)
    })
}

/// Whether any of some words stands in a text.
pub(super) fn has_word(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| rfind_word(text, word).is_some())
}

/// Whether any of some phrases stands in a text, at any place.
pub(super) fn says(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| find(text, phrase).is_some())
}

/// Where a short phrase stands first in a text. Most do not, and for each of many a search that prepares itself first
/// costs more than to look for its first byte.
pub(super) fn find(text: &str, phrase: &str) -> Option<usize> {
    let (text, phrase) = (text.as_bytes(), phrase.as_bytes());
    let last = text.len().checked_sub(phrase.len())?;
    memchr::memchr_iter(*phrase.first()?, &text[..=last]).find(|&at| text[at..].starts_with(phrase))
}

/// Whether a text begins with one of some phrases, marks of lists and emphasis aside.
pub(super) fn begins(text: &str, phrases: &[&str]) -> bool {
    let text = text.trim_start_matches(['*', '_', ' ', '-', '[', ']', 'x', '(', '→', '=', '>']);
    phrases.iter().any(|phrase| text.starts_with(phrase))
}

/// Whether a lower-case text has a word that begins as one of verification does.
pub(super) fn verifies(text: &str) -> bool {
    VERIFY.iter().filter(|stem| stem.len() <= text.len()).any(|stem| {
        text.match_indices(stem).any(|(at, _)| {
            !stem.is_ascii() || text[..at].chars().next_back().is_none_or(|before| !before.is_alphabetic())
        })
    })
}

/// Whether words turn what they expect into its opposite.
pub(super) fn negates(words: &str) -> bool {
    let words = plain(words);
    words.contains("n't ")
        || has_word(&words, &["not", "no", "never", "without", "cannot", "nothing", "neither"])
}

/// The sentences of a text, as byte ranges; a full stop ends one only before a blank.
pub(super) fn sentences(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        let stops = match character {
            '.' | '!' | '?' => {
                bytes.get(end).is_none_or(|byte| *byte == b' ') && !is_abbreviation(&text[start..at])
            }
            '。' | '！' | '？' => true,
            _ => false,
        };
        if stops {
            found.push(start..end);
            start = end;
        }
    }
    if start < text.len() {
        found.push(start..text.len());
    }
    found
}

/// Whether a full stop here ends an abbreviation.
fn is_abbreviation(before: &str) -> bool {
    ["e.g", "i.e", "etc", "vs", "cf", "..", " no"].iter().any(|ending| before.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_at_a_full_stop_before_a_blank() {
        let text = "Run src/a.rs e.g. twice. Expect 0.5 s! ok";
        let parts: Vec<&str> = sentences(text).into_iter().map(|range| text[range].trim()).collect();
        assert_eq!(parts, ["Run src/a.rs e.g. twice.", "Expect 0.5 s!", "ok"]);
    }

    #[test]
    fn a_word_is_met_whole_and_the_last_one_first() {
        assert_eq!(rfind_word("pass, then pass。", "pass"), Some(11));
        assert_eq!(rfind_word("passes bypass über_pass", "pass"), None);
        assert_eq!(rfind_word("", "pass"), None);
        assert_eq!(rfind_word("テストが通る", "通る"), Some(12));
    }

    #[test]
    fn a_stem_is_met_at_the_start_of_a_word() {
        assert!(verifies("formatting and verification:"));
        assert!(verifies("run the tests"));
        assert!(!verifies("the latest build"));
    }
}
