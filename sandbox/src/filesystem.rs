//! Paths to Landlock rules: what may be read, what written, and the gaps in between that stay closed.
//!
//! At `full` the mounts decide what there is, and the rules say once more where can be written. Below it they are all
//! there is.
//! Landlock only grants, and a grant covers all beneath. To hide `~/.ssh`, the directories on the way to it (the
//! *spine*) are not granted but their other entries are, one by one, as they are when the sandbox opens. What
//! comes to exist in a spine directory later is therefore closed. Links are never granted: what they lead to is
//! granted, or not, at its real place.

use std::{
    ffi::{CStr, OsString},
    fs, io,
    os::fd::{AsFd, OwnedFd},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use landlock::{
    ABI, Access as _, AccessFs, BitFlags, CompatLevel, Compatible as _, PathBeneath, Ruleset,
    RulesetAttr as _, RulesetCreated, RulesetCreatedAttr as _, Scope, make_bitflags,
};
use rustix::{
    fs::{FileType, Mode, OFlags, ResolveFlags},
    io::Errno,
};

use crate::settings::Checked;

/// Devices without state, for everyone to read and write.
const DEVICES: [&str; 5] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// What the commands of a sandbox may do with files, ready to be entered.
pub(crate) struct Rules {
    ruleset: RulesetCreated,
    pub(crate) abi: i32,
}

/// Why the layer cannot be had: what the system said, and how to get it.
pub(crate) struct Refusal {
    pub(crate) reason: String,
    pub(crate) help: &'static str,
}

const ENABLE: &str = "use Linux 5.13 or later with `landlock` in the kernel's `lsm=` list and no filter on its \
                      system calls, or choose the level `off` by name";
const PATHS: &str = "check that the paths still exist and can be reached, or leave them out";

impl Rules {
    /// For a command in place, with a private temporary directory.
    pub(crate) fn in_place(settings: &Checked, temporary: &Path) -> Result<Self, Refusal> {
        Self::build(|builder| builder.fill(settings, temporary))
    }

    /// For a root of its own, where `writable` are the directories that can be written.
    pub(crate) fn in_root<'p>(writable: impl Iterator<Item = &'p Path>) -> Result<Self, Refusal> {
        Self::build(|builder| builder.fill_root(writable))
    }

    fn build(fill: impl FnOnce(Builder) -> Outcome<Self>) -> Result<Self, Refusal> {
        let abi = kernel_abi().map_err(|error| Refusal {
            reason: format!("landlock is not available ({error})"),
            help: ENABLE,
        })?;
        Builder::new(abi).and_then(fill).map_err(|reason| Refusal { reason, help: PATHS })
    }

    /// Restricts the calling thread and all it starts, for good. Also sets `no_new_privs`.
    pub(crate) fn enter(&self) -> io::Result<()> {
        self.ruleset.try_clone()?.restrict_self().map_err(io::Error::other)?;
        Ok(())
    }

    /// Enters, and tries that the rules refuse what no rule allows. `writable` must be writable by them.
    pub(crate) fn enter_for_good(&self, writable: &Path) -> Result<(), Refusal> {
        let refusal = |reason: String| Refusal { reason, help: ENABLE };
        self.enter().map_err(|error| refusal(format!("landlock cannot be entered ({error})")))?;
        if refuses_devices(writable) == Some(true) {
            Ok(())
        } else {
            Err(refusal("landlock was entered but refuses nothing".into()))
        }
    }

    /// Tries, in a process of its own, that the rules refuse what no rule allows: a kernel or a filter may
    /// pretend. `temporary` must be writable by the rules.
    pub(crate) fn prove(&self, temporary: &Path) -> Result<(), Refusal> {
        let refusal = |reason: String| Refusal { reason, help: ENABLE };
        // SAFETY: the init has a single thread, so the child may do whatever this process may.
        match unsafe { libc::fork() } {
            -1 => Err(refusal(io::Error::last_os_error().to_string())),
            0 => {
                let attempt = AssertUnwindSafe(|| match self.enter() {
                    Err(_) => 1,
                    Ok(()) if is_confined(temporary) => 0,
                    Ok(()) => 2,
                });
                let code = catch_unwind(attempt).unwrap_or(1);
                // SAFETY: ends the child at once, as is right after a fork.
                unsafe { libc::_exit(code) }
            }
            pid => {
                let status = rustix::process::Pid::from_raw(pid).and_then(crate::tree::reap);
                match status {
                    Some(0) => Ok(()),
                    Some(1) => Err(refusal("landlock cannot be entered".into())),
                    _ => Err(refusal("landlock was entered but refuses nothing".into())),
                }
            }
        }
    }
}

