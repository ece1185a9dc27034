//! When the complaint began: "since March 2024", "it started in the spring of 2023".

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Draft, Note};
use super::event::LASTS;
use super::when::{ONSET, since};
use super::{
    GROUP, NEVER_GONE, PLACES, alone, denies, first, leads_to_complaint, may_tell, names_treatment,
    push, tells, tenths, told, told_in,
};
use crate::fact::Section;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::quantity;
use crate::span::Span;
use crate::tag::Mention;

/// How far behind the word that something began its day may stand, in bytes.
const BEGUN_REACH: usize = 60;

/// That a patient has been in somebody's care, before since when.
static IN_CARE: WordPattern =
    WordPattern::new(r"\b{pain-duration/in-care}(?: (?:mr|mrs|ms|miss|dr)\.?)?(?: [a-z'-]+){0,3}$");

/// Words before "began" where it opens a sentence about what the one before it names.
static OPENS: WordPattern = WordPattern::new(r"^{pain-duration/opens}?$");

/// "He dates it to": it is what the sentence before names.
static DATES: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^(?:she|he|they|pt|patient|the patient) [a-z]+ (?:it|this|that|them) ")
});

/// A clause that says since what, before its day: "ever since she gave up her job".
static SINCE_CLAUSE: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"\b(?:ever )?since [^.;]{2,60}$"));

/// A place on the body.
pub(super) static PLACE: WordPattern = WordPattern::new(r"\b{pain-duration/site}\b");

/// Reads every day that the complaint is said to have begun on.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    for (span, when) in since(note.str()) {
        // A length of the same clause has taken it along.
        let taken = || {
            told(drafts).any(|d| {
                d.span.start.abs_diff(span.end) < 30 || span.start.abs_diff(d.span.end) < 30
            })
        };
        if !begins(note, span) || taken() {
            continue;
        }
        push(note, drafts, span, months_since(note, when), Some(when), "since");
    }
    begun(note, drafts);
}

/// "Began at harvest time (March 2024) when he fell": a start that opens its sentence is the
/// complaint's that the sentence before it tells of.
fn begun(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    for mention in note.mentions(GROUP).filter(|m| note.concept(m).id == "began") {
        let Some(index) = note.sentence_index(mention.span) else { continue };
        let sentence = &note.sentences[index];
        let lead = Span::new(sentence.span.start, mention.span.start);
        let Some(previous) = index.checked_sub(1).map(|at| &note.sentences[at]) else { continue };
        if !may_tell(sentence.section)
            || sentence.section == Section::Treatments
            || previous.section != sentence.section
            || !(OPENS.of(note.lexicon).is_match(note.get(lead).trim())
                || DATES.is_match(note.get(Span::new(lead.start, mention.span.end))))
            || !tells_of_complaint(note, previous.span)
        {
            continue;
        }
        let rest = Span::new(mention.span.end, sentence.span.end.max(mention.span.end));
        // "Started 2021."
        let bare = || {
            let when = ONSET.captures(note.get(rest))?.name("when")?;
            let dated = when.as_str().contains(|c: char| c.is_ascii_digit());
            dated.then(|| Span::new(rest.start + when.start(), rest.start + when.end()))
        };
        let Some(when) = first_day(note, rest).or_else(bare) else { continue };
        let clause = note.get(Span::new(rest.start, rest.end)).find([',', ';']);
        let clause = clause.map_or(rest.end, |at| (rest.start + at).max(when.end));
        let clause = Span::new(rest.start, clause);
        let stays = NEVER_GONE.of(note.lexicon).is_match(note.get(sentence.span));
        if told_in(drafts, sentence.span)
            || !stays && first(note, clause, "other").is_some()
            || names_treatment(note, clause)
        {
            continue;
        }
        let span = mention.span.union(when);
        push(note, drafts, span, months_since(note, when), Some(when), "begun");
    }
}

/// Whether a sentence tells of a complaint, by its name or its place.
pub(super) fn tells_of_complaint(note: &Note<'_>, sentence: Span) -> bool {
    tells(note, sentence, "complaint")
        || PLACE.of(note.lexicon).is_match(note.get(sentence)) && !names_treatment(note, sentence)
}

/// The first day that stands near the head of a stretch.
pub(super) fn first_day(note: &Note<'_>, within: Span) -> Option<Span> {
    let reach = note.get(within).floor_char_boundary(BEGUN_REACH);
    let near = Span::new(within.start, within.start + reach);
    note.dates_in(near).next().map(|date| date.span).or_else(|| {
        let (_, when) = since(note.get(near)).next()?;
        Some(Span::new(near.start + when.start, near.start + when.end))
    })
}

