//! What the script's variables, functions' arguments, aliases and files hold, as far as constants tell it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::text::Text;
use super::{Outer, Word};

/// The most values that are kept for one variable.
const VALUES: usize = 16;

/// What is known at one point of the script.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    pub(super) variables: BTreeMap<String, Variable>,
    pub(super) positional: Option<Arc<[Word]>>,
    pub(super) aliases: BTreeMap<String, Word>,
    pub(super) files: BTreeMap<String, Content>,
    /// A command may have changed the directory.
    pub(super) moved: bool,
    /// Variables whose values came from another machine.
    pub(super) remote: BTreeSet<String>,
}

/// What the script has written into a file.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Known(Text),
    /// It came from another machine.
    Remote,
    Unknown,
}

/// The values that a variable may have.
#[derive(Debug, Clone, Default)]
pub(super) struct Variable {
    pub(super) values: Vec<Value>,
    /// It may have others as well.
    pub(super) open: bool,
    /// All its values are entries of this directory, as a loop over a pattern gives them.
    pub(super) within: Option<String>,
    /// It is the directory in which the script began, with this behind it.
    pub(super) start: Option<String>,
}

/// One value: a text, or the elements of an array.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) words: Vec<String>,
    pub(super) array: bool,
    /// The link of the chain that says where it comes from.
    pub(super) origin: Option<Outer>,
}

impl Value {
    pub(super) fn text(text: impl Into<String>, origin: Option<Outer>) -> Value {
        Value { words: vec![text.into()], array: false, origin }
    }

    /// The value as `$x` gives it.
    pub(super) fn first(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }
}

impl Environment {
    /// What a variable may be; of those that the script has not set nothing is known but for `IFS`.
    pub(super) fn variable(&self, name: &str) -> Variable {
        match self.variables.get(name) {
            Some(variable) => variable.clone(),
            None if name == "IFS" => {
                Variable { values: vec![Value::text(" \t\n", None)], ..Variable::default() }
            }
            None => Variable { open: true, ..Variable::default() },
        }
    }

    /// Whether the script may have given a variable a value.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// Gives a variable values: in place of those before where that is certain.
    pub(super) fn set(&mut self, name: &str, values: Vec<Value>, open: bool, certain: bool) {
        if certain {
            self.variables.insert(name.to_owned(), Variable { values, open, ..Variable::default() });
            return;
        }
        let mut variable = self.variable(name);
        variable.open |= open;
        variable.within = None;
        variable.start = None;
        variable.values.extend(values);
        if variable.values.len() > VALUES {
            variable.values.truncate(VALUES);
            variable.open = true;
        }
        self.variables.insert(name.to_owned(), variable);
    }

    /// The signs at which unquoted values are split; nothing if that is not certain.
    pub(super) fn separators(&self) -> Option<String> {
        let variable = self.variable("IFS");
        match variable.values.as_slice() {
            [only] if !variable.open && !only.array => Some(only.first().to_owned()),
            _ => None,
        }
    }
}

/// `$X=rm`, cut where it is long.
pub(super) fn link(name: &str, value: &str, span: &Range<usize>) -> Outer {
    let line: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = match line.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    };
    Outer { text: format!("${name}={shown}"), span: span.clone() }
}
