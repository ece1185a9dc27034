//! The decision of a case without its words: outcomes, reasons by rank, pathway, recommendation.

use super::logic::{Answer, Flags, Grounds, Tri};
use super::pathway::{self, Standing};
use super::policy::{Criterion, MissingDocumentation, Policy};
use super::rule::Case;
use super::{Determination, Outcome, Severity, StepStatus, reasons};
use crate::chart::Chart;

/// What a policy says of a case, by the places of its criteria and steps and without words.
///
/// [`evaluate`](super::evaluate) says the same in words; this is for those who decide many cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The stage of treatment that the request is at: its place among the policy's.
    pub stage: Option<usize>,
    /// The recommendation.
    pub determination: Determination,
    /// What it would be if no policy exclusion applied.
    pub determination_without_exclusions: Determination,
    /// One a criterion, in the policy's order.
    pub criteria: Vec<Decided>,
    /// The criteria that give rise to a reason, by rank.
    pub reasons: Vec<usize>,
    /// Where the pathway's steps stand, in the policy's order.
    pub steps: Vec<StepStatus>,
    /// The first step that is to be done.
    pub next_step: Option<usize>,
    /// The pitfalls that the result raises.
    pub pitfalls: Vec<usize>,
}

/// How one criterion came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// The outcome.
    pub outcome: Outcome,
    /// Why it is open or wrong.
    pub flags: Flags,
    /// Facts that decided it: indices into [`Chart::facts`].
    pub facts: Grounds,
}

/// A criterion that is decided.
#[derive(Clone, Debug, Default)]
pub(super) struct Settled<'c> {
    pub(super) outcome: Outcome,
    pub(super) answer: Answer<'c>,
}

/// Decides a case: a pure function of policy and chart.
pub fn decide(policy: &Policy, chart: &Chart) -> Decision {
    let stage = stage(policy, chart);
    let settled = settle_at(policy, chart, stage, false);
    let Standing { statuses, .. } = pathway::stand(policy, chart, &settled);
    Decision {
        stage,
        determination: determine(policy, &settled, true),
        determination_without_exclusions: determine(policy, &settled, false),
        reasons: reasons::rank(policy, &settled),
        next_step: statuses.iter().position(|status| *status == StepStatus::Needed),
        pitfalls: pathway::raised(policy, chart, &settled),
        steps: statuses,
        criteria: settled
            .into_iter()
            .map(|settled| Decided {
                outcome: settled.outcome,
                flags: settled.answer.flags,
                facts: settled.answer.facts,
            })
            .collect(),
    }
}

/// The stage of treatment that the request is at: the first that holds.
pub(super) fn stage(policy: &Policy, chart: &Chart) -> Option<usize> {
    let case = Case { chart, above: &[], words: false };
    policy.stages.iter().position(|stage| stage.when.value(case) == Tri::Yes)
}

/// Decides every criterion in order; with `words`, what is worked out is put in words as well.
pub(super) fn settle<'c>(policy: &'c Policy, chart: &'c Chart, words: bool) -> Vec<Settled<'c>> {
    settle_at(policy, chart, stage(policy, chart), words)
}

/// The same at a stage that is known.
fn settle_at<'c>(
    policy: &'c Policy,
    chart: &'c Chart,
    stage: Option<usize>,
    words: bool,
) -> Vec<Settled<'c>> {
    let mut above: Vec<Settled<'c>> = Vec::new();
    above.resize_with(policy.criteria.len(), Settled::default);
    for &at in &policy.order {
        let criterion = &policy.criteria[at];
        let out_of_scope =
            at != 0 && above.first().is_some_and(|scope| scope.outcome == Outcome::NotMet);
        let other_stage = !criterion.stages.is_empty()
            && stage.is_some_and(|stage| !criterion.stages.contains(&stage));
        let settled = if out_of_scope || other_stage {
            Settled { outcome: Outcome::NotApplicable, answer: Answer::default() }
        } else {
            settle_one(policy, Case { chart, above: &above, words }, criterion)
        };
        above[at] = settled;
    }
    above
}

fn settle_one<'c>(policy: &Policy, case: Case<'_, 'c>, criterion: &'c Criterion) -> Settled<'c> {
    let chart = case.chart;
    let applies = criterion.applies_when.as_ref().is_none_or(|rule| rule.value(case) == Tri::Yes);
    let excused =
        criterion.not_applicable_when.as_ref().is_some_and(|rule| rule.value(case) == Tri::Yes);
    if !applies || excused {
        return Settled { outcome: Outcome::NotApplicable, answer: Answer::default() };
    }
    let mut answer = criterion.rule.ask(case);
    let poor =
        |at: &usize| chart.facts[*at].place.ocr_confidence.is_some_and(|c| c < policy.legible_from);
    if !answer.facts.is_empty() && answer.facts.iter().all(poor) {
        answer.value = Tri::Unknown;
        answer.flags = answer.flags.and(Flags::ILLEGIBLE);
    }
    match answer.value {
        Tri::No => answer.flags = answer.flags.and(criterion.flag),
        Tri::Yes => answer.flags = Flags::NONE,
        Tri::Unknown => {}
    }
    Settled { outcome: answer.value.into(), answer }
}

pub(super) fn in_scope(policy: &Policy, settled: &[Settled<'_>]) -> bool {
    debug_assert_eq!(policy.criteria.len(), settled.len());
    settled.first().is_none_or(|scope| scope.outcome != Outcome::NotMet)
}

/// The recommendation: denied before referred before pended.
pub(super) fn determine(
    policy: &Policy,
    settled: &[Settled<'_>],
    with_exclusions: bool,
) -> Determination {
    if !in_scope(policy, settled) {
        return Determination::ReferToClinician;
    }
    let required = policy.criteria.iter().zip(settled).filter(|(criterion, _)| {
        criterion.severity == Severity::Required && (with_exclusions || !criterion.exclusion)
    });
    let (mut fails, mut silent, mut refers) = (false, false, false);
    for (_, settled) in required {
        fails |= settled.outcome == Outcome::NotMet;
        if settled.outcome == Outcome::NotDocumented {
            silent = true;
            refers |= settled.answer.flags.refers();
        }
    }
    if fails || (silent && !refers && policy.missing_documentation == MissingDocumentation::Deny) {
        Determination::NotMedicallyNecessary
    } else if refers {
        Determination::ReferToClinician
    } else if silent {
        Determination::PendMissingDocumentation
    } else {
        Determination::MeetsCriteria
    }
}
