//! What a course changed, told as two measurements: "pain 7 -> 6", "sitting 5 -> 20 min".

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::extract::Note;
use crate::extract::outcome::OutcomeRead;
use crate::fact::Outcome;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;

/// Highest score of a pain scale.
const SCALE: f64 = 10.0;

macro_rules! first_and_last {
    () => {
        r"(?P<a>\d{1,3}(?:\.\d)?)(?P<sa> ?/ ?10| ?/ ?ten)?(?: ?[a-z]{1,7}\.?)? ?(?:-{1,2}>|=>|\u{2192}|(?P<to>to|and then)\b) ?(?P<b>\d{1,3}(?:\.\d)?)(?: ?/ ?(?:10|ten))?\b"
    };
}

static PAIN: WordPattern = WordPattern::new(concat!(
    r"\b{therapy/measured-pain}\b(?P<gap>[a-z :=,]{0,24}?) ?\(?",
    first_and_last!(),
));

static ABILITY: WordPattern = WordPattern::new(concat!(
    r"\b{therapy/measured-ability}\b(?P<gap>[a-z :=,]{0,24}?) ?\(?",
    first_and_last!(),
));

/// "pain 6/10 on day one and 5/10 at the end"
static DATED_PAIN: WordPattern = WordPattern::new(
    r"\b{therapy/measured-pain}\b[a-z :=,]{0,24}?(?P<a>\d{1,2}(?:\.\d)?)(?: ?/ ?10)? (?:on|at|in|from) {therapy/at-first}[,;]?(?: (?:and|then|now|to|but))* (?P<b>\d{1,2}(?:\.\d)?) ?/ ?10\b",
);

/// "from 7 to 6"; "pain 4 to 7" is a range.
static FROM: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"\bfrom ?$"));

/// What two measurements of a stretch come to; those of pain before those of what can be done.
pub(super) fn outcome(note: &Note<'_>, within: Span) -> Option<OutcomeRead> {
    let text = note.get(within);
    if let Some(c) = DATED_PAIN.of(note.lexicon).captures(text) {
        return of_pair(&c, within, pain);
    }
    if !text.contains('>') && !text.contains('\u{2192}') && !text.contains(" to ") {
        return None;
    }
    let read = |pattern: &'static WordPattern, judge: fn(f64, f64) -> Option<Outcome>| {
        pattern.of(note.lexicon).captures_iter(text).find_map(|c| {
            if c.name("to").is_some() && !FROM.is_match(c.name("gap")?.as_str()) {
                return None;
            }
            of_pair(&c, within, judge)
        })
    };
    read(&PAIN, pain).or_else(|| read(&ABILITY, ability))
}

fn of_pair(
    c: &Captures<'_>,
    within: Span,
    judge: fn(f64, f64) -> Option<Outcome>,
) -> Option<OutcomeRead> {
    let whole = c.get(0)?;
    let (first, last) = (c["a"].parse().ok()?, c["b"].parse().ok()?);
    let span = Span::new(within.start + whole.start(), within.start + whole.end());
    Some(OutcomeRead { outcome: judge(first, last)?, span, reason: None })
}

/// A row's label that begins with the pain, and a score in a cell: "7/10", "6".
static PAIN_ROW: WordPattern = WordPattern::new(r"^{therapy/measured-pain}\b");
static SCORE: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^(\d{1,2}(?:\.\d)?)(?: ?/ ?(?:10|ten))?$"));

/// What the pain's row of a table with two columns comes to: "NPRS, standing    7    6".
pub(super) fn in_columns(note: &Note<'_>) -> Option<Outcome> {
    let score = |cell: Span| SCORE.captures(note.get(cell))?[1].parse::<f64>().ok();
    note.written_lines().find_map(|line| {
        if !PAIN_ROW.of(note.lexicon).is_match(note.get(line).trim_start()) {
            return None;
        }
        let [_, first, last] = note.cells(line)[..] else { return None };
        pain(score(first)?, score(last)?)
    })
}

/// Half of the pain gone is help, less is some.
fn pain(first: f64, last: f64) -> Option<Outcome> {
    if first > SCALE || last > SCALE {
        return None;
    }
    Some(match last {
        _ if last >= first => Outcome::NotHelpful,
        _ if last <= first / 2.0 => Outcome::Helpful,
        _ => Outcome::Partial,
    })
}

/// A gain in what can be done says nothing of the pain.
fn ability(first: f64, last: f64) -> Option<Outcome> {
    Some(if last > first { Outcome::Partial } else { Outcome::NotHelpful })
}
