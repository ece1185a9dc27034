//! The terms of a lexicon in one automaton: which of them begin at a place of a text.

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use crate::error::Error;

/// Terms, searched where words begin.
#[derive(Debug)]
pub(crate) struct Terms {
    automaton: NFA,
    /// Where each search begins.
    start: StateID,
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
        let automaton = NFA::builder()
            .match_kind(MatchKind::Standard)
            .build(terms)
            .map_err(|error| too_many(error.to_string()))?;
        let start =
            automaton.start_state(Anchored::Yes).map_err(|error| too_many(error.to_string()))?;
        Ok(Self { automaton, start })
    }

    /// Tells every term that stands at `at`, shortest first: its number and its end.
    ///
    /// The states are walked here, since a search of the library's own begins anew behind each
    /// match, and at most words that begin a term several do.
    #[inline]
    pub(crate) fn each(&self, text: &[u8], at: usize, mut found: impl FnMut(u32, usize)) {
        let mut state = self.start;
        for (length, &byte) in (1..).zip(&text[at..]) {
            state = self.automaton.next_state(Anchored::Yes, state, byte);
            if !self.automaton.is_special(state) {
                continue;
            }
            if self.automaton.is_dead(state) {
                return;
            }
            // A state tells of its term's own ending terms too; those have their turn at their place.
            let matches =
                if self.automaton.is_match(state) { self.automaton.match_len(state) } else { 0 };
            for index in 0..matches {
                let term = self.automaton.match_pattern(state, index);
                if self.automaton.pattern_len(term) < length {
                    break;
                }
                found(term.as_u32(), at + length);
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
