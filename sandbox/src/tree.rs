//! Every process below the init: who they are, and their end.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    time::{Duration, Instant},
};

use rustix::{
    io::Errno,
    process::{Pid, PidfdFlags, Signal, WaitIdStatus, WaitOptions},
};

/// How long the killing of a tree may take.
const KILL_TIME: Duration = Duration::from_secs(10);

/// A process as `/proc` shows it; the start tells it from a later one with the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    /// Clock ticks after boot.
    start: u64,
}

/// The status of a process that was reaped: an exit status, or a signal as a negative number.
pub(crate) type Status = i64;

/// The living processes below this one (zombies are not living).
pub(crate) fn descendants() -> io::Result<Vec<Process>> {
    let mut below: HashMap<i32, Vec<(Process, bool)>> = HashMap::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some((parent, process, alive)) = look_up(pid) {
            below.entry(parent).or_default().push((process, alive));
        }
    }
    let mut found = Vec::new();
    let mut parents = vec![std::process::id().cast_signed()];
    while let Some(parent) = parents.pop() {
        for (process, alive) in below.remove(&parent).unwrap_or_default() {
            parents.push(process.pid);
            if alive {
                found.push(process);
            }
        }
    }
    Ok(found)
}

/// Parent, identity, and whether it lives; `None` if it is gone.
fn look_up(pid: i32) -> Option<(i32, Process, bool)> {
    let line = fs::read(format!("/proc/{pid}/stat")).ok()?;
    // The name is in parentheses and may hold anything, so the last one counts.
    let after_name = line.iter().rposition(|byte| *byte == b')')? + 2;
    let fields = std::str::from_utf8(&line[after_name..]).ok()?;
    let mut fields = fields.split(' ');
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let start = fields.nth(17)?.parse().ok()?;
    Some((parent, Process { pid, start }, !matches!(state, "Z" | "X")))
}

/// Signals exactly this process: the descriptor is taken first and the identity compared after.
fn signal(process: Process, signal: Signal) {
    let Some(pid) = Pid::from_raw(process.pid) else { return };
    let Ok(descriptor) = rustix::process::pidfd_open(pid, PidfdFlags::empty()) else { return };
    if look_up(process.pid).is_some_and(|(_, now, _)| now == process) {
        _ = rustix::process::pidfd_send_signal(descriptor, signal);
    }
}

/// Signals the process group of a main process that is not reaped yet, so that its number is still its own.
pub(crate) fn signal_group(main: Pid, signal: Signal) {
    _ = rustix::process::kill_process_group(main, signal);
}

/// A child that has ended, without reaping it. `Err` with `ECHILD` if there is no child at all.
pub(crate) fn ended_child() -> Result<Option<Pid>, Errno> {
    // SAFETY: all zeroes is a valid `siginfo_t`, a plain C struct.
    let mut information: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: the pointer is to a live `siginfo_t` that nothing else uses.
    if unsafe { libc::waitid(libc::P_ALL, 0, &raw mut information, options) } != 0 {
        return Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::CHILD));
    }
    // SAFETY: `waitid` filled the fields for a child, or left the zeroes, which mean that none has ended.
    Ok(Pid::from_raw(unsafe { information.si_pid() }))
}

/// Reaps one child that has ended.
pub(crate) fn reap(child: Pid) -> Option<Status> {
    let status =
        rustix::process::waitid(rustix::process::WaitId::Pid(child), rustix::process::WaitIdOptions::EXITED);
    status.ok().flatten().map(|status| read_status(&status))
}

fn read_status(status: &WaitIdStatus) -> Status {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => code.into(),
        (None, Some(signal)) => -i64::from(signal),
        (None, None) => -i64::from(libc::SIGKILL),
    }
}

/// Reaps all that have ended; whether any child is left, and the status of `main` if it was among them.
fn reap_all(main: Pid, status: &mut Option<Status>) -> bool {
    loop {
        match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(Some((pid, ended))) if pid == main => {
                *status = match (ended.exit_status(), ended.terminating_signal()) {
                    (Some(code), _) => Some(code.into()),
                    (None, signal) => Some(-i64::from(signal.unwrap_or(libc::SIGKILL))),
                };
            }
            Ok(Some(_)) | Err(Errno::INTR) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// What is left of a tree that could not be killed.
pub(crate) struct Unkillable(pub(crate) u32);

/// Kills and reaps everything below this process, `main` included; gives the status of `main`.
///
/// `main` must not have been reaped. A plain fork bomb dies with the group, which the kernel signals as one.
/// What has left the group is hunted: killed as found at first, and if new ones keep coming, stopped until no
/// new one is found, and then killed.
pub(crate) fn kill(main: Pid) -> Result<Option<Status>, Unkillable> {
    signal_group(main, Signal::KILL);
    let deadline = Instant::now() + KILL_TIME;
    let mut status = None;
    let mut round = 0_u32;
    while reap_all(main, &mut status) {
        let found = descendants().unwrap_or_default();
        if Instant::now() > deadline {
            return Err(Unkillable(u32::try_from(found.len().max(1)).unwrap_or(u32::MAX)));
        }
        if round > 0 {
            stop_all(&found);
        }
        for process in descendants_or(&found, round) {
            signal(process, Signal::KILL);
        }
        // Dying takes a moment; the first look comes soon, later ones wait longer.
        std::thread::sleep(Duration::from_micros(100 << round.min(6)));
        round += 1;
    }
    Ok(status)
}

/// As [`kill`], where this process is pid 1 of its namespace: one signal then reaches all there is.
pub(crate) fn kill_namespace(main: Pid) -> Result<Option<Status>, Unkillable> {
    let deadline = Instant::now() + KILL_TIME;
    let mut status = None;
    let mut round = 0_u32;
    while reap_all(main, &mut status) {
        if Instant::now() > deadline {
            let found = descendants().unwrap_or_default();
            return Err(Unkillable(u32::try_from(found.len().max(1)).unwrap_or(u32::MAX)));
        }
        // SAFETY: every process but this one, which the kernel spares, is a command's.
        unsafe { libc::kill(-1, libc::SIGKILL) };
        if round > 0 {
            std::thread::sleep(Duration::from_micros(50 << round.min(7)));
        }
        round += 1;
    }
    Ok(status)
}

/// A second look is worth its cost only once processes have proved to come after.
fn descendants_or(found: &[Process], round: u32) -> Vec<Process> {
    if round == 0 { found.to_vec() } else { descendants().unwrap_or_else(|_| found.to_vec()) }
}

fn stop_all(found: &[Process]) {
    let mut stopped: HashSet<Process> = HashSet::new();
    let mut found = found.to_vec();
    for _ in 0..20 {
        let new: Vec<_> = found.into_iter().filter(|process| stopped.insert(*process)).collect();
        if new.is_empty() {
            return;
        }
        for process in new {
            signal(process, Signal::STOP);
        }
        found = descendants().unwrap_or_default();
    }
}
