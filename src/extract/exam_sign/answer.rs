//! The word, sign or verb that answers for a test, before it, behind it or for a list of tests.

use std::sync::LazyLock;

use regex::Regex;

use super::{Row, find_side};
use crate::fact::{Side, SignPolarity};
use crate::lexicon::{CueCategory, WordPattern};
use crate::pattern::fixed_regex;
use crate::span::Span;

/// How many tokens may lie between a sign and the word that answers for it.
const REACH: usize = 12;

/// How many tokens behind a sign two answers, one a side, may take.
const SPLIT_REACH: usize = 18;

/// A count of signs out of five.
static OF_FIVE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^(?: signs?)?(?: ?:| are| were| is)? ?([0-5]) ?(?:of|out of|/) ?(?:5|five)\b")
});

/// A word that tells that a test brings a pain on.
static BRINGS_ON: WordPattern = WordPattern::new(r"^{exam-word/brings-on}$");

/// Words between an answer and the sign behind it: "positive seated SLR".
static BEFORE_SIGN: WordPattern =
    WordPattern::new(r"^(?:an?|the|for|for a|of|her|his|{exam-word/before-sign})$");

/// Words of a list of tests that an answer stands before.
static IN_LIST: WordPattern =
    WordPattern::new(r"^(?:[,:&/.?]|and|or|the|for|{exam-word/in-list})$");

/// An answer to a sign and the token that gives it.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    pub polarity: SignPolarity,
    pub span: Span,
}

impl Row<'_, '_> {
    pub(super) fn polarity_word(&self, at: usize) -> Option<Answer> {
        let polarity = match self.answer_id(at)? {
            "positive" => SignPolarity::Positive,
            "negative" => SignPolarity::Negative,
            _ => return None,
        };
        Some(Answer { polarity, span: self.tokens[at].span })
    }

    /// `+` and `-` as answers, not as dashes.
    pub(super) fn plus_or_minus(&self, at: usize) -> Option<Answer> {
        let polarity = match self.word(at) {
            "+" | "++" => SignPolarity::Positive,
            "-" => SignPolarity::Negative,
            _ => return None,
        };
        // A dash stands before more words of the same row.
        let next = self.word(at + 1);
        let side = find_side(next).is_some() || next.starts_with("bil");
        let ends = next.is_empty() || matches!(next, "," | ";" | "." | ")" | "/");
        (polarity == SignPolarity::Positive || ends || side)
            .then_some(Answer { polarity, span: self.tokens[at].span })
    }

    /// "+L / -R", "positive on the left and negative on the right": two answers, one a side.
    pub(super) fn split_by_side(&self, at: usize) -> Option<((Answer, Side), (Answer, Side))> {
        // "positive over the left occipital nerve and absent on the right": where it was tried.
        let place = |i: usize| {
            self.group(i) == Some("exam-site")
                && (i.saturating_sub(4)..i).any(|j| matches!(self.word(j), "over" | "at"))
        };
        let ends =
            |&i: &usize| (!self.is_sign(i) || place(i)) && !matches!(self.word(i), ";" | ".");
        let row: Vec<usize> =
            (at + 1..self.tokens.len()).take(SPLIT_REACH).take_while(ends).collect();
        let answers: Vec<(usize, Answer)> = row
            .iter()
            .filter_map(|&i| Some((i, self.polarity_word(i).or_else(|| self.plus_or_minus(i))?)))
            .collect();
        let [(i, first), (j, second)] = answers[..] else { return None };
        if first.polarity == second.polarity {
            return None;
        }
        let last = row.last().map_or(at, |last| last + 1);
        let named = |from: usize, to: usize| (from..to).find_map(|i| find_side(self.word(i)));
        // The side stands behind each answer, or before each.
        let behind = (named(i + 1, j), named(j + 1, last));
        let before = (named(at + 1, i), named(i + 1, j));
        let sides = |(a, b): (Option<Side>, Option<Side>)| Some((a?, b?));
        let (a, b) = sides(behind).or_else(|| sides(before))?;
        (a != b).then_some(((first, a), (second, b)))
    }

    /// Whether the words behind a sign, or right before it, say that it was not looked for.
    pub(super) fn is_not_done(&self, at: usize) -> bool {
        let not_done = |i: usize| self.answer_id(i) == Some("not-done");
        let list = |i: &usize| {
            self.is_sign(*i)
                || not_done(*i)
                || find_side(self.word(*i)).is_some()
                || matches!(
                    self.word(*i),
                    "," | "and"
                        | "or"
                        | "/"
                        | "was"
                        | "were"
                        | "is"
                        | "are"
                        | "test"
                        | ":"
                        | "sign"
                )
        };
        (at + 1..self.tokens.len()).take_while(list).any(not_done)
            || (at.saturating_sub(2)..at).any(not_done)
    }

