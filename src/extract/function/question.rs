//! Questions with a yes and a no to tick: "Able to climb stairs  [ ] yes  [x] no".

use super::super::{Draft, Note};
use super::asks::{Asks, asks, asks_above, asks_of};
use super::{GROUP, amount, is_foreign, parse};
use crate::extract::CheckBox;
use crate::fact::{Activity, Experiencer, Function, Limitation, Origin, Polarity};
use crate::span::Span;
use crate::tag::Mention;

/// Most words of a question.
const LONGEST: usize = 14;

/// A question on its line, and the box that answers it.
struct Question {
    label: Span,
    asks: Option<Asks>,
    /// What is ticked, where one answer is.
    answer: Option<bool>,
    /// To the end of its boxes.
    whole: Span,
    tick: Span,
}

/// Reads every question about an activity that is answered by a tick; the places of all such
/// questions, since one that is not answered says nothing.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) -> Vec<Span> {
    let mut read: Vec<Span> = Vec::new();
    for mention in note.mentions(GROUP) {
        let role = note.concept(mention).field("role");
        if !matches!(role, Some("activity" | "state"))
            || read.last().is_some_and(|last| mention.span.start < last.end)
            || note.sentence_at(mention.span).is_none_or(|s| is_foreign(s.section))
        {
            continue;
        }
        let Some(question) = Question::at(note, mention) else { continue };
        read.push(question.whole);
        drafts.extend(question.read(note));
    }
    read
}

impl Question {
    /// The question that a mention stands in.
    fn at(note: &Note<'_>, mention: &Mention) -> Option<Self> {
        let line = note.line_of(mention.span);
        let boxes = note.boxes_in(line);
        let before = boxes.iter().rev().find(|b| b.span.start < mention.span.start);
        let says = |b: &CheckBox| note.yes_or_no(note.get(b.label)).map(|(yes, _)| yes);
        let own = boxes.iter().skip_while(|b| b.span.start < mention.span.end);
        let own: Vec<(&CheckBox, bool)> = own.map_while(|b| Some((b, says(b)?))).take(2).collect();
        let [(first, yes), (second, other)] = own.as_slice() else { return None };
        if yes == other {
            return None;
        }
        // Behind the label of a box before it, the last cell or the number of the item.
        let answers = first.span.start.min(first.label.start).max(mention.span.end);
        let from =
            before.map_or(line.start, |b| b.span.end.max(b.label.end).min(mention.span.start));
        let lead = note.get(Span::new(from, mention.span.start));
        let sign = lead
            .rfind(['.', ';', ')', '|', '\u{2022}'])
            .map_or(0, |at| at + lead[at..].chars().next().map_or(1, char::len_utf8));
        let label = note.trimmed(Span::new(from + sign, answers));
        let words = note.get(label).trim_end_matches([' ', ':', '?', '.', '_', '-']);
        let label = Span::new(label.start, label.start + words.len());
        if words.split_whitespace().count() > LONGEST
            || words.contains([';', '?', ':'])
            || words.contains(". ")
        {
            return None;
        }
        let asks = asks_of(note, label, mention)
            .or_else(|| note.lines_above(line).find_map(|above| asks_above(note, above)));
        let ticked: Vec<&(&CheckBox, bool)> = own.iter().filter(|(b, _)| b.ticked).collect();
        let answer = match ticked.as_slice() {
            [(_, yes)] => Some(*yes),
            _ => None,
        };
        let tick = ticked.first().map_or(first.span, |(b, _)| b.span.union(b.label));
        let end = second.span.end.max(second.label.end);
        Some(Self { label, asks, answer, whole: Span::new(label.start, end), tick })
    }

    fn read(&self, note: &Note<'_>) -> Vec<Draft> {
        let (Some(asked), Some(yes)) = (self.asks, self.answer) else { return Vec::new() };
        let amount = amount::find(note, self.label).first().copied();
        let own = asks(note, self.label);
        let asserted = note.assert(self.label);
        if asserted.assertion.experiencer != Experiencer::Patient {
            return Vec::new();
        }
        let mut drafts: Vec<Draft> = Vec::new();
        for mention in note.mentions_in(GROUP, self.label) {
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
                (Asks::Ability, false) if in_part || amount.is_some() => {
                    (Limitation::Limited, amount)
                }
                (Asks::Ability, false) => (Limitation::Unable, None),
            };
            let amount = amount.map(|span| note.as_written(span).to_owned());
            let function = Function { activity, limitation: Some(limitation), amount };
            let span = self.label.union(self.tick);
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
}
