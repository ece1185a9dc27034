//! Dates as records write them.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use crate::date::PartialDate;
use crate::halt;
use crate::span::Span;

/// A month by its name, for patterns.
macro_rules! month {
    () => {
        r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
    };
}
pub(super) use month;

/// A date and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateMention {
    /// Its words in the folded text.
    pub span: Span,
    /// The date.
    pub date: PartialDate,
}

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let month = r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?";
    let patterns = [
        r"(?P<y1>(?:19|20)\d\d)[-/](?P<m1>\d\d)[-/](?P<d1>\d\d)".to_owned(),
        r"(?P<m2>\d{1,2})[/-](?P<d2>\d{1,2})[/-](?P<y2>(?:19|20)?\d\d)".to_owned(),
        r"(?P<m3>\d{1,2})/(?P<y3>(?:19|20)\d\d)".to_owned(),
        format!(r"{month} (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?(?:,? |,)(?P<y4>(?:19|20)\d\d)")
            .replacen('(', "(?P<n4>", 1),
        format!(
            r"(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]{},?(?: |-)(?P<y5>(?:19|20)\d\d)",
            month.replacen('(', "(?P<n5>", 1)
        ),
        format!(
            r"(?P<y10>(?:19|20)\d\d)-{}-(?P<d10>\d{{1,2}})",
            month.replacen('(', "(?P<n10>", 1)
        ),
        format!(r"(?P<d8>\d{{1,2}})[ -]{}(?:-| ?')(?P<y8>\d\d)", month.replacen('(', "(?P<n8>", 1)),
        format!(r"{month}(?: of)?,?[ -](?P<y6>(?:19|20)\d\d)").replacen('(', "(?P<n6>", 1),
        r"(?P<m9>\d{1,2})\.(?P<d9>\d{1,2})\.(?P<y9>(?:19|20)\d\d)".to_owned(),
        r"(?:since|in|from|of|until|year) (?P<y7>(?:19|20)\d\d)".to_owned(),
    ];
    fixed_regex(&format!(r"\b(?:{})\b", patterns.join("|")))
});

/// Every date in a text, in order.
pub fn find_dates(text: &str) -> Vec<DateMention> {
    let number = |c: &regex::Captures<'_>, name: &str| {
        c.name(name).and_then(|m| m.as_str().parse::<i16>().ok())
    };
    let mut found = Vec::new();
    for c in DATE.captures_iter(text) {
        halt::look();
        let Some(whole) = c.get(0) else { continue };
        // Part of a longer number or fraction, as "1/2/3/4" or "10/325/2.5".
        // "3/3/25-4/28/25" are two dates.
        let joined = found.last().is_some_and(|d: &DateMention| d.span.end + 1 == whole.start());
        if (text[..whole.start()].ends_with(['/', '.', '-']) && !joined)
            || text[whole.end()..].starts_with('/')
        {
            continue;
        }
        // "3-8/10" is a range of something out of ten.
        if c.name("y2").is_some() && whole.as_str().contains('/') && whole.as_str().contains('-') {
            continue;
        }
        let mut span = Span::new(whole.start(), whole.end());
        let date = if let Some(year) = number(&c, "y1") {
            number(&c, "m1")
                .zip(number(&c, "d1"))
                .and_then(|(m, d)| PartialDate::day(year, m as i8, d as i8))
        } else if let Some(year) = number(&c, "y2") {
            number(&c, "m2")
                .zip(number(&c, "d2"))
                .and_then(|(m, d)| PartialDate::day(century(year), m as i8, d as i8))
        } else if let Some(year) = number(&c, "y3") {
            number(&c, "m3").and_then(|m| PartialDate::month(year, m as i8))
        } else if let (Some(name), Some(year)) = (c.name("n4"), number(&c, "y4")) {
            number(&c, "d4")
                .and_then(|d| PartialDate::day(year, month_number(name.as_str()), d as i8))
        } else if let (Some(name), Some(year)) = (c.name("n5"), number(&c, "y5")) {
            number(&c, "d5")
                .and_then(|d| PartialDate::day(year, month_number(name.as_str()), d as i8))
        } else if let (Some(name), Some(year)) = (c.name("n10"), number(&c, "y10")) {
            number(&c, "d10")
                .and_then(|d| PartialDate::day(year, month_number(name.as_str()), d as i8))
        } else if let (Some(name), Some(year)) = (c.name("n8"), number(&c, "y8")) {
            let year = century(year);
            number(&c, "d8")
                .and_then(|d| PartialDate::day(year, month_number(name.as_str()), d as i8))
        } else if let Some(year) = number(&c, "y9") {
            number(&c, "m9")
                .zip(number(&c, "d9"))
                .and_then(|(m, d)| PartialDate::day(year, m as i8, d as i8))
        } else if let (Some(name), Some(year)) = (c.name("n6"), number(&c, "y6")) {
            PartialDate::month(year, month_number(name.as_str()))
        } else if let (Some(digits), Some(year)) = (c.name("y7"), number(&c, "y7")) {
            span = Span::new(digits.start(), digits.end());
            PartialDate::year(year)
        } else {
            None
        };
        if let Some(date) = date {
            found.push(DateMention { span, date });
        }
    }
    found
}

/// Two digits mean this century up to 2059, then the last.
fn century(year: i16) -> i16 {
    match year {
        0..60 => 2000 + year,
        60..100 => 1900 + year,
        _ => year,
    }
}

/// The number of a month by its name or the beginning of it.
pub(super) fn month_number(name: &str) -> i8 {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    NAMES.iter().position(|n| name.starts_with(n)).map_or(0, |i| i as i8 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let got: Vec<String> = find_dates(text).iter().map(|d| d.date.to_string()).collect();
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn dates_of_every_form() {
        check("on 03/11/2025, 6/3/25 and 2024-05-06", &["2025-03-11", "2025-06-03", "2024-05-06"]);
        check(
            "june 24, 2025; 4 july 2023; march 2024; since 2019; 12/2024",
            &["2025-06-24", "2023-07-04", "2024-03", "2019", "2024-12"],
        );
        check(
            "12-feb-2025, dec-2023, 3-mar-25, 2025/03/11, 1st of may 2024, 3.11.2025",
            &["2025-02-12", "2023-12", "2025-03-03", "2025-03-11", "2024-05-01", "2025-03-11"],
        );
        check("signed 2026-mar-10", &["2026-03-10"]);
        check("3/3/25-4/28/25", &["2025-03-03", "2025-04-28"]);
        check("pain 8/10, h&h 33.3/10.9, 13/45/2020, 10/325 mg, v. 1.2.3, 5-may-x", &[]);
    }
}
