//! Which environment a call names: production, another, or none.

use super::scene::Scene;
use crate::policy::shell::Word;

/// Words that name production.
const PRODUCTION: [&str; 6] = ["live", "prd", "prod", "production", "www", "prodution"];
/// Words that name something else wherever a place may be named.
const OTHER: [&str; 13] = [
    "dev",
    "development",
    "local",
    "localhost",
    "minikube",
    "preprod",
    "preview",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "stg",
    "uat",
];
/// Words that do so only where an option or a setting asks for a place: elsewhere they name a branch, a mode or a file.
const OTHER_IF_ASKED: [&str; 7] = ["ci", "demo", "int", "integration", "kind", "nightly", "review"];

/// Words in the name of an option or setting that asks for a place.
const ASKS: [&str; 22] = [
    "account",
    "alias",
    "app",
    "channel",
    "cluster",
    "config",
    "context",
    "env",
    "environment",
    "host",
    "inventory",
    "namespace",
    "profile",
    "project",
    "remote",
    "server",
    "site",
    "stack",
    "stage",
    "target",
    "values",
    "workspace",
];
/// Words in the name of an option whose value is no place: what it brings, says or makes.
const BRINGS: [&str; 29] = [
    "annotation",
    "arg",
    "author",
    "comment",
    "commit",
    "description",
    "dir",
    "directory",
    "entry",
    "from",
    "image",
    "label",
    "log",
    "manager",
    "message",
    "msg",
    "out",
    "output",
    "reason",
    "runtime",
    "set",
    "source",
    "src",
    "strategy",
    "tag",
    "title",
    "vars",
    "version",
    "width",
];
/// Short options of that sort.
const BRINGS_SHORT: [&str; 3] = ["-d", "-m", "-o"];
/// Options that are a place by themselves: `--staging`.
const FLAGS: [&str; 7] = ["--dev", "--development", "--preview", "--qa", "--sandbox", "--staging", "--uat"];

/// Which environment words name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Production,
    /// Staging, development, a preview.
    Other,
    Unnamed,
}

/// What a word says about the place that a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// An option or setting asks for a place here.
    Asked,
    /// It may name one.
    Open,
    /// It is about something else, so that it can at most say that production is meant.
    Else,
}

/// Which environment the words, settings and the way to a call name. Production counts wherever it stands; another place
/// only where a place may stand, since `--image app:dev-123` goes to production all the same.
pub(super) fn target(scene: &Scene<'_>) -> Target {
    // What is promoted or swapped goes to production; the place that is named is where it comes from.
    let promotes = match scene.program() {
        "heroku" => scene.operands.first() == Some(&"pipelines:promote"),
        "vercel" | "vc" => scene.operands.first() == Some(&"promote"),
        "az" => scene.operands.contains(&"swap"),
        _ => false,
    };
    if promotes {
        return Target::Production;
    }
    let command = scene.command;
    let assigned = command.assignments.iter().filter_map(|it| Some((&it.name, it.value.text.as_deref()?)));
    let assigned = assigned.map(|(name, value)| (of_setting(name), value));
    let via = scene.invocation.via.iter().map(|link| (Role::Open, link.text.as_str()));
    // Only settings whose names ask for a place are told of.
    let settings = scene.settings.iter().map(|setting| (Role::Asked, setting.as_str()));
    let mut other = false;
    let words = in_words(&command.words).chain(in_words(scene.invocation.words()));
    let pushes = scene.program() == "git";
    for (role, text) in words.chain(assigned).chain(via).chain(settings) {
        // `git push heroku staging:main`: what stands before the colon is where it comes from.
        let text = if pushes { text.rsplit(':').next().unwrap_or(text) } else { text };
        for piece in pieces(text) {
            let piece = piece.as_str();
            if PRODUCTION.contains(&piece) {
                return Target::Production;
            }
            other |= match role {
                Role::Asked => OTHER.contains(&piece) || OTHER_IF_ASKED.contains(&piece),
                Role::Open => OTHER.contains(&piece),
                Role::Else => false,
            };
        }
    }
    if other { Target::Other } else { Target::Unnamed }
}

/// The words with what they may say, and of options and settings the values.
fn in_words(words: &[Word]) -> impl Iterator<Item = (Role, &str)> {
    let mut next = Role::Open;
    words.iter().map(move |word| {
        let text = word.text.as_deref().unwrap_or(&word.prefix);
        let role = std::mem::replace(&mut next, Role::Open);
        if !text.starts_with('-') || text == "-" {
            return match text.split_once('=') {
                // `ENV=staging`
                Some((name, value)) if role == Role::Open => (of_setting(name), value),
                Some(_) | None => (role, text),
            };
        }
        match text.split_once('=') {
            Some((name, value)) => (of_option(name), value),
            None if FLAGS.contains(&text) => (Role::Asked, text),
            None => {
                next = of_option(text);
                (Role::Else, text)
            }
        }
    })
}

fn of_option(name: &str) -> Role {
    let says = |words: &[&str]| pieces(name).iter().any(|piece| words.contains(&piece.as_str()));
    if BRINGS_SHORT.contains(&name) || says(&BRINGS) {
        Role::Else
    } else if says(&ASKS) {
        Role::Asked
    } else {
        Role::Open
    }
}

fn of_setting(name: &str) -> Role {
    let says = |words: &[&str]| pieces(name).iter().any(|piece| words.contains(&piece.as_str()));
    if says(&ASKS) { Role::Asked } else { Role::Else }
}

/// The words in a word, in small letters: `ProdStack-eu` has three.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut before = ' ';
    for c in text.chars().take(512) {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            pieces.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(last) = pieces.last_mut()
        {
            last.extend(c.to_lowercase());
        }
        before = c;
    }
    let trimmed =
        pieces.into_iter().map(|piece| piece.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned());
    trimmed.filter(|piece| !piece.is_empty()).collect()
}
