//! The forms that a report is written in.

use std::collections::BTreeSet;

use crate::closed_set;
use crate::error::Error;

closed_set! {
    /// A form of the report's tables.
    pub enum Format {
        /// A file a table; always written.
        #[default]
        Csv = "csv",
        /// A line a fact; always written.
        Jsonl = "jsonl",
        /// One workbook with a sheet a table.
        Xlsx = "xlsx",
        /// A typed file a table, by columns.
        Parquet = "parquet",
        /// A FHIR R4 Bundle a case.
        Fhir = "fhir",
    }
}

/// The forms that one report is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formats(BTreeSet<Format>);

impl Formats {
    /// What is asked for, and what is always written.
    ///
    /// # Errors
    /// [`Error::Usage`] for a form that this build of the program cannot write.
    pub fn of(asked: &[Format]) -> Result<Self, Error> {
        let always = [Format::Csv, Format::Jsonl];
        Ok(Self(always.into_iter().chain(asked.iter().copied()).collect()))
    }

    /// Whether it is one of them.
    pub fn has(&self, format: Format) -> bool {
        self.0.contains(&format)
    }

    /// Each once, in the order of the vocabulary.
    pub fn iter(&self) -> impl Iterator<Item = Format> + '_ {
        self.0.iter().copied()
    }
}
