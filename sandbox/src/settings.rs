//! What a host asks for: the level, the paths, the limits, and each command; checked before anything starts.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fmt, io,
    path::{Component, Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use crate::error::OpenError;

/// How much a sandbox confines, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Nothing is refused. Process trees still end with their command; environment, limits, descriptors and
    /// the private temporary directory are as at every other level.
    Off,
    /// Landlock and seccomp in place, without namespaces: works in containers and on hardened distributions.
    Landlock,
    /// Namespaces of its own: the workspace is a copy-on-write view, everything else read-only or private, the
    /// network a loopback; Landlock and seccomp within.
    Full,
}

impl Level {
    /// All of them, from least to most.
    pub const ALL: [Self; 3] = [Self::Off, Self::Landlock, Self::Full];
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Landlock => "landlock",
            Self::Full => "full",
        })
    }
}

/// The name was none of the levels.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no sandbox level `{name}`; use `full`, `landlock` or `off`")]
pub struct UnknownLevel {
    /// The name that was given.
    pub name: String,
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(name: &str) -> Result<Self, UnknownLevel> {
        let named = Self::ALL.into_iter().find(|level| level.to_string() == name);
        named.ok_or_else(|| UnknownLevel { name: name.to_owned() })
    }
}

/// Everything that holds for all commands of a sandbox. All paths are absolute.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How much to confine.
    pub level: Level,
    /// The directory the commands are about; must exist and stays readable. At [`Level::Full`] commands see a
    /// copy-on-write view of it, below that it is writable only by `writable`.
    pub workspace: PathBuf,
    /// What commands may change at [`Level::Landlock`]: directories (with all beneath) or single files. Each must
    /// exist. Below the workspace none of their components may be a symbolic link; elsewhere links are followed
    /// once, here. At [`Level::Full`] nothing real is ever writable, and this is not looked at.
    pub writable: Vec<PathBuf>,
    /// What commands must not read: files, or directories with all beneath; see
    /// [`default_hidden`](crate::default_hidden). Missing ones need nothing. Links are followed.
    pub hidden: Vec<PathBuf>,
    /// Directories that belong to the user or to everybody, such as `/tmp` and the home directory; see
    /// [`default_private`](crate::default_private). At [`Level::Full`] they are empty, writable and fresh for each
    /// command; at [`Level::Landlock`] they cannot be read. The workspace and `readable` show through.
    pub private: Vec<PathBuf>,
    /// What stays readable in private directories, such as toolchains in the home directory; see
    /// [`default_readable`](crate::default_readable). Missing ones need nothing. Links are followed.
    pub readable: Vec<PathBuf>,
    /// What commands reach over the network.
    pub network: Network,
    /// Where the view of the workspace keeps what commands write.
    pub view: Storage,
    /// Where the private temporary directory is made below [`Level::Full`], such as `/tmp`; must exist.
    pub temporary_root: PathBuf,
    /// The whole environment of the commands; `TMPDIR` is added. See
    /// [`default_environment`](crate::default_environment).
    pub environment: Vec<(OsString, OsString)>,
    /// Limits on each process of a command.
    pub limits: Limits,
}

/// What commands reach over the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// At [`Level::Full`] a loopback of their own. At [`Level::Landlock`] nothing: there it cannot be told from
    /// the host's.
    #[default]
    Loopback,
    /// Whatever the host reaches.
    Host,
}

/// Where the view of the workspace keeps what commands write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Storage {
    /// In memory (tmpfs), up to [`Limits::max_workspace`].
    #[default]
    Memory,
    /// In a fresh directory in this one, which must exist, outside the workspace; removed when the sandbox closes.
    /// Only the disk limits it.
    Disk(PathBuf),
}

