//! A leaf over disability scores: their bounds, and whether a label fits its published band.

use serde::Deserialize;
use smallvec::SmallVec;

use super::account::Account;
use super::compile::{Band, Scope, unknown};
use super::filter::{Compare, RawBounds};
use super::logic::{Answer, Flags, Grounds, Tri};
use super::parts::contains;
use super::supply::Supply;
use super::unit::Unit;
use crate::chart::{Chart, kind_index};
use crate::fact::{DisabilityScore, Kind, ScoreUnit};

/// A disability score, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScore {
    instrument: String,
    /// Ask whether the written label agrees with the published band.
    #[serde(default)]
    label_agrees: bool,
    /// The score in percent.
    percent: Option<RawBounds>,
    missing: String,
}

/// A disability score, compiled.
#[derive(Clone, Debug)]
pub(super) struct Score {
    instrument: String,
    points: f64,
    bands: Vec<Band>,
    /// `None`: whether the label agrees.
    bounds: Option<Compare>,
    missing: String,
}

impl RawScore {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Score, String> {
        let instrument = scope.instruments.get(&self.instrument).ok_or_else(|| {
            unknown("instrument", &self.instrument, scope.instruments.keys().map(String::as_str))
        })?;
        let bounds = match (self.label_agrees, &self.percent) {
            (true, None) => None,
            (false, Some(bounds)) => Some(bounds.compile(scope, Unit::Percent)?),
            _ => return Err("score: write either label_agrees or percent".into()),
        };
        Ok(Score {
            instrument: self.instrument.clone(),
            points: instrument.points,
            bands: instrument.bands.clone(),
            bounds,
            missing: self.missing.clone(),
        })
    }
}

impl Score {
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let mut scores: SmallVec<[(usize, f64, Option<&str>); 2]> = chart
            .standing(const { kind_index("disability_score") })
            .iter()
            .filter_map(|&at| match &chart.facts[at].kind {
                Kind::DisabilityScore(score) if score.instrument.as_str() == self.instrument => {
                    let percent = match score.unit {
                        Some(ScoreUnit::Points) => score.value * 100.0 / self.points,
                        _ => score.value,
                    };
                    Some((at, percent, score.label.as_deref()))
                }
                _ => None,
            })
            .collect();
        match &self.bounds {
            Some(bounds) => {
                // The newest account tells how it is now.
                let newest = scores
                    .iter()
                    .map(|(at, ..)| chart.told_on(*at).map(|d| d.latest()))
                    .max()
                    .flatten();
                scores.retain(|(at, ..)| {
                    chart.told_on(*at).map(|d| d.latest()) == newest || newest.is_none()
                });
                if scores.is_empty() {
                    return Answer::silent(&self.missing);
                }
                let holds = scores.iter().filter(|(_, percent, _)| bounds.holds(*percent)).count();
                let facts: Grounds = scores.iter().map(|(at, ..)| *at).collect();
                match holds {
                    0 => Answer::of(Tri::No, facts),
                    all if all == scores.len() => Answer::of(Tri::Yes, facts),
                    _ => Answer::open(Flags::CONFLICTING, facts),
                }
            }
            None => self.label_agrees(&scores),
        }
    }

    pub(super) fn supply(&self, wanted: Tri, supply: &mut Supply) -> bool {
        let Ok(instrument) = self.instrument.parse() else { return false };
        let (value, label) = match (&self.bounds, wanted) {
            (Some(bounds), _) => (bounds.example(wanted), None),
            (None, Tri::Yes) => self.band(0, 0),
            (None, _) => self.band(0, self.bands.len().saturating_sub(1)),
        };
        let unit = Some(ScoreUnit::Percent);
        supply.tell(DisabilityScore { instrument, value, unit, label });
        true
    }

    /// A score of one band with the label of another.
    fn band(&self, score: usize, label: usize) -> (f64, Option<String>) {
        let value = self.bands.get(score).map_or(0.0, |band| band.to);
        (value, self.bands.get(label).and_then(|band| band.words.first().cloned()))
    }

    /// Every written label must fit; a word that names no band says nothing.
    fn label_agrees<'c, A: Account<'c>>(
        &'c self,
        scores: &[(usize, f64, Option<&str>)],
    ) -> Answer<A> {
        let (mut fitting, mut wrong, mut account) = (Grounds::new(), Grounds::new(), A::default());
        for (at, percent, label) in scores {
            let Some(band) = self.bands.iter().find(|band| *percent <= band.to) else { continue };
            let Some(written) = label.and_then(|label| self.band_of(label)) else { continue };
            if written.label == band.label {
                fitting.push(*at);
            } else {
                wrong.push(*at);
                account.note("band_differs", || {
                    [format!("{percent:.0}"), band.label.clone(), written.label.clone()]
                });
            }
        }
        match (wrong.is_empty(), fitting.is_empty()) {
            (false, _) => Answer { account, ..Answer::of(Tri::No, wrong) },
            (true, false) => Answer::of(Tri::Yes, fitting),
            (true, true) => Answer {
                facts: scores.iter().map(|s| s.0).collect(),
                ..Answer::silent(&self.missing)
            },
        }
    }

    fn band_of(&self, label: &str) -> Option<&Band> {
        self.bands.iter().find(|band| band.words.iter().any(|word| contains(label, word)))
    }
}
