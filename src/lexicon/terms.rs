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

/// Terms by their numbers, one behind the other: some fifty thousand, each too small for a piece
/// of memory of its own.
#[derive(Default)]
pub(super) struct Listed {
    text: String,
    ends: Vec<usize>,
}

impl Listed {
    /// Adds a term, given in pieces.
    pub(super) fn push(&mut self, pieces: &[&str]) {
        self.text.extend(pieces.iter().copied());
        self.ends.push(self.text.len());
    }

    fn all(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(&start, &end)| &self.text.as_bytes()[start..end])
    }
}

/// A number that puts terms in order by their beginnings, and those alike by the length of what
/// follows.
fn order((beginning, rest): (&[u8], &[u8])) -> u64 {
    let mut bytes = [0; 8];
    bytes[..beginning.len()].copy_from_slice(beginning);
    let lengths = (beginning.len() as u64) << 13 | rest.len().min(0x1fff) as u64;
    u64::from_be_bytes(bytes) | lengths
}

impl Terms {
    /// Compiles the terms; each is told by its number.
    ///
    /// # Errors
    /// [`Error::Lexicon`] where they are too many.
    pub(super) fn new(terms: &Listed) -> Result<Self, Error> {
        let too_many = |problem: String| Error::Lexicon {
            place: "lexicons".into(),
            problem: format!("cannot compile the terms: {problem}"),
        };
        let parted: Vec<(&[u8], &[u8])> =
            terms.all().map(|term| term.split_at(term.len().min(BEGINNING))).collect();
        let mut ordered: Vec<(u64, u32)> =
            parted.iter().map(|&parts| order(parts)).zip(0..).collect();
        ordered.par_sort_unstable();
        let (mut beginnings, mut ranges) = (Vec::new(), Vec::new());
        let (mut sorted, mut rests) = (Vec::with_capacity(parted.len()), Vec::new());
        for alike in ordered.chunk_by(|a, b| parted[a.1 as usize].0 == parted[b.1 as usize].0) {
            beginnings.push(parted[alike[0].1 as usize].0);
            ranges.push(sorted.len()..sorted.len() + alike.len());
            for &(_, number) in alike {
                let rest = parted[number as usize].1;
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
        let mut listed = Listed::default();
        terms.iter().for_each(|&term| listed.push(&[term]));
        let mut found = Vec::new();
        let terms = Terms::new(&listed).unwrap();
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
