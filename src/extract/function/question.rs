//! Questions with a yes and a no to tick: "Able to climb stairs  [ ] yes  [x] no".

use super::super::{Draft, Note};
use super::asks::{Asks, asks, asks_above, asks_of};
use super::{GROUP, amount, is_after_procedure, is_foreign, parse};
use crate::extract::question::Question;
use crate::fact::{Activity, Certainty, Experiencer, Function, Limitation, Origin, Polarity};
use crate::span::Span;
use crate::tag::Mention;

/// Reads every question about an activity that is answered by a tick; the places of all such
/// questions, since one that is not answered says nothing.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) -> Vec<Span> {
    let mut read: Vec<Span> = Vec::new();
    for mention in note.mentions(GROUP) {
        let role = note.concept(mention).field("role");
        if !matches!(role, Some("activity" | "state"))
            || read.last().is_some_and(|last| mention.span.start < last.end)
            || note.sentence_at(mention.span).is_none_or(|s| is_foreign(s.section))
            || is_after_procedure(note, mention.span)
        {
            continue;
        }
        let Some(question) = note.question(mention.span) else { continue };
        read.push(question.whole);
        drafts.extend(read_question(note, &question, mention));
    }
    read
}

/// What the answer to a question that a mention stands in says of its activities.
fn read_question(note: &Note<'_>, question: &Question, mention: &Mention) -> Vec<Draft> {
    let line = note.line_of(mention.span);
    let asked = asks_of(note, question.label, mention)
        .or_else(|| note.lines_above(line).find_map(|above| asks_above(note, above)));
    let (Some(asked), Some(yes)) = (asked, question.answer) else { return Vec::new() };
    let amount = amount::find(note, question.label).first().copied();
    let own = asks(note, question.label);
    let mut asserted = note.assert(question.label);
    // A question that is answered is none any more.
    asserted.assertion.certainty = Certainty::Certain;
    if asserted.assertion.experiencer != Experiencer::Patient {
        return Vec::new();
    }
    let mut drafts: Vec<Draft> = Vec::new();
    for mention in note.mentions_in(GROUP, question.label) {
        let concept = note.concept(mention);
        let state = concept.field("role") == Some("state");
        if !state && concept.field("role") != Some("activity") {
            continue;
        }
        let Some(activity) = parse::<Activity>(concept.field("activity")) else { continue };
        let named = parse::<Limitation>(concept.field("limitation")).filter(|_| state);
        let in_part = activity == Activity::Sleep || state && own.is_none();
        let (limitation, amount) = match (asked, yes) {
            (Asks::Trouble, true) => (named.unwrap_or(Limitation::Limited), amount),
            // That it can be done so long does not say that it can be done freely.
            (Asks::Ability, true) if amount.is_some() => continue,
            (Asks::Trouble, false) | (Asks::Ability, true) => (Limitation::Independent, None),
            // Who does not sleep through or does not work full duty sleeps and works.
            (Asks::Ability, false) if in_part || amount.is_some() => (Limitation::Limited, amount),
            (Asks::Ability, false) => (Limitation::Unable, None),
        };
        let amount = amount.map(|span| note.as_written(span).to_owned());
        let function = Function { activity, limitation: Some(limitation), amount };
        let span = question.label.union(question.tick);
        let mut draft = Draft::new(span, function, note.rule(mention), asserted.clone());
        draft.assertion.polarity = Polarity::Affirmed;
        draft.assertion.origin = Origin::Checkbox;
        // "Sports/hobbies" are one activity by two names.
        if !drafts.iter().any(|other| other.kind == draft.kind) {
            drafts.push(draft);
        }
    }
    drafts
}
