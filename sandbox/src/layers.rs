//! What is in force, layer by layer: never more than is true.

use std::fmt;

use crate::cgroup::Limited;
use crate::settings::{Checked, Level, Network};

/// One kind of confinement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LayerKind {
    /// Users, mounts, processes, network and the rest of their own.
    Namespaces,
    /// The workspace as a copy-on-write view, everything else read-only or private.
    View,
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
    /// Which system calls can be made.
    SystemCalls,
    /// Nothing outlives its command.
    Processes,
    /// Resource limits.
    Limits,
    /// Environment and descriptors.
    Inheritance,
}

impl LayerKind {
    pub(crate) const ALL: [Self; 13] = [
        Self::Namespaces,
        Self::View,
        Self::Writes,
        Self::Credentials,
        Self::Temporary,
        Self::Signals,
        Self::UnixSockets,
        Self::Network,
        Self::Privileges,
        Self::SystemCalls,
        Self::Processes,
        Self::Limits,
        Self::Inheritance,
    ];
}

impl fmt::Display for LayerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Namespaces => "namespaces",
            Self::View => "view",
            Self::Writes => "writes",
            Self::Credentials => "credentials",
            Self::Temporary => "temporary",
            Self::Signals => "signals",
            Self::UnixSockets => "unix-sockets",
            Self::Network => "network",
            Self::Privileges => "privileges",
            Self::SystemCalls => "system-calls",
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

/// What describes the layers besides the settings.
pub(crate) struct Facts {
    /// Landlock's version; `None` if the level is off.
    pub(crate) abi: Option<i32>,
    /// Whether commands have uid 0.
    pub(crate) root: bool,
    /// What a control group limits.
    pub(crate) grouped: Limited,
    /// Whether somebody sees which system calls were refused.
    pub(crate) seen: bool,
}

use LayerKind as Kind;
use LayerState::{InForce, Open, Partial};

/// The layers of a sandbox that was opened.
pub(crate) fn describe(settings: &Checked, facts: &Facts) -> Vec<Layer> {
    let mut layers = match (settings.level, facts.abi) {
        (Level::Full, abi) => of_own_root(settings, abi),
        (Level::Landlock, Some(abi)) => in_place(settings, abi),
        (Level::Landlock | Level::Off, _) => of_nothing(),
    };
    let mut add = |kind, state, detail: &str| layers.push(Layer::new(kind, state, detail));
    if settings.level > Level::Off {
        add(
            Kind::Privileges,
            InForce,
            "no_new_privs; no capabilities, but an owner's for a root in another's workspace",
        );
        let seen = if facts.seen { "refusals are reported" } else { "refusals cannot be seen" };
        add(Kind::SystemCalls, InForce, &format!("seccomp; {seen}"));
    }
    add(Kind::Processes, InForce, "nothing outlives its command, nor the host");
    let (state, detail) = limits(settings, facts);
    add(Kind::Limits, state, &detail);
    add(Kind::Inheritance, InForce, "environment by list; descriptors closed; standard input empty");
    layers
}

fn limits(settings: &Checked, facts: &Facts) -> (LayerState, String) {
    let mut gaps = Vec::new();
    if facts.root && !facts.grouped.processes {
        gaps.push("processes of uid 0 are not limited without a control group");
    }
    match (settings.limits.max_memory, facts.grouped.memory) {
        (None, _) => gaps.push("memory is not limited, as it was not asked for"),
        (Some(_), false) => gaps.push("memory is limited for each process only without a control group"),
        (Some(_), true) => {}
    }
    if settings.level != Level::Full || settings.disk.is_some() {
        gaps.push("disk space is not limited");
    }
    let state = if gaps.is_empty() { InForce } else { Partial };
    (state, ["by setrlimit; files by size"].into_iter().chain(gaps).collect::<Vec<_>>().join("; "))
}

fn of_own_root(settings: &Checked, abi: Option<i32>) -> Vec<Layer> {
    let (state, network) = match settings.network {
        Network::Loopback => (InForce, "a loopback of its own"),
        Network::Host => (Open, "the host's, as it was asked for"),
    };
    let (state_of_sockets, sockets) = if abi.is_some_and(|abi| abi >= 9) {
        (InForce, "none of the host's can be reached")
    } else {
        (
            Partial,
            "the host's are covered; one made later in a readable directory can be reached (needs landlock ABI 9)",
        )
    };
    let place = if settings.disk.is_some() { "on disk" } else { "in memory" };
    vec![
        Layer::new(Kind::Namespaces, InForce, "user, mount, pid, ipc, uts, cgroup"),
        Layer::new(Kind::View, InForce, format!("overlayfs over the workspace, {place}")),
        Layer::new(Kind::Writes, InForce, "everything else is read-only or private; landlock"),
        Layer::new(Kind::Credentials, InForce, "not in the sandbox's root"),
        Layer::new(Kind::Temporary, InForce, "private directories are empty for each command"),
        Layer::new(Kind::Signals, InForce, "a pid namespace"),
        Layer::new(Kind::UnixSockets, state_of_sockets, sockets),
        Layer::new(Kind::Network, state, network),
    ]
}

fn of_nothing() -> Vec<Layer> {
    let mut layers = Vec::new();
    for kind in Kind::ALL {
        match kind {
            Kind::Temporary => layers.push(in_temporary()),
            Kind::Processes | Kind::Limits | Kind::Inheritance => {}
            _ => layers.push(Layer::new(kind, Open, "the level is off")),
        }
    }
    layers
}

fn in_temporary() -> Layer {
    Layer::new(Kind::Temporary, InForce, "TMPDIR is private to each command and removed after it")
}

fn in_place(settings: &Checked, abi: i32) -> Vec<Layer> {
    let mut layers = Vec::new();
    let mut add = |kind, state, detail: String| layers.push(Layer::new(kind, state, detail));
    add(Kind::Namespaces, Open, "processes, interfaces and mounts are the host's".into());
    add(Kind::View, Open, "allowed paths are written in place".into());
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
    let detail = "landlock; contents cannot be read, names and sizes can be seen; other hard links and mounts stay open";
    add(Kind::Credentials, Partial, detail.into());
    layers.push(in_temporary());
    let mut add = |kind, state, detail: &str| layers.push(Layer::new(kind, state, detail));
    let (state, detail) = if abi >= 6 {
        (InForce, "landlock scope; ptrace refused")
    } else {
        (Partial, "ptrace refused, but signals can be sent (needs landlock ABI 6, Linux 6.12)")
    };
    add(Kind::Signals, state, detail);
    let (state, detail) = match abi {
        ..6 => (Open, "sockets of other processes can be reached (needs landlock ABI 6 and 9)"),
        6..9 => {
            (Partial, "abstract sockets refused; sockets with a path can be reached (needs ABI 9, Linux 7.1)")
        }
        9.. => (InForce, "landlock scope; sockets outside the writable paths refused"),
    };
    add(Kind::UnixSockets, state, detail);
    match settings.network {
        Network::Loopback => {
            add(Kind::Network, InForce, "refused whole: a loopback cannot be told from the host's");
        }
        Network::Host => add(Kind::Network, Open, "the host's, as it was asked for"),
    }
    layers
}
