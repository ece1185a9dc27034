//! Manifests: a table of which file belongs to which case, with what is known of the request.

#![expect(clippy::disallowed_methods, reason = "reads the manifest")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use jiff::civil::Date;

use super::discover::{CasePlan, Plan, Source, folder_documents, remote_documents};
use super::remote::is_remote;
use crate::date::PartialDate;
use crate::error::Error;
use crate::report::Given;

/// Columns that mean something; any other is left alone.
const COLUMNS: &[&str] = &[
    "case_id",
    "path",
    "as_of",
    "cpt",
    "side",
    "intent",
    "payer",
    "jurisdiction",
    "provider",
    "member_ref",
];

/// Those of them that say something of the request.
pub const GIVEN: &[&str] = COLUMNS.split_at(2).1;

/// Reads a manifest and finds its files, whose paths are relative to the manifest's folder.
///
/// Rows of one `case_id` make a case, its documents in the order of the rows. A path may
/// be a folder, an address `s3://BUCKET/PREFIX`, or several of them parted by `;`. What is in
/// object storage will be fetched into `out`.
pub fn read_manifest(path: &Path, out: &Path) -> Result<Plan, Error> {
    let bytes = fs::read(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::Usage {
            place: format!("--manifest {}", path.display()),
            problem: "no such file".to_owned(),
        },
        _ => Error::Io { path: path.to_owned(), action: "cannot read", source },
    })?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let folder = path.parent().unwrap_or(Path::new(""));
    Manifest { path, folder, out }.read(bytes)
}

/// A manifest being read.
struct Manifest<'a> {
    path: &'a Path,
    folder: &'a Path,
    out: &'a Path,
}

/// A row that is being read: its line and its cells by column.
struct Row<'a> {
    line: u64,
    cells: BTreeMap<&'a str, &'a str>,
}

