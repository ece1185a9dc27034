//! Dates as records write them: to the year, the month or the day.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// A date as precise as it was written: `2024`, `2024-03` or `2024-03-05`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    year: i16,
    /// 0 where only the year is known.
    month: i8,
    /// 0 where only year and month are known.
    day: i8,
}

impl PartialDate {
    /// A year; `None` outside 1900-2199.
    pub fn year(year: i16) -> Option<Self> {
        (1900..2200).contains(&year).then_some(Self { year, month: 0, day: 0 })
    }

    /// A month of a year; `None` where there is none such.
    pub fn month(year: i16, month: i8) -> Option<Self> {
        ((1900..2200).contains(&year) && (1..=12).contains(&month)).then_some(Self {
            year,
            month,
            day: 0,
        })
    }

    /// A day; `None` where there is none such.
    pub fn day(year: i16, month: i8, day: i8) -> Option<Self> {
        if !(1900..2200).contains(&year) {
            return None;
        }
        Date::new(year, month, day).ok().map(Self::from)
    }

    /// The first day that it can mean.
    pub fn earliest(&self) -> Date {
        Date::new(self.year, self.month.max(1), self.day.max(1)).unwrap_or(Date::MIN)
    }

    /// The last day that it can mean.
    pub fn latest(&self) -> Date {
        match (self.month, self.day) {
            (0, _) => Date::new(self.year, 12, 31).unwrap_or(Date::MAX),
            (month, 0) => {
                Date::new(self.year, month, 1).map_or(Date::MAX, |first| first.last_of_month())
            }
            _ => self.earliest(),
        }
    }

    /// The day, where it is known.
    pub fn exact(&self) -> Option<Date> {
        (self.day != 0).then(|| self.earliest())
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self { year: date.year(), month: date.month(), day: date.day() }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.month, self.day) {
            (0, _) => write!(f, "{:04}", self.year),
            (month, 0) => write!(f, "{:04}-{month:02}", self.year),
            (month, day) => write!(f, "{:04}-{month:02}-{day:02}", self.year),
        }
    }
}

/// Reads what [`Display`](fmt::Display) writes.
impl FromStr for PartialDate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('-');
        let year = parts.next().filter(|y| y.len() == 4).and_then(|y| y.parse().ok());
        let month = parts.next().map(str::parse);
        let day = parts.next().map(str::parse);
        if parts.next().is_some() {
            return Err(WANTED);
        }
        let date = match (year, month, day) {
            (Some(year), None, None) => Self::year(year),
            (Some(year), Some(Ok(month)), None) => Self::month(year, month),
            (Some(year), Some(Ok(month)), Some(Ok(day))) => Self::day(year, month, day),
            _ => None,
        };
        date.ok_or(WANTED)
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for PartialDate {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

const WANTED: &str = "not a date; write 2024, 2024-03 or 2024-03-05";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, earliest: &str, latest: &str) {
        let date: PartialDate = text.parse().unwrap();
        assert_eq!(date.to_string(), text);
        assert_eq!(date.earliest().to_string(), earliest);
        assert_eq!(date.latest().to_string(), latest);
    }

    #[test]
    fn a_date_spans_what_it_leaves_open() {
        check("2024", "2024-01-01", "2024-12-31");
        check("2024-02", "2024-02-01", "2024-02-29");
        check("2024-03-05", "2024-03-05", "2024-03-05");
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in ["", "24", "2024-13", "2023-02-29", "2024-3-5-1", "soon"] {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
    }
}
