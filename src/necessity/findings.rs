//! Leaves over single facts: signs, diagnoses, studies, statements, scores and the onset of pain.

use serde::Deserialize;

use super::compile::{Band, Number, Scope};
use super::filter::{Compare, Filter, RawFilter, contains};
use super::logic::{Answer, Flags, Tri};
use super::rule::Case;
use crate::chart::{Chart, kind_index};
use crate::fact::{Kind, ScoreUnit, Side};
use crate::quantity;

/// What wins where facts point in different directions.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Winner {
    /// Neither: the record is in conflict.
    #[default]
    Conflicting,
    /// What speaks for.
    Met,
    /// What speaks against.
    NotMet,
    /// What leaves it open.
    Open,
}

/// Facts for, against and in between, as a policy file writes them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawFacts {
    /// Facts that speak for.
    met: Vec<RawFilter>,
    /// Facts that speak against.
    not_met: Vec<RawFilter>,
    /// Facts that leave it open.
    open: Vec<RawFilter>,
    /// Facts that speak against where no others are there.
    otherwise_not_met: Vec<RawFilter>,
    /// The flag that `open` facts raise.
    flag: Option<String>,
    /// Whether only the side asked for counts.
    side: bool,
    /// Days after which a newer document replaces what an older one says.
    replaced_after: Option<Number>,
    /// Facts in these sections outrank others of the same document or time.
    rank: Vec<crate::fact::Section>,
    /// Who wins inside one document.
    within: Winner,
    /// Who wins between documents.
    between: Winner,
    /// What silence means; not_documented unless said.
    silence: Option<super::Outcome>,
    /// What is missing where the record is silent.
    missing: String,
}

/// Facts for, against and in between, compiled.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// Against, open, for, then the fallback against: the first that a fact passes is its direction.
    lists: [Vec<Filter>; 4],
    flag: Flags,
    side: bool,
    replaced_after: Option<f64>,
    rank: Vec<crate::fact::Section>,
    within: Winner,
    between: Winner,
    silence: Tri,
    missing: String,
}

/// Which way the facts of each list point; the last is the fallback.
const DIRECTIONS: [Tri; 4] = [Tri::No, Tri::Unknown, Tri::Yes, Tri::No];

impl RawFacts {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Facts, String> {
        let list =
            |raw: &[RawFilter]| raw.iter().map(|f| f.compile(scope)).collect::<Result<Vec<_>, _>>();
        let flag = match self.flag.as_deref() {
            None => Flags::NONE,
            Some(word) => Flags::of_word(word).ok_or_else(|| format!("no flag `{word}`"))?,
        };
        if self.met.is_empty()
            && self.not_met.is_empty()
            && self.open.is_empty()
            && self.otherwise_not_met.is_empty()
        {
            return Err("fact: name facts under met, not_met or open".into());
        }
        Ok(Facts {
            lists: [
                list(&self.not_met)?,
                list(&self.open)?,
                list(&self.met)?,
                list(&self.otherwise_not_met)?,
            ],
            flag,
            side: self.side,
            replaced_after: self.replaced_after.as_ref().map(|n| scope.number(n)).transpose()?,
            rank: self.rank.clone(),
            within: self.within,
            between: self.between,
            silence: match self.silence {
                Some(super::Outcome::Met) => Tri::Yes,
                Some(super::Outcome::NotMet) => Tri::No,
                _ => Tri::Unknown,
            },
            missing: self.missing.clone(),
        })
    }
}

/// A fact that passed a filter.
#[derive(Clone, Copy)]
struct Hit {
    fact: usize,
    document: usize,
    points: Tri,
    side: Option<Side>,
    ranked: bool,
}

