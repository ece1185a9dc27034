//! Tables of what was tried: what the columns say of the drug that stands in the first.

use super::super::outcome::{OutcomeRead, adverse_in, degree_in, outcome_in};
use super::super::status::{ENDED, status_in};
use super::super::{Note, Stage};
use crate::fact::{MedicationStatus, Outcome};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// The heads of the columns, in a group of the lexicon.
const GROUP: &str = "medication-column";

/// How many words a cell may have that is a reason as a whole.
const LONGEST_REASON: usize = 4;

/// Answers to "Status" that are no words of a treatment's course.
static CURRENT: WordPattern = WordPattern::new(r"^{medication-column/stands-current}\b");
static PAST: WordPattern = WordPattern::new(r"^{medication-column/stands-past}\b");

/// Answers to "Now".
static IS_ON: WordPattern = WordPattern::new(r"^{medication-column/is-on}$");
static IS_OFF: WordPattern = WordPattern::new(r"^{medication-column/is-off}$");

/// What a cell holds that says nothing.
static NOTHING: WordPattern = WordPattern::new(r"^{medication-column/nothing}$");

/// What a row says of its drug.
pub(super) struct Row {
    /// Where it stands in the treatment.
    pub status: Option<MedicationStatus>,
    /// How it worked.
    pub outcome: Option<OutcomeRead>,
    /// Why it was stopped, as its cell says.
    pub reason: Option<Span>,
}

/// Whether a cell of a drug's row begins with a day and holds another: "11/2024 - 02/2025, 12 wks".
pub(super) fn holds_period(note: &Note<'_>, drug: Span) -> bool {
    note.cells(note.line_of(drug)).into_iter().any(|cell| {
        let mut days = note.dates_in(cell);
        days.next().is_some_and(|first| first.span.start == cell.start) && days.next().is_some()
    })
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
    if let Some((Some(stage), tick)) = note.stage(drug) {
        let status = match stage {
            Stage::Never => MedicationStatus::NotTaken,
            Stage::Past => MedicationStatus::Past,
            Stage::Now => MedicationStatus::Current,
        };
        let remark = Span::new(tick.end, note.line_of(drug).end.max(tick.end));
        let outcome = outcome_in(note, remark).filter(|_| stage != Stage::Never);
        return Some(Row { status: Some(status), outcome, reason: None });
    }
    let columns = note.columns(drug, |head| kind(head).is_some());
    let cell = |id: &str| columns.iter().find(|(head, _)| kind(*head) == Some(id)).map(|c| c.1);
    let answer = |id: &str| yes_or_no(note, note.get(cell(id)?));
    // Heads of the name and the dose alone ask nothing.
    if !columns.iter().any(|(head, _)| kind(*head).is_some_and(|id| !matches!(id, "drug" | "how")))
    {
        return None;
    }
    let (tried, taking) =
        (answer("tried"), answer("taking").or_else(|| on_or_off(note, cell("taking")?)));
    let told = cell("stopped").filter(|cell| tells(note, *cell) && taking != Some(true));
    let comment = cell("comment");
    // "D/C 01/2025" below "status"
    let gone = cell("status").is_some_and(|cell| ENDED.of(note.lexicon).is_match(note.get(cell)));
    let status = match (tried, taking) {
        (_, Some(true)) => Some(MedicationStatus::Current),
        (Some(false), _) => Some(MedicationStatus::NotTaken),
        (_, Some(false)) => comment
            .and_then(|cell| stands(note, cell))
            .filter(|status| *status == MedicationStatus::NotTaken)
            .or(Some(MedicationStatus::Past)),
        (Some(true), None) => Some(MedicationStatus::Past),
        (None, None) => cell("status")
            .and_then(|cell| stands(note, cell))
            .or((gone || told.is_some()).then_some(MedicationStatus::Past)),
    };
    let over = status != Some(MedicationStatus::Current);
    let unwanted = cell("unwanted").filter(|_| taking != Some(true));
    let remark = comment.and_then(|cell| {
        outcome_in(note, cell)
            .or_else(|| (gone || taking == Some(false)).then(|| why(note, cell))?)
    });
    let outcome = told
        .and_then(|cell| why(note, cell))
        .or_else(|| unwanted.and_then(|cell| why(note, cell)))
        .or_else(|| cell("helped").and_then(|cell| helped(note, cell, over)))
        .or(remark);
    // A line to write on is no reason.
    let reason = told.filter(|cell| note.get(*cell).contains(char::is_alphabetic));
    Some(Row { status, outcome, reason })
}

/// Whether a cell has words and not only an answer or a stroke.
fn tells(note: &Note<'_>, cell: Span) -> bool {
    let words = note.get(cell);
    yes_or_no(note, words).is_none() && !NOTHING.of(note.lexicon).is_match(words)
}

/// Where a cell says that a drug stands.
fn stands(note: &Note<'_>, cell: Span) -> Option<MedicationStatus> {
    let words = note.get(cell);
    let said = || status_in(note, cell).and_then(|read| read.status.parse().ok());
    if CURRENT.of(note.lexicon).is_match(words) {
        return Some(MedicationStatus::Current);
    }
    PAST.of(note.lexicon).is_match(words).then_some(MedicationStatus::Past).or_else(said)
}

/// Whether a cell answers with a yes, or a cross, or with a no.
fn yes_or_no(note: &Note<'_>, words: &str) -> Option<bool> {
    let crossed = || words.split(|c: char| !c.is_alphanumeric()).next() == Some("x");
    note.yes_or_no(words).map(|(yes, _)| yes).or_else(|| crossed().then_some(true))
}

/// What a cell below "Now" says: "on", "off".
fn on_or_off(note: &Note<'_>, cell: Span) -> Option<bool> {
    let words = note.get(cell);
    let says = |pattern: &'static WordPattern| pattern.of(note.lexicon).is_match(words);
    says(&IS_ON).then_some(true).or_else(|| says(&IS_OFF).then_some(false))
}

/// How well a drug worked, as a cell answers; an unwanted effect is an answer where it is `over`.
fn helped(note: &Note<'_>, cell: Span, over: bool) -> Option<OutcomeRead> {
    if let Some(said) = outcome_in(note, cell).or_else(|| degree_in(note, cell)) {
        return Some(said);
    }
    if let Some(effect) = adverse_in(note, cell).filter(|_| over) {
        return Some(untolerated(note, cell, effect));
    }
    let outcome = match yes_or_no(note, note.get(cell))? {
        true => Outcome::Helpful,
        false => Outcome::NotHelpful,
    };
    Some(OutcomeRead { outcome, span: cell, reason: None })
}

/// Why a drug was stopped, as a cell says; an unwanted effect unless it says otherwise.
fn why(note: &Note<'_>, cell: Span) -> Option<OutcomeRead> {
    if let Some(said) = outcome_in(note, cell) {
        return Some(said);
    }
    let effect = adverse_in(note, cell).filter(|_| tells(note, cell))?;
    Some(untolerated(note, cell, effect))
}

/// That a drug was not borne, for what a cell says.
fn untolerated(note: &Note<'_>, cell: Span, effect: Span) -> OutcomeRead {
    let short = note.get(cell).split(' ').count() <= LONGEST_REASON;
    let reason = Some(if short { cell } else { effect });
    OutcomeRead { outcome: Outcome::NotTolerated, span: cell, reason }
}
