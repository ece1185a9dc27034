//! A report folder in memory: what lists and queues need of it; the rest is read where it
//! stands, by the place of its line.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use serde::Deserialize;

use crate::error::Error;
use crate::fact::{Fact, Kind};
use crate::report::{StoredFact, StoredRow, items, read_fact, read_rows, unguarded};
use crate::review::{HUMAN, Item, Ledger, low_first, random_sample, shuffled};
use crate::store::{SourceRecord, Store, Target};

/// Tables of which the lines of a case are looked up.
const TABLES: &[&str] =
    &["criteria.csv", "denial_reasons.csv", "pathway.csv", "documents.csv", "problems.csv"];

/// Pages that are drawn to be read as a whole.
const PAGES: usize = 40;

/// One case of the report.
pub struct CaseEntry {
    /// Its id.
    pub id: String,
    /// Its lines of cases.csv: one for each policy.
    pub rows: Vec<StoredRow>,
    /// Places of its facts.
    pub facts: Range<usize>,
}

/// One file of a case.
pub struct FileEntry {
    /// Place of its case.
    pub case: usize,
    /// Path relative to the input.
    pub name: String,
    /// Where it is and what it is, where the last run noted it.
    pub source: Option<SourceRecord>,
    /// How many pages it has.
    pub pages: u32,
    /// Places of its facts.
    pub facts: Vec<u32>,
}

impl FileEntry {
    /// BLAKE3 of what it holds; empty where the last run did not note it.
    pub fn content(&self) -> &str {
        self.source.as_ref().map_or("", |source| source.key.content_hash.as_str())
    }
}

/// Where a fact's line stands.
#[derive(Clone, Copy)]
struct Line {
    /// In facts_replaced.jsonl, else in facts.jsonl.
    replaced: bool,
    start: u64,
    length: u32,
}

/// A report folder.
pub struct Index {
    /// The cases in the report's order.
    pub cases: Vec<CaseEntry>,
    /// The files, case by case.
    pub files: Vec<FileEntry>,
    /// The facts as the program took them, case by case.
    pub items: Vec<Item>,
    /// Places of the facts, the least sure first.
    pub low: Vec<u32>,
    /// Places of the facts that were drawn by chance.
    pub random: Vec<u32>,
    /// Pages that were drawn by chance to be read as a whole: place of the file, and number.
    pub pages: Vec<(usize, u32)>,
    /// Places of the facts behind each reason, by its id.
    pub reasons: BTreeMap<String, (String, Vec<u32>)>,
    /// When run.json was written.
    pub written: Option<SystemTime>,
    /// Facts that the program reads otherwise than when their verdict was given, and the last
    /// event that was looked at for this.
    pub changed: (BTreeSet<String>, i64),
    by_id: HashMap<String, u32>,
    by_case: HashMap<String, usize>,
    lines: Vec<Line>,
    facts: Mutex<File>,
    replaced: Mutex<Option<File>>,
    tables: HashMap<&'static str, Table>,
}

/// A table with the places of each case's lines.
struct Table {
    file: Mutex<File>,
    columns: Vec<String>,
    cases: HashMap<String, Range<u64>>,
}

/// What queues need of a line of facts.jsonl.
#[derive(Deserialize)]
struct Lean<'a> {
    case_id: String,
    fact_id: &'a str,
    kind: &'a str,
    document: String,
    page: u32,
    start: u64,
    source: Option<&'a str>,
    ocr_confidence: Option<f32>,
    confidence: Option<f32>,
    rule: String,
}

impl Lean<'_> {
    /// How sure the fact is; scans of which the engine did not say are not known.
    fn sure(&self) -> Option<f32> {
        let unknown = self.source == Some("ocr") && self.ocr_confidence.is_none();
        self.confidence.filter(|_| !unknown)
    }
}

impl Index {
    /// Reads a report folder. `each` facts of every kind are drawn by `seed`.
    ///
    /// # Errors
    /// [`Error::Usage`] where it is no report, [`Error::Io`] where it cannot be read.
    pub fn load(out: &Path, store: &Store, (seed, each): (u64, usize)) -> Result<Self, Error> {
        let written = written(out);
        let rows = read_rows(out, "cases.csv")?;
        let mut cases: Vec<CaseEntry> = Vec::new();
        let mut by_case: HashMap<String, usize> = HashMap::new();
        for row in rows {
            let id = row.get("case_id").cloned().unwrap_or_default();
            let at = *by_case.entry(id.clone()).or_insert_with(|| {
                cases.push(CaseEntry { id, rows: Vec::new(), facts: 0..0 });
                cases.len() - 1
            });
            cases[at].rows.push(row);
        }
        let mut tables = HashMap::new();
        for table in TABLES {
            tables.insert(*table, Table::open(out, table)?);
        }
        let mut index = Self {
            cases,
            files: Vec::new(),
            items: Vec::new(),
            low: Vec::new(),
            random: Vec::new(),
            pages: Vec::new(),
            reasons: BTreeMap::new(),
            written,
            changed: Default::default(),
            by_id: HashMap::new(),
            by_case,
            lines: Vec::new(),
            facts: Mutex::new(open(&out.join("facts.jsonl"))?),
            replaced: Mutex::new(File::open(out.join("facts_replaced.jsonl")).ok()),
            tables,
        };
        index.add_files(store)?;
        index.add_facts(out)?;
        index.add_reasons(out)?;
        index.low = low_first(&index.items);
        index.random = random_sample(&index.items, seed, each);
        index.pages = index.drawn_pages(seed);
        Ok(index)
    }

