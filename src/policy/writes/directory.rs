//! Follows `cd` through a script, and resolves words to paths.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::super::shell::{Assignment, Invocation, Reading, START, ScopeKind, SimpleCommand, Word};
use super::{LONGEST, Target, normalised};

/// Variables that paths depend on.
const VARIABLES: [&str; 5] = ["TMPDIR", "PWD", "HOME", "CDPATH", "OLDPWD"];

/// The working directory of every scope of a reading, as far as the commands up to now tell it.
pub(super) struct Directories<'r> {
    reading: &'r Reading,
    current: BTreeMap<usize, Target>,
    /// Where the script begins.
    root: Target,
    /// Those variables that the script may change; found when the first path depends on one.
    changed: OnceCell<Vec<&'static str>>,
    /// What `pushd` put aside, with the scope in which it did.
    stack: Vec<(usize, Target)>,
    /// Where the last `cd` came from, with the scope in which it was.
    previous: Option<(usize, Target)>,
    /// Some command may change the directory.
    moves: bool,
    /// Where the `find` looks that runs the call at hand.
    found: Vec<Target>,
}

impl<'r> Directories<'r> {
    pub(super) fn new(reading: &'r Reading, working_directory: &str) -> Self {
        let root = Target::Path(normalised(working_directory));
        let mut directories = Directories {
            reading,
            current: BTreeMap::from([(0, root.clone())]),
            root,
            changed: OnceCell::new(),
            stack: Vec::new(),
            previous: None,
            moves: !reading.unclear.is_empty(),
            found: Vec::new(),
        };
        for command in reading.commands.iter().filter(|command| moves(command).is_some()) {
            directories.moves = true;
            directories.mark_loops(command.scope());
        }
        directories
    }

    /// The script may change this variable.
    fn changed(&self, name: &str) -> bool {
        let find = || VARIABLES.into_iter().filter(|name| mentions(self.reading, name)).collect();
        self.changed.get_or_init(find).contains(&name)
    }

    /// A loop with a `cd` in it is nowhere certain, not even before the `cd`.
    fn mark_loops(&mut self, mut scope: usize) {
        loop {
            let here = self.reading.scope(scope);
            match here.kind {
                ScopeKind::Subshell => return,
                ScopeKind::Loop => {
                    let reason = "it depends on a `cd` in a loop".to_owned();
                    self.current.insert(scope, Target::Unknown(reason));
                }
                ScopeKind::Branch | ScopeKind::Later => {}
            }
            scope = here.parent;
        }
    }

    /// The working directory of a scope.
    pub(super) fn of(&mut self, scope: usize) -> Target {
        let mut inherits = Vec::new();
        let mut at = scope;
        let found = loop {
            if let Some(known) = self.current.get(&at) {
                break known.clone();
            }
            let here = self.reading.scope(at);
            if let Some(word) = self.reading.moved(at).cloned() {
                // `env -C DIR sh -c '…'`
                let target = match self.resolve(&word, here.parent) {
                    Target::Beneath(_) => {
                        Target::Unknown("it depends on a directory that is a pattern".to_owned())
                    }
                    known => known,
                };
                self.current.insert(at, target.clone());
                break target;
            }
            inherits.push(at);
            // Where nothing ever changes the directory, everything is run where the script is.
            if here.kind == ScopeKind::Later && self.moves {
                break Target::Unknown("it depends on where a function, trap or editor is run".to_owned());
            }
            at = here.parent;
        };
        for scope in inherits {
            self.current.insert(scope, found.clone());
        }
        found
    }

    /// Every place that a word may name: one, but for the `{}` of a `find` that looks in several.
    pub(super) fn resolve_all(&mut self, word: &Word, scope: usize) -> Vec<Target> {
        match &word.variable {
            // What it finds lies beneath where it looks.
            Some((name, rest)) if name == "{}" && !self.found.is_empty() && !rest.contains("..") => {
                self.found.clone()
            }
            _ => vec![self.resolve(word, scope)],
        }
    }

    /// Begins a call that another runs: `env -C DIR` changes where, `find` says what `{}` is.
    pub(super) fn enter(&mut self, outer: &Invocation, scope: usize) {
        if outer.program == "find" {
            self.found = self.starts(outer, scope);
        }
        if let Some(word) = outer.directory() {
            let target = match self.resolve(&word, scope) {
                Target::Beneath(_) => {
                    Target::Unknown("it depends on a directory that is a pattern".to_owned())
                }
                known => known,
            };
            self.current.insert(scope, target);
        }
    }

