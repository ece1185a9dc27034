//! Cells and rows: what a value looks like in a table.

use std::borrow::Cow;

use crate::fact::FieldValue;

/// One cell of a table.
#[derive(Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing is known.
    Empty,
    /// Words; guarded against spreadsheets where a file is written for them.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// A whole number.
    Count(u64),
    /// Yes or no.
    Flag(bool),
}

impl<'a> Cell<'a> {
    /// Words; empty ones are an empty cell.
    pub fn text(words: impl Into<Cow<'a, str>>) -> Self {
        let words = words.into();
        if words.is_empty() { Cell::Empty } else { Cell::Text(words) }
    }

    /// A number, or an empty cell.
    pub fn number(value: impl Into<Option<f64>>) -> Self {
        value.into().map_or(Cell::Empty, Cell::Number)
    }

    /// Items parted by `;`; one inside an item is written as a comma.
    pub fn list(items: &[String]) -> Self {
        let items: Vec<String> = items.iter().map(|item| item.replace(';', ",")).collect();
        Cell::text(items.join(";"))
    }
}

/// A line of one of the report's tables.
pub trait Row {
    /// Name of the file that it belongs to.
    const FILE: &'static str;
    /// The columns in order.
    const COLUMNS: &'static [&'static str];

    /// One cell a column.
    fn cells(&self) -> Vec<Cell<'_>>;
}

/// A type that a column may have.
pub trait IntoCell {
    /// The cell that shows it.
    fn cell(&self) -> Cell<'_>;
}

impl IntoCell for String {
    fn cell(&self) -> Cell<'_> {
        Cell::text(self.as_str())
    }
}

impl IntoCell for &'static str {
    fn cell(&self) -> Cell<'_> {
        Cell::text(*self)
    }
}

impl IntoCell for u64 {
    fn cell(&self) -> Cell<'_> {
        Cell::Count(*self)
    }
}

impl IntoCell for f64 {
    fn cell(&self) -> Cell<'_> {
        Cell::number(*self)
    }
}

impl IntoCell for bool {
    fn cell(&self) -> Cell<'_> {
        Cell::Flag(*self)
    }
}

impl IntoCell for Vec<String> {
    fn cell(&self) -> Cell<'_> {
        Cell::list(self)
    }
}

impl<T: IntoCell> IntoCell for Option<T> {
    fn cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Empty, T::cell)
    }
}

impl<'a> From<FieldValue<'a>> for Cell<'a> {
    fn from(value: FieldValue<'a>) -> Self {
        match value {
            FieldValue::Text(text) => Cell::text(text),
            FieldValue::Number(number) => Cell::number(number),
            FieldValue::Flag(flag) => Cell::Flag(flag),
            FieldValue::List(items) => Cell::list(items),
        }
    }
}

/// `value` to so many decimals, so that the last bits of a sum show nowhere.
pub fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).round() / scale
}

/// Declares a row: a struct whose fields are the columns of one file, in order.
macro_rules! row {
    ($(#[$meta:meta])* pub struct $name:ident = $file:literal { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, serde::Serialize)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)+ }

        impl $crate::report::cell::Row for $name {
            const FILE: &'static str = $file;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];

            fn cells(&self) -> Vec<$crate::report::cell::Cell<'_>> {
                vec![$($crate::report::cell::IntoCell::cell(&self.$field)),+]
            }
        }
    };
}

pub(crate) use row;
