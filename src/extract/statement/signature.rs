//! Signatures: given, left blank, or missing from a draft.

use super::statement;
use crate::extract::{Draft, Note};
use crate::fact::{Certainty, Polarity, Time};
use crate::lexicon::{Concept, WordPattern};
use crate::span::Span;
use crate::tag::Mention;

/// Words of signatures, in a group of the lexicon.
const GROUP: &str = "signature";

/// How many bytes the date of a signature may stand behind its words.
const REACH: usize = 90;

static NAME: WordPattern =
    WordPattern::new(r"^[ :.,-]*(?:by )?[a-z][a-z0-9 .,'-]{0,50}?,? ?\b{signature/degree}\b");

pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let mut signed_to = 0;
    for mention in note.mentions(GROUP) {
        let concept = note.concept(mention);
        let rest = note.rest_of_line(mention.span);
        let topic = match concept.id.as_str() {
            "unsigned" => Some("unsigned"),
            "label" => by_label(note, rest),
            "credential" => closes_text(note, mention).then_some("signed"),
            // "Electronically signed by: ______" is a line to sign on.
            "signed" => (!note.get(rest).contains("__")).then_some("signed"),
            _ => (!is_blank(note.get(rest))).then_some("signed"),
        };
        let Some(topic) = topic else { continue };
        // One signature a line: "electronically signed", the name and "on file" are one.
        if topic == "signed" && mention.span.start < signed_to {
            continue;
        }
        drafts.push(draft(note, mention, concept, topic, rest));
        if topic == "signed" {
            signed_to = rest.end;
        }
    }
}

fn draft(note: &Note<'_>, mention: &Mention, concept: &Concept, topic: &str, rest: Span) -> Draft {
    let mut span = mention.span;
    if concept.id == "credential" {
        span.start = note.line_of(mention.span).start.min(span.start);
    }
    let name = NAME.of(note.lexicon).find(note.get(rest)).filter(|_| topic == "signed");
    if let Some(name) = name {
        span.end = rest.start + name.end();
    }
    let next = note.dates.partition_point(|d| d.span.start < mention.span.start);
    let behind = note.dates.get(next).filter(|d| {
        let between = note.get(Span::new(span.end.min(d.span.start), d.span.start));
        between.len() <= REACH && !between.contains("dob") && !between.contains(". ")
    });
    let line = note.line_of(mention.span);
    let before = note.dates_in(Span::new(line.start, mention.span.start)).last();
    let date = behind.filter(|d| d.span.start <= rest.end).or(before).or(behind);
    if let Some(date) = date.filter(|d| topic == "signed" && d.span.start <= rest.end)
        && date.span.start >= span.start
    {
        span.end = date.span.end.max(span.end);
    }
    let mut draft =
        statement(note, note.trimmed(span), topic, None, format!("{GROUP}/{}", concept.id));
    draft.date = date.filter(|_| topic == "signed").map(|d| d.date);
    draft.assertion.polarity = Polarity::Affirmed;
    draft.assertion.time = Time::Current;
    draft.assertion.certainty = Certainty::Certain;
    draft.cues.clear();
    draft.confidence = if concept.id == "credential" { 0.6 } else { 0.95 };
    draft
}

/// What stands behind "signature:".
fn by_label(note: &Note<'_>, rest: Span) -> Option<&'static str> {
    let words = note.get(rest);
    if is_blank(words) {
        // Without a line to write on the name may stand on the next line.
        let line = words.contains('_') || !words.trim_matches([':', ' ', '.']).is_empty();
        let next = note.rest_of_line(Span::new(rest.end, (rest.end + 1).min(note.str().len())));
        return (line || !NAME.of(note.lexicon).is_match(note.get(next)))
            .then_some("blank-signature");
    }
    let named = NAME.of(note.lexicon).is_match(words)
        || words.contains("on file")
        || words.contains("electronic");
    named.then_some("signed")
}

/// Whether nothing is written behind a signature's label: a line, or the next label.
fn is_blank(words: &str) -> bool {
    let words = words.trim_start_matches([':', ' ', '.', ')']);
    words.is_empty() || words.starts_with(['_', '-', '[']) || words.starts_with("date")
}

/// Whether a name with a degree closes a text: with a date, and nothing else on its line.
fn closes_text(note: &Note<'_>, mention: &Mention) -> bool {
    let line = note.line_of(mention.span);
    let words = note.get(line);
    let dated = note.dates_in(line).any(|d| d.date.exact().is_some());
    // "Supervised PT  03/04/2025" names a treatment.
    let therapy = note.get(mention.span) == "pt"
        && !note.get(Span::new(line.start, mention.span.start)).trim_end().ends_with(',');
    let first = NAME.of(note.lexicon).find(words).is_some_and(|name| name.start() == 0);
    let label = words.contains(':') || words.contains('|') || words.contains("dob");
    let near_end = note.str().len().saturating_sub(line.end);
    first && dated && !label && !therapy && words.len() < 90 && line.start > near_end
}
