//! Rows of a table of what was tried: "Massage | Yes | short-lived help", "Acupuncture   N".

use super::super::{ColumnAnswer, Note, OutcomeRead};
use crate::fact::Outcome;
use crate::lexicon::WordPattern;
use crate::span::Span;

/// That it was tried, in the cell behind its name.
static DONE: WordPattern = WordPattern::new(r"^{form-word/done}$");

/// What the head of a column asks that is answered with how much it helped.
static ASKS_HELP: WordPattern = WordPattern::new(r"\b{form-word/asks-help}\b");

/// That it helped a little.
static LITTLE: WordPattern = WordPattern::new(r"^{form-word/little}\b");

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
    let words = note.get(answer);
    let said = note.yes_or_no(words).filter(|(_, rest)| rest.is_empty()).map(|(yes, _)| yes);
    let said = said.or_else(|| DONE.of(note.lexicon).is_match(words).then_some(true));
    let done = match (said, note.column_answer(head)) {
        (Some(yes), _) => yes,
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
            .any(|above| ASKS_HELP.of(note.lexicon).is_match(note.get(above)));
        let words = note.get(span);
        let outcome = match note.yes_or_no(words) {
            _ if !asked => return None,
            _ if LITTLE.of(note.lexicon).is_match(words) => Outcome::Partial,
            Some((true, _)) => Outcome::Helpful,
            Some((false, rest)) if rest.is_empty() || rest.starts_with(',') => Outcome::NotHelpful,
            _ => return None,
        };
        Some(OutcomeRead { outcome, span, reason: None })
    }
}
