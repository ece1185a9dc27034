//! A table in Parquet files read in parts side by side, of each row the columns that are needed.
//!
//! A part is a run of rows, wherever the files' row groups end: pages before it are passed over unread.
//! Cells come as the words that CSV has for them, so that whoever takes rows need not know the form.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use parquet::basic::{Compression, LogicalType, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use percent_encoding::percent_decode_str;

use super::table::{Trouble, side_by_side, told};
use crate::error::Error;
use crate::pipeline::guarded;
use crate::report::{Type, schemas};

/// A part is not worth a thread below so many rows.
const PART: u64 = 1 << 15;
/// Rows whose cells are held at a time.
const BATCH: usize = 1 << 12;
/// What Spark calls the folder of rows whose cell is empty.
const EMPTY: &str = "__HIVE_DEFAULT_PARTITION__";

/// A Parquet file of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    path: PathBuf,
    /// Columns that are the same in all its rows, as the folders that it lies in say.
    given: Vec<(String, String)>,
}

impl File {
    /// A file that has all columns in it.
    pub fn new(path: PathBuf) -> Self {
        Self { path, given: Vec::new() }
    }
}

/// The Parquet files in a folder, in the order of their names; `None` where it is no folder of a table.
///
/// # Errors
/// [`Error::Usage`] where it was not written to its end, [`Error::Io`] where it cannot be listed.
pub fn files(folder: &Path) -> Result<Option<Vec<File>>, Error> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let whole = folder.join("_SUCCESS").is_file();
    if !whole && folder.join("_temporary").is_dir() {
        return Err(Error::Usage {
            place: folder.display().to_string(),
            problem: "not written to its end; run the job that writes it again".into(),
        });
    }
    let mut files = Vec::new();
    collect(folder, &[], &mut files).map_err(Error::io(folder, "cannot list"))?;
    // Of no rows Spark writes no file.
    Ok((whole || !files.is_empty()).then_some(files))
}

fn collect(folder: &Path, given: &[(String, String)], files: &mut Vec<File>) -> io::Result<()> {
    let entries: io::Result<Vec<_>> = fs::read_dir(folder)?.collect();
    let mut paths: Vec<PathBuf> = entries?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        // What Spark and others keep beside the rows.
        if name.starts_with(['_', '.']) {
            continue;
        }
        if path.is_dir() {
            let mut own = given.to_vec();
            if let Some((column, value)) = name.split_once('=') {
                let decoded =
                    |word: &str| percent_decode_str(word).decode_utf8_lossy().into_owned();
                let value = if value == EMPTY { String::new() } else { decoded(value) };
                own.push((decoded(column), value));
            }
            collect(&path, &own, files)?;
        } else if path.extension().is_some_and(|ending| ending == "parquet") {
            files.push(File { path, given: given.to_vec() });
        }
    }
    Ok(())
}

/// Where the cells of a column come from.
enum Place {
    /// That column of the file.
    Own(usize),
    /// The same in each row.
    Given(String),
}

/// A file whose footer was read.
struct Opened<'a> {
    path: &'a Path,
    places: Vec<Place>,
    /// Which of all rows it has.
    rows: Range<u64>,
}

