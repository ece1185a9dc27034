//! Two readings of one line to one: word by word, the surer one is kept and the other
//! offered as an alternative.

use super::Read;

/// Words of which only one engine saw anything are noise below this.
pub const ALONE: f32 = 0.7;

/// Of one or two signs, as check boxes and dirt are read, below this.
const SHORT_ALONE: f32 = 0.93;

/// Of words of the language below this: a "no" that is lost turns what follows around, and dirt is
/// seldom read as a word.
const KNOWN_ALONE: f32 = 0.5;

/// Words overlap if they share more than this share of the narrower one's width.
const OVERLAP: f32 = 0.35;

/// A reading that is a word of the language is taken before one that is none, unless it
/// is less sure by more than this.
const WORD: f32 = 0.4;

/// Of a number the second engine's reading is taken unless it is less sure by more than
/// this: it has no language that would turn digits into letters.
const NUMBER: f32 = 0.1;

/// Merges two readings of the same stretch of a line, each from left to right; `knows`
/// tells the words of the language.
pub fn merge(first: Vec<Read>, second: Vec<Read>, knows: &dyn Fn(&str) -> bool) -> Vec<Read> {
    let mut out = Vec::new();
    for (first, second) in stretches(first, second) {
        out.extend(chosen(first, second, knows));
    }
    out
}

/// Words that stand over one another, gathered: on each side as many as it takes.
fn stretches(first: Vec<Read>, second: Vec<Read>) -> Vec<(Vec<Read>, Vec<Read>)> {
    let mut all: Vec<(bool, Read)> = first.into_iter().map(|word| (true, word)).collect();
    all.extend(second.into_iter().map(|word| (false, word)));
    all.sort_by(|a, b| a.1.rect.x0.total_cmp(&b.1.rect.x0));
    let mut out: Vec<(Vec<Read>, Vec<Read>)> = Vec::new();
    let mut end = f32::MIN;
    for (is_first, word) in all {
        let slack = OVERLAP * word.rect.width().min(word.rect.height());
        if word.rect.x0 >= end - slack {
            out.push((Vec::new(), Vec::new()));
            end = word.rect.x1;
        }
        end = end.max(word.rect.x1);
        if let Some(last) = out.last_mut() {
            if is_first { last.0.push(word) } else { last.1.push(word) }
        }
    }
    out
}

fn chosen(mut first: Vec<Read>, mut second: Vec<Read>, knows: &dyn Fn(&str) -> bool) -> Vec<Read> {
    if second.is_empty() || first.is_empty() {
        first.append(&mut second);
        first.retain(|word| {
            let least = match word.text.chars().count() {
                _ if is_known(word, knows) => KNOWN_ALONE,
                ..=2 => SHORT_ALONE,
                _ => ALONE,
            };
            word.confidence >= least
        });
        return first;
    }
    let (sure_first, sure_second) = (confidence(&first), confidence(&second));
    if letters(&first) == letters(&second) {
        // Both see the same, but for spaces: more of them are right more often.
        let (more, less) =
            if first.len() >= second.len() { (first, second) } else { (second, first) };
        let mut same = if parts_wrongly(&more) { less } else { more };
        let sure = sure_first.max(sure_second);
        same.iter_mut().for_each(|word| word.confidence = word.confidence.max(sure));
        return same;
    }
    if let ([a], [b]) = (first.as_slice(), second.as_slice())
        && (is_letter_i(a, b) || is_letter_i(b, a))
    {
        let (mut letter, other) = (a.clone(), b.text.clone());
        letter.text = "I".into();
        letter.alternatives = vec![if a.text == "I" { other } else { a.text.clone() }];
        return vec![letter];
    }
    let lead = match (all_words(&first, knows), all_words(&second, knows)) {
        (true, false) => WORD,
        (false, true) => -WORD,
        _ if first.iter().chain(&second).any(has_digit) => -NUMBER,
        _ => 0.0,
    };
    let (mut kept, other) =
        if sure_second > sure_first + lead { (second, first) } else { (first, second) };
    if let ([word], true) = (kept.as_mut_slice(), other.len() == 1) {
        word.alternatives.retain(|text| *text != other[0].text);
        word.alternatives.insert(0, other[0].text.clone());
    }
    kept
}

/// The mean confidence, long words counting more.
fn confidence(words: &[Read]) -> f32 {
    let letters: usize = words.iter().map(|word| word.text.len()).sum();
    let sum: f32 = words.iter().map(|word| word.confidence * word.text.len() as f32).sum();
    sum / letters.max(1) as f32
}

/// Whether a stroke by itself is an "I": an engine that sees the letter is right more
/// often than one that sees a digit, since "1" has a flag that "I" lacks.
fn is_letter_i(letter: &Read, other: &Read) -> bool {
    letter.text == "I" && ["1", "l", "|"].contains(&other.text.as_str())
}

/// Whether a word is a number or holds one.
pub fn has_digit(word: &Read) -> bool {
    word.text.contains(|c: char| c.is_ascii_digit())
}

