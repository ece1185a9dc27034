//! A table as a Parquet file: by columns, each with its type.
//!
//! Every column may lack values: an empty cell is a null. Lists are words parted by `;`, as in
//! CSV, so that a query reads both alike; nothing is guarded, since nothing runs a cell here.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type as Schema;

use super::cell::{Cell, Column, Type};

/// Rows that are kept before they are written as one group.
const ROWS: usize = 32_768;
/// Bytes of words that are kept before they are written.
const BYTES: usize = 8 << 20;

/// A table that is being written.
pub struct Table<W: Write + Send> {
    out: SerializedFileWriter<W>,
    columns: Vec<Values>,
    rows: usize,
    bytes: usize,
    most_rows: usize,
}

/// The values of a column that are not yet written.
enum Values {
    Text(Kept<ByteArray>),
    Number(Kept<f64>),
    Count(Kept<i64>),
    Flag(Kept<bool>),
}

/// Values, and for each row whether it has one: 1 or 0.
struct Kept<T> {
    values: Vec<T>,
    levels: Vec<i16>,
}

impl<W: Write + Send> Table<W> {
    /// Begins a table with that name.
    pub fn begin(out: W, name: &str, columns: &[Column]) -> io::Result<Self> {
        Self::with_rows(out, name, columns, ROWS)
    }

    /// The same with so many rows a group.
    fn with_rows(out: W, name: &str, columns: &[Column], most_rows: usize) -> io::Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            // A report's bytes follow from the program's version, not from a library's.
            .set_created_by(concat!("chartsift ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let schema = schema(name, columns).map_err(told)?;
        let out = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties));
        Ok(Self {
            out: out.map_err(told)?,
            columns: columns.iter().map(|column| Values::new(column.holds)).collect(),
            rows: 0,
            bytes: 0,
            most_rows,
        })
    }

    /// Writes a row: one cell a column.
    pub fn push(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        for (values, cell) in self.columns.iter_mut().zip(row) {
            self.bytes += values.push(cell);
        }
        self.rows += 1;
        if self.rows == self.most_rows || self.bytes >= BYTES { self.write() } else { Ok(()) }
    }

    /// Writes what is kept as a group of rows.
    fn write(&mut self) -> io::Result<()> {
        (self.rows, self.bytes) = (0, 0);
        let mut write = || -> Result<(), ParquetError> {
            let mut group = self.out.next_row_group()?;
            for values in &mut self.columns {
                let Some(mut column) = group.next_column()? else { break };
                values.write(&mut column)?;
                column.close()?;
            }
            group.close()?;
            Ok(())
        };
        write().map_err(told)
    }

    /// Ends the table.
    pub fn finish(mut self) -> io::Result<()> {
        if self.rows > 0 {
            self.write()?;
        }
        self.out.finish().map_err(told)?;
        self.out.inner_mut().flush()
    }
}

impl Values {
    fn new(holds: Type) -> Self {
        match holds {
            Type::Text => Values::Text(Kept::new()),
            Type::Number => Values::Number(Kept::new()),
            Type::Count => Values::Count(Kept::new()),
            Type::Flag => Values::Flag(Kept::new()),
        }
    }

    /// Keeps a cell; how many bytes its words take.
    ///
    /// # Panics
    /// If it holds something else than its column: what a column holds follows from the same
    /// type as the cell.
    fn push(&mut self, cell: &Cell<'_>) -> usize {
        match (self, cell) {
            (Values::Text(kept), Cell::Empty) => kept.push(None),
            (Values::Number(kept), Cell::Empty) => kept.push(None),
            (Values::Count(kept), Cell::Empty) => kept.push(None),
            (Values::Flag(kept), Cell::Empty) => kept.push(None),
            (Values::Text(kept), cell) => {
                let words = cell.written();
                let bytes = words.len();
                kept.push(Some(words.as_bytes().into()));
                return bytes;
            }
            (Values::Number(kept), Cell::Number(number)) => kept.push(Some(*number)),
            (Values::Count(kept), Cell::Count(count)) => kept.push(i64::try_from(*count).ok()),
            (Values::Flag(kept), Cell::Flag(flag)) => kept.push(Some(*flag)),
            _ => unreachable!("a cell of another type than its column"),
        }
        0
    }

    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        match self {
            Values::Text(kept) => kept.write::<ByteArrayType>(column),
            Values::Number(kept) => kept.write::<DoubleType>(column),
            Values::Count(kept) => kept.write::<Int64Type>(column),
            Values::Flag(kept) => kept.write::<BoolType>(column),
        }
    }
}

impl<T> Kept<T> {
    fn new() -> Self {
        Self { values: Vec::new(), levels: Vec::new() }
    }

    fn push(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }

    fn write<D: DataType<T = T>>(
        &mut self,
        column: &mut SerializedColumnWriter<'_>,
    ) -> Result<(), ParquetError> {
        let Self { values, levels } = mem::replace(self, Self::new());
        column.typed::<D>().write_batch(&values, Some(&levels), None)?;
        Ok(())
    }
}

/// The schema of a table: every column optional.
fn schema(name: &str, columns: &[Column]) -> Result<Schema, ParquetError> {
    let field = |column: &Column| {
        let (physical, logical) = match column.holds {
            Type::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Type::Number => (Physical::DOUBLE, None),
            Type::Count => (Physical::INT64, None),
            Type::Flag => (Physical::BOOLEAN, None),
        };
        let field = Schema::primitive_type_builder(column.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        field.build().map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<Result<_, _>>()?;
    Schema::group_type_builder(name).with_fields(fields).build()
}

/// What is told of trouble; a full disk stays one.
fn told(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(source) => *source,
            Err(source) => io::Error::other(source),
        },
        error => io::Error::other(error),
    }
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;

    const COLUMNS: &[Column] = &[
        Column { name: "words", holds: Type::Text },
        Column { name: "number", holds: Type::Number },
        Column { name: "count", holds: Type::Count },
        Column { name: "flag", holds: Type::Flag },
    ];

    /// The rows as they are read, and the groups they stand in.
    fn read(rows: &[[Cell<'_>; 4]], most_rows: usize) -> (Vec<Vec<Field>>, usize) {
        let file = tempfile::tempfile().unwrap();
        let copy = file.try_clone().unwrap();
        let mut table = Table::with_rows(copy, "table", COLUMNS, most_rows).unwrap();
        for row in rows {
            table.push(row).unwrap();
        }
        table.finish().unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let read = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().into_columns().into_iter().map(|(_, field)| field).collect());
        (read.collect(), reader.num_row_groups())
    }

    #[test]
    fn cells_keep_their_type_and_empty_ones_are_null() {
        let full = [Cell::text("=1+1"), Cell::Number(-0.5), Cell::Count(3), Cell::Flag(false)];
        let empty = [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty];
        // A field that is a number in one kind of fact and words in another.
        let mixed = [Cell::Number(2.0), Cell::Empty, Cell::Empty, Cell::Empty];
        let (read, groups) = read(&[full, empty, mixed], 2);
        let null = || Field::Null;
        let words = |words: &str| Field::Str(words.into());
        let expected = [
            vec![words("=1+1"), Field::Double(-0.5), Field::Long(3), Field::Bool(false)],
            vec![null(), null(), null(), null()],
            vec![words("2"), null(), null(), null()],
        ];
        assert_eq!((read.as_slice(), groups), (expected.as_slice(), 2));
    }

    #[test]
    fn a_table_without_rows_has_its_columns() {
        assert_eq!(read(&[], 2), (Vec::new(), 0));
    }
}
