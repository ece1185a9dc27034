//! Writes a report case by case, so that it holds one case at a time.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::fact_row::FactRow;
use super::fhir;
use super::folder::{self, Folder};
use super::format::{Format, Formats};
use super::rows::{case_rows, fact_rows, ruling_name};
use super::run::{Counts, RunRecord};
use super::table::Shown;
use super::tables::Tables;
use super::xlsx::Book;
use super::{Case, ENGINE_VERSION, Replaced, Stamp, name, write_json_line};
use crate::error::Error;

type Out = BufWriter<File>;

/// A report that is being written; without a trace unless it is finished.
pub struct Writer {
    folder: Folder,
    stamp: Stamp,
    /// File names without their ending, by case.
    names: HashMap<String, String>,
    tables: Tables,
    fact_lines: Out,
    bundles: bool,
    replaced: Option<Out>,
    counts: Counts,
    shown: Shown,
}

impl Writer {
    /// Begins a report that will stand in `out`, a folder. `cases` are the ids of all that
    /// will come, `run_id` is what [`super::run_id`] says of them; tables are written in each
    /// of the formats.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder cannot be written.
    pub fn begin<'a>(
        out: &Path,
        cases: impl IntoIterator<Item = &'a str>,
        run_id: &str,
        formats: &Formats,
    ) -> Result<Self, Error> {
        let folder = Folder::begin(out)?;
        let ids: Vec<&str> = cases.into_iter().collect();
        let names =
            ids.iter().map(|id| (*id).to_owned()).zip(name::file_names(ids.iter().copied()));
        Ok(Self {
            names: names.collect(),
            stamp: Stamp { engine_version: ENGINE_VERSION, run_id: run_id.to_owned() },
            tables: Tables::begin(&folder, formats)?,
            fact_lines: folder.write(folder::FACT_LINES, Ok)?,
            bundles: formats.has(Format::Fhir),
            replaced: None,
            counts: Counts::default(),
            shown: Shown::default(),
            folder,
        })
    }

    /// Writes all that the report says of a case. Cases come in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written, as on a full disk.
    pub fn push(&mut self, case: &Case) -> Result<(), Error> {
        if !case.replaced.is_empty() && self.replaced.is_none() {
            self.replaced = Some(self.folder.write(folder::REPLACED, Ok)?);
        }
        let written = self.push_rows(case).and_then(|()| self.push_replaced(case));
        written.map_err(|source| self.folder.failed(source))?;
        let of_case = self.names.get(&case.id).map_or("", String::as_str);
        for ruling in &case.rulings {
            let name = format!("{}.md", ruling_name(of_case, case, ruling));
            self.folder.page(folder::ASSESSMENTS, &name, &ruling.narrative)?;
            if let Some(request) = &ruling.request {
                self.folder.page(folder::REQUESTS, &name, request)?;
            }
        }
        if self.bundles {
            let bundle = format!("{:#}\n", fhir::bundle(case));
            self.folder.page(folder::BUNDLES, &format!("{of_case}.json"), &bundle)?;
        }
        self.counts.add(case);
        self.shown.add(case);
        Ok(())
    }

    fn push_rows(&mut self, case: &Case) -> io::Result<()> {
        let name = self.names.get(&case.id).map_or("", String::as_str);
        case_rows(case, &self.stamp, name, |file, cells| self.tables.push(file, cells))?;
        fact_rows(case).try_for_each(|row| write_json_line(&mut self.fact_lines, &row))
    }

    fn push_replaced(&mut self, case: &Case) -> io::Result<()> {
        let Some(out) = &mut self.replaced else { return Ok(()) };
        for Replaced { document, part, fact } in &case.replaced {
            let row = FactRow { case_id: Some(&case.id), document, part: *part, fact };
            write_json_line(out, &row)?;
        }
        Ok(())
    }

    /// What the cases hold so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Puts the report in its place, and yields the table of cases for people. Where a workbook is
    /// asked for, `further` may put more into it: it is given the folder that the tables stand in.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written, and what `further` says.
    pub fn finish(
        self,
        run: &RunRecord,
        further: impl FnOnce(&Path, &mut Book) -> Result<(), Error>,
    ) -> Result<String, Error> {
        let Self { folder, tables, mut fact_lines, replaced, .. } = self;
        tables.finish(&folder, further)?;
        fact_lines.flush().map_err(|source| folder.failed(source))?;
        if let Some(mut replaced) = replaced {
            replaced.flush().map_err(|source| folder.failed(source))?;
        }
        folder.write(folder::RUN, |mut file| {
            serde_json::to_writer_pretty(&mut file, run)?;
            file.write_all(b"\n")?;
            file.flush()
        })?;
        folder.finish()?;
        Ok(self.shown.table())
    }
}
