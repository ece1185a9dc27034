//! One drug in another's place: "changed from gabapentin to pregabalin", "X in place of Y".

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::super::Note;
use super::super::scope::Reach;
use crate::fact::{MedicationStatus, Section};
use crate::segment::Sentence;
use crate::span::Span;

/// Stems of the verbs that put a drug in another's place.
const VERBS: &str = r"(?:switch|chang|transition|convert|rotat|replac|substitut|swap)";

static VERB: LazyLock<Regex> = LazyLock::new(|| fixed_regex(&format!(r"\b{VERBS}")));

/// A verb of exchange with what may part it from the drug that goes.
static EXCHANGES: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(&format!(
        r"\b{VERBS}\w*(?: (?:her|him|them|pt|the patient))?(?: over)?(?: from)?(?: the| her| his| my)? $"
    ))
});

/// Where the other drug begins behind the one that goes.
static FOR_ANOTHER: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"(?:^|[ ,])(?:over to|to|with|for|by)(?: the| a)? $"));

/// The same said of the drug that goes: "Mobic was replaced by".
static IS_EXCHANGED: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(&format!(
        r"\b(?P<be>was|were|is|are|been|being|be) (?:now |since |then |later )?{VERBS}\w*(?: over)? (?:by|with|to|for|out for)(?: the| a)? $"
    ))
});

static IN_PLACE_OF: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:in (?:place|lieu) of|instead of|to replace|replacing)(?: the| her| his| any)? ?$",
    )
});

/// The drug that comes, where the one that goes stands before: "Mobic - changed to".
static NOW_ANOTHER: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(&format!(
        r"(?:^|[ ,;(>-]){VERBS}(?:ed|d|ped|ted)?(?: (?:her|him|pt|the patient))?(?: over)? to(?: the| a)? $"
    ))
});

/// Words that leave it open whether the exchange will be made.
static OPEN: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"\b(?:if|would|could|may|might|consider\w*|discuss\w*|option|should)\b")
});

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
    let open = OPEN.is_match(note.get(Span::new(sentence.span.start, reach.head.start)));
    let gone = if open { MedicationStatus::Current } else { MedicationStatus::Past };
    let planning = sentence.section == Section::Plan;
    // The drug that comes.
    if let Some(passive) = IS_EXCHANGED.captures(near) {
        let ahead = passive.name("be").is_some_and(|be| be.as_str() == "be");
        return Some(if ahead { MedicationStatus::Planned } else { MedicationStatus::Current });
    }
    if reach.near.start > sentence.span.start && NOW_ANOTHER.is_match(near) {
        let planned = planning || open;
        return Some(if planned { MedicationStatus::Planned } else { MedicationStatus::Current });
    }
    let verb_before = VERB.is_match(before.rsplit(';').next().unwrap_or(before));
    if FOR_ANOTHER.is_match(near) && near.len() <= 40 && verb_before {
        let planned = planning || before.contains("will ") || open;
        return Some(if planned { MedicationStatus::Planned } else { MedicationStatus::Current });
    }
    if another_follows && IN_PLACE_OF.is_match(own) && (planning || open) {
        return Some(MedicationStatus::Planned);
    }
    // The drug that goes.
    if another_follows
        && (IS_EXCHANGED.is_match(own) || EXCHANGES.is_match(near) && FOR_ANOTHER.is_match(own))
    {
        return Some(gone);
    }
    (IN_PLACE_OF.is_match(near) && (planning || open)).then_some(gone)
}
