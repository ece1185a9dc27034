//! Amounts as records write them: durations, doses, frequencies and loose dates, read into numbers.
//!
//! What cannot be read is `None`, never a guess.

mod clock;
mod number;
mod since;

pub use clock::clock;
pub(crate) use number::TENS;
pub use number::spelled;
use number::{amount, tokens};
pub use since::since;
pub(crate) use since::{HOLIDAYS, full_year};

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

/// Reads a length of time: "8 weeks", "x 10 wk", "about five hours", "2-3 mo", "a year and 3 months", "6/52",
/// "from ten to 4 pm".
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
    total.or_else(|| {
        let (_, hours) = clock(&text.to_lowercase())?;
        Some(Duration { low: hours / 24.0, high: hours / 24.0 })
    })
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
}
