//! Lists of names, and tables by name, as people read them, in a form in which a name is found at once.

use rustc_hash::{FxHashMap, FxHashSet};

/// Names, from lists of them.
pub(super) struct Names(FxHashSet<&'static str>);

impl Names {
    /// The names in lists that separate them by blanks.
    pub(super) fn of(lists: &[&'static str]) -> Names {
        Names(lists.iter().flat_map(|list| list.split_ascii_whitespace()).collect())
    }

    /// Whether this is one of them.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

/// The rows of a table by the names that they are about.
pub(super) struct Rows<R: 'static>(FxHashMap<&'static str, Vec<&'static R>>);

impl<R> Rows<R> {
    /// The rows of a table, each with the names that it is about, separated by blanks.
    pub(super) fn of(table: &'static [R], names: impl Fn(&R) -> &'static str) -> Rows<R> {
        let mut rows: FxHashMap<&'static str, Vec<&'static R>> = FxHashMap::default();
        for row in table {
            for name in names(row).split_ascii_whitespace() {
                rows.entry(name).or_default().push(row);
            }
        }
        Rows(rows)
    }

    /// The rows about this name, in the order of the table.
    pub(super) fn about(&self, name: &str) -> &[&'static R] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Phrases by program.
pub(super) struct Phrases(FxHashMap<&'static str, Vec<&'static str>>);

impl Phrases {
    /// The phrases of a table of programs, each with phrases that are separated by `;`.
    pub(super) fn of(table: &[(&'static str, &'static str)]) -> Phrases {
        let mut phrases: FxHashMap<&'static str, Vec<&'static str>> = FxHashMap::default();
        for (program, listed) in table {
            phrases.entry(program).or_default().extend(listed.split(';'));
        }
        Phrases(phrases)
    }

    /// The phrases of a program, in the order of the table.
    pub(super) fn about(&'static self, program: &str) -> impl Iterator<Item = &'static str> + use<> {
        self.0.get(program).map_or(&[][..], Vec::as_slice).iter().copied()
    }
}
