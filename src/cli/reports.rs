//! Report folders as what is counted: their tables, read side by side.

#![expect(clippy::disallowed_methods, reason = "reads reports")]

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::table::Table;
use crate::analysis::{self, Ask, Cases, Cohort, Filler, Index, Report, Rows, Source, Topic};
use crate::error::Error;
use crate::report::{Book, PROGRAM, SCHEMA_VERSION};
use crate::store;

/// What is needed of run.json.
#[derive(Deserialize)]
struct Mark {
    program: String,
    schema_version: u32,
    run_id: String,
    engine_version: String,
}

/// What a report is of.
pub struct Head {
    /// Its run.
    pub run_id: String,
    /// Version of the program that wrote it.
    pub engine_version: String,
    /// Whether its assessments are files beside its tables.
    assessments: bool,
}

/// The head of a report.
///
/// # Errors
/// [`Error::Usage`] where the folder is no report, or none that this version of the program reads.
pub fn head(out: &Path) -> Result<Head, Error> {
    let wrong = |problem: String| Error::Usage { place: out.display().to_string(), problem };
    if !out.is_dir() {
        return Err(wrong("no such folder; name a report folder, as `run` writes it".into()));
    }
    let run = out.join("run.json");
    // Spark writes tables alone. What `run` left half done has its store, and is no report.
    if !run.exists()
        && !out.join(store::FILE).exists()
        && let Some(cases @ Table::Parquet(_)) = Table::find(out, "cases")?
    {
        return head_of_cases(&cases);
    }
    let mark = fs::read(run).ok().and_then(|bytes| serde_json::from_slice::<Mark>(&bytes).ok());
    let mark = mark.filter(|mark| mark.program == PROGRAM).ok_or_else(|| {
        wrong("no report: it has no run.json of this program; name a folder that `run` wrote to its end".into())
    })?;
    if mark.schema_version != SCHEMA_VERSION {
        return Err(wrong(format!(
            "its tables are of version {}, written by chartsift {}; this program reads version \
             {SCHEMA_VERSION}: give `run` the same inputs and --out once more",
            mark.schema_version, mark.engine_version,
        )));
    }
    Ok(Head { run_id: mark.run_id, engine_version: mark.engine_version, assessments: true })
}

/// The head of a report that is its tables alone: what its cases say of their run.
fn head_of_cases(cases: &Table) -> Result<Head, Error> {
    let mut runs: [BTreeSet<String>; 2] = Default::default();
    let columns = ["run_id", "engine_version"];
    let parts = cases.read(&columns, jobs(), <[BTreeSet<String>; 2]>::default, |runs, cells| {
        for (runs, cell) in runs.iter_mut().zip(cells) {
            if !runs.contains(cell.as_ref()) {
                runs.insert(cell.to_string());
            }
        }
    })?;
    for part in parts {
        runs.iter_mut().zip(part).for_each(|(runs, own)| runs.extend(own));
    }
    let [run_id, engine_version] =
        runs.map(|words| words.into_iter().collect::<Vec<String>>().join(", "));
    Ok(Head { run_id, engine_version, assessments: false })
}

fn jobs() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The cases of reports with those tables that are asked for. A run that is named twice counts once.
///
/// # Errors
/// [`Error::Usage`] where a folder is no report or lacks a table, [`Error::Io`] where one cannot be
/// read.
pub fn load(folders: &[PathBuf], sources: &BTreeSet<Source>) -> Result<Cohort, Error> {
    let mut cohort = Cohort::default();
    let mut indices: Vec<(&Path, Index)> = Vec::new();
    let mut runs: BTreeSet<String> = BTreeSet::new();
    for folder in folders {
        let head = head(folder)?;
        // On Spark a run may be without a name.
        let run = match head.run_id.as_str() {
            "" => folder.canonicalize().unwrap_or_else(|_| folder.clone()).display().to_string(),
            run => run.to_owned(),
        };
        if !runs.insert(run) {
            eprintln!("chartsift: {}: a run that is there already; counted once", folder.display());
            continue;
        }
        let report = Report {
            folder: folder.display().to_string(),
            run_id: head.run_id,
            engine_version: head.engine_version,
        };
        let index = cases(&mut cohort, folder, report, head.assessments)?;
        indices.push((folder, index));
    }
    take(&mut cohort, &indices, sources)?;
    Ok(cohort)
}

