//! The terms of a lexicon in one table: which of them begin at a place of a text.

use rayon::slice::ParallelSliceMut;

use crate::span::Span;

/// Most bytes of a term that the table is asked for; what follows them is searched in order.
const BEGINNING: usize = 6;

/// What no term's number is.
const NONE: u32 = u32::MAX;

/// Terms, searched where words begin.
#[derive(Debug)]
pub(crate) struct Terms {
    /// By the first two bytes of a term, how long the beginnings are that begin so: a bit each.
    lengths: Vec<u8>,
    /// The beginnings, each at the place that its bytes come to or at the next free one.
    beginnings: Vec<Beginning>,
    /// The terms in alphabetical order.
    terms: Vec<Term>,
    /// What follows the beginnings, one behind the other.
    rests: Vec<u8>,
}

/// The first bytes of terms, and where those stand that begin so.
#[derive(Clone, Copy, Debug, Default)]
struct Beginning {
    /// The bytes and how many they are; 0 where none stands.
    bytes: u64,
    terms: (u32, u32),
}

/// A term by its number.
#[derive(Clone, Copy, Debug)]
struct Term {
    /// The first bytes of its rest, to be compared at once.
    first: u64,
    /// Where its rest begins and ends.
    rest: (u32, u32),
    number: u32,
    /// The longest term of the same beginning that this one begins with.
    shorter: u32,
}

impl Term {
    fn rest(&self) -> Span {
        Span::new(self.rest.0 as usize, self.rest.1 as usize)
    }
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

/// The first eight bytes of a text as a number that is in order as the text is.
#[inline]
fn first(text: &[u8]) -> u64 {
    if let Some(bytes) = text.first_chunk() {
        return u64::from_be_bytes(*bytes);
    }
    let mut bytes = [0; 8];
    bytes[..text.len()].copy_from_slice(text);
    u64::from_be_bytes(bytes)
}

/// The beginning of so many bytes as a number, from the first eight.
#[inline]
fn beginning(first: u64, length: usize) -> u64 {
    first & !(u64::MAX >> (8 * length)) | length as u64
}

/// Where the first two bytes of a text, from the first eight, have their lengths.
#[inline]
fn pair(first: u64) -> usize {
    (first >> 48) as usize
}

/// Where a beginning may stand among so many places, spread by a number without a pattern: the product's
/// highest bits follow from all of the bytes.
#[inline]
fn place(beginning: u64, places: usize) -> usize {
    (beginning.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - places.trailing_zeros())) as usize
}

impl Terms {
    /// Puts the terms in order; each is told by its number.
    pub(super) fn new(listed: &Listed) -> Self {
        let all: Vec<&[u8]> = listed.all().collect();
        let mut ordered: Vec<(u64, u32)> =
            all.iter().map(|&term| first(term)).zip(0..).filter(|&(key, _)| key != 0).collect();
        ordered.par_sort_unstable_by(|&(a, one), &(b, other)| {
            let rest = || all[one as usize].cmp(all[other as usize]).then(one.cmp(&other));
            a.cmp(&b).then_with(rest)
        });
        let parted =
            |number: u32| all[number as usize].split_at(all[number as usize].len().min(BEGINNING));
        let mut terms: Vec<Term> = Vec::with_capacity(ordered.len());
        let mut rests: Vec<u8> = Vec::with_capacity(listed.text.len());
        let mut ranges: Vec<Beginning> = Vec::with_capacity(ordered.len());
        for alike in ordered.chunk_by(|a, b| parted(a.1).0 == parted(b.1).0) {
            let start = terms.len() as u32;
            for &(_, number) in alike {
                let rest = parted(number).1;
                let last = (terms.len() as u32 > start).then(|| terms.len() as u32 - 1);
                let mut shorter = last.unwrap_or(NONE);
                while let Some(before) = terms.get(shorter as usize)
                    && !rest.starts_with(&rests[before.rest().range()])
                {
                    shorter = before.shorter;
                }
                let from = rests.len() as u32;
                rests.extend_from_slice(rest);
                let term =
                    Term { first: first(rest), rest: (from, rests.len() as u32), number, shorter };
                terms.push(term);
            }
            let bytes = beginning(alike[0].0, parted(alike[0].1).0.len());
            ranges.push(Beginning { bytes, terms: (start, terms.len() as u32) });
        }
        let mut lengths = vec![0; 1 << 16];
        let mut beginnings = vec![Beginning::default(); (2 * ranges.len() + 2).next_power_of_two()];
        for beginning in ranges {
            let (at, length) = (pair(beginning.bytes), beginning.bytes as u8);
            // Any second byte may follow a term of one.
            let alike = if length == 1 { 256 } else { 1 };
            lengths[at..at + alike].iter_mut().for_each(|l| *l |= 1 << (length - 1));
            let mut at = place(beginning.bytes, beginnings.len());
            while beginnings[at].bytes != 0 {
                at = (at + 1) & (beginnings.len() - 1);
            }
            beginnings[at] = beginning;
        }
        Self { lengths, beginnings, terms, rests }
    }

