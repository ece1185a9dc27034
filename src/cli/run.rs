//! `run`: documents in, a report folder out.

#![expect(clippy::disallowed_methods, reason = "measures how long a run takes")]

use std::io::{self, Write};
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Instant;

use clap::ValueEnum;
use jiff::Timestamp;
use jiff::civil::Date;

use super::input::ReadArgs;
use super::progress::Bar;
use super::{Done, stdout_error};
use crate::error::Error;
use crate::pipeline::{self, CaseBy, Engine, Knowledge, Plan, discover, parse_day, read_manifest};
use crate::report::{self, Basis, Counts, OptionsRecord, RunRecord, Timings};

/// Read documents, hold each case against a policy and write a report folder
#[derive(clap::Args)]
pub struct Args {
    /// PDF, TIFF, PNG, JPEG or text files, or folders of them
    #[arg(required_unless_present = "manifest", conflicts_with = "manifest", value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Folder for the report
    #[arg(long, value_name = "DIR", default_value = "chartsift-out")]
    out: PathBuf,
    /// Policy to hold cases against, by id or file; repeatable. Where several are given, or
    /// none, the request's code decides among them
    #[arg(long, value_name = "ID|FILE")]
    policy: Vec<String>,
    /// What makes a case
    #[arg(long, value_enum, default_value_t = By::File, conflicts_with = "manifest")]
    case_by: By,
    /// Table of cases: case_id,path[,as_of,cpt,side,intent,payer,provider,member_ref]; rows of
    /// one case_id make a case, paths are relative to the table
    #[arg(long, value_name = "FILE.csv")]
    manifest: Option<PathBuf>,
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
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// What makes a case.
#[derive(Clone, Copy, ValueEnum)]
enum By {
    /// Each file
    File,
    /// Each folder that holds files
    Folder,
}

impl From<By> for CaseBy {
    fn from(by: By) -> Self {
        match by {
            By::File => CaseBy::File,
            By::Folder => CaseBy::Folder,
        }
    }
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let started = (Timestamp::now(), Instant::now());
    // All that can be wrong with what was asked for is said before any work is done.
    report::check_out(&args.out)?;
    let plan = plan(args)?;
    let knowledge = Knowledge::load(args.lexicons.as_deref(), &args.policy)?;
    if args.dry_run {
        let text = describe(args, &plan, &knowledge);
        io::stdout().write_all(text.as_bytes()).map_err(stdout_error)?;
        return Ok(Done::default());
    }
    end_on_interrupt()?;

    let jobs = match args.jobs {
        0 => available_parallelism().map_or(1, usize::from),
        jobs => jobs,
    };
    let engine = Engine { knowledge, options: args.read.options()?, as_of: args.as_of };
    let bar = Bar::new(plan.documents(), started.1);
    let outcome = pipeline::run(&plan, &engine, jobs, &bar);
    bar.clear();
    let outcome = outcome?;

    let mut counts = Counts::of(&outcome.cases);
    counts.files_skipped = plan.skipped;
    let seconds = started.1.elapsed().as_secs_f64();
    let timings = Timings {
        started: started.0.to_string(),
        seconds,
        pages_per_second: counts.pages as f64 / seconds.max(0.001),
        jobs,
    };
    let knowledge = &engine.knowledge;
    let basis = Basis {
        options: options(args),
        ocr_engine: args.read.ocr_engine.choice().describe(),
        lexicons: knowledge.lexicon_hash.clone(),
        policies: knowledge.records.clone(),
    };
    let record = RunRecord::new(basis, outcome.documents, &outcome.cases, counts, timings);
    report::write(&args.out, &outcome.cases, &record)?;

    let done = Done { documents: record.counts.documents, failed: record.counts.documents_failed };
    let table = report::table(&outcome.cases);
    let shown = io::stdout().write_all(table.as_bytes()).map_err(stdout_error);
    eprintln!("{}", summary(&record.counts, args));
    shown.map(|()| done)
}

/// The cases; at least one document is there.
fn plan(args: &Args) -> Result<Plan, Error> {
    let plan = match &args.manifest {
        Some(manifest) => read_manifest(manifest)?,
        None => discover(&args.inputs, args.case_by.into(), Some(&args.out))?,
    };
    if plan.documents() == 0 {
        let places: Vec<String> = args
            .manifest
            .iter()
            .chain(&args.inputs)
            .map(|path| path.display().to_string())
            .collect();
        return Err(Error::Usage {
            place: places.join(", "),
            problem: "no PDF, TIFF, PNG, JPEG or text file there".to_owned(),
        });
    }
    Ok(plan)
}

fn options(args: &Args) -> OptionsRecord {
    OptionsRecord {
        policy: args.policy.clone(),
        case_by: match args.manifest {
            Some(_) => "manifest".to_owned(),
            None => CaseBy::from(args.case_by).as_str().to_owned(),
        },
        as_of: args.as_of,
        ocr: args.read.ocr.as_str().to_owned(),
        ocr_engine: args.read.ocr_engine.choice().as_str().to_owned(),
        timeout: args.read.timeout,
    }
}

/// From now on Ctrl-C ends the program with 130; a report that is being written is finished first.
fn end_on_interrupt() -> Result<(), Error> {
    ctrlc::set_handler(|| {
        let _uninterrupted = report::uninterrupted();
        eprintln!("\nchartsift: interrupted");
        std::process::exit(130);
    })
    .map_err(|error| Error::Io {
        path: "interrupts".into(),
        action: "cannot watch for them",
        source: io::Error::other(error),
    })
}

/// What a dry run says.
fn describe(args: &Args, plan: &Plan, knowledge: &Knowledge) -> String {
    let mut out = String::new();
    for case in &plan.cases {
        let names: Vec<&str> = case.documents.iter().map(|d| d.name.as_str()).collect();
        out.push_str(&format!("{}: {}\n", case.id, names.join(", ")));
    }
    let policies: Vec<&str> = knowledge.policies.iter().map(|p| p.id.as_str()).collect();
    out.push_str(&format!(
        "{}, {}, {} skipped; policies: {}; the report would be in {}\n",
        counted(plan.cases.len(), "case"),
        counted(plan.documents(), "document"),
        counted(plan.skipped, "other file"),
        policies.join(", "),
        args.out.display(),
    ));
    out
}

/// The last line: what was done and where it is.
fn summary(counts: &Counts, args: &Args) -> String {
    let failed = match counts.documents_failed {
        0 => String::new(),
        failed => format!(" ({failed} failed)"),
    };
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
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
