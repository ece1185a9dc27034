//! What if the record said what it lacks? Facts that would answer a rule are made up, added to
//! the chart in a document of their own, and the case is decided again.
//!
//! Nothing made up ever reaches a report: only whether it would have been enough.

use std::sync::Arc;

use jiff::Span;
use jiff::civil::Date;

use super::decide::{determine, settle};
use super::logic::Tri;
use super::policy::Policy;
use super::rule::{Case, Rule};
use super::{Decided, Determination, Outcome, Severity};
use crate::chart::{Chart, ChartDocument, Given};
use crate::date::PartialDate;
use crate::fact::{Assertion, Fact, Kind, Origin, Place, Section};

/// How often what was supplied may open further questions ("a block was done": with what relief?).
const ROUNDS: usize = 6;

/// A fact that a record could tell.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    pub(super) kind: Kind,
    pub(super) date: Option<PartialDate>,
    pub(super) section: Section,
    pub(super) quote: String,
    pub(super) checkbox: bool,
}

impl Told {
    /// Of this kind, and no more.
    pub(super) fn of(kind: Kind) -> Self {
        Told { kind, date: None, section: Section::Other, quote: String::new(), checkbox: false }
    }
}

/// What is supplied to a chart.
#[derive(Default)]
pub(super) struct Supply {
    told: Vec<Told>,
    /// Whether every document is signed, and one is of the case's day.
    complete: bool,
}

impl Supply {
    /// Adds a fact.
    pub(super) fn add(&mut self, told: Told) {
        if !self.told.contains(&told) {
            self.told.push(told);
        }
    }

    /// Adds a fact without a date.
    pub(super) fn tell(&mut self, kind: impl Into<Kind>) {
        self.add(Told::of(kind.into()));
    }

    /// Adds a fact of a day.
    pub(super) fn tell_on(&mut self, kind: impl Into<Kind>, date: Option<PartialDate>) {
        self.add(Told { date, ..Told::of(kind.into()) });
    }

    /// Adds a statement.
    pub(super) fn state(&mut self, topic: &str) {
        self.tell(crate::fact::Statement { topic: topic.to_owned(), value: None });
    }

    /// Signs and dates the documents.
    pub(super) fn complete(&mut self) {
        self.complete = true;
    }

    /// The facts so far.
    #[cfg(test)]
    pub(super) fn told(&self) -> &[Told] {
        &self.told
    }

    fn amount(&self) -> (usize, bool) {
        (self.told.len(), self.complete)
    }

    /// The chart with what is supplied.
    fn add_to(&self, chart: &Chart) -> Chart {
        let mut documents: Vec<(ChartDocument, Vec<Arc<Fact>>)> =
            chart.documents.iter().map(|document| (document.clone(), Vec::new())).collect();
        for fact in &chart.facts {
            if let Some((_, facts)) = documents.get_mut(fact.place.document) {
                facts.push(Arc::clone(fact));
            }
        }
        if self.complete {
            documents.iter_mut().for_each(|(document, _)| document.signed = Some(true));
        }
        let sent = ChartDocument {
            date: chart.as_of.map(Into::into),
            signed: self.complete.then_some(true),
            ..Default::default()
        };
        let facts = self.told.iter().enumerate().map(|(n, told)| Arc::new(told.fact(n))).collect();
        documents.push((sent, facts));
        let request = &chart.request;
        // A side or an intent in conflict stays in conflict.
        let given =
            Given { as_of: chart.as_of, cpt: request.cpt.clone(), side: None, intent: None };
        let mut supplied = Chart::gather_shared(documents, given);
        supplied.request.side = supplied.request.side.or(request.side);
        supplied.request.intent = supplied.request.intent.or(request.intent);
        supplied
    }
}

impl Told {
    /// As a fact of a record, the `n`th.
    pub(super) fn fact(&self, n: usize) -> Fact {
        Fact {
            id: format!("supplied-{n}"),
            kind: self.kind.clone(),
            assertion: Assertion {
                origin: if self.checkbox { Origin::Checkbox } else { Origin::Clinician },
                ..Assertion::default()
            },
            date: self.date,
            section: self.section,
            rule: "supplied".into(),
            confidence: 1.0,
            place: Place { start: n, end: n + 1, quote: self.quote.clone(), ..Place::default() },
        }
    }
}

/// A day so many days before the case's.
pub(super) fn days_before(chart: &Chart, days: f64) -> Option<Date> {
    chart.as_of?.checked_sub(Span::new().days(days.ceil() as i64)).ok()
}

