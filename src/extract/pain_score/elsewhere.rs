//! Scores that are told of a part of the body far from a trunk's pain: "Neck pain 4/10", "3/10 in the knee".

use super::super::{Draft, Note};
use crate::fact::Statement;
use crate::lexicon::WordPattern;
use crate::span::Span;

/// The topic of a score of another part of the body; its value is the part.
const TOPIC: &str = "score-of-other-region";

static ELSEWHERE: WordPattern = WordPattern::new(r"\b{pain-score/elsewhere}\b");

static NEAR: WordPattern = WordPattern::new(r"\b{pain-score/near}\b");

/// The place that a score is of, behind it.
static BEHIND: WordPattern = WordPattern::new(
    r"^,? ?(?:in|of|at|for|over) (?:(?:the|his|her|that|left|right|l|r|lt|rt) )*{pain-score/elsewhere}\b",
);

/// What says so of a score between its neighbours, if its clause does.
pub(super) fn read(note: &Note<'_>, span: Span, before: usize, after: usize) -> Option<Draft> {
    let sentence = note.sentence_at(span)?.span;
    let line = note.lead_of_line(span);
    let start = sentence.start.min(line.start).max(before).min(span.start);
    let lead = note.get(Span::new(start, span.start));
    let clause = lead.rfind([',', ';', '.', '|']).map_or(0, |at| at + 1);
    let end = sentence.end.min(after).max(span.end);
    let tail = note.get(Span::new(span.end, end));
    let stop = tail.char_indices().skip(1).find(|(_, c)| matches!(c, ',' | ';' | '.' | '('));
    let tail = &tail[..stop.map_or(tail.len(), |(at, _)| at)];
    let lead = &lead[clause..];
    if NEAR.of(note.lexicon).is_match(lead) || NEAR.of(note.lexicon).is_match(tail) {
        return None;
    }
    let named = ELSEWHERE.of(note.lexicon).find_iter(lead).last().or_else(|| {
        let found = BEHIND.of(note.lexicon).find(tail)?;
        ELSEWHERE.of(note.lexicon).find(found.as_str())
    })?;
    let kind = Statement { topic: TOPIC.to_owned(), value: Some(named.as_str().to_owned()) };
    Some(Draft::new(span, kind, "pain-score/elsewhere", note.assert(span)))
}
