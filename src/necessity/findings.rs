//! Leaves over single facts: signs, diagnoses, studies, statements, and the onset of pain.

use serde::Deserialize;
use smallvec::SmallVec;

use super::account::Account;
use super::compile::{Scope, unknown};
use super::filter::{Filter, RawFilter};
use super::logic::{Answer, Flags, Grounds, Possible, Tri};
use super::missing::Item;
use super::supply::Supply;
use super::unit::{Number, Unit};
use crate::chart::{Chart, kind_index};
use crate::fact::{Kind, PainDuration, Side};
use crate::halt;
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
    /// Against, open, for: the first that a fact passes is its direction.
    filters: Vec<Directed>,
    /// Against, where no others are there.
    fallback: Vec<Directed>,
    flag: Flags,
    side: bool,
    replaced_after: Option<f64>,
    rank: Vec<crate::fact::Section>,
    within: Winner,
    between: Winner,
    silence: Tri,
    missing: String,
}

/// A filter, and which way the facts point that pass it.
#[derive(Clone, Debug)]
struct Directed {
    filter: Filter,
    points: Tri,
}

impl RawFacts {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Facts, String> {
        let list = |raw: &[RawFilter], points: Tri| -> Result<Vec<Directed>, String> {
            raw.iter().map(|raw| Ok(Directed { filter: raw.compile(scope)?, points })).collect()
        };
        let flag = match self.flag.as_deref() {
            None => Flags::NONE,
            Some(word) => {
                Flags::of_word(word).ok_or_else(|| unknown("flag", word, Flags::all_words()))?
            }
        };
        if self.met.is_empty()
            && self.not_met.is_empty()
            && self.open.is_empty()
            && self.otherwise_not_met.is_empty()
        {
            return Err("fact: name facts under met, not_met or open".into());
        }
        Ok(Facts {
            filters: [
                list(&self.not_met, Tri::No)?,
                list(&self.open, Tri::Unknown)?,
                list(&self.met, Tri::Yes)?,
            ]
            .into_iter()
            .flatten()
            .collect(),
            fallback: list(&self.otherwise_not_met, Tri::No)?,
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
        let points = |way: Tri| self.filters.iter().any(|own| own.points == way);
        let mut possible = Possible::of(self.silence);
        possible.yes |= points(Tri::Yes);
        possible.no |= points(Tri::No) || !self.fallback.is_empty();
        possible.open |= points(Tri::Unknown) || (possible.yes && possible.no);
        possible
    }

    /// The filters for what speaks for it.
    #[cfg(test)]
    pub(super) fn met(&self) -> impl Iterator<Item = &Filter> {
        self.filters.iter().filter(|own| own.points == Tri::Yes).map(|own| &own.filter)
    }

    /// Facts that would be for or against.
    pub(super) fn supply(&self, chart: &Chart, wanted: Tri, supply: &mut Supply) -> bool {
        let way = if wanted == Tri::Yes { Tri::Yes } else { Tri::No };
        let fallback = self.fallback.iter().filter(|_| wanted == Tri::No);
        let first = self.filters.iter().filter(|own| own.points == way).chain(fallback).next();
        let Some(fact) = first.and_then(|own| own.filter.example()) else { return false };
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
    points: Tri,
}

impl Hit {
    #[inline]
    fn document(&self, chart: &Chart) -> usize {
        chart.facts[self.fact].place.document
    }

    #[inline]
    fn side(&self, chart: &Chart) -> Option<Side> {
        side_of(&chart.facts[self.fact].kind)
    }
}

/// Hits, few as a rule.
type Hits = SmallVec<[Hit; 4]>;

impl Facts {
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let mut hits = Hits::new();
        find(chart, &self.filters, &mut hits);
        if hits.is_empty() {
            find(chart, &self.fallback, &mut hits);
        }
        if self.side {
            match side_in_question(chart, &hits) {
                InQuestion::Side(side) => keep_side(chart, &mut hits, side),
                InQuestion::Either => return self.on_either_side(chart, &hits),
                InQuestion::Any => {}
            }
        }
        self.of_hits(chart, &mut hits)
    }

    /// What the record says where it does not say which side is asked for, and has findings on both: what
    /// holds on either side, and else it is open.
    fn on_either_side<'c, A: Account<'c>>(&'c self, chart: &Chart, hits: &Hits) -> Answer<A> {
        let [left, right] = [Side::Left, Side::Right].map(|side| {
            let mut own = hits.clone();
            keep_side(chart, &mut own, side);
            self.of_hits(chart, &mut own)
        });
        if left.value == right.value {
            return Answer::combine(left.value, [left, right]);
        }
        // Where a side is asked for, it is here because the record points to the other.
        let conflict = chart.request.conflicts.contains(&"side") || chart.request.side.is_some();
        let flags = if conflict { Flags::CONFLICTING } else { Flags::NONE };
        let mut facts: Grounds = hits.iter().map(|hit| hit.fact).collect();
        facts.sort_unstable();
        Answer::open(flags, facts).lacking(Item::Side)
    }

    #[inline]
    fn of_hits<'c, A: Account<'c>>(&'c self, chart: &Chart, hits: &mut Hits) -> Answer<A> {
        match hits.as_slice() {
            [] => match self.silence {
                Tri::Unknown => Answer::silent(&self.missing),
                value => Answer::bare(value),
            },
            // One alone is the newest and has the highest rank.
            [hit] => self.verdict(Some(hit.points), hits),
            _ => self.weigh(chart, hits),
        }
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

    /// What several hits come to, document by document and then together.
    fn weigh<'c, A: Account<'c>>(&'c self, chart: &Chart, hits: &mut Hits) -> Answer<A> {
        self.keep_newest(chart, hits);
        let ranked = |hit: &Hit| self.rank.contains(&chart.facts[hit.fact].section);
        if hits.iter().any(ranked) {
            hits.retain(|hit| ranked(hit));
        }
        let mut documents: Grounds = hits.iter().map(|hit| hit.document(chart)).collect();
        documents.sort_unstable();
        documents.dedup();
        let verdicts = documents.iter().map(|document| {
            halt::look();
            decide(
                hits.iter()
                    .filter(|hit| hit.document(chart) == *document)
                    .map(|hit| Some(hit.points)),
                self.within,
            )
        });
        self.verdict(decide(verdicts, self.between), hits)
    }

    #[inline]
    fn verdict<'c, A: Account<'c>>(&'c self, verdict: Option<Tri>, hits: &[Hit]) -> Answer<A> {
        let grounds = |value: Tri| {
            let mut facts = Grounds::new();
            hits.iter().filter(|hit| hit.points == value).for_each(|hit| facts.push(hit.fact));
            facts
        };
        match verdict {
            None => Answer::open(
                Flags::CONFLICTING,
                hits.iter().map(|hit| hit.fact).collect::<Grounds>(),
            ),
            Some(Tri::Unknown) => {
                Answer::open(self.flag, grounds(Tri::Unknown)).lacking(&self.missing)
            }
            Some(value) => Answer::of(value, grounds(value)),
        }
    }
}

/// Adds the facts that pass some of the filters, each once.
#[inline]
fn find(chart: &Chart, filters: &[Directed], hits: &mut Hits) {
    for own in filters {
        // A filter finds each fact once: only those of filters before it may come again.
        let mut known: Grounds = hits.iter().map(|hit| hit.fact).collect();
        known.sort_unstable();
        own.filter.find(chart).for_each(|fact| {
            if known.binary_search(&fact).is_err() {
                hits.push(Hit { fact, points: own.points });
            }
        });
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

/// The side that the findings are to be on.
enum InQuestion {
    Side(Side),
    /// One of the two, and the record does not say which.
    Either,
    /// None in particular.
    Any,
}

/// The side asked for; where none is, the side that something is found on. Where there are findings on both
/// sides, it is one that something is found on and that alone the diagnoses name.
fn side_in_question(chart: &Chart, hits: &Hits) -> InQuestion {
    match chart.request.side {
        Some(Side::Bilateral) => return InQuestion::Any,
        Some(side) if !is_disputed(chart, hits, side) => return InQuestion::Side(side),
        Some(_) => return InQuestion::Either,
        None => {}
    }
    let on = |hit: &Hit, side: Side| hit.side(chart) == Some(side);
    let found = |side: Side| hits.iter().any(|hit| on(hit, side) && hit.points == Tri::Yes);
    let told = |side: Side| hits.iter().any(|hit| on(hit, side));
    match (found(Side::Left), found(Side::Right)) {
        (false, false) if found(Side::Bilateral) && !told(Side::Left) && !told(Side::Right) => {
            return InQuestion::Side(Side::Bilateral);
        }
        (false, false) => return InQuestion::Any,
        (true, false) if !told(Side::Right) => return InQuestion::Side(Side::Left),
        (false, true) if !told(Side::Left) => return InQuestion::Side(Side::Right),
        _ => {}
    }
    let diagnoses = chart.standing(const { kind_index("diagnosis") }).iter();
    let mut sides = diagnoses.filter_map(|&at| side_of(&chart.facts[at].kind));
    match sides.next() {
        Some(side)
            if side != Side::Bilateral && found(side) && sides.all(|other| other == side) =>
        {
            InQuestion::Side(side)
        }
        _ => InQuestion::Either,
    }
}

/// Whether the finding is on the other side than the one asked for, and a diagnosis is too: one of
/// them is a slip, and the record does not say which.
fn is_disputed(chart: &Chart, hits: &Hits, side: Side) -> bool {
    let other = if side == Side::Left { Side::Right } else { Side::Left };
    let on = |wanted: Side| {
        hits.iter().any(|hit| {
            hit.points == Tri::Yes
                && matches!(hit.side(chart), Some(own) if own == wanted || own == Side::Bilateral)
        })
    };
    let mut diagnoses = chart.standing(const { kind_index("diagnosis") }).iter();
    on(other) && !on(side) && diagnoses.any(|&at| side_of(&chart.facts[at].kind) == Some(other))
}

/// Keeps one side. A finding with its side says more than one without, document by document.
fn keep_side(chart: &Chart, hits: &mut Hits, side: Side) {
    hits.retain(|hit| hit.side(chart).is_none_or(|own| own == side || own == Side::Bilateral));
    let sided = hits.iter().filter(|hit| hit.side(chart) == Some(side));
    let sided: Grounds = sided.map(|hit| hit.document(chart)).collect();
    hits.retain(|hit| hit.side(chart).is_some() || !sided.contains(&hit.document(chart)));
}

#[inline]
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
    /// What a document of the other side's pain tells counts only where no other document tells more.
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let longest = |other: bool| {
            chart
                .standing(const { kind_index("pain_duration") })
                .iter()
                .filter(|&&at| tells_of_other_side(chart, at) == other)
                .filter_map(|&at| Some((months(chart, at)?, at)))
                .max_by(|a, b| a.0.total_cmp(&b.0))
        };
        match longest(false).or_else(|| longest(true)) {
            None => Answer::silent(&self.missing),
            Some((months, at)) => Answer::of(Tri::from(months >= self.months), [at].as_slice())
                .noting("pain_since", || [format!("{months:.0}")]),
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

/// Whether a document diagnoses and injects the other side than the request's, and that alone.
fn tells_of_other_side(chart: &Chart, at: usize) -> bool {
    let asked = match chart.request.side {
        Some(side @ (Side::Left | Side::Right)) => side,
        _ => return false,
    };
    let document = chart.facts[at].place.document;
    let mut sides = chart
        .facts
        .iter()
        .filter(|fact| fact.place.document == document)
        .filter(|fact| matches!(fact.kind, Kind::Diagnosis(_) | Kind::Injection(_)))
        .filter_map(|fact| side_of(&fact.kind))
        .peekable();
    sides.peek().is_some() && sides.all(|side| side != asked && side != Side::Bilateral)
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
