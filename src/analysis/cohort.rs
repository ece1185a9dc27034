//! The cases of one or many reports, with what stands in their tables.

use std::collections::BTreeMap;

use super::figures::Measure;
use super::names::Names;
use super::rows::{Index, Rows, Source};
use crate::report::items;

/// A report that a summary is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Its folder, as it was named.
    pub folder: String,
    /// Its run.
    pub run_id: String,
    /// Version of the program that wrote it.
    pub engine_version: String,
}

/// A case, as far as all policies agree on it.
pub(super) struct Case {
    pub report: u32,
    pub id: Box<str>,
    /// Path of its narrative in the report folder; of the first policy.
    pub assessment: Box<str>,
    pub provider: u32,
    pub payer: u32,
    pub cpt: u32,
    /// Month of the day that it is judged as of, as 2025-03.
    pub month: u32,
    pub as_of: u32,
    pub pages_ocr: u32,
    pub pages_unreadable: u32,
    /// Its first ruling; those of a case stand together.
    pub ruling: u32,
}

/// What one policy makes of a case.
pub(super) struct Ruling {
    pub case: u32,
    pub policy: u32,
    pub version: u32,
    pub determination: u32,
    pub without_exclusions: u32,
    /// Required criteria: met, not met, not documented.
    pub required: [u32; 3],
    pub curable: bool,
    pub documentation_only: bool,
    /// Steps of which each alone would do; parted by `;`.
    pub one_fix_away: u32,
    /// The primary reason; empty where nothing stands against the request.
    pub primary: u32,
}

/// One distinct reason against, with all that is the same wherever it stands.
pub(super) struct Kind {
    pub policy: u32,
    pub reason: u32,
    pub class: u32,
    pub category: u32,
    pub criterion: u32,
    pub label: u32,
    pub cured_by: Vec<u32>,
    pub curable: bool,
    pub primary: bool,
}

/// A row of denial_reasons.csv.
#[derive(Clone, Copy)]
pub(super) struct Reason {
    pub case: u32,
    pub ruling: u32,
    pub kind: u32,
}

/// Cases with their rulings and reasons.
#[derive(Default)]
pub struct Cohort {
    pub(super) names: Names,
    pub(super) reports: Vec<Report>,
    pub(super) cases: Vec<Case>,
    pub(super) rulings: Vec<Ruling>,
    pub(super) kinds: Vec<Kind>,
    /// In the order of their cases.
    pub(super) reasons: Vec<Reason>,
    pub(super) criteria: Rows,
    pub(super) steps: Rows,
    pub(super) facts: Rows,
    pub(super) reviews: Rows,
    /// What was read.
    pub(super) sources: Vec<Source>,
}

/// The columns of cases.csv that a summary needs.
pub struct Given;

impl Given {
    /// Their names.
    pub const COLUMNS: &'static [&'static str] = &[
        "case_id",
        "pages_ocr",
        "pages_unreadable",
        "as_of",
        "provider",
        "payer",
        "request_cpt",
        "policy_id",
        "policy_version",
        "determination",
        "determination_without_exclusions",
        "n_met",
        "n_not_met",
        "n_not_documented",
        "curable",
        "documentation_only",
        "assessment",
        "one_fix_away",
        "primary_reason_id",
    ];
}

impl Cohort {
    /// Begins the cases of a further report.
    pub fn report(&mut self, report: Report) {
        self.reports.push(report);
    }

    /// Whether each case was held against one policy.
    pub(super) fn one_ruling(&self) -> bool {
        self.rulings.len() == self.cases.len()
    }

    /// What holds of a ruling as a whole.
    pub(super) fn holds(&self, ruling: &Ruling) -> impl Iterator<Item = Measure> + use<> {
        let against = !self.names.word(ruling.primary).is_empty();
        let held = [
            (Measure::Against, against),
            (Measure::Curable, against && ruling.curable),
            (Measure::DocumentationOnly, ruling.documentation_only),
            (Measure::OneFixAway, !self.names.word(ruling.one_fix_away).is_empty()),
            (Measure::Undocumented, ruling.required[2] > 0),
        ];
        held.into_iter().filter(|(_, holds)| *holds).map(|(measure, _)| measure)
    }

