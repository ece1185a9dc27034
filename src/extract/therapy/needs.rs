//! What a therapy's words need around them before they count.

use std::sync::LazyLock;

use regex::Regex;

use super::super::Note;
use super::super::status::{StatusRead, next_to, status_before};
use crate::pattern::fixed_regex;
use crate::span::Span;
use crate::tag::Mention;

/// What a therapy's words need around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing more.
    Nothing,
    /// That it was had, or how it worked.
    Evidence,
    /// That it is done or left, or a rhythm of somebody's own: "does her exercises".
    Kept,
    /// How often.
    Rhythm,
    /// Visits, or a length and its days: "eight weeks at the clinic, 16 visits, supervised".
    Course,
}

impl Needs {
    /// What a concept's field asks for.
    pub(super) fn of(field: &str) -> Self {
        match field {
            "evidence" => Self::Evidence,
            "kept" => Self::Kept,
            "rhythm" => Self::Rhythm,
            "course" => Self::Course,
            _ => Self::Nothing,
        }
    }
}

/// Whether words say that a treatment which is named by who gives it was had, or was not.
pub(super) fn is_had(note: &Note<'_>, read: StatusRead<'_>, head: Span, course_told: bool) -> bool {
    let side = note.concept(&read.mention).field("side");
    match read.status {
        // "offered to adjust her neck, but she did not feel comfortable with that"
        "not_taken" if side == Some("behind") => true,
        // "has never been to a chiropractor"
        "not_taken" => {
            side == Some("before")
                && note.get(read.mention.span).contains(' ')
                && is_right_before(note, read.mention.span, head)
        }
        "current" | "past" => side != Some("behind") && (course_told || near(&read.mention, head)),
        _ => false,
    }
}

/// How far before exercises the words may begin that reach into their own, in bytes.
const REACH: usize = 32;

/// Whose exercises they are.
static OWNED: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^(?:the|her|his|their|those|these|all) "));

/// The status of words that reach into the exercises' own: "does her", "hardly does his".
pub(super) fn reached_by<'a>(note: &Note<'a>, head: Span) -> Option<&'a str> {
    let around = Span::new(head.start.saturating_sub(REACH), head.end);
    let reaching = |m: &&Mention| m.span.start < head.start && m.span.end > head.start;
    let status = |m: &Mention| note.concept(m).field("status");
    let mut read = note.mentions_in("treatment-status", around).filter(reaching).filter_map(status);
    read.find(|status| matches!(*status, "current" | "not_taken"))
}

/// What makes of a denial no more than less: "not doing her exercises as often", "yet today".
static LESS: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?: at home| program)? ?(?:as (?:often|much|regularly|well|diligently)|every|daily|regularly|only|yet|today|for only|(?:once|twice|\d))\b",
    )
});

/// Whether the words behind exercises say that they are done less, or not yet.
pub(super) fn is_less(own: &str) -> bool {
    LESS.is_match(own)
}

/// Whether words say that exercises are done or left: "does the stretches", "her exercises every day".
pub(super) fn is_kept(
    note: &Note<'_>,
    head: Span,
    read: Option<StatusRead<'_>>,
    rhythm: bool,
) -> bool {
    let owned = OWNED.is_match(note.get(head));
    owned && reached_by(note, head).is_some()
        || read.is_some_and(|read| {
            let before = note.concept(&read.mention).field("side") == Some("before");
            match read.status {
                "current" | "past" | "not_taken" if before => {
                    is_right_before(note, read.mention.span, head)
                }
                "current" | "past" => owned,
                _ => false,
            }
        })
        || owned && rhythm && read.is_none()
}

/// Whether the words right before exercises tell somebody to do them: "please do", "was told to do".
pub(super) fn is_told_to(note: &Note<'_>, lead: Span) -> bool {
    status_before(note, lead).is_some_and(|read| {
        read.status == "planned"
            && note.get(read.mention.span).ends_with(" do")
            && note.get(Span::new(read.mention.span.end, lead.end)).split_whitespace().count() <= 1
    })
}

/// A head without the word for whose it is: "her exercises".
pub(super) fn without_owner(note: &Note<'_>, head: Span) -> Span {
    let owner = OWNED.find(note.get(head)).map_or(0, |found| found.end());
    Span::new(head.start + owner, head.end)
}

/// Whether nothing but articles parts words from the treatment behind them.
fn is_right_before(note: &Note<'_>, words: Span, head: Span) -> bool {
    words.end <= head.start && next_to(note, note.get(Span::new(words.end, head.start)))
}

/// Whether a mention stands not far before a therapy's name.
pub(super) fn near(mention: &Mention, head: Span) -> bool {
    head.start.saturating_sub(mention.span.end) <= 30
}
