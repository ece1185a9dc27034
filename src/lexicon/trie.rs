//! The terms of a lexicon as a tree of bytes: which of them begin at a place of a text.

/// Terms, searched where words begin.
///
/// A general automaton finds terms anywhere and pays for it when it is built and at every byte;
/// terms are only ever asked for at the beginnings of words, where a plain tree is quicker.
pub(crate) struct Trie {
    /// In order of depth, so that those that are asked most often stand together; the last one
    /// only tells where the one before it ends.
    nodes: Vec<Node>,
    /// The node for each first byte, or `NONE`.
    first: [u32; 256],
    /// How many nodes there are for first bytes.
    roots: usize,
    /// The bytes that lead on from the nodes; the first one leads to the first node behind the
    /// roots, and so on.
    labels: Vec<u8>,
    /// Numbers of terms.
    ends: Vec<u32>,
    /// Bytes between nodes.
    tails: Vec<u8>,
}

/// Where terms part or end. Each of its lists goes on to where that of the next node begins.
#[derive(Clone, Copy)]
struct Node {
    /// Bytes that have to follow first, in `tails`.
    tail: u32,
    /// Its terms, in `ends`.
    ends: u32,
    /// What leads on, in `labels`.
    labels: u32,
}

const NONE: u32 = u32::MAX;

impl Trie {
    /// Builds the tree; terms are told by their numbers. Empty terms are left out.
    pub(super) fn new(terms: &[String]) -> Self {
        let bytes = |n: &u32| terms[*n as usize].as_bytes();
        let mut order: Vec<u32> =
            (0..terms.len() as u32).filter(|n| !bytes(n).is_empty()).collect();
        order.sort_by(|a, b| bytes(a).cmp(bytes(b)));
        // The terms of each node and how many bytes lead there, in the order of the nodes.
        let mut own: Vec<(&[u32], usize)> =
            order.chunk_by(|a, b| bytes(a)[0] == bytes(b)[0]).map(|same| (same, 1)).collect();
        let mut trie = Self {
            nodes: Vec::new(),
            first: [NONE; 256],
            roots: own.len(),
            labels: Vec::new(),
            ends: Vec::new(),
            tails: Vec::new(),
        };
        for ((same, _), node) in own.iter().zip(0..) {
            trie.first[usize::from(bytes(&same[0])[0])] = node;
        }
        let mut at = 0;
        while let Some(&(terms, depth)) = own.get(at) {
            at += 1;
            trie.begin_node();
            let lowest = &bytes(&terms[0])[depth..];
            let highest = &bytes(&terms[terms.len() - 1])[depth..];
            let common = lowest.iter().zip(highest).take_while(|(a, b)| a == b).count();
            trie.tails.extend(&lowest[..common]);
            let depth = depth + common;
            let ending = terms.partition_point(|n| bytes(n).len() == depth);
            trie.ends.extend(&terms[..ending]);
            for same in terms[ending..].chunk_by(|a, b| bytes(a)[depth] == bytes(b)[depth]) {
                trie.labels.push(bytes(&same[0])[depth]);
                own.push((same, depth + 1));
            }
        }
        trie.begin_node();
        trie
    }

    fn begin_node(&mut self) {
        self.nodes.push(Node {
            tail: self.tails.len() as u32,
            ends: self.ends.len() as u32,
            labels: self.labels.len() as u32,
        });
    }

    /// Tells every term that stands at `at`, shortest first: its number and its end.
    #[inline]
    pub(crate) fn each(&self, text: &[u8], at: usize, mut found: impl FnMut(u32, usize)) {
        let first = self.first[usize::from(text[at])];
        if first == NONE {
            return;
        }
        let (mut node, mut at) = (first as usize, at + 1);
        loop {
            let (own, next) = (self.nodes[node], self.nodes[node + 1]);
            for byte in &self.tails[own.tail as usize..next.tail as usize] {
                if text.get(at) != Some(byte) {
                    return;
                }
                at += 1;
            }
            for &term in &self.ends[own.ends as usize..next.ends as usize] {
                found(term, at);
            }
            let Some(byte) = text.get(at) else { return };
            let labels = &self.labels[own.labels as usize..next.labels as usize];
            let Some(label) = labels.iter().position(|label| label == byte) else { return };
            node = self.roots + own.labels as usize + label;
            at += 1;
        }
    }
}

impl std::fmt::Debug for Trie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trie({} terms)", self.ends.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(terms: &[String], text: &str, at: usize) -> Vec<(u32, usize)> {
        let mut found = Vec::new();
        Trie::new(terms).each(text.as_bytes(), at, |term, end| found.push((term, end)));
        found.sort_unstable();
        found
    }

    #[test]
    fn terms_within_terms_and_the_same_one_twice_are_all_told() {
        let terms = ["no", "no pain", "nor", "no", "knee", ""].map(str::to_owned);
        assert_eq!(found(&terms, "no pains", 0), [(0, 2), (1, 7), (3, 2)]);
        assert_eq!(found(&terms, "sore knee", 5), [(4, 9)]);
        assert_eq!(found(&terms, "kne", 0), []);
    }

    proptest! {
        #[test]
        fn what_is_told_is_what_stands_there(
            terms in proptest::collection::vec("[ab ]{0,5}", 0..12),
            text in "[ab ]{1,12}",
        ) {
            let expect: Vec<(u32, usize)> = terms
                .iter()
                .zip(0u32..)
                .filter(|(term, _)| !term.is_empty() && text.starts_with(term.as_str()))
                .map(|(term, n)| (n, term.len()))
                .collect();
            prop_assert_eq!(found(&terms, &text, 0), expect);
        }
    }
}
