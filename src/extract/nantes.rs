//! The Nantes criteria for pudendal neuralgia, where a note applies them by name.

use std::sync::LazyLock;

use regex::Regex;

use super::{Draft, Note};
use crate::fact::{Nantes, NantesCriterion, Origin, Polarity, SignPolarity, Time};
use crate::pattern::fixed_regex;
use crate::span::Span;
use crate::tag::Mention;

const GROUP: &str = "nantes";

/// How many sentences behind the name the criteria may go on.
const REACH: usize = 14;

/// Reads each criterion that a note answers under the criteria's name.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let names: Vec<&Mention> =
        note.mentions(GROUP).filter(|m| note.concept(m).id == "name").collect();
    let mut read_up_to = 0;
    for name in names {
        let first = note
            .sentence_index(name.span)
            .unwrap_or_else(|| note.sentences.partition_point(|s| s.span.start < name.span.end));
        // The criteria stand in the name's own sentence, under it as a heading, or as its list.
        let under = |index: &usize| {
            let sentence = &note.sentences[*index];
            note.heading(sentence).contains("nantes")
                || *index == first
                || sentence.item
                || sentence.paragraph == note.sentences[first].paragraph
        };
        let end = (first + REACH).min(note.sentences.len());
        let end = (first..end).find(|index| !under(index)).unwrap_or(end);
        let scope = note.sentences.get(first..end).unwrap_or_default();
        // "All five are met" answers what has no answer of its own.
        let all_met = scope.iter().any(|sentence| {
            let mut said = note.mentions_in(GROUP, sentence.span);
            said.any(|m| {
                note.concept(m).id == "all-met"
                    && note.assert(m.span).assertion.polarity == Polarity::Affirmed
            })
        });
        for sentence in scope.iter().skip(first.max(read_up_to) - first) {
            read_sentence(note, sentence.span, all_met, drafts);
        }
        read_up_to = read_up_to.max(end);
    }
}

/// A short answer right behind a criterion: "worse sitting Y".
static SHORT: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^[ :?=.]*(?:(?P<yes>yes|y|\+)|(?P<no>no|n|-))(?: ?[,;|.)]|$)"));

/// What is ticked behind a criterion; `None` in it where boxes stand there and none of them is.
fn box_answer(note: &Note<'_>, mention: Span, until: usize) -> Option<Option<(bool, Span)>> {
    let line = note.line_of(mention);
    let boxes = note.boxes_in(Span::new(mention.end, line.end.min(until).max(mention.end)));
    if boxes.is_empty() {
        return None;
    }
    let tick = boxes.iter().find(|b| b.ticked);
    Some(tick.and_then(|b| Some((note.yes_or_no(note.get(b.label))?.0, b.label))))
}

fn read_sentence(note: &Note<'_>, span: Span, all_met: bool, drafts: &mut Vec<Draft>) {
    let mentions: Vec<&Mention> = note.mentions_in(GROUP, span).collect();
    for (at, mention) in mentions.iter().enumerate() {
        let concept = note.concept(mention);
        let criterion = concept.field("criterion").unwrap_or(&concept.id);
        let Ok(criterion) = criterion.parse::<NantesCriterion>() else { continue };
        let inverted = concept.field("inverted").is_some();
        let next = mentions[at + 1..]
            .iter()
            .find(|m| note.concept(m).field("answer").is_none() && note.concept(m).id != "name");
        let until = next.map_or(span.end, |m| m.span.start);
        // "does not wake her, and there is no numbness": what a comma parts answers something else.
        let near = |m: &&&Mention| {
            let between = note.get(Span::new(mention.span.end, m.span.start.max(mention.span.end)));
            m.span.start < until && !between.contains([',', ';'])
        };
        let answer = mentions[at + 1..]
            .iter()
            .filter(near)
            .find(|m| note.concept(m).field("answer").is_some());
        let boxed = box_answer(note, mention.span, until);
        if boxed == Some(None) {
            continue;
        }
        let behind = Span::new(mention.span.end, until.max(mention.span.end));
        let short = SHORT.captures(note.get(behind)).map(|c| {
            let end = behind.start + c.name("yes").or(c.name("no")).map_or(0, |m| m.end());
            (c.name("yes").is_some(), Span::new(mention.span.start, end))
        });
        let ticked = note.boxes_in(span).into_iter().find(|b| b.ticked && b.span.start <= until);
        let told = boxed.flatten().or(short);
        let word = answer.and_then(|m| note.concept(m).field("answer"));
        let answered = answer.map_or(mention.span.end, |m| m.span.end);
        let (yes, end) = match (told, word) {
            (Some((yes, span)), _) => (yes, span.end),
            (None, Some("open")) => continue,
            (None, Some(word)) => (word == "positive", answered),
            (None, None) if all_met => (true, mention.span.end),
            (None, None) if ticked.is_some_and(|b| b.label.contains(mention.span)) => {
                (true, mention.span.end)
            }
            (None, None) => continue,
        };
        let polarity =
            if yes == inverted { SignPolarity::Negative } else { SignPolarity::Positive };
        // The words of the criterion from its line's beginning to its answer.
        let start = if at == 0 && mention.span.start - span.start <= 40 {
            span.start
        } else {
            mention.span.start
        };
        let mut asserted = note.assert(mention.span);
        asserted.assertion.polarity = match polarity {
            SignPolarity::Positive => Polarity::Affirmed,
            SignPolarity::Negative => Polarity::Negated,
        };
        asserted.assertion.time = Time::Current;
        if ticked.is_some() {
            asserted.assertion.origin = Origin::Checkbox;
        }
        let mut draft = Draft::new(
            Span::new(start, end),
            Nantes { criterion, polarity: Some(polarity) },
            note.rule(mention),
            asserted,
        );
        draft.date = note.date;
        draft.confidence = 0.95;
        drafts.push(draft);
    }
}