    /// Ends the calls of a command: its scope is where it was.
    pub(super) fn leave(&mut self, scope: usize, before: Target) {
        self.found.clear();
        self.current.insert(scope, before);
    }

    /// Where a `find` looks.
    pub(super) fn starts(&mut self, find: &Invocation, scope: usize) -> Vec<Target> {
        let ends = |word: &&Word| !word.text.as_deref().is_some_and(|text| text.starts_with(['-', '(', '!']));
        let words =
            find.words().iter().skip_while(|word| matches!(word.text.as_deref(), Some("-H" | "-L" | "-P")));
        let starts: Vec<&Word> = words.take_while(ends).collect();
        if starts.is_empty() {
            return vec![self.beneath(".", scope)];
        }
        let beneath = |target| match target {
            Target::Path(path) => Target::Beneath(path),
            other @ (Target::Beneath(_) | Target::Temporary(_) | Target::Unknown(_)) => other,
        };
        starts.into_iter().map(|word| beneath(self.resolve(word, scope))).collect()
    }

    /// What a word names when it stands in this scope.
    pub(super) fn resolve(&mut self, word: &Word, scope: usize) -> Target {
        if let Some(directory) = &word.directory {
            return self.beneath(directory, scope);
        }
        if let Some((name, rest)) = &word.variable
            && (rest.is_empty() || rest.starts_with('/'))
        {
            let rest = rest.trim_start_matches('/');
            let known = !self.changed(name);
            return match name.as_str() {
                "TMPDIR" if known => temporary(rest),
                "PWD" if known && !word.globbed => self.join(rest, scope),
                START if !self.changed("PWD") && !word.globbed => self.below_start(rest),
                "HOME" if known && !word.globbed => Target::Path(normalised(&format!("~/{rest}"))),
                _ => Target::Unknown(format!("`${name}` is computed at run time")),
            };
        }
        if word.is_process() {
            // `>(…)` is a pipe to another command.
            return Target::Path("/dev/fd/63".to_owned());
        }
        let Some(text) = &word.text else {
            return Target::Unknown("its name is computed at run time".to_owned());
        };
        if word.globbed {
            return self.globbed(text, scope);
        }
        if text.starts_with('~') && !word.tilde {
            // A file whose name begins with `~`, not a home directory.
            return self.join(&format!("./{text}"), scope);
        }
        self.join(text, scope)
    }

    fn globbed(&mut self, text: &str, scope: usize) -> Target {
        let is_glob = |part: &str| part.contains(['*', '?', '[']);
        let parts: Vec<&str> = text.split('/').collect();
        let first = parts.iter().position(|part| is_glob(part)).unwrap_or(parts.len());
        // `.*` matches `..` in many shells.
        if parts[first..].iter().any(|part| part.starts_with('.')) {
            return Target::Unknown("its name is a pattern that may leave the directory".to_owned());
        }
        let directory =
            if first == 1 && parts[0].is_empty() { "/".to_owned() } else { parts[..first].join("/") };
        self.beneath(&directory, scope)
    }

    /// Unknown entries of a directory.
    pub(super) fn beneath(&mut self, directory: &str, scope: usize) -> Target {
        match self.join(directory, scope) {
            Target::Path(path) => Target::Beneath(path),
            other @ (Target::Beneath(_) | Target::Temporary(_) | Target::Unknown(_)) => other,
        }
    }

    /// A path as seen from where the script began.
    fn below_start(&self, path: &str) -> Target {
        joined(self.root.clone(), path)
    }

    /// A path as seen from the working directory of a scope.
    pub(super) fn join(&mut self, path: &str, scope: usize) -> Target {
        if path.starts_with(['/', '~']) {
            return Target::Path(normalised(path));
        }
        joined(self.of(scope), path)
    }

    /// A scope runs in the shell of another that holds it, and not again and again.
    fn runs_in(&self, mut scope: usize, outer: usize) -> bool {
        while scope != outer {
            let here = self.reading.scope(scope);
            if here.kind != ScopeKind::Branch || here.parent == scope {
                return false;
            }
            scope = here.parent;
        }
        !matches!(self.reading.scope(outer).kind, ScopeKind::Loop | ScopeKind::Later)
    }

