//! The recommended pathway and the pitfalls, from the outcomes of the criteria.

use super::evaluate::{Settled, words};
use super::logic::Tri;
use super::policy::{PathwayStep, Policy};
use super::rule::Case;
use super::{Outcome, Pitfall, Reason, Step, StepStatus};
use crate::chart::Chart;

/// The steps in the policy's order. A step is done when the criteria that it cures are met.
pub(super) fn lay(
    policy: &Policy,
    chart: &Chart,
    settled: &[Settled<'_>],
    reasons: &[Reason],
) -> Vec<Step> {
    let case = Case { chart, above: settled };
    let mut statuses: Vec<StepStatus> =
        policy.steps.iter().map(|step| own_status(step, case)).collect();
    // A step with parts is done when its parts are.
    for (n, step) in policy.steps.iter().enumerate() {
        if let Some(whole) = step.part_of
            && statuses[n] == StepStatus::Needed
        {
            statuses[whole] = StepStatus::Needed;
        }
    }
    let is_open = |statuses: &[StepStatus], n: usize| {
        !matches!(statuses[n], StepStatus::Done | StepStatus::NotApplicable)
    };
    let open: Vec<bool> = (0..statuses.len()).map(|n| is_open(&statuses, n)).collect();
    let blockers: Vec<Vec<usize>> = policy
        .steps
        .iter()
        .map(|step| step.after.iter().copied().filter(|&before| open[before]).collect())
        .collect();
    policy
        .steps
        .iter()
        .enumerate()
        .filter(|(n, step)| !step.only_if_needed || open[*n])
        .map(|(n, step)| {
            let blocked = open[n] && !blockers[n].is_empty();
            Step {
                number: step.number.clone(),
                id: step.id.clone(),
                title: step.title.clone(),
                status: if blocked { StepStatus::Blocked } else { statuses[n] },
                blocked_by: if blocked { ids(policy, &blockers[n]) } else { Vec::new() },
                cures: reasons
                    .iter()
                    .filter(|r| r.cured_by.contains(&step.id))
                    .map(|r| r.id.clone())
                    .collect(),
                action: action(step, chart),
                evidence: step.evidence.clone(),
            }
        })
        .collect()
}

fn ids(policy: &Policy, places: &[usize]) -> Vec<String> {
    places.iter().map(|&n| policy.steps[n].id.clone()).collect()
}

fn own_status(step: &PathwayStep, case: Case<'_, '_>) -> StepStatus {
    let outcomes = || step.cures.iter().filter_map(|&n| case.above.get(n)).map(|s| s.outcome);
    let excused =
        step.not_applicable_when.as_ref().is_some_and(|rule| rule.ask(case).value == Tri::Yes);
    let cautioned = step.cautions.iter().any(|caution| {
        caution.rules_out && caution.find.iter().any(|f| f.find(case.chart).next().is_some())
    });
    let unmet = outcomes().any(|o| matches!(o, Outcome::NotMet | Outcome::NotDocumented));
    if step.last {
        StepStatus::Needed
    } else if unmet && (excused || cautioned) {
        StepStatus::NotApplicable
    } else if unmet {
        StepStatus::Needed
    } else if !step.cures.is_empty() && outcomes().all(|o| o == Outcome::NotApplicable) {
        StepStatus::NotApplicable
    } else {
        StepStatus::Done
    }
}

/// What to do, with what in the record speaks against it.
fn action(step: &PathwayStep, chart: &Chart) -> String {
    let mut text = step.action.clone();
    for caution in &step.cautions {
        if let Some(fact) = caution.find.iter().find_map(|f| f.find(chart).next()) {
            let quote = words(&chart.facts[fact]);
            let page = chart.facts[fact].place.page;
            text.push_str(&format!(" Caution: {}", caution.text));
            if !quote.is_empty() {
                text.push_str(&format!(" (\"{quote}\", page {page})"));
            }
            text.push('.');
        }
    }
    text
}

/// The first step that is to be done; a part before the whole that it belongs to.
pub(super) fn next(steps: &[Step]) -> Option<&Step> {
    steps.iter().find(|step| step.status == StepStatus::Needed)
}

/// A step of a policy that does not cover the request.
pub(super) fn out_of_scope(step: &mut Step) {
    step.status = StepStatus::NotApplicable;
    step.blocked_by.clear();
}

/// The checks over the result that raised something.
pub(super) fn pitfalls(policy: &Policy, chart: &Chart, settled: &[Settled<'_>]) -> Vec<Pitfall> {
    let case = Case { chart, above: settled };
    let covered = settled.first().is_none_or(|scope| scope.outcome != Outcome::NotMet);
    policy
        .pitfalls
        .iter()
        .filter(|pitfall| covered && pitfall.when.ask(case).value == Tri::Yes)
        .map(|pitfall| Pitfall {
            id: pitfall.id.clone(),
            text: pitfall.text.clone(),
            criteria: pitfall.criteria.clone(),
        })
        .collect()
}
