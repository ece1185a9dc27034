//! Leaves over single facts: signs, diagnoses, studies, statements, and the onset of pain.

use serde::Deserialize;
use smallvec::SmallVec;

use super::compile::Scope;
use super::filter::{Filter, RawFilter};
use super::logic::{Answer, Flags, Grounds, Possible, Tri};
use super::missing::Missing;
use super::rule::Case;
use super::supply::Supply;
use super::unit::{Number, Unit};
use crate::chart::{Chart, kind_index};
use crate::fact::{Kind, PainDuration, Side};
use crate::quantity;

/// What wins where facts point in different directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
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
            replaced_after: scope.maybe(&self.replaced_after, Unit::Days)?,
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

impl Facts {
    /// Answers that some record gets.
    pub(super) fn possible(&self) -> Possible {
        let [against, open, met, fallback] = &self.lists;
        let mut possible = Possible::of(self.silence);
        possible.yes |= !met.is_empty();
        possible.no |= !against.is_empty() || !fallback.is_empty();
        possible.open |= !open.is_empty() || (possible.yes && possible.no);
        possible
    }

    /// The filters for what speaks for it.
    #[cfg(test)]
    pub(super) fn met(&self) -> &[Filter] {
        &self.lists[2]
    }

    /// Facts that would be for or against.
    pub(super) fn supply(&self, chart: &Chart, wanted: Tri, supply: &mut Supply) -> bool {
        let [against, _, met, fallback] = &self.lists;
        let filters = if wanted == Tri::Yes { met } else { against };
        let first = filters.iter().chain(fallback.iter().filter(|_| wanted == Tri::No)).next();
        let Some(fact) = first.and_then(Filter::example) else { return false };
        let mut fact = fact.clone();
        if self.side
            && let Some(side) = chart.request.side
        {
            set_side(&mut fact.kind, side);
        }
        supply.add(fact);
        true
    }
}

fn set_side(kind: &mut Kind, side: Side) {
    match kind {
        Kind::ExamSign(sign) => sign.side = Some(side),
        Kind::Emg(emg) => emg.side = Some(side),
        Kind::Imaging(imaging) => imaging.side = Some(side),
        Kind::Diagnosis(diagnosis) => diagnosis.side = Some(side),
        Kind::Injection(injection) => injection.side = Some(side),
        _ => {}
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

/// Hits, few as a rule.
type Hits = SmallVec<[Hit; 4]>;

impl Facts {
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        let chart = case.chart;
        let mut hits = Hits::new();
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
    fn keep_newest(&self, chart: &Chart, hits: &mut Hits) {
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

    fn weigh<'c>(&'c self, hits: Hits) -> Answer<'c> {
        if let [hit] = hits.as_slice() {
            return self.verdict(Some(hit.points), &hits);
        }
        let mut documents: Grounds = hits.iter().map(|hit| hit.document).collect();
        documents.sort_unstable();
        documents.dedup();
        let verdicts = documents.iter().map(|document| {
            decide(
                hits.iter().filter(|hit| hit.document == *document).map(|hit| Some(hit.points)),
                self.within,
            )
        });
        self.verdict(decide(verdicts, self.between), &hits)
    }

    fn verdict<'c>(&'c self, verdict: Option<Tri>, hits: &[Hit]) -> Answer<'c> {
        let grounds = |value: Tri| {
            hits.iter().filter(|h| h.points == value).map(|h| h.fact).collect::<Grounds>()
        };
        match verdict {
            None => Answer::open(
                Flags::CONFLICTING,
                hits.iter().map(|hit| hit.fact).collect::<Grounds>(),
            ),
            Some(Tri::Unknown) => Answer {
                missing: Missing::where_open(Tri::Unknown, &self.missing),
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
fn keep_side(hits: &mut Hits, asked: Option<Side>) {
    // Where no side is asked for, the side that something is found on is the one in question.
    let side = asked.filter(|side| *side != Side::Bilateral).or_else(|| {
        hits.iter()
            .filter(|h| h.points == Tri::Yes)
            .find_map(|h| h.side)
            .filter(|_| asked.is_none())
    });
    if let Some(side) = side {
        hits.retain(|hit| hit.side.is_none_or(|own| own == side || own == Side::Bilateral));
        let sided: Grounds =
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
#[derive(Clone, Debug, PartialEq, Deserialize)]
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
        Ok(Onset {
            months: scope.number(&self.months, Unit::Months)?,
            missing: self.missing.clone(),
        })
    }
}

impl Onset {
    /// Each account is carried on from its document's day to the as-of date; the longest one counts.
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        let chart = case.chart;
        let longest = chart
            .standing(const { kind_index("pain_duration") })
            .iter()
            .filter_map(|&at| Some((months(chart, at)?, at)))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match longest {
            None => Answer::silent(&self.missing),
            Some((months, at)) => Answer {
                notes: case.note(|| format!("about {months:.0} months")),
                ..Answer::of(Tri::from(months >= self.months), [at].as_slice())
            },
        }
    }
}

impl Onset {
    pub(super) fn supply(&self, wanted: Tri, supply: &mut Supply) -> bool {
        let months = if wanted == Tri::Yes { self.months } else { self.months / 2.0 };
        supply.tell(PainDuration { months: Some(months), since: None });
        true
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
