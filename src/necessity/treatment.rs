//! Leaves over conservative treatment: drug trials and courses of therapy.

use serde::Deserialize;

use super::account::Account;
use super::compile::Scope;
use super::drugs::Drugs;
use super::logic::{Answer, Flags, Grounds, Tri};
use super::missing::Item;
use super::parts::Parts;
use super::supply::{Supply, days_before};
use super::unit::{Number, Unit};
use crate::chart::{self, Chart, Topic, kind_index, reading};
use crate::fact::{
    Kind, Medication, MedicationStatus, Outcome, Therapy, TherapyKind, TherapyStatus,
};
use crate::quantity;

/// A class of drugs was not tried; the statement's value names it.
const CLASS_NOT_TRIED: Topic = Topic::of("class-not-tried");

/// A drug was taken for something else; the statement stands on the drug's own words.
const FOR_OTHER_COMPLAINT: Topic = Topic::of("drug-for-other-complaint");

/// A drug of a set was tried, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTrial {
    /// The set that names the drugs.
    set: String,
    /// Weeks at the adequate dose of `[doses]`; without it, having taken one is enough.
    weeks: Option<Number>,
    /// A contraindication or intolerance with its reason counts as well.
    #[serde(default)]
    or_contraindicated: bool,
    /// Names by which a contraindication may speak of the whole class.
    #[serde(default)]
    class: Vec<String>,
    /// Statements that say none was tried.
    #[serde(default)]
    denied: Vec<String>,
    /// Words in a reason that make it a choice and no contraindication.
    #[serde(default)]
    choice: Vec<String>,
    missing: String,
}

/// A drug of a set was tried, compiled.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    drugs: Drugs,
    /// Milligrams a day by drug.
    doses: Vec<(String, f64)>,
    weeks: Option<f64>,
    or_contraindicated: bool,
    class: Vec<String>,
    denied: Vec<Topic<String>>,
    choice: Parts,
    missing: String,
}

impl RawTrial {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Trial, String> {
        let drugs = scope.set(&self.set)?;
        scope.check_topics(&self.denied)?;
        let doses = drugs
            .iter()
            .filter_map(|drug| Some((drug.clone(), scope.doses.get(drug)?)))
            .map(|(drug, dose)| Ok((drug, scope.number(dose, Unit::Milligrams)?)))
            .collect::<Result<_, String>>()?;
        Ok(Trial {
            drugs: Drugs::of(drugs),
            doses,
            weeks: scope.maybe(&self.weeks, Unit::Weeks)?,
            or_contraindicated: self.or_contraindicated,
            class: self.class.clone(),
            denied: self.denied.iter().map(|topic| topic.as_str().into()).collect(),
            choice: Parts::of(&self.choice),
            missing: self.missing.clone(),
        })
    }
}

