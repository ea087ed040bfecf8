//! The sandbox's init: this program again, with one thread and one socket; it starts commands and ends them.

use std::{
    fs::File,
    io::{self, Read as _},
    os::fd::{FromRawFd as _, OwnedFd},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec},
    io::Errno,
    process::{DumpableBehavior, Pid, Signal},
};

use crate::{
    channel::Channel,
    child::{self, Child},
    filesystem::Rules,
    layers::{self, LayerKind},
    protocol::{Cause, Ended, Reply, Request, Run},
    settings::{Checked, Level},
    temporary::Temporary,
    tree,
};

/// The init's name and first argument. The name is not the host's, so that `pkill` of the host spares the init.
pub(crate) const NAME: &str = "sandbox-init";
pub(crate) const MARK: &str = "--serve-on-standard-input";

/// Time between a polite end and a kill.
const GRACE: Duration = Duration::from_secs(2);

/// Whether the host's `main` asks: one that does not would, started again as an init, do whatever it does, and
/// that may be to open a sandbox, without end.
static ASKED: AtomicBool = AtomicBool::new(false);

pub(crate) fn is_asked_for() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Must be the first call in the host's `main`, before any thread is started: if this process was started by
/// [`Sandbox::open`](crate::Sandbox::open) to be an init, it serves and never returns; otherwise it does nothing.
pub fn enter_init_if_asked() {
    ASKED.store(true, Ordering::Relaxed);
    let mut arguments = std::env::args_os();
    if arguments.next().is_none_or(|name| name != NAME) || arguments.next().is_none_or(|mark| mark != MARK) {
        return;
    }
    let code = i32::from(serve().is_err());
    #[expect(
        clippy::exit,
        reason = "this process is not the host: it must never come back to the host's `main`"
    )]
    std::process::exit(code)
}

fn serve() -> io::Result<()> {
    let mut channel = Channel::new(child::take_socket()?);
    let children = settle()?;
    let Some((Request::Open(mut settings), _)) = channel.receive()? else { return Ok(()) };
    let (rules, temporary) = match open(&settings) {
        Ok(opened) => opened,
        Err(refused) => return channel.send(&refused),
    };
    // SAFETY: asks for a number, nothing else.
    let root = unsafe { libc::geteuid() } == 0;
    let layers = layers::describe(rules.as_ref().map(|rules| rules.abi), root, &settings.limits);
    // `RLIMIT_NPROC` counts all that the user runs, so what runs already must come on top; root is not limited.
    if let Some(more) = settings.limits.max_processes.as_mut().filter(|_| !root) {
        *more = more.saturating_add(child::tasks_of_user());
    }
    let ready = channel.send(&Reply::Ready { temporary: temporary.path().to_owned(), layers });
    let mut init = Init { channel, children, settings, rules, temporary };
    let served = ready.and_then(|()| init.serve());
    let removed = init.temporary.remove();
    served.and(removed)
}

/// Makes this process one that outlives its supervisor for long enough, and that gets every orphan below it.
fn settle() -> io::Result<File> {
    // Out of the terminal's session: an interrupt there is for the supervisor, which says what it means.
    _ = rustix::process::setsid();
    rustix::thread::set_name(c"sandbox-init")?;
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    // Same-user commands can neither trace it nor read its memory. After a command's start this is undone there.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    for signal in [
        libc::SIGHUP,
        libc::SIGINT,
        libc::SIGQUIT,
        libc::SIGTERM,
        libc::SIGPIPE,
        libc::SIGUSR1,
        libc::SIGUSR2,
    ] {
        // SAFETY: ignoring a signal runs no code; the supervisor's end is seen by the socket instead.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
    // SAFETY: the set is emptied before it is used; the descriptor that `signalfd` gives is nobody else's.
    unsafe {
        let mut ended: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut ended);
        libc::sigaddset(&raw mut ended, libc::SIGCHLD);
        if libc::sigprocmask(libc::SIG_BLOCK, &raw const ended, std::ptr::null_mut()) != 0 {
            return Err(io::Error::last_os_error());
        }
        let descriptor = libc::signalfd(-1, &raw const ended, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK);
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(File::from_raw_fd(descriptor))
    }
}

/// Everything that can be refused, before anything runs.
fn open(settings: &Checked) -> Result<(Option<Rules>, Temporary), Reply> {
    let refused = |layer, reason: String, help: &str| Reply::Refused { layer, reason, help: help.into() };
    let threads = std::fs::read_dir("/proc/self/task").map(Iterator::count);
    match threads {
        Ok(1) => {}
        Ok(_) => {
            let help = "call `enter_init_if_asked` first in `main`, before threads are started";
            return Err(refused(LayerKind::Processes, "the init has more than one thread".into(), help));
        }
        Err(error) => {
            let reason = format!("`/proc` cannot be read ({error})");
            return Err(refused(LayerKind::Processes, reason, "mount it: processes cannot be found without"));
        }
    }
    let temporary = Temporary::create(&settings.temporary_root).map_err(|error| {
        let reason = format!("no directory can be made in `{}` ({error})", settings.temporary_root.display());
        refused(LayerKind::Temporary, reason, "choose another temporary root")
    })?;
    let rules = match settings.level {
        Level::Off => Ok(None),
        Level::Landlock => Rules::build(settings, temporary.path())
            .and_then(|rules| rules.prove(temporary.path()).map(|()| Some(rules))),
    };
    match rules {
        Ok(rules) => Ok((rules, temporary)),
        Err(refusal) => {
            _ = temporary.remove();
            Err(refused(LayerKind::Writes, refusal.reason, refusal.help))
        }
    }
}

