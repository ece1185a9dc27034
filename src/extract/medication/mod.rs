//! Drugs: what is taken, was taken, is planned or was never tried, and how it worked.

mod attributes;
mod heads;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::outcome::{OutcomeRead, outcome_before, outcome_in, reason_in};
use super::scope::{Reach, reaches};
use super::status::{StatusRead, answered_no, status_of};
use super::{Course, Draft, Note, course_in};
use crate::fact::{
    Medication, MedicationStatus, Origin, Outcome, Polarity, Route, Section, Statement, Time,
};
use crate::segment::Sentence;
use crate::span::Span;
use attributes::{
    Dose, Frequency, find_bare_dose, find_dose, find_doses, find_frequency, find_route,
};
use heads::{Head, heads_of};

/// How far a dose with its unit may stand behind the drug (bytes).
const DOSE_REACH: usize = 95;

/// How far a frequency may stand behind dose or drug (bytes).
const FREQUENCY_REACH: usize = 42;

/// Reads every drug that the text names as somebody's medication.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let indices: BTreeSet<usize> =
        note.mentions("drug").filter_map(|m| note.sentence_index(m.span)).collect();
    // The last drug named, and the sentence that it stood in: a bare dose may go on about it.
    let mut last: Option<(usize, Medication)> = None;
    for index in indices {
        if let Some((at, drug)) = last.take() {
            later_doses(note, at + 1..index.min(at + 3), &drug, drafts);
        }
        let from = drafts.len();
        read_sentence(note, index, drafts);
        last = drafts[from..].iter().rev().find_map(|draft| match &draft.kind {
            crate::fact::Kind::Medication(drug) => Some((index, drug.clone())),
            _ => None,
        });
    }
    if let Some((at, drug)) = last {
        later_doses(note, at + 1..(at + 3).min(note.sentences.len()), &drug, drafts);
    }
}

fn read_sentence(note: &Note<'_>, index: usize, drafts: &mut Vec<Draft>) {
    let sentence = &note.sentences[index];
    let heads = heads_of(note, sentence);
    // Other treatments end a drug's reach.
    let mut spans: Vec<Span> = heads.iter().map(|head| head.span).collect();
    spans.extend(
        note.mentions_in("therapy", sentence.span)
            .map(|m| m.span)
            .filter(|span| !heads.iter().any(|head| head.span.overlaps(*span))),
    );
    spans.sort();
    let reaches = reaches(note, index, &spans);
    for head in &heads {
        let Some(reach) = reaches.iter().find(|reach| reach.head == head.span) else { continue };
        if head.boundary_only {
            continue;
        }
        read_head(note, index, head, reach, &heads, drafts);
    }
}

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static ALLERGIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:allerg(?:ic|y|ies)(?: reaction)?(?: to| include[sd]?|:| are)|anaphylaxis (?:to|with)|hypersensitivity to)[^.;]*$").unwrap()
});

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static ALLERGY_BEHIND: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^ (?:drug )?allerg(?:y|ies)\b").unwrap());

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static REACTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?: ?\(([^)]{3,40})\)| ?(?:-|causes|which causes|caused|:) ?([a-z][a-z /]{2,40}))",
    )
    .unwrap()
});

// "Patient instructions given: [x] pregabalin"
#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static HANDED_OUT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:instructions?|handouts?|leaflets?|education|information sheets?)\b.{0,40}\b(?:given|printed|provided|on|for|about)\b|\b(?:instructions?|handouts?|leaflets?):").unwrap()
});

