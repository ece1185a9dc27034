//! Which mentions are findings of a study, and so no diagnoses.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::{CONTEXT, Note};
use crate::fact::Section;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

/// How many sentences behind a study's name may go on with its findings.
const LONGEST_REPORT: usize = 6;

/// Words by which a sentence speaks of the patient and no longer of pictures.
static OF_PATIENT: WordPattern = WordPattern::new(
    r"\b(?:he|she|his|her|him|mr|mrs|ms|i|we|my|{diagnosis-context/person}|{diagnosis-context/judgement})\b",
);

/// A line that says which study a report is of: "EXAM: CT of the pelvis".
static NAMES_STUDY: WordPattern = WordPattern::new(
    r"^(?:type of |name of )?{diagnosis-context/study-label}(?: {diagnosis-context/study-label-behind})?(?:\(s\))? ?:",
);

/// "Date of exam" and the like, which stand in a report's head.
static DATES_STUDY: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^(?:date|time) of (?:the )?(?:exam|study|service)"));

/// How many words may stand between a report's label and the study that it is of.
const LABELED: usize = 5;

/// The studies that a stretch names.
fn studies_in<'n>(note: &'n Note<'_>, within: Span) -> impl Iterator<Item = &'n Mention> {
    note.mentions_in(CONTEXT, within).filter(|m| note.concept(m).id == "study")
}

/// Whether a sentence names the study that a report is of.
fn names_study(note: &Note<'_>, sentence: &Sentence) -> bool {
    let words = note.get(sentence.span);
    let Some(label) = NAMES_STUDY.of(note.lexicon).find(words) else { return false };
    let behind = Span::new(sentence.span.start + label.end(), sentence.span.end);
    studies_in(note, behind).next().is_some_and(|m| {
        let gap = note.get(Span::new(behind.start, m.span.start));
        gap.split_whitespace().count() <= LABELED && !gap.contains('.')
    })
}

/// How far down a report the line may stand that names its study, in sentences.
const HEAD: usize = 6;

/// Whether a text begins by naming the study that it reports.
fn is_titled(note: &Note<'_>) -> bool {
    note.sentences.iter().take(HEAD).any(|s| names_study(note, s))
}

/// A label that opens a paragraph: "LABRUM: ".
static LABEL: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^([a-z][a-z0-9 /,&()-]{2,50}): "));

/// Who has something, in words of a letter: "he has had", "the patient suffers from".
static HAS: WordPattern = WordPattern::new(
    r"\b(?:he|she|who|patient|mr|mrs|ms|i)\b[a-z0-9 ,.-]{0,40}? {diagnosis-context/has}\b",
);

/// Whether a mention in a study's report tells what was found, and not why it was looked for.
pub(super) fn is_described(note: &Note<'_>, span: Span) -> bool {
    let Some(sentence) = note.sentence_at(span) else { return false };
    match sentence.section {
        // "He has had low back pain for years", in a letter that reports a study.
        Section::Other if tells_of_patient(note, sentence) => false,
        Section::Assessment | Section::Other | Section::Exam => true,
        Section::History | Section::ChiefComplaint if is_titled(note) => {
            let first = note.sentences.partition_point(|s| s.paragraph < sentence.paragraph);
            let opening = note.sentences.get(first).map_or("", |s| note.get(s.span));
            LABEL
                .captures(opening)
                .and_then(|c| c.get(1))
                .is_some_and(|label| label.as_str() != note.heading(sentence).trim())
        }
        _ => false,
    }
}

/// Whether a sentence says what the patient has, and names no study.
fn tells_of_patient(note: &Note<'_>, sentence: &Sentence) -> bool {
    HAS.of(note.lexicon).is_match(note.get(sentence.span))
        && studies_in(note, sentence.span).next().is_none()
}

/// A label of a request: a form with a line for findings is no report of a study.
static ASKS_SERVICE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"\bcpt\b(?: code)? ?[:.]|\bprior authorization\b|\bprecertification\b")
});