struct Init {
    channel: Channel,
    /// Readable when a child has ended.
    children: File,
    settings: Checked,
    rules: Option<Rules>,
    temporary: Temporary,
}

/// What woke the init while a command runs.
enum Event {
    Ended,
    Interrupt,
    Kill,
    SupervisorGone,
}

impl Init {
    fn serve(&mut self) -> io::Result<()> {
        while let Some((request, descriptors)) = self.channel.receive()? {
            match request {
                Request::Run(run) => {
                    let reply = self.run(&run, descriptors)?;
                    self.channel.send(&reply)?;
                }
                // For a command that has ended meanwhile.
                Request::Interrupt(_) | Request::Kill(_) => {}
                Request::Open(_) => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
        Ok(())
    }

    fn run(&mut self, run: &Run, descriptors: Vec<OwnedFd>) -> io::Result<Reply> {
        let number = run.number;
        let trouble =
            |error: &io::Error| Reply::Temporary { number, errno: error.raw_os_error().unwrap_or(libc::EIO) };
        let directory = match self.temporary.fresh(number) {
            Ok(directory) => directory,
            Err(error) => return Ok(trouble(&error)),
        };
        let started = Instant::now();
        let reply = match child::start(run, &self.settings, self.rules.as_ref(), &directory, descriptors) {
            Ok(child) => self.attend(number, child, started)?,
            Err((stage, errno)) => Reply::NotStarted { number, stage, errno },
        };
        // What could not be killed may still be at work there.
        if !matches!(reply, Reply::Unkillable { .. })
            && let Err(error) = self.temporary.empty()
        {
            return Ok(trouble(&error));
        }
        Ok(reply)
    }

    /// Waits for the end of a command, whatever brings it, and ends all that it started.
    fn attend(&mut self, number: u64, child: Child, started: Instant) -> io::Result<Reply> {
        let main = child.pid;
        let mut deadline = None;
        let mut gone = false;
        let cause = loop {
            match self.next_event(number, main, deadline)? {
                Event::Ended => break if deadline.is_some() { Cause::Interrupt } else { Cause::Itself },
                Event::Interrupt if deadline.is_none() => {
                    tree::signal_group(main, Signal::TERM);
                    tree::signal_group(main, Signal::CONT);
                    deadline = Some(Instant::now() + GRACE);
                }
                Event::Interrupt => {}
                Event::Kill => break if deadline.is_some() { Cause::Interrupt } else { Cause::Kill },
                Event::SupervisorGone => {
                    gone = true;
                    break Cause::Kill;
                }
            }
        };
        let nanoseconds = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let left_behind = count_left(main);
        let status = match tree::kill(main) {
            Ok(status) => status.unwrap_or(-i64::from(libc::SIGKILL)),
            Err(tree::Unkillable(count)) => return Ok(Reply::Unkillable { number, count }),
        };
        if gone {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        if let Some((stage, errno)) = child.failure(cause != Cause::Itself) {
            return Ok(Reply::NotStarted { number, stage, errno });
        }
        Ok(Reply::Ended(Ended { number, cause, status, nanoseconds, left_behind }))
    }

    /// The next event of the command with this number. Its own end comes before anything that was asked later.
    fn next_event(&mut self, number: u64, main: Pid, deadline: Option<Instant>) -> io::Result<Event> {
        loop {
            while let Ok(Some(ended)) = tree::ended_child() {
                if ended == main {
                    return Ok(Event::Ended);
                }
                tree::reap(ended);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Ok(Event::Kill);
            }
            let asked = self.channel.has_received() || self.wait(left)?;
            _ = (&self.children).read(&mut [0; 512]);
            if !asked {
                continue;
            }
            match self.channel.receive() {
                Ok(Some((Request::Kill(of), _))) if of == number => {
                    return Ok(if tree::ended_child() == Ok(Some(main)) {
                        Event::Ended
                    } else {
                        Event::Kill
                    });
                }
                Ok(Some((Request::Interrupt(of), _))) if of == number => return Ok(Event::Interrupt),
                Ok(Some((Request::Kill(_) | Request::Interrupt(_), _))) => {}
                // A supervisor that is gone, or that does not keep to the protocol, is the end either way.
                Ok(Some((Request::Open(_) | Request::Run(_), _)) | None) | Err(_) => {
                    return Ok(Event::SupervisorGone);
                }
            }
        }
    }

    /// Waits for a child's end, for the supervisor or for the time; whether the supervisor has something to say.
    fn wait(&self, left: Option<Duration>) -> io::Result<bool> {
        let left = left.map(|left| Timespec {
            tv_sec: left.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        });
        let mut events =
            [PollFd::new(&self.channel, PollFlags::IN), PollFd::new(&self.children, PollFlags::IN)];
        match rustix::event::poll(&mut events, left.as_ref()) {
            Ok(_) => Ok(!events[0].revents().is_empty()),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// How many processes besides the main one are alive. Mostly none, which the kernel's list of children shows
/// without a look at every process: a living descendant always has a living ancestor among the children.
fn count_left(main: Pid) -> u32 {
    let pid = main.as_raw_nonzero().get();
    let only_main = std::fs::read_to_string(format!("/proc/self/task/{}/children", std::process::id()))
        .is_ok_and(|children| children.trim() == pid.to_string());
    if only_main && tree::ended_child() == Ok(Some(main)) {
        return 0;
    }
    let others = tree::descendants().map_or(0, |all| all.iter().filter(|process| process.pid != pid).count());
    u32::try_from(others).unwrap_or(u32::MAX)
}
