//! Where a drug stands in the treatment.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::super::outcome::OutcomeRead;
use super::super::scope::{Reach, ends_it};
use super::super::status::{ENDED, StatusRead, status_at};
use super::super::{Course, Note};
use super::bound::Attributes;
use super::heading::under_heading;
use crate::context::Asserted;
use crate::fact::{MedicationStatus, Outcome, Section, Time};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

/// Words behind a drug that tell of it as over: "was of no use", "made her sick".
static OVER: WordPattern = WordPattern::new(r"\b{medication-word/over}\b");

/// Words that tell of a drug as still taken.
static GOES_ON: WordPattern = WordPattern::new(r"\b{medication-word/goes-on}\b");

/// "On Lyrica preoperatively": taken up to then.
static AT_THAT_TIME: WordPattern = WordPattern::new(r"\b{medication-word/at-that-time}\b");

/// "Gout, on allopurinol", "asthma w/ albuterol": taken now, however old the disease is.
static ON: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"(?:^|[ ,(])on (?:daily )?$|[^d,] (?:w/|with) ?(?:an? )?$"));

/// "Was started two weeks ago": taken since.
static STARTED: WordPattern = WordPattern::new(
    r"^(?: \d[\d./-]*(?: ?mg| ?mcg)?)?(?: was| were|,) (?:recently |just |first |also |newly )?{medication-word/started}\b[^.;]{0,50}\b(?:ago|recently)\b",
);

/// "Which she has taken since June": what goes on.
static HAS_SINCE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:has|have) (?:taken|used|been (?:on|taking|using))(?: (?:it|this|that|daily|nightly))* since\b",
    )
});

/// A pause before a procedure.
static FOR_PROCEDURE: WordPattern = WordPattern::new(
    r"^[^.;]{0,30}\b(?:(?:\d+|a|one|two|three|five|seven|ten) ?(?:days?|weeks?|hours?|hrs?|d|wks?)\b[^.;]{0,12}\b(?:before|prior|pre)|(?:before|prior to|for) (?:the |this |today's |her |his |any |each )?{medication-word/paused-for})",
);

static PAUSED: WordPattern = WordPattern::new(r"\b{medication-word/around-procedure}\b");

/// What pauses a drug, where a procedure follows.
static PAUSES: WordPattern = WordPattern::new(r"^{medication-word/pauses}$");

/// Words of headings over lists of what is taken no more.
static FORMER: WordPattern = WordPattern::new(r"\b{medication-word/former}");

/// Words of headings over lists of what was tried, and may go on where it is told how it is taken.
static TRIED: WordPattern = WordPattern::new(r"\b{medication-word/tried}");

/// What an order behind a drug's name and a colon or dash says: "Gabapentin: increase to 600 mg".
pub(super) fn ordered<'a>(note: &Note<'a>, own: Span) -> Option<StatusRead<'a>> {
    let words = note.get(own);
    let lead = ORDER.find(words)?.end();
    status_at(note, Span::new(own.start + lead, own.end)).filter(|read| {
        let behind = note.concept(&read.mention).field("side") == Some("behind");
        read.status != "not_taken" && !behind
    })
}

static ORDER: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^(?: ?:| ?[-\x{2013}]) ?(?:(?:we|i)(?: will|'ll)? |will |to |please |now )?")
});

/// Whether a plan orders a drug by its directions alone, and no earlier word of the note speaks of
/// it: "Lidocaine patch to the low back daily."
fn begun(note: &Note<'_>, sentence: &Sentence, reach: &Reach, found: &Attributes) -> bool {
    let lead = note.get(Span::new(sentence.span.start, reach.head.start.max(sentence.span.start)));
    let drug = note.mentions_in("drug", reach.head).next();
    sentence.section == Section::Plan
        && found.frequency.is_some()
        && !lead.contains(char::is_alphabetic)
        && drug.is_some_and(|drug| {
            let before = Span::new(0, sentence.span.start);
            let own = &note.concept(drug).id;
            !note.mentions_in("drug", before).any(|m| note.concept(m).id == *own)
        })
}

/// Verbs that lower a dose, and the dose that they lower it to.
static LOWERS: WordPattern =
    WordPattern::new(r"\b{medication-word/lowers}(?: the| her| his| down)* $");

static TO_DOSE: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^ (?:down |back )?to \d"));

/// Whether a verb lowers a drug to the dose behind it.
fn lowered(note: &Note<'_>, reach: &Reach) -> bool {
    TO_DOSE.is_match(note.get(reach.own)) && LOWERS.of(note.lexicon).is_match(note.get(reach.near))
}

/// What orders the drug right behind it: "stop Flexeril; trial Robaxin".
static TRIES_OUT: WordPattern =
    WordPattern::new(r"(?:^|[;:,.>-] ?|\band |\bthen ){medication-word/tries-out} $");

/// Whether a plan tries a drug out.
fn tried_out(note: &Note<'_>, reach: &Reach) -> bool {
    TRIES_OUT.of(note.lexicon).is_match(note.get(reach.near))
}

