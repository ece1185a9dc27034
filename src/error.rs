//! What can go wrong: errors that stop a step, and problems collected on the way.
//!
//! Neither ever quotes a record. Messages are lower case, place first, then what
//! would be right.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// A failure at the program's edges.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{}: {action}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried, as "cannot read".
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A lexicon or policy file does not hold what it should.
    #[error("{place}: {problem}")]
    Lexicon {
        /// File, and line or entry where known.
        place: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// This machine lacks what the work needs.
    #[error("{place}: {problem}")]
    Machine {
        /// What is missing.
        place: String,
        /// What that means.
        problem: String,
    },
    /// The command line or a manifest asks for something that cannot be.
    #[error("{place}: {problem}")]
    Usage {
        /// Option, or manifest row and column.
        place: String,
        /// What is wrong and what would be right.
        problem: String,
    },
}

impl Error {
    /// Wraps what the system says of a file or folder; `action` is what was tried.
    pub fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, action, source }
    }
}

/// Where in the work on a document a problem arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// Finding and opening the file.
    Open,
    /// Reading the pages.
    Read,
    /// Optical character recognition.
    Ocr,
    /// Text to facts.
    Facts,
}

impl Stage {
    /// The word that problems.csv uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Open => "open",
            Stage::Read => "read",
            Stage::Ocr => "ocr",
            Stage::Facts => "facts",
        }
    }
}

/// Trouble with a document or one of its pages that did not stop the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// The page, counted from 1; `None` where the whole document is meant.
    pub page: Option<u32>,
    /// Where in the work it arose.
    pub stage: Stage,
    /// What is wrong, in words a user can act on; never text of the record.
    pub problem: String,
    /// Whether another try may go better (a time limit, say).
    pub retriable: bool,
    /// Whether the document as a whole could not be read.
    pub fatal: bool,
}
