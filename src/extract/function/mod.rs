//! What the patient can and cannot do: standing, walking, sleep, work.

mod amount;
mod asks;
mod boxes;
mod ceiling;
mod cue;
mod question;
mod row;
mod stop;

use super::{Draft, Note};
use crate::context::Asserted;
use crate::fact::{
    Activity, Assertion, Experiencer, Function, Limitation, Origin, Polarity, Section, Time,
};
use crate::lexicon::{CueCategory, WordPattern};
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

const GROUP: &str = "function";

/// How many bytes may part a state from an activity that it is about.
const STATE_REACH: usize = 30;

/// Longest line that may be a form's row (bytes).
const LONGEST_ROW: usize = 110;

/// Reads every activity of which the text says how far it is limited.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let questions = question::read(note, drafts);
    let mut read = row::read(note, &questions, drafts);
    read.extend(boxes::read(note, &questions, drafts));
    read.extend(questions);
    let rows = covered(read);
    let mut last_sentence = usize::MAX;
    for mention in note.mentions(GROUP) {
        let Some(index) = note.sentence_index(mention.span) else { continue };
        if index == last_sentence {
            continue;
        }
        last_sentence = index;
        let sentence = &note.sentences[index];
        if !is_foreign(sentence.section) && !is_after_procedure(note, mention.span) {
            read_sentence(note, sentence, &rows, drafts);
        }
    }
}

/// Whether what a section says of activities is about something else.
fn is_foreign(section: Section) -> bool {
    matches!(
        section,
        Section::Procedure
            | Section::FamilyHistory
            | Section::Imaging
            | Section::Electrodiagnostics
            | Section::Allergies
            | Section::Medications
    )
}

/// What stands over rows of how somebody left who was just injected, or in them.
static AFTER_PROCEDURE: WordPattern = WordPattern::new(r"\b{function-row/after-procedure}\b");

/// Whether a row tells how somebody was right after a procedure, which is no state of the complaint's:
/// "How you were when you left", and below it "Walking by yourself: yes".
fn is_after_procedure(note: &Note<'_>, row: Span) -> bool {
    let line = note.line_of(row);
    let tells = |words: Span| AFTER_PROCEDURE.of(note.lexicon).is_match(note.get(words));
    line.len() <= LONGEST_ROW
        && (tells(note.lead_of_line(row))
            || note.sentence_at(row).is_some_and(|s| tells(s.heading))
            || note
                .lines_above(line)
                .take(LIST_ABOVE)
                .any(|above| above.len() <= LONGEST_ROW && tells(above)))
}

/// How many lines above a row what heads it may stand.
const LIST_ABOVE: usize = 6;

/// Whether a form's blank stands behind a label: "Activities limited: ____".
fn is_blank(note: &Note<'_>, label: Span) -> bool {
    let line = note.line_of(label);
    let behind = note.as_written(Span::new(label.end, line.end.max(label.end)));
    behind.trim_start_matches([' ', ':', '?', '.', '\t', '-']).starts_with("__")
}

/// The places that some spans cover: in order, and none touches another.
fn covered(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    let mut places: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match places.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => places.push(span),
        }
    }
    places
}

/// Whether one of some places, in order, shares a byte with a span.
fn touch(places: &[Span], span: Span) -> bool {
    let next = places.partition_point(|place| place.end <= span.start);
    places.get(next).is_some_and(|place| place.overlaps(span))
}

