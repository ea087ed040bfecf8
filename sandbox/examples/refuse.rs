//! Runs a command with some system calls refused (`ENOSYS`), so that tests can stand in for a host without them:
//! `refuse landlock_create_ruleset,landlock_restrict_self -- COMMAND…`. A name after `kill:` kills its caller.
//! `namespaces` stands for all that a container's filter refuses of namespaces and mounts (`EPERM`), by clone's flags, too.
//!
//! Only for the architecture it is built for; another architecture's calls pass.
#![allow(clippy::print_stderr, reason = "a program for tests")]

use std::{env, io, os::unix::process::CommandExt as _, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [names, mark, program, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: refuse NAME[,NAME]… -- COMMAND…");
        return ExitCode::from(125);
    };
    let rules = names.to_string_lossy().split(',').map(rules).collect::<Option<Vec<_>>>();
    let Some(rules) = rules.filter(|_| mark == "--") else {
        eprintln!("refuse: one of the names is not known here");
        return ExitCode::from(125);
    };
    if let Err(error) = refuse(&rules.concat()) {
        eprintln!("refuse: {error}");
        return ExitCode::from(125);
    }
    let error = std::process::Command::new(program).args(rest).exec();
    eprintln!("refuse: {error}");
    ExitCode::from(126)
}

/// A call and what becomes of it.
#[derive(Clone, Copy)]
struct Rule {
    number: u32,
    action: u32,
    /// Only with one of these bits in the first argument; none for always.
    bits: u32,
}

/// What a name stands for.
fn rules(name: &str) -> Option<Vec<Rule>> {
    if name == "namespaces" { of_a_container() } else { Some(vec![rule(name)?]) }
}

/// As Docker's default filter has it: <https://docs.docker.com/engine/security/seccomp/>.
fn of_a_container() -> Option<Vec<Rule>> {
    const NAMESPACES: i32 = libc::CLONE_NEWNS
        | libc::CLONE_NEWCGROUP
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUSER
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET;
    let all = [
        (libc::SYS_clone, libc::EPERM, NAMESPACES.cast_unsigned()),
        (libc::SYS_clone3, libc::ENOSYS, 0),
        (libc::SYS_unshare, libc::EPERM, 0),
        (libc::SYS_setns, libc::EPERM, 0),
        (libc::SYS_mount, libc::EPERM, 0),
        (libc::SYS_umount2, libc::EPERM, 0),
        (libc::SYS_pivot_root, libc::EPERM, 0),
        (libc::SYS_open_tree, libc::EPERM, 0),
        (libc::SYS_move_mount, libc::EPERM, 0),
        (libc::SYS_fsopen, libc::EPERM, 0),
        (libc::SYS_mount_setattr, libc::EPERM, 0),
    ];
    let rule = |(number, errno, bits): (libc::c_long, i32, u32)| {
        let action = libc::SECCOMP_RET_ERRNO | errno.cast_unsigned();
        Some(Rule { number: u32::try_from(number).ok()?, action, bits })
    };
    all.into_iter().map(rule).collect()
}

fn rule(name: &str) -> Option<Rule> {
    let (name, action) = match name.strip_prefix("kill:") {
        Some(name) => (name, libc::SECCOMP_RET_KILL_PROCESS),
        None => (name, libc::SECCOMP_RET_ERRNO | libc::ENOSYS.cast_unsigned()),
    };
    let number = match name {
        "capset" => libc::SYS_capset,
        "clone" => libc::SYS_clone,
        "mount" => libc::SYS_mount,
        "mount_setattr" => libc::SYS_mount_setattr,
        "move_mount" => libc::SYS_move_mount,
        "open_tree" => libc::SYS_open_tree,
        "pivot_root" => libc::SYS_pivot_root,
        "seccomp" => libc::SYS_seccomp,
        "umount2" => libc::SYS_umount2,
        "landlock_create_ruleset" => libc::SYS_landlock_create_ruleset,
        "landlock_add_rule" => libc::SYS_landlock_add_rule,
        "landlock_restrict_self" => libc::SYS_landlock_restrict_self,
        "openat2" => libc::SYS_openat2,
        "pidfd_open" => libc::SYS_pidfd_open,
        "close_range" => libc::SYS_close_range,
        _ => return None,
    };
    Some(Rule { number: u32::try_from(number).ok()?, action, bits: 0 })
}

/// Installs `number == one of these ? its action : allow`.
fn refuse(rules: &[Rule]) -> io::Result<()> {
    const LOAD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
    const JUMP_IF_EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    const JUMP_IF_ANY_BIT: u32 = libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K;
    const RETURN: u32 = libc::BPF_RET | libc::BPF_K;
    let step =
        |code: u32, jt, jf, k| libc::sock_filter { code: u16::try_from(code).unwrap_or_default(), jt, jf, k };
    // The number is the first field of `seccomp_data`, and the first argument's low half stands at 16.
    let mut program = vec![step(LOAD, 0, 0, 0)];
    for Rule { number, action, bits } in rules {
        if *bits == 0 {
            program.push(step(JUMP_IF_EQUAL, 0, 1, *number));
            program.push(step(RETURN, 0, 0, *action));
        } else {
            program.push(step(JUMP_IF_EQUAL, 0, 4, *number));
            program.push(step(LOAD, 0, 0, 16));
            program.push(step(JUMP_IF_ANY_BIT, 0, 1, *bits));
            program.push(step(RETURN, 0, 0, *action));
            program.push(step(LOAD, 0, 0, 0));
        }
    }
    program.push(step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW));
    let length = u16::try_from(program.len()).map_err(io::Error::other)?;
    let filter = libc::sock_fprog { len: length, filter: program.as_mut_ptr() };
    // SAFETY: the filter and its program live until the calls return; the kernel copies them.
    let installed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter) == 0
    };
    if installed { Ok(()) } else { Err(io::Error::last_os_error()) }
}
