//! From what the user names to cases of documents.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::remote::{self, Address, Object};
use crate::error::Error;
use crate::report::Given;

/// Endings of the files that folders are searched for; others are skipped and counted.
pub const ENDINGS: &[&str] = &["pdf", "tif", "tiff", "png", "jpg", "jpeg", "txt"];

/// What there is to do.
#[derive(Default)]
pub struct Plan {
    /// The cases, by id.
    pub cases: Vec<CasePlan>,
    /// Files of other kinds that folders held.
    pub skipped: usize,
}

impl Plan {
    /// How many documents there are.
    pub fn documents(&self) -> usize {
        self.sources().count()
    }

    /// The documents, case by case, each with its case's id.
    pub fn sources_by_case(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.cases
            .iter()
            .flat_map(|case| case.documents.iter().map(|source| (case.id.as_str(), source)))
    }

    /// The documents, case by case.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.cases.iter().flat_map(|case| &case.documents)
    }
}

/// The documents of one case.
pub struct CasePlan {
    /// Unique in its run.
    pub id: String,
    /// What came with it beside its documents.
    pub given: Given,
    /// The documents in order.
    pub documents: Vec<Source>,
}

/// A file to read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Path relative to the input, parts joined by `/`; this is what reports show.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it is fetched from, where it is not here by itself.
    pub remote: Option<Object>,
}

/// What makes a case where no manifest says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseBy {
    /// Each file.
    File,
    /// Each folder that holds files, with the files that lie right in it.
    Folder,
}

impl CaseBy {
    /// The word that the command line and run.json use.
    pub fn as_str(self) -> &'static str {
        match self {
            CaseBy::File => "file",
            CaseBy::Folder => "folder",
        }
    }
}

/// Finds the documents below `inputs` and makes cases of them.
///
/// An input may be `s3://BUCKET/PREFIX`, which is listed. A file that is named is taken whatever
/// its ending; `out` is left out of the search, so that a report inside an input is never taken
/// for a part of it.
pub fn discover(inputs: &[PathBuf], case_by: CaseBy, out: Option<&Path>) -> Result<Plan, Error> {
    let mut search = Search {
        out: out.and_then(|out| fs::canonicalize(out).ok()),
        found: Vec::new(),
        skipped: 0,
        seen: BTreeSet::new(),
    };
    for (index, input) in inputs.iter().enumerate() {
        if remote::is_remote(input) {
            search.bucket(index, input, out.unwrap_or(Path::new("")))?;
            continue;
        }
        let metadata = fs::metadata(input).map_err(|error| missing(input, &error))?;
        if metadata.is_dir() {
            search.folder(index, input, "")?;
        } else {
            search.add(index, input, file_name(input));
        }
    }
    let Search { found, skipped, .. } = search;
    Ok(Plan { cases: group(found, inputs, case_by), skipped })
}

/// An input that is not there is the user's slip; anything else is the machine's.
fn missing(path: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::NotFound => Error::Usage {
            place: path.display().to_string(),
            problem: "no such file or folder".to_owned(),
        },
        kind => Error::Io { path: path.to_owned(), action: "cannot open", source: kind.into() },
    }
}

/// A file found, with the input that led to it.
struct Found {
    input: usize,
    source: Source,
}

/// A search under way.
struct Search {
    out: Option<PathBuf>,
    found: Vec<Found>,
    skipped: usize,
    /// Real paths, so that overlapping inputs read no file twice.
    seen: BTreeSet<PathBuf>,
}

impl Search {
    fn folder(&mut self, input: usize, folder: &Path, prefix: &str) -> Result<(), Error> {
        if self.out.is_some() && fs::canonicalize(folder).ok() == self.out {
            return Ok(());
        }
        for path in entries(folder)? {
            let name = format!("{prefix}{}", file_name(&path));
            // A link to a folder is not followed: it could lead back here.
            let linked = fs::symlink_metadata(&path).is_ok_and(|m| m.is_symlink());
            if path.is_dir() {
                if !linked && !is_hidden(&path) {
                    self.folder(input, &path, &format!("{name}/"))?;
                }
            } else if is_document(&path) {
                self.add(input, &path, name);
            } else {
                self.skipped += 1;
            }
        }
        Ok(())
    }

