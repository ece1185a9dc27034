//! The report folder: written beside its place and moved there as a whole.

#![expect(clippy::disallowed_methods, reason = "knows a report of ours by its run.json")]

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::run::PROGRAM;
use crate::error::Error;

/// The file that marks a folder as a report of ours.
pub const RUN: &str = "run.json";

/// The folder of narratives.
pub const ASSESSMENTS: &str = "assessments";

/// The folder of requests for missing documentation.
pub const REQUESTS: &str = "requests";

/// What a report consists of; whatever else stands in a report folder stays there.
const PARTS: &[&str] = &[
    "cases.csv",
    "facts.csv",
    "facts.jsonl",
    "criteria.csv",
    "denial_reasons.csv",
    "pathway.csv",
    "problems.csv",
    "documents.csv",
    ASSESSMENTS,
    REQUESTS,
    RUN,
];

/// Held while a report is written.
static WRITING: Mutex<()> = Mutex::new(());

/// Waits until no report is being written and keeps any from being begun.
///
/// For the moment before the program is made to end.
pub fn uninterrupted() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a report may be written to `out`: it is not there, is empty, or holds a report of ours.
pub fn check(out: &Path) -> Result<(), Error> {
    let usage = |problem: &str| Error::Usage {
        place: format!("--out {}", out.display()),
        problem: problem.to_owned(),
    };
    match fs::read_dir(out).map(|mut entries| entries.next().is_none()) {
        Ok(empty) if empty || is_report(out) => Ok(()),
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
    _writing: MutexGuard<'static, ()>,
}

impl Folder {
    /// Begins a report that will stand at `out`.
    pub fn begin(out: &Path) -> Result<Self, Error> {
        check(out)?;
        let writing = uninterrupted();
        // A link stays a link: what it points to is replaced.
        let out = match fs::canonicalize(out) {
            Ok(real) => real,
            Err(_) => std::path::absolute(out).map_err(io_error(out, "cannot write"))?,
        };
        let parent = out.parent().unwrap_or(&out);
        fs::create_dir_all(parent).map_err(io_error(parent, "cannot create"))?;
        let partial = beside(&out, "partial");
        fs::create_dir(&partial).map_err(io_error(&partial, "cannot create"))?;
        Ok(Self { out, partial, _writing: writing })
    }

    /// Writes one file; `name` is its path in the report.
    pub fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let path = self.partial.join(name);
        let written = || -> io::Result<()> {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            let mut file = BufWriter::new(File::create_new(&path)?);
            fill(&mut file)?;
            file.flush()?;
            file.get_ref().sync_all()
        };
        written().map_err(io_error(&self.out.join(name), "cannot write"))
    }

    /// Puts the report in its place.
    pub fn finish(self) -> Result<(), Error> {
        let Self { out, partial, .. } = &self;
        if !out.exists() {
            return fs::rename(partial, out).map_err(io_error(out, "cannot write"));
        }
        let old = beside(out, "old");
        fs::rename(out, &old).map_err(io_error(out, "cannot replace"))?;
        if let Err(source) = fs::rename(partial, out) {
            // Best effort: the old report goes back to where it was.
            let _ = fs::rename(&old, out);
            return Err(Error::Io { path: out.clone(), action: "cannot write", source });
        }
        // What others put beside the report stays.
        let kept = || -> io::Result<()> {
            for entry in fs::read_dir(&old)? {
                let name = entry?.file_name();
                if !PARTS.iter().any(|part| name == *part) {
                    fs::rename(old.join(&name), out.join(&name))?;
                }
            }
            fs::remove_dir_all(&old)
        };
        kept().map_err(io_error(&old, "cannot remove"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing is left of it once it was moved into place.
        let _ = fs::remove_dir_all(&self.partial);
    }
}

/// A hidden name beside `out`, this process's own.
fn beside(out: &Path, what: &str) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!(".{name}.{what}-{}", std::process::id()))
}

/// Wraps what the system says.
fn io_error(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { path, action, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(out: &Path, name: &str, text: &str) {
        let folder = Folder::begin(out).unwrap();
        folder.write(name, |file| file.write_all(text.as_bytes())).unwrap();
        folder.write(RUN, |file| file.write_all(br#"{"program": "chartsift"}"#)).unwrap();
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
        write(&out, "assessments/a.md", "first");
        fs::write(out.join("mine.txt"), "mine").unwrap();
        write(&out, "assessments/b.md", "second");
        assert_eq!(names(&out), ["assessments", "mine.txt", "run.json"]);
        assert_eq!(names(&out.join(ASSESSMENTS)), ["b.md"]);
        assert_eq!(names(&place.path().join("deep")), ["out"]);
    }

    #[test]
    fn an_unfinished_report_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        write(&out, "cases.csv", "first");
        let folder = Folder::begin(&out).unwrap();
        folder.write("cases.csv", |file| file.write_all(b"second")).unwrap();
        drop(folder);
        assert_eq!(fs::read_to_string(out.join("cases.csv")).unwrap(), "first");
        assert_eq!(names(place.path()), ["out"]);
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
    }
}
