//! Where a therapy stands, by the words around it, its section, or its kind alone.

use super::super::Note;
use super::super::status::StatusRead;
use super::Head;
use crate::context::Asserted;
use crate::fact::{Section, TherapyKind, TherapyStatus, Time};
use crate::segment::Sentence;

/// Whether a sentence stands among plans; "Recommendations - treatment" is a plan too.
pub(super) fn is_plan(note: &Note<'_>, sentence: &Sentence) -> bool {
    sentence.section == Section::Plan || note.heading(sentence).contains("recommend")
}

/// The status that words, section and time come to.
pub(super) fn status_in_words(
    note: &Note<'_>,
    read: Option<StatusRead<'_>>,
    head: &Head,
    sentence: &Sentence,
    asserted: &Asserted,
    ran: bool,
) -> Option<TherapyStatus> {
    match read.map(|r| r.status) {
        Some("current") => return Some(TherapyStatus::Current),
        Some("prescribed") if is_plan(note, sentence) => return Some(TherapyStatus::Planned),
        Some("prescribed") => return Some(TherapyStatus::Current),
        Some("past") => return Some(TherapyStatus::Past),
        Some("planned") => return Some(TherapyStatus::Planned),
        Some("not_taken") => return Some(TherapyStatus::NotDone),
        _ => {}
    }
    Some(match asserted.assertion.time {
        Time::Planned | Time::Hypothetical => TherapyStatus::Planned,
        Time::Past => TherapyStatus::Past,
        Time::Current if is_plan(note, sentence) => TherapyStatus::Planned,
        Time::Current => default_status(head.kind, sentence.section, ran),
    })
}

/// Where a therapy stands that is only named: home programs go on, courses are over.
pub(super) fn default_status(kind: TherapyKind, section: Section, ran: bool) -> TherapyStatus {
    let goes_on = matches!(
        kind,
        TherapyKind::HomeExercise | TherapyKind::Brace | TherapyKind::Tens | TherapyKind::Other
    );
    match (goes_on, section) {
        (true, _) => TherapyStatus::Current,
        (false, Section::Plan) => TherapyStatus::Planned,
        (false, _) if ran => TherapyStatus::Past,
        (false, Section::Treatments | Section::Request | Section::History) => TherapyStatus::Past,
        (false, _) => TherapyStatus::Current,
    }
}
