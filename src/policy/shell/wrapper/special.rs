//! Programs that run others in ways of their own, for which a row of the table says too little.

use super::super::Word;
use super::{Runs, Wrapped};

/// What such a program runs; nothing for those of the table.
pub(super) fn unwrap(program: &str, words: &[Word]) -> Option<Wrapped> {
    Some(match program {
        "find" | "fd" | "fdfind" => executed(program, words),
        "parallel" => parallel(words),
        "tmux" => tmux(words),
        "python" => module(words),
        "ansible" => ansible(words),
        "capsh" => after_option(words, &["-c"]),
        "cmake" => cmake(words),
        "gnome-terminal" | "konsole" | "xterm" | "alacritty" | "kitty" | "foot" | "urxvt" => {
            after_option(words, &["-e", "-x", "--command", "--"])
        }
        "just" => after_option(words, &["--command", "-c"]),
        "salt" => after_option(words, &["cmd.run", "cmd.shell", "cmd.run_all"]).into_text(),
        "cmd" | "cmd.exe" => after_option(words, &["/c", "/C", "/k"]).into_text(),
        "corepack" if words.first().is_some_and(is_package_manager) => {
            Wrapped { runs: vec![Runs::Words { at: 0, end: words.len() }], ..Wrapped::default() }
        }
        "ctest" => after_option(words, &["--test-command"]),
        "nix" => after_option(words, &["-c", "--command"]),
        "gdb" if words.iter().any(|word| word.text.as_deref() == Some("--args")) => {
            after_option(words, &["--args"])
        }
        _ => return None,
    })
}

/// `find -exec … ;`, `fd -x …`.
fn executed(program: &str, words: &[Word]) -> Wrapped {
    let mut wrapped = Wrapped { marker: Some("{}".to_owned()), ..Wrapped::default() };
    let starts: &[&str] = match program {
        "find" => &["-exec", "-execdir", "-ok", "-okdir"],
        _ => &["-x", "-X", "--exec", "--exec-batch"],
    };
    let mut at = 0;
    while at < words.len() {
        let text = words[at].text.as_deref();
        at += 1;
        let word = &words[at - 1];
        let value = at > 1 && words[at - 2].text.as_deref().is_some_and(|text| text.starts_with('-'));
        if word.text.is_none() && word.may_be_option() && (word.splits || at > 1 && !value) {
            let reason = format!("an argument of `{program}` that is computed and may run or delete");
            wrapped.unclear = Some((Some(word.span.clone()), reason));
        }
        if !text.is_some_and(|text| starts.contains(&text)) {
            continue;
        }
        let ends = |word: &Word| matches!(word.text.as_deref(), Some(";" | "+"));
        let length = words[at..].iter().position(ends).unwrap_or(words.len() - at);
        if length > 0 {
            wrapped.runs.push(Runs::Words { at, end: at + length });
        }
        at += length;
    }
    // Without a marker the paths come last.
    wrapped.appends = program != "find";
    wrapped
}

/// `python -m twine upload`: the module is a program.
fn module(words: &[Word]) -> Wrapped {
    let mut wrapped = Wrapped::default();
    for (index, word) in words.iter().enumerate() {
        match word.text.as_deref() {
            Some(text)
                if text.starts_with('-')
                    && !text.starts_with("--")
                    && text.ends_with('m')
                    && !text.contains('c') =>
            {
                if index + 1 < words.len() {
                    wrapped.runs.push(Runs::Words { at: index + 1, end: words.len() });
                }
                break;
            }
            Some(text) if text.starts_with('-') && !text.contains('c') => {}
            _ => break,
        }
    }
    wrapped
}

/// `ansible HOSTS -m shell -a 'rm x'`; other modules have arguments of their own.
fn ansible(words: &[Word]) -> Wrapped {
    let mut wrapped = Wrapped { elsewhere: true, ..Wrapped::default() };
    let text = |word: &Word| word.text.clone().unwrap_or_default();
    let value = |names: [&str; 2]| {
        words.iter().enumerate().find_map(|(at, word)| {
            let given = text(word);
            let attached = names.iter().find_map(|name| {
                let rest = given.strip_prefix(name)?;
                if name.starts_with("--") { rest.strip_prefix('=') } else { Some(rest) }.map(str::len)
            });
            match attached {
                Some(length) if length > 0 => Some((at, given.len() - length)),
                _ if names.contains(&given.as_str()) && at + 1 < words.len() => Some((at + 1, 0)),
                _ => None,
            }
        })
    };
    let module = value(["-m", "--module-name"]).map(|(at, skip)| text(&words[at])[skip..].to_owned());
    let runs = module.as_deref().is_none_or(|module| {
        matches!(module.rsplit('.').next(), Some("command" | "expect" | "raw" | "shell" | "script"))
    });
    if let Some((at, skip)) = value(["-a", "--args"]).filter(|_| runs) {
        wrapped.runs.push(Runs::Value { at, skip });
    }
    wrapped
}

