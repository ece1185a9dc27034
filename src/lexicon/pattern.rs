//! Patterns of concepts and cues, compiled when they are first tried.

use std::fmt;
use std::sync::OnceLock;

use regex_automata::{Anchored, Input, meta::Regex};

use super::anchors::anchors;
use crate::pattern::ascii;
use crate::span::Span;

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
        let source = ascii(source);
        let hir = regex_syntax::parse(&source).map_err(|error| error.to_string())?;
        let anchors = anchors(&hir);
        Ok((Self { source, regex: OnceLock::new() }, anchors))
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
