//! Reasons against: what they are called, how they rank, and how they are worded.

use super::evaluate::Settled;
use super::logic::Flags;
use super::policy::{Criterion, Policy, Words};
use super::{Determination, Finding, Outcome, Reason, ReasonClass, Severity, Verdict};

/// The id of the reason that a criterion gives rise to, if any.
pub(super) fn reason_id(criterion: &Criterion, settled: &Settled<'_>) -> Option<String> {
    let suffix = match settled.outcome {
        _ if criterion.roll_up => return None,
        Outcome::NotMet if criterion.exclusion => "excluded",
        Outcome::NotMet if criterion.flag != Flags::NONE => "inconsistent",
        Outcome::NotMet => "failed",
        Outcome::NotDocumented => "undocumented",
        Outcome::Met | Outcome::NotApplicable => return None,
    };
    Some(format!("{}.{suffix}", criterion.id))
}

fn class(criterion: &Criterion, settled: &Settled<'_>) -> ReasonClass {
    match settled.outcome {
        Outcome::NotMet if criterion.exclusion => ReasonClass::PolicyExclusion,
        Outcome::NotMet if criterion.flag != Flags::NONE => ReasonClass::InconsistentRecord,
        Outcome::NotMet => ReasonClass::CriterionFailed,
        _ if settled.answer.flags.has(Flags::CONFLICTING) => ReasonClass::InconsistentRecord,
        _ => ReasonClass::MissingDocumentation,
    }
}

/// All reasons: those of required criteria by class and priority, then supporting, then informational ones.
pub(super) fn rank(policy: &Policy, settled: &[Settled<'_>], findings: &[Finding]) -> Vec<Reason> {
    let mut ranked: Vec<_> = policy
        .criteria
        .iter()
        .zip(settled)
        .zip(findings)
        .filter_map(|((criterion, settled), finding)| {
            let id = finding.reason_id.clone()?;
            let class = class(criterion, settled);
            let key = (criterion.severity, class, criterion.priority, id.clone());
            Some((key, reason(id, class, criterion, settled, finding)))
        })
        .collect();
    ranked.sort_by(|a, b| a.0.cmp(&b.0));
    ranked.into_iter().map(|(_, reason)| reason).collect()
}

fn reason(
    id: String,
    class: ReasonClass,
    criterion: &Criterion,
    settled: &Settled<'_>,
    finding: &Finding,
) -> Reason {
    let fallback = Words { label: short(&criterion.title), ..Default::default() };
    let words = words(criterion, settled.outcome).unwrap_or(&fallback);
    let missing = finding.missing.join(", ");
    let missing_item = match settled.outcome {
        Outcome::NotDocumented if words.missing_item.is_empty() => missing,
        Outcome::NotDocumented => words.missing_item.clone(),
        _ => words.missing_item.clone(),
    };
    Reason {
        id,
        class,
        criterion_id: criterion.id.clone(),
        severity: criterion.severity,
        category: criterion.category.clone(),
        label: words.label.clone(),
        rationale: finding.explanation.clone(),
        policy_clause: criterion.clause.clone(),
        evidence: criterion.evidence.clone(),
        quoted_fact: finding.facts.first().copied(),
        missing_item,
        why_needed: words.why_needed.clone(),
        cured_by: criterion.cured_by.clone(),
        curable: !criterion.cured_by.is_empty(),
        carc_hint: criterion.carc.map(|code| code.to_string()),
    }
}

fn short(title: &str) -> String {
    title.chars().take(60).collect()
}

fn words(criterion: &Criterion, outcome: Outcome) -> Option<&Words> {
    match outcome {
        Outcome::NotMet => criterion.failed.as_ref().or(criterion.undocumented.as_ref()),
        Outcome::NotDocumented => criterion.undocumented.as_ref().or(criterion.failed.as_ref()),
        Outcome::Met | Outcome::NotApplicable => None,
    }
}

/// A sentence or two: why this outcome.
pub(super) fn explain(
    criterion: &Criterion,
    settled: &Settled<'_>,
    observed: &str,
    missing: &[String],
) -> String {
    let flags = settled.answer.flags;
    let worded =
        words(criterion, settled.outcome).map(|words| fill(&words.rationale, observed, missing));
    let why_open = if settled.outcome != Outcome::NotDocumented {
        ""
    } else if flags.has(Flags::CONFLICTING) {
        " The record contradicts itself here; a clinician must settle which statement holds."
    } else if flags.has(Flags::ILLEGIBLE) {
        " What there is could not be read with confidence."
    } else if flags.has(Flags::EQUIVOCAL) {
        " The result is neither one thing nor the other; a clinician must judge it."
    } else {
        ""
    };
    match settled.outcome {
        Outcome::Met => format!("The record meets this: {observed}."),
        Outcome::NotApplicable => "Does not apply to this request.".to_owned(),
        Outcome::NotMet | Outcome::NotDocumented => {
            format!("{}{why_open}", worded.unwrap_or_else(|| criterion.required.clone()))
        }
    }
}

fn fill(template: &str, observed: &str, missing: &[String]) -> String {
    let missing =
        || if missing.is_empty() { "nothing further".to_owned() } else { missing.join(", ") };
    let mut text = template.to_owned();
    if text.contains("{observed}") {
        text = text.replace("{observed}", observed);
    }
    if text.contains("{missing}") {
        text = text.replace("{missing}", &missing());
    }
    text
}

/// Two or three sentences for people.
pub(super) fn rationale(policy: &Policy, verdict: &Verdict) -> String {
    let required = || verdict.findings.iter().filter(|f| f.severity == Severity::Required);
    let count = |outcome: Outcome| required().filter(|f| f.outcome == outcome).count();
    let applicable = required().count() - count(Outcome::NotApplicable);
    let worded = |determination| match determination {
        Determination::MeetsCriteria => "criteria met",
        Determination::NotMedicallyNecessary => "not medically necessary",
        Determination::PendMissingDocumentation => "pend for missing documentation",
        Determination::ReferToClinician => "refer to a clinician",
    };
    let lead = worded(verdict.determination);
    let mut text = format!("Recommended: {lead}, under {} {}.", policy.id, policy.version);
    if let Some(primary) = verdict.reasons.first() {
        text.push_str(&format!(" First reason: {}.", primary.label));
    }
    if verdict.determination != verdict.determination_without_exclusions {
        text.push_str(&format!(
            " Without the policy's exclusion: {}.",
            worded(verdict.determination_without_exclusions)
        ));
    }
    text.push_str(&format!(
        " Of {applicable} required criteria that apply, {} are met, {} not met and {} not documented.",
        count(Outcome::Met),
        count(Outcome::NotMet),
        count(Outcome::NotDocumented)
    ));
    if verdict.determination.requires_clinician_review() {
        text.push_str(" A clinician must review this before anything is decided.");
    }
    text
}

impl Determination {
    /// Whether a clinician must review it: every result but one that meets the criteria.
    pub fn requires_clinician_review(self) -> bool {
        self != Determination::MeetsCriteria
    }
}
