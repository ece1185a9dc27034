//! Stretches of the clock: "from ten in the morning until about four", "10:15 to 12:30", "noon till 5".

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::spelled;
use crate::pattern::fixed_regex;

const TIME: &str = r"(?:\d{1,2}(?::\d\d)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midday|midnight)\b";

const PART: &str = r"(?: ?o.?clock\b)?(?: ?(?:[ap]m\b|[ap]\.m\.|hrs\b)| (?:in the|that|the same|the next) (?:morning|afternoon|evening)| at night)?";

static STRETCH: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(&format!(
        r"(?:\b(?:from|between) (?:about |around )?)?\b(?P<a>{TIME})(?P<am>{PART})(?: ?(?:-|\x{{2013}}) ?| (?P<till>until|till|til|to|through|and) )(?:(?:about|around|nearly|almost|past|well past) )*(?P<b>{TIME})(?P<bm>{PART})"
    ))
});

/// What stands behind a number that is no time of day: a score, a share, a unit.
static NO_TIME: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:[/%:]|\.\d|[ -]?(?:percent|per cent|%|out of|hours?|hrs?|h|minutes?|mins?|days?|weeks?|wks?|months?|mos?|years?|yrs?|mg|mcg|ml|cc|cm|mm|times|blocks?|sessions?|visits?|points?)\b| ?/)",
    )
});

/// Minutes of a day, and of a turn of the clock's hand.
const DAY: i32 = 24 * 60;
const TURN: i32 = 12 * 60;

/// Longest stretch that is told by the clock, in hours.
const LONGEST: f64 = 18.0;

/// The first stretch of the clock that a lower-case text tells, and its hours.
///
/// Two numbers are times only where something says so: a colon, "am", "in the morning", "noon",
/// "until". "From 8 to 1" may as well be scores of pain.
pub fn clock(text: &str) -> Option<(Range<usize>, f64)> {
    STRETCH.captures_iter(text).find_map(|found| {
        let whole = found.get(0)?;
        let lead = text[..whole.start()].chars().next_back();
        let apart =
            lead.is_none_or(|c| !matches!(c, '/' | ':' | '.' | '-' | '%') && !c.is_alphanumeric());
        let hours = hours(&found)?;
        (apart && !NO_TIME.is_match(&text[whole.end()..])).then(|| (whole.range(), hours))
    })
}

fn hours(found: &Captures<'_>) -> Option<f64> {
    let word = |name| found.name(name).map_or("", |m| m.as_str());
    let (first, last) = (Time::read(word("a"), word("am"))?, Time::read(word("b"), word("bm"))?);
    let told = first.told || last.told || matches!(word("till"), "until" | "till" | "til");
    // "14:30" is of a clock of twenty-four hours, and so is the other.
    let whole_day = first.whole_day || last.whole_day || (first.half && last.half);
    let turn = if whole_day { DAY } else { TURN };
    let hours = f64::from((last.minutes - first.minutes).rem_euclid(turn)) / 60.0;
    (told && hours > 0.0 && hours <= LONGEST).then_some(hours)
}

/// A time of day.
struct Time {
    minutes: i32,
    /// Whether its words say that it is one.
    told: bool,
    /// Whether they say which half of the day.
    half: bool,
    /// Whether its hour is beyond noon by itself.
    whole_day: bool,
}

impl Time {
    fn read(time: &str, part: &str) -> Option<Self> {
        let part = part.replace(['.', ' '], "");
        let named = |minutes| Some(Self { minutes, told: true, half: true, whole_day: false });
        match time {
            "noon" | "midday" => return named(TURN),
            "midnight" => return named(0),
            _ => {}
        }
        let (hour, minute) = time.split_once(':').unwrap_or((time, "0"));
        let hour = spelled(hour).map(|n| n as i32).or_else(|| hour.parse().ok())?;
        let minute: i32 = minute.parse().ok()?;
        if hour > 24 || minute > 59 {
            return None;
        }
        let late = ["pm", "afternoon", "evening", "night"].iter().any(|word| part.ends_with(word));
        let early = ["am", "morning"].iter().any(|word| part.ends_with(word));
        let hour = if late {
            hour % 12 + 12
        } else if early {
            hour % 12
        } else {
            hour
        };
        Some(Self {
            minutes: hour * 60 + minute,
            told: time.contains(':') || !part.is_empty(),
            half: late || early,
            whole_day: !late && hour > 12,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<f64>) {
        assert_eq!(clock(text).map(|(_, hours)| hours), expect, "{text}");
    }

    #[test]
    fn a_stretch_of_the_clock_has_its_hours() {
        check("gone from nine in the morning until about three in the afternoon", Some(6.0));
        check("better from 10:15 to 12:30", Some(2.25));
        check("from noon till 5", Some(5.0));
        check("8 am - 1 pm", Some(5.0));
        check("09:00 to 21:30", Some(12.5));
        check("until", None);
        check("from eleven until four", Some(5.0));
        check("between 11 a.m. and 4 p.m.", Some(5.0));
    }

    #[test]
    fn scores_shares_and_lengths_are_no_times() {
        check("pain fell from 8 to 1", None);
        check("from 8/10 to 1/10", None);
        check("two to four hours", None);
        check("pain 7 until 3/10", None);
        check("70 to 80 percent", None);
        check("l4-5", None);
        check("03/04 to 05/06", None);
    }
}