impl Trial {
    /// The best that any drug of the set comes to.
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let trials = chart.history.trials.iter().filter(|trial| self.drugs.has(&trial.drug));
        let ruled_out = self.or_contraindicated.then(|| self.contraindicated(chart)).flatten();
        let answers = trials.filter_map(|trial| self.of_drug(chart, trial)).chain(ruled_out);
        // Of trials that fail, what is unknown of one leaves the class open.
        if let Some(best) = Answer::greatest(answers) {
            return best;
        }
        let denied: Grounds =
            self.denied.iter().flat_map(|topic| chart.statements(topic)).collect();
        let never: Grounds = chart
            .statements(&CLASS_NOT_TRIED)
            .filter(|&at| matches!(&chart.facts[at].kind, Kind::Statement(s) if s.value.as_ref().is_some_and(|v| self.class.contains(v))))
            .chain(denied)
            .chain(self.class_denied(chart))
            .collect();
        if never.is_empty() { Answer::silent(&self.missing) } else { Answer::of(Tri::No, never) }
    }

    /// Facts that deny a whole class by its name: "NSAID or acetaminophen ever taken: no".
    fn class_denied<'c>(&'c self, chart: &'c Chart) -> impl Iterator<Item = usize> + 'c {
        let trials = chart.history.trials.iter();
        trials
            .filter(|trial| self.class.contains(&trial.drug) && !trial.taken)
            .flat_map(|trial| trial.denied.iter().copied())
    }

    fn of_drug<'c, A: Account<'c>>(
        &'c self,
        chart: &'c Chart,
        trial: &'c chart::Trial,
    ) -> Option<Answer<A>> {
        if self.or_contraindicated {
            let reasoned: Grounds =
                trial.intolerance.iter().filter(|(_, reason)| *reason).map(|(at, _)| *at).collect();
            let withheld = trial.withheld.iter().copied().filter(|&at| !self.is_choice(chart, at));
            let grounds: Grounds = reasoned.into_iter().chain(withheld).collect();
            if !grounds.is_empty() {
                let answer = Answer::of(Tri::Yes, grounds);
                return Some(answer.noting("drug_ruled_out", || [trial.drug.clone()]));
            }
        }
        if !trial.taken {
            let never: Grounds = trial.denied.iter().chain(&trial.withheld).copied().collect();
            return (!never.is_empty()).then(|| Answer::of(Tri::No, never));
        }
        if chart.each_told_as(&trial.facts, &FOR_OTHER_COMPLAINT) {
            return None;
        }
        let Some(weeks) = self.weeks else {
            return Some(Answer::of(Tri::Yes, trial.facts.as_slice()));
        };
        let dose = self.dose(trial);
        let long = match (trial.weeks, trial.weeks_at_least) {
            // Durations are written in round numbers: 28 days are four weeks.
            (Some(told), _) if told >= weeks - 0.1 => Tri::Yes,
            (_, Some(least)) if least >= weeks => Tri::Yes,
            (Some(_), _) => Tri::No,
            _ => Tri::Unknown,
        };
        let answer = Answer::of(dose.min(long), trial.facts.as_slice()).lacking(&self.missing);
        Some(answer.noting("drug_tried", || {
            let rounded =
                |number: Option<f64>| number.map(|n| format!("{n:.0}")).unwrap_or_default();
            let dose_is = match dose {
                Tri::Yes => "enough",
                Tri::No => "less",
                Tri::Unknown => "",
            };
            [
                trial.drug.clone(),
                rounded(trial.per_day),
                rounded(self.wanted_dose(&trial.drug)),
                dose_is.to_owned(),
                rounded(trial.weeks),
                rounded((long == Tri::Yes).then_some(weeks)),
            ]
        }))
    }

    /// Supplies a trial of the first drug of the set, or that none was tried.
    pub(super) fn supply(&self, wanted: Tri, supply: &mut Supply) -> bool {
        let Some(drug) = self.drugs.first() else { return false };
        let mut told = Medication { name: drug.to_owned(), ..Medication::default() };
        if wanted == Tri::Yes {
            told.status = Some(MedicationStatus::Past);
            told.dose = self.wanted_dose(drug).map(|dose| format!("{dose} mg"));
            told.frequency = Some("1".into());
            told.duration = self.weeks.map(|weeks| format!("{} weeks", weeks.ceil()));
        } else {
            told.status = Some(MedicationStatus::NotTaken);
        }
        supply.tell(told);
        true
    }

    fn wanted_dose(&self, drug: &str) -> Option<f64> {
        self.doses.iter().find(|(known, _)| known == drug).map(|(_, dose)| *dose)
    }

    /// Whether the highest dose a day is adequate; a dose told without its frequency is a lower bound.
    fn dose(&self, trial: &chart::Trial) -> Tri {
        match (self.wanted_dose(&trial.drug), trial.per_day) {
            (None, _) => Tri::Yes,
            (_, None) => Tri::Unknown,
            (Some(wanted), Some(dose)) if dose >= wanted => Tri::Yes,
            _ if trial.dose_is_known => Tri::No,
            _ => Tri::Unknown,
        }
    }

    fn contraindicated<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Option<Answer<A>> {
        let grounds: Grounds = chart
            .standing(const { kind_index("contraindication") })
            .iter()
            .copied()
            .filter(|&at| match &chart.facts[at].kind {
                Kind::Contraindication(it) => {
                    (self.drugs.has(&it.treatment) || self.class.contains(&it.treatment))
                        && it.reason.is_some()
                        && !self.is_choice(chart, at)
                }
                _ => false,
            })
            .collect();
        (!grounds.is_empty())
            .then(|| Answer::of(Tri::Yes, grounds).noting("class_ruled_out", || []))
    }

    /// Whether the reason is a wish, the cost or the like.
    fn is_choice(&self, chart: &Chart, at: usize) -> bool {
        let reason = match &chart.facts[at].kind {
            Kind::Medication(drug) => drug.reason.as_deref(),
            Kind::Contraindication(it) => it.reason.as_deref(),
            _ => None,
        };
        reason.is_some_and(|reason| self.choice.are_in(reason))
    }
}

/// A course of therapy, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCourse {
    therapy: TherapyKind,
    /// At least so many weeks.
    weeks: Number,
    /// Ended not more than so many months before the case's day.
    within: Number,
    /// With a therapist.
    #[serde(default)]
    supervised: bool,
    /// Its result is recorded, on the course or by this statement.
    outcome: String,
    /// Statement that the therapy was for something else.
    elsewhere: String,
}

/// A course of therapy, compiled.
#[derive(Clone, Debug)]
pub(super) struct Course {
    therapy: TherapyKind,
    weeks: f64,
    within: f64,
    supervised: bool,
    outcome: Topic<String>,
    elsewhere: Topic<String>,
}

impl RawCourse {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Course, String> {
        scope.check_topics(&[self.outcome.clone(), self.elsewhere.clone()])?;
        Ok(Course {
            therapy: self.therapy,
            weeks: scope.number(&self.weeks, Unit::Weeks)?,
            within: scope.number(&self.within, Unit::Months)?,
            supervised: self.supervised,
            outcome: self.outcome.as_str().into(),
            elsewhere: self.elsewhere.as_str().into(),
        })
    }
}

