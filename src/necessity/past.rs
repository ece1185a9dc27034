//! Leaves over injections that took place: whether, how many, how long ago, and how they worked.

use serde::Deserialize;

use super::compile::{Number, Scope};
use super::filter::{Compare, contains};
use super::logic::{Answer, Flags, Tri};
use super::rule::Case;
use crate::chart::{Chart, InjectionEvent, kind_index, reading, same_site};
use crate::date::PartialDate;
use crate::fact::{EventStatus, Intent, Kind, Procedure, Relief, Side};
use crate::quantity;

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
#[derive(Clone, Debug, Default, Deserialize)]
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
    /// Not older than so many months as of the case's day.
    within_months: Option<Number>,
    /// What is missing where the record is silent.
    missing: String,
}

/// Which injections, compiled.
#[derive(Clone, Debug)]
pub(super) struct Events {
    procedure: Vec<Procedure>,
    target: Vec<String>,
    intent: Vec<Meant>,
    side: bool,
    within_months: Option<f64>,
    missing: String,
}

impl RawEvents {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Events, String> {
        Ok(Events {
            procedure: self.procedure.clone(),
            target: self.target.clone(),
            intent: self.intent.clone(),
            side: self.side,
            within_months: self.within_months.as_ref().map(|n| scope.number(n)).transpose()?,
            missing: self.missing.clone(),
        })
    }
}

/// How far an event passes a filter.
struct Match<'c> {
    event: &'c InjectionEvent,
    /// `Unknown` where only a date that the record leaves open decides.
    inside: Tri,
    /// Whether the side asked for is in conflict, so that it may be the wrong one.
    side_open: bool,
}

impl Events {
    fn find<'c>(&'c self, chart: &'c Chart) -> impl Iterator<Item = Match<'c>> {
        chart.history.injections.iter().filter_map(move |event| {
            let meant = match event.intent {
                Some(Intent::Diagnostic) => Meant::Diagnostic,
                Some(Intent::Therapeutic) => Meant::Therapeutic,
                None => Meant::Unstated,
            };
            let aimed = |words: &[String]| {
                words.is_empty()
                    || event
                        .target
                        .as_deref()
                        .is_some_and(|t| words.iter().any(|word| contains(t, word)))
            };
            let passes = (self.procedure.is_empty() || self.procedure.contains(&event.procedure))
                && aimed(&self.target)
                && (self.intent.is_empty() || self.intent.contains(&meant));
            let other_side = self.side
                && matches!((chart.request.side, event.side), (Some(asked), Some(own))
                    if asked != own && asked != Side::Bilateral && own != Side::Bilateral);
            let side_open =
                self.side && event.side.is_some() && chart.request.conflicts.contains(&"side");
            let inside = within(chart, event.date, self.within_months);
            (passes && !other_side && inside != Tri::No).then_some(Match {
                event,
                inside,
                side_open,
            })
        })
    }

    /// The newest event; one that is known to be diagnostic before one that may be.
    fn newest<'c>(&'c self, chart: &'c Chart) -> Option<&'c InjectionEvent> {
        self.find(chart)
            .map(|m| m.event)
            .enumerate()
            .max_by_key(|(n, event)| (event.intent.is_some(), event.date.map(|d| d.latest()), *n))
            .map(|(_, event)| event)
    }

    /// Facts and statements by which the record says that there was none.
    fn denied(&self, chart: &Chart) -> Vec<usize> {
        let mut denied: Vec<usize> = ["no-prior-injections", "no-other-injections"]
            .iter()
            .flat_map(|topic| chart.statements(topic))
            .collect();
        if self.procedure.contains(&Procedure::PeripheralNerveBlock) {
            denied.extend(chart.statements("no-prior-block"));
        }
        denied.extend(chart.standing(kind_index("injection")).iter().copied().filter(|&at| {
            let fact = &chart.facts[at];
            let Kind::Injection(injection) = &fact.kind else { return false };
            reading::event_status(fact) == Some(EventStatus::NotDone)
                && (injection.procedure == Procedure::Other
                    || (self.procedure.contains(&injection.procedure)
                        && injection.target.as_deref().is_none_or(|t| {
                            self.target.is_empty()
                                || self.target.iter().any(|word| contains(t, word))
                        })))
        }));
        denied.sort_unstable();
        denied
    }

