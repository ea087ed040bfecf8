//! Rules in words: the kinds of operations that they name, and how one call relates to each.

mod access;
mod database;
mod deployment;
mod files;
mod git;
mod infrastructure;
mod prose;
mod scene;
mod verbs;

#[cfg(test)]
mod tests;

pub(super) use files::is_device;
pub use prose::{DeploymentRule, NetworkRule, deployment_rule, in_words, names_secrets, network_rule};
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

    /// A command of the same tool that the category does not forbid, where there is one.
    pub fn alternative(self, program: &str) -> Option<&'static str> {
        Some(match (self, program) {
            (Self::Infrastructure, "terraform") => "terraform plan",
            (Self::Infrastructure, "pulumi") => "pulumi preview",
            (Self::Infrastructure | Self::ProductionDeployment | Self::Deployment, "kubectl") => {
                "kubectl diff -f k8s/"
            }
            (Self::Infrastructure | Self::ProductionDeployment | Self::Deployment, "helm") => {
                "helm template ./chart"
            }
            (Self::Infrastructure | Self::ProductionDeployment | Self::Deployment, "ansible-playbook") => {
                "ansible-playbook site.yml --check"
            }
            (Self::Infrastructure, "systemctl") => "systemctl status",
            (Self::ProductionDeployment | Self::Deployment | Self::Publishing, "cargo") => {
                "cargo publish --dry-run"
            }
            (Self::ProductionDeployment | Self::Deployment | Self::Publishing, "npm") => {
                "npm publish --dry-run"
            }
            (Self::ProductionDeployment | Self::Deployment | Self::Publishing, "docker") => "docker build .",
            (Self::ProductionDeployment | Self::Deployment | Self::Push, "git") => "git push --dry-run",
            (Self::ProductionDeployment | Self::Deployment, "make") => "make -n deploy",
            (Self::ProductionDeployment | Self::Deployment, "vercel") => "vercel build",
            (Self::DestructiveGit, "git") => "git status",
            (Self::RemoteCode, _) => "curl -fsSL https://example.com/install.sh -o install.sh",
            (Self::DestructiveFiles, "git") => "git clean -n",
            (Self::DestructiveFiles, "find") => "find . -name '*.tmp' -print",
            _ => return None,
        })
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
        // An option that no table lists may take the next word, which then is no verb.
        scene.shifted().map_or(relation, |scene| self.as_read(&scene).min(Relation::May))
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
            (scene::Target::Production, _) => Relation::Is,
            (scene::Target::Other, _) if !*wanted || script => Relation::None,
            (scene::Target::Other, _) => Relation::Is,
            (scene::Target::Unnamed, Way::Starts | Way::Preview) => Relation::May,
            (scene::Target::Unnamed, _) if script => Relation::May,
            (scene::Target::Unnamed, _) => Relation::Is,
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
