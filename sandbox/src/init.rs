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
    advice,
    cgroup::{Group, Limited},
    channel::Channel,
    child::{self, Stack},
    ground::{self, Ground},
    layers::LayerKind,
    namespaces::{self, Step},
    protocol::{Cause, Ended, Refused, Reply, Request, Run},
    seccomp::{self, Listener},
    settings::{Checked, Level, Network},
    temporary::{self, Temporary},
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
    let Some((Request::Open(mut settings), _)) = channel.receive()? else { return Ok(()) };
    if let Err(refused) = one_thread() {
        return channel.send(&refused, None);
    }
    // `RLIMIT_NPROC` counts all that the user runs, so what runs already must come on top; root is not limited.
    let others = if rustix::process::geteuid().is_root() { 0 } else { child::tasks_of_user() };
    let mut grouped = Limited::default();
    if settings.level == Level::Full {
        match leave_host(&mut settings) {
            Ok(limited) => grouped = limited,
            Err(refused) => return channel.send(&refused, None),
        }
    }
    let children = settle()?;
    let stack = Stack::new()?;
    let ground = match settings.level {
        Level::Off | Level::Landlock => Ground::in_place(&settings),
        Level::Full => Ground::own_root(&settings, grouped),
    };
    let ground = match ground {
        Ok(ground) => ground,
        Err(refused) => return channel.send(&refused, None),
    };
    let watch = match Watch::begin(&settings) {
        Ok(watch) => watch,
        Err(error) => {
            _ = ground.remove();
            let reason = format!("seccomp is not available ({error})");
            let help = "use a kernel with CONFIG_SECCOMP_FILTER, or choose the level `off` by name";
            return channel.send(&ground::refused(LayerKind::SystemCalls, reason, help), None);
        }
    };
    let layers = ground.layers(&settings, watch.listener.is_some());
    if let Some(more) = settings.limits.max_processes.as_mut() {
        *more = more.saturating_add(others);
    }
    let ready = channel.send(&Reply::Ready { temporary: ground.temporary(), layers }, ground.upper());
    let mut init = Init { channel, children, settings, stack, ground, watch };
    let served = ready.and_then(|()| init.serve());
    let removed = init.ground.remove();
    served.and(removed)
}

/// Enters namespaces; gives what a control group limits there. The guardian outside removes what lies on
/// the host's disk when all is over.
fn leave_host(settings: &mut Checked) -> Result<Limited, Reply> {
    if let Some(parent) = settings.disk.take() {
        let directory = Temporary::create(&parent).map_err(|error| {
            let reason = format!("no directory can be made in `{}` ({error})", parent.display());
            ground::refused(LayerKind::View, reason, "choose another directory for the view")
        })?;
        settings.disk = Some(directory.path().to_owned());
    }
    let group = Group::create(&settings.limits);
    let left = || {
        if let Some(group) = &group {
            group.remove();
        }
        if let Some(directory) = &settings.disk {
            _ = temporary::remove(directory);
        }
    };
    let entered = namespaces::enter(settings.network, group.as_ref(), left);
    entered.map(|()| group.as_ref().map(Group::limited).unwrap_or_default()).map_err(|(step, error)| {
        let what = match step {
            Step::Clone => "namespaces cannot be made",
            Step::Map => "users cannot be mapped",
        };
        left();
        ground::refused(LayerKind::Namespaces, format!("{what} ({error})"), advice::for_namespaces())
    })
}

/// Forking is only sound with one.
fn one_thread() -> Result<(), Reply> {
    match std::fs::read_dir("/proc/self/task").map(Iterator::count) {
        Ok(1) => Ok(()),
        Ok(_) => {
            let help = "call `enter_init_if_asked` first in `main`, before threads are started";
            Err(ground::refused(LayerKind::Processes, "the init has more than one thread".into(), help))
        }
        Err(error) => {
            let reason = format!("`/proc` cannot be read ({error})");
            let help = "mount it: processes cannot be found without";
            Err(ground::refused(LayerKind::Processes, reason, help))
        }
    }
}

