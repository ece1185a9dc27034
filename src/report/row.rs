//! The public schema: one struct a table, its fields the columns in order.
//!
//! Columns are only ever added, and [`SCHEMA_VERSION`] counts when they are. The
//! facts' table is in [`fact_row`](super::fact_row): its columns follow the kinds.

use std::collections::BTreeSet;

use super::cell::{rounded, row};
use super::{Case, Stamp, Trouble};
use crate::chart::Chart;
use crate::error::Problem;
use crate::fact::Fact;
use crate::necessity::{Determination, Finding, Outcome, Reason, Severity, Step, Verdict};

/// Version of the tables' columns; in run.json.
pub const SCHEMA_VERSION: u32 = 2;

row! {
    /// A line of cases.csv: one case, and what the policy makes of it.
    pub struct CaseRow = "cases.csv" {
        /// The case.
        case_id: String,
        /// How many documents.
        documents: u64,
        /// How many pages.
        pages: u64,
        /// How many of them were read by OCR.
        pages_ocr: u64,
        /// How many of them could not be read.
        pages_unreadable: u64,
        /// The day that the case is judged as of, as 2025-03-18.
        as_of: String,
        /// The member, as the manifest has it.
        member_ref: String,
        /// The provider, as the manifest has it.
        provider: String,
        /// The payer, as the manifest has it.
        payer: String,
        /// Procedure code of the request.
        request_cpt: String,
        /// Procedure of the request by name.
        request_procedure: String,
        /// Side of the request.
        request_side: String,
        /// Diagnostic or therapeutic.
        request_intent: String,
        /// Diagnosis codes given with the request.
        diagnosis_codes: Vec<String>,
        /// The policy it was held against.
        policy_id: String,
        /// Version of that policy.
        policy_version: String,
        /// The recommendation.
        determination: &'static str,
        /// What it would be if no policy exclusion applied.
        determination_without_exclusions: &'static str,
        /// Whether a clinician has to look at it: always, unless every criterion is met.
        requires_clinician_review: bool,
        /// Flags of the case, as `conflicting`, and of its pages, as `missing_pages`.
        flags: Vec<String>,
        /// Id of the first reason against.
        primary_reason_id: String,
        /// Its label.
        primary_reason: String,
        /// Ids of all reasons against, by rank.
        reason_ids: Vec<String>,
        /// How many required criteria the policy has.
        n_required: u64,
        /// How many of them are met.
        n_met: u64,
        /// How many of them are not met.
        n_not_met: u64,
        /// How many of them the record does not settle.
        n_not_documented: u64,
        /// How many of them do not apply.
        n_not_applicable: u64,
        /// Share of the applicable required criteria that the record settles either way, 0-1.
        completeness: Option<f64>,
        /// Lowest confidence among the facts that decided a criterion, 0-1.
        lowest_fact_confidence: Option<f64>,
        /// Id of the first step of the pathway that is not done.
        next_step: String,
        /// Whether every reason can be cured.
        curable: bool,
        /// Whether nothing but documentation is missing.
        documentation_only: bool,
        /// Two or three sentences for people.
        rationale: String,
        /// The narrative assessment, as a path in the report folder.
        assessment: String,
        /// Version of the program.
        engine_version: &'static str,
        /// The run, as in run.json.
        run_id: String,
        /// The stage of treatment that the request is at, where the policy has stages.
        policy_stage: String,
        /// Steps of which each alone would leave every required criterion met, but for an exclusion.
        one_fix_away: Vec<String>,
    }
}

