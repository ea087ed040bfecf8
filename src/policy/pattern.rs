//! Matches one call of a program against a rule's code span, by meaning: program, flags and operands.

use globset::{Glob, GlobBuilder, GlobMatcher};

use super::shell::{self, Arguments, Flag, Invocation, Word, arguments, program_name};
use super::writes::normalised;

/// A rule's code span such as `rm -rf` or `git push --force`, as program, flags and operands.
#[derive(Debug, Clone)]
pub struct Pattern {
    program: String,
    flags: Vec<PatternFlag>,
    operands: Vec<Operand>,
}

#[derive(Debug, Clone)]
struct PatternFlag {
    name: String,
    value: Option<String>,
    glob: Option<GlobMatcher>,
}

#[derive(Debug, Clone)]
enum Operand {
    Exact(String),
    Glob(GlobMatcher),
    /// `*` at the end: any further operands, or none.
    Rest,
}

/// How a call relates to a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// It does not match.
    No,
    /// A word that is computed at run time could complete it.
    Unknown,
    /// It matches.
    Yes,
}

/// Why a code span is no pattern of a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// No words at all.
    #[error("the rule names no command")]
    Empty,
    /// An open quote.
    #[error("the rule has a quote that is not closed")]
    Unbalanced,
    /// The first word cannot be a program.
    #[error("`{0}` is no name of a program")]
    Program(String),
    /// Pipes, lists, redirections and expansions are more than one command's words.
    #[error("`{0}` in the rule is shell syntax, and only one simple command can be matched")]
    Syntax(char),
    /// A malformed `[…]` or `{…}`.
    #[error("`{0}` is no valid wildcard pattern")]
    Wildcard(String),
}

/// Short and long names of one option: program, subcommand (or nothing), short, long.
const SYNONYMS: [(&str, &str, &str, &str); 25] = [
    ("chmod", "", "-R", "--recursive"),
    ("chown", "", "-R", "--recursive"),
    ("cp", "", "-R", "--recursive"),
    ("cp", "", "-r", "--recursive"),
    ("cp", "", "-f", "--force"),
    ("git", "add", "-f", "--force"),
    ("git", "branch", "-d", "--delete"),
    ("git", "branch", "-f", "--force"),
    ("git", "checkout", "-f", "--force"),
    ("git", "clean", "-f", "--force"),
    ("git", "clean", "-n", "--dry-run"),
    ("git", "commit", "-n", "--no-verify"),
    ("git", "commit", "-a", "--all"),
    ("git", "push", "-d", "--delete"),
    ("git", "push", "-f", "--force"),
    ("git", "push", "-n", "--dry-run"),
    ("git", "push", "-u", "--set-upstream"),
    ("git", "rm", "-f", "--force"),
    ("git", "switch", "-f", "--force"),
    ("mv", "", "-f", "--force"),
    ("rm", "", "-R", "--recursive"),
    ("rm", "", "-r", "--recursive"),
    ("rm", "", "-d", "--dir"),
    ("rm", "", "-f", "--force"),
    ("rm", "", "-v", "--verbose"),
];

/// All long options of programs that accept unambiguous beginnings of them.
const LONG_OPTIONS: [(&str, &str, &[&str]); 2] = [
    (
        "rm",
        "",
        &[
            "--dir",
            "--force",
            "--help",
            "--interactive",
            "--no-preserve-root",
            "--one-file-system",
            "--preserve-root",
            "--recursive",
            "--verbose",
            "--version",
        ],
    ),
    (
        "git",
        "push",
        &[
            "--all",
            "--atomic",
            "--branches",
            "--delete",
            "--dry-run",
            "--exec",
            "--follow-tags",
            "--force",
            "--force-if-includes",
            "--force-with-lease",
            "--mirror",
            "--porcelain",
            "--progress",
            "--prune",
            "--push-option",
            "--quiet",
            "--receive-pack",
            "--recurse-submodules",
            "--repo",
            "--set-upstream",
            "--signed",
            "--tags",
            "--thin",
            "--verbose",
            "--verify",
        ],
    ),
];

/// Programs whose operands are all of one kind, so that their order does not matter.
const UNORDERED: [&str; 8] = ["chmod", "chown", "cp", "mkdir", "mv", "rm", "rmdir", "touch"];

/// Programs of those that run their operands with some of their subcommands.
const RUN_BY_VERB: [&str; 10] =
    ["brew", "cargo", "docker", "gh", "git", "go", "kubectl", "npm", "pnpm", "yarn"];

