//! A text made ready for rules: lower case, single spaces, and the way back.

use std::fmt;

use crate::span::Span;
use crate::text::Text;

/// A text folded for matching: ASCII letters in lower case, white space and
/// typographic quotes, dashes and boxes made plain.
///
/// Rules see only this form, so that "physical\n   Therapy" is `physical therapy`
/// everywhere; [`original`](Self::original) leads back to the text as written.
#[derive(Clone)]
pub struct Folded {
    folded: String,
    /// Byte of the original for each byte of `folded`, and the original's length at the end.
    origins: Vec<u32>,
}

impl Folded {
    /// Folds a text.
    pub fn new(text: &Text) -> Self {
        Self::of(text, Span::new(0, text.as_str().len()))
    }

    /// Folds a part of a text.
    pub fn of(text: &Text, within: Span) -> Self {
        Self::with(text, within, std::iter::empty())
    }

    /// Folds a part of a text in which words stand for others: each span, in order, with what
    /// it is taken for.
    pub fn with<'a>(
        text: &Text,
        within: Span,
        taken: impl IntoIterator<Item = (Span, &'a str)>,
    ) -> Self {
        let mut taken = taken.into_iter().peekable();
        let original = &text.as_str()[within.range()];
        let mut folded: Vec<u8> = Vec::with_capacity(original.len());
        let mut origins = Vec::with_capacity(original.len() + 1);
        let bytes = original.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let replaced = |(span, _): &(Span, &str)| span.start == within.start + at;
            if let Some((span, word)) = taken.next_if(replaced) {
                folded.extend(word.as_bytes());
                let last = span.end - 1;
                let origin = |i: usize| {
                    let byte = (span.start + i).min(last);
                    (span.start..=byte).rev().find(|&b| text.as_str().is_char_boundary(b))
                };
                origins.extend((0..word.len()).map(|i| origin(i).unwrap_or(span.start) as u32));
                at = span.end - within.start;
                continue;
            }
            // Nearly all of a record is plain letters and signs with single spaces between them.
            let next = taken.peek().map_or(bytes.len(), |(span, _)| span.start - within.start);
            let rest = bytes.get(at..next).unwrap_or_default();
            let mut spaced = folded.last().is_none_or(|last| *last == b' ');
            let mut plain = |&byte: &u8| {
                let space = byte == b' ';
                let goes_on = if space { !spaced } else { PLAIN[usize::from(byte)] };
                spaced = space;
                goes_on
            };
            let run = rest.iter().position(|byte| !plain(byte)).unwrap_or(rest.len());
            if run > 0 {
                folded.extend(rest[..run].iter().map(u8::to_ascii_lowercase));
                let first = (within.start + at) as u32;
                origins.extend(first..first + run as u32);
                at += run;
                continue;
            }
            let from = at;
            let Some(c) = original[at..].chars().next() else { break };
            at += c.len_utf8();
            let plain: &str = match c {
                '.' if leader(&original[from..]) > 0 => {
                    at = from + leader(&original[from..]);
                    ":"
                }
                c if c.is_whitespace() || c == '\u{a0}' => {
                    if folded.ends_with(b" ") || folded.is_empty() {
                        continue;
                    }
                    " "
                }
                '\u{2018}' | '\u{2019}' | '\u{b4}' | '`' => "'",
                '\u{201c}' | '\u{201d}' => "\"",
                '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
                '\u{2610}' => "[ ]",
                '\u{2611}' | '\u{2612}' => "[x]",
                '\u{2265}' => ">=",
                '\u{2264}' => "<=",
                '\u{bd}' => ".5",
                '\u{ad}' => continue,
                _ => "",
            };
            let before = folded.len();
            if plain.is_empty() {
                let lower = c.to_ascii_lowercase();
                folded.extend(lower.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                folded.extend(plain.as_bytes());
            }
            origins.resize(origins.len() + folded.len() - before, (within.start + from) as u32);
        }
        origins.push(within.end as u32);
        // Whole characters went in, so nothing is lost.
        let folded = String::from_utf8(folded)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Self { folded, origins }
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.folded
    }

    /// The words of a span.
    pub fn get(&self, span: Span) -> &str {
        &self.folded[span.range()]
    }

