//! One command: from the fork to its program, everything set up in between.

use std::{
    ffi::{CString, OsStr},
    fs::File,
    io::{self, Read as _},
    os::{
        fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd},
        unix::ffi::OsStrExt as _,
    },
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    ptr,
};

use rustix::{
    io::Errno,
    pipe::PipeFlags,
    process::{Pid, Resource, Rlimit, Signal},
    thread::CapabilitySet,
};

use crate::{
    cgroup::Group,
    error::Stage,
    filesystem::Rules,
    protocol::Run,
    settings::{Checked, Limits},
};

/// The descriptor that a command with checkpoints reports on. High enough to stay clear of a script's own
/// `exec 3>file`, and one digit, because POSIX shells know no more.
pub const CHECKPOINT: RawFd = 8;

/// Descriptors are moved here first, out of the way of those that the command gets.
const HIGH: RawFd = 64;

/// What a child reports when all is set up; no stage has this number.
const READY: u8 = 0xFF;

/// A command that was started, or will report why not.
pub(crate) struct Child {
    pub(crate) pid: Pid,
    report: OwnedFd,
}

impl Child {
    /// What kept the program from being executed; to be asked when the child has ended.
    ///
    /// A child says so when it is about to execute: silence means that it died before, not that it went well,
    /// unless it was `killed`.
    pub(crate) fn failure(self, killed: bool) -> Option<(Stage, i32)> {
        let mut report = Vec::new();
        File::from(self.report).read_to_end(&mut report).ok()?;
        match report.strip_prefix(&[READY]).unwrap_or(&report) {
            [] if killed || !report.is_empty() => None,
            [stage, errno @ ..] => {
                let stage = *Stage::ALL.get(usize::from(*stage)).unwrap_or(&Stage::Fork);
                Some((stage, errno.try_into().map_or(libc::EIO, i32::from_le_bytes)))
            }
            [] => Some((Stage::Fork, libc::ENOTRECOVERABLE)),
        }
    }
}

/// What a command is still to be given, since its init does not have it.
pub(crate) enum Confine<'r> {
    /// Nothing: the init is confined itself.
    Inherited,
    /// The rules with no more capabilities than these, and the group.
    Here { rules: Option<&'r Rules>, capabilities: CapabilitySet, group: Option<&'r Group> },
}

/// Starts a command. `descriptors` are those of its request.
pub(crate) fn start(
    run: &Run,
    settings: &Checked,
    confine: &Confine<'_>,
    temporary: &Path,
    descriptors: Vec<OwnedFd>,
) -> Result<Child, (Stage, i32)> {
    let plan =
        Plan::new(run, settings, temporary, &descriptors).map_err(|error| at(Stage::Execute)(error))?;
    let (report, write) = report_pipe().map_err(at(Stage::Fork))?;
    // SAFETY: the init has a single thread, so the child may do whatever this process may.
    match unsafe { libc::fork() } {
        -1 => Err(at(Stage::Fork)(io::Error::last_os_error())),
        0 => {
            drop(report);
            // A panic here must end neither as a status of the command nor as a second init.
            let attempt = AssertUnwindSafe(|| plan.become_command(settings, confine, &write));
            let (stage, errno) = catch_unwind(attempt).unwrap_or((Stage::Session, libc::ENOTRECOVERABLE));
            let index = Stage::ALL.iter().position(|other| *other == stage).unwrap_or_default();
            let mut message = vec![u8::try_from(index).unwrap_or_default()];
            message.extend(errno.to_le_bytes());
            _ = rustix::io::write(&write, &message);
            // SAFETY: ends the child at once, as is right after a fork.
            unsafe { libc::_exit(127) }
        }
        pid => {
            drop((write, descriptors));
            let pid = Pid::from_raw(pid).ok_or((Stage::Fork, libc::ECHILD))?;
            Ok(Child { pid, report })
        }
    }
}

/// Where a child says what went wrong: closed by the program's start, and out of the way of its descriptors.
fn report_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
    Ok((read, rustix::io::fcntl_dupfd_cloexec(write, HIGH)?))
}

fn at(stage: Stage) -> impl Fn(io::Error) -> (Stage, i32) {
    move |error| (stage, error.raw_os_error().unwrap_or(libc::EINVAL))
}

/// Everything the child needs, made before the fork.
struct Plan {
    candidates: Vec<CString>,
    arguments: Vec<CString>,
    environment: Vec<CString>,
    working_directory: PathBuf,
    stdin: OwnedFd,
    stdout: OwnedFd,
    stderr: Option<OwnedFd>,
    checkpoint: Option<OwnedFd>,
}