/// Limits on resources; `None` leaves what the host has. Core dumps are always off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that one file can grow to (`RLIMIT_FSIZE`; beyond it a process gets SIGXFSZ). Default: 16 GiB.
    pub max_file_size: Option<u64>,
    /// Processes and threads that a command can add to those that the user has when it starts
    /// (`RLIMIT_NPROC`, which the kernel ignores for uid 0; there a cgroup, where one can be had). Default: 4096.
    pub max_processes: Option<u64>,
    /// Bytes of private writable memory of each process (`RLIMIT_DATA`: not address space, so that runtimes
    /// that reserve much and use little still start). Default: none.
    pub max_memory: Option<u64>,
    /// Open files of each process (`RLIMIT_NOFILE`). Default: 8192.
    pub max_open_files: Option<u64>,
    /// Bytes that commands can add to the view of the workspace, if it is kept in memory. Default: none, which is
    /// half of the memory (tmpfs's own).
    pub max_workspace: Option<u64>,
    /// Files that commands can add to the view of the workspace, if it is kept in memory. Default: a million.
    pub max_workspace_files: Option<u64>,
    /// Bytes in all private directories together, at [`Level::Full`]. Default: none, which is half of the memory.
    pub max_temporary: Option<u64>,
    /// Files in all private directories together, at [`Level::Full`]. Default: 100,000.
    pub max_temporary_files: Option<u64>,
}

impl Limits {
    /// In the order of the fields, for the way to the init.
    pub(crate) fn list(self) -> [Option<u64>; 8] {
        let Self { max_file_size, max_processes, max_memory, max_open_files, .. } = self;
        let Self { max_workspace, max_workspace_files, max_temporary, max_temporary_files, .. } = self;
        let sizes = [max_workspace, max_workspace_files, max_temporary, max_temporary_files];
        let [a, b, c, d] = sizes;
        [max_file_size, max_processes, max_memory, max_open_files, a, b, c, d]
    }

    pub(crate) fn from_list(list: [Option<u64>; 8]) -> Self {
        let [max_file_size, max_processes, max_memory, max_open_files, a, b, c, d] = list;
        Self {
            max_file_size,
            max_processes,
            max_memory,
            max_open_files,
            max_workspace: a,
            max_workspace_files: b,
            max_temporary: c,
            max_temporary_files: d,
        }
    }
}

impl Default for Limits {
    /// 16 GiB a file, 4096 processes, 8192 open files, a million files in the workspace, 100,000 temporary ones.
    fn default() -> Self {
        Self {
            max_file_size: Some(16 << 30),
            max_processes: Some(4096),
            max_memory: None,
            max_open_files: Some(8192),
            max_workspace: None,
            max_workspace_files: Some(1_000_000),
            max_temporary: None,
            max_temporary_files: Some(100_000),
        }
    }
}

/// One command to run.
#[derive(Clone, Debug)]
pub struct Command {
    /// The program; one without a slash is looked for in the `PATH` of the sandbox's environment.
    pub program: PathBuf,
    /// Its arguments, without the program's own name.
    pub arguments: Vec<OsString>,
    /// Where it starts; absolute.
    pub working_directory: PathBuf,
    /// How long it may take before its whole tree is killed.
    pub timeout: Duration,
    /// Where its standard error goes.
    pub stderr: Stderr,
    /// Whether it gets descriptor 8 to report checkpoints on: it writes a line and waits for a line;
    /// see [`Sink::checkpoint`](crate::Sink::checkpoint).
    pub checkpoints: bool,
}

/// Where a command's standard error goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stderr {
    /// Into the pipe of standard output, so that the order of the two is exact.
    Merged,
    /// Into a pipe of its own; the order relative to standard output is lost.
    Separate,
}