fn read_head(
    note: &Note<'_>,
    index: usize,
    head: &Head<'_>,
    reach: &Reach,
    heads: &[Head<'_>],
    drafts: &mut Vec<Draft>,
) {
    let sentence = &note.sentences[index];
    let asserted = note.assert(head.span);
    let found = Attributes::of(note, head, reach);
    let lead = note.get(reach.lead);
    let own = note.get(reach.own);
    let status_read = status_of(note, reach, sentence.span.end);
    let allergic = sentence.section == Section::Allergies
        || ALLERGIC.is_match(lead)
        || ALLERGY_BEHIND.is_match(own);
    let mut outcome = outcome_in(note, reach.own)
        .or_else(|| (reach.tail != reach.own).then(|| outcome_in(note, reach.tail)).flatten())
        .or_else(|| outcome_before(note, reach.lead))
        .or_else(|| reach.follow.and_then(|follow| outcome_in(note, follow)));
    let boxed = note.box_of(head.span);
    let course = course_in(note, reach.own);
    let status = if allergic {
        if status_read.is_some_and(|s| s.status == "not_taken") {
            return;
        }
        outcome = None;
        Some(MedicationStatus::Allergy)
    } else {
        answered_no(note, reach.own)
            .then_some(MedicationStatus::NotTaken)
            .or_else(|| replacing(note, sentence, reach))
            .or_else(|| {
                status_in_words(note, status_read, &asserted, sentence, outcome, &found, &course)
            })
    };
    if status == Some(MedicationStatus::NotTaken) {
        outcome = None;
    }
    // An empty box says nothing, unless words beside it do.
    if boxed.is_some_and(|b| !b.ticked)
        && status != Some(MedicationStatus::NotTaken)
        && status_read.is_none()
    {
        return;
    }
    if head.class_only
        && !class_counts(note, head, status, outcome, &found, heads, drafts, index)
        && !(status_read.is_some() && named_class(note, head, &found))
    {
        return;
    }
    let reason = if allergic {
        REACTION
            .captures(own)
            .and_then(|c| c.get(1).or(c.get(2)))
            .map(|r| r.as_str().trim().to_owned())
    } else {
        outcome
            .and_then(|o| o.reason)
            .or_else(|| {
                matches!(status, Some(MedicationStatus::Past | MedicationStatus::NotTaken))
                    .then(|| reason_in(note, reach.own))
                    .flatten()
            })
            .map(|span| note.as_written(span).split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let medication = Medication {
        name: head.name.to_owned(),
        brand: head.brand.map(|span| note.as_written(span).to_owned()),
        dose: found.dose.as_ref().map(|d| d.value.clone()),
        frequency: found.frequency.as_ref().map(|f| f.value.clone()),
        route: found.route.or(head.route),
        status,
        outcome: outcome.map(|o| o.outcome),
        reason,
        duration: course.duration.map(|span| note.as_written(span).to_owned()),
        class: head.class.map(str::to_owned),
        start: course.start,
        stop: course.stop,
    };
    let mut draft = Draft::new(found.span, medication.clone(), head.rule.clone(), asserted.clone());
    if boxed.is_some_and(|b| b.ticked) {
        draft.assertion.origin = Origin::Checkbox;
    }
    if HANDED_OUT.is_match(lead) {
        draft.assertion.origin = Origin::GoalOrEducation;
    }
    if status == Some(MedicationStatus::NotTaken) {
        draft.assertion.polarity = Polarity::Negated;
    }
    draft.confidence = match sentence.section {
        Section::Medications | Section::Allergies => 0.95,
        _ => 0.9,
    };
    drafts.push(draft);
    // A titration: every further dose is a fact of its own.
    let first_end = found.dose.as_ref().map_or(usize::MAX, |d| reach.head.end + d.span.end);
    if found.dose_behind {
        for dose in find_doses(own) {
            let at = reach.own.start + dose.span.start;
            if at < first_end || !leads_to_dose(note.get(Span::new(first_end.min(at), at))) {
                continue;
            }
            titrated(note, reach.own, &dose, &medication, &asserted, &head.rule, drafts);
        }
    }
}

/// A further dose of the drug in `medication`, at a place in `within`.
fn titrated(
    note: &Note<'_>,
    within: Span,
    dose: &Dose,
    medication: &Medication,
    asserted: &crate::context::Asserted,
    rule: &str,
    drafts: &mut Vec<Draft>,
) {
    let span = Span::new(within.start + dose.span.start, within.start + dose.span.end);
    let rest = Span::new(span.end, within.end);
    let frequency = frequency_near(note, rest, FREQUENCY_REACH);
    let end = frequency.as_ref().map_or(span.end, |f| rest.start + f.span.end);
    let further = Medication {
        dose: Some(dose.value.clone()),
        frequency: frequency.map(|f| f.value),
        // "300 mg daily x 1 week and then twice daily": a length belongs to the dose before it.
        duration: course_in(note, rest).duration.map(|span| note.as_written(span).to_owned()),
        ..medication.clone()
    };
    let mut draft = Draft::new(
        Span::new(span.start, end),
        further,
        format!("{rule}/titration"),
        asserted.clone(),
    );
    draft.confidence = 0.8;
    drafts.push(draft);
}

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static TO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:to|then|titrat\w*|increas\w*|rais\w*|followed by|go up|down|until|later|eventually|subsequently|maximum of)\b[^.;]{0,25}$").unwrap()
});

