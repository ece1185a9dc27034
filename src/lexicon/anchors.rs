//! Words that a pattern's matches must begin with, so that a pattern is tried only there.

use regex_syntax::hir::Hir;
use regex_syntax::hir::literal::{ExtractKind, Extractor};

/// Most beginnings that one pattern may have; more, and it is searched everywhere.
const MOST: usize = 120;

/// Whether few enough words of a record begin so that it is worth stopping at each.
fn is_rare(beginning: &str) -> bool {
    beginning.len() >= 2 || beginning.starts_with(|c: char| c.is_ascii_digit())
}

/// The beginnings of a pattern, one of which every match starts with; `None` where it
/// has too many or too short ones.
pub(super) fn anchors(hir: &Hir) -> Option<Vec<String>> {
    let mut extractor = Extractor::new();
    extractor.kind(ExtractKind::Prefix).limit_total(MOST).limit_class(10).limit_literal_len(12);
    let found = extractor.extract(hir);
    let words: Option<Vec<String>> =
        found.literals()?.iter().map(|l| String::from_utf8(l.as_bytes().to_vec()).ok()).collect();
    let mut words = words?;
    words.sort();
    // A beginning of a beginning finds both.
    words.dedup_by(|next, last| next.starts_with(last.as_str()));
    (!words.is_empty() && words.iter().all(|word| is_rare(word))).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, expect: Option<&[&str]>) {
        let got = anchors(&regex_syntax::parse(pattern).unwrap());
        assert_eq!(
            got.as_ref().map(|words| words.iter().map(String::as_str).collect::<Vec<_>>()),
            expect.map(<[&str]>::to_vec),
            "{pattern}"
        );
    }

    #[test]
    fn every_match_begins_with_an_anchor() {
        check(r"\bplateau(?:ed)?\b", Some(&["plateau"]));
        check(r"(?:a |the )?series\b", Some(&["a series", "series", "the series"]));
        check(r"[3-5]{1,2} ?years old", Some(&["3", "4", "5"]));
        check(r"[x\[]emg", Some(&["[emg", "xemg"]));
        check(r"x*emg", None);
        check(r"\w+ block", None);
    }
}