impl Plan {
    fn new(run: &Run, settings: &Checked, temporary: &Path, descriptors: &[OwnedFd]) -> io::Result<Self> {
        let mut descriptors = descriptors
            .iter()
            .map(|descriptor| Ok(rustix::io::fcntl_dupfd_cloexec(descriptor, HIGH)?))
            .collect::<io::Result<Vec<_>>>()?
            .into_iter();
        let mut next = |wanted: bool| if wanted { descriptors.next() } else { None };
        let stdout = next(true).ok_or(Errno::BADF)?;
        let stderr = next(run.separate_stderr);
        let checkpoint = next(run.checkpoints);
        let null = File::open("/dev/null")?;
        let mut arguments = vec![c_string(run.program.as_os_str())?];
        for argument in &run.arguments {
            arguments.push(c_string(argument)?);
        }
        let mut environment = Vec::new();
        let tmpdir = (OsStr::new("TMPDIR"), temporary.as_os_str());
        let given = settings.environment.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()));
        for (name, value) in given.filter(|(name, _)| *name != "TMPDIR").chain([tmpdir]) {
            environment
                .push(c_string(OsStr::from_bytes(&[name.as_bytes(), b"=", value.as_bytes()].concat()))?);
        }
        Ok(Self {
            candidates: candidates(&run.program, settings)?,
            arguments,
            environment,
            working_directory: run.working_directory.clone(),
            stdin: rustix::io::fcntl_dupfd_cloexec(&null, HIGH)?,
            stdout,
            stderr,
            checkpoint,
        })
    }

    /// In the child: gives only what went wrong.
    fn become_command(self, settings: &Checked, confine: &Confine<'_>, report: &OwnedFd) -> (Stage, i32) {
        let ready = self.prepare(settings, confine);
        match ready.and_then(|()| {
            rustix::io::write(report, &[READY]).map_err(|error| at(Stage::Execute)(error.into()))
        }) {
            Err(failure) => failure,
            Ok(_) => (Stage::Execute, self.execute()),
        }
    }

    fn prepare(&self, settings: &Checked, confine: &Confine<'_>) -> Result<(), (Stage, i32)> {
        start_session().map_err(at(Stage::Session))?;
        self.place_descriptors().map_err(at(Stage::Descriptors))?;
        rustix::process::chdir(&self.working_directory)
            .map_err(|error| at(Stage::WorkingDirectory)(error.into()))?;
        limit(&settings.limits).map_err(at(Stage::Limits))?;
        let Confine::Here { rules, capabilities, group } = confine else { return Ok(()) };
        if let Some(group) = group {
            group.take(rustix::process::getpid()).map_err(at(Stage::Limits))?;
        }
        if let Some(rules) = rules {
            crate::privileges::reduce_to(*capabilities).map_err(at(Stage::Privileges))?;
            rules.enter().map_err(at(Stage::Confinement))?;
        }
        Ok(())
    }

    fn place_descriptors(&self) -> io::Result<()> {
        let stderr = self.stderr.as_ref().unwrap_or(&self.stdout);
        let mut places = vec![(&self.stdin, 0), (&self.stdout, 1), (stderr, 2)];
        places.extend(self.checkpoint.as_ref().map(|socket| (socket, CHECKPOINT)));
        for (from, to) in places {
            // SAFETY: both are numbers; whatever the target was is not used any more in this process.
            if unsafe { libc::dup2(from.as_raw_fd(), to) } < 0 {
                return Err(io::Error::last_os_error());
            }
        }
        // All but the four above close when the program starts, whoever opened them.
        close_on_exec(3, CHECKPOINT - 1)?;
        close_on_exec(if self.checkpoint.is_some() { CHECKPOINT + 1 } else { CHECKPOINT }, RawFd::MAX)
    }

    /// Executes the first candidate that exists; gives the error of the last try, or the one that counts.
    fn execute(&self) -> i32 {
        let arguments = pointers(&self.arguments);
        let environment = pointers(&self.environment);
        let mut worst = libc::ENOENT;
        for candidate in &self.candidates {
            // SAFETY: the strings live in `self`, and both lists end with a null pointer.
            unsafe { libc::execve(candidate.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
            match io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL) {
                libc::ENOENT | libc::ENOTDIR => {}
                libc::EACCES => worst = libc::EACCES,
                other => return other,
            }
        }
        worst
    }
}

