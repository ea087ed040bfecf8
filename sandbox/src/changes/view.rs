//! The workspace as a copy-on-write view: what its upper directory says against the real one beneath.
//!
//! Format: <https://docs.kernel.org/filesystems/overlayfs.html>, sections "whiteouts and opaque directories".

use std::{
    collections::HashMap,
    io,
    os::fd::{AsFd as _, OwnedFd},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::{
    Change, ChangeKind,
    beneath::{Looks, is_beneath, named},
    content::Sides,
    scan::difference,
    tree::{Tree, paths},
    unlock::{Touched, Unlocked, adopt},
    walk::{Stamp, Whose, walk},
};

pub(crate) struct View {
    pub(super) upper: OwnedFd,
    lower: OwnedFd,
    /// The upper directory after the last command.
    pub(super) before: Tree,
    /// The mode of the workspace itself.
    mode: u32,
    pub(super) memory: Mutex<Memory>,
}

/// What keeping files needs to know, and leaves behind.
#[derive(Default)]
pub(super) struct Memory {
    /// What the real workspace had at each path when it was first changed in the view.
    pub(super) real: HashMap<PathBuf, Option<Stamp>>,
    /// By reading what is kept.
    pub(super) touched: Touched,
}

/// What a path is in the view.
enum State<'t> {
    Absent,
    /// As the upper directory has it.
    Upper(&'t Stamp),
    /// As in the real workspace.
    Lower(Stamp),
}

/// What a look finds.
struct Found {
    after: Tree,
    mode: u32,
    changes: Vec<Change>,
    real: Vec<(PathBuf, Option<Stamp>)>,
}

impl View {
    pub(crate) fn new(upper: OwnedFd, lower: OwnedFd) -> io::Result<Self> {
        let mode = Stamp::of(&rustix::fs::fstat(&upper)?).mode;
        Ok(Self { upper, lower, before: Tree::default(), mode, memory: Mutex::default() })
    }

    /// What has changed since the last look that succeeded, in path order.
    pub(crate) fn changes(&mut self) -> io::Result<Vec<Change>> {
        let memory = self.memory.get_mut().unwrap_or_else(PoisonError::into_inner);
        adopt(&mut self.before, &std::mem::take(&mut memory.touched));
        let unlocked = Unlocked::new(self.upper.as_fd());
        let found = self.find(&unlocked);
        let (touched, locked) = unlocked.lock();
        adopt(&mut self.before, &touched);
        let mut found = found?;
        locked?;
        adopt(&mut found.after, &touched);
        let memory = self.memory.get_mut().unwrap_or_else(PoisonError::into_inner);
        for (path, stamp) in found.real {
            memory.real.entry(path).or_insert(stamp);
        }
        self.mode = found.mode;
        self.before = found.after;
        Ok(found.changes)
    }

    fn find(&self, unlocked: &Unlocked<'_>) -> io::Result<Found> {
        let mode = Stamp::of(&rustix::fs::fstat(&self.upper)?).mode;
        let after = Tree::of(walk(self.upper.as_fd(), Path::new(""), Whose::Upper(unlocked))?);
        let mut changes = Vec::new();
        if self.mode != mode {
            changes.push(Change { path: ".".into(), kind: ChangeKind::Remoded });
        }
        let mut real = Vec::new();
        if !after.is_empty() || !self.before.is_empty() {
            let sides = Sides { upper: self.upper.as_fd(), unlocked, lower: self.lower.as_fd() };
            self.compare(sides, &after, &mut changes, &mut real)?;
        }
        Ok(Found { after, mode, changes, real })
    }

    fn compare(
        &self,
        sides: Sides<'_>,
        after: &Tree,
        changes: &mut Vec<Change>,
        real: &mut Vec<(PathBuf, Option<Stamp>)>,
    ) -> io::Result<()> {
        let looks = Looks::new(self.lower.as_fd());
        let covered = self.newly_covered(&looks, after)?;
        let (mut earlier, mut later) = (Cover::new(&self.before), Cover::new(after));
        for path in paths(&[&self.before, after, &covered]) {
            let mut state = |(stamp, is_covered)| {
                state(stamp, is_covered, || {
                    let stamp = looks.look(path)?;
                    real.push((path.to_owned(), stamp));
                    Ok(stamp)
                })
            };
            let (one, two) = (earlier.look(path), later.look(path));
            let states = state(one).and_then(|one| Ok((one, state(two)?)));
            let kind = states.and_then(|states| {
                Ok(match states {
                    (State::Absent, State::Absent) | (State::Lower(_), State::Lower(_)) => None,
                    (State::Absent, _) => Some(ChangeKind::Created),
                    (_, State::Absent) => Some(ChangeKind::Deleted),
                    (State::Upper(before), State::Upper(after)) => difference(before, after),
                    (State::Lower(before), State::Upper(after)) => sides.difference(path, &before, after)?,
                    // Not by any command: the storage of the view was touched.
                    (State::Upper(_), State::Lower(_)) => Some(ChangeKind::Changed),
                })
            });
            if let Some(kind) = kind.map_err(|error| named(path, &error))? {
                changes.push(Change { path: path.to_owned(), kind });
            }
        }
        Ok(())
    }

    /// What of the real workspace can no longer be seen, since something in the view covers a directory above it.
    fn newly_covered(&self, looks: &Looks<'_>, after: &Tree) -> io::Result<Tree> {
        let mut covered = Vec::new();
        let (mut earlier, mut later) = (Cover::new(&self.before), Cover::new(after));
        for path in paths(&[&self.before, after]) {
            let hides = |(stamp, is_covered): (Option<&Stamp>, bool)| {
                (stamp.is_some_and(|stamp| stamp.hides), is_covered)
            };
            let (before, now) = (hides(earlier.look(path)), hides(later.look(path)));
            if now != (true, false) || before != (false, false) {
                continue;
            }
            let real = looks.look(path).map_err(|error| named(path, &error))?;
            if real.is_some_and(|stamp| stamp.is_directory()) {
                covered.extend(walk(self.lower.as_fd(), path, Whose::Real)?);
            }
        }
        Ok(Tree::of(covered))
    }
}

fn state(
    stamp: Option<&Stamp>,
    is_covered: bool,
    real: impl FnOnce() -> io::Result<Option<Stamp>>,
) -> io::Result<State<'_>> {
    Ok(match stamp {
        Some(stamp) if stamp.whiteout => State::Absent,
        Some(stamp) => State::Upper(stamp),
        None if is_covered => State::Absent,
        None => real()?.map_or(State::Absent, State::Lower),
    })
}

/// Tells whether something above a path hides what the real workspace has there. To be asked for paths in order, all
/// of the tree's among them: what is beneath a path comes right after it.
struct Cover<'t> {
    tree: &'t Tree,
    /// The highest that hides the path asked for last.
    hiding: Option<&'t Path>,
}

impl<'t> Cover<'t> {
    fn new(tree: &'t Tree) -> Self {
        Self { tree, hiding: None }
    }

    /// What the tree has at the path, and whether the path is covered.
    fn look(&mut self, path: &Path) -> (Option<&'t Stamp>, bool) {
        self.hiding = self.hiding.filter(|hiding| is_beneath(path, hiding));
        let is_covered = self.hiding.is_some();
        let entry = self.tree.entry(path);
        if !is_covered {
            self.hiding = entry.filter(|(_, stamp)| stamp.hides).map(|(path, _)| path);
        }
        (entry.map(|(_, stamp)| stamp), is_covered)
    }
}
