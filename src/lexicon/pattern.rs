//! Patterns of concepts and cues, compiled when they are first tried.

use std::fmt;
use std::sync::OnceLock;

use regex_automata::{Anchored, Input, meta::Regex};

use super::anchors::anchors;
use crate::pattern::ascii;
use crate::span::Span;

/// The patterns of the files that the program carries, in order, each with the words that its
/// matches begin with; made by `build/beginnings.rs`.
static CARRIED: &[(&str, Option<&[&str]>)] = include!(concat!(env!("OUT_DIR"), "/anchors.rs"));

/// A regular expression over the folded text.
///
/// Most are tried at the few places where their first words stand, and many never: compiling
/// them all would take longer than reading a note.
pub(crate) struct Pattern {
    source: String,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Checks a pattern; with it the words that its matches begin with, where they are known.
    pub(super) fn new(source: &str) -> Result<(Self, Option<Vec<String>>), String> {
        let carried = CARRIED.binary_search_by_key(&source, |(pattern, _)| pattern);
        let pattern = Self { source: ascii(source), regex: OnceLock::new() };
        let anchors = match carried {
            Ok(at) => CARRIED[at].1.map(|words| words.iter().map(|&w| w.to_owned()).collect()),
            Err(_) => pattern.anchors()?,
        };
        Ok((pattern, anchors))
    }

    fn anchors(&self) -> Result<Option<Vec<String>>, String> {
        regex_syntax::parse(&self.source)
            .map(|hir| anchors(&hir))
            .map_err(|error| error.to_string())
    }

    /// What was parsed compiles, unless it is too large; then it matches nothing.
    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(&self.source).ok()).as_ref()
    }

    /// Whether it can be used; `lexicon check` asks.
    pub(crate) fn compiles(&self) -> bool {
        self.regex().is_some()
    }

    /// The match that begins at the start of `within`; what stands around it counts for `\b`.
    pub(crate) fn match_at(&self, text: &str, within: Span) -> Option<Span> {
        let input = Input::new(text).range(within.range()).anchored(Anchored::Yes);
        self.regex()?.search(&input).map(|m| Span::new(m.start(), m.end()))
    }

    /// Every match in a text, in order.
    pub(crate) fn matches<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Span> + 't {
        let found = self.regex().into_iter().flat_map(move |regex| regex.find_iter(text));
        found.map(|m| Span::new(m.start(), m.end()))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_is_what_parsing_finds() {
        assert!(CARRIED.len() > 100);
        for (source, words) in CARRIED {
            let pattern = Pattern { source: ascii(source), regex: OnceLock::new() };
            let words = words.map(|words| words.iter().map(|&w| w.to_owned()).collect());
            assert_eq!(pattern.anchors(), Ok(words), "{source}");
        }
    }
}
