//! A summary: tables of figures, whatever they are shown as.

use super::cohort::Report;
use super::figures::Measure;
use crate::interval::wilson;

/// What reports say together.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The reports.
    pub reports: Vec<Report>,
    /// Distinct cases; `None` where the number is too small to show.
    pub cases: Option<u64>,
    /// The first and the last day that they are judged as of.
    pub days: Option<(String, String)>,
    /// Policies with their versions, and how many cases were held against each.
    pub policies: Vec<(String, Option<u64>)>,
    /// Counts below it are withheld; 0 where none is.
    pub min_cell: u64,
    /// The tables.
    pub tables: Vec<Table>,
}

impl Summary {
    /// A table by its name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// What could be found by subtraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// For each key: whether the counts of its values add up to a total that is known.
    pub exclusive: [bool; 2],
}

/// One table of a summary.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its name, as `reason` or `payer+reason`.
    pub name: String,
    /// What it is called for people.
    pub title: String,
    /// What its figures mean, in a sentence.
    pub note: &'static str,
    /// What the rows are told apart by, none, one or two.
    pub keys: Vec<&'static str>,
    /// The figures of each row, in order.
    pub measures: Vec<Measure>,
    /// The rows in order.
    pub rows: Vec<Group>,
    /// What the rows make up together.
    pub parts: Parts,
}

/// A row of a table: a group of cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The values that make the group.
    pub keys: Vec<String>,
    /// The group in words, where it has any.
    pub label: String,
    /// A figure a measure.
    pub figures: Vec<Figure>,
}

impl Group {
    /// The figure at a measure's place.
    pub fn figure(&self, table: &Table, measure: Measure) -> Option<&Figure> {
        let place = table.measures.iter().position(|of| *of == measure)?;
        self.figures.get(place)
    }

    /// The count at a measure's place.
    pub fn count(&self, table: &Table, measure: Measure) -> Option<u64> {
        self.figure(table, measure)?.count
    }
}

/// A count of cases, or a number of another sort.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figure {
    /// How many; `None` where that is withheld or the figure is no count.
    pub count: Option<u64>,
    /// Of how many.
    pub of: Option<u64>,
    /// What the figure is where it is no count.
    pub value: Option<f64>,
    /// Whether it is withheld.
    pub withheld: bool,
}

impl Figure {
    /// So many of so many.
    pub fn count(count: u64, of: u64) -> Self {
        Self { count: Some(count), of: Some(of), ..Self::default() }
    }

    /// A number.
    pub fn value(value: impl Into<Option<f64>>) -> Self {
        Self { value: value.into(), ..Self::default() }
    }

    /// A figure that is not shown.
    pub fn withheld() -> Self {
        Self { withheld: true, ..Self::default() }
    }

    /// The share, 0-1.
    pub fn share(&self) -> Option<f64> {
        let (count, of) = (self.count?, self.of?);
        (of > 0).then(|| count as f64 / of as f64)
    }

    /// The share's interval at 95 %.
    pub fn interval(&self) -> Option<(f64, f64)> {
        Some(wilson(self.share()?, self.of? as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_nothing_there_is_no_share() {
        let figure = Figure::count(0, 0);
        assert_eq!((figure.share(), figure.interval()), (None, None));
    }
}
