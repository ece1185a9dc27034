//! `tag`: the facts of files as JSON lines, without a report folder.

use std::io::{self, BufWriter, Write};
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use super::input::{ReadArgs, sources};
use super::{Done, stdout_error};
use crate::error::Error;
use crate::pipeline::{self, Engine, Knowledge};
use crate::report::write_json_line;

/// Write the facts of files as JSON lines, as in facts.jsonl
#[derive(clap::Args)]
pub struct Args {
    /// PDF, TIFF, PNG, JPEG or text files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
    /// Folder of lexicon files that stand in for the built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    lexicons: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let sources = sources(&args.files)?;
    let knowledge = Knowledge::without_policies(args.lexicons.as_deref())?;
    // To take the lexicon apart takes a tenth of the time to load it; it ends with the process.
    let engine = ManuallyDrop::new(Engine { knowledge, as_of: None, limit: None });
    let options = args.read.options()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut done = Done { documents: sources.len(), failed: 0 };
    for source in &sources {
        let extraction = pipeline::read_and_tag(source, &options, &*engine);
        let mut facts = extraction.facts(None);
        facts.try_for_each(|row| write_json_line(&mut out, &row)).map_err(stdout_error)?;
        out.flush().map_err(stdout_error)?;
        super::report_problems(&source.name, &extraction.problems);
        done.failed += usize::from(extraction.failed());
    }
    Ok(done)
}
