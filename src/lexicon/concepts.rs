//! Concept files: `lexicons/concepts/<group>.toml`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::words::{RawWords, WordList};
use super::{Example, Lines, examples::RawExample, parse_toml};
use crate::error::Error;

/// Something that a text may mention.
#[derive(Clone, Debug, PartialEq)]
pub struct Concept {
    /// Id, unique in its group; where a kind has a closed set, one of its words.
    pub id: String,
    /// The file that it is from.
    pub group: usize,
    /// Words that name it, in lower case.
    pub terms: Vec<String>,
    /// Regular expressions over the folded text (lower case, single spaces).
    pub patterns: Vec<String>,
    /// What a mention says besides: field names, each with its value.
    pub fields: Vec<(Cow<'static, str>, String)>,
    /// The line of its file that it begins on, counted from 1.
    pub line: usize,
    /// Whether a mention only hides others that it overlaps ("iliac crest bone graft").
    pub hides: bool,
}

impl Concept {
    /// A field by name.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    concept: Vec<RawConcept>,
    #[serde(default)]
    words: Vec<RawWords>,
    #[serde(default)]
    example: Vec<RawExample>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConcept {
    id: Spanned<String>,
    #[serde(default)]
    terms: Vec<String>,
    #[serde(default)]
    patterns: Vec<String>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    #[serde(default)]
    hides: bool,
}

/// What concept files hold.
#[derive(Default)]
pub(super) struct Read {
    pub concepts: Vec<Concept>,
    pub lists: Vec<WordList>,
    pub examples: Vec<Example>,
}

/// Reads the file of a group, by its name; whoever puts files together numbers the groups.
pub(super) fn parse(path: &str, name: &str, text: &str) -> Result<Read, Error> {
    let Read { mut concepts, mut lists, mut examples } = Read::default();
    let file: RawFile = parse_toml(path, text)?;
    let lines = Lines::of(text);
    for raw in file.concept {
        let line = lines.at(raw.id.span().start);
        let id = raw.id.into_inner();
        let wrong = |problem: String| Error::Lexicon {
            place: format!("lexicons/{path}:{line}: `{id}`"),
            problem,
        };
        if concepts.iter().any(|c| c.id == id) {
            return Err(wrong("this id comes twice; ids are unique in a file".into()));
        }
        if raw.terms.is_empty() && raw.patterns.is_empty() {
            return Err(wrong("neither terms nor patterns; give at least one".into()));
        }
        let terms = raw.terms.iter().map(|t| t.trim().to_lowercase()).collect();
        concepts.push(Concept {
            id,
            group: 0,
            line,
            terms,
            patterns: raw.patterns,
            fields: raw.fields.into_iter().map(|(name, value)| (name.into(), value)).collect(),
            hides: raw.hides,
        });
    }
    for raw in file.words {
        let list = raw.read(path, name, &lines, &lists)?;
        lists.push(list);
    }
    for raw in file.example {
        examples.push(raw.read(path, &lines)?);
    }
    Ok(Read { concepts, lists, examples })
}
