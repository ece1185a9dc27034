//! Request forms: the procedure in one row, its code, side and purpose in others.

use super::phrase::Phrase;
use super::{CODE, GROUP, draft, intent, side};
use crate::extract::parts::part_at;
use crate::extract::{Answer, ColumnAnswer, Draft, Note};
use crate::fact::{Intent, Kind, Polarity, RequestedProcedure, Side, Time};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// What labels hold that ask what is wanted.
const ASKS: [&str; 2] = ["request", "asking for"];

/// Most rows of boxes that one question offers.
const MOST_CHOICES: usize = 8;

/// Whether a row of boxes is what a form offers to be asked for, in its own line or above it:
/// "PROCEDURE REQUESTED (check all that apply)".
fn is_offered(note: &Note<'_>, line: Span) -> bool {
    let asks = |line: Span| {
        note.mentions_in(GROUP, line).any(|m| {
            note.concept(m).id == "label" && ASKS.iter().any(|w| note.get(m.span).contains(w))
        })
    };
    let mut above = note
        .lines_above(line)
        .take(MOST_CHOICES)
        .skip_while(|line| !asks(*line) && !note.boxes_in(*line).is_empty());
    asks(line) || above.next().is_some_and(asks)
}

/// A procedure in a row of a form that asks for it.
pub(super) fn row(note: &Note<'_>, phrase: &Phrase) -> Option<Draft> {
    let line = note.line_of(phrase.span);
    let before = note.lead_of_line(phrase.span);
    let lead = note.get(before);
    let cells = note.cells(line);
    let boxed = note.box_of(phrase.span);
    let question = lead.contains('?') || note.get(line).contains('?');
    let earlier = note.mentions_in(GROUP, before).any(|m| note.concept(m).id == "earlier");
    let ticked = boxed.as_ref().is_some_and(|choice| choice.ticked);
    if earlier || question || (boxed.is_some() && !(ticked && is_offered(note, line))) {
        return None;
    }
    let label = lead.trim_end_matches([' ', ':', '.', '_', '-']);
    let label = label.rsplit("  ").next().unwrap_or(label);
    let first = note.mentions_in(GROUP, before.union(phrase.span)).any(|m| {
        let id = note.concept(m).id.as_str();
        (id == "label" || id == "code-label")
            && m.span.end <= phrase.span.start
            && note.get(Span::new(m.span.end, phrase.span.start)).trim_start_matches(' ').len() < 40
    });
    let coded = cells.iter().any(|c| CODE.is_match(note.get(*c))) && !label.ends_with(',');
    let filled = fills_row(note, phrase, before);
    let only = label.is_empty() && cells.len() == 1 && note.get(line).split(' ').count() <= 9;
    if !(ticked || first || coded || filled || only) {
        return None;
    }
    let mut draft = draft(note, phrase, "form");
    draft.assertion.polarity = Polarity::Affirmed;
    draft.assertion.time = Time::Planned;
    draft.cues.clear();
    draft.confidence = 0.95;
    Some(draft)
}

/// Whether a procedure is what fills a row, behind a label of few words that does not speak of
/// something else: "Injection       therapeutic left genicular nerve block".
fn fills_row(note: &Note<'_>, phrase: &Phrase, before: Span) -> bool {
    let words = note.get(before);
    let label = words.trim_end_matches([' ', ':', '.', '_', '|']);
    // Its name stands apart from the label: in a cell of its own, or behind a colon or dots.
    let apart = words.trim_end().ends_with([':', '.', '_', '|'])
        || note
            .cells(note.line_of(phrase.span))
            .get(1)
            .is_some_and(|c| c.start == phrase.span.start);
    let count = label.split_whitespace().count();
    apart
        && (1..=MOST_LABEL).contains(&count)
        && !label.contains([',', ';', '.', ':'])
        && !NOT_ASKED.of(note.lexicon).is_match(label)
}

/// Most words of a row's label.
const MOST_LABEL: usize = 4;

static NOT_ASKED: WordPattern = WordPattern::new(r"\b{request/not-asked-label}\b");