/// Whether a space stands inside a compound or a number, as in "well -developed" and
/// "724 .2".
fn parts_wrongly(words: &[Read]) -> bool {
    words.iter().skip(1).any(|word| {
        let mut signs = word.text.chars();
        signs.next().is_some_and(|c| "-.,'/".contains(c))
            && signs.next().is_some_and(char::is_alphanumeric)
    })
}

fn all_words(words: &[Read], knows: &dyn Fn(&str) -> bool) -> bool {
    words.iter().all(|word| is_known(word, knows))
}

/// Whether this is a word of the language, whatever marks stand around it; numbers are none.
pub fn is_known(word: &Read, knows: &dyn Fn(&str) -> bool) -> bool {
    let text = word.text.trim_matches(|c: char| !c.is_alphanumeric());
    text.len() >= 2 && text.chars().all(|c| c.is_alphabetic() || "-'".contains(c)) && knows(text)
}

fn letters(words: &[Read]) -> String {
    words.iter().map(|word| word.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Rect;

    /// Words from `x,width,confidence,text`.
    fn words(line: &[(f32, f32, f32, &str)]) -> Vec<Read> {
        let word = |&(x, width, confidence, text): &(f32, f32, f32, &str)| Read {
            text: text.into(),
            rect: Rect::new(x, 0.0, x + width, 24.0),
            confidence,
            line: 0,
            alternatives: Vec::new(),
        };
        line.iter().map(word).collect()
    }

    #[track_caller]
    fn check(
        first: &[(f32, f32, f32, &str)],
        second: &[(f32, f32, f32, &str)],
        expect: &[(&str, &[&str])],
    ) {
        let merged = merge(words(first), words(second), &|word| word == "disc");
        let got: Vec<(&str, Vec<&str>)> = merged
            .iter()
            .map(|w| (w.text.as_str(), w.alternatives.iter().map(String::as_str).collect()))
            .collect();
        let expect: Vec<(&str, Vec<&str>)> =
            expect.iter().map(|(text, others)| (*text, others.to_vec())).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn the_surer_word_is_kept_and_the_other_offered() {
        check(
            &[(0.0, 40.0, 0.5, "luw"), (50.0, 60.0, 0.95, "back")],
            &[(2.0, 40.0, 0.99, "low"), (50.0, 60.0, 0.9, "hack")],
            &[("low", &["luw"]), ("back", &["hack"])],
        );
    }

    #[test]
    fn a_word_of_the_language_is_taken_before_none() {
        let (disc, dise) = ([(0.0, 40.0, 0.7, "disc,")], [(0.0, 40.0, 0.98, "dise,")]);
        check(&disc, &dise, &[("disc,", &["dise,"])]);
        check(&dise, &disc, &[("disc,", &["dise,"])]);
        check(&[(0.0, 40.0, 0.3, "disc")], &dise, &[("dise,", &["disc"])]);
    }

    #[test]
    fn words_that_ran_together_are_parted_by_whoever_sees_the_space() {
        let apart = [(0.0, 20.0, 0.9, "it"), (30.0, 20.0, 0.9, "to")];
        let together = [(0.0, 50.0, 0.99, "itto")];
        check(&apart, &together, &[("it", &[]), ("to", &[])]);
        check(&together, &apart, &[("it", &[]), ("to", &[])]);
    }

    #[test]
    fn of_a_number_the_second_reading_counts_more() {
        check(&[(0.0, 40.0, 0.8, "l0mg")], &[(0.0, 40.0, 0.75, "10mg")], &[("10mg", &["l0mg"])]);
        check(&[(0.0, 40.0, 0.9, "18mg")], &[(0.0, 40.0, 0.75, "10mg")], &[("18mg", &["10mg"])]);
    }

    #[test]
    fn compounds_and_numbers_are_not_parted() {
        let parted = [(0.0, 40.0, 0.9, "well"), (42.0, 60.0, 0.8, "-developed")];
        check(&parted, &[(0.0, 102.0, 0.9, "well-developed")], &[("well-developed", &[])]);
    }

    #[test]
    fn a_lone_stroke_is_a_letter_if_either_engine_says_so() {
        check(&[(0.0, 8.0, 0.6, "I")], &[(0.0, 8.0, 0.99, "1")], &[("I", &["1"])]);
        check(&[(0.0, 8.0, 0.9, "l")], &[(0.0, 8.0, 0.7, "I")], &[("I", &["l"])]);
    }

    #[test]
    fn what_one_engine_alone_sees_must_be_sure() {
        check(&[(0.0, 20.0, 0.4, "—")], &[(100.0, 40.0, 0.9, "pain")], &[("pain", &[])]);
        check(&[(0.0, 40.0, 0.8, "pain")], &[(100.0, 20.0, 0.5, "x")], &[("pain", &[])]);
        check(&[(0.0, 20.0, 0.8, "O")], &[(100.0, 40.0, 0.9, "Urgent")], &[("Urgent", &[])]);
        // But a word of the language need not be.
        check(
            &[(0.0, 40.0, 0.6, "disc")],
            &[(100.0, 40.0, 0.9, "pain")],
            &[("disc", &[]), ("pain", &[])],
        );
    }
}
