//! What has to be broken off after so long: "kneads dough for ten minutes and then must sit down".

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Draft, Note};
use super::{is_of_no_state, limited, parse};
use crate::fact::{Activity, Kind};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
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
    r"^[ ,;(-]*(?:(?:at|in|on|behind) (?:(?:an?|the|his|her|my|one|any) )?(?:hard |straight |office |dining )?(?:{function-row/place}|{function-row/seat}|{function-row/post}|{function-row/wheel})[ ,;(-]*)?(?:(?:and|but|then|before|until|or|so|at {function-row/place}|at the {function-row/place}|after that|after which|at (?:the )?most|max|tops|he|she|they|pt|patient)[ ,;(-]*){0,5}$",
);

/// Words between what has to be done and the amount that it is done after.
static AFTER: WordPattern = WordPattern::new(
    r"^(?: (?:in|from|on|off|out of) (?:(?:an?|the|his|her|my) )?(?:{function-row/place}|{function-row/seat}|{function-row/post}))?,? (?:after|every|within|at)(?: (?:only|just|about|around|some))? ?$",
);

/// Words between what is done over and over and the time after which it is: "gets up from her desk every".
static EVERY: WordPattern = WordPattern::new(
    r"^(?: (?:in|from|on|off|out of|at) (?:(?:an?|the|his|her|my) )?(?:{function-row/place}|{function-row/seat}|{function-row/post}))?(?: and [a-z]+(?: around| about)?)? every(?: (?:about|some))? ?$",
);

/// A place where somebody sits, between an amount and what has to be done after it.
static SEATED: WordPattern = WordPattern::new(
    r"^ (?:in|on|at|from) (?:(?:an?|the|his|her|my) )?(?:[a-z]+ )?{function-row/seat}\b",
);

/// That a sentence tells of the night.
static AT_NIGHT: WordPattern = WordPattern::new(r"\b{function-row/night}\b");

/// Who has to stop by the road drove.
static PULLS_OVER: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"\b(?:pulls? (?:over|off)(?: the [a-z]+)?|stops? the car)$"));

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
        // "has to stop running after one mile"
        let stopped =
            activities.iter().find(|m| phrase.end + 1 == m.span.start && !phrase.contains(m.span));
        let whole = stopped.map_or(phrase, |activity| phrase.union(activity.span));
        let each = note.concept(stop).id == "each-time";
        let Some(amount) = amounts.iter().copied().find(|amount| ends(note, *amount, whole, each))
        else {
            continue;
        };
        let told = stopped.and_then(|m| parse(note.concept(m).field("activity")));
        let Some(activity) = told.or_else(|| broken_off(note, activities, amount, phrase)) else {
            continue;
        };
        let phrase = whole;
        // Who "gives up" may do so with anything.
        if activity == Activity::Other
            && matches!(note.concept(stop).id.as_str(), "breaks-off" | "each-time")
        {
            continue;
        }
        // Who gets up every hour at night is not sitting.
        if each && AT_NIGHT.of(note.lexicon).is_match(note.get(sentence.span)) {
            continue;
        }
        let stated = limited(note, phrase, activity, amount, "function/stop");
        let span = amount.union(phrase);
        // "has to quit swimming after half a mile" gives nothing up.
        if stated.is_some() && stopped.is_some() {
            drafts.retain(|d| !(matches!(d.kind, Kind::Function(_)) && span.contains(d.span)));
        }
        drafts.extend(stated.map(|draft| Draft { span, ..draft }));
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
        "each-time" => Some(mention.span),
        _ => None,
    }
}

/// Whether an amount stands right before what has to be done after it, or right behind it.
fn ends(note: &Note<'_>, amount: Span, phrase: Span, each: bool) -> bool {
    let gap = |from: usize| note.get(Span::new(from.min(amount.start), amount.start));
    if each {
        return phrase.end <= amount.start && EVERY.of(note.lexicon).is_match(gap(phrase.end));
    }
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
    // "After 20 minutes in a chair he must get up and walk around."
    let between = if amount < phrase {
        Span::new(amount.end, phrase.start.max(amount.end))
    } else {
        Span::new(phrase.end, amount.start.max(phrase.end))
    };
    if SEATED.of(note.lexicon).is_match(note.get(between)) {
        return Some(Activity::Sitting);
    }
    if let Some(activity) = near.and_then(|m| parse(note.concept(m).field("activity"))) {
        return Some(activity);
    }
    // "Half an hour after a pill he must lie down" tells of the pill.
    let sentence = note.sentence_at(whole)?.span;
    if note.mentions_in("drug", sentence).next().is_some() {
        return None;
    }
    let words = note.get(phrase);
    Some(if PULLS_OVER.is_match(words) {
        Activity::Driving
    } else if SITS_DOWN.of(note.lexicon).is_match(words) {
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
