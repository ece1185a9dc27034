//! Words of which a text is to have one, found in one walk over the text.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Words, each of which may stand anywhere in a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    words: Vec<String>,
    /// What finds them; `None` where there are none.
    automaton: Option<Arc<AhoCorasick>>,
}

impl Parts {
    /// These words.
    pub(super) fn of(words: &[String]) -> Self {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            // Policies are compiled at every start, and the texts are short.
            .kind(Some(AhoCorasickKind::NoncontiguousNFA))
            .build(words)
            .ok()
            .filter(|_| !words.is_empty());
        Parts { words: words.to_vec(), automaton: automaton.map(Arc::new) }
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
        self.automaton.as_ref().is_some_and(|automaton| automaton.is_match(text))
    }
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