/// Reads the prose of a sentence; `rows` are the places that were read as rows, in order.
fn read_sentence(note: &Note<'_>, sentence: &Sentence, rows: &[Span], drafts: &mut Vec<Draft>) {
    let mentions = note.mentions_in(GROUP, sentence.span);
    let mentions: Vec<Mention> = mentions.filter(|m| !touch(rows, m.span)).copied().collect();
    let role = |m: &Mention| note.concept(m).field("role").unwrap_or_default();
    let activities: Vec<&Mention> = mentions.iter().filter(|m| role(m) == "activity").collect();
    let amounts = amount::find(note, sentence.span);
    let first = drafts.len();
    for mention in &mentions {
        let found = match role(mention) {
            "state" => state(note, mention, &amounts),
            "activity" => activity(note, sentence, &mentions, &activities, &amounts, mention),
            _ => None,
        };
        let Some((span, function)) = found else { continue };
        // A form's row says nothing by its question alone.
        if is_unanswered(note, sentence, mention) || is_blank(note, span) {
            continue;
        }
        let asserted = note.assert(mention.span);
        if asserted.assertion.experiencer != Experiencer::Patient
            || (asserted.assertion.time == Time::Planned && sentence.section == Section::Plan)
        {
            continue;
        }
        // What is only advised or aimed at is no state of the patient's.
        let advised = asserted.assertion.time == Time::Planned
            && asserted.assertion.origin != Origin::GoalOrEducation;
        if role(mention) == "state" && advised {
            continue;
        }
        let mut draft = Draft::new(span, function, note.rule(mention), asserted);
        // The negation is in the limitation itself.
        draft.assertion.polarity = Polarity::Affirmed;
        // "limited stooping, bending" is one limit, in its last words.
        if drafts
            .last()
            .is_some_and(|last| last.span.start == span.start && last.kind == draft.kind)
        {
            drafts.pop();
        }
        drafts.push(draft);
    }
    let free = |amount: &&Span| !drafts[first..].iter().any(|draft| draft.span.contains(**amount));
    let amounts: Vec<Span> = amounts.iter().filter(free).copied().collect();
    stop::read(note, sentence, &mentions, &activities, &amounts, drafts);
    ceiling::read(note, sentence, &amounts, drafts);
}

/// Whether a section is of advice and aims, and not of what the patient can do.
fn is_of_no_state(section: Section) -> bool {
    matches!(section, Section::Plan | Section::Education | Section::Goals)
}

/// An activity that the patient can do for an amount and no more, by the words of `said`; `None` where
/// they speak of somebody else or of what is to come.
fn limited(
    note: &Note<'_>,
    said: Span,
    activity: Activity,
    amount: Span,
    rule: &str,
) -> Option<Draft> {
    let asserted = note.assert(said);
    let Assertion { experiencer, time, .. } = asserted.assertion;
    if experiencer != Experiencer::Patient || matches!(time, Time::Planned | Time::Hypothetical) {
        return None;
    }
    let kind = Function {
        activity,
        limitation: Some(Limitation::Limited),
        amount: Some(note.as_written(amount).to_owned()),
    };
    let mut draft = Draft::new(said, kind, rule, asserted);
    draft.assertion.polarity = Polarity::Affirmed;
    draft.assertion.time = Time::Current;
    Some(draft)
}

/// Whether a mention is part of a form's question that is answered with no, or not answered.
fn is_unanswered(note: &Note<'_>, sentence: &Sentence, mention: &Mention) -> bool {
    let line = note.line_of(mention.span);
    let row = line.len() <= LONGEST_ROW
        && line.contains(note.trimmed(sentence.span))
        && !note.get(line).ends_with('.');
    row && note.form_answer(mention.span, mention.span.end).is_some_and(|a| a.done != Some(true))
}

fn parse<T: std::str::FromStr>(word: Option<&str>) -> Option<T> {
    word?.parse().ok()
}

/// Words that say activity and limit by themselves, unless they are denied.
fn state(note: &Note<'_>, mention: &Mention, amounts: &[Span]) -> Option<(Span, Function)> {
    let concept = note.concept(mention);
    let asserted = note.assert(mention.span);
    if asserted.assertion.time == Time::Hypothetical {
        return None;
    }
    let mut limitation = parse::<Limitation>(concept.field("limitation"));
    if is_denied(note, mention, &asserted) {
        // "has not been sleeping through the night" is a limit.
        limitation = limitation.filter(|l| *l == Limitation::Independent);
        limitation.as_mut()?;
        limitation = Some(Limitation::Limited);
    }
    let activity = parse::<Activity>(concept.field("activity"))?;
    let amount = amounts
        .iter()
        .find(|amount| mention.span.contains(**amount))
        .copied()
        .or_else(|| {
            amount::of(note, &[], amounts, mention).filter(|a| a.start > mention.span.start)
        })
        .filter(|amount| match activity {
            // "sleeps less than two hours"; waking every two hours tells of none.
            Activity::Sleep => is_slept(note, mention, *amount),
            other => other != Activity::Work,
        });
    let span = amount.map_or(mention.span, |amount| mention.span.union(amount));
    let amount = amount.map(|span| note.as_written(span).to_owned());
    Some((span, Function { activity, limitation, amount }))
}

/// Whether an amount inside a state's words is how long somebody sleeps.
fn is_slept(note: &Note<'_>, mention: &Mention, amount: Span) -> bool {
    mention.span.contains(amount) && note.get(mention.span).starts_with("sleep")
}

