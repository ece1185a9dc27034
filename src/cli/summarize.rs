//! `summarize`: why requests fail, for whom, and what would cure it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{Done, output, reports, stdout_error};
use crate::analysis::{self, Ask, Source};
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
    /// What to write; the page goes to report.html in the folder and the workbook to summary.xlsx,
    /// the others to standard output
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
    /// One self-contained page with charts
    Html,
    /// One object with everything
    Json,
    /// A workbook with a line a figure, ready for a pivot
    Xlsx,
}

impl Form {
    /// The file in the report folder, where none is named and standard output would not do.
    fn file(self) -> Option<&'static str> {
        match self {
            Form::Html => Some("report.html"),
            Form::Xlsx => Some("summary.xlsx"),
            Form::Table | Form::Csv | Form::Json => None,
        }
    }
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let out = place(args)?;
    if let Some(out) = &out {
        output::check(out, &args.outs[0].join("run.json"))?;
    }
    let asks = match args.by.as_slice() {
        [] if args.format == Form::Table => Ask::usual(),
        [] => Ask::all(),
        asks => asks.to_vec(),
    };
    let mut sources: BTreeSet<Source> = asks.iter().flat_map(Ask::sources).copied().collect();
    // The overall figures are there whatever is asked for.
    sources.insert(Source::Reasons);
    let cohort = reports::load(&args.outs, &sources)?;
    let mut summary = analysis::summarize(&cohort, &asks);
    analysis::suppress(&mut summary, args.min_cell);
    let bytes = match args.format {
        Form::Table => analysis::text(&summary).into_bytes(),
        Form::Csv => analysis::csv(&summary).map_err(stdout_error)?,
        Form::Html => {
            let folder = out.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
            let roots: Vec<String> = cohort
                .reports()
                .iter()
                .map(|report| root(folder, Path::new(&report.folder)))
                .collect();
            analysis::page(&summary, &cohort, &roots)?.into_bytes()
        }
        Form::Xlsx => {
            let room = out.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
            let room = if room.as_os_str().is_empty() { Path::new(".") } else { room };
            analysis::xlsx(&summary, room).map_err(Error::io(room, "cannot write"))?
        }
        Form::Json => output::json(&analysis::json(&summary)),
    };
    output::put(out.as_deref(), &bytes)?;
    if let (Some(_), Some(out)) = (args.format.file(), &out) {
        eprintln!("written: {}", out.display());
    }
    Ok(Done::default())
}

/// The file to write; `None` for standard output.
fn place(args: &Args) -> Result<Option<PathBuf>, Error> {
    match (&args.out, args.format.file(), args.outs.as_slice()) {
        (Some(out), _, _) => Ok(Some(out.clone())),
        (None, None, _) => Ok(None),
        (None, Some(file), [report]) => {
            reports::head(report)?;
            Ok(Some(report.join(file)))
        }
        (None, Some(file), _) => Err(Error::Usage {
            place: "--out".into(),
            problem: format!(
                "{file} of several reports is in none of them: name the file with --out FILE"
            ),
        }),
    }
}

/// The way from the page's folder to a report folder: empty, or with a slash at its end.
fn root(page: &Path, report: &Path) -> String {
    let whole = |path: &Path| {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        path.canonicalize().unwrap_or_else(|_| path.to_owned())
    };
    let (page, report) = (whole(page), whole(report));
    let alike = page.components().zip(report.components()).take_while(|(a, b)| a == b).count();
    let up = page.components().skip(alike).map(|_| "..".to_owned());
    let down =
        report.components().skip(alike).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).map(|part| part + "/").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_finds_its_report() {
        for (page, report, way) in [
            ("/a/out", "/a/out", ""),
            ("/a", "/a/out", "out/"),
            ("/a/pages", "/a/out", "../out/"),
            ("/b/x", "/a/out 2", "../../a/out 2/"),
        ] {
            assert_eq!(root(Path::new(page), Path::new(report)), way);
        }
    }
}
