//! The facts of one case over its documents.

use jiff::civil::Date;

use crate::date::PartialDate;
use crate::fact::{Fact, Intent, Side};

/// The facts of one case over its documents, with the request that they are held against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// Every mention, in order of document and position.
    pub facts: Vec<Fact>,
    /// The documents in the case's order; [`Place::document`](crate::fact::Place::document) counts into it.
    pub documents: Vec<ChartDocument>,
    /// What is asked for.
    pub request: Request,
    /// The day that the case is judged as of: never today.
    pub as_of: Option<Date>,
}

/// One document of a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartDocument {
    /// Path relative to the input.
    pub name: String,
    /// Date of the visit, study or request that it tells of.
    pub date: Option<PartialDate>,
    /// Whether it is signed; `None` where it says nothing of a signature.
    pub signed: Option<bool>,
    /// Pages in all.
    pub pages: u32,
    /// Pages read by OCR.
    pub pages_ocr: u32,
    /// Pages that could not be read.
    pub pages_unreadable: u32,
}

/// What is asked for, over all documents and the manifest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Procedure code.
    pub cpt: Option<String>,
    /// Procedure by name, in lower case.
    pub procedure: Option<String>,
    /// Side; `None` where unstated or in conflict.
    pub side: Option<Side>,
    /// Diagnostic or therapeutic; `None` where unstated or in conflict.
    pub intent: Option<Intent>,
    /// Fields that the documents state differently, as `side`.
    pub conflicts: Vec<&'static str>,
    /// Diagnosis codes given with the request, in order of appearance, each once.
    pub diagnosis_codes: Vec<String>,
    /// Facts that the request was read from: indices into [`Chart::facts`].
    pub facts: Vec<usize>,
}
