//! Into namespaces of its own: one process that stays outside as a guardian, and one that becomes pid 1 inside.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    os::fd::OwnedFd,
    path::Path,
};

use rustix::{
    pipe::PipeFlags,
    process::{Pid, Signal},
    thread::CapabilitySet,
};

use crate::{cgroup::Group, settings::Network, tree};

/// Which step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Making the namespaces, which makes the process in them.
    Clone,
    /// Saying who is who inside.
    Map,
}

/// Enters user, mount, pid, ipc, uts and cgroup namespaces, and a network namespace unless the host's is wanted.
///
/// Returns in the process inside, which is pid 1 there and has all capabilities in the namespaces; the one outside
/// waits for its end and ends with the same success, or returns the error.
///
/// The process inside starts once its users are mapped to themselves: all of them where this process may
/// (then files keep their owners), only its own otherwise. `group` limits it, where there is one. `left` runs in the
/// guardian when the process inside has ended. It ends when the guardian does.
pub(crate) fn enter(
    network: Network,
    group: Option<&Group>,
    left: impl FnOnce(),
) -> Result<(), (Step, io::Error)> {
    let clone_error = |error: io::Error| (Step::Clone, error);
    let (wait, go) =
        rustix::pipe::pipe_with(PipeFlags::CLOEXEC).map_err(|error| clone_error(error.into()))?;
    let (told, tell) =
        rustix::pipe::pipe_with(PipeFlags::CLOEXEC).map_err(|error| clone_error(error.into()))?;
    match clone(network).map_err(clone_error)? {
        None => {
            drop((go, told));
            inside(wait, &tell).map_err(|error| (Step::Map, error))
        }
        Some(child) => {
            drop((wait, tell));
            Err((Step::Map, guard(child, &go, told, group, left)))
        }
    }
}

/// Forks into new namespaces; `None` in the child.
fn clone(network: Network) -> io::Result<Option<Pid>> {
    let mut flags = libc::CLONE_NEWUSER
        | libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWCGROUP
        | libc::SIGCHLD;
    if network == Network::Loopback {
        flags |= libc::CLONE_NEWNET;
    }
    // SAFETY: without a stack and without shared memory this is a fork, and the process has a single thread.
    match unsafe { libc::syscall(libc::SYS_clone, flags, 0_usize, 0_usize, 0_usize, 0_usize) } {
        -1 => Err(io::Error::last_os_error()),
        pid => Ok(Pid::from_raw(i32::try_from(pid).unwrap_or_default())),
    }
}

/// Waits until the guardian has mapped the users; then this process is root of its namespaces.
fn inside(wait: OwnedFd, tell: &OwnedFd) -> io::Result<()> {
    // The new user namespace has forgotten any such wish.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::io::write(tell, b".")?;
    // A guardian that ended before, or that could not map, closes without a word.
    if File::from(wait).read(&mut [0])? == 0 {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the users could not be mapped"));
    }
    Ok(())
}

/// In the process outside: returns only what kept the other from starting.
fn guard(child: Pid, go: &OwnedFd, told: OwnedFd, group: Option<&Group>, left: impl FnOnce()) -> io::Error {
    let ready = File::from(told).read_exact(&mut [0]);
    let mapped = ready.and_then(|()| map_users(child)).and_then(|()| match group {
        Some(group) => group.take(child),
        None => Ok(()),
    });
    if let Err(error) = mapped.and_then(|()| Ok(rustix::io::write(go, b".")?)) {
        _ = rustix::process::kill_process(child, Signal::KILL);
        tree::reap(child);
        left();
        return error;
    }
    for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGPIPE] {
        // SAFETY: ignoring a signal runs no code; the end of the process inside is what counts.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
    _ = rustix::process::setsid();
    _ = rustix::thread::set_name(c"sandbox-guard");
    // What only the process inside shall hold, above all the socket, by which the host sees its end.
    // SAFETY: no descriptor is used from here on, and their owners are never dropped.
    unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
    let status = tree::reap(child);
    left();
    // SAFETY: ends this process at once, as nothing of it is needed any more.
    unsafe { libc::_exit(i32::from(status != Some(0))) }
}

/// Maps users and groups to themselves: <https://man7.org/linux/man-pages/man7/user_namespaces.7.html>.
fn map_users(child: Pid) -> io::Result<()> {
    let directory = format!("/proc/{}", child.as_raw_nonzero());
    let directory = Path::new(&directory);
    let permitted = rustix::thread::capabilities(None)?.effective;
    if permitted.contains(CapabilitySet::SETUID | CapabilitySet::SETGID) {
        for map in ["uid_map", "gid_map"] {
            let own = fs::read_to_string(Path::new("/proc/self").join(map))?;
            write_once(&directory.join(map), &to_themselves(&own))?;
        }
        return Ok(());
    }
    let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    // Without this, a process could drop a group that a file denies.
    write_once(&directory.join("setgroups"), "deny")?;
    write_once(&directory.join("uid_map"), &format!("{user} {user} 1\n"))?;
    write_once(&directory.join("gid_map"), &format!("{group} {group} 1\n"))
}

/// The first column of a map is who there is here: each of them is mapped to itself.
fn to_themselves(map: &str) -> String {
    let lines = map.lines().filter_map(|line| {
        let mut fields = line.split_whitespace();
        let (first, count) = (fields.next()?, fields.nth(1)?);
        Some(format!("{first} {first} {count}\n"))
    });
    lines.collect()
}

fn write_once(path: &Path, text: &str) -> io::Result<()> {
    File::options().write(true).open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_mapped_to_themselves() {
        assert_eq!(to_themselves("         0          0 4294967295\n"), "0 0 4294967295\n");
        assert_eq!(to_themselves("0 1000 1\n1 100000 65536\n"), "0 0 1\n1 1 65536\n");
    }
}