impl Facts {
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        let chart = case.chart;
        let mut hits: Vec<Hit> = Vec::new();
        for (n, (filters, points)) in self.lists.iter().zip(DIRECTIONS).enumerate() {
            if n == 3 && !hits.is_empty() {
                break;
            }
            for fact in filters.iter().flat_map(|filter| filter.find(chart)) {
                let known = hits.iter().any(|hit| hit.fact == fact);
                if !known {
                    let it = &chart.facts[fact];
                    let ranked = self.rank.contains(&it.section);
                    hits.push(Hit {
                        fact,
                        document: it.place.document,
                        points,
                        side: side_of(&it.kind),
                        ranked,
                    });
                }
            }
        }
        if self.side {
            keep_side(&mut hits, chart.request.side);
        }
        self.keep_newest(chart, &mut hits);
        if hits.iter().any(|hit| hit.ranked) {
            hits.retain(|hit| hit.ranked);
        }
        if hits.is_empty() {
            return match self.silence {
                Tri::Unknown => Answer::silent(&self.missing),
                value => Answer::bare(value),
            };
        }
        self.weigh(hits)
    }

    /// Drops what documents long before the newest one say.
    fn keep_newest(&self, chart: &Chart, hits: &mut Vec<Hit>) {
        let Some(days) = self.replaced_after else { return };
        let told = |hit: &Hit| chart.told_on(hit.fact).map(|date| date.latest());
        if let Some(newest) = hits.iter().filter_map(told).max() {
            let old = |hit: &Hit| {
                told(hit)
                    .is_some_and(|day| f64::from(crate::chart::days_between(day, newest)) > days)
            };
            hits.retain(|hit| !old(hit));
        }
    }

    fn weigh<'c>(&'c self, hits: Vec<Hit>) -> Answer<'c> {
        let mut documents: Vec<usize> = hits.iter().map(|hit| hit.document).collect();
        documents.sort_unstable();
        documents.dedup();
        let verdicts = documents.iter().map(|document| {
            decide(
                hits.iter().filter(|hit| hit.document == *document).map(|hit| Some(hit.points)),
                self.within,
            )
        });
        let verdict = decide(verdicts, self.between);
        let grounds = |value: Tri| {
            hits.iter().filter(|h| h.points == value).map(|h| h.fact).collect::<Vec<_>>()
        };
        match verdict {
            None => Answer::open(Flags::CONFLICTING, hits.iter().map(|hit| hit.fact).collect()),
            Some(Tri::Unknown) => Answer {
                missing: if self.missing.is_empty() { Vec::new() } else { vec![&self.missing] },
                ..Answer::open(self.flag, grounds(Tri::Unknown))
            },
            Some(value) => Answer::of(value, grounds(value)),
        }
    }
}

/// What several directions come to; `None` for a conflict.
fn decide(directions: impl Iterator<Item = Option<Tri>>, winner: Winner) -> Option<Tri> {
    let (mut seen, mut conflict) = ([false; 3], false);
    for direction in directions {
        match direction {
            Some(Tri::No) => seen[0] = true,
            Some(Tri::Unknown) => seen[1] = true,
            Some(Tri::Yes) => seen[2] = true,
            None => conflict = true,
        }
    }
    let [no, open, yes] = seen;
    match winner {
        Winner::Met if yes => Some(Tri::Yes),
        Winner::NotMet if no => Some(Tri::No),
        _ if conflict => None,
        Winner::Open if open => Some(Tri::Unknown),
        // Of the two that do not win, the open one leaves it open.
        _ if open => Some(Tri::Unknown),
        _ if yes && no => None,
        _ if yes => Some(Tri::Yes),
        _ => Some(Tri::No),
    }
}

/// Keeps the side asked for. A finding with its side says more than one without, document by document.
fn keep_side(hits: &mut Vec<Hit>, asked: Option<Side>) {
    // Where no side is asked for, the side that something is found on is the one in question.
    let side = asked.filter(|side| *side != Side::Bilateral).or_else(|| {
        hits.iter()
            .filter(|h| h.points == Tri::Yes)
            .find_map(|h| h.side)
            .filter(|_| asked.is_none())
    });
    if let Some(side) = side {
        hits.retain(|hit| hit.side.is_none_or(|own| own == side || own == Side::Bilateral));
        let sided: Vec<usize> =
            hits.iter().filter(|h| h.side == Some(side)).map(|h| h.document).collect();
        hits.retain(|hit| hit.side.is_some() || !sided.contains(&hit.document));
    }
}

