//! JSON with every string in it masked, whatever object it stands in, and nothing in it that a terminal acts on.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

use super::visible::escaped;
use crate::secret::Mask;

/// Gathers each string whole, because a secret may have signs in it that JSON escapes, and writes it masked.
struct Masking<'m> {
    mask: &'m Mask,
    string: String,
}

/// A value as one line of JSON.
///
/// # Errors
/// What serde says of a value that has no form in JSON.
pub(super) fn to_string<T: Serialize>(value: &T, mask: &Mask) -> serde_json::Result<String> {
    let mut line = Vec::new();
    let masking = Masking { mask, string: String::new() };
    value.serialize(&mut Serializer::with_formatter(&mut line, masking))?;
    String::from_utf8(line).map(escaped).map_err(serde::ser::Error::custom)
}

impl Formatter for Masking<'_> {
    fn begin_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.string.clear();
        Ok(())
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, _: &mut W, fragment: &str) -> io::Result<()> {
        self.string.push_str(fragment);
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, _: &mut W, escape: CharEscape) -> io::Result<()> {
        self.string.push(match escape {
            CharEscape::Quote => '"',
            CharEscape::ReverseSolidus => '\\',
            CharEscape::Solidus => '/',
            CharEscape::Backspace => '\u{8}',
            CharEscape::FormFeed => '\u{c}',
            CharEscape::LineFeed => '\n',
            CharEscape::CarriageReturn => '\r',
            CharEscape::Tab => '\t',
            CharEscape::AsciiControl(byte) => char::from(byte),
        });
        Ok(())
    }

    fn end_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let masked = self.mask.mask(&self.string);
        let mut plain = Serializer::with_formatter(writer, CompactFormatter);
        masked.serialize(&mut plain).map_err(io::Error::from)
    }
}
