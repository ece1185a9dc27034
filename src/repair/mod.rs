//! Words that OCR misread, taken for what they must be.
//!
//! Only what OCR read is repaired, only where the word as read is unknown, and never to or from
//! a word that denies. The text keeps what was read; rules see what it is taken for.

mod boxes;

use crate::halt;
use crate::lexicon::{Lexicon, Vocabulary, WordPattern};
use crate::span::Span;
use crate::text::{OcrWord, Text};

/// A word of the text and what it is taken for.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub struct Repair {
    /// The word as read, without signs around it, in bytes of the text.
    pub span: Span,
    /// What it is taken for, in lower case.
    pub taken_for: String,
}

crate::withhold_debug!(Repair);

/// From this length on a second slip is allowed.
const LONG: usize = 10;

/// Shortest other reading that is believed: too many letters by threes are short for something.
const SHORTEST_OTHER: usize = 4;

/// A reading surer than this may differ by letters that look alike, and by nothing else.
const SURE: f32 = 0.9;

/// Words as long as this are not compared.
const LONGEST: usize = 40;

/// What it costs to take letters for others that look like them; any other letter costs 1.
const ALIKE: f32 = 0.4;

/// Letters that OCR takes for each other.
const CONFUSED: &[(&str, &str)] = &[
    ("m", "rn"),
    ("n", "ri"),
    ("n", "ii"),
    ("n", "u"),
    ("d", "cl"),
    ("h", "li"),
    ("h", "b"),
    ("w", "vv"),
    ("i", "l"),
    ("i", "1"),
    ("l", "1"),
    ("l", "t"),
    ("i", "t"),
    ("f", "t"),
    ("e", "c"),
    ("o", "0"),
    ("o", "c"),
    ("a", "o"),
    ("s", "5"),
    ("b", "8"),
    ("g", "q"),
    ("y", "v"),
];

/// Units that a number stands before.
static UNIT: WordPattern = WordPattern::new(r"^{form-word/unit}$");

/// The repairs of the words inside a part of a text, in order.
pub fn find(text: &Text, within: Span, lexicon: &Lexicon) -> Vec<Repair> {
    let words: Vec<OcrWord<'_>> = text.ocr_words(within).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let vocabulary = lexicon.vocabulary();
    let core = |word: &OcrWord<'_>| core(text.as_str(), word.span);
    let boxes = boxes::find(text.as_str(), within, &words);
    let in_box = |word: &OcrWord<'_>| {
        let next = boxes.partition_point(|repair| repair.span.end <= word.span.start);
        boxes.get(next).is_some_and(|repair| repair.span.start < word.span.end)
    };
    let mut repairs = Vec::new();
    for (index, word) in words.iter().enumerate().filter(|(_, word)| !in_box(word)) {
        halt::look();
        let span = core(word);
        let read = text.as_str()[span.range()].to_lowercase();
        if read.is_empty() || vocabulary.denies(&read) {
            continue;
        }
        let next = words.get(index + 1).map(|next| &text.as_str()[core(next).range()]);
        if let Some(repair) = signed(text.as_str(), word.span, span, vocabulary) {
            repairs.push(repair);
            continue;
        }
        let beside = || {
            let before = index.checked_sub(1).map(|before| core(&words[before]));
            let behind = words.get(index + 1).map(core);
            let joined = |gap: Span| text.as_str()[gap.range()].trim().is_empty();
            let before = before.filter(|b| joined(Span::new(b.end, span.start)));
            let behind = behind.filter(|b| joined(Span::new(span.end, b.start)));
            [before, behind].map(|b| b.map(|b| text.as_str()[b.range()].to_lowercase()))
        };
        let in_context = number(&read, next.unwrap_or_default(), lexicon)
            .or_else(|| level(&read))
            .or_else(|| code(&read, lexicon));
        let taken_for = |taken_for| Repair { span, taken_for };
        let repair = match in_context {
            Some(mended) => Some(taken_for(mended)),
            None if vocabulary.knows(&read) => None,
            None => unknown(&read, word, vocabulary)
                .or_else(|| paired(&read, word, beside(), vocabulary))
                .map(taken_for)
                .or_else(|| begun(text.as_str(), word, span, vocabulary)),
        };
        repairs.extend(repair.filter(|repair| repair.taken_for != read));
    }
    repairs.extend(boxes);
    repairs.sort_by_key(|repair| repair.span.start);
    repairs
}

