//! The report: tables for spreadsheets and programs, a narrative a case, and a
//! record of the run.
//!
//! Rows are the public schema; the types that the program works with never leave it
//! as they are. The same cases give the same bytes in every file but run.json, which
//! alone holds times.

mod cell;
mod csv;
mod fact_row;
mod fhir;
mod folder;
mod format;
mod line;
mod name;
mod parquet;
mod read;
mod reading;
mod row;
mod rows;
mod run;
mod table;
mod tables;
mod writer;
mod xlsx;

use std::io::{self, Write};

use jiff::civil::Date;

pub use cell::{Cell, Column, Row, Type, items};
pub use csv::{Table as CsvTable, unguarded};
pub use fact_row::{FactRow, columns as fact_columns, own_column};
pub use folder::{Claim, check as check_out, claim, clear as clear_folder, uninterrupted};
pub use format::{Format, Formats};
pub use line::line;
pub use name::file_names;
pub use parquet::Table as ParquetTable;
pub use read::{
    StoredCase, StoredFact, StoredRow, read_charts, read_document, read_fact, read_rows,
};
pub use reading::{PageLine, WordLine, page_texts};
pub use row::{CaseRow, CriterionRow, DocumentRow, ProblemRow, ReasonRow, SCHEMA_VERSION, StepRow};
pub use rows::case_rows;
pub use run::{
    Basis, Counts, DocumentRecord, OptionsRecord, PROGRAM, PolicyRecord, RunRecord, Timings, run_id,
};
pub use table::{cut, printable};
pub use tables::{Schema, schemas};
pub use writer::Writer;
pub use xlsx::Book;

use crate::chart::Chart;
use crate::error::Problem;
use crate::fact::{Fact, Intent, Side};
use crate::necessity::Verdict;

/// Version of the program.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// A case with all that the report says of it.
pub struct Case {
    /// Unique in its run.
    pub id: String,
    /// What came with it beside its documents.
    pub given: Given,
    /// What its documents say.
    pub chart: Chart,
    /// What each policy makes of it, in the order of the policies; never empty.
    pub rulings: Vec<Ruling>,
    /// Trouble with its documents, by document and page.
    pub problems: Vec<Trouble>,
    /// Facts as the program took them where a reviewer corrected or rejected them.
    pub replaced: Vec<Replaced>,
}

/// A fact that a reviewer put another in the place of, or none.
pub struct Replaced {
    /// Path of the document, relative to the input.
    pub document: String,
    /// Which of the documents that the file holds, counted from 0.
    pub part: usize,
    /// The fact as the program took it.
    pub fact: Fact,
}

/// What one policy makes of a case.
pub struct Ruling {
    /// The verdict.
    pub verdict: Verdict,
    /// The assessment for people, in Markdown.
    pub narrative: String,
    /// The request for missing documentation, in Markdown, where the case waits for it.
    pub request: Option<String>,
}

/// What a manifest says of a case beside its documents.
#[derive(Clone, Default, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Given {
    /// The day to judge as of.
    #[serde(serialize_with = "run::date")]
    pub as_of: Option<Date>,
    /// Procedure code of the request.
    pub cpt: Option<String>,
    /// Side of the request.
    #[serde(serialize_with = "run::side")]
    pub side: Option<Side>,
    /// Intent of the request.
    #[serde(serialize_with = "run::intent")]
    pub intent: Option<Intent>,
    /// Who is asked to pay.
    pub payer: Option<String>,
    /// Where, as "FL".
    pub jurisdiction: Option<String>,
    /// Who asks.
    pub provider: Option<String>,
    /// Whom it is about; a reference that means something to the user alone.
    pub member_ref: Option<String>,
}

impl Given {
    /// As a line of JSON.
    pub fn record(&self) -> String {
        // Writing plain data to memory cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From such a line; what it does not say is absent.
    pub fn of_record(record: &str) -> Self {
        let record: serde_json::Value = serde_json::from_str(record).unwrap_or_default();
        let word = |name: &str| record.get(name).and_then(|value| value.as_str());
        let own = |name: &str| word(name).map(str::to_owned);
        Self {
            as_of: word("as_of").and_then(|day| day.parse().ok()),
            cpt: own("cpt"),
            side: word("side").and_then(|side| side.parse().ok()),
            intent: word("intent").and_then(|intent| intent.parse().ok()),
            payer: own("payer"),
            jurisdiction: own("jurisdiction"),
            provider: own("provider"),
            member_ref: own("member_ref"),
        }
    }
}

/// Trouble with one document.
#[derive(Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Path relative to the input.
    pub document: String,
    /// What went wrong.
    pub problem: Problem,
}

/// What every line of cases.csv says of the program and the run.
pub struct Stamp {
    /// Version of the program.
    pub engine_version: &'static str,
    /// Hash of all that the report follows from.
    pub run_id: String,
}

/// Writes a value as one line of JSON.
pub fn write_json_line(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
