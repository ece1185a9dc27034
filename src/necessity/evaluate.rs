//! A verdict in words from a policy and a chart.

use super::account::InWords;
use super::choose::in_force_flag;
use super::decide::{determine, settle, stage};
use super::policy::{Criterion, Policy};
use super::sentences::Sentences;
use super::supply::{with_documentation, with_step};
use super::{
    Decided, Determination, Finding, Outcome, ReasonClass, Severity, StepStatus, Templates,
    Verdict, pathway, reasons,
};
use crate::chart::Chart;
use crate::fact::Fact;

/// What a policy says of a case, in the program's own words: a pure function of both.
pub fn evaluate(policy: &Policy, chart: &Chart) -> Verdict {
    evaluate_in(Templates::embedded(), policy, chart)
}

/// The same in the words of these templates.
pub fn evaluate_in(templates: &Templates, policy: &Policy, chart: &Chart) -> Verdict {
    let (settled, accounts) = settle::<InWords<'_>>(policy, chart);
    let mut sentences = templates.sentences();
    let findings: Vec<Finding> = policy
        .criteria
        .iter()
        .zip(settled.iter().zip(&accounts))
        .map(|(criterion, (settled, account))| {
            finding(chart, criterion, settled, account, &mut sentences)
        })
        .collect();
    let standing = pathway::stand(policy, chart, &settled);
    let reasons = reasons::tell(policy, &settled, &findings);
    let next = standing.statuses.iter().position(|status| *status == StepStatus::Needed);
    let counted = || reasons.iter().filter(|reason| reason.severity != Severity::Informational);
    let mut flags: Vec<String> = findings.iter().flat_map(|f| f.flags.iter().cloned()).collect();
    flags.extend(in_force_flag(policy, chart).map(str::to_owned));
    flags.sort();
    flags.dedup();
    // What failed fails whatever is supplied: only then is it worth deciding again.
    let documentation_only = counted().next().is_some()
        && !counted().any(|reason| failed(reason.class))
        && with_documentation(policy, chart).left.is_empty();
    let mut verdict = Verdict {
        policy_id: policy.id.clone(),
        policy_version: policy.version.clone(),
        stage: stage(policy, chart).map(|at| policy.stages[at].title.clone()),
        determination: determine(policy, &settled, true),
        determination_without_exclusions: determine(policy, &settled, false),
        pitfalls: pathway::pitfalls(policy, chart, &settled),
        curable: counted().all(|reason| reason.curable),
        documentation_only,
        one_fix_away: one_fix_away(policy, chart, &standing.statuses, &settled),
        flags,
        next_step: next.map(|at| policy.steps[at].id.clone()),
        pathway: pathway::lay(policy, chart, &standing, &reasons, &mut sentences),
        findings,
        reasons,
        rationale: String::new(),
    };
    verdict.rationale = reasons::rationale(policy, &verdict, &mut sentences);
    verdict
}

/// The steps of which each alone would leave every required criterion met, but for an exclusion of the policy.
fn one_fix_away(
    policy: &Policy,
    chart: &Chart,
    statuses: &[StepStatus],
    settled: &[Decided],
) -> Vec<String> {
    if determine(policy, settled, false) == Determination::MeetsCriteria {
        return Vec::new();
    }
    let open = |at: &usize| {
        matches!(settled[*at].outcome, Outcome::NotMet | Outcome::NotDocumented)
            && policy.criteria[*at].severity == Severity::Required
            && !policy.criteria[*at].exclusion
            && !policy.criteria[*at].roll_up
    };
    let needed: Vec<usize> = (0..policy.criteria.len()).filter(open).collect();
    policy
        .steps
        .iter()
        .enumerate()
        .filter(|(at, step)| {
            // A step that leaves out one of the open criteria need not be tried, but for those that build on others.
            let some = needed.iter().any(|criterion| step.cures.contains(criterion));
            some && matches!(statuses[*at], StepStatus::Needed | StepStatus::Blocked)
        })
        .filter(|(at, _)| {
            with_step(policy, chart, *at).determination_without_exclusions
                == Determination::MeetsCriteria
        })
        .map(|(_, step)| step.id.clone())
        .collect()
}

/// Whether a reason of the class rests on what the record says, not on what it lacks.
fn failed(class: ReasonClass) -> bool {
    matches!(class, ReasonClass::PolicyExclusion | ReasonClass::CriterionFailed)
}

fn finding(
    chart: &Chart,
    criterion: &Criterion,
    settled: &Decided,
    account: &InWords<'_>,
    sentences: &mut Sentences<'_>,
) -> Finding {
    let observed = observed(chart, settled, account, sentences);
    let missing: Vec<String> = match settled.outcome {
        Outcome::NotDocumented => {
            account.missing.iter().map(|thing| sentences.thing(thing)).collect()
        }
        _ => Vec::new(),
    };
    let explanation = reasons::explain(criterion, settled, &observed, &missing, sentences);
    Finding {
        criterion_id: criterion.id.clone(),
        title: criterion.title.clone(),
        severity: criterion.severity,
        category: criterion.category.clone(),
        outcome: settled.outcome,
        observed,
        required: criterion.required.clone(),
        facts: settled.facts.to_vec(),
        missing,
        flags: settled.flags.words().map(str::to_owned).collect(),
        reason_id: reasons::reason_id(criterion, settled),
        cured_by: criterion.cured_by.clone(),
        evidence: criterion.evidence.clone(),
        explanation,
    }
}

/// What the record shows: what was worked out, then the words of the record.
fn observed(
    chart: &Chart,
    settled: &Decided,
    account: &InWords<'_>,
    sentences: &mut Sentences<'_>,
) -> String {
    const QUOTES: usize = 3;
    if settled.outcome == Outcome::NotApplicable {
        return String::new();
    }
    let mut text = String::new();
    let mut add = |part: &str| {
        if !part.is_empty() && !text.contains(part) {
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.push_str(part);
        }
    };
    account.notes.iter().for_each(|note| add(&sentences.worked(note)));
    for &at in settled.facts.iter().take(QUOTES) {
        let words = words(&chart.facts[at]);
        if !words.is_empty() {
            add(&format!("\"{words}\""));
        }
    }
    if text.is_empty() {
        text = sentences.unquoted(!settled.facts.is_empty());
    }
    text
}

/// The quote of a fact on one line, shortened.
pub(super) fn words(fact: &Fact) -> String {
    const LONGEST: usize = 120;
    let mut words = String::with_capacity(fact.place.quote.len().min(LONGEST));
    for word in fact.place.quote.split_whitespace() {
        if words.len() + word.len() >= LONGEST {
            words.push_str(" …");
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    words
}
