//! Loose dates: "since March 2024", "8/23", "last summer", "Labor Day '24".

use jiff::civil::Date;

use super::number::tokens;
use crate::date::PartialDate;

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

#[cfg(test)]
mod tests {
    use super::*;

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
