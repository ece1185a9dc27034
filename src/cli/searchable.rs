//! `searchable`: a copy of a file as a PDF that can be searched.

use std::path::PathBuf;

use super::input::{ReadArgs, sources};
use super::{Done, facts, output};
use crate::error::Error;
use crate::pipeline;
use crate::searchable::searchable;

/// Write a copy as a PDF whose scanned words can be searched and copied
#[derive(clap::Args)]
pub struct Args {
    /// PDF, TIFF, PNG or JPEG file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// File for the PDF
    #[arg(long, short, value_name = "OUT.pdf")]
    out: PathBuf,
    /// Facts as `run` or `tag` writes them, to be highlighted
    #[arg(long, value_name = "facts.jsonl")]
    facts: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let source = sources(std::slice::from_ref(&args.file))?.remove(0);
    output::check(&args.out, &args.file)?;
    let marks = args.facts.as_ref().map(|path| facts::marks(path, &args.file)).transpose()?;
    let marks = marks.unwrap_or_default();
    if marks.is_empty() && args.facts.is_some() {
        eprintln!("chartsift: {}: no fact of it there; nothing is highlighted", source.name);
    }
    let (document, problems) = pipeline::read_pages(&source, &args.read.options()?);
    super::report_problems(&source.name, &problems);
    let failed = Done { documents: 1, failed: 1 };
    let Some(document) = document.filter(|_| !problems.iter().any(|problem| problem.fatal)) else {
        return Ok(failed);
    };
    let copy = pipeline::with_bytes(&source, |bytes| {
        searchable(bytes, Some(&source.name), &document, &marks)
    });
    match copy {
        Ok(Ok(copy)) => output::write(&args.out, &copy)?,
        Ok(Err(problem)) => {
            eprintln!("chartsift: {}: {problem}", source.name);
            return Ok(failed);
        }
        Err(problem) => {
            super::report_problems(&source.name, &[problem]);
            return Ok(failed);
        }
    }
    Ok(Done { documents: 1, failed: 0 })
}
