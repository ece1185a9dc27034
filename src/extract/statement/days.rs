//! When a document, or a part of it, was made and when a service was asked for.

use super::statement;
use crate::extract::note_date::NoteDate;
use crate::extract::parts::part_at;
use crate::extract::{Draft, Note};
use crate::fact::{Certainty, Polarity, Time};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// How far from a "date:" the words of a document's head may stand, in bytes.
const HEAD_REACH: usize = 160;

/// Words that the head of a document has.
static HEAD_WORD: WordPattern = WordPattern::new(r"\b{note-date/head}");

pub(super) fn read(note: &Note<'_>, titles: &[(usize, &str)], drafts: &mut Vec<Draft>) {
    let dates = note.own_dates();
    let first = drafts.len();
    for date in &dates {
        let in_form = part_at(titles, date.span) == Some("request-form");
        let topic = match date.role {
            "date-of-service" => "date-of-service",
            "date-of-request" => "date-of-request",
            "date" if date.rank == 1 || in_head(note, date) => {
                if in_form {
                    "date-of-request"
                } else {
                    "date-of-service"
                }
            }
            _ => continue,
        };
        drafts.push(dated(note, date, topic));
    }
    if drafts.len() == first
        && let Some(date) = dates.iter().min_by_key(|d| (d.rank, d.span.start))
    {
        drafts.push(Draft { confidence: 0.6, ..dated(note, date, "date-of-service") });
    }
}

fn in_head(note: &Note<'_>, date: &NoteDate<'_>) -> bool {
    let text = note.str();
    let start = text.floor_char_boundary(date.span.start.saturating_sub(HEAD_REACH));
    let end = text.ceil_char_boundary(date.span.end + HEAD_REACH);
    let line = note.line_of(date.span);
    let words = note.get(line);
    let answer = words.contains(['[', '?']) || words.contains("sign");
    let around = note.get(Span::new(start, end));
    let ends = start == 0 || HEAD_WORD.of(note.lexicon).is_match(around);
    ends && !answer
}

fn dated(note: &Note<'_>, date: &NoteDate<'_>, topic: &str) -> Draft {
    let rule = format!("note-date/{}", date.role);
    let mut draft = statement(note, date.span, topic, Some(date.date.to_string()), rule);
    draft.date = Some(date.date);
    draft.assertion.time = Time::Current;
    draft.assertion.polarity = Polarity::Affirmed;
    draft.assertion.certainty = Certainty::Certain;
    draft.cues.clear();
    draft.confidence = 0.95;
    draft
}
