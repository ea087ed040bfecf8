//! Byte edits: each replaces one range of bytes, and every byte outside the ranges stays.

use super::Span;

/// Replaces the bytes of `span` by `text`; an empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Two edits want the same bytes, or an edit lies outside the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("edits overlap or lie outside the text at byte {0}")]
pub struct EditError(pub usize);

/// `text` with all `edits` made.
///
/// # Errors
/// [`EditError`] with the byte where two edits overlap, where one is out of bounds, or where one would cut a
/// character.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| edit.span);
    let mut before = 0;
    for edit in &ordered {
        let Span { start, end } = edit.span;
        if start < before || text.get(start..end).is_none() {
            return Err(EditError(start));
        }
        before = end;
    }
    let mut edited = text.to_owned();
    // Backwards, so that no edit moves the bytes that an earlier one names.
    for edit in ordered.iter().rev() {
        edited.replace_range(edit.span.range(), &edit.text);
    }
    Ok(edited)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::new(start, end), text: text.to_owned() }
    }

    #[test]
    fn edits_in_any_order_name_bytes_of_the_old_text() {
        let edits = [edit(4, 5, "E"), edit(0, 1, "AA"), edit(2, 2, "-")];
        assert_eq!(apply("abcde", &edits).unwrap(), "AAb-cdE");
    }

    #[test]
    fn overlapping_or_outside_edits_are_refused() {
        assert_eq!(apply("abc", &[edit(0, 2, ""), edit(1, 3, "")]), Err(EditError(1)));
        assert_eq!(apply("abc", &[edit(3, 4, "")]), Err(EditError(3)));
        assert_eq!(apply("ä", &[edit(1, 1, "x")]), Err(EditError(1)));
    }
}
