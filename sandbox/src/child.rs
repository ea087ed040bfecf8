//! One command: from the fork to its program, everything set up in between.

use std::{
    ffi::{CString, OsStr, c_void},
    fs::File,
    io,
    os::{
        fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd},
        unix::ffi::OsStrExt as _,
    },
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    ptr,
    sync::atomic::{AtomicU64, Ordering},
};

use rustix::{
    io::Errno,
    process::{Pid, Resource, Rlimit, Signal},
    thread::CapabilitySet,
};

use crate::{
    error::Stage,
    filesystem::Rules,
    protocol::Run,
    settings::{Checked, Limits},
    tree,
};

/// The descriptor that a command with checkpoints reports on. High enough to stay clear of a script's own
/// `exec 3>file`, and one digit, because POSIX shells know no more.
pub const CHECKPOINT: RawFd = 8;

/// What the init ignores, and its commands do not: the supervisor's end is seen by the socket instead.
pub(crate) const IGNORED: [i32; 7] =
    [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGPIPE, libc::SIGUSR1, libc::SIGUSR2];

/// Descriptors are moved here first, out of the way of those that the command gets.
const HIGH: RawFd = 64;

/// The stack on which a child prepares itself, in bytes; it allocates nothing large there.
const STACK: usize = 256 * 1024;

/// What a command is still to be given.
pub(crate) enum Confine<'r> {
    /// Nothing: the init is confined itself, or the level is off.
    Nothing,
    /// The rules, with no more capabilities than these.
    Here { rules: &'r Rules, capabilities: CapabilitySet },
}

/// Starts a command, and returns when its program is being executed. `descriptors` are those of its request.
///
/// The child borrows this process's memory until then, as `vfork` does (to copy its page tables would take longer than
/// all the rest), and this process sleeps meanwhile. So the child drops nothing that is not its own, and what it says
/// of itself is in memory that both see.
///
/// # Errors
///
/// What kept the program from being executed; then nothing is left of the child.
pub(crate) fn start(
    run: &Run,
    settings: &Checked,
    confine: &Confine<'_>,
    temporary: &Path,
    descriptors: Vec<OwnedFd>,
    stack: &mut Stack,
) -> Result<Pid, (Stage, i32)> {
    let plan = Plan::new(run, settings, temporary, &descriptors).map_err(at(Stage::Execute))?;
    drop(descriptors);
    let start = Start { plan: &plan, settings, confine, outcome: AtomicU64::new(Start::SILENT) };
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    // SAFETY: the stack is the child's alone and as large as it says; `start` outlives the call, which returns when the
    // child has executed a program or is dead; and no other thread could see what the child does to the memory.
    let pid = unsafe { libc::clone(Start::enter, stack.top(), flags, (&raw const start).cast_mut().cast()) };
    let Some(pid) = Pid::from_raw(pid.max(0)) else {
        return Err(at(Stage::Fork)(io::Error::last_os_error()));
    };
    start.failure().map_or(Ok(pid), |failure| {
        tree::reap(pid);
        Err(failure)
    })
}

/// What a child is given, and where it says how far it got.
struct Start<'s> {
    plan: &'s Plan,
    settings: &'s Checked,
    confine: &'s Confine<'s>,
    /// `SILENT`, `READY`, or the index of a stage and its error number below.
    outcome: AtomicU64,
}

impl Start<'_> {
    /// Silence means that the child died before its program, not that it went well.
    const SILENT: u64 = u64::MAX;
    /// All is set up, and the program is being executed.
    const READY: u64 = u64::MAX - 1;

    /// The child's life until its program.
    extern "C" fn enter(start: *mut c_void) -> libc::c_int {
        // SAFETY: `start` lives until the parent wakes up, which is when this process has another memory or is dead.
        let start = unsafe { &*start.cast::<Start<'_>>() };
        // A panic here must end neither as a status of the command nor as a second init.
        let attempt = AssertUnwindSafe(|| {
            let (stage, errno) = match start.plan.prepare(start.settings, start.confine) {
                Ok(()) => {
                    start.outcome.store(Self::READY, Ordering::Relaxed);
                    (Stage::Execute, start.plan.execute())
                }
                Err(failure) => failure,
            };
            let index = Stage::ALL.iter().position(|other| *other == stage).unwrap_or_default();
            let outcome = (index as u64) << 32 | u64::from(errno.cast_unsigned());
            start.outcome.store(outcome, Ordering::Relaxed);
        });
        if catch_unwind(attempt).is_err() {
            start.outcome.store(Self::SILENT, Ordering::Relaxed);
        }
        // SAFETY: ends the child at once; what would run at a normal end is the parent's.
        unsafe { libc::_exit(127) }
    }

    fn failure(&self) -> Option<(Stage, i32)> {
        match self.outcome.load(Ordering::Relaxed) {
            Self::READY => None,
            Self::SILENT => Some((Stage::Fork, libc::ENOTRECOVERABLE)),
            outcome => {
                let index = usize::try_from(outcome >> 32).unwrap_or_default();
                let stage = *Stage::ALL.get(index).unwrap_or(&Stage::Fork);
                Some((stage, u32::try_from(outcome & 0xFFFF_FFFF).unwrap_or_default().cast_signed()))
            }
        }
    }
}