    /// Whether an injection of this sort took place.
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        let chart = case.chart;
        let (mut facts, mut sure, mut side_open) = (Vec::new(), false, false);
        for found in self.find(chart) {
            facts.extend(&found.event.facts);
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
            facts.extend(&chart.request.facts);
            return Answer::open(Flags::CONFLICTING, facts);
        }
        if sure {
            Answer::of(Tri::Yes, facts)
        } else {
            Answer { facts, ..Answer::silent(&self.missing) }
        }
    }
}

/// Whether a date lies within so many months before the case's day.
fn within(chart: &Chart, date: Option<PartialDate>, months: Option<f64>) -> Tri {
    let (Some(months), Some(as_of)) = (months, chart.as_of) else { return Tri::Yes };
    let Some(date) = date else { return Tri::Unknown };
    let age = |day| f64::from(crate::chart::days_between(day, as_of)) / quantity::DAYS_A_MONTH;
    Tri::of_range(age(date.latest().min(as_of)), age(date.earliest()), |age| age <= months)
}

/// Whether the record tells anything of injections before the request.
fn history_is_told(chart: &Chart) -> bool {
    !chart.history.injections.is_empty()
        || ["no-prior-injections", "no-other-injections"]
            .iter()
            .any(|t| chart.statements(t).next().is_some())
        || chart
            .standing(kind_index("injection"))
            .iter()
            .any(|&at| reading::event_status(&chart.facts[at]) == Some(EventStatus::NotDone))
        || chart.statements("no-prior-block").next().is_some()
}

/// How many injections, as a policy file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFrequency {
    #[serde(default)]
    of: RawEvents,
    /// Count sites instead of events.
    #[serde(default)]
    distinct_sites: bool,
    /// Count only those that gave less relief than so many percent.
    failed_below: Option<Number>,
    gt: Option<Number>,
    ge: Option<Number>,
    lt: Option<Number>,
    le: Option<Number>,
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
            failed_below: self.failed_below.as_ref().map(|n| scope.number(n)).transpose()?,
            bounds: scope.compare(&self.gt, &self.ge, &self.lt, &self.le)?,
            silence_is_none: self.silence_is_none,
            missing: self.missing.clone(),
        })
    }
}

impl Frequency {
    /// The count lies between those that surely count and those that may.
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        let chart = case.chart;
        if !self.silence_is_none && !history_is_told(chart) {
            return Answer::silent(&self.missing);
        }
        let (mut sure, mut possible): (Vec<&InjectionEvent>, Vec<&InjectionEvent>) =
            (Vec::new(), Vec::new());
        for found in self.of.find(chart) {
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
        let facts = sure.iter().flat_map(|event| event.facts.iter().copied()).collect();
        let notes = match sure.len() {
            0 => vec!["none on record".to_owned()],
            n => vec![format!("{n} on record")],
        };
        let missing = if value == Tri::Unknown { vec![self.missing.as_str()] } else { Vec::new() };
        Answer { notes, missing, ..Answer::of(value, facts) }
    }
}

/// Whether an injection gave too little relief.
fn failed(event: &InjectionEvent, below: f64) -> Tri {
    if let Some(best) = event.percents.iter().map(|p| p.value).reduce(f64::max) {
        return Tri::from(best < below);
    }
    match event.reliefs.first().map(|r| r.value) {
        Some(Relief::None) => Tri::Yes,
        Some(Relief::Complete) => Tri::No,
        Some(Relief::Partial) | None => Tri::Unknown,
    }
}

/// Time since the last injection, as a policy file writes it.
#[derive(Clone, Debug, Deserialize)]
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
            days: scope.number(&self.days)?,
            missing: self.missing.clone(),
        })
    }
}

impl Interval {
    /// No such injection in a record that tells of injections: long enough ago.
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        let chart = case.chart;
        if !history_is_told(chart) {
            return Answer::silent(&self.missing);
        }
        let mut answer = Answer::bare(Tri::Yes);
        for found in self.of.find(chart) {
            let since = chart.as_of.zip(found.event.date).map_or(Tri::Unknown, |(as_of, date)| {
                let gap = |day| f64::from(crate::chart::days_between(day, as_of));
                let value =
                    Tri::of_range(gap(date.latest().min(as_of)), gap(date.earliest()), |days| {
                        days >= self.days
                    });
                answer.notes = vec![format!("last on {date}")];
                value
            });
            if since < answer.value {
                answer.value = since;
                answer.facts.clear();
            }
            if since == answer.value {
                answer.facts.extend(&found.event.facts);
            }
        }
        if answer.value == Tri::Unknown {
            answer.missing = vec![&self.missing];
        }
        answer
    }
}