/// "Nerve: superior cluneal nerve" where the form ticks a nerve block.
pub(super) fn nerve_rows(
    note: &Note<'_>,
    titles: &[(usize, &str)],
    drafts: &mut Vec<Draft>,
    first: usize,
) {
    for label in note.mentions(GROUP).filter(|m| note.concept(m).id == "nerve-label") {
        let line = note.line_of(label.span);
        let in_form = part_at(titles, label.span) == Some("request-form");
        let begins = note.cells(line).iter().any(|cell| cell.start == label.span.start);
        if !in_form || !(begins || line.start == label.span.start) {
            continue;
        }
        let Some(Answer::Words(words)) = note.answer(label.span) else { continue };
        let cell = note.cells(words).first().copied().unwrap_or(words);
        let Some(name) = nerve_in(note.get(cell)) else { continue };
        let taken = drafts[first..].iter().any(|d| {
            matches!(&d.kind, Kind::RequestedProcedure(r) if r.name.as_ref().is_some_and(|n| n.contains(&name)))
        });
        if taken {
            continue;
        }
        let name = if name.contains("block") { name } else { format!("{name} block") };
        let phrase = Phrase { span: cell, name };
        let mut draft = draft(note, &phrase, "nerve-row");
        draft.assertion.polarity = Polarity::Affirmed;
        draft.assertion.time = Time::Planned;
        draft.cues.clear();
        drafts.push(draft);
    }
}

/// The nerve that a cell names, without its side: "middle cluneal / RIGHT".
fn nerve_in(cell: &str) -> Option<String> {
    let side = |word: &&str| side_choice(word).is_none();
    let first =
        cell.split(['/', ',', '(', ';']).map(str::trim).find(|part| side_choice(part).is_none())?;
    let words: Vec<&str> = first.trim_end_matches('.').split(' ').filter(side).collect();
    let name = words.join(" ");
    if name.contains("nerve") {
        return Some(name);
    }
    name.contains("cluneal").then(|| match name.strip_suffix(" block") {
        Some(name) => format!("{name} nerve block"),
        None => format!("{name} nerve"),
    })
}

/// Gives the procedures of a form the code, side and purpose of its other rows.
pub(super) fn bind(note: &Note<'_>, titles: &[(usize, &str)], drafts: &mut [Draft]) {
    for draft in drafts.iter_mut() {
        if part_at(titles, draft.span) != Some("request-form") {
            continue;
        }
        let form = extent(note, titles, draft.span);
        let Kind::RequestedProcedure(found) = &mut draft.kind else { continue };
        let RequestedProcedure { cpt, side, intent, .. } = found;
        if cpt.is_none() {
            *cpt = code(note, form, draft.span);
        }
        if side.is_none() {
            *side = side_row(note, form)
                .or_else(|| in_table(note, draft.span))
                .or_else(|| ticked(note, form, side_choice));
        }
        if intent.is_none() {
            *intent = intent_row(note, form)
                .or_else(|| intent_asked(note, form))
                .or_else(|| ticked(note, form, intent_choice));
        }
    }
}

/// The part of the text that a span's form takes.
fn extent(note: &Note<'_>, titles: &[(usize, &str)], span: Span) -> Span {
    let index = titles.partition_point(|(start, _)| *start <= span.start);
    let own = |i: &usize| titles[*i].1 == "request-form";
    let first = (0..index).rev().take_while(own).last().unwrap_or(index.saturating_sub(1));
    let end = (index..titles.len()).find(|i| !own(i)).map_or(note.str().len(), |i| titles[i].0);
    Span::new(titles.get(first).map_or(0, |t| t.0), end.max(span.end))
}

fn rows<'n>(note: &'n Note<'_>, form: Span, id: &'n str) -> impl Iterator<Item = Span> + 'n {
    note.mentions_in(GROUP, form).filter(move |m| note.concept(m).id == id).map(|m| m.span)
}

/// The code on the procedure's own line, or else behind the form's label.
fn code(note: &Note<'_>, form: Span, span: Span) -> Option<String> {
    let at =
        |words: &str| CODE.captures(words).and_then(|c| c.get(1)).map(|m| m.as_str().to_owned());
    at(note.get(note.line_of(span))).or_else(|| {
        rows(note, form, "code-label").find_map(|label| {
            let rest = note.rest_of_line(label);
            let near = note.get(rest);
            let found = CODE.find(near).filter(|m| m.start() < 40)?;
            at(found.as_str())
        })
    })
}

fn side_row(note: &Note<'_>, form: Span) -> Option<Side> {
    rows(note, form, "side-label").find_map(|label| match note.answer(label)? {
        Answer::Words(words) => {
            let cell = note.cells(words).first().copied().unwrap_or(words);
            side(note.get(cell))
        }
        _ => None,
    })
}

/// A cell of the procedure's own row that is nothing but a side, or the modifier for both.
fn in_table(note: &Note<'_>, span: Span) -> Option<Side> {
    let line = note.line_of(span);
    note.cells(line).iter().find_map(|cell| match note.get(*cell) {
        "50" => Some(Side::Bilateral),
        words => side_choice(words),
    })
}