row! {
    /// A line of criteria.csv: one criterion of one case.
    pub struct CriterionRow = "criteria.csv" {
        /// The case.
        case_id: String,
        /// The policy.
        policy_id: String,
        /// Its version.
        policy_version: String,
        /// The criterion.
        criterion_id: String,
        /// Its title.
        title: String,
        /// required, supporting or informational.
        severity: &'static str,
        /// Group that it is shown in.
        category: String,
        /// met, not_met, not_documented or not_applicable.
        result: &'static str,
        /// What the record shows.
        observed: String,
        /// What the policy asks for.
        required: String,
        /// The facts that decided it.
        fact_ids: Vec<String>,
        /// What the record would have to say.
        missing_facts: Vec<String>,
        /// As `conflicting`, `equivocal`.
        flags: Vec<String>,
        /// The reason that it gives rise to.
        reason_id: String,
        /// Pathway steps that would cure it.
        cured_by: Vec<String>,
        /// Entries of the evidence registry.
        evidence_ids: Vec<String>,
        /// Why this result.
        explanation: String,
    }
}

row! {
    /// A line of denial_reasons.csv: one reason against, of one case.
    pub struct ReasonRow = "denial_reasons.csv" {
        /// The case.
        case_id: String,
        /// The policy.
        policy_id: String,
        /// Counted from 1.
        rank: u64,
        /// Criterion id plus `.failed`, `.undocumented`, `.excluded` or `.inconsistent`.
        reason_id: String,
        /// Why it counts, as `criterion_failed`.
        class: &'static str,
        /// Category of the criterion.
        category: String,
        /// At most 60 characters.
        label: String,
        /// The long form.
        rationale: String,
        /// The criterion.
        criterion_id: String,
        /// Clause of the policy.
        policy_clause: String,
        /// Entries of the evidence registry.
        evidence: Vec<String>,
        /// The record's own words, where it has any.
        record_quote: String,
        /// Page of the quote, counted from 1.
        page: Option<u64>,
        /// What is missing.
        missing_item: String,
        /// Why it is needed.
        why_needed: String,
        /// Pathway steps that would cure it.
        cured_by: Vec<String>,
        /// Whether any would.
        curable: bool,
        /// Whether it is the first of its case.
        is_primary: bool,
        /// Claim adjustment reason code that often goes with it; a bare number.
        carc_hint: String,
    }
}

row! {
    /// A line of pathway.csv: one recommended step of one case.
    pub struct StepRow = "pathway.csv" {
        /// The case.
        case_id: String,
        /// As "1", "1a".
        step_no: String,
        /// Its id.
        step_id: String,
        /// Its title.
        title: String,
        /// done, needed, blocked or not_applicable.
        status: &'static str,
        /// Steps that come first and are not done.
        blocked_by: Vec<String>,
        /// Reasons that it cures.
        cures_reason_ids: Vec<String>,
        /// What to do.
        action: String,
        /// Entries of the evidence registry.
        evidence_ids: Vec<String>,
        /// The policy.
        policy_id: String,
    }
}

row! {
    /// A line of problems.csv: trouble with a document or one of its pages.
    pub struct ProblemRow = "problems.csv" {
        /// The case.
        case_id: String,
        /// Path relative to the input.
        document: String,
        /// Counted from 1; empty where the whole document is meant.
        page: Option<u64>,
        /// open, read, ocr or facts.
        stage: &'static str,
        /// What is wrong.
        problem: String,
        /// Whether another try may go better.
        retriable: bool,
    }
}

row! {
    /// A line of documents.csv: one document of a case. A file may hold several.
    pub struct DocumentRow = "documents.csv" {
        /// The case.
        case_id: String,
        /// Path relative to the input.
        document: String,
        /// Which of the documents that the file holds, counted from 0.
        part: u64,
        /// Date of the visit, study or request that it tells of, as precisely as written.
        date: String,
        /// Whether it is signed; empty where it says nothing of a signature.
        signed: Option<bool>,
        /// How many pages.
        pages: u64,
        /// How many of them were read by OCR.
        pages_ocr: u64,
        /// How many of them could not be read.
        pages_unreadable: u64,
        /// How many of those are handwriting, drawings or photographs.
        pages_picture: u64,
        /// How many repeat another page of the case.
        pages_duplicate: u64,
        /// How many are counted on the others and are not there.
        pages_missing: u64,
    }
}

