//! Answers printed for choice, "positive / negative", of which one may be marked.

use crate::fact::SignPolarity;
use crate::lexicon::{Lexicon, WordPattern};

/// A printed choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// The marked answer; `None` where neither is marked, or both are.
    pub polarity: Option<SignPolarity>,
    /// Where it ends (bytes).
    pub end: usize,
}

static CHOICE: WordPattern = WordPattern::new(
    r"^(?: ?(?:sign|test))?[ :.?]*(?P<m1>[\[(*x_\x{2713}\x{2714} ]*)(?:(?P<yes>\+|{form-word/positive})|(?P<no>-|{form-word/negative}))(?P<m2>[\])*x_\x{2713}\x{2714} ]*)(?P<part>[/|]|\bor\b)?(?P<m3>[\[(*x_\x{2713}\x{2714} ]*)(?:(?P<yes2>\+|{form-word/positive})|(?P<no2>-|{form-word/negative}))(?P<m4>[\])*x_\x{2713}\x{2714} ]*)(?:$|[.,;(]|\b[a-z])",
);

/// Reads a choice at the head of what stands behind a sign.
pub(super) fn read(lexicon: &Lexicon, behind: &str) -> Option<Choice> {
    let found = CHOICE.of(lexicon).captures(behind)?;
    // "positive negative" without a bar, a line or a mark is no choice.
    let text = |name: &str| found.name(name).map_or("", |m| m.as_str());
    let first = format!("{}{}", text("m1"), text("m2"));
    let second = format!("{}{}", text("m3"), text("m4"));
    let parted = found.name("part").is_some();
    let lined = first.contains('_') && second.contains('_');
    let marked = |marks: &str| marks.contains(['(', '[', '*', 'x', '\u{2713}', '\u{2714}']);
    let is_yes = [found.name("yes").is_some(), found.name("yes2").is_some()];
    if is_yes[0] == is_yes[1] || !(parted || lined || marked(&first) || marked(&second)) {
        return None;
    }
    let polarity = match (marked(&first), marked(&second)) {
        (true, false) => Some(is_yes[0]),
        (false, true) => Some(is_yes[1]),
        _ => None,
    };
    let polarity =
        polarity.map(|yes| if yes { SignPolarity::Positive } else { SignPolarity::Negative });
    let end = found.name("m4").map_or(0, |m| m.end());
    Some(Choice { polarity, end: behind[..end].trim_end().len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(behind: &str, expect: Option<Option<SignPolarity>>) {
        let lexicon = Lexicon::embedded().unwrap();
        assert_eq!(read(&lexicon, behind).map(|choice| choice.polarity), expect, "{behind}");
    }

    #[test]
    fn an_unmarked_choice_says_nothing() {
        for behind in [
            ": positive / negative",
            ": + / -",
            " pos/neg",
            ": positive ___ negative ___",
            ": yes/no",
            ": (positive)/(negative)",
        ] {
            check(behind, Some(None));
        }
    }

    #[test]
    fn a_mark_chooses() {
        check(": (positive) / negative", Some(Some(SignPolarity::Positive)));
        check(": positive \u{2713} negative", Some(Some(SignPolarity::Positive)));
        check(": positive / x negative", Some(Some(SignPolarity::Negative)));
        check(": positive ___ negative _x_", Some(Some(SignPolarity::Negative)));
    }

    #[test]
    fn an_answer_is_no_choice() {
        check(": positive", None);
        check(" negative, pos crest sign", None);
        check(" +l / -r", None);
        check(": positive left, negative right", None);
    }
}
