//! The file system of a sandbox at `full`: what there is, read-only; in it private directories, a copy-on-write view
//! of the workspace, fresh devices and processes; and nothing of what is hidden.

use std::{
    collections::BTreeSet,
    ffi::CString,
    fmt::Write as _,
    fs,
    io::{self, ErrorKind},
    os::{
        fd::{AsRawFd as _, OwnedFd},
        unix::fs::{DirBuilderExt as _, symlink},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, Mode, OFlags},
    mount::{MountFlags, MountPropagationFlags, UnmountFlags},
};

use crate::{
    mounts::{HARMLESS, Tree, make_read_only, pin},
    scratch::Scratch,
    settings::Checked,
};

/// Device nodes that every program may expect; all without state, but for the terminals of the sandbox itself.
const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// What of `/proc` concerns the whole machine; read-only, because root's uid alone may write some of it.
const PROC_READ_ONLY: [&str; 5] = ["sys", "sysrq-trigger", "irq", "bus", "fs"];

/// What of `/proc` says more about the machine than a command needs.
const PROC_HIDDEN: [&str; 6] = ["kcore", "keys", "key-users", "timer_list", "sched_debug", "kmsg"];

/// The root that was built and entered.
pub(crate) struct Root {
    /// Where the view keeps what commands write.
    pub(crate) upper: OwnedFd,
    /// The private directories.
    pub(crate) scratch: Scratch,
}

