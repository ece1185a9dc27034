//! What a form's row answers to whether something was done: "ESI [x] Yes [ ] No", "Epidural     Yes".

use std::sync::LazyLock;

use regex::Regex;

use super::{ColumnAnswer, Note};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;

/// Longest row that may be a blank one of a table of answers (bytes).
const LONGEST_BLANK: usize = 70;

/// The answer of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormAnswer {
    /// Whether it was done; `None` where the row was left blank.
    pub done: Option<bool>,
    /// Where the answer ends (bytes).
    pub end: usize,
}

/// What stands between a name and the cell that answers: "performed?".
static BEFORE_CELL: WordPattern = WordPattern::new(r"^[^.;:?\[\d]{0,40}[?:]?[ .]*$");

/// An answer printed for choice, with nothing marked, in one cell or behind its question.
static CHOICE: WordPattern =
    WordPattern::new(r"^(?:[^.;:?\[]{0,40}[?:] ?)?(?:yes|y) ?[/|] ?(?:no|n)[ .]*$");

/// A letter or word that answers in a cell of its own.
static LETTER: WordPattern = WordPattern::new(
    r"^\(?(?:(?P<yes>y|{form-word/yes})|(?P<no>n|{form-word/no})|u|unk|unknown|\?|n/a|na)[).]?$",
);

/// What the letters of a list mean: "Checklist (Y / N / U)".
static LEGEND: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"\by ?[/=,|] ?(?:yes,? ?)?n\b"));

/// What the head of a column asks that is no question for whether it was done.
static ASKS_HELP: WordPattern = WordPattern::new(r"^{form-word/asks-help}\b");

