//! The programs that code in another language runs.

use super::names::{IMPORTED, ORDINARY, RUN_MODULES, RUNS};
use super::scan::{Argument, Element, Literal, Owner, Scanned, is_lisp};
use crate::policy::shell::text::Text;

/// What stands in a command for what is computed; nothing is known of the variable.
const COMPUTED: &str = "\"${__computed}\"";

/// What a code runs.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// It runs something.
    pub(super) any: bool,
    /// What it runs, where all of that is known.
    pub(super) commands: Vec<Text>,
    /// Something else may be run.
    pub(super) unknown: bool,
}

/// Follows every name that runs programs: all of them are calls with constant arguments, or nothing is known.
pub(super) fn find(language: &str, code: &Text, scanned: &Scanned<'_>) -> Runs {
    let mut runs = Runs::default();
    let imported = scanned.mentions_any(&IMPORTED) || mentions_module(scanned);
    for (name, at) in &scanned.names {
        let owner = scanned.owner(at.start);
        if !is_run(language, name, owner, imported) {
            if IMPORTED.has(name) {
                runs.any = true;
                runs.unknown |= !(is_import(scanned, at.start) || follows(scanned, at.end));
            }
            continue;
        }
        let called = scanned.called(at.end);
        if language == "m4"
            && let Some((from, (_, end))) = called.and_then(|from| Some((from, scanned.pieces(from)?)))
        {
            // Its strings stand between a backtick and a quote, or in nothing at all.
            let inside = scanned.text[from..end].trim_matches(['`', '\'', ' ']);
            let from = from + scanned.text[from..end].find(inside).unwrap_or(0);
            runs.any = true;
            runs.commands.push(code.slice(from..from + inside.len()));
            continue;
        }
        let arguments = match called {
            Some(from) => scanned.arguments(from),
            None if matches!(language, "ruby" | "perl" | "raku" | "lua" | "crystal") || is_lisp(language) => {
                Some(scanned.behind(at.end, is_lisp(language)))
            }
            None => None,
        };
        // `import {exec} from …`, but not `import(…).then(({exec}) => exec('…'))`
        let given = called.is_some() || matches!(arguments.as_deref(), Some([Argument::Text(_), ..]));
        let imported_here = !given && owner == Owner::None && is_import(scanned, at.start);
        if imported_here || is_definition(scanned, at.start) {
            runs.any = true;
            continue;
        }
        // `system.VERSION` is an object of that name, not the function.
        if called.is_none() && !IMPORTED.has(name) && has_member(scanned, at.end) {
            continue;
        }
        // An ordinary word that is not called is a variable of that name.
        let own_word = matches!(language, "ruby" | "perl" | "php") && *name == "exec";
        if called.is_none() && ORDINARY.has(name) && owner == Owner::None && !own_word {
            let named = arguments.as_deref().is_none_or(|it| matches!(it, [Argument::Other]));
            if named && !is_renamed(scanned, at.start) {
                continue;
            }
        }
        runs.any = true;
        match arguments.and_then(|arguments| commands(language, name, code, &arguments)) {
            Some((commands, filled)) => {
                runs.commands.extend(commands);
                runs.unknown |= filled;
            }
            None => runs.unknown = true,
        }
    }
    // `array_map("system", …)` and `require(name)` reach a function by a text.
    let named = |literal: &Literal| RUNS.has(&scanned.text[literal.inside.clone()]);
    let required = |(name, at): &(&str, std::ops::Range<usize>)| {
        *name == "require"
            && scanned
                .called(at.end)
                .and_then(|from| scanned.arguments(from))
                .is_some_and(|arguments| matches!(arguments.as_slice(), [Argument::Other, ..]))
    };
    if language == "php" && scanned.strings.iter().any(named)
        || matches!(language, "node" | "bun") && scanned.names.iter().any(required)
    {
        (runs.any, runs.unknown) = (true, true);
    }
    runs.backticks(language, code, scanned);
    runs
}

