//! Decodes the inside of `$'…'` (bash manual, "ANSI-C Quoting").

/// The decoded text, or nothing if it is no text (an invalid sequence or a NUL), and the bytes consumed.
pub(super) struct Decoded {
    pub(super) text: Option<String>,
    pub(super) length: usize,
}

/// Takes the text after `$'` and decodes it up to its closing quote; nothing if there is none.
pub(super) fn decode(text: &str) -> Option<Decoded> {
    let mut bytes = Vec::new();
    let mut valid = true;
    let mut rest = text.chars();
    loop {
        let before = rest.as_str();
        match rest.next()? {
            '\'' => break,
            '\\' => match escape(&mut rest) {
                Some(decoded) if !decoded.contains(&0) => bytes.extend(decoded),
                _ => valid = false,
            },
            _ => bytes.extend(&before.as_bytes()[..before.len() - rest.as_str().len()]),
        }
    }
    let text_decoded = String::from_utf8(bytes).ok().filter(|_| valid);
    Some(Decoded { text: text_decoded, length: text.len() - rest.as_str().len() })
}

/// Decodes what follows a backslash; nothing if this reader does not know it for certain.
fn escape(rest: &mut std::str::Chars<'_>) -> Option<Vec<u8>> {
    let c = rest.next()?;
    let byte = match c {
        'a' => 7,
        'b' => 8,
        'e' | 'E' => 27,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' | '"' | '?' => c as u8,
        '0'..='7' => return number(rest, c.to_digit(8)?, 8, 2).map(|n| vec![(n & 0xff) as u8]),
        'x' => {
            let first = digit(rest, 16)?;
            return number(rest, first, 16, 1).map(|n| vec![(n & 0xff) as u8]);
        }
        'u' | 'U' => {
            let first = digit(rest, 16)?;
            let value = number(rest, first, 16, if c == 'u' { 3 } else { 7 })?;
            return char::from_u32(value).map(|c| c.to_string().into_bytes());
        }
        // `\'` ends the quote in shells that do not know `$'…'`; `\c` and unknown escapes differ, too.
        _ => return None,
    };
    Some(vec![byte])
}

fn digit(rest: &mut std::str::Chars<'_>, radix: u32) -> Option<u32> {
    let value = rest.clone().next()?.to_digit(radix)?;
    rest.next();
    Some(value)
}

/// Continues a number by at most `more` digits.
fn number(rest: &mut std::str::Chars<'_>, first: u32, radix: u32, more: usize) -> Option<u32> {
    let mut value = first;
    for _ in 0..more {
        let Some(next) = digit(rest, radix) else { break };
        value = value.checked_mul(radix)?.checked_add(next)?;
    }
    Some(value)
}