    /// Changes the directory if that is what the command does, to one that is not known if that is not chosen.
    pub(super) fn follow(&mut self, command: &SimpleCommand, chosen: bool) {
        let Some(word) = moves(command) else { return };
        let mut scope = command.scope();
        let unknown = |reason: &str| Target::Unknown(reason.to_owned());
        let here = self.of(scope);
        let previous = self.previous.replace((scope, here.clone()));
        if command.invocations.last().is_some_and(|last| last.program == "pushd") {
            self.stack.push((scope, here));
        }
        let target = match word {
            Destination::Back => match self.stack.pop() {
                Some((pushed, before)) if self.runs_in(scope, pushed) => before,
                _ => {
                    self.stack.clear();
                    unknown("it depends on a `popd` that this version cannot follow")
                }
            },
            // Where the `cd` before it came from, if that was run whenever this one is.
            Destination::Previous => match previous {
                Some((left, before)) if !self.changed("OLDPWD") && self.runs_in(scope, left) => before,
                _ => unknown("it depends on a `cd -` that this version cannot follow"),
            },
            _ if !chosen => unknown("it depends on a `cd` to one of many directories"),
            _ if self.changed("CDPATH") => unknown("it depends on `CDPATH`"),
            Destination::Home if !self.changed("HOME") => Target::Path("~".to_owned()),
            Destination::Word(word) => match self.resolve(word, scope) {
                // One entry at a time of a loop over a pattern.
                beneath @ Target::Beneath(_) if word.directory.is_some() && !word.globbed => beneath,
                Target::Beneath(_) => unknown("it depends on a `cd` to a pattern"),
                Target::Unknown(_) => unknown("it depends on a `cd` that is computed at run time"),
                known @ (Target::Path(_) | Target::Temporary(_)) => known,
            },
            Destination::Home | Destination::Elsewhere => {
                unknown("it depends on a `cd` that this version cannot follow")
            }
        };
        let certain = !matches!(self.reading.scope(scope).kind, ScopeKind::Loop | ScopeKind::Later);
        let inside = if certain { target } else { unknown("it depends on a `cd` in a loop or function") };
        self.current.insert(scope, inside);
        while self.reading.scope(scope).kind != ScopeKind::Subshell {
            scope = self.reading.scope(scope).parent;
            self.current.insert(scope, unknown("it depends on a `cd` that may not be run"));
        }
    }
}

/// The forms of each command that changes the directory, of which a run of the script sees one.
pub(super) struct Choices {
    /// For every such command of several forms: the numbers of the forms that change the directory, and whether
    /// another does not.
    forms: Vec<(Vec<usize>, bool)>,
}

impl Choices {
    /// The choices that a reading leaves.
    pub(super) fn of(reading: &Reading) -> Option<Choices> {
        let mut forms = Vec::new();
        let mut at = 0;
        while at < reading.commands.len() {
            let mut end = at + 1;
            while reading.commands.get(end).is_some_and(SimpleCommand::is_further) {
                // `eval "cd $d"` in its next form: the code of the form before it stands between the two.
                if reading.commands[end].span != reading.commands[at].span && Choices::between(reading, end) {
                    return None;
                }
                end += 1;
            }
            if end - at > 1 {
                let moving: Vec<usize> =
                    (at..end).filter(|index| moves(&reading.commands[*index]).is_some()).collect();
                if !moving.is_empty() {
                    forms.push((moving.clone(), moving.len() < end - at));
                }
            }
            at = end;
        }
        // A number that is too large for a count is too large for a choice.
        let count = forms
            .iter()
            .try_fold(1_usize, |count, (moving, none)| count.checked_mul(moving.len() + usize::from(*none)));
        count.map(|_| Choices { forms })
    }

    /// Whether the code that a command carries in the form before this one changes the directory for this one.
    fn between(reading: &Reading, form: usize) -> bool {
        let command = &reading.commands[form];
        let before = reading.commands[..form].iter().rposition(|other| other.span == command.span);
        reading.commands[before.map_or(0, |before| before + 1)..form].iter().any(|other| {
            let mut scope = other.scope();
            while scope != command.scope() && reading.scope(scope).kind != ScopeKind::Subshell {
                scope = reading.scope(scope).parent;
            }
            scope == command.scope() && moves(other).is_some()
        })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.forms.iter().map(|(moving, none)| moving.len() + usize::from(*none)).product()
    }

