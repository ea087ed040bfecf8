//! The list: which calls are refused, and with which arguments.

use super::Rules;

/// When a call is refused. Arguments count from 0; only their low 32 bits are looked at, since that is all the kernel
/// takes of them, too.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    Always,
    /// As if the kernel did not know it; unseen, since programs try and then take an older call.
    Unknown,
    /// If one of these bits is set in the argument.
    Any(usize, u32),
    /// If the argument is one of these.
    Is(usize, &'static [u32]),
    /// If the argument is none of these.
    IsNot(usize, &'static [u32]),
    /// If a file is made (by the flags in the first of these arguments) with set-id bits (in the second).
    MakesSetId(usize, usize),
    /// If a device is made (by the mode in this argument), or anything with set-id bits.
    MakesDevice(usize),
    /// If the family is not one that tests use.
    Family {
        network: bool,
    },
}

pub(super) struct Call {
    pub(super) number: libc::c_long,
    pub(super) name: &'static str,
    pub(super) when: When,
}

const SET_ID: u32 = libc::S_ISUID | libc::S_ISGID;

/// All that gives new namespaces. In `clone` the lowest byte is a signal, so the time namespace is not among them.
const NAMESPACES: u32 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET)
    .cast_unsigned();

/// Types text into a terminal, as if its user had: <https://man7.org/linux/man-pages/man2/TIOCSTI.2const.html>.
const TIOCSTI: u32 = 0x5412;
const TIOCLINUX: u32 = 0x541C;

/// A query, the usual, and without random addresses, as debuggers and sanitizers want it.
const PERSONALITIES: &[u32] = &[0xFFFF_FFFF, 0, 0x0004_0000];

/// Newer than `libc`: <https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/scripts/syscall.tbl>
/// (Linux 6.15; the same on all architectures).
const SYS_OPEN_TREE_ATTR: libc::c_long = 467;

/// Linux 6.6, from the same list; `libc` does not have it for aarch64.
const SYS_FCHMODAT2: libc::c_long = 452;

/// The calls with these names, refused when this is so.
macro_rules! calls {
    ($when:expr; $($number:ident)*) => {
        [$(Call { number: libc::$number, name: stringify!($number), when: $when }),*]
    };
}

/// All calls that are looked at, sorted by number.
pub(super) fn calls(rules: Rules) -> Vec<Call> {
    let mut all = Vec::new();
    // Mounts and roots.
    all.extend(calls![When::Always;
        SYS_mount SYS_umount2 SYS_pivot_root SYS_chroot SYS_move_mount SYS_open_tree SYS_fsopen SYS_fsconfig SYS_fsmount
        SYS_fspick SYS_mount_setattr]);
    all.push(Call { number: SYS_OPEN_TREE_ATTR, name: "SYS_open_tree_attr", when: When::Always });
    // Namespaces. What stands behind a pointer cannot be looked at.
    all.extend(calls![When::Any(0, NAMESPACES); SYS_clone]);
    all.extend(calls![When::Any(0, NAMESPACES | NEW_TIME); SYS_unshare]);
    all.extend(calls![When::Always; SYS_setns]);
    all.extend(calls![When::Unknown; SYS_clone3 SYS_openat2]);
    // Other processes.
    all.extend(calls![When::Always;
        SYS_ptrace SYS_process_vm_readv SYS_process_vm_writev SYS_kcmp SYS_pidfd_getfd SYS_process_madvise]);
    // The limits of another process can end it, as the init, or one of the same user outside: a signal by another name.
    all.extend(calls![When::IsNot(0, &[0]); SYS_prlimit64]);
    // Parts of the kernel that are large, rarely needed, and often the way out.
    all.extend(calls![When::Always;
        SYS_io_uring_setup SYS_io_uring_enter SYS_io_uring_register SYS_bpf SYS_perf_event_open SYS_userfaultfd
        SYS_keyctl SYS_add_key SYS_request_key SYS_open_by_handle_at SYS_fanotify_init]);
    // The machine as a whole.
    all.extend(calls![When::Always;
        SYS_kexec_load SYS_kexec_file_load SYS_init_module SYS_finit_module SYS_delete_module SYS_reboot SYS_swapon
        SYS_swapoff SYS_syslog SYS_acct SYS_quotactl SYS_quotactl_fd SYS_settimeofday SYS_clock_settime SYS_sethostname
        SYS_setdomainname SYS_vhangup]);
    all.extend(calls![When::IsNot(0, PERSONALITIES); SYS_personality]);
    all.extend(calls![When::Is(1, &[TIOCSTI, TIOCLINUX]); SYS_ioctl]);
    // Set-id bits and devices.
    all.extend(calls![When::Any(1, SET_ID); SYS_fchmod]);
    all.extend(calls![When::Any(2, SET_ID); SYS_fchmodat]);
    all.push(Call { number: SYS_FCHMODAT2, name: "SYS_fchmodat2", when: When::Any(2, SET_ID) });
    all.extend(calls![When::MakesSetId(2, 3); SYS_openat]);
    all.extend(calls![When::MakesDevice(2); SYS_mknodat]);
    let network = !rules.no_network;
    all.extend(calls![When::Family { network }; SYS_socket SYS_socketpair]);
    if rules.no_shared_ipc {
        all.extend(calls![When::Always;
            SYS_shmget SYS_shmat SYS_shmctl SYS_msgget SYS_msgsnd SYS_msgrcv SYS_msgctl SYS_semget SYS_semop SYS_semctl
            SYS_semtimedop SYS_mq_open SYS_mq_unlink]);
    }
    all.extend(of_x86());
    all.sort_by_key(|call| call.number);
    all
}

