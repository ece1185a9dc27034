//! Amounts as records write them: durations, doses, frequencies and loose dates, read into numbers.
//!
//! What cannot be read is `None`, never a guess.

use jiff::civil::Date;

use crate::date::PartialDate;

/// Days in a mean month.
pub const DAYS_A_MONTH: f64 = 365.25 / 12.0;

/// A length of time in days; `low` and `high` differ where a range was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duration {
    /// Lower end in days.
    pub low: f64,
    /// Upper end in days.
    pub high: f64,
}

impl Duration {
    /// Lower and upper end in hours.
    pub fn hours(&self) -> (f64, f64) {
        (self.low * 24.0, self.high * 24.0)
    }

    /// Upper end in weeks.
    pub fn weeks(&self) -> f64 {
        self.high / 7.0
    }

    /// Upper end in months.
    pub fn months(&self) -> f64 {
        self.high / DAYS_A_MONTH
    }
}

/// Reads a length of time: "8 weeks", "x 10 wk", "about five hours", "2-3 mo", "a year and 3 months", "6/52".
pub fn duration(text: &str) -> Option<Duration> {
    let tokens = tokens(text);
    if let Some(length) = shorthand(&tokens) {
        return Some(length);
    }
    let mut total: Option<Duration> = None;
    let mut at = 0;
    while at < tokens.len() {
        let Some((low, high, next)) = amount(&tokens, at) else {
            at += 1;
            continue;
        };
        // "8-week": the dash stands between number and unit.
        // "8+ wk" are at least as many.
        let unit_at = next + usize::from(tokens.get(next).is_some_and(|t| t == "-" || t == "+"));
        match tokens.get(unit_at).and_then(|word| unit_days(word)) {
            Some(days) => {
                let sum = total.unwrap_or(Duration { low: 0.0, high: 0.0 });
                total = Some(Duration { low: sum.low + low * days, high: sum.high + high * days });
                at = unit_at + 1;
                // "a year and a half", unless the half has its own unit: "and a half hours".
                let goes_on = tokens.get(at..).unwrap_or_default();
                if let [and, a, half, ..] = goes_on
                    && [and, a, half] == ["and", "a", "half"]
                    && goes_on.get(3).is_none_or(|word| unit_days(word).is_none())
                {
                    let half = days / 2.0;
                    return total
                        .map(|whole| Duration { low: whole.low + half, high: whole.high + half });
                }
                // Only "2 years and 3 months" and "2 h 30 min" go on; anything else is another statement.
                let joined = tokens.get(at).is_some_and(|t| t == "and" || t == ",");
                let follows = at + usize::from(joined);
                if amount(&tokens, follows).is_none() {
                    break;
                }
                at = follows;
            }
            None if total.is_some() => break,
            None => at += 1,
        }
    }
    total
}

/// "6/52" are six weeks, "3/12" three months, "10/7" ten days.
fn shorthand(tokens: &[String]) -> Option<Duration> {
    let [number, slash, of] = tokens else { return None };
    let unit = match of.as_str() {
        "52" => 7.0,
        "12" => DAYS_A_MONTH,
        "7" => 1.0,
        _ => return None,
    };
    let days = number.parse::<f64>().ok().filter(|_| slash == "/")? * unit;
    Some(Duration { low: days, high: days })
}

/// Times a day of a frequency in the vocabulary's form ("2", "prn", "2 prn", "per week 1") or as written ("BID", "q6h").
pub fn times_a_day(text: &str) -> Option<f64> {
    let text = text.trim().to_lowercase();
    let bare = text.trim_end_matches("prn").trim();
    if let Some(weekly) = bare.strip_prefix("per week") {
        return weekly.trim().parse::<f64>().ok().map(|n| n / 7.0);
    }
    if let Ok(number) = bare.parse::<f64>() {
        return Some(number);
    }
    if let Some(hours) = bare.strip_prefix('q').and_then(|rest| rest.strip_suffix('h')) {
        return hours.trim().parse::<f64>().ok().filter(|h| *h > 0.0).map(|h| 24.0 / h);
    }
    let words = [
        (
            1.0,
            &["qd", "qhs", "qam", "qpm", "hs", "daily", "once", "bedtime", "nightly", "night"][..],
        ),
        (2.0, &["bid", "twice"]),
        (3.0, &["tid", "thrice", "three"]),
        (4.0, &["qid", "four"]),
    ];
    // The largest first: "three times daily" has both.
    words
        .iter()
        .rev()
        .find(|(_, words)| tokens(bare).iter().any(|t| words.contains(&t.as_str())))
        .map(|(n, _)| *n)
}

