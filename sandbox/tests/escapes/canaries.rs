//! What stands outside for scripts to reach: files, servers, a process, shared memory, a terminal; and what became of it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read as _,
    net::{TcpListener, UdpSocket},
    os::{
        fd::OwnedFd,
        linux::net::SocketAddrExt as _,
        unix::{
            fs::{MetadataExt as _, PermissionsExt as _},
            net::{SocketAddr, UnixDatagram, UnixListener, UnixStream},
            process::CommandExt as _,
        },
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use crate::memory::{Queue, Segment};

/// The text of everything that must not be read.
pub(crate) const SECRET: &str = "host-secret";

/// Something that reached the outside: what kind of gap that is, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) kind: String,
    pub(crate) what: String,
}

pub(crate) fn reached(kind: &str, what: impl Into<String>) -> Reached {
    Reached { kind: kind.into(), what: what.into() }
}

pub(crate) struct Canaries {
    pub(crate) root: tempfile::TempDir,
    /// In the name of everything that is not in the root, and in the arguments of processes that scripts start.
    pub(crate) token: String,
    pub(crate) victim: Child,
    pub(crate) tcp: TcpListener,
    pub(crate) udp: UdpSocket,
    abstract_name: UnixListener,
    paths: Vec<(PathBuf, UnixListener)>,
    datagrams: UnixDatagram,
    /// The outer end of a socket that is leaked.
    pair: UnixStream,
    pub(crate) leaked: [OwnedFd; 4],
    pub(crate) memory: Segment,
    queue: Queue,
    before: Seen,
}

/// The outside at one moment.
struct Seen {
    files: BTreeMap<PathBuf, Entry>,
    victim: Vec<String>,
    host_name: String,
}

#[derive(PartialEq, Eq)]
struct Entry {
    kind: u32,
    links: u64,
    content: Vec<u8>,
    /// Modes, owners, times, extended attributes.
    metadata: String,
}

/// In the shared temporary directories.
const SHARED: [&str; 3] = ["/tmp", "/var/tmp", "/dev/shm"];