/// Older calls that later architectures do without.
#[cfg(target_arch = "x86_64")]
fn of_x86() -> Vec<Call> {
    let mut all = Vec::new();
    all.extend(calls![When::Any(1, SET_ID); SYS_chmod SYS_creat]);
    all.extend(calls![When::MakesSetId(1, 2); SYS_open]);
    all.extend(calls![When::MakesDevice(1); SYS_mknod]);
    all.extend(
        calls![When::Always; SYS_iopl SYS_ioperm SYS_nfsservctl SYS_lookup_dcookie SYS_uselib SYS_ustat],
    );
    all
}

#[cfg(not(target_arch = "x86_64"))]
fn of_x86() -> Vec<Call> {
    Vec::new()
}

/// In `unshare` only.
const NEW_TIME: u32 = 0x80;

/// The families of sockets that tests use: <https://man7.org/linux/man-pages/man2/socket.2.html>.
pub(super) fn families(network: bool) -> &'static [u32] {
    const UNIX: u32 = libc::AF_UNIX.cast_unsigned();
    const NETLINK: u32 = libc::AF_NETLINK.cast_unsigned();
    const INET: u32 = libc::AF_INET.cast_unsigned();
    const INET6: u32 = libc::AF_INET6.cast_unsigned();
    if network { &[UNIX, NETLINK, INET, INET6] } else { &[UNIX, NETLINK] }
}

/// What netlink is good for in a test: interfaces and addresses, and devices that come and go.
pub(super) const NETLINK_PROTOCOLS: &[u32] =
    &[libc::NETLINK_ROUTE.cast_unsigned(), libc::NETLINK_KOBJECT_UEVENT.cast_unsigned()];

/// How a refused call is told to people, and whether it would have reached beyond this machine's files.
pub(super) fn told(call: &Call, arguments: &[u64; 6]) -> (String, bool) {
    let name = call.name.trim_start_matches("SYS_");
    let low = |index: usize| u32::try_from(arguments[index] & 0xFFFF_FFFF).unwrap_or_default();
    match call.when {
        When::Family { .. } => {
            let family = low(0).cast_signed();
            let known = [
                (libc::AF_INET, "AF_INET"),
                (libc::AF_INET6, "AF_INET6"),
                (libc::AF_PACKET, "AF_PACKET"),
                (libc::AF_VSOCK, "AF_VSOCK"),
                (libc::AF_NETLINK, "AF_NETLINK"),
                (libc::AF_ALG, "AF_ALG"),
                (libc::AF_BLUETOOTH, "AF_BLUETOOTH"),
            ];
            let found = known.iter().find(|(number, _)| *number == family);
            let family_name = found.map_or_else(|| family.to_string(), |(_, name)| (*name).to_owned());
            let network = matches!(family, libc::AF_INET | libc::AF_INET6 | libc::AF_PACKET | libc::AF_VSOCK);
            (format!("{name}({family_name})"), network)
        }
        When::Is(index, _) if low(index) == TIOCSTI => (format!("{name}(TIOCSTI)"), false),
        When::Is(..) => (format!("{name}(TIOCLINUX)"), false),
        When::Any(index, SET_ID) | When::MakesSetId(_, index) | When::MakesDevice(index) => {
            (format!("{name}({:o})", low(index)), false)
        }
        When::Any(..) => (format!("{name}(new namespaces)"), false),
        When::Always | When::Unknown | When::IsNot(..) => (name.to_owned(), false),
    }
}
