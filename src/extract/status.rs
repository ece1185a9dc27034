//! Where a treatment stands: taken now, in the past, planned, or not at all.
//!
//! Words are in `lexicons/concepts/treatment-status.toml`; here stands how they bind.

use super::Note;
use super::scope::Reach;
use crate::lexicon::WordPattern;
use crate::span::Span;
use crate::tag::Mention;

/// Where a treatment stands, and the words that say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StatusRead<'a> {
    /// `current`, `past`, `planned` or `not_taken`.
    pub status: &'a str,
    /// The words.
    pub mention: Mention,
}

/// The group of the lexicon.
const GROUP: &str = "treatment-status";

/// How many bytes a word behind a treatment may stand away from it.
const REACH_BEHIND: usize = 160;

// "Physical therapy in the last year? ........ No", "Acetaminophen ever taken for it: NO", "Acupuncture: none (declined)",
// "Antidepressant for pain? no, nobody gave me one", "HEP y / CBT n"
static ANSWERED_NO: WordPattern = WordPattern::new(
    r"^(?:[^.;:]{0,60}\?|(?:,? {form-word/asks-treated})*(?: ?:| ?\.{2,}| ?_{2,}| -+))[ .:_-]*(?:a[.:] )?{form-word/no-treatment}(?: (?:at present|currently|now|at the moment|right now|at this time|so far|to date|yet|at home))?(?: ?(?:\(|- |, ?){form-word/why-none}\)?)?[ .,]*$|^[^.;:?]{0,60}\? *no, [^.;?]{3,60}[.]?$|^ n(?:o)? ?(?:[/,;|.]|$)",
);

// "PT: never had formal therapy", "Massage - has not tried it": a label's own words deny what it names.
static DENIED_LABEL: WordPattern = WordPattern::new(
    r"^ ?\)? ?(?::|-+) ?(?:(?:she|he|pt|patient) )?{treatment-status/never-had}(?: {treatment-status/of-itself})*(?:[.,;)]|$)",
);

static NO_TREATMENT: WordPattern = WordPattern::new(r"^{form-word/no-treatment}$");

// "Relief by gabapentin: none", "side effects: none": what is asked is something else.
static ASKS_ELSE: WordPattern =
    WordPattern::new(r"\b(?:{form-word/asks-help}|{form-word/asks-else})\b");

/// Whether a row of a form asks for a treatment and answers with a plain no.
pub(super) fn answered_no(note: &Note<'_>, reach: &Reach) -> bool {
    let no = |words: Span| {
        // The answer may be a sentence of its own: "Taken for it? No".
        let asked = note.get(words).trim_end().ends_with('?');
        let end = if asked { note.rest_of_line(words).end } else { words.end };
        [end, answer_end(note, words)].into_iter().any(|end| {
            let answer = note.get(Span::new(words.start, end.max(words.start)));
            ANSWERED_NO.of(note.lexicon).is_match(answer) && !asks_of_effect(note, answer)
                || DENIED_LABEL.of(note.lexicon).is_match(answer)
        })
    };
    (no(reach.own) || no(reach.tail)) && !asks_else(note, reach.lead)
}

/// "Has it helped? No, not at all" is no answer to whether it was done.
fn asks_of_effect(note: &Note<'_>, words: &str) -> bool {
    words.split_once('?').is_some_and(|(asked, _)| ASKS_ELSE.of(note.lexicon).is_match(asked))
}

/// Where the answer of a label ends that shares its line with others: "PT: N      Age: 50".
fn answer_end(note: &Note<'_>, words: Span) -> usize {
    let cells = note.cells(note.line_of(words));
    let behind = cells.iter().filter(|cell| cell.end > words.start && cell.start < words.end);
    let said = |cell: &&Span| {
        let own = note.get(Span::new(cell.start.max(words.start), cell.end)).trim_end();
        own.contains(char::is_alphanumeric) && !own.ends_with([':', '?'])
    };
    let end = behind.into_iter().find(said).map_or(words.end, |cell| cell.end.min(words.end));
    if cells.len() > 1 { end } else { words.end }
}

fn asks_else(note: &Note<'_>, words: Span) -> bool {
    ASKS_ELSE.of(note.lexicon).is_match(note.get(words))
}

