//! Blanks of a paper form that a pen fills: `_x_ Yes  ___ No` are boxes, `__12__ visits` are words.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;
use crate::span::Span;
use crate::text::Text;

/// A longer blank is meant for words, not for a mark.
const LONGEST: usize = 6;

/// Most words of a choice beside a blank.
const CHOICE_WORDS: usize = 3;

// A "v" alone may be a letter; between two strokes it is a tick.
static BLANK: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"_+ ?([xXvV*\u{2713}\u{2714}\u{221a}]) ?_+|_+([xX\u{2713}\u{2714}\u{221a}])|([xX\u{2713}\u{2714}\u{221a}])_+|_{2,}",
    )
});

static STROKE: LazyLock<Regex> = LazyLock::new(|| fixed_regex("_+"));

/// A blank of a line.
struct Blank {
    span: Span,
    marked: bool,
}

/// The blanks of a text with what each is taken for, in order: a box, or nothing beside words.
pub(super) fn taken(text: &Text, within: Span) -> Vec<(Span, &'static str)> {
    let record = &text.as_str()[within.range()];
    if !record.contains('_') {
        return Vec::new();
    }
    let mut found = boxes(text, within);
    found.extend(strokes(text, within).map(|span| (span, "")));
    found.sort_by_key(|(span, _)| span.start);
    found.dedup_by(|next, first| next.0.start < first.0.end);
    found
}

/// What is left of blanks around words written into them: "__12__".
fn strokes(text: &Text, within: Span) -> impl Iterator<Item = Span> {
    let record = text.as_str();
    STROKE.find_iter(&record[within.range()]).map(move |m| m.range()).filter_map(move |range| {
        let span = Span::new(within.start + range.start, within.start + range.end);
        let before = record[..span.start].chars().next_back().is_some_and(char::is_alphanumeric);
        let behind = record[span.end..].chars().next().is_some_and(char::is_alphanumeric);
        // "file_name" is one word.
        (before != behind && span.end - span.start <= LONGEST).then_some(span)
    })
}

/// The blanks of a text that are boxes, each with the box that it is taken for, in order.
///
/// A blank is a box where another in its run of lines is marked, or where blanks stand beside bare
/// choices: "diagnostic ___  therapeutic ___". "Date: ______" waits for words.
fn boxes(text: &Text, within: Span) -> Vec<(Span, &'static str)> {
    let record = text.as_str();
    let mut found = Vec::new();
    let mut block: Vec<Blank> = Vec::new();
    let mut start = within.start;
    for line in record[within.range()].split_inclusive('\n') {
        let span = Span::new(start, start + line.len());
        start = span.end;
        let blanks = blanks(record, span);
        if blanks.is_empty() {
            close(&mut block, &mut found);
        } else if !blanks.iter().any(|b| b.marked) && between_choices(record, span, &blanks) {
            found.extend(blanks.iter().map(taken_for));
        } else {
            block.extend(blanks);
        }
    }
    close(&mut block, &mut found);
    found
}

/// Takes a run of lines for boxes if one of its blanks is marked.
fn close(block: &mut Vec<Blank>, found: &mut Vec<(Span, &'static str)>) {
    if block.iter().any(|blank| blank.marked) {
        found.extend(block.iter().map(taken_for));
    }
    block.clear();
}

fn taken_for(blank: &Blank) -> (Span, &'static str) {
    (blank.span, if blank.marked { "[x]" } else { "[ ]" })
}

/// The blanks of a line that may be boxes.
fn blanks(record: &str, line: Span) -> Vec<Blank> {
    let words = &record[line.range()];
    if !words.contains('_') {
        return Vec::new();
    }
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    BLANK
        .captures_iter(words)
        .filter_map(|c| {
            let whole = c.get(0)?;
            let (before, behind) = (&words[..whole.start()], &words[whole.end()..]);
            let marked = (1..c.len()).any(|group| c.get(group).is_some());
            // "Visits: ____", "____ %" and "____ /10" wait for words and numbers.
            let asked = !marked
                && (before.trim_end().ends_with([':', '$'])
                    && !behind.trim_start_matches(' ').starts_with(char::is_alphabetic)
                    || behind.trim_start().starts_with(['%', '/', '-']));
            let fits = marked || whole.len() <= LONGEST;
            let stands = apart(before.chars().next_back()) && apart(behind.chars().next());
            (fits && !asked && stands).then_some(Blank {
                span: Span::new(line.start + whole.start(), line.start + whole.end()),
                marked,
            })
        })
        .collect()
}

/// Whether two or more blanks stand with bare choices of few words between and before or behind them.
fn between_choices(record: &str, line: Span, blanks: &[Blank]) -> bool {
    let (Some(first), Some(last)) = (blanks.first(), blanks.last()) else { return false };
    let choice = |words: &str| {
        let words = words.trim();
        !words.is_empty()
            && words.split_whitespace().count() <= CHOICE_WORDS
            && words.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '/' | '\''))
    };
    let inner = blanks.windows(2).map(|pair| &record[pair[0].span.end..pair[1].span.start]);
    // What the line asks for stands before its choices.
    let lead = record[line.start..first.span.start].rsplit([':', '?']).next().unwrap_or("");
    let tail = &record[last.span.end..line.end];
    let ends = [lead, tail].into_iter().filter(|words| !words.trim().is_empty());
    blanks.len() > 1 && inner.chain(ends).all(choice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(record: &str, expect: &[(&str, &str)]) {
        let text = Text::from_plain(record);
        let found = taken(&text, Span::new(0, record.len()));
        let got: Vec<(&str, &str)> =
            found.iter().map(|(span, taken)| (&record[span.range()], *taken)).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn a_marked_blank_makes_its_neighbours_boxes() {
        check("PT done?  _x_ Yes  ___ No   visits: ____", &[("_x_", "[x]"), ("___", "[ ]")]);
        check("Heat __ X __ Ice ____", &[("__ X __", "[x]"), ("____", "[ ]")]);
        check(
            "___ Heat\n_X_ Massage\n___ TENS\n\n___ a.m.\n",
            &[("___", "[ ]"), ("_X_", "[x]"), ("___", "[ ]")],
        );
    }

    #[test]
    fn blanks_beside_bare_choices_are_boxes() {
        check("Type: diagnostic ___ therapeutic ___", &[("___", "[ ]"), ("___", "[ ]")]);
        check("Side: ___ left ___ right", &[("___", "[ ]"), ("___", "[ ]")]);
    }

    #[test]
    fn strokes_around_words_are_nothing() {
        check("visits: __12__ weeks: __6", &[("__", ""), ("__", ""), ("__", "")]);
        check("Left___ hip", &[("___", "")]);
    }

    #[test]
    fn blanks_for_words_are_none() {
        for record in [
            "Date: ____  Signature: ____",
            "Relief ____ % for ____ hours",
            "Onset ____",
            "Seen by ____________________ on ____________",
            "pain score ____ /10 at rest, ____ /10 walking",
            "take ____ mg, up to 3 ____ a day",
            "file_x_1 and MAX_ROWS",
        ] {
            check(record, &[]);
        }
    }
}