impl DocumentRow {
    /// The lines of one case, in the order of its documents.
    pub fn of(case: &Case) -> impl Iterator<Item = Self> + '_ {
        case.chart.documents.iter().map(|document| Self {
            case_id: case.id.clone(),
            document: document.name.clone(),
            part: document.part as u64,
            date: document.date.map(|date| date.to_string()).unwrap_or_default(),
            signed: document.signed,
            pages: document.pages.into(),
            pages_ocr: document.pages_ocr.into(),
            pages_unreadable: document.pages_unreadable.into(),
            pages_picture: document.pages_picture.into(),
            pages_duplicate: document.pages_duplicate.into(),
            pages_missing: document.pages_missing.into(),
        })
    }
}

impl CaseRow {
    /// The line of one case and policy; `assessment` is the path of its narrative.
    pub fn new(case: &Case, verdict: &Verdict, stamp: &Stamp, assessment: String) -> Self {
        let Case { chart, given, .. } = case;
        let request = &chart.request;
        let pages = |count: fn(&crate::chart::ChartDocument) -> u32| {
            chart.documents.iter().map(|d| u64::from(count(d))).sum()
        };
        let required = Required::count(&verdict.findings);
        let primary = verdict.reasons.first();
        Self {
            case_id: case.id.clone(),
            documents: chart.documents.iter().filter(|d| d.part == 0).count() as u64,
            pages: pages(|d| d.pages),
            pages_ocr: pages(|d| d.pages_ocr),
            pages_unreadable: pages(|d| d.pages_unreadable),
            as_of: chart.as_of.map(|date| date.to_string()).unwrap_or_default(),
            member_ref: given.member_ref.clone().unwrap_or_default(),
            provider: given.provider.clone().unwrap_or_default(),
            payer: given.payer.clone().unwrap_or_default(),
            request_cpt: request.cpt.clone().unwrap_or_default(),
            request_procedure: request.procedure.clone().unwrap_or_default(),
            request_side: request.side.map(|s| s.to_string()).unwrap_or_default(),
            request_intent: request.intent.map(|i| i.to_string()).unwrap_or_default(),
            diagnosis_codes: request.diagnosis_codes.clone(),
            policy_id: verdict.policy_id.clone(),
            policy_version: verdict.policy_version.clone(),
            determination: verdict.determination.as_str(),
            determination_without_exclusions: verdict.determination_without_exclusions.as_str(),
            requires_clinician_review: verdict.determination != Determination::MeetsCriteria,
            flags: flags(&verdict.flags, chart),
            primary_reason_id: primary.map(|r| r.id.clone()).unwrap_or_default(),
            primary_reason: primary.map(|r| r.label.clone()).unwrap_or_default(),
            reason_ids: verdict.reasons.iter().map(|r| r.id.clone()).collect(),
            n_required: required.all(),
            n_met: required.met,
            n_not_met: required.not_met,
            n_not_documented: required.not_documented,
            n_not_applicable: required.not_applicable,
            completeness: required.completeness(),
            lowest_fact_confidence: lowest_confidence(&verdict.findings, chart),
            next_step: verdict.next_step.clone().unwrap_or_default(),
            curable: verdict.curable,
            documentation_only: verdict.documentation_only,
            rationale: verdict.rationale.clone(),
            assessment,
            engine_version: stamp.engine_version,
            run_id: stamp.run_id.clone(),
            policy_stage: verdict.stage.clone().unwrap_or_default(),
            one_fix_away: verdict.one_fix_away.clone(),
        }
    }
}

/// What each policy makes of a case.
fn verdicts(case: &Case) -> impl Iterator<Item = &Verdict> {
    case.rulings.iter().map(|ruling| &ruling.verdict)
}

/// The flags of a verdict and of the pages that it rests on, sorted.
fn flags(verdict: &[String], chart: &Chart) -> Vec<String> {
    let pages = chart.page_flags().map(str::to_owned);
    let flags: BTreeSet<String> = verdict.iter().cloned().chain(pages).collect();
    flags.into_iter().collect()
}

/// How the required criteria came out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Required {
    met: u64,
    not_met: u64,
    not_documented: u64,
    not_applicable: u64,
}

