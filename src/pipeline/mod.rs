//! From files to cases: finds them, has them read side by side, and decides each case.
//!
//! The only module that starts threads. A document is one unit of work; one that
//! fails becomes a problem and stops no other. What was read goes to the store at once,
//! and cases are decided from there, a few at a time: so a run holds a few documents
//! however many there are, and one that was killed goes on where it was. What comes out
//! depends neither on the number of threads nor on what was read before.

#![expect(clippy::disallowed_methods, reason = "reads the documents")]

mod decide;
mod discover;
mod engine;
mod guard;
mod identify;
mod knowledge;
mod limit;
mod manifest;
mod passed;
mod read;
mod remote;
mod repeats;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

pub use decide::{decide_all, decide_one};
pub use discover::{CaseBy, CasePlan, ENDINGS, Plan, Source, discover};
pub use engine::Engine;
pub use guard::{guarded, withhold_panic_messages};
pub use identify::{Identities, Identity, identify};
pub use knowledge::{
    Knowledge, LoadedPolicy, known_evidence, known_policies, known_topics, lexicon_files,
    read_policy, unknown_policy,
};
pub use manifest::{GIVEN, parse_day, read_given, read_manifest};
pub use passed::take_up;
pub use read::{Again, Read, Readers, cached, read_all, read_apart};
pub use remote::{clear as clear_fetched, fetch};

use crate::chart::{Chart, ChartDocument};
use crate::document::Document;
use crate::error::{Error, Problem, Stage};
use crate::fact::Fact;
use crate::necessity::{Determination, Verdict};
use crate::read::{ReadOptions, Reading, Sheet, read as read_document};
use crate::report::{Given, Ruling};

/// What one document yields; its pages are gone by then.
#[derive(Default)]
pub struct Extraction {
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
}

/// What a policy makes of a case.
pub struct Decision {
    /// The facts, gathered.
    pub chart: Chart,
    /// What each policy makes of it; never empty.
    pub rulings: Vec<Ruling>,
}

/// The two steps of the work on what was read, apart from how it is spread over threads.
pub trait Work: Sync {
    /// Takes the facts of one document; `name` is its path relative to the input, `sheets`
    /// says whether other documents may hold its sheets again.
    fn tag(&self, reading: Reading, name: &str, sheets: bool) -> Extraction;

    /// Decides one case from the facts of its documents.
    fn decide(&self, given: &Given, documents: Vec<(ChartDocument, Vec<Fact>)>) -> Decision;

    /// What taking the facts of one document may take, and deciding one case; `None` for any time.
    fn limit(&self) -> Option<Duration> {
        None
    }
}

/// Is told how a run comes along, from whichever thread.
pub trait Progress: Sync {
    /// A page is done; the rest of its document may be not.
    fn page(&self) {}