/// Whether a state is denied.
///
/// A denial within its words is part of it ("no lifting over 20 pounds"), and one before other
/// words does not reach a verb that stands for itself ("cannot sit and sleeps poorly").
fn is_denied(note: &Note<'_>, mention: &Mention, asserted: &Asserted) -> bool {
    let verb = note.get(mention.span).split(' ').next().unwrap_or_default();
    let finite = verb.len() > 3 && verb.ends_with('s') && !verb.ends_with("ss");
    let mut denials = asserted
        .cues
        .iter()
        .filter(|hit| note.lexicon.cues[hit.cue].category == CueCategory::Negated);
    denials.any(|hit| {
        let gap = Span::new(hit.span.end.min(mention.span.start), mention.span.start);
        let between = note.get(gap);
        // "no limits - played a full round"
        let parted = between.contains(" - ") || between.contains(';');
        !hit.span.overlaps(mention.span) && !parted && (!finite || between.trim().is_empty())
    })
}

fn activity(
    note: &Note<'_>,
    sentence: &Sentence,
    mentions: &[Mention],
    activities: &[&Mention],
    amounts: &[Span],
    mention: &Mention,
) -> Option<(Span, Function)> {
    let concept = note.concept(mention);
    let kind: Activity = parse(concept.field("activity"))?;
    // Inside a phrase that says it all.
    let inside = mentions.iter().any(|m| {
        note.concept(m).field("role") == Some("state")
            && m.span != mention.span
            && near_state(note, m, mention)
    });
    if inside {
        return None;
    }
    let amount = amount::of(note, activities, amounts, mention);
    let before = cue::before(note, sentence, mentions, activities, mention, amount);
    let behind = cue::behind(note, mentions, activities, mention);
    // "Bending is limited" on examination measures the spine; "difficulty bending" is told.
    let told = before.is_some_and(|(_, cue)| {
        let words = note.get(cue);
        TOLD.of(note.lexicon).is_match(words)
    });
    if kind == Activity::Bending && sentence.section == Section::Exam && !told {
        return None;
    }
    // "can walk a mile without difficulty", "could easily lift 100 pounds"
    let easily = |(_, lead): (Limitation, Span)| note.get(lead).ends_with("ly");
    let freely = matches!(behind, Some((Limitation::Independent, _))) || before.is_some_and(easily);
    // "sitting is fine for ten minutes"
    let fair = behind
        .filter(|(said, _)| *said == Limitation::Independent)
        .and_then(|(_, tail)| amount::fair_for(note, tail, amounts))
        .filter(|_| amount.is_none());
    let amount = amount.or(fair);
    let free = amount.is_some_and(|amount| amount::is_free(note, amount));
    // "can drive short distances", "is able to walk with a cane": the narrower one holds.
    let cue = match (before, behind) {
        (Some((Limitation::Independent, lead)), Some((limitation, tail))) => {
            Some((limitation, lead.union(tail)))
        }
        _ => before.or(behind),
    };
    // "inability to walk unaided" is a limit too.
    let aid = note.str()[mention.span.end..sentence.span.end].trim_start();
    let aided = UNAIDED.of(note.lexicon).is_match(aid);
    // "unable to stand on her toes" is a sign of the examination.
    let upright = matches!(kind, Activity::Standing | Activity::Walking);
    if upright && STANCE.of(note.lexicon).is_match(aid) {
        return None;
    }
    // "is able to stand with aid"
    let cue = cue.map(|(limitation, span)| {
        let independent = limitation == Limitation::Independent;
        let help = independent.then(|| AIDED.of(note.lexicon).find(aid)).flatten();
        help.map_or((limitation, span), |help| {
            let end = sentence.span.end - aid.len() + help.end();
            (Limitation::Limited, Span::new(span.start, span.end.max(end)))
        })
    });
    // "cannot stand or walk for long": a limit, no inability.
    let long = cue.is_some_and(|(_, cue)| {
        let last = cue::last_of_list(note, activities, mention).end;
        let behind = &note.str()[last..sentence.span.end.max(last)];
        let between = note.get(Span::new(cue.end.min(mention.span.start), mention.span.start));
        cue::is_long(note, behind) || between.contains("prolonged") || between.contains("extended")
    });
    let most = amount.filter(|amount| amount::is_most(note, mention, *amount));
    let habit = amount.map_or(mention.span.end, |amount| amount.end.max(mention.span.end));
    let habit = amount::is_habit(note, habit, sentence.span.end);
    // "swimming twice a week" may be advice; "swims twice a week" is done.
    let named_only = note.get(mention.span).ends_with("ing");
    let slept = amount.filter(|_| kind == Activity::Sleep);
    let limitation = match (cue, amount) {
        _ if most.is_some() || fair.is_some() => Limitation::Limited,
        _ if free && !matches!(cue, Some((Limitation::Unable | Limitation::Limited, _))) => {
            Limitation::Independent
        }
        _ if slept.is_some() => amount::of_sleep(note, slept?).or(cue.map(|(said, _)| said))?,
        (Some((Limitation::Unable, _)), None) if aided || long => Limitation::Limited,
        // "unable to walk more than one block" is a limit.
        (Some((Limitation::Independent, span)), Some(_))
            if span.start < mention.span.start && !freely =>
        {
            Limitation::Limited
        }
        (Some((Limitation::Independent, _)), Some(_)) => Limitation::Independent,
        (Some(_), Some(_)) => Limitation::Limited,
        (Some((limitation, _)), None) => limitation,
        // "swims three times a week", "walks two miles a day"
        (None, _) if habit && concept.field("habit").is_some() && !named_only => {
            Limitation::Independent
        }
        (None, Some(_)) if habit => return None,
        (None, _) if is_listed(note, sentence, mention) || answers_limits(note, mention) => {
            Limitation::Limited
        }
        (None, Some(amount)) if amount::limits(note, mention, amount) => Limitation::Limited,
        _ => return None,
    };
    let mut span = mention.span;
    if let Some((_, cue)) = cue {
        span = span.union(cue);
    }
    if let Some(amount) = amount {
        span = span.union(amount);
    }
    let amount = amount.map(|span| note.as_written(span).to_owned());
    Some((span, Function { activity: kind, limitation: Some(limitation), amount }))
}

