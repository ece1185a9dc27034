//! Courses of therapy: what the visit note, the form and the discharge summary say of one course.

use jiff::civil::Date;

use super::{Reported, days_between};
use crate::chart::{Chart, Topic, kind_index, reading};
use crate::date::PartialDate;
use crate::fact::{Fact, Kind, Outcome, Therapy, TherapyKind, TherapyStatus};
use crate::quantity;

/// Therapy was for something else; the statement stands on the therapy's own words.
const FOR_OTHER_COMPLAINT: Topic = Topic::of("therapy-for-other-complaint");

/// Days between two accounts of what may be one course.
const SAME_COURSE: i32 = 31;

/// How many times as many visits one account of a course tells as another where one must be wrong.
const DISPUTED: f64 = 2.0;

/// A course of therapy that took place or goes on.
#[derive(Clone, Default, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Course {
    /// Which therapy.
    pub therapy: TherapyKind,
    /// First day that it can have begun on.
    pub start: Option<Date>,
    /// Last day, as early and as late as it can have been.
    pub end: Option<(Date, Date)>,
    /// Whether it goes on.
    pub current: bool,
    /// Length in weeks, as long as any account makes it.
    pub weeks: Option<f64>,
    /// Whether the length follows from months alone, as "October to November" does.
    pub coarse: bool,
    /// How many visits.
    pub visits: Option<f64>,
    /// Whether accounts of it tell numbers of visits that cannot both be right.
    pub disputed: bool,
    /// Whether a therapist was there, as far as said.
    pub supervised: Option<bool>,
    /// How it worked.
    pub outcomes: Vec<Reported<Outcome>>,
    /// Every fact that tells of it.
    pub facts: Vec<usize>,
}

/// Merges the standing therapy facts into courses.
pub fn merge(chart: &Chart) -> Vec<Course> {
    let mut accounts: Vec<Course> = chart
        .standing(const { kind_index("therapy") })
        .iter()
        .filter_map(|&at| match &chart.facts[at].kind {
            Kind::Therapy(therapy) => account(chart, at, &chart.facts[at], therapy),
            _ => None,
        })
        .collect();
    // Dated accounts first: the others add to what is there.
    accounts.sort_by_key(|a| (a.therapy, a.end.is_none(), a.end, a.facts.clone()));
    // What was for another complaint is another course, however little is told of either.
    let elsewhere = |c: &Course| chart.each_told_as(&c.facts, &FOR_OTHER_COMPLAINT);
    let of_one = |a: &Course, b: &Course| elsewhere(a) == elsewhere(b);
    let mut courses: Vec<Course> = Vec::new();
    for account in accounts {
        let known = courses.iter_mut().rev().find(|c| {
            c.therapy == account.therapy && one_course(c, &account) && of_one(c, &account)
        });
        match known {
            Some(course) => absorb(course, account),
            None => courses.push(account),
        }
    }
    courses
}

