//! The report as one workbook: a sheet a table, its cells typed, its header in sight.
//!
//! Rows go to files without a name as they come, so that memory does not grow with
//! them. Text stays text: nothing in a workbook is run that was not written as a
//! formula, as the links to assessments are, so none is guarded here as it is in CSV. What Excel cannot hold never
//! fails: a table goes on in a second sheet, which a note on the first names, a long text is cut and ends with `…`.

use std::io::{self, Seek, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, Formula, Note, Workbook, Worksheet, XlsxError,
};

use super::cell::Cell;
use super::tables::Schema;

/// Rows that a sheet may have, the header among them.
const ROWS: u32 = 1_048_576;
/// UTF-16 code units that a cell may have.
const UNITS: usize = 32_767;
/// The column whose cells lead to a file of the report.
const LINK: &str = "assessment";

/// A workbook that is being written.
pub struct Book {
    workbook: Workbook,
    /// In the order of the tables.
    sheets: Vec<Sheet>,
    header: Format,
    rows: u32,
}

/// The sheet that a table is at.
struct Sheet {
    /// What its sheets are called; those after the first are counted.
    name: &'static str,
    columns: Vec<&'static str>,
    /// Its place in the workbook.
    at: usize,
    /// Which sheet of the table it is, counted from 1.
    number: u32,
    /// Rows written, the header among them.
    rows: u32,
}

impl Book {
    /// Begins a workbook; `room` is a folder for the files without a name.
    pub fn begin(room: &Path, schemas: &[Schema]) -> io::Result<Self> {
        Self::with_rows(room, schemas, ROWS)
    }

    /// The same with so many rows a sheet.
    fn with_rows(room: &Path, schemas: &[Schema], rows: u32) -> io::Result<Self> {
        guarded(|| {
            let mut workbook = Workbook::new();
            workbook.set_tempdir(room)?;
            // The same report has the same bytes whenever it is written.
            let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
            let header = Format::new().set_bold();
            let mut book = Self { workbook, sheets: Vec::new(), header, rows };
            schemas.iter().try_for_each(|schema| book.begin_table(schema))?;
            Ok(book)
        })
    }

    /// Begins a further table, and yields its place.
    pub fn add(&mut self, schema: &Schema) -> io::Result<usize> {
        guarded(|| self.begin_table(schema))?;
        Ok(self.sheets.len() - 1)
    }

    fn begin_table(&mut self, schema: &Schema) -> Result<(), XlsxError> {
        let (name, columns) = (schema.name(), schema.names());
        self.sheets.push(Sheet { name, columns, at: 0, number: 0, rows: 0 });
        self.open(self.sheets.len() - 1)
    }

    /// Opens the next sheet of a table, with its header.
    fn open(&mut self, table: usize) -> Result<(), XlsxError> {
        let sheet = &mut self.sheets[table];
        sheet.number += 1;
        sheet.rows = 1;
        let worksheet = self.workbook.add_worksheet_with_constant_memory()?;
        match sheet.number {
            1 => worksheet.set_name(sheet.name)?,
            number => worksheet.set_name(format!("{} {number}", sheet.name))?,
        };
        worksheet.set_freeze_panes(1, 1)?;
        for (column, name) in (0..).zip(&sheet.columns) {
            worksheet.set_column_width(column, width(name))?;
            worksheet.write_string_with_format(0, column, *name, &self.header)?;
        }
        sheet.at = self.workbook.worksheets().len() - 1;
        Ok(())
    }

