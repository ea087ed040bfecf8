//! What options name as written by their own names, for any program: `--output ../x`, `--log-file=/var/x`, `-o ../x`.
//!
//! Whoever writes a tool calls the option for what it writes `--output`, `--log-file`, `--report` or nearly so, and a
//! value that is a path says where. Out of the workspace that is certain enough to forbid; inside it, it is asked about.

use std::ops::Range;
use std::sync::LazyLock;

use super::super::shell::{Invocation, Word};
use super::Target;
use super::directory::Directories;
use super::writers::leaves;
use crate::policy::names::Names;

/// Parts of the names of options for what is written.
static WRITES: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "basetemp cache coverdir dest destination dist distdir distpath download dump export html joblog junit junitxml log \
         logdir logfile logpath out outdir outfile outpath output outputdir outputfile outputpath pidfile report reportdir \
         reportfile reports result resultdir results sarif save savedir tmpdir workpath xunit",
    ])
});

/// Parts that make something else of them: `--output-format`, `--log-level`, `--cache-from`.
static OTHERS: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "config color count driver encoding endpoint exclude filter format from group host ignore in input interval \
         key level limit mode name no only opt opts port prefix read rotate schema server size stdin style tag template theme \
         timeout type uri url user verbosity version",
    ])
});

/// Programs whose words name nothing that they write, or whose rows say it all; for some `--output` is a format.
static SILENT: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        ": [ [[ ack ag argocd aws az basename cat cmp comm command curl cut declare diff dirname docker echo egrep eksctl \
         export expr false fd fgrep file find flux gcloud gh git grep head helm istioctl kubectl local ls mktemp oc pgrep pkill printf \
         ps pwd read readlink realpath rg seq set sleep stat tail test tr true type unset wc which",
    ])
});

/// Programs to which `-o` is no output.
static SWITCHES: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "7z adduser apk apt apt-get autossh bash bsdtar cargo chgrp chmod chown cp cpio dash dpkg dpkg-query fzf getfacl id \
         install javac ksh less lsblk lsof make man mkdir mount mv netstat ninja openvpn pax pip python readelf rm rsync scp sftp \
         sh ssh sshfs ss su sudo tar umount unzip useradd usermod watch xargs zip zsh",
    ])
});

/// Programs whose operands set variables: `make O=../out`.
const SETTING: [&str; 5] = ["gmake", "just", "make", "task", "xcodebuild"];

/// A place that an option names: where, the range of what names it, and whether that is certain.
pub(super) type Named = (Target, Range<usize>, bool);

/// The places that the options of a call name by their own names.
pub(super) fn targets(
    invocation: &Invocation,
    directories: &mut Directories<'_>,
    scope: usize,
) -> Vec<Named> {
    let words = invocation.own_words();
    let mut found = Vec::new();
    let program = invocation.program.as_str();
    for (index, word) in words.iter().enumerate() {
        let text = word.text.as_deref().unwrap_or(&word.prefix);
        let option = text.len() > 1 && text.starts_with('-');
        let sets = !option && text.contains('=') && SETTING.contains(&program);
        if !option && !sets {
            continue;
        }
        let Some((name, value, given)) = value(text, word, words.get(index + 1)) else { continue };
        let short = name == "-o";
        if !is_path(value) || SILENT.has(program) || short && SWITCHES.has(program) || !short && !writes(name)
        {
            continue;
        }
        let target = match &given.text {
            Some(_) => directories.join(value, scope),
            None => Target::Unknown("its name is computed at run time".to_owned()),
        };
        let away = match &target {
            Target::Path(path) => path.starts_with(['/', '~']) || leaves(path),
            // Where the script is then is not known, and so only the way out of it says something.
            Target::Unknown(_) if !value.starts_with(['.', '/', '~']) => continue,
            Target::Beneath(_) | Target::Temporary(_) | Target::Unknown(_) => false,
        };
        found.push((target, given.span.clone(), away && !(short && invocation.is_path())));
    }
    found
}

/// The name of an option, its value, and the word that has it.
fn value<'w>(text: &'w str, word: &'w Word, next: Option<&'w Word>) -> Option<(&'w str, &'w str, &'w Word)> {
    if let Some((name, value)) = text.split_once('=') {
        return Some((name, unlabelled(value), word));
    }
    if let Some(value) = text.strip_prefix("-o").filter(|value| value.starts_with(['.', '/', '~'])) {
        return Some(("-o", value, word));
    }
    let next = next?;
    let value = next.text.as_deref().unwrap_or(&next.prefix);
    Some((text, unlabelled(value), next))
}

/// The path behind a format: `json=../x`, `xml:../x`.
fn unlabelled(value: &str) -> &str {
    let value = value.rsplit('=').next().unwrap_or(value);
    match value.split_once(':') {
        Some((label, path)) if label.bytes().all(|byte| byte.is_ascii_lowercase()) => path,
        _ => value,
    }
}

/// It looks like the name of a file: with a slash, or with an ending.
fn is_path(value: &str) -> bool {
    let ending = || {
        value.rsplit_once('.').is_some_and(|(stem, ending)| {
            !stem.is_empty() && ending.len() <= 8 && ending.starts_with(|c: char| c.is_ascii_alphabetic())
        })
    };
    let sign = |c: char| c.is_alphanumeric() || "_./~+-@%".contains(c);
    !value.starts_with('-')
        && (value.contains('/') || value == ".." || ending())
        && value.chars().all(sign)
        && !value.starts_with("//")
}

/// Whether the name of an option says that it is about what is written.
fn writes(name: &str) -> bool {
    let name = name.trim_start_matches('-');
    // `mvn -DoutputFile=…`
    let name = name
        .strip_prefix('D')
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
        .unwrap_or(name);
    if name == "O" {
        return true;
    }
    let (mut says, mut part) = (false, String::with_capacity(name.len()));
    let mut end = |part: &mut String| {
        let other = OTHERS.has(part);
        says |= WRITES.has(part);
        part.clear();
        !other
    };
    let mut lower = false;
    for c in name.chars() {
        let starts = c.is_ascii_uppercase() && lower;
        if (starts || !c.is_ascii_alphanumeric()) && !end(&mut part) {
            return false;
        }
        if c.is_ascii_alphanumeric() {
            part.push(c.to_ascii_lowercase());
        }
        lower = c.is_ascii_lowercase();
    }
    end(&mut part) && says
}