    fn add_files(&mut self, store: &Store) -> Result<(), Error> {
        let mut sources: HashMap<(String, String), SourceRecord> = HashMap::new();
        for source in store.sources()? {
            sources.insert((source.case_id.clone(), source.document.clone()), source);
        }
        for (case, entry) in self.cases.iter().enumerate() {
            for row in self.tables["documents.csv"].rows(&entry.id) {
                let name = row.get("document").cloned().unwrap_or_default();
                let known = |file: &FileEntry| file.case == case && file.name == name;
                if !self.files.last().is_some_and(known) {
                    let source = sources.remove(&(entry.id.clone(), name.clone()));
                    self.files.push(FileEntry { case, name, source, pages: 0, facts: Vec::new() });
                }
                // A file may hold several documents, each with its pages.
                let pages: Option<u32> = row.get("pages").and_then(|pages| pages.parse().ok());
                self.files.last_mut().into_iter().for_each(|file| file.pages += pages.unwrap_or(0));
            }
        }
        Ok(())
    }

    fn drawn_pages(&self, seed: u64) -> Vec<(usize, u32)> {
        let files = self.files.iter().enumerate();
        let all = files.flat_map(|(at, file)| (1..=file.pages).map(move |page| (at, page)));
        let name = |(at, page): &(usize, u32)| {
            let file = &self.files[*at];
            format!("{}\n{}\n{page}", self.cases[file.case].id, file.name)
        };
        let mut drawn = shuffled(all.collect(), seed, name);
        drawn.truncate(PAGES);
        drawn
    }

    fn add_facts(&mut self, out: &Path) -> Result<(), Error> {
        let mut places: HashMap<(usize, String), usize> = HashMap::new();
        for (at, file) in self.files.iter().enumerate() {
            places.insert((file.case, file.name.clone()), at);
        }
        let kinds: HashMap<&str, usize> =
            Kind::SCHEMA.iter().enumerate().map(|(at, (kind, _))| (*kind, at)).collect();
        // What the program took stands here where a reviewer put something in its place.
        let mut found: Vec<(Item, u64, Line)> = Vec::new();
        for (name, replaced) in [("facts_replaced.jsonl", true), ("facts.jsonl", false)] {
            let path = out.join(name);
            if replaced && !path.is_file() {
                continue;
            }
            let mut reader = BufReader::with_capacity(1 << 20, open(&path)?);
            let (mut line, mut start) = (String::new(), 0u64);
            while reader.read_line(&mut line).map_err(Error::io(&path, "cannot read"))? > 0 {
                let length = line.len() as u32;
                if let Ok(lean) = serde_json::from_str::<Lean<'_>>(&line)
                    && (replaced || !lean.rule.split('+').any(|part| part == HUMAN))
                    && let Some(&case) = self.by_case.get(&lean.case_id)
                    && let Some(&file) = places.get(&(case, lean.document.clone()))
                    && let Some(&kind) = kinds.get(lean.kind)
                {
                    let (id, confidence) = (lean.fact_id.to_owned(), lean.sure());
                    let item = Item { id, case, file, page: lean.page, kind, confidence };
                    found.push((item, lean.start, Line { replaced, start, length }));
                }
                start += u64::from(length);
                line.clear();
            }
        }
        found.sort_by_key(|(item, start, _)| (item.case, item.file, *start));
        for (at, (item, _, line)) in found.into_iter().enumerate() {
            let facts = &mut self.cases[item.case].facts;
            *facts = if facts.end == 0 { at..at + 1 } else { facts.start..at + 1 };
            self.files[item.file].facts.push(at as u32);
            self.by_id.entry(item.id.clone()).or_insert(at as u32);
            self.items.push(item);
            self.lines.push(line);
        }
        Ok(())
    }

    fn add_reasons(&mut self, out: &Path) -> Result<(), Error> {
        let mut labels: HashMap<String, String> = HashMap::new();
        scan(&out.join("denial_reasons.csv"), |columns, record, _| {
            let cell = |name: &str| cell(columns, record, name);
            let label = || unguarded(cell("label")).to_owned();
            labels.entry(cell("reason_id").to_owned()).or_insert_with(label);
        })?;
        let (by_id, reasons) = (&self.by_id, &mut self.reasons);
        scan(&out.join("criteria.csv"), |columns, record, _| {
            let reason = cell(columns, record, "reason_id");
            if let Some(label) = labels.get(reason) {
                let facts = items(cell(columns, record, "fact_ids"));
                let behind =
                    reasons.entry(reason.to_owned()).or_insert_with(|| (label.clone(), Vec::new()));
                behind.1.extend(facts.filter_map(|id| by_id.get(id)));
            }
        })?;
        for (_, facts) in self.reasons.values_mut() {
            facts.sort_unstable();
            facts.dedup();
        }
        self.reasons.retain(|_, (_, facts)| !facts.is_empty());
        Ok(())
    }