/// `cmake -E env A=1 rm x`, `cmake -E time rm x`, and its own `cmake -E rm x`.
fn cmake(words: &[Word]) -> Wrapped {
    let mut wrapped = Wrapped::default();
    let text = |at: usize| words.get(at).and_then(|word| word.text.as_deref());
    if text(0) != Some("-E") {
        return wrapped;
    }
    let at = match text(1) {
        Some("rm") => 1,
        Some("time") => 2,
        Some("chdir") => 3,
        Some("env") => {
            let setting = |word: &Word| {
                let text = word.text.as_deref().unwrap_or(&word.prefix);
                text.contains('=') || text.starts_with("--")
            };
            2 + words.iter().skip(2).take_while(|word| setting(word)).count()
        }
        _ => return wrapped,
    };
    if at < words.len() {
        wrapped.runs.push(Runs::Words { at, end: words.len() });
    }
    wrapped
}

/// What `corepack` runs; its other words are its own.
fn is_package_manager(word: &Word) -> bool {
    let name = word.text.as_deref().and_then(|text| text.split('@').next());
    matches!(name, Some("npm" | "npx" | "pnpm" | "pnpx" | "yarn" | "yarnpkg"))
}

/// `nix develop -c rm -rf x`: the words behind an option are a command.
fn after_option(words: &[Word], options: &[&str]) -> Wrapped {
    let at = words.iter().position(|word| word.text.as_deref().is_some_and(|text| options.contains(&text)));
    let runs = at.filter(|at| at + 1 < words.len()).map(|at| Runs::Words { at: at + 1, end: words.len() });
    Wrapped { runs: runs.into_iter().collect(), ..Wrapped::default() }
}

/// `parallel rm -rf ::: a b`: its words are joined to shell text.
fn parallel(words: &[Word]) -> Wrapped {
    let mut wrapped = Wrapped::default();
    let text = |word: &Word| word.text.clone().unwrap_or_default();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let option = text(word);
        match option.as_str() {
            "--dry-run" | "--dryrun" | "--help" | "--version" | "--citation" => {
                return Wrapped { asked: true, ..Wrapped::default() };
            }
            "-j" | "--jobs" | "-a" | "--arg-file" | "-d" | "--delimiter" | "-n" | "-N" | "-L" | "-I"
            | "--joblog" | "--results" | "-S" | "--sshlogin" | "--colsep" | "-C" | "--timeout"
            | "--retries" | "--delay" | "--tmpdir" | "--workdir" | "--wd" | "--halt" => at += 2,
            _ if option.starts_with('-') => at += 1,
            _ => break,
        }
    }
    let sources = [":::", "::::", ":::+", "::::+"];
    let separator = words.iter().position(|word| sources.contains(&text(word).as_str()));
    let end = separator.unwrap_or(words.len());
    if at < end {
        wrapped.runs.push(Runs::Text { at, end });
    } else if let Some(separator) = separator {
        // Without a command each argument is one.
        wrapped.runs.extend((separator + 1..words.len()).map(|at| Runs::Value { at, skip: 0 }));
    } else {
        wrapped.unclear = Some((None, "`parallel` runs what it reads".to_owned()));
    }
    wrapped
}

/// `tmux new-session -d 'rm -rf x'`, `tmux send-keys 'rm -rf x' Enter`.
fn tmux(words: &[Word]) -> Wrapped {
    const RUNS: [&str; 20] = [
        "new",
        "new-session",
        "neww",
        "new-window",
        "split-window",
        "splitw",
        "respawn-pane",
        "respawnp",
        "respawn-window",
        "respawnw",
        "run",
        "run-shell",
        "if",
        "if-shell",
        "send",
        "send-keys",
        "popup",
        "display-popup",
        "pipe-pane",
        "pipep",
    ];
    let mut wrapped = Wrapped::default();
    let Some(first) =
        words.iter().position(|word| word.text.as_deref().is_some_and(|text| RUNS.contains(&text)))
    else {
        return wrapped;
    };
    let mut at = first + 1;
    while let Some(text) =
        words.get(at).and_then(|word| word.text.as_deref()).filter(|text| text.starts_with('-'))
    {
        at += 1 + usize::from(["-s", "-n", "-t", "-c", "-x", "-y", "-F", "-e", "-l", "-p"].contains(&text));
    }
    if at < words.len() {
        wrapped.runs.push(Runs::Text { at, end: words.len() });
        wrapped
            .runs
            .extend((at..words.len()).filter(|_| words.len() - at > 1).map(|at| Runs::Value { at, skip: 0 }));
    }
    wrapped
}
