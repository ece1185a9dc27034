//! Decides the cases, a few at a time, from what the store holds.

use std::sync::mpsc::sync_channel;
use std::thread;

use rayon::prelude::*;

use super::{
    CasePlan, Decision, Extraction, FAILED, Identities, Identity, Plan, Progress, Source, Work,
    limit, repeats, tag, threads, undecided,
};
use crate::error::Error;
use crate::report::{Case, Given, Replaced, Trouble};
use crate::review::Reviews;
use crate::store::Store;

/// Cases a thread that are decided between two hand-overs: enough that a long one keeps
/// nobody waiting for long, few enough that they weigh little.
const BATCH: usize = 8;

/// Decides every case of a plan by what was read and what reviewers changed, `jobs` at a time, and
/// hands them to `sink` in their order.
///
/// # Errors
/// [`Error::Io`] where the store cannot be read or no thread can be started; what `sink`
/// fails with.
pub fn decide_all(
    plan: &Plan,
    read: (&Identities, &Store),
    work: &impl Work,
    reviews: &Reviews,
    jobs: usize,
    progress: &impl Progress,
    mut sink: impl FnMut(Case) -> Result<(), Error>,
) -> Result<(), Error> {
    let pool = threads(jobs)?;
    let mut place = 0;
    let placed: Vec<(usize, &CasePlan)> = plan
        .cases
        .iter()
        .map(|case| {
            place += case.documents.len();
            (place - case.documents.len(), case)
        })
        .collect();
    let (cases, decided) = sync_channel::<Result<Vec<Case>, Error>>(1);
    thread::scope(|scope| {
        scope.spawn(|| {
            // Owned here, so that it is closed with the last case.
            let cases = cases;
            for batch in placed.chunks(jobs * BATCH) {
                let batch = pool.install(|| {
                    batch
                        .par_iter()
                        .with_max_len(1)
                        .map(|(place, case)| decide(case, *place, read, work, reviews))
                        .collect()
                });
                // Nobody takes them any more: something failed there.
                if cases.send(batch).is_err() {
                    return;
                }
            }
        });
        // Dropped before the threads are waited for, whatever happens.
        let decided = decided;
        for batch in &decided {
            let batch = batch?;
            let count = batch.len();
            batch.into_iter().try_for_each(&mut sink)?;
            progress.cases(count);
        }
        drop(decided);
        Ok(())
    })
}

/// Decides one case, whatever happens; its documents start at `place` of the plan.
fn decide(
    plan: &CasePlan,
    place: usize,
    (identities, store): (&Identities, &Store),
    work: &impl Work,
    reviews: &Reviews,
) -> Result<Case, Error> {
    let several = plan.documents.len() > 1;
    let documents = plan.documents.iter().enumerate();
    let mut extractions = documents
        .map(|(at, source)| extraction(source, identities.at(place + at), store, work, several))
        .collect::<Result<Vec<Extraction>, Error>>()?;
    repeats::over_documents(&mut extractions);
    let mut replaced = Vec::new();
    for (at, extraction) in extractions.iter_mut().enumerate() {
        if let Ok(key) = identities.at(place + at) {
            let changed = reviews.apply(&key.content_hash, &mut extraction.parts);
            replaced.extend(changed.into_iter().map(|(part, fact)| Replaced {
                document: extraction.name.clone(),
                part,
                fact,
            }));
        }
    }
    Ok(Case { replaced, ..settle(&plan.id, &plan.given, extractions, work) })
}

/// Decides one case from what was taken of its documents, in their order, whatever happens.
pub fn decide_one(
    id: &str,
    given: &Given,
    mut extractions: Vec<Extraction>,
    work: &impl Work,
) -> Case {
    repeats::over_documents(&mut extractions);
    settle(id, given, extractions, work)
}

/// Decides one case whose copied sheets are marked.
fn settle(id: &str, given: &Given, extractions: Vec<Extraction>, work: &impl Work) -> Case {
    let mut documents = Vec::with_capacity(extractions.len());
    let mut problems = Vec::new();
    for extraction in extractions {
        let name = &extraction.name;
        let troubles = extraction.problems.into_iter();
        problems.extend(troubles.map(|problem| Trouble { document: name.clone(), problem }));
        documents.extend(extraction.parts);
    }
    let spare = documents.iter().map(|(document, _)| document.clone()).collect();
    let decision = limit::within(work.limit(), || work.decide(given, documents));
    let decision = decision.unwrap_or_else(|lost| {
        problems.push(Trouble { document: String::new(), problem: lost.of_case() });
        undecided(spare, FAILED)
    });
    let Decision { chart, rulings } = decision;
    let (id, given) = (id.to_owned(), given.clone());
    Case { id, given, chart, rulings, problems, replaced: Vec::new() }
}

/// The facts of one document.
fn extraction(
    source: &Source,
    identity: &Identity,
    store: &Store,
    work: &impl Work,
    several: bool,
) -> Result<Extraction, Error> {
    let reading = match identity {
        Err(problem) => Err(problem.clone()),
        Ok(key) => Ok(store.reading(key)?.ok_or_else(|| Error::Machine {
            place: crate::store::FILE.to_owned(),
            problem: "it was changed while the run went on; run again".to_owned(),
        })?),
    };
    Ok(tag(&source.name, reading, work, several))
}
