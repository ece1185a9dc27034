//! Denials that are facts: what the patient is said not to have, and what is ruled out.

use std::sync::LazyLock;

use regex::Regex;

use super::{Diagnosis, Draft, Named, Note};
use crate::context::Asserted;
use crate::fact::{DiagnosisCertainty, Polarity, Section};
use crate::lexicon::{CueCategory, WordPattern};
use crate::pattern::fixed_regex;
use crate::segment::Sentence;
use crate::span::Span;

/// How many things may be denied in one breath before symptoms are only asked through.
const LONGEST_DENIAL: usize = 3;

/// Words that rule a diagnosis out wherever they stand.
static RULES_OUT: WordPattern =
    WordPattern::new(r"^(?:doubt|.*\b{diagnosis-context/rules-out}\b.*)");

/// Words by which a patient, or who writes of the patient, denies a complaint.
static DENIES: WordPattern = WordPattern::new(
    r"^(?:no|nor|neither|never had|never have|(?:does |do |did )?not have|does not|doesn't|{diagnosis-context/denies})\b",
);

/// "Has not had any headaches".
static HAS_NOT: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^(?:(?:has|have|had) not|hasn't|haven't|never)$"));

static HAD: WordPattern =
    WordPattern::new(r"^ ?(?:(?:any|an?|further|more|{diagnosis-context/had}) ?)+$");

static EARLIER: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"\b(?:prior to|before (?:the|his|her|this|that)|had been no|had had no)\b")
});

/// Words that make what is denied another thing, and what follows its purpose or place.
static OF_ANOTHER: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"\b(?:that|which|for|would|to|by|with|in|from|when|where|change|worse\w*)\b")
});

/// An answer to a name that stands as a label: "Hip pain: none".
static NONE: WordPattern = WordPattern::new(
    r"^ ?: *{diagnosis-context/answers-none}(?: (?:reported|noted|currently|today|now|at present))?(?: *[.;,]| *$)",
);

/// Whether a name stands as a label and is answered with none.
pub(super) fn is_answered_none(note: &Note<'_>, name: Span) -> bool {
    // "Pain meds for neck pain: none" is of the drugs.
    let lead = note.get(note.lead_of_line(name));
    let begins = !lead.rsplit(['.', ';', ',']).next().unwrap_or("").contains(char::is_alphabetic);
    begins && NONE.of(note.lexicon).is_match(note.get(note.rest_of_line(name)))
}

/// A diagnosis that is answered with none.
pub(super) fn answered_none(note: &Note<'_>, found: &Named) -> Draft {
    let kind = Diagnosis {
        name: found.name.clone(),
        icd10: None,
        icd9: None,
        certainty: Some(DiagnosisCertainty::RuledOut),
        side: found.side,
        experiencer: None,
    };
    let mut asserted = note.assert(found.span);
    asserted.assertion.polarity = Polarity::Negated;
    let mut draft = Draft::new(found.span, kind, found.rule.clone(), asserted);
    draft.confidence = 0.85;
    draft
}

/// Whether a sentence stands where a history is told.
pub(super) fn is_told(sentence: &Sentence) -> bool {
    matches!(
        sentence.section,
        Section::History
            | Section::ChiefComplaint
            | Section::PastMedicalHistory
            | Section::SocialHistory
            | Section::Header
            | Section::Other
    )
}

/// Whether a denial says of the patient what is not there, in a history or as a verdict.
pub(super) fn is_verdict(
    note: &Note<'_>,
    asserted: &Asserted,
    target: Span,
    sentence: &Sentence,
) -> bool {
    // What was not there before an injury is not denied now.
    let told = is_told(sentence) && !EARLIER.is_match(note.get(sentence.span));
    let judged = told || matches!(sentence.section, Section::Plan | Section::Treatments);
    asserted
        .cues
        .iter()
        .filter(|hit| note.lexicon.cues[hit.cue].category == CueCategory::Negated)
        .any(|hit| {
            let words = note.get(hit.span);
            if judged && RULES_OUT.of(note.lexicon).is_match(words) {
                return true;
            }
            // "No surgery that would help her back pain" denies no pain.
            let gap = note.get(Span::new(hit.span.end.min(target.start), target.start));
            let behind = Span::new(hit.span.end, sentence.span.end.max(hit.span.end));
            let reaches = !OF_ANOTHER.is_match(gap) && count(note.get(behind)) <= LONGEST_DENIAL;
            let denies = DENIES.of(note.lexicon).is_match(words)
                || (HAS_NOT.is_match(words) && HAD.of(note.lexicon).is_match(gap));
            told && denies && reaches
        })
}

/// How many things a denial goes on to list.
fn count(words: &str) -> usize {
    let list = words.split(['.', ';']).next().unwrap_or_default();
    let list = list.split(" but ").next().unwrap_or_default().replace(", or ", ", ");
    list.split([',', '/']).flat_map(|part| part.split(" or ")).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_in_one_breath_is_counted() {
        assert_eq!(count(" any neck pain."), 1);
        assert_eq!(count(" numbness, tingling, or leg pain; she"), 3);
        assert_eq!(count(" fever, chills, nausea, vomiting or back pain"), 5);
    }
}
