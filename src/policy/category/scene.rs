//! One call with everything around it that says what it is about: its words, the environment it names, its input.

use std::cell::OnceCell;

use crate::policy::shell::{Flag, Invocation, SimpleCommand, Word};

use super::deployment::Way;
use super::target::{self, Target};
use super::verbs::{self, Kind};

/// A call and what belongs to it.
pub struct Scene<'a> {
    pub(super) invocation: &'a Invocation,
    pub(super) command: &'a SimpleCommand,
    /// `NAME=value` that the script sets before.
    pub(super) settings: &'a [String],
    pub(super) operands: Vec<&'a str>,
    /// The words of the operands.
    given: Vec<&'a Word>,
    /// For each operand: an option stood before it that might have taken it as its value.
    after_flag: Vec<bool>,
    pub(super) flags: Vec<Flag<'a>>,
    /// A word that is computed may be an option or the subcommand.
    pub(super) hidden: bool,
    only_tells: bool,
    /// How it puts something out; several rules want to know.
    pub(super) way: OnceCell<Way>,
}

impl<'a> Scene<'a> {
    /// The scene of one call.
    pub fn new(invocation: &'a Invocation, command: &'a SimpleCommand, settings: &'a [String]) -> Scene<'a> {
        let mut arguments = invocation.arguments();
        // `cargo +stable publish`: which toolchain runs it says nothing of what it does.
        let toolchain = matches!(invocation.program.as_str(), "cargo" | "rustc" | "rustup")
            && arguments.operands.first().is_some_and(|word| {
                word.prefix.starts_with('+') || word.text.as_deref().is_some_and(|text| text.starts_with('+'))
            });
        // `gcloud beta run deploy` is what `gcloud run deploy` is.
        let channel = invocation.program == "gcloud"
            && arguments
                .operands
                .first()
                .is_some_and(|word| matches!(word.text.as_deref(), Some("alpha" | "beta" | "preview")));
        if toolchain || channel {
            arguments.operands.remove(0);
            arguments.after_flag.remove(0);
        }
        if invocation.program == "git" {
            arguments.flags.iter_mut().for_each(complete);
        }
        take_back(&mut arguments.flags);
        let operands =
            arguments.operands.iter().map(|word| word.text.as_deref().unwrap_or(&word.prefix)).collect();
        let mut scene = Scene {
            invocation,
            command,
            settings,
            operands,
            given: arguments.operands,
            after_flag: arguments.after_flag,
            flags: arguments.flags,
            hidden: arguments.hidden,
            only_tells: false,
            way: OnceCell::new(),
        };
        scene.only_tells = scene.tells();
        scene
    }

    pub(super) fn program(&self) -> &str {
        &self.invocation.program
    }

    /// The computed word stands where one of these phrases has a word that decides: `git $CMD`, `prisma migrate $VERB`.
    /// It may become that word, so that nobody can say that the call has nothing to do with it.
    pub(super) fn may_become<'p>(&self, mut phrases: impl Iterator<Item = &'p str>) -> bool {
        let Some(at) = self.given.iter().position(|word| word.text.is_none()) else {
            // `git $FLAGS`: all words that there are may be one that has no place yet.
            return self.hidden && self.operands.is_empty() && phrases.any(|it| !it.is_empty());
        };
        phrases.any(|phrase| {
            let mut words = phrase.split_ascii_whitespace();
            self.operands[..at].iter().all(|given| words.next() == Some(given))
                && words.next().is_some_and(|word| word.starts_with(self.operands[at]))
        })
    }

    /// An operand stands right behind one of these options.
    pub(super) fn follows(&self, at: usize, options: &[&str]) -> bool {
        let words = self.invocation.words();
        let place = self.given.get(at).and_then(|word| words.iter().position(|it| it.span == word.span));
        let before = place.and_then(|place| words.get(place.checked_sub(1)?)?.text.as_deref());
        before.is_some_and(|before| options.contains(&before))
    }

    /// The last operand is a place on a machine whose name is computed: `"$HOST:/srv"`.
    pub(super) fn sends_to_computed_host(&self) -> bool {
        let last = self.given.last().filter(|word| word.text.is_none() && word.prefix.is_empty());
        last.is_some_and(|word| word.literals().first().is_some_and(|literal| literal.starts_with(':')))
    }

    /// An operand is computed when it runs.
    pub(super) fn is_computed(&self, at: usize) -> bool {
        self.given.get(at).is_some_and(|word| word.text.is_none())
    }

