//! What was read is kept, so that no page is read twice: one SQLite file in the report
//! folder.
//!
//! A reading is found by the content of its file and by all that reading follows from;
//! see [`Reader`]. Each is written in a transaction of its own, so that a run which is
//! killed loses the documents in work and no other. What the file gives back is checked
//! against a hash before it is used: a damaged store costs time, never a wrong fact.

mod pack;
mod review;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fmt, fs, io};

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

pub use pack::{Packed, Summary};
pub use review::{Event, SourceRecord, Target, Verdict};
use schema::Trouble;

use crate::error::{Error, Problem};
use crate::read::{ReadOptions, Reading};

/// The file's name in its folder.
pub const FILE: &str = "chartsift.db";

/// All that a reading follows from beside the file's bytes: the program's code that reads,
/// the engines with their versions, and the options.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reader(String);

impl Reader {
    /// For whoever reads nothing but what others kept.
    pub fn none() -> Self {
        Self(String::new())
    }

    /// The reader that reads with these options on this machine.
    pub fn new(options: &ReadOptions) -> Self {
        let ReadOptions { ocr, page_timeout, engine, only } = options;
        let (code, timeout) = (env!("CHARTSIFT_READER"), page_timeout.as_millis());
        Self(format!("{code} {ocr:?} {timeout} {only:?} {}", engine.describe()))
    }
}

/// What a reading is kept under.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// BLAKE3 of the file's bytes, 64 hexadecimal digits.
    pub content_hash: String,
    /// Whether the file's name says that it is text: the only thing in a name that
    /// reading goes by.
    pub named_text: bool,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:.8})", self.content_hash)
    }
}

/// What [`Store::open`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// No store; there is one now.
    Nothing,
    /// A sound one.
    Sound,
    /// One that is damaged. It was set aside, and a new one begun.
    Damaged {
        /// Its new name.
        aside: PathBuf,
        /// How many review events the new one took over.
        reviews: usize,
        /// Whether there may have been others, which cannot be read.
        lost: bool,
    },
}

/// The store of one report folder.
pub struct Store {
    path: PathBuf,
    reader: Reader,
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the store of a folder, which must be there, or begins one.
    ///
    /// # Errors
    /// [`Error::Usage`] where a newer program made it, [`Error::Io`] where it cannot be
    /// opened or written.
    pub fn open(folder: &Path, reader: Reader) -> Result<(Self, Found), Error> {
        let path = folder.join(FILE);
        let mut found = if path.exists() { Found::Sound } else { Found::Nothing };
        let opened = match schema::open(&path) {
            Err(Trouble::Sql(error)) if is_damage(&error) => {
                let aside = set_aside(&path)?;
                schema::open(&path).and_then(|mut connection| {
                    let (reviews, lost) = review::salvage(&aside, &mut connection)?;
                    found = Found::Damaged { aside, reviews, lost };
                    Ok(connection)
                })
            }
            opened => opened,
        };
        match opened {
            Ok(connection) => {
                Ok((Self { path, reader, connection: Mutex::new(connection) }, found))
            }
            Err(Trouble::Newer) => Err(Error::Usage {
                place: path.display().to_string(),
                problem: "a newer chartsift made it; use that one, or another --out".into(),
            }),
            Err(Trouble::Sql(error)) => Err(failed(&path, "cannot open")(error)),
        }
    }

    /// The store of a folder if there is one that can be used; nothing is written.
    pub fn look(folder: &Path, reader: Reader) -> Option<Self> {
        let path = folder.join(FILE);
        let connection = path.is_file().then(|| schema::open(&path).ok())??;
        Some(Self { path, reader, connection: Mutex::new(connection) })
    }

    /// What is known of the reading under this key; `None` where there is none, or one that
    /// is damaged.
    ///
    /// # Errors
    /// [`Error::Io`] where the store cannot be read.
    pub fn summary(&self, key: &Key) -> Result<Option<Summary>, Error> {
        Ok(self.packed(key)?.map(|packed| packed.summary))
    }

    /// The reading under this key, as [`Store::summary`].
    ///
    /// # Errors
    /// [`Error::Io`] where the store cannot be read.
    pub fn reading(&self, key: &Key) -> Result<Option<Reading>, Error> {
        Ok(self.packed(key)?.and_then(|packed| packed.unpack()))
    }

