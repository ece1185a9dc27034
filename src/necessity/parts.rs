//! Words of which a text is to have one, found in one walk over the text.
//!
//! Words and texts are short: with an automaton (aho-corasick) a decision takes 7 % more instructions.

use memchr::memchr2_iter;

/// Words, each of which may stand anywhere in a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    words: Vec<String>,
    /// For each first letter of a word, the second letters that follow it, a bit each. Bytes that are
    /// no letters share the place of one.
    heads: [u32; 32],
    /// Whether a word is too short to have two letters.
    short: bool,
    /// The letter that all of them begin with, if they do, as one alone does: small and capital.
    head: Option<[u8; 2]>,
}

impl Parts {
    /// These words.
    pub(super) fn of(words: &[String]) -> Self {
        let head = |word: &String| word.bytes().next().map(|head| head.to_ascii_lowercase());
        let first = words.first().and_then(head);
        let head = first.filter(|first| words.iter().all(|word| head(word) == Some(*first)));
        let mut parts = Parts {
            words: words.to_vec(),
            head: head.map(|head| [head, head.to_ascii_uppercase()]),
            ..Parts::default()
        };
        for word in words {
            match word.as_bytes() {
                [first, second, ..] => parts.heads[place(*first)] |= 1 << place(*second),
                _ => parts.short = true,
            }
        }
        parts
    }

    /// Whether there are none.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words.
    #[inline]
    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether one of them is in `text`, whatever the case of ASCII letters.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let from = |at: usize| self.words.iter().any(|word| heads(&text.as_bytes()[at..], word));
        match self.head {
            Some([small, capital]) => memchr2_iter(small, capital, text.as_bytes()).any(from),
            None if self.short => self.words.iter().any(|word| contains(text, word)),
            None => text.as_bytes().windows(2).enumerate().any(|(at, pair)| {
                self.heads[place(pair[0])] >> place(pair[1]) & 1 != 0 && from(at)
            }),
        }
    }
}

/// The place of a letter, the same for both of its cases.
#[inline]
fn place(letter: u8) -> usize {
    usize::from(letter & 31)
}

/// Whether a text begins with a word, whatever the case of ASCII letters.
fn heads(text: &[u8], word: &str) -> bool {
    let word = word.as_bytes();
    // Most records and words are in lower case, and equal bytes are told at once.
    text.get(..word.len()).is_some_and(|head| head == word || head.eq_ignore_ascii_case(word))
}

/// Whether `part` is in `text`, whatever the case of ASCII letters.
#[inline]
pub(super) fn contains(text: &str, part: &str) -> bool {
    // The cases of a letter differ in one bit; of what else differs in it alone the comparison judges.
    const CASE: u8 = 0x20;
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let Some(first) = part.first().map(|byte| byte | CASE) else { return true };
    text.windows(part.len())
        .any(|window| window[0] | CASE == first && window.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        // One walk finds what looking for each word finds.
        #[test]
        fn words_are_found_as_each_alone(
            words in prop::collection::vec("[a-cA-C@`\u{e9}]{0,3}", 0..4),
            text in "[a-cA-C@` \u{e9}]{0,12}",
        ) {
            let each = words.iter().any(|word| contains(&text, word));
            prop_assert_eq!(Parts::of(&words).are_in(&text), each);
        }
    }
}
