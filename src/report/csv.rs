//! CSV as RFC 4180 has it, with LF line ends, safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io::{self, Write};

use super::cell::Cell;

/// A table that is being written.
pub struct Table<W: Write>(csv::Writer<W>);

impl<W: Write> Table<W> {
    /// Begins a table with its header.
    pub fn begin(out: W, columns: &[&str]) -> io::Result<Self> {
        let mut writer = csv::WriterBuilder::new().from_writer(out);
        writer.write_record(columns)?;
        Ok(Self(writer))
    }

    /// Writes a row.
    pub fn push(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        self.0.write_record(row.iter().map(|cell| guarded(cell).into_owned()))?;
        Ok(())
    }

    /// Ends the table.
    pub fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(|error| error.into_error())
    }
}

/// Whether a spreadsheet would run the text as a formula.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The cell without the apostrophe that keeps a spreadsheet from running it.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// The cell's text, with an apostrophe before what a spreadsheet would run as a formula.
fn guarded<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    match cell {
        Cell::Text(text) if is_formula(text) => Cow::Owned(format!("'{text}")),
        cell => cell.written(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: Cell<'_>, expect: &str) {
        let mut table = Table::begin(Vec::new(), &["a", "b"]).unwrap();
        table.push(&[cell, Cell::Empty]).unwrap();
        let bytes = table.finish().unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), format!("a,b\n{expect},\n"));
    }

    #[test]
    fn text_never_starts_a_formula() {
        check(Cell::Text("=1+1".into()), "'=1+1");
        check(Cell::Text("+1".into()), "'+1");
        check(Cell::Text("-2+3".into()), "'-2+3");
        check(Cell::Text("@SUM(A1)".into()), "'@SUM(A1)");
        check(Cell::Text("\tx".into()), "'\tx");
        check(Cell::Text("\rx".into()), "\"'\rx\"");
        check(Cell::Text("a=b".into()), "a=b");
    }

    #[test]
    fn numbers_and_flags_are_never_guarded() {
        check(Cell::Number(-3.5), "-3.5");
        check(Cell::Number(2.0), "2");
        check(Cell::Count(7), "7");
        check(Cell::Flag(false), "false");
    }

    #[test]
    fn quotes_where_the_format_asks_for_it() {
        check(Cell::Text("a,b".into()), "\"a,b\"");
        check(Cell::Text("so \"called\"".into()), "\"so \"\"called\"\"\"");
        check(Cell::Text("two\nlines".into()), "\"two\nlines\"");
    }
}