/// Reads the rows of a table's files in as many parts as there are threads for it: `begin` makes what
/// takes the rows of a part, `push` gives it the cells of `columns` in order. The parts come back in
/// the files' order.
///
/// # Errors
/// What is wrong with a file, by its name.
pub fn read<T: Send>(
    files: &[File],
    columns: &[&'static str],
    jobs: usize,
    begin: impl Fn() -> T + Sync,
    push: impl Fn(&mut T, &[Cow<'_, str>]) + Sync,
) -> Result<Vec<T>, Error> {
    let mut opened: Vec<Opened<'_>> = Vec::new();
    for file in files {
        let first = opened.last().map_or(0, |last| last.rows.end);
        opened.push(of_file(&file.path, || open(file, columns, first))?);
    }
    let all = opened.last().map_or(0, |last| last.rows.end);
    let number = (jobs as u64).min(all / PART).max(1);
    let cut = |part: u64| (u128::from(all) * u128::from(part) / u128::from(number)) as u64;
    let of_part = |rows: Range<u64>| -> Result<T, Error> {
        let mut taken = begin();
        for file in opened.iter().filter(|f| f.rows.start < rows.end && rows.start < f.rows.end) {
            of_file(file.path, || file.rows(&rows, &mut |cells| push(&mut taken, cells)))?;
        }
        Ok(taken)
    };
    let parts = (0..number).map(|part| cut(part)..cut(part + 1)).collect();
    let gone =
        || Error::io(Path::new("."), "cannot read")(io::Error::other("a thread ended early"));
    side_by_side(parts, of_part, gone)
}

/// Does something with a file; what goes wrong is told by its name. Damage may make the library panic:
/// that is told like other damage.
fn of_file<T>(path: &Path, work: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Error> {
    guarded(work).unwrap_or(Err(Trouble::Broken)).map_err(|trouble| told(path, trouble))
}

fn open<'a>(file: &'a File, columns: &[&'static str], first: u64) -> Result<Opened<'a>, Trouble> {
    let reader = SerializedFileReader::new(fs::File::open(&file.path)?).map_err(broken)?;
    let metadata = reader.metadata();
    let schema = metadata.file_metadata().schema_descr();
    let mut places = Vec::with_capacity(columns.len());
    for &column in columns {
        if let Some((_, value)) = file.given.iter().find(|(name, _)| name == column) {
            places.push(Place::Given(value.clone()));
            continue;
        }
        let own = schema.columns().iter().position(|own| own.path().parts()[0] == column);
        let own = own.ok_or(Trouble::Column(column))?;
        check(column, &schema.column(own))?;
        for group in metadata.row_groups() {
            let packed = group.column(own).compression();
            if !matches!(
                packed,
                Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_)
            ) {
                return Err(Trouble::Packed(column, packed.to_string()));
            }
        }
        places.push(Place::Own(own));
    }
    let rows = u64::try_from(metadata.file_metadata().num_rows()).map_err(|_| Trouble::Broken)?;
    let last = first.checked_add(rows).ok_or(Trouble::Broken)?;
    Ok(Opened { path: &file.path, places, rows: first..last })
}

/// Whether a column holds what it holds in a report's table. Words can be anything, and whole numbers
/// and others can stand for each other.
fn check(column: &'static str, own: &ColumnDescriptor) -> Result<(), Trouble> {
    let wanted = schemas().into_iter().flat_map(|schema| schema.columns);
    let wanted = wanted.into_iter().find(|known| known.name == column).map(|known| known.holds);
    let wanted = wanted.unwrap_or(Type::Text);
    let holds = match (own.physical_type(), own.logical_type_ref()) {
        _ if own.max_rep_level() > 0 || own.path().parts().len() > 1 => "lists or records",
        (Physical::BYTE_ARRAY, None | Some(LogicalType::String | LogicalType::Enum)) => {
            return Ok(());
        }
        (Physical::BOOLEAN, _) => "true or false",
        (Physical::INT32 | Physical::INT64, None | Some(LogicalType::Integer(_)))
        | (Physical::FLOAT | Physical::DOUBLE, None) => "numbers",
        (_, Some(LogicalType::Date)) => "days",
        (_, Some(LogicalType::Timestamp(_))) => "times",
        _ => "something else",
    };
    match (holds, wanted) {
        ("true or false", Type::Flag) | ("numbers", Type::Number | Type::Count) => Ok(()),
        _ => Err(Trouble::Holds(column, holds, wanted)),
    }
}

fn broken(error: ParquetError) -> Trouble {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(source) => Trouble::Io(*source),
            Err(_) => Trouble::Broken,
        },
        // What the library says may quote what it met.
        _ => Trouble::Broken,
    }
}

impl Opened<'_> {
    /// Gives those of these rows that the file has to `push`.
    fn rows(
        &self,
        wanted: &Range<u64>,
        push: &mut impl FnMut(&[Cow<'_, str>]),
    ) -> Result<(), Trouble> {
        // Each thread opens it for itself: what reads a file keeps a place in it.
        let reader = SerializedFileReader::new(fs::File::open(self.path)?).map_err(broken)?;
        let mut first = self.rows.start;
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group).map_err(broken)?;
            let count = u64::try_from(group.metadata().num_rows()).map_err(|_| Trouble::Broken)?;
            let from = wanted.start.saturating_sub(first).min(count);
            let to = wanted.end.saturating_sub(first).min(count);
            if from < to {
                self.group(&*group, (from as usize, (to - from) as usize), push)?;
            }
            first += count;
        }
        Ok(())
    }

    /// The same of a row group: after how many rows, and how many.
    fn group(
        &self,
        group: &dyn RowGroupReader,
        (skip, mut left): (usize, usize),
        push: &mut impl FnMut(&[Cow<'_, str>]),
    ) -> Result<(), Trouble> {
        let mut columns = Vec::with_capacity(self.places.len());
        for place in &self.places {
            columns.push(match place {
                Place::Own(column) => Column::new(group, *column, skip)?,
                Place::Given(value) => Column::Given(value),
            });
        }
        while left > 0 {
            let rows = left.min(BATCH);
            for column in &mut columns {
                column.read(rows)?;
            }
            let mut cells = Vec::with_capacity(columns.len());
            for row in 0..rows {
                cells.clear();
                cells.extend(columns.iter().map(|column| column.cell(row)));
                push(&cells);
            }
            left -= rows;
        }
        Ok(())
    }
}

/// Some cells of a column.
enum Column<'a> {
    Given(&'a str),
    Words(Values<ByteArrayType>),
    Flags(Values<BoolType>),
    Short(Values<Int32Type>),
    Long(Values<Int64Type>),
    Single(Values<FloatType>),
    Double(Values<DoubleType>),
}

/// Values as they are stored: without those that are not there.
struct Values<D: DataType> {
    reader: ColumnReaderImpl<D>,
    values: Vec<D::T>,
    levels: Vec<i16>,
    /// For each row the place of its value; [`u32::MAX`] where it has none.
    places: Vec<u32>,
}

impl<'a> Column<'a> {
    /// The column of a row group after so many rows.
    fn new(group: &dyn RowGroupReader, column: usize, skip: usize) -> Result<Self, Trouble> {
        Ok(match group.get_column_reader(column).map_err(broken)? {
            ColumnReader::ByteArrayColumnReader(reader) => {
                Column::Words(Values::new(reader, skip)?)
            }
            ColumnReader::BoolColumnReader(reader) => Column::Flags(Values::new(reader, skip)?),
            ColumnReader::Int32ColumnReader(reader) => Column::Short(Values::new(reader, skip)?),
            ColumnReader::Int64ColumnReader(reader) => Column::Long(Values::new(reader, skip)?),
            ColumnReader::FloatColumnReader(reader) => Column::Single(Values::new(reader, skip)?),
            ColumnReader::DoubleColumnReader(reader) => Column::Double(Values::new(reader, skip)?),
            // Refused when the file was opened.
            ColumnReader::Int96ColumnReader(_) | ColumnReader::FixedLenByteArrayColumnReader(_) => {
                return Err(Trouble::Broken);
            }
        })
    }

    /// Takes in the cells of the next so many rows.
    fn read(&mut self, rows: usize) -> Result<(), Trouble> {
        match self {
            Column::Given(_) => Ok(()),
            Column::Words(values) => values.read(rows),
            Column::Flags(values) => values.read(rows),
            Column::Short(values) => values.read(rows),
            Column::Long(values) => values.read(rows),
            Column::Single(values) => values.read(rows),
            Column::Double(values) => values.read(rows),
        }
    }

    /// The cell of a row among them, as CSV has it.
    fn cell(&self, row: usize) -> Cow<'_, str> {
        let number = |number: Option<String>| number.map_or(Cow::Borrowed(""), Cow::Owned);
        match self {
            Column::Given(value) => Cow::Borrowed(value),
            Column::Words(values) => values.at(row).map_or(Cow::Borrowed(""), words),
            Column::Flags(values) => Cow::Borrowed(match values.at(row) {
                None => "",
                Some(true) => "true",
                Some(false) => "false",
            }),
            Column::Short(values) => number(values.at(row).map(i32::to_string)),
            Column::Long(values) => number(values.at(row).map(i64::to_string)),
            // Some programs write what is not there as no number.
            Column::Single(values) => {
                number(values.at(row).filter(|n| !n.is_nan()).map(f32::to_string))
            }
            Column::Double(values) => {
                number(values.at(row).filter(|n| !n.is_nan()).map(f64::to_string))
            }
        }
    }
}

fn words(bytes: &ByteArray) -> Cow<'_, str> {
    match std::str::from_utf8(bytes.data()) {
        Ok(words) => Cow::Borrowed(words),
        Err(_) => String::from_utf8_lossy(bytes.data()),
    }
}

impl<D: DataType> Values<D> {
    fn new(mut reader: ColumnReaderImpl<D>, skip: usize) -> Result<Self, Trouble> {
        if reader.skip_records(skip).map_err(broken)? != skip {
            return Err(Trouble::Broken);
        }
        Ok(Self { reader, values: Vec::new(), levels: Vec::new(), places: Vec::new() })
    }

    fn read(&mut self, rows: usize) -> Result<(), Trouble> {
        self.values.clear();
        self.levels.clear();
        self.places.clear();
        let levels = Some(&mut self.levels);
        let read =
            self.reader.read_records(rows, levels, None, &mut self.values).map_err(broken)?;
        if read.0 != rows {
            return Err(Trouble::Broken);
        }
        let mut next = 0..;
        match self.values.len() == rows {
            true => self.places.extend(next.take(rows)),
            // Columns are flat, so a level is 1 where there is a value.
            false => self.places.extend(self.levels.iter().map(|level| match level {
                0 => u32::MAX,
                _ => next.next().unwrap_or(u32::MAX),
            })),
        }
        Ok(())
    }

    fn at(&self, row: usize) -> Option<&D::T> {
        self.values.get(*self.places.get(row)? as usize)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "lays out folders")]

    use super::*;
    use crate::report::{Cell, Column as Schema, ParquetTable};

    const ROWS: usize = 150_000;

    /// A table whose words, numbers and flags are at times not there.
    fn written(path: PathBuf) -> File {
        let columns = [
            Schema::text("case_id"),
            Schema::count("page"),
            Schema::number("confidence"),
            Schema { name: "curable", holds: Type::Flag },
        ];
        let out = fs::File::create_new(&path).unwrap();
        let mut table = ParquetTable::begin(out, "table", &columns).unwrap();
        for row in 0..ROWS {
            let or_none = |cell, every: usize| if row % every == 0 { Cell::Empty } else { cell };
            let cells = [
                or_none(Cell::Text(format!("case {}", row / 3).into()), 1_000),
                or_none(Cell::Count(row as u64 % 7), 2),
                or_none(Cell::Number(row as f64 / 4.0), 3),
                or_none(Cell::Flag(row % 5 == 0), 5_000),
            ];
            table.push(&cells).unwrap();
        }
        table.finish().unwrap();
        File::new(path)
    }

    #[test]
    fn parts_hold_each_row_once_and_in_order() {
        let place = tempfile::tempdir().unwrap();
        let mut first = written(place.path().join("a.parquet"));
        first.given.push(("policy_id".into(), "p 1".into()));
        let second =
            File { path: first.path.clone(), given: vec![("policy_id".into(), String::new())] };
        let files = [first, second];
        let columns = ["confidence", "case_id", "policy_id", "curable", "page"];
        let read = |jobs: usize| {
            let push = |rows: &mut Vec<String>, cells: &[Cow<'_, str>]| rows.push(cells.join("|"));
            let parts = read(&files, &columns, jobs, Vec::new, push).unwrap();
            (parts.len(), parts.concat())
        };
        let (parts, rows) = read(1);
        assert_eq!((parts, rows.len()), (1, 2 * ROWS));
        assert_eq!(rows[..2], ["||p 1||", "0.25|case 0|p 1|false|1"]);
        assert_eq!(rows[ROWS + 5], "1.25|case 1||true|5");
        for jobs in [2, 3, 7] {
            let (parts, split) = read(jobs);
            assert!(parts == jobs && split == rows, "{jobs} jobs");
        }
    }

    #[test]
    fn folders_say_what_their_rows_share() {
        let place = tempfile::tempdir().unwrap();
        let table = place.path().join("cases");
        let own = |name: &str| table.join(name);
        for name in ["policy_id=b%2Fc", "policy_id=__HIVE_DEFAULT_PARTITION__", "_temporary/0"] {
            fs::create_dir_all(own(name)).unwrap();
            fs::write(own(name).join("part-0.snappy.parquet"), "").unwrap();
            fs::write(own(name).join(".part-0.snappy.parquet.crc"), "").unwrap();
        }
        assert!(files(&table).unwrap_err().to_string().contains("not written to its end"));
        fs::write(own("_SUCCESS"), "").unwrap();
        let found = files(&table).unwrap().unwrap();
        let given: Vec<_> = found.iter().map(|file| file.given[0].1.as_str()).collect();
        assert_eq!(given, ["", "b/c"]);
        // Of no rows Spark writes no file; a folder of other things is no table.
        let (bare, other) = (place.path().join("bare"), place.path().join("other"));
        for folder in [&bare, &other] {
            fs::create_dir(folder).unwrap();
        }
        fs::write(bare.join("_SUCCESS"), "").unwrap();
        assert_eq!(files(&bare).unwrap(), Some(Vec::new()));
        assert_eq!((files(&other).unwrap(), files(&own("none")).unwrap()), (None, None));
    }
}
