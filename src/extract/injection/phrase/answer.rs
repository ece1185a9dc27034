//! The place that a form's row answers: "Earlier block, other nerve     pudendal, right".

use super::{NAME, Phrase, Row, SITE, WORD, procedure_at};
use crate::extract::{Note, find_side, tokens};
use crate::span::Span;

/// How far into the answer its place may stand, behind a side (bytes).
const REACH: usize = 12;

impl Phrase {
    /// Takes the place of a procedure that names none from the cell behind its label.
    pub(in super::super) fn take_place(&mut self, note: &Note<'_>) {
        let cells = note.cells(note.line_of(self.head));
        let Some([label, answer]) = cells.get(..2).filter(|_| self.class != "verb") else { return };
        let Some(site) =
            note.mentions_in(SITE, *answer).next().filter(|_| label.contains(self.head))
        else {
            return;
        };
        let lead = note.get(Span::new(answer.start, site.span.start));
        if lead.len() > REACH || !(lead.trim().is_empty() || find_side(lead).is_some()) {
            return;
        }
        let row = Row { note, tokens: tokens(note, *answer, &[NAME, SITE, WORD]) };
        self.procedure = procedure_at(note.concept(site), self.class == "block");
        self.target = row.target(site);
        self.side = note.side_in(*answer);
        // The answer may be a sentence of its own: "Prior procedures?     SI joint".
        if note.sentence_at(self.head).is_some_and(|own| own.span.contains(site.span)) {
            self.span = self.span.union(site.span);
        }
        self.rule = format!("{}+{}", self.rule, note.rule(site));
    }
}
