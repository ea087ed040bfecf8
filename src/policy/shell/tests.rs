//! What the reader finds in a script, and where.

use std::process::Command;

use proptest::prelude::*;

use super::super::pattern::{Match, Pattern};
use super::{Reading, SimpleCommand, read};

/// The commands of a script, one a line; a word that is computed at run time is `?`.
fn commands(script: &str) -> String {
    let reading = read(script);
    assert!(reading.unclear.is_empty(), "{script:?} is unclear: {:?}", reading.unclear);
    listed(&reading)
}

fn listed(reading: &Reading) -> String {
    reading
        .commands
        .iter()
        .filter(|command| !command.words.is_empty())
        .map(words)
        .collect::<Vec<_>>()
        .join("; ")
}

fn words(command: &SimpleCommand) -> String {
    let words = command.words.iter().map(|word| word.text.clone().unwrap_or_else(|| "?".to_owned()));
    words.collect::<Vec<_>>().join(" ")
}

fn reasons(script: &str) -> Vec<String> {
    read(script).unclear.into_iter().map(|unclear| unclear.reason).collect()
}

#[test]
fn a_script_is_read_to_its_simple_commands() {
    let table = [
        ("", ""),
        ("# only a comment", ""),
        ("npm test", "npm test"),
        ("a; b & c && d || ! e\nf", "a; b; c; d; e; f"),
        ("a | b |& c", "a; b; c"),
        ("a b # c\nd e#f '#g'", "a b; d e#f #g"),
        ("a \\\n  b\\\nc", "a bc"),
        ("( a; (b) ); { c; }", "a; b; c"),
        ("time -p a; time ( b )", "a; b"),
        ("if a; then b; elif c; then d; else e; fi", "a; b; c; d; e"),
        ("while a; do b; done; until c\ndo d\ndone", "a; b; c; d"),
        ("for x in 1 2; do a $x; done; for y; do b; done", "a 1; a 2; b"),
        ("case $x in a|b) c;; (d) e ;& *) f; esac; g", "c; e; f; g"),
        ("f() { a; }; function g { b; }; h() ( c )", "a; b; c"),
        ("[[ $x == a* && ( -f b || c < d ) ]] && e", "[[ ? == a* && ( -f b || c < d ) ]]; e"),
        ("[ -f a ] || b", "[ -f a ]; b"),
        ("x=1 y='a b' a", "a"),
        ("rules=(rm -rf build); a", "a"),
        ("a 2>&1 >b <c &>d b", "a b"),
        ("a{b}c {} {d,e} {1..3} f{,g}h", "a{b}c {} d e 1 2 3 fh fgh"),
        ("coproc a; coproc B { c; }", "a; c"),
        ("for ((i=0; i<3; i++)); do a; done; ((1 + $(b)))", "a; b"),
        ("declare -A x=([a]=b c); d", "declare -A; d"),
    ];
    for (script, expected) in table {
        assert_eq!(commands(script), expected, "{script:?}");
    }
}

