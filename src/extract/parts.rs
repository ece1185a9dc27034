//! Which kind of document stands where in a text: a packet may hold several.

use super::Note;
use crate::span::Span;

/// Titles of documents, in a group of the lexicon.
const TITLES: &str = "title";

/// Longest title line, in words.
const LONGEST: usize = 10;

/// The kind of document that a span stands in, by the nearest title above it:
/// an id of `lexicons/concepts/title.toml`.
pub(super) fn part_at<'a>(titles: &[(usize, &'a str)], span: Span) -> Option<&'a str> {
    let index = titles.partition_point(|(start, _)| *start <= span.start);
    index.checked_sub(1).map(|i| titles[i].1)
}

/// The titles of a text: where they stand and what they open.
pub(super) fn titles<'a>(note: &Note<'a>) -> Vec<(usize, &'a str)> {
    let record = note.text.as_str();
    note.mentions(TITLES)
        .filter(|mention| {
            let line = note.line_of(mention.span);
            let words = note.get(line);
            let capital = note.folded.original(Span::new(mention.span.start, mention.span.start));
            let begins = record[capital.start..].chars().next().is_some_and(char::is_uppercase);
            begins && words.split_whitespace().count() <= LONGEST && !words.ends_with('.')
        })
        .map(|mention| (note.line_of(mention.span).start, note.concept(mention).id.as_str()))
        .collect()
}
