//! `context`: how sentences say what stands in them.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::{Done, stdout_error};
use crate::context::find_target;
use crate::error::Error;
use crate::extract::Note;
use crate::fact::Assertion;
use crate::pipeline::Knowledge;
use crate::text::Text;

/// Say how sentences assert what they name
///
/// Reads lines of a target, a tab and a sentence from standard input; writes a JSON line for
/// each, with the assertion and the cues that made it. Offsets are code points.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of lexicon files that stand in for the built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    lexicons: Option<PathBuf>,
}

/// What is said of one line.
#[derive(Serialize)]
struct Row<'a> {
    target: &'a str,
    /// Where the target stands; `None` where none of its words do.
    start: Option<usize>,
    end: Option<usize>,
    polarity: &'static str,
    certainty: &'static str,
    time: &'static str,
    experiencer: &'static str,
    origin: &'static str,
    section: &'static str,
    cues: Vec<CueRow<'a>>,
}

/// A cue that modified the target.
#[derive(Serialize)]
struct CueRow<'a> {
    rule: &'a str,
    start: usize,
    end: usize,
    quote: String,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let lexicon = Knowledge::without_policies(args.lexicons.as_deref())?.lexicon;
    let mut out = BufWriter::new(io::stdout().lock());
    for (line, number) in io::stdin().lines().zip(1..) {
        let line = line.map_err(|source| Error::Io {
            path: "standard input".into(),
            action: "cannot read",
            source,
        })?;
        if line.trim().is_empty() {
            continue;
        }
        let (target, sentence) = line.split_once('\t').ok_or_else(|| Error::Usage {
            place: format!("standard input, line {number}"),
            problem: "no tab; a line is a target, a tab and a sentence".to_owned(),
        })?;
        let text = Text::from_plain(sentence);
        let note = Note::new(&text, &lexicon);
        let span = find_target(&note.folded, target);
        let asserted = span.map(|span| note.assert(span)).unwrap_or_default();
        let place = |span| text.place(note.folded.original(span));
        let cues = asserted.cues.iter().map(|hit| {
            let place = place(hit.span);
            let rule = lexicon.cues[hit.cue].id.as_str();
            CueRow { rule, start: place.start, end: place.end, quote: place.quote }
        });
        let Assertion { polarity, certainty, time, experiencer, origin } = asserted.assertion;
        let section = span.and_then(|span| note.sentence_at(span)).map(|s| s.section);
        let row = Row {
            target,
            start: span.map(|span| place(span).start),
            end: span.map(|span| place(span).end),
            polarity: polarity.as_str(),
            certainty: certainty.as_str(),
            time: time.as_str(),
            experiencer: experiencer.as_str(),
            origin: origin.as_str(),
            section: section.unwrap_or_default().as_str(),
            cues: cues.collect(),
        };
        serde_json::to_writer(&mut out, &row).map_err(|e| stdout_error(e.into()))?;
        out.write_all(b"\n").map_err(stdout_error)?;
    }
    out.flush().map_err(stdout_error)?;
    Ok(Done::default())
}
