//! How long a treatment went on, from when to when, and how long an effect lasted.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::Note;
use super::dates::{month, month_number};
use super::period::period_in;
use crate::date::PartialDate;
use crate::lexicon::WordPattern;
use crate::quantity::full_year;
use crate::span::Span;

/// How long something went on, as far as a stretch of text says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// The words for its length: "8 weeks", "three months", "since July".
    pub duration: Option<Span>,
    /// First day.
    pub start: Option<PartialDate>,
    /// Last day.
    pub stop: Option<PartialDate>,
}

impl Course {
    /// The same with what another account adds to it.
    pub fn or(self, other: Course) -> Course {
        Course {
            duration: self.duration.or(other.duration),
            start: self.start.or(other.start),
            stop: self.stop.or(other.stop),
        }
    }
}

// OCR reads 1 as l and 0 as O.
const NUMBER: &str = r"(?:\d+[ -]1/2|(?:\d+|one|two|three|four|five|six) and a half|\d+(?:\.\d+)?|[lio]?\d[\dlo]*|half an?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|(?:a )?couple(?: of)?|(?:a )?few|several|many)";

static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(&format!(
        r"(?:\bx|\b)(?:(?:about|around|approximately|more than|nearly|almost|at least|roughly|up to) |[~>] ?)?(?P<n>{NUMBER}(?:(?: ?- ?| to | or ){NUMBER})?)\+?(?: |-)?(?:full |consecutive |additional )?(?P<u>minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|wks?|months?|mos?|mths?|years?|yrs?|[hd])\b(?: so far| and counting)?"
    ))
});

static NOT_A_LENGTH_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:\.)?(?: |-)?(?:ago\b|old\b|later\b|after\b|before\b|prior\b|earlier\b|post\b|from now|follow|(?:a|per|each|every|out of(?: the)?)(?: |-)?(?:day|wk|week|month)|/ ?(?:wk|week|d|day|month)|weekly|'? ?duration of pain|of (?:pain|symptoms))",
    )
});

// "for eight weeks after that": what comes first is told of the order, not of the length.
static IN_TURN: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^ (?:after|before) (?:that|this|then|which|it)\b"));

// "after eight weeks there was no change": how long it was taken until then.
static AFTER: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"\bafter (?:about |around |some |a full |nearly )?$"));
static NO_EFFECT_BY_THEN: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^,? (?:(?:of (?:it|this|that|use|treatment)|on (?:it|this|that dose)|at (?:that|this|full|the full|the same) dose),? )?(?:there was (?:no|little|not)|(?:it|she|he|pt|the patient) (?:had|felt|saw|noted|noticed|reported) (?:no|little)|(?:without|no|still no|with no) (?:any |much |real )?(?:change|benefit|effect|help|relief|better|improvement))\b",
    )
});

static NOT_A_LENGTH_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"(?:\b(?:every|per|each|within|q|next|every other|times an?|once an?|twice an?|follow.?up|days an?|visits an?|sessions an?|return|recheck|back)|\d/|\bx/) ?$|\b(?:in|after|at|and) (?:about |another )?$|\b(?:in|within|during|over) (?:the )?(?:last|past|previous|prior) $|\bevery \d+ ?(?:-|to) ?$",
    )
});

static STOPPED_AFTER: WordPattern =
    WordPattern::new(r"(?:{outcome/ended}|ended|off)(?: it| this| that)? after (?:about |only )?$");

static BARE_ARTICLE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"(?:\bfor|\bx|\bover|\babout|\blasting|\blasted|\baround|\bafter|\balmost|\bnearly|\bthan|\bonly|\bleast|\bnear) $",
    )
});

// As British letters have them: "x 6/52" are six weeks, "x 3/12" three months, "x 10/7" ten days.
static SHORTHAND: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"(?:\bx ?|\bfor )(?P<n>\d{1,2}/52)\b|\bx ?(?P<m>\d{1,2}/(?:12|7))\b")
});

// What leads to a length of time in one letter: "x 6 h", "80 % relief, ~5 h".
static SHORT_UNIT: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"(?:\bx|\bfor|\blasted:?|\blasting|%,?|~|\b(?:relief|gone|better|improved|reduction|improvement),) ?$",
    )
});

