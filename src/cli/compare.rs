//! `compare`: what changed from one report of the same cases to another.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::json;

use super::table::Table;
use super::{Done, output, reports, stdout_error};
use crate::analysis::compare::{self, Cause, Pair, Pairs, ReasonChange, Results, Ruling};
use crate::error::Error;
use crate::report::{Cell, CsvTable};

/// Compare two reports of the same cases: which reasons grew, which cases changed, by which facts
#[derive(clap::Args)]
pub struct Args {
    /// A report folder, as `run` writes it
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// Another of the same cases; the same one, where two policies of it are compared
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Policies to compare, ID or ID@VERSION: one for both, or the old one and the new one
    #[arg(long, value_name = "OLD[,NEW]", value_delimiter = ',')]
    policy: Vec<String>,
    /// What to write
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A form of a comparison.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Tables and cases for people
    Table,
    /// A line a case and criterion that changed
    Csv,
    /// One object with everything
    Json,
}

/// Cases that are told in full on a terminal.
const MOST: usize = 20;

/// A fact in a line: what it is, and where it stands.
type Facts = BTreeMap<String, String>;

pub fn run(args: &Args) -> Result<Done, Error> {
    if let Some(out) = &args.out {
        output::check(out, &args.old.join("run.json"))?;
    }
    let old_head = reports::head(&args.old)?;
    let new_head = reports::head(&args.new)?;
    let (old_policy, new_policy) = match args.policy.as_slice() {
        [] => (None, None),
        [both] => (Some(both), Some(both)),
        [old, new] => (Some(old), Some(new)),
        _ => {
            return Err(Error::Usage {
                place: "--policy".into(),
                problem: "name one policy, or the old one and the new one".into(),
            });
        }
    };
    let old = rulings(&args.old, old_policy)?;
    let new = rulings(&args.new, new_policy)?;
    let pairs = compare::pair(old, new);
    if pairs.pairs.is_empty() {
        return Err(Error::Usage {
            place: args.new.display().to_string(),
            problem: format!("no case of {} is in it", args.old.display()),
        });
    }
    let changed: BTreeSet<&str> = pairs
        .pairs
        .iter()
        .filter(|pair| pair.changed())
        .map(|pair| pair.old.case_id.as_str())
        .collect();
    let (old, new) = (results(&args.old, &changed)?, results(&args.new, &changed)?);
    let causes: Vec<(&Pair, Vec<Cause>)> = pairs
        .pairs
        .iter()
        .filter(|pair| pair.changed())
        .map(|pair| (pair, compare::causes(pair, &old, &new)))
        .collect();
    let wanted = |facts: fn(&Cause) -> &Vec<String>| -> BTreeSet<&str> {
        causes
            .iter()
            .flat_map(|(_, causes)| causes.iter().flat_map(facts))
            .map(String::as_str)
            .collect()
    };
    let mut facts = facts(&args.old, &wanted(|cause| &cause.facts_lost))?;
    facts.extend(self::facts(&args.new, &wanted(|cause| &cause.facts_gained))?);
    let told = Told {
        runs: [
            (args.old.display().to_string(), old_head.run_id),
            (args.new.display().to_string(), new_head.run_id),
        ],
        reasons: compare::reasons(&pairs.pairs),
        moves: compare::moves(&pairs.pairs),
        pairs: &pairs,
        causes,
        facts,
    };
    let bytes = match args.format {
        Form::Table => told.text().into_bytes(),
        Form::Csv => told.csv().map_err(stdout_error)?,
        Form::Json => told.json(),
    };
    output::put(args.out.as_deref(), &bytes)?;
    Ok(Done::default())
}