    /// What lies below an address in object storage; it will be fetched into `out`.
    fn bucket(&mut self, input: usize, address: &Path, out: &Path) -> Result<(), Error> {
        let (sources, others) = listed(address, out, |object| object.name.clone())?;
        self.skipped += others;
        for source in sources {
            if self.seen.insert(source.path.clone()) {
                self.found.push(Found { input, source });
            }
        }
        Ok(())
    }

    fn add(&mut self, input: usize, path: &Path, name: String) {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if self.seen.insert(real) {
            self.found.push(Found {
                input,
                source: Source { name, path: path.to_owned(), remote: None },
            });
        }
    }
}

/// The documents right in and below one folder, by name; `name` is what the folder is called.
pub(super) fn folder_documents(folder: &Path, name: &str) -> Result<(Vec<Source>, usize), Error> {
    let mut search = Search { out: None, found: Vec::new(), skipped: 0, seen: BTreeSet::new() };
    search.folder(0, folder, &format!("{}/", name.trim_end_matches('/')))?;
    let mut sources: Vec<Source> = search.found.into_iter().map(|found| found.source).collect();
    sources.sort();
    Ok((sources, search.skipped))
}

/// The documents at one address, each named by its own, and how many objects are none; they will
/// be fetched into `out`.
pub(super) fn remote_documents(address: &Path, out: &Path) -> Result<(Vec<Source>, usize), Error> {
    let (mut sources, others) = listed(address, out, Object::address)?;
    sources.sort();
    Ok((sources, others))
}

/// The documents below an address, and how many objects are none.
fn listed(
    address: &Path,
    out: &Path,
    name: impl Fn(&Object) -> String,
) -> Result<(Vec<Source>, usize), Error> {
    let mut objects = Address::parse(address)?.list()?;
    let all = objects.len();
    objects.retain(|object| is_document(Path::new(&object.name)));
    let others = all - objects.len();
    let source = |object: Object| Source {
        name: name(&object),
        path: object.place(out),
        remote: Some(object),
    };
    Ok((objects.into_iter().map(source).collect(), others))
}