/// Whether a day is the start of the complaint.
pub(super) fn begins(note: &Note<'_>, span: Span) -> bool {
    let Some(sentence) = note.sentence_at(span) else { return false };
    if !may_tell(sentence.section) || sentence.section == Section::Treatments {
        return false;
    }
    let before = Span::new(sentence.span.start, span.start);
    if note.mentions_in("drug", before).next().is_some() {
        return false;
    }
    let since = note.get(span).starts_with("since");
    let behind = Span::new(span.end, sentence.span.end.max(span.end));
    // "Since 2021 L buttock, worse of late"
    let places = || {
        let clause = note.get(behind).split([',', ';', '.']).next().unwrap_or_default();
        PLACES.of(note.lexicon).is_match(clause.trim())
    };
    if since && note.get(before).trim().is_empty() && (leads_to_complaint(note, behind) || places())
    {
        return true;
    }
    // "I have followed her since 2021 for pain of the left hip": it is there as long at least.
    if since
        && IN_CARE.of(note.lexicon).is_match(note.get(before).trim_end())
        && note.get(behind).starts_with(" for ")
        && leads_to_complaint(note, behind)
    {
        return true;
    }
    // "L buttock: since last summer", "R sided since fall 2023"
    let placed = PLACES.of(note.lexicon).is_match(note.get(before).trim());
    if since && (placed || alone::tells(note, span)) {
        return true;
    }
    // "since she gave up her job in 2022", "Ever since the delivery in May 2024 there is pain"
    if let Some(clause) = SINCE_CLAUSE.find(note.get(before)) {
        let head = Span::new(before.start, before.start + clause.start());
        let told = Span::new(head.end, before.end);
        let opens = note.get(head).trim().is_empty() && leads_to_complaint(note, behind);
        let names = |id: &str| first(note, head, id).is_some();
        if !denies(note, head)
            && !names_treatment(note, told)
            && !names_treatment(note, head)
            && (opens || names("complaint") && !names("other"))
        {
            return true;
        }
    }
    let words: Vec<&str> =
        note.mentions_in(GROUP, before).map(|m| note.concept(m).id.as_str()).collect();
    let began =
        words.contains(&"began") || note.mentions_in(GROUP, before).any(|m| is_onset(note, m));
    let about = words.contains(&"complaint") || words.contains(&"label") || goes_on(note, span);
    let other =
        words.iter().rev().find(|id| **id != "began" && **id != "present") == Some(&"other");
    // "woke one morning in May 2024 with a burning pain"
    let with = began && note.get(behind).starts_with(" with ") && leads_to_complaint(note, behind);
    !other && (about && (since || began) || with)
}

/// How many rows above "Since:" the complaint may stand.
const ROWS_ABOVE: usize = 3;

/// Words of a sentence that speaks on of what the sentence before it names: "It has been", "She has had it".
static GOES_ON: WordPattern = WordPattern::new(
    r"^(?:(?:and|but|where|there) )?(?:(?:he|she|they|pt|patient)(?: says (?:he|she|they))? (?:has|have) had (?:it|this|them)|(?:has|have) had (?:it|this|them)|(?:has|have) been|{pain-duration/opens})\b",
);

/// Whether a day is told of what the sentence before names: "It has been there since May", "Since: 2021".
fn goes_on(note: &Note<'_>, span: Span) -> bool {
    let Some(index) = note.sentence_index(span) else { return false };
    let sentence = &note.sentences[index];
    let before = Span::new(sentence.span.start, span.start);
    let Some(previous) = index.checked_sub(1).map(|at| &note.sentences[at]) else { return false };
    let numbered = !note.get(before).contains(char::is_alphabetic);
    let label = note.get(span).starts_with("since:") && numbered;
    let lasts = || {
        GOES_ON.of(note.lexicon).is_match(note.get(before).trim_start())
            && (tells(note, before, "present") || LASTS.of(note.lexicon).is_match(note.get(before)))
    };
    let complains = |line: Span| tells_of_complaint(note, line);
    // Numbered questions go on with one thing; a bare row with the one above it.
    let reach =
        if note.get(before).contains(|c: char| c.is_ascii_digit()) { ROWS_ABOVE } else { 1 };
    let row = || note.lines_above(note.line_of(span)).take(reach).any(complains);
    (previous.section == sentence.section && (label || lasts()) && complains(previous.span))
        || (label && row())
}

/// "Symptom onset 11/2024": a label that asks when it began.
fn is_onset(note: &Note<'_>, mention: &Mention) -> bool {
    note.concept(mention).id == "label" && note.get(mention.span).contains("onset")
}

/// A start that stands beside a length: "x 2 yr (since 8/23)", "12/2024 (5 months)".
pub(super) fn beside(note: &Note<'_>, span: Span) -> Option<Span> {
    let sentence = note.sentence_at(span)?;
    let behind = Span::new(span.end, sentence.span.end.max(span.end));
    let words = note.get(behind);
    if let Some((whole, when)) = since(words).next()
        && whole.start < 6
    {
        return Some(Span::new(behind.start + when.start, behind.start + when.end));
    }
    let before = note.get(Span::new(sentence.span.start, span.start)).trim_end();
    if before.ends_with('(') {
        let before = Span::new(sentence.span.start, sentence.span.start + before.len() - 1);
        let date = note.dates_in(before).last().filter(|d| before.end - d.span.end <= 2);
        let named = || since(note.get(before)).last();
        return date.map(|d| d.span).or_else(|| {
            named().map(|(_, when)| Span::new(before.start + when.start, before.start + when.end))
        });
    }
    None
}

/// Words before a month of which only the end is meant.
static END_OF: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:(?:the )?(?:end|close|last (?:few )?(?:days?|weeks?|part|half|third)|latter (?:part|half)) of(?: the month of)?|late(?: in)?)[ -]?$",
    )
});

/// How far before a month such words may stand, in bytes.
const END_REACH: usize = 40;

/// Months that are fewer are told to a tenth: what is short of three months is not rounded up to them.
const FEW_MONTHS: f64 = 3.0;

/// The months from a beginning to the note's day. A month counts from its first day, or from its last
/// where its end is meant.
pub(super) fn months_since(note: &Note<'_>, when: Span) -> Option<f64> {
    let seen = note.date?.exact()?;
    let start = quantity::since(note.get(when), seen)?;
    let before = &note.str()[..when.start];
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(END_REACH))..];
    let month = start.earliest().month() == start.latest().month();
    let first = if month && END_OF.is_match(before) { start.latest() } else { start.earliest() };
    let days = first.until(seen).ok()?.get_days();
    let months = f64::from(days) / quantity::DAYS_A_MONTH;
    let told = if months < FEW_MONTHS { tenths(months) } else { months.round() };
    (days > 0).then_some(told)
}