/// What may part a treatment from words that count only right before it.
static NEXT_GAP: WordPattern = WordPattern::new(r"^(?: {treatment-status/next-gap})* *$");

/// Whether nothing but articles and the like stands between words and a treatment.
pub(super) fn next_to(note: &Note<'_>, gap: &str) -> bool {
    NEXT_GAP.of(note.lexicon).is_match(gap)
}

/// "Neither A nor B", said before a list of treatments.
static NEITHER: WordPattern =
    WordPattern::new(r"\b(?:neither|none of|not one of)(?: {treatment-status/next-gap})* $");

/// "No A and no B", said right before a treatment.
static NO: WordPattern =
    WordPattern::new(r"\b(?:neither|no|nor)(?: {treatment-status/next-gap})* $");

/// What, said of neither treatment, was done with none.
static WAS_HAD: WordPattern =
    WordPattern::new(r"^(?:(?:has|have|had) )?(?:ever )?{treatment-status/was-had}$");

/// Whether what stands behind a treatment's list is said of none in it.
pub(super) fn of_neither(note: &Note<'_>, reach: &Reach) -> bool {
    NEITHER.of(note.lexicon).is_match(note.get(reach.lead))
}

/// Whether words close a line of a stretch: "gaba 600 tid - partial, cont" says nothing of the line below.
fn closes_line(note: &Note<'_>, mention: &Mention, within: Span) -> bool {
    let before = note.get(Span::new(within.start, mention.span.start));
    before.trim_end().ends_with([',', ';', '-']) && note.line_of(mention.span).end <= within.end
}

/// What the words before a treatment's list say: the nearest counts.
pub(super) fn status_before<'a>(note: &Note<'a>, lead: Span) -> Option<StatusRead<'a>> {
    let mentions: Vec<Mention> = note.mentions_in(GROUP, lead).copied().collect();
    mentions.iter().rev().find_map(|mention| {
        let concept = note.concept(mention);
        let status = concept.field("status")?;
        let gap = note.get(Span::new(mention.span.end, lead.end));
        let cut = gap.contains(';') || gap.contains(". ") || gap.contains(" but ");
        // "has had no PT", but "has had no relief with PT"
        let apart = concept.field("next").is_some() && !next_to(note, gap);
        // "[ ] Not tried   ibuprofen": an empty box says nothing.
        (concept.field("side") != Some("behind")
            && !cut
            && !apart
            && !note.is_unticked_beside(mention.span, lead.end)
            && !closes_line(note, mention, lead))
        .then_some(StatusRead { status, mention: *mention })
    })
}

/// What the words say that a stretch begins with.
pub(super) fn status_at<'a>(note: &Note<'a>, stretch: Span) -> Option<StatusRead<'a>> {
    let mention = *note.mentions_in(GROUP, stretch).next()?;
    let status = note.concept(&mention).field("status")?;
    (mention.span.start == stretch.start).then_some(StatusRead { status, mention })
}

/// Whether a span of a sentence lies in words that tell where a treatment stands: "PT declined".
pub(super) fn within_status(note: &Note<'_>, sentence: Span, span: Span) -> bool {
    note.mentions_in(GROUP, sentence).any(|m| m.span.contains(span) && m.span != span)
}

/// What the first words of a stretch say that tell where a treatment stands.
pub(super) fn status_in<'a>(note: &Note<'a>, stretch: Span) -> Option<StatusRead<'a>> {
    note.mentions_in(GROUP, stretch)
        .filter(|m| !note.is_unticked_beside(m.span, stretch.start))
        .find_map(|mention| {
            let status = note.concept(mention).field("status")?;
            Some(StatusRead { status, mention: *mention })
        })
}