impl Rule {
    /// Supplies what would make the rule answer yes or no; whether anything could be.
    pub(super) fn supply(
        &self,
        policy: &Policy,
        case: &Case<'_, '_>,
        wanted: Tri,
        supply: &mut Supply,
    ) -> bool {
        if self.value(case) == wanted {
            return true;
        }
        let chart = case.chart;
        // Every part, or any: `all` fails by one part, `any` holds by one.
        let mut every = |parts: &[Rule], all: bool| {
            let mut done = all;
            for part in parts {
                let supplied = part.supply(policy, case, wanted, supply);
                match all {
                    true => done &= supplied,
                    false if supplied => return true,
                    false => {}
                }
            }
            done
        };
        match self {
            Rule::All(parts) => every(parts, wanted == Tri::Yes),
            Rule::Any(parts) => every(parts, wanted != Tri::Yes),
            Rule::NOf(n, parts, _) => {
                let needed = if wanted == Tri::Yes { *n } else { parts.len() + 1 - n };
                let mut done = 0;
                for part in parts {
                    if done < needed && part.supply(policy, case, wanted, supply) {
                        done += 1;
                    }
                }
                done >= needed
            }
            Rule::Not(part) => part.supply(policy, case, wanted.negate(), supply),
            Rule::Constant(_) | Rule::Unsettled(_) => false,
            Rule::Criterion(at, _) => policy
                .criteria
                .get(*at)
                .is_some_and(|criterion| criterion.rule.supply(policy, case, wanted, supply)),
            Rule::Fact(leaf) => leaf.supply(chart, wanted, supply),
            Rule::Onset(leaf) => leaf.supply(wanted, supply),
            Rule::Score(leaf) => leaf.supply(wanted, supply),
            Rule::Injection(leaf) if wanted == Tri::Yes => leaf.supply(chart, supply),
            Rule::Injection(_) => {
                supply.state("no-prior-injections");
                true
            }
            Rule::Injections(leaf) => leaf.supply(chart, wanted, supply),
            Rule::Interval(leaf) => leaf.supply(chart, wanted, supply),
            Rule::Response(leaf) => leaf.supply(chart, wanted, supply),
            Rule::Change(leaf) => leaf.supply(chart, wanted, supply),
            Rule::Trial(leaf) => leaf.supply(wanted, supply),
            Rule::Course(leaf) => leaf.supply(chart, wanted, supply),
            Rule::Care(leaf) => leaf.supply(chart, wanted, supply),
            Rule::InScope(leaf) => leaf.supply(wanted, supply),
            Rule::Request(leaf) => leaf.supply(chart, wanted, supply),
            Rule::Levels(leaf) => leaf.supply(wanted, supply),
            Rule::Documents(_) => {
                supply.complete();
                true
            }
        }
    }
}

/// What a case would come to with something supplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supposed {
    /// The recommendation.
    pub determination: Determination,
    /// What it would be if no policy exclusion applied.
    pub determination_without_exclusions: Determination,
    /// Criteria that are still not documented, other than for evidence in conflict, equivocal or illegible: their places.
    pub still_missing: Vec<usize>,
    /// Criteria that count and are still open or not met: their places.
    pub left: Vec<usize>,
}

/// What the case would come to if all documentation that it lacks were supplied, and said what the policy asks for.
pub fn with_documentation(policy: &Policy, chart: &Chart) -> Supposed {
    suppose(policy, chart, |_, settled| missing(settled))
}

/// What the case would come to if the things that one pathway step cures were done and documented.
pub fn with_step(policy: &Policy, chart: &Chart, step: usize) -> Supposed {
    let cures = policy.steps.get(step).map_or(&[][..], |step| &step.cures);
    let settled = settle::<()>(policy, chart).0;
    let applied: Vec<bool> = settled.iter().map(|s| s.outcome != Outcome::NotApplicable).collect();
    suppose(policy, chart, |at, settled| {
        // What the step itself brings into question is a part of it.
        let opened = !applied.get(at).copied().unwrap_or_default() && missing(settled);
        opened
            || (cures.contains(&at)
                && matches!(settled.outcome, Outcome::NotMet | Outcome::NotDocumented))
    })
}

/// Whether the record is silent on a criterion, and not merely in conflict or equivocal.
fn missing(settled: &Decided) -> bool {
    settled.outcome == Outcome::NotDocumented && !settled.flags.refers()
}

fn suppose(policy: &Policy, chart: &Chart, wanted: impl Fn(usize, &Decided) -> bool) -> Supposed {
    let mut supply = Supply::default();
    let mut supplied = chart.clone();
    for _ in 0..ROUNDS {
        let before = supply.amount();
        let settled = settle::<()>(policy, &supplied).0;
        let case = Case::of(&supplied, &settled);
        for (at, criterion) in policy.criteria.iter().enumerate() {
            if settled.get(at).is_some_and(|settled| wanted(at, settled)) {
                criterion.rule.supply(policy, &case, Tri::Yes, &mut supply);
            }
        }
        if supply.amount() == before {
            break;
        }
        let next = supply.add_to(chart);
        drop(settled);
        supplied = next;
    }
    let settled = settle::<()>(policy, &supplied).0;
    let places = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..settled.len()).filter(|at| wanted(*at)).collect()
    };
    Supposed {
        determination: determine(policy, &settled, true),
        determination_without_exclusions: determine(policy, &settled, false),
        still_missing: places(&|at| missing(&settled[at])),
        left: places(&|at| {
            policy.criteria[at].severity != Severity::Informational
                && matches!(settled[at].outcome, Outcome::NotMet | Outcome::NotDocumented)
        }),
    }
}