    /// "positive Tinel's", "negative bilateral SLR", "+ crest point sign".
    pub(super) fn answer_just_before(&self, at: usize) -> Option<Answer> {
        for i in (at.saturating_sub(4)..at).rev() {
            if let Some(answer) = self.polarity_word(i) {
                // The answer of a test before it: "SLR negative Tinel positive".
                let taken = i > 0 && self.is_sign(i - 1) && self.answer_after_word(at).is_some();
                return (!taken).then_some(answer);
            }
            if matches!(self.word(i), "+") {
                return Some(Answer {
                    polarity: SignPolarity::Positive,
                    span: self.tokens[i].span,
                });
            }
            let passes = find_side(self.word(i)).is_some()
                || BEFORE_SIGN.of(self.note.lexicon).is_match(self.word(i));
            if !passes {
                return None;
            }
        }
        None
    }

    fn answer_after_word(&self, at: usize) -> Option<Answer> {
        self.polarity_word(at + 1).or_else(|| self.polarity_word(at + 2))
    }

    /// "FABER: positive", "FABER, Gaenslen and Yeoman are negative", "SLR to 70 degrees was negative".
    pub(super) fn answer_after(&self, at: usize) -> Option<Answer> {
        let mut steps = 0;
        let mut i = at + 1;
        while i < self.tokens.len() && steps < REACH {
            if let Some(answer) = self.polarity_word(i).or_else(|| self.plus_or_minus(i)) {
                return Some(answer);
            }
            if self.is_sign(i) {
                // The next test of a list does not count as distance.
                steps = 0;
                i += 1;
                continue;
            }
            match self.word(i) {
                ";" | "." => return None,
                "," | "and" | "or" | "&" | "/" | "but" => {
                    // The list goes on only if a test follows soon.
                    let next = (i + 1..(i + 6).min(self.tokens.len())).find(|&j| {
                        self.is_sign(j) || self.polarity_word(j).is_some() || self.word(j) == ","
                    });
                    if !next.is_some_and(|j| self.is_sign(j)) || self.word(i) == "but" {
                        return None;
                    }
                }
                _ => {}
            }
            steps += 1;
            i += 1;
        }
        None
    }

    /// "The following tests were positive: Kemp's and SLR".
    pub(super) fn answer_of_list(&self, at: usize) -> Option<Answer> {
        let mut list = false;
        for i in (0..at).rev() {
            if let Some(answer) = self.polarity_word(i) {
                // A result that belongs to the test before it ends that test's row.
                let own = i > 0 && self.is_sign(i - 1) && self.word(i + 1) != ":" && list;
                return (!own).then_some(answer);
            }
            list |= self.is_sign(i);
            let passes = self.is_sign(i)
                || find_side(self.word(i)).is_some()
                || IN_LIST.of(self.note.lexicon).is_match(self.word(i));
            if !passes {
                return None;
            }
        }
        None
    }

    /// "Waddell's 4 of 5", "Waddell signs 0/5": how many of the five there are.
    pub(super) fn count_of_five(&self, at: usize) -> Option<Answer> {
        let token = self.tokens[at];
        let mention = token.mention()?;
        if self.note.concept(mention).id != "waddell" {
            return None;
        }
        let rest = self.note.get(Span::new(token.span.end, self.span.end.max(token.span.end)));
        let count = OF_FIVE.captures(rest)?;
        let polarity =
            if &count[1] == "0" { SignPolarity::Negative } else { SignPolarity::Positive };
        let end = token.span.end + count.get(0)?.end();
        Some(Answer { polarity, span: Span::new(token.span.start, end) })
    }

    /// Whether a word tells that a test or pressure brings a pain on.
    pub(super) fn brings_on(&self, at: usize) -> bool {
        BRINGS_ON.of(self.note.lexicon).is_match(self.word(at))
    }

    /// "facet loading reproduces her pain".
    pub(super) fn reproducing_verb(&self, at: usize) -> Option<Answer> {
        let found = (at + 1..(at + 8).min(self.tokens.len()))
            .take_while(|&i| !matches!(self.word(i), ";" | "," | "."))
            .find(|&i| self.answer_id(i) == Some("reproduces") || self.brings_on(i))?;
        let span = self.tokens[found].span;
        let negated = self.note.assert(span).has(CueCategory::Negated, self.note.lexicon);
        let polarity = if negated { SignPolarity::Negative } else { SignPolarity::Positive };
        Some(Answer { polarity, span })
    }
}
