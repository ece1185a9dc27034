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

/// What the cells of a column hold, where they hold anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Words.
    Text,
    /// Numbers.
    Number,
    /// Whole numbers from 0.
    Count,
    /// Yes or no.
    Flag,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Type,
}

impl Column {
    /// A column of words.
    pub const fn text(name: &'static str) -> Self {
        Self { name, holds: Type::Text }
    }

    /// A column of numbers.
    pub const fn number(name: &'static str) -> Self {
        Self { name, holds: Type::Number }
    }

    /// A column of whole numbers.
    pub const fn count(name: &'static str) -> Self {
        Self { name, holds: Type::Count }
    }
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

    /// The cell as plain text; nothing for an empty one.
    pub fn written(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(number) => Cow::Owned(number.to_string()),
            Cell::Count(count) => Cow::Owned(count.to_string()),
            Cell::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        }
    }

    /// Items parted by `;`; one inside an item is written as a comma.
    pub fn list(items: &[String]) -> Self {
        let items: Vec<String> = items.iter().map(|item| item.replace(';', ",")).collect();
        Cell::text(items.join(";"))
    }
}

/// The items of a cell that [`Cell::list`] made.
pub fn items(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').filter(|item| !item.is_empty())
}

/// A line of one of the report's tables.
pub trait Row {
    /// Name of the file that it belongs to.
    const FILE: &'static str;
    /// The columns in order.
    const COLUMNS: &'static [Column];

    /// One cell a column.
    fn cells(&self) -> Vec<Cell<'_>>;
}

/// A type that a column may have.
pub trait IntoCell {
    /// What its cells hold.
    const HOLDS: Type;

    /// The cell that shows it.
    fn cell(&self) -> Cell<'_>;
}

impl IntoCell for String {
    const HOLDS: Type = Type::Text;

    fn cell(&self) -> Cell<'_> {
        Cell::text(self.as_str())
    }
}

impl IntoCell for &'static str {
    const HOLDS: Type = Type::Text;

    fn cell(&self) -> Cell<'_> {
        Cell::text(*self)
    }
}

impl IntoCell for u64 {
    const HOLDS: Type = Type::Count;

    fn cell(&self) -> Cell<'_> {
        Cell::Count(*self)
    }
}

impl IntoCell for f64 {
    const HOLDS: Type = Type::Number;

    fn cell(&self) -> Cell<'_> {
        Cell::number(*self)
    }
}

impl IntoCell for bool {
    const HOLDS: Type = Type::Flag;

    fn cell(&self) -> Cell<'_> {
        Cell::Flag(*self)
    }
}

impl IntoCell for Vec<String> {
    const HOLDS: Type = Type::Text;

    fn cell(&self) -> Cell<'_> {
        Cell::list(self)
    }
}

impl<T: IntoCell> IntoCell for Option<T> {
    const HOLDS: Type = T::HOLDS;

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
            const COLUMNS: &'static [$crate::report::cell::Column] = &[$($crate::report::cell::Column {
                name: stringify!($field),
                holds: <$type as $crate::report::cell::IntoCell>::HOLDS,
            }),+];

            fn cells(&self) -> Vec<$crate::report::cell::Cell<'_>> {
                vec![$($crate::report::cell::IntoCell::cell(&self.$field)),+]
            }
        }
    };
}

pub(crate) use row;
