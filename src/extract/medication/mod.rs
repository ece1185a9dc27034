//! Drugs: what is taken, was taken, is planned or was never tried, and how it worked.

mod attributes;
mod bound;
mod columns;
mod discussed;
mod exchange;
mod fills;
mod heading;
mod heads;
mod purpose;
mod standing;
mod titration;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::outcome::{OutcomeRead, outcome_before, outcome_found, outcome_in, reason_in};
use super::scope::{Reach, reaches, stands_alone};
use super::status::{answered_no, of_neither, status_of, within_status};
use super::{Answer, Course, Draft, Note, course_in};
use crate::date::PartialDate;
use crate::fact::{
    Medication, MedicationStatus, Origin, Outcome, Polarity, Route, Section, Statement, Time,
};
use crate::lexicon::WordPattern;
use crate::span::Span;
use attributes::find_doses;
use bound::Attributes;
use columns::row_of;
use exchange::exchanged;
use heads::{Head, heads_of};
use standing::{ordered, status_in_words};
use titration::{later_doses, leads_to_dose, titrated};

/// Reads every drug that the text names as somebody's medication.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let first = drafts.len();
    let indices: BTreeSet<usize> =
        note.mentions("drug").filter_map(|m| note.sentence_index(m.span)).collect();
    // The last drug named, and the sentence that it stood in: a bare dose may go on about it.
    let mut last: Option<(usize, Medication)> = None;
    for index in indices {
        if let Some((at, drug)) = last.take() {
            later_doses(note, at + 1..index.min(at + 3), &drug, drafts);
        }
        let from = drafts.len();
        let told = read_sentence(note, index, drafts);
        // What stands on the drug's own line is told already.
        let index = note.sentences.partition_point(|s| s.span.start < told).max(index + 1) - 1;
        last = drafts[from..].iter().rev().find_map(|draft| match &draft.kind {
            crate::fact::Kind::Medication(drug) => Some((index, drug.clone())),
            _ => None,
        });
    }
    if let Some((at, drug)) = last {
        later_doses(note, at + 1..(at + 3).min(note.sentences.len()), &drug, drafts);
    }
    discussed::settle(note, &mut drafts[first..]);
}

/// Reads the drugs of a sentence and says where the words end that are of its last one.
fn read_sentence(note: &Note<'_>, index: usize, drafts: &mut Vec<Draft>) -> usize {
    let sentence = &note.sentences[index];
    let heads = heads_of(note, sentence);
    // Other treatments end a drug's reach.
    let mut spans: Vec<Span> = heads.iter().map(|head| head.span).collect();
    spans.extend(
        note.mentions_in("therapy", sentence.span)
            .filter(|m| stands_alone(note, m))
            .map(|m| m.span)
            .filter(|span| !heads.iter().any(|head| head.span.overlaps(*span)))
            // "PT declined" is the patient.
            .filter(|span| !within_status(note, sentence.span, *span)),
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
    reaches.last().map_or(sentence.span.end, |reach| reach.own.end.max(sentence.span.end))
}

static ALLERGIC: WordPattern =
    WordPattern::new(r"(?:^all:|\b{medication-word/allergic-to})[^.;]*$");

// A line below the allergies that lists something else: "Meds tried in past: ..."
static OTHER_LIST: WordPattern =
    WordPattern::new(r"^[^:.;]{0,30}\b{medication-word/listed}\b[^:.;]{0,20}:");

static ALLERGY_BEHIND: WordPattern = WordPattern::new(
    r"^ (?:(?:drug )?allerg(?:y|ies)|(?:is |was )?{medication-word/entered-as})\b",
);

// "makes her break out in hives": what only an allergy does.
static ALLERGIC_REACTION: WordPattern = WordPattern::new(
    r"^ {medication-word/sets-off}[^.;,]{0,30}\b{medication-word/allergic-sign}\b",
);

static REACTION: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?: ?\(([^)]{3,40})\)| ?(?:-|causes|which causes|caused|:) ?([a-z][a-z /]{2,40}))",
    )
});

