//! The reader against bash itself, which only parses here (`bash -n`): what bash accepts is at most asked about, and
//! what the reader takes without a question bash must accept.

use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::read;

/// How many scripts are compared.
const SCRIPTS: usize = 500;

/// The most of a hundred scripts that bash accepts and the reader asks about. Most of these are no trouble of the
/// grammar but programs that are computed at run time (`a$x b`), which are asked about on purpose.
const ASKED: usize = 20;

/// Pieces of scripts that the reader takes and bash does not, each with its reason.
const EXCEPTIONS: [(&str, &str); 1] =
    [("`", "bash reads what stands between backticks only when it runs it, and the reader reads it at once")];

/// Scripts that people write, to be broken by a sign more or less.
const FIXTURES: [&str; 8] = [
    "if [ -f a ]; then b \"$x\"; elif c; then d; else e; fi",
    "for i in 1 2 3; do a \"$i\" | b; done",
    "case $x in a|b) c ;; *) d ;; esac",
    "f() { a \"$1\"; }; f 'b c'",
    "cat <<'E' | a\nb $c\nE\n",
    "[[ -f a && $b == c* ]] && d || e",
    "a=(b c); d \"${a[@]}\" > e 2>&1",
    "while read -r x; do a $(b \"$x\"); done < <(c)",
];

/// Whether bash can parse a script; nothing if there is no bash. Nothing of the script is run.
fn bash_parses(script: &str) -> Option<bool> {
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile", "-n", "-c", script]).env_remove("BASH_ENV");
    bash.stdin(Stdio::null()).stderr(Stdio::null());
    Some(bash.status().ok()?.success())
}

fn simple() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "a",
        "-x",
        "'q r'",
        "\"s $v t\"",
        "$v",
        "${v:-w}",
        "$(c)",
        "$((1+2))",
        "x{1,2}",
        "*.t",
        "\\;",
        "~/e",
        "$'\\n'",
        "#n",
        "e=f",
        ">o",
        "2>&1",
        "<i",
        "<<<'w'",
        "&>q",
        "<(d)",
        "`e`",
    ]);
    let program = prop::sample::select(vec!["a", "b", "N=1 c", "'d'", "! e", "time f"]);
    (program, prop::collection::vec(word, 0..4))
        .prop_map(|(program, words)| std::iter::once(program).chain(words).collect::<Vec<_>>().join(" "))
}

fn grammar() -> impl Strategy<Value = String> {
    simple().prop_recursive(3, 24, 4, |inner| {
        let join = prop::sample::select(vec![" && ", " || ", "; ", "\n", " & ", " | "]);
        let list = (inner.clone(), join, inner.clone()).prop_map(|(a, with, b)| format!("{a}{with}{b}"));
        let around = prop::sample::select(vec![
            "( @ )",
            "{ @; }",
            "if @; then b; fi",
            "if a; then @; else c; fi",
            "while a; do @; done",
            "until @\ndo b\ndone",
            "for i in 1 $v; do @; done",
            "case $v in x|y) @ ;; *) b ;; esac",
            "f() { @; }",
            "a \"$(@)\"",
            "a <(@)",
            "[[ -f a && $v == b* ]] && @",
            "cat <<E\n$(@)\nE\n",
        ]);
        let compound = (around, inner).prop_map(|(around, inner)| around.replace('@', &inner));
        prop_oneof![list, compound]
    })
}

/// A script, and up to two places at which a sign is put in or a byte is taken away.
fn script() -> impl Strategy<Value = String> {
    let fixture = prop::sample::select(FIXTURES.to_vec()).prop_map(str::to_owned);
    let sign = prop::sample::select(vec![
        "", "", "'", "\"", "\\", "$", "(", ")", "{", "}", "`", ";", "&", "|", "<", ">", "\n", " ", "#", "!",
        "[", "]", "=", "do ", "done", "then ", "fi", "esac", "in ",
    ]);
    let changes = prop::collection::vec((any::<prop::sample::Index>(), sign), 0..3);
    (prop_oneof![3 => grammar(), 1 => fixture], changes).prop_map(|(mut script, changes)| {
        for (at, sign) in changes {
            if script.is_empty() {
                break;
            }
            let at = at.index(script.len());
            if script.is_char_boundary(at) && script.is_char_boundary(at + 1) {
                script.replace_range(at..at + usize::from(sign.is_empty()), sign);
            }
        }
        script
    })
}

#[test]
fn what_bash_cannot_parse_is_never_read_in_silence() {
    if bash_parses(":").is_none() {
        eprintln!("skipped: there is no bash to compare with");
        return;
    }
    let (mut runner, strategy) = (TestRunner::deterministic(), script());
    let (mut accepted, mut asked, mut silent) = (0, 0, Vec::new());
    for _ in 0..SCRIPTS {
        let script = strategy.new_tree(&mut runner).unwrap().current();
        let unclear = !read(&script).unclear.is_empty();
        let parses = bash_parses(&script).unwrap();
        accepted += usize::from(parses);
        asked += usize::from(parses && unclear);
        let known = EXCEPTIONS.iter().any(|(piece, _)| script.contains(piece));
        if !parses && !unclear && !known {
            silent.push(script);
        }
    }
    assert!(silent.is_empty(), "bash rejects what the reader takes: {silent:#?}");
    assert!(accepted > SCRIPTS / 4, "only {accepted} of {SCRIPTS} scripts can be parsed at all");
    assert!(
        asked * 100 <= accepted * ASKED,
        "{asked} of {accepted} scripts that bash accepts are asked about"
    );
}