/// The status that words, section, time, outcome and course come to.
pub(super) fn status_in_words(
    note: &Note<'_>,
    read: Option<StatusRead<'_>>,
    asserted: &Asserted,
    outcome: Option<OutcomeRead>,
    found: &Attributes,
    course: &Course,
    reach: &Reach,
) -> Option<MedicationStatus> {
    let sentence = note.sentence_at(reach.head)?;
    let section = sentence.section;
    let heading = note.heading(sentence);
    let planning = section == Section::Plan || heading.contains("recommend");
    let failed =
        outcome.is_some_and(|o| matches!(o.outcome, Outcome::NotHelpful | Outcome::NotTolerated));
    // What failed is told as over, unless its words tell of it as going on.
    let words = note.get(reach.own);
    let going_on = GOES_ON.of(note.lexicon).is_match(words);
    let over = failed && OVER.of(note.lexicon).is_match(words) && !going_on;
    // "S/p stent, asthma on albuterol": the word before is of another item.
    let read = read.filter(|r| {
        // Commas of the drug's own list part nothing.
        let gap = Span::new(r.mention.span.end, reach.lead.end.max(r.mention.span.end));
        let before = r.mention.span.end <= reach.head.start;
        !(before && ON.is_match(note.get(reach.lead)) && note.get(gap).contains(','))
    });
    if STARTED.of(note.lexicon).is_match(words)
        && !over
        && read.is_none_or(|r| r.status != "not_taken")
    {
        let stopped = read.is_some_and(|r| !note.get(r.mention.span).ends_with("ago"));
        if !stopped && course.stop.is_none() {
            return Some(MedicationStatus::Current);
        }
    }
    if read.is_some_and(|r| r.status == "prescribed") {
        let sent_home = section == Section::Procedure;
        return Some(if planning || sent_home || asserted.assertion.time == Time::Planned {
            MedicationStatus::Planned
        } else if course.stop.is_some()
            || over
            || reach.follow.is_some_and(|follow| ends_it(note, follow))
        {
            MedicationStatus::Past
        } else {
            MedicationStatus::Current
        });
    }
    // What is only paused goes on: "stop aspirin 7 days before", "resume Eliquis tomorrow".
    let paused = read.is_some_and(|r| {
        PAUSES.of(note.lexicon).is_match(note.get(r.mention.span))
            && FOR_PROCEDURE.of(note.lexicon).is_match(words)
    });
    let resumed = paused
        || read.is_some_and(|r| {
            let said = note.get(r.mention.span);
            said == "resume"
                || (said == "restart" && PAUSED.of(note.lexicon).is_match(note.get(sentence.span)))
        });
    if resumed {
        return Some(MedicationStatus::Current);
    }
    if planning && read.is_some_and(|r| note.get(r.mention.span) == "trial of") {
        return Some(MedicationStatus::Planned);
    }
    // "Taper Paxil to 10 mg": that dose is ahead.
    if planning && (lowered(note, reach) || tried_out(note, reach)) {
        return Some(MedicationStatus::Planned);
    }
    // "which she has taken since June" goes on.
    let since = course.duration.is_some_and(|span| note.get(span).starts_with("since"));
    if since
        && course.stop.is_none()
        && !over
        && HAS_SINCE.is_match(words)
        && !ENDED.of(note.lexicon).is_match(words)
    {
        return Some(MedicationStatus::Current);
    }
    let supposed = matches!(asserted.assertion.time, Time::Hypothetical);
    if let Some(status) = read.and_then(|r| r.status.parse().ok()) {
        // "medications such as gabapentin, which might help" speaks of nothing taken yet.
        let loose = supposed && status == MedicationStatus::Current && section == Section::Plan;
        return Some(if loose { MedicationStatus::Planned } else { status });
    }
    let taken_now = ON.is_match(note.get(reach.lead))
        && !AT_THAT_TIME.of(note.lexicon).is_match(note.get(reach.tail));
    if let Some(status) = under_heading(note, sentence, reach) {
        return Some(status);
    }
    let under = |words: &WordPattern| words.of(note.lexicon).is_match(heading);
    let listed_as_tried = under(&FORMER) || (under(&TRIED) && found.frequency.is_none());
    let untolerated = outcome.is_some_and(|o| o.outcome == Outcome::NotTolerated) && !going_on;
    Some(match (section, asserted.assertion.time) {
        (Section::Medications | Section::Treatments, _) if over || listed_as_tried => {
            MedicationStatus::Past
        }
        (Section::Medications, _)
            if failed && !going_on && found.frequency.is_none() && found.dose.is_none() =>
        {
            MedicationStatus::Past
        }
        (Section::Medications, _) => MedicationStatus::Current,
        (_, Time::Planned | Time::Hypothetical) => MedicationStatus::Planned,
        (_, Time::Past) if !taken_now => MedicationStatus::Past,
        _ if course.stop.is_some() => MedicationStatus::Past,
        _ if over || untolerated => MedicationStatus::Past,
        _ if failed
            && (found.frequency.is_none()
                || (course.duration.is_some() && course.start.is_none())) =>
        {
            MedicationStatus::Past
        }
        _ if begun(note, sentence, reach, found) => MedicationStatus::Planned,
        _ => MedicationStatus::Current,
    })
}