    /// The reading of a document of the last run, as [`Store::sources`] tells of it.
    ///
    /// # Errors
    /// [`Error::Io`] where the store cannot be read.
    pub fn reading_of(&self, source: &SourceRecord) -> Result<Option<Reading>, Error> {
        let packed = self.packed_by(&source.key, &source.reader)?;
        Ok(packed.and_then(|packed| packed.unpack()))
    }

    fn packed(&self, key: &Key) -> Result<Option<Packed>, Error> {
        self.packed_by(key, &self.reader)
    }

    fn packed_by(&self, key: &Key, reader: &Reader) -> Result<Option<Packed>, Error> {
        let find = |connection: &Connection| {
            let mut statement = connection.prepare_cached(
                "SELECT pages, pages_ocr, failed, retriable, packed, checksum FROM reading
                 WHERE content_hash = ?1 AND named_text = ?2 AND reader = ?3",
            )?;
            let named = params![key.content_hash, key.named_text, reader.0];
            let row = |row: &rusqlite::Row<'_>| -> rusqlite::Result<(Packed, Vec<u8>)> {
                let summary = Summary {
                    pages: row.get(0)?,
                    pages_ocr: row.get(1)?,
                    failed: row.get(2)?,
                    retriable: row.get(3)?,
                };
                let content_hash = key.content_hash.clone();
                Ok((Packed { content_hash, summary, bytes: row.get(4)? }, row.get(5)?))
            };
            statement.query_row(named, row).optional()
        };
        match find(&self.lock()) {
            Ok(row) => Ok(row.filter(|(p, sum)| p.checksum() == sum[..]).map(|(packed, _)| packed)),
            Err(error) if is_damage(&error) => Ok(None),
            Err(error) => Err(failed(&self.path, "cannot read")(error)),
        }
    }

    /// Keeps a reading, in place of one that is there.
    ///
    /// # Errors
    /// [`Error::Io`] where the store cannot be written, as on a full disk.
    pub fn keep(&self, key: &Key, packed: &Packed) -> Result<(), Error> {
        let Summary { pages, pages_ocr, failed: lost, retriable } = packed.summary;
        let (bytes, checksum) = (&packed.bytes, packed.checksum());
        self.lock()
            .execute(
                "INSERT OR REPLACE INTO reading (content_hash, named_text, reader, pages, pages_ocr,
                 failed, retriable, packed, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    key.content_hash,
                    key.named_text,
                    self.reader.0,
                    pages,
                    pages_ocr,
                    lost,
                    retriable,
                    bytes,
                    checksum
                ],
            )
            .map(drop)
            .map_err(failed(&self.path, "cannot write"))
    }

    /// Notes a run that is done: its id, when it began, its run.json; and its problems, each
    /// with the case and document that it is of. They stand for the last run alone.
    ///
    /// # Errors
    /// [`Error::Io`] where the store cannot be written.
    pub fn note_run<'a>(
        &self,
        (run_id, started, record): (&str, &str, &str),
        problems: impl IntoIterator<Item = (&'a str, &'a str, &'a Problem)>,
    ) -> Result<(), Error> {
        let note = |connection: &mut Connection| {
            let noting = connection.transaction()?;
            noting.execute("DELETE FROM problem", [])?;
            noting.execute(
                "INSERT INTO run (run_id, started, record) VALUES (?1, ?2, ?3)",
                params![run_id, started, record],
            )?;
            let run = noting.last_insert_rowid();
            for (case, document, problem) in problems {
                noting
                    .prepare_cached("INSERT INTO problem VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                    .execute(params![
                    run,
                    case,
                    document,
                    problem.page,
                    problem.stage.as_str(),
                    problem.problem,
                    problem.retriable
                ])?;
            }
            noting.commit()
        };
        note(&mut self.lock()).map_err(failed(&self.path, "cannot write"))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A thread that panicked left no transaction open: it is rolled back when dropped.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the file is damaged, or none of SQLite's.
fn is_damage(error: &rusqlite::Error) -> bool {
    let damage = [ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase];
    error.sqlite_error_code().is_some_and(|code| damage.contains(&code))
}