    /// Looks which facts changed under their verdicts.
    pub fn look_for_changes(&mut self, ledger: &Ledger) {
        let said = |fact: &Fact| (fact.kind.clone(), fact.assertion.clone(), fact.date);
        let changed = ledger.current_of(Target::Fact).filter(|event| {
            let now = self.fact_at(&event.subject).and_then(|at| self.fact(at));
            let then = event.from.as_deref();
            match (now, then) {
                (Some((_, line)), Some(then)) if line == then => false,
                (Some((now, _)), Some(then)) => {
                    read_fact(then).is_some_and(|then| said(&then.fact) != said(&now.fact))
                }
                _ => false,
            }
        });
        let ids = changed.map(|event| event.subject.clone()).collect();
        self.changed = (ids, ledger.last());
    }

    /// Place of the fact of that id.
    pub fn fact_at(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).map(|&at| at as usize)
    }

    /// Place of the case of that id.
    pub fn case_at(&self, id: &str) -> Option<usize> {
        self.by_case.get(id).copied()
    }

    /// The fact at a place, as the program took it, and its line.
    pub fn fact(&self, at: usize) -> Option<(StoredFact, String)> {
        let line = self.lines.get(at)?;
        let text = match line.replaced {
            false => read_at(&mut self.facts.lock().unwrap_or_else(PoisonError::into_inner), line),
            true => {
                let mut file = self.replaced.lock().unwrap_or_else(PoisonError::into_inner);
                read_at(file.as_mut()?, line)
            }
        }?;
        Some((read_fact(&text)?, text))
    }

    /// The lines of a table about a case.
    pub fn rows(&self, table: &str, case: &str) -> Vec<StoredRow> {
        self.tables.get(table).map(|table| table.rows(case)).unwrap_or_default()
    }
}

/// When the report was put in its place.
pub fn written(out: &Path) -> Option<SystemTime> {
    std::fs::metadata(out.join("run.json")).and_then(|data| data.modified()).ok()
}

fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(Error::io(path, "cannot read"))
}

fn read_at(file: &mut File, line: &Line) -> Option<String> {
    let mut bytes = vec![0; line.length as usize];
    file.seek(SeekFrom::Start(line.start)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    String::from_utf8(bytes).ok().map(|text| text.trim_end().to_owned())
}

fn cell<'a>(columns: &csv::StringRecord, record: &'a csv::StringRecord, name: &str) -> &'a str {
    let at = columns.iter().position(|column| column == name);
    at.and_then(|at| record.get(at)).unwrap_or_default()
}

/// Shows each line of a table with its columns and where it stands in the file; yields the columns.
fn scan(
    path: &Path,
    mut each: impl FnMut(&csv::StringRecord, &csv::StringRecord, Range<u64>),
) -> Result<csv::StringRecord, Error> {
    let broken = |_| Error::Usage {
        place: path.display().to_string(),
        problem: "no table of a report".to_owned(),
    };
    let mut reader = csv::Reader::from_reader(BufReader::with_capacity(1 << 20, open(path)?));
    let columns = reader.headers().map_err(broken)?.clone();
    let mut record = csv::StringRecord::new();
    let mut start = reader.position().byte();
    while reader.read_record(&mut record).map_err(broken)? {
        let end = reader.position().byte();
        each(&columns, &record, start..end);
        start = end;
    }
    Ok(columns)
}

impl Table {
    fn open(out: &Path, name: &str) -> Result<Self, Error> {
        let path = out.join(name);
        let mut cases: HashMap<String, Range<u64>> = HashMap::new();
        let columns = scan(&path, |_, record, line| {
            // The lines of a case stand together.
            let case = unguarded(record.get(0).unwrap_or_default()).to_owned();
            cases.entry(case).and_modify(|own| own.end = line.end).or_insert(line);
        })?;
        let columns = columns.iter().map(str::to_owned).collect();
        Ok(Self { file: Mutex::new(open(&path)?), columns, cases })
    }

    fn rows(&self, case: &str) -> Vec<StoredRow> {
        let Some(range) = self.cases.get(case) else { return Vec::new() };
        let mut bytes = vec![0; (range.end - range.start) as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read =
            file.seek(SeekFrom::Start(range.start)).and_then(|_| file.read_exact(&mut bytes));
        if read.is_err() {
            return Vec::new();
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&*bytes);
        let row = |record: csv::StringRecord| -> StoredRow {
            let cells = record.iter().map(|cell| unguarded(cell).to_owned());
            self.columns.iter().cloned().zip(cells).collect()
        };
        reader.records().filter_map(|record| record.ok().map(row)).collect()
    }
}
