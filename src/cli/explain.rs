//! `explain`: why a case of a report came out as it did, or how one of its facts came to be.

#![expect(clippy::disallowed_methods, reason = "reads a report")]

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;

use super::{Done, stdout_error};
use crate::error::Error;
use crate::report::{StoredRow, read_rows};

/// Tell why a case came out as it did, or how a fact came to be
#[derive(clap::Args)]
pub struct Args {
    /// A report folder, as `run` writes it
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// A case of it: its assessment, and the request for what is missing. Or the id of a fact
    #[arg(value_name = "CASE|FACT_ID")]
    what: String,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let cases = read_rows(&args.out, "cases.csv")?;
    let of_case: Vec<&StoredRow> =
        cases.iter().filter(|row| cell(row, "case_id") == args.what).collect();
    let text = match of_case.is_empty() {
        false => assessments(args, &of_case)?,
        true => match fact(args)? {
            Some(text) => text,
            None => return Err(unknown(args, &cases)),
        },
    };
    io::stdout().write_all(text.as_bytes()).map_err(stdout_error)?;
    Ok(Done::default())
}

fn cell<'a>(row: &'a StoredRow, name: &str) -> &'a str {
    row.get(name).map(String::as_str).unwrap_or_default()
}

/// The assessments of a case, one a policy, each with the request for what is missing.
fn assessments(args: &Args, rows: &[&StoredRow]) -> Result<String, Error> {
    let mut text = String::new();
    for row in rows {
        let assessment = args.out.join(cell(row, "assessment"));
        text.push_str(&std::fs::read_to_string(&assessment).map_err(|source| Error::Io {
            path: assessment.clone(),
            action: "cannot read",
            source,
        })?);
        let name = assessment.file_name().unwrap_or_default();
        // Only a case that waits for documentation has a request for it.
        if let Ok(request) = std::fs::read_to_string(args.out.join("requests").join(name)) {
            text.push('\n');
            text.push_str(&request);
        }
    }
    Ok(text)
}

/// Where a fact stands, which rule made it, and which criteria rest on it.
fn fact(args: &Args) -> Result<Option<String>, Error> {
    let facts = read_rows(&args.out, "facts.csv")?;
    let Some(fact) = facts.iter().find(|row| cell(row, "fact_id") == args.what) else {
        return Ok(None);
    };
    let mut text = String::new();
    for (title, column) in [
        ("fact", "kind"),
        ("says", "value"),
        ("quote", "quote"),
        ("case", "case_id"),
        ("document", "document"),
        ("page", "page"),
        ("section", "section"),
        ("read from", "source"),
        ("rule and cues", "rule"),
        ("polarity", "polarity"),
        ("certainty", "certainty"),
        ("time", "time"),
        ("of", "experiencer"),
        ("told by", "origin"),
        ("date", "date"),
        ("confidence", "confidence"),
    ] {
        let value = cell(fact, column);
        if !value.is_empty() {
            let value: String =
                value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let _ = writeln!(text, "{title:14}{value}");
        }
    }
    for row in read_rows(&args.out, "criteria.csv")? {
        let rests = cell(&row, "fact_ids").split(';').any(|id| id == args.what);
        if rests && cell(&row, "case_id") == cell(fact, "case_id") {
            let (policy, criterion) = (cell(&row, "policy_id"), cell(&row, "criterion_id"));
            let _ =
                writeln!(text, "{:14}{policy} {criterion}: {}", "decided", cell(&row, "result"));
        }
    }
    Ok(Some(text))
}

fn unknown(args: &Args, cases: &[StoredRow]) -> Error {
    let nearest = cases
        .iter()
        .map(|row| cell(row, "case_id"))
        .map(|id| (strsim::jaro_winkler(id, &args.what), id))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = match nearest {
        Some((_, id)) => format!("did you mean `{id}`?"),
        None => "cases.csv and facts.csv list them".to_owned(),
    };
    Error::Usage {
        place: args.out.display().to_string(),
        problem: format!("no case and no fact `{}`; {hint}", args.what),
    }
}