/// Whether the rules of this process refuse what none of them allows; `temporary` is one that they allow.
fn is_confined(temporary: &Path) -> bool {
    refuses_devices(temporary).unwrap_or_else(|| {
        // This process has just made the temporary directory, so nothing but the rules keeps it from another beside it.
        let beside = temporary.with_extension("probe");
        let made = rustix::fs::mkdir(&beside, Mode::RWXU);
        if made.is_ok() {
            _ = rustix::fs::rmdir(&beside);
        }
        made == Err(Errno::ACCESS)
    })
}

/// Making a device node is never granted, and Landlock is asked before capabilities are: `EACCES` is its answer.
/// `None` if somebody else has answered first, as the filter of a sandbox around this one does.
fn refuses_devices(writable: &Path) -> Option<bool> {
    let node = writable.join("probe");
    match rustix::fs::mknodat(rustix::fs::CWD, &node, FileType::CharacterDevice, Mode::empty(), 0) {
        Err(Errno::ACCESS) => Some(true),
        Err(Errno::PERM) => None,
        Ok(()) | Err(_) => Some(false),
    }
}

fn kernel_abi() -> io::Result<i32> {
    const VERSION: u32 = 1;
    let none = std::ptr::null::<libc::c_void>();
    // SAFETY: with the flag for the version, the call takes no attributes and only gives a number.
    let abi = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, none, 0_usize, VERSION) };
    if abi < 0 { Err(io::Error::last_os_error()) } else { Ok(i32::try_from(abi).unwrap_or(i32::MAX)) }
}

struct Builder {
    ruleset: RulesetCreated,
    handled: BitFlags<AccessFs>,
    abi: i32,
}

type Outcome<T> = Result<T, String>;

impl Builder {
    fn new(number: i32) -> Outcome<Self> {
        let abi = ABI::from(number);
        let handled = AccessFs::from_all(abi);
        let text = |error: landlock::RulesetError| error.to_string();
        let mut ruleset = Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(handled)
            .map_err(text)?;
        if abi >= ABI::V6 {
            ruleset = ruleset.scope(Scope::from_all(abi)).map_err(text)?;
        }
        Ok(Self { ruleset: ruleset.create().map_err(text)?, handled, abi: number })
    }

    fn fill(mut self, settings: &Checked, temporary: &Path) -> Outcome<Rules> {
        let root = open(Path::new("/")).map_err(|error| format!("`/`: {error}"))?;
        self.grant(&root, AccessFs::ReadDir.into())?;
        self.grant_spine(Path::new("/"), settings)?;
        for path in settings.readable.iter().chain([&settings.workspace]) {
            self.grant_reading(path, settings)?;
        }
        for device in DEVICES {
            self.grant_device(Path::new(device))?;
        }
        for path in settings.writable.iter().map(AsRef::as_ref).chain([temporary]) {
            self.grant_path(path, writing())?;
        }
        Ok(Rules { ruleset: self.ruleset, abi: self.abi })
    }