/// Whether a text is nothing but the report of a study: findings, and nobody examined or treated.
pub(super) fn is_study_report(note: &Note<'_>) -> bool {
    let has = |wanted: &[Section]| note.sentences.iter().any(|s| wanted.contains(&s.section));
    // "EXAM: MRI of the knee" examines nobody.
    let titled = is_titled(note);
    let examined = note.sentences.iter().any(|s| {
        s.section == Section::Exam
            && !names_study(note, s)
            && !DATES_STUDY.is_match(note.get(s.span))
    });
    // An operation has findings of its own; a study's technique is no operation.
    let operated = note
        .sentences
        .iter()
        .any(|s| s.section == Section::Procedure && !note.heading(s).contains("technique"));
    (titled || has(&[Section::Imaging, Section::Electrodiagnostics]) && !operated)
        && (titled || !(examined || ASKS_SERVICE.is_match(note.str())))
        && (titled || !has(&[Section::ChiefComplaint]))
        && !has(&[
            Section::Plan,
            Section::Medications,
            Section::Request,
            Section::Treatments,
            Section::PastMedicalHistory,
            Section::PastSurgicalHistory,
            Section::FamilyHistory,
            Section::SocialHistory,
            Section::ReviewOfSystems,
            Section::Allergies,
        ])
}

/// That a conclusion is that of a study.
static THIS_STUDY: WordPattern = WordPattern::new(r"\b{diagnosis-context/this-study}\b");

/// Headings over what a clinician makes of a visit, whatever study stands before them.
static ASSESSES: WordPattern = WordPattern::new(r"^{diagnosis-context/assesses}$");

/// Whether a mention is a result of a study: behind the study's name in its sentence, or
/// in the conclusion of a study's report.
pub(super) fn of_study(
    note: &Note<'_>,
    span: Span,
    sentence: &Sentence,
    studies: &mut BTreeMap<usize, (bool, usize)>,
) -> bool {
    let is_study = |within: Span| studies_in(note, within).next().is_some();
    let before = Span::new(sentence.span.start, span.start);
    let words = note.get(before);
    if words.ends_with("diagnosis of ") || words.ends_with("diagnosed with ") {
        return false;
    }
    if !matches!(sentence.section, Section::Assessment | Section::Plan) {
        return is_study(before)
            || is_study(sentence.heading)
            || goes_on_from_study(note, span, sentence);
    }
    if note.get(sentence.span).contains("electrical study") || is_study(sentence.heading) {
        return true;
    }
    let (study, paragraph) = *studies.entry(sentence.heading.start).or_insert_with(|| {
        let first = note.sentences.partition_point(|s| s.span.start < sentence.heading.start);
        let opening = &note.sentences[first..];
        let says = opening.iter().take_while(|s| s.heading == sentence.heading).take(2).any(|s| {
            let words = note.get(s.span);
            THIS_STUDY.of(note.lexicon).is_match(words)
        });
        // "X-ray, 06/04: ... Impression: ..." in one block is the study's own.
        let own = first.checked_sub(1).is_some_and(|before| {
            let before = &note.sentences[before];
            let between = Span::new(before.span.end, sentence.heading.start.max(before.span.end));
            let gap = note.folded.original(Span::new(before.span.end - 1, between.end));
            let block = !note.text.as_str()[gap.range()].contains("\n\n");
            matches!(before.section, Section::Imaging | Section::Data | Section::Electrodiagnostics)
                && block
                && is_study(before.span)
        });
        let own = own && !ASSESSES.of(note.lexicon).is_match(note.heading(sentence).trim());
        (says || own, opening.first().map_or(0, |s| s.paragraph))
    });
    study && (sentence.item || sentence.paragraph == paragraph)
}

/// Whether the sentences before name a study and nobody in between: "MRI of 04/18. No stenosis. Mild arthropathy."
fn goes_on_from_study(note: &Note<'_>, span: Span, sentence: &Sentence) -> bool {
    let Some(index) = note.sentence_index(span) else { return false };
    let speaks = |s: &Sentence| OF_PATIENT.of(note.lexicon).is_match(note.get(s.span));
    if speaks(sentence) {
        return false;
    }
    let before = note.sentences[..index].iter().rev().take(LONGEST_REPORT);
    for earlier in before.take_while(|s| s.paragraph == sentence.paragraph) {
        if studies_in(note, earlier.span).next().is_some() {
            return note.line_of(earlier.span) == note.line_of(span);
        }
        if speaks(earlier) {
            return false;
        }
    }
    false
}
