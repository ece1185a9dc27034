//! The report folder: files written beside their places and moved there together.

#![expect(clippy::disallowed_methods, reason = "knows a report of ours by its run.json")]

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::run::PROGRAM;
use crate::error::Error;

/// The file that marks a folder as a report of ours; the last to be put in its place, so that
/// a folder without it holds no whole report.
pub const RUN: &str = "run.json";

/// The tables of facts; the other tables' rows name theirs.
pub const FACTS: &str = "facts.csv";
pub const FACT_LINES: &str = "facts.jsonl";

/// Facts as the program took them where a reviewer corrected or rejected them; there only
/// where there are any.
pub const REPLACED: &str = "facts_replaced.jsonl";

/// The folder of narratives.
pub const ASSESSMENTS: &str = "assessments";

/// The folder of requests for missing documentation.
pub const REQUESTS: &str = "requests";

/// The folder of FHIR bundles, where they are asked for.
pub const BUNDLES: &str = "fhir";

/// The workbook, where it is asked for.
pub const BOOK: &str = "report.xlsx";

/// What `summarize` may put beside it; it tells of this report alone.
const PAGE: &str = "report.html";
const SUMMARY: &str = "summary.xlsx";

/// Where a report is written until it is whole.
const PARTIAL: &str = ".partial";

/// What a report consists of; whatever else stands in a report folder stays there.
const PARTS: &[&str] = &[
    "cases.csv",
    FACTS,
    FACT_LINES,
    REPLACED,
    "criteria.csv",
    "denial_reasons.csv",
    "pathway.csv",
    "problems.csv",
    "documents.csv",
    "cases.parquet",
    "facts.parquet",
    "criteria.parquet",
    "denial_reasons.parquet",
    "pathway.parquet",
    "problems.parquet",
    "documents.parquet",
    BOOK,
    PAGE,
    SUMMARY,
    ASSESSMENTS,
    REQUESTS,
    BUNDLES,
    RUN,
];

/// Held while a report is put in its place.
static PLACING: Mutex<()> = Mutex::new(());

/// Waits until no report is being put in its place and keeps any from being.
///
/// For the moment before the program is made to end.
pub fn uninterrupted() -> MutexGuard<'static, ()> {
    PLACING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a report may be written to `out`: it is not there, is empty, or holds one of ours,
/// finished or not.
pub fn check(out: &Path) -> Result<(), Error> {
    let usage = |problem: &str| Error::Usage {
        place: format!("--out {}", out.display()),
        problem: problem.to_owned(),
    };
    let ours = || is_report(out) || out.join(crate::store::FILE).is_file();
    match fs::read_dir(out).map(|mut entries| entries.next().is_none()) {
        Ok(empty) if empty || ours() => Ok(()),
        Ok(_) => Err(usage(
            "the folder holds something that is not a report of this program; name a new or an empty one",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(usage("not a folder; name a new or an empty one"))
        }
        Err(source) => Err(Error::Io { path: out.to_owned(), action: "cannot open", source }),
    }
}

/// The right to write to a folder, for as long as it is held.
#[derive(Debug)]
pub struct Claim(#[expect(dead_code, reason = "locked until it is closed")] File);

/// Makes the folder where it is not there and claims it; whatever a run left half done is
/// removed.
///
/// # Errors
/// [`Error::Usage`] where [`check`] says so or another run has it, [`Error::Io`] where the
/// folder cannot be made.
pub fn claim(out: &Path) -> Result<Claim, Error> {
    check(out)?;
    fs::create_dir_all(out).map_err(Error::io(out, "cannot create"))?;
    let folder = File::open(out).map_err(Error::io(out, "cannot open"))?;
    match folder.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Error::Usage {
                place: format!("--out {}", out.display()),
                problem: "another run writes there; wait for it, or name another folder".into(),
            });
        }
        Err(TryLockError::Error(source)) => return Err(Error::io(out, "cannot lock")(source)),
    }
    clear(&out.join(PARTIAL))?;
    Ok(Claim(folder))
}

/// Removes a folder if it is there.
pub fn clear(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::io(folder, "cannot remove")(source))
        }
        _ => Ok(()),
    }
}

/// Whether a folder holds a run.json that this program wrote.
pub fn is_report(folder: &Path) -> bool {
    #[derive(serde::Deserialize)]
    struct Mark {
        program: String,
    }
    fs::read(folder.join(RUN))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Mark>(&bytes).ok())
        .is_some_and(|mark| mark.program == PROGRAM)
}

/// A report that is being written; gone without a trace unless it is finished.
pub struct Folder {
    out: PathBuf,
    partial: PathBuf,
}

impl Folder {
    /// Begins a report that will stand in `out`, a folder that is there.
    pub fn begin(out: &Path) -> Result<Self, Error> {
        let partial = out.join(PARTIAL);
        clear(&partial)?;
        for folder in [&partial, &partial.join(ASSESSMENTS)] {
            fs::create_dir(folder).map_err(Error::io(folder, "cannot create"))?;
        }
        Ok(Self { out: out.to_owned(), partial })
    }