impl Pattern {
    /// Reads a rule's code span; backticks around it do not count.
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        let text = text.trim().trim_matches('`').trim();
        let words = shlex::split(text).ok_or(PatternError::Unbalanced)?;
        if let Some(c) = text.chars().find(|c| "|&;<>$()`\n".contains(*c)) {
            return Err(PatternError::Syntax(c));
        }
        let [program, rest @ ..] = words.as_slice() else { return Err(PatternError::Empty) };
        let name = program_name(program);
        if name.is_empty() || name.starts_with('-') || name.contains(['*', '?', '[']) {
            return Err(PatternError::Program(program.clone()));
        }
        let rest: Vec<Word> = rest.iter().map(|text| Word::of(text)).collect();
        let Arguments { flags, operands, .. } = arguments(name, &rest);
        let operands: Vec<&str> = operands.iter().filter_map(|word| word.text.as_deref()).collect();
        let subcommand = operands.first().copied().unwrap_or_default();
        let flags =
            flags.iter().map(|flag| PatternFlag::new(name, subcommand, flag)).collect::<Result<_, _>>()?;
        let last = operands.len().saturating_sub(1);
        let operands = operands.iter().enumerate().map(|(index, text)| Operand::new(text, index == last));
        Ok(Pattern { program: family(name).to_owned(), flags, operands: operands.collect::<Result<_, _>>()? })
    }

    /// The program that it names.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// It is about deleting files whatever is in them: `rm` with `-r` or `-f`, or by itself.
    pub fn deletes_trees(&self) -> bool {
        let recursive = self.flags.iter().any(|flag| flag.name == "--recursive");
        self.program == "rm" && (recursive || self.flags.is_empty()) && self.operands.is_empty()
    }

    /// Whether a call does what the pattern names: at least its flags, on its operands.
    pub fn matches(&self, invocation: &Invocation) -> Match {
        if family(&invocation.program) == self.program {
            return self.flags(invocation).min(self.operands(invocation));
        }
        self.passed_on(invocation)
    }

    /// The program may be run by another that is not known to run its arguments.
    fn passed_on(&self, invocation: &Invocation) -> Match {
        // `git ${x}rebase -x 'rm -rf out'`: a computed subcommand may run what stands behind it.
        let words = invocation.words();
        let verb = words.iter().find(|word| {
            !word.prefix.starts_with('-') && !word.text.as_deref().is_some_and(|it| it.starts_with('-'))
        });
        if RUN_BY_VERB.contains(&invocation.program.as_str()) && verb.is_some_and(|verb| verb.text.is_none())
        {
            let texts = words.iter().filter_map(|word| word.text.as_deref());
            let names = |text: &str| {
                text.split(|c: char| c.is_whitespace() || ";&|".contains(c))
                    .any(|it| program_name(it) == self.program)
            };
            return if texts.into_iter().any(names) { Match::Unknown } else { Match::No };
        }
        if invocation.runs_text() || is_own_command(invocation) {
            return Match::No;
        }
        if invocation.calls() || invocation.follows() || shell::takes_words(&invocation.program) {
            return Match::No;
        }
        let mut candidates =
            (0..invocation.words().len()).filter_map(|index| invocation.inner(index, &self.program));
        // A bound on the work; whoever repeats a program's name more often than this is asked.
        let matches = candidates.by_ref().take(8).any(|inner| self.matches(&inner) != Match::No);
        if matches || candidates.next().is_some() { Match::Unknown } else { Match::No }
    }

    fn flags(&self, invocation: &Invocation) -> Match {
        let given = invocation.arguments();
        let subcommand = given.operands.first().and_then(|word| word.text.as_deref()).unwrap_or_default();
        let names: Vec<String> =
            given.flags.iter().map(|flag| canonical(&self.program, subcommand, &flag.name)).collect();
        let missing = self.flags.iter().any(|wanted| {
            !names.iter().zip(&given.flags).any(|(name, flag)| wanted.is_met(name, flag, &given.operands))
        });
        // `git push origin +main` and `--mirror` are `--force` in other words; a lease only makes it more careful.
        let refspec = |word: &&Word| word.text.as_deref().unwrap_or(&word.prefix).starts_with('+');
        let pushes = self.program == "git" && subcommand == "push";
        let only_force = matches!(self.flags.as_slice(), [flag] if flag.name == "--force");
        let has = |wanted: &str| names.iter().any(|name| name == wanted);
        let forced = has("--mirror") || given.operands.iter().any(refspec);
        if pushes && only_force && has("--dry-run") {
            return Match::No;
        }
        if pushes && only_force && forced {
            return Match::Yes;
        }
        let careful = pushes && only_force && has("--force-with-lease");
        // A single word cannot be both the flags that are missing and something to use them on.
        let alone = self.operands.is_empty()
            && UNORDERED.contains(&self.program.as_str())
            && !invocation.open_ended
            && !given.odd
            && matches!(given.operands.as_slice(), [only] if !only.splits && !only.globbed && only.may_be_option())
            && invocation.words().iter().filter(|word| word.may_be_option()).count() == 1;
        match (missing, given.hidden && !alone || given.odd || careful) {
            (false, _) => Match::Yes,
            (true, true) => Match::Unknown,
            (true, false) => Match::No,
        }
    }

    fn operands(&self, invocation: &Invocation) -> Match {
        let given = invocation.arguments();
        let open = invocation.open_ended;
        if UNORDERED.contains(&self.program.as_str()) {
            let found = |wanted: &Operand| {
                let best = given.operands.iter().map(|word| wanted.relation(word)).max();
                best.unwrap_or(Match::No).max(if open { Match::Unknown } else { Match::No })
            };
            let wanted = self.operands.iter().filter(|operand| !matches!(operand, Operand::Rest));
            return wanted.map(found).min().unwrap_or(Match::Yes);
        }
        let leading = self.leading(&given.operands, open);
        // What stands behind options that are not known may be their values.
        let skipped = given.after_flag.iter().take_while(|after_flag| **after_flag).count();
        let later = (1..=skipped.min(8)).map(|skip| self.leading(&given.operands[skip..], open));
        if leading == Match::Yes || later.max().unwrap_or(Match::No) == Match::No {
            return leading;
        }
        Match::Unknown
    }

    fn leading(&self, given: &[&Word], open_ended: bool) -> Match {
        let mut result = Match::Yes;
        let mut given = given.iter();
        for wanted in &self.operands {
            let relation = match (wanted, given.next()) {
                (Operand::Rest, _) => return result,
                // It may become any number of words, so that nothing behind it has a certain place.
                (_, Some(word)) if word.splits => return result.min(Match::Unknown),
                (_, Some(word)) => wanted.relation(word),
                (_, None) if open_ended => Match::Unknown,
                (_, None) => Match::No,
            };
            result = result.min(relation);
        }
        result
    }
}