impl Canaries {
    /// All belongs to this user. The script lies in the workspace.
    pub(crate) fn set_out(user: u32, script: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let token = format!("escape-{}-{number}", std::process::id());
        let root = tempfile::tempdir().unwrap();
        for directory in ["temporary", "outside/directory", "work/src", "work/tests", "work/.git/hooks"] {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        for (path, text, mode) in FILES {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
        }
        let linked = root.path().join("outside/linked");
        fs::hard_link(linked, root.path().join("work/second-link")).unwrap();
        for directory in SHARED {
            let path = Path::new(directory).join(&token);
            fs::write(&path, SECRET).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
            std::os::unix::fs::lchown(path, Some(user), Some(user)).unwrap();
        }
        let sockets =
            ["outside/socket", "home/.cargo/socket", "work/socket"].map(|path| root.path().join(path));
        let paths = sockets.map(|path| (path.clone(), UnixListener::bind(path).unwrap())).into();
        let datagrams = UnixDatagram::bind(root.path().join("outside/datagrams")).unwrap();
        let name = SocketAddr::from_abstract_name(&token).unwrap();
        let (pair, inner) = UnixStream::pair().unwrap();
        let file = root.path().join("outside/leaked");
        let directory = File::open(root.path().join("outside/directory")).unwrap();
        let leaked = [
            inner.into(),
            File::open(&file).unwrap().into(),
            directory.into(),
            File::options().append(true).open(&file).unwrap().into(),
        ];
        place(script, &root.path().join("work"));
        own(root.path(), user);
        give_away(&root.path().join("work/set-id"), user);
        let mut canaries = Self {
            victim: victim(user, &token),
            tcp: TcpListener::bind(("127.0.0.1", 0)).unwrap(),
            udp: UdpSocket::bind(("127.0.0.1", 0)).unwrap(),
            abstract_name: UnixListener::bind_addr(&name).unwrap(),
            memory: Segment::new(0x00E5_0000 + (std::process::id() << 8 & 0xFFFF_FF00) + number, user),
            queue: Queue::new(&token, user),
            before: Seen { files: BTreeMap::new(), victim: vec![], host_name: String::new() },
            root,
            token,
            paths,
            datagrams,
            pair,
            leaked,
        };
        canaries.tcp.set_nonblocking(true).unwrap();
        canaries.udp.set_nonblocking(true).unwrap();
        canaries.abstract_name.set_nonblocking(true).unwrap();
        canaries.datagrams.set_nonblocking(true).unwrap();
        canaries.pair.set_nonblocking(true).unwrap();
        for (_, listener) in &canaries.paths {
            listener.set_nonblocking(true).unwrap();
        }
        canaries.before = canaries.look();
        canaries
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn look(&self) -> Seen {
        let mut files = BTreeMap::new();
        for top in ["outside", "home", "work", "temporary"] {
            look(&self.path(top), &mut files);
        }
        // What lies in it must be gone, but it was there for a while.
        files.remove(&self.path("temporary"));
        for directory in SHARED {
            for entry in fs::read_dir(directory).unwrap().flatten() {
                if entry.file_name().to_string_lossy().starts_with(&self.token) {
                    look(&entry.path(), &mut files);
                }
            }
        }
        let host_name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        Seen { files, victim: state_of(self.victim.id()), host_name }
    }

    /// What was reached. Below `writable`, in the workspace, everything may be different.
    pub(crate) fn reached(&mut self, writable: &[&str]) -> Vec<Reached> {
        let mut all = Vec::new();
        let now = self.look();
        let writable: Vec<PathBuf> = writable.iter().map(|path| self.path("work").join(path)).collect();
        let paths: std::collections::BTreeSet<_> = self.before.files.keys().chain(now.files.keys()).collect();
        for path in paths.into_iter().filter(|path| !writable.iter().any(|open| path.starts_with(open))) {
            let what = format!("{}", path.strip_prefix(self.root.path()).unwrap_or(path).display());
            match (self.before.files.get(path), now.files.get(path)) {
                (Some(before), Some(after)) if before == after => {}
                (Some(before), Some(after))
                    if (before.kind, before.links, &before.content)
                        == (after.kind, after.links, &after.content) =>
                {
                    all.push(reached(
                        "metadata",
                        format!("{what}: {} → {}", before.metadata, after.metadata),
                    ));
                }
                (Some(_), Some(_)) => all.push(reached("files", format!("{what} was changed"))),
                (None, _) => all.push(reached("files", format!("{what} was made"))),
                (_, None) => all.push(reached("files", format!("{what} is gone"))),
            }
        }
        if now.host_name != self.before.host_name {
            all.push(reached("machine", "the host's name"));
        }
        match self.victim.try_wait().unwrap() {
            Some(status) => all.push(reached("signals", format!("the victim ended: {status}"))),
            None if now.victim != self.before.victim => {
                all.push(reached("scheduling", format!("{:?} → {:?}", self.before.victim, now.victim)));
            }
            None => {}
        }
        self.heard(&mut all);
        all.extend(self.survivors());
        all
    }

    /// Whom somebody has called.
    fn heard(&mut self, all: &mut Vec<Reached>) {
        let mut buffer = [0; 64];
        if self.tcp.accept().is_ok() {
            all.push(reached("network", "the TCP server"));
        }
        if self.udp.recv_from(&mut buffer).is_ok() {
            all.push(reached("network", "the UDP server"));
        }
        if self.abstract_name.accept().is_ok() {
            all.push(reached("abstract sockets", "the abstract socket"));
        }
        for (path, listener) in &self.paths {
            if listener.accept().is_ok() {
                all.push(reached("sockets", path.display().to_string()));
            }
        }
        if self.datagrams.recv(&mut buffer).is_ok() {
            all.push(reached("sockets", "the datagram socket"));
        }
        if self.pair.read(&mut buffer).is_ok_and(|count| count > 0) {
            all.push(reached("descriptors", "the leaked socket"));
        }
        if !self.memory.is_untouched() {
            all.push(reached("ipc", "the shared memory"));
        }
        if self.queue.holds_messages() {
            all.push(reached("ipc", "the message queue"));
        }
    }

    /// Processes that outlive their script; they are ended here.
    fn survivors(&self) -> Vec<Reached> {
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let Some(process) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
                continue;
            };
            let arguments = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let marked = String::from_utf8_lossy(&arguments).contains(&format!("{}-survivor", self.token));
            if marked {
                found.push(reached("survivors", format!("process {process}")));
                // SAFETY: the token in its arguments says that a script of this test has started it.
                unsafe { libc::kill(process, libc::SIGKILL) };
            }
        }
        found
    }
}

impl Drop for Canaries {
    fn drop(&mut self) {
        _ = self.victim.kill();
        _ = self.victim.wait();
        for directory in SHARED {
            for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
                if entry.file_name().to_string_lossy().starts_with(&self.token) {
                    _ = fs::remove_file(entry.path());
                }
            }
        }
    }
}

