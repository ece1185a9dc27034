//! The terms of a lexicon as a tree of bytes: which of them begin at a place of a text.

/// Terms, searched where words begin.
///
/// A general automaton finds terms anywhere and pays for it when it is built and at every byte;
/// terms are only ever asked for at the beginnings of words, where a plain tree is quicker.
pub(crate) struct Trie {
    nodes: Vec<Node>,
    /// The node below the root for each first byte, or `NONE`.
    first: [u32; 256],
    /// Bytes that lead from a node to the next, each node's together and in order.
    labels: Vec<u8>,
    /// The node that each label leads to.
    targets: Vec<u32>,
    /// Numbers of terms, each node's together.
    ends: Vec<u32>,
    /// The last bytes of terms that share them with no other term.
    tails: Vec<u8>,
}

#[derive(Clone, Copy, Default)]
struct Node {
    /// Its labels.
    labels: (u32, u32),
    /// Bytes that have to follow before its terms end.
    tail: (u32, u32),
    /// Its terms.
    ends: (u32, u32),
}

const NONE: u32 = u32::MAX;

impl Trie {
    /// Builds the tree; terms are told by their numbers. Empty terms are left out.
    pub(super) fn new(terms: &[String]) -> Self {
        let mut order: Vec<u32> =
            (0..terms.len() as u32).filter(|&n| !terms[n as usize].is_empty()).collect();
        order.sort_by(|&a, &b| terms[a as usize].as_bytes().cmp(terms[b as usize].as_bytes()));
        let mut trie = Self {
            nodes: Vec::new(),
            first: [NONE; 256],
            labels: Vec::new(),
            targets: Vec::new(),
            ends: Vec::new(),
            tails: Vec::new(),
        };
        // Nodes that wait for what is below them: their terms, and how many bytes lead there.
        let mut open: Vec<(u32, &[u32], usize)> = Vec::new();
        for same in order
            .chunk_by(|&a, &b| terms[a as usize].as_bytes()[0] == terms[b as usize].as_bytes()[0])
        {
            let byte = terms[same[0] as usize].as_bytes()[0];
            trie.first[usize::from(byte)] = trie.nodes.len() as u32;
            open.push((trie.nodes.len() as u32, same, 1));
            trie.nodes.push(Node::default());
        }
        while let Some((at, own, depth)) = open.pop() {
            let bytes = |&n: &u32| terms[n as usize].as_bytes();
            let (lowest, highest) = (bytes(&own[0]), bytes(&own[own.len() - 1]));
            let start = trie.ends.len() as u32;
            if lowest == highest {
                trie.ends.extend(own);
                let tail = trie.tails.len() as u32;
                trie.tails.extend(&lowest[depth..]);
                let node = &mut trie.nodes[at as usize];
                node.tail = (tail, trie.tails.len() as u32);
                node.ends = (start, trie.ends.len() as u32);
                continue;
            }
            let ending = own.partition_point(|n| bytes(n).len() == depth);
            trie.ends.extend(&own[..ending]);
            trie.nodes[at as usize].ends = (start, trie.ends.len() as u32);
            let first = trie.labels.len() as u32;
            for same in own[ending..].chunk_by(|a, b| bytes(a)[depth] == bytes(b)[depth]) {
                trie.labels.push(bytes(&same[0])[depth]);
                trie.targets.push(trie.nodes.len() as u32);
                open.push((trie.nodes.len() as u32, same, depth + 1));
                trie.nodes.push(Node::default());
            }
            trie.nodes[at as usize].labels = (first, trie.labels.len() as u32);
        }
        trie
    }

    /// Tells every term that stands at `at`, shortest first: its number and its end.
    #[inline]
    pub(crate) fn each(&self, text: &[u8], at: usize, mut found: impl FnMut(u32, usize)) {
        let mut node = self.first[usize::from(text[at])];
        let mut at = at + 1;
        while node != NONE {
            let Node { labels, tail, ends } = self.nodes[node as usize];
            if ends.0 < ends.1 {
                let tail = &self.tails[tail.0 as usize..tail.1 as usize];
                if text[at..].starts_with(tail) {
                    for &term in &self.ends[ends.0 as usize..ends.1 as usize] {
                        found(term, at + tail.len());
                    }
                }
            }
            let Some(byte) = text.get(at) else { return };
            let own = &self.labels[labels.0 as usize..labels.1 as usize];
            let next = own.iter().position(|label| label == byte);
            node = next.map_or(NONE, |next| self.targets[labels.0 as usize + next]);
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