/// Times a week of a frequency as written: "2x/week", "two visits a week", "weekly", "daily", "3-4 times weekly".
pub fn times_a_week(text: &str) -> Option<f64> {
    let tokens = tokens(text);
    let has = |words: &[&str]| tokens.iter().any(|t| words.contains(&t.as_str()));
    let weekly = has(&["week", "wk", "weekly", "weeks", "wks"]);
    if weekly && has(&["twice"]) {
        return Some(2.0);
    }
    if weekly
        && let Some((_, high, _)) = (0..tokens.len()).find_map(|at| amount(&tokens, at))
        && high <= 14.0
    {
        return Some(high);
    }
    if has(&["weekly"]) || (weekly && has(&["once", "every"])) {
        return Some(1.0);
    }
    (has(&["daily"]) || (has(&["every"]) && has(&["day", "morning", "evening", "night"])))
        .then_some(7.0)
}

/// Milligrams of a single dose: "300 mg", "2 g", "1,000 mg", "30-60 mg" (the upper end), "7.5/325 mg" (the first).
///
/// A bare number counts as milligrams, as in "ibuprofen 600 tid".
pub fn milligrams(text: &str) -> Option<f64> {
    let tokens = tokens(text);
    let (_, high, next) = (0..tokens.len()).find_map(|at| amount(&tokens, at))?;
    let mut rest = tokens[next..].iter().skip_while(|t| *t == "/" || t.parse::<f64>().is_ok());
    match rest.next().map(String::as_str) {
        Some("mg" | "mgs" | "milligrams") | None => Some(high),
        Some("g" | "gm" | "gram" | "grams") => Some(high * 1000.0),
        Some("mcg" | "ug" | "micrograms") => Some(high / 1000.0),
        Some("%" | "ml" | "iu" | "units" | "meq") => None,
        Some(_) => Some(high),
    }
}

