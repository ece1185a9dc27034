//! Which words of a sentence belong to which of the treatments that it names.

use std::sync::LazyLock;

use regex::Regex;

use super::Note;
use super::outcome::{adverse_in, outcome_in};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;
use crate::tag::Mention;

/// The words around one treatment of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The treatment's own words.
    pub head: Span,
    /// What stands right before it, up to the treatment before.
    pub near: Span,
    /// What stands before the list that the treatment is in, up to the treatment before.
    pub lead: Span,
    /// What stands behind it, up to the next treatment or the sentence's end.
    pub own: Span,
    /// What stands behind the list that it is in; equal to `own` where it stands alone or last.
    pub tail: Span,
    /// A sentence that follows and speaks of it ("It helps a little.").
    pub follow: Option<Span>,
}

impl Reach {
    /// Whether no word stands before the list that the treatment is in.
    pub fn begins(&self, note: &Note<'_>) -> bool {
        !note.get(self.lead).contains(char::is_alphabetic)
    }
}

/// Words of a list: they join treatments without saying anything of one of them.
static GLUE: WordPattern = WordPattern::new(
    r"^(?:and|or|as|well|along|plus|with|including|also|then|the|a|an|some|both|nor|even|other|her|his|w|for|various|q|h|twice|once|one|two|three|four|times|x|at|every|per|use|of|such|like|multiple|up|to|{medication-word/glue})$",
);

/// The reaches of the treatments at `heads`, which stand in order in one sentence.
pub fn reaches(note: &Note<'_>, sentence: usize, heads: &[Span]) -> Vec<Reach> {
    let whole = note.sentences[sentence].span;
    let joined: Vec<bool> = heads
        .windows(2)
        .map(|pair| {
            let before = note.get(Span::new(whole.start, pair[0].start.max(whole.start)));
            pair[0].end <= pair[1].start && {
                let gap = note.get(Span::new(pair[0].end, pair[1].start));
                is_glue(note, gap) || gap.trim() == "and on" && before.ends_with(" on ")
            }
        })
        .collect();
    let item = heads.first().and_then(|&head| item_goes_on(note, sentence, head));
    // Of a treatment that heads its line alone, the whole line is its own.
    let item_end = item.filter(|_| heads.len() == 1).map_or(whole.end, |rest| rest.end);
    let follow = match item {
        Some(_) if heads.len() == 1 => None,
        _ => item.or_else(|| account(note, sentence)),
    };
    let mut found = Vec::with_capacity(heads.len());
    for (index, &head) in heads.iter().enumerate() {
        let first = (0..index).rev().take_while(|&i| joined[i]).last().unwrap_or(index);
        let last = (index..joined.len()).take_while(|&i| joined[i]).last().map_or(index, |i| i + 1);
        let end_of =
            |i: usize| heads.get(i + 1).map_or(item_end, |next| next.start).max(heads[i].end);
        let lead_start = match first {
            0 => whole.start,
            _ => heads[first - 1].end.min(heads[first].start),
        };
        let near = index.checked_sub(1).map_or(whole.start, |i| heads[i].end.min(head.start));
        found.push(Reach {
            head,
            near: Span::new(near, head.start),
            lead: own_clause(note, Span::new(lead_start, heads[first].start), first > 0),
            own: Span::new(head.end, end_of(index)),
            tail: Span::new(heads[last].end, end_of(last)),
            follow: follow.filter(|_| last + 1 == heads.len()),
        });
    }
    found
}

/// The part of a lead that does not belong to the treatment before.
fn own_clause(note: &Note<'_>, lead: Span, shared: bool) -> Span {
    if !shared {
        return lead;
    }
    let words = note.get(lead);
    let cut = [", ", "; ", " and ", " but ", ". ", "   "]
        .iter()
        .filter_map(|mark| words.rfind(mark).map(|at| at + mark.len() - 1))
        .max();
    Span::new(lead.start + cut.unwrap_or(0), lead.end)
}