/// Most words of a box's label that is nothing but a choice.
const CHOICE_WORDS: usize = 7;

/// The one of several choices that a form's boxes tick, wherever they stand: "diagnostic [x]  therapeutic [ ]".
fn ticked<T: Copy + PartialEq>(
    note: &Note<'_>,
    form: Span,
    choice: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let lines = note.written_lines().filter(|line| form.contains(*line));
    let offered: Vec<(T, bool)> = lines
        .flat_map(|line| note.boxes_in(line))
        .filter_map(|b| Some((choice(note.get(b.label))?, b.ticked)))
        .collect();
    let (first, _) = *offered.iter().find(|(_, ticked)| *ticked)?;
    let alone = offered.iter().all(|&(choice, ticked)| !ticked || choice == first);
    let others = offered.iter().any(|&(choice, _)| choice != first);
    (alone && others).then_some(first)
}

/// The purpose that the boxes of a stretch tick.
pub(super) fn ticked_intent(note: &Note<'_>, within: Span) -> Option<Intent> {
    ticked(note, within, intent_choice)
}

/// The purpose that a box offers: "therapeutic injection", "find the source (diagnostic)"; not one with a
/// day or another number, which tells of a block before.
fn intent_choice(label: &str) -> Option<Intent> {
    let words: Vec<&str> = label.split_whitespace().collect();
    let begins = words.first().is_some_and(|word| intent(word).is_some());
    let named = begins || label.ends_with("(diagnostic)") || label.ends_with("(therapeutic)");
    let bare = words.len() <= CHOICE_WORDS && !label.contains(|c: char| c.is_ascii_digit());
    (named && bare).then(|| intent(label)).flatten()
}

/// The side that a box offers and nothing else.
fn side_choice(label: &str) -> Option<Side> {
    match label.trim_matches(|c: char| !c.is_alphanumeric()) {
        "left" | "lt" | "l" => Some(Side::Left),
        "right" | "rt" | "r" => Some(Side::Right),
        "bilateral" | "both" => Some(Side::Bilateral),
        _ => None,
    }
}

/// The one purpose of two that rows of their own ask for: "Diagnostic?  N", "Therapeutic?  Y".
fn intent_asked(note: &Note<'_>, form: Span) -> Option<Intent> {
    let asked = |name: &str| {
        note.mentions_in("injection-word", form)
            .filter(|m| note.concept(m).id == name)
            .filter(|m| {
                let cells = note.cells(note.line_of(m.span));
                let label = cells.first().map_or("", |cell| note.get(*cell));
                label.trim_end_matches(['?', ':', '.', ' ']) == note.get(m.span)
            })
            .find_map(|m| match (note.answer(m.span), note.column_answer(m.span)) {
                (Some(Answer::Yes), _) | (_, Some((ColumnAnswer::Yes, _))) => Some(true),
                (Some(Answer::No), _) | (_, Some((ColumnAnswer::No, _))) => Some(false),
                (Some(Answer::Words(said)), _) => {
                    let (yes, rest) = note.yes_or_no(note.get(said).trim())?;
                    rest.is_empty().then_some(yes)
                }
                _ => None,
            })
    };
    match (asked("diagnostic"), asked("therapeutic")) {
        (Some(true), Some(false)) => Some(Intent::Diagnostic),
        (Some(false), Some(true)) => Some(Intent::Therapeutic),
        _ => None,
    }
}

/// The purpose that a row answers; two ticked boxes ask for treatment.
fn intent_row(note: &Note<'_>, form: Span) -> Option<Intent> {
    rows(note, form, "intent-label").find_map(|label| {
        let rest = note.rest_of_line(label);
        let boxes = note.boxes_in(rest);
        if !boxes.is_empty() {
            let ticked: Vec<&str> =
                boxes.iter().filter(|b| b.ticked).map(|b| note.get(b.label)).collect();
            return intent(&ticked.join(" "));
        }
        match note.answer(label)? {
            Answer::Words(words) => {
                let cell = note.cells(words).first().copied().unwrap_or(words);
                let offered = CHOOSE.of(note.lexicon).is_match(note.get(words));
                (!offered).then(|| intent(note.get(cell))).flatten()
            }
            _ => None,
        }
    })
}

/// What a form asks one to do with its choices: nobody has chosen.
static CHOOSE: WordPattern = WordPattern::new(r"\b{request/choose}\b");