fn limit(limits: &Limits) -> io::Result<()> {
    let wanted = [
        (Resource::Core, Some(0)),
        (Resource::Fsize, limits.max_file_size),
        (Resource::Nproc, limits.max_processes),
        (Resource::Data, limits.max_memory),
        (Resource::Nofile, limits.max_open_files),
    ];
    for (resource, limit) in wanted {
        let Some(limit) = limit else { continue };
        let hard = rustix::process::getrlimit(resource).maximum.map_or(limit, |hard| hard.min(limit));
        rustix::process::setrlimit(resource, Rlimit { current: Some(hard), maximum: Some(hard) })?;
    }
    Ok(())
}

/// A session and group of its own, signals as a fresh program expects them, a plain mask for new files.
fn start_session() -> io::Result<()> {
    rustix::process::setsid()?;
    // If the init is killed, at least the main process goes with it.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // By the system call, because the C library refuses the two signals that it keeps for itself.
    let default = [0_u64; 4];
    for signal in 1..=64 {
        let none = ptr::null_mut::<u64>();
        // SAFETY: all zeroes is the kernel's `sigaction` for the default, which runs no code of this process;
        // it is at most as long as here. The unchangeable signals give an error, which says nothing new.
        unsafe { libc::syscall(libc::SYS_rt_sigaction, signal, default.as_ptr(), none, 8_usize) };
    }
    // SAFETY: an empty set is made before it is used, and the old mask is not asked for.
    unsafe {
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        if libc::sigprocmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut()) != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    Ok(())
}

fn close_on_exec(first: RawFd, last: RawFd) -> io::Result<()> {
    const CLOEXEC: u32 = 1 << 2;
    let (first, last) = (first.cast_unsigned(), last.cast_unsigned());
    // SAFETY: marks descriptors only; none is closed while this process runs.
    if unsafe { libc::syscall(libc::SYS_close_range, first, last, CLOEXEC) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// The paths that a program's name may stand for, in the order of `PATH`.
fn candidates(program: &Path, settings: &Checked) -> io::Result<Vec<CString>> {
    if program.as_os_str().as_bytes().contains(&b'/') {
        return Ok(vec![c_string(program.as_os_str())?]);
    }
    let path = settings.environment.iter().find(|(name, _)| name == "PATH");
    let path = path.map_or(OsStr::new("/usr/bin:/bin"), |(_, value)| value.as_os_str());
    std::env::split_paths(path).map(|directory| c_string(directory.join(program).as_os_str())).collect()
}

/// `RLIMIT_NPROC` counts all that the user runs, so what runs already must come on top.
pub(crate) fn tasks_of_user() -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let user = rustix::process::getuid().as_raw();
    let Ok(processes) = std::fs::read_dir("/proc") else { return 0 };
    let own = processes.flatten().filter(|entry| {
        entry.file_name().as_bytes()[0].is_ascii_digit()
            && entry.metadata().is_ok_and(|data| data.uid() == user)
    });
    own.map(|entry| entry.path().join("task").metadata().map_or(1, |data| data.nlink().saturating_sub(2)))
        .sum()
}

fn c_string(string: &OsStr) -> io::Result<CString> {
    CString::new(string.as_bytes()).map_err(|_| Errno::INVAL.into())
}

fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
}

/// Takes descriptor 0, where the supervisor put the socket, to itself; 0 to 2 become `/dev/null`, and whatever
/// else the supervisor had open without meaning to pass it on is closed.
pub(crate) fn take_socket() -> io::Result<OwnedFd> {
    const SOCKET: RawFd = 3;
    // SAFETY: the init has just started and owns no descriptor in Rust yet; 3 is its own from here on.
    let socket = unsafe {
        if libc::dup3(0, SOCKET, libc::O_CLOEXEC) < 0 {
            return Err(io::Error::last_os_error());
        }
        if libc::syscall(libc::SYS_close_range, SOCKET.cast_unsigned() + 1, u32::MAX, 0) != 0 {
            return Err(io::Error::last_os_error());
        }
        OwnedFd::from_raw_fd(SOCKET)
    };
    let null = File::options().read(true).write(true).open("/dev/null")?;
    for standard in 0..=2 {
        // SAFETY: the standard descriptors are not owned by anything in Rust.
        if unsafe { libc::dup2(null.as_raw_fd(), standard) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(socket)
}