/// A word without the signs around it.
fn core(text: &str, span: Span) -> Span {
    let word = &text[span.range()];
    let sign = |c: char| !c.is_alphanumeric();
    let start = span.start + word.len() - word.trim_start_matches(sign).len();
    Span::new(start, (start + word.trim_matches(sign).len()).max(start))
}

/// What an unknown word is taken for.
fn unknown(read: &str, word: &OcrWord<'_>, vocabulary: &Vocabulary) -> Option<String> {
    let other = word.alternatives.iter().find_map(|other| {
        let other = other.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let fits = other.len() >= SHORTEST_OTHER
            && vocabulary.knows(&other)
            && !vocabulary.denies(&other)
            && distance(read, &other, 2.0).is_some();
        fits.then_some(other)
    });
    let apart = || {
        // "length-dependentneuropathy"
        let (lead, last) = read.rsplit_once('-')?;
        parted(last, vocabulary).map(|parts| format!("{lead}-{parts}"))
    };
    other.or_else(|| parted(read, vocabulary)).or_else(apart).or_else(|| {
        let bound = match word.confidence {
            Some(confidence) if confidence >= SURE => ALIKE,
            _ if read.len() >= LONG => 1.0 + ALIKE,
            _ => 1.0,
        };
        nearest(read, bound, vocabulary)
    })
}

/// ":luneal": a sign that is what is left of the letter that a long word begins with.
fn begun(text: &str, word: &OcrWord<'_>, core: Span, vocabulary: &Vocabulary) -> Option<Repair> {
    let sign = &text[word.span.start..core.start];
    let doubted = word.confidence.is_some_and(|confidence| confidence < SURE);
    if !doubted || !matches!(sign, ":" | ";" | "'" | "." | "," | "_") {
        return None;
    }
    let span = Span::new(word.span.start, core.end);
    let taken_for = nearest(&text[span.range()].to_lowercase(), 1.0, vocabulary)?;
    Some(Repair { span, taken_for })
}

/// "!ow": a sign that was read for the letter that a known word begins with.
fn signed(text: &str, word: Span, core: Span, vocabulary: &Vocabulary) -> Option<Repair> {
    let sign = text[word.start..core.start].chars().next_back()?;
    let taken_for = format!("l{}", text[core.range()].to_lowercase());
    let fits = matches!(sign, '!' | '|')
        && taken_for.len() >= 3
        && vocabulary.knows(&taken_for)
        && !vocabulary.denies(&taken_for)
        && !vocabulary.knows(&taken_for[1..]);
    fits.then(|| Repair { span: Span::new(core.start - sign.len_utf8(), core.end), taken_for })
}

/// What a short unknown word is taken for: one that makes a long term of the lexicon together with
/// the word before it or behind it, as "dise height" can only be a disc's.
fn paired(
    read: &str,
    word: &OcrWord<'_>,
    beside: [Option<String>; 2],
    vocabulary: &Vocabulary,
) -> Option<String> {
    let short = Vocabulary::SHORTEST_PAIRED..Vocabulary::SHORTEST_LONG;
    if !short.contains(&read.len()) || !read.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let bound = match word.confidence {
        Some(confidence) if confidence >= SURE => ALIKE * if read.len() > 4 { 2.0 } else { 1.0 },
        _ => 1.0,
    };
    let [before, behind] = &beside;
    let mut best: Option<(f32, &str)> = None;
    let mut tied = false;
    let before = before.iter().flat_map(|before| vocabulary.follows(before));
    let behind = behind.iter().flat_map(|behind| vocabulary.precedes(behind));
    for candidate in before.chain(behind) {
        let bound = best.map_or(bound, |(cost, _)| cost);
        if let Some(cost) = distance(read, candidate, bound)
            && best.is_none_or(|(_, word)| word != candidate)
        {
            tied = best.is_some_and(|(least, _)| least == cost);
            best = Some((cost, candidate));
        }
    }
    best.filter(|_| !tied).map(|(_, word)| word.to_owned())
}

