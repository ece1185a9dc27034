//! `lexicon`: for those who write lexicons.

#![expect(clippy::disallowed_methods, reason = "reads gold")]

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::input::sources;
use super::{Done, stdout_error};
use crate::author::{self, Remark};
use crate::error::Error;
use crate::extract::extract;
use crate::fact::Fact;
use crate::lexicon::Lexicon;
use crate::pipeline::{Source, lexicon_files, read_pages};
use crate::read::ReadOptions;
use crate::report::{FactRow, line};
use crate::review::{Gold, Outcome, Taken};
use crate::text::Text;

/// Check a lexicon, run its examples, or hold two against each other
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Fields that are unknown, terms that come twice or never count, with file and line
    Check {
        /// Folder of lexicon files that stand in for the built-in ones of the same name
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
        /// Tell also which concepts no example mentions, and which files refuse nothing
        #[arg(long)]
        gaps: bool,
    },
    /// Run the examples in the lexicon's files, and hold it against what reviewers said
    Test {
        /// Folder of lexicon files that stand in for the built-in ones of the same name
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
        /// Facts that reviewers accepted, corrected, added or rejected, as `review --export`
        /// writes them
        #[arg(long, value_name = "gold.jsonl")]
        gold: Option<PathBuf>,
        /// The files that gold speaks of, to be read as a whole; gold of other files is held
        /// against its paragraph alone
        #[arg(long, value_name = "FILE", num_args = 1.., requires = "gold")]
        documents: Vec<PathBuf>,
    },
    /// The facts of files that are lost (-) and gained (+) from one lexicon to another
    Diff {
        /// Folder of the old lexicon's files
        old: PathBuf,
        /// Folder of the new lexicon's files
        new: PathBuf,
        /// PDF, TIFF, PNG, JPEG or text files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let mut out = BufWriter::new(io::stdout().lock());
    match &args.action {
        Action::Check { folder, gaps } => {
            let files = lexicon_files(folder.as_deref())?;
            let lexicon = Lexicon::parse(&files)?;
            let mut remarks = author::check(&files, &lexicon);
            let n_gaps = remarks.iter().filter(|remark| remark.gap).count();
            remarks.retain(|remark| *gaps || !remark.gap);
            let (patterns, anywhere) = lexicon.count_patterns();
            let told = format!(
                "{} concepts, {} cues, {patterns} patterns ({anywhere} tried everywhere); {n_gaps} \
                 gaps in what the examples show",
                lexicon.concepts.len(),
                lexicon.cues.len()
            );
            tell(&mut out, &remarks, &told)
        }
        Action::Test { folder, gold, documents } => {
            let lexicon = Lexicon::parse(&lexicon_files(folder.as_deref())?)?;
            let (facts, cues) = (lexicon.examples.len(), lexicon.cue_examples.len());
            let mut told = format!("{facts} examples of facts, {cues} of cues");
            let mut remarks = author::test(&lexicon);
            if let Some(gold) = gold {
                let (wrong, of_gold) = test_gold(&lexicon, gold, documents)?;
                remarks.extend(wrong);
                told = format!("{told}, {of_gold}");
            }
            tell(&mut out, &remarks, &told)
        }
        Action::Diff { old, new, files } => {
            let old = Lexicon::parse(&lexicon_files(Some(old))?)?;
            let new = Lexicon::parse(&lexicon_files(Some(new))?)?;
            diff(&mut out, &old, &new, files)
        }
    }
}

/// Writes remarks and a line on the whole; some that are no gaps are a failure.
fn tell(out: &mut impl Write, remarks: &[Remark], told: &str) -> Result<Done, Error> {
    let wrong = remarks.iter().filter(|remark| !remark.gap).count();
    for Remark { place, problem, .. } in remarks {
        writeln!(out, "{place}: {problem}").map_err(stdout_error)?;
    }
    writeln!(out, "{told}; {wrong} wrong").map_err(stdout_error)?;
    out.flush().map_err(stdout_error)?;
    if wrong > 0 {
        return Err(Error::Lexicon {
            place: "lexicons".to_owned(),
            problem: format!("{wrong} wrong; the lines above say where"),
        });
    }
    Ok(Done::default())
}

