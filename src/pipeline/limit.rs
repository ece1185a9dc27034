//! Keeps facts and decisions that take too long from keeping the others waiting.

use std::time::{Duration, Instant};

use super::{guard, internal_error};
use crate::error::{Problem, Stage};
use crate::halt;

/// Why work was given up.
pub(super) enum Lost {
    /// It panicked, at this place in the source.
    Failed(String),
    /// It took longer than it may.
    Late(Duration),
}

/// Runs `work`, whatever happens; with a limit it is ended when that is over.
pub(super) fn within<T>(limit: Option<Duration>, work: impl FnOnce() -> T) -> Result<T, Lost> {
    // A limit beyond what the clock can say is none.
    let end = limit.and_then(|limit| Some((limit, Instant::now().checked_add(limit)?)));
    let done = guard::guarded(|| match end {
        None => Ok(work()),
        Some((limit, end)) => {
            halt::until(move || Instant::now() >= end, work).map_err(|halt::Halted| limit)
        }
    });
    done.map_err(Lost::Failed)?.map_err(Lost::Late)
}

impl Lost {
    /// What is told of a document whose facts were given up.
    pub(super) fn of_document(&self) -> Problem {
        match self {
            Lost::Failed(place) => internal_error(place),
            Lost::Late(limit) => Problem { fatal: true, ..late("taking the facts", *limit) },
        }
    }

    /// What is told of a case whose decision was given up.
    pub(super) fn of_case(&self) -> Problem {
        match self {
            Lost::Failed(place) => Problem {
                page: None,
                stage: Stage::Facts,
                problem: format!(
                    "the case was not decided: internal error at {place}; please report it"
                ),
                retriable: false,
                fatal: false,
            },
            Lost::Late(limit) => late("deciding the case", *limit),
        }
    }
}

fn late(what: &str, limit: Duration) -> Problem {
    let seconds = limit.as_secs();
    Problem {
        page: None,
        stage: Stage::Facts,
        problem: format!("{what} took longer than {seconds} s and was stopped (--facts-timeout)"),
        retriable: true,
        fatal: false,
    }
}
