//! Hears of the calls that the filter refuses, and lets their callers go on with an error.

use std::{
    io,
    os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd},
};

use super::{
    Rules,
    table::{Call, calls, told},
};

/// Where the kernel tells of refused calls: <https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html>.
pub(crate) struct Listener {
    descriptor: OwnedFd,
    calls: Vec<Call>,
}

impl Listener {
    pub(super) fn new(descriptor: OwnedFd) -> Self {
        // The rules only change arguments, which are told as they are.
        Self { descriptor, calls: calls(Rules { no_network: true, no_shared_ipc: true }) }
    }

    /// Answers one call that waits, with `EPERM` whatever it was: what to call it, and whether it was for the network.
    /// `None` if its caller has died meanwhile. Waits if none is there.
    pub(crate) fn answer(&self) -> io::Result<Option<(String, bool)>> {
        // SAFETY: all zeroes is what the kernel asks this plain C structure to be.
        let mut heard: libc::seccomp_notif = unsafe { std::mem::zeroed() };
        if !self.exchange(libc::SECCOMP_IOCTL_NOTIF_RECV, (&raw mut heard).cast())? {
            return Ok(None);
        }
        let mut reply = libc::seccomp_notif_resp { id: heard.id, val: 0, error: -libc::EPERM, flags: 0 };
        if !self.exchange(libc::SECCOMP_IOCTL_NOTIF_SEND, (&raw mut reply).cast())? {
            return Ok(None);
        }
        let call = self.calls.iter().find(|call| call.number == i64::from(heard.data.nr));
        Ok(Some(
            call.map_or_else(
                || (format!("call {}", heard.data.nr), false),
                |call| told(call, &heard.data.args),
            ),
        ))
    }

    /// Whether it went well, and not that the caller is gone.
    fn exchange(&self, request: libc::Ioctl, with: *mut libc::c_void) -> io::Result<bool> {
        // SAFETY: the pointer is to the structure that belongs to the request, alive until the call returns.
        if unsafe { libc::ioctl(self.descriptor.as_raw_fd(), request, with) } == 0 {
            return Ok(true);
        }
        match io::Error::last_os_error() {
            error if matches!(error.raw_os_error(), Some(libc::ENOENT | libc::EINTR)) => Ok(false),
            error => Err(error),
        }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}
