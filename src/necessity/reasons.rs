//! Reasons against: what they are called, how they rank, and how they are worded.

use super::choose::NOT_IN_FORCE;
use super::decide::Settled;
use super::logic::Flags;
use super::policy::{Criterion, Policy, Words};
use super::{Determination, Finding, Outcome, Reason, ReasonClass, RecordSays, Severity, Verdict};

/// The id of the reason that a criterion gives rise to, if any.
pub(super) fn reason_id(criterion: &Criterion, settled: &Settled<'_>) -> Option<String> {
    suffix(criterion, settled.outcome).map(|suffix| format!("{}.{suffix}", criterion.id))
}

fn suffix(criterion: &Criterion, outcome: Outcome) -> Option<&'static str> {
    match outcome {
        _ if criterion.roll_up => None,
        Outcome::NotMet if criterion.exclusion => Some("excluded"),
        Outcome::NotMet if criterion.flag != Flags::NONE => Some("inconsistent"),
        Outcome::NotMet => Some("failed"),
        Outcome::NotDocumented => Some("undocumented"),
        Outcome::Met | Outcome::NotApplicable => None,
    }
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

/// The criteria that give rise to a reason: required ones by class and priority, then supporting, then informational ones.
pub(super) fn rank(policy: &Policy, settled: &[Settled<'_>]) -> Vec<usize> {
    let mut ranked: Vec<usize> = policy
        .rank
        .iter()
        .copied()
        .filter(|&at| suffix(&policy.criteria[at], settled[at].outcome).is_some())
        .collect();
    // Stable: within a class the policy's own order stays.
    ranked.sort_by_key(|&at| {
        let criterion = &policy.criteria[at];
        (criterion.severity, class(criterion, &settled[at]))
    });
    ranked
}

/// All reasons in words, by rank.
pub(super) fn tell(policy: &Policy, settled: &[Settled<'_>], findings: &[Finding]) -> Vec<Reason> {
    rank(policy, settled)
        .into_iter()
        .filter_map(|at| {
            let (criterion, settled) = (&policy.criteria[at], &settled[at]);
            let finding = &findings[at];
            let id = finding.reason_id.clone()?;
            Some(reason(id, class(criterion, settled), criterion, settled, finding))
        })
        .collect()
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
        record: match (class, settled.outcome) {
            (ReasonClass::InconsistentRecord, _) => RecordSays::Disagrees,
            (_, Outcome::NotMet) => RecordSays::Fails,
            _ if settled.answer.flags.refers() => RecordSays::Unclear,
            _ => RecordSays::Silent,
        },
        answered_by: criterion.answered_by.clone(),
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
    let mut text = format!("Recommended: {lead}, under {} {}", policy.id, policy.version);
    if let Some(stage) = &verdict.stage {
        text.push_str(&format!(", judged as: {stage}"));
    }
    text.push('.');
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
    if verdict.flags.iter().any(|flag| flag == NOT_IN_FORCE) {
        text.push_str(" The policy was not in force on the day of the request.");
    }
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
