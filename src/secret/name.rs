//! Whether a name promises that its value is secret.

/// Words that say it wherever they stand.
const WORDS: &[&str] = &[
    "AUTH",
    "AUTHORIZATION",
    "BEARER",
    "COOKIES",
    "CREDS",
    "PASSCODE",
    "PASSPHRASE",
    "SESSION",
    "SESSIONID",
];

/// Ends of words that say it, for `PGPASSWORD` and `GITHUBTOKEN`.
const ENDINGS: &[&str] = &[
    "TOKEN",
    "TOKENS",
    "SECRET",
    "SECRETS",
    "PASSWORD",
    "PASSWORDS",
    "PASSWD",
    "APIKEY",
    "ACCESSKEY",
    "PRIVATEKEY",
    "SECRETKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "COOKIE",
];

/// What makes a key one to keep: a primary, public or cache key is none.
const KEYS: &[&str] = &[
    "ACCESS",
    "ACCOUNT",
    "ADMIN",
    "API",
    "AUTH",
    "CLIENT",
    "DEPLOY",
    "ENCRYPTION",
    "HMAC",
    "JWT",
    "LICENSE",
    "MASTER",
    "PRIVATE",
    "ROOT",
    "SECRET",
    "SERVER",
    "SERVICE",
    "SHARED",
    "SIGNING",
    "SSH",
    "STORAGE",
    "SUBSCRIPTION",
    "WEBHOOK",
];

/// Last words of a name that only tells something about a secret, such as where it is kept.
const ABOUT: &[&str] = &[
    "ADDRESS", "COUNT", "DIR", "DOMAIN", "ENABLED", "ENDPOINT", "EXPIRES", "EXPIRY", "FILE", "FOLDER",
    "HOST", "ISSUER", "LENGTH", "LIMIT", "MANAGER", "METHOD", "MODE", "NAME", "PATH", "PORT", "SIZE", "SOCK",
    "SOCKET", "TIMEOUT", "TTL", "TYPE", "URI", "URL", "USER",
];

/// Words beside `TOKENS` that make them the tokens of a language.
const COUNTED: &[&str] =
    &["COMPLETION", "INPUT", "MAX", "MIN", "NUM", "NUMBER", "OUTPUT", "PROMPT", "TOTAL", "USED"];

/// Whether a variable or field of this name holds a secret, as far as its name says: `GITHUB_TOKEN`, `dbPassword`,
/// `x-api-key`. Case does not count; words end at `_`, at other signs, and where camel case says so.
pub fn looks_secret(name: &str) -> bool {
    let apart = in_capitals(name);
    let words: Vec<&str> = apart
        .split(' ')
        .map(|word| word.trim_end_matches(|end: char| end.is_ascii_digit()))
        .filter(|word| !word.is_empty())
        .collect();
    let Some(last) = words.last() else { return false };
    if words.len() > 1 && ABOUT.contains(last) {
        return false;
    }
    (0..words.len()).any(|index| says_so(&words, index))
}

fn says_so(words: &[&str], index: usize) -> bool {
    let word = words[index];
    let before = index.checked_sub(1).map(|before| words[before]);
    let is_last = index + 1 == words.len();
    match word {
        // `PWD` alone is the working directory, and `PASS` alone is what tests print.
        "PWD" | "PASS" | "PW" => is_last && before.is_some_and(|before| !before.starts_with("TEST")),
        "KEY" | "KEYS" => before.is_some_and(|before| KEYS.contains(&before)),
        "TOKENS" => !words.iter().any(|word| COUNTED.contains(word)),
        _ => WORDS.contains(&word) || ENDINGS.iter().any(|ending| word.ends_with(ending)),
    }
}

/// The words of a name in capitals, with a blank between them.
fn in_capitals(name: &str) -> String {
    let mut apart = String::with_capacity(name.len() + 8);
    let mut before: Option<char> = None;
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        // `apiKey`, and `APIKey` before its `K`.
        let starts = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && characters.peek().is_some_and(|after| after.is_lowercase()))
            });
        if starts || !character.is_alphanumeric() {
            apart.push(' ');
        }
        if character.is_ascii() && character.is_alphanumeric() {
            apart.push(character.to_ascii_uppercase());
        } else if character.is_alphanumeric() {
            apart.extend(character.to_uppercase());
        }
        before = Some(character);
    }
    apart
}
