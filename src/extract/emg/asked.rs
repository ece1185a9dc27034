//! Rows of forms that ask for a study: "EMG/NCS performed? [x] Yes [ ] No  Result: normal".

use super::{BOX_AHEAD, BOX_NOT_DONE, Reader};
use crate::fact::EventStatus;
use crate::lexicon::WordPattern;
use crate::span::Span;

/// A question in words, what answers it, and what is printed for choice.
static ANSWERED: WordPattern = WordPattern::new(
    r"^[^.;:?\[\d]{0,30}[:?][ .]*(?:(?P<blank>(?:yes|y) ?[/|] ?(?:no|n)\b)|(?P<no>(?:no|none|never|n)(?:[ .]*$|[.,;]))|(?P<yes>(?:yes|y)\b))",
);

impl Reader<'_, '_> {
    /// Reads a study that a row asks for; whether one does.
    pub(super) fn read_asked(&mut self, study: Span) -> bool {
        let note = self.note;
        let line = note.line_of(study);
        let rest = note.rest_of_line(study);
        let found = note.form_answer(study, study.end).map(|a| (a.done, a.end)).or_else(|| {
            let found = ANSWERED.of(note.lexicon).captures(note.get(rest))?;
            let end = rest.start + found.get(0).map_or(0, |whole| whole.end());
            let done = match (found.name("blank"), found.name("no")) {
                (Some(_), _) => None,
                (None, no) => Some(no.is_none()),
            };
            Some((done, end))
        });
        let Some((done, end)) = found else { return false };
        match done {
            Some(true) => {
                let behind = Span::new(end.min(line.end), line.end);
                let result = self.findings(behind).find_map(|m| {
                    note.concept(m).field("result").and_then(|word| word.parse().ok())
                });
                let side = note.side_in(Span::new(study.start, line.end.max(study.end)));
                self.push_study(study, EventStatus::Performed, result, side);
                self.read_conditions(behind);
            }
            Some(false) => {
                let place = Span::new(study.start, end.max(study.end));
                self.push_study(place, EventStatus::NotDone, None, None);
            }
            None => {}
        }
        self.going_on = None;
        true
    }

    /// What the cell behind a study's name says of it: "EMG lower extremities   scheduled 9/3".
    pub(super) fn read_cell(&mut self, study: Span) {
        let note = self.note;
        let cells = note.cells(note.line_of(study));
        let Some(own) = cells.iter().position(|cell| cell.contains(study)) else { return };
        let status = cells[own + 1..].iter().find_map(|&cell| {
            let words = note.get(cell);
            if BOX_NOT_DONE.of(note.lexicon).is_match(words) {
                return Some(EventStatus::NotDone);
            }
            BOX_AHEAD.of(note.lexicon).is_match(words).then_some(EventStatus::Planned)
        });
        if let Some(status) = status {
            self.push_study(study, status, None, note.side_in(cells[own]));
        }
    }
}
