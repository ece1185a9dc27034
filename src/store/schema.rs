//! The store's tables.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

/// Raised whenever the tables change.
const VERSION: i64 = 1;

const TABLES: &str = "
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

/// Opens a store, or begins one; checks that it is sound.
pub fn open(path: &Path) -> Result<Connection, Trouble> {
    let mut connection = Connection::open(path)?;
    // Another process reads, or a virus scanner looks on.
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A power cut may lose the last documents, which are then read again; it damages nothing.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    let sound: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        let damage = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        return Err(rusqlite::Error::SqliteFailure(damage, None).into());
    }
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        0 => {
            let begun = connection.transaction()?;
            begun.execute_batch(TABLES)?;
            begun.pragma_update(None, "user_version", VERSION)?;
            begun.commit()?;
        }
        VERSION => {}
        _ => return Err(Trouble::Newer),
    }
    Ok(connection)
}