/// The lengths of time that a stretch names, in order: "8 weeks", "about five hours", "2-3 days".
///
/// Not those that say how often or how long ago.
pub fn durations_in(note: &Note<'_>, within: Span) -> Vec<Span> {
    let text = note.get(within);
    let mut found = Vec::new();
    let shorthand = text.contains('/').then(|| SHORTHAND.captures_iter(text));
    for c in shorthand.into_iter().flatten() {
        found.extend(
            c.name("n")
                .or(c.name("m"))
                .map(|n| Span::new(within.start + n.start(), within.start + n.end())),
        );
    }
    for c in AMOUNT.captures_iter(text) {
        let (Some(whole), Some(number)) = (c.get(0), c.name("n")) else { continue };
        let before = &text[..number.start()];
        let after = &text[whole.end()..];
        let lead = &text[..whole.start()];
        let in_turn = IN_TURN.is_match(after) && lead.ends_with("for ");
        if (NOT_A_LENGTH_AFTER.is_match(after) && !in_turn)
            || (NOT_A_LENGTH_BEFORE.is_match(lead)
                && !(AFTER.is_match(lead) && NO_EFFECT_BY_THEN.is_match(after))
                && !STOPPED_AFTER.of(note.lexicon).is_match(lead))
            || (matches!(number.as_str(), "a" | "an") && !BARE_ARTICLE.is_match(before))
            // "x 10 d", or a cell of its own, but no "a d"
            || (c.name("u").is_some_and(|unit| unit.len() == 1)
                && !(number.as_str().starts_with(|n: char| n.is_ascii_digit())
                    && (SHORT_UNIT.is_match(lead) || whole.len() == text.len())))
        {
            continue;
        }
        // "x4 weeks" are four.
        let from = if whole.as_str().starts_with('x') { number.start() } else { whole.start() };
        found.push(Span::new(within.start + from, within.start + whole.end()));
    }
    found.retain(|span| !note.is_unticked_beside(*span, within.start));
    found
}

/// All amounts of time that a stretch names, in order, whatever they tell: "after five hours" as well.
pub fn amounts_of_time(note: &Note<'_>, within: Span) -> impl Iterator<Item = Span> {
    AMOUNT.captures_iter(note.get(within)).filter_map(move |c| {
        let (whole, number) = (c.get(0)?, c.name("n")?);
        let short = c.name("u")?.len() == 1;
        let figure = number.as_str().starts_with(|n: char| n.is_ascii_digit());
        (figure || !short)
            .then(|| Span::new(within.start + whole.start(), within.start + whole.end()))
    })
}

/// Whether a length of time counts days or more, as a course of treatment does.
fn is_course(words: &str) -> bool {
    !words
        .split([' ', '-'])
        .any(|word| word.starts_with("min") || word.starts_with('h') && word != "half")
}

static RANGE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^ {0,4}(?:-|-{1,2}>|=>|\u{2192}|\u{2013}|(?:to|through|thru|until):?|till|and) ?$",
    )
});

// "off it since May": that is when it ended.
static OFF: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"\boff(?: (?:it|this|that|them))? $"));

static YEARLESS_START: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(concat!(
        r"\b(?P<m>",
        month!(),
        r")\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? ?(?:-|to|through|thru|until|and) ?$"
    ))
});

static START_CUE: WordPattern = WordPattern::new(
    r"\b(?:since|from|{treatment-status/began}|{treatment-status/begin-label})(?: date)?:?(?: on| in| about| around| of)? ?$",
);

static STOP_CUE: WordPattern = WordPattern::new(
    r"\b(?:until|till|through|thru|{treatment-status/ended}|{treatment-status/end-label})(?: date)?:?(?: on| in| about| around)? ?$",
);

static LOOSE: WordPattern = WordPattern::new(concat!(
    r"\b(?:(?P<since>since)|(?P<began>from|{treatment-status/began})|until|till|through|thru|{treatment-status/ended})(?: (?:it|this|on|in|about|around|again|the|last|this past|{treatment-status/part-of-time}))* ?(?:(?P<m>",
    month!(),
    r")\b\.?(?: (?P<d>\d{1,2})(?:st|nd|rd|th)?\b)?(?P<y>,? (?:of )?(?:19|20)\d\d)?|(?P<season>(?:spring|summer|fall|autumn|winter)(?: of)? (?:(?:19|20)\d\d|'\d\d))\b|(?P<mm>\d{1,2})/(?P<yy>\d\d)\b|(?P<year>(?:19|20)\d\d)\b)"
));

