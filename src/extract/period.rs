//! A first and a last day said together: "Mar - Jun 2025", "between April 14 and June 6 of this year".

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Note;
use super::dates::{month, month_number};
use crate::date::PartialDate;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::quantity::full_year;
use crate::span::Span;

/// From when to when something went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    /// The words for both days.
    pub span: Span,
    /// The first.
    pub start: PartialDate,
    /// The last; `None` where it goes on.
    pub stop: Option<PartialDate>,
}

// "the middle of 3 March 2025", "02-Sep-2024", "Apr 21, 25", "6/2", "01/06/2025"
macro_rules! day {
    () => {
        concat!(
            r"(?:{treatment-status/part-of-time} )?(?:the )?(?:(?:\d{1,2}(?:st|nd|rd|th)?[ -](?:of )?)?",
            month!(),
            r"\b\.?(?: (?:the )?\d{1,2}(?:st|nd|rd|th)?\b)?(?:,?[ -](?:of )?(?:19|20)\d\d\b|,? '\d\d\b|, ?\d\d\b)?|\d{1,2}/\d{1,2}(?:/(?:19|20)?\d\d)?\b|\d{1,2}/(?:19|20)\d\d\b)"
        )
    };
}

static PERIOD: WordPattern = WordPattern::new(concat!(
    r"\b(?:between (?P<a>",
    day!(),
    r") and (?P<b>",
    day!(),
    r")|(?P<c>",
    day!(),
    r")(?: ?- ?| ?\x{2013} ?| ?-{1,2}> ?| to | through | thru | until | till | into )(?:(?P<now>{treatment-status/to-this-day}\b)|(?P<d>",
    day!(),
    r"))|(?:in|during) (?P<e>",
    month!(),
    r") and (?P<f>",
    month!(),
    r"\b(?:,? (?:of )?(?:19|20)\d\d\b)?)|(?P<g>\d{1,2}) ?(?:-|\x{2013}|to) ?(?P<h>\d{1,2}/(?:19|20)\d\d\b))(?P<rel>,? (?:of )?(?:this|last) year\b)?"
));

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(concat!(
        r"(?:(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?[ -](?:of )?)?(?P<m>",
        month!(),
        r")\b\.?(?: (?:the )?(?P<d2>\d{1,2})(?:st|nd|rd|th)?\b)?(?:,?[ -](?:of )?(?P<y>(?:19|20)\d\d)|,? '(?P<yy>\d\d)|, ?(?P<bare>\d\d))?|(?P<nm>\d{1,2})/(?P<nd>\d{1,2})(?:/(?P<ny>\d{2,4}))?|(?P<om>\d{1,2})/(?P<oy>(?:19|20)\d\d))$"
    ))
});

static YEAR_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"\b((?:19|20)\d\d) ?[(,:] ?(?:from )?$"));

/// A day as far as it is written.
#[derive(Clone, Copy)]
struct Said {
    year: Option<i16>,
    month: i8,
    day: Option<i8>,
    /// Whether its month stands in words.
    named: bool,
}

impl Said {
    fn of(words: &str, ends: bool) -> Option<Self> {
        let c = DAY.captures(words)?;
        let part = |name: &str| c.name(name).and_then(|m| m.as_str().parse::<i16>().ok());
        // "Jun 20, 25" is a year where nothing goes on behind it, "May 3, 12 visits" none.
        let bare = part("bare").filter(|_| ends);
        let year = part("y").or(part("oy")).or(part("yy").or(bare).or(part("ny")).map(full_year));
        let month = match c.name("m") {
            Some(name) => month_number(name.as_str()),
            None => i8::try_from(part("nm").or(part("om"))?).ok()?,
        };
        let day = part("d2").or(part("d1")).or(part("nd")).and_then(|d| i8::try_from(d).ok());
        ((1..=12).contains(&month)).then_some(Self {
            year,
            month,
            day,
            named: c.name("m").is_some(),
        })
    }

    fn in_year(self, year: i16) -> Option<PartialDate> {
        match self.day {
            Some(day) => PartialDate::day(year, self.month, day),
            None => PartialDate::month(year, self.month),
        }
    }

    fn order(self) -> (i8, i8) {
        (self.month, self.day.unwrap_or(1))
    }
}

/// The first period that a stretch names.
///
/// A year that one of the days lacks is the other's; where both lack it, the last such days
/// up to the note's own count.
pub(super) fn period_in(note: &Note<'_>, within: Span) -> Option<Period> {
    let words = note.get(within);
    PERIOD.of(note.lexicon).captures_iter(words).find_map(|c| {
        let whole = c.get(0)?;
        // Part of a longer number: "10/325 - 5/10".
        if words[..whole.start()].ends_with(['/', '-', '.']) {
            return None;
        }
        let beside = (&words[..whole.start()], &words[whole.end()..]);
        read(note, &c, beside).map(|(start, stop)| Period {
            span: Span::new(within.start + whole.start(), within.start + whole.end()),
            start,
            stop,
        })
    })
}

