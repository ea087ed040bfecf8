//! Text of a plan or of a command without anything that a terminal acts on or that a reader does not see.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::secret::Mask;

/// Whether a character is never printed as it is: it steers the terminal, turns the direction of the text round it, or
/// takes no room at all (Unicode TR 36; "Trojan Source", CVE-2021-42574). A joiner within an emoji is let through.
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Words, maybe over several lines, that may quote a plan: no credential, and a sign in place of what is not to be
/// printed.
pub fn safe(words: &str) -> String {
    Mask::default().mask(words).replace(is_unseen, "\u{fffd}")
}

/// Text for one line of a terminal or an attribute: line endings and other control characters become blanks.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|character: char| character.is_control() || character.is_whitespace());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    line.replace(is_unseen, "\u{fffd}")
}

/// A line of a command or of output: escape sequences and control characters are left out.
pub(super) fn visible(line: &str) -> String {
    let plain = anstream::adapter::strip_str(line).to_string();
    let mut shown: String =
        plain.chars().filter(|character| *character == '\t' || !character.is_control()).collect();
    if shown.contains(is_unseen) {
        shown = shown.replace(is_unseen, "\u{fffd}");
    }
    shown
}

/// Lines of a source with signs of the same size in place of what is not to be printed, so that every place in them
/// stays where it was. Of the ASCII control characters the renderer draws pictures.
pub(super) fn same_size(lines: &str) -> Cow<'_, str> {
    let unseen = |character: char| is_unseen(character) && !character.is_ascii();
    if !lines.contains(unseen) {
        return Cow::Borrowed(lines);
    }
    let sign = |character: char| match (unseen(character), character.len_utf8()) {
        (false, _) => Cow::Owned(character.to_string()),
        (true, 2) => Cow::Borrowed("\u{bf}"),
        (true, 3) => Cow::Borrowed("\u{fffd}"),
        (true, _) => Cow::Borrowed("\u{fffd}?"),
    };
    Cow::Owned(lines.chars().map(sign).collect())
}

/// JSON with escapes in place of what is not to be printed. Outside of strings JSON is ASCII, and within them the
/// control characters of ASCII are escaped already, so this changes no value.
pub(super) fn escaped(json: String) -> String {
    let unseen = |character: char| is_unseen(character) && !character.is_ascii();
    if !json.contains(unseen) {
        return json;
    }
    json.chars().fold(String::with_capacity(json.len() + 16), |mut text, character| {
        if unseen(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(character);
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}[2J\u{9b}b\u{202e}c\u{200b}d\u{feff}e\u{e0041}f\u{ad}g👩\u{200d}💻";

    #[test]
    fn nothing_unseen_is_left_and_what_is_seen_stays() {
        assert_eq!(
            safe(HOSTILE),
            "a\u{fffd}[2J\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f\u{fffd}g👩\u{200d}💻"
        );
        assert_eq!(one_line("a\n b\u{202e}"), "a b\u{fffd}");
        assert_eq!(visible("\ta\u{1b}[31mb\u{202e}"), "\tab\u{fffd}");
        let same = same_size(HOSTILE);
        assert_eq!(same.len(), HOSTILE.len());
        assert!(!same.contains(|character: char| is_unseen(character) && !character.is_ascii()), "{same}");
    }

    #[test]
    fn escapes_in_json_change_no_value() {
        let json = escaped(serde_json::to_string(HOSTILE).unwrap());
        assert!(!json.contains(is_unseen), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), HOSTILE);
    }
}
