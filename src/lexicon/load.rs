//! What the files of a lexicon hold: each is read by itself, side by side, and all are put together
//! in the order of their names.

use rayon::prelude::*;

use super::codes::{CodeTable, Codes};
use super::concepts::{self, Concept};
use super::cues::{self, Cue, CueExample};
use super::examples::Example;
use super::words::WordList;
use super::{Files, drugs, sections};
use crate::error::Error;
use crate::segment::Headings;

/// What the files of a lexicon hold, not yet compiled for searching.
#[derive(Default)]
pub(super) struct Contents {
    pub headings: Headings,
    pub concepts: Vec<Concept>,
    pub word_lists: Vec<WordList>,
    pub cues: Vec<Cue>,
    pub codes: Codes,
    pub examples: Vec<Example>,
    pub cue_examples: Vec<CueExample>,
    /// Names of the concept files without their ending.
    pub groups: Vec<String>,
}

/// What one file holds.
enum Part {
    Headings(Box<Headings>),
    Concepts(String, concepts::Read),
    Cues(Vec<Cue>, Vec<CueExample>),
    Icd10cm(CodeTable),
    Icd9cm(CodeTable),
    /// Policies, templates and what else is no part of a lexicon.
    Other,
}

impl Part {
    fn parse(path: &str, text: &str) -> Result<Self, Error> {
        Ok(if path == "sections.toml" {
            Self::Headings(Box::new(sections::parse(path, text)?))
        } else if let Some(name) = stem(path, "modifiers/", ".toml") {
            let (cues, examples) = cues::parse(path, name, text)?;
            Self::Cues(cues, examples)
        } else if let Some(name) = stem(path, "concepts/", ".toml") {
            Self::Concepts(name.to_owned(), concepts::parse(path, name, text)?)
        } else if path == "icd10cm.csv" {
            Self::Icd10cm(CodeTable::parse(path, text)?)
        } else if path == "icd9cm.csv" {
            Self::Icd9cm(CodeTable::parse(path, text)?)
        } else if path == "drugs.csv" {
            let concepts = drugs::parse(path, text)?;
            Self::Concepts("drug".to_owned(), concepts::Read { concepts, ..Default::default() })
        } else {
            Self::Other
        })
    }
}

impl Contents {
    /// Reads every file; of several wrong ones the first by name is told.
    pub(super) fn read(files: &Files) -> Result<Self, Error> {
        let parts: Vec<Result<Part, Error>> =
            files.par_iter().map(|(path, text)| Part::parse(path, text)).collect();
        let mut contents = Self::default();
        for part in parts {
            contents.add(part?);
        }
        Ok(contents)
    }

    fn add(&mut self, part: Part) {
        match part {
            Part::Headings(headings) => self.headings = *headings,
            Part::Concepts(name, read) => {
                let group = self.groups.len();
                self.groups.push(name);
                let concepts = read.concepts.into_iter();
                self.concepts.extend(concepts.map(|concept| Concept { group, ..concept }));
                self.word_lists.extend(read.lists);
                self.examples.extend(read.examples);
            }
            Part::Cues(cues, examples) => {
                self.cues.extend(cues);
                self.cue_examples.extend(examples);
            }
            Part::Icd10cm(table) => self.codes.icd10cm = table,
            Part::Icd9cm(table) => self.codes.icd9cm = table,
            Part::Other => {}
        }
    }
}

fn stem<'a>(path: &'a str, folder: &str, ending: &str) -> Option<&'a str> {
    path.strip_prefix(folder)?.strip_suffix(ending)
}