fn account(chart: &Chart, at: usize, fact: &Fact, therapy: &Therapy) -> Option<Course> {
    let status = reading::therapy_status(fact)?;
    if !matches!(status, TherapyStatus::Current | TherapyStatus::Past) {
        return None;
    }
    let told = chart.told_on(at);
    let seen_from = told.map(|d| d.latest()).or(chart.as_of);
    let loose = |text: &Option<String>| {
        text.as_deref().zip(seen_from).and_then(|(t, day)| quantity::since(t, day))
    };
    let current = status == TherapyStatus::Current;
    let length = therapy.duration.as_deref().and_then(quantity::duration).map(|d| d.weeks());
    let span: Option<PartialDate> =
        fact.date.or_else(|| loose(&therapy.duration).filter(|_| length.is_none()));
    let start = therapy.start.or(if current { span } else { None });
    let end = match (therapy.stop, current, span) {
        (Some(stop), ..) => Some((stop.earliest(), stop.latest())),
        (None, true, _) => seen_from.map(|day| (day, day)),
        (None, false, Some(span)) => Some((span.earliest(), span.latest())),
        (None, false, None) => None,
    };
    let from_dates = match (start, end) {
        (Some(start), Some((_, latest))) => {
            Some(f64::from(days_between(start.earliest(), latest)) / 7.0)
        }
        // "4 visits in January 2025": no longer than that month.
        (None, Some((earliest, latest)))
            if !current && earliest < latest && therapy.visits.is_some() =>
        {
            Some(f64::from(days_between(earliest, latest)) / 7.0).filter(|weeks| *weeks < 6.0)
        }
        _ => None,
    };
    let from_visits =
        match (therapy.visits, therapy.frequency.as_deref().and_then(quantity::times_a_week)) {
            (Some(visits), Some(weekly)) if weekly > 0.0 => Some(visits / weekly),
            _ => None,
        };
    let weeks = [length, from_dates, from_visits].into_iter().flatten().reduce(f64::max);
    let to_the_day = |date: Option<PartialDate>| date.is_none_or(|d| d.exact().is_some());
    let coarse = length.is_none()
        && from_visits.is_none()
        && !(to_the_day(start) && to_the_day(therapy.stop));
    Some(Course {
        therapy: therapy.therapy,
        start: start.map(|d| d.earliest()),
        end,
        current,
        weeks,
        coarse,
        visits: therapy.visits,
        disputed: false,
        supervised: therapy.supervised,
        outcomes: therapy.outcome.map(|value| Reported { value, fact: at }).into_iter().collect(),
        facts: vec![at],
    })
}

fn one_course(a: &Course, b: &Course) -> bool {
    let bounds = |c: &Course| c.end.map(|(early, late)| (c.start.unwrap_or(early), late));
    match (bounds(a), bounds(b)) {
        (Some((a_from, a_to)), Some((b_from, b_to))) => {
            days_between(a_to, b_from) <= SAME_COURSE && days_between(b_to, a_from) <= SAME_COURSE
        }
        _ => true,
    }
}

/// Whether two accounts of a course tell numbers of visits that cannot both be right: one that is
/// told while the course goes on counts the visits up to then.
fn dispute(a: &Course, b: &Course) -> bool {
    let (Some(of_a), Some(of_b)) = (a.visits, b.visits) else { return false };
    let (fewer, least, most) = if of_a < of_b { (a, of_a, of_b) } else { (b, of_b, of_a) };
    least * DISPUTED <= most && !fewer.current && a.end.is_some() && b.end.is_some()
}

fn absorb(course: &mut Course, other: Course) {
    let longer = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::max);
    course.disputed |= other.disputed || dispute(course, &other);
    // An account to the day is nearer than one in months.
    (course.weeks, course.coarse) = match (course.weeks, other.weeks) {
        (Some(_), Some(_)) if course.coarse && !other.coarse => (other.weeks, false),
        (Some(_), Some(_)) if other.coarse && !course.coarse => (course.weeks, false),
        (Some(_), None) => (course.weeks, course.coarse),
        (None, Some(_)) => (other.weeks, other.coarse),
        (a, b) => (longer(a, b), course.coarse && other.coarse),
    };
    course.visits = longer(course.visits, other.visits);
    course.start = course.start.into_iter().chain(other.start).min();
    course.end = match (course.end, other.end) {
        (Some((a_early, a_late)), Some((b_early, b_late))) => {
            Some((a_early.max(b_early), a_late.max(b_late)))
        }
        (a, b) => a.or(b),
    };
    course.current |= other.current;
    course.supervised = match (course.supervised, other.supervised) {
        (Some(a), Some(b)) => Some(a || b),
        (a, b) => a.or(b),
    };
    course.outcomes.extend(other.outcomes);
    course.facts.extend(other.facts);
    course.facts.sort_unstable();
}

crate::withhold_debug!(Course);
