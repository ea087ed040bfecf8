//! The host's side: opens a sandbox, runs commands in it one at a time, and passes their output on as it comes.

use std::{
    future::Future,
    io,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::process::CommandExt as _,
    },
    path::{Path, PathBuf},
    pin::pin,
    process::Stdio,
    time::Duration,
};

use rustix::{
    fs::{Mode, OFlags},
    net::{AddressFamily, SocketFlags, SocketType},
};
use tokio::{
    net::UnixStream,
    process::Child,
    time::{Instant, sleep, sleep_until, timeout},
};

use crate::{
    cgroup,
    changes::{Change, Kept, Observed, Scan, View},
    error::{OpenError, RunError},
    init,
    layers::Layer,
    link::Link,
    output::Output,
    protocol::{Cause, Ended, Refused, Reply, Request, Run},
    settings::{Checked, Command, Level, Settings, Stderr, check},
    temporary,
};

/// How long the init may take to open, close, or answer after a command's time is up; it gives up killing
/// sooner than that.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which of a command's outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output, and standard error too if it is [`Stderr::Merged`].
    Stdout,
    /// Standard error, if it is [`Stderr::Separate`].
    Stderr,
}

/// Takes what a command says, as it says it.
pub trait Sink {
    /// Some bytes of output, at most 64 KiB, cut anywhere.
    fn output(&mut self, stream: Stream, bytes: &[u8]);

    /// A line that the command wrote to descriptor 8, without its end; only with
    /// [`Command::checkpoints`]. All output that was written before it has been given to `output`, and the
    /// command waits (if it reads a line from descriptor 8) until this returns.
    fn checkpoint(&mut self, message: &[u8]);
}

/// How a command went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// How it ended.
    pub ending: Ending,
    /// From its start to its end (not to the end of what it left behind).
    pub duration: Duration,
    /// Processes besides the main one that were still alive when it ended, or when its time was up. All of
    /// them have been killed.
    pub left_behind: u32,
    /// The paths of the workspace that it changed, in path order. At [`Level::Full`] exactly; at
    /// [`Level::Landlock`] also what others changed there meanwhile.
    pub changes: Observed<Vec<Change>>,
    /// System calls that were refused.
    pub refused: Observed<Vec<RefusedCall>>,
    /// How often it tried to get beyond its loopback, with [`Network::Loopback`](crate::Network::Loopback) at
    /// [`Level::Full`].
    pub unreachable: Observed<u64>,
}

/// A kind of system call that the sandbox refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedCall {
    /// Its name, with what about it was refused: `mount`, `socket(AF_VSOCK)`, `fchmodat(4755)`.
    pub call: String,
    /// Whether it would have reached beyond this machine's processes and files.
    pub network: bool,
    /// How often.
    pub count: u64,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this status.
    Exited(i32),
    /// By a signal with this number, which this crate did not send.
    Signaled(i32),
    /// Its time was up, and it was killed.
    TimedOut,
    /// The host's `interrupt` came true: SIGTERM to its process group, and SIGKILL to all 2 s later. Whatever
    /// its status was, it proves nothing.
    Interrupted,
}

/// An open sandbox. Commands run one after another.
///
/// Dropping it ends it as [`close`](Self::close) does, but without waiting.
#[derive(Debug)]
pub struct Sandbox {
    link: Link,
    init: Child,
    level: Level,
    layers: Vec<Layer>,
    /// Below `full`.
    temporary: Option<PathBuf>,
    number: u64,
    dead: bool,
    watch: Watch,
    workspace: PathBuf,
}

/// How changes of the workspace are seen.
enum Watch {
    View(View),
    Scan(Scan),
    /// Nobody can tell, for this reason.
    Blind(String),
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::View(_) => "View",
            Self::Scan(_) => "Scan",
            Self::Blind(_) => "Blind",
        })
    }
}

impl Watch {
    fn begin(level: Level, workspace: &Path, upper: Option<OwnedFd>) -> Self {
        if level == Level::Off {
            return Self::Blind("nothing is watched at the level off".to_owned());
        }
        let open = || {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            io::Result::Ok(rustix::fs::open(workspace, flags, Mode::empty())?)
        };
        let begun = match upper {
            Some(upper) => open().and_then(|lower| View::new(upper, lower)).map(Self::View),
            None => open().and_then(Scan::new).map(Self::Scan),
        };
        begun.unwrap_or_else(|error| Self::Blind(error.to_string()))
    }

    fn changes(&mut self) -> Observed<Vec<Change>> {
        let changes = match self {
            Self::View(view) => view.changes(),
            Self::Scan(scan) => scan.changes(),
            Self::Blind(reason) => return Observed::Unavailable(reason.clone()),
        };
        changes.map_or_else(|error| Observed::Unavailable(error.to_string()), Observed::Seen)
    }
}