/// Path, text, mode.
const FILES: &[(&str, &str, u32)] = &[
    ("outside/file", "original", 0o644),
    ("outside/leaked", "original", 0o644),
    ("outside/secret", SECRET, 0o600),
    ("outside/linked", SECRET, 0o600),
    ("outside/directory/file", "original", 0o644),
    ("work/README", "original", 0o644),
    ("work/src/a", "original", 0o644),
    ("work/.env", SECRET, 0o600),
    ("work/app/.env.local", SECRET, 0o600),
    ("work/.git/config", "original", 0o644),
    ("home/.bashrc", "original", 0o644),
    ("home/.profile", "original", 0o644),
    ("home/.gitconfig", "[user]\n\tname = Somebody\n", 0o644),
    ("home/.ssh/id_ed25519", SECRET, 0o600),
    ("home/.ssh/authorized_keys", "original", 0o600),
    ("home/.aws/credentials", SECRET, 0o600),
    ("home/.netrc", SECRET, 0o600),
    ("home/.config/gh/hosts.yml", SECRET, 0o600),
    ("home/.config/systemd/user/a.service", "original", 0o644),
    ("home/.cargo/bin/tool", "#!/bin/sh\n", 0o755),
    ("home/.cargo/config.toml", "original", 0o644),
    ("home/.cargo/credentials.toml", SECRET, 0o600),
    ("home/.local/bin/tool", "#!/bin/sh\n", 0o755),
    ("home/notes", SECRET, 0o644),
];

fn own(path: &Path, user: u32) {
    std::os::unix::fs::lchown(path, Some(user), Some(user)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            own(&entry.unwrap().path(), user);
        }
    }
}

/// A program that runs as its owner, whoever starts it; only root can make one for somebody else.
fn give_away(path: &Path, user: u32) {
    fs::copy("/usr/bin/id", path).unwrap();
    if rustix::process::getuid().is_root() {
        let owner = u32::from(user == 0);
        std::os::unix::fs::chown(path, Some(owner), Some(user)).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o4755)).unwrap();
    }
}

/// A process of the user, with a secret in its environment and memory.
fn victim(user: u32, token: &str) -> Child {
    let mut command = Command::new("sleep");
    command.arg("1000").arg0(format!("{token}-victim")).env("VICTIM", SECRET).stdin(Stdio::null());
    command.uid(user).gid(user).process_group(0).spawn().unwrap()
}

/// What others may have changed about a process: its limits, priority, processors, and whether it runs.
fn state_of(process: u32) -> Vec<String> {
    let read = |name| fs::read_to_string(format!("/proc/{process}/{name}")).unwrap_or_default();
    let stat = read("stat");
    let stat: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    // Its state is one of many that mean that it waits, or `T`.
    let stopped = stat.first() == Some(&"T");
    let numbers = [15, 16, 37, 38].map(|field| stat.get(field).copied().unwrap_or_default()).join(" ");
    let status = read("status");
    let processors = status.lines().find(|line| line.starts_with("Cpus_allowed:")).unwrap_or_default();
    // SAFETY: asks for a number.
    let io = unsafe { libc::syscall(libc::SYS_ioprio_get, 1, process) };
    vec![
        format!("stopped {stopped}"),
        numbers,
        processors.into(),
        read("limits"),
        read("oom_score_adj"),
        io.to_string(),
    ]
}

/// Everything beneath a path.
fn look(path: &Path, files: &mut BTreeMap<PathBuf, Entry>) {
    let Ok(data) = path.symlink_metadata() else { return };
    let kind = data.mode() & libc::S_IFMT;
    let content = match kind {
        libc::S_IFREG => fs::read(path).unwrap_or_default(),
        libc::S_IFLNK => fs::read_link(path).unwrap().into_os_string().into_encoded_bytes(),
        _ => vec![],
    };
    let mut names = [0_u8; 1024];
    let length = rustix::fs::llistxattr(path, &mut names[..]).unwrap_or_default();
    // A directory has as many links as directories in it, and they are looked at themselves.
    let links = if kind == libc::S_IFDIR { 0 } else { data.nlink() };
    let metadata = format!(
        "{:o} {}:{} {}.{} {}",
        data.mode(),
        data.uid(),
        data.gid(),
        data.mtime(),
        data.mtime_nsec(),
        String::from_utf8_lossy(&names[..length])
    );
    files.insert(path.to_owned(), Entry { kind, links, content, metadata });
    if kind == libc::S_IFDIR {
        // In order, and not beyond what a path can say: a test that leaves more shows it by its first part.
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            look(&entry.path(), files);
        }
    }
}

/// Gives a line of a script that says what it got through.
pub(crate) fn said(line: &str) -> Option<Reached> {
    let (kind, what) = line.strip_prefix("escaped [")?.split_once("] ")?;
    Some(reached(kind, what))
}

/// Writes a script and what it shares with others into the workspace.
fn place(script: &str, work: &Path) {
    let from = crate::script::directory();
    let to = work.join(".escape");
    fs::create_dir_all(to.join("lib")).unwrap();
    for name in [script, "lib/attempt.py", "lib/attempt.sh"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
}