/// What of gold does not come out as reviewers said, and a line on all of it. Tells lines, ids and
/// names of fields, and nothing that a record says.
fn test_gold(
    lexicon: &Lexicon,
    path: &Path,
    documents: &[PathBuf],
) -> Result<(Vec<Remark>, String), Error> {
    let lines = fs::read_to_string(path).map_err(Error::io(path, "cannot read"))?;
    let name = path.display().to_string();
    let gold = Gold::parse(&name, &lines)?;
    let texts = match documents {
        [] => HashMap::new(),
        documents => texts_of(lexicon, &sources(documents)?),
    };
    let mut counts = [0; 4];
    let mut remarks = Vec::new();
    let mut whole = 0;
    for (at, gold) in gold.iter().enumerate() {
        let text = texts.get(&gold.content_hash);
        let outcome = text.and_then(|(text, taken)| gold.in_document(text, taken));
        whole += usize::from(outcome.is_some());
        let (count, problem) = match outcome.unwrap_or_else(|| gold.in_paragraph(lexicon)) {
            Outcome::Right => (0, None),
            Outcome::Missed => (1, Some("missed".to_owned())),
            Outcome::Otherwise(fields) => {
                (2, Some(format!("found otherwise: {}", fields.join(", "))))
            }
            Outcome::Rejected => (3, Some("found, though reviewers rejected it".to_owned())),
        };
        counts[count] += 1;
        remarks.extend(problem.map(|problem| Remark {
            place: format!("{name}:{}", at + 1),
            problem: format!("{} {} {problem}", gold.kind(), gold.id()),
            gap: false,
        }));
    }
    let [right, missed, otherwise, rejected] = counts;
    let told = format!(
        "{} of gold ({whole} in their files: {right} right, {missed} missed, {otherwise} found \
         otherwise, {rejected} found though rejected)",
        gold.len()
    );
    Ok((remarks, told))
}

/// The text of each file and the facts in it, by BLAKE3 of the file.
fn texts_of(lexicon: &Lexicon, sources: &[Source]) -> HashMap<String, (Text, Taken)> {
    let mut texts = HashMap::new();
    for source in sources {
        let (document, problems) = read_pages(source, &ReadOptions::default());
        super::report_problems(&source.name, &problems);
        if let Some(document) = document {
            let text = Text::from_document(&document);
            let taken = Taken::from(&text, lexicon);
            texts.insert(document.content_hash, (text, taken));
        }
    }
    texts
}

fn diff(
    out: &mut impl Write,
    old: &Lexicon,
    new: &Lexicon,
    files: &[PathBuf],
) -> Result<Done, Error> {
    let sources = sources(files)?;
    let mut done = Done { documents: sources.len(), failed: 0 };
    let (mut lost, mut gained, mut kept) = (0, 0, 0);
    for source in &sources {
        let (document, problems) = read_pages(source, &ReadOptions::default());
        super::report_problems(&source.name, &problems);
        let Some(document) = document else {
            done.failed += 1;
            continue;
        };
        let text = Text::from_document(&document);
        let (before, after) = (extract(&text, old), extract(&text, new));
        let keys = |facts: &[Fact]| facts.iter().map(key).collect::<BTreeSet<_>>();
        let (old_keys, new_keys) = (keys(&before), keys(&after));
        kept += old_keys.intersection(&new_keys).count();
        let gone = before.iter().filter(|fact| !new_keys.contains(&key(fact))).map(|f| ('-', f));
        let come = after.iter().filter(|fact| !old_keys.contains(&key(fact))).map(|f| ('+', f));
        let mut changes: Vec<(char, &Fact)> = gone.chain(come).collect();
        changes.sort_by_key(|(sign, fact)| (fact.place.start, fact.kind.name(), *sign == '+'));
        for (sign, fact) in changes {
            if sign == '-' {
                lost += 1
            } else {
                gained += 1
            }
            let quote = fact.place.quote.split_whitespace().collect::<Vec<_>>().join(" ");
            let (name, page, kind) = (&source.name, fact.place.page, fact.kind.name());
            writeln!(
                out,
                "{sign} {name}:{page} {kind}: {} \"{quote}\" [{}]",
                line(fact),
                fact.rule
            )
            .map_err(stdout_error)?;
        }
    }
    writeln!(out, "{lost} lost, {gained} gained, {kept} as before").map_err(stdout_error)?;
    out.flush().map_err(stdout_error)?;
    Ok(done)
}

/// What makes two facts the same: their line of facts.jsonl, but not the rule that made them.
fn key(fact: &Fact) -> String {
    let fact = Fact { rule: String::new(), confidence: 1.0, ..fact.clone() };
    let row = FactRow { case_id: None, document: "", part: 0, fact: &fact };
    serde_json::to_string(&row).unwrap_or_default()
}
