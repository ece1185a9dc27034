//! A leaf over pairs of scores: one before and one after a procedure, on the same scale.

use serde::Deserialize;

use super::account::Account;
use super::compile::Scope;
use super::events::{Events, RawEvents};
use super::logic::{Answer, Tri};
use super::supply::Supply;
use super::unit::{Number, Unit};
use crate::chart::{Chart, InjectionEvent, kind_index};
use crate::fact::{DisabilityScore, Instrument, Kind, PainQualifier, PainScore, ScoreUnit};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Measured {
    PainScore,
    DisabilityScore,
}

/// A fall of a score, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChange {
    of: Measured,
    /// The procedures that the scores stand before and after; the newest counts.
    after: RawEvents,
    /// The score falls by at least so many percent of what it was.
    percent: Number,
    missing: String,
}

/// A fall of a score, compiled.
#[derive(Clone, Debug)]
pub(super) struct Change {
    of: Measured,
    after: Events,
    percent: f64,
    missing: String,
}

impl RawChange {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Change, String> {
        Ok(Change {
            of: self.of,
            after: self.after.compile(scope)?,
            percent: scope.number(&self.percent, Unit::Percent)?,
            missing: self.missing.clone(),
        })
    }
}

/// A score as a share of its scale, and which scale that is.
#[derive(Clone, Copy, PartialEq)]
struct Score {
    fact: usize,
    value: f64,
    scale: (u32, Option<Instrument>),
    after: bool,
}

impl Change {
    /// The pair that stands nearest to the procedure; a range is no score.
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let Some(event) = self.after.newest(chart) else { return Answer::silent(&self.missing) };
        let scores = self.scores(chart, event);
        let pairs = scores.iter().filter(|s| !s.after).rev().flat_map(|before| {
            scores
                .iter()
                .filter(|after| after.after && after.scale == before.scale)
                .map(move |after| (before, after))
        });
        let Some((before, after)) = pairs.into_iter().find(|(before, _)| before.value > 0.0) else {
            return Answer {
                facts: event.facts.as_slice().into(),
                ..Answer::silent(&self.missing)
            };
        };
        let fall = (before.value - after.value) / before.value * 100.0;
        Answer::of(Tri::from(fall >= self.percent), vec![before.fact, after.fact])
            .noting("score_fell", || {
                [before.value.to_string(), after.value.to_string(), format!("{fall:.0}")]
            })
    }

    /// Single scores by day: before up to the procedure's day, after from the next day on or where it says so.
    fn scores(&self, chart: &Chart, event: &InjectionEvent) -> Vec<Score> {
        let day = event.date.map(|date| date.latest());
        let kind = match self.of {
            Measured::PainScore => const { kind_index("pain_score") },
            Measured::DisabilityScore => const { kind_index("disability_score") },
        };
        let mut scores: Vec<_> = chart
            .standing(kind)
            .iter()
            .filter_map(|&at| {
                let told = chart.happened_on(at).map(|date| date.latest());
                let later = day.zip(told).map(|(day, told)| told > day);
                let (value, scale, says_after) = match &chart.facts[at].kind {
                    Kind::PainScore(score) => {
                        let usable = score.low == score.high
                            && !matches!(
                                score.qualifier,
                                Some(
                                    PainQualifier::Worst
                                        | PainQualifier::Best
                                        | PainQualifier::Range
                                )
                            );
                        usable.then_some(())?;
                        let after = score.qualifier == Some(PainQualifier::AfterProcedure);
                        (score.low, (score.scale as u32, None), after)
                    }
                    Kind::DisabilityScore(score) => {
                        let points = score.unit == Some(ScoreUnit::Points);
                        (score.value, (u32::from(points), Some(score.instrument)), false)
                    }
                    _ => return None,
                };
                let after = says_after || later?;
                Some((told, Score { fact: at, value, scale, after }))
            })
            .collect();
        scores.sort_by_key(|(told, score)| (*told, score.fact));
        scores.into_iter().map(|(_, score)| score).collect()
    }

    pub(super) fn supply(&self, chart: &Chart, wanted: Tri, supply: &mut Supply) -> bool {
        let Some(event) = self.after.newest(chart) else {
            return self.after.supply(chart, supply);
        };
        let Some(day) = event.date else { return false };
        let fall = if wanted == Tri::Yes { self.percent } else { 0.0 };
        let after = 8.0 * (1.0 - fall / 100.0);
        let before = day.earliest().yesterday().unwrap_or(day.earliest());
        for (value, when, qualifier) in [
            (8.0, before, PainQualifier::Current),
            (after, day.latest(), PainQualifier::AfterProcedure),
        ] {
            match self.of {
                Measured::PainScore => supply.tell_on(
                    PainScore { low: value, high: value, scale: 10.0, qualifier: Some(qualifier) },
                    Some(when.into()),
                ),
                Measured::DisabilityScore => supply.tell_on(
                    DisabilityScore {
                        instrument: Instrument::Odi,
                        value: value * 10.0,
                        unit: Some(ScoreUnit::Percent),
                        label: None,
                    },
                    when.tomorrow().ok().map(Into::into),
                ),
            }
        }
        true
    }
}
