//! Which programs, options and variables carry code.

use std::sync::LazyLock;

use crate::policy::names::Rows;

/// Interpreters, and their options that are followed by code.
const INTERPRETERS: &[(&str, &[&str])] = &[
    ("R", &["-e"]),
    ("Rscript", &["-e"]),
    ("bb", &["-e", "--eval"]),
    ("bun", &["-e", "-p", "--eval", "--print"]),
    ("clj", &["-e", "--eval"]),
    ("clojure", &["-e", "--eval"]),
    ("crystal", &[]),
    ("elixir", &["-e", "--eval"]),
    ("emacs", &["--eval", "-eval", "--execute"]),
    ("erl", &["-eval"]),
    ("expect", &["-c"]),
    ("gdb", &["-ex", "--ex", "-eval-command", "--eval-command"]),
    ("gnuplot", &["-e"]),
    ("groovy", &["-e"]),
    ("guile", &["-c"]),
    ("ipython", &["-c"]),
    ("julia", &["-e", "-E", "--eval", "--print"]),
    ("lldb", &["-o", "--one-line"]),
    ("lua", &["-e"]),
    ("luajit", &["-e"]),
    ("m4", &[]),
    ("node", &["-e", "-p", "--eval", "--print"]),
    ("octave", &["--eval", "--exec"]),
    ("osascript", &["-e"]),
    ("perl", &["-e", "-E"]),
    ("php", &["-r", "--run"]),
    ("python", &["-c"]),
    ("racket", &["-e", "--eval"]),
    ("raku", &["-e"]),
    ("ruby", &["-e"]),
    ("sbcl", &["--eval"]),
    ("scala", &["-e"]),
    ("tclsh", &[]),
    ("ts-node", &["-e", "-p", "--eval", "--print"]),
    ("tsx", &["-e", "-p", "--eval", "--print"]),
    ("vim", &["-c", "--cmd"]),
];

/// The options of an interpreter that are followed by code.
pub(super) fn code_options(interpreter: &str) -> Option<&'static [&'static str]> {
    static BY_NAME: LazyLock<Rows<(&str, &[&str])>> =
        LazyLock::new(|| Rows::of(INTERPRETERS, |(name, _)| name));
    BY_NAME.about(interpreter).first().map(|(_, options)| *options)
}

/// Programs that run code with one of their subcommands: the word behind it, or the value of these options; and in
/// which language it is.
const EVALUATORS: &[(&str, &str, &str, &str)] = &[
    ("artisan", "tinker", "--execute", "php"),
    ("crystal", "eval", "", "crystal"),
    ("deno", "eval", "", "node"),
    ("django-admin", "shell", "-c --command", "python"),
    ("drush", "ev", "", "php"),
    ("drush", "php:eval", "", "php"),
    ("manage.py", "shell", "-c --command", "python"),
    ("manage.py", "shell_plus", "-c --command", "python"),
    ("mix", "eval", "", "elixir"),
    ("mix", "run", "-e --eval", "elixir"),
    ("rails", "r", "", "ruby"),
    ("rails", "runner", "", "ruby"),
    ("wp", "eval", "", "php"),
];

/// The rows of those about a program: subcommand, options, language.
pub(super) fn evaluators(
    program: &str,
) -> &'static [&'static (&'static str, &'static str, &'static str, &'static str)] {
    static BY_NAME: LazyLock<Rows<(&str, &str, &str, &str)>> =
        LazyLock::new(|| Rows::of(EVALUATORS, |(name, ..)| name));
    BY_NAME.about(program)
}

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
const CODE_OPTIONS: &[(&str, &[&str])] = &[
    ("fly", &["-C", "--command"]),
    ("fzf", &["--preview"]),
    (
        "git",
        &[
            "--exec",
            "--upload-pack",
            "--receive-pack",
            "--open-files-in-pager",
            "--sendmail-cmd",
            "--to-cmd",
            "--cc-cmd",
            "--commit-filter",
            "--env-filter",
            "--extcmd",
            "--index-filter",
            "--msg-filter",
            "--parent-filter",
            "--tag-name-filter",
            "--tree-filter",
        ],
    ),
    ("go", &["-exec", "-toolexec"]),
    ("helm", &["--post-renderer"]),
    ("man", &["-P", "--pager"]),
    ("nc", &["-e", "--exec", "-c", "--sh-exec"]),
    ("ncat", &["-e", "--exec", "-c", "--sh-exec"]),
    ("netcat", &["-e", "--exec", "-c", "--sh-exec"]),
    ("restic", &["--password-command", "-o"]),
    ("rg", &["--pre", "--hostname-bin"]),
    ("rsync", &["-e", "--rsh", "--rsync-path"]),
    ("sort", &["--compress-program"]),
    ("split", &["--filter"]),
    ("tar", &["--to-command", "-I", "--use-compress-program", "--rsh-command", "-F", "--info-script"]),
    ("zip", &["-TT", "--unzip-command"]),
];

/// The options of a program whose value is shell text.
pub(super) fn shell_options(program: &str) -> Option<&'static [&'static str]> {
    static BY_NAME: LazyLock<Rows<(&str, &[&str])>> =
        LazyLock::new(|| Rows::of(CODE_OPTIONS, |(name, _)| name));
    BY_NAME.about(program).first().map(|(_, options)| *options)
}