impl Sandbox {
    /// Starts the sandbox's init with everything the level asks for, proved by trying, or nothing at all.
    ///
    /// The host's `main` must begin with [`enter_init_if_asked`](crate::enter_init_if_asked). Needs a tokio
    /// runtime with I/O and time.
    pub async fn open(settings: Settings) -> Result<Self, OpenError> {
        let settings: Checked = check(settings)?;
        let level = settings.level;
        let workspace = settings.workspace.clone();
        let failed = |source| OpenError::Init { source };
        if !init::is_asked_for() {
            return Err(failed(io::ErrorKind::Unsupported.into()));
        }
        let (init, mut link) = spawn().map_err(failed)?;
        let opening = async {
            link.send(&Request::Open(settings), &[]).await?;
            link.receive().await
        };
        let reply = timeout(PATIENCE, opening).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        match reply.map_err(failed)? {
            Some(Reply::Ready { temporary, layers }) => {
                let upper = link.take_descriptor();
                if level == Level::Full && upper.is_none() {
                    return Err(failed(io::ErrorKind::InvalidData.into()));
                }
                let watch = Watch::begin(level, &workspace, upper);
                Ok(Self { link, init, level, layers, temporary, number: 0, dead: false, watch, workspace })
            }
            Some(Reply::Refused { layer, reason, help }) => Err(OpenError::Layer { layer, reason, help }),
            Some(_) => Err(failed(io::ErrorKind::InvalidData.into())),
            None => Err(failed(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// The level that is in force: the one that was asked for.
    pub fn level(&self) -> Level {
        self.level
    }

    /// What is in force, and what is not.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The process number of the init, for diagnosis.
    pub fn init_id(&self) -> Option<u32> {
        self.init.id()
    }

    /// Runs a command to its end and the end of everything it started.
    ///
    /// Output goes to `sink` as it comes. If `interrupt` comes true first, the command is ended; give
    /// [`std::future::pending`] for never. If the future of this call is dropped, the command is killed.
    ///
    /// # Errors
    ///
    /// If the command could not be started, or if what happened to it is not known for certain. Never because
    /// of how the command ended.
    pub async fn run(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
        interrupt: impl Future<Output = ()>,
    ) -> Result<Execution, RunError> {
        if self.dead {
            return Err(RunError::InitDied);
        }
        if !command.working_directory.is_absolute() {
            let reason =
                format!("its working directory `{}` is not absolute", command.working_directory.display());
            return Err(RunError::Command { reason });
        }
        let result = self.attend(command, sink, interrupt).await;
        if matches!(result, Err(RunError::InitDied | RunError::InitSilent)) {
            self.bury().await;
        }
        result
    }

    async fn attend(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
        interrupt: impl Future<Output = ()>,
    ) -> Result<Execution, RunError> {
        self.number += 1;
        let number = self.number;
        let (mut output, theirs) = Output::new(command.stderr == Stderr::Separate, command.checkpoints)?;
        let run = Run {
            number,
            program: command.program.clone(),
            arguments: command.arguments.clone(),
            working_directory: command.working_directory.clone(),
            separate_stderr: command.stderr == Stderr::Separate,
            checkpoints: command.checkpoints,
        };
        let descriptors: Vec<BorrowedFd<'_>> = theirs.iter().map(AsFd::as_fd).collect();
        self.link.request(&Request::Run(run), &descriptors).await?;
        drop(descriptors);
        // The command's ends are the init's and the command's from here on: only so do the pipes ever end.
        drop(theirs);
        let mut guard = Abandon { link: &mut self.link, number, armed: true };
        let mut interrupt = pin!(interrupt);
        let mut interrupted = false;
        let mut killed = false;
        let mut alarm = alarm(command.timeout);
        let reply = loop {
            tokio::select! {
                read = output.pass_on(sink) => read?,
                reply = guard.link.receive() => match reply {
                    // Of a command whose run was given up.
                    Ok(Some(reply)) if number_of(&reply) != Some(number) => {}
                    Ok(Some(reply)) => break reply,
                    Ok(None) | Err(_) => {
                        guard.armed = false;
                        return Err(RunError::InitDied);
                    }
                },
                () = &mut interrupt, if !interrupted => {
                    interrupted = true;
                    guard.link.request(&Request::Interrupt(number), &[]).await?;
                }
                () = sleep_until(alarm) => {
                    if killed {
                        guard.armed = false;
                        return Err(RunError::InitSilent);
                    }
                    killed = true;
                    alarm = Instant::now() + PATIENCE;
                    guard.link.request(&Request::Kill(number), &[]).await?;
                }
            }
        };
        guard.armed = false;
        drop(guard);
        // All that wrote is dead, so what is in the pipes now is all there will be.
        output.drain(sink)?;
        self.judge(command, &reply)
    }

    /// Copies these paths, relative to the workspace, from the view to the real workspace, each whole or not at all,
    /// and without following links; gives what became of each, in path order.
    ///
    /// Below [`Level::Full`] commands have written to the real workspace themselves, and there is nothing to do.
    pub fn keep(&self, paths: &[PathBuf]) -> Vec<(PathBuf, io::Result<Kept>)> {
        let Watch::View(view) = &self.watch else { return Vec::new() };
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match rustix::fs::open(&self.workspace, flags, Mode::empty()) {
            Ok(real) => view.keep(real.as_fd(), paths),
            Err(error) => paths.iter().map(|path| (path.clone(), Err(error.into()))).collect(),
        }
    }

    fn judge(&mut self, command: &Command, reply: &Reply) -> Result<Execution, RunError> {
        match *reply {
            Reply::Ended(ref ended) => Ok(execution(ended, self.watch.changes())),
            Reply::NotStarted { stage, errno, .. } => Err(RunError::Start {
                program: command.program.clone(),
                stage,
                source: io::Error::from_raw_os_error(errno),
            }),
            Reply::Unkillable { count, .. } => Err(RunError::Unkillable { count }),
            Reply::Temporary { errno, .. } => Err(RunError::Temporary {
                path: self.temporary.clone().unwrap_or_else(|| "/tmp".into()),
                source: io::Error::from_raw_os_error(errno),
            }),
            Reply::Ready { .. } | Reply::Refused { .. } => {
                Err(io::Error::from(io::ErrorKind::InvalidData).into())
            }
        }
    }

    /// Ends the sandbox: whatever still runs is killed, and the temporary directory removed.
    pub async fn close(mut self) -> Result<(), RunError> {
        if self.dead {
            return Err(RunError::InitDied);
        }
        self.link.shut();
        match timeout(PATIENCE, self.init.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(_)) => {
                self.bury().await;
                Err(RunError::InitDied)
            }
            Ok(Err(source)) => Err(source.into()),
            Err(_) => {
                self.bury().await;
                Err(RunError::InitSilent)
            }
        }
    }

    /// After the init's death: makes sure of it, and removes what it would have removed.
    async fn bury(&mut self) {
        self.dead = true;
        let init = self.init.id();
        _ = self.init.start_kill();
        _ = timeout(PATIENCE, self.init.wait()).await;
        // The kernel needs a moment to end a namespace after its init.
        for _ in 0..100 {
            if init.is_none_or(cgroup::remove_of) {
                break;
            }
            sleep(Duration::from_millis(1)).await;
        }
        if let Some(temporary) = &self.temporary {
            _ = temporary::remove(temporary);
        }
    }
}

/// Starts this program again as an init, with one end of a socket as its standard input and nothing else.
fn spawn() -> io::Result<(Child, Link)> {
    let (ours, theirs) =
        rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    let mut command = std::process::Command::new("/proc/self/exe");
    command.arg0(init::NAME).arg(init::MARK).env_clear().current_dir("/");
    command.stdin(theirs).stdout(Stdio::null()).stderr(Stdio::null());
    let init = tokio::process::Command::from(command).spawn()?;
    let ours = std::os::unix::net::UnixStream::from(ours);
    ours.set_nonblocking(true)?;
    Ok((init, Link::new(UnixStream::from_std(ours)?)))
}

fn alarm(timeout: Duration) -> Instant {
    const FOREVER: Duration = Duration::from_hours(365 * 24);
    Instant::now() + timeout.min(FOREVER)
}

fn number_of(reply: &Reply) -> Option<u64> {
    match *reply {
        Reply::Ended(Ended { number, .. })
        | Reply::NotStarted { number, .. }
        | Reply::Unkillable { number, .. }
        | Reply::Temporary { number, .. } => Some(number),
        Reply::Ready { .. } | Reply::Refused { .. } => None,
    }
}

fn execution(ended: &Ended, changes: Observed<Vec<Change>>) -> Execution {
    let status = i32::try_from(ended.status).unwrap_or(i32::MAX);
    let ending = match ended.cause {
        Cause::Itself if status < 0 => Ending::Signaled(-status),
        Cause::Itself => Ending::Exited(status),
        Cause::Interrupt => Ending::Interrupted,
        Cause::Kill => Ending::TimedOut,
    };
    let refused = ended.refused.as_ref().map(|refused| {
        let public =
            |one: &Refused| RefusedCall { call: one.call.clone(), network: one.network, count: one.count };
        refused.iter().map(public).collect()
    });
    Execution {
        ending,
        duration: Duration::from_nanos(ended.nanoseconds),
        left_behind: ended.left_behind,
        changes,
        refused: observed(refused, "the kernel tells nobody which system calls the sandbox refuses"),
        unreachable: observed(
            ended.unreachable,
            "there is no network of its own in which attempts are counted",
        ),
    }
}

fn observed<T>(seen: Option<T>, reason: &str) -> Observed<T> {
    seen.map_or_else(|| Observed::Unavailable(reason.to_owned()), Observed::Seen)
}

/// Kills the command if the future of its run is dropped before its end.
struct Abandon<'a> {
    link: &'a mut Link,
    number: u64,
    armed: bool,
}

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        if self.armed {
            self.link.send_now(&Request::Kill(self.number));
        }
    }
}
