//! Context cues: `lexicons/modifiers/<category>.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Lines, parse_toml};
use crate::closed_set;
use crate::error::Error;

closed_set! {
    /// What a cue says of the targets in its scope.
    pub enum CueCategory {
        #[default]
        Negated = "negated",
        Possible = "possible",
        Past = "past",
        Planned = "planned",
        Hypothetical = "hypothetical",
        Family = "family",
        OtherPerson = "other_person",
        PatientReported = "patient_reported",
        Goal = "goal",
        /// Ends the scope of every other cue.
        Terminate = "terminate",
    }
}

closed_set! {
    /// Where a cue's targets stand.
    pub enum Direction {
        #[default]
        Forward = "forward",
        Backward = "backward",
        Both = "both",
        /// No cue, but words that contain one: hides the cues of its category that it overlaps.
        Pseudo = "pseudo",
    }
}

/// Words that modify what stands around them.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// Id as reports show it: category, colon, first term.
    pub id: String,
    /// What it says.
    pub category: CueCategory,
    /// Where its targets stand.
    pub direction: Direction,
    /// How many words its scope reaches; `None` to the end of the sentence.
    pub window: Option<usize>,
    /// Of a terminating cue: the categories whose scope it ends; empty for all.
    pub ends: Vec<CueCategory>,
    /// The words, in lower case.
    pub terms: Vec<String>,
    /// Regular expressions over the folded text, where words alone cannot say it ("in 1998").
    pub patterns: Vec<String>,
}

impl Cue {
    /// Whether it ends the scope of cues of `category`.
    pub fn ends(&self, category: CueCategory) -> bool {
        self.category == CueCategory::Terminate
            && self.direction != Direction::Pseudo
            && (self.ends.is_empty() || self.ends.contains(&category))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    cue: Vec<RawCue>,
    #[serde(default)]
    example: Vec<RawCueExample>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCue {
    /// Names the patterns in reports.
    id: Option<String>,
    #[serde(default)]
    terms: Vec<String>,
    #[serde(default)]
    patterns: Vec<String>,
    direction: Direction,
    window: Option<usize>,
    #[serde(default)]
    ends: Vec<CueCategory>,
}

/// A sentence with a target in it, and how the sentence says it.
#[derive(Clone, Debug, PartialEq)]
pub struct CueExample {
    /// The file that it stands in.
    pub path: String,
    /// The line that it stands on, counted from 1.
    pub line: usize,
    /// The target's words.
    pub target: String,
    /// The sentence.
    pub text: String,
    /// Fields of the assertion that differ from what is assumed where nothing is said.
    pub says: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCueExample {
    target: Spanned<String>,
    text: String,
    #[serde(default)]
    says: BTreeMap<String, String>,
}

/// Reads the file of a category, by its name.
pub(super) fn parse(
    path: &str,
    name: &str,
    text: &str,
) -> Result<(Vec<Cue>, Vec<CueExample>), Error> {
    let (mut cues, mut examples) = (Vec::new(), Vec::new());
    let wrong = |problem: String| Error::Lexicon { place: format!("lexicons/{path}"), problem };
    let category = name.parse().map_err(|problem| wrong(format!("file name: {problem}")))?;
    let file: RawFile = parse_toml(path, text)?;
    for raw in file.cue {
        let cue = |name: &str, terms: Vec<String>, patterns: Vec<String>| Cue {
            id: format!("{category}:{name}"),
            category,
            direction: raw.direction,
            window: raw.window,
            ends: raw.ends.clone(),
            terms,
            patterns,
        };
        // One cue a term, so that its id says what was read.
        for term in raw.terms {
            let term = term.to_lowercase();
            cues.push(cue(&term, vec![term.clone()], Vec::new()));
        }
        if !raw.patterns.is_empty() {
            let id = raw.id.as_deref().ok_or_else(|| {
                wrong("a cue with patterns needs an `id` that reports can show".to_owned())
            })?;
            cues.push(cue(id, Vec::new(), raw.patterns));
        }
    }
    let lines = Lines::of(text);
    for raw in file.example {
        for field in raw.says.keys() {
            if !ASSERTION_FIELDS.contains(&field.as_str()) {
                let fields = ASSERTION_FIELDS.join(", ");
                return Err(wrong(format!("an example: no field `{field}`; there are {fields}")));
            }
        }
        examples.push(CueExample {
            path: path.to_owned(),
            line: lines.at(raw.target.span().start),
            target: raw.target.into_inner(),
            text: raw.text,
            says: raw.says,
        });
    }
    Ok((cues, examples))
}

/// The fields of an assertion, as examples name them.
const ASSERTION_FIELDS: &[&str] = &["polarity", "certainty", "time", "experiencer", "origin"];
