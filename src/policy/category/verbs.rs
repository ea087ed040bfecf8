//! Verbs of command-line tools: what changes something, what only looks, in words that the tools have in common.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::scene::Scene;
use crate::policy::names::Names;

/// What a call of a tool does to what the tool manages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It changes it.
    Mutates,
    /// It looks at it, or works on this machine only.
    Reads,
    /// This version does not know.
    Unknown,
}

/// A tool with what its own words mean; phrases are separated by `;`, and the longest that fits decides.
pub(super) struct Tool {
    /// Its programs, separated by blanks.
    pub(super) programs: &'static str,
    pub(super) mutates: &'static str,
    pub(super) reads: &'static str,
    /// Other phrases are told by the common verbs in them.
    pub(super) common: bool,
}

const MUTATING: &str = "abort accept activate add adopt allocate annotate apply approve assign associate attach authorize \
    autoscale backup boot bootstrap bulk cancel change clear clone commit copy cordon create deactivate \
    deallocate decommission delete deploy deprovision deregister destroy detach disable disassociate down \
    drain drop edit edit-config enable evict exec execute expose failover flush force forward generate grant \
    import increase init initiate inject install invoke issue join kill label launch leave lock mb migrate \
    modify mount move mv patch pause power-off power-on poweroff promote provision publish purge push put rb \
    reboot rebuild reconcile recover recreate redeploy refresh regenerate register reimage reject release \
    reload remove rename renew replace reprovision request reset resize restart restore resume revert revoke \
    rm rollback rotate run scale schedule seal send set shutdown signal snapshot ssh start stop submit \
    suspend swap sync tag taint terminate transfer trigger unassign uncordon undeploy undo uninstall unlock \
    unmount unpause unregister unseal unset untag up update upgrade upload upsert vacuum write";

const READING: &str = "access api-resources api-versions batch-get bounds build calculate cat check cluster-info compare \
    completion config-view console-url count current current-context decode decrypt describe detect diagnose \
    diff discover doctor download dry-run du env estimate events examples exists explain export fetch filter \
    find fmt format get graph head health help history info inspect is-active lint list list-all locate log \
    logs lookup ls metrics options output outputs ping plan pods preview print ps query read receive render \
    report scan schema search select show simulate stat stats status summarize summary tail template test \
    token-info top trace tree url validate values verify version view wait watch what-if whatif which who \
    whoami";

/// Each common verb with what it does; one that is on both lists only looks.
static COMMON: LazyLock<FxHashMap<&'static str, Kind>> = LazyLock::new(|| {
    let mutating = MUTATING.split_ascii_whitespace().map(|verb| (verb, Kind::Mutates));
    mutating.chain(READING.split_ascii_whitespace().map(|verb| (verb, Kind::Reads))).collect()
});

/// What a common verb, or the verb that a word begins with (`delete-stack`), does.
pub(super) fn common(word: &str) -> Kind {
    let word = lower_case(word);
    let exact = exactly(&word);
    // `batch-get-image`
    let word = word.strip_prefix("batch-").unwrap_or(&word);
    match word.split_once(['-', ':', '_', '.']) {
        Some((first, _)) if exact == Kind::Unknown => exactly(first),
        _ => exact,
    }
}

fn lower_case(word: &str) -> Cow<'_, str> {
    let capitals = word.bytes().any(|byte| byte.is_ascii_uppercase());
    if capitals { word.to_ascii_lowercase().into() } else { word.into() }
}

/// What a word does that is a verb as it stands, or by its last part: `apps:destroy`, `vm.destroy`.
fn exactly(word: &str) -> Kind {
    let last = word.rsplit_once([':', '.']).map(|(_, last)| last);
    match (COMMON.get(word), last.and_then(|last| COMMON.get(last))) {
        (Some(Kind::Reads), _) | (_, Some(Kind::Reads)) => Kind::Reads,
        (Some(kind), _) | (None, Some(kind)) => *kind,
        (None, None) => Kind::Unknown,
    }
}

/// The kind of a call whose first word names a service or a group (`aws logs …`, `gcloud run services …`): that word
/// is no verb, and a whole verb (`create`) counts before a noun that begins with one (`health-checks`).
fn behind_group(path: &[&str]) -> Kind {
    let rest = || path.iter().skip(1).take(5).map(|word| lower_case(word));
    let decided = |kind: &Kind| *kind != Kind::Unknown;
    let exact = rest().map(|word| exactly(&word)).find(decided);
    exact.or_else(|| rest().map(|word| common(&word)).find(decided)).unwrap_or(Kind::Unknown)
}

