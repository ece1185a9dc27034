//! Therapy that was for another part of the body: "eight weeks of physical therapy, all of it for the ankle".

use super::super::{Draft, Note};
use super::GROUP;
use crate::fact::{Kind, Statement, TherapyKind, TherapyStatus};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// What policies call it.
const TOPIC: &str = "therapy-for-other-complaint";

/// A part of the body that a therapy was for, and one in brackets behind it.
static FOR_OTHER: WordPattern = WordPattern::new(
    r"\b(?:for|after|following) (?:[a-z'-]+ ){0,4}{therapy/other-part}\b|\( ?(?:(?:right|left|r|l|rt|lt) )?{therapy/other-part} ?\)",
);

/// The parts that most of what is asked for is of, and the complaint itself.
static OF_OWN: WordPattern = WordPattern::new(r"\b{therapy/own-part}\b");

/// Says of each course from `first` on that was for another part that it was.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>, first: usize) {
    let told = |draft: &Draft| {
        let Kind::Therapy(therapy) = &draft.kind else { return None };
        let had = matches!(therapy.status, Some(TherapyStatus::Past | TherapyStatus::Current));
        if therapy.therapy != TherapyKind::PhysicalTherapy || !had {
            return None;
        }
        let sentence = note.sentence_at(draft.span)?.span;
        let next = note
            .mentions_in(GROUP, Span::new(draft.span.end.min(sentence.end), sentence.end))
            .next()
            .map_or(sentence.end, |m| m.span.start);
        let words = note.get(Span::new(draft.span.start, next.max(draft.span.start)));
        let found = FOR_OTHER.of(note.lexicon).find(words)?;
        if OF_OWN.of(note.lexicon).is_match(words) {
            return None;
        }
        let span = Span::new(draft.span.start, draft.span.start + found.end());
        let statement = Statement { topic: TOPIC.to_owned(), value: None };
        Some(Draft::new(span, statement, "therapy/other-part", note.assert(span)))
    };
    let said: Vec<Draft> = drafts[first..].iter().filter_map(told).collect();
    drafts.extend(said);
}
