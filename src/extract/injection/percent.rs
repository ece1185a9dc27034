//! Percentages that tell how much an injection helped: in figures, in words, behind their label.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::agent::STRONGEST;
use super::relief::WORDS;
use crate::extract::{Note, durations_in};
use crate::fact::Time;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::quantity::{TENS, spelled};
use crate::span::Span;

static PERCENT: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(&format!(
        r"(?P<lead>(?:[><~]=?|[\x{{2265}}\x{{2264}}]) ?|less than |more than |over |at least |greater than )?\b(?:(?P<a>\d[\do]{{0,2}}|l[\do]{{1,2}}) ?(?:(?:-|to) ?\d{{1,3}} ?)?(?:%|percent\b|per cent\b|pct\b)|(?P<w>(?:{TENS}|five|ten|fifteen|(?:a|one) hundred|zero) (?:percent|per cent)\b))"
    ))
});

static SINGLE: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"\d[\do]{0,2}"));

/// A label that asks for a percentage, and the figure behind it: "% relief: 40".
static LABELLED: WordPattern = WordPattern::new(
    r"(?:(?:%|\bpercent(?:age)?|\bper cent) ?(?:of )?(?:pain )?{relief/measured}(?: at (?:best|peak|most))?|\b{relief/measured} ?\(? ?(?:%|in percent|percent(?:age)?) ?\)?)[ :?=._]{1,12}(?P<a>\d{1,3})\b",
);

/// Who sets a threshold, or that one is set, on the words before a percentage.
static SET: WordPattern = WordPattern::new(r"\b{relief/threshold}\b[^.;%]{0,40}$");

/// A share of the pain in words: "three quarters of her pain", "two thirds better".
static SHARE: WordPattern = WordPattern::new(
    r"\b(?:(?P<n>a|one|two|three|four|five|six|seven|eight|nine)[ -](?P<of>half|quarter|third|fifth|tenth)s?|(?P<a>[1-9])/(?P<b>[2-9]|10))(?: of (?:(?:the|her|his|my|their|that|this|all) )*(?:[a-z-]+ ){0,2}?{relief/pain-word}| {relief/measured})\b",
);

/// That pain went, and that some was left, around its share.
static WENT: WordPattern = WordPattern::new(r"\b{relief/went}\b");

static LEFT: WordPattern = WordPattern::new(r"^[^.;,]{0,20}\b{relief/left-over}\b");

/// How many bytes may lie between a percentage and the word that it measures.
pub(super) const NEAR: usize = 45;

/// The percentage of a stretch that speaks of relief; `row` where any percentage does,
/// as in "5/28/25 - 20% x 2 days".
pub(super) fn percent(note: &Note<'_>, within: Span, row: bool) -> Option<(Span, f64)> {
    let text = note.said(within);
    let plain = PERCENT.captures_iter(&text).find_map(|c| figure(note, within, row, &c));
    plain.or_else(|| labelled(note, within)).or_else(|| share(note, within))
}

/// A share of the pain that went, in percent.
fn share(note: &Note<'_>, within: Span) -> Option<(Span, f64)> {
    let text = note.get(within);
    let found = SHARE.of(note.lexicon).captures(text)?;
    let whole = found.get(0)?;
    let (part, of) = match (found.name("n"), found.name("of")) {
        (Some(n), Some(of)) => {
            let of = match of.as_str() {
                "half" => 2.0,
                "third" => 3.0,
                "quarter" => 4.0,
                "fifth" => 5.0,
                _ => 10.0,
            };
            (spelled(n.as_str())?, of)
        }
        _ => (found.name("a")?.as_str().parse().ok()?, found.name("b")?.as_str().parse().ok()?),
    };
    let (before, behind) = (text[..whole.start()].trim_end(), &text[whole.end()..]);
    // "down to a third of the pain" is what is left of it, as is what stands behind "all but".
    if before.ends_with(" to") {
        return None;
    }
    let part = if before.ends_with("all but") { of - part } else { part };
    let gone = WENT.of(note.lexicon).is_match(text) && !LEFT.of(note.lexicon).is_match(behind);
    let span = Span::new(within.start + whole.start(), within.start + whole.end());
    (gone && part < of).then(|| (span, (100.0 * part / of).round()))
}

