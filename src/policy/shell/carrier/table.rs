//! Which programs, options and variables carry code.

/// Interpreters, and their options that are followed by code.
pub(super) const INTERPRETERS: [(&str, &[&str]); 17] = [
    ("bun", &["-e", "-p", "--eval", "--print"]),
    ("emacs", &["--eval", "-eval", "--execute"]),
    ("expect", &["-c"]),
    ("gdb", &["-ex", "--ex", "-eval-command", "--eval-command"]),
    ("groovy", &["-e"]),
    ("lldb", &["-o", "--one-line"]),
    ("lua", &["-e"]),
    ("luajit", &["-e"]),
    ("node", &["-e", "-p", "--eval", "--print"]),
    ("osascript", &["-e"]),
    ("perl", &["-e", "-E"]),
    ("php", &["-r", "--run"]),
    ("python", &["-c"]),
    ("Rscript", &["-e"]),
    ("ruby", &["-e"]),
    ("tclsh", &[]),
    ("vim", &["-c", "--cmd"]),
];

/// Shells whose `-c` takes a script.
pub(super) const SHELLS: [&str; 8] = ["ash", "bash", "dash", "ksh", "mksh", "rbash", "sh", "zsh"];

/// Shells with a language of their own, near enough to be read for what is forbidden but not for what is allowed.
pub(super) const OTHER_SHELLS: [&str; 8] =
    ["csh", "elvish", "fish", "nu", "powershell", "pwsh", "tcsh", "xonsh"];

/// Variables whose values programs run as shell text.
pub(super) const CODE_VARIABLES: [&str; 14] = [
    "EDITOR",
    "GIT_ASKPASS",
    "GIT_EDITOR",
    "GIT_EXTERNAL_DIFF",
    "GIT_PAGER",
    "GIT_SEQUENCE_EDITOR",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "MANPAGER",
    "PAGER",
    "PROMPT_COMMAND",
    "RSYNC_RSH",
    "SUDO_EDITOR",
    "VISUAL",
];

/// Variables that make programs load code before they start.
pub(super) const LOADING_VARIABLES: [&str; 8] = [
    "BASH_ENV",
    "GIT_CONFIG_COUNT",
    "LD_AUDIT",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "PERL5OPT",
    "PYTHONSTARTUP",
    "ZDOTDIR",
];

/// Builtins that evaluate subscripts, and so `$(…)`, in the text of their arguments.
pub(super) const EVALUATING: [&str; 11] =
    ["[", "declare", "export", "let", "local", "mapfile", "read", "readonly", "test", "typeset", "unset"];

/// Options of `git -c` that cannot name a program.
pub(super) const HARMLESS_GIT_CONFIG: [&str; 12] = [
    "advice.",
    "color.",
    "commit.gpgsign=",
    "core.autocrlf=",
    "core.pager=cat",
    "core.pager=less",
    "core.quotepath=",
    "init.defaultbranch=",
    "log.",
    "protocol.",
    "safe.directory=",
    "user.",
];

/// Options whose value is shell text, of programs that otherwise run nothing.
pub(super) const CODE_OPTIONS: [(&str, &[&str]); 8] = [
    ("fly", &["-C", "--command"]),
    ("git", &["--exec", "--upload-pack", "--receive-pack", "--open-files-in-pager"]),
    ("man", &["-P", "--pager"]),
    ("rg", &["--pre", "--hostname-bin"]),
    ("rsync", &["-e", "--rsh", "--rsync-path"]),
    ("sort", &["--compress-program"]),
    ("tar", &["--to-command", "-I", "--use-compress-program", "--rsh-command", "-F", "--info-script"]),
    ("zip", &["-TT", "--unzip-command"]),
];
