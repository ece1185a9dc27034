//! The words that say how far an activity is limited, before it or behind it.

use std::borrow::Cow;

use super::super::Note;
use super::{amount, parse};
use crate::fact::Limitation;
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

/// How many bytes may lie between a cue and the first activity of its list.
const REACH: usize = 28;

/// The cue before the list of activities that a mention is in.
pub(super) fn before(
    note: &Note<'_>,
    sentence: &Sentence,
    mentions: &[Mention],
    activities: &[&Mention],
    mention: &Mention,
    amount: Option<Span>,
) -> Option<(Limitation, Span)> {
    let mut first = mention.span;
    // Up the list: "cannot stand, walk or sit".
    for other in activities.iter().rev().filter(|m| m.span.end <= mention.span.start) {
        let gap = Span::new(other.span.end, first.start);
        if !is_list(note, &without_amounts(note, gap)) {
            break;
        }
        first = other.span;
    }
    let cue = mentions.iter().rev().find(|m| {
        let concept = note.concept(m);
        m.span.end <= first.start
            && m.span.start >= sentence.span.start
            && concept.field("role") == Some("cue")
            && matches!(concept.field("side"), Some("before" | "both"))
    })?;
    let gap = note.get(Span::new(cue.span.end, first.start));
    // "Limited in: standing, walking"
    let gap = gap.strip_prefix(':').unwrap_or(gap);
    // "worse with sitting more than 20 minutes", "Aggravating factors include, sitting over 20 min"
    let by_amount = note.concept(cue).field("amount").is_some();
    let posture = matches!(
        note.concept(mention).field("activity"),
        Some("sitting" | "standing" | "walking" | "lying" | "driving")
    );
    if by_amount && (amount.is_none() || !posture) {
        return None;
    }
    let gap = gap.strip_prefix(',').filter(|_| by_amount).unwrap_or(gap);
    // "gave up golf", "no kneeling": only right before what is done.
    let (near, bare) = (note.concept(cue).field("near"), note.concept(cue).field("bare"));
    let done = note.get(first).split(' ').next().is_some_and(|word| word.ends_with("ing"));
    // "no sitting" may be a column's "none"; nobody is told not to sit but for long.
    let rest = matches!(
        note.concept(mention).field("activity"),
        Some("sitting" | "standing" | "walking" | "lying" | "sleep" | "work" | "driving")
    );
    if (near.is_some() && !gap.split_whitespace().all(|word| is_load(note, word)))
        || (bare.is_some() && (!done || (rest && gap.trim().is_empty() && first == mention.span)))
    {
        return None;
    }
    if gap.len() > REACH
        || gap.contains(['.', ';', ':', '(', ','])
        || gap.contains(" but ")
        || gap.contains(" and ")
    {
        return None;
    }
    // "Unable to test gait" says nothing of the gait.
    if EXAMINES.of(note.lexicon).is_match(gap) {
        return None;
    }
    let mut limitation: Limitation = parse(note.concept(cue).field("limitation"))?;
    let words_before = note.get(Span::new(sentence.span.start, cue.span.start));
    // "was able to walk" tells of one day; "has not been back to work" denies.
    if limitation == Limitation::Independent {
        let near = words_before.split_whitespace().rev().take(5);
        if near.clone().any(|word| matches!(word, "not" | "never" | "cannot" | "if" | "unable"))
            || (note.get(cue.span).ends_with("able to")
                && near.clone().next().is_some_and(|word| matches!(word, "was" | "be" | "were")))
        {
            return None;
        }
    }
    // "she can't walk": the subject's word ends before what denies it.
    let follows = &note.str()[cue.span.end..];
    let denied = follows.starts_with("'t ")
        || follows.starts_with(" not ") && !follows.starts_with(" not only");
    if limitation == Limitation::Independent && denied {
        limitation = Limitation::Unable;
    }
    if limitation == Limitation::Limited
        && bare.is_none()
        && (words_before.ends_with("no ")
            || words_before.ends_with("denies ")
            || words_before.ends_with("without ")
            || words_before.ends_with("denies any ")
            || words_before.ends_with("does not ")
            || words_before.ends_with("doesn't ")
            || words_before.ends_with("no significant "))
    {
        limitation = Limitation::Independent;
    }
    // The verb is quoted without its subject.
    let words = note.get(cue.span);
    let subject = ["she ", "he ", "patient ", "pt "].iter().find(|who| words.starts_with(**who));
    let start = cue.span.start + subject.map_or(0, |who| who.len());
    Some((limitation, Span::new(start, cue.span.end)))
}

