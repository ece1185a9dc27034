//! Regular expressions over text whose words are ASCII.

mod ascii;

pub use ascii::ascii;
use regex::{Captures, Regex};
use regex_automata::meta;

/// Compiles a pattern whose `\b`, `\w` and `\d` mean ASCII.
///
/// Records are in English, and what is tagged is folded first. The tables of Unicode cost most of the time that
/// compiling takes, and its word boundary keeps the quick engines from being used.
///
/// # Errors
/// If the pattern is not well formed.
pub fn ascii_regex(source: &str) -> Result<Regex, regex::Error> {
    Regex::new(&ascii(source))
}

/// The same of a pattern that stands in the code and that every test compiles.
///
/// # Panics
/// If the pattern is not well formed.
#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
pub(crate) fn fixed_regex(source: &str) -> Regex {
    ascii_regex(source).unwrap()
}

/// Such a pattern whose matches begin with words that most sentences have: its engine does not stop at
/// each of them, which takes longer than to read on.
///
/// # Panics
/// If the pattern is not well formed.
#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
pub(crate) fn common_regex(source: &str) -> meta::Regex {
    let config = meta::Config::new().auto_prefilter(false);
    meta::Builder::new().configure(config).build(&ascii(source)).unwrap()
}

/// The groups of a pattern's first match. Room for them is taken only where there is one: most stretches
/// that are asked hold none.
pub(crate) fn groups<'t>(pattern: &Regex, text: &'t str) -> Option<Captures<'t>> {
    pattern.is_match(text).then(|| pattern.captures(text)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_where_they_did() {
        let regex = ascii_regex(r"\bl[\w-]+\d\b").unwrap();
        assert_eq!(regex.find("(l4-5) ").map(|m| m.as_str()), Some("l4-5"));
    }
}
