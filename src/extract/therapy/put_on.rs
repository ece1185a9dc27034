//! Supports that are put on at the end of an operation: "The neck was placed in a cervical orthosis."

use super::super::{Draft, Note};
use crate::fact::{Section, Therapy, TherapyKind, TherapyStatus};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// A support that is put on, or into which somebody is put.
static PUT_ON: WordPattern = WordPattern::new(
    r"\b(?P<before>{therapy/support}) (?:was|were) (?:then |also |[a-z]+ly )?{therapy/put-on}\b|\b{therapy/put-into} (?:back )?(?:in|into|with) (?:an? |the |her |his )?(?P<behind>{therapy/support})\b",
);

/// Reads what reports of operations tell was put on.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    for sentence in note.sentences.iter().filter(|s| s.section == Section::Procedure) {
        let words = note.get(sentence.span);
        let Some(found) = PUT_ON.of(note.lexicon).captures(words) else { continue };
        let Some(name) = found.name("before").or(found.name("behind")) else { continue };
        let at = sentence.span.start;
        let span = Span::new(at + name.start(), at + name.end());
        let asserted = note.assert(span);
        if !asserted.assertion.is_told_as_fact() {
            continue;
        }
        let therapy = Therapy {
            therapy: TherapyKind::Brace,
            status: Some(TherapyStatus::Current),
            ..Therapy::default()
        };
        drafts.push(Draft::new(span, therapy, "therapy/put-on", asserted));
    }
}
