//! What has to be broken off after so long: "kneads dough for ten minutes and then must sit down".

use super::super::{Draft, Note};
use super::{is_of_no_state, limited, parse};
use crate::fact::Activity;
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

/// How many bytes may part the amount from what has to be done after it.
const REACH: usize = 40;

/// How far from the amount the activity may stand, in bytes.
const ACTIVITY_REACH: usize = 40;

/// What has to be done instead of going on.
static HAS_TO: WordPattern = WordPattern::new(
    r"^ (?:then |now |go and |go |just |always |usually )*(?:{function-row/sit-down}|{function-row/get-up}|{function-row/break-off})\b",
);

static SITS_DOWN: WordPattern = WordPattern::new(r"\b{function-row/sit-down}$");

static GETS_UP: WordPattern = WordPattern::new(r"\b{function-row/get-up}$");

/// Words between an amount and what has to be done after it.
static THEN: WordPattern = WordPattern::new(
    r"^[ ,;(-]*(?:(?:and|but|then|before|until|or|so|at {function-row/place}|at the {function-row/place}|after that|after which|at (?:the )?most|max|tops|he|she|they|pt|patient)[ ,;(-]*){0,5}$",
);

/// Words between what has to be done and the amount that it is done after.
static AFTER: WordPattern =
    WordPattern::new(r"^,? (?:after|every|within|at)(?: (?:only|just|about|around|some))? ?$");

/// Reads every amount of time or way behind which an activity has to be broken off.
pub(super) fn read(
    note: &Note<'_>,
    sentence: &Sentence,
    mentions: &[Mention],
    activities: &[&Mention],
    amounts: &[Span],
    drafts: &mut Vec<Draft>,
) {
    if amounts.is_empty() || is_of_no_state(sentence.section) {
        return;
    }
    for stop in mentions {
        let Some(phrase) = stops(note, sentence, stop) else { continue };
        let Some(amount) = amounts.iter().copied().find(|amount| ends(note, *amount, phrase))
        else {
            continue;
        };
        let Some(activity) = broken_off(note, activities, amount, phrase) else { continue };
        // Who "gives up" may do so with anything.
        if activity == Activity::Other && note.concept(stop).id == "breaks-off" {
            continue;
        }
        let stated = limited(note, phrase, activity, amount, "function/stop");
        drafts.extend(stated.map(|draft| Draft { span: amount.union(phrase), ..draft }));
    }
}

/// The words that say that something is broken off: "must then sit down", "gives up".
fn stops(note: &Note<'_>, sentence: &Sentence, mention: &Mention) -> Option<Span> {
    match note.concept(mention).id.as_str() {
        "breaks-off" => Some(mention.span),
        "has-to" => {
            let behind = Span::new(mention.span.end, sentence.span.end.max(mention.span.end));
            let found = HAS_TO.of(note.lexicon).find(note.get(behind))?;
            Some(Span::new(mention.span.start, behind.start + found.end()))
        }
        _ => None,
    }
}

/// Whether an amount stands right before what has to be done after it, or right behind it.
fn ends(note: &Note<'_>, amount: Span, phrase: Span) -> bool {
    if amount.end <= phrase.start {
        let gap = Span::new(amount.end, phrase.start);
        return gap.len() <= REACH && THEN.of(note.lexicon).is_match(note.get(gap));
    }
    phrase.end <= amount.start
        && AFTER.of(note.lexicon).is_match(note.get(Span::new(phrase.end, amount.start)))
}

/// What is broken off: nothing more to say where the activity has its own fact. Who has to sit down
/// stood, and who has to get up sat.
fn broken_off(
    note: &Note<'_>,
    activities: &[&Mention],
    amount: Span,
    phrase: Span,
) -> Option<Activity> {
    let whole = amount.union(phrase);
    let near =
        activities.iter().filter(|m| !phrase.contains(m.span)).min_by_key(|m| away(whole, m.span));
    let near = near.filter(|m| away(whole, m.span) <= ACTIVITY_REACH);
    if let Some(activity) = near.and_then(|m| parse(note.concept(m).field("activity"))) {
        return Some(activity);
    }
    // "Half an hour after a pill he must lie down" tells of the pill.
    let sentence = note.sentence_at(whole)?.span;
    if note.mentions_in("drug", sentence).next().is_some() {
        return None;
    }
    let words = note.get(phrase);
    Some(if SITS_DOWN.of(note.lexicon).is_match(words) {
        Activity::Standing
    } else if GETS_UP.of(note.lexicon).is_match(words) {
        Activity::Sitting
    } else {
        Activity::Other
    })
}

/// How many bytes part two spans.
fn away(one: Span, other: Span) -> usize {
    other.start.saturating_sub(one.end).max(one.start.saturating_sub(other.end))
}
