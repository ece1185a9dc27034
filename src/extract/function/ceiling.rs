//! Amounts that are said to be the limit where no activity is named: "twenty minutes on a chair is
//! her limit", "half a block is his limit".

use regex::Captures;

use super::super::{Draft, Note};
use super::{is_of_no_state, limited};
use crate::fact::Activity;
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

macro_rules! place {
    () => {
        r"(?:at|in|on|behind|by|over) (?:(?:the|an?|his|her|my|any) )?(?:(?:hard|straight|wooden|kitchen|dining|office) )?(?:(?P<wheel>{function-row/wheel})|(?P<seat>{function-row/seat})|(?P<post>{function-row/post}))"
    };
}

/// What says behind an amount that it is the limit, with the place where it is.
static CEILING: WordPattern = WordPattern::new(concat!(
    r"^(?: ",
    place!(),
    r")? (?:is|was|are|being|remains|=) (?:(?:now|about|still|just|really) )*(?:(?:his|her|my|the patient's) (?:(?P<what>standing|sitting|walking|driving|lifting) )?{function-row/ceiling}\b|{function-row/most} (?:that )?(?:he|she|they|pt|patient) (?:can|could|will|manages?|bears?|lasts?)\b)",
));

/// What says before an amount that it is the limit: "At the stove her limit is", "at the sink max".
static LIMIT_IS: WordPattern = WordPattern::new(concat!(
    r"\b(?:",
    place!(),
    r")[ ,:-]{1,3}(?:(?:his|her|my|the|a|pt's|patient's) )?(?:{function-row/ceiling}(?: (?:time|tolerance))?|no more than|not more than|at most|never more than|can(?:not|'t)? (?:last|manage|stay)(?: (?:more|longer|over) than)?|lasts?|manages?)(?: (?:is|was|of|about|now|only|just|some|for))*[ :=]{1,3}$",
));

/// What is borne at a place behind the amount: "lasts 10 minutes in the pew".
static AT_PLACE: WordPattern = WordPattern::new(concat!(r"^ (?:or so )?", place!(), r"\b"));

/// Words before an amount that make it as much as can be borne.
static BEARS: WordPattern = WordPattern::new(
    r"\b(?:(?:his|her|my) {function-row/ceiling} is|{function-row/lasts})(?: (?:for|about|only|just|maybe|perhaps|some|up to|barely))* ?$",
);

/// What is said of a thing that was named: "in line, which she can manage for about ten minutes".
static WHICH: WordPattern = WordPattern::new(
    r",? (?:which|that|and this|and that|something) (?:he|she|they|pt|the patient) (?:(?:can|could|is able to) )?(?:only |just )?(?:{function-row/bears}|manage|bear|tolerate|stand|endure|do|take|keep up)(?: (?:it|this|that))?(?: (?:for|about|only|just|maybe|up to|at most|no more than|no longer than))* ?$",
);

static WAY: WordPattern = WordPattern::new(r" {function-row/way}$");

static WEIGHT: WordPattern = WordPattern::new(r" {function-row/weight}$");

/// Reads every amount that is the limit of what its place or its unit tells.
pub(super) fn read(
    note: &Note<'_>,
    sentence: &Sentence,
    amounts: &[Span],
    drafts: &mut Vec<Draft>,
) {
    if is_of_no_state(sentence.section) {
        return;
    }
    for &amount in amounts {
        let before = Span::new(sentence.span.start.min(amount.start), amount.start);
        let behind = Span::new(amount.end, sentence.span.end.max(amount.end));
        let Some((span, place)) = limit_behind(note, amount, behind)
            .or_else(|| limit_before(note, amount, before))
            .or_else(|| borne(note, amount, before, behind))
        else {
            continue;
        };
        let words = note.get(amount);
        let activity = match place {
            Some(activity) => activity,
            None if WAY.of(note.lexicon).is_match(words) => Activity::Walking,
            None if WEIGHT.of(note.lexicon).is_match(words) => Activity::Lifting,
            None => continue,
        };
        drafts.extend(limited(note, span, activity, amount, "function/ceiling"));
    }
}

/// What is done at the place that was found: sitting, standing, driving.
fn done_at(found: &Captures<'_>) -> Option<Activity> {
    if found.name("wheel").is_some() {
        return Some(Activity::Driving);
    }
    if found.name("seat").is_some() {
        return Some(Activity::Sitting);
    }
    found.name("post").map(|_| Activity::Standing)
}

/// "Twenty minutes on a chair is her limit"
fn limit_behind(note: &Note<'_>, amount: Span, behind: Span) -> Option<(Span, Option<Activity>)> {
    let found = CEILING.of(note.lexicon).captures(note.get(behind))?;
    let end = amount.end + found.get(0)?.end();
    let what = found.name("what").and_then(|what| super::parse(Some(what.as_str())));
    Some((Span::new(amount.start, end), what.or_else(|| done_at(&found))))
}

/// A load that is as much as may be carried: "limited to 10 lb".
static LOAD: WordPattern =
    WordPattern::new(r"\b(?:limited|restricted) to(?: (?:about|only|under|less than))* $");

/// "At the stove her limit is 15 minutes", "limited to 10 lb"
fn limit_before(note: &Note<'_>, amount: Span, before: Span) -> Option<(Span, Option<Activity>)> {
    let load = LOAD.of(note.lexicon).find(note.get(before));
    if let Some(load) = load.filter(|_| WEIGHT.of(note.lexicon).is_match(note.get(amount))) {
        let span = Span::new(before.start + load.start(), amount.end);
        return Some((span, Some(Activity::Lifting)));
    }
    let found = LIMIT_IS.of(note.lexicon).captures(note.get(before))?;
    let start = before.start + found.get(0)?.start();
    Some((Span::new(start, amount.end), done_at(&found)))
}

/// "lasts a quarter of an hour in the pew", "stands in line, which he can manage for ten minutes"
fn borne(
    note: &Note<'_>,
    amount: Span,
    before: Span,
    behind: Span,
) -> Option<(Span, Option<Activity>)> {
    let lead = note.get(before);
    if let Some(bears) = BEARS.of(note.lexicon).find(lead) {
        let start = before.start + bears.start();
        let at = AT_PLACE.of(note.lexicon).captures(note.get(behind));
        let end = amount.end + at.as_ref().and_then(|at| at.get(0)).map_or(0, |at| at.end());
        let way = WAY.of(note.lexicon).is_match(note.get(amount))
            && !super::amount::is_habit(note, amount.end, behind.end);
        let limit = way || note.get(Span::new(start, amount.start)).contains(" is");
        let done = at.as_ref().and_then(done_at);
        if done.is_some() || limit {
            return Some((Span::new(start, end), done));
        }
    }
    let which = WHICH.of(note.lexicon).find(lead)?;
    let clause = Span::new(before.start, before.start + which.start());
    let named = note
        .mentions_in(super::GROUP, clause)
        .filter(|m| note.concept(m).field("role") == Some("activity"))
        .last()?;
    let activity = super::parse(note.concept(named).field("activity"))?;
    Some((named.span.union(amount), Some(activity)))
}
