//! Amounts that are said to be the limit where no activity is named: "twenty minutes on a chair is
//! her limit", "half a block is his limit".

use super::super::{Draft, Note};
use super::{is_of_no_state, limited};
use crate::fact::Activity;
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

/// What says behind an amount that it is the limit, with the place where it is.
static CEILING: WordPattern = WordPattern::new(
    r"^(?: (?:at|in|on|behind) (?:(?:the|an?|his|her|my|any) )?(?:(?:hard|straight|wooden|kitchen|dining|office) )?(?:(?P<wheel>{function-row/wheel})|(?P<seat>{function-row/seat})|(?P<post>{function-row/post})))? (?:is|was|are|being|remains|=) (?:(?:now|about|still|just|really) )*(?:his|her|my|the patient's) {function-row/ceiling}\b",
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
        let behind = note.get(Span::new(amount.end, sentence.span.end.max(amount.end)));
        let Some(found) = CEILING.of(note.lexicon).captures(behind) else { continue };
        let Some(whole) = found.get(0) else { continue };
        let words = note.get(amount);
        let activity = if found.name("wheel").is_some() {
            Activity::Driving
        } else if found.name("seat").is_some() {
            Activity::Sitting
        } else if found.name("post").is_some() {
            Activity::Standing
        } else if WAY.of(note.lexicon).is_match(words) {
            Activity::Walking
        } else if WEIGHT.of(note.lexicon).is_match(words) {
            Activity::Lifting
        } else {
            continue;
        };
        let span = Span::new(amount.start, amount.end + whole.end());
        drafts.extend(limited(note, span, activity, amount, "function/ceiling"));
    }
}
