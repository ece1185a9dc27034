//! Turns stacks of faxed clinical records into facts one can check, and facts into
//! reasoned medical-necessity findings.
//!
//! The modules stand in order of dependency: each uses only those above it.
//! `ARCHITECTURE.md` shows the map.

#![warn(
    missing_docs,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used
)]

pub mod withhold;
pub mod error;
pub mod halt;
pub mod pattern;
pub mod geometry;
pub mod span;
pub mod date;
pub mod document;
pub mod layout;
pub mod image;
pub mod pdf;
pub mod ocr;
pub mod read;
pub mod store;
pub mod worker;
pub mod searchable;
pub mod quantity;
pub mod interval;
pub mod fact;
pub mod text;
pub mod fold;
pub mod segment;
pub mod lexicon;
pub mod repair;
pub mod tag;
pub mod context;
pub mod extract;
pub mod author;
pub mod chart;
pub mod necessity;
pub mod report;
pub mod review;
pub mod analysis;
pub mod pipeline;
pub mod serve;
pub mod cli;