/// Which step failed, for people.
pub(crate) type Failure = (&'static str, io::Error);

fn step<T, E: Into<io::Error>>(name: &'static str, result: Result<T, E>) -> Result<T, Failure> {
    result.map_err(|error| (name, error.into()))
}

/// Builds the root and makes it this process's; needs a mount namespace of its own.
pub(crate) fn enter(settings: &Checked) -> Result<Root, Failure> {
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    step("making mounts private", rustix::mount::mount_change("/", private))?;
    let builder = Builder::begin(settings)?;
    builder.furnish_devices()?;
    let pins = builder.attach_private()?;
    let (upper, view_pins) = builder.attach_workspace()?;
    builder.attach_processes()?;
    builder.hide()?;
    builder.pivot()?;
    let kept: BTreeSet<PathBuf> = pins.into_iter().chain(view_pins).collect();
    let private: Vec<_> = settings.private.iter().cloned().chain(["/dev/shm".into()]).collect();
    let scratch = step("looking at private directories", Scratch::new(&private, kept))?;
    Ok(Root { upper, scratch })
}

struct Builder<'s> {
    settings: &'s Checked,
    /// A file system in memory that nobody sees as a whole: it holds the private directories and the empty covers.
    base: PathBuf,
    /// Where the new root stands until it is entered.
    root: PathBuf,
    workspace: OwnedFd,
    disk: Option<OwnedFd>,
    readable: Vec<(PathBuf, bool, Tree)>,
    devices: Vec<(&'static str, Tree)>,
}

impl<'s> Builder<'s> {
    /// Takes hold of all that will be needed, since the base then covers a directory that may hold it.
    fn begin(settings: &'s Checked) -> Result<Self, Failure> {
        let place = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let open = |path: &Path| rustix::fs::open(path, place, Mode::empty());
        let workspace = step("opening the workspace", open(&settings.workspace))?;
        let disk = settings.disk.as_deref().map(open).transpose();
        let disk = step("opening the directory for the view", disk)?;
        let mut readable = Vec::new();
        for path in settings.readable.iter().filter(|path| settings.is_covered(path)) {
            let tree = step("copying a readable path", Tree::copy(path).and_then(Tree::read_only))?;
            readable.push((path.clone(), path.is_dir(), tree));
        }
        let mut devices = Vec::new();
        for name in DEVICES {
            // A container may have fewer.
            if let Ok(tree) = Tree::copy(&Path::new("/dev").join(name)) {
                devices.push((name, tree));
            }
        }
        let tree = step("copying the root", Tree::copy(Path::new("/")))?;
        let tree = step("making the root read-only", tree.read_only())?;
        let base = settings.temporary_root.clone();
        let limits = &settings.limits;
        step("mounting tmpfs", mount_memory(&base, limits.max_temporary, limits.max_temporary_files))?;
        let root = base.join("root");
        step("making directories", make_directory(&root, 0o755))?;
        step("attaching the root", tree.attach(&root))?;
        Ok(Self { settings, base, root, workspace, disk, readable, devices })
    }

    fn at(&self, path: &Path) -> PathBuf {
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// A minimal `/dev`: <https://systemd.io/CONTAINER_INTERFACE/> lists what programs expect.
    fn furnish_devices(&self) -> Result<(), Failure> {
        let devices = self.base.join("dev");
        step("making /dev", self.fill_devices(&devices))?;
        let inside = self.at(Path::new("/dev"));
        step("attaching /dev", rustix::mount::mount_bind(&devices, &inside))?;
        for (name, tree) in &self.devices {
            step("attaching devices", tree.attach(&inside.join(name)))?;
        }
        let terminals =
            rustix::mount::mount("devpts", inside.join("pts"), "devpts", HARMLESS_TERMINALS, TERMINALS);
        step("mounting devpts", terminals)?;
        step("making /dev read-only", make_read_only(&inside))?;
        self.attach_fresh(Path::new("/dev/shm"), 0o1777)
    }

    fn fill_devices(&self, devices: &Path) -> io::Result<()> {
        make_directory(devices, 0o755)?;
        for (name, _) in &self.devices {
            fs::write(devices.join(name), "")?;
        }
        for name in ["pts", "shm", "mqueue"] {
            make_directory(&devices.join(name), 0o755)?;
        }
        let links = [
            ("fd", "/proc/self/fd"),
            ("stdin", "/proc/self/fd/0"),
            ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"),
            ("ptmx", "pts/ptmx"),
        ];
        links.into_iter().try_for_each(|(name, target)| symlink(target, devices.join(name)))
    }

    /// An empty, writable directory over `path`, which must exist in the new root.
    fn attach_fresh(&self, path: &Path, mode: u32) -> Result<(), Failure> {
        let name = path.to_string_lossy().replace('/', "-");
        let fresh = self.base.join(format!("private{name}"));
        step("making directories", make_directory(&fresh, mode))?;
        step("attaching private directories", rustix::mount::mount_bind(&fresh, self.at(path)))
    }

    /// Attaches the private directories and what stays readable in them; gives what was made for that.
    fn attach_private(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut pins = Vec::new();
        for path in self.settings.private.iter().filter(|path| *path != Path::new("/dev/shm")) {
            // One within another, as a home directory in `/home`, is made there.
            self.make_place(path, true, &mut pins)?;
            let shared = path.ends_with("tmp");
            self.attach_fresh(path, if shared { 0o1777 } else { 0o755 })?;
        }
        for (path, directory, tree) in &self.readable {
            self.make_place(path, *directory, &mut pins)?;
            step("attaching a readable path", tree.attach(&self.at(path)))?;
        }
        Ok(pins)
    }

    /// Makes sure that there is something at `path` to attach to. Directories made on the way become mounts of
    /// their own, which no command can move.
    fn make_place(&self, path: &Path, directory: bool, pins: &mut Vec<PathBuf>) -> Result<(), Failure> {
        let mut missing: Vec<&Path> = path.ancestors().take_while(|path| !self.at(path).exists()).collect();
        while let Some(part) = missing.pop() {
            let inside = self.at(part);
            if missing.is_empty() && !directory {
                step("making a place", fs::write(&inside, ""))?;
            } else {
                step("making a place", make_directory(&inside, 0o755))?;
                if !missing.is_empty() {
                    step("making a place", pin(&inside))?;
                }
            }
            pins.push(part.to_owned());
        }
        Ok(())
    }

    /// Mounts the view: <https://docs.kernel.org/filesystems/overlayfs.html>.
    fn attach_workspace(&self) -> Result<(OwnedFd, Vec<PathBuf>), Failure> {
        let view = self.base.join("view");
        step("making directories", make_directory(&view, 0o700))?;
        if let Some(disk) = &self.disk {
            let tree = Tree::copy(&in_proc(disk));
            step("attaching the view's directory", tree.and_then(|tree| tree.attach(&view)))?;
        } else {
            let limits = &self.settings.limits;
            let mounted = mount_memory(&view, limits.max_workspace, limits.max_workspace_files);
            step("mounting tmpfs", mounted)?;
        }
        let (upper, work) = (view.join("upper"), view.join("work"));
        for directory in [&upper, &work] {
            step("making directories", make_directory(directory, 0o755))?;
        }
        step("giving the view the workspace's mode", copy_mode(&self.workspace, &upper))?;
        let attribute = rustix::fs::setxattr(&upper, "user.sandbox", b"1", rustix::fs::XattrFlags::empty());
        step("setting an extended attribute in the view's directory", attribute)?;
        _ = rustix::fs::removexattr(&upper, "user.sandbox");
        let mut pins = Vec::new();
        self.make_place(&self.settings.workspace, true, &mut pins)?;
        let directory = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let upper = step("opening the view", rustix::fs::open(&upper, directory, Mode::empty()))?;
        let work = step("opening the view", rustix::fs::open(&work, directory, Mode::empty()))?;
        // By descriptor, because a path with a colon or comma could not be written here.
        let options = format!(
            "userxattr,lowerdir={},upperdir={},workdir={}",
            in_proc(&self.workspace).display(),
            in_proc(&upper).display(),
            in_proc(&work).display()
        );
        let options = step("mounting overlayfs", CString::new(options))?;
        let target = self.at(&self.settings.workspace);
        let mounted = rustix::mount::mount("sandbox", &target, "overlay", HARMLESS, options.as_c_str());
        step("mounting overlayfs", mounted)?;
        Ok((upper, pins))
    }

    fn attach_processes(&self) -> Result<(), Failure> {
        let processes = self.at(Path::new("/proc"));
        let flags = HARMLESS | MountFlags::NOEXEC;
        step("mounting proc", rustix::mount::mount("proc", &processes, "proc", flags, None))?;
        for name in PROC_READ_ONLY {
            let path = processes.join(name);
            if path.exists() {
                let tree = Tree::copy(&path).and_then(Tree::read_only);
                step("making /proc read-only", tree.and_then(|tree| tree.attach(&path)))?;
            }
        }
        let system = self.at(Path::new("/sys"));
        let flags = flags | MountFlags::RDONLY;
        // A fresh one shows the sandbox's own network. Where it is not permitted, the host's is covered.
        if rustix::mount::mount("sysfs", &system, "sysfs", flags, None).is_err() {
            for name in ["class/net", "devices/virtual/net"] {
                self.cover(&system.join(name))?;
            }
        }
        for name in PROC_HIDDEN {
            self.cover(&processes.join(name))?;
        }
        Ok(())
    }

    fn hide(&self) -> Result<(), Failure> {
        self.settings.hidden.iter().try_for_each(|path| self.cover(&self.at(path)))
    }

    /// Puts something empty and read-only over a path, if there is one.
    fn cover(&self, path: &Path) -> Result<(), Failure> {
        let Ok(data) = fs::symlink_metadata(path) else { return Ok(()) };
        let (name, directory) = if data.is_dir() { ("nothing", true) } else { ("empty", false) };
        let cover = self.base.join(name);
        if !cover.exists() {
            let made = if directory { make_directory(&cover, 0o555) } else { fs::write(&cover, "") };
            step("making a cover", made)?;
        }
        let tree = Tree::copy(&cover).and_then(Tree::read_only);
        step("hiding a path", tree.and_then(|tree| tree.attach(path)))
    }

    /// Makes the new root the only one.
    fn pivot(&self) -> Result<(), Failure> {
        step("entering the new root", rustix::process::chdir(&self.root))?;
        step("entering the new root", rustix::process::pivot_root(".", "."))?;
        step("leaving the old root", rustix::mount::unmount(".", UnmountFlags::DETACH))?;
        step("entering the new root", rustix::process::chdir("/"))
    }
}

const TERMINALS: Option<&std::ffi::CStr> = Some(c"newinstance,ptmxmode=0666,mode=0620");
const HARMLESS_TERMINALS: MountFlags = MountFlags::NOSUID.union(MountFlags::NOEXEC);

impl Checked {
    /// Whether a path lies in a private directory, and not in the workspace.
    fn is_covered(&self, path: &Path) -> bool {
        self.private.iter().any(|private| path.starts_with(private)) && !path.starts_with(&self.workspace)
    }
}

fn in_proc(descriptor: &OwnedFd) -> PathBuf {
    format!("/proc/self/fd/{}", descriptor.as_raw_fd()).into()
}

/// A file system in memory of at most so many bytes and files.
fn mount_memory(path: &Path, bytes: Option<u64>, files: Option<u64>) -> io::Result<()> {
    let mut options = "mode=0755".to_owned();
    for (name, limit) in [("size", bytes), ("nr_inodes", files)] {
        if let Some(limit) = limit {
            _ = write!(options, ",{name}={}", limit.max(1));
        }
    }
    Ok(rustix::mount::mount("sandbox", path, "tmpfs", HARMLESS, CString::new(options)?.as_c_str())?)
}

/// Makes a directory with exactly this mode, whatever the mask is.
fn make_directory(path: &Path, mode: u32) -> io::Result<()> {
    match fs::DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    Ok(rustix::fs::chmod(path, Mode::from_raw_mode(mode))?)
}

fn copy_mode(from: &OwnedFd, to: &Path) -> io::Result<()> {
    let data = rustix::fs::fstat(from)?;
    let (owner, group) = (rustix::fs::Uid::from_raw(data.st_uid), rustix::fs::Gid::from_raw(data.st_gid));
    // Another's directory stays another's only where users are mapped; then its mode decides as outside.
    _ = rustix::fs::chownat(CWD, to, Some(owner), Some(group), rustix::fs::AtFlags::SYMLINK_NOFOLLOW);
    Ok(rustix::fs::chmod(to, Mode::from_raw_mode(data.st_mode & 0o7777))?)
}
