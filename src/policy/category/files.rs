//! Deleting files and disks: what `rm -rf` does, by whatever means.

use super::Relation;
use super::scene::Scene;

/// Programs that delete trees of files, or make them unreadable, whatever their options.
const DELETE: &[&str] = &[
    "blkdiscard",
    "del-cli",
    "deltree",
    "fstrim",
    "gio",
    "mkfs",
    "mkswap",
    "nwipe",
    "rimraf",
    "rip",
    "rmrf",
    "scrub",
    "shred",
    "srm",
    "trash",
    "trash-put",
    "trash-empty",
    "wipe",
    "wipefs",
    "sgdisk",
    "del",
    "rd",
    "remove-item",
    "cryptsetup",
    "mke2fs",
    "newfs",
    "gtrash",
    "rm-rf",
    "safe-rm",
    "czkawka_cli",
    "fdupes",
    "rmlint",
];

/// How a call relates to deleting many files without a question.
#[expect(clippy::match_same_arms, reason = "each row is a case of its own")]
pub(super) fn deletes(scene: &Scene<'_>) -> Relation {
    let program = scene.program();
    if scene.only_tells() {
        return Relation::None;
    }
    let is = |certain: bool| if certain { Relation::Is } else { Relation::None };
    match program {
        "rm" => is(scene.has(&["-r", "-R", "--recursive"]) || is_long(scene, "--recursive")),
        "find" => {
            let deletes = scene.has(&["-delete"]);
            // `find -exec unlink {} ;` goes through a tree like `rm -r`.
            is(deletes || runs_deleter(scene))
        }
        "fd" | "fdfind" | "xargs" => is(runs_deleter(scene)),
        "git" => {
            is(scene.is(&["clean"]) && scene.has(&["-f", "--force"]) && !scene.has(&["-n", "--dry-run"]))
        }
        "dd" => {
            is(scene.operands.iter().any(|word| word.starts_with("of=/dev/") && !word.contains("/dev/null")))
        }
        "rsync" if scene.has(&["-n", "--dry-run", "--list-only"]) => Relation::None,
        "rsync" => is(scene
            .flags
            .iter()
            .any(|flag| flag.name.starts_with("--delete") || flag.name == "--remove-source-files")),
        // `cmd /c "rd /s /q out"`
        "cmd" | "cmd.exe" => {
            let words = scene.invocation.words().iter().filter_map(|word| word.text.as_deref());
            let text = words.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
            is(["rd /s", "rmdir /s", "del /s"].iter().any(|verb| text.contains(verb)))
        }
        "robocopy" => is(scene.operands.iter().any(|word| word.eq_ignore_ascii_case("/mir"))),
        "mv" => is(scene.operands.last() == Some(&"/dev/null")),
        "gio" => is(scene.is(&["trash"]) || scene.is(&["remove"])),
        "cryptsetup" => is(scene.is(&["luksFormat"]) || scene.is(&["erase"])),
        "sgdisk" => is(scene.has(&["-Z", "--zap-all", "-o"])),
        "fdupes" | "rmlint" => is(scene.has(&["-d", "--delete", "-N"])),
        "truncate" => Relation::None,
        "docker" => is(scene.is(&["system", "prune"])
            || scene.is(&["volume", "prune"])
            || scene.is(&["volume", "rm"])),
        "gsutil" | "aws" | "rclone" | "mc" => {
            let removes = scene.is(&["rm"])
                || scene.is(&["s3", "rm"])
                || scene.is(&["s3", "rb"])
                || scene.is(&["purge"])
                || scene.is(&["delete"]);
            is(removes)
        }
        "cargo" | "bazel" | "gradle" | "gradlew" | "mvn" | "make" => Relation::None,
        "python" => is(scene.is(&["shutil", "rmtree"])),
        "perl" | "node" => Relation::None,
        _ => is(DELETE.contains(&program) || program.starts_with("mkfs.")),
    }
}

/// A long option may be shortened.
fn is_long(scene: &Scene<'_>, option: &str) -> bool {
    scene.flags.iter().any(|flag| flag.name.len() > 2 && option.starts_with(&*flag.name))
}

