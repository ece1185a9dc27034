//! Lists of words that the readers' patterns are made of: `[[words]]` in a concept file.
//!
//! A concept is looked for by itself; a list only counts where a reader's pattern asks for it, as
//! in "{outcome/ended} (?:for|with)". What the list holds is data, how its words bind is code.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{Lexicon, Lines};
use crate::error::Error;
use crate::pattern::ascii_regex;

/// Words of one kind, as a reader asks for them.
#[derive(Clone, Debug, PartialEq)]
pub struct WordList {
    /// File and id, as patterns name it: "outcome/ended".
    pub name: String,
    /// Words in lower case; `*` stands for the rest of a word.
    pub terms: Vec<String>,
    /// Regular expressions, where words alone cannot say it.
    pub patterns: Vec<String>,
    /// The line of its file that it begins on, counted from 1.
    pub line: usize,
}

/// Most terms of a list: a pattern with several such lists still compiles.
const MOST_TERMS: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWords {
    id: Spanned<String>,
    #[serde(default)]
    terms: Vec<String>,
    #[serde(default)]
    patterns: Vec<String>,
}

impl RawWords {
    /// The list of a group's file, behind the file's `earlier` ones.
    pub(super) fn read(
        self,
        path: &str,
        group: &str,
        lines: &Lines,
        earlier: &[WordList],
    ) -> Result<WordList, Error> {
        let line = lines.at(self.id.span().start);
        let id = self.id.into_inner();
        let name = format!("{group}/{id}");
        let wrong = |problem: String| Error::Lexicon {
            place: format!("lexicons/{path}:{line}: `{id}`"),
            problem,
        };
        if earlier.iter().any(|list| list.name == name) {
            return Err(wrong("this id comes twice; ids are unique in a file".into()));
        }
        if self.terms.is_empty() && self.patterns.is_empty() {
            return Err(wrong("neither terms nor patterns; give at least one".into()));
        }
        if self.terms.len() > MOST_TERMS {
            return Err(wrong(format!(
                "{} terms, and {MOST_TERMS} at most are part of a pattern; what has so many names is a concept",
                self.terms.len()
            )));
        }
        for pattern in &self.patterns {
            let hir = regex_syntax::parse(pattern)
                .map_err(|problem| wrong(format!("pattern does not compile: {problem}")))?;
            if hir.properties().explicit_captures_len() > 0 {
                let problem = format!("`{pattern}` has a group that captures; write `(?:` for `(`");
                return Err(wrong(problem));
            }
        }
        let terms = self.terms.iter().map(|term| term.trim().to_lowercase()).collect();
        Ok(WordList { name, terms, patterns: self.patterns, line })
    }
}

impl WordList {
    /// The list as a part of a pattern, the longest terms first.
    fn alternation(&self) -> String {
        let mut terms: Vec<&str> = self.terms.iter().map(String::as_str).collect();
        terms.sort_by_key(|term| std::cmp::Reverse(term.len()));
        let terms = terms.into_iter().map(|term| regex::escape(term).replace(r"\*", r"\w*"));
        let parts: Vec<String> = self.patterns.iter().cloned().chain(terms).collect();
        format!("(?:{})", parts.join("|"))
    }
}

/// Most patterns of readers that ask for lists.
const MOST: usize = 512;

/// What matches nothing: what a pattern asks for and no file has is said nowhere.
const NOTHING: &str = r"[^\s\S]";

/// A reader's pattern over the folded text in which `{group/id}` stands for a list of the lexicon.
///
/// It is compiled once for each lexicon, when it is first asked for.
pub(crate) struct WordPattern {
    source: &'static str,
    slot: OnceLock<usize>,
}

impl WordPattern {
    pub(crate) const fn new(source: &'static str) -> Self {
        Self { source, slot: OnceLock::new() }
    }

    /// The pattern with the words of a lexicon.
    pub(crate) fn of<'l>(&self, lexicon: &'l Lexicon) -> &'l Regex {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let slot = *self.slot.get_or_init(|| NEXT.fetch_add(1, Ordering::Relaxed));
        lexicon.made.0[slot].get_or_init(|| self.made(lexicon))
    }

    /// A list may be so long that the whole does not compile; then it matches nothing.
    #[expect(clippy::unwrap_used, reason = "a fixed pattern")]
    fn made(&self, lexicon: &Lexicon) -> Regex {
        ascii_regex(&filled(self.source, lexicon)).unwrap_or_else(|_| Regex::new(NOTHING).unwrap())
    }
}

/// A pattern's source with the words of a lexicon in it.
fn filled(source: &str, lexicon: &Lexicon) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((at, name)) = next_name(rest) {
        out.push_str(&rest[..at]);
        match lexicon.words(name) {
            Some(list) => out.push_str(&list.alternation()),
            None => out.push_str(NOTHING),
        }
        rest = &rest[at + name.len() + 2..];
    }
    out.push_str(rest);
    out
}

/// The first name of a list in a pattern's source, and where its bracket stands; `{0,3}` and
/// `\x{2013}` are none.
fn next_name(source: &str) -> Option<(usize, &str)> {
    source.match_indices('{').find_map(|(at, _)| {
        let name = &source[at + 1..][..source[at + 1..].find('}')?];
        (name.contains('/') && name.starts_with(|c: char| c.is_ascii_lowercase()))
            .then_some((at, name))
    })
}

/// The readers' patterns with the words of one lexicon.
pub(crate) struct Made(Box<[OnceLock<Regex>]>);

