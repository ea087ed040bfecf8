//! The filter on the real kernel, with a real listener.

use super::*;
use std::{io::Write as _, os::fd::AsFd as _};

/// Runs `attempt` under the filter in a process of its own, with another that listens, as in production; gives the
/// errno of the attempt (0: it went well) and what was heard.
fn under(rules: Rules, attempt: fn() -> i32) -> (i32, Vec<(String, bool)>) {
    let (read, write) = rustix::pipe::pipe().unwrap();
    // SAFETY: the child and its child only make system calls and format short strings, and end by `_exit`.
    let init = unsafe { libc::fork() };
    if init == 0 {
        drop(read);
        let code = listen(rules, attempt, std::fs::File::from(write));
        // SAFETY: ends the child at once.
        unsafe { libc::_exit(code) };
    }
    drop(write);
    let mut heard = String::new();
    std::io::Read::read_to_string(&mut std::fs::File::from(read), &mut heard).unwrap();
    let status = crate::tree::reap(rustix::process::Pid::from_raw(init).unwrap()).unwrap();
    assert!(status < 200, "the filter could not be installed");
    let heard = heard.lines().map(|line| {
        let (network, call) = line.split_once(' ').unwrap();
        (call.to_owned(), network == "true")
    });
    (i32::try_from(status).unwrap(), heard.collect())
}

fn listen(rules: Rules, attempt: fn() -> i32, mut tell: std::fs::File) -> i32 {
    let Ok(Ok(listener)) = install(rules) else { return 200 };
    // SAFETY: as above.
    let command = unsafe { libc::fork() };
    if command == 0 {
        let errno = attempt();
        // SAFETY: as above.
        unsafe { libc::_exit(errno) };
    }
    let command = rustix::process::Pid::from_raw(command).unwrap();
    loop {
        let listening =
            rustix::event::PollFd::from_borrowed_fd(listener.as_fd(), rustix::event::PollFlags::IN);
        let soon = rustix::event::Timespec { tv_sec: 0, tv_nsec: 10_000_000 };
        if rustix::event::poll(&mut [listening], Some(&soon)) == Ok(1) {
            if let Ok(Some((call, network))) = listener.answer() {
                writeln!(tell, "{network} {call}").unwrap();
            }
        } else if crate::tree::ended_child() == Ok(Some(command)) {
            return match crate::tree::reap(command).unwrap() {
                code @ 0..150 => i32::try_from(code).unwrap(),
                signal => 150 - i32::try_from(signal).unwrap(),
            };
        }
    }
}

fn errno(result: i64) -> i32 {
    if result >= 0 { 0 } else { std::io::Error::last_os_error().raw_os_error().unwrap() }
}

macro_rules! call {
    ($number:expr $(, $argument:expr)*) => {
        // SAFETY: a call that is refused, or harmless, with arguments that it checks.
        errno(unsafe { libc::syscall($number $(, $argument)*) })
    };
}

const OPEN: Rules = Rules { no_network: false, no_shared_ipc: false };
const CLOSED: Rules = Rules { no_network: true, no_shared_ipc: true };

