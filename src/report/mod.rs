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
mod read;
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
pub use read::{StoredCase, StoredRow, read_charts, read_rows};
pub use row::{CaseRow, CriterionRow, DocumentRow, ProblemRow, ReasonRow, SCHEMA_VERSION, StepRow};
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
    /// What each policy makes of it, in the order of the policies; never empty.
    pub rulings: Vec<Ruling>,
    /// Trouble with its documents, by document and page.
    pub problems: Vec<Trouble>,
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
    let rulings = || cases.iter().flat_map(|case| case.rulings.iter().map(move |r| (case, r)));
    let ids: Vec<String> = rulings().map(|(case, ruling)| ruling_id(case, ruling)).collect();
    let names = name::file_names(ids.iter().map(String::as_str), ".md");
    let place = |folder: &str, name: &str| format!("{folder}/{name}");
    let folder = Folder::begin(out)?;

    let rows: Vec<CaseRow> = rulings()
        .zip(&names)
        .map(|((case, ruling), name)| {
            CaseRow::new(case, &ruling.verdict, &stamp, place(folder::ASSESSMENTS, name))
        })
        .collect();
    write_rows(&folder, rows)?;
    write_rows(&folder, cases.iter().flat_map(CriterionRow::of))?;
    write_rows(&folder, cases.iter().flat_map(ReasonRow::of))?;
    write_rows(&folder, cases.iter().flat_map(StepRow::of))?;
    write_rows(&folder, cases.iter().flat_map(ProblemRow::of))?;
    write_rows(&folder, cases.iter().flat_map(DocumentRow::of))?;
    folder.write("facts.csv", |file| {
        let rows: Vec<FactRow<'_>> = fact_rows(cases).collect();
        csv::write(file, &fact_columns(), rows.iter().map(FactRow::cells)).map(drop)
    })?;
    folder.write("facts.jsonl", |file| {
        fact_rows(cases).try_for_each(|row| write_json_line(file, &row))
    })?;
    for ((_, ruling), name) in rulings().zip(&names) {
        let assessment = place(folder::ASSESSMENTS, name);
        folder.write(&assessment, |file| file.write_all(ruling.narrative.as_bytes()))?;
        if let Some(request) = &ruling.request {
            let place = place(folder::REQUESTS, name);
            folder.write(&place, |file| file.write_all(request.as_bytes()))?;
        }
    }
    folder.write(folder::RUN, |file| {
        serde_json::to_writer_pretty(&mut *file, run)?;
        file.write_all(b"\n")
    })?;
    folder.finish()
}

/// What the files of a ruling are named by: the case, and where it is held against several policies, the policy.
fn ruling_id(case: &Case, ruling: &Ruling) -> String {
    let verdict = &ruling.verdict;
    let of_id = case.rulings.iter().filter(|r| r.verdict.policy_id == verdict.policy_id).count();
    match (case.rulings.len(), of_id) {
        (0 | 1, _) => case.id.clone(),
        (_, 0 | 1) => format!("{}.{}", case.id, verdict.policy_id),
        _ => format!("{}.{}-{}", case.id, verdict.policy_id, verdict.policy_version),
    }
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
        case.chart.facts.iter().map(|fact| {
            let document = case.chart.documents.get(fact.place.document);
            FactRow {
                case_id: Some(&case.id),
                document: document.map_or("", |document| document.name.as_str()),
                part: document.map_or(0, |document| document.part),
                fact,
            }
        })
    })
}
