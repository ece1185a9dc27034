//! Statements: sentences that a policy asks about and that fit no other kind.
//!
//! Topics are concepts of `lexicons/concepts/statement.toml`; fields of a concept
//! say what it needs around it and what its value is. Dates, signatures and
//! injectates have readers of their own.

mod days;
mod injectate;
mod needs;
mod signature;
mod units;

use super::parts::{part_at, titles};
use super::{Answer, ColumnAnswer, Draft, Note};
use crate::fact::{Assertion, Origin, Polarity, Statement};
use crate::lexicon::{Concept, CueCategory};
use crate::span::Span;
use crate::tag::Mention;
use needs::Surroundings;

/// The topics' group of the lexicon.
const TOPICS: &str = "statement";

pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let titles = titles(note);
    for mention in note.mentions(TOPICS) {
        let part = part_at(&titles, mention.span);
        let surroundings = Surroundings { note, mention, part, drafts };
        let draft = match note.concept(mention) {
            concept if ["yes", "no", "words"].iter().any(|a| concept.field(a).is_some()) => {
                answered(&surroundings, concept)
            }
            concept if concept.field("count").is_some() => units::read(&surroundings),
            concept => stated(&surroundings, concept),
        };
        drafts.extend(draft);
    }
    days::read(note, &titles, drafts);
    signature::read(note, drafts);
    injectate::read(note, &titles, drafts);
}

/// A statement about a topic at a span.
fn statement(
    note: &Note<'_>,
    span: Span,
    topic: &str,
    value: Option<String>,
    rule: impl Into<String>,
) -> Draft {
    let topic = topic.to_owned();
    Draft::new(span, Statement { topic, value }, rule, note.assert(span))
}

/// What the answer to a form's question states.
fn answered(at: &Surroundings<'_, '_>, concept: &Concept) -> Option<Draft> {
    let (note, mention) = (at.note, at.mention);
    // What is too common a word to be a question by itself answers by the boxes of its row.
    let answer = match concept.field("boxed") {
        Some(_) => note.boxed_answer(mention.span)?,
        None => note.answer(mention.span)?,
    };
    let (topic, end) = match answer {
        Answer::Yes => (concept.field("yes")?, mention.span.end),
        Answer::No => (concept.field("no")?, mention.span.end),
        Answer::Words(words) => {
            let wanted = concept.field("words")?;
            let said = note.get(words);
            wanted.split('|').any(|word| said.starts_with(word)).then_some(())?;
            (concept.field("other")?, words.end)
        }
        Answer::Blank => return None,
    };
    let span = note.trimmed(Span::new(mention.span.start, end.max(mention.span.end)));
    let mut draft = statement(note, span, topic, None, note.rule(mention));
    by_answer(&mut draft);
    if !note.boxes_in(note.rest_of_line(mention.span)).is_empty() {
        draft.assertion.origin = Origin::Checkbox;
    }
    draft.confidence = 0.95;
    Some(draft)
}

/// What a mention states in prose, in a list or behind a ticked box.
fn stated(at: &Surroundings<'_, '_>, concept: &Concept) -> Option<Draft> {
    let (note, mention) = (at.note, at.mention);
    let ticked = note.box_of(mention.span);
    // What a form asks is stated where it is answered with a yes.
    let asked = note.question(mention.span).is_some_and(|question| question.answer != Some(true));
    // The row of a table of answers, where it is not ticked under a yes.
    let denied = || {
        let cells = note.cells(note.line_of(mention.span));
        // What stands behind the answer explains it: "Other treatment     X    sole treatment".
        let explains = cells.len() > 2 && cells.last().is_some_and(|c| c.contains(mention.span));
        cells.len() > 1
            && !explains
            && matches!(
                note.column_answer(mention.span),
                Some((ColumnAnswer::No | ColumnAnswer::Blank, _))
            )
    };
    // So is what it asks in words: "Is a series planned?   no".
    let in_words = note.answer_in_words(mention.span);
    if asked
        || in_words == Some(Answer::Blank)
        || ticked.is_some_and(|b| !b.ticked)
        || !at.hold(concept)
        || denied()
        || note.choice_is_open(mention.span)
    {
        return None;
    }
    let topic = concept.field("topic").unwrap_or(&concept.id);
    let value = value(note, mention, concept);
    let mut draft = statement(note, mention.span, topic, value, note.rule(mention));
    if let Some(answer) = in_words {
        by_answer(&mut draft);
        if answer == Answer::No {
            draft.assertion.polarity = Polarity::Negated;
        }
    }
    // "no PT, no exercises -- the block is the only treatment"
    let apart = draft.cues.iter().any(|hit| {
        let from = hit.span.end.min(mention.span.start);
        let between = note.get(Span::new(from, mention.span.start));
        // "goal not reached, strength better": a result is not denied by what stands before its comma.
        between.contains("--") || concept.field("told").is_some() && between.contains(',')
    });
    if draft.assertion.polarity == Polarity::Negated
        && in_words.is_none()
        && (apart || denies(note, mention.span))
    {
        // "without contact, not thought to explain": each denial is its own.
        draft.assertion.polarity = Polarity::Affirmed;
        // "goal 20 minutes: not reached, strength better" tells what became of the goal.
        if apart && concept.field("told").is_some() {
            draft.assertion.origin = Origin::Clinician;
        }
    } else if draft.assertion.polarity == Polarity::Negated {
        // "not the only treatment": the opposite, where the topic has one.
        draft = statement(note, mention.span, concept.field("negated")?, None, note.rule(mention));
        draft.assertion.polarity = Polarity::Affirmed;
    }
    if ticked.is_some() {
        draft.assertion.origin = Origin::Checkbox;
    }
    draft.date = note
        .sentence_at(mention.span)
        .and_then(|s| note.dates_in(s.span).find(|d| d.span.start >= mention.span.start))
        .map(|d| d.date)
        .filter(|_| concept.field("dated").is_some());
    Some(draft)
}

/// Leaves to an answer how a statement is said: the words of its question are no cues for it.
fn by_answer(draft: &mut Draft) {
    draft.assertion = Assertion { origin: draft.assertion.origin, ..Assertion::default() };
    draft.cues.clear();
}

/// Whether a span's own words deny something.
fn denies(note: &Note<'_>, span: Span) -> bool {
    let first = note.cues.partition_point(|hit| hit.span.start < span.start);
    note.cues[first..].iter().take_while(|hit| hit.span.start < span.end).any(|hit| {
        let cue = &note.lexicon.cues[hit.cue];
        cue.category == CueCategory::Negated || note.get(hit.span).starts_with("no")
    })
}

fn value(note: &Note<'_>, mention: &Mention, concept: &Concept) -> Option<String> {
    match concept.field("value")? {
        "words" => Some(note.get(mention.span).to_owned()),
        "number" => {
            let words = note.get(mention.span);
            let digits = words.trim_start_matches(|c: char| !c.is_ascii_digit());
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            Some(digits[..end].to_owned())
        }
        literal => Some(literal.to_owned()),
    }
}
