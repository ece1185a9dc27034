//! The terms of a lexicon in one automaton: which of them begin at a place of a text.

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};

use crate::error::Error;

/// Terms, searched where words begin.
#[derive(Debug)]
pub(crate) struct Terms {
    automaton: AhoCorasick,
    /// Whether a term begins with this byte: most words begin none.
    first: [bool; 256],
}

impl Terms {
    /// Compiles the terms; each is told by its number.
    ///
    /// # Errors
    /// [`Error::Lexicon`] where they are too many.
    pub(super) fn new(terms: &[String]) -> Result<Self, Error> {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Anchored)
            .build(terms)
            .map_err(|error| Error::Lexicon {
                place: "lexicons".into(),
                problem: format!("cannot compile the terms: {error}"),
            })?;
        let mut first = [false; 256];
        for byte in terms.iter().filter_map(|term| term.bytes().next()) {
            first[usize::from(byte)] = true;
        }
        Ok(Self { automaton, first })
    }

    /// Tells every term that stands at `at`, shortest first: its number and its end.
    #[inline]
    pub(crate) fn each(&self, text: &[u8], at: usize, mut found: impl FnMut(u32, usize)) {
        if !self.first[usize::from(text[at])] {
            return;
        }
        let input = Input::new(text).range(at..).anchored(Anchored::Yes);
        let mut state = OverlappingState::start();
        // The automaton is built for this kind of search, so it cannot refuse it.
        while self.automaton.try_find_overlapping(input.clone(), &mut state).is_ok()
            && let Some(hit) = state.get_match()
        {
            // It tells of a term's own ending terms too; those have their turn at their place.
            if hit.start() == at {
                found(hit.pattern().as_u32(), hit.end());
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
