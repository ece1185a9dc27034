//! Report folders as what is counted: their tables, read side by side.

#![expect(clippy::disallowed_methods, reason = "reads reports")]

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::split::{self, Trouble};
use crate::analysis::{Cohort, Filler, Given, Index, Report, Rows, Source};
use crate::error::Error;
use crate::report::{PROGRAM, SCHEMA_VERSION};

/// What is needed of run.json.
#[derive(Deserialize)]
pub struct Head {
    program: String,
    schema_version: u32,
    /// Its run.
    pub run_id: String,
    /// Version of the program that wrote it.
    pub engine_version: String,
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
    let bytes = fs::read(out.join("run.json"));
    let head = bytes.ok().and_then(|bytes| serde_json::from_slice::<Head>(&bytes).ok());
    let head = head.filter(|head| head.program == PROGRAM).ok_or_else(|| {
        wrong("no report: it has no run.json of this program; name a folder that `run` wrote to its end".into())
    })?;
    if head.schema_version != SCHEMA_VERSION {
        return Err(wrong(format!(
            "its tables are of version {}, written by chartsift {}; this program reads version \
             {SCHEMA_VERSION}: give `run` the same inputs and --out once more",
            head.schema_version, head.engine_version,
        )));
    }
    Ok(head)
}

/// The cases of reports with those tables that are asked for. A run that is named twice counts once.
///
/// # Errors
/// [`Error::Usage`] where a folder is no report, [`Error::Io`] where a table cannot be read.
pub fn load(folders: &[PathBuf], sources: &BTreeSet<Source>) -> Result<Cohort, Error> {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut cohort = Cohort::default();
    let mut indices: Vec<(&Path, Index)> = Vec::new();
    let mut runs: BTreeSet<String> = BTreeSet::new();
    for folder in folders {
        let head = head(folder)?;
        if !runs.insert(head.run_id.clone()) {
            eprintln!("chartsift: {}: a run that is there already; counted once", folder.display());
            continue;
        }
        cohort.report(Report {
            folder: folder.display().to_string(),
            run_id: head.run_id,
            engine_version: head.engine_version,
        });
        let mut index = Index::default();
        let path = folder.join("cases.csv");
        let read = split::each(&path, Given::COLUMNS, |cells| {
            let row: Vec<&str> = cells.iter().map(Cow::as_ref).collect();
            cohort.case(&mut index, &row);
        });
        read.map_err(|trouble| told(&path, trouble))?;
        indices.push((folder, index));
    }
    for source in sources {
        let mut all: Option<Rows> = None;
        for (folder, index) in &indices {
            let path = folder.join(format!("{}.csv", source.name()));
            if *source == Source::Reviews && !path.is_file() {
                continue;
            }
            for rows in rows(&path, *source, index, jobs)? {
                match &mut all {
                    None => all = Some(rows),
                    Some(all) => all.absorb(rows),
                }
            }
        }
        if let Some(rows) = all {
            if rows.strays > 0 {
                eprintln!(
                    "chartsift: {} of {}.csv are of cases that cases.csv does not have; left out",
                    super::job::counted(rows.strays, "row"),
                    source.name()
                );
            }
            cohort.take(*source, rows);
        }
    }
    Ok(cohort)
}

/// The rows of one table, part by part.
fn rows(path: &Path, source: Source, index: &Index, jobs: usize) -> Result<Vec<Rows>, Error> {
    let columns: Vec<&'static str> =
        [source.key()].into_iter().chain(source.columns().iter().copied()).collect();
    let index = (source.key() == "case_id").then_some(index);
    let read = split::read(
        path,
        &columns,
        jobs,
        || Filler::new(index),
        |filler, cells| {
            if let [key, cells @ ..] = cells {
                filler.push(key, cells.iter().map(Cow::as_ref));
            }
        },
    );
    let fillers = read.map_err(|trouble| told(path, trouble))?;
    Ok(fillers.into_iter().map(Filler::finish).collect())
}

/// What is told of a table that cannot be read.
pub fn told(path: &Path, trouble: Trouble) -> Error {
    let place = path.display().to_string();
    match trouble {
        Trouble::Io(source) => Error::io(path, "cannot read")(source),
        Trouble::Column(column) => Error::Usage {
            place,
            problem: format!("no column `{column}`; it is no table of a report of this version"),
        },
        Trouble::Broken => Error::Usage { place, problem: "no table of a report".into() },
    }
}
