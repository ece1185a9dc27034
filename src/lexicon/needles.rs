//! Words of which every match of a pattern holds one behind its beginning: where none of them comes,
//! a pattern that begins with common words need not be tried.

use std::cmp::Reverse;

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Most needles that one pattern may have.
const MOST: usize = 48;

/// Fewest bytes of a needle, and most of a beginning that stands in too many sentences: "her ".
const SHORT: usize = 4;

/// Words of which each match holds one, from where a word or a sign begins; `None` where what the matches
/// begin with is rare enough, or nothing rarer is known.
pub(super) fn needles(hir: &Hir, anchors: Option<&[String]>) -> Option<Vec<String>> {
    let begun = anchors.map_or(0, shortest);
    if begun > SHORT {
        return None;
    }
    inside(hir, false).filter(|words| shortest(words) >= SHORT.max(begun + 1))
}

fn shortest(words: &[String]) -> usize {
    words.iter().map(String::len).min().unwrap_or_default()
}

/// The longest needles of a part of a pattern; `apart` tells whether a word may begin at its start.
fn inside(hir: &Hir, apart: bool) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Capture(capture) => inside(&capture.sub, apart),
        HirKind::Repetition(repetition) if repetition.min > 0 => inside(&repetition.sub, apart),
        HirKind::Alternation(parts) => {
            let each: Option<Vec<_>> = parts.iter().map(|part| inside(part, apart)).collect();
            Some(each?.concat()).filter(|words| words.len() <= MOST)
        }
        HirKind::Concat(parts) => {
            let of_part = |at: usize| {
                let apart = ends_apart(&parts[..at], apart);
                let rest = words(&Hir::concat(parts[at..].to_vec()), apart);
                rest.into_iter().chain(inside(&parts[at], apart))
            };
            (0..parts.len())
                .flat_map(of_part)
                .max_by_key(|words| (shortest(words), Reverse(words.len())))
        }
        _ => words(hir, apart),
    }
}

/// The words that a part's matches begin with.
fn words(hir: &Hir, apart: bool) -> Option<Vec<String>> {
    let mut extractor = Extractor::new();
    extractor.kind(ExtractKind::Prefix).limit_total(MOST).limit_class(10).limit_literal_len(16);
    let found = extractor.extract(hir);
    let word = |bytes: &[u8]| {
        let word = std::str::from_utf8(bytes).ok()?;
        let begun = word.trim_start_matches(' ');
        (apart || begun.len() < word.len()).then(|| begun.to_owned())
    };
    let words: Option<Vec<String>> = found.literals()?.iter().map(|l| word(l.as_bytes())).collect();
    let mut words = words?;
    words.sort();
    words.dedup_by(|next, last| next.starts_with(last.as_str()));
    Some(words).filter(|words| !words.is_empty())
}

/// Whether a character is a space or a sign that parts words.
fn is_sign(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_alphanumeric()
}

/// Whether no word of a match goes on over the end of some parts of it; `before` tells it of what
/// stands before them.
fn ends_apart(parts: &[Hir], before: bool) -> bool {
    let Some((last, rest)) = parts.split_last() else { return before };
    let or_before = || ends_apart(rest, before);
    match last.kind() {
        HirKind::Empty => or_before(),
        HirKind::Literal(literal) => literal.0.last().is_some_and(|&byte| is_sign(byte.into())),
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().all(|range| (range.start()..=range.end()).all(is_sign))
        }
        HirKind::Class(Class::Bytes(_)) => false,
        HirKind::Look(look) => *look == Look::WordAscii || or_before(),
        HirKind::Repetition(repetition) => {
            let before = or_before();
            ends_apart(std::slice::from_ref(&repetition.sub), before)
                && (repetition.min > 0 || before)
        }
        HirKind::Capture(capture) => ends_apart(std::slice::from_ref(&capture.sub), or_before()),
        HirKind::Concat(parts) => ends_apart(parts, or_before()),
        HirKind::Alternation(parts) => {
            let before = or_before();
            parts.iter().all(|part| ends_apart(std::slice::from_ref(part), before))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::anchors::anchors;
    use crate::pattern::ascii;

    #[track_caller]
    fn check(pattern: &str, expect: Option<&[&str]>) {
        let hir = regex_syntax::parse(&ascii(pattern)).unwrap();
        let got = needles(&hir, anchors(&hir).as_deref());
        assert_eq!(
            got.as_ref().map(|words| words.iter().map(String::as_str).collect::<Vec<_>>()),
            expect.map(<[&str]>::to_vec),
            "{pattern}"
        );
    }

    #[test]
    fn every_match_holds_a_needle() {
        check(r"\b(?:the|her)(?: [a-z]+)? (?:sheet|paper)s?\b", Some(&["sheet", "paper"]));
        check(r"\b(?:[a-z]+ ){1,2}nerves?\b[^.]* swollen", Some(&["swollen"]));
        check(r"\d+(?: degrees)? valgus|\d+[ -]varus", Some(&["valgus", "varus"]));
        check(r"\bno\b[^.]{0,40}\b(?:plan|need)", Some(&["plan", "need"]));
    }

    #[test]
    fn a_needle_begins_where_a_word_does_and_is_rarer_than_the_beginning() {
        check(r"\d+valgus", None);
        check(r"\d+ ?valgus", None);
        check(r"(?:no|w/o)(?: [a-z]+)? plan", Some(&["plan"]));
        check(r"(?:no|w/o)(?: [a-z]+)? (?:plan|end)", None);
        check(r"\b(?:the|her)(?: [a-z]+)? (?:sheet|list)s?\b", None);
        check(r"\bplateau(?:ed)? of the pain", None);
        check(r"[a-z]+(?: block)?", None);
    }
}
