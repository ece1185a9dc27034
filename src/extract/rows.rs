//! Rows of forms: the line that a span stands on, its cells, and the answer to its question.

use std::sync::LazyLock;

use memchr::{memchr2_iter, memmem};
use regex::Regex;

use super::{CheckBox, Note};
use crate::fact::Time;
use crate::fold::Folded;
use crate::halt;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;

/// What a row of a form answers to its question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A ticked "yes" or the word.
    Yes,
    /// A ticked "no" or the word.
    No,
    /// No box ticked, or nothing but a line to write on.
    Blank,
    /// Other words, in the folded text: the ticked box's label or what is written.
    Words(Span),
}

/// How a form is answered.
static YES: WordPattern = WordPattern::new(r"^{form-word/yes}$");

static NO: WordPattern = WordPattern::new(r"^{form-word/no}$");

/// Where a treatment stands, as a box's label says it.
static GOES_ON: WordPattern = WordPattern::new(r"^{form-word/goes-on}[ .:;,]*$");

static OVER: WordPattern = WordPattern::new(r"^{form-word/over}[ .:;,]*$");

/// What a form asks on where it was answered with yes.
static IF_SO: WordPattern = WordPattern::new(r"\b{form-word/if-so}\b");

/// How a line begins that goes on with the row above it.
static ROW_DETAIL: WordPattern = WordPattern::new(r"^{therapy/row-detail} ?:");

/// "Physical therapy completed? Yes"
static SAID_YES: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"[?:][ ._]*(?:yes|y)[ .,;]*$"));

/// "NSAIDs tried:  Yes / No  (circle one)"
static OPEN_CHOICE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^[a-z ,()/-]{0,40}[?:]*[ ._]*(?:\(?circle one\)?:? *)?(?:yes *(?:/|\||or)? *no|y *(?:/|\||or| ) *n)\b[ ._]*(?:\(?(?:please )?(?:circle|check|mark)[a-z ]*\)?)?[ ._]*$",
    )
});

