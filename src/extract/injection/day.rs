//! The day of an injection: beside its name, before it, or above its title.

use std::sync::LazyLock;

use regex::Regex;

use super::Reader;
use super::phrase::Phrase;
use crate::date::PartialDate;
use crate::extract::dates::{month, month_number};
use crate::extract::duration::last_day;
use crate::extract::{DateMention, Note};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::segment::Sentence;
use crate::span::Span;

/// How far from a procedure its date may stand (bytes).
pub(super) const DATE_REACH: usize = 60;

/// How far into a record its head goes, and how far before an account its day may stand (bytes).
const HEAD_REACH: usize = 300;

/// How many years before its record a day above a procedure's title may lie.
const OLDEST: i16 = 5;

/// What leads to the day on which something was done: "what was done on Monday,".
static DONE_ON: WordPattern =
    WordPattern::new(r"\b{injection-word/done-behind} on (?:[a-z]+day,? )?$");

/// Who does what right behind a day: "I did a second block". A day on which somebody called tells
/// when that was, and not the block.
static DOES: WordPattern = WordPattern::new(
    r"^,? (?:(?:i|we|he|she|they|pt|patient|the patient|dr\.? [a-z0-9]+|provider [a-z0-9]+) )?{injection-word/did}\b",
);

/// Nothing but the article of a procedure between it and its day: "On 3/4/2025 a diagnostic block".
static RIGHT_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^,? (?:(?:an?|the|this|that|her|his|my|our|one|another|first|second|third|single|repeat|new|last|next|further) )*$",
    )
});

/// A day whose year is not written, before a procedure and right behind it.
static YEARLESS: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(concat!(
        r"\bon (?P<m>",
        month!(),
        r")\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?\b(?:,? [a-z]|,? ?$)"
    ))
});

static YEARLESS_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(concat!(
        r"^(?:,? [a-z]+){0,4},? on (?P<m>",
        month!(),
        r")\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,? [a-z]|[.;)]|,? ?$)"
    ))
});

/// The day right behind a procedure, in figures: "the block of 10/22".
static OF_DAY: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^s? of (?P<m>1[0-2]|0?[1-9])/(?P<d>[0-3]?\d)(?: (?:took|gave|brought|helped|lasted|did|held|removed|cut|relieved|went|has|had|was)\b|[,;:)]|\.(?: |$)|$)",
    )
});

/// A month of this year or the last, before a procedure and right behind it: "in late March of this year".
static MONTH: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(concat!(
        r"\b(?:in|during) (?:(?:early|mid|late|the (?:beginning|start|middle|end) of)[ -])?(?P<m>",
        month!(),
        r"),? (?:of )?(?P<year>this|last) year\b"
    ))
});

static MONTH_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(concat!(
        r"^(?:,? [a-z]+){0,4},? (?:in|during) (?:(?:early|mid|late)[ -])?(?P<m>",
        month!(),
        r"),? (?:of )?(?P<year>this|last) year\b"
    ))
});

/// Whether a day is one of birth or of a paper, by the words right before it on its line.
fn is_day_of_else(note: &Note<'_>, date: &DateMention) -> bool {
    DAY_OF_ELSE.of(note.lexicon).is_match(note.get(note.lead_of_line(date.span)))
}

static DAY_OF_ELSE: WordPattern =
    WordPattern::new(r"(?:^|[^a-z]){injection-word/day-of-else}[ .:#(-]*$");

impl Reader<'_, '_> {
    /// The day that stands next to a procedure.
    pub(super) fn date_near(
        &self,
        sentence: &Sentence,
        phrase: &Phrase,
        behind: Span,
        lead: Span,
    ) -> Option<PartialDate> {
        let note = self.note;
        if let Some(found) = OF_DAY.captures(&note.str()[phrase.head.end..]) {
            let day = last_day(note, found["m"].parse().ok()?, &found["d"]);
            // A day that lies ahead is none of the year before.
            let year = note.date.map(|seen| seen.latest().year());
            return day.filter(|day| year == Some(day.latest().year()));
        }
        // A log's row begins with its own day, and the next row's follows it.
        let line = note.line_of(phrase.head);
        let lead_in = Span::new(line.start.min(phrase.span.start), phrase.span.start);
        let mut days = note.dates_in(lead_in);
        let own = days.next().filter(|_| phrase.is_logged() && days.next().is_none());
        let opens = |d: &&DateMention| {
            !note.get(Span::new(line.start, d.span.start)).contains(char::is_alphabetic)
        };
        if let Some(own) = own.filter(opens) {
            return Some(own.date);
        }
        let inside = note.dates_in(phrase.span).next();
        let after = note.dates_in(behind).next().filter(|d| !is_day_of_else(note, d)).filter(|d| {
            let gap = note.get(Span::new(behind.start, d.span.start));
            d.span.start - behind.start <= DATE_REACH
                && !gap.contains("last seen")
                && !gap.contains("return")
                && !gap.contains("stopped")
                && !gap.contains(';')
        });
        let before = note.dates_in(lead).last().filter(|d| !is_day_of_else(note, d)).filter(|d| {
            let gap = note.get(Span::new(d.span.end, phrase.span.start));
            (gap.len() <= DATE_REACH + 20 && !gap.contains(". ") && !gap.contains(';'))
                && d.span.start >= sentence.span.start
        });
        inside.or(after).or(before).map(|d| d.date)
    }

