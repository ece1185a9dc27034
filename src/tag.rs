//! Mentions of concepts and cues in a text.

use crate::fold::{Folded, parts_words};
use crate::halt;
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

/// Whether the character at a byte is part of a word, and its length in bytes.
fn character(text: &str, at: usize) -> (bool, usize) {
    let byte = text.as_bytes()[at];
    if byte.is_ascii() {
        return (byte.is_ascii_alphanumeric(), 1);
    }
    let c = text[at..].chars().next().unwrap_or_default();
    (c.is_alphanumeric(), c.len_utf8())
}

/// Where a term or pattern may begin: at words and at signs.
fn starts(text: &str) -> impl Iterator<Item = usize> {
    let (mut next, mut in_word) = (0, false);
    std::iter::from_fn(move || {
        while next < text.len() {
            let at = next;
            let (inner, length) = character(text, at);
            let begins = text.as_bytes()[at] != b' ' && !(inner && in_word);
            in_word = inner;
            next += length;
            if begins {
                return Some(at);
            }
        }
        None
    })
}

/// Where sentences and their headings begin, in order.
fn bounds(sentences: &[Sentence]) -> Vec<usize> {
    let starts = |s: &Sentence| [s.heading.start, s.span.start];
    let mut bounds: Vec<usize> = sentences.iter().flat_map(starts).collect();
    bounds.sort_unstable();
    bounds.dedup();
    bounds
}

/// Finds every mention of a concept and every cue.
///
/// Both come in text order. Within a group (and among cues) the leftmost and then
/// the longest wins and nothing overlaps; mentions of different groups may. A term
/// counts only between word boundaries, and never over the start of a sentence or a heading: the
/// last word of a title and the first of the row below it are no term, nor are "Hip pain" and the
/// HISTORY that comes next.
pub fn tag(
    folded: &Folded,
    lexicon: &Lexicon,
    sentences: &[Sentence],
) -> (Vec<Mention>, Vec<CueHit>) {
    let text = folded.as_str();
    let mut found = Found { mentions: Vec::new(), cues: Vec::new() };
    let bounds = bounds(sentences);
    let whole = |span: Span| {
        let next = bounds.partition_point(|start| *start <= span.start);
        bounds.get(next).is_none_or(|start| span.end <= *start)
    };
    // "? entrapment" doubts what follows, "entrapment?" what stands before.
    let misses = |span: Span, meaning: Meaning| {
        let Meaning::Cue(cue) = meaning else { return false };
        let attached = !text[..span.start].ends_with([' ', '(']) && span.start > 0;
        &text[span.range()] == "?"
            && attached != (lexicon.cues[cue as usize].direction == Direction::Backward)
    };
    let mut ahead = Ahead::of(lexicon);
    let mut tries = Vec::new();
    // Every term first, then boundaries, then overlap: "a fib" in "a fibrillation"
    // ends inside a word and must not hide the longer term. From the end on, so that
    // what a pattern needs has been seen where the pattern begins.
    let mut limit = text.len();
    let mut next = bounds.len();
    let places: Vec<usize> = starts(text).collect();
    for &at in places.iter().rev() {
        halt::look();
        while let Some(before) = next.checked_sub(1)
            && bounds[before] > at
        {
            next = before;
            limit = bounds[next];
        }
        lexicon.terms.each(text.as_bytes(), at, |term, end| {
            let meaning = lexicon.meanings[term as usize];
            match meaning {
                Meaning::Pattern(pattern) => tries.push(pattern as usize),
                Meaning::Needle(pattern) => ahead.see(pattern as usize, end),
                _ => {
                    let span = Span::new(at, end);
                    if end <= limit && parts_words(text, end) && !misses(span, meaning) {
                        found.add(span, meaning);
                    }
                }
            }
        });
        for pattern in tries.drain(..) {
            let end = text.ceil_char_boundary(at + LONGEST_MATCH);
            if ahead.needed(pattern) > limit.min(end) {
                continue;
            }
            let (pattern, meaning) = &lexicon.patterns[pattern];
            let hit = pattern.match_at(text, Span::new(at, end));
            if let Some(span) = hit.filter(|&span| !span.is_empty() && span.end <= limit) {
                found.add(span, *meaning);
            }
        }
    }
    for &number in &lexicon.anywhere {
        let (pattern, meaning) = &lexicon.patterns[number];
        if ahead.needed(number) > text.len() {
            continue;
        }
        for span in pattern.matches(text).filter(|span| !span.is_empty()) {
            halt::look();
            if whole(span) {
                found.add(span, *meaning);
            }
        }
    }
    (keep_mentions(&found.mentions, lexicon), keep_cues(found.cues, lexicon))
}

/// What stands ahead of a place that patterns need.
struct Ahead {
    /// By pattern, where the first word ends that it needs; 0 where it needs none.
    ends: Vec<usize>,
}

impl Ahead {
    fn of(lexicon: &Lexicon) -> Self {
        let mut ends = vec![0; lexicon.patterns.len()];
        lexicon.needy.iter().for_each(|&pattern| ends[pattern] = usize::MAX);
        Self { ends }
    }

    /// A word that a pattern needs stands before all that were seen, and ends there.
    fn see(&mut self, pattern: usize, end: usize) {
        self.ends[pattern] = self.ends[pattern].min(end);
    }

    /// Where a match of a pattern ends at the earliest.
    fn needed(&self, pattern: usize) -> usize {
        self.ends[pattern]
    }
}

/// What was found, before overlaps are resolved.
struct Found {
    mentions: Vec<Mention>,
    cues: Vec<CueHit>,
}

impl Found {
    fn add(&mut self, span: Span, meaning: Meaning) {
        match meaning {
            Meaning::Concept(concept, group) => {
                let (concept, group) = (concept as usize, group as usize);
                self.mentions.push(Mention { span, concept, group });
            }
            Meaning::Cue(cue) => self.cues.push(CueHit { span, cue: cue as usize }),
            Meaning::Pattern(_) | Meaning::Needle(_) => {}
        }
    }
}

/// The leftmost and longest mentions of each group.
fn keep_mentions(found: &[Mention], lexicon: &Lexicon) -> Vec<Mention> {
    let mut mentions = by_group(found, lexicon.count_groups());
    for group in mentions.chunk_by_mut(|a, b| a.group == b.group) {
        group.sort_by_key(|m| (m.span.start, usize::MAX - m.span.end, m.concept));
    }
    let (mut group, mut end) = (0, 0);
    mentions.retain(|mention| {
        let kept = mention.group != group || mention.span.start >= end;
        if kept {
            (group, end) = (mention.group, mention.span.end);
        }
        kept
    });
    mentions.retain(|m| !lexicon.concepts[m.concept].hides);
    mentions
}

/// Mentions by their groups, and those of each group from the last one found to the first: they are found
/// from a text's end on.
fn by_group(found: &[Mention], groups: usize) -> Vec<Mention> {
    let mut next = vec![0; groups + 1];
    found.iter().for_each(|mention| next[mention.group + 1] += 1);
    for group in 0..groups {
        next[group + 1] += next[group];
    }
    let mut sorted = found.to_vec();
    for mention in found.iter().rev() {
        sorted[next[mention.group]] = *mention;
        next[mention.group] += 1;
    }
    sorted
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
