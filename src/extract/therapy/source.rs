//! Who gave somebody exercises: "stretches (sheet from chiro)", "exercises taught in PT".

use super::super::Note;
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

/// How far before who gave them exercises may be named (bytes).
const REACH: usize = 48;

static GIVEN_BY: WordPattern = WordPattern::new(
    r"\b{therapy/exercise-words}\b[^.;:,]{0,24}?[ (]{therapy/given-by}(?: (?:the|her|his|a|an|my|our|their|last|old))* ?$",
);

/// Whether a therapy is named only as where exercises came from.
pub(super) fn gave_exercises(note: &Note<'_>, sentence: &Sentence, mention: &Mention) -> bool {
    let start = sentence.span.start.max(mention.span.start.saturating_sub(REACH));
    let start = note.str().ceil_char_boundary(start).min(mention.span.start);
    note.concept(mention).field("therapy") != Some("home_exercise")
        && GIVEN_BY.of(note.lexicon).is_match(note.get(Span::new(start, mention.span.start)))
}
