//! The tables of a report in each of its forms; every form gets the same rows.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::cell::{Cell, Column, Row};
use super::csv::Table;
use super::fact_row::columns as fact_columns;
use super::folder::{self, Folder};
use super::format::{Format, Formats};
use super::parquet;
use super::row::{CaseRow, CriterionRow, DocumentRow, ProblemRow, ReasonRow, StepRow};
use super::xlsx::Book;
use crate::error::Error;

/// Which table it is, and its columns in order.
pub struct Schema {
    /// Its CSV file.
    pub file: &'static str,
    /// Its columns in order.
    pub columns: Vec<Column>,
}

impl Schema {
    fn of<R: Row>() -> Self {
        Self { file: R::FILE, columns: R::COLUMNS.to_vec() }
    }

    /// Its name without an ending.
    pub fn name(&self) -> &'static str {
        self.file.split('.').next().unwrap_or(self.file)
    }

    /// The names of its columns.
    pub fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    /// Its Parquet file.
    pub fn parquet(&self) -> String {
        format!("{}.parquet", self.name())
    }
}

/// Every table of a report, in the order that people read them.
pub fn schemas() -> Vec<Schema> {
    vec![
        Schema::of::<CaseRow>(),
        Schema::of::<ReasonRow>(),
        Schema::of::<CriterionRow>(),
        Schema::of::<StepRow>(),
        Schema { file: folder::FACTS, columns: fact_columns() },
        Schema::of::<ProblemRow>(),
        Schema::of::<DocumentRow>(),
    ]
}

/// The tables of a report that is being written.
pub struct Tables {
    schemas: Vec<Schema>,
    /// In the order of the schemas.
    csv: Vec<Table<BufWriter<File>>>,
    book: Option<Book>,
    /// In the order of the schemas; none where they are not asked for.
    parquet: Vec<parquet::Table<BufWriter<File>>>,
}

impl Tables {
    /// Begins each table in each of the forms.
    pub fn begin(folder: &Folder, formats: &Formats) -> Result<Self, Error> {
        let schemas = schemas();
        let csv = schemas
            .iter()
            .map(|schema| folder.write(schema.file, |file| Table::begin(file, &schema.names())))
            .collect::<Result<_, _>>()?;
        let book = formats.has(Format::Xlsx).then(|| Book::begin(folder.partial(), &schemas));
        let book = book.transpose().map_err(|source| folder.failed(source))?;
        let by_columns = if formats.has(Format::Parquet) { schemas.as_slice() } else { &[] };
        let parquet = by_columns
            .iter()
            .map(|schema| {
                folder.write(&schema.parquet(), |file| {
                    parquet::Table::begin(file, schema.name(), &schema.columns)
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { schemas, csv, book, parquet })
    }

    /// Writes a row of the table of that CSV file.
    ///
    /// # Panics
    /// If there is no such table.
    pub fn push(&mut self, file: &str, row: &[Cell<'_>]) -> std::io::Result<()> {
        let table = self.schemas.iter().position(|schema| schema.file == file);
        let table = table.unwrap_or_else(|| unreachable!("no table of that name"));
        self.csv[table].push(row)?;
        if let Some(table) = self.parquet.get_mut(table) {
            table.push(row)?;
        }
        match &mut self.book {
            Some(book) => book.push(table, row),
            None => Ok(()),
        }
    }

    /// Ends every table; of a workbook once `further` has put into it what follows from the others,
    /// which stand in the folder that it is given.
    pub fn finish(
        self,
        folder: &Folder,
        further: impl FnOnce(&Path, &mut Book) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let ended = self.csv.into_iter().try_for_each(|table| table.finish()?.flush());
        ended.map_err(|source| folder.failed(source))?;
        self.parquet
            .into_iter()
            .try_for_each(parquet::Table::finish)
            .map_err(|source| folder.failed(source))?;
        match self.book {
            Some(mut book) => {
                further(folder.partial(), &mut book)?;
                folder.write(folder::BOOK, |file| book.finish(file))
            }
            None => Ok(()),
        }
    }
}
