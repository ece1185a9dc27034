//! The account of a procedure: a record that tells act by act how one was done, under whatever title.

use super::Note;
use crate::span::Span;

/// What is done where a needle goes in, in a group of the lexicon.
const ACTS: &str = "procedure-act";

/// What was injected, in a group of the lexicon.
const AGENTS: &str = "agent";

/// How many acts of different kinds make an account: one needle, or one consent, is told of anywhere.
const ENOUGH: usize = 3;

/// The acts that a stretch tells of, in order: what kind each is of, and where it stands.
pub(super) fn acts<'n>(note: &'n Note<'_>, within: Span) -> impl Iterator<Item = (&'n str, Span)> {
    note.mentions_in(ACTS, within).map(|m| (note.concept(m).id.as_str(), m.span))
}

/// Whether a note is the account of a procedure.
pub(super) fn is_account(note: &Note<'_>) -> bool {
    let mut kinds: Vec<&str> = Vec::with_capacity(ENOUGH);
    for (kind, _) in acts(note, Span::new(0, note.str().len())) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.len() >= ENOUGH && note.mentions(AGENTS).next().is_some()
}
