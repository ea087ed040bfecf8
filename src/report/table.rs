//! A table for a terminal: columns that share a width, cells that wrap and lose nothing.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The blanks between two columns.
const GAP: usize = 2;

/// One cell: lines that are each wrapped, in one style.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// Its lines, without anything that a terminal would act on.
    pub lines: Vec<String>,
    /// How it looks.
    pub style: Style,
}

impl Cell {
    /// A cell of one line.
    pub(super) fn of(line: impl Into<String>) -> Self {
        Self { lines: vec![line.into()], style: Style::new() }
    }

    /// The same in another style.
    pub(super) fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

/// How wide a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// As wide as its widest cell.
    Tight,
    /// This many parts of what is left.
    Share(usize),
}

/// The lines of each row, of at most `width` columns where the columns leave room for that.
pub(super) fn rows<const N: usize>(
    columns: [Column; N],
    rows: &[[Cell; N]],
    width: usize,
) -> Vec<Vec<String>> {
    let widths = widths(columns, rows, width);
    rows.iter()
        .map(|row| {
            let wrapped: Vec<Vec<String>> = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| cell.lines.iter().flat_map(|line| wrap(line, width)).collect())
                .collect();
            let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
            let line = |index: usize| {
                let cells = row.iter().zip(&wrapped).zip(widths).map(|((cell, lines), width)| {
                    let text = lines.get(index).map_or("", String::as_str);
                    let style = cell.style;
                    let blanks = " ".repeat(width.saturating_sub(text.width()));
                    if text.is_empty() { blanks } else { format!("{style}{text}{style:#}{blanks}") }
                });
                let joined = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
                joined.trim_end().to_owned()
            };
            (0..height).map(line).collect()
        })
        .collect()
}

/// Each column's width: the tight ones as they are, the others their share of the rest, but no more than they need.
fn widths<const N: usize>(columns: [Column; N], rows: &[[Cell; N]], width: usize) -> [usize; N] {
    /// Narrower than this nothing can be read.
    const LEAST: usize = 12;
    let mut needed = [0; N];
    for row in rows {
        for (needed, cell) in needed.iter_mut().zip(row) {
            *needed = cell.lines.iter().map(|line| line.width()).max().unwrap_or(0).max(*needed);
        }
    }
    let tight: usize = columns
        .iter()
        .zip(needed)
        .filter(|(column, _)| **column == Column::Tight)
        .map(|(_, needed)| needed)
        .sum();
    let mut rest = width.saturating_sub(tight + GAP * N.saturating_sub(1));
    let mut parts: usize = columns.iter().map(|column| column.parts()).sum();
    let mut widths = needed;
    // The narrow ones first: what they do not need is for the others.
    let mut order: Vec<usize> = (0..N).filter(|&index| columns[index].parts() > 0).collect();
    order.sort_by_key(|&index| needed[index] / columns[index].parts().max(1));
    for index in order {
        let share = (rest * columns[index].parts() / parts.max(1)).max(LEAST);
        widths[index] = needed[index].min(share);
        rest = rest.saturating_sub(widths[index]);
        parts -= columns[index].parts();
    }
    widths
}

impl Column {
    fn parts(self) -> usize {
        match self {
            Self::Tight => 0,
            Self::Share(parts) => parts,
        }
    }
}

/// A line in pieces of at most `width` columns, parted at blanks where there are any; the blank that parts two pieces
/// ends the first of them, so that joined they are the line.
pub(super) fn wrap(line: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut taken = 0;
    let mut blank = None;
    for (at, character) in line.char_indices() {
        let wide = character.width().unwrap_or(0);
        if taken + wide > width && at > start {
            // A blank at the very end of a piece needs no room.
            if character == ' ' {
                pieces.push(line[start..=at].to_owned());
                (start, taken, blank) = (at + 1, 0, None);
                continue;
            }
            let end = blank.unwrap_or(at);
            pieces.push(line[start..end].to_owned());
            taken = line[end..at].width();
            (start, blank) = (end, None);
        }
        taken += wide;
        if character == ' ' {
            blank = Some(at + 1);
        }
    }
    if start < line.len() || pieces.is_empty() {
        pieces.push(line[start..].to_owned());
    }
    pieces.iter().map(|piece| piece.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_part_at_blanks_and_words_only_where_they_must() {
        assert_eq!(wrap("cargo test --workspace", 12), ["cargo test", "--workspace"]);
        assert_eq!(wrap("abcdefgh ij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("日本語の文", 4), ["日本", "語の", "文"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("ab cd", 2), ["ab", "cd"]);
    }

    #[test]
    fn what_one_column_does_not_need_is_for_the_others() {
        let row = [Cell::of("VA-1"), Cell::of("x".repeat(40)), Cell::of("ok")];
        let lines = rows([Column::Tight, Column::Share(1), Column::Share(1)], &[row], 50);
        assert_eq!(lines, [[format!("VA-1  {}  ok", "x".repeat(40))]]);
    }

    #[test]
    fn no_line_is_wider_than_the_table() {
        let row = || [Cell::of("VA-1"), Cell::of("make test ".repeat(20)), Cell::of("日本語 ".repeat(20))];
        for width in [60, 80, 100, 200] {
            for line in
                rows([Column::Tight, Column::Share(3), Column::Share(2)], &[row(), row()], width).concat()
            {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }
}
