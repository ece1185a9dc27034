//! The account of a procedure: a record that tells act by act how one was done, under whatever title.

use std::sync::LazyLock;

use regex::Regex;

use super::Note;
use crate::fact::{Experiencer, Section};
use crate::pattern::fixed_regex;
use crate::span::Span;
use crate::tag::Mention;

/// The acts without one of which nothing is injected.
pub(super) const PUTS_IN: [&str; 2] = ["needle", "deposit"];

/// What is done where a needle goes in, in a group of the lexicon.
const ACTS: &str = "procedure-act";

/// What was injected, in a group of the lexicon.
const AGENTS: &str = "agent";

/// How many acts of different kinds make an account: one needle, or one consent, is told of anywhere.
const ENOUGH: usize = 3;

/// How much was injected, in the sentence of an agent: "3 mL of bupivacaine".
static VOLUME: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"\d ?(?:ml|cc|milliliters?)s?\b"));

/// The acts that a stretch tells of as done, in order: what kind each is of, and where it stands.
pub(super) fn acts<'n>(note: &'n Note<'_>, within: Span) -> impl Iterator<Item = (&'n str, Span)> {
    let done = |m: &&Mention| {
        let told = note.assert(m.span).assertion;
        told.is_told_as_fact()
            && told.experiencer == Experiencer::Patient
            && note.sentence_at(m.span).is_none_or(|s| {
                !matches!(s.section, Section::Plan | Section::Request | Section::Education)
            })
    };
    note.mentions_in(ACTS, within).filter(done).map(|m| (note.concept(m).id.as_str(), m.span))
}

/// Whether a note is the account of a procedure: it tells of a needle or a deposit and other acts, and how much of
/// what was injected.
pub(super) fn is_account(note: &Note<'_>) -> bool {
    let measured =
        |m: &Mention| note.sentence_at(m.span).is_some_and(|s| VOLUME.is_match(note.get(s.span)));
    if !note.mentions(AGENTS).any(measured) {
        return false;
    }
    let mut kinds: Vec<&str> = Vec::with_capacity(ENOUGH);
    for (kind, _) in acts(note, Span::new(0, note.str().len())) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.len() >= ENOUGH && kinds.iter().any(|kind| PUTS_IN.contains(kind))
}
