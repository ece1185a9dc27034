//! The recommended pathway and the pitfalls, from the outcomes of the criteria.

use super::decide::in_scope;
use super::evaluate::words;
use super::logic::Tri;
use super::policy::{PathwayStep, Policy};
use super::rule::Case;
use super::sentences::Sentences;
use super::{Decided, Outcome, Pitfall, Reason, Step, StepStatus};
use crate::chart::Chart;

/// Where the steps stand, in the policy's order.
pub(super) struct Standing {
    pub(super) statuses: Vec<StepStatus>,
    /// For each step those that come first and are not done.
    blockers: Vec<Vec<usize>>,
}

/// A step is done when the criteria that it cures are met. Nothing is to be done where the policy does not cover the request.
pub(super) fn stand(policy: &Policy, chart: &Chart, settled: &[Decided]) -> Standing {
    let count = policy.steps.len();
    if !in_scope(policy, settled) {
        let statuses = vec![StepStatus::NotApplicable; count];
        return Standing { statuses, blockers: vec![Vec::new(); count] };
    }
    let case = Case::of(chart, settled);
    let mut statuses: Vec<StepStatus> =
        policy.steps.iter().map(|step| own_status(step, &case)).collect();
    // A step with parts is done when its parts are.
    for (n, step) in policy.steps.iter().enumerate() {
        if let Some(whole) = step.part_of
            && statuses[n] == StepStatus::Needed
        {
            statuses[whole] = StepStatus::Needed;
        }
    }
    let open: Vec<bool> = statuses
        .iter()
        .map(|status| !matches!(status, StepStatus::Done | StepStatus::NotApplicable))
        .collect();
    let mut blockers = vec![Vec::new(); count];
    for (n, step) in policy.steps.iter().enumerate().filter(|(n, _)| open[*n]) {
        blockers[n].extend(step.after.iter().copied().filter(|&before| open[before]));
        if !blockers[n].is_empty() {
            statuses[n] = StepStatus::Blocked;
        }
    }
    Standing { statuses, blockers }
}

/// The steps in words, in the policy's order.
pub(super) fn lay(
    policy: &Policy,
    chart: &Chart,
    standing: &Standing,
    reasons: &[Reason],
    sentences: &mut Sentences<'_>,
) -> Vec<Step> {
    let needed =
        |n: usize| !matches!(standing.statuses[n], StepStatus::Done | StepStatus::NotApplicable);
    policy
        .steps
        .iter()
        .enumerate()
        .filter(|(n, step)| !step.only_if_needed || needed(*n))
        .map(|(n, step)| Step {
            number: step.number.clone(),
            id: step.id.clone(),
            title: step.title.clone(),
            status: standing.statuses[n],
            blocked_by: ids(policy, &standing.blockers[n]),
            cures: reasons
                .iter()
                .filter(|r| r.cured_by.contains(&step.id))
                .map(|r| r.id.clone())
                .collect(),
            action: action(step, chart, sentences),
            by: step.by.clone(),
            evidence: step.evidence.clone(),
        })
        .collect()
}

fn ids(policy: &Policy, places: &[usize]) -> Vec<String> {
    places.iter().map(|&n| policy.steps[n].id.clone()).collect()
}

fn own_status(step: &PathwayStep, case: &Case<'_, '_>) -> StepStatus {
    let outcomes = || step.cures.iter().filter_map(|&n| case.above.get(n)).map(|s| s.outcome);
    let unmet = outcomes().any(|o| matches!(o, Outcome::NotMet | Outcome::NotDocumented));
    if step.last {
        StepStatus::Needed
    } else if unmet {
        // Only a step that would be needed can be spared.
        let excused =
            step.not_applicable_when.as_ref().is_some_and(|rule| rule.value(case) == Tri::Yes);
        let cautioned = || {
            step.cautions
                .iter()
                .filter(|caution| caution.rules_out)
                .any(|caution| caution.find.iter().any(|f| f.find(case.chart).next().is_some()))
        };
        if excused || cautioned() { StepStatus::NotApplicable } else { StepStatus::Needed }
    } else if !step.cures.is_empty() && outcomes().all(|o| o == Outcome::NotApplicable) {
        StepStatus::NotApplicable
    } else {
        StepStatus::Done
    }
}

/// What to do, with what in the record speaks against it.
fn action(step: &PathwayStep, chart: &Chart, sentences: &mut Sentences<'_>) -> String {
    let mut text = step.action.clone();
    for caution in &step.cautions {
        if let Some(fact) = caution.find.iter().find_map(|f| f.find(chart).next()) {
            let fact = &chart.facts[fact];
            text.push_str(&sentences.caution(&caution.text, &words(fact), fact.place.page));
        }
    }
    text
}

/// The checks over the result that raise something: their places.
pub(super) fn raised(policy: &Policy, chart: &Chart, settled: &[Decided]) -> Vec<usize> {
    let case = Case::of(chart, settled);
    if !in_scope(policy, settled) {
        return Vec::new();
    }
    let pitfalls = policy.pitfalls.iter().enumerate();
    pitfalls.filter(|(_, p)| p.when.value(&case) == Tri::Yes).map(|(n, _)| n).collect()
}

/// The checks over the result that raise something, in words.
pub(super) fn pitfalls(policy: &Policy, chart: &Chart, settled: &[Decided]) -> Vec<Pitfall> {
    raised(policy, chart, settled)
        .into_iter()
        .map(|n| &policy.pitfalls[n])
        .map(|pitfall| Pitfall {
            id: pitfall.id.clone(),
            text: pitfall.text.clone(),
            criteria: pitfall.criteria.clone(),
        })
        .collect()
}
