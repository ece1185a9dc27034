//! What was only suspected before a procedure and is diagnosed after it, in one report:
//! "Preprocedure diagnosis: rule out facet pain. Postprocedure diagnosis: facet pain."

use super::diagnosis;
use crate::extract::{Draft, Note};
use crate::fact::{DiagnosisCertainty, Time};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// Labels of what is taken for the diagnosis before a procedure, and of what it is after it.
static BEFORE: WordPattern =
    WordPattern::new(r"^(?:[a-z]+ )?{diagnosis-context/before-procedure}\b");

static AFTER: WordPattern = WordPattern::new(r"^(?:[a-z]+ )?{diagnosis-context/after-procedure}\b");

/// Makes a suspicion from before the procedure a supposition, where the same report confirms it.
pub(super) fn set_aside(note: &Note<'_>, drafts: &mut [Draft]) {
    let labelled = |span: Span, label: &WordPattern| {
        let words = label.of(note.lexicon);
        words.is_match(note.get(note.line_of(span)).trim_start())
            || note.sentence_at(span).is_some_and(|s| words.is_match(note.heading(s)))
    };
    let mut confirmed = Vec::new();
    for draft in drafts.iter_mut() {
        let span = draft.span;
        if let Some(found) = diagnosis(draft)
            && found.certainty == Some(DiagnosisCertainty::Confirmed)
            && labelled(span, &AFTER)
        {
            confirmed.push((found.name.clone(), found.side, span.start));
        }
    }
    if confirmed.is_empty() {
        return;
    }
    for draft in drafts {
        let span = draft.span;
        let Some(found) = diagnosis(draft) else { continue };
        let after = confirmed
            .iter()
            .any(|(name, side, at)| *name == found.name && *side == found.side && *at > span.start);
        if after
            && found.certainty == Some(DiagnosisCertainty::Suspected)
            && labelled(span, &BEFORE)
        {
            draft.assertion.time = Time::Hypothetical;
        }
    }
}