fn is_glue(note: &Note<'_>, gap: &str) -> bool {
    let glue = GLUE.of(note.lexicon);
    let mut depth = 0i32;
    let plain: String = gap
        .chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth = (depth - 1).max(-1),
                _ => return depth <= 0,
            }
            false
        })
        .collect();
    // "A, B (both useless), C": the brackets end the list that they speak of.
    let ends = ["(all ", "(both ", "(none ", "(neither ", "(each "].iter().any(|b| gap.contains(b));
    // "switched from gabapentin to pregabalin" is no list.
    depth <= 0
        && !ends
        && plain.trim() != "to"
        && !plain.contains([':', ';', '\n', '>'])
        && !plain.contains(" - ")
        && plain
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '+' | '&'))
            .map(|word| word.trim_end_matches('.'))
            .filter(|word| !word.is_empty())
            .all(|word| {
                glue.is_match(word)
                    || word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'%'))
                    || word
                        .strip_suffix("mg")
                        .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
            })
}

/// What a line's label may have before it: a bullet, a number.
static BULLET: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^[ \t>*\u{2022}\u{b7}\u{2013}(-]*(?:\d{1,2}(?:\.\d{1,2})?[.)]? +)?$")
});

/// What stands between a label's words and its colon: "Gabapentin (Neurontin): ...".
static LABELS: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^[^.:;\n]{0,50}:"));

/// The rest of a question, and what parts its answer from it on a row.
static ASKS: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^[^.:;?\n]{0,50}\? {2,}"));

/// A name that is a sentence by itself, and so the heading of what follows: "Gabapentin. Begun in May ...".
static HEADS: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^ ?\. "));

/// Longest line of a list whose sentences are all of the treatment that it begins with (bytes).
const LONGEST_ITEM: usize = 400;

/// The rest of a list's line, where its first sentence begins with the treatment and a colon, or
/// is its name alone: "Lyrica: 75 mg for a week. Quit. Swollen feet."
fn item_goes_on(note: &Note<'_>, sentence: usize, head: Span) -> Option<Span> {
    let this = note.sentences[sentence].span;
    let line = note.line_of(head);
    let before = note.get(Span::new(line.start, head.start.max(line.start)));
    let behind = note.get(Span::new(head.end.min(line.end), line.end));
    let opens = BULLET.is_match(before) && [&LABELS, &HEADS].iter().any(|p| p.is_match(behind));
    // A form's question has its answer on the same row: "Physical therapy?   5 visits in May".
    let asks = note.get(this).trim_end().ends_with('?') && ASKS.is_match(behind);
    if line.end <= this.end || line.len() > LONGEST_ITEM || head.end > line.end || !(opens || asks)
    {
        return None;
    }
    let rest = note.trimmed(Span::new(this.end.max(head.end), line.end));
    (!rest.is_empty() && !names_any(note, rest)).then_some(rest)
}

/// Whether a mention names a treatment by itself; a bare "therapist" or "therapy" does not.
pub(super) fn stands_alone(note: &Note<'_>, mention: &Mention) -> bool {
    note.concept(mention).field("needs") != Some("course")
}

/// Whether a stretch names a treatment of a group.
pub(super) fn names(note: &Note<'_>, group: &str, within: Span) -> bool {
    note.mentions_in(group, within).any(|m| stands_alone(note, m))
}

/// Whether a stretch names a drug, a therapy or an injection.
pub(super) fn names_any(note: &Note<'_>, within: Span) -> bool {
    ["drug", "therapy", "injection"].iter().any(|group| names(note, group, within))
}

/// How a sentence begins that tells the result of what stands before: "Strength up, pain no better."
static RESULT: WordPattern = WordPattern::new(r"^{outcome/result-begins}\b");

/// That a sentence ends the treatment of the one before it.
static ENDS_IT: WordPattern = WordPattern::new(
    r"\b(?:(?:it|this|that) (?:was|had to be|has been|got) {outcome/ended-it}|{outcome/ends-it})\b",
);

/// How a sentence begins that ends the treatment of the one before it, without a word for who or what:
/// "Stopped after two weeks".
static STOPPED: WordPattern = WordPattern::new(
    r"^(?:was |were )?(?:{outcome/ended}|{outcome/gave-up})(?: (?:it|them|this))?(?: (?:after|because|due|when|in|for|at|by|on|since|within|as|early)\b| ?[.,;:-]|$)",
);

/// Words for a treatment without its name: "her blood pressure pill".
static ANOTHER: WordPattern = WordPattern::new(r"\b{outcome/some-treatment}\b");

