//! Injections, therapy courses and drug trials, merged over documents.
//!
//! A record tells of one block in the visit note, the procedure note and the form; here
//! it is one event, and what the places say of it differently stays side by side.

mod courses;
mod injections;
mod trials;

use jiff::civil::Date;

pub use courses::Course;
pub use injections::{InjectionEvent, same_site};
pub use trials::Trial;

use super::Chart;
use crate::date::PartialDate;

/// What happened before the request.
#[derive(Clone, Default, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct History {
    /// Injections that took place, oldest first, those without a date last.
    pub injections: Vec<InjectionEvent>,
    /// Courses of therapy, by kind and date.
    pub courses: Vec<Course>,
    /// Drugs taken or denied, by name.
    pub trials: Vec<Trial>,
}

/// Something that the record says, with the fact that says it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reported<T> {
    /// What it says.
    pub value: T,
    /// Index into [`Chart::facts`].
    pub fact: usize,
}

/// Merges the standing facts of a chart.
pub fn build(chart: &Chart) -> History {
    History {
        injections: injections::merge(chart),
        courses: courses::merge(chart),
        trials: trials::merge(chart),
    }
}

/// Whether two dates can mean the same day.
fn may_agree(a: PartialDate, b: PartialDate) -> bool {
    a.earliest() <= b.latest() && b.earliest() <= a.latest()
}

/// The narrower of two dates that can mean the same day.
fn narrower(a: PartialDate, b: PartialDate) -> PartialDate {
    if days_between(a.earliest(), a.latest()) <= days_between(b.earliest(), b.latest()) {
        a
    } else {
        b
    }
}

/// Days from one day to another; negative where `to` is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    to.since(from).map_or(0, |span| span.get_days())
}

crate::withhold_debug!(History);
