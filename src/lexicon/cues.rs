//! Context cues: `lexicons/modifiers/<category>.toml`.

use serde::Deserialize;

use super::parse_toml;
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
    /// The words, in lower case.
    pub terms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    cue: Vec<RawCue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCue {
    terms: Vec<String>,
    direction: Direction,
    window: Option<usize>,
}

pub(super) fn parse(path: &str, name: &str, text: &str, cues: &mut Vec<Cue>) -> Result<(), Error> {
    let category = name.parse().map_err(|problem| Error::Lexicon {
        place: format!("lexicons/{path}"),
        problem: format!("file name: {problem}"),
    })?;
    let file: RawFile = parse_toml(path, text)?;
    for raw in file.cue {
        // One cue a term, so that its id says what was read.
        for term in raw.terms {
            let term = term.to_lowercase();
            cues.push(Cue {
                id: format!("{category}:{term}"),
                category,
                direction: raw.direction,
                window: raw.window,
                terms: vec![term],
            });
        }
    }
    Ok(())
}
