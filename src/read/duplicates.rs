//! Sheets that come twice: faxed again, or scanned again with other noise.
//!
//! Two readings of one sheet differ by what OCR makes of noise; two notes from one
//! template differ by what they say. So words are compared loosely, but numbers and
//! days that both readings are sure of have to agree.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::document::{LineRole, Page, PageKind, TextSource};

/// Fewer words than this say too little to tell a sheet by.
const FEWEST_WORDS: usize = 25;

/// Two readings of one sheet share at least this much of the longer one's words.
const SHARED: f64 = 0.6;

/// The same where neither was read by OCR.
const SHARED_IN_TEXT: f64 = 0.97;

/// Stamps stand within this share of a scan from its edge.
const EDGE: f32 = 0.08;

/// Words as like as this may be two readings of the same ink.
const LIKE: f64 = 0.6;

/// From this confidence on OCR is taken at its word.
const SURE: f32 = 0.85;

/// One in this many of the numbers that both readings are sure of may differ.
const NUMBERS_A_SLIP: usize = 25;

/// One in this many words that both readings are sure of may differ.
const WORDS_A_SLIP: usize = 20;

/// Characters that OCR takes for one another.
const CONFUSED: [&str; 7] = ["0OoQD68", "1lI|i!7/", "5S6", "8B3", "2Z7", "4A", "9g"];

/// One word of a sheet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Token {
    text: String,
    /// Whether the reading can be relied on.
    sure: bool,
    /// Whether it stands at the page's edge, where offices stamp and machines print.
    edge: bool,
}

impl Token {
    fn is_number(&self) -> bool {
        self.text.contains(|c: char| c.is_ascii_digit())
    }

    /// Whether it is written as a day is: 03/05/2024.
    fn is_day(&self) -> bool {
        day(&self.text).is_some()
    }

    /// Whether both may be readings of the same ink.
    fn may_be(&self, other: &Token) -> bool {
        if !self.is_number() && !other.is_number() {
            return strsim::normalized_levenshtein(&self.text, &other.text) >= LIKE;
        }
        // Where both are sure of different digits, they are different.
        !(self.sure && other.sure && self.is_number() && other.is_number())
            && self.text.chars().count() == other.text.chars().count()
            && self.text.chars().zip(other.text.chars()).all(|(a, b)| {
                a == b || CONFUSED.iter().any(|set| set.contains(a) && set.contains(b))
            })
    }
}

/// The three numbers of a day.
fn day(text: &str) -> Option<[u32; 3]> {
    // Of most words no look at their parts is needed.
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let parts: Option<Vec<u32>> =
        text.split(['/', '-', '.']).map(|part| part.parse().ok()).collect();
    parts?.try_into().ok()
}

/// Whether a day can be one: what cannot was misread, however sure the engine was.
fn is_sane([a, b, c]: [u32; 3]) -> bool {
    let year = |y: u32| y < 100 || (1900..2100).contains(&y);
    let within = |m: u32, d: u32| (1..=12).contains(&m) && (1..=31).contains(&d);
    (within(a, b) || within(b, a)) && year(c) || within(b, c) && year(a)
}

/// What a sheet is told by: its words, in no order.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// The page, counted from 1.
    pub page: u32,
    ocr: bool,
    tokens: Vec<Token>,
    /// A number for each word, ascending: most pairs of sheets are told apart by these.
    numbers: Vec<u64>,
}

impl Sheet {
    /// The sheet of a page; `None` where it says too little to tell it by.
    pub fn of(page: &Page) -> Option<Self> {
        let ocr = page.source == TextSource::Ocr;
        let margin = if ocr { page.height * EDGE } else { 0.0 };
        let lines = page.lines.iter().filter(|line| line.role != LineRole::FaxHeader);
        let words = lines.flat_map(|line| &line.words);
        let tokens: Vec<Token> = words
            .filter_map(|word| {
                let text = word.text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
                let sure = word.confidence.is_none_or(|confidence| confidence >= SURE)
                    && day(&text).is_none_or(is_sane);
                let edge = word.rect.y1 < margin || word.rect.y0 > page.height - margin;
                (!text.is_empty()).then_some(Token { text, sure, edge })
            })
            .collect();
        if tokens.len() < FEWEST_WORDS {
            return None;
        }
        let mut numbers: Vec<u64> = tokens.iter().map(|token| number(&token.text)).collect();
        numbers.sort_unstable();
        Some(Self { page: page.number, ocr, tokens, numbers })
    }