/// The sentences behind one that go on about what it names: "She stayed on it for a year. However, it
/// made her dizzy, and she stopped it."
fn account(note: &Note<'_>, sentence: usize) -> Option<Span> {
    let first = following(note, sentence)?;
    let second = following(note, sentence + 1)
        .filter(|second| !names_any(note, first) && !names_any(note, *second))
        // "Her blood pressure pill made her dizzy" is of another one.
        .filter(|second| !ANOTHER.of(note.lexicon).is_match(note.get(*second)));
    Some(second.map_or(first, |second| first.union(second)))
}

/// Whether words end the treatment that they go on about: "so she stopped it".
pub(super) fn ends_it(note: &Note<'_>, follow: Span) -> bool {
    let words = note.get(follow);
    ENDS_IT.of(note.lexicon).find(words).is_some_and(|found| {
        // "She nearly stopped it", "I asked her not to stop it"
        let lead = words[..found.start()].trim_end();
        !["nearly", "almost", "not", "not to", "never"].iter().any(|w| lead.ends_with(w))
    })
}

/// The next sentence, where it speaks of what stands before.
pub(super) fn following(note: &Note<'_>, sentence: usize) -> Option<Span> {
    let this = &note.sentences[sentence];
    let next = note.sentences.get(sentence + 1)?;
    if next.section != this.section || next.paragraph != this.paragraph {
        return None;
    }
    let words = note.get(next.span);
    let points_back = [
        "it ",
        "this ",
        "that ",
        "these ",
        "they ",
        "both ",
        "neither ",
        "none of these",
        "all of which",
        "which ",
        "the gains ",
        "gains ",
        "the benefit",
        "benefit was",
        "benefits were",
        "the relief ",
        "relief was",
        "the effect",
        "results were",
        "the results",
    ];
    let speaks_of = [
        " it ",
        " it.",
        " this.",
        " that this ",
        " this takes ",
        " this helps ",
        " this gives ",
        " them ",
        " them.",
        " this medication",
        " the medication",
    ];
    // "Her legs swelled and it was withdrawn."
    let ends_it = ends_it(note, next.span)
        && (adverse_in(note, next.span).is_some() || outcome_in(note, next.span).is_some())
        && !names_any(note, next.span);
    let person = ["she ", "he ", "the patient ", "patient ", "however", "pt ", "i ", "we "];
    let stopped = STOPPED.of(note.lexicon).is_match(words) && !names_any(note, next.span);
    // "He took gabapentin without effect; it was not raised" has a treatment of its own.
    let of_before = |part: &str| {
        words
            .find(part)
            .is_some_and(|at| !names_any(note, Span::new(next.span.start, next.span.start + at)))
    };
    (points_back.iter().any(|start| words.starts_with(start))
        || ends_it
        || stopped
        || RESULT.of(note.lexicon).is_match(words)
        || (person.iter().any(|start| words.starts_with(start))
            && speaks_of.iter().any(|part| of_before(part))))
    .then_some(next.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    /// Heads are the words in capitals.
    #[track_caller]
    fn check(sentence: &str, expect: &[(&str, &str, &str)]) {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(sentence);
        let note = Note::new(&text, &lexicon);
        let mut heads = Vec::new();
        let mut at = 0;
        for word in sentence.split(' ') {
            let bare = word.trim_end_matches([',', '.', ';']);
            if bare.len() > 2 && bare.chars().all(char::is_uppercase) {
                heads.push(Span::new(at, at + bare.len()));
            }
            at += word.len() + 1;
        }
        let got: Vec<_> = reaches(&note, 0, &heads)
            .iter()
            .map(|r| (note.get(r.lead), note.get(r.own), note.get(r.tail)))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn a_list_shares_what_stands_before_and_behind() {
        check(
            "he tried AAA 300 mg, BBB (weight gain) and CCC without relief",
            &[
                ("he tried ", " 300 mg, ", " without relief"),
                ("he tried ", " (weight gain) and ", " without relief"),
                ("he tried ", " without relief", " without relief"),
            ],
        );
    }

    #[test]
    fn clauses_keep_to_themselves() {
        check(
            "she took AAA without benefit and is now on BBB with some help",
            &[
                ("she took ", " without benefit and is now on ", " without benefit and is now on "),
                (" is now on ", " with some help", " with some help"),
            ],
        );
    }
}
