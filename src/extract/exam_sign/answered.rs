//! Places that are answered for as a test is: "ILIAC CREST R   POS", and by words further behind.

use super::{Row, choice, find_side};
use crate::extract::Draft;
use crate::fact::{Experiencer, SignPolarity};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// How many tokens behind a place its answer may stand.
const REACH: usize = 8;

/// How many tokens behind a place the word for tenderness may stand where no other place is named.
const FAR: usize = 22;

/// Words between a place and its answer: "iliac crest palpation: POS".
static LEADS: WordPattern =
    WordPattern::new(r"^(?:[:?.(-]|is|was|are|were|on|with|the|to|{exam-word/to-answer})$");

/// What answers plainly.
static PLAIN: WordPattern = WordPattern::new(r"^(?:\(?[+-]|{exam-word/plain-answer})");

/// Letters that say that a place is free of tenderness.
static NONTENDER: WordPattern = WordPattern::new(r"^{exam-word/nontender-letters}$");

impl Row<'_, '_> {
    /// Reads a place with a plain answer behind it; whether it has one.
    pub(super) fn read_answered(&self, at: usize, drafts: &mut Vec<Draft>) -> bool {
        let token = self.tokens[at];
        let Some(mention) = token.mention() else { return false };
        if self.note.concept(mention).field("answered").is_none()
            || self.note.assert(mention.span).assertion.experiencer != Experiencer::Patient
        {
            return false;
        }
        let leads = |i: usize| {
            find_side(self.word(i)).is_some()
                || self.answer_id(i) == Some("pressed")
                || LEADS.of(self.note.lexicon).is_match(self.word(i))
        };
        let last = (at + 1..self.tokens.len()).take(REACH).take_while(|&i| leads(i)).last();
        let last = last.unwrap_or(at);
        let from = self.tokens[last].span.end;
        let behind = Span::new(from, self.span.end.max(from));
        if let Some(choice) = choice::read(self.note.lexicon, self.note.get(behind)) {
            let Some(polarity) = choice.polarity else {
                self.push_blank(mention, drafts);
                return true;
            };
            let span = Span::new(token.span.start, behind.start + choice.end);
            drafts.push(self.draft(mention, span, Some(polarity), self.side(at, span)));
            return true;
        }
        let next = last + 1;
        let plain = || PLAIN.of(self.note.lexicon).is_match(self.word(next));
        let found = self
            .polarity_word(next)
            .filter(|_| plain())
            .map(|answer| (answer.polarity, answer.span))
            .or_else(|| self.plus_or_minus(next).map(|answer| (answer.polarity, answer.span)))
            .or_else(|| self.short_nontender(next))
            .or_else(|| self.yes_or_no_alone(next));
        let before = || self.answer_just_before(at).map(|answer| (answer.polarity, answer.span));
        let Some((polarity, answer)) = found.or_else(before) else { return false };
        let span = token.span.union(answer);
        drafts.push(self.draft(mention, span, Some(polarity), self.side(at, answer)));
        true
    }

    /// "post crest NT": two letters that say so of a place alone.
    fn short_nontender(&self, at: usize) -> Option<(SignPolarity, Span)> {
        let short = NONTENDER.of(self.note.lexicon).is_match(self.word(at));
        short.then(|| (SignPolarity::Negative, self.tokens[at].span))
    }

    /// A yes or a no that ends its row.
    fn yes_or_no_alone(&self, at: usize) -> Option<(SignPolarity, Span)> {
        let token = self.tokens.get(at)?;
        let (yes, _) = self.note.yes_or_no(self.note.get(token.span))?;
        let asked = matches!(self.word(at.checked_sub(1)?), ":" | "?");
        let ends = matches!(self.word(at + 1), "" | "," | ";" | "." | "(");
        let polarity = if yes { SignPolarity::Positive } else { SignPolarity::Negative };
        (asked && ends).then_some((polarity, token.span))
    }

    /// A word for tenderness further behind a place, with no other place or sign between them:
    /// "a point on the crest, seven centimeters off the midline, which is sharply tender".
    pub(super) fn far_behind(&self, at: usize, near: impl Fn(&usize) -> bool) -> Option<usize> {
        (at + 1..self.tokens.len())
            .take(FAR)
            .take_while(|&i| !self.is_sign(i) && !matches!(self.word(i), ";" | "."))
            .find(near)
    }
}