/// The start that "since March 2024", "8/23", "2021", "since July", "spring of 2024" speak of.
///
/// A month without a year is the last such month up to `seen_from`.
pub fn since(text: &str, seen_from: Date) -> Option<PartialDate> {
    if let Ok(date) = text.trim().parse() {
        return Some(date);
    }
    // "'22"
    if let Some(year) = text.trim().strip_prefix('\'').and_then(|digits| digits.parse().ok()) {
        return PartialDate::year(full_year(year));
    }
    // "winter of 2023-24" begins in the first of its years.
    let text = match text.trim().rsplit_once(['-', '/']) {
        Some((first, last))
            if last.len() == 2
                && last.bytes().all(|b| b.is_ascii_digit())
                && first.contains(char::is_alphabetic) =>
        {
            first
        }
        _ => text,
    };
    let tokens = tokens(text);
    let numbers: Vec<i16> = tokens.iter().filter_map(|t| t.parse().ok()).collect();
    let year = numbers.iter().copied().find(|n| (1900..2200).contains(n));
    let year = year.or_else(|| short_year(text));
    if let Some(at) = tokens.iter().position(|t| t == "/") {
        let before = at.checked_sub(1).and_then(|i| tokens[i].parse::<i8>().ok());
        let parts: Vec<i16> = tokens.iter().filter_map(|t| t.parse().ok()).collect();
        return match (before, parts.as_slice()) {
            (Some(month), [_, year]) => PartialDate::month(full_year(*year), month),
            (Some(month), [_, day, year]) => {
                PartialDate::day(full_year(*year), month, i8::try_from(*day).ok()?)
            }
            _ => None,
        };
    }
    let month = tokens.iter().find_map(|t| month(t));
    let season = tokens.iter().find_map(|t| match t.as_str() {
        "spring" => Some(3),
        "summer" => Some(6),
        "fall" | "autumn" => Some(9),
        "winter" => Some(12),
        _ => None,
    });
    let holiday =
        || HOLIDAYS.iter().find(|(name, ..)| text.contains(name)).map(|(.., month)| *month);
    if let (None, Some(season), None) = (month, season, year)
        && tokens.iter().any(|t| t == "last")
        && !last_year(&tokens)
    {
        return last_season(season, tokens.iter().any(|t| t == "before"), seen_from);
    }
    match (month.or(season).or_else(holiday), year) {
        (Some(month), Some(year)) => {
            let short = short_year(text).is_some();
            let day = numbers.iter().find(|n| {
                (1..=31).contains(*n) && **n != year && !(short && full_year(**n) == year)
            });
            day.and_then(|d| PartialDate::day(year, month, i8::try_from(*d).ok()?))
                .or_else(|| PartialDate::month(year, month))
        }
        // "in november of last year"
        (Some(month), None) if last_year(&tokens) => {
            PartialDate::month(seen_from.year() - 1, month)
        }
        (Some(month), None) => {
            let year = seen_from.year() - i16::from(month > seen_from.month());
            PartialDate::month(year, month)
        }
        (None, Some(year)) => PartialDate::year(year),
        (None, None) => last_year(&tokens).then(|| PartialDate::year(seen_from.year() - 1))?,
    }
}

/// Days that people date things by: the name, what may stand behind it as a pattern, the month.
pub(crate) const HOLIDAYS: [(&str, &str, i8); 24] = [
    ("new year", "'?s?(?: day| eve)?", 1),
    ("martin luther king", "(?: jr\\.?)?(?:'?s)?(?: day)?", 1),
    ("valentine", "'?s?(?: day)?", 2),
    ("presidents", "'? day", 2),
    ("mardi gras", "", 2),
    ("st. patrick", "'?s(?: day)?", 3),
    ("st patrick", "'?s(?: day)?", 3),
    ("passover", "", 4),
    ("easter", "(?: sunday| weekend)?", 4),
    ("mother's day", "", 5),
    ("memorial day", "", 5),
    ("father's day", "", 6),
    ("juneteenth", "", 6),
    ("fourth of july", "", 7),
    ("4th of july", "", 7),
    ("independence day", "", 7),
    ("labor day", "", 9),
    ("columbus day", "", 10),
    ("halloween", "", 10),
    ("veterans day", "", 11),
    ("thanksgiving", "", 11),
    ("hanukkah", "", 12),
    ("christmas", "(?: day| eve)?", 12),
    ("xmas", "", 12),
];

/// "Last summer" is over: one that runs yet is of the year before. One "before last" is a year
/// older.
fn last_season(month: i8, before_last: bool, seen_from: Date) -> Option<PartialDate> {
    let seen = i16::from(seen_from.month()) + 12 * seen_from.year();
    let this = i16::from(month) + 12 * seen_from.year();
    let back = i16::from(seen - this < SEASON_MONTHS) + i16::from(before_last);
    PartialDate::month(seen_from.year() - back, month)
}

/// How many months a season has.
const SEASON_MONTHS: i16 = 3;

/// A year of two digits behind an apostrophe: "labor day '24".
fn short_year(text: &str) -> Option<i16> {
    let (_, behind) = text.rsplit_once('\'')?;
    let digits: &str = behind.get(..2)?;
    let ends = !behind[2..].starts_with(|c: char| c.is_alphanumeric());
    digits.parse().ok().filter(|_| ends).map(full_year)
}

