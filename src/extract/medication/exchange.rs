//! One drug in another's place: "changed from gabapentin to pregabalin", "X in place of Y".

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::super::Note;
use super::super::scope::Reach;
use crate::fact::{MedicationStatus, Section};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

static VERB: WordPattern = WordPattern::new(r"\b{medication-word/exchange}");

/// A verb of exchange with what may part it from the drug that goes.
static EXCHANGES: WordPattern = WordPattern::new(
    r"\b{medication-word/exchange}(?: (?:her|him|them|pt|the patient))?(?: over)?(?: from)?(?: the| her| his| my)? $",
);

/// Where the other drug begins behind the one that goes.
static FOR_ANOTHER: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"(?:^|[ ,])(?:over to|to|with|for|by)(?: the| a)? $"));

/// The same said of the drug that goes: "Mobic was replaced by".
static IS_EXCHANGED: WordPattern = WordPattern::new(
    r"\b(?P<be>was|were|is|are|been|being|be) (?:now |since |then |later )?{medication-word/exchange}(?: over)? (?:by|with|to|for|out for)(?: the| a)? $",
);

static IN_PLACE_OF: WordPattern =
    WordPattern::new(r"\b{medication-word/in-place-of}(?: the| her| his| any)? ?$");

/// The drug that comes, where the one that goes stands before: "Mobic - changed to".
static NOW_ANOTHER: WordPattern = WordPattern::new(
    r"(?:^|[ ,;(>-]){medication-word/exchanged}(?: (?:her|him|pt|the patient))?(?: over)? to(?: the| a)? $",
);

/// Words that leave it open whether the exchange will be made.
static OPEN: WordPattern =
    WordPattern::new(r"\b(?:if|would|could|may|might|should|{medication-word/weighed})\b");

/// Where a drug stands that is put in another's place, or makes room for one.
pub(super) fn exchanged(
    note: &Note<'_>,
    sentence: &Sentence,
    reach: &Reach,
) -> Option<MedicationStatus> {
    let before = note.get(Span::new(sentence.span.start, reach.near.start));
    let near = note.get(reach.near);
    let own = note.get(reach.own);
    let another_follows = reach.own.end < sentence.span.end;
    let open =
        OPEN.of(note.lexicon).is_match(note.get(Span::new(sentence.span.start, reach.head.start)));
    let gone = if open { MedicationStatus::Current } else { MedicationStatus::Past };
    let planning = sentence.section == Section::Plan;
    // The drug that comes.
    if let Some(passive) = IS_EXCHANGED.of(note.lexicon).captures(near) {
        let ahead = passive.name("be").is_some_and(|be| be.as_str() == "be");
        return Some(if ahead { MedicationStatus::Planned } else { MedicationStatus::Current });
    }
    if reach.near.start > sentence.span.start && NOW_ANOTHER.of(note.lexicon).is_match(near) {
        let planned = planning || open;
        return Some(if planned { MedicationStatus::Planned } else { MedicationStatus::Current });
    }
    let verb_before = VERB.of(note.lexicon).is_match(before.rsplit(';').next().unwrap_or(before));
    if FOR_ANOTHER.is_match(near) && near.len() <= 40 && verb_before {
        let planned = planning || before.contains("will ") || open;
        return Some(if planned { MedicationStatus::Planned } else { MedicationStatus::Current });
    }
    if another_follows && IN_PLACE_OF.of(note.lexicon).is_match(own) && (planning || open) {
        return Some(MedicationStatus::Planned);
    }
    // The drug that goes.
    if another_follows
        && (IS_EXCHANGED.of(note.lexicon).is_match(own)
            || EXCHANGES.of(note.lexicon).is_match(near) && FOR_ANOTHER.is_match(own))
    {
        return Some(gone);
    }
    (IN_PLACE_OF.of(note.lexicon).is_match(near) && (planning || open)).then_some(gone)
}
