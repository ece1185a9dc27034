//! What `run` and `watch` do with a plan: read it, decide it, write the report.

#![expect(clippy::disallowed_methods, reason = "measures how long a run takes")]

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use jiff::civil::Date;

use super::input::ReadArgs;
use super::progress::Told;
use super::{Done, memory, reports, stdout_error};
use crate::error::Error;
use crate::pipeline::{
    self, Again, Engine, Identities, Identity, Knowledge, Plan, Progress, Readers, parse_day,
};
use crate::read::ReadOptions;
use crate::report::{
    self, Basis, Claim, Counts, Format, Formats, OptionsRecord, RunRecord, Timings, Writer,
};
use crate::review::Reviews;
use crate::store::{self, Found, Reader, Store};
use crate::worker::{Limits, Program};

/// What a report follows from, and what making it may take.
#[derive(clap::Args)]
pub struct JobArgs {
    /// Folder for the report
    #[arg(long, value_name = "DIR", default_value = "chartsift-out")]
    pub out: PathBuf,
    /// Policy to hold cases against, by id or file; repeatable. Where several are given, or
    /// none, the request's code decides among them
    #[arg(long, value_name = "ID|FILE")]
    policy: Vec<String>,
    /// Day to judge as of; by default the request's date in the record, else the latest
    /// document's
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    as_of: Option<Date>,
    /// Documents read at a time; 0 for one a core
    #[arg(long, short = 'j', value_name = "N", default_value_t = 0)]
    jobs: usize,
    #[command(flatten)]
    read: ReadArgs,
    /// Folder of lexicon and policy files that stand in for the built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    lexicons: Option<PathBuf>,
    /// Seconds that reading a document may take
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    document_timeout: u64,
    /// Seconds that taking the facts of a document may take, and deciding a case
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    facts_timeout: u64,
    /// Memory that reading a document may take, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 2048, value_parser = clap::value_parser!(u64).range(64..=1_048_576))]
    memory: u64,
    /// What the report is written in; CSV and JSON lines always
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = formats(), default_value = "csv")]
    format: Vec<Format>,
    /// Read again what failed and may go better this time
    #[arg(long)]
    retry_failed: bool,
    /// Tell how the work comes along as JSON lines on standard error
    #[arg(long)]
    events: bool,
}

/// The work, ready to be done.
pub struct Job<'a> {
    args: &'a JobArgs,
    program: &'a Program,
    engine: Engine,
    options: ReadOptions,
    jobs: usize,
    again: Again,
    formats: Formats,
    claim: Option<Claim>,
}

impl JobArgs {
    /// Makes ready; `fresh` has everything be read again, by processes of `program`.
    pub fn prepare<'a>(&'a self, fresh: bool, program: &'a Program) -> Result<Job<'a>, Error> {
        memory::give_back();
        let formats = Formats::of(&self.format)?;
        let knowledge = Knowledge::load(self.lexicons.as_deref(), &self.policy)?;
        Ok(Job {
            args: self,
            program,
            engine: Engine {
                knowledge,
                as_of: self.as_of,
                limit: Some(Duration::from_secs(self.facts_timeout)),
            },
            options: self.read.options()?,
            jobs: match self.jobs {
                0 => available_parallelism().map_or(1, usize::from),
                jobs => jobs,
            },
            again: match (fresh, self.retry_failed) {
                (true, _) => Again::Everything,
                (_, true) => Again::Retriable,
                _ => Again::Nothing,
            },
            formats,
            claim: None,
        })
    }

    fn limits(&self) -> Limits {
        Limits {
            document: Duration::from_secs(self.document_timeout),
            page: Limits::page_of(Duration::from_secs(self.read.timeout)),
            memory: self.memory << 20,
        }
    }

    /// The options that the report follows from.
    fn recorded(&self, case_by: &str) -> OptionsRecord {
        OptionsRecord {
            policy: self.policy.clone(),
            case_by: case_by.to_owned(),
            as_of: self.as_of,
            ocr: self.read.ocr.mode().as_str().to_owned(),
            ocr_engine: self.read.ocr_engine.choice().as_str().to_owned(),
            timeout: self.read.timeout,
        }
    }
}

