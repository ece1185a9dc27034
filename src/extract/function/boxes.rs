//! Lists of boxes: "Pain limits: [x] Sleep [ ] Driving [x] Housework".

use super::super::{Draft, Note};
use super::asks::{Asks, asks, asks_above};
use super::row::is_label;
use super::{GROUP, is_foreign, parse, touch};
use crate::fact::{Activity, Function, Limitation, Origin, Polarity};
use crate::lexicon::WordPattern;
use crate::span::Span;
use crate::tag::Mention;

/// A label that denies all that the boxes beside it offer.
static NO_LIMIT: WordPattern = WordPattern::new(r"^{function-row/no-limit}[ .]*$");

/// Reads every ticked activity of a list that asks for trouble or for what is possible, but those
/// in `done`; the places that were read.
pub(super) fn read(note: &Note<'_>, done: &[Span], drafts: &mut Vec<Draft>) -> Vec<Span> {
    let mut read = Vec::new();
    for sentence in note.sentences.iter().filter(|s| !is_foreign(s.section)) {
        let mut boxes = note.boxes_in(sentence.span);
        boxes.retain(|b| !touch(done, b.span));
        let Some(first) = boxes.first() else { continue };
        // What is not ticked is not said.
        let empty = boxes.iter().filter(|b| !b.ticked).map(|b| b.label);
        read.extend(empty.filter(|&label| note.mentions_in(GROUP, label).next().is_some()));
        let before = Span::new(sentence.span.start, first.span.start.max(sentence.span.start));
        let line = note.line_of(sentence.span);
        let asked = asks(note, before)
            .or_else(|| note.lines_above(line).find_map(|above| asks_above(note, above)));
        let Some(asked) = asked else { continue };
        for tick in &boxes {
            if asked == Asks::Trouble && tick.ticked && denies_all(note, tick.label) {
                read.push(tick.label);
                drafts.push(no_limit(note, tick.label));
                continue;
            }
            let named: Vec<Mention> = note
                .mentions_in(GROUP, tick.label)
                .filter(|m| note.concept(m).field("role") == Some("activity"))
                .copied()
                .collect();
            let Some(mention) = named.first() else { continue };
            if !is_label(note, tick.label, &named, false) {
                continue;
            }
            let activity = parse::<Activity>(note.concept(mention).field("activity"));
            let Some(activity) = activity.filter(|_| tick.ticked) else { continue };
            read.push(tick.label);
            let limitation = match asked {
                Asks::Trouble => Limitation::Limited,
                Asks::Ability => Limitation::Independent,
            };
            let function = Function { activity, limitation: Some(limitation), amount: None };
            let asserted = note.assert(mention.span);
            let mut draft = Draft::new(tick.label, function, note.rule(mention), asserted);
            draft.assertion.polarity = Polarity::Affirmed;
            draft.assertion.origin = Origin::Checkbox;
            drafts.push(draft);
        }
    }
    read
}

/// Whether a box's label says that nothing is limited.
fn denies_all(note: &Note<'_>, label: Span) -> bool {
    NO_LIMIT.of(note.lexicon).is_match(note.get(label))
}

/// What such a box states when it is ticked.
fn no_limit(note: &Note<'_>, label: Span) -> Draft {
    let kind = Function {
        activity: Activity::Other,
        limitation: Some(Limitation::Independent),
        amount: None,
    };
    let mut draft = Draft::new(label, kind, "function/no-limit", note.assert(label));
    draft.assertion.polarity = Polarity::Affirmed;
    draft.assertion.origin = Origin::Checkbox;
    draft
}
