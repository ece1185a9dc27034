//! Two readings of one line to one: word by word, the surer one is kept and the other
//! offered as an alternative.

use super::Read;

/// Words of which only the first engine saw anything are noise below this.
const FIRST_ALONE: f32 = 0.6;

/// Words of which only the second engine saw anything are noise below this.
const SECOND_ALONE: f32 = 0.7;

/// Words overlap if they share more than this share of the narrower one's width.
const OVERLAP: f32 = 0.35;

/// A reading that is a word of the language is taken before one that is none, unless it
/// is less sure by more than this.
const WORD: f32 = 0.4;

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
    if second.is_empty() {
        first.retain(|word| word.confidence >= FIRST_ALONE);
        return first;
    }
    if first.is_empty() {
        second.retain(|word| word.confidence >= SECOND_ALONE);
        return second;
    }
    let (sure_first, sure_second) = (confidence(&first), confidence(&second));
    if letters(&first) == letters(&second) {
        // Both see the same; the second engine leaves out spaces more often.
        let mut same = if first.len() >= second.len() { first } else { second };
        let sure = sure_first.max(sure_second);
        same.iter_mut().for_each(|word| word.confidence = word.confidence.max(sure));
        return same;
    }
    let lead = match (all_words(&first, knows), all_words(&second, knows)) {
        (true, false) => WORD,
        (false, true) => -WORD,
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

/// Whether each is a word of the language, whatever marks stand around it; numbers are
/// none.
fn all_words(words: &[Read], knows: &dyn Fn(&str) -> bool) -> bool {
    words.iter().all(|word| {
        let text = word.text.trim_matches(|c: char| !c.is_alphanumeric());
        text.len() >= 2
            && text.chars().all(|c| c.is_alphabetic() || "-'".contains(c))
            && knows(text)
    })
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
    fn what_one_engine_alone_sees_must_be_sure() {
        check(&[(0.0, 20.0, 0.4, "—")], &[(100.0, 40.0, 0.9, "pain")], &[("pain", &[])]);
        check(&[(0.0, 40.0, 0.8, "pain")], &[(100.0, 20.0, 0.5, "x")], &[("pain", &[])]);
    }
}