impl Job<'_> {
    /// Lexicon and policies.
    pub fn knowledge(&self) -> &Knowledge {
        &self.engine.knowledge
    }

    /// How documents are read.
    pub fn options(&self) -> &ReadOptions {
        &self.options
    }

    /// Documents read at a time.
    pub fn jobs(&self) -> usize {
        self.jobs
    }

    /// Takes the report folder, and has an interrupt end the program decently from now on.
    pub fn claim(&mut self) -> Result<(), Error> {
        self.claim = Some(report::claim(&self.args.out)?);
        end_on_interrupt(self.args.events)
    }

    /// Opens what was read before.
    pub fn store(&self) -> Result<Store, Error> {
        let folder = &self.args.out;
        let (store, found) = Store::open(folder, Reader::new(&self.options))?;
        tell_damage(folder, &found, "everything is read again");
        Ok(store)
    }

    /// The contents of the files of a plan, those that can be opened.
    pub fn contents(&self, plan: &Plan) -> Result<Vec<String>, Error> {
        let identities = pipeline::identify(plan, self.jobs)?;
        Ok(identities.iter().flatten().map(|key| key.content_hash.clone()).collect())
    }

    /// Reads what was not read before. For each file its content, and whether anything could be
    /// read of it; `None` for one that cannot be opened.
    pub fn read(&self, plan: &Plan) -> Result<Vec<Option<(String, bool)>>, Error> {
        let store = self.store()?;
        let identities = self.read_all(plan, &store, &())?;
        let read = |identity: &Identity| match identity {
            Err(_) => Ok(None),
            Ok(key) => {
                let failed = store.summary(key)?.is_none_or(|summary| summary.failed);
                Ok(Some((key.content_hash.clone(), !failed)))
            }
        };
        identities.iter().map(read).collect()
    }

    /// Reads what was not read before, and yields what each file is.
    fn read_all(
        &self,
        plan: &Plan,
        store: &Store,
        progress: &impl Progress,
    ) -> Result<Identities, Error> {
        let readers = Readers::Apart { program: self.program.clone(), limits: self.args.limits() };
        let mut identities = pipeline::identify(plan, self.jobs)?;
        let (how, when) = ((&readers, &self.options), (self.jobs, self.again));
        pipeline::read_all(plan, &mut identities, store, how, when, progress)?;
        Ok(identities)
    }

    /// Reads what was not read before, decides every case and writes the report.
    pub fn run(&self, plan: &Plan, case_by: &str) -> Result<Done, Error> {
        let started = (Timestamp::now(), Instant::now());
        let Self { args, .. } = self;
        let store = self.store()?;
        pipeline::fetch(plan)?;
        let told = Told::new(args.events, plan.cases.len(), plan.documents(), started.1);
        let done = self.read_and_decide(plan, case_by, &store, &told, started);
        told.clear();
        let (record, table) = done.inspect_err(|error| {
            if matches!(error, Error::Io { .. }) {
                eprintln!(
                    "chartsift: what was read so far is kept; run the same command again to go on"
                );
            }
        })?;
        let shown = io::stdout().write_all(table.as_bytes()).map_err(stdout_error);
        match args.events {
            true => told.finished(&record),
            false => eprintln!("{}", summary(&record.counts, told.cached(), args)),
        }
        // Kept where the run was stopped: the same command goes on with it.
        pipeline::clear_fetched(&args.out)?;
        let Counts { documents, documents_failed: failed, .. } = record.counts;
        shown.map(|()| Done { documents, failed })
    }

    /// The work itself; yields the run's record and the table of cases.
    fn read_and_decide(
        &self,
        plan: &Plan,
        case_by: &str,
        store: &Store,
        told: &Told,
        (began, clock): (Timestamp, Instant),
    ) -> Result<(RunRecord, String), Error> {
        let Self { args, engine, jobs, .. } = self;
        let identities = self.read_all(plan, store, told)?;
        told.deciding();

        let reviews = Reviews::of(&store.events_after(0)?);
        let basis = Basis {
            options: args.recorded(case_by),
            ocr_engine: args.read.ocr_engine.choice().describe(),
            lexicons: engine.knowledge.lexicon_hash.clone(),
            policies: engine.knowledge.records.clone(),
            reviews: reviews.mark(),
        };
        let documents = identities.records(plan);
        let given = plan.cases.iter().map(|case| &case.given);
        let run_id = report::run_id(&basis, &documents, given);
        let ids = plan.cases.iter().map(|case| case.id.as_str());
        let mut writer = Writer::begin(&args.out, ids, &run_id, &self.formats)?;
        let mut troubles = Vec::new();
        let read = (&identities, store);
        pipeline::decide_all(plan, read, engine, &reviews, *jobs, told, |case| {
            writer.push(&case)?;
            let of_case = case.problems.into_iter();
            troubles.extend(of_case.map(|trouble| (case.id.clone(), trouble)));
            Ok(())
        })?;
        let counts = Counts { files_skipped: plan.skipped, ..writer.counts().clone() };
        let seconds = clock.elapsed().as_secs_f64();
        let timings = Timings {
            started: began.to_string(),
            seconds,
            pages_per_second: told.pages_read() as f64 / seconds.max(0.001),
            jobs: *jobs,
        };
        let record = RunRecord::new(run_id, (basis, &self.formats), documents, counts, timings);
        let keyed = plan.sources_by_case().zip(identities.iter());
        store.note_sources(
            keyed.filter_map(|((case, source), identity)| {
                let key = identity.as_ref().ok()?;
                Some((case, source.name.as_str(), source.path.as_path(), key))
            }),
            plan.cases.iter().map(|case| (case.id.as_str(), case.given.record())),
        )?;
        let table = writer.finish(&record, reports::add_summary)?;
        let problems = troubles
            .iter()
            .map(|(case, trouble)| (case.as_str(), trouble.document.as_str(), &trouble.problem));
        store.note_run((&record.run_id, &began.to_string(), &record.summary()), problems)?;
        Ok((record, table))
    }
}

