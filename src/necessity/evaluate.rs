//! A verdict from a policy and a chart.

use super::logic::{Answer, Flags, Tri};
use super::policy::{Criterion, MissingDocumentation, Policy};
use super::rule::Case;
use super::{Determination, Finding, Outcome, ReasonClass, Severity, Verdict, pathway, reasons};
use crate::chart::Chart;
use crate::fact::Fact;

/// A criterion that is decided.
#[derive(Clone, Debug, Default)]
pub(super) struct Settled<'c> {
    pub(super) outcome: Outcome,
    pub(super) answer: Answer<'c>,
}

/// What a policy says of a case: a pure function of both.
pub fn evaluate(policy: &Policy, chart: &Chart) -> Verdict {
    let settled = settle(policy, chart, false);
    let determination = determine(policy, &settled, true);
    let findings: Vec<Finding> = policy
        .criteria
        .iter()
        .zip(&settled)
        .map(|(criterion, settled)| finding(chart, criterion, settled))
        .collect();
    let reasons = reasons::rank(policy, &settled, &findings);
    let mut pathway = pathway::lay(policy, chart, &settled, &reasons);
    if !in_scope(policy, &settled) {
        pathway.iter_mut().for_each(pathway::out_of_scope);
    }
    let next_step = pathway::next(&pathway).map(|step| step.id.clone());
    let counted = || reasons.iter().filter(|reason| reason.severity != Severity::Informational);
    let mut flags: Vec<String> = findings.iter().flat_map(|f| f.flags.iter().cloned()).collect();
    flags.sort();
    flags.dedup();
    let mut verdict = Verdict {
        policy_id: policy.id.clone(),
        policy_version: policy.version.clone(),
        determination,
        determination_without_exclusions: determine(policy, &settled, false),
        pitfalls: pathway::pitfalls(policy, chart, &settled),
        curable: counted().all(|reason| reason.curable),
        // What failed fails whatever is supplied: only then is it worth deciding again.
        documentation_only: counted().next().is_some()
            && !counted().any(|reason| failed(reason.class))
            && documentation_only(policy, chart),
        flags,
        next_step,
        findings,
        reasons,
        pathway,
        rationale: String::new(),
    };
    verdict.rationale = reasons::rationale(policy, &verdict);
    verdict
}

/// The policy for a chart: the first that covers the requested code or name, else the default one, else the first.
///
/// `None` only where there are no policies.
pub fn choose<'p>(policies: &'p [Policy], chart: &Chart) -> Option<&'p Policy> {
    policies
        .iter()
        .find(|policy| policy.covers(&chart.request))
        .or_else(|| policies.iter().find(|policy| policy.id == DEFAULT_POLICY))
        .or_else(|| policies.first())
}

/// The policy for requests that none covers.
pub const DEFAULT_POLICY: &str = "cluneal-nerve-block";

/// Decides every criterion in order; with `supply`, as if the documentation that is missing were there and met them.
pub(super) fn settle<'c>(policy: &'c Policy, chart: &'c Chart, supply: bool) -> Vec<Settled<'c>> {
    let mut above: Vec<Settled<'c>> = vec![Settled::default(); policy.criteria.len()];
    for &at in &policy.order {
        let criterion = &policy.criteria[at];
        let out_of_scope =
            at != 0 && above.first().is_some_and(|scope| scope.outcome == Outcome::NotMet);
        let mut settled = if out_of_scope {
            Settled { outcome: Outcome::NotApplicable, answer: Answer::default() }
        } else {
            decide(policy, chart, criterion, &above)
        };
        if supply && settled.outcome == Outcome::NotDocumented && !settled.answer.flags.refers() {
            settled.outcome = Outcome::Met;
        }
        above[at] = settled;
    }
    above
}

fn decide<'c>(
    policy: &'c Policy,
    chart: &'c Chart,
    criterion: &'c Criterion,
    above: &[Settled<'c>],
) -> Settled<'c> {
    let case = Case { chart, above };
    let applies =
        criterion.applies_when.as_ref().is_none_or(|rule| rule.ask(case).value == Tri::Yes);
    let excused =
        criterion.not_applicable_when.as_ref().is_some_and(|rule| rule.ask(case).value == Tri::Yes);
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

fn in_scope(policy: &Policy, settled: &[Settled<'_>]) -> bool {
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
    let required = || {
        policy.criteria.iter().zip(settled).filter(|(criterion, _)| {
            criterion.severity == Severity::Required && (with_exclusions || !criterion.exclusion)
        })
    };
    let any = |outcome: Outcome| required().any(|(_, settled)| settled.outcome == outcome);
    let refers =
        required().any(|(_, s)| s.outcome == Outcome::NotDocumented && s.answer.flags.refers());
    let silent = any(Outcome::NotDocumented);
    if any(Outcome::NotMet)
        || (silent && !refers && policy.missing_documentation == MissingDocumentation::Deny)
    {
        Determination::NotMedicallyNecessary
    } else if refers {
        Determination::ReferToClinician
    } else if silent {
        Determination::PendMissingDocumentation
    } else {
        Determination::MeetsCriteria
    }
}

/// Whether a reason of the class rests on what the record says, not on what it lacks.
fn failed(class: ReasonClass) -> bool {
    matches!(class, ReasonClass::PolicyExclusion | ReasonClass::CriterionFailed)
}

/// Whether nothing would be left with the missing documentation supplied as met.
fn documentation_only(policy: &Policy, chart: &Chart) -> bool {
    let supplied = settle(policy, chart, true);
    policy.criteria.iter().zip(&supplied).all(|(criterion, settled)| {
        criterion.severity == Severity::Informational
            || matches!(settled.outcome, Outcome::Met | Outcome::NotApplicable)
    })
}

fn finding(chart: &Chart, criterion: &Criterion, settled: &Settled<'_>) -> Finding {
    let answer = &settled.answer;
    let observed = observed(chart, answer, settled.outcome);
    let missing: Vec<String> = match settled.outcome {
        Outcome::NotDocumented => {
            answer.missing.iter().filter(|m| !m.is_empty()).map(|m| (*m).to_owned()).collect()
        }
        _ => Vec::new(),
    };
    let explanation = reasons::explain(criterion, settled, &observed, &missing);
    Finding {
        criterion_id: criterion.id.clone(),
        title: criterion.title.clone(),
        severity: criterion.severity,
        category: criterion.category.clone(),
        outcome: settled.outcome,
        observed,
        required: criterion.required.clone(),
        facts: answer.facts.clone(),
        missing,
        flags: answer.flags.words().map(str::to_owned).collect(),
        reason_id: reasons::reason_id(criterion, settled),
        cured_by: criterion.cured_by.clone(),
        evidence: criterion.evidence.clone(),
        explanation,
    }
}

/// What the record shows: what was worked out, then the words of the record.
fn observed(chart: &Chart, answer: &Answer<'_>, outcome: Outcome) -> String {
    const QUOTES: usize = 3;
    if outcome == Outcome::NotApplicable {
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
    answer.notes.iter().for_each(|note| add(note));
    for &at in answer.facts.iter().take(QUOTES) {
        let words = words(&chart.facts[at]);
        if !words.is_empty() {
            add(&format!("\"{words}\""));
        }
    }
    if text.is_empty() {
        text.push_str(if answer.facts.is_empty() {
            "nothing in the record"
        } else {
            "stated in the record"
        });
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