impl Note<'_> {
    /// The answer of the row that the name of a treatment or study stands in, `name_end` where
    /// its words end; `None` where the row is no question.
    pub fn form_answer(&self, head: Span, name_end: usize) -> Option<FormAnswer> {
        let line = self.line_of(head);
        self.ticked_answer(head, name_end, line)
            .or_else(|| self.led_answer(head, name_end))
            .or_else(|| self.worded_answer(head, name_end, line))
    }

    /// By a letter in the cell before it, in a list whose rows begin so: "N   epidural injections".
    pub(super) fn led_answer(&self, head: Span, name_end: usize) -> Option<FormAnswer> {
        let line = self.line_of(head);
        let cells = self.cells(line);
        let own = cells.iter().position(|cell| cell.contains(head))?;
        let said = LETTER.of(self.lexicon).captures(self.get(*cells.get(own.checked_sub(1)?)?))?;
        let begins = |above: Span| {
            let cells = self.cells(above);
            let first = cells.first().filter(|_| cells.len() > 1);
            first.is_some_and(|cell| LETTER.of(self.lexicon).is_match(self.get(*cell)))
                || LEGEND.is_match(self.get(above))
        };
        if !begins(line) || !self.lines_above(line).any(begins) {
            return None;
        }
        let done = said.name("yes").map(|_| true).or(said.name("no").map(|_| false));
        Some(FormAnswer { done, end: name_end })
    }

    /// By a box, or by a tick below the head of its column.
    fn ticked_answer(&self, head: Span, name_end: usize, line: Span) -> Option<FormAnswer> {
        if let Some(question) = self.question(head) {
            let end = self.boxes_end(head, line).unwrap_or(question.whole.end);
            return Some(FormAnswer { done: question.answer, end });
        }
        let cells = self.cells(line);
        let own = cells.iter().position(|cell| cell.contains(head))?;
        let numbered = |cell: &Span| !self.get(*cell).contains(char::is_alphabetic);
        if !cells[..own].iter().all(numbered) || (cells.len() < 2 && line.len() > LONGEST_BLANK) {
            return None;
        }
        match self.column_answer(head)? {
            (ColumnAnswer::Blank, _) if self.get(line).trim_end().ends_with('.') => None,
            (ColumnAnswer::Blank, _) => Some(FormAnswer { done: None, end: name_end }),
            (said, tick) => {
                Some(FormAnswer { done: Some(said == ColumnAnswer::Yes), end: tick.end })
            }
        }
    }

    /// Where the words "yes" and "no" of a question's boxes end, or the boxes behind them.
    fn boxes_end(&self, head: Span, line: Span) -> Option<usize> {
        let boxes = self.boxes_in(line).into_iter().filter(|b| b.span.start >= head.end).take(2);
        let answers = boxes.filter(|b| self.yes_or_no(self.get(b.label)).is_some());
        answers.map(|b| self.own_words(b.label).end.max(b.span.end)).max()
    }

    /// By a yes or a no in the next cell, or by a choice of which neither is marked.
    fn worded_answer(&self, head: Span, name_end: usize, line: Span) -> Option<FormAnswer> {
        let cells = self.cells(line);
        let own = cells.iter().position(|cell| cell.contains(head))?;
        let rest = Span::new(name_end.min(cells[own].end), cells[own].end);
        let choice = CHOICE.of(self.lexicon);
        if choice.is_match(self.get(rest)) {
            return Some(FormAnswer { done: None, end: rest.end });
        }
        if !BEFORE_CELL.of(self.lexicon).is_match(self.get(rest)) {
            return None;
        }
        let next = *cells.get(own + 1)?;
        if choice.is_match(self.get(next)) {
            return Some(FormAnswer { done: None, end: next.end });
        }
        let (yes, end) = self.plain_answer(next).filter(|_| !self.asks_for_help(line, next))?;
        let other = cells.get(own + 2).and_then(|&cell| self.plain_answer(cell));
        let blank = other.is_some_and(|(other, _)| other != yes);
        Some(FormAnswer { done: (!blank).then_some(yes), end })
    }

    /// Whether the head above a cell asks how much it helped: "Helped?", "Relief".
    fn asks_for_help(&self, line: Span, cell: Span) -> bool {
        let asks = |head: &Span| ASKS_HELP.of(self.lexicon).is_match(self.get(*head));
        let heads = self.lines_above(line).map(|above| self.cells(above));
        let heads = heads.into_iter().find(|heads| heads.len() > 1 && heads.iter().any(asks));
        heads.and_then(|heads| self.in_line_with(&heads, cell)).is_some_and(|head| asks(&head))
    }

    /// A yes or a no without words of its own behind it, and where it ends.
    fn plain_answer(&self, cell: Span) -> Option<(bool, usize)> {
        let (yes, behind) = self.yes_or_no(self.get(cell))?;
        let told = behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, ' ' | '/'));
        (!told).then_some((yes, cell.end - behind.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    #[track_caller]
    fn check(record: &str, about: &str, expect: Option<Option<bool>>) {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(record);
        let note = Note::new(&text, &lexicon);
        let at = note.str().find(about).unwrap();
        let found = note.form_answer(Span::new(at, at + about.len()), at + about.len());
        assert_eq!(found.map(|answer| answer.done), expect, "{record}");
    }

    #[test]
    fn a_row_is_answered_by_a_box_a_cell_or_a_column() {
        check("Prior botox?  [x] Yes [ ] No", "botox", Some(Some(true)));
        check("Prior botox?  [ ] Yes [x] No", "botox", Some(Some(false)));
        check("Discogram        No", "discogram", Some(Some(false)));
        check("Discogram done?    Yes, 3/2024", "discogram", Some(Some(true)));
        check(
            "Item         Yes    No\nDiscogram     x\nBotox               x",
            "botox",
            Some(Some(false)),
        );
    }

    #[test]
    fn a_row_is_answered_by_the_letter_that_it_begins_with() {
        let list = "Items (Y / N / U)\n  Y   Epidural\n  N   Discogram\n  U   Botox      N   Pump";
        check(list, "epidural", Some(Some(true)));
        check(list, "discogram", Some(Some(false)));
        check(list, "botox", Some(None));
        check(list, "pump", Some(Some(false)));
        check("Seen today.\nN   Discogram", "discogram", None);
    }

    #[test]
    fn a_blank_row_answers_nothing() {
        check("Prior botox?  [ ] Yes [ ] No", "botox", Some(None));
        check("Prior botox: Yes / No", "botox", Some(None));
        check("Prior botox:    Y / N", "botox", Some(None));
        check("Prior botox     Yes    No", "botox", Some(None));
    }

    #[test]
    fn other_cells_and_prose_are_no_answer() {
        check("Botox      no relief at all", "botox", None);
        check("Botox: no relief", "botox", None);
        check("Procedure   Relief   Duration\nBotox       none     n/a", "botox", None);
        check("He had botox and did well.", "botox", None);
    }
}
