//! Questions of forms for a therapy alone: "CBT?   [x] yes".

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Answer, Note};
use crate::pattern::fixed_regex;
use crate::span::Span;

/// What may stand before a therapy in a question that asks for nothing but whether it was had.
static ASKS_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^[ \d.)#q:-]*(?:(?:have you (?:ever )?(?:had|tried|done)|has (?:she|he|the patient) (?:had|tried|done)|do you (?:do|have|get)|did you (?:have|do|try)|ever (?:had|tried|done)|any|formal|supervised|counseling or|psychology or) ?)*$",
    )
});

/// What may stand behind it, up to its mark.
static ASKS_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:(?: or| /|/) ?(?:cbt|counseling))?(?: (?:tried|done|had|so far|to date|for (?:this|the) (?:pain|problem)|at home|ever|completed|before|currently)){0,3} ?\?",
    )
});

/// Whether a question asks for a therapy alone, and a yes or a no answers it.
pub(super) fn asks_plainly(note: &Note<'_>, head: Span) -> bool {
    ASKS_BEFORE.is_match(note.get(note.lead_of_line(head)))
        && ASKS_BEHIND.is_match(note.get(note.rest_of_line(head)))
        && matches!(note.answer(head), Some(Answer::Yes | Answer::No))
}
