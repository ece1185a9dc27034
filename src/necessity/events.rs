//! Which injections a rule asks about: by procedure, target, level, region, side, intent, time and relief.

use jiff::civil::Date;
use serde::Deserialize;

use super::account::Account;
use super::compile::Scope;
use super::logic::{Answer, Flags, Grounds, Tri};
use super::parts::Parts;
use super::supply::{Supply, days_before};
use super::unit::{Number, Unit};
use crate::chart::{self, Chart, InjectionEvent, Topic, kind_index, reading};
use crate::date::PartialDate;
use crate::fact::{EventStatus, Injection, Intent, Kind, Procedure, Relief, Side};
use crate::quantity;

/// Statements that no injection came before.
const NONE_BEFORE: [Topic; 2] =
    [Topic::of("no-prior-injections"), Topic::of("no-other-injections")];
const NO_BLOCK_BEFORE: Topic = Topic::of("no-prior-block");

/// What an injection was meant for, with what is left unsaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Meant {
    Diagnostic,
    Therapeutic,
    /// The record does not say.
    Unstated,
}

/// Which injections, as a policy file writes it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawEvents {
    /// Any of these procedures; all where empty.
    procedure: Vec<Procedure>,
    /// Targets that contain one of these words; all where empty.
    target: Vec<String>,
    /// Meant for one of these; any where empty.
    intent: Vec<Meant>,
    /// Whether only the side asked for counts.
    side: bool,
    /// Levels that begin with one of these, as "L", "S1"; all where empty.
    level: Vec<String>,
    /// Whether only the part of the spine asked for counts.
    region: bool,
    /// Not longer ago than so many months as of the case's day.
    within: Option<Number>,
    /// Gave at least so much relief, in percent.
    relieved: Option<Number>,
    /// What is missing where the record is silent.
    missing: String,
}

/// Which injections, compiled.
#[derive(Clone, Debug)]
pub(super) struct Events {
    procedure: Vec<Procedure>,
    target: Parts,
    intent: Vec<Meant>,
    side: bool,
    level: Vec<String>,
    region: bool,
    within: Option<f64>,
    pub(super) relieved: Option<f64>,
    missing: String,
}

impl RawEvents {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Events, String> {
        Ok(Events {
            procedure: self.procedure.clone(),
            target: Parts::of(&self.target),
            intent: self.intent.clone(),
            side: self.side,
            level: self.level.iter().map(|level| level.to_uppercase()).collect(),
            region: self.region,
            within: scope.maybe(&self.within, Unit::Months)?,
            relieved: scope.maybe(&self.relieved, Unit::Percent)?,
            missing: self.missing.clone(),
        })
    }
}

/// How far an event passes a filter.
pub(super) struct Match<'c> {
    pub(super) event: &'c InjectionEvent,
    /// `Unknown` where only a date that the record leaves open decides.
    pub(super) inside: Tri,
    /// Whether the side asked for is in conflict, so that it may be the wrong one.
    side_open: bool,
}

impl Events {
    pub(super) fn find<'c>(&'c self, chart: &'c Chart) -> impl Iterator<Item = Match<'c>> {
        chart.history.injections.iter().filter_map(move |event| {
            let meant = match event.intent {
                Some(Intent::Diagnostic) => Meant::Diagnostic,
                Some(Intent::Therapeutic) => Meant::Therapeutic,
                None => Meant::Unstated,
            };
            let aimed = || {
                let target = event.target.as_deref();
                target.is_some_and(|target| self.target.are_in(target))
            };
            let other_side = self.side
                && matches!((chart.request.side, event.side), (Some(asked), Some(own))
                    if asked != own && asked != Side::Bilateral && own != Side::Bilateral);
            // What is quickly told comes first: most events are none of those asked for.
            let of_sort = match self.procedure.as_slice() {
                [] => !elsewhere(event),
                sorts => sorts.contains(&event.procedure),
            };
            let passes = of_sort
                && (self.intent.is_empty() || self.intent.contains(&meant))
                && !other_side
                && (self.target.is_empty() || aimed());
            if !passes {
                return None;
            }
            let side_open =
                self.side && event.side.is_some() && chart.request.conflicts.contains(&"side");
            let inside = within(chart, event.date, self.within)
                .min(self.at_level(event))
                .min(if self.region { same_region(chart, event) } else { Tri::Yes })
                .min(self.relieved.map_or(Tri::Yes, |percent| failed(event, percent).negate()));
            (inside != Tri::No).then_some(Match { event, inside, side_open })
        })
    }

    /// Whether an event is at one of the levels; open where its level is not told.
    fn at_level(&self, event: &InjectionEvent) -> Tri {
        let fits = |level: &String| {
            self.level.iter().any(|head| level.get(..head.len()).is_some_and(|own| own == head))
        };
        match (self.level.is_empty(), event.levels.is_empty()) {
            (true, _) => Tri::Yes,
            (_, true) => Tri::Unknown,
            _ => Tri::from(event.levels.iter().any(fits)),
        }
    }

    /// The newest event; one that is known to be diagnostic before one that may be.
    pub(super) fn newest<'c>(&'c self, chart: &'c Chart) -> Option<&'c InjectionEvent> {
        self.find(chart)
            .map(|m| m.event)
            .enumerate()
            .max_by_key(|(n, event)| (event.intent.is_some(), event.date.map(|d| d.latest()), *n))
            .map(|(_, event)| event)
    }

