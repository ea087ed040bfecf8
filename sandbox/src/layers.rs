//! What is in force, layer by layer: never more than is true.

use std::fmt;

/// One kind of confinement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LayerKind {
    /// Changes of files outside the writable paths.
    Writes,
    /// Reading of hidden paths.
    Credentials,
    /// A private temporary directory for each command.
    Temporary,
    /// Signals and `ptrace` to processes outside.
    Signals,
    /// Unix sockets of processes outside.
    UnixSockets,
    /// The network.
    Network,
    /// Gaining privileges.
    Privileges,
    /// Nothing outlives its command.
    Processes,
    /// Resource limits.
    Limits,
    /// Environment and descriptors.
    Inheritance,
}

impl LayerKind {
    pub(crate) const ALL: [Self; 10] = [
        Self::Writes,
        Self::Credentials,
        Self::Temporary,
        Self::Signals,
        Self::UnixSockets,
        Self::Network,
        Self::Privileges,
        Self::Processes,
        Self::Limits,
        Self::Inheritance,
    ];
}

impl fmt::Display for LayerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Writes => "writes",
            Self::Credentials => "credentials",
            Self::Temporary => "temporary",
            Self::Signals => "signals",
            Self::UnixSockets => "unix-sockets",
            Self::Network => "network",
            Self::Privileges => "privileges",
            Self::Processes => "processes",
            Self::Limits => "limits",
            Self::Inheritance => "inheritance",
        })
    }
}

/// How far a layer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerState {
    /// It holds as described.
    InForce,
    /// It holds with the gaps that the detail names.
    Partial,
    /// Nothing is confined here.
    Open,
}

impl LayerState {
    pub(crate) const ALL: [Self; 3] = [Self::InForce, Self::Partial, Self::Open];
}

impl fmt::Display for LayerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InForce => "in force",
            Self::Partial => "partial",
            Self::Open => "open",
        })
    }
}

/// One layer of an open sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// What it is about.
    pub kind: LayerKind,
    /// How far it holds.
    pub state: LayerState,
    /// By what means, and what is missing; for people.
    pub detail: String,
}

impl Layer {
    pub(crate) fn new(kind: LayerKind, state: LayerState, detail: impl Into<String>) -> Self {
        Self { kind, state, detail: detail.into() }
    }
}

/// The layers for a Landlock ABI (`None`: the level is off) and for a user.
pub(crate) fn describe(abi: Option<i32>, root: bool, limits: &crate::Limits) -> Vec<Layer> {
    use LayerKind as Kind;
    use LayerState::{InForce, Open, Partial};
    let mut layers = Vec::new();
    let mut add = |kind, state, detail: String| layers.push(Layer::new(kind, state, detail));
    if let Some(abi) = abi {
        let mut gaps = vec!["modes, owners, times and extended attributes can be changed"];
        if abi < 2 {
            gaps.push("files cannot be moved between directories");
        }
        if abi < 3 {
            gaps.push("files outside can be truncated (needs landlock ABI 3, Linux 6.2)");
        }
        if abi < 5 {
            gaps.push("device ioctls are not mediated (needs ABI 5, Linux 6.10)");
        }
        add(Kind::Writes, Partial, format!("landlock ABI {abi}; {}", gaps.join("; ")));
        add(
            Kind::Credentials,
            Partial,
            "landlock; contents cannot be read, names and sizes can be seen; other hard links and mounts stay open".into(),
        );
        let (state, detail) = if abi >= 6 {
            (InForce, "landlock scope; ptrace refused")
        } else {
            (Partial, "ptrace refused, but signals can be sent (needs landlock ABI 6, Linux 6.12)")
        };
        add(Kind::Signals, state, detail.into());
        let (state, detail) = match abi {
            ..6 => (Open, "sockets of other processes can be reached (needs landlock ABI 6 and 9)"),
            6..9 => (
                Partial,
                "abstract sockets refused; sockets with a path can be reached (needs ABI 9, Linux 7.1)",
            ),
            9.. => (InForce, "landlock scope; sockets outside the writable paths refused"),
        };
        add(Kind::UnixSockets, state, detail.into());
        let capabilities = if root { "no_new_privs; capabilities reduced" } else { "no_new_privs" };
        add(Kind::Privileges, Partial, format!("{capabilities}; no seccomp filter"));
    } else {
        for kind in [Kind::Writes, Kind::Credentials, Kind::Signals, Kind::UnixSockets, Kind::Privileges] {
            add(kind, Open, "the level is off".into());
        }
    }
    add(Kind::Network, Open, "the network is not confined at this level".into());
    add(Kind::Temporary, InForce, "TMPDIR is private to each command and removed after it".into());
    add(Kind::Processes, InForce, "a subreaper kills what a command leaves, also when the host dies".into());
    let (state, detail) = if root && limits.max_processes.is_some() {
        (Partial, "per process by setrlimit; the number of processes is not limited for uid 0")
    } else {
        (InForce, "per process by setrlimit; disk space is not limited")
    };
    add(Kind::Limits, state, detail.into());
    add(Kind::Inheritance, InForce, "environment by list; descriptors closed; standard input empty".into());
    layers
}
