//! The terms and patterns of concepts and cues on their way into one automaton.

use rayon::prelude::*;

use super::Meaning;
use super::load::Contents;
use super::pattern::{Pattern, Places};
use super::terms::Listed;
use crate::error::Error;

/// Terms and patterns, each with what it stands for.
#[derive(Default)]
pub(super) struct Compiled {
    pub terms: Listed,
    /// What each term stands for.
    pub meanings: Vec<Meaning>,
    pub patterns: Vec<(Pattern, Meaning)>,
    /// Patterns that no term begins.
    pub anywhere: Vec<usize>,
    /// Patterns whose matches hold one of their needles.
    pub needy: Vec<usize>,
}

/// A pattern as its file has it, with what it stands for.
struct Source<'c> {
    pattern: &'c str,
    meaning: Meaning,
    /// File and id of what it is a pattern of.
    place: (&'static str, &'c str, &'c str),
}

impl Compiled {
    /// Gathers the terms and checks the patterns of what the files hold.
    ///
    /// # Errors
    /// For the first pattern that is not well formed.
    pub(super) fn of(contents: &Contents) -> Result<Self, Error> {
        let sources = sources(contents);
        let (mut compiled, patterns) = rayon::join(
            || Self::of_terms(contents),
            || -> Vec<_> { sources.par_iter().map(|s| Pattern::new(s.pattern)).collect() },
        );
        for (source, pattern) in sources.iter().zip(patterns) {
            let (pattern, places) = pattern.map_err(|problem| {
                let (folder, file, id) = source.place;
                Error::Lexicon {
                    place: format!("lexicons/{folder}/{file}.toml: `{id}`"),
                    problem: format!("pattern does not compile: {problem}"),
                }
            })?;
            compiled.add_pattern(pattern, places, source.meaning);
        }
        Ok(compiled)
    }

    fn of_terms(contents: &Contents) -> Self {
        let mut compiled = Self::default();
        for (concept, meaning) in contents.concepts.iter().zip(concept_meanings(contents)) {
            for term in &concept.terms {
                each_variant(term, |variant| compiled.add_term(variant, meaning));
            }
        }
        for (cue, meaning) in contents.cues.iter().zip((0..).map(Meaning::Cue)) {
            for term in &cue.terms {
                compiled.add_term(&[&term.to_lowercase()], meaning);
            }
        }
        compiled
    }

    /// Adds a term by its pieces.
    fn add_term(&mut self, term: &[&str], meaning: Meaning) {
        self.terms.push(term);
        self.meanings.push(meaning);
    }

    /// A pattern is tried where one of its beginnings stands, or everywhere; what it needs is looked for.
    fn add_pattern(&mut self, pattern: Pattern, places: Places, meaning: Meaning) {
        let index = self.patterns.len() as u32;
        match places.anchors {
            Some(words) => {
                words.iter().for_each(|word| self.add_term(&[word], Meaning::Pattern(index)));
            }
            None => self.anywhere.push(index as usize),
        }
        if let Some(words) = places.needles {
            self.needy.push(index as usize);
            words.iter().for_each(|word| self.add_term(&[word], Meaning::Needle(index)));
        }
        self.patterns.push((pattern, meaning));
    }
}

fn concept_meanings(contents: &Contents) -> impl Iterator<Item = Meaning> {
    let groups = contents.concepts.iter().map(|concept| concept.group as u32);
    (0..).zip(groups).map(|(concept, group)| Meaning::Concept(concept, group))
}

/// The patterns of all concepts, then those of all cues.
fn sources(contents: &Contents) -> Vec<Source<'_>> {
    let concepts = contents.concepts.iter().zip(concept_meanings(contents));
    let of_concepts = concepts.flat_map(|(concept, meaning)| {
        let place = ("concepts", contents.groups[concept.group].as_str(), concept.id.as_str());
        concept.patterns.iter().map(move |pattern| Source { pattern, meaning, place })
    });
    let cues = contents.cues.iter().zip((0..).map(Meaning::Cue));
    let of_cues = cues.flat_map(|(cue, meaning)| {
        let place = ("modifiers", cue.category.as_str(), cue.id.as_str());
        cue.patterns.iter().map(move |pattern| Source { pattern, meaning, place })
    });
    of_concepts.chain(of_cues).collect()
}

/// Tells the forms that a term is searched in, by their pieces: singular and plural, with and
/// without hyphens.
fn each_variant(term: &str, mut found: impl FnMut(&[&str])) {
    let plural = term.len() >= 4
        && term.chars().last().is_some_and(|c| c.is_ascii_alphabetic() && !matches!(c, 's' | 'x'));
    let mut both = |form: &str| {
        found(&[form]);
        if plural {
            found(&[form, "s"]);
        }
    };
    both(term);
    // A hyphen within a word or two; that of "- some" is a dash.
    if term.contains('-') && term.split([' ', '-']).all(|word| !word.is_empty()) {
        both(&term.replace('-', " "));
    }
}
