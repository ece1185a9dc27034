//! Spinal levels and sides.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::{fixed_regex, groups};

use crate::fact::Side;
use crate::span::Span;

static LEVEL: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b([ctls])[- ]?(1[0-2]|[1-9i])(?:(?: ?(?:-|/|to|through|thru|over|on|(?:forward|anteriorly?|posteriorly?) (?:on|to)|relative to|with respect to|in relation to|upon) ?([ctls])?-?|([tls])?)(1[0-2]|[1-9il])\b)?(?:(?: ?[-/] ?)([ctls])-?(1[0-2]|[1-9il])\b)?",
    )
});

static LIST: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^(?:,| and|, and|&) ?([1-9])\b(?:-([1-9]))?"));

/// That a level goes on to the next one: the "-s1" of "l4-5/l5-s1".
static GOES_ON: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^-[ctls]?-?[1-9i]\b"));

/// Spinal levels as "L4-5", "C7-T1" or "S1", each with its span, in order and each once.
pub fn find_levels(text: &str) -> Vec<(Span, String)> {
    let mut found: Vec<(Span, String)> = Vec::new();
    for (span, level) in level_mentions(text) {
        if !found.iter().any(|(_, known)| *known == level) {
            found.push((span, level));
        }
    }
    found
}

/// Every mention of a spinal level, in order, also of one that was named before.
pub(super) fn level_mentions(text: &str) -> Vec<(Span, String)> {
    let mut found: Vec<(Span, String)> = Vec::new();
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return found;
    }
    let mut from = 0;
    while let Some(c) = LEVEL.captures_at(text, from) {
        let (Some(whole), Some(first), Some(number)) = (c.get(0), c.get(1), c.get(2)) else {
            break;
        };
        // In "L4-5/L5-S1" the third begins the next pair.
        let third = c.get(6).filter(|_| !GOES_ON.is_match(&text[whole.end()..]));
        let end = match (third, c.get(5)) {
            (None, Some(lower)) => lower.end(),
            _ => whole.end(),
        };
        from = end;
        // "L40" is no level.
        if text[end..].starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let region = first.as_str().to_uppercase();
        let mut top = number.as_str().to_owned();
        let mut lower = c.get(5).map(|n| n.as_str().replace(['i', 'l'], "1"));
        // "L34" is L3-4, and "L12" is L1-2; a code has a point behind it ("C34.1").
        let one_number = lower.is_none() && region == "L" && top == "12";
        if one_number {
            (top, lower) = ("1".to_owned(), Some("2".to_owned()));
        }
        if let Some(lower) = &lower
            && c.get(4).is_none()
            && (one_number || c.get(5).is_some_and(|n| n.start() == number.end()))
            && (has_decimals(&text[end..]) || !follows(&region, &top, lower))
        {
            continue;
        }
        // "T2-weighted" and "T1 signal" speak of the picture.
        let after = &text[end..];
        let weighting = [
            "-weighted",
            " weighted",
            "-w ",
            " signal",
            " image",
            "-signal",
            " hyper",
            " hypo",
            " flair",
            " foci",
            " focus",
        ];
        if region == "T" && lower.is_none() && weighting.iter().any(|w| after.starts_with(w)) {
            continue;
        }
        if !in_spine(&region, &top) || number.as_str() == "i" {
            continue;
        }
        let lower_region =
            c.get(3).or(c.get(4)).map_or(region.clone(), |r| r.as_str().to_uppercase());
        let mut level = format!("{region}{top}");
        if let Some(lower) = lower.filter(|l| in_spine(&lower_region, l)) {
            level = if lower_region == region {
                format!("{level}-{lower}")
            } else {
                format!("{level}-{lower_region}{lower}")
            };
        }
        let mut span = Span::new(whole.start(), end);
        found.push((span, level));
        // "L5-S1-S2" names three roots.
        if let (Some(r), Some(n)) = (third, c.get(7)) {
            found.push((
                span,
                format!("{}{}", r.as_str().to_uppercase(), n.as_str().replace(['i', 'l'], "1")),
            ));
        }
        // "L3, 4 and 5": the letter is said once.
        while let Some(next) = text.get(span.end..).and_then(|rest| groups(&LIST, rest)) {
            let (Some(all), Some(number)) = (next.get(0), next.get(1)) else { break };
            if !in_spine(&region, number.as_str())
                || text[span.end + all.end()..].starts_with(['/', '%', '.'])
            {
                break;
            }
            let level = match next.get(2) {
                Some(lower) => format!("{region}{}-{}", number.as_str(), lower.as_str()),
                None => format!("{region}{}", number.as_str()),
            };
            span = Span::new(span.start, span.end + all.end());
            found.push((span, level));
        }
    }
    found
}