/// What the words behind a treatment say: the last counts, since it is the newest.
///
/// `ends_at_next`: whether another treatment stands at the stretch's end; the last word before it is its own.
fn status_behind<'a>(
    note: &Note<'a>,
    tail: Span,
    ends_at_next: bool,
    weak: bool,
) -> Option<StatusRead<'a>> {
    let tail = Span::new(tail.start, tail.end.min(tail.start + REACH_BEHIND).max(tail.start));
    let tail = Span::new(tail.start, note.str().floor_char_boundary(tail.end));
    let said = |m: &&Mention| !note.is_unticked_beside(m.span, tail.start);
    let said = note.mentions_in(GROUP, tail).filter(said);
    let mentions: Vec<Mention> = said.copied().collect();
    let read = mentions.iter().rev().find_map(|mention| {
        let concept = note.concept(mention);
        let status = concept.field("status")?;
        let rest = note.get(Span::new(mention.span.end, tail.end));
        // "partial, cont" at the end of a line is of that line's treatment.
        let ends_line = closes_line(note, mention, tail);
        // "let it go the week PT ended": the word points back.
        let points_back = [" it", " them"].iter().any(|back| note.get(mention.span).contains(back));
        let next = ends_at_next
            && !ends_line
            && !points_back
            && (rest.trim().split(' ').count() <= 2)
            && !rest.contains(['(', ')', ';', '.'])
            && !(rest.trim_end().ends_with(" and") || rest.trim_end().ends_with(','));
        // "is contemplated if surgery is refused": what stands behind the "if" is no status.
        let lead = note.get(Span::new(tail.start, mention.span.start));
        let supposed = lead.rfind(" if ").is_some_and(|at| {
            mentions.iter().any(|m| m.span.end <= tail.start + at && tells_behind(note, m))
        });
        let counts = concept.field("side") != Some("before")
            && (concept.field("weak").is_none() || weak)
            && !supposed;
        (counts && !next).then_some(StatusRead { status, mention: *mention })
    })?;
    if read.status != "not_taken" {
        return Some(read);
    }
    // What was stopped was taken: "had to be stopped; he does not want it again".
    let stopped = mentions.iter().find(|m| {
        m.span.end <= read.mention.span.start
            && note.concept(m).field("status") == Some("past")
            && ENDED.of(note.lexicon).is_match(note.get(m.span))
    });
    Some(stopped.map_or(read, |m| StatusRead { status: "past", mention: *m }))
}

/// That a treatment was ended.
pub(super) static ENDED: WordPattern =
    WordPattern::new(r"\b(?:{outcome/ended}|{outcome/gave-up})\b");

/// Whether a mention tells where the treatment before it stands.
fn tells_behind(note: &Note<'_>, mention: &Mention) -> bool {
    let concept = note.concept(mention);
    concept.field("status").is_some() && concept.field("side") != Some("before")
}

/// What the words around a treatment say of it.
///
/// Words behind it are newer or closer than those before its list, so they count first.
pub(super) fn status_of<'a>(
    note: &Note<'a>,
    reach: &Reach,
    sentence_end: usize,
) -> Option<StatusRead<'a>> {
    let behind = |weak: bool| {
        status_behind(note, reach.own, reach.own.end < sentence_end, weak).or_else(|| {
            (reach.tail != reach.own)
                .then(|| status_behind(note, reach.tail, reach.tail.end < sentence_end, weak))
                .flatten()
        })
    };
    // "Side effects: none" is no answer to whether it was taken.
    let of_it = |read: &StatusRead<'_>| {
        let before = Span::new(reach.head.end, read.mention.span.start.max(reach.head.end));
        !NO_TREATMENT.of(note.lexicon).is_match(note.get(read.mention.span))
            || !(asks_else(note, reach.lead) || asks_else(note, before))
    };
    let behind_none = |weak: bool| {
        behind(weak).filter(of_it).map(|read| {
            let words = note.get(read.mention.span);
            // "neither A nor B was tried", "no A ever tried"
            let none = NO.of(note.lexicon).is_match(note.get(reach.lead))
                && WAS_HAD.of(note.lexicon).is_match(words);
            if none { StatusRead { status: "not_taken", ..read } } else { read }
        })
    };
    behind_none(false)
        .or_else(|| {
            // "has had neither A nor B"
            status_before(note, reach.lead).map(|read| match read.status {
                "current" | "past" if of_neither(note, reach) => {
                    StatusRead { status: "not_taken", ..read }
                }
                _ => read,
            })
        })
        .or_else(|| behind(true).filter(of_it))
        .or_else(|| reach.follow.and_then(|follow| status_behind(note, follow, false, true)))
}
