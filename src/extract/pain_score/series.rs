//! Several numbers of one scale, each by its own time: "6 today, 9 at its worst", "Least: 3".

use std::sync::LazyLock;

use regex::Regex;

use super::super::Note;
use super::GROUP;
use crate::fact::PainQualifier;
use crate::pattern::fixed_regex;
use crate::span::Span;
use crate::tag::Mention;

/// How many lines above its answers the question about the pain may stand.
const QUESTION_REACH: usize = 3;

/// Longest stretch between a number and its time, in bytes.
const REACH: usize = 44;

/// "worst in the last week: 9", "currently a 4"
static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?: (?:in|over|during|for|within|the|last|past|this|week|month|24|48|hours|hrs|day|days|pain|score|level|rating|number|it|is|was|at|an?|about|around))*\)? ?[:=-]?[ _]*(?P<low>\d{1,2}(?:\.\d)?)(?: ?(?:-|to|or) ?(?P<high>\d{1,2}))?(?:\b|_)",
    )
});

/// "6 today", "a 9 at its worst"
static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"(?:^|[^\d./-])(?:(?P<low>\d{1,2}(?:\.\d)?) ?(?:-|to|or) ?)?(?P<top>\d{1,2}(?:\.\d)?)(?: (?:at|on|is|its|her|his|the|as|when))* ?\(?$",
    )
});

/// A score that says what it is out of.
static OF_TEN: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"(?:^|[^\d./-])\d{1,2} ?(?:/|out of) ?(?:10|ten)\b"));

/// The numbers that stand beside the time they are of, where the words around are of pain:
/// span, low and high.
pub(super) fn find<'n>(note: &'n Note<'_>) -> Vec<(Span, &'n str, &'n str)> {
    let mut found = Vec::new();
    for sentence in &note.sentences {
        let id = |m: &Mention| note.concept(m).id.as_str();
        let times: Vec<Span> = note
            .mentions_in(GROUP, sentence.span)
            .filter(|m| PainQualifier::from_word(id(m)).is_some() && id(m) != "after_procedure")
            .map(|m| m.span)
            .collect();
        if times.is_empty() {
            continue;
        }
        let named = |span: Span, name: &str| note.mentions_in(GROUP, span).any(|m| id(m) == name);
        let asked = note
            .lines_above(note.line_of(sentence.span))
            .take(QUESTION_REACH)
            .any(|line| named(line, "pain") && line.len() <= 2 * REACH || named(line, "scale"));
        // "On most days it is a 4, and the least was 2/10": one score gives the others' scale.
        let scaled = named(sentence.span, "scale")
            || named(sentence.heading, "scale")
            || OF_TEN.is_match(note.get(sentence.span));
        if !(scaled || asked || named(sentence.span, "pain")) {
            continue;
        }
        let first = found.len();
        for (at, &time) in times.iter().enumerate() {
            let from = at.checked_sub(1).map_or(sentence.span.start, |i| times[i].end);
            let to = times.get(at + 1).map_or(sentence.span.end, |next| next.start);
            found.extend(behind(note, time, to).or_else(|| before(note, from, time)));
        }
        // Without a scale one number alone may be anything, if it fills no form.
        let filled = |&(span, ..): &(Span, &str, &str)| {
            note.get(Span::new(sentence.span.start, span.start)).trim_end().ends_with([':', '='])
        };
        if asked && !scaled {
            let kept: Vec<_> = found.drain(first..).filter(filled).collect();
            found.extend(kept);
        } else if !scaled && found.len() < first + 2 {
            found.truncate(first);
        }
    }
    found
}

fn behind<'n>(note: &'n Note<'_>, time: Span, to: usize) -> Option<(Span, &'n str, &'n str)> {
    let words = note.get(Span::new(time.end, to.max(time.end)));
    let numbers = BEHIND.captures(words)?;
    let (low, high) = (numbers.name("low")?, numbers.name("high").or(numbers.name("low"))?);
    let span = Span::new(time.end + low.start(), time.end + high.end());
    (low.start() <= REACH).then_some((span, low.as_str(), high.as_str()))
}

fn before<'n>(note: &'n Note<'_>, from: usize, time: Span) -> Option<(Span, &'n str, &'n str)> {
    let words = note.get(Span::new(from.min(time.start), time.start));
    let numbers = BEFORE.captures(words)?;
    let (low, high) = (numbers.name("low").or(numbers.name("top"))?, numbers.name("top")?);
    let span = Span::new(from + low.start(), from + high.end());
    Some((span, low.as_str(), high.as_str()))
}
