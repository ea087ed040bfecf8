//! Deployments and releases: what puts something where others use it.

mod script;
mod table;

use super::Relation;
use super::infrastructure;
use super::scene::Scene;
use super::target::{Target, pieces};
use super::verbs;
use crate::policy::names::Phrases;
use script::{DEPLOY_NAMES, script, script_names};
use table::{DEPLOYING, KNOWN, RELEASING, TO_WHERE_NAMED};

/// How something is put out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// It is not.
    None,
    /// A word that is computed, or one of a program that no table lists, may put something out.
    Unsure,
    /// Where to is not said, and a preview is the usual.
    Preview,
    /// It only starts what may deploy, such as a pipeline.
    Starts,
    /// To where the words say.
    Named,
    /// Unless the words say something else, to production.
    Production,
    /// For everybody to download.
    Release,
}

/// Whether one of a program's phrases stands at the beginning of the operands.
fn lists(table: &'static Phrases, scene: &Scene<'_>) -> bool {
    let first = scene.operands.first().copied().unwrap_or_default();
    table.about(scene.program()).filter(|phrase| phrase.is_empty() || phrase.starts_with(first)).any(
        |phrase| {
            let words = || phrase.split_ascii_whitespace();
            let mut given = scene.operands.iter();
            // `docker compose -f x up`: an option's value may stand between.
            let apart = || match (words().next(), words().nth(1), words().nth(2)) {
                (Some(verb), Some(second), None) => {
                    verb == first && scene.operands.iter().skip(1).take(3).any(|word| *word == second)
                }
                _ => false,
            };
            words().all(|word| given.next() == Some(&word)) || apart()
        },
    )
}

/// How a call puts something out.
pub(super) fn way(scene: &Scene<'_>) -> Way {
    *scene.way.get_or_init(|| find_way(scene))
}

fn find_way(scene: &Scene<'_>) -> Way {
    let program = scene.program();
    if scene.only_tells() {
        return Way::None;
    }
    if !scene.invocation.is_path() && !KNOWN.has(program) {
        return if verbs::unknown_changes(scene) || migrates(scene) { Way::Unsure } else { Way::None };
    }
    let way = stated(scene);
    let open = || {
        let tables = [&RELEASING, &DEPLOYING, &TO_WHERE_NAMED];
        scene.may_become(tables.into_iter().flat_map(|table| table.about(program)))
            || computed_script(scene)
            || migrates(scene)
    };
    if way == Way::None && open() { Way::Unsure } else { way }
}

/// A target or script whose name is computed: `make "$TARGET"`, `npm run $SCRIPT`.
fn computed_script(scene: &Scene<'_>) -> bool {
    let first = scene.operands.first().copied().unwrap_or_default();
    match scene.program() {
        // `make -j $(nproc) test`
        "make" | "gmake" if scene.has(&["-j", "--jobs", "-l", "-n", "-q", "-p"]) => false,
        "make" | "gmake" | "just" | "rake" | "task" | "invoke" | "fab" => {
            scene.computes(0) && !scene.has(&["-n", "--dry-run"])
        }
        "npm" | "pnpm" | "yarn" | "bun" | "composer" if matches!(first, "run" | "run-script") => {
            scene.operands.get(1).is_some_and(|name| name.is_empty()) && scene.computes(1)
        }
        _ => false,
    }
}

/// It is told about production and to migrate or run there: `APP_ENV=prod php artisan migrate`, `dbt run --target prod`.
fn migrates(scene: &Scene<'_>) -> bool {
    let ordinary = || {
        verbs::ORDINARY.has(scene.program())
            && !matches!(scene.program(), "php" | "python" | "ruby" | "node" | "rails")
    };
    let acts = |word: &&str| {
        let mut parts = word.split([':', '-', '/']);
        let looks = word.ends_with(":status");
        !looks && parts.any(|part| matches!(part, "migrate" | "migration" | "migrations" | "run" | "deploy"))
    };
    scene.operands.iter().take(3).any(acts)
        && !ordinary()
        && !KNOWN_SAFE.contains(&scene.program())
        && scene.target() == Target::Production
}

/// Programs with subcommands of such names that stay on this machine.
const KNOWN_SAFE: [&str; 22] = [
    "aws",
    "az",
    "bun",
    "bundle",
    "cargo",
    "composer",
    "curl",
    "deno",
    "docker",
    "docker-compose",
    "gcloud",
    "gh",
    "git",
    "glab",
    "http",
    "kubectl",
    "npm",
    "npx",
    "pnpm",
    "uv",
    "wget",
    "yarn",
];

