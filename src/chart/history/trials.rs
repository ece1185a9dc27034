//! Drug trials: for each drug the highest dose a day and the longest time that the record tells of.

use jiff::civil::Date;

use super::days_between;
use crate::chart::{Chart, kind_index, reading};
use crate::date::PartialDate;
use crate::fact::{Kind, Medication, MedicationStatus, Outcome};
use crate::quantity;

/// What the record tells of one drug.
#[derive(Clone, Default, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Trial {
    /// Generic ingredient, in lower case.
    pub drug: String,
    /// Whether it was or is taken.
    pub taken: bool,
    /// Whether it is taken now.
    pub current: bool,
    /// Milligrams a day, the highest told; a lower bound where `dose_is_known` is false.
    pub per_day: Option<f64>,
    /// Whether how often it was taken is told beside the highest dose.
    pub dose_is_known: bool,
    /// Weeks, the longest told.
    pub weeks: Option<f64>,
    /// Weeks between the first and the last document that has it on the list: a lower bound.
    pub weeks_at_least: Option<f64>,
    /// Facts that say it was taken.
    pub facts: Vec<usize>,
    /// Facts that say it was never taken.
    pub denied: Vec<usize>,
    /// Facts that say it was not tolerated or is an allergy, with whether a reason is given.
    pub intolerance: Vec<(usize, bool)>,
    /// Facts that say it was not given, with a reason.
    pub withheld: Vec<usize>,
}

/// Merges the standing medication facts by drug.
pub fn merge(chart: &Chart) -> Vec<Trial> {
    let mut trials: Vec<Trial> = Vec::new();
    for &at in chart.standing(const { kind_index("medication") }) {
        let fact = &chart.facts[at];
        let Kind::Medication(drug) = &fact.kind else { continue };
        let n = trials.iter().position(|t| t.drug == drug.name).unwrap_or_else(|| {
            trials.push(Trial { drug: drug.name.clone(), ..Default::default() });
            trials.len() - 1
        });
        tell(chart, &mut trials[n], at, drug);
    }
    trials.iter_mut().for_each(|trial| {
        span_documents(chart, trial);
        span_fills(chart, trial);
    });
    trials.sort_by(|a, b| a.drug.cmp(&b.drug));
    trials
}

fn tell(chart: &Chart, trial: &mut Trial, at: usize, drug: &Medication) {
    let status = reading::medication_status(&chart.facts[at]);
    match status {
        Some(MedicationStatus::NotTaken) => {
            let list = if drug.reason.is_some() { &mut trial.withheld } else { &mut trial.denied };
            list.push(at);
            return;
        }
        Some(MedicationStatus::Planned) => return,
        Some(MedicationStatus::Allergy) => {
            trial.intolerance.push((at, true));
            return;
        }
        Some(MedicationStatus::Current) => trial.current = true,
        Some(MedicationStatus::Past) => {}
        // A bare mention tells neither of taking nor of a trial.
        None => return,
    }
    trial.taken = true;
    trial.facts.push(at);
    if drug.outcome == Some(Outcome::NotTolerated) {
        trial.intolerance.push((at, drug.reason.is_some()));
    }
    if let Some(dose) = drug.dose.as_deref().and_then(quantity::milligrams) {
        let times = drug.frequency.as_deref().and_then(quantity::times_a_day);
        let per_day = dose * times.unwrap_or(1.0);
        if trial.per_day.is_none_or(|known| per_day > known) {
            trial.per_day = Some(per_day);
            trial.dose_is_known = times.is_some();
        }
    }
    if let Some(weeks) = weeks(chart, at, drug, status) {
        trial.weeks = Some(trial.weeks.map_or(weeks, |known| known.max(weeks)));
    }
}

/// Weeks that one mention tells of: its duration, or its first day up to its last.
fn weeks(
    chart: &Chart,
    at: usize,
    drug: &Medication,
    status: Option<MedicationStatus>,
) -> Option<f64> {
    let written = drug.duration.as_deref();
    let length = written.and_then(quantity::duration).map(|d| d.weeks());
    let seen_from = chart.told_on(at).map(|d| d.latest()).or(chart.as_of);
    let start = drug.start.or_else(|| {
        written
            .filter(|_| length.is_none())
            .zip(seen_from)
            .and_then(|(t, day)| quantity::since(t, day))
    });
    // Between two months as much as between their middles, where neither day is told.
    let in_months =
        start.zip(drug.stop).is_some_and(|(start, stop)| is_month(start) && is_month(stop));
    let start = start.map(|d| if in_months { middle(d) } else { d.latest() });
    let stop = drug
        .stop
        .map(|d| if in_months { middle(d) } else { d.earliest() })
        .or_else(|| seen_from.filter(|_| status == Some(MedicationStatus::Current)));
    let spanned =
        start.zip(stop).map(|(start, stop)| f64::from(days_between(start.min(stop), stop)) / 7.0);
    length.into_iter().chain(spanned).reduce(f64::max)
}

fn is_month(date: PartialDate) -> bool {
    date.exact().is_none() && days_between(date.earliest(), date.latest()) <= 31
}

/// The fifteenth of a month.
fn middle(month: PartialDate) -> Date {
    let first = month.earliest();
    jiff::civil::date(first.year(), first.month(), 15)
}

/// A drug on the list in two dated documents was taken in between.
fn span_documents(chart: &Chart, trial: &mut Trial) {
    let told = || {
        trial
            .facts
            .iter()
            .filter(|&&at| {
                reading::medication_status(&chart.facts[at]) == Some(MedicationStatus::Current)
            })
            .filter_map(|&at| chart.told_on(at))
    };
    if let (Some(first), Some(last)) =
        (told().map(|d| d.latest()).min(), told().map(|d| d.earliest()).max())
        && first < last
    {
        trial.weeks_at_least = Some(f64::from(days_between(first, last)) / 7.0);
    }
}

/// Days that may part one supply of a drug from the next where it was taken on.
const NEXT_SUPPLY: i32 = 14;

/// What was supplied or taken in stretches that follow each other was taken through all of them.
fn span_fills(chart: &Chart, trial: &mut Trial) {
    let mut stretches: Vec<(Date, Date)> = trial
        .facts
        .iter()
        .filter_map(|&at| match &chart.facts[at].kind {
            Kind::Medication(drug) => Some((drug.start?.exact()?, drug.stop?.exact()?)),
            _ => None,
        })
        .filter(|(first, last)| first <= last)
        .collect();
    stretches.sort_unstable();
    let mut run: Option<(Date, Date)> = None;
    for (first, last) in stretches {
        run = Some(match run {
            Some((from, to)) if days_between(to, first) <= NEXT_SUPPLY => (from, to.max(last)),
            _ => (first, last),
        });
        let weeks = run.map(|(from, to)| f64::from(days_between(from, to)) / 7.0);
        trial.weeks = trial.weeks.into_iter().chain(weeks).reduce(f64::max);
    }
}

crate::withhold_debug!(Trial);
