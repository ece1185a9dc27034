//! A therapist's own note: its rows tell visits, dates and rhythm of one course.

use std::sync::LazyLock;

use regex::Regex;

use super::super::dates::DateMention;
use super::super::outcome::outcome_in;
use super::super::{Draft, Note, course_in};
use super::schedule::{find_frequency, find_visits};
use super::{measured, visit_log};
use crate::fact::{Kind, Section, Therapy, TherapyKind, TherapyStatus};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;

/// How far into a document its title may stand (bytes).
const TITLE_REACH: usize = 400;

/// How far before a document's end its signature may stand (bytes).
const SIGNATURE_REACH: usize = 160;

static TITLE: WordPattern = WordPattern::new(
    r"\b{therapy/course-title}\b(?:(?:[^.:0-9]|{therapy/firm}){0,70}\b(?P<over>{therapy/course-over})|[^.:]{0,30}\b{therapy/course-note})\b|\b(?P<ended>{therapy/course-over})\b[^.:]{0,30}\b{therapy/course-title}\b",
);

/// The head of a therapist's letter, which its signature tells from others.
static LETTERHEAD: WordPattern = WordPattern::new(r"\b{therapy/letterhead}\b");
static SIGNED: WordPattern = WordPattern::new(r", {therapy/therapist-degree}\b");

/// "cc: A. Example, DPT": who gets a copy did not write it.
static COPIED: WordPattern = WordPattern::new(r"^[ \t]*{therapy/copied-to}\b");

/// What stands right before a course's first day and before its last: "Evaluated: 2/10/25   Discharged: 4/4/25".
static FIRST_DAY: WordPattern =
    WordPattern::new(r"(?:^|[ (\t]){therapy/first-day}(?: on)?[ .:=-]*$");
static LAST_DAY: WordPattern = WordPattern::new(r"(?:^|[ (\t]){therapy/last-day}(?: on)?[ .:=-]*$");

static ROW: WordPattern = WordPattern::new(
    r"\b(?:(?P<visits>{therapy/visits-row})|(?P<often>{therapy/often-row})|(?P<dates>{therapy/dates-row}))",
);

/// What a result speaks of that stands under no heading.
static PAIN: WordPattern = WordPattern::new(r"\b{therapy/result-of}\b");

/// The head of a letter that a therapist signed.
fn letter<'t>(note: &Note<'_>, head: &'t str) -> Option<regex::Captures<'t>> {
    let text = note.str();
    let end = text.ceil_char_boundary(text.len().saturating_sub(SIGNATURE_REACH));
    SIGNED
        .of(note.lexicon)
        .find(&text[end..])
        .is_some_and(|degree| {
            let at = end + degree.start();
            let lead = note.lead_of_line(Span::new(at, at));
            !COPIED.of(note.lexicon).is_match(note.get(lead))
        })
        .then(|| LETTERHEAD.of(note.lexicon).captures(&head[..head.floor_char_boundary(160)]))
        .flatten()
}

/// How many of the visits that were booked took place: "Seen: 14 of 16".
static KEPT_OF: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:seen|kept|attended|completed) ?:? ?(\d{1,2}) ?(?:of|/|out of) ?\d{1,2}\b(?:[^/]|$)",
    )
});

fn kept_of(words: &str) -> Option<f64> {
    KEPT_OF.captures(words)?[1].parse().ok()
}

/// The first day that stands behind one of some labels on its line.
fn labelled<'n>(note: &'n Note<'_>, label: &'static WordPattern) -> Option<&'n DateMention> {
    let all = Span::new(0, note.str().len());
    note.dates_in(all)
        .find(|day| label.of(note.lexicon).is_match(note.get(note.lead_of_line(day.span))))
}