/// The figure behind a label that asks for a percentage.
fn labelled(note: &Note<'_>, within: Span) -> Option<(Span, f64)> {
    let found = LABELLED.of(note.lexicon).captures(note.get(within))?;
    let (whole, number) = (found.get(0)?, found.name("a")?);
    let span = Span::new(within.start + whole.start(), within.start + whole.end());
    let value: f64 = number.as_str().parse().ok()?;
    // "% relief: 3 days"
    let timed = durations_in(note, within).iter().any(|d| d.overlaps(span));
    (!timed && value <= 100.0).then_some((span, value))
}

fn figure(note: &Note<'_>, within: Span, row: bool, found: &Captures<'_>) -> Option<(Span, f64)> {
    let text = note.get(within);
    let whole = found.get(0)?;
    let (start, value) = match found.name("w") {
        Some(words) => {
            let words_only = words.as_str().rsplit_once(" per").map_or("", |(words, _)| words);
            (words.start(), spelled(words_only)?)
        }
        None => digits(note, within, found.name("a")?)?,
    };
    // "0.5%" and a threshold that relief is to pass.
    if text[..start].ends_with('.')
        || found.name("lead").is_some_and(|l| {
            !l.as_str().starts_with('~')
                && (hypothetical(note, within, whole.start())
                    || SET.of(note.lexicon).is_match(&text[..whole.start()]))
        })
    {
        return None;
    }
    let span = Span::new(within.start + start, within.start + whole.end());
    let from = span.start.saturating_sub(NEAR).max(within.start);
    let from = note.str().ceil_char_boundary(from).min(span.start);
    let to = (span.end + NEAR).min(within.end);
    let to = note.str().floor_char_boundary(to).max(span.end);
    let id = |span: Span, wanted: &str| {
        note.mentions_in(WORDS, span).any(|m| note.concept(m).id == wanted)
    };
    let around = Span::new(from, to);
    let sentence = note.sentence_at(span).map_or(around, |s| s.span);
    if id(sentence, "score") && !id(around, "effect") {
        return None;
    }
    // A solution's strength has its drug right behind it.
    let behind =
        Span::new(span.end, note.str().floor_char_boundary((span.end + 25).min(to)).max(span.end));
    let drug = note.mentions_in("agent", behind).next().is_some();
    // "positive (90% for 8 hours)"
    let next = Span::new(span.start, behind.end);
    let timed = durations_in(note, next).iter().find(|d| d.start >= span.end).is_some_and(|held| {
        let gap = note.get(Span::new(span.end, held.start.max(span.end)));
        ["for", "x", "lasting", ""].contains(&gap.trim_matches([' ', ',', ';']))
    });
    // "with lidocaine 1%": the strength of what stands right before it.
    let weak = value > 0.0 && value < STRONGEST && {
        let lead = Span::new(from, span.start);
        note.mentions_in("agent", lead).last().is_some_and(|m| {
            note.get(Span::new(m.span.end, lead.end)).trim_matches([' ', '(', ',', ':']).is_empty()
        })
    };
    let speaks = id(around, "effect") || id(around, "complete") || id(around, "partial");
    ((speaks || row || timed) && !drug && !weak && value <= 100.0).then_some((span, value))
}

/// Where the figure of a percentage begins, and its value.
fn digits(note: &Note<'_>, within: Span, number: regex::Match<'_>) -> Option<(usize, f64)> {
    let text = note.get(within);
    // "5/28/25 - 20%": the year of a date is no lower end.
    let number = match note.dates_in(within).find(|d| d.span.end == within.start + number.end()) {
        Some(_) => SINGLE.find_at(text, number.end())?,
        // "4/24 - 40%", a month and its year.
        None if text[..number.start()].ends_with('/') => SINGLE.find_at(text, number.end())?,
        None => number,
    };
    let value = number.as_str().replace('o', "0").replace('l', "1").parse().ok()?;
    Some((number.start(), value))
}

/// Whether a threshold is one that is still to be passed: "if >80% relief".
fn hypothetical(note: &Note<'_>, within: Span, at: usize) -> bool {
    let span = Span::new(within.start + at, within.start + at);
    note.assert(span).assertion.time == Time::Hypothetical
}
