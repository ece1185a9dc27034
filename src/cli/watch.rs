//! `watch`: a fax server's folder in, a report that follows it.
//!
//! Polls, since network file systems tell nobody of a new file. A file that has not changed
//! between two looks is whole; it is taken out of the inbox, read, and put into `done` or
//! `failed`. Whatever moment the program is ended at, the file is in one of the folders and
//! the next start goes on from there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use super::Done;
use super::job::{Job, JobArgs, counted};
use crate::error::Error;
use crate::pipeline::{CaseBy, Plan, discover};
use crate::report;
use crate::worker::Program;

/// Files that were read.
const DONE: &str = "done";
/// Files that could not be.
const FAILED: &str = "failed";
/// The same content once more.
const COPIES: &str = "copies";
/// Files that are being read.
const TAKEN: &str = "taken";

/// Read what comes into a folder, and keep a report of it
#[derive(clap::Args)]
pub struct Args {
    /// The folder that faxes come into; `done`, `failed` and `copies` are made in it
    #[arg(value_name = "INBOX")]
    inbox: PathBuf,
    #[command(flatten)]
    job: JobArgs,
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    every: u64,
    /// End when nothing is left to do
    #[arg(long)]
    once: bool,
}

/// What is known of a file by a look: how long it is, and when it was written last.
type Look = (u64, Option<SystemTime>);

pub fn run(args: &Args, program: &Program) -> Result<Done, Error> {
    let inbox = &args.inbox;
    if !inbox.is_dir() {
        return Err(Error::Usage {
            place: inbox.display().to_string(),
            problem: "no such folder".to_owned(),
        });
    }
    report::check_out(&args.job.out)?;
    let mut job = args.job.prepare(false, program)?;
    job.claim()?;
    for folder in [DONE, FAILED, COPIES, TAKEN] {
        let folder = inbox.join(folder);
        fs::create_dir_all(&folder).map_err(Error::io(&folder, "cannot create"))?;
    }
    let mut known = BTreeSet::new();
    for folder in [DONE, FAILED] {
        let plan = discover(&[inbox.join(folder)], CaseBy::File, Some(&args.job.out))?;
        known.extend(job.contents(&plan)?);
    }
    let mut before: BTreeMap<PathBuf, Look> = BTreeMap::new();
    let mut last = Done::default();
    loop {
        let now = looks(inbox, &args.job.out)?;
        let whole: Vec<&PathBuf> = now
            .iter()
            .filter(|(path, look)| before.get(*path) == Some(*look))
            .map(|(path, _)| path)
            .collect();
        for path in whole {
            let name = path.strip_prefix(inbox).unwrap_or(path);
            transfer(path, &inbox.join(TAKEN), name)?;
        }
        if !is_bare(&inbox.join(TAKEN))? {
            last = take_in(args, &job, &mut known)?;
        } else if args.once && now.is_empty() {
            return Ok(last);
        }
        before = now;
        sleep(Duration::from_secs(args.every));
    }
}

/// Reads the files that were taken, sorts them and writes the report of all there are; `known`
/// are the contents that are there already.
fn take_in(args: &Args, job: &Job<'_>, known: &mut BTreeSet<String>) -> Result<Done, Error> {
    let (inbox, out) = (&args.inbox, Some(args.job.out.as_path()));
    let taken = discover(&[inbox.join(TAKEN)], CaseBy::File, out)?;
    for (source, read) in taken.sources().zip(job.read(&taken)?) {
        let folder = match read {
            Some((content, _)) if !known.insert(content.clone()) => COPIES,
            Some((_, true)) => DONE,
            _ => FAILED,
        };
        transfer(&source.path, &inbox.join(folder), Path::new(&source.name))?;
    }
    let plan = discover(&[inbox.join(DONE), inbox.join(FAILED)], CaseBy::File, out)?;
    eprintln!("chartsift: {} taken in", counted(taken.documents(), "file"));
    job.run(&plan, CaseBy::File.as_str())
}

/// The documents of the inbox that are not taken yet.
fn looks(inbox: &Path, out: &Path) -> Result<BTreeMap<PathBuf, Look>, Error> {
    let own = [DONE, FAILED, COPIES, TAKEN];
    let plan: Plan = discover(&[inbox.to_owned()], CaseBy::File, Some(out))?;
    let fresh = plan.sources().filter(|source| {
        let top = source.name.split('/').next().unwrap_or_default();
        !own.contains(&top) || !source.name.contains('/')
    });
    Ok(fresh
        .filter_map(|source| {
            // It may be gone again.
            let file = fs::metadata(&source.path).ok()?;
            Some((source.path.clone(), (file.len(), file.modified().ok())))
        })
        .collect())
}

/// Whether a folder holds no file.
fn is_bare(folder: &Path) -> Result<bool, Error> {
    Ok(discover(&[folder.to_owned()], CaseBy::File, None)?.documents() == 0)
}

/// Moves a file to `name` in a folder; where that is taken, under a name with a number.
fn transfer(from: &Path, folder: &Path, name: &Path) -> Result<(), Error> {
    let mut to = folder.join(name);
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(Error::io(parent, "cannot create"))?;
    }
    let stem = name.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = name.extension().map(|ending| format!(".{}", ending.to_string_lossy()));
    for n in 2.. {
        if !to.exists() {
            break;
        }
        to.set_file_name(format!("{stem}-{n}{}", ending.as_deref().unwrap_or_default()));
    }
    fs::rename(from, &to).map_err(Error::io(from, "cannot move"))
}
