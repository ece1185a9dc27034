//! The procedures that a sentence names: not those of boxes left empty, of questions left blank or of titles
//! of papers.

use std::sync::LazyLock;

use regex::Regex;

use super::phrase::{Phrase, phrases};
use crate::extract::Note;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::segment::Sentence;
use crate::span::Span;

/// Whether a row only names the columns below it: "Date   Injection   Relief".
fn is_table_header(note: &Note<'_>, sentence: &Sentence) -> bool {
    let mut left = sentence.span.start;
    let mut columns = 0;
    for column in note.mentions_in("table-column", sentence.span) {
        if note.get(Span::new(left, column.span.start)).chars().any(char::is_alphanumeric) {
            return false;
        }
        left = column.span.end;
        columns += 1;
    }
    columns >= 2 && !note.get(Span::new(left, sentence.span.end)).chars().any(char::is_alphanumeric)
}

/// The phrases of a sentence, without those at boxes that are not ticked.
pub(super) fn ticked_phrases(note: &Note<'_>, sentence: &Sentence) -> Vec<Phrase> {
    if is_table_header(note, sentence) {
        return Vec::new();
    }
    let mut found = phrases(note, sentence.span);
    if !found.is_empty() {
        let boxes = note.boxes_in(sentence.span);
        found.retain(|p| !boxes.iter().any(|b| !b.ticked && b.label.overlaps(p.head)));
        // "Injection request" is the title of a paper.
        found.retain(|p| {
            p.procedure.is_some()
                || !note.mentions_in("title", sentence.span).any(|m| m.span.contains(p.head))
        });
        for phrase in found.iter_mut().filter(|p| p.procedure.is_none()) {
            phrase.take_place(note);
        }
        // What is told in the row of a log is no answer to a question.
        found.retain_mut(|p| p.is_logged() || take_answer(note, p));
        // A form that was left blank tells of nothing.
        found.retain(|p| !is_left_blank(note, p));
    }
    found
}

/// Whether a line to write on stands behind a procedure, with nothing on it.
fn is_left_blank(note: &Note<'_>, phrase: &Phrase) -> bool {
    let behind = &note.str()[phrase.span.end..];
    // The box behind it may be another's.
    let last = Span::new(phrase.span.end.saturating_sub(1), phrase.span.end);
    let box_behind = behind.trim_start_matches([' ', ':']).starts_with("[ ]");
    BLANK_BEHIND.is_match(behind) || (box_behind && note.is_unticked(last))
}

static BLANK_BEHIND: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^[ :.?]{0,4}_{3,}(?:[ ,;|)]|\n|$)"));

/// Takes what a form's row answers to a procedure, and says whether the procedure is told of at all:
/// a row left blank tells nothing, and "More blocks planned?   No" nothing of those that were done.
fn take_answer(note: &Note<'_>, phrase: &mut Phrase) -> bool {
    let Some(found) = note.form_answer(phrase.head, phrase.span.end) else { return true };
    let Some(done) = found.done else { return false };
    let start = note.line_of(phrase.head).start.min(phrase.head.start);
    let asked = note.get(Span::new(start, found.end.max(start)));
    let ahead = ASKS_AHEAD.of(note.lexicon).is_match(asked);
    if !ahead {
        phrase.answered = Some(found);
    }
    done || !ahead
}

/// That a row of a form asks for what is to come, or for one more.
static ASKS_AHEAD: WordPattern = WordPattern::new(r"\b{injection-word/asks-ahead}\b");