    /// How many words both have to the letter.
    fn alike(&self, other: &Sheet) -> usize {
        let (mut i, mut j, mut n) = (0, 0, 0);
        while let (Some(a), Some(b)) = (self.numbers.get(i), other.numbers.get(j)) {
            n += usize::from(a == b);
            i += usize::from(a <= b);
            j += usize::from(b <= a);
        }
        n
    }

    /// Whether both are readings of the same sheet of paper.
    pub fn is_same(&self, other: &Sheet) -> bool {
        if self.numbers == other.numbers {
            return true;
        }
        let longer = self.tokens.len().max(other.tokens.len());
        let least = if self.ocr || other.ocr { SHARED } else { SHARED_IN_TEXT };
        // Even poor readings have two fifths of their words alike to the letter, and a
        // text layer has no noise: this spares most pairs the slow comparison.
        let least_alike = if self.ocr || other.ocr { 0.4 } else { least };
        if (self.alike(other) as f64) < least_alike * longer as f64 {
            return false;
        }
        let (a, b) = left_over(&self.tokens, &other.tokens);
        let (a, b) = unlike(a, b);
        let shared = (self.tokens.len() - a.len()) as f64 / longer as f64;
        // What one reading lacks altogether may be a line that was lost; only what each
        // has of its own, and is sure of, tells them apart.
        let both = |wanted: fn(&Token) -> bool| {
            let count = |tokens: &[&Token]| {
                tokens.iter().filter(|token| token.sure && wanted(token)).count()
            };
            count(&a).min(count(&b))
        };
        // A day that the other has elsewhere was misread where it has not.
        let days = |left: &[&Token], tokens: &[Token]| {
            let known = |day: &&&Token| tokens.iter().any(|token| token.text == day.text);
            left.iter().filter(|token| token.sure && token.is_day()).filter(|d| !known(d)).count()
        };
        let other_days = days(&a, &other.tokens).min(days(&b, &self.tokens));
        let numbers = self.tokens.iter().filter(|token| token.is_number()).count();
        shared >= least
            && other_days == 0
            && both(|token| token.is_number() && !token.edge) * NUMBERS_A_SLIP <= numbers
            && both(|token| !token.is_number()) * WORDS_A_SLIP <= longer
    }
}

fn number(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The words of each that the other does not have to the letter.
fn left_over<'t>(a: &'t [Token], b: &'t [Token]) -> (Vec<&'t Token>, Vec<&'t Token>) {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    a.iter().for_each(|token| counts.entry(&token.text).or_default().0 += 1);
    b.iter().for_each(|token| counts.entry(&token.text).or_default().1 += 1);
    let mut a_shared: BTreeMap<&str, usize> =
        counts.iter().map(|(text, (a, b))| (*text, *a.min(b))).collect();
    let mut b_shared = a_shared.clone();
    fn rest<'t>(tokens: &'t [Token], shared: &mut BTreeMap<&str, usize>) -> Vec<&'t Token> {
        let left = |token: &&Token| match shared.get_mut(token.text.as_str()) {
            Some(n) if *n > 0 => {
                *n -= 1;
                false
            }
            _ => true,
        };
        tokens.iter().filter(left).collect()
    }
    (rest(a, &mut a_shared), rest(b, &mut b_shared))
}

/// Those of either for which the other has no reading of the same ink.
fn unlike<'t>(a: Vec<&'t Token>, mut b: Vec<&'t Token>) -> (Vec<&'t Token>, Vec<&'t Token>) {
    let alone = |token: &&Token| match b.iter().position(|other| token.may_be(other)) {
        Some(at) => {
            b.swap_remove(at);
            false
        }
        None => true,
    };
    let a: Vec<&Token> = a.into_iter().filter(alone).collect();
    (a, b)
}

/// Marks each page that is the same sheet as an earlier one.
pub(super) fn mark(pages: &mut [Page]) {
    let mut first: Vec<Sheet> = Vec::new();
    for page in pages.iter_mut().filter(|page| page.source != TextSource::TextFile) {
        let Some(sheet) = Sheet::of(page) else { continue };
        match first.iter().find(|earlier| earlier.is_same(&sheet)) {
            Some(earlier) => page.kind = PageKind::Duplicate { of: earlier.page },
            None => first.push(sheet),
        }
    }
}