/// What an examiner could not do.
static EXAMINES: WordPattern = WordPattern::new(r"\b{function-row/examines}\b");

/// What may stand between "no" or "gave up" and what is not done.
static LOAD: WordPattern =
    WordPattern::new(r"^(?:all|her|his|the|any|more|further|{function-row/load})$");

// "for prolonged periods", "very far", "for long"
static LONG: WordPattern = WordPattern::new(
    r"^ (?:(?:up |still |down )?(?:for )?(?:any )?(?:very|too|more than|much|for any|as (?:far|long|much)|{function-row/long})|through (?:an?|the|her|his|one|any))\b",
);

/// Whether a word only weighs what is done: "heavy lifting", "prolonged sitting".
pub(super) fn is_load(note: &Note<'_>, word: &str) -> bool {
    LOAD.of(note.lexicon).is_match(word)
}

/// Whether words behind an activity only bound it: "for long", "very far".
pub(super) fn is_long(note: &Note<'_>, behind: &str) -> bool {
    LONG.of(note.lexicon).is_match(behind)
}

/// The last activity of the list that a mention is in.
pub(super) fn last_of_list(note: &Note<'_>, activities: &[&Mention], mention: &Mention) -> Span {
    let mut last = mention.span;
    for other in activities.iter().filter(|m| m.span.start >= mention.span.end) {
        if !is_list(note, note.get(Span::new(last.end, other.span.start))) {
            break;
        }
        last = other.span;
    }
    last
}

/// Words before an activity that deny what is said of it behind.
static NONE_OF: WordPattern = WordPattern::new(
    r"\b(?:no|(?:none|not one|neither) of (?:the|his|her|their|these|those))(?: {function-row/everyday})? $",
);

/// How many words may part an activity from the cue behind it, and from one that begins with "but".
const LONGEST_GAP: usize = 3;
const LONGEST_BUT: usize = 7;

/// The cue behind a mention or behind the list that it is in.
pub(super) fn behind(
    note: &Note<'_>,
    mentions: &[Mention],
    activities: &[&Mention],
    mention: &Mention,
) -> Option<(Limitation, Span)> {
    let last = last_of_list(note, activities, mention);
    let cue = mentions.iter().find(|m| {
        let concept = note.concept(m);
        m.span.start >= last.end
            && concept.field("role") == Some("cue")
            && (matches!(concept.field("side"), Some("behind" | "both"))
                || note.get(m.span) == "limited to")
    })?;
    let gap = note.get(Span::new(last.end, cue.span.start));
    // "can walk half a mile a day but is limited by her hip"
    let far = note.concept(cue).id == "unable-behind" || note.get(cue.span).starts_with("but ");
    let longest = if far { LONGEST_BUT } else { LONGEST_GAP };
    let plain = gap.split_whitespace().count() <= longest
        && !gap.contains(['.', ';', '('])
        && !activities.iter().any(|m| m.span.start >= last.end && m.span.start < cue.span.start);
    let mut limitation = parse(note.concept(cue).field("limitation"))?;
    let denied = gap.trim_end().ends_with("not") || gap.trim_end().ends_with("no");
    // "No activity is limited" denies what it names.
    let sentence = note.sentence_at(mention.span)?.span;
    let lead = note.get(Span::new(sentence.start.min(mention.span.start), mention.span.start));
    if limitation != Limitation::Independent && NONE_OF.of(note.lexicon).is_match(lead) {
        limitation = Limitation::Independent;
    }
    (plain && !denied).then_some((limitation, cue.span))
}

/// What stands between two activities but how long each can be done: "sits 20 min, stands 10 min".
fn without_amounts<'n>(note: &'n Note<'_>, gap: Span) -> Cow<'n, str> {
    let amounts = amount::find(note, gap);
    if amounts.is_empty() {
        return Cow::Borrowed(note.get(gap));
    }
    let (mut words, mut at) = (String::new(), gap.start);
    for amount in amounts {
        words += note.get(Span::new(at, amount.start));
        at = amount.end;
    }
    words += note.get(Span::new(at, gap.end));
    Cow::Owned(words)
}

/// Words that join the activities of a list.
static JOINS: WordPattern = WordPattern::new(
    r"^(?:and|or|nor|to|be|for|with|of|at|her|his|even|any|{function-row/joins})$",
);

/// Whether the words between two activities only join them.
fn is_list(note: &Note<'_>, gap: &str) -> bool {
    if gap.trim().is_empty() {
        return false;
    }
    gap.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '&' | '+'))
        .filter(|word| !word.is_empty())
        .all(|word| JOINS.of(note.lexicon).is_match(word))
}
