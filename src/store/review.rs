//! What reviewers say, event by event, and where the documents are that they say it of.
//!
//! Events are only ever added. What counts follows from them: see the views in
//! [`schema`](super::schema).

use std::fmt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};

use super::{Key, Reader, Store, failed};
use crate::closed_set;
use crate::error::Error;

closed_set! {
    /// What an event is about.
    pub enum Target {
        /// A fact that the program took; the subject is its id.
        #[default]
        Fact = "fact",
        /// A fact that the program missed; the subject is the id that it got.
        Missed = "missed",
        /// A page that was read as a whole; the subject is the file's content and the page.
        Page = "page",
        /// The recommendation on a case; the subject is the case and the policy.
        Case = "case",
    }
}

closed_set! {
    /// What a reviewer says of it.
    pub enum Verdict {
        /// It is as the record says.
        #[default]
        Accept = "accept",
        /// It is there, but otherwise.
        Correct = "correct",
        /// The record does not say it.
        Reject = "reject",
        /// The reviewer cannot tell.
        Unsure = "unsure",
        /// The program missed it.
        Missed = "missed",
        /// The page was read as a whole.
        Read = "read",
        /// A clinician agrees with the recommendation.
        Agree = "agree",
        /// A clinician disagrees with it.
        Disagree = "disagree",
        /// Words beside a verdict; changes none.
        Comment = "comment",
        /// Takes back an earlier event.
        Undo = "undo",
    }
}

/// Something that a reviewer said.
#[derive(Clone, Default, PartialEq)]
pub struct Event {
    /// Its number in the store, in order of time; 0 until it is kept.
    pub id: i64,
    /// When, in UTC.
    pub at: String,
    /// Who.
    pub reviewer: String,
    /// What it is about.
    pub target: Target,
    /// Which one.
    pub subject: String,
    /// The case that it was looked at in.
    pub case_id: String,
    /// The queue that it was shown by, as `random-1`; empty where it was looked up.
    pub queue: String,
    /// What is said.
    pub verdict: Verdict,
    /// The fact as the program took it, as a line of facts.jsonl.
    pub from: Option<String>,
    /// What it is instead, in the same form; for a sign-off who signs.
    pub to: Option<String>,
    /// The reviewer's words.
    pub comment: String,
    /// The event that this one takes back.
    pub undoes: Option<i64>,
}

// It holds what a record says, and `Debug` output ends up in logs.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({}, {} {} {})", self.id, self.verdict, self.target, self.subject)
    }
}

/// A document of the last run: where it is, and under what its reading is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRecord {
    /// The case.
    pub case_id: String,
    /// Path relative to the input, as reports name it.
    pub document: String,
    /// Where the file was.
    pub path: PathBuf,
    /// What its reading is kept under.
    pub key: Key,
    /// What read it.
    pub reader: Reader,
}

const COLUMNS: &str = "id, at, reviewer, target, subject, case_id, queue, verdict, from_json, \
     to_json, comment, undoes";

fn event(row: &rusqlite::Row<'_>) -> rusqlite::Result<Event> {
    let word = |at: usize| row.get::<_, String>(at);
    let wrong = |at: usize, problem: String| {
        let problem = std::io::Error::other(problem);
        rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, problem.into())
    };
    Ok(Event {
        id: row.get(0)?,
        at: word(1)?,
        reviewer: word(2)?,
        target: word(3)?.parse().map_err(|problem| wrong(3, problem))?,
        subject: word(4)?,
        case_id: word(5)?,
        queue: word(6)?,
        verdict: word(7)?.parse().map_err(|problem| wrong(7, problem))?,
        from: row.get(8)?,
        to: row.get(9)?,
        comment: word(10)?,
        undoes: row.get(11)?,
    })
}

