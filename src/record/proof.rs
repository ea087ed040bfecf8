//! The proof that an edited plan differs from the old one in the sections that are written to only.

use crate::plan::{Check, Plan};

use super::RecordError;
use super::place::{Place, places};

/// Whether `now` is `before`, whose places are given, but for the bodies of Progress and Outcomes.
///
/// # Errors
/// [`RecordError::Unproved`], saying what else would change.
pub(super) fn only_the_record_changed(
    before: &Plan,
    written: &[Place<'_>],
    now: &Plan,
) -> Result<(), RecordError> {
    let unproved = |what: String| Err(RecordError::Unproved(what));
    let (old, new) = (outside(before, written), outside(now, &places(now)?));
    if old.len() != new.len() || !old.iter().zip(&new).all(|(old, new)| same_piece(old, new)) {
        return unproved("text outside `Progress` and `Outcomes & Retrospective`".to_owned());
    }
    if before.sections.len() != now.sections.len() {
        return unproved("the sections of the plan".to_owned());
    }
    for (old, new) in before.sections.iter().zip(&now.sections) {
        let same = (&old.heading, old.level, old.kind, old.milestone)
            == (&new.heading, new.level, new.kind, new.milestone);
        if !same {
            return unproved(format!("the section `{}`", old.heading));
        }
    }
    if !same_checks(&before.checks, &now.checks) {
        return unproved("the checks of the plan".to_owned());
    }
    if before.constraints.as_ref().map(words) != now.constraints.as_ref().map(words) {
        return unproved("the constraints of the plan".to_owned());
    }
    Ok(())
}

/// Whether two readings found the same checks, wherever they stand.
pub(super) fn same_checks(one: &[Check], two: &[Check]) -> bool {
    one.len() == two.len()
        && one.iter().zip(two).all(|(one, two)| {
            (&one.id, &one.title, &one.section, &one.duplicate_of)
                == (&two.id, &two.title, &two.section, &two.duplicate_of)
                && one.same_work(two)
        })
}

/// The pieces of the text that do not belong to the sections that are written to.
fn outside<'p>(plan: &'p Plan, places: &[Place<'_>]) -> Vec<&'p str> {
    let source = plan.document().source();
    let mut written: Vec<_> =
        places.iter().flat_map(|place| place.progress.into_iter().chain(place.outcomes)).collect();
    written.sort_by_key(|section| section.whole);
    let mut pieces = Vec::new();
    let mut start = 0;
    for section in written {
        pieces.push(&source.text()[start..section.whole.start.max(start)]);
        start = section.whole.end.max(start);
    }
    pieces.push(&source.text()[start..]);
    pieces
}

/// Whether a piece is the same. A heading on the last line, without a line ending, gets one: something follows now.
fn same_piece(old: &str, new: &str) -> bool {
    let ended = |rest: &str| {
        rest.is_empty()
            || (!old.is_empty() && matches!(rest, "\n" | "\r\n" | "\r") && !old.ends_with(['\n', '\r']))
    };
    new.strip_prefix(old).is_some_and(ended)
}

/// What the constraints say, wherever it stands.
fn words(constraints: &crate::plan::Constraints) -> (Option<Vec<&str>>, Vec<&str>, Vec<&str>, usize) {
    fn values(stated: &[crate::plan::Stated<String>]) -> Vec<&str> {
        stated.iter().map(|stated| stated.value.as_str()).collect()
    }
    (
        constraints.allowed_directories.as_deref().map(values),
        values(&constraints.forbidden),
        values(&constraints.prose),
        constraints.unreadable.len(),
    )
}
