//! From files to cases: finds them, reads them side by side, and has each case decided.
//!
//! The only module that starts threads. A document is one unit of work; one that
//! fails, or makes the program panic, becomes a problem and stops no other. What
//! comes out does not depend on how many threads there are.

#![expect(clippy::disallowed_methods, reason = "reads the documents")]

mod discover;
mod engine;
mod guard;
mod knowledge;
mod manifest;
mod repeats;

use std::cmp::Reverse;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, iter};

use rayon::prelude::*;

pub use discover::{CaseBy, CasePlan, Plan, Source, discover};
pub use engine::{Engine, read_pages, with_bytes};
pub use guard::withhold_panic_messages;
pub use knowledge::{
    Knowledge, LoadedPolicy, known_evidence, known_policies, known_topics, lexicon_files,
    read_policy, unknown_policy,
};
pub use manifest::{parse_day, read_manifest};

use crate::chart::{Chart, ChartDocument};
use crate::error::{Error, Problem, Stage};
use crate::fact::Fact;
use crate::necessity::{Determination, Verdict};
use crate::read::Sheet;
use crate::report::{Case, DocumentRecord, Given, Ruling, Trouble};

/// What one document yields; its pages are gone by then.
#[derive(Default)]
pub struct Extraction {
    /// BLAKE3 of its bytes; `None` where the file could not be opened.
    pub content_hash: Option<String>,
    /// Path relative to the input.
    pub name: String,
    /// The documents that the file holds, each with its facts in text order; never empty.
    pub parts: Vec<(ChartDocument, Vec<Fact>)>,
    /// What each page is told by when it comes again in another document.
    pub sheets: Vec<Sheet>,
    /// Trouble on the way.
    pub problems: Vec<Problem>,
}

impl Extraction {
    /// Whether nothing could be read.
    pub fn failed(&self) -> bool {
        self.problems.iter().any(|problem| problem.fatal)
    }

    /// Pages in all, and those read by OCR.
    pub fn pages(&self) -> (u32, u32) {
        let sum = |count: fn(&ChartDocument) -> u32| self.parts.iter().map(|(d, _)| count(d)).sum();
        (sum(|d| d.pages), sum(|d| d.pages_ocr))
    }
}

/// What a policy makes of a case.
pub struct Decision {
    /// The facts, gathered.
    pub chart: Chart,
    /// What each policy makes of it; never empty.
    pub rulings: Vec<Ruling>,
}

/// The two steps of the work, apart from how it is spread over threads.
pub trait Work: Sync {
    /// Reads one document and takes its facts; `name` is its path relative to the input.
    fn read(&self, bytes: &[u8], name: &str) -> Extraction;

    /// Decides one case from the facts of its documents.
    fn decide(&self, given: &Given, documents: Vec<(ChartDocument, Vec<Fact>)>) -> Decision;
}

/// Is told of each document that is done, from whichever thread.
pub trait Progress: Sync {
    /// One document is done.
    fn done(&self, extraction: &Extraction);
}

/// For those who do not want to know.
impl Progress for () {
    fn done(&self, _: &Extraction) {}
}

/// What a run yields.
pub struct Outcome {
    /// The cases, in the order of the plan.
    pub cases: Vec<Case>,
    /// The documents, by case.
    pub documents: Vec<DocumentRecord>,
}

/// Reads every document of a plan and decides every case, `jobs` at a time.
pub fn run(
    plan: &Plan,
    work: &impl Work,
    jobs: usize,
    progress: &impl Progress,
) -> Result<Outcome, Error> {
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(jobs).build().map_err(|error| Error::Io {
            path: "threads".into(),
            action: "cannot start",
            source: std::io::Error::other(error),
        })?;
    let sources: Vec<&Source> = plan.cases.iter().flat_map(|case| &case.documents).collect();
    Ok(pool.install(|| {
        let extractions = longest_first(&sources, jobs, |source| {
            let extraction = read(source, work);
            progress.done(&extraction);
            extraction
        });
        decide_all(plan, extractions, work)
    }))
}

