//! Leaves over the number of injections that took place, and the time since the last.

use serde::Deserialize;
use smallvec::SmallVec;

use super::account::Account;
use super::compile::Scope;
use super::events::{Events, RawEvents, failed, history_is_told, same};
use super::filter::{Compare, RawBounds};
use super::logic::{Answer, Grounds, Tri};
use super::supply::{Supply, days_before};
use super::unit::{Number, Unit};
use crate::chart::{self, Chart, InjectionEvent, same_site};
use crate::date::PartialDate;
use crate::fact::Injection;

/// How many injections, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFrequency {
    #[serde(default)]
    of: RawEvents,
    /// Count sites instead of events.
    #[serde(default)]
    distinct_sites: bool,
    /// Count only those that gave less relief than so many percent.
    failed_below: Option<Number>,
    count: RawBounds,
    /// Whether a record that tells of no injections at all counts as none.
    #[serde(default)]
    silence_is_none: bool,
    #[serde(default)]
    missing: String,
}

/// How many injections, compiled.
#[derive(Clone, Debug)]
pub(super) struct Frequency {
    of: Events,
    distinct_sites: bool,
    failed_below: Option<f64>,
    bounds: Compare,
    silence_is_none: bool,
    missing: String,
}

impl RawFrequency {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Frequency, String> {
        Ok(Frequency {
            of: self.of.compile(scope)?,
            distinct_sites: self.distinct_sites,
            failed_below: scope.maybe(&self.failed_below, Unit::Percent)?,
            bounds: self.count.compile(scope, Unit::Count)?,
            silence_is_none: self.silence_is_none,
            missing: self.missing.clone(),
        })
    }
}

/// Injections that count, few as a rule.
type Counted<'c> = SmallVec<[&'c InjectionEvent; 8]>;

impl Frequency {
    /// The count lies between those that surely count and those that may.
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        if !self.silence_is_none && !history_is_told(chart) {
            return Answer::silent(&self.missing);
        }
        let (mut sure, mut possible) = (Counted::new(), Counted::new());
        for found in self.of.find(chart) {
            if self.distinct_sites && is_of_neck(chart, found.event) {
                continue;
            }
            let counts = found
                .inside
                .min(self.failed_below.map_or(Tri::Yes, |below| failed(found.event, below)));
            let seen = |list: &[&InjectionEvent]| {
                self.distinct_sites && list.iter().any(|known| same_site(known, found.event))
            };
            if counts == Tri::Yes && !seen(&sure) {
                sure.push(found.event);
            }
            if counts != Tri::No && !seen(&possible) {
                possible.push(found.event);
            }
        }
        let value =
            Tri::of_range(sure.len() as f64, possible.len() as f64, |n| self.bounds.holds(n));
        let mut facts: Grounds =
            sure.iter().flat_map(|event| event.facts.iter().copied()).collect();
        // In the order of the record, so that its first quotes name each event.
        facts.sort_unstable();
        let answer = Answer::of(value, facts).lacking(&self.missing);
        answer.noting("injections_counted", || [sure.len().to_string()])
    }
}

/// Whether an injection was at the neck, which tells nothing of pain that is not of the neck.
fn is_of_neck(chart: &Chart, event: &InjectionEvent) -> bool {
    let own = chart::region(&event.levels, event.target.as_deref().unwrap_or_default());
    own == Some(chart::Region::Cervical) && chart.request.region() != own
}

impl Frequency {
    /// Whether it asks for many, so that one more never speaks against it.
    #[cfg(test)]
    pub(super) fn asks_for_many(&self) -> bool {
        let Compare { gt, ge, lt, le, eq } = self.bounds;
        gt.or(ge).is_some() && lt.or(le).or(eq).is_none()
    }

    /// None at all, what is unsaid of those there are, or as many as are wanted.
    pub(super) fn supply(&self, chart: &Chart, wanted: Tri, supply: &mut Supply) -> bool {
        if self.bounds.holds(0.0) == (wanted == Tri::Yes) && !history_is_told(chart) {
            supply.state("no-prior-injections");
            return true;
        }
        let few = self.bounds.holds(0.0) == (wanted == Tri::Yes);
        let known: Vec<&InjectionEvent> = self.of.find(chart).map(|found| found.event).collect();
        for event in &known {
            let mut told = Injection { relief: None, ..same(event) };
            // Few count where they are long ago or worked, many where they are recent and did as wanted.
            let relief = match self.failed_below {
                Some(below) => Some(if few { below } else { 0.0 }),
                None => self.of.relieved.map(|least| if few { 0.0 } else { least }),
            };
            told.relief_percent = relief.filter(|_| event.percents.is_empty());
            // The end of a loose date that leaves the event out, or in.
            let exact = |date: PartialDate| if few { date.earliest() } else { date.latest() };
            let day = event.date.map(exact).or_else(|| match few {
                true => days_before(chart, 800.0),
                false => self.of.example_day(chart),
            });
            supply.tell_on(told, day.map(Into::into));
        }
        if !few {
            let wanted = self.bounds.example(Tri::Yes).max(1.0) as usize;
            for n in known.len()..wanted {
                let day = days_before(chart, 40.0 + 60.0 * n as f64).map(Into::into);
                supply.tell_on(self.of.example(chart), day);
            }
        }
        true
    }
}

/// Time since the last injection, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawInterval {
    #[serde(default)]
    of: RawEvents,
    /// At least so many days.
    days: Number,
    #[serde(default)]
    missing: String,
}

/// Time since the last injection, compiled.
#[derive(Clone, Debug)]
pub(super) struct Interval {
    of: Events,
    days: f64,
    missing: String,
}

impl RawInterval {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Interval, String> {
        Ok(Interval {
            of: self.of.compile(scope)?,
            days: scope.number(&self.days, Unit::Days)?,
            missing: self.missing.clone(),
        })
    }
}

impl Interval {
    /// No such injection in a record that tells of injections: long enough ago.
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        if !history_is_told(chart) {
            return Answer::silent(&self.missing);
        }
        let (mut answer, mut last) = (Answer::bare(Tri::Yes), None);
        for found in self.of.find(chart) {
            let since = chart.as_of.zip(found.event.date).map_or(Tri::Unknown, |(as_of, date)| {
                let gap = |day| f64::from(crate::chart::days_between(day, as_of));
                let value =
                    Tri::of_range(gap(date.latest().min(as_of)), gap(date.earliest()), |days| {
                        days >= self.days
                    });
                last = Some(date);
                value
            });
            if since < answer.value {
                answer.value = since;
                answer.facts.clear();
            }
            if since == answer.value {
                answer.facts.extend_from_slice(&found.event.facts);
            }
        }
        let answer = answer.lacking(&self.missing);
        match last {
            Some(date) => answer.noting("last_injection", || [date.to_string()]),
            None => answer,
        }
    }
}

impl Interval {
    pub(super) fn supply(&self, chart: &Chart, wanted: Tri, supply: &mut Supply) -> bool {
        if wanted == Tri::Yes && !history_is_told(chart) {
            supply.state("no-prior-injections");
            return true;
        }
        let days = if wanted == Tri::Yes { self.days + 10.0 } else { self.days / 2.0 };
        let day = days_before(chart, days);
        let mut any = false;
        for found in self.of.find(chart) {
            let earliest = found.event.date.map(|date| date.earliest());
            supply.tell_on(same(found.event), earliest.or(day).map(Into::into));
            any = true;
        }
        if wanted == Tri::No && !any {
            supply.tell_on(self.of.example(chart), day.map(Into::into));
        }
        any || wanted == Tri::No
    }
}