// Words of a record; see [`document`](crate::document).
impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sheet({}, {} words)", self.page, self.tokens.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Line, Word};
    use crate::geometry::Rect;

    const NOTE: &str = "Follow-up visit 03/05/2024 for buttock pain. Pain is 7/10 today, worse when \
        sitting, 4/10 at best. Takes gabapentin 300 mg three times a day and naproxen 500 mg. \
        Tender over the left iliac crest, reproduces the complaint. Straight leg raise negative. \
        Plan: continue physical therapy twice a week for 6 weeks, then see again in the clinic.";

    fn page(number: u32, source: TextSource, text: &str) -> Page {
        let word = |text: &str| {
            // A tilde marks a word that OCR was unsure of.
            let confidence = (source == TextSource::Ocr).then_some(if text.starts_with('~') {
                0.5
            } else {
                0.95
            });
            let middle = Rect::new(100.0, 300.0, 140.0, 310.0);
            Word { confidence, ..Word::new(text.trim_start_matches('~'), middle) }
        };
        let words = text.split_whitespace().map(word).collect();
        let line = Line { words, role: LineRole::Body, starts_block: true };
        Page { lines: vec![line], ..Page::new(number, 612.0, 792.0, source) }
    }

    #[track_caller]
    fn check(source: TextSource, second: &str, expect: bool) {
        let mut pages = vec![
            page(1, source, NOTE),
            page(
                2,
                source,
                &NOTE.replace("buttock", "neck").replace("pain", "itch").replace(' ', "x "),
            ),
            page(3, source, second),
        ];
        mark(&mut pages);
        let kind = if expect { PageKind::Duplicate { of: 1 } } else { PageKind::Record };
        assert_eq!(pages[2].kind, kind);
        assert_eq!(pages[1].kind, PageKind::Record);
    }

    #[test]
    fn the_same_sheet_is_told_through_noise() {
        check(TextSource::TextLayer, NOTE, true);
        check(TextSource::Ocr, NOTE, true);
        let noisy = NOTE
            .replace("gabapentin", "gabapcntin")
            .replace("sitting", "~sltting")
            .replace("03/05/2024", "~O3/O5/2024")
            .replace("complaint", "complalnt")
            .replace("500", "~5OO");
        check(TextSource::Ocr, &noisy, true);
        // Days that cannot be, and one that is right elsewhere.
        let misread = NOTE.replace("03/05/2024", "03/05/7024");
        check(TextSource::Ocr, &misread, true);
        // A line that the second fax lost.
        let (_, rest) = NOTE.split_once("best. ").unwrap();
        check(TextSource::Ocr, rest, true);
    }

    #[test]
    fn a_note_from_the_same_template_is_another() {
        for source in [TextSource::TextLayer, TextSource::Ocr] {
            check(source, &NOTE.replace("03/05/2024", "04/02/2024"), false);
            check(source, &NOTE.replace("7/10", "3/10").replace("4/10", "1/10"), false);
            check(source, &NOTE.replace("300", "600"), false);
        }
        let other = NOTE.replace("worse", "better").replace("negative", "positive");
        check(TextSource::TextLayer, &other, false);
    }

    #[test]
    fn a_stamp_at_the_edge_makes_no_other_sheet() {
        let stamped = |n: u32, words: &str| {
            let mut page = page(n, TextSource::Ocr, NOTE);
            let word = |text: &str| Word {
                confidence: Some(0.95),
                ..Word::new(text, Rect::new(100.0, 20.0, 140.0, 30.0))
            };
            page.lines[0].words.extend(words.split(' ').map(word));
            page
        };
        let mut pages = vec![stamped(1, "RECEIVED SEP 06 2024"), stamped(2, "PAGE 4 7457")];
        mark(&mut pages);
        assert_eq!(pages[1].kind, PageKind::Duplicate { of: 1 });
    }

    #[test]
    fn short_pages_are_not_compared() {
        check(TextSource::TextLayer, "This page intentionally left blank", false);
        assert!(Sheet::of(&page(1, TextSource::Ocr, "Patient has pain.")).is_none());
    }
}
