//! Programs, subcommands and options that run other programs in ways that this version does not read.

use std::ops::Range;

use super::Invocation;

/// Programs that run other programs or code in ways that this version does not read.
pub(super) const PROGRAMS: [&str; 87] = [
    "-",
    "alias",
    "at",
    "batch",
    "bind",
    "bwrap",
    "caffeinate",
    "cgexec",
    "chroot",
    "chronic",
    "chrt",
    "complete",
    "compgen",
    "cpulimit",
    "cronic",
    "crontab",
    "csh",
    "elvish",
    "fish",
    "nu",
    "powershell",
    "pwsh",
    "tcsh",
    "xonsh",
    "dbus-run-session",
    "daemonize",
    "direnv",
    "dtach",
    "ed",
    "emacs",
    "enable",
    "entr",
    "ex",
    "expect",
    "fakeroot",
    "faketime",
    "fc",
    "firejail",
    "flock",
    "gdb",
    "hash",
    "history",
    "hyperfine",
    "ifne",
    "linux32",
    "linux64",
    "lldb",
    "logsave",
    "ltrace",
    "mise",
    "mosh",
    "newgrp",
    "nix",
    "nix-shell",
    "noglob",
    "nocorrect",
    "nq",
    "nsenter",
    "numactl",
    "parallel",
    "perf",
    "pkexec",
    "prlimit",
    "proot",
    "repeat",
    "rlwrap",
    "rsh",
    "run-parts",
    "runuser",
    "screen",
    "script",
    "setarch",
    "setpriv",
    "ssh",
    "sshpass",
    "start-stop-daemon",
    "strace",
    "su",
    "systemd-run",
    "taskset",
    "tmux",
    "unbuffer",
    "unshare",
    "valgrind",
    "vim",
    "watch",
    "xvfb-run",
];

/// Subcommands that run other programs, and options with which a program does.
const ARGUMENTS: [(&str, &[&str]); 22] = [
    ("cargo", &["--config"]),
    ("deno", &["eval"]),
    ("docker", &["exec", "run"]),
    ("fd", &["-x", "-X", "--exec", "--exec-batch"]),
    ("fdfind", &["-x", "-X", "--exec", "--exec-batch"]),
    ("find", &["-exec", "-execdir", "-ok", "-okdir", "-delete", "-fprint", "-fprint0", "-fprintf", "-fls"]),
    (
        "git",
        &[
            "filter-branch",
            "difftool",
            "mergetool",
            "--exec",
            "--exec-path",
            "--upload-pack",
            "--receive-pack",
            "--open-files-in-pager",
            "--config-env",
        ],
    ),
    ("go", &["-exec", "-toolexec"]),
    ("kubectl", &["exec", "run", "debug", "edit"]),
    ("make", &["--eval"]),
    ("man", &["-P", "--pager", "-H", "--html"]),
    ("mapfile", &["-C"]),
    ("npx", &["-c", "--call"]),
    ("oc", &["exec", "run", "rsh", "debug", "edit"]),
    ("php", &["-B", "-R", "-E", "-F"]),
    ("readarray", &["-C"]),
    ("rg", &["--pre", "--hostname-bin"]),
    ("rsync", &["-e", "--rsh", "--rsync-path"]),
    ("sort", &["--compress-program"]),
    (
        "tar",
        &[
            "-I",
            "-F",
            "--to-command",
            "--checkpoint-action",
            "--use-compress-program",
            "--rsh-command",
            "--info-script",
            "--new-volume-script",
        ],
    ),
    ("vagrant", &["ssh"]),
    ("zip", &["-TT", "--unzip-command"]),
];

/// An argument with which the program runs others.
pub(super) fn argument(invocation: &Invocation) -> Option<Range<usize>> {
    let (_, listed) = ARGUMENTS.iter().find(|(program, _)| *program == invocation.program)?;
    let arguments = invocation.arguments();
    let option = |name: &str| {
        // An unambiguous beginning of a long option will do for most programs.
        listed.iter().any(|known| {
            *known == name || name.len() > 3 && name.starts_with("--") && known.starts_with(name)
        })
    };
    if let Some(flag) = arguments.flags.iter().find(|flag| option(&flag.name)) {
        return Some(flag.span.clone());
    }
    let finds = invocation.program == "find";
    let mut after_option = false;
    for word in invocation.words() {
        if finds && word.may_be_option() && (word.splits || !after_option) {
            return Some(word.span.clone());
        }
        after_option = word.text.as_deref().is_some_and(|text| text.starts_with('-'));
    }
    let subcommands = arguments.operands.iter().take(2).filter_map(|word| word.text.as_deref());
    let (first, second) = {
        let mut s = subcommands;
        (s.next()?, s.next())
    };
    // `docker compose exec`, but not `docker build run`.
    let nested =
        matches!(first, "compose" | "container") && second.is_some_and(|word| listed.contains(&word));
    (listed.contains(&first) || nested).then(|| invocation.span.clone())
}
