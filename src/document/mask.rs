//! A text as the block parser needs it: without the marks that only mean something inside a line.

/// The text with backticks, `*`, `_` and the boxes of tasks replaced by letters wherever they cannot take part in the
/// structure of blocks. Every other byte, and so every position, stays.
///
/// comrak parses the inside of every paragraph as well, which takes most of its time on text with much code and
/// emphasis, and nobody reads what it finds there (see [`super::code_span`]). Behind the first letter of a line a mark
/// opens no list, fence or rule any more. Three kinds of lines stay as they are: those with a backtick or a tilde before
/// their first letter, since a backtick in its info string keeps a line from opening a fence; those with a `<` there,
/// since one in a tag keeps it from being HTML; and those with none of the marks.
pub(super) fn masked(text: &str) -> String {
    const MARKS: [u8; 3] = [b'`', b'*', b'_'];
    let mut bytes = text.as_bytes().to_vec();
    let mut start = 0;
    while start < bytes.len() {
        let end = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |length| start + length);
        let line = &mut bytes[start..end];
        if let Some(first) = first_letter(line) {
            for byte in &mut line[first + 1..] {
                // Written back in any case, so that many bytes are done at once.
                *byte = if MARKS.contains(byte) { LETTER } else { *byte };
            }
        }
        start = end + 1;
    }
    // Only ASCII became ASCII.
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// What stands for a mark that was taken out.
const LETTER: u8 = b'x';

/// Where the first letter of a line stands, unless something before it makes what follows it count. The box of a task right
/// behind the mark of its item becomes letters.
fn first_letter(line: &mut [u8]) -> Option<usize> {
    let opens = |byte: &u8| byte.is_ascii_alphabetic() || b"`~<".contains(byte);
    let at = line.iter().position(|byte| opens(byte) || *byte == b'[')?;
    // Behind anything else it may be the label of a link.
    let is_in_item = line[..at].trim_ascii_end().last().is_some_and(|mark| b"-*+.)".contains(mark));
    if is_in_item && ticked(&line[at..]).is_some() {
        line[at..at + BOX].fill(LETTER);
    }
    let at = at + line[at..].iter().position(opens)?;
    line[at].is_ascii_alphabetic().then_some(at)
}

/// The length of the box of a task.
pub(super) const BOX: usize = "[ ]".len();

/// Whether the box of a task that a text begins with is ticked; `None` where it begins with none
/// (<https://github.github.com/gfm/#task-list-items-extension->). A blank must follow it there; the marks of a code span
/// or of emphasis do as well, since people leave it out.
pub(super) fn ticked(text: &[u8]) -> Option<bool> {
    let [b'[', tick @ (b' ' | b'x' | b'X'), b']', rest @ ..] = text else { return None };
    let follows = rest.first().is_none_or(|byte| b" \t\r\n`*_".contains(byte));
    follows.then_some(*tick != b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marks_behind_the_first_letter_of_a_line_go() {
        for (text, kept) in [
            ("- [ ] a `b` *c* d_e\n* f", "- xxx a xbx xcx dxe\n* f"),
            ("1. [x]`a`\n[ ] `b`\n- [x]: `c`", "1. xxxxax\n[ ] `b`\n- [x]: xcx"),
            ("```sh a_b\n~~~ a`b\n<a b=c`d>", "```sh a_b\n~~~ a`b\n<a b=c`d>"),
            ("***\n__é__ ü`", "***\n__é__ ü`"),
            ("| a | `b` |\r|---|---|\r\nc\\*", "| a | xbx |\r|---|---|\r\nc\\x"),
        ] {
            assert_eq!(masked(text), kept, "{text}");
        }
    }
}
