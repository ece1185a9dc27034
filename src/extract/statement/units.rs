//! How many are asked for: "Units: 1", or a column of a form's table.

use super::needs::Surroundings;
use super::statement;
use crate::extract::{Answer, Draft, Note};
use crate::span::Span;

/// Most units that are a number of blocks.
const MOST: u32 = 20;

pub(super) fn read(at: &Surroundings<'_, '_>) -> Option<Draft> {
    let (note, mention) = (at.note, at.mention);
    let (span, count) = in_row(note, mention.span).or_else(|| in_column(note, mention.span))?;
    let topic = if count == 1 { "single-block" } else { "series-planned" };
    let mut draft = statement(note, span, topic, None, note.rule(mention));
    draft.assertion = Default::default();
    draft.cues.clear();
    draft.confidence = 0.95;
    Some(draft)
}

/// "Units: 1", "Quantity    1", "Number of sessions ...... 3".
fn in_row(note: &Note<'_>, label: Span) -> Option<(Span, u32)> {
    let rest = note.rest_of_line(label);
    // "Units 1" in one cell, or a number right behind the label.
    let words = note.get(rest);
    let digits = words.trim_start_matches([' ', ':', '=', '#', '(', 's', ')']);
    let mut number = Span::new(rest.end - digits.len(), rest.end);
    if digits_in(digits) == 0
        && let Some(Answer::Words(span)) = note.answer(label)
    {
        number = span;
    }
    let count = number_at(note.get(number))?;
    Some((Span::new(label.start, number.start + digits_in(note.get(number))), count))
}

/// A table's column: the cell under the label, in the first row with as many cells or
/// else the one at its place.
fn in_column(note: &Note<'_>, label: Span) -> Option<(Span, u32)> {
    let head = note.line_of(label);
    let cells = note.cells(head);
    let column = cells.iter().position(|cell| cell.contains(label))?;
    if cells.len() < 3 {
        return None;
    }
    let mut line = head;
    for _ in 0..3 {
        let start = (line.end + 1).min(note.str().len());
        line = note.line_of(Span::new(start, start));
        let row = note.cells(line);
        if row.len() == cells.len() {
            let cell = row[column];
            let alone = digits_in(note.get(cell)) == cell.len();
            return Some((cell, number_at(note.get(cell)).filter(|_| alone)?));
        }
    }
    None
}

fn digits_in(words: &str) -> usize {
    words.bytes().take_while(u8::is_ascii_digit).count()
}

fn number_at(words: &str) -> Option<u32> {
    let digits = digits_in(words);
    let ends =
        words[digits..].chars().next().is_none_or(|c| !matches!(c, '/' | '.' | '-' | '%' | ':'));
    let units = !words[digits..].trim_start().starts_with(['m', '/', '%']);
    words[..digits].parse().ok().filter(|n| ends && units && (1..=MOST).contains(n))
}
