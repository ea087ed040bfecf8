//! A finished result without the secrets that its check may have printed.

use super::outcome::CheckResult;
use crate::secret::Mask;

/// The same result with every text masked that may hold output. What was compared was compared before.
pub(super) fn masked(mut result: CheckResult, mask: &Mask) -> CheckResult {
    let output = &mut result.output;
    let cut = output.left_out > 0;
    let head_in_line = cut && !output.head.ends_with('\n');
    output.head = mask.mask_cut(&output.head, false, head_in_line).into_owned();
    output.tail = mask.mask_cut(&output.tail, output.tail_in_line, false).into_owned();
    let texts = result.notes.iter_mut().chain([&mut result.reason]);
    if let Some(mismatch) = &mut result.mismatch {
        let lines = mismatch.diff.iter_mut().map(|line| &mut line.text);
        texts
            .chain(lines)
            .chain(&mut mismatch.notes)
            .chain([&mut mismatch.summary])
            .for_each(|text| hide(text, mask));
    } else {
        texts.for_each(|text| hide(text, mask));
    }
    result
}

fn hide(text: &mut String, mask: &Mask) {
    if let std::borrow::Cow::Owned(masked) = mask.mask(text) {
        *text = masked;
    }
}
