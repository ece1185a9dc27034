//! Sides as they stand in names, before and behind them.

use std::sync::LazyLock;

use regex::Regex;

use super::Note;
use super::compose::{WORDS, is_site, leads_to_head, role};
use crate::extract::{find_levels, find_side};
use crate::fact::Side;
use crate::pattern::{fixed_regex, groups};
use crate::span::Span;
use crate::tag::Mention;

/// A side behind a name.
static SIDE_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:,? ?(?:on|in|of|to|affecting|at|behind|over|around|along|involving|down) (?:the |her |his |both )*| ?, | ?\(| ?- )?((?:left|right|bilateral(?:ly)?|bilat|both|lt|rt|b/l|l|r|b)\b(?: ?(?:greater than|more than|worse than|and|&|>+|<) ?(?:the )?(?:left|right|lt|rt|l|r)\b)?(?: sides?| and right sides?| and left sides?)?)",
    )
});

/// The side that words name; "B" is short for both.
pub(super) fn side_in(words: &str) -> Option<Side> {
    find_side(words).or_else(|| words.split(' ').any(|w| w == "b").then_some(Side::Bilateral))
}

/// The first of two sides before a name: "right greater than [left]".
pub(super) static COMPARED: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:right|left|rt|lt|r|l) ?(?:greater than|more than|worse than|and|&|>+) ?(?:the )?$",
    )
});

/// A side that ends what is said: "Meralgia paresthetica L."
static SIDE_LAST: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^ ((?:left|right|bilat(?:eral(?:ly)?)?|lt|rt|b/l|l|r|b)(?: ?(?:>+|<) ?(?:left|right|lt|rt|l|r))?)(?:[.,;)]|$)",
    )
});

/// How many bytes behind a name the levels that it is at may go.
const LEVELS_REACH: usize = 40;

/// How many words a name behind a comma may have, with its side.
const LONGEST_NAME: usize = 6;

/// What stands behind the levels of a name: of ", L5-S1 on the left" the side.
fn behind_levels(rest: &str) -> Option<&str> {
    let near = &rest[..rest.floor_char_boundary(LEVELS_REACH)];
    if !near.bytes().take(16).any(|b| b.is_ascii_digit()) {
        return None;
    }
    let levels = find_levels(near);
    let (first, _) = levels.first()?;
    let lead = near.get(..first.start)?.trim_matches([' ', ',', '(', '-']);
    if !matches!(lead, "" | "at" | "of" | "at the" | "at the level of") {
        return None;
    }
    let mut end = first.end;
    for (next, _) in &levels[1..] {
        let gap = near.get(end..next.start)?.trim_matches([' ', ',', '/', '-']);
        if !matches!(gap, "" | "and" | "&") {
            break;
        }
        end = next.end;
    }
    let rest = &rest[end..];
    let rest = rest.strip_prefix(" levels").or_else(|| rest.strip_prefix(" level")).unwrap_or(rest);
    Some(rest.strip_prefix(')').unwrap_or(rest))
}

/// Whether words begin with a side and its site, as short notes set them behind: "OA L knee".
pub(super) fn sided_site(note: &Note<'_>, words: &[&Mention]) -> bool {
    let [side, site, ..] = words else { return false };
    side_in(note.get(side.span)).is_some()
        && role(note, side) == "about"
        && is_site(note, site)
        && note.get(Span::new(side.span.end, site.span.start.max(side.span.end))) == " "
}

/// A side right behind a name: "on the right", ", left side", "bilaterally", "R shoulder".
pub(super) fn side_behind(note: &Note<'_>, span: Span) -> Option<Side> {
    let sentence = note.sentence_at(span)?;
    let behind = Span::new(span.end, sentence.span.end.max(span.end));
    let words: Vec<&Mention> = note.mentions_in(WORDS, behind).take(LONGEST_NAME).collect();
    // "Chronic back pain, right knee pain": that side is the next one's.
    let of_next = note.get(behind).starts_with(", ") && leads_to_head(note, &words);
    if of_next && sided_site(note, &words) {
        return None;
    }
    if sided_site(note, &words) && note.get(Span::new(span.end, words[0].span.start)) == " " {
        return side_in(note.get(words[0].span));
    }
    let rest = note.get(Span::new(span.end, sentence.span.end.max(span.end)));
    let rest = behind_levels(rest).unwrap_or(rest);
    if rest.starts_with(" bilaterally") {
        return Some(Side::Bilateral);
    }
    if let Some(last) = groups(&SIDE_LAST, rest) {
        return side_in(last.get(1)?.as_str());
    }
    let found = groups(&SIDE_BEHIND, rest)?;
    side_in(found.get(1)?.as_str())
}