// "Patient instructions given: [x] pregabalin"
static HANDED_OUT: WordPattern = WordPattern::new(
    r"\b{medication-word/handout}\b.{0,40}\b(?:given|printed|provided|on|for|about)\b|\b(?:instructions?|handouts?|leaflets?):",
);

// "Blood thinners: [ ] Yes [ ] No"
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^[^.;:?\[]{0,40}[:?] *(?:yes|no|y|n)? ?\[[ x]?\] *(?:yes|no|y|n)\b")
});

// "Since June she has been on A"
static SINCE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\bsince [^.;,]{3,30},? (?:she|he|pt|patient|the patient|(?:mr|mrs|ms)\.? [a-z'-]+)(?: has| is|'s|'ve| takes| uses| was)\b[^.;,]{0,30}$",
    )
});

// "A (rash), B (no effect)", but "A and B (both without relief)"
static OWN_BRACKETS: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?: ?\d[\d./,-]*(?: ?mg| ?mcg)?| (?:bid|tid|qid|qd|qhs|daily|prn|xr|er))* ?\((?:[^abne)]|a[^l)]|b[^o)]|n[^eo)]|no[^nt]|e[^a)])[^)]*\)",
    )
});

/// How the next sentence begins that tells how long a drug was taken: "She stayed on it for a year."
static STAYED_ON: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:she|he|pt|patient|the patient) (?:was |has |has been )?(?:continued|stayed|remained|kept|took|used|taken)(?: taking| using)?(?: on| with)? (?:it|this|that|them)\b",
    )
});

