//! Drugs whose risks are gone through in a plan: what is taken already is not planned by that.

use super::super::{Draft, Note};
use crate::fact::{Kind, MedicationStatus};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// That risks or side effects of what follows are gone through.
static WEIGHED: WordPattern = WordPattern::new(r"\b{medication-word/risks-of}\b[^.;]*$");

/// Lets a drug go on whose risks are discussed, where the same record tells that it is taken.
pub(super) fn settle(note: &Note<'_>, drafts: &mut [Draft]) {
    let taken: Vec<String> = drafts
        .iter()
        .filter_map(|draft| match &draft.kind {
            Kind::Medication(drug) if drug.status == Some(MedicationStatus::Current) => {
                Some(drug.name.clone())
            }
            _ => None,
        })
        .collect();
    for draft in drafts {
        let span = draft.span;
        let Kind::Medication(drug) = &mut draft.kind else { continue };
        let lead = note
            .sentence_at(span)
            .map_or("", |s| note.get(Span::new(s.span.start.min(span.start), span.start)));
        if drug.status == Some(MedicationStatus::Planned)
            && drug.dose.is_none()
            && taken.contains(&drug.name)
            && WEIGHED.of(note.lexicon).is_match(lead)
        {
            drug.status = Some(MedicationStatus::Current);
        }
    }
}