fn has_decimals(behind: &str) -> bool {
    behind.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether figures written without a sign between them are neighbours of the neck or the loins.
fn follows(region: &str, upper: &str, lower: &str) -> bool {
    let number = |n: &str| n.parse().unwrap_or(0_u32);
    matches!(region, "C" | "L") && in_spine(region, lower) && number(lower) == number(upper) + 1
}

/// Whether the spine has such a vertebra or root.
fn in_spine(region: &str, number: &str) -> bool {
    let number: u32 = number.parse().unwrap_or(0);
    let most = match region {
        "C" => 8,
        "T" => 12,
        "L" | "S" => 5,
        _ => 0,
    };
    (1..=most).contains(&number)
}

/// The words for both sides, for the left and for the right one.
static SIDE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:bilateral(?:ly)?|bilat|b/l|both sides|both|ble|bue|left|lt|left-sided|lle|lue|l(?:\.|\b)|right|rt|right-sided|rle|rue|r(?:\.|\b))(?:\W|$)",
    )
});

/// The side that a stretch of text names: the only one, or both.
pub fn find_side(text: &str) -> Option<Side> {
    let (mut left, mut right) = (false, false);
    if !may_name_side(text) {
        return None;
    }
    for word in SIDE.find_iter(text) {
        let after = &text[word.start()..];
        // "r/o" and "l/s" are no sides.
        if after.starts_with("r/") || after.starts_with("l/") || after.starts_with("l-") {
            continue;
        }
        // No two of them begin alike.
        match after.as_bytes()[0] {
            b'l' => left = true,
            b'r' => right = true,
            _ => return Some(Side::Bilateral),
        }
    }
    match (left, right) {
        (true, true) => Some(Side::Bilateral),
        (true, false) => Some(Side::Left),
        (false, true) => Some(Side::Right),
        (false, false) => None,
    }
}

/// Whether a word begins as the words for sides do; most stretches that are asked have none.
fn may_name_side(text: &str) -> bool {
    let bytes = text.as_bytes();
    (0..bytes.len()).any(|at| {
        let begins = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let alone = !next.is_ascii_alphanumeric();
        begins
            && match bytes[at] {
                b'b' => matches!(next, b'i' | b'/' | b'o' | b'l' | b'u'),
                b'l' => alone || matches!(next, b'e' | b't' | b'l' | b'u'),
                b'r' => alone || matches!(next, b'i' | b't' | b'l' | b'u'),
                _ => false,
            }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn levels(text: &str, expect: &[&str]) {
        let got: Vec<String> = find_levels(text).into_iter().map(|(_, l)| l).collect();
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn levels_are_written_one_way() {
        levels("at l3-4, l4-l5 and l5-s1", &["L3-4", "L4-5", "L5-S1"]);
        levels("bilateral l5, s1, s2, and s3", &["L5", "S1", "S2", "S3"]);
        levels("c5 through c7; l5-si; s1 radiculopathy", &["C5-7", "L5-S1", "S1"]);
        levels("t12 with l3, 4 and 5", &["T12", "L3", "L4", "L5"]);
        levels("5 mg, 0.25, s9, vitamin c", &[]);
        levels("l5-sl, l4-5", &["L5-S1", "L4-5"]);
        levels("l5 over s1; axial t2-weighted images", &["L5-S1"]);
        levels(
            "facets at l34, l45, l5s1, c56, l12 and t12l1",
            &["L3-4", "L4-5", "L5-S1", "C5-6", "L1-2", "T12-L1"],
        );
        levels("c34.1, l24, t34, l40", &[]);
        levels("l24-s1", &[]);
        levels("ddd l4-5/l5-s1, l3/4/l4-5", &["L4-5", "L5-S1", "L3-4"]);
        levels("l5-s1-s2", &["L5-S1", "S2"]);
        levels("the right side of the si joint since 2020", &[]);
    }

    #[test]
    fn a_side_is_one_or_both() {
        assert_eq!(find_side("left l4-5 tfesi"), Some(Side::Left));
        assert_eq!(find_side("r superior cluneal"), Some(Side::Right));
        assert_eq!(find_side("the left and right knees"), Some(Side::Bilateral));
        assert_eq!(find_side("bilaterally"), Some(Side::Bilateral));
        assert_eq!(find_side("r/o entrapment"), None);
    }
}
