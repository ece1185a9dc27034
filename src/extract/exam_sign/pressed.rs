//! Places that are pressed and answer: "Pressure on the left iliac crest reproduced her pain".

use super::{GROUPS, Row, tokens};
use crate::extract::Draft;
use crate::fact::{Experiencer, Kind, SignPolarity};
use crate::lexicon::{CueCategory, WordPattern};

/// How many tokens behind a place that is pressed its answer may stand.
const REACH: usize = 24;

/// How many tokens before a place what presses it may stand, and how many behind it.
const BEFORE: usize = 12;
const BEHIND: usize = 24;

/// A point of the body, and what is meant by "there".
static SPOT: WordPattern = WordPattern::new(r"\b{exam-word/spot}\b");
static THERE: WordPattern =
    WordPattern::new(r"\b(?:there|here|on it|it|(?:the|that|this) {exam-word/spot})\b");

impl Row<'_, '_> {
    /// "There is a spot on the left iliac crest. She jumps when I press there."
    pub(super) fn read_pressed_there(&self, drafts: &mut Vec<Draft>) {
        let Some(site) = (0..self.tokens.len()).find(|&at| self.group(at) == Some("exam-site"))
        else {
            return;
        };
        let Some(mention) = self.tokens[site].mention() else { return };
        let note = self.note;
        let Some(index) = note.sentence_index(self.span) else { return };
        let Some(next) = note.sentences.get(index + 1) else { return };
        let here = &note.sentences[index];
        if note.concept(mention).field("answered").is_none()
            || (next.section, next.paragraph) != (here.section, here.paragraph)
            || !SPOT.of(note.lexicon).is_match(note.get(self.span))
            || !THERE.of(note.lexicon).is_match(note.get(next.span))
        {
            return;
        }
        let row = Row { note, span: next.span, tokens: tokens(note, next.span, GROUPS) };
        let of = |ids: &[&str]| {
            (0..row.tokens.len()).find(|&i| row.answer_id(i).is_some_and(|id| ids.contains(&id)))
        };
        let another = (0..row.tokens.len()).any(|i| row.is_sign(i));
        let answer = of(&["withdraws", "reproduces", "negative"]);
        let (Some(_), Some(answer), false) = (of(&["pressed"]), answer, another) else { return };
        let asserted = note.assert(row.tokens[answer].span);
        if asserted.assertion.experiencer != Experiencer::Patient {
            return;
        }
        let negated = row.answer_id(answer) == Some("negative")
            || asserted.has(CueCategory::Negated, note.lexicon);
        let polarity = if negated { SignPolarity::Negative } else { SignPolarity::Positive };
        let span = self.tokens[site].span;
        let mut draft = self.draft(mention, span, Some(polarity), self.side(site, span));
        if let (Kind::ExamSign(sign), false) = (&mut draft.kind, negated) {
            sign.reproduces_pain = of(&["reproduces"]).map(|_| true);
        }
        drafts.push(draft);
    }

    /// "Pressure on the right iliac crest reproduced her pain."
    pub(super) fn read_pressed(&self, at: usize, drafts: &mut Vec<Draft>) {
        let token = self.tokens[at];
        let Some(mention) = token.mention() else { return };
        let presses = |&i: &usize| self.answer_id(i) == Some("pressed") || self.is_jump_sign(i);
        let before = (at.saturating_sub(BEFORE)..at)
            .rev()
            .filter(|&i| self.answer_id(i) == Some("pressed"))
            .take(1);
        // "L crest: exquisite point, pressing there = his pain"
        let behind = (at + 1..(at + BEHIND).min(self.tokens.len()))
            .take_while(|&i| !self.parts(i) && !self.is_sign(i))
            .filter(presses);
        let found = before.chain(behind).find_map(|pressed| {
            let from = at.max(pressed) + usize::from(!self.is_jump_sign(pressed));
            Some((pressed, self.answer_to_pressure(from)?))
        });
        let spot = || self.answer_at_spot(at).map(|found| (at, found));
        let Some((pressed, found)) = found.or_else(spot) else { return };
        let span = self.tokens[found].span;
        let asserted = self.note.assert(span);
        if asserted.assertion.experiencer != Experiencer::Patient {
            return;
        }
        // "negative jump sign"
        let denied = found.checked_sub(1).is_some_and(|i| self.answer_id(i) == Some("negative"));
        let negated = self.answer_id(found) == Some("negative")
            || denied
            || asserted.has(CueCategory::Negated, self.note.lexicon);
        let polarity = if negated { SignPolarity::Negative } else { SignPolarity::Positive };
        let whole = self.tokens[pressed].span.union(token.span).union(span);
        let mut draft = self.draft(mention, whole, Some(polarity), self.side(at, token.span));
        if let Kind::ExamSign(sign) = &mut draft.kind {
            sign.reproduces_pain = sign
                .reproduces_pain
                .or((!negated && self.note.get(span).contains("reprod")).then_some(true));
        }
        drafts.push(draft);
    }

    /// "Over the left crest there is one spot which makes her jump", "the patient jumps when the crest is
    /// touched": what answers for a spot without a word for pressing, or before it.
    fn answer_at_spot(&self, at: usize) -> Option<usize> {
        if !SPOT.of(self.note.lexicon).is_match(self.note.get(self.span))
            && !(0..self.tokens.len()).any(|i| self.answer_id(i) == Some("pressed"))
        {
            return None;
        }
        let answers = |i: &usize| {
            matches!(self.answer_id(*i), Some("withdraws" | "reproduces")) || self.brings_on(*i)
        };
        let behind = (at + 1..(at + REACH).min(self.tokens.len()))
            .take_while(|&i| !self.parts(i) && !self.is_sign(i))
            .find(answers);
        let jumps = |i: &usize| self.answer_id(*i) == Some("withdraws");
        behind.or_else(|| (at.saturating_sub(BEFORE)..at).rev().find(jumps))
    }

    /// The first word from a token on that answers for what is pressed.
    fn answer_to_pressure(&self, from: usize) -> Option<usize> {
        let answers = |&i: &usize| {
            matches!(self.answer_id(i), Some("positive" | "negative" | "reproduces" | "withdraws"))
                || self.brings_on(i)
        };
        (from..(from + REACH).min(self.tokens.len()))
            .take_while(|&i| !matches!(self.word(i), ";" | ".") && !self.is_sign(i))
            .find(answers)
    }

    /// Whether a token ends what is said of a place: "a spot at 7 cm; firm pressure there" goes on.
    fn parts(&self, at: usize) -> bool {
        let goes_on = || (at + 1..at + 4).any(|i| self.answer_id(i) == Some("pressed"));
        self.word(at) == "." || (self.word(at) == ";" && !goes_on())
    }

    /// Whether a token names what somebody does who is pressed: "positive jump sign".
    fn is_jump_sign(&self, at: usize) -> bool {
        self.answer_id(at) == Some("withdraws") && self.word(at).ends_with("sign")
    }
}
