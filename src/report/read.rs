//! A report read back: its cases as charts, from the facts that were taken from them.

#![expect(clippy::disallowed_methods, reason = "reads a report")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::csv::unguarded;
use super::fact_row::{SHARED, own_column};
use super::folder::is_report;
use crate::chart::{Chart, ChartDocument, Given};
use crate::document::TextSource;
use crate::error::Error;
use crate::fact::{Assertion, Fact, Kind, Place};
use crate::geometry::Rect;

/// A case of a report.
pub struct StoredCase {
    /// Its id.
    pub id: String,
    /// Its facts, gathered anew.
    pub chart: Chart,
}

/// A line of a table of the report, by column.
pub type StoredRow = BTreeMap<String, String>;

/// The rows of one of a report's tables.
///
/// # Errors
/// [`Error::Usage`] where `out` is no report, [`Error::Io`] where the table cannot be read.
pub fn read_rows(out: &Path, table: &str) -> Result<Vec<StoredRow>, Error> {
    let wrong = |problem: String| Error::Usage { place: out.display().to_string(), problem };
    if !is_report(out) {
        return Err(wrong("no report; name a folder that `run` wrote".into()));
    }
    let bytes = fs::read(out.join(table)).map_err(|source| Error::Io {
        path: out.join(table),
        action: "cannot read",
        source,
    })?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let broken = |_| wrong(format!("{table} is no table of a report"));
    let columns = reader.headers().map_err(broken)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let cells = record.iter().map(|cell| unguarded(cell).to_owned());
        rows.push(columns.iter().map(str::to_owned).zip(cells).collect());
    }
    Ok(rows)
}

/// The cases of a report, from documents.csv, facts.jsonl and what cases.csv says of the requests.
///
/// # Errors
/// [`Error::Usage`] where `out` is no report of this version, [`Error::Io`] where it cannot be read.
pub fn read_charts(out: &Path) -> Result<Vec<StoredCase>, Error> {
    let wrong = |problem: &str| Error::Usage {
        place: out.display().to_string(),
        problem: problem.to_owned(),
    };
    let mut documents: BTreeMap<String, Vec<(ChartDocument, Vec<Fact>)>> = BTreeMap::new();
    for row in read_rows(out, "documents.csv")? {
        let case = row.get("case_id").cloned().unwrap_or_default();
        documents.entry(case).or_default().push((read_document(&row), Vec::new()));
    }
    let path = out.join("facts.jsonl");
    let text = fs::read_to_string(&path).map_err(|source| Error::Io {
        path,
        action: "cannot read",
        source,
    })?;
    for line in text.lines() {
        let StoredFact { case_id: case, document: name, part, fact, .. } =
            read_fact(line).ok_or_else(|| wrong("facts.jsonl holds a line that is no fact"))?;
        let own = documents.get_mut(&case).and_then(|documents| {
            documents
                .iter_mut()
                .find(|(document, _)| document.name == name && document.part == part)
        });
        let (_, facts) =
            own.ok_or_else(|| wrong("facts.jsonl names a document that is not there"))?;
        facts.push(fact);
    }
    let mut cases: Vec<StoredCase> = Vec::new();
    for row in read_rows(out, "cases.csv")? {
        let id = row.get("case_id").cloned().unwrap_or_default();
        // A case has a row for each policy that it was held against.
        if cases.iter().any(|case| case.id == id) {
            continue;
        }
        let cell = |name: &str| row.get(name).filter(|cell| !cell.is_empty());
        let given = Given {
            as_of: cell("as_of").and_then(|day| day.parse().ok()),
            cpt: cell("request_cpt").cloned(),
            side: cell("request_side").and_then(|word| word.parse().ok()),
            intent: cell("request_intent").and_then(|word| word.parse().ok()),
        };
        let chart = Chart::gather(documents.remove(&id).unwrap_or_default(), given);
        cases.push(StoredCase { id, chart });
    }
    Ok(cases)
}

/// A document of a report, from its line of documents.csv.
pub fn read_document(row: &StoredRow) -> ChartDocument {
    let cell = |name: &str| row.get(name).map(String::as_str).unwrap_or_default();
    let count = |name: &str| cell(name).parse().unwrap_or_default();
    ChartDocument {
        name: cell("document").to_owned(),
        part: count("part") as usize,
        date: cell("date").parse().ok(),
        signed: cell("signed").parse().ok(),
        pages: count("pages"),
        pages_ocr: count("pages_ocr"),
        pages_unreadable: count("pages_unreadable"),
        pages_picture: count("pages_picture"),
        pages_duplicate: count("pages_duplicate"),
        pages_missing: count("pages_missing"),
    }
}

/// A fact of a report, with what it is of.
pub struct StoredFact {
    /// The case.
    pub case_id: String,
    /// Path of the document, relative to the input.
    pub document: String,
    /// Which of the documents that the file holds, counted from 0.
    pub part: usize,
    /// BLAKE3 of the file, where a reviewer added the fact; else empty.
    pub content: String,
    /// The fact.
    pub fact: Fact,
}

/// The fact of a line of facts.jsonl.
pub fn read_fact(line: &str) -> Option<StoredFact> {
    let line: Map<String, Value> = serde_json::from_str(line).ok()?;
    let text = |name: &str| line.get(name).and_then(Value::as_str);
    let number = |name: &str| line.get(name).and_then(Value::as_f64);
    let (word, fields) = Kind::SCHEMA.iter().find(|(kind, _)| Some(*kind) == text("kind"))?;
    let mut own = Map::new();
    own.insert("kind".into(), (*word).into());
    for field in *fields {
        if let Some(value) = line.get(own_column(field, false))
            && !(SHARED.contains(field) && value.is_null())
        {
            own.insert((*field).into(), value.clone());
        }
    }
    // Of the kinds with such a field, the assertion has another name.
    let said = |name: &'static str| match fields.contains(&name) {
        true => text(if name == "polarity" { "assertion_polarity" } else { "assertion_certainty" }),
        false => text(name),
    };
    let assertion = Assertion {
        polarity: said("polarity")?.parse().ok()?,
        certainty: said("certainty")?.parse().ok()?,
        time: text("time")?.parse().ok()?,
        experiencer: text("experiencer")?.parse().ok()?,
        origin: text("origin")?.parse().ok()?,
    };
    let boxes: Vec<[f32; 4]> = Vec::deserialize(line.get("boxes")?).ok()?;
    let place = Place {
        document: 0,
        page: number("page")? as u32,
        boxes: boxes.iter().map(|[x0, y0, x1, y1]| Rect::new(*x0, *y0, *x1, *y1)).collect(),
        start: number("start")? as usize,
        end: number("end")? as usize,
        quote: text("quote")?.to_owned(),
        source: text("source").and_then(TextSource::of_word),
        ocr_confidence: number("ocr_confidence").map(|confidence| confidence as f32),
    };
    let fact = Fact {
        id: text("fact_id")?.to_owned(),
        kind: Kind::deserialize(Value::Object(own)).ok()?,
        assertion,
        date: text("date").and_then(|date| date.parse().ok()),
        section: text("section")?.parse().ok()?,
        rule: text("rule")?.to_owned(),
        confidence: number("confidence")? as f32,
        place,
    };
    Some(StoredFact {
        case_id: text("case_id")?.to_owned(),
        document: text("document")?.to_owned(),
        part: number("part").unwrap_or_default() as usize,
        content: text("content_hash").unwrap_or_default().to_owned(),
        fact,
    })
}