/// Adds an event, under its own number if it has one; yields the number.
fn insert(connection: &Connection, event: &Event) -> rusqlite::Result<i64> {
    let add = format!(
        "INSERT INTO review_event ({COLUMNS})
         VALUES (nullif(?1, 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
    );
    connection.prepare_cached(&add)?.execute(params![
        event.id,
        event.at,
        event.reviewer,
        event.target.as_str(),
        event.subject,
        event.case_id,
        event.queue,
        event.verdict.as_str(),
        event.from,
        event.to,
        event.comment,
        event.undoes
    ])?;
    Ok(connection.last_insert_rowid())
}

impl Store {
    /// Adds an event; yields its number.
    ///
    /// # Errors
    /// [`Error::Io`] where the store cannot be written.
    pub fn add_event(&self, event: &Event) -> Result<i64, Error> {
        let add = |connection: &mut Connection| {
            let adding = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let id = insert(&adding, event)?;
            adding.commit()?;
            Ok(id)
        };
        add(&mut self.lock()).map_err(failed(&self.path, "cannot write"))
    }

    /// Takes back the last thing that a reviewer said and that still stands; yields what it was.
    ///
    /// # Errors
    /// [`Error::Io`] where the store cannot be written.
    pub fn undo_last(&self, reviewer: &str, at: &str) -> Result<Option<Event>, Error> {
        let undo = |connection: &mut Connection| {
            let undoing = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // A clinician's signature is taken back by signing anew, not by a key.
            let find = format!(
                "SELECT {COLUMNS} FROM review_standing WHERE reviewer = ?1 AND target <> 'case'
                 ORDER BY id DESC LIMIT 1"
            );
            let last = undoing.prepare_cached(&find)?.query_row([reviewer], event).optional()?;
            if let Some(last) = &last {
                let undo = Event {
                    id: 0,
                    at: at.to_owned(),
                    verdict: Verdict::Undo,
                    from: None,
                    to: None,
                    comment: String::new(),
                    undoes: Some(last.id),
                    ..last.clone()
                };
                insert(&undoing, &undo)?;
            }
            undoing.commit()?;
            Ok(last)
        };
        undo(&mut self.lock()).map_err(failed(&self.path, "cannot write"))
    }

    /// The events after the one of that number, in order.
    ///
    /// # Errors
    /// [`Error::Io`] where the store cannot be read.
    pub fn events_after(&self, id: i64) -> Result<Vec<Event>, Error> {
        let find = |connection: &Connection| {
            let find = format!("SELECT {COLUMNS} FROM review_event WHERE id > ?1 ORDER BY id");
            let events: rusqlite::Result<Vec<Event>> =
                connection.prepare_cached(&find)?.query_map([id], event)?.collect();
            events
        };
        find(&self.lock()).map_err(failed(&self.path, "cannot read"))
    }

    /// Notes where the documents of a run are and what came with each case; they stand for the
    /// last run alone.
    ///
    /// # Errors
    /// [`Error::Io`] where the store cannot be written.
    pub fn note_sources<'a>(
        &self,
        sources: impl IntoIterator<Item = (&'a str, &'a str, &'a Path, &'a Key)>,
        given: impl IntoIterator<Item = (&'a str, String)>,
    ) -> Result<(), Error> {
        let note = |connection: &mut Connection| {
            let noting = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            noting.execute_batch("DELETE FROM source; DELETE FROM given;")?;
            for (case, document, path, key) in sources {
                noting
                    .prepare_cached(
                        "INSERT OR REPLACE INTO source VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    )?
                    .execute(params![
                        case,
                        document,
                        // Whoever looks for it later may stand elsewhere.
                        std::path::absolute(path)
                            .unwrap_or_else(|_| path.to_owned())
                            .to_string_lossy(),
                        key.content_hash,
                        key.named_text,
                        self.reader.0
                    ])?;
            }
            for (case, record) in given {
                noting
                    .prepare_cached("INSERT INTO given VALUES (?1, ?2)")?
                    .execute(params![case, record])?;
            }
            noting.commit()
        };
        note(&mut self.lock()).map_err(failed(&self.path, "cannot write"))
    }

    /// Where the documents of the last run are.
    ///
    /// # Errors
    /// [`Error::Io`] where the store cannot be read.
    pub fn sources(&self) -> Result<Vec<SourceRecord>, Error> {
        let record = |row: &rusqlite::Row<'_>| {
            Ok(SourceRecord {
                case_id: row.get(0)?,
                document: row.get(1)?,
                path: PathBuf::from(row.get::<_, String>(2)?),
                key: Key { content_hash: row.get(3)?, named_text: row.get(4)? },
                reader: Reader(row.get(5)?),
            })
        };
        let find = |connection: &Connection| {
            let sources: rusqlite::Result<Vec<SourceRecord>> =
                connection.prepare("SELECT * FROM source")?.query_map([], record)?.collect();
            sources
        };
        find(&self.lock()).map_err(failed(&self.path, "cannot read"))
    }

    /// What came with a case of the last run beside its documents, as [`Store::note_sources`] got it.
    ///
    /// # Errors
    /// [`Error::Io`] where the store cannot be read.
    pub fn given(&self, case: &str) -> Result<Option<String>, Error> {
        let find = |connection: &Connection| {
            connection
                .query_row("SELECT record FROM given WHERE case_id = ?1", [case], |row| row.get(0))
                .optional()
        };
        find(&self.lock()).map_err(failed(&self.path, "cannot read"))
    }
}

/// Takes over the events of a damaged store, those that can be read; yields how many, and
/// whether there may have been others.
pub(super) fn salvage(damaged: &Path, into: &mut Connection) -> rusqlite::Result<(usize, bool)> {
    let Ok(old) = Connection::open_with_flags(damaged, OpenFlags::SQLITE_OPEN_READ_ONLY) else {
        return Ok((0, true));
    };
    let known = "SELECT count(*) FROM sqlite_master WHERE name = 'review_event'";
    if old.query_row(known, [], |row| row.get(0)) == Ok(0) {
        return Ok((0, false));
    }
    // From both ends: what is damaged in the middle hides neither.
    let (first, broken) = readable(&old, "ASC");
    let (mut last, _) = if broken { readable(&old, "DESC") } else { (Vec::new(), false) };
    last.retain(|event| first.last().is_none_or(|known| event.id > known.id));
    last.reverse();
    let saving = into.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut saved = 0;
    for event in first.iter().chain(&last) {
        // One that takes back what is lost goes with it.
        saved += usize::from(insert(&saving, event).is_ok());
    }
    saving.commit()?;
    Ok((saved, broken))
}

/// The events that can be read from one end, and whether that ended before the other.
fn readable(old: &Connection, order: &str) -> (Vec<Event>, bool) {
    let mut events = Vec::new();
    let find = format!("SELECT {COLUMNS} FROM review_event ORDER BY id {order}");
    let Ok(mut statement) = old.prepare(&find) else { return (events, true) };
    let Ok(rows) = statement.query_map([], event) else { return (events, true) };
    for row in rows {
        match row {
            Ok(event) => events.push(event),
            Err(_) => return (events, true),
        }
    }
    (events, false)
}