/// Settings whose paths were checked: absolute, existing, without links, and free of contradictions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) level: Level,
    pub(crate) workspace: PathBuf,
    pub(crate) writable: Vec<PathBuf>,
    /// Hidden paths that exist.
    pub(crate) hidden: Vec<PathBuf>,
    /// Private directories that exist; none of them is the workspace.
    pub(crate) private: Vec<PathBuf>,
    /// Readable paths that exist.
    pub(crate) readable: Vec<PathBuf>,
    /// Directories that hold hidden paths, now or once they come to exist: granted entry by entry.
    pub(crate) spine: BTreeSet<PathBuf>,
    pub(crate) network: Network,
    /// Where the view is kept on disk.
    pub(crate) disk: Option<PathBuf>,
    pub(crate) temporary_root: PathBuf,
    pub(crate) environment: Vec<(OsString, OsString)>,
    pub(crate) limits: Limits,
}

pub(crate) fn check(settings: Settings) -> Result<Checked, OpenError> {
    let workspace = canonical("workspace", &settings.workspace)?;
    if !workspace.is_dir() {
        return Err(OpenError::path("workspace", &workspace, io::ErrorKind::NotADirectory.into()));
    }
    let temporary_root = canonical("temporary root", &settings.temporary_root)?;
    let mut writable = Vec::new();
    for path in settings.writable.iter().filter(|_| settings.level != Level::Full) {
        let real = canonical("writable", path)?;
        refuse_links_in_workspace(&settings.workspace, &workspace, path, &real)?;
        writable.push(real);
    }
    let mut spine = BTreeSet::from([PathBuf::from("/")]);
    let mut hidden = existing("hidden", &settings.hidden, &mut |absent| {
        // It may come to exist while the sandbox is open: its directory must not be granted as a whole. What
        // this user cannot reach, no command can.
        if let Some(Ok(parent)) = absent.parent().map(Path::canonicalize) {
            spine.extend(parent.ancestors().map(Path::to_owned));
        }
    })?;
    let mut private = existing("private", &settings.private, &mut |_| {})?;
    private.retain(|path| path.is_dir() && *path != workspace);
    private.sort();
    private.dedup();
    let mut readable = existing("readable", &settings.readable, &mut |_| {})?;
    readable.sort();
    // What lies in another readable path comes along with it.
    readable.dedup_by(|path, earlier| path.starts_with(earlier));
    for closed in hidden.iter().chain(&private) {
        spine.extend(closed.ancestors().skip(1).map(Path::to_owned));
    }
    if settings.level == Level::Full {
        hidden.extend(crate::sockets::in_sight(&workspace, &private, &readable));
    }
    let disk = match &settings.view {
        Storage::Memory => None,
        Storage::Disk(directory) => Some(canonical("view", directory)?),
    };
    let checked = Checked {
        level: settings.level,
        workspace,
        writable,
        hidden,
        private,
        readable,
        spine,
        network: settings.network,
        disk,
        temporary_root,
        environment: settings.environment,
        limits: settings.limits,
    };
    match settings.level {
        Level::Off => {}
        Level::Landlock => checked.refuse_hidden_and_open()?,
        Level::Full => checked.refuse_view_of_private()?,
    }
    Ok(checked)
}

impl Checked {
    /// Reading is granted all over a writable directory, so it can hide nothing within it.
    fn refuse_hidden_and_open(&self) -> Result<(), OpenError> {
        let open = self.writable.iter().chain([&self.temporary_root, &self.workspace]);
        for (open, hidden) in open.flat_map(|open| self.hidden.iter().map(move |hidden| (open, hidden))) {
            let within = hidden.starts_with(open) && *open != self.workspace && *open != self.temporary_root;
            if within || open.starts_with(hidden) {
                return Err(OpenError::HiddenAndOpen { hidden: hidden.clone(), open: open.clone() });
            }
        }
        Ok(())
    }

    /// A view covers all beneath it: what must be private cannot lie within, nor the view's own storage.
    fn refuse_view_of_private(&self) -> Result<(), OpenError> {
        let within = |path: &&PathBuf| path.starts_with(&self.workspace);
        let hidden = self.private.iter().chain(&self.disk).find(within);
        let hidden = hidden.or_else(|| self.hidden.iter().find(|hidden| self.workspace.starts_with(hidden)));
        match hidden {
            Some(hidden) => {
                Err(OpenError::HiddenAndOpen { hidden: hidden.clone(), open: self.workspace.clone() })
            }
            None => Ok(()),
        }
    }
}