impl Default for Made {
    fn default() -> Self {
        Self((0..MOST).map(|_| OnceLock::new()).collect())
    }
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Made").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::{Files, WordPattern};

    fn lexicon(text: &str) -> Result<Lexicon, Error> {
        Lexicon::parse(&Files::from([("concepts/x.toml".to_owned(), text.to_owned())]))
    }

    #[test]
    fn a_list_stands_in_a_pattern_and_its_longest_term_wins() {
        static ENDED: WordPattern = WordPattern::new(r"\b{x/ended}(?: \w{1,3})? for \x{2013}");
        let short = lexicon("[[words]]\nid = \"ended\"\nterms = [\"quit\"]\n").unwrap();
        let long = "[[words]]\nid = \"ended\"\nterms = [\"stop\", \"d/c\", \"wean*\", \"Stopped\"]\npatterns = ['came(?: right)? off']\n";
        let long = lexicon(long).unwrap();
        let found = |text: &str| ENDED.of(&long).find(text).map(|m| m.as_str().to_owned());
        for said in ["stopped", "d/c", "weaned", "came right off", "stop all"] {
            let text = format!("{said} for \u{2013}");
            assert_eq!(found(&text), Some(text));
        }
        assert_eq!(found("quit for \u{2013}"), None);
        assert!(ENDED.of(&short).is_match("quit for \u{2013}"));
    }

    #[test]
    fn a_pattern_of_several_long_lists_compiles() {
        static BOTH: WordPattern =
            WordPattern::new(r"\b{x/a}(?:[ ,]{1,3}{x/b}){0,2} (?:{x/a}|{x/b})$");
        let terms: Vec<String> =
            (0..MOST_TERMS).map(|n| format!("\"a long word number {n}*\"")).collect();
        let list = |id| format!("[[words]]\nid = \"{id}\"\nterms = [{}]\n", terms.join(", "));
        let lexicon = lexicon(&(list("a") + &list("b"))).unwrap();
        let text = "a long word number 7 a long word number 999s";
        assert!(BOTH.of(&lexicon).is_match(text));
    }

    #[test]
    fn a_list_that_no_file_has_is_said_nowhere() {
        static OTHER: WordPattern = WordPattern::new("a|{x/other}");
        let lexicon = lexicon("[[words]]\nid = \"ended\"\nterms = [\"quit\"]\n").unwrap();
        assert!(OTHER.of(&lexicon).is_match("a") && !OTHER.of(&lexicon).is_match("quit"));
    }

    #[test]
    fn a_wrong_list_is_told_with_its_line() {
        let told = |text: &str| lexicon(text).unwrap_err().to_string();
        assert_eq!(
            told("[[words]]\nid = \"a\"\n"),
            "lexicons/concepts/x.toml:2: `a`: neither terms nor patterns; give at least one"
        );
        assert_eq!(
            told("[[words]]\nid = \"a\"\npatterns = ['(b)c']\n"),
            "lexicons/concepts/x.toml:2: `a`: `(b)c` has a group that captures; write `(?:` for `(`"
        );
        let terms: Vec<String> = (0..=MOST_TERMS).map(|n| format!("\"word {n}\"")).collect();
        assert_eq!(
            told(&format!("[[words]]\nid = \"a\"\nterms = [{}]\n", terms.join(", "))),
            "lexicons/concepts/x.toml:2: `a`: 1001 terms, and 1000 at most are part of a pattern; \
             what has so many names is a concept"
        );
        let twice = "[[words]]\nid = \"a\"\nterms = [\"b\"]\n";
        assert_eq!(
            told(&format!("{twice}{twice}")),
            "lexicons/concepts/x.toml:5: `a`: this id comes twice; ids are unique in a file"
        );
    }

    /// The names of lists in a source, or in the sources of a folder.
    #[expect(clippy::disallowed_methods, reason = "a test of what stands in the sources")]
    fn asked(path: &std::path::Path, names: &mut std::collections::BTreeSet<String>) {
        if path.is_dir() {
            let inside = std::fs::read_dir(path).unwrap();
            return inside.for_each(|entry| asked(&entry.unwrap().path(), names));
        }
        let text = std::fs::read_to_string(path).unwrap();
        let mut rest = text.as_str();
        while let Some((at, name)) = next_name(rest) {
            names.insert(name.to_owned());
            rest = &rest[at + name.len() + 2..];
        }
    }

    #[test]
    fn every_list_is_asked_for_and_every_list_asked_for_is_there() {
        let lexicon = Lexicon::embedded().unwrap();
        let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut names = std::collections::BTreeSet::new();
        asked(&sources.join("extract"), &mut names);
        asked(&sources.join("repair"), &mut names);
        let there: Vec<&str> = lexicon.word_lists.iter().map(|list| list.name.as_str()).collect();
        let missing: Vec<_> = names.iter().filter(|n| !there.contains(&n.as_str())).collect();
        let unasked: Vec<_> = there.iter().filter(|name| !names.contains(**name)).collect();
        assert!(missing.is_empty() && unasked.is_empty(), "{missing:?} {unasked:?}");
    }

    #[test]
    fn names_of_lists_are_told_from_counts_and_characters() {
        assert_eq!(next_name(r"\x{2013}\w{0,3}{x/y}{a/b}"), Some((15, "x/y")));
        assert_eq!(next_name(r"\u{2713}a{2}"), None);
    }
}