impl Manifest<'_> {
    fn read(&self, bytes: &[u8]) -> Result<Plan, Error> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        let header = reader.headers().map_err(|error| self.broken(&error))?.clone();
        let columns: Vec<String> = header.iter().map(str::to_ascii_lowercase).collect();
        self.check_columns(&columns)?;
        let mut cases: BTreeMap<String, CasePlan> = BTreeMap::new();
        let mut skipped = 0;
        for record in reader.records() {
            let record = record.map_err(|error| self.broken(&error))?;
            let line = record.position().map_or(0, csv::Position::line);
            let cells = columns.iter().map(String::as_str).zip(record.iter()).collect();
            let row = Row { line, cells };
            let id = row.cell("case_id");
            let id =
                id.ok_or_else(|| self.wrong(&row, "case_id", "empty; every row names its case"))?;
            let case = cases.entry(id.to_owned()).or_insert_with(|| CasePlan {
                id: id.to_owned(),
                given: Given::default(),
                documents: Vec::new(),
            });
            skipped += self.add_documents(&row, case)?;
            self.add_given(&row, &mut case.given)?;
        }
        Ok(Plan { cases: cases.into_values().collect(), skipped })
    }

    /// The needed columns are there, and none looks like a slip of the pen.
    fn check_columns(&self, columns: &[String]) -> Result<(), Error> {
        for needed in ["case_id", "path"] {
            if !columns.iter().any(|column| column == needed) {
                return Err(self.usage(
                    1,
                    None,
                    format!(
                        "no column `{needed}`; the first row names the columns: {}",
                        COLUMNS.join(", ")
                    ),
                ));
            }
        }
        for (index, column) in columns.iter().enumerate() {
            if columns[..index].contains(column) && COLUMNS.contains(&column.as_str()) {
                return Err(self.usage(1, Some(column), "named twice".to_owned()));
            }
            let near = COLUMNS.iter().find(|known| {
                let distance = strsim::damerau_levenshtein(known, column);
                distance > 0 && distance <= 2 && column.len() > 3
            });
            if let Some(near) = near
                && !COLUMNS.contains(&column.as_str())
            {
                return Err(self.usage(
                    1,
                    Some(column),
                    format!("not a known column; did you mean `{near}`?"),
                ));
            }
        }
        Ok(())
    }

    /// Adds the row's documents; yields how many files of other kinds its folders hold.
    fn add_documents(&self, row: &Row<'_>, case: &mut CasePlan) -> Result<usize, Error> {
        let cell = row.cell("path");
        let cell = cell.ok_or_else(|| self.wrong(row, "path", "empty; every row names a file"))?;
        // A name may hold a `;` itself: the whole cell is tried first.
        let names: Vec<&str> = match self.folder.join(cell).exists() {
            true => vec![cell],
            false => cell.split(';').map(str::trim).filter(|name| !name.is_empty()).collect(),
        };
        let mut skipped = 0;
        for name in names {
            let (sources, others) = self.documents(row, name)?;
            skipped += others;
            for source in sources {
                if case.documents.iter().any(|document| document.path == source.path) {
                    return Err(self.wrong(row, "path", "this case has that file already"));
                }
                case.documents.push(source);
            }
        }
        Ok(skipped)
    }

    /// The documents that a path or an address of the row names, and how many files of other kinds
    /// its folder holds.
    fn documents(&self, row: &Row<'_>, name: &str) -> Result<(Vec<Source>, usize), Error> {
        if is_remote(Path::new(name)) {
            let (sources, others) = remote_documents(Path::new(name), self.out)?;
            return match sources.is_empty() {
                true => Err(self.wrong(row, "path", &format!("no document at {name}"))),
                false => Ok((sources, others)),
            };
        }
        let path = self.folder.join(name);
        let metadata = fs::metadata(&path)
            .map_err(|_| self.wrong(row, "path", &format!("no such file: {}", path.display())))?;
        match metadata.is_dir() {
            true => folder_documents(&path, name),
            false => Ok((vec![Source { name: name.replace('\\', "/"), path, remote: None }], 0)),
        }
    }

    /// Adds what the row says of the request; rows of one case must not contradict each other.
    fn add_given(&self, row: &Row<'_>, given: &mut Given) -> Result<(), Error> {
        fill(|column| row.cell(column), given)
            .map_err(|(column, problem)| self.wrong(row, column, &problem))
    }

    fn wrong(&self, row: &Row<'_>, column: &str, problem: &str) -> Error {
        self.usage(row.line, Some(column), problem.to_owned())
    }

    fn usage(&self, line: u64, column: Option<&str>, problem: String) -> Error {
        let column = column.map(|column| format!(", column `{column}`")).unwrap_or_default();
        Error::Usage { place: format!("{}: line {line}{column}", self.path.display()), problem }
    }

    /// The error of the CSV reader, without the text that it may quote.
    fn broken(&self, error: &csv::Error) -> Error {
        let line = error.position().map_or(1, csv::Position::line);
        let problem = match error.kind() {
            csv::ErrorKind::Utf8 { .. } => "not UTF-8; save the table as UTF-8",
            csv::ErrorKind::UnequalLengths { .. } => {
                "not as many cells as the first row has columns; put commas inside a cell in quotes"
            }
            _ => "not CSV",
        };
        self.usage(line, None, problem.to_owned())
    }
}

/// What is given of a case, by the names of the manifest's columns.
///
/// # Errors
/// [`Error::Usage`] where a name is none of them or a value none that it takes.
pub fn read_given(cells: &BTreeMap<String, String>) -> Result<Given, Error> {
    let wrong =
        |name: &str, problem: String| Error::Usage { place: format!("request, `{name}`"), problem };
    if let Some(name) = cells.keys().find(|name| !GIVEN.contains(&name.as_str())) {
        return Err(wrong(name, format!("not known; a request has {}", GIVEN.join(", "))));
    }
    let mut given = Given::default();
    let cell = |name: &str| cells.get(name).map(String::as_str).filter(|cell| !cell.is_empty());
    fill(cell, &mut given).map_err(|(name, problem)| wrong(name, problem))?;
    Ok(given)
}

/// A column with what is wrong in it.
type Wrong = (&'static str, String);

/// Adds what cells say of a request; they must not contradict what was given before.
fn fill<'a>(cell: impl Fn(&str) -> Option<&'a str>, given: &mut Given) -> Result<(), Wrong> {
    let of = |column: &'static str| (column, cell(column));
    set(of("as_of"), &mut given.as_of, parse_day)?;
    set(of("cpt"), &mut given.cpt, text)?;
    set(of("side"), &mut given.side, word)?;
    set(of("intent"), &mut given.intent, word)?;
    set(of("payer"), &mut given.payer, text)?;
    set(of("jurisdiction"), &mut given.jurisdiction, text)?;
    set(of("provider"), &mut given.provider, text)?;
    set(of("member_ref"), &mut given.member_ref, text)
}

