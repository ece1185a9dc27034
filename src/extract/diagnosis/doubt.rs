//! Doubts that are remarked of a diagnosis, beside its name or further off: "cluneal neuralgia - possible
//! at most", "working dx: L cluneal neuralgia", "cluneal neuralgia, left, to be confirmed by block".

use super::compose::{WORDS, role};
use super::{NAMED, Note};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// What makes of a name something that is only thought of, before it.
static LEAD: WordPattern = WordPattern::new(
    r"(?:\?|\b{diagnosis-context/thought-of}[ :,-]*(?:(?:is|remains|of|for|the|a|an) )*) ?(?:{diagnosis-context/side-word}[ .,]+)*$",
);

/// What opens a list of which nothing is certain.
static LIST: WordPattern = WordPattern::new(r"\b{diagnosis-context/opens-differential}\b[^.;]*$");

/// A question mark right behind a name, in brackets or without; one that words follow is theirs.
static ASKED: WordPattern =
    WordPattern::new(r"^(?: of the| on the|,)?(?: (?:left|right))?(?:\?| ?\(\?| \? ?(?:[.;,)]|$))");

/// Words that leave a diagnosis open wherever they stand in what is remarked of it.
static OPEN: WordPattern = WordPattern::new(r"\b{diagnosis-context/leaves-open}\b");

/// A word of doubt that closes a clause; before a noun it is of something else: "possible block".
static DOUBTED: WordPattern = WordPattern::new(
    r"(?:^|[,(-]) ?(?:(?:it |this |that )?{diagnosis-context/seems} )?(?:(?:very|quite|most|more|only|just|at best|at most|merely) )*{diagnosis-context/doubted}(?: {diagnosis-context/bounds-doubt})*(?: ?[.,;)]| -|$)",
);

/// Words of certainty, which no doubt is left beside.
static CERTAIN: WordPattern = WordPattern::new(r"\b{diagnosis-context/leaves-no-doubt}\b");

/// "I hold the diagnosis of sciatica to be proven" is a verdict, "sciatica, to be proven" is none.
static HOLDS: WordPattern = WordPattern::new(r"\b{diagnosis-context/holds}\b[^.;]*$");
static HELD: WordPattern = WordPattern::new(r"\b{diagnosis-context/held-to-be}\b");

/// Whether what is remarked of a diagnosis in its sentence leaves it open.
pub(super) fn is_remarked(note: &Note<'_>, found: Span, sentence: Span) -> bool {
    let lead = Span::new(sentence.start.min(found.start), found.start);
    let lead = note.get(lead);
    if LEAD.of(note.lexicon).is_match(lead) || LIST.of(note.lexicon).is_match(lead) {
        return true;
    }
    let remark = note.get(remark(note, found, sentence));
    let open = || {
        ["yet to be", "still to be", "has to be", "remains to be"]
            .iter()
            .any(|w| remark.contains(w))
    };
    let held = || {
        HELD.of(note.lexicon).is_match(remark) && HOLDS.of(note.lexicon).is_match(lead) && !open()
    };
    if CERTAIN.of(note.lexicon).is_match(remark) || held() {
        return false;
    }
    ASKED.of(note.lexicon).is_match(remark)
        || OPEN.of(note.lexicon).is_match(remark)
        || DOUBTED.of(note.lexicon).is_match(remark)
}

/// What stands behind a diagnosis up to the next one, or to where its sentence ends.
fn remark(note: &Note<'_>, found: Span, sentence: Span) -> Span {
    let behind = Span::new(found.end, sentence.end.max(found.end));
    let head = note.mentions_in(WORDS, behind).find(|m| role(note, m) == "head");
    let next = note.mentions_in(NAMED, behind).next();
    let end = head.into_iter().chain(next).map(|m| m.span.start).min().unwrap_or(behind.end);
    let words = note.get(Span::new(behind.start, end));
    let end = words.find(';').map_or(end, |at| behind.start + at);
    Span::new(behind.start, end)
}