/// Adds to a run's workbook the sheet `summary` of the run's tables, which stand in that folder.
///
/// # Errors
/// [`Error::Io`] where they cannot be read, or the workbook's files not written.
pub fn add_summary(folder: &Path, book: &mut Book) -> Result<(), Error> {
    let mut cohort = Cohort::default();
    let index = cases(&mut cohort, folder, Report::default(), true)?;
    take(&mut cohort, &[(folder, index)], Source::ALL)?;
    let summary = analysis::summarize(&cohort, &Ask::all());
    analysis::sheet(&summary, book).map_err(Error::io(folder, "cannot write"))
}

/// Takes the cases of a report, and says where each stands among all.
fn cases(
    cohort: &mut Cohort,
    folder: &Path,
    report: Report,
    assessments: bool,
) -> Result<Index, Error> {
    cohort.report(report);
    let table = Table::get(folder, "cases")?;
    let read = table.read(Cases::COLUMNS, jobs(), Cases::default, |cases, cells| cases.push(cells));
    let mut parts = read?;
    if !assessments {
        parts.iter_mut().for_each(Cases::without_assessments);
    }
    Ok(cohort.take_cases(parts))
}

/// Takes the rows of these tables of each report.
fn take<'a>(
    cohort: &mut Cohort,
    indices: &[(&Path, Index)],
    sources: impl IntoIterator<Item = &'a Source>,
) -> Result<(), Error> {
    for source in sources {
        let mut all: Option<Rows> = None;
        for (folder, index) in indices {
            let Some(table) = table(folder, *source)? else { continue };
            for rows in rows(&table, *source, index)? {
                match &mut all {
                    None => all = Some(rows),
                    Some(all) => all.absorb(rows),
                }
            }
        }
        if let Some(rows) = all {
            if rows.strays > 0 {
                eprintln!(
                    "chartsift: {} of {} are of cases that the table of cases does not have; left out",
                    super::job::counted(rows.strays, "row"),
                    source.name()
                );
            }
            cohort.take(*source, rows);
        }
    }
    Ok(())
}

/// The table of a report; `None` where it may be missing.
fn table(report: &Path, source: Source) -> Result<Option<Table>, Error> {
    if source == Source::Reviews {
        return Table::find(report, source.name());
    }
    let asks = Topic::ALL.iter().filter(|topic| Ask::Topic(**topic).sources().contains(&source));
    let asks: Vec<&str> = asks.map(|topic| topic.as_str()).collect();
    Table::get(report, source.name()).map(Some).map_err(|error| match error {
        // The figures over all need the reasons.
        Error::Usage { place, problem } if source != Source::Reasons => Error::Usage {
            place,
            problem: format!(
                "{problem}; without it ask by --by for others than {}",
                asks.join(", ")
            ),
        },
        error => error,
    })
}

/// The rows of one table, part by part.
fn rows(table: &Table, source: Source, index: &Index) -> Result<Vec<Rows>, Error> {
    let columns: Vec<&'static str> =
        [source.key()].into_iter().chain(source.columns().iter().copied()).collect();
    let index = (source.key() == "case_id").then_some(index);
    let fillers = table.read(
        &columns,
        jobs(),
        || Filler::new(index),
        |filler, cells| {
            if let [key, cells @ ..] = cells {
                filler.push(key, cells.iter().map(Cow::as_ref));
            }
        },
    );
    Ok(fillers?.into_iter().map(Filler::finish).collect())
}
