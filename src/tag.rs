//! Mentions of concepts and cues in a text.

use crate::fold::{Folded, is_word};
use crate::lexicon::{Direction, Lexicon, Meaning};
use crate::segment::Sentence;
use crate::span::Span;

/// A concept, mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Its words in the folded text.
    pub span: Span,
    /// Index into [`Lexicon::concepts`].
    pub concept: usize,
    /// The concept's group.
    pub group: usize,
}

/// A cue, found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CueHit {
    /// Its words in the folded text.
    pub span: Span,
    /// Index into [`Lexicon::cues`].
    pub cue: usize,
}

/// Longest match of a pattern that begins with a known word, in bytes.
const LONGEST_MATCH: usize = 320;

/// The next place from `at` on that is not inside a character.
fn boundary(text: &str, at: usize) -> usize {
    (at.min(text.len())..=text.len()).find(|&i| text.is_char_boundary(i)).unwrap_or(text.len())
}

/// Finds every mention of a concept and every cue.
///
/// Both come in text order. Within a group (and among cues) the leftmost and then
/// the longest wins and nothing overlaps; mentions of different groups may. A term
/// counts only between word boundaries, and never over a sentence's start: the last
/// word of a title and the first of the row below it are no term.
pub fn tag(
    folded: &Folded,
    lexicon: &Lexicon,
    sentences: &[Sentence],
) -> (Vec<Mention>, Vec<CueHit>) {
    let text = folded.as_str();
    let mut mentions = Vec::new();
    let mut cues = Vec::new();
    let whole = |span: Span| {
        let next = sentences.partition_point(|s| s.span.start <= span.start);
        sentences.get(next).is_none_or(|s| span.end <= s.span.start)
    };
    // Every term first, then boundaries, then overlap: "a fib" in "a fibrillation"
    // ends inside a word and must not hide the longer term.
    for found in lexicon.terms.find_overlapping_iter(text) {
        let span = Span::new(found.start(), found.end());
        let meaning = lexicon.meanings[found.pattern().as_usize()];
        if let Meaning::Pattern(pattern) = meaning {
            let (regex, concept) = &lexicon.patterns[pattern];
            let end = boundary(text, span.start + LONGEST_MATCH);
            let found = regex.find_at(&text[..end], span.start).filter(|m| m.start() == span.start);
            let span = found.map(|m| Span::new(m.start(), m.end()));
            if let Some(span) = span.filter(|&span| !span.is_empty() && whole(span)) {
                let group = lexicon.concepts[*concept].group;
                mentions.push(Mention { span, concept: *concept, group });
            }
            continue;
        }
        if !is_word(text, span) || !whole(span) {
            continue;
        }
        match meaning {
            Meaning::Concept(concept) => {
                mentions.push(Mention { span, concept, group: lexicon.concepts[concept].group });
            }
            Meaning::Cue(cue) => {
                // "? entrapment" doubts what follows, "entrapment?" what stands before.
                let mark = &text[span.range()] == "?";
                let attached = !text[..span.start].ends_with([' ', '(']) && span.start > 0;
                if !mark || attached == (lexicon.cues[cue].direction == Direction::Backward) {
                    cues.push(CueHit { span, cue });
                }
            }
            Meaning::Pattern(_) => {}
        }
    }
    for &pattern in &lexicon.anywhere {
        let (pattern, concept) = &lexicon.patterns[pattern];
        for found in pattern.find_iter(text).filter(|found| !found.is_empty()) {
            let span = Span::new(found.start(), found.end());
            if whole(span) {
                let group = lexicon.concepts[*concept].group;
                mentions.push(Mention { span, concept: *concept, group });
            }
        }
    }
    mentions.sort_by_key(|m| (m.group, m.span.start, usize::MAX - m.span.end, m.concept));
    let mut kept: Vec<Mention> = Vec::with_capacity(mentions.len());
    for mention in mentions {
        let overlaps =
            |last: &Mention| last.group == mention.group && mention.span.start < last.span.end;
        if !kept.last().is_some_and(overlaps) {
            kept.push(mention);
        }
    }
    kept.retain(|m| !lexicon.concepts[m.concept].hides);
    cues.sort_by_key(|c| (c.span.start, usize::MAX - c.span.end, c.cue));
    cues.dedup_by(|next, last| next.span.start < last.span.end);
    (kept, cues)
}
