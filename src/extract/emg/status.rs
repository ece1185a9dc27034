//! Whether a study was done, is to be done, or was not.

use super::{FINDING, Reader};
use crate::extract::Note;
use crate::extract::study::UNSEEN;
use crate::fact::{EventStatus, Experiencer, Section, Time};
use crate::lexicon::{CueCategory, WordPattern};
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

/// Words right before a study that there is none, even if "was done" follows.
const NONE: &[&str] = &["no ", "no prior ", "no recent ", "no previous ", "never had an "];

/// Words behind a study that was begun and not finished, or refused.
static BROKEN_OFF: WordPattern = WordPattern::new(r"\b{study-word/broken-off}\b");

/// That a study was done, by what is told of it.
static TOLD: WordPattern = WordPattern::new(r"\b(?:{study-word/told}|{emg/told})\b");

/// Words behind a study that was not done.
static NOT_DONE: WordPattern = WordPattern::new(r"\b{study-word/not-done}\b");

/// Words behind a study that is still to be done.
static AHEAD: WordPattern =
    WordPattern::new(r"\b(?:{study-word/ahead}|{study-word/purpose}|{emg/purpose})\b");

impl Reader<'_, '_> {
    /// Whether the study of a sentence was done.
    pub(super) fn status(
        &self,
        sentence: &Sentence,
        study: Span,
        own: &[Mention],
    ) -> Option<EventStatus> {
        let note = self.note;
        let whole = own.iter().fold(study, |all, m| {
            if m.span.start <= all.end + 12 { all.union(m.span) } else { all }
        });
        let asserted = note.assert(whole);
        if asserted.assertion.experiencer != Experiencer::Patient {
            return None;
        }
        let words = note.get(sentence.span);
        let behind = note.get(Span::new(whole.end.min(sentence.span.end), sentence.span.end));
        let result =
            self.findings(Span::new(sentence.span.start, sentence.span.end)).next().is_some();
        let told = TOLD.of(note.lexicon).is_match(words);
        let dated = note
            .dates_in(sentence.span)
            .any(|d| d.span.start >= whole.end && d.span.start <= whole.end + 25);
        if !(result || told || dated) && UNSEEN.of(note.lexicon).is_match(behind) {
            return None;
        }
        let denied = asserted.has(CueCategory::Negated, note.lexicon)
            || NOT_DONE.of(note.lexicon).is_match(behind);
        let lead = note.get(Span::new(sentence.span.start, whole.start));
        // "If there is no change by then, I would repeat the EMG" denies the change.
        let condition =
            lead.starts_with("if ") && [" would ", " will ", ","].iter().any(|w| lead.contains(w));
        let denied = denied
            && !condition
            && !words.contains("no evidence")
            && !own_result(note, whole, sentence);
        let directly =
            denied && NONE.iter().any(|w| lead == *w || lead.ends_with(&format!(" {w}")));
        let broken_off = !result && BROKEN_OFF.of(note.lexicon).is_match(behind);
        if directly || broken_off {
            return Some(EventStatus::NotDone);
        }
        if self.is_needless(Span::new(sentence.span.start, whole.start), behind) {
            return Some(EventStatus::NotDone);
        }
        let ahead = matches!(asserted.assertion.time, Time::Planned | Time::Hypothetical)
            || AHEAD.of(note.lexicon).is_match(behind);
        let not_performed = words.contains("not") && behind.contains("perform");
        Some(if denied && (!told || not_performed) {
            EventStatus::NotDone
        } else if (told || dated) && (result || !ahead) {
            EventStatus::Performed
        } else if ahead
            || (matches!(sentence.section, Section::Plan | Section::Education) && !result)
        {
            EventStatus::Planned
        } else {
            EventStatus::Performed
        })
    }
}

/// Whether a negative word is the study's own result: "EMG negative".
fn own_result(note: &Note<'_>, study: Span, sentence: &Sentence) -> bool {
    let near = |m: &&Mention| {
        m.span.start.abs_diff(study.end) <= 14 || study.start.abs_diff(m.span.end) <= 3
    };
    note.mentions_in(FINDING, sentence.span)
        .filter(near)
        .any(|m| note.concept(m).field("result") == Some("normal"))
}
