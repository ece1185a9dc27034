//! What the pages are made from: the report, what reviewers said, the pictures.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jiff::Timestamp;
use minijinja::Environment;

use super::door::Door;
use super::evaluate::Evaluated;
use super::index::{self, Index};
use super::picture::Pictures;
use crate::error::Error;
use crate::pipeline::Engine;
use crate::review::{Ledger, Queue, shuffled};
use crate::store::{Event, Store, Target, Verdict};

/// Everything that a request may need.
pub struct App {
    /// The report folder.
    pub out: PathBuf,
    /// What draws the facts that estimates rest on, and how many of each kind.
    pub draw: (u64, usize),
    /// Where reviews are kept.
    pub store: Store,
    /// Who may come in.
    pub door: Door,
    /// Pages as pictures.
    pub pictures: Pictures,
    /// The templates of the pages.
    pub templates: Environment<'static>,
    /// Lexicons and policies, to decide cases again.
    pub engine: Engine,
    /// Cases that were decided again, by id.
    pub evaluated: Mutex<HashMap<String, Evaluated>>,
    index: RwLock<Arc<Index>>,
    ledger: Mutex<Ledger>,
}

impl App {
    /// Reads the report and what was said of it.
    pub fn new(
        out: PathBuf,
        draw: (u64, usize),
        (store, door): (Store, Door),
        engine: Engine,
        templates: Environment<'static>,
    ) -> Result<Self, Error> {
        let ledger: Ledger = store.events_after(0)?.into_iter().collect();
        let mut index = Index::load(&out, &store, draw)?;
        index.look_for_changes(&ledger);
        let index = RwLock::new(Arc::new(index));
        Ok(Self {
            out,
            draw,
            store,
            door,
            pictures: Pictures::default(),
            templates,
            engine,
            evaluated: Mutex::default(),
            index,
            ledger: Mutex::new(ledger),
        })
    }

