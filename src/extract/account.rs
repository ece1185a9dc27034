//! The account of a procedure: a record that tells act by act how one was done, under whatever title.

use super::Note;

/// What is done where a needle goes in, in a group of the lexicon.
const ACTS: &str = "procedure-act";

/// What was injected, in a group of the lexicon.
const AGENTS: &str = "agent";

/// How many acts of different kinds make an account: one needle, or one consent, is told of anywhere.
const ENOUGH: usize = 3;

/// Whether a note is the account of a procedure.
pub(super) fn is_account(note: &Note<'_>) -> bool {
    let mut acts: Vec<&str> = Vec::with_capacity(ENOUGH);
    for mention in note.mentions(ACTS) {
        let id = note.concept(mention).id.as_str();
        if !acts.contains(&id) {
            acts.push(id);
        }
    }
    acts.len() >= ENOUGH && note.mentions(AGENTS).next().is_some()
}