/// How an injection worked, as a policy file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawResponse {
    #[serde(default)]
    of: RawEvents,
    measure: RawMeasure,
    /// Ask it of every such injection instead of the newest.
    #[serde(default)]
    every: bool,
    #[serde(default)]
    missing: String,
}

/// What is asked of the response.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawMeasure {
    /// Relief in percent: at least `met`; from `refer` on it is equivocal.
    Relief(RawBands),
    /// Relief lasted about as long as the agent acts.
    FitsAgent,
    /// No steroid was in it; the words for steroids are those of the set.
    NoSteroid(String),
    /// Percent and duration are recorded.
    Quantified,
    /// Date, site, percent and duration are recorded.
    Complete,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBands {
    met: Number,
    refer: Number,
}

/// How an injection worked, compiled.
#[derive(Clone, Debug)]
pub(super) struct Response {
    of: Events,
    measure: Measure,
    every: bool,
    missing: String,
}

#[derive(Clone, Debug)]
enum Measure {
    Relief { met: f64, refer: f64 },
    FitsAgent(Vec<(Vec<String>, f64, f64)>),
    NoSteroid(Vec<String>),
    Quantified,
    Complete,
}

impl RawResponse {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Response, String> {
        let measure = match &self.measure {
            RawMeasure::Relief(bands) => Measure::Relief {
                met: scope.number(&bands.met)?,
                refer: scope.number(&bands.refer)?,
            },
            RawMeasure::FitsAgent => Measure::FitsAgent(
                scope
                    .agents
                    .values()
                    .map(|agent| {
                        let [low, high] = &agent.hours;
                        Ok((agent.words.clone(), scope.number(low)?, scope.number(high)?))
                    })
                    .collect::<Result<_, String>>()?,
            ),
            RawMeasure::NoSteroid(set) => Measure::NoSteroid(scope.set(set)?.to_vec()),
            RawMeasure::Quantified => Measure::Quantified,
            RawMeasure::Complete => Measure::Complete,
        };
        Ok(Response {
            of: self.of.compile(scope)?,
            measure,
            every: self.every,
            missing: self.missing.clone(),
        })
    }
}