/// What a folder holds, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let io_error =
        |source| Error::Io { path: folder.to_owned(), action: "cannot read the folder", source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(io_error)? {
        paths.push(entry.map_err(io_error)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn is_hidden(path: &Path) -> bool {
    file_name(path).starts_with('.')
}

fn is_document(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    !is_hidden(path) && ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// Makes cases of files and gives each an id of its own.
fn group(found: Vec<Found>, inputs: &[PathBuf], case_by: CaseBy) -> Vec<CasePlan> {
    let mut groups: BTreeMap<(usize, String), Vec<Source>> = BTreeMap::new();
    for Found { input, source } in found {
        let key = match case_by {
            CaseBy::File => source.name.clone(),
            CaseBy::Folder => parent(&source.name).to_owned(),
        };
        groups.entry((input, key)).or_default().push(source);
    }
    let names: Vec<Vec<String>> = groups
        .keys()
        .map(|(input, key)| {
            let input = inputs.get(*input).map(PathBuf::as_path).unwrap_or(Path::new(""));
            match case_by {
                CaseBy::File => file_names(input, key),
                CaseBy::Folder => folder_names(input, key),
            }
        })
        .collect();
    let mut cases: Vec<CasePlan> = unique(names)
        .into_iter()
        .zip(groups.into_values())
        .map(|(id, mut documents)| {
            documents.sort();
            CasePlan { id, given: Given::default(), documents }
        })
        .collect();
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    cases
}

/// The part of a relative path before its last `/`; empty where there is none.
fn parent(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// What a file may be called, the shortest first.
fn file_names(input: &Path, name: &str) -> Vec<String> {
    let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let relative = match parent(name) {
        "" => stem.clone(),
        parent => format!("{parent}/{stem}"),
    };
    let whole = if input.is_dir() { input.join(name) } else { input.to_owned() };
    vec![stem, relative, name.to_owned(), whole.to_string_lossy().into_owned()]
}

/// What a folder may be called, the shortest first.
fn folder_names(input: &Path, name: &str) -> Vec<String> {
    let root = if input.is_dir() { input } else { input.parent().unwrap_or(Path::new("")) };
    // `.` and the like have no name of their own.
    let here = fs::canonicalize(if root.as_os_str().is_empty() { Path::new(".") } else { root })
        .map(|real| file_name(&real))
        .unwrap_or_else(|_| file_name(root));
    let own = name.rsplit('/').next().filter(|own| !own.is_empty()).unwrap_or(&here).to_owned();
    let relative = if name.is_empty() { here } else { name.to_owned() };
    vec![own, relative, root.join(name).to_string_lossy().into_owned()]
}

/// One id each: the shortest of its names that no other has, else its last one and a count.
fn unique(names: Vec<Vec<String>>) -> Vec<String> {
    let mut level = vec![0; names.len()];
    let chosen = |level: &[usize]| -> Vec<String> {
        names.iter().zip(level).map(|(names, &level)| names[level].clone()).collect()
    };
    loop {
        let ids = chosen(&level);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for id in &ids {
            *counts.entry(id).or_default() += 1;
        }
        let mut moved = false;
        for (index, id) in ids.iter().enumerate() {
            if counts.get(id.as_str()) > Some(&1) && level[index] + 1 < names[index].len() {
                level[index] += 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let mut taken = BTreeSet::new();
    chosen(&level)
        .into_iter()
        .map(|id| {
            let mut own = id.clone();
            let mut count = 1;
            while !taken.insert(own.clone()) {
                count += 1;
                own = format!("{id}#{count}");
            }
            own
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(files: &[&str]) -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        for file in files {
            let path = place.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        place
    }

    /// Cases as `id: document document`, then the count of files skipped.
    #[track_caller]
    fn check(files: &[&str], inputs: &[&str], case_by: CaseBy, expect: &[&str], skipped: usize) {
        let place = place(files);
        let inputs: Vec<PathBuf> = inputs.iter().map(|input| place.path().join(input)).collect();
        let plan = discover(&inputs, case_by, None).unwrap();
        let cases: Vec<String> = plan
            .cases
            .iter()
            .map(|case| {
                let names: Vec<&str> = case.documents.iter().map(|d| d.name.as_str()).collect();
                format!("{}: {}", case.id, names.join(" "))
            })
            .collect();
        let root = place.path().to_string_lossy().into_owned();
        let cases: Vec<String> = cases.iter().map(|case| case.replace(&root, "ROOT")).collect();
        assert_eq!(cases, expect);
        assert_eq!(plan.skipped, skipped);
    }

    #[test]
    fn a_case_is_a_file() {
        check(
            &["in/b.pdf", "in/a.TIF", "in/sub/c.txt", "in/notes.docx", "in/.hidden.pdf"],
            &["in"],
            CaseBy::File,
            &["a: a.TIF", "b: b.pdf", "c: sub/c.txt"],
            2,
        );
    }

    #[test]
    fn ids_that_agree_take_their_path() {
        check(
            &["in/x/note.txt", "in/y/note.txt", "in/y/note.pdf", "in/z.txt"],
            &["in"],
            CaseBy::File,
            &["x/note: x/note.txt", "y/note.pdf: y/note.pdf", "y/note.txt: y/note.txt", "z: z.txt"],
            0,
        );
        check(
            &["a/n.txt", "b/n.txt"],
            &["a", "b"],
            CaseBy::File,
            &["ROOT/a/n.txt: n.txt", "ROOT/b/n.txt: n.txt"],
            0,
        );
    }

    #[test]
    fn a_case_is_a_folder() {
        check(
            &["in/p1/b.txt", "in/p1/a.txt", "in/p2/c.txt", "in/loose.txt"],
            &["in"],
            CaseBy::Folder,
            &["in: loose.txt", "p1: p1/a.txt p1/b.txt", "p2: p2/c.txt"],
            0,
        );
    }

    #[test]
    fn no_file_is_read_twice() {
        check(&["in/a.txt"], &["in", "in/a.txt"], CaseBy::File, &["a: a.txt"], 0);
    }

    #[test]
    fn a_named_file_is_taken_whatever_its_ending() {
        check(&["fax.001"], &["fax.001"], CaseBy::File, &["fax: fax.001"], 0);
    }

    #[test]
    fn the_report_is_no_input() {
        let place = place(&["in/a.txt", "in/out/copy.txt"]);
        let input = place.path().join("in");
        let out = input.join("out");
        let plan = discover(&[input], CaseBy::File, Some(&out)).unwrap();
        assert_eq!(plan.documents(), 1);
    }
}