    /// A document is done.
    fn document(&self, _: &Read<'_>) {}

    /// So many more cases are decided and written.
    fn cases(&self, _: usize) {}
}

/// For those who do not want to know.
impl Progress for () {}

/// Threads that do the work.
fn threads(jobs: usize) -> Result<rayon::ThreadPool, Error> {
    rayon::ThreadPoolBuilder::new().num_threads(jobs).build().map_err(|error| Error::Io {
        path: PathBuf::from("threads"),
        action: "cannot start",
        source: std::io::Error::other(error),
    })
}

/// Does something with one document's bytes, whatever happens.
pub fn with_bytes<T>(source: &Source, work: impl FnOnce(&[u8]) -> T) -> Result<T, Problem> {
    let bytes = open(source)?;
    guard::guarded(|| work(&bytes)).map_err(|place| internal_error(&place))
}

/// Reads one document in this process, whatever happens.
fn read_here(source: &Source, options: &ReadOptions) -> Result<Reading, Problem> {
    with_bytes(source, |bytes| read_document(bytes, Some(&source.name), options))
}

/// Reads one document's pages alone, whatever happens; `None` where there are none.
pub fn read_pages(source: &Source, options: &ReadOptions) -> (Option<Document>, Vec<Problem>) {
    match read_here(source, options) {
        Ok(reading) => (Some(reading.document), reading.problems),
        Err(problem) => (None, vec![problem]),
    }
}

/// Reads one document in this process and takes its facts, whatever happens.
pub fn read_and_tag(source: &Source, options: &ReadOptions, work: &impl Work) -> Extraction {
    tag(&source.name, read_here(source, options), work, false)
}

/// Takes the facts of what was read of the document of that name, whatever happens. `sheets` says
/// whether other documents of its case may hold its sheets again.
pub fn tag(
    name: &str,
    reading: Result<Reading, Problem>,
    work: &impl Work,
    sheets: bool,
) -> Extraction {
    let mut extraction = reading
        .and_then(|reading| tag_within(reading, name, work, sheets))
        .unwrap_or_else(|problem| Extraction { problems: vec![problem], ..Extraction::default() });
    name.clone_into(&mut extraction.name);
    if extraction.parts.is_empty() {
        extraction.parts.push((ChartDocument::default(), Vec::new()));
    }
    let failed = extraction.failed();
    if let Some((document, _)) = extraction.parts.first_mut().filter(|_| failed) {
        // However many pages it has: one at least is not known, and the record not complete.
        document.pages_unreadable = document.pages_unreadable.max(1);
    }
    for (at, (document, _)) in extraction.parts.iter_mut().enumerate() {
        name.clone_into(&mut document.name);
        document.part = at;
    }
    extraction.problems.sort();
    extraction
}

/// The same of what could be read, within its time. Where that runs out, its pages and their troubles
/// are kept.
fn tag_within(
    reading: Reading,
    name: &str,
    work: &impl Work,
    sheets: bool,
) -> Result<Extraction, Problem> {
    let mut pages = engine::count_pages(&reading.document, (0, u32::MAX));
    pages.pages_missing = reading.pages_missing;
    pages.pages_unreadable = pages.pages;
    let mut problems = reading.problems.clone();
    limit::within(work.limit(), || work.tag(reading, name, sheets)).or_else(|lost| {
        let problem = lost.of_document();
        if let limit::Lost::Failed(_) = lost {
            return Err(problem);
        }
        problems.push(problem);
        Ok(Extraction { parts: vec![(pages, Vec::new())], problems, ..Extraction::default() })
    })
}

/// The bytes of a file, or why there are none.
fn open(source: &Source) -> Result<Vec<u8>, Problem> {
    fs::read(&source.path).map_err(|error| unopened(&error.kind().to_string()))
}

/// What is told of a file that cannot be opened.
pub fn unopened(why: &str) -> Problem {
    Problem {
        page: None,
        stage: Stage::Open,
        problem: format!("cannot open the file: {why}"),
        retriable: true,
        fatal: true,
    }
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

/// What the program failed on.
const FAILED: &str = "The program failed on this case and decided nothing. \
    A clinician has to read the record; problems.csv says where the program failed.";

/// Where there is nothing to judge by.
const UNREAD: &str = "Nothing of this case's record could be read, and nothing was decided. \
    A clinician has to read it, or it has to be sent again; problems.csv says why.";

/// What stands in for the decision of a case: a clinician has to look.
fn undecided(documents: Vec<ChartDocument>, rationale: &str) -> Decision {
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
        rationale: rationale.to_owned(),
        next_step: None,
        curable: false,
        documentation_only: false,
        one_fix_away: Vec::new(),
    };
    let narrative = format!("# Not decided\n\n{rationale}\n");
    Decision { chart, rulings: vec![Ruling { verdict, narrative, request: None }] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Case, Trouble};
    use crate::review::Reviews;
    use crate::store::{Reader, Store};

    /// Takes the text for a command.
    struct Toy;

    impl Work for Toy {
        fn tag(&self, reading: Reading, _: &str, _: bool) -> Extraction {
            let text = reading.document.plain_text.unwrap_or_default();
            if text == "panic" {
                panic!("words of a record");
            }
            let document = ChartDocument { pages: text.len() as u32, ..ChartDocument::default() };
            Extraction { parts: vec![(document, Vec::new())], ..Extraction::default() }
        }

        fn decide(&self, _: &Given, documents: Vec<(ChartDocument, Vec<Fact>)>) -> Decision {
            let documents: Vec<_> = documents.into_iter().map(|(document, _)| document).collect();
            if documents.iter().any(|document| document.pages == 4) {
                panic!("words of a record");
            }
            undecided(documents, FAILED)
        }
    }

    fn toy_run(files: &[(&str, &str)], jobs: usize) -> Vec<Case> {
        run_of(&Toy, files, jobs)
    }

    fn run_of(work: &impl Work, files: &[(&str, &str)], jobs: usize) -> Vec<Case> {
        let place = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(place.path().join(name), text).unwrap();
        }
        let plan = discover(&[place.path().to_owned()], CaseBy::File, None).unwrap();
        let options = ReadOptions::default();
        let (store, _) = Store::open(place.path(), Reader::new(&options)).unwrap();
        let mut identities = identify(&plan, jobs).unwrap();
        let how = (&Readers::Here, &options);
        read_all(&plan, &mut identities, &store, how, (jobs, Again::Nothing), &()).unwrap();
        let mut cases = Vec::new();
        let mut sink = |case| {
            cases.push(case);
            Ok(())
        };
        let read = (&identities, &store);
        decide_all(&plan, read, work, &Reviews::default(), jobs, &(), &mut sink).unwrap();
        cases
    }

