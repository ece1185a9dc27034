//! What OCR left of check boxes: "] diagnostic" is a box without a mark, "xj therapeutic" one with.
//!
//! A box that is not seen makes its label a statement: of a form that nobody filled in, all that
//! it offers would have been said.

use std::sync::LazyLock;

use regex::Regex;

use super::Repair;
use crate::pattern::fixed_regex;
use crate::span::Span;
use crate::text::OcrWord;

/// Fewest whole boxes of a record by which what is left of others is told.
const FEWEST: usize = 2;

/// A box that was read whole.
static WHOLE: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"\[ ?[xX]? ?\]"));

/// A mark with an edge behind it, or between letters that edges were read for.
static TICKED: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^(?i:[=~-]?[x\u{d7}][\]}j]|[\[({|il1]{1,2}[x\u{d7}]{1,2}[\])}|ijl1])$")
});

/// Edges with nothing between them.
static EMPTY: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^(?:[\[({|l]?[\]}]|\}\]|[\[{]j)$"));

/// An edge that a letter or the end of a bracket may be as well.
static DOUBTFUL: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^[jJ)]$"));

/// The boxes of a record that OCR read in part, each as what it is: "[x]" or "[ ]".
pub(super) fn find(text: &str, within: Span, words: &[OcrWord<'_>]) -> Vec<Repair> {
    if WHOLE.find_iter(&text[within.range()]).take(FEWEST).count() < FEWEST {
        return Vec::new();
    }
    let mut found = Vec::new();
    for line in words.chunk_by(|a, b| !text[a.span.end..b.span.start].contains('\n')) {
        let (Some(first), Some(last)) = (line.first(), line.last()) else { continue };
        let row = &text[first.span.start..last.span.end];
        let others = WHOLE.is_match(row) || line.iter().any(|w| EMPTY.is_match(of(text, w)));
        for (index, word) in line.iter().enumerate() {
            // A label stands behind a box.
            let labelled = line.get(index + 1).is_some_and(|next| {
                of(text, next).starts_with(|c: char| c.is_alphabetic()) && parts(text, word, next)
            });
            let before = index.checked_sub(1).map(|before| &line[before]);
            let state = labelled.then(|| state(text, word, before, others)).flatten();
            found.extend(state.map(|(span, ticked)| Repair {
                span,
                taken_for: if ticked { "[x]" } else { "[ ]" }.to_owned(),
            }));
        }
    }
    found
}

fn of<'t>(text: &'t str, word: &OcrWord<'_>) -> &'t str {
    &text[word.span.range()]
}

/// Whether a space stands between two words.
fn parts(text: &str, word: &OcrWord<'_>, next: &OcrWord<'_>) -> bool {
    text[word.span.end..next.span.start].starts_with(' ')
}

/// Where a box stands that this word is what is left of, and whether it is ticked.
fn state(
    text: &str,
    word: &OcrWord<'_>,
    before: Option<&OcrWord<'_>>,
    others: bool,
) -> Option<(Span, bool)> {
    let read = of(text, word);
    if WHOLE.is_match(read) {
        return None;
    }
    if TICKED.is_match(read) {
        return Some((word.span, true));
    }
    if !EMPTY.is_match(read) && !(others && DOUBTFUL.is_match(read)) {
        return None;
    }
    match before.map(|before| (before, of(text, before))) {
        Some((mark, "x" | "X" | "\u{d7}")) => {
            Some((Span::new(mark.span.start, word.span.end), true))
        }
        // The bracket ends what was opened.
        _ if opened(&text[..word.span.start]) => None,
        _ => Some((word.span, false)),
    }
}

/// Whether a bracket of the line is still open.
fn opened(before: &str) -> bool {
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let last = |signs: &[char]| line.rfind(signs);
    last(&['[', '(', '{']).is_some_and(|open| last(&[']', ')', '}']).is_none_or(|end| end < open))
}

#[cfg(test)]
mod tests {
    use super::super::tests::text_of;
    use super::*;

    /// The rows as they are taken.
    fn taken(rows: &[&str]) -> Vec<String> {
        let text = text_of(rows);
        let whole = Span::new(0, text.as_str().len());
        let words: Vec<OcrWord<'_>> = text.ocr_words(whole).collect();
        let mut mended = text.as_str().to_owned();
        for repair in find(text.as_str(), whole, &words).iter().rev() {
            mended.replace_range(repair.span.range(), &repair.taken_for);
        }
        mended.lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_is_left_of_a_box_is_a_box() {
        let rows = [
            "Side: [ ] left [x] right",
            "Purpose: j diagnostic ] therapeutic",
            "\u{d7}] massage xj ice IXI heat",
            "=X] insurance card } MRI report",
            "x ] braces {x} bath",
        ];
        let expect = [
            "Side: [ ] left [x] right",
            "Purpose: [ ] diagnostic [ ] therapeutic",
            "[x] massage [x] ice [x] heat",
            "[x] insurance card [ ] MRI report",
            "[x] braces [x] bath",
        ];
        assert_eq!(taken(&rows), expect);
    }

    #[test]
    fn other_signs_and_letters_stay() {
        let rows = [
            "Side: [ ] left [x] right",
            "Effexor XL daily x3 refills",
            "(see the letter ) enclosed",
            "[as told by a J Sample ] today",
            "Code J3301 ]",
        ];
        assert_eq!(taken(&rows), rows);
    }

    #[test]
    fn a_record_without_boxes_has_none_in_part() {
        assert_eq!(taken(&["left ] buttock", "] right"]), ["left ] buttock", "] right"]);
    }
}
