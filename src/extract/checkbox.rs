//! Check boxes: `[x] Left   [ ] Right`, also as OCR reads them.

use std::sync::LazyLock;

use memchr::{memchr_iter, memchr3_iter};
use regex::Regex;

use crate::pattern::fixed_regex;

use crate::fold::Folded;
use crate::lexicon::{Lexicon, WordPattern};
use crate::span::Span;
use crate::text::Text;

/// A box and the words that it answers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckBox {
    /// The box, in the folded text.
    pub span: Span,
    /// Whether it is ticked.
    pub ticked: bool,
    /// The words behind it, up to the next box or cell.
    pub label: Span,
}

// The last forms are what OCR makes of brackets; a stroke in a box is its own edge or dirt.
static BOX: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\[ ?(?:([x*\u{2713}\u{2714}v])|[-_.~'])? ?\]|\( ?([x*])? ?\)|\[ ?(x) ?[|l1)}]|[|({] ?(x)? ?\]",
    )
});

/// Where boxes may begin, in order.
pub(super) fn brackets(text: &str) -> Vec<usize> {
    let plain = memchr3_iter(b'[', b'(', b'|', text.as_bytes());
    let mut found: Vec<usize> = plain.chain(memchr_iter(b'{', text.as_bytes())).collect();
    found.sort_unstable();
    found
}

/// The boxes of a stretch of the folded text, in order.
pub fn check_boxes(folded: &Folded, text: &Text, within: Span, lexicon: &Lexicon) -> Vec<CheckBox> {
    let words = folded.get(within);
    let found: Vec<(Span, bool)> = BOX
        .captures_iter(words)
        .filter_map(|c| {
            let whole = c.get(0)?;
            let ticked = (1..c.len()).any(|group| c.get(group).is_some());
            Some((Span::new(within.start + whole.start(), within.start + whole.end()), ticked))
        })
        .collect();
    if let Some(first) = first_label_before(folded, text, within, &found, lexicon) {
        return before_boxes(folded, text, first, &found);
    }
    let ends = found.iter().skip(1).map(|(span, _)| span.start).chain([within.end]);
    found
        .iter()
        .zip(ends)
        .map(|(&(span, ticked), end)| {
            let label = Span::new(span.end, end.max(span.end));
            CheckBox { span, ticked, label: folded.trimmed(first_cell(folded, text, label)) }
        })
        .collect()
}

/// Words that answer a question of a form.
static ANSWER: WordPattern = WordPattern::new(r"^{form-word/answer}$");

/// The first label where labels stand before their boxes: "Tried: yes [ ] no [x]", "NSAIDs [x]  Ice
/// [ ]"; with nothing behind the last box, and before the first one something that asks for none.
fn first_label_before(
    folded: &Folded,
    text: &Text,
    within: Span,
    found: &[(Span, bool)],
    lexicon: &Lexicon,
) -> Option<Span> {
    let (&(first, _), &(last, _)) = found.first().zip(found.last())?;
    let behind = Span::new(last.end, within.end.max(last.end));
    let behind = folded.get(first_cell(folded, text, behind));
    let lead = folded.get(Span::new(within.start, first.start)).trim_end();
    let word = lead.rsplit([' ', ':', '?', '(']).next().unwrap_or("");
    if behind.contains(char::is_alphanumeric) || word.is_empty() {
        return None;
    }
    let answer = ANSWER.of(lexicon).is_match(word);
    // Two boxes side by side stand below the heads of a table.
    let bare = |pair: &[(Span, bool)]| {
        !folded.get(Span::new(pair[0].0.end, pair[1].0.start)).contains(char::is_alphanumeric)
    };
    if !answer && found.windows(2).any(bare) {
        return None;
    }
    let length = match answer {
        true => word.len(),
        false => lead.rsplit([':', '?', '(']).next().unwrap_or("").len(),
    };
    Some(Span::new(within.start + lead.len() - length, within.start + lead.len()))
}

/// Boxes whose labels stand before them.
fn before_boxes(
    folded: &Folded,
    text: &Text,
    first: Span,
    found: &[(Span, bool)],
) -> Vec<CheckBox> {
    let mut from = first.start;
    let mut boxes = Vec::with_capacity(found.len());
    for &(span, ticked) in found {
        let label = Span::new(from, span.start.max(from));
        let label = folded.trimmed(last_cell(folded, text, label));
        boxes.push(CheckBox { span, ticked, label });
        from = span.end;
    }
    boxes
}

/// The part of a label up to a wide gap in the record, which ends its cell. The last of several boxes
/// that end a row has none: what the next row begins with is not its own.
fn first_cell(folded: &Folded, text: &Text, mut label: Span) -> Span {
    let original = folded.original(label);
    let written = &text.as_str()[original.range()];
    let ends_row = written.trim_start_matches([' ', '\t', '|']).starts_with(['\n', '\r']);
    if ends_row && ends_with_box(&text.as_str()[..original.start]) {
        label.end = label.start;
        return label;
    }
    let lead = written.len() - written.trim_start().len();
    if let Some(gap) = written[lead..].find("   ") {
        let end = Span::new(original.start, original.start + lead + gap);
        label.end = folded.folded(end).end.max(label.start);
    }
    label
}

/// Whether a box stands before the last one on a record's last line.
fn ends_with_box(record: &str) -> bool {
    let line = record.rfind('\n').map_or(record, |at| &record[at + 1..]);
    let boxes = line.matches([']', ')']).count();
    boxes > 1 && line.trim_end().ends_with([']', ')'])
}

/// The part of a label behind its last wide gap.
fn last_cell(folded: &Folded, text: &Text, mut label: Span) -> Span {
    let original = folded.original(label);
    let written = text.as_str()[original.range()].trim_end();
    if let Some(gap) = written.rfind("   ") {
        let start = Span::new(original.start, original.start + gap);
        label.start = folded.folded(start).end.clamp(label.start, label.end);
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(row: &str, expect: &[(bool, &str)]) {
        let text = Text::from_plain(row);
        let lexicon = Lexicon::embedded().unwrap();
        let folded = Folded::new(&text);
        let whole = Span::new(0, folded.as_str().len());
        let got: Vec<(bool, &str)> = check_boxes(&folded, &text, whole, &lexicon)
            .iter()
            .map(|b| (b.ticked, folded.get(b.label)))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn boxes_have_state_and_label() {
        check(
            "Side:   [X] LEFT    { ] RIGHT   \u{2612} BOTH   units 1  (x) yes",
            &[(true, "left"), (false, "right"), (true, "both"), (true, "yes")],
        );
    }

    #[test]
    fn dirt_in_a_box_is_no_tick() {
        check(
            "[-] Home exercise  [.] TENS  [x] Heat",
            &[(false, "home exercise"), (false, "tens"), (true, "heat")],
        );
    }

    #[test]
    fn labels_may_stand_before_their_boxes() {
        check("FABER: pos [X]  neg [ ]", &[(true, "pos"), (false, "neg")]);
        check("Tender?  Yes [ ]   No [X]", &[(false, "yes"), (true, "no")]);
        check("FABER: [ ] pos [x] neg", &[(false, "pos"), (true, "neg")]);
        check("Left [x] hip", &[(true, "hip")]);
        check(
            "Tried: Ice packs [x]  Gabapentin [ ]  Massage [x]",
            &[(true, "ice packs"), (false, "gabapentin"), (true, "massage")],
        );
        check("Opioids [x]", &[(true, "opioids")]);
        check("Massage      [x]    [ ]", &[(true, ""), (false, "")]);
        check("Signature: [ ]", &[(false, "")]);
    }
}
