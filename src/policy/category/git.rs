//! Git commands that lose work or rewrite what others have.

use super::Relation;
use super::scene::Scene;

/// What a word that is computed may become.
const LOSING: &str = "reset;clean;branch;push;checkout;restore;switch;stash drop;stash clear;filter-branch;prune;\
    reflog expire;reflog delete;gc;update-ref;tag;worktree remove;worktree prune;submodule deinit;remote remove;rm;rebase";

/// How a call relates to a rule against destructive use of git.
pub(super) fn relation(scene: &Scene<'_>) -> Relation {
    match scene.program() {
        "bfg" | "git-filter-repo" => return if scene.only_tells() { Relation::None } else { Relation::Is },
        "java"
            if scene
                .operands
                .iter()
                .any(|word| word.rsplit('/').next().is_some_and(|it| it.starts_with("bfg"))) =>
        {
            return Relation::Is;
        }
        "gh" if scene.is(&["repo", "delete"]) => return Relation::Is,
        "gh" if scene.is(&["pr", "close"]) && scene.has(&["-d", "--delete-branch"]) => return Relation::Is,
        // `hub` hands what it does not know to git.
        "git" | "hub" => {}
        _ => return Relation::None,
    }
    if scene.only_tells() {
        return Relation::None;
    }
    // `git $CMD`, `git stash $WHAT`, and options that are computed: `git reset $MODE`.
    let options = ["branch", "checkout", "clean", "push", "reset", "rm", "stash", "switch", "tag"];
    let open = scene.may_become(LOSING.split(';'))
        || scene.operands.first().is_some_and(|verb| options.contains(verb))
            && scene.invocation.words().iter().any(|word| word.splits && word.prefix.is_empty());
    let least = if open { Relation::May } else { Relation::None };
    certain(scene).max(least)
}

/// What its constant words say.
fn certain(scene: &Scene<'_>) -> Relation {
    let Some((verb, rest)) = scene.operands.split_first() else { return Relation::None };
    let first = rest.first().copied().unwrap_or_default();
    let is = |certain: bool| if certain { Relation::Is } else { Relation::None };
    match *verb {
        "reset" => is(begins(scene, &["--hard", "--merge", "--keep"])),
        "clean" => is(scene.has(&["-f"]) || begins(scene, &["--force"])).min(is(!scene.has(&["-n"]))),
        "branch" if scene.has(&["-D"]) || scene.has(&["-d", "--delete"]) && scene.has(&["-f", "--force"]) => {
            Relation::Is
        }
        "branch" => is(scene.has(&["-f", "--force", "-M", "-C"])),
        "push" => push(scene, rest),
        "checkout" => {
            // `git checkout TREE PATH`: only one that makes or detaches takes a second word that is no path.
            let makes = scene.has(&["-b", "--orphan", "-t", "--track", "--detach"]);
            let discards = scene.has(&["-f", "--force", "--ours", "--theirs", "-B"])
                || rest.iter().any(|word| matches!(*word, "." | "--"))
                || dashes(scene) && !rest.is_empty()
                || !makes && (rest.len() > 1 || is_path(first));
            is(discards)
        }
        "restore" => is(!scene.has(&["--staged", "-S"]) || scene.has(&["--worktree", "-W"])),
        "switch" => is(scene.has(&["--discard-changes", "-f", "--force", "-C", "--force-create"])),
        "stash" => is(matches!(first, "drop" | "clear")),
        "prune" | "worktree" | "rm" if scene.has(&["-n"]) => Relation::None,
        "filter-branch" | "filter-repo" | "prune" | "fast-import" => Relation::Is,
        "reflog" => is(matches!(first, "expire" | "delete")),
        "gc" => is(scene.has(&["--prune"])),
        "update-ref" => is(scene.has(&["-d", "--stdin"])).max(if rest.is_empty() {
            Relation::None
        } else {
            Relation::May
        }),
        "tag" => is(scene.has(&["-d", "--delete"])).max(if scene.has(&["-f", "--force"]) {
            Relation::May
        } else {
            Relation::None
        }),
        "worktree" => is(first == "remove" && scene.has(&["-f", "--force"]) || first == "prune"),
        "submodule" => is(matches!(first, "deinit" | "update") && scene.has(&["-f", "--force"])),
        "remote" => {
            if matches!(first, "remove" | "rm") {
                Relation::May
            } else {
                Relation::None
            }
        }
        "rm" => {
            if scene.has(&["--cached"]) {
                Relation::None
            } else if scene.has(&["-f", "--force", "-r"]) {
                Relation::Is
            } else {
                Relation::May
            }
        }
        "rebase" => {
            if ["--abort", "--continue", "--skip", "--show-current-patch", "--quit", "--edit-todo"]
                .iter()
                .any(|flag| scene.has(&[flag]))
            {
                Relation::None
            } else {
                Relation::May
            }
        }
        "commit" => {
            if scene.has(&["--amend"]) {
                Relation::May
            } else {
                Relation::None
            }
        }
        "replace" | "symbolic-ref" if scene.has(&["-d", "--delete"]) => Relation::Is,
        "replace" | "symbolic-ref" if rest.len() > 1 => Relation::May,
        "lfs" if rest.starts_with(&["migrate", "import"]) || rest.starts_with(&["migrate", "export"]) => {
            Relation::Is
        }
        "lfs" if first == "prune" => Relation::May,
        "read-tree" => is(scene.has(&["--reset", "-u"])),
        // `git fetch -f origin main:main` moves a branch that is here.
        "fetch" | "pull" => {
            let force = scene.has(&["-f", "--force"]);
            let forced = rest.iter().any(|word| word.starts_with('+') || force && word.contains(':'));
            if forced { Relation::May } else { Relation::None }
        }
        "checkout-index" => is(scene.has(&["-f", "--force"])),
        "svn" if first == "reset" => Relation::Is,
        _ => Relation::None,
    }
}

/// Git takes the beginning of an option for the option: `--har`.
fn begins(scene: &Scene<'_>, names: &[&str]) -> bool {
    scene
        .flags
        .iter()
        .any(|given| given.name.len() > 3 && names.iter().any(|name| name.starts_with(&*given.name)))
}

/// It looks like a path and not like a branch: `src/`, `./a`, `src/a.rs`, but not `release/v1.2`.
fn is_path(word: &str) -> bool {
    let ending = word.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    word.ends_with('/')
        || word.starts_with("./")
        || ending
            .is_some_and(|it| (1..=4).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_lowercase()))
}

/// `--` stands among the words: what follows are paths.
fn dashes(scene: &Scene<'_>) -> bool {
    scene.invocation.words().iter().any(|word| word.text.as_deref() == Some("--"))
}

fn push(scene: &Scene<'_>, rest: &[&str]) -> Relation {
    if scene.has(&["-n"]) {
        return Relation::None;
    }
    let overwrites = scene.has(&[
        "-f",
        "--force",
        "--forc",
        "--mirror",
        "--delete",
        "-d",
        "--prune",
        "--force-with-lease",
        "--force-if-includes",
    ]);
    // `:$BRANCH` deletes, whatever it is; of a computed word the beginning is known.
    let deletes = |(at, word): (usize, &&str)| {
        word.starts_with('+') || word.starts_with(':') && (word.len() > 1 || scene.is_computed(at + 1))
    };
    let refspec = rest.iter().enumerate().any(deletes);
    if overwrites || refspec { Relation::Is } else { Relation::None }
}