/// "currentmedications", "2021reveals": two known words whose space was lost.
fn parted(read: &str, vocabulary: &Vocabulary) -> Option<String> {
    if read.len() < 7 || !read.is_ascii() {
        return None;
    }
    let fits = |word: &str, least: usize| {
        word.len() >= least && vocabulary.knows(word) && !vocabulary.denies(word)
    };
    let number = |word: &str| {
        word.len() >= 2
            && word.starts_with(|c: char| c.is_ascii_digit())
            && word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'/' | b'-' | b'.'))
    };
    (2..read.len() - 1).rev().find_map(|at| {
        let (first, second) = read.split_at(at);
        let both = (fits(first, 4) && fits(second, 4))
            || (fits(first, 5) && Vocabulary::is_small(second))
            || (Vocabulary::is_small(first) && fits(second, 5))
            || (number(first) && fits(second, 5));
        both.then(|| format!("{first} {second}"))
    })
}

/// The long word of the vocabulary that is nearest to what was read, if one alone is.
fn nearest(read: &str, bound: f32, vocabulary: &Vocabulary) -> Option<String> {
    let letters = read.chars().filter(|c| c.is_alphabetic()).count();
    if read.len() < Vocabulary::SHORTEST_LONG || letters + 2 < read.len() || !read.is_ascii() {
        return None;
    }
    let mut best: Option<(f32, &str)> = None;
    let mut tied = false;
    for length in read.len() - 2..=read.len() + 2 {
        for word in vocabulary.long_words(length) {
            let bound = best.map_or(bound, |(cost, _)| cost);
            if let Some(cost) = distance(read, word, bound) {
                tied = best.is_some_and(|(least, _)| least == cost);
                best = Some((cost, word));
            }
        }
    }
    best.filter(|_| !tied).map(|(_, word)| word.to_owned())
}

/// Edit distance in which letters that look alike cost little; `None` above `bound`.
///
/// Nearly all words of a vocabulary are far from what was read: they are given up as soon as two
/// rows in a row are above the bound, and only the cells that it can reach are worked out.
fn distance(read: &str, word: &str, bound: f32) -> Option<f32> {
    let (a, b) = (read.as_bytes(), word.as_bytes());
    // Two letters taken for one shift what follows by one.
    let reach = (bound / ALIKE).ceil() as usize;
    if a.len().abs_diff(b.len()) > reach || b.len() >= LONGEST {
        return None;
    }
    // The last three rows: a slip takes in two letters at most.
    let mut rows = [[f32::INFINITY; LONGEST]; 3];
    let mut before = 0.0;
    for i in 0..=a.len() {
        let (now, last) = (i % 3, (i + 2) % 3);
        rows[now] = [f32::INFINITY; LONGEST];
        let mut least = f32::INFINITY;
        for j in i.saturating_sub(reach)..=(i + reach).min(b.len()) {
            let mut cost = if i + j == 0 { 0.0 } else { f32::INFINITY };
            if i > 0 {
                cost = cost.min(rows[last][j] + 1.0);
            }
            if j > 0 {
                cost = cost.min(rows[now][j - 1] + 1.0);
            }
            if i > 0 && j > 0 {
                let same = a[i - 1] == b[j - 1];
                cost = cost.min(rows[last][j - 1] + if same { 0.0 } else { 1.0 });
                if !same {
                    cost = cost.min(looks_alike(&a[..i], &b[..j], |x, y| rows[(i - x) % 3][j - y]));
                }
            }
            rows[now][j] = cost;
            least = least.min(cost);
        }
        if least > bound && before > bound {
            return None;
        }
        before = least;
    }
    let cost = rows[a.len() % 3][b.len()];
    (cost <= bound).then_some(cost)
}

/// The least cost at which both ends are letters taken for each other; `at` tells the cost so many
/// letters before.
fn looks_alike(a: &[u8], b: &[u8], at: impl Fn(usize, usize) -> f32) -> f32 {
    let pairs = CONFUSED.iter().flat_map(|&(x, y)| [(x, y), (y, x)]);
    let fits = pairs.filter(|(x, y)| a.ends_with(x.as_bytes()) && b.ends_with(y.as_bytes()));
    fits.map(|(x, y)| at(x.len(), y.len()) + ALIKE).fold(f32::INFINITY, f32::min)
}

/// A digit that a letter was read for.
fn digit(c: char) -> Option<char> {
    Some(match c {
        'o' | 'q' | 'd' => '0',
        'l' | 'i' | '|' | '!' => '1',
        'z' => '2',
        's' => '5',
        'b' => '8',
        c if c.is_ascii_digit() => c,
        _ => return None,
    })
}