/// How a call puts something out, as far as its constant words say.
#[expect(clippy::too_many_lines, reason = "one list of tools")]
fn stated(scene: &Scene<'_>) -> Way {
    let program = scene.program();
    if scene.has(&["-n"]) && matches!(program, "cargo" | "cap" | "rake") {
        return Way::None;
    }
    if scene.has(&["--check", "--list-hosts", "--noop", "--snapshot", "--plan", "-h"]) && program != "rsync" {
        return Way::None;
    }
    let first = scene.operands.first().copied().unwrap_or_default();
    match program {
        "vercel" | "vc" | "now" | "netlify" => return hosted(scene, first),
        "git" => return git(scene),
        "rsync" | "scp" | "sftp" | "rclone" | "lftp" | "ncftpput" | "azcopy" | "gsutil" | "s3cmd" => {
            return copied(scene);
        }
        "gh" if scene.is(&["workflow", "run"])
            || scene.is(&["workflow", "enable"])
            || scene.is(&["run", "rerun"])
            || scene.is(&["pr", "merge"])
            || scene.is(&["deployment"]) =>
        {
            return Way::Starts;
        }
        "gh" if scene.is(&["api"]) => {
            let writes = scene.has(&["-X", "--method", "-f", "-F", "--field", "--raw-field", "--input"]);
            let dispatches =
                scene.operands.iter().any(|word| word.contains("dispatches") || word.contains("deployments"));
            let releases = scene.operands.iter().any(|word| word.ends_with("/releases"));
            return match (releases && writes, dispatches && writes) {
                (true, _) => Way::Release,
                (false, true) => Way::Starts,
                (false, false) => Way::None,
            };
        }
        "glab"
            if scene.is(&["ci", "run"]) || scene.is(&["pipeline", "run"]) || scene.is(&["mr", "merge"]) =>
        {
            return Way::Starts;
        }
        "circleci" | "buildkite-agent" | "jenkins-cli" | "drone" | "tkn"
            if !first.is_empty() && !scene.is(&["config"]) && !scene.is(&["local"]) =>
        {
            return Way::Starts;
        }
        "curl" | "wget" | "http" | "xh" => return hook(scene),
        "cargo" if first == "release" => {
            return if scene.has(&["-x", "--execute"]) { Way::Release } else { Way::None };
        }
        "earthly" if scene.has(&["--push"]) => return Way::Release,
        "pack" if scene.has(&["--publish"]) => return Way::Release,
        "semantic-release" if scene.has(&["-d"]) => return Way::None,
        "nixos-rebuild" if scene.has(&["--target-host"]) && matches!(first, "switch" | "boot") => {
            return Way::Named;
        }
        "goreleaser" if scene.has(&["--skip-publish"]) || skips_publishing(scene) => return Way::None,
        "docker" | "docker-compose"
            if scene.is(&["push"]) || scene.is(&["compose"]) && scene.operands.get(1) == Some(&"push") =>
        {
            return Way::Release;
        }
        // The stage or platform stands before the task: `mina production deploy`, `fastlane ios release`.
        "fastlane" | "mina" | "ember" | "dep" if scene.operands.len() > 1 => {
            let tasks = ["deploy", "release", "deliver", "supply", "beta", "upload_to_app_store"];
            let (ways, given) =
                (if program == "fastlane" { Way::Release } else { Way::Production }, &scene.operands);
            return if given.iter().take(2).any(|word| tasks.contains(word)) { ways } else { Way::None };
        }
        "python" if first == "setup.py" => {
            return if scene.operands.contains(&"upload") { Way::Release } else { Way::None };
        }
        "lein" if first == "deploy" => return Way::Release,
        "ansible" | "ansible-playbook" => {
            return if infrastructure::relation(scene) == Relation::Is { Way::Named } else { Way::None };
        }
        "docker" | "docker-compose"
            if scene.has(&["--push"])
                && scene.operands.iter().any(|word| matches!(*word, "build" | "bake")) =>
        {
            return Way::Release;
        }
        "docker" if scene.is(&["buildx", "build"]) || first == "build" => {
            return if scene.has(&["--push"]) { Way::Release } else { Way::None };
        }
        "docker" | "docker-compose"
            if scene.operands.contains(&"up") || scene.operands.contains(&"compose") =>
        {
            let named = scene.operands.iter().any(|word| matches!(*word, "up" | "push"));
            // Compose files run here, unless their name or the way here says otherwise.
            return if named && scene.target() == Target::Production { Way::Named } else { Way::None };
        }
        "systemctl" | "rails" | "rake" | "flyway" | "alembic" | "liquibase" | "kustomize"
            if lists(&TO_WHERE_NAMED, scene) =>
        {
            return if lists(&TO_WHERE_NAMED, scene) && scene.target() == Target::Production {
                Way::Named
            } else {
                Way::None
            };
        }
        "gradle" | "gradlew" | "mvn" | "mvnw" | "sbt" => return built(scene),
        "aws" if scene.is(&["s3", "cp"]) || scene.is(&["s3", "sync"]) => {
            return if scene.operands.last().is_some_and(|word| word.starts_with("s3://")) {
                Way::Named
            } else {
                Way::None
            };
        }
        "skopeo" if !scene.operands.iter().skip(2).any(|word| word.starts_with("docker://")) => {
            return Way::None;
        }
        "surge" | "cap" | "np" if scene.operands.is_empty() && program == "np" => return Way::Release,
        "cap" => {
            return if scene.operands.iter().any(|word| word.contains("deploy")) {
                Way::Production
            } else {
                Way::None
            };
        }
        "heroku" if first == "run" => return Way::Named,
        _ => {}
    }
    if lists(&RELEASING, scene) {
        return Way::Release;
    }
    if lists(&DEPLOYING, scene) {
        return Way::Production;
    }
    if lists(&TO_WHERE_NAMED, scene) {
        return Way::Named;
    }
    script(scene)
}

