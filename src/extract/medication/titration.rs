//! Further doses of a drug: titrations in one sentence and doses in the next.

use super::super::scope::following;
use super::super::status::status_before;
use super::super::{Draft, Note, course_in};
use super::attributes::{Dose, find_doses, find_route};
use super::bound::{FREQUENCY_REACH, frequency_near};
use crate::context::Asserted;
use crate::fact::{Kind, Medication, MedicationStatus, Polarity, Section, Time};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// A further dose of the drug in `medication`, at a place in `within`.
pub(super) fn titrated(
    note: &Note<'_>,
    within: Span,
    dose: &Dose,
    medication: &Medication,
    asserted: &Asserted,
    rule: &str,
    drafts: &mut Vec<Draft>,
) {
    let span = Span::new(within.start + dose.span.start, within.start + dose.span.end);
    let rest = Span::new(span.end, within.end);
    let frequency = frequency_near(note, rest, FREQUENCY_REACH);
    let end = frequency.as_ref().map_or(span.end, |f| rest.start + f.span.end);
    let further = Medication {
        dose: Some(dose.value.clone()),
        frequency: frequency.map(|f| f.value),
        // "300 mg daily x 1 week and then twice daily": a length belongs to the dose before it.
        duration: course_in(note, rest).duration.map(|span| note.as_written(span).to_owned()),
        ..medication.clone()
    };
    let mut draft = Draft::new(
        Span::new(span.start, end),
        further,
        format!("{rule}/titration"),
        asserted.clone(),
    );
    draft.confidence = 0.8;
    drafts.push(draft);
}

static TO: WordPattern =
    WordPattern::new(r"\b(?:to|then|down|until|{medication-word/titrates})\b[^.;]{0,25}$");

/// Whether what stands before a further dose leads to it; "by 10 mg" is a step, no dose.
pub(super) fn leads_to_dose(note: &Note<'_>, gap: &str) -> bool {
    gap.len() <= 80 && TO.of(note.lexicon).is_match(gap) && !gap.ends_with("by ")
}

static PRESCRIBES: WordPattern = WordPattern::new(r"\b{medication-word/prescribes}\b");

/// Sentences behind a drug's that give only a dose: "We will go up to 60 mg daily in a week."
pub(super) fn later_doses(
    note: &Note<'_>,
    indices: std::ops::Range<usize>,
    drug: &Medication,
    drafts: &mut Vec<Draft>,
) {
    for index in indices {
        let sentence = &note.sentences[index];
        if note.mentions_in("drug", sentence.span).next().is_some() {
            return;
        }
        let previous = &note.sentences[index - 1];
        let apart = sentence.paragraph - previous.paragraph;
        if apart > 1
            || (apart == 1 && !PRESCRIBES.of(note.lexicon).is_match(note.get(sentence.span)))
            || drug.status == Some(MedicationStatus::Allergy)
            || sentence.section == Section::Procedure
            || note.mentions_in("not-drug", sentence.span).next().is_some()
        {
            return;
        }
        let words = note.get(sentence.span);
        for dose in find_doses(note.lexicon, words) {
            let rest = Span::new(sentence.span.start + dose.span.end, sentence.span.end);
            let frequency = frequency_near(note, rest, FREQUENCY_REACH);
            if frequency.is_none() {
                continue;
            }
            let span = Span::new(
                sentence.span.start + dose.span.start,
                sentence.span.start + dose.span.end,
            );
            let mut asserted = note.assert(span);
            let read = status_before(note, Span::new(sentence.span.start, span.start));
            let status =
                read.and_then(|r| r.status.parse().ok()).or(match asserted.assertion.time {
                    Time::Planned | Time::Hypothetical => Some(MedicationStatus::Planned),
                    _ => drug.status,
                });
            asserted.assertion.polarity = Polarity::Affirmed;
            // "It was raised to 60 mg daily. She stayed on it until June."
            let told = course_in(note, sentence.span);
            let told = match following(note, index) {
                Some(next) if told.duration.is_none() => told.or(course_in(note, next)),
                _ => told,
            };
            let base = Medication {
                start: told.start,
                stop: told.stop,
                name: drug.name.clone(),
                class: drug.class.clone(),
                status,
                route: find_route(note.lexicon, &words[dose.span.end..], false)
                    .filter(|(at, _)| at.start <= 20)
                    .map(|(_, route)| route),
                ..Medication::default()
            };
            titrated(note, sentence.span, &dose, &base, &asserted, "medication/dose-alone", drafts);
            if let Some(Kind::Medication(drug)) = drafts.last_mut().map(|draft| &mut draft.kind) {
                let length = told.duration.map(|span| note.as_written(span).to_owned());
                drug.duration = drug.duration.take().or(length);
            }
        }
    }
}
