//! Programs, subcommands and options that run other programs in ways that this version does not read.

use std::ops::Range;
use std::sync::LazyLock;

use super::Invocation;
use crate::policy::names::{Names, Rows};

/// Programs that run other programs or code in ways that this version does not read.
static PROGRAMS: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "- bind complete compgen enable fc hash history machinectl newgrp noglob nocorrect repeat run-parts telnet \
         socat sftp-server lftp systemd-nspawn capsh jailkit expect-dev incus",
    ])
});

/// Whether what a program runs is not read: those of the shell's own that only list or forget run nothing.
pub(super) fn program(invocation: &Invocation) -> bool {
    if !PROGRAMS.has(&invocation.program) {
        return false;
    }
    let texts = || invocation.words().iter().map(|word| word.text.as_deref().unwrap_or(&word.prefix));
    // Letters of options with which it does more: defining, loading, running.
    let letters = match invocation.program.as_str() {
        "bind" => "fxmrqu",
        "compgen" | "complete" => "CF",
        "enable" => "fn",
        "fc" => "es",
        "hash" => "pd",
        "history" => "s",
        _ => return !texts().all(|text| matches!(text, "-V" | "--version" | "--help")),
    };
    let plain =
        |text: &str| text.starts_with('-') && text.len() > 1 && !text.contains(|c| letters.contains(c));
    let known = invocation.words().iter().all(|word| word.text.is_some());
    let first = texts().next().unwrap_or_default();
    // `complete -W 'a b' tool` and `fc` without `-l` do something.
    let lists = match invocation.program.as_str() {
        "complete" => first == "-p" || first == "-r",
        "fc" => first.starts_with("-l") && plain(first),
        "enable" | "bind" => texts().all(plain),
        "history" => texts().all(|text| plain(text) || text.chars().all(|c| c.is_ascii_digit())),
        _ => texts().all(|text| !text.starts_with('-') || plain(text)),
    };
    !(known && lists) || invocation.open_ended
}

/// Subcommands that run other programs, and options with which a program does.
const ARGUMENTS: &[(&str, &[&str])] = &[
    ("cargo", &["--config"]),
    ("git", &["filter-branch", "difftool", "mergetool", "--exec-path", "--config-env"]),
    ("helm", &["--post-renderer-args"]),
    ("go", &["-exec", "-toolexec"]),
    ("kubectl", &["debug", "edit"]),
    ("make", &["--eval"]),
    ("man", &["-H", "--html"]),
    ("mapfile", &["-C"]),
    ("oc", &["rsh", "debug", "edit"]),
    ("php", &["-B", "-R", "-E", "-F"]),
    ("readarray", &["-C"]),
    ("tar", &["--new-volume-script"]),
    ("nix", &["repl"]),
];

/// An argument with which the program runs others.
pub(super) fn argument(invocation: &Invocation) -> Option<Range<usize>> {
    static BY_PROGRAM: LazyLock<Rows<(&str, &[&str])>> =
        LazyLock::new(|| Rows::of(ARGUMENTS, |(name, _)| name));
    let (_, listed) = BY_PROGRAM.about(&invocation.program).first()?;
    let words = || invocation.words().iter().map(|word| word.text.as_deref().unwrap_or(&word.prefix));
    if !words().any(|text| text.starts_with('-') || listed.contains(&text)) {
        return None;
    }
    let arguments = invocation.arguments();
    let option = |name: &str| {
        // An unambiguous beginning of a long option will do for most programs; `git rebase --exec` is no beginning.
        listed.iter().any(|known| {
            *known == name
                || name.len() > 3 && name != "--exec" && name.starts_with("--") && known.starts_with(name)
        })
    };
    if let Some(flag) = arguments.flags.iter().find(|flag| option(&flag.name)) {
        return Some(flag.span.clone());
    }
    let mut subcommands = arguments.operands.iter().take(2).filter_map(|word| word.text.as_deref());
    let (first, second) = (subcommands.next()?, subcommands.next());
    // `docker compose exec`, but not `docker build run`.
    let nested =
        matches!(first, "compose" | "container") && second.is_some_and(|word| listed.contains(&word));
    (listed.contains(&first) || nested).then(|| invocation.span.clone())
}