fn read(
    note: &Note<'_>,
    c: &Captures<'_>,
    (lead, rest): (&str, &str),
) -> Option<(PartialDate, Option<PartialDate>)> {
    if let (Some(first), Some(last)) = (c.name("g"), c.name("h")) {
        return months(first.as_str(), last.as_str());
    }
    let part = |names: [&str; 3]| names.into_iter().find_map(|name| c.name(name));
    let first = part(["a", "c", "e"])?.as_str();
    let seen = note.date.and_then(|date| date.exact());
    let Some(last) = part(["b", "d", "f"]) else {
        let first = Said::of(first, false)?;
        // "5/10 to date" may be a score.
        if first.year.is_none() && !first.named {
            return None;
        }
        return Some((first.in_year(first.year.or_else(|| last_year(first, seen))?)?, None));
    };
    let ends = rest.is_empty()
        || rest.starts_with("  ")
        || rest.starts_with([',', ';', ')', '.', '|', '\n', ':']);
    let (first, mut last) = (Said::of(first, false)?, Said::of(last.as_str(), ends)?);
    // "Feb - Mar 25" has no days.
    if first.named && first.day.is_none() && last.named && last.year.is_none() {
        let year = last.day.map(|day| full_year(day.into()));
        if year
            .zip(seen)
            .is_some_and(|(year, seen)| (seen.year() - 4..=seen.year()).contains(&year))
        {
            (last.year, last.day) = (year, None);
        }
    }
    let bare = |said: Said| !said.named && said.year.is_none();
    // "6/10 to 3/10" are scores; "in May and October" are two times and no length.
    if (bare(first) && bare(last))
        || (c.name("e").is_some() && last.month != first.month % 12 + 1)
        || (bare(first) && last.day.is_none())
    {
        return None;
    }
    let relative = c
        .name("rel")
        .and_then(|words| Some(seen?.year() - i16::from(words.as_str().contains("last"))));
    // "was in 2022 (September to November"
    let before = || YEAR_BEFORE.captures(lead)?.get(1)?.as_str().parse().ok();
    let relative = relative.or_else(before);
    let (start_year, stop_year) = match (first.year, last.year.or(relative)) {
        (Some(start), Some(stop)) => (start, stop),
        (Some(start), None) => (start, start + i16::from(last.order() < first.order())),
        (None, stop) => {
            let stop = stop.or_else(|| last_year(last, seen))?;
            (stop - i16::from(first.order() > last.order()), stop)
        }
    };
    let (start, stop) = (first.in_year(start_year)?, last.in_year(stop_year)?);
    (start.earliest() <= stop.latest()).then_some((start, Some(stop)))
}

/// Two months that share a year: "03-06/2025", "11-2/2025".
fn months(first: &str, last: &str) -> Option<(PartialDate, Option<PartialDate>)> {
    let last = Said::of(last, true)?;
    let (month, year) = (first.parse::<i8>().ok()?, last.year?);
    let start = PartialDate::month(year - i16::from(month > last.month), month)?;
    Some((start, Some(last.in_year(year)?)))
}

/// The year of the last such day up to the note's own.
fn last_year(said: Said, seen: Option<jiff::civil::Date>) -> Option<i16> {
    let seen = seen?;
    Some(seen.year() - i16::from(said.order() > (seen.month(), seen.day())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    #[track_caller]
    fn check(text: &str, expect: Option<(&str, Option<&str>)>) {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(&format!("Visit date: 09/22/2025\n\n{text}"));
        let note = Note::new(&text, &lexicon);
        let found = period_in(&note, Span::new(22, note.str().len()));
        let got = found.map(|p| (p.start.to_string(), p.stop.map(|d| d.to_string())));
        let got = got.as_ref().map(|(start, stop)| (start.as_str(), stop.as_deref()));
        assert_eq!(got, expect, "{}", text.as_str());
    }

    #[test]
    fn both_days_are_read() {
        check("topiramate, Feb - May 2025", Some(("2025-02", Some("2025-05"))));
        check("from 4 March to 9 May 2025", Some(("2025-03-04", Some("2025-05-09"))));
        check("03-Sep-2024 to 08-Nov-2024", Some(("2024-09-03", Some("2024-11-08"))));
        check("Jun-2024 to Aug-2024", Some(("2024-06", Some("2024-08"))));
        check("PT Apr 7 - Jun 13, 25", Some(("2025-04-07", Some("2025-06-13"))));
        check("5/6 - 7/11/25, 12 visits", Some(("2025-05-06", Some("2025-07-11"))));
        check("10/24/2024 - 1/3/2025", Some(("2024-10-24", Some("2025-01-03"))));
    }

    #[test]
    fn years_that_are_left_out_are_the_last() {
        check("between April 8 and June 3 of this year", Some(("2025-04-08", Some("2025-06-03"))));
        check("(November to January)", Some(("2024-11", Some("2025-01"))));
        check(
            "from the middle of October to the end of December",
            Some(("2024-10", Some("2024-12"))),
        );
        check("in February and March of this year", Some(("2025-02", Some("2025-03"))));
        check("November 2024 to February", Some(("2024-11", Some("2025-02"))));
        check("(May-Jun 24)", Some(("2024-05", Some("2024-06"))));
        check("March 2025 to date", Some(("2025-03", None)));
        check("PT was in 2022 (September to November)", Some(("2022-09", Some("2022-11"))));
        check("03-06/2025", Some(("2025-03", Some("2025-06"))));
        check("11-2/2025", Some(("2024-11", Some("2025-02"))));
        check("13-20/2025", None);
    }

    #[test]
    fn scores_and_counts_are_no_days() {
        check("pain went from 6/10 to 3/10", None);
        check("strength 4/5 - 5/5", None);
        check("seen in February and August", None);
        check("may use 2 to 3 a day", None);
    }
}