/// A stack for children, one after another, with pages below it that nothing may touch.
pub(crate) struct Stack {
    base: *mut c_void,
}

impl Stack {
    const GUARD: usize = 64 * 1024;

    pub(crate) fn new() -> io::Result<Self> {
        use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect};
        let access = ProtFlags::READ | ProtFlags::WRITE;
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::STACK;
        // SAFETY: a new mapping, at a place of the kernel's choice.
        let base = unsafe { mmap_anonymous(ptr::null_mut(), Self::GUARD + STACK, access, flags)? };
        let stack = Self { base };
        // SAFETY: the lowest part of the mapping just made, which nothing uses.
        unsafe { mprotect(base, Self::GUARD, MprotectFlags::empty())? };
        Ok(stack)
    }

    /// Where the stack begins: it grows down.
    fn top(&mut self) -> *mut c_void {
        self.base.wrapping_byte_add(Self::GUARD + STACK)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's alone, and no child is on it any more.
        _ = unsafe { rustix::mm::munmap(self.base, Self::GUARD + STACK) };
    }
}

fn at(stage: Stage) -> impl Fn(io::Error) -> (Stage, i32) {
    move |error| (stage, error.raw_os_error().unwrap_or(libc::EINVAL))
}

/// Everything the child needs, made before it is: it must not allocate what its program's start would leave behind.
struct Plan {
    candidates: Vec<CString>,
    arguments: Strings,
    environment: Strings,
    working_directory: CString,
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
        // Shells set `PWD` for what they start, and programs take it for the directory's name.
        let own = [("TMPDIR", temporary.as_os_str()), ("PWD", run.working_directory.as_os_str())];
        let own = own.map(|(name, value)| (OsStr::new(name), value));
        let given = settings.environment.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()));
        for (name, value) in given.filter(|(name, _)| own.iter().all(|(own, _)| own != name)).chain(own) {
            environment
                .push(c_string(OsStr::from_bytes(&[name.as_bytes(), b"=", value.as_bytes()].concat()))?);
        }
        Ok(Self {
            candidates: candidates(&run.program, settings)?,
            arguments: Strings::new(arguments),
            environment: Strings::new(environment),
            working_directory: c_string(run.working_directory.as_os_str())?,
            stdin: rustix::io::fcntl_dupfd_cloexec(&null, HIGH)?,
            stdout,
            stderr,
            checkpoint,
        })
    }

    /// In the child.
    fn prepare(&self, settings: &Checked, confine: &Confine<'_>) -> Result<(), (Stage, i32)> {
        start_session().map_err(at(Stage::Session))?;
        self.place_descriptors().map_err(at(Stage::Descriptors))?;
        rustix::process::chdir(&self.working_directory)
            .map_err(|error| at(Stage::WorkingDirectory)(error.into()))?;
        limit(&settings.limits).map_err(at(Stage::Limits))?;
        match confine {
            Confine::Nothing => Ok(()),
            Confine::Here { rules, capabilities } => {
                crate::privileges::reduce_to(*capabilities).map_err(at(Stage::Privileges))?;
                rules.enter().map_err(at(Stage::Confinement))
            }
        }
    }

    fn place_descriptors(&self) -> io::Result<()> {
        let stderr = self.stderr.as_ref().unwrap_or(&self.stdout);
        let standard = [(&self.stdin, 0), (&self.stdout, 1), (stderr, 2)];
        let checkpoint = self.checkpoint.as_ref().map(|socket| (socket, CHECKPOINT));
        for (from, to) in standard.into_iter().chain(checkpoint) {
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
        let mut worst = libc::ENOENT;
        for candidate in &self.candidates {
            // SAFETY: the strings live in `self`, and both lists end with a null pointer.
            unsafe {
                libc::execve(candidate.as_ptr(), self.arguments.pointers(), self.environment.pointers())
            };
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
    for signal in IGNORED {
        // SAFETY: the default runs no code of this process.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
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

/// Strings as C wants them: a list of pointers that a null pointer ends.
struct Strings {
    pointers: Vec<*const libc::c_char>,
    /// What they point to.
    _strings: Vec<CString>,
}

impl Strings {
    fn new(strings: Vec<CString>) -> Self {
        let pointers = strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect();
        Self { pointers, _strings: strings }
    }

    fn pointers(&self) -> *const *const libc::c_char {
        self.pointers.as_ptr()
    }
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
