//! The stable names of the rules: what a finding, a report and an approval call the kind of rule that spoke.

/// A kind of rule. The only list of them: every report takes its names and descriptions from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleId {
    /// A line of the plan's `Forbidden Operations`.
    ForbiddenOperation,
    /// The plan's `Allowed Directories`.
    AllowedDirectories,
    /// The plan's `Deployment`.
    Deployment,
    /// The plan's `Secrets`.
    Secrets,
    /// The plan's `Allowed Operations`.
    AllowedOperations,
    /// The plan's `Network`.
    Network,
    /// What the reader of commands does not understand.
    NotUnderstood,
    /// The plan's Constraints & Safety as a whole.
    Constraints,
    /// A command that the project forbids.
    ProjectForbid,
    /// A command that the project wants a yes for.
    ProjectAsk,
    /// Files that decide about what runs.
    OwnFiles,
    /// What planproof runs the steps of a check with.
    OwnSteps,
    /// Roots and home directories.
    Wipe,
    /// Block devices.
    Device,
    /// Functions that start themselves again and again.
    ForkBomb,
    /// Code from another machine that is run unread.
    RemoteCode,
    /// Credentials of the user.
    Credentials,
    /// Ways out of the sandbox.
    Sandbox,
}

impl RuleId {
    /// All of them, in the order in which a reader looks for them.
    pub const ALL: &[Self] = &[
        Self::ForbiddenOperation,
        Self::AllowedDirectories,
        Self::Deployment,
        Self::Secrets,
        Self::AllowedOperations,
        Self::Network,
        Self::NotUnderstood,
        Self::Constraints,
        Self::ProjectForbid,
        Self::ProjectAsk,
        Self::OwnFiles,
        Self::OwnSteps,
        Self::Wipe,
        Self::Device,
        Self::ForkBomb,
        Self::RemoteCode,
        Self::Credentials,
        Self::Sandbox,
    ];

    /// Its name, which never changes its meaning.
    pub fn name(self) -> &'static str {
        match self {
            Self::ForbiddenOperation => "forbidden-operation",
            Self::AllowedDirectories => "allowed-directories",
            Self::Deployment => "deployment",
            Self::Secrets => "secrets",
            Self::AllowedOperations => "allowed-operations",
            Self::Network => "network",
            Self::NotUnderstood => "not-understood",
            Self::Constraints => "constraints",
            Self::ProjectForbid => "project/forbid",
            Self::ProjectAsk => "project/ask",
            Self::OwnFiles => "built-in/own-files",
            Self::OwnSteps => "built-in/own-steps",
            Self::Wipe => "built-in/wipe",
            Self::Device => "built-in/device",
            Self::ForkBomb => "built-in/fork-bomb",
            Self::RemoteCode => "built-in/remote-code",
            Self::Credentials => "built-in/credentials",
            Self::Sandbox => "built-in/sandbox",
        }
    }

    /// Whether it holds without anybody writing it down.
    pub fn is_built_in(self) -> bool {
        match self {
            Self::NotUnderstood
            | Self::OwnFiles
            | Self::OwnSteps
            | Self::Wipe
            | Self::Device
            | Self::ForkBomb
            | Self::RemoteCode
            | Self::Credentials
            | Self::Sandbox => true,
            Self::ForbiddenOperation
            | Self::AllowedDirectories
            | Self::Deployment
            | Self::Secrets
            | Self::AllowedOperations
            | Self::Network
            | Self::Constraints
            | Self::ProjectForbid
            | Self::ProjectAsk => false,
        }
    }

    /// What it says, in one sentence.
    pub fn description(self) -> &'static str {
        match self {
            Self::ForbiddenOperation => "the plan's Forbidden Operations name what no check may do",
            Self::AllowedDirectories => "checks write only below the plan's Allowed Directories",
            Self::Deployment => "checks deploy only what and how the plan's Deployment says",
            Self::Secrets => "no credential stands in a command",
            Self::AllowedOperations => "what is not among the plan's Allowed Operations needs a yes",
            Self::Network => "checks reach over the network only what the plan's Network says",
            Self::NotUnderstood => "what cannot be read for certain, or is computed at run time, needs a yes",
            Self::Constraints => {
                "without constraints that can be read and that the project requires, every check needs a yes"
            }
            Self::ProjectForbid => "the project's planproof.toml names what no plan may do",
            Self::ProjectAsk => "the project's planproof.toml names what needs a yes in every plan",
            Self::OwnFiles => {
                "no check writes to git's or planproof's own files, which decide about what runs"
            }
            Self::OwnSteps => {
                "no check replaces the words and descriptors with which planproof runs its steps"
            }
            Self::Wipe => "no check removes a root or a home directory",
            Self::Device => "no check overwrites a block device",
            Self::ForkBomb => "no check starts processes without end",
            Self::RemoteCode => "no check runs code from another machine that nobody has read",
            Self::Credentials => "no check reads the credentials of the user",
            Self::Sandbox => "no check leads out of the sandbox",
        }
    }
}

impl std::fmt::Display for RuleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_one_rules_and_can_stand_in_an_address() {
        let mut names: Vec<&str> = RuleId::ALL.iter().map(|id| id.name()).collect();
        let plain = |c: char| c.is_ascii_lowercase() || c == '-' || c == '/';
        assert!(names.iter().all(|name| name.chars().all(plain)), "{names:?}");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RuleId::ALL.len());
    }
}
