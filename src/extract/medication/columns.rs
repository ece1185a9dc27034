//! Tables of what was tried: what the columns say of the drug that stands in the first.

use super::super::Note;
use super::super::outcome::{OutcomeRead, degree_in, outcome_in};
use crate::fact::{MedicationStatus, Outcome};
use crate::span::Span;

/// The heads of the columns, in a group of the lexicon.
const GROUP: &str = "medication-column";

/// What a row says of its drug.
pub(super) struct Row {
    /// Where it stands in the treatment.
    pub status: Option<MedicationStatus>,
    /// How it worked, and why it was stopped.
    pub outcome: Option<OutcomeRead>,
}

/// What the row says that a drug begins; `None` where no heads stand above.
pub(super) fn row_of(note: &Note<'_>, drug: Span) -> Option<Row> {
    let kind = |head: Span| {
        let mention = note.mentions_in(GROUP, head).next()?;
        Some(note.concept(mention).id.as_str())
    };
    if !note.cells(note.line_of(drug)).first()?.contains(drug) {
        return None;
    }
    let columns = note.columns(drug, |head| kind(head).is_some());
    let cell = |id: &str| columns.iter().find(|(head, _)| kind(*head) == Some(id)).map(|c| c.1);
    let answer = |id: &str| yes_or_no(note, note.get(cell(id)?));
    if columns.is_empty() {
        return None;
    }
    let (tried, taking) = (answer("tried"), answer("taking"));
    let status = match (tried, taking) {
        (_, Some(true)) => Some(MedicationStatus::Current),
        (Some(false), _) => Some(MedicationStatus::NotTaken),
        (_, Some(false)) | (Some(true), None) => Some(MedicationStatus::Past),
        (None, None) => None,
    };
    let helped = cell("helped").and_then(|cell| helped(note, cell));
    let stopped = cell("stopped").filter(|_| taking != Some(true));
    let outcome = stopped.and_then(|cell| why(note, cell)).or(helped);
    Some(Row { status, outcome })
}

/// Whether a cell answers with a yes, or a cross, or with a no.
fn yes_or_no(note: &Note<'_>, words: &str) -> Option<bool> {
    let crossed = || words.split(|c: char| !c.is_alphanumeric()).next() == Some("x");
    note.yes_or_no(words).map(|(yes, _)| yes).or_else(|| crossed().then_some(true))
}

/// How well a drug worked, as a cell answers.
fn helped(note: &Note<'_>, cell: Span) -> Option<OutcomeRead> {
    if let Some(said) = outcome_in(note, cell).or_else(|| degree_in(note, cell)) {
        return Some(said);
    }
    let outcome = match yes_or_no(note, note.get(cell))? {
        true => Outcome::Helpful,
        false => Outcome::NotHelpful,
    };
    Some(OutcomeRead { outcome, span: cell, reason: None })
}

/// Why a drug was stopped, as a cell says; an unwanted effect unless it says otherwise.
fn why(note: &Note<'_>, cell: Span) -> Option<OutcomeRead> {
    let words = note.get(cell);
    let nothing =
        yes_or_no(note, words).is_some() || matches!(words, "-" | "--" | "n/a" | "na" | "?");
    if let Some(said) = outcome_in(note, cell) {
        return Some(said);
    }
    let told = !nothing && note.mentions_in("outcome", cell).next().is_some();
    told.then_some(OutcomeRead { outcome: Outcome::NotTolerated, span: cell, reason: Some(cell) })
}