    /// A span without white space around it.
    pub fn trimmed(&self, span: Span) -> Span {
        // Folding leaves no white space but spaces.
        let words = self.get(span).as_bytes();
        let is_ink = |byte: &u8| *byte != b' ';
        let Some(first) = words.iter().position(is_ink) else {
            return Span::new(span.end, span.end);
        };
        let last = words.iter().rposition(is_ink).unwrap_or(first);
        Span::new(span.start + first, span.start + last + 1)
    }

    /// A span with all that stands for the same characters of the original.
    pub fn whole(&self, span: Span) -> Span {
        let same = |at: usize, other: usize| self.origins[at] == self.origins[other];
        let Span { mut start, mut end } = span;
        while start > 0 && same(start - 1, start) {
            start -= 1;
        }
        if span.is_empty() {
            return Span::new(start, start);
        }
        while end < self.folded.len() && same(end, span.end - 1) {
            end += 1;
        }
        Span::new(start, end)
    }

    /// The span of the original text that a span of the folded text stands for.
    pub fn original(&self, span: Span) -> Span {
        let start = self.origins[span.start] as usize;
        if span.is_empty() {
            return Span::new(start, start);
        }
        // The next byte that comes from another character of the original ends this
        // one; white space that was folded away is not part of a word before it.
        let last = self.origins[span.end - 1];
        let mut next = span.end;
        while self.origins[next] == last {
            next += 1;
        }
        let end = self.origins[next] as usize;
        Span::new(start, end.max(start))
    }

    /// The span of the folded text that stands for a span of the original.
    pub fn folded(&self, original: Span) -> Span {
        let start =
            self.origins.partition_point(|&o| (o as usize) < original.start).min(self.folded.len());
        let end =
            self.origins.partition_point(|&o| (o as usize) < original.end).min(self.folded.len());
        Span::new(start, end.max(start))
    }
}

impl fmt::Debug for Folded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Folded({} bytes)", self.folded.len())
    }
}

/// Bytes of the dotted leader that a form row begins with, as in "Side ....... Left"; 0 for none.
fn leader(text: &str) -> usize {
    let dots = text.bytes().take_while(|b| matches!(b, b'.' | b' ')).count();
    let leader = text[..dots].trim_end().len();
    if text[..leader].matches('.').count() >= 4 { leader } else { 0 }
}

/// Whether a byte is a character that folding at most puts in lower case.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        plain[byte as usize] = byte != b'.' && byte != b'`';
        byte += 1;
    }
    plain
};

/// Whether a span of `text` begins and ends at word boundaries.
pub fn is_word(text: &str, span: Span) -> bool {
    span.is_empty() || (parts_words(text, span.start) && parts_words(text, span.end))
}

/// Whether no word of `text` goes on over a byte.
#[inline]
pub fn parts_words(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let (Some(last), Some(next)) = (at.checked_sub(1).and_then(|b| bytes.get(b)), bytes.get(at))
    else {
        return true;
    };
    if last.is_ascii() && next.is_ascii() {
        return !(last.is_ascii_alphanumeric() && next.is_ascii_alphanumeric());
    }
    let inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !(inner(text[..at].chars().next_back()) && inner(text[at..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dotted_leader_is_a_colon() {
        let folded = Folded::new(&Text::from_plain("Side ....... Left. Pain? . . . . . 5 ..."));
        assert_eq!(folded.as_str(), "side : left. pain? : 5 ...");
    }

    #[test]
    fn folds_and_leads_back() {
        let text = Text::from_plain(
            "Physical\n   Therapy \u{2013} patient\u{2019}s \u{2610} L\u{f6}w   \u{2265}3",
        );
        let folded = Folded::new(&text);
        assert_eq!(folded.as_str(), "physical therapy - patient's [ ] l\u{f6}w >=3");
        let at = folded.as_str().find("therapy").unwrap();
        let back = folded.original(Span::new(0, at + 7));
        assert_eq!(&text.as_str()[back.range()], "Physical\n   Therapy");
        let at = folded.as_str().find("[ ]").unwrap();
        assert_eq!(&text.as_str()[folded.original(Span::new(at, at + 3)).range()], "\u{2610}");
        assert_eq!(folded.folded(back), Span::new(0, 16));
        for start in 0..folded.as_str().len() {
            for end in start..=folded.as_str().len() {
                let span = Span::new(start, end);
                assert_eq!(folded.whole(span), folded.folded(folded.original(span)), "{span:?}");
            }
        }
    }
}
