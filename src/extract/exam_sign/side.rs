//! The side of a sign: named around it, shared by a list, or told by what its lines are about.

use super::{Row, find_side};
use crate::fact::Side;
use crate::lexicon::WordPattern;
use crate::span::Span;

/// How many sentences a joint may be the topic of.
const LONGEST_TOPIC: usize = 14;

/// The head of a joint's paragraph, or a short title of tests.
static TOPIC: WordPattern = WordPattern::new(
    r"^(?:(?:physical )?exam(?:ination)?: ?)?(?:on |upon )?(?P<lead>{exam-word/topic-lead} (?:of )?(?:(?:the|his|her) )?)?(?:(?P<side>right|left|bilateral|both|r|l|rt|lt|b/l)\.? )?(?:{exam-word/topic}s?|tests?|maneuvers?)(?: (?:exam(?:ination)?|tests?))?(?:$|:|(?P<clause>,)| (?:reveal(?:s|ed)|demonstrate[sd]|examined)\b| (?P<verb>is|are|has|show(?:s|ed))\b| ?\((?P<aside>right|left|bilateral|r|l|rt|lt|b/l)\))",
);

/// That both sides are meant.
static EITHER: WordPattern = WordPattern::new(r"\b{exam-word/either}\b");

/// Parts that there are two of, where both are named.
static PLURAL: WordPattern = WordPattern::new(r"(?:^|[ ,.]){exam-word/two}(?:$|[ ,.])");

impl Row<'_, '_> {
    /// The side that the words around a sign and its answer name.
    pub(super) fn side(&self, at: usize, answer: Span) -> Option<Side> {
        let stops = |i: usize| {
            self.is_sign(i)
                || self.polarity_word(i).is_some()
                || matches!(self.word(i), ";" | "," | ".")
        };
        let mut from = at;
        while from > 0 && !stops(from - 1) {
            from -= 1;
        }
        let mut to = at + 1;
        while to < self.tokens.len() && !self.is_sign(to) && !self.stops_side(to, answer) {
            to += 1;
        }
        let own = Span::new(self.tokens[from].span.start, self.tokens[to - 1].span.end);
        let own = own.start.min(self.tokens[at].span.start)..own.end.max(self.tokens[at].span.end);
        if let Some(side) = self.side_of(Span::new(own.start, own.end)) {
            return Some(side);
        }
        // "Hawkins and Neer are positive on the left", "positive: Kemp's and SLR on the left".
        let last = (at + 1..self.tokens.len())
            .take_while(|&i| {
                self.is_sign(i)
                    || matches!(self.word(i), "," | "and" | "or" | "&" | "/" | "test" | "sign")
            })
            .filter(|&i| self.is_sign(i))
            .last();
        let from = last.map_or(answer.end.min(self.span.end), |i| self.tokens[i].span.end);
        if last.is_none() && answer.end <= self.tokens[at].span.end {
            return None;
        }
        let rest = self.tokens.iter().enumerate().filter(|(_, t)| t.span.start >= from);
        let mut end = from;
        for (i, token) in rest {
            if self.is_sign(i) || self.stops_side(i, answer) {
                break;
            }
            end = token.span.end;
        }
        self.side_of(Span::new(from, end))
    }

    /// Whether the words about the side end here: at a clause, but not at ", right or left".
    fn stops_side(&self, at: usize, answer: Span) -> bool {
        match self.word(at) {
            ";" | "." => true,
            "," => {
                find_side(self.word(at + 1)).is_none()
                    || self.word(at + 2) == "neg"
                    || self.is_sign(at + 2)
                    || matches!(self.answer_id(at + 2), Some("tender" | "nontender"))
                    || self.polarity_word(at + 2).is_some()
            }
            _ => self.tokens[at].span.start >= answer.end && self.polarity_word(at).is_some(),
        }
    }

    /// The side that words name, "either side" and a capital B among them.
    pub(super) fn side_of(&self, span: Span) -> Option<Side> {
        let words = self.note.get(span);
        if EITHER.of(self.note.lexicon).is_match(words) || self.has_letter_for_both(span) {
            return Some(Side::Bilateral);
        }
        // "Tinel's at the elbows is negative" is of both, unless one is named.
        let plural = || PLURAL.of(self.note.lexicon).is_match(words);
        find_side(words).or_else(|| plural().then_some(Side::Bilateral))
    }

    /// "SLR neg B", "B hips": the letter stands for both sides, unless it counts a list.
    fn has_letter_for_both(&self, span: Span) -> bool {
        let written = self.note.as_written(span);
        let words =
            written.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')'));
        words.skip_while(|word| word.is_empty()).enumerate().any(|(at, word)| {
            matches!(word, "B" | "BL" | "Bil" | "bil" | "bil." | "BIL") || (at > 0 && word == "B.")
        })
    }

    /// The side of the joint or the tests that the words before a sentence are about: "Right
    /// knee: no effusion. Lachman negative.", "Special tests (L)".
    pub(super) fn side_of_topic(&self) -> Option<Side> {
        let sentences = &self.note.sentences;
        let own = self.note.sentence_index(self.span)?;
        let this = &sentences[own];
        let earlier = sentences[..=own]
            .iter()
            .rev()
            .take(LONGEST_TOPIC)
            .take_while(|s| s.section == this.section && s.heading == this.heading);
        // "Left leg: 5/5" is a row of its own, and the next row is not about it.
        let mut new_row = false;
        for sentence in earlier {
            let starts = self.note.line_of(sentence.span).start == sentence.span.start;
            let Some(topic) = TOPIC.of(self.note.lexicon).captures(self.note.get(sentence.span))
            else {
                new_row |= starts;
                continue;
            };
            // "On examination of the right arm, ..." opens what is told of it; "Left knee, swelling" is a list.
            if topic.name("clause").is_some() && topic.name("lead").is_none() {
                new_row |= starts;
                continue;
            }
            let label = topic.get(0).is_some_and(|whole| whole.end() < sentence.span.len());
            // "Exam of the left knee shows a scar" opens what is told of that knee.
            let told = topic.name("verb").is_some() && topic.name("lead").is_none();
            let ends = told || (new_row && label && topic.name("aside").is_none());
            let side = topic.name("side").or(topic.name("aside")).filter(|_| !ends)?;
            return find_side(side.as_str());
        }
        let heading = self.note.heading(this);
        TOPIC
            .of(self.note.lexicon)
            .captures(heading)
            .and_then(|topic| find_side(topic.name("side").or(topic.name("aside"))?.as_str()))
    }
}