impl Note<'_> {
    /// The line of the record that a span starts on, in the folded text.
    pub fn line_of(&self, span: Span) -> Span {
        halt::look();
        let at = self.folded.original(Span::new(span.start, span.start)).start;
        self.lines.folded(self.lines.at(at))
    }

    /// What stands before a span on the line that it starts on.
    pub fn lead_of_line(&self, span: Span) -> Span {
        Span::new(self.line_of(span).start.min(span.start), span.start)
    }

    /// What stands behind a span on the line that it ends on.
    pub fn rest_of_line(&self, span: Span) -> Span {
        let at = self.folded.original(span).end;
        let end = self.lines.written(self.lines.at(at)).end.max(at);
        let end = self.folded.folded(Span::new(at, end)).end.max(span.end);
        self.trimmed(Span::new(span.end, end))
    }

    /// The cells of a line: what stands two spaces, a tab or a bar apart.
    pub fn cells(&self, line: Span) -> Vec<Span> {
        halt::look();
        let original = self.folded.original(line);
        let whole = self.folded.whole(line);
        let gaps = self.gaps_in(original);
        let mut cells = Vec::with_capacity(gaps.len() + 1);
        let (mut written, mut start) = (original.start, whole.start);
        let line_end = Gap {
            written: Span::new(original.end, original.end),
            folded: Span::new(whole.end, whole.end),
        };
        for gap in gaps.iter().chain([&line_end]) {
            if written < gap.written.start {
                let cell = self.trimmed(Span::new(start, gap.folded.start));
                cells.extend((!cell.is_empty()).then_some(cell));
            }
            (written, start) = (gap.written.end, gap.folded.end);
        }
        cells
    }

    /// Whether a line may have so many cells, told by what parts them.
    pub(super) fn may_have_cells(&self, line: Span, count: usize) -> bool {
        self.gaps_in(self.folded.original(line)).len() + 1 >= count
    }

    /// What parts cells in a stretch of the record.
    fn gaps_in(&self, written: Span) -> &[Gap] {
        let first = self.gaps.partition_point(|gap| gap.written.end <= written.start);
        let within = |gap: &&Gap| gap.written.start < written.end;
        let count = self.gaps[first..].iter().take_while(within).count();
        &self.gaps[first..first + count]
    }

    /// A span without white space at its ends.
    pub fn trimmed(&self, span: Span) -> Span {
        self.folded.trimmed(span)
    }

    /// The box that answers for a span: the last one before it on its line whose label covers it.
    pub fn box_of(&self, span: Span) -> Option<CheckBox> {
        let line = self.line_of(span);
        let line = Span::new(line.start, line.end.max(span.end));
        self.boxes_in(line).into_iter().find(|b| {
            b.label.start <= span.start && span.start < b.label.end.max(b.label.start + 1)
        })
    }

    /// Whether a yes and a no are printed for choice behind a span, and neither is marked.
    pub(super) fn choice_is_open(&self, span: Span) -> bool {
        OPEN_CHOICE.is_match(self.get(self.rest_of_line(span)))
    }

    /// What a form asks on behind its question, on its line or the next: "If yes, number of visits: 12".
    ///
    /// `None` where the question was not answered with yes.
    pub(super) fn if_so(&self, question: Span) -> Option<Span> {
        let rest = self.rest_of_line(question);
        let words = self.get(rest);
        let if_so = IF_SO.of(self.lexicon);
        let (answer, details) = match if_so.find(words) {
            Some(found) => {
                (&words[..found.start()], Span::new(rest.start + found.start(), rest.end))
            }
            None => {
                let next = self.rest_of_line(Span::new(rest.end, self.after(rest.end)?));
                (words, next)
            }
        };
        let at = if_so.find(self.get(details))?;
        let ticked = self
            .boxes_in(Span::new(rest.start, rest.start + answer.len()))
            .iter()
            .filter(|b| b.ticked)
            .map(|b| self.yes_or_no(self.get(b.label)).is_some_and(|(yes, _)| yes))
            .next();
        let said = ticked.unwrap_or_else(|| SAID_YES.is_match(answer));
        (at.start() == 0 && said).then_some(details)
    }

    /// What a row goes on with on indented lines below it: "PT: [x] done" and "   VISITS: 14".
    pub(super) fn row_goes_on(&self, head: Span) -> Option<Span> {
        let first = self.lines.at(self.folded.original(head).start);
        let indent = |line: usize| {
            let words = self.lines.written(line);
            self.folded.original(self.lines.folded(line)).start.saturating_sub(words.start)
        };
        let goes_on = |line: &usize| {
            let words = self.lines.folded(*line);
            !words.is_empty()
                && indent(*line) > indent(first)
                && ROW_DETAIL.of(self.lexicon).is_match(self.get(words))
        };
        let last = (first + 1..self.lines.count()).take_while(goes_on).last()?;
        Some(Span::new(self.lines.folded(first + 1).start, self.lines.folded(last).end))
    }

    /// Where the next line's first character begins.
    fn after(&self, end: usize) -> Option<usize> {
        let rest = &self.str()[end..];
        let skip = rest.len() - rest.trim_start().len();
        (skip < rest.len()).then_some(end + skip)
    }

    /// Whether a treatment goes on or is over, by the box that is ticked behind it: "TENS: [x]
    /// current [ ] past".
    pub(super) fn boxed_time(&self, head: Span) -> Option<Time> {
        let line = self.line_of(head);
        if !self.may_hold_boxes(Span::new(head.end, line.end.max(head.end))) {
            return None;
        }
        let boxes = self.boxes_in(line);
        let ticked = boxes.iter().find(|b| b.ticked && b.label.start >= head.end)?;
        let label = self.get(ticked.label);
        let says = |words: &WordPattern| words.of(self.lexicon).is_match(label);
        match (says(&GOES_ON), says(&OVER)) {
            (true, _) => Some(Time::Current),
            (_, true) => Some(Time::Past),
            _ => None,
        }
    }

    /// The answer in a form's row to the question that a span is part of.
    ///
    /// `None` where nothing parts question and answer, as in prose.
    pub fn answer(&self, question: Span) -> Option<Answer> {
        let mut rest = self.rest_of_line(question);
        let mut in_cell = false;
        if !self.get(rest).contains(['?', ':', '[', '_']) {
            let gap = self.cells(Span::new(question.start, rest.end.max(question.end)));
            match gap.as_slice() {
                [_, answer, ..] => {
                    rest = Span::new(answer.start, rest.end);
                    in_cell = true;
                }
                _ => {
                    // The question may run on over the line's end.
                    let next = self.rest_of_line(Span::new(
                        rest.end,
                        rest.end + usize::from(rest.end < self.str().len()),
                    ));
                    rest = Span::new(rest.start, next.end.max(rest.start));
                    let sentence = self.sentence_at(question)?;
                    rest.end = rest.end.min(sentence.span.end.max(rest.start));
                }
            }
        }
        let words = self.get(rest);
        let boxes = self.boxes_in(rest);
        if let Some(first) = boxes.first() {
            // A sentence between the question and the first box is prose.
            if self.get(Span::new(rest.start, first.span.start)).contains(". ") {
                return None;
            }
            let Some(ticked) = boxes.iter().find(|b| b.ticked) else { return Some(Answer::Blank) };
            return Some(
                self.read_answer(self.get(ticked.label)).unwrap_or(Answer::Words(ticked.label)),
            );
        }
        let parted = if in_cell { 0 } else { words.find(['?', ':', '_'])? };
        let answer = words[parted..].trim_start_matches([' ', '?', ':', '_', '-', '.']);
        // "Q. Home exercise?   A. no"
        let answer = answer.strip_prefix("a. ").unwrap_or(answer).trim_start();
        if answer.is_empty() {
            return words[parted..].contains('_').then_some(Answer::Blank);
        }
        let start = rest.end - answer.len();
        Some(self.read_answer(answer).unwrap_or(Answer::Words(Span::new(start, rest.end))))
    }

    /// Reads the yes or no of a question in words.
    fn read_answer(&self, words: &str) -> Option<Answer> {
        match self.yes_or_no(words)? {
            (yes, rest) if self.offers_other(yes, rest) => Some(Answer::Blank),
            (true, _) => Some(Answer::Yes),
            // "No. 5" is a number, and "N." the beginning of a name.
            (false, _)
                if words.strip_prefix("no.").is_some_and(|behind| {
                    behind.trim_start().starts_with(|c: char| c.is_ascii_digit())
                }) =>
            {
                None
            }
            (false, rest) if words.len() - rest.len() == 1 && !rest.trim().is_empty() => None,
            (false, _) => Some(Answer::No),
        }
    }

    /// Whether the other answer stands right behind a first one, as in "Yes / No" and "Y  N" with
    /// neither marked.
    fn offers_other(&self, first: bool, rest: &str) -> bool {
        let rest = rest.trim_start();
        let sign = rest.strip_prefix(['/', '|']).or_else(|| rest.strip_prefix("or "));
        let other = self.yes_or_no(sign.unwrap_or(rest).trim_start());
        other.is_some_and(|(yes, behind)| {
            yes != first
                && (sign.is_some() || !behind.trim_start().starts_with(char::is_alphanumeric))
        })
    }

    /// Whether the words of a cell or of a box's label begin with a yes or with a no, and what
    /// stands behind it; "n/a" is neither.
    pub(super) fn yes_or_no<'w>(&self, words: &'w str) -> Option<(bool, &'w str)> {
        let first = words.split(|c: char| !c.is_alphanumeric()).next()?;
        let rest = &words[first.len()..];
        if YES.of(self.lexicon).is_match(first) {
            return Some((true, rest));
        }
        (NO.of(self.lexicon).is_match(first) && !rest.starts_with("/a")).then_some((false, rest))
    }
}

