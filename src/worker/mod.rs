//! Reading in a process of its own: a document that crashes, hangs or swells there costs
//! itself alone.
//!
//! A [`Hand`] keeps one such process ([`serve`] is what it runs) and hands it one document
//! after another. One that goes past its limits, or ends, is replaced.

mod frame;
mod hand;
mod serve;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use hand::Hand;
pub use serve::serve;

use crate::read::ReadOptions;
use crate::store::Packed;

/// What one document may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time for the whole document.
    pub document: Duration,
    /// Time from one page to the next.
    pub page: Duration,
    /// Memory of the process that reads it, in bytes.
    pub memory: u64,
}

impl Limits {
    /// What the time from one page to the next is where OCR may take that long for one: OCR keeps to
    /// its own time, and what goes far past it hangs.
    pub fn page_of(ocr: Duration) -> Duration {
        2 * ocr + Duration::from_secs(30)
    }
}

/// The program that reads, with what it takes to make a worker of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its file.
    pub path: PathBuf,
    /// What comes before `worker`; a Python module is run so.
    pub arguments: Vec<OsString>,
}

/// What a document consists of.
#[derive(Serialize, Deserialize)]
pub enum Content {
    /// A file; the path is absolute, since the worker may stand elsewhere.
    File(PathBuf),
    /// Its bytes.
    Bytes(Vec<u8>),
}

/// A document to read.
#[derive(Serialize, Deserialize)]
pub struct Order {
    /// What it consists of.
    pub content: Content,
    /// Its name, for what a name says of a format.
    pub name: String,
    /// How to read.
    pub options: ReadOptions,
}

/// What became of a document.
pub enum Outcome {
    /// It was read, or it was found why not.
    Read(Packed),
    /// It could not be opened, in the system's words.
    Unopened(String),
    /// It was given up.
    Lost(Loss),
}

/// Why a document was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The document's time was over.
    Time,
    /// No page came for too long.
    Stalled,
    /// It took more memory than it may.
    Memory,
    /// The process ended by itself, by this signal where it was one.
    Ended {
        /// Number of the signal.
        signal: Option<i32>,
    },
}

/// What a worker tells.
#[derive(Serialize, Deserialize)]
enum Word {
    /// A page is done.
    Page(u32),
    /// The document is done.
    Read(Packed),
    /// The document could not be opened, in the system's words.
    Unopened(String),
}
