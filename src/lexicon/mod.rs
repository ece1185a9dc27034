//! Clinical knowledge as data: TOML and CSV files to one compiled [`Lexicon`].
//!
//! The files are embedded in the program; a folder can stand in for any of them.
//! Parsing takes texts, not paths: whoever reads files does it elsewhere.

mod anchors;
mod codes;
mod compile;
mod concepts;
mod cues;
mod drugs;
mod examples;
mod load;
mod needles;
mod pattern;
mod sections;
mod terms;
mod vocabulary;
mod words;

use std::collections::BTreeMap;
use std::sync::OnceLock;

pub use codes::{CodeTable, Codes};
use compile::Compiled;
pub use concepts::Concept;
pub use cues::{Cue, CueCategory, CueExample, Direction};
pub use examples::Example;
use include_dir::{Dir, include_dir};
use load::Contents;
pub(crate) use pattern::Pattern;
use rustc_hash::FxHashMap;
use terms::Terms;
pub use vocabulary::Vocabulary;
use words::Made;
pub use words::WordList;
pub(crate) use words::WordPattern;

use crate::error::Error;
use crate::segment::Headings;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/lexicons");

/// Lexicon files by their path inside `lexicons/`.
pub type Files = BTreeMap<String, String>;

/// The files that the program carries with it.
pub fn embedded_files() -> Files {
    fn collect(dir: &Dir<'_>, files: &mut Files) {
        for file in dir.files() {
            if let Some(text) = file.contents_utf8() {
                files.insert(file.path().to_string_lossy().replace('\\', "/"), text.to_owned());
            }
        }
        dir.dirs().for_each(|dir| collect(dir, files));
    }
    let mut files = Files::new();
    collect(&EMBEDDED, &mut files);
    files
}

/// Everything that rules look up, compiled for searching.
#[derive(Debug)]
pub struct Lexicon {
    /// Section headings.
    pub headings: Headings,
    /// Concepts, ordered by file.
    pub concepts: Vec<Concept>,
    /// Lists of words that readers' patterns ask for, ordered by file.
    pub word_lists: Vec<WordList>,
    /// Context cues, ordered by file.
    pub cues: Vec<Cue>,
    /// The diagnosis codes that there are.
    pub codes: Codes,
    /// Examples from the concept files.
    pub examples: Vec<Example>,
    /// Examples from the cue files.
    pub cue_examples: Vec<CueExample>,
    /// Names of the concept files without their ending: the groups.
    groups: Vec<String>,
    /// The numbers of the groups, by name.
    numbers: FxHashMap<String, usize>,
    /// All terms of concepts and cues.
    pub(crate) terms: Terms,
    /// What each term of `terms` stands for.
    pub(crate) meanings: Vec<Meaning>,
    /// Patterns, each with what a match stands for.
    pub(crate) patterns: Vec<(Pattern, Meaning)>,
    /// Patterns that may match anywhere; the others begin with a term.
    pub(crate) anywhere: Vec<usize>,
    /// Patterns whose matches hold one of the words that [`Meaning::Needle`] tells of.
    pub(crate) needy: Vec<usize>,
    /// Readers' patterns with the words of the lists.
    made: Made,
    /// The words of all terms, gathered when OCR's first word is looked at.
    vocabulary: OnceLock<Vocabulary>,
}

/// What a term stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Index into the concepts, and the concept's group.
    Concept(u32, u32),
    /// Index into the cues.
    Cue(u32),
    /// The beginning of matches of a pattern; index into the patterns.
    Pattern(u32),
    /// A word of which every match of a pattern holds one; index into the patterns.
    Needle(u32),
}

impl Lexicon {
    /// Compiles the embedded lexicon.
    ///
    /// # Errors
    /// Only if the files that were built in are wrong, which the tests rule out.
    pub fn embedded() -> Result<Self, Error> {
        Self::parse(&embedded_files())
    }

    /// Compiles lexicon files; policies and templates among them are left alone.
    ///
    /// # Errors
    /// If a file is not of its form: unknown fields, unknown words of a closed set,
    /// patterns that do not compile, ids that come twice.
    pub fn parse(files: &Files) -> Result<Self, Error> {
        let contents = Contents::read(files)?;
        let Compiled { terms, meanings, patterns, anywhere, needy } = Compiled::of(&contents)?;
        let terms = Terms::new(&terms);
        Ok(Self {
            headings: contents.headings,
            concepts: contents.concepts,
            word_lists: contents.word_lists,
            cues: contents.cues,
            codes: contents.codes,
            examples: contents.examples,
            cue_examples: contents.cue_examples,
            numbers: contents.groups.iter().cloned().zip(0..).collect(),
            groups: contents.groups,
            terms,
            meanings,
            patterns,
            anywhere,
            needy,
            made: Made::default(),
            vocabulary: OnceLock::new(),
        })
    }

    /// How many patterns there are, and how many of them are tried everywhere in a text because
    /// no word begins them.
    pub fn count_patterns(&self) -> (usize, usize) {
        (self.patterns.len(), self.anywhere.len())
    }

    /// The words of all terms and headings.
    pub fn vocabulary(&self) -> &Vocabulary {
        self.vocabulary.get_or_init(|| Vocabulary::of(self))
    }

    /// A list of words by its name, "outcome/ended"; `None` where no file has it.
    fn words(&self, name: &str) -> Option<&WordList> {
        self.word_lists.iter().find(|list| list.name == name)
    }

    /// The number of a group by its name; `None` where there is no such file.
    pub fn group(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    /// How many groups there are.
    pub(crate) fn count_groups(&self) -> usize {
        self.groups.len()
    }

    /// The name of a group.
    pub fn group_name(&self, group: usize) -> &str {
        &self.groups[group]
    }
}

/// Parses a TOML file, naming file and line where it is wrong.
pub(crate) fn parse_toml<T: serde::de::DeserializeOwned>(
    path: &str,
    text: &str,
) -> Result<T, Error> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| Lines::of(text).at(span.start));
        Error::Lexicon {
            place: format!("lexicons/{path}:{line}"),
            problem: error.message().to_owned(),
        }
    })
}

/// Where the lines of a file begin, to tell which line a byte stands on.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// The line of a byte, counted from 1.
    fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|&start| start <= byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_lexicon_compiles() {
        let lexicon = Lexicon::embedded().unwrap();
        assert!(lexicon.concepts.len() >= 5 && lexicon.cues.len() >= 100);
    }

    #[test]
    fn an_unknown_field_is_named_with_its_line() {
        let files = Files::from([(
            "concepts/x.toml".into(),
            "[[concept]]\nid = \"a\"\nterm = [\"b\"]\n".into(),
        )]);
        let error = Lexicon::parse(&files).unwrap_err().to_string();
        assert!(error.starts_with("lexicons/concepts/x.toml:3: unknown field `term`"), "{error}");
    }
}