impl Required {
    fn count(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings.iter().filter(|f| f.severity == Severity::Required) {
            *match finding.outcome {
                Outcome::Met => &mut counts.met,
                Outcome::NotMet => &mut counts.not_met,
                Outcome::NotDocumented => &mut counts.not_documented,
                Outcome::NotApplicable => &mut counts.not_applicable,
            } += 1;
        }
        counts
    }

    fn all(self) -> u64 {
        self.met + self.not_met + self.not_documented + self.not_applicable
    }

    /// `None` where no required criterion applies.
    fn completeness(self) -> Option<f64> {
        let settled = self.met + self.not_met;
        let applicable = settled + self.not_documented;
        (applicable > 0).then(|| rounded(settled as f64 / applicable as f64, 3))
    }
}

/// The lowest confidence among the facts that decided a finding.
fn lowest_confidence(findings: &[Finding], chart: &Chart) -> Option<f64> {
    findings
        .iter()
        .flat_map(|finding| &finding.facts)
        .filter_map(|&index| chart.facts.get(index))
        .map(|fact| fact.confidence)
        .min_by(f32::total_cmp)
        .map(|confidence| rounded(f64::from(confidence), 3))
}

impl CriterionRow {
    /// The lines of one case, in the policy's order.
    pub fn of(case: &Case) -> impl Iterator<Item = Self> + '_ {
        let findings = verdicts(case).flat_map(|v| v.findings.iter().map(move |f| (v, f)));
        findings.map(|(verdict, finding)| Self {
            case_id: case.id.clone(),
            policy_id: verdict.policy_id.clone(),
            policy_version: verdict.policy_version.clone(),
            criterion_id: finding.criterion_id.clone(),
            title: finding.title.clone(),
            severity: finding.severity.as_str(),
            category: finding.category.clone(),
            result: finding.outcome.as_str(),
            observed: finding.observed.clone(),
            required: finding.required.clone(),
            fact_ids: fact_ids(&finding.facts, &case.chart),
            missing_facts: finding.missing.clone(),
            flags: finding.flags.clone(),
            reason_id: finding.reason_id.clone().unwrap_or_default(),
            cured_by: finding.cured_by.clone(),
            evidence_ids: finding.evidence.clone(),
            explanation: finding.explanation.clone(),
        })
    }
}

/// The ids of facts, each once, in their order in the chart.
fn fact_ids(indices: &[usize], chart: &Chart) -> Vec<String> {
    let indices: BTreeSet<usize> = indices.iter().copied().collect();
    indices.iter().filter_map(|&index| chart.facts.get(index)).map(|f| f.id.clone()).collect()
}

impl ReasonRow {
    /// The lines of one case, by rank.
    pub fn of(case: &Case) -> impl Iterator<Item = Self> + '_ {
        let reasons =
            verdicts(case).flat_map(|v| v.reasons.iter().enumerate().map(move |r| (v, r)));
        reasons.map(|(verdict, (index, reason))| {
            let quoted = quoted(reason, &case.chart);
            Self {
                case_id: case.id.clone(),
                policy_id: verdict.policy_id.clone(),
                rank: index as u64 + 1,
                reason_id: reason.id.clone(),
                class: reason.class.as_str(),
                category: reason.category.clone(),
                label: reason.label.clone(),
                rationale: reason.rationale.clone(),
                criterion_id: reason.criterion_id.clone(),
                policy_clause: reason.policy_clause.clone(),
                evidence: reason.evidence.clone(),
                record_quote: quoted.map(|f| f.place.quote.clone()).unwrap_or_default(),
                page: quoted.map(|f| u64::from(f.place.page)),
                missing_item: reason.missing_item.clone(),
                why_needed: reason.why_needed.clone(),
                cured_by: reason.cured_by.clone(),
                curable: reason.curable,
                is_primary: index == 0,
                carc_hint: reason.carc_hint.clone().unwrap_or_default(),
            }
        })
    }
}

