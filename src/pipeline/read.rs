//! Reads what was not read before, and keeps it.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;
use std::{fs, iter};

use rayon::prelude::*;

use super::{
    Identities, Identity, Plan, Progress, Source, internal_error, threads, unopened, with_bytes,
};
use crate::document::Document;
use crate::error::{Error, Problem, Stage};
use crate::read::{ReadOptions, Reading, read_watched};
use crate::store::{Key, Packed, Store, Summary};
use crate::worker::{Content, Hand, Limits, Loss, Order, Outcome, Program};

/// Where documents are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readers {
    /// In this process: for documents that can be trusted to do no worse than to panic.
    Here,
    /// In processes of their own, one a thread.
    Apart {
        /// What reads.
        program: Program,
        /// What a document may take.
        limits: Limits,
    },
}

/// What is read although the store has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Again {
    /// Nothing.
    #[default]
    Nothing,
    /// What may go better this time: a time limit passed, say.
    Retriable,
    /// Everything.
    Everything,
}

/// A document that is done.
pub struct Read<'a> {
    /// Path relative to the input.
    pub name: &'a str,
    /// What there is of it.
    pub summary: Summary,
    /// Whether the store had it.
    pub cached: bool,
    /// How long it took.
    pub seconds: f64,
}

/// A file to read, with what its reading is kept under.
type Wanted<'a> = (&'a Source, Key);

/// Reads every document of a plan that the store does not have yet, `jobs` at a time.
///
/// Where a file changes meanwhile, `identities` tells what was read.
///
/// # Errors
/// [`Error::Io`] where the store cannot be written, no worker or no thread can be started.
/// What was read until then is kept.
pub fn read_all(
    plan: &Plan,
    identities: &mut Identities,
    store: &Store,
    (readers, options): (&Readers, &ReadOptions),
    (jobs, again): (usize, Again),
    progress: &impl Progress,
) -> Result<(), Error> {
    let wanted = wanted(plan, identities, store, again, progress)?;
    let stop = AtomicBool::new(false);
    let read = threads(jobs)?.install(|| {
        longest_first(&wanted, jobs, &stop, || {
            let mut hand = match readers {
                Readers::Here => None,
                Readers::Apart { program, limits } => Some(Hand::new(program, *limits)),
            };
            let (stop, wanted) = (&stop, &wanted);
            move |at: usize| {
                let (source, key) = &wanted[at];
                let started = Instant::now();
                let read = match &mut hand {
                    Some(hand) => apart(hand, source, key, options, progress),
                    None => Ok(here(source, options, progress)),
                };
                let kept = read.and_then(|read| keep(read, key, store));
                stop.fetch_or(kept.is_err(), Ordering::Relaxed);
                let (identity, summary) = kept?;
                let seconds = started.elapsed().as_secs_f64();
                progress.document(&Read { name: &source.name, summary, cached: false, seconds });
                Ok(identity)
            }
        })
    });
    for (at, identity) in read {
        let (was, is) = (&wanted[at].1, identity?);
        if is.as_ref() != Ok(was) {
            identities.correct(was, &is);
        }
    }
    Ok(())
}

/// How many documents of a plan the store has, and their pages.
///
/// # Errors
/// [`Error::Io`] where the store cannot be read.
pub fn cached(identities: &Identities, store: &Store) -> Result<(usize, u64), Error> {
    let mut found = (0, 0);
    for key in identities.iter().flatten() {
        if let Some(summary) = store.summary(key)? {
            found = (found.0 + 1, found.1 + u64::from(summary.pages));
        }
    }
    Ok(found)
}

/// What has to be read, the same content once; progress is told of the rest.
fn wanted<'a>(
    plan: &'a Plan,
    identities: &Identities,
    store: &Store,
    again: Again,
    progress: &impl Progress,
) -> Result<Vec<Wanted<'a>>, Error> {
    let mut seen: HashSet<&Key> = HashSet::new();
    let mut wanted = Vec::new();
    for (source, identity) in plan.sources().zip(identities.iter()) {
        let Ok(key) = identity else {
            let summary = Summary { failed: true, retriable: true, ..Summary::default() };
            progress.document(&Read { name: &source.name, summary, cached: false, seconds: 0.0 });
            continue;
        };
        let known = match again {
            Again::Everything => None,
            Again::Retriable => store.summary(key)?.filter(|summary| !summary.retriable),
            Again::Nothing => store.summary(key)?,
        };
        match known {
            Some(summary) => {
                let read = Read { name: &source.name, summary, cached: true, seconds: 0.0 };
                progress.document(&read);
            }
            None if seen.insert(key) => wanted.push((source, key.clone())),
            // A copy of one that is being read; it counts as read with that.
            None => progress.document(&Read {
                name: &source.name,
                summary: Summary::default(),
                cached: true,
                seconds: 0.0,
            }),
        }
    }
    Ok(wanted)
}

