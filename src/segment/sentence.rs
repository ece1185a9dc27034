//! Where sentences end.

use crate::fold::Folded;
use crate::halt;
use crate::span::Span;

/// Titles and short forms that never end a sentence.
const NEVER_ENDS: &[&str] = &[
    "dr", "drs", "mr", "mrs", "ms", "st", "vs", "e.g", "i.e", "no", "approx", "prof", "fig", "pt",
    "prov", "s/p", "r/o",
];

/// Short forms of four letters and more, after which a sentence may go on in small letters.
const SHORT_FORMS: &[&str] = &[
    "abnl", "appt", "approx", "assoc", "bilat", "caps", "cerv", "cont", "dept", "diag", "diff",
    "dist", "disp", "equiv", "etiol", "exam", "exer", "extr", "freq", "hist", "hosp", "immed",
    "incl", "inject", "intermit", "lumb", "meds", "musc", "neuro", "norm", "occas", "parav",
    "phys", "poss", "post", "prev", "prob", "prox", "quad", "resp", "sept", "subcut", "subq",
    "supp", "surg", "sympt", "syst", "tabs", "temp", "tend", "ther", "thor", "vert",
];

/// Words that only begin a sentence where they have a capital: the full stop before them was lost.
const BEGINS: &[&str] =
    &["the patient ", "she ", "he ", "there is ", "there are ", "there was ", "there were "];

/// Whether a text ends in a word of four letters or more that is no short form.
fn ends_in_word(text: &str) -> bool {
    let word = text.rsplit(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
    let whole = text.len() == word.len() || text[..text.len() - word.len()].ends_with([' ', '(']);
    whole && word.len() >= 4 && !SHORT_FORMS.contains(&word)
}

/// Splits a stretch of folded text at sentence ends and inner list numbers.
pub(super) fn split_sentences(original: &str, folded: &Folded, unit: Span) -> Vec<Span> {
    halt::look();
    let text = folded.get(unit);
    let bytes = text.as_bytes();
    let upper_at = |at: usize| {
        let from = folded.original(Span::new(unit.start + at, unit.start + at)).start;
        original[from..]
            .chars()
            .next()
            .is_some_and(|c| c.is_uppercase() || matches!(c, '[' | '"' | '\u{201c}' | '\u{2022}'))
    };
    let digit_at = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    // "on exam She walks", and not "SHE WALKS" among other capitals.
    let begins_at = |at: usize| {
        if !BEGINS.iter().any(|words| text[at..].starts_with(words)) {
            return false;
        }
        let from = folded.original(Span::new(unit.start + at, unit.start + at)).start;
        let mut letters = original[from..].chars();
        letters.next().is_some_and(char::is_uppercase)
            && letters.next().is_some_and(char::is_lowercase)
    };
    // "PT." may end a sentence, "Pt." is the patient.
    let is_therapy = |token: &str, start: usize| token == "pt" && upper_at(start + 1);
    let mut out = Vec::new();
    let mut start = 0;
    let mut number = 0u32;
    let mut at = 0;
    while at < bytes.len() {
        let c = bytes[at];
        if c.is_ascii_lowercase() {
            at += 1;
            continue;
        }
        // An inner list number: " 2. Lumbar radiculopathy".
        if digit_at(at) && (at == 0 || bytes[at - 1] == b' ') {
            let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            let mark = at + digits;
            let value = text[at..mark].parse().unwrap_or(0);
            let is_mark = digits <= 2
                && matches!(bytes.get(mark), Some(b'.' | b')'))
                && bytes.get(mark + 1) == Some(&b' ');
            let counts_on = value == number + 1 || (number == 0 && value == 2);
            if is_mark && counts_on && text.is_char_boundary(mark + 2) && upper_at(mark + 2) {
                if at > start {
                    out.push(Span::new(unit.start + start, unit.start + at));
                }
                number = value;
                start = mark + 2;
                at = start;
                continue;
            }
            at = mark;
            continue;
        }
        if c == b' '
            && matches!(bytes.get(at + 1), Some(b't' | b's' | b'h'))
            && at > start
            && bytes[at - 1].is_ascii_lowercase()
            && begins_at(at + 1)
        {
            out.push(Span::new(unit.start + start, unit.start + at));
            start = at + 1;
            at = start;
            continue;
        }
        let end = matches!(c, b'.' | b'!' | b'?');
        if end {
            let mut next = at + 1;
            while matches!(bytes.get(next), Some(b'"' | b')' | b'.')) {
                next += 1;
            }
            let spaced = bytes.get(next) == Some(&b' ');
            let begin = next + 1;
            if spaced
                && begin < bytes.len()
                && text.is_char_boundary(begin)
                && (upper_at(begin)
                    || digit_at(begin)
                    || ends_in_word(&text[..at]) && bytes[begin].is_ascii_lowercase())
            {
                let token_start = text[..at].rfind([' ', '(']).map_or(0, |i| i + 1);
                let token = &text[token_start..at];
                let next_word = text[begin..].split(' ').next().unwrap_or("");
                let short_form = token.contains('.')
                    || (token.len() == 1 && !token.as_bytes()[0].is_ascii_digit());
                let dotted_next = next_word.trim_end_matches(['.', ',', ';']).contains('.')
                    && next_word.len() <= 7;
                // A question's boxes are its answer.
                let answered = c == b'?' && matches!(bytes[begin], b'[' | b'(');
                // "? L sciatica" asks for what comes.
                let asks = c == b'?' && text[start..at].trim_matches([' ', '-', '*']).is_empty();
                let keeps = answered
                    || asks
                    || (NEVER_ENDS.contains(&token) && !is_therapy(token, token_start))
                    || (short_form && (dotted_next || digit_at(begin)))
                    || (c == b'.'
                        && token_start == start
                        && token.bytes().all(|b| b.is_ascii_digit()));
                if !keeps {
                    out.push(Span::new(unit.start + start, unit.start + next));
                    start = begin;
                    at = begin;
                    continue;
                }
            }
        }
        at += 1;
    }
    if start < bytes.len() {
        out.push(Span::new(unit.start + start, unit.end));
    }
    out
}
