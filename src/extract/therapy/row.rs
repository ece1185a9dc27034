//! Rows of a table of what was tried: "Massage | Yes | short-lived help", "Acupuncture   N".

use super::super::{ColumnAnswer, Note, OutcomeRead};
use crate::fact::Outcome;
use crate::span::Span;

/// What a row answers.
pub(super) struct Row {
    /// Whether the therapy was tried.
    pub done: bool,
    /// The cells behind the answer.
    rest: Vec<Span>,
}

/// The answer in the cell behind a therapy's name, or by the column of its tick.
pub(super) fn answer(note: &Note<'_>, head: Span) -> Option<Row> {
    let cells = note.cells(note.line_of(head));
    let own = cells.iter().position(|cell| cell.contains(head))?;
    let answer = *cells.get(own + 1)?;
    let done = match (note.get(answer), note.column_answer(head)) {
        ("yes" | "y" | "tried", _) => true,
        ("no" | "n" | "none" | "never", _) => false,
        (_, Some((ColumnAnswer::Yes, _))) => true,
        (_, Some((ColumnAnswer::No, _))) => false,
        _ => return None,
    };
    Some(Row { done, rest: cells[own + 2..].to_vec() })
}

impl Row {
    /// What the next cell says to "Did it help?".
    pub(super) fn outcome_read(&self, note: &Note<'_>) -> Option<OutcomeRead> {
        let span = *self.rest.first()?;
        let asked = note
            .lines_above(note.line_of(span))
            .any(|above| ["help", "relief", "benefit"].iter().any(|w| note.get(above).contains(w)));
        let words = note.get(span);
        let first = words.split(|c: char| !c.is_alphanumeric()).next()?;
        let little = ["a little", "a bit", "some", "somewhat", "partly", "slightly", "for a while"];
        let outcome = match first {
            _ if !asked => return None,
            _ if little.iter().any(|word| words.starts_with(word)) => Outcome::Partial,
            "yes" | "y" => Outcome::Helpful,
            "no" | "n" if words.len() == first.len() || words[first.len()..].starts_with(',') => {
                Outcome::NotHelpful
            }
            _ => return None,
        };
        Some(OutcomeRead { outcome, span, reason: None })
    }
}
