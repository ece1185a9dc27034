//! Diagnoses, symptoms and problems, named as a coder would index them.
//!
//! Names of their own stand in `lexicons/concepts/diagnosis.toml`; the others are put
//! together from the words of `diagnosis-word.toml`: "pain in the left hip" is
//! `hip pain`, "right L5 radiculopathy" is `lumbar radiculopathy`.

mod code;
mod compose;

use std::collections::BTreeMap;

use super::parts::{part_at, titles};
use super::{Draft, Note, find_side};
use crate::fact::{
    Diagnosis, DiagnosisCertainty, Experiencer, Kind, Polarity, Section, Side, Time,
};
use crate::lexicon::CueCategory;
use crate::segment::Sentence;
use crate::span::Span;

/// Diagnoses with names of their own, in a group of the lexicon.
const NAMED: &str = "diagnosis";

/// Words around diagnoses, in a group of the lexicon.
const CONTEXT: &str = "diagnosis-context";

/// How far before a mention a word of its purpose may stand, in bytes.
const PURPOSE_REACH: usize = 60;

/// How much of a diagnosis its mention is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Where and that it hurts: counts where the patient speaks.
    Pain,
    /// A disease or disorder.
    Disease,
    /// An illness that counts only where the visit is about it.
    Visit,
    /// What an examination finds: counts only in an assessment.
    Finding,
}

/// A diagnosis by its words.
#[derive(Clone, Debug)]
struct Named {
    span: Span,
    name: String,
    side: Option<Side>,
    class: Class,
    rule: String,
}

pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let titles = titles(note);
    let mut named = fixed(note);
    let own: Vec<Span> = named.iter().map(|n| n.span).collect();
    let covered = |span: Span| {
        let next = own.partition_point(|o| o.end <= span.start);
        own.get(next).is_some_and(|o| o.start < span.end)
    };
    let composed = compose::diagnoses(note);
    // The longer of two names for the same words.
    named.retain(|n| {
        !composed.iter().any(|c| {
            c.span.contains(n.span) && c.span.len() > n.span.len() && c.name.len() > n.name.len()
        })
    });
    let kept: Vec<Span> = named.iter().map(|n| n.span).collect();
    named.extend(composed.into_iter().filter(|c| {
        !covered(c.span) || !kept.iter().any(|k| k.start < c.span.end && c.span.start < k.end)
    }));
    named.sort_by_key(|n| (n.span.start, n.span.end));
    let first = drafts.len();
    let mut studies = BTreeMap::new();
    for found in &named {
        let part = part_at(&titles, found.span);
        drafts.extend(draft(note, found, part, &mut studies));
    }
    code::read(note, drafts, first);
}

/// Mentions of diagnoses with names of their own.
fn fixed(note: &Note<'_>) -> Vec<Named> {
    note.mentions(NAMED)
        .map(|mention| {
            let concept = note.concept(mention);
            let visit = concept.field("scope") == Some("visit");
            let span = compose::widened(note, mention.span);
            Named {
                span,
                name: concept.field("name").unwrap_or(&concept.id).to_owned(),
                side: side_around(note, span),
                class: if visit { Class::Visit } else { Class::Disease },
                rule: note.rule(mention),
            }
        })
        .collect()
}

/// The side that stands in a mention, or right behind it.
fn side_around(note: &Note<'_>, span: Span) -> Option<Side> {
    find_side(note.get(span)).or_else(|| compose::side_behind(note, span))
}

