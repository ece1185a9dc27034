//! run.json: what a report follows from, what it counts, and how long it took.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::row::SCHEMA_VERSION;
use super::{Case, ENGINE_VERSION, Given};
use crate::fact::{Intent, Side};

/// Marks a folder as a report of ours.
pub const PROGRAM: &str = "chartsift";

/// The record of one run.
#[derive(Serialize)]
pub struct RunRecord {
    program: &'static str,
    engine_version: &'static str,
    schema_version: u32,

    /// Hash of all that the report follows from; 16 hexadecimal digits.
    pub run_id: String,
    #[serde(flatten)]
    basis: Basis,
    /// What there is.
    pub counts: Counts,
    /// How long it took; nothing else in a report holds a time.
    pub timings: Timings,
    /// The documents, by case.
    pub documents: Vec<DocumentRecord>,
}

/// What a report follows from, beside its documents and the program.
#[derive(Serialize)]
pub struct Basis {
    /// What was asked for.
    pub options: OptionsRecord,
    /// The OCR engine with its version.
    pub ocr_engine: String,
    /// BLAKE3 over the lexicons' files, by name.
    pub lexicons: String,
    /// The policies that cases could be held against.
    pub policies: Vec<PolicyRecord>,
}

/// The options that a report follows from; the number of jobs is none of them.
#[derive(Clone, Serialize)]
pub struct OptionsRecord {
    /// Policies as asked for; empty where they are chosen by the requested code.
    pub policy: Vec<String>,
    /// `file`, `folder` or `manifest`.
    pub case_by: String,
    /// The day to judge as of, where one was given for all.
    #[serde(serialize_with = "date")]
    pub as_of: Option<Date>,
    /// `auto`, `always` or `never`.
    pub ocr: String,
    /// `auto`, `tesseract` or `ppocr`.
    pub ocr_engine: String,
    /// Seconds that a page may take.
    pub timeout: u64,
}

/// A policy that cases could be held against.
#[derive(Clone, Serialize)]
pub struct PolicyRecord {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// BLAKE3 of its file.
    pub blake3: String,
}

/// A document and what its bytes are.
#[derive(Clone, Serialize)]
pub struct DocumentRecord {
    /// The case.
    pub case_id: String,
    /// Path relative to the input.
    pub document: String,
    /// BLAKE3 of its bytes; `None` where the file could not be opened.
    pub blake3: Option<String>,
}

/// What a run counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Cases.
    pub cases: usize,
    /// Documents.
    pub documents: usize,
    /// Documents of which nothing could be read.
    pub documents_failed: usize,
    /// Files of other kinds that folders held.
    pub files_skipped: usize,
    /// Pages.
    pub pages: u64,
    /// Pages read by OCR.
    pub pages_ocr: u64,
    /// Pages that could not be read.
    pub pages_unreadable: u64,
    /// Facts.
    pub facts: usize,
    /// Lines of problems.csv.
    pub problems: usize,
    /// Cases by determination; one held against several policies counts for each.
    pub determinations: BTreeMap<&'static str, usize>,
}

/// How long a run took.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Timings {
    /// When it began, in UTC.
    pub started: String,
    /// Seconds from then until the report was to be written.
    pub seconds: f64,
    /// Pages a second, over all jobs.
    pub pages_per_second: f64,
    /// Documents read at a time.
    pub jobs: usize,
}

impl RunRecord {
    /// The record of a run over `cases`.
    pub fn new(
        basis: Basis,
        documents: Vec<DocumentRecord>,
        cases: &[Case],
        counts: Counts,
        timings: Timings,
    ) -> Self {
        #[derive(Serialize)]
        struct All<'a> {
            engine_version: &'a str,
            basis: &'a Basis,
            documents: &'a [DocumentRecord],
            given: Vec<&'a Given>,
        }
        let given = cases.iter().map(|case| &case.given).collect();
        let all =
            All { engine_version: ENGINE_VERSION, basis: &basis, documents: &documents, given };
        // Writing plain data to memory cannot fail.
        let all = serde_json::to_vec(&all).unwrap_or_default();
        let run_id = blake3::hash(&all).to_hex().as_str().chars().take(16).collect();
        Self {
            program: PROGRAM,
            engine_version: ENGINE_VERSION,
            schema_version: SCHEMA_VERSION,
            run_id,
            basis,
            counts,
            timings,
            documents,
        }
    }
}

impl Counts {
    /// What the cases hold; the caller adds what it alone knows.
    pub fn of(cases: &[Case]) -> Self {
        let mut counts = Self { cases: cases.len(), ..Self::default() };
        for case in cases {
            counts.documents += case.chart.documents.iter().filter(|d| d.part == 0).count();
            for document in &case.chart.documents {
                counts.pages += u64::from(document.pages);
                counts.pages_ocr += u64::from(document.pages_ocr);
                counts.pages_unreadable += u64::from(document.pages_unreadable);
            }
            counts.documents_failed += case.problems.iter().filter(|t| t.problem.fatal).count();
            counts.facts += case.chart.facts.len();
            counts.problems += case.problems.len();
            for ruling in &case.rulings {
                let determination = ruling.verdict.determination.as_str();
                *counts.determinations.entry(determination).or_default() += 1;
            }
        }
        counts
    }
}

/// A date as 2025-03-18.
pub(super) fn date<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    date.map(|date| date.to_string()).serialize(serializer)
}

/// A side by its word.
pub(super) fn side<S: Serializer>(side: &Option<Side>, serializer: S) -> Result<S::Ok, S::Error> {
    side.map(Side::as_str).serialize(serializer)
}

/// An intent by its word.
pub(super) fn intent<S: Serializer>(
    intent: &Option<Intent>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    intent.map(Intent::as_str).serialize(serializer)
}