impl Course {
    /// The best of the courses; none done where the record says so.
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let courses =
            chart.history.courses.iter().filter(|course| {
                course.therapy == self.therapy && !self.is_elsewhere(chart, course)
            });
        if let Some(best) = Answer::greatest(courses.map(|course| self.of_course(chart, course))) {
            return best;
        }
        let denied: Grounds = chart
            .standing(const { kind_index("therapy") })
            .iter()
            .copied()
            .filter(|&at| {
                matches!(&chart.facts[at].kind, Kind::Therapy(t) if t.therapy == self.therapy)
                    && reading::therapy_status(&chart.facts[at]) == Some(TherapyStatus::NotDone)
            })
            .collect();
        if denied.is_empty() { Answer::silent(Item::Course) } else { Answer::of(Tri::No, denied) }
    }

    /// Supplies a course that has all that is asked for, or that there was none.
    pub(super) fn supply(&self, chart: &Chart, wanted: Tri, supply: &mut Supply) -> bool {
        let told = match wanted {
            Tri::Yes => course(chart, self.therapy, self.weeks),
            _ => Therapy {
                therapy: self.therapy,
                status: Some(TherapyStatus::NotDone),
                ..Therapy::default()
            },
        };
        supply.tell(told);
        true
    }

    /// Whether each account of a course says that it was for something else: "PT for the knee".
    fn is_elsewhere(&self, chart: &Chart, course: &chart::Course) -> bool {
        chart.each_told_as(&course.facts, &self.elsewhere)
    }

    fn of_course<'c, A: Account<'c>>(
        &'c self,
        chart: &'c Chart,
        course: &chart::Course,
    ) -> Answer<A> {
        let mut lacks = A::default();
        let mut need = |value: Tri, what: Item| {
            if value == Tri::Unknown {
                lacks.lack(what);
            }
            value
        };
        // A visit is with a therapist; a course of visits is supervised unless the record denies it.
        let supervised = match (course.supervised, course.visits) {
            _ if !self.supervised => Tri::Yes,
            (Some(said), _) => Tri::from(said),
            (None, Some(visits)) if visits > 0.0 => Tri::Yes,
            _ => Tri::Unknown,
        };
        let long = match (course.weeks, course.visits) {
            // "Six weeks" from a Monday to a Friday are a few days less.
            (Some(weeks), _) => Tri::from(weeks >= self.weeks - 0.6),
            // Fewer visits than one a week cannot have filled the time.
            (None, Some(visits)) if visits < self.weeks => Tri::No,
            _ => Tri::Unknown,
        };
        let age = |day| {
            chart.as_of.map(|as_of| {
                f64::from(chart::days_between(day, as_of).max(0)) / quantity::DAYS_A_MONTH
            })
        };
        let recent = match course.end.map(|(early, late)| (age(late), age(early))) {
            _ if course.current => Tri::Yes,
            Some((Some(least), Some(most))) => {
                Tri::of_range(least, most, |months| months <= self.within)
            }
            _ => Tri::Unknown,
        };
        let told = chart.statements(&self.outcome).next();
        let outcome =
            if course.outcomes.is_empty() && told.is_none() { Tri::Unknown } else { Tri::Yes };
        // A statement that was read says it of the course whose words it holds.
        let unplaced = |&at: &usize| chart.facts[at].place.source.is_none();
        let aimed = Tri::from(!chart.statements(&self.elsewhere).any(|at| unplaced(&at)));
        let value = need(supervised, Item::CourseSupervision)
            .min(need(long, Item::CourseLength))
            .min(need(recent, Item::CourseDates))
            .min(need(outcome, Item::CourseResult))
            .min(aimed);
        // A course that one document has complete and another broken off is for a person to settle.
        if course.disputed && value == Tri::Yes {
            return Answer::open(Flags::CONFLICTING, course.facts.as_slice());
        }
        let mut facts = Grounds::from_slice(&course.facts);
        if course.outcomes.is_empty() {
            facts.extend(told);
        }
        let mut account = if value == Tri::Unknown { lacks } else { A::default() };
        if let Some(weeks) = course.weeks {
            account.note("course_lasted", || [format!("{weeks:.0}")]);
        }
        if recent == Tri::No {
            account.note("course_is_old", || [format!("{:.0}", self.within)]);
        }
        Answer { account, ..Answer::of(value, facts) }
    }
}

/// A supervised course of so many weeks that ended a fortnight before the case's day.
pub(super) fn course(chart: &Chart, therapy: TherapyKind, weeks: f64) -> Therapy {
    let day = |days: f64| days_before(chart, days).map(Into::into);
    Therapy {
        therapy,
        status: Some(TherapyStatus::Past),
        supervised: Some(true),
        outcome: Some(Outcome::Partial),
        visits: Some((weeks * 2.0).ceil()),
        start: day(14.0 + 7.0 * weeks.ceil()),
        stop: day(14.0),
        ..Therapy::default()
    }
}