fn leads_to_dose(gap: &str) -> bool {
    gap.len() <= 80 && TO.is_match(gap)
}

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static PRESCRIBES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:prescription|prescribed|increase|titrat\w+|go up|taper|start at|starting at|dose)\b",
    )
    .unwrap()
});

/// Sentences behind a drug's that give only a dose: "We will go up to 60 mg daily in a week."
fn later_doses(
    note: &Note<'_>,
    indices: std::ops::Range<usize>,
    drug: &Medication,
    drafts: &mut Vec<Draft>,
) {
    for index in indices {
        let sentence = &note.sentences[index];
        if note.mentions_in("drug", sentence.span).next().is_some() {
            return;
        }
        let previous = &note.sentences[index - 1];
        let apart = sentence.paragraph - previous.paragraph;
        if apart > 1
            || (apart == 1 && !PRESCRIBES.is_match(note.get(sentence.span)))
            || drug.status == Some(MedicationStatus::Allergy)
            || sentence.section == Section::Procedure
            || note.mentions_in("not-drug", sentence.span).next().is_some()
        {
            return;
        }
        let words = note.get(sentence.span);
        for dose in find_doses(words) {
            let rest = Span::new(sentence.span.start + dose.span.end, sentence.span.end);
            let frequency = frequency_near(note, rest, FREQUENCY_REACH);
            if frequency.is_none() {
                continue;
            }
            let span = Span::new(
                sentence.span.start + dose.span.start,
                sentence.span.start + dose.span.end,
            );
            let mut asserted = note.assert(span);
            let read =
                super::status::status_before(note, Span::new(sentence.span.start, span.start));
            let status =
                read.and_then(|r| r.status.parse().ok()).or(match asserted.assertion.time {
                    Time::Planned | Time::Hypothetical => Some(MedicationStatus::Planned),
                    _ => drug.status,
                });
            asserted.assertion.polarity = Polarity::Affirmed;
            let base = Medication {
                name: drug.name.clone(),
                class: drug.class.clone(),
                status,
                route: find_route(&words[dose.span.end..], false)
                    .filter(|(at, _)| at.start <= 20)
                    .map(|(_, route)| route),
                ..Medication::default()
            };
            titrated(note, sentence.span, &dose, &base, &asserted, "medication/dose-alone", drafts);
        }
    }
}

/// Dose, frequency and route of a drug with the span that holds them.
struct Attributes {
    span: Span,
    dose: Option<Dose>,
    /// Whether the dose stands behind the drug.
    dose_behind: bool,
    frequency: Option<Frequency>,
    route: Option<Route>,
}

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static OF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^ ?(?:a day|per day|daily|tablets?|capsules?|patch(?:es)?)?(?: ?of)?(?: oral| iv| topical)? ?$").unwrap()
});

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static PLAIN_GAP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[ ,(:-]|tablets?|tabs?|caps?|capsules?|pills?|patch(?:es)?|cream|gel|ointment|drops?|inhaler|puffs?|spray|\d{1,2}(?:/\d)?|one|two|three|half|to|or|up|at|by|mouth|p\.?o\.?|oral|orally|er|xr|sr|cr|xl|dr|ir|la|sodium|hcl|topical|topically|otc|over-the-counter|which|he|she|that|takes|taking|took|is|was|uses|used|using|it|only|about|approximately|now|currently|dose|taken|applied|and|on|a|an|the|basis|apply|applied|take|use|%)*$").unwrap()
});

fn frequency_near(note: &Note<'_>, within: Span, reach: usize) -> Option<Frequency> {
    let words = note.get(within);
    let found = find_frequency(words)?;
    let gap = &words[..found.span.start];
    (gap.len() <= reach && !breaks(gap)).then_some(found)
}

