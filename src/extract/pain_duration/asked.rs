//! Questions of forms: "Pain > 3 months   Yes", "Symptoms for at least 6 months? [ ] yes [x] no".

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Answer, Draft, Note};
use super::label::asks_start;
use super::start::{first_day, months_since};
use super::when::since;
use super::{GROUP, LENGTH, first, names_treatment, nearest, push, tells, tenths, told_in};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::quantity;
use crate::span::Span;

/// Words that bound a length from below, before it and in it or behind it.
static BOUND: WordPattern = WordPattern::new(r"(?:>|\x{2265}|\b{pain-duration/bound})");

/// How far behind a length its bound or its question mark may stand, in bytes.
const BEHIND: usize = 24;

/// What stands between a question and a comment on its answer.
static TO_COMMENT: WordPattern =
    WordPattern::new(r"^[^a-z\d]*(?:(?:x|{form-word/yes}|{form-word/no})\b[^a-z\d]*){0,3}$");

/// What a form's row answers to whether the complaint has been there so long; `None` where the
/// length is not asked for.
pub(super) fn answer(note: &Note<'_>, span: Span) -> Option<Answer> {
    let lead = note.get(note.lead_of_line(span));
    let rest = note.rest_of_line(span);
    let near = note.get(rest);
    let near = &near[..near.floor_char_boundary(BEHIND)];
    let bound = BOUND.of(note.lexicon);
    let tail = &lead[lead.ceil_char_boundary(lead.len().saturating_sub(BEHIND))..];
    let asks = near.contains('?');
    if !(asks || bound.is_match(tail) || bound.is_match(note.get(span))) {
        return None;
    }
    let form = note.form_answer(span, span.end);
    if let Some(yes) = form.and_then(|form| form.done) {
        return Some(if yes { Answer::Yes } else { Answer::No });
    }
    if note.choice_is_open(span) {
        return Some(Answer::Blank);
    }
    let parted = asks || near.trim_start().starts_with([':', '.', '_']);
    note.answer(span)
        .filter(|answer| parted && !matches!(answer, Answer::Words(_)))
        .or(form.map(|_| Answer::Blank))
}

/// Reads what an answered question says: a yes that it has been so long, a comment how long.
pub(super) fn read(note: &Note<'_>, span: Span, answer: Answer, drafts: &mut Vec<Draft>) {
    let line = note.line_of(span);
    let label = note.lead_of_line(span);
    let cells = note.cells(line);
    let cell = cells.iter().find(|cell| cell.contains(span)).map_or(span.end, |cell| cell.end);
    let behind = Span::new(span.end, cell.max(span.end));
    let about = matches!(nearest(note, label), Some("complaint" | "label" | "present" | "began"));
    if !about
        || names_treatment(note, label)
        || names_treatment(note, behind)
        || first(note, behind, "other").is_some()
        || answer == Answer::Blank
    {
        return;
    }
    let rest = note.rest_of_line(span);
    let comment = LENGTH
        .find(note.get(rest))
        .filter(|found| TO_COMMENT.of(note.lexicon).is_match(&note.get(rest)[..found.start()]))
        .map(|found| Span::new(rest.start + found.start(), rest.start + found.end()));
    let told = comment.or((answer == Answer::Yes).then_some(span));
    let Some((told, length)) = told.and_then(|t| Some((t, quantity::duration(note.get(t))?)))
    else {
        return;
    };
    let months = tenths(length.months());
    push(note, drafts, told, Some(months), None, "asked");
}

/// How an answer opens that is a length or a day: "About two years", "Since the fall of 2022".
const OPENS: usize = 12;

/// Reads what stands on the line below a question for how long it has been there:
/// "Q. How long has she had this pain?", "A. Since May".
pub(super) fn read_below(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    for label in note.mentions(GROUP).filter(|m| note.concept(m).id == "label") {
        let line = note.line_of(label.span);
        let Some(below) = note.answer_below(label.span) else { continue };
        // "Since when?" below "Where does it hurt?" asks of the pain.
        let asks_start = asks_start(note.get(label.span)) && first(note, line, "other").is_none();
        if names_treatment(note, line)
            || !(tells(note, line, "complaint") || asks_start && !follows_treatment(note, line))
            || told_in(drafts, below)
        {
            continue;
        }
        let words = note.get(below);
        let at = |from: usize, to: usize| Span::new(below.start + from, below.start + to);
        if let Some(found) = LENGTH.find(words).filter(|found| found.start() <= OPENS)
            && let Some(length) = quantity::duration(found.as_str())
        {
            let months = tenths(length.months());
            push(note, drafts, at(found.start(), found.end()), Some(months), None, "asked");
        } else if let Some((whole, when)) =
            since(words).next().filter(|(whole, _)| whole.start == 0)
        {
            let when = at(when.start, when.end);
            let months = months_since(note, when);
            push(note, drafts, at(0, whole.end), months, Some(when), "asked");
        } else if let Some(event) = FROM_EVENT.find(words) {
            // "Since the move to the new flat in August 2024; fifteen months."
            let rest = at(event.end(), words.len());
            let length = LENGTH
                .find(note.get(rest))
                .and_then(|found| Some((found.range(), quantity::duration(found.as_str())?)));
            if let Some((found, length)) = length {
                let told = Span::new(rest.start + found.start, rest.start + found.end);
                push(note, drafts, told, Some(tenths(length.months())), None, "asked");
            } else if let Some(when) = first_day(note, rest) {
                let told = at(0, when.end - below.start);
                push(note, drafts, told, months_since(note, when), Some(when), "asked");
            }
        }
    }
}

/// How an answer opens that tells of what a complaint began with.
static FROM_EVENT: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^(?:it (?:began|started|came) )?(?:ever since|since|after|from|when|with) ")
});

/// Whether the question above a line is of a treatment, which this one then asks on about.
fn follows_treatment(note: &Note<'_>, line: Span) -> bool {
    note.lines_above(line)
        .find(|above| note.get(*above).trim_end().ends_with('?'))
        .is_some_and(|above| names_treatment(note, above))
}
