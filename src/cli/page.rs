//! `page`: one page as a picture.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use super::input::{ReadArgs, sources};
use super::{Done, facts, output};
use crate::error::Error;
use crate::pipeline;
use crate::read::view::{self, ViewError};

/// Boxes of words and boxes of facts: red, green, blue.
const WORD: [u8; 3] = [214, 39, 40];
const FACT: [u8; 3] = [31, 119, 180];

/// Write a page as a picture, turned upright
#[derive(clap::Args)]
pub struct Args {
    /// PDF, TIFF, PNG or JPEG file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The page, counted from 1
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    number: u32,
    /// As a PNG file, as it is without being asked for
    #[arg(long)]
    png: bool,
    /// File for the picture; without it, standard output
    #[arg(long, short, value_name = "OUT.png")]
    out: Option<PathBuf>,
    /// Pixels to the inch; by default a scan's own, and 200 where a page is rendered
    #[arg(long, value_name = "D", value_parser = clap::value_parser!(u16).range(20..=1200))]
    dpi: Option<u16>,
    /// Draw the boxes of the words, or with --facts those of the facts
    #[arg(long)]
    boxes: bool,
    /// Facts as `run` or `tag` writes them, whose boxes are drawn
    #[arg(long, value_name = "facts.jsonl")]
    facts: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let source = sources(std::slice::from_ref(&args.file))?.remove(0);
    if let Some(out) = &args.out {
        output::check(out, &args.file)?;
    } else if io::stdout().is_terminal() {
        return Err(Error::Usage {
            place: "--out".into(),
            problem: "a terminal cannot show a picture; name a file for it".into(),
        });
    }
    let marks = args.facts.as_ref().map(|path| facts::marks(path, &args.file)).transpose()?;
    let mut options = args.read.options()?;
    options.only = Some(args.number);
    let (document, problems) = pipeline::read_pages(&source, &options);
    // What cannot be opened is told of by what is to show it.
    let trouble: Vec<_> = problems.into_iter().filter(|problem| !problem.fatal).collect();
    super::report_problems(&source.name, &trouble);
    let page = document.and_then(|document| document.pages.into_iter().next());
    let turned = page.as_ref().map_or(0, |page| page.turned);
    let dpi = args.dpi.map(f32::from);
    let viewed = pipeline::with_bytes(&source, |bytes| {
        view::page(bytes, Some(&source.name), args.number, turned, dpi)
    });
    let mut view = match viewed {
        Ok(Ok(view)) => view,
        Ok(Err(error @ ViewError::NoSuchPage { .. })) => {
            return Err(Error::Usage {
                place: format!("{}: page {}", source.name, args.number),
                problem: error.to_string(),
            });
        }
        Ok(Err(error)) => {
            eprintln!("chartsift: {}: {error}", source.name);
            return Ok(Done { documents: 1, failed: 1 });
        }
        Err(problem) => {
            super::report_problems(&source.name, &[problem]);
            return Ok(Done { documents: 1, failed: 1 });
        }
    };
    match marks {
        Some(marks) => {
            let on_page = marks.iter().filter(|mark| mark.page == args.number);
            let boxes: Vec<_> = on_page.flat_map(|mark| &mark.boxes).collect();
            if boxes.is_empty() {
                eprintln!("chartsift: {}: page {}: no fact there", source.name, args.number);
            }
            boxes.into_iter().for_each(|rect| view.mark(rect, FACT));
        }
        None if args.boxes => {
            let lines = page.iter().flat_map(|page| &page.lines);
            lines.flat_map(|line| &line.words).for_each(|word| view.mark(&word.rect, WORD));
        }
        None => {}
    }
    output::put(args.out.as_deref(), &view.png())?;
    Ok(Done { documents: 1, failed: 0 })
}