/// Headings over lists of limits.
static LIMITS: WordPattern = WordPattern::new(r"\b{function-row/limits-heading}\b");

/// What makes of an inability a limit: "unable to walk unaided".
static UNAIDED: WordPattern = WordPattern::new(r"^{function-row/unaided}\b");

/// What makes of a doing a limit: "able to stand with aid".
static AIDED: WordPattern = WordPattern::new(r"^{function-row/aided}\b");

/// How an examiner has somebody stand or walk: "on her toes".
static STANCE: WordPattern = WordPattern::new(r"^{function-row/stance}");

/// What a patient tells of a limit, and an examiner does not measure.
static TOLD: WordPattern = WordPattern::new(r"\b(?:can |{function-row/told}\b)");

/// Whether an activity begins an item of a list of limits: "FUNCTIONAL LIMITATIONS: - stairs".
fn is_listed(note: &Note<'_>, sentence: &Sentence, mention: &Mention) -> bool {
    let heading = note.heading(sentence);
    let limits = LIMITS.of(note.lexicon).is_match(heading);
    let lead = note.get(Span::new(sentence.span.start, mention.span.start));
    limits && lead.split_whitespace().all(|word| cue::is_load(note, word))
}

/// A form's label that asks what is limited, with what stands before its answer.
static LIMITS_LABEL: WordPattern =
    WordPattern::new(r"^(?:\d+[.)] ?)?{function-row/limits-label}(?: ?[:?]| ?\.{2,}| )[ .:_?]*");

/// Whether an activity answers a form's question for limits: "Activities limited ....... stairs, driving".
fn answers_limits(note: &Note<'_>, mention: &Mention) -> bool {
    let lead = note.lead_of_line(mention.span);
    let Some(label) = LIMITS_LABEL.of(note.lexicon).find(note.get(lead)) else { return false };
    let cells = note.cells(note.line_of(mention.span));
    // The next column has a label of its own.
    let parted = label.as_str().contains([':', '?', '.']) || cells.len() == 2;
    let answer = &note.get(lead)[label.end()..];
    parted && !answer.contains(['.', ':', '[', '(']) && !answer.starts_with("no")
}

/// Whether a state and an activity are the same words ("using a cane" and "walking").
fn near_state(note: &Note<'_>, state: &Mention, activity: &Mention) -> bool {
    let same = note.concept(state).field("activity") == note.concept(activity).field("activity");
    let (first, second) = if state.span < activity.span {
        (state.span, activity.span)
    } else {
        (activity.span, state.span)
    };
    let gap = Span::new(first.end.min(second.start), second.start);
    same && gap.len() <= STATE_REACH && !note.get(gap).contains([',', ';', '.'])
}