/// Whether the year before is named: "last year".
fn last_year(tokens: &[String]) -> bool {
    tokens.windows(2).any(|pair| pair[0] == "last" && pair[1] == "year")
}

/// Two digits mean this century.
pub(crate) fn full_year(year: i16) -> i16 {
    if (0..100).contains(&year) { 2000 + year } else { year }
}

fn month(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if word == "sept" {
        return Some(9);
    }
    NAMES
        .iter()
        .position(|name| *name == word || (word.len() == 3 && name.starts_with(word)))
        .and_then(|n| i8::try_from(n + 1).ok())
}

/// Lower-case words, numbers (thousands separators taken out) and single signs.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut last = ' ';
    let chars: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    for (at, &c) in chars.iter().enumerate() {
        let digit_next = chars.get(at + 1).is_some_and(char::is_ascii_digit);
        let inside_number = last.is_ascii_digit() && digit_next;
        let joins = (c.is_alphabetic() && last.is_alphabetic())
            || (c.is_ascii_digit() && (last.is_ascii_digit() || last == '.' || last == ','))
            || (c == '.' && inside_number);
        match (joins, tokens.last_mut()) {
            (true, Some(token)) if !token.is_empty() => token.push(c),
            _ if c == ',' && inside_number => {}
            _ if c.is_whitespace() || c == '.' || c == '\'' => {}
            _ => tokens.push(c.to_string()),
        }
        last = if c == '.' && !joins { ' ' } else { c };
    }
    tokens
}

/// A number, a range or number words from `at` on: lower end, upper end, and the token after it.
fn amount(tokens: &[String], at: usize) -> Option<(f64, f64, usize)> {
    let (low, mut next) = number(tokens, at)?;
    let mut high = low;
    if tokens.get(next).is_some_and(|t| t == "-" || t == "to" || t == "or")
        && let Some((upper, after)) = number(tokens, next + 1)
        && upper >= low
    {
        (high, next) = (upper, after);
    }
    Some((low, high, next))
}

fn number(tokens: &[String], at: usize) -> Option<(f64, usize)> {
    let word = tokens.get(at)?.as_str();
    let value = match word.parse::<f64>() {
        Ok(value) => value,
        Err(_) => word_number(word)?,
    };
    let after = |n: usize| tokens.get(at + n).map(String::as_str);
    // "twenty-four", "1 1/2", "1-1/2", "1/2", "one and a half", "half an hour"
    if value >= 20.0 && value % 10.0 == 0.0 && word.parse::<f64>().is_err() {
        let skip = usize::from(after(1) == Some("-"));
        if let Some(ones) =
            after(1 + skip).and_then(word_number).filter(|n| (1.0..10.0).contains(n))
        {
            return Some((value + ones, at + 2 + skip));
        }
    }
    let dash = usize::from(after(1) == Some("-"));
    if [after(1 + dash), after(2 + dash), after(3 + dash)] == [Some("1"), Some("/"), Some("2")] {
        return Some((value + 0.5, at + 4 + dash));
    }
    if value == 1.0 && after(1) == Some("/") && after(2) == Some("2") {
        return Some((0.5, at + 3));
    }
    // "two and a half", "two and one-half", "one-and-a-half"
    let dashed = |n: usize| n + usize::from(after(n) == Some("-"));
    let and = dashed(1);
    let one = dashed(and + 1);
    let half = dashed(one + 1);
    if after(and) == Some("and")
        && matches!(after(one), Some("a" | "one"))
        && after(half) == Some("half")
    {
        return Some((value + 0.5, at + half + 1));
    }
    if word == "half" && matches!(after(1), Some("a" | "an")) {
        return Some((0.5, at + 2));
    }
    if word == "a" && matches!(after(1), Some("couple" | "few" | "half")) {
        let (value, next) = number(tokens, at + 1)?;
        return Some((value, next));
    }
    if word == "couple" && after(1) == Some("of") {
        return Some((2.0, at + 2));
    }
    Some((value, at + 1))
}

/// Twenty to ninety-nine in words, for patterns.
pub(crate) const TENS: &str = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?";

