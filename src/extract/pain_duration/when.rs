//! Times as people date a beginning by: "Thanksgiving 2023", "early last spring", "the winter of 2023-24".

use std::sync::LazyLock;

use regex::Regex;
use regex_automata::meta;

use crate::lexicon::WordPattern;
use crate::pattern::{common_regex, fixed_regex};
use crate::quantity::HOLIDAYS;
use crate::span::Span;

/// A day, month, season, holiday or year, as a pattern without groups that capture.
static TIME: LazyLock<String> = LazyLock::new(|| {
    let month = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?";
    let holiday = HOLIDAYS.map(|(name, behind, _)| format!("{name}{behind}")).join("|");
    let season = "(?:spring|summer|fall|autumn|winter)";
    let year = r"(?:19|20)\d\d";
    [
        format!(
            r"{month}(?: \d{{1,2}}(?:st|nd|rd|th)?,?)?,?(?: of)? (?:{year}|'\d\d\b|(?:this|last) year)"
        ),
        format!(r"\d{{1,2}}/(?:\d{{1,2}}/)?(?:{year}|\d\d)\b"),
        format!(r"{season},?(?: of)? (?:{year}(?:[-/]\d\d\b)?|(?:this|last) year)"),
        format!(r"{season},?(?: of)? '\d\d\b"),
        format!(r"{year}-\d\d(?:-\d\d)?\b"),
        format!(r"{year}\b"),
        r"'\d\d\b".to_owned(),
        format!(r"{month}[ -]{year}"),
        format!(r"last {season} ?\({month}\)"),
        format!(r"(?:this )?(?:last|past) (?:year|{season})"),
        format!(r"this {season}"),
        format!(r"{season} before last"),
        format!(r"(?:{holiday}),?(?: of)? (?:{year}|'\d\d|(?:this|last) year)"),
        format!(r"(?:{holiday})\b"),
        format!(r"{month}\b"),
        r"(?:spring|summer|autumn|winter)\b".to_owned(),
    ]
    .join("|")
});

/// What may stand between a preposition and such a time: "since about the middle of".
const PART: &str = r"(?: (?:about|around|approximately|approx\.?|roughly|some time|sometime|early|late|mid|at least|the|this|very|(?:the )?(?:beginning|start|middle|end|time) of|(?:first|second|third|fourth|last|early|late) (?:week|weeks|half|days|part) of|(?:early|late) in|(?:shortly|soon|just|right)(?: (?:before|after))?|before|after|[a-z]+ (?:season|time) of))*";

/// A time behind "since", or behind a preposition that leads from what began to when.
static SINCE: LazyLock<meta::Regex> = LazyLock::new(|| {
    let time = &*TIME;
    common_regex(&format!(
        r"\b(?:(?:since:?|in|on|from|over|during|around|about|at|(?:shortly |soon |just |right )?(?:before|after)){PART} |(?:early|mid|late)[ -](?:in )?)({time})"
    ))
});

/// Every such time in a stretch, with what leads to it and by itself.
pub(super) fn since(words: &str) -> impl Iterator<Item = (Span, Span)> {
    SINCE.captures_iter(words).filter_map(|found| {
        let part = |group| found.get_group(group).map(|part| Span::new(part.start, part.end));
        part(0).zip(part(1))
    })
}

/// The time that stands right behind "onset:", and in prose behind "onset" or "began".
pub(super) static ONSET: LazyLock<Regex> = LazyLock::new(|| {
    let time = &*TIME;
    fixed_regex(&format!(
        r"^(?: ?\([^()]{{0,14}}\))?(?P<label> ?[:?])?[ .,-]*(?:a(?:ns(?:wer)?)?[.:] ?)?(?:(?:in|on|around|about|at|at least|over|approx\.?|approximately|early|mid|late|the)[ -]){{0,3}}(?P<when>{time})\b"
    ))
});

/// How a beginning was, between its word and its time: "onset: gradual, early 2024".
pub(super) static MANNER: WordPattern =
    WordPattern::new(r"^(?: ?[:?])?[ .,-]*{pain-duration/manner}(?: onset)?[ .,;-]+");
