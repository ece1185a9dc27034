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

// "Physical therapy in the last year? ........ No"
static ANSWERED_NO: WordPattern =
    WordPattern::new(r"^[^.;:]{0,60}\?[ .:_-]*{form-word/no-treatment}[ .,]*$");

/// Whether a row of a form asks for a treatment and answers with a plain no.
pub(super) fn answered_no(note: &Note<'_>, own: Span) -> bool {
    ANSWERED_NO.of(note.lexicon).is_match(note.get(own))
}

/// What the words before a treatment's list say: the nearest counts.
pub(super) fn status_before<'a>(note: &Note<'a>, lead: Span) -> Option<StatusRead<'a>> {
    let mentions: Vec<Mention> = note.mentions_in(GROUP, lead).copied().collect();
    mentions.iter().rev().find_map(|mention| {
        let concept = note.concept(mention);
        let status = concept.field("status")?;
        let gap = note.get(Span::new(mention.span.end, lead.end));
        let cut = gap.contains(';') || gap.contains(". ") || gap.contains(" but ");
        (concept.field("side") != Some("behind") && !cut)
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
    note.mentions_in(GROUP, stretch).find_map(|mention| {
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
    let mentions: Vec<Mention> = note.mentions_in(GROUP, tail).copied().collect();
    mentions.iter().rev().find_map(|mention| {
        let concept = note.concept(mention);
        let status = concept.field("status")?;
        let rest = note.get(Span::new(mention.span.end, tail.end));
        let next = ends_at_next
            && (rest.trim().split(' ').count() <= 2)
            && !rest.contains([')', ';', '.'])
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
    })
}

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
    behind(false)
        .or_else(|| status_before(note, reach.lead))
        .or_else(|| behind(true))
        .or_else(|| reach.follow.and_then(|follow| status_behind(note, follow, false, true)))
}
