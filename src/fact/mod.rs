//! Facts: what a record says, with the place where it says it.
//!
//! Types only: [`extract`](crate::extract) makes them, [`chart`](crate::chart)
//! gathers them, [`necessity`](crate::necessity) weighs them.

mod kinds;
mod value;
mod words;

pub use kinds::*;
pub use value::{FieldShape, FieldType, FieldValue, IntoFieldValue};
pub use words::*;

use crate::closed_set;
use crate::date::PartialDate;
use crate::document::TextSource;
use crate::geometry::Rect;

/// Something a record says.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Fact {
    /// Stable id: a hash of document content, span and kind, 16 hexadecimal digits.
    pub id: String,
    /// What it is about, with the fields of its kind.
    pub kind: Kind,
    /// How the record says it.
    pub assertion: Assertion,
    /// When it happened or was measured, as precisely as written.
    pub date: Option<PartialDate>,
    /// The section it stands in.
    pub section: Section,
    /// The lexicon entry or pattern that made it, then the ids of the cues that
    /// modified it, joined by `+`.
    pub rule: String,
    /// How sure the rule is, 0-1; lowered by poor OCR.
    pub confidence: f32,
    /// Where the record says it.
    pub place: Place,
}

crate::withhold_debug!(Fact);

/// Where a record says something.
#[derive(Clone, Default, PartialEq)]
pub struct Place {
    /// Which document of the case, counted from 0 in the order of the case's documents.
    pub document: usize,
    /// The page that the span starts on, counted from 1.
    pub page: u32,
    /// One box for each line touched, in PDF points from the page's top left; empty for text files.
    pub boxes: Vec<Rect>,
    /// First character, in code points from the start of the document's text.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// The words themselves.
    pub quote: String,
    /// Where the words come from; `None` for a fact that was not read from a record (a policy's test case).
    pub source: Option<TextSource>,
    /// Mean confidence of the words touched, 0-1; `None` unless read by OCR.
    pub ocr_confidence: Option<f32>,
}

impl Place {
    /// Whether two places share a character.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.document == other.document && self.start < other.end && other.start < self.end
    }
}

// A quote is protected health information and `Debug` output ends up in logs.
impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Place(document {}, page {}, {}..{})",
            self.document, self.page, self.start, self.end
        )
    }
}

/// How a record says something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assertion {
    /// Said, denied, or left blank.
    pub polarity: Polarity,
    /// Said as certain or as possible.
    pub certainty: Certainty,
    /// When it holds.
    pub time: Time,
    /// Of whom.
    pub experiencer: Experiencer,
    /// Whose word it is.
    pub origin: Origin,
}

impl Assertion {
    /// Whether it is said to be or to have been so, and is neither denied nor ahead.
    pub fn is_told_as_fact(&self) -> bool {
        self.polarity == Polarity::Affirmed
            && !matches!(self.time, Time::Planned | Time::Hypothetical)
    }
}

closed_set! {
    /// Said, denied, or left blank.
    pub enum Polarity {
        #[default]
        Affirmed = "affirmed",
        Negated = "negated",
        /// A blank template.
        Unknown = "unknown",
    }
}

closed_set! {
    /// Said as certain or as possible.
    pub enum Certainty {
        #[default]
        Certain = "certain",
        Possible = "possible",
    }
}

closed_set! {
    /// When something holds.
    pub enum Time {
        #[default]
        Current = "current",
        Past = "past",
        Planned = "planned",
        Hypothetical = "hypothetical",
    }
}

closed_set! {
    /// Whom something is about.
    pub enum Experiencer {
        #[default]
        Patient = "patient",
        Family = "family",
        Other = "other",
    }
}

closed_set! {
    /// Whose word it is.
    pub enum Origin {
        #[default]
        Clinician = "clinician",
        PatientReported = "patient_reported",
        CopiedForward = "copied_forward",
        Checkbox = "checkbox",
        GoalOrEducation = "goal_or_education",
    }
}

closed_set! {
    /// The kinds of section that rules ask about; headings are in `lexicons/sections.toml`.
    pub enum Section {
        /// Before any heading, or under one that is not known.
        #[default]
        Other = "other",
        Header = "header",
        ChiefComplaint = "chief_complaint",
        History = "history",
        PastMedicalHistory = "past_medical_history",
        PastSurgicalHistory = "past_surgical_history",
        FamilyHistory = "family_history",
        SocialHistory = "social_history",
        Medications = "medications",
        Allergies = "allergies",
        ReviewOfSystems = "review_of_systems",
        Treatments = "treatments",
        Outcomes = "outcomes",
        Exam = "exam",
        Imaging = "imaging",
        Electrodiagnostics = "electrodiagnostics",
        Data = "data",
        Procedure = "procedure",
        Assessment = "assessment",
        Plan = "plan",
        Request = "request",
        Goals = "goals",
        Education = "education",
        Signature = "signature",
    }
}
