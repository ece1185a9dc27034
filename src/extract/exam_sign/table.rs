//! Rows of tables whose cells answer for a test: one column a side, or one a day.

use super::answer::Answer;
use super::{Row, find_side};
use crate::extract::Draft;
use crate::fact::{Side, SignPolarity, Time};
use crate::span::Span;
use crate::tag::Mention;

/// Heads of columns, in a group of the lexicon.
const HEADS: &str = "function-row";

impl Row<'_, '_> {
    /// Reads the cells behind a test's name as one answer each; whether they are such.
    pub(super) fn read_cells(&self, at: usize, mention: &Mention, drafts: &mut Vec<Draft>) -> bool {
        let note = self.note;
        let cells = note.cells(note.line_of(mention.span));
        let Some(own) = cells.iter().position(|cell| cell.contains(mention.span)) else {
            return false;
        };
        let answers: Vec<(Span, Answer)> = cells[own + 1..]
            .iter()
            .filter_map(|&cell| Some((cell, self.answer_of(cell)?)))
            .collect();
        if answers.len() < 2 {
            return false;
        }
        let tells = |head| self.side_of_head(head).is_some() || self.time(head).is_some();
        let Some(heads) = note.heads_above(note.line_of(mention.span), tells) else {
            return false;
        };
        let named = self.side_of(cells[own]);
        for (index, (cell, answer)) in answers.into_iter().enumerate() {
            let Some(head) = note.in_line_with(&heads, cell) else { continue };
            let side = self.side_of_head(head).or(named);
            let span = if index == 0 { self.tokens[at].span.union(cell) } else { cell };
            let mut draft = self.draft(mention, span, Some(answer.polarity), side);
            draft.assertion.time = self.time(head).unwrap_or(draft.assertion.time);
            drafts.push(draft);
        }
        true
    }

    /// The answer that a cell begins with.
    fn answer_of(&self, cell: Span) -> Option<Answer> {
        let first = (0..self.tokens.len()).find(|&i| self.tokens[i].span.start >= cell.start)?;
        let inside = self.tokens[first].span.end <= cell.end;
        let answer = self.polarity_word(first).or_else(|| match self.word(first) {
            "+" | "-" => Some(Answer {
                polarity: if self.word(first) == "+" {
                    SignPolarity::Positive
                } else {
                    SignPolarity::Negative
                },
                span: self.tokens[first].span,
            }),
            _ => None,
        });
        answer.filter(|_| inside)
    }

    fn side_of_head(&self, head: Span) -> Option<Side> {
        let words = self.note.get(head);
        find_side(words).filter(|_| words.len() <= "left side".len())
    }

    /// Whether a column is of an earlier day or of the last one.
    fn time(&self, head: Span) -> Option<Time> {
        let named = self.note.mentions_in(HEADS, head).find(|m| m.span.start == head.start)?;
        match self.note.concept(named).id.as_str() {
            "earlier" => Some(Time::Past),
            "latest" => Some(Time::Current),
            _ => None,
        }
    }
}