/// Whether a sentence or clause ends inside a gap; "p.o." does not end one.
fn breaks(gap: &str) -> bool {
    gap.contains([';', ':'])
        || gap
            .match_indices('.')
            .any(|(at, _)| gap[..at].rsplit([' ', '.']).next().is_some_and(|word| word.len() >= 3))
}

impl Attributes {
    fn of(note: &Note<'_>, head: &Head<'_>, reach: &Reach) -> Self {
        let own = note.get(reach.own);
        let mut span = head.span;
        let laboratory = matches!(head.class, Some("supplement" | "mineral"));
        let mut dose = find_bare_dose(own).filter(|_| !laboratory).or_else(|| {
            find_dose(own).filter(|dose| {
                let gap = &own[..dose.span.start];
                let far = gap.len() > DOSE_REACH || gap.contains(". ");
                // "gabapentin and 20 mg of something": another drug's dose stands before its name.
                let of = own[dose.span.end..].trim_start().starts_with("of ")
                    && own[dose.span.end..].len() <= 6;
                !far && !of && !own[dose.span.end..].starts_with('/')
            })
        });
        let dose_behind = dose.is_some();
        let mut rest = reach.own;
        if let Some(dose) = &dose {
            span.end = reach.own.start + dose.span.end;
            rest.start = span.end;
        }
        // "25 mcg fentanyl", "twice daily gabapentin"
        let lead = note.get(reach.near);
        let mut early: Option<Frequency> = None;
        let doses = find_doses(lead);
        if dose.is_none()
            && let Some(last) = doses.last()
            && OF.is_match(&lead[last.span.end..])
        {
            // "480 mg to 240 mg of morphine": the first is the dose now.
            let chain = doses
                .windows(2)
                .rev()
                .take_while(|pair| lead[pair[0].span.end..pair[1].span.start].trim() == "to");
            let first = chain.last().map_or(last, |pair| &pair[0]);
            span.start = reach.near.start + first.span.start;
            dose = Some(first.clone());
        }
        let tail_of_lead = lead.len().saturating_sub(24);
        let tail_of_lead =
            (tail_of_lead..=lead.len()).find(|&i| lead.is_char_boundary(i)).unwrap_or(0);
        if let Some(found) = find_frequency(&lead[tail_of_lead..])
            && lead[tail_of_lead + found.span.end..].trim().is_empty()
        {
            early = Some(Frequency {
                span: Span::new(
                    reach.near.start + tail_of_lead + found.span.start,
                    reach.near.start + tail_of_lead + found.span.end,
                ),
                value: found.value,
            });
        }
        let frequency = frequency_near(note, rest, 48)
            .filter(|found| {
                let gap = &note.get(rest)[..found.span.start];
                (dose_behind && gap.len() <= FREQUENCY_REACH && !gap.contains(" and "))
                    || PLAIN_GAP.is_match(gap)
                    || note.get(rest)[found.span.start..].starts_with("up to")
            })
            .map(|found| Frequency {
                span: Span::new(rest.start + found.span.start, rest.start + found.span.end),
                value: found.value,
            })
            .or(early);
        let local = matches!(head.class, Some("topical" | "nsaid" | "local_anesthetic"));
        let mut end = span.end.max(reach.own.start);
        if let Some(frequency) = &frequency {
            span = span.union(frequency.span);
            end = end.max(frequency.span.end);
        }
        let limit = (end + 16).min(reach.own.end);
        let limit =
            (limit..=reach.own.end).find(|&i| note.str().is_char_boundary(i)).unwrap_or(end);
        let near = Span::new(reach.own.start, limit.max(reach.own.start));
        let route = find_route(note.get(near), local)
            .filter(|(at, _)| near.start + at.start <= end + 8)
            .or_else(|| {
                find_route(&lead[tail_of_lead..], local)
                    .filter(|(at, _)| lead[tail_of_lead + at.end..].trim().is_empty())
            })
            .map(|(_, route)| route);
        Self { span, dose, dose_behind, frequency, route }
    }
}