/// Does the work on each source, and yields what came of them in their order.
///
/// A thread that is free takes the largest file that is left: a long one that came last
/// would keep one thread at work while the others wait.
fn longest_first<T: Send>(
    sources: &[&Source],
    jobs: usize,
    work: impl Fn(&Source) -> T + Sync,
) -> Vec<T> {
    let size = |at: &usize| fs::metadata(&sources[*at].path).map_or(0, |file| file.len());
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_cached_key(|at| Reverse(size(at)));
    let next = AtomicUsize::new(0);
    let take = || order.get(next.fetch_add(1, Ordering::Relaxed)).copied();
    let mut done: Vec<(usize, T)> = (0..jobs)
        .into_par_iter()
        .with_max_len(1)
        .flat_map_iter(|_| iter::from_fn(|| take().map(|at| (at, work(sources[at])))))
        .collect();
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Reads one document, whatever happens.
pub fn read(source: &Source, work: &impl Work) -> Extraction {
    let mut extraction = match open(source) {
        Ok(bytes) => read_bytes(&bytes, &source.name, work),
        Err(problem) => Extraction { problems: vec![problem], ..Extraction::default() },
    };
    extraction.name.clone_from(&source.name);
    if extraction.parts.is_empty() {
        extraction.parts.push((ChartDocument::default(), Vec::new()));
    }
    for (at, (document, _)) in extraction.parts.iter_mut().enumerate() {
        document.name.clone_from(&source.name);
        document.part = at;
    }
    extraction.problems.sort();
    extraction
}

fn read_bytes(bytes: &[u8], name: &str, work: &impl Work) -> Extraction {
    let mut extraction = guard::guarded(|| work.read(bytes, name)).unwrap_or_else(|place| {
        Extraction { problems: vec![internal_error(&place)], ..Extraction::default() }
    });
    if extraction.content_hash.is_none() {
        extraction.content_hash = Some(blake3::hash(bytes).to_hex().to_string());
    }
    extraction
}

/// The bytes of a file, or why there are none.
fn open(source: &Source) -> Result<Vec<u8>, Problem> {
    fs::read(&source.path).map_err(|error| Problem {
        page: None,
        stage: Stage::Open,
        problem: format!("cannot open the file: {}", error.kind()),
        retriable: true,
        fatal: true,
    })
}

/// What is told of a document that the program itself failed on.
fn internal_error(place: &str) -> Problem {
    Problem {
        page: None,
        stage: Stage::Read,
        problem: format!("internal error at {place}; please report it"),
        retriable: false,
        fatal: true,
    }
}

/// Hands the documents back to their cases and decides each.
fn decide_all(plan: &Plan, extractions: Vec<Extraction>, work: &impl Work) -> Outcome {
    let mut extractions = extractions.into_iter();
    let mut documents = Vec::new();
    let gathered: Vec<(&CasePlan, Vec<Extraction>)> = plan
        .cases
        .iter()
        .map(|case| {
            let own: Vec<Extraction> = extractions.by_ref().take(case.documents.len()).collect();
            documents.extend(own.iter().map(|extraction| DocumentRecord {
                case_id: case.id.clone(),
                document: extraction.name.clone(),
                blake3: extraction.content_hash.clone(),
            }));
            (case, own)
        })
        .collect();
    let cases = gathered.into_par_iter().map(|(case, own)| decide(case, own, work)).collect();
    Outcome { cases, documents }
}

/// Decides one case, whatever happens.
fn decide(plan: &CasePlan, mut extractions: Vec<Extraction>, work: &impl Work) -> Case {
    repeats::over_documents(&mut extractions);
    let mut documents = Vec::with_capacity(extractions.len());
    let mut problems = Vec::new();
    for extraction in extractions {
        let name = &extraction.name;
        let troubles = extraction.problems.into_iter();
        problems.extend(troubles.map(|problem| Trouble { document: name.clone(), problem }));
        documents.extend(extraction.parts);
    }
    let spare = documents.iter().map(|(document, _)| document.clone()).collect();
    let decision = guard::guarded(|| work.decide(&plan.given, documents));
    let decision = decision.unwrap_or_else(|place| {
        problems.push(Trouble {
            document: String::new(),
            problem: Problem {
                page: None,
                stage: Stage::Facts,
                problem: format!(
                    "the case was not decided: internal error at {place}; please report it"
                ),
                retriable: false,
                fatal: false,
            },
        });
        undecided(spare)
    });
    let Decision { chart, rulings } = decision;
    Case { id: plan.id.clone(), given: plan.given.clone(), chart, rulings, problems }
}

/// What stands in for the decision of a case that the program failed on: a clinician has to look.
fn undecided(documents: Vec<ChartDocument>) -> Decision {
    const RATIONALE: &str = "The program failed on this case and decided nothing. \
        A clinician has to read the record; problems.csv says where the program failed.";
    let mut chart = Chart::default();
    chart.documents.extend(documents);
    let verdict = Verdict {
        policy_id: String::new(),
        policy_version: String::new(),
        stage: None,
        determination: Determination::ReferToClinician,
        determination_without_exclusions: Determination::ReferToClinician,
        findings: Vec::new(),
        reasons: Vec::new(),
        pathway: Vec::new(),
        pitfalls: Vec::new(),
        flags: vec!["undecided".to_owned()],
        rationale: RATIONALE.to_owned(),
        next_step: None,
        curable: false,
        documentation_only: false,
        one_fix_away: Vec::new(),
    };
    let narrative = format!("# Not decided\n\n{RATIONALE}\n");
    Decision { chart, rulings: vec![Ruling { verdict, narrative, request: None }] }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes the bytes for a command.
    struct Toy;

    impl Work for Toy {
        fn read(&self, bytes: &[u8], _: &str) -> Extraction {
            if bytes == b"panic" {
                panic!("words of a record");
            }
            let document = ChartDocument { pages: bytes.len() as u32, ..ChartDocument::default() };
            Extraction { parts: vec![(document, Vec::new())], ..Extraction::default() }
        }

        fn decide(&self, _: &Given, documents: Vec<(ChartDocument, Vec<Fact>)>) -> Decision {
            let documents: Vec<_> = documents.into_iter().map(|(document, _)| document).collect();
            if documents.iter().any(|document| document.pages == 4) {
                panic!("words of a record");
            }
            undecided(documents)
        }
    }

    fn toy_run(files: &[(&str, &str)], jobs: usize) -> Outcome {
        let place = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(place.path().join(name), text).unwrap();
        }
        let plan = discover(&[place.path().to_owned()], CaseBy::File, None).unwrap();
        run(&plan, &Toy, jobs, &()).unwrap()
    }

    #[test]
    fn a_document_that_makes_it_panic_stops_no_other() {
        let outcome = toy_run(&[("a.txt", "one"), ("b.txt", "panic"), ("c.txt", "three")], 2);
        let pages: Vec<u32> = outcome.cases.iter().map(|c| c.chart.documents[0].pages).collect();
        assert_eq!(pages, [3, 0, 5]);
        let [problem] = outcome.cases[1].problems.as_slice() else { panic!("one problem") };
        assert_eq!(problem.document, "b.txt");
        assert!(problem.problem.fatal && !problem.problem.retriable);
        assert!(problem.problem.problem.starts_with("internal error at src/pipeline/mod.rs:"));
        assert!(outcome.documents.iter().all(|document| document.blake3.is_some()));
    }

    #[test]
    fn a_case_that_makes_it_panic_goes_to_a_clinician() {
        let outcome = toy_run(&[("a.txt", "four"), ("b.txt", "b")], 1);
        let case = &outcome.cases[0];
        assert_eq!(case.rulings[0].verdict.determination, Determination::ReferToClinician);
        assert_eq!(case.problems.len(), 1);
        assert!(outcome.cases[1].problems.is_empty());
    }

    #[test]
    fn order_does_not_depend_on_threads() {
        let names: Vec<String> = (0..40).map(|n| format!("{n:02}.txt")).collect();
        let texts: Vec<String> = (0..40).map(|n| "x".repeat(5 + n * 7 % 11)).collect();
        let files: Vec<(&str, &str)> =
            names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
        let pages = |jobs| -> Vec<(String, u32)> {
            let cases = toy_run(&files, jobs).cases;
            cases.into_iter().map(|c| (c.id, c.chart.documents[0].pages)).collect()
        };
        assert_eq!(pages(1), pages(4));
    }
}
