//! `explain`: why a case of a report came out as it did, or how one of its facts came to be.

#![expect(clippy::disallowed_methods, reason = "reads a report")]

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::{Done, stdout_error};
use crate::author::place_of;
use crate::error::Error;
use crate::lexicon::Lexicon;
use crate::pipeline::lexicon_files;
use crate::report::{StoredRow, items, read_rows};
use crate::review::HUMAN;

/// Tell why a case came out as it did, or how a fact came to be
#[derive(clap::Args)]
pub struct Args {
    /// A report folder, as `run` writes it
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// A case of it: its assessment, and the request for what is missing. Or the id of a fact
    #[arg(value_name = "CASE|FACT_ID")]
    what: String,
    /// Folder of lexicon files that stand in for the built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    lexicons: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let cases = read_rows(&args.out, "cases.csv")?;
    let of_case: Vec<&StoredRow> =
        cases.iter().filter(|row| cell(row, "case_id") == args.what).collect();
    let text = match of_case.is_empty() {
        false => assessments(args, &of_case)?,
        true => fact(args)?,
    };
    if text.is_empty() {
        return Err(unknown(args, &cases));
    }
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
        text.push_str(&fs::read_to_string(&assessment).map_err(|source| Error::Io {
            path: assessment.clone(),
            action: "cannot read",
            source,
        })?);
        let name = assessment.file_name().unwrap_or_default();
        // Only a case that waits for documentation has a request for it.
        if let Ok(request) = fs::read_to_string(args.out.join("requests").join(name)) {
            text.push('\n');
            text.push_str(&request);
        }
    }
    Ok(text)
}

/// How a fact came to be, and which criteria rest on it; nothing if there is none of this id.
fn fact(args: &Args) -> Result<String, Error> {
    let path = args.out.join("facts.jsonl");
    let lines = fs::read_to_string(&path).map_err(|source| Error::Io {
        path: path.clone(),
        action: "cannot read",
        source,
    })?;
    let mut text = String::new();
    // The same document in two cases has the same facts.
    for line in lines.lines() {
        let Ok(Value::Object(fact)) = serde_json::from_str::<Value>(line) else { continue };
        if word(&fact, "fact_id") != args.what {
            continue;
        }
        if text.is_empty() {
            let files = lexicon_files(args.lexicons.as_deref())?;
            let lexicon = Lexicon::parse(&files)?;
            text = explain(&fact, |rule| place_of(&files, &lexicon, rule));
        } else {
            text.push_str(&format!("also in case {}\n", word(&fact, "case_id")));
        }
    }
    if text.is_empty() {
        return Ok(text);
    }
    for row in read_rows(&args.out, "criteria.csv")? {
        if items(cell(&row, "fact_ids")).any(|id| id == args.what) {
            let [case, policy, criterion, result] =
                ["case_id", "policy_id", "criterion_id", "result"].map(|name| cell(&row, name));
            text.push_str(&format!("  decided {case}: {policy} {criterion} {result}\n"));
        }
    }
    Ok(text)
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

fn word<'a>(fact: &'a Map<String, Value>, name: &str) -> &'a str {
    fact.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Fields that are told in a line of their own, or say nothing to a reader.
const TOLD: &[&str] = &[
    "case_id",
    "fact_id",
    "document",
    "page",
    "boxes",
    "start",
    "end",
    "quote",
    "section",
    "source",
    "ocr_confidence",
    "confidence",
    "rule",
    "kind",
];

fn explain(fact: &Map<String, Value>, place: impl Fn(&str) -> Option<String>) -> String {
    let value = |name: &str| match fact.get(name) {
        Some(Value::String(word)) => word.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let mut told = format!(
        "{} {} in case {}\n  says   \"{}\"\n  where  {}, page {}, characters {} to {}, section {}\n",
        value("kind"),
        value("fact_id"),
        value("case_id"),
        value("quote").split_whitespace().collect::<Vec<_>>().join(" "),
        value("document"),
        value("page"),
        value("start"),
        value("end"),
        value("section"),
    );
    let sure = match fact.get("ocr_confidence").and_then(Value::as_f64) {
        Some(ocr) => format!("{} (print read with {ocr})", value("confidence")),
        None => value("confidence"),
    };
    told.push_str(&format!("  sure   {sure}\n"));
    for (i, rule) in word(fact, "rule").split('+').filter(|rule| !rule.is_empty()).enumerate() {
        let role = if i == 0 { "rule" } else { "cue" };
        let stands = match rule {
            HUMAN => "a reviewer had the last word".to_owned(),
            rule => place(rule).unwrap_or_else(|| "in the reader itself".to_owned()),
        };
        told.push_str(&format!("  {role:<6} {rule}  {stands}\n"));
    }
    for (name, _) in fact.iter().filter(|(name, _)| !TOLD.contains(&name.as_str())) {
        let value = value(name);
        if !value.is_empty() {
            told.push_str(&format!("  {name:<22} {value}\n"));
        }
    }
    told
}