impl Runs {
    /// `` `rm x` `` in Ruby, Perl, PHP and Julia; `` $`rm x` `` in JavaScript; `"rm x".execute()` in Groovy.
    fn backticks(&mut self, language: &str, code: &Text, scanned: &Scanned<'_>) {
        for literal in &scanned.strings {
            let before = scanned.text[..literal.whole.start].chars().next_back();
            let behind = scanned.text[literal.whole.end..].trim_start();
            let runs = match language {
                "ruby" | "perl" | "php" | "julia" | "raku" | "crystal" | "gnuplot" | "octave" => {
                    literal.quote == '`'
                }
                "node" | "bun" => literal.quote == '`' && before == Some('$'),
                "groovy" => behind.starts_with(".execute"),
                "scala" => behind.starts_with(".!") || behind.starts_with('!'),
                _ => false,
            };
            // `open(F, "ls |")`
            let text = scanned.text[literal.inside.clone()].trim();
            let piped = matches!(language, "perl" | "ruby" | "tclsh" | "expect")
                && (text.starts_with('|') || text.ends_with('|'))
                && text.len() > 1
                && scanned.mentions(&["open", "IO"]);
            // `open(F, "-|", "ls", "-l")`
            if piped && matches!(text, "-|" | "|-") {
                let from = literal.whole.end + scanned.text[literal.whole.end..].len() - behind.len();
                let from = from + usize::from(behind.starts_with(','));
                self.any = true;
                match commands(language, "open", code, &scanned.behind(from, false)) {
                    Some((commands, filled)) => {
                        self.commands.extend(commands);
                        self.unknown |= filled;
                    }
                    None => self.unknown = true,
                }
                continue;
            }
            if runs || piped {
                self.any = true;
                self.unknown |= literal.computed();
                let whole = &scanned.text[literal.inside.clone()];
                let command = if piped { whole.trim_matches(['|', ' ']) } else { whole };
                let start = literal.inside.start + whole.find(command).unwrap_or(0);
                self.commands.push(code.slice(start..start + command.len()));
            }
        }
    }
}

/// Whether a name runs programs.
fn is_run(language: &str, name: &str, owner: Owner<'_>, imported: bool) -> bool {
    if RUNS.has(name) {
        return owner != Owner::Name("platform");
    }
    // They are functions of the language itself.
    if owner == Owner::None {
        match language {
            "ruby" | "perl" | "php" if name == "exec" => return true,
            "raku" if matches!(name, "shell" | "run") => return true,
            "julia" if name == "run" => return false,
            "tclsh" | "expect" if matches!(name, "exec" | "spawn") => return true,
            "clojure" | "clj" | "bb" | "sbcl" if matches!(name, "sh" | "shell") => return true,
            "octave" if matches!(name, "unix" | "dos" | "shell_cmd") => return true,
            _ => {}
        }
    }
    if !ORDINARY.has(name) {
        return false;
    }
    match owner {
        Owner::Name(owner) if RUN_MODULES.has(owner) || IMPORTED.has(owner) => true,
        // `re.exec(…)` where nothing was imported that could run something.
        Owner::None => imported && !(language == "python" && name == "exec"),
        // The module may have another name; `cursor.execute` is no name of those modules.
        Owner::Name(_) => {
            let named = !matches!(name, "cmd" | "command" | "execute" | "output");
            imported && named && !(language == "python" && name == "exec")
        }
        Owner::Value => imported || matches!(language, "groovy" | "scala" | "kotlin"),
    }
}

/// The module is named by a string: `require('child_process')`.
fn mentions_module(scanned: &Scanned<'_>) -> bool {
    scanned.strings.iter().any(|literal| {
        let text = &scanned.text[literal.inside.clone()];
        IMPORTED.has(text.strip_prefix("node:").unwrap_or(text))
    })
}

/// The name stands in an import under its own name.
fn is_import(scanned: &Scanned<'_>, at: usize) -> bool {
    let statement = scanned.statement(at);
    (statement.contains("import")
        || statement.contains("require")
        || statement.trim_start().starts_with("use "))
        && !is_renamed(scanned, at)
}

