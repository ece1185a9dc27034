//! A series of procedures, told of one by one: "The first two gave 70% relief, the third none."

use super::relief::relief_in;
use super::{Event, Reader, told_as_done};
use crate::extract::Note;
use crate::fact::{Injection, Intent};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// How many sentences behind a series its members may be told of.
const REACH: usize = 3;

// A member and what it did; "the first injection helped" names its procedure and is read as such.
static MEMBER: WordPattern = WordPattern::new(
    r"\b(?:the|her|his) (?:first|second|third|fourth|fifth|1st|2nd|3rd|4th|initial|last|latest|other|former|latter|(?:therapeutic|diagnostic|test|treatment|steroid) one)(?: (?:one|two|three|of these|of them|set|time))?(?: (?:on|of|in|from) [a-z0-9 ,/-]{3,20}?)?,? (?:also |only |again |did |had )?(?:(?:was|were|had|did|not|nothing|none|nil|{relief/did})\b|\d{1,3} ?(?:%|percent\b))",
);

/// The members of a series that a stretch tells of, each with what is said of it.
pub(super) fn each_of_series(note: &Note<'_>, within: Span) -> Vec<Span> {
    let text = note.get(within);
    let starts: Vec<usize> = MEMBER.of(note.lexicon).find_iter(text).map(|m| m.start()).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| Span::new(within.start + start, within.start + end))
        .collect()
}

/// What a member was meant for, by the words that name it: "the therapeutic one".
fn purpose(member: &str) -> Option<Intent> {
    let named = |word: &str| member.split(' ').nth(1) == Some(word);
    if named("therapeutic") || named("treatment") {
        Some(Intent::Therapeutic)
    } else {
        (named("diagnostic") || named("test")).then_some(Intent::Diagnostic)
    }
}

impl Reader<'_, '_> {
    /// Makes an event of each member of a series; whether there were any.
    pub(super) fn read_series(&mut self, index: usize, within: Span) -> bool {
        let note = self.note;
        let members = each_of_series(note, within);
        let near = |e: &Event| {
            e.performed()
                && e.named
                && e.sentence + REACH >= index
                && note.sentences[e.sentence].paragraph == note.sentences[index].paragraph
        };
        let Some(before) = self.events.iter().rposition(near) else { return false };
        for &member in &members {
            let Some(relief) = relief_in(note, member, true) else { continue };
            let series = &self.events[before];
            let purpose = purpose(note.get(member));
            let like = relief.of(note, &series.injection);
            let injection = match purpose {
                // Another purpose has another mixture.
                Some(_) if purpose != like.intent => {
                    Injection { intent: purpose, agent: None, steroid: None, ..like }
                }
                _ => like,
            };
            let end = relief.duration.map_or(relief.span.end, |d| d.end.max(relief.span.end));
            self.events.push(Event {
                span: Span::new(member.start, end.min(member.end)),
                head: relief.span,
                sentence: index,
                injection,
                rule: format!("{}/series", series.rule),
                asserted: told_as_done(note, relief.span),
                date: note.dates_in(member).next().map(|d| d.date),
                title: false,
                named: false,
                confidence: 0.85,
            });
        }
        !members.is_empty()
    }
}