/// `--skip=publish`; what else is skipped does not keep it from publishing.
fn skips_publishing(scene: &Scene<'_>) -> bool {
    let mut values = scene.flags.iter().filter(|flag| flag.name == "--skip").filter_map(|flag| flag.value);
    values.any(|value| value.contains("publish"))
        || scene.has(&["--skip"]) && scene.operands.iter().skip(1).any(|word| word.contains("publish"))
}

/// Hosts that make a preview unless told otherwise.
fn hosted(scene: &Scene<'_>, first: &str) -> Way {
    let production = scene.has(&["--prod", "--production", "-p"])
        || scene.flags.iter().any(|flag| flag.name == "--target" && flag.value == Some("production"))
        || scene.operands.windows(2).any(|pair| pair[0] == "--target" && pair[1] == "production");
    let changes = ["alias", "promote", "rollback", "redeploy", "rm", "remove", "domains"];
    let looks = [
        "build",
        "dev",
        "inspect",
        "ls",
        "list",
        "logs",
        "env",
        "link",
        "login",
        "logout",
        "pull",
        "whoami",
        "status",
        "init",
        "project",
        "projects",
        "teams",
        "switch",
        "certs",
        "dns",
        "open",
        "functions",
        "sites",
        "watch",
        "unlink",
        "serve",
        "lm",
    ];
    if looks.contains(&first) {
        Way::None
    } else if production || changes.contains(&first) {
        Way::Production
    } else if scene.program() == "netlify" && first != "deploy" {
        Way::None
    } else {
        Way::Preview
    }
}

fn git(scene: &Scene<'_>) -> Way {
    // `ssh deploy@www "cd app && git pull"`
    if scene.invocation.elsewhere && scene.is(&["pull"]) && scene.target() == Target::Production {
        return Way::Named;
    }
    if !scene.is(&["push"]) || scene.has(&["-n", "--dry-run"]) {
        return Way::None;
    }
    let remote = scene.operands.get(1).copied().unwrap_or_default();
    if matches!(remote, "heroku" | "dokku" | "deploy" | "piku" | "gigalixir") || remote.contains("heroku") {
        Way::Production
    } else {
        Way::Starts
    }
}

/// Copies to another machine.
fn copied(scene: &Scene<'_>) -> Way {
    if scene.program() == "rsync" && scene.has(&["-n", "--dry-run", "--list-only"]) {
        return Way::None;
    }
    // What these send stands elsewhere: in their input, or behind a host without a colon.
    if matches!(scene.program(), "sftp" | "ncftpput") && !scene.operands.is_empty() {
        return Way::Unsure;
    }
    let remote = |word: &&str| {
        let host = word.split_once(':').map_or("", |(host, _)| host);
        word.contains("://") || !host.is_empty() && !host.contains('/')
    };
    // `rsync -a dist/ "$HOST:/srv"`
    if scene.sends_to_computed_host() {
        return Way::Unsure;
    }
    let Some(to) = scene.operands.last().filter(|to| remote(to)) else { return Way::None };
    let served = ["/var/www", "/srv", "public_html", "htdocs", "/usr/share/nginx"]
        .iter()
        .any(|path| to.contains(path));
    if served { Way::Production } else { Way::Named }
}