/// That a drug was given up for want of money or of cover, and not for what it did.
static STOPPED_BY_CHOICE: WordPattern = WordPattern::new(
    r"\b{outcome/ended}\b[^.;,]{0,24}\b(?:for|when|as|since|over|{outcome/because-of}|{outcome/due-to}) (?:(?:the|her|his|its|of|high) )*{outcome/no-money}\b",
);

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
    let status_read =
        ordered(note, reach.own).or_else(|| status_of(note, reach, sentence.span.end));
    let listed = sentence.section == Section::Allergies
        && !OTHER_LIST.of(note.lexicon).is_match(note.get(sentence.span));
    let labelled = ALLERGIC.of(note.lexicon).find(lead).map(|found| found.start());
    let reacted = ALLERGIC_REACTION.of(note.lexicon).is_match(own);
    let allergic =
        listed || labelled.is_some() || reacted || ALLERGY_BEHIND.of(note.lexicon).is_match(own);
    // "Anticoagulant? [x] No   Allergies: Keflex": that no is of the question before.
    let status_read = status_read
        .filter(|read| labelled.is_none_or(|at| read.mention.span.start >= reach.lead.start + at));
    let mut outcome = outcome_found(note, reach.near, reach.own)
        .or_else(|| outcome_in(note, reach.own))
        .or_else(|| outcome_in(note, shared_tail(note, reach)?))
        .or_else(|| outcome_before(note, reach.lead))
        .or_else(|| reach.follow.and_then(|follow| outcome_in(note, follow)))
        .or_else(|| heading::labelled_outcome(note, reach));
    outcome = outcome.and_then(|read| read.as_answered(note));
    let neither = of_neither(note, reach);
    if neither {
        outcome = outcome.map(OutcomeRead::of_neither);
    }
    // "some dizziness, stopped because of cost": it was borne.
    outcome = outcome.filter(|o| {
        o.outcome != Outcome::NotTolerated || !STOPPED_BY_CHOICE.of(note.lexicon).is_match(own)
    });
    // "No change" to what is taken is no effect of it.
    if matches!(sentence.section, Section::Plan | Section::Assessment) {
        outcome = outcome.filter(|o| note.get(o.span) != "change");
    }
    let row = row_of(note, head.span);
    if let Some(row) = &row {
        outcome = row.outcome;
    }
    // "None of A, B and C helped": they were taken.
    let none_helped = outcome.is_some() && neither;
    let status_read =
        status_read.filter(|read| !(none_helped && read.mention.span.end <= head.span.start));
    // "none" below "Effect" is no effect, and no drug that was not taken.
    let status_read = status_read.filter(|read| {
        row.is_none() || outcome.is_none_or(|effect| !effect.span.overlaps(read.mention.span))
    });
    let boxed = note.box_of(head.span);
    let answer =
        note.answer_where(head.span, ASKED.is_match(own)).or_else(|| note.boxed_answer(head.span));
    // A dash below the head of a column is of that column.
    let left_empty = row.is_none() && note.row_left_empty(head.span);
    if left_empty || answer == Some(Answer::Blank) || note.choice_is_open(head.span) {
        return;
    }
    let mut course = course_in(note, reach.own);
    if SINCE_BEFORE.is_match(lead) {
        let before = course_in(note, reach.lead);
        course = course.or(Course { stop: None, ..before });
    }
    if let Some(follow) = reach.follow.filter(|_| course.duration.is_none())
        && STAYED_ON.is_match(note.get(follow))
    {
        course.duration = course_in(note, follow).duration;
    }
    let columns = note.start_and_stop(head.span);
    if let Some((start, stop)) = columns {
        let day = |cell: Option<Span>| note.dates_in(cell?).next().map(|d| d.date);
        course.start = day(start).or(course.start);
        course.stop = day(stop).or(course.stop);
    }
    let fill = fills::fill_of(note, head.span);
    if let Some((first, last)) = fill {
        (course.duration, course.start, course.stop) = (None, Some(first), Some(last));
    }
    let status = if allergic {
        if status_read.is_some_and(|s| s.status == "not_taken") {
            return;
        }
        outcome = None;
        Some(MedicationStatus::Allergy)
    } else {
        row.as_ref()
            .and_then(|row| row.status)
            .or_else(|| {
                let denied = answered_no(note, reach)
                    || answer == Some(Answer::No)
                    || (row.is_none() && denied_in_row(note, head.span))
                    || refused_in_row(note, head.span);
                // "never on an antidepressant, neither SNRI nor tricyclic"
                let neither = neither && outcome.is_none() && status_read.is_none();
                (denied || neither).then_some(MedicationStatus::NotTaken)
            })
            .or_else(|| match note.boxed_time(head.span)? {
                Time::Past => Some(MedicationStatus::Past),
                _ => Some(MedicationStatus::Current),
            })
            .or_else(|| exchanged(note, sentence, reach))
            .or_else(|| {
                status_in_words(note, status_read, &asserted, outcome, &found, &course, reach)
            })
    };
    // A row with a last day is of what was taken until then, and a fill is taken for as long as it lasts.
    let is_over = |last: PartialDate| note.date.map(|seen| last.latest() < seen.earliest());
    let ended = columns.is_some() && course.stop.is_some()
        || fill.is_some_and(|(_, last)| is_over(last) != Some(false))
        || status_read.is_none()
            && course.start.is_some()
            && course.stop.and_then(is_over) == Some(true)
            && columns::holds_period(note, head.span);
    let status = match status {
        None | Some(MedicationStatus::Current) if ended => Some(MedicationStatus::Past),
        status => status,
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
            .or_else(|| row.as_ref().and_then(|row| row.reason))
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
    if HANDED_OUT.of(note.lexicon).is_match(lead) {
        draft.assertion.origin = Origin::GoalOrEducation;
    }
    if status == Some(MedicationStatus::NotTaken) {
        draft.assertion.polarity = Polarity::Negated;
    }
    // "stopped for ankle swelling" tells what it did.
    if !outcome.is_some_and(|o| o.outcome == Outcome::NotTolerated) {
        purpose::tell(note, draft.span, reach.own, drafts);
    }
    draft.confidence = match sentence.section {
        Section::Medications | Section::Allergies => 0.95,
        _ => 0.9,
    };
    drafts.push(draft);
    // A titration: every further dose is a fact of its own.
    let first_end = found.dose.as_ref().map_or(usize::MAX, |d| reach.head.end + d.span.end);
    if found.dose_behind {
        for dose in find_doses(note.lexicon, own) {
            let at = reach.own.start + dose.span.start;
            if at < first_end || !leads_to_dose(note, note.get(Span::new(first_end.min(at), at))) {
                continue;
            }
            titrated(note, reach.own, &dose, &medication, &asserted, &head.rule, drafts);
        }
    }
}