    /// The reports.
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// Takes a row of cases.csv of the last report, as [`Given::COLUMNS`] has it; rows of a case
    /// come together.
    pub fn case(&mut self, index: &mut Index, row: &[&str]) {
        let &[
            id,
            pages_ocr,
            pages_unreadable,
            as_of,
            provider,
            payer,
            cpt,
            policy,
            version,
            determination,
            without_exclusions,
            met,
            not_met,
            not_documented,
            curable,
            documentation_only,
            assessment,
            one_fix_away,
            primary,
        ] = row
        else {
            return;
        };
        let number = |text: &str| text.parse().unwrap_or_default();
        let names = &mut self.names;
        let case = index.find(id).unwrap_or_else(|| {
            let case = self.cases.len() as u32;
            index.insert(id, case);
            self.cases.push(Case {
                report: self.reports.len().saturating_sub(1) as u32,
                id: id.into(),
                assessment: assessment.into(),
                provider: names.number(provider),
                payer: names.number(payer),
                cpt: names.number(cpt),
                month: names.number(as_of.get(..7).unwrap_or_default()),
                as_of: names.number(as_of),
                pages_ocr: number(pages_ocr),
                pages_unreadable: number(pages_unreadable),
                ruling: self.rulings.len() as u32,
            });
            case
        });
        self.rulings.push(Ruling {
            case,
            policy: names.number(policy),
            version: names.number(version),
            determination: names.number(determination),
            without_exclusions: names.number(without_exclusions),
            required: [met, not_met, not_documented].map(number),
            curable: curable == "true",
            documentation_only: documentation_only == "true",
            one_fix_away: names.number(one_fix_away),
            primary: names.number(primary),
        });
    }

    /// Takes the rows of a table, of all reports together or report by report.
    pub fn take(&mut self, source: Source, mut rows: Rows) {
        rows.order();
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
        match source {
            Source::Reasons => self.take_reasons(&rows),
            Source::Criteria => self.criteria.absorb(rows),
            Source::Steps => self.steps.absorb(rows),
            Source::Facts => self.facts.absorb(rows),
            Source::Reviews => self.reviews.absorb(rows),
        }
    }

    fn take_reasons(&mut self, rows: &Rows) {
        let first = self.kinds.len() as u32;
        for cells in rows.distinct() {
            let &[policy, reason, class, category, label, criterion, cured_by, curable, primary] =
                cells.as_slice()
            else {
                continue;
            };
            let names = &mut self.names;
            self.kinds.push(Kind {
                policy: names.number(policy),
                reason: names.number(reason),
                class: names.number(class),
                category: names.number(category),
                criterion: names.number(criterion),
                label: names.number(label),
                cured_by: items(cured_by).map(|step| names.number(step)).collect(),
                curable: curable == "true",
                primary: primary == "true",
            });
        }
        self.reasons.reserve_exact(rows.len());
        for (case, kind) in rows.iter() {
            let kind = first + kind as u32;
            let policy = self.kinds.get(kind as usize).map(|kind| kind.policy);
            let Some(ruling) = policy.and_then(|policy| self.ruling(case, policy)) else {
                continue;
            };
            self.reasons.push(Reason { case, ruling, kind });
        }
        self.reasons.sort_by_key(|reason| reason.case);
    }

    /// The ruling of a policy on a case; the first of it where several versions were asked.
    fn ruling(&self, case: u32, policy: u32) -> Option<u32> {
        let first = self.cases.get(case as usize)?.ruling;
        let mut own = (first..).map_while(|number| {
            let ruling = self.rulings.get(number as usize)?;
            (ruling.case == case).then_some((number, ruling.policy))
        });
        own.find(|(_, of)| *of == policy).map(|(number, _)| number)
    }

    /// How many cases there are.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// Whether a table was read.
    pub(super) fn has(&self, source: Source) -> bool {
        self.sources.contains(&source)
    }

    /// A case by the number that it was given.
    pub(super) fn at(&self, case: u32) -> &Case {
        &self.cases[case as usize]
    }

    /// The policies with their versions, and how many cases were held against each.
    pub(super) fn policies(&self) -> Vec<(String, u64)> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for ruling in &self.rulings {
            let [id, version] = [ruling.policy, ruling.version].map(|name| self.names.word(name));
            *counts.entry(format!("{id} {version}")).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }

    /// The first and the last day that cases are judged as of.
    pub(super) fn days(&self) -> Option<(&str, &str)> {
        let days =
            || self.cases.iter().map(|case| self.names.word(case.as_of)).filter(|d| !d.is_empty());
        Some((days().min()?, days().max()?))
    }
}