    /// Takes in what other reviewers said meanwhile, and a report that another run wrote.
    pub fn refresh(&self) -> Result<(), Error> {
        let mut ledger = self.ledger();
        for event in self.store.events_after(ledger.last())? {
            ledger.add(event);
        }
        let written = index::written(&self.out);
        if written.is_some() && written != self.index().written {
            let mut index = Index::load(&self.out, &self.store, self.draw)?;
            index.look_for_changes(&ledger);
            let index = Arc::new(index);
            *self.index.write().unwrap_or_else(PoisonError::into_inner) = index;
            self.evaluated.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        Ok(())
    }

    /// The report.
    pub fn index(&self) -> Arc<Index> {
        Arc::clone(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What reviewers said.
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what a reviewer says now.
    pub fn say(&self, event: Event) -> Result<(), Error> {
        self.store.add_event(&Event { id: 0, at: now(), ..event })?;
        self.refresh()
    }
}

/// The time, in UTC to the second.
pub fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A queue as one reviewer sees it.
pub struct Listing<'a> {
    /// Which one.
    pub queue: Queue,
    /// Places of its facts in order.
    pub places: Vec<u32>,
    index: &'a Index,
    ledger: &'a Ledger,
    reviewer: &'a str,
}

impl<'a> Listing<'a> {
    /// The queue; nothing where it names what is not there.
    pub fn new(index: &'a Index, ledger: &'a Ledger, reviewer: &'a str, queue: Queue) -> Self {
        let of_subjects = |wanted: &dyn Fn(&str) -> bool| -> Vec<u32> {
            let subjects = ledger.subjects(Target::Fact).filter(|id| wanted(id));
            subjects.filter_map(|id| index.fact_at(id).map(|at| at as u32)).collect()
        };
        let places = match &queue {
            Queue::Low => index.low.clone(),
            Queue::Random { .. } => index.random.clone(),
            Queue::Reason(id) => index.reasons.get(id).map(|r| r.1.clone()).unwrap_or_default(),
            Queue::Document(at) => {
                index.files.get(*at).map(|f| f.facts.clone()).unwrap_or_default()
            }
            Queue::Second => {
                let once = of_subjects(&|id| {
                    let opinions = ledger.opinions(Target::Fact, id);
                    opinions.keys().any(|other| *other != reviewer) && opinions.len() <= 2
                });
                shuffled(once, 0, |at| index.items[*at as usize].id.clone())
            }
            Queue::Adjudicate => of_subjects(&|id| ledger.disagreed(id)),
            Queue::Changed => {
                let ids = index.changed.0.iter().filter(|id| changed(index, ledger, id));
                ids.filter_map(|id| index.fact_at(id).map(|at| at as u32)).collect()
            }
        };
        Self { queue, places, index, ledger, reviewer }
    }

    /// Whether nothing is left to say of a fact in this queue.
    pub fn done(&self, at: u32) -> bool {
        let id = &self.index.items[at as usize].id;
        match &self.queue {
            // Estimates rest on what was said here alone.
            Queue::Random { .. } => {
                let name = self.queue.name();
                self.ledger.standing(Target::Fact, id).any(|event| event.queue == name)
            }
            Queue::Second => {
                let opinions = self.ledger.opinions(Target::Fact, id);
                opinions.contains_key(self.reviewer) || opinions.len() > 1
            }
            Queue::Adjudicate => !self.ledger.disagreed(id),
            Queue::Changed => !changed(self.index, self.ledger, id),
            _ => self.ledger.current(Target::Fact, id).is_some(),
        }
    }

    /// The next after a fact of which something is left to say; from the start where there is
    /// none behind it.
    pub fn next(&self, after: Option<u32>) -> Option<u32> {
        self.ahead(after).next()
    }

    /// Those that come after a fact one by one, as [`next`](Self::next) says.
    pub fn ahead(&self, after: Option<u32>) -> impl Iterator<Item = u32> {
        let start = after.and_then(|after| self.places.iter().position(|at| *at == after));
        let (before, behind) = self.places.split_at(start.map_or(0, |start| start + 1));
        let rest = behind.iter().chain(before).copied().filter(move |at| Some(*at) != after);
        rest.filter(|at| !self.done(*at))
    }

    /// How many are done.
    pub fn count_done(&self) -> usize {
        // Most of a long list was never spoken of; those of reasons and documents are in order.
        let listed = |at: u32| match self.queue {
            Queue::Low => true,
            _ => self.places.binary_search(&at).is_ok(),
        };
        match self.queue {
            Queue::Low | Queue::Reason(_) | Queue::Document(_) => {
                let judged = self.ledger.subjects(Target::Fact);
                let places = judged.filter_map(|id| self.index.fact_at(id)).map(|at| at as u32);
                places.filter(|at| listed(*at) && self.done(*at)).count()
            }
            _ => self.places.iter().filter(|at| self.done(**at)).count(),
        }
    }

    /// Why a fact is in this queue.
    pub fn why(&self, at: u32) -> String {
        let item = &self.index.items[at as usize];
        let kind = || crate::fact::Kind::SCHEMA[item.kind].0.replace('_', " ");
        match &self.queue {
            Queue::Low => match item.confidence {
                None => "its confidence is not known".to_owned(),
                Some(sure) => format!("confidence {sure:.2}, the least sure come first"),
            },
            Queue::Random { seed } => {
                format!("drawn by chance among {} facts (seed {seed})", kind())
            }
            Queue::Reason(id) => format!(
                "stands behind \u{201c}{}\u{201d}",
                self.index.reasons.get(id).map_or(id.as_str(), |(label, _)| label)
            ),
            Queue::Document(at) => {
                let name = self.index.files.get(*at).map_or("", |file| file.name.as_str());
                format!("stands in {name}")
            }
            Queue::Second => "looked at once; a second look, without the first verdict".to_owned(),
            Queue::Adjudicate => "reviewers differ; your verdict settles it".to_owned(),
            Queue::Changed => "the program reads it otherwise than when it was reviewed".to_owned(),
        }
    }
}

/// Whether the program reads a fact otherwise than when its verdict was given.
pub fn changed(index: &Index, ledger: &Ledger, id: &str) -> bool {
    // What was said since was said of the fact as it is.
    let (ids, upto) = &index.changed;
    ids.contains(id) && ledger.current(Target::Fact, id).is_some_and(|event| event.id <= *upto)
}

/// Verdicts on facts that the program no longer takes.
pub fn gone<'a>(index: &Index, ledger: &'a Ledger) -> Vec<&'a Event> {
    let subjects: HashSet<&str> = ledger.subjects(Target::Fact).collect();
    let mut gone: Vec<&Event> = subjects
        .into_iter()
        .filter(|id| index.fact_at(id).is_none())
        .filter_map(|id| ledger.current(Target::Fact, id))
        .collect();
    gone.sort_by_key(|event| event.id);
    gone
}

/// How many facts of each case have a verdict, by the case's place.
pub fn progress(index: &Index, ledger: &Ledger) -> BTreeMap<usize, usize> {
    let mut cases = BTreeMap::new();
    for id in ledger.subjects(Target::Fact) {
        if let Some(at) = index.fact_at(id)
            && ledger.current(Target::Fact, id).is_some()
        {
            *cases.entry(index.items[at].case).or_default() += 1;
        }
    }
    cases
}

/// An event with nothing in it yet.
pub fn blank(reviewer: &str, target: Target, verdict: Verdict) -> Event {
    Event { reviewer: reviewer.to_owned(), target, verdict, ..Event::default() }
}
