//! A leaf over how injections worked: relief, its duration, what was injected, what is recorded.

use serde::Deserialize;
use smallvec::SmallVec;

use super::account::Account;
use super::compile::Scope;
use super::events::{Events, RawEvents, failed, same};
use super::logic::{Answer, Flags, Grounds, Possible, Tri};
use super::missing::Item;
use super::parts::{Parts, contains};
use super::supply::{Supply, days_before};
use super::unit::{Number, Unit};
use crate::chart::{Chart, InjectionEvent};
use crate::date::PartialDate;
use crate::fact::{Injection, Relief};

/// How an injection worked, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawMeasure {
    /// Relief in percent: at least `met`; from `refer` on it is equivocal.
    Relief(RawBands),
    /// Relief lasted about as long as the agent acts.
    FitsAgent,
    /// No steroid was in it; the words for steroids are those of the set.
    NoSteroid(String),
    /// Relief of so many percent lasted so many months.
    Sustained(RawSustained),
    /// Percent and duration are recorded.
    Quantified,
    /// Date, site, percent and duration are recorded.
    Complete,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBands {
    met: Number,
    refer: Number,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSustained {
    percent: Number,
    months: Number,
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
    FitsAgent(Vec<(Parts, f64, f64)>),
    NoSteroid(Parts),
    Sustained { percent: f64, months: f64 },
    Quantified,
    Complete,
}

impl RawResponse {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Response, String> {
        let measure = match &self.measure {
            RawMeasure::Relief(bands) => Measure::Relief {
                met: scope.number(&bands.met, Unit::Percent)?,
                refer: scope.number(&bands.refer, Unit::Percent)?,
            },
            RawMeasure::Sustained(raw) => Measure::Sustained {
                percent: scope.number(&raw.percent, Unit::Percent)?,
                months: scope.number(&raw.months, Unit::Months)?,
            },
            RawMeasure::FitsAgent => Measure::FitsAgent(
                scope
                    .agents
                    .values()
                    .map(|agent| {
                        let [low, high] = &agent.hours;
                        let hours = |n| scope.number(n, Unit::Hours);
                        Ok((Parts::of(&agent.words), hours(low)?, hours(high)?))
                    })
                    .collect::<Result<_, String>>()?,
            ),
            RawMeasure::NoSteroid(set) => Measure::NoSteroid(Parts::of(&scope.set(set)?)),
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
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        if self.every {
            let found = self.of.find(chart);
            return Answer::least(found.map(|found| self.of_event(found.event)))
                .unwrap_or_else(|| Answer::silent(&self.missing));
        }
        self.of
            .newest(chart)
            .map_or_else(|| Answer::silent(&self.missing), |event| self.of_event(event))
    }

    pub(super) fn possible(&self) -> Possible {
        let no = !matches!(self.measure, Measure::Quantified | Measure::Complete);
        Possible { no, open: true, yes: true }
    }

    /// Supplies what is unsaid of the injections that are asked about, or one where there is none.
    pub(super) fn supply(&self, chart: &Chart, wanted: Tri, supply: &mut Supply) -> bool {
        let yes = wanted == Tri::Yes;
        let events: Vec<&InjectionEvent> = match self.every {
            true => self.of.find(chart).map(|found| found.event).collect(),
            false => self.of.newest(chart).into_iter().collect(),
        };
        let example = self.of.example(chart);
        let day = self.of.example_day(chart).map(Into::into);
        let told: Vec<(Injection, Option<PartialDate>, Option<&InjectionEvent>)> =
            match events.is_empty() {
                true => vec![(example, day, None)],
                false => events.iter().map(|e| (same(e), e.date, Some(*e))).collect(),
            };
        for (mut injection, mut date, known) in told {
            match &self.measure {
                Measure::Relief { met, refer } => {
                    injection.relief_percent = Some(if yes { *met } else { *refer - 1.0 });
                }
                Measure::FitsAgent(agents) => {
                    let Some((words, low, high)) = agents.first() else { return false };
                    injection.agent = words.words().first().cloned();
                    let hours = if yes { (low + high) / 2.0 } else { high * 10.0 };
                    injection.relief_duration = Some(format!("{hours} hours"));
                }
                Measure::NoSteroid(_) => injection.steroid = Some(!yes),
                Measure::Sustained { percent, months } => {
                    injection.relief_percent = Some(if yes { *percent } else { 0.0 });
                    let months = if yes { months.ceil() } else { 0.5 };
                    injection.relief_duration = Some(format!("{months} months"));
                }
                Measure::Quantified | Measure::Complete => {
                    // No other account of the relief is to stand beside the one on record.
                    if let Some(event) = known
                        && !event.percents.is_empty()
                    {
                        injection.relief_percent = event.percents.first().map(|p| p.value);
                    } else {
                        injection.relief_percent = Some(100.0);
                    }
                    injection.relief_duration = Some("4 hours".into());
                    date = date.or_else(|| days_before(chart, 200.0).map(Into::into));
                }
            }
            supply.tell_on(injection, date);
        }
        true
    }

    fn of_event<'c, A: Account<'c>>(&'c self, event: &'c InjectionEvent) -> Answer<A> {
        match &self.measure {
            Measure::Relief { met, refer } => self.relief(event, *met, *refer),
            Measure::FitsAgent(agents) => self.fits_agent(event, agents),
            Measure::Sustained { percent, months } => self.sustained(event, *percent, *months),
            Measure::NoSteroid(words) => self.no_steroid(event, words),
            Measure::Quantified | Measure::Complete => self.quantified(event),
        }
    }

    fn relief<'c, A: Account<'c>>(
        &'c self,
        event: &'c InjectionEvent,
        met: f64,
        refer: f64,
    ) -> Answer<A> {
        // Words count only where no percentage is written.
        let worded = event.reliefs.iter().filter_map(|r| match r.value {
            Relief::Complete => Some((100.0, r.fact)),
            Relief::None => Some((0.0, r.fact)),
            Relief::Partial => None,
        });
        let mut told: SmallVec<[(f64, usize); 4]> =
            event.percents.iter().map(|p| (p.value, p.fact)).collect();
        if told.is_empty() {
            told.extend(worded);
        }
        if told.is_empty() {
            return Answer {
                facts: event.facts.as_slice().into(),
                ..Answer::silent(&self.missing)
            };
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
        let facts: Grounds = told.iter().map(|(_, fact)| *fact).collect();
        let first = band(told[0].0);
        let answer = if told.iter().any(|(percent, _)| band(*percent) != first) {
            Answer::open(Flags::CONFLICTING, facts)
        } else if first == Tri::Unknown {
            Answer::open(Flags::EQUIVOCAL, facts)
        } else {
            Answer::of(first, facts)
        };
        answer.noting("relief", || {
            let mut percents: Vec<String> =
                told.iter().map(|(percent, _)| format!("{percent:.0}")).collect();
            percents.dedup();
            [percents.join(";")]
        })
    }

    /// Any account of relief and duration that reaches both; the record's longest words for it count.
    fn sustained<'c, A: Account<'c>>(
        &'c self,
        event: &'c InjectionEvent,
        percent: f64,
        months: f64,
    ) -> Answer<A> {
        // Of no percent at all only the duration is asked for.
        let enough = if percent > 0.0 { failed(event, percent).negate() } else { Tri::Yes };
        let lasted = event
            .lasted
            .iter()
            .map(|lasted| (lasted.value.months(), lasted.fact))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        // "Three months" are ninety days as well.
        let long = lasted.map_or(Tri::Unknown, |(told, _)| Tri::from(told >= months - 0.1));
        let value = enough.min(long);
        let answer = Answer::of(value, event.facts.as_slice()).lacking(&self.missing);
        match lasted {
            Some((told, _)) => answer.noting("relief_lasted", || [format!("{told:.1}")]),
            None => answer,
        }
    }

    fn fits_agent<'c, A: Account<'c>>(
        &'c self,
        event: &'c InjectionEvent,
        agents: &[(Parts, f64, f64)],
    ) -> Answer<A> {
        let named = agents.iter().filter(|(words, ..)| {
            event.agents.iter().any(|agent| {
                words.are_in(&agent.value)
                    && words.words().iter().any(|word| agent.value.contains(word.as_str()))
            })
        });
        // Of a mixture the longest-acting agent sets the upper end, the shortest the lower.
        let window = named.fold(None, |window: Option<(f64, f64)>, (_, low, high)| {
            Some(window.map_or((*low, *high), |(l, h)| (l.min(*low), h.max(*high))))
        });
        let lasted: SmallVec<[(f64, f64, usize); 4]> = event
            .lasted
            .iter()
            .map(|lasted| {
                let (low, high) = lasted.value.hours();
                (low, high, lasted.fact)
            })
            .collect();
        let Some((shortest, longest)) = window.filter(|_| !lasted.is_empty()) else {
            return Answer {
                facts: event.facts.as_slice().into(),
                ..Answer::silent(&self.missing)
            };
        };
        // Hours read from "about five hours" carry a rounding error.
        let fits =
            |(low, high, _): &(f64, f64, usize)| *high >= shortest - 0.01 && *low <= longest + 0.01;
        let facts: Grounds =
            lasted.iter().map(|l| l.2).chain(event.agents.iter().map(|a| a.fact)).collect();
        let answer = match lasted.iter().filter(|l| fits(l)).count() {
            0 => Answer::of(Tri::No, facts),
            all if all == lasted.len() => Answer::of(Tri::Yes, facts),
            _ => Answer::open(Flags::CONFLICTING, facts),
        };
        let hours = lasted.iter().map(|l| l.1).fold(0.0, f64::max);
        answer.noting("relief_and_agent", || {
            [hours, shortest, longest].map(|hours| format!("{hours:.0}"))
        })
    }

    fn no_steroid<'c, A: Account<'c>>(
        &'c self,
        event: &'c InjectionEvent,
        words: &Parts,
    ) -> Answer<A> {
        let named: Grounds = event
            .agents
            .iter()
            .filter(|agent| words.are_in(&agent.value))
            .filter(|agent| words.words().iter().any(|word| names_steroid(&agent.value, word)))
            .map(|agent| agent.fact)
            .collect();
        let said =
            |wanted: bool| event.steroid.iter().filter(move |s| s.value == wanted).map(|s| s.fact);
        let with: Grounds = named.into_iter().chain(said(true)).collect();
        let without: Grounds = said(false).collect();
        match (with.is_empty(), without.is_empty()) {
            (false, true) => Answer::of(Tri::No, with),
            (false, false) => Answer::open(
                Flags::CONFLICTING,
                with.into_iter().chain(without).collect::<Grounds>(),
            ),
            (true, false) => Answer::of(Tri::Yes, without),
            // The injectate is written out and has no steroid in it.
            (true, true) if !event.agents.is_empty() => {
                Answer::of(Tri::Yes, event.agents.iter().map(|a| a.fact).collect::<Grounds>())
            }
            (true, true) => {
                Answer { facts: event.facts.as_slice().into(), ..Answer::silent(&self.missing) }
            }
        }
    }

    fn quantified<'c, A: Account<'c>>(&'c self, event: &'c InjectionEvent) -> Answer<A> {
        let percent = event.percents.first().map(|p| p.value);
        let no_relief = percent == Some(0.0);
        let complete = matches!(self.measure, Measure::Complete);
        let mut answer: Answer<A> = Answer::of(Tri::Yes, event.facts.as_slice());
        let lacks = [
            (Item::InjectionDates, complete && event.date.is_none()),
            (Item::ReliefPercent, percent.is_none()),
            // Relief that never came cannot have lasted.
            (Item::ReliefDuration, event.durations.is_empty() && !no_relief),
        ];
        for (item, _) in lacks.into_iter().filter(|(_, lacks)| *lacks) {
            answer.value = Tri::Unknown;
            answer.account.lack(item);
        }
        answer
    }
}

/// Whether a steroid is named and not ruled out ("no steroid", "without dexamethasone").
fn names_steroid(agent: &str, word: &str) -> bool {
    contains(agent, word)
        && agent.match_indices(word).any(|(at, _)| {
            let before = agent.get(..at).unwrap_or_default().trim_end();
            !["no", "without", "not", "w/o"].iter().any(|cue| {
                before.strip_suffix(cue).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
            })
        })
}
