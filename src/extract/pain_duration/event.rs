//! A complaint that has been there since something happened: "ever since the fall", "was struck two
//! years ago, and the pain has stayed".

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Draft, Note};
use super::start::{first_day, months_since};
use super::{
    GROUP, LENGTH, denies, first, leads_to_complaint, may_tell, names_treatment, push, tells,
    tenths, told_in,
};
use crate::fact::{Experiencer, Section};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::quantity;
use crate::span::Span;
use crate::tag::Mention;

/// How far behind an event the time may stand that it was at, in bytes.
const REACH: usize = 90;

/// How far behind what happened its own day may stand, in bytes.
const OWN_DAY: usize = 26;

/// How far behind its label the day of an injury may stand, in bytes.
const LABEL_REACH: usize = 14;

/// Words that lead from a complaint to what it began with: "since the day of the".
static SINCE_THE: WordPattern = WordPattern::new(
    r"\b(?:since|from)(?: the (?:very )?(?:day|date|time|moment|night) of)?(?: (?:the|that|this|his|her|my))?(?: [a-z]+)? ?$",
);

/// That a complaint has been there from then on.
pub(super) static LASTS: WordPattern = WordPattern::new(r"\b{pain-duration/lasts}\b");

/// Reads every complaint that is dated by what it began with.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    for event in note.mentions(GROUP).filter(|m| note.concept(m).id == "event") {
        if is_season(note, event.span) {
            continue;
        }
        let Some(index) = note.sentence_index(event.span) else { continue };
        let sentence = &note.sentences[index];
        if !may_tell(sentence.section) || sentence.section == Section::Treatments {
            continue;
        }
        let before = Span::new(sentence.span.start, event.span.start);
        let found = if SINCE_THE.of(note.lexicon).is_match(note.get(before)) {
            let behind = Span::new(event.span.end, sentence.span.end.max(event.span.end));
            let about = tells(note, before, "complaint")
                && first(note, before, "other").is_none()
                && !denies(note, before)
                || leads_to_complaint(note, behind);
            let day = || own_day(note, behind).or_else(|| day_of_injury(note));
            about.then(day).flatten().map(|day| (event.span, None, Some(day)))
        } else {
            happened(note, index, event)
        };
        let Some((span, months, since)) = found else { continue };
        if told_in(drafts, sentence.span)
            || note.assert(event.span).assertion.experiencer != Experiencer::Patient
        {
            continue;
        }
        let months = months.or_else(|| months_since(note, since?));
        push(note, drafts, span, months, since, "event");
    }
}

/// What stands behind "fall" where it is the season.
static OF_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^,?(?: of)? (?:(?:19|20)\d\d\b|'\d\d\b|(?:this|last) year|before last)")
});

/// Whether an event is the season: "dates from the fall of 2023".
fn is_season(note: &Note<'_>, event: Span) -> bool {
    note.get(event) == "fall" && OF_YEAR.is_match(&note.str()[event.end..])
}

/// What happened, when, where a complaint is said to have lasted from then on.
fn happened(
    note: &Note<'_>,
    index: usize,
    event: &Mention,
) -> Option<(Span, Option<f64>, Option<Span>)> {
    let sentence = &note.sentences[index];
    let behind = Span::new(event.span.end, sentence.span.end.max(event.span.end));
    let reach = note.get(behind).floor_char_boundary(REACH);
    let near = Span::new(behind.start, behind.start + reach);
    let ago = ago_in(note, near);
    // "A year ago he slipped on ice"
    let before = Span::new(sentence.span.start, event.span.start);
    let ago = ago.or_else(|| ago_in(note, before));
    let when = ago.or_else(|| first_day(note, near))?;
    let from = when.end.max(event.span.end);
    let rest = Span::new(from, behind.end.max(from));
    let next = note.sentences.get(index + 1).filter(|s| s.section == sentence.section);
    let lasts = |within: Span| {
        tells(note, within, "complaint")
            && LASTS.of(note.lexicon).is_match(note.get(within))
            && !names_treatment(note, within)
    };
    if !lasts(rest) && !next.is_some_and(|next| lasts(next.span)) {
        return None;
    }
    let span = event.span.union(when);
    match ago {
        Some(ago) => {
            let months = quantity::duration(note.get(ago))?.months();
            Some((span, Some(tenths(months)), None))
        }
        None => Some((span, None, Some(when))),
    }
}

/// A length that is counted back from the note.
fn ago_in(note: &Note<'_>, within: Span) -> Option<Span> {
    LENGTH
        .find(note.get(within))
        .filter(|found| note.get(within)[found.end()..].trim_start().starts_with("ago"))
        .map(|found| Span::new(within.start + found.start(), within.start + found.end()))
}

/// The day right behind what happened: "the accident in March 2024", "the crash (2021)".
fn own_day(note: &Note<'_>, behind: Span) -> Option<Span> {
    let reach = note.get(behind).floor_char_boundary(OWN_DAY);
    let near = Span::new(behind.start, behind.start + reach);
    first_day(note, near)
        .filter(|day| !note.get(Span::new(near.start, day.start)).contains([',', '.', ';']))
}

/// The day of injury, where the record has a label for it.
fn day_of_injury(note: &Note<'_>) -> Option<Span> {
    let labels = note
        .mentions(GROUP)
        .filter(|m| matches!(note.concept(m).id.as_str(), "event" | "day-of-event"));
    labels
        .filter_map(|label| {
            let rest = note.rest_of_line(label.span);
            let day = note.dates_in(rest).next()?;
            let between = note.get(Span::new(rest.start, day.span.start));
            (between.starts_with(':') && between.len() < LABEL_REACH).then_some(day.span)
        })
        .next()
}