    /// Whether the command changes the directory in the choice with this number.
    pub(super) fn follows(&self, mut number: usize, index: usize) -> bool {
        for (moving, none) in &self.forms {
            let count = moving.len() + usize::from(*none);
            if moving.contains(&index) {
                return moving.get(number % count) == Some(&index);
            }
            number /= count;
        }
        true
    }
}

enum Destination<'c> {
    Home,
    /// Where `pushd` came from.
    Back,
    /// Where the last `cd` came from.
    Previous,
    Word(&'c Word),
    Elsewhere,
}

/// Where a command changes the directory to, if it does.
fn moves(command: &SimpleCommand) -> Option<Destination<'_>> {
    let (last, prefixes) = command.invocations.split_last()?;
    let here = prefixes.iter().all(|prefix| matches!(prefix.program.as_str(), "command" | "builtin"));
    if !here || !matches!(last.program.as_str(), "cd" | "pushd" | "popd" | "chdir") {
        return None;
    }
    let mut words =
        last.words().iter().filter(|word| !matches!(word.text.as_deref(), Some("--" | "-L" | "-P" | "-e")));
    Some(match (words.next(), words.next()) {
        (None, _) if last.program == "cd" => Destination::Home,
        (None, _) if last.program == "popd" => Destination::Back,
        (Some(word), None) if last.program == "cd" && is_previous(word) => Destination::Previous,
        (Some(word), None)
            if last.program != "popd"
                && !word
                    .text
                    .as_deref()
                    .is_some_and(|text| text.is_empty() || text.starts_with(['-', '+'])) =>
        {
            Destination::Word(word)
        }
        _ => Destination::Elsewhere,
    })
}

/// `cd -`, `cd "$OLDPWD"`.
fn is_previous(word: &Word) -> bool {
    word.text.as_deref() == Some("-")
        || word.variable.as_ref().is_some_and(|(name, rest)| name == "OLDPWD" && rest.is_empty())
}

/// A relative path as seen from a directory.
fn joined(directory: Target, path: &str) -> Target {
    match directory {
        Target::Path(directory) => {
            if directory.len() + path.len() >= LONGEST {
                return Target::Unknown("its name is longer than any path".to_owned());
            }
            let joined = normalised(&format!("{directory}/{path}"));
            // Only a home directory begins with a bare `~`.
            let literal = joined.starts_with('~') && !directory.starts_with('~');
            Target::Path(if literal { format!("./{joined}") } else { joined })
        }
        Target::Temporary(directory) => temporary(&format!("{directory}/{path}")),
        Target::Beneath(_) if path.split('/').any(|part| part == "..") => {
            Target::Unknown("it may leave the directory of a loop over a pattern".to_owned())
        }
        unknown @ (Target::Beneath(_) | Target::Unknown(_)) => unknown,
    }
}

/// A path below the temporary directory, unless it leaves it.
fn temporary(path: &str) -> Target {
    match normalised(&format!("./{}", path.trim_start_matches('/'))) {
        path if path == "." => Target::Temporary(String::new()),
        path if path.len() >= LONGEST => Target::Unknown("its name is longer than any path".to_owned()),
        path if path.starts_with("..") => Target::Unknown("it leaves `$TMPDIR`".to_owned()),
        path => Target::Temporary(path),
    }
}

/// The script may change a variable: it assigns it, or names it in a word (`export NAME=…`, `read NAME`).
fn mentions(reading: &Reading, name: &str) -> bool {
    let in_word = |word: &Word| word.text.as_deref().unwrap_or(&word.prefix).contains(name);
    // `CDPATH= cd src` and `unset CDPATH` see to it that there is none.
    let clears = |assignment: &Assignment| name == "CDPATH" && assignment.value.text.as_deref() == Some("");
    let unsets = |command: &SimpleCommand| {
        name == "CDPATH" && command.words.first().is_some_and(|word| word.text.as_deref() == Some("unset"))
    };
    // `OLDPWD` is no `PWD`.
    let other = |word: &Word| name == "PWD" && word.text.as_deref() == Some("OLDPWD");
    reading.commands.iter().any(|command| {
        command
            .assignments
            .iter()
            .any(|assignment| assignment.name == name && !clears(assignment) || in_word(&assignment.value))
            || !unsets(command) && command.words.iter().any(|word| in_word(word) && !other(word))
    })
}
