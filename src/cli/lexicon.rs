//! `lexicon`: for those who write lexicons.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Subcommand;

use super::input::sources;
use super::{Done, stdout_error};
use crate::author::{self, Remark};
use crate::error::Error;
use crate::extract::extract;
use crate::fact::Fact;
use crate::lexicon::Lexicon;
use crate::pipeline::{lexicon_files, read_pages};
use crate::read::ReadOptions;
use crate::report::{FactRow, line};
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
    /// Run the examples in the lexicon's files
    Test {
        /// Folder of lexicon files that stand in for the built-in ones of the same name
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
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
        Action::Test { folder } => {
            let lexicon = Lexicon::parse(&lexicon_files(folder.as_deref())?)?;
            let (facts, cues) = (lexicon.examples.len(), lexicon.cue_examples.len());
            let told = format!("{facts} examples of facts, {cues} of cues");
            tell(&mut out, &author::test(&lexicon), &told)
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