/// A number that is spelled out: "sixty", "four hundred", "a hundred and fifty", "twelve hundred", "two and a half".
pub fn spelled(words: &str) -> Option<f64> {
    let (mut thousands, mut value, mut any) = (0.0, 0.0, false);
    let mut words =
        words.split([' ', '-']).filter(|word| !word.is_empty() && *word != "and").peekable();
    while let Some(word) = words.next() {
        match word {
            "hundred" => value = f64::max(value, 1.0) * 100.0,
            "thousand" => {
                thousands += f64::max(value, 1.0) * 1000.0;
                value = 0.0;
            }
            "a" if words.peek() == Some(&"half") => continue,
            "zero" => {}
            _ => value += word_number(word)?,
        }
        any = true;
    }
    any.then_some(thousands + value)
}

fn word_number(word: &str) -> Option<f64> {
    const WORDS: [(&str, f64); 32] = [
        ("a", 1.0),
        ("an", 1.0),
        ("one", 1.0),
        ("half", 0.5),
        ("two", 2.0),
        ("couple", 2.0),
        ("three", 3.0),
        ("few", 3.0),
        ("four", 4.0),
        ("five", 5.0),
        ("six", 6.0),
        ("seven", 7.0),
        ("eight", 8.0),
        ("nine", 9.0),
        ("ten", 10.0),
        ("eleven", 11.0),
        ("twelve", 12.0),
        ("thirteen", 13.0),
        ("fourteen", 14.0),
        ("fifteen", 15.0),
        ("sixteen", 16.0),
        ("seventeen", 17.0),
        ("eighteen", 18.0),
        ("nineteen", 19.0),
        ("twenty", 20.0),
        ("thirty", 30.0),
        ("forty", 40.0),
        ("fifty", 50.0),
        ("sixty", 60.0),
        ("seventy", 70.0),
        ("eighty", 80.0),
        ("ninety", 90.0),
    ];
    WORDS.iter().find(|(w, _)| *w == word).map(|(_, n)| *n)
}

