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

/// Rows of the table of cases of one report, as one thread reads them.
#[derive(Default)]
pub struct Cases {
    names: Names,
    rows: Vec<Row>,
}

/// A row of the table of cases.
struct Row {
    id: Box<str>,
    assessment: Box<str>,
    /// Words by their numbers: provider, payer, procedure code, day, month, policy, version,
    /// determination, determination without exclusions, steps of which each would do, first reason.
    words: [u32; 11],
    /// Pages read by OCR, pages not readable; required criteria met, not met, not documented.
    counts: [u32; 5],
    curable: bool,
    documentation_only: bool,
}

impl Cases {
    /// The columns that are needed.
    pub const COLUMNS: &'static [&'static str] = &[
        "case_id",
        "assessment",
        "provider",
        "payer",
        "request_cpt",
        "as_of",
        "policy_id",
        "policy_version",
        "determination",
        "determination_without_exclusions",
        "one_fix_away",
        "primary_reason_id",
        "pages_ocr",
        "pages_unreadable",
        "n_met",
        "n_not_met",
        "n_not_documented",
        "curable",
        "documentation_only",
    ];

    /// Takes a row, as [`Cases::COLUMNS`] has it.
    pub fn push<C: AsRef<str>>(&mut self, row: &[C]) {
        let cell = |place: usize| row.get(place).map_or("", AsRef::as_ref);
        let number = |place: usize| cell(place).parse().unwrap_or_default();
        let day = cell(5);
        let month = day.get(..7).unwrap_or_default();
        let words = [
            cell(2),
            cell(3),
            cell(4),
            day,
            month,
            cell(6),
            cell(7),
            cell(8),
            cell(9),
            cell(10),
            cell(11),
        ];
        self.rows.push(Row {
            id: cell(0).into(),
            assessment: cell(1).into(),
            words: words.map(|word| self.names.number(word)),
            counts: [12, 13, 14, 15, 16].map(number),
            curable: cell(17) == "true",
            documentation_only: cell(18) == "true",
        });
    }

    /// Forgets where the assessments are, as where a report has none as files.
    pub fn without_assessments(&mut self) {
        self.rows.iter_mut().for_each(|row| row.assessment = Box::default());
    }
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

    /// Takes the cases of the last report, and says where each stands among all. They are put in
    /// the order of their ids, as `run` writes them, so that the rows of a case come together.
    pub fn take_cases(&mut self, parts: Vec<Cases>) -> Index {
        let mut rows: Vec<Row> = Vec::with_capacity(parts.iter().map(|part| part.rows.len()).sum());
        for part in parts {
            let numbers: Vec<u32> = part.names.iter().map(|word| self.names.number(word)).collect();
            let own = |word: u32| numbers.get(word as usize).copied().unwrap_or_default();
            rows.extend(part.rows.into_iter().map(|row| Row { words: row.words.map(own), ..row }));
        }
        if !rows.is_sorted_by(|a, b| a.id <= b.id) {
            rows.sort_by(|a, b| a.id.cmp(&b.id));
        }
        let first = self.cases.len();
        let mut index = Index::default();
        for row in rows {
            let [provider, payer, cpt, as_of, month, policy, version, ..] = row.words;
            let [.., determination, without_exclusions, one_fix_away, primary] = row.words;
            let [pages_ocr, pages_unreadable, required @ ..] = row.counts;
            if self.cases.len() == first || self.cases.last().is_some_and(|last| last.id != row.id)
            {
                index.insert(&row.id, self.cases.len() as u32);
                self.cases.push(Case {
                    report: self.reports.len().saturating_sub(1) as u32,
                    id: row.id,
                    assessment: row.assessment,
                    provider,
                    payer,
                    cpt,
                    month,
                    as_of,
                    pages_ocr,
                    pages_unreadable,
                    ruling: self.rulings.len() as u32,
                });
            }
            self.rulings.push(Ruling {
                case: self.cases.len() as u32 - 1,
                policy,
                version,
                determination,
                without_exclusions,
                required,
                curable: row.curable,
                documentation_only: row.documentation_only,
                one_fix_away,
                primary,
            });
        }
        index
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
