//! Rows of a call or a result sheet on how much a block helped and for how long:
//! "Relief at best ....... 85 %", "For how long?   5 hours".

use std::sync::LazyLock;

use regex::Regex;

use super::relief::{ReliefRead, of_percent};
use super::{Event, Reader, told_as_done};
use crate::extract::{Note, durations_in};
use crate::fact::Certainty;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;

/// How far behind its question a length of time may stand (bytes).
const NEAR: usize = 12;

/// A question for how much it helped, a mark, and the figure.
static HOW_MUCH: WordPattern = WordPattern::new(
    r#"(?:^|[.;|] ?)(?:[a-z]?\d{0,2}[.)] ?)?(?P<asks>{relief/how-much}[^.;:?=|\d]{0,40}?)(?:[?:=|]|\.{2,}|_{2,}| - )[ .:|"_-]*(?:about |approximately |approx\.? |over |nearly |around |some |[~>] ?)?(?P<a>\d{1,3}) ?(?P<unit>%|percent\b|per cent\b)?"#,
);

/// The same questions as a cell of their own, and a figure that begins the next one.
static MUCH_CELL: WordPattern =
    WordPattern::new(r#"^["']?(?:[a-z]?\d{0,2}[.)] ?)?{relief/how-much}[^.;:=|\d]{0,60}$"#);

static LONG_CELL: WordPattern =
    WordPattern::new(r#"^["']?(?:[a-z]?\d{0,2}[.)] ?)?{relief/how-long}[^.;:=|\d]{0,60}$"#);

static FIGURE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r#"^["' ]?(?:about |approximately |over |nearly |around |some |[~>] ?)?(?P<a>\d{1,3}) ?(?:(?P<unit>%|percent\b|per cent\b)|["']?$)"#,
    )
});

/// The same questions before boxes, and the share in a ticked box's label: "[x] other: 90 %".
static MUCH_BOXED: WordPattern = WordPattern::new(
    r#"^["' ]*(?:[a-z]?\d{0,2}[.)] ?)?{relief/how-much}[^.;=|\d\[]{0,60}[?:] *\["#,
);

static SHARE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:other[ :]*)?(?:about |approximately |over |nearly |around |[~>] ?)?(?P<a>\d{1,3}) ?(?P<unit>%|percent\b|per cent\b) ?(?:relief|better|improved|improvement)?[ .,;]*$",
    )
});

/// A question for how long it helped, and a mark.
static HOW_LONG: WordPattern = WordPattern::new(
    r#"(?:^|[.;|,] ?)(?:[a-z]?\d{0,2}[.)] ?)?{relief/how-long}[^.;:?=|\d]{0,40}?(?:[?:=|]|\.{2,}|_{2,}| - )[ .:|"_-]*"#,
);

impl Reader<'_, '_> {
    /// Gives the one procedure of a document, or the last titled one, what a call sheet answers of it.
    pub(super) fn read_call_sheets(&mut self) {
        if self.request {
            return;
        }
        let titled = self.events.iter().rposition(|e| e.title && e.performed());
        let alone = || self.only_one().then_some(0);
        let Some(at) = titled.or_else(alone) else { return };
        let (mut much, mut long) = (None, None);
        let from = self.events[at].span.end;
        for line in self.note.written_lines().filter(|line| line.end > from) {
            let own = Span::new(line.start.max(from), line.end);
            if much.is_none() {
                much = how_much(self.note, own);
                // "My own figure: 90 percent, 4 hours"
                let figure = much.map(|(figure, _)| figure);
                long = long.or_else(|| beside(self.note, figure?, own));
            }
            long = long.or_else(|| how_long(self.note, own));
        }
        self.take_answers(at, much, long);
    }

    fn take_answers(&mut self, at: usize, much: Option<(Span, f64)>, long: Option<Span>) {
        let note = self.note;
        let written = long.map(|d| note.as_written(d).to_owned());
        // What was read already is not told again; how long it held may stand in a row of its own.
        let told = self.events.iter_mut().skip(at).find(|e| e.injection.relief_percent.is_some());
        if let Some(told) = told {
            let same = much.is_none_or(|(_, v)| told.injection.relief_percent == Some(v));
            let own = &mut told.injection.relief_duration;
            *own = own.take().or(written.filter(|_| same));
            return;
        }
        let Some((span, value)) = much else { return };
        let relief = Some(of_percent(value));
        let read = ReliefRead { span, percent: Some(value), relief, duration: long };
        let before = &self.events[at];
        // The mark of a question that is answered leaves no doubt.
        let mut asserted = told_as_done(note, span);
        asserted.assertion.certainty = Certainty::Certain;
        let event = Event {
            span,
            head: span,
            sentence: before.sentence,
            injection: read.of(note, &before.injection),
            rule: format!("{}/call-sheet", before.rule),
            asserted,
            date: before.date,
            title: false,
            named: false,
            confidence: 0.85,
        };
        self.events.push(event);
    }
}

