//! That a drug is taken for another complaint than the one at hand: "ibuprofen for the ankle".

use super::super::{Draft, Note};
use crate::fact::Statement;
use crate::lexicon::WordPattern;
use crate::span::Span;

/// What a drug is taken for, where that is a part or an illness that no block is asked for.
static FOR_OTHER: WordPattern = WordPattern::new(
    r"^(?P<gap>[^.;]{0,70}?)\bfor (?:(?:the|her|his|a|an|that|this|left|right|l|r|both|occasional|bad|chronic|acute|old|only) )*{medication-word/other-complaint}\b(?P<rest>[^.;]{0,60})",
);

/// What may be the complaint at hand.
static AT_HAND: WordPattern = WordPattern::new(r"\b{medication-word/complaint-at-hand}");

/// "for migraine, not for the back": the denied part is not what it is taken for.
static NOT_FOR: WordPattern = WordPattern::new(r",? (?:and |but )?(?:not|never|nothing) .*$");

/// Says of a drug whose own words name another complaint, and that one alone, that it is for that.
pub(super) fn tell(note: &Note<'_>, drug: Span, own: Span, drafts: &mut Vec<Draft>) {
    let words = note.get(own);
    let Some(c) = FOR_OTHER.of(note.lexicon).captures(words) else { return };
    let (gap, rest) = (&c["gap"], &c["rest"]);
    let rest = NOT_FOR.of(note.lexicon).find(rest).map_or(rest, |found| &rest[..found.start()]);
    let at_hand = AT_HAND.of(note.lexicon);
    if gap.contains(" and ")
        || gap.ends_with("not ")
        || at_hand.is_match(gap)
        || at_hand.is_match(rest)
    {
        return;
    }
    let topic = Statement { topic: "drug-for-other-complaint".to_owned(), value: None };
    drafts.push(Draft::new(drug, topic, "medication/for-other-complaint", note.assert(drug)));
}
