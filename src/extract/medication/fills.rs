//! What a pharmacy dispensed: rows of a fill's day, the drug, and for how many days it lasts.

use super::super::Note;
use crate::date::PartialDate;
use crate::lexicon::WordPattern;
use crate::span::Span;

/// Days that one fill lasts, at most.
const LONGEST_FILL: i32 = 180;

/// Heads of the column that tells for how many days a fill lasts.
static DAYS_HEAD: WordPattern = WordPattern::new(r"^{medication-column/days-supply}$");

/// The first day of the fill that a drug's row tells of, and the day that it lasts to.
pub(super) fn fill_of(note: &Note<'_>, drug: Span) -> Option<(PartialDate, PartialDate)> {
    let line = note.line_of(drug);
    let cells = note.cells(line);
    let filled = note.dates_in(line).next()?.date;
    let head = note.lines_above(line).find_map(|above| {
        let heads = note.cells(above);
        heads.into_iter().find(|head| DAYS_HEAD.of(note.lexicon).is_match(note.get(*head)))
    })?;
    let days: i32 = note.get(note.in_line_with(&cells[1..], head)?).trim().parse().ok()?;
    let first = filled.exact().filter(|_| (1..=LONGEST_FILL).contains(&days))?;
    let last = first.checked_add(jiff::Span::new().days(days)).ok()?;
    Some((filled, PartialDate::day(last.year(), last.month(), last.day())?))
}