    /// The operands from a number on hold one that is computed and is no `NAME=…`.
    pub(super) fn computes(&self, from: usize) -> bool {
        let computed = self.given.iter().skip(from).filter(|word| word.text.is_none());
        computed.into_iter().any(|word| !word.prefix.contains(['=', '/']))
    }

    /// The scene as it is if an option that is not known takes the word behind it: `tool --new-option x apply`. Not
    /// where the word says by itself what the call does.
    pub(super) fn shifted(&self) -> Option<Scene<'a>> {
        let first = self.operands.first()?;
        let says = || {
            verbs::common(first) != Kind::Unknown
                || matches!(*first, "test" | "run" | "check" | "bench" | "rsync" | "cp")
        };
        if !self.after_flag.first().copied()? || self.operands.len() < 2 || says() {
            return None;
        }
        Some(Scene {
            operands: self.operands[1..].to_vec(),
            given: self.given[1..].to_vec(),
            after_flag: self.after_flag[1..].to_vec(),
            flags: self.flags.clone(),
            way: OnceCell::new(),
            ..*self
        })
    }

    /// One of these options is given.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.flags.iter().any(|flag| names.contains(&&*flag.name) && !is_off(flag))
    }

    /// The operands begin with these words.
    pub(super) fn is(&self, words: &[&str]) -> bool {
        self.operands.len() >= words.len()
            && self.operands.iter().zip(words).all(|(given, word)| given == word)
    }

    /// It only prints help, its version, or what it would do.
    pub(super) fn only_tells(&self) -> bool {
        self.only_tells
    }

    fn tells(&self) -> bool {
        let words = self.invocation.words();
        let last = words.last().and_then(|word| word.text.as_deref());
        // `--dry-run false`
        let off = |flag: &Flag<'_>| {
            let behind = self.given.iter().find(|word| word.span.start == flag.span.end + 1);
            let value = behind.and_then(|word| word.text.as_deref());
            is_off(flag) || matches!(value, Some("false" | "no" | "none"))
        };
        let dry = self.flags.iter().filter(|flag| !off(flag)).any(|flag| match &*flag.name {
            "--help"
            | "-help"
            | "--dryrun"
            | "--dry"
            | "--what-if"
            | "--whatif"
            | "--generate-cli-skeleton"
            | "--syntax-check"
            | "--preview"
            | "--just-print"
            | "--recon"
            | "--dry-run" => true,
            // `helm upgrade api ./chart --version 1.2.3` is told which one.
            "--version" | "-version" => {
                flag.value.is_none()
                    && (self.operands.is_empty() || matches!(last, Some("--version" | "-version")))
            }
            _ => false,
        });
        // `kubectl delete ns help` deletes what is called so.
        let help = last == Some("-h")
            || self.operands.first() == Some(&"help")
            || last == Some("help") && self.program() == "aws";
        let version = words.len() == 1 && matches!(last, Some("-v" | "-V" | "version"));
        dry || help || version
    }

    /// Which environment its words, settings and the way to it name.
    pub(super) fn target(&self) -> Target {
        target::target(self)
    }
}

/// A dry run that is taken back is none: `--dry-run --no-dry-run`, `--dry-run=client --dry-run=none`.
fn take_back(flags: &mut Vec<Flag<'_>>) {
    let dry = |flag: &Flag<'_>| matches!(&*flag.name, "--dry-run" | "--dryrun" | "-n");
    let back = |flag: &Flag<'_>| {
        matches!(&*flag.name, "--no-dry-run" | "--no-n" | "--no-dryrun") || dry(flag) && is_off(flag)
    };
    if flags.iter().any(back) {
        flags.retain(|flag| !dry(flag));
    }
}

/// The option is turned off: `--push=false`.
fn is_off(flag: &Flag<'_>) -> bool {
    matches!(flag.value, Some("false" | "no" | "none" | "off" | "0"))
}

/// Git takes the beginning of an option for the option; those that lose work are named whole: `--har` is `--hard`.
fn complete(flag: &mut Flag<'_>) {
    const LOSING: [&str; 7] =
        ["--delete", "--discard-changes", "--force", "--force-create", "--hard", "--mirror", "--prune"];
    // Fewer letters begin too many others.
    if let Some(long) = LOSING.into_iter().find(|long| flag.name.len() >= 5 && long.starts_with(&*flag.name))
    {
        flag.name = long.into();
    }
}
