//! Rules in words: the kinds of operations that they name, and how one call relates to each.

mod access;
mod database;
mod deployment;
mod files;
mod git;
mod infrastructure;
mod prose;
mod scene;
mod target;
mod verbs;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use super::names::Names;
pub(super) use files::is_device;
pub use prose::{
    DeploymentRule, NetworkRule, deployment_rule, in_words, names_secrets, network_rule, pushed_branches,
};
pub use scene::Scene;

/// A kind of operation that rules name in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Changes of clouds, clusters, servers and their services.
    Infrastructure,
    /// Deployments to production, and releases.
    ProductionDeployment,
    /// Deployments to anywhere, and releases.
    Deployment,
    /// Releases to where everybody can fetch them.
    Publishing,
    /// Git commands that lose work.
    DestructiveGit,
    /// Pushing to other repositories.
    Push,
    /// Dropping databases and tables.
    DatabaseDrop,
    /// Running what was fetched from elsewhere.
    RemoteCode,
    /// Credentials in a command.
    HardcodedSecrets,
    /// Reading the user's credentials.
    SecretAccess,
    /// Deleting trees of files.
    DestructiveFiles,
    /// Reaching other machines.
    Network,
    /// Becoming another user.
    Privileges,
    /// Installing programs and adding dependencies.
    Installation,
}

/// How a call relates to a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// It has nothing to do with it, or only looks.
    None,
    /// It may belong to it: where to or what is not said, or the effect is near.
    May,
    /// It belongs to it.
    Is,
}

impl Category {
    /// What it forbids, as the end of a sentence: "this is …".
    pub fn what(self) -> &'static str {
        match self {
            Self::Infrastructure => "a change of infrastructure",
            Self::ProductionDeployment => "a deployment to production or a release",
            Self::Deployment => "a deployment or a release",
            Self::Publishing => "a release",
            Self::DestructiveGit => "a git command that loses work or rewrites history",
            Self::Push => "a push to another repository",
            Self::DatabaseDrop => "a command that drops data of a database",
            Self::RemoteCode => "running code that comes from elsewhere",
            Self::HardcodedSecrets => "a credential in a command",
            Self::SecretAccess => "reading credentials of the user",
            Self::DestructiveFiles => "deleting files for good",
            Self::Network => "reaching another machine",
            Self::Privileges => "becoming another user",
            Self::Installation => "installing something",
        }
    }

    /// How one call relates to it. What is not told by single calls (remote code, credentials) is not told here.
    pub fn relation(self, scene: &Scene<'_>) -> Relation {
        let relation = self.as_read(scene);
        let by_verb = match self {
            Self::Infrastructure
            | Self::ProductionDeployment
            | Self::Deployment
            | Self::Publishing
            | Self::DestructiveGit
            | Self::Push
            | Self::DatabaseDrop => true,
            Self::RemoteCode
            | Self::HardcodedSecrets
            | Self::SecretAccess
            | Self::DestructiveFiles
            | Self::Network
            | Self::Privileges
            | Self::Installation => false,
        };
        if relation > Relation::None || !by_verb || scene.only_tells() {
            return relation;
        }
        if self.is_handed_on(scene) {
            return Relation::May;
        }
        // An option that no table lists may take the next word, which then is no verb.
        scene.shifted().map_or(relation, |scene| self.as_read(&scene).min(Relation::May))
    }

    /// A program of whatever name is given a call that belongs to it: `./retry.sh kubectl delete pod x`, `terramate run --
    /// terraform apply`. Whether it runs that call, nobody knows.
    fn is_handed_on(self, scene: &Scene<'_>) -> bool {
        const TOOLS: &str = "ansible-playbook aws az cdk docker dropdb firebase fly flyctl gcloud gh git helm helmfile heroku \
            kubectl mongosh mysql netlify npm oc pnpm prisma psql pulumi railway sam serverless sls sst terraform terragrunt \
            tofu twine vercel wrangler yarn cargo";
        static HANDED: LazyLock<Names> = LazyLock::new(|| Names::of(&[TOOLS]));
        let program = scene.program();
        if verbs::ORDINARY.has(program) || HANDED.has(program) || scene.invocation.calls() {
            return false;
        }
        let words = scene.invocation.words().iter().enumerate().take(6);
        let mut calls = words.filter_map(|(index, word)| {
            let name = word.text.as_deref().filter(|text| HANDED.has(text))?;
            scene.invocation.inner(index, name)
        });
        calls.any(|inner| self.as_read(&Scene::new(&inner, scene.command, scene.settings)) == Relation::Is)
    }

    fn as_read(self, scene: &Scene<'_>) -> Relation {
        match self {
            Self::Infrastructure => infrastructure::relation(scene),
            Self::ProductionDeployment => deployment::relation(scene, true),
            Self::Deployment => deployment::relation(scene, false),
            Self::Publishing => deployment::publishes(scene),
            Self::DestructiveGit => git::relation(scene),
            Self::Push => {
                let pushes =
                    scene.program() == "git" && scene.is(&["push"]) && !scene.has(&["-n", "--dry-run"]);
                let may = scene.program() == "git" && scene.may_become(["push"].into_iter());
                match (pushes, may) {
                    (true, _) => Relation::Is,
                    (false, true) => Relation::May,
                    (false, false) => Relation::None,
                }
            }
            Self::DatabaseDrop => database::relation(scene),
            Self::RemoteCode | Self::HardcodedSecrets => Relation::None,
            Self::SecretAccess => access::reads_credentials(scene),
            Self::DestructiveFiles => files::deletes(scene),
            Self::Network => access::network(scene, &[]),
            Self::Privileges => access::privileges(scene),
            Self::Installation => access::installs(scene),
        }
    }
}