/// How long something went on, by the words of a stretch.
///
/// Reads "02/10/2025 to 04/10/2025 (8 weeks)", "April 7 to May 30, 2025", "x 10 wk",
/// "since July", "stopped in May". A month without a year is the last one up to the
/// note's own day.
pub fn course_in(note: &Note<'_>, within: Span) -> Course {
    let mut course = Course {
        duration: durations_in(note, within).into_iter().find(|span| is_course(note.get(*span))),
        ..Course::default()
    };
    if let Some(period) = period_in(note, within) {
        course.start = Some(period.start);
        course.stop = period.stop;
    }
    let dates: Vec<_> = note.dates_in(within).collect();
    for (index, mention) in dates.iter().enumerate() {
        let before = note.get(Span::new(within.start, mention.span.start));
        let previous = index.checked_sub(1).map(|i| dates[i]);
        if let Some(first) = previous
            && RANGE.is_match(note.get(Span::new(first.span.end, mention.span.start)))
        {
            course.start = course.start.or(Some(first.date));
            course.stop = course.stop.or(Some(mention.date));
        } else if let (Some(c), Some(last)) =
            (YEARLESS_START.captures(before), mention.date.exact())
        {
            let (month, day) = (month_number(&c["m"]), c["d"].parse::<i8>().unwrap_or(0));
            let year = last.year() - i16::from((month, day) > (last.month(), last.day()));
            course.start = course.start.or(PartialDate::day(year, month, day));
            course.stop = course.stop.or(Some(mention.date));
        } else if START_CUE.of(note.lexicon).is_match(before) {
            course.start = course.start.or(Some(mention.date));
            if let Some(at) = before.rfind("since").filter(|at| before.len() - at <= 12) {
                let since = Span::new(within.start + at, mention.span.end);
                course.duration = course.duration.or(Some(since));
            }
        } else if STOP_CUE.of(note.lexicon).is_match(before) {
            course.stop = course.stop.or(Some(mention.date));
        }
    }
    for c in LOOSE.of(note.lexicon).captures_iter(note.get(within)) {
        let Some(whole) = c.get(0) else { continue };
        let rest = &note.get(within)[whole.end()..];
        // "October 7 to December 6, 2024" and "6/3/25" are dates to the day.
        if rest.starts_with('/')
            || (c.name("y").is_none() && c.name("m").is_some() && starts_with_day(rest))
            || (c.name("d").is_some() && c.name("y").is_some())
        {
            continue;
        }
        let date = if let Some(year) = c.name("year") {
            year.as_str().parse().ok().and_then(PartialDate::year)
        } else if let Some(name) = c.name("m") {
            let month = month_number(name.as_str());
            match c.name("y") {
                Some(year) => year
                    .as_str()
                    .trim_start_matches(|c: char| !c.is_ascii_digit())
                    .parse()
                    .ok()
                    .and_then(|year| PartialDate::month(year, month)),
                None if rest.starts_with(" of last year") => {
                    note.date.and_then(|seen| PartialDate::month(seen.latest().year() - 1, month))
                }
                None => match c.name("d") {
                    Some(day) => last_day(note, month, day.as_str()),
                    None => last_month(note, month),
                },
            }
        } else if c.name("season").is_some() {
            None
        } else {
            let month = c["mm"].parse().unwrap_or(0);
            let year: i16 = c["yy"].parse().unwrap_or(99);
            // "6/25" may also be a day of June; it is a month where the year is past.
            let known = note.date.map_or(2000 + year <= 2099, |d| 2000 + year <= d.latest().year());
            (known && year >= 10).then(|| PartialDate::month(2000 + year, month)).flatten()
        };
        let since = c.name("since").is_some();
        if since && !OFF.is_match(&note.get(within)[..whole.start()]) {
            course.start = course.start.or(date);
            let span = Span::new(within.start + whole.start(), within.start + whole.end());
            course.duration = course.duration.or(Some(span));
        } else if c.name("began").is_some() {
            course.start = course.start.or(date);
        } else {
            course.stop = course.stop.or(date);
        }
    }
    course
}

// A winter may end in the next year.
static SEASON: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:spring|summer|fall|autumn)(?: of|,)? (?:(?P<y>(?:19|20)\d\d)|'(?P<yy>\d\d))\b",
    )
});

/// The year of a season that a stretch names: "in the spring of 2024", "fall '22".
pub(super) fn season_in(note: &Note<'_>, within: Span) -> Option<PartialDate> {
    let c = SEASON.captures(note.get(within))?;
    let year = c.name("y").or(c.name("yy"))?.as_str().parse().ok()?;
    PartialDate::year(full_year(year))
}

