//! Nerves that an assessment only asks for: "? cluneal nerve", "? pudendal n. vs SI joint".

use std::sync::LazyLock;

use regex::Regex;

use super::compose::{WORDS, role};
use super::side::side_in;
use super::{Class, Named, Note};
use crate::fact::Section;
use crate::pattern::fixed_regex;
use crate::span::Span;

/// What stands before a name that is asked for.
static ASKS: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"\? ?(?:of )?(?:the )?(?:(?:left|right|lt|rt|l|r)\.? )?$"));

/// What ends such a name; with more words it is a diagnosis by itself.
static ENDS: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?: n\b\.?| nerves?)?(?: irritation| source| origin| pain)?(?: ?[,;.?)/(]| (?:vs\b|versus\b|or\b|and\b|\?)|\s*$)",
    )
});

/// How far before a name its question mark may stand, in bytes.
const REACH: usize = 16;

/// The nerves and muscles that an assessment asks for, each as the disorder that is meant.
pub(super) fn nerves(note: &Note<'_>) -> Vec<Named> {
    let mut found = Vec::new();
    for word in note.mentions(WORDS) {
        let muscle = note.get(word.span) == "piriformis";
        if role(note, word) != "nerve" && !muscle {
            continue;
        }
        let Some(sentence) = note.sentence_at(word.span) else { continue };
        if sentence.section != Section::Assessment {
            continue;
        }
        let text = note.str();
        let from = text.ceil_char_boundary(word.span.start.saturating_sub(REACH));
        let lead = Span::new(from.max(sentence.span.start).min(word.span.start), word.span.start);
        let behind = &text[word.span.end..sentence.span.end.max(word.span.end)];
        let (Some(asks), Some(_)) = (ASKS.find(note.get(lead)), ENDS.find(behind)) else {
            continue;
        };
        let name = note.concept(word).field("name").unwrap_or_default();
        let name = match name.strip_suffix(" nerve") {
            Some(nerve) => format!("{nerve} neuralgia"),
            None if muscle => format!("{name} syndrome"),
            None => continue,
        };
        found.push(Named {
            span: word.span,
            name,
            side: side_in(&note.get(lead)[asks.start()..]),
            class: Class::Disease,
            yields: false,
            rule: "diagnosis/queried".to_owned(),
        });
    }
    found
}
