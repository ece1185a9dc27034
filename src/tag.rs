//! Mentions of concepts and cues in a text.

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{Anchored, Input};

use crate::fold::{Folded, is_word};
use crate::lexicon::{CueCategory, Direction, Lexicon, Meaning};
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

/// Where a term or pattern may begin: at words and at signs.
fn starts(text: &str) -> impl Iterator<Item = usize> {
    let mut in_word = false;
    text.char_indices().filter_map(move |(at, c)| {
        let inner = c.is_alphanumeric();
        let begins = c != ' ' && !(inner && in_word);
        in_word = inner;
        begins.then_some(at)
    })
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
    let mut found = Found { lexicon, mentions: Vec::new(), cues: Vec::new() };
    let whole = |span: Span| {
        let next = sentences.partition_point(|s| s.span.start <= span.start);
        sentences.get(next).is_none_or(|s| span.end <= s.span.start)
    };
    // Every term first, then boundaries, then overlap: "a fib" in "a fibrillation"
    // ends inside a word and must not hide the longer term.
    for at in starts(text) {
        let input = Input::new(text).range(at..).anchored(Anchored::Yes);
        let mut state = OverlappingState::start();
        // The automaton is built for this kind of search, so it cannot refuse it.
        while lexicon.terms.try_find_overlapping(input.clone(), &mut state).is_ok()
            && let Some(hit) = state.get_match()
        {
            let span = Span::new(hit.start(), hit.end());
            let meaning = lexicon.meanings[hit.pattern().as_usize()];
            if let Meaning::Pattern(pattern) = meaning {
                let (pattern, meaning) = &lexicon.patterns[pattern];
                let end = boundary(text, span.start + LONGEST_MATCH);
                let hit = pattern.match_at(text, Span::new(span.start, end));
                if let Some(span) = hit.filter(|&span| !span.is_empty() && whole(span)) {
                    found.add(span, *meaning);
                }
                continue;
            }
            if !is_word(text, span) || !whole(span) {
                continue;
            }
            if let Meaning::Cue(cue) = meaning {
                // "? entrapment" doubts what follows, "entrapment?" what stands before.
                let mark = &text[span.range()] == "?";
                let attached = !text[..span.start].ends_with([' ', '(']) && span.start > 0;
                if mark && attached != (lexicon.cues[cue].direction == Direction::Backward) {
                    continue;
                }
            }
            found.add(span, meaning);
        }
    }
    for &pattern in &lexicon.anywhere {
        let (pattern, meaning) = &lexicon.patterns[pattern];
        for span in pattern.matches(text).filter(|span| !span.is_empty()) {
            if whole(span) {
                found.add(span, *meaning);
            }
        }
    }
    (keep_mentions(found.mentions, lexicon), keep_cues(found.cues, lexicon))
}

/// What was found, before overlaps are resolved.
struct Found<'a> {
    lexicon: &'a Lexicon,
    mentions: Vec<Mention>,
    cues: Vec<CueHit>,
}

impl Found<'_> {
    fn add(&mut self, span: Span, meaning: Meaning) {
        match meaning {
            Meaning::Concept(concept) => {
                let group = self.lexicon.concepts[concept].group;
                self.mentions.push(Mention { span, concept, group });
            }
            Meaning::Cue(cue) => self.cues.push(CueHit { span, cue }),
            Meaning::Pattern(_) => {}
        }
    }
}

/// The leftmost and longest mentions of each group.
fn keep_mentions(mut mentions: Vec<Mention>, lexicon: &Lexicon) -> Vec<Mention> {
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
    kept
}

/// The cues that count: not those inside a longer one ("no history of" denies and does not also
/// say that it was), nor those that a pseudo cue of their category overlaps ("no change in").
fn keep_cues(mut cues: Vec<CueHit>, lexicon: &Lexicon) -> Vec<CueHit> {
    cues.sort_by_key(|c| (c.span.start, usize::MAX - c.span.end, c.cue));
    cues.dedup();
    let hides = |other: &CueHit, hit: &CueHit| {
        let (by, cue) = (&lexicon.cues[other.cue], &lexicon.cues[hit.cue]);
        let longer = other.span.contains(hit.span) && other.span != hit.span;
        let pseudo = by.direction == Direction::Pseudo;
        if by.category == cue.category && pseudo && cue.direction != Direction::Pseudo {
            return other.span.overlaps(hit.span)
                && (other.span == hit.span || !hit.span.contains(other.span));
        }
        longer && !pseudo && by.category != CueCategory::Terminate
    };
    let near = |at: usize| {
        let hit = &cues[at];
        // Cues are a few words long: those that may touch stand near in the order.
        let before = cues[..at].iter().rev().take(12);
        let after = cues[at + 1..].iter().take_while(|other| other.span.start < hit.span.end);
        before.chain(after).any(|other| hides(other, hit))
    };
    (0..cues.len()).filter(|&at| !near(at)).map(|at| cues[at]).collect()
}
