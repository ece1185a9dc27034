//! `text`: what was read, page by page or word by word.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::input::{ReadArgs, sources};
use super::{Done, stdout_error};
use crate::document::{Document, LineRole, Page, PageKind};
use crate::error::Error;
use crate::pipeline;
use crate::report::write_json_line;

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

/// A word as a JSON line.
#[derive(Serialize)]
struct WordLine<'a> {
    document: &'a str,
    page: u32,
    text: &'a str,
    #[serde(rename = "box")]
    rect: [f64; 4],
    source: &'static str,
    confidence: Option<f64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    alternatives: &'a [String],
    /// What the word's line is to the page, where it is no part of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
}

/// A page as a JSON line.
#[derive(Serialize)]
struct PageLine<'a> {
    document: &'a str,
    page: u32,
    kind: &'static str,
    /// The page that this one repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u32>,
    legibility: &'static str,
    source: &'static str,
    turned: u16,
    width: f64,
    height: f64,
    uncovered: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fax: Option<FaxLine<'a>>,
}

/// What a fax machine printed, as JSON.
#[derive(Serialize)]
struct FaxLine<'a> {
    sender: Option<&'a str>,
    date: Option<&'a str>,
    page: Option<u32>,
    of: Option<u32>,
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

/// Every page's lines, blocks parted by an empty line; a form feed after each page.
fn write_text(out: &mut impl Write, document: &Document) -> io::Result<()> {
    if let Some(text) = &document.plain_text {
        return write!(out, "{text}\u{c}");
    }
    for page in &document.pages {
        write_page(out, page)?;
        out.write_all(b"\x0c")?;
    }
    Ok(())
}

fn write_page(out: &mut impl Write, page: &Page) -> io::Result<()> {
    // What the fax machine printed along the edge is no part of the record.
    let record = page.lines.iter().filter(|line| line.role != LineRole::FaxHeader);
    for (index, line) in record.enumerate() {
        if line.starts_block && index > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", line.text())?;
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
            write_json_line(out, &page_line(name, page))?;
        }
        let words =
            page.lines.iter().flat_map(|line| line.words.iter().map(move |word| (line, word)));
        for (line, word) in words {
            let line = WordLine {
                document: name,
                page: page.number,
                text: &word.text,
                rect: [word.rect.x0, word.rect.y0, word.rect.x1, word.rect.y1].map(tenths),
                source: page.source.as_str(),
                confidence: word.confidence.map(thousandths),
                alternatives: &word.alternatives,
                role: (line.role != LineRole::Body).then_some(line.role.as_str()),
            };
            write_json_line(out, &line)?;
        }
    }
    Ok(())
}

fn page_line<'a>(name: &'a str, page: &'a Page) -> PageLine<'a> {
    let fax = page.fax.as_ref().map(|fax| FaxLine {
        sender: fax.sender.as_deref(),
        date: fax.date.as_deref(),
        page: fax.page,
        of: fax.of,
    });
    PageLine {
        document: name,
        page: page.number,
        kind: page.kind.as_str(),
        of: match page.kind {
            PageKind::Duplicate { of } => Some(of),
            _ => None,
        },
        legibility: page.legibility.as_str(),
        source: page.source.as_str(),
        turned: page.turned,
        width: tenths(page.width),
        height: tenths(page.height),
        uncovered: thousandths(page.uncovered),
        fax,
    }
}

fn tenths(points: f32) -> f64 {
    (f64::from(points) * 10.0).round() / 10.0
}

fn thousandths(share: f32) -> f64 {
    (f64::from(share) * 1000.0).round() / 1000.0
}
