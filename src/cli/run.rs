//! `run`: documents in, a report folder out.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum;

use super::job::{Job, JobArgs, counted};
use super::{Done, stdout_error};
use crate::error::Error;
use crate::pipeline::{self, CaseBy, Plan, discover, read_manifest};
use crate::report;
use crate::store::{Reader, Store};
use crate::worker::Program;

/// Read documents, hold each case against a policy and write a report folder
#[derive(clap::Args)]
pub struct Args {
    /// PDF, TIFF, PNG, JPEG or text files, or folders of them; s3://BUCKET/PREFIX where built for it
    #[arg(required_unless_present = "manifest", conflicts_with = "manifest", value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// What makes a case
    #[arg(long, value_enum, default_value_t = By::File, conflicts_with = "manifest")]
    case_by: By,
    /// Table of cases: case_id,path[,as_of,cpt,side,intent,payer,provider,member_ref]; rows of
    /// one case_id make a case, paths are relative to the table
    #[arg(long, value_name = "FILE.csv")]
    manifest: Option<PathBuf>,
    #[command(flatten)]
    job: JobArgs,
    /// Read everything again, whatever was read before
    #[arg(long)]
    fresh: bool,
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

pub fn run(args: &Args, program: &Program) -> Result<Done, Error> {
    // All that can be wrong with what was asked for is said before any work is done.
    report::check_out(&args.job.out)?;
    let plan = plan(args)?;
    let mut job = args.job.prepare(args.fresh, program)?;
    if args.dry_run {
        let text = describe(args, &plan, &job)?;
        io::stdout().write_all(text.as_bytes()).map_err(stdout_error)?;
        return Ok(Done::default());
    }
    let case_by = match args.manifest {
        Some(_) => "manifest",
        None => CaseBy::from(args.case_by).as_str(),
    };
    job.claim()?;
    job.run(&plan, case_by)
}

/// The cases; at least one document is there.
fn plan(args: &Args) -> Result<Plan, Error> {
    let plan = match &args.manifest {
        Some(manifest) => read_manifest(manifest, &args.job.out)?,
        None => discover(&args.inputs, args.case_by.into(), Some(&args.job.out))?,
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

/// What a dry run says.
fn describe(args: &Args, plan: &Plan, job: &Job<'_>) -> Result<String, Error> {
    let mut out = String::new();
    for case in &plan.cases {
        let names: Vec<&str> = case.documents.iter().map(|d| d.name.as_str()).collect();
        out.push_str(&format!("{}: {}\n", case.id, names.join(", ")));
    }
    let policies: Vec<&str> = job.knowledge().policies.iter().map(|p| p.id.as_str()).collect();
    let folder = &args.job.out;
    let store = Store::look(folder, Reader::new(job.options())).filter(|_| !args.fresh);
    let before = match store {
        None => String::new(),
        Some(store) => {
            let identities = pipeline::identify(plan, job.jobs())?;
            let (documents, pages) = pipeline::cached(&identities, &store)?;
            format!(" ({documents} read before, {})", counted(pages as usize, "page"))
        }
    };
    out.push_str(&format!(
        "{}, {}{before}, {} skipped; policies: {}; the report would be in {}\n",
        counted(plan.cases.len(), "case"),
        counted(plan.documents(), "document"),
        counted(plan.skipped, "other file"),
        policies.join(", "),
        folder.display(),
    ));
    Ok(out)
}
