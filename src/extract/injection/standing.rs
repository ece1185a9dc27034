//! Whether an injection took place, is planned, or was not done.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::ascii_regex;

use super::phrase::Phrase;
use super::relief::ReliefRead;
use crate::context::Asserted;
use crate::extract::Note;
use crate::fact::{EventStatus, Experiencer, Polarity, Relief, Section, Time};
use crate::lexicon::CueCategory;
use crate::segment::Sentence;
use crate::span::Span;

// "Prior block of the same nerve? No", "[ ] Yes [x] No", "not yet done".
#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static ANSWERED_NO: LazyLock<Regex> = LazyLock::new(|| {
    ascii_regex(r"^[^.;?:\[]{0,30}(?:[?:.]|\[ ?\]|  )[?:. ]*(?:\[? ?\]? ?yes ?)?(?:\[ ?x ?\] ?)?(?:no|none|not yet done|not done|not performed|never)\b").unwrap()
});

/// How far before a procedure a wish for it may stand to be its own (bytes).
const NEAR: usize = 45;

/// What a sentence says of a procedure's taking place.
pub(super) struct Standing {
    pub status: EventStatus,
    pub asserted: Asserted,
}

/// Where a procedure stands. `request` where the document asks for one; `None` where the
/// words speak of no event of the patient's.
pub(super) fn standing(
    note: &Note<'_>,
    sentence: &Sentence,
    phrase: &Phrase,
    request: bool,
    relief: Option<ReliefRead>,
    dated: bool,
) -> Option<Standing> {
    let mut asserted = note.assert(phrase.head);
    let obstetric = note.get(phrase.head).starts_with("epidural")
        && !phrase.steroid
        && note.mentions("injection-word").any(|m| note.concept(m).id == "obstetric");
    if obstetric || (has(note, sentence.span, "anesthesia") && phrase.class != "verb") {
        return None;
    }
    let lead = Span::new(sentence.span.start, phrase.head.start);
    let done = last(note, lead, "done");
    let wanted = last(note, lead, "wanted").max(cue_end(
        note,
        &asserted,
        phrase.head,
        &[CueCategory::Planned, CueCategory::Hypothetical, CueCategory::Possible],
    ));
    let negated = negation(note, &asserted, phrase);
    let declined =
        note.mentions_in("injection-word", sentence.span).any(|m| note.concept(m).id == "declined");
    let behind = note.get(Span::new(phrase.span.end, sentence.span.end));
    let title = sentence.section == Section::Procedure && is_title(note, sentence);
    let ahead = wanted > done
        || ["may ", "might ", "would ", "could ", "can be"]
            .iter()
            .any(|cue| behind.trim_start().starts_with(cue))
        || [
            "is planned",
            "was ordered",
            "is scheduled",
            "was recommended",
            "to be scheduled",
            "will be",
            "may be",
            "was requested",
            "is requested",
            "was discussed",
            "is recommended",
            "was considered",
            "afterwards",
            "if no better",
            "would be",
            "might be",
            "was offered",
            "if needed",
        ]
        .iter()
        .any(|cue| behind.contains(cue));
    // A plan may speak of relief that is hoped for; a figure tells of relief that was there.
    let helped = relief.is_some();
    let measured = relief.is_some_and(|r| {
        r.percent.is_some()
            || r.duration.is_some()
            || matches!(r.relief, Some(Relief::None | Relief::Complete))
    });
    let modal = ["may ", "might ", "would ", "could "];
    let near = modal.iter().any(|m| behind.trim_start().starts_with(m))
        || wanted > done && wanted.is_some_and(|end| phrase.span.start.saturating_sub(end) <= NEAR);
    let followed = behind.trim_end().ends_with("followed:") || behind.contains("as follows");
    let took_place = (measured || dated || followed || done > wanted || (helped && !ahead))
        && !(near && relief.is_none_or(|r| r.percent.is_none()));
    let rest = note.get(Span::new(phrase.span.end.min(sentence.span.end), sentence.span.end));
    let denied_behind = negated == Some(false) || ANSWERED_NO.is_match(rest);
    let negated = negated.is_some();
    let status = if denied_behind || (declined && !helped) {
        EventStatus::NotDone
    } else if negated && !helped {
        // "No nerve block is planned" is no event at all.
        if ahead && done.is_none() {
            return None;
        }
        EventStatus::NotDone
    } else if took_place {
        EventStatus::Performed
    } else if ahead {
        EventStatus::Planned
    } else if title && !request {
        EventStatus::Performed
    } else if request || matches!(sentence.section, Section::Plan | Section::Request) {
        EventStatus::Planned
    } else {
        EventStatus::Performed
    };
    let weighed =
        asserted.assertion.time == Time::Hypothetical || (ahead && has_weighing(note, lead));
    asserted.assertion.polarity = match status {
        EventStatus::NotDone => Polarity::Negated,
        _ => Polarity::Affirmed,
    };
    asserted.assertion.time = match status {
        EventStatus::Performed => Time::Past,
        EventStatus::Planned if weighed => Time::Hypothetical,
        EventStatus::Planned => Time::Planned,
        EventStatus::NotDone => Time::Current,
    };
    let own = asserted.assertion.experiencer != Experiencer::Family;
    own.then_some(Standing { status, asserted })
}

