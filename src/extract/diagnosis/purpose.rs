//! Which mentions name what something is for, what was operated on, or what might go wrong.

use super::{CONTEXT, Note};
use crate::fact::Section;
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

/// How far before a mention a word of its purpose may stand, in bytes.
const REACH: usize = 60;

/// Fewer bytes do not tell of several risks.
const SHORTEST_RISKS: usize = 16;

/// What was done to what stands before it: "Baker's cyst excision".
static OPERATED: WordPattern = WordPattern::new(r"^ {diagnosis-context/operation}\b");

/// Why something was done: "discectomy for disc herniation".
static REASON: WordPattern = WordPattern::new(r"\b{diagnosis-context/reason}\b");

/// What a consent tells of: "risks including bleeding, infection, nerve damage".
static RISKS: WordPattern = WordPattern::new(
    r"\b(?:{diagnosis-context/risk}|{diagnosis-context/complication})\b.*\b{diagnosis-context/complication}\b.*(?:,|\bof|\band|\bor)(?: \w+){0,3} $",
);

/// Whether a mention names what something is for, or is looked for.
pub(super) fn for_purpose(note: &Note<'_>, span: Span, sentence: &Sentence) -> bool {
    let start = span.start.saturating_sub(REACH).max(sentence.span.start);
    let start = note.str().ceil_char_boundary(start);
    note.mentions_in(CONTEXT, Span::new(start, span.start)).any(|m| note.concept(m).id == "purpose")
}

/// Whether a mention is what was operated on: "rotator cuff tear repair", and what a list of
/// operations names without a reason.
pub(super) fn is_operated(note: &Note<'_>, span: Span, sentence: &Sentence) -> bool {
    let before = note.get(Span::new(sentence.span.start.min(span.start), span.start));
    OPERATED.of(note.lexicon).is_match(&note.str()[span.end..])
        || (sentence.section == Section::PastSurgicalHistory
            && !REASON.of(note.lexicon).is_match(before))
}

/// Whether a mention is one of the risks that somebody was told of.
pub(super) fn is_risk(note: &Note<'_>, span: Span, sentence: &Sentence) -> bool {
    let before = note.get(Span::new(sentence.span.start.min(span.start), span.start));
    // "A risk of infection and bleeding, and his stenosis is severe": that one he has.
    let own = ["his ", "her ", "their "].iter().any(|whose| before.ends_with(whose));
    before.len() >= SHORTEST_RISKS && !own && RISKS.of(note.lexicon).is_match(before)
}
