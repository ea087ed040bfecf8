//! System calls that no command needs and many an escape does: refused by a filter, and reported where the kernel
//! lets its installer listen.
//!
//! A list of what is refused, since test suites use all the rest. Mechanism:
//! <https://docs.kernel.org/userspace-api/seccomp_filter.html>.

mod assemble;
mod listener;
mod table;

use std::{io, os::fd::FromRawFd as _};

use rustix::io::Errno;

pub(crate) use listener::Listener;

/// What the filter must know about the level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// Refuses sockets that reach beyond this machine's processes, as there is no network namespace.
    pub(crate) no_network: bool,
    /// Refuses System V shared memory, queues and semaphores, as there is no ipc namespace.
    pub(crate) no_shared_ipc: bool,
}

/// Installs the filter for the calling thread and all it starts, for good. Needs `no_new_privs`, which is set.
///
/// Gives the listener, or why the kernel gives none; then the same calls are refused, and nobody sees it.
pub(crate) fn install(rules: Rules) -> io::Result<Result<Listener, io::Error>> {
    const NEW_LISTENER: libc::c_ulong = 1 << 3;
    rustix::thread::set_no_new_privs(true)?;
    let listened = assemble::program(rules, assemble::NOTIFY)?;
    match set(&listened, NEW_LISTENER) {
        // SAFETY: the kernel has just made this descriptor, for nobody else.
        Ok(descriptor) => Ok(Ok(Listener::new(unsafe { std::os::fd::OwnedFd::from_raw_fd(descriptor) }))),
        // An outer filter has a listener already (EBUSY), or the kernel is older than 5.0 (EINVAL).
        Err(error) if matches!(error.raw_os_error(), Some(libc::EBUSY | libc::EINVAL)) => {
            let alone = assemble::program(rules, assemble::refuse_with(Errno::PERM))?;
            set(&alone, 0)?;
            Ok(Err(error))
        }
        Err(error) => Err(error),
    }
}

fn set(program: &[libc::sock_filter], flags: libc::c_ulong) -> io::Result<i32> {
    let length = u16::try_from(program.len()).map_err(io::Error::other)?;
    let program = libc::sock_fprog { len: length, filter: program.as_ptr().cast_mut() };
    // SAFETY: the program lives until the call returns; the kernel copies it and does not change it.
    let done =
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program) };
    if done < 0 { Err(io::Error::last_os_error()) } else { Ok(i32::try_from(done).unwrap_or_default()) }
}

#[cfg(test)]
mod tests;
