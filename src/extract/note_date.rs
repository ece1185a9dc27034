//! The days that a text itself is of: service, request and signature.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::{DateMention, Note};
use crate::date::PartialDate;
use crate::fact::Section;
use crate::lexicon::WordPattern;
use crate::span::Span;

/// Labels that the date of a note stands behind, in a group of the lexicon.
const LABELS: &str = "note-date";

/// How many bytes a signature's date may stand behind its words.
const SIGNATURE_REACH: usize = 90;

/// Labels of dates that are not the text's own.
static OTHER_LABEL: WordPattern = WordPattern::new(r"{note-date/other-label}$");

/// What a row has before its date where it asks for something: a box, a question, a tick, an answer.
static ANSWERED: WordPattern =
    WordPattern::new(r"[\[?]| x ?$|: ?(?:{form-word/yes}|{form-word/no})(?: |$)");

/// Bytes that a time of day takes behind its date.
const TIME_OF_DAY: usize = 8;

static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^[\s:.,#()|*_=-]*(?:(?:is|was|of|on|from|this|the|sent|to|date)\b[\s:]*)*(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s*)?$",
    )
});

/// A date that says when a text, or a part of it, was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct NoteDate<'a> {
    /// Concept of the label; `date` where there is none.
    pub role: &'a str,
    /// Rank of the label: of several the lowest is the text's own.
    pub rank: u32,
    /// Label and date.
    pub span: Span,
    /// The day.
    pub date: PartialDate,
}

impl<'a> Note<'a> {
    /// The text's own date: the first of the lowest rank.
    pub(super) fn find_own_date(&self) -> Option<PartialDate> {
        let found = self.own_dates();
        found.iter().min_by_key(|d| (d.rank, d.span.start)).map(|d| d.date)
    }