impl PatternFlag {
    fn new(program: &str, subcommand: &str, flag: &Flag<'_>) -> Result<PatternFlag, PatternError> {
        let glob = if flag.name.contains('*') { Some(wildcard(&flag.name)?) } else { None };
        let name = canonical(program, subcommand, &flag.name);
        Ok(PatternFlag { name, value: flag.value.map(str::to_owned), glob })
    }

    fn is_met(&self, name: &str, flag: &Flag<'_>, operands: &[&Word]) -> bool {
        let named = self.glob.as_ref().map_or(self.name == name, |glob| glob.is_match(name));
        let valued = match (&self.value, flag.value) {
            (None, _) => true,
            (Some(wanted), Some(given)) => wanted == given,
            (Some(wanted), None) => operands.iter().any(|word| word.text.as_deref() == Some(wanted)),
        };
        named && valued
    }
}

impl Operand {
    fn new(text: &str, last: bool) -> Result<Operand, PatternError> {
        match text {
            "*" if last => Ok(Operand::Rest),
            _ if text.contains('*') => wildcard(text).map(Operand::Glob),
            _ => Ok(Operand::Exact(normalised(text))),
        }
    }

    fn relation(&self, word: &Word) -> Match {
        let Some(text) = &word.text else { return Match::Unknown };
        let text = normalised(text);
        let equal = match self {
            Operand::Exact(wanted) => *wanted == text,
            Operand::Glob(glob) => glob.is_match(&text),
            Operand::Rest => true,
        };
        match (equal, self) {
            (true, _) => Match::Yes,
            (false, Operand::Exact(wanted)) if word.globbed => {
                // The shell may put the very name in the place of `buil?`.
                let could = Glob::new(&text).map_or(true, |glob| glob.compile_matcher().is_match(wanted));
                if could { Match::Unknown } else { Match::No }
            }
            (false, Operand::Glob(_)) if word.globbed => Match::Unknown,
            (false, Operand::Exact(_) | Operand::Glob(_) | Operand::Rest) => Match::No,
        }
    }
}

fn wildcard(text: &str) -> Result<GlobMatcher, PatternError> {
    let glob = GlobBuilder::new(text).literal_separator(false).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|_| PatternError::Wildcard(text.to_owned()))
}

/// `cmake -E echo rm x`: commands of its own, of which those that run others have calls of their own.
fn is_own_command(invocation: &Invocation) -> bool {
    let first = invocation.words().first().and_then(|word| word.text.as_deref());
    invocation.program == "cmake" && first == Some("-E")
}

/// One name for programs that take the same words to the same effect.
fn family(program: &str) -> &str {
    match program {
        "opentofu" | "tofu" => "terraform",
        "flyctl" => "fly",
        "vc" => "vercel",
        other => other,
    }
}

/// The long name of an option, if the program is known to have one.
fn canonical(program: &str, subcommand: &str, name: &str) -> String {
    let applies = |known: &str, of: &str| known == program && (of.is_empty() || of == subcommand);
    let synonym = SYNONYMS.iter().find(|(known, of, short, _)| applies(known, of) && *short == name);
    if let Some((.., long)) = synonym {
        return (*long).to_owned();
    }
    let listed = LONG_OPTIONS.iter().find(|(known, of, _)| applies(known, of)).map_or(&[][..], |(.., l)| l);
    let mut completed = listed.iter().filter(|long| name.len() > 2 && long.starts_with(name));
    match (completed.next(), completed.next()) {
        (Some(only), None) => (*only).to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
