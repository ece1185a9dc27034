//! Check boxes: `[x] Left   [ ] Right`, also as OCR reads them.

use std::sync::LazyLock;

use regex::Regex;

use crate::fold::Folded;
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

// The last forms are what OCR makes of brackets.
#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static BOX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\[ ?([x*\u{2713}\u{2714}v])? ?\]|\( ?([x*])? ?\)|\[ ?(x) ?[|l1)}]|[|({] ?(x)? ?\]")
        .unwrap()
});

/// The boxes of a stretch of the folded text, in order.
pub fn check_boxes(folded: &Folded, text: &Text, within: Span) -> Vec<CheckBox> {
    let words = folded.get(within);
    let found: Vec<(Span, bool)> = BOX
        .captures_iter(words)
        .filter_map(|c| {
            let whole = c.get(0)?;
            let ticked = (1..c.len()).any(|group| c.get(group).is_some());
            Some((Span::new(within.start + whole.start(), within.start + whole.end()), ticked))
        })
        .collect();
    let ends = found.iter().skip(1).map(|(span, _)| span.start).chain([within.end]);
    found
        .iter()
        .zip(ends)
        .map(|(&(span, ticked), end)| {
            let mut label = Span::new(span.end, end.max(span.end));
            // A wide gap in the record ends the label's cell.
            let original = folded.original(label);
            let written = &text.as_str()[original.range()];
            let lead = written.len() - written.trim_start().len();
            if let Some(gap) = written[lead..].find("   ") {
                label.end = folded
                    .folded(Span::new(original.start, original.start + lead + gap))
                    .end
                    .max(label.start);
            }
            let words = folded.get(label);
            let start = label.start + words.len() - words.trim_start().len();
            let label = Span::new(start, (start + words.trim().len()).min(label.end.max(start)));
            CheckBox { span, ticked, label }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_have_state_and_label() {
        let text =
            Text::from_plain("Side:   [X] LEFT    { ] RIGHT   \u{2612} BOTH   units 1  (x) yes");
        let folded = Folded::new(&text);
        let whole = Span::new(0, folded.as_str().len());
        let got: Vec<(bool, &str)> = check_boxes(&folded, &text, whole)
            .iter()
            .map(|b| (b.ticked, folded.get(b.label)))
            .collect();
        assert_eq!(got, [(true, "left"), (false, "right"), (true, "both"), (true, "yes")]);
    }
}