fn unit_days(word: &str) -> Option<f64> {
    Some(match word {
        "min" | "mins" | "minute" | "minutes" => 1.0 / 1440.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 1.0 / 24.0,
        "d" | "day" | "days" | "night" | "nights" => 1.0,
        "w" | "wk" | "wks" | "week" | "weeks" => 7.0,
        "fortnight" => 14.0,
        "mo" | "mos" | "mth" | "mths" | "month" | "months" => DAYS_A_MONTH,
        "y" | "yr" | "yrs" | "year" | "years" => 365.25,
        "decade" | "decades" => 3652.5,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, days: Option<(f64, f64)>) {
        let got = duration(text);
        match (got, days) {
            (None, None) => {}
            (Some(got), Some((low, high))) => {
                assert!(
                    (got.low - low).abs() < 0.01 && (got.high - high).abs() < 0.01,
                    "{text}: {got:?}"
                );
            }
            _ => panic!("{text}: {got:?}"),
        }
    }

    #[test]
    fn reads_durations_as_written() {
        check("8 weeks", Some((56.0, 56.0)));
        check("two and one-half years", Some((913.125, 913.125)));
        check("one-and-a-half weeks", Some((10.5, 10.5)));
        check("x 10 wk", Some((70.0, 70.0)));
        check("four hours", Some((4.0 / 24.0, 4.0 / 24.0)));
        check("about 5 hours", Some((5.0 / 24.0, 5.0 / 24.0)));
        check("three months", Some((91.31, 91.31)));
        check("2-3 days", Some((2.0, 3.0)));
        check("two to three weeks", Some((14.0, 21.0)));
        check("8-week course", Some((56.0, 56.0)));
        check("2 weeks so far", Some((14.0, 14.0)));
        check("half an hour", Some((0.5 / 24.0, 0.5 / 24.0)));
        check("a couple of days", Some((2.0, 2.0)));
        check("one and a half hours", Some((1.5 / 24.0, 1.5 / 24.0)));
        check("5 1/2 hours", Some((5.5 / 24.0, 5.5 / 24.0)));
        check("5-1/2 hours", Some((5.5 / 24.0, 5.5 / 24.0)));
        check("2 h 30 min", Some((2.5 / 24.0, 2.5 / 24.0)));
        check("twenty-four hours", Some((1.0, 1.0)));
        check("1.5 years", Some((547.875, 547.875)));
        check("1 year and 3 months", Some((456.56, 456.56)));
        check("6/52", Some((42.0, 42.0)));
        check("3/12", Some((91.31, 91.31)));
        check("7 sessions", None);
        check("a while", None);
        check("", None);
    }

    #[test]
    fn reads_frequencies() {
        for (text, times) in [
            ("2", Some(2.0)),
            ("3 prn", Some(3.0)),
            ("prn", None),
            ("per week 1", Some(1.0 / 7.0)),
            ("BID", Some(2.0)),
            ("q6h prn", Some(4.0)),
            ("three times daily", Some(3.0)),
            ("at bedtime", Some(1.0)),
        ] {
            assert_eq!(times_a_day(text), times, "{text}");
        }
        for (text, times) in [
            ("2x/week", Some(2.0)),
            ("two visits a week", Some(2.0)),
            ("weekly", Some(1.0)),
            ("daily", Some(7.0)),
            ("3-4 times weekly", Some(4.0)),
            ("every morning", Some(7.0)),
            ("twice weekly", Some(2.0)),
            ("2 x / wk", Some(2.0)),
            ("5 days a week", Some(5.0)),
            ("often", None),
        ] {
            assert_eq!(times_a_week(text), times, "{text}");
        }
    }

    #[test]
    fn reads_numbers_that_are_spelled_out() {
        for (text, number) in [
            ("sixty", Some(60.0)),
            ("four hundred", Some(400.0)),
            ("a hundred and fifty", Some(150.0)),
            ("twelve hundred", Some(1200.0)),
            ("one thousand two hundred", Some(1200.0)),
            ("seventy-five", Some(75.0)),
            ("ninety-five", Some(95.0)),
            ("forty two", Some(42.0)),
            ("fifteen", Some(15.0)),
            ("a hundred", Some(100.0)),
            ("zero", Some(0.0)),
            ("ninety degrees", None),
            ("two and a half", Some(2.5)),
            ("and", None),
            ("some", None),
        ] {
            assert_eq!(spelled(text), number, "{text}");
        }
    }

    #[test]
    fn reads_doses() {
        for (text, mg) in [
            ("300 mg", Some(300.0)),
            ("1,000 mg", Some(1000.0)),
            ("2 g", Some(2000.0)),
            ("30-60 mg", Some(60.0)),
            ("7.5/325 mg", Some(7.5)),
            ("600", Some(600.0)),
            ("75 mcg", Some(0.075)),
            ("0.5%", None),
            ("low dose", None),
        ] {
            assert_eq!(milligrams(text), mg, "{text}");
        }
    }

    #[test]
    fn reads_starts() {
        let seen_from = Date::constant(2025, 9, 22);
        for (text, start) in [
            ("since March 2024", Some("2024-03")),
            ("8/23", Some("2023-08")),
            ("2021", Some("2021")),
            ("since July", Some("2025-07")),
            ("December", Some("2024-12")),
            ("04/14/2025", Some("2025-04-14")),
            ("2024-03-05", Some("2024-03-05")),
            ("the spring of 2024", Some("2024-03")),
            ("last year", Some("2024")),
            ("June 5, 2023", Some("2023-06-05")),
            ("winter of 2023-24", Some("2023-12")),
            ("mother's day 2024", Some("2024-05")),
            ("easter this year", Some("2025-04")),
            ("June '24", Some("2024-06")),
            ("childhood", None),
        ] {
            assert_eq!(since(text, seen_from).map(|d| d.to_string()).as_deref(), start, "{text}");
        }
    }
}