    fn fill_root<'p>(mut self, writable: impl Iterator<Item = &'p Path>) -> Outcome<Rules> {
        self.grant_path(Path::new("/"), make_bitflags!(AccessFs::{ReadFile | ReadDir | Execute}))?;
        // What a process says of itself there; the rest is mounted read-only.
        self.grant_path(Path::new("/proc"), make_bitflags!(AccessFs::{WriteFile | Truncate}))?;
        for device in DEVICES.into_iter().chain(["/dev/tty", "/dev/pts"]) {
            self.grant_device(Path::new(device))?;
        }
        for path in writable {
            self.grant_path(path, writing())?;
        }
        Ok(Rules { ruleset: self.ruleset, abi: self.abi })
    }

    fn grant_path(&mut self, path: &Path, access: BitFlags<AccessFs>) -> Outcome<()> {
        let target = open(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
        self.grant(&target, access)
    }

    /// A container may have fewer devices; one that is missing needs no rule.
    fn grant_device(&mut self, path: &Path) -> Outcome<()> {
        let access = make_bitflags!(AccessFs::{ReadFile | WriteFile | Truncate | IoctlDev});
        open(path).map_or(Ok(()), |device| self.grant(&device, access))
    }

    /// Grants reading of a path with all beneath but what is hidden or private.
    fn grant_reading(&mut self, path: &Path, settings: &Checked) -> Outcome<()> {
        if settings.spine.contains(path) {
            return self.grant_spine(path, settings);
        }
        // Links cannot be opened this way, and what vanished meanwhile needs no rule.
        open(path)
            .map_or(Ok(()), |target| self.grant(&target, make_bitflags!(AccessFs::{ReadFile | Execute})))
    }

    /// Grants reading of every entry of a spine directory but the closed ones, and goes down the spine.
    fn grant_spine(&mut self, directory: &Path, settings: &Checked) -> Outcome<()> {
        // A directory that this user cannot list is one whose entries no command can need.
        let Ok(entries) = fs::read_dir(directory) else { return Ok(()) };
        let names: Vec<OsString> = entries.flatten().map(|entry| entry.file_name()).collect();
        for name in names {
            let path = directory.join(name);
            let closed = settings.hidden.contains(&path) || settings.private.contains(&path);
            if !closed && path != Path::new("/dev") {
                self.grant_reading(&path, settings)?;
            }
        }
        Ok(())
    }

    fn grant(&mut self, target: &OwnedFd, access: BitFlags<AccessFs>) -> Outcome<()> {
        let stat = rustix::fs::fstat(target).map_err(|error| error.to_string())?;
        let mut access = access & self.handled;
        if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
            access &= AccessFs::from_file(ABI::from(self.abi));
        }
        if access.is_empty() {
            return Ok(());
        }
        // The ruleset is taken by value and given back; a copy shares its rules.
        let ruleset = self.ruleset.try_clone().map_err(|error| error.to_string())?;
        ruleset.add_rule(PathBeneath::new(target.as_fd(), access)).map_err(|error| error.to_string())?;
        Ok(())
    }
}

/// Everything but making devices (a disk's node would open all files) and commanding them.
fn writing() -> BitFlags<AccessFs> {
    make_bitflags!(AccessFs::{
        Execute | WriteFile | ReadFile | ReadDir | RemoveDir | RemoveFile | MakeDir | MakeReg | MakeSock
            | MakeFifo | MakeSym | Refer | Truncate | ResolveUnix
    })
}

/// Opens a place, not its content; fails if any part of the path is a link.
fn open(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::openat2(rustix::fs::CWD, path, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS) {
        Ok(target) => refuse_link(target),
        Err(Errno::NOSYS) => Ok(rustix::fs::open(path, flags, Mode::empty())?).and_then(refuse_link),
        Err(error) => Err(error.into()),
    }
}

fn refuse_link(target: OwnedFd) -> io::Result<OwnedFd> {
    const NOTHING: &CStr = c"";
    let stat = rustix::fs::statat(&target, NOTHING, rustix::fs::AtFlags::EMPTY_PATH)?;
    if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink {
        Err(Errno::LOOP.into())
    } else {
        Ok(target)
    }
}