/// Web hooks that start a deployment: `curl -X POST https://…/deploy`.
fn hook(scene: &Scene<'_>) -> Way {
    // `http POST URL`
    let sends = scene.operands.iter().any(|word| matches!(*word, "POST" | "PUT" | "PATCH"))
        || scene.flags.iter().any(|flag| match &*flag.name {
            "-X" | "--request" | "--method" => !matches!(flag.value, Some("GET" | "HEAD")),
            "-d" | "--data" | "--data-binary" | "--data-raw" | "-F" | "--form" | "-T" | "--upload-file"
            | "--post-data" | "--json" => true,
            _ => false,
        });
    let names = |word: &str| {
        word.contains("://")
            && !word.contains("://localhost")
            && !word.contains("://127.")
            && pieces(word).iter().any(|piece| {
                DEPLOY_NAMES.contains(&piece.as_str()) || piece == "dispatches" || piece == "hooks"
            })
    };
    // `"$DEPLOY_HOOK"`: the variable says what it holds.
    let variable = |word: &&crate::policy::shell::Word| {
        word.variable.as_ref().is_some_and(|(name, _)| {
            pieces(name).iter().any(|piece| DEPLOY_NAMES.contains(&piece.as_str()) || piece == "hook")
        })
    };
    let named = scene.operands.iter().any(|word| names(word))
        || scene.invocation.words().iter().any(|word| variable(&word));
    if sends && named { Way::Starts } else { Way::None }
}

/// A task of a build tool is named after a deployment: `deployProd`, but not `DeployTest`.
fn deploys(task: &str) -> bool {
    let words = pieces(task);
    let says = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    says(&["deploy"]) && !says(&["test", "tests", "check", "spec"])
}

/// Build tools with a phase or task that publishes.
fn built(scene: &Scene<'_>) -> Way {
    // `gradle tasks --group publishing`
    if scene.operands.first().is_some_and(|task| {
        matches!(*task, "tasks" | "help" | "projects" | "properties" | "dependencies" | "dependencyInsight")
    }) {
        return Way::None;
    }
    let task = |word: &str| {
        // `+publishSigned` does it for each version of Scala.
        let last = word.rsplit(':').next().unwrap_or(word).trim_start_matches('+');
        matches!(
            last,
            "deploy"
                | "uploadArchives"
                | "bintrayUpload"
                | "closeAndReleaseRepository"
                | "publishSigned"
                | "perform"
                | "ci-release"
                | "release"
                | "deploy-file"
                | "jib"
        ) || last.starts_with("publish") && !last.contains("Local")
            || word == "jib:build"
            || deploys(last)
            || last.starts_with("upload")
    };
    // `-x publish` leaves the task out.
    let left_out =
        |at: usize| scene.program().starts_with("gradle") && scene.follows(at, &["-x", "--exclude-task"]);
    let told = scene.operands.iter().enumerate().any(|(at, word)| task(word) && !left_out(at));
    if told && !scene.has(&["-m", "--dry-run"]) {
        return if scene.operands.iter().any(|word| deploys(word) && scene.program().starts_with("gradle")) {
            Way::Named
        } else {
            Way::Release
        };
    }
    Way::None
}

/// It is done by a script of the project.
pub(super) fn by_script(scene: &Scene<'_>) -> bool {
    !script_names(scene).is_empty()
}

/// How a call relates to a rule against deployments, of production only or of any kind.
#[expect(clippy::match_same_arms, reason = "each row is a case of its own")]
pub(super) fn relation(scene: &Scene<'_>, production_only: bool) -> Relation {
    let way = way(scene);
    if way == Way::None {
        return Relation::None;
    }
    let target = scene.target();
    match (way, target) {
        (Way::None, _) => Relation::None,
        (Way::Unsure, _) => Relation::May,
        (Way::Release, Target::Production | Target::Unnamed) => Relation::Is,
        (_, Target::Production) => Relation::Is,
        (Way::Preview | Way::Starts, _) => Relation::May,
        (Way::Release, Target::Other) => Relation::May,
        (Way::Production | Way::Named, Target::Other) => {
            if production_only {
                Relation::None
            } else {
                Relation::Is
            }
        }
        (Way::Production, Target::Unnamed) => Relation::Is,
        (Way::Named, Target::Unnamed) => {
            if production_only || by_script(scene) {
                Relation::May
            } else {
                Relation::Is
            }
        }
    }
}

/// How a call relates to a rule against publishing.
pub(super) fn publishes(scene: &Scene<'_>) -> Relation {
    match way(scene) {
        Way::Release => Relation::Is,
        Way::Unsure => {
            if scene.may_become(RELEASING.about(scene.program())) {
                Relation::May
            } else {
                Relation::None
            }
        }
        Way::None | Way::Preview | Way::Starts | Way::Named | Way::Production => Relation::None,
    }
}