    /// Tells every term that stands at `at`: its number and its end.
    #[inline]
    pub(crate) fn each(&self, text: &[u8], at: usize, mut found: impl FnMut(u32, usize)) {
        let begins = first(&text[at..]);
        let mut lengths = self.lengths[pair(begins)];
        while lengths != 0 {
            let length = lengths.trailing_zeros() as usize + 1;
            lengths &= lengths - 1;
            let Some(behind) = text.get(at + length..) else { return };
            let mut term = self.last_before(self.terms_of(beginning(begins, length)), behind);
            // All that begin the text behind are among those that the last one before it begins with.
            while let Some(before) = self.terms.get(term as usize) {
                if behind.starts_with(&self.rests[before.rest().range()]) {
                    break;
                }
                term = before.shorter;
            }
            while let Some(here) = self.terms.get(term as usize) {
                found(here.number, at + length + here.rest().len());
                term = here.shorter;
            }
        }
    }

    /// The terms of a beginning: from where to where they stand.
    #[inline]
    fn terms_of(&self, bytes: u64) -> (usize, usize) {
        let mut at = place(bytes, self.beginnings.len());
        loop {
            let Beginning { bytes: here, terms } = self.beginnings[at];
            if here == bytes || here == 0 {
                return (terms.0 as usize, terms.1 as usize);
            }
            at = (at + 1) & (self.beginnings.len() - 1);
        }
    }

    /// The last of some terms whose rest does not stand behind a text in order.
    #[inline]
    fn last_before(&self, (start, end): (usize, usize), text: &[u8]) -> u32 {
        let bytes = first(text);
        let before = |term: &Term| {
            term.first < bytes || term.first == bytes && self.rests[term.rest().range()] <= *text
        };
        let count = self.terms[start..end].partition_point(before);
        if count == 0 { NONE } else { (start + count - 1) as u32 }
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
        let terms = Terms::new(&listed);
        terms.each(text.as_bytes(), at, |term, end| found.push((term, end)));
        found.sort_unstable();
        found
    }

    #[test]
    fn every_term_at_a_place_is_told() {
        let terms = ["a fib", "a fibrillation", "a", "fib", "a fib"];
        assert_eq!(at(&terms, "a fibrillation", 0), [(0, 5), (1, 14), (2, 1), (4, 5)]);
        assert_eq!(at(&terms, "a fibrillation", 2), [(3, 5)]);
        assert_eq!(at(&terms, "an a fib", 3), [(0, 8), (2, 4), (4, 8)]);
        assert_eq!(at(&terms, "zoster", 0), []);
        assert_eq!(at(&[], "a", 0), []);
    }

    proptest! {
        #[test]
        fn what_is_told_is_what_stands_there(
            terms in proptest::collection::vec("[ab ]{1,9}", 0..24),
            text in "[ab ]{1,20}",
        ) {
            let expect: Vec<(u32, usize)> = terms
                .iter()
                .zip(0u32..)
                .filter(|(term, _)| text.starts_with(term.as_str()))
                .map(|(term, n)| (n, term.len()))
                .collect();
            let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
            prop_assert_eq!(at(&terms, &text, 0), expect);
        }
    }
}
