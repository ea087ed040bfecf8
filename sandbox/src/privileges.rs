//! Gives up what root has and a checked command does not need.

use std::{io, os::unix::fs::MetadataExt as _, path::Path};

use rustix::thread::{CapabilitySet, CapabilitySets};

/// What the owner of a workspace may do there, for a root that is not its owner: in a container the workspace
/// often belongs to a user outside.
const OF_ANOTHER: CapabilitySet =
    CapabilitySet::CHOWN.union(CapabilitySet::DAC_OVERRIDE).union(CapabilitySet::FOWNER);

/// What stays to a command about a workspace: nothing, but for a root that works on another's.
pub(crate) fn needed_for(workspace: &Path) -> CapabilitySet {
    let own = rustix::process::geteuid().as_raw();
    let others = workspace.metadata().is_ok_and(|data| data.uid() != own);
    if own == 0 && others { OF_ANOTHER } else { CapabilitySet::empty() }
}

/// Gives up all capabilities but these, for the calling thread and all it will execute. For a user without any,
/// nothing changes.
pub(crate) fn reduce_to(kept: CapabilitySet) -> io::Result<()> {
    let now = rustix::thread::capabilities(None)?;
    if now.permitted.contains(CapabilitySet::SETPCAP) {
        for number in 0..64 {
            let one = CapabilitySet::from_bits_retain(1 << number);
            if !kept.contains(one) && rustix::thread::remove_capability_from_bounding_set(one).is_err() {
                break; // beyond the last one that the kernel knows
            }
        }
    }
    // A kernel before 4.3 has no ambient set, and then nothing to clear.
    _ = rustix::thread::clear_ambient_capability_set();
    let left = now.permitted & kept;
    let sets = CapabilitySets { effective: left, permitted: left, inheritable: CapabilitySet::empty() };
    Ok(rustix::thread::set_capabilities(None, sets)?)
}
