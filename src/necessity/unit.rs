//! Numbers of a policy with their units: "80 %", "6 weeks", "1200 mg", or a bare number in the unit asked for.

use std::fmt;

use serde::Deserialize;

use crate::quantity::DAYS_A_MONTH;

/// A number as a policy file writes it: bare, with its unit, or `$name` of one of the `[params]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a number is wanted here, as 80, \"80 %\" or \"$relief_percent\"")]
pub(super) enum Number {
    /// As `80`: in the unit that is asked for.
    Literal(f64),
    /// As `$relief` or `"80 %"`.
    Written(String),
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Events, points, parts: numbers without a unit.
    Count,
    Percent,
    Hours,
    Days,
    Weeks,
    Months,
    Milligrams,
}

/// Words for units, and days for those of time.
const UNITS: [(&str, Unit, Option<f64>); 14] = [
    ("%", Unit::Percent, None),
    ("percent", Unit::Percent, None),
    ("h", Unit::Hours, Some(1.0 / 24.0)),
    ("hour", Unit::Hours, Some(1.0 / 24.0)),
    ("hours", Unit::Hours, Some(1.0 / 24.0)),
    ("day", Unit::Days, Some(1.0)),
    ("days", Unit::Days, Some(1.0)),
    ("week", Unit::Weeks, Some(7.0)),
    ("weeks", Unit::Weeks, Some(7.0)),
    ("month", Unit::Months, Some(DAYS_A_MONTH)),
    ("months", Unit::Months, Some(DAYS_A_MONTH)),
    ("mg", Unit::Milligrams, None),
    ("mg/day", Unit::Milligrams, None),
    ("times", Unit::Count, None),
];

impl Unit {
    /// The word that messages use.
    fn word(self) -> &'static str {
        match self {
            Unit::Count => "a bare number",
            Unit::Percent => "%",
            Unit::Hours => "hours",
            Unit::Days => "days",
            Unit::Weeks => "weeks",
            Unit::Months => "months",
            Unit::Milligrams => "mg",
        }
    }

    fn days(self) -> Option<f64> {
        UNITS.iter().find(|(_, unit, _)| *unit == self).and_then(|(.., days)| *days)
    }
}

/// A number with the unit that it was written with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// The number.
    pub value: f64,
    unit: Option<Unit>,
}

impl Quantity {
    /// A number without a unit, which fits any.
    pub(super) fn bare(value: f64) -> Self {
        Self { value, unit: None }
    }

    /// Reads "6 weeks".
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, word) = text.split_at(split);
        let value = number.parse().map_err(|_| {
            format!("`{text}` is no number; a param is written with `$` before its name")
        })?;
        let word = word.trim();
        if word.is_empty() {
            return Ok(Self::bare(value));
        }
        let unit = UNITS.iter().find(|(name, ..)| *name == word).map(|(_, unit, _)| *unit);
        let unit =
            unit.ok_or_else(|| super::compile::unknown("unit", word, UNITS.iter().map(|u| u.0)))?;
        Ok(Self { value, unit: Some(unit) })
    }

    /// The number in a unit; lengths of time are converted.
    pub(super) fn to(self, wanted: Unit) -> Result<f64, String> {
        match self.unit {
            None => Ok(self.value),
            Some(own) if own == wanted => Ok(self.value),
            Some(own) => match (own.days(), wanted.days()) {
                (Some(own), Some(wanted)) => Ok(self.value * own / wanted),
                _ => Err(format!(
                    "{} is asked for, not {}; write `{}`",
                    wanted.word(),
                    own.word(),
                    Self { value: self.value, unit: Some(wanted) }
                )),
            },
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unit {
            None | Some(Unit::Count) => write!(f, "{}", self.value),
            Some(unit) => write!(f, "{} {}", self.value, unit.word()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, unit: Unit, expect: Result<f64, &str>) {
        let got = Quantity::read(text).and_then(|quantity| quantity.to(unit));
        match (got, expect) {
            (Ok(got), Ok(expect)) => assert!((got - expect).abs() < 0.01, "{text}: {got}"),
            (Err(got), Err(expect)) => assert!(got.contains(expect), "{text}: {got}"),
            (got, _) => panic!("{text}: {got:?}"),
        }
    }

    #[test]
    fn units_are_converted_or_refused() {
        check("80 %", Unit::Percent, Ok(80.0));
        check("80", Unit::Percent, Ok(80.0));
        check("6 weeks", Unit::Days, Ok(42.0));
        check("3 months", Unit::Weeks, Ok(13.04));
        check("36 h", Unit::Days, Ok(1.5));
        check("6 weeks", Unit::Percent, Err("% is asked for, not weeks; write `6 %`"));
        check("6 weeks", Unit::Count, Err("a bare number is asked for, not weeks; write `6`"));
        check("6 weekz", Unit::Weeks, Err("did you mean `week`?"));
        check("relief", Unit::Percent, Err("is no number"));
    }
}