/// The status of a drug that takes another's place: "switched from gabapentin to pregabalin".
fn replacing(note: &Note<'_>, sentence: &Sentence, reach: &Reach) -> Option<MedicationStatus> {
    if note.get(reach.near).trim() != "to" {
        return None;
    }
    let before = note.get(Span::new(sentence.span.start, reach.near.start));
    let switched = ["switch", "chang", "transition", "convert", "rotat"];
    if !switched.iter().any(|word| before.contains(word)) {
        return None;
    }
    let planned = sentence.section == Section::Plan || before.contains("will ");
    Some(if planned { MedicationStatus::Planned } else { MedicationStatus::Current })
}

fn status_in_words(
    note: &Note<'_>,
    read: Option<StatusRead<'_>>,
    asserted: &crate::context::Asserted,
    sentence: &Sentence,
    outcome: Option<OutcomeRead>,
    found: &Attributes,
    course: &Course,
) -> Option<MedicationStatus> {
    let section = sentence.section;
    let planning = section == Section::Plan || note.heading(sentence).contains("recommend");
    if read.is_some_and(|r| r.status == "prescribed") {
        return Some(if planning || asserted.assertion.time == Time::Planned {
            MedicationStatus::Planned
        } else if course.stop.is_some() {
            MedicationStatus::Past
        } else {
            MedicationStatus::Current
        });
    }
    let supposed = matches!(asserted.assertion.time, Time::Hypothetical);
    if let Some(status) = read.and_then(|r| r.status.parse().ok()) {
        // "medications such as gabapentin, which might help" speaks of nothing taken yet.
        let loose = supposed && status == MedicationStatus::Current && section == Section::Plan;
        return Some(if loose { MedicationStatus::Planned } else { status });
    }
    let failed =
        outcome.is_some_and(|o| matches!(o.outcome, Outcome::NotHelpful | Outcome::NotTolerated));
    Some(match (section, asserted.assertion.time) {
        (Section::Medications, _) => MedicationStatus::Current,
        (_, Time::Planned | Time::Hypothetical) => MedicationStatus::Planned,
        (_, Time::Past) => MedicationStatus::Past,
        _ if course.stop.is_some() => MedicationStatus::Past,
        _ if failed
            && (found.frequency.is_none()
                || (course.duration.is_some() && course.start.is_none())) =>
        {
            MedicationStatus::Past
        }
        _ => MedicationStatus::Current,
    })
}

/// Classes whose bare name is a fact; of others only that they were never tried.
const CLASSES_IN_FACTS: &[&str] =
    &["nsaid", "opioid", "anticoagulant", "antibiotic", "muscle_relaxant", "sulfa", "steroid"];

/// Whether a class is named closely enough to be a drug: "long-acting opioids", "IV antibiotics".
fn named_class(note: &Note<'_>, head: &Head<'_>, found: &Attributes) -> bool {
    CLASSES_IN_FACTS.contains(&head.class.unwrap_or_default())
        && (note.get(head.span).contains("-acting") || found.route == Some(Route::Iv))
}

/// Whether a bare class is a fact here; says also which classes were never tried.
#[expect(clippy::too_many_arguments, reason = "a step of `read_head` with all that it has found")]
fn class_counts(
    note: &Note<'_>,
    head: &Head<'_>,
    status: Option<MedicationStatus>,
    outcome: Option<OutcomeRead>,
    found: &Attributes,
    heads: &[Head<'_>],
    drafts: &mut Vec<Draft>,
    index: usize,
) -> bool {
    let sentence = &note.sentences[index];
    let class = head.class.unwrap_or_default();
    let named = heads.iter().any(|other| !other.class_only && other.class == head.class);
    if status == Some(MedicationStatus::NotTaken)
        && matches!(class, "tca" | "snri" | "gabapentinoid")
        && !named
        && !note.get(sentence.span).contains("contraindicat")
    {
        let statement =
            Statement { topic: "class-not-tried".to_owned(), value: Some(class.to_owned()) };
        let mut draft =
            Draft::new(head.span, statement, "medication/class-not-tried", note.assert(head.span));
        draft.assertion.polarity = Polarity::Affirmed;
        drafts.push(draft);
    }
    CLASSES_IN_FACTS.contains(&class)
        && !named
        && (status != Some(MedicationStatus::Current)
            || outcome.is_some()
            || found.frequency.is_some()
            || sentence.section == Section::Medications
            || sentence.section == Section::Treatments)
}
