//! The report: tables for spreadsheets and programs, a narrative a case, and a
//! record of the run.
//!
//! Rows are the public schema; the types that the program works with never leave it
//! as they are. The same cases give the same bytes in every file but run.json, which
//! alone holds times.

mod cell;
mod csv;
mod fact_row;
mod folder;
mod line;
mod name;
mod row;
mod run;
mod table;

use std::io::{self, Write};
use std::path::Path;

use jiff::civil::Date;

pub use cell::{Cell, Row};
pub use fact_row::{FactRow, columns as fact_columns};
pub use folder::{Folder, check as check_out, uninterrupted};
pub use line::line;
pub use row::{CaseRow, CriterionRow, ProblemRow, ReasonRow, SCHEMA_VERSION, StepRow};
pub use run::{Basis, Counts, DocumentRecord, OptionsRecord, PolicyRecord, RunRecord, Timings};
pub use table::table;

use crate::chart::Chart;
use crate::error::{Error, Problem};
use crate::fact::{Intent, Side};
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
    /// What the policy makes of it.
    pub verdict: Verdict,
    /// The assessment for people, in Markdown.
    pub narrative: String,
    /// Trouble with its documents, by document and page.
    pub problems: Vec<Trouble>,
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
    /// Who asks.
    pub provider: Option<String>,
    /// Whom it is about; a reference that means something to the user alone.
    pub member_ref: Option<String>,
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

/// Writes a whole report; `out` holds either all of it or what it held before.
pub fn write(out: &Path, cases: &[Case], run: &RunRecord) -> Result<(), Error> {
    let stamp = Stamp { engine_version: ENGINE_VERSION, run_id: run.run_id.clone() };
    let names = name::file_names(cases.iter().map(|case| case.id.as_str()), ".md");
    let assessments: Vec<String> =
        names.into_iter().map(|name| format!("{}/{name}", folder::ASSESSMENTS)).collect();
    let folder = Folder::begin(out)?;

    let rows: Vec<CaseRow> = cases
        .iter()
        .zip(&assessments)
        .map(|(case, assessment)| CaseRow::new(case, &stamp, assessment.clone()))
        .collect();
    write_rows(&folder, rows)?;
    write_rows(&folder, cases.iter().flat_map(CriterionRow::of))?;
    write_rows(&folder, cases.iter().flat_map(ReasonRow::of))?;
    write_rows(&folder, cases.iter().flat_map(StepRow::of))?;
    write_rows(&folder, cases.iter().flat_map(ProblemRow::of))?;
    folder.write("facts.csv", |file| {
        let rows: Vec<FactRow<'_>> = fact_rows(cases).collect();
        csv::write(file, &fact_columns(), rows.iter().map(FactRow::cells)).map(drop)
    })?;
    folder.write("facts.jsonl", |file| {
        fact_rows(cases).try_for_each(|row| write_json_line(file, &row))
    })?;
    for (case, assessment) in cases.iter().zip(&assessments) {
        folder.write(assessment, |file| file.write_all(case.narrative.as_bytes()))?;
    }
    folder.write(folder::RUN, |file| {
        serde_json::to_writer_pretty(&mut *file, run)?;
        file.write_all(b"\n")
    })?;
    folder.finish()
}

/// Writes a value as one line of JSON.
pub fn write_json_line(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Writes the table that the rows belong to.
fn write_rows<R: Row>(folder: &Folder, rows: impl IntoIterator<Item = R>) -> Result<(), Error> {
    folder.write(R::FILE, |file| {
        let rows: Vec<R> = rows.into_iter().collect();
        csv::write(file, R::COLUMNS, rows.iter().map(Row::cells)).map(drop)
    })
}

/// All facts, by case, document and position.
fn fact_rows(cases: &[Case]) -> impl Iterator<Item = FactRow<'_>> {
    cases.iter().flat_map(|case| {
        case.chart.facts.iter().map(|fact| FactRow {
            case_id: Some(&case.id),
            document: case
                .chart
                .documents
                .get(fact.place.document)
                .map_or("", |document| document.name.as_str()),
            fact,
        })
    })
}
