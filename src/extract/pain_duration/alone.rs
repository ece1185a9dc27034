//! Times that are a clause of their own, behind what names the complaint or its place: "L buttock and
//! outer hip. 14 mo. Slipped on a step.", "R side, at the belt, since May".

use std::sync::LazyLock;

use regex::Regex;

use super::super::Note;
use super::start::PLACE;
use super::{AT_LARGE, GROUP, denies, first, may_tell, tells as names, tells_of_nothing_else};
use crate::fact::{Experiencer, Section};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;

/// How far into its sentence a place may stand that is all that the sentence is about, in bytes.
const PLACE_REACH: usize = 24;

/// Marks that part clauses.
const MARKS: [char; 5] = [',', ';', ':', '(', '.'];

/// Words before a time that is a clause of its own.
static HEAD: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^[-~*+= ]*(?:(?:now|for|x|about|all of)[ ~]*)*$"));

/// Words for a complaint of whatever kind: "bladder problem".
static ANY_COMPLAINT: WordPattern = WordPattern::new(r"^{pain-duration/any-complaint}$");

/// How the clause may end.
static ENDS: WordPattern =
    WordPattern::new(r"^(?:,? {pain-duration/to-now}(?: now)?)? ?(?:$|[,.;)]|\(|- )");

/// Whether a time is a clause of its own that tells of the complaint before it.
pub(super) fn tells(note: &Note<'_>, span: Span) -> bool {
    let Some(index) = note.sentence_index(span) else { return false };
    let sentence = &note.sentences[index];
    let behind = Span::new(span.end, sentence.span.end.max(span.end));
    if !may_tell(sentence.section)
        || sentence.section == Section::Treatments
        || AT_LARGE.of(note.lexicon).is_match(note.get(sentence.span))
        || !ENDS.of(note.lexicon).is_match(note.get(behind))
    {
        return false;
    }
    let before = Span::new(sentence.span.start, span.start);
    let words = note.get(before);
    let mark = words.rfind(MARKS).map_or(0, |at| at + 1);
    if !HEAD.is_match(&words[mark..]) {
        return false;
    }
    if mark > 0 {
        let topic = Span::new(before.start, before.start + mark - 1);
        let clause = note.get(topic).rfind([',', ';', '.']).map_or(0, |at| at + 1);
        let clause = Span::new(topic.start + clause, topic.end);
        // "Hip pain, retired baker, 3 years" is no complaint's.
        return names_complaint(note, clause) && is_complaint(note, topic);
    }
    let Some(previous) = index.checked_sub(1).map(|at| &note.sentences[at]) else { return false };
    previous.section == sentence.section && is_complaint(note, previous.span)
}

/// Whether a stretch tells of the patient's complaint and of nothing else that has a length.
fn is_complaint(note: &Note<'_>, topic: Span) -> bool {
    let words = note.get(topic);
    let near = Span::new(topic.start, topic.start + words.floor_char_boundary(PLACE_REACH));
    let happened = first(note, topic, "event").is_some();
    let named = note.mentions_in(GROUP, topic).any(|m| {
        note.concept(m).id == "complaint"
            && !ANY_COMPLAINT.of(note.lexicon).is_match(note.get(m.span))
    }) || !happened && PLACE.of(note.lexicon).is_match(note.get(near));
    named
        && tells_of_nothing_else(note, topic)
        && note.mentions_in("drug", topic).next().is_none()
        && !denies(note, topic)
        && note.assert(topic).assertion.experiencer == Experiencer::Patient
}

/// Whether a clause names a complaint or a place of the body.
fn names_complaint(note: &Note<'_>, clause: Span) -> bool {
    names(note, clause, "complaint") || PLACE.of(note.lexicon).is_match(note.get(clause))
}