/// Tells of a store that was set aside, what follows from that, and what became of its reviews.
pub fn tell_damage(folder: &Path, found: &Found, follows: &str) {
    let Found::Damaged { aside, reviews, lost } = found else { return };
    let taken = counted(*reviews, "review");
    let kept = match (reviews, lost) {
        (0, false) => String::new(),
        (_, false) => format!("; {taken} taken over"),
        (_, true) => format!("; {taken} taken over, others may be lost"),
    };
    eprintln!(
        "chartsift: {}: damaged; it is now {}, and {follows}{kept}",
        folder.join(store::FILE).display(),
        aside.display()
    );
}

/// Takes the words for the formats.
fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.iter().map(|format| format.as_str()))
        .try_map(|word| word.parse::<Format>())
}

/// From now on Ctrl-C, and a polite request to end, ends the program with 130. What was read is
/// kept, and a report that is being put in its place is put there first.
fn end_on_interrupt(events: bool) -> Result<(), Error> {
    ctrlc::set_handler(move || {
        let _uninterrupted = report::uninterrupted();
        match events {
            true => eprintln!("{{\"event\":\"interrupted\"}}"),
            false => eprintln!(
                "\nchartsift: interrupted; what was read is kept: run the same command again to go on"
            ),
        }
        std::process::exit(130);
    })
    .map_err(|error| Error::Io {
        path: "interrupts".into(),
        action: "cannot watch for them",
        source: io::Error::other(error),
    })
}

/// The last line: what was done and where it is.
fn summary(counts: &Counts, cached: u64, args: &JobArgs) -> String {
    let some: Vec<String> = [(counts.documents_failed as u64, "failed"), (cached, "read before")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let failed = if some.is_empty() { String::new() } else { format!(" ({})", some.join(", ")) };
    let skipped = match counts.files_skipped {
        0 => String::new(),
        skipped => format!(", {} skipped", counted(skipped, "other file")),
    };
    format!(
        "{}, {}{failed}, {} ({} by OCR), {}{skipped}; report in {}",
        counted(counts.cases, "case"),
        counted(counts.documents, "document"),
        counted(counts.pages as usize, "page"),
        counts.pages_ocr,
        counted(counts.problems, "problem"),
        args.out.display(),
    )
}

/// A count with its noun, as "1 case", "2 cases".
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