/// A word is a subcommand as tools have them.
pub fn is_verb(word: &str) -> bool {
    const OTHERS: [&str; 15] = [
        "am",
        "branch",
        "checkout",
        "ci",
        "clean",
        "cherry-pick",
        "gc",
        "merge",
        "pull",
        "rebase",
        "rsh",
        "stash",
        "switch",
        "unpublish",
        "yank",
    ];
    let plain = word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    plain
        && !word.contains('-')
        && !matches!(word, "force" | "bulk")
        && verbs::common(word) == verbs::Kind::Mutates
        || OTHERS.contains(&word)
}

/// What no plan may do, by its stable name and a sentence.
pub fn built_in(scene: &Scene<'_>) -> Option<BuiltIn> {
    if files::wipes(scene) {
        return Some(BuiltIn::Wipe);
    }
    if files::overwrites_device(scene) {
        return Some(BuiltIn::Device);
    }
    if access::reads_credentials(scene) == Relation::Is {
        return Some(BuiltIn::Credentials);
    }
    access::leaves_sandbox(scene).then_some(BuiltIn::Sandbox)
}

/// A built-in rule about single calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// A root or a home would be gone.
    Wipe,
    /// A block device would be overwritten.
    Device,
    /// Credentials of the user are read.
    Credentials,
    /// The sandbox is left.
    Sandbox,
}

/// How a call relates to the effect of deleting a tree without a question, by another means than `rm`.
pub fn deletes(scene: &Scene<'_>) -> Relation {
    if scene.program() == "rm" { Relation::None } else { files::deletes(scene) }
}

/// How a call relates to the rule about the network.
pub fn network(scene: &Scene<'_>, allowed: &[String]) -> Relation {
    access::network(scene, allowed)
}

/// It runs a program that it fetches from an address: `deno run https://…`, `uv run https://…`.
pub fn runs_address(scene: &Scene<'_>) -> bool {
    let runs = match scene.program() {
        "deno" => scene.is(&["run"]) || scene.is(&["serve"]) || scene.is(&["test"]),
        "uv" | "bun" => scene.is(&["run"]),
        _ => false,
    };
    let remote = |word: &&str| word.starts_with("https://") || word.starts_with("http://");
    let here = |word: &str| word.contains("://localhost") || word.contains("://127.0.0.1");
    runs && scene.operands.get(1).is_some_and(|word| remote(word) && !here(word))
}

/// How a call relates to a rule against pushing to these branches.
pub fn pushes(scene: &Scene<'_>, branches: &[String]) -> Relation {
    let pushes = Category::Push.relation(scene);
    if pushes != Relation::Is || scene.has(&["--all", "--mirror"]) {
        return pushes;
    }
    let mut named = Relation::None;
    for (at, refspec) in scene.operands.iter().enumerate().skip(2) {
        // `+HEAD:refs/heads/main`
        let to = refspec.rsplit(':').next().unwrap_or(refspec).trim_start_matches('+');
        let to = to.trim_start_matches("refs/heads/");
        named = named.max(match (scene.is_computed(at), branches.iter().any(|branch| branch == to)) {
            (false, true) => Relation::Is,
            (false, false) if !matches!(to, "HEAD" | "@") => Relation::None,
            (true | false, _) => Relation::May,
        });
    }
    // Without a name it pushes the branch that is checked out.
    if scene.operands.len() < 3 { Relation::May } else { named }
}

/// A deployment of anything but what the rule names, or in another way.
#[expect(clippy::match_same_arms, reason = "each row is a case of its own")]
pub fn breaks(rule: &DeploymentRule, scene: &Scene<'_>) -> Relation {
    use deployment::Way;
    let way = deployment::way(scene);
    if way == Way::None {
        return Relation::None;
    }
    let target = scene.target();
    let script = deployment::by_script(scene);
    match rule {
        DeploymentRule::Never => match way {
            Way::Unsure | Way::Starts | Way::Preview => Relation::May,
            Way::None | Way::Named | Way::Production | Way::Release => Relation::Is,
        },
        DeploymentRule::OnlyOther { script: wanted } => match (target, way) {
            (_, Way::Unsure) => Relation::May,
            (target::Target::Production, _) => Relation::Is,
            (target::Target::Other, _) if !*wanted || script => Relation::None,
            (target::Target::Other, _) => Relation::Is,
            (target::Target::Unnamed, Way::Starts | Way::Preview) => Relation::May,
            (target::Target::Unnamed, _) if script => Relation::May,
            (target::Target::Unnamed, _) => Relation::Is,
        },
        DeploymentRule::OnlyScript => {
            if script {
                Relation::None
            } else if matches!(way, Way::Unsure | Way::Starts | Way::Preview) {
                Relation::May
            } else {
                Relation::Is
            }
        }
        DeploymentRule::NotProduction => deployment::relation(scene, true),
        DeploymentRule::Asked => Relation::May,
    }
}