    /// Makes a file of the report and hands it over; `name` is its path in the report.
    pub fn write<T>(
        &self,
        name: &str,
        fill: impl FnOnce(BufWriter<File>) -> io::Result<T>,
    ) -> Result<T, Error> {
        File::create_new(self.partial.join(name))
            .and_then(|file| fill(BufWriter::new(file)))
            .map_err(Error::io(&self.out.join(name), "cannot write"))
    }

    /// Writes a page of text into a folder of the report.
    pub fn page(&self, folder: &str, name: &str, text: &str) -> Result<(), Error> {
        let place = self.partial.join(folder);
        if !place.is_dir() {
            fs::create_dir(&place).map_err(Error::io(&place, "cannot create"))?;
        }
        self.write(&format!("{folder}/{name}"), |mut file| {
            file.write_all(text.as_bytes())?;
            file.flush()
        })
    }

    /// Where the report stands until it is whole; room for files without a name.
    pub fn partial(&self) -> &Path {
        &self.partial
    }

    /// What is told where a table cannot be written.
    pub fn failed(&self, source: io::Error) -> Error {
        Error::io(&self.out, "cannot write")(source)
    }

    /// Puts the report in its place: the mark of the old one goes first, that of the new one
    /// comes last.
    pub fn finish(self) -> Result<(), Error> {
        let Self { out, partial } = &self;
        let place = || -> io::Result<()> {
            // All at once: thousands of files one by one would take minutes.
            rustix::fs::syncfs(File::open(partial)?)?;
            let _placing = uninterrupted();
            gone(&out.join(RUN))?;
            for part in PARTS {
                let (from, to) = (partial.join(part), out.join(part));
                if to.is_dir() {
                    fs::remove_dir_all(&to)?;
                }
                match fs::rename(&from, &to) {
                    // Not asked for, or nothing to say, as no request for documentation: what an
                    // earlier run said there is not left standing.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => gone(&to)?,
                    renamed => renamed?,
                }
            }
            fs::remove_dir(partial)?;
            File::open(out)?.sync_all()
        };
        place().map_err(Error::io(out, "cannot write"))
    }
}

/// Removes a file if it is there.
fn gone(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing is left of it once it was moved into place.
        let _ = fs::remove_dir_all(&self.partial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(out: &Path, name: &str, text: &str) {
        let _claim = claim(out).unwrap();
        let folder = Folder::begin(out).unwrap();
        folder.page(ASSESSMENTS, name, text).unwrap();
        folder.page(REQUESTS, name, text).unwrap();
        folder.write(RUN, |mut file| file.write_all(br#"{"program": "chartsift"}"#)).unwrap();
        folder.finish().unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_report_is_replaced_as_a_whole() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("deep/out");
        write(&out, "a.md", "first");
        fs::write(out.join("mine.txt"), "mine").unwrap();
        fs::write(out.join(BOOK), "of the first").unwrap();
        write(&out, "b.md", "second");
        assert_eq!(names(&out), ["assessments", "mine.txt", "requests", "run.json"]);
        assert_eq!(names(&out.join(ASSESSMENTS)), ["b.md"]);
        assert_eq!(names(&place.path().join("deep")), ["out"]);
    }

    #[test]
    fn an_unfinished_report_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        write(&out, "a.md", "first");
        let folder = Folder::begin(&out).unwrap();
        folder.page(ASSESSMENTS, "a.md", "second").unwrap();
        assert!(out.join(PARTIAL).exists());
        drop(folder);
        assert_eq!(fs::read_to_string(out.join("assessments/a.md")).unwrap(), "first");
        assert!(!out.join(PARTIAL).exists());
        // What a killed run left is gone with the next.
        fs::create_dir(out.join(PARTIAL)).unwrap();
        drop(claim(&out).unwrap());
        assert!(!out.join(PARTIAL).exists());
    }

    #[test]
    fn a_folder_has_one_writer() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        let first = claim(&out).unwrap();
        assert!(claim(&out).unwrap_err().to_string().contains("another run writes there"));
        drop(first);
        claim(&out).unwrap();
    }

    #[test]
    fn other_folders_are_refused() {
        let place = tempfile::tempdir().unwrap();
        check(place.path()).unwrap();
        check(&place.path().join("new")).unwrap();
        let file = place.path().join("file");
        fs::write(&file, "x").unwrap();
        for out in [place.path(), &file] {
            assert!(matches!(check(out), Err(Error::Usage { .. })));
        }
        fs::write(place.path().join(RUN), r#"{"program": "other"}"#).unwrap();
        assert!(matches!(check(place.path()), Err(Error::Usage { .. })));
        fs::write(place.path().join(crate::store::FILE), "").unwrap();
        check(place.path()).unwrap();
    }
}
