//! Texts that may be code: those of programs of which nothing is known, options and variables named after what is run.
//!
//! What is only possibly code must not be asked about by itself: every program has words with blanks in them. It is
//! read all the same, and what the rules forbid in it is asked about, for whoever writes `tool 'rm -rf x'` either has
//! it run or can say so.

use std::sync::LazyLock;

use super::super::text::Text;
use super::super::{Invocation, ScopeKind, SimpleCommand, Word, data, foreign};
use super::table::{OTHER_SHELLS, SHELLS};
use super::{Certainty, Code, Reader, code_of, interpreters, is_code_variable};
use crate::policy::names::Names;

/// The last parts of the names of variables that are run: `RUSTC_WRAPPER`, `CARGO_TARGET_…_RUNNER`.
static RUN_VARIABLES: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "AR ASKPASS BROWSER CC CMD COMMAND CXX EDITOR EXEC HOOK LAUNCHER LD LESSCLOSE LESSOPEN LINKER LINT MAKE PAGER \
         RSH RUNNER SENDMAIL SHELL VISUAL WRAPPER",
    ])
});

/// The most texts of one call that are read so.
const MOST: usize = 32;

impl Reader<'_> {
    /// The texts among the words of a program that may run them.
    pub(super) fn possible(&mut self, invocation: &Invocation) {
        let words = invocation.own_words();
        if !words.iter().any(has_blank) {
            return;
        }
        let program = invocation.program.as_str();
        // The program of a path is that of the project: what its words mean is for the check itself to show.
        let own =
            invocation.is_path() && !invocation.word().prefix.starts_with('/') && !is_system(invocation);
        let handled = SHELLS.contains(&program)
            || OTHER_SHELLS.contains(&program)
            || matches!(
                program,
                "eval" | "source" | "trap" | "parallel" | "tmux" | "at" | "batch" | "crontab"
            )
            || interpreters::is_interpreter(program);
        if own || handled {
            return;
        }
        let tested = is_tested(invocation);
        let texts = data::takes_texts(program) || tested || prints(invocation);
        let stores = matches!(program, "npm" | "pnpm" | "yarn" | "gh" | "glab") && stores(words);
        let (mut running, mut left) = (false, MOST);
        for word in words {
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            let option = text.split('=').next().unwrap_or(text);
            let attached = option.len() < text.len() && option.starts_with("--") && data::is_run(option);
            if has_blank(word)
                && self.read.as_ref() != Some(&word.span)
                && (!texts || running || attached || stores)
            {
                if left == 0 {
                    return self.ask(&word.span, "more texts than are looked at, any of which may be run");
                }
                left -= 1;
                let likely = (running || attached || stores || is_hook(text)) && !tested;
                self.possible_text(&code_of(word).0, invocation, likely);
            }
            running = option.len() == text.len() && option.starts_with("--") && data::is_run(option);
            // Behind `--` stand the words of another, if of anyone.
            if text == "--" && texts {
                return;
            }
        }
    }

    /// `RUSTC_WRAPPER='rm -rf' cargo build`
    pub(super) fn possible_variable(&mut self, name: &str, value: &Word, command: &SimpleCommand) {
        let last = name.rsplit('_').next().unwrap_or(name);
        let Some(invocation) = command.invocations.last() else { return };
        if has_blank(value) && RUN_VARIABLES.has(last) && !is_code_variable(name) {
            // What a command of the project makes of `X_CMD` is its own matter.
            let likely =
                !matches!(last, "CMD" | "COMMAND" | "EXEC" | "HOOK" | "LINT") && !invocation.is_path();
            self.possible_text(&code_of(value).0, invocation, likely);
        }
    }

    /// A text, what stands behind `=` or a mark in its first word, and what it has in quotes or brackets.
    fn possible_text(&mut self, text: &Text, invocation: &Invocation, likely: bool) {
        let whole = text.as_str();
        let first = whole.split([' ', '\t', '\n']).next().unwrap_or_default();
        let behind = first.rfind('=').map(|at| at + 1).or(first.rfind("::").map(|at| at + 2));
        let marks = whole.len() - whole.trim_start_matches(['|', '!', '@', '+', ' ']).len();
        let mut found = vec![text.slice(marks..whole.len())];
        found.extend(behind.map(|at| text.slice(at..whole.len())));
        if whole.contains(['\'', '"', '`']) {
            found.extend(foreign::strings(text).into_iter().filter(|it| it.as_str().contains(' ')));
        }
        // `enter:execute(rm x)`, `syscmd(rm x)`
        if let (Some(open), Some(close)) = (whole.find('('), whole.rfind(')'))
            && open < close
        {
            found.push(text.slice(open + 1..close));
        }
        let via = invocation.chain("");
        for text in found {
            self.carried.code.push(Code {
                text,
                scope: Some(ScopeKind::Later),
                elsewhere: invocation.elsewhere,
                via: via.clone(),
                certainty: if likely { Certainty::Likely } else { Certainty::Possible },
                ..Code::default()
            });
        }
    }
}

/// A command has at least two words.
fn has_blank(word: &Word) -> bool {
    let blank = |text: &str| text.bytes().any(|byte| matches!(byte, b' ' | b'\n' | b'\t'));
    match &word.text {
        Some(text) => blank(text),
        None => word.literals().into_iter().any(blank),
    }
}

/// `/usr/bin/pdsh` is `pdsh`, while `./tool` is one of the project.
fn is_system(invocation: &Invocation) -> bool {
    invocation.word().text.as_deref().is_some_and(|text| text.starts_with('/'))
}

/// `cmake -E echo 'rm -rf'`
fn prints(invocation: &Invocation) -> bool {
    let text = |at: usize| invocation.words().get(at).and_then(|word| word.text.as_deref());
    invocation.program == "cmake"
        && text(0) == Some("-E")
        && matches!(text(1), Some("echo" | "echo_append" | "touch" | "sha256sum" | "md5sum"))
}

/// The program is one of the project, run as its tests are: `uv run tool check '…'`, `python -m tool`. Those that are
/// known to run what they are told are none.
fn is_tested(invocation: &Invocation) -> bool {
    const RUNNERS: [&str; 13] = [
        "bundle",
        "conda",
        "docker",
        "docker-compose",
        "hatch",
        "pdm",
        "pipenv",
        "pixi",
        "poetry",
        "pytest",
        "python",
        "rye",
        "uv",
    ];
    const EXECUTORS: [&str; 12] = [
        "ansible",
        "circusctl",
        "concurrently",
        "fab",
        "fabric",
        "honcho",
        "invoke",
        "jurigged",
        "rundeck",
        "salt",
        "watchdog",
        "watchmedo",
    ];
    let outer = invocation.via.last().map(|outer| outer.text.split(' ').next().unwrap_or_default());
    outer.is_some_and(|outer| RUNNERS.contains(&outer)) && !EXECUTORS.contains(&invocation.program.as_str())
}

/// `make CC='…'`, `apt-get -o DPkg::Pre-Invoke::='…'`, `strace -o '|…'`
fn is_hook(text: &str) -> bool {
    let name = text.split('=').next().unwrap_or_default();
    text.starts_with('|') || name.contains("-Invoke") || name.len() < text.len() && RUN_VARIABLES.has(name)
}

/// `npm pkg set scripts.x='…'`, `gh alias set x '…'`: a text that a later command runs.
fn stores(words: &[Word]) -> bool {
    let mut texts = words.iter().filter_map(|word| word.text.as_deref());
    matches!((texts.next(), texts.next()), (Some("pkg" | "alias" | "set-script"), Some(_)))
}