#[test]
fn what_is_refused_fails_and_is_told() {
    type Attempt = (fn() -> i32, &'static str);
    let attempts: [Attempt; 13] = [
        (|| call!(libc::SYS_mount, 0, 0, 0, 0, 0), "false mount"),
        (|| call!(libc::SYS_unshare, libc::CLONE_NEWUSER), "false unshare(new namespaces)"),
        (
            || call!(libc::SYS_clone, libc::CLONE_NEWNET | libc::SIGCHLD, 0, 0, 0, 0),
            "false clone(new namespaces)",
        ),
        (|| call!(libc::SYS_ptrace, 0, 0, 0, 0), "false ptrace"),
        (|| call!(libc::SYS_io_uring_setup, 1, 0), "false io_uring_setup"),
        (|| call!(libc::SYS_keyctl, 0, 0, 0, 0, 0), "false keyctl"),
        (|| call!(libc::SYS_socket, libc::AF_VSOCK, libc::SOCK_STREAM, 0), "true socket(AF_VSOCK)"),
        (|| call!(libc::SYS_socket, libc::AF_NETLINK, libc::SOCK_RAW, 9), "false socket(AF_NETLINK)"),
        (|| call!(libc::SYS_ioctl, 0, 0x5412, 0), "false ioctl(TIOCSTI)"),
        // The kernel takes only the low half of the request.
        (|| call!(libc::SYS_ioctl, 0, 0xFFFF_0000_5412_u64, 0), "false ioctl(TIOCSTI)"),
        (|| call!(libc::SYS_fchmodat, -1, 0, 0o4755), "false fchmodat(4755)"),
        (|| call!(libc::SYS_openat, -1, 0, libc::O_CREAT | libc::O_WRONLY, 0o2644), "false openat(2644)"),
        (|| call!(libc::SYS_mknodat, -1, 0, libc::S_IFBLK | 0o600, 0), "false mknodat(60600)"),
    ];
    for (attempt, told) in attempts {
        let (errno, heard) = under(OPEN, attempt);
        let heard: Vec<String> = heard.iter().map(|(call, network)| format!("{network} {call}")).collect();
        assert_eq!((errno, heard), (libc::EPERM, vec![told.to_owned()]), "{told}");
    }
}

#[test]
fn what_programs_need_goes_unheard() {
    let attempts: [fn() -> i32; 11] = [
        || call!(libc::SYS_getpid),
        || call!(libc::SYS_socket, libc::AF_INET, libc::SOCK_STREAM, 0),
        || call!(libc::SYS_socket, libc::AF_NETLINK, libc::SOCK_RAW, 0),
        || call!(libc::SYS_unshare, libc::CLONE_FILES),
        || call!(libc::SYS_personality, 0xFFFF_FFFF_u64),
        || call!(libc::SYS_openat, libc::AT_FDCWD, c"/dev/null".as_ptr(), libc::O_RDONLY, 0o7777),
        || call!(libc::SYS_memfd_create, c"x".as_ptr(), 0),
        || call!(libc::SYS_prctl, libc::PR_GET_DUMPABLE, 0, 0, 0, 0),
        // Refused, but as if unknown: glibc then takes the older call.
        || call!(libc::SYS_clone3, 0, 0) ^ libc::ENOSYS,
        || call!(libc::SYS_openat2, 0, 0, 0, 0) ^ libc::ENOSYS,
        || call!(libc::SYS_shmget, 0, 4096, 0o600 | libc::IPC_CREAT),
    ];
    for (number, attempt) in attempts.into_iter().enumerate() {
        assert_eq!(under(OPEN, attempt), (0, vec![]), "attempt {number}");
    }
}

#[test]
fn without_namespaces_network_and_shared_memory_are_refused() {
    let (error, heard) = under(CLOSED, || call!(libc::SYS_socket, libc::AF_INET6, libc::SOCK_DGRAM, 0));
    assert_eq!((error, heard), (libc::EPERM, vec![("socket(AF_INET6)".into(), true)]));
    let (error, heard) = under(CLOSED, || call!(libc::SYS_shmget, 0xE5C0, 0, 0));
    assert_eq!((error, heard), (libc::EPERM, vec![("shmget".into(), false)]));
    let local = under(CLOSED, || call!(libc::SYS_socket, libc::AF_UNIX, libc::SOCK_STREAM, 0));
    assert_eq!(local, (0, vec![]));
}

#[cfg(target_arch = "x86_64")]
#[test]
fn another_calling_convention_is_killed() {
    // x32's `getpid`.
    let (ending, _) = under(OPEN, || call!(0x4000_0000_i64 + libc::SYS_getpid));
    assert_eq!(ending, 150 + libc::SIGSYS);
}

#[test]
fn a_number_of_no_call_is_left_to_the_kernel() {
    assert_eq!(under(OPEN, || call!(-1_i64)), (libc::ENOSYS, vec![]));
}

#[test]
fn a_file_mode_with_set_id_bits_is_refused_by_the_newest_call_too() {
    // By its number here, so that the list's own is checked.
    let (errno, heard) = under(OPEN, || call!(452_i64, -1, 0, 0o2755, 0));
    assert_eq!((errno, heard), (libc::EPERM, vec![("fchmodat2(2755)".into(), false)]));
}

#[test]
fn a_second_listener_cannot_be_had_and_the_calls_are_refused_all_the_same() {
    let (error, heard) = under(OPEN, || match install(OPEN) {
        Ok(Err(_)) => call!(libc::SYS_setns, -1, 0),
        Ok(Ok(_)) => 100,
        Err(_) => 101,
    });
    // Of two filters the stricter answer counts, and an error is stricter than a question.
    assert_eq!((error, heard), (libc::EPERM, vec![]));
}

#[test]
fn limits_of_others_cannot_be_changed_and_ones_own_can() {
    fn limit(process: i32) -> i32 {
        let limits = [64_u64, 64];
        // SAFETY: the limits live until the call returns, and the old ones are not asked for.
        let done = unsafe {
            libc::syscall(libc::SYS_prlimit64, process, libc::RLIMIT_NOFILE, limits.as_ptr(), 0_usize)
        };
        errno(done)
    }
    let rules = Rules { no_network: false, no_shared_ipc: false };
    assert_eq!(under(rules, || limit(0)), (0, vec![]));
    // SAFETY: asks for a number.
    let of_parent = || limit(unsafe { libc::getppid() });
    assert_eq!(under(rules, of_parent), (libc::EPERM, vec![("prlimit64".into(), false)]));
}