fn draft(
    note: &Note<'_>,
    found: &Named,
    part: Option<&str>,
    studies: &mut BTreeMap<usize, bool>,
) -> Option<Draft> {
    let sentence = note.sentence_at(found.span)?;
    let assessed = sentence.section == Section::Assessment;
    let core = compose::core(note, found.span);
    let mut asserted = note.assert(core);
    let assertion = &asserted.assertion;
    let negated = assertion.polarity == Polarity::Negated;
    let family = assertion.experiencer == Experiencer::Family;
    if note.box_of(found.span).is_some_and(|b| !b.ticked)
        || assertion.time == Time::Hypothetical && !assessed
        || assertion.experiencer == Experiencer::Other
        || !belongs(sentence.section, found.class, part)
        || of_study(note, found.span, sentence, studies)
        || for_purpose(note, found.span, sentence)
    {
        return None;
    }
    // A denial counts where it is a verdict, not where symptoms are asked through.
    if negated && (!assessed || family) {
        return None;
    }
    let behind = Span::new(found.span.end, sentence.span.end.max(found.span.end));
    let next = note.mentions_in(CONTEXT, behind).next();
    let follows = |id: &str, reach: usize| {
        next.is_some_and(|m| note.concept(m).id == id && m.span.start - found.span.end <= reach)
    };
    let possible = asserted.has(CueCategory::Possible, note.lexicon) || follows("versus", 12);
    let certainty = if negated || follows("resolved", 4) {
        DiagnosisCertainty::RuledOut
    } else if possible {
        DiagnosisCertainty::Suspected
    } else {
        DiagnosisCertainty::Confirmed
    };
    asserted.assertion.certainty =
        if possible { crate::fact::Certainty::Possible } else { crate::fact::Certainty::Certain };
    let kind = Diagnosis {
        name: found.name.clone(),
        icd10: None,
        icd9: None,
        certainty: Some(certainty),
        side: found.side,
        experiencer: family.then_some(Experiencer::Family),
    };
    let mut draft = Draft::new(found.span, kind, found.rule.clone(), asserted);
    draft.confidence = if assessed { 0.95 } else { 0.85 };
    Some(draft)
}

/// Whether a section is one where mentions of a class are diagnoses.
fn belongs(section: Section, class: Class, part: Option<&str>) -> bool {
    let assessed = section == Section::Assessment;
    match section {
        Section::Medications
        | Section::Allergies
        | Section::Education
        | Section::Goals
        | Section::Imaging
        | Section::Electrodiagnostics
        | Section::Data
        | Section::Signature => false,
        Section::Exam | Section::Outcomes => class == Class::Disease,
        Section::Plan | Section::SocialHistory | Section::PastSurgicalHistory => {
            class == Class::Disease
        }
        Section::Procedure => class == Class::Disease && part != Some("procedure-note"),
        _ => match class {
            Class::Pain | Class::Disease => true,
            Class::Visit | Class::Finding => assessed,
        },
    }
}

/// Whether a mention is a result of a study: behind the study's name in its sentence, or
/// in the conclusion of a study's report.
fn of_study(
    note: &Note<'_>,
    span: Span,
    sentence: &Sentence,
    studies: &mut BTreeMap<usize, bool>,
) -> bool {
    let is_study =
        |within: Span| note.mentions_in(CONTEXT, within).any(|m| note.concept(m).id == "study");
    let before = Span::new(sentence.span.start, span.start);
    if !matches!(sentence.section, Section::Assessment | Section::Plan) {
        return is_study(before);
    }
    let own = note.str()[sentence.span.range()].contains("electrical study");
    own || *studies.entry(sentence.heading.start).or_insert_with(|| {
        let first = note.sentences.partition_point(|s| s.span.start < sentence.heading.start);
        note.sentences[first..].iter().take_while(|s| s.heading == sentence.heading).take(2).any(
            |s| {
                let words = note.get(s.span);
                words.contains("electrical study")
                    || words.contains("normal study")
                    || words.contains("this study")
            },
        )
    })
}

/// Whether a mention names what something is for, or is looked for.
fn for_purpose(note: &Note<'_>, span: Span, sentence: &Sentence) -> bool {
    let start = span.start.saturating_sub(PURPOSE_REACH).max(sentence.span.start);
    let start =
        (start..=span.start).find(|&i| note.str().is_char_boundary(i)).unwrap_or(span.start);
    note.mentions_in(CONTEXT, Span::new(start, span.start)).any(|m| note.concept(m).id == "purpose")
}

/// The diagnosis of a draft.
fn diagnosis(draft: &mut Draft) -> Option<&mut Diagnosis> {
    match &mut draft.kind {
        Kind::Diagnosis(found) => Some(found),
        _ => None,
    }
}