    /// An injection of this sort, long enough ago for any interval where the filter allows it.
    pub(super) fn example(&self, chart: &Chart) -> Injection {
        let intent = self.intent.iter().find_map(|meant| match meant {
            Meant::Diagnostic => Some(Intent::Diagnostic),
            Meant::Therapeutic => Some(Intent::Therapeutic),
            Meant::Unstated => None,
        });
        let level = self.level.first().map(|head| match head.len() {
            1 => format!("{head}4"),
            _ => head.clone(),
        });
        Injection {
            procedure: self.procedure.first().copied().unwrap_or_default(),
            target: self.target.words().first().cloned(),
            levels: level.into_iter().collect(),
            side: chart.request.side.filter(|_| self.side),
            status: Some(EventStatus::Performed),
            intent,
            relief_percent: self.relieved,
            ..Injection::default()
        }
    }

    /// The day of the example.
    pub(super) fn example_day(&self, chart: &Chart) -> Option<Date> {
        let window = self.within.map_or(200.0, |months| months * quantity::DAYS_A_MONTH);
        days_before(chart, (window * 0.6).min(120.0))
    }

    /// Supplies an injection of this sort.
    pub(super) fn supply(&self, chart: &Chart, supply: &mut Supply) -> bool {
        supply.tell_on(self.example(chart), self.example_day(chart).map(Into::into));
        true
    }

    /// Facts and statements by which the record says that there was none.
    fn denied(&self, chart: &Chart) -> Grounds {
        let mut denied: Grounds =
            NONE_BEFORE.iter().flat_map(|topic| chart.statements(topic)).collect();
        if self.procedure.contains(&Procedure::PeripheralNerveBlock) {
            denied.extend(chart.statements(&NO_BLOCK_BEFORE));
        }
        denied.extend(chart.standing(const { kind_index("injection") }).iter().copied().filter(
            |&at| {
                let fact = &chart.facts[at];
                let Kind::Injection(injection) = &fact.kind else { return false };
                reading::event_status(fact) == Some(EventStatus::NotDone)
                    && (injection.procedure == Procedure::Other
                        || (self.procedure.contains(&injection.procedure)
                            && injection.target.as_deref().is_none_or(|target| {
                                self.target.is_empty() || self.target.are_in(target)
                            })))
            },
        ));
        denied.sort_unstable();
        denied
    }

    /// Whether an injection of this sort took place.
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let (mut facts, mut sure, mut side_open) = (Grounds::new(), false, false);
        for found in self.find(chart) {
            facts.extend_from_slice(&found.event.facts);
            sure |= found.inside == Tri::Yes;
            side_open |= found.side_open;
        }
        if facts.is_empty() {
            let denied = self.denied(chart);
            return if denied.is_empty() {
                Answer::silent(&self.missing)
            } else {
                Answer::of(Tri::No, denied)
            };
        }
        if side_open {
            facts.extend_from_slice(&chart.request.facts);
            return Answer::open(Flags::CONFLICTING, facts);
        }
        if sure {
            Answer::of(Tri::Yes, facts)
        } else {
            Answer { facts, ..Answer::silent(&self.missing) }
        }
    }
}

/// Whether an event was in the part of the spine that the request names; open where either is not told.
fn same_region(chart: &Chart, event: &InjectionEvent) -> Tri {
    let asked = chart.request.region();
    let own = chart::region(&event.levels, event.target.as_deref().unwrap_or_default());
    match asked.zip(own) {
        Some((asked, own)) => Tri::from(asked == own),
        None => Tri::Unknown,
    }
}

/// Whether a date lies within so many months before the case's day.
fn within(chart: &Chart, date: Option<PartialDate>, months: Option<f64>) -> Tri {
    let (Some(months), Some(as_of)) = (months, chart.as_of) else { return Tri::Yes };
    let Some(date) = date else { return Tri::Unknown };
    let age = |day| f64::from(crate::chart::days_between(day, as_of)) / quantity::DAYS_A_MONTH;
    Tri::of_range(age(date.latest().min(as_of)), age(date.earliest()), |age| age <= months)
}

/// Whether an injection was at a part of the body that has nothing to do with pain of the trunk:
/// a knee's or shoulder's joint, a bladder's botulinum toxin.
fn elsewhere(event: &InjectionEvent) -> bool {
    let near =
        |target: &String| ["hip", "sacr", "pelvi", "coccy"].iter().any(|t| target.contains(t));
    match event.procedure {
        Procedure::Joint => event.target.as_ref().is_some_and(|target| !near(target)),
        Procedure::Botox => true,
        _ => false,
    }
}

/// Whether the record tells anything of injections before the request.
pub(super) fn history_is_told(chart: &Chart) -> bool {
    chart.history.injections.iter().any(|event| !elsewhere(event))
        || NONE_BEFORE.iter().any(|topic| chart.statements(topic).next().is_some())
        || chart
            .standing(const { kind_index("injection") })
            .iter()
            .any(|&at| reading::event_status(&chart.facts[at]) == Some(EventStatus::NotDone))
        || chart.statements(&NO_BLOCK_BEFORE).next().is_some()
}

/// The bare fact of an event, to which more can be added.
pub(super) fn same(event: &InjectionEvent) -> Injection {
    Injection {
        procedure: event.procedure,
        target: event.target.clone(),
        levels: event.levels.clone(),
        side: event.side,
        status: Some(EventStatus::Performed),
        intent: event.intent,
        ..Injection::default()
    }
}

/// Whether an injection gave too little relief.
pub(super) fn failed(event: &InjectionEvent, below: f64) -> Tri {
    if let Some(best) = event.percents.iter().map(|p| p.value).reduce(f64::max) {
        return Tri::from(best < below);
    }
    match event.reliefs.first().map(|r| r.value) {
        Some(Relief::None) => Tri::Yes,
        Some(Relief::Complete) => Tri::No,
        Some(Relief::Partial) | None => Tri::Unknown,
    }
}