/// Whether the sentence is the first under a heading that names what was done.
pub(super) fn is_title(note: &Note<'_>, sentence: &Sentence) -> bool {
    let heading = note.heading(sentence);
    let first = sentence.span.start.saturating_sub(sentence.heading.end) <= 40
        || (sentence.item && sentence.span.start.saturating_sub(sentence.heading.end) <= 250);
    (heading.contains("procedure") || heading.contains("operation"))
        && !["detail", "description", "indication"].iter().any(|w| heading.contains(w))
        && first
}

/// Whether a word of a kind is in a stretch.
fn has(note: &Note<'_>, within: Span, id: &str) -> bool {
    note.mentions_in("injection-word", within).any(|m| note.concept(m).id == id)
}

/// Where the last word of a kind ends.
fn last(note: &Note<'_>, within: Span, id: &str) -> Option<usize> {
    note.mentions_in("injection-word", within)
        .filter(|m| note.concept(m).id == id)
        .last()
        .map(|m| m.span.end)
}

/// Where the last cue of some categories before a span ends.
fn cue_end(
    note: &Note<'_>,
    asserted: &Asserted,
    head: Span,
    categories: &[CueCategory],
) -> Option<usize> {
    asserted
        .cues
        .iter()
        .filter(|hit| categories.contains(&note.lexicon.cues[hit.cue].category))
        .filter(|hit| hit.span.end <= head.start)
        .map(|hit| hit.span.end)
        .max()
}

fn has_weighing(note: &Note<'_>, lead: Span) -> bool {
    let words = note.get(lead);
    ["consider", "if ", "discuss", "think about", "thinking about", "may ", "might ", "could "]
        .iter()
        .any(|w| words.contains(w))
}

/// Whether a cue denies the procedure itself and not what came of it, and whether the cue
/// stands before the procedure.
fn negation(note: &Note<'_>, asserted: &Asserted, phrase: &Phrase) -> Option<bool> {
    asserted.cues.iter().find_map(|hit| {
        let cue = &note.lexicon.cues[hit.cue];
        if cue.category != CueCategory::Negated {
            return None;
        }
        let ahead = hit.span.end <= phrase.head.start;
        // "lidocaine without epinephrine was injected"
        let left_out = note.get(hit.span).starts_with("without") || note.get(hit.span) == "w/o";
        if left_out && phrase.class == "verb" {
            return None;
        }
        let gap = if hit.span.end <= phrase.head.start {
            Span::new(hit.span.end, phrase.head.start)
        } else {
            Span::new(phrase.head.end, hit.span.start.max(phrase.head.end))
        };
        let words = note.get(gap);
        let cue_word = note.get(hit.span).trim_matches(|c: char| !c.is_alphanumeric());
        let own = note.mentions_in("outcome", gap).next().is_none()
            && note.mentions_in("relief", gap).next().is_none()
            && words.split_whitespace().count() <= 14
            && !words.contains(" until ")
            && !(hit.span.start >= phrase.head.end && words.contains([',', '%']))
            && (ahead
                || !matches!(cue_word, "no" | "none" | "negative" | "absent")
                || words.trim().is_empty()
                || words.trim().ends_with(['?', '.', ':']));
        own.then_some(ahead)
    })
}
