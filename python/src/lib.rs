//! chartsift for Python: translates between the two, and decides nothing.
//!
//! What is long runs without the interpreter's lock. A panic becomes an ordinary exception that
//! tells its place and never its message, which could quote a record.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chartsift::chart::ChartDocument;
use chartsift::error::{Error, Problem};
use chartsift::ocr::EngineChoice;
use chartsift::pipeline::{self, Extraction, Knowledge, guarded};
use chartsift::read::{self, OcrMode, ReadOptions, Reading};
use chartsift::report::{
    self, Cell, PageLine, ProblemRow, Row, Stamp, Type, WordLine, case_rows, file_names,
    page_texts, write_json_line,
};
use chartsift::worker::{Content, Hand, Limits, Program};
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(chartsift, ChartsiftError, PyException, "What chartsift cannot do, and why.");

/// Runs `work` without the interpreter's lock, whatever happens.
fn run<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T, Error> + Send) -> PyResult<T> {
    match py.detach(|| guarded(work)) {
        Ok(done) => done.map_err(|error| ChartsiftError::new_err(error.to_string())),
        Err(place) => Err(ChartsiftError::new_err(format!(
            "internal error at {place}; please report it (the message is withheld: it could quote a record)"
        ))),
    }
}

/// What a panic over a record becomes, for the tests: debug builds alone have it.
#[cfg(debug_assertions)]
#[pyfunction]
fn panics(py: Python<'_>) -> PyResult<()> {
    run(py, || panic!("words of a record"))
}

fn wrong(place: &str, problem: String) -> PyErr {
    ChartsiftError::new_err(Error::Usage { place: place.to_owned(), problem }.to_string())
}

/// A cell of a table.
#[derive(IntoPyObject)]
enum Value {
    Text(String),
    Number(f64),
    Count(u64),
    Flag(bool),
}

impl Value {
    /// The cell of a column of that type.
    fn of(cell: &Cell<'_>, holds: Type) -> Option<Self> {
        match (cell, holds) {
            (Cell::Empty, _) => None,
            // A column of words has numbers too where they are some kind's.
            (cell, Type::Text) => Some(Value::Text(cell.written().into_owned())),
            (Cell::Text(text), _) => Some(Value::Text(text.to_string())),
            (Cell::Number(number), _) => Some(Value::Number(*number)),
            (Cell::Count(count), _) => Some(Value::Count(*count)),
            (Cell::Flag(flag), _) => Some(Value::Flag(*flag)),
        }
    }
}

/// Rows of a table.
type Rows = Vec<Vec<Option<Value>>>;

