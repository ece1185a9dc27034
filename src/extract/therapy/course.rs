//! A course of therapy that is told by its visits and days: "eight weeks at the clinic, 16 visits, supervised".

use super::super::period::period_in;
use super::super::{Course, Note};
use super::{GROUP, Reach, in_capitals};
use crate::fact::TherapyKind;
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

static OF_THE_BODY: WordPattern = WordPattern::new(r"\b{therapy/of-the-body}");
static OF_SOMETHING_ELSE: WordPattern = WordPattern::new(r"\b{therapy/of-something-else}");

/// Whether a bare word may stand for the course of a sentence: the sentence speaks of the body or of
/// supervision, and of no other therapy.
pub(super) fn may_be(note: &Note<'_>, sentence: &Sentence, mention: &Mention) -> bool {
    let words = note.get(sentence.span);
    OF_THE_BODY.of(note.lexicon).is_match(words)
        && !of_something_else(note, sentence.span)
        && !names_other_course(note, sentence, mention)
}

/// Whether words speak of what other therapies are for.
pub(super) fn of_something_else(note: &Note<'_>, within: Span) -> bool {
    OF_SOMETHING_ELSE.of(note.lexicon).is_match(note.get(within))
}

static OF_EVERYBODY: WordPattern = WordPattern::new(r"\b{therapy/of-everybody}\b");
static ONE_PERSON: WordPattern = WordPattern::new(r"\b{therapy/one-person}\b");

/// Whether a sentence tells what everybody should have had or may ask for, as a form's standard text does.
pub(super) fn is_of_everybody(note: &Note<'_>, sentence: Span) -> bool {
    let words = note.get(sentence);
    OF_EVERYBODY.of(note.lexicon).is_match(words) && !ONE_PERSON.of(note.lexicon).is_match(words)
}

/// What a denial is limited to: "no PT for the shoulder", "no PT today".
static LIMITED: WordPattern = WordPattern::new(
    r"^ (?:for (?:the |her |his |this )?(?:left |right |other )?{therapy/of-something-else}|{therapy/only-today}\b)",
);

/// Whether a denial of therapy is limited to another part of the body, or to a day.
pub(super) fn denial_is_limited(note: &Note<'_>, behind: Span) -> bool {
    LIMITED.of(note.lexicon).is_match(note.get(behind))
}

static REFERRED: WordPattern =
    WordPattern::new(r"^ (?:referral|ref)\b|^[^.;]{0,30}\b{therapy/referred}\b");

/// Whether what stands behind a therapy says that the patient was referred: "CBT for pain: referral placed".
pub(super) fn is_referred(note: &Note<'_>, behind: Span) -> bool {
    REFERRED.of(note.lexicon).is_match(note.get(behind))
}

/// Whether a row goes no further than the dots or strokes behind its name: "cbt .............".
pub(super) fn is_unanswered(note: &Note<'_>, head: Span) -> bool {
    let rest = note.as_written(note.rest_of_line(head)).trim();
    rest.len() >= 4 && rest.chars().all(|c| matches!(c, '.' | '_' | ' ' | ':'))
}

/// Whether a form asks for the particulars of a course and has none: "dates ____ visits ____".
pub(super) fn is_blank(own: &str) -> bool {
    own.contains("___") && !own.contains(|c: char| c.is_ascii_digit())
}

static BEFORE_DEGREE: WordPattern = WordPattern::new(r" {therapy/before-degree} $");

/// Whether a sentence names another therapy that is given in visits; a therapist's degree behind is none.
fn names_other_course(note: &Note<'_>, sentence: &Sentence, mention: &Mention) -> bool {
    note.mentions_in(GROUP, sentence.span).any(|other| {
        let concept = note.concept(other);
        let field = |name| concept.field(name).unwrap_or_default();
        let kind = field("therapy").parse::<TherapyKind>().ok();
        let behind = other.span.start > mention.span.start;
        let bare = field("needs") == "course";
        let before = Span::new(sentence.span.start, other.span.start);
        let degree = field("needs") == "pt"
            && (!in_capitals(note, other)
                || behind && BEFORE_DEGREE.of(note.lexicon).is_match(note.get(before)));
        !other.span.overlaps(mention.span)
            && !degree
            && !(bare && behind)
            && !matches!(
                kind,
                None | Some(
                    TherapyKind::HomeExercise
                        | TherapyKind::Other
                        | TherapyKind::Brace
                        | TherapyKind::Tens
                )
            )
    })
}

/// That a therapy is told by its visits: "13 supervised visits".
static VISITS_NAMED: WordPattern = WordPattern::new(r"\b{therapy/visit}$");

/// How a sentence begins that tells the days of a course before its name.
static OPENS: WordPattern = WordPattern::new(r"^[ \t-]*{therapy/opens-period} ");

/// The days of a course that its sentence begins with: "From 7 July to 29 August she was seen by a therapist".
pub(super) fn told_before(note: &Note<'_>, sentence: &Sentence, reach: &Reach) -> Course {
    let lead = reach.lead;
    let words = note.get(lead);
    // "attended between 06/30/2025 and 08/15/2025, 13 supervised visits"
    let counted = VISITS_NAMED.of(note.lexicon).is_match(note.get(reach.head));
    let opens = lead.start == sentence.span.start
        && !words.contains([';', ':'])
        && OPENS.of(note.lexicon).is_match(words);
    if !(counted || opens) || note.mentions_in("drug", lead).next().is_some() {
        return Course::default();
    }
    let period = period_in(note, lead).filter(|period| {
        let gap = note.get(Span::new(period.span.end.min(lead.end), lead.end));
        opens || matches!(gap.trim(), "," | ":" | "")
    });
    match period.and_then(|period| Some((period.start, period.stop?))) {
        Some((start, stop)) => Course { start: Some(start), stop: Some(stop), ..Course::default() },
        None => Course::default(),
    }
}