/// Makes this process one that outlives its supervisor for long enough, and that gets every orphan below it.
fn settle() -> io::Result<File> {
    // Out of the terminal's session: an interrupt there is for the supervisor, which says what it means.
    _ = rustix::process::setsid();
    rustix::thread::set_name(c"sandbox-init")?;
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    // Same-user commands can neither trace it nor read its memory. After a command's start this is undone there.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    // Whatever the supervisor had: commands find every signal as a fresh program expects it. By the system call,
    // because the C library refuses the two signals that it keeps for itself.
    let default = [0_u64; 4];
    for signal in 1..=64 {
        let none = std::ptr::null_mut::<u64>();
        // SAFETY: all zeroes is the kernel's `sigaction` for the default, which runs no code of this process;
        // it is at most as long as here. The unchangeable signals give an error, which says nothing new.
        unsafe { libc::syscall(libc::SYS_rt_sigaction, signal, default.as_ptr(), none, 8_usize) };
    }
    for signal in child::IGNORED {
        // SAFETY: ignoring a signal runs no code.
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

struct Init {
    channel: Channel,
    /// Readable when a child has ended.
    children: File,
    settings: Checked,
    stack: Stack,
    ground: Ground,
    watch: Watch,
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
                    self.channel.send(&reply, None)?;
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
        let directory = match self.ground.fresh(number) {
            Ok(directory) => directory,
            Err(error) => return Ok(trouble(&error)),
        };
        let started = Instant::now();
        let confine = self.ground.confine();
        let start = child::start(run, &self.settings, &confine, &directory, descriptors, &mut self.stack);
        let reply = match start {
            Ok(main) => self.attend(number, main, started)?,
            Err((stage, errno)) => Reply::NotStarted { number, stage, errno },
        };
        // What could not be killed may still be at work there.
        if !matches!(reply, Reply::Unkillable { .. })
            && let Err(error) = self.ground.renew()
        {
            return Ok(trouble(&error));
        }
        Ok(reply)
    }

    /// Waits for the end of a command, whatever brings it, and ends all that it started.
    fn attend(&mut self, number: u64, main: Pid, started: Instant) -> io::Result<Reply> {
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
        // What was tried just before the end still waits for its answer.
        self.watch.answer_all()?;
        let nanoseconds = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let left_behind = count_left(main);
        let status = match self.ground.kill(main) {
            Ok(status) => status.unwrap_or(-i64::from(libc::SIGKILL)),
            Err(tree::Unkillable(count)) => return Ok(Reply::Unkillable { number, count }),
        };
        if gone {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let unreachable = self.ground.unreachable();
        let refused = self.watch.take();
        Ok(Reply::Ended(Ended { number, cause, status, nanoseconds, left_behind, unreachable, refused }))
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
    fn wait(&mut self, left: Option<Duration>) -> io::Result<bool> {
        let left = left.map(|left| Timespec {
            tv_sec: left.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        });
        let mut events =
            vec![PollFd::new(&self.channel, PollFlags::IN), PollFd::new(&self.children, PollFlags::IN)];
        events.extend(self.watch.listener.as_ref().map(|listener| PollFd::new(listener, PollFlags::IN)));
        match rustix::event::poll(&mut events, left.as_ref()) {
            Ok(_) => {
                let asked = !events[0].revents().is_empty();
                if events.get(2).is_some_and(|event| event.revents().contains(PollFlags::IN)) {
                    self.watch.answer()?;
                }
                Ok(asked)
            }
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Which system calls were refused, if this process may hear of it.
struct Watch {
    listener: Option<Listener>,
    /// Since the last command.
    refused: Vec<Refused>,
}

impl Watch {
    /// Installs the filter that the level asks for in this process, and so in all it starts.
    fn begin(settings: &Checked) -> io::Result<Self> {
        let in_place = settings.level == Level::Landlock;
        let rules = seccomp::Rules {
            no_network: in_place && settings.network == Network::Loopback,
            no_shared_ipc: in_place,
        };
        let listener = match settings.level {
            Level::Off => None,
            Level::Landlock | Level::Full => seccomp::install(rules)?.ok(),
        };
        Ok(Self { listener, refused: Vec::new() })
    }

    /// Answers one call that waits.
    fn answer(&mut self) -> io::Result<()> {
        // A command may try a thing a million times, and a hundred things.
        const MOST: usize = 100;
        let Some((call, network)) = self.listener.as_ref().map(Listener::answer).transpose()?.flatten()
        else {
            return Ok(());
        };
        if let Some(known) = self.refused.iter_mut().find(|known| known.call == call) {
            known.count += 1;
        } else if self.refused.len() < MOST {
            self.refused.push(Refused { call, network, count: 1 });
        }
        Ok(())
    }

    /// Answers all that waits now.
    fn answer_all(&mut self) -> io::Result<()> {
        const NOW: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
        // As many as there can be processes; a command that goes on trying is not waited for.
        for _ in 0..100 {
            let Some(listener) = &self.listener else { return Ok(()) };
            match rustix::event::poll(&mut [PollFd::new(listener, PollFlags::IN)], Some(&NOW)) {
                Ok(1) => self.answer()?,
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    fn take(&mut self) -> Option<Vec<Refused>> {
        self.listener.is_some().then(|| std::mem::take(&mut self.refused))
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