/// Whether a question names a drug or a therapy.
fn names_treatment(note: &Note<'_>, asks: Span) -> bool {
    ["drug", "therapy"].iter().any(|group| note.mentions_in(group, asks).next().is_some())
}

/// The share that the ticked box of a question names.
fn ticked_share(note: &Note<'_>, line: Span) -> Option<(Span, f64)> {
    if !MUCH_BOXED.of(note.lexicon).is_match(note.get(line)) {
        return None;
    }
    let boxes = note.boxes_in(line);
    // "How much relief did you get from physical therapy?" is of that.
    let asks = Span::new(line.start, boxes.first()?.span.start.max(line.start));
    if names_treatment(note, asks) {
        return None;
    }
    let ticked = boxes.into_iter().find(|b| b.ticked)?;
    let found = SHARE.captures(note.get(ticked.label))?;
    let (number, unit) = (found.name("a")?, found.name("unit")?);
    let span = Span::new(ticked.label.start + number.start(), ticked.label.start + unit.end());
    number.as_str().parse().ok().filter(|value| *value <= 100.0).map(|value| (span, value))
}

/// The figure that answers how much it helped, on a line.
fn how_much(note: &Note<'_>, line: Span) -> Option<(Span, f64)> {
    if let Some(ticked) = ticked_share(note, line) {
        return Some(ticked);
    }
    let Some(found) = HOW_MUCH.of(note.lexicon).captures(note.get(line)) else {
        let (asks, cell) = cell_behind(note, line, &MUCH_CELL)?;
        let found = FIGURE.captures(note.get(cell))?;
        let (number, unit) = (found.name("a")?, found.name("unit"));
        let end = unit.map_or(number.end(), |unit| unit.end());
        let span = Span::new(cell.start + number.start(), cell.start + end);
        let value: f64 = number.as_str().parse().ok()?;
        let percent = unit.is_some() || asks_percent(note.get(asks));
        return (percent && value <= 100.0).then_some((span, value));
    };
    let (asks, number) = (found.name("asks")?.as_str(), found.name("a")?);
    let end = found.name("unit").map_or(number.end(), |unit| unit.end());
    let span = Span::new(line.start + number.start(), line.start + end);
    let percent = end > number.end() || asks_percent(asks);
    let timed = durations_in(note, line).iter().any(|d| d.overlaps(span));
    let value: f64 = number.as_str().parse().ok()?;
    (percent && !timed && value <= 100.0).then_some((span, value))
}

/// Whether a question is for a share in percent.
fn asks_percent(question: &str) -> bool {
    question.contains('%') || question.contains("percent") || question.contains("per cent")
}

/// The cell that asks, and the one behind it.
fn cell_behind(note: &Note<'_>, line: Span, asks: &WordPattern) -> Option<(Span, Span)> {
    let cells = note.cells(line);
    let at = cells.iter().position(|cell| asks.of(note.lexicon).is_match(note.get(*cell)))?;
    Some((cells[at], *cells.get(at + 1)?))
}

/// The length of time right behind a figure, on its line.
fn beside(note: &Note<'_>, figure: Span, line: Span) -> Option<Span> {
    let near = |d: &Span| d.start >= figure.end && d.start <= figure.end + NEAR;
    durations_in(note, line).into_iter().find(near)
}

/// The length of time that answers how long it helped, on a line.
fn how_long(note: &Note<'_>, line: Span) -> Option<Span> {
    let from = match HOW_LONG.of(note.lexicon).find(note.get(line)) {
        Some(asked) => line.start + asked.end(),
        None => cell_behind(note, line, &LONG_CELL)?.1.start,
    };
    durations_in(note, line).into_iter().find(|d| d.start >= from && d.start <= from + NEAR)
}
