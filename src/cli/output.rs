//! Files that commands write: never the one that was read, and never half of one.

#![expect(clippy::disallowed_methods, reason = "writes the files")]

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use super::stdout_error;
use crate::error::Error;

/// Says what is wrong with a place for a file, before any work is done for it.
pub fn check(out: &Path, input: &Path) -> Result<(), Error> {
    let wrong = |problem: &str| Error::Usage {
        place: format!("--out {}", out.display()),
        problem: problem.to_owned(),
    };
    if out.is_dir() {
        return Err(wrong("a folder; name a file"));
    }
    if out.file_name().is_none() {
        return Err(wrong("not the name of a file"));
    }
    if !folder(out).is_dir() {
        return Err(wrong("no such folder; make it first"));
    }
    let same = |path: &Path| path.canonicalize().ok();
    if same(out).is_some_and(|out| Some(out) == same(input)) {
        return Err(wrong("the file that is read; name another one"));
    }
    Ok(())
}

/// Writes a file beside its place and moves it there.
pub fn write(out: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::Io { path: out.to_owned(), action: "cannot write", source };
    let mut name = OsString::from(".");
    name.push(out.file_name().unwrap_or(out.as_os_str()));
    name.push(format!(".{}.part", std::process::id()));
    let beside = folder(out).join(name);
    let written = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, out));
    if written.is_err() {
        // What is left of it is of no use to anybody.
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(failed)
}

/// Writes to a file where one is named, else to standard output.
pub fn put(out: Option<&Path>, bytes: &[u8]) -> Result<(), Error> {
    match out {
        Some(out) => write(out, bytes),
        None => io::stdout().write_all(bytes).map_err(stdout_error),
    }
}

/// A value as JSON that people can read, with a line end.
pub fn json(value: &serde_json::Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

fn folder(out: &Path) -> &Path {
    match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
