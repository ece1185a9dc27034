//! What the words of a form ask for: trouble, or what is possible.

use super::Note;
use crate::lexicon::WordPattern;
use crate::span::Span;
use crate::tag::Mention;

/// Words of labels, questions and columns' heads, in a group of the lexicon.
pub(super) const WORDS: &str = "function-row";

/// A verb that says what the patient can do: "climbs stairs", "walks unassisted".
static MANAGES: WordPattern =
    WordPattern::new(r"^(?:(?:he|she|patient|pt) )?{function-row/manages}\b");

/// What is asked of an activity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Trouble,
    Ability,
}

/// What a question asks by its own words.
pub(super) fn asks_of(note: &Note<'_>, label: Span, mention: &Mention) -> Option<Asks> {
    let concept = note.concept(mention);
    if concept.field("role") == Some("state") {
        let freely = concept.field("limitation") == Some("independent");
        return Some(if freely { Asks::Ability } else { Asks::Trouble });
    }
    let manages = || MANAGES.of(note.lexicon).is_match(note.get(label)).then_some(Asks::Ability);
    asks(note, label).or_else(manages)
}

/// What a label or a line asks for.
pub(super) fn asks(note: &Note<'_>, within: Span) -> Option<Asks> {
    let has = |id: &str| note.mentions_in(WORDS, within).any(|m| note.concept(m).id == id);
    if has("trouble") {
        return Some(Asks::Trouble);
    }
    has("possible").then_some(Asks::Ability)
}

/// What a line above a row asks, if it is a question or a heading.
pub(super) fn asks_above(note: &Note<'_>, line: Span) -> Option<Asks> {
    let words = note.get(line);
    let question = words.contains('?') || words.ends_with(':') || note.cells(line).len() > 1;
    // Another row's question is not asked of the rows below it.
    let answered = note.boxes_in(line).iter().any(|b| note.yes_or_no(note.get(b.label)).is_some());
    (question && !answered).then(|| asks(note, line)).flatten()
}