#[test]
fn quotes_are_removed_as_the_shell_removes_them() {
    let table = [
        (r"r''m", "rm"),
        (r#""r"'m'"#, "rm"),
        (r"\rm -\r\f", "rm -rf"),
        (r"x a\ b", "x a b"),
        (r#"a "b \" \$c \d \\" "#, r#"a b " $c \d \"#),
        ("a 'b\"c'", "a b\"c"),
        (r"$'\x72\155' $'-\u0072f\n'", "rm -rf\n"),
        ("a $ \"$\"", "a $ $"),
        ("a \"b\nc\"", "a b\nc"),
        ("a ~/b '*' *.rs", "a ~/b * *.rs"),
        ("a $\"b\"", "a b"),
    ];
    for (script, expected) in table {
        assert_eq!(commands(script), expected, "{script:?}");
    }
}

#[test]
fn commands_are_found_in_every_substitution() {
    let table = [
        ("a $(b)", "b; a ?"),
        ("a \"$(b \"$(c)\")\"", "c; b ?; a ?"),
        ("a `b \\`c\\``", "c; b ?; a ?"),
        ("a \"`b \\\"c\\\"`\"", "b c; a ?"),
        ("a <(b) > >(c)", "b; c; a ?"),
        ("a ${x:-$(b)} \"${y:-`c`}\"", "b; c; a ? ?"),
        ("a $((1 + $(b) + (2)))", "b; a ?"),
        ("x=$(a)", "a"),
        ("a <<< $(b)", "b; a"),
        ("for x in $(a); do b; done", "a; b"),
        ("case $(a) in $(b)) c;; esac", "a; b; c"),
        ("a=($(b))", "b"),
        ("[[ -n $(a) ]]", "a; [[ -n ? ]]"),
        ("a $(case x in x) b;; esac)", "b; a ?"),
        ("( ( a ) )", "a"),
    ];
    for (script, expected) in table {
        assert_eq!(commands(script), expected, "{script:?}");
    }
}

#[test]
fn the_body_of_a_here_document_is_data_but_its_substitutions_are_not() {
    let table = [
        ("cat <<EOF\nrm -rf build\nEOF\na", "cat; a"),
        ("cat <<EOF\n$(a) `b` 'c $(d)' \\$(e)\nEOF\n", "cat; a; b; d"),
        ("cat <<'EOF'\n$(a)\nEOF\nb", "cat; b"),
        ("cat <<-EOF\n\ta\n\tEOF\nb", "cat; b"),
        ("cat <<A <<B; a\n1\nA\n2\nB\nb", "cat; a; b"),
        ("a $(cat <<EOF\n)\nEOF\n) b", "cat; a ) b"),
        ("cat <<EOF\na \\\nEOF\nEOF\nb", "cat; b"),
        ("cat <<E\\\nOF\n$(a)\nEOF\n", "cat; a"),
        ("while a; do b; done <<EOF\nc\nEOF\n", "a; b"),
    ];
    for (script, expected) in table {
        assert_eq!(commands(script), expected, "{script:?}");
    }
}

#[test]
fn what_is_not_understood_is_never_silent() {
    let table = [
        ("echo 'a", "a single quote is not closed"),
        ("echo \"a", "a double quote is not closed"),
        ("echo `a", "a backtick is not closed"),
        ("echo $(a", "`)` is missing"),
        ("( a", "`)` is missing"),
        ("a )", "unexpected `)`"),
        ("if a; then b", "`elif` or `else` or `fi` is missing"),
        ("fi", "unexpected `fi`"),
        ("a | | b", "a command is missing"),
        ("a >", "a word was expected before the end"),
        ("a @(b|c)", "unexpected `(`"),
        ("cat <<EOF\na", "the here-document's end `EOF` is missing"),
        ("cat <<EOF", "a here-document without a body"),
        ("$(cat <<EOF\na\nEOF)\nEOF\n)", "a here-document whose end is not certain"),
        ("cat <<EOF\nE\\\nOF\nEOF\n", "a here-document whose end is not certain"),
        ("echo $'a\\'; rm -rf build; echo \\''", "an escape in `$'…'` that shells read differently"),
        ("echo ${ rm -rf build; }", "the command substitution `${ …; }`"),
        ("sh -c 'echo $[1]'", "the old arithmetic `$[ … ]`"),
        ("sh -c '((1 + $(a)))'", "an arithmetic command `(( … ))`"),
        ("ｒｍ -rf build", "a program whose name may imitate another"),
        ("rm\\ -rf build", "a program whose name may imitate another"),
        ("echo ${x@P}", "`${…@P}` runs the substitutions in a variable's value"),
        ("a\u{0}b", "the invisible or control character U+0000"),
        ("a\r\nb", "the invisible or control character U+000D"),
        ("a \u{202e}b", "the invisible or control character U+202E"),
        ("a\u{200b}\u{200b}", "the invisible or control character U+200B"),
        ("x='$(rm -rf build)'", "the value of `x` is text with a substitution, which may be run later"),
        ("cd() { :; }", "a function that changes what `cd` means"),
    ];
    for (script, reason) in table {
        assert!(reasons(script).contains(&reason.to_owned()), "{script:?} gives {:?}", reasons(script));
    }
}

#[test]
fn what_was_read_before_an_error_is_kept() {
    assert_eq!(listed(&read("rm -rf build; echo 'a")), "rm -rf build; echo");
    assert_eq!(listed(&read("rm -rf build 'a")), "rm -rf build");
    assert_eq!(listed(&read("echo $(rm -rf build")), "rm -rf build; echo");
}

#[test]
fn a_reading_says_where_things_stand() {
    let script = "x=1 a 'b c' > d | e \"$(f)\"";
    let reading = read(script);
    let at = |index: usize| &script[reading.commands[index].span.clone()];
    assert_eq!((at(0), at(1), at(2)), ("x=1 a 'b c' > d", "f", "e \"$(f)\""));
    let first = &reading.commands[0];
    assert_eq!(&script[first.words[1].span.clone()], "'b c'");
    assert_eq!(&script[first.redirections[0].span.clone()], "> d");
    assert!(!first.pipeline.fed && !first.pipeline.last);
    assert!(reading.commands[2].pipeline.fed && reading.commands[2].pipeline.last);
    assert_eq!(&script[read("echo \u{202e}").unclear[0].span.start..5], "");
}

#[test]
fn commands_in_a_compound_command_are_fed_by_its_pipe_or_redirection() {
    for script in
        ["a | { b; }", "while b; do :; done < x", "a | (echo $(b))", "a > >(b)", "{ b; } <<E\nx\nE\n"]
    {
        let reading = read(script);
        let command = reading.commands.iter().find(|command| words(command) == "b");
        assert!(command.is_some_and(|command| command.pipeline.fed), "{script:?}");
    }
}

#[test]
fn limits_end_in_a_question_and_not_in_a_crash() {
    for piece in ["$(", "(", "{ ", "${x:-", "if ", "f() { ", "eval ", "((", "$((", "\"$(", "<("] {
        assert!(!read(&piece.repeat(9_999)).unclear.is_empty(), "{piece:?}");
    }
    let long = "a ".repeat(1 << 20);
    assert_eq!(read(&long).unclear[0].reason, "the script is longer than 1 MiB");
    assert!(!read(&"a;".repeat(30_000)).unclear.is_empty());
}

#[test]
fn a_script_that_the_script_itself_writes_is_read_or_asked_about() {
    for script in ["cut x | tee b; chmod +x b; ./b", "cp a b.py; python3 b.py", "sort x > y; sh y"] {
        let reason = "a program that the script itself writes".to_owned();
        assert!(reasons(script).contains(&reason), "{script:?}");
    }
    for script in ["cat > x.sh <<'E'\nrm -rf b\nE\nbash x.sh", "echo rm -rf b | tee x; chmod +x x; ./x"] {
        let reading = read(script);
        let last = &reading.commands[reading.commands.len() - 1];
        assert_eq!(&script[last.invocations[0].span.clone()], "rm -rf b", "{script:?}");
    }
    assert!(reasons("cat > x.sh <<'E'\na\nE\nbash y.sh").is_empty());
}

/// Whether bash, given this script, calls `rm` with both flags; nothing if there is no bash.
fn bash_removes(script: &str) -> Option<bool> {
    let define = "rm() { printf '%s\\n' \"$@\"; printf 'end\\n'; }; ";
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile", "-c"]).arg(format!("{define}{script}"));
    let output = bash.env("PATH", "/nonexistent").env_remove("BASH_ENV").output().ok()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let flags: String = printed.lines().filter_map(|line| line.strip_prefix('-')).collect();
    Some(printed.contains("end") && flags.contains('r') && flags.contains('f'))
}

#[test]
fn one_more_character_never_hides_a_command_that_bash_would_run() {
    let (pattern, plain) = (Pattern::parse("rm -rf").unwrap(), "rm -rf build");
    for at in 0..=plain.len() {
        for inserted in ["'", "\"", "\\", " ", "\t", "\n", "\\\n", "''", "\"\"", "$", "`", ";", "#", "{", "~"]
        {
            let mut script = plain.to_owned();
            script.insert_str(at, inserted);
            let Some(removes) = bash_removes(&script) else {
                eprintln!("skipped: there is no bash to compare with");
                return;
            };
            let reading = read(&script);
            let calls = reading.commands.iter().flat_map(|command| &command.invocations);
            let seen = calls.map(|call| pattern.matches(call)).any(|found| found != Match::No);
            assert!(!removes || seen || !reading.unclear.is_empty(), "{script:?}");
        }
    }
}

fn shell_like() -> impl Strategy<Value = String> {
    let pieces = vec![
        "rm",
        "-rf",
        " ",
        " ",
        "'",
        "\"",
        "\\",
        "$(",
        ")",
        "`",
        "{ ",
        "; }",
        "(",
        ";",
        "\n",
        "&&",
        "|",
        "#",
        "<<E",
        "\nE\n",
        "<<'E'",
        "$'",
        "if ",
        "then ",
        "fi",
        "[[ ",
        " ]]",
        "case x in ",
        ";;",
        "esac",
        "${",
        "}",
        "eval ",
        "$((",
        "))",
        "f() ",
        "!",
        "time ",
        "\\\n",
        "x=",
        "$x",
        "sh -c ",
        ">",
        "<",
        "&",
        "2>&1",
        "é",
        "\u{200b}",
        "*",
        "a,b",
        "sed ",
        "xargs -I ",
        "sudo ",
        "env ",
        "trap ",
        "for i in ",
        "do ",
        "done",
        "cd ",
        "git -C ",
        "~",
        "=",
        "(",
        "\t",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..40).prop_map(|pieces| pieces.concat())
}

fn spans_fit(script: &str) {
    let reading = read(script);
    let fits = |span: &std::ops::Range<usize>| {
        assert!(script.get(span.clone()).is_some(), "{span:?} is no range of {script:?}");
    };
    reading.unclear.iter().for_each(|unclear| fits(&unclear.span));
    for command in &reading.commands {
        fits(&command.span);
        command.words.iter().for_each(|word| fits(&word.span));
        command.assignments.iter().for_each(|assignment| fits(&assignment.value.span));
        command.redirections.iter().for_each(|it| [&it.span, &it.target.span].into_iter().for_each(fits));
        command.invocations.iter().for_each(|call| fits(&call.span));
        let pattern = Pattern::parse("rm -rf x").unwrap();
        assert!(command.invocations.iter().all(|call| pattern.matches(call) <= Match::Yes));
    }
    for write in super::super::writes::writes(&reading, "") {
        fits(&write.span);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic_and_with_spans_inside_it(script in any::<String>()) {
        spans_fit(&script);
    }

    #[test]
    fn shell_like_text_is_read_without_a_panic_and_with_spans_inside_it(script in shell_like()) {
        spans_fit(&script);
    }

    #[test]
    fn a_quoted_word_is_read_back(text in "[^\\x00-\\x1f\\x7f-\\x{9f}'`$\\x{ad}\\x{61c}\\x{180e}\\x{2000}-\\x{20ff}\\x{feff}\\x{e0000}-\\x{e007f}]*") {
        let reading = read(&format!("echo '{text}'"));
        prop_assert!(reading.unclear.is_empty());
        prop_assert_eq!(reading.commands[0].words[1].text.as_deref(), Some(text.as_str()));
    }
}
