//! The store's tables.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

/// Raised whenever the tables change.
const VERSION: i64 = 2;

/// The tables of version 1: what was read, and the runs.
const READINGS: &str = "
CREATE TABLE reading (
    content_hash TEXT NOT NULL,
    named_text INTEGER NOT NULL,
    reader TEXT NOT NULL,
    pages INTEGER NOT NULL,
    pages_ocr INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    retriable INTEGER NOT NULL,
    packed BLOB NOT NULL,
    checksum BLOB NOT NULL,
    PRIMARY KEY (content_hash, named_text, reader)
) STRICT;
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    started TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE TABLE problem (
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    case_id TEXT NOT NULL,
    document TEXT NOT NULL,
    page INTEGER,
    stage TEXT NOT NULL,
    problem TEXT NOT NULL,
    retriable INTEGER NOT NULL
) STRICT;
CREATE INDEX problem_run ON problem (run);
";

/// What version 2 adds: where the last run's documents are, and what reviewers say.
///
/// `review_event` is only ever added to. An event stands unless another undoes it;
/// `review_opinion` is the last that each reviewer says of a subject, `review_current` what
/// counts: an adjudication before all else, then whatever was said last.
const REVIEWS: &str = "
CREATE TABLE source (
    case_id TEXT NOT NULL,
    document TEXT NOT NULL,
    path TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    named_text INTEGER NOT NULL,
    reader TEXT NOT NULL,
    PRIMARY KEY (case_id, document)
) STRICT;
CREATE TABLE given (
    case_id TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
CREATE TABLE review_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    target TEXT NOT NULL,
    subject TEXT NOT NULL,
    case_id TEXT NOT NULL,
    queue TEXT NOT NULL,
    verdict TEXT NOT NULL,
    from_json TEXT,
    to_json TEXT,
    comment TEXT NOT NULL DEFAULT '',
    undoes INTEGER UNIQUE REFERENCES review_event (id)
) STRICT;
CREATE INDEX review_subject ON review_event (target, subject);
CREATE TRIGGER review_event_is_kept BEFORE DELETE ON review_event
BEGIN SELECT RAISE(ABORT, 'review events are only added'); END;
CREATE TRIGGER review_event_is_fixed BEFORE UPDATE ON review_event
BEGIN SELECT RAISE(ABORT, 'review events are only added'); END;
CREATE VIEW review_standing AS
    SELECT * FROM review_event AS event
    WHERE verdict NOT IN ('undo', 'comment')
    AND NOT EXISTS (SELECT 1 FROM review_event AS undo WHERE undo.undoes = event.id);
CREATE VIEW review_opinion AS
    SELECT * FROM review_standing AS event
    WHERE id = (SELECT max(id) FROM review_standing AS own WHERE own.target = event.target
        AND own.subject = event.subject AND own.reviewer = event.reviewer);
CREATE VIEW review_current AS
    SELECT * FROM review_standing AS event
    WHERE id = (SELECT id FROM review_standing AS other WHERE other.target = event.target
        AND other.subject = event.subject ORDER BY queue = 'adjudicate' DESC, id DESC LIMIT 1);
";

/// How long another program is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long until it is asked again whether it is done.
const AGAIN: Duration = Duration::from_millis(5);

/// Why a store cannot be used.
pub enum Trouble {
    /// A newer program made it.
    Newer,
    /// What SQLite says.
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Trouble::Sql(error)
    }
}

/// Has changes written to a log ahead of the file. SQLite does not wait for a program that begins
/// the same store just then, but refuses at once.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        let done = connection.pragma_update(None, "journal_mode", "WAL");
        let busy = |error: &rusqlite::Error| {
            error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until
        };
        if !done.as_ref().is_err_and(busy) {
            return done;
        }
        thread::sleep(AGAIN);
    }
}

/// Opens a store, or begins one; checks that it is sound.
pub fn open(path: &Path) -> Result<Connection, Trouble> {
    let mut connection = Connection::open(path)?;
    // Another process reads, or a virus scanner looks on.
    connection.busy_timeout(PATIENCE)?;
    write_ahead(&connection)?;
    // A power cut may lose the last documents, which are then read again; it damages nothing.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    let sound: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        let damage = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        return Err(rusqlite::Error::SqliteFailure(damage, None).into());
    }
    bring_up(&mut connection)?;
    Ok(connection)
}

/// Makes the tables that are not there yet; what an older program kept stays.
fn bring_up(connection: &mut Connection) -> Result<(), Trouble> {
    let version = |connection: &Connection| -> rusqlite::Result<i64> {
        connection.query_row("PRAGMA user_version", [], |row| row.get(0))
    };
    match version(connection)? {
        VERSION => return Ok(()),
        0 | 1 => {}
        _ => return Err(Trouble::Newer),
    }
    // Another process may be at the same: only one writes, the other finds it done.
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let before = version(&begun)?;
    if before == 0 {
        begun.execute_batch(READINGS)?;
    }
    if before < VERSION {
        begun.execute_batch(REVIEWS)?;
        begun.pragma_update(None, "user_version", VERSION)?;
    }
    begun.commit()?;
    Ok(())
}
