//! All entries of a tree by path, in path order: what is beneath a directory comes right after it.

use std::{
    cmp::Ordering,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use super::walk::Stamp;

/// Sorted by [`order`], each path once.
#[derive(Debug, Default)]
pub(super) struct Tree {
    entries: Vec<(PathBuf, Stamp)>,
}

impl Tree {
    /// From entries in whatever order, each path once.
    pub(super) fn of(mut entries: Vec<(PathBuf, Stamp)>) -> Self {
        entries.sort_by(|(one, _), (other, _)| order(one, other));
        Self { entries }
    }

    pub(super) fn entry(&self, path: &Path) -> Option<(&Path, &Stamp)> {
        let at = self.entries.binary_search_by(|(other, _)| order(other, path)).ok()?;
        self.entries.get(at).map(|(path, stamp)| (path.as_path(), stamp))
    }

    pub(super) fn get(&self, path: &Path) -> Option<&Stamp> {
        self.entry(path).map(|(_, stamp)| stamp)
    }

    pub(super) fn contains(&self, path: &Path) -> bool {
        self.entry(path).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.entries.iter().map(|(path, _)| path.as_path())
    }

    pub(super) fn stamps_mut(&mut self) -> impl Iterator<Item = &mut Stamp> {
        self.entries.iter_mut().map(|(_, stamp)| stamp)
    }
}

/// All paths of the trees, in order, each once.
pub(super) fn paths<'t>(trees: &[&'t Tree]) -> Vec<&'t Path> {
    let mut paths: Vec<&Path> = trees.iter().flat_map(|tree| tree.paths()).collect();
    paths.sort_by(|one, other| order(one, other));
    paths.dedup_by(|one, other| one.as_os_str() == other.as_os_str());
    paths
}

/// The order of [`Path`], for plain ones: by components. Commands can make paths of many thousand bytes that begin
/// alike, for which the one of the standard library takes far too long.
fn order(one: &Path, other: &Path) -> Ordering {
    const CHUNK: usize = 256;
    let (one, other) = (one.as_os_str().as_bytes(), other.as_os_str().as_bytes());
    let alike = one.chunks(CHUNK).zip(other.chunks(CHUNK)).take_while(|(one, other)| one == other).count();
    let rest = |bytes: &[u8]| bytes.len().min(alike * CHUNK);
    let (one, other) = (&one[rest(one)..], &other[rest(other)..]);
    // A name ends before any that goes on.
    let rank = |byte: &u8| (*byte != b'/', *byte);
    one.iter().map(rank).cmp(other.iter().map(rank))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_order_is_that_of_paths(one in "(n{0,300}/)?[a!/]{0,6}", other in "(n{0,300}/)?[a!/]{0,6}") {
            let plain = |text: &str| -> PathBuf { text.split('/').filter(|name| !name.is_empty()).collect() };
            let (one, other) = (plain(&one), plain(&other));
            prop_assert_eq!(order(&one, &other), one.cmp(&other));
        }
    }
}
