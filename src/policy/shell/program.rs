//! The names of programs: by any path, and under their other names.

use std::sync::LazyLock;

use crate::policy::names::{Names, Rows};

/// GNU programs that some systems install with a `g` before their names.
static GNU: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "awk cat chmod chown cp dd env find install ln make mkdir mv nice nohup rm rmdir sed tar tee timeout touch truncate",
    ])
});

/// Other names of one program.
const ALIASES: &[(&str, &str)] = &[
    (".", "source"),
    ("bsdtar", "tar"),
    ("busybox-static", "busybox"),
    ("ex", "vim"),
    ("gvim", "vim"),
    ("rvim", "vim"),
    ("vi", "vim"),
    ("vimdiff", "vim"),
    ("gxargs", "xargs"),
    ("mawk", "awk"),
    ("nawk", "awk"),
    ("nodejs", "node"),
    ("nvim", "vim"),
    ("nerdctl", "docker"),
    ("pip3", "pip"),
    ("pnpx", "npx"),
    ("podman", "docker"),
    ("unlink", "rm"),
    ("view", "vim"),
    ("yarnpkg", "yarn"),
];

/// The program that a command's first word names: `/bin/rm` and `grm` are both `rm`.
pub(crate) fn normalised(word: &str) -> &str {
    static BY_ALIAS: LazyLock<Rows<(&str, &str)>> = LazyLock::new(|| Rows::of(ALIASES, |(alias, _)| alias));
    let name = word.rsplit('/').next().unwrap_or(word);
    if let Some(plain) = name.strip_prefix('g').filter(|rest| GNU.has(rest)) {
        return plain;
    }
    BY_ALIAS.about(name).first().map_or(name, |(_, program)| program)
}
