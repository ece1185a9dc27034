//! What reports say together: which reasons stand against requests, for whom, what is merely
//! undocumented and what would cure it.
//!
//! The edge reads the tables and hands over their rows; everything here is counting. A case is a
//! case of one report: the same id in two reports is two cases. What is counted are distinct cases,
//! never rows. All forms of a summary (tables, CSV, JSON, the page) are written from one
//! [`Summary`], and each of its figures is also that of a recipe in `docs/analysis/`.

mod cohort;
pub mod compare;
mod dimension;
mod figures;
mod names;
mod page;
mod rows;
mod summary;
mod suppress;
mod tables;
mod write;

pub use cohort::{Cases, Cohort, Report};
pub use dimension::Dimension;
pub use figures::Measure;
pub use page::page;
pub use rows::{Filler, Index, Rows, Source};
pub use summary::{Figure, Group, Summary, Table};
pub use suppress::suppress;
pub use tables::{Ask, Topic, summarize};
pub use write::{csv, json, sheet, text, xlsx};