    #[test]
    fn a_document_that_makes_it_panic_stops_no_other() {
        let cases = toy_run(&[("a.txt", "one"), ("b.txt", "panic"), ("c.txt", "three")], 2);
        let pages: Vec<u32> = cases.iter().map(|c| c.chart.documents[0].pages).collect();
        assert_eq!(pages, [3, 0, 5]);
        let [problem] = cases[1].problems.as_slice() else { panic!("one problem") };
        assert_eq!(problem.document, "b.txt");
        assert!(problem.problem.fatal && !problem.problem.retriable);
        assert!(problem.problem.problem.starts_with("internal error at src/pipeline/mod.rs:"));
    }

    /// Takes all the time there is for one text and no time for others, within a limit that is over
    /// at once: only what looks at the time can be ended by it.
    struct Slow;

    impl Work for Slow {
        fn tag(&self, reading: Reading, name: &str, sheets: bool) -> Extraction {
            while reading.document.plain_text.as_deref() == Some("slow") {
                crate::halt::look();
            }
            Toy.tag(reading, name, sheets)
        }

        fn decide(&self, given: &Given, documents: Vec<(ChartDocument, Vec<Fact>)>) -> Decision {
            while documents.iter().any(|(document, _)| document.pages == 7) {
                crate::halt::look();
            }
            Toy.decide(given, documents)
        }

        fn limit(&self) -> Option<Duration> {
            Some(Duration::ZERO)
        }
    }

    #[test]
    fn a_document_that_takes_too_long_costs_itself_alone() {
        let cases = run_of(&Slow, &[("a.txt", "one"), ("b.txt", "slow"), ("c.txt", "three")], 2);
        let of = |at: usize| (cases[at].chart.documents[0].pages, cases[at].problems.len());
        // Its page is counted, and nothing is taken from it.
        assert_eq!([of(0), of(1), of(2)], [(3, 0), (1, 1), (5, 0)]);
        let [Trouble { document, problem }] = cases[1].problems.as_slice() else { panic!("one") };
        assert_eq!(document, "b.txt");
        assert!(problem.fatal && problem.retriable && problem.stage == Stage::Facts);
        let words = "taking the facts took longer than 0 s and was stopped (--facts-timeout)";
        assert_eq!(problem.problem, words);
        let verdict = &cases[1].rulings[0].verdict;
        assert_eq!(verdict.determination, Determination::ReferToClinician);
    }

    #[test]
    fn a_case_that_takes_too_long_goes_to_a_clinician() {
        let cases = run_of(&Slow, &[("a.txt", "seventy"), ("b.txt", "b")], 1);
        assert_eq!(cases[0].rulings[0].verdict.determination, Determination::ReferToClinician);
        let [Trouble { document, problem }] = cases[0].problems.as_slice() else { panic!("one") };
        assert_eq!(document, "");
        assert!(problem.retriable && !problem.fatal);
        assert!(problem.problem.starts_with("deciding the case took longer than 0 s"));
        assert!(cases[1].problems.is_empty());
    }

    #[test]
    fn a_case_that_makes_it_panic_goes_to_a_clinician() {
        let cases = toy_run(&[("a.txt", "four"), ("b.txt", "b")], 1);
        let verdict = &cases[0].rulings[0].verdict;
        assert_eq!(verdict.determination, Determination::ReferToClinician);
        assert_eq!(cases[0].problems.len(), 1);
        assert!(cases[1].problems.is_empty());
    }

    #[test]
    fn order_does_not_depend_on_threads() {
        let names: Vec<String> = (0..40).map(|n| format!("{n:02}.txt")).collect();
        let texts: Vec<String> = (0..40).map(|n| "x".repeat(5 + n * 7 % 11)).collect();
        let files: Vec<(&str, &str)> =
            names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
        let pages = |jobs| -> Vec<(String, u32)> {
            let cases = toy_run(&files, jobs);
            cases.into_iter().map(|c| (c.id, c.chart.documents[0].pages)).collect()
        };
        assert_eq!(pages(1).len(), 40);
        assert_eq!(pages(1), pages(4));
    }

    #[test]
    fn what_fails_downstream_ends_the_work() {
        let place = tempfile::tempdir().unwrap();
        for n in 0..60 {
            fs::write(place.path().join(format!("{n}.txt")), "text").unwrap();
        }
        let plan = discover(&[place.path().to_owned()], CaseBy::File, None).unwrap();
        let options = ReadOptions::default();
        let (store, _) = Store::open(place.path(), Reader::new(&options)).unwrap();
        let mut identities = identify(&plan, 2).unwrap();
        let how = (&Readers::Here, &options);
        read_all(&plan, &mut identities, &store, how, (2, Again::Nothing), &()).unwrap();
        let mut taken = 0;
        let full = |_| {
            taken += 1;
            Err(Error::Usage { place: "disk".into(), problem: "full".into() })
        };
        let (read, reviews) = ((&identities, &store), Reviews::default());
        assert!(decide_all(&plan, read, &Toy, &reviews, 2, &(), full).is_err());
        assert_eq!(taken, 1);
    }
}
