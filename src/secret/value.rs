//! Whether a value looks like a secret or like a word that stands for one.

use std::sync::LazyLock;

use regex::Regex;

use super::MASKED;

/// Values shorter than this are never taken for a secret by their look.
pub(super) const SHORTEST: usize = 8;

/// Words that stand where a secret would.
const STAND_INS: &[&str] = &[
    "changeme",
    "credentials",
    "default",
    "disabled",
    "enabled",
    "hidden",
    "masked",
    "none",
    "null",
    "pass",
    "passwd",
    "password",
    "pwd",
    "required",
    "secret",
    "string",
    "token",
    "true",
    "false",
    "undefined",
];

/// How made-up values begin.
const MADE_UP: &[&str] = &[
    "change_me",
    "change-me",
    "dummy",
    "example",
    "fake",
    "insert",
    "my-",
    "my_",
    "placeholder",
    "redacted",
    "replace",
    "xxxx",
    "your",
];

/// Whether a value only stands for a secret: `<token>`, `$TOKEN`, `${{ … }}`, `xxx`, `***`, `changeme`.
pub(super) fn is_stand_in(value: &str) -> bool {
    let mut characters = value.chars();
    let first = characters.next();
    if characters.all(|other| Some(other) == first) || value == MASKED {
        return true;
    }
    let second = value.chars().nth(1).unwrap_or(' ');
    let opens = match first {
        Some('$') => second.is_ascii_alphabetic() || matches!(second, '_' | '{' | '('),
        Some('%') => value.ends_with('%'),
        Some('<') => true,
        Some('{') => value.ends_with('}'),
        _ => false,
    };
    let lower = value.to_lowercase();
    opens
        || ["${", "$(", "{{", "...", "…", "****"].iter().any(|mark| value.contains(mark))
        || STAND_INS.contains(&lower.as_str())
        || MADE_UP.iter().any(|start| lower.starts_with(start))
}

/// Whether a value looks as if nobody was meant to guess it. `lenient` also takes a word with digits, as in passwords.
pub(super) fn looks_random(value: &str, lenient: bool) -> bool {
    // What is a number with its unit, a version or a date; a path; a digest; code.
    static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let number = r"[0-9.,_:]+[A-Za-z%µ]{0,3}";
        let version = r"[\^~=<>v]*[0-9]+\.[0-9]+.*";
        let date = r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*";
        let path = r"(?:\.{0,2}|~)/[A-Za-z0-9_.-]+(?:/.*)?";
        let digest = r"(?i:sha|md5)[0-9]*[:-].*";
        Regex::new(&format!("^(?:{number}|{version}|{date}|{path}|{digest})$")).ok()
    });
    let code = value.contains("::") || value.contains("://") || value.contains(['(', ' ', '\t']);
    let letters = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    if value.len() < SHORTEST || code || !letters || entropy(value) < 2.5 {
        return false;
    }
    let digits = value.bytes().any(|byte| byte.is_ascii_digit());
    if !digits && (value.len() < 20 || turns(value) < value.len() / 3) {
        return false;
    }
    // The cheap questions came first.
    if is_stand_in(value) || PLAIN.as_ref().is_some_and(|plain| plain.is_match(value)) {
        return false;
    }
    lenient || !digits || !value.split(['-', '_', '.', '/']).all(is_word)
}

/// `proxy`, `oauth2`, `1234`: a piece of an identifier.
fn is_word(piece: &str) -> bool {
    let name = piece.trim_end_matches(|end: char| end.is_ascii_digit());
    let number = piece.len() - name.len();
    name.chars().all(char::is_alphabetic) && (number <= 2 || (name.is_empty() && number <= 4))
}

/// How often capitals and small letters take turns: rarely in camel case, often in what is random.
fn turns(value: &str) -> usize {
    let bytes = value.as_bytes();
    bytes.windows(2).filter(|pair| pair[0].is_ascii_uppercase() != pair[1].is_ascii_uppercase()).count()
}

/// Shannon's entropy of the bytes, in bits for each.
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts.iter().filter(|&&count| count > 0).fold(0.0, |sum, &count| {
        let share = f64::from(count) / length;
        sum - share * share.log2()
    })
}
