//! A control group for what `setrlimit` cannot limit: the processes of root, and memory of all processes together.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use rustix::process::Pid;

use crate::settings::Limits;

/// The groups of one sandbox, one for each hierarchy: version 1 has one for each controller, version 2 one for all.
/// <https://docs.kernel.org/admin-guide/cgroup-v1/>, <https://docs.kernel.org/admin-guide/cgroup-v2.html>.
pub(crate) struct Group {
    directories: Vec<PathBuf>,
}

/// What a group limits for all processes together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limited {
    pub(crate) processes: bool,
    pub(crate) memory: bool,
}

const ROOT: &str = "/sys/fs/cgroup";

impl Group {
    /// Makes groups with these limits; `None` if nothing is to be limited, or if they cannot be had here.
    pub(crate) fn create(limits: &Limits) -> Option<Self> {
        let mut group = Self { directories: Vec::new() };
        let wanted = [
            ("pids", "pids.max", "pids.max", limits.max_processes),
            ("memory", "memory.limit_in_bytes", "memory.max", memory(limits)),
        ];
        let version_2 = fs::read_to_string(Path::new(ROOT).join("cgroup.subtree_control"));
        for (controller, old, new, limit) in wanted {
            let Some(limit) = limit else { continue };
            let (parent, file) = match &version_2 {
                Ok(enabled) if enabled.split_whitespace().any(|name| name == controller) => {
                    (ROOT.into(), new)
                }
                Ok(_) => continue,
                Err(_) => (Path::new(ROOT).join(controller), old),
            };
            _ = group.limit(&parent, file, limit);
        }
        (!group.directories.is_empty()).then_some(group)
    }

    /// What it limits.
    pub(crate) fn limited(&self) -> Limited {
        let has = |files: &[&str]| {
            let mut all =
                self.directories.iter().flat_map(|directory| files.iter().map(|file| directory.join(file)));
            all.any(|path| path.exists())
        };
        Limited { processes: has(&["pids.max"]), memory: has(&["memory.max", "memory.limit_in_bytes"]) }
    }

    fn limit(&mut self, parent: &Path, file: &str, limit: u64) -> io::Result<()> {
        // The name is by which the supervisor finds it: see `remove_of`.
        let directory = parent.join(format!("sandbox-{}", std::process::id()));
        match fs::create_dir(&directory) {
            Ok(()) => self.directories.push(directory.clone()),
            Err(error)
                if error.kind() == ErrorKind::AlreadyExists && self.directories.contains(&directory) => {}
            Err(error) => return Err(error),
        }
        fs::write(directory.join(file), limit.to_string()).inspect_err(|_| {
            // A group that limits nothing is none.
            if self.directories.pop_if(|made| *made == directory).is_some() {
                _ = fs::remove_dir(&directory);
            }
        })
    }

    /// Puts a process into the groups, and with it all that it starts from now on.
    pub(crate) fn take(&self, process: Pid) -> io::Result<()> {
        for directory in &self.directories {
            fs::write(directory.join("cgroup.procs"), process.as_raw_nonzero().to_string())?;
        }
        Ok(())
    }

    /// Puts a process into the groups above, so that these can be removed.
    pub(crate) fn leave(&self, process: Pid) {
        for parent in self.directories.iter().filter_map(|directory| directory.parent()) {
            _ = fs::write(parent.join("cgroup.procs"), process.as_raw_nonzero().to_string());
        }
    }

    /// Removes the groups; all their processes must have ended.
    pub(crate) fn remove(&self) {
        for directory in &self.directories {
            _ = fs::remove_dir(directory);
        }
    }
}

/// Removes the groups that an init with this process number has made, after its death; `false` if some of its processes
/// are still there.
pub(crate) fn remove_of(init: u32) -> bool {
    let name = format!("sandbox-{init}");
    let hierarchies = ["", "pids", "memory"].map(|hierarchy| Path::new(ROOT).join(hierarchy));
    hierarchies.iter().all(|hierarchy| match fs::remove_dir(hierarchy.join(&name)) {
        Ok(()) => true,
        Err(error) => error.kind() == ErrorKind::NotFound,
    })
}

/// All memory of a sandbox: what a process may have, and what its files in memory may take, which count as well.
fn memory(limits: &Limits) -> Option<u64> {
    let files = limits.max_workspace.unwrap_or(0).saturating_add(limits.max_temporary.unwrap_or(0));
    limits.max_memory.map(|memory| memory.saturating_add(files))
}
