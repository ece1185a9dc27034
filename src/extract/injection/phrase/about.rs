//! What a procedure's name says of it: target, side, number, intent.

use super::Row;
use crate::extract::number_in_words;
use crate::fact::{Intent, Side};
use crate::span::Span;
use crate::tag::Mention;

impl Row<'_, '_> {
    pub(super) fn target(&self, mention: &Mention) -> Option<String> {
        let concept = self.note.concept(mention);
        let words = match concept.field("target") {
            Some(target) => target,
            None if matches!(
                concept.id.as_str(),
                "transforaminal_epidural" | "interlaminar_epidural" | "caudal_epidural"
            ) =>
            {
                ""
            }
            None if concept.id == "epidural" && self.note.get(mention.span).ends_with("space") => {
                "epidural space"
            }
            None if concept.id == "epidural" => ["lumbar", "cervical", "thoracic"]
                .into_iter()
                .find(|r| self.note.get(mention.span).starts_with(r))
                .unwrap_or(""),
            None => self.note.get(mention.span),
        };
        // "diagnostic nerve block" names no nerve.
        let words = ["diagnostic ", "therapeutic ", "prognostic ", "peripheral "]
            .iter()
            .find_map(|lead| words.strip_prefix(lead))
            .filter(|rest| rest.starts_with("nerve"))
            .map_or(words, |_| "");
        let one = words.strip_suffix("nerves").map(|stem| format!("{stem}nerve"));
        let one = one.unwrap_or_else(|| {
            words
                .strip_suffix("s")
                .filter(|w| !w.ends_with(['s', 'u', 'i']))
                .unwrap_or(words)
                .to_owned()
        });
        (!one.is_empty()).then_some(one)
    }

    pub(super) fn side(&self, from: usize, head: usize, tail: Span) -> Option<Side> {
        if (from..head).any(|i| self.is_both(i)) {
            return Some(Side::Bilateral);
        }
        let before = Span::new(self.tokens[from].span.start, self.tokens[head].span.end);
        self.note.side_in(before).or_else(|| self.note.side_in(tail))
    }

    /// How many there were; a figure before a verb, whose name begins nowhere, is an amount:
    /// "40 mg was injected".
    pub(super) fn count(&self, from: Option<usize>, head: usize, end: usize) -> Option<f64> {
        let number = |i: usize| {
            let word = self.word(i);
            number_in_words(word.strip_prefix(['x']).unwrap_or(word))
        };
        let before = from.map_or(head, |from| from.saturating_sub(2))..head;
        let first = before.clone().find(|&i| {
            let apart = self.word(i + 1) != "of" && (i == 0 || self.word(i - 1) != "-");
            // "two L4-5 injections"; a figure before a level may be of a date or of another level.
            let spelled = || self.word(i).bytes().all(|b| b.is_ascii_alphabetic());
            // "Block no. 2" numbers it.
            let numbered = i > 0
                && matches!(self.word(i - 1), "no" | "no." | "nr" | "number" | "#")
                || i > 1 && self.word(i - 1) == "." && self.word(i - 2) == "no";
            // "stellate blocks x6, sympathetic blocks": that counts what stands before it.
            let of_last = self.word(i).starts_with('x') || i > 0 && self.word(i - 1) == "x";
            self.is_number(i)
                && !numbered
                && apart
                && !of_last
                && !self.numbers_row(i)
                && !self.word(i).starts_with('#')
                && (!self.is_level(i + 1) || spelled())
                || matches!(self.word(i), "couple")
        });
        let timed = |i: usize| {
            ["day", "week", "wk", "month", "mo", "year", "yr", "hour", "hr"]
                .iter()
                .any(|unit| self.word(i).starts_with(unit))
        };
        let after = (head + 1..(end + 3).min(self.tokens.len())).find_map(|i| {
            let apart = usize::from(self.word(i) == "x");
            let counted = self.word(i).starts_with('x') && self.is_number(i + apart);
            (counted && !timed(i + apart + 1)).then_some(i + apart)
        });
        let twice = (head + 1..(end + 3).min(self.tokens.len())).any(|i| self.word(i) == "twice");
        first
            .or(after)
            .and_then(number)
            .or(twice.then_some(2.0))
            .filter(|n| n.fract() == 0.0 && *n <= 60.0)
    }

    /// Whether a number opens a row of a form: "6  Diagnostic block    Y".
    fn numbers_row(&self, at: usize) -> bool {
        let span = self.tokens[at].span;
        let line = self.note.line_of(span);
        let cells = self.note.cells(line);
        let number = |line: Span| {
            let words = self.note.get(line).trim_start();
            words.bytes().take_while(u8::is_ascii_digit).count().checked_sub(1)?;
            words.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u32>().ok()
        };
        let own = || {
            let above = self.note.lines_above(line).next().and_then(number)?;
            Some(number(line)? == above + 1)
        };
        line.start == span.start && (cells.len() > 1 && cells[0] == span || own().unwrap_or(false))
    }

    pub(super) fn intent(&self, from: usize, end: usize) -> Option<Intent> {
        let ids = |wanted: &str| (from..=end).any(|i| self.word_id(i) == Some(wanted));
        match (ids("diagnostic"), ids("therapeutic")) {
            (_, true) => Some(Intent::Therapeutic),
            (true, false) => Some(Intent::Diagnostic),
            _ => None,
        }
    }
}
