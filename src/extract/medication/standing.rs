//! Where a drug stands in the treatment.

use super::super::outcome::OutcomeRead;
use super::super::scope::Reach;
use super::super::status::StatusRead;
use super::super::{Course, Note};
use super::bound::Attributes;
use crate::context::Asserted;
use crate::fact::{MedicationStatus, Outcome, Section, Time};
use crate::segment::Sentence;
use crate::span::Span;

/// The status of a drug that takes another's place: "switched from gabapentin to pregabalin".
pub(super) fn replacing(
    note: &Note<'_>,
    sentence: &Sentence,
    reach: &Reach,
) -> Option<MedicationStatus> {
    if note.get(reach.near).trim() != "to" {
        return None;
    }
    let before = note.get(Span::new(sentence.span.start, reach.near.start));
    let switched = ["switch", "chang", "transition", "convert", "rotat"];
    if !switched.iter().any(|word| before.contains(word)) {
        return None;
    }
    let planned = sentence.section == Section::Plan || before.contains("will ");
    Some(if planned { MedicationStatus::Planned } else { MedicationStatus::Current })
}

/// The status that words, section, time, outcome and course come to.
pub(super) fn status_in_words(
    note: &Note<'_>,
    read: Option<StatusRead<'_>>,
    asserted: &Asserted,
    sentence: &Sentence,
    outcome: Option<OutcomeRead>,
    found: &Attributes,
    course: &Course,
) -> Option<MedicationStatus> {
    let section = sentence.section;
    let planning = section == Section::Plan || note.heading(sentence).contains("recommend");
    if read.is_some_and(|r| r.status == "prescribed") {
        return Some(if planning || asserted.assertion.time == Time::Planned {
            MedicationStatus::Planned
        } else if course.stop.is_some() {
            MedicationStatus::Past
        } else {
            MedicationStatus::Current
        });
    }
    let supposed = matches!(asserted.assertion.time, Time::Hypothetical);
    if let Some(status) = read.and_then(|r| r.status.parse().ok()) {
        // "medications such as gabapentin, which might help" speaks of nothing taken yet.
        let loose = supposed && status == MedicationStatus::Current && section == Section::Plan;
        return Some(if loose { MedicationStatus::Planned } else { status });
    }
    let failed =
        outcome.is_some_and(|o| matches!(o.outcome, Outcome::NotHelpful | Outcome::NotTolerated));
    Some(match (section, asserted.assertion.time) {
        (Section::Medications, _) => MedicationStatus::Current,
        (_, Time::Planned | Time::Hypothetical) => MedicationStatus::Planned,
        (_, Time::Past) => MedicationStatus::Past,
        _ if course.stop.is_some() => MedicationStatus::Past,
        _ if failed
            && (found.frequency.is_none()
                || (course.duration.is_some() && course.start.is_none())) =>
        {
            MedicationStatus::Past
        }
        _ => MedicationStatus::Current,
    })
}