/// Renames a damaged store, and yields its new name. What belongs to it goes with it.
fn set_aside(path: &Path) -> Result<PathBuf, Error> {
    let name = |n: usize| path.with_file_name(format!("{FILE}.damaged-{n}"));
    let mut free = (1..).map(name).filter(|aside| !aside.exists());
    let aside = free.next().unwrap_or_else(|| name(0));
    let rename = || {
        fs::rename(path, &aside)?;
        for part in ["-wal", "-shm"] {
            let part = path.with_file_name(format!("{FILE}{part}"));
            match fs::remove_file(part) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    };
    let renamed: io::Result<()> = rename();
    renamed.map(|()| aside).map_err(|source| Error::Io {
        path: path.to_owned(),
        action: "is damaged and cannot be set aside",
        source,
    })
}

/// Wraps what SQLite says.
fn failed(path: &Path, action: &'static str) -> impl FnOnce(rusqlite::Error) -> Error {
    let path = path.to_owned();
    move |error| {
        let kind = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => io::ErrorKind::StorageFull,
            Some(ErrorCode::ReadOnly) => io::ErrorKind::ReadOnlyFilesystem,
            Some(ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                io::ErrorKind::PermissionDenied
            }
            _ => io::ErrorKind::Other,
        };
        // Neither its words nor its values are of a record: statements hold places for them.
        Error::Io { path, action, source: io::Error::new(kind, error.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;

    fn packed(text: &str) -> (Key, Packed) {
        let packed = Packed::of(&read(text.as_bytes(), None, &ReadOptions::default()));
        (Key { content_hash: packed.content_hash.clone(), named_text: false }, packed)
    }

    fn open(folder: &Path) -> (Store, Found) {
        Store::open(folder, Reader::new(&ReadOptions::default())).unwrap()
    }

    #[test]
    fn a_reading_is_found_by_what_it_follows_from() {
        let folder = tempfile::tempdir().unwrap();
        let (key, one) = packed("one");
        let (store, found) = open(folder.path());
        assert_eq!(found, Found::Nothing);
        assert_eq!(store.summary(&key).unwrap(), None);
        store.keep(&key, &one).unwrap();
        drop(store);

        let (store, found) = open(folder.path());
        assert_eq!(found, Found::Sound);
        assert_eq!(store.reading(&key).unwrap(), one.unpack());
        assert_eq!(store.summary(&Key { named_text: true, ..key.clone() }).unwrap(), None);
        assert_eq!(store.summary(&packed("two").0).unwrap(), None);
        drop(store);

        let options = ReadOptions { ocr: crate::read::OcrMode::Never, ..Default::default() };
        let (store, _) = Store::open(folder.path(), Reader::new(&options)).unwrap();
        assert_eq!(store.summary(&key).unwrap(), None);
    }

    #[test]
    fn a_changed_reading_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let (key, one) = packed("one");
        let (store, _) = open(folder.path());
        for change in ["packed = zeroblob(20)", "pages = 7", "checksum = zeroblob(32)"] {
            store.keep(&key, &one).unwrap();
            assert!(store.reading(&key).unwrap().is_some());
            store.lock().execute(&format!("UPDATE reading SET {change}"), []).unwrap();
            assert_eq!(store.summary(&key).unwrap(), None, "{change}");
        }
    }

    #[test]
    fn a_damaged_store_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let text = "no store at all, but long enough to be looked at".repeat(40);
        io::Write::write_all(&mut fs::File::create(&path).unwrap(), text.as_bytes()).unwrap();
        let (store, found) = open(folder.path());
        let Found::Damaged { aside, reviews: 0, .. } = found else { panic!("{found:?}") };
        assert!(aside.ends_with("chartsift.db.damaged-1") && aside.exists());
        let (key, one) = packed("one");
        store.keep(&key, &one).unwrap();
        assert!(store.summary(&key).unwrap().is_some());
    }

    fn said(subject: &str, verdict: Verdict) -> Event {
        Event {
            at: "2026-01-02T03:04:05Z".to_owned(),
            reviewer: "ann".to_owned(),
            subject: subject.to_owned(),
            case_id: "case".to_owned(),
            queue: "low".to_owned(),
            verdict,
            from: Some("{}".to_owned()),
            ..Event::default()
        }
    }

    #[test]
    fn reviews_are_only_added() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = open(folder.path());
        for n in 0..3 {
            store.add_event(&said(&n.to_string(), Verdict::Accept)).unwrap();
        }
        let undone = store.undo_last("ann", "now").unwrap().unwrap();
        assert_eq!((undone.id, undone.subject.as_str()), (3, "2"));
        assert_eq!(store.undo_last("ann", "now").unwrap().unwrap().id, 2);
        assert_eq!(store.undo_last("ben", "now").unwrap(), None);
        let events = store.events_after(0).unwrap();
        assert_eq!(events.len(), 5);
        assert_eq!(events[3].undoes, Some(3));
        for change in ["UPDATE review_event SET verdict = 'reject'", "DELETE FROM review_event"] {
            assert!(store.lock().execute(change, []).is_err(), "{change}");
        }
        let count = |view: &str| -> i64 {
            let count = format!("SELECT count(*) FROM {view}");
            store.lock().query_row(&count, [], |row| row.get(0)).unwrap()
        };
        assert_eq!(["review_standing", "review_opinion", "review_current"].map(count), [1, 1, 1]);
        // One that settles a disagreement counts, whatever is said after it.
        let settles = Event { queue: "adjudicate".to_owned(), ..said("0", Verdict::Reject) };
        store.add_event(&settles).unwrap();
        store.add_event(&said("0", Verdict::Unsure)).unwrap();
        let counts: String = store
            .lock()
            .query_row("SELECT verdict FROM review_current WHERE subject = '0'", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(counts, "reject");
    }

    #[test]
    fn reviews_outlive_a_damaged_store() {
        let folder = tempfile::tempdir().unwrap();
        let (key, one) = packed("one");
        let (store, _) = open(folder.path());
        store.keep(&key, &one).unwrap();
        for n in 0..400 {
            let from = Some(format!("{{\"words\":\"{}\"}}", "x".repeat(200)));
            store.add_event(&Event { from, ..said(&n.to_string(), Verdict::Accept) }).unwrap();
        }
        store.undo_last("ann", "now").unwrap();
        store.lock().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let root: i64 = store
            .lock()
            .query_row("SELECT rootpage FROM sqlite_master WHERE name = 'problem_run'", [], |r| {
                r.get(0)
            })
            .unwrap();
        drop(store);
        let path = folder.path().join(FILE);
        let mut file = fs::File::options().write(true).open(&path).unwrap();
        io::Seek::seek(&mut file, io::SeekFrom::Start((root as u64 - 1) * 4096)).unwrap();
        io::Write::write_all(&mut file, &[0xa5; 4096]).unwrap();
        drop(file);

        let (store, found) = open(folder.path());
        let Found::Damaged { reviews, lost, .. } = found else { panic!("{found:?}") };
        assert_eq!((reviews, lost), (401, false));
        let events = store.events_after(0).unwrap();
        assert_eq!((events.len(), events[400].undoes), (401, Some(400)));
        assert_eq!(store.summary(&key).unwrap(), None);
    }

    #[test]
    fn an_older_store_keeps_its_readings() {
        let folder = tempfile::tempdir().unwrap();
        let (key, one) = packed("one");
        let (store, _) = open(folder.path());
        store.keep(&key, &one).unwrap();
        let back = "DROP VIEW review_current; DROP VIEW review_opinion; DROP VIEW review_standing;
             DROP TABLE review_event; DROP TABLE source; DROP TABLE given; PRAGMA user_version = 1;";
        store.lock().execute_batch(back).unwrap();
        drop(store);
        let (store, found) = open(folder.path());
        assert_eq!(found, Found::Sound);
        assert!(store.summary(&key).unwrap().is_some());
        store.add_event(&said("a", Verdict::Accept)).unwrap();
    }

    #[test]
    fn two_programs_at_once_lose_no_review() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for name in ["ann", "ben", "eve"] {
                let path = folder.path();
                scope.spawn(move || {
                    let (store, _) = open(path);
                    for n in 0..50 {
                        let event = Event {
                            reviewer: name.into(),
                            ..said(&n.to_string(), Verdict::Accept)
                        };
                        store.add_event(&event).unwrap();
                    }
                    store.undo_last(name, "now").unwrap().unwrap();
                });
            }
        });
        assert_eq!(open(folder.path()).0.events_after(0).unwrap().len(), 153);
    }

    #[test]
    fn programs_that_begin_a_store_at_once_all_have_it() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let all = std::sync::Barrier::new(4);
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        all.wait();
                        open(folder.path()).0.add_event(&said("a", Verdict::Accept)).unwrap();
                    });
                }
            });
            assert_eq!(open(folder.path()).0.events_after(0).unwrap().len(), 4);
        }
    }

    #[test]
    fn a_newer_store_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = open(folder.path());
        store.lock().pragma_update(None, "user_version", 99).unwrap();
        drop(store);
        let error = Store::open(folder.path(), Reader::new(&ReadOptions::default())).err().unwrap();
        assert!(error.to_string().contains("a newer chartsift made it"), "{error}");
    }
}