    /// Every date that says when the text or a part of it was made, in text order.
    pub(super) fn own_dates(&self) -> Vec<NoteDate<'a>> {
        let mut found: Vec<NoteDate<'a>> = Vec::new();
        for label in self.mentions(LABELS) {
            let concept = self.concept(label);
            let rank = concept.field("rank").and_then(|r| r.parse().ok()).unwrap_or(9);
            let next = self.dates.partition_point(|d| d.span.start < label.span.end);
            let Some(date) = self.dates.get(next) else { continue };
            let between = self.get(Span::new(label.span.end, date.span.start));
            let near = if concept.id == "signed" {
                between.len() <= SIGNATURE_REACH
                    && !between.contains(". ")
                    && self.lines_between(label.span.end, date.span.start) <= 1
            } else {
                BETWEEN.is_match(between)
                    && self.lines_between(label.span.end, date.span.start) <= 1
            };
            let other = concept.id == "date" && self.dates_an_answer(label.span, date.span);
            if near && !other && date.date.exact().is_some() {
                let span = Span::new(label.span.start, date.span.end);
                found.push(NoteDate { role: &concept.id, rank, span, date: date.date });
            }
        }
        found.extend(self.bare_dates(&found));
        found.sort_by_key(|d| (d.span.start, d.rank));
        found
    }

    /// Whether a "date" on a form's row is that of what the row asks for: "Prior block? [x] Yes
    /// Date: 05/06/2024", or the first day of a course: "Dates: 01/05/2025 - 03/02/2025".
    fn dates_an_answer(&self, label: Span, date: Span) -> bool {
        let lead = self.get(self.lead_of_line(label));
        let behind = &self.str()[date.end..];
        let next = self.dates.partition_point(|d| d.span.start < date.end);
        let course = self.dates.get(next).is_some_and(|d| {
            let gap = behind.get(..d.span.start - date.end).unwrap_or_default();
            matches!(gap.trim(), "-" | "\u{2013}" | "to" | "through" | "thru" | "until")
        });
        course || ANSWERED.of(self.lexicon).is_match(lead)
    }

    /// Dates that stand alone: on a line of their own, or in a cell of the text's head.
    fn bare_dates(&self, labelled: &[NoteDate<'a>]) -> Vec<NoteDate<'a>> {
        let head = self.head_end();
        let mut found = Vec::new();
        for DateMention { span, date } in self.dates.iter().copied() {
            // Labels stand in order and so do their dates.
            let before = labelled.partition_point(|d| d.span.start <= span.start);
            let known = labelled[..before].last().is_some_and(|d| d.span.contains(span));
            if known || date.exact().is_none() {
                continue;
            }
            let line = self.line_of(span);
            let before = self.get(Span::new(line.start.min(span.start), span.start));
            let after = self.get(Span::new(span.end, line.end.max(span.end)));
            let plain = |words: &str| !words.chars().any(char::is_alphanumeric);
            let ruled = before.trim().starts_with(['=', '-', '*', '#', '_']);
            let in_head = span.start < head;
            let alone = plain(before) && plain(after) && (in_head || ruled);
            let listed = self.sentence_at(span).is_some_and(|s| {
                matches!(s.section, Section::Medications | Section::Treatments | Section::Outcomes)
            });
            let cell = in_head && !listed && self.stands_in_cell(line, span);
            if alone || cell {
                let rank = if ruled && plain(before) { 1 } else { 3 };
                found.push(NoteDate { role: "date", rank, span, date });
            }
        }
        found
    }

    /// Whether a date fills a cell of its own that no label before it claims.
    fn stands_in_cell(&self, line: Span, date: Span) -> bool {
        let cells = self.cells(line);
        let Some(index) = cells.iter().position(|c| c.start <= date.start && date.end <= c.end)
        else {
            return false;
        };
        let before = index.checked_sub(1).map_or("", |i| self.get(cells[i]));
        let claimed = before.ends_with(':') || OTHER_LABEL.of(self.lexicon).is_match(before);
        let lead = self.get(Span::new(cells[index].start, date.start));
        !claimed
            && !lead.chars().any(char::is_alphanumeric)
            && cells[index].end - date.end <= TIME_OF_DAY
    }

    /// Where the first lines of the text end.
    fn head_end(&self) -> usize {
        self.folded.folded(Span::new(0, self.text.head_end())).end
    }

    /// Line ends of the record between two places of the folded text.
    fn lines_between(&self, start: usize, end: usize) -> usize {
        let from = self.folded.original(Span::new(start, start)).start;
        let to = self.folded.original(Span::new(end, end)).start;
        self.text.as_str()[from..to.max(from)].trim_end().matches('\n').count()
            + usize::from(self.text.as_str()[from..to.max(from)].ends_with('\n'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    #[track_caller]
    fn check(record: &str, expect: Option<&str>) {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(record);
        let date = Note::new(&text, &lexicon).date.map(|d| d.to_string());
        assert_eq!(date.as_deref(), expect, "{record}");
    }

    #[test]
    fn a_note_has_its_own_date() {
        check(
            "DOB: 01/01/1900   DATE OF SERVICE: 03/11/2025\nSince 01/02/2024.",
            Some("2025-03-11"),
        );
        check("CLINIC\n\nNovember 10, 2025\n\nDear Sir:", Some("2025-11-10"));
        check(
            "TEST, PATIENT 1   DOB 01/01/1900   8/12/25   Prov 15, MD\nCC: pain",
            Some("2025-08-12"),
        );
        check("Date of service: to be scheduled\nDate of request: 03/18/2025", Some("2025-03-18"));
        check(
            "Findings.\nElectronically signed by Provider 30, MD\n08/13/2025 11:26",
            Some("2025-08-13"),
        );
        check("MRI of 01/02/2024 was normal. Born 01/01/1950.", None);
        check("Visit: 12-Feb-2025\nProvider 3, MD", Some("2025-02-12"));
        check("Prior block?  [x] Yes  [ ] No   Date: 05/06/2024   Relief: 40%", None);
        check("Therapy visits: 12   Dates: 01/05/2025 - 03/02/2025", None);
    }
}