/// What stands behind a drug's whole list, without the brackets that belong to the last one alone.
fn shared_tail(note: &Note<'_>, reach: &Reach) -> Option<Span> {
    let words = note.get(reach.tail);
    let own = OWN_BRACKETS.find(words).map_or(0, |found| found.end());
    (reach.tail != reach.own).then(|| Span::new(reach.tail.start + own, reach.tail.end))
}

/// Whether a row of a form has the drug in its first cell and a plain no in the next: "Ultram    N".
fn denied_in_row(note: &Note<'_>, head: Span) -> bool {
    let cells = note.cells(note.line_of(head));
    let [first, answer, ..] = cells.as_slice() else { return false };
    first.contains(head) && note.yes_or_no(note.get(*answer)) == Some((false, ""))
}

/// Why there was none, behind a no.
static WHY_NONE: WordPattern = WordPattern::new(r"^ ?(?:\(|- |, ?){form-word/why-none}\)?[ .,]*$");

/// The same where the no has its reason with it: "Ultram    none (pt preference)".
fn refused_in_row(note: &Note<'_>, head: Span) -> bool {
    let cells = note.cells(note.line_of(head));
    let [first, answer, ..] = cells.as_slice() else { return false };
    let refused = |(yes, rest): (bool, &str)| !yes && WHY_NONE.of(note.lexicon).is_match(rest);
    first.contains(head) && note.yes_or_no(note.get(*answer)).is_some_and(refused)
}

/// Classes whose bare name is a fact; of others only that they were never tried.
static IN_FACTS: WordPattern = WordPattern::new(r"^{medication-word/class-in-facts}$");

/// Classes of which it is a statement that none was tried.
static UNTRIED: WordPattern = WordPattern::new(r"^{medication-word/class-untried}$");

/// Whether a class is named closely enough to be a drug: "long-acting opioids", "IV antibiotics".
fn named_class(note: &Note<'_>, head: &Head<'_>, found: &Attributes) -> bool {
    IN_FACTS.of(note.lexicon).is_match(head.class.unwrap_or_default())
        && (note.get(head.span).contains("-acting") || found.route == Some(Route::Iv))
}

/// Whether words tell of what speaks against a drug, and not that nothing does.
fn withheld_for_cause(words: &str) -> bool {
    words.match_indices("contraindicat").any(|(at, _)| {
        let before = words[..at].trim_end();
        !["no", "not", "without", "nor"].iter().any(|no| before.split(' ').next_back() == Some(no))
    })
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
        && UNTRIED.of(note.lexicon).is_match(class)
        && !named
        && !withheld_for_cause(note.get(sentence.span))
    {
        let statement =
            Statement { topic: "class-not-tried".to_owned(), value: Some(class.to_owned()) };
        let mut draft =
            Draft::new(head.span, statement, "medication/class-not-tried", note.assert(head.span));
        draft.assertion.polarity = Polarity::Affirmed;
        drafts.push(draft);
    }
    IN_FACTS.of(note.lexicon).is_match(class)
        && !named
        && (status != Some(MedicationStatus::Current)
            || outcome.is_some()
            || found.frequency.is_some()
            || sentence.section == Section::Medications
            || sentence.section == Section::Treatments)
}
