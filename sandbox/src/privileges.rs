//! Gives up what root has and a checked command does not need.

use std::io;

use rustix::thread::{CapabilitySet, CapabilitySets};

/// What containers usually leave to root: enough to own, read and write files and to change user, nothing
/// that reaches devices, kernel memory, mounts, modules, raw sockets or other processes.
const KEPT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::NET_BIND_SERVICE);

/// Reduces the capabilities of the calling thread and of all it will execute. For a user without any, nothing
/// changes.
pub(crate) fn reduce() -> io::Result<()> {
    let now = rustix::thread::capabilities(None)?;
    if now.permitted.contains(CapabilitySet::SETPCAP) {
        for number in 0..64 {
            let one = CapabilitySet::from_bits_retain(1 << number);
            if !KEPT.contains(one) && rustix::thread::remove_capability_from_bounding_set(one).is_err() {
                break; // beyond the last one that the kernel knows
            }
        }
    }
    // A kernel before 4.3 has no ambient set, and then nothing to clear.
    _ = rustix::thread::clear_ambient_capability_set();
    let left = now.permitted & KEPT;
    let sets = CapabilitySets { effective: left, permitted: left, inheritable: CapabilitySet::empty() };
    Ok(rustix::thread::set_capabilities(None, sets)?)
}