/// Words for what a tool manages that are also verbs.
const NOUNS: [&str; 4] = ["backup", "restore", "schedule", "snapshot"];

/// The kind of a call with these operands, and how many of them name it.
pub(super) fn kind(tool: &Tool, operands: &[&str]) -> Kind {
    let length = |phrases: &str| {
        phrases
            .split(';')
            .filter(|phrase| !phrase.is_empty())
            .filter(|phrase| {
                let mut words = phrase.split_ascii_whitespace();
                operands.len() >= words.clone().count()
                    && words.clone().zip(operands).all(|(word, operand)| word == *operand)
                    && words.next().is_some()
            })
            .map(|phrase| phrase.split_ascii_whitespace().count())
            .max()
            .unwrap_or(0)
    };
    let (mutates, reads) = (length(tool.mutates), length(tool.reads));
    if mutates > 0 || reads > 0 {
        return if reads >= mutates { Kind::Reads } else { Kind::Mutates };
    }
    if !tool.common {
        return Kind::Unknown;
    }
    if operands.len() > 1
        && tool.programs.split_ascii_whitespace().any(|name| matches!(name, "aws" | "az" | "gcloud"))
    {
        // The verb of `aws` is its second word, whatever its operands are called; `az` has no operands, so that its
        // verb is the last word.
        let channels = operands.iter().take_while(|word| matches!(**word, "alpha" | "beta")).count();
        let path = &operands[channels..];
        return match tool.programs {
            "aws" => behind_group(path.get(..2).unwrap_or(path)),
            "az" => path[1..]
                .iter()
                .rev()
                .map(|word| common(word))
                .find(|kind| *kind != Kind::Unknown)
                .unwrap_or(Kind::Unknown),
            _ => behind_group(path),
        };
    }
    // `velero backup get`: what is a verb in other tools is a noun before one.
    if let [noun, verb, ..] = operands
        && NOUNS.contains(noun)
        && let decided @ (Kind::Mutates | Kind::Reads) = exactly(verb)
    {
        return decided;
    }
    // The verb may stand behind up to four nouns.
    operands
        .iter()
        .take(5)
        .map(|word| common(word))
        .find(|kind| *kind != Kind::Unknown)
        .unwrap_or(Kind::Unknown)
}

/// Words with which a program of whatever name changes what others use.
const HEAVY: [&str; 5] = ["apply", "delete", "deploy", "destroy", "terminate"];

/// Programs whose operands are text, files, tests or packages, so that `deploy` among them is a name.
pub(super) static ORDINARY: LazyLock<Names> = LazyLock::new(|| {
    const LIST: &str = ". ag actionlint ansible-lint awk basename bash bat black bun bundle cat cd checkov chmod chown cmp \
    command composer conftest copy cp curl cut dash deno diff dirname docker du echo egrep env eval export eza false fd \
    fgrep file find flake8 gh git go gofmt golangci-lint gradle grep hadolint head isort jq just kubeconform kubeval less \
    ln local ls make man mkdir mise more mv mypy mvn nl node npm npx open php pip pnpm poetry popd prettier printf pushd \
    pylint pytest python python3 read readlink realpath return rg rm rmdir rsync ruby ruff rustfmt scp sed set sh \
    shellcheck shfmt sort source stat stow sudo tail tar task tee test tflint time touch tr tree trivy true type uniq unset \
    uv wc wget which xargs yamllint yarn yq zip zsh [ [[ : eslint stylelint \
    markdownlint mdl codespell typos biome jest vitest mocha rspec rubocop tsc rustc cloc scc tokei pre-commit yamlfmt git-lfs \
    ctags tokei watch entr vim vi nano code emacs printenv read mapfile dirs hash let cargo dotnet swift zig cabal \
    stack dart flutter hatch tox nox cmake ctest ninja meson perl rails rustup ts-node tsx";
    Names::of(&[LIST])
});

/// A program that no table lists is told to deploy, destroy, delete, apply or terminate.
pub(super) fn unknown_changes(scene: &Scene<'_>) -> bool {
    let Some(first) = scene.operands.first() else { return false };
    let heavy = |word: &str| HEAVY.contains(&word);
    let second =
        scene.operands.get(1).filter(|_| first.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    let told = heavy(first)
        || second.is_some_and(|word| heavy(word))
        || first.split_once('_').is_some_and(|(verb, _)| heavy(verb))
        || first.rsplit_once([':', '.', '-']).is_some_and(|(_, verb)| heavy(verb));
    told && !scene.invocation.is_path() && !ORDINARY.has(scene.program())
}
