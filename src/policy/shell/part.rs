//! The parts of a word that is computed at run time, as far as its text says what they are.

use std::ops::Range;
use std::sync::Arc;

use super::Word;
use super::text::Text;

/// The most signs of one brace expansion that are followed; a word with more is computed at run time.
const SIGNS: usize = 200;

/// One part of a word.
#[derive(Debug, Clone)]
pub enum Part {
    /// Constant text.
    Literal(Text),
    /// `$x`, `${x:-y}`, `$1`, `"$@"`.
    Parameter(Parameter),
    /// `$(…)`: which of the fragment's commands it runs, and the mark of those on its own level.
    Output { commands: Range<usize>, capture: usize, quoted: bool, span: Range<usize> },
    /// `<(…)` or `>(…)`.
    Process { commands: Range<usize>, capture: usize, reads: bool },
    /// A sign of a brace expansion.
    Brace(Sign),
    /// Anything else: arithmetic, `$?`, a range that is too long.
    Unknown { splits: bool, span: Range<usize> },
}

/// `{`, `,` and `}` where they may be a brace expansion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Open,
    Comma,
    Close,
}

/// An expansion of a variable or positional parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub name: String,
    /// `${!x}`
    pub indirect: bool,
    pub subscript: Option<Arc<Word>>,
    /// `[@]` or `[*]` stands behind the name.
    pub all: bool,
    /// What stands behind the name: `:-`, `#`, `//`; nothing for `$x`.
    pub operator: String,
    /// What stands behind the operator.
    pub argument: Arc<Word>,
    pub quoted: bool,
    pub span: Range<usize>,
}

impl Parameter {
    pub(super) fn new(name: String, quoted: bool, span: Range<usize>) -> Parameter {
        Parameter {
            all: matches!(name.as_str(), "@" | "*"),
            name,
            indirect: false,
            subscript: None,
            operator: String::new(),
            argument: Arc::new(Word::default()),
            quoted,
            span,
        }
    }

    /// It is the value of a variable, unchanged.
    pub(super) fn plain(&self) -> bool {
        !self.indirect && self.subscript.is_none() && self.operator.is_empty() && !self.all
    }
}

impl Part {
    /// It may become no word at all or several.
    pub(super) fn splits(&self) -> bool {
        match self {
            Part::Literal(_) | Part::Process { .. } => false,
            Part::Parameter(parameter) => !parameter.quoted || parameter.all,
            Part::Output { quoted, .. } => !quoted,
            Part::Brace(_) => true,
            Part::Unknown { splits, .. } => *splits,
        }
    }
}

/// The parts with the signs of a brace expansion between them; nothing if there is none.
///
/// `signs` says how many parts stand before each sign and where it stands in the text of the next.
pub(super) fn signed(
    parts: &[Part],
    signs: &[(usize, usize, Sign)],
    span: &Range<usize>,
) -> Option<Vec<Part>> {
    let expands = expansions(parts, signs);
    if !expands.iter().any(|expands| *expands) {
        return None;
    }
    if signs.len() > SIGNS {
        return Some(vec![Part::Unknown { splits: true, span: span.clone() }]);
    }
    let mut result = Vec::new();
    let mut signs =
        signs.iter().zip(&expands).filter(|(_, expands)| **expands).map(|(sign, _)| sign).peekable();
    for (index, part) in parts.iter().enumerate() {
        let Part::Literal(text) = part else {
            result.push(part.clone());
            continue;
        };
        let mut from = 0;
        while let Some((_, at, sign)) = signs.next_if(|(before, ..)| *before == index) {
            if *at > from {
                result.push(Part::Literal(text.slice(from..*at)));
            }
            result.push(Part::Brace(*sign));
            from = at + 1;
        }
        if from < text.as_str().len() || from == 0 {
            result.push(Part::Literal(text.slice(from..text.as_str().len())));
        }
    }
    Some(result)
}

/// Which signs belong to a pair of braces with a comma or a range between them.
fn expansions(parts: &[Part], signs: &[(usize, usize, Sign)]) -> Vec<bool> {
    let mut expands = vec![false; signs.len()];
    // For each open brace: its sign, and the commas on its level.
    let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
    for (index, (before, at, sign)) in signs.iter().enumerate() {
        match sign {
            Sign::Open => open.push((index, Vec::new())),
            Sign::Comma => {
                if let Some((_, commas)) = open.last_mut() {
                    commas.push(index);
                }
            }
            Sign::Close => {
                let Some((begin, commas)) = open.pop() else { continue };
                let (opened_before, opened_at, _) = signs[begin];
                let range = commas.is_empty()
                    && opened_before == *before
                    && matches!(&parts.get(*before), Some(Part::Literal(text))
                        if text.as_str().get(opened_at..*at).is_some_and(|inside| inside.contains("..")));
                if range || !commas.is_empty() {
                    expands[begin] = true;
                    expands[index] = true;
                    for comma in commas {
                        expands[comma] = true;
                    }
                }
            }
        }
    }
    expands
}
