//! `summarize`: why requests fail, for whom, and what would cure it.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum;

use super::{Done, output, reports, stdout_error};
use crate::analysis::{self, Ask, Source, Summary};
use crate::error::Error;

/// Summarize reports: which reasons, for whom, what is merely undocumented, what would cure it
#[derive(clap::Args)]
pub struct Args {
    /// Report folders, as `run` writes them; they are counted together
    #[arg(required = true, value_name = "OUT")]
    outs: Vec<PathBuf>,
    /// Tables to make, parted by commas: reason, class, category, criterion, policy,
    /// determination, determination_without_exclusions, cpt, provider, payer, month; two crossed as
    /// payer+reason; fixes, missing, together, legibility, drift, results, pathway, overrides.
    /// By default all
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    by: Vec<Ask>,
    /// Withhold counts below N, and what would tell them
    #[arg(long, value_name = "N", num_args = 0..=1, default_value_t = 0, default_missing_value = "11")]
    min_cell: u64,
    /// What to write; the page goes to report.html in the folder, the others to standard output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A form of a summary.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Tables for people
    Table,
    /// A line a figure, ready for a pivot
    Csv,
    /// One object with everything
    Json,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    if let Some(out) = &args.out {
        output::check(out, out.parent().unwrap_or(out))?;
    }
    let asks = if args.by.is_empty() { Ask::all() } else { args.by.clone() };
    let sources: BTreeSet<Source> =
        asks.iter().flat_map(Ask::sources).copied().chain([Source::Reasons]).collect();
    let cohort = reports::load(&args.outs, &sources)?;
    let mut summary = analysis::summarize(&cohort, &asks);
    analysis::suppress(&mut summary, args.min_cell);
    let bytes = form(args.format, &summary)?;
    match &args.out {
        Some(out) => output::write(out, &bytes)?,
        None => io::stdout().write_all(&bytes).map_err(stdout_error)?,
    }
    Ok(Done::default())
}

fn form(form: Form, summary: &Summary) -> Result<Vec<u8>, Error> {
    match form {
        Form::Table => Ok(analysis::text(summary).into_bytes()),
        Form::Csv => analysis::csv(summary).map_err(stdout_error),
        Form::Json => {
            // Writing plain data to memory cannot fail.
            let mut bytes = serde_json::to_vec_pretty(&analysis::json(summary)).unwrap_or_default();
            bytes.push(b'\n');
            Ok(bytes)
        }
    }
}
