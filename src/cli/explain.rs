//! `explain`: how a fact of a report came to be, or what a case comes to.

#![expect(clippy::disallowed_methods, reason = "reads a report")]

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{Done, stdout_error};
use crate::author::place_of;
use crate::error::Error;
use crate::lexicon::Lexicon;
use crate::pipeline::lexicon_files;

/// Say how a fact of a report came to be, or show the assessment of a case
#[derive(clap::Args)]
pub struct Args {
    /// Report folder that `run` wrote
    out: PathBuf,
    /// Id of a fact (the column fact_id) or of a case
    id: String,
    /// Folder of lexicon files that stand in for the built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    lexicons: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let facts = args.out.join("facts.jsonl");
    if !facts.is_file() {
        return Err(Error::Usage {
            place: args.out.display().to_string(),
            problem: "no report: there is no facts.jsonl in it".to_owned(),
        });
    }
    let mut told = String::new();
    // The same document in two cases has the same facts.
    for line in read(&facts)?.lines() {
        let Ok(Value::Object(fact)) = serde_json::from_str::<Value>(line) else { continue };
        if word(&fact, "fact_id") == args.id {
            if told.is_empty() {
                let files = lexicon_files(args.lexicons.as_deref())?;
                let lexicon = Lexicon::parse(&files)?;
                told = explain(&fact, |rule| place_of(&files, &lexicon, rule));
            } else {
                told.push_str(&format!("also in case {}\n", word(&fact, "case_id")));
            }
        }
    }
    if told.is_empty() {
        told = assessment(args)?;
    }
    io::stdout().write_all(told.as_bytes()).map_err(stdout_error)?;
    Ok(Done::default())
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Io {
        path: path.to_owned(),
        action: "cannot read",
        source,
    })
}

/// The narrative of a case; its file is named after it.
fn assessment(args: &Args) -> Result<String, Error> {
    let file = args.out.join("assessments").join(format!("{}.md", args.id));
    // A case id is no path out of the report.
    let inside = !args.id.contains(['/', '\\']) && file.is_file();
    if inside {
        return read(&file);
    }
    Err(Error::Usage {
        place: args.id.clone(),
        problem: format!("{} has neither a fact nor a case of this id", args.out.display()),
    })
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
        let stands = place(rule).unwrap_or_else(|| "in the reader itself".to_owned());
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
