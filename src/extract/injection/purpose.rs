//! What an injection was for, where words that stand apart from its name tell.

use std::sync::LazyLock;

use regex::Regex;

use super::Reader;
use super::phrase::{Phrase, WORD};
use crate::extract::Note;
use crate::fact::Intent;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

/// How many sentences from its title on may tell what a procedure is for.
const PURPOSE_ROWS: usize = 8;

/// What labels a purpose: "Type", "Class of block ......".
static PURPOSE: WordPattern = WordPattern::new(
    r"\b{injection-word/purpose-label}(?: of (?:the )?(?:block|injection|procedure))?[ .:_-]*$",
);

/// What may part a procedure's name from its purpose: "x 2, CPT 64450 (".
static BEFORE_PURPOSE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^(?:[ \d/.-]|\bx\b|\bcpt\b|#)*[,(](?:[ ,(\d/.:#-]|\bx\b|\bcpt\b)*$")
});

/// The purpose that a word names.
fn purpose_of(note: &Note<'_>, word: &Mention) -> Option<Intent> {
    match note.concept(word).id.as_str() {
        "diagnostic" => Some(Intent::Diagnostic),
        "therapeutic" => Some(Intent::Therapeutic),
        _ => None,
    }
}

/// The one purpose that a stretch names; none where it names both.
pub(super) fn purpose_in(note: &Note<'_>, within: Span) -> Option<Intent> {
    let mut named = note.mentions_in(WORD, within).filter_map(|word| purpose_of(note, word));
    let first = named.next()?;
    named.all(|next| next == first).then_some(first)
}

impl Reader<'_, '_> {
    /// "ESI, CPT 62321, therapeutic": the purpose behind a comma or a bracket, with nothing but
    /// codes and dates before it.
    pub(super) fn purpose_behind(&self, sentence: &Sentence, phrase: &Phrase) -> Option<Intent> {
        let note = self.note;
        let from = phrase.span.end.min(sentence.span.end);
        let behind = Span::new(from, sentence.span.end);
        let (start, purpose) = note
            .mentions_in(WORD, behind)
            .find_map(|word| Some((word.span.start, purpose_of(note, word)?)))?;
        BEFORE_PURPOSE.is_match(note.get(Span::new(from, start))).then_some(purpose)
    }

    /// "PURPOSE: Diagnostic", "Class ..... diagnostic" in the rows below a title.
    pub(super) fn purpose(&self, index: usize, title: bool) -> Option<Intent> {
        if !title {
            return None;
        }
        let note = self.note;
        note.sentences.iter().skip(index).take(PURPOSE_ROWS).find_map(|s| {
            let headed = PURPOSE.of(note.lexicon).is_match(note.heading(s));
            note.mentions_in(WORD, s.span).find_map(|word| {
                let purpose = purpose_of(note, word)?;
                let lead = Span::new(s.span.start.min(word.span.start), word.span.start);
                (headed || PURPOSE.of(note.lexicon).is_match(note.get(lead))).then_some(purpose)
            })
        })
    }
}