/// Does the work on each file until `stop`, and yields what came of them with their places.
/// `begin` makes what works on one thread.
///
/// A thread that is free takes the largest file that is left: a long one that came last
/// would keep one thread at work while the others wait.
fn longest_first<T: Send, W: FnMut(usize) -> T>(
    wanted: &[Wanted<'_>],
    jobs: usize,
    stop: &AtomicBool,
    begin: impl Fn() -> W + Sync,
) -> Vec<(usize, T)> {
    let size = |at: &usize| fs::metadata(&wanted[*at].0.path).map_or(0, |file| file.len());
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_cached_key(|at| Reverse(size(at)));
    let next = AtomicUsize::new(0);
    let take = || {
        let stopped = stop.load(Ordering::Relaxed);
        (!stopped).then(|| order.get(next.fetch_add(1, Ordering::Relaxed)).copied()).flatten()
    };
    (0..jobs)
        .into_par_iter()
        .with_max_len(1)
        .flat_map_iter(|_| {
            let mut work = begin();
            iter::from_fn(move || take().map(|at| (at, work(at))))
        })
        .collect()
}

/// Reads a document in this process.
fn here(
    source: &Source,
    options: &ReadOptions,
    progress: &impl Progress,
) -> Result<Packed, Problem> {
    let mut told = |_| progress.page();
    let read = |bytes: &[u8]| read_watched(bytes, Some(&source.name), options, &mut told);
    with_bytes(source, read).map(|reading| Packed::of(&reading))
}

/// Has a document read in a process of its own.
fn apart(
    hand: &mut Hand,
    source: &Source,
    key: &Key,
    options: &ReadOptions,
    progress: &impl Progress,
) -> Result<Result<Packed, Problem>, Error> {
    // A worker stands elsewhere where the program changes its folder.
    let path = std::path::absolute(&source.path).unwrap_or_else(|_| source.path.clone());
    let content = Content::File(path);
    let order = Order { content, name: source.name.clone(), options: options.clone() };
    order_read(hand, &order, &|_| progress.page(), || key.content_hash.clone())
}

/// Has a document read in a process of its own. `hash` is the content's, where none comes back.
fn order_read(
    hand: &mut Hand,
    order: &Order,
    on_page: &dyn Fn(u32),
    hash: impl FnOnce() -> String,
) -> Result<Result<Packed, Problem>, Error> {
    Ok(match hand.read(order, on_page)? {
        Outcome::Read(packed) => Ok(packed),
        Outcome::Unopened(why) => Err(unopened(&why)),
        Outcome::Lost(loss) => Ok(Packed::of(&lost(hash(), given_up(loss, hand.limits())))),
    })
}

/// Reads one document in a process of its own, whatever happens there.
///
/// # Errors
/// [`Error::Io`] where no such process can be started.
pub fn read_apart(
    hand: &mut Hand,
    content: Content,
    name: &str,
    options: &ReadOptions,
) -> Result<Result<Reading, Problem>, Error> {
    let order = Order { content, name: name.to_owned(), options: options.clone() };
    let hash = || match &order.content {
        Content::File(_) => String::new(),
        Content::Bytes(bytes) => blake3::hash(bytes).to_hex().to_string(),
    };
    let read = order_read(hand, &order, &|_| (), hash)?;
    Ok(read.and_then(|packed| packed.unpack().ok_or_else(|| internal_error("a reading"))))
}

/// Keeps what was read, and tells what it is. What could not be opened, or made this process
/// panic, is not kept: it may go better next time.
fn keep(
    read: Result<Packed, Problem>,
    key: &Key,
    store: &Store,
) -> Result<(Identity, Summary), Error> {
    let packed = match read {
        Ok(packed) => packed,
        Err(problem) => {
            let summary = Summary { failed: true, retriable: true, ..Summary::default() };
            return Ok((Err(problem), summary));
        }
    };
    let key = Key { content_hash: packed.content_hash.clone(), ..key.clone() };
    store.keep(&key, &packed)?;
    Ok((Ok(key), packed.summary))
}

/// What stands for a document that was given up.
fn lost(content_hash: String, problem: Problem) -> Reading {
    let document = Document { content_hash, pages: Vec::new(), plain_text: None };
    Reading { document, problems: vec![problem], pages_missing: 0 }
}

/// What is told of a document that was given up.
fn given_up(loss: Loss, limits: &Limits) -> Problem {
    let (document, page) = (limits.document.as_secs(), limits.page.as_secs());
    let memory = limits.memory >> 20;
    let (problem, retriable) = match loss {
        Loss::Time => (
            format!("reading took longer than {document} s and was stopped (--document-timeout)"),
            true,
        ),
        Loss::Stalled => {
            (format!("no page came for {page} s and reading was stopped (--timeout)"), true)
        }
        Loss::Memory => {
            (format!("reading needed more than {memory} MiB and was stopped (--memory)"), true)
        }
        Loss::Ended { signal } => {
            let by = signal.map(|signal| format!(" by signal {signal}")).unwrap_or_default();
            // Signal 9 comes from outside: the system is out of memory, or somebody ended it.
            (
                format!("the process that read it ended{by}; ask for the file again"),
                signal == Some(9),
            )
        }
    };
    Problem { page: None, stage: Stage::Read, problem, retriable, fatal: true }
}
