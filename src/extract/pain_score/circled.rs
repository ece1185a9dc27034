//! A scale printed as a row of numbers, with one of them circled: "0 1 2 3 4 5 (6) 7 8 9 10".

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::Note;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;

/// How many lines above the numbers the question may stand.
const ABOVE: usize = 2;

/// A number of the row, and whether it is marked.
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"(?P<mark>[(\[<]{1,2} ?)?\b(?P<n>10|[0-9])\b(?: ?[)\]>]{1,2})?"));

static ASKS_PAIN: WordPattern = WordPattern::new(r"\b{pain-score/asks-pain}\b");

static ASKS_ELSE: WordPattern = WordPattern::new(r"\b{pain-score/asks-else}\b");

/// The marked numbers of rows from 0 or 1 to 10 that stand with or below a question for the pain.
pub(super) fn find(note: &Note<'_>) -> Vec<(Span, f64)> {
    let text = note.str();
    if !text.contains(['(', '[', '<']) {
        return Vec::new();
    }
    note.written_lines().filter_map(|line| marked(note, line)).collect()
}

fn marked(note: &Note<'_>, line: Span) -> Option<(Span, f64)> {
    let words = note.get(line);
    // Most lines do not hold the numbers of a scale one by one.
    if !(words.contains('8') && words.contains('9') && words.contains("10")) {
        return None;
    }
    let row: Vec<(f64, bool, Span)> = NUMBER
        .captures_iter(words)
        .filter_map(|c| {
            let whole = c.get(0)?;
            let span = Span::new(line.start + whole.start(), line.start + whole.end());
            Some((c["n"].parse().ok()?, c.name("mark").is_some(), span))
        })
        .collect();
    let last = row.iter().rposition(|(n, ..)| *n >= 10.0)?;
    let begins = |below: f64| row[..last].iter().rposition(|(n, ..)| *n < below);
    let first = begins(1.0).or_else(|| begins(2.0))?;
    let scale = &row[first..=last];
    let counts = scale.windows(2).all(|pair| pair[1].0 - pair[0].0 == 1.0);
    let mut chosen = scale.iter().filter(|(_, marked, _)| *marked);
    let (n, _, span) = chosen.next().filter(|_| chosen.next().is_none() && counts)?;
    let asks = |line: Span| {
        let words = note.get(line);
        ASKS_PAIN.of(note.lexicon).is_match(words) && !ASKS_ELSE.of(note.lexicon).is_match(words)
    };
    let asked = asks(line) || note.lines_above(line).take(ABOVE).any(asks);
    asked.then_some((*span, *n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    #[track_caller]
    fn check(record: &str, expect: Option<f64>) {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(record);
        let note = Note::new(&text, &lexicon);
        assert_eq!(find(&note).first().map(|(_, n)| *n), expect, "{record}");
    }

    #[test]
    fn the_number_that_is_marked_is_the_score() {
        check(
            "How bad is it today? (circle one)\n   0  1  2  3  4  5  (6)  7  8  9  10\n",
            Some(6.0),
        );
        check("Pain now:  1 2 3 4 [5] 6 7 8 9 10\n", Some(5.0));
        check("Pain level: 0 1 2 3 4 5 6 7 8 <9> 10\n", Some(9.0));
    }

    #[test]
    fn rows_without_one_mark_and_rows_of_something_else_are_none() {
        check("How bad is it today?\n   0  1  2  3  4  5  6  7  8  9  10\n", None);
        check("How bad is it today?\n   0  1  (2)  3  4  5  (6)  7  8  9  10\n", None);
        check("Satisfaction:  0 1 2 3 4 5 (6) 7 8 9 10\n", None);
        check("Pain teeth 8, 9, (10)\n", None);
    }
}