/// Reads the course that a therapist's note is of as one fact.
///
/// Drafts from `first` on are of the therapies that it names; a bare name of the therapy
/// that the whole note is of says nothing more and goes.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>, first: usize) {
    let text = note.str();
    let title_end = text.floor_char_boundary(TITLE_REACH.min(text.len()));
    let title = TITLE.of(note.lexicon).captures(&text[..title_end]);
    let Some(title) = title.or_else(|| letter(note, &text[..title_end])) else { return };
    // A sentence about therapy is no title: titles stand in capitals or under no heading.
    let at = title.get(0).map_or(0, |m| m.start());
    let title_span = Span::new(at, at + 1);
    if !note
        .sentence_at(title_span)
        .is_none_or(|s| matches!(s.section, Section::Header | Section::Other))
    {
        return;
    }
    let over = ["over", "ended"].iter().any(|name| title.name(name).is_some())
        || text.contains("discharge");
    let mut course = Therapy {
        therapy: TherapyKind::PhysicalTherapy,
        status: Some(if over { TherapyStatus::Past } else { TherapyStatus::Current }),
        supervised: Some(true),
        ..Therapy::default()
    };
    let mut head: Option<(u8, Span)> = None;
    for sentence in &note.sentences {
        if matches!(sentence.section, Section::Goals | Section::Education) {
            continue;
        }
        let words = note.get(sentence.span);
        let Some(row) = ROW.of(note.lexicon).captures(words) else {
            if (sentence.section == Section::Assessment || PAIN.of(note.lexicon).is_match(words))
                && let Some(read) = outcome_in(note, sentence.span)
                    .or_else(|| measured::outcome(note, sentence.span))
            {
                course.outcome = course.outcome.or(Some(read.outcome));
            }
            continue;
        };
        let rank = if row.name("visits").is_some() {
            0
        } else if row.name("often").is_some() {
            1
        } else {
            2
        };
        // "I do not see what more visits would bring" is no row.
        let rank = rank + if words.contains(|c: char| c.is_ascii_digit()) { 0 } else { 3 };
        let visits = find_visits(note.lexicon, words).map(|v| v.count).or_else(|| kept_of(words));
        course.visits = course.visits.or(visits);
        course.frequency =
            course.frequency.or(find_frequency(note.lexicon, words).map(|f| f.words));
        let dates = course_in(note, sentence.span);
        course.duration = course.duration.or(dates.duration.map(|d| note.as_written(d).to_owned()));
        course.start = course.start.or(dates.start);
        course.stop = course.stop.or(dates.stop);
        if head.is_none_or(|(before, _)| rank < before) {
            head = Some((rank, sentence.span));
        }
    }
    let first_day = labelled(note, &FIRST_DAY);
    course.start = course.start.or(first_day.map(|day| day.date));
    // A day on which it ended stands beside the first, or in the note of a course that is over.
    let last_day = labelled(note, &LAST_DAY);
    let beside = |last: &DateMention| {
        first_day.is_some_and(|first| note.line_of(first.span) == note.line_of(last.span))
    };
    course.stop = course.stop.or(last_day.filter(|day| over || beside(day)).map(|day| day.date));
    course.outcome = course.outcome.or_else(|| measured::in_columns(note));
    // A row of its own says from when to when, under whatever labels.
    let days = first_day.filter(|_| last_day.is_some_and(beside)).map(|day| note.line_of(day.span));
    if let Some(row) = days {
        let words = note.get(row);
        course.visits = course.visits.or(find_visits(note.lexicon, words).map(|v| v.count));
        let often = || find_frequency(note.lexicon, words).map(|f| f.words);
        course.frequency = course.frequency.take().or_else(often);
        let length = || course_in(note, row).duration.map(|d| note.as_written(d).to_owned());
        course.duration = course.duration.take().or_else(length);
    }
    let log = visit_log::read(note);
    if let Some(log) = &log {
        course.visits = course.visits.or(Some(log.visits));
        course.start = course.start.or(log.first);
        course.stop = course.stop.or(log.last.filter(|_| over));
    }
    let rows = head.map(|(_, span)| span).or(days.filter(|_| over));
    let Some(span) = rows.or(log.map(|log| log.span)) else { return };
    if course.stop.is_some() {
        course.status = Some(TherapyStatus::Past);
    }
    let mut index = 0;
    drafts.retain(|draft| {
        index += 1;
        let bare = matches!(&draft.kind, Kind::Therapy(t) if t.therapy == TherapyKind::PhysicalTherapy
            && t.visits.is_none() && t.start.is_none() && t.duration.is_none() && t.outcome.is_none());
        index <= first || !bare
    });
    // A note that closes a course tells of no other that goes on: "PT", signed, is of that one.
    if course.status == Some(TherapyStatus::Past) {
        for draft in &mut drafts[first..] {
            if let Kind::Therapy(told) = &mut draft.kind
                && told.therapy == course.therapy
                && told.status == Some(TherapyStatus::Current)
                && (told.start, told.stop) == (None, None)
            {
                told.status = course.status;
                told.stop = course.stop;
            }
        }
    }
    let asserted = note.assert(span);
    let mut draft = Draft::new(span, course, "therapy/course-of-care", asserted);
    draft.assertion = crate::fact::Assertion::default();
    draft.cues.clear();
    drafts.push(draft);
}
