//! The terms of a lexicon in one automaton: which of them begin at a place of a text.

use std::ops::Range;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};
use rayon::slice::ParallelSliceMut;

use crate::error::Error;
use crate::span::Span;

/// Most bytes of a term that the automaton holds; what follows them is compared in one piece.
/// An automaton of whole terms takes longer to compile than all else that is loaded.
const BEGINNING: usize = 6;

/// Terms, searched where words begin.
#[derive(Debug)]
pub(crate) struct Terms {
    /// The beginnings of the terms, each once.
    automaton: NFA,
    /// Where each search begins.
    start: StateID,
    /// By beginning, where its terms stand in `terms`.
    ranges: Vec<Range<usize>>,
    /// The terms by their beginnings, shorter ones first.
    terms: Vec<Term>,
    /// What follows the beginnings, one behind the other.
    rests: Vec<u8>,
}

/// A term by its number, and where its rest stands.
#[derive(Clone, Copy, Debug)]
struct Term {
    number: u32,
    rest: Span,
}

impl Terms {
    /// Compiles the terms; each is told by its number.
    ///
    /// # Errors
    /// [`Error::Lexicon`] where they are too many.
    pub(super) fn new(terms: &[String]) -> Result<Self, Error> {
        let too_many = |problem: String| Error::Lexicon {
            place: "lexicons".into(),
            problem: format!("cannot compile the terms: {problem}"),
        };
        let mut parted: Vec<(&[u8], &[u8], u32)> = terms
            .iter()
            .zip(0..)
            .map(|(term, number)| {
                let (beginning, rest) = term.as_bytes().split_at(term.len().min(BEGINNING));
                (beginning, rest, number)
            })
            .collect();
        parted
            .par_sort_unstable_by_key(|&(beginning, rest, number)| (beginning, rest.len(), number));
        let (mut beginnings, mut ranges) = (Vec::new(), Vec::new());
        let (mut sorted, mut rests) = (Vec::with_capacity(parted.len()), Vec::new());
        for alike in parted.chunk_by(|a, b| a.0 == b.0) {
            beginnings.push(alike[0].0);
            ranges.push(sorted.len()..sorted.len() + alike.len());
            for &(_, rest, number) in alike {
                sorted
                    .push(Term { number, rest: Span::new(rests.len(), rests.len() + rest.len()) });
                rests.extend_from_slice(rest);
            }
        }
        let automaton = NFA::builder()
            .match_kind(MatchKind::Standard)
            .build(beginnings)
            .map_err(|error| too_many(error.to_string()))?;
        let start =
            automaton.start_state(Anchored::Yes).map_err(|error| too_many(error.to_string()))?;
        Ok(Self { automaton, start, ranges, terms: sorted, rests })
    }

    /// Tells every term that stands at `at`, shortest first: its number and its end.
    ///
    /// The states are walked here, since a search of the library's own begins anew behind each
    /// match, and at most words that begin a term several do.
    #[inline]
    pub(crate) fn each(&self, text: &[u8], at: usize, mut found: impl FnMut(u32, usize)) {
        let mut state = self.start;
        for (end, &byte) in (at + 1..).zip(&text[at..]) {
            state = self.automaton.next_state(Anchored::Yes, state, byte);
            if !self.automaton.is_special(state) {
                continue;
            }
            if self.automaton.is_dead(state) {
                return;
            }
            if !self.automaton.is_match(state) {
                continue;
            }
            // A state tells of the beginnings that end its own too; those have their turn at
            // their place. Its own comes first.
            let beginning = self.automaton.match_pattern(state, 0);
            if self.automaton.pattern_len(beginning) < end - at {
                continue;
            }
            let behind = &text[end..];
            for term in &self.terms[self.ranges[beginning.as_usize()].clone()] {
                let rest = &self.rests[term.rest.range()];
                // Most are empty or differ in the first byte, which is told sooner than compared.
                let same = || behind.first() == rest.first() && behind.starts_with(rest);
                if rest.is_empty() || same() {
                    found(term.number, end + rest.len());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(terms: &[&str], text: &str, at: usize) -> Vec<(u32, usize)> {
        let terms: Vec<String> = terms.iter().map(|&term| term.to_owned()).collect();
        let mut found = Vec::new();
        let terms = Terms::new(&terms).unwrap();
        terms.each(text.as_bytes(), at, |term, end| found.push((term, end)));
        found
    }

    #[test]
    fn every_term_at_a_place_is_told() {
        let terms = ["a fib", "a fibrillation", "a", "fib", "a fib"];
        assert_eq!(at(&terms, "a fibrillation", 0), [(2, 1), (0, 5), (4, 5), (1, 14)]);
        assert_eq!(at(&terms, "a fibrillation", 2), [(3, 5)]);
        assert_eq!(at(&terms, "an a fib", 3), [(2, 4), (0, 8), (4, 8)]);
        assert_eq!(at(&terms, "zoster", 0), []);
        assert_eq!(at(&[], "a", 0), []);
    }

    proptest! {
        #[test]
        fn what_is_told_is_what_stands_there(
            terms in proptest::collection::vec("[ab ]{1,5}", 0..12),
            text in "[ab ]{1,12}",
        ) {
            let expect: Vec<(u32, usize)> = terms
                .iter()
                .zip(0u32..)
                .filter(|(term, _)| text.starts_with(term.as_str()))
                .map(|(term, n)| (n, term.len()))
                .collect();
            let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
            let mut found = at(&terms, &text, 0);
            found.sort_unstable();
            prop_assert_eq!(found, expect);
        }
    }
}