/// "l5o" before "mg" is 150.
fn number(read: &str, next: &str, lexicon: &Lexicon) -> Option<String> {
    let digits = read.chars().filter(char::is_ascii_digit).count();
    let letters = read.chars().filter(|c| c.is_alphabetic()).count();
    if digits == 0 || letters == 0 || letters > 2 {
        return None;
    }
    if !UNIT.of(lexicon).is_match(&next.to_lowercase()) {
        return None;
    }
    read.chars().map(|c| if matches!(c, '.' | '/' | '-') { Some(c) } else { digit(c) }).collect()
}

/// "m47.8i6" is the code M47.816 where the table has that one and not the one that was read.
fn code(read: &str, lexicon: &Lexicon) -> Option<String> {
    let (category, ending) = read.split_once('.')?;
    let lettered = category.len() == 3 && category.starts_with(|c: char| c.is_ascii_lowercase());
    if !lettered || !(1..=4).contains(&ending.len()) || lexicon.codes.icd10cm.knows(read) {
        return None;
    }
    let digits: Option<String> = category[1..].chars().map(digit).collect();
    let mended = format!("{}{}", &category[..1], digits?);
    // Letters are part of some codes: each is kept where a code with it exists.
    let mut endings = vec![format!("{mended}.")];
    for c in ending.chars() {
        let forms: Vec<char> = std::iter::once(c).chain(digit(c).filter(|d| *d != c)).collect();
        let grown = |so_far: &String| forms.iter().map(|form| format!("{so_far}{form}")).collect();
        endings = endings.iter().flat_map(|e| -> Vec<String> { grown(e) }).collect();
    }
    endings.retain(|candidate| lexicon.codes.icd10cm.knows(candidate));
    match &endings[..] {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// "l.4-5", "ls-s1", "l4-s" and "1,2-3" are spinal levels.
fn level(read: &str) -> Option<String> {
    let (first, second) = read.split_once(['-', '/'])?;
    // No other number has a comma before its second digit and goes on to the next.
    let comma = first.strip_prefix(['1', 'i', '|', 'l']).and_then(|rest| rest.strip_prefix(','));
    if let Some(upper) = comma.and_then(|rest| rest.parse::<u8>().ok())
        && (1..=4).contains(&upper)
        && second.parse() == Ok(upper + 1)
    {
        return Some(format!("l{upper}-{}", upper + 1));
    }
    let part = |part: &str, bare: bool| -> Option<String> {
        let region = part.chars().next()?;
        let lettered = matches!(region, 'l' | 'c' | 's' | 't')
            && part.trim_start_matches(region).trim_start_matches('.').len() == 1;
        let rest = if lettered { part[1..].trim_start_matches('.') } else { part };
        let mut digits = rest.chars();
        let (Some(one), None) = (digits.next(), digits.next()) else { return None };
        let one = digit(one).filter(|d| ('1'..='9').contains(d))?;
        match (lettered, bare) {
            (true, _) => Some(format!("{region}{one}")),
            (false, true) => Some(one.to_string()),
            (false, false) => None,
        }
    };
    let (first, second) = (part(first, false)?, part(second, true)?);
    Some(format!("{first}-{second}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Line, LineRole, Page, TextSource, Word};
    use crate::geometry::Rect;

    /// A word with its confidence and its other readings.
    type ReadWord<'a> = (&'a str, f32, &'a [&'a str]);

    /// A text that OCR read, by its lines.
    fn read_text(rows: &[Vec<ReadWord<'_>>]) -> Text {
        let line = |(row, y): (&Vec<ReadWord<'_>>, usize)| {
            let mut x = 0.0;
            let words = row.iter().map(|(word, confidence, alternatives)| {
                x += 50.0;
                let y = 20.0 * y as f32;
                Word {
                    confidence: Some(*confidence),
                    alternatives: alternatives.iter().map(|word| (*word).to_owned()).collect(),
                    ..Word::new(*word, Rect::new(x, y, x + 48.0, y + 10.0))
                }
            });
            Line { words: words.collect(), role: LineRole::Body, starts_block: false }
        };
        let lines = rows.iter().zip(0..).map(line).collect();
        let page = Page { lines, ..Page::new(1, 612.0, 792.0, TextSource::Ocr) };
        let document = Document { content_hash: "0".into(), pages: vec![page], plain_text: None };
        Text::from_document(&document)
    }

    /// Rows of a text that OCR read without doubt, with single spaces between words.
    pub(super) fn text_of(rows: &[&str]) -> Text {
        let sure = |word| (word, 0.95, &[][..]);
        read_text(&rows.iter().map(|row| row.split(' ').map(sure).collect()).collect::<Vec<_>>())
    }

    #[track_caller]
    fn check(words: &[ReadWord<'_>], expect: &[&str]) {
        let text = read_text(&[words.to_vec()]);
        let lexicon = Lexicon::embedded().unwrap();
        let found = find(&text, Span::new(0, text.as_str().len()), &lexicon);
        let got: Vec<&str> = found.iter().map(|repair| repair.taken_for.as_str()).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn letters_that_look_alike_are_taken_for_each_other() {
        check(&[("hemiated", 0.98, &[]), ("gabapentln,", 0.97, &[])], &["herniated", "gabapentin"]);
        check(&[("radlculopathy", 0.8, &[])], &["radiculopathy"]);
    }

    #[test]
    fn a_sure_reading_is_not_changed_by_other_letters() {
        check(&[("affective", 0.97, &[]), ("pregabalan", 0.97, &[])], &[]);
        check(&[("pregabalan", 0.6, &[])], &["pregabalin"]);
    }

    #[test]
    fn short_words_and_denials_stay_as_read() {
        check(&[("nol", 0.4, &["no"]), ("wlthout", 0.5, &["without"]), ("Paxii", 0.5, &[])], &[]);
    }

    #[test]
    fn another_reading_counts_where_it_alone_is_a_word() {
        check(&[("hjps", 0.6, &["hips"]), ("knee", 0.6, &["knew"])], &["hips"]);
        check(&[("ali", 0.6, &["als"])], &[]);
    }

    #[test]
    fn lost_spaces_come_back() {
        check(&[("currentmedications:", 0.97, &[])], &["current medications"]);
        check(&[("06/03/2021reveals", 0.97, &[])], &["06/03/2021 reveals"]);
        check(&[("non-currentmedications", 0.97, &[])], &["non-current medications"]);
    }

    #[test]
    fn a_short_word_is_mended_beside_one_that_it_makes_a_term_with() {
        check(&[("dise", 0.95, &[]), ("height", 0.95, &[])], &["disc"]);
        check(&[("tumbar", 0.8, &[]), ("spine", 0.95, &[])], &["lumbar"]);
        check(&[("dise", 0.95, &[]), ("was", 0.95, &[])], &[]);
        check(&[("!ow", 0.8, &[]), ("back", 0.9, &[])], &["low"]);
        check(&[("nerve", 0.95, &[]), ("bicck,", 0.98, &[])], &["block"]);
        check(&[("nerve", 0.95, &[]), ("binck", 0.98, &[])], &[]);
        check(&[("no", 0.8, &[]), ("pajn", 0.5, &[])], &[]);
    }

    #[test]
    fn a_sign_is_what_is_left_of_a_words_first_letter() {
        check(&[("superior", 0.95, &[]), (":luneal", 0.8, &[])], &["cluneal"]);
        check(&[(":luneal", 0.95, &[]), ("luneal", 0.8, &[]), ("(luneal", 0.8, &[])], &[]);
    }

    #[test]
    fn codes_are_mended_where_one_alone_is_in_the_table() {
        check(&[("M47.8I6", 0.8, &[]), ("(G5B.8),", 0.8, &[])], &["m47.816", "g58.8"]);
        // Both exist, or neither does.
        check(&[("M54.16", 0.8, &[]), ("X99.QQ", 0.8, &[]), ("see.it", 0.8, &[])], &[]);
    }

    #[test]
    fn numbers_and_levels_are_read_in_context() {
        check(&[("l5O", 0.7, &[]), ("mg", 0.9, &[])], &["150"]);
        check(
            &[("L.4-5", 0.9, &[]), ("LS-S1", 0.9, &[]), ("L4-S", 0.9, &[]), ("1,3-4", 0.9, &[])],
            &["l4-5", "l5-s1", "l4-5", "l3-4"],
        );
        check(&[("L5-S1", 0.9, &[]), ("L4-5", 0.9, &[])], &[]);
    }
}
