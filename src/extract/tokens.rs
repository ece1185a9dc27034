//! A stretch of text as a row of tokens: concepts of chosen groups, levels, dates, words, signs.
//!
//! Readers that bind words over a short distance walk along such a row instead of
//! searching with patterns.

use super::{Note, level_mentions};
use crate::span::Span;
use crate::tag::Mention;

/// One step of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its words in the folded text.
    pub span: Span,
    /// What it is.
    pub what: What,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A concept of one of the chosen groups.
    Mention(Mention),
    /// A spinal level or several in a row.
    Level,
    /// A date.
    Date,
    /// A word or number.
    Word,
    /// A single sign.
    Sign,
}

impl Token {
    /// The mention, if the token is one.
    pub fn mention(&self) -> Option<&Mention> {
        match &self.what {
            What::Mention(mention) => Some(mention),
            _ => None,
        }
    }
}

/// The tokens of a stretch, in order.
///
/// Where mentions, levels and dates overlap, the one that begins first and then the longest
/// wins; of equally long mentions the one of the group named first.
pub fn tokens(note: &Note<'_>, within: Span, groups: &[&str]) -> Vec<Token> {
    let mut spans: Vec<(Span, usize, What)> = Vec::new();
    for (rank, group) in groups.iter().enumerate() {
        let found = note.mentions_in(group, within);
        spans.extend(found.map(|m| (m.span, rank, What::Mention(*m))));
    }
    let rank = groups.len();
    spans.extend(level_mentions(note.get(within)).into_iter().map(|(span, _)| {
        let span = Span::new(within.start + span.start, within.start + span.end);
        (span, rank, What::Level)
    }));
    spans.extend(note.dates_in(within).map(|d| (d.span, rank, What::Date)));
    spans.sort_by_key(|(span, rank, _)| (span.start, usize::MAX - span.end, *rank));
    let mut tokens = Vec::new();
    let mut at = within.start;
    for (span, _, what) in spans {
        if span.start < at {
            continue;
        }
        words(note, Span::new(at, span.start), &mut tokens);
        tokens.push(Token { span, what });
        at = span.end;
    }
    words(note, Span::new(at, within.end), &mut tokens);
    tokens
}

/// Words and signs of a stretch without mentions.
fn words(note: &Note<'_>, within: Span, tokens: &mut Vec<Token>) {
    let text = note.get(within);
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let inner = |c: char| c.is_alphanumeric() || c == '\'' || c == '%';
        // The point of "0.25" and "t.i.d" is part of the word.
        let point =
            c == '.' && start.is_some() && text[at + 1..].starts_with(char::is_alphanumeric);
        if inner(c) || point {
            start.get_or_insert(at);
            continue;
        }
        if let Some(start) = start.take() {
            let span = Span::new(within.start + start, within.start + at);
            tokens.push(Token { span, what: What::Word });
        }
        if c != ' ' {
            let span = Span::new(within.start + at, within.start + at + c.len_utf8());
            tokens.push(Token { span, what: What::Sign });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    #[test]
    fn a_row_has_words_levels_dates_and_signs() {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain("L L5-S1 TFESI 5/28/25 - 20% x 2 days, 0.5 mL.");
        let note = Note::new(&text, &lexicon);
        let row = tokens(&note, Span::new(0, note.str().len()), &[]);
        let got: Vec<&str> = row.iter().map(|t| note.get(t.span)).collect();
        assert_eq!(
            got,
            ["l", "l5-s1", "tfesi", "5/28/25", "-", "20%", "x", "2", "days", ",", "0.5", "ml", "."]
        );
        assert_eq!(row[1].what, What::Level);
        assert_eq!(row[3].what, What::Date);
    }
}
