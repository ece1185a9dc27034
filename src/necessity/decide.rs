//! The decision of a case without its words: outcomes, reasons by rank, pathway, recommendation.

use super::account::Account;
use super::logic::{Answer, Flags, Grounds, Tri};
use super::pathway::{self, Standing};
use super::policy::{Criterion, MissingDocumentation, Policy};
use super::rule::{Case, Rule};
use super::{Determination, Outcome, Severity, StepStatus, reasons};
use crate::chart::Chart;
use crate::halt;

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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decided {
    /// The outcome.
    pub outcome: Outcome,
    /// Why it is open or wrong.
    pub flags: Flags,
    /// Facts that decided it: indices into [`Chart::facts`].
    pub facts: Grounds,
}

/// Decides a case: a pure function of policy and chart.
pub fn decide(policy: &Policy, chart: &Chart) -> Decision {
    let stage = stage(policy, chart);
    let (criteria, _) = settle_at::<()>(policy, chart, stage);
    let Standing { statuses, .. } = pathway::stand(policy, chart, &criteria);
    Decision {
        stage,
        determination: determine(policy, &criteria, true),
        determination_without_exclusions: determine(policy, &criteria, false),
        reasons: reasons::rank(policy, &criteria),
        next_step: statuses.iter().position(|status| *status == StepStatus::Needed),
        pitfalls: pathway::raised(policy, chart, &criteria),
        steps: statuses,
        criteria,
    }
}

/// The stage of treatment that the request is at: the first that holds.
pub(super) fn stage(policy: &Policy, chart: &Chart) -> Option<usize> {
    let case = Case::of(chart, &[]);
    policy.stages.iter().position(|stage| stage.when.value(&case) == Tri::Yes)
}

/// Decides every criterion in order, with what goes with each where it is kept.
pub(super) fn settle<'c, A: Account<'c>>(
    policy: &'c Policy,
    chart: &'c Chart,
) -> (Vec<Decided>, Vec<A>) {
    settle_at(policy, chart, stage(policy, chart))
}

/// The same at a stage that is known.
fn settle_at<'c, A: Account<'c>>(
    policy: &'c Policy,
    chart: &'c Chart,
    stage: Option<usize>,
) -> (Vec<Decided>, Vec<A>) {
    let count = policy.criteria.len();
    let mut decided = Vec::new();
    decided.resize_with(count, Decided::default);
    let mut accounts = vec![A::default(); count];
    for &at in &policy.order {
        halt::look();
        let criterion = &policy.criteria[at];
        let out_of_scope =
            at != 0 && decided.first().is_some_and(|scope| scope.outcome == Outcome::NotMet);
        let other_stage = !criterion.stages.is_empty()
            && stage.is_some_and(|stage| !criterion.stages.contains(&stage));
        if out_of_scope || other_stage {
            decided[at].outcome = Outcome::NotApplicable;
        } else {
            let case = Case { chart, above: &decided, accounts: &accounts };
            (decided[at], accounts[at]) = settle_one(policy, case, criterion);
        }
    }
    (decided, accounts)
}

fn settle_one<'c, A: Account<'c>>(
    policy: &Policy,
    case: Case<'_, 'c, A>,
    criterion: &'c Criterion,
) -> (Decided, A) {
    let chart = case.chart;
    let holds = |rule: &'c Rule| rule.value(&Case::of(chart, case.above)) == Tri::Yes;
    let applies = criterion.applies_when.as_ref().is_none_or(holds);
    let excused = criterion.not_applicable_when.as_ref().is_some_and(holds);
    if !applies || excused {
        let decided = Decided { outcome: Outcome::NotApplicable, ..Decided::default() };
        return (decided, A::default());
    }
    let Answer { mut value, mut flags, facts, account } = criterion.rule.ask(&case);
    let poor =
        |at: &usize| chart.facts[*at].place.ocr_confidence.is_some_and(|c| c < policy.legible_from);
    if !facts.is_empty() && facts.iter().all(poor) {
        value = Tri::Unknown;
        flags = flags.and(Flags::ILLEGIBLE);
    }
    match value {
        Tri::No => flags = flags.and(criterion.flag),
        Tri::Yes => flags = Flags::NONE,
        Tri::Unknown => {}
    }
    (Decided { outcome: value.into(), flags, facts }, account)
}

pub(super) fn in_scope(policy: &Policy, settled: &[Decided]) -> bool {
    debug_assert_eq!(policy.criteria.len(), settled.len());
    settled.first().is_none_or(|scope| scope.outcome != Outcome::NotMet)
}

/// The recommendation: denied before referred before pended.
pub(super) fn determine(
    policy: &Policy,
    settled: &[Decided],
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
            refers |= settled.flags.refers();
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