fn row(cells: &[Cell<'_>], holds: impl Iterator<Item = Type>) -> Vec<Option<Value>> {
    cells.iter().zip(holds).map(|(cell, holds)| Value::of(cell, holds)).collect()
}

fn json_line(value: &impl serde::Serialize) -> String {
    let mut line = Vec::new();
    // Writing plain data to memory cannot fail.
    let _ = write_json_line(&mut line, value);
    String::from_utf8(line).unwrap_or_default().trim_end().to_owned()
}

/// A file, read.
#[pyclass(frozen, module = "chartsift._native")]
struct Document {
    name: String,
    reading: Result<Reading, Problem>,
}

impl Document {
    fn document(&self) -> Option<&chartsift::document::Document> {
        self.reading.as_ref().ok().map(|reading| &reading.document)
    }
}

#[pymethods]
impl Document {
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    #[getter]
    fn content_hash(&self) -> &str {
        self.document().map_or("", |document| &document.content_hash)
    }

    /// The text of each page.
    fn texts(&self) -> Vec<String> {
        self.document().map(page_texts).unwrap_or_default()
    }

    /// A line of JSON for each page.
    fn page_lines(&self) -> Vec<String> {
        let pages = self.document().map_or(&[][..], |document| &document.pages);
        pages.iter().map(|page| json_line(&PageLine::of(&self.name, page))).collect()
    }

    /// A line of JSON for each word of a page.
    fn word_lines(&self, page: u32) -> Vec<String> {
        let pages = self.document().map_or(&[][..], |document| &document.pages);
        let own = pages.iter().filter(|own| own.number == page);
        own.flat_map(|page| WordLine::of(&self.name, page)).map(|line| json_line(&line)).collect()
    }

    /// Rows of the table of problems.
    fn problem_rows(&self, case_id: &str) -> Rows {
        match &self.reading {
            Ok(reading) => problem_rows(case_id, &self.name, &reading.problems),
            Err(problem) => problem_rows(case_id, &self.name, std::slice::from_ref(problem)),
        }
    }

    fn __repr__(&self) -> String {
        let pages = self.document().map_or(0, |document| document.pages.len());
        format!("Document({pages} pages)")
    }
}

fn problem_rows(case_id: &str, name: &str, problems: &[Problem]) -> Rows {
    problems
        .iter()
        .map(|problem| {
            let line = ProblemRow::new(case_id, name, problem);
            row(&line.cells(), ProblemRow::COLUMNS.iter().map(|column| column.holds))
        })
        .collect()
}

fn options(ocr: &str, ocr_engine: &str, timeout: u64) -> PyResult<ReadOptions> {
    let engine = EngineChoice::of_word(ocr_engine);
    Ok(ReadOptions {
        ocr: OcrMode::of_word(ocr)
            .ok_or_else(|| wrong("ocr", "is one of auto, always, never".to_owned()))?,
        engine: engine
            .ok_or_else(|| wrong("ocr_engine", "is one of auto, tesseract, ppocr".to_owned()))?,
        page_timeout: Duration::from_secs(timeout),
        only: None,
    })
}

/// Reads bytes in this process.
#[pyfunction]
fn read_here(
    py: Python<'_>,
    content: &[u8],
    name: &str,
    ocr: &str,
    ocr_engine: &str,
    timeout: u64,
) -> PyResult<Document> {
    let options = options(ocr, ocr_engine, timeout)?;
    let reading = run(py, || Ok(read::read(content, Some(name), &options)))?;
    Ok(Document { name: name.to_owned(), reading: Ok(reading) })
}

/// Reads documents one at a time, in a process of its own that is replaced when it fails.
#[pyclass(frozen, module = "chartsift._native")]
struct Reader {
    hand: Mutex<Hand>,
    options: ReadOptions,
}

#[pymethods]
impl Reader {
    /// `program` with `worker --memory BYTES` behind it has to run [`main`].
    #[new]
    fn new(
        program: Vec<OsString>,
        options: (String, String, u64),
        document_timeout: u64,
        memory: u64,
    ) -> PyResult<Self> {
        let (ocr, ocr_engine, timeout) = options;
        let mut program = program.into_iter();
        let path = program.next().map(PathBuf::from);
        let path = path.ok_or_else(|| wrong("program", "names no file".to_owned()))?;
        let limits = Limits {
            document: Duration::from_secs(document_timeout),
            page: Limits::page_of(Duration::from_secs(timeout)),
            memory: memory << 20,
        };
        let program = Program { path, arguments: program.collect() };
        let options = self::options(&ocr, &ocr_engine, timeout)?;
        Ok(Self { hand: Mutex::new(Hand::new(&program, limits)), options })
    }

    /// Reads a document: its bytes, or those of the file.
    fn read(
        &self,
        py: Python<'_>,
        name: &str,
        content: Option<Vec<u8>>,
        path: Option<PathBuf>,
    ) -> PyResult<Document> {
        let content = match (content, path) {
            (Some(bytes), _) => Content::Bytes(bytes),
            (None, Some(path)) => Content::File(std::path::absolute(&path).unwrap_or(path)),
            (None, None) => {
                let reading = Err(pipeline::unopened("it is not there"));
                return Ok(Document { name: name.to_owned(), reading });
            }
        };
        let reading = run(py, || {
            let mut hand = self.hand.lock().unwrap_or_else(PoisonError::into_inner);
            pipeline::read_apart(&mut hand, content, name, &self.options)
        })?;
        Ok(Document { name: name.to_owned(), reading })
    }
}

/// What was taken of a document: its record, its facts as lines of facts.jsonl and as rows, and its
/// problems as rows.
type Taken = (String, Vec<String>, Rows, Rows);

/// Lexicon and policies, loaded.
#[pyclass(frozen, module = "chartsift._native")]
struct Engine {
    engine: pipeline::Engine,
}

#[pymethods]
impl Engine {
    /// `facts_timeout` is in seconds, for the facts of a document and for the decision of a case.
    #[new]
    #[pyo3(signature = (lexicons, policies, as_of, facts_timeout))]
    fn new(
        py: Python<'_>,
        lexicons: Option<PathBuf>,
        policies: Vec<String>,
        as_of: Option<String>,
        facts_timeout: Option<u64>,
    ) -> PyResult<Self> {
        let as_of = as_of.map(|day| pipeline::parse_day(&day)).transpose();
        let as_of = as_of.map_err(|problem| wrong("as_of", problem))?;
        let knowledge = run(py, || Knowledge::load(lexicons.as_deref(), &policies))?;
        let limit = facts_timeout.map(Duration::from_secs);
        Ok(Self { engine: pipeline::Engine { knowledge, as_of, limit } })
    }

    /// BLAKE3 over the lexicons' files.
    #[getter]
    fn lexicon_hash(&self) -> &str {
        &self.engine.knowledge.lexicon_hash
    }

    /// Takes the facts of a document of a case, or of none where its id is empty; `several` says whether the case has others.
    fn take(
        &self,
        py: Python<'_>,
        document: &Document,
        case_id: &str,
        several: bool,
    ) -> PyResult<Taken> {
        run(py, || {
            let reading = document.reading.clone();
            let taken = pipeline::tag(&document.name, reading, &self.engine, several);
            let columns = report::fact_columns();
            let facts = taken.facts(Some(case_id).filter(|id| !id.is_empty()));
            let (lines, rows) = facts
                .map(|fact| {
                    let holds = columns.iter().map(|column| column.holds);
                    (json_line(&fact), row(&fact.cells(), holds))
                })
                .unzip();
            let problems = problem_rows(case_id, &taken.name, &taken.problems);
            Ok((taken.record(), lines, rows, problems))
        })
    }

    /// Decides a case from the records of its documents, in their order, and the lines of their
    /// facts. The rows that it has in each table of a report, and its narratives.
    fn decide(
        &self,
        py: Python<'_>,
        case_id: &str,
        given: BTreeMap<String, String>,
        documents: Vec<String>,
        facts: Vec<String>,
        run_id: String,
    ) -> PyResult<BTreeMap<&'static str, Rows>> {
        run(py, || {
            let given = pipeline::read_given(&given)?;
            let taken = pipeline::take_up(
                documents.iter().map(String::as_str),
                facts.iter().map(String::as_str),
            )?;
            let case = pipeline::decide_one(case_id, &given, taken, &self.engine);
            let schemas = report::schemas();
            let mut tables: BTreeMap<&'static str, Rows> =
                schemas.iter().map(|schema| (schema.name(), Rows::new())).collect();
            let stamp = Stamp { engine_version: report::ENGINE_VERSION, run_id };
            let names = file_names([case_id]);
            let name = names.first().map_or("", String::as_str);
            let pushed = case_rows(&case, &stamp, name, |file, cells| {
                let schema = schemas.iter().find(|schema| schema.file == file);
                if let Some(schema) = schema
                    && let Some(rows) = tables.get_mut(schema.name())
                {
                    rows.push(row(cells, schema.columns.iter().map(|column| column.holds)));
                }
                Ok(())
            });
            pushed.map_err(Error::io(std::path::Path::new("memory"), "cannot write"))?;
            let narratives = case.rulings.iter().map(|ruling| {
                let verdict = &ruling.verdict;
                let words = [case_id, &verdict.policy_id, &verdict.policy_version];
                let mut row: Vec<Option<Value>> =
                    words.iter().map(|word| Some(Value::Text((*word).to_owned()))).collect();
                row.push(Some(Value::Text(ruling.narrative.clone())));
                row.push(ruling.request.clone().map(Value::Text));
                row
            });
            tables.insert("assessments", narratives.collect());
            Ok(tables)
        })
    }
}

