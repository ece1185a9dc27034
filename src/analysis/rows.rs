//! The rows of a report's tables as they are held: each distinct row once, and which cases have it.
//!
//! A reason of a policy reads the same in thousands of cases. A million rows of a table are a few
//! hundred distinct ones without the case, the quote and the page, and eight bytes for each row.

use std::collections::HashMap;

use super::names::Names;

/// Parts the cells of a distinct row; stands in no cell of ours.
const PART: char = '\u{1f}';

/// A table of a report that a summary is made of, after `cases.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// denial_reasons.csv
    Reasons,
    /// criteria.csv
    Criteria,
    /// pathway.csv
    Steps,
    /// facts.csv
    Facts,
    /// reviews.csv, which is there once somebody has reviewed
    Reviews,
}

impl Source {
    /// Each, in the order in which they are read.
    pub const ALL: &[Source] =
        &[Source::Reasons, Source::Criteria, Source::Steps, Source::Facts, Source::Reviews];

    /// Its name, without an ending.
    pub fn name(self) -> &'static str {
        match self {
            Source::Reasons => "denial_reasons",
            Source::Criteria => "criteria",
            Source::Steps => "pathway",
            Source::Facts => "facts",
            Source::Reviews => "reviews",
        }
    }

    /// The columns that are needed of it, after the one that says whose row it is.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Source::Reasons => &[
                "policy_id",
                "reason_id",
                "class",
                "category",
                "label",
                "criterion_id",
                "cured_by",
                "curable",
                "is_primary",
            ],
            Source::Criteria => {
                &["policy_id", "criterion_id", "title", "severity", "result", "missing_facts"]
            }
            Source::Steps => &["policy_id", "step_no", "step_id", "title", "status"],
            Source::Facts => &["ocr_confidence"],
            Source::Reviews => &["target", "counts", "rule", "verdict"],
        }
    }

    /// The column that says whose row it is.
    pub fn key(self) -> &'static str {
        match self {
            Source::Reviews => "subject",
            _ => "case_id",
        }
    }
}

/// Where the cases of one report stand among all.
#[derive(Default)]
pub struct Index(HashMap<Box<str>, u32>);

impl Index {
    /// Notes a case.
    pub fn insert(&mut self, case_id: &str, case: u32) {
        self.0.insert(case_id.into(), case);
    }

    /// The case of that id.
    pub fn find(&self, case_id: &str) -> Option<u32> {
        self.0.get(case_id).copied()
    }
}

/// Rows of one table.
#[derive(Default)]
pub struct Rows {
    distinct: Names,
    /// Case, and number of the distinct row.
    rows: Vec<(u32, u32)>,
    /// Rows of cases that cases.csv does not have.
    pub strays: usize,
}

impl Rows {
    /// Takes in the rows that were read elsewhere, as by another thread.
    pub fn absorb(&mut self, other: Rows) {
        let numbers: Vec<u32> =
            other.distinct.iter().map(|row| self.distinct.number(row)).collect();
        let own = |&(case, row): &(u32, u32)| Some((case, *numbers.get(row as usize)?));
        self.rows.reserve_exact(other.rows.len());
        self.rows.extend(other.rows.iter().filter_map(own));
        self.strays += other.strays;
    }

    /// Puts the rows in the order of their cases, those of a case as they came.
    pub fn order(&mut self) {
        if !self.rows.is_sorted_by_key(|(case, _)| *case) {
            self.rows.sort_by_key(|(case, _)| *case);
        }
    }

    /// The cells of each distinct row, by number.
    pub fn distinct(&self) -> impl Iterator<Item = Vec<&str>> {
        self.distinct.iter().map(|row| row.split(PART).collect())
    }

    /// How many distinct rows there are.
    pub fn kinds(&self) -> usize {
        self.distinct.len()
    }

    /// Case and number of the distinct row, of each row.
    pub fn iter(&self) -> impl Iterator<Item = (u32, usize)> {
        self.rows.iter().map(|&(case, row)| (case, row as usize))
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Takes the rows of one table of one report.
pub struct Filler<'a> {
    index: Option<&'a Index>,
    rows: Rows,
    row: String,
    /// The case of the row before, since rows come case by case.
    last: (String, Option<u32>),
}

impl<'a> Filler<'a> {
    /// For rows of these cases; `None` where rows are of no case.
    pub fn new(index: Option<&'a Index>) -> Self {
        Self { index, rows: Rows::default(), row: String::new(), last: (String::new(), None) }
    }

    /// Takes a row: whose it is, and the cells of [`Source::columns`] in order.
    pub fn push<'c>(&mut self, key: &str, cells: impl IntoIterator<Item = &'c str>) {
        let case = match self.index {
            None => Some(0),
            Some(_) if self.last.0 == key && self.last.1.is_some() => self.last.1,
            Some(index) => {
                self.last = (key.to_owned(), index.find(key));
                self.last.1
            }
        };
        let Some(case) = case else {
            self.rows.strays += 1;
            return;
        };
        self.row.clear();
        for (place, cell) in cells.into_iter().enumerate() {
            if place > 0 {
                self.row.push(PART);
            }
            self.row.push_str(cell);
        }
        let number = self.rows.distinct.number(&self.row);
        self.rows.rows.push((case, number));
    }

    /// The rows.
    pub fn finish(mut self) -> Rows {
        self.rows.rows.shrink_to_fit();
        self.rows
    }
}