/// Rows of a table that `keep` makes something of.
fn rows<T: Send + Clone>(
    out: &Path,
    table: &str,
    columns: &[&'static str],
    keep: impl Fn(&[Cow<'_, str>]) -> Option<T> + Sync,
) -> Result<Vec<T>, Error> {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let table = Table::get(out, table)?;
    let read = table.read(columns, jobs, Vec::new, |kept, cells| kept.extend(keep(cells)));
    Ok(read?.concat())
}

/// The rulings of a report, of one policy where it is named.
fn rulings(out: &Path, policy: Option<&String>) -> Result<Vec<Ruling>, Error> {
    let columns = ["case_id", "policy_id", "policy_version", "determination", "reason_ids"];
    let rulings = rows(out, "cases", &columns, |cells| {
        let [case_id, policy_id, policy_version, determination, reasons] = cells else {
            return None;
        };
        let named = policy.is_none_or(|policy| match policy.split_once('@') {
            Some((id, version)) => id == policy_id && version == policy_version,
            None => policy == policy_id,
        });
        named.then(|| Ruling {
            case_id: case_id.to_string(),
            policy_id: policy_id.to_string(),
            policy_version: policy_version.to_string(),
            determination: determination.to_string(),
            reasons: compare::list(reasons),
        })
    })?;
    match policy {
        Some(policy) if rulings.is_empty() => Err(Error::Usage {
            place: out.display().to_string(),
            problem: format!(
                "no case was held against `{policy}`; its table of cases says which policies were"
            ),
        }),
        _ => Ok(rulings),
    }
}

/// What the criteria of these cases came to.
fn results(out: &Path, cases: &BTreeSet<&str>) -> Result<Results, Error> {
    let columns = ["case_id", "policy_id", "criterion_id", "result", "fact_ids"];
    let rows = rows(out, "criteria", &columns, |cells| {
        let [case, policy, criterion, result, facts] = cells else { return None };
        cases.contains(case.as_ref()).then(|| {
            let result =
                compare::Result { result: result.to_string(), facts: compare::list(facts) };
            ((case.to_string(), policy.to_string(), criterion.to_string()), result)
        })
    })?;
    Ok(rows.into_iter().collect())
}

/// The lines of these facts.
fn facts(out: &Path, ids: &BTreeSet<&str>) -> Result<Facts, Error> {
    if ids.is_empty() {
        return Ok(Facts::new());
    }
    let rows = rows(out, "facts", &["fact_id", "kind", "value", "document", "page"], |cells| {
        let [id, kind, value, document, page] = cells else { return None };
        ids.contains(id.as_ref()).then(|| {
            let kind = kind.replace('_', " ");
            (id.to_string(), format!("{kind}: {value} ({document}, page {page})"))
        })
    })?;
    Ok(rows.into_iter().collect())
}

/// A comparison with all that is told of it.
struct Told<'a> {
    /// Folder and run, old and new.
    runs: [(String, String); 2],
    pairs: &'a Pairs,
    reasons: Vec<(String, ReasonChange)>,
    moves: Vec<(String, String, u64)>,
    causes: Vec<(&'a Pair, Vec<Cause>)>,
    facts: Facts,
}

impl Told<'_> {
    fn text(&self) -> String {
        let all = self.pairs.pairs.len();
        let mut out = String::new();
        for (word, (folder, run)) in ["old", "new"].iter().zip(&self.runs) {
            out.push_str(&format!("{word}  {folder} (run {run})\n"));
        }
        out.push_str(&format!(
            "{all} rulings on the same cases, {} changed; {} cases only in the old report, {} only in the new\n",
            self.causes.len(),
            self.pairs.only_old.len(),
            self.pairs.only_new.len(),
        ));
        if !self.moves.is_empty() {
            out.push_str("\nRecommendations that changed\n");
            for (old, new, count) in &self.moves {
                out.push_str(&format!("  {count:>6}  {old} -> {new}\n"));
            }
        }
        let moved = || self.reasons.iter().filter(|(_, change)| change.gained + change.lost > 0);
        if moved().next().is_some() {
            let width = moved().map(|(reason, _)| reason.chars().count()).max().unwrap_or_default();
            out.push_str("\nReasons that grew or shrank\n");
            out.push_str(&format!(
                "  {:width$}     old     new  gained    lost  change, points\n",
                "reason"
            ));
            for (reason, change) in moved() {
                let points = 100.0 * (change.new as f64 - change.old as f64) / all as f64;
                out.push_str(&format!(
                    "  {reason:width$}  {:>6}  {:>6}  {:>6}  {:>6}  {points:>+14.1}\n",
                    change.old, change.new, change.gained, change.lost
                ));
            }
        }
        for (place, (pair, causes)) in self.causes.iter().enumerate() {
            if place == 0 {
                out.push_str("\nCases that changed\n");
            }
            if place == MOST {
                let more = self.causes.len() - MOST;
                out.push_str(&format!("  … and {more} more; --format csv has all\n"));
                break;
            }
            self.case(&mut out, pair, causes);
        }
        out.chars().map(|c| if c.is_control() && c != '\n' { '?' } else { c }).collect()
    }

    fn case(&self, out: &mut String, pair: &Pair, causes: &[Cause]) {
        let Pair { old, new } = pair;
        out.push_str(&format!("  {}: ", old.case_id));
        match old.determination == new.determination {
            true => out.push_str(&format!("{} as before", new.determination)),
            false => out.push_str(&format!("{} -> {}", old.determination, new.determination)),
        }
        match old.policy() == new.policy() {
            true => out.push('\n'),
            false => out.push_str(&format!(" ({} -> {})\n", old.policy(), new.policy())),
        }
        for (sign, reasons) in [
            ('-', old.reasons.difference(&new.reasons)),
            ('+', new.reasons.difference(&old.reasons)),
        ] {
            for reason in reasons {
                out.push_str(&format!("    {sign} {reason}\n"));
            }
        }
        let absent =
            |word: &str| if word.is_empty() { "no such criterion".into() } else { word.to_owned() };
        for cause in causes {
            out.push_str(&format!(
                "    {}: {} -> {}\n",
                cause.criterion,
                absent(&cause.old),
                absent(&cause.new)
            ));
            for (sign, ids) in [('-', &cause.facts_lost), ('+', &cause.facts_gained)] {
                for id in ids {
                    let fact = self.facts.get(id).map_or("", String::as_str);
                    out.push_str(&format!("      {sign} fact {id} {fact}\n"));
                }
            }
            if cause.facts_lost.is_empty() && cause.facts_gained.is_empty() {
                out.push_str(
                    "      by no other fact: the policy, its day or a page's reading changed\n",
                );
            }
        }
    }

    fn csv(&self) -> io::Result<Vec<u8>> {
        let mut table = CsvTable::begin(
            Vec::new(),
            &[
                "case_id",
                "policy_old",
                "policy_new",
                "determination_old",
                "determination_new",
                "reasons_lost",
                "reasons_gained",
                "criterion_id",
                "result_old",
                "result_new",
                "fact_ids_lost",
                "fact_ids_gained",
                "facts_lost",
                "facts_gained",
            ],
        )?;
        let none = Cause::default();
        for (Pair { old, new }, causes) in &self.causes {
            let lost: Vec<String> = old.reasons.difference(&new.reasons).cloned().collect();
            let gained: Vec<String> = new.reasons.difference(&old.reasons).cloned().collect();
            // A case that changed without a criterion has a line too.
            let causes = if causes.is_empty() { std::slice::from_ref(&none) } else { causes };
            for cause in causes {
                table.push(&[
                    Cell::text(old.case_id.as_str()),
                    Cell::text(old.policy()),
                    Cell::text(new.policy()),
                    Cell::text(old.determination.as_str()),
                    Cell::text(new.determination.as_str()),
                    Cell::list(&lost),
                    Cell::list(&gained),
                    Cell::text(cause.criterion.as_str()),
                    Cell::text(cause.old.as_str()),
                    Cell::text(cause.new.as_str()),
                    Cell::list(&cause.facts_lost),
                    Cell::list(&cause.facts_gained),
                    Cell::list(&self.lines(&cause.facts_lost)),
                    Cell::list(&self.lines(&cause.facts_gained)),
                ])?;
            }
        }
        table.finish()
    }

    /// The facts of these ids, a line each.
    fn lines(&self, ids: &[String]) -> Vec<String> {
        ids.iter().map(|id| self.facts.get(id).cloned().unwrap_or_default()).collect()
    }

    fn json(&self) -> Vec<u8> {
        let facts = |ids: &[String]| -> Vec<serde_json::Value> {
            let fact = |(id, fact)| json!({"fact_id": id, "fact": fact});
            ids.iter().zip(self.lines(ids)).map(fact).collect()
        };
        let cases = self.causes.iter().map(|(Pair { old, new }, causes)| {
            json!({
                "case_id": old.case_id,
                "policy": [old.policy(), new.policy()],
                "determination": [old.determination, new.determination],
                "reasons_lost": old.reasons.difference(&new.reasons).collect::<Vec<_>>(),
                "reasons_gained": new.reasons.difference(&old.reasons).collect::<Vec<_>>(),
                "criteria": causes.iter().map(|cause| json!({
                    "criterion_id": cause.criterion,
                    "result": [cause.old, cause.new],
                    "facts_lost": facts(&cause.facts_lost),
                    "facts_gained": facts(&cause.facts_gained),
                })).collect::<Vec<_>>(),
            })
        });
        let told = json!({
            "old": {"folder": self.runs[0].0, "run_id": self.runs[0].1},
            "new": {"folder": self.runs[1].0, "run_id": self.runs[1].1},
            "rulings": self.pairs.pairs.len(),
            "only_old": self.pairs.only_old,
            "only_new": self.pairs.only_new,
            "moves": self.moves.iter().map(|(old, new, count)|
                json!({"old": old, "new": new, "cases": count})).collect::<Vec<_>>(),
            "reasons": self.reasons.iter().map(|(reason, change)| json!({
                "reason_id": reason, "old": change.old, "new": change.new,
                "gained": change.gained, "lost": change.lost,
            })).collect::<Vec<_>>(),
            "cases": cases.collect::<Vec<_>>(),
        });
        output::json(&told)
    }
}
