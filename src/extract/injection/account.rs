//! Which procedure an account is of, where no heading says so: the first that a line of its own
//! names, or that somebody says was performed.

use super::Reader;
use super::phrase::Phrase;
use super::standing::is_title;
use crate::context::Asserted;
use crate::date::PartialDate;
use crate::extract::Note;
use crate::extract::parts::{PROCEDURE_NOTE, titles};
use crate::fact::Section;
use crate::lexicon::{CueCategory, WordPattern};
use crate::span::Span;

/// How many words may lead to a procedure that a line of its own names: "Service rendered: 64450".
const LEAD: usize = 4;

/// That somebody did what a sentence names.
static PERFORMED: WordPattern =
    WordPattern::new(r"\b(?:(?:i|we) {injection-word/did}|{injection-word/done-behind})\b");

/// The stretches of a file that are accounts of a procedure which no heading names.
pub(super) fn accounts(note: &Note<'_>, named: &[Vec<Phrase>]) -> Vec<Span> {
    let titles = titles(note);
    let ends = titles.iter().skip(1).map(|title| title.0).chain([note.str().len()]);
    let parts = titles.iter().zip(ends).filter(|((_, kind), _)| *kind == PROCEDURE_NOTE);
    let headed = |part: &Span| {
        note.sentences.iter().zip(named).any(|(sentence, phrases)| {
            !phrases.is_empty()
                && part.contains(sentence.span)
                && sentence.section == Section::Procedure
                && is_title(note, sentence)
        })
    };
    parts.map(|((start, _), end)| Span::new(*start, end)).filter(|part| !headed(part)).collect()
}

impl Reader<'_, '_> {
    /// Whether a procedure is the one that an account is of. `date` is its own, where one stands by it.
    pub(super) fn opens_account(
        &self,
        index: usize,
        phrase: &Phrase,
        asserted: &Asserted,
        date: Option<PartialDate>,
    ) -> bool {
        let note = self.note;
        let sentence = &note.sentences[index];
        let Some(part) = self.accounts.iter().find(|part| part.contains(phrase.head)) else {
            return false;
        };
        let first = !self.events.iter().any(|event| event.title && part.contains(event.head));
        let told_of_before = matches!(
            sentence.section,
            Section::History
                | Section::PastMedicalHistory
                | Section::PastSurgicalHistory
                | Section::Treatments
                | Section::Plan
                | Section::Request
                | Section::Education
                | Section::Goals
        ) || asserted.has(CueCategory::Past, note.lexicon);
        let own_day = date.is_none_or(|day| note.date == Some(day));
        let lead = note.get(note.lead_of_line(phrase.span));
        let on_its_line = lead.split_whitespace().count() <= LEAD;
        let words = Span::new(sentence.span.start.min(phrase.span.start), sentence.span.end);
        first
            && own_day
            && !told_of_before
            && phrase.procedure.is_some()
            && (on_its_line || PERFORMED.of(note.lexicon).is_match(note.get(words)))
    }
}