    /// "A short account of what was done on 8 May 2025. She came in for a block": the day that the
    /// sentence before tells of, in a record of one procedure, or that stands alone above it.
    pub(super) fn date_before(&self, index: usize) -> Option<PartialDate> {
        let note = self.note;
        let (own, before) = (&note.sentences[index], &note.sentences[index.checked_sub(1)?]);
        let mut dates = note.dates_in(before.span);
        let date = dates.next().filter(|_| dates.next().is_none())?;
        let lead = note.get(Span::new(before.span.start, date.span.start));
        let heads = self.is_day_alone(index - 1);
        (own.section == before.section
            && self.named[index - 1].is_empty()
            && (heads
                || own.paragraph == before.paragraph && DONE_ON.of(note.lexicon).is_match(lead)))
        .then_some(date.date)
    }

    /// "[2] 10/21/2025": whether a sentence is a day that heads an entry of a log.
    pub(super) fn is_day_alone(&self, index: usize) -> bool {
        let note = self.note;
        let own = note.sentences[index].span;
        let Some(date) = note.dates_in(own).next() else { return false };
        let rest = [Span::new(own.start, date.span.start), Span::new(date.span.end, own.end)];
        rest.iter().all(|part| !note.get(*part).contains(char::is_alphabetic))
    }

    /// "On May 20 I did a second block": the day that stands before the verb of a procedure.
    pub(super) fn is_done_on(
        &self,
        sentence: &Sentence,
        phrase: &Phrase,
        date: PartialDate,
    ) -> bool {
        let note = self.note;
        let lead = Span::new(sentence.span.start.min(phrase.span.start), phrase.span.start);
        note.dates_in(lead).last().filter(|d| d.date == date).is_some_and(|d| {
            let gap = note.get(Span::new(d.span.end, lead.end));
            DOES.of(note.lexicon).is_match(gap) || RIGHT_AFTER.is_match(gap)
        })
    }

    /// "On May 29 she had a block": the last such day before the record's own.
    pub(super) fn day_without_year(
        &self,
        sentence: &Sentence,
        phrase: &Phrase,
    ) -> Option<PartialDate> {
        let note = self.note;
        let lead = Span::new(sentence.span.start.min(phrase.span.start), phrase.span.start);
        let near = |gap: &str| gap.len() <= DATE_REACH && !gap.contains([';', ':']);
        let words = note.get(lead);
        let before = YEARLESS
            .captures_iter(words)
            .filter(|c| c.get(0).is_some_and(|m| near(&words[m.end()..])))
            .last();
        let behind = note.get(Span::new(phrase.span.end, sentence.span.end.max(phrase.span.end)));
        if let Some(found) = before.or_else(|| YEARLESS_BEHIND.captures(behind)) {
            return last_day(note, month_number(&found["m"]), &found["d"]);
        }
        let month = MONTH
            .captures_iter(words)
            .filter(|c| c.get(0).is_some_and(|m| near(&words[m.end()..])))
            .last()
            .or_else(|| MONTH_BEHIND.captures(behind))?;
        let year = note.date?.exact()?.year() - i16::from(&month["year"] == "last");
        PartialDate::month(year, month_number(&month["m"]))
    }

    /// The day of a procedure's title: a dated line just above it, else the note's own.
    pub(super) fn heading_date(&self, sentence: &Sentence) -> Option<PartialDate> {
        let note = self.note;
        let first = note.dates.partition_point(|d| d.span.end <= sentence.span.start);
        let near = note.dates[..first].last();
        let stands_alone = |d: &&DateMention| {
            let gap = note.get(Span::new(d.span.end, sentence.span.start));
            gap.len() <= 40 && !gap.contains(". ")
        };
        // The one day in a record's head is the record's.
        let in_head = |d: &&DateMention| {
            first == 1 && d.span.start < HEAD_REACH && sentence.span.start < d.span.end + HEAD_REACH
        };
        // A date of birth stands there too.
        let of_record = |d: &&DateMention| {
            note.date.is_none_or(|own| own.latest().year() - d.date.latest().year() < OLDEST)
        };
        let own = |d: &&DateMention| !is_day_of_else(note, d);
        near.filter(|d| stands_alone(d) || in_head(d))
            .filter(of_record)
            .filter(own)
            .map(|d| d.date)
            .or(note.date)
    }
}
