//! Section headings: what they open, and which words of a line are one.

use regex::Regex;
use rustc_hash::FxHashMap;

use super::KEEP_HEADING;
use crate::fact::Section;

/// Shortest and longest heading that ends in a full stop, in letters.
const SHORTEST_POINTED: usize = 3;
const LONGEST_POINTED: usize = 32;

/// Sections that prose under such a heading is none of: what it tells of drugs is no list.
const UNPOINTED: &[Section] =
    &[Section::Medications, Section::Allergies, Section::Procedure, Section::Signature];

/// Most words of a heading that its line goes on behind.
const MOST_LEADING: usize = 6;

/// Fewest letters of such a heading in capitals, unless it heads a column.
const SHORTEST_LEADING: usize = 3;

/// The longest word that heads a column in small letters, in bytes: "Plan".
const SHORT_HEADING: usize = 4;

/// Shortest heading that is known without its spaces.
const SHORTEST_JOINED: usize = 8;

/// A word before a heading's number.
const NUMBERED: &str = "section ";

/// Longest line in capitals that is a heading, in characters.
const LONGEST_CAPITALS: usize = 70;

/// Section headings and what they open.
#[derive(Clone, Debug, Default)]
pub struct Headings {
    by_words: FxHashMap<String, Section>,
    /// The same without spaces, which OCR loses.
    joined: FxHashMap<String, Section>,
    /// The length of the longest.
    longest: usize,
    /// Words in a heading that mark its section as copied from an earlier note.
    copied: Vec<String>,
    /// Words before a known heading that change nothing: "current", "review of".
    leads: Vec<String>,
    /// Words that part a known heading from what it is of: "for", "prior".
    links: Vec<String>,
    /// Words that make of a heading the title of a document: "FOLLOW-UP VISIT".
    titles: Vec<String>,
    /// How a paragraph begins that tells a history without a heading.
    pub(super) history: Option<Regex>,
}

impl Headings {
    /// Headings by their words in lower case, and the words that mark a copied section.
    pub fn new(headings: impl IntoIterator<Item = (String, Section)>, copied: Vec<String>) -> Self {
        let by_words: FxHashMap<String, Section> = headings
            .into_iter()
            .filter_map(|(words, kind)| Some((normal(&words, usize::MAX)?, kind)))
            .collect();
        let joined = by_words.iter().filter(|(words, _)| words.contains(' '));
        Self {
            longest: by_words.keys().map(String::len).max().unwrap_or_default(),
            joined: joined.map(|(words, kind)| (words.replace(' ', ""), *kind)).collect(),
            by_words,
            copied,
            ..Self::default()
        }
    }

    /// The same with words that may stand before and behind a known heading in capitals, and
    /// with the pattern by which a paragraph without a heading begins to tell a history.
    pub fn with_variants(
        self,
        leads: Vec<String>,
        links: Vec<String>,
        history: Option<Regex>,
    ) -> Self {
        Self { leads, links, history, ..self }
    }

    /// The same with words behind a heading that make of both the title of a document.
    pub fn with_titles(self, titles: Vec<String>) -> Self {
        Self { titles, ..self }
    }

    /// Whether what stands behind a heading makes of both a title: "VISIT" of "FOLLOW-UP VISIT".
    pub(super) fn makes_title(&self, behind: &str) -> bool {
        let first = behind.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        self.titles.iter().any(|word| word.eq_ignore_ascii_case(first))
    }