/// Those of the paths that exist, without links, and a word about each that does not.
fn existing(
    setting: &'static str,
    paths: &[PathBuf],
    absent: &mut dyn FnMut(&Path),
) -> Result<Vec<PathBuf>, OpenError> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_absolute() {
            return Err(OpenError::Relative { setting, path: path.clone() });
        }
        match path.canonicalize() {
            Ok(real) => found.push(real),
            Err(error) if is_absent(&error) => absent(path),
            Err(source) => return Err(OpenError::path(setting, path, source)),
        }
    }
    Ok(found)
}

fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    matches!(error.kind(), NotFound | NotADirectory | PermissionDenied)
}

fn canonical(setting: &'static str, path: &Path) -> Result<PathBuf, OpenError> {
    if !path.is_absolute() {
        return Err(OpenError::Relative { setting, path: path.to_owned() });
    }
    path.canonicalize().map_err(|source| OpenError::path(setting, path, source))
}

/// A repository can hold `src -> /etc`; whoever allowed `src` did not mean `/etc`.
fn refuse_links_in_workspace(
    given_workspace: &Path,
    workspace: &Path,
    given: &Path,
    real: &Path,
) -> Result<(), OpenError> {
    let Ok(inner) = given.strip_prefix(given_workspace).or_else(|_| given.strip_prefix(workspace)) else {
        return Ok(());
    };
    let plain = inner.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if plain && workspace.components().chain(inner.components()).eq(real.components()) {
        return Ok(());
    }
    Err(OpenError::WritableLink { path: given.to_owned(), target: real.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(root: &Path) -> Settings {
        Settings {
            level: Level::Landlock,
            workspace: root.join("work"),
            writable: vec![root.join("work/src")],
            hidden: vec![],
            private: vec![],
            readable: vec![],
            network: Network::Loopback,
            view: Storage::Memory,
            temporary_root: root.to_owned(),
            environment: vec![],
            limits: Limits::default(),
        }
    }

    fn root() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("work/src")).unwrap();
        root
    }

    #[test]
    fn a_level_reads_as_it_is_written() {
        for level in Level::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
        }
        assert!(Level::Off < Level::Landlock);
        assert!("none".parse::<Level>().is_err());
    }

    #[test]
    fn a_writable_path_that_is_missing_or_relative_is_an_error() {
        let root = root();
        let mut missing = settings(root.path());
        missing.writable.push(root.path().join("work/none"));
        assert!(matches!(check(missing), Err(OpenError::Path { setting: "writable", .. })));
        let mut relative = settings(root.path());
        relative.writable.push("src".into());
        assert!(matches!(check(relative), Err(OpenError::Relative { .. })));
    }

    #[test]
    fn a_link_in_the_workspace_is_never_made_writable() {
        let root = root();
        std::os::unix::fs::symlink("/etc", root.path().join("work/link")).unwrap();
        for path in ["work/link", "work/link/..", "work/src/../src"] {
            let mut linked = settings(root.path());
            linked.writable.push(root.path().join(path));
            assert!(matches!(check(linked), Err(OpenError::WritableLink { .. })), "{path}");
        }
        assert!(check(settings(root.path())).is_ok());
    }

    #[test]
    fn a_hidden_path_inside_a_writable_one_is_refused_not_ignored() {
        let root = root();
        std::fs::write(root.path().join("work/src/key"), "secret").unwrap();
        let mut hidden = settings(root.path());
        hidden.hidden.push(root.path().join("work/src/key"));
        assert!(matches!(check(hidden.clone()), Err(OpenError::HiddenAndOpen { .. })));
        hidden.level = Level::Off;
        assert!(check(hidden).is_ok());
    }
}
