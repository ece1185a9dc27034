//! Questions of forms with a yes and a no to tick, "Diabetes  [ ] yes  [x] no", and those with a
//! line for their answer.

use std::sync::LazyLock;

use regex::Regex;

use super::{Answer, CheckBox, Note};
use crate::pattern::fixed_regex;
use crate::span::Span;

/// Most words of a question.
const LONGEST: usize = 14;

/// A question on its line, and what is ticked behind it.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Its words.
    pub label: Span,
    /// What is ticked; `None` where neither is, or both are.
    pub answer: Option<bool>,
    /// The tick with its word; the first box where there is no tick.
    pub tick: Span,
    /// From the first word to the last box's.
    pub whole: Span,
}

impl Question {
    /// The answer, as other forms of it are told.
    pub fn answer(&self) -> Answer {
        match self.answer {
            Some(true) => Answer::Yes,
            Some(false) => Answer::No,
            None => Answer::Blank,
        }
    }
}

/// How the line of a question begins: "Q: CBT?".
static ASKED: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^[ -]*(?:q|question)(?: ?\d{1,2})?[.:)] ?[a-z]"));

/// How the line of an answer begins: "A. Since May", "A: ____".
static ANSWERED: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^[ -]*(?:a|ans|answer)(?: ?\d{1,2})?[.:)] *"));

/// What is left of a row that nobody filled in, behind a word of its label: " / psychology      -", ": ____".
static ROW_LEFT_EMPTY: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"(?i)^(?:[ /,(&-]{0,3}[a-z()'/]+)*(?: ?[:?] *| {2,}| ?\.{3,} *)(?:_{2,}|-{1,4}|[\x{2013}\x{2014}]|\.{4,})[ _.]*$",
    )
});

/// How far behind its words the mark of a question may stand (bytes).
const TO_MARK: usize = 50;

/// Whether nothing but a line to write on stands there.
fn is_empty(answer: &str) -> bool {
    answer.chars().all(|c| matches!(c, ' ' | '.' | '_' | '-'))
}