/// It runs `rm`, `unlink` or `rmdir` for what it finds.
fn runs_deleter(scene: &Scene<'_>) -> bool {
    let deleters = ["rm", "unlink", "shred", "rmdir", "trash", "rimraf", "srm"];
    let names = scene.invocation.words().iter().filter_map(|word| word.text.as_deref());
    let names: Vec<&str> = names.map(|text| text.rsplit('/').next().unwrap_or(text)).collect();
    match scene.program() {
        "find" => names.windows(2).any(|pair| {
            matches!(pair[0], "-exec" | "-execdir" | "-ok" | "-okdir")
                && deleters.contains(&pair[1])
                && pair[1] != "rmdir"
        }),
        "fd" | "fdfind" => names.windows(2).any(|pair| {
            matches!(pair[0], "-x" | "-X" | "--exec" | "--exec-batch") && deleters.contains(&pair[1])
        }),
        _ => false,
    }
}

/// A root, a home or a whole disk would be gone.
pub(super) fn wipes(scene: &Scene<'_>) -> bool {
    let program = scene.program();
    let removes = matches!(program, "rm" | "find" | "chmod" | "chown" | "mv");
    if !removes || scene.only_tells() || scene.invocation.elsewhere {
        return false;
    }
    let roots = |word: &str| {
        let plain = word.trim_end_matches(['*', '.']).trim_end_matches('/');
        let path = crate::policy::writes::normalised(if plain.is_empty() && word.starts_with('/') {
            "/"
        } else {
            plain
        });
        let top = [
            "/",
            "~",
            "/bin",
            "/boot",
            "/dev",
            "/etc",
            "/home",
            "/lib",
            "/lib64",
            "/opt",
            "/proc",
            "/root",
            "/sbin",
            "/sys",
            "/usr",
            "/var",
            "/Users",
            "/System",
            "/Library",
            "/Applications",
        ];
        (word.starts_with('/') || word.starts_with('~')) && top.contains(&path.as_str())
    };
    let words = scene.invocation.words();
    let home = |word: &crate::policy::shell::Word| {
        word.variable
            .as_ref()
            .is_some_and(|(name, rest)| name == "HOME" && rest.trim_end_matches(['/', '*']).is_empty())
    };
    let named = words.iter().any(|word| {
        home(word)
            || word.text.as_deref().is_some_and(|text| roots(text) && (word.tilde || !text.starts_with('~')))
    });
    match program {
        "rm" => named && (scene.has(&["-r", "-R", "--recursive"]) || is_long(scene, "--recursive")),
        "find" => {
            let starts = words
                .iter()
                .take_while(|word| !word.text.as_deref().is_some_and(|text| text.starts_with('-')));
            let root =
                starts.filter(|word| home(word) || word.text.as_deref().is_some_and(roots)).count() > 0;
            root && deletes(scene) == Relation::Is && !scene.has(&["-name", "-path", "-iname", "-regex"])
        }
        "chmod" | "chown" => named && scene.has(&["-R", "--recursive"]),
        "mv" => scene.operands.first().is_some_and(|word| roots(word)) && named,
        _ => false,
    }
}

/// A path that names a block device, on Linux or macOS.
pub(in crate::policy) fn is_device(path: &str) -> bool {
    const STARTS: [&str; 12] = [
        "/dev/sd",
        "/dev/hd",
        "/dev/nvme",
        "/dev/vd",
        "/dev/xvd",
        "/dev/mmcblk",
        "/dev/disk",
        "/dev/rdisk",
        "/dev/mapper/",
        "/dev/dm-",
        "/dev/md",
        "/dev/loop",
    ];
    STARTS.iter().any(|start| path.starts_with(start))
}

/// It overwrites a block device.
pub(super) fn overwrites_device(scene: &Scene<'_>) -> bool {
    let words = || scene.invocation.words().iter().filter_map(|word| word.text.as_deref());
    if scene.only_tells() || scene.invocation.elsewhere {
        return false;
    }
    match scene.program() {
        "dd" => words().any(|word| word.strip_prefix("of=").is_some_and(is_device)),
        "shred" | "wipefs" | "blkdiscard" | "mkswap" | "sgdisk" | "tee" | "cp" | "badblocks" | "hdparm"
        | "parted" | "fdisk" | "sfdisk" => {
            let looks = scene.has(&["-l", "--list", "-n", "--no-act", "-p", "--print"]);
            let to_device = if scene.program() == "cp" {
                words().next_back().is_some_and(is_device)
            } else {
                words().any(is_device)
            };
            !looks
                && to_device
                && (scene.program() != "parted" || words().all(|word| word != "print"))
                && (scene.program() != "hdparm" || scene.has(&["--security-erase"]))
                && (scene.program() != "badblocks" || scene.has(&["-w"]))
        }
        program => program.starts_with("mkfs") && words().any(is_device),
    }
}