/// The fact that a reason quotes.
fn quoted<'a>(reason: &Reason, chart: &'a Chart) -> Option<&'a Fact> {
    chart.facts.get(reason.quoted_fact?).map(AsRef::as_ref)
}

impl StepRow {
    /// The lines of one case, in the pathway's order.
    pub fn of(case: &Case) -> impl Iterator<Item = Self> + '_ {
        let steps = verdicts(case).flat_map(|v| v.pathway.iter().map(move |step| (v, step)));
        steps.map(|(verdict, step): (&Verdict, &Step)| Self {
            case_id: case.id.clone(),
            step_no: step.number.clone(),
            step_id: step.id.clone(),
            title: step.title.clone(),
            status: step.status.as_str(),
            blocked_by: step.blocked_by.clone(),
            cures_reason_ids: step.cures.clone(),
            action: step.action.clone(),
            evidence_ids: step.evidence.clone(),
            policy_id: verdict.policy_id.clone(),
        })
    }
}

impl ProblemRow {
    /// The lines of one case, by document and page.
    pub fn of(case: &Case) -> impl Iterator<Item = Self> + '_ {
        case.problems
            .iter()
            .map(|Trouble { document, problem }| Self::new(&case.id, document, problem))
    }

    /// The line of a problem.
    pub fn new(case_id: &str, document: &str, problem: &Problem) -> Self {
        Self {
            case_id: case_id.to_owned(),
            document: document.to_owned(),
            page: problem.page.map(u64::from),
            stage: problem.stage.as_str(),
            problem: problem.problem.clone(),
            retriable: problem.retriable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::cell::Row;

    #[track_caller]
    fn check<R: Row>(expect: &str) {
        let names: Vec<&str> = R::COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names.join(", "), expect, "{}", R::FILE);
    }

    #[test]
    fn the_columns_are_the_documented_ones() {
        check::<CaseRow>(
            "case_id, documents, pages, pages_ocr, pages_unreadable, as_of, member_ref, provider, payer, request_cpt, request_procedure, request_side, request_intent, diagnosis_codes, policy_id, policy_version, determination, determination_without_exclusions, requires_clinician_review, flags, primary_reason_id, primary_reason, reason_ids, n_required, n_met, n_not_met, n_not_documented, n_not_applicable, completeness, lowest_fact_confidence, next_step, curable, documentation_only, rationale, assessment, engine_version, run_id, policy_stage, one_fix_away",
        );
        check::<CriterionRow>(
            "case_id, policy_id, policy_version, criterion_id, title, severity, category, result, observed, required, fact_ids, missing_facts, flags, reason_id, cured_by, evidence_ids, explanation",
        );
        check::<ReasonRow>(
            "case_id, policy_id, rank, reason_id, class, category, label, rationale, criterion_id, policy_clause, evidence, record_quote, page, missing_item, why_needed, cured_by, curable, is_primary, carc_hint",
        );
        check::<StepRow>(
            "case_id, step_no, step_id, title, status, blocked_by, cures_reason_ids, action, evidence_ids, policy_id",
        );
        check::<ProblemRow>("case_id, document, page, stage, problem, retriable");
        check::<DocumentRow>(
            "case_id, document, part, date, signed, pages, pages_ocr, pages_unreadable, pages_picture, pages_duplicate, pages_missing",
        );
    }

    #[track_caller]
    fn check_completeness(outcomes: [u64; 4], expect: Option<f64>) {
        let [met, not_met, not_documented, not_applicable] = outcomes;
        let required = Required { met, not_met, not_documented, not_applicable };
        assert_eq!(required.completeness(), expect);
        assert_eq!(required.all(), outcomes.iter().sum::<u64>());
    }

    #[test]
    fn completeness_leaves_out_what_does_not_apply() {
        check_completeness([3, 1, 2, 9], Some(0.667));
        check_completeness([0, 0, 4, 0], Some(0.0));
        check_completeness([5, 0, 0, 1], Some(1.0));
        check_completeness([0, 0, 0, 3], None);
    }
}