impl Response {
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        if self.every {
            let answers: Vec<_> =
                self.of.find(case.chart).map(|found| self.of_event(found.event)).collect();
            let Some(value) = answers.iter().map(|a| a.value).min() else {
                return Answer::silent(&self.missing);
            };
            return Answer::combine(value, answers);
        }
        self.of
            .newest(case.chart)
            .map_or_else(|| Answer::silent(&self.missing), |event| self.of_event(event))
    }

    fn of_event<'c>(&'c self, event: &'c InjectionEvent) -> Answer<'c> {
        match &self.measure {
            Measure::Relief { met, refer } => self.relief(event, *met, *refer),
            Measure::FitsAgent(agents) => self.fits_agent(event, agents),
            Measure::NoSteroid(words) => self.no_steroid(event, words),
            Measure::Quantified | Measure::Complete => self.quantified(event),
        }
    }

    fn relief<'c>(&'c self, event: &'c InjectionEvent, met: f64, refer: f64) -> Answer<'c> {
        // Words count only where no percentage is written.
        let worded = event.reliefs.iter().filter_map(|r| match r.value {
            Relief::Complete => Some((100.0, r.fact)),
            Relief::None => Some((0.0, r.fact)),
            Relief::Partial => None,
        });
        let mut told: Vec<(f64, usize)> =
            event.percents.iter().map(|p| (p.value, p.fact)).collect();
        if told.is_empty() {
            told.extend(worded);
        }
        if told.is_empty() {
            return Answer { facts: event.facts.clone(), ..Answer::silent(&self.missing) };
        }
        let band = |percent: f64| {
            if percent >= met {
                Tri::Yes
            } else if percent >= refer {
                Tri::Unknown
            } else {
                Tri::No
            }
        };
        let facts: Vec<usize> = told.iter().map(|(_, fact)| *fact).collect();
        let mut percents: Vec<String> =
            told.iter().map(|(percent, _)| format!("{percent:.0} %")).collect();
        percents.dedup();
        let notes = vec![percents.join(" against ")];
        let first = band(told[0].0);
        let answer = if told.iter().any(|(percent, _)| band(*percent) != first) {
            Answer::open(Flags::CONFLICTING, facts)
        } else if first == Tri::Unknown {
            Answer::open(Flags::EQUIVOCAL, facts)
        } else {
            Answer::of(first, facts)
        };
        Answer { notes, ..answer }
    }

    fn fits_agent<'c>(
        &'c self,
        event: &'c InjectionEvent,
        agents: &[(Vec<String>, f64, f64)],
    ) -> Answer<'c> {
        let named = agents.iter().filter(|(words, ..)| {
            event
                .agents
                .iter()
                .any(|agent| words.iter().any(|word| agent.value.contains(word.as_str())))
        });
        // Of a mixture the longest-acting agent sets the upper end, the shortest the lower.
        let window = named.fold(None, |window: Option<(f64, f64)>, (_, low, high)| {
            Some(window.map_or((*low, *high), |(l, h)| (l.min(*low), h.max(*high))))
        });
        let lasted: Vec<(f64, f64, usize)> = event
            .durations
            .iter()
            .filter_map(|d| {
                let (low, high) = quantity::duration(&d.value)?.hours();
                Some((low, high, d.fact))
            })
            .collect();
        let Some((shortest, longest)) = window.filter(|_| !lasted.is_empty()) else {
            return Answer { facts: event.facts.clone(), ..Answer::silent(&self.missing) };
        };
        // Hours read from "about five hours" carry a rounding error.
        let fits =
            |(low, high, _): &(f64, f64, usize)| *high >= shortest - 0.01 && *low <= longest + 0.01;
        let facts: Vec<usize> =
            lasted.iter().map(|l| l.2).chain(event.agents.iter().map(|a| a.fact)).collect();
        let answer = match lasted.iter().filter(|l| fits(l)).count() {
            0 => Answer::of(Tri::No, facts),
            all if all == lasted.len() => Answer::of(Tri::Yes, facts),
            _ => Answer::open(Flags::CONFLICTING, facts),
        };
        let hours = lasted.iter().map(|l| l.1).fold(0.0, f64::max);
        Answer {
            notes: vec![format!(
                "relief for {hours:.0} h, agent acts {shortest:.0}-{longest:.0} h"
            )],
            ..answer
        }
    }

    fn no_steroid<'c>(&'c self, event: &'c InjectionEvent, words: &[String]) -> Answer<'c> {
        let named: Vec<usize> = event
            .agents
            .iter()
            .filter(|agent| words.iter().any(|w| names_steroid(&agent.value, w)))
            .map(|agent| agent.fact)
            .collect();
        let said =
            |wanted: bool| event.steroid.iter().filter(move |s| s.value == wanted).map(|s| s.fact);
        let with: Vec<usize> = named.into_iter().chain(said(true)).collect();
        let without: Vec<usize> = said(false).collect();
        match (with.is_empty(), without.is_empty()) {
            (false, true) => Answer::of(Tri::No, with),
            (false, false) => {
                Answer::open(Flags::CONFLICTING, with.into_iter().chain(without).collect())
            }
            (true, false) => Answer::of(Tri::Yes, without),
            // The injectate is written out and has no steroid in it.
            (true, true) if !event.agents.is_empty() => {
                Answer::of(Tri::Yes, event.agents.iter().map(|a| a.fact).collect())
            }
            (true, true) => Answer { facts: event.facts.clone(), ..Answer::silent(&self.missing) },
        }
    }

    fn quantified<'c>(&'c self, event: &'c InjectionEvent) -> Answer<'c> {
        let percent = event.percents.first().map(|p| p.value);
        let no_relief = percent == Some(0.0);
        let complete = matches!(self.measure, Measure::Complete);
        let mut missing = Vec::new();
        if complete && event.date.is_none() {
            missing.push("the date of each injection");
        }
        if percent.is_none() {
            missing.push("relief in percent");
        }
        // Relief that never came cannot have lasted.
        if event.durations.is_empty() && !no_relief {
            missing.push("how long relief lasted");
        }
        let value = if missing.is_empty() { Tri::Yes } else { Tri::Unknown };
        Answer { missing, ..Answer::of(value, event.facts.clone()) }
    }
}

/// Whether a steroid is named and not ruled out ("no steroid", "without dexamethasone").
fn names_steroid(agent: &str, word: &str) -> bool {
    agent.match_indices(word).any(|(at, _)| {
        let before = agent.get(..at).unwrap_or_default().trim_end();
        !["no", "without", "not", "w/o"].iter().any(|cue| {
            before.strip_suffix(cue).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
        })
    })
}
