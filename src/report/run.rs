//! run.json: what a report follows from, what it counts, and how long it took.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::format::Formats;
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
    /// The forms that it was written in; what it says follows from none of them.
    pub formats: Vec<&'static str>,
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
    /// BLAKE3 over what reviewers changed; absent where they changed nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviews: Option<String>,
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

/// The hash of all that a report follows from: 16 hexadecimal digits.
pub fn run_id<'a>(
    basis: &Basis,
    documents: &[DocumentRecord],
    given: impl IntoIterator<Item = &'a Given>,
) -> String {
    #[derive(Serialize)]
    struct All<'a> {
        engine_version: &'a str,
        basis: &'a Basis,
        documents: &'a [DocumentRecord],
        given: Vec<&'a Given>,
    }
    let given = given.into_iter().collect();
    let all = All { engine_version: ENGINE_VERSION, basis, documents, given };
    // Writing plain data to memory cannot fail.
    let all = serde_json::to_vec(&all).unwrap_or_default();
    blake3::hash(&all).to_hex().as_str().chars().take(16).collect()
}

impl RunRecord {
    /// The record of a run.
    pub fn new(
        run_id: String,
        (basis, formats): (Basis, &Formats),
        documents: Vec<DocumentRecord>,
        counts: Counts,
        timings: Timings,
    ) -> Self {
        Self {
            program: PROGRAM,
            engine_version: ENGINE_VERSION,
            schema_version: SCHEMA_VERSION,
            run_id,
            basis,
            formats: formats.iter().map(|format| format.as_str()).collect(),
            counts,
            timings,
            documents,
        }
    }

    /// The record as one line of JSON, without the documents.
    pub fn summary(&self) -> String {
        // Writing plain data to memory cannot fail.
        let mut record = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = record.as_object_mut() {
            fields.remove("documents");
        }
        record.to_string()
    }
}

impl Counts {
    /// Counts one more case.
    pub fn add(&mut self, case: &Case) {
        self.cases += 1;
        self.documents += case.chart.documents.iter().filter(|d| d.part == 0).count();
        for document in &case.chart.documents {
            self.pages += u64::from(document.pages);
            self.pages_ocr += u64::from(document.pages_ocr);
            self.pages_unreadable += u64::from(document.pages_unreadable);
        }
        self.documents_failed += case.problems.iter().filter(|t| t.problem.fatal).count();
        self.facts += case.chart.facts.len();
        self.problems += case.problems.len();
        for ruling in &case.rulings {
            let determination = ruling.verdict.determination.as_str();
            *self.determinations.entry(determination).or_default() += 1;
        }
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