    /// The words of every heading.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.by_words.keys().map(String::as_str)
    }

    /// What a heading opens that is known but for words before it or behind it.
    fn variant(&self, words: &str) -> Option<Section> {
        if !words.contains(' ') {
            return None;
        }
        let lead = self.leads.iter().filter_map(|lead| words.strip_prefix(lead.as_str()));
        let lead = lead.filter_map(|rest| rest.strip_prefix(' ')).min_by_key(|rest| rest.len());
        let found =
            lead.and_then(|rest| self.by_words.get(rest).copied().or_else(|| self.variant(rest)));
        let links = self.links.iter().filter_map(|link| {
            let mut at = words.match_indices(link.as_str()).map(|(at, _)| at);
            let whole = |at: &usize| {
                words[..*at].ends_with(' ') && words[*at + link.len()..].starts_with(' ')
            };
            at.find(whole)
        });
        found.or_else(|| {
            links.min().and_then(|at| self.by_words.get(words[..at].trim_end()).copied())
        })
    }

    /// What a heading opens; dates, brackets, numbers and "section" letters in it do not count.
    pub(super) fn section(&self, heading: &str) -> Option<Section> {
        // Prose is no heading, if only since it is longer than any, with a space behind each letter.
        let most = 2 * self.longest + 2;
        let words = normal(heading, if is_short(heading) { usize::MAX } else { most })?;
        if let Some(&section) = self.by_words.get(&words) {
            return Some(section);
        }
        let plain =
            words.trim_start_matches(NUMBERED).trim_start_matches(|c: char| c.is_ascii_digit());
        let plain = match plain.split_once(' ') {
            // "L5-S1:" is a level and not the letters of a list and of a note.
            Some((letter, rest)) if letter.len() == 1 && rest.len() > 1 => rest,
            _ => plain,
        };
        let known = self.by_words.get(plain.trim()).copied();
        let known = known.or_else(|| {
            let joined = words.replace(' ', "");
            (joined.len() >= SHORTEST_JOINED).then(|| self.joined.get(&joined).copied()).flatten()
        });
        known.or_else(|| is_capitals(heading).then(|| self.variant(plain.trim())).flatten())
    }

    pub(super) fn marks_copied(&self, heading: &str) -> bool {
        let heading = heading.to_lowercase();
        self.copied.iter().any(|words| heading.contains(words.as_str()))
    }

    /// A known heading that ends in a full stop, as dictation sets them: "Diagnosis. Sciatica."; its
    /// section, and how far it goes.
    pub fn pointed(&self, line: &str) -> Option<(Section, usize)> {
        let stop = line.char_indices().take(LONGEST_POINTED).find(|&(_, c)| c == '.')?.0;
        let (heading, rest) = (&line[..stop], line[stop + 1..].strip_prefix(' ')?);
        let titled = heading.starts_with(char::is_uppercase)
            && heading.len() >= SHORTEST_POINTED
            && heading.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '&' | '/' | '-'));
        let goes_on =
            rest.trim_start().starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        let section = (titled && goes_on).then(|| self.section(heading))??;
        if UNPOINTED.contains(&section) {
            return None;
        }
        Some((section, line.len() - rest.trim_start().len()))
    }

    /// A known heading in capitals at the head of a line that goes on in small letters without
    /// a colon, as print parts them: by weight, by a bar or by a gap behind the heading.
    pub(super) fn leading<'t>(&self, line: &'t str) -> Option<(Section, &'t str)> {
        let opens = |length: usize| {
            let (heading, rest) = line.split_at(length);
            let section = self.section(heading)?;
            let heads = !KEEP_HEADING.contains(&section) || section == Section::Exam;
            heads.then_some((section, rest.trim_start()))
        };
        // "Ex   Gait normal."
        let first = line.split(' ').next().map_or(0, str::len);
        if line.starts_with(char::is_uppercase)
            && first <= SHORT_HEADING
            && heads_column(line, first)
            && let Some(found) = opens(first)
        {
            return Some(found);
        }
        let capital = |word: &&str| {
            word.chars().any(char::is_alphabetic)
                && !word.chars().any(|c| c.is_lowercase() || c.is_ascii_digit())
        };
        let words: Vec<&str> = line.split(' ').take(MOST_LEADING).take_while(capital).collect();
        (1..=words.len()).rev().find_map(|count| {
            let length = words[..count].iter().map(|w| w.len() + 1).sum::<usize>() - 1;
            let (heading, rest) = line.split_at(length);
            let rest = rest.trim_start();
            if rest.is_empty() || self.makes_title(rest) {
                return None;
            }
            let letters = heading.chars().filter(|c| c.is_alphabetic()).count();
            (letters >= SHORTEST_LEADING || heads_column(line, length)).then(|| opens(length))?
        })
    }
}

/// Whether a line's first words are set off from a statement: "A   Sciatica, left", "P/ Block".
fn heads_column(line: &str, length: usize) -> bool {
    let (heading, behind) = line.split_at(length);
    let statement = behind.trim_start();
    let parted = heading.ends_with('/')
        || (behind.starts_with("  ") || behind.starts_with('\t'))
            && statement.split("  ").next().is_some_and(|words| words.contains(' '));
    parted && statement.starts_with(|c: char| c.is_alphabetic() || matches!(c, '-' | '*' | '#'))
}

/// Letters and single spaces only, without what stands in brackets; `None` where that is longer than
/// `most` bytes and does not begin with a word that does not count.
fn normal(heading: &str, most: usize) -> Option<String> {
    let mut out = String::with_capacity(heading.len());
    let mut depth = 0;
    for c in heading.chars() {
        if out.len() > most && !out.starts_with(NUMBERED) {
            return None;
        }
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ if depth > 0 => {}
            c if c.is_ascii_alphabetic() => out.push(c.to_ascii_lowercase()),
            c if c.is_alphabetic() || c == '\'' => out.extend(c.to_lowercase()),
            _ if !out.is_empty() && !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    Some(out)
}

/// Parts "HEADING: rest" at its colon, where the heading is short and begins like one.
pub(super) fn split_heading(line: &str) -> Option<(&str, &str)> {
    let colon = line.char_indices().take(70).find(|&(_, c)| c == ':').map(|(i, _)| i)?;
    let (heading, rest) = (&line[..colon], &line[colon + 1..]);
    let first = heading.chars().next()?;
    let spaced = rest.is_empty() || rest.starts_with([' ', '\t', '\u{a0}']);
    (spaced
        && (first.is_uppercase() || first.is_ascii_digit())
        && !heading.contains("   ")
        && !heading.contains(". "))
    .then_some((heading.trim_end(), rest.trim_start()))
}

/// Whether a line is no longer than a heading in capitals.
fn is_short(words: &str) -> bool {
    words.len() <= LONGEST_CAPITALS || words.chars().count() <= LONGEST_CAPITALS
}

pub(super) fn is_capitals(words: &str) -> bool {
    // Most lines show it by their second letter.
    let mut before_bracket = words.chars().take_while(|&c| c != '(');
    if before_bracket.any(|c| c.is_alphabetic() && !c.is_uppercase()) {
        return false;
    }
    let outside = match words.split_once('(') {
        Some((before, inside)) if before.trim().len() >= 2 && inside.trim_end().ends_with(')') => {
            before
        }
        _ => words,
    };
    if outside.contains('%') {
        return false;
    }
    let mut letters = outside.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(char::is_uppercase) && is_short(words)
}

/// A line of a few capitalised words without a full stop.
pub(super) fn is_title(words: &str) -> bool {
    let count = words.split_whitespace().take(7).count();
    (1..=6).contains(&count)
        && !words.ends_with('.')
        && words.chars().next().is_some_and(char::is_uppercase)
        && !words.contains("   ")
}