impl Note<'_> {
    /// Whether a row of a form has nothing but dashes or an empty line for its answer.
    pub fn row_left_empty(&self, label: Span) -> bool {
        let line = self.line_of(label);
        let rest = self.as_written(Span::new(label.end, line.end.max(label.end)));
        // Most rows end in words.
        let words = rest.trim_end_matches([' ', '_', '.']);
        let behind = &rest[words.len()..];
        let may_be_empty = words.ends_with(['-', '\u{2013}', '\u{2014}'])
            || behind.contains("__")
            || behind.contains("....");
        may_be_empty && ROW_LEFT_EMPTY.is_match(rest)
    }

    /// The words of the answer on the line below a question: "Q. How long?", "A. Since May".
    pub fn answer_below(&self, question: Span) -> Option<Span> {
        let line = self.line_of(question);
        if !ASKED.is_match(self.get(line)) || !self.get(line).ends_with('?') {
            return None;
        }
        self.answer_on(self.line_below(line)?)
    }

    /// The next line with words on it.
    pub fn line_below(&self, line: Span) -> Option<Span> {
        let behind = Span::new(line.end, self.str().len());
        let at = behind.start + self.get(behind).find(|c: char| !c.is_whitespace())?;
        Some(self.line_of(Span::new(at, at + 1)))
    }

    /// What stands behind the mark of an answer at the head of a line.
    fn answer_on(&self, line: Span) -> Option<Span> {
        let mark = ANSWERED.find(self.get(line))?;
        Some(Span::new(line.start + mark.end(), line.end))
    }

    /// The answer behind the question that words are part of, on their line: "Is a series planned?   no".
    ///
    /// `None` where the words ask nothing; other words than a yes or a no answer nothing.
    pub fn answer_in_words(&self, words: Span) -> Option<Answer> {
        let rest = self.get(self.rest_of_line(words));
        let mark = rest.find(['?', '.', ';', '!'])?;
        if mark > TO_MARK || !rest[mark..].starts_with('?') || self.get(words).contains('?') {
            return None;
        }
        let answer = rest[mark + 1..].trim_start_matches([' ', ':', '.', '_', '-', '|']);
        Some(match self.yes_or_no(answer) {
            Some((true, _)) => Answer::Yes,
            Some((false, _)) => Answer::No,
            None => Answer::Blank,
        })
    }

    /// The answer to words that a question's mark stands right behind: "Crest tenderness? No".
    pub fn answer_to(&self, words: Span) -> Option<Answer> {
        let asks = self.str()[words.end..].trim_start_matches([' ', ')']).starts_with('?');
        asks.then(|| self.answer(words)).flatten()
    }

    /// The lines of questions whose own line for the answer is empty: they tell nothing.
    pub fn unanswered_lines(&self) -> Vec<Span> {
        let lines: Vec<Span> = self.written_lines().filter(|line| !line.is_empty()).collect();
        let empty = |pair: &[Span]| {
            ASKED.is_match(self.get(pair[0]))
                && self.answer_on(pair[1]).is_some_and(|answer| is_empty(self.get(answer)))
        };
        lines.windows(2).filter(|pair| empty(pair)).map(|pair| pair[0]).collect()
    }

    /// The answer to the question that a span is part of: by a tick, or, where words ask, in words.
    pub fn answer_where(&self, span: Span, words_ask: bool) -> Option<Answer> {
        match self.question(span) {
            Some(question) => Some(question.answer()),
            None if words_ask => self.answer(span),
            None => None,
        }
    }

    /// The question that a span is part of, where boxes for yes and no stand behind it.
    pub fn question(&self, span: Span) -> Option<Question> {
        let line = self.line_of(span);
        // Most words have no box behind them.
        if !self.may_hold_boxes(Span::new(span.end, line.end.max(span.end))) {
            return None;
        }
        let boxes = self.boxes_in(line);
        let before = boxes.iter().rev().find(|b| b.span.start < span.start);
        let says = |b: &CheckBox| self.yes_or_no(self.get(b.label)).map(|(yes, _)| yes);
        let own = boxes.iter().skip_while(|b| b.span.start < span.end);
        let own: Vec<(&CheckBox, bool)> = own.map_while(|b| Some((b, says(b)?))).take(2).collect();
        let [(first, yes), (second, other)] = own.as_slice() else { return None };
        if yes == other {
            return None;
        }
        // Behind the label of a box before it, a sentence, or the number of the item.
        let from = before.map_or(line.start, |b| b.span.end.max(b.label.end).min(span.start));
        let lead = self.get(Span::new(from, span.start));
        let sign = lead
            .rfind(['.', ';', ')', '|', '\u{2022}'])
            .map_or(0, |at| at + lead[at..].chars().next().map_or(1, char::len_utf8));
        let boxes_start = first.span.start.min(first.label.start).max(span.end);
        let label = self.trimmed(Span::new(from + sign, boxes_start));
        let words = self.get(label).trim_end_matches([' ', ':', '?', '.', '_', '-']);
        let label = Span::new(label.start, label.start + words.len());
        let long = words.split_whitespace().count() > LONGEST;
        if long || words.contains([';', '?', ':']) || words.contains(". ") {
            return None;
        }
        let ticked: Vec<_> = own.iter().filter(|(b, _)| b.ticked).collect();
        let (answer, tick) = match ticked.as_slice() {
            [(tick, yes)] => (Some(*yes), tick.span.union(tick.label)),
            _ => (None, first.span),
        };
        let end = second.span.end.max(second.label.end);
        Some(Question { label, answer, tick, whole: Span::new(label.start, end) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    #[track_caller]
    fn check(record: &str, about: &str, expect: Option<(&str, Option<bool>)>) {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(record);
        let note = Note::new(&text, &lexicon);
        let at = note.str().find(about).unwrap();
        let question = note.question(Span::new(at, at + about.len()));
        assert_eq!(question.map(|q| (note.get(q.label), q.answer)), expect, "{record}");
    }

    #[test]
    fn a_question_is_answered_by_the_tick_behind_it() {
        check("1. Diabetes [ ] yes [x] no", "diabetes", Some(("diabetes", Some(false))));
        check("Any prior PT?  ( ) No  (x) Yes", "pt", Some(("any prior pt", Some(true))));
        check("Drives: Yes [ ]  No [x]", "drives", Some(("drives", Some(false))));
        check("Gout [ ] yes [ ] no", "gout", Some(("gout", None)));
        check("Gout [x] yes [x] no", "gout", Some(("gout", None)));
        let row = "Gout [x] yes [ ] no   Diabetes [ ] yes [x] no";
        check(row, "gout", Some(("gout", Some(true))));
        check(row, "diabetes", Some(("diabetes", Some(false))));
    }

    #[test]
    fn a_question_whose_answer_is_empty_tells_nothing() {
        let lexicon = Lexicon::embedded().unwrap();
        let record =
            "Q: Home exercises?\nA:\n\nQ2. Any CBT?\nA2. ______\nQ: Duloxetine?\nA: Never\n";
        let text = Text::from_plain(record);
        let note = Note::new(&text, &lexicon);
        let lines: Vec<&str> = note.unanswered_lines().iter().map(|line| note.get(*line)).collect();
        assert_eq!(lines, ["q: home exercises?", "q2. any cbt?"]);
        let about = |kind: &str| {
            let facts = crate::extract::extract(&text, &lexicon);
            facts.iter().filter(|fact| fact.kind.name() == kind).count()
        };
        assert_eq!((about("therapy"), about("medication")), (0, 1));
    }

    #[test]
    fn other_boxes_and_prose_are_no_question() {
        check("Side: [x] left [ ] right", "side", None);
        check("He has gout. Diabetes [ ] yes [x] no", "gout", None);
        check("Gout: on allopurinol. Smoker? [ ] yes [x] no", "gout", None);
        check("[x] gout [ ] diabetes", "gout", None);
    }
}
