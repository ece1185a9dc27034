//! A mark of the code that reading follows from, for the library.
//!
//! What was read is kept and used again only by a program that would read the same.
//! A number raised by hand is forgotten one day; this changes by itself: with any file
//! of the modules up to `read`, and with the versions of the crates that decode and
//! recognize.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Crates whose output shows in what is read; names that begin so.
const CRATES: &[&str] =
    &["fax", "hayro", "image", "jiff", "lopdf", "png", "rten", "tiff", "zune", "encoding_rs"];

/// Sets `CHARTSIFT_READER`.
pub fn mark() {
    let modules = fs::read_to_string("src/lib.rs").expect("src/lib.rs is there");
    let modules =
        modules.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let mut hasher = DefaultHasher::new();
    for module in modules {
        let path = Path::new("src").join(module);
        let mut files = Vec::new();
        match path.is_dir() {
            true => collect(&path, &mut files),
            false => files.push(path.with_extension("rs")),
        }
        for file in files {
            println!("cargo::rerun-if-changed={}", file.display());
            fs::read(&file).expect("a module's file can be read").hash(&mut hasher);
        }
        if module == "read" {
            break;
        }
    }
    println!("cargo::rerun-if-changed=src/lib.rs");
    println!("cargo::rerun-if-changed=Cargo.lock");
    let lock = fs::read_to_string("Cargo.lock").unwrap_or_default();
    for package in lock.split("[[package]]") {
        let mut lines = package.lines().filter(|line| !line.is_empty());
        let name = lines.next().and_then(|line| line.strip_prefix("name = \"")).unwrap_or_default();
        if CRATES.iter().any(|known| name.starts_with(known)) {
            (name, lines.next()).hash(&mut hasher);
        }
    }
    println!("cargo::rustc-env=CHARTSIFT_READER={:016x}", hasher.finish());
}

/// The Rust files of a folder and those below, in order of name.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(folder).expect("a module's folder can be read");
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        match path.is_dir() {
            true => collect(&path, files),
            false if path.extension().is_some_and(|ending| ending == "rs") => files.push(path),
            false => {}
        }
    }
}
