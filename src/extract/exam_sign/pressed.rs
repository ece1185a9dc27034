//! Places that are pressed and answer: "Pressure on the left iliac crest reproduced her pain".

use super::Row;
use crate::extract::Draft;
use crate::fact::{Experiencer, Kind, SignPolarity};
use crate::lexicon::CueCategory;

impl Row<'_, '_> {
    /// "Pressure on the right iliac crest reproduced her pain."
    pub(super) fn read_pressed(&self, at: usize, drafts: &mut Vec<Draft>) {
        let token = self.tokens[at];
        let Some(mention) = token.mention() else { return };
        let pressed =
            (at.saturating_sub(8)..at).rev().find(|&i| self.answer_id(i) == Some("pressed"));
        // "L crest: exquisite point, pressing there = his pain"
        let behind = || {
            (at + 1..(at + 16).min(self.tokens.len()))
                .take_while(|&i| !matches!(self.word(i), ";" | ".") && !self.is_sign(i))
                .find(|&i| self.answer_id(i) == Some("pressed"))
        };
        let Some(pressed) = pressed.or_else(behind) else { return };
        let answers = |&i: &usize| {
            matches!(self.answer_id(i), Some("positive" | "negative" | "reproduces" | "withdraws"))
                || self.brings_on(i)
        };
        let from = at.max(pressed) + 1;
        let row = from..(from + 15).min(self.tokens.len());
        let found = row
            .take_while(|&i| !matches!(self.word(i), ";" | ".") && !self.is_sign(i))
            .find(answers);
        let Some(found) = found else { return };
        let span = self.tokens[found].span;
        let asserted = self.note.assert(span);
        if asserted.assertion.experiencer != Experiencer::Patient {
            return;
        }
        let negated = self.answer_id(found) == Some("negative")
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
}