/// The record of a document of which only its facts are known: the pages of each of its parts.
#[pyfunction]
fn record(name: &str, parts: BTreeMap<usize, u32>) -> String {
    let document = |(part, pages)| {
        let name = name.to_owned();
        (ChartDocument { name, part, pages, ..ChartDocument::default() }, Vec::new())
    };
    let parts = parts.into_iter().map(document).collect();
    Extraction { name: name.to_owned(), parts, ..Extraction::default() }.record()
}

/// The columns of each table of a report: name, and what it holds.
#[pyfunction]
fn tables() -> BTreeMap<&'static str, Vec<(&'static str, &'static str)>> {
    let holds = |holds: Type| match holds {
        Type::Text => "text",
        Type::Number => "number",
        Type::Count => "count",
        Type::Flag => "flag",
    };
    let text = |name: &'static str| (name, "text");
    let mut tables: BTreeMap<_, Vec<_>> = report::schemas()
        .iter()
        .map(|schema| {
            let columns = schema.columns.iter().map(|column| (column.name, holds(column.holds)));
            (schema.name(), columns.collect())
        })
        .collect();
    let words = ["case_id", "policy_id", "policy_version", "narrative", "request"];
    tables.insert("assessments", words.map(text).to_vec());
    tables
}

/// Runs the program with these arguments and yields its exit code. `program` starts it anew.
#[pyfunction]
fn main(py: Python<'_>, arguments: Vec<OsString>, program: Vec<OsString>) -> u8 {
    let mut program = program.into_iter();
    let program = Program {
        path: program.next().map(PathBuf::from).unwrap_or_default(),
        arguments: program.collect(),
    };
    py.detach(|| chartsift::cli::run_with(arguments, Ok(program)))
}

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::{ChartsiftError, Document, Engine, Reader, main, read_here, record, tables};

    #[cfg(debug_assertions)]
    #[pymodule_export]
    use super::panics;

    #[pymodule_export]
    const VERSION: &str = chartsift::report::ENGINE_VERSION;
    #[pymodule_export]
    const ENDINGS: &[&str] = chartsift::pipeline::ENDINGS;
    #[pymodule_export]
    const GIVEN: &[&str] = chartsift::pipeline::GIVEN;
}
