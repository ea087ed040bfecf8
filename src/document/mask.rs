//! A text as the block parser needs it: without the marks that only mean something inside a line.

/// The text with backticks, `*` and `_` replaced by a letter wherever they cannot take part in the structure of blocks.
/// Every other byte, and so every position, stays.
///
/// comrak parses the inside of every paragraph as well, which takes most of its time on text with much code and
/// emphasis, and nobody reads what it finds there (see [`super::code_span`]). Behind the first letter of a line a mark
/// opens no list, fence or rule any more. Three kinds of lines stay as they are: those with a backtick or a tilde before
/// their first letter, since a backtick in its info string keeps a line from opening a fence; those with a `<` there,
/// since one in a tag keeps it from being HTML; and those with none of the marks.
pub(super) fn masked(text: &str) -> String {
    const MARKS: [u8; 3] = [b'`', b'*', b'_'];
    const LETTER: u8 = b'x';
    let mut bytes = text.as_bytes().to_vec();
    let mut start = 0;
    while start < bytes.len() {
        let end = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |length| start + length);
        let line = &mut bytes[start..end];
        let opens = line.iter().position(|byte| byte.is_ascii_alphabetic() || b"`~<".contains(byte));
        if let Some(first) = opens.filter(|&at| line[at].is_ascii_alphabetic()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marks_behind_the_first_letter_of_a_line_go() {
        for (text, kept) in [
            ("- [ ] a `b` *c* d_e\n* f", "- [ ] a xbx xcx dxe\n* f"),
            ("```sh a_b\n~~~ a`b\n<a b=c`d>", "```sh a_b\n~~~ a`b\n<a b=c`d>"),
            ("***\n__é__ ü`", "***\n__é__ ü`"),
            ("| a | `b` |\r|---|---|\r\nc\\*", "| a | xbx |\r|---|---|\r\nc\\x"),
        ] {
            assert_eq!(masked(text), kept, "{text}");
        }
    }
}