/// `from subprocess import run as r`, `const {exec: x} = require(…)`.
fn is_renamed(scanned: &Scanned<'_>, at: usize) -> bool {
    let rest = scanned.text[at..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let rest = rest.trim_start();
    let name = &scanned.text[at..];
    // A module under another name still has its names.
    let module =
        IMPORTED.has(name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or(name));
    !module && (rest.starts_with("as ") || rest.starts_with(':'))
}

/// `def system(…)`, `function spawn(…)`.
fn is_definition(scanned: &Scanned<'_>, at: usize) -> bool {
    let before = scanned.text[..at].trim_end();
    ["def", "function", "fn", "sub", "class", "defp"].iter().any(|word| before.ends_with(word))
}

/// A module of which a name is used: `subprocess.PIPE`; constants and errors run nothing.
fn follows(scanned: &Scanned<'_>, end: usize) -> bool {
    let rest = scanned.text[end..].trim_start();
    let Some(rest) = rest.strip_prefix('.').or(rest.strip_prefix("::")) else { return false };
    let name = rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default();
    ORDINARY.has(name) || RUNS.has(name) || name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// The commands of a call, and whether something is put into them at run time; nothing if they are computed.
fn commands(language: &str, name: &str, code: &Text, arguments: &[Argument]) -> Option<(Vec<Text>, bool)> {
    // `os.spawnlp(os.P_WAIT, 'ls', 'ls')`
    let arguments = match arguments {
        [Argument::Other, rest @ ..] if name.starts_with("spawnl") || name.starts_with("spawnv") => rest,
        all => all,
    };
    // The environment comes last, and options.
    let given: Vec<&Argument> =
        arguments.iter().filter(|argument| !matches!(argument, Argument::Named)).collect();
    let itself = if matches!(language, "node" | "bun") { "node" } else { "python" };
    match given.as_slice() {
        [] if arguments.is_empty() => Some((Vec::new(), false)),
        [Argument::List { elements, open }, ..] => {
            Some((vec![words(code, None, elements, *open, itself)], false))
        }
        [Argument::Text(first), rest @ ..] => {
            let mut filled = first.computed();
            let plain = code.slice(first.inside.clone());
            let mut elements = Vec::new();
            let mut open = false;
            for argument in rest {
                match argument {
                    Argument::Text(literal) => elements.push(Element::Text(literal.clone())),
                    Argument::List { elements: listed, open: more } => {
                        elements.extend(listed.iter().cloned());
                        open |= more;
                    }
                    Argument::Other => open = true,
                    Argument::Named => {}
                }
            }
            let blank = plain.as_str().trim().contains([' ', '\t', '\n', ';']);
            let mut found = Vec::new();
            if elements.is_empty() && !open || blank {
                found.push(plain);
            }
            if !elements.is_empty() || open {
                filled |= elements.iter().any(|it| matches!(it, Element::Text(text) if text.computed()));
                found.push(words(code, Some(first), &elements, open, itself));
            }
            Some((found, filled))
        }
        _ => None,
    }
}

/// The words of a command, each in quotes.
fn words(code: &Text, first: Option<&Literal>, elements: &[Element], open: bool, itself: &str) -> Text {
    let mut command = Text::default();
    let base = |literal: &Literal| {
        let text = &code.as_str()[literal.inside.clone()];
        text.rsplit('/').next().unwrap_or(text)
    };
    // `execl('/bin/ls', 'ls', '-l')` names the program twice.
    let twice =
        matches!((first, elements), (Some(first), [Element::Text(next), ..]) if base(first) == base(next));
    let rest = elements[usize::from(twice)..].iter().cloned();
    let span = code.span();
    let mut end = span.start..span.start;
    for element in first.cloned().map(Element::Text).into_iter().chain(rest) {
        if !command.is_empty() {
            command.push_decoded(" ", &end);
        }
        match element {
            Element::Text(literal) if literal.computed() => {
                end = code.slice(literal.inside.clone()).span();
                command.push_decoded(COMPUTED, &end);
            }
            Element::Text(literal) => {
                let text = code.slice(literal.inside);
                let place = text.span();
                command.push_decoded("'", &(place.start..place.start));
                let mut start = 0;
                for (at, _) in text.as_str().match_indices('\'') {
                    command.append(&text.slice(start..at));
                    command.push_decoded("'\\''", &text.places().span(at..at + 1));
                    start = at + 1;
                }
                command.append(&text.slice(start..text.as_str().len()));
                end = place.end..place.end;
                command.push_decoded("'", &end);
            }
            Element::Itself => command.push_decoded(itself, &end),
            Element::Computed => command.push_decoded(COMPUTED, &end),
        }
    }
    if open {
        command.push_decoded(" ${__computed}", &end);
    }
    command
}

/// A member of a name is used, and not one by which a function is called: `system.call(…)`.
fn has_member(scanned: &Scanned<'_>, end: usize) -> bool {
    let Some(member) = scanned.text[end..].strip_prefix('.') else { return false };
    let calls = ["__", "apply", "bind", "call", "sync"].iter().any(|name| member.starts_with(name));
    !calls && member.starts_with(|c: char| c.is_ascii_alphabetic())
}