    /// Writes a row of the table at that place of the schemas.
    pub fn push(&mut self, table: usize, row: &[Cell<'_>]) -> io::Result<()> {
        guarded(|| {
            if self.sheets[table].rows == self.rows {
                self.close(table)?;
                self.lead_on(table)?;
                self.open(table)?;
            }
            let sheet = &mut self.sheets[table];
            let worksheet = self.workbook.worksheet_from_index(sheet.at)?;
            for ((column, name), cell) in (0..).zip(&sheet.columns).zip(row) {
                let at = (sheet.rows, column);
                match cell {
                    Cell::Text(path) if *name == LINK => link(worksheet, at, path)?,
                    cell => write(worksheet, at, cell)?,
                }
            }
            sheet.rows += 1;
            Ok(())
        })
    }

    /// Says on a full sheet where the table goes on: whoever filters or counts one sheet would
    /// miss the rest.
    fn lead_on(&mut self, table: usize) -> Result<(), XlsxError> {
        let Sheet { name, at, number, .. } = &self.sheets[table];
        let words = format!(
            "This sheet is full. The table goes on in the sheet \"{name} {}\".",
            number + 1
        );
        let note =
            Note::new(words).set_author("chartsift").add_author_prefix(false).set_visible(true);
        self.workbook.worksheet_from_index(*at)?.insert_note(0, 0, &note)?;
        Ok(())
    }

    /// Puts a filter over all rows of a table's sheet.
    fn close(&mut self, table: usize) -> Result<(), XlsxError> {
        let Sheet { columns, at, rows, .. } = &self.sheets[table];
        let last = u16::try_from(columns.len() - 1).unwrap_or(u16::MAX);
        self.workbook.worksheet_from_index(*at)?.autofilter(0, 0, rows - 1, last)?;
        Ok(())
    }

    /// Ends the workbook.
    pub fn finish(mut self, mut out: impl Write + Seek + Send) -> io::Result<()> {
        guarded(|| {
            for table in 0..self.sheets.len() {
                self.close(table)?;
            }
            self.workbook.save_to_writer(&mut out)
        })?;
        out.flush()
    }
}

/// Writes one cell; nothing for an empty one.
fn write(sheet: &mut Worksheet, at: (u32, u16), cell: &Cell<'_>) -> Result<(), XlsxError> {
    let (row, column) = at;
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, fitting(text))?,
        Cell::Number(number) => sheet.write_number(row, column, *number)?,
        Cell::Count(count) => sheet.write_number(row, column, *count as f64)?,
        Cell::Flag(flag) => sheet.write_boolean(row, column, *flag)?,
    };
    Ok(())
}

/// Writes a path in the report folder as a link to its file. The names of our files hold nothing
/// that a formula would take for more than a letter.
fn link(sheet: &mut Worksheet, (row, column): (u32, u16), path: &str) -> Result<(), XlsxError> {
    let formula = Formula::new(format!("=HYPERLINK(\"{path}\",\"{path}\")")).set_result(path);
    sheet.write_formula(row, column, formula)?;
    Ok(())
}

/// A column's width in characters: prose is wide, ids are as they mostly are.
fn width(column: &str) -> f64 {
    match column {
        "rationale" | "explanation" | "evidence" | "action" | "quote" | "record_quote"
        | "observed" | "required" | "problem" | "missing_item" | "why_needed" | "value" => 48.0,
        "case_id"
        | "document"
        | "determination"
        | "determination_without_exclusions"
        | "title"
        | "label"
        | "primary_reason"
        | "primary_reason_id"
        | "reason_ids"
        | "reason_id"
        | "criterion_id"
        | "policy_id"
        | "next_step"
        | "step_id"
        | "assessment"
        | "rule" => 26.0,
        // A filter's arrow stands beside the name.
        name => (name.chars().count() as f64 + 4.0).max(10.0),
    }
}

/// The text, cut where it is longer than a cell may be.
fn fitting(text: &str) -> String {
    if text.encode_utf16().count() <= UNITS {
        return text.to_owned();
    }
    let mut units = 1;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= UNITS
    };
    let mut cut: String = text.chars().take_while(fits).collect();
    cut.push('…');
    cut
}

/// Runs what writes; the library panics where its files cannot be written, as on a full disk.
fn guarded<T>(work: impl FnOnce() -> Result<T, XlsxError>) -> io::Result<T> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(XlsxError::IoError(error))) => Err(error),
        Ok(Err(error)) => Err(io::Error::other(error.to_string())),
        Err(_) => Err(io::Error::other("the workbook's rows cannot be kept; the disk may be full")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use crate::report::Column;

    #[test]
    fn a_table_that_a_sheet_cannot_hold_goes_on_in_another() {
        let place = tempfile::tempdir().unwrap();
        let schema = Schema { file: "facts.csv", columns: vec![Column::count("n")] };
        let mut book = Book::with_rows(place.path(), &[schema], 3).unwrap();
        for n in 0..5 {
            book.push(0, &[Cell::Count(n)]).unwrap();
        }
        let names: Vec<String> = book.workbook.worksheets().iter().map(Worksheet::name).collect();
        assert_eq!(names, ["facts", "facts 2", "facts 3"]);
        assert_eq!(book.sheets[0].rows, 2);
        book.finish(File::create_new(place.path().join("full.xlsx")).unwrap()).unwrap();
    }
}
