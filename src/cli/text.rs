//! `text`: what was read, page by page or word by word.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use super::input::{ReadArgs, sources};
use super::{Done, stdout_error};
use crate::document::Document;
use crate::error::Error;
use crate::pipeline;
use crate::report::{PageLine, WordLine, page_texts, write_json_line};

/// Write the text of files, pages parted by form feeds
#[derive(clap::Args)]
pub struct Args {
    /// PDF, TIFF, PNG, JPEG or text files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Words with page, box, source and confidence as JSON lines
    #[arg(long)]
    json: bool,
    /// With --json: before each page's words a line on the page itself
    #[arg(long, requires = "json")]
    pages: bool,
    #[command(flatten)]
    read: ReadArgs,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let sources = sources(&args.files)?;
    let options = args.read.options()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut done = Done { documents: sources.len(), failed: 0 };
    for source in &sources {
        let (document, problems) = pipeline::read_pages(source, &options);
        if let Some(document) = &document {
            let written = match args.json {
                true => write_words(&mut out, &source.name, document, args.pages),
                false => write_text(&mut out, document),
            };
            written.and_then(|()| out.flush()).map_err(stdout_error)?;
        }
        super::report_problems(&source.name, &problems);
        done.failed += usize::from(problems.iter().any(|problem| problem.fatal));
    }
    Ok(done)
}

/// The text of every page, with a form feed after it.
fn write_text(out: &mut impl Write, document: &Document) -> io::Result<()> {
    for text in page_texts(document) {
        write!(out, "{text}\u{c}")?;
    }
    Ok(())
}

fn write_words(
    out: &mut impl Write,
    name: &str,
    document: &Document,
    pages: bool,
) -> io::Result<()> {
    for page in &document.pages {
        if pages {
            write_json_line(out, &PageLine::of(name, page))?;
        }
        WordLine::of(name, page).try_for_each(|line| write_json_line(out, &line))?;
    }
    Ok(())
}