/// What parts two cells.
pub(super) struct Gap {
    /// Where it stands in the record.
    pub written: Span,
    /// The same in the folded text.
    folded: Span,
}

/// What parts cells in a part of a record: a tab, a bar, two spaces or more.
pub(super) fn gaps(record: &str, within: Span, folded: &Folded) -> Vec<Gap> {
    let bytes = &record.as_bytes()[within.range()];
    let mut starts: Vec<usize> = memchr2_iter(b'\t', b'|', bytes).collect();
    starts.extend(memmem::find_iter(bytes, b"  "));
    starts.sort_unstable();
    let mut gaps = Vec::with_capacity(starts.len());
    let mut at = 0;
    for start in starts {
        if start >= at {
            let blanks = bytes[start..].iter().take_while(|byte| **byte == b' ').count();
            at = start + blanks.max(1);
            let written = Span::new(within.start + start, within.start + at);
            gaps.push(Gap { written, folded: folded.folded(written) });
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    #[track_caller]
    fn check(record: &str, question: &str, expect: Option<&str>) {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(record);
        let note = Note::new(&text, &lexicon);
        let at = note.str().find(question).unwrap();
        let answer = note.answer(Span::new(at, at + question.len())).map(|answer| match answer {
            Answer::Yes => "yes".to_owned(),
            Answer::No => "no".to_owned(),
            Answer::Blank => "blank".to_owned(),
            Answer::Words(span) => note.get(span).to_owned(),
        });
        assert_eq!(answer.as_deref(), expect, "{record}");
    }

    #[test]
    fn a_row_answers_its_question() {
        check("SERIES?   [ ] Yes   [x] No - single block", "series", Some("no"));
        check("4. Will care go on?  [ ] Yes  [ ] No", "care", Some("blank"));
        check("Q9 Prior block of the nerve? ........ No", "prior block", Some("no"));
        check("Prior block     Yes, 06/03/2025", "prior block", Some("yes"));
        check("Psychology: [ ] Yes  [ ] No  [x] Offered\nDate: 1", "psychology", Some("offered"));
        check("NSAIDs tried: Yes / No (circle one)", "nsaids", Some("blank"));
        check("NSAIDs tried?  Y / N", "nsaids", Some("blank"));
        check("NSAIDs tried     Yes    No", "nsaids", Some("blank"));
        check("Prior block?   ( ) Y  (X) N", "prior block", Some("no"));
        check("Prior block? Yes, no relief", "prior block", Some("yes"));
        check("Purpose: ____________\nSide: left", "purpose", Some("blank"));
        check("He had a prior block in May.", "prior block", None);
    }

    #[test]
    fn cells_stand_two_spaces_apart() {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain("x\n Line  CPT     Units  Description (as given)\n");
        let note = Note::new(&text, &lexicon);
        let line = note.line_of(Span::new(4, 5));
        let cells: Vec<&str> = note.cells(line).iter().map(|c| note.get(*c)).collect();
        assert_eq!(cells, ["line", "cpt", "units", "description (as given)"]);
    }
}