static YEAR: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:in|during|from) (?:early |late |mid-?|mid )?(?P<y>(?:19|20)\d\d)\b(?:[^-/]|$)",
    )
});

/// The only year that a stretch names by itself: "for the back in 2019", "last course in 2022".
pub(super) fn year_in(note: &Note<'_>, within: Span) -> Option<PartialDate> {
    let mut years = YEAR.captures_iter(note.get(within));
    let year = years.next()?["y"].parse().ok()?;
    years.next().is_none().then(|| PartialDate::year(year)).flatten()
}

fn starts_with_day(rest: &str) -> bool {
    let rest = rest.trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits)
}

/// The last such day up to the note's own.
pub(super) fn last_day(note: &Note<'_>, month: i8, day: &str) -> Option<PartialDate> {
    let (seen, day) = (note.date?.exact()?, day.parse::<i8>().ok()?);
    let ahead = (month, day) > (seen.month(), seen.day());
    PartialDate::day(seen.year() - i16::from(ahead), month, day)
}

/// The last such month up to the note's own day.
fn last_month(note: &Note<'_>, month: i8) -> Option<PartialDate> {
    let day = note.date?.exact()?;
    PartialDate::month(day.year() - i16::from(month > day.month()), month)
}

/// A whole number in digits, or in words up to thirty.
pub fn number_in_words(word: &str) -> Option<f64> {
    const WORDS: [&str; 21] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    match word {
        "a" | "an" | "once" | "single" => Some(1.0),
        "twice" | "couple" => Some(2.0),
        "thrice" => Some(3.0),
        "thirty" => Some(30.0),
        _ if word.starts_with("twenty-") => {
            let ones = WORDS[1..10].iter().position(|w| word.ends_with(&format!("-{w}")))?;
            Some(21.0 + ones as f64)
        }
        _ => word.parse().ok().or_else(|| WORDS.iter().position(|w| *w == word).map(|n| n as f64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    #[track_caller]
    fn check(text: &str, duration: Option<&str>, start: Option<&str>, stop: Option<&str>) {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(&format!("Visit date: 09/22/2025\n\n{text}"));
        let note = Note::new(&text, &lexicon);
        let course = course_in(&note, Span::new(22, note.str().len()));
        let got = (
            course.duration.map(|span| note.get(span)),
            course.start.map(|d| d.to_string()),
            course.stop.map(|d| d.to_string()),
        );
        assert_eq!((got.0, got.1.as_deref(), got.2.as_deref()), (duration, start, stop));
    }

    #[test]
    fn lengths_are_read_as_written() {
        check("taken for three months with some help", Some("three months"), None, None);
        check("150 mg bid x 10 wk", Some("10 wk"), None, None);
        check("a course of 6-8 weeks", Some("6-8 weeks"), None, None);
        check("stopped after three weeks", Some("three weeks"), None, None);
        check("eighteen sessions over two months", Some("two months"), None, None);
        check("for a couple of weeks", Some("a couple of weeks"), None, None);
    }

    #[test]
    fn rhythms_and_times_past_are_no_lengths() {
        check("two visits a week, five days a week", None, None, None);
        check("twice weekly, every 3 months, 3 weeks ago", None, None, None);
        check("therapy in the last 12 months", None, None, None);
        check("return in 4 weeks; increase after one week", None, None, None);
        check("relief for 6 hours", None, None, None);
    }

    #[test]
    fn first_and_last_days_are_read() {
        check(
            "02/10/2025 to 04/10/2025 (8 weeks)",
            Some("8 weeks"),
            Some("2025-02-10"),
            Some("2025-04-10"),
        );
        check(
            "3/3/25-4/28/25, 14 visits/8 wk",
            Some("8 wk"),
            Some("2025-03-03"),
            Some("2025-04-28"),
        );
        check("from April 7 to May 30, 2025", None, Some("2025-04-07"), Some("2025-05-30"));
        check("daily since 04/14/2025", Some("since 04/14/2025"), Some("2025-04-14"), None);
        check("three times daily since December", Some("since december"), Some("2024-12"), None);
        check("no help, d/c 6/25", None, None, Some("2025-06"));
        check("stopped in May", None, None, Some("2025-05"));
        check("since Jul 14 (8+ wk)", Some("8+ wk"), Some("2025-07-14"), None);
        check("begun in the last week of January", None, Some("2025-01"), None);
        check("since the spring of 2024", Some("since the spring of 2024"), None, None);
        check("25 mg qhs x 6/52", Some("6/52"), None, None);
    }
}
