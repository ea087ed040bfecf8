//! What a level gives to its commands, made before anything runs, or refused as a whole.

use std::{
    io,
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
};

use rustix::{process::Pid, thread::CapabilitySet};

use crate::{
    advice,
    cgroup::{Group, Limited},
    child::Confine,
    filesystem::Rules,
    layers::{self, Facts, Layer, LayerKind},
    loopback, privileges,
    protocol::Reply,
    root::{self, Root},
    scratch::Scratch,
    settings::{Checked, Level, Network},
    temporary::Temporary,
    tree,
};

/// Where commands run.
pub(crate) enum Ground {
    /// On the host's own, at `off` and `landlock`.
    InPlace { rules: Option<Rules>, capabilities: CapabilitySet, temporary: Temporary, group: Option<Group> },
    /// On a root of its own, at `full`; this process is confined itself by now.
    OwnRoot {
        scratch: Scratch,
        upper: OwnedFd,
        counter: Option<loopback::Counter>,
        abi: i32,
        grouped: Limited,
    },
}

impl Ground {
    /// At `off` or `landlock`. Nothing is left behind if it is refused.
    pub(crate) fn in_place(settings: &Checked) -> Result<Self, Reply> {
        let temporary = Temporary::create(&settings.temporary_root).map_err(|error| {
            let reason =
                format!("no directory can be made in `{}` ({error})", settings.temporary_root.display());
            refused(LayerKind::Temporary, reason, "choose another temporary root")
        })?;
        let rules = (settings.level > Level::Off).then(|| {
            let rules = Rules::in_place(settings, temporary.path())?;
            rules.prove(temporary.path()).map(|()| rules)
        });
        match rules.transpose() {
            Ok(rules) => {
                let capabilities = privileges::needed_for(&settings.workspace);
                // With this process in it, all commands are; to move each of them would take milliseconds.
                let group = Group::create(&settings.limits);
                let group = group.filter(|group| {
                    let taken = group.take(rustix::process::getpid()).is_ok();
                    if !taken {
                        group.remove();
                    }
                    taken
                });
                Ok(Self::InPlace { rules, capabilities, temporary, group })
            }
            Err(refusal) => {
                _ = temporary.remove();
                Err(refused(LayerKind::Writes, refusal.reason, refusal.help))
            }
        }
    }

    /// At `full`, in namespaces that this process has entered. Confines this process for good.
    pub(crate) fn own_root(settings: &Checked, grouped: Limited) -> Result<Self, Reply> {
        let Root { upper, scratch } = root::enter(settings).map_err(|(step, error)| {
            refused(LayerKind::View, format!("{step}: {error}"), advice::for_mounts(step, &error))
        })?;
        let mut attempts = None;
        if settings.network == Network::Loopback {
            let up = loopback::bring_up();
            up.map_err(|error| {
                refused(
                    LayerKind::Network,
                    format!("the loopback cannot be brought up ({error})"),
                    advice::NAMESPACES,
                )
            })?;
            attempts = loopback::Counter::new().ok();
        }
        let capabilities = privileges::needed_for(&settings.workspace);
        privileges::reduce_to(capabilities).map_err(|error| {
            refused(
                LayerKind::Privileges,
                format!("capabilities cannot be given up ({error})"),
                advice::NAMESPACES,
            )
        })?;
        let private = settings.private.iter().map(PathBuf::as_path);
        let writable = private.chain([settings.workspace.as_path(), Path::new("/dev/shm")]);
        let rules = Rules::in_root(writable);
        let rules = rules.and_then(|rules| rules.enter_for_good(Path::new("/dev/shm")).map(|()| rules));
        match rules {
            Ok(rules) => Ok(Self::OwnRoot { scratch, upper, counter: attempts, abi: rules.abi, grouped }),
            Err(refusal) => Err(refused(LayerKind::Writes, refusal.reason, refusal.help)),
        }
    }

    pub(crate) fn layers(&self, settings: &Checked, seen: bool) -> Vec<Layer> {
        // SAFETY: asks for a number, nothing else.
        let root = unsafe { libc::geteuid() } == 0;
        let (abi, grouped) = match self {
            Self::InPlace { rules, group, .. } => {
                let grouped = group.as_ref().map(Group::limited).unwrap_or_default();
                (rules.as_ref().map(|rules| rules.abi), grouped)
            }
            Self::OwnRoot { abi, grouped, .. } => (Some(*abi), *grouped),
        };
        layers::describe(settings, &Facts { abi, root, grouped, seen })
    }

    /// The temporary directory of all commands, where it is the host's to remove if this process cannot.
    pub(crate) fn temporary(&self) -> Option<PathBuf> {
        match self {
            Self::InPlace { temporary, .. } => Some(temporary.path().to_owned()),
            Self::OwnRoot { .. } => None,
        }
    }

    /// The directory in which the view keeps what commands write.
    pub(crate) fn upper(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::InPlace { .. } => None,
            Self::OwnRoot { upper, .. } => Some(upper.as_fd()),
        }
    }

    /// What a command needs to be given.
    pub(crate) fn confine(&self) -> Confine<'_> {
        match self {
            Self::InPlace { rules: Some(rules), capabilities, .. } => {
                Confine::Here { rules, capabilities: *capabilities }
            }
            Self::InPlace { rules: None, .. } | Self::OwnRoot { .. } => Confine::Nothing,
        }
    }

    /// The temporary directory for the command with this number.
    pub(crate) fn fresh(&self, number: u64) -> io::Result<PathBuf> {
        match self {
            Self::InPlace { temporary, .. } => temporary.fresh(number),
            Self::OwnRoot { .. } => Ok("/tmp".into()),
        }
    }

    /// Removes all that a command has left in private directories.
    pub(crate) fn renew(&self) -> io::Result<()> {
        match self {
            Self::InPlace { temporary, .. } => temporary.empty(),
            Self::OwnRoot { scratch, .. } => scratch.renew(),
        }
    }

    /// Kills and reaps a command with all that it started.
    pub(crate) fn kill(&self, main: Pid) -> Result<Option<tree::Status>, tree::Unkillable> {
        match self {
            Self::InPlace { .. } => tree::kill(main),
            Self::OwnRoot { .. } => tree::kill_namespace(main),
        }
    }

    /// Attempts to get beyond the loopback since the last time; `None` where nobody counts them.
    pub(crate) fn unreachable(&mut self) -> Option<u64> {
        let Self::OwnRoot { counter: Some(counter), .. } = self else { return None };
        counter.since().ok()
    }

    /// At the end of the sandbox.
    pub(crate) fn remove(&self) -> io::Result<()> {
        match self {
            Self::InPlace { temporary, group, .. } => {
                if let Some(group) = group {
                    group.leave(rustix::process::getpid());
                    group.remove();
                }
                temporary.remove()
            }
            // All of it is in memory, or the guardian's to remove.
            Self::OwnRoot { .. } => Ok(()),
        }
    }
}

pub(crate) fn refused(layer: LayerKind, reason: String, help: impl Into<String>) -> Reply {
    Reply::Refused { layer, reason, help: help.into() }
}
