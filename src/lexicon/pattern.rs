//! Patterns of concepts and cues, compiled when they are first tried.

use std::fmt;
use std::sync::OnceLock;

use regex_automata::meta::{Builder, Config, Regex};
use regex_automata::{Anchored, Input};

use super::anchors::anchors;
use super::needles::needles;
use crate::pattern::ascii;
use crate::span::Span;

/// Words, where they are known.
type Known = Option<&'static [&'static str]>;

/// The patterns of the files that the program carries, in order, each with the words that its
/// matches begin with and with those that they hold; made by `build/beginnings.rs`.
static CARRIED: &[(&str, Known, Known)] = include!(concat!(env!("OUT_DIR"), "/anchors.rs"));

/// Where a pattern may match.
#[derive(Debug, PartialEq)]
pub(super) struct Places {
    /// Words that its matches begin with; `None` where it is to be tried everywhere.
    pub anchors: Option<Vec<String>>,
    /// Words of which each match holds one.
    pub needles: Option<Vec<String>>,
}

impl Places {
    fn of(source: &str) -> Result<Self, String> {
        let hir = regex_syntax::parse(source).map_err(|error| error.to_string())?;
        let anchors = anchors(&hir);
        Ok(Self { needles: needles(&hir, anchors.as_deref()), anchors })
    }

    fn carried((_, anchors, needles): (&str, Known, Known)) -> Self {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        Self { anchors: anchors.map(owned), needles: needles.map(owned) }
    }
}

/// A regular expression over the folded text.
///
/// Most are tried at the few places where their first words stand, and many never: compiling
/// them all would take longer than reading a note.
pub(crate) struct Pattern {
    source: String,
    /// Whether it is only tried where its matches begin.
    begun: bool,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Checks a pattern; with it the places where it may match.
    pub(super) fn new(source: &str) -> Result<(Self, Places), String> {
        let carried = CARRIED.binary_search_by_key(&source, |(pattern, ..)| pattern);
        let source = ascii(source);
        let places = match carried {
            Ok(at) => Places::carried(CARRIED[at]),
            Err(_) => Places::of(&source)?,
        };
        let begun = places.anchors.is_some();
        Ok((Self { source, begun, regex: OnceLock::new() }, places))
    }

    /// What was parsed compiles, unless it is too large; then it matches nothing.
    fn regex(&self) -> Option<&Regex> {
        let made = || {
            // Where it begins is known: nothing is to be prepared for looking for it.
            let config = Config::new().auto_prefilter(!self.begun);
            Builder::new().configure(config).build(&self.source).ok()
        };
        self.regex.get_or_init(made).as_ref()
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
        for &carried in CARRIED {
            assert_eq!(
                Places::of(&ascii(carried.0)),
                Ok(Places::carried(carried)),
                "{}",
                carried.0
            );
        }
    }
}
