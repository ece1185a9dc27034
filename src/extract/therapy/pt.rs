//! What "PT" stands for: the therapy, the patient, a therapist's degree, or a clotting time.

use super::super::Note;
use super::super::outcome::outcome_in;
use super::super::status::status_before;
use super::GROUP;
use crate::fact::Outcome;
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

/// Verbs that follow "PT" where it means the patient.
static PATIENT_VERB: WordPattern = WordPattern::new(r"^{therapy/patient-verb}$");

/// "PT not aware of a fall".
static PATIENT_NOT: WordPattern = WordPattern::new(r"^ not {therapy/patient-not}\b");

/// Whether words that tell where a treatment stands end right before a mention.
fn status_right_before(note: &Note<'_>, sentence: &Sentence, mention: &Mention) -> bool {
    let lead = Span::new(sentence.span.start, mention.span.start);
    status_before(note, lead)
        .is_some_and(|read| note.get(Span::new(read.mention.span.end, lead.end)).trim().is_empty())
}

/// Who is named behind "PT:".
static HOLDER: WordPattern = WordPattern::new(r"^{therapy/holder}\b");

/// A patient's name with the day of birth behind it: "PT: DOE, PAT  DOB 1/1/1970".
static DEMOGRAPHIC: WordPattern = WordPattern::new(r"^: [a-z',. -]{3,40}\b{therapy/demographic}\b");

/// "PT has never been tried"
static BEEN_HAD: WordPattern =
    WordPattern::new(r"^ (?:has|had) (?:never|not)(?: yet)? {therapy/been-had}\b");

/// "PT with a therapist"
static WITH_GIVER: WordPattern = WordPattern::new(r"^ with {therapy/giver}\b");

/// Tests that are listed with a clotting time.
static CLOTTING: WordPattern = WordPattern::new(
    r"(?:^|[ ,:/]){therapy/clotting}(?:$|[ ,:/])|^[ :]*{therapy/clotting}(?:[^\w/.]|$)",
);

/// What a row answers that "pt" labels, however it is written: "pt ....... 16 visits".
static ROW: WordPattern = WordPattern::new(
    r"^ ?(?:\.{3,}|_{3,}|:| {2,})[ .:_]*(?:\d{1,3} ?{therapy/visit}\b|(?:yes|no|none|never|y|n)\b|(?:from )?\d{1,2}/\d)",
);

/// Whether a small "pt" begins a row that is answered as therapy is and no patient.
pub(super) fn labels_row(note: &Note<'_>, mention: &Mention) -> bool {
    let lead = note.get(note.lead_of_line(mention.span));
    let behind = note.get(note.rest_of_line(mention.span));
    !lead.contains(char::is_alphabetic) && ROW.of(note.lexicon).is_match(behind)
}

/// Whether "PT" is physical therapy: neither the patient, a credential nor a clotting time.
pub(super) fn is_physical_therapy(note: &Note<'_>, sentence: &Sentence, mention: &Mention) -> bool {
    let before = note.get(Span::new(sentence.span.start, mention.span.start));
    let behind = note.get(Span::new(mention.span.end, sentence.span.end));
    // "Therapist 4, PT" is a credential; "PT: Therapist 4" a name.
    let holder = Span::new(
        sentence.span.start,
        mention.span.start.saturating_sub(2).max(sentence.span.start),
    );
    let holder = note.as_written(holder).rsplit([' ', '\n']).next().unwrap_or_default();
    let person = holder.ends_with(|c: char| c.is_ascii_digit())
        || (holder.starts_with(char::is_uppercase)
            && holder.chars().skip(1).all(char::is_lowercase)
            && note
                .mentions_in(GROUP, Span::new(sentence.span.start, mention.span.start))
                .next()
                .is_none()
            && !holder.is_empty());
    let credential = before.ends_with(", ") && person && !behind.starts_with(" x ")
        || before.ends_with(" by a ")
        || before.ends_with(" licensed ");
    let next: String = behind
        .trim_start_matches([' ', ':'])
        .chars()
        .take_while(|c| c.is_alphanumeric() || matches!(c, '/' | '.'))
        .collect();
    let named = behind.starts_with(':')
        && (HOLDER.of(note.lexicon).is_match(&next)
            || DEMOGRAPHIC.of(note.lexicon).is_match(behind));
    let laboratory = next.ends_with("sec")
        || behind.starts_with(" of 1")
        || CLOTTING.of(note.lexicon).is_match(behind);
    // "Restart PT with taping", "outpatient PT with DPT", "PT did help", "PT has not been tried".
    let treated = BEEN_HAD.of(note.lexicon).is_match(behind)
        || next == "with"
            && (status_right_before(note, sentence, mention)
                || WITH_GIVER.of(note.lexicon).is_match(behind))
        || matches!(next.as_str(), "was" | "has" | "had" | "did")
            && outcome_in(note, Span::new(mention.span.end, sentence.span.end)).is_some_and(|o| {
                o.outcome != Outcome::NotTolerated
                    && note
                        .get(Span::new(mention.span.end, o.span.start.max(mention.span.end)))
                        .split_whitespace()
                        .count()
                        <= 3
            });
    let patient =
        PATIENT_VERB.of(note.lexicon).is_match(&next) && !treated && !behind.starts_with(':')
            || PATIENT_NOT.of(note.lexicon).is_match(behind);
    !(credential || named || laboratory || patient)
}
