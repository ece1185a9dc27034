//! What headings and labels say of the drugs below and behind them: "PROPOSED", "Failed: A, B. C."

use super::super::Note;
use super::super::scope::Reach;
use crate::extract::outcome::OutcomeRead;
use crate::fact::{MedicationStatus, Outcome, Section};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

/// How long a label before a colon may be (bytes).
const LONGEST_LABEL: usize = 40;

/// How many sentences a label may stand before a drug of its list.
const LABEL_REACH: usize = 4;

/// Headings over what is to be taken.
static AHEAD: WordPattern = WordPattern::new(r"\b{medication-word/headed-planned}");

/// Headings over what was never taken.
static NEVER: WordPattern = WordPattern::new(r"\b{medication-word/headed-never}");

/// Headings over what was given during a stay or a visit.
static GIVEN_THEN: WordPattern = WordPattern::new(r"\b{medication-word/headed-given}");

/// Headings over what is prescribed on leaving, where they stand behind an assessment.
static PRESCRIBED: WordPattern = WordPattern::new(r"^{medication-word/headed-prescribed}\b");

/// Headings and labels over what is taken no more.
static FORMER: WordPattern = WordPattern::new(r"\b{medication-word/former}");

/// Labels of what was tried: "Tried:", "Failed meds:".
static FORMER_LABEL: WordPattern =
    WordPattern::new(r"^(?:[a-z]+ )?(?:{medication-word/former}|{medication-word/tried})");

/// How a label begins that names drugs and nothing else, or names nothing: "9. Medicines that".
macro_rules! label_of_drugs {
    () => {
        r"^[ \d.)#*-]*(?:(?:past |prior |pain |nerve )?{medication-word/drugs}(?: (?:that|which|i|she|he|we|pt|patient|the patient|have|has|had|were|was))* )?"
    };
}

/// Labels of what was not tolerated, and of what did nothing: "Medicines I could not take:".
static UNTOLERATED: WordPattern = WordPattern::new(concat!(
    label_of_drugs!(),
    r"{medication-word/headed-untolerated}(?: (?:me|by me|before|at all|well))*[ :]*$"
));

static USELESS: WordPattern = WordPattern::new(concat!(
    label_of_drugs!(),
    r"{medication-word/headed-useless}(?: (?:me|before|at all|much))*[ :]*$"
));

/// What the label over a list, or before it on its line, says of how its drugs did.
pub(super) fn labelled_outcome(note: &Note<'_>, reach: &Reach) -> Option<OutcomeRead> {
    let line = note.line_of(reach.head);
    let before = note.get(Span::new(line.start, reach.head.start.max(line.start)));
    let label = match before.rfind(':') {
        Some(colon) => Span::new(line.start, line.start + colon),
        None if before.contains(char::is_alphabetic) => return None,
        None => line_above(note, line)?,
    };
    let words = note.get(label);
    if words.len() > LONGEST_LABEL {
        return None;
    }
    let under = |pattern: &WordPattern| pattern.of(note.lexicon).is_match(words);
    let outcome = if under(&UNTOLERATED) {
        Outcome::NotTolerated
    } else if under(&USELESS) {
        Outcome::NotHelpful
    } else {
        return None;
    };
    Some(OutcomeRead { outcome, span: label, reason: None })
}

/// What the heading over a list says of a drug that its line begins with.
pub(super) fn under_heading(
    note: &Note<'_>,
    sentence: &Sentence,
    reach: &Reach,
) -> Option<MedicationStatus> {
    let heading = note.heading(sentence);
    let under = |words: &WordPattern| words.of(note.lexicon).is_match(heading);
    let begins = reach.begins(note) || under_own_words(note, reach);
    let above = label_above(note, reach.head);
    let labelled =
        |words: &WordPattern| above.is_some_and(|at| words.of(note.lexicon).is_match(at));
    match sentence.section {
        _ if begins && labelled(&NEVER) => Some(MedicationStatus::NotTaken),
        _ if begins && labelled(&FORMER) => Some(MedicationStatus::Past),
        Section::Medications if under(&PRESCRIBED) && behind_assessment(note, sentence) => {
            Some(MedicationStatus::Planned)
        }
        Section::Other if under(&GIVEN_THEN) => Some(MedicationStatus::Past),
        Section::Other if begins && under(&NEVER) => Some(MedicationStatus::NotTaken),
        Section::Other if begins && under(&AHEAD) => Some(MedicationStatus::Planned),
        Section::Other if begins && under(&FORMER) => Some(MedicationStatus::Past),
        _ => labelled_former(note, sentence).then_some(MedicationStatus::Past),
    }
}

/// The label over the rows that a drug's line is one of: "Never picked up:" on a line of its own.
fn label_above<'a>(note: &'a Note<'_>, head: Span) -> Option<&'a str> {
    line_above(note, note.line_of(head)).map(|line| note.get(line))
}

/// The nearest line above a row that is a label.
fn line_above(note: &Note<'_>, row: Span) -> Option<Span> {
    let labels = |line: &str| line.trim_end().ends_with(':') && line.trim().len() <= LONGEST_LABEL;
    note.lines_above(row).find(|line| labels(note.get(*line)))
}

/// Whether the words before a list are its heading's own, with its first row in one sentence.
fn under_own_words(note: &Note<'_>, reach: &Reach) -> bool {
    note.sentence_at(reach.head)
        .is_some_and(|s| note.heading(s).ends_with(note.get(reach.lead).trim()))
}

/// Whether an assessment or a plan stands before.
fn behind_assessment(note: &Note<'_>, sentence: &Sentence) -> bool {
    let first = note.sentences.partition_point(|s| s.span.start < sentence.span.start);
    note.sentences[..first].iter().any(|s| matches!(s.section, Section::Assessment | Section::Plan))
}

/// Whether the line's label, some sentences before, tells of what was tried: "Failed: A, B. C."
fn labelled_former(note: &Note<'_>, sentence: &Sentence) -> bool {
    let own = note.sentences.partition_point(|s| s.span.start < sentence.span.start);
    let labelled = (own.saturating_sub(LABEL_REACH)..=own)
        .rev()
        .take_while(|&at| note.sentences[at].paragraph == sentence.paragraph)
        .find_map(|at| label(note, note.sentences[at].span).map(|label| (at, label)));
    labelled.is_some_and(|(at, label)| at < own && FORMER_LABEL.of(note.lexicon).is_match(label))
}

/// What stands before a sentence's first colon, where it is short and without a number.
fn label<'a>(note: &'a Note<'_>, sentence: Span) -> Option<&'a str> {
    let (label, _) = note.get(sentence).split_once(':')?;
    (label.len() <= LONGEST_LABEL && !label.contains(|c: char| c.is_ascii_digit() || c == ','))
        .then_some(label)
}
