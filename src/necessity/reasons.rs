//! Reasons against: what they are called, how they rank, and which words of the policy they get.

use serde::Serialize;

use super::choose::NOT_IN_FORCE;
use super::logic::Flags;
use super::policy::{Criterion, Policy, Words};
use super::sentences::Sentences;
use super::{
    Decided, Determination, Finding, Outcome, Reason, ReasonClass, RecordSays, Severity, Verdict,
};

/// The id of the reason that a criterion gives rise to, if any.
pub(super) fn reason_id(criterion: &Criterion, settled: &Decided) -> Option<String> {
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

fn class(criterion: &Criterion, settled: &Decided) -> ReasonClass {
    match settled.outcome {
        Outcome::NotMet if criterion.exclusion => ReasonClass::PolicyExclusion,
        Outcome::NotMet if criterion.flag != Flags::NONE => ReasonClass::InconsistentRecord,
        Outcome::NotMet => ReasonClass::CriterionFailed,
        _ if settled.flags.has(Flags::CONFLICTING) => ReasonClass::InconsistentRecord,
        _ => ReasonClass::MissingDocumentation,
    }
}

/// The criteria that give rise to a reason: required ones by class and priority, then supporting, then informational ones.
pub(super) fn rank(policy: &Policy, settled: &[Decided]) -> Vec<usize> {
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
pub(super) fn tell(policy: &Policy, settled: &[Decided], findings: &[Finding]) -> Vec<Reason> {
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
    settled: &Decided,
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
            _ if settled.flags.refers() => RecordSays::Unclear,
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
    settled: &Decided,
    observed: &str,
    missing: &[String],
    sentences: &mut Sentences<'_>,
) -> String {
    const WHY_OPEN: [Flags; 3] = [Flags::CONFLICTING, Flags::ILLEGIBLE, Flags::EQUIVOCAL];
    let flags = settled.flags;
    let reason = match words(criterion, settled.outcome) {
        Some(words) => fill(&words.rationale, observed, missing, sentences),
        None => criterion.required.clone(),
    };
    let open = settled.outcome == Outcome::NotDocumented;
    let why_open = WHY_OPEN.into_iter().find(|flag| open && flags.has(*flag));
    let why_open = why_open.and_then(|flag| flag.words().next()).unwrap_or_default();
    sentences.explanation(settled.outcome, why_open, &reason, observed)
}

fn fill(
    template: &str,
    observed: &str,
    missing: &[String],
    sentences: &mut Sentences<'_>,
) -> String {
    let mut text = template.to_owned();
    if text.contains("{observed}") {
        text = text.replace("{observed}", observed);
    }
    if text.contains("{missing}") {
        let missing = match missing.is_empty() {
            true => sentences.nothing_missing(),
            false => missing.join(", "),
        };
        text = text.replace("{missing}", &missing);
    }
    text
}

/// What the result of a case is told from.
#[derive(Serialize)]
struct ResultView<'v> {
    policy: &'v str,
    version: &'v str,
    stage: Option<&'v str>,
    determination: &'static str,
    without_exclusions: &'static str,
    first_reason: Option<&'v str>,
    /// Required criteria that apply, and how many of them have which outcome.
    applicable: usize,
    met: usize,
    not_met: usize,
    not_documented: usize,
    in_force: bool,
    review: bool,
}

/// Two or three sentences for people.
pub(super) fn rationale(
    policy: &Policy,
    verdict: &Verdict,
    sentences: &mut Sentences<'_>,
) -> String {
    let required = || verdict.findings.iter().filter(|f| f.severity == Severity::Required);
    let count = |outcome: Outcome| required().filter(|f| f.outcome == outcome).count();
    sentences.rationale(ResultView {
        policy: &policy.id,
        version: &policy.version,
        stage: verdict.stage.as_deref(),
        determination: verdict.determination.as_str(),
        without_exclusions: verdict.determination_without_exclusions.as_str(),
        first_reason: verdict.reasons.first().map(|reason| reason.label.as_str()),
        applicable: required().count() - count(Outcome::NotApplicable),
        met: count(Outcome::Met),
        not_met: count(Outcome::NotMet),
        not_documented: count(Outcome::NotDocumented),
        in_force: verdict.flags.iter().all(|flag| flag != NOT_IN_FORCE),
        review: verdict.determination.requires_clinician_review(),
    })
}

impl Determination {
    /// Whether a clinician must review it: every result but one that meets the criteria.
    pub fn requires_clinician_review(self) -> bool {
        self != Determination::MeetsCriteria
    }
}
