//! The words that a lexicon's terms are made of, to judge what OCR read.

use std::collections::{HashMap, HashSet};

use super::{CueCategory, Lexicon};

/// Small words that run into their neighbours when a space is lost.
const SMALL: &[&str] = &[
    "the", "of", "and", "with", "for", "was", "is", "has", "had", "her", "his", "in", "on", "to",
    "at", "by", "from", "test", "sign", "who", "that", "which", "shows", "reveals", "revealed",
    "showed", "per", "any", "patient", "daily", "times",
];

/// The words that a lexicon knows.
#[derive(Debug, Default)]
pub struct Vocabulary {
    known: HashSet<String>,
    /// Long words by their length.
    long: HashMap<usize, Vec<String>>,
    denying: HashSet<String>,
    /// Short words by the word that follows them in a long term, and by the one before them.
    preceding: HashMap<String, Vec<String>>,
    following: HashMap<String, Vec<String>>,
}

impl Vocabulary {
    /// Shortest word that may be taken for another by its letters alone.
    pub const SHORTEST_LONG: usize = 7;

    /// Shortest word that may be taken for another beside the rest of its term.
    pub const SHORTEST_PAIRED: usize = 4;

    /// Fewest letters of two words of a term by which the shorter one is told.
    const LONG_PAIR: usize = 10;

    /// Gathers the words of a lexicon's terms and headings.
    pub fn of(lexicon: &Lexicon) -> Self {
        let mut words = Self::default();
        let split = |c: char| !(c.is_alphanumeric() || c == '\'');
        for cue in lexicon.cues.iter().filter(|cue| cue.category == CueCategory::Negated) {
            let own = cue.terms.iter().flat_map(|term| term.split(split));
            words.denying.extend(own.map(str::to_owned));
        }
        let terms = lexicon.concepts.iter().flat_map(|concept| &concept.terms);
        let cues = lexicon.cues.iter().flat_map(|cue| &cue.terms);
        let all = terms.chain(cues).map(String::as_str).chain(lexicon.headings.all());
        for word in all.flat_map(|term| term.split(split)).filter(|word| word.len() >= 2) {
            if words.known.insert(word.to_owned())
                && word.len() >= Self::SHORTEST_LONG
                && word.bytes().all(|b| b.is_ascii_alphabetic())
                && !words.denying.contains(word)
            {
                words.long.entry(word.len()).or_default().push(word.to_owned());
            }
        }
        for concept in &lexicon.concepts {
            for term in &concept.terms {
                words.add_pairs(term.split(split).filter(|word| !word.is_empty()).collect());
            }
        }
        for list in words.preceding.values_mut().chain(words.following.values_mut()) {
            list.sort();
            list.dedup();
        }
        words.known.extend(SMALL.iter().map(|word| (*word).to_owned()));
        words.long.values_mut().for_each(|list| list.sort());
        words
    }

    /// Keeps which short words stand beside which words of a term.
    fn add_pairs(&mut self, term: Vec<&str>) {
        let short = |word: &str| {
            (Self::SHORTEST_PAIRED..Self::SHORTEST_LONG).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_alphabetic())
        };
        for pair in term.windows(2) {
            let [first, second] = [pair[0], pair[1]];
            let long = first.len() + second.len() >= Self::LONG_PAIR;
            if !long || self.denies(first) || self.denies(second) {
                continue;
            }
            if short(first) {
                self.preceding.entry(second.to_owned()).or_default().push(first.to_owned());
            }
            if short(second) {
                self.following.entry(first.to_owned()).or_default().push(second.to_owned());
            }
        }
    }

    /// The short words that stand before this one in long terms, in alphabetical order.
    pub fn precedes(&self, word: &str) -> impl Iterator<Item = &str> {
        self.preceding.get(word).into_iter().flatten().map(String::as_str)
    }

    /// The short words that stand behind this one in long terms, in alphabetical order.
    pub fn follows(&self, word: &str) -> impl Iterator<Item = &str> {
        self.following.get(word).into_iter().flatten().map(String::as_str)
    }

    /// Whether a word denies, or is part of words that do.
    pub fn denies(&self, word: &str) -> bool {
        self.denying.contains(word)
    }

    /// The long words of a length in bytes that do not deny, in alphabetical order.
    pub fn long_words(&self, length: usize) -> impl Iterator<Item = &str> {
        self.long.get(&length).into_iter().flatten().map(String::as_str)
    }

    /// Whether a word is a small one that runs into its neighbours.
    pub fn is_small(word: &str) -> bool {
        SMALL.contains(&word)
    }

    /// Whether a word or its singular is among the terms' words.
    pub fn knows(&self, word: &str) -> bool {
        let stems = [word.strip_suffix('s'), word.strip_suffix("'s"), word.strip_suffix("es")];
        self.known.contains(word) || stems.into_iter().flatten().any(|s| self.known.contains(s))
    }
}