fn side_of(kind: &Kind) -> Option<Side> {
    match kind {
        Kind::ExamSign(sign) => sign.side,
        Kind::Emg(emg) => emg.side,
        Kind::Imaging(imaging) => imaging.side,
        Kind::Diagnosis(diagnosis) => diagnosis.side,
        Kind::Injection(injection) => injection.side,
        _ => None,
    }
}

/// How long the complaint has been there, as a policy file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOnset {
    months: Number,
    missing: String,
}

/// How long the complaint has been there, compiled.
#[derive(Clone, Debug)]
pub(super) struct Onset {
    months: f64,
    missing: String,
}

impl RawOnset {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Onset, String> {
        Ok(Onset { months: scope.number(&self.months)?, missing: self.missing.clone() })
    }
}

impl Onset {
    /// Each account is carried on from its document's day to the as-of date; the longest one counts.
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        let chart = case.chart;
        let longest = chart
            .standing(kind_index("pain_duration"))
            .iter()
            .filter_map(|&at| Some((months(chart, at)?, at)))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match longest {
            None => Answer::silent(&self.missing),
            Some((months, at)) => Answer {
                notes: vec![format!("about {months:.0} months")],
                ..Answer::of(Tri::from(months >= self.months), vec![at])
            },
        }
    }
}

fn months(chart: &Chart, at: usize) -> Option<f64> {
    let Kind::PainDuration(pain) = &chart.facts[at].kind else { return None };
    let told = chart.told_on(at).map(|d| d.latest()).or(chart.as_of);
    let since = pain.since.as_deref().zip(told).and_then(|(text, day)| quantity::since(text, day));
    if let (Some(since), Some(as_of)) = (since, chart.as_of) {
        let days = crate::chart::days_between(since.latest().min(as_of), as_of);
        let own = pain.months.unwrap_or(0.0);
        return Some((f64::from(days) / quantity::DAYS_A_MONTH).max(own));
    }
    let passed = told
        .zip(chart.as_of)
        .map_or(0, |(told, as_of)| crate::chart::days_between(told, as_of).max(0));
    pain.months.map(|months| months + f64::from(passed) / quantity::DAYS_A_MONTH)
}

/// A disability score, as a policy file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScore {
    instrument: String,
    /// Ask whether the written label agrees with the published band.
    #[serde(default)]
    label_agrees: bool,
    gt: Option<Number>,
    ge: Option<Number>,
    lt: Option<Number>,
    le: Option<Number>,
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
            scope.unknown(
                "instrument",
                &self.instrument,
                scope.instruments.keys().map(String::as_str),
            )
        })?;
        let bounds = if self.label_agrees {
            None
        } else {
            Some(scope.compare(&self.gt, &self.ge, &self.lt, &self.le)?)
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
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        let chart = case.chart;
        let mut scores: Vec<(usize, f64, Option<&str>)> = chart
            .standing(kind_index("disability_score"))
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
                let facts = scores.iter().map(|(at, ..)| *at).collect();
                match holds {
                    0 => Answer::of(Tri::No, facts),
                    all if all == scores.len() => Answer::of(Tri::Yes, facts),
                    _ => Answer::open(Flags::CONFLICTING, facts),
                }
            }
            None => self.label_agrees(&scores),
        }
    }

    /// Every written label must fit; a word that names no band says nothing.
    fn label_agrees<'c>(&'c self, scores: &[(usize, f64, Option<&str>)]) -> Answer<'c> {
        let (mut fitting, mut wrong, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for (at, percent, label) in scores {
            let Some(band) = self.bands.iter().find(|band| *percent <= band.to) else { continue };
            let Some(written) = label.and_then(|label| self.band_of(label)) else { continue };
            if written.label == band.label {
                fitting.push(*at);
            } else {
                wrong.push(*at);
                notes.push(format!(
                    "{percent:.0} % lies in the published band \"{}\", the record writes \"{}\"",
                    band.label, written.label
                ));
            }
        }
        match (wrong.is_empty(), fitting.is_empty()) {
            (false, _) => Answer { notes, ..Answer::of(Tri::No, wrong) },
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
