//! A leaf over the length of conservative care, across therapies and drugs.

use serde::Deserialize;

use super::account::Account;
use super::compile::Scope;
use super::drugs::Drugs;
use super::logic::{Answer, Grounds, Tri};
use super::supply::Supply;
use super::treatment::course;
use super::unit::{Number, Unit};
use crate::chart::{self, Chart};
use crate::fact::{Medication, MedicationStatus, TherapyKind};
use crate::quantity;

/// How long conservative care lasted over several therapies and drugs, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCare {
    /// Therapies that count.
    #[serde(default)]
    therapy: Vec<TherapyKind>,
    /// Sets of drugs that count.
    #[serde(default)]
    drugs: Vec<String>,
    /// At least so many weeks.
    weeks: Number,
    /// Of the longest, or of all together.
    measure: CareMeasure,
    /// Ended not more than so many months before the case's day; any time where not said.
    #[serde(default)]
    within: Option<Number>,
    missing: String,
}

/// What lengths of time come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CareMeasure {
    Longest,
    Sum,
}

/// How long conservative care lasted, compiled.
#[derive(Clone, Debug)]
pub(super) struct Care {
    therapy: Vec<TherapyKind>,
    drugs: Drugs,
    weeks: f64,
    measure: CareMeasure,
    within: Option<f64>,
    missing: String,
}

impl RawCare {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Care, String> {
        let mut drugs = Vec::new();
        for set in &self.drugs {
            drugs.extend(scope.set(set)?);
        }
        if self.therapy.is_empty() && drugs.is_empty() {
            return Err("care: name therapies or sets of drugs".into());
        }
        Ok(Care {
            therapy: self.therapy.clone(),
            drugs: Drugs::of(drugs),
            weeks: scope.number(&self.weeks, Unit::Weeks)?,
            measure: self.measure,
            within: scope.maybe(&self.within, Unit::Months)?,
            missing: self.missing.clone(),
        })
    }
}

impl Care {
    /// What is told of length counts; a treatment without a length leaves it open where the others are too short.
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let age = |day| {
            chart.as_of.map(|as_of| {
                f64::from(chart::days_between(day, as_of).max(0)) / quantity::DAYS_A_MONTH
            })
        };
        let courses = chart.history.courses.iter().filter(|c| self.therapy.contains(&c.therapy));
        let recent = courses.map(|course| {
            let recent = match (self.within, course.end) {
                (None, _) => Tri::Yes,
                (Some(_), _) if course.current => Tri::Yes,
                (Some(within), Some((early, late))) => match (age(late), age(early)) {
                    (Some(least), Some(most)) => Tri::of_range(least, most, |m| m <= within),
                    _ => Tri::Unknown,
                },
                (Some(_), None) => Tri::Unknown,
            };
            (recent, course.weeks, course.facts.as_slice())
        });
        let trials = chart.history.trials.iter().filter(|trial| self.drugs.has(&trial.drug));
        let taken = trials
            .filter(|trial| trial.taken)
            .map(|trial| (Tri::Yes, trial.weeks.or(trial.weeks_at_least), trial.facts.as_slice()));
        let (mut sure, mut open, mut facts, mut any) = (0.0_f64, false, Grounds::new(), false);
        for (recent, weeks, own) in recent.chain(taken) {
            any = true;
            facts.extend_from_slice(own);
            match (recent, weeks) {
                (Tri::Yes, Some(weeks)) => {
                    sure = match self.measure {
                        CareMeasure::Longest => sure.max(weeks),
                        CareMeasure::Sum => sure + weeks,
                    };
                }
                (Tri::No, _) => {}
                _ => open = true,
            }
        }
        facts.sort_unstable();
        if !any {
            return Answer::silent(&self.missing);
        }
        let value = match sure >= self.weeks - 0.1 {
            true => Tri::Yes,
            false if open => Tri::Unknown,
            false => Tri::No,
        };
        let answer = Answer::of(value, facts).lacking(&self.missing);
        answer.noting("care_lasted", || [format!("{sure:.0}")])
    }

    pub(super) fn supply(&self, chart: &Chart, wanted: Tri, supply: &mut Supply) -> bool {
        if wanted != Tri::Yes {
            return false;
        }
        match (self.therapy.first(), self.drugs.first()) {
            (Some(therapy), _) => supply.tell(course(chart, *therapy, self.weeks)),
            (None, Some(drug)) => supply.tell(Medication {
                name: drug.to_owned(),
                status: Some(MedicationStatus::Past),
                duration: Some(format!("{} weeks", self.weeks.ceil())),
                ..Medication::default()
            }),
            (None, None) => return false,
        }
        true
    }
}