fn set<T: PartialEq>(
    (column, cell): (&'static str, Option<&str>),
    slot: &mut Option<T>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<(), Wrong> {
    let Some(cell) = cell else { return Ok(()) };
    let value = parse(cell).map_err(|problem| (column, problem))?;
    match slot {
        Some(earlier) if *earlier != value => {
            Err((column, "an earlier row of this case says otherwise".to_owned()))
        }
        _ => {
            *slot = Some(value);
            Ok(())
        }
    }
}

impl<'a> Row<'a> {
    /// The cell, where it holds something.
    fn cell(&self, column: &str) -> Option<&'a str> {
        self.cells.get(column).copied().filter(|cell| !cell.is_empty())
    }
}

/// Reads a day as 2025-03-18.
pub fn parse_day(text: &str) -> Result<Date, String> {
    let date: Option<PartialDate> = text.parse().ok();
    let day = date.and_then(|date| date.exact());
    day.ok_or_else(|| "not a date; write it as 2025-03-18".to_owned())
}

fn text(cell: &str) -> Result<String, String> {
    Ok(cell.to_owned())
}

fn word<T: FromStr<Err = String>>(cell: &str) -> Result<T, String> {
    cell.to_ascii_lowercase().parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: &str) -> Result<Plan, Error> {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("p")).unwrap();
        for file in ["a.txt", "b.txt", "p/c.txt", "p/other.doc"] {
            fs::write(place.path().join(file), "x").unwrap();
        }
        let path = place.path().join("m.csv");
        fs::write(&path, table).unwrap();
        read_manifest(&path, &place.path().join("out"))
    }

    #[track_caller]
    fn refuses(table: &str, expect: &str) {
        let error = read(table).err().unwrap();
        assert!(matches!(error, Error::Usage { .. }));
        let message = error.to_string();
        assert!(message.contains(expect), "{message}");
    }

    #[test]
    fn rows_of_one_case_go_together() {
        let plan = read(
            "\u{feff}case_id,path,as_of,cpt,side,remark\nx,b.txt,2025-03-18,64450,Left,hm\ny,p,,,,\nx,a.txt,2025-03-18,,,\n",
        )
        .unwrap();
        let ids: Vec<&str> = plan.cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["x", "y"]);
        let names: Vec<&str> =
            plan.cases.iter().flat_map(|c| &c.documents).map(|d| d.name.as_str()).collect();
        assert_eq!(names, ["b.txt", "a.txt", "p/c.txt"]);
        assert_eq!(plan.skipped, 1);
        let given = &plan.cases[0].given;
        assert_eq!(given.cpt.as_deref(), Some("64450"));
        assert_eq!(given.side, Some(crate::fact::Side::Left));
        assert_eq!(given.as_of.unwrap().to_string(), "2025-03-18");
    }

    #[test]
    fn one_cell_may_hold_several_paths() {
        let plan = read("case_id,path\nx,a.txt; b.txt\n").unwrap();
        assert_eq!(plan.documents(), 2);
    }

    #[test]
    fn slips_are_named_with_row_and_column() {
        refuses("case_id\nx\n", "line 1: no column `path`");
        refuses("case_id,path,as-of\nx,a.txt,\n", "did you mean `as_of`?");
        refuses("case_id,path\nx,none.txt\n", "line 2, column `path`: no such file");
        refuses("case_id,path\n,a.txt\n", "line 2, column `case_id`: empty");
        refuses("case_id,path,as_of\nx,a.txt,soon\n", "line 2, column `as_of`: not a date");
        refuses("case_id,path,as_of\nx,a.txt,2023-02-29\n", "not a date");
        refuses("case_id,path,side\nx,a.txt,upper\n", "column `side`: `upper` is none of left");
        refuses("case_id,path,cpt\nx,a.txt,1\nx,b.txt,2\n", "line 3, column `cpt`: an earlier row");
        refuses("case_id,path\nx,a.txt\nx,a.txt\n", "line 3, column `path`: this case has");
        refuses("case_id,path\nx,a.txt,b.txt\n", "line 2: not as many cells");
    }
}
